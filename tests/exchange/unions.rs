//! Two records that are one: united, met, parted again; the other copies follow, and no word is lost.

use std::collections::BTreeMap;

use carnet_core::duplicates::{Relation, Why};
use carnet_core::model::{RecordRef, Value};
use carnet_core::store::{
    CommitRef, Conflict, Deletions, Edit, Edits, Head, Keep, ListRequest, RecordChanges,
    RecordFate, Resolution, RowName, StoreError,
};
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
pub(super) fn standing(machines: &Machines, machine: &str, record: &RecordRef) -> RecordRef {
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
        // Nobody chose yet whether what was written is of the one record or of the other.
        assert_eq!(standing(&machines, machine, &given_up), given_up);
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

/// A union on `a` while `b` writes in the record that is given up, both met by the three machines.
fn parted() -> (Machines, RecordRef, RecordRef) {
    let (machines, kept, given_up) = twins();
    machines.save("a", edit(&kept).set("address", "1 rue Haute"));
    machines.at("a", |carnet| {
        carnet.unite(&kept, &given_up, "réunion").unwrap()
    });
    let unaware = edit(&given_up)
        .set("strategy", "Écrit sans le savoir")
        .set("address", "2 rue Basse");
    machines.save("b", unaware);
    meet(&machines, "a", "b");
    meet(&machines, "b", "c");
    machines.merge("a", &["c"]);
    machines.agree(&["a", "b", "c"]);
    (machines, kept, given_up)
}

/// The only conflict of a machine.
pub(super) fn conflict(machines: &Machines, machine: &str) -> Conflict {
    machines.at(machine, |carnet| {
        let mut conflicts = carnet.conflicts(None).unwrap();
        assert_eq!(conflicts.len(), 1, "{conflicts:?}");
        assert_eq!(carnet.conflict_count().unwrap(), 1);
        assert_eq!(carnet.check().unwrap().damages, []);
        conflicts.remove(0)
    })
}

/// Keeps the value of one head of a conflict.
pub(super) fn keep(head: &Head) -> Resolution {
    Resolution::Keep(CommitRef {
        device: head.device.parse().unwrap(),
        seq: head.seq,
    })
}

#[test]
fn what_was_written_unaware_of_a_union_is_in_the_lists_until_somebody_chooses() {
    let (machines, kept, given_up) = parted();
    for machine in ["a", "b", "c"] {
        machines.at(machine, |carnet| {
            let listed = carnet.list(&ListRequest::of("organisation", 10)).unwrap();
            assert_eq!(listed.total, 2, "{machine}");
            let found = carnet.search("sans le savoir", 10).unwrap();
            assert_eq!(found[0].id, given_up.id.to_string());
            let pairs = carnet.likely_duplicates(10).unwrap().pairs;
            assert_eq!(pairs[0].why, [Why::Parted]);
            let ids = [&pairs[0].kept, &pairs[0].other];
            assert_eq!(ids, [&kept.id.to_string(), &given_up.id.to_string()]);
        });
        let told = conflict(&machines, machine);
        assert_eq!(told.field, "merged_into");
        let values: Vec<_> = told.heads.iter().map(|head| head.value.clone()).collect();
        assert_eq!(values, [Some(kept.id.to_string().as_str().into()), None]);
        assert_eq!(told.heads[1].author, "Ada@b", "who wrote unaware");
    }
    // Both see it in what came: the one who wrote, and the one who united.
    for (machine, record) in [("a", &given_up), ("b", &given_up)] {
        machines.at(machine, |carnet| {
            let batch = carnet.batches(10).unwrap().pop().unwrap().id;
            let changes = carnet.batch_changes(batch).unwrap();
            let of = |one: &&RecordChanges| one.id == record.id.to_string();
            let told = changes.iter().find(of).unwrap();
            assert_eq!(told.fate, RecordFate::Changed, "{machine}");
            let mut fields = told.fields.iter();
            assert!(fields.any(|one| one.field == "merged_into" && one.is_conflict));
        });
    }
}

#[test]
fn a_union_that_is_chosen_again_takes_what_was_written_and_what_lacked() {
    let (machines, kept, given_up) = parted();
    let told = conflict(&machines, "c");
    machines.at("c", |carnet| {
        let choice = keep(&told.heads[0]);
        carnet.resolve(&told.id, &choice, "réunies").unwrap();
        assert_eq!(carnet.standing(&given_up).unwrap(), kept);
        let record = carnet.get(&kept).unwrap();
        assert_eq!(record.text("strategy"), Some("Écrit sans le savoir"));
        // What nobody who united them knew of is the later word.
        assert_eq!(record.text("address"), Some("2 rue Basse"));
        assert_eq!(carnet.conflict_count().unwrap(), 0);
        assert_eq!(carnet.check().unwrap().damages, []);
    });
    meet(&machines, "a", "c");
    machines.merge("b", &["c"]);
    machines.agree(&["a", "b", "c"]);
    assert_eq!(standing(&machines, "b", &given_up), kept);
}

#[test]
fn a_pair_set_side_by_side_again_keeps_what_the_officer_chooses() {
    let (machines, kept, given_up) = parted();
    machines.at("a", |carnet| {
        let compared = carnet.compare(&kept, &given_up).unwrap();
        let address = compared.fields.iter().find(|one| one.field == "address");
        assert_eq!(address.unwrap().relation, Relation::Choose);
        let choices = BTreeMap::from([("address".to_owned(), Keep::Other)]);
        carnet
            .unite_choosing(&kept, &given_up, &choices, "réunies")
            .unwrap();
        let record = carnet.get(&kept).unwrap();
        assert_eq!(record.text("address"), Some("2 rue Basse"));
        assert_eq!(carnet.conflict_count().unwrap(), 0);
        assert_eq!(carnet.likely_duplicates(10).unwrap().total, 0);
        // Taken back, they are what they were: apart.
        let union = carnet.last_undoable().unwrap().unwrap();
        let undone = carnet.undo(&union).unwrap();
        assert_eq!(carnet.standing(&given_up).unwrap(), given_up);
        assert_eq!(
            carnet.get(&kept).unwrap().text("address"),
            Some("1 rue Haute")
        );
        carnet.undo(&undone.commit.unwrap()).unwrap();
        assert_eq!(carnet.standing(&given_up).unwrap(), kept);
        assert_eq!(carnet.check().unwrap().damages, []);
    });
    // Somebody who has not met that choice goes on: it is theirs to be seen again.
    machines.save("b", edit(&given_up).set("address", "3 place Neuve"));
    meet(&machines, "a", "b");
    assert_eq!(conflict(&machines, "a").field, "merged_into");
    assert_eq!(
        machines.text("a", &given_up, "address"),
        "3 place Neuve",
        "in the lists again"
    );
}

#[test]
fn a_pair_that_is_left_apart_is_two_everywhere() {
    for is_said_distinct in [true, false] {
        let (machines, kept, given_up) = parted();
        let told = conflict(&machines, "b");
        machines.at("b", |carnet| {
            if is_said_distinct {
                carnet.note_distinct(&kept, &given_up, "deux").unwrap();
                assert_eq!(carnet.likely_duplicates(10).unwrap().total, 0);
            } else {
                let choice = keep(&told.heads[1]);
                carnet.resolve(&told.id, &choice, "à part").unwrap();
            }
        });
        meet(&machines, "a", "b");
        machines.at("a", |carnet| {
            assert_eq!(carnet.conflict_count().unwrap(), 0);
            assert_eq!(carnet.standing(&given_up).unwrap(), given_up);
            assert!(!carnet.get(&kept).unwrap().is_deleted);
            assert_eq!(carnet.check().unwrap().damages, []);
        });
    }
}

#[test]
fn what_is_put_in_the_bin_unaware_that_it_stands_for_two_comes_back() {
    for is_same in [false, true] {
        let machines = Machines::new();
        machines.create("a");
        let mut rows = ["Parc", if is_same { "Parc" } else { "Le Parc" }]
            .map(|name| machines.save("a", organisation(name)).rows[0].clone());
        rows.sort_by_key(|row| row.id);
        let [kept, given_up] = rows;
        machines.copy("a", "b");
        machines.at("a", |carnet| {
            carnet.unite(&kept, &given_up, "réunion").unwrap()
        });
        machines.at("b", |carnet| carnet.delete(&kept, "rangé").unwrap());
        meet(&machines, "a", "b");
        machines.agree(&["a", "b"]);
        machines.at("b", |carnet| {
            assert!(!carnet.get(&kept).unwrap().is_deleted);
            assert_eq!(
                carnet.revived(10).unwrap(),
                std::slice::from_ref(&kept),
                "told as such"
            );
            assert_eq!(carnet.standing(&given_up).unwrap(), kept);
        });
    }
}

#[test]
fn a_twin_put_in_the_bin_elsewhere_stays_united() {
    let (machines, kept, given_up) = twins();
    machines.at("a", |carnet| {
        carnet.unite(&kept, &given_up, "réunion").unwrap()
    });
    machines.at("b", |carnet| carnet.delete(&given_up, "rangé").unwrap());
    meet(&machines, "a", "b");
    for machine in ["a", "b"] {
        assert_eq!(standing(&machines, machine, &given_up), kept);
        machines.at(machine, |carnet| {
            assert_eq!(carnet.conflict_count().unwrap(), 0);
            assert!(!carnet.get(&kept).unwrap().is_deleted);
        });
    }
}

#[test]
fn words_that_a_union_brought_into_a_record_united_elsewhere_are_not_out_of_sight() {
    let machines = Machines::new();
    let [first, second, third] = three(&machines);
    machines.save("a", edit(&third).set("address", "3 place Neuve"));
    machines.copy("a", "b");
    machines.at("a", |carnet| {
        carnet.unite(&second, &third, "a").unwrap();
    });
    machines.at("b", |carnet| {
        carnet.unite(&first, &second, "b").unwrap();
    });
    meet(&machines, "a", "b");
    for machine in ["a", "b"] {
        assert_eq!(standing(&machines, machine, &third), second);
        assert_eq!(standing(&machines, machine, &second), second);
        assert_eq!(machines.text(machine, &second, "address"), "3 place Neuve");
    }
    let told = conflict(&machines, "a");
    machines.at("a", |carnet| {
        let choice = keep(&told.heads[0]);
        carnet.resolve(&told.id, &choice, "réunies").unwrap();
        assert_eq!(carnet.standing(&third).unwrap(), first);
    });
    assert_eq!(machines.text("a", &first, "address"), "3 place Neuve");
}

#[test]
fn an_erasure_reaches_both_of_a_pair_that_was_parted() {
    for erased in [0, 1] {
        let machines = Machines::new();
        machines.create("a");
        let mut rows = ["Ada", "Adda"].map(|name| {
            let person = Edit::of("person", RowName::New).set("last_name", name);
            machines.save("a", person).rows[0].clone()
        });
        rows.sort_by_key(|row| row.id);
        let [kept, given_up] = &rows;
        for machine in ["b", "c"] {
            machines.copy("a", machine);
        }
        machines.at("a", |carnet| {
            carnet.unite(kept, given_up, "réunion").unwrap()
        });
        machines.save("b", edit(given_up).set("phone", "04 00 00 00 05"));
        machines.at("c", |carnet| {
            carnet.erase(&rows[erased], "effacée").unwrap()
        });
        meet(&machines, "a", "b");
        meet(&machines, "a", "c");
        machines.merge("b", &["a"]);
        machines.agree(&["a", "b", "c"]);
        machines.at("b", |carnet| {
            for row in [kept, given_up] {
                assert!(carnet.get(row).unwrap().is_erased, "{erased}: {row}");
            }
            assert_eq!(carnet.conflict_count().unwrap(), 0);
            assert_eq!(carnet.check().unwrap().damages, []);
            let words = written(carnet);
            assert!(!words.contains(&"04 00 00 00 05".into()), "{erased}");
        });
    }
}

#[test]
fn a_pair_united_again_by_undoing_unaware_of_an_erasure_is_erased_whole() {
    let machines = Machines::new();
    machines.create("a");
    let mut rows = ["Ada", "Adda"].map(|name| {
        let person = Edit::of("person", RowName::New).set("last_name", name);
        machines.save("a", person).rows[0].clone()
    });
    rows.sort_by_key(|row| row.id);
    let [kept, given_up] = &rows;
    machines.save("a", edit(given_up).set("phone", "04 00 00 00 05"));
    let parted = machines.at("a", |carnet| {
        let united = carnet.unite(kept, given_up, "réunion").unwrap();
        carnet
            .undo(&united.commit.unwrap())
            .unwrap()
            .commit
            .unwrap()
    });
    machines.copy("a", "b");
    machines.at("a", |carnet| {
        carnet.erase(kept, "effacée").unwrap();
        assert!(!carnet.get(given_up).unwrap().is_erased);
    });
    machines.at("b", |carnet| carnet.undo(&parted).unwrap());
    meet(&machines, "a", "b");
    for machine in ["a", "b"] {
        machines.at(machine, |carnet| {
            for row in [kept, given_up] {
                assert!(carnet.get(row).unwrap().is_erased, "{row}");
            }
            assert!(!written(carnet).contains(&"04 00 00 00 05".into()));
            assert_eq!(carnet.check().unwrap().damages, []);
        });
    }
}

#[test]
fn values_that_stand_side_by_side_are_settled_before_a_union() {
    let (machines, kept, given_up) = twins();
    machines.save("a", edit(&given_up).set("address", "ici"));
    machines.save("b", edit(&given_up).set("address", "là-bas"));
    meet(&machines, "a", "b");
    let before = machines.digest("a");
    machines.at("a", |carnet| {
        let refused = carnet.unite(&kept, &given_up, "réunion");
        assert!(
            matches!(&refused, Err(StoreError::Undecided(of)) if *of == given_up),
            "{refused:?}"
        );
    });
    assert_eq!(machines.digest("a"), before);
}

#[test]
fn nothing_is_written_in_a_record_that_another_stands_for() {
    let (machines, kept, given_up) = twins();
    machines.at("a", |carnet| {
        carnet.unite(&kept, &given_up, "réunion").unwrap();
        let digest = carnet.digest().unwrap();
        let edits = Edits {
            edits: vec![edit(&given_up).set("address", "nulle part")],
            label: "test".into(),
        };
        let refused = [
            carnet.save(edits).unwrap_err(),
            carnet.restore(&given_up, "repris").unwrap_err(),
            carnet.delete(&given_up, "rangé").unwrap_err(),
        ];
        for error in refused {
            let StoreError::United { into, title, .. } = &error else {
                panic!("{error:?}");
            };
            assert_eq!(into, &kept);
            assert_eq!(
                carnet.get(&kept).unwrap().text("name"),
                Some(title.as_str())
            );
        }
        assert_eq!(carnet.digest().unwrap(), digest);
        // A row that every device names alike is the one that stands for it.
        let stable = Edit::of("organisation", RowName::Stable(given_up.id));
        let edits = Edits {
            edits: vec![stable.set("address", "1 rue Haute")],
            label: "test".into(),
        };
        assert_eq!(
            carnet.save(edits).unwrap().rows,
            std::slice::from_ref(&kept)
        );
        assert_eq!(
            carnet.get(&kept).unwrap().text("address"),
            Some("1 rue Haute")
        );
    });
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
    let [first, second, third] = three(&machines);
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

/// Three organisations on `a`, the older first.
pub(super) fn three(machines: &Machines) -> [RecordRef; 3] {
    machines.create("a");
    let mut rows = ["Parc", "Le Parc", "Parc régional"]
        .map(|name| machines.save("a", organisation(name)).rows[0].clone());
    rows.sort_by_key(|row| row.id);
    rows
}

/// Two organisations on `a`, the older first, and copies of both on the other machines.
pub(super) fn two(machines: &Machines, others: &[&str]) -> [RecordRef; 2] {
    machines.create("a");
    let mut rows =
        ["Parc", "Le Parc"].map(|name| machines.save("a", organisation(name)).rows[0].clone());
    rows.sort_by_key(|row| row.id);
    for machine in others {
        machines.copy("a", machine);
    }
    rows
}

/// Unites the second of two records with the first on a machine.
pub(super) fn unite(machines: &Machines, machine: &str, rows: &[RecordRef; 2]) -> CommitRef {
    let united = machines.at(machine, |carnet| {
        carnet.unite(&rows[0], &rows[1], "réunion").unwrap()
    });
    united.commit.unwrap()
}
