//! Putting a file in place whole: under another name first, flushed to the disk, then renamed.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// How many times a rename is tried again where another program holds the file for a moment.
const TRIES: u32 = 50;
/// Between two of them: 2.5 s in all (architecture.md §6).
const PAUSE: std::time::Duration = std::time::Duration::from_millis(50);

/// The name under which a file is written before it is whole; no reader takes it for one of ours.
pub(crate) fn unfinished(path: &Path) -> PathBuf {
    let name = path
        .file_name()
        .map_or_else(Default::default, |name| name.to_string_lossy().into_owned());
    path.with_file_name(format!(".{name}.{}.part", uuid::Uuid::new_v4().simple()))
}

/// Flushes a finished file, puts it in the place of `path`, and makes that last through a power cut.
pub(crate) fn put_in_place(unfinished: &Path, path: &Path) -> io::Result<()> {
    File::options().write(true).open(unfinished)?.sync_all()?;
    let renamed = rename(unfinished, path);
    if renamed.is_err() {
        // What could not be put in place is of no use; the first error is the one worth telling.
        let _ = fs::remove_file(unfinished);
        return renamed;
    }
    flush_folder(path)
}

/// Renames, again and again while Windows says that the target is held (errors 5, 32 and 33).
fn rename(from: &Path, to: &Path) -> io::Result<()> {
    let is_held =
        |error: &io::Error| cfg!(windows) && matches!(error.raw_os_error(), Some(5 | 32 | 33));
    for _ in 1..TRIES {
        match fs::rename(from, to) {
            Err(error) if is_held(&error) => std::thread::sleep(PAUSE),
            done => return done,
        }
    }
    fs::rename(from, to)
}

/// On Unix a rename lasts once its folder is flushed; some network folders cannot be, and need not.
fn flush_folder(path: &Path) -> io::Result<()> {
    if cfg!(unix)
        && let Some(folder) = path.parent()
        && let Ok(folder) = File::open(folder)
    {
        match folder.sync_all() {
            Err(error) if error.kind() == io::ErrorKind::InvalidInput => {}
            done => return done,
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_takes_the_place_of_another_and_leaves_nothing_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.carnet");
        fs::write(&path, "old").unwrap();
        let part = unfinished(&path);
        fs::write(&part, "new").unwrap();
        put_in_place(&part, &path).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
