//! Fields in which values stand side by side because their writers did not know of each other.
//!
//! A conflict is a value like another: it is shown, kept and travels; nothing waits for it to be settled.

use rusqlite::Connection;
use serde::Serialize;
use ts_rs::TS;

use super::carnet::Carnet;
use super::edit;
use super::error::{MergeError, StoreError};
use super::heads::{Stamped, heads, is_clash, shown};
use super::log::{Change, CommitRef};
use super::projection::{DELETED, FIELD_LEVELS, LEVEL, MERGED_INTO};
use super::undo::stamped;
use crate::model::{InvalidValue, RecordRef, Value, entity_def, validate};

/// One value that stands.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct Head {
    /// Who wrote it.
    pub device: String,
    /// In which of its commits.
    #[ts(type = "number")]
    pub seq: i64,
    /// How that machine is named.
    #[serde(skip)]
    #[ts(skip)]
    pub device_name: String,
    /// Which person.
    pub author: String,
    /// When, by their clock, RFC 3339.
    pub wall_time: String,
    /// What they wrote; null empties.
    #[ts(type = "string | number | boolean | string[] | null")]
    pub value: Option<Value>,
}

/// A field in which several values stand.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct Conflict {
    /// Names it as long as it stands, on every device alike.
    pub id: String,
    /// The entity.
    pub entity: String,
    /// The row.
    pub row: String,
    /// The field; `name/element` for an element of a set.
    pub field: String,
    /// The commit whose value is shown meanwhile.
    #[ts(type = "{ device: string; seq: number }")]
    pub shown: CommitRef,
    /// What stood before they parted, as far as all of them knew.
    #[serde(skip)]
    #[ts(skip)]
    pub before: Option<Value>,
    /// All of them, the shown one last.
    pub heads: Vec<Head>,
}

/// How a conflict is settled.
#[derive(Debug, Clone, PartialEq)]
pub enum Resolution {
    /// The value of this commit.
    Keep(CommitRef),
    /// Another value, as typed or as stored; nothing empties the field.
    Write(Option<Value>),
}

impl Carnet {
    /// Every conflict, of one record or of all, in the order of their records.
    pub fn conflicts(&self, of: Option<&RecordRef>) -> Result<Vec<Conflict>, StoreError> {
        const ALL: &str = "SELECT entity, \"row\", field FROM clash \
                           WHERE ?1 IS NULL OR \"row\" = ?1 ORDER BY entity, \"row\", field";
        let row = of.map(|of| of.id.to_string());
        let mut statement = self.conn.prepare_cached(ALL)?;
        let mut rows = statement.query([row])?;
        let mut conflicts = Vec::new();
        while let Some(row) = rows.next()? {
            let (entity, id, field): (String, String, String) =
                (row.get("entity")?, row.get("row")?, row.get("field")?);
            conflicts.extend(conflict(&self.conn, &entity, &id, &field)?);
        }
        Ok(conflicts)
    }

    /// How many conflicts there are.
    pub fn conflict_count(&self) -> Result<i64, StoreError> {
        Ok(self
            .conn
            .prepare_cached("SELECT count(*) FROM clash")?
            .query_row([], |row| row.get(0))?)
    }

    /// Settles a conflict with a change that has seen all its values.
    pub fn resolve(
        &mut self,
        id: &str,
        resolution: &Resolution,
        label: &str,
    ) -> Result<CommitRef, MergeError> {
        let unknown = || MergeError::NoSuchConflict(id.to_owned());
        let found = self.conflicts(None)?.into_iter().find(|one| one.id == id);
        let conflict = found.ok_or_else(unknown)?;
        let value = match resolution {
            Resolution::Keep(commit) => conflict
                .heads
                .iter()
                .find(|head| head.device == commit.device.as_str() && head.seq == commit.seq)
                .map(|head| head.value.clone())
                .ok_or_else(|| StoreError::NoSuchCommit(commit.to_string()))?,
            Resolution::Write(value) => written(&conflict, value.as_ref())?,
        };
        let row = conflict
            .row
            .parse()
            .map_err(|_| StoreError::Damaged(conflict.row.clone()))?;
        let change = Change::new(&conflict.entity, row, conflict.field.as_str(), value);
        let commit =
            self.write(|conn, writer, path| edit::commit(conn, writer, path, label, vec![change]))?;
        commit.ok_or_else(unknown)
    }

    /// Records that came back from the bin because somebody wrote in them unaware.
    pub fn revived(&self, limit: i64) -> Result<Vec<RecordRef>, StoreError> {
        let mut found = Vec::new();
        for def in crate::model::ENTITIES {
            let sql = format!(
                "SELECT id FROM \"{}\" WHERE _revived = 1 ORDER BY id LIMIT ?1",
                def.name
            );
            let mut statement = self.conn.prepare_cached(&sql)?;
            let mut rows = statement.query([limit])?;
            while let Some(row) = rows.next()? {
                let id: String = row.get("id")?;
                let parsed = id.parse().map_err(|_| StoreError::Damaged(id))?;
                found.push(RecordRef::new(def.name, parsed));
            }
        }
        Ok(found)
    }
}

/// The value that a settling writes, validated as any edit of its field.
fn written(conflict: &Conflict, value: Option<&Value>) -> Result<Option<Value>, StoreError> {
    let Some(value) = value else {
        return Ok(None);
    };
    let is_own = matches!(conflict.field.as_str(), DELETED | LEVEL | MERGED_INTO)
        || conflict.field.starts_with(FIELD_LEVELS)
        || conflict.field.contains('/');
    if is_own {
        return Ok(Some(value.clone()));
    }
    let Some((def, field)) = entity_def(&conflict.entity)
        .and_then(|def| def.field(&conflict.field).map(|field| (def, field)))
    else {
        return Ok(Some(value.clone()));
    };
    validate(field, value).map_err(|reason| {
        StoreError::Invalid(InvalidValue {
            entity: def.name,
            field: field.name.to_owned(),
            reason,
        })
    })
}

/// The conflict of one field, if its values differ.
fn conflict(
    conn: &Connection,
    entity: &str,
    row: &str,
    field: &str,
) -> Result<Option<Conflict>, StoreError> {
    let id = row
        .parse()
        .map_err(|_| StoreError::Damaged(row.to_owned()))?;
    let (all, knowledge) = stamped(conn, entity, id, field)?;
    let heads = heads(&all, &knowledge);
    if !is_clash(&heads) {
        return Ok(None);
    }
    let shared: Vec<Stamped<Option<Value>>> = all
        .iter()
        .filter(|change| heads.iter().all(|head| knowledge.has_seen(head, change)))
        .cloned()
        .collect();
    let before = shown(&shared, &knowledge).and_then(|change| change.value.clone());
    let told = heads
        .iter()
        .map(|head| told(conn, head))
        .collect::<Result<Vec<_>, _>>()?;
    let Some(last) = told.last() else {
        return Ok(None);
    };
    let shown = CommitRef {
        device: last
            .device
            .parse()
            .map_err(|_| StoreError::Damaged(last.device.clone()))?,
        seq: last.seq,
    };
    Ok(Some(Conflict {
        id: name_of(entity, row, field),
        entity: entity.to_owned(),
        row: row.to_owned(),
        field: field.to_owned(),
        shown,
        before,
        heads: told,
    }))
}

fn told(conn: &Connection, head: &Stamped<Option<Value>>) -> Result<Head, StoreError> {
    const TOLD: &str = "SELECT d.device, d.name, c.author, c.wall_time FROM \"commit\" c \
                        JOIN device d ON d.id = c.device WHERE c.device = ?1 AND c.seq = ?2";
    Ok(conn
        .prepare_cached(TOLD)?
        .query_row((head.device, head.seq), |row| {
            Ok(Head {
                device: row.get("device")?,
                seq: head.seq,
                device_name: row.get("name")?,
                author: row.get("author")?,
                wall_time: row.get("wall_time")?,
                value: head.value.clone(),
            })
        })?)
}

/// A name short enough to be typed.
fn name_of(entity: &str, row: &str, field: &str) -> String {
    let hash = blake3::hash(format!("{entity}\n{row}\n{field}").as_bytes());
    hash.to_hex()[..12].to_owned()
}
