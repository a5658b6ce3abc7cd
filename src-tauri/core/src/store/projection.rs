//! The projection: what the log says, one table per entity, ready to read.
//!
//! Written only from changes of the log, by `apply` as they come and by `replay` from nothing; both give the
//! same rows. Entities and fields that this version does not know stay in the log and are passed over here.

use std::collections::BTreeMap;
use std::rc::Rc;

use rusqlite::types::Value as Sql;
use rusqlite::{Connection, OptionalExtension, Row, params_from_iter};

use super::edit::{Watch, step};
use super::error::StoreError;
use super::heads::{Stamped, shown};
use super::log::{self, Change, Commit};
use super::search::Words;
use super::{schema, search};
use crate::model::{EntityDef, FieldDef, FieldKind, Level, Record, RowId, Value, entity_def};

/// Field of the log that puts a record in the bin.
pub(super) const DELETED: &str = "deleted";
/// Field of the log that holds the level of a record.
pub(super) const LEVEL: &str = "confidentiality";
/// First part of the fields of the log that hold the level of one field.
pub(super) const FIELD_LEVELS: &str = "field_levels";

/// Where a change of the log goes in the projection.
enum Place<'a> {
    Deleted,
    Level,
    FieldLevel(&'a str),
    Column(&'static FieldDef),
    Element(&'static FieldDef, &'a str),
}

fn place<'a>(def: &EntityDef, field: &'a str) -> Option<Place<'a>> {
    match (field, field.split_once('/')) {
        (DELETED, _) => Some(Place::Deleted),
        (LEVEL, _) => Some(Place::Level),
        (_, Some((FIELD_LEVELS, name))) => Some(Place::FieldLevel(name)),
        (_, Some((name, element))) => def
            .field(name)
            .filter(|field| field.kind.is_list())
            .map(|field| Place::Element(field, element)),
        (name, None) => def
            .field(name)
            .filter(|field| !field.kind.is_list())
            .map(Place::Column),
    }
}

/// When a row was made or changed, and by whom.
#[derive(Clone)]
struct Stamp {
    order: (i64, String),
    wall_time: String,
    author: String,
}

impl Stamp {
    fn of(commit: &Commit) -> Self {
        Self {
            order: (commit.time, commit.device.as_str().to_owned()),
            wall_time: commit.wall_time.clone(),
            author: commit.author.clone(),
        }
    }
}

/// Applies one commit of this device, which has seen everything: each of its changes is what shows now.
///
/// `changes` are sorted by entity, row and field.
pub(super) fn apply(
    conn: &Connection,
    commit: &Commit,
    changes: &[Change],
    watch: Watch<'_>,
) -> Result<(), StoreError> {
    let stamp = Stamp::of(commit);
    let rows: Vec<&[Change]> = changes
        .chunk_by(|a, b| a.entity == b.entity && a.row == b.row)
        .collect();
    let total = rows.len();
    for (done, of_row) in rows.into_iter().enumerate() {
        step(watch, done, total)?;
        let Some(first) = of_row.first() else {
            continue;
        };
        let Some(def) = entity_def(&first.entity) else {
            continue;
        };
        let values: Vec<(&str, Option<&Value>)> = of_row
            .iter()
            .map(|change| (change.field.as_str(), change.value.as_ref()))
            .collect();
        write_row(conn, def, &first.row, &values, None, &stamp)?;
    }
    Ok(())
}

/// Writes the given fields of one row, which is made first when it is not there; `created` is given by a replay.
fn write_row(
    conn: &Connection,
    def: &EntityDef,
    row: &str,
    values: &[(&str, Option<&Value>)],
    created: Option<&Stamp>,
    modified: &Stamp,
) -> Result<(), StoreError> {
    let made = created.unwrap_or(modified);
    let mut columns: Vec<(String, Sql)> = vec![
        ("_modified_at".into(), Sql::Text(modified.wall_time.clone())),
        ("_modified_by".into(), Sql::Text(modified.author.clone())),
    ];
    let mut field_levels: Option<BTreeMap<String, String>> = None;
    for (field, value) in values {
        match place(def, field) {
            Some(Place::Deleted) => {
                columns.push((
                    "_deleted".into(),
                    Sql::Integer(i64::from(value.is_some_and(Value::is_true))),
                ));
            }
            Some(Place::Level) => columns.push(("_level".into(), column_value(*value))),
            Some(Place::FieldLevel(name)) => {
                let levels = match &mut field_levels {
                    Some(levels) => levels,
                    none => none.insert(stored_field_levels(conn, def, row)?),
                };
                match value.and_then(|value| value.as_text()) {
                    Some(level) => levels.insert(name.to_owned(), level.to_owned()),
                    None => levels.remove(name),
                };
            }
            Some(Place::Column(field)) => {
                columns.push((field.name.to_owned(), column_value(*value)))
            }
            Some(Place::Element(field, element)) => {
                set_element(
                    conn,
                    def,
                    row,
                    field,
                    element,
                    value.is_some_and(Value::is_true),
                )?;
            }
            None => {}
        }
    }
    if let Some(levels) = field_levels {
        let json = serde_json::to_string(&levels)
            .map_err(|error| StoreError::Damaged(error.to_string()))?;
        columns.push((
            "_field_levels".into(),
            if levels.is_empty() {
                Sql::Null
            } else {
                Sql::Text(json)
            },
        ));
    }
    let is_new = created.is_some() || !is_there(conn, def, row)?;
    if is_new {
        return insert_row(conn, def, row, values, columns, made);
    }
    upsert(conn, def, row, &columns, made)?;
    let is_word = |field: &str| {
        field == DELETED || def.field(field).is_some_and(|field| field.kind.is_words())
    };
    if values.iter().any(|(field, _)| is_word(field)) {
        search::index_row(conn, def, row)?;
    }
    Ok(())
}

fn is_there(conn: &Connection, def: &EntityDef, row: &str) -> Result<bool, StoreError> {
    let sql = format!("SELECT 1 FROM \"{}\" WHERE id = ?1", def.name);
    Ok(conn.prepare_cached(&sql)?.exists([row])?)
}

/// Writes a row that is not there yet: its words are those at hand.
fn insert_row(
    conn: &Connection,
    def: &EntityDef,
    row: &str,
    values: &[(&str, Option<&Value>)],
    mut columns: Vec<(String, Sql)>,
    made: &Stamp,
) -> Result<(), StoreError> {
    let word = |name: &str| {
        let given = values.iter().find(|(field, _)| *field == name);
        given.and_then(|(_, value)| *value).and_then(Value::as_text)
    };
    let words = Words::of(def, word);
    columns.push(("_title".into(), Sql::Text(words.title.clone())));
    upsert(conn, def, row, &columns, made)?;
    let is_deleted = values
        .iter()
        .any(|(field, value)| *field == DELETED && value.is_some_and(Value::is_true));
    if is_deleted || words.is_empty() {
        return Ok(());
    }
    search::add_row(conn, def, row, &words)
}

fn upsert(
    conn: &Connection,
    def: &EntityDef,
    row: &str,
    columns: &[(String, Sql)],
    made: &Stamp,
) -> Result<(), StoreError> {
    let names: String = columns
        .iter()
        .map(|(name, _)| format!(", \"{name}\""))
        .collect();
    let marks: String = (0..columns.len())
        .map(|index| format!(", ?{}", index + 4))
        .collect();
    let sets: Vec<String> = columns
        .iter()
        .map(|(name, _)| format!("\"{name}\" = excluded.\"{name}\""))
        .collect();
    let sql = format!(
        "INSERT INTO \"{}\" (id, _created_at, _created_by{names}) VALUES (?1, ?2, ?3{marks}) \
         ON CONFLICT (id) DO UPDATE SET {}",
        def.name,
        sets.join(", ")
    );
    let fixed =
        [row, made.wall_time.as_str(), made.author.as_str()].map(|text| Sql::Text(text.to_owned()));
    let bound = fixed
        .into_iter()
        .chain(columns.iter().map(|(_, value)| value.clone()));
    conn.prepare_cached(&sql)?
        .execute(params_from_iter(bound))?;
    Ok(())
}

fn column_value(value: Option<&Value>) -> Sql {
    match value {
        None | Some(Value::List(_)) => Sql::Null,
        Some(Value::Bool(is_true)) => Sql::Integer(i64::from(*is_true)),
        Some(Value::Int(number)) => Sql::Integer(*number),
        Some(Value::Num(number)) => Sql::Real(*number),
        Some(Value::Text(text)) => Sql::Text(text.clone()),
    }
}

fn set_element(
    conn: &Connection,
    def: &EntityDef,
    row: &str,
    field: &FieldDef,
    element: &str,
    is_in: bool,
) -> Result<(), StoreError> {
    const ADD: &str =
        "INSERT OR IGNORE INTO element (\"row\", field, value, entity) VALUES (?1, ?2, ?3, ?4)";
    const REMOVE: &str = "DELETE FROM element WHERE \"row\" = ?1 AND field = ?2 AND value = ?3";
    if is_in {
        conn.prepare_cached(ADD)?
            .execute((row, field.name, element, def.name))?;
    } else {
        conn.prepare_cached(REMOVE)?
            .execute((row, field.name, element))?;
    }
    Ok(())
}

fn stored_field_levels(
    conn: &Connection,
    def: &EntityDef,
    row: &str,
) -> Result<BTreeMap<String, String>, StoreError> {
    let sql = format!("SELECT _field_levels FROM \"{}\" WHERE id = ?1", def.name);
    let json: Option<Option<String>> = conn
        .prepare_cached(&sql)?
        .query_row([row], |row| row.get("_field_levels"))
        .optional()?;
    match json.flatten() {
        Some(json) => {
            serde_json::from_str(&json).map_err(|error| StoreError::Damaged(error.to_string()))
        }
        None => Ok(BTreeMap::new()),
    }
}

/// Columns of a whole record, for `record_from_row`.
pub(super) fn record_columns(def: &EntityDef) -> String {
    let mut columns = String::from(
        "t.id, t._level, t._field_levels, t._created_at, t._created_by, t._modified_at, t._modified_by, t._deleted",
    );
    for field in def
        .fields
        .iter()
        .filter(|field| schema::column_type(field.kind).is_some())
    {
        columns.push_str(", t.\"");
        columns.push_str(field.name);
        columns.push('"');
    }
    columns
}

/// Columns that `record_columns` names before those of the entity's own fields.
const OWN_COLUMNS_FROM: usize = 8;

/// Reads a record from a row with the columns of `record_columns`; the sets are read apart.
///
/// The fields are read by position: looking forty names up in each of ten thousand rows takes longer than all else.
pub(super) fn record_from_row(
    conn: &Connection,
    def: &'static EntityDef,
    row: &Row<'_>,
) -> Result<Record, StoreError> {
    let id: String = row.get("id")?;
    let mut fields = BTreeMap::new();
    let columns = def
        .fields
        .iter()
        .filter(|field| schema::column_type(field.kind).is_some());
    for (position, field) in columns.enumerate() {
        if let Some(value) = value_of(field.kind, row.get(OWN_COLUMNS_FROM + position)?) {
            fields.insert(field.name.to_owned(), value);
        }
    }
    read_elements(conn, def, &id, &mut fields)?;
    let field_levels: Option<String> = row.get("_field_levels")?;
    let field_levels: BTreeMap<String, String> = match field_levels {
        Some(json) => {
            serde_json::from_str(&json).map_err(|error| StoreError::Damaged(error.to_string()))?
        }
        None => BTreeMap::new(),
    };
    Ok(Record {
        entity: def.name,
        id: id
            .parse()
            .map_err(|_| StoreError::Damaged(format!("{}/{id}", def.name)))?,
        fields,
        level: row
            .get::<_, Option<String>>("_level")?
            .as_deref()
            .and_then(Level::from_code),
        field_levels: field_levels
            .into_iter()
            .filter_map(|(field, level)| Some((field, Level::from_code(&level)?)))
            .collect(),
        created_at: row.get("_created_at")?,
        created_by: row.get("_created_by")?,
        modified_at: row.get("_modified_at")?,
        modified_by: row.get("_modified_by")?,
        is_deleted: row.get("_deleted")?,
    })
}

fn read_elements(
    conn: &Connection,
    def: &EntityDef,
    id: &str,
    fields: &mut BTreeMap<String, Value>,
) -> Result<(), StoreError> {
    const ELEMENTS: &str =
        "SELECT field, value FROM element WHERE \"row\" = ?1 ORDER BY field, value";
    let mut statement = conn.prepare_cached(ELEMENTS)?;
    let mut rows = statement.query([id])?;
    while let Some(row) = rows.next()? {
        let field: String = row.get("field")?;
        if def.field(&field).is_none() {
            continue;
        }
        let element: String = row.get("value")?;
        match fields
            .entry(field)
            .or_insert_with(|| Value::List(Vec::new()))
        {
            Value::List(elements) => elements.push(element),
            other => *other = Value::List(vec![element]),
        }
    }
    Ok(())
}

fn value_of(kind: FieldKind, sql: Sql) -> Option<Value> {
    match (kind, sql) {
        (FieldKind::Bool, Sql::Integer(number)) => Some(Value::Bool(number != 0)),
        (_, Sql::Integer(number)) => Some(Value::Int(number)),
        (_, Sql::Real(number)) => Some(Value::Num(number)),
        (_, Sql::Text(text)) => Some(Value::Text(text)),
        (_, Sql::Null | Sql::Blob(_)) => None,
    }
}

/// Reads one record, deleted or not.
pub(super) fn record(
    conn: &Connection,
    def: &'static EntityDef,
    id: RowId,
) -> Result<Option<Record>, StoreError> {
    Ok(records(conn, def, &[id])?.pop())
}

/// Reads records, deleted or not, in the order of their ids as given; those that are not there are left out.
pub(super) fn records(
    conn: &Connection,
    def: &'static EntityDef,
    ids: &[RowId],
) -> Result<Vec<Record>, StoreError> {
    let sql = format!(
        "SELECT {} FROM \"{}\" t WHERE t.id = ?1",
        record_columns(def),
        def.name
    );
    let mut statement = conn.prepare_cached(&sql)?;
    let mut records = Vec::with_capacity(ids.len());
    for id in ids {
        let mut rows = statement.query([id.to_string()])?;
        if let Some(row) = rows.next()? {
            records.push(record_from_row(conn, def, row)?);
        }
    }
    Ok(records)
}

/// Builds the projection and the search index anew from the log; their tables are empty.
pub(super) fn replay(conn: &Connection) -> Result<(), StoreError> {
    const ALL: &str = "SELECT c.entity, c.\"row\", c.field, c.value, c.device, c.seq FROM change c \
                       ORDER BY c.entity, c.\"row\", c.field, c.device, c.seq";
    let mut commits: BTreeMap<(String, i64), Rc<Commit>> = BTreeMap::new();
    let mut all = conn.prepare(
        "SELECT device, seq, time, author, wall_time, label, seen, digest FROM \"commit\"",
    )?;
    let mut rows = all.query([])?;
    while let Some(row) = rows.next()? {
        let commit = log::commit_from_row(row)?;
        commits.insert(
            (commit.device.as_str().to_owned(), commit.seq),
            Rc::new(commit),
        );
    }
    let mut statement = conn.prepare(ALL)?;
    let mut rows = statement.query([])?;
    let mut pending: Option<PendingRow> = None;
    while let Some(row) = rows.next()? {
        let entity: String = row.get("entity")?;
        let id: String = row.get("row")?;
        let key = (row.get("device")?, row.get("seq")?);
        let commit = commits
            .get(&key)
            .ok_or_else(|| StoreError::Damaged(format!("{}:{}", key.0, key.1)))?;
        if pending
            .as_ref()
            .is_none_or(|pending| pending.entity != entity || pending.row != id)
        {
            if let Some(done) = pending.take() {
                done.write(conn)?;
            }
            pending = Some(PendingRow {
                entity,
                row: id,
                fields: BTreeMap::new(),
            });
        }
        if let Some(pending) = &mut pending {
            let value = log::read_value(row.get("value")?)?;
            pending
                .fields
                .entry(row.get("field")?)
                .or_default()
                .push((Rc::clone(commit), value));
        }
    }
    match pending {
        Some(last) => last.write(conn),
        None => Ok(()),
    }
}

/// One change of a field, with the commit that wrote it.
type Written = (Rc<Commit>, Option<Value>);

/// The changes of one row, gathered by a replay.
struct PendingRow {
    entity: String,
    row: String,
    fields: BTreeMap<String, Vec<Written>>,
}

impl PendingRow {
    fn write(self, conn: &Connection) -> Result<(), StoreError> {
        let Some(def) = entity_def(&self.entity) else {
            return Ok(());
        };
        let stamps = || {
            self.fields
                .values()
                .flatten()
                .map(|(commit, _)| Stamp::of(commit))
        };
        let (Some(created), Some(modified)) = (
            stamps().min_by(|a, b| a.order.cmp(&b.order)),
            stamps().max_by(|a, b| a.order.cmp(&b.order)),
        ) else {
            return Ok(());
        };
        let mut values = Vec::with_capacity(self.fields.len());
        for (field, changes) in &self.fields {
            let stamped: Vec<Stamped<Option<&Value>>> = changes
                .iter()
                .map(|(commit, value)| Stamped {
                    device: commit.device.clone(),
                    seq: commit.seq,
                    time: commit.time,
                    seen: commit.seen.clone(),
                    value: value.as_ref(),
                })
                .collect();
            if let Some(change) = shown(&stamped) {
                values.push((field.as_str(), change.value));
            }
        }
        write_row(conn, def, &self.row, &values, Some(&created), &modified)
    }
}
