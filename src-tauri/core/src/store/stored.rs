//! Changes as they are stored, carried from one file to another: a value is verified by its digest and copied as it
//! stands, never taken apart and written again.

use std::cmp::Ordering;
use std::sync::Arc;

use blake3::Hash;
use rusqlite::{CachedStatement, Connection, Row};

use super::digest::Chain;
use super::error::StoreError;
use super::log::{self, Change, Commit, CommitRef};
use super::names::{Names, whole_field};
use crate::model::RowId;

/// One change, its value in stored form.
pub(super) struct StoredChange {
    pub(super) entity: Arc<str>,
    pub(super) row: RowId,
    field: Arc<str>,
    /// Of a set; empty else.
    element: String,
    value: Option<String>,
    erased: Option<Hash>,
}

impl StoredChange {
    fn from_row(conn: &Connection, names: &mut Names, row: &Row<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            row: log::read_row(row.get(0)?),
            entity: names.shared(conn, row.get(1)?)?,
            field: names.shared(conn, row.get(2)?)?,
            element: row.get(3)?,
            value: row.get(4)?,
            erased: row.get::<_, Option<[u8; 32]>>(5)?.map(Hash::from_bytes),
        })
    }

    /// The order that digests are taken in: entity, row, whole field.
    fn compare(&self, other: &Self) -> Ordering {
        let by_name = |a: &Arc<str>, b: &Arc<str>| {
            if Arc::ptr_eq(a, b) {
                Ordering::Equal
            } else {
                a.cmp(b)
            }
        };
        by_name(&self.entity, &other.entity)
            .then_with(|| self.row.cmp(&other.row))
            .then_with(|| {
                if self.element.is_empty() && other.element.is_empty() {
                    by_name(&self.field, &other.field)
                } else {
                    self.whole_field().cmp(&other.whole_field())
                }
            })
    }

    fn whole_field(&self) -> String {
        whole_field(&self.field, &self.element)
    }

    /// What it says.
    pub(super) fn read(self) -> Result<Change, StoreError> {
        Ok(Change {
            field: self.whole_field(),
            entity: self.entity.to_string(),
            row: self.row,
            value: log::read_value(self.value)?,
            erased: self.erased,
        })
    }
}

/// The changes of one commit, in the order that its digest was taken in.
pub(super) fn changes_of(
    conn: &Connection,
    names: &mut Names,
    name: &CommitRef,
) -> Result<Vec<StoredChange>, StoreError> {
    const CHANGES: &str = "SELECT c.\"row\", c.entity, c.field, c.element, c.value, c.erased FROM change c \
                           JOIN device d ON d.id = c.device WHERE d.device = ?1 AND c.seq = ?2";
    let mut statement = conn.prepare_cached(CHANGES)?;
    let mut rows = statement.query((name.device.as_str(), name.seq))?;
    let mut changes = Vec::new();
    while let Some(row) = rows.next()? {
        changes.push(StoredChange::from_row(conn, names, row)?);
    }
    // Nearly in order as they are stored: by row, then by the numbers of their names.
    changes.sort_by(StoredChange::compare);
    Ok(changes)
}

/// The chain digest of a commit with these changes.
pub(super) fn digest_of(
    previous: Option<&Hash>,
    commit: &Commit,
    changes: &[StoredChange],
) -> Result<Hash, StoreError> {
    let mut chain = Chain::begin(previous, commit)?;
    for change in changes {
        let digest = change
            .value
            .as_ref()
            .map(|value| blake3::hash(value.as_bytes()));
        let value = digest.as_ref().or(change.erased.as_ref());
        if change.element.is_empty() {
            chain.add(&change.entity, change.row, &change.field, value);
        } else {
            chain.add(&change.entity, change.row, &change.whole_field(), value);
        }
    }
    Ok(chain.end())
}

/// Writes a commit and its changes under the number that its device has in this file.
pub(super) fn insert(
    conn: &Connection,
    names: &mut Names,
    device: i64,
    commit: &Commit,
    changes: &[StoredChange],
) -> Result<(), StoreError> {
    log::insert_commit(conn, device, commit)?;
    let mut statement: CachedStatement<'_> = conn.prepare_cached(log::INSERT_CHANGE)?;
    for change in changes {
        statement.execute((
            change.row.as_bytes(),
            names.number(conn, &change.entity)?,
            names.number(conn, &change.field)?,
            &change.element,
            device,
            commit.seq,
            &change.value,
            change.erased.as_ref().map(Hash::as_bytes),
        ))?;
    }
    Ok(())
}
