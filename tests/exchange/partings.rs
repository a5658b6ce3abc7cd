//! What unions, their undoing and erasures must never put out of sight, nor open, unless somebody chose it.

use std::collections::BTreeMap;

use carnet_core::duplicates::Relation;
use carnet_core::model::RecordRef;
use carnet_core::model::{Level, Value};
use carnet_core::store::{
    Edit, Edits, Keep, ListRequest, MergeError, Resolution, RowName, StoreError,
};
use carnet_tests::{Machines, edit, organisation, save, written};

use super::copies::meet;
use super::unions::{conflict, keep, three, two, unite};

#[test]
fn what_is_written_in_a_record_that_is_back_is_not_hidden_by_a_union_that_does_not_know_of_it() {
    let machines = Machines::new();
    let rows = two(&machines, &["b", "c"]);
    unite(&machines, "a", &rows);
    machines.save("b", edit(&rows[1]).set("acronym", "MOT UN"));
    machines.merge("c", &["b"]);
    machines.merge("b", &["a"]);
    machines.save("b", edit(&rows[1]).set("address", "mot deux"));
    unite(&machines, "c", &rows);
    meet(&machines, "a", "b");
    meet(&machines, "a", "c");
    machines.merge("b", &["a"]);
    machines.agree(&["a", "b", "c"]);
    assert_eq!(conflict(&machines, "a").field, "merged_into");
    assert_eq!(machines.text("a", &rows[1], "address"), "mot deux");
}

#[test]
fn a_record_deleted_twice_apart_stays_with_what_was_written_when_it_was_back() {
    let machines = Machines::new();
    let rows = two(&machines, &["b", "c"]);
    machines.at("a", |carnet| carnet.delete(&rows[1], "rangé").unwrap());
    machines.save("b", edit(&rows[1]).set("acronym", "MOT UN"));
    machines.merge("c", &["b"]);
    machines.merge("b", &["a"]);
    machines.save("b", edit(&rows[1]).set("address", "mot deux"));
    machines.at("c", |carnet| carnet.delete(&rows[1], "rangé").unwrap());
    meet(&machines, "a", "b");
    meet(&machines, "a", "c");
    machines.at("a", |carnet| {
        assert!(!carnet.get(&rows[1]).unwrap().is_deleted);
        assert_eq!(carnet.check().unwrap().damages, []);
    });
}

#[test]
fn an_undoing_that_would_put_words_out_of_sight_is_refused_and_changes_nothing() {
    // A union is done again over what was written since it was undone.
    let machines = Machines::new();
    let rows = two(&machines, &["b"]);
    machines.at("a", |carnet| {
        let united = carnet.unite(&rows[0], &rows[1], "réunion").unwrap();
        let undone = carnet.undo(&united.commit.unwrap()).unwrap();
        save(carnet, edit(&rows[1]).set("address", "mot un"));
        let again = carnet.undo(&undone.commit.unwrap());
        assert!(
            matches!(again, Err(StoreError::ChangedSinceParted(_))),
            "{again:?}"
        );
        assert_eq!(carnet.standing(&rows[1]).unwrap(), rows[1]);
    });
    // An older union is undone under a newer one; one of two made apart.
    let machines = Machines::new();
    let rows = two(&machines, &["b", "c"]);
    machines.save("a", edit(&rows[1]).set("address", "mot un"));
    let first = unite(&machines, "a", &rows);
    machines.save("b", edit(&rows[1]).set("acronym", "MOT"));
    meet(&machines, "a", "b");
    machines.at("a", |carnet| {
        carnet.unite(&rows[0], &rows[1], "encore").unwrap();
        let digest = carnet.digest().unwrap();
        let refused = carnet.undo(&first);
        assert!(
            matches!(refused, Err(StoreError::United { .. })),
            "{refused:?}"
        );
        assert_eq!(carnet.digest().unwrap(), digest);
        assert_eq!(
            carnet.get(&rows[0]).unwrap().text("address"),
            Some("mot un")
        );
    });
    for machine in ["a", "c"] {
        let machines = Machines::new();
        let rows = two(&machines, &[]);
        machines.save("a", edit(&rows[1]).set("address", "mot un"));
        machines.copy("a", "c");
        machines.clock(machine, "2026-10-07T09:30:00+02:00");
        let [one, _] = ["a", "c"].map(|machine| unite(&machines, machine, &rows));
        meet(&machines, "a", "c");
        machines.at("a", |carnet| {
            // Either undoes it: they are two again, and each has its own.
            carnet.undo(&one).unwrap();
            assert_eq!(carnet.standing(&rows[1]).unwrap(), rows[1]);
            assert_eq!(carnet.get(&rows[0]).unwrap().text("address"), None);
            assert_eq!(
                carnet.get(&rows[1]).unwrap().text("address"),
                Some("mot un")
            );
        });
    }
    // A clearing is undone in a record for which another stands.
    let machines = Machines::new();
    let rows = two(&machines, &[]);
    machines.at("a", |carnet| {
        save(carnet, edit(&rows[1]).set("address", "mot un"));
        let mut cleared = edit(&rows[1]);
        cleared.fields.insert("address".into(), None);
        let cleared = save(carnet, cleared).commit.unwrap();
        carnet.unite(&rows[0], &rows[1], "réunion").unwrap();
        let refused = carnet.undo(&cleared);
        assert!(
            matches!(refused, Err(StoreError::United { .. })),
            "{refused:?}"
        );
    });
}

#[test]
fn an_undoing_never_settles_what_nobody_settled() {
    let machines = Machines::new();
    let rows = two(&machines, &["b", "c"]);
    let mut written = Vec::new();
    for machine in ["a", "b", "c"] {
        let saved = machines.save(machine, edit(&rows[0]).set("address", machine));
        written.push(saved.commit.unwrap());
    }
    meet(&machines, "a", "b");
    meet(&machines, "a", "c");
    let told = conflict(&machines, "a");
    machines.at("a", |carnet| {
        let (shown, digest) = (told.shown.clone(), carnet.digest().unwrap());
        let refused = carnet.undo(&shown);
        assert!(
            matches!(refused, Err(StoreError::UndoSettles { .. })),
            "{refused:?}"
        );
        assert_eq!(carnet.digest().unwrap(), digest);
        let settled = carnet
            .resolve(&told.id, &keep(&told.heads[0]), "choix")
            .unwrap();
        let refused = carnet.undo(&settled);
        assert!(
            matches!(refused, Err(StoreError::UndoSettles { .. })),
            "{refused:?}"
        );
    });
    // A level that two chose apart stays the closest.
    let machines = Machines::new();
    let rows = two(&machines, &["b"]);
    for (machine, level) in [("a", Level::Private), ("b", Level::Public)] {
        let mut leveled = edit(&rows[0]);
        leveled.levels.insert("*".into(), Some(level));
        machines.save(machine, leveled);
    }
    meet(&machines, "a", "b");
    let told = conflict(&machines, "a");
    machines.at("a", |carnet| {
        let private = told
            .heads
            .iter()
            .find(|head| head.author == "Ada@a")
            .unwrap();
        let settled = carnet.resolve(&told.id, &keep(private), "choix").unwrap();
        assert!(carnet.undo(&settled).is_err());
        assert_eq!(carnet.get(&rows[0]).unwrap().level, Some(Level::Private));
    });
}

#[test]
fn a_record_for_which_another_stands_asks_nothing() {
    let machines = Machines::new();
    let rows = two(&machines, &["c"]);
    for (machine, word) in [("a", "un"), ("c", "deux")] {
        machines.save(machine, edit(&rows[1]).set("address", word));
        unite(&machines, machine, &rows);
    }
    meet(&machines, "a", "c");
    let told = conflict(&machines, "a");
    assert_eq!((told.row, told.heads.len()), (rows[0].id.to_string(), 2));
}

#[test]
fn a_union_into_a_record_that_is_gone_with_the_one_it_was_united_with_is_not_out_of_sight() {
    let machines = Machines::new();
    let [first, second, third] = three(&machines);
    machines.copy("a", "b");
    machines.at("a", |carnet| {
        carnet.unite(&first, &second, "réunion").unwrap();
        carnet.delete(&first, "rangé").unwrap();
    });
    machines.at("b", |carnet| {
        carnet.unite(&second, &third, "réunion").unwrap();
    });
    meet(&machines, "a", "b");
    machines.at("a", |carnet| {
        assert_eq!(carnet.standing(&third).unwrap(), second);
        assert!(!carnet.get(&second).unwrap().is_deleted);
    });
}

#[test]
fn a_record_given_up_to_two_brings_its_words_to_the_one_that_is_chosen() {
    let machines = Machines::new();
    let [first, second, third] = three(&machines);
    machines.save("a", edit(&third).set("address", "mot un"));
    machines.save("a", edit(&first).set("address", "ailleurs"));
    machines.copy("a", "b");
    machines.at("a", |carnet| {
        carnet.unite(&first, &third, "a").unwrap();
    });
    machines.at("b", |carnet| {
        let choices = BTreeMap::from([("address".to_owned(), Keep::Kept)]);
        carnet
            .unite_choosing(&second, &third, &choices, "b")
            .unwrap();
    });
    meet(&machines, "a", "b");
    let told = conflict(&machines, "a");
    machines.at("a", |carnet| {
        let choice = Resolution::Write(Some(second.id.to_string().as_str().into()));
        carnet.resolve(&told.id, &choice, "choix").unwrap();
        assert_eq!(carnet.standing(&third).unwrap(), second);
        assert_eq!(carnet.get(&second).unwrap().text("address"), Some("mot un"));
        assert_eq!(carnet.check().unwrap().damages, []);
    });
}

#[test]
fn a_record_left_apart_keeps_its_own_companions() {
    let machines = Machines::new();
    let rows = two(&machines, &[]);
    let person = Edit::of("person", RowName::New).set("last_name", "Roy");
    let person = machines.save("a", person).rows[0].clone();
    let position = |of: &RecordRef| {
        Edit::of("affiliation", RowName::New)
            .set("person", person.id.to_string().as_str())
            .set("organisation", of.id.to_string().as_str())
    };
    machines.save("a", position(&rows[0]));
    machines.save("a", position(&rows[1]).set("function", "Trésorière"));
    machines.copy("a", "b");
    unite(&machines, "a", &rows);
    machines.save("b", edit(&rows[1]).set("address", "mot un"));
    meet(&machines, "a", "b");
    let told = conflict(&machines, "a");
    machines.at("a", |carnet| {
        carnet
            .resolve(&told.id, &keep(&told.heads[1]), "à part")
            .unwrap();
        let all = carnet.list(&ListRequest::of("affiliation", 10)).unwrap();
        assert_eq!(all.total, 2);
        assert_eq!(carnet.check().unwrap().damages, []);
    });
}

#[test]
fn what_came_from_a_closer_record_is_not_opened_with_the_one_that_is_kept() {
    // Closed both: the officer opens the one that is kept, here or elsewhere.
    let machines = Machines::new();
    let rows = two(&machines, &[]);
    for row in &rows {
        let mut closed = edit(row);
        closed.levels.insert("*".into(), Some(Level::Private));
        machines.save("a", closed);
    }
    machines.save("a", edit(&rows[1]).set("strategy", "secret"));
    machines.copy("a", "b");
    unite(&machines, "a", &rows);
    let mut opened = edit(&rows[0]);
    opened.levels.insert("*".into(), Some(Level::Network));
    machines.save("b", opened);
    meet(&machines, "a", "b");
    let level = |field: &str| {
        machines.at("a", |carnet| {
            let view = carnet.view(&carnet.get(&rows[0]).unwrap()).unwrap();
            view.effective_levels[field]
        })
    };
    assert_eq!(level("strategy"), Level::Private);
    // The same words in both are as close as the closer.
    let machines = Machines::new();
    let rows = two(&machines, &[]);
    for (row, level) in [(&rows[0], None), (&rows[1], Some(Level::Private))] {
        let mut leveled = edit(row).set("strategy", "de même");
        leveled.levels.insert("strategy".into(), level);
        machines.save("a", leveled);
    }
    unite(&machines, "a", &rows);
    machines.at("a", |carnet| {
        let view = carnet.view(&carnet.get(&rows[0]).unwrap()).unwrap();
        assert_eq!(view.effective_levels["strategy"], Level::Private);
    });
}

#[test]
fn an_erasure_reaches_here_and_now_all_that_is_said_to_be_one() {
    let person = |name: &str| Edit::of("person", RowName::New).set("last_name", name);
    for named in [0, 1] {
        // A pair that is parted.
        let machines = Machines::new();
        machines.create("a");
        let mut rows = ["Roy", "Roi"].map(|name| machines.save("a", person(name)).rows[0].clone());
        rows.sort_by_key(|row| row.id);
        machines.save("a", edit(&rows[1]).set("phone", "04 00 00 00 05"));
        machines.copy("a", "b");
        unite(&machines, "a", &rows);
        machines.save("b", edit(&rows[1]).set("email", "roy@exemple.fr"));
        machines.merge("a", &["b"]);
        machines.at("a", |carnet| {
            carnet.erase(&rows[named], "effacée").unwrap();
            let words = written(carnet);
            for gone in ["04 00 00 00 05", "roy@exemple.fr"] {
                assert!(!words.contains(&gone.into()), "{named}: {gone}");
            }
        });
    }
    // One given up to two.
    let machines = Machines::new();
    machines.create("a");
    let mut rows =
        ["Roy", "Roi", "Roye"].map(|name| machines.save("a", person(name)).rows[0].clone());
    rows.sort_by_key(|row| row.id);
    let [first, second, third] = rows;
    machines.save("a", edit(&third).set("phone", "04 00 00 00 05"));
    machines.copy("a", "b");
    for (machine, kept) in [("a", &first), ("b", &second)] {
        machines.at(machine, |carnet| {
            carnet.unite(kept, &third, "réunion").unwrap();
        });
    }
    meet(&machines, "a", "b");
    machines.at("a", |carnet| {
        carnet.erase(&third, "effacée").unwrap();
        assert!(!written(carnet).contains(&"04 00 00 00 05".into()));
    });
    // A position noted by somebody who does not know, and one that is noted after.
    let machines = Machines::new();
    machines.create("a");
    let gone = machines.save("a", person("Roy")).rows[0].clone();
    let parc = machines.save("a", organisation("Parc")).rows[0].clone();
    machines.copy("a", "b");
    let position = Edit::of("affiliation", RowName::New)
        .set("person", gone.id.to_string().as_str())
        .set("organisation", parc.id.to_string().as_str())
        .set("function", "Trésorière");
    machines.save("b", position.clone());
    machines.at("a", |carnet| {
        carnet.erase(&gone, "effacée").unwrap();
        let edits = Edits {
            edits: vec![position],
            label: "test".into(),
        };
        assert!(matches!(carnet.save(edits), Err(StoreError::NotFound(_))));
    });
    machines.merge("a", &["b"]);
    machines.at("a", |carnet| {
        assert!(!written(carnet).contains(&"Trésorière".into()));
        assert_eq!(carnet.check().unwrap().damages, []);
    });
}

#[test]
fn a_union_chosen_after_all_never_puts_the_later_word_out_of_sight() {
    // (what `b` writes unaware, what `a` writes in the kept one once it knows, what stays)
    let later = |unaware: Option<&str>, knowing: Option<&str>| {
        let machines = Machines::new();
        let rows = two(&machines, &[]);
        machines.save("a", edit(&rows[0]).set("address", "x"));
        machines.save("a", edit(&rows[1]).set("address", "y"));
        machines.copy("a", "b");
        unite(&machines, "a", &rows);
        let mut written = edit(&rows[1]);
        written
            .fields
            .insert("address".into(), unaware.map(Value::from));
        machines.save("b", written);
        meet(&machines, "a", "b");
        if let Some(knowing) = knowing {
            machines.save("a", edit(&rows[0]).set("address", knowing));
        }
        let told = conflict(&machines, "a");
        machines.at("a", |carnet| {
            carnet
                .resolve(&told.id, &keep(&told.heads[0]), "réunies")
                .unwrap();
        });
        machines.text("a", &rows[0], "address")
    };
    assert_eq!(later(None, None), "x", "cleared there, not here");
    assert_eq!(later(Some("y2"), None), "y2");
    assert_eq!(later(Some("y2"), Some("pour finir")), "pour finir");
    // Written in both by two who did not know of each other: somebody must see both.
    let machines = Machines::new();
    let rows = two(&machines, &["b"]);
    unite(&machines, "a", &rows);
    machines.save("a", edit(&rows[0]).set("address", "ici"));
    machines.save("b", edit(&rows[1]).set("address", "là-bas"));
    meet(&machines, "a", "b");
    let told = conflict(&machines, "a");
    machines.at("a", |carnet| {
        let refused = carnet.resolve(&told.id, &keep(&told.heads[0]), "réunies");
        assert!(
            matches!(
                refused,
                Err(MergeError::Store(StoreError::ChangedSinceParted(_)))
            ),
            "{refused:?}"
        );
        let compared = carnet.compare(&rows[0], &rows[1]).unwrap();
        let address = compared.fields.iter().find(|one| one.field == "address");
        assert_eq!(address.unwrap().relation, Relation::Choose);
    });
}
