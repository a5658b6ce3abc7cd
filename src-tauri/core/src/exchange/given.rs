//! What this device put in an exchange folder: its own folder there, and how long each file was when it was written.
//!
//! The lengths are kept beside the register of writers, so that a file that a tool cut short is found out at the
//! price of a look at its length, and one that holds what was erased since is written again. A device writes and removes in its own folder only.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::error::ExchangeError;
use super::segment::{self, Segment};
use crate::model::DeviceId;
use crate::store::replace::{self, Unfinished};
use crate::store::{Carnet, CommitRef, StoreError};

/// Room that a folder must have for something to be taken over from it: that of the smallest files put there.
const PROBE_BYTES: usize = 16 * 1024;

/// What is remembered of them.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
struct Register {
    /// Bytes of each file by its name.
    lengths: BTreeMap<String, u64>,
    /// How far the erasures of the carnet have reached them ([`Carnet::blanked_until`]).
    blanked_until: i64,
}

/// The folder of this device in that of a carnet.
pub(super) struct Own {
    device: DeviceId,
    folder: PathBuf,
    register: PathBuf,
}

impl Own {
    /// That of this copy of a carnet; nothing is written yet.
    pub(super) fn of(carnet: &Carnet, family: &Path) -> Result<Self, ExchangeError> {
        let device = carnet.device()?;
        let folder = family.join(device.as_str());
        let name = blake3::hash(folder.as_os_str().as_encoded_bytes()).to_hex();
        let register = &carnet.writer().register;
        Ok(Self {
            register: register.join(format!("given-{}.json", &name[..32])),
            device,
            folder,
        })
    }

    /// Who writes there.
    pub(super) fn device(&self) -> &DeviceId {
        &self.device
    }

    /// Where it is, whether or not it was made.
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

    /// Those of its files that are as they were written.
    ///
    /// One of which nothing is remembered is opened once, and remembered if it is whole.
    pub(super) fn whole(
        &self,
        carnet: &Carnet,
        mine: &[Segment],
    ) -> Result<HashSet<PathBuf>, ExchangeError> {
        let mut kept = self.kept();
        let before = kept.clone();
        let mut whole = HashSet::new();
        for segment in mine {
            let path = &segment.path;
            let bytes = fs::metadata(path).map_err(ExchangeError::io(path))?.len();
            let name = name_of(path);
            let is_whole = match kept.lengths.get(&name) {
                Some(written) => *written == bytes,
                None => carnet.has_news(path).is_ok(),
            };
            if is_whole {
                kept.lengths.insert(name, bytes);
                whole.insert(path.clone());
            }
        }
        if kept != before {
            self.keep(&kept)?;
        }
        Ok(whole)
    }

    /// Writes a run in a file of its own; gives its path.
    pub(super) fn write(
        &self,
        carnet: &Carnet,
        (device, first, last): (&DeviceId, i64, i64),
        digest: &str,
    ) -> Result<PathBuf, ExchangeError> {
        let name = segment::name_of(&self.device, device, first, last, digest);
        let path = self.folder.join(&name);
        let part = Unfinished::of(&path);
        let filled = carnet.write_segment(device, first, last, part.path());
        filled.map_err(|error| match error {
            StoreError::Sqlite(source) if !self.folder.exists() => ExchangeError::Io {
                path: self.folder.clone(),
                source: std::io::Error::other(source),
            },
            // The engine does not say why it cannot make a file; making one does.
            other @ (StoreError::Sqlite(_) | StoreError::ReadOnly) => self
                .must_be_writable()
                .err()
                .unwrap_or_else(|| other.into()),
            other => other.into(),
        })?;
        let bytes = fs::metadata(part.path())
            .map_err(ExchangeError::io(&path))?
            .len();
        part.put_in_place(&path).map_err(ExchangeError::io(&path))?;
        let mut kept = self.kept();
        // What is no longer there need not be remembered.
        kept.lengths
            .retain(|name, _| self.folder.join(name).exists());
        kept.lengths.insert(name, bytes);
        self.keep(&kept)?;
        Ok(path)
    }

    /// Whether words were erased since its files were last looked at for that.
    pub(super) fn may_hold_erased(&self, carnet: &Carnet) -> Result<bool, ExchangeError> {
        let until = carnet.blanked_until()?;
        Ok(until != 0 && until != self.kept().blanked_until)
    }

    /// Writes again those of its files that hold words which were erased since they were written.
    pub(super) fn forget_erased(
        &self,
        carnet: &Carnet,
        mine: &[&Segment],
    ) -> Result<(), ExchangeError> {
        let (until, known) = (carnet.blanked_until()?, self.kept().blanked_until);
        // Fewer than were known: the working database was made anew, and nothing is known of it.
        let known = if until < known { 0 } else { known };
        let blanked = carnet.blanked_after(known)?;
        for segment in mine {
            let (device, first, last) = (&segment.device, segment.first, segment.last);
            let is_of_it = |commit: &CommitRef| {
                commit.device == *device && (first..=last).contains(&commit.seq)
            };
            if blanked.iter().any(is_of_it) {
                let digest = carnet.digest_of(&CommitRef {
                    device: device.clone(),
                    seq: last,
                })?;
                let written = self.write(carnet, (device, first, last), &digest)?;
                if written != segment.path {
                    let refused = ExchangeError::io(&segment.path);
                    fs::remove_file(&segment.path).map_err(refused)?;
                }
            }
        }
        let mut kept = self.kept();
        kept.blanked_until = until;
        self.keep(&kept)
    }

    /// What is remembered; a register that cannot be read is as good as none.
    fn kept(&self) -> Register {
        let kept = fs::read(&self.register).ok();
        kept.and_then(|json| serde_json::from_slice(&json).ok())
            .unwrap_or_default()
    }

    fn keep(&self, kept: &Register) -> Result<(), ExchangeError> {
        let refused = |error: std::io::Error| ExchangeError::io(&self.register)(error);
        let json = serde_json::to_vec(kept).map_err(|error| refused(error.into()))?;
        if let Some(folder) = self.register.parent() {
            fs::create_dir_all(folder).map_err(refused)?;
        }
        let fresh = self
            .register
            .with_extension(format!("{}.new", std::process::id()));
        fs::write(&fresh, json).map_err(refused)?;
        fs::rename(&fresh, &self.register).map_err(refused)
    }
}

fn name_of(path: &Path) -> String {
    path.file_name()
        .map_or_else(Default::default, |name| name.to_string_lossy().into_owned())
}
