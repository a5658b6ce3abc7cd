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
use super::edit;
use super::erase;
use super::error::{MergeError, StoreError};
use super::log::{self, Change};
use super::names::Names;
use super::projection;
use super::receive::{self, Missing, Taken};
use super::replay;
use super::shown::{Written, shown, shown_of};
use super::source::Source;
use super::standing::Standing;
use super::undo::{self, Undone, stamped};
use crate::messages;
use crate::model::{ENTITIES, RecordRef, RowId, Value, entity_def};

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

/// What became of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum RecordFate {
    /// It is new.
    Added,
    /// Fields of it changed.
    Changed,
    /// It went to the bin.
    Deleted,
    /// It came back from the bin.
    Restored,
    /// It was united with another one, which stands for both.
    United,
}

/// What a batch changed in one record.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct RecordChanges {
    /// The entity.
    pub entity: String,
    /// The row.
    pub id: String,
    /// How the record is named.
    pub title: String,
    /// What tells it from another of the same name.
    pub subtitle: Option<String>,
    /// What became of it.
    pub fate: RecordFate,
    /// By whom.
    pub authors: Vec<String>,
    /// The latest of its commits, RFC 3339.
    pub wall_time: String,
    /// Field by field.
    pub fields: Vec<ChangedField>,
}

/// One field that a batch changed.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct ChangedField {
    /// The field; `name/element` for an element of a set.
    pub field: String,
    /// What showed without the batch.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "string | number | boolean | string[]")]
    pub before: Option<Value>,
    /// What shows now.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "string | number | boolean | string[]")]
    pub after: Option<Value>,
    /// Whether two values stand side by side.
    pub is_conflict: bool,
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
            let has_finished = taken.entities.contains("person") && {
                let label = messages::text(language, "commit.erase", &[]);
                erase::finish(conn, writer, path, &label)?
            };
            Ok::<_, MergeError>((merged, taken.has_blanked || has_finished))
        })?;
        if has_blanked {
            self.forget_what_was_blanked()?;
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
            batches.push(Batch {
                id,
                wall_time: row.get("wall_time")?,
                source: row.get("source")?,
                commits: row.get::<_, Option<i64>>("commits")?.unwrap_or(0),
                authors: authors_of(&self.conn, id)?,
                is_undone: row.get("is_undone")?,
            });
        }
        Ok(batches)
    }

    /// What a batch changed, record by record.
    pub fn batch_changes(&self, batch: i64) -> Result<Vec<RecordChanges>, MergeError> {
        let runs = runs_of(&self.conn, batch)?;
        if runs.is_empty() {
            return Err(MergeError::NoSuchBatch(batch));
        }
        changes_of_runs(&self.conn, self.language, &runs, After::Shown)
    }

    /// Takes back what a batch brought, of one record or of all; what was written since stays.
    pub fn undo_batch(
        &mut self,
        batch: i64,
        only: Option<&RecordRef>,
        label: &str,
    ) -> Result<Undone, MergeError> {
        const UNDONE: &str = "INSERT OR IGNORE INTO batch_undone (batch) VALUES (?1)";
        let runs = runs_of(&self.conn, batch)?;
        if runs.is_empty() {
            return Err(MergeError::NoSuchBatch(batch));
        }
        let undone = self.write(|conn, writer, path| {
            let mut changes = changes_in(conn, &runs)?;
            if let Some(only) = only {
                changes.retain(|change| change.row == only.id && change.entity == only.entity);
            }
            let changes = undo::reversal(conn, &changes, |device, seq| is_in(&runs, device, seq))?;
            let records = undo::records_of(&changes);
            let is_of_union = undo::has_union(&changes);
            if only.is_none() {
                conn.prepare_cached(UNDONE)?.execute([batch])?;
            }
            let commit = edit::commit(conn, writer, path, label, changes)?;
            Ok::<_, StoreError>(Undone {
                commit,
                records,
                is_of_union,
            })
        })?;
        Ok(undone)
    }

    /// Keys of the passphrases that this carnet had before.
    pub(super) fn former_keys(&self) -> Result<Vec<[u8; 32]>, StoreError> {
        let mut statement = self.conn.prepare_cached("SELECT key FROM former_key")?;
        let keys = statement.query_map([], |row| row.get("key"))?;
        Ok(keys.collect::<rusqlite::Result<_>>()?)
    }
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

pub(super) type Run = (i64, i64, i64);

fn runs_of(conn: &Connection, batch: i64) -> Result<Vec<Run>, StoreError> {
    const RUNS: &str = "SELECT device, first, last FROM batch_commit WHERE batch = ?1";
    let mut statement = conn.prepare_cached(RUNS)?;
    let runs = statement.query_map([batch], |row| {
        Ok((row.get("device")?, row.get("first")?, row.get("last")?))
    })?;
    Ok(runs.collect::<rusqlite::Result<_>>()?)
}

fn is_in(runs: &[Run], device: i64, seq: i64) -> bool {
    runs.iter()
        .any(|(of, first, last)| *of == device && (*first..=*last).contains(&seq))
}

fn authors_of(conn: &Connection, batch: i64) -> Result<Vec<String>, StoreError> {
    const AUTHORS: &str = "SELECT DISTINCT c.author FROM batch_commit b JOIN \"commit\" c ON c.device = b.device \
                           AND c.seq BETWEEN b.first AND b.last WHERE b.batch = ?1 ORDER BY c.author";
    let mut statement = conn.prepare_cached(AUTHORS)?;
    let authors = statement.query_map([batch], |row| row.get("author"))?;
    Ok(authors.collect::<rusqlite::Result<_>>()?)
}

/// The changes of these commits, sorted by entity, row and field; a field may come several times.
fn changes_in(conn: &Connection, runs: &[Run]) -> Result<Vec<Change>, StoreError> {
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

/// Which value of a field in conflict is told as the one after.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum After {
    /// The one that shows.
    Shown,
    /// The one that came, whichever shows until the officer chooses.
    InTheCopy,
}

/// What the core writes beside the change of another record, which is told by itself.
const TRACE: &str = "status_change";

pub(super) fn changes_of_runs(
    conn: &Connection,
    language: messages::Language,
    runs: &[Run],
    wanted: After,
) -> Result<Vec<RecordChanges>, MergeError> {
    let changes = changes_in(conn, runs)?;
    let mut records = Vec::new();
    for of_row in changes.chunk_by(|a, b| a.entity == b.entity && a.row == b.row) {
        let Some(first) = of_row.first() else {
            continue;
        };
        let Some(def) = entity_def(&first.entity).filter(|def| def.name != TRACE) else {
            continue;
        };
        let mut fields = Vec::new();
        let mut is_new = true;
        for change in of_row
            .chunk_by(|a, b| a.field == b.field)
            .map(|same| &same[0])
        {
            let (all, knowledge) = stamped(conn, &change.entity, change.row, &change.field)?;
            let heads = super::heads::heads(&all, &knowledge);
            let is_conflict = super::heads::is_clash(&heads);
            let came = heads
                .iter()
                .rev()
                .find(|head| is_in(runs, head.device, head.seq))
                .filter(|_| is_conflict && wanted == After::InTheCopy);
            let (entity, field) = (change.entity.as_str(), change.field.as_str());
            let after = came.copied().or_else(|| shown_of(entity, field, &heads));
            let after = after.and_then(|head| head.value.clone());
            let rest: Vec<Written> = all
                .iter()
                .filter(|other| !is_in(runs, other.device, other.seq))
                .cloned()
                .collect();
            is_new &= rest.is_empty();
            let before = shown(entity, field, &rest, &knowledge);
            let before = before.and_then(|change| change.value.clone());
            if before != after || is_conflict {
                fields.push(ChangedField {
                    field: change.field.clone(),
                    before,
                    after,
                    is_conflict,
                });
            }
        }
        if is_new {
            is_new = !has_others(conn, first.row, runs)?;
        }
        let (authors, wall_time) = who(conn, first.row, runs)?;
        let record = projection::record(conn, def, first.row)?;
        let is_deleted = record.as_ref().is_some_and(|record| record.is_deleted);
        let reference = RecordRef::new(def.name, first.row);
        let has = |field: &str| fields.iter().any(|change| change.field == field);
        let is_united = super::unite::standing(conn, &reference)? != reference;
        let fate = if is_united {
            RecordFate::United
        } else if is_deleted {
            RecordFate::Deleted
        } else if is_new {
            RecordFate::Added
        } else if has(projection::DELETED) {
            RecordFate::Restored
        } else {
            RecordFate::Changed
        };
        if fields.is_empty() {
            continue;
        }
        let title = super::titles::of_reference(conn, language, &reference)?;
        records.push(RecordChanges {
            entity: def.name.to_owned(),
            id: first.row.to_string(),
            subtitle: title.as_ref().and_then(|title| title.subtitle.clone()),
            title: title.map_or_else(String::new, |title| title.title),
            fate,
            authors,
            wall_time,
            fields,
        });
    }
    Ok(records)
}

/// Whether a row has changes of other commits.
fn has_others(conn: &Connection, row: RowId, runs: &[Run]) -> Result<bool, StoreError> {
    const COMMITS: &str = "SELECT DISTINCT device, seq FROM change WHERE \"row\" = ?1";
    let mut statement = conn.prepare_cached(COMMITS)?;
    let mut rows = statement.query([row.as_bytes()])?;
    while let Some(row) = rows.next()? {
        if !is_in(runs, row.get("device")?, row.get("seq")?) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Who changed a row in these commits, and when last.
fn who(conn: &Connection, row: RowId, runs: &[Run]) -> Result<(Vec<String>, String), StoreError> {
    const WHO: &str = "SELECT DISTINCT c.device, c.seq, k.author, k.wall_time, k.time FROM change c \
                       JOIN \"commit\" k ON k.device = c.device AND k.seq = c.seq WHERE c.\"row\" = ?1 ORDER BY k.time";
    let mut statement = conn.prepare_cached(WHO)?;
    let mut rows = statement.query([row.as_bytes()])?;
    let mut authors = BTreeSet::new();
    let mut last = String::new();
    while let Some(row) = rows.next()? {
        if is_in(runs, row.get("device")?, row.get("seq")?) {
            authors.insert(row.get("author")?);
            last = row.get("wall_time")?;
        }
    }
    Ok((authors.into_iter().collect(), last))
}
