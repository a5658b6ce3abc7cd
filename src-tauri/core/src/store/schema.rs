//! The tables of a carnet: what they are, and how an older file becomes the current one.
//!
//! The projection's tables follow from the definitions of the model; a snapshot test shows their text.

use std::collections::HashSet;

use rusqlite::Connection;

use crate::model::{ENTITIES, EntityDef, FieldKind};

/// `PRAGMA application_id` of a carnet: "CARN".
pub(super) const APPLICATION_ID: i64 = 0x4341_524E;

/// `PRAGMA user_version` that this program writes.
pub(super) const FORMAT: i64 = 1;

/// The two append-only tables, and what they need beside them.
///
/// Devices, entities and fields are numbers of this file; rows are 16 bytes. Half of what a carnet weighs is
/// its log: in letters it would be three times as long. The views `log_commit` and `log_change` spell it out.
const LOG: &str = r#"
CREATE TABLE carnet (
    id     INTEGER PRIMARY KEY CHECK (id = 1),
    family BLOB    NOT NULL
) STRICT;

CREATE TABLE device (
    id     INTEGER PRIMARY KEY,
    device TEXT    NOT NULL UNIQUE,
    name   TEXT    NOT NULL
) STRICT;

CREATE TABLE name (
    id   INTEGER PRIMARY KEY,
    name TEXT    NOT NULL UNIQUE
) STRICT;

CREATE TABLE "commit" (
    device    INTEGER NOT NULL,
    seq       INTEGER NOT NULL,
    time      INTEGER NOT NULL,
    author    TEXT    NOT NULL,
    wall_time TEXT    NOT NULL,
    label     TEXT    NOT NULL,
    digest    BLOB    NOT NULL,
    origin    TEXT,
    PRIMARY KEY (device, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE seen (
    device INTEGER NOT NULL,
    other  INTEGER NOT NULL,
    seq    INTEGER NOT NULL,
    upto   INTEGER NOT NULL,
    digest BLOB    NOT NULL,
    PRIMARY KEY (device, other, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE link (
    device INTEGER PRIMARY KEY,
    after  BLOB    NOT NULL
) STRICT;

CREATE TABLE change (
    "row"   BLOB    NOT NULL,
    entity  INTEGER NOT NULL,
    field   INTEGER NOT NULL,
    element TEXT    NOT NULL,
    device  INTEGER NOT NULL,
    seq     INTEGER NOT NULL,
    value   TEXT,
    erased  BLOB,
    PRIMARY KEY ("row", entity, field, element, device, seq)
) STRICT, WITHOUT ROWID;

CREATE INDEX change_by_commit ON change (device, seq);

CREATE VIEW log_commit AS
SELECT d.device, d.name AS device_name, c.seq, c.time, c.author, c.wall_time, c.label, lower(hex(c.digest)) AS digest
FROM "commit" c JOIN device d ON d.id = c.device;

CREATE VIEW log_change AS
SELECT d.device, c.seq, e.name AS entity,
       lower(substr(hex(c."row"), 1, 8) || '-' || substr(hex(c."row"), 9, 4) || '-' || substr(hex(c."row"), 13, 4)
             || '-' || substr(hex(c."row"), 17, 4) || '-' || substr(hex(c."row"), 21)) AS "row",
       f.name || CASE c.element WHEN '' THEN '' ELSE '/' || c.element END AS field, c.value
FROM change c JOIN device d ON d.id = c.device JOIN name e ON e.id = c.entity JOIN name f ON f.id = c.field;
"#;

/// What stays with one copy and never travels: what came in together, and the keys of former passphrases.
const OF_THIS_COPY: &str = r#"
CREATE TABLE batch (
    id        INTEGER PRIMARY KEY,
    wall_time TEXT    NOT NULL,
    source    TEXT    NOT NULL
) STRICT;

CREATE TABLE batch_commit (
    batch  INTEGER NOT NULL,
    device INTEGER NOT NULL,
    first  INTEGER NOT NULL,
    last   INTEGER NOT NULL,
    PRIMARY KEY (batch, device, first)
) STRICT, WITHOUT ROWID;

CREATE TABLE batch_undone (
    batch INTEGER PRIMARY KEY
) STRICT;

CREATE TABLE former_key (
    key BLOB PRIMARY KEY
) STRICT, WITHOUT ROWID;
"#;

/// Tables that are not derived from the log: a rebuilding leaves them as they are.
const KEPT: [&str; 15] = [
    "carnet",
    "device",
    "name",
    "commit",
    "seen",
    "link",
    "change",
    "batch",
    "batch_commit",
    "batch_undone",
    "batch_undoing",
    "blanked",
    "former_key",
    "to_clean",
    "typed",
];

/// What is derived from the log, whatever the entity.
const DERIVED: &str = r#"
CREATE TABLE element (
    "row"  TEXT NOT NULL,
    field  TEXT NOT NULL,
    value  TEXT NOT NULL,
    entity TEXT NOT NULL,
    PRIMARY KEY ("row", field, value)
) STRICT, WITHOUT ROWID;

CREATE INDEX element_by_value ON element (value, field);

CREATE TABLE clash (
    "row"  TEXT NOT NULL,
    entity TEXT NOT NULL,
    field  TEXT NOT NULL,
    PRIMARY KEY ("row", entity, field)
) STRICT, WITHOUT ROWID;

CREATE TABLE search_row (
    id     INTEGER PRIMARY KEY,
    entity TEXT NOT NULL,
    "row"  TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE search_due (
    "row"  TEXT PRIMARY KEY,
    entity TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE VIRTUAL TABLE search USING fts5(
    title, body,
    content = '', contentless_delete = 1,
    tokenize = 'unicode61 remove_diacritics 0',
    prefix = '1 2 3'
);

CREATE VIRTUAL TABLE search_term USING fts5vocab(search, 'row');
"#;

/// The SQL type of a field's column; sets have no column.
pub(super) fn column_type(kind: FieldKind) -> Option<&'static str> {
    match kind {
        FieldKind::Int | FieldKind::Min | FieldKind::Bool => Some("INTEGER"),
        FieldKind::Num | FieldKind::Eur => Some("REAL"),
        kind if kind.is_list() => None,
        _ => Some("TEXT"),
    }
}

/// The table of an entity, as SQL.
pub(super) fn table_of(def: &EntityDef) -> String {
    let mut sql = format!(
        "CREATE TABLE \"{}\" (\n    id TEXT PRIMARY KEY,\n    _title TEXT NOT NULL DEFAULT '',\n    _level TEXT,\n    \
         _field_levels TEXT,\n    _created_at TEXT NOT NULL,\n    _created_by TEXT NOT NULL,\n    \
         _modified_at TEXT NOT NULL,\n    _modified_by TEXT NOT NULL,\n    _deleted INTEGER NOT NULL DEFAULT 0,\n    _revived INTEGER NOT NULL DEFAULT 0,\n    _merged_into TEXT,\n    \
         _erased INTEGER NOT NULL DEFAULT 0",
        def.name
    );
    for field in def.fields {
        if let Some(column) = column_type(field.kind) {
            sql.push_str(&format!(",\n    \"{}\" {column}", field.name));
        }
    }
    sql.push_str("\n) STRICT, WITHOUT ROWID;\n");
    sql.push_str(&format!(
        "CREATE INDEX \"{0}_by_title\" ON \"{0}\" (_deleted, _title, id);\n\
         CREATE INDEX \"{0}_by_modified\" ON \"{0}\" (_deleted, _modified_at, id);\n\
         CREATE INDEX \"{0}_by_merged_into\" ON \"{0}\" (_merged_into) WHERE _merged_into IS NOT NULL;\n",
        def.name
    ));
    for field in def.fields.iter().filter(|field| is_indexed(field.kind)) {
        sql.push_str(&format!(
            "CREATE INDEX \"{0}_by_{1}\" ON \"{0}\" (\"{1}\", _deleted, id) WHERE \"{1}\" IS NOT NULL;\n",
            def.name, field.name
        ));
    }
    sql
}

/// What lists are filtered and sorted by: links, states and dates.
pub(super) fn is_indexed(kind: FieldKind) -> bool {
    matches!(
        kind,
        FieldKind::Ref(_)
            | FieldKind::AnyRef
            | FieldKind::Enum(_)
            | FieldKind::Date
            | FieldKind::DateTime
    )
}

/// Creates every table of an empty file, in the transaction of the caller.
pub(super) fn create(conn: &Connection) -> rusqlite::Result<()> {
    create_log(conn)?;
    conn.execute_batch(OF_THIS_COPY)?;
    create_derived(conn)
}

/// Creates the log alone, as a segment holds it, in the transaction of the caller.
pub(super) fn create_log(conn: &Connection) -> rusqlite::Result<()> {
    conn.execute_batch(LOG)?;
    conn.pragma_update(None, "application_id", APPLICATION_ID)?;
    conn.pragma_update(None, "user_version", FORMAT)
}

/// Memory in which the words of a long commit are put in order: on disk they would be merged again and again.
const WORDS_IN_MEMORY_BYTES: i64 = 32 * 1024 * 1024;

fn create_derived(conn: &Connection) -> rusqlite::Result<()> {
    const SORT_IN_MEMORY: &str = "INSERT INTO search (search, rank) VALUES ('hashsize', ?1)";
    conn.execute_batch(DERIVED)?;
    conn.execute(SORT_IN_MEMORY, [WORDS_IN_MEMORY_BYTES])?;
    for def in ENTITIES {
        conn.execute_batch(&table_of(def))?;
    }
    Ok(())
}

/// Whether a table is there that is made only when it is first needed.
pub(super) fn has_table(conn: &Connection, name: &str) -> rusqlite::Result<bool> {
    const IS_THERE: &str = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?1";
    conn.prepare_cached(IS_THERE)?.exists([name])
}

/// Gives a file that cannot be written, and is older than `search_due`, an empty one that lasts as long as `conn`.
pub(super) fn add_missing_due(conn: &Connection) -> rusqlite::Result<()> {
    const IS_THERE: &str = "SELECT 1 FROM sqlite_schema WHERE name = 'search_due'";
    const STAND_IN: &str = "CREATE TEMP TABLE search_due (\"row\" TEXT PRIMARY KEY, entity TEXT NOT NULL) WITHOUT ROWID";
    if conn.prepare(IS_THERE)?.exists([])? {
        return Ok(());
    }
    conn.execute_batch(STAND_IN)
}

/// Whether every table and index that is derived from the log is there, as this version defines it.
///
/// What the model or the indexes gained within one format shows here; it is then rebuilt from the log.
pub(super) fn is_projection_current(conn: &Connection) -> rusqlite::Result<bool> {
    let mut stored = conn.prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL")?;
    let stored: HashSet<String> = stored
        .query_map([], |row| row.get("sql"))?
        .collect::<rusqlite::Result<_>>()?;
    let is_stored = |sql: &str| {
        let mut statements = sql.split(";\n").map(str::trim);
        statements.all(|statement| statement.is_empty() || stored.contains(statement))
    };
    Ok(is_stored(DERIVED) && ENTITIES.iter().all(|def| is_stored(&table_of(def))))
}

/// Drops and creates again everything that is derived from the log; the caller then replays it.
pub(super) fn recreate_derived(conn: &Connection) -> rusqlite::Result<()> {
    conn.execute_batch(
        "DROP TABLE IF EXISTS search_term; DROP TABLE IF EXISTS search; DROP TABLE IF EXISTS search_row;",
    )?;
    let names: Vec<String> = conn
        .prepare(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
        )?
        .query_map([], |row| row.get("name"))?
        .collect::<rusqlite::Result<_>>()?;
    for name in names.iter().filter(|name| !KEPT.contains(&name.as_str())) {
        conn.execute_batch(&format!("DROP TABLE \"{name}\""))?;
    }
    create_derived(conn)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Entity, Tag};

    #[test]
    fn the_table_of_an_entity_follows_from_its_definition() {
        let expected = r#"CREATE TABLE "tag" (
    id TEXT PRIMARY KEY,
    _title TEXT NOT NULL DEFAULT '',
    _level TEXT,
    _field_levels TEXT,
    _created_at TEXT NOT NULL,
    _created_by TEXT NOT NULL,
    _modified_at TEXT NOT NULL,
    _modified_by TEXT NOT NULL,
    _deleted INTEGER NOT NULL DEFAULT 0,
    _revived INTEGER NOT NULL DEFAULT 0,
    _merged_into TEXT,
    _erased INTEGER NOT NULL DEFAULT 0,
    "label_fr" TEXT,
    "label_en" TEXT,
    "is_theme" INTEGER,
    "parent" TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX "tag_by_title" ON "tag" (_deleted, _title, id);
CREATE INDEX "tag_by_modified" ON "tag" (_deleted, _modified_at, id);
CREATE INDEX "tag_by_merged_into" ON "tag" (_merged_into) WHERE _merged_into IS NOT NULL;
CREATE INDEX "tag_by_parent" ON "tag" ("parent", _deleted, id) WHERE "parent" IS NOT NULL;
"#;
        assert_eq!(table_of(Tag::DEF), expected);
    }
}
