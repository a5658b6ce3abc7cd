//! What disks and power cuts do: flipped bytes, files cut short, programs killed, disks that are full.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::process::{Command, Stdio};

use carnet_core::store::{Carnet, Deletions, MergeError, OpenError};
use carnet_tests::{
    Machines, PASSPHRASE, Terminal, cases, edit, is_soak, organisation, quick_folder,
};
use serde_json::Value;

const PAGE: usize = 4096;

/// What one can read in a carnet: every record of the entities that the scene uses, and the digest.
fn content(carnet: &Carnet) -> Result<String, carnet_core::store::StoreError> {
    use carnet_core::store::ListRequest;
    let mut content = carnet.digest()?;
    for entity in ["organisation", "tag"] {
        for record in carnet.list(&ListRequest::of(entity, 500))?.records {
            content.push_str(&format!("{:?}", record.fields));
        }
    }
    Ok(content)
}

/// Where bytes are flipped: here and there, closer in the two first pages; in a long run each of these.
fn places(length: usize) -> impl Iterator<Item = usize> {
    let (dense, stride) = if is_soak() { (1, 37) } else { (211, 5_009) };
    (0..length)
        .filter(move |place| place.is_multiple_of(if *place < 2 * PAGE { dense } else { stride }))
}

/// A carnet that opens without deriving a key each time, since each of some thousand copies has the same salt.
struct Scene {
    machines: Machines,
    bytes: Vec<u8>,
    content: String,
}

impl Scene {
    /// `a` is the carnet that the officer has open; `b` is a copy of it with one edit more, whose bytes suffer.
    fn new() -> Self {
        let machines = Machines::protected();
        machines.create("a");
        let parc = machines.save("a", organisation("Parc")).rows[0].clone();
        machines.copy("a", "b");
        machines.save("b", edit(&parc).set("name", "Parc, autrement"));
        let bytes = fs::read(machines.path("b")).unwrap();
        let content = machines.at("b", |carnet| content(carnet).unwrap());
        Self {
            machines,
            bytes,
            content,
        }
    }

    /// Opens these bytes and merges them, each refused or harmless.
    fn suffer(&self, copies: impl Iterator<Item = (String, Vec<u8>)>) -> (usize, usize) {
        let (mut harmless, mut refused) = (0, 0);
        self.machines.at("a", |mine| {
            let before = content(mine).unwrap();
            let file = self.machines.folder().join("abîmé.carnet");
            let merged = self.machines.folder().join("b").join(carnet_tests::CARNET);
            for (what, bytes) in copies {
                fs::write(&file, &bytes).unwrap();
                fs::write(&merged, &bytes).unwrap();
                let opened = catch_unwind(AssertUnwindSafe(|| {
                    let carnet = mine.open_with_same_key(&file, mine.writer().clone()).ok()?;
                    content(&carnet).ok()
                }));
                match opened.unwrap_or_else(|_| panic!("{what}: opening panics")) {
                    None => refused += 1,
                    Some(shown) => {
                        assert_eq!(shown, self.content, "{what}: shown without a word");
                        harmless += 1;
                    }
                }
                assert!(fs::read(&file).unwrap() == bytes, "{what}: written");
                let files = [merged.clone()];
                let tried = catch_unwind(AssertUnwindSafe(|| mine.preview_merge(&files)));
                match tried.unwrap_or_else(|_| panic!("{what}: merging panics")) {
                    Ok((foreseen, records)) => {
                        assert_eq!((foreseen.commits, foreseen.changes), (1, 1), "{what}");
                        let after = records[0].fields[0].after.clone();
                        assert_eq!(after, Some("Parc, autrement".into()), "{what}");
                    }
                    Err(error) => assert!(is_said(&error), "{what}: {error:?}"),
                }
                assert_eq!(content(mine).unwrap(), before, "{what}");
            }
            assert_eq!(mine.check().unwrap().damages, []);
        });
        (harmless, refused)
    }
}

/// Whether an error says what is wrong with the copy.
fn is_said(error: &MergeError) -> bool {
    matches!(
        error,
        MergeError::Open(OpenError::Torn(_) | OpenError::NotACarnet(_))
            | MergeError::OtherPassphrase(_)
            | MergeError::OtherFamily(_)
            | MergeError::Gap { .. }
    )
}

#[test]
fn a_flipped_byte_is_refused_or_harmless_wherever_it_is() {
    let scene = Scene::new();
    let copies = places(scene.bytes.len()).map(|place| {
        let mut bytes = scene.bytes.clone();
        bytes[place] ^= 1 << (place % 8);
        (format!("byte {place}"), bytes)
    });
    let (harmless, refused) = scene.suffer(copies);
    eprintln!("flipped bytes: {harmless} harmless, {refused} refused");
    assert!(
        refused > 20 && harmless > 0,
        "{refused} refused, {harmless} harmless"
    );
}

#[test]
fn a_file_cut_at_any_page_is_refused() {
    let scene = Scene::new();
    let pages = scene.bytes.len() / PAGE;
    let stride = if is_soak() { 1 } else { 7 };
    let copies = (0..pages).step_by(stride).map(|page| {
        let bytes = scene.bytes[..page * PAGE].to_vec();
        (format!("{page} pages"), bytes)
    });
    let (harmless, refused) = scene.suffer(copies);
    eprintln!("cut files: {refused} refused");
    assert_eq!(harmless, 0);
    assert!(refused >= pages / stride);
}

#[test]
fn a_flipped_byte_in_a_carnet_without_passphrase_never_changes_what_is_merged() {
    let machines = Machines::new();
    machines.create("a");
    let parc = machines.save("a", organisation("Parc")).rows[0].clone();
    machines.copy("a", "b");
    machines.save("b", edit(&parc).set("name", "Parc, autrement"));
    let whole = fs::read(machines.path("b")).unwrap();
    // Where the words stand, bytes are flipped one by one: nothing but the digests guards them.
    let needle = "autrement".as_bytes();
    let words: Vec<usize> = (0..whole.len() - needle.len())
        .filter(|at| &whole[*at..*at + needle.len()] == needle)
        .collect();
    assert!(!words.is_empty());
    let step = if is_soak() { 1 } else { 9 };
    let near = words
        .iter()
        .flat_map(|at| (at.saturating_sub(60)..at + 20).step_by(step));
    let places: Vec<usize> = near.chain(places(whole.len())).collect();
    let mut taken = 0;
    machines.at("a", |mine| {
        let before = content(mine).unwrap();
        for place in places {
            let mut bytes = whole.clone();
            bytes[place] ^= 1 << (place % 8);
            fs::write(machines.path("b"), &bytes).unwrap();
            let files = [machines.path("b")];
            let tried = catch_unwind(AssertUnwindSafe(|| mine.preview_merge(&files)));
            match tried.unwrap_or_else(|_| panic!("byte {place}: merging panics")) {
                Ok((foreseen, records)) if foreseen.commits > 0 => {
                    assert_eq!((foreseen.commits, foreseen.changes), (1, 1), "byte {place}");
                    let after = records[0].fields[0].after.clone();
                    assert_eq!(after, Some("Parc, autrement".into()), "byte {place}");
                    taken += 1;
                }
                // A root page that says otherwise where its tables are may hide the newest commit: less, never else.
                Ok((foreseen, _)) => assert_eq!(foreseen.changes, 0, "byte {place}"),
                Err(error) => assert!(
                    is_said(&error) || matches!(error, MergeError::NewerCopy { .. }),
                    "byte {place}: {error:?}"
                ),
            }
        }
        assert_eq!(content(mine).unwrap(), before);
        assert_eq!(mine.check().unwrap().damages, []);
    });
    assert!(taken > 0);
}

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
fn turns_of(command: &mut Command) -> u64 {
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    let mut turns = 1;
    while child.try_wait().unwrap().is_none() {
        (0..SPINS).for_each(|_| std::hint::spin_loop());
        turns += 1;
    }
    turns
}

#[test]
fn a_program_killed_at_any_moment_leaves_a_whole_carnet_with_all_that_it_acknowledged() {
    let terminal = Terminal::new();
    terminal.done(&["new", "a.carnet", "--no-passphrase"]);
    let parc = terminal.done(&[
        "set",
        "a.carnet",
        "organisation",
        "name=Parc",
        "organisation_type=group",
        "country=FR",
    ]);
    fs::create_dir(terminal.path("clé")).unwrap();
    fs::copy(terminal.path("a.carnet"), terminal.path("b.carnet")).unwrap();
    let mut kills = 0;
    let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
    for turn in 0..cases(20) {
        let acknowledged = format!("tour {turn}");
        terminal.done(&["set", "a.carnet", &parc, &format!("acronym={acknowledged}")]);
        terminal.done(&[
            "set",
            "b.carnet",
            &parc,
            &format!("strategy=depuis b {turn}"),
        ]);
        terminal.done(&["exchange", "b.carnet", "clé"]);
        let named = format!("name=Parc {turn}");
        let line: &[&str] = match WORK[turn as usize % WORK.len()] {
            "set" => &["set", "a.carnet", &parc, &named],
            "merge" => &["merge", "a.carnet", "b.carnet"],
            "exchange" => &["exchange", "a.carnet", "clé"],
            _ => &["backup", "a.carnet", "sauvegardes"],
        };
        // A killed run that ends by itself leaves the same as a whole one: the next turn still counts.
        let whole = turns_of(&mut terminal.command("", &["digest", "a.carnet"]));
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        kill(terminal.command("", line), (seed >> 33) % (whole * 3));
        kills += 1;
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
    for backup in carnet_tests::tree(&terminal.path("sauvegardes")) {
        if backup
            .extension()
            .is_some_and(|extension| extension == "carnet")
        {
            terminal.done(&["check", backup.to_str().unwrap()]);
        }
    }
    eprintln!("{kills} kills");
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
        let whole = turns_of(&mut terminal.command(PASSPHRASE, &["rekey", "c.carnet"]));
        let mut seed = 0x2545_f491_4f6c_dd1d_u64;
        let mut found = [0, 0];
        for _ in 0..cases(2) {
            for left in carnet_tests::tree(terminal.folder.path()) {
                if left
                    .file_name()
                    .unwrap()
                    .to_string_lossy()
                    .starts_with("c.carnet")
                {
                    fs::remove_file(left).unwrap();
                }
            }
            copy();
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let turns = (seed >> 33) % (whole * 5 / 4);
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
    }
}

/// A small disk in memory; none where this user may not mount one.
struct SmallDisk {
    folder: tempfile::TempDir,
}

impl SmallDisk {
    fn new(kib: u64) -> Option<Self> {
        let folder = quick_folder();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={kib}k"), "tmpfs"])
            .arg(folder.path())
            .stderr(Stdio::null())
            .status();
        mounted
            .is_ok_and(|status| status.success())
            .then_some(Self { folder })
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    /// Writes until nothing more fits.
    fn fill(&self) -> std::path::PathBuf {
        let path = self.path("reste");
        let mut file = fs::File::create(&path).unwrap();
        while file.write_all(&[0; 4096]).is_ok() {}
        path
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.folder.path()).status();
    }
}

fn size(path: &Path) -> u64 {
    fs::metadata(path).unwrap().len()
}

#[test]
fn a_full_disk_refuses_edits_merges_exchanges_and_backups_and_loses_nothing() {
    let machines = Machines::new();
    machines.create("a");
    let parc = machines.save("a", organisation("Parc")).rows[0].clone();
    machines.copy("a", "b");
    let long = "un long récit ".repeat(20_000);
    machines.save("b", edit(&parc).set("strategy", long.as_str()));
    let kib = size(&machines.path("a")) / 1024 + 64;
    let Some(disk) = SmallDisk::new(kib) else {
        eprintln!("skipped: this user may not mount a small disk");
        return;
    };
    let path = disk.path("a.carnet");
    fs::copy(machines.path("a"), &path).unwrap();
    let other = machines.path("b");
    machines.at("a", |known| {
        let mut carnet = Carnet::open(&path, None, known.writer().clone()).unwrap();
        let before = content(&carnet).unwrap();
        let story = |words: &str| edit(&parc).set("strategy", words);
        let refused = carnet.save(carnet_core::store::Edits {
            edits: vec![story(&long)],
            label: "trop long".into(),
        });
        assert!(
            matches!(refused, Err(carnet_core::store::StoreError::DiskFull)),
            "{refused:?}"
        );
        assert_eq!(content(&carnet).unwrap(), before);
        let refused = carnet.merge(&[other], "b", Deletions::Ask);
        assert!(
            matches!(
                refused,
                Err(MergeError::Store(carnet_core::store::StoreError::DiskFull))
            ),
            "{refused:?}"
        );
        assert_eq!(content(&carnet).unwrap(), before);
        let folder = disk.path("clé");
        fs::create_dir(&folder).unwrap();
        let filler = disk.fill();
        let refused = carnet_core::exchange::folder::exchange(&mut carnet, &folder, Deletions::Ask);
        assert!(refused.is_err(), "the segments do not fit");
        let refused = carnet_core::exchange::backup::make(
            &carnet,
            "a",
            &disk.path("sauvegardes"),
            known.writer().clock.now(),
        );
        assert!(refused.is_err(), "a second file does not fit");
        assert_eq!(content(&carnet).unwrap(), before);
        assert_eq!(carnet.check().unwrap().damages, []);
        fs::remove_file(filler).unwrap();
        // Nothing half made stays, so that there is room again.
        let left = carnet_tests::tree(disk.folder.path());
        assert_eq!(left, std::slice::from_ref(&path), "{left:?}");
        carnet_tests::save(&mut carnet, story("court"));
    });
}
