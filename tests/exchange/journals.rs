//! The journal of a program that was killed, and another copy of the carnet put in the place of the file it is for.

use std::fs;
use std::path::{Path, PathBuf};

use carnet_core::exchange::publish;
use carnet_core::model::RecordRef;
use carnet_core::store::{Carnet, Deletions};
use carnet_tests::{
    Machines, PASSPHRASE, edit, organisation, passphrase, quick_folder, save, whole,
};
use rusqlite::Connection;

use super::logs::{as_it_lies, lay, link_to};

fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push("-journal");
    PathBuf::from(name)
}

/// A carnet on `a` with one organisation; the journal of an edit of it that was cut short, and the file then.
pub(super) fn cut_short(
    machines: &Machines,
    passphrase: Option<&str>,
) -> (RecordRef, Vec<u8>, Vec<u8>) {
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

pub(super) fn scenes() -> [(Machines, Option<&'static str>); 2] {
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

/// What lies on a key is read and left as it is, whatever another program left beside it there.
#[test]
fn a_newer_copy_beside_the_journal_of_an_older_one_is_taken_over_whole_and_left_as_it_is() {
    for (machines, passphrase) in scenes() {
        let (record, journal, _) = cut_short(&machines, passphrase);
        machines.copy("a", "b");
        machines.save("b", edit(&record).set("name", "Parc des Monts"));
        machines.save("b", organisation("Écrite sur la clé"));
        let key = machines.folder().join("clé");
        let file = lay(
            &key,
            &[
                ("", &fs::read(machines.path("b")).unwrap()),
                ("-journal", &journal),
            ],
        );
        let before = as_it_lies(&key);
        for named in [
            file.clone(),
            link_to(&file, &machines.folder().join("liens")),
        ] {
            machines.copy("a", "c");
            machines.at("c", |carnet| {
                let done = carnet.merge(&[named], "clé", Deletions::Ask).unwrap();
                assert_eq!(done.commits, 2);
            });
            machines.agree(&["b", "c"]);
            assert!(as_it_lies(&key) == before);
        }
    }
}

#[test]
fn an_edit_cut_short_on_a_key_is_taken_back_in_the_reading_through_a_link_too() {
    for (machines, passphrase) in scenes() {
        let (record, journal, file) = cut_short(&machines, passphrase);
        machines.copy("a", "b");
        machines.save("b", edit(&record).set("acronym", "P"));
        let key = machines.folder().join("clé");
        let there = lay(&key, &[("", &file), ("-journal", &journal)]);
        let before = as_it_lies(&key);
        let link = link_to(&there, &machines.folder().join("liens"));
        machines.at("b", |carnet| {
            for named in [there, link] {
                assert!(!carnet.has_news(&named).unwrap());
                let done = carnet.merge(&[named], "clé", Deletions::Ask).unwrap();
                assert_eq!(done.commits, 0);
            }
        });
        assert_eq!(machines.text("b", &record, "name"), "Parc");
        assert!(as_it_lies(&key) == before);
    }
}

/// The file that is looked at before it is replaced is never made older than it is.
#[test]
fn a_published_file_beside_the_journal_of_an_older_one_is_taken_over_and_published_over() {
    for (machines, key) in scenes() {
        let (record, journal, _) = cut_short(&machines, key);
        let home = quick_folder();
        let writer = machines.writer("d", home.path().join("registre"));
        let key = key.map(|_| passphrase());
        let (published, working) = (
            home.path().join("massif.carnet"),
            home.path().join("travail"),
        );
        fs::copy(machines.path("a"), &published).unwrap();
        let opened = publish::open(&published, key.as_ref(), writer.clone(), &working).unwrap();
        let mut carnet = opened.carnet;
        save(&mut carnet, edit(&record).set("acronym", "P"));
        machines.copy("a", "b");
        machines.save("b", edit(&record).set("name", "Écrit là-bas"));
        fs::copy(machines.path("b"), &published).unwrap();
        fs::write(beside(&published), &journal).unwrap();
        let done = publish::publish(&mut carnet, &published).unwrap();
        assert!(done.is_written);
        assert_eq!(
            carnet.get(&record).unwrap().text("name"),
            Some("Écrit là-bas")
        );
        let there = Carnet::open(&published, key.as_ref(), writer).unwrap();
        assert_eq!(whole(&there), whole(&carnet));
    }
}
