//! Disk images restored beside the machine that they were made of: two histories under one writer's name.

use std::collections::BTreeSet;

use carnet_core::exchange::folder;
use carnet_core::model::RecordRef;
use carnet_core::store::Deletions;
use carnet_tests::{Machines, edit, organisation, written};

/// A machine that has written, one that is a restored image of it, and both have gone on.
fn forked() -> (Machines, RecordRef) {
    let machines = Machines::new();
    machines.create("a");
    let parc = machines.save("a", organisation("Parc")).rows[0].clone();
    machines.copy("a", "third");
    machines.image("a", "b");
    machines.save("a", edit(&parc).set("name", "De l’original"));
    machines.save("b", edit(&parc).set("name", "De l’image"));
    (machines, parc)
}

/// The writers of a log, and how far each goes.
fn writers(machines: &Machines, machine: &str) -> Vec<(String, i64)> {
    machines.at(machine, |carnet| {
        let held = carnet.held().unwrap().into_iter();
        held.map(|held| (held.device.to_string(), held.last))
            .collect()
    })
}

#[test]
fn two_restored_images_claim_one_name_and_both_histories_stay() {
    let (machines, parc) = forked();
    assert_eq!(
        writers(&machines, "a"),
        writers(&machines, "b"),
        "the scene is a fork"
    );
    assert_ne!(machines.digest("a"), machines.digest("b"));
    machines.merge("a", &["b"]);
    machines.merge("b", &["a"]);
    machines.agree(&["a", "b"]);
    assert_eq!(writers(&machines, "a").len(), 2);
    let conflict = machines.at("a", |carnet| carnet.conflicts(None).unwrap().remove(0));
    assert_eq!(conflict.heads.len(), 2);
    assert_eq!(conflict.before, Some("Parc".into()));
    // Both go on, each under a name that nobody else has.
    machines.save("a", edit(&parc).set("acronym", "A"));
    machines.save("b", organisation("Venue de l’image"));
    machines.merge("b", &["a"]);
    machines.merge("a", &["b"]);
    machines.agree(&["a", "b"]);
}

#[test]
fn a_third_who_had_met_one_of_two_images_agrees_with_both_in_every_order() {
    for order in [
        ["a", "b", "third"],
        ["b", "third", "a"],
        ["third", "a", "b"],
        ["third", "b", "a"],
        ["a", "third", "b"],
        ["b", "a", "third"],
    ] {
        for met in ["a", "b"] {
            let (machines, parc) = forked();
            machines.merge("third", &[met]);
            machines.save(
                "third",
                edit(&parc).set("name", "Du troisième, qui avait vu"),
            );
            machines.save("a", edit(&parc).set("acronym", "A"));
            machines.save("b", edit(&parc).set("acronym", "B"));
            machines.merge(order[0], &[order[1]]);
            machines.merge(order[2], &[order[0]]);
            machines.merge(order[1], &[order[2], order[0]]);
            machines.merge(order[0], &[order[1]]);
            machines.merge(order[2], &[order[1]]);
            machines.agree(&["a", "b", "third"]);
            // The third had seen one of the two names, and not the other.
            let conflicts = machines.at("a", |carnet| carnet.conflicts(None).unwrap());
            let values: BTreeSet<String> = conflicts
                .iter()
                .find(|conflict| conflict.field == "name")
                .unwrap()
                .heads
                .iter()
                .map(|head| head.value.as_ref().unwrap().as_text().unwrap().to_owned())
                .collect();
            let unseen = if met == "a" {
                "De l’image"
            } else {
                "De l’original"
            };
            let expected = ["Du troisième, qui avait vu", unseen].map(str::to_owned);
            assert_eq!(values, BTreeSet::from(expected));
        }
    }
}

#[test]
fn an_image_of_an_image_and_a_third_agree_in_every_order() {
    // One machine, two images of it made at once, and an image of one of them made later.
    for order in [
        ["a", "b", "c", "d"],
        ["d", "c", "b", "a"],
        ["c", "a", "d", "b"],
        ["b", "d", "a", "c"],
        ["d", "a", "c", "b"],
    ] {
        let machines = Machines::new();
        machines.create("a");
        let parc = machines.save("a", organisation("Parc")).rows[0].clone();
        machines.image("a", "b");
        machines.image("a", "c");
        machines.save("a", edit(&parc).set("name", "a1"));
        machines.save("b", edit(&parc).set("name", "b1"));
        machines.save("c", edit(&parc).set("name", "c1"));
        machines.image("b", "d");
        machines.save("b", edit(&parc).set("acronym", "b2"));
        machines.save("b", edit(&parc).set("acronym", "b3"));
        machines.save("d", edit(&parc).set("acronym", "d2"));
        let mut met = vec![order[0]];
        for next in &order[1..] {
            machines.merge(next, &met);
            machines.merge(met[met.len() - 1], &[next]);
            met.push(next);
        }
        for machine in order {
            let others: Vec<&str> = order
                .into_iter()
                .filter(|other| *other != machine)
                .collect();
            machines.merge(machine, &others);
        }
        machines.agree(&order);
        let all = machines.at("a", |carnet| written(carnet));
        for word in ["a1", "b1", "c1", "b2", "b3", "d2"] {
            assert!(all.contains(&word.into()), "{word}");
        }
        let (commits, _) = machines.at("a", |carnet| carnet.log_size().unwrap());
        // The lists that a new carnet brings count as well, the same in all.
        let own = machines.at("a", |carnet| {
            let held = carnet.held().unwrap().into_iter();
            held.map(|held| held.last).sum::<i64>()
        });
        assert_eq!(commits, own, "nothing is there twice");
    }
}

#[test]
fn what_the_common_history_knew_is_known_to_both_histories() {
    let machines = Machines::new();
    machines.create("a");
    let parc = machines.save("a", organisation("Parc")).rows[0].clone();
    machines.copy("a", "colleague");
    machines.save("colleague", edit(&parc).set("name", "De la collègue"));
    machines.merge("a", &["colleague"]);
    // The colleague's edit is known from here on: an image is made after it.
    machines.save("a", organisation("Autre"));
    machines.image("a", "b");
    machines.save("a", edit(&parc).set("acronym", "A"));
    machines.save("b", edit(&parc).set("name", "Corrigé sur l’image"));
    // Whichever history keeps the name, a third correction on the other one is tried as well.
    let second = machines.save("a", organisation("Tierce")).rows[0].clone();
    machines.merge("a", &["b"]);
    machines.merge("b", &["a"]);
    machines.agree(&["a", "b"]);
    assert_eq!(machines.text("a", &parc, "name"), "Corrigé sur l’image");
    machines.at("a", |carnet| {
        assert_eq!(
            carnet.conflict_count().unwrap(),
            0,
            "{:?}",
            carnet.conflicts(None)
        );
        assert!(carnet.get(&second).is_ok());
    });
}

#[test]
fn what_the_common_history_knew_is_known_whichever_history_keeps_the_name() {
    // Which one does depends on digests: enough turns make both happen.
    let mut kept = BTreeSet::new();
    for turn in 0..12 {
        let machines = Machines::new();
        machines.create("a");
        let parc = machines.save("a", organisation("Parc")).rows[0].clone();
        machines.copy("a", "colleague");
        machines.save("colleague", edit(&parc).set("name", "De la collègue"));
        machines.merge("a", &["colleague"]);
        machines.save("a", organisation("Autre"));
        machines.image("a", "b");
        machines.save("a", organisation(&format!("Tour {turn}")));
        machines.save("b", edit(&parc).set("name", "Corrigé"));
        let name = writers(&machines, "b");
        machines.merge("a", &["b"]);
        machines.merge("b", &["a"]);
        machines.merge("colleague", &["b"]);
        machines.agree(&["a", "b", "colleague"]);
        machines.at("a", |carnet| {
            assert_eq!(
                carnet.conflict_count().unwrap(),
                0,
                "{:?}",
                carnet.conflicts(None)
            );
            let history = carnet.history(Some(&parc), 1).unwrap().remove(0);
            kept.insert(name.iter().any(|(device, _)| *device == history.device));
        });
        if kept.len() == 2 {
            return;
        }
    }
    panic!("only one of the two ways was met");
}

#[test]
fn a_value_shown_among_equals_in_time_is_the_same_after_a_history_was_filed_apart() {
    // Clocks that stand still, and forks: ties in time are broken by the name of the writer, which changes when a
    // history is filed apart; what shows must follow wherever it happens.
    let mut parted = 0;
    for turn in 0..10 {
        let machines = Machines::new();
        machines.create("a");
        let parc = machines.save("a", organisation("Parc")).rows[0].clone();
        for other in ["c", "d"] {
            machines.copy("a", other);
        }
        machines.image("a", "b");
        machines.clock("a", "2026-10-07T09:30:00+02:00");
        machines.clock("c", "2026-10-07T09:30:00+02:00");
        machines.save("a", edit(&parc).set("name", "de a"));
        machines.save("c", edit(&parc).set("name", "de c"));
        machines.merge("a", &["c"]);
        machines.merge("d", &["a"]);
        // The image writes of something else: the merge brings nothing about the record.
        machines.save("b", organisation(&format!("Tour {turn}")));
        let before = writers(&machines, "d").len();
        machines.merge("d", &["b"]);
        parted += usize::from(writers(&machines, "d").len() > before);
        machines.merge("b", &["d"]);
        machines.merge("a", &["b"]);
        machines.merge("c", &["a"]);
        machines.agree(&["a", "b", "c", "d"]);
    }
    assert_eq!(parted, 10);
}

#[test]
fn batches_of_a_history_that_is_filed_apart_later_can_still_be_undone() {
    let (machines, parc) = forked();
    machines.save("b", edit(&parc).set("acronym", "B"));
    machines.save("a", edit(&parc).set("strategy", "A"));
    let first = machines.merge("third", &["b"]).batch.unwrap();
    let second = machines.merge("third", &["a"]).batch.unwrap();
    machines.at("third", |carnet| {
        let fields_of = |batch| -> Vec<String> {
            let changes = carnet.batch_changes(batch).unwrap();
            let fields = changes[0].fields.iter();
            fields.map(|change| change.field.clone()).collect()
        };
        assert_eq!(fields_of(first), ["acronym", "name"]);
        assert_eq!(fields_of(second), ["name", "strategy"]);
        carnet.undo_batch(first, None, "défait").unwrap();
    });
    assert_eq!(machines.text("third", &parc, "acronym"), "");
    assert_eq!(machines.text("third", &parc, "strategy"), "A");
    machines.at("third", |carnet| {
        carnet.undo_batch(second, None, "défait").unwrap();
        assert_eq!(carnet.check().unwrap().damages, []);
    });
    assert_eq!(machines.text("third", &parc, "strategy"), "");
}

#[test]
fn two_images_that_meet_only_through_an_exchange_folder_agree() {
    // The one with fewer commits passes after the other: names of files must not hide what it wrote.
    for (long, short) in [("a", "b"), ("b", "a")] {
        for _ in 0..4 {
            let (machines, parc) = forked();
            machines.save(long, edit(&parc).set("acronym", "plus loin"));
            let folder = machines.folder().join("échange");
            std::fs::create_dir(&folder).unwrap();
            let pass = |machine: &str| {
                machines.at(machine, |carnet| {
                    folder::exchange(carnet, &folder, Deletions::Ask).unwrap()
                })
            };
            for machine in [long, short, "third", long, short, "third"] {
                pass(machine);
            }
            machines.agree(&["a", "b", "third"]);
            let quiet = pass("a");
            assert_eq!((quiet.merged.commits, quiet.written), (0, 0));
        }
    }
}

#[test]
fn two_images_that_write_very_many_times_in_one_exchange_folder_agree() {
    let (machines, parc) = forked();
    let folder = machines.folder().join("échange");
    std::fs::create_dir(&folder).unwrap();
    let pass = |machine: &str| {
        machines.at(machine, |carnet| {
            folder::exchange(carnet, &folder, Deletions::Ask).unwrap()
        })
    };
    // Both have put more under the one name than is left for it to keep.
    machines.at("a", |carnet| {
        for turn in 0..40 {
            carnet_tests::save(
                carnet,
                edit(&parc).set("acronym", format!("a{turn}").as_str()),
            );
            folder::exchange(carnet, &folder, Deletions::Ask).unwrap();
        }
    });
    pass("b");
    machines.at("b", |carnet| {
        for turn in 0..40 {
            carnet_tests::save(
                carnet,
                edit(&parc).set("acronym", format!("b{turn}").as_str()),
            );
            folder::exchange(carnet, &folder, Deletions::Ask).unwrap();
        }
    });
    for machine in ["a", "third", "b", "a"] {
        pass(machine);
    }
    machines.agree(&["a", "b", "third"]);
}
