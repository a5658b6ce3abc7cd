//! Write-ahead logs that other tools left beside a carnet, and other programs' databases: an engine would mix the one
//! into it, and settle the other.

use std::fs;
use std::path::{Path, PathBuf};

use carnet_core::exchange::publish;
use carnet_core::fault::Fault;
use carnet_core::messages::Language;
use carnet_core::store::{Carnet, Deletions, MergeError, OpenError, Passphrase};
use carnet_tests::{
    Machines, PASSPHRASE, edit, organisation, passphrase, quick_folder, save, tree, whole,
};
use rusqlite::Connection;

use super::retold::pair;

/// Zotero: a database restored from an older backup, beside the write-ahead log of the newer one.
#[test]
fn a_stale_write_ahead_log_beside_a_copy_is_left_out() {
    let (machines, parc) = pair();
    machines.save("b", edit(&parc).set("name", "B"));
    let wal = machines.path("b").with_extension("carnet-wal");
    fs::write(&wal, [0x37_u8; 8192]).unwrap();
    let shm = machines.path("b").with_extension("carnet-shm");
    fs::write(&shm, vec![1_u8; 32768]).unwrap();
    let before = fs::read(machines.path("b")).unwrap();
    assert_eq!(machines.merge("a", &["b"]).commits, 1);
    assert_eq!(machines.text("a", &parc, "name"), "B");
    assert!(fs::read(machines.path("b")).unwrap() == before);
    assert!(
        wal.exists() && shm.exists(),
        "what lies beside is not ours to remove"
    );
}

/// Puts a file on a key, with what a program left beside it; gives its path.
pub(super) fn lay(folder: &Path, parts: &[(&str, &[u8])]) -> PathBuf {
    fs::create_dir_all(folder).unwrap();
    for (suffix, content) in parts {
        fs::write(folder.join(format!("massif.carnet{suffix}")), content).unwrap();
    }
    folder.join("massif.carnet")
}

/// A link to a file, in another folder and under another name.
pub(super) fn link_to(file: &Path, folder: &Path) -> PathBuf {
    fs::create_dir_all(folder).unwrap();
    let link = folder.join("raccourci.carnet");
    std::os::unix::fs::symlink(file, &link).unwrap();
    link
}

/// All that lies in a folder, to the byte.
pub(super) fn as_it_lies(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let files = tree(folder).into_iter();
    files
        .map(|file| (file.clone(), fs::read(file).unwrap()))
        .collect()
}

/// A carnet, opened by a tool that any officer may have.
fn tool(carnet: &Path) -> Connection {
    let is_protected = !fs::read(carnet).unwrap().starts_with(b"SQLite");
    let conn = Connection::open(carnet).unwrap();
    if is_protected {
        conn.pragma_update(None, "key", PASSPHRASE).unwrap();
    }
    conn
}

/// Puts a carnet back as it was, beside the whole write-ahead log of what a tool did in it since; gives the log.
fn put_back_beside_a_log(carnet: &Path) -> Vec<u8> {
    let older = fs::read(carnet).unwrap();
    let log = carnet.with_extension("carnet-wal");
    let newer = tool(carnet);
    newer
        .execute_batch(
            "PRAGMA journal_mode = WAL; UPDATE organisation SET name = 'Jamais', _title = 'Jamais'",
        )
        .unwrap();
    let beside = fs::read(&log).unwrap();
    assert!(beside.len() > 4096, "the log has pages in it");
    drop(newer);
    fs::write(carnet, older).unwrap();
    fs::write(log, &beside).unwrap();
    beside
}

/// The same opened to go on in it, where the log is a whole one, which an engine would read.
#[test]
fn an_older_carnet_put_back_beside_the_write_ahead_log_of_a_newer_one_is_what_it_was() {
    for machines in [Machines::new(), Machines::protected()] {
        machines.create("a");
        let parc = machines.save("a", organisation("Parc")).rows[0].clone();
        let (path, before) = (machines.path("a"), machines.digest("a"));
        let beside = put_back_beside_a_log(&path);
        machines.at("a", |carnet| {
            assert_eq!(carnet.get(&parc).unwrap().text("name"), Some("Parc"));
            assert_eq!(carnet.check().unwrap().damages, []);
        });
        assert_eq!(machines.digest("a"), before);
        machines.save("a", edit(&parc).set("name", "Ensuite"));
        machines.at("a", |carnet| whole(carnet));
        // What lies beside is not ours to remove.
        let files = tree(path.parent().unwrap());
        let is_kept = |file: &PathBuf| fs::read(file).unwrap() == beside;
        assert!(files.iter().any(is_kept), "{files:?}");
    }
}

/// The same beside a published file, in which others are kept from writing while it is looked at.
#[test]
fn a_write_ahead_log_left_beside_a_published_file_does_not_go_into_it() {
    let home = quick_folder();
    let writer = Machines::new().writer("a", home.path().join("registre"));
    let published = home.path().join("massif.carnet");
    let working = home.path().join("travail");
    let mut carnet = publish::create(&published, None, writer.clone(), &working).unwrap();
    let parc = save(&mut carnet, organisation("Parc")).rows[0].clone();
    publish::publish(&mut carnet, &published).unwrap();
    put_back_beside_a_log(&published);
    let before = fs::read(&published).unwrap();
    assert!(
        !publish::publish(&mut carnet, &published)
            .unwrap()
            .is_written
    );
    assert!(fs::read(&published).unwrap() == before);
    save(&mut carnet, edit(&parc).set("name", "Ensuite"));
    assert!(
        publish::publish(&mut carnet, &published)
            .unwrap()
            .is_written
    );
    let there = Carnet::open(&published, None, writer).unwrap();
    assert_eq!(whole(&there), whole(&carnet));
    assert_eq!(there.get(&parc).unwrap().text("name"), Some("Ensuite"));
}

/// The same under a passphrase that the carnet no longer has.
#[test]
fn a_write_ahead_log_left_beside_a_published_file_of_a_former_passphrase_stops_no_publication() {
    let home = quick_folder();
    let writer = Machines::new().writer("a", home.path().join("registre"));
    let published = home.path().join("massif.carnet");
    let (working, old) = (home.path().join("travail"), passphrase());
    let mut carnet = publish::create(&published, Some(&old), writer.clone(), &working).unwrap();
    let parc = save(&mut carnet, organisation("Parc")).rows[0].clone();
    publish::publish(&mut carnet, &published).unwrap();
    let new = Passphrase::new("une autre phrase").unwrap();
    carnet.rekey(&new).unwrap();
    put_back_beside_a_log(&published);
    save(&mut carnet, edit(&parc).set("name", "Ensuite"));
    let done = publish::publish(&mut carnet, &published).unwrap();
    assert!(done.is_written);
    let there = Carnet::open(&published, Some(&new), writer).unwrap();
    assert_eq!(whole(&there), whole(&carnet));
    assert_eq!(there.get(&parc).unwrap().text("name"), Some("Ensuite"));
}

/// The same beside a copy that takes the place of the carnet while that is open.
#[test]
fn a_write_ahead_log_left_beside_a_file_that_took_the_place_of_an_open_carnet_does_not_go_into_it()
{
    for key in [None, Some(passphrase())] {
        let home = quick_folder();
        let writer = Machines::new().writer("a", home.path().join("registre"));
        let (path, other) = (
            home.path().join("a.carnet"),
            home.path().join("autre.carnet"),
        );
        let mut carnet = Carnet::create(&path, key.as_ref(), writer).unwrap();
        let parc = save(&mut carnet, organisation("Parc")).rows[0].clone();
        carnet.copy_to(&other).unwrap();
        put_back_beside_a_log(&other);
        let log = |file: &Path| file.with_extension("carnet-wal");
        fs::rename(log(&other), log(&path)).unwrap();
        fs::rename(&other, &path).unwrap();
        save(&mut carnet, edit(&parc).set("acronym", "P"));
        let record = carnet.get(&parc).unwrap();
        assert_eq!(
            (record.text("name"), record.text("acronym")),
            (Some("Parc"), Some("P"))
        );
        assert_eq!(carnet.check().unwrap().damages, []);
    }
}

/// Another program's database, picked by mistake, that this program has not finished with.
#[test]
fn a_database_of_another_program_is_refused_and_it_and_what_lies_beside_it_stay_as_they_were() {
    let home = quick_folder();
    let (theirs, copy) = (home.path().join("places"), home.path().join("choisi"));
    for folder in [&theirs, &copy] {
        fs::create_dir(folder).unwrap();
    }
    let own = Connection::open(theirs.join("places.sqlite")).unwrap();
    own.execute_batch("CREATE TABLE visit (name TEXT); INSERT INTO visit VALUES ('avant')")
        .unwrap();
    let without_log = fs::read(theirs.join("places.sqlite")).unwrap();
    own.execute_batch("PRAGMA journal_mode = WAL; INSERT INTO visit VALUES ('après')")
        .unwrap();
    let with_log = fs::read(theirs.join("places.sqlite")).unwrap();
    let log = fs::read(theirs.join("places.sqlite-wal")).unwrap();
    assert!(log.len() > 4096, "the log has pages in it");
    let (machines, _) = pair();
    let (file, beside) = (copy.join("places.sqlite"), copy.join("places.sqlite-wal"));
    for database in [without_log, with_log] {
        fs::write(&file, &database).unwrap();
        fs::write(&beside, &log).unwrap();
        machines.at("a", |carnet| {
            let opened = Carnet::open(&file, None, carnet.writer().clone());
            let opened = opened.map(drop);
            assert!(
                matches!(opened, Err(OpenError::NotACarnet(_))),
                "{opened:?}"
            );
            let merged = carnet.merge(std::slice::from_ref(&file), "mégarde", Deletions::Ask);
            assert!(
                matches!(merged, Err(MergeError::Open(OpenError::NotACarnet(_)))),
                "{merged:?}"
            );
        });
        assert_eq!(tree(&copy), [file.clone(), beside.clone()]);
        assert!(fs::read(&file).unwrap() == database && fs::read(&beside).unwrap() == log);
    }
}

/// A tool still has the carnet open with a write-ahead log: said in one sentence, and no edit is lost.
#[test]
fn a_carnet_that_a_tool_holds_with_a_write_ahead_log_is_in_use_until_the_tool_lets_it_go() {
    let choose_log = |path: &Path| {
        let tool = tool(path);
        let mode: String = tool
            .pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))
            .unwrap();
        assert_eq!(mode, "wal");
        // It has the log open from its first read on.
        tool.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))
            .unwrap();
        tool
    };
    let is_in_use = |error: OpenError| {
        let said = Fault::from(error).sentence(Language::Fr);
        assert!(said.contains("tenu par un autre programme"), "{said}");
    };
    for key in [None, Some(passphrase())] {
        let home = quick_folder();
        let writer = Machines::new().writer("a", home.path().join("registre"));
        let (path, copy) = (home.path().join("a.carnet"), home.path().join("b.carnet"));
        let mut carnet = Carnet::create(&path, key.as_ref(), writer.clone()).unwrap();
        let parc = save(&mut carnet, organisation("Parc")).rows[0].clone();
        // The tool comes while the carnet is open.
        let open_tool = choose_log(&path);
        save(&mut carnet, edit(&parc).set("name", "Pendant"));
        is_in_use(carnet.copy_to(&copy).unwrap_err());
        assert!(!copy.exists());
        drop(open_tool);
        carnet.copy_to(&copy).unwrap();
        let facts = whole(&carnet);
        drop(carnet);
        let copied = Carnet::open(&copy, key.as_ref(), writer.clone()).unwrap();
        assert_eq!(whole(&copied), facts);
        // It was there before.
        let open_tool = choose_log(&path);
        open_tool
            .execute_batch("CREATE TABLE note (words TEXT)")
            .unwrap();
        let opened = Carnet::open(&path, key.as_ref(), writer.clone());
        is_in_use(opened.map(drop).unwrap_err());
        drop(open_tool);
        let carnet = Carnet::open(&path, key.as_ref(), writer).unwrap();
        assert_eq!(whole(&carnet), facts);
    }
}

/// A tool that looked into the carnet left it with a write-ahead log: a plain copy would lack what is in that.
#[test]
fn a_carnet_that_a_tool_gave_a_write_ahead_log_is_whole_in_a_plain_copy_all_the_same() {
    for machines in [Machines::new(), Machines::protected()] {
        machines.create("a");
        let parc = machines.save("a", organisation("Parc")).rows[0].clone();
        let looked = tool(&machines.path("a"));
        let mode: String = looked
            .pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))
            .unwrap();
        assert_eq!(mode, "wal");
        drop(looked);
        machines.at("a", |carnet| {
            save(carnet, edit(&parc).set("name", "Écrit ensuite"));
            fs::create_dir(machines.folder().join("b")).unwrap();
            fs::copy(carnet.path(), machines.path("b")).unwrap();
        });
        machines.agree(&["a", "b"]);
        assert_eq!(machines.text("b", &parc, "name"), "Écrit ensuite");
    }
}

fn with_log(carnet: &Path) -> (Vec<u8>, Vec<u8>) {
    let log = fs::read(carnet.with_extension("carnet-wal")).unwrap();
    (fs::read(carnet).unwrap(), log)
}

/// A tool chose a write-ahead log while the carnet was open, and the machine stopped: the file without its log lacks
/// what was written since, and its last pages.
pub(super) fn stopped_with_a_log(
    machines: &Machines,
    machine: &str,
    words: &[&str],
) -> (Vec<u8>, Vec<u8>) {
    machines.at(machine, |carnet| {
        let tool = tool(carnet.path());
        tool.execute_batch("PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0")
            .unwrap();
        tool.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))
            .unwrap();
        for word in words {
            let long = format!("{word} {}", "très long ".repeat(3_000));
            save(carnet, organisation(word).set("strategy", long.as_str()));
        }
        let found = with_log(carnet.path());
        drop(tool);
        found
    })
}

#[test]
fn what_is_in_the_write_ahead_log_of_a_stopped_machine_is_read_where_it_is_opened_and_where_it_is_merged()
 {
    for machines in [Machines::new(), Machines::protected()] {
        machines.create("a");
        machines.copy("a", "b");
        machines.copy("a", "c");
        let (file, log) = stopped_with_a_log(&machines, "b", &["Un", "Deux", "Trois"]);
        let whole_one = fs::read(machines.path("b")).unwrap();
        assert!(
            file.len() < whole_one.len(),
            "the log has pages that the file has not"
        );
        let key = machines.folder().join("clé");
        let there = lay(&key, &[("", &file), ("-wal", &log)]);
        let before = as_it_lies(&key);
        for named in [
            there.clone(),
            link_to(&there, &machines.folder().join("liens")),
        ] {
            machines.copy("a", "c");
            machines.at("c", |carnet| {
                assert!(carnet.has_news(&named).unwrap());
                let done = carnet.merge(&[named], "clé", Deletions::Ask).unwrap();
                assert_eq!(done.commits, 3);
            });
            machines.agree(&["b", "c"]);
            assert!(as_it_lies(&key) == before);
        }
        // Opened to go on in it.
        let digest = machines.digest("b");
        fs::create_dir_all(machines.folder().join("d")).unwrap();
        fs::copy(&there, machines.path("d")).unwrap();
        fs::write(machines.path("d").with_extension("carnet-wal"), &log).unwrap();
        assert_eq!(machines.digest("d"), digest);
        machines.agree(&["b", "d"]);
    }
}

/// The same, where the machine stopped while the log was being put into the file: that has some of its pages.
#[test]
fn a_write_ahead_log_of_which_the_file_has_some_pages_already_is_read_whole() {
    for machines in [Machines::new(), Machines::protected()] {
        machines.create("a");
        machines.copy("a", "b");
        let (file, log) = stopped_with_a_log(&machines, "b", &["Un", "Deux", "Trois"]);
        let digest = machines.digest("b");
        // As the engine does: from the first page on.
        let scratch = lay(
            &machines.folder().join("essai"),
            &[("", &file), ("-wal", &log)],
        );
        tool(&scratch)
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
            .unwrap();
        let mut partly = fs::read(&scratch).unwrap();
        partly.truncate(file.len());
        assert!(partly != file, "the scene is a file that has changed");
        for machine in ["d", "e"] {
            let folder = machines.folder().join(machine);
            lay(&folder, &[("", &partly), ("-wal", &log)]);
        }
        let before = as_it_lies(&machines.folder().join("e"));
        machines.merge("a", &["e"]);
        assert!(as_it_lies(&machines.folder().join("e")) == before);
        assert_eq!(machines.digest("a"), digest);
        assert_eq!(machines.digest("d"), digest);
        machines.agree(&["a", "b", "d"]);
    }
}

#[test]
fn a_carnet_that_a_tool_left_with_or_holds_with_a_write_ahead_log_is_read_and_its_folder_stays_as_it_was()
 {
    for machines in [Machines::new(), Machines::protected()] {
        machines.create("a");
        machines.copy("a", "b");
        let parc = machines.save("b", organisation("Parc")).rows[0].clone();
        let key = machines.folder().join("clé");
        let file = lay(&key, &[("", &fs::read(machines.path("b")).unwrap())]);
        let holding = tool(&file);
        holding
            .execute_batch("PRAGMA journal_mode = WAL; CREATE TABLE note (words TEXT)")
            .unwrap();
        let merge = |machine: &str| {
            let before = as_it_lies(&key);
            machines.at(machine, |carnet| {
                let done = carnet
                    .merge(std::slice::from_ref(&file), "clé", Deletions::Ask)
                    .unwrap();
                assert_eq!(done.commits, 1);
            });
            assert_eq!(machines.text(machine, &parc, "name"), "Parc");
            assert!(as_it_lies(&key) == before);
        };
        machines.copy("a", "c");
        merge("c");
        drop(holding);
        assert_eq!(
            tree(&key),
            std::slice::from_ref(&file),
            "let go, it leaves nothing beside it"
        );
        merge("a");
    }
}

/// Both say that they have a write-ahead log, but it is that of the older.
#[test]
fn a_newer_carnet_beside_the_write_ahead_log_of_an_older_one_is_what_it_is() {
    for machines in [Machines::new(), Machines::protected()] {
        machines.create("a");
        machines.copy("a", "b");
        let (_, log) = stopped_with_a_log(&machines, "b", &["Un"]);
        let parc = machines.save("b", organisation("Parc")).rows[0].clone();
        machines.save("b", edit(&parc).set("name", "Parc des Monts"));
        let digest = machines.digest("b");
        let looked = tool(&machines.path("b"));
        looked.execute_batch("PRAGMA journal_mode = WAL").unwrap();
        drop(looked);
        let newer = fs::read(machines.path("b")).unwrap();
        let key = machines.folder().join("clé");
        let file = lay(&key, &[("", &newer), ("-wal", &log)]);
        let before = as_it_lies(&key);
        machines.at("a", |carnet| {
            carnet
                .merge(&[file], "clé", Deletions::Ask)
                .map(drop)
                .unwrap()
        });
        assert!(as_it_lies(&key) == before);
        assert_eq!(machines.digest("a"), digest);
        // Opened to go on in it.
        lay(
            &machines.folder().join("d"),
            &[("", &newer), ("-wal", &log)],
        );
        assert_eq!(machines.digest("d"), digest);
        machines.agree(&["a", "b", "d"]);
    }
}
