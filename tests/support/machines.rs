//! Several machines, each a folder with a carnet and what an installation keeps outside of it.
//!
//! A machine is switched on under one and the same path, so that a disk image restored elsewhere is what it is
//! in life: the same file, the same register, the same path.

#![expect(
    clippy::missing_panics_doc,
    reason = "helpers of tests panic where something is not as it should be"
)]

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use carnet_core::model::{RecordRef, Value};
use carnet_core::store::{
    Carnet, Deletions, Edit, Edits, FixedClock, LogLine, MergeError, Merged, Passphrase, RowName,
    Saved, Writer,
};
use chrono::DateTime;
use tempfile::TempDir;

/// The passphrase of every test.
pub const PASSPHRASE: &str = "vélo brume tilleul horloge";

/// The file of the carnet on each machine.
pub const CARNET: &str = "massif.carnet";

/// The passphrase of every test, ready to open.
pub fn passphrase() -> Passphrase {
    Passphrase::new(PASSPHRASE).unwrap()
}

/// Several machines.
pub struct Machines {
    folder: TempDir,
    passphrase: Option<Passphrase>,
    clocks: RefCell<BTreeMap<String, String>>,
}

impl Machines {
    /// Machines whose carnets have no passphrase, which spares its derivation.
    #[expect(
        clippy::new_without_default,
        reason = "a default would hide the choice"
    )]
    pub fn new() -> Self {
        Self {
            folder: quick_folder(),
            passphrase: None,
            clocks: RefCell::default(),
        }
    }

    /// Machines whose carnets have one.
    pub fn protected() -> Self {
        Self {
            passphrase: Some(passphrase()),
            ..Self::new()
        }
    }

    /// The folder of all of them, for what lies between them.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Where the carnet of a machine lies while it is switched off.
    pub fn path(&self, machine: &str) -> PathBuf {
        self.folder.path().join(machine).join(CARNET)
    }

    /// Sets the clock of a machine, RFC 3339.
    pub fn clock(&self, machine: &str, time: &str) {
        let mut clocks = self.clocks.borrow_mut();
        clocks.insert(machine.to_owned(), time.to_owned());
    }

    /// Who writes on a machine, with a register of its own.
    pub fn writer(&self, machine: &str, register: PathBuf) -> Writer {
        let clocks = self.clocks.borrow();
        let time = clocks.get(machine).map(String::as_str);
        let now = DateTime::parse_from_rfc3339(time.unwrap_or("2026-10-06T09:30:00+02:00"));
        Writer {
            device_name: machine.to_owned(),
            author: format!("Ada@{machine}"),
            register,
            clock: Arc::new(FixedClock(now.unwrap())),
        }
    }

    /// Makes a new carnet on a machine.
    pub fn create(&self, machine: &str) {
        self.switched_on(machine, |folder| {
            let path = folder.join(CARNET);
            let writer = self.writer(machine, folder.join("register"));
            drop(Carnet::create(&path, self.passphrase.as_ref(), writer).unwrap());
        });
    }

    /// Copies the carnet of a machine to another, as a file manager does.
    pub fn copy(&self, from: &str, to: &str) {
        fs::create_dir_all(self.folder.path().join(to)).unwrap();
        fs::copy(self.path(from), self.path(to)).unwrap();
    }

    /// Restores the disk image of a machine on another: the carnet and all that the installation keeps.
    pub fn image(&self, from: &str, to: &str) {
        let (from, to) = (self.folder.path().join(from), self.folder.path().join(to));
        for file in tree(&from) {
            let copy = to.join(file.strip_prefix(&from).unwrap());
            fs::create_dir_all(copy.parent().unwrap()).unwrap();
            fs::copy(&file, &copy).unwrap();
        }
    }

    fn switched_on<T>(&self, machine: &str, work: impl FnOnce(&Path) -> T) -> T {
        let off = self.folder.path().join(machine);
        let on = self.folder.path().join("on");
        fs::create_dir_all(&off).unwrap();
        fs::rename(&off, &on).unwrap();
        let done = work(&on);
        fs::rename(&on, &off).unwrap();
        done
    }

    /// Works on a machine.
    pub fn at<T>(&self, machine: &str, work: impl FnOnce(&mut Carnet) -> T) -> T {
        self.switched_on(machine, |folder| {
            let writer = self.writer(machine, folder.join("register"));
            let path = folder.join(CARNET);
            let mut carnet = Carnet::open(&path, self.passphrase.as_ref(), writer).unwrap();
            work(&mut carnet)
        })
    }

    /// Merges the carnets of others into that of a machine, or says why not.
    pub fn try_merge(&self, machine: &str, others: &[&str]) -> Result<Merged, MergeError> {
        let files: Vec<PathBuf> = others.iter().map(|other| self.path(other)).collect();
        self.at(machine, |carnet| {
            carnet.merge(&files, "test", Deletions::Ask)
        })
    }

    /// Merges the carnets of others into that of a machine.
    pub fn merge(&self, machine: &str, others: &[&str]) -> Merged {
        self.try_merge(machine, others).unwrap()
    }

    /// Saves one edit on a machine.
    pub fn save(&self, machine: &str, edit: Edit) -> Saved {
        self.at(machine, |carnet| save(carnet, edit))
    }

    /// The digest of a machine's carnet.
    pub fn digest(&self, machine: &str) -> String {
        self.at(machine, |carnet| carnet.digest().unwrap())
    }

    /// A field of a record on a machine, in words.
    pub fn text(&self, machine: &str, record: &RecordRef, field: &str) -> String {
        self.at(machine, |carnet| {
            let record = carnet.get(record).unwrap();
            record.text(field).unwrap_or_default().to_owned()
        })
    }

    /// Proves that these machines hold the same, to the last line of their logs, and are whole.
    pub fn agree(&self, machines: &[&str]) {
        let facts: Vec<Vec<String>> = machines
            .iter()
            .map(|machine| self.at(machine, |carnet| whole(carnet)))
            .collect();
        for (machine, fact) in machines.iter().zip(&facts) {
            for (one, other) in facts[0].iter().zip(fact) {
                assert_eq!(one, other, "{} beside {machine}", machines[0]);
            }
            assert_eq!(
                facts[0].len(),
                fact.len(),
                "{} beside {machine}",
                machines[0]
            );
        }
    }
}

/// Proves that open carnets hold the same and are whole.
pub fn agree(carnets: &[&Carnet]) {
    let facts: Vec<Vec<String>> = carnets.iter().map(|carnet| whole(carnet)).collect();
    for fact in &facts {
        assert_eq!(facts[0], *fact);
    }
}

/// Proves that a carnet is whole, and tells all that it says: digest, log, conflicts, who came back.
pub fn whole(carnet: &Carnet) -> Vec<String> {
    let report = carnet.check().unwrap();
    assert_eq!(report.damages, [], "{}", carnet.path().display());
    let mut facts = Vec::new();
    carnet
        .log(|line| {
            facts.push(serde_json::to_string(&line).unwrap());
            Ok(())
        })
        .unwrap();
    for conflict in carnet.conflicts(None).unwrap() {
        facts.push(serde_json::to_string(&conflict).unwrap());
    }
    facts.push(format!("{:?}", carnet.revived(1_000).unwrap()));
    facts.push(carnet.digest().unwrap());
    facts
}

/// Saves one edit as one commit.
pub fn save(carnet: &mut Carnet, edit: Edit) -> Saved {
    carnet
        .save(Edits {
            edits: vec![edit],
            label: "test".into(),
        })
        .unwrap()
}

/// A new organisation.
pub fn organisation(name: &str) -> Edit {
    Edit::of("organisation", RowName::New)
        .set("name", name)
        .set("organisation_type", "group")
        .set("country", "FR")
}

/// An edit of a record that is there, as the terminal makes it: of what stands now.
pub fn edit(record: &RecordRef) -> Edit {
    Edit::of(&record.entity, RowName::Existing(record.id)).over_what_stands()
}

/// A set of codes.
pub fn named(codes: &[&str]) -> Value {
    Value::List(codes.iter().map(|code| (*code).to_owned()).collect())
}

/// Every file under a folder, sorted.
pub fn tree(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

/// Writes what has arrived of a file: a mark beside it says that an engine is not done with it.
pub fn arrive(there: &Path, bytes: &[u8], is_whole: bool) {
    fs::create_dir_all(there.parent().unwrap()).unwrap();
    let mark = mark_of(there);
    if is_whole {
        fs::write(there, bytes).unwrap();
        if mark.exists() {
            fs::remove_file(mark).unwrap();
        }
    } else {
        fs::write(mark, "").unwrap();
        fs::write(there, &bytes[..bytes.len() / 2]).unwrap();
    }
}

fn mark_of(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".arriving");
    PathBuf::from(name)
}

/// The files under a folder that an engine hands on: none that it has not wholly received itself.
pub fn handed_on(folder: &Path) -> Vec<PathBuf> {
    let mut files = tree(folder);
    files.retain(|file| {
        let is_mark = file
            .extension()
            .is_some_and(|extension| extension == "arriving");
        !is_mark && !mark_of(file).exists()
    });
    files
}

/// Every value that the log of a carnet holds.
pub fn written(carnet: &Carnet) -> Vec<Value> {
    let mut values = Vec::new();
    carnet
        .log(|line| {
            if let LogLine::Change {
                value: Some(value), ..
            } = line
            {
                values.push(value);
            }
            Ok(())
        })
        .unwrap();
    values
}

/// How many cases a property is tried on: `few` in `make test`, more in `make soak`.
pub fn cases(few: u32) -> u32 {
    let wanted = std::env::var("CARNET_SOAK_CASES").ok();
    wanted.and_then(|cases| cases.parse().ok()).unwrap_or(few)
}

/// Whether the long runs were asked for.
pub fn is_soak() -> bool {
    std::env::var_os("CARNET_SOAK_CASES").is_some()
}

/// A temporary folder in memory where there is one: nothing of these tests need outlast a power cut.
pub fn quick_folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    tempfile::tempdir_in(memory).unwrap_or_else(|_| tempfile::tempdir().unwrap())
}
