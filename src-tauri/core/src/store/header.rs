//! What a file is before anything in it is trusted: its first bytes, its salt, its header.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Read as _;
use std::path::Path;

use rusqlite::{Connection, ErrorCode};

use super::carnet::ReadOnlyReason;
use super::error::{OpenError, is_said};
use super::key::SALT_BYTES;
use super::schema;
use super::segment::SEGMENT_PAGE_BYTES;
use super::source;
use crate::regular;

/// Whether the file is encrypted, or why it cannot be a carnet.
pub(super) fn looks_encrypted(path: &Path) -> Result<bool, OpenError> {
    let io = |source| OpenError::Io {
        path: path.to_owned(),
        source,
    };
    let length = regular::metadata(path).map_err(io)?.len();
    let mut head = Vec::new();
    File::open(path)
        .map_err(io)?
        .take(512)
        .read_to_end(&mut head)
        .map_err(io)?;
    if is_plain(&head) {
        // Said before any engine opens it, since opening settles what lies beside it.
        return match application_of(&head) {
            Some(other) if i64::from(other) != schema::APPLICATION_ID => {
                Err(OpenError::NotACarnet(path.to_owned()))
            }
            _ => Ok(false),
        };
    }
    let is_text = std::str::from_utf8(&head[..head.len().min(256)]).is_ok();
    let is_known_other = is_other_kind(&head);
    if head.is_empty() || is_text || is_known_other || length < u64::from(SEGMENT_PAGE_BYTES) {
        return Err(OpenError::NotACarnet(path.to_owned()));
    }
    if !length.is_multiple_of(u64::from(SEGMENT_PAGE_BYTES)) {
        return Err(OpenError::Torn(path.to_owned()));
    }
    Ok(true)
}

/// Whether a file that begins so is a database without a passphrase.
pub(super) fn is_plain(head: &[u8]) -> bool {
    head.starts_with(b"SQLite format 3\0")
}

/// Which program a database without a passphrase says that it is of; none where the file ends before that.
fn application_of(head: &[u8]) -> Option<i32> {
    // The SQLite file format: four bytes, the highest first.
    let bytes = head.get(68..72)?.try_into().ok()?;
    Some(i32::from_be_bytes(bytes))
}

/// Whether a file begins as one of another kind does: archives, documents, pictures.
fn is_other_kind(head: &[u8]) -> bool {
    [
        &b"PK\x03\x04"[..],
        b"%PDF",
        b"\x89PNG",
        b"\xff\xd8\xff",
        b"\xd0\xcf\x11\xe0",
        b"\x1f\x8b\x08",
        b"SQLite",
    ]
    .iter()
    .any(|magic| head.starts_with(magic))
}

/// A salt for a new carnet, which the file begins with: never one that looks like a file of another kind.
pub(super) fn new_salt() -> [u8; SALT_BYTES] {
    loop {
        let salt = *uuid::Uuid::new_v4().as_bytes();
        if !is_other_kind(&salt) {
            return salt;
        }
    }
}

/// The salt at the beginning of an encrypted file.
pub(super) fn salt_of(path: &Path) -> Result<[u8; SALT_BYTES], OpenError> {
    let mut salt = [0; SALT_BYTES];
    regular::open(path)
        .and_then(|mut file| file.read_exact(&mut salt))
        .map_err(|source| OpenError::Io {
            path: path.to_owned(),
            source,
        })?;
    Ok(salt)
}

/// The size of the pages of an open file; SQLCipher answers with a text.
fn page_bytes(conn: &Connection) -> rusqlite::Result<u64> {
    use rusqlite::types::Value;
    let answer = conn.pragma_query_value(None, "page_size", |row| row.get(0))?;
    Ok(match answer {
        Value::Integer(number) => u64::try_from(number).unwrap_or(0),
        Value::Text(text) => text.parse().unwrap_or(0),
        _ => 0,
    })
}

/// Refuses the database of another program.
pub(super) fn check_application(conn: &Connection, path: &Path) -> Result<(), OpenError> {
    let found: i64 = conn
        .pragma_query_value(None, "application_id", |row| row.get(0))
        .map_err(|error| torn_or_sqlite(path, error))?;
    if found == schema::APPLICATION_ID {
        Ok(())
    } else {
        Err(OpenError::NotACarnet(path.to_owned()))
    }
}

/// Whether the file is one of ours, of a format that this version reads, and as long as it says.
///
/// Of a newer format nothing may be written, and what this version reads must be there: else it is refused.
pub(super) fn check_header(
    conn: &Connection,
    path: &Path,
) -> Result<Option<ReadOnlyReason>, OpenError> {
    let pragma = |name: &str| -> Result<i64, OpenError> {
        conn.pragma_query_value(None, name, |row| row.get(0))
            .map_err(|error| torn_or_sqlite(path, error))
    };
    check_application(conn, path)?;
    // As long as there is a log, the last pages may be in it.
    if !source::has_write_ahead_log(path) {
        check_length(conn, path)?;
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

/// Refuses a file that is shorter than it says.
pub(super) fn check_length(conn: &Connection, path: &Path) -> Result<(), OpenError> {
    let length = fs::metadata(path)
        .map_err(|source| OpenError::Io {
            path: path.to_owned(),
            source,
        })?
        .len();
    let pages: i64 = conn
        .pragma_query_value(None, "page_count", |row| row.get(0))
        .map_err(|error| torn_or_sqlite(path, error))?;
    let expected = u64::try_from(pages)
        .unwrap_or(u64::MAX)
        .saturating_mul(page_bytes(conn).map_err(|error| torn_or_sqlite(path, error))?);
    if length < expected {
        return Err(OpenError::Torn(path.to_owned()));
    }
    Ok(())
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

pub(super) fn torn_or_sqlite(path: &Path, error: rusqlite::Error) -> OpenError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            OpenError::Torn(path.to_owned())
        }
        // A part of it is elsewhere: in a log that did not come with it.
        _ if is_said(&error, "no such table") => OpenError::Torn(path.to_owned()),
        _ => OpenError::Sqlite(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::StoreError;

    #[test]
    fn what_the_engine_only_says_in_words_is_told_for_what_it_is() {
        let conn = Connection::open_in_memory().unwrap();
        let missing = conn.prepare("SELECT 1 FROM change").unwrap_err();
        let told = torn_or_sqlite(Path::new("a.carnet"), missing);
        assert!(matches!(told, OpenError::Torn(_)), "{told:?}");
        // As the copying of a whole carnet into another one does.
        let full = rusqlite::Error::SqliteFailure(
            rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_ERROR),
            Some("database or disk is full".into()),
        );
        assert!(matches!(StoreError::from(full), StoreError::DiskFull));
    }
}
