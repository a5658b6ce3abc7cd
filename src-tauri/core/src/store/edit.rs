//! Edits: what an officer does, validated, written as one commit, or refused as a whole.

use std::collections::{BTreeMap, HashSet};

use rusqlite::Connection;

use super::address;
use super::carnet::{CACHE_KIB, Carnet};
use super::erase;
use super::error::StoreError;
use super::log::{self, Change, CommitRef, Signature};
use super::over::{self, Over};
use super::projection::{self, DELETED, FIELD_LEVELS, LEVEL};
use super::rules;
use super::writer::Writer;
use crate::model::{
    EntityDef, FieldKind, FieldMap, InvalidValue, Level, Reason, Record, RecordRef, RowId, Value,
    entity_def, entity_names, validate,
};

/// Reference to the record made by an earlier edit of the same commit: `@0` is the first.
const SAME_COMMIT: char = '@';

/// Which row an edit is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowName {
    /// A new row, its identity made here.
    New,
    /// A row that every device names alike; made when it is not there.
    Stable(RowId),
    /// A row that is there.
    Existing(RowId),
}

/// One edit of one record; what is left out stays as it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Edit {
    /// Name of the entity.
    pub entity: String,
    /// Which row.
    pub row: RowName,
    /// New values, as typed or as stored; `None` empties a field.
    pub fields: FieldMap,
    /// New levels, of a field or (`*`) of the record; `None` goes back to the default.
    pub levels: BTreeMap<String, Option<Level>>,
    /// Puts the record in the bin or takes it out.
    pub is_deleted: Option<bool>,
    /// Why a status changes, for its history (domain.md §4.0).
    pub reason: Option<String>,
    /// What its author saw in the fields that it sets.
    pub over: Over,
}

impl Edit {
    /// An edit of `row` that sets nothing yet.
    pub fn of(entity: impl Into<String>, row: RowName) -> Self {
        Self {
            entity: entity.into(),
            row,
            fields: FieldMap::new(),
            levels: BTreeMap::new(),
            is_deleted: None,
            reason: None,
            over: Over::default(),
        }
    }

    /// The same edit, made of what stands now, whatever it is.
    #[must_use]
    pub fn over_what_stands(mut self) -> Self {
        self.over = Over::Now;
        self
    }

    /// The same edit that also sets a field.
    #[must_use]
    pub fn set(mut self, field: &str, value: impl Into<Value>) -> Self {
        self.fields.insert(field.to_owned(), Some(value.into()));
        self
    }
}

/// What one commit does.
#[derive(Debug, Clone, PartialEq)]
pub struct Edits {
    /// In order; references between them are `@index`.
    pub edits: Vec<Edit>,
    /// What the history calls it.
    pub label: String,
}

/// What a commit did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saved {
    /// The row of each edit, in their order.
    pub rows: Vec<RecordRef>,
    /// The commit; none when everything was already so.
    pub commit: Option<CommitRef>,
}

/// One edit, validated against what is there.
pub(super) struct Planned {
    pub(super) def: &'static EntityDef,
    pub(super) id: RowId,
    pub(super) before: Option<Record>,
    /// Values that change; `None` empties.
    pub(super) fields: BTreeMap<&'static str, Option<Value>>,
    pub(super) levels: BTreeMap<String, Option<Level>>,
    pub(super) is_deleted: Option<bool>,
    pub(super) reason: Option<String>,
}

impl Planned {
    /// The value of a field once the edit is made.
    pub(super) fn value(&self, field: &str) -> Option<&Value> {
        match self.fields.get(field) {
            Some(value) => value.as_ref(),
            None => self.before.as_ref().and_then(|before| before.value(field)),
        }
    }
}

/// Whether long work goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// It goes on.
    Continue,
    /// It stops, and leaves everything as it was.
    Cancel,
}

/// Who follows long work: told what is done out of how much.
pub(super) type Watch<'a> = &'a mut dyn FnMut(usize, usize) -> Flow;

/// Edits beyond which a commit is given room in memory: pages that do not fit are encrypted and read back again
/// and again.
const MANY_EDITS: usize = 1_000;
/// Memory for the pages of such a commit, in KiB.
const LONG_CACHE_KIB: i64 = 128 * 1024;

/// How often long work is followed, in rows.
const ROWS_BETWEEN_STEPS: usize = 128;

/// Tells that `done` of `of` is done, now and then.
pub(super) fn step(watch: Watch<'_>, done: usize, of: usize) -> Result<(), StoreError> {
    if done.is_multiple_of(ROWS_BETWEEN_STEPS) && watch(done, of) == Flow::Cancel {
        return Err(StoreError::Cancelled);
    }
    Ok(())
}

impl Carnet {
    /// Makes edits as one commit; refused as a whole when one is.
    pub fn save(&mut self, edits: Edits) -> Result<Saved, StoreError> {
        self.save_watched(edits, &mut |_, _| Flow::Continue)
    }

    /// Makes many edits as one commit; `watch` is told what is done out of how much and may stop it.
    pub fn save_watched(
        &mut self,
        edits: Edits,
        watch: &mut dyn FnMut(usize, usize) -> Flow,
    ) -> Result<Saved, StoreError> {
        let is_long = edits.edits.len() > MANY_EDITS;
        if is_long {
            self.conn
                .pragma_update(None, "cache_size", -LONG_CACHE_KIB)?;
        }
        let language = self.language;
        let saved = self.write(|conn, writer, path| {
            // Planning an edit and showing it take about as long.
            let half = edits.edits.len();
            let addressed = edits
                .edits
                .into_iter()
                .map(|edit| address::addressed(conn, language, edit))
                .collect::<Result<_, _>>()?;
            let (rows, changes) =
                plan_all(conn, writer, addressed, &mut |done, of| watch(done, of * 2))?;
            let commit = commit_watched(
                conn,
                writer,
                path,
                &edits.label,
                changes,
                &mut |done, of| watch(half + done, half + of),
            )?;
            Ok(Saved { rows, commit })
        });
        if is_long {
            self.conn.pragma_update(None, "cache_size", -CACHE_KIB)?;
        }
        saved
    }

    /// Puts a record in the bin, from where it can come back.
    pub fn delete(&mut self, reference: &RecordRef, label: &str) -> Result<Saved, StoreError> {
        self.set_deleted(reference, true, label)
    }

    /// Takes a record out of the bin.
    pub fn restore(&mut self, reference: &RecordRef, label: &str) -> Result<Saved, StoreError> {
        self.set_deleted(reference, false, label)
    }

    fn set_deleted(
        &mut self,
        reference: &RecordRef,
        is_deleted: bool,
        label: &str,
    ) -> Result<Saved, StoreError> {
        let edit = Edit {
            is_deleted: Some(is_deleted),
            ..Edit::of(&reference.entity, RowName::Existing(reference.id))
        };
        self.save(Edits {
            edits: vec![edit],
            label: label.to_owned(),
        })
    }
}

/// Appends the changes, shows them, and remembers who wrote; nothing at all for no change.
pub(super) fn commit(
    conn: &Connection,
    writer: &Writer,
    path: &std::path::Path,
    label: &str,
    changes: Vec<Change>,
) -> Result<Option<CommitRef>, StoreError> {
    commit_watched(conn, writer, path, label, changes, &mut |_, _| {
        Flow::Continue
    })
}

fn commit_watched(
    conn: &Connection,
    writer: &Writer,
    path: &std::path::Path,
    label: &str,
    mut changes: Vec<Change>,
    watch: Watch<'_>,
) -> Result<Option<CommitRef>, StoreError> {
    if changes.is_empty() {
        return Ok(None);
    }
    let device = writer.identity(conn, path)?;
    let signature = Signature {
        device: &device,
        device_name: &writer.device_name,
        author: &writer.author,
        now: writer.clock.now(),
        label,
    };
    let commit = log::append(conn, &signature, &mut changes)?;
    projection::apply(conn, &commit, &changes, watch)?;
    erase::blank_again(conn, &changes)?;
    writer.remember(path, &commit)?;
    Ok(Some(CommitRef {
        device: commit.device,
        seq: commit.seq,
    }))
}

/// The definition of an entity, or the names that look like it.
pub(super) fn known_entity(name: &str) -> Result<&'static EntityDef, StoreError> {
    entity_def(name).ok_or_else(|| StoreError::UnknownEntity {
        name: name.to_owned(),
        suggestions: crate::model::close_to(name, entity_names()),
    })
}

/// An unknown field, with the names that look like it.
pub(super) fn unknown_field(def: &EntityDef, name: &str) -> StoreError {
    StoreError::UnknownField {
        entity: def.name.to_owned(),
        name: name.to_owned(),
        suggestions: crate::model::close_to(name, def.fields.iter().map(|field| field.name)),
    }
}

/// The rows of these edits and the changes that make them, traces included.
pub(super) fn planned_changes(
    conn: &Connection,
    writer: &Writer,
    edits: Vec<Edit>,
) -> Result<(Vec<RecordRef>, Vec<Change>), StoreError> {
    plan_all(conn, writer, edits, &mut |_, _| Flow::Continue)
}

fn plan_all(
    conn: &Connection,
    writer: &Writer,
    edits: Vec<Edit>,
    watch: Watch<'_>,
) -> Result<(Vec<RecordRef>, Vec<Change>), StoreError> {
    let mut rows = SameCommit::default();
    for edit in &edits {
        let def = known_entity(&edit.entity)?;
        let id = match edit.row {
            RowName::New => new_row(writer),
            RowName::Stable(id) | RowName::Existing(id) => id,
        };
        rows.push(def.name, id);
    }
    let total = edits.len();
    let mut planned = Vec::with_capacity(total);
    for (index, edit) in edits.into_iter().enumerate() {
        step(watch, index, total)?;
        planned.push(plan(conn, edit, rows.in_order[index].id, &rows)?);
    }
    let today = writer.clock.now().format("%Y-%m-%d").to_string();
    let world = rules::World {
        conn,
        planned: &planned,
        today: &today,
    };
    let mut changes = Vec::new();
    for edit in &planned {
        rules::check(&world, edit)?;
        changes.extend(rules::traces(&world, edit, writer));
        changes.extend(changes_of(edit));
    }
    Ok((rows.in_order, changes))
}

/// The rows that the edits of one commit are about.
#[derive(Default)]
pub(super) struct SameCommit {
    pub(super) in_order: Vec<RecordRef>,
    known: HashSet<(&'static str, RowId)>,
}

impl SameCommit {
    pub(super) fn push(&mut self, entity: &'static str, id: RowId) {
        self.in_order.push(RecordRef::new(entity, id));
        self.known.insert((entity, id));
    }

    fn has(&self, entity: &str, id: RowId) -> bool {
        entity_def(entity).is_some_and(|def| self.known.contains(&(def.name, id)))
    }

    /// The value with `@index` replaced by the row that the edit of this index is about.
    fn named(&self, value: Value) -> Value {
        let named = |text: String| match text
            .strip_prefix(SAME_COMMIT)
            .and_then(|index| index.parse::<usize>().ok())
        {
            Some(index) => self.in_order.get(index).map_or(text, ToString::to_string),
            None => text,
        };
        match value {
            Value::Text(text) if text.starts_with(SAME_COMMIT) => Value::Text(named(text)),
            Value::List(elements) => Value::List(elements.into_iter().map(named).collect()),
            other => other,
        }
    }
}

/// A new identity, made now.
pub(super) fn new_row(writer: &Writer) -> RowId {
    let random = uuid::Uuid::new_v4();
    let mut randomness = [0; 10];
    randomness.copy_from_slice(&random.as_bytes()[..10]);
    RowId::new(
        u64::try_from(writer.clock.now().timestamp_millis()).unwrap_or_default(),
        randomness,
    )
}

/// Validates an edit against what is there; `rows` are those of its commit.
pub(super) fn plan(
    conn: &Connection,
    edit: Edit,
    id: RowId,
    rows: &SameCommit,
) -> Result<Planned, StoreError> {
    let def = known_entity(&edit.entity)?;
    let before = match edit.row {
        RowName::New => None,
        _ => projection::record(conn, def, id)?,
    };
    if before.is_none() && matches!(edit.row, RowName::Existing(_)) {
        return Err(StoreError::NotFound(RecordRef::new(def.name, id)));
    }
    if before.as_ref().is_some_and(|before| before.is_erased) && !edit.fields.is_empty() {
        return Err(StoreError::NotFound(RecordRef::new(def.name, id)));
    }
    let erased = match before {
        Some(_) if !edit.fields.is_empty() => erase::erased_fields(conn, def.name, id)?,
        _ => Vec::new(),
    };
    let mut fields = BTreeMap::new();
    for (name, given) in edit.fields {
        let field = def.field(&name).ok_or_else(|| unknown_field(def, &name))?;
        let invalid = |reason| {
            StoreError::Invalid(InvalidValue {
                entity: def.name,
                field: field.name.to_owned(),
                reason,
            })
        };
        let value = match given {
            Some(given) if is_link(field.kind) => {
                validate(field, &rows.named(given)).map_err(invalid)?
            }
            Some(given) => validate(field, &given).map_err(invalid)?,
            None => None,
        };
        let old = before.as_ref().and_then(|before| before.value(field.name));
        let value = edit.over.on_what_stands(field, value, old);
        if value.as_ref() == old {
            continue;
        }
        if value.is_none() && field.is_required {
            return Err(invalid(Reason::Required));
        }
        if erased.contains(&name) {
            return Err(invalid(Reason::Rule("erased")));
        }
        if let Some(value) = &value {
            check_targets(conn, field.kind, value, old, rows).map_err(|error| match error {
                Missing::Record(reference) => invalid(Reason::NoSuchRecord(reference)),
                Missing::Store(error) => error,
            })?;
        }
        fields.insert(field.name, value);
    }
    if before.is_none() {
        erase::refuse_of_erased(conn, def, &fields)?;
        let missing = def
            .fields
            .iter()
            .find(|field| field.is_required && !fields.contains_key(field.name));
        if let Some(field) = missing {
            let reason = Reason::Required;
            return Err(InvalidValue {
                entity: def.name,
                field: field.name.to_owned(),
                reason,
            }
            .into());
        }
    }
    for name in edit.levels.keys().filter(|name| *name != "*") {
        def.field(name).ok_or_else(|| unknown_field(def, name))?;
    }
    let planned = Planned {
        def,
        id,
        before,
        fields,
        levels: edit.levels,
        is_deleted: edit.is_deleted,
        reason: edit.reason,
    };
    over::refuse_unseen(conn, &edit.over, &planned)?;
    Ok(planned)
}

/// Whether a field names records: only there is `@index` one of the same commit.
fn is_link(kind: FieldKind) -> bool {
    kind.target().is_some() || matches!(kind, FieldKind::AnyRef | FieldKind::AnyRefs)
}

enum Missing {
    Record(String),
    Store(StoreError),
}

/// Whether what a new value refers to is in the carnet or in the same commit.
fn check_targets(
    conn: &Connection,
    kind: FieldKind,
    value: &Value,
    old: Option<&Value>,
    rows: &SameCommit,
) -> Result<(), Missing> {
    let check = |entity: &str, id: RowId, given: &str| {
        if rows.has(entity, id) {
            return Ok(());
        }
        let sql = format!("SELECT 1 FROM \"{entity}\" WHERE id = ?1");
        let is_there = conn
            .prepare_cached(&sql)
            .and_then(|mut statement| statement.exists([id.to_string()]))
            .map_err(|error| Missing::Store(error.into()))?;
        if is_there {
            Ok(())
        } else {
            Err(Missing::Record(given.to_owned()))
        }
    };
    let one = |text: &str| match kind {
        FieldKind::Ref(entity) | FieldKind::Refs(entity) => {
            text.parse().map_or(Ok(()), |id| check(entity, id, text))
        }
        FieldKind::AnyRef | FieldKind::AnyRefs => {
            text.parse().map_or(Ok(()), |reference: RecordRef| {
                check(&reference.entity, reference.id, text)
            })
        }
        _ => Ok(()),
    };
    match value {
        Value::Text(text) => one(text),
        Value::List(elements) => {
            let kept = old.map_or(&[][..], Value::elements);
            elements
                .iter()
                .filter(|element| !kept.contains(element))
                .try_for_each(|element| one(element))
        }
        _ => Ok(()),
    }
}

/// The changes of the log that make a planned edit; each element of a set is a change of its own.
pub(super) fn changes_of(planned: &Planned) -> Vec<Change> {
    let mut changes = Vec::new();
    let mut push = |field: String, value: Option<Value>| {
        changes.push(Change::new(planned.def.name, planned.id, field, value));
    };
    for (name, value) in &planned.fields {
        let is_list = planned
            .def
            .field(name)
            .is_some_and(|field| field.kind.is_list());
        if !is_list {
            push((*name).to_owned(), value.clone());
            continue;
        }
        let before = planned
            .before
            .as_ref()
            .map_or(&[][..], |before| before.elements(name));
        let after = value.as_ref().map_or(&[][..], Value::elements);
        for element in after.iter().filter(|element| !before.contains(element)) {
            push(format!("{name}/{element}"), Some(Value::Bool(true)));
        }
        for element in before.iter().filter(|element| !after.contains(element)) {
            push(format!("{name}/{element}"), None);
        }
    }
    for (name, level) in &planned.levels {
        let old = planned
            .before
            .as_ref()
            .and_then(|before| match name.as_str() {
                "*" => before.level,
                field => before.field_levels.get(field).copied(),
            });
        if *level != old {
            let field = if name == "*" {
                LEVEL.to_owned()
            } else {
                format!("{FIELD_LEVELS}/{name}")
            };
            push(field, level.map(|level| Value::from(level.code())));
        }
    }
    if let Some(is_deleted) = planned.is_deleted
        && planned
            .before
            .as_ref()
            .is_some_and(|before| before.is_deleted != is_deleted || before.is_revived)
    {
        push(DELETED.to_owned(), is_deleted.then_some(Value::Bool(true)));
    }
    changes
}
