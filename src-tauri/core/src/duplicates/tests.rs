//! What an officer finds, says and unites, in a real encrypted file.

use super::*;
use crate::demo;
use crate::model::Level;
use crate::store::{Condition, Deletions, FieldChange, Keep, Linked, ListRequest};
use crate::testing::{self, fresh, writer_on as writer};

fn save(carnet: &mut Carnet, edit: Edit) -> RecordRef {
    testing::save(carnet, edit).rows.remove(0)
}

fn organisation(name: &str) -> Edit {
    Edit::of("organisation", RowName::New)
        .set("name", name)
        .set("organisation_type", "group")
        .set("country", "FR")
}

fn person(first: &str, last: &str) -> Edit {
    Edit::of("person", RowName::New)
        .set("first_name", first)
        .set("last_name", last)
}

fn works_in(person: &RecordRef, organisation: &RecordRef) -> Edit {
    Edit::of("affiliation", RowName::New)
        .set("person", person.id.to_string().as_str())
        .set("organisation", organisation.id.to_string().as_str())
}

/// The association of the design, once in the carnet and once more from a list.
struct Wool {
    kept: RecordRef,
    other: RecordRef,
    person: RecordRef,
}

fn wool(carnet: &mut Carnet) -> Wool {
    let kept = organisation("Les Fils de la laine").set("strategy", "Atelier ouvert le jeudi");
    let kept = save(carnet, kept);
    let other = organisation("Les fils de la laine (asso)")
        .set("strategy", "Très motivée")
        .set("address", "3 rue du Foirail")
        .set("languages", Value::List(vec!["fr".into()]));
    let other = save(carnet, other);
    let person = save(carnet, person("Bruno", "Delorme"));
    save(carnet, works_in(&person, &kept));
    save(carnet, works_in(&person, &other));
    Wool {
        kept,
        other,
        person,
    }
}

fn titles(likely: &Likely) -> Vec<(&str, &str)> {
    let pairs = likely.pairs.iter();
    pairs
        .map(|pair| {
            (
                pair.kept_title.title.as_str(),
                pair.other_title.title.as_str(),
            )
        })
        .collect()
}

#[test]
fn two_records_of_one_association_are_found_with_what_tells_so() {
    let folder = tempfile::tempdir().unwrap();
    let mut carnet = fresh(folder.path());
    let wool = wool(&mut carnet);
    save(&mut carnet, organisation("Le Foyer rural"));
    let likely = carnet.likely_duplicates(10).unwrap();
    let [pair] = likely.pairs.as_slice() else {
        panic!("{likely:?}");
    };
    assert_eq!(
        (pair.kept.clone(), pair.other.clone()),
        (wool.kept.id.to_string(), wool.other.id.to_string())
    );
    let shared = Why::SameLink {
        entity: "person".into(),
        title: "Bruno Delorme".into(),
    };
    assert_eq!(pair.why, [Why::SameWords, shared]);
    // Counted though not shown.
    let none_shown = carnet.likely_duplicates(0).unwrap();
    assert_eq!((none_shown.pairs.len(), none_shown.total), (0, 1));
}

#[test]
fn people_are_found_by_their_address_and_by_a_slip_in_their_name() {
    let folder = tempfile::tempdir().unwrap();
    let mut carnet = fresh(folder.path());
    save(
        &mut carnet,
        person("Paul", "Anselme").set("email", "paul@exemple.fr"),
    );
    save(
        &mut carnet,
        person("P.", "ANSELME").set("email", "Paul@Exemple.fr"),
    );
    save(&mut carnet, person("Marie", "Teyssier"));
    save(&mut carnet, person("Marie", "Teissier"));
    save(&mut carnet, person("Anne", "Teyssier"));
    let likely = carnet.likely_duplicates(10).unwrap();
    assert_eq!(
        titles(&likely),
        [
            ("Paul Anselme", "P. ANSELME"),
            ("Marie Teyssier", "Marie Teissier")
        ]
    );
    let by_address = Why::SameField {
        field: "email".into(),
        title: None,
    };
    assert_eq!(likely.pairs[0].why, [by_address, Why::CommonWords]);
    assert_eq!(likely.pairs[1].why, [Why::Letters { letters: 1 }]);
}

#[test]
fn two_projects_of_one_name_are_one_only_for_one_organisation() {
    let folder = tempfile::tempdir().unwrap();
    let mut carnet = fresh(folder.path());
    let (wool, forest) = (
        save(&mut carnet, organisation("Les Fils de la laine")),
        save(&mut carnet, organisation("Bois des hauts")),
    );
    for (title, of) in [
        ("Cabanes d’estive ouvertes", &wool),
        ("Cabanes d’estives", &wool),
        ("Cabanes d’estives", &forest),
    ] {
        let project = Edit::of("project", RowName::New)
            .set("title", title)
            .set("organisation", of.id.to_string().as_str())
            .set("maturity", "lead")
            .set("phase", "emergence")
            .set("status", "active");
        save(&mut carnet, project);
    }
    let likely = carnet.likely_duplicates(10).unwrap();
    assert_eq!(
        titles(&likely),
        [("Cabanes d’estive ouvertes", "Cabanes d’estives")]
    );
    let whose = Why::SameField {
        field: "organisation".into(),
        title: Some("Les Fils de la laine".into()),
    };
    assert_eq!(likely.pairs[0].why, [Why::CommonWords, whose]);
}

#[test]
fn the_demonstration_carnet_has_no_duplicate() {
    let folder = tempfile::tempdir().unwrap();
    let mut carnet = fresh(folder.path());
    let today = chrono::NaiveDate::from_ymd_opt(2026, 10, 6).unwrap();
    carnet.save(demo::seed("seed").unwrap()).unwrap();
    carnet
        .save(demo::portfolio(today, "demo").unwrap())
        .unwrap();
    let likely = carnet.likely_duplicates(10).unwrap();
    assert_eq!(titles(&likely), []);
}

#[test]
fn a_pair_that_was_said_to_be_two_is_shown_no_more_in_any_copy_until_that_is_undone() {
    let folder = tempfile::tempdir().unwrap();
    let mut carnet = fresh(folder.path());
    let wool = wool(&mut carnet);
    let copy = folder.path().join("b.carnet");
    carnet.copy_to(&copy).unwrap();
    let said = carnet
        .note_distinct(&wool.other, &wool.kept, "two")
        .unwrap();
    assert_eq!(carnet.likely_duplicates(10).unwrap().total, 0);

    let mut theirs = Carnet::open(&copy, None, writer(folder.path(), "b")).unwrap();
    assert_eq!(theirs.likely_duplicates(10).unwrap().total, 1);
    // Said there too, it is the same record.
    let again = theirs
        .note_distinct(&wool.kept, &wool.other, "two")
        .unwrap();
    assert_eq!(again.rows, said.rows);
    let files = [carnet.path().to_owned()];
    let merged = theirs.merge(&files, "a", Deletions::Ask).unwrap();
    assert_eq!(merged.conflicts_opened, 0);
    assert_eq!(theirs.likely_duplicates(10).unwrap().total, 0);

    carnet.undo(&said.commit.unwrap()).unwrap();
    assert_eq!(carnet.likely_duplicates(10).unwrap().total, 1);
    carnet
        .note_distinct(&wool.kept, &wool.other, "two")
        .unwrap();
    assert_eq!(carnet.likely_duplicates(10).unwrap().total, 0);
    assert_eq!(carnet.check().unwrap().damages, []);
}

#[test]
fn two_records_side_by_side_say_what_is_the_same_what_is_to_choose_and_what_links_to_each() {
    let folder = tempfile::tempdir().unwrap();
    let mut carnet = fresh(folder.path());
    let wool = wool(&mut carnet);
    let compared = carnet.compare(&wool.other, &wool.kept).unwrap();
    assert_eq!(compared.kept.id, wool.kept.id.to_string());
    let of = |name: &str| {
        let field = compared.fields.iter().find(|field| field.field == name);
        field.map(|field| (field.relation, field.keep))
    };
    assert_eq!(of("name"), Some((Relation::Choose, Keep::Kept)));
    assert_eq!(of("country"), Some((Relation::Same, Keep::Kept)));
    assert_eq!(of("address"), Some((Relation::Choose, Keep::Other)));
    assert_eq!(of("strategy"), Some((Relation::ChooseOrBoth, Keep::Both)));
    assert_eq!(of("languages"), Some((Relation::Joined, Keep::Both)));
    assert_eq!(of("website"), None);
    let one_position = Linked {
        entity: "affiliation".into(),
        count: 1,
    };
    assert_eq!(compared.kept_linked, std::slice::from_ref(&one_position));
    assert_eq!(compared.other_linked, [one_position]);
    let alone = carnet.compare(&wool.kept, &wool.kept);
    assert!(matches!(alone, Err(StoreError::NotFound(_))));
}

#[test]
fn a_union_keeps_what_was_chosen_in_one_commit_that_is_undone_whole() {
    let folder = tempfile::tempdir().unwrap();
    let mut carnet = fresh(folder.path());
    let wool = wool(&mut carnet);
    let before = carnet.get(&wool.kept).unwrap();
    let choices = BTreeMap::from([
        ("name".to_owned(), Keep::Other),
        ("strategy".to_owned(), Keep::Both),
        ("address".to_owned(), Keep::Kept),
    ]);
    let commits = |carnet: &Carnet| carnet.history(None, 100).unwrap().len();
    let so_far = commits(&carnet);
    let united = carnet
        .unite_choosing(&wool.other, &wool.kept, &choices, "unite")
        .unwrap();
    assert_eq!(united.rows, std::slice::from_ref(&wool.kept));
    assert_eq!(commits(&carnet), so_far + 1);
    let after = carnet.get(&wool.kept).unwrap();
    assert_eq!(after.text("name"), Some("Les fils de la laine (asso)"));
    assert_eq!(
        after.text("strategy"),
        Some("Atelier ouvert le jeudi\n\nTrès motivée")
    );
    assert_eq!(after.text("address"), None);
    assert_eq!(after.elements("languages"), ["fr"]);
    assert_eq!(carnet.likely_duplicates(10).unwrap().total, 0);
    // From the record that stands, the union is found again and taken back, even where it changed nothing of it.
    let told = &carnet.history(Some(&wool.kept), 1).unwrap()[0];
    assert_eq!(told.label, "unite");
    let gone = |change: &FieldChange| change.row == wool.other.id.to_string();
    let merged: Vec<&str> = told
        .changes
        .iter()
        .filter(|one| gone(one))
        .map(|one| one.field.as_str())
        .collect();
    assert_eq!(merged, ["merged_into"]);

    // Bruno worked for both: he works once for the one that stands.
    let of = wool.kept.id.to_string();
    let people =
        ListRequest::of("affiliation", 10).filter("organisation", Condition::Is, of.as_str());
    assert_eq!(carnet.list(&people).unwrap().total, 1);
    assert_eq!(carnet.check().unwrap().damages, []);

    // The project of one is told of the other again: every list may have changed.
    let undone = carnet.undo(&united.commit.unwrap()).unwrap();
    assert!(undone.entities().contains(&"project".to_owned()));
    let back = carnet.get(&wool.kept).unwrap();
    assert_eq!(back.fields, before.fields);
    assert_eq!(carnet.list(&people).unwrap().total, 1);
    let all = ListRequest::of("affiliation", 10);
    assert_eq!(carnet.list(&all).unwrap().total, 2);
    assert_eq!(carnet.likely_duplicates(10).unwrap().total, 1);
    assert_eq!(carnet.check().unwrap().damages, []);
}

#[test]
fn a_position_that_ended_is_not_the_one_that_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let mut carnet = fresh(folder.path());
    let wool = wool(&mut carnet);
    let ended = works_in(&wool.person, &wool.other)
        .set("function", "Trésorier")
        .set("ends_on", "2020-06-30");
    save(&mut carnet, ended);
    carnet.unite(&wool.kept, &wool.other, "unite").unwrap();
    let all = ListRequest::of("affiliation", 10);
    assert_eq!(carnet.list(&all).unwrap().total, 2);
}

#[test]
fn what_is_chosen_from_the_closer_record_stays_as_close() {
    let folder = tempfile::tempdir().unwrap();
    let mut carnet = fresh(folder.path());
    let wool = wool(&mut carnet);
    let mut closer = Edit::of("organisation", RowName::Existing(wool.other.id));
    closer.levels.insert("name".into(), Some(Level::Private));
    save(&mut carnet, closer);
    let choices = BTreeMap::from([("name".to_owned(), Keep::Other)]);
    carnet
        .unite_choosing(&wool.kept, &wool.other, &choices, "unite")
        .unwrap();
    let view = carnet.view(&carnet.get(&wool.kept).unwrap()).unwrap();
    assert_eq!(view.effective_levels["name"], Level::Private);
    assert_eq!(view.effective_levels["address"], Level::Network);
}

#[test]
fn what_cannot_be_united_is_refused_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut carnet = fresh(folder.path());
    let one = save(&mut carnet, person("Ada", "Roy").set("phone", "04 00"));
    let other = save(&mut carnet, person("Ada", "Roi"));
    let beside = save(&mut carnet, organisation("Ada Roy"));
    let digest = carnet.digest().unwrap();
    let unknown = BTreeMap::from([("nom".to_owned(), Keep::Other)]);
    let refused = carnet.unite_choosing(&one, &other, &unknown, "unite");
    assert!(matches!(refused, Err(StoreError::UnknownField { .. })));
    let refused = carnet.unite(&one, &beside, "unite");
    assert!(matches!(refused, Err(StoreError::NotFound(_))));
    assert_eq!(carnet.digest().unwrap(), digest);
    // That nothing is noted may be chosen too.
    let emptied = BTreeMap::from([("phone".to_owned(), Keep::Other)]);
    carnet
        .unite_choosing(&one, &other, &emptied, "unite")
        .unwrap();
    assert_eq!(carnet.get(&one).unwrap().text("phone"), None);
    let digest = carnet.digest().unwrap();
    let again = carnet.unite(&one, &other, "unite");
    assert!(matches!(again, Err(StoreError::NotFound(_))), "{again:?}");
    assert_eq!(carnet.digest().unwrap(), digest);
}
