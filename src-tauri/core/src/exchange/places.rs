//! Folders where a working database must not be: synchronised ones and remote ones (architecture.md §6).
//!
//! An engine that copies a database while it is written tears it; a warning alone has cost other programs' users
//! their data.

use std::path::{Path, PathBuf};

use super::error::ExchangeError;

/// What a folder's name begins with, folded, and how officers call what synchronises it.
const NAMES: [(&str, &str); 13] = [
    ("dropbox", "Dropbox"),
    ("onedrive", "OneDrive"),
    ("google drive", "Google Drive"),
    ("googledrive", "Google Drive"),
    ("icloud", "iCloud"),
    ("mobile documents", "iCloud"),
    ("box sync", "Box"),
    ("megasync", "MEGA"),
    ("pcloud", "pCloud"),
    ("kdrive", "kDrive"),
    ("nextcloud", "Nextcloud"),
    ("owncloud", "ownCloud"),
    ("syncthing", "Syncthing"),
];

/// What an engine leaves at the root of what it synchronises.
const MARKERS: [(&str, &str); 9] = [
    (".stfolder", "Syncthing"),
    (".dropbox", "Dropbox"),
    (".dropbox.cache", "Dropbox"),
    (".nextcloudsync.log", "Nextcloud"),
    (".owncloudsync.log", "ownCloud"),
    (".sync_nextcloud.db", "Nextcloud"),
    (".csync_journal.db", "Nextcloud"),
    (".tmp.drivedownload", "Google Drive"),
    (".megasync", "MEGA"),
];

/// File systems that are somebody else's disk.
const REMOTE: [&str; 9] = [
    "nfs",
    "nfs4",
    "cifs",
    "smb3",
    "smbfs",
    "davfs",
    "fuse.sshfs",
    "fuse.rclone",
    "fuse.davfs2",
];

/// Refuses a folder that looks synchronised or remote.
pub fn refuse_synchronised(folder: &Path) -> Result<(), ExchangeError> {
    match engine_of(folder, &mounts()) {
        Some(engine) => Err(ExchangeError::SynchronisedFolder {
            folder: folder.to_owned(),
            engine,
        }),
        None => Ok(()),
    }
}

/// What synchronises a folder, if it looks like it; `mounts` are mount points with their file systems.
fn engine_of(folder: &Path, mounts: &[(PathBuf, String)]) -> Option<String> {
    if folder.to_string_lossy().starts_with(r"\\") {
        return Some(folder.display().to_string());
    }
    for part in folder.components() {
        let name = crate::fold::fold(&part.as_os_str().to_string_lossy());
        let known = NAMES.iter().find(|(start, _)| {
            name == *start
                || name
                    .strip_prefix(start)
                    .is_some_and(|rest| rest.starts_with([' ', '-', '_', '(']))
        });
        if let Some((_, engine)) = known {
            return Some((*engine).to_owned());
        }
    }
    for ancestor in folder.ancestors() {
        if let Some((_, engine)) = MARKERS
            .iter()
            .find(|(marker, _)| ancestor.join(marker).exists())
        {
            return Some((*engine).to_owned());
        }
    }
    let mount = mounts
        .iter()
        .filter(|(point, _)| folder.starts_with(point))
        .max_by_key(|(point, _)| point.components().count());
    mount
        .filter(|(_, system)| REMOTE.contains(&system.as_str()))
        .map(|(point, _)| point.display().to_string())
}

/// The mount points of this machine, where the system tells them.
fn mounts() -> Vec<(PathBuf, String)> {
    let Ok(table) = std::fs::read_to_string("/proc/self/mounts") else {
        return Vec::new();
    };
    table
        .lines()
        .filter_map(|line| {
            let mut parts = line.split(' ').skip(1);
            let point = parts.next()?.replace("\\040", " ");
            Some((PathBuf::from(point), parts.next()?.to_owned()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_synchronised_or_remote_folder_is_refused_by_name_marker_or_mount() {
        let folder = tempfile::tempdir().unwrap();
        let marked = folder.path().join("équipe/carnets");
        std::fs::create_dir_all(&marked).unwrap();
        std::fs::create_dir(folder.path().join(".stfolder")).unwrap();
        assert_eq!(engine_of(&marked, &[]).as_deref(), Some("Syncthing"));
        for (path, engine) in [
            ("/home/ada/Dropbox/appui", "Dropbox"),
            ("/home/ada/OneDrive - GAL/appui", "OneDrive"),
            ("/home/ada/Nextcloud/appui", "Nextcloud"),
        ] {
            assert_eq!(engine_of(Path::new(path), &[]).as_deref(), Some(engine));
        }
        let mounts = [
            (PathBuf::from("/"), "ext4".to_owned()),
            (PathBuf::from("/mnt/serveur"), "cifs".to_owned()),
        ];
        assert!(engine_of(Path::new("/mnt/serveur/appui"), &mounts).is_some());
        assert_eq!(
            engine_of(Path::new("/home/ada/boxe/carnets"), &mounts),
            None
        );
    }
}
