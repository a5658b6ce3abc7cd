//! Two records that are one: united, met, parted again; the other copies follow, and no word is lost.

use carnet_core::model::{RecordRef, Value};
use carnet_core::store::{Deletions, Edits, RecordChanges, RecordFate, Resolution, StoreError};
use carnet_tests::{Machines, edit, named, organisation, written};

use super::copies::meet;

/// Two records of one organisation on `a`, the older first, and a copy of both on `b` and `c`.
fn twins() -> (Machines, RecordRef, RecordRef) {
    let machines = Machines::new();
    machines.create("a");
    let one = organisation("Parc").set("languages", named(&["fr"]));
    let other = organisation("Le Parc")
        .set("acronym", "LP")
        .set("languages", named(&["it"]));
    let mut rows = [one, other].map(|edit| machines.save("a", edit).rows[0].clone());
    rows.sort_by_key(|row| row.id);
    for machine in ["b", "c"] {
        machines.copy("a", machine);
    }
    let [kept, given_up] = rows;
    (machines, kept, given_up)
}

/// Which record stands for this one on a machine.
fn standing(machines: &Machines, machine: &str, record: &RecordRef) -> RecordRef {
    machines.at(machine, |carnet| carnet.standing(record).unwrap())
}

#[test]
fn a_union_that_was_met_is_undone_and_what_was_written_meanwhile_stays() {
    let (machines, kept, given_up) = twins();
    let united = machines.at("a", |carnet| {
        carnet.unite(&kept, &given_up, "réunion").unwrap()
    });
    // Somebody goes on in the record that is given up, unaware of it.
    machines.save("b", edit(&given_up).set("strategy", "Écrit sans le savoir"));
    meet(&machines, "a", "b");
    meet(&machines, "b", "c");
    for machine in ["a", "b", "c"] {
        assert_eq!(standing(&machines, machine, &given_up), kept, "{machine}");
    }
    machines.merge("a", &["c"]);
    machines.at("a", |carnet| carnet.undo(&united.commit.unwrap()).unwrap());
    machines.save("c", edit(&kept).set("strategy", "Écrit d’après la réunion"));
    for machine in ["b", "c"] {
        machines.merge(machine, &["a"]);
    }
    machines.merge("a", &["c"]);
    machines.merge("b", &["c"]);
    machines.agree(&["a", "b", "c"]);
    for machine in ["a", "b", "c"] {
        assert_eq!(standing(&machines, machine, &given_up), given_up);
        machines.at(machine, |carnet| {
            assert_eq!(carnet.conflict_count().unwrap(), 0);
            assert!(!carnet.get(&given_up).unwrap().is_deleted);
        });
        let text = |record, field| machines.text(machine, record, field);
        assert_eq!(text(&given_up, "strategy"), "Écrit sans le savoir");
        assert_eq!(text(&kept, "strategy"), "Écrit d’après la réunion");
    }
    // The union itself stays in the history.
    let all = machines.at("c", |carnet| written(carnet));
    assert!(all.contains(&Value::Text(kept.id.to_string())));
}

#[test]
fn a_pair_united_apart_either_way_round_is_united_once() {
    let (machines, kept, given_up) = twins();
    machines.at("a", |carnet| carnet.unite(&kept, &given_up, "a").unwrap());
    machines.at("b", |carnet| carnet.unite(&given_up, &kept, "b").unwrap());
    meet(&machines, "a", "b");
    machines.at("a", |carnet| {
        assert_eq!(carnet.conflict_count().unwrap(), 0);
        assert!(!carnet.get(&kept).unwrap().is_deleted);
        assert_eq!(carnet.standing(&given_up).unwrap(), kept);
        let again = carnet.unite(&kept, &given_up, "encore");
        assert!(matches!(again, Err(StoreError::NotFound(_))), "{again:?}");
    });
}

#[test]
fn a_record_united_with_two_others_apart_is_a_conflict_that_somebody_settles() {
    let machines = Machines::new();
    machines.create("a");
    let mut rows = ["Parc", "Le Parc", "Parc régional"]
        .map(|name| machines.save("a", organisation(name)).rows[0].clone());
    rows.sort_by_key(|row| row.id);
    let [first, second, third] = rows;
    machines.copy("a", "b");
    machines.at("a", |carnet| carnet.unite(&first, &third, "a").unwrap());
    machines.at("b", |carnet| carnet.unite(&second, &third, "b").unwrap());
    meet(&machines, "a", "b");
    machines.at("a", |carnet| {
        let conflict = carnet.conflicts(None).unwrap().remove(0);
        assert_eq!(conflict.field, "merged_into");
        let choice = Resolution::Write(Some(second.id.to_string().as_str().into()));
        carnet.resolve(&conflict.id, &choice, "choix").unwrap();
    });
    meet(&machines, "b", "a");
    assert_eq!(standing(&machines, "b", &third), second);
    let all = machines.at("b", |carnet| written(carnet));
    for row in [first, second] {
        assert!(all.contains(&Value::Text(row.id.to_string())));
    }
}

#[test]
fn records_united_elsewhere_are_told_as_united_and_ask_nothing_however_many() {
    let machines = Machines::new();
    machines.create("a");
    let rows = machines.at("a", |carnet| {
        let edits = (0..44).map(|number| organisation(&format!("Structure {number}")));
        let edits = Edits {
            edits: edits.collect(),
            label: "test".into(),
        };
        carnet.save(edits).unwrap().rows
    });
    machines.copy("a", "b");
    machines.at("b", |carnet| {
        for pair in rows.chunks(2) {
            carnet.unite(&pair[0], &pair[1], "réunion").unwrap();
        }
    });
    let (file, before) = (machines.path("b"), machines.digest("a"));
    let foreseen = machines.at("a", |carnet| {
        carnet.preview_merge(&[file], Deletions::Ask).unwrap().1
    });
    let fates =
        |changes: &[RecordChanges], fate| changes.iter().filter(|one| one.fate == fate).count();
    assert_eq!(fates(&foreseen, RecordFate::United), 22);
    assert_eq!(fates(&foreseen, RecordFate::Deleted), 0);
    assert_eq!(machines.digest("a"), before);
    let merged = machines.merge("a", &["b"]);
    assert_eq!((merged.deleted, merged.commits), (0, 22));
    machines.agree(&["a", "b"]);
}
