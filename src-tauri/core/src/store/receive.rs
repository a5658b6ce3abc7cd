//! Taking over what another file has and this one has not: append, verified commit by commit, then show.
//!
//! Causality alone decides: never the times of files, never the absence of something. The caller owns the
//! transaction and rolls it back on any error, so that a torn copy leaves nothing behind.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use blake3::Hash;
use rusqlite::{Connection, OptionalExtension};

use super::error::{MergeError, OpenError, StoreError};
use super::fork;
use super::log::{self, Commit, CommitRef, Learnt, Origin};
use super::names::{self, Names};
use super::replay::{self, CommitStamp, Indexing};
use super::source::Source;
use super::stored::StoredChanges;
use crate::model::{DeviceId, RowId, entity_def};

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
    /// The records that it is about and that are still to be shown.
    pub(super) touched: BTreeSet<(String, RowId)>,
    /// Those that it made, as the commit that made them says.
    pub(super) made: HashSet<RowId>,
    /// The entities of all.
    pub(super) entities: BTreeSet<String>,
    /// What did not fit yet, by device.
    pub(super) missing: BTreeMap<DeviceId, Missing>,
    /// What each file that did not fit whole waits for; nothing named where it goes on from a history that is not
    /// here.
    pub(super) unfit: BTreeMap<PathBuf, Vec<Missing>>,
    /// Whether values of somebody who was erased were blanked.
    pub(super) has_blanked: bool,
}

/// The run of one device in one file.
struct Feed {
    /// Which of the files.
    source: usize,
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
pub(super) fn receive(conn: &Connection, sources: &mut [Source]) -> Result<Taken, MergeError> {
    let mut feeds = Vec::new();
    for (number, source) in sources.iter().enumerate() {
        feeds.extend(feeds_of(source, number).map_err(|error| torn(error, &source.path))?);
    }
    let mut taken = Taken::default();
    let mut names = Names::default();
    let mut has_moved = true;
    while has_moved {
        has_moved = false;
        for feed in &mut feeds {
            let source = &mut sources[feed.source];
            has_moved |= advance(conn, &mut names, source, feed, &mut taken)?;
        }
    }
    for feed in &feeds {
        report_missing(conn, &sources[feed.source], feed, &mut taken)?;
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

fn feeds_of(source: &Source, number: usize) -> Result<Vec<Feed>, StoreError> {
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
            source: number,
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

impl Feed {
    /// The name of one commit, by the file's own number.
    fn name(&self, seq: i64) -> CommitRef {
        CommitRef {
            device: self.device.clone(),
            seq,
        }
    }

    /// The digest of one commit, by the file's own number.
    fn digest(&self, source: &Source, seq: i64) -> Result<Hash, MergeError> {
        log::digest_at(&source.conn, &self.device, seq)
            .and_then(|found| {
                found.ok_or_else(|| StoreError::Damaged(format!("{}:{seq}", self.device)))
            })
            .map_err(|error| torn(error, &source.path))
    }
}

/// A commit that was read from a file, and is what its writer signed.
struct Proved {
    commit: Commit,
    changes: StoredChanges,
    /// The digest that it goes on from.
    previous: Option<Hash>,
}

impl Proved {
    /// Reads one; `previous` is the digest before it, where that is known.
    ///
    /// Nobody else has the file meanwhile, so that any thread may read it.
    fn read(
        source: &mut Source,
        theirs: &mut Names,
        name: &CommitRef,
        previous: Option<Hash>,
    ) -> Result<Self, MergeError> {
        let of_file = |error| torn(error, &source.path);
        let is_torn = || MergeError::Open(OpenError::Torn(source.path.clone()));
        let commit = log::commit(&source.conn, name)
            .map_err(of_file)?
            .ok_or_else(is_torn)?;
        let changes = StoredChanges::of(&source.conn, theirs, name).map_err(of_file)?;
        let previous = match previous {
            None => commit.after()?,
            known => known,
        };
        let digest = changes
            .digest(previous.as_ref(), &commit)
            .map_err(of_file)?;
        if digest != commit.digest {
            return Err(is_torn());
        }
        Ok(Self {
            commit,
            changes,
            previous,
        })
    }
}

/// From so many changes on, the next commit is read while one is written.
const MANY_CHANGES: usize = 10_000;

/// Takes over as much of a run as fits now; tells whether that was anything.
fn advance(
    conn: &Connection,
    names: &mut Names,
    source: &mut Source,
    feed: &mut Feed,
    taken: &mut Taken,
) -> Result<bool, MergeError> {
    let is_placed = feed.done < feed.last && place(conn, source, feed, taken)?;
    if !is_placed || feed.done >= feed.last {
        return Ok(false);
    }
    let mut theirs = Names::default();
    let first = feed.done + 1;
    let previous = before(conn, source, feed, first)?;
    let mut next = Some(Proved::read(
        source,
        &mut theirs,
        &feed.name(first),
        previous,
    )?);
    while let Some(proved) = next.take() {
        let Some(commit) = fitted(conn, feed, &proved)? else {
            break;
        };
        let (after, digest) = (feed.done + 2, proved.commit.digest);
        let is_last = after > feed.last;
        let name = feed.name(after);
        let mut read = || Proved::read(source, &mut theirs, &name, Some(digest));
        if is_last || proved.changes.len() < MANY_CHANGES {
            take(conn, names, feed, &commit, &proved.changes, taken)?;
            next = if is_last { None } else { Some(read()?) };
        } else {
            let (took, ahead) = std::thread::scope(|scope| {
                let ahead = scope.spawn(read);
                let took = take(conn, names, feed, &commit, &proved.changes, taken);
                (took, ahead.join())
            });
            took?;
            next = Some(ahead.unwrap_or_else(|panic| std::panic::resume_unwind(panic))?);
        }
    }
    Ok(feed.done >= first)
}

/// The digest before a commit that is to be taken over, where it is not the first that this carnet has of its run.
fn before(
    conn: &Connection,
    source: &Source,
    feed: &Feed,
    seq: i64,
) -> Result<Option<Hash>, MergeError> {
    let own = seq - feed.offset;
    Ok(if own > 1 {
        log::digest_at(conn, &feed.target, own - 1)?
    } else if seq > feed.first {
        Some(feed.digest(source, seq - 1)?)
    } else {
        feed.after
    })
}

/// The next commit of a run as it is kept here; `None` where what its writer had seen is not all here.
fn fitted(conn: &Connection, feed: &Feed, proved: &Proved) -> Result<Option<Commit>, MergeError> {
    let own = feed.done + 1 - feed.offset;
    // What was signed, found by its digests: the names that the file has for it may not be ours.
    let Some(learnt) = known_here(conn, &feed.target, proved.commit.original().2)? else {
        return Ok(None);
    };
    let commit = filed(
        proved.commit.clone(),
        &feed.target,
        own,
        learnt,
        proved.previous,
    );
    with_parting(conn, commit, own, proved.previous)
}

/// Takes over the next commit of a run.
fn take(
    conn: &Connection,
    names: &mut Names,
    feed: &mut Feed,
    commit: &Commit,
    changes: &StoredChanges,
    taken: &mut Taken,
) -> Result<(), MergeError> {
    let number = names::device_named(conn, &feed.target, &feed.name)?;
    let are_unknown = are_unknown(conn, changes)?;
    changes.insert(conn, names, number, commit)?;
    feed.done += 1;
    taken.commits += 1;
    taken.changes += changes.len() as u64;
    let own = commit.seq;
    match taken.runs.last_mut() {
        Some((device, _, last)) if *device == number && *last + 1 == own => *last = own,
        _ => taken.runs.push((number, own, own)),
    }
    show_made(conn, commit, changes, &are_unknown, taken)
}

/// Of the records of some changes, one after the other: whether the log says nothing of them yet.
fn are_unknown(conn: &Connection, changes: &StoredChanges) -> Result<Vec<bool>, StoreError> {
    const LAST: &str = "SELECT max(\"row\") FROM change";
    const IS_KNOWN: &str = "SELECT 1 FROM change WHERE \"row\" = ?1 LIMIT 1";
    let last: Option<[u8; 16]> = conn.prepare_cached(LAST)?.query_row([], |row| row.get(0))?;
    let last = last.map(log::read_row);
    let mut is_known = conn.prepare_cached(IS_KNOWN)?;
    let are_unknown = changes.rows().map(|of_row| {
        // Identities rise with time: most records that are new come after all others.
        let is_after = last.is_none_or(|last| of_row.row > last);
        Ok(is_after || !is_known.exists([of_row.row.as_bytes()])?)
    });
    are_unknown.collect()
}

/// Shows the records that a commit made; the others are left to be shown once all has come.
///
/// What another commit says of one of them leaves it to be shown again.
fn show_made(
    conn: &Connection,
    commit: &Commit,
    changes: &StoredChanges,
    are_unknown: &[bool],
    taken: &mut Taken,
) -> Result<(), MergeError> {
    let stamp = Rc::new(CommitStamp::of(commit));
    let indexing = Indexing::of_rows(taken.made.len() + are_unknown.len());
    for (of_row, is_unknown) in changes.rows().zip(are_unknown) {
        let (entity, row) = (of_row.entity, of_row.row);
        if !taken.entities.contains(entity) {
            taken.entities.insert(entity.to_owned());
        }
        match entity_def(entity) {
            Some(def) if *is_unknown && !of_row.decides_presence() => {
                replay::show_made(conn, def, row, of_row.values()?, &stamp, indexing)?;
                taken.made.insert(row);
            }
            _ => {
                taken.touched.insert((entity.to_owned(), row));
            }
        }
    }
    Ok(())
}

/// Finds where a run goes on: under its own name, or under another where two histories claim it.
///
/// `false` where what comes before it is not here.
fn place(
    conn: &Connection,
    source: &Source,
    feed: &mut Feed,
    taken: &mut Taken,
) -> Result<bool, MergeError> {
    let (target, offset) = start(conn, source, feed)?;
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
            Ok(here(seq)? == Some(feed.digest(source, seq + feed.offset)?))
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
            feed.digest(source, low + feed.offset)?,
        );
        if ours.as_bytes() < theirs.as_bytes() {
            feed.target = fork::derived(&theirs);
            feed.offset += low - 1;
        } else {
            fork::file_apart(conn, &feed.target, low - 1, &fork::derived(&ours), taken)?;
        }
    }
}

/// Tells what a run that did not fit waits for.
fn report_missing(
    conn: &Connection,
    source: &Source,
    feed: &Feed,
    taken: &mut Taken,
) -> Result<(), MergeError> {
    if feed.done >= feed.last {
        return Ok(());
    }
    let unfit = taken.unfit.entry(source.path.clone()).or_default();
    if feed.is_detached {
        return Ok(());
    }
    let mut wanted = vec![(feed.device.clone(), Some(feed.name.clone()), feed.first - 1)];
    let name = feed.name((feed.done + 1).max(feed.first));
    let next = log::commit(&source.conn, &name).map_err(|error| torn(error, &source.path))?;
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

/// Under which name a run that a file holds is to be looked for here, and what to take off its numbers.
///
/// Its own, except where the file and this carnet name one history otherwise, since only one of them has met the
/// other history that claims the name: then what it goes on from is here by its digest.
fn start(conn: &Connection, source: &Source, feed: &Feed) -> Result<(DeviceId, i64), MergeError> {
    let own = (feed.device.clone(), 0);
    let (after, before) = if feed.first > 1 {
        (feed.after, feed.first - 1)
    } else {
        let first = log::commit(&source.conn, &feed.name(1))
            .map_err(|error| torn(error, &source.path))?
            .ok_or_else(|| OpenError::Torn(source.path.clone()))?;
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

fn device_name(conn: &Connection, device: &DeviceId) -> Result<Option<String>, StoreError> {
    const NAME: &str = "SELECT name FROM device WHERE device = ?1";
    Ok(conn
        .prepare_cached(NAME)?
        .query_row([device.as_str()], |row| row.get("name"))
        .optional()?)
}
