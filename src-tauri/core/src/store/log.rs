//! The commit log: append-only, one chain of digests per device (architecture.md §5).
//!
//! The caller owns the transaction. Nothing here knows what a field means.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use blake3::Hash;
use rusqlite::{Connection, OptionalExtension, Row};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::digest::digest_of;
use super::error::StoreError;
use super::heads::{Knowledge, Seen};
use super::names::{self, Names, split_field, whole_field};
use crate::model::{DeviceId, ParseIdError, RowId, Value};

/// Milliseconds are the upper bits of a hybrid logical time; the lower ones count within a millisecond.
const COUNTER_BITS: u32 = 16;

/// Names one commit: `device:seq`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
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

/// The last commit of other devices that a writer had met: its number and its digest.
pub(super) type Learnt = BTreeMap<DeviceId, Tip>;

/// The last commit of a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "(i64, String)", into = "(i64, String)")]
pub(super) struct Tip {
    pub(super) seq: i64,
    pub(super) digest: Hash,
}

impl From<Tip> for (i64, String) {
    fn from(tip: Tip) -> Self {
        (tip.seq, tip.digest.to_hex().to_string())
    }
}

impl From<(i64, String)> for Tip {
    /// A text that is no digest becomes one that no commit has.
    fn from((seq, digest): (i64, String)) -> Self {
        let digest = Hash::from_hex(digest).unwrap_or(Hash::from_bytes([0; 32]));
        Self { seq, digest }
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
    /// What its writer had learnt of others since its commit before; all it knew is the sum of these.
    pub(super) learnt: Learnt,
    pub(super) digest: Hash,
    /// The name under which its digest was taken, where two histories had claimed it.
    pub(super) origin: Option<Origin>,
}

/// What a commit was called before two histories that claimed one name met (architecture.md §5).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Origin {
    pub(super) device: DeviceId,
    pub(super) seq: i64,
    pub(super) learnt: Learnt,
    /// For the first commit after the parting of the two: the digest of the last one that they share.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) after: Option<String>,
}

impl Origin {
    /// The digest that the chain goes on from, for the first commit after a parting.
    pub(super) fn after(&self) -> Result<Option<Hash>, StoreError> {
        self.after
            .as_deref()
            .map(|hex| Hash::from_hex(hex).map_err(|error| StoreError::Damaged(error.to_string())))
            .transpose()
    }
}

impl Commit {
    /// Its name.
    pub(super) fn name(&self) -> CommitRef {
        CommitRef {
            device: self.device.clone(),
            seq: self.seq,
        }
    }

    /// The digest that it goes on from, for the first of a history filed apart.
    pub(super) fn after(&self) -> Result<Option<Hash>, StoreError> {
        self.origin.as_ref().map_or(Ok(None), Origin::after)
    }

    /// The name, and what was learnt, under which its digest was taken.
    pub(super) fn original(&self) -> (&DeviceId, i64, &Learnt) {
        match &self.origin {
            Some(origin) => (&origin.device, origin.seq, &origin.learnt),
            None => (&self.device, self.seq, &self.learnt),
        }
    }
}

/// One change of one field, as it stands in the log; entity and field may be unknown to this version.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Change {
    pub(super) entity: String,
    pub(super) row: RowId,
    /// `name/element` for an element of a set.
    pub(super) field: String,
    pub(super) value: Option<Value>,
    /// Digest of a value that was erased on a person's request.
    pub(super) erased: Option<Hash>,
}

impl Change {
    /// A change of a field to a value; nothing empties it.
    pub(super) fn new(
        entity: &str,
        row: RowId,
        field: impl Into<String>,
        value: Option<Value>,
    ) -> Self {
        Self {
            entity: entity.to_owned(),
            row,
            field: field.into(),
            value,
            erased: None,
        }
    }
}

/// The stored form of a value.
pub(super) fn stored_value(value: &Value) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Damaged(error.to_string()))
}

/// Reads a stored value.
pub(super) fn read_value(stored: Option<&str>) -> Result<Option<Value>, StoreError> {
    let read = |json: &str| match plain_text(json) {
        Some(text) => Ok(Value::from(text)),
        None => serde_json::from_str(json).map_err(|error| StoreError::Damaged(error.to_string())),
    };
    stored.map(read).transpose()
}

/// The text that a stored value is, where it stands there as it is: nearly every value of a log.
fn plain_text(json: &str) -> Option<&str> {
    let text = json.strip_prefix('"')?.strip_suffix('"')?;
    let is_itself = |byte: u8| byte >= b' ' && byte != b'"' && byte != b'\\';
    text.bytes().all(is_itself).then_some(text)
}

/// Reads a stored row.
pub(super) fn read_row(stored: [u8; 16]) -> RowId {
    RowId::from(uuid::Uuid::from_bytes(stored))
}

pub(super) fn json(value: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Damaged(error.to_string()))
}

/// The digest of a value in its stored form: what an erased one leaves behind.
pub(super) fn value_digest(value: &Value) -> Result<Hash, StoreError> {
    Ok(blake3::hash(stored_value(value)?.as_bytes()))
}

/// Puts changes in the order that digests are taken in.
pub(super) fn sort(changes: &mut [Change]) {
    changes
        .sort_unstable_by(|a, b| (&a.entity, a.row, &a.field).cmp(&(&b.entity, b.row, &b.field)));
}

/// The last commit of a device: its number and digest.
pub(super) fn tip(conn: &Connection, device: &DeviceId) -> Result<Option<Tip>, StoreError> {
    const TIP: &str = "SELECT c.seq, c.digest FROM \"commit\" c JOIN device d ON d.id = c.device \
                       WHERE d.device = ?1 ORDER BY c.seq DESC LIMIT 1";
    let found = conn
        .prepare_cached(TIP)?
        .query_row([device.as_str()], tip_from_row)
        .optional()?;
    Ok(found)
}

fn tip_from_row(row: &Row<'_>) -> rusqlite::Result<Tip> {
    Ok(Tip {
        seq: row.get("seq")?,
        digest: Hash::from_bytes(row.get("digest")?),
    })
}

/// The digest of one commit, if it is here.
pub(super) fn digest_at(
    conn: &Connection,
    device: &DeviceId,
    seq: i64,
) -> Result<Option<Hash>, StoreError> {
    const DIGEST: &str = "SELECT c.digest FROM \"commit\" c JOIN device d ON d.id = c.device \
                          WHERE d.device = ?1 AND c.seq = ?2";
    let found: Option<[u8; 32]> = conn
        .prepare_cached(DIGEST)?
        .query_row((device.as_str(), seq), |row| row.get("digest"))
        .optional()?;
    Ok(found.map(Hash::from_bytes))
}

/// The last commit of every device in this file.
pub(super) fn tips(conn: &Connection) -> Result<Learnt, StoreError> {
    const TIPS: &str = "SELECT d.device, c.seq, c.digest FROM device d JOIN \"commit\" c ON c.device = d.id \
                        AND c.seq = (SELECT max(seq) FROM \"commit\" WHERE device = d.id)";
    let mut statement = conn.prepare_cached(TIPS)?;
    let mut rows = statement.query([])?;
    let mut tips = Learnt::new();
    while let Some(row) = rows.next()? {
        tips.insert(device_of(row)?, tip_from_row(row)?);
    }
    Ok(tips)
}

/// What this carnet has seen: the number of the last commit of every device in it.
pub(super) fn seen(conn: &Connection) -> Result<Seen, StoreError> {
    let tips = tips(conn)?.into_iter();
    Ok(tips.map(|(device, tip)| (device, tip.seq)).collect())
}

/// How far the last commits of a device knew each other one.
pub(super) fn known_by(conn: &Connection, device: i64) -> Result<Seen, StoreError> {
    const KNOWN: &str = "SELECT d.device, max(s.upto) AS upto FROM seen s JOIN device d ON d.id = s.other \
                         WHERE s.device = ?1 GROUP BY s.other";
    let mut statement = conn.prepare_cached(KNOWN)?;
    let mut rows = statement.query([device])?;
    let mut known = Seen::new();
    while let Some(row) = rows.next()? {
        known.insert(device_of(row)?, row.get("upto")?);
    }
    Ok(known)
}

/// What the writers of these devices knew of each other.
pub(super) fn knowledge_of(conn: &Connection, devices: &[i64]) -> Result<Knowledge, StoreError> {
    const BETWEEN: &str =
        "SELECT seq, upto FROM seen WHERE device = ?1 AND other = ?2 ORDER BY seq";
    let mut knowledge = Knowledge::of(names::devices(conn)?);
    for (device, other) in devices
        .iter()
        .flat_map(|device| devices.iter().map(move |other| (*device, *other)))
        .filter(|(device, other)| device != other)
    {
        let mut statement = conn.prepare_cached(BETWEEN)?;
        let mut rows = statement.query([device, other])?;
        while let Some(row) = rows.next()? {
            knowledge.add(device, other, row.get("seq")?, row.get("upto")?);
        }
    }
    Ok(knowledge)
}

/// What every writer knew of every other.
pub(super) fn knowledge(conn: &Connection) -> Result<Knowledge, StoreError> {
    const ALL: &str = "SELECT device, other, seq, upto FROM seen ORDER BY device, other, seq";
    let mut knowledge = Knowledge::of(names::devices(conn)?);
    let mut statement = conn.prepare_cached(ALL)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        knowledge.add(
            row.get("device")?,
            row.get("other")?,
            row.get("seq")?,
            row.get("upto")?,
        );
    }
    Ok(knowledge)
}

/// The greatest time in the log.
fn latest_time(conn: &Connection) -> Result<i64, StoreError> {
    const TIME: &str = "SELECT max((SELECT c.time FROM \"commit\" c WHERE c.device = d.id \
                        ORDER BY c.seq DESC LIMIT 1)) AS time FROM device d";
    let latest: Option<i64> = conn
        .prepare_cached(TIME)?
        .query_row([], |row| row.get("time"))?;
    Ok(latest.unwrap_or(0))
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
    sort(changes);
    let number = names::device_named(conn, by.device, by.device_name)?;
    let known = known_by(conn, number)?;
    let mut learnt = tips(conn)?;
    let own = learnt.remove(by.device);
    learnt.retain(|device, tip| known.get(device).is_none_or(|known| *known < tip.seq));
    let mut commit = Commit {
        device: by.device.clone(),
        seq: own.map_or(0, |own| own.seq) + 1,
        time: next_time(by.now.timestamp_millis(), latest_time(conn)?),
        author: by.author.to_owned(),
        wall_time: by.now.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
        label: by.label.to_owned(),
        learnt,
        digest: Hash::from_bytes([0; 32]),
        origin: None,
    };
    commit.digest = digest_of(own.map(|own| own.digest).as_ref(), &commit, changes)?;
    insert(conn, &mut Names::default(), number, &commit, changes)?;
    Ok(commit)
}

/// Writes one change.
const INSERT_CHANGE: &str = "INSERT INTO change (\"row\", entity, field, element, device, seq, value, \
                                        erased) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";

/// Writes a commit and its changes under the number of its device.
pub(super) fn insert(
    conn: &Connection,
    names: &mut Names,
    device: i64,
    commit: &Commit,
    changes: &[Change],
) -> Result<(), StoreError> {
    insert_commit(conn, device, commit)?;
    let mut statement = conn.prepare_cached(INSERT_CHANGE)?;
    for change in changes {
        let (field, element) = split_field(&change.field);
        statement.execute((
            change.row.as_bytes(),
            names.number(conn, &change.entity)?,
            names.number(conn, field)?,
            element,
            device,
            commit.seq,
            change.value.as_ref().map(stored_value).transpose()?,
            change.erased.as_ref().map(Hash::as_bytes),
        ))?;
    }
    Ok(())
}

/// Writes a commit without its changes.
pub(super) fn insert_commit(
    conn: &Connection,
    device: i64,
    commit: &Commit,
) -> Result<(), StoreError> {
    const COMMIT: &str = "INSERT INTO \"commit\" (device, seq, time, author, wall_time, label, digest, origin) \
                          VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    const SEEN: &str =
        "INSERT INTO seen (device, other, seq, upto, digest) VALUES (?1, ?2, ?3, ?4, ?5)";
    conn.prepare_cached(COMMIT)?.execute((
        device,
        commit.seq,
        commit.time,
        &commit.author,
        &commit.wall_time,
        &commit.label,
        commit.digest.as_bytes(),
        commit.origin.as_ref().map(json).transpose()?,
    ))?;
    for (other, met) in &commit.learnt {
        let other = names::device_number(conn, other)?
            .ok_or_else(|| StoreError::Damaged(commit.name().to_string()))?;
        let bound = (device, other, commit.seq, met.seq, met.digest.as_bytes());
        conn.prepare_cached(SEEN)?.execute(bound)?;
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
    const GET: &str = "SELECT d.device, c.device AS number, c.seq, c.time, c.author, c.wall_time, c.label, c.digest, \
                       c.origin FROM \"commit\" c JOIN device d ON d.id = c.device WHERE d.device = ?1 AND c.seq = ?2";
    let mut statement = conn.prepare_cached(GET)?;
    let mut rows = statement.query((name.device.as_str(), name.seq))?;
    rows.next()?
        .map(|row| commit_from_row(conn, row))
        .transpose()
}

/// Visits every commit of a device after `after`, in order.
pub(super) fn commits_after<E: From<StoreError>>(
    conn: &Connection,
    device: &DeviceId,
    after: i64,
    mut visit: impl FnMut(Commit) -> Result<(), E>,
) -> Result<(), E> {
    const AFTER: &str = "SELECT d.device, c.device AS number, c.seq, c.time, c.author, c.wall_time, c.label, c.digest, \
                         c.origin FROM \"commit\" c JOIN device d ON d.id = c.device \
                         WHERE d.device = ?1 AND c.seq > ?2 ORDER BY c.seq";
    let mut statement = conn.prepare_cached(AFTER).map_err(StoreError::from)?;
    let mut rows = statement
        .query((device.as_str(), after))
        .map_err(StoreError::from)?;
    while let Some(row) = rows.next().map_err(StoreError::from)? {
        visit(commit_from_row(conn, row)?)?;
    }
    Ok(())
}

fn commit_from_row(conn: &Connection, row: &Row<'_>) -> Result<Commit, StoreError> {
    let seq = row.get("seq")?;
    let origin: Option<String> = row.get("origin")?;
    Ok(Commit {
        device: device_of(row)?,
        seq,
        time: row.get("time")?,
        author: row.get("author")?,
        wall_time: row.get("wall_time")?,
        label: row.get("label")?,
        learnt: learnt_by(conn, row.get("number")?, seq)?,
        digest: Hash::from_bytes(row.get("digest")?),
        origin: origin
            .map(|json| {
                serde_json::from_str(&json).map_err(|error| StoreError::Damaged(error.to_string()))
            })
            .transpose()?,
    })
}

fn learnt_by(conn: &Connection, device: i64, seq: i64) -> Result<Learnt, StoreError> {
    const LEARNT: &str = "SELECT d.device, s.upto AS seq, s.digest FROM device d \
                          JOIN seen s ON s.device = ?1 AND s.other = d.id AND s.seq = ?2";
    let mut statement = conn.prepare_cached(LEARNT)?;
    let mut rows = statement.query((device, seq))?;
    let mut learnt = Learnt::new();
    while let Some(row) = rows.next()? {
        learnt.insert(device_of(row)?, tip_from_row(row)?);
    }
    Ok(learnt)
}

/// Reads a change from its `row`, `entity`, `field`, `element`, `value` and `erased`.
pub(super) fn change_from_row(
    conn: &Connection,
    names: &mut Names,
    row: &Row<'_>,
) -> Result<Change, StoreError> {
    let field = names.text(conn, row.get("field")?)?;
    let element: String = row.get("element")?;
    let field = whole_field(field, &element);
    Ok(Change {
        entity: names.text(conn, row.get("entity")?)?.to_owned(),
        row: read_row(row.get("row")?),
        field,
        value: read_value(
            row.get_ref("value")?
                .as_str_or_null()
                .map_err(rusqlite::Error::from)?,
        )?,
        erased: row
            .get::<_, Option<[u8; 32]>>("erased")?
            .map(Hash::from_bytes),
    })
}

/// The digest of a whole carnet: equal iff the logs are equal.
pub(super) fn carnet_digest(conn: &Connection) -> Result<String, StoreError> {
    let mut hasher = blake3::Hasher::new();
    for (device, Tip { seq, digest }) in tips(conn)? {
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
    fn a_stored_value_is_read_as_json_is() {
        for json in [
            r#""""#,
            r#""laine « à deux »""#,
            r#""une \"filature\"""#,
            r#""deux\nlignes \u00e9""#,
            r#"""#,
            r#""a"b""#,
            "\"une\nligne\"",
            "true",
            "12",
            "21667.5",
            r#"["it","sl"]"#,
            "",
        ] {
            let read = read_value(Some(json)).ok().flatten();
            assert_eq!(read, serde_json::from_str(json).ok(), "{json}");
        }
        assert_eq!(read_value(None).unwrap(), None);
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
            learnt: Learnt::new(),
            digest: Hash::from_bytes([0; 32]),
            origin: None,
        };
        let bois = Some(Value::from("Bois"));
        let change = Change::new("tag", RowId::stable("tag", "bois"), "label_fr", bois);
        let digest = digest_of(None, &commit, std::slice::from_ref(&change)).unwrap();
        assert_eq!(
            digest.to_hex().as_str(),
            "d0ef45774ee62f9c2ae4a9451c7f5b002c0680e7fefba1f4494f66c598ebbb7e"
        );
        let emptied = Change {
            value: None,
            ..change.clone()
        };
        assert_ne!(digest_of(None, &commit, &[emptied]).unwrap(), digest);
        let erased = Change {
            value: None,
            erased: Some(value_digest(&Value::from("Bois")).unwrap()),
            ..change
        };
        assert_eq!(digest_of(None, &commit, &[erased]).unwrap(), digest);
    }
}
