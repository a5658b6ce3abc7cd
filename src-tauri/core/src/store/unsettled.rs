//! What remains for a person to decide: how much, and which records came back from the bin.

use super::carnet::Carnet;
use super::conflicts::{conflict, with_typed};
use super::error::StoreError;
use super::typed;
use crate::model::RecordRef;

/// What remains for a person to decide, counted alike wherever it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ToSettle {
    /// Fields in which values stand side by side.
    pub conflicts: i64,
    /// Records that came back from the bin.
    pub revived: i64,
}

impl ToSettle {
    /// All of it.
    pub fn total(self) -> i64 {
        self.conflicts + self.revived
    }
}

impl Carnet {
    /// What remains for a person to decide.
    pub fn left_to_settle(&self) -> Result<ToSettle, StoreError> {
        let mut revived = 0;
        for def in crate::model::ENTITIES {
            let sql = format!("SELECT count(*) FROM \"{}\" WHERE _revived = 1", def.name);
            let mut statement = self.conn.prepare_cached(&sql)?;
            revived += statement.query_row([], |row| row.get::<_, i64>(0))?;
        }
        Ok(ToSettle {
            conflicts: self.to_settle_count()?,
            revived,
        })
    }

    /// How many fields there are in which somebody must choose.
    pub fn to_settle_count(&self) -> Result<i64, StoreError> {
        let mut count = self.conflict_count()?;
        for (entity, row, field) in typed::places(&self.conn, None)? {
            let is_counted = conflict(&self.conn, &entity, &row, &field)?.is_some();
            if !is_counted && with_typed(&self.conn, &entity, &row, &field)?.is_some() {
                count += 1;
            }
        }
        Ok(count)
    }

    /// How many conflicts there are.
    pub fn conflict_count(&self) -> Result<i64, StoreError> {
        Ok(self
            .conn
            .prepare_cached("SELECT count(*) FROM clash")?
            .query_row([], |row| row.get(0))?)
    }

    /// Records that came back from the bin because somebody wrote in them unaware.
    pub fn revived(&self, limit: i64) -> Result<Vec<RecordRef>, StoreError> {
        let mut found = Vec::new();
        for def in crate::model::ENTITIES {
            let sql = format!(
                "SELECT id FROM \"{}\" WHERE _revived = 1 ORDER BY id LIMIT ?1",
                def.name
            );
            let mut statement = self.conn.prepare_cached(&sql)?;
            let mut rows = statement.query([limit])?;
            while let Some(row) = rows.next()? {
                let id: String = row.get("id")?;
                let parsed = id.parse().map_err(|_| StoreError::Damaged(id))?;
                found.push(RecordRef::new(def.name, parsed));
            }
        }
        Ok(found)
    }
}
