//! The projection: what the log says, one table per entity, ready to read.
//!
//! Written only from changes of the log, by `apply` as they come and by `replay` from the whole log; both give the
//! same rows. Entities and fields that this version does not know stay in the log and are passed over here.

use std::collections::BTreeMap;

use rusqlite::types::Value as Sql;
use rusqlite::{Connection, OptionalExtension, Row, ToSql};

use super::edit::{Watch, step};
use super::error::StoreError;
use super::log::{Change, Commit};
use super::replay::{Replaying, replay_row};
use super::search::Words;
use super::{schema, search};
use crate::model::{EntityDef, FieldDef, FieldKind, Level, Record, RowId, Value, entity_def};

/// Field of the log that puts a record in the bin.
pub(crate) const DELETED: &str = "deleted";
/// Field of the log that holds the level of a record.
pub(crate) const LEVEL: &str = "confidentiality";
/// First part of the fields of the log that hold the level of one field.
pub(crate) const FIELD_LEVELS: &str = "field_levels";
/// Field of the log that says which record took the place of this one, found to be the same.
pub(crate) const MERGED_INTO: &str = "merged_into";
/// First part of the fields of the log by which a union says so in the record that is kept, too: who put that one in
/// the bin unaware of the union finds it back.
pub(super) const STANDS_FOR: &str = "stands_for";
/// First part of the fields of the log by which what was typed, and given up for another side of a conflict, says so:
/// undoing that choice would bring it back over the other side.
pub(super) const GIVEN_UP: &str = "given_up";
/// Field of the log that says that all that a person's record held was erased on their request.
pub(crate) const ERASED: &str = "erased";

/// Where a change of the log goes in the projection.
pub(super) enum Place<'a> {
    Level,
    FieldLevel(&'a str),
    Column(&'static FieldDef),
    Element(&'static FieldDef, &'a str),
}

pub(super) fn place<'a>(def: &EntityDef, field: &'a str) -> Option<Place<'a>> {
    match (field, field.split_once('/')) {
        (DELETED | MERGED_INTO | ERASED, _) => None,
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
pub(super) struct Stamp {
    /// Greater is later, on every machine.
    pub(super) order: (i64, String),
    pub(super) wall_time: String,
    pub(super) author: String,
}

impl Stamp {
    pub(super) fn of(commit: &Commit) -> Self {
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
    let has_clashes: bool = conn
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM clash)")?
        .query_row([], |row| row.get(0))?;
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
        let row = first.row.to_string();
        if has_clashes {
            settle(conn, def, &row, of_row)?;
        }
        if of_row.iter().any(|change| decides_presence(&change.field)) {
            replay_row(
                conn,
                &mut Replaying::of_row(conn, first.row)?,
                def,
                first.row,
            )?;
            continue;
        }
        let values: Vec<(&str, Option<&Value>)> = of_row
            .iter()
            .map(|change| (change.field.as_str(), change.value.as_ref()))
            .collect();
        write_row(conn, def, &row, &values, &stamp)?;
    }
    Ok(())
}

/// Whether a change of this field may take its record out of the lists or put it back.
pub(super) fn decides_presence(field: &str) -> bool {
    matches!(field, DELETED | MERGED_INTO | ERASED)
}

/// A change that has seen everything settles what stood side by side in its field.
fn settle(
    conn: &Connection,
    def: &EntityDef,
    row: &str,
    changes: &[Change],
) -> Result<(), StoreError> {
    const SETTLE: &str = "DELETE FROM clash WHERE \"row\" = ?1 AND entity = ?2 AND field = ?3";
    for change in changes {
        conn.prepare_cached(SETTLE)?
            .execute((row, def.name, &change.field))?;
    }
    Ok(())
}

/// Writes the given fields of one row, which is made first when it is not there.
fn write_row(
    conn: &Connection,
    def: &EntityDef,
    row: &str,
    values: &[(&str, Option<&Value>)],
    modified: &Stamp,
) -> Result<(), StoreError> {
    let mut columns: Vec<Column> = vec![
        ("_modified_at", Sql::Text(modified.wall_time.clone())),
        ("_modified_by", Sql::Text(modified.author.clone())),
    ];
    let mut field_levels: Option<BTreeMap<String, String>> = None;
    for (field, value) in values {
        match place(def, field) {
            Some(Place::Level) => columns.push(("_level", column_value(*value))),
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
            Some(Place::Column(field)) => columns.push((field.name, column_value(*value))),
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
            "_field_levels",
            if levels.is_empty() {
                Sql::Null
            } else {
                Sql::Text(json)
            },
        ));
    }
    if !is_there(conn, def, row)? {
        return insert_row(conn, def, row, values, columns, modified);
    }
    upsert(conn, def, row, &columns, modified)?;
    let is_word = |field: &str| def.field(field).is_some_and(|field| field.kind.is_words());
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
    mut columns: Vec<Column>,
    made: &Stamp,
) -> Result<(), StoreError> {
    let word = |name: &str| {
        let given = values.iter().find(|(field, _)| *field == name);
        given.and_then(|(_, value)| *value).and_then(Value::as_text)
    };
    let words = Words::of(def, word);
    columns.push(("_title", Sql::Text(words.title.clone())));
    upsert(conn, def, row, &columns, made)?;
    if words.is_empty() {
        return Ok(());
    }
    search::add_row(conn, def, row, &words)
}

fn upsert(
    conn: &Connection,
    def: &EntityDef,
    row: &str,
    columns: &[Column],
    made: &Stamp,
) -> Result<(), StoreError> {
    let made: [(&str, &dyn ToSql); 2] = [
        ("_created_at", &made.wall_time),
        ("_created_by", &made.author),
    ];
    let given = columns.iter().map(as_bound);
    write_columns(conn, def, row, made.into_iter().chain(given), made.len())
}

/// Writes the given columns of a row, all that a replay gives.
pub(super) fn insert_or_update(
    conn: &Connection,
    def: &EntityDef,
    row: &str,
    columns: &[Column],
) -> Result<(), StoreError> {
    write_columns(conn, def, row, columns.iter().map(as_bound), 0)
}

/// A column with what it is given.
pub(super) type Column = (&'static str, Sql);

fn as_bound((name, value): &Column) -> (&str, &dyn ToSql) {
    (name, value)
}

/// Makes a row of these columns; where it is there, gives it all but the first `of_new`.
fn write_columns<'a>(
    conn: &Connection,
    def: &EntityDef,
    row: &'a str,
    columns: impl Iterator<Item = (&'a str, &'a dyn ToSql)>,
    of_new: usize,
) -> Result<(), StoreError> {
    let row: &dyn ToSql = &row;
    let mut bound = vec![row];
    let (mut names, mut marks, mut sets) = (String::new(), String::new(), String::new());
    for (index, (name, value)) in columns.enumerate() {
        names.extend([", \"", name, "\""]);
        marks.push_str(", ?");
        if index >= of_new {
            let separator = if sets.is_empty() { "\"" } else { ", \"" };
            sets.extend([separator, name, "\" = excluded.\"", name, "\""]);
        }
        bound.push(value);
    }
    let sql = format!(
        "INSERT INTO \"{}\" (id{names}) VALUES (?{marks}) ON CONFLICT (id) DO UPDATE SET {sets}",
        def.name
    );
    conn.prepare_cached(&sql)?.execute(&*bound)?;
    Ok(())
}

pub(super) fn column_value(value: Option<&Value>) -> Sql {
    match value {
        None | Some(Value::List(_)) => Sql::Null,
        Some(Value::Bool(is_true)) => Sql::Integer(i64::from(*is_true)),
        Some(Value::Int(number)) => Sql::Integer(*number),
        Some(Value::Num(number)) => Sql::Real(*number),
        Some(Value::Text(text)) => Sql::Text(text.clone()),
    }
}

pub(super) fn set_element(
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
        "t.id, t._level, t._field_levels, t._created_at, t._created_by, t._modified_at, t._modified_by, t._deleted, \
         t._revived, t._erased",
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
const OWN_COLUMNS_FROM: usize = 10;

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
        is_revived: row.get("_revived")?,
        is_erased: row.get("_erased")?,
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
