//! The history of a record or of the whole carnet, and the log line by line.

use std::collections::BTreeMap;

use rusqlite::Connection;
use serde::Serialize;
use ts_rs::TS;

use super::carnet::Carnet;
use super::error::StoreError;
use super::heads::{Knowledge, Seen, Stamped};
use super::log::{self, Commit, CommitRef};
use super::names::{self, Names};
use super::projection::MERGED_INTO;
use super::shown::shown;
use super::stored::StoredChanges;
use super::undo::{UNDO, stamped};
use super::unite;
use crate::messages;
use crate::model::{RecordRef, RowId, Value};

/// One field that a commit changed.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct FieldChange {
    /// The entity.
    pub entity: String,
    /// The row.
    pub row: String,
    /// The field; `name/element` for an element of a set.
    pub field: String,
    /// What its writer saw before.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "string | number | boolean | string[]")]
    pub before: Option<Value>,
    /// What they wrote.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "string | number | boolean | string[]")]
    pub after: Option<Value>,
}

/// One commit with what it changed.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct HistoryEntry {
    /// The writer.
    pub device: String,
    /// How the writer's machine is named.
    pub device_name: String,
    /// Its number.
    #[ts(type = "number")]
    pub seq: i64,
    /// Who.
    pub author: String,
    /// When, by their clock, RFC 3339.
    pub wall_time: String,
    /// What it was called.
    pub label: String,
    /// Field by field.
    pub changes: Vec<FieldChange>,
}

/// One line of the log.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum LogLine {
    /// A commit.
    Commit {
        /// The writer.
        device: String,
        /// Its number.
        seq: i64,
        /// Hybrid logical time.
        time: i64,
        /// When, by the writer's clock.
        wall_time: String,
        /// Who.
        author: String,
        /// What it was called.
        label: String,
        /// What the writer had seen.
        seen: BTreeMap<String, i64>,
        /// Chain digest.
        digest: String,
    },
    /// A change.
    Change {
        /// The writer.
        device: String,
        /// The commit's number.
        seq: i64,
        /// The entity.
        entity: String,
        /// The row.
        row: String,
        /// The field.
        field: String,
        /// The value; null empties.
        value: Option<Value>,
    },
}

/// What the history of one record tells: all that changed in it, and which others are or were united into it.
struct Shown {
    row: RowId,
    united: Vec<RowId>,
    /// Number of the field that says so, where any record ever was.
    merged_into: Option<i64>,
}

impl Shown {
    fn of(conn: &Connection, record: &RecordRef) -> Result<Self, StoreError> {
        let mut rows = unite::united_into(conn, &record.entity, &record.id.to_string())?;
        rows.extend(unite::ever_united_into(conn, record)?);
        rows.sort_unstable();
        rows.dedup();
        let united = rows.iter().filter_map(|row| row.parse().ok()).collect();
        Ok(Self {
            row: record.id,
            united,
            merged_into: names::number_of(conn, MERGED_INTO)?,
        })
    }

    fn united_json(&self) -> String {
        let quoted = self.united.iter().map(|row| format!("\"{row}\""));
        format!("[{}]", quoted.collect::<Vec<_>>().join(","))
    }

    fn has(&self, change: &log::Change) -> bool {
        change.row == self.row || (change.field == MERGED_INTO && self.united.contains(&change.row))
    }
}

impl Carnet {
    /// The history of a record, or of everything, latest first.
    ///
    /// A union belongs to the history of the record that stands for both: from there it can be taken back.
    pub fn history(
        &self,
        of: Option<&RecordRef>,
        limit: usize,
    ) -> Result<Vec<HistoryEntry>, StoreError> {
        const OF_ROWS: &str = "SELECT DISTINCT d.device, k.seq, k.time FROM change c \
                               JOIN \"commit\" k ON k.device = c.device AND k.seq = c.seq \
                               JOIN device d ON d.id = k.device WHERE c.\"row\" = ?1 \
                               OR (c.\"row\" IN (SELECT unhex(value, '-') FROM json_each(?3)) AND c.field = ?4) \
                               ORDER BY k.time DESC, d.device DESC LIMIT ?2";
        const OF_ALL: &str = "SELECT d.device, k.seq, k.time FROM \"commit\" k JOIN device d ON d.id = k.device \
                              WHERE coalesce(?1, ?3, ?4) IS NULL ORDER BY k.time DESC, d.device DESC LIMIT ?2";
        let only = of.map(|of| Shown::of(&self.conn, of)).transpose()?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let mut statement =
            self.conn
                .prepare_cached(if only.is_some() { OF_ROWS } else { OF_ALL })?;
        let mut rows = statement.query((
            only.as_ref().map(|only| only.row.as_bytes()),
            limit,
            only.as_ref().map(Shown::united_json),
            only.as_ref().and_then(|only| only.merged_into),
        ))?;
        let mut entries = Vec::new();
        while let Some(found) = rows.next()? {
            let device: String = found.get("device")?;
            let name = CommitRef {
                device: device.parse().map_err(|_| StoreError::Damaged(device))?,
                seq: found.get("seq")?,
            };
            let commit = log::commit(&self.conn, &name)?
                .ok_or_else(|| StoreError::NoSuchCommit(name.to_string()))?;
            entries.push(self.entry(&commit, &name, only.as_ref())?);
        }
        Ok(entries)
    }

    fn entry(
        &self,
        commit: &Commit,
        name: &CommitRef,
        only: Option<&Shown>,
    ) -> Result<HistoryEntry, StoreError> {
        let mut changes = Vec::new();
        let number = names::device_number(&self.conn, &name.device)?.unwrap_or_default();
        for change in StoredChanges::of(&self.conn, &mut Names::default(), name)?.read()? {
            let is_said_twice = unite::is_said_twice(&change.field);
            if is_said_twice || only.is_some_and(|only| !only.has(&change)) {
                continue;
            }
            changes.push(FieldChange {
                before: value_before(&self.conn, &change, (number, commit.seq))?,
                entity: change.entity,
                row: change.row.to_string(),
                field: change.field,
                after: change.value,
            });
        }
        Ok(HistoryEntry {
            device: name.device.to_string(),
            device_name: device_name(&self.conn, name)?,
            seq: name.seq,
            author: commit.author.clone(),
            wall_time: commit.wall_time.clone(),
            label: self.label_of(commit)?,
            changes,
        })
    }

    /// What a commit was, in the words of the officer: an undoing names what it took back.
    fn label_of(&self, commit: &Commit) -> Result<String, StoreError> {
        let named = |commit: &Commit| {
            let name: CommitRef = commit.label.strip_prefix(UNDO)?.parse().ok()?;
            log::commit(&self.conn, &name).transpose()
        };
        let Some(taken_back) = named(commit).transpose()? else {
            return Ok(commit.label.clone());
        };
        let (key, label) = match named(&taken_back).transpose()? {
            // Whatever is further back, what it did is there again.
            Some(done_again) => ("commit.done_again", done_again.label),
            None => ("commit.undone", taken_back.label),
        };
        Ok(messages::text(self.language, key, &[("label", label)]))
    }

    /// How many records a commit wrote in.
    pub fn records_of_commit(&self, name: &CommitRef) -> Result<i64, StoreError> {
        const RECORDS: &str = "SELECT count(DISTINCT c.\"row\") FROM change c JOIN device d ON d.id = c.device \
                               WHERE d.device = ?1 AND c.seq = ?2";
        let mut records = self.conn.prepare_cached(RECORDS)?;
        Ok(records.query_row((name.device.as_str(), name.seq), |row| row.get(0))?)
    }

    /// How many commits and writers the log has.
    pub fn log_size(&self) -> Result<(i64, i64), StoreError> {
        const SIZE: &str = "SELECT (SELECT count(*) FROM \"commit\") AS commits, (SELECT count(*) FROM device) AS devices";
        let mut size = self.conn.prepare_cached(SIZE)?;
        Ok(size.query_row([], |row| Ok((row.get("commits")?, row.get("devices")?)))?)
    }

    /// Visits every commit, then every change, in the order of devices and numbers.
    pub fn log(
        &self,
        mut visit: impl FnMut(LogLine) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        const CHANGES: &str = "SELECT \"row\", entity, field, element, value, erased FROM change \
                               WHERE device = ?1 AND seq = ?2";
        let devices = log::seen(&self.conn)?;
        for device in devices.keys() {
            let mut seen = Seen::new();
            log::commits_after(&self.conn, device, 0, |commit| {
                let learnt = commit.learnt.into_iter();
                seen.extend(learnt.map(|(device, tip)| (device, tip.seq)));
                if commit.seq > 1 {
                    seen.insert(device.clone(), commit.seq - 1);
                }
                visit(LogLine::Commit {
                    device: commit.device.to_string(),
                    seq: commit.seq,
                    time: commit.time,
                    wall_time: commit.wall_time,
                    author: commit.author,
                    label: commit.label,
                    seen: seen
                        .iter()
                        .map(|(device, seq)| (device.to_string(), *seq))
                        .collect(),
                    digest: commit.digest.to_hex().to_string(),
                })
            })?;
        }
        let mut names = Names::default();
        let mut statement = self.conn.prepare(CHANGES)?;
        for (device, last) in devices {
            let number = names::device_number(&self.conn, &device)?;
            for seq in 1..=last {
                let mut changes = Vec::new();
                let mut rows = statement.query((number, seq))?;
                while let Some(row) = rows.next()? {
                    changes.push(log::change_from_row(&self.conn, &mut names, row)?);
                }
                log::sort(&mut changes);
                for change in changes {
                    visit(LogLine::Change {
                        device: device.to_string(),
                        seq,
                        entity: change.entity,
                        row: change.row.to_string(),
                        field: change.field,
                        value: change.value,
                    })?;
                }
            }
        }
        Ok(())
    }
}

/// What showed to the writer of a change before they wrote it.
fn value_before(
    conn: &Connection,
    change: &log::Change,
    commit: (i64, i64),
) -> Result<Option<Value>, StoreError> {
    let (all, _) = stamped(conn, &change.entity, change.row, &change.field)?;
    let mut devices: Vec<i64> = all.iter().map(|change| change.device).collect();
    devices.push(commit.0);
    devices.sort_unstable();
    devices.dedup();
    let knowledge: Knowledge = log::knowledge_of(conn, &devices)?;
    let known: Vec<Stamped<Option<Value>>> = all
        .into_iter()
        .filter(|other| knowledge.upto(commit.0, commit.1, other.device) >= other.seq)
        .collect();
    let shown = shown(&change.entity, &change.field, &known, &knowledge);
    Ok(shown.and_then(|change| change.value.clone()))
}

fn device_name(conn: &Connection, name: &CommitRef) -> Result<String, StoreError> {
    const NAME: &str = "SELECT name FROM device WHERE device = ?1";
    Ok(conn
        .prepare_cached(NAME)?
        .query_row([name.device.as_str()], |row| row.get("name"))?)
}
