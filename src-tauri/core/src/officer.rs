//! The officer who writes, as a person of the carnet: owner of steps, refused where others decide (R06, R07).
//!
//! Owns who that person is and how it comes to be. Must not know when a carnet is opened.

use crate::fold::fold;
use crate::messages::{Language, text};
use crate::model::{Record, RecordRef, RowId, Value};
use crate::store::{Carnet, Condition, Edit, Edits, ListRequest, RowName, StoreError};

/// More officers than a mission has.
const MOST_OFFICERS: i64 = 200;

/// The person that the author of this copy is; none when nobody noted it.
pub fn of_author(carnet: &Carnet) -> Result<Option<RowId>, StoreError> {
    let author = fold(&carnet.writer().author);
    if author.is_empty() {
        return Ok(None);
    }
    let request = ListRequest::of("person", MOST_OFFICERS).filter(
        "is_officer",
        Condition::Is,
        Value::Bool(true),
    );
    let officers = carnet.list(&request)?.records;
    let stable = RowId::stable("officer", &author);
    let found = officers
        .iter()
        .find(|officer| names(officer).contains(&author))
        .or_else(|| officers.iter().find(|officer| officer.id == stable));
    Ok(found.map(|officer| officer.id))
}

/// Notes the author of this copy as a member of the mission, once; every copy names that person alike.
///
/// Somebody who was noted and then renamed, or put in the bin, stays so.
pub fn note_author(carnet: &mut Carnet, language: Language) -> Result<(), StoreError> {
    let author = carnet.writer().author.trim().to_owned();
    let folded = fold(&author);
    if folded.is_empty() || carnet.is_read_only() || of_author(carnet)?.is_some() {
        return Ok(());
    }
    let id = RowId::stable("officer", &folded);
    match carnet.get(&RecordRef::new("person", id)) {
        Err(StoreError::NotFound(_)) => {}
        known => return known.map(|_| ()),
    }
    let edit = Edit::of("person", RowName::Stable(id)).set("is_officer", Value::Bool(true));
    let edit = match author.split_once(char::is_whitespace) {
        Some((first, last)) => edit
            .set("first_name", first)
            .set("last_name", last.trim_start()),
        None => edit.set("last_name", author.as_str()),
    };
    carnet.save(Edits {
        edits: vec![edit],
        label: text(language, "commit.officer", &[("name", author)]),
    })?;
    Ok(())
}

/// How a person's name is written, either part first.
fn names(person: &Record) -> [String; 2] {
    let part = |field| person.text(field).unwrap_or_default();
    let (first, last) = (part("first_name"), part("last_name"));
    [format!("{first} {last}"), format!("{last} {first}")].map(|name| fold(&name))
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::Arc;

    use super::*;
    use crate::store::{SystemClock, Writer};

    fn carnet(folder: &Path, name: &str, author: &str) -> Carnet {
        let writer = Writer {
            device_name: name.into(),
            author: author.into(),
            register: folder.join(format!("{name}.register")),
            clock: Arc::new(SystemClock),
        };
        Carnet::create(&folder.join(format!("{name}.carnet")), None, writer).unwrap()
    }

    fn people(carnet: &Carnet) -> Vec<Record> {
        carnet.list(&ListRequest::of("person", 10)).unwrap().records
    }

    #[test]
    fn who_writes_is_a_member_of_the_mission_once_and_for_every_copy_alike() {
        let folder = tempfile::tempdir().unwrap();
        let mut one = carnet(folder.path(), "one", "Élise Martin Duval");
        note_author(&mut one, Language::Fr).unwrap();
        note_author(&mut one, Language::Fr).unwrap();
        let noted = people(&one);
        assert_eq!(noted.len(), 1);
        assert_eq!(noted[0].text("first_name"), Some("Élise"));
        assert_eq!(noted[0].text("last_name"), Some("Martin Duval"));
        assert_eq!(noted[0].value("is_officer"), Some(&Value::Bool(true)));
        assert_eq!(of_author(&one).unwrap(), Some(noted[0].id));
        let mut two = carnet(folder.path(), "two", "élise  MARTIN-DUVAL");
        note_author(&mut two, Language::Fr).unwrap();
        assert_eq!(people(&two)[0].id, noted[0].id);
    }

    #[test]
    fn an_officer_of_that_name_is_not_noted_a_second_time() {
        let folder = tempfile::tempdir().unwrap();
        let mut carnet = carnet(folder.path(), "one", "Ada Sand");
        let edit = Edit::of("person", RowName::New)
            .set("first_name", "Ada")
            .set("last_name", "Sand")
            .set("is_officer", Value::Bool(true));
        carnet
            .save(Edits {
                edits: vec![edit],
                label: "typed".into(),
            })
            .unwrap();
        note_author(&mut carnet, Language::Fr).unwrap();
        assert_eq!(people(&carnet).len(), 1);
    }

    #[test]
    fn the_author_is_refused_where_others_decide() {
        let folder = tempfile::tempdir().unwrap();
        let mut carnet = carnet(folder.path(), "one", "Ada");
        note_author(&mut carnet, Language::Fr).unwrap();
        let officer = of_author(&carnet).unwrap().unwrap().to_string();
        let decision = Edit::of("decision", RowName::New)
            .set("wording", "Oui")
            .set("decided_on", "2026-10-06")
            .set("decided_by", Value::List(vec![officer]));
        let refused = carnet.save(Edits {
            edits: vec![decision],
            label: "decides".into(),
        });
        assert!(format!("{refused:?}").contains("r06"), "{refused:?}");
    }
}
