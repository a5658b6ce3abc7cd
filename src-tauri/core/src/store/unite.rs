//! Uniting two records that turn out to be the same: an ordinary commit, undone like any other, even after it has
//! travelled.
//!
//! The older of the two is kept, so that two officers who unite the same pair apart, either way round, do the same
//! and never hide both. The other stays in the log and goes out of the lists; what refers to it is found and named
//! as the one that is kept.

use rusqlite::Connection;

use super::carnet::Carnet;
use super::edit::{self, Edit, Edits, RowName, Saved};
use super::error::StoreError;
use super::log::Change;
use super::projection::MERGED_INTO;
use crate::model::{EntityDef, Record, RecordRef, RowId, Value, effective_level, entity_def};

impl Carnet {
    /// Unites two records of one entity; gives the one that is kept.
    ///
    /// The lists of both are joined; of single values, the kept record's stay, and what it lacks comes from the other,
    /// at the closer of the levels that it has in the two (domain.md C3).
    pub fn unite(
        &mut self,
        one: &RecordRef,
        other: &RecordRef,
        label: &str,
    ) -> Result<Saved, StoreError> {
        if one.entity != other.entity || one.id == other.id {
            return Err(StoreError::NotFound(other.clone()));
        }
        let (kept, given_up) = if one.id < other.id {
            (one, other)
        } else {
            (other, one)
        };
        let def = edit::known_entity(&kept.entity)?;
        let (into, from) = (self.get(kept)?, self.get(given_up)?);
        if let Some(deleted) = [&into, &from].into_iter().find(|record| record.is_deleted) {
            return Err(StoreError::NotFound(deleted.reference_to_self()));
        }
        let joined = joined(def, &into, &from);
        let united = Change::new(
            &given_up.entity,
            given_up.id,
            MERGED_INTO,
            Some(Value::Text(kept.id.to_string())),
        );
        self.write(|conn, writer, path| {
            let edits = Edits {
                edits: vec![joined],
                label: label.to_owned(),
            };
            let (rows, mut changes) = edit::planned_changes(conn, writer, edits.edits)?;
            changes.push(united);
            let commit = edit::commit(conn, writer, path, label, changes)?;
            Ok(Saved { rows, commit })
        })
    }
}

impl Carnet {
    /// The record that stands for another: itself, or the one that it was united with.
    pub fn standing(&self, reference: &RecordRef) -> Result<RecordRef, StoreError> {
        standing(&self.conn, reference)
    }
}

/// The edit that gives a record what it lacks of another.
fn joined(def: &EntityDef, into: &Record, from: &Record) -> Edit {
    let mut edit = Edit::of(into.entity, RowName::Existing(into.id));
    for (name, value) in &from.fields {
        let value = match (into.value(name), value) {
            (None, value) => value.clone(),
            (Some(Value::List(mine)), Value::List(theirs)) => {
                let mut all = mine.clone();
                all.extend(theirs.iter().filter(|one| !mine.contains(one)).cloned());
                Value::List(all)
            }
            (Some(_), _) => continue,
        };
        if into.value(name) == Some(&value) {
            continue;
        }
        let (here, there) = (
            effective_level(def, into, name),
            effective_level(def, from, name),
        );
        if there < here {
            edit.levels.insert(name.clone(), Some(there));
        }
        edit.fields.insert(name.clone(), Some(value));
    }
    edit
}

/// The record that stands for another since they were united: the last one, however many times.
pub(super) fn standing(conn: &Connection, reference: &RecordRef) -> Result<RecordRef, StoreError> {
    let mut now = reference.clone();
    let Some(def) = entity_def(&reference.entity) else {
        return Ok(now);
    };
    let sql = format!("SELECT _merged_into FROM \"{}\" WHERE id = ?1", def.name);
    loop {
        let into: Option<String> = conn
            .prepare_cached(&sql)?
            .query_map([now.id.to_string()], |row| row.get("_merged_into"))?
            .next()
            .transpose()?
            .flatten();
        // It goes to older records only, and so comes to an end.
        match into.and_then(|into| into.parse::<RowId>().ok()) {
            Some(into) if into < now.id => now.id = into,
            _ => return Ok(now),
        }
    }
}

/// The rows that were united into a record, straight or through another.
pub(super) fn united_into(
    conn: &Connection,
    entity: &str,
    row: &str,
) -> Result<Vec<String>, StoreError> {
    let Some(def) = entity_def(entity) else {
        return Ok(Vec::new());
    };
    let sql = format!("SELECT id FROM \"{}\" WHERE _merged_into = ?1", def.name);
    let mut found = Vec::new();
    let mut next = vec![row.to_owned()];
    while let Some(row) = next.pop() {
        let mut statement = conn.prepare_cached(&sql)?;
        let mut rows = statement.query([&row])?;
        while let Some(row) = rows.next()? {
            let id: String = row.get("id")?;
            next.push(id.clone());
            found.push(id);
        }
    }
    Ok(found)
}
