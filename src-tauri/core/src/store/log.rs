//! The commit log: append-only, one chain of digests per device (architecture.md §5).
//!
//! The caller owns the transaction. Nothing here knows what a field means.

use std::fmt;
use std::str::FromStr;

use rusqlite::{Connection, OptionalExtension, Row};
use serde::Serialize;
use ts_rs::TS;

use super::error::StoreError;
use super::heads::Seen;
use crate::model::{DeviceId, ParseIdError, Value};

/// Milliseconds are the upper bits of a hybrid logical time; the lower ones count within a millisecond.
const COUNTER_BITS: u32 = 16;

/// Names one commit: `device:seq`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, serde::Deserialize, TS)]
pub struct CommitRef {
    /// The writer.
    #[ts(type = "string")]
    pub device: DeviceId,
    /// 1, 2, 3… without gaps.
    #[ts(type = "number")]
    pub seq: i64,
}

impl fmt::Display for CommitRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.device, self.seq)
    }
}

impl FromStr for CommitRef {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, ParseIdError> {
        let not_a_commit = || ParseIdError(text.to_owned());
        let (device, seq) = text.split_once(':').ok_or_else(not_a_commit)?;
        Ok(Self {
            device: device.parse()?,
            seq: seq.parse().map_err(|_| not_a_commit())?,
        })
    }
}

/// One commit, as it stands in the log.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Commit {
    pub(super) device: DeviceId,
    pub(super) seq: i64,
    pub(super) time: i64,
    pub(super) author: String,
    pub(super) wall_time: String,
    pub(super) label: String,
    pub(super) seen: Seen,
    pub(super) digest: String,
}

/// One change of one field, as it stands in the log; entity and field may be unknown to this version.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Change {
    pub(super) entity: String,
    pub(super) row: String,
    pub(super) field: String,
    pub(super) value: Option<Value>,
}

impl Change {
    /// The stored form of the value: canonical JSON, or nothing.
    fn stored(&self) -> Result<Option<String>, StoreError> {
        self.value.as_ref().map(stored_value).transpose()
    }

    fn from_row(row: &Row<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            entity: row.get("entity")?,
            row: row.get("row")?,
            field: row.get("field")?,
            value: read_value(row.get("value")?)?,
        })
    }
}

/// The stored form of a value.
pub(super) fn stored_value(value: &Value) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Damaged(error.to_string()))
}

/// Reads a stored value.
pub(super) fn read_value(stored: Option<String>) -> Result<Option<Value>, StoreError> {
    stored
        .map(|json| {
            serde_json::from_str(&json).map_err(|error| StoreError::Damaged(error.to_string()))
        })
        .transpose()
}

pub(super) fn seen_to_json(seen: &Seen) -> Result<String, StoreError> {
    serde_json::to_string(seen).map_err(|error| StoreError::Damaged(error.to_string()))
}

pub(super) fn seen_from_json(json: &str) -> Result<Seen, StoreError> {
    serde_json::from_str(json).map_err(|error| StoreError::Damaged(error.to_string()))
}

/// The chain digest of a commit: BLAKE3 over the previous digest of its device and its content.
///
/// Each part is preceded by its length, so that no two contents read alike; each value enters by its own
/// digest, so that an erased value can leave its digest behind.
pub(super) fn digest_of(
    previous: &str,
    commit: &Commit,
    changes: &[Change],
) -> Result<String, StoreError> {
    let mut hasher = blake3::Hasher::new();
    let mut part = |bytes: &[u8]| {
        hasher.update(&(bytes.len() as u64).to_le_bytes());
        hasher.update(bytes);
    };
    part(previous.as_bytes());
    part(commit.device.as_str().as_bytes());
    part(&commit.seq.to_le_bytes());
    part(&commit.time.to_le_bytes());
    part(commit.author.as_bytes());
    part(commit.wall_time.as_bytes());
    part(commit.label.as_bytes());
    part(seen_to_json(&commit.seen)?.as_bytes());
    for change in changes {
        part(change.entity.as_bytes());
        part(change.row.as_bytes());
        part(change.field.as_bytes());
        match change.stored()? {
            Some(value) => part(blake3::hash(value.as_bytes()).as_bytes()),
            None => part(b""),
        }
    }
    Ok(hasher.finalize().to_hex().to_string())
}

/// The last commit of a device: its number and digest.
pub(super) fn tip(
    conn: &Connection,
    device: &DeviceId,
) -> Result<Option<(i64, String)>, StoreError> {
    const TIP: &str =
        "SELECT seq, digest FROM \"commit\" WHERE device = ?1 ORDER BY seq DESC LIMIT 1";
    let found = conn
        .prepare_cached(TIP)?
        .query_row([device.as_str()], |row| {
            Ok((row.get("seq")?, row.get("digest")?))
        })
        .optional()?;
    Ok(found)
}

/// What this carnet has seen: the last commit of every device in it.
pub(super) fn seen(conn: &Connection) -> Result<Seen, StoreError> {
    const SEEN: &str = "SELECT d.device, (SELECT max(c.seq) FROM \"commit\" c WHERE c.device = d.device) AS seq FROM device d";
    let mut statement = conn.prepare_cached(SEEN)?;
    let mut rows = statement.query([])?;
    let mut seen = Seen::new();
    while let Some(row) = rows.next()? {
        if let Some(seq) = row.get::<_, Option<i64>>("seq")? {
            seen.insert(device_of(row)?, seq);
        }
    }
    Ok(seen)
}

/// The greatest time in the log.
fn latest_time(conn: &Connection, seen: &Seen) -> Result<i64, StoreError> {
    const TIME: &str = "SELECT time FROM \"commit\" WHERE device = ?1 AND seq = ?2";
    let mut latest = 0;
    for (device, seq) in seen {
        let time: i64 = conn
            .prepare_cached(TIME)?
            .query_row((device.as_str(), seq), |row| row.get("time"))?;
        latest = latest.max(time);
    }
    Ok(latest)
}

/// A hybrid logical time that never goes back, whatever the wall clock does.
fn next_time(wall_ms: i64, latest: i64) -> i64 {
    (wall_ms.max(0) << COUNTER_BITS).max(latest + 1)
}

/// Who writes a commit, and when.
pub(super) struct Signature<'a> {
    pub(super) device: &'a DeviceId,
    pub(super) device_name: &'a str,
    pub(super) author: &'a str,
    pub(super) now: chrono::DateTime<chrono::FixedOffset>,
    pub(super) label: &'a str,
}

/// Appends one commit with its changes; gives it back with its digest.
pub(super) fn append(
    conn: &Connection,
    by: &Signature<'_>,
    changes: &mut [Change],
) -> Result<Commit, StoreError> {
    const NAME: &str = "INSERT INTO device (device, name) VALUES (?1, ?2) \
                        ON CONFLICT (device) DO UPDATE SET name = excluded.name WHERE name <> excluded.name";
    changes.sort_by(|a, b| (&a.entity, &a.row, &a.field).cmp(&(&b.entity, &b.row, &b.field)));
    conn.prepare_cached(NAME)?
        .execute((by.device.as_str(), by.device_name))?;
    let seen = seen(conn)?;
    let (last, previous) = tip(conn, by.device)?.unwrap_or((0, String::new()));
    let mut commit = Commit {
        device: by.device.clone(),
        seq: last + 1,
        time: next_time(by.now.timestamp_millis(), latest_time(conn, &seen)?),
        author: by.author.to_owned(),
        wall_time: by.now.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
        label: by.label.to_owned(),
        seen,
        digest: String::new(),
    };
    commit.digest = digest_of(&previous, &commit, changes)?;
    insert(conn, &commit, changes)?;
    Ok(commit)
}

fn insert(conn: &Connection, commit: &Commit, changes: &[Change]) -> Result<(), StoreError> {
    const COMMIT: &str = "INSERT INTO \"commit\" (device, seq, time, author, wall_time, label, seen, digest) \
                          VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    const CHANGE: &str = "INSERT INTO change (device, seq, entity, \"row\", field, value) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    conn.prepare_cached(COMMIT)?.execute((
        commit.device.as_str(),
        commit.seq,
        commit.time,
        &commit.author,
        &commit.wall_time,
        &commit.label,
        seen_to_json(&commit.seen)?,
        &commit.digest,
    ))?;
    let mut statement = conn.prepare_cached(CHANGE)?;
    for change in changes {
        statement.execute((
            commit.device.as_str(),
            commit.seq,
            &change.entity,
            &change.row,
            &change.field,
            change.stored()?,
        ))?;
    }
    Ok(())
}

fn device_of(row: &Row<'_>) -> Result<DeviceId, StoreError> {
    let text: String = row.get("device")?;
    text.parse()
        .map_err(|error: ParseIdError| StoreError::Damaged(error.to_string()))
}

/// Reads one commit.
pub(super) fn commit(conn: &Connection, name: &CommitRef) -> Result<Option<Commit>, StoreError> {
    const GET: &str = "SELECT device, seq, time, author, wall_time, label, seen, digest FROM \"commit\" \
                       WHERE device = ?1 AND seq = ?2";
    let mut statement = conn.prepare_cached(GET)?;
    let mut rows = statement.query((name.device.as_str(), name.seq))?;
    rows.next()?.map(commit_from_row).transpose()
}

pub(super) fn commit_from_row(row: &Row<'_>) -> Result<Commit, StoreError> {
    Ok(Commit {
        device: device_of(row)?,
        seq: row.get("seq")?,
        time: row.get("time")?,
        author: row.get("author")?,
        wall_time: row.get("wall_time")?,
        label: row.get("label")?,
        seen: seen_from_json(&row.get::<_, String>("seen")?)?,
        digest: row.get("digest")?,
    })
}

/// The changes of one commit, in the order that its digest was taken in.
pub(super) fn changes_of(conn: &Connection, name: &CommitRef) -> Result<Vec<Change>, StoreError> {
    const CHANGES: &str = "SELECT entity, \"row\", field, value FROM change WHERE device = ?1 AND seq = ?2 \
                           ORDER BY entity, \"row\", field";
    let mut statement = conn.prepare_cached(CHANGES)?;
    let mut rows = statement.query((name.device.as_str(), name.seq))?;
    let mut changes = Vec::new();
    while let Some(row) = rows.next()? {
        changes.push(Change::from_row(row)?);
    }
    Ok(changes)
}

/// The digest of a whole carnet: equal iff the logs are equal.
pub(super) fn carnet_digest(conn: &Connection) -> Result<String, StoreError> {
    let mut hasher = blake3::Hasher::new();
    for (device, seq) in seen(conn)? {
        let (_, digest) = tip(conn, &device)?.unwrap_or_default();
        hasher.update(format!("{device}:{seq}:{digest}\n").as_bytes());
    }
    Ok(hasher.finalize().to_hex().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_never_goes_back_when_the_wall_clock_does() {
        let before = next_time(2_000, 0);
        assert!(next_time(1_000, before) > before);
        assert!(next_time(-5, before) > before);
    }

    #[test]
    fn the_digest_of_a_commit_keeps_its_golden_bytes() {
        let commit = Commit {
            device: DeviceId::from_bytes([1; 16]),
            seq: 1,
            time: 65_536,
            author: "Ada".into(),
            wall_time: "2026-10-06T09:30:00+02:00".into(),
            label: "set".into(),
            seen: Seen::new(),
            digest: String::new(),
        };
        let change = Change {
            entity: "tag".into(),
            row: "0190".into(),
            field: "label_fr".into(),
            value: Some(Value::from("Bois")),
        };
        let digest = digest_of("", &commit, std::slice::from_ref(&change)).unwrap();
        assert_eq!(
            digest,
            "a73fdd54d95a36f8681cca84b46e54955dbefe30fcd18d450ab02c64cc89edab"
        );
        let emptied = Change {
            value: None,
            ..change
        };
        assert_ne!(digest_of("", &commit, &[emptied]).unwrap(), digest);
    }
}
