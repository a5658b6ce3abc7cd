//! Merging other files of the family, in one transaction, kept as a batch that can be taken back.
//!
//! A merge writes no commit: equal logs stay equal whoever met whom first. Two exceptions travel like any other commit:
//! deletions that the officer declined, and an erasure that a union met on the way extends (`erase::finish`). What came
//! in together is remembered in this copy only, so that the officer can read what changed and undo it weeks later.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::carnet::Carnet;
use super::changed::{After, RecordChanges, Run, is_in, told};
use super::edit;
use super::erase;
use super::error::{MergeError, StoreError};
use super::log::{self, Change, CommitRef};
use super::names::Names;
use super::projection;
use super::receive::{self, Missing, Taken};
use super::replay;
use super::schema;
use super::source::Source;
use super::standing::Standing;
use super::twins;
use super::undo::{self, Undone};
use crate::messages;
use crate::model::{ENTITIES, RecordRef, RowId, entity_def};

/// Fewer deletions than this never ask (architecture.md §6).
const FEW_DELETIONS: u64 = 20;
/// More than one record in this many asks.
const ONE_IN: u64 = 20;

/// What to do about a merge that would delete much.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Deletions {
    /// Refuse, so that the officer is asked.
    Ask,
    /// The officer agreed.
    Accept,
    /// The officer disagreed: all else is taken over, and what it would delete is kept, by a commit of theirs that
    /// travels like any other. Few deletions or many.
    Decline,
}

/// What a merge did, or would do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
pub struct Merged {
    /// Commits taken over.
    #[ts(type = "number")]
    pub commits: u64,
    /// Changes taken over.
    #[ts(type = "number")]
    pub changes: u64,
    /// Fields in which two values now stand side by side.
    #[ts(type = "number")]
    pub conflicts_opened: u64,
    /// Fields in which they no longer do.
    #[ts(type = "number")]
    pub conflicts_settled: u64,
    /// Records that went to the bin.
    #[ts(type = "number")]
    pub deleted: u64,
    /// Records that came back from it, since somebody wrote in them unaware.
    #[ts(type = "number")]
    pub revived: u64,
    /// The batch that takes it back; none when nothing came.
    #[serde(skip)]
    #[ts(skip)]
    pub batch: Option<i64>,
    /// Commits that are known to exist and have not arrived.
    #[serde(skip)]
    #[ts(skip)]
    pub missing: Vec<Missing>,
    /// Entities of which records changed.
    #[serde(skip)]
    #[ts(skip)]
    pub entities: BTreeSet<String>,
}

/// What came in together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Batch {
    /// Its number, in this copy.
    #[ts(type = "number")]
    pub id: i64,
    /// When, RFC 3339.
    pub wall_time: String,
    /// From which file or folder.
    pub source: String,
    /// How many commits.
    #[ts(type = "number")]
    pub commits: i64,
    /// By whom.
    pub authors: Vec<String>,
    /// Whether it was taken back.
    pub is_undone: bool,
}

impl Carnet {
    /// Takes over what these files have and this carnet has not.
    ///
    /// Whole or not at all; the order of the files does not matter. Commits whose past is not here are left for
    /// later and named in [`Merged::missing`], except from a carnet, which must be whole.
    pub fn merge(
        &mut self,
        files: &[PathBuf],
        source: &str,
        deletions: Deletions,
    ) -> Result<Merged, MergeError> {
        let mut sources = self.sources(files)?;
        let language = self.language;
        let (merged, has_blanked) = self.write(|conn, writer, path| {
            let (mut merged, taken, deleted) = take_over(conn, &mut sources)?;
            match deletions {
                Deletions::Ask => few_deletions(conn, &merged)?,
                Deletions::Accept => {}
                Deletions::Decline => {
                    let label = messages::text(language, "commit.deletions_declined", &[]);
                    let kept = kept(conn, &deleted)?;
                    merged.deleted -= kept.len() as u64;
                    edit::commit(conn, writer, path, &label, kept)?;
                }
            }
            if merged.commits > 0 {
                let now = writer.clock.now();
                let wall_time = now.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
                merged.batch = Some(remember(conn, &taken, &wall_time, source)?);
            }
            let has_finished =
                erase::concerns(&taken.entities) && erase::finish(conn, writer, path, language)?;
            Ok::<_, MergeError>((merged, taken.has_blanked || has_finished))
        })?;
        if has_blanked {
            self.clean();
        }
        Ok(merged)
    }

    /// Whether another file of the family has commits that this carnet has not.
    pub fn has_news(&self, file: &Path) -> Result<bool, MergeError> {
        Source::open(self, file)?.has_news_for(self)
    }

    pub(super) fn sources(&self, files: &[PathBuf]) -> Result<Vec<Source>, MergeError> {
        files.iter().map(|file| Source::open(self, file)).collect()
    }

    /// What came in together, latest first.
    pub fn batches(&self, limit: i64) -> Result<Vec<Batch>, StoreError> {
        const BATCHES: &str = "SELECT b.id, b.wall_time, b.source, (SELECT sum(last - first + 1) FROM batch_commit \
                               WHERE batch = b.id) AS commits, EXISTS (SELECT 1 FROM batch_undone u WHERE u.batch = b.id) \
                               AS is_undone FROM batch b ORDER BY b.id DESC LIMIT ?1";
        let mut statement = self.conn.prepare_cached(BATCHES)?;
        let mut rows = statement.query([limit])?;
        let mut batches = Vec::new();
        while let Some(row) = rows.next()? {
            let id = row.get("id")?;
            let is_undone = row.get("is_undone")? && !self.is_done_again(id)?;
            batches.push(Batch {
                id,
                wall_time: row.get("wall_time")?,
                source: row.get("source")?,
                commits: row.get::<_, Option<i64>>("commits")?.unwrap_or(0),
                authors: authors_of(&self.conn, id)?,
                is_undone,
            });
        }
        Ok(batches)
    }

    /// Whether what took a batch back was undone itself.
    fn is_done_again(&self, batch: i64) -> Result<bool, StoreError> {
        let by = by_which_taken_back(&self.conn, batch)?;
        by.map_or(Ok(false), |by| twins::is_undone(&self.conn, &by))
    }

    /// What a batch changed, record by record.
    pub fn batch_changes(&self, batch: i64) -> Result<Vec<RecordChanges>, MergeError> {
        let runs = runs_of(&self.conn, batch)?;
        if runs.is_empty() {
            return Err(MergeError::NoSuchBatch(batch));
        }
        let changes = changes_in(&self.conn, &runs)?;
        Ok(told(
            &self.conn,
            self.language,
            &runs,
            &changes,
            After::Shown,
        )?)
    }

    /// Takes back what a batch brought, of one record or of all; what was written since stays.
    pub fn undo_batch(
        &mut self,
        batch: i64,
        only: Option<&RecordRef>,
        label: &str,
    ) -> Result<Undone, MergeError> {
        const UNDONE: &str = "INSERT OR IGNORE INTO batch_undone (batch) VALUES (?1)";
        const TAKEN_BACK: &str =
            "INSERT OR REPLACE INTO batch_undoing (batch, device, seq) VALUES (?1, ?2, ?3)";
        let runs = runs_of(&self.conn, batch)?;
        if runs.is_empty() {
            return Err(MergeError::NoSuchBatch(batch));
        }
        let language = self.language;
        let (undone, has_erased) = self.write(|conn, writer, path| {
            let mut changes = changes_in(conn, &runs)?;
            let mut again = BTreeSet::new();
            let mut redoings = Vec::new();
            if let Some(by) = by_which_taken_back(conn, batch)? {
                for redone in twins::undoings(conn, &by)? {
                    redoings.extend(twins::redoings(conn, &redone)?);
                    redoings.push(redone);
                }
            }
            undo::add_commits(conn, redoings, &mut changes, &mut again)?;
            if let Some(only) = only {
                changes.retain(|change| change.row == only.id && change.entity == only.entity);
            }
            let is_of_it =
                |device, seq| is_in(&runs, device, seq) || again.contains(&(device, seq));
            let undo::Reversal { changes, refused } =
                undo::reversal(conn, language, &changes, is_of_it)?;
            // Whole or not at all: half of it would be told as taken back.
            if let Some(refused) = refused.into_iter().next() {
                return Err(refused);
            }
            if only.is_none() {
                conn.prepare_cached(UNDONE)?.execute([batch])?;
            }
            let taken_back = undo::take_back(conn, writer, path, language, label, changes)?;
            if let (None, Some(by)) = (only, &taken_back.0.commit) {
                conn.execute_batch(UNDOING)?;
                conn.execute(TAKEN_BACK, (batch, by.device.as_str(), by.seq))?;
            }
            Ok(taken_back)
        })?;
        if has_erased {
            self.clean();
        }
        Ok(undone)
    }

    /// Keys of the passphrases that this carnet had before.
    pub(super) fn former_keys(&self) -> Result<Vec<[u8; 32]>, StoreError> {
        let mut statement = self.conn.prepare_cached("SELECT key FROM former_key")?;
        let keys = statement.query_map([], |row| row.get("key"))?;
        Ok(keys.collect::<rusqlite::Result<_>>()?)
    }
}

/// By which commit a batch was taken back; made with the first that is.
const UNDOING: &str = "CREATE TABLE IF NOT EXISTS batch_undoing \
                       (batch INTEGER PRIMARY KEY, device TEXT NOT NULL, seq INTEGER NOT NULL) STRICT";

/// The last commit that took a batch back, if one did.
fn by_which_taken_back(conn: &Connection, batch: i64) -> Result<Option<CommitRef>, StoreError> {
    const BY: &str = "SELECT device, seq FROM batch_undoing WHERE batch = ?1";
    if !schema::has_table(conn, "batch_undoing")? {
        return Ok(None);
    }
    let mut statement = conn.prepare_cached(BY)?;
    let mut rows = statement.query([batch])?;
    let Some(row) = rows.next()? else {
        return Ok(None);
    };
    let device: String = row.get("device")?;
    Ok(Some(CommitRef {
        device: device.parse().map_err(|_| StoreError::Damaged(device))?,
        seq: row.get("seq")?,
    }))
}

/// The records that a merge put in the bin.
pub(super) type PutInBin = Vec<(String, RowId)>;

/// Receives and shows; the caller owns the transaction.
pub(super) fn take_over(
    conn: &Connection,
    sources: &mut [Source],
) -> Result<(Merged, Taken, PutInBin), MergeError> {
    let mut taken = receive::receive(conn, sources)?;
    refuse_gaps(sources, &taken)?;
    let mut merged = Merged {
        commits: taken.commits,
        changes: taken.changes,
        missing: taken.missing.values().cloned().collect(),
        entities: taken.entities.clone(),
        ..Merged::default()
    };
    // Most files that are looked at bring nothing, or records that nobody has touched since they were made.
    let deleted = if taken.touched.is_empty() {
        PutInBin::default()
    } else {
        show(conn, &mut taken, &mut merged)?
    };
    Ok((merged, taken, deleted))
}

/// Shows the records that what was taken over is about, counts what became of them, and names those that went to the
/// bin.
fn show(conn: &Connection, taken: &mut Taken, merged: &mut Merged) -> Result<PutInBin, StoreError> {
    let before = Standing::of(conn, &taken.touched)?;
    taken.has_blanked = erase::blank_erased(conn, &taken.touched)?;
    let mut after = Standing::default();
    let is_new = |row: RowId| before.is_new(row);
    replay::replay_rows(conn, &taken.touched, is_new, |shown| after.add(shown))?;
    merged.conflicts_opened = after.clashes.difference(&before.clashes).count() as u64;
    merged.conflicts_settled = before.clashes.difference(&after.clashes).count() as u64;
    merged.revived = after.revived.difference(&before.revived).count() as u64;
    let is_put_in_bin = |row: &RowId| {
        after.in_bin.contains(row) && before.there.contains(row) && !taken.made.contains(row)
    };
    let touched = taken.touched.iter();
    let deleted: PutInBin = touched
        .filter(|(_, row)| is_put_in_bin(row))
        .cloned()
        .collect();
    merged.deleted = deleted.len() as u64;
    Ok(deleted)
}

/// What takes these records out of the bin again; those of an erased person stay there.
pub(super) fn kept(conn: &Connection, deleted: &PutInBin) -> Result<Vec<Change>, StoreError> {
    let mut changes = Vec::with_capacity(deleted.len());
    for (entity, row) in deleted {
        let record = match entity_def(entity) {
            Some(def) => projection::record(conn, def, *row)?,
            None => None,
        };
        if record.is_some_and(|record| !record.is_erased) {
            changes.push(Change::new(entity, *row, projection::DELETED, None));
        }
    }
    Ok(changes)
}

/// A carnet holds the past of all that it holds: one that does not is torn.
fn refuse_gaps(sources: &[Source], taken: &Taken) -> Result<(), MergeError> {
    let is_segment = |source: &Source| -> Result<bool, StoreError> {
        const PROJECTED: &str = "SELECT 1 FROM sqlite_schema WHERE name = 'element'";
        Ok(!source.conn.prepare_cached(PROJECTED)?.exists([])?)
    };
    for source in sources {
        if let Some(missing) = taken.unfit.get(&source.path)
            && !is_segment(source)?
        {
            return Err(MergeError::Gap {
                path: source.path.clone(),
                missing: missing.clone(),
            });
        }
    }
    Ok(())
}

/// Refuses a merge that would delete more than twenty records and more than one in twenty.
fn few_deletions(conn: &Connection, merged: &Merged) -> Result<(), MergeError> {
    if merged.deleted <= FEW_DELETIONS {
        return Ok(());
    }
    let mut records = merged.deleted;
    for def in ENTITIES {
        let sql = format!("SELECT count(*) FROM \"{}\" WHERE _deleted = 0", def.name);
        let count: i64 = conn.prepare_cached(&sql)?.query_row([], |row| row.get(0))?;
        records += u64::try_from(count).unwrap_or(0);
    }
    if merged.deleted * ONE_IN > records {
        return Err(MergeError::ManyDeletions {
            deleted: merged.deleted,
            records,
        });
    }
    Ok(())
}

fn remember(
    conn: &Connection,
    taken: &Taken,
    wall_time: &str,
    source: &str,
) -> Result<i64, StoreError> {
    const BATCH: &str = "INSERT INTO batch (wall_time, source) VALUES (?1, ?2) RETURNING id";
    const COMMITS: &str =
        "INSERT INTO batch_commit (batch, device, first, last) VALUES (?1, ?2, ?3, ?4)";
    let batch: i64 = conn
        .prepare_cached(BATCH)?
        .query_row((wall_time, source), |row| row.get("id"))?;
    for (device, first, last) in &taken.runs {
        conn.prepare_cached(COMMITS)?
            .execute((batch, device, first, last))?;
    }
    Ok(batch)
}

fn runs_of(conn: &Connection, batch: i64) -> Result<Vec<Run>, StoreError> {
    const RUNS: &str = "SELECT device, first, last FROM batch_commit WHERE batch = ?1";
    let mut statement = conn.prepare_cached(RUNS)?;
    let runs = statement.query_map([batch], |row| {
        Ok((row.get("device")?, row.get("first")?, row.get("last")?))
    })?;
    Ok(runs.collect::<rusqlite::Result<_>>()?)
}

fn authors_of(conn: &Connection, batch: i64) -> Result<Vec<String>, StoreError> {
    const AUTHORS: &str = "SELECT DISTINCT c.author FROM batch_commit b JOIN \"commit\" c ON c.device = b.device \
                           AND c.seq BETWEEN b.first AND b.last WHERE b.batch = ?1 ORDER BY c.author";
    let mut statement = conn.prepare_cached(AUTHORS)?;
    let authors = statement.query_map([batch], |row| row.get("author"))?;
    Ok(authors.collect::<rusqlite::Result<_>>()?)
}

/// The changes of these commits, sorted by entity, row and field; a field may come several times.
pub(super) fn changes_in(conn: &Connection, runs: &[Run]) -> Result<Vec<Change>, StoreError> {
    const CHANGES: &str = "SELECT \"row\", entity, field, element, value, erased FROM change \
                           WHERE device = ?1 AND seq BETWEEN ?2 AND ?3";
    let mut names = Names::default();
    let mut changes = Vec::new();
    for (device, first, last) in runs {
        let mut statement = conn.prepare_cached(CHANGES)?;
        let mut rows = statement.query((device, first, last))?;
        while let Some(row) = rows.next()? {
            changes.push(log::change_from_row(conn, &mut names, row)?);
        }
    }
    log::sort(&mut changes);
    Ok(changes)
}
