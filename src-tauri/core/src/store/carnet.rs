//! An open carnet: creating, opening, changing the passphrase, and the transactions of everything else.

use std::cell::RefCell;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags, Transaction, TransactionBehavior};
use serde::Serialize;
use ts_rs::TS;

use super::error::{OpenError, StoreError};
use super::header::{looks_encrypted, new_salt, salt_of, torn_or_sqlite};
use super::key::{Key, Passphrase};
use super::paging::Kept;
use super::replace::Unfinished;
use super::replay::{self, Indexing};
use super::writer::Writer;
use super::{log, schema, scratch, search, source};
use crate::fold::fold;
use crate::messages::Language;

/// Pages of SQLCipher 4 and of SQLite alike.
pub(super) const PAGE_BYTES: u32 = 4096;
/// How long an edit waits for another program to finish its own.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// Memory for deciphered pages, in KiB.
pub(super) const CACHE_KIB: i64 = 48 * 1024;
/// Statements kept ready: one insert and one read for each entity, and some.
const STATEMENTS_KEPT: usize = 512;

/// Records whose words are indexed at once when a carnet is opened that must be rebuilt; those beyond are left due.
const FEW_WORDS: usize = 1_000;

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
    pub(super) kept: RefCell<Kept>,
    pub(super) key: Option<Key>,
    /// In which it is read, where what lies beside it cannot be settled in its place.
    copy: Option<source::ReadCopy>,
    file: Option<FileIdentity>,
    read_only: Option<ReadOnlyReason>,
}

/// Tells a file from another that took its name: volume and number on Unix.
pub(super) type FileIdentity = (u64, u64);

#[cfg(unix)]
pub(super) fn file_identity(path: &Path) -> Option<FileIdentity> {
    use std::os::unix::fs::MetadataExt as _;
    let found = fs::metadata(path).ok()?;
    Some((found.dev(), found.ino()))
}

/// Elsewhere an open file cannot be replaced.
#[cfg(not(unix))]
pub(super) fn file_identity(_: &Path) -> Option<FileIdentity> {
    None
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
        let salt = new_salt();
        let key = passphrase.map(|passphrase| Key::derive(passphrase, salt));
        let conn = connect(path, key.as_ref(), OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        conn.execute_batch("BEGIN IMMEDIATE")
            .map_err(OpenError::Sqlite)?;
        schema::create(&conn).map_err(OpenError::Sqlite)?;
        conn.execute(
            "INSERT INTO carnet (id, family) VALUES (1, ?1)",
            [uuid::Uuid::new_v4().as_bytes()],
        )
        .map_err(OpenError::Sqlite)?;
        conn.execute_batch("COMMIT").map_err(OpenError::Sqlite)?;
        let path = fs::canonicalize(path).map_err(|source| OpenError::Io {
            path: path.to_owned(),
            source,
        })?;
        Ok(Self {
            file: file_identity(&path),
            conn,
            copy: None,
            path,
            writer,
            language: Language::default(),
            kept: RefCell::default(),
            key,
            read_only: None,
        })
    }

    /// Opens a carnet; read-only where the file system only allows that, or where a later version wrote it.
    pub fn open(
        path: &Path,
        passphrase: Option<&Passphrase>,
        writer: Writer,
    ) -> Result<Self, OpenError> {
        let real = source::resolved(path)?;
        let is_protected = looks_encrypted(path)?;
        let path = real;
        if is_protected && passphrase.is_none() {
            return Err(OpenError::Locked);
        }
        let key = match passphrase.filter(|_| is_protected) {
            Some(passphrase) => Some(Key::derive(passphrase, salt_of(&path)?)),
            None => None,
        };
        Self::open_keyed(path, key, writer)
    }

    /// Opens a carnet whose key is at hand; `path` is canonical.
    pub(super) fn open_keyed(
        path: PathBuf,
        key: Option<Key>,
        writer: Writer,
    ) -> Result<Self, OpenError> {
        let opened = source::connect_settled(&path, key.as_ref(), &writer.register)?;
        let carnet = Self {
            file: file_identity(&path),
            conn: opened.conn,
            copy: opened.copy,
            path,
            writer,
            language: Language::default(),
            kept: RefCell::default(),
            key,
            read_only: opened.read_only,
        };
        carnet.bring_up_to_date()?;
        scratch::sweep(&carnet.writer.register);
        carnet.clean();
        Ok(carnet)
    }

    /// Rebuilds the projection when this version defines it otherwise than the one that wrote the file.
    fn bring_up_to_date(&self) -> Result<(), OpenError> {
        let is_current =
            schema::is_projection_current(&self.conn).map_err(|error| self.torn_or(error))?;
        if is_current {
            return Ok(());
        }
        if self.is_read_only() {
            return schema::add_missing_due(&self.conn).map_err(OpenError::Sqlite);
        }
        let rebuilding = Transaction::new_unchecked(&self.conn, TransactionBehavior::Immediate)
            .map_err(OpenError::Sqlite)?;
        schema::recreate_derived(&rebuilding)
            .map_err(StoreError::from)
            .and_then(|()| replay::replay(&rebuilding, Indexing::Later))
            .and_then(|()| search::due::index(&rebuilding, FEW_WORDS))
            .map_err(|error| match error {
                StoreError::Damaged(_) => OpenError::Torn(self.path.clone()),
                // A full disk, another program, a device that fails: the file is as good as it was.
                other => OpenError::NotRebuilt(Box::new(other)),
            })?;
        rebuilding.commit().map_err(OpenError::Sqlite)
    }

    fn torn_or(&self, error: rusqlite::Error) -> OpenError {
        torn_or_sqlite(&self.path, error)
    }

    /// Changes the passphrase; the old file stays whole until the new one is.
    pub fn rekey(&mut self, passphrase: &Passphrase) -> Result<(), StoreError> {
        self.refuse_if_read_only()?;
        match &self.key {
            Some(former) => {
                let key = Key::derive(passphrase, former.salt());
                self.rekey_to(key)
            }
            None => self.encrypt(passphrase),
        }
    }

    fn rekey_to(&mut self, key: Key) -> Result<(), StoreError> {
        // Copies made before stay readable: their key is kept inside, under the new one.
        if let Some(former) = &self.key {
            self.conn.execute(
                "INSERT OR IGNORE INTO former_key (key) VALUES (?1)",
                [former.bytes()],
            )?;
        }
        self.conn
            .pragma_update(None, "rekey", key.literal_without_salt().as_str())?;
        self.key = Some(key);
        Ok(())
    }

    /// Writes an encrypted copy beside a carnet that had no passphrase, then puts it in its place; nobody writes in
    /// the old file meanwhile.
    fn encrypt(&mut self, passphrase: &Passphrase) -> Result<(), StoreError> {
        let key = Key::derive(passphrase, new_salt());
        let part = Unfinished::of(&self.path);
        let placed = self
            .write(|_, _, path| {
                export(path, part.path(), &key)?;
                // Elsewhere than on Unix an open file cannot be replaced.
                if cfg!(unix) { put(&part, path) } else { Ok(()) }
            })
            .and_then(|()| {
                if cfg!(unix) {
                    return Ok(());
                }
                self.conn = Connection::open_in_memory()?;
                put(&part, &self.path)
            });
        drop(part);
        // A file that has its new name has it, even where that could not be made to last through a power cut.
        let key = looks_encrypted(&self.path)
            .is_ok_and(|is_encrypted| is_encrypted)
            .then_some(key);
        if key.is_some() || cfg!(not(unix)) {
            self.conn = connect(&self.path, key.as_ref(), OpenFlags::SQLITE_OPEN_READ_WRITE)
                .map_err(|error| StoreError::Damaged(error.to_string()))?;
            self.key = key;
            self.file = file_identity(&self.path);
            self.kept.get_mut().clear();
        }
        placed
    }

    /// Goes on in the file that took the place of ours while it was open, so that no edit goes to a file that
    /// nobody will read again.
    ///
    /// Who replaces a file holds its lock until it is replaced (`exchange::publish`): the lock taken here, and a
    /// look at the name after it, leave no moment in between.
    fn follow_file(&mut self) -> Result<(), StoreError> {
        let now = file_identity(&self.path);
        if now == self.file {
            return Ok(());
        }
        if now.is_none() {
            return Err(StoreError::Gone(self.path.clone()));
        }
        let opened = source::connect_settled(&self.path, self.key.as_ref(), &self.writer.register)
            .map_err(|error| self.replaced_or_busy(error))?;
        let same = source::family(&opened.conn)
            .and_then(|theirs| Ok(theirs == source::family(&self.conn)?));
        if !same.is_ok_and(|is_same| is_same) {
            return Err(StoreError::Replaced(self.path.clone()));
        }
        self.conn = opened.conn;
        self.copy = opened.copy;
        self.file = now;
        self.read_only = opened.read_only;
        self.kept.get_mut().clear();
        self.refuse_if_read_only()
    }

    /// Why the file that took the place of ours cannot be gone on in: it is not ours, or somebody has it open.
    fn replaced_or_busy(&self, error: OpenError) -> StoreError {
        match error {
            OpenError::Sqlite(error) => match StoreError::from(error) {
                StoreError::Busy => StoreError::Busy,
                _ => StoreError::Replaced(self.path.clone()),
            },
            _ => StoreError::Replaced(self.path.clone()),
        }
    }

    /// Copies the file as it stands between two edits, byte for byte; gives its digest.
    pub fn copy_to(&self, to: &Path) -> Result<String, OpenError> {
        let io = |source| OpenError::Io {
            path: to.to_owned(),
            source,
        };
        // A tool may have chosen a write-ahead log since the carnet was opened: what is in it would be left out.
        if !self.is_read_only() {
            source::leave_write_ahead_log(&self.conn)?;
        }
        // A read lock: whoever edits waits until the copy is made. Whatever fails, the transaction ends.
        let reading = self
            .conn
            .unchecked_transaction()
            .map_err(OpenError::Sqlite)?;
        let digest = log::carnet_digest(&reading);
        let from = self.copy.as_ref().map_or(&self.path, |copy| &copy.path);
        let copied = fs::copy(from, to).map(drop).map_err(io);
        reading.finish().map_err(OpenError::Sqlite)?;
        copied?;
        digest.map_err(|error| match error {
            StoreError::Sqlite(source) => OpenError::Sqlite(source),
            _ => OpenError::Torn(self.path.clone()),
        })
    }

    /// Opens another file with the key of this carnet, or with one that it had before.
    pub fn open_with_same_key(&self, path: &Path, writer: Writer) -> Result<Self, OpenError> {
        if !looks_encrypted(path)? {
            return Self::open_keyed(path.to_owned(), None, writer);
        }
        let salt = salt_of(path)?;
        let former = self
            .former_keys()
            .map_err(|_| OpenError::WrongPassphrase)?
            .into_iter()
            .map(|bytes| Key::kept(bytes, salt));
        for key in self.key.iter().cloned().chain(former) {
            match Self::open_keyed(path.to_owned(), Some(key), writer.clone()) {
                Err(OpenError::WrongPassphrase) => {}
                opened => return opened,
            }
        }
        Err(OpenError::WrongPassphrase)
    }

    /// Gives this carnet the key of another of its family.
    pub fn take_key_of(&mut self, other: &Self) -> Result<(), StoreError> {
        match (&self.key, &other.key) {
            (Some(mine), Some(theirs)) if mine != theirs => self.rekey_to(theirs.clone()),
            _ => Ok(()),
        }
    }

    /// Proves that every page can be read.
    pub fn has_whole_pages(&self) -> Result<bool, StoreError> {
        Ok(super::check::pages(&self.conn)?.is_empty())
    }

    /// Where the file is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether a passphrase protects it.
    pub fn is_protected(&self) -> bool {
        self.key.is_some()
    }

    /// Whether it can only be read.
    pub fn is_read_only(&self) -> bool {
        self.read_only.is_some()
    }

    /// Why it can only be read; none when it can be written.
    pub fn read_only_reason(&self) -> Option<ReadOnlyReason> {
        self.read_only
    }

    pub(super) fn refuse_if_read_only(&self) -> Result<(), StoreError> {
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

    /// Names whoever writes here otherwise, from the next commit on; the device keeps the name it first wrote under
    /// until then.
    pub fn sign_as(&mut self, device_name: &str, author: &str) {
        device_name.clone_into(&mut self.writer.device_name);
        author.clone_into(&mut self.writer.author);
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
        loop {
            let transaction = self
                .conn
                .transaction_with_behavior(TransactionBehavior::Immediate)
                .map_err(StoreError::from)?;
            if file_identity(&self.path) == self.file {
                let done = work(&transaction, &self.writer, &self.path)?;
                transaction.commit().map_err(StoreError::from)?;
                return Ok(done);
            }
            drop(transaction);
            self.follow_file()?;
        }
    }
}

fn put(part: &Unfinished, path: &Path) -> Result<(), StoreError> {
    part.put_in_place(path).map_err(refused(path))
}

/// Names the file that the system refused.
fn refused(path: &Path) -> impl FnOnce(io::Error) -> StoreError {
    let path = path.to_owned();
    move |source| StoreError::Register { path, source }
}

/// Writes an encrypted copy of a carnet that has no passphrase, where no file is; whoever calls holds its lock.
fn export(path: &Path, to: &Path, key: &Key) -> Result<(), StoreError> {
    let made = File::options().write(true).create_new(true).open(to);
    let permissions = fs::metadata(path).map_err(refused(path))?.permissions();
    made.and_then(|file| file.set_permissions(permissions))
        .map_err(refused(to))?;
    let conn = connect(path, None, OpenFlags::SQLITE_OPEN_READ_WRITE)
        .map_err(|error| StoreError::Damaged(error.to_string()))?;
    let name = to.to_string_lossy().into_owned();
    conn.execute(
        "ATTACH DATABASE ?1 AS fresh KEY ?2",
        [name.as_str(), key.literal().as_str()],
    )?;
    conn.query_row("SELECT sqlcipher_export('fresh')", [], |_| Ok(()))?;
    conn.execute_batch(&format!(
        "PRAGMA fresh.application_id = {}; PRAGMA fresh.user_version = {}; DETACH DATABASE fresh",
        schema::APPLICATION_ID,
        schema::FORMAT
    ))?;
    Ok(())
}

/// Opens the file with its key proved by a read, then the settings.
pub(super) fn connect(
    path: &Path,
    key: Option<&Key>,
    flags: OpenFlags,
) -> Result<Connection, OpenError> {
    connect_paged(path, key, flags, PAGE_BYTES)
}

/// The same for a file whose pages have another size.
pub(super) fn connect_paged(
    path: &Path,
    key: Option<&Key>,
    flags: OpenFlags,
    page_bytes: u32,
) -> Result<Connection, OpenError> {
    let conn = keyed(path, key, flags, page_bytes).map_err(OpenError::Sqlite)?;
    conn.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))
        .map_err(|error| match (error.sqlite_error_code(), key) {
            (Some(ErrorCode::NotADatabase), Some(_)) => OpenError::WrongPassphrase,
            (Some(ErrorCode::NotADatabase), None) => OpenError::NotACarnet(path.to_owned()),
            _ => torn_or_sqlite(path, error),
        })?;
    configure(&conn).map_err(OpenError::Sqlite)?;
    Ok(conn)
}

/// Opens the file, of which nothing is read yet: whether the key is its own is not proved.
pub(super) fn keyed(
    name: impl AsRef<Path>,
    key: Option<&Key>,
    flags: OpenFlags,
    page_bytes: u32,
) -> rusqlite::Result<Connection> {
    let conn = Connection::open_with_flags(name, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    if let Some(key) = key {
        key.apply(&conn)?;
        conn.execute_batch(&format!("PRAGMA cipher_page_size = {page_bytes}"))?;
    }
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

    #[test]
    fn a_carnet_that_is_given_a_passphrase_leaves_nothing_beside_it_and_touches_no_other_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.carnet");
        let mut carnet = Carnet::create(&path, None, writer(folder.path())).unwrap();
        carnet.save(tag("laine")).unwrap();
        let beside = folder.path().join("a.carnet-new");
        fs::write(&beside, "à moi").unwrap();
        let passphrase = Passphrase::new("vélo brume tilleul horloge").unwrap();
        carnet.rekey(&passphrase).unwrap();
        carnet.save(tag("bois")).unwrap();
        assert_eq!(fs::read_to_string(&beside).unwrap(), "à moi");
        let names: Vec<_> = fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        assert_eq!(names.len(), 3, "{names:?}");
        drop(carnet);
        let again = Carnet::open(&path, Some(&passphrase), writer(folder.path())).unwrap();
        assert_eq!(again.list(&ListRequest::of("tag", 10)).unwrap().total, 2);
    }

    #[test]
    fn a_passphrase_waits_for_an_edit_that_another_program_has_not_finished() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.carnet");
        let mut carnet = Carnet::create(&path, None, writer(folder.path())).unwrap();
        carnet.save(tag("laine")).unwrap();
        carnet.conn.busy_timeout(Duration::ZERO).unwrap();
        let passphrase = Passphrase::new("vélo brume tilleul horloge").unwrap();
        let mut other = Carnet::open(&path, None, writer(folder.path())).unwrap();
        other
            .write(|_, _, _| {
                let refused = carnet.rekey(&passphrase);
                assert!(matches!(refused, Err(StoreError::Busy)), "{refused:?}");
                Ok::<_, StoreError>(())
            })
            .unwrap();
        // Refused once, it is done the second time, and the other program is told.
        carnet.rekey(&passphrase).unwrap();
        let told = other.save(tag("bois"));
        assert!(matches!(told, Err(StoreError::Replaced(_))), "{told:?}");
    }

    #[test]
    fn a_copy_that_cannot_be_made_leaves_no_transaction_open() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.carnet");
        let mut carnet = Carnet::create(&path, None, writer(folder.path())).unwrap();
        carnet.conn.busy_timeout(Duration::ZERO).unwrap();
        let other = connect(&path, None, OpenFlags::SQLITE_OPEN_READ_WRITE).unwrap();
        other.execute_batch("BEGIN EXCLUSIVE").unwrap();
        let copy = folder.path().join("copy.carnet");
        assert!(carnet.copy_to(&copy).is_err());
        other.execute_batch("ROLLBACK").unwrap();
        assert!(carnet.conn.is_autocommit());
        carnet.save(tag("laine")).unwrap();
        carnet.copy_to(&copy).unwrap();
        assert!(
            carnet
                .copy_to(&folder.path().join("none/copy.carnet"))
                .is_err()
        );
        assert!(carnet.conn.is_autocommit());
    }

    #[test]
    fn a_projection_that_cannot_be_rebuilt_for_want_of_room_is_no_damage() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.carnet");
        let mut carnet = Carnet::create(&path, None, writer(folder.path())).unwrap();
        carnet.save(tag("laine")).unwrap();
        carnet
            .conn
            .execute_batch("DROP TABLE tag; DROP TABLE organisation; DROP TABLE person; VACUUM")
            .unwrap();
        let pages: i64 = carnet
            .conn
            .pragma_query_value(None, "page_count", |row| row.get(0))
            .unwrap();
        carnet
            .conn
            .pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))
            .unwrap();
        let refused = carnet.bring_up_to_date();
        assert!(
            matches!(&refused, Err(OpenError::NotRebuilt(error)) if matches!(**error, StoreError::DiskFull)),
            "{refused:?}"
        );
        assert!(carnet.conn.is_autocommit());
        drop(carnet);
        let whole = Carnet::open(&path, None, writer(folder.path())).unwrap();
        assert_eq!(whole.check().unwrap().damages, []);
    }

    #[test]
    fn an_older_carnet_that_cannot_be_written_is_searched_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.carnet");
        let mut carnet = Carnet::create(&path, None, writer(folder.path())).unwrap();
        carnet.save(tag("laine")).unwrap();
        carnet.conn.execute_batch("DROP TABLE search_due").unwrap();
        carnet.read_only = Some(ReadOnlyReason::FileSystem);
        carnet.bring_up_to_date().unwrap();
        assert_eq!(carnet.search("laine", 10).unwrap().len(), 1);
        assert_eq!(carnet.check().unwrap().damages, []);
        drop(carnet);
        let conn = connect(&path, None, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
        let is_there = conn.prepare("SELECT 1 FROM search_due");
        assert!(is_there.is_err(), "nothing was written");
    }
}
