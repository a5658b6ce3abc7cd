//! An open carnet: creating, opening, changing the passphrase, and the transactions of everything else.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};
use serde::Serialize;
use ts_rs::TS;
use zeroize::Zeroizing;

use super::error::{OpenError, StoreError};
use super::writer::Writer;
use super::{log, projection, schema};
use crate::fold::fold;
use crate::messages::Language;

/// Pages of SQLCipher 4 and of SQLite alike.
const PAGE_BYTES: u64 = 4096;
/// How long an edit waits for another program to finish its own.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// Memory for deciphered pages, in KiB.
const CACHE_KIB: i64 = 48 * 1024;
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

/// Why an open carnet can only be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ReadOnlyReason {
    /// The file system allows nothing else.
    FileSystem,
    /// A later version of the program wrote it: an edit of this one could leave out what it does not know.
    NewerFormat,
}

/// One open carnet.
pub struct Carnet {
    pub(super) conn: Connection,
    pub(super) path: PathBuf,
    pub(super) writer: Writer,
    pub(super) language: Language,
    is_protected: bool,
    read_only: Option<ReadOnlyReason>,
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
            is_protected: passphrase.is_some(),
            read_only: None,
        })
    }

    /// Opens a carnet; read-only where the file system only allows that, or where a later version wrote it.
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
        let is_writable = File::options().append(true).open(&path).is_ok();
        let flags = if is_writable {
            OpenFlags::SQLITE_OPEN_READ_WRITE
        } else {
            OpenFlags::SQLITE_OPEN_READ_ONLY
        };
        let conn = connect(&path, passphrase, flags)?;
        let read_only = match check_header(&conn, &path)? {
            Some(reason) => Some(reason),
            None => (!is_writable).then_some(ReadOnlyReason::FileSystem),
        };
        let carnet = Self {
            conn,
            path,
            writer,
            language: Language::default(),
            is_protected,
            read_only,
        };
        carnet.bring_up_to_date()?;
        Ok(carnet)
    }

    /// Rebuilds the projection when this version defines it otherwise than the one that wrote the file.
    fn bring_up_to_date(&self) -> Result<(), OpenError> {
        let is_current =
            schema::is_projection_current(&self.conn).map_err(|error| self.torn_or(error))?;
        if is_current || self.is_read_only() {
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
        self.refuse_if_read_only()?;
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
        self.read_only.is_some()
    }

    /// Why it can only be read; none when it can be written.
    pub fn read_only_reason(&self) -> Option<ReadOnlyReason> {
        self.read_only
    }

    fn refuse_if_read_only(&self) -> Result<(), StoreError> {
        match self.read_only {
            None => Ok(()),
            Some(ReadOnlyReason::FileSystem) => Err(StoreError::ReadOnly),
            Some(ReadOnlyReason::NewerFormat) => Err(StoreError::NewerFormat),
        }
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
        self.refuse_if_read_only()?;
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
///
/// Of a newer format nothing may be written, and what this version reads must be there: else it is refused.
fn check_header(conn: &Connection, path: &Path) -> Result<Option<ReadOnlyReason>, OpenError> {
    let pragma = |name: &str| -> Result<i64, OpenError> {
        conn.pragma_query_value(None, name, |row| row.get(0))
            .map_err(|error| torn_or_sqlite(path, error))
    };
    if pragma("application_id")? != schema::APPLICATION_ID {
        return Err(OpenError::NotACarnet(path.to_owned()));
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
    let found = pragma("user_version")?;
    if found <= schema::FORMAT {
        return Ok(None);
    }
    let newer = OpenError::NewerFormat {
        found,
        newest_known: schema::FORMAT,
    };
    match holds_what_is_read(conn).map_err(|error| torn_or_sqlite(path, error)) {
        Ok(true) => {}
        // A table of a kind that this version cannot even look at is no more readable than a missing one.
        Ok(false) | Err(OpenError::Sqlite(_)) => return Err(newer),
        Err(torn) => return Err(torn),
    }
    // Whatever calls it, no statement of this connection writes.
    conn.pragma_update(None, "query_only", true)
        .map_err(OpenError::Sqlite)?;
    Ok(Some(ReadOnlyReason::NewerFormat))
}

/// Whether every table and column of this version is there, whatever else a newer one added.
///
/// A later format that changes what a column means gives it another name (`core/ARCHITECTURE.md`).
fn holds_what_is_read(conn: &Connection) -> rusqlite::Result<bool> {
    let ours = Connection::open_in_memory()?;
    schema::create(&ours)?;
    Ok(columns(&ours)?.is_subset(&columns(conn)?))
}

fn columns(conn: &Connection) -> rusqlite::Result<BTreeSet<(String, String)>> {
    const COLUMNS: &str = "SELECT stored.name AS table_name, known.name AS column_name \
                           FROM sqlite_schema AS stored, pragma_table_info(stored.name) AS known \
                           WHERE stored.type = 'table' AND stored.name NOT LIKE 'sqlite_%'";
    conn.prepare(COLUMNS)?
        .query_map([], |row| {
            Ok((row.get("table_name")?, row.get("column_name")?))
        })?
        .collect()
}

fn torn_or_sqlite(path: &Path, error: rusqlite::Error) -> OpenError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            OpenError::Torn(path.to_owned())
        }
        _ => OpenError::Sqlite(error),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use chrono::DateTime;

    use super::*;
    use crate::model::Value;
    use crate::store::{Edit, Edits, FixedClock, ListRequest, RowName};

    fn writer(folder: &Path) -> Writer {
        Writer {
            device_name: "Portable".into(),
            author: "Ada".into(),
            register: folder.join("writers"),
            clock: Arc::new(FixedClock(
                DateTime::parse_from_rfc3339("2026-10-06T09:30:00+02:00").unwrap(),
            )),
        }
    }

    fn tag(label: &str) -> Edits {
        Edits {
            edits: vec![Edit::of("tag", RowName::New).set("label_fr", label)],
            label: "Ajout".into(),
        }
    }

    /// A carnet with one tag that a later version has written to since.
    fn newer(folder: &Path, passphrase: Option<&Passphrase>, changed_by_it: &str) -> PathBuf {
        let path = folder.join("a.carnet");
        let mut carnet = Carnet::create(&path, passphrase, writer(folder)).unwrap();
        carnet.save(tag("laine")).unwrap();
        carnet.conn.execute_batch(changed_by_it).unwrap();
        carnet
            .conn
            .pragma_update(None, "user_version", schema::FORMAT + 1)
            .unwrap();
        path
    }

    const ADDED: &str =
        "CREATE TABLE hope (id TEXT PRIMARY KEY) STRICT; ALTER TABLE tag ADD COLUMN colour TEXT;";

    #[test]
    fn a_newer_carnet_that_holds_what_is_read_opens_to_be_read_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let passphrase = Passphrase::new("vélo brume tilleul horloge");
        let path = newer(folder.path(), passphrase.as_ref(), ADDED);
        let before = fs::read(&path).unwrap();
        let mut carnet = Carnet::open(&path, passphrase.as_ref(), writer(folder.path())).unwrap();
        assert_eq!(carnet.read_only_reason(), Some(ReadOnlyReason::NewerFormat));
        let page = carnet.list(&ListRequest::of("tag", 10)).unwrap();
        assert!(
            page.records
                .iter()
                .any(|one| one.fields["label_fr"] == Value::from("laine"))
        );
        let refused = carnet.save(tag("bois")).map(|_| ());
        assert!(
            matches!(refused, Err(StoreError::NewerFormat)),
            "{refused:?}"
        );
        let rekeyed = carnet.rekey(&Passphrase::new("une autre phrase").unwrap());
        assert!(
            matches!(rekeyed, Err(StoreError::NewerFormat)),
            "{rekeyed:?}"
        );
        let written = carnet.conn.execute("DELETE FROM change", []);
        assert!(written.is_err(), "no statement writes");
        drop(carnet);
        assert_eq!(fs::read(&path).unwrap(), before);
    }

    #[test]
    fn a_newer_carnet_that_lacks_what_is_read_is_refused_whole() {
        for changed_by_it in [
            "ALTER TABLE tag RENAME COLUMN label_fr TO names",
            "DROP TABLE element",
            "DROP TABLE search_term; DROP TABLE search",
        ] {
            let folder = tempfile::tempdir().unwrap();
            let path = newer(folder.path(), None, changed_by_it);
            let before = fs::read(&path).unwrap();
            let refused = Carnet::open(&path, None, writer(folder.path())).map(|_| ());
            assert!(
                matches!(refused, Err(OpenError::NewerFormat { .. })),
                "{changed_by_it}: {refused:?}"
            );
            assert_eq!(fs::read(&path).unwrap(), before);
        }
    }
}
