//! Changes as they are stored, carried from one file to another: a value is verified by its digest and copied as it
//! stands, never taken apart and written again.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::{Arc, OnceLock};

use blake3::Hash;
use rusqlite::{Connection, Row};

use super::digest::Chain;
use super::error::StoreError;
use super::log::{self, Change, Commit, CommitRef};
use super::names::{Names, whole_field};
use super::projection;
use super::replay::FieldValue;
use crate::model::RowId;

/// One change, its value in stored form; entity and field are places in the names of its commit.
struct StoredChange {
    row: RowId,
    entity: usize,
    field: usize,
    /// Of a set; empty else.
    element: String,
    value: Option<String>,
    erased: Option<Hash>,
}

impl StoredChange {
    /// Reads one; `place` gives the places of the numbers that the file has for its names.
    fn from_row(
        row: &Row<'_>,
        mut place: impl FnMut(i64) -> Result<usize, StoreError>,
    ) -> Result<Self, StoreError> {
        Ok(Self {
            row: log::read_row(row.get(0)?),
            entity: place(row.get(1)?)?,
            field: place(row.get(2)?)?,
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
    /// Entities and fields, in the order in which they were met.
    names: Vec<Arc<str>>,
    /// Where among them the one of a number of the file is.
    places: BTreeMap<i64, usize>,
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
            names: Vec::new(),
            places: BTreeMap::new(),
        };
        let Self {
            list,
            names: met,
            places,
        } = &mut changes;
        let mut place = |number: i64| match places.entry(number) {
            Entry::Occupied(known) => Ok(*known.get()),
            Entry::Vacant(unknown) => {
                met.push(names.shared(conn, number)?);
                Ok(*unknown.insert(met.len() - 1))
            }
        };
        while let Some(row) = rows.next()? {
            list.push(StoredChange::from_row(row, &mut place)?);
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
        let mut numbers = vec![0; self.names.len()];
        for place in self.places.values() {
            numbers[*place] = names.number(conn, &self.names[*place])?;
        }
        let (groups, rest) = self.list.as_chunks::<ROWS_AT_ONCE>();
        for group in groups {
            insert_rows(conn, group, &numbers, (device, commit.seq))?;
        }
        for one in rest {
            insert_rows(
                conn,
                std::slice::from_ref(one),
                &numbers,
                (device, commit.seq),
            )?;
        }
        Ok(())
    }

    fn name(&self, place: usize) -> &str {
        &self.names[place]
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

    fn by_name(&self, a: usize, b: usize) -> Ordering {
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

/// Rows of one statement: it finds the end of a table once for all of them.
const ROWS_AT_ONCE: usize = 64;

/// Writes changes of the commit `by`: device and number; `numbers` are those of their names.
fn insert_rows(
    conn: &Connection,
    changes: &[StoredChange],
    numbers: &[i64],
    by: (i64, i64),
) -> Result<(), StoreError> {
    static MANY: OnceLock<String> = OnceLock::new();
    static ONE: OnceLock<String> = OnceLock::new();
    let sql = if changes.len() == 1 {
        ONE.get_or_init(|| insert_sql(1))
    } else {
        MANY.get_or_init(|| insert_sql(ROWS_AT_ONCE))
    };
    let mut statement = conn.prepare_cached(sql)?;
    statement.raw_bind_parameter(1, by.0)?;
    statement.raw_bind_parameter(2, by.1)?;
    for (change, start) in changes.iter().zip((3..).step_by(BOUND_FOR_ONE)) {
        statement.raw_bind_parameter(start, change.row.as_bytes())?;
        statement.raw_bind_parameter(start + 1, numbers[change.entity])?;
        statement.raw_bind_parameter(start + 2, numbers[change.field])?;
        statement.raw_bind_parameter(start + 3, &change.element)?;
        statement.raw_bind_parameter(start + 4, &change.value)?;
        statement.raw_bind_parameter(start + 5, change.erased.as_ref().map(Hash::as_bytes))?;
    }
    statement.raw_execute()?;
    Ok(())
}

/// What is bound for one row, device and number of the commit apart.
const BOUND_FOR_ONE: usize = 6;

fn insert_sql(rows: usize) -> String {
    let rows: Vec<String> = (0..rows)
        .map(|row| {
            let [id, entity, field, element, value, erased] =
                std::array::from_fn(|index| 3 + row * BOUND_FOR_ONE + index);
            format!("(?{id}, ?{entity}, ?{field}, ?{element}, ?1, ?2, ?{value}, ?{erased})")
        })
        .collect();
    format!(
        "INSERT INTO change (\"row\", entity, field, element, device, seq, value, erased) VALUES {}",
        rows.join(", ")
    )
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
            let name = &self.all.names[change.field];
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
