//! What this device put in an exchange folder: its own folder there, and how long each file was when it was written.
//!
//! The lengths are kept beside the register of writers, so that a file that a tool cut short is found out at the
//! price of a look at its length. A device writes and removes in its own folder only.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::error::ExchangeError;
use super::segment::{self, Segment};
use crate::model::DeviceId;
use crate::store::replace::{self, Unfinished};
use crate::store::{Carnet, StoreError};

/// Room that a folder must have for something to be taken over from it: that of the smallest files put there.
const PROBE_BYTES: usize = 16 * 1024;

/// Bytes of each file by its name.
type Lengths = BTreeMap<String, u64>;

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
        let mut lengths = self.lengths();
        let before = lengths.clone();
        let mut whole = HashSet::new();
        for segment in mine {
            let path = &segment.path;
            let bytes = fs::metadata(path).map_err(ExchangeError::io(path))?.len();
            let name = name_of(path);
            let is_whole = match lengths.get(&name) {
                Some(written) => *written == bytes,
                None => carnet.has_news(path).is_ok(),
            };
            if is_whole {
                lengths.insert(name, bytes);
                whole.insert(path.clone());
            }
        }
        if lengths != before {
            self.keep(&lengths)?;
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
        let mut lengths = self.lengths();
        // What is no longer there need not be remembered.
        lengths.retain(|name, _| self.folder.join(name).exists());
        lengths.insert(name, bytes);
        self.keep(&lengths)?;
        Ok(path)
    }

    /// What is remembered; a register that cannot be read is as good as none.
    fn lengths(&self) -> Lengths {
        let kept = fs::read(&self.register).ok();
        kept.and_then(|json| serde_json::from_slice(&json).ok())
            .unwrap_or_default()
    }

    fn keep(&self, lengths: &Lengths) -> Result<(), ExchangeError> {
        let refused = |error: std::io::Error| ExchangeError::io(&self.register)(error);
        let json = serde_json::to_vec(lengths).map_err(|error| refused(error.into()))?;
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
