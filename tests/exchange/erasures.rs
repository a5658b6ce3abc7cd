//! What is erased on a person's request leaves every copy, and never comes back.

use std::collections::BTreeMap;

use carnet_core::model::{RecordRef, Value};
use carnet_core::store::{CommitRef, Edit, Edits, Keep, Resolution, RowName, StoreError};
use carnet_tests::{Machines, edit, organisation, save, written};

use super::copies::meet;

/// A person whose name was typed on several machines.
fn person() -> Edit {
    Edit::of("person", RowName::New)
        .set("last_name", "Xylobéal")
        .set("private_notes", "Wagnérienne, hésite")
}

const SECRETS: [&str; 3] = ["Xylobéal", "Wagnérienne", "Kérosène"];

fn holds_secrets(machines: &Machines, machine: &str) -> bool {
    let bytes = std::fs::read(machines.path(machine)).unwrap();
    SECRETS.iter().any(|secret| {
        // As typed, and as the search index holds it: without its first letters where a word before shares them.
        let folded = carnet_core::fold::fold(secret);
        [secret.as_bytes(), &folded.as_bytes()[2..]]
            .iter()
            .any(|words| bytes.windows(words.len()).any(|window| window == *words))
    })
}

#[test]
fn what_is_erased_leaves_the_file_of_every_carnet_that_receives_the_erasure() {
    let machines = Machines::new();
    machines.create("a");
    let person = machines.save("a", person()).rows[0].clone();
    for other in ["b", "old"] {
        machines.copy("a", other);
    }
    assert!(holds_secrets(&machines, "b"));
    machines.at("a", |carnet| carnet.erase(&person, "effacement").unwrap());
    assert!(!holds_secrets(&machines, "a"), "where it was erased");
    machines.merge("b", &["a"]);
    machines.agree(&["a", "b"]);
    assert!(
        !holds_secrets(&machines, "b"),
        "where the erasure was received"
    );
    // An old copy, edited since, comes back.
    machines.save("old", edit(&person).set("first_name", "Kérosène"));
    machines.merge("a", &["old"]);
    machines.merge("b", &["old"]);
    machines.merge("old", &["a"]);
    machines.agree(&["a", "b", "old"]);
    for machine in ["a", "b", "old"] {
        assert!(!holds_secrets(&machines, machine), "{machine}");
        assert_eq!(machines.text(machine, &person, "last_name"), "");
    }
}

#[test]
fn nothing_can_be_written_in_a_record_that_was_erased_not_even_by_undoing() {
    let machines = Machines::new();
    machines.create("a");
    let person = machines.save("a", person()).rows[0].clone();
    machines.copy("a", "b");
    machines.at("a", |carnet| {
        carnet.erase(&person, "effacement").unwrap();
        let written = carnet.save(Edits {
            edits: vec![edit(&person).set("first_name", "Kérosène")],
            label: "test".into(),
        });
        assert!(
            matches!(written, Err(StoreError::NotFound(_))),
            "{written:?}"
        );
        let erasing = carnet.history(Some(&person), 1).unwrap().remove(0);
        let device = erasing.device.parse().unwrap();
        let seq = erasing.seq;
        let undone = carnet.undo(&CommitRef { device, seq });
        assert!(
            matches!(undone, Err(StoreError::ErasureStays)),
            "{undone:?}"
        );
    });
    meet(&machines, "a", "b");
    for machine in ["a", "b"] {
        let refused = machines.at(machine, |carnet| {
            carnet.save(Edits {
                edits: vec![edit(&person).set("first_name", "Kérosène")],
                label: "test".into(),
            })
        });
        assert!(
            matches!(refused, Err(StoreError::NotFound(_))),
            "{machine}: {refused:?}"
        );
        assert_eq!(machines.text(machine, &person, "first_name"), "");
    }
}

#[test]
fn undoing_an_exchange_that_brought_an_erasure_takes_back_all_but_that() {
    let machines = Machines::new();
    machines.create("a");
    let person = machines.save("a", person()).rows[0].clone();
    machines.copy("a", "b");
    machines.at("b", |carnet| carnet.erase(&person, "effacement").unwrap());
    let other = machines.save("b", organisation("Venue de b")).rows[0].clone();
    let batch = machines.merge("a", &["b"]).batch.unwrap();
    machines.at("a", |carnet| {
        carnet.undo_batch(batch, None, "échange défait").unwrap();
        assert!(carnet.get(&other).unwrap().is_deleted);
        assert!(carnet.get(&person).unwrap().is_erased);
    });
    meet(&machines, "a", "b");
}

#[test]
fn what_is_about_a_person_goes_with_them_and_what_is_counted_stays() {
    let machines = Machines::new();
    machines.create("a");
    let person = machines.save("a", person()).rows[0].clone();
    let of = person.id.to_string();
    let consent = Edit::of("consent", RowName::New)
        .set("granted_by", of.as_str())
        .set("purpose", "testify")
        .set("scope", "Xylobéal parle de Wagnérienne")
        .set("status", "granted");
    machines.save("a", consent);
    let skill = Edit::of("skill_progress", RowName::New)
        .set("person", of.as_str())
        .set("noted_on", "2026-10-06")
        .set("skill", "Xylobéal ose")
        .set("evidence", "Wagnérienne");
    machines.save("a", skill);
    let there = Edit::of("attendance", RowName::New)
        .set("person", of.as_str())
        .set("role", "beneficiary")
        .set("was_present", Value::Bool(true))
        .set("stance", "driving");
    let there = machines.save("a", there).rows[0].clone();
    machines.copy("a", "b");
    machines.at("a", |carnet| carnet.erase(&person, "effacement").unwrap());
    assert!(!holds_secrets(&machines, "a"));
    // Written meanwhile by somebody who did not know.
    machines.save("b", edit(&there).set("stance", "reluctant"));
    meet(&machines, "b", "a");
    for machine in ["a", "b"] {
        assert!(!holds_secrets(&machines, machine), "{machine}");
        machines.at(machine, |carnet| {
            let record = carnet.get(&there).unwrap();
            assert_eq!(record.text("stance"), None);
            assert_eq!(record.text("role"), Some("beneficiary"));
            assert_eq!(record.value("was_present"), Some(&Value::Bool(true)));
            let again = carnet.save(Edits {
                edits: vec![edit(&there).set("stance", "driving")],
                label: "test".into(),
            });
            assert!(matches!(again, Err(StoreError::Invalid(_))), "{again:?}");
        });
    }
}

/// Two records of one person on `a`, united there only if asked; the older first, then a consent of the other. The
/// carnet before a union is on `b`.
fn two_of_one_person(is_united: bool) -> (Machines, [RecordRef; 3]) {
    let machines = Machines::new();
    machines.create("a");
    let other = Edit::of("person", RowName::New)
        .set("last_name", "Kérosène")
        .set("private_notes", "Wagnérienne");
    let mut rows = [person(), other].map(|edit| machines.save("a", edit).rows[0].clone());
    rows.sort_by_key(|row| row.id);
    let [kept, absorbed] = rows;
    let consent = Edit::of("consent", RowName::New)
        .set("granted_by", absorbed.id.to_string().as_str())
        .set("purpose", "testify")
        .set("scope", "Xylobéal parle de Kérosène")
        .set("status", "granted");
    let consent = machines.save("a", consent).rows[0].clone();
    machines.copy("a", "b");
    if is_united {
        unite(&machines, &kept, &absorbed);
    }
    (machines, [kept, absorbed, consent])
}

fn unite(machines: &Machines, one: &RecordRef, other: &RecordRef) {
    machines.at("a", |carnet| carnet.unite(one, other, "réunion").unwrap());
}

/// No word of them is left on a machine: neither in its file nor in its log.
fn are_gone(machines: &Machines, machine: &str, rows: &[RecordRef; 3]) {
    assert!(!holds_secrets(machines, machine), "{machine}");
    machines.at(machine, |carnet| {
        assert_eq!(carnet.check().unwrap().damages, []);
        for row in rows {
            assert!(carnet.get(row).unwrap().is_erased, "{machine}: {row:?}");
        }
        for value in written(carnet) {
            let words = format!("{value:?}");
            assert!(SECRETS.iter().all(|secret| !words.contains(secret)));
        }
    });
}

#[test]
fn all_records_united_as_one_person_are_erased_whichever_is_named() {
    for named in [0, 1] {
        let (machines, rows) = two_of_one_person(true);
        let union = machines.at("a", |carnet| carnet.history(None, 1).unwrap().remove(0));
        machines.at("a", |carnet| {
            carnet.erase(&rows[named], "effacement").unwrap()
        });
        are_gone(&machines, "a", &rows);
        meet(&machines, "b", "a");
        are_gone(&machines, "b", &rows);
        let (device, seq) = (union.device.parse().unwrap(), union.seq);
        machines.at("a", |carnet| {
            carnet.undo(&CommitRef { device, seq }).unwrap()
        });
        are_gone(&machines, "a", &rows);
    }
}

#[test]
fn a_person_erased_on_one_copy_while_united_on_another_is_erased_whole_wherever_the_two_meet() {
    for named in [0, 1] {
        for [first, second] in [["a", "b"], ["b", "a"]] {
            let (machines, rows) = two_of_one_person(false);
            machines.at("b", |carnet| {
                carnet.erase(&rows[named], "effacement").unwrap()
            });
            unite(&machines, &rows[0], &rows[1]);
            meet(&machines, first, second);
            for machine in ["a", "b"] {
                are_gone(&machines, machine, &rows);
            }
            assert_eq!(machines.merge(first, &[second]).commits, 0);
        }
    }
}

#[test]
fn a_person_erased_and_united_apart_is_erased_once_by_each_who_brings_the_two_together() {
    let (machines, rows) = two_of_one_person(false);
    machines.at("b", |carnet| carnet.erase(&rows[0], "effacement").unwrap());
    unite(&machines, &rows[0], &rows[1]);
    machines.image("a", "seen by b");
    machines.merge("a", &["b"]);
    machines.merge("b", &["seen by b"]);
    for machine in ["a", "b"] {
        are_gone(&machines, machine, &rows);
    }
    meet(&machines, "a", "b");
    assert_eq!(machines.digest("a"), machines.digest("b"));
}

#[test]
fn erasing_one_of_two_persons_who_were_parted_again_leaves_the_other() {
    let (machines, [kept, absorbed, _]) = two_of_one_person(true);
    machines.at("a", |carnet| {
        let union = carnet.history(None, 1).unwrap().remove(0);
        let (device, seq) = (union.device.parse().unwrap(), union.seq);
        carnet.undo(&CommitRef { device, seq }).unwrap();
        carnet.erase(&absorbed, "effacement").unwrap();
    });
    meet(&machines, "b", "a");
    for machine in ["a", "b"] {
        machines.at(machine, |carnet| {
            assert!(carnet.get(&absorbed).unwrap().is_erased);
            assert!(!carnet.get(&kept).unwrap().is_erased);
        });
        let notes = machines.text(machine, &kept, "private_notes");
        assert!(notes.starts_with("Wagnérienne"), "{notes}");
    }
}

/// A kept record of a person, and another one that has more to say: an address, a profession and a word in both.
fn one_who_lacks_and_one_who_has(machines: &Machines) -> [RecordRef; 2] {
    machines.create("a");
    let mut rows = ["Dupont", "Dupond"].map(|name| {
        let person = Edit::of("person", RowName::New)
            .set("last_name", name)
            .set("expectations", "Les siennes");
        machines.save("a", person).rows[0].clone()
    });
    rows.sort_by_key(|row| row.id);
    let more = edit(&rows[1])
        .set("phone", "Kérosène")
        .set("expectations", "Xylobéal")
        .set("private_notes", "Wagnérienne");
    machines.save("a", more);
    rows
}

/// The choice that keeps the words of the other one, and both texts.
fn all_of_the_other() -> BTreeMap<String, Keep> {
    BTreeMap::from([
        ("expectations".to_owned(), Keep::Both),
        ("last_name".to_owned(), Keep::Other),
    ])
}

/// Only the other one is gone, and no word of theirs is anywhere; the one that was kept says its own again.
fn left_with_its_own(machines: &Machines, machine: &str, rows: &[RecordRef; 2]) {
    assert!(!holds_secrets(machines, machine), "{machine}");
    machines.at(machine, |carnet| {
        assert_eq!(carnet.check().unwrap().damages, []);
        assert!(carnet.get(&rows[1]).unwrap().is_erased, "{machine}");
        let kept = carnet.get(&rows[0]).unwrap();
        assert!(!kept.is_erased && !kept.is_deleted, "{machine}");
        assert!(kept.text("last_name").unwrap().starts_with("Dupon"));
        assert_eq!(kept.text("expectations"), Some("Les siennes"), "{machine}");
        assert_eq!(kept.text("phone"), None, "{machine}");
        let words = format!("{:?}", written(carnet));
        assert!(SECRETS.iter().all(|one| !words.contains(one)), "{words}");
    });
}

#[test]
fn what_a_union_that_was_undone_gave_of_a_person_goes_with_them() {
    let machines = Machines::new();
    let rows = one_who_lacks_and_one_who_has(&machines);
    machines.copy("a", "old");
    machines.at("a", |carnet| {
        let choices = all_of_the_other();
        let united = carnet.unite_choosing(&rows[0], &rows[1], &choices, "réunion");
        let united = united.unwrap().commit.unwrap();
        // Written again by who knew it.
        let changed = save(carnet, edit(&rows[0]).set("phone", "06"))
            .commit
            .unwrap();
        carnet.undo(&changed).unwrap();
        carnet.undo(&united).unwrap();
        assert_eq!(
            carnet.get(&rows[0]).unwrap().text("phone"),
            Some("Kérosène")
        );
    });
    machines.copy("a", "b");
    machines.at("b", |carnet| carnet.erase(&rows[1], "effacement").unwrap());
    left_with_its_own(&machines, "b", &rows);
    for other in ["a", "old"] {
        meet(&machines, "b", other);
        left_with_its_own(&machines, other, &rows);
    }
    machines.agree(&["a", "b", "old"]);
}

#[test]
fn what_a_union_gave_of_a_person_who_was_left_apart_goes_with_them() {
    let machines = Machines::new();
    let rows = one_who_lacks_and_one_who_has(&machines);
    machines.copy("a", "b");
    machines.at("a", |carnet| {
        let choices = all_of_the_other();
        carnet
            .unite_choosing(&rows[0], &rows[1], &choices, "réunion")
            .unwrap();
    });
    machines.save("b", edit(&rows[1]).set("first_name", "Kérosène"));
    meet(&machines, "a", "b");
    machines.at("a", |carnet| {
        let parted = carnet.conflicts(None).unwrap().remove(0);
        carnet
            .resolve(&parted.id, &Resolution::Write(None), "à part")
            .unwrap();
        assert_eq!(
            carnet.get(&rows[0]).unwrap().text("phone"),
            Some("Kérosène")
        );
        carnet.erase(&rows[1], "effacement").unwrap();
    });
    left_with_its_own(&machines, "a", &rows);
    meet(&machines, "a", "b");
    left_with_its_own(&machines, "b", &rows);
}

#[test]
fn what_a_union_gave_goes_with_a_person_who_was_erased_by_somebody_who_did_not_know_of_it() {
    let machines = Machines::new();
    let rows = one_who_lacks_and_one_who_has(&machines);
    machines.copy("a", "b");
    machines.at("a", |carnet| {
        let choices = all_of_the_other();
        let united = carnet.unite_choosing(&rows[0], &rows[1], &choices, "réunion");
        carnet.undo(&united.unwrap().commit.unwrap()).unwrap();
    });
    machines.at("b", |carnet| carnet.erase(&rows[1], "effacement").unwrap());
    meet(&machines, "a", "b");
    for machine in ["a", "b"] {
        left_with_its_own(&machines, machine, &rows);
    }
    machines.agree(&["a", "b"]);
}

#[test]
fn two_persons_who_gave_the_same_to_a_third_are_erased_one_after_the_other() {
    let machines = Machines::new();
    machines.create("a");
    machines.at("a", |carnet| {
        let person = |name: &str| {
            let person = Edit::of("person", RowName::New).set("last_name", name);
            save(carnet, person).rows[0].clone()
        };
        let mut rows: Vec<RecordRef> = ["Albe", "Béal", "Cros"].map(person).into();
        rows.sort_by_key(|row| row.id);
        save(carnet, edit(&rows[0]).set("phone", "01"));
        let choices = BTreeMap::from([("phone".to_owned(), Keep::Other)]);
        for other in &rows[1..] {
            save(carnet, edit(other).set("phone", "Kérosène"));
            let united = carnet.unite_choosing(&rows[0], other, &choices, "réunion");
            // Emptied between the two, then taken back under its first name.
            let mut emptied = edit(&rows[0]);
            emptied.fields.insert("phone".into(), None);
            save(carnet, emptied);
            carnet.undo(&united.unwrap().commit.unwrap()).unwrap();
        }
        for other in &rows[1..] {
            carnet.erase(other, "effacement").unwrap();
        }
        assert!(!carnet.get(&rows[0]).unwrap().is_erased);
        assert!(!format!("{:?}", written(carnet)).contains("Kérosène"));
        assert_eq!(carnet.check().unwrap().damages, []);
    });
    machines.copy("a", "b");
    meet(&machines, "a", "b");
}

#[test]
fn the_digests_of_a_carnet_in_which_somebody_was_erased_still_verify_anywhere() {
    let machines = Machines::protected();
    machines.create("a");
    let person = machines.save("a", person()).rows[0].clone();
    machines.copy("a", "b");
    machines.at("a", |carnet| carnet.erase(&person, "effacement").unwrap());
    // Whoever has never met the person receives what is left of them.
    machines.save("a", organisation("Parc"));
    machines.merge("b", &["a"]);
    machines.agree(&["a", "b"]);
}
