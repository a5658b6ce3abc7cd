//! Promises of the store, on real encrypted files.

use std::path::Path;

use super::*;
use crate::model::{Reason, RecordRef, RowId, Value};
use crate::testing::{save, writer_on as writer};

fn passphrase() -> Passphrase {
    Passphrase::new("quatre mots pour le test").unwrap()
}

fn fresh(folder: &Path) -> Carnet {
    Carnet::create(
        &folder.join("a.carnet"),
        Some(&passphrase()),
        writer(folder, "a"),
    )
    .unwrap()
}

fn open(path: &Path, folder: &Path, device: &str) -> Carnet {
    Carnet::open(path, Some(&passphrase()), writer(folder, device)).unwrap()
}

fn organisation(name: &str) -> Edit {
    Edit::of("organisation", RowName::New)
        .set("name", name)
        .set("organisation_type", "territory")
        .set("country", "FR")
}

fn project(title: &str, organisation: &RecordRef) -> Edit {
    Edit::of("project", RowName::New)
        .set("title", title)
        .set("organisation", organisation.id.to_string().as_str())
        .set("maturity", "lead")
        .set("phase", "emergence")
        .set("status", "active")
}

#[test]
fn what_is_saved_is_read_back_after_reopening() {
    let folder = tempfile::tempdir().unwrap();
    let mut carnet = fresh(folder.path());
    let saved = save(&mut carnet, organisation("Parc des Hautes-Chaumes"));
    let path = carnet.path().to_owned();
    drop(carnet);
    let again = open(&path, folder.path(), "a");
    assert_eq!(
        again.get(&saved.rows[0]).unwrap().text("name"),
        Some("Parc des Hautes-Chaumes")
    );
    assert_eq!(again.check().unwrap().damages, []);
}

#[test]
fn a_wrong_passphrase_opens_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = fresh(folder.path()).path().to_owned();
    let other = Passphrase::new("autre").unwrap();
    let refused = Carnet::open(&path, Some(&other), writer(folder.path(), "a"));
    assert!(matches!(refused, Err(OpenError::WrongPassphrase)));
    assert!(matches!(
        Carnet::open(&path, None, writer(folder.path(), "a")),
        Err(OpenError::Locked)
    ));
}

#[test]
fn another_file_is_not_taken_for_a_carnet() {
    let folder = tempfile::tempdir().unwrap();
    let open = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        Carnet::open(&path, Some(&passphrase()), writer(folder.path(), "a"))
            .err()
            .unwrap()
    };
    assert!(matches!(
        open("notes.txt", &b"bonjour ".repeat(2000)),
        OpenError::NotACarnet(_)
    ));
    assert!(matches!(
        open("list.xlsx", &[&b"PK\x03\x04"[..], &[0xff; 9000]].concat()),
        OpenError::NotACarnet(_)
    ));
    assert!(matches!(open("empty", b""), OpenError::NotACarnet(_)));
    let other = folder.path().join("other.db");
    rusqlite::Connection::open(&other)
        .unwrap()
        .execute_batch("CREATE TABLE t (a)")
        .unwrap();
    let refused = Carnet::open(&other, None, writer(folder.path(), "a"));
    assert!(matches!(refused, Err(OpenError::NotACarnet(_))));
}

#[test]
fn a_copy_cut_short_is_refused_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let mut carnet = fresh(folder.path());
    save(&mut carnet, organisation("Parc"));
    let whole = std::fs::read(carnet.path()).unwrap();
    for kept in [
        whole.len() - 4096,
        whole.len() / 2 / 4096 * 4096,
        4096 * 3,
        whole.len() - 100,
    ] {
        let torn = folder.path().join("torn.carnet");
        std::fs::write(&torn, &whole[..kept]).unwrap();
        let refused = Carnet::open(&torn, Some(&passphrase()), writer(folder.path(), "a"));
        assert!(matches!(refused, Err(OpenError::Torn(_))), "{kept} bytes");
        assert_eq!(std::fs::read(&torn).unwrap(), &whole[..kept]);
    }
}

#[test]
fn the_passphrase_can_be_changed() {
    let folder = tempfile::tempdir().unwrap();
    let mut carnet = fresh(folder.path());
    save(&mut carnet, organisation("Parc"));
    let path = carnet.path().to_owned();
    let new = Passphrase::new("une autre phrase").unwrap();
    carnet.rekey(&new).unwrap();
    drop(carnet);
    assert!(Carnet::open(&path, Some(&passphrase()), writer(folder.path(), "a")).is_err());
    let again = Carnet::open(&path, Some(&new), writer(folder.path(), "a")).unwrap();
    assert_eq!(again.check().unwrap().damages, []);
}

#[test]
fn a_carnet_without_passphrase_can_be_given_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("open.carnet");
    let mut carnet = Carnet::create(&path, None, writer(folder.path(), "a")).unwrap();
    assert!(!carnet.is_protected());
    save(&mut carnet, organisation("Parc secret"));
    let digest = carnet.digest().unwrap();
    carnet.rekey(&passphrase()).unwrap();
    drop(carnet);
    let bytes = std::fs::read(&path).unwrap();
    assert!(!bytes.windows(6).any(|window| window == b"secret"));
    let again = open(&path, folder.path(), "a");
    assert_eq!(again.digest().unwrap(), digest);
    assert_eq!(again.check().unwrap().damages, []);
}

#[test]
fn a_plain_copy_writes_under_another_identity() {
    let folder = tempfile::tempdir().unwrap();
    let mut carnet = fresh(folder.path());
    let first = save(&mut carnet, organisation("Un")).commit.unwrap();
    let copy = folder.path().join("b.carnet");
    std::fs::copy(carnet.path(), &copy).unwrap();
    let mut copied = open(&copy, folder.path(), "a");
    let in_copy = save(&mut copied, organisation("Deux")).commit.unwrap();
    let in_original = save(&mut carnet, organisation("Trois")).commit.unwrap();
    assert_ne!(in_copy.device, first.device);
    assert_eq!(in_original.device, first.device);
    assert_eq!(in_original.seq, first.seq + 1);
}

#[test]
fn an_older_file_put_back_writes_under_another_identity() {
    let folder = tempfile::tempdir().unwrap();
    let mut carnet = fresh(folder.path());
    let first = save(&mut carnet, organisation("Un")).commit.unwrap();
    let path = carnet.path().to_owned();
    let old = std::fs::read(&path).unwrap();
    save(&mut carnet, organisation("Deux"));
    drop(carnet);
    std::fs::write(&path, old).unwrap();
    let mut put_back = open(&path, folder.path(), "a");
    assert_ne!(
        save(&mut put_back, organisation("Trois"))
            .commit
            .unwrap()
            .device,
        first.device
    );
}

#[test]
fn saving_what_is_already_so_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut carnet = fresh(folder.path());
    let row = save(&mut carnet, organisation("Parc")).rows.remove(0);
    let digest = carnet.digest().unwrap();
    let again = save(
        &mut carnet,
        Edit::of("organisation", RowName::Existing(row.id)).set("name", " Parc "),
    );
    assert_eq!(again.commit, None);
    assert_eq!(carnet.digest().unwrap(), digest);
}

#[test]
fn a_commit_is_refused_as_a_whole() {
    let folder = tempfile::tempdir().unwrap();
    let mut carnet = fresh(folder.path());
    let digest = carnet.digest().unwrap();
    let edits = vec![
        organisation("Parc"),
        Edit::of("project", RowName::New).set("title", "Sans porteur"),
    ];
    let refused = carnet.save(Edits {
        edits,
        label: "test".into(),
    });
    assert!(
        matches!(refused, Err(StoreError::Invalid(invalid)) if invalid.reason == Reason::Required)
    );
    assert_eq!(carnet.digest().unwrap(), digest);
    assert_eq!(
        carnet
            .list(&ListRequest::of("organisation", 10))
            .unwrap()
            .total,
        0
    );
}

#[test]
fn an_unknown_field_is_refused_with_what_looks_like_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut carnet = fresh(folder.path());
    let refused = carnet.save(Edits {
        edits: vec![organisation("Parc").set("nom", "x")],
        label: "t".into(),
    });
    let Err(StoreError::UnknownField { suggestions, .. }) = refused else {
        panic!("{refused:?}")
    };
    assert_eq!(suggestions, ["name"]);
    let refused = carnet.list(&ListRequest::of("projet", 1));
    assert!(
        matches!(refused, Err(StoreError::UnknownEntity { suggestions, .. }) if suggestions[0] == "project")
    );
}

#[test]
fn undoing_puts_back_what_stood_and_undoing_that_does_it_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut carnet = fresh(folder.path());
    let row = save(&mut carnet, organisation("Avant")).rows.remove(0);
    let edit = Edit::of("organisation", RowName::Existing(row.id))
        .set("name", "Après")
        .set("acronym", "A");
    let commit = save(&mut carnet, edit).commit.unwrap();
    let name = |carnet: &Carnet| carnet.get(&row).unwrap().text("name").map(str::to_owned);
    let undone = carnet.undo(&commit).unwrap().commit.unwrap();
    assert_eq!(name(&carnet).as_deref(), Some("Avant"));
    assert_eq!(carnet.get(&row).unwrap().text("acronym"), None);
    carnet.undo(&undone).unwrap();
    assert_eq!(name(&carnet).as_deref(), Some("Après"));
    assert_eq!(carnet.check().unwrap().damages, []);
}

#[test]
fn undoing_keeps_what_was_written_since() {
    let folder = tempfile::tempdir().unwrap();
    let mut carnet = fresh(folder.path());
    let row = save(&mut carnet, organisation("Un")).rows.remove(0);
    let edit = |name: &str| Edit::of("organisation", RowName::Existing(row.id)).set("name", name);
    let second = save(&mut carnet, edit("Deux").set("acronym", "D"))
        .commit
        .unwrap();
    save(&mut carnet, edit("Trois"));
    carnet.undo(&second).unwrap();
    let now = carnet.get(&row).unwrap();
    assert_eq!(
        (now.text("name"), now.text("acronym")),
        (Some("Trois"), None)
    );
}

#[test]
fn undoing_a_creation_puts_the_record_in_the_bin_with_its_words() {
    let folder = tempfile::tempdir().unwrap();
    let mut carnet = fresh(folder.path());
    let saved = save(&mut carnet, organisation("Parc"));
    carnet.undo(&saved.commit.unwrap()).unwrap();
    let record = carnet.get(&saved.rows[0]).unwrap();
    assert!(record.is_deleted);
    assert_eq!(record.text("name"), Some("Parc"));
    carnet.restore(&saved.rows[0], "restore").unwrap();
    assert_eq!(
        carnet
            .list(&ListRequest::of("organisation", 10))
            .unwrap()
            .total,
        1
    );
}

#[test]
fn the_history_of_a_field_says_what_stood_before() {
    let folder = tempfile::tempdir().unwrap();
    let mut carnet = fresh(folder.path());
    let row = save(&mut carnet, organisation("Avant")).rows.remove(0);
    save(
        &mut carnet,
        Edit::of("organisation", RowName::Existing(row.id)).set("name", "Après"),
    );
    let history = carnet.history(Some(&row), 10).unwrap();
    assert_eq!(history.len(), 2);
    let change = &history[0].changes[0];
    assert_eq!(
        (change.before.clone(), change.after.clone()),
        (Some("Avant".into()), Some("Après".into()))
    );
    assert_eq!(
        (history[0].author.as_str(), history[0].device_name.as_str()),
        ("Ada", "a")
    );
}

#[test]
fn a_place_is_found_whatever_the_accents_the_case_or_a_slip() {
    let folder = tempfile::tempdir().unwrap();
    let mut carnet = fresh(folder.path());
    let row = save(&mut carnet, organisation("Parc naturel du Livradois-Forez"))
        .rows
        .remove(0);
    save(&mut carnet, organisation("Vœuil et l’œuvre"));
    for query in [
        "livradoi",
        "Livaradois",
        "LIVRADOIS",
        "parc livradois",
        "forez",
        "luvradois",
    ] {
        let hits = carnet.search(query, 10).unwrap();
        assert_eq!(hits.len(), 1, "{query}");
        assert_eq!(hits[0].id, row.id.to_string(), "{query}");
    }
    assert_eq!(
        carnet.search("voeuil", 10).unwrap()[0].title,
        "Vœuil et l’œuvre"
    );
    assert_eq!(carnet.search("oeuvre", 10).unwrap().len(), 1);
    assert_eq!(carnet.search("xyzzy", 10).unwrap(), []);
    assert_eq!(carnet.search("\"OR * -(", 10).unwrap(), []);
}

#[test]
fn the_history_says_what_an_undoing_took_back_or_did_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut carnet = fresh(folder.path());
    let made = save(&mut carnet, organisation("Parc naturel"));
    let (first, label) = {
        let history = carnet.history(None, 1).unwrap();
        (made.commit.unwrap(), history[0].label.clone())
    };
    assert_eq!(carnet.records_of_commit(&first).unwrap(), 1);
    let undone = carnet.undo(&first).unwrap().commit.unwrap();
    carnet.undo(&undone).unwrap();
    let history = carnet.history(None, 3).unwrap();
    let labels: Vec<&str> = history.iter().map(|entry| entry.label.as_str()).collect();
    let [again, back] = [format!("Rétabli : {label}"), format!("Annulé : {label}")];
    assert_eq!(labels, [again.as_str(), back.as_str(), label.as_str()]);
}

#[test]
fn a_record_that_belongs_to_another_is_named_after_it_first() {
    let folder = tempfile::tempdir().unwrap();
    let mut carnet = fresh(folder.path());
    let of = save(&mut carnet, organisation("Parc naturel du Livradois-Forez"))
        .rows
        .remove(0);
    let sheet = Edit::of("identity_sheet", RowName::New)
        .set("organisation", of.id.to_string().as_str())
        .set("language", "fr");
    save(&mut carnet, sheet);
    let hits = carnet.search("fr", 10).unwrap();
    let titles: Vec<&str> = hits.iter().map(|hit| hit.title.as_str()).collect();
    assert_eq!(titles, ["Parc naturel du Livradois-Forez, fr"]);
}

#[test]
fn what_is_typed_is_found_at_the_start_of_a_title_then_in_titles_then_in_texts() {
    let folder = tempfile::tempdir().unwrap();
    let mut carnet = fresh(folder.path());
    for edit in [
        organisation("Bois local"),
        organisation("Réseau bois"),
        organisation("Foyer rural").set("strategy", "Un chauffage au bois"),
        organisation("Union des boisements"),
        organisation("Livradois"),
    ] {
        save(&mut carnet, edit);
    }
    let titles = |query: &str, limit: usize| -> Vec<String> {
        let hits = carnet.search(query, limit).unwrap();
        hits.into_iter().map(|hit| hit.title).collect()
    };
    let in_order = [
        "Bois local",
        "Réseau bois",
        "Union des boisements",
        "Foyer rural",
    ];
    assert_eq!(titles("bois", 10), in_order);
    // Of two titles that hold the beginning of a word, the newest first.
    let by_beginning = [in_order[0], in_order[2], in_order[1], in_order[3]];
    assert_eq!(titles("bo", 10), by_beginning);
    assert_eq!(titles("b", 10), by_beginning);
    assert_eq!(titles("b", 2), by_beginning[..2]);
    assert_eq!(titles("boi réseau", 10), ["Réseau bois"]);
    assert_eq!(titles("foyer bois", 10), ["Foyer rural"]);
}

#[test]
fn a_slip_is_forgiven_in_a_word_and_never_in_a_number() {
    let folder = tempfile::tempdir().unwrap();
    let mut carnet = fresh(folder.path());
    save(
        &mut carnet,
        organisation("Parc du Livradois").set("siren", "732829320"),
    );
    for query in [
        "ilvradois",
        "ivradois",
        "mivradois",
        "llivradois",
        "livraodis",
        "parc livradios 7328",
    ] {
        assert_eq!(carnet.search(query, 10).unwrap().len(), 1, "{query}");
    }
    assert_eq!(carnet.search("732829321", 10).unwrap(), []);
    assert_eq!(carnet.search("livradios 7329", 10).unwrap(), []);
}

#[test]
fn an_excerpt_marks_the_word_where_it_stands() {
    let folder = tempfile::tempdir().unwrap();
    let mut carnet = fresh(folder.path());
    save(
        &mut carnet,
        organisation("Parc").set("strategy", "Une stratégie pour la forêt et l’élevage"),
    );
    let hits = carnet.search("foret", 10).unwrap();
    let (from, to) = hits[0].marks[0];
    let units: Vec<u16> = hits[0].excerpt.encode_utf16().collect();
    assert_eq!(
        String::from_utf16(&units[from as usize..to as usize]).unwrap(),
        "forêt"
    );
}

#[test]
fn a_deleted_record_leaves_lists_and_search_and_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let mut carnet = fresh(folder.path());
    let row = save(&mut carnet, organisation("Parc")).rows.remove(0);
    carnet.delete(&row, "delete").unwrap();
    assert_eq!(carnet.search("parc", 10).unwrap(), []);
    assert_eq!(
        carnet
            .list(&ListRequest::of("organisation", 10))
            .unwrap()
            .total,
        0
    );
    carnet.restore(&row, "restore").unwrap();
    assert_eq!(carnet.search("parc", 10).unwrap().len(), 1);
    assert_eq!(carnet.check().unwrap().damages, []);
}

#[test]
fn each_element_of_a_set_is_a_change_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let mut carnet = fresh(folder.path());
    let list = |codes: &[&str]| Value::List(codes.iter().map(|code| (*code).to_owned()).collect());
    let row = save(
        &mut carnet,
        organisation("Parc").set("languages", list(&["it", "fr"])),
    )
    .rows
    .remove(0);
    let commit = save(
        &mut carnet,
        Edit::of("organisation", RowName::Existing(row.id)).set("languages", list(&["it", "sl"])),
    );
    assert_eq!(
        carnet.get(&row).unwrap().elements("languages"),
        ["it", "sl"]
    );
    let history = carnet.history(Some(&row), 1).unwrap();
    let fields: Vec<&str> = history[0]
        .changes
        .iter()
        .map(|change| change.field.as_str())
        .collect();
    assert_eq!(fields, ["languages/fr", "languages/sl"]);
    carnet.undo(&commit.commit.unwrap()).unwrap();
    assert_eq!(
        carnet.get(&row).unwrap().elements("languages"),
        ["fr", "it"]
    );
}

#[test]
fn the_officer_decides_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut carnet = fresh(folder.path());
    let officer = save(
        &mut carnet,
        Edit::of("person", RowName::New)
            .set("last_name", "Roy")
            .set("is_officer", Value::Bool(true)),
    );
    let decided = |person: &RecordRef| {
        Edit::of("decision", RowName::New)
            .set("wording", "Annexe retenue")
            .set("decided_by", Value::List(vec![person.id.to_string()]))
            .set("decided_on", "06/10/2026")
    };
    let refused = carnet.save(Edits {
        edits: vec![decided(&officer.rows[0])],
        label: "t".into(),
    });
    assert!(
        matches!(refused, Err(StoreError::Invalid(invalid)) if invalid.reason == Reason::Rule("r06"))
    );
    let beneficiary = save(
        &mut carnet,
        Edit::of("person", RowName::New).set("last_name", "Béal"),
    );
    save(&mut carnet, decided(&beneficiary.rows[0]));
}

#[test]
fn a_request_becomes_a_support_once_both_the_support_and_the_day_are_known() {
    let folder = tempfile::tempdir().unwrap();
    let mut carnet = fresh(folder.path());
    let request = save(
        &mut carnet,
        Edit::of("request", RowName::New)
            .set("wording", "Par où commencer ?")
            .set("channel", "phone")
            .set("received_on", "2026-10-01")
            .set("status", "open"),
    );
    let existing = RowName::Existing(request.rows[0].id);
    let converted = || Edit::of("request", existing).set("status", "converted");
    let refused = carnet.save(Edits {
        edits: vec![converted().set("answered_on", "2026-10-02")],
        label: "t".into(),
    });
    assert!(
        matches!(refused, Err(StoreError::Invalid(invalid)) if invalid.reason == Reason::Rule("converted"))
    );
    let edits = vec![
        Edit::of("person", RowName::New).set("last_name", "Béal"),
        Edit::of("organisation", RowName::New)
            .set("name", "Laine")
            .set("organisation_type", "group")
            .set("country", "FR"),
        Edit::of("support", RowName::New)
            .set("title", "Laine")
            .set("organisation", "@1")
            .set("beneficiaries", Value::List(vec!["@0".into()]))
            .set("opened_on", "2026-10-02")
            .set("format", "individual")
            .set("status", "requested"),
        converted()
            .set("support", "@2")
            .set("answered_on", "2026-10-02"),
    ];
    carnet
        .save(Edits {
            edits,
            label: "t".into(),
        })
        .unwrap();
}

#[test]
fn a_change_of_status_leaves_its_trace() {
    let folder = tempfile::tempdir().unwrap();
    let mut carnet = fresh(folder.path());
    let owner = save(&mut carnet, organisation("Parc")).rows.remove(0);
    let row = save(&mut carnet, project("Laine", &owner)).rows.remove(0);
    let mut edit = Edit::of("project", RowName::Existing(row.id)).set("maturity", "pre_project");
    edit.reason = Some("reformulée".into());
    save(&mut carnet, edit);
    let traces = carnet.list(&ListRequest::of("status_change", 10)).unwrap();
    assert_eq!(traces.total, 1);
    let trace = &traces.records[0];
    assert_eq!(
        (trace.text("from_value"), trace.text("to_value")),
        (Some("lead"), Some("pre_project"))
    );
    assert_eq!(trace.text("reason"), Some("reformulée"));
}

#[test]
fn a_correction_of_a_status_brings_its_own_trace() {
    let folder = tempfile::tempdir().unwrap();
    let mut carnet = fresh(folder.path());
    let owner = save(&mut carnet, organisation("Parc")).rows.remove(0);
    let row = save(&mut carnet, project("Laine", &owner)).rows.remove(0);
    let correction = Edit::of("status_change", RowName::New)
        .set("subject", row.to_string().as_str())
        .set("field", "maturity")
        .set("from_value", "lead")
        .set("to_value", "idea")
        .set("changed_on", "01/02/2026")
        .set("reason", "saisie trop tôt")
        .set("is_correction", Value::Bool(true));
    let corrected = Edit::of("project", RowName::Existing(row.id)).set("maturity", "idea");
    carnet
        .save(Edits {
            edits: vec![corrected, correction],
            label: "t".into(),
        })
        .unwrap();
    let traces = carnet.list(&ListRequest::of("status_change", 10)).unwrap();
    assert_eq!(traces.total, 1);
    assert_eq!(traces.records[0].text("changed_on"), Some("2026-02-01"));
    assert_eq!(
        traces.records[0].value("is_correction"),
        Some(&Value::Bool(true))
    );
}

#[test]
fn a_lead_is_closer_than_a_project() {
    use crate::model::Level;
    let folder = tempfile::tempdir().unwrap();
    let mut carnet = fresh(folder.path());
    let owner = save(&mut carnet, organisation("Parc")).rows.remove(0);
    let lead = save(&mut carnet, project("Laine", &owner)).rows.remove(0);
    let ripe = save(
        &mut carnet,
        project("Bois", &owner).set("maturity", "project"),
    )
    .rows
    .remove(0);
    assert_eq!(carnet.get(&lead).unwrap().level, Some(Level::Beneficiary));
    assert_eq!(carnet.get(&ripe).unwrap().level, None);
}

#[test]
fn what_is_about_a_support_is_raised_only_with_a_consent() {
    use crate::model::Level;
    let folder = tempfile::tempdir().unwrap();
    let mut carnet = fresh(folder.path());
    let person = save(
        &mut carnet,
        Edit::of("person", RowName::New).set("last_name", "Béal"),
    )
    .rows
    .remove(0);
    let raise = |field: &str| {
        let mut edit = Edit::of("person", RowName::Existing(person.id));
        edit.levels.insert(field.into(), Some(Level::Public));
        Edits {
            edits: vec![edit],
            label: "raise".into(),
        }
    };
    let rule = |result: Result<Saved, StoreError>| match result {
        Err(StoreError::Invalid(invalid)) => invalid.reason,
        other => panic!("{other:?}"),
    };
    assert_eq!(rule(carnet.save(raise("profile"))), Reason::Rule("c2"));
    assert_eq!(
        rule(carnet.save(raise("private_notes"))),
        Reason::Rule("r02")
    );
    let consent = Edit::of("consent", RowName::New)
        .set("granted_by", person.id.to_string().as_str())
        .set("purpose", "widen_sharing")
        .set("status", "granted");
    save(&mut carnet, consent);
    carnet.save(raise("profile")).unwrap();
}

#[test]
fn edits_of_one_commit_refer_to_one_another() {
    let folder = tempfile::tempdir().unwrap();
    let mut carnet = fresh(folder.path());
    let edits = vec![
        organisation("Parc"),
        Edit::of("project", RowName::New)
            .set("title", "Laine")
            .set("organisation", "@0")
            .set("maturity", "idea")
            .set("phase", "emergence")
            .set("status", "active"),
    ];
    let saved = carnet
        .save(Edits {
            edits,
            label: "both".into(),
        })
        .unwrap();
    assert_eq!(
        carnet
            .get(&saved.rows[1])
            .unwrap()
            .reference("organisation"),
        Some(saved.rows[0].id)
    );
    let nowhere = RowId::stable("test", "nowhere");
    let refused = carnet.save(Edits {
        edits: vec![project(
            "Orphelin",
            &RecordRef::new("organisation", nowhere),
        )],
        label: "t".into(),
    });
    assert!(
        matches!(refused, Err(StoreError::Invalid(invalid)) if matches!(invalid.reason, Reason::NoSuchRecord(_)))
    );
}

#[test]
fn a_list_is_filtered_sorted_and_paged() {
    let folder = tempfile::tempdir().unwrap();
    let mut carnet = fresh(folder.path());
    let names = ["Écrins", "Aubrac", "écho", "Zébulon", "Avant"];
    let edits = names.iter().map(|name| organisation(name)).collect();
    carnet
        .save(Edits {
            edits,
            label: "many".into(),
        })
        .unwrap();
    let names_of = |request: &ListRequest| -> Vec<String> {
        let page = carnet.list(request).unwrap();
        page.records
            .iter()
            .map(|record| record.text("name").unwrap().to_owned())
            .collect()
    };
    let request = ListRequest::of("organisation", 10);
    assert_eq!(
        names_of(&request),
        ["Aubrac", "Avant", "écho", "Écrins", "Zébulon"]
    );
    assert_eq!(
        names_of(&ListRequest {
            limit: 2,
            offset: 3,
            ..request.clone()
        }),
        ["Écrins", "Zébulon"]
    );
    assert_eq!(
        names_of(&ListRequest {
            text: Some("av".into()),
            ..request.clone()
        }),
        ["Avant"]
    );
    assert_eq!(names_of(&request.clone().sort("name", true))[0], "Zébulon");
    let count = carnet
        .count(&CountRequest {
            entity: "organisation".into(),
            filters: vec![],
            group_by: Some("country".into()),
        })
        .unwrap();
    assert_eq!(count.groups.get("FR"), Some(&5));
}

#[test]
fn a_tampered_commit_is_found_out() {
    let folder = tempfile::tempdir().unwrap();
    let mut carnet = fresh(folder.path());
    save(&mut carnet, organisation("Parc"));
    carnet
        .conn
        .execute(
            "UPDATE change SET value = '\"Autre\"' WHERE value = '\"Parc\"'",
            [],
        )
        .unwrap();
    let damages = carnet.check().unwrap().damages;
    assert!(
        damages
            .iter()
            .any(|damage| matches!(damage, Damage::Digest { .. }))
    );
    assert!(damages.contains(&Damage::Projection {
        table: "organisation".into()
    }));
    assert!(damages.contains(&Damage::SearchIndex));
}

#[test]
fn a_projection_of_another_version_is_rebuilt_from_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let mut carnet = fresh(folder.path());
    let row = save(&mut carnet, organisation("Parc")).rows.remove(0);
    let path = carnet.path().to_owned();
    for of_another_version in [
        "ALTER TABLE organisation ADD COLUMN later TEXT",
        "DROP INDEX organisation_by_title",
        "DROP TABLE search; CREATE VIRTUAL TABLE search USING fts5(title, body, prefix = '2 3')",
    ] {
        carnet.conn.execute_batch(of_another_version).unwrap();
        assert!(!super::schema::is_projection_current(&carnet.conn).unwrap());
        drop(carnet);
        carnet = open(&path, folder.path(), "a");
        assert!(super::schema::is_projection_current(&carnet.conn).unwrap());
        assert_eq!(carnet.get(&row).unwrap().text("name"), Some("Parc"));
        assert_eq!(carnet.search("par", 10).unwrap().len(), 1);
        assert_eq!(carnet.check().unwrap().damages, []);
    }
}

#[test]
fn what_this_version_does_not_know_stays_in_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let mut carnet = fresh(folder.path());
    let row = save(&mut carnet, organisation("Parc")).rows.remove(0);
    let later = RowId::stable("test", "later");
    let changes = vec![
        super::log::Change::new("organisation", row.id, "field_of_2030", Some("kept".into())),
        super::log::Change::new("entity_of_2030", later, "name", Some("kept too".into())),
    ];
    carnet
        .write(|conn, writer, path| {
            super::edit::commit(conn, writer, path, "later version", changes)
        })
        .unwrap();
    assert_eq!(carnet.check().unwrap().damages, []);
    let mut kept = 0;
    carnet
        .log(|line| {
            kept += usize::from(matches!(line, LogLine::Change { value: Some(Value::Text(text)), .. } if text.starts_with("kept")));
            Ok(())
        })
        .unwrap();
    assert_eq!(kept, 2);
}

#[test]
fn a_read_only_file_is_read_and_not_written() {
    let folder = tempfile::tempdir().unwrap();
    let mut carnet = fresh(folder.path());
    let row = save(&mut carnet, organisation("Parc")).rows.remove(0);
    carnet.conn.execute_batch("PRAGMA query_only = ON").unwrap();
    let refused = carnet.save(Edits {
        edits: vec![Edit::of("organisation", RowName::Existing(row.id)).set("name", "x")],
        label: "t".into(),
    });
    assert!(matches!(refused, Err(StoreError::ReadOnly)), "{refused:?}");
    assert_eq!(carnet.get(&row).unwrap().text("name"), Some("Parc"));
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { cases: 12, ..Default::default() })]

    /// Promise 2 of architecture.md §5: the projection equals a replay of the log, whatever was done.
    #[test]
    fn the_projection_equals_a_replay_after_any_edits(
        steps in proptest::collection::vec((0u8..6, 0usize..4, "[a-zé]{0,6}"), 1..25)
    ) {
        let folder = tempfile::tempdir().unwrap();
        let mut carnet =
            Carnet::create(&folder.path().join("p.carnet"), None, writer(folder.path(), "p")).unwrap();
        let mut rows: Vec<RecordRef> = Vec::new();
        let mut commits = Vec::new();
        for (kind, which, text) in steps {
            let row = rows.get(which % rows.len().max(1)).cloned();
            let commit = match (kind, row) {
                (1, Some(row)) => {
                    save(&mut carnet, Edit::of("organisation", RowName::Existing(row.id)).set("strategy", text.as_str())).commit
                }
                (2, Some(row)) => carnet.delete(&row, "delete").unwrap().commit,
                (3, Some(row)) => carnet.restore(&row, "restore").unwrap().commit,
                (4, Some(_)) => {
                    let commit: Option<&CommitRef> = commits.get(which % commits.len().max(1));
                    commit.and_then(|commit| carnet.undo(commit).unwrap().commit)
                }
                (5, Some(row)) => {
                    let codes = Value::List(vec!["fr".into(), format!("x{}", which % 3).replace(|c: char| c.is_ascii_digit(), "y")]);
                    save(&mut carnet, Edit::of("organisation", RowName::Existing(row.id)).set("languages", codes)).commit
                }
                _ => {
                    let saved = save(&mut carnet, organisation(&format!("n{text}")));
                    rows.extend(saved.rows);
                    saved.commit
                }
            };
            commits.extend(commit);
        }
        proptest::prop_assert_eq!(carnet.check().unwrap().damages, Vec::new());
    }
}

#[test]
fn united_records_are_one_in_lists_links_and_names_until_that_is_undone() {
    let folder = tempfile::tempdir().unwrap();
    let mut carnet = fresh(folder.path());
    let kept = save(&mut carnet, organisation("Parc")).rows.remove(0);
    let twin = save(
        &mut carnet,
        organisation("Le Parc").set("siren", "012345674"),
    )
    .rows
    .remove(0);
    save(&mut carnet, project("Laine", &twin));
    save(&mut carnet, project("Bois", &kept));
    let united = carnet.unite(&twin, &kept, "unite").unwrap();
    assert_eq!(united.rows, std::slice::from_ref(&kept));
    let organisations = ListRequest::of("organisation", 10);
    let projects = |row: &RecordRef| {
        let of = row.id.to_string();
        ListRequest::of("project", 10).filter("organisation", Condition::Is, of.as_str())
    };
    assert_eq!(carnet.list(&organisations).unwrap().total, 1);
    assert_eq!(carnet.list(&projects(&kept)).unwrap().total, 2);
    assert_eq!(carnet.get(&kept).unwrap().text("siren"), Some("012345674"));
    assert_eq!(carnet.title_of(&twin).unwrap().unwrap().title, "Parc");
    let seen = |carnet: &Carnet| {
        carnet
            .view(&carnet.get(&twin).unwrap())
            .unwrap()
            .united_with
    };
    let stands = seen(&carnet).unwrap();
    assert_eq!(
        (stands.id, stands.title),
        (kept.id.to_string(), "Parc".to_owned())
    );
    assert_eq!(carnet.check().unwrap().damages, []);
    carnet.undo(&united.commit.unwrap()).unwrap();
    assert_eq!(seen(&carnet), None);
    assert_eq!(carnet.list(&organisations).unwrap().total, 2);
    assert_eq!(carnet.list(&projects(&kept)).unwrap().total, 1);
    assert_eq!(carnet.get(&kept).unwrap().text("siren"), None);
    assert_eq!(carnet.check().unwrap().damages, []);
}

#[test]
fn what_a_united_record_brings_stays_as_close_as_it_was() {
    use crate::model::{Level, effective_level};
    let folder = tempfile::tempdir().unwrap();
    let mut carnet = fresh(folder.path());
    let kept = save(
        &mut carnet,
        organisation("Parc").set("languages", Value::List(vec!["fr".into()])),
    )
    .rows
    .remove(0);
    let mut twin = organisation("Le Parc")
        .set("address", "3 rue du Foirail")
        .set("siren", "012345674")
        .set("languages", Value::List(vec!["fr".into()]));
    twin.levels.insert("*".into(), Some(Level::Private));
    let twin = save(&mut carnet, twin).rows.remove(0);
    let united = carnet.unite(&twin, &kept, "unite").unwrap();
    let level = |carnet: &Carnet, field: &str| {
        let record = carnet.get(&kept).unwrap();
        effective_level(
            crate::model::entity_def("organisation").unwrap(),
            &record,
            field,
        )
    };
    let stands = carnet.get(&kept).unwrap();
    assert_eq!(stands.text("address"), Some("3 rue du Foirail"));
    assert_eq!(level(&carnet, "address"), Level::Private);
    assert_eq!(level(&carnet, "siren"), Level::Private);
    // What stands for both is as close as the closer of the two.
    assert_eq!(level(&carnet, "languages"), Level::Private);
    assert_eq!(level(&carnet, "name"), Level::Private);
    carnet.undo(&united.commit.unwrap()).unwrap();
    assert_eq!(level(&carnet, "address"), Level::Network);
    assert_eq!(carnet.get(&kept).unwrap().text("address"), None);
    assert_eq!(level(&carnet, "name"), Level::Public);
    assert!(carnet.get(&kept).unwrap().field_levels.is_empty());
    // United once more: who opens the record then opens what it had, not what came.
    carnet.unite(&twin, &kept, "unite").unwrap();
    let mut opened = Edit::of("organisation", RowName::Existing(kept.id));
    opened.levels.insert("*".into(), Some(Level::Network));
    save(&mut carnet, opened);
    assert_eq!(level(&carnet, "name"), Level::Public);
    assert_eq!(level(&carnet, "address"), Level::Private);
    assert_eq!(level(&carnet, "siren"), Level::Private);
    assert_eq!(carnet.check().unwrap().damages, []);
}

#[test]
fn nobody_is_named_without_consent_in_what_is_published_already() {
    let folder = tempfile::tempdir().unwrap();
    let mut carnet = fresh(folder.path());
    let person = |carnet: &mut Carnet, name: &str| {
        let edit = Edit::of("person", RowName::New).set("last_name", name);
        save(carnet, edit).rows.remove(0).id.to_string()
    };
    let (agrees, other) = (person(&mut carnet, "Béal"), person(&mut carnet, "Faure"));
    let consent = Edit::of("consent", RowName::New)
        .set("granted_by", agrees.as_str())
        .set("purpose", "publish")
        .set("status", "granted");
    let consent = save(&mut carnet, consent).rows.remove(0).id.to_string();
    let list = |ids: &[&String]| Value::List(ids.iter().map(|id| (*id).clone()).collect());
    let publication = Edit::of("publication", RowName::New)
        .set("title", "Laine")
        .set("kind", "article")
        .set("status", "published")
        .set("persons", list(&[&agrees]))
        .set("consents", list(&[&consent]));
    let publication = save(&mut carnet, publication).rows.remove(0);
    let edit = || Edit::of("publication", RowName::Existing(publication.id));
    let mut try_to = |edit: Edit| {
        carnet.save(Edits {
            edits: vec![edit],
            label: "t".into(),
        })
    };
    for (refused, field) in [
        (edit().set("persons", list(&[&agrees, &other])), "persons"),
        (edit().set("consents", list(&[])), "consents"),
    ] {
        let refused = try_to(refused);
        assert!(
            matches!(&refused, Err(StoreError::Invalid(invalid))
                if invalid.reason == Reason::Rule("r19") && invalid.field == field),
            "{refused:?}"
        );
    }
    // What names nobody is free, and so is naming nobody any more.
    try_to(edit().set("advice", "Commencer petit")).unwrap();
    try_to(edit().set("persons", list(&[])).set("consents", list(&[]))).unwrap();
}

#[test]
fn a_change_that_says_otherwise_takes_no_erasure_back() {
    let folder = tempfile::tempdir().unwrap();
    let mut carnet = fresh(folder.path());
    let person = Edit::of("person", RowName::New).set("last_name", "Béal");
    let person = save(&mut carnet, person).rows.remove(0);
    carnet.erase(&person, "erase").unwrap();
    // As an earlier version undid it.
    let otherwise = super::log::Change::new("person", person.id, super::projection::ERASED, None);
    carnet
        .write(|conn, writer, path| {
            super::edit::commit(conn, writer, path, "undo", vec![otherwise])
        })
        .unwrap();
    assert!(carnet.get(&person).unwrap().is_erased);
    let refused = carnet.save(Edits {
        edits: vec![Edit::of("person", RowName::Existing(person.id)).set("last_name", "Béal")],
        label: "t".into(),
    });
    assert!(matches!(refused, Err(StoreError::NotFound(_))));
    assert_eq!(carnet.check().unwrap().damages, []);
}

/// So many that the log is read in one pass, in the order of its key, and not row by row.
#[test]
fn a_merge_of_most_of_the_log_shows_what_its_replay_shows() {
    const MANY: usize = 3_000;
    let folder = tempfile::tempdir().unwrap();
    let mut mine = fresh(folder.path());
    let kept = save(&mut mine, organisation("Seule ici")).rows[0].clone();
    let copy = folder.path().join("b.carnet");
    mine.copy_to(&copy).unwrap();
    let mut theirs = open(&copy, folder.path(), "b");
    let edits = (0..MANY).map(|number| organisation(&format!("Commune {number}")));
    let saved = theirs
        .save(Edits {
            edits: edits.collect(),
            label: "test".into(),
        })
        .unwrap();
    let files = [copy];
    mine.merge(&files, "b", Deletions::Ask).unwrap();
    assert_eq!(mine.digest().unwrap(), theirs.digest().unwrap());
    assert_eq!(mine.check().unwrap().damages, []);

    let rename = |record: &RecordRef, name: &str| {
        Edit::of("organisation", RowName::Existing(record.id)).set("name", name)
    };
    let renamed = saved.rows.iter().map(|record| rename(record, "Autre nom"));
    theirs
        .save(Edits {
            edits: renamed.collect(),
            label: "test".into(),
        })
        .unwrap();
    save(&mut mine, rename(&saved.rows[0], "Nom d'ici"));
    let merged = mine.merge(&files, "b", Deletions::Ask).unwrap();
    assert_eq!(merged.conflicts_opened, 1);
    assert_eq!(mine.check().unwrap().damages, []);
    assert_eq!(
        mine.search("seule ici", 5).unwrap()[0].id,
        kept.id.to_string()
    );
}
