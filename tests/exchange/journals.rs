//! The journal of a program that was killed, and another copy of the carnet put in the place of the file it is for.

use std::fs;
use std::path::{Path, PathBuf};

use carnet_core::model::RecordRef;
use carnet_tests::{Machines, PASSPHRASE, edit, organisation};
use rusqlite::Connection;

fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push("-journal");
    PathBuf::from(name)
}

/// A carnet on `a` with one organisation; the journal of an edit of it that was cut short, and the file then.
fn cut_short(machines: &Machines, passphrase: Option<&str>) -> (RecordRef, Vec<u8>, Vec<u8>) {
    machines.create("a");
    let record = machines.save("a", organisation("Parc")).rows[0].clone();
    let path = machines.path("a");
    let whole = fs::read(&path).unwrap();
    let conn = Connection::open(&path).unwrap();
    if let Some(passphrase) = passphrase {
        conn.pragma_update(None, "key", passphrase).unwrap();
    }
    // More than the engine keeps in memory: it reaches the disk before the end.
    conn.execute_batch(
        "PRAGMA cache_size = 1; PRAGMA cache_spill = 1; BEGIN; UPDATE change SET value = '\"Jamais\"'; \
         UPDATE \"commit\" SET label = 'jamais' || hex(randomblob(500)); UPDATE organisation SET name = 'Jamais'",
    )
    .unwrap();
    let (journal, file) = (fs::read(beside(&path)).unwrap(), fs::read(&path).unwrap());
    conn.execute_batch("ROLLBACK").unwrap();
    assert!(journal.len() > 512, "the scene has a journal");
    assert!(
        file != whole,
        "the scene is an edit that had reached the file"
    );
    (record, journal, file)
}

fn scenes() -> [(Machines, Option<&'static str>); 2] {
    [
        (Machines::new(), None),
        (Machines::protected(), Some(PASSPHRASE)),
    ]
}

#[test]
fn a_copy_put_in_the_place_of_a_file_whose_edit_was_cut_short_keeps_all_its_words() {
    for (machines, passphrase) in scenes() {
        let (record, journal, _) = cut_short(&machines, passphrase);
        machines.copy("a", "b");
        machines.save("b", edit(&record).set("name", "Parc des Monts"));
        machines.save("b", organisation("Écrite sur la clé"));
        let digest = machines.digest("b");
        let path = machines.path("a");
        fs::copy(machines.path("b"), &path).unwrap();
        fs::write(beside(&path), &journal).unwrap();
        assert_eq!(machines.digest("a"), digest);
        let damages = machines.at("a", |carnet| carnet.check().unwrap().damages);
        assert_eq!(damages, []);
        assert!(!beside(&path).exists());
    }
}

#[test]
fn an_edit_cut_short_is_taken_back_as_ever_and_nothing_is_set_aside() {
    for (machines, passphrase) in scenes() {
        let (_, journal, file) = cut_short(&machines, passphrase);
        let digest = machines.digest("a");
        let path = machines.path("a");
        fs::write(&path, &file).unwrap();
        fs::write(beside(&path), &journal).unwrap();
        assert_eq!(machines.digest("a"), digest);
        let damages = machines.at("a", |carnet| carnet.check().unwrap().damages);
        assert_eq!(damages, []);
        let beside_it = fs::read_dir(path.parent().unwrap()).unwrap();
        let aside = beside_it.filter(|entry| {
            let name = entry.as_ref().unwrap().file_name();
            name.to_string_lossy().contains("aside")
        });
        assert_eq!(aside.count(), 0);
    }
}
