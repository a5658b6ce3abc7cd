//! What disks and torn copies do to a file: flipped bits, files cut short. Refused, repaired or told; never silent.

use std::fs;
use std::ops::AddAssign;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use carnet_core::exchange::folder;
use carnet_core::store::{Carnet, Deletions, ListRequest, MergeError, OpenError, StoreError};
use carnet_tests::{Machines, cases, edit, is_soak, organisation, tree};

/// Pages of a carnet, and those of a segment.
const PAGE: usize = 4096;
const SEGMENT_PAGE: usize = 1024;

/// What the edit says that only the suffering file holds.
const WORDS: &str = "Parc, autrement";

/// What befalls a file.
#[derive(Debug, Clone, Copy)]
enum Harm {
    /// One bit is another.
    Flip { byte: usize, bit: usize },
    /// It ends here.
    Cut { bytes: usize },
}

/// What one can read in a carnet: its digest, its log to the last word, its records, and what a search finds.
fn content(carnet: &Carnet) -> Result<String, StoreError> {
    let mut content = carnet.digest()?;
    carnet.log(|line| {
        content.push_str(&format!("{line:?}\n"));
        Ok(())
    })?;
    for entity in ["organisation", "tag"] {
        for record in carnet.list(&ListRequest::of(entity, 500))?.records {
            content.push_str(&format!("{record:?}\n"));
        }
    }
    for hit in carnet.search("parc", 10)? {
        content.push_str(&format!("{hit:?}\n"));
    }
    Ok(content)
}

/// Whether a carnet says of itself that it is whole.
fn is_sound(carnet: &Carnet) -> bool {
    carnet.check().is_ok_and(|report| report.damages.is_empty())
}

/// What became of many harms.
#[derive(Debug, Default)]
struct Tally {
    harmless: usize,
    refused: usize,
    /// Opened, and a check names what is wrong.
    told: usize,
    /// Built anew from the log on opening.
    repaired: usize,
    /// Merged with all that it holds.
    taken: usize,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.harmless += other.harmless;
        self.refused += other.refused;
        self.told += other.told;
        self.repaired += other.repaired;
        self.taken += other.taken;
    }
}

/// A file that suffers one harm after another, and is healed in between.
struct Victim {
    path: PathBuf,
    whole: Vec<u8>,
}

impl Victim {
    fn of(path: PathBuf) -> Self {
        Self {
            whole: fs::read(&path).unwrap(),
            path,
        }
    }

    /// Harms the file; gives what it is then.
    fn suffer(&self, harm: Harm) -> Vec<u8> {
        let mut bytes = self.whole.clone();
        match harm {
            Harm::Flip { byte, bit } => bytes[byte] ^= 1 << bit,
            Harm::Cut { bytes: kept } => bytes.truncate(kept),
        }
        fs::write(&self.path, &bytes).unwrap();
        bytes
    }

    fn is_still(&self, bytes: &[u8]) -> bool {
        fs::read(&self.path).unwrap() == bytes
    }

    fn heal(&self) {
        fs::write(&self.path, &self.whole).unwrap();
    }

    /// Cut at the beginning of each page, and in the midst of the last one.
    fn cuts(&self, page: usize, stride: usize) -> Vec<Harm> {
        let pages = (0..self.whole.len() / page).step_by(stride);
        let cuts = pages.map(|number| Harm::Cut {
            bytes: number * page,
        });
        cuts.chain([Harm::Cut {
            bytes: self.whole.len() - page / 2,
        }])
        .collect()
    }
}

/// `a` has the carnet open; `b` is a copy of it with one edit more, whose file suffers.
struct Scene {
    machines: Machines,
    victim: Victim,
    content: String,
}

impl Scene {
    fn of(machines: Machines) -> Self {
        machines.create("a");
        let parc = machines.save("a", organisation("Parc")).rows[0].clone();
        machines.copy("a", "b");
        machines.save("b", edit(&parc).set("name", WORDS));
        Self {
            content: machines.at("b", |carnet| content(carnet).unwrap()),
            victim: Victim::of(machines.path("b")),
            machines,
        }
    }

    /// Merges and opens the file after each harm.
    fn suffer(&self, harms: impl IntoIterator<Item = Harm>) -> Tally {
        let mut tally = Tally::default();
        self.machines.at("a", |mine| {
            let before = content(mine).unwrap();
            for harm in harms {
                let left = self.victim.suffer(harm);
                tally.taken += usize::from(merge_from(mine, &self.victim.path, harm));
                assert!(self.victim.is_still(&left), "{harm:?}: written");
                tally += self.open(mine, harm, &left);
                assert_eq!(content(mine).unwrap(), before, "{harm:?}");
                self.victim.heal();
            }
            assert_eq!(mine.check().unwrap().damages, []);
        });
        tally
    }

    /// Opens the file as an officer does: it shows what it held, or says that it cannot.
    fn open(&self, mine: &Carnet, harm: Harm, left: &[u8]) -> Tally {
        let mut tally = Tally::default();
        let open = || mine.open_with_same_key(&self.victim.path, mine.writer().clone());
        let opened = catch_unwind(AssertUnwindSafe(|| {
            let carnet = open().ok()?;
            let shown = content(&carnet).ok()?;
            let is_same = shown == self.content;
            Some((is_same, is_same || !is_sound(&carnet), shown))
        }));
        let is_written = !self.victim.is_still(left);
        match opened.unwrap_or_else(|_| panic!("{harm:?}: opening panics")) {
            None => tally.refused = 1,
            Some((true, ..)) if is_written => tally.repaired = 1,
            Some((true, ..)) => tally.harmless = 1,
            Some((_, is_told, shown)) => {
                assert!(is_told, "{harm:?}: shown without a word: {shown}");
                tally.told = 1;
            }
        }
        if is_written {
            // Only what is derived from the log is written anew; it is then whole.
            let again = open().unwrap_or_else(|error| panic!("{harm:?}: {error:?}"));
            assert!(is_sound(&again), "{harm:?}: not repaired");
            assert_eq!(content(&again).unwrap(), self.content, "{harm:?}");
        }
        tally
    }
}

/// Tries to take the file over: all that it holds, nothing, or a refusal that says why; tells whether it was all.
fn merge_from(mine: &mut Carnet, file: &Path, harm: Harm) -> bool {
    let files = [file.to_owned()];
    let tried = catch_unwind(AssertUnwindSafe(|| {
        mine.preview_merge(&files, Deletions::Ask)
    }));
    match tried.unwrap_or_else(|_| panic!("{harm:?}: merging panics")) {
        Ok((foreseen, records)) if foreseen.commits > 0 => {
            assert_eq!((foreseen.commits, foreseen.changes), (1, 1), "{harm:?}");
            let after = records[0].fields[0].after.clone();
            assert_eq!(after, Some(WORDS.into()), "{harm:?}");
            true
        }
        // A root page that says otherwise where its tables are may hide the newest commit: less, never else.
        Ok((foreseen, _)) => {
            assert_eq!(foreseen.changes, 0, "{harm:?}");
            false
        }
        Err(error) => {
            assert!(is_said(&error), "{harm:?}: {error:?}");
            false
        }
    }
}

/// Whether an error says what is wrong with the copy.
fn is_said(error: &MergeError) -> bool {
    matches!(
        error,
        MergeError::Open(OpenError::Torn(_) | OpenError::NotACarnet(_))
            | MergeError::OtherPassphrase(_)
            | MergeError::OtherFamily(_)
            | MergeError::NewerCopy { .. }
            | MergeError::Gap { .. }
    )
}

/// One bit of each of these bytes, another one from byte to byte.
fn one_bit(bytes: impl Iterator<Item = usize>) -> impl Iterator<Item = Harm> {
    bytes.map(|byte| Harm::Flip {
        byte,
        bit: byte % 8,
    })
}

/// Every bit of each of these bytes.
fn every_bit(bytes: impl Iterator<Item = usize>) -> impl Iterator<Item = Harm> {
    bytes.flat_map(|byte| (0..8).map(move |bit| Harm::Flip { byte, bit }))
}

/// Of how many scripts a long run has every byte of a carnet flipped.
const EVERY_BYTE: usize = 20_000;

/// Here and there, closer in the two first pages; in a long run every byte there, and beyond it the more bytes the
/// longer it is.
fn places(length: usize) -> impl Iterator<Item = usize> {
    let (dense, stride) = if is_soak() {
        (1, (EVERY_BYTE / cases(1) as usize).max(1))
    } else {
        (251, 8_009)
    };
    (0..length)
        .filter(move |place| place.is_multiple_of(if *place < 2 * PAGE { dense } else { stride }))
}

#[test]
fn a_flipped_bit_in_a_protected_carnet_is_refused_or_harmless() {
    let scene = Scene::of(Machines::protected());
    let tally = scene.suffer(one_bit(places(scene.victim.whole.len())));
    eprintln!("{tally:?}");
    assert_eq!((tally.told, tally.repaired), (0, 0), "{tally:?}");
    assert!(tally.refused > 20 && tally.harmless > 0, "{tally:?}");
}

#[test]
fn a_flipped_bit_in_a_carnet_without_passphrase_is_refused_repaired_or_told() {
    let scene = Scene::of(Machines::new());
    let whole = &scene.victim.whole;
    // Where the words stand, bytes are flipped one by one: nothing but the digests guards them.
    let needle = WORDS.as_bytes();
    let words: Vec<usize> = (0..whole.len() - needle.len())
        .filter(|at| &whole[*at..*at + needle.len()] == needle)
        .collect();
    assert!(!words.is_empty());
    let near = words.iter().flat_map(|at| at.saturating_sub(60)..at + 20);
    let harms: Vec<Harm> = if is_soak() {
        // Beside those, every byte that says something.
        let speaking = (0..whole.len()).filter(|place| whole[*place] != 0);
        one_bit(speaking.chain(places(whole.len())))
            .chain(every_bit(near))
            .collect()
    } else {
        one_bit(near.step_by(9).chain(places(whole.len()))).collect()
    };
    let tally = scene.suffer(harms);
    eprintln!("{tally:?}");
    assert!(tally.taken > 0 && tally.refused > 0, "{tally:?}");
    assert!(tally.told > 0 && tally.repaired > 0, "{tally:?}");
}

#[test]
fn a_carnet_cut_at_any_page_is_refused() {
    for machines in [Machines::protected(), Machines::new()] {
        let scene = Scene::of(machines);
        let cuts = scene.victim.cuts(PAGE, if is_soak() { 1 } else { 7 });
        let count = cuts.len();
        let tally = scene.suffer(cuts);
        assert_eq!((tally.refused, tally.taken), (count, 0), "{tally:?}");
    }
}

/// `a` waits for the edit of `b` in an exchange folder, where its file suffers.
struct OnItsWay {
    machines: Machines,
    between: PathBuf,
    victim: Victim,
}

impl OnItsWay {
    fn of(machines: Machines) -> Self {
        machines.create("a");
        let parc = machines.save("a", organisation("Parc")).rows[0].clone();
        machines.copy("a", "b");
        let between = machines.folder().join("entre");
        fs::create_dir(&between).unwrap();
        let pass = |machine: &str| {
            machines.at(machine, |carnet| {
                folder::exchange(carnet, &between, Deletions::Ask).unwrap();
            });
        };
        pass("a");
        machines.save("b", edit(&parc).set("name", WORDS));
        let before = tree(&between);
        pass("b");
        let mut fresh = tree(&between);
        fresh.retain(|file| !before.contains(file));
        assert_eq!(fresh.len(), 1, "{fresh:?}");
        Self {
            victim: Victim::of(fresh.remove(0)),
            machines,
            between,
        }
    }

    /// How many of these harms leave all that the segment holds; the others are waited for.
    fn suffer(&self, harms: impl IntoIterator<Item = Harm>) -> usize {
        let taken = self.machines.at("a", |mine| {
            let before = content(mine).unwrap();
            let mut taken = 0;
            for harm in harms {
                let left = self.victim.suffer(harm);
                let is_all = merge_from(mine, &self.victim.path, harm);
                let foreseen = folder::foresee(mine, &self.between, Deletions::Ask).unwrap();
                assert_eq!(foreseen.merged.commits, u64::from(is_all), "{harm:?}");
                assert!(self.victim.is_still(&left), "{harm:?}: written");
                assert_eq!(content(mine).unwrap(), before, "{harm:?}");
                taken += usize::from(is_all);
                self.victim.heal();
            }
            taken
        });
        // The whole file comes at last.
        self.machines.at("a", |mine| {
            let done = folder::exchange(mine, &self.between, Deletions::Ask).unwrap();
            assert_eq!((done.merged.commits, done.unread.len()), (1, 0));
        });
        self.machines.agree(&["a", "b"]);
        taken
    }
}

#[test]
fn a_flipped_bit_in_a_segment_is_refused_or_harmless_and_the_whole_one_is_taken() {
    for machines in [Machines::protected(), Machines::new()] {
        let scene = OnItsWay::of(machines);
        let bytes = 0..scene.victim.whole.len();
        let harms: Vec<Harm> = if is_soak() {
            every_bit(bytes).collect()
        } else {
            one_bit(bytes.step_by(131)).collect()
        };
        let count = harms.len();
        let taken = scene.suffer(harms);
        eprintln!("flipped bits of a segment: {taken} of {count} harmless");
        assert!(taken < count, "{taken} of {count}");
    }
}

#[test]
fn a_segment_cut_at_any_page_is_waited_for() {
    for machines in [Machines::protected(), Machines::new()] {
        let scene = OnItsWay::of(machines);
        let cuts = scene.victim.cuts(SEGMENT_PAGE, 1);
        assert_eq!(scene.suffer(cuts), 0);
    }
}
