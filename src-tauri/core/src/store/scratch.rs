//! Folders for copies that are looked at and thrown away.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::error::OpenError;
use super::replace::{is_left_over, remove_left_over};

/// How their names begin; a unique one follows.
const PREFIX: &str = "scratch-";

/// A folder that goes, with all that is in it, when this is dropped.
pub(crate) struct Scratch(PathBuf);

impl Scratch {
    /// Makes one in `folder`.
    pub(crate) fn of(folder: &Path) -> io::Result<Self> {
        let name = format!("{PREFIX}{}", uuid::Uuid::new_v4().simple());
        let scratch = Self(folder.join(name));
        fs::create_dir_all(&scratch.0)?;
        Ok(scratch)
    }

    /// Makes one in the folder where this installation keeps its own files, which is named where that is refused.
    pub(crate) fn in_data_folder(folder: &Path) -> Result<Self, OpenError> {
        Self::of(folder).map_err(|source| OpenError::Io {
            path: folder.to_owned(),
            source,
        })
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What stays is swept a day later.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Removes what programs that were killed left in a folder more than a day ago.
pub(super) fn sweep(folder: &Path) {
    remove_left_over(folder);
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    for left in entries.filter(|entry| is_scratch(&entry.path()) && is_left_over(entry)) {
        // What stays costs room and nothing else.
        let _ = fs::remove_dir_all(left.path());
    }
}

fn is_scratch(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str());
    let unique = name.and_then(|name| name.strip_prefix(PREFIX));
    unique.is_some_and(|unique| uuid::Uuid::try_parse(unique).is_ok()) && path.is_dir()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_killed_program_left_goes_after_a_day_and_nothing_else_does() {
        let folder = tempfile::tempdir().unwrap();
        let [left, fresh] = [(); 2].map(|()| Scratch::of(folder.path()).unwrap());
        let others = ["scratch-", "scratch-notes", "reading"].map(|name| folder.path().join(name));
        let long_ago = std::time::SystemTime::now() - 2 * super::super::replace::LEFT_OVER;
        for path in others.iter().map(PathBuf::as_path).chain([left.path()]) {
            fs::create_dir_all(path).unwrap();
            fs::write(path.join("copy"), "").unwrap();
            fs::File::open(path)
                .unwrap()
                .set_modified(long_ago)
                .unwrap();
        }
        let now = Scratch::of(folder.path()).unwrap();
        sweep(folder.path());
        assert!(!left.path().exists());
        for path in others
            .iter()
            .map(PathBuf::as_path)
            .chain([fresh.path(), now.path()])
        {
            assert!(path.exists(), "{}", path.display());
        }
        let gone = now.path().to_owned();
        drop(now);
        assert!(!gone.exists());
    }
}
