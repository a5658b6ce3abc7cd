//! Reading another file whatever an engine left beside it, without writing where it lies.
//!
//! To settle the journal of an edit that was cut short is to write, and an engine makes files beside a database that
//! says that it has a write-ahead log. Then the file and what lies beside it are copied first, and settled there.
//! Neither says for which state of the file it was made: one that takes something away from a file that was whole
//! without it was made for another state (`journal`), and is left out.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::error::OpenError;
use super::key::Key;
use super::replace::make_writable;
use super::scratch::Scratch;
use super::source::{JOURNAL, WRITE_AHEAD, beside, has_content};
use super::{carnet, header, journal};

/// How often a file may change while it is being copied.
const MOST_ROUNDS: usize = 5;

/// Whether an engine that reads the file where it lies would have to write there: to play a journal back, or because
/// the file has a write-ahead log, or seems to.
pub(super) fn must_be_copied(path: &Path, key: Option<&Key>, page_bytes: u32) -> bool {
    // Without locks there is no log either: the engine refuses before it makes anything.
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
    let Ok(conn) = carnet::keyed(uri(path, "nolock=1"), key, flags, page_bytes) else {
        return false;
    };
    let looked = conn.pragma_query_value(None, "user_version", |row| row.get::<_, i64>(0));
    // Whatever else is wrong shows when it is opened with its locks.
    looked.is_err_and(|error| {
        let code = error.sqlite_error_code();
        matches!(code, Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly))
    })
}

/// The name of a file as the engine takes one with options.
pub(super) fn uri(path: &Path, options: &str) -> String {
    use std::fmt::Write as _;
    let mut uri = String::from("file:");
    for byte in path.as_os_str().as_encoded_bytes() {
        if byte.is_ascii_alphanumeric() || b"/-_.".contains(byte) {
            uri.push(char::from(*byte));
        } else {
            // Writing to a text cannot fail.
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri + "?" + options
}

/// A file and what lay beside it at one moment, in a folder that is removed with this.
pub(super) struct Copies(Scratch);

impl Copies {
    /// Copies the file at `path`, which is no link, into `folder`.
    pub(super) fn of(path: &Path, folder: &Path) -> Result<Self, OpenError> {
        let io = |source| OpenError::Io {
            path: path.to_owned(),
            source,
        };
        let copies = Self(Scratch::in_data_folder(folder)?);
        for _ in 0..MOST_ROUNDS {
            let before = stamps(path);
            let taken = copy_all(path, &copies.taken(), &[JOURNAL, WRITE_AHEAD]);
            taken.map_err(|source| match source.kind() {
                // Only the copies are written.
                io::ErrorKind::StorageFull => copies.io(source),
                _ => io(source),
            })?;
            if stamps(path) == before {
                return Ok(copies);
            }
        }
        Err(OpenError::Busy(path.to_owned()))
    }

    fn taken(&self) -> PathBuf {
        self.0.path().join("taken.carnet")
    }

    /// Opens the latest that the file says, and names the copy in which it does.
    pub(super) fn open(
        &self,
        key: Option<&Key>,
        page_bytes: u32,
    ) -> Result<(Connection, PathBuf), OpenError> {
        let base = self.without_log(key, page_bytes)?;
        let log = beside(&self.taken(), WRITE_AHEAD);
        let latest = if has_content(&log) && must_be_copied(&base.path, key, page_bytes) {
            let with = self.state("log.carnet", &base.path, &[])?;
            fs::copy(&log, beside(&with, WRITE_AHEAD)).map_err(|source| self.io(source))?;
            base.or_with(with, key, page_bytes)
        } else {
            base
        };
        Ok((latest.opened?, latest.path))
    }

    /// Whether the write-ahead log that lies beside the file is its own, by what the file says.
    pub(super) fn has_own_log(
        &self,
        key: Option<&Key>,
        page_bytes: u32,
    ) -> Result<bool, OpenError> {
        let base = self.without_log(key, page_bytes)?;
        if must_be_copied(&base.path, key, page_bytes) {
            return Ok(true);
        }
        header::check_application(&base.opened?, &base.path)?;
        Ok(false)
    }

    /// The file with its journal played back, if that is its own, and without any log.
    fn without_log(&self, key: Option<&Key>, page_bytes: u32) -> Result<State, OpenError> {
        let alone = self.state("alone.carnet", &self.taken(), &[])?;
        let alone = State::of(alone, key, page_bytes);
        if !has_content(&beside(&self.taken(), JOURNAL)) {
            return Ok(alone);
        }
        let with = self.state("journal.carnet", &self.taken(), &[JOURNAL])?;
        Ok(alone.or_with(with, key, page_bytes))
    }

    /// The file as it was taken, or as it was settled, under another name, to be written in.
    fn state(&self, name: &str, file: &Path, with: &[&str]) -> Result<PathBuf, OpenError> {
        let state = self.0.path().join(name);
        copy_all(file, &state, with).map_err(|source| self.io(source))?;
        Ok(state)
    }

    fn io(&self, source: io::Error) -> OpenError {
        OpenError::Io {
            path: self.0.path().to_owned(),
            source,
        }
    }
}

/// The file with some of what lay beside it, settled by being opened.
struct State {
    path: PathBuf,
    opened: Result<Connection, OpenError>,
}

impl State {
    fn of(path: PathBuf, key: Option<&Key>, page_bytes: u32) -> Self {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE;
        let opened = carnet::connect_paged(&path, key, flags, page_bytes);
        Self { path, opened }
    }

    /// The one at `with`, in which more is settled, unless it lacks something that this one says.
    fn or_with(self, with: PathBuf, key: Option<&Key>, page_bytes: u32) -> Self {
        let more = Self::of(with, key, page_bytes);
        let is_lost = |conn| journal::is_lost(conn, more.opened.as_ref().ok());
        if self.opened.as_ref().is_ok_and(is_lost) {
            self
        } else {
            more
        }
    }
}

/// Copies a file and what lies beside it, and forgets what lay beside an earlier copy.
fn copy_all(from: &Path, to: &Path, with: &[&str]) -> io::Result<()> {
    fs::copy(from, to)?;
    make_writable(to)?;
    for suffix in [JOURNAL, WRITE_AHEAD] {
        let (there, copy) = (beside(from, suffix), beside(to, suffix));
        if with.contains(&suffix) && has_content(&there) {
            match fs::copy(there, &copy) {
                // Its edit was finished meanwhile.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                done => done.and_then(|_| make_writable(&copy))?,
            }
        } else if copy.exists() {
            fs::remove_file(copy)?;
        }
    }
    Ok(())
}

/// What tells that somebody wrote in a file, or in what lies beside it.
fn stamps(path: &Path) -> [Option<(u64, Option<SystemTime>)>; 3] {
    ["", JOURNAL, WRITE_AHEAD].map(|suffix| {
        let found = fs::metadata(beside(path, suffix)).ok()?;
        Some((found.len(), found.modified().ok()))
    })
}
