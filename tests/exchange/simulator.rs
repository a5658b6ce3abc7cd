//! An engine of synchronisation that does all that engines have been seen to do, over what two machines share.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use carnet_core::exchange::{ExchangeError, folder, publish};
use carnet_core::store::{Carnet, Deletions, MergeError};
use carnet_tests::{
    Machines, agree, arrive, cases, edit, handed_on, organisation, quick_folder, save, tree,
    written,
};
use proptest::prelude::*;
use proptest::test_runner::{Config, FileFailurePersistence, TestRunner};

/// What becomes of one file on its way.
#[derive(Debug, Clone, Copy)]
enum Fate {
    Arrives,
    ComesLater,
    /// The first half is there; the rest comes with the next delivery.
    Half,
    /// It is there, and once more under the name of a conflict copy.
    Twice(usize),
    /// A file system that knows no lower case.
    Shouted,
    /// Letters and accents apart, as one maker's file systems keep them.
    Decomposed,
    /// The clock of a camera: the time of the file is that of 1980.
    Antique,
}

/// What engines and file managers add to the name of a copy.
const ADDED: [&str; 7] = [
    ".sync-conflict-20261006-093000-ABCDEFG",
    " (conflicted copy 2026-10-06 093000)",
    " (Copie en conflit de Portable 2026-10-06)",
    "_conflict-20261006-093000",
    " - Copie",
    " - Copy (2)",
    " (1)",
];

fn fate() -> impl Strategy<Value = Fate> {
    prop_oneof![
        6 => Just(Fate::Arrives),
        3 => Just(Fate::ComesLater),
        3 => Just(Fate::Half),
        3 => (0..ADDED.len()).prop_map(Fate::Twice),
        1 => Just(Fate::Shouted),
        1 => Just(Fate::Decomposed),
        1 => Just(Fate::Antique),
    ]
}

/// Splits the accented letters that our names use.
fn decomposed(name: &str) -> String {
    name.replace('É', "E\u{301}").replace('é', "e\u{301}")
}

/// Delivers one file as its fate has it.
fn deliver(file: &Path, there: &Path, fate: Fate) {
    let bytes = fs::read(file).unwrap();
    let name = there.file_name().unwrap().to_str().unwrap();
    let stem = there.file_stem().unwrap().to_str().unwrap();
    match fate {
        Fate::ComesLater => {}
        Fate::Arrives => arrive(there, &bytes, true),
        Fate::Half => arrive(there, &bytes, false),
        Fate::Twice(added) => {
            arrive(there, &bytes, true);
            fs::write(
                there.with_file_name(format!("{stem}{}.carnet", ADDED[added])),
                &bytes,
            )
            .unwrap();
        }
        Fate::Shouted => arrive(&there.with_file_name(name.to_uppercase()), &bytes, true),
        Fate::Decomposed => arrive(&there.with_file_name(decomposed(name)), &bytes, true),
        Fate::Antique => {
            arrive(there, &bytes, true);
            let old = SystemTime::UNIX_EPOCH + Duration::from_hours(24 * 3652);
            fs::File::options()
                .write(true)
                .open(there)
                .unwrap()
                .set_modified(old)
                .unwrap();
        }
    }
}

/// Carries one view of a shared folder to another, each file by the next fate.
fn carry(from: &Path, to: &Path, fates: &mut impl Iterator<Item = Fate>) {
    for file in handed_on(from) {
        let there = to.join(file.strip_prefix(from).unwrap());
        let length = fs::metadata(&file).unwrap().len();
        let is_whole = fs::metadata(&there).is_ok_and(|found| found.len() >= length);
        if !is_whole {
            deliver(&file, &there, fates.next().unwrap_or(Fate::Arrives));
        }
    }
}

#[derive(Debug, Clone)]
enum Step {
    Write(usize, u8),
    Pass(usize),
    Carry(usize, usize, Vec<Fate>),
    /// The folder is not there for one pass.
    Unplug(usize),
    /// The folder has been emptied.
    Empty(usize),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0..3_usize, any::<u8>()).prop_map(|(machine, word)| Step::Write(machine, word)),
        4 => (0..3_usize).prop_map(Step::Pass),
        5 => (0..3_usize, 0..3_usize, proptest::collection::vec(fate(), 0..12))
            .prop_map(|(from, to, fates)| Step::Carry(from, to, fates)),
        1 => (0..3_usize).prop_map(Step::Unplug),
        1 => (0..3_usize).prop_map(Step::Empty),
    ]
}

const NAMES: [&str; 3] = ["a", "b", "c"];

#[test]
fn an_exchange_folder_that_suffers_all_that_engines_do_loses_nothing() {
    let seeds = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/exchange/proptest-regressions/simulator.txt"
    );
    let config = Config {
        cases: cases(12),
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(seeds))),
        max_shrink_iters: 300,
        ..Config::default()
    };
    TestRunner::new(config)
        .run(&proptest::collection::vec(step(), 8..40), |script| {
            play(&script);
            Ok(())
        })
        .unwrap();
}

fn play(script: &[Step]) {
    let machines = Machines::new();
    machines.create("a");
    let parc = machines.save("a", organisation("Parc")).rows[0].clone();
    machines.copy("a", "b");
    machines.copy("a", "c");
    let views: Vec<PathBuf> = NAMES
        .iter()
        .map(|name| machines.folder().join(format!("vue-{name}")))
        .collect();
    for view in &views {
        fs::create_dir(view).unwrap();
    }
    let pass = |machine: usize| {
        machines.at(NAMES[machine], |carnet| {
            folder::exchange(carnet, &views[machine], Deletions::Ask)
        })
    };
    let mut words = Vec::new();
    for step in script {
        match step {
            Step::Write(machine, word) => {
                let word = format!("mot {word} de {machine}");
                let field = ["name", "acronym", "strategy"][usize::from(word.len() % 3 == 0)];
                machines.save(NAMES[*machine], edit(&parc).set(field, word.as_str()));
                words.push(word);
            }
            Step::Pass(machine) => {
                pass(*machine).unwrap();
            }
            Step::Carry(from, to, _) if from == to => {}
            Step::Carry(from, to, fates) => {
                carry(&views[*from], &views[*to], &mut fates.iter().copied());
            }
            Step::Unplug(machine) => {
                let aside = machines.folder().join("débranchée");
                fs::rename(&views[*machine], &aside).unwrap();
                let before = machines.digest(NAMES[*machine]);
                let refused = pass(*machine);
                assert!(
                    matches!(refused, Err(ExchangeError::NoFolder(_))),
                    "{refused:?}"
                );
                assert_eq!(machines.digest(NAMES[*machine]), before);
                fs::rename(&aside, &views[*machine]).unwrap();
            }
            Step::Empty(machine) => {
                fs::remove_dir_all(&views[*machine]).unwrap();
                fs::create_dir(&views[*machine]).unwrap();
            }
        }
    }
    // At last everything arrives.
    for _ in 0..3 {
        for machine in 0..NAMES.len() {
            for other in 0..NAMES.len() {
                carry(&views[other], &views[machine], &mut std::iter::empty());
            }
            let done = pass(machine).unwrap();
            assert!(done.waiting.is_none());
        }
    }
    machines.agree(&NAMES);
    let all = machines.at("a", |carnet| written(carnet));
    for word in words {
        assert!(all.contains(&word.as_str().into()), "{word}");
    }
    for machine in 0..NAMES.len() {
        let quiet = pass(machine).unwrap();
        assert_eq!((quiet.merged.commits, quiet.written), (0, 0));
        assert!(quiet.missing.is_empty(), "{:?}", quiet.missing);
    }
}

/// Two machines that publish one file in folders which an engine keeps alike.
struct Publishing {
    _folder: tempfile::TempDir,
    carnets: [Carnet; 2],
    published: [PathBuf; 2],
    parc: carnet_core::model::RecordRef,
}

impl Publishing {
    fn new() -> Self {
        let folder = quick_folder();
        let machines = Machines::new();
        let [un, deux] = ["un", "deux"].map(|name| {
            let home = folder.path().join(name);
            fs::create_dir_all(home.join("partage")).unwrap();
            home
        });
        let writer = |home: &Path| machines.writer("poste", home.join("registre"));
        let published = [&un, &deux].map(|home| home.join("partage").join("Élevage.carnet"));
        let mut first =
            publish::create(&published[0], None, writer(&un), &un.join("travail")).unwrap();
        let parc = save(&mut first, organisation("Parc")).rows[0].clone();
        assert!(
            publish::publish(&mut first, &published[0])
                .unwrap()
                .is_written
        );
        fs::copy(&published[0], &published[1]).unwrap();
        let opened =
            publish::open(&published[1], None, writer(&deux), &deux.join("travail")).unwrap();
        Self {
            _folder: folder,
            carnets: [first, opened.carnet],
            published,
            parc,
        }
    }

    fn write(&mut self, machine: usize, field: &str, word: &str) {
        let edit = edit(&self.parc).set(field, word);
        save(&mut self.carnets[machine], edit);
    }

    fn publish(&mut self, machine: usize) -> publish::Published {
        publish::publish(&mut self.carnets[machine], &self.published[machine]).unwrap()
    }
}

#[test]
fn each_kind_of_conflict_copy_of_a_published_file_is_folded_in_and_offered_for_removal() {
    for added in ADDED {
        for is_decomposed in [false, true] {
            let mut scene = Publishing::new();
            scene.write(0, "name", "d’ici");
            scene.write(1, "acronym", "de là");
            scene.publish(0);
            scene.publish(1);
            // The engine keeps the file of the one and sets that of the other aside.
            let name = format!("Élevage{added}.carnet");
            let name = if is_decomposed {
                decomposed(&name)
            } else {
                name
            };
            let aside = scene.published[0].with_file_name(name);
            fs::copy(&scene.published[1], &aside).unwrap();
            let [mine, _] = &mut scene.carnets;
            let folded = publish::fold_in(mine, &scene.published[0], Deletions::Ask);
            assert!(folded.refused.is_empty(), "{added}: {:?}", folded.refused);
            assert_eq!(
                folded.copies,
                std::slice::from_ref(&aside),
                "{added}, decomposed: {is_decomposed}"
            );
            let record = mine.get(&scene.parc).unwrap();
            assert_eq!(record.text("acronym"), Some("de là"), "{added}");
            assert!(aside.exists(), "removal is offered, not done");
        }
    }
}

#[test]
fn a_conflict_copy_that_deletes_much_waits_for_a_yes_and_is_folded_in_after_it() {
    let mut scene = Publishing::new();
    let rows: Vec<_> = (0..30)
        .map(|index| {
            save(&mut scene.carnets[0], organisation(&format!("n° {index}"))).rows[0].clone()
        })
        .collect();
    scene.publish(0);
    fs::copy(&scene.published[0], &scene.published[1]).unwrap();
    scene.publish(1);
    for row in &rows {
        scene.carnets[1].delete(row, "ménage").unwrap();
    }
    scene.publish(1);
    let aside = scene.published[0].with_file_name("Élevage (1).carnet");
    fs::copy(&scene.published[1], &aside).unwrap();
    let [mine, _] = &mut scene.carnets;
    let before = mine.digest().unwrap();
    let waiting = publish::fold_in(mine, &scene.published[0], Deletions::Ask);
    assert!(
        matches!(
            &waiting.refused[..],
            [(
                _,
                ExchangeError::Merge(MergeError::ManyDeletions { deleted: 30, .. })
            )]
        ),
        "{waiting:?}"
    );
    assert_eq!(mine.digest().unwrap(), before);
    let folded = publish::fold_in(mine, &scene.published[0], Deletions::Accept);
    assert_eq!(folded.copies, [aside]);
    let again = publish::fold_in(mine, &scene.published[0], Deletions::Ask);
    assert!(again.refused.is_empty(), "nothing is asked any more");
}

#[test]
fn a_published_file_replaced_by_another_machine_is_taken_over_before_it_is_replaced() {
    let mut scene = Publishing::new();
    scene.write(0, "name", "d’ici");
    scene.write(1, "acronym", "de là");
    scene.publish(1);
    // The engine puts the other's file in the place of ours.
    fs::copy(&scene.published[1], &scene.published[0]).unwrap();
    let done = scene.publish(0);
    assert_eq!((done.merged.commits, done.is_written), (1, true));
    fs::copy(&scene.published[0], &scene.published[1]).unwrap();
    assert!(!scene.publish(1).is_written, "it holds the same already");
    let [one, other] = &scene.carnets;
    agree(&[one, other]);
}

#[test]
fn a_published_file_that_arrives_halfway_is_left_alone_until_it_is_whole() {
    let mut scene = Publishing::new();
    scene.write(1, "acronym", "de là");
    scene.publish(1);
    scene.write(0, "name", "d’ici");
    let whole = fs::read(&scene.published[1]).unwrap();
    for kept in [0, 10, 4096, whole.len() / 2, whole.len() - 4096] {
        fs::write(&scene.published[0], &whole[..kept]).unwrap();
        let [mine, _] = &mut scene.carnets;
        let before = mine.digest().unwrap();
        let refused = publish::publish(mine, &scene.published[0]);
        assert!(refused.is_err(), "{kept} bytes");
        assert_eq!(mine.digest().unwrap(), before);
        assert_eq!(fs::read(&scene.published[0]).unwrap(), &whole[..kept]);
    }
    fs::write(&scene.published[0], &whole).unwrap();
    assert_eq!(scene.publish(0).merged.commits, 1);
}

#[test]
fn a_published_file_that_is_gone_is_published_again() {
    let mut scene = Publishing::new();
    fs::remove_file(&scene.published[0]).unwrap();
    let before = scene.carnets[0].digest().unwrap();
    assert!(scene.publish(0).is_written);
    assert_eq!(scene.carnets[0].digest().unwrap(), before);
    let left = tree(scene.published[0].parent().unwrap());
    assert_eq!(left, [scene.published[0].clone()]);
}

#[test]
fn an_older_published_file_put_back_by_an_engine_takes_nothing_away() {
    let mut scene = Publishing::new();
    let old = fs::read(&scene.published[0]).unwrap();
    scene.write(0, "name", "plus tard");
    scene.publish(0);
    fs::write(&scene.published[0], old).unwrap();
    assert!(scene.publish(0).is_written);
    let record = scene.carnets[0].get(&scene.parc).unwrap();
    assert_eq!(record.text("name"), Some("plus tard"));
}

#[test]
fn a_file_that_a_person_puts_in_an_exchange_folder_is_read_as_well() {
    let machines = Machines::new();
    machines.create("a");
    let parc = machines.save("a", organisation("Parc")).rows[0].clone();
    machines.copy("a", "b");
    machines.save("b", edit(&parc).set("name", "à la main"));
    let view = machines.folder().join("vue");
    fs::create_dir(&view).unwrap();
    machines.at("a", |carnet| {
        folder::exchange(carnet, &view, Deletions::Ask).unwrap()
    });
    let family = fs::read_dir(&view).unwrap().next().unwrap().unwrap().path();
    fs::copy(machines.path("b"), family.join("de la part de b.carnet")).unwrap();
    fs::write(family.join("notes.txt"), "rien").unwrap();
    machines.at("a", |carnet| {
        folder::exchange(carnet, &view, Deletions::Ask).unwrap()
    });
    machines.agree(&["a", "b"]);
}
