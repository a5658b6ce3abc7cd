//! Erasing a person (domain.md R28): their values leave the log of every carnet that receives the erasure.
//!
//! What is erased leaves its digest behind, so that the chains still verify; an old copy that comes back brings
//! nothing, since a carnet that knows the erasure blanks what arrives.

use std::collections::BTreeSet;

use blake3::Hash;
use rusqlite::Connection;

use super::carnet::Carnet;
use super::edit;
use super::error::StoreError;
use super::log::{self, Change};
use super::names;
use super::projection::{self, DELETED, ERASED, MERGED_INTO};
use super::replay;
use crate::model::{RecordRef, RowId, Value, entity_def};

/// Records about one person only, erased with them: entity, field that names the person.
const OF_A_PERSON: [(&str, &str); 2] = [("affiliation", "person"), ("consent", "person")];

impl Carnet {
    /// Erases a person: their values are blanked in the log and cannot come back; what others wrote stays.
    pub fn erase(&mut self, person: &RecordRef, label: &str) -> Result<usize, StoreError> {
        let erased = self.write(|conn, writer, path| {
            let rows = rows_of(conn, person)?;
            let changes = rows
                .iter()
                .map(|row| Change::new(&row.entity, row.id, ERASED, Some(Value::Bool(true))))
                .collect();
            edit::commit(conn, writer, path, label, changes)?;
            let touched = rows
                .iter()
                .map(|row| (row.entity.clone(), row.id))
                .collect();
            blank_erased(conn, &touched)?;
            let mut replaying = replay::Replaying::of_all(conn)?;
            for row in &rows {
                if let Some(def) = entity_def(&row.entity) {
                    replay::replay_row(conn, &mut replaying, def, row.id)?;
                }
            }
            Ok::<_, StoreError>(rows.len())
        })?;
        self.forget_what_was_blanked()?;
        Ok(erased)
    }

    /// Leaves nothing of what was blanked in the search index or in pages that are no longer used.
    pub(super) fn forget_what_was_blanked(&self) -> Result<(), StoreError> {
        Ok(self
            .conn
            .execute_batch("INSERT INTO search (search) VALUES ('optimize'); VACUUM")?)
    }
}

fn rows_of(conn: &Connection, person: &RecordRef) -> Result<Vec<RecordRef>, StoreError> {
    let def = edit::known_entity(&person.entity)?;
    if projection::record(conn, def, person.id)?.is_none() {
        return Err(StoreError::NotFound(person.clone()));
    }
    let mut rows = vec![person.clone()];
    if def.name != "person" {
        return Ok(rows);
    }
    for (entity, field) in OF_A_PERSON {
        let is_there = entity_def(entity).is_some_and(|def| def.field(field).is_some());
        if !is_there {
            continue;
        }
        let sql = format!("SELECT id FROM \"{entity}\" WHERE \"{field}\" = ?1");
        let mut statement = conn.prepare_cached(&sql)?;
        let mut found = statement.query([person.id.to_string()])?;
        while let Some(row) = found.next()? {
            let id: String = row.get("id")?;
            let id = id.parse().map_err(|_| StoreError::Damaged(id))?;
            rows.push(RecordRef::new(entity, id));
        }
    }
    Ok(rows)
}

/// Blanks what a commit of this device wrote of somebody who was erased, as every carnet that receives it does.
pub(super) fn blank_again(conn: &Connection, changes: &[Change]) -> Result<(), StoreError> {
    if names::number_of(conn, ERASED)?.is_none() {
        return Ok(());
    }
    let rows = changes
        .iter()
        .map(|change| (change.entity.clone(), change.row));
    let touched: BTreeSet<(String, RowId)> = rows.collect();
    if !blank_erased(conn, &touched)? {
        return Ok(());
    }
    let mut replaying = replay::Replaying::of_all(conn)?;
    for (entity, row) in &touched {
        if let Some(def) = entity_def(entity) {
            replay::replay_row(conn, &mut replaying, def, *row)?;
        }
    }
    Ok(())
}

/// Blanks, in the log, the values of those of these rows that are erased; the caller shows them again. Tells whether
/// there were any.
pub(super) fn blank_erased(
    conn: &Connection,
    touched: &BTreeSet<(String, RowId)>,
) -> Result<bool, StoreError> {
    const IS_ERASED: &str =
        "SELECT 1 FROM change WHERE \"row\" = ?1 AND entity = ?2 AND field = ?3 AND value = 'true'";
    const VALUES: &str = "SELECT field, element, device, seq, value FROM change \
                          WHERE \"row\" = ?1 AND entity = ?2 AND value IS NOT NULL";
    const BLANK: &str = "UPDATE change SET value = NULL, erased = ?7 WHERE \"row\" = ?1 AND entity = ?2 \
                         AND field = ?3 AND element = ?4 AND device = ?5 AND seq = ?6";
    let Some(erased) = names::number_of(conn, ERASED)? else {
        return Ok(false);
    };
    let mut has_blanked = false;
    let mut kept = Vec::new();
    for name in [ERASED, DELETED, MERGED_INTO] {
        kept.extend(names::number_of(conn, name)?);
    }
    for (entity, row) in touched {
        let Some(entity) = names::number_of(conn, entity)? else {
            continue;
        };
        let is_erased = conn
            .prepare_cached(IS_ERASED)?
            .exists((row.as_bytes(), entity, erased))?;
        if !is_erased {
            continue;
        }
        let mut statement = conn.prepare_cached(VALUES)?;
        let values = statement
            .query_map((row.as_bytes(), entity), |row| {
                Ok((
                    row.get("field")?,
                    row.get("element")?,
                    row.get("device")?,
                    row.get("seq")?,
                    row.get("value")?,
                ))
            })?
            .collect::<rusqlite::Result<Vec<(i64, String, i64, i64, String)>>>()?;
        for (field, element, device, seq, value) in values {
            if kept.contains(&field) {
                continue;
            }
            let digest: Hash = match log::read_value(Some(value))? {
                Some(value) => log::value_digest(&value)?,
                None => continue,
            };
            let of = (
                row.as_bytes(),
                entity,
                field,
                element,
                device,
                seq,
                digest.as_bytes(),
            );
            conn.prepare_cached(BLANK)?.execute(of)?;
            has_blanked = true;
        }
    }
    Ok(has_blanked)
}
