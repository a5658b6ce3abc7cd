//! What commits that came in together changed, record by record: told before they are taken over, and ever after.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::error::StoreError;
use super::log::Change;
use super::parting;
use super::projection::{self, DELETED, MERGED_INTO};
use super::query::Title;
use super::shown::{Written, shown, shown_of};
use super::undo::stamped;
use super::unite;
use crate::messages::Language;
use crate::model::{Level, Record, RecordRef, RowId, Value, entity_def};

/// A run of commits: device, first and last number.
pub(super) type Run = (i64, i64, i64);

pub(super) fn is_in(runs: &[Run], device: i64, seq: i64) -> bool {
    runs.iter()
        .any(|(of, first, last)| *of == device && (*first..=*last).contains(&seq))
}

/// What became of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum RecordFate {
    /// It is new.
    Added,
    /// Fields of it changed.
    Changed,
    /// It went to the bin.
    Deleted,
    /// It came back from the bin.
    Restored,
    /// It was united with another one, which stands for both.
    United,
}

/// What a batch changed in one record.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct RecordChanges {
    /// The entity.
    pub entity: String,
    /// The row.
    pub id: String,
    /// How the record is named.
    pub title: String,
    /// What tells it from another of the same name.
    pub subtitle: Option<String>,
    /// What became of it.
    pub fate: RecordFate,
    /// By whom; of one that went to the bin, who put it there.
    pub authors: Vec<String>,
    /// On which machines, likewise.
    pub devices: Vec<String>,
    /// The latest of its commits, RFC 3339.
    pub wall_time: String,
    /// Field by field.
    pub fields: Vec<ChangedField>,
}

/// One field that a batch changed.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct ChangedField {
    /// The field; `name/element` for an element of a set.
    pub field: String,
    /// What showed without the batch.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "string | number | boolean | string[]")]
    pub before: Option<Value>,
    /// What shows now.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "string | number | boolean | string[]")]
    pub after: Option<Value>,
    /// Whether two values stand side by side.
    pub is_conflict: bool,
}

/// Which value of a field in conflict is told as the one after.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum After {
    /// The one that shows.
    Shown,
    /// The one that came, whichever shows until the officer chooses.
    InTheCopy,
}

/// What the core writes beside the change of another record, which is told by itself.
const TRACE: &str = "status_change";

/// Tells what changes of these commits did, record by record; they are sorted by entity, row and field.
pub(super) fn told(
    conn: &Connection,
    language: Language,
    runs: &[Run],
    changes: &[Change],
    wanted: After,
) -> Result<Vec<RecordChanges>, StoreError> {
    let mut records = Vec::new();
    for of_row in changes.chunk_by(|a, b| a.entity == b.entity && a.row == b.row) {
        let Some(first) = of_row.first() else {
            continue;
        };
        let Some(def) = entity_def(&first.entity).filter(|def| def.name != TRACE) else {
            continue;
        };
        let mut fields = Vec::new();
        let mut is_new = true;
        for change in of_row
            .chunk_by(|a, b| a.field == b.field)
            .map(|same| &same[0])
            .filter(|change| !unite::is_said_twice(&change.field))
        {
            let (all, knowledge) = stamped(conn, &change.entity, change.row, &change.field)?;
            let heads = super::heads::heads(&all, &knowledge);
            let is_conflict = super::heads::is_clash(&heads);
            let came = heads
                .iter()
                .rev()
                .find(|head| is_in(runs, head.device, head.seq))
                .filter(|_| is_conflict && wanted == After::InTheCopy);
            let (entity, field) = (change.entity.as_str(), change.field.as_str());
            let after = came.copied().or_else(|| shown_of(entity, field, &heads));
            let after = after.and_then(|head| head.value.clone());
            let rest: Vec<Written> = all
                .iter()
                .filter(|other| !is_in(runs, other.device, other.seq))
                .cloned()
                .collect();
            is_new &= rest.is_empty();
            let before = shown(entity, field, &rest, &knowledge);
            let before = before.and_then(|change| change.value.clone());
            if before != after || is_conflict {
                fields.push(ChangedField {
                    field: change.field.clone(),
                    before,
                    after,
                    is_conflict,
                });
            }
        }
        if is_new {
            is_new = !has_others(conn, first.row, runs)?;
        }
        let record = projection::record(conn, def, first.row)?;
        let is_deleted = record.as_ref().is_some_and(|record| record.is_deleted);
        let reference = RecordRef::new(def.name, first.row);
        let is_united = unite::standing(conn, &reference)? != reference;
        if !is_united && parting::is_undecided(conn, &reference)? {
            fields.retain(|change| change.field != MERGED_INTO);
            fields.push(ChangedField {
                field: MERGED_INTO.to_owned(),
                before: None,
                after: None,
                is_conflict: true,
            });
        }
        let is_of_bin = fields.iter().any(|change| change.field == DELETED);
        let fate = if is_united {
            RecordFate::United
        } else if is_deleted {
            RecordFate::Deleted
        } else if is_new {
            RecordFate::Added
        } else if is_of_bin {
            RecordFate::Restored
        } else {
            RecordFate::Changed
        };
        if fields.is_empty() {
            continue;
        }
        let is_put_in_bin = fate == RecordFate::Deleted && is_of_bin;
        let who = who(conn, first.row, runs, is_put_in_bin.then_some(DELETED))?;
        let title = super::titles::of_reference(conn, language, &reference)?;
        records.push(RecordChanges {
            entity: def.name.to_owned(),
            id: first.row.to_string(),
            subtitle: title.as_ref().and_then(|title| title.subtitle.clone()),
            title: title.map_or_else(String::new, |title| title.title),
            fate,
            authors: who.authors.into_iter().collect(),
            devices: who.devices.into_iter().collect(),
            wall_time: who.wall_time,
            fields,
        });
    }
    Ok(records)
}

/// Whether a row has changes of other commits.
fn has_others(conn: &Connection, row: RowId, runs: &[Run]) -> Result<bool, StoreError> {
    const COMMITS: &str = "SELECT DISTINCT device, seq FROM change WHERE \"row\" = ?1";
    let mut statement = conn.prepare_cached(COMMITS)?;
    let mut rows = statement.query([row.as_bytes()])?;
    while let Some(row) = rows.next()? {
        if !is_in(runs, row.get("device")?, row.get("seq")?) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Who changed a row in some commits, on which machines, and when last.
#[derive(Default)]
struct Who {
    authors: BTreeSet<String>,
    devices: BTreeSet<String>,
    wall_time: String,
}

/// `only` names the one field that counts.
fn who(conn: &Connection, row: RowId, runs: &[Run], only: Option<&str>) -> Result<Who, StoreError> {
    const WHO: &str = "SELECT DISTINCT c.device, c.seq, k.author, k.wall_time, k.time, d.name FROM change c \
                       JOIN \"commit\" k ON k.device = c.device AND k.seq = c.seq \
                       JOIN device d ON d.id = c.device WHERE c.\"row\" = ?1 \
                       AND (?2 IS NULL OR c.field = (SELECT id FROM name WHERE name = ?2)) ORDER BY k.time";
    let mut statement = conn.prepare_cached(WHO)?;
    let mut rows = statement.query((row.as_bytes(), only))?;
    let mut who = Who::default();
    while let Some(row) = rows.next()? {
        if is_in(runs, row.get("device")?, row.get("seq")?) {
            who.authors.insert(row.get("author")?);
            who.devices.insert(row.get("name")?);
            who.wall_time = row.get("wall_time")?;
        }
    }
    Ok(who)
}

/// Tells what a record was beside what it is: every field that either holds, before for today and after for then.
/// Nothing is told of one that was erased since.
pub(crate) fn side_by_side(now: Option<&Record>, then: &Record, title: Title) -> RecordChanges {
    let mut fields = Vec::new();
    let mut tell = |field: String, before: Option<Value>, after: Option<Value>| {
        if before.is_some() || after.is_some() {
            fields.push(ChangedField {
                field,
                before,
                after,
                is_conflict: false,
            });
        }
    };
    let is_erased = now.is_some_and(|now| now.is_erased);
    if !is_erased {
        let is_in_bin = now.is_some_and(|now| now.is_deleted);
        tell(
            DELETED.to_owned(),
            is_in_bin.then_some(Value::Bool(true)),
            None,
        );
        for field in entity_def(then.entity).map_or(&[][..], |def| def.fields) {
            let today = now.and_then(|now| now.value(field.name)).cloned();
            tell(
                field.name.to_owned(),
                today,
                then.value(field.name).cloned(),
            );
        }
        let code = |level: Level| Value::from(level.code());
        let today = now.and_then(|now| now.level).map(code);
        tell(projection::LEVEL.to_owned(), today, then.level.map(code));
        let nothing = BTreeMap::new();
        let levels = now.map_or(&nothing, |now| &now.field_levels);
        for field in levels
            .keys()
            .chain(then.field_levels.keys())
            .collect::<BTreeSet<_>>()
        {
            let name = format!("{}/{field}", projection::FIELD_LEVELS);
            let of = |levels: &BTreeMap<String, Level>| levels.get(field).copied().map(code);
            tell(name, of(levels), of(&then.field_levels));
        }
    }
    RecordChanges {
        entity: then.entity.to_owned(),
        id: then.id.to_string(),
        title: title.title,
        subtitle: title.subtitle,
        fate: RecordFate::Changed,
        authors: vec![then.modified_by.clone()],
        devices: Vec::new(),
        wall_time: then.modified_at.clone(),
        fields,
    }
}
