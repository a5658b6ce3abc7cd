//! Undoing a commit: a new commit that puts back what stood before, except where somebody wrote since.

use rusqlite::{Connection, OptionalExtension};

use super::carnet::Carnet;
use super::edit;
use super::error::StoreError;
use super::heads::{Seen, Stamped, shown};
use super::log::{self, Change, Commit, CommitRef};
use super::projection::DELETED;
use crate::model::{RecordRef, RowId, Value};

/// Beginning of the label of an undoing commit.
const UNDO: &str = "undo ";

/// What an undo did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undone {
    /// The undoing commit; none when nothing of the commit still stood.
    pub commit: Option<CommitRef>,
    /// The records that it touched.
    pub records: Vec<RecordRef>,
}

impl Carnet {
    /// Undoes a commit; undoing the undoing commit does it again.
    pub fn undo(&mut self, name: &CommitRef) -> Result<Undone, StoreError> {
        self.write(|conn, writer, path| {
            let undone = log::commit(conn, name)?
                .ok_or_else(|| StoreError::NoSuchCommit(name.to_string()))?;
            let changes = reversal(conn, &undone, name)?;
            let mut records: Vec<RecordRef> = Vec::new();
            for change in &changes {
                if let Ok(id) = change.row.parse::<RowId>() {
                    records.push(RecordRef::new(&change.entity, id));
                }
            }
            records.dedup();
            let commit = edit::commit(conn, writer, path, &format!("{UNDO}{name}"), changes)?;
            Ok(Undone { commit, records })
        })
    }

    /// The last commit that is neither an undoing nor undone.
    pub fn last_undoable(&self) -> Result<Option<CommitRef>, StoreError> {
        const LAST: &str = "SELECT c.device, c.seq FROM \"commit\" c WHERE c.label NOT LIKE 'undo %' AND NOT EXISTS \
                            (SELECT 1 FROM \"commit\" u WHERE u.label = 'undo ' || c.device || ':' || c.seq) \
                            ORDER BY c.time DESC, c.device DESC LIMIT 1";
        let found: Option<(String, i64)> = self
            .conn
            .prepare_cached(LAST)?
            .query_row([], |row| Ok((row.get("device")?, row.get("seq")?)))
            .optional()?;
        found
            .map(|(device, seq)| {
                let device = device
                    .parse()
                    .map_err(|_| StoreError::Damaged(device.clone()))?;
                Ok(CommitRef { device, seq })
            })
            .transpose()
    }
}

/// The changes that put back what stood before `undone`, field by field, where its value still shows.
fn reversal(
    conn: &Connection,
    undone: &Commit,
    name: &CommitRef,
) -> Result<Vec<Change>, StoreError> {
    let mut reversed = Vec::new();
    let changes = log::changes_of(conn, name)?;
    for of_row in changes.chunk_by(|a, b| a.entity == b.entity && a.row == b.row) {
        let Some(first) = of_row.first() else {
            continue;
        };
        if was_made_by(conn, &first.row, undone)? {
            // A record that this commit made goes to the bin whole; its words stay in it.
            reversed.push(Change {
                entity: first.entity.clone(),
                row: first.row.clone(),
                field: DELETED.into(),
                value: Some(Value::Bool(true)),
            });
            continue;
        }
        for change in of_row {
            let all = stamped(conn, &change.row, &change.field)?;
            let is_still_shown =
                shown(&all).is_some_and(|now| now.device == undone.device && now.seq == undone.seq);
            if is_still_shown {
                let value = before(&all, &undone.seen).and_then(|change| change.value.clone());
                reversed.push(Change {
                    value,
                    ..change.clone()
                });
            }
        }
    }
    Ok(reversed)
}

/// Whether the first change of a row is of this commit.
fn was_made_by(conn: &Connection, row: &str, commit: &Commit) -> Result<bool, StoreError> {
    const EARLIER: &str = "SELECT 1 FROM change c JOIN \"commit\" k ON k.device = c.device AND k.seq = c.seq \
                           WHERE c.\"row\" = ?1 AND (k.time, k.device) < (?2, ?3)";
    Ok(!conn
        .prepare_cached(EARLIER)?
        .exists((row, commit.time, commit.device.as_str()))?)
}

/// What showed to a writer who had seen `seen`.
fn before<'a>(
    all: &'a [Stamped<Option<Value>>],
    seen: &Seen,
) -> Option<Stamped<&'a Option<Value>>> {
    let known: Vec<Stamped<&Option<Value>>> = all
        .iter()
        .filter(|change| {
            seen.get(&change.device)
                .is_some_and(|seq| *seq >= change.seq)
        })
        .map(|change| Stamped {
            device: change.device.clone(),
            seq: change.seq,
            time: change.time,
            seen: change.seen.clone(),
            value: &change.value,
        })
        .collect();
    shown(&known).cloned()
}

/// Every change of one field, with what its writer knew.
pub(super) fn stamped(
    conn: &Connection,
    row: &str,
    field: &str,
) -> Result<Vec<Stamped<Option<Value>>>, StoreError> {
    const OF_FIELD: &str = "SELECT c.device, c.seq, k.time, k.seen, c.value FROM change c \
                            JOIN \"commit\" k ON k.device = c.device AND k.seq = c.seq \
                            WHERE c.\"row\" = ?1 AND c.field = ?2";
    let mut statement = conn.prepare_cached(OF_FIELD)?;
    let mut rows = statement.query([row, field])?;
    let mut changes = Vec::new();
    while let Some(row) = rows.next()? {
        let device: String = row.get("device")?;
        changes.push(Stamped {
            device: device.parse().map_err(|_| StoreError::Damaged(device))?,
            seq: row.get("seq")?,
            time: row.get("time")?,
            seen: log::seen_from_json(&row.get::<_, String>("seen")?)?,
            value: log::read_value(row.get("value")?)?,
        });
    }
    Ok(changes)
}
