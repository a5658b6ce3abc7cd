//! Changes as they are stored, carried from one file to another: a value is verified by its digest and copied as it
//! stands, never taken apart and written again.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;

use blake3::Hash;
use rusqlite::{CachedStatement, Connection, Row};

use super::digest::Chain;
use super::error::StoreError;
use super::log::{self, Change, Commit, CommitRef};
use super::names::{Names, whole_field};
use super::projection;
use super::replay::FieldValue;
use crate::model::RowId;

/// One change, its value in stored form; entity and field are numbers of the file that it was read from.
struct StoredChange {
    row: RowId,
    entity: i64,
    field: i64,
    /// Of a set; empty else.
    element: String,
    value: Option<String>,
    erased: Option<Hash>,
}

impl StoredChange {
    fn from_row(row: &Row<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            row: log::read_row(row.get(0)?),
            entity: row.get(1)?,
            field: row.get(2)?,
            element: row.get(3)?,
            value: row.get(4)?,
            erased: row.get::<_, Option<[u8; 32]>>(5)?.map(Hash::from_bytes),
        })
    }

    fn is_of_row_of(&self, other: &Self) -> bool {
        self.row == other.row && self.entity == other.entity
    }
}

/// The changes of one commit, in the order of the key of the file that they were read from.
pub(super) struct StoredChanges {
    list: Vec<StoredChange>,
    /// What its numbers stand for.
    names: BTreeMap<i64, Arc<str>>,
}

impl StoredChanges {
    /// Reads those of one commit.
    pub(super) fn of(
        conn: &Connection,
        names: &mut Names,
        name: &CommitRef,
    ) -> Result<Self, StoreError> {
        const CHANGES: &str = "SELECT c.\"row\", c.entity, c.field, c.element, c.value, c.erased FROM change c \
                               WHERE c.device = (SELECT id FROM device WHERE device = ?1) AND c.seq = ?2 \
                               ORDER BY c.\"row\", c.entity, c.field, c.element";
        let mut statement = conn.prepare_cached(CHANGES)?;
        let mut rows = statement.query((name.device.as_str(), name.seq))?;
        let mut changes = Self {
            list: Vec::new(),
            names: BTreeMap::new(),
        };
        while let Some(row) = rows.next()? {
            let change = StoredChange::from_row(row)?;
            for number in [change.entity, change.field] {
                if let Entry::Vacant(unknown) = changes.names.entry(number) {
                    unknown.insert(names.shared(conn, number)?);
                }
            }
            changes.list.push(change);
        }
        Ok(changes)
    }

    /// How many.
    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    /// The same, record by record.
    pub(super) fn rows(&self) -> impl Iterator<Item = StoredRow<'_>> {
        self.list
            .chunk_by(StoredChange::is_of_row_of)
            .map(|of_row| StoredRow {
                entity: self.name(of_row[0].entity),
                row: of_row[0].row,
                all: self,
                of_row,
            })
    }

    /// What they say, in the order that digests are taken in.
    pub(super) fn read(&self) -> Result<Vec<Change>, StoreError> {
        let read = self.as_signed().into_iter().map(|change| {
            Ok(Change {
                field: self.whole_field(change),
                entity: self.name(change.entity).to_owned(),
                row: change.row,
                value: log::read_value(change.value.as_deref())?,
                erased: change.erased,
            })
        });
        read.collect()
    }

    /// The chain digest of a commit with these changes.
    pub(super) fn digest(
        &self,
        previous: Option<&Hash>,
        commit: &Commit,
    ) -> Result<Hash, StoreError> {
        let mut chain = Chain::begin(previous, commit)?;
        for change in self.as_signed() {
            let digest = change
                .value
                .as_ref()
                .map(|value| blake3::hash(value.as_bytes()));
            let value = digest.as_ref().or(change.erased.as_ref());
            let entity = self.name(change.entity);
            if change.element.is_empty() {
                chain.add(entity, change.row, self.name(change.field), value);
            } else {
                chain.add(entity, change.row, &self.whole_field(change), value);
            }
        }
        Ok(chain.end())
    }

    /// Writes a commit and these changes of it under the number that its device has in another file.
    ///
    /// Names that are new there are numbered as they follow each other here: the rows then come in the order of the
    /// key of that file too, in which its tables grow at their end.
    pub(super) fn insert(
        &self,
        conn: &Connection,
        names: &mut Names,
        device: i64,
        commit: &Commit,
    ) -> Result<(), StoreError> {
        log::insert_commit(conn, device, commit)?;
        let mut numbers = BTreeMap::new();
        for (here, name) in &self.names {
            numbers.insert(*here, names.number(conn, name)?);
        }
        let mut statement: CachedStatement<'_> = conn.prepare_cached(log::INSERT_CHANGE)?;
        for change in &self.list {
            statement.execute((
                change.row.as_bytes(),
                numbers[&change.entity],
                numbers[&change.field],
                &change.element,
                device,
                commit.seq,
                &change.value,
                change.erased.as_ref().map(Hash::as_bytes),
            ))?;
        }
        Ok(())
    }

    fn name(&self, number: i64) -> &str {
        &self.names[&number]
    }

    fn whole_field(&self, change: &StoredChange) -> String {
        whole_field(self.name(change.field), &change.element)
    }

    /// The order that digests are taken in: entity, row, whole field, by what they are called.
    fn as_signed(&self) -> Vec<&StoredChange> {
        let mut rows: Vec<&[StoredChange]> =
            self.list.chunk_by(StoredChange::is_of_row_of).collect();
        // In order already, unless the commit is about several entities.
        rows.sort_by(|a, b| {
            self.by_name(a[0].entity, b[0].entity)
                .then_with(|| a[0].row.cmp(&b[0].row))
        });
        let mut signed = Vec::with_capacity(self.list.len());
        for of_row in rows {
            let start = signed.len();
            signed.extend(of_row);
            signed[start..].sort_by(|a, b| self.by_field(a, b));
        }
        signed
    }

    fn by_name(&self, a: i64, b: i64) -> Ordering {
        if a == b {
            Ordering::Equal
        } else {
            self.name(a).cmp(self.name(b))
        }
    }

    fn by_field(&self, a: &StoredChange, b: &StoredChange) -> Ordering {
        if a.element.is_empty() && b.element.is_empty() {
            self.by_name(a.field, b.field)
        } else {
            self.whole_field(a).cmp(&self.whole_field(b))
        }
    }
}

/// The changes that one commit made in one record.
pub(super) struct StoredRow<'a> {
    pub(super) entity: &'a str,
    pub(super) row: RowId,
    all: &'a StoredChanges,
    of_row: &'a [StoredChange],
}

impl StoredRow<'_> {
    /// Whether one of them may take the record out of the lists.
    pub(super) fn decides_presence(&self) -> bool {
        let mut fields = self.of_row.iter().map(|change| self.all.name(change.field));
        fields.any(projection::decides_presence)
    }

    /// What each field is given.
    pub(super) fn values(&self) -> Result<Vec<FieldValue>, StoreError> {
        let values = self.of_row.iter().map(|change| {
            let name = &self.all.names[&change.field];
            let field = if change.element.is_empty() {
                Arc::clone(name)
            } else {
                whole_field(name, &change.element).into()
            };
            Ok((field, log::read_value(change.value.as_deref())?))
        });
        values.collect()
    }
}
