//! Deletions that the officer declines: all else is taken over, and the records stay, here and everywhere.

use carnet_core::model::RecordRef;
use carnet_core::store::{Deletions, Edit, Edits, ListRequest, LogLine, RowName};
use carnet_tests::{Machines, edit, organisation};

fn save_all(machines: &Machines, machine: &str, edits: Vec<Edit>) -> Vec<RecordRef> {
    let edits = Edits {
        edits,
        label: "test".into(),
    };
    machines.at(machine, |carnet| carnet.save(edits).unwrap().rows)
}

fn deletion(row: &RecordRef) -> Edit {
    Edit {
        is_deleted: Some(true),
        ..Edit::of(&row.entity, RowName::Existing(row.id))
    }
}

fn labels(machines: &Machines, machine: &str) -> Vec<String> {
    let mut labels = Vec::new();
    machines
        .at(machine, |carnet| {
            carnet.log(|line| {
                if let LogLine::Commit { label, .. } = line {
                    labels.push(label);
                }
                Ok(())
            })
        })
        .unwrap();
    labels
}

fn count(machines: &Machines, machine: &str) -> usize {
    machines.at(machine, |carnet| {
        let all = carnet.list(&ListRequest::of("organisation", 1000)).unwrap();
        all.records.len()
    })
}

#[test]
fn declined_deletions_bring_all_else_and_the_records_come_back_everywhere() {
    let machines = Machines::new();
    machines.create("a");
    let many = (0..40).map(|n| organisation(&format!("Parc {n}")));
    let rows = save_all(&machines, "a", many.collect());
    machines.copy("a", "b");
    machines.copy("a", "c");
    save_all(&machines, "b", rows[..30].iter().map(deletion).collect());
    machines.save("b", organisation("Nouvelle"));
    machines.save("b", edit(&rows[39]).set("acronym", "PNR"));

    let file = machines.path("b");
    let merged = machines.at("a", |carnet| {
        let files = [file];
        let before = carnet.digest().unwrap();
        let (asked, told) = carnet.preview_merge(&files, Deletions::Ask).unwrap();
        assert_eq!((asked.deleted, told.len()), (30, 32));
        let (declined, told) = carnet.preview_merge(&files, Deletions::Decline).unwrap();
        assert_eq!((declined.deleted, told.len()), (0, 2));
        assert_eq!(carnet.digest().unwrap(), before);
        carnet.merge(&files, "b", Deletions::Decline).unwrap()
    });
    assert_eq!(merged.deleted, 0);
    assert_eq!(count(&machines, "a"), 41, "all of them and the new one");
    assert_eq!(machines.text("a", &rows[39], "acronym"), "PNR");
    assert!(labels(&machines, "a").contains(&"Suppressions refusées".to_owned()));

    assert_eq!(machines.merge("b", &["a"]).deleted, 0);
    assert_eq!(machines.merge("c", &["b"]).deleted, 0);
    assert_eq!(count(&machines, "b"), 41);
    machines.agree(&["a", "b", "c"]);
    // Nothing is asked again.
    assert_eq!(machines.merge("a", &["b", "c"]).commits, 0);
}

#[test]
fn nothing_is_written_where_there_is_nothing_to_decline() {
    let machines = Machines::new();
    machines.create("a");
    machines.copy("a", "b");
    machines.save("b", organisation("Nouvelle"));
    let file = machines.path("b");
    machines.at("a", |carnet| {
        carnet.merge(&[file], "b", Deletions::Decline).unwrap()
    });
    assert_eq!(machines.digest("a"), machines.digest("b"));
}

#[test]
fn somebody_who_was_deleted_and_erased_elsewhere_stays_so_and_is_counted_whatever_is_declined() {
    let machines = Machines::new();
    machines.create("a");
    let person = Edit::of("person", RowName::New).set("last_name", "Béal");
    let person = save_all(&machines, "a", vec![person]).remove(0);
    let parc = save_all(&machines, "a", vec![organisation("Parc")]).remove(0);
    machines.copy("a", "b");
    save_all(&machines, "b", vec![deletion(&parc), deletion(&person)]);
    machines.at("b", |carnet| {
        carnet.erase(&person, "test").map(drop).unwrap()
    });
    let files = [machines.path("b")];
    machines.at("a", |carnet| {
        let foreseen = carnet.preview_merge(&files, Deletions::Decline).unwrap().0;
        let merged = carnet.merge(&files, "b", Deletions::Decline).unwrap();
        assert_eq!((foreseen.deleted, merged.deleted), (1, 1));
        assert!(carnet.get(&person).unwrap().is_deleted);
        assert!(!carnet.get(&parc).unwrap().is_deleted);
        assert_eq!(
            carnet.title_of(&person).unwrap().unwrap().title,
            "Personne effacée"
        );
    });
}
