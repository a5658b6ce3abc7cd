//! What can go wrong with a carnet, so that each edge words it in the officer's language.

use std::path::PathBuf;

use super::receive::Missing;
use crate::model::{InvalidValue, RecordRef};

/// Why a carnet cannot be created or opened; the file is untouched.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// No file there.
    #[error("no file at {0}")]
    Missing(PathBuf),
    /// A file is there already.
    #[error("a file is already at {0}")]
    AlreadyExists(PathBuf),
    /// Encrypted, and no passphrase was given.
    #[error("the carnet is protected by a passphrase")]
    Locked,
    /// The passphrase does not open it.
    #[error("wrong passphrase")]
    WrongPassphrase,
    /// Another kind of file.
    #[error("not a carnet: {0}")]
    NotACarnet(PathBuf),
    /// Written by a later version of the program.
    #[error("format {found} is newer than {newest_known}")]
    NewerFormat {
        /// Format of the file.
        found: i64,
        /// Latest format that this version reads.
        newest_known: i64,
    },
    /// Cut short or altered.
    #[error("damaged or incomplete copy: {0}")]
    Torn(PathBuf),
    /// Somebody else holds it, or goes on writing in it.
    #[error("{0} is in use by another program")]
    Busy(PathBuf),
    /// The file system refuses.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// What is derived from the log could not be made anew; the log is as good as it was.
    #[error("not brought up to date: {0}")]
    NotRebuilt(#[source] Box<StoreError>),
    /// SQLite refuses for another reason.
    #[error("the database refuses: {0}")]
    Sqlite(#[source] rusqlite::Error),
}

/// Why a read or an edit failed; nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// No entity of this name.
    #[error("unknown entity {name}")]
    UnknownEntity {
        /// What was given.
        name: String,
        /// Names that look like it.
        suggestions: Vec<String>,
    },
    /// No field of this name.
    #[error("unknown field {name} of {entity}")]
    UnknownField {
        /// The entity.
        entity: String,
        /// What was given.
        name: String,
        /// Names that look like it.
        suggestions: Vec<String>,
    },
    /// No such record.
    #[error("no record {0}")]
    NotFound(RecordRef),
    /// The record was united with another one.
    #[error("{record} was united into {into}")]
    United {
        /// The record.
        record: RecordRef,
        /// The one that stands for both.
        into: RecordRef,
        /// How that one is named.
        title: String,
    },
    /// Values stand side by side in it, which must be settled first.
    #[error("values stand side by side in {0}")]
    Undecided(RecordRef),
    /// No such commit.
    #[error("no commit {0}")]
    NoSuchCommit(String),
    /// Taking it back would choose between values that stood side by side in a field.
    #[error("undoing would settle {field} of {entity}")]
    UndoSettles {
        /// The entity.
        entity: String,
        /// The field.
        field: String,
    },
    /// Taking it back would unite a record again that somebody wrote in since it was parted.
    #[error("{0} was written in since it was parted")]
    ChangedSinceParted(RecordRef),
    /// A field refuses a value.
    #[error(transparent)]
    Invalid(#[from] InvalidValue),
    /// A value stands in a field that whoever edits it was not shown.
    #[error("{field} of {entity} holds a value that was not seen")]
    Unseen {
        /// The entity.
        entity: String,
        /// The field.
        field: String,
    },
    /// The commit did nothing but erase somebody, and that is not undone.
    #[error("an erasure is not undone")]
    ErasureStays,
    /// The file cannot be written.
    #[error("the carnet is read-only")]
    ReadOnly,
    /// A later version of the program wrote the carnet: here it is only read.
    #[error("the carnet comes from a later version and is only read")]
    NewerFormat,
    /// No room left.
    #[error("the disk is full")]
    DiskFull,
    /// Somebody else holds the file for long.
    #[error("the carnet is in use by another program")]
    Busy,
    /// The open file was moved or removed.
    #[error("{0} is gone")]
    Gone(PathBuf),
    /// Another file took the name of the open one.
    #[error("{0} was replaced by another carnet")]
    Replaced(PathBuf),
    /// The officer stopped it.
    #[error("cancelled")]
    Cancelled,
    /// A stored value cannot be read: the file is damaged.
    #[error("damaged: {0}")]
    Damaged(String),
    /// The register of writers cannot be read or written.
    #[error("{path}: {source}")]
    Register {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// SQLite refuses for another reason.
    #[error("the database refuses: {0}")]
    Sqlite(#[source] rusqlite::Error),
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode;
        match error.sqlite_error_code() {
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => Self::ReadOnly,
            Some(ErrorCode::DiskFull) => Self::DiskFull,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                Self::Damaged(error.to_string())
            }
            // An engine that copies in itself says so in words alone.
            _ if is_said(&error, "disk is full") => Self::DiskFull,
            _ => Self::Sqlite(error),
        }
    }
}

/// Whether the engine says this of an error that it has no code for.
pub(super) fn is_said(error: &rusqlite::Error, words: &str) -> bool {
    matches!(error, rusqlite::Error::SqliteFailure(_, Some(said)) if said.contains(words))
}

/// Why another file's content was not taken over; nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum MergeError {
    /// The file cannot be read.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// A carnet with another origin.
    #[error("{0} is not a copy of this carnet")]
    OtherFamily(PathBuf),
    /// A copy of this carnet, under a passphrase that this one never had.
    #[error("{0} has another passphrase")]
    OtherPassphrase(PathBuf),
    /// Written by a later version of the program.
    #[error("{path}: format {found} is newer than {newest_known}")]
    NewerCopy {
        /// The file.
        path: PathBuf,
        /// Format of the file.
        found: i64,
        /// Latest format that this version reads.
        newest_known: i64,
    },
    /// The file goes on from commits that are not here.
    #[error("{path} goes on from commits that are not here")]
    Gap {
        /// The file.
        path: PathBuf,
        /// What is missing, by writer.
        missing: Vec<Missing>,
    },
    /// So many records would go to the bin that the officer must agree first.
    #[error("{deleted} of {records} records would be deleted")]
    ManyDeletions {
        /// Records that would be deleted.
        deleted: u64,
        /// Records that the carnet holds.
        records: u64,
    },
    /// No such conflict.
    #[error("no conflict {0}")]
    NoSuchConflict(String),
    /// No such batch.
    #[error("no batch {0}")]
    NoSuchBatch(i64),
    /// The carnet refuses.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<rusqlite::Error> for MergeError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Store(error.into())
    }
}
