//! What is remembered of the files of an exchange folder, and what this installation put there.
//!
//! A register beside that of the writers says how each file was when it was last known to be whole: a look at its length
//! and time tells that nothing happened to it. An own file that is no longer as it was written, or that holds what was
//! erased since, is written again. An installation writes and removes in its own folders only: that of the device it
//! writes as, and those of the devices it wrote as before.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

use super::error::ExchangeError;
use super::segment::{self, Segment};
use crate::model::DeviceId;
use crate::store::replace::{self, Unfinished};
use crate::store::{Carnet, CommitRef, StoreError};

/// Room that a folder must have for something to be taken over from it: that of the smallest files put there.
const PROBE_BYTES: usize = 16 * 1024;
/// How long a file of another device may be unreadable before what it should hold is given again: it may be arriving.
const ARRIVING: Duration = Duration::from_mins(10);

/// How a file was when it was last known to be whole.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Known {
    bytes: u64,
    /// When it was written by the file system's clock, in ns since 1970.
    modified: u64,
    /// BLAKE3 of all of it, lower-case hex.
    digest: String,
    /// How far the erasures of the carnet had come when it was written ([`Carnet::blanked_until`]); 0 for a file that
    /// came some other way.
    blanked_until: i64,
}

/// What is remembered of the folder of a carnet.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
struct Register {
    /// The devices that this installation wrote there as.
    own: BTreeSet<DeviceId>,
    /// Its files, by folder and name.
    files: BTreeMap<String, Known>,
}

/// The files of a folder that have a name of ours, as they were found.
#[derive(Debug, Default)]
pub(super) struct Sorted {
    /// Those that say what they hold; by device and place.
    pub(super) segments: Vec<Segment>,
    /// Own files that are no longer what was written, and whose commits are here.
    pub(super) spoilt: Vec<PathBuf>,
}

/// The folders of this installation in that of a carnet.
pub(super) struct Own {
    device: DeviceId,
    family: PathBuf,
    folder: PathBuf,
    register: PathBuf,
}

impl Own {
    /// That of this copy of a carnet; nothing is written yet.
    pub(super) fn of(carnet: &Carnet, family: &Path) -> Result<Self, ExchangeError> {
        let device = carnet.device()?;
        let name = blake3::hash(family.as_os_str().as_encoded_bytes()).to_hex();
        let register = &carnet.writer().register;
        Ok(Self {
            register: register.join(format!("given-{}.json", &name[..32])),
            folder: family.join(device.as_str()),
            family: family.to_owned(),
            device,
        })
    }

    /// Who writes there.
    pub(super) fn device(&self) -> &DeviceId {
        &self.device
    }

    /// Where it writes, whether or not it was made.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Makes the folder.
    pub(super) fn make(&self) -> Result<(), ExchangeError> {
        fs::create_dir_all(&self.folder).map_err(ExchangeError::io(&self.folder))?;
        replace::remove_left_over(&self.folder);
        Ok(())
    }

    /// Refuses a folder that takes no file.
    pub(super) fn must_be_writable(&self) -> Result<(), ExchangeError> {
        self.make()?;
        let probe = Unfinished::of(&self.folder.join("probe"));
        fs::write(probe.path(), [0; PROBE_BYTES]).map_err(ExchangeError::io(&self.folder))
    }

    /// Sorts files by what they are today.
    ///
    /// One of which nothing is remembered is opened once, and remembered if it is whole; one that is not counts for what
    /// it says unless what it should hold is here, and was to have arrived.
    pub(super) fn sorted(
        &self,
        carnet: &Carnet,
        listed: Vec<Segment>,
    ) -> Result<Sorted, ExchangeError> {
        let mut kept = self.kept();
        let before = kept.clone();
        let mut sorted = Sorted::default();
        let names: BTreeSet<String> = listed.iter().map(|one| self.name_of(&one.path)).collect();
        kept.files.retain(|name, _| names.contains(name));
        for segment in listed {
            let is_own = self.is_own(&segment.path, &kept);
            let is_here = || carnet.holds(&segment.device, segment.last, &segment.digest);
            if !is_own && !is_here()? {
                // It is wanted, and read for that.
                sorted.segments.push(segment);
                continue;
            }
            let looked = Found::at(&segment.path).and_then(|found| {
                let is_whole = self.is_whole(carnet, &segment.path, is_own, &found, &mut kept)?;
                Ok((found, is_whole))
            });
            let (found, is_whole) = match looked {
                Ok(looked) => looked,
                Err(error) if is_own => return Err(error),
                // Somebody removes it, or holds it for a moment: it counts for what it says.
                Err(_) => {
                    sorted.segments.push(segment);
                    continue;
                }
            };
            if is_whole {
                sorted.segments.push(segment);
            } else if is_own && is_here()? {
                sorted.spoilt.push(segment.path);
            } else if is_own || !found.is_old() {
                sorted.segments.push(segment);
            }
        }
        if kept != before {
            self.keep(&kept);
        }
        sorted
            .segments
            .sort_by(|a, b| (&a.device, a.first, b.last).cmp(&(&b.device, b.first, a.last)));
        Ok(sorted)
    }

    /// Whether a file is as it was last known, or can be read.
    fn is_whole(
        &self,
        carnet: &Carnet,
        path: &Path,
        is_own: bool,
        found: &Found,
        kept: &mut Register,
    ) -> Result<bool, ExchangeError> {
        let name = self.name_of(path);
        let known = kept.files.get_mut(&name);
        if let Some(known) = &known
            && (known.bytes, known.modified) == (found.bytes, found.modified)
        {
            return Ok(true);
        }
        let digest = digest_of(path)?;
        match known {
            Some(known) if known.digest == digest => known.modified = found.modified,
            // Nobody else writes here.
            Some(_) if is_own => return Ok(false),
            _ if carnet.has_news(path).is_err() => return Ok(false),
            _ => {
                kept.files.insert(name, found.known(digest, 0));
            }
        }
        Ok(true)
    }

    /// Writes a run in a file of this device; gives its path.
    pub(super) fn write(
        &self,
        carnet: &Carnet,
        run: (&DeviceId, i64, i64),
        digest: &str,
    ) -> Result<PathBuf, ExchangeError> {
        self.write_in(carnet, (&self.folder, &self.device), run, digest)
    }

    fn write_in(
        &self,
        carnet: &Carnet,
        (folder, owner): (&Path, &DeviceId),
        (device, first, last): (&DeviceId, i64, i64),
        digest: &str,
    ) -> Result<PathBuf, ExchangeError> {
        let until = carnet.blanked_until()?;
        let path = folder.join(segment::name_of(owner, device, first, last, digest));
        let part = Unfinished::of(&path);
        let filled = carnet.write_segment(device, first, last, part.path());
        filled.map_err(|error| match error {
            StoreError::Sqlite(source) if !folder.exists() => ExchangeError::Io {
                path: folder.to_owned(),
                source: io::Error::other(source),
            },
            // Nothing else is written.
            StoreError::DiskFull => ExchangeError::Io {
                path: folder.to_owned(),
                source: io::ErrorKind::StorageFull.into(),
            },
            // The engine does not say why it cannot make a file; making one does.
            other @ (StoreError::Sqlite(_) | StoreError::ReadOnly) => self
                .must_be_writable()
                .err()
                .unwrap_or_else(|| other.into()),
            other => other.into(),
        })?;
        let whole = digest_of(part.path())?;
        part.put_in_place(&path).map_err(ExchangeError::io(&path))?;
        let mut kept = self.kept();
        kept.own.insert(owner.clone());
        let known = Found::at(&path)?.known(whole, until);
        kept.files.insert(self.name_of(&path), known);
        self.keep(&kept);
        Ok(path)
    }

    /// Whether own files were written before the last erasure.
    pub(super) fn may_hold_erased(&self, carnet: &Carnet) -> Result<bool, ExchangeError> {
        let until = carnet.blanked_until()?;
        let kept = self.kept();
        let mut own = kept
            .files
            .iter()
            .filter(|(name, _)| self.is_own(&self.family.join(name), &kept));
        Ok(until != 0 && own.any(|(_, known)| known.blanked_until != until))
    }

    /// Writes again those of its files that hold words which were erased since they were written.
    ///
    /// What such a file says of a history that was filed apart is written under that other name by now: it goes.
    pub(super) fn forget_erased(
        &self,
        carnet: &Carnet,
        segments: &[Segment],
    ) -> Result<(), ExchangeError> {
        let until = carnet.blanked_until()?;
        let mut kept = self.kept();
        let own = |segment: &&Segment| self.is_own(&segment.path, &kept);
        let own: Vec<&Segment> = segments.iter().filter(own).collect();
        for segment in own {
            let name = self.name_of(&segment.path);
            let known = kept.files.get(&name).map_or(0, |known| known.blanked_until);
            if known == until {
                continue;
            }
            // More than there are: the working database was made anew, and nothing is known of it.
            let after = if known > until { 0 } else { known };
            let run = (&segment.device, segment.first, segment.last);
            let name_of_last = CommitRef {
                device: segment.device.clone(),
                seq: segment.last,
            };
            let digest = match carnet.digest_of(&name_of_last) {
                Ok(digest) if digest.starts_with(&segment.digest) => Some(digest),
                Ok(_) | Err(StoreError::NoSuchCommit(_)) => None,
                Err(error) => return Err(error.into()),
            };
            let is_gone = |written: Option<&Path>| match written {
                Some(written) if written == segment.path => Ok(()),
                _ => fs::remove_file(&segment.path).map_err(ExchangeError::io(&segment.path)),
            };
            match digest {
                None => {
                    if carnet.holds(&segment.device, segment.last, &segment.digest)? {
                        is_gone(None)?;
                    }
                }
                Some(digest) if holds_any(&carnet.blanked_after(after)?, run) => {
                    let folder = segment.path.parent().unwrap_or(&self.folder);
                    let owner = segment::owner_of(folder).unwrap_or_else(|| self.device.clone());
                    let written = self.write_in(carnet, (folder, &owner), run, &digest)?;
                    is_gone(Some(&written))?;
                }
                Some(_) => {}
            }
        }
        kept = self.kept();
        for known in kept.files.values_mut() {
            known.blanked_until = until;
        }
        self.keep(&kept);
        Ok(())
    }

    /// Whether a file lies in a folder that this installation wrote in; what an engine of synchronisation added to the
    /// name of the folder does not matter.
    fn is_own(&self, path: &Path, kept: &Register) -> bool {
        let owner = path.parent().and_then(segment::owner_of);
        owner.is_some_and(|owner| owner == self.device || kept.own.contains(&owner))
    }

    /// How a file is remembered: its folder and name.
    fn name_of(&self, path: &Path) -> String {
        let within = path.strip_prefix(&self.family).unwrap_or(path);
        within.to_string_lossy().into_owned()
    }

    /// What is remembered; a register that cannot be read is as good as none.
    fn kept(&self) -> Register {
        let kept = fs::read(&self.register).ok();
        kept.and_then(|json| serde_json::from_slice(&json).ok())
            .unwrap_or_default()
    }

    /// Remembers; what could not be is found out again the next time.
    fn keep(&self, kept: &Register) {
        let Ok(json) = serde_json::to_vec(kept) else {
            return;
        };
        if let Some(folder) = self.register.parent() {
            let _ = fs::create_dir_all(folder);
        }
        let fresh = Unfinished::of(&self.register);
        if fs::write(fresh.path(), json).is_ok() {
            let _ = fs::rename(fresh.path(), &self.register);
        }
    }
}

/// Whether one of these commits is in a run.
fn holds_any(commits: &[CommitRef], (device, first, last): (&DeviceId, i64, i64)) -> bool {
    commits
        .iter()
        .any(|commit| commit.device == *device && (first..=last).contains(&commit.seq))
}

fn digest_of(path: &Path) -> Result<String, ExchangeError> {
    let bytes = fs::read(path).map_err(ExchangeError::io(path))?;
    Ok(blake3::hash(&bytes).to_hex().to_string())
}

/// A file as it lies there.
struct Found {
    bytes: u64,
    modified: u64,
}

impl Found {
    fn at(path: &Path) -> Result<Self, ExchangeError> {
        let found = fs::metadata(path).map_err(ExchangeError::io(path))?;
        let since = found
            .modified()
            .ok()
            .and_then(|time| time.duration_since(SystemTime::UNIX_EPOCH).ok());
        Ok(Self {
            bytes: found.len(),
            modified: since.map_or(0, |since| {
                u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
            }),
        })
    }

    fn known(&self, digest: String, blanked_until: i64) -> Known {
        Known {
            bytes: self.bytes,
            modified: self.modified,
            digest,
            blanked_until,
        }
    }

    /// Whether nobody has written it for long.
    fn is_old(&self) -> bool {
        let modified = SystemTime::UNIX_EPOCH + Duration::from_nanos(self.modified);
        modified.elapsed().is_ok_and(|age| age >= ARRIVING)
    }
}
