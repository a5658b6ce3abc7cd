//! Another file of the family, opened to be read only: a carnet, a published one, a segment.
//!
//! The file is never written, whatever lies beside it.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::carnet::{self, Carnet, PAGE_BYTES, ReadOnlyReason};
use super::error::{MergeError, OpenError, StoreError};
use super::header;
use super::journal::Before;
use super::key::{Key, Passphrase};
use super::log::{self, Learnt};
use super::replace::Unfinished;
use super::schema;
use super::segment::SEGMENT_PAGE_BYTES;
use super::settled::{self, Copies};
use crate::regular;

/// What a database engine leaves beside a file that it has not finished with: never ours is the second.
pub(super) const JOURNAL: &str = "-journal";
pub(super) const WRITE_AHEAD: &str = "-wal";

/// A file of the family.
pub(super) struct Source {
    pub(super) conn: Connection,
    pub(super) path: PathBuf,
    /// Copies that were needed to read it, removed once nothing reads them.
    _copies: Option<Copies>,
}

impl Source {
    /// Opens a file whose content `carnet` may take over.
    pub(super) fn open(carnet: &Carnet, path: &Path) -> Result<Self, MergeError> {
        let real = resolved(path)?;
        let is_protected = header::looks_encrypted(path)?;
        let register = &carnet.writer.register;
        let mut copies = None;
        let conn = open_with(carnet, path, is_protected, |key, page_bytes| {
            if copies.is_none() && !settled::must_be_copied(&real, key, page_bytes) {
                let flags = OpenFlags::SQLITE_OPEN_READ_ONLY;
                let conn = carnet::connect_paged(&real, key, flags, page_bytes)?;
                return Ok((conn, real.clone()));
            }
            let copies = match &mut copies {
                Some(copies) => copies,
                none => none.insert(Copies::of(&real, register)?),
            };
            copies.open(key, page_bytes)
        })?;
        Ok(Self {
            conn,
            path: path.to_owned(),
            _copies: copies,
        })
    }
}

/// Where a file lies that may be named by a link: an engine leaves what it leaves beside the file.
pub(super) fn resolved(path: &Path) -> Result<PathBuf, OpenError> {
    if !path.exists() {
        return Err(OpenError::Missing(path.to_owned()));
    }
    let io = |source| OpenError::Io {
        path: path.to_owned(),
        source,
    };
    let real = fs::canonicalize(path).map_err(io)?;
    // An engine opens what bears the name of a journal, and would wait for a pipe.
    for suffix in [JOURNAL, WRITE_AHEAD] {
        match regular::metadata(&beside(&real, suffix)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(io(error)),
            _ => {}
        }
    }
    Ok(real)
}

impl Source {
    /// Whether it has commits that `carnet` has not.
    pub(super) fn has_news_for(&self, carnet: &Carnet) -> Result<bool, MergeError> {
        for (device, tip) in self.tips()? {
            if !carnet.holds(&device, tip.seq, &tip.digest.to_hex())? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn tips(&self) -> Result<Learnt, MergeError> {
        log::tips(&self.conn).map_err(|_| OpenError::Torn(self.path.clone()).into())
    }
}

/// A file of the family in which nobody else can write as long as this is kept.
///
/// What it holds is read through the connection that holds the lock. On Unix a lock belongs to the process and a
/// file: opening that file beside it and closing it again gives the lock up (fcntl(2)).
pub(crate) struct LockedFile(Source);

impl LockedFile {
    /// Whether it has commits that `carnet` has not.
    pub(crate) fn has_news_for(&self, carnet: &Carnet) -> Result<bool, MergeError> {
        self.0.has_news_for(carnet)
    }

    /// Whether `carnet` has nothing that the file has not.
    pub(crate) fn holds_all_of(&self, carnet: &Carnet) -> Result<bool, MergeError> {
        let theirs = self.0.tips()?;
        Ok(log::tips(&carnet.conn)?
            .iter()
            .all(|(device, tip)| theirs.get(device) == Some(tip)))
    }
}

/// A copy of a file that was cut within a page, without the rest of that page; none of one that ends with a page.
fn whole_pages(path: &Path) -> io::Result<Option<Unfinished>> {
    let length = fs::metadata(path)?.len();
    let rest = length % u64::from(PAGE_BYTES);
    if rest == 0 {
        return Ok(None);
    }
    let part = Unfinished::of(path);
    fs::copy(path, part.path())?;
    let copy = File::options().write(true).open(part.path())?;
    copy.set_len(length - rest)?;
    Ok(Some(part))
}

impl Carnet {
    /// What the copies of a carnet share, lower-case hex, read from a file that is damaged; none where not even that
    /// can be read.
    pub fn family_of_damaged(path: &Path, passphrase: Option<&Passphrase>) -> Option<String> {
        let salt = header::salt_of(path).ok()?;
        let key = if header::is_plain(&salt) {
            None
        } else {
            Some(Key::derive(passphrase?, salt))
        };
        // One page that cannot be deciphered, and the cipher gives up on all others.
        let whole = key.as_ref().and_then(|_| whole_pages(path).ok().flatten());
        let read = whole.as_ref().map_or(path, Unfinished::path);
        // Read as it stands, whatever lies beside it: it stays as it was found.
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
        let name = settled::uri(read, "immutable=1");
        let conn = carnet::keyed(name, key.as_ref(), flags, PAGE_BYTES).ok()?;
        // The engine then looks at a file that is shorter than it says.
        conn.pragma_update(None, "writable_schema", true).ok()?;
        Some(hex(family(&conn).ok()?))
    }

    /// Keeps everybody else from writing in another file of the family; none where that file lost its name meanwhile.
    pub(crate) fn lock_file(&self, path: &Path) -> Result<Option<LockedFile>, MergeError> {
        let real = resolved(path)?;
        let is_protected = header::looks_encrypted(path)?;
        if has_something_beside(&real) {
            for key in keys_of(self, path, is_protected)? {
                match connect_settled(&real, key.as_ref(), &self.writer.register) {
                    Err(OpenError::WrongPassphrase) => {}
                    done => {
                        done.map_err(|error| error.about(path))?;
                        break;
                    }
                }
            }
        }
        let named = carnet::file_identity(path);
        let conn = open_with(self, path, is_protected, |key, page_bytes| {
            let lock = OpenFlags::SQLITE_OPEN_READ_WRITE;
            let conn = carnet::connect_paged(&real, key, lock, page_bytes)?;
            Ok((conn, real.clone()))
        })?;
        conn.execute_batch("BEGIN IMMEDIATE")?;
        if carnet::file_identity(path) != named {
            return Ok(None);
        }
        Ok(Some(LockedFile(Source {
            conn,
            path: path.to_owned(),
            _copies: None,
        })))
    }
}

/// What may open a file of the family: the carnet's key, then those of its former passphrases; no key for a file that
/// needs none.
fn keys_of(
    carnet: &Carnet,
    path: &Path,
    is_protected: bool,
) -> Result<Vec<Option<Key>>, MergeError> {
    if !is_protected {
        return Ok(vec![None]);
    }
    let salt = header::salt_of(path)?;
    let current = carnet.key.iter().filter(|key| key.salt() == salt).cloned();
    let former = carnet.former_keys()?.into_iter();
    Ok(current
        .chain(former.map(|bytes| Key::kept(bytes, salt)))
        .map(Some)
        .collect())
}

/// Opens a file of the family with the first key that does; `open` tries one, for pages of one size, and names what
/// it reads.
fn open_with(
    carnet: &Carnet,
    path: &Path,
    is_protected: bool,
    mut open: impl FnMut(Option<&Key>, u32) -> Result<(Connection, PathBuf), OpenError>,
) -> Result<Connection, MergeError> {
    let keys = keys_of(carnet, path, is_protected)?;
    let tries = keys
        .iter()
        .flat_map(|key| [PAGE_BYTES, SEGMENT_PAGE_BYTES].map(|page_bytes| (key, page_bytes)));
    for (key, page_bytes) in tries {
        match open(key.as_ref(), page_bytes) {
            Ok((conn, read)) => {
                let header = header::check_header(&conn, &read);
                if header.map_err(|error| newer_or(error, path))?.is_some() {
                    let found = conn.pragma_query_value(None, "user_version", |row| row.get(0));
                    return Err(MergeError::NewerCopy {
                        path: path.to_owned(),
                        found: found?,
                        newest_known: schema::FORMAT,
                    });
                }
                is_family(carnet, &conn, path)?;
                return Ok(conn);
            }
            Err(OpenError::WrongPassphrase) => {}
            Err(error) => return Err(error.about(path).into()),
        }
    }
    let is_same_salt = match &carnet.key {
        Some(key) => is_protected && header::salt_of(path)? == key.salt(),
        None => false,
    };
    Err(if is_same_salt {
        MergeError::OtherPassphrase(path.to_owned())
    } else {
        MergeError::OtherFamily(path.to_owned())
    })
}

fn newer_or(error: OpenError, path: &Path) -> MergeError {
    match error {
        OpenError::NewerFormat {
            found,
            newest_known,
        } => MergeError::NewerCopy {
            path: path.to_owned(),
            found,
            newest_known,
        },
        other => other.about(path).into(),
    }
}

fn is_family(carnet: &Carnet, conn: &Connection, path: &Path) -> Result<(), MergeError> {
    let theirs = family(conn).map_err(|error| match error {
        StoreError::Damaged(_) | StoreError::Sqlite(_) => {
            MergeError::Open(OpenError::Torn(path.to_owned()))
        }
        other => other.into(),
    })?;
    if theirs == family(&carnet.conn)? {
        Ok(())
    } else {
        Err(MergeError::OtherFamily(path.to_owned()))
    }
}

/// What every copy of a carnet shares, whatever becomes of them.
pub(super) fn family(conn: &Connection) -> Result<[u8; 16], StoreError> {
    const FAMILY: &str = "SELECT family FROM carnet WHERE id = 1";
    Ok(conn
        .prepare_cached(FAMILY)?
        .query_row([], |row| row.get("family"))?)
}

/// Bytes as they are named in words and files.
pub(super) fn hex(bytes: [u8; 16]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Sets aside a write-ahead log that lies beside a carnet which says itself that it has none.
///
/// An engine takes the pages of any such log for newer ones, even beside an older copy that was put back: the two
/// would be mixed. The log is renamed, never removed, once the key has been proved and the file is known for ours.
fn set_stale_log_aside(path: &Path, key: Option<&Key>, folder: &Path) -> Result<(), OpenError> {
    let stale = beside(path, WRITE_AHEAD);
    if !has_content(&stale) {
        return Ok(());
    }
    let has_own_log = Copies::of(path, folder)?.has_own_log(key, PAGE_BYTES);
    if has_own_log.map_err(|error| error.about(path))? {
        return Ok(());
    }
    let aside = beside(&stale, &format!(".{}.aside", uuid::Uuid::new_v4().simple()));
    fs::rename(&stale, aside).map_err(|source| OpenError::Io {
        path: stale,
        source,
    })
}

/// Goes back to a rollback journal where another tool chose a write-ahead log: a plain copy of the file would lack
/// what the log holds.
///
/// It cannot be left while that tool has the file open: the carnet is in use.
pub(super) fn leave_write_ahead_log(conn: &Connection) -> Result<(), OpenError> {
    let mode: String = conn
        .pragma_update_and_check(None, "journal_mode", "DELETE", |row| row.get(0))
        .map_err(OpenError::Sqlite)?;
    if mode == "wal" {
        let busy = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_BUSY);
        return Err(OpenError::Sqlite(rusqlite::Error::SqliteFailure(
            busy, None,
        )));
    }
    Ok(())
}

/// A carnet that was opened, whatever lay beside it.
pub(super) struct Connected {
    pub(super) conn: Connection,
    /// Why it can only be read, if so.
    pub(super) read_only: Option<ReadOnlyReason>,
    /// Where it is read instead, where to read it in its place would have been to write there.
    pub(super) copy: Option<ReadCopy>,
}

/// A settled copy in which a carnet is read.
pub(super) struct ReadCopy {
    pub(super) path: PathBuf,
    _copies: Copies,
}

/// Opens a carnet to go on in it, whatever lies beside it.
pub(super) fn connect_settled(
    path: &Path,
    key: Option<&Key>,
    folder: &Path,
) -> Result<Connected, OpenError> {
    if !is_writable(path) && settled::must_be_copied(path, key, PAGE_BYTES) {
        return read_in_a_copy(path, key, folder).map_err(|error| error.about(path));
    }
    let Some(before) = Before::of(path, folder)? else {
        return connect_as_it_is(path, key, folder);
    };
    let opened = connect_as_it_is(path, key, folder);
    let conn = opened.as_ref().ok().map(|opened| &opened.conn);
    if !before.is_lost(conn, path, key) {
        return opened;
    }
    let is_more = !before.held_all(conn, key);
    drop(opened);
    before.put_back(path, is_more)?;
    connect_as_it_is(path, key, folder)
}

///
/// What lies beside it is settled by making and removing files there: where that is refused, it is only read.
fn is_writable(path: &Path) -> bool {
    let is_beside = |end: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(end);
        Path::new(&name).symlink_metadata().is_ok()
    };
    let is_open = File::options().append(true).open(path).is_ok();
    is_open && !([JOURNAL, WRITE_AHEAD].into_iter().any(is_beside) && is_folder_closed(path))
}

/// Whether nothing can be made beside a file.
fn is_folder_closed(path: &Path) -> bool {
    let part = Unfinished::of(path);
    let made = File::options()
        .write(true)
        .create_new(true)
        .open(part.path());
    made.is_err()
}

/// Opens a carnet that cannot be written as it is once what lies beside it is settled.
fn read_in_a_copy(path: &Path, key: Option<&Key>, folder: &Path) -> Result<Connected, OpenError> {
    let copies = Copies::of(path, folder)?;
    let (conn, copy) = copies.open(key, PAGE_BYTES)?;
    let newer = header::check_header(&conn, &copy)?;
    if newer.is_none() {
        // What is read is then in the file alone, which is copied byte for byte.
        leave_write_ahead_log(&conn)?;
        header::check_length(&conn, &copy)?;
    }
    Ok(Connected {
        conn,
        read_only: newer.or(Some(ReadOnlyReason::FileSystem)),
        copy: Some(ReadCopy {
            path: copy,
            _copies: copies,
        }),
    })
}

fn connect_as_it_is(path: &Path, key: Option<&Key>, folder: &Path) -> Result<Connected, OpenError> {
    let is_writable = is_writable(path);
    let flags = if is_writable {
        OpenFlags::SQLITE_OPEN_READ_WRITE
    } else {
        OpenFlags::SQLITE_OPEN_READ_ONLY
    };
    set_stale_log_aside(path, key, folder)?;
    let conn = carnet::connect(path, key, flags)?;
    let read_only = match header::check_header(&conn, path)? {
        Some(reason) => Some(reason),
        None => (!is_writable).then_some(ReadOnlyReason::FileSystem),
    };
    if read_only.is_none() {
        leave_write_ahead_log(&conn)?;
        header::check_length(&conn, path)?;
    }
    Ok(Connected {
        conn,
        read_only,
        copy: None,
    })
}

/// The name of what an engine leaves beside a file.
pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// Whether pages of a file may be in a log beside it.
pub(super) fn has_write_ahead_log(path: &Path) -> bool {
    has_content(&beside(path, WRITE_AHEAD))
}

/// Whether an engine left something beside a file.
pub(super) fn has_something_beside(path: &Path) -> bool {
    has_content(&beside(path, JOURNAL)) || has_write_ahead_log(path)
}

pub(super) fn has_content(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|found| found.len() > 0)
}

impl OpenError {
    /// The same error, naming the file that the officer knows.
    fn about(self, path: &Path) -> Self {
        match self {
            Self::Torn(_) => Self::Torn(path.to_owned()),
            Self::NotACarnet(_) => Self::NotACarnet(path.to_owned()),
            Self::Busy(_) => Self::Busy(path.to_owned()),
            Self::Io { source, .. } => Self::Io {
                path: path.to_owned(),
                source,
            },
            Self::Sqlite(error) if is_unreadable(&error) => Self::Torn(path.to_owned()),
            Self::Sqlite(error) => match error.sqlite_error_code() {
                Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
                    Self::Busy(path.to_owned())
                }
                Some(ErrorCode::CannotOpen) => Self::Io {
                    path: path.to_owned(),
                    source: io::Error::other(error),
                },
                _ => Self::Sqlite(error),
            },
            other => other,
        }
    }
}

/// Whether the pages of a file cannot be read.
pub(super) fn is_unreadable(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(
            ErrorCode::DatabaseCorrupt
                | ErrorCode::NotADatabase
                | ErrorCode::SystemIoFailure
                | ErrorCode::Unknown
        )
    )
}
