//! A run of one device's commits in a file of its own: the log's tables and nothing that is derived from them.
//!
//! Small pages, since most runs are a few commits; the same key and salt as the carnet, so that it opens with the
//! key at hand.

use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use super::carnet::Carnet;
use super::error::StoreError;
use super::log::{self, CommitRef};
use super::names::{self, Names};
use super::schema;
use super::source;
use super::stored::StoredChanges;
use crate::model::DeviceId;

/// Pages of a segment.
pub(super) const SEGMENT_PAGE_BYTES: u32 = 1024;

/// How far this carnet holds the commits of a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// The device.
    pub device: DeviceId,
    /// How it is named.
    pub name: String,
    /// The last of its commits.
    pub last: i64,
    /// The digest of that commit, lower-case hex.
    pub digest: String,
    /// Who wrote it.
    pub author: String,
    /// When, by their clock, RFC 3339.
    pub wall_time: String,
}

impl Carnet {
    /// Every device of the log, and how far it is held.
    pub fn held(&self) -> Result<Vec<Held>, StoreError> {
        const HELD: &str = "SELECT d.device, d.name, c.seq, lower(hex(c.digest)) AS digest, c.author, c.wall_time \
                            FROM device d JOIN \"commit\" c ON c.device = d.id \
                            AND c.seq = (SELECT max(seq) FROM \"commit\" WHERE device = d.id) ORDER BY d.device";
        let mut statement = self.conn.prepare_cached(HELD)?;
        let mut rows = statement.query([])?;
        let mut held = Vec::new();
        while let Some(row) = rows.next()? {
            let device: String = row.get("device")?;
            held.push(Held {
                device: device.parse().map_err(|_| StoreError::Damaged(device))?,
                name: row.get("name")?,
                last: row.get("seq")?,
                digest: row.get("digest")?,
                author: row.get("author")?,
                wall_time: row.get("wall_time")?,
            });
        }
        Ok(held)
    }

    /// Whether the commit of this number and beginning of digest is here, under whichever name it was filed.
    pub fn holds(&self, device: &DeviceId, seq: i64, digest: &str) -> Result<bool, StoreError> {
        const APART: &str = "SELECT 1 FROM \"commit\" WHERE origin IS NOT NULL AND lower(hex(digest)) LIKE ?1 || '%'";
        if let Some(found) = log::digest_at(&self.conn, device, seq)?
            && found.to_hex().starts_with(digest)
        {
            return Ok(true);
        }
        Ok(self.conn.prepare_cached(APART)?.exists([digest])?)
    }

    /// The digest of a commit, lower-case hex.
    pub fn digest_of(&self, name: &CommitRef) -> Result<String, StoreError> {
        log::digest_at(&self.conn, &name.device, name.seq)?
            .map(|digest| digest.to_hex().to_string())
            .ok_or_else(|| StoreError::NoSuchCommit(name.to_string()))
    }

    /// What every copy of this carnet shares, lower-case hex.
    pub fn family(&self) -> Result<String, StoreError> {
        Ok(source::hex(source::family(&self.conn)?))
    }

    /// The name under which this copy writes, whether or not it has written yet.
    pub fn device(&self) -> Result<DeviceId, StoreError> {
        self.writer.reserved(&self.conn, &self.path)
    }

    /// Writes the commits of a device from `first` to `last` in a new file at `path`.
    pub fn write_segment(
        &self,
        device: &DeviceId,
        first: i64,
        last: i64,
        path: &Path,
    ) -> Result<(), StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let segment = Connection::open_with_flags(path, flags)?;
        let pages = if let Some(key) = &self.key {
            key.apply(&segment)?;
            "cipher_page_size"
        } else {
            "page_size"
        };
        // Nobody reads it before it is whole and flushed: a journal would only cost.
        segment.execute_batch(&format!(
            "PRAGMA {pages} = {SEGMENT_PAGE_BYTES}; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF"
        ))?;
        segment.execute_batch("BEGIN")?;
        schema::create_log(&segment)?;
        segment.execute(
            "INSERT INTO carnet (id, family) VALUES (1, ?1)",
            [source::family(&self.conn)?],
        )?;
        self.fill_segment(&segment, device, first, last)?;
        segment.execute_batch("COMMIT")?;
        Ok(())
    }

    fn fill_segment(
        &self,
        segment: &Connection,
        device: &DeviceId,
        first: i64,
        last: i64,
    ) -> Result<(), StoreError> {
        const NAME: &str = "SELECT name FROM device WHERE device = ?1";
        const LINK: &str = "INSERT INTO link (device, after) VALUES (?1, ?2)";
        let name_of = |device: &DeviceId| -> Result<String, StoreError> {
            Ok(self
                .conn
                .prepare_cached(NAME)?
                .query_row([device.as_str()], |row| row.get("name"))?)
        };
        let number = names::device_named(segment, device, &name_of(device)?)?;
        let before = log::digest_at(&self.conn, device, first - 1)?;
        if let Some(before) = before {
            segment.execute(LINK, (number, before.as_bytes()))?;
        }
        let (mut ours, mut theirs) = (Names::default(), Names::default());
        for seq in first..=last {
            let name = CommitRef {
                device: device.clone(),
                seq,
            };
            let commit = log::commit(&self.conn, &name)?
                .ok_or_else(|| StoreError::NoSuchCommit(name.to_string()))?;
            for other in commit.learnt.keys() {
                names::device_named(segment, other, &name_of(other)?)?;
            }
            let changes = StoredChanges::of(&self.conn, &mut ours, &name)?;
            changes.insert(segment, &mut theirs, number, &commit)?;
        }
        Ok(())
    }
}
