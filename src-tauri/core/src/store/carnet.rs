//! An open carnet: creating, opening, changing the passphrase, and the transactions of everything else.

use std::cell::RefCell;
use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};
use zeroize::Zeroizing;

use super::error::{OpenError, StoreError};
use super::paging::Kept;
use super::writer::Writer;
use super::{log, projection, schema};
use crate::fold::fold;
use crate::messages::Language;

/// Pages of SQLCipher 4 and of SQLite alike.
const PAGE_BYTES: u64 = 4096;
/// How long an edit waits for another program to finish its own.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// Memory for deciphered pages, in KiB.
pub(super) const CACHE_KIB: i64 = 48 * 1024;
/// Statements kept ready: one insert and one read for each entity, and some.
const STATEMENTS_KEPT: usize = 512;

/// A passphrase, wiped from memory when dropped and never printed.
#[derive(Clone)]
pub struct Passphrase(Zeroizing<String>);

impl Passphrase {
    /// A passphrase; `None` for an empty one, which would be none at all.
    pub fn new(text: impl Into<String>) -> Option<Self> {
        let text = Zeroizing::new(text.into());
        if text.is_empty() {
            None
        } else {
            Some(Self(text))
        }
    }

    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Passphrase(…)")
    }
}

/// One open carnet.
pub struct Carnet {
    pub(super) conn: Connection,
    pub(super) path: PathBuf,
    pub(super) writer: Writer,
    pub(super) language: Language,
    pub(super) kept: RefCell<Kept>,
    is_protected: bool,
    is_read_only: bool,
}

impl Carnet {
    /// Creates a carnet where no file is; without a passphrase only by the caller's explicit choice.
    pub fn create(
        path: &Path,
        passphrase: Option<&Passphrase>,
        writer: Writer,
    ) -> Result<Self, OpenError> {
        let io = |source| OpenError::Io {
            path: path.to_owned(),
            source,
        };
        if path.exists() {
            return Err(OpenError::AlreadyExists(path.to_owned()));
        }
        // Reserved under its final name, so that two programs cannot both create it.
        File::options()
            .write(true)
            .create_new(true)
            .open(path)
            .map_err(io)?;
        let created = Self::create_in(path, passphrase, writer);
        if created.is_err() {
            // Nothing half made is left behind; the first error is the one worth telling.
            let _ = fs::remove_file(path);
        }
        created
    }

    fn create_in(
        path: &Path,
        passphrase: Option<&Passphrase>,
        writer: Writer,
    ) -> Result<Self, OpenError> {
        let conn = connect(path, passphrase, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        conn.execute_batch("BEGIN IMMEDIATE")
            .map_err(OpenError::Sqlite)?;
        schema::create(&conn).map_err(OpenError::Sqlite)?;
        conn.execute_batch("COMMIT").map_err(OpenError::Sqlite)?;
        let path = fs::canonicalize(path).map_err(|source| OpenError::Io {
            path: path.to_owned(),
            source,
        })?;
        Ok(Self {
            conn,
            path,
            writer,
            language: Language::default(),
            kept: RefCell::default(),
            is_protected: passphrase.is_some(),
            is_read_only: false,
        })
    }

    /// Opens a carnet; read-only where the file system only allows that.
    pub fn open(
        path: &Path,
        passphrase: Option<&Passphrase>,
        writer: Writer,
    ) -> Result<Self, OpenError> {
        let io = |source| OpenError::Io {
            path: path.to_owned(),
            source,
        };
        if !path.exists() {
            return Err(OpenError::Missing(path.to_owned()));
        }
        let path = fs::canonicalize(path).map_err(io)?;
        let is_protected = looks_encrypted(&path)?;
        if is_protected && passphrase.is_none() {
            return Err(OpenError::Locked);
        }
        let passphrase = passphrase.filter(|_| is_protected);
        let is_read_only = File::options().append(true).open(&path).is_err();
        let flags = if is_read_only {
            OpenFlags::SQLITE_OPEN_READ_ONLY
        } else {
            OpenFlags::SQLITE_OPEN_READ_WRITE
        };
        let conn = connect(&path, passphrase, flags)?;
        check_header(&conn, &path)?;
        let carnet = Self {
            conn,
            path,
            writer,
            language: Language::default(),
            kept: RefCell::default(),
            is_protected,
            is_read_only,
        };
        carnet.bring_up_to_date()?;
        Ok(carnet)
    }

    /// Rebuilds the projection when this version defines it otherwise than the one that wrote the file.
    fn bring_up_to_date(&self) -> Result<(), OpenError> {
        let is_current =
            schema::is_projection_current(&self.conn).map_err(|error| self.torn_or(error))?;
        if is_current || self.is_read_only {
            return Ok(());
        }
        self.conn
            .execute_batch("BEGIN IMMEDIATE")
            .map_err(OpenError::Sqlite)?;
        let rebuilt = schema::recreate_derived(&self.conn)
            .map_err(StoreError::from)
            .and_then(|()| projection::replay(&self.conn));
        match rebuilt {
            Ok(()) => self.conn.execute_batch("COMMIT").map_err(OpenError::Sqlite),
            Err(_) => {
                self.conn
                    .execute_batch("ROLLBACK")
                    .map_err(OpenError::Sqlite)?;
                Err(OpenError::Torn(self.path.clone()))
            }
        }
    }

    fn torn_or(&self, error: rusqlite::Error) -> OpenError {
        torn_or_sqlite(&self.path, error)
    }

    /// Changes the passphrase; the old file stays whole until the new one is.
    pub fn rekey(&mut self, passphrase: &Passphrase) -> Result<(), StoreError> {
        if self.is_read_only {
            return Err(StoreError::ReadOnly);
        }
        if self.is_protected {
            self.conn
                .pragma_update(None, "rekey", passphrase.expose())?;
            return Ok(());
        }
        self.encrypt(passphrase)
    }

    /// Writes an encrypted copy beside a carnet that had no passphrase, then puts it in its place.
    fn encrypt(&mut self, passphrase: &Passphrase) -> Result<(), StoreError> {
        let register = |path: &Path| {
            let path = path.to_owned();
            move |source| StoreError::Register { path, source }
        };
        let fresh = self.path.with_extension("carnet-new");
        let fresh_name = fresh.to_string_lossy().into_owned();
        File::create(&fresh).map_err(register(&fresh))?;
        self.conn.execute(
            "ATTACH DATABASE ?1 AS fresh KEY ?2",
            [fresh_name.as_str(), passphrase.expose()],
        )?;
        self.conn
            .query_row("SELECT sqlcipher_export('fresh')", [], |_| Ok(()))?;
        self.conn.execute_batch(&format!(
            "PRAGMA fresh.application_id = {}; PRAGMA fresh.user_version = {}; DETACH DATABASE fresh",
            schema::APPLICATION_ID,
            schema::FORMAT
        ))?;
        fs::rename(&fresh, &self.path).map_err(register(&self.path))?;
        self.conn = connect(
            &self.path,
            Some(passphrase),
            OpenFlags::SQLITE_OPEN_READ_WRITE,
        )
        .map_err(|error| StoreError::Damaged(error.to_string()))?;
        self.kept.get_mut().clear();
        self.is_protected = true;
        Ok(())
    }

    /// Where the file is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether a passphrase protects it.
    pub fn is_protected(&self) -> bool {
        self.is_protected
    }

    /// Whether it can only be read.
    pub fn is_read_only(&self) -> bool {
        self.is_read_only
    }

    /// Who writes here.
    pub fn writer(&self) -> &Writer {
        &self.writer
    }

    /// Chooses the language of titles.
    pub fn set_language(&mut self, language: Language) {
        self.language = language;
    }

    /// The language of titles.
    pub fn language(&self) -> Language {
        self.language
    }

    /// The digest of the content: equal iff two carnets hold the same.
    pub fn digest(&self) -> Result<String, StoreError> {
        log::carnet_digest(&self.conn)
    }

    /// Runs `work` in one transaction that is written whole or not at all.
    pub(super) fn write<T, E: From<StoreError>>(
        &mut self,
        work: impl FnOnce(&Connection, &Writer, &Path) -> Result<T, E>,
    ) -> Result<T, E> {
        if self.is_read_only {
            return Err(StoreError::ReadOnly.into());
        }
        let transaction = self
            .conn
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(StoreError::from)?;
        let done = work(&transaction, &self.writer, &self.path)?;
        transaction.commit().map_err(StoreError::from)?;
        Ok(done)
    }
}

/// Whether the file is encrypted, or why it cannot be a carnet.
fn looks_encrypted(path: &Path) -> Result<bool, OpenError> {
    let io = |source| OpenError::Io {
        path: path.to_owned(),
        source,
    };
    let length = fs::metadata(path).map_err(io)?.len();
    let mut head = Vec::new();
    File::open(path)
        .map_err(io)?
        .take(512)
        .read_to_end(&mut head)
        .map_err(io)?;
    if head.starts_with(b"SQLite format 3\0") {
        return Ok(false);
    }
    let is_text = std::str::from_utf8(&head[..head.len().min(256)]).is_ok();
    let is_known_other = [
        &b"PK"[..],
        b"%PDF",
        b"\x89PNG",
        b"\xff\xd8\xff",
        b"\xd0\xcf\x11\xe0",
        b"\x1f\x8b",
    ]
    .iter()
    .any(|magic| head.starts_with(magic));
    if head.is_empty() || is_text || is_known_other || length < PAGE_BYTES {
        return Err(OpenError::NotACarnet(path.to_owned()));
    }
    if length % PAGE_BYTES != 0 {
        return Err(OpenError::Torn(path.to_owned()));
    }
    Ok(true)
}

/// Opens the file with its key proved by a read, then the settings.
fn connect(
    path: &Path,
    passphrase: Option<&Passphrase>,
    flags: OpenFlags,
) -> Result<Connection, OpenError> {
    let conn = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)
        .map_err(OpenError::Sqlite)?;
    if let Some(passphrase) = passphrase {
        conn.pragma_update(None, "key", passphrase.expose())
            .map_err(OpenError::Sqlite)?;
        // A wrong passphrase is an answer, not an event to log on the terminal.
        conn.pragma_update(None, "cipher_log", "off")
            .map_err(OpenError::Sqlite)?;
    }
    conn.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))
        .map_err(|error| match (error.sqlite_error_code(), passphrase) {
            (Some(ErrorCode::NotADatabase), Some(_)) => OpenError::WrongPassphrase,
            (Some(ErrorCode::NotADatabase), None) => OpenError::NotACarnet(path.to_owned()),
            _ => torn_or_sqlite(path, error),
        })?;
    configure(&conn).map_err(OpenError::Sqlite)?;
    Ok(conn)
}

/// A rollback journal, so that a plain copy made between two edits is whole (architecture.md §10).
fn configure(conn: &Connection) -> rusqlite::Result<()> {
    conn.busy_timeout(BUSY_TIMEOUT)?;
    conn.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
    conn.pragma_update(None, "synchronous", "FULL")?;
    conn.pragma_update(None, "temp_store", "MEMORY")?;
    // Deciphered pages kept: a list of some hundred thousand records is read from memory the second time.
    conn.pragma_update(None, "cache_size", -CACHE_KIB)?;
    conn.create_scalar_function(
        "fold",
        1,
        rusqlite::functions::FunctionFlags::SQLITE_DETERMINISTIC
            | rusqlite::functions::FunctionFlags::SQLITE_UTF8,
        |context| Ok(context.get::<Option<String>>(0)?.map(|text| fold(&text))),
    )
}

/// Whether the file is one of ours, of a format that this version reads, and as long as it says.
fn check_header(conn: &Connection, path: &Path) -> Result<(), OpenError> {
    let pragma = |name: &str| -> Result<i64, OpenError> {
        conn.pragma_query_value(None, name, |row| row.get(0))
            .map_err(|error| torn_or_sqlite(path, error))
    };
    if pragma("application_id")? != schema::APPLICATION_ID {
        return Err(OpenError::NotACarnet(path.to_owned()));
    }
    let found = pragma("user_version")?;
    if found > schema::FORMAT {
        return Err(OpenError::NewerFormat {
            found,
            newest_known: schema::FORMAT,
        });
    }
    let length = fs::metadata(path)
        .map_err(|source| OpenError::Io {
            path: path.to_owned(),
            source,
        })?
        .len();
    let expected = u64::try_from(pragma("page_count")?)
        .unwrap_or(u64::MAX)
        .saturating_mul(PAGE_BYTES);
    if length < expected {
        return Err(OpenError::Torn(path.to_owned()));
    }
    Ok(())
}

fn torn_or_sqlite(path: &Path, error: rusqlite::Error) -> OpenError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            OpenError::Torn(path.to_owned())
        }
        _ => OpenError::Sqlite(error),
    }
}
