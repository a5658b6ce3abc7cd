//! Files that are read from their beginning to their end: no folder, pipe, socket or device, on which a reader would wait
//! for ever, or which never end.

use std::fs::{self, File, Metadata};
use std::io;
use std::path::Path;

/// What the system says of the file at `path`, links followed; refuses what is no file of this kind.
pub fn metadata(path: &Path) -> io::Result<Metadata> {
    let found = fs::metadata(path)?;
    if found.is_file() {
        return Ok(found);
    }
    // Named as the system would, so that each reader refuses it as it does any other file.
    Err(if found.is_dir() {
        io::ErrorKind::IsADirectory.into()
    } else {
        io::ErrorKind::NotSeekable.into()
    })
}

/// Opens such a file to be read.
pub fn open(path: &Path) -> io::Result<File> {
    metadata(path)?;
    File::open(path)
}
