//! What came in together is foreseen, told, and taken back as one.

use carnet_core::exchange::folder;
use carnet_core::model::Value;
use carnet_core::store::{Carnet, Deletions, RecordFate, Resolution};
use carnet_tests::{Machines, edit, organisation, written};

use super::copies::{copied, meet};

#[test]
fn a_batch_is_undone_weeks_later_except_where_somebody_wrote_since() {
    let (machines, parc) = copied(&["b"]);
    let other = machines.save("b", organisation("Venue de b")).rows[0].clone();
    machines.save("b", edit(&parc).set("name", "Nom de b").set("acronym", "B"));
    machines.save("b", edit(&parc).set("name", "Nom de b, encore"));
    let batch = machines.merge("a", &["b"]).batch.unwrap();
    machines.save("a", edit(&parc).set("acronym", "écrit depuis"));
    machines.at("a", |carnet| {
        let changes = carnet.batch_changes(batch).unwrap();
        assert_eq!(changes.len(), 2);
        carnet.undo_batch(batch, None, "échange défait").unwrap();
        assert!(carnet.batches(1).unwrap()[0].is_undone);
    });
    assert_eq!(machines.text("a", &parc, "name"), "Parc");
    assert_eq!(machines.text("a", &parc, "acronym"), "écrit depuis");
    machines.at("a", |carnet| {
        assert!(carnet.get(&other).unwrap().is_deleted)
    });
    meet(&machines, "b", "a");
    assert_eq!(machines.text("b", &parc, "name"), "Parc");
    // Nothing that was typed is gone.
    let all = machines.at("b", |carnet| written(carnet));
    for word in [
        "Nom de b",
        "Nom de b, encore",
        "B",
        "Venue de b",
        "écrit depuis",
    ] {
        assert!(all.contains(&word.into()), "{word}");
    }
}

#[test]
fn a_batch_that_was_taken_back_and_is_there_again_is_told_as_there() {
    let (machines, parc) = copied(&["b"]);
    machines.save("b", edit(&parc).set("name", "Nom de b"));
    let batch = machines.merge("a", &["b"]).batch.unwrap();
    machines.at("a", |carnet| {
        let is_undone = |carnet: &Carnet| carnet.batches(1).unwrap()[0].is_undone;
        let taken_back = carnet.undo_batch(batch, None, "échange défait").unwrap();
        assert!(is_undone(carnet));
        let again = carnet.undo(&taken_back.commit.unwrap()).unwrap();
        assert!(!is_undone(carnet));
        assert_eq!(carnet.get(&parc).unwrap().text("name"), Some("Nom de b"));
        carnet.undo(&again.commit.unwrap()).unwrap();
        assert!(is_undone(carnet));
    });
}

#[test]
fn a_batch_that_is_there_again_is_taken_back_again_whole() {
    let (machines, parc) = copied(&["b"]);
    let other = machines.save("b", organisation("Venue de b")).rows[0].clone();
    machines.save("b", edit(&parc).set("name", "Nom de b"));
    let batch = machines.merge("a", &["b"]).batch.unwrap();
    machines.at("a", |carnet| {
        let taken_back = carnet.undo_batch(batch, None, "échange défait").unwrap();
        carnet.undo(&taken_back.commit.unwrap()).unwrap();
        assert!(!carnet.get(&other).unwrap().is_deleted);
        carnet.undo_batch(batch, None, "échange défait").unwrap();
        assert!(carnet.batches(1).unwrap()[0].is_undone);
        assert!(carnet.get(&other).unwrap().is_deleted);
        assert_eq!(carnet.get(&parc).unwrap().text("name"), Some("Parc"));
        assert_eq!(carnet.check().unwrap().damages, []);
    });
}

#[test]
fn a_batch_is_undone_for_one_record_only() {
    let (machines, parc) = copied(&["b"]);
    let other = machines.save("b", organisation("Venue de b")).rows[0].clone();
    machines.save("b", edit(&parc).set("name", "Nom de b"));
    let batch = machines.merge("a", &["b"]).batch.unwrap();
    machines.at("a", |carnet| {
        carnet.undo_batch(batch, Some(&parc), "défait").unwrap();
        assert!(!carnet.batches(1).unwrap()[0].is_undone);
        assert!(!carnet.get(&other).unwrap().is_deleted);
    });
    assert_eq!(machines.text("a", &parc, "name"), "Parc");
}

#[test]
fn undoing_a_batch_that_settled_a_conflict_keeps_every_value_in_the_history() {
    let (machines, parc) = copied(&["b", "c"]);
    machines.save("a", edit(&parc).set("name", "A"));
    machines.save("b", edit(&parc).set("name", "B"));
    machines.merge("c", &["a", "b"]);
    machines.at("c", |carnet| {
        let conflict = carnet.conflicts(None).unwrap().remove(0);
        let choice = Resolution::Write(Some("C".into()));
        carnet.resolve(&conflict.id, &choice, "choix").unwrap();
    });
    let batch = machines.merge("a", &["c"]).batch.unwrap();
    machines.at("a", |carnet| {
        carnet.undo_batch(batch, None, "défait").unwrap()
    });
    assert_eq!(machines.text("a", &parc, "name"), "A");
    for other in ["b", "c"] {
        machines.merge(other, &["a"]);
    }
    machines.merge("a", &["b", "c"]);
    machines.merge("b", &["a"]);
    machines.agree(&["a", "b"]);
    let all = machines.at("b", |carnet| written(carnet));
    for word in ["A", "B", "C"] {
        assert!(all.contains(&word.into()), "{word}");
    }
}

#[test]
fn a_preview_tells_what_the_merge_does_and_writes_nothing() {
    let (machines, parc) = copied(&["b"]);
    machines.save("b", edit(&parc).set("name", "B"));
    machines.save("a", edit(&parc).set("name", "A"));
    let before = machines.at("a", |carnet| carnet.digest().unwrap());
    let file = machines.path("b");
    let (foreseen, records) = machines.at("a", |carnet| {
        carnet.preview_merge(&[file], Deletions::Ask).unwrap()
    });
    assert_eq!(machines.digest("a"), before);
    assert!(records[0].fields[0].is_conflict);
    let merged = machines.merge("a", &["b"]);
    assert_eq!(
        (
            foreseen.commits,
            foreseen.changes,
            foreseen.conflicts_opened
        ),
        (merged.commits, merged.changes, merged.conflicts_opened)
    );
}

#[test]
fn a_preview_shows_what_the_copy_holds_in_a_conflict_whichever_value_will_show() {
    for (first, second) in [("a", "b"), ("b", "a")] {
        let machines = Machines::new();
        machines.create("a");
        let record = machines.save("a", organisation("Parc")).rows[0].clone();
        machines.copy("a", "b");
        for machine in [first, second] {
            machines.save(machine, edit(&record).set("name", machine));
        }
        let file = machines.path("b");
        let (_, records) = machines.at("a", |carnet| {
            carnet.preview_merge(&[file], Deletions::Ask).unwrap()
        });
        let field = &records[0].fields[0];
        assert!(field.is_conflict);
        assert_eq!(field.after, Some(Value::from("b")));
        assert_eq!(field.before, Some(Value::from("a")));
    }
}

#[test]
fn the_deletions_that_wait_are_told_with_who_put_them_in_the_bin_and_where() {
    let (machines, parc) = copied(&["b", "c"]);
    let kept = machines.save("a", organisation("Gardée")).rows[0].clone();
    machines.merge("b", &["a"]);
    machines.save("b", edit(&parc).set("name", "Nom de b"));
    machines.save("b", edit(&kept).set("name", "Nom de b"));
    machines.merge("c", &["b"]);
    machines.at("c", |carnet| carnet.delete(&parc, "ménage").unwrap());
    let made = machines.save("c", organisation("Faite et défaite")).rows[0].clone();
    machines.at("c", |carnet| carnet.delete(&made, "ménage").unwrap());
    let (before, file) = (machines.digest("a"), machines.path("c"));
    // Where the machine that is on keeps its carnet.
    let name = file.file_name().unwrap();
    let published = file.ancestors().nth(2).unwrap().join("on").join(name);
    let waiting = machines.at("a", |carnet| {
        let waiting = carnet
            .preview_deletions(std::slice::from_ref(&file))
            .unwrap();
        let copy = published.with_file_name("massif (1).carnet");
        std::fs::copy(&file, &copy).unwrap();
        let from_aside = folder::waiting_deletions(carnet, &published, None).unwrap();
        assert_eq!(
            from_aside, waiting,
            "a copy set aside waits as the file does"
        );
        waiting
    });
    assert_eq!(machines.digest("a"), before);
    let told: Vec<_> = waiting
        .iter()
        .map(|one| {
            (
                one.id.clone(),
                one.fate,
                one.authors.join(", "),
                one.devices.join(", "),
            )
        })
        .collect();
    let by_c = ("Ada@c".to_owned(), "c".to_owned());
    assert_eq!(
        told,
        [(parc.id.to_string(), RecordFate::Deleted, by_c.0, by_c.1)]
    );
}
