//! Names of the files of an exchange folder: `<first>-<last>-<digest>.carnet` in the folder of who wrote them.
//!
//! A run of another device that nobody else had put there is named with it: `<device>_<first>-<last>-<digest>`.
//! What engines of synchronisation add to a name does not matter: the content decides.

use std::path::{Path, PathBuf};

use crate::model::DeviceId;

/// Hexadecimal characters of a digest in a name.
pub(super) const DIGEST_CHARS: usize = 16;

/// A file that says, by its name, what it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Segment {
    pub(super) path: PathBuf,
    pub(super) device: DeviceId,
    pub(super) first: i64,
    pub(super) last: i64,
    /// Beginning of the digest of the last commit.
    pub(super) digest: String,
    /// Whether the name is exactly the one that it was written under.
    pub(super) is_untouched: bool,
}

impl Segment {
    /// How many commits it says to hold.
    pub(super) fn commits(&self) -> i64 {
        self.last - self.first + 1
    }
}

/// The name of a run in the folder of `owner`.
pub(super) fn name_of(
    owner: &DeviceId,
    device: &DeviceId,
    first: i64,
    last: i64,
    digest: &str,
) -> String {
    let digest = digest.get(..DIGEST_CHARS).unwrap_or(digest);
    if owner == device {
        format!("{first}-{last}-{digest}.carnet")
    } else {
        format!("{device}_{first}-{last}-{digest}.carnet")
    }
}

/// Letters of the name of a device.
const DEVICE_CHARS: usize = 32;

/// The device that writes in a folder of this path, whatever an engine of synchronisation or a file manager added to its
/// name.
pub(super) fn owner_of(folder: &Path) -> Option<DeviceId> {
    let name = folder.file_name()?.to_str()?.to_lowercase();
    name.get(..DEVICE_CHARS)?.parse().ok()
}

/// Reads a name, whatever an engine of synchronisation or a file manager added to it.
pub(super) fn read_name(path: &Path, owner: Option<&DeviceId>) -> Option<Segment> {
    let name = path.file_name()?.to_str()?.to_lowercase();
    let (device, run) = match name.split_once('_') {
        Some((device, run)) if device.len() == DEVICE_CHARS => (device.parse().ok()?, run),
        _ => (owner?.clone(), name.as_str()),
    };
    let (first, rest) = run.split_once('-')?;
    let (last, rest) = rest.split_once('-')?;
    let digest = rest.get(..DIGEST_CHARS)?;
    let (first, last) = (first.parse().ok()?, last.parse().ok()?);
    let is_hex = digest.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !is_hex || first < 1 || last < first {
        return None;
    }
    Some(Segment {
        path: path.to_owned(),
        device,
        first,
        last,
        digest: digest.to_owned(),
        is_untouched: rest.get(DIGEST_CHARS..) == Some(".carnet"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_reads_back_whatever_was_added_to_it() {
        let owner = DeviceId::from_bytes([1; 16]);
        let other = DeviceId::from_bytes([2; 16]);
        let digest = "0123456789abcdef0123";
        let own = name_of(&owner, &owner, 3, 12, digest);
        assert_eq!(own, "3-12-0123456789abcdef.carnet");
        let read = |name: &str| read_name(Path::new(name), Some(&owner));
        let found = read(&own).unwrap();
        assert_eq!((found.first, found.last, found.is_untouched), (3, 12, true));
        for name in [
            "3-12-0123456789abcdef (1).carnet",
            "3-12-0123456789ABCDEF.carnet",
            "3-12-0123456789abcdef.sync-conflict-20261006-093000-ABCDEFG.carnet",
        ] {
            let found = read(name).unwrap();
            assert_eq!((found.device, found.last), (owner.clone(), 12), "{name}");
        }
        let relayed = read(&name_of(&owner, &other, 1, 2, digest)).unwrap();
        assert_eq!((relayed.device, relayed.last), (other, 2));
        for name in [
            "notes.txt",
            "12-3-0123456789abcdef.carnet",
            "a-b-c.carnet",
            "1-2-xyz.carnet",
        ] {
            assert_eq!(read(name), None, "{name}");
        }
    }
}
