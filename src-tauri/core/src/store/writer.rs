//! Who writes: the identity of this installation for this file, kept outside the carnet.
//!
//! A plain copy must never share an identity (architecture.md §5): the register remembers, for each file, the
//! writer and the digest it last left there; any mismatch gives a new writer before the first write.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::Connection;
use serde::{Deserialize, Serialize};

use super::clock::Clock;
use super::error::StoreError;
use super::log;
use crate::model::DeviceId;

/// What an installation brings to a carnet that it opens.
#[derive(Clone)]
pub struct Writer {
    /// How this machine is named in the log.
    pub device_name: String,
    /// How this person is named in the log.
    pub author: String,
    /// Folder of the register, on this machine only.
    pub register: PathBuf,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// One line of the register: who writes in a file, and what it last left there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Entry {
    /// As far as it can be written as text: what tells the files apart is the name of the line.
    path: String,
    device: DeviceId,
    seq: i64,
    digest: String,
}

impl Writer {
    fn file_of(&self, carnet: &Path) -> PathBuf {
        let name = blake3::hash(carnet.as_os_str().as_encoded_bytes()).to_hex();
        self.register.join(format!("{}.json", &name[..32]))
    }

    /// The writer id to use for the next commit in this carnet, in the transaction of that commit.
    pub(super) fn identity(
        &self,
        conn: &Connection,
        carnet: &Path,
    ) -> Result<DeviceId, StoreError> {
        if let Some(entry) = self.entry(carnet)?
            && entry.path == carnet.to_string_lossy()
        {
            let is_as_left = match log::tip(conn, &entry.device)? {
                Some(tip) => tip.seq == entry.seq && tip.digest.to_hex().as_str() == entry.digest,
                None => entry.seq == 0,
            };
            if is_as_left {
                return Ok(entry.device);
            }
        }
        Ok(DeviceId::from_bytes(*uuid::Uuid::new_v4().as_bytes()))
    }

    /// The writer id to use for the next commit, remembered from now on although nothing was written yet.
    pub(super) fn reserved(
        &self,
        conn: &Connection,
        carnet: &Path,
    ) -> Result<DeviceId, StoreError> {
        let device = self.identity(conn, carnet)?;
        if log::tip(conn, &device)?.is_none() {
            self.keep(
                carnet,
                &Entry {
                    path: carnet.to_string_lossy().into_owned(),
                    device: device.clone(),
                    seq: 0,
                    digest: String::new(),
                },
            )?;
        }
        Ok(device)
    }

    /// Remembers what this writer leaves in the carnet; called before the commit becomes durable, so that a
    /// crash in between costs a new writer id and never two commits of one name.
    pub(super) fn remember(&self, carnet: &Path, commit: &log::Commit) -> Result<(), StoreError> {
        self.keep(
            carnet,
            &Entry {
                path: carnet.to_string_lossy().into_owned(),
                device: commit.device.clone(),
                seq: commit.seq,
                digest: commit.digest.to_hex().to_string(),
            },
        )
    }

    /// Writes a line of the register over the one before.
    ///
    /// In place: a file system that sees one file replaced by another, or emptied first, writes it to the disk at once,
    /// which took a tenth of the time of an edit. A line cut short by a crash is as good as none, and costs a writer
    /// id.
    fn keep(&self, carnet: &Path, entry: &Entry) -> Result<(), StoreError> {
        let path = self.file_of(carnet);
        let refused = |source| StoreError::Register {
            path: path.clone(),
            source,
        };
        let json = serde_json::to_vec(entry).map_err(|error| refused(io::Error::other(error)))?;
        let open = || {
            let mut options = fs::File::options();
            options.write(true).create(true).truncate(false).open(&path)
        };
        let opened = match open() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                fs::create_dir_all(&self.register).and_then(|()| open())
            }
            opened => opened,
        };
        let written = opened.and_then(|mut file| {
            file.write_all(&json)?;
            if file.metadata()?.len() > json.len() as u64 {
                file.set_len(json.len() as u64)?;
            }
            Ok(())
        });
        written.map_err(refused)
    }

    /// The line of a carnet; a register that cannot be read is as good as none.
    fn entry(&self, carnet: &Path) -> Result<Option<Entry>, StoreError> {
        let path = self.file_of(carnet);
        match fs::read(&path) {
            Ok(json) => Ok(serde_json::from_slice(&json).ok()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(StoreError::Register { path, source }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Carnet, Edit, RowName};
    use crate::testing;

    #[test]
    fn a_line_shorter_than_the_one_before_is_read_as_it_was_written() {
        let folder = tempfile::tempdir().unwrap();
        let writer = testing::writer(folder.path());
        let path = folder.path().join("a.carnet");
        let older = folder.path().join("older.carnet");
        let mut carnet = Carnet::create(&path, None, writer.clone()).unwrap();
        let save = |carnet: &mut Carnet, number: i64| {
            let edit = Edit::of("tag", RowName::New).set("label_fr", format!("{number}").as_str());
            testing::save(carnet, edit).commit.unwrap()
        };
        fs::copy(&path, &older).unwrap();
        let long = (0..12).map(|number| save(&mut carnet, number)).last();
        assert_eq!(long.unwrap().seq, 12);
        drop(carnet);
        // The file of before is put back: another writer goes on, from 1.
        fs::copy(&older, &path).unwrap();
        let mut carnet = Carnet::open(&path, None, writer).unwrap();
        let first = save(&mut carnet, 20);
        let second = save(&mut carnet, 21);
        assert_eq!((first.seq, second.seq), (1, 2));
        assert_eq!(first.device, second.device);
    }
}
