//! The projection: what the log says, one table per entity, ready to read.
//!
//! Written only from changes of the log, by `apply` as they come and by `replay` from nothing; both give the
//! same rows. Entities and fields that this version does not know stay in the log and are passed over here.

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use rusqlite::types::Value as Sql;
use rusqlite::{Connection, OptionalExtension, Row, ToSql};

use super::edit::{Watch, step};
use super::error::StoreError;
use super::heads::{Knowledge, Presence, Stamped, heads, is_clash, presence};
use super::log::{self, Change, Commit};
use super::names::Names;
use super::search::Words;
use super::{schema, search};
use crate::model::{EntityDef, FieldDef, FieldKind, Level, Record, RowId, Value, entity_def};

/// Field of the log that puts a record in the bin.
pub(super) const DELETED: &str = "deleted";
/// Field of the log that holds the level of a record.
pub(super) const LEVEL: &str = "confidentiality";
/// First part of the fields of the log that hold the level of one field.
pub(super) const FIELD_LEVELS: &str = "field_levels";
/// Field of the log that says which record took the place of this one, found to be the same.
pub(super) const MERGED_INTO: &str = "merged_into";
/// Field of the log that says that all that a person's record held was erased on their request.
pub(super) const ERASED: &str = "erased";

/// Where a change of the log goes in the projection.
enum Place<'a> {
    Level,
    FieldLevel(&'a str),
    Column(&'static FieldDef),
    Element(&'static FieldDef, &'a str),
}

fn place<'a>(def: &EntityDef, field: &'a str) -> Option<Place<'a>> {
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
struct Stamp {
    /// Greater is later, on every machine.
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
fn decides_presence(field: &str) -> bool {
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
fn insert_or_update(
    conn: &Connection,
    def: &EntityDef,
    row: &str,
    columns: &[Column],
) -> Result<(), StoreError> {
    write_columns(conn, def, row, columns.iter().map(as_bound), 0)
}

/// A column with what it is given.
type Column = (&'static str, Sql);

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

/// Whether what a record held was erased for good.
pub(super) fn is_erased(conn: &Connection, def: &EntityDef, id: RowId) -> rusqlite::Result<bool> {
    let sql = format!(
        "SELECT 1 FROM \"{}\" WHERE id = ?1 AND _erased = 1",
        def.name
    );
    conn.prepare_cached(&sql)?.exists([id.to_string()])
}

/// Builds the projection and the search index anew from the log; their tables are empty.
pub(super) fn replay(conn: &Connection) -> Result<(), StoreError> {
    const ALL: &str = "SELECT \"row\", entity, field, element, device, seq, value, erased FROM change \
                       ORDER BY \"row\", entity, field, element, device, seq";
    let mut replaying = Replaying::of_all(conn)?;
    let mut names = Names::default();
    let mut statement = conn.prepare(ALL)?;
    let mut rows = statement.query([])?;
    let mut pending: Option<PendingRow> = None;
    while let Some(row) = rows.next()? {
        let change = log::change_from_row(conn, &mut names, row)?;
        if pending
            .as_ref()
            .is_none_or(|pending| pending.row != change.row || pending.entity != change.entity)
            && let Some(done) = pending.replace(PendingRow::of(&change))
        {
            done.write_new(conn, &mut replaying)?;
        }
        if let Some(pending) = &mut pending {
            pending.add(change, row.get("device")?, row.get("seq")?);
        }
    }
    match pending {
        Some(last) => last.write_new(conn, &mut replaying),
        None => Ok(()),
    }
}

/// Shows one row as the whole of its log says, whatever was shown of it.
pub(super) fn replay_row(
    conn: &Connection,
    replaying: &mut Replaying,
    def: &EntityDef,
    row: RowId,
) -> Result<(), StoreError> {
    const OF_ROW: &str = "SELECT c.\"row\", c.entity, c.field, c.element, c.device, c.seq, c.value, c.erased \
                          FROM change c WHERE c.\"row\" = ?1 AND c.entity = (SELECT id FROM name WHERE name = ?2) \
                          ORDER BY c.field, c.element, c.device, c.seq";
    let mut statement = conn.prepare_cached(OF_ROW)?;
    let mut rows = statement.query((row.as_bytes(), def.name))?;
    let mut pending: Option<PendingRow> = None;
    let mut names = std::mem::take(&mut replaying.names);
    while let Some(found) = rows.next()? {
        let change = log::change_from_row(conn, &mut names, found)?;
        let pending = pending.get_or_insert_with(|| PendingRow::of(&change));
        pending.add(change, found.get("device")?, found.get("seq")?);
    }
    replaying.names = names;
    match pending {
        Some(pending) => pending.write_again(conn, replaying, def),
        None => Ok(()),
    }
}

/// What a replay needs of the commits: who knew what, and when each was made.
pub(super) struct Replaying {
    knowledge: Knowledge,
    stamps: HashMap<(i64, i64), Rc<CommitStamp>>,
    names: Names,
}

/// What a replay needs of one commit.
struct CommitStamp {
    time: i64,
    stamp: Stamp,
}

impl Replaying {
    /// For a replay of many rows.
    pub(super) fn of_all(conn: &Connection) -> Result<Self, StoreError> {
        Ok(Self {
            knowledge: log::knowledge(conn)?,
            stamps: HashMap::new(),
            names: Names::default(),
        })
    }

    /// For a replay of one row.
    fn of_row(conn: &Connection, row: RowId) -> Result<Self, StoreError> {
        const WRITERS: &str = "SELECT DISTINCT device FROM change WHERE \"row\" = ?1";
        let writers = conn
            .prepare_cached(WRITERS)?
            .query_map([row.as_bytes()], |row| row.get("device"))?
            .collect::<rusqlite::Result<Vec<i64>>>()?;
        Ok(Self {
            knowledge: log::knowledge_of(conn, &writers)?,
            stamps: HashMap::new(),
            names: Names::default(),
        })
    }

    fn stamp(
        &mut self,
        conn: &Connection,
        device: i64,
        seq: i64,
    ) -> Result<Rc<CommitStamp>, StoreError> {
        const STAMP: &str = "SELECT d.device, c.time, c.wall_time, c.author FROM \"commit\" c \
                             JOIN device d ON d.id = c.device WHERE c.device = ?1 AND c.seq = ?2";
        if let Some(known) = self.stamps.get(&(device, seq)) {
            return Ok(Rc::clone(known));
        }
        let stamp = conn
            .prepare_cached(STAMP)?
            .query_row((device, seq), |row| {
                let time = row.get("time")?;
                Ok(CommitStamp {
                    time,
                    stamp: Stamp {
                        order: (time, row.get("device")?),
                        wall_time: row.get("wall_time")?,
                        author: row.get("author")?,
                    },
                })
            })
            .optional()?
            .ok_or_else(|| StoreError::Damaged(format!("{device}:{seq}")))?;
        let stamp = Rc::new(stamp);
        self.stamps.insert((device, seq), Rc::clone(&stamp));
        Ok(stamp)
    }
}

/// One change of a field: its device, its number, its value.
type Written = (i64, i64, Option<Value>);

/// The changes of one row, gathered by a replay.
struct PendingRow {
    entity: String,
    row: RowId,
    fields: BTreeMap<String, Vec<Written>>,
}

/// What the log says of one row.
struct Judged {
    values: Vec<(String, Option<Value>)>,
    clashes: Vec<String>,
    presence: Presence,
    merged_into: Option<String>,
    is_erased: bool,
    created: Rc<CommitStamp>,
    modified: Rc<CommitStamp>,
}

impl PendingRow {
    fn of(change: &Change) -> Self {
        Self {
            entity: change.entity.clone(),
            row: change.row,
            fields: BTreeMap::new(),
        }
    }

    fn add(&mut self, change: Change, device: i64, seq: i64) {
        let written = (device, seq, change.value);
        self.fields.entry(change.field).or_default().push(written);
    }

    fn judge(self, conn: &Connection, replaying: &mut Replaying) -> Result<Judged, StoreError> {
        let mut stamps: Vec<Rc<CommitStamp>> = Vec::new();
        let mut fields: BTreeMap<String, Vec<Stamped<Option<Value>>>> = BTreeMap::new();
        let mut edits: Vec<Stamped<()>> = Vec::new();
        for (field, changes) in self.fields {
            let mut stamped = Vec::with_capacity(changes.len());
            for (device, seq, value) in changes {
                let stamp = replaying.stamp(conn, device, seq)?;
                let time = stamp.time;
                stamps.push(stamp);
                stamped.push(Stamped {
                    device,
                    seq,
                    time,
                    value,
                });
                if field != DELETED {
                    edits.push(Stamped {
                        device,
                        seq,
                        time,
                        value: (),
                    });
                }
            }
            fields.insert(field, stamped);
        }
        let knowledge = &replaying.knowledge;
        let deletions = fields.get(DELETED).map_or(&[][..], Vec::as_slice);
        let is_deletion = |value: &Option<Value>| value.as_ref().is_some_and(Value::is_true);
        let presence = presence(deletions, is_deletion, &edits, knowledge);
        let mut values = Vec::with_capacity(fields.len());
        let mut clashes = Vec::new();
        for (field, changes) in &fields {
            let heads = heads(changes, knowledge);
            if is_clash(&heads) {
                clashes.push(field.clone());
            }
            if let Some(change) = heads.last() {
                values.push((field.clone(), change.value.clone()));
            }
        }
        let value = |name: &str| {
            let found = values.iter().find(|(field, _)| field == name);
            found.and_then(|(_, value)| value.clone())
        };
        let merged_into = value(MERGED_INTO).and_then(|into| match into {
            // To older records only: two who unite a pair apart can never hide both.
            Value::Text(into) => into
                .parse::<RowId>()
                .is_ok_and(|into| into < self.row)
                .then_some(into),
            _ => None,
        });
        let is_erased = value(ERASED).is_some_and(|value| value.is_true());
        let of_row = || StoreError::Damaged(format!("{}/{}", self.entity, self.row));
        let earliest = stamps
            .iter()
            .min_by(|a, b| a.stamp.order.cmp(&b.stamp.order));
        let latest = stamps
            .iter()
            .max_by(|a, b| a.stamp.order.cmp(&b.stamp.order));
        Ok(Judged {
            presence,
            clashes,
            merged_into,
            is_erased,
            created: earliest.cloned().ok_or_else(of_row)?,
            modified: latest.cloned().ok_or_else(of_row)?,
            values,
        })
    }

    /// Writes a row that the projection does not have.
    fn write_new(self, conn: &Connection, replaying: &mut Replaying) -> Result<(), StoreError> {
        let Some(def) = entity_def(&self.entity) else {
            return Ok(());
        };
        let row = self.row.to_string();
        let judged = self.judge(conn, replaying)?;
        judged.write(conn, def, &row)?;
        search::index_row(conn, def, &row)
    }

    /// Writes a row in the place of what the projection has of it.
    fn write_again(
        self,
        conn: &Connection,
        replaying: &mut Replaying,
        def: &EntityDef,
    ) -> Result<(), StoreError> {
        const SETTLE: &str = "DELETE FROM clash WHERE \"row\" = ?1 AND entity = ?2";
        let row = self.row.to_string();
        let judged = self.judge(conn, replaying)?;
        conn.prepare_cached(SETTLE)?.execute((&row, def.name))?;
        judged.write(conn, def, &row)?;
        search::index_row(conn, def, &row)
    }
}

impl Judged {
    fn write(self, conn: &Connection, def: &EntityDef, row: &str) -> Result<(), StoreError> {
        const CLASH: &str = "INSERT INTO clash (\"row\", entity, field) VALUES (?1, ?2, ?3)";
        let text = |text: &str| Sql::Text(text.to_owned());
        let flag = |is_true: bool| Sql::Integer(i64::from(is_true));
        let (created, modified) = (&self.created.stamp, &self.modified.stamp);
        let is_out = self.presence == Presence::InBin || self.merged_into.is_some();
        let mut columns: Vec<Column> = vec![
            ("_created_at", text(&created.wall_time)),
            ("_created_by", text(&created.author)),
            ("_modified_at", text(&modified.wall_time)),
            ("_modified_by", text(&modified.author)),
            ("_deleted", flag(is_out)),
            ("_revived", flag(self.presence == Presence::Revived)),
            (
                "_merged_into",
                self.merged_into.map_or(Sql::Null, Sql::Text),
            ),
            ("_erased", flag(self.is_erased)),
        ];
        let mut levels: BTreeMap<&str, &str> = BTreeMap::new();
        for (field, value) in &self.values {
            match place(def, field) {
                Some(Place::Level) => columns.push(("_level", column_value(value.as_ref()))),
                Some(Place::FieldLevel(name)) => {
                    if let Some(level) = value.as_ref().and_then(Value::as_text) {
                        levels.insert(name, level);
                    }
                }
                Some(Place::Column(field)) => {
                    columns.push((field.name, column_value(value.as_ref())));
                }
                Some(Place::Element(field, element)) => {
                    let is_in = value.as_ref().is_some_and(Value::is_true);
                    set_element(conn, def, row, field, element, is_in)?;
                }
                None => {}
            }
        }
        let json = serde_json::to_string(&levels)
            .map_err(|error| StoreError::Damaged(error.to_string()))?;
        let levels = if levels.is_empty() {
            Sql::Null
        } else {
            Sql::Text(json)
        };
        columns.push(("_field_levels", levels));
        for field in &self.clashes {
            conn.prepare_cached(CLASH)?
                .execute((row, def.name, field))?;
        }
        insert_or_update(conn, def, row, &columns)
    }
}
