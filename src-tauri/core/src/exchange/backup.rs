//! Backups: verified copies, dated by their names and thinned out as they age, and repairing a damaged carnet from the
//! newest good one. What one holds is looked at by `inside`.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Datelike, FixedOffset, NaiveDateTime, Timelike};

use super::error::ExchangeError;
use super::folder;
use super::segment::DIGEST_CHARS;
use crate::store::replace::{self, Unfinished};
use crate::store::{Carnet, Deletions, OpenError, Passphrase, Writer};

/// How a backup's name ends: day and minute, in the time of the machine.
const STAMP: &str = "%Y-%m-%d %Hh%M";
/// How many of the newest are kept whatever their age, one for each of so many hours, days, weeks, months.
const KEPT: [(Period, usize); 4] = [
    (Period::Hour, 24),
    (Period::Day, 14),
    (Period::Week, 8),
    (Period::Month, 24),
];

/// How many of the newest are kept whatever their hour: who breaks something and then saves has the one before.
const LATEST: usize = 3;

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Period {
    Hour,
    Day,
    Week,
    Month,
}

impl Period {
    fn of(self, time: NaiveDateTime) -> (i32, u32, u32) {
        let week = time.iso_week();
        match self {
            Self::Hour => (time.year(), time.ordinal(), time.hour()),
            Self::Day => (time.year(), time.ordinal(), 0),
            Self::Week => (week.year(), week.week(), 0),
            Self::Month => (time.year(), time.month(), 0),
        }
    }
}

/// One backup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backup {
    /// Where it is.
    pub path: PathBuf,
    /// When it was made, in the time of the machine.
    pub made_at: NaiveDateTime,
    /// How large it is.
    pub bytes: u64,
}

/// Where an installation keeps the backups of a carnet: a folder for each family, since carnets have the same names.
pub fn folder_of(family: &str, root: &Path) -> PathBuf {
    root.join(format!("carnet-{}", &family[..DIGEST_CHARS]))
}

/// The folder of the backups of this carnet; those that an earlier version left in `root` are moved there.
pub fn own_folder(carnet: &Carnet, name: &str, root: &Path) -> Result<PathBuf, ExchangeError> {
    let folder = folder_of(&carnet.family()?, root);
    for backup in list(name, root)? {
        let moved = backup.path.file_name().map(|name| folder.join(name));
        // What cannot be read, or is of another carnet of that name, stays.
        if let Some(moved) = moved.filter(|moved| !moved.exists())
            && carnet.has_news(&backup.path).is_ok()
        {
            fs::create_dir_all(&folder).map_err(ExchangeError::io(&folder))?;
            fs::rename(&backup.path, moved).map_err(ExchangeError::io(&backup.path))?;
        }
    }
    Ok(folder)
}

/// Makes a backup of the carnet called `name` in a folder, proves it, and thins out the older ones.
pub fn make(
    carnet: &Carnet,
    name: &str,
    folder: &Path,
    now: DateTime<FixedOffset>,
) -> Result<Backup, ExchangeError> {
    fs::create_dir_all(folder).map_err(ExchangeError::io(folder))?;
    let path = folder.join(format!("{name} {}.carnet", now.format(STAMP)));
    let part = Unfinished::of(&path);
    carnet.clean();
    let digest = carnet
        .copy_to(part.path())
        .map_err(|error| ExchangeError::from(error).about(folder))?;
    prove(carnet, part.path(), &digest)?;
    part.put_in_place(&path).map_err(ExchangeError::io(&path))?;
    replace::remove_left_over(folder);
    for old in superfluous(&list(name, folder)?) {
        fs::remove_file(&old.path).map_err(ExchangeError::io(&old.path))?;
    }
    let bytes = fs::metadata(&path).map_err(ExchangeError::io(&path))?.len();
    Ok(Backup {
        path,
        made_at: now.naive_local(),
        bytes,
    })
}

/// Makes a backup when the newest is an hour old, or there is none; one dated later than now, by a clock that was
/// wrong, says nothing of when the next is due.
pub fn make_if_due(
    carnet: &Carnet,
    name: &str,
    folder: &Path,
    now: DateTime<FixedOffset>,
) -> Result<Option<Backup>, ExchangeError> {
    let made = list(name, folder)?.into_iter().map(|backup| backup.made_at);
    if is_due(made, now.naive_local()) {
        make(carnet, name, folder, now).map(Some)
    } else {
        Ok(None)
    }
}

/// Whether the newest of these, newest first, is an hour old.
fn is_due(made: impl Iterator<Item = NaiveDateTime>, now: NaiveDateTime) -> bool {
    let newest = made.into_iter().find(|made| *made <= now);
    newest.is_none_or(|newest| now - newest >= chrono::Duration::hours(1))
}

/// Reads a copy back: every page, and the content that was copied, whatever others wrote since.
fn prove(carnet: &Carnet, copy: &Path, digest: &str) -> Result<(), ExchangeError> {
    let back = carnet.open_with_same_key(copy, carnet.writer().clone())?;
    if back.has_whole_pages()? && back.digest()? == digest {
        Ok(())
    } else {
        Err(ExchangeError::NotVerified(copy.to_owned()))
    }
}

/// The backups of the carnet called `name`, newest first.
pub fn list(name: &str, folder: &Path) -> Result<Vec<Backup>, ExchangeError> {
    let mut backups = Vec::new();
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(backups),
        Err(error) => return Err(ExchangeError::io(folder)(error)),
    };
    for entry in entries {
        let entry = entry.map_err(ExchangeError::io(folder))?;
        let path = entry.path();
        if let Some(made_at) = made_at(&path, name)
            && path.is_file()
        {
            let bytes = entry.metadata().map_err(ExchangeError::io(&path))?.len();
            backups.push(Backup {
                path,
                made_at,
                bytes,
            });
        }
    }
    backups.sort_by_key(|backup| std::cmp::Reverse(backup.made_at));
    Ok(backups)
}

fn made_at(path: &Path, name: &str) -> Option<NaiveDateTime> {
    let stamp = path
        .file_name()?
        .to_str()?
        .strip_suffix(".carnet")?
        .strip_prefix(name)?
        .trim_start();
    NaiveDateTime::parse_from_str(stamp, STAMP).ok()
}

/// Those that no hour, day, week or month asks for, the latest apart; `backups` are newest first.
fn superfluous(backups: &[Backup]) -> Vec<&Backup> {
    let latest = backups.iter().take(LATEST);
    let mut kept: HashSet<&Path> = latest.map(|backup| backup.path.as_path()).collect();
    for (period, most) in KEPT {
        let mut seen = HashSet::new();
        for backup in backups {
            let of = period.of(backup.made_at);
            if seen.len() < most && seen.insert(of) {
                kept.insert(&backup.path);
            }
        }
    }
    backups
        .iter()
        .filter(|backup| !kept.contains(backup.path.as_path()))
        .collect()
}

/// A carnet put right again.
pub struct Repaired {
    /// The carnet, open.
    pub carnet: Carnet,
    /// The backup that it was made from.
    pub from: Backup,
    /// Where the damaged file was put.
    pub aside: PathBuf,
}

/// Puts the newest good backup of this family in the place of a damaged carnet, with what the exchange folder has
/// since; the damaged file is kept beside it. `None` where no backup is good.
///
/// `root` is where the installation keeps the backups of all carnets.
pub fn repair(
    path: &Path,
    (name, family): (&str, &str),
    passphrase: Option<&Passphrase>,
    writer: &Writer,
    root: &Path,
    exchange_folder: Option<&Path>,
) -> Result<Option<Repaired>, ExchangeError> {
    let now = writer.clock.now();
    let mut backups = list(name, &folder_of(family, root))?;
    backups.extend(list(name, root)?);
    // What a wrong clock dated later than now is no newer for that.
    let is_later = |backup: &Backup| backup.made_at > now.naive_local();
    backups.sort_by_key(|backup| (is_later(backup), std::cmp::Reverse(backup.made_at)));
    let mut is_locked = false;
    for backup in backups {
        let part = Unfinished::of(path);
        fs::copy(&backup.path, part.path()).map_err(ExchangeError::io(&backup.path))?;
        let is_good = match Carnet::open(part.path(), passphrase, writer.clone()) {
            Ok(carnet) => {
                let is_family = carnet.family().is_ok_and(|theirs| theirs == family);
                is_family && carnet.check().is_ok_and(|report| report.damages.is_empty())
            }
            Err(error) => {
                is_locked |= matches!(error, OpenError::WrongPassphrase);
                false
            }
        };
        if !is_good {
            continue;
        }
        let aside = replace::set_damaged_aside(path, name, &now.format(STAMP).to_string())
            .map_err(ExchangeError::io(path))?;
        part.put_in_place(path).map_err(ExchangeError::io(path))?;
        let mut carnet = Carnet::open(path, passphrase, writer.clone())?;
        if let Some(folder) = exchange_folder.filter(|folder| folder.is_dir()) {
            folder::exchange(&mut carnet, folder, Deletions::Ask)?;
        }
        return Ok(Some(Repaired {
            carnet,
            from: backup,
            aside,
        }));
    }
    if is_locked {
        return Err(OpenError::WrongPassphrase.into());
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::inside::Inside;
    use crate::store::{Edit, Edits, MergeError, RowName};
    use crate::testing::writer;

    #[test]
    fn the_latest_backups_stay_and_one_for_each_hour_day_week_and_month() {
        let at = |text: &str| NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap();
        let newest = at("2026-11-26 18:00");
        // One every half hour for a hundred days.
        let backups: Vec<Backup> = (0..4_800)
            .map(|index| Backup {
                path: PathBuf::from(format!("{index}")),
                made_at: newest - chrono::Duration::minutes(30 * index),
                bytes: 0,
            })
            .collect();
        let gone = superfluous(&backups);
        let kept: Vec<&Backup> = backups.iter().filter(|one| !gone.contains(one)).collect();
        assert_eq!(
            kept[..LATEST],
            backups.iter().take(LATEST).collect::<Vec<_>>()
        );
        let months: HashSet<u32> = kept.iter().map(|one| one.made_at.month()).collect();
        assert_eq!(months.len(), 4);
        assert!((40..=60).contains(&kept.len()), "{}", kept.len());
    }

    /// A carnet of this name with one tag.
    fn carnet_with(folder: &Path, passphrase: Option<&Passphrase>, label: &str) -> Carnet {
        let path = folder.join("massif.carnet");
        let mut carnet = Carnet::create(&path, passphrase, writer(folder)).unwrap();
        let edits = vec![Edit::of("tag", RowName::New).set("label_fr", label)];
        let label = "test".to_owned();
        carnet.save(Edits { edits, label }).unwrap();
        carnet
    }

    fn cut_in_half(path: &Path) -> Vec<u8> {
        let whole = fs::read(path).unwrap();
        let half = whole[..whole.len() / 2].to_vec();
        fs::write(path, &half).unwrap();
        half
    }

    #[test]
    fn a_damaged_carnet_is_put_right_from_its_newest_backup_and_kept_aside() {
        for passphrase in [None, Passphrase::new("vélo brume tilleul horloge")] {
            let folder = tempfile::tempdir().unwrap();
            let (writer, root) = (writer(folder.path()), folder.path().join("backups"));
            let carnet = carnet_with(folder.path(), passphrase.as_ref(), "laine");
            let path = carnet.path().to_owned();
            let family = carnet.family().unwrap();
            let own = own_folder(&carnet, "massif", &root).unwrap();
            make(&carnet, "massif", &own, writer.clock.now()).unwrap();
            let digest = carnet.digest().unwrap();
            drop(carnet);
            let mut asides = Vec::new();
            // Twice in the same minute: what was kept of the first time stays.
            for _ in 0..2 {
                let half = cut_in_half(&path);
                let found = Carnet::family_of_damaged(&path, passphrase.as_ref());
                assert_eq!(found.as_ref(), Some(&family));
                let of = ("massif", family.as_str());
                let repaired = repair(&path, of, passphrase.as_ref(), &writer, &root, None);
                let repaired = repaired.unwrap().unwrap();
                assert_eq!(repaired.carnet.digest().unwrap(), digest);
                asides.push((repaired.aside, half));
            }
            for (aside, half) in &asides {
                assert_eq!(fs::read(aside).unwrap(), *half);
            }
            assert_ne!(asides[0].0, asides[1].0);
            let nowhere = folder.path().join("none");
            let of = ("massif", family.as_str());
            let repaired = repair(&path, of, passphrase.as_ref(), &writer, &nowhere, None);
            assert!(repaired.unwrap().is_none());
        }
    }

    #[test]
    fn the_backups_of_two_carnets_of_one_name_are_kept_apart_and_never_taken_for_one_another() {
        let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
        let root = folders[0].path().join("backups");
        let [one, other] = [("laine", 0), ("bois", 1)]
            .map(|(label, index)| carnet_with(folders[index].path(), None, label));
        let now = one.writer().clock.now();
        // Left in one folder by an earlier version.
        let earlier = now - chrono::Duration::days(2);
        let kept = make(&other, "massif", &root, earlier).unwrap();
        let of_one = own_folder(&one, "massif", &root).unwrap();
        assert!(kept.path.exists(), "it is not of this carnet");
        assert!(make_if_due(&one, "massif", &of_one, now).unwrap().is_some());
        let of_other = own_folder(&other, "massif", &root).unwrap();
        assert!(!kept.path.exists(), "it is with those of its carnet");
        assert_eq!(list("massif", &of_other).unwrap().len(), 1);
        let made = make_if_due(&other, "massif", &of_other, now).unwrap();
        assert!(made.is_some(), "a backup of the one is none of the other");
        let looked = Inside::look(&one, &made.unwrap().path).map(|_| ());
        assert!(
            matches!(
                looked,
                Err(ExchangeError::Merge(MergeError::OtherFamily(_)))
            ),
            "{looked:?}"
        );
        let (path, family) = (one.path().to_owned(), one.family().unwrap());
        let writer = one.writer().clone();
        drop(one);
        fs::remove_dir_all(&of_one).unwrap();
        make(&other, "massif", &root, now).unwrap();
        let half = cut_in_half(&path);
        let of = ("massif", family.as_str());
        let repaired = repair(&path, of, None, &writer, &root, None).unwrap();
        assert!(
            repaired.is_none(),
            "the other carnet is no copy of this one"
        );
        assert_eq!(fs::read(&path).unwrap(), half);
    }

    #[test]
    fn a_backup_dated_by_a_wrong_clock_does_not_keep_the_next_from_being_made() {
        let at = |text: &str| NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap();
        let now = at("2026-11-26 18:00");
        let is_due_after = |made: &[&str]| is_due(made.iter().map(|made| at(made)), now);
        assert!(is_due_after(&[]));
        assert!(is_due_after(&["2099-01-01 00:00"]));
        assert!(is_due_after(&["2099-01-01 00:00", "2026-11-26 17:00"]));
        assert!(!is_due_after(&["2099-01-01 00:00", "2026-11-26 17:01"]));
    }

    #[test]
    fn a_backup_is_known_by_its_name_alone() {
        let made = made_at(Path::new("massif 2026-10-06 09h30.carnet"), "massif");
        assert_eq!(
            made.map(|made| made.to_string()),
            Some("2026-10-06 09:30:00".into())
        );
        assert_eq!(made_at(Path::new("massif.carnet"), "massif"), None);
        assert_eq!(
            made_at(Path::new("autre 2026-10-06 09h30.carnet"), "massif"),
            None
        );
    }
}
