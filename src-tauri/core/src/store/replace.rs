//! Putting a file in place whole: under another name first, flushed to the disk, then renamed.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// How many times a rename is tried again where another program holds the file for a moment.
const TRIES: u32 = 50;
/// Between two of them: 2.5 s in all (architecture.md §6).
const PAUSE: std::time::Duration = std::time::Duration::from_millis(50);
/// How old an unfinished file is that nobody writes any more.
pub(super) const LEFT_OVER: std::time::Duration = std::time::Duration::from_hours(24);

/// A file that is written under another name until it is whole; no reader takes it for one of ours.
///
/// Dropped before it is put in place, it leaves nothing behind.
pub(crate) struct Unfinished(PathBuf);

impl Unfinished {
    /// The one that becomes `path`; nothing is written yet.
    pub(crate) fn of(path: &Path) -> Self {
        let name = path
            .file_name()
            .map_or_else(Default::default, |name| name.to_string_lossy().into_owned());
        let unique = uuid::Uuid::new_v4().simple();
        Self(path.with_file_name(format!(".{name}.{unique}.part")))
    }

    /// Where it is written.
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// Flushes the finished file, puts it in the place of `path`, and makes that last through a power cut.
    pub(crate) fn put_in_place(&self, path: &Path) -> io::Result<()> {
        File::options().write(true).open(&self.0)?.sync_all()?;
        rename(&self.0, path)?;
        flush_folder(path)
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        // What is not whole is of no use, nor what a database engine left beside it; there is none of it usually.
        for beside in ["", "-journal"] {
            let mut name = self.0.as_os_str().to_owned();
            name.push(beside);
            let _ = fs::remove_file(name);
        }
    }
}

/// Whether a file that the system tells of is one that is being written and bears no name of its own yet.
pub fn is_unfinished(path: &Path) -> bool {
    let name = path
        .file_name()
        .map_or_else(Default::default, |name| name.to_string_lossy().into_owned());
    let unique = name
        .strip_prefix('.')
        .and_then(|name| name.strip_suffix(".part"))
        .and_then(|name| name.rsplit_once('.'))
        .map(|(_, unique)| unique);
    unique.is_some_and(|unique| {
        unique.len() == 32 && unique.bytes().all(|byte| byte.is_ascii_hexdigit())
    })
}

/// Removes from a folder what programs that were killed left unfinished, more than a day ago: nobody is writing it
/// any more.
pub(crate) fn remove_left_over(folder: &Path) {
    // What stays costs room and nothing else.
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    for entry in entries.filter(|entry| is_unfinished(&entry.path())) {
        if is_left_over(&entry) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Whether something was last written so long ago that no program goes on with it.
pub(super) fn is_left_over(entry: &fs::DirEntry) -> bool {
    let age = entry
        .metadata()
        .and_then(|found| found.modified())
        .map(|modified| modified.elapsed().unwrap_or_default());
    age.is_ok_and(|age| age >= LEFT_OVER)
}

/// A copy of a read-only file is no longer read-only.
pub(crate) fn make_writable(path: &Path) -> io::Result<()> {
    let mut permissions = fs::metadata(path)?.permissions();
    if !permissions.readonly() {
        return Ok(());
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        permissions.set_mode(0o600);
    }
    #[cfg(not(unix))]
    permissions.set_readonly(false);
    fs::set_permissions(path, permissions)
}

/// Renames a file that cannot be read, so that a whole one can take its name; never removes one, nor one that was
/// put aside in the same minute.
pub(crate) fn set_damaged_aside(path: &Path, name: &str, when: &str) -> io::Result<PathBuf> {
    let mut aside = path.with_file_name(format!("{name} (abîmé {when}).carnet"));
    let mut count = 1;
    while aside.exists() {
        count += 1;
        aside = path.with_file_name(format!("{name} (abîmé {when}, {count}).carnet"));
    }
    match fs::rename(path, &aside) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(aside),
        done => done.map(|()| aside),
    }
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
        let part = Unfinished::of(&path);
        fs::write(part.path(), "new").unwrap();
        part.put_in_place(&path).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_file_that_is_given_up_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let part = Unfinished::of(&folder.path().join("a.carnet"));
        fs::write(part.path(), "half").unwrap();
        drop(part);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn what_a_killed_program_left_goes_after_a_day_and_nothing_else_does() {
        let folder = tempfile::tempdir().unwrap();
        let left = Unfinished::of(&folder.path().join("a.carnet"))
            .path()
            .to_owned();
        let fresh = Unfinished::of(&folder.path().join("a.carnet"))
            .path()
            .to_owned();
        let others = ["a.carnet", ".a.part", ".a.carnet.short.part", "a.part"];
        let others = others.map(|name| folder.path().join(name));
        let long_ago = std::time::SystemTime::now() - 2 * LEFT_OVER;
        for path in others.iter().chain([&left, &fresh]) {
            fs::write(path, "half").unwrap();
            if *path != fresh {
                let file = File::options().write(true).open(path).unwrap();
                file.set_modified(long_ago).unwrap();
            }
        }
        remove_left_over(folder.path());
        assert!(!left.exists());
        assert!(others.iter().chain([&fresh]).all(|path| path.exists()));
    }
}
