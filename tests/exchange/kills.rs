//! Programs that are killed: whatever they were doing, the carnet is whole, with all that they had acknowledged.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use carnet_core::exchange::publish;
use carnet_core::model::RecordRef;
use carnet_core::store::{Carnet, ListRequest, Writer};
use carnet_tests::{
    Machines, PASSPHRASE, Terminal, cases, edit, is_soak, organisation, quick_folder, save, tree,
};
use rusqlite::Connection;
use serde_json::Value;

/// What a killed program was doing.
const WORK: [&str; 4] = ["set", "merge", "exchange", "backup"];

/// Spins between two looks at whether the program has ended.
const SPINS: u64 = 10_000;

/// Starts the program, lets it work for so many turns, and kills it there.
///
/// Whether it was done before does not matter: what it had acknowledged must be there.
fn kill(mut command: Command, turns: u64) {
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    let mut worked = 0;
    while worked < turns && child.try_wait().unwrap().is_none() {
        (0..SPINS).for_each(|_| std::hint::spin_loop());
        worked += 1;
    }
    let _ = child.kill();
    child.wait().unwrap();
}

/// How many turns the program takes when it is left alone.
fn turns_of(mut command: Command) -> u64 {
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    let mut turns = 1;
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        (0..SPINS).for_each(|_| std::hint::spin_loop());
        turns += 1;
    };
    assert!(status.success(), "{command:?}: {status}");
    turns
}

/// Moments spread at random, the same in every run.
struct Moments(u64);

impl Moments {
    fn below(&mut self, turns: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (self.0 >> 33) % turns
    }
}

/// Among many kills, some strike at each of the moments that matter; a few may miss one.
fn struck_at<const MOMENTS: usize>(kills: [u32; MOMENTS]) {
    if is_soak() {
        assert!(kills.iter().all(|kills| *kills > 0), "{kills:?}");
    }
}

/// Removes a carnet with what an engine left beside it.
fn remove(terminal: &Terminal, name: &str) {
    for left in tree(terminal.folder.path()) {
        let is_of_it = left
            .file_name()
            .is_some_and(|found| found.to_string_lossy().starts_with(name));
        if is_of_it {
            fs::remove_file(left).unwrap();
        }
    }
}

#[test]
fn a_program_killed_at_any_moment_leaves_a_whole_carnet_with_all_that_it_acknowledged() {
    let terminal = Terminal::new();
    terminal.done(&["new", "a.carnet", "--no-passphrase"]);
    let parc = new_organisation(&terminal);
    fs::create_dir(terminal.path("clé")).unwrap();
    fs::copy(terminal.path("a.carnet"), terminal.path("b.carnet")).unwrap();
    let mut moments = Moments(0x9e37_79b9_7f4a_7c15);
    let kills = cases(20);
    for turn in 0..kills {
        let acknowledged = format!("tour {turn}");
        terminal.done(&["set", "a.carnet", &parc, &format!("acronym={acknowledged}")]);
        let there = format!("strategy=depuis b {turn}");
        terminal.done(&["set", "b.carnet", &parc, &there]);
        terminal.done(&["exchange", "b.carnet", "clé"]);
        let named = format!("name=Parc {turn}");
        let line: &[&str] = match WORK[turn as usize % WORK.len()] {
            "set" => &["set", "a.carnet", &parc, &named],
            "merge" => &["merge", "a.carnet", "b.carnet"],
            "exchange" => &["exchange", "a.carnet", "clé"],
            _ => &["backup", "a.carnet", "sauvegardes"],
        };
        // A killed run that ends by itself leaves the same as a whole one: the next turn still counts.
        let whole = turns_of(terminal.command("", &["digest", "a.carnet"]));
        kill(terminal.command("", line), moments.below(whole * 3));
        terminal.done(&["check", "a.carnet"]);
        let shown = terminal.json(&["show", "a.carnet", &parc, "--json"]);
        assert_eq!(
            shown["fields"]["acronym"],
            acknowledged.as_str(),
            "{line:?}"
        );
    }
    // What was under way when the program was killed can be done again.
    terminal.done(&["merge", "a.carnet", "b.carnet"]);
    terminal.done(&["exchange", "a.carnet", "clé"]);
    terminal.done(&["exchange", "b.carnet", "clé"]);
    terminal.done(&["backup", "a.carnet", "sauvegardes"]);
    terminal.done(&["check", "a.carnet"]);
    assert_eq!(
        terminal.done(&["digest", "a.carnet"]),
        terminal.done(&["digest", "b.carnet"])
    );
    let is_carnet = |path: &PathBuf| path.extension().is_some_and(|kind| kind == "carnet");
    let backups = tree(&terminal.path("sauvegardes"));
    for backup in backups.into_iter().filter(is_carnet) {
        terminal.done(&["check", backup.to_str().unwrap()]);
    }
    eprintln!("{kills} kills of {WORK:?}");
}

fn new_organisation(terminal: &Terminal) -> String {
    terminal.done(&[
        "set",
        "a.carnet",
        "organisation",
        "name=Parc",
        "organisation_type=group",
        "country=FR",
    ])
}

#[test]
fn a_program_killed_while_it_prints_has_done_what_it_printed() {
    let terminal = Terminal::new();
    terminal.done(&["new", "a.carnet", "--no-passphrase"]);
    for turn in 0..cases(20).min(60) {
        let label = format!("label_fr=étiquette {turn}");
        let mut child = terminal
            .command("", &["set", "a.carnet", "tag", &label])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut printed = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut printed)
            .unwrap();
        let _ = child.kill();
        child.wait().unwrap();
        let shown: Value = terminal.json(&["show", "a.carnet", printed.trim(), "--json"]);
        assert_eq!(
            shown["fields"]["label_fr"],
            format!("étiquette {turn}").as_str()
        );
    }
    terminal.done(&["check", "a.carnet"]);
}

#[test]
fn a_program_killed_while_it_changes_the_passphrase_leaves_a_whole_carnet_under_one_of_the_two() {
    let terminal = Terminal::new();
    let new = "une autre phrase";
    terminal.done(&["new", "protégé.carnet"]);
    terminal.done(&["new", "ouvert.carnet", "--no-passphrase"]);
    for file in ["protégé.carnet", "ouvert.carnet"] {
        terminal.done(&["set", file, "tag", "label_fr=laine"]);
        let digest = terminal.done(&["digest", file]);
        let copy = || fs::copy(terminal.path(file), terminal.path("c.carnet")).unwrap();
        copy();
        let whole = turns_of(terminal.command(PASSPHRASE, &["rekey", "c.carnet"]));
        let mut moments = Moments(0x2545_f491_4f6c_dd1d);
        let mut found = [0, 0];
        for _ in 0..cases(2) {
            remove(&terminal, "c.carnet");
            copy();
            let turns = moments.below(whole * 5 / 4);
            kill(terminal.command(PASSPHRASE, &["rekey", "c.carnet"]), turns);
            let phrases = [PASSPHRASE, new];
            let opens = phrases.map(|phrase| {
                let read = terminal.run_with(phrase, &["digest", "c.carnet"]);
                read.status.success() && String::from_utf8_lossy(&read.stdout).trim() == digest
            });
            let under = opens.iter().rposition(|opens| *opens);
            let under = under.unwrap_or_else(|| panic!("{file} opens under neither"));
            found[under] += 1;
            let checked = terminal.run_with(phrases[under], &["check", "c.carnet"]);
            assert!(checked.status.success(), "{file}: {checked:?}");
        }
        eprintln!(
            "{file}: {} under the old one, {} under the new one",
            found[0], found[1]
        );
        struck_at(found);
    }
}

/// Makes of a carnet one of an earlier version of the same format: what the model and the indexes gained since is
/// not there.
fn make_older(path: &Path) {
    let conn = Connection::open(path).unwrap();
    conn.execute_batch(
        "ALTER TABLE organisation DROP COLUMN strategy; DROP INDEX person_by_title; DROP TABLE clash",
    )
    .unwrap();
}

#[test]
fn a_program_killed_while_it_brings_an_older_carnet_up_to_date_leaves_a_whole_one() {
    let terminal = Terminal::new();
    terminal.done(&["new", "a.carnet", "--demo", "--no-passphrase"]);
    let parc = new_organisation(&terminal);
    terminal.done(&["set", "a.carnet", &parc, "strategy=acquittée"]);
    let digest = terminal.done(&["digest", "a.carnet"]);
    let (file, journal) = (terminal.path("a.carnet"), terminal.path("a.carnet-journal"));
    make_older(&file);
    let older = fs::read(&file).unwrap();
    fs::copy(&file, terminal.path("b.carnet")).unwrap();
    terminal.done(&["set", "b.carnet", &parc, "acronym=d’à côté"]);
    let opening = || terminal.command("", &["digest", "a.carnet"]);
    let whole = turns_of(opening());
    assert!(
        fs::read(&file).unwrap() != older,
        "the scene is a rebuilding"
    );
    let mut moments = Moments(0x6a09_e667_f3bc_c909);
    let (mut halfway, mut done) = (0, 0);
    for turn in 0..cases(6) {
        remove(&terminal, "a.carnet");
        fs::write(&file, &older).unwrap();
        kill(opening(), moments.below(whole));
        let is_halfway = fs::metadata(&journal).is_ok_and(|found| found.len() > 0);
        halfway += u32::from(is_halfway);
        done += u32::from(!is_halfway && fs::read(&file).unwrap() != older);
        if turn % 3 == 0 {
            // Somebody else takes the file over as it was left, before anybody opens it again.
            let left = fs::read(&file).unwrap();
            let taken = terminal.json(&["merge", "b.carnet", "a.carnet", "--json"]);
            assert_eq!(
                (&taken["commits"], &taken["deleted"]),
                (&0.into(), &0.into())
            );
            assert!(fs::read(&file).unwrap() == left);
        }
        terminal.done(&["check", "a.carnet"]);
        assert!(!journal.exists());
        assert_eq!(terminal.done(&["digest", "a.carnet"]), digest);
        let shown = terminal.json(&["show", "a.carnet", &parc, "--json"]);
        assert_eq!(shown["fields"]["strategy"], "acquittée");
    }
    eprintln!(
        "{} kills of a rebuilding: {halfway} with pages half written, {done} after the end",
        cases(6)
    );
    struck_at([halfway]);
}

/// Tells the other process of the test below where it works.
const HOME: &str = "CARNET_TEST_HOME";

/// Edits and publications that the other process makes when nobody kills it.
const ROUNDS: u64 = 12;

/// The machine of an officer who writes and publishes.
struct Officer {
    home: PathBuf,
}

impl Officer {
    fn published(&self) -> PathBuf {
        self.home.join("partage").join("massif.carnet")
    }

    fn working(&self) -> PathBuf {
        self.home.join("travail")
    }

    fn writer(&self, machine: &str) -> Writer {
        Machines::new().writer(machine, self.home.join(format!("registre-{machine}")))
    }

    /// What was acknowledged, line by line.
    fn said(&self) -> PathBuf {
        self.home.join("acquitté")
    }

    fn begin(&self) {
        fs::create_dir(self.home.join("partage")).unwrap();
        let published = self.published();
        let mut carnet =
            publish::create(&published, None, self.writer("a"), &self.working()).unwrap();
        save(&mut carnet, organisation("Parc"));
        publish::publish(&mut carnet, &published).unwrap();
    }

    fn open(&self) -> Carnet {
        let opened =
            publish::open(&self.published(), None, self.writer("a"), &self.working()).unwrap();
        assert!(opened.problem.is_none(), "{:?}", opened.problem);
        opened.carnet
    }

    /// The other process, which works here.
    fn process(&self) -> Command {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command
            .args(["--exact", "kills::an_officer_writes_and_publishes"])
            .arg("--ignored")
            .env(HOME, &self.home);
        command
    }

    /// The last number that was acknowledged after this word.
    fn acknowledged(&self, word: &str) -> u64 {
        let said = fs::read_to_string(self.said()).unwrap_or_default();
        let whole = said.rsplit_once('\n').map_or("", |(whole, _)| whole);
        let mut lines = whole.lines().rev();
        lines
            .find_map(|line| line.strip_prefix(word)?.trim().parse().ok())
            .unwrap_or_default()
    }

    /// What a program that was killed left in the folder, beside the published file.
    fn left_over(&self) -> Vec<PathBuf> {
        let mut files = tree(self.published().parent().unwrap());
        files.retain(|file| *file != self.published());
        files
    }
}

/// The organisation of the scene, and the number that it holds.
fn number(carnet: &Carnet) -> (RecordRef, u64) {
    let page = carnet.list(&ListRequest::of("organisation", 1)).unwrap();
    let record = &page.records[0];
    let number = record.text("acronym").map(|text| text.parse().unwrap());
    (record.reference_to_self(), number.unwrap_or_default())
}

#[test]
#[ignore = "the other process of the test below"]
fn an_officer_writes_and_publishes() {
    let Some(home) = std::env::var_os(HOME) else {
        return;
    };
    let officer = Officer { home: home.into() };
    let mut said = fs::File::options()
        .create(true)
        .append(true)
        .open(officer.said())
        .unwrap();
    let mut say = |words: &str| said.write_all(words.as_bytes()).unwrap();
    let mut carnet = officer.open();
    let (parc, last) = number(&carnet);
    for turn in last + 1..=last + ROUNDS {
        save(
            &mut carnet,
            edit(&parc).set("acronym", turn.to_string().as_str()),
        );
        say(&format!("saisie {turn}\n"));
        publish::publish(&mut carnet, &officer.published()).unwrap();
        say(&format!("publiée {turn}\n"));
    }
}

#[test]
fn a_program_killed_while_it_publishes_leaves_the_old_file_or_the_new_one() {
    let folder = quick_folder();
    let officer = Officer {
        home: folder.path().to_owned(),
    };
    officer.begin();
    let whole = turns_of(officer.process());
    assert_eq!(officer.acknowledged("publiée"), ROUNDS);
    let mut moments = Moments(0xbb67_ae85_84ca_a73b);
    let (mut halfway, mut between) = (0, 0);
    for _ in 0..cases(8) {
        kill(officer.process(), moments.below(whole));
        let left = officer.left_over();
        halfway += u32::from(!left.is_empty());
        // The published file is copied as it is, and opens: the old one or the new one.
        let copy = folder.path().join("copie.carnet");
        fs::copy(officer.published(), &copy).unwrap();
        let there = Carnet::open(&copy, None, officer.writer("b")).unwrap();
        assert_eq!(there.check().unwrap().damages, []);
        let (_, published) = number(&there);
        assert!(published >= officer.acknowledged("publiée"));
        drop(there);
        // Nothing that was acknowledged is lost, and what is half written disturbs nobody.
        let mut carnet = officer.open();
        assert_eq!(carnet.check().unwrap().damages, []);
        let (_, written) = number(&carnet);
        assert!(written >= officer.acknowledged("saisie") && written >= published);
        assert!(written <= officer.acknowledged("saisie") + 1);
        between += u32::from(written > published);
        for is_written in [written > published, false] {
            let done = publish::publish(&mut carnet, &officer.published()).unwrap();
            assert_eq!(done.is_written, is_written);
        }
        drop(carnet);
        // It goes when nobody can be writing it any more.
        assert_eq!(officer.left_over(), left);
        for file in &left {
            let file = fs::File::options().write(true).open(file).unwrap();
            let written = file.metadata().unwrap().modified().unwrap();
            file.set_modified(written - Duration::from_hours(48))
                .unwrap();
        }
        drop(officer.open());
        assert_eq!(officer.left_over(), [] as [PathBuf; 0]);
    }
    eprintln!(
        "{} kills of publications: {halfway} with a file half written, {between} before it was in place",
        cases(8)
    );
    struck_at([halfway, between]);
}
