//! What undoing takes back, and what it leaves: all that it says, and nothing that somebody else wrote.

use std::collections::BTreeMap;

use carnet_core::model::{Level, RecordRef};
use carnet_core::store::{Carnet, Edit, Edits, Keep, Resolution, RowName, StoreError};
use carnet_tests::{Machines, edit, organisation, save};

use super::copies::meet;
use super::unions::{conflict, three, two, unite};

#[test]
fn undoing_one_of_two_unions_of_a_pair_takes_back_what_both_brought() {
    for undone_by in ["a", "c"] {
        let machines = Machines::new();
        let rows = two(&machines, &[]);
        machines.save("a", edit(&rows[1]).set("address", "mot un"));
        machines.save("a", edit(&rows[0]).set("acronym", "ICI"));
        machines.save("a", edit(&rows[1]).set("acronym", "LÀ"));
        machines.copy("a", "c");
        let one = unite(&machines, "a", &rows);
        let choices = BTreeMap::from([("acronym".to_owned(), Keep::Other)]);
        let other = machines.at("c", |carnet| {
            let united = carnet.unite_choosing(&rows[0], &rows[1], &choices, "réunion");
            united.unwrap().commit.unwrap()
        });
        meet(&machines, "a", "c");
        let (commit, left) = if undone_by == "a" {
            (one, other)
        } else {
            (other, one)
        };
        machines.at(undone_by, |carnet| {
            let undone = carnet.undo(&commit).unwrap();
            for (row, address, acronym) in [
                (&rows[0], None, Some("ICI")),
                (&rows[1], Some("mot un"), Some("LÀ")),
            ] {
                assert_eq!(carnet.standing(row).unwrap(), *row);
                let record = carnet.get(row).unwrap();
                assert_eq!(record.text("address"), address);
                assert_eq!(record.text("acronym"), acronym);
            }
            assert_eq!(
                carnet.undo(&left).unwrap().commit,
                None,
                "nothing is left of it"
            );
            assert_eq!(carnet.conflicts(None).unwrap(), []);
            // Done again, it is one record with all that both have.
            carnet.undo(&undone.commit.unwrap()).unwrap();
            assert_eq!(carnet.standing(&rows[1]).unwrap(), rows[0]);
            let kept = carnet.get(&rows[0]).unwrap();
            assert_eq!(kept.text("address"), Some("mot un"));
        });
        meet(&machines, "a", "c");
        machines.agree(&["a", "c"]);
    }
}

#[test]
fn undoing_ones_own_side_of_a_conflict_leaves_the_other_whichever_shows() {
    for author in ["a", "b"] {
        let machines = Machines::new();
        let rows = two(&machines, &["b"]);
        machines.save("a", edit(&rows[0]).set("address", "avant"));
        meet(&machines, "a", "b");
        let written = ["a", "b"].map(|machine| {
            let saved = machines.save(machine, edit(&rows[0]).set("address", machine));
            saved.commit.unwrap()
        });
        meet(&machines, "a", "b");
        let (own, other) = if author == "a" {
            (&written[0], "b")
        } else {
            (&written[1], "a")
        };
        machines.at(author, |carnet| {
            assert!(carnet.undo(own).unwrap().commit.is_some());
            assert_eq!(carnet.conflicts(None).unwrap(), []);
            assert_eq!(carnet.get(&rows[0]).unwrap().text("address"), Some(other));
        });
    }
}

#[test]
fn undoing_a_choice_to_leave_two_apart_says_that_nothing_is_left_of_it() {
    let machines = Machines::new();
    let rows = two(&machines, &["b"]);
    unite(&machines, "a", &rows);
    machines.save("b", edit(&rows[1]).set("address", "mot"));
    meet(&machines, "a", "b");
    let told = conflict(&machines, "a");
    machines.at("a", |carnet| {
        let apart = carnet.resolve(&told.id, &Resolution::Write(None), "à part");
        let digest = carnet.digest().unwrap();
        let undone = carnet.undo(&apart.unwrap()).unwrap();
        assert_eq!(undone.commit, None);
        assert_eq!(carnet.digest().unwrap(), digest);
    });
}

#[test]
fn undoing_what_made_a_record_leaves_it_where_somebody_else_wrote_or_another_was_united_with_it() {
    // Written in by somebody else.
    let machines = Machines::new();
    machines.create("a");
    let made = machines.save("a", organisation("Parc"));
    let (parc, commit) = (made.rows[0].clone(), made.commit.unwrap());
    machines.copy("a", "b");
    machines.save("b", edit(&parc).set("address", "mot"));
    meet(&machines, "a", "b");
    machines.at("a", |carnet| {
        assert_eq!(carnet.undo(&commit).unwrap().commit, None);
        assert!(!carnet.get(&parc).unwrap().is_deleted);
    });
    // What it links to stays with it.
    let machines = Machines::new();
    machines.create("a");
    let parc = machines.save("a", organisation("Parc")).rows[0].clone();
    let both = machines.at("a", |carnet| {
        let person = Edit::of("person", RowName::New).set("last_name", "Béal");
        let position = Edit::of("affiliation", RowName::New)
            .set("person", "@0")
            .set("organisation", parc.id.to_string().as_str());
        let other = organisation("Sans lien");
        let edits = vec![person, position, other];
        let label = "test".to_owned();
        carnet.save(Edits { edits, label }).unwrap()
    });
    machines.copy("a", "b");
    machines.save("b", edit(&both.rows[1]).set("function", "Trésorière"));
    meet(&machines, "a", "b");
    machines.at("a", |carnet| {
        carnet.undo(&both.commit.unwrap()).unwrap();
        let gone = both
            .rows
            .iter()
            .map(|row| carnet.get(row).unwrap().is_deleted);
        assert_eq!(gone.collect::<Vec<_>>(), [false, false, true]);
    });
    // United with another: it stands for both.
    let machines = Machines::new();
    machines.create("a");
    machines.at("a", |carnet| {
        let made = ["Parc", "Le parc"].map(|name| save(carnet, organisation(name)));
        let mut rows = made
            .clone()
            .map(|saved| (saved.rows[0].clone(), saved.commit.unwrap()));
        rows.sort_by_key(|(row, _)| row.id);
        let [(kept, commit), (other, _)] = rows;
        carnet.unite(&kept, &other, "réunion").unwrap();
        carnet.undo(&commit).unwrap();
        assert!(!carnet.get(&kept).unwrap().is_deleted);
    });
    // One's own words go with one's own record: they are in the bin together.
    let machines = Machines::new();
    machines.create("a");
    machines.at("a", |carnet| {
        let made = save(carnet, organisation("Parc"));
        save(carnet, edit(&made.rows[0]).set("acronym", "P"));
        carnet.undo(&made.commit.unwrap()).unwrap();
        assert!(carnet.get(&made.rows[0]).unwrap().is_deleted);
    });
}

#[test]
fn a_record_united_with_two_stands_apart_again_once_both_unions_are_undone() {
    for undone_first in [0, 1] {
        let machines = Machines::new();
        let rows = three(&machines);
        machines.save("a", edit(&rows[2]).set("address", "mot"));
        machines.copy("a", "b");
        let unions = [("a", 0), ("b", 1)].map(|(machine, into)| {
            unite(&machines, machine, &[rows[into].clone(), rows[2].clone()])
        });
        meet(&machines, "a", "b");
        machines.at("a", |carnet| {
            carnet.undo(&unions[undone_first]).unwrap();
            carnet.undo(&unions[1 - undone_first]).unwrap();
            assert_eq!(carnet.standing(&rows[2]).unwrap(), rows[2]);
            assert_eq!(carnet.conflicts(None).unwrap(), []);
            for (row, address) in rows.iter().zip([None, None, Some("mot")]) {
                assert_eq!(carnet.get(row).unwrap().text("address"), address);
            }
        });
        meet(&machines, "a", "b");
        machines.agree(&["a", "b"]);
    }
}

#[test]
fn a_union_is_not_done_again_with_somebody_who_was_erased_nor_with_a_record_in_the_bin() {
    for is_erased in [true, false] {
        let machines = Machines::new();
        machines.create("a");
        machines.at("a", |carnet| {
            let person = |name: &str| {
                Edit::of("person", RowName::New)
                    .set("last_name", name)
                    .set("expectations", name)
            };
            let mut rows = ["Albe", "Béal"].map(|name| save(carnet, person(name)).rows[0].clone());
            rows.sort_by_key(|row| row.id);
            let united = carnet.unite(&rows[0], &rows[1], "réunion").unwrap();
            let parted = carnet.undo(&united.commit.unwrap()).unwrap();
            if is_erased {
                carnet.erase(&rows[1], "effacement").unwrap();
            } else {
                carnet.delete(&rows[0], "rangé").unwrap();
            }
            let digest = carnet.digest().unwrap();
            let again = carnet.undo(&parted.commit.unwrap());
            assert!(matches!(again, Err(StoreError::NotFound(_))), "{again:?}");
            assert_eq!(carnet.digest().unwrap(), digest);
            let there = &rows[usize::from(!is_erased)];
            assert!(carnet.get(there).unwrap().text("expectations").is_some());
            assert_eq!(carnet.standing(there).unwrap(), *there);
        });
    }
}

#[test]
fn undoing_a_restore_leaves_a_record_in_which_somebody_wrote_since() {
    let machines = Machines::new();
    machines.create("a");
    let parc = machines.save("a", organisation("Parc")).rows[0].clone();
    let back = machines.at("a", |carnet| {
        carnet.delete(&parc, "rangé").unwrap();
        carnet.restore(&parc, "repris").unwrap().commit.unwrap()
    });
    machines.copy("a", "b");
    machines.save("b", edit(&parc).set("address", "mot"));
    meet(&machines, "a", "b");
    machines.at("a", |carnet| {
        assert_eq!(carnet.undo(&back).unwrap().commit, None);
        assert!(!carnet.get(&parc).unwrap().is_deleted);
    });
}

#[test]
fn a_union_done_again_after_an_edit_parted_it_is_refused_whole() {
    let machines = Machines::new();
    let rows = two(&machines, &["b"]);
    machines.save("a", edit(&rows[1]).set("address", "mot"));
    let united = unite(&machines, "a", &rows);
    machines.save("b", edit(&rows[1]).set("acronym", "LÀ"));
    machines.merge("a", &["b"]);
    machines.at("a", |carnet| {
        let parted = carnet.undo(&united).unwrap().commit.unwrap();
        let digest = carnet.digest().unwrap();
        let again = carnet.undo(&parted);
        assert!(
            matches!(again, Err(StoreError::ChangedSinceParted(_))),
            "{again:?}"
        );
        assert_eq!(carnet.digest().unwrap(), digest);
        assert_eq!(carnet.get(&rows[0]).unwrap().text("address"), None);
    });
}

#[test]
fn a_union_done_again_is_undone_under_its_first_name_with_all_that_it_brought() {
    let machines = Machines::new();
    let rows = two(&machines, &[]);
    machines.save("a", edit(&rows[1]).set("address", "mot"));
    let united = unite(&machines, "a", &rows);
    machines.at("a", |carnet| {
        let parted = carnet.undo(&united).unwrap().commit.unwrap();
        carnet.undo(&parted).unwrap();
        assert_eq!(carnet.standing(&rows[1]).unwrap(), rows[0]);
        carnet.undo(&united).unwrap();
        assert_eq!(carnet.standing(&rows[1]).unwrap(), rows[1]);
        assert_eq!(carnet.get(&rows[0]).unwrap().text("address"), None);
        assert_eq!(carnet.undo(&united).unwrap().commit, None, "it is undone");
    });
}

#[test]
fn a_union_done_again_chooses_nothing_between_two() {
    // United with two, one of which is taken back: only the officer chooses again.
    let machines = Machines::new();
    let rows = three(&machines);
    machines.copy("a", "b");
    let [one, _] = [("a", 0), ("b", 1)]
        .map(|(machine, into)| unite(&machines, machine, &[rows[into].clone(), rows[2].clone()]));
    meet(&machines, "a", "b");
    machines.at("a", |carnet| {
        let undone = carnet.undo(&one).unwrap().commit.unwrap();
        let again = carnet.undo(&undone);
        assert!(
            matches!(again, Err(StoreError::UndoSettles { .. })),
            "{again:?}"
        );
        assert_eq!(carnet.standing(&rows[2]).unwrap(), rows[1]);
    });
}

#[test]
fn a_union_is_done_again_whole_or_not_at_all() {
    // What comes between the undoing and the doing again: in the kept record, in the other one, or with a third.
    type Between = dyn Fn(&mut Carnet, &[RecordRef; 3]);
    let between: [&Between; 4] = [
        &|carnet, rows| {
            let mut opened = edit(&rows[1]).set("acronym", "ICI");
            opened.levels.insert("address".into(), Some(Level::Public));
            save(carnet, opened);
        },
        &|carnet, rows| drop(save(carnet, edit(&rows[1]).set("address", "la sienne"))),
        &|carnet, rows| drop(carnet.unite(&rows[0], &rows[2], "avec un autre").unwrap()),
        &|carnet, rows| drop(carnet.delete(&rows[2], "rangé").unwrap()),
    ];
    for change in between {
        let machines = Machines::new();
        let rows = three(&machines);
        machines.at("a", |carnet| {
            let mut closed = edit(&rows[2]).set("address", "mot");
            closed.levels.insert("address".into(), Some(Level::Private));
            save(carnet, closed);
            let united = carnet.unite(&rows[1], &rows[2], "réunion").unwrap();
            let parted = carnet
                .undo(&united.commit.unwrap())
                .unwrap()
                .commit
                .unwrap();
            change(carnet, &rows);
            let digest = carnet.digest().unwrap();
            let again = carnet.undo(&parted);
            assert!(
                matches!(again, Err(StoreError::ChangedSinceParted(_))),
                "{again:?}"
            );
            assert_eq!(carnet.digest().unwrap(), digest);
        });
    }
}

#[test]
fn a_value_comes_back_as_close_as_it_was_whoever_opened_its_field_since() {
    let machines = Machines::new();
    machines.create("a");
    machines.at("a", |carnet| {
        let parc = save(carnet, organisation("Parc")).rows[0].clone();
        let leveled = |level| {
            let mut edit = edit(&parc);
            edit.levels.insert("address".into(), Some(level));
            edit
        };
        save(carnet, leveled(Level::Private).set("address", "secret"));
        let replaced = save(carnet, edit(&parc).set("address", "mairie"));
        save(carnet, leveled(Level::Public));
        carnet.undo(&replaced.commit.unwrap()).unwrap();
        let record = carnet.get(&parc).unwrap();
        assert_eq!(record.text("address"), Some("secret"));
        assert_eq!(record.field_levels.get("address"), Some(&Level::Private));
        assert_eq!(carnet.check().unwrap().damages, []);
    });
}

#[test]
fn undoing_a_restore_leaves_a_record_that_stands_for_another() {
    let machines = Machines::new();
    let rows = two(&machines, &[]);
    machines.at("a", |carnet| {
        carnet.delete(&rows[0], "rangé").unwrap();
        let back = carnet.restore(&rows[0], "repris").unwrap().commit.unwrap();
        carnet.unite(&rows[0], &rows[1], "réunion").unwrap();
        assert_eq!(carnet.undo(&back).unwrap().commit, None);
        assert!(!carnet.get(&rows[0]).unwrap().is_deleted);
    });
}

#[test]
fn what_made_a_record_is_undone_again_after_somebody_else_did_it_again() {
    let machines = Machines::new();
    machines.create("a");
    let made = machines.save("a", organisation("Parc"));
    let (parc, commit) = (made.rows[0].clone(), made.commit.unwrap());
    machines.copy("a", "b");
    machines.at("b", |carnet| {
        let undone = carnet.undo(&commit).unwrap().commit.unwrap();
        carnet.undo(&undone).unwrap();
    });
    meet(&machines, "a", "b");
    machines.at("a", |carnet| {
        carnet.undo(&commit).unwrap();
        assert!(carnet.get(&parc).unwrap().is_deleted);
    });
}

#[test]
fn what_is_undone_twice_is_undone_once() {
    let machines = Machines::new();
    machines.create("a");
    machines.at("a", |carnet| {
        let made = save(carnet, organisation("Parc")).commit.unwrap();
        assert!(carnet.undo(&made).unwrap().commit.is_some());
        let digest = carnet.digest().unwrap();
        assert_eq!(carnet.undo(&made).unwrap().commit, None);
        assert_eq!(carnet.digest().unwrap(), digest);
    });
}

#[test]
fn an_edit_that_was_done_again_is_undone_under_its_first_name() {
    let machines = Machines::new();
    machines.create("a");
    machines.at("a", |carnet| {
        let parc = save(carnet, organisation("Parc")).rows[0].clone();
        let named = save(carnet, edit(&parc).set("acronym", "P"))
            .commit
            .unwrap();
        for _ in 0..2 {
            let undone = carnet.undo(&named).unwrap().commit.unwrap();
            assert_eq!(carnet.get(&parc).unwrap().text("acronym"), None);
            carnet.undo(&undone).unwrap();
            assert_eq!(carnet.get(&parc).unwrap().text("acronym"), Some("P"));
        }
    });
}

#[test]
fn undoing_what_opened_a_record_closes_that_record_and_nothing_else() {
    let machines = Machines::new();
    machines.create("a");
    machines.at("a", |carnet| {
        let leveled = |parc: &RecordRef, level| {
            let mut edit = edit(parc);
            edit.levels.insert("*".into(), Some(level));
            edit
        };
        let parc = save(carnet, organisation("Parc")).rows[0].clone();
        save(
            carnet,
            leveled(&parc, Level::Private).set("address", "avant"),
        );
        let opened = save(
            carnet,
            leveled(&parc, Level::Public).set("address", "après"),
        );
        carnet.undo(&opened.commit.unwrap()).unwrap();
        let record = carnet.get(&parc).unwrap();
        assert_eq!(record.text("address"), Some("avant"));
        assert_eq!(record.level, Some(Level::Private));
        assert!(record.field_levels.is_empty(), "{:?}", record.field_levels);
    });
}
