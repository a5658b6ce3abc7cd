//! Erasing a person (domain.md R28): their values leave the log of every carnet that receives the erasure.
//!
//! What is erased leaves its digest behind, so that the chains still verify; an old copy that comes back brings
//! nothing, since a carnet that knows the erasure blanks what arrives. An erasure is for ever: one change that says
//! so is enough, whatever was written after it, and nothing undoes it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use blake3::Hash;
use rusqlite::Connection;

use super::blanked;
use super::brought::{self, ValueName};
use super::carnet::Carnet;
use super::edit;
use super::error::StoreError;
use super::log::{self, Change};
use super::names::{self, split_field, whole_field};
use super::parting;
use super::projection::{self, DELETED, ERASED, MERGED_INTO};
use super::replay::{self, Indexing};
use super::typed;
use super::unite;
use super::writer::Writer;
use crate::messages::{self, Language};
use crate::model::{EntityDef, RecordRef, RowId, Value, entity_def};

/// What of a record about a person goes with them.
enum Goes {
    /// All that it holds.
    All,
    /// The words, and the judgements, in these fields; the rest is counted and stays.
    Fields(&'static [&'static str]),
}

/// Records about one person: entity, field that names the person, what goes with them.
const OF_A_PERSON: [(&str, &str, Goes); 5] = [
    ("affiliation", "person", Goes::All),
    ("consent", "granted_by", Goes::All),
    ("skill_progress", "person", Goes::All),
    ("attendance", "person", Goes::Fields(&["stance"])),
    (
        "survey_response",
        "person",
        Goes::Fields(&["answers", "leads_text", "critical_reading"]),
    ),
];

/// Entity of those who are erased with what is about them.
const PERSON: &str = "person";

impl Carnet {
    /// Erases a person, with every record that was united with theirs: their values are blanked in the log and cannot
    /// come back; what others wrote stays. Gives how many records that touches.
    pub fn erase(&mut self, person: &RecordRef, label: &str) -> Result<usize, StoreError> {
        let language = self.language;
        let erased = self.write(|conn, writer, path| {
            let erased = erase_here(conn, writer, path, person, label)?;
            finish(conn, writer, path, language)?;
            Ok::<_, StoreError>(erased)
        })?;
        self.clean();
        Ok(erased)
    }
}

/// The changes that erase a person, with what is about them: whichever of the records united as one is named, all go.
fn erasing(conn: &Connection, person: &RecordRef) -> Result<Vec<Change>, StoreError> {
    let def = edit::known_entity(&person.entity)?;
    if projection::record(conn, def, person.id)?.is_none() {
        return Err(StoreError::NotFound(person.clone()));
    }
    if def.name != PERSON {
        return Ok(vec![erased(def.name, person.id, ERASED.to_owned())]);
    }
    let ids = united_as_one(conn, person)?;
    let mut changes: Vec<Change> = ids
        .iter()
        .map(|id| erased(PERSON, *id, ERASED.to_owned()))
        .collect();
    for (entity, field, goes) in &OF_A_PERSON {
        let sql = format!("SELECT id FROM \"{entity}\" WHERE \"{field}\" = ?1");
        let mut statement = conn.prepare_cached(&sql)?;
        for id in &ids {
            let mut found = statement.query([id.to_string()])?;
            while let Some(row) = found.next()? {
                let id = read_id(row.get("id")?)?;
                match goes {
                    Goes::All => changes.push(erased(entity, id, ERASED.to_owned())),
                    Goes::Fields(fields) => changes.extend(
                        fields
                            .iter()
                            .map(|field| erased(entity, id, whole_field(ERASED, field))),
                    ),
                }
            }
        }
    }
    changes.extend(brought::erasing(conn, &whole_rows(&changes))?);
    Ok(changes)
}

/// The records of which these changes erase all.
fn whole_rows(changes: &[Change]) -> BTreeSet<(String, RowId)> {
    let whole = changes.iter().filter(|change| change.field == ERASED);
    whole
        .map(|change| (change.entity.clone(), change.row))
        .collect()
}

fn erased(entity: &str, row: RowId, field: String) -> Change {
    Change::new(entity, row, field, Some(Value::Bool(true)))
}

fn read_id(id: String) -> Result<RowId, StoreError> {
    id.parse().map_err(|_| StoreError::Damaged(id))
}

/// The records that are one with this one, itself among them: the one that stands for all first.
fn united_as_one(conn: &Connection, record: &RecordRef) -> Result<Vec<RowId>, StoreError> {
    let stands = unite::standing(conn, record)?;
    let others = unite::united_into(conn, &record.entity, &stands.id.to_string())?;
    let mut ids = vec![stands.id];
    for other in others {
        ids.push(read_id(other)?);
    }
    Ok(ids)
}

/// Persons of whom one record was erased while another, united with it, was not: nobody who erased or united them
/// knew of the other.
fn erased_in_part(conn: &Connection) -> Result<Vec<RecordRef>, StoreError> {
    const ERASED_PERSONS: &str = "SELECT id FROM person WHERE _erased = 1 ORDER BY id";
    const IS_THERE: &str = "SELECT 1 FROM person WHERE id = ?1 AND _erased = 0";
    let mut statement = conn.prepare_cached(ERASED_PERSONS)?;
    let ids = statement
        .query_map([], |row| row.get("id"))?
        .collect::<rusqlite::Result<Vec<String>>>()?;
    let mut is_there = conn.prepare_cached(IS_THERE)?;
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    // What is undecided for whoever is there, a union and what was written unknown to it or two unions of one record,
    // is not for one who is erased.
    for said in parting::said_one(conn, PERSON)? {
        let is_erased = |id: &RowId| ids.contains(&id.to_string());
        if said.iter().any(is_erased) {
            for id in said.iter().filter(|id| !is_erased(id)) {
                if is_there.exists([id.to_string()])? {
                    found.push(RecordRef::new(PERSON, *id));
                }
            }
        }
    }
    for id in ids {
        let person = RecordRef::new(PERSON, read_id(id)?);
        if seen.contains(&person.id) {
            continue;
        }
        let ids = united_as_one(conn, &person)?;
        for id in &ids {
            if is_there.exists([id.to_string()])? {
                found.push(person);
                break;
            }
        }
        seen.extend(ids);
    }
    Ok(found)
}

/// Erases what is left of persons whom an erasure and a union, written apart, concern together; tells whether there
/// was anything.
///
/// A commit says so, and travels like any other: what follows from the union alone would come and go with it, and an
/// erasure is for ever.
pub(super) fn finish(
    conn: &Connection,
    writer: &Writer,
    path: &Path,
    language: Language,
) -> Result<bool, StoreError> {
    let label = messages::text(language, "commit.erase", &[]);
    let mut has_erased = false;
    loop {
        // Each time somebody is left of one who was erased, or a record about them: never the same twice.
        let persons = erased_in_part(conn)?;
        let left = left_of_erased(conn)?;
        if persons.is_empty() && left.is_empty() {
            return Ok(has_erased);
        }
        for person in &persons {
            erase_here(conn, writer, path, person, &label)?;
        }
        write_erasure(conn, writer, path, &label, left)?;
        has_erased = true;
    }
}

/// What erases records that go with a person, or what of them does, made by somebody who did not know that they were
/// erased; and what came to others out of what is erased, where nobody knew.
fn left_of_erased(conn: &Connection) -> Result<Vec<Change>, StoreError> {
    let mut found = Vec::new();
    for (entity, field, goes) in &OF_A_PERSON {
        let sql = format!(
            "SELECT r.id FROM \"{entity}\" r JOIN person p ON p.id = r.\"{field}\" \
             WHERE p._erased = 1 AND r._erased = 0 ORDER BY r.id"
        );
        let mut statement = conn.prepare_cached(&sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let id = read_id(row.get("id")?)?;
            match goes {
                Goes::All => found.push(erased(entity, id, ERASED.to_owned())),
                Goes::Fields(fields) => {
                    let gone = erased_fields(conn, entity, id)?;
                    let left = fields
                        .iter()
                        .filter(|field| !gone.iter().any(|one| one == *field));
                    found.extend(left.map(|field| erased(entity, id, whole_field(ERASED, field))));
                }
            }
        }
    }
    found.extend(brought::erasing(conn, &all_erased(conn)?)?);
    Ok(found)
}

/// Every person who is erased, and every record that went with one.
fn all_erased(conn: &Connection) -> Result<BTreeSet<(String, RowId)>, StoreError> {
    let with_them = OF_A_PERSON.iter();
    let whole = with_them.filter(|(_, _, goes)| matches!(goes, Goes::All));
    let mut rows = BTreeSet::new();
    for entity in [PERSON]
        .into_iter()
        .chain(whole.map(|(entity, ..)| *entity))
    {
        let sql = format!("SELECT id FROM \"{entity}\" WHERE _erased = 1");
        let mut statement = conn.prepare_cached(&sql)?;
        let mut found = statement.query([])?;
        while let Some(row) = found.next()? {
            rows.insert((entity.to_owned(), read_id(row.get("id")?)?));
        }
    }
    Ok(rows)
}

/// Whether records of these entities may be about somebody who was erased.
pub(super) fn concerns(entities: &BTreeSet<String>) -> bool {
    entities.contains(PERSON)
        || OF_A_PERSON
            .iter()
            .any(|(entity, ..)| entities.contains(*entity))
}

/// Refuses a new record that goes with a person who was erased.
pub(super) fn refuse_of_erased(
    conn: &Connection,
    def: &EntityDef,
    fields: &BTreeMap<&'static str, Option<Value>>,
) -> Result<(), StoreError> {
    const IS_ERASED: &str = "SELECT 1 FROM person WHERE id = ?1 AND _erased = 1";
    let link = OF_A_PERSON.iter().find(|(entity, ..)| *entity == def.name);
    let person = link.and_then(|(_, field, _)| fields.get(field)?.as_ref()?.as_text());
    if let Some(id) = person
        && conn.prepare_cached(IS_ERASED)?.exists([id])?
    {
        return Err(StoreError::NotFound(RecordRef::new(
            PERSON,
            read_id(id.to_owned())?,
        )));
    }
    Ok(())
}

/// Erases a person in the transaction of the caller; gives how many records that touches.
fn erase_here(
    conn: &Connection,
    writer: &Writer,
    path: &Path,
    person: &RecordRef,
    label: &str,
) -> Result<usize, StoreError> {
    let changes = erasing(conn, person)?;
    write_erasure(conn, writer, path, label, changes)
}

/// Writes what erases, blanks what it is about and shows it; gives how many records that touches.
fn write_erasure(
    conn: &Connection,
    writer: &Writer,
    path: &Path,
    label: &str,
    changes: Vec<Change>,
) -> Result<usize, StoreError> {
    let touched: BTreeSet<(String, RowId)> = changes
        .iter()
        .map(|change| (change.entity.clone(), change.row))
        .collect();
    edit::commit(conn, writer, path, label, changes)?;
    blank_erased(conn, &touched)?;
    let mut replaying = replay::Replaying::of_all(conn, Indexing::Now)?;
    for (entity, row) in &touched {
        if let Some(def) = entity_def(entity) {
            replay::replay_row(conn, &mut replaying, def, *row)?;
        }
    }
    Ok(touched.len())
}

/// Whether a change of this field erases.
pub(super) fn is_erasure(field: &str) -> bool {
    split_field(field).0 == ERASED
}

/// What of one row was erased.
#[derive(Default)]
struct Gone {
    is_whole: bool,
    fields: Vec<String>,
    values: Vec<ValueName>,
}

/// What of a row was erased, by any change that says so; `erased` is the number of that field.
fn gone(conn: &Connection, entity: i64, row: RowId, erased: i64) -> Result<Gone, StoreError> {
    const ERASURES: &str = "SELECT DISTINCT element FROM change \
                            WHERE \"row\" = ?1 AND entity = ?2 AND field = ?3 AND value = 'true'";
    let mut gone = Gone::default();
    let mut statement = conn.prepare_cached(ERASURES)?;
    let mut rows = statement.query((row.as_bytes(), entity, erased))?;
    while let Some(row) = rows.next()? {
        let element: String = row.get("element")?;
        if element.is_empty() {
            gone.is_whole = true;
        } else if let Some(value) = ValueName::read(&element) {
            gone.values.push(value);
        } else {
            gone.fields.push(element);
        }
    }
    Ok(gone)
}

/// The fields of a row, which is not erased itself, whose words went with a person.
pub(super) fn erased_fields(
    conn: &Connection,
    entity: &str,
    row: RowId,
) -> Result<Vec<String>, StoreError> {
    let (Some(erased), Some(entity)) = (
        names::number_of(conn, ERASED)?,
        names::number_of(conn, entity)?,
    ) else {
        return Ok(Vec::new());
    };
    Ok(gone(conn, entity, row, erased)?.fields)
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
    let mut replaying = replay::Replaying::of_all(conn, Indexing::Now)?;
    for (entity, row) in &touched {
        if let Some(def) = entity_def(entity) {
            replay::replay_row(conn, &mut replaying, def, *row)?;
        }
    }
    Ok(())
}

/// Blanks, in the log, the values of those of these rows that are erased, of those of their fields that are, and those
/// that are named one by one; the caller shows them again. Tells whether there were any.
pub(super) fn blank_erased(
    conn: &Connection,
    touched: &BTreeSet<(String, RowId)>,
) -> Result<bool, StoreError> {
    const VALUES: &str = "SELECT field, element, device, seq, value FROM change \
                          WHERE \"row\" = ?1 AND entity = ?2 AND value IS NOT NULL";
    const BLANK: &str = "UPDATE change SET value = NULL, erased = ?7 WHERE \"row\" = ?1 AND entity = ?2 \
                         AND field = ?3 AND element = ?4 AND device = ?5 AND seq = ?6";
    let Some(erased) = names::number_of(conn, ERASED)? else {
        return Ok(false);
    };
    let mut blanked: BTreeSet<(i64, i64)> = BTreeSet::new();
    let mut kept = Vec::new();
    for name in [ERASED, DELETED, MERGED_INTO] {
        kept.extend(names::number_of(conn, name)?);
    }
    for (name, row) in touched {
        let Some(entity) = names::number_of(conn, name)? else {
            continue;
        };
        let gone = gone(conn, entity, *row, erased)?;
        if !gone.is_whole && gone.fields.is_empty() && gone.values.is_empty() {
            continue;
        }
        let goes = |field: &str| gone.is_whole || gone.fields.iter().any(|one| one == field);
        typed::forget_erased(conn, name, *row, goes)?;
        let mut numbers = Vec::new();
        for name in &gone.fields {
            numbers.extend(names::number_of(conn, name)?);
        }
        let mut single = BTreeSet::new();
        for value in &gone.values {
            let (name, element) = split_field(&value.field);
            let field = names::number_of(conn, name)?;
            let device = names::device_number(conn, &value.device)?;
            let place = field.zip(device);
            single.extend(place.map(|(field, device)| (field, element, device, value.seq)));
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
            let goes = gone.is_whole
                || numbers.contains(&field)
                || single.contains(&(field, element.as_str(), device, seq));
            if !goes || kept.contains(&field) {
                continue;
            }
            let digest: Hash = match log::read_value(Some(&value))? {
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
            blanked.insert((device, seq));
        }
    }
    let has_blanked = !blanked.is_empty();
    if has_blanked {
        blanked::remember(conn, blanked)?;
    }
    Ok(has_blanked)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ENTITIES, FieldKind};

    #[test]
    fn what_goes_with_a_person_is_named_as_the_model_names_it() {
        for (entity, field, goes) in &OF_A_PERSON {
            let def = entity_def(entity).unwrap_or_else(|| panic!("no entity {entity}"));
            let link = def.field(field).map(|field| field.kind);
            assert!(
                matches!(link, Some(FieldKind::Ref("person"))),
                "{entity}.{field}: {link:?}"
            );
            if let Goes::Fields(fields) = goes {
                for field in *fields {
                    assert!(def.field(field).is_some(), "{entity}.{field}");
                }
            }
        }
    }

    /// Records that name a person whom they need and hold words that are about something else.
    const ABOUT_SOMETHING_ELSE: [&str; 2] = ["mission", "task"];

    #[test]
    fn words_in_a_record_that_cannot_be_without_its_person_go_with_them() {
        for def in ENTITIES {
            let is_about_one = def
                .fields
                .iter()
                .any(|field| field.is_required && matches!(field.kind, FieldKind::Ref("person")));
            let has_words = def.fields.iter().any(|field| field.kind.is_words());
            if is_about_one && has_words {
                let is_named = OF_A_PERSON.iter().any(|(entity, ..)| *entity == def.name);
                assert!(
                    is_named || ABOUT_SOMETHING_ELSE.contains(&def.name),
                    "{}",
                    def.name
                );
            }
        }
    }
}
