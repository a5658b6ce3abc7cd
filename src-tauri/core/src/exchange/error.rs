//! What can go wrong between copies; the carnet is untouched.

use std::io;
use std::path::{Path, PathBuf};

use crate::store::{MergeError, OpenError, StoreError};

/// Why an exchange, a publication or a backup failed.
#[derive(Debug, thiserror::Error)]
pub enum ExchangeError {
    /// No such folder: unplugged, moved, not mounted.
    #[error("no folder at {0}")]
    NoFolder(PathBuf),
    /// The file system refuses.
    #[error("{path}: {source}")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// What was written does not read back as it should.
    #[error("{0} does not read back as it was written")]
    NotVerified(PathBuf),
    /// The folder looks synchronised or remote: no place for a working database.
    #[error("{folder} belongs to {engine}")]
    SynchronisedFolder {
        /// The folder.
        folder: PathBuf,
        /// What synchronises it, as officers call it.
        engine: String,
    },
    /// A file of the family refuses.
    #[error(transparent)]
    Merge(#[from] MergeError),
}

impl ExchangeError {
    /// Names the file that the system refused.
    pub(super) fn io(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { path, source }
    }

    /// The same refusal of the file system, naming the file or folder that the officer knows in the place of one
    /// that has no name of its own yet.
    pub(super) fn about(self, known: &Path) -> Self {
        match self {
            Self::Io { source, .. }
            | Self::Merge(MergeError::Open(OpenError::Io { source, .. })) => {
                Self::io(known)(source)
            }
            other => other,
        }
    }

    /// The same, where nothing may be written in `folder`: the name of what was to be made there says nothing.
    pub(super) fn of_folder(self, folder: &Path) -> Self {
        use io::ErrorKind::{PermissionDenied, ReadOnlyFilesystem, StorageFull};
        match self {
            Self::Io { path, source }
                if path.starts_with(folder)
                    && matches!(
                        source.kind(),
                        PermissionDenied | ReadOnlyFilesystem | StorageFull
                    ) =>
            {
                Self::io(folder)(source)
            }
            other => other,
        }
    }
}

impl From<StoreError> for ExchangeError {
    fn from(error: StoreError) -> Self {
        Self::Merge(error.into())
    }
}

impl From<OpenError> for ExchangeError {
    fn from(error: OpenError) -> Self {
        Self::Merge(error.into())
    }
}
