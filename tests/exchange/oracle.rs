//! Any script of edits, deletions, unions, undos and meetings, on carnets and on Automerge documents alike.
//!
//! Automerge is the independent oracle: each field of each record is one key of its map, each of our commits one of its
//! changes, made and met in the same causal order. The values that stand must be the same, on every machine, at
//! every end of a script; then everything is carried everywhere and all machines must agree.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use automerge::transaction::Transactable;
use automerge::{AutoCommit, Change, ChangeHash, ROOT, ReadDoc};
use carnet_core::exchange::folder;
use carnet_core::model::{RecordRef, Value};
use carnet_core::store::{
    Carnet, CommitRef, Deletions, Edit, Edits, FixedClock, HistoryEntry, MergeError, Passphrase,
    Resolution, Saved, StoreError, Writer,
};
use carnet_tests::{
    arrive, cases, edit, handed_on, named, organisation, passphrase, quick_folder, save, whole,
    written,
};
use chrono::DateTime;
use proptest::prelude::*;
use proptest::test_runner::{Config, FileFailurePersistence, TestRunner};
use tempfile::TempDir;

const MACHINES: usize = 5;
const RECORDS: usize = 3;
const FIELDS: [&str; 3] = ["name", "acronym", "strategy"];
const CODES: [&str; 4] = ["fr", "it", "sl", "en"];
/// What a field that was emptied says in the oracle.
const NOTHING: &str = "∅";
/// The clocks of the machines: two of them are far off, two stand at the same instant.
const CLOCKS: [&str; MACHINES] = [
    "2026-10-06T09:30:00+02:00",
    "1970-01-01T00:00:00+00:00",
    "2099-12-31T23:59:59+00:00",
    "2026-10-06T09:30:00+02:00",
    "2026-10-07T08:00:00+02:00",
];

/// One step of a script.
#[derive(Debug, Clone)]
enum Step {
    /// Writes a field; a few words only, so that the same are written twice.
    Write(usize, usize, usize, u8),
    /// Writes a set.
    Set(usize, usize, u8),
    Delete(usize, usize),
    Restore(usize, usize),
    /// Says that two records are one.
    Unite(usize, usize, usize),
    /// Takes back the last commit that can be, a union as any other.
    Undo(usize),
    /// Takes back all that the last merge brought.
    UndoBatch(usize),
    /// Settles the first conflict, with one of its values or with another.
    Settle(usize, bool),
    /// Erases the last record for good.
    Erase(usize),
    /// Merges the file of another.
    Merge(usize, usize),
    /// One pass over the folder that this machine sees.
    Exchange(usize),
    /// Some files of one's folder reach another's, some halfway, some under other names.
    Carry(usize, usize, u64),
    /// Files of a folder are gone.
    Lose(usize, u64),
}

fn step() -> impl Strategy<Value = Step> {
    let (machine, record) = (0..MACHINES, 0..RECORDS);
    let edits = prop_oneof![
        8 => (machine.clone(), record.clone(), 0..FIELDS.len(), 0..5_u8).prop_map(|(m, r, f, v)| Step::Write(m, r, f, v)),
        3 => (machine.clone(), record.clone(), 0..16_u8).prop_map(|(m, r, set)| Step::Set(m, r, set)),
        2 => (machine.clone(), record.clone()).prop_map(|(m, r)| Step::Delete(m, r)),
        1 => (machine.clone(), record.clone()).prop_map(|(m, r)| Step::Restore(m, r)),
        2 => (machine.clone(), record.clone(), record).prop_map(|(m, r, other)| Step::Unite(m, r, other)),
        2 => machine.clone().prop_map(Step::Undo),
        1 => machine.clone().prop_map(Step::UndoBatch),
        2 => (machine.clone(), any::<bool>()).prop_map(|(m, keep)| Step::Settle(m, keep)),
    ];
    let meetings = prop_oneof![
        6 => (machine.clone(), machine.clone()).prop_map(|(m, o)| Step::Merge(m, o)),
        4 => machine.clone().prop_map(Step::Exchange),
        5 => (machine.clone(), machine.clone(), any::<u64>()).prop_map(|(f, t, seed)| Step::Carry(f, t, seed)),
        1 => (machine.clone(), any::<u64>()).prop_map(|(m, seed)| Step::Lose(m, seed)),
    ];
    prop_oneof![30 => edits, 24 => meetings, 1 => machine.prop_map(Step::Erase)]
}

/// A carnet with its records, made once.
fn template(passphrase: Option<&Passphrase>) -> &'static (Vec<u8>, Vec<RecordRef>) {
    static TEMPLATES: [OnceLock<(Vec<u8>, Vec<RecordRef>)>; 2] = [OnceLock::new(), OnceLock::new()];
    TEMPLATES[usize::from(passphrase.is_some())].get_or_init(|| {
        let folder = quick_folder();
        let path = folder.path().join("template.carnet");
        let mut carnet = Carnet::create(&path, passphrase, writer(folder.path(), 0)).unwrap();
        let records = (0..RECORDS)
            .map(|number| {
                let saved = save(&mut carnet, organisation(&format!("Parc {number}")));
                saved.rows[0].clone()
            })
            .collect();
        drop(carnet);
        (fs::read(&path).unwrap(), records)
    })
}

fn writer(folder: &Path, machine: usize) -> Writer {
    Writer {
        device_name: format!("poste {machine}"),
        author: format!("personne {machine}"),
        register: folder.join("register"),
        clock: Arc::new(FixedClock(
            DateTime::parse_from_rfc3339(CLOCKS[machine]).unwrap(),
        )),
    }
}

struct Machine {
    carnet: Carnet,
    /// The exchange folder as this machine sees it.
    view: PathBuf,
    oracle: AutoCommit,
    last_batch: Option<i64>,
}

struct World {
    machines: Vec<Machine>,
    /// Each commit of ours, as the oracle's change.
    changes: HashMap<CommitRef, Change>,
    /// The records that each commit wrote in, by the oracle's name of it.
    wrote: HashMap<ChangeHash, BTreeSet<String>>,
    /// Every value that anybody wrote, with its record.
    spoken: Vec<(String, Value)>,
    erased: BTreeSet<String>,
    records: Vec<RecordRef>,
    _folder: TempDir,
}

impl World {
    fn new(passphrase: Option<&Passphrase>) -> Self {
        let folder = quick_folder();
        let (bytes, records) = template(passphrase);
        let mut seed = AutoCommit::new();
        let machines = (0..MACHINES)
            .map(|number| {
                let home = folder.path().join(number.to_string());
                let view = home.join("échange");
                fs::create_dir_all(&view).unwrap();
                let path = home.join("massif.carnet");
                fs::write(&path, bytes).unwrap();
                let carnet = Carnet::open(&path, passphrase, writer(&home, number)).unwrap();
                if number == 0 {
                    let mut history = carnet.history(None, 1_000).unwrap();
                    history.reverse();
                    for entry in &history {
                        play(&mut seed, entry);
                    }
                }
                let oracle = seed.fork();
                Machine {
                    carnet,
                    view,
                    oracle,
                    last_batch: None,
                }
            })
            .collect();
        Self {
            machines,
            changes: HashMap::new(),
            wrote: HashMap::new(),
            spoken: Vec::new(),
            erased: BTreeSet::new(),
            records: records.clone(),
            _folder: folder,
        }
    }

    /// Plays the last commit of a machine to its oracle.
    fn play(&mut self, machine: usize, commit: Option<CommitRef>) {
        let Some(commit) = commit else { return };
        let of = &mut self.machines[machine];
        let history = of.carnet.history(None, 1).unwrap();
        let entry = &history[0];
        assert_eq!(
            (&entry.device, entry.seq),
            (&commit.device.to_string(), commit.seq)
        );
        for change in &entry.changes {
            if let Some(value) = &change.after {
                self.spoken.push((change.row.clone(), value.clone()));
            }
        }
        let words = entry.changes.iter().filter(|change| {
            let (name, _) = change.field.split_once('/').unwrap_or((&change.field, ""));
            !["deleted", "merged_into", "erased"].contains(&name)
        });
        let mut wrote: BTreeSet<String> = words.map(|change| change.row.clone()).collect();
        // A union and its parting are written in the record that is kept, too.
        let of_unions = entry
            .changes
            .iter()
            .filter(|one| one.field == "merged_into");
        for value in of_unions
            .flat_map(|one| [&one.before, &one.after])
            .flatten()
        {
            wrote.insert(word(Some(value)));
        }
        let change = play(&mut of.oracle, entry);
        self.wrote.insert(change.hash(), wrote);
        self.changes.insert(commit, change);
    }

    /// Gives the oracle what an exchange brought to the carnet.
    fn follow(&mut self, machine: usize) {
        let of = &mut self.machines[machine];
        let held = of.carnet.held().unwrap();
        let known = held.iter().flat_map(|held| {
            (1..=held.last).map(|seq| CommitRef {
                device: held.device.clone(),
                seq,
            })
        });
        let met: Vec<Change> = known
            .filter_map(|commit| self.changes.get(&commit).cloned())
            .collect();
        of.oracle.apply_changes(met).unwrap();
    }

    fn run(&mut self, step: &Step) {
        match *step {
            Step::Write(machine, record, field, word) => {
                let record = self.records[record].clone();
                let word = if FIELDS[field] != "name" && word == 0 {
                    None
                } else {
                    Some(Value::from(format!("mot {word}").as_str()))
                };
                let mut edit = edit(&record);
                edit.fields.insert(FIELDS[field].to_owned(), word);
                self.save(machine, edit);
            }
            Step::Set(machine, record, set) => {
                let codes: Vec<&str> = (0..CODES.len())
                    .filter(|bit| set & (1 << bit) != 0)
                    .map(|bit| CODES[bit])
                    .collect();
                let edit = edit(&self.records[record].clone()).set("languages", named(&codes));
                self.save(machine, edit);
            }
            Step::Delete(machine, record) => {
                let record = self.records[record].clone();
                let saved = self.machines[machine].carnet.delete(&record, "supprimé");
                self.saved(machine, saved);
            }
            Step::Restore(machine, record) => {
                let record = self.records[record].clone();
                let saved = self.machines[machine].carnet.restore(&record, "repris");
                self.saved(machine, saved);
            }
            Step::Unite(machine, one, other) => self.unite(machine, one, other),
            Step::Undo(machine) => {
                let carnet = &mut self.machines[machine].carnet;
                if let Some(last) = carnet.last_undoable().unwrap() {
                    match carnet.undo(&last) {
                        Ok(undone) => self.play(machine, undone.commit),
                        Err(error) if is_no_undoing(&error) => {}
                        Err(error) => panic!("{error:?}"),
                    }
                }
            }
            Step::UndoBatch(machine) => {
                let of = &mut self.machines[machine];
                if let Some(batch) = of.last_batch.take() {
                    match of.carnet.undo_batch(batch, None, "échange défait") {
                        Ok(undone) => self.play(machine, undone.commit),
                        Err(MergeError::Store(error)) if is_no_undoing(&error) => {}
                        Err(error) => panic!("{error:?}"),
                    }
                }
            }
            Step::Settle(machine, keeps) => self.settle(machine, keeps),
            Step::Erase(machine) => {
                let record = self.records[RECORDS - 1].clone();
                let carnet = &mut self.machines[machine].carnet;
                carnet.erase(&record, "effacé").unwrap();
                self.erased.insert(record.id.to_string());
                let last = carnet.history(None, 1).unwrap().remove(0);
                let device = last.device.parse().unwrap();
                self.play(
                    machine,
                    Some(CommitRef {
                        device,
                        seq: last.seq,
                    }),
                );
            }
            Step::Merge(machine, other) if machine == other => {}
            Step::Merge(machine, other) => {
                let file = self.machines[other].carnet.path().to_owned();
                let merged = self.machines[machine]
                    .carnet
                    .merge(&[file], "test", Deletions::Accept)
                    .unwrap();
                let mut theirs = self.machines[other].oracle.clone();
                let of = &mut self.machines[machine];
                of.last_batch = merged.batch.or(of.last_batch);
                of.oracle.merge(&mut theirs).unwrap();
            }
            Step::Exchange(machine) => {
                let of = &mut self.machines[machine];
                let done = folder::exchange(&mut of.carnet, &of.view, Deletions::Accept).unwrap();
                of.last_batch = done.merged.batch.or(of.last_batch);
                self.follow(machine);
            }
            Step::Carry(from, to, seed) => {
                carry(&self.machines[from].view, &self.machines[to].view, seed);
            }
            Step::Lose(machine, seed) => {
                for (index, file) in handed_on(&self.machines[machine].view).iter().enumerate() {
                    if bits(seed, index) == 0 {
                        fs::remove_file(file).unwrap();
                    }
                }
            }
        }
    }

    /// Saves an edit, which only a record that was erased, or for which another stands, refuses.
    fn save(&mut self, machine: usize, edit: Edit) {
        let edits = Edits {
            edits: vec![edit],
            label: "test".into(),
        };
        let saved = self.machines[machine].carnet.save(edits);
        self.saved(machine, saved);
    }

    /// Plays what was saved, or looks whether it is rightly refused.
    fn saved(&mut self, machine: usize, saved: Result<Saved, StoreError>) {
        match saved {
            Ok(saved) => self.play(machine, saved.commit),
            Err(StoreError::NotFound(record)) => {
                assert!(self.erased.contains(&record.id.to_string()));
            }
            Err(StoreError::United { record, into, .. }) => {
                let stands = self.machines[machine].carnet.standing(&record).unwrap();
                assert!(stands == into && into != record);
            }
            Err(error) => panic!("{error:?}"),
        }
    }

    /// Unites two records, which only one that is out of the lists or that holds a conflict refuses.
    fn unite(&mut self, machine: usize, one: usize, other: usize) {
        let pair = [&self.records[one], &self.records[other]];
        let carnet = &mut self.machines[machine].carnet;
        match carnet.unite(pair[0], pair[1], "réunis") {
            Ok(saved) => self.play(machine, saved.commit),
            Err(StoreError::NotFound(_)) => {
                let is_out = |record: &RecordRef| {
                    let is_erased = self.erased.contains(&record.id.to_string());
                    is_erased || carnet.get(record).unwrap().is_deleted
                };
                assert!(one == other || pair.into_iter().any(is_out));
            }
            Err(StoreError::Undecided(record)) => {
                assert!(!carnet.conflicts(Some(&record)).unwrap().is_empty());
            }
            Err(error) => panic!("{error:?}"),
        }
    }

    fn settle(&mut self, machine: usize, keeps: bool) {
        let carnet = &mut self.machines[machine].carnet;
        let Some(conflict) = carnet.conflicts(None).unwrap().into_iter().next() else {
            return;
        };
        let first = &conflict.heads[0];
        let resolution = if keeps || !FIELDS.contains(&conflict.field.as_str()) {
            Resolution::Keep(CommitRef {
                device: first.device.parse().unwrap(),
                seq: first.seq,
            })
        } else {
            Resolution::Write(Some("un troisième".into()))
        };
        match carnet.resolve(&conflict.id, &resolution, "tranché") {
            Ok(commit) => self.play(machine, Some(commit)),
            // Uniting again what was parted is refused as any union.
            Err(MergeError::Store(
                StoreError::NotFound(_)
                | StoreError::Undecided(_)
                | StoreError::ChangedSinceParted(_),
            )) => {
                assert_eq!(conflict.field, "merged_into");
            }
            Err(error) => panic!("{error:?}"),
        }
    }

    /// On every machine, what stands is what stands in the oracle.
    fn stands_as_in_the_oracle(&self) {
        for (number, machine) in self.machines.iter().enumerate() {
            let mut clashes: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
            for conflict in machine.carnet.conflicts(None).unwrap() {
                let values = conflict.heads.iter().map(|head| word(head.value.as_ref()));
                clashes.insert(
                    (conflict.row.clone(), conflict.field.clone()),
                    values.collect(),
                );
            }
            for key in machine.oracle.keys(ROOT) {
                let (row, field) = key.split_once('|').unwrap();
                if self.erased.contains(row) {
                    continue;
                }
                let all = machine.oracle.get_all(ROOT, key.as_str()).unwrap();
                let (commits, mut standing): (Vec<CommitRef>, BTreeSet<String>) = all
                    .iter()
                    .map(|(value, _)| {
                        let (commit, text) = value.as_str().unwrap().split_once('|').unwrap();
                        (commit.parse::<CommitRef>().unwrap(), text.to_owned())
                    })
                    .unzip();
                if field == "merged_into" && self.is_parted(machine, row, &commits) {
                    standing.insert(NOTHING.to_owned());
                }
                let ours = clashes.remove(&(row.to_owned(), field.to_owned()));
                if field != "merged_into" && self.is_united(&machine.carnet, row) {
                    assert_eq!(ours, None, "poste {number}, {key}: another stands for it");
                    continue;
                }
                match ours {
                    Some(ours) => assert_eq!(ours, standing, "poste {number}, {key}"),
                    None => {
                        assert_eq!(standing.len(), 1, "poste {number}, {key}: {standing:?}");
                        if field == "merged_into" {
                            self.stands_for(&machine.carnet, row, standing.first());
                        }
                        let shown = self.shown(&machine.carnet, row, field);
                        if let Some(shown) = shown {
                            assert!(
                                standing.contains(&shown),
                                "poste {number}, {key}: {standing:?} and {shown}"
                            );
                        }
                    }
                }
            }
            clashes.retain(|(row, _), _| !self.erased.contains(row));
            assert!(clashes.is_empty(), "poste {number}: {clashes:?}");
        }
    }

    /// Whether another record stands for this one.
    fn is_united(&self, carnet: &Carnet, row: &str) -> bool {
        let record = self.record(row);
        record.is_some_and(|record| carnet.standing(record).unwrap() != *record)
    }

    /// Whether somebody wrote in a record what nobody who united it knew of, as the oracle has it.
    fn is_parted(&self, machine: &Machine, row: &str, unions: &[CommitRef]) -> bool {
        let held = machine.carnet.held().unwrap();
        let is_held = |commit: &CommitRef| {
            let mut held = held.iter();
            held.any(|held| held.device == commit.device && commit.seq <= held.last)
        };
        let known = self.changes.iter().filter(|(commit, _)| is_held(commit));
        let mut writers = known.map(|(_, change)| change.hash());
        let unions: Vec<ChangeHash> = unions
            .iter()
            .filter_map(|commit| self.changes.get(commit))
            .map(Change::hash)
            .collect();
        writers.any(|writer| {
            self.wrote[&writer].contains(row)
                && unions
                    .iter()
                    .all(|union| !self.past(*union).contains(&writer))
        })
    }

    /// A change with all that its writer knew, as the oracle has it.
    fn past(&self, of: ChangeHash) -> BTreeSet<ChangeHash> {
        let changes = self.changes.values();
        let by_hash: HashMap<_, _> = changes.map(|change| (change.hash(), change)).collect();
        let (mut past, mut next) = (BTreeSet::new(), vec![of]);
        while let Some(hash) = next.pop() {
            if let Some(change) = by_hash.get(&hash).filter(|_| past.insert(hash)) {
                next.extend(change.deps());
            }
        }
        past
    }

    fn record(&self, row: &str) -> Option<&RecordRef> {
        let mut records = self.records.iter();
        records.find(|record| record.id.to_string() == row)
    }

    /// The record that the oracle names stands for this row, or what stands for that one does.
    fn stands_for(&self, carnet: &Carnet, row: &str, named: Option<&String>) {
        let record = self.record(row).unwrap();
        let into = named.and_then(|named| self.record(named)).unwrap_or(record);
        let standing = carnet.standing(record).unwrap();
        assert_eq!(standing == *record, into == record, "{row}");
        if into != record {
            assert_eq!(standing, carnet.standing(into).unwrap(), "{row}");
        }
    }

    fn shown(&self, carnet: &Carnet, row: &str, field: &str) -> Option<String> {
        let record = self.record(row)?;
        let record = carnet.get(record).unwrap();
        if FIELDS.contains(&field) {
            return Some(record.text(field).unwrap_or(NOTHING).to_owned());
        }
        let element = field.strip_prefix("languages/")?;
        let is_in = record
            .elements("languages")
            .iter()
            .any(|one| one == element);
        Some(if is_in { "true" } else { NOTHING }.to_owned())
    }

    /// Carries everything everywhere; then all must hold the same, and every word.
    fn all_agree(&mut self) {
        for _ in 0..3 {
            for machine in 0..MACHINES {
                for other in 0..MACHINES {
                    carry(
                        &self.machines[other].view,
                        &self.machines[machine].view,
                        u64::MAX / 3 * 2,
                    );
                }
                self.run(&Step::Exchange(machine));
            }
        }
        self.stands_as_in_the_oracle();
        let facts = whole(&self.machines[0].carnet);
        for machine in &self.machines[1..] {
            assert_eq!(facts, whole(&machine.carnet));
        }
        let kept: Vec<Value> = written(&self.machines[0].carnet);
        for (row, value) in &self.spoken {
            assert!(
                self.erased.contains(row) || kept.contains(value),
                "{value:?}"
            );
        }
    }
}

/// Whether an undoing is refused because it would erase less, settle what nobody settled, or leave half of a union.
fn is_no_undoing(error: &StoreError) -> bool {
    matches!(
        error,
        StoreError::ErasureStays
            | StoreError::UndoSettles { .. }
            | StoreError::United { .. }
            | StoreError::ChangedSinceParted(_)
    )
}

/// Makes the oracle's change of one of our commits.
fn play(oracle: &mut AutoCommit, entry: &HistoryEntry) -> Change {
    for change in &entry.changes {
        // Named after its commit, so that no value is the one before: Automerge would not write it.
        let value = format!(
            "{}:{}|{}",
            entry.device,
            entry.seq,
            word(change.after.as_ref())
        );
        oracle
            .put(ROOT, format!("{}|{}", change.row, change.field), value)
            .unwrap();
    }
    oracle.commit();
    oracle.get_last_local_change().unwrap()
}

fn word(value: Option<&Value>) -> String {
    match value {
        None => NOTHING.to_owned(),
        Some(Value::Text(text)) => text.clone(),
        Some(value) => serde_json::to_string(value).unwrap(),
    }
}

fn bits(seed: u64, index: usize) -> u64 {
    (seed >> (2 * (index % 32))) & 3
}

/// Brings the files of one view to another: 0 leaves a file for later, 1 brings half of it, 2 all, 3 twice.
fn carry(from: &Path, to: &Path, seed: u64) {
    if from == to {
        return;
    }
    for (index, file) in handed_on(from).iter().enumerate() {
        let there = to.join(file.strip_prefix(from).unwrap());
        let bytes = fs::read(file).unwrap();
        let fate = bits(seed, index);
        let is_there = fs::read(&there).is_ok_and(|found| found.len() >= bytes.len());
        if fate == 0 || is_there {
            continue;
        }
        arrive(&there, &bytes, fate != 1);
        if fate == 3 {
            let name = there.file_stem().unwrap().to_str().unwrap();
            fs::write(there.with_file_name(format!("{name} (1).carnet")), &bytes).unwrap();
        }
    }
}

#[test]
fn protected_machines_in_a_short_script_stand_as_in_the_oracle() {
    let mut world = World::new(Some(&passphrase()));
    for step in [
        Step::Write(0, 0, 0, 1),
        Step::Write(1, 0, 0, 2),
        Step::Set(0, 1, 3),
        Step::Set(1, 1, 5),
        Step::Delete(1, 2),
        Step::Write(0, 2, 1, 3),
        Step::Exchange(0),
        Step::Carry(0, 1, u64::MAX / 3 * 2),
        Step::Exchange(1),
        Step::Merge(0, 1),
    ] {
        world.run(&step);
    }
    world.stands_as_in_the_oracle();
    let clashes = world.machines[0].carnet.conflict_count().unwrap();
    assert_eq!(clashes, 1, "the script has something to compare");
    world.all_agree();
}

#[test]
fn a_union_that_others_have_met_is_undone_as_in_the_oracle() {
    let mut world = World::new(None);
    for step in [
        Step::Unite(0, 0, 1),
        Step::Write(1, 0, 1, 1),
        Step::Write(1, 1, 1, 2),
        Step::Merge(1, 0),
        Step::Merge(2, 1),
        Step::Unite(3, 1, 2),
        Step::Merge(3, 2),
        Step::Undo(0),
        Step::Write(2, 1, 2, 3),
        Step::Merge(0, 3),
    ] {
        world.run(&step);
        world.stands_as_in_the_oracle();
    }
    let is_union = |value: &Value| value.as_text().is_some_and(|id| world.record(id).is_some());
    let unions = world.spoken.iter().filter(|(_, value)| is_union(value));
    assert_eq!(unions.count(), 2, "the script has unions to compare");
    world.all_agree();
}

#[test]
fn any_script_stands_as_in_the_oracle_and_all_machines_agree_in_the_end() {
    let seeds = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/exchange/proptest-regressions/oracle.txt"
    );
    let config = Config {
        cases: cases(24),
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(seeds))),
        max_shrink_iters: 400,
        ..Config::default()
    };
    let scripts = proptest::collection::vec(step(), 10..60);
    TestRunner::new(config)
        .run(&scripts, |script| {
            let mut world = World::new(None);
            for step in &script {
                world.run(step);
            }
            world.stands_as_in_the_oracle();
            world.all_agree();
            Ok(())
        })
        .unwrap();
}
