//! Disks that take nothing more: those that are full, and those that can only be read.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use carnet_core::exchange::{ExchangeError, backup, folder, inside, publish};
use carnet_core::fault::Fault;
use carnet_core::messages::Language;
use carnet_core::store::{Carnet, Deletions, Edits, MergeError, StoreError};
use carnet_tests::{
    Machines, Terminal, edit, organisation, passphrase, quick_folder, save, tree, whole,
};

use super::journals::{cut_short, scenes};
use super::logs::{lay, stopped_with_a_log};

/// A small disk in memory; none where this user may not mount one, which only their own machine may pass over.
struct SmallDisk {
    folder: tempfile::TempDir,
}

impl SmallDisk {
    fn new(kib: u64) -> Option<Self> {
        let folder = quick_folder();
        let size = format!("size={kib}k");
        if mount(&["-t", "tmpfs", "-o", &size, "tmpfs"], folder.path()) {
            Some(Self { folder })
        } else {
            let is_ci = std::env::var("CI").is_ok_and(|said| said == "true");
            assert!(
                !is_ci,
                "this user may not mount a small disk: these tests would prove nothing"
            );
            eprintln!("skipped: this user may not mount a small disk");
            None
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes until nothing more fits.
    fn fill(&self) -> PathBuf {
        let path = self.path("reste");
        let mut file = fs::File::create(&path).unwrap();
        while file.write_all(&[0; 4096]).is_ok() {}
        path
    }

    /// Moves the tab of the key: from then on it can only be read, whoever asks; or it can be written again.
    fn protect(&self, is_read_only: bool) {
        let option = if is_read_only {
            "remount,ro"
        } else {
            "remount,rw"
        };
        assert!(mount(&["-o", option], self.folder.path()), "{option}");
    }
}

fn mount(arguments: &[&str], folder: &Path) -> bool {
    let mounted = Command::new("mount")
        .args(arguments)
        .arg(folder)
        .stderr(Stdio::null())
        .status();
    mounted.is_ok_and(|status| status.success())
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.folder.path()).status();
    }
}

fn size(path: &Path) -> u64 {
    fs::metadata(path).unwrap().len()
}

/// Room for a few carnets.
const ROOMY_KIB: u64 = 64 * 1024;

/// Every file of a disk, and what is in it.
fn all_of(disk: &SmallDisk) -> Vec<(PathBuf, Vec<u8>)> {
    let files = tree(disk.folder.path()).into_iter();
    files
        .map(|file| {
            let bytes = fs::read(&file).unwrap();
            (file, bytes)
        })
        .collect()
}

/// A refusal is one plain sentence that names this place and says what to do.
fn says_what_to_do(error: ExchangeError, place: &Path) {
    let said = Fault::from(error).sentence(Language::Fr);
    let named = format!("«\u{202f}{}\u{202f}»", place.display());
    assert!(said.contains(&named), "{said}");
    assert!(said.contains("en lecture seule"), "{said}");
    assert!(said.contains("Rien n’a changé."), "{said}");
    assert!(said.contains("choisissez un autre endroit"), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
}

#[test]
fn a_full_disk_refuses_edits_merges_exchanges_and_backups_and_loses_nothing() {
    let machines = Machines::new();
    machines.create("a");
    let parc = machines.save("a", organisation("Parc")).rows[0].clone();
    machines.copy("a", "b");
    let long = "un long récit ".repeat(20_000);
    machines.save("b", edit(&parc).set("strategy", long.as_str()));
    let Some(disk) = SmallDisk::new(size(&machines.path("a")) / 1024 + 64) else {
        return;
    };
    let path = disk.path("a.carnet");
    fs::copy(machines.path("a"), &path).unwrap();
    let other = machines.path("b");
    machines.at("a", |known| {
        let mut carnet = Carnet::open(&path, None, known.writer().clone()).unwrap();
        let before = whole(&carnet);
        let story = |words: &str| edit(&parc).set("strategy", words);
        let refused = carnet.save(Edits {
            edits: vec![story(&long)],
            label: "trop long".into(),
        });
        assert!(matches!(refused, Err(StoreError::DiskFull)), "{refused:?}");
        assert_eq!(whole(&carnet), before);
        let refused = carnet.merge(&[other], "b", Deletions::Ask);
        assert!(
            matches!(refused, Err(MergeError::Store(StoreError::DiskFull))),
            "{refused:?}"
        );
        assert_eq!(whole(&carnet), before);
        let folder = disk.path("clé");
        fs::create_dir(&folder).unwrap();
        let filler = disk.fill();
        let refused = folder::exchange(&mut carnet, &folder, Deletions::Ask);
        assert!(refused.is_err(), "the segments do not fit");
        let now = known.writer().clock.now();
        let refused = backup::make(&carnet, "a", &disk.path("sauvegardes"), now);
        assert!(refused.is_err(), "a second file does not fit");
        assert_eq!(whole(&carnet), before);
        fs::remove_file(filler).unwrap();
        // Nothing half made stays, so that there is room again.
        assert_eq!(tree(disk.folder.path()), std::slice::from_ref(&path));
        save(&mut carnet, story("court"));
    });
}

#[test]
fn an_exchange_folder_that_can_only_be_read_is_looked_into_and_takes_no_part_in_an_exchange() {
    let Some(disk) = SmallDisk::new(ROOMY_KIB) else {
        return;
    };
    let machines = Machines::new();
    machines.create("a");
    let parc = machines.save("a", organisation("Parc")).rows[0].clone();
    for other in ["newcomer", "met", "giver"] {
        machines.copy("a", other);
    }
    let key = disk.path("clé");
    fs::create_dir(&key).unwrap();
    let pass = |machine: &str| {
        machines.at(machine, |carnet| {
            folder::exchange(carnet, &key, Deletions::Ask)
        })
    };
    machines.save("a", edit(&parc).set("name", "Parc, autrement"));
    for machine in ["a", "met", "giver"] {
        pass(machine).unwrap();
    }
    // One who has put something there before, one who has not.
    for (machine, field) in [("a", "strategy"), ("giver", "acronym")] {
        machines.save(machine, edit(&parc).set(field, "À donner"));
    }
    disk.protect(true);
    let before = all_of(&disk);

    // Who has everything and nothing to give finds that out.
    let digest = machines.digest("met");
    let quiet = pass("met").unwrap();
    assert_eq!((quiet.merged.commits, quiet.written), (0, 0));
    assert_eq!(machines.digest("met"), digest);

    // Who has something to take over or to give is told what to do, and nothing is half done.
    for machine in ["newcomer", "a", "giver"] {
        let facts = machines.at(machine, |carnet| whole(carnet));
        says_what_to_do(pass(machine).unwrap_err(), &key);
        assert_eq!(machines.at(machine, |carnet| whole(carnet)), facts);
    }
    assert_eq!(all_of(&disk), before);

    // What is there can be looked at, and taken over as the files that it is.
    let foreseen = machines.at("newcomer", |carnet| {
        folder::foresee(carnet, &key, Deletions::Ask).unwrap()
    });
    assert_eq!(foreseen.merged.commits, 1);
    machines.image("newcomer", "by hand");
    let files = tree(&key);
    machines.at("by hand", |carnet| {
        let merged = carnet.merge(&files, "clé", Deletions::Ask).unwrap();
        assert_eq!(merged.commits, 1);
    });
    assert_eq!(machines.text("by hand", &parc, "name"), "Parc, autrement");
    assert_eq!(all_of(&disk), before);

    disk.protect(false);
    for machine in ["newcomer", "giver", "a", "giver", "newcomer"] {
        pass(machine).unwrap();
    }
    machines.agree(&["newcomer", "giver", "a"]);
}

#[test]
fn a_published_file_that_can_only_be_read_is_read_and_waits_to_be_replaced() {
    let Some(disk) = SmallDisk::new(ROOMY_KIB) else {
        return;
    };
    let home = quick_folder();
    let machines = Machines::new();
    let writer = |name: &str| machines.writer(name, home.path().join(format!("registre-{name}")));
    let working = |name: &str| home.path().join(format!("travail-{name}"));
    let published = disk.path("massif.carnet");
    let mut mine = publish::create(&published, None, writer("a"), &working("a")).unwrap();
    let parc = save(&mut mine, organisation("Parc")).rows[0].clone();
    publish::publish(&mut mine, &published).unwrap();
    disk.protect(true);
    let before = all_of(&disk);

    assert!(!publish::publish(&mut mine, &published).unwrap().is_written);
    save(&mut mine, edit(&parc).set("name", "Écrit depuis"));
    let facts = whole(&mine);
    let refused = publish::publish(&mut mine, &published);
    says_what_to_do(refused.map(drop).unwrap_err(), &published);
    assert_eq!(whole(&mine), facts);

    // It opens where it was never opened before, and what is written then is kept for later.
    let theirs = publish::open(&published, None, writer("b"), &working("b")).unwrap();
    assert!(theirs.problem.is_none(), "{:?}", theirs.problem);
    let mut theirs = theirs.carnet;
    assert_eq!(theirs.get(&parc).unwrap().text("name"), Some("Parc"));
    save(&mut theirs, edit(&parc).set("acronym", "Ailleurs"));
    assert!(publish::publish(&mut theirs, &published).is_err());
    assert_eq!(all_of(&disk), before);

    disk.protect(false);
    for carnet in [&mut mine, &mut theirs] {
        assert!(publish::publish(carnet, &published).unwrap().is_written);
    }
    publish::publish(&mut mine, &published).unwrap();
    assert_eq!(whole(&mine), whole(&theirs));
    assert_eq!(tree(disk.folder.path()), [published]);
}

#[test]
fn a_backup_folder_that_can_only_be_read_gives_its_backups_and_takes_none() {
    let Some(disk) = SmallDisk::new(ROOMY_KIB) else {
        return;
    };
    let machines = Machines::new();
    machines.create("a");
    let parc = machines.save("a", organisation("Parc")).rows[0].clone();
    let place = disk.path("sauvegardes");
    machines.at("a", |carnet| {
        let now = carnet.writer().clock.now();
        backup::make(carnet, "massif", &place, now).unwrap();
        save(carnet, edit(&parc).set("name", "Écrit depuis"));
        disk.protect(true);
        let before = all_of(&disk);
        let facts = whole(carnet);
        let later = now + chrono::Duration::hours(2);
        let refused = backup::make(carnet, "massif", &place, later);
        says_what_to_do(refused.unwrap_err(), &place);
        assert_eq!(whole(carnet), facts);
        let nowhere = disk.path("ailleurs");
        let refused = backup::make(carnet, "massif", &nowhere, later);
        says_what_to_do(refused.unwrap_err(), &nowhere);

        let made = backup::list("massif", &place).unwrap();
        assert_eq!(made.len(), 1);
        let inside = inside::Inside::look(carnet, &made[0].path).unwrap();
        let wanted = inside::Wanted::These(std::slice::from_ref(&parc));
        inside::restore(carnet, &inside, wanted, "reprise").unwrap();
        assert_eq!(carnet.get(&parc).unwrap().text("name"), Some("Parc"));
        assert_eq!(all_of(&disk), before);

        disk.protect(false);
        backup::make(carnet, "massif", &place, later).unwrap();
        assert_eq!(backup::list("massif", &place).unwrap().len(), 2);
    });
}

/// To see what would happen, nothing need be written: neither the carnet nor what it is tried with.
#[test]
fn a_dry_run_on_a_key_that_can_only_be_read_tells_what_it_would_tell_elsewhere() {
    let Some(key) = SmallDisk::new(8 * 1024) else {
        return;
    };
    let terminal = Terminal::new();
    terminal.done(&["new", "a.carnet"]);
    fs::copy(terminal.path("a.carnet"), terminal.path("b.carnet")).unwrap();
    let name = ["name=Parc", "organisation_type=group", "country=FR"];
    terminal.done(&[&["set", "b.carnet", "organisation"][..], &name].concat());
    let list = key.path("list.csv");
    fs::write(&list, "Nom;Type;Pays\nUn;Structure;FR\n").unwrap();
    fs::create_dir(key.path("échange")).unwrap();
    let (mine, other) = (key.path("a.carnet"), key.path("b.carnet"));
    let between = key.path("échange");
    let on_key = |path: &Path| path.to_str().unwrap().to_owned();
    let (mine, other, between, list) = (
        on_key(&mine),
        on_key(&other),
        on_key(&between),
        on_key(&list),
    );
    terminal.done(&["exchange", "b.carnet", &between]);
    for name in ["a.carnet", "b.carnet"] {
        fs::copy(terminal.path(name), key.path(name)).unwrap();
    }
    let before = tree(key.folder.path());
    let lines: [&[&str]; 3] = [
        &["merge", &mine, &other],
        &["exchange", &mine, &between],
        &["import", &mine, "organisation", &list],
    ];
    let tell = || lines.map(|line| terminal.json(&[line, &["--dry-run", "--json"]].concat()));
    let told = tell();
    assert_eq!(
        (
            &told[0]["commits"],
            &told[1]["commits"],
            &told[2]["created"]
        ),
        (&1.into(), &1.into(), &1.into())
    );
    key.protect(true);
    assert_eq!(tell(), told);
    let refused = terminal.refused(&["merge", &mine, &other]);
    assert!(
        refused.contains(&mine) && refused.contains("lecture seule"),
        "{refused}"
    );
    assert_eq!(tree(key.folder.path()), before);
    key.protect(false);
}

/// On a key that can only be read: what another program did not finish there is settled in the reading.
#[test]
fn a_carnet_on_a_key_that_can_only_be_read_is_what_it_is_whatever_lies_beside_it() {
    let Some(key) = SmallDisk::new(64 * 1024) else {
        return;
    };
    for (machines, secret) in scenes() {
        let (_, journal, file) = cut_short(&machines, secret);
        let (before, whole_one) = (machines.digest("a"), fs::read(machines.path("a")).unwrap());
        machines.copy("a", "b");
        let (with_log, log) = stopped_with_a_log(&machines, "b", &["Un", "Deux"]);
        let (after, newer) = (machines.digest("b"), fs::read(machines.path("b")).unwrap());
        let left: [(&[u8], &str, &[u8], &String); 4] = [
            (&file, "-journal", &journal, &before),
            (&newer, "-journal", &journal, &after),
            (&with_log, "-wal", &log, &after),
            (&whole_one, "-wal", &log, &before),
        ];
        let secret = secret.map(|_| passphrase());
        for (number, (file, suffix, beside, digest)) in left.into_iter().enumerate() {
            key.protect(false);
            let there = lay(
                &key.path(&number.to_string()),
                &[("", file), (suffix, beside)],
            );
            key.protect(true);
            let writer = machines.writer("c", machines.folder().join("registre"));
            let carnet = Carnet::open(&there, secret.as_ref(), writer.clone()).unwrap();
            assert!(carnet.is_read_only(), "{number}");
            assert_eq!(carnet.digest().unwrap(), *digest, "{number}");
            let copy = machines.folder().join(format!("copie-{number}.carnet"));
            carnet.copy_to(&copy).unwrap();
            let copied = Carnet::open(&copy, secret.as_ref(), writer).unwrap();
            assert_eq!(whole(&copied), whole(&carnet), "{number}");
        }
        key.protect(false);
    }
}
