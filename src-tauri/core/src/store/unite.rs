//! Uniting two records that turn out to be the same: an ordinary commit, undone like any other, even after it has
//! travelled.
//!
//! The older of the two is kept, so that two officers who unite the same pair apart, either way round, do the same
//! and never hide both. The other stays in the log and goes out of the lists; what refers to it is found and named
//! as the one that is kept.

use std::collections::BTreeMap;

use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::carnet::Carnet;
use super::conflicts;
use super::edit::{self, Edit, RowName, Saved};
use super::error::StoreError;
use super::log::Change;
use super::names::{split_field, whole_field};
use super::projection::{self, FIELD_LEVELS, GIVEN_UP, MERGED_INTO, STANDS_FOR};
use super::writer::Writer;
use crate::model::{
    EntityDef, FieldKind, Record, RecordRef, RowId, Value, effective_level, entity_def,
    record_level,
};

/// Which of the values of one field stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Keep {
    /// That of the record that is kept, were it none.
    Kept,
    /// That of the other record, were it none.
    Other,
    /// Both: the elements of two sets, one text after the other; where no two values can stand, that which is kept.
    Both,
}

/// What a record about two others says once for both: where the two are the same, so are these records.
pub(crate) const COMPANIONS: [&str; 2] = ["identity_sheet", "affiliation"];

impl Carnet {
    /// Unites two records of one entity; gives the one that is kept.
    ///
    /// The lists of both are joined; of single values, the kept record's stay, and what it lacks comes from the other,
    /// at the closer of the levels that it has in the two. The record has the closer of the two levels (domain.md C3).
    pub fn unite(
        &mut self,
        one: &RecordRef,
        other: &RecordRef,
        label: &str,
    ) -> Result<Saved, StoreError> {
        self.unite_choosing(one, other, &BTreeMap::new(), label)
    }

    /// Unites two records as [`Carnet::unite`] does, but for the fields of which `choices` says what stays.
    pub fn unite_choosing(
        &mut self,
        one: &RecordRef,
        other: &RecordRef,
        choices: &BTreeMap<String, Keep>,
        label: &str,
    ) -> Result<Saved, StoreError> {
        let (kept, given_up) = kept_first(one, other)?;
        self.write(|conn, writer, path| {
            present(conn, edit::known_entity(&given_up.entity)?, given_up)?;
            let (row, changes) = uniting(conn, writer, kept, given_up, choices)?;
            let commit = edit::commit(conn, writer, path, label, changes)?;
            let rows = vec![row];
            Ok(Saved { rows, commit })
        })
    }
}

/// The record that is kept, and the changes that unite another with it.
pub(super) fn uniting(
    conn: &Connection,
    writer: &Writer,
    kept: &RecordRef,
    given_up: &RecordRef,
    choices: &BTreeMap<String, Keep>,
) -> Result<(RecordRef, Vec<Change>), StoreError> {
    let def = edit::known_entity(&kept.entity)?;
    if let Some(name) = choices.keys().find(|name| def.field(name).is_none()) {
        return Err(edit::unknown_field(def, name));
    }
    let into = present(conn, def, kept)?;
    let from = if standing(conn, given_up)? == *given_up {
        present(conn, def, given_up)?
    } else {
        // Given up to two, it comes to the one that was chosen with all that it has.
        let from = projection::record(conn, def, given_up.id)?;
        from.filter(|record| !record.is_erased)
            .ok_or_else(|| StoreError::NotFound(given_up.clone()))?
    };
    for record in [kept, given_up] {
        if has_undecided(conn, record)? {
            return Err(StoreError::Undecided(record.clone()));
        }
    }
    let mut edits = vec![joined(def, &into, &from, choices)];
    let mut united = Vec::from(one_stands(given_up, kept));
    for (into, from) in companions(conn, kept, given_up)? {
        let def = edit::known_entity(into.entity)?;
        united.extend(one_stands(
            &from.reference_to_self(),
            &into.reference_to_self(),
        ));
        edits.push(joined(def, &into, &from, &BTreeMap::new()));
    }
    // Said also where it is so already: somebody may be opening it elsewhere, unaware.
    let pins: Vec<Change> = edits.iter().flat_map(level_changes).collect();
    let (_, mut changes) = edit::planned_changes(conn, writer, edits)?;
    let is_new = |pin: &Change| {
        let is_it = |one: &Change| one.row == pin.row && one.field == pin.field;
        !changes.iter().any(is_it)
    };
    let pins: Vec<Change> = pins.into_iter().filter(is_new).collect();
    changes.extend(pins);
    changes.extend(united);
    Ok((kept.clone(), changes))
}

/// The levels that an edit of a record gives to single fields, as changes.
fn level_changes(edit: &Edit) -> Vec<Change> {
    let RowName::Existing(row) = edit.row else {
        return Vec::new();
    };
    let of_fields = edit.levels.iter().filter(|(field, _)| *field != "*");
    of_fields
        .map(|(field, level)| {
            let level = level.map(|level| Value::from(level.code()));
            Change::new(&edit.entity, row, whole_field(FIELD_LEVELS, field), level)
        })
        .collect()
}

/// Whether values stand side by side in a record, or words wait beside them: a union would leave some behind. Whether
/// it is one with another is what a union settles.
fn has_undecided(conn: &Connection, record: &RecordRef) -> Result<bool, StoreError> {
    const UNDECIDED: &str =
        "SELECT 1 FROM clash WHERE \"row\" = ?1 AND entity = ?2 AND field <> ?3";
    let row = record.id.to_string();
    let is_undecided =
        conn.prepare_cached(UNDECIDED)?
            .exists((&row, &record.entity, MERGED_INTO))?;
    Ok(is_undecided || conflicts::has_waiting(conn, &row)?)
}

impl Carnet {
    /// The record that stands for another: itself, or the one that it was united with.
    pub fn standing(&self, reference: &RecordRef) -> Result<RecordRef, StoreError> {
        standing(&self.conn, reference)
    }
}

/// The record that is kept of two, then the other.
pub(crate) fn kept_first<'a>(
    one: &'a RecordRef,
    other: &'a RecordRef,
) -> Result<(&'a RecordRef, &'a RecordRef), StoreError> {
    if one.entity != other.entity || one.id == other.id {
        return Err(StoreError::NotFound(other.clone()));
    }
    Ok(if one.id < other.id {
        (one, other)
    } else {
        (other, one)
    })
}

/// A record that can be united: neither in the bin nor united already.
fn present(
    conn: &Connection,
    def: &'static EntityDef,
    reference: &RecordRef,
) -> Result<Record, StoreError> {
    projection::record(conn, def, reference.id)?
        .filter(|record| !record.is_deleted && !record.is_erased)
        .ok_or_else(|| StoreError::NotFound(reference.clone()))
}

/// Whether a record can be one of two that are united again: neither erased nor, but for the one that is given up, in the
/// bin, as far as the record that stands for it goes.
pub(super) fn can_stand(
    conn: &Connection,
    record: &RecordRef,
    is_given_up: bool,
) -> Result<bool, StoreError> {
    let Some(def) = entity_def(&record.entity) else {
        return Ok(true);
    };
    let stands = if is_given_up {
        record.clone()
    } else {
        standing(conn, record)?
    };
    let found = projection::record(conn, def, stands.id)?;
    Ok(found.is_some_and(|one| !one.is_erased && (is_given_up || !one.is_deleted)))
}

/// What says that one record stands for both, in the one and in the other.
fn one_stands(given_up: &RecordRef, kept: &RecordRef) -> [Change; 2] {
    let into = Some(Value::Text(kept.id.to_string()));
    let for_other = whole_field(STANDS_FOR, &given_up.id.to_string());
    [
        Change::new(&given_up.entity, given_up.id, MERGED_INTO, into),
        Change::new(&kept.entity, kept.id, for_other, Some(Value::Bool(true))),
    ]
}

/// What of two values of a field stays.
fn remaining(
    kind: FieldKind,
    mine: Option<&Value>,
    theirs: Option<&Value>,
    choice: Option<Keep>,
) -> Option<Value> {
    match (choice, mine, theirs) {
        (Some(Keep::Kept), mine, _) => mine.cloned(),
        (Some(Keep::Other), _, theirs) => theirs.cloned(),
        (_, None, one) | (_, one, None) => one.cloned(),
        (_, Some(Value::List(mine)), Some(Value::List(theirs))) => {
            let mut all = mine.clone();
            all.extend(theirs.iter().filter(|one| !mine.contains(one)).cloned());
            Some(Value::List(all))
        }
        (Some(Keep::Both), Some(Value::Text(mine)), Some(Value::Text(theirs)))
            if matches!(kind, FieldKind::Long) && mine.trim() != theirs.trim() =>
        {
            let (mine, theirs) = (mine.trim(), theirs.trim());
            // A text that has all lines of the other says both.
            Some(Value::Text(if says(mine, theirs) {
                mine.to_owned()
            } else if says(theirs, mine) {
                theirs.to_owned()
            } else {
                [mine, theirs].join("\n\n")
            }))
        }
        (_, mine, _) => mine.cloned(),
    }
}

/// Whether every line of another text is a line of this one.
fn says(text: &str, other: &str) -> bool {
    let lines = |text: &str| {
        text.lines()
            .map(|line| line.trim().to_owned())
            .collect::<Vec<_>>()
    };
    let own = lines(text);
    lines(other).iter().all(|line| own.contains(line))
}

/// The edit that gives a record what it is to have of another.
fn joined(def: &EntityDef, into: &Record, from: &Record, choices: &BTreeMap<String, Keep>) -> Edit {
    let mut edit = Edit::of(into.entity, RowName::Existing(into.id));
    let of_record = record_level(def, from);
    if of_record < record_level(def, into) {
        edit.levels.insert("*".to_owned(), Some(of_record));
    }
    for field in def.fields {
        let (mine, theirs) = (into.value(field.name), from.value(field.name));
        let value = remaining(field.kind, mine, theirs, choices.get(field.name).copied());
        let is_brought = value.as_ref() != mine;
        // Beside what it has had so far, and what it has unless somebody closes it: should the officer open the record,
        // what came is not opened with it.
        let usual = field.level.unwrap_or(def.level);
        let here = effective_level(def, into, field.name).max(usual);
        let there = effective_level(def, from, field.name);
        let is_of_both = value.is_some() && (is_brought || mine == theirs);
        if there < here && is_of_both {
            edit.levels.insert(field.name.to_owned(), Some(there));
        }
        if is_brought {
            edit.fields.insert(field.name.to_owned(), value);
        }
    }
    edit
}

/// The companions of two records that say the same of one third record, the kept one of each pair first.
fn companions(
    conn: &Connection,
    kept: &RecordRef,
    given_up: &RecordRef,
) -> Result<Vec<(Record, Record)>, StoreError> {
    let mut found = Vec::new();
    for def in COMPANIONS.iter().filter_map(|name| entity_def(name)) {
        let own = def.fields.iter().find(|field| {
            field.is_required
                && matches!(field.kind, FieldKind::Ref(target) if target == kept.entity)
        });
        let Some(own) = own else { continue };
        let (mine, theirs) = (
            linked_by(conn, def, own.name, kept)?,
            linked_by(conn, def, own.name, given_up)?,
        );
        let mut taken: Vec<RowId> = Vec::new();
        for from in theirs {
            let mut twin = None;
            for into in &mine {
                if !taken.contains(&into.id) && says_the_same(conn, def, own.name, into, &from)? {
                    twin = Some(into.clone());
                    break;
                }
            }
            let Some(into) = twin else { continue };
            if has_undecided(conn, &into.reference_to_self())?
                || has_undecided(conn, &from.reference_to_self())?
            {
                continue;
            }
            taken.push(into.id);
            found.push(if into.id < from.id {
                (into, from)
            } else {
                (from, into)
            });
        }
    }
    Ok(found)
}

/// The records whose field links to a record or to one that was united into it.
fn linked_by(
    conn: &Connection,
    def: &'static EntityDef,
    field: &str,
    to: &RecordRef,
) -> Result<Vec<Record>, StoreError> {
    let sql = format!(
        "SELECT id FROM \"{}\" WHERE \"{field}\" = ?1 AND _deleted = 0 AND _erased = 0 ORDER BY id",
        def.name
    );
    let mut rows = united_into(conn, &to.entity, &to.id.to_string())?;
    rows.push(to.id.to_string());
    let mut ids = Vec::new();
    for row in rows {
        let mut statement = conn.prepare_cached(&sql)?;
        let mut found = statement.query([row])?;
        while let Some(row) = found.next()? {
            let id: String = row.get("id")?;
            ids.push(id.parse().map_err(|_| StoreError::Damaged(id))?);
        }
    }
    projection::records(conn, def, &ids)
}

/// Whether two companions say nothing different: all that is required is the same, and neither has a day that the
/// other has not, since a position that ended is not the one that goes on.
fn says_the_same(
    conn: &Connection,
    def: &EntityDef,
    own: &str,
    one: &Record,
    other: &Record,
) -> Result<bool, StoreError> {
    for field in def.fields.iter().filter(|field| field.name != own) {
        let named = |record: &Record| -> Result<Option<Value>, StoreError> {
            match (field.kind, record.reference(field.name)) {
                (FieldKind::Ref(target), Some(id)) => {
                    let stands = standing(conn, &RecordRef::new(target, id))?;
                    Ok(Some(Value::Text(stands.id.to_string())))
                }
                _ => Ok(record.value(field.name).cloned()),
            }
        };
        let is_same = match (named(one)?, named(other)?) {
            (Some(Value::List(_)), Some(Value::List(_))) | (None, None) => true,
            (Some(one), Some(other)) => one == other,
            _ => !field.is_required && !matches!(field.kind, FieldKind::Date),
        };
        if !is_same {
            return Ok(false);
        }
    }
    Ok(true)
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

/// The rows of which a union ever said that this record stands for them.
pub(super) fn ever_united_into(
    conn: &Connection,
    record: &RecordRef,
) -> Result<Vec<String>, StoreError> {
    const EVER: &str = "SELECT DISTINCT element FROM change WHERE \"row\" = ?1 \
                        AND entity = (SELECT id FROM name WHERE name = ?2) \
                        AND field = (SELECT id FROM name WHERE name = ?3)";
    let of = (record.id.as_bytes(), &record.entity, STANDS_FOR);
    let mut statement = conn.prepare_cached(EVER)?;
    let rows = statement.query_map(of, |row| row.get("element"))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Whether a change only says again, for the program, what another one of its commit tells people: that a record is kept
/// for another, that what was typed was given up.
pub(super) fn is_said_twice(field: &str) -> bool {
    matches!(split_field(field).0, STANDS_FOR | GIVEN_UP)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_texts_of_which_one_has_all_lines_of_the_other_are_the_longer_one_once() {
        let both = |mine: &str, theirs: &str| {
            let [mine, theirs] = [mine, theirs].map(Value::from);
            let kept = remaining(
                FieldKind::Long,
                Some(&mine),
                Some(&theirs),
                Some(Keep::Both),
            );
            kept.unwrap().as_text().unwrap().to_owned()
        };
        let longer = "Très motivée\n\nHésite sur le budget";
        for (mine, theirs) in [("Très motivée", longer), (longer, "Très motivée")] {
            assert_eq!(both(mine, theirs), longer);
        }
        // Words that are part of others may say something else.
        assert_eq!(
            both("Ne pas rappeler", "rappeler"),
            "Ne pas rappeler\n\nrappeler"
        );
    }
}
