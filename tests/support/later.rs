//! A later version of the program, played by whoever knows the format: one more commit, written with bare SQL.
//!
//! The digest is taken here anew from the format's description (core `store/log.rs`), so that this is also a second
//! reading of it. Only for carnets without a passphrase.

#![expect(clippy::missing_panics_doc, reason = "a helper of tests")]

use std::path::Path;

use carnet_core::model::RecordRef;
use rusqlite::Connection;

/// Appends a commit of the file's last writer that sets fields unknown to this version: (entity, field, value).
pub fn write_as_later_version(file: &Path, record: &RecordRef, changes: &[(&str, &str, &str)]) {
    const LAST: &str = "SELECT d.id, d.device, c.seq, c.time, c.digest FROM \"commit\" c JOIN device d ON d.id = c.device \
                        ORDER BY c.time DESC LIMIT 1";
    let conn = Connection::open(file).unwrap();
    let (number, device, seq, time, previous): (i64, String, i64, i64, [u8; 32]) = conn
        .query_row(LAST, [], |row| {
            Ok((
                row.get(0)?,
                row.get(1)?,
                row.get(2)?,
                row.get(3)?,
                row.get(4)?,
            ))
        })
        .unwrap();
    let (seq, time) = (seq + 1, time + 1);
    let (author, wall_time, label) = ("Future", "2031-01-01T00:00:00+00:00", "plus tard");
    let mut hasher = blake3::Hasher::new();
    let mut part = |bytes: &[u8]| {
        hasher.update(&(bytes.len() as u64).to_le_bytes());
        hasher.update(bytes);
    };
    part(&previous);
    part(device.as_bytes());
    part(&seq.to_le_bytes());
    part(&time.to_le_bytes());
    for text in [author, wall_time, label, "{}"] {
        part(text.as_bytes());
    }
    let mut sorted = changes.to_vec();
    sorted.sort_unstable();
    for (entity, field, value) in &sorted {
        part(entity.as_bytes());
        part(record.id.as_bytes());
        part(field.as_bytes());
        part(blake3::hash(format!("{value:?}").as_bytes()).as_bytes());
    }
    let digest = hasher.finalize();
    conn.execute(
        "INSERT INTO \"commit\" (device, seq, time, author, wall_time, label, digest) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        (number, seq, time, author, wall_time, label, digest.as_bytes()),
    )
    .unwrap();
    for (entity, field, value) in sorted {
        for name in [entity, field] {
            conn.execute("INSERT OR IGNORE INTO name (name) VALUES (?1)", [name])
                .unwrap();
        }
        conn.execute(
            "INSERT INTO change (\"row\", entity, field, element, device, seq, value) VALUES (?1, \
             (SELECT id FROM name WHERE name = ?2), (SELECT id FROM name WHERE name = ?3), '', ?4, ?5, ?6)",
            (record.id.as_bytes(), entity, field, number, seq, format!("{value:?}")),
        )
        .unwrap();
    }
}
