//! Carnets and exchange folders of each released format, frozen: every later version opens and merges them.

use std::fs;
use std::path::{Path, PathBuf};

use carnet_core::exchange::folder;
use carnet_core::model::{RecordRef, Value};
use carnet_core::store::{Carnet, Deletions, ListRequest};
use carnet_tests::{Machines, PASSPHRASE, edit, organisation, passphrase, quick_folder, tree};
use rusqlite::Connection;

const FORMATS: [&str; 1] = ["format-1"];

fn frozen(format: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures")
        .join(format)
}

fn thaw(format: &str, to: &Path) {
    let from = frozen(format);
    for file in tree(&from) {
        let copy = to.join(file.strip_prefix(&from).unwrap());
        fs::create_dir_all(copy.parent().unwrap()).unwrap();
        fs::copy(&file, &copy).unwrap();
    }
}

fn names(carnet: &Carnet) -> Vec<String> {
    let page = carnet.list(&ListRequest::of("organisation", 50)).unwrap();
    let records = page.records.iter();
    let mut names: Vec<String> = records
        .filter_map(|one| one.text("name"))
        .map(str::to_owned)
        .collect();
    names.sort();
    names
}

#[test]
fn the_frozen_carnet_and_exchange_folder_of_every_format_open_and_merge() {
    for format in FORMATS {
        let home = quick_folder();
        thaw(format, home.path());
        let machines = Machines::new();
        let open = |name: &str| {
            let writer = machines.writer(name, home.path().join(format!("register-{name}")));
            Carnet::open(&home.path().join(name), Some(&passphrase()), writer).unwrap()
        };
        let mut carnet = open("carnet.carnet");
        assert_eq!(carnet.check().unwrap().damages, [], "{format}");
        assert_eq!(names(&carnet), ["Parc d’avant"], "{format}");
        let done =
            folder::exchange(&mut carnet, &home.path().join("exchange"), Deletions::Ask).unwrap();
        assert!(
            done.unread.is_empty() && done.missing.is_empty(),
            "{format}: {done:?}"
        );
        assert!(done.merged.commits >= 3, "{format}: {:?}", done.merged);
        assert_eq!(carnet.check().unwrap().damages, [], "{format}");
        assert_eq!(
            names(&carnet),
            ["Parc d’ailleurs", "Venue du dossier"],
            "{format}"
        );
        let conflict = carnet.conflicts(None).unwrap().remove(0);
        assert_eq!(conflict.field, "acronym", "{format}");
        let values: Vec<Option<Value>> = conflict
            .heads
            .iter()
            .map(|head| head.value.clone())
            .collect();
        assert!(
            values.contains(&Some("PA".into())) && values.contains(&Some("PB".into())),
            "{format}"
        );
        let mut other = open("copy.carnet");
        let merged = other
            .merge(&[home.path().join("carnet.carnet")], "test", Deletions::Ask)
            .unwrap();
        assert!(merged.commits > 0, "{format}");
        assert_eq!(
            other.digest().unwrap(),
            carnet.digest().unwrap(),
            "{format}"
        );
    }
}

/// Makes what the test above opens; run by hand once for each format, and never again for the same one.
#[test]
#[ignore = "makes the frozen files of the present format, by hand, once"]
fn freeze_the_present_format() {
    let to = frozen("format-1");
    assert!(!to.exists(), "{} is frozen", to.display());
    let machines = Machines::protected();
    machines.create("a");
    let parc: RecordRef = machines.save("a", organisation("Parc d’avant")).rows[0].clone();
    machines.copy("a", "b");
    fs::create_dir_all(to.join("exchange")).unwrap();
    machines.save(
        "b",
        edit(&parc)
            .set("name", "Parc d’ailleurs")
            .set("acronym", "PB"),
    );
    machines.save("b", organisation("Venue du dossier"));
    let gone = machines.save("b", organisation("Supprimée")).rows[0].clone();
    machines.at("b", |carnet| carnet.delete(&gone, "ménage").unwrap());
    fs::copy(machines.path("a"), to.join("copy.carnet")).unwrap();
    machines.save("a", edit(&parc).set("acronym", "PA"));
    fs::copy(machines.path("a"), to.join("carnet.carnet")).unwrap();
    machines.at("b", |carnet| {
        folder::exchange(carnet, &to.join("exchange"), Deletions::Ask).unwrap();
    });
    for name in ["carnet.carnet", "copy.carnet"] {
        leave_out_what_is_derived(&to.join(name));
    }
}

/// Every version builds these tables anew from the log; without them a carnet is a twentieth of its size. Any
/// SQLCipher opens it, by the passphrase alone.
fn leave_out_what_is_derived(path: &Path) {
    const KEPT: &str = "'carnet', 'device', 'name', 'commit', 'seen', 'link', 'change', 'batch', 'batch_commit', \
                        'batch_undone', 'former_key'";
    let conn = Connection::open(path).unwrap();
    conn.pragma_update(None, "key", PASSPHRASE).unwrap();
    conn.execute_batch("DROP TABLE search_term; DROP TABLE search")
        .unwrap();
    let derived: Vec<String> = conn
        .prepare(&format!(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT IN ({KEPT})"
        ))
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    for table in derived {
        conn.execute_batch(&format!("DROP TABLE \"{table}\""))
            .unwrap();
    }
    conn.execute_batch("VACUUM").unwrap();
}
