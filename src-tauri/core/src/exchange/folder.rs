//! An exchange folder: `<carnet>/<device>/<first>-<last>-<digest>.carnet` (architecture.md §6).
//!
//! One writer per file and no rewriting, so that an engine of synchronisation never has a conflict to make. A
//! device writes in its own folder only. Half-arrived files are told by their digests and waited for.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use unicode_normalization::UnicodeNormalization as _;

use super::error::ExchangeError;
use super::given;
use super::segment::{self, DIGEST_CHARS, Segment};
use crate::model::DeviceId;
use crate::store::{
    Carnet, CommitRef, Deletions, Held, MergeError, Merged, Missing, OpenError, RecordChanges,
};

/// Own segments beyond which the small ones become one.
const MANY_SEGMENTS: usize = 32;

/// What one pass over a folder did.
#[derive(Debug, Default)]
pub struct Exchanged {
    /// What was taken over.
    pub merged: Merged,
    /// Commits that were put in the folder.
    pub written: i64,
    /// Files that are not whole yet, or not readable; the next pass looks again.
    pub unread: Vec<(PathBuf, MergeError)>,
    /// Commits that are known to exist and have not arrived.
    pub missing: Vec<Missing>,
    /// What waits for the officer's yes: records to delete, of how many.
    pub waiting: Option<(u64, u64)>,
}

/// What a pass would do.
#[derive(Debug, Default)]
pub struct Foreseen {
    /// What would be taken over.
    pub merged: Merged,
    /// The same, record by record.
    pub records: Vec<RecordChanges>,
    /// Commits that would be put in the folder.
    pub written: i64,
}

/// One pass: takes over what arrived, puts there what nobody has put yet.
///
/// Nothing is taken over from a folder that cannot be written.
pub fn exchange(
    carnet: &mut Carnet,
    folder: &Path,
    deletions: Deletions,
) -> Result<Exchanged, ExchangeError> {
    let family = family_folder(carnet, folder)?;
    carnet.clean();
    let mut done = Exchanged::default();
    let own = given::Own::of(carnet, &family)?;
    let listed = listing(carnet, &family, &own)?;
    let files = wanted(carnet, &listed)?;
    // What can be read at all is reported below; what brings nothing needs no proof.
    if files
        .iter()
        .any(|file| carnet.has_news(file).is_ok_and(|has_news| has_news))
    {
        own.must_be_writable()
            .map_err(|error| error.of_folder(folder))?;
    }
    take_over(carnet, files, &source_name(folder), deletions, &mut done)?;
    done.written = give(carnet, &own, &listed).map_err(|error| error.of_folder(folder))?;
    // After what erases was put there: whoever reads what is left knows why.
    forget_erased(carnet, &own, &family).map_err(|error| error.of_folder(folder))?;
    Ok(done)
}

/// What [`exchange`] would do; nothing is written anywhere.
pub fn foresee(
    carnet: &mut Carnet,
    folder: &Path,
    deletions: Deletions,
) -> Result<Foreseen, ExchangeError> {
    let family = family_folder(carnet, folder)?;
    let listed = listing(carnet, &family, &given::Own::of(carnet, &family)?)?;
    let files = wanted(carnet, &listed)?;
    let preview = |carnet: &mut Carnet, files: &[PathBuf]| carnet.preview_merge(files, deletions);
    let (merged, records) = tried(carnet, files, preview)?.unwrap_or_default();
    let written = uncovered(carnet, &listed)?;
    Ok(Foreseen {
        merged,
        records,
        written: written
            .iter()
            .map(|run| run.held.last - run.first + 1)
            .sum(),
    })
}

/// The records that would go to the bin if all that waits were taken over, and who put them there: what the published
/// file says, the copies set aside beside it and the folder. Nothing is written anywhere.
pub fn waiting_deletions(
    carnet: &mut Carnet,
    published: &Path,
    folder: Option<&Path>,
) -> Result<Vec<RecordChanges>, ExchangeError> {
    let mut files = conflict_copies(published);
    files.extend(published.exists().then(|| published.to_owned()));
    if let Some(folder) = folder.filter(|folder| folder.is_dir()) {
        let family = family_folder(carnet, folder)?;
        let listed = listing(carnet, &family, &given::Own::of(carnet, &family)?)?;
        files.extend(wanted(carnet, &listed)?);
    }
    Ok(tried(carnet, files, Carnet::preview_deletions)?.unwrap_or_default())
}

/// Tries all of these files together, but those that an error is about; none when nothing is left to try.
fn tried<T>(
    carnet: &mut Carnet,
    mut files: Vec<PathBuf>,
    mut with: impl FnMut(&mut Carnet, &[PathBuf]) -> Result<T, MergeError>,
) -> Result<Option<T>, ExchangeError> {
    while !files.is_empty() {
        match with(carnet, &files) {
            Ok(done) => return Ok(Some(done)),
            Err(error) => {
                set_aside(&mut files, error)?;
            }
        }
    }
    Ok(None)
}

/// How many commits of this carnet the folder does not have.
pub fn to_give(carnet: &Carnet, folder: &Path) -> Result<i64, ExchangeError> {
    let family = family_folder(carnet, folder)?;
    let listed = listing(carnet, &family, &given::Own::of(carnet, &family)?)?;
    let runs = uncovered(carnet, &listed)?;
    Ok(runs.iter().map(|run| run.held.last - run.first + 1).sum())
}

/// How the folder is remembered among what came in: its last name.
fn source_name(folder: &Path) -> String {
    folder.file_name().map_or_else(
        || folder.display().to_string(),
        |name| name.to_string_lossy().into_owned(),
    )
}

/// The folder of this carnet in an exchange folder, made when the exchange folder is there.
fn family_folder(carnet: &Carnet, folder: &Path) -> Result<PathBuf, ExchangeError> {
    if !folder.is_dir() {
        return Err(ExchangeError::NoFolder(folder.to_owned()));
    }
    let family = carnet.family()?;
    Ok(folder.join(format!("carnet-{}", &family[..DIGEST_CHARS])))
}

/// What lies in the folder of a carnet.
#[derive(Debug, Default)]
struct Listed {
    segments: Vec<Segment>,
    /// Carnets whose names say nothing: copies that an engine set aside, files put there by hand.
    others: Vec<PathBuf>,
    /// Own files that are no longer what was written, and whose commits are here.
    spoilt: Vec<PathBuf>,
}

/// What lies in the folder of a carnet; an own file that is no longer as it was written counts for nothing, so that it is
/// written again, nor does one of another device that stays unreadable and whose commits are here.
fn listing(carnet: &Carnet, family: &Path, own: &given::Own) -> Result<Listed, ExchangeError> {
    let listed = list(family)?;
    let given::Sorted { segments, spoilt } = own.sorted(carnet, listed.segments)?;
    Ok(Listed {
        segments,
        spoilt,
        others: listed.others,
    })
}

fn list(family: &Path) -> Result<Listed, ExchangeError> {
    let mut listed = Listed::default();
    if !family.exists() {
        return Ok(listed);
    }
    list_folder(family, None, &mut listed)?;
    for entry in fs::read_dir(family).map_err(ExchangeError::io(family))? {
        let path = entry.map_err(ExchangeError::io(family))?.path();
        if path.is_dir() {
            let owner = segment::owner_of(&path);
            list_folder(&path, owner.as_ref(), &mut listed)?;
        }
    }
    Ok(listed)
}

fn list_folder(
    folder: &Path,
    owner: Option<&DeviceId>,
    listed: &mut Listed,
) -> Result<(), ExchangeError> {
    for entry in fs::read_dir(folder).map_err(ExchangeError::io(folder))? {
        let path = entry.map_err(ExchangeError::io(folder))?.path();
        let name = path
            .file_name()
            .map_or_else(Default::default, |name| name.to_string_lossy().into_owned());
        let is_carnet = path
            .extension()
            .is_some_and(|extension| extension.eq_ignore_ascii_case("carnet"));
        if name.starts_with('.') || !is_carnet || !path.is_file() {
            continue;
        }
        match segment::read_name(&path, owner) {
            Some(segment) => listed.segments.push(segment),
            None => listed.others.push(path),
        }
    }
    Ok(())
}

/// The files that hold, by their names, something that the carnet does not.
fn wanted(carnet: &Carnet, listed: &Listed) -> Result<Vec<PathBuf>, ExchangeError> {
    let mut files = Vec::new();
    for segment in &listed.segments {
        if !carnet.holds(&segment.device, segment.last, &segment.digest)? {
            files.push(segment.path.clone());
        }
    }
    files.extend(listed.others.iter().cloned());
    Ok(files)
}

fn take_over(
    carnet: &mut Carnet,
    mut files: Vec<PathBuf>,
    source: &str,
    deletions: Deletions,
    done: &mut Exchanged,
) -> Result<(), ExchangeError> {
    while !files.is_empty() {
        match carnet.merge(&files, source, deletions) {
            Ok(merged) => {
                done.missing.clone_from(&merged.missing);
                done.merged = merged;
                break;
            }
            Err(MergeError::ManyDeletions { deleted, records }) => {
                done.waiting = Some((deleted, records));
                break;
            }
            Err(error) => done.unread.push(set_aside(&mut files, error)?),
        }
    }
    Ok(())
}

/// Leaves out, for this pass, the file that an error is about; an error about anything else ends the pass.
fn set_aside(
    files: &mut Vec<PathBuf>,
    error: MergeError,
) -> Result<(PathBuf, MergeError), ExchangeError> {
    let about = match &error {
        MergeError::Open(
            OpenError::Torn(path)
            | OpenError::NotACarnet(path)
            | OpenError::Missing(path)
            | OpenError::Busy(path)
            | OpenError::Io { path, .. },
        )
        | MergeError::NewerCopy { path, .. }
        | MergeError::OtherFamily(path)
        | MergeError::OtherPassphrase(path)
        | MergeError::Gap { path, .. } => path.clone(),
        _ => return Err(error.into()),
    };
    let before = files.len();
    files.retain(|file| *file != about);
    if files.len() == before {
        return Err(error.into());
    }
    Ok((about, error))
}

/// A run that no file of the folder holds.
struct Run {
    held: Held,
    first: i64,
}

/// What the carnet holds and the folder, by its names, does not.
fn uncovered(carnet: &Carnet, listed: &Listed) -> Result<Vec<Run>, ExchangeError> {
    let mut by_device: BTreeMap<&DeviceId, Vec<&Segment>> = BTreeMap::new();
    for segment in &listed.segments {
        by_device.entry(&segment.device).or_default().push(segment);
    }
    let mut runs = Vec::new();
    for held in carnet.held()? {
        let mut covered = 0;
        let segments = by_device.get(&held.device).map_or(&[][..], Vec::as_slice);
        for segment in segments {
            let fits = segment.first <= covered + 1 && segment.last > covered;
            if fits && segment.last <= held.last && is_of(carnet, &held.device, segment)? {
                covered = segment.last;
            } else if fits
                && segment.last > held.last
                && !carnet.holds(&segment.device, segment.last, &segment.digest)?
            {
                // Somebody has put more of it there than is here, and not of a history filed apart.
                covered = held.last;
            }
        }
        if covered < held.last {
            runs.push(Run {
                first: covered + 1,
                held,
            });
        }
    }
    Ok(runs)
}

fn is_of(carnet: &Carnet, device: &DeviceId, segment: &Segment) -> Result<bool, ExchangeError> {
    let digest = carnet.digest_of(&CommitRef {
        device: device.clone(),
        seq: segment.last,
    })?;
    Ok(digest.starts_with(&segment.digest))
}

/// Whether what a segment ends with is here under the same name: not so of a history that was filed apart.
fn is_known_as(carnet: &Carnet, segment: &Segment) -> bool {
    is_of(carnet, &segment.device, segment).unwrap_or(false)
}

/// Puts in the folder what nobody has put yet, in this device's own folder; gives the number of commits.
fn give(carnet: &Carnet, own: &given::Own, listed: &Listed) -> Result<i64, ExchangeError> {
    let runs = uncovered(carnet, listed)?;
    if runs.is_empty() && listed.spoilt.is_empty() {
        return Ok(0);
    }
    own.make()?;
    let (mut written, mut kept) = (0, Vec::new());
    for run in &runs {
        let Held {
            device,
            last,
            digest,
            ..
        } = &run.held;
        kept.push(own.write(carnet, (device, run.first, *last), digest)?);
        written += last - run.first + 1;
    }
    for spoilt in listed.spoilt.iter().filter(|path| !kept.contains(path)) {
        fs::remove_file(spoilt).map_err(ExchangeError::io(spoilt))?;
    }
    let mine: Vec<&Segment> = listed
        .segments
        .iter()
        .filter(|segment| segment.device == *own.device() && segment.path.starts_with(own.folder()))
        .filter(|segment| is_known_as(carnet, segment))
        .collect();
    if mine.len() >= MANY_SEGMENTS {
        compact(carnet, own, &mine)?;
    }
    Ok(written)
}

/// Writes again what this device put there of words that were erased since.
fn forget_erased(carnet: &Carnet, own: &given::Own, family: &Path) -> Result<(), ExchangeError> {
    if !own.may_hold_erased(carnet)? {
        return Ok(());
    }
    let listed = listing(carnet, family, own)?;
    own.forget_erased(carnet, &listed.segments)
}

/// Writes one bigger file in the place of the small ones at the end of this device's run, then removes those.
///
/// How many follow each other until the one before is more than twice all of them: each commit is written again
/// a few times only, however long the run grows.
fn compact(carnet: &Carnet, own: &given::Own, mine: &[&Segment]) -> Result<(), ExchangeError> {
    let mut ordered = mine.to_vec();
    ordered.sort_by_key(|segment| segment.first);
    let mut total = 0;
    let mut start = ordered.len();
    for (index, segment) in ordered.iter().enumerate().rev() {
        if start < ordered.len() && segment.commits() > 2 * total {
            break;
        }
        total += segment.commits();
        start = index;
    }
    let small = &ordered[start..];
    let (Some(first), Some(last)) = (
        small.iter().map(|segment| segment.first).min(),
        small.iter().map(|segment| segment.last).max(),
    ) else {
        return Ok(());
    };
    let digest = carnet.digest_of(&CommitRef {
        device: own.device().clone(),
        seq: last,
    })?;
    let kept = own.write(carnet, (own.device(), first, last), &digest)?;
    for segment in small.iter().filter(|segment| segment.path != kept) {
        fs::remove_file(&segment.path).map_err(ExchangeError::io(&segment.path))?;
    }
    Ok(())
}

/// Files that an engine set aside beside a published carnet, because both sides had changed it.
///
/// Syncthing `….sync-conflict-…`, Dropbox `… (conflicted copy …)`, Nextcloud `…_conflict-…`, file managers
/// ` - Copie`, ` - Copy`, `(1)`.
pub fn conflict_copies(published: &Path) -> Vec<PathBuf> {
    let (Some(folder), Some(stem)) = (
        published.parent(),
        published.file_stem().and_then(|stem| stem.to_str()),
    ) else {
        return Vec::new();
    };
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut copies: Vec<PathBuf> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path != published && is_conflict_copy(path, stem) && path.is_file())
        .collect();
    copies.sort();
    copies
}

fn is_conflict_copy(path: &Path, stem: &str) -> bool {
    const MARKS: [&str; 9] = [
        ".sync-conflict-",
        "_conflict-",
        "conflicted copy",
        "copie en conflit",
        "case conflict",
        " - copie",
        " - copy",
        " (copie",
        " (",
    ];
    // Some systems keep letters and accents apart in names.
    let composed = |name: &str| name.nfc().collect::<String>().to_lowercase();
    let name = path
        .file_name()
        .map_or_else(Default::default, |name| composed(&name.to_string_lossy()));
    let stem = composed(stem);
    let Some(added) = name
        .strip_suffix(".carnet")
        .and_then(|name| name.strip_prefix(stem.as_str()))
    else {
        return false;
    };
    // What was put aside for being damaged is no copy to take over.
    !added.contains("(abîmé ") && MARKS.iter().any(|mark| added.contains(mark))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_set_aside_by_other_tools_are_recognised() {
        for name in [
            "massif.sync-conflict-20261006-093000-ABCDEFG.carnet",
            "massif (conflicted copy 2026-10-06 093000).carnet",
            "massif (Copie en conflit de Portable 2026-10-06).carnet",
            "massif_conflict-20261006-093000.carnet",
            "massif - Copie.carnet",
            "massif - Copy.carnet",
            "Massif (1).carnet",
        ] {
            assert!(is_conflict_copy(Path::new(name), "massif"), "{name}");
        }
        for name in [
            "massif.carnet",
            "massif-central.carnet",
            "massif.pdf",
            "autre (1).carnet",
        ] {
            assert!(!is_conflict_copy(Path::new(name), "massif"), "{name}");
        }
    }
}
