//! What other programs test their own synchronisation with, told again on our data.
//!
//! KeePassXC `TestMerge`, Joplin `Synchronizer`, Zotero `syncEngineTest`, Actual `sync` and `migrations`, cr-sqlite
//! `correctness`: the scenes are theirs, the promises ours.

use std::fs;

use carnet_core::exchange::folder;
use carnet_core::model::RecordRef;
use carnet_core::store::{Deletions, Edit, MergeError, RowName};
use carnet_tests::{Machines, edit, organisation, tree, whole};
use rusqlite::Connection;

pub(super) fn pair() -> (Machines, RecordRef) {
    let machines = Machines::new();
    machines.create("a");
    let parc = machines.save("a", organisation("Parc")).rows[0].clone();
    machines.copy("a", "b");
    (machines, parc)
}

/// A new project of an organisation.
fn project_of(organisation: &RecordRef) -> Edit {
    Edit::of("project", RowName::New)
        .set("title", "Laine")
        .set("organisation", organisation.id.to_string().as_str())
        .set("maturity", "lead")
        .set("phase", "emergence")
        .set("status", "active")
}

/// KeePassXC `testResolveConflictNewer` and `…Older`: one side has gone on, the other has not.
#[test]
fn the_side_that_went_on_wins_whether_it_merges_or_is_merged_and_whatever_its_clock() {
    for clock in ["1970-01-01T00:00:00Z", "2099-12-31T23:59:59Z"] {
        for (ahead, behind) in [("a", "b"), ("b", "a")] {
            let (machines, parc) = pair();
            machines.clock(ahead, clock);
            machines.save(ahead, edit(&parc).set("name", "Plus loin"));
            machines.merge(ahead, &[behind]);
            assert_eq!(machines.text(ahead, &parc, "name"), "Plus loin");
            machines.merge(behind, &[ahead]);
            assert_eq!(machines.text(behind, &parc, "name"), "Plus loin");
            machines.agree(&["a", "b"]);
        }
    }
}

/// KeePassXC `testMergeIntoNew`, Joplin "should create remote items": the target has nothing yet.
#[test]
fn an_empty_target_receives_everything() {
    let machines = Machines::new();
    machines.create("a");
    machines.copy("a", "b");
    let parc = machines.save("a", organisation("Parc")).rows[0].clone();
    machines.save("a", edit(&parc).set("name", "Parc encore"));
    machines.merge("b", &["a"]);
    machines.agree(&["a", "b"]);
}

/// KeePassXC `testMergeNoChanges`; Actual, cr-sqlite: applying the same again.
#[test]
fn merging_the_same_file_again_changes_not_one_byte() {
    let (machines, parc) = pair();
    machines.save("b", edit(&parc).set("name", "B"));
    assert_eq!(machines.merge("a", &["b"]).commits, 1);
    let before = fs::read(machines.path("a")).unwrap();
    for files in [&["b"][..], &["b", "b"]] {
        let again = machines.merge("a", files);
        assert_eq!((again.commits, again.changes, again.batch), (0, 0, None));
        assert!(fs::read(machines.path("a")).unwrap() == before);
    }
}

/// KeePassXC `testMoveEntry` with `testUpdateEntry`: moved to another group here, edited there.
#[test]
fn a_record_moved_here_and_edited_there_is_moved_and_edited() {
    let (machines, parc) = pair();
    let other = machines.save("a", organisation("Pays")).rows[0].clone();
    let project = machines.save("a", project_of(&parc)).rows[0].clone();
    machines.merge("b", &["a"]);
    machines.save(
        "a",
        edit(&project).set("organisation", other.id.to_string().as_str()),
    );
    machines.save("b", edit(&project).set("title", "Laine et feutre"));
    machines.merge("a", &["b"]);
    machines.merge("b", &["a"]);
    machines.agree(&["a", "b"]);
    assert_eq!(machines.text("b", &project, "title"), "Laine et feutre");
    assert_eq!(
        machines.text("b", &project, "organisation"),
        other.id.to_string()
    );
}

/// KeePassXC `testDeletedEntry`, `testDeletedRevertedEntry`; Joplin "should handle conflict when remote item deleted".
#[test]
fn a_group_is_deleted_here_while_a_record_is_put_in_it_there() {
    let (machines, parc) = pair();
    machines.at("a", |carnet| carnet.delete(&parc, "ménage").unwrap());
    let project = machines.save("b", project_of(&parc)).rows[0].clone();
    machines.merge("a", &["b"]);
    machines.merge("b", &["a"]);
    machines.agree(&["a", "b"]);
    // The record is there, and what it belongs to can be brought back with its words.
    machines.at("a", |carnet| {
        assert!(!carnet.get(&project).unwrap().is_deleted);
        carnet.restore(&parc, "si").unwrap();
        assert_eq!(carnet.get(&parc).unwrap().text("name"), Some("Parc"));
    });
}

/// KeePassXC `testDeletionConflictEntry_Duplicate`, `testDeletionConflictGroup_Duplicate`; cr-sqlite "delete against
/// update": deleted here, moved and edited there, whoever's clock is ahead and whoever merges first.
#[test]
fn a_record_deleted_here_while_it_is_moved_and_edited_there_comes_back_where_it_was_put() {
    for clocks in [
        ["1970-01-01T00:00:00Z", "2099-12-31T23:59:59Z"],
        ["2099-12-31T23:59:59Z", "1970-01-01T00:00:00Z"],
    ] {
        for order in [["a", "b"], ["b", "a"]] {
            let (machines, parc) = pair();
            let other = machines.save("a", organisation("Pays")).rows[0].clone();
            let project = machines.save("a", project_of(&parc)).rows[0].clone();
            machines.merge("b", &["a"]);
            for (machine, clock) in ["a", "b"].into_iter().zip(clocks) {
                machines.clock(machine, clock);
            }
            machines.at("a", |carnet| carnet.delete(&project, "ménage").unwrap());
            let moved = edit(&project).set("organisation", other.id.to_string().as_str());
            machines.save("b", moved.set("title", "Laine et feutre"));
            machines.merge(order[0], &[order[1]]);
            machines.merge(order[1], &[order[0]]);
            machines.agree(&["a", "b"]);
            machines.at("a", |carnet| {
                let record = carnet.get(&project).unwrap();
                assert!(!record.is_deleted);
                assert_eq!(record.text("title"), Some("Laine et feutre"));
                assert_eq!(
                    record.text("organisation"),
                    Some(other.id.to_string().as_str())
                );
            });
        }
    }
}

/// Joplin "should delete a note that was restored remotely", Zotero "should restore locally deleted object": deleted
/// and met, then restored on one side while the other has gone on.
#[test]
fn a_record_deleted_everywhere_then_restored_here_is_restored_there_with_its_words() {
    for restorer in ["a", "b"] {
        let (machines, parc) = pair();
        machines.save("b", edit(&parc).set("acronym", "Gardé"));
        machines.at("b", |carnet| carnet.delete(&parc, "ménage").unwrap());
        machines.merge("a", &["b"]);
        machines.at("a", |carnet| assert!(carnet.get(&parc).unwrap().is_deleted));
        machines.at(restorer, |carnet| carnet.restore(&parc, "si").unwrap());
        machines.save(restorer, edit(&parc).set("name", "Parc, de retour"));
        for (one, other) in [("a", "b"), ("b", "a")] {
            machines.merge(one, &[other]);
        }
        machines.agree(&["a", "b"]);
        machines.at("a", |carnet| {
            let record = carnet.get(&parc).unwrap();
            assert!(!record.is_deleted);
            assert_eq!(record.text("acronym"), Some("Gardé"));
            assert_eq!(record.text("name"), Some("Parc, de retour"));
            assert_eq!(carnet.conflict_count().unwrap(), 0);
        });
    }
}

/// KeePassXC `testMergeModified` by history; Joplin "should not lose a note that both deleted and recreated".
#[test]
fn a_record_deleted_here_and_there_is_deleted_once() {
    let (machines, parc) = pair();
    machines.at("a", |carnet| carnet.delete(&parc, "ménage").unwrap());
    machines.at("b", |carnet| carnet.delete(&parc, "ménage").unwrap());
    let merged = machines.merge("a", &["b"]);
    assert_eq!((merged.deleted, merged.conflicts_opened), (0, 0));
    machines.merge("b", &["a"]);
    machines.agree(&["a", "b"]);
}

/// KeePassXC `testMergeDeletionConflict…`; Zotero "should show the conflict window for deleted items": the deletion was
/// undone by who made it, before anybody saw it.
#[test]
fn a_deletion_taken_back_before_anybody_saw_it_disturbs_nobody() {
    let (machines, parc) = pair();
    machines.at("a", |carnet| {
        let deleted = carnet.delete(&parc, "ménage").unwrap().commit.unwrap();
        carnet.undo(&deleted).unwrap();
    });
    machines.save("b", edit(&parc).set("name", "B"));
    let merged = machines.merge("b", &["a"]);
    assert_eq!(
        (merged.deleted, merged.revived, merged.conflicts_opened),
        (0, 0, 0)
    );
    machines.merge("a", &["b"]);
    machines.agree(&["a", "b"]);
}

/// Joplin "should resolve conflicts in any order", Zotero "both changed to the same value".
#[test]
fn an_old_value_written_again_after_a_conflict_is_a_choice_like_another() {
    let (machines, parc) = pair();
    machines.save("a", edit(&parc).set("name", "Un"));
    machines.save("b", edit(&parc).set("name", "Deux"));
    machines.merge("a", &["b"]);
    let shown = machines.text("a", &parc, "name");
    let other = if shown == "Un" { "Deux" } else { "Un" };
    machines.save("a", edit(&parc).set("name", other));
    machines.merge("b", &["a"]);
    machines.agree(&["a", "b"]);
    assert_eq!(machines.text("b", &parc, "name"), other);
    machines.at("b", |carnet| {
        assert_eq!(carnet.conflict_count().unwrap(), 0)
    });
}

/// A copy beside the journal of an edit that was cut short.
#[test]
fn the_journal_of_an_edit_cut_short_is_settled_in_the_reading_and_left_where_it_is() {
    let (machines, parc) = pair();
    machines.save("b", edit(&parc).set("name", "B"));
    let whole_one = fs::read(machines.path("b")).unwrap();
    // An edit of another program, stopped after its pages reached the disk and before its journal was removed.
    let other = Connection::open(machines.path("b")).unwrap();
    other
        .execute_batch("PRAGMA cache_size = 1; PRAGMA cache_spill = 1; BEGIN; UPDATE change SET value = '\"Jamais\"'; UPDATE \"commit\" SET label = 'jamais' || hex(randomblob(500))")
        .unwrap();
    let journal = machines.path("b").with_extension("carnet-journal");
    let (cut, beside) = (
        fs::read(machines.path("b")).unwrap(),
        fs::read(&journal).unwrap(),
    );
    other.execute_batch("ROLLBACK").unwrap();
    drop(other);
    assert!(
        cut != whole_one,
        "the scene is an edit that had reached the file"
    );
    assert!(beside.len() > 512, "the scene has a journal");
    fs::write(machines.path("b"), &cut).unwrap();
    fs::write(&journal, &beside).unwrap();
    assert_eq!(machines.merge("a", &["b"]).commits, 1);
    assert_eq!(machines.text("a", &parc, "name"), "B");
    assert!(fs::read(machines.path("b")).unwrap() == cut);
    assert!(fs::read(&journal).unwrap() == beside);
}

/// A journal that belongs to another file must not be rolled into this one unseen.
#[test]
fn the_journal_of_another_file_beside_a_copy_gives_the_copy_or_a_refusal() {
    let (machines, parc) = pair();
    machines.save("b", edit(&parc).set("name", "B"));
    let journal = machines.path("b").with_extension("carnet-journal");
    fs::write(&journal, b"ceci n'est pas un journal").unwrap();
    assert_eq!(machines.merge("a", &["b"]).commits, 1);
    assert_eq!(machines.text("a", &parc, "name"), "B");
}

/// Actual "unknown column", cr-sqlite schema drift: a later version wrote an entity and a field that this one lacks.
#[test]
fn what_this_version_does_not_know_is_carried_through_and_comes_out_the_other_side() {
    let (machines, parc) = pair();
    machines.save("b", edit(&parc).set("acronym", "connu"));
    machines.copy("a", "c");
    let unknown = [
        ("organisation", "humeur", "radieuse"),
        ("constellation", "nom", "Lyre"),
    ];
    carnet_tests::write_as_later_version(&machines.path("b"), &parc, &unknown);
    assert_eq!(machines.merge("a", &["b"]).commits, 2);
    // Through somebody who edits the same record without knowing the field.
    machines.save("a", edit(&parc).set("acronym", "connu d’ici"));
    machines.merge("c", &["a"]);
    machines.agree(&["a", "c"]);
    let log = machines.at("c", |carnet| whole(carnet));
    assert!(
        log.iter()
            .any(|line| line.contains("\"humeur\"") && line.contains("radieuse"))
    );
    assert!(
        log.iter()
            .any(|line| line.contains("\"constellation\"") && line.contains("Lyre"))
    );
}

/// Actual `migrations`: what this version does not know stays when what is derived from the log is built anew.
#[test]
fn what_this_version_does_not_know_outlives_a_rebuilding() {
    let (machines, parc) = pair();
    machines.save("b", edit(&parc).set("acronym", "connu"));
    let unknown = [("organisation", "humeur", "radieuse")];
    carnet_tests::write_as_later_version(&machines.path("b"), &parc, &unknown);
    let conn = Connection::open(machines.path("b")).unwrap();
    conn.execute_batch("DROP TABLE organisation").unwrap();
    drop(conn);
    let log = machines.at("b", |carnet| whole(carnet));
    assert!(log.iter().any(|line| line.contains("radieuse")));
    assert_eq!(machines.text("b", &parc, "acronym"), "connu");
    machines.merge("a", &["b"]);
    machines.agree(&["a", "b"]);
}

/// Actual "should apply messages once", cr-sqlite "replay": every file of an exchange folder since the first one comes
/// again, the newest first, after its writer has put bigger ones in their place.
#[test]
fn a_folder_that_comes_again_from_its_first_file_on_changes_nothing() {
    let (machines, parc) = pair();
    machines.copy("a", "c");
    let folder = machines.folder().join("échange");
    let kept = machines.folder().join("gardé");
    fs::create_dir(&folder).unwrap();
    let pass = |machine: &str| {
        machines.at(machine, |carnet| {
            folder::exchange(carnet, &folder, Deletions::Ask).unwrap()
        })
    };
    let keep = || {
        for file in tree(&folder) {
            let copy = kept.join(file.strip_prefix(&folder).unwrap());
            fs::create_dir_all(copy.parent().unwrap()).unwrap();
            fs::copy(&file, &copy).unwrap();
        }
    };
    for turn in 0..36 {
        machines.save(
            "a",
            edit(&parc).set("name", format!("tour {turn}").as_str()),
        );
        pass("a");
        keep();
    }
    pass("b");
    machines.agree(&["a", "b"]);
    let (now, all) = (tree(&folder), tree(&kept));
    assert!(
        now.len() < all.len(),
        "the scene has files that were replaced"
    );
    let before = fs::read(machines.path("b")).unwrap();
    for file in all.iter().rev() {
        fs::copy(file, folder.join(file.strip_prefix(&kept).unwrap())).unwrap();
        let again = pass("b");
        assert_eq!((again.merged.commits, again.unread.len()), (0, 0));
    }
    assert!(fs::read(machines.path("b")).unwrap() == before);
    // The same files, one by one, for somebody who has nothing yet.
    let files: Vec<_> = all.iter().rev().cloned().collect();
    let merged = machines.at("c", |carnet| carnet.merge(&files, "gardé", Deletions::Ask));
    assert_eq!(merged.unwrap().commits, 36);
    machines.agree(&["a", "b", "c"]);
}

/// Joplin "should not fail on an empty remote", Syncthing folder markers: an emptied folder changes nothing.
#[test]
fn an_emptied_exchange_folder_changes_nothing_and_is_filled_again() {
    let (machines, parc) = pair();
    machines.save("a", edit(&parc).set("name", "A"));
    let folder = machines.folder().join("échange");
    fs::create_dir(&folder).unwrap();
    let pass = |machine: &str| {
        machines.at(machine, |carnet| {
            folder::exchange(carnet, &folder, Deletions::Ask).unwrap()
        })
    };
    pass("a");
    pass("b");
    machines.agree(&["a", "b"]);
    let before = machines.digest("b");
    fs::remove_dir_all(&folder).unwrap();
    machines.at("b", |carnet| {
        assert!(folder::exchange(carnet, &folder, Deletions::Ask).is_err());
    });
    fs::create_dir(&folder).unwrap();
    pass("b");
    assert_eq!(machines.digest("b"), before);
    // A third who comes later finds everything there.
    machines.copy("b", "c");
    machines.create("d");
    pass("c");
    machines.agree(&["b", "c"]);
}

/// KeePassXC `testMergeAndSync` of two bases that share nothing.
#[test]
fn two_carnets_that_share_nothing_do_not_mix_in_one_exchange_folder() {
    let machines = Machines::new();
    machines.create("a");
    machines.create("b");
    machines.save("a", organisation("De a"));
    machines.save("b", organisation("De b"));
    let folder = machines.folder().join("échange");
    fs::create_dir(&folder).unwrap();
    for machine in ["a", "b", "a", "b"] {
        machines.at(machine, |carnet| {
            let done = folder::exchange(carnet, &folder, Deletions::Ask).unwrap();
            assert_eq!(done.merged.commits, 0);
            assert!(done.unread.is_empty());
        });
    }
    let refused = machines.try_merge("a", &["b"]);
    assert!(
        matches!(refused, Err(MergeError::OtherFamily(_))),
        "{refused:?}"
    );
}
