//! How records stand before and after a merge: what tells the officer what it changed.

use std::collections::{BTreeSet, HashSet};

use rusqlite::{Connection, ToSql};

use super::error::StoreError;
use crate::model::{RowId, entity_def};

/// How a row stands, once shown.
pub(super) struct Shown {
    pub(super) row: RowId,
    pub(super) is_in_bin: bool,
    /// Whether another record took its place.
    pub(super) is_united: bool,
    pub(super) is_revived: bool,
    pub(super) clashes: Vec<String>,
}

/// How the records that a merge is about stand, before or after it.
#[derive(Default)]
pub(super) struct Standing {
    pub(super) there: HashSet<RowId>,
    pub(super) in_bin: HashSet<RowId>,
    united: HashSet<RowId>,
    pub(super) revived: HashSet<RowId>,
    pub(super) clashes: HashSet<(RowId, String)>,
}

/// From so many records on, they are looked up in one pass over their table.
const MANY: usize = 1_000;

impl Standing {
    pub(super) fn of(
        conn: &Connection,
        touched: &BTreeSet<(String, RowId)>,
    ) -> Result<Self, StoreError> {
        let mut found = Self::default();
        let touched: Vec<&(String, RowId)> = touched.iter().collect();
        for of_entity in touched.chunk_by(|a, b| a.0 == b.0) {
            let (Some((entity, first)), Some((_, last))) = (of_entity.first(), of_entity.last())
            else {
                continue;
            };
            let Some(def) = entity_def(entity) else {
                continue;
            };
            let columns = format!(
                "SELECT id, _deleted, _revived, _merged_into IS NOT NULL AS is_united FROM \"{}\"",
                def.name
            );
            if of_entity.len() < MANY {
                let one = format!("{columns} WHERE id = ?1");
                for (_, row) in of_entity {
                    found.read(conn, &one, &[&row.to_string()], |_| true)?;
                }
            } else {
                let all = format!("{columns} WHERE id BETWEEN ?1 AND ?2");
                let wanted: HashSet<RowId> = of_entity.iter().map(|(_, row)| *row).collect();
                let between: [&dyn ToSql; 2] = [&first.to_string(), &last.to_string()];
                found.read(conn, &all, &between, |row| wanted.contains(&row))?;
            }
        }
        found.read_clashes(conn)?;
        Ok(found)
    }

    fn read(
        &mut self,
        conn: &Connection,
        sql: &str,
        bound: &[&dyn ToSql],
        is_wanted: impl Fn(RowId) -> bool,
    ) -> Result<(), StoreError> {
        let mut statement = conn.prepare_cached(sql)?;
        let mut rows = statement.query(bound)?;
        while let Some(found) = rows.next()? {
            let id: String = found.get("id")?;
            let row: RowId = id.parse().map_err(|_| StoreError::Damaged(id))?;
            if is_wanted(row) {
                self.add(Shown {
                    row,
                    is_in_bin: found.get("_deleted")?,
                    is_united: found.get("is_united")?,
                    is_revived: found.get("_revived")?,
                    clashes: Vec::new(),
                });
            }
        }
        Ok(())
    }

    fn read_clashes(&mut self, conn: &Connection) -> Result<(), StoreError> {
        let mut statement = conn.prepare_cached("SELECT \"row\", field FROM clash")?;
        let mut rows = statement.query([])?;
        while let Some(clash) = rows.next()? {
            let row: String = clash.get("row")?;
            let row: RowId = row.parse().map_err(|_| StoreError::Damaged(row))?;
            if !self.is_new(row) {
                self.clashes.insert((row, clash.get("field")?));
            }
        }
        Ok(())
    }

    pub(super) fn add(&mut self, shown: Shown) {
        let Shown { row, clashes, .. } = shown;
        if shown.is_united {
            // Out of the lists, and in no bin.
            self.united.insert(row);
        } else if shown.is_in_bin {
            self.in_bin.insert(row);
        } else {
            self.there.insert(row);
            if shown.is_revived {
                self.revived.insert(row);
            }
        }
        self.clashes
            .extend(clashes.into_iter().map(|field| (row, field)));
    }

    /// Whether the projection had no such row.
    pub(super) fn is_new(&self, row: RowId) -> bool {
        ![&self.there, &self.in_bin, &self.united]
            .iter()
            .any(|rows| rows.contains(&row))
    }
}
