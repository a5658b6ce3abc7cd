//! Fields in which values stand side by side because their writers did not know of each other.
//!
//! A conflict is a value like another: it is shown, kept and travels; nothing waits for it to be settled. On the copy
//! where it was typed, a value that its author may not write over what stands is one more side of it (`typed`).

use rusqlite::Connection;
use serde::Serialize;
use ts_rs::TS;

use super::carnet::Carnet;
use super::edit::{self, Edit, RowName};
use super::error::{MergeError, StoreError};
use super::heads::{Stamped, heads, is_clash};
use super::log::{Change, CommitRef};
use super::names::{split_field, whole_field};
use super::over;
use super::parting;
use super::projection::{self, DELETED, FIELD_LEVELS, GIVEN_UP, LEVEL, MERGED_INTO};
use super::shown::{Written, shown, shown_of};
use super::typed::{self, Typed};
use super::undo::stamped;
use super::writer::Writer;
use crate::model::{
    EntityDef, FieldDef, FieldKind, InvalidValue, Level, Reason, RecordRef, RowId, Value,
    entity_def, validate,
};

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
    /// What was typed in this copy and waits beside them; looked for by [`Carnet::to_settle`] alone.
    #[serde(skip)]
    #[ts(skip)]
    pub typed: Vec<Typed>,
}

impl Conflict {
    /// The standing values that are sides of it for whoever typed on `here`: not the one that their typing began with,
    /// where it is their own and there is another.
    pub fn sides(&self, here: &str) -> Vec<&Head> {
        let goes_on = |head: &&Head| {
            head.device == here && self.typed.iter().any(|one| one.over == head.value)
        };
        let sides: Vec<&Head> = self.heads.iter().filter(|head| !goes_on(head)).collect();
        if sides.is_empty() {
            self.heads.iter().collect()
        } else {
            sides
        }
    }

    /// The commits whose values stand.
    pub fn standing(&self) -> Result<Vec<CommitRef>, StoreError> {
        self.heads.iter().map(commit_of).collect()
    }
}

fn commit_of(head: &Head) -> Result<CommitRef, StoreError> {
    let damaged = |_| StoreError::Damaged(head.device.clone());
    Ok(CommitRef {
        device: head.device.parse().map_err(damaged)?,
        seq: head.seq,
    })
}

/// Entity, row and field.
type Place = (String, String, String);

/// How a conflict is settled.
#[derive(Debug, Clone, PartialEq)]
pub enum Resolution {
    /// The value of this commit.
    Keep(CommitRef),
    /// The value that was typed here under this name.
    Typed(i64),
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

    /// The same with what was typed in this copy and waits: all that somebody must choose of.
    pub fn to_settle(&self, of: Option<&RecordRef>) -> Result<Vec<Conflict>, StoreError> {
        let mut all = self.conflicts(of)?;
        let row = of.map(|of| of.id.to_string());
        for (entity, row, field) in typed::places(&self.conn, row.as_deref())? {
            let Some(found) = with_typed(&self.conn, &entity, &row, &field)? else {
                continue;
            };
            match all.iter_mut().find(|one| one.id == found.id) {
                Some(one) => *one = found,
                None => all.push(found),
            }
        }
        let place = |one: &Conflict| (one.entity.clone(), one.row.clone(), one.field.clone());
        all.sort_by_cached_key(place);
        Ok(all)
    }

    /// What is to be settled under this name: its entity, row and field.
    pub fn place_of(&self, id: &str) -> Result<Option<Place>, StoreError> {
        const CLASHES: &str = "SELECT entity, \"row\", field FROM clash";
        let mut places = typed::places(&self.conn, None)?;
        let mut statement = self.conn.prepare_cached(CLASHES)?;
        let clashes = statement.query_map([], |row| {
            Ok((row.get("entity")?, row.get("row")?, row.get("field")?))
        })?;
        places.extend(clashes.collect::<rusqlite::Result<Vec<Place>>>()?);
        let is_it = |(entity, row, field): &Place| name_of(entity, row, field) == id;
        Ok(places.into_iter().find(is_it))
    }

    /// The fields of a record in which several values stand, as the log names them.
    pub(crate) fn clashing_fields(&self, record: &RecordRef) -> Result<Vec<String>, StoreError> {
        over::clashes(&self.conn, &record.entity, record.id)
    }

    /// Settles a conflict with a change that has seen all its values; held to what any edit of its field is.
    pub fn resolve(
        &mut self,
        id: &str,
        resolution: &Resolution,
        label: &str,
    ) -> Result<CommitRef, MergeError> {
        let unknown = || MergeError::NoSuchConflict(id.to_owned());
        let (entity, row, field) = self.place_of(id)?.ok_or_else(unknown)?;
        let conflict = conflict(&self.conn, &entity, &row, &field)?.ok_or_else(unknown)?;
        let commit = self.write(|conn, writer, path| {
            let changes = chosen(conn, writer, &conflict, resolution)?;
            edit::commit(conn, writer, path, label, changes)
        })?;
        commit.ok_or_else(unknown)
    }

    /// Settles what [`Carnet::to_settle`] tells of, for somebody who was `shown` the values of these commits: refused
    /// where another one stands by now. What was typed here and is not kept goes to the history, under `label_of_typed`.
    pub fn resolve_shown(
        &mut self,
        id: &str,
        shown: &[CommitRef],
        resolution: &Resolution,
        (label, label_of_typed): (&str, &str),
    ) -> Result<CommitRef, MergeError> {
        let unknown = || MergeError::NoSuchConflict(id.to_owned());
        let (entity, row, field) = self.place_of(id)?.ok_or_else(unknown)?;
        self.write(|conn, writer, path| {
            let conflict = with_typed(conn, &entity, &row, &field)?;
            let conflict = conflict.ok_or_else(unknown)?;
            if conflict.standing()?.iter().any(|one| !shown.contains(one)) {
                return Err(MergeError::Store(StoreError::Unseen {
                    entity: conflict.entity,
                    field: split_field(&conflict.field).0.to_owned(),
                }));
            }
            let keeps = |typed: &&Typed| *resolution == Resolution::Typed(typed.number);
            for typed in conflict.typed.iter().filter(|typed| !keeps(typed)) {
                // Given up: kept as it was typed, whatever the rules say of it; the choice comes over it.
                let damaged = |_| StoreError::Damaged(conflict.row.clone());
                let row = conflict.row.parse().map_err(damaged)?;
                let change = |field: &str, value| Change::new(&conflict.entity, row, field, value);
                let given_up = whole_field(GIVEN_UP, &conflict.field);
                let changes = vec![
                    change(&conflict.field, typed.value.clone()),
                    change(&given_up, Some(Value::Bool(true))),
                ];
                edit::commit(conn, writer, path, label_of_typed, changes)?;
            }
            let changes = chosen(conn, writer, &conflict, resolution)?;
            let commit = edit::commit(conn, writer, path, label, changes)?;
            typed::forget(conn, &typed::waiting(conn, &entity, &row, &field)?)?;
            commit.ok_or_else(unknown)
        })
    }
}

/// The changes that settle a conflict as somebody chose.
fn chosen(
    conn: &Connection,
    writer: &Writer,
    conflict: &Conflict,
    resolution: &Resolution,
) -> Result<Vec<Change>, StoreError> {
    let value = match resolution {
        Resolution::Keep(commit) => {
            let is_it =
                |head: &&Head| head.device == commit.device.as_str() && head.seq == commit.seq;
            let head = conflict.heads.iter().find(is_it);
            let head = head.ok_or_else(|| StoreError::NoSuchCommit(commit.to_string()))?;
            head.value.clone()
        }
        Resolution::Typed(number) => {
            let typed = conflict.typed.iter().find(|one| one.number == *number);
            let typed = typed.ok_or_else(|| StoreError::NoSuchCommit(number.to_string()))?;
            typed.value.clone()
        }
        Resolution::Write(value) => value.clone(),
    };
    let is_union = conflict.field == MERGED_INTO;
    if let (true, Some(def), Ok(row)) =
        (is_union, entity_def(&conflict.entity), conflict.row.parse())
        && let Some(Value::Text(into)) = older_record(conn, def, row, value.clone())?
    {
        let into = into.parse().map_err(|_| StoreError::Damaged(into))?;
        let [record, into] = [row, into].map(|row| RecordRef::new(def.name, row));
        return parting::united_after_all(conn, writer, &record, &into);
    }
    let mut changes = if matches!(resolution, Resolution::Keep(_)) {
        kept(conn, writer, conflict, value)?
    } else {
        settling(conn, writer, conflict, value)?
    };
    if let (MERGED_INTO, Ok(row)) = (conflict.field.as_str(), conflict.row.parse()) {
        let record = RecordRef::new(&*conflict.entity, row);
        changes.extend(parting::companions_apart(conn, &record)?);
    }
    Ok(changes)
}

/// The changes that settle a conflict with a value that somebody wrote: what a later version knows and this one
/// does not may stand, and the rules hold all the same.
fn kept(
    conn: &Connection,
    writer: &Writer,
    conflict: &Conflict,
    value: Option<Value>,
) -> Result<Vec<Change>, StoreError> {
    match settling(conn, writer, conflict, value.clone()) {
        Err(StoreError::Invalid(invalid)) if !matches!(invalid.reason, Reason::Rule(_)) => {
            let (row, field) = (row_of(conflict)?, conflict.field.as_str());
            Ok(vec![Change::new(&conflict.entity, row, field, value)])
        }
        settled => settled,
    }
}

/// The changes that settle a conflict: those of an edit of its field, which says so even where it changes nothing
/// of what is shown.
fn settling(
    conn: &Connection,
    writer: &Writer,
    conflict: &Conflict,
    value: Option<Value>,
) -> Result<Vec<Change>, StoreError> {
    let (row, field) = (row_of(conflict)?, conflict.field.as_str());
    let change = |value| Change::new(&conflict.entity, row, field, value);
    let Some(def) = entity_def(&conflict.entity) else {
        return Ok(vec![change(value)]);
    };
    let mut edit = Edit::of(def.name, RowName::Existing(row)).over_what_stands();
    let (name, element) = split_field(field);
    let value = match (name, def.field(name)) {
        (DELETED, _) => {
            let is_deleted = is_yes(value.as_ref()).map_err(refused(def, field))?;
            edit.is_deleted = Some(is_deleted);
            is_deleted.then_some(Value::Bool(true))
        }
        (LEVEL | FIELD_LEVELS, _) => {
            let level = level(value.as_ref()).map_err(refused(def, field))?;
            let of = if name == LEVEL { "*" } else { element };
            if name == LEVEL || def.field(of).is_some() {
                edit.levels.insert(of.to_owned(), level);
            }
            level.map(|level| Value::from(level.code()))
        }
        (MERGED_INTO, _) => older_record(conn, def, row, value)?,
        (_, Some(defined)) if defined.kind.is_list() => {
            let is_in = is_yes(value.as_ref()).map_err(refused(def, field))?;
            let record = projection::record(conn, def, row)?;
            let mut elements =
                record.map_or_else(Vec::new, |record| record.elements(name).to_vec());
            elements.retain(|one| one != element);
            if is_in {
                elements.push(element.to_owned());
            }
            let all = Some(Value::List(elements));
            edit.fields.insert(name.to_owned(), all);
            is_in.then_some(Value::Bool(true))
        }
        (_, Some(defined)) => {
            let value = match value {
                Some(value) => validate(defined, &value).map_err(refused(def, field))?,
                None => None,
            };
            if value.is_none() && defined.is_required {
                return Err(refused(def, field)(Reason::Required));
            }
            edit.fields.insert(name.to_owned(), value.clone());
            value
        }
        (_, None) => value,
    };
    let (_, mut changes) = edit::planned_changes(conn, writer, vec![edit])?;
    let says_it = |one: &Change| one.row == row && one.entity == def.name && one.field == field;
    if !changes.iter().any(says_it) {
        changes.push(change(value));
    }
    Ok(changes)
}

fn row_of(conflict: &Conflict) -> Result<RowId, StoreError> {
    let damaged = |_| StoreError::Damaged(conflict.row.clone());
    conflict.row.parse().map_err(damaged)
}

fn refused(def: &EntityDef, field: &str) -> impl Fn(Reason) -> StoreError {
    let (entity, field) = (def.name, field.to_owned());
    move |reason| {
        InvalidValue {
            entity,
            field: field.clone(),
            reason,
        }
        .into()
    }
}

/// Yes or no, as typed or as stored; nothing is no.
fn is_yes(value: Option<&Value>) -> Result<bool, Reason> {
    const YES_OR_NO: FieldDef = FieldDef {
        name: "",
        kind: FieldKind::Bool,
        level: None,
        group: "",
        is_required: false,
        is_brief: false,
    };
    let read = value.map_or(Ok(None), |value| validate(&YES_OR_NO, value))?;
    Ok(read.is_some_and(|read| read.is_true()))
}

/// A level by its code; nothing goes back to the default.
fn level(value: Option<&Value>) -> Result<Option<Level>, Reason> {
    let code = match value {
        None => return Ok(None),
        Some(value) => value.as_text().ok_or(Reason::WrongShape)?.trim(),
    };
    if code.is_empty() {
        return Ok(None);
    }
    let level = Level::from_code(code).ok_or_else(|| Reason::UnknownCode {
        code: code.to_owned(),
        enumeration: "confidentiality_level",
        suggestions: Level::CHOICES.map(|one| one.code().to_owned()).to_vec(),
    })?;
    Ok(Some(level))
}

/// The row of an older record of the same entity, in which a record is united; nothing parts them.
fn older_record(
    conn: &Connection,
    def: &'static EntityDef,
    row: RowId,
    value: Option<Value>,
) -> Result<Option<Value>, StoreError> {
    let Some(value) = value else { return Ok(None) };
    let refused = refused(def, MERGED_INTO);
    let text = value.as_text().ok_or_else(|| refused(Reason::WrongShape))?;
    let bare = text.split_once('/').map_or(text, |(_, id)| id);
    let into: RowId = bare
        .parse()
        .map_err(|_| refused(Reason::NotAReference(text.to_owned())))?;
    if into >= row || projection::record(conn, def, into)?.is_none() {
        return Err(refused(Reason::NoSuchRecord(text.to_owned())));
    }
    Ok(Some(Value::Text(into.to_string())))
}

/// The conflict of one field, if its values differ.
pub(super) fn conflict(
    conn: &Connection,
    entity: &str,
    row: &str,
    field: &str,
) -> Result<Option<Conflict>, StoreError> {
    let found = standing(conn, entity, row, field)?;
    Ok(found.and_then(|(conflict, is_clash)| is_clash.then_some(conflict)))
}

/// Whether words wait in a record that say something else than what stands.
pub(super) fn has_waiting(conn: &Connection, row: &str) -> Result<bool, StoreError> {
    for (entity, row, field) in typed::places(conn, Some(row))? {
        if with_typed(conn, &entity, &row, &field)?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The conflict of one field with what was typed in it here and waits, unless all of them say the same.
pub(super) fn with_typed(
    conn: &Connection,
    entity: &str,
    row: &str,
    field: &str,
) -> Result<Option<Conflict>, StoreError> {
    let Some((mut conflict, is_clash)) = standing(conn, entity, row, field)? else {
        return Ok(None);
    };
    let stands = |typed: &Typed| conflict.heads.iter().any(|head| head.value == typed.value);
    let mut typed = typed::waiting(conn, entity, row, field)?;
    typed.retain(|one| !stands(one));
    conflict.typed = typed;
    if !is_clash {
        conflict.before = conflict.typed.first().and_then(|one| one.over.clone());
    }
    Ok((is_clash || !conflict.typed.is_empty()).then_some(conflict))
}

/// What stands in one field, with what stood before its values parted, and whether they differ.
fn standing(
    conn: &Connection,
    entity: &str,
    row: &str,
    field: &str,
) -> Result<Option<(Conflict, bool)>, StoreError> {
    let id = row
        .parse()
        .map_err(|_| StoreError::Damaged(row.to_owned()))?;
    let (all, knowledge) = stamped(conn, entity, id, field)?;
    let mut heads = heads(&all, &knowledge);
    let unaware = if field == MERGED_INTO {
        parting::unaware_edits(conn, entity, id, &all)?
    } else {
        Vec::new()
    };
    let is_conflict = is_clash(&heads) || !unaware.is_empty();
    // The one that shows comes last.
    if let Some(shown) = shown_of(entity, field, &heads) {
        let at = heads.iter().position(|head| std::ptr::eq(*head, shown));
        let shown = heads.remove(at.unwrap_or(heads.len() - 1));
        heads.push(shown);
    }
    let shared: Vec<Written> = all
        .iter()
        .filter(|change| heads.iter().all(|head| knowledge.has_seen(head, change)))
        .cloned()
        .collect();
    let before = shown(entity, field, &shared, &knowledge);
    let before = before.and_then(|change| change.value.clone());
    // What shows is that the record is apart.
    heads.extend(&unaware);
    let told = heads
        .iter()
        .map(|head| told(conn, head))
        .collect::<Result<Vec<_>, _>>()?;
    let Some(last) = told.last() else {
        return Ok(None);
    };
    let conflict = Conflict {
        id: name_of(entity, row, field),
        entity: entity.to_owned(),
        row: row.to_owned(),
        field: field.to_owned(),
        shown: commit_of(last)?,
        before,
        heads: told,
        typed: Vec::new(),
    };
    Ok(Some((conflict, is_conflict)))
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
