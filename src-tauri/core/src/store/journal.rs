//! The journal of an edit that was cut short, or the write-ahead log of a tool, and the file that it lies beside.
//!
//! An engine plays any of them that nobody holds into whatever file bears its name, and nothing in either says that
//! they belong together: beside a copy that was put in the place of the file that it was made for, it puts pages of
//! another state over those of the copy. So a file is kept as it stands before the engine looks at it. Was it whole, and
//! is something of it missing afterwards, it takes its place again.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

use super::error::{OpenError, StoreError};
use super::key::Key;
use super::replace::Unfinished;
use super::scratch::Scratch;
use super::source::{beside, has_something_beside};
use super::{carnet, check, log};

/// A file as it stood before what lies beside it was settled.
pub(super) struct Before {
    /// Of this copy alone.
    _folder: Scratch,
    copy: PathBuf,
}

impl Before {
    /// Keeps the file at `path` in `folder`; nothing where nothing lies beside it.
    pub(super) fn of(path: &Path, folder: &Path) -> Result<Option<Self>, OpenError> {
        if !has_something_beside(path) {
            return Ok(None);
        }
        let scratch = Scratch::in_data_folder(folder)?;
        let copy = scratch.path().join("copy.carnet");
        fs::copy(path, &copy).map_err(|source| OpenError::Io {
            // Only the copy is written.
            path: match source.kind() {
                io::ErrorKind::StorageFull => folder.to_owned(),
                _ => path.to_owned(),
            },
            source,
        })?;
        Ok(Some(Self {
            _folder: scratch,
            copy,
        }))
    }

    /// Whether something that the file held is not in what was `opened` since; never where what lay beside it is
    /// still there.
    pub(super) fn is_lost(
        &self,
        opened: Option<&Connection>,
        path: &Path,
        key: Option<&Key>,
    ) -> bool {
        if has_something_beside(path) {
            return false;
        }
        let before = carnet::connect(&self.copy, key, OpenFlags::SQLITE_OPEN_READ_WRITE);
        before.is_ok_and(|before| is_lost(&before, opened))
    }

    /// Whether the file held all that is in what was `opened` since.
    pub(super) fn held_all(&self, opened: Option<&Connection>, key: Option<&Key>) -> bool {
        let before = carnet::connect(&self.copy, key, OpenFlags::SQLITE_OPEN_READ_WRITE);
        let holds =
            |before: &Connection| opened.is_some_and(|now| holds_all(before, now).unwrap_or(false));
        before.is_ok_and(|before| holds(&before))
    }

    /// Puts the file back as it was; what stands in its place is kept beside it where it `is_more`.
    pub(super) fn put_back(&self, path: &Path, is_more: bool) -> Result<(), OpenError> {
        let aside = beside(path, &format!(".{}.aside", uuid::Uuid::new_v4().simple()));
        let put_back = || -> io::Result<()> {
            if is_more {
                fs::copy(path, aside)?;
            }
            let whole = Unfinished::of(path);
            fs::copy(&self.copy, whole.path())?;
            whole.put_in_place(path)
        };
        put_back().map_err(|source| OpenError::Io {
            path: path.to_owned(),
            source,
        })
    }
}

/// Whether a file was whole and something that it held is not in what it became once more was settled in it.
pub(super) fn is_lost(before: &Connection, after: Option<&Connection>) -> bool {
    let is_whole = |conn: &Connection| check::is_whole(conn).unwrap_or(false);
    // A file that an edit was cut short in is seldom whole without its journal; where it is, the edit was done.
    if !is_whole(before) {
        return false;
    }
    let has_all = |conn: &Connection| holds_all(conn, before).unwrap_or(false);
    !after.is_some_and(|conn| has_all(conn) && is_whole(conn))
}

/// Whether every commit of the other is in this one.
fn holds_all(conn: &Connection, other: &Connection) -> Result<bool, StoreError> {
    for (device, tip) in log::tips(other)? {
        if log::digest_at(conn, &device, tip.seq)? != Some(tip.digest) {
            return Ok(false);
        }
    }
    Ok(true)
}
