//! Taking over what another file has and this one has not: append, verified commit by commit, then show.
//!
//! Causality alone decides: never the times of files, never the absence of something. The caller owns the
//! transaction and rolls it back on any error, so that a torn copy leaves nothing behind.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use blake3::Hash;
use rusqlite::{Connection, OptionalExtension};

use super::error::{MergeError, OpenError, StoreError};
use super::fork;
use super::log::{self, Commit, CommitRef, Learnt, Origin};
use super::names::{self, Names};
use super::source::Source;
use super::stored;
use crate::model::{DeviceId, RowId};

/// Commits of a device that are known to exist and have not arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// The device.
    pub device: DeviceId,
    /// How it is named, where that is known.
    pub name: Option<String>,
    /// The last of its commits that is here.
    pub have: i64,
    /// The last that somebody has seen.
    pub upto: i64,
}

/// What was taken over.
#[derive(Debug, Default)]
pub(super) struct Taken {
    /// By device number: the first and the last commit of each run.
    pub(super) runs: Vec<(i64, i64, i64)>,
    pub(super) commits: u64,
    pub(super) changes: u64,
    /// The records that it is about.
    pub(super) touched: BTreeSet<(String, RowId)>,
    /// What did not fit yet, by device.
    pub(super) missing: BTreeMap<DeviceId, Missing>,
    /// What each file that did not fit whole waits for; nothing named where it goes on from a history that is not
    /// here.
    pub(super) unfit: BTreeMap<PathBuf, Vec<Missing>>,
    /// Whether values of somebody who was erased were blanked.
    pub(super) has_blanked: bool,
}

/// The run of one device in one file.
struct Feed<'a> {
    source: &'a Source,
    device: DeviceId,
    name: String,
    first: i64,
    last: i64,
    /// The digest before the first, where the file does not hold the run from its beginning.
    after: Option<Hash>,
    /// Under which name it is kept here, and what to take off its numbers.
    target: DeviceId,
    offset: i64,
    /// The last commit that is here, in the file's numbers.
    done: i64,
    is_detached: bool,
}

/// Takes over all that fits from these files, in any order, until nothing more does.
pub(super) fn receive(conn: &Connection, sources: &[Source]) -> Result<Taken, MergeError> {
    let mut feeds = Vec::new();
    for source in sources {
        for feed in feeds_of(source).map_err(|error| torn(error, &source.path))? {
            feeds.push(feed);
        }
    }
    let mut taken = Taken::default();
    let mut receiving = Receiving {
        names: Names::default(),
        theirs: Names::default(),
    };
    let mut has_moved = true;
    while has_moved {
        has_moved = false;
        for feed in &mut feeds {
            has_moved |= receiving.advance(conn, feed, &mut taken)?;
        }
    }
    for feed in &feeds {
        Receiving::report_missing(conn, feed, &mut taken)?;
    }
    Ok(taken)
}

/// An error met while reading a file says that the file is torn, whatever the engine calls it.
fn torn(error: StoreError, path: &Path) -> MergeError {
    match error {
        StoreError::Damaged(_) | StoreError::Sqlite(_) => {
            MergeError::Open(OpenError::Torn(path.to_owned()))
        }
        other => MergeError::Store(other),
    }
}

fn feeds_of(source: &Source) -> Result<Vec<Feed<'_>>, StoreError> {
    const RUNS: &str = "SELECT d.device, d.name, (SELECT min(seq) FROM \"commit\" WHERE device = d.id) AS first, \
                        (SELECT max(seq) FROM \"commit\" WHERE device = d.id) AS last, \
                        (SELECT after FROM link WHERE device = d.id) AS after FROM device d ORDER BY d.device";
    let mut statement = source.conn.prepare_cached(RUNS)?;
    let mut rows = statement.query([])?;
    let mut feeds = Vec::new();
    while let Some(row) = rows.next()? {
        let device: String = row.get("device")?;
        let (Some(first), Some(last)) = (
            row.get::<_, Option<i64>>("first")?,
            row.get::<_, Option<i64>>("last")?,
        ) else {
            continue;
        };
        let device: DeviceId = device.parse().map_err(|_| StoreError::Damaged(device))?;
        let after: Option<[u8; 32]> = row.get("after")?;
        if first != 1 && after.is_none() {
            return Err(StoreError::Damaged(device.to_string()));
        }
        feeds.push(Feed {
            source,
            target: device.clone(),
            device,
            name: row.get("name")?,
            first,
            last,
            after: after.map(Hash::from_bytes),
            offset: 0,
            done: 0,
            is_detached: false,
        });
    }
    Ok(feeds)
}

impl Feed<'_> {
    /// The digest of one commit, by the file's own number.
    fn digest(&self, seq: i64) -> Result<Hash, MergeError> {
        log::digest_at(&self.source.conn, &self.device, seq)
            .and_then(|found| {
                found.ok_or_else(|| StoreError::Damaged(format!("{}:{seq}", self.device)))
            })
            .map_err(|error| torn(error, &self.source.path))
    }
}

struct Receiving {
    names: Names,
    theirs: Names,
}

impl Receiving {
    /// Takes over as much of a run as fits now; tells whether that was anything.
    fn advance(
        &mut self,
        conn: &Connection,
        feed: &mut Feed<'_>,
        taken: &mut Taken,
    ) -> Result<bool, MergeError> {
        if feed.done >= feed.last || !Self::place(conn, feed, taken)? {
            return Ok(false);
        }
        self.theirs = Names::default();
        let mut has_moved = false;
        while feed.done < feed.last {
            if !self.take(conn, feed, taken)? {
                break;
            }
            has_moved = true;
        }
        Ok(has_moved)
    }

    /// Finds where a run goes on: under its own name, or under another where two histories claim it.
    ///
    /// `false` where what comes before it is not here.
    fn place(
        conn: &Connection,
        feed: &mut Feed<'_>,
        taken: &mut Taken,
    ) -> Result<bool, MergeError> {
        let (target, offset) = start(conn, feed)?;
        feed.target = target;
        feed.offset = offset;
        feed.is_detached = false;
        loop {
            let mine = log::tip(conn, &feed.target)?.map_or(0, |tip| tip.seq);
            let common = mine.min(feed.last - feed.offset);
            let first = (feed.first - feed.offset).max(1);
            if common < first - 1 {
                return Ok(false);
            }
            let here = |seq: i64| log::digest_at(conn, &feed.target, seq);
            let is_same = |seq: i64| -> Result<bool, MergeError> {
                Ok(here(seq)? == Some(feed.digest(seq + feed.offset)?))
            };
            // Before its first commit, a file vouches for what came before by its digest.
            let before = first - 1;
            let fits_before = match (before, &feed.after) {
                (0, _) => true,
                (before, Some(after)) if feed.first - feed.offset == first => {
                    here(before)? == Some(*after)
                }
                _ => true,
            };
            if !fits_before {
                feed.is_detached = true;
                return Ok(false);
            }
            if common < first || is_same(common)? {
                feed.done = common.max(before) + feed.offset;
                return Ok(true);
            }
            // Both claim what comes after the last that they share: find the first that differs.
            let (mut low, mut high) = (first, common);
            while low < high {
                let middle = low + (high - low) / 2;
                if is_same(middle)? {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            let (ours, theirs) = (
                here(low)?.ok_or_else(|| StoreError::Damaged(feed.target.to_string()))?,
                feed.digest(low + feed.offset)?,
            );
            if ours.as_bytes() < theirs.as_bytes() {
                feed.target = fork::derived(&theirs);
                feed.offset += low - 1;
            } else {
                fork::file_apart(conn, &feed.target, low - 1, &fork::derived(&ours), taken)?;
            }
        }
    }

    /// Takes over the next commit of a run; `false` where what its writer had seen is not all here.
    fn take(
        &mut self,
        conn: &Connection,
        feed: &mut Feed<'_>,
        taken: &mut Taken,
    ) -> Result<bool, MergeError> {
        let of_file = |error| torn(error, &feed.source.path);
        let is_torn = || MergeError::Open(OpenError::Torn(feed.source.path.clone()));
        let seq = feed.done + 1;
        let name = CommitRef {
            device: feed.device.clone(),
            seq,
        };
        let theirs = log::commit(&feed.source.conn, &name)
            .map_err(of_file)?
            .ok_or_else(is_torn)?;
        let changes =
            stored::changes_of(&feed.source.conn, &mut self.theirs, &name).map_err(of_file)?;
        let own = seq - feed.offset;
        let previous = if own > 1 {
            log::digest_at(conn, &feed.target, own - 1)?
        } else if seq > feed.first {
            Some(feed.digest(seq - 1)?)
        } else if feed.after.is_some() {
            feed.after
        } else {
            theirs.after()?
        };
        if stored::digest_of(previous.as_ref(), &theirs, &changes).map_err(of_file)?
            != theirs.digest
        {
            return Err(is_torn());
        }
        // What was signed, found by its digests: the names that the file has for it may not be ours.
        let Some(learnt) = known_here(conn, &feed.target, theirs.original().2)? else {
            return Ok(false);
        };
        let commit = filed(theirs, &feed.target, own, learnt, previous);
        let Some(commit) = with_parting(conn, commit, own, previous)? else {
            return Ok(false);
        };
        let number = device_here(conn, &feed.target, &feed.name)?;
        stored::insert(conn, &mut self.names, number, &commit, &changes)?;
        feed.done = seq;
        taken.commits += 1;
        taken.changes += changes.len() as u64;
        match taken.runs.last_mut() {
            Some((device, _, last)) if *device == number && *last + 1 == own => *last = own,
            _ => taken.runs.push((number, own, own)),
        }
        for of_row in changes.chunk_by(|a, b| a.row == b.row && a.entity == b.entity) {
            if let Some(change) = of_row.first() {
                taken
                    .touched
                    .insert((change.entity.to_string(), change.row));
            }
        }
        Ok(true)
    }

    /// Tells what a run that did not fit waits for.
    fn report_missing(
        conn: &Connection,
        feed: &Feed<'_>,
        taken: &mut Taken,
    ) -> Result<(), MergeError> {
        if feed.done >= feed.last {
            return Ok(());
        }
        let unfit = taken.unfit.entry(feed.source.path.clone()).or_default();
        if feed.is_detached {
            return Ok(());
        }
        let mut wanted = vec![(feed.device.clone(), Some(feed.name.clone()), feed.first - 1)];
        let name = CommitRef {
            device: feed.device.clone(),
            seq: (feed.done + 1).max(feed.first),
        };
        let next = log::commit(&feed.source.conn, &name)
            .map_err(|error| torn(error, &feed.source.path))?;
        if let Some(next) = next {
            wanted.extend(
                next.learnt
                    .into_iter()
                    .map(|(device, tip)| (device, None, tip.seq)),
            );
        }
        for (device, name, upto) in wanted {
            let have = log::tip(conn, &device)?.map_or(0, |tip| tip.seq);
            if have >= upto {
                continue;
            }
            let known_name = match name {
                Some(name) => Some(name),
                None => device_name(conn, &device)?,
            };
            unfit.push(Missing {
                device: device.clone(),
                name: known_name.clone(),
                have,
                upto,
            });
            let missing = taken.missing.entry(device.clone()).or_insert(Missing {
                device,
                name: None,
                have,
                upto,
            });
            missing.upto = missing.upto.max(upto);
            missing.name = missing.name.take().or(known_name);
        }
        Ok(())
    }
}

/// Under which name a run that a file holds is to be looked for here, and what to take off its numbers.
///
/// Its own, except where the file and this carnet name one history otherwise, since only one of them has met the
/// other history that claims the name: then what it goes on from is here by its digest.
fn start(conn: &Connection, feed: &Feed<'_>) -> Result<(DeviceId, i64), MergeError> {
    let own = (feed.device.clone(), 0);
    let (after, before) = if feed.first > 1 {
        (feed.after, feed.first - 1)
    } else {
        let name = CommitRef {
            device: feed.device.clone(),
            seq: 1,
        };
        let first = log::commit(&feed.source.conn, &name)
            .map_err(|error| torn(error, &feed.source.path))?
            .ok_or_else(|| OpenError::Torn(feed.source.path.clone()))?;
        let (signed, ..) = first.original();
        let is_here = log::digest_at(conn, &feed.device, 1)? == Some(first.digest);
        if *signed == feed.device || is_here {
            return Ok(own);
        }
        match first.after()? {
            // The two histories share nothing.
            None => return Ok((signed.clone(), 0)),
            after => (after, 0),
        }
    };
    let Some(after) = after else {
        return Ok(own);
    };
    if before > 0 && log::digest_at(conn, &feed.device, before)? == Some(after) {
        return Ok(own);
    }
    Ok(match fork::found(conn, &after)? {
        Some(here) => (here.device, before - here.seq),
        None => own,
    })
}

/// The commit as it is kept here; where that differs from what its writer signed, with what they signed.
fn filed(
    theirs: Commit,
    device: &DeviceId,
    seq: i64,
    learnt: Learnt,
    previous: Option<Hash>,
) -> Commit {
    let signed = theirs.original();
    let is_as_signed = signed == (device, seq, &learnt);
    let origin = (!is_as_signed).then(|| Origin {
        device: signed.0.clone(),
        seq: signed.1,
        learnt: signed.2.clone(),
        after: previous
            .filter(|_| seq == 1)
            .map(|hash| hash.to_hex().to_string()),
    });
    Commit {
        device: device.clone(),
        seq,
        learnt,
        origin,
        ..theirs
    }
}

/// The first commit of a history filed apart knew the one that it goes on from, and what that one knew; `None` if
/// that is not here.
fn with_parting(
    conn: &Connection,
    mut commit: Commit,
    own: i64,
    previous: Option<Hash>,
) -> Result<Option<Commit>, MergeError> {
    if let (1, Some(previous)) = (own, previous) {
        let Some(known) = fork::known_at(conn, &previous)? else {
            return Ok(None);
        };
        for (device, tip) in known {
            fork::keep_later(&mut commit.learnt, device, tip);
        }
    }
    Ok(Some(commit))
}

/// What the writer of a commit of `of` had seen, under the names that it has here; `None` where some of it is not
/// here.
fn known_here(
    conn: &Connection,
    of: &DeviceId,
    learnt: &Learnt,
) -> Result<Option<Learnt>, StoreError> {
    let mut known = Learnt::new();
    for (device, tip) in learnt {
        if log::digest_at(conn, device, tip.seq)? == Some(tip.digest) {
            fork::keep_later(&mut known, device.clone(), *tip);
            continue;
        }
        let Some(path) = fork::path_to(conn, &tip.digest)? else {
            return Ok(None);
        };
        for (device, tip) in path {
            fork::keep_later(&mut known, device, tip);
        }
    }
    known.remove(of);
    Ok(Some(known))
}

fn device_here(conn: &Connection, device: &DeviceId, name: &str) -> Result<i64, StoreError> {
    names::device_named(conn, device, name)
}

fn device_name(conn: &Connection, device: &DeviceId) -> Result<Option<String>, StoreError> {
    const NAME: &str = "SELECT name FROM device WHERE device = ?1";
    Ok(conn
        .prepare_cached(NAME)?
        .query_row([device.as_str()], |row| row.get("name"))
        .optional()?)
}
