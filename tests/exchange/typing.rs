//! Somebody types in a field while another value of it arrives: neither takes the place of the other unseen.

use std::collections::BTreeMap;
use std::path::Path;

use carnet_core::intake::{self, ReadOptions};
use carnet_core::model::{Level, RecordRef, Value};
use carnet_core::store::{
    Carnet, CommitRef, Edit, Edits, Keep, MergeError, Over, Resolution, RowName, Saved, StoreError,
    TypedIn,
};
use carnet_tests::{Machines, edit, named, organisation};

use super::copies::{copied, meet};

/// An edit that a screen makes: the field showed `over` when `value` was typed in it.
pub(super) fn typed_over(record: &RecordRef, field: &str, over: &str, value: &str) -> Edit {
    Edit {
        over: Over::Shown(BTreeMap::from([(field.to_owned(), Some(over.into()))])),
        ..edit(record).set(field, value)
    }
}

/// An edit that a screen makes without a word on what it showed.
fn unaware(record: &RecordRef) -> Edit {
    Edit::of(&record.entity, RowName::Existing(record.id))
}

fn try_save(machines: &Machines, machine: &str, edit: Edit) -> Result<Saved, StoreError> {
    machines.at(machine, |carnet| {
        carnet.save(Edits {
            edits: vec![edit],
            label: "test".into(),
        })
    })
}

fn is_unseen(machines: &Machines, machine: &str, edit: Edit, named: &str) {
    let digest = machines.digest(machine);
    match try_save(machines, machine, edit) {
        Err(StoreError::Unseen { field, .. }) => assert_eq!(field, named),
        other => panic!("{other:?}"),
    }
    assert_eq!(machines.digest(machine), digest, "refused as a whole");
}

pub(super) fn name_of(record: &RecordRef) -> TypedIn {
    TypedIn {
        record: record.clone(),
        field: "name".into(),
    }
}

fn shown(carnet: &Carnet) -> (String, Vec<CommitRef>) {
    let conflict = carnet.to_settle(None).unwrap().remove(0);
    let standing = conflict.standing().unwrap();
    (conflict.id, standing)
}

pub(super) const LABELS: (&str, &str) = ("choix", "tapé ici");

#[test]
fn words_typed_over_a_value_that_was_replaced_meanwhile_are_refused() {
    let (machines, parc) = copied(&["b"]);
    machines.save("a", edit(&parc).set("name", "Parc d’en haut"));
    machines.merge("b", &["a"]);
    is_unseen(
        &machines,
        "b",
        typed_over(&parc, "name", "Parc", "Parc d’ici"),
        "name",
    );
    assert_eq!(machines.text("b", &parc, "name"), "Parc d’en haut");
    let seen = typed_over(&parc, "name", "Parc d’en haut", "Parc d’ici");
    try_save(&machines, "b", seen).unwrap();
    // The other came to write the same: nothing is lost.
    let same = typed_over(&parc, "name", "Parc", "Parc d’ici");
    assert_eq!(try_save(&machines, "b", same).unwrap().commit, None);
}

#[test]
fn whoever_saw_only_their_own_last_words_does_not_replace_those_that_followed_them() {
    let (machines, parc) = copied(&["b"]);
    machines.save("b", edit(&parc).set("name", "Parc d’ici"));
    machines.merge("a", &["b"]);
    machines.save("a", edit(&parc).set("name", "Parc d’ici et de là"));
    machines.merge("b", &["a"]);
    is_unseen(
        &machines,
        "b",
        typed_over(&parc, "name", "Parc d’ici", "Parc d’ici, suite"),
        "name",
    );
}

/// Two values of a name, of a level and of an element of a list, on `a` and on `b`.
fn clashing() -> (Machines, RecordRef) {
    let (machines, parc) = copied(&["b"]);
    let leveled = |level| {
        let mut edit = edit(&parc);
        edit.levels.insert("*".to_owned(), Some(level));
        edit
    };
    machines.save("a", edit(&parc).set("languages", named(&["fr"])));
    machines.merge("b", &["a"]);
    machines.save(
        "a",
        edit(&parc)
            .set("name", "Un")
            .set("languages", named(&["fr", "it"])),
    );
    machines.save("a", edit(&parc).set("languages", named(&["fr"])));
    machines.save("a", leveled(Level::Private));
    machines.save(
        "b",
        edit(&parc)
            .set("name", "Deux")
            .set("languages", named(&["fr", "it"])),
    );
    machines.save("b", leveled(Level::Public));
    meet(&machines, "a", "b");
    (machines, parc)
}

#[test]
fn an_edit_settles_no_conflict_that_its_author_was_not_shown() {
    let (machines, parc) = clashing();
    is_unseen(&machines, "b", unaware(&parc).set("name", "Trois"), "name");
    for over in ["Un", "Deux"] {
        is_unseen(
            &machines,
            "b",
            typed_over(&parc, "name", over, "Trois"),
            "name",
        );
    }
    let mut leveled = unaware(&parc);
    leveled.levels.insert("*".to_owned(), Some(Level::Network));
    is_unseen(&machines, "b", leveled, "confidentiality");
    let languages = machines.at("b", |carnet| {
        carnet.get(&parc).unwrap().elements("languages").to_vec()
    });
    let flipped = if languages.len() == 1 {
        ["fr", "it"].as_slice()
    } else {
        &["fr"]
    };
    is_unseen(
        &machines,
        "b",
        unaware(&parc).set("languages", named(flipped)),
        "languages",
    );
    // What stands in other fields is no obstacle, nor what is shown already, nor the bin.
    try_save(&machines, "b", unaware(&parc).set("acronym", "PN")).unwrap();
    let now = machines.text("b", &parc, "name");
    assert_eq!(
        try_save(&machines, "b", unaware(&parc).set("name", now.as_str()))
            .unwrap()
            .commit,
        None
    );
    machines.at("b", |carnet| {
        let before = carnet.conflict_count().unwrap();
        carnet.delete(&parc, "test").unwrap();
        carnet.restore(&parc, "test").unwrap();
        assert_eq!(carnet.conflict_count().unwrap(), before);
    });
    // Who names the field now means what stands now.
    try_save(&machines, "b", edit(&parc).set("name", "Trois")).unwrap();
    assert_eq!(machines.text("b", &parc, "name"), "Trois");
}

#[test]
fn a_list_that_was_shown_before_keeps_what_was_added_elsewhere() {
    let (machines, parc) = copied(&["b"]);
    machines.save("a", edit(&parc).set("languages", named(&["fr", "oc"])));
    machines.merge("b", &["a"]);
    machines.save(
        "a",
        edit(&parc).set("languages", named(&["fr", "it", "oc"])),
    );
    machines.merge("b", &["a"]);
    let over = BTreeMap::from([("languages".to_owned(), Some(named(&["fr", "oc"])))]);
    let chosen = Edit {
        over: Over::Shown(over),
        ..edit(&parc).set("languages", named(&["fr", "sl"]))
    };
    try_save(&machines, "b", chosen).unwrap();
    let languages = machines.at("b", |carnet| {
        carnet.get(&parc).unwrap().value("languages").cloned()
    });
    assert_eq!(languages, Some(named(&["fr", "it", "sl"])));
}

#[test]
fn a_value_that_arrives_while_a_conflict_is_shown_is_not_settled_unseen() {
    let (machines, parc) = copied(&["b", "c"]);
    for (machine, name) in [("a", "Un"), ("b", "Deux"), ("c", "Trois")] {
        machines.save(machine, edit(&parc).set("name", name));
    }
    machines.merge("b", &["a"]);
    let (id, before) = machines.at("b", |carnet| shown(carnet));
    machines.merge("b", &["c"]);
    let write = Resolution::Write(Some("Quatre".into()));
    machines.at("b", |carnet| {
        let refused = carnet.resolve_shown(&id, &before, &write, LABELS);
        assert!(
            matches!(refused, Err(MergeError::Store(StoreError::Unseen { .. }))),
            "{refused:?}"
        );
        assert_eq!(carnet.to_settle_count().unwrap(), 1);
        let (id, now) = shown(carnet);
        carnet.resolve_shown(&id, &now, &write, LABELS).unwrap();
        assert_eq!(carnet.to_settle_count().unwrap(), 0);
    });
    assert_eq!(machines.text("b", &parc, "name"), "Quatre");
}

/// `b` typed « Parc d’ici » over « Parc »; « Parc d’en haut » arrived from `a` before it was saved.
fn typing() -> (Machines, RecordRef) {
    let (machines, parc) = copied(&["b"]);
    machines.save("a", edit(&parc).set("name", "Parc d’en haut"));
    machines.merge("b", &["a"]);
    machines.at("b", |carnet| {
        let typed = carnet.keep_typed(
            &name_of(&parc),
            None,
            Some("Parc d’i".into()),
            Some("Parc".into()),
        );
        let again = carnet.keep_typed(
            &name_of(&parc),
            Some(typed.unwrap()),
            Some("Parc d’ici".into()),
            None,
        );
        again.unwrap();
    });
    (machines, parc)
}

#[test]
fn words_that_wait_stand_beside_the_others_in_this_copy_alone() {
    let (machines, parc) = typing();
    let digest = machines.digest("b");
    machines.at("b", |carnet| {
        let conflict = carnet.to_settle(Some(&parc)).unwrap().remove(0);
        let sides: Vec<_> = conflict
            .sides("")
            .iter()
            .map(|head| head.value.clone())
            .collect();
        assert_eq!(sides, [Some(Value::from("Parc d’en haut"))]);
        let typed: Vec<_> = conflict.typed.iter().map(|one| one.value.clone()).collect();
        assert_eq!(typed, [Some(Value::from("Parc d’ici"))]);
        assert_eq!(conflict.before, Some("Parc".into()));
        assert_eq!(
            (
                carnet.to_settle_count().unwrap(),
                carnet.conflict_count().unwrap()
            ),
            (1, 0)
        );
        assert_eq!(carnet.check().unwrap().damages, []);
    });
    // No part of the log: nothing of it travels.
    machines.merge("a", &["b"]);
    machines.agree(&["a", "b"]);
    assert_eq!(machines.digest("b"), digest);
    assert_eq!(
        machines.at("a", |carnet| carnet.to_settle_count().unwrap()),
        0
    );
}

#[test]
fn a_field_that_was_emptied_here_is_settled_with_what_the_other_wrote() {
    let (machines, parc) = copied(&["b"]);
    machines.save("a", edit(&parc).set("name", "Parc d’en haut"));
    machines.merge("b", &["a"]);
    machines.at("b", |carnet| {
        let place = name_of(&parc);
        carnet
            .keep_typed(&place, None, None, Some("Parc".into()))
            .unwrap();
        let (id, standing) = shown(carnet);
        let theirs = Resolution::Keep(standing[0].clone());
        carnet
            .resolve_shown(&id, &standing, &theirs, LABELS)
            .unwrap();
        assert_eq!(carnet.to_settle_count().unwrap(), 0);
        let name = carnet.get(&parc).unwrap();
        assert_eq!(name.text("name"), Some("Parc d’en haut"));
        assert_eq!(carnet.check().unwrap().damages, []);
    });
}

#[test]
fn words_that_say_what_stands_keep_nobody_from_anything_and_never_come_back() {
    let (machines, parc) = typing();
    let other = machines.save("b", organisation("Parc, encore")).rows[0].clone();
    machines.at("b", |carnet| {
        // Typed back: the same as the other wrote.
        let place = name_of(&parc);
        let number = carnet.to_settle(None).unwrap()[0].typed[0].number;
        let same = Some(Value::from("Parc d’en haut"));
        let over = Some("Parc".into());
        carnet
            .keep_typed(&place, Some(number), same, over.clone())
            .unwrap();
        assert_eq!(carnet.to_settle_count().unwrap(), 0);
        carnet.unite(&parc, &other, "réunion").unwrap();
        carnet
            .undo(&carnet.last_undoable().unwrap().unwrap())
            .unwrap();
        // The next words are words of their own.
        let next = Some(Value::from("Parc d’ici"));
        carnet.keep_typed(&place, Some(number), next, over).unwrap();
        let typed = carnet.to_settle(None).unwrap().remove(0).typed;
        assert_eq!(typed.len(), 1);
        assert_ne!(typed[0].number, number);
    });
}

#[test]
fn words_typed_in_a_record_that_was_united_meanwhile_wait_in_the_one_that_stands_for_it() {
    let (machines, parc) = copied(&["b"]);
    let other = machines.save("b", organisation("Parc, encore")).rows[0].clone();
    machines.at("b", |carnet| {
        carnet.unite(&parc, &other, "réunion").unwrap();
        let (stands, gone) = if parc.id < other.id {
            (&parc, &other)
        } else {
            (&other, &parc)
        };
        carnet
            .keep_typed(&name_of(gone), None, Some("Ici".into()), None)
            .unwrap();
        let conflict = carnet.to_settle(None).unwrap().remove(0);
        assert_eq!(conflict.row, stands.id.to_string());
        assert_eq!(conflict.typed[0].value, Some("Ici".into()));
    });
}

#[test]
fn words_that_were_given_up_are_in_the_history() {
    let (machines, parc) = typing();
    machines.at("b", |carnet| {
        let (id, standing) = shown(carnet);
        let theirs = Resolution::Keep(standing[0].clone());
        let done = carnet
            .resolve_shown(&id, &standing, &theirs, LABELS)
            .unwrap();
        assert_eq!(carnet.to_settle_count().unwrap(), 0);
        assert_eq!(
            carnet.get(&parc).unwrap().text("name"),
            Some("Parc d’en haut")
        );
        // Undoing would choose the other side unseen: the history gives either back.
        let refused = carnet.undo(&done);
        assert!(
            matches!(refused, Err(StoreError::UndoSettles { .. })),
            "{refused:?}"
        );
        let written = carnet_tests::written(carnet);
        assert!(written.contains(&"Parc d’ici".into()));
        let history = carnet.history(Some(&parc), 10).unwrap();
        let told = history.iter().flat_map(|entry| &entry.changes);
        assert!(
            told.map(|change| &change.field)
                .all(|field| field == "name" || !field.contains('/'))
        );
    });
}

#[test]
fn words_that_are_kept_replace_what_their_author_was_shown() {
    let (machines, parc) = typing();
    machines.at("b", |carnet| {
        let (id, standing) = shown(carnet);
        let number = carnet.to_settle(None).unwrap()[0].typed[0].number;
        let mine = Resolution::Typed(number);
        carnet.resolve_shown(&id, &standing, &mine, LABELS).unwrap();
        assert_eq!(carnet.to_settle_count().unwrap(), 0);
    });
    assert_eq!(machines.text("b", &parc, "name"), "Parc d’ici");
    meet(&machines, "a", "b");
    assert_eq!(machines.text("a", &parc, "name"), "Parc d’ici");
}

#[test]
fn words_typed_apart_never_take_the_place_of_each_other() {
    let (machines, parc) = typing();
    machines.at("b", |carnet| {
        carnet
            .keep_typed(
                &name_of(&parc),
                Some(4_000),
                Some("Autre".into()),
                Some("Parc".into()),
            )
            .unwrap();
        let typed = carnet.to_settle(None).unwrap().remove(0).typed;
        let values: Vec<_> = typed
            .iter()
            .filter_map(|one| one.value.as_ref()?.as_text())
            .collect();
        assert_eq!(values, ["Parc d’ici", "Autre"]);
    });
}

#[test]
fn what_waits_in_a_record_goes_when_it_is_erased() {
    let (machines, parc) = typing();
    machines.at("a", |carnet| carnet.erase(&parc, "effacement").unwrap());
    machines.merge("b", &["a"]);
    assert_eq!(
        machines.at("b", |carnet| carnet.to_settle_count().unwrap()),
        0
    );
    let bytes = std::fs::read(machines.path("b")).unwrap();
    let words = "d’ici".as_bytes();
    assert!(!bytes.windows(words.len()).any(|window| window == words));
    machines.at("b", |carnet| {
        let refused = carnet.keep_typed(&name_of(&parc), None, Some("Parc d’ici".into()), None);
        assert!(
            matches!(refused, Err(StoreError::NotFound(_))),
            "{refused:?}"
        );
    });
}

#[test]
fn a_list_writes_in_no_field_that_waits_for_a_choice_and_all_else_of_it_comes_in() {
    let (machines, parc) = copied(&["b"]);
    let pays = machines.save("a", organisation("Pays")).rows[0].clone();
    machines.save("a", edit(&parc).set("acronym", "PA"));
    machines.save("b", edit(&parc).set("acronym", "PB"));
    meet(&machines, "a", "b");
    let table = intake::read(b"Nom;Sigle\nParc;PN\nPays;PY\n", &ReadOptions::default()).unwrap();
    let path = Path::new("liste.csv");
    let plan = intake::inspect(path, &table, Some("organisation"), None).unwrap();
    let report = machines.at("b", |carnet| {
        let going_on = &mut |_, _| intake::Flow::Continue;
        intake::run(carnet, &table, &plan.mapping(), "liste", going_on).unwrap()
    });
    assert_eq!((report.created, report.updated), (0, 1));
    let refused: Vec<_> = report
        .refused
        .iter()
        .map(|row| (row.line, row.reason.code.as_str()))
        .collect();
    assert_eq!(refused, [(2, "in_conflict")]);
    assert_eq!(machines.text("b", &pays, "acronym"), "PY");
    assert_eq!(
        machines.at("b", |carnet| carnet.conflict_count().unwrap()),
        1
    );
}

#[test]
fn two_records_are_united_once_nothing_waits_in_what_the_union_would_write() {
    let machines = Machines::new();
    machines.create("a");
    let mut rows = ["Parc", "Parc (doublon)"]
        .map(|name| machines.save("a", organisation(name)).rows[0].clone());
    // The older of two records is the one that is kept.
    rows.sort_by_key(|row| row.id);
    let [one, other] = rows;
    machines.save("a", edit(&other).set("acronym", "PD"));
    machines.copy("a", "b");
    machines.save("a", edit(&one).set("acronym", "PA"));
    machines.save("b", edit(&one).set("acronym", "PB"));
    meet(&machines, "a", "b");
    machines.at("b", |carnet| {
        let theirs = BTreeMap::from([("acronym".to_owned(), Keep::Other)]);
        let refused = carnet.unite_choosing(&one, &other, &theirs, "réunis");
        assert!(
            matches!(refused, Err(StoreError::Undecided(_))),
            "{refused:?}"
        );
        let (id, standing) = shown(carnet);
        let keep = Resolution::Keep(standing[0].clone());
        carnet.resolve_shown(&id, &standing, &keep, LABELS).unwrap();
        carnet
            .unite_choosing(&one, &other, &theirs, "réunis")
            .unwrap();
        assert_eq!(carnet.get(&one).unwrap().text("acronym"), Some("PD"));
    });
}

#[test]
fn an_own_edit_is_undone_although_another_value_stands_beside_it() {
    let (machines, parc) = copied(&["b"]);
    machines.save("a", edit(&parc).set("name", "Un"));
    machines.clock("b", "2026-10-06T10:30:00+02:00");
    let mine = machines
        .save("b", edit(&parc).set("name", "Deux"))
        .commit
        .unwrap();
    machines.merge("b", &["a"]);
    machines.at("b", |carnet| carnet.undo(&mine).unwrap());
    assert_eq!(machines.text("b", &parc, "name"), "Un");
    assert_eq!(
        machines.at("b", |carnet| carnet.conflict_count().unwrap()),
        0
    );
}
