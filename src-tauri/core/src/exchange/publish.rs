//! The working database and the published file (architecture.md §6).
//!
//! Edits go to a working database in the application's own folder. The `.carnet` that the officer named may be
//! copied, moved and synchronised at any time: it is replaced whole, soon after a change, and never before a look
//! at whether somebody else changed it. What somebody else wrote there is taken over first.

use std::fs;
use std::path::{Path, PathBuf};

use super::error::ExchangeError;
use super::folder::conflict_copies;
use super::places;
use crate::store::replace::{self, Unfinished};
use crate::store::{
    Carnet, Deletions, LockedFile, MergeError, Merged, OpenError, Passphrase, ReadOnlyReason,
    StoreError, Writer,
};

/// How often somebody else may change the file while it is being published.
const MOST_ROUNDS: usize = 8;

/// What a publication did.
#[derive(Debug, Default)]
pub struct Published {
    /// What somebody else had written in the file, taken over first.
    pub merged: Merged,
    /// Whether the file was replaced; not when it held the same already.
    pub is_written: bool,
}

/// What was found when a carnet was opened.
pub struct Opened {
    /// The working database.
    pub carnet: Carnet,
    /// What the published file had that the working database had not.
    pub merged: Merged,
    /// Why the published file was not taken over; the work of this device is there all the same.
    pub problem: Option<ExchangeError>,
}

/// The working database of a published file.
pub fn working_path(published: &Path, folder: &Path) -> PathBuf {
    let name = blake3::hash(published.as_os_str().as_encoded_bytes()).to_hex();
    folder.join(format!("{}.carnet", &name[..32]))
}

/// Creates an empty carnet at `published`, and its working database in `folder`.
pub fn create(
    published: &Path,
    passphrase: Option<&Passphrase>,
    writer: Writer,
    folder: &Path,
) -> Result<Carnet, ExchangeError> {
    create_then(published, passphrase, writer, folder, |_, _| Ok(()))
}

/// The same with what `fill` writes first, published; nothing is left where that fails.
pub fn create_with(
    fill: impl FnOnce(&mut Carnet) -> Result<(), StoreError>,
    published: &Path,
    passphrase: Option<&Passphrase>,
    writer: Writer,
    folder: &Path,
) -> Result<Carnet, ExchangeError> {
    create_then(
        published,
        passphrase,
        writer,
        folder,
        |carnet, published| {
            fill(carnet)?;
            publish(carnet, published)?;
            Ok(())
        },
    )
}

fn create_then(
    published: &Path,
    passphrase: Option<&Passphrase>,
    writer: Writer,
    folder: &Path,
    fill: impl FnOnce(&mut Carnet, &Path) -> Result<(), ExchangeError>,
) -> Result<Carnet, ExchangeError> {
    places::refuse_synchronised(folder)?;
    // Under its own name first: a place that cannot be written is known before anything is.
    drop(Carnet::create(published, passphrase, writer.clone())?);
    let begun = begin(published, passphrase, writer, folder, fill);
    if begun.is_err() {
        // Nothing half made keeps the name; the first error is the one worth telling.
        let _ = fs::remove_file(published);
    }
    begun
}

fn begin(
    published: &Path,
    passphrase: Option<&Passphrase>,
    writer: Writer,
    folder: &Path,
    fill: impl FnOnce(&mut Carnet, &Path) -> Result<(), ExchangeError>,
) -> Result<Carnet, ExchangeError> {
    let published = canonical(published)?;
    let working = working_path(&published, folder);
    set_aside(&working)?;
    let mut carnet = start_from(&published, passphrase, writer, &working)?;
    if let Err(error) = fill(&mut carnet, &published) {
        drop(carnet);
        let _ = fs::remove_file(&working);
        return Err(error);
    }
    Ok(carnet)
}

/// Opens a carnet by its published file, which must open with this passphrase; what it has is taken over.
pub fn open(
    published: &Path,
    passphrase: Option<&Passphrase>,
    writer: Writer,
    folder: &Path,
) -> Result<Opened, ExchangeError> {
    places::refuse_synchronised(folder)?;
    if !published.exists() {
        return Err(OpenError::Missing(published.to_owned()).into());
    }
    let published = canonical(published)?;
    let working = working_path(&published, folder);
    for folder in [published.parent(), Some(folder)].into_iter().flatten() {
        replace::remove_left_over(folder);
    }
    if !working.exists() {
        return Ok(Opened {
            carnet: start_from(&published, passphrase, writer, &working)?,
            merged: Merged::default(),
            problem: None,
        });
    }
    let mut carnet = open_working(&published, passphrase, writer.clone(), &working)?;
    match take_over(&mut carnet, &published, Deletions::Ask) {
        Ok(merged) => Ok(Opened {
            carnet,
            merged,
            problem: None,
        }),
        Err(ExchangeError::Merge(MergeError::OtherFamily(_))) => {
            // Proved to open before anything is moved.
            let there = Carnet::open(&published, passphrase, writer.clone())?;
            let is_family = there.family()? == carnet.family()?;
            drop(carnet);
            let carnet = if is_family {
                follow_passphrase(there, writer, &working)?
            } else {
                // Another carnet took the name: the work on the former one is kept aside.
                set_aside(&working)?;
                work_on(there, writer, &working)?
            };
            Ok(Opened {
                carnet,
                merged: Merged::default(),
                problem: None,
            })
        }
        Err(ExchangeError::Merge(MergeError::NewerCopy { .. })) => {
            // Read as it is; what was written here waits in the working database for the same version.
            drop(carnet);
            Ok(Opened {
                carnet: Carnet::open(&published, passphrase, writer)?,
                merged: Merged::default(),
                problem: None,
            })
        }
        Err(problem) => Ok(Opened {
            carnet,
            merged: Merged::default(),
            problem: Some(problem),
        }),
    }
}

fn canonical(path: &Path) -> Result<PathBuf, ExchangeError> {
    fs::canonicalize(path).map_err(ExchangeError::io(path))
}

/// Makes the working database from a published file that must open with this passphrase.
fn start_from(
    published: &Path,
    passphrase: Option<&Passphrase>,
    writer: Writer,
    working: &Path,
) -> Result<Carnet, ExchangeError> {
    let there = Carnet::open(published, passphrase, writer.clone())?;
    work_on(there, writer, working)
}

/// Makes the working database from an open published file; one of a later version is only read, as it is.
fn work_on(there: Carnet, writer: Writer, working: &Path) -> Result<Carnet, ExchangeError> {
    replace_working(there, writer, working, |_, _| Ok(()))
}

/// Makes the working database anew from a published file that was given a passphrase elsewhere, with what the one
/// that has none holds; that one goes, and nothing of it stays in clear.
fn follow_passphrase(
    there: Carnet,
    writer: Writer,
    working: &Path,
) -> Result<Carnet, ExchangeError> {
    let own = writer.clone();
    replace_working(there, writer, working, |there, fresh| {
        let mut fresh = there.open_with_same_key(fresh, own.clone())?;
        // The work of this device: what it deleted, its officer deleted.
        let files = [working.to_owned()];
        fresh.merge(&files, &source_name(working), Deletions::Accept)?;
        let former = Carnet::open(working, None, own)?;
        Ok(fresh.take_typed_of(&former).map_err(MergeError::from)?)
    })
}

/// Puts in the place of the working database a copy of an open published file, once `bring` has added to it.
fn replace_working(
    there: Carnet,
    writer: Writer,
    working: &Path,
    bring: impl FnOnce(&Carnet, &Path) -> Result<(), ExchangeError>,
) -> Result<Carnet, ExchangeError> {
    if there.read_only_reason() == Some(ReadOnlyReason::NewerFormat) {
        return Ok(there);
    }
    if let Some(folder) = working.parent() {
        fs::create_dir_all(folder).map_err(ExchangeError::io(folder))?;
    }
    let part = Unfinished::of(working);
    there.copy_to(part.path())?;
    replace::make_writable(part.path()).map_err(ExchangeError::io(working))?;
    bring(&there, part.path())?;
    part.put_in_place(working)
        .map_err(ExchangeError::io(working))?;
    Ok(there.open_with_same_key(working, writer)?)
}

/// Opens a working database; where the published file was given another passphrase elsewhere, follows it.
fn open_working(
    published: &Path,
    passphrase: Option<&Passphrase>,
    writer: Writer,
    working: &Path,
) -> Result<Carnet, ExchangeError> {
    match Carnet::open(working, passphrase, writer.clone()) {
        Err(OpenError::WrongPassphrase) => {
            let there = Carnet::open(published, passphrase, writer.clone())?;
            let mut carnet = there.open_with_same_key(working, writer)?;
            carnet.take_key_of(&there)?;
            Ok(carnet)
        }
        opened => Ok(opened?),
    }
}

/// Renames a working database that is of no use under its name; never removes one.
fn set_aside(working: &Path) -> Result<(), ExchangeError> {
    if !working.exists() {
        return Ok(());
    }
    let aside = working.with_extension(format!("{}.aside", uuid::Uuid::new_v4().simple()));
    fs::rename(working, aside).map_err(ExchangeError::io(working))
}

/// Takes over what the published file has that the working database has not.
pub fn take_over(
    carnet: &mut Carnet,
    published: &Path,
    deletions: Deletions,
) -> Result<Merged, ExchangeError> {
    if !carnet.has_news(published)? {
        return Ok(Merged::default());
    }
    let files = [published.to_owned()];
    Ok(carnet.merge(&files, &source_name(published), deletions)?)
}

/// How a file is remembered among what came in.
fn source_name(file: &Path) -> String {
    file.file_name().map_or_else(
        || file.display().to_string(),
        |name| name.to_string_lossy().into_owned(),
    )
}

/// Puts the working database in the place of the published file, which is looked at first and taken over.
///
/// Nothing is written when the file holds the same already, or when it cannot be read.
pub fn publish(carnet: &mut Carnet, published: &Path) -> Result<Published, ExchangeError> {
    let mut done = Published::default();
    for _ in 0..MOST_ROUNDS {
        let lock = match lock(carnet, published)? {
            Look::Same => return Ok(done),
            Look::News => {
                done.merged = take_over(carnet, published, Deletions::Ask)?;
                continue;
            }
            Look::Older(lock) => Some(lock),
            Look::Nothing => None,
        };
        let part = Unfinished::of(published);
        carnet.clean();
        carnet
            .copy_to(part.path())
            .map_err(|error| ExchangeError::from(error).about(published))?;
        // Elsewhere than on Unix an open file cannot be replaced.
        let lock = lock.filter(|_| cfg!(unix));
        part.put_in_place(published)
            .map_err(ExchangeError::io(published))?;
        drop(lock);
        done.is_written = true;
        return Ok(done);
    }
    Err(crate::store::StoreError::Busy.into())
}

/// What the published file is, beside the working database.
enum Look {
    /// It holds the same.
    Same,
    /// It holds something that the working database has not, or may: another file took the name just now.
    News,
    /// It holds less; nobody writes in it as long as the lock is held.
    Older(LockedFile),
    /// There is none.
    Nothing,
}

fn lock(carnet: &Carnet, published: &Path) -> Result<Look, ExchangeError> {
    if !published.exists() {
        return Ok(Look::Nothing);
    }
    if carnet.has_news(published)? {
        return Ok(Look::News);
    }
    let Some(lock) = carnet.lock_file(published)? else {
        return Ok(Look::News);
    };
    // Somebody may have finished an edit just before the lock.
    if lock.has_news_for(carnet)? {
        return Ok(Look::News);
    }
    if lock.holds_all_of(carnet)? {
        return Ok(Look::Same);
    }
    Ok(Look::Older(lock))
}

/// What became of the copies that an engine set aside.
#[derive(Debug, Default)]
pub struct FoldedIn {
    /// What they had that the working database had not.
    pub merged: Vec<Merged>,
    /// Those that hold nothing more now and may be removed.
    pub copies: Vec<PathBuf>,
    /// Those that were not taken over, and why.
    pub refused: Vec<(PathBuf, ExchangeError)>,
}

/// Takes over the copies that an engine set aside beside the published file.
pub fn fold_in(carnet: &mut Carnet, published: &Path, deletions: Deletions) -> FoldedIn {
    let mut folded = FoldedIn::default();
    for copy in conflict_copies(published) {
        match take_over(carnet, &copy, deletions) {
            Ok(merged) => {
                folded.merged.push(merged);
                folded.copies.push(copy);
            }
            Err(error) => folded.refused.push((copy, error)),
        }
    }
    folded
}

/// Renames a published file that cannot be read, so that a whole one can take its name; never removes one.
pub fn set_damaged_aside(published: &Path, when: &str) -> Result<PathBuf, ExchangeError> {
    let stem = published
        .file_stem()
        .map_or_else(Default::default, |stem| stem.to_string_lossy().into_owned());
    replace::set_damaged_aside(published, &stem, when).map_err(ExchangeError::io(published))
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use rusqlite::Connection;

    use super::*;
    use crate::store::{Edit, Edits, ListRequest, RowName, TypedIn};
    use crate::testing::writer;

    /// Tells the other process of a test which file is meant.
    const FILE: &str = "CARNET_TEST_FILE";

    fn write(carnet: &mut Carnet, label: &str) {
        let edits = vec![Edit::of("tag", RowName::New).set("label_fr", label)];
        let label = "test".to_owned();
        carnet.save(Edits { edits, label }).unwrap();
    }

    fn can_be_edited_elsewhere(path: &Path) -> bool {
        let other = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "exchange::publish::tests::an_edit_begins"])
            .arg("--ignored")
            .env(FILE, path)
            .output()
            .unwrap();
        other.status.success()
    }

    #[test]
    #[ignore = "the other process of the test below"]
    fn an_edit_begins() {
        if let Some(path) = std::env::var_os(FILE) {
            let conn = Connection::open(path).unwrap();
            conn.busy_timeout(std::time::Duration::ZERO).unwrap();
            conn.execute_batch("BEGIN IMMEDIATE; ROLLBACK").unwrap();
        }
    }

    #[test]
    fn no_other_process_edits_a_published_file_between_the_last_look_and_its_replacement() {
        let folder = tempfile::tempdir().unwrap();
        let published = folder.path().join("massif.carnet");
        let place = folder.path().join("working");
        let mut carnet = create(&published, None, writer(folder.path()), &place).unwrap();
        write(&mut carnet, "laine");
        let look = lock(&carnet, &published).unwrap();
        assert!(matches!(look, Look::Older(_)));
        assert!(!can_be_edited_elsewhere(&published));
        // What a look at its first bytes would do now (fcntl(2)).
        #[cfg(unix)]
        {
            drop(fs::File::open(&published).unwrap());
            assert!(can_be_edited_elsewhere(&published));
        }
        drop(look);
        assert!(can_be_edited_elsewhere(&published));
    }

    /// The names of a folder.
    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_passphrase_given_elsewhere_is_followed_with_what_was_not_published_yet() {
        let folder = tempfile::tempdir().unwrap();
        let published = folder.path().join("massif.carnet");
        let place = folder.path().join("working");
        let mut carnet = create(&published, None, writer(folder.path()), &place).unwrap();
        write(&mut carnet, "laine");
        publish(&mut carnet, &published).unwrap();
        write(&mut carnet, "filature");
        let tag = carnet
            .list(&ListRequest::of("tag", 1))
            .unwrap()
            .records
            .remove(0);
        let typed_in = TypedIn {
            record: tag.reference_to_self(),
            field: "label_fr".into(),
        };
        let words = Some("tapé, pas encore choisi".into());
        carnet.keep_typed(&typed_in, None, words, None).unwrap();
        let (digest, device) = (carnet.digest().unwrap(), carnet.device().unwrap());
        let working = carnet.path().to_owned();
        drop(carnet);
        let passphrase = Passphrase::new("vélo brume tilleul horloge").unwrap();
        let mut elsewhere = Carnet::open(
            &published,
            None,
            writer(&folder.path().join("another machine")),
        )
        .unwrap();
        elsewhere.rekey(&passphrase).unwrap();
        drop(elsewhere);
        let before = fs::read(&working).unwrap();
        let other = Passphrase::new("une autre phrase");
        for (phrase, refusal) in [(None, "Locked"), (other.as_ref(), "WrongPassphrase")] {
            let refused = open(&published, phrase, writer(folder.path()), &place).map(|_| ());
            let said = format!("{refused:?}");
            assert!(said.contains(refusal), "{said}");
            assert_eq!(fs::read(&working).unwrap(), before, "{refusal}");
        }
        let opened = open(&published, Some(&passphrase), writer(folder.path()), &place).unwrap();
        assert!(opened.problem.is_none(), "{:?}", opened.problem);
        assert_eq!(opened.carnet.digest().unwrap(), digest);
        assert_eq!(opened.carnet.device().unwrap(), device);
        assert!(opened.carnet.is_protected());
        assert_eq!(opened.carnet.to_settle_count().unwrap(), 1);
        assert_eq!(opened.carnet.check().unwrap().damages, []);
        assert_eq!(
            names(&place),
            [working.file_name().unwrap().to_str().unwrap()]
        );
        assert!(!fs::read(&working).unwrap().starts_with(b"SQLite format 3"));
    }

    #[test]
    fn a_carnet_whose_published_file_lost_its_passphrase_keeps_its_own_and_publishes_under_it() {
        let folder = tempfile::tempdir().unwrap();
        let published = folder.path().join("massif.carnet");
        let place = folder.path().join("working");
        let mut carnet = create(&published, None, writer(folder.path()), &place).unwrap();
        write(&mut carnet, "laine");
        publish(&mut carnet, &published).unwrap();
        let plain = fs::read(&published).unwrap();
        let passphrase = Passphrase::new("vélo brume tilleul horloge").unwrap();
        carnet.rekey(&passphrase).unwrap();
        write(&mut carnet, "filature");
        let digest = carnet.digest().unwrap();
        drop(carnet);
        fs::write(&published, plain).unwrap();
        let refused = open(&published, None, writer(folder.path()), &place).map(|_| ());
        assert!(format!("{refused:?}").contains("Locked"), "{refused:?}");
        let opened = open(&published, Some(&passphrase), writer(folder.path()), &place).unwrap();
        let mut carnet = opened.carnet;
        assert_eq!(carnet.digest().unwrap(), digest);
        assert!(publish(&mut carnet, &published).unwrap().is_written);
        let again = Carnet::open(&published, Some(&passphrase), writer(folder.path())).unwrap();
        assert!(again.is_protected());
        assert_eq!(again.digest().unwrap(), digest);
    }

    #[test]
    fn a_carnet_that_cannot_be_made_whole_leaves_nothing_under_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path().join("documents");
        let place = folder.path().join("working");
        fs::create_dir_all(&home).unwrap();
        let published = home.join("massif.carnet");
        fs::write(&place, "no folder").unwrap();
        let refused = create(&published, None, writer(folder.path()), &place);
        assert!(refused.is_err());
        assert_eq!(names(&home), [""; 0]);
        fs::remove_file(&place).unwrap();
        let content = Edits {
            edits: vec![Edit::of("tag", RowName::New).set("no such field", "laine")],
            label: "test".into(),
        };
        let refused = create_with(
            |carnet| carnet.save(content).map(drop),
            &published,
            None,
            writer(folder.path()),
            &place,
        );
        assert!(refused.is_err());
        assert_eq!(names(&home), [""; 0]);
        assert_eq!(names(&place), [""; 0]);
        drop(create(&published, None, writer(folder.path()), &place).unwrap());
    }
}
