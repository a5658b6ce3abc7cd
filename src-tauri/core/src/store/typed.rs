//! Values typed here that wait beside what stands: their field holds something that whoever typed them was not shown.
//!
//! They belong to this copy and are no part of the log, until somebody chooses; then what is not kept is in the history.

use rusqlite::Connection;

use super::carnet::Carnet;
use super::edit;
use super::erase;
use super::error::StoreError;
use super::heads::{heads, is_clash};
use super::log::{read_value, stored_value};
use super::projection;
use super::schema;
use super::undo::stamped;
use super::unite;
use crate::model::{EntityDef, FieldDef, InvalidValue, Reason, RecordRef, RowId, Value, validate};

/// A value that was typed and waits.
#[derive(Debug, Clone, PartialEq)]
pub struct Typed {
    /// Names it in this copy.
    pub number: i64,
    /// What was typed; nothing empties the field.
    pub value: Option<Value>,
    /// What the field showed when the typing began.
    pub over: Option<Value>,
    /// Who typed it: the writer of the copy.
    pub device: String,
    /// How that machine is named.
    pub device_name: String,
    /// Which person.
    pub author: String,
    /// When, by their clock, RFC 3339.
    pub wall_time: String,
}

/// The field that a value was typed in: one that holds a single value.
#[derive(Debug, Clone, PartialEq)]
pub struct TypedIn {
    /// The record.
    pub record: RecordRef,
    /// The field.
    pub field: String,
}

/// Made with the first value that waits: most carnets never have one.
const TABLE: &str = r#"CREATE TABLE IF NOT EXISTS typed (
    number      INTEGER PRIMARY KEY AUTOINCREMENT,
    entity      TEXT NOT NULL,
    "row"       TEXT NOT NULL,
    field       TEXT NOT NULL,
    value       TEXT,
    over        TEXT,
    device      TEXT NOT NULL,
    device_name TEXT NOT NULL,
    author      TEXT NOT NULL,
    wall_time   TEXT NOT NULL
) STRICT"#;

impl Carnet {
    /// Keeps a value that was typed `over` another, beside what stands in its field; gives the name under which the
    /// same typing goes on, so that each typing keeps its last words alone.
    ///
    /// A name that is not known any more begins another: no words take the place of others.
    pub fn keep_typed(
        &mut self,
        place: &TypedIn,
        number: Option<i64>,
        value: Option<Value>,
        over: Option<Value>,
    ) -> Result<i64, StoreError> {
        const GO_ON: &str = "UPDATE typed SET value = ?1, wall_time = ?2 \
                             WHERE number = ?3 AND entity = ?4 AND \"row\" = ?5 AND field = ?6";
        self.write(|conn, writer, path| {
            // In a record that was united meanwhile nobody would see them: they wait in the one that stands for it.
            let place = &TypedIn {
                record: unite::standing(conn, &place.record)?,
                field: place.field.clone(),
            };
            let (def, field) = checked(conn, place)?;
            let value = match value {
                Some(value) => validate(field, &value).map_err(refused(def, field))?,
                None => None,
            };
            conn.execute_batch(TABLE)?;
            forget_said(conn, def.name, &place.record, field.name)?;
            let (row, now) = (place.record.id.to_string(), writer.clock.now().to_rfc3339());
            if let Some(number) = number {
                let json = value.as_ref().map(stored_value).transpose()?;
                let of = (json, &now, number, def.name, &row, field.name);
                if conn.prepare_cached(GO_ON)?.execute(of)? == 1 {
                    return Ok(number);
                }
            }
            let typed = Typed {
                number: 0,
                value,
                over,
                device: writer.reserved(conn, path)?.to_string(),
                device_name: writer.device_name.clone(),
                author: writer.author.clone(),
                wall_time: now,
            };
            begin(conn, (def.name, &row, field.name), &typed)
        })
    }
}

impl Carnet {
    /// Takes over what waits in another working database of the same carnet, before it goes.
    pub(crate) fn take_typed_of(&mut self, other: &Self) -> Result<(), StoreError> {
        let places = places(&other.conn, None)?;
        if places.is_empty() {
            return Ok(());
        }
        self.write(|conn, _, _| {
            conn.execute_batch(TABLE)?;
            for (entity, row, field) in &places {
                let damaged = |_| StoreError::Damaged(row.clone());
                let record = RecordRef::new(entity, row.parse().map_err(damaged)?);
                let place = TypedIn {
                    record,
                    field: field.clone(),
                };
                match checked(conn, &place) {
                    Ok(_) => {}
                    // What was erased meanwhile does not come back.
                    Err(StoreError::NotFound(_) | StoreError::Invalid(_)) => continue,
                    Err(error) => return Err(error),
                }
                let known = waiting(conn, entity, row, field)?;
                for typed in waiting(&other.conn, entity, row, field)? {
                    if known.iter().all(|one| one.value != typed.value) {
                        begin(conn, (entity, row, field), &typed)?;
                    }
                }
            }
            Ok(())
        })
    }
}

/// Forgets what waits in a field where it is what stands, alone, by now: nobody is asked between two that are the same.
fn forget_said(
    conn: &Connection,
    entity: &str,
    record: &RecordRef,
    field: &str,
) -> Result<(), StoreError> {
    let (all, knowledge) = stamped(conn, entity, record.id, field)?;
    let standing = heads(&all, &knowledge);
    if is_clash(&standing) {
        return Ok(());
    }
    let stands = standing.last().and_then(|head| head.value.clone());
    let mut said = waiting(conn, entity, &record.id.to_string(), field)?;
    said.retain(|one| one.value == stands);
    forget(conn, &said)
}

/// Begins to keep a value; its number is given here.
fn begin(
    conn: &Connection,
    (entity, row, field): (&str, &str, &str),
    typed: &Typed,
) -> Result<i64, StoreError> {
    const BEGIN: &str = "INSERT INTO typed \
                         (entity, \"row\", field, value, over, device, device_name, author, wall_time) \
                         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
    let stored = |value: &Option<Value>| value.as_ref().map(stored_value).transpose();
    conn.prepare_cached(BEGIN)?.execute((
        entity,
        row,
        field,
        stored(&typed.value)?,
        stored(&typed.over)?,
        &typed.device,
        &typed.device_name,
        &typed.author,
        &typed.wall_time,
    ))?;
    Ok(conn.last_insert_rowid())
}

/// The field in which words may wait, if its record is there and nothing of it was erased.
fn checked(
    conn: &Connection,
    place: &TypedIn,
) -> Result<(&'static EntityDef, &'static FieldDef), StoreError> {
    let def = edit::known_entity(&place.record.entity)?;
    let field = def
        .field(&place.field)
        .ok_or_else(|| edit::unknown_field(def, &place.field))?;
    let id = place.record.id;
    projection::record(conn, def, id)?
        .filter(|record| !record.is_erased)
        .ok_or_else(|| StoreError::NotFound(place.record.clone()))?;
    if field.kind.is_list() {
        return Err(refused(def, field)(Reason::WrongShape));
    }
    if erase::erased_fields(conn, def.name, id)?.contains(&place.field) {
        return Err(refused(def, field)(Reason::Rule("erased")));
    }
    Ok((def, field))
}

fn refused(def: &EntityDef, field: &FieldDef) -> impl FnOnce(Reason) -> StoreError {
    let (entity, field) = (def.name, field.name.to_owned());
    move |reason| {
        InvalidValue {
            entity,
            field,
            reason,
        }
        .into()
    }
}

/// The fields in which a value waits, of one record or of all, in the order of their records.
pub(super) fn places(
    conn: &Connection,
    row: Option<&str>,
) -> Result<Vec<(String, String, String)>, StoreError> {
    const PLACES: &str = "SELECT DISTINCT entity, \"row\", field FROM typed \
                          WHERE ?1 IS NULL OR \"row\" = ?1 ORDER BY entity, \"row\", field";
    if !schema::has_table(conn, "typed")? {
        return Ok(Vec::new());
    }
    let mut statement = conn.prepare_cached(PLACES)?;
    let places = statement.query_map([row], |row| {
        Ok((row.get("entity")?, row.get("row")?, row.get("field")?))
    })?;
    Ok(places.collect::<rusqlite::Result<_>>()?)
}

/// The values that wait in a field, in the order in which their typing began.
pub(super) fn waiting(
    conn: &Connection,
    entity: &str,
    row: &str,
    field: &str,
) -> Result<Vec<Typed>, StoreError> {
    const WAITING: &str = "SELECT number, value, over, device, device_name, author, wall_time FROM typed \
                           WHERE entity = ?1 AND \"row\" = ?2 AND field = ?3 ORDER BY number";
    if !schema::has_table(conn, "typed")? {
        return Ok(Vec::new());
    }
    let mut statement = conn.prepare_cached(WAITING)?;
    let mut rows = statement.query((entity, row, field))?;
    let mut waiting = Vec::new();
    while let Some(row) = rows.next()? {
        let value = |stored: Option<String>| read_value(stored.as_deref());
        waiting.push(Typed {
            number: row.get("number")?,
            value: value(row.get("value")?)?,
            over: value(row.get("over")?)?,
            device: row.get("device")?,
            device_name: row.get("device_name")?,
            author: row.get("author")?,
            wall_time: row.get("wall_time")?,
        });
    }
    Ok(waiting)
}

/// Forgets values that wait no more, in the transaction of the caller.
pub(super) fn forget(conn: &Connection, settled: &[Typed]) -> Result<(), StoreError> {
    for typed in settled {
        conn.prepare_cached("DELETE FROM typed WHERE number = ?1")?
            .execute([typed.number])?;
    }
    Ok(())
}

/// Forgets what waits in a row that is erased, or in those of its fields that are.
pub(super) fn forget_erased(
    conn: &Connection,
    entity: &str,
    row: RowId,
    is_gone: impl Fn(&str) -> bool,
) -> Result<(), StoreError> {
    let row = row.to_string();
    for (of, id, field) in places(conn, Some(&row))? {
        if of == entity && is_gone(&field) {
            forget(conn, &waiting(conn, entity, &id, &field)?)?;
        }
    }
    Ok(())
}
