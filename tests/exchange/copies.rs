//! Plain copies of a carnet, edited apart, then merged.

use carnet_core::model::{Level, Reason, RecordRef, Value};
use carnet_core::store::{
    CommitRef, Deletions, Edit, Edits, MergeError, Resolution, RowName, StoreError,
};
use carnet_tests::{Machines, edit, named, organisation};

/// A carnet on `a` with one organisation, and a copy of it on each other machine.
pub(super) fn copied(others: &[&str]) -> (Machines, RecordRef) {
    let machines = Machines::new();
    machines.create("a");
    let saved = machines.save("a", organisation("Parc").set("acronym", "P"));
    for other in others {
        machines.copy("a", other);
    }
    (machines, saved.rows[0].clone())
}

/// Merges each into the other, then proves that they agree.
pub(super) fn meet(machines: &Machines, one: &str, other: &str) {
    machines.merge(one, &[other]);
    machines.merge(other, &[one]);
    machines.agree(&[one, other]);
}

#[test]
fn edits_of_different_fields_on_two_copies_are_both_there_whoever_merges_first() {
    for order in [["a", "b"], ["b", "a"]] {
        let (machines, parc) = copied(&["b"]);
        machines.save("a", edit(&parc).set("name", "Parc des Hautes-Chaumes"));
        machines.save("b", edit(&parc).set("acronym", "PHC"));
        machines.save("b", organisation("Pays de la laine"));
        meet(&machines, order[0], order[1]);
        assert_eq!(machines.text("a", &parc, "name"), "Parc des Hautes-Chaumes");
        assert_eq!(machines.text("a", &parc, "acronym"), "PHC");
        machines.at("a", |carnet| {
            assert_eq!(carnet.conflict_count().unwrap(), 0)
        });
    }
}

#[test]
fn edits_of_one_field_on_two_copies_are_listed_with_both_values_until_somebody_chooses() {
    for order in [["a", "b"], ["b", "a"]] {
        let (machines, parc) = copied(&["b"]);
        machines.save("a", edit(&parc).set("name", "Parc d’en haut"));
        machines.save("b", edit(&parc).set("name", "Parc d’en bas"));
        meet(&machines, order[0], order[1]);
        let conflict = machines.at("a", |carnet| carnet.conflicts(None).unwrap().remove(0));
        let mut values: Vec<&Value> = conflict.heads.iter().flat_map(|head| &head.value).collect();
        values.sort_by_key(|value| value.as_text().map(str::to_owned));
        assert_eq!(values, [&"Parc d’en bas".into(), &"Parc d’en haut".into()]);
        assert_eq!(conflict.before, Some("Parc".into()));
        let shown = machines.text("a", &parc, "name");
        assert_eq!(machines.text("b", &parc, "name"), shown);

        let third = Resolution::Write(Some("Parc du milieu".into()));
        machines.at("b", |carnet| {
            carnet.resolve(&conflict.id, &third, "choix").unwrap()
        });
        let merged = machines.merge("a", &["b"]);
        assert_eq!((merged.conflicts_opened, merged.conflicts_settled), (0, 1));
        assert_eq!(machines.text("a", &parc, "name"), "Parc du milieu");
        machines.agree(&["a", "b"]);
    }
}

#[test]
fn the_value_that_is_kept_is_that_of_the_commit_named() {
    let (machines, parc) = copied(&["b"]);
    let mine = machines.save("a", edit(&parc).set("name", "Parc d’en haut"));
    machines.save("b", edit(&parc).set("name", "Parc d’en bas"));
    meet(&machines, "a", "b");
    let keep = Resolution::Keep(mine.commit.unwrap());
    machines.at("b", |carnet| {
        let conflict = carnet.conflicts(None).unwrap().remove(0);
        carnet.resolve(&conflict.id, &keep, "choix").unwrap();
        assert_eq!(carnet.conflict_count().unwrap(), 0);
    });
    assert_eq!(machines.text("b", &parc, "name"), "Parc d’en haut");
}

#[test]
fn the_same_value_written_on_both_copies_is_no_conflict() {
    let (machines, parc) = copied(&["b"]);
    machines.save("a", edit(&parc).set("name", "Parc régional"));
    machines.save("b", edit(&parc).set("name", "Parc régional"));
    assert_eq!(machines.merge("a", &["b"]).conflicts_opened, 0);
    machines.merge("b", &["a"]);
    machines.agree(&["a", "b"]);
}

#[test]
fn between_levels_that_nobody_has_chosen_yet_the_closest_holds() {
    for (first, second) in [("a", "b"), ("b", "a")] {
        let (machines, parc) = copied(&["b"]);
        let level = |machine| match machine {
            "a" => Level::Private,
            _ => Level::Public,
        };
        for machine in [first, second] {
            let mut edit = edit(&parc);
            edit.levels.insert("*".into(), Some(level(machine)));
            edit.levels.insert("name".into(), Some(level(machine)));
            machines.save(machine, edit);
        }
        meet(&machines, "a", "b");
        for machine in ["a", "b"] {
            let record = machines.at(machine, |carnet| carnet.get(&parc).unwrap());
            assert_eq!(record.level, Some(Level::Private), "{first} first");
            assert_eq!(record.field_levels.get("name"), Some(&Level::Private));
            let (conflicts, device) = machines.at(machine, |carnet| {
                (carnet.conflicts(None).unwrap(), carnet.held().unwrap())
            });
            let closest = device.iter().find(|held| held.name == "a").unwrap();
            assert_eq!(conflicts.len(), 2);
            for conflict in conflicts {
                let last = conflict.heads.last().unwrap();
                assert_eq!(conflict.shown.device, closest.device, "{first} first");
                assert_eq!(last.value, Some("private".into()), "{first} first");
            }
        }
    }
}

#[test]
fn what_settles_a_conflict_is_held_to_what_any_edit_is() {
    let (machines, parc) = copied(&["b"]);
    let leveled = |level| {
        let mut edit = edit(&parc);
        edit.levels.insert("*".into(), Some(level));
        edit
    };
    machines.save("a", edit(&parc).set("name", "Un").set("country", "IT"));
    machines.save("a", leveled(Level::Private));
    machines.save("b", edit(&parc).set("name", "Deux").set("country", "SI"));
    machines.save("b", leveled(Level::Beneficiary));
    meet(&machines, "a", "b");
    machines.at("a", |carnet| {
        let of = |field: &str| {
            let all = carnet.conflicts(None).unwrap();
            all.into_iter().find(|one| one.field == field).unwrap().id
        };
        let (level, name, country) = (of("confidentiality"), of("name"), of("country"));
        for (conflict, refused) in [
            (&level, Some("n’importe quoi".into())),
            (&level, Some("locked".into())),
            (&name, None),
            (&name, Some("   ".into())),
            (&country, Some("Italie".into())),
        ] {
            let done = carnet.resolve(conflict, &Resolution::Write(refused), "choix");
            assert!(
                matches!(done, Err(MergeError::Store(StoreError::Invalid(_)))),
                "{done:?}"
            );
        }
        assert_eq!(carnet.conflict_count().unwrap(), 3);
        for (conflict, value) in [(level, "network"), (name, "Trois"), (country, "fr")] {
            let choice = Resolution::Write(Some(value.into()));
            carnet.resolve(&conflict, &choice, "choix").unwrap();
        }
        let record = carnet.get(&parc).unwrap();
        assert_eq!(record.level, Some(Level::Network));
        assert_eq!(record.text("country"), Some("FR"));
        assert_eq!(carnet.conflict_count().unwrap(), 0);
    });
    meet(&machines, "b", "a");
}

#[test]
fn a_conflict_is_not_settled_against_a_rule_of_posture() {
    let machines = Machines::new();
    machines.create("a");
    let name = |name: &str| Edit::of("person", RowName::New).set("last_name", name);
    let officer = machines.save("a", name("Roy").set("is_officer", Value::Bool(true)));
    let [one, other] = ["Béal", "Faure"].map(|one| machines.save("a", name(one)).rows[0].clone());
    let project = organisation("Parc");
    let owner = machines.save("a", project).rows[0].id.to_string();
    let project = Edit::of("project", RowName::New)
        .set("title", "Laine")
        .set("organisation", owner.as_str())
        .set("maturity", "project")
        .set("phase", "emergence")
        .set("status", "active");
    let project = machines.save("a", project).rows[0].id.to_string();
    let attempt = Edit::of("contact_attempt", RowName::New)
        .set("project", project.as_str())
        .set("organisation", owner.as_str())
        .set("origin", "network")
        .set("status", "to_contact");
    let attempt = machines.save("a", attempt).rows[0].clone();
    machines.copy("a", "b");
    let by = |person: &RecordRef| edit(&attempt).set("made_by", person.id.to_string().as_str());
    machines.save("a", by(&one));
    machines.save("b", by(&other));
    meet(&machines, "a", "b");
    machines.at("a", |carnet| {
        let conflict = carnet.conflicts(None).unwrap().remove(0);
        let officer = officer.rows[0].id.to_string();
        let write = Resolution::Write(Some(officer.as_str().into()));
        let refused = carnet.resolve(&conflict.id, &write, "choix");
        assert!(
            matches!(&refused, Err(MergeError::Store(StoreError::Invalid(invalid)))
                if invalid.reason == Reason::Rule("r07")),
            "{refused:?}"
        );
        // The value that is shown may be chosen as well, and settles it.
        let write = Resolution::Write(conflict.heads.last().unwrap().value.clone());
        carnet.resolve(&conflict.id, &write, "choix").unwrap();
        assert_eq!(carnet.conflict_count().unwrap(), 0);
    });
}

#[test]
fn two_people_who_each_choose_differently_in_one_conflict_are_asked_again() {
    let (machines, parc) = copied(&["b"]);
    machines.save("a", edit(&parc).set("name", "Un"));
    machines.save("b", edit(&parc).set("name", "Deux"));
    meet(&machines, "a", "b");
    for (machine, choice) in [("a", "Un"), ("b", "Deux")] {
        machines.at(machine, |carnet| {
            let conflict = carnet.conflicts(None).unwrap().remove(0);
            let choice = Resolution::Write(Some(choice.into()));
            carnet.resolve(&conflict.id, &choice, "choix").unwrap();
        });
    }
    let merged = machines.merge("a", &["b"]);
    assert_eq!(merged.conflicts_opened, 1);
    machines.merge("b", &["a"]);
    machines.agree(&["a", "b"]);
}

#[test]
fn elements_added_to_a_set_on_both_copies_are_all_in_it() {
    let (machines, parc) = copied(&["b"]);
    machines.save("a", edit(&parc).set("languages", named(&["fr"])));
    meet_new_copy(&machines);
    machines.save("a", edit(&parc).set("languages", named(&["fr", "it"])));
    machines.save("c", edit(&parc).set("languages", named(&["fr", "sl"])));
    meet(&machines, "a", "c");
    machines.at("a", |carnet| {
        assert_eq!(
            carnet.get(&parc).unwrap().elements("languages"),
            ["fr", "it", "sl"]
        );
        assert_eq!(carnet.conflict_count().unwrap(), 0);
    });
}

fn meet_new_copy(machines: &Machines) {
    machines.copy("a", "c");
}

#[test]
fn an_element_removed_here_and_others_added_there_leaves_the_others() {
    let (machines, parc) = copied(&[]);
    machines.save("a", edit(&parc).set("languages", named(&["fr", "it"])));
    machines.copy("a", "b");
    machines.save("a", edit(&parc).set("languages", named(&["fr"])));
    machines.save(
        "b",
        edit(&parc).set("languages", named(&["fr", "it", "sl"])),
    );
    meet(&machines, "b", "a");
    machines.at("a", |carnet| {
        assert_eq!(
            carnet.get(&parc).unwrap().elements("languages"),
            ["fr", "sl"]
        );
    });
}

#[test]
fn a_record_edited_by_somebody_who_had_not_seen_its_deletion_comes_back_flagged() {
    // In both orders of time, and in both orders of merging.
    for (deleter, editor) in [
        ("2026-10-06T08:00:00Z", "2026-10-06T09:00:00Z"),
        ("2026-10-06T09:00:00Z", "2026-10-06T08:00:00Z"),
    ] {
        for order in [["a", "b"], ["b", "a"]] {
            let (machines, parc) = copied(&["b"]);
            machines.clock("a", deleter);
            machines.clock("b", editor);
            machines.at("a", |carnet| carnet.delete(&parc, "ménage").unwrap());
            machines.save("b", edit(&parc).set("strategy", "Dix ans de travail"));
            meet(&machines, order[0], order[1]);
            for machine in ["a", "b"] {
                machines.at(machine, |carnet| {
                    assert!(!carnet.get(&parc).unwrap().is_deleted);
                    assert_eq!(carnet.revived(10).unwrap(), std::slice::from_ref(&parc));
                });
                assert_eq!(
                    machines.text(machine, &parc, "strategy"),
                    "Dix ans de travail"
                );
            }
        }
    }
}

#[test]
fn what_remains_to_be_decided_counts_conflicts_and_records_that_came_back() {
    let (machines, parc) = copied(&["b"]);
    let total = || machines.at("a", |carnet| carnet.left_to_settle().unwrap().total());
    machines.save("a", edit(&parc).set("name", "Parc d’ici"));
    machines.save("b", edit(&parc).set("name", "Parc de là-bas"));
    machines.at("a", |carnet| carnet.delete(&parc, "ménage").unwrap());
    meet(&machines, "a", "b");
    let to_settle = machines.at("a", |carnet| carnet.left_to_settle().unwrap());
    assert_eq!((to_settle.conflicts, to_settle.revived, total()), (1, 1, 2));
    machines.at("a", |carnet| {
        let listed = carnet.conflicts(None).unwrap().len() + carnet.revived(10).unwrap().len();
        assert_eq!(listed, 2, "what is counted is what is listed");
        carnet.restore(&parc, "gardé").unwrap();
    });
    assert_eq!(total(), 1);
    machines.at("a", |carnet| {
        let conflict = carnet.conflicts(None).unwrap().remove(0);
        let kept = Resolution::Keep(conflict.shown.clone());
        carnet.resolve(&conflict.id, &kept, "tranché").unwrap();
    });
    assert_eq!(total(), 0);
}

#[test]
fn a_record_that_came_back_is_deleted_for_good_by_somebody_who_knows() {
    let (machines, parc) = copied(&["b"]);
    machines.at("a", |carnet| carnet.delete(&parc, "ménage").unwrap());
    machines.save("b", edit(&parc).set("strategy", "Dix ans de travail"));
    assert_eq!(machines.merge("a", &["b"]).revived, 1);
    machines.at("a", |carnet| carnet.delete(&parc, "ménage").unwrap());
    meet(&machines, "b", "a");
    machines.at("b", |carnet| {
        assert!(carnet.get(&parc).unwrap().is_deleted);
        assert_eq!(carnet.revived(10).unwrap(), []);
    });
}

#[test]
fn a_record_that_came_back_and_is_wanted_is_no_longer_flagged() {
    let (machines, parc) = copied(&["b"]);
    machines.at("a", |carnet| carnet.delete(&parc, "ménage").unwrap());
    machines.save("b", edit(&parc).set("strategy", "Dix ans de travail"));
    meet(&machines, "a", "b");
    machines.at("a", |carnet| carnet.restore(&parc, "gardé").unwrap());
    meet(&machines, "a", "b");
    machines.at("b", |carnet| {
        assert!(!carnet.get(&parc).unwrap().is_deleted);
        assert_eq!(carnet.revived(10).unwrap(), []);
    });
}

#[test]
fn a_record_deleted_after_the_edit_was_seen_stays_in_the_bin() {
    let (machines, parc) = copied(&["b"]);
    machines.save("b", edit(&parc).set("strategy", "Dix ans de travail"));
    machines.merge("a", &["b"]);
    machines.at("a", |carnet| carnet.delete(&parc, "ménage").unwrap());
    meet(&machines, "a", "b");
    machines.at("b", |carnet| assert!(carnet.get(&parc).unwrap().is_deleted));
}

#[test]
fn a_record_deleted_then_restored_is_there_on_every_copy() {
    let (machines, parc) = copied(&["b", "c"]);
    machines.at("a", |carnet| carnet.delete(&parc, "ménage").unwrap());
    machines.merge("b", &["a"]);
    machines.at("b", |carnet| carnet.restore(&parc, "si").unwrap());
    machines.at("c", |carnet| carnet.delete(&parc, "ménage").unwrap());
    machines.merge("a", &["b", "c"]);
    machines.merge("b", &["c", "a"]);
    machines.merge("c", &["a"]);
    machines.agree(&["a", "b", "c"]);
    // Restored without knowing that a third had deleted it as well: both stand, and somebody is asked.
    machines.at("c", |carnet| {
        assert_eq!(carnet.conflict_count().unwrap(), 1)
    });
}

#[test]
fn three_copies_agree_in_every_order_of_meeting() {
    let orders = [
        ["a", "b", "c"],
        ["a", "c", "b"],
        ["b", "a", "c"],
        ["b", "c", "a"],
        ["c", "a", "b"],
        ["c", "b", "a"],
    ];
    let mut digests = Vec::new();
    for [first, second, third] in orders {
        let (machines, parc) = copied(&["b", "c"]);
        machines.save("a", edit(&parc).set("name", "A"));
        machines.save("b", edit(&parc).set("name", "B").set("acronym", "b"));
        machines.save("c", organisation("C"));
        machines.merge(first, &[second]);
        machines.merge(third, &[first]);
        machines.merge(second, &[third]);
        machines.merge(first, &[third]);
        machines.agree(&["a", "b", "c"]);
        let found = machines.at("a", |carnet| {
            let heads = carnet.conflicts(None).unwrap().remove(0).heads;
            (carnet.log_size().unwrap(), heads.len())
        });
        digests.push(found);
    }
    // Devices differ from one run to the next: what was found is compared, not the digests.
    assert!(
        digests.iter().all(|found| *found == digests[0]),
        "{digests:?}"
    );
}

#[test]
fn merging_several_at_once_gives_what_merging_one_by_one_gives() {
    let (machines, parc) = copied(&["b", "c", "d"]);
    machines.save("b", edit(&parc).set("name", "B"));
    machines.merge("c", &["b"]);
    machines.save("c", edit(&parc).set("name", "C"));
    machines.save("d", edit(&parc).set("acronym", "d"));
    machines.image("a", "e");
    machines.merge("a", &["d", "c", "b"]);
    machines.merge("e", &["b"]);
    machines.merge("e", &["c"]);
    machines.merge("e", &["d"]);
    machines.agree(&["a", "e"]);
}

#[test]
fn an_old_copy_put_back_loses_nothing_and_writes_under_another_name() {
    let (machines, parc) = copied(&["old"]);
    machines.save("a", edit(&parc).set("name", "Après la copie"));
    machines.copy("a", "b");
    // The file alone is put back; what the installation remembers is later.
    machines.copy("old", "a");
    machines.save("a", edit(&parc).set("acronym", "vieux"));
    meet(&machines, "a", "b");
    assert_eq!(machines.text("a", &parc, "name"), "Après la copie");
    assert_eq!(machines.text("a", &parc, "acronym"), "vieux");
    machines.at("a", |carnet| {
        assert_eq!(carnet.conflict_count().unwrap(), 0)
    });
}

#[test]
fn mass_deletion_waits_for_a_yes_and_goes_on_waiting() {
    let machines = Machines::new();
    machines.create("a");
    let many: Vec<Edit> = (0..40)
        .map(|n| organisation(&format!("Parc {n}")))
        .collect();
    let rows = machines.at("a", |carnet| {
        let edits = Edits {
            edits: many,
            label: "test".into(),
        };
        carnet.save(edits).unwrap().rows
    });
    machines.copy("a", "b");
    let deletions = rows[..21].iter().map(|row| Edit {
        is_deleted: Some(true),
        ..Edit::of(&row.entity, RowName::Existing(row.id))
    });
    machines.at("b", |carnet| {
        let edits = Edits {
            edits: deletions.collect(),
            label: "ménage".into(),
        };
        carnet.save(edits).unwrap();
    });
    machines.save("b", organisation("Nouvelle"));
    let before = machines.digest("a");
    for _ in 0..2 {
        let refused = machines.try_merge("a", &["b"]);
        assert!(
            matches!(
                refused,
                Err(MergeError::ManyDeletions {
                    deleted: 21,
                    records: 41
                })
            ),
            "{refused:?}"
        );
        assert_eq!(machines.digest("a"), before);
    }
    let file = machines.path("b");
    let merged = machines.at("a", |carnet| {
        carnet.merge(&[file], "b", Deletions::Accept).unwrap()
    });
    assert_eq!(merged.deleted, 21);
    machines.agree(&["a", "b"]);
    // Twenty ask nothing.
    let few = rows[21..].iter().take(15).map(|row| Edit {
        is_deleted: Some(true),
        ..Edit::of(&row.entity, RowName::Existing(row.id))
    });
    machines.at("b", |carnet| {
        let edits = Edits {
            edits: few.collect(),
            label: "ménage".into(),
        };
        carnet.save(edits).unwrap();
    });
    assert_eq!(machines.merge("a", &["b"]).deleted, 15);
}

#[test]
fn a_copy_made_before_the_passphrase_was_changed_still_merges_and_the_other_way_says_why_not() {
    let machines = Machines::protected();
    machines.create("a");
    let parc = machines.save("a", organisation("Parc")).rows[0].clone();
    machines.copy("a", "b");
    machines.save("b", edit(&parc).set("name", "Sous l’ancienne phrase"));
    let new = carnet_core::store::Passphrase::new("une autre phrase").unwrap();
    let file = machines.path("b");
    machines.at("a", |carnet| {
        carnet.rekey(&new).unwrap();
        carnet.merge(&[file], "b", Deletions::Ask).unwrap();
        assert_eq!(
            carnet.get(&parc).unwrap().text("name"),
            Some("Sous l’ancienne phrase")
        );
        assert_eq!(carnet.check().unwrap().damages, []);
    });
    let before = machines.digest("b");
    let refused = machines.try_merge("b", &["a"]);
    assert!(
        matches!(refused, Err(MergeError::OtherPassphrase(_))),
        "{refused:?}"
    );
    assert_eq!(machines.digest("b"), before);
}

#[test]
fn undoing_a_commit_of_somebody_else_travels() {
    let (machines, parc) = copied(&["b"]);
    let commit: CommitRef = machines
        .save("b", edit(&parc).set("name", "Erreur"))
        .commit
        .unwrap();
    meet(&machines, "a", "b");
    machines.at("a", |carnet| carnet.undo(&commit).unwrap());
    meet(&machines, "b", "a");
    assert_eq!(machines.text("b", &parc, "name"), "Parc");
}

#[test]
fn the_clock_of_a_machine_does_not_decide_who_is_right() {
    let (machines, parc) = copied(&["b"]);
    machines.clock("a", "2099-01-01T00:00:00Z");
    machines.clock("b", "1970-01-01T00:00:00Z");
    machines.save("a", edit(&parc).set("name", "Écrit en 2099"));
    machines.merge("b", &["a"]);
    machines.save("b", edit(&parc).set("name", "Écrit après, en 1970"));
    meet(&machines, "a", "b");
    assert_eq!(machines.text("a", &parc, "name"), "Écrit après, en 1970");
    machines.at("a", |carnet| {
        assert_eq!(carnet.conflict_count().unwrap(), 0)
    });
}
