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
const LOG: &str = r#"
CREATE TABLE device (
    device TEXT PRIMARY KEY,
    name   TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE "commit" (
    device    TEXT    NOT NULL,
    seq       INTEGER NOT NULL,
    time      INTEGER NOT NULL,
    author    TEXT    NOT NULL,
    wall_time TEXT    NOT NULL,
    label     TEXT    NOT NULL,
    seen      TEXT    NOT NULL,
    digest    TEXT    NOT NULL,
    PRIMARY KEY (device, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE change (
    device TEXT    NOT NULL,
    seq    INTEGER NOT NULL,
    entity TEXT    NOT NULL,
    "row"  TEXT    NOT NULL,
    field  TEXT    NOT NULL,
    value  TEXT,
    PRIMARY KEY (device, seq, entity, "row", field)
) STRICT, WITHOUT ROWID;

CREATE INDEX change_by_field ON change ("row", field);
"#;

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

CREATE TABLE search_row (
    id     INTEGER PRIMARY KEY,
    entity TEXT NOT NULL,
    "row"  TEXT NOT NULL UNIQUE
) STRICT;

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
         _modified_at TEXT NOT NULL,\n    _modified_by TEXT NOT NULL,\n    _deleted INTEGER NOT NULL DEFAULT 0",
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
         CREATE INDEX \"{0}_by_modified\" ON \"{0}\" (_deleted, _modified_at, id);\n",
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
    conn.execute_batch(LOG)?;
    create_derived(conn)?;
    conn.pragma_update(None, "application_id", APPLICATION_ID)?;
    conn.pragma_update(None, "user_version", FORMAT)
}

fn create_derived(conn: &Connection) -> rusqlite::Result<()> {
    conn.execute_batch(DERIVED)?;
    for def in ENTITIES {
        conn.execute_batch(&table_of(def))?;
    }
    Ok(())
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
    conn.execute_batch("DROP TABLE IF EXISTS search_term; DROP TABLE IF EXISTS search; DROP TABLE IF EXISTS search_row; DROP TABLE IF EXISTS element;")?;
    let names: Vec<String> = conn
        .prepare(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT IN ('device', 'commit', 'change') \
             AND name NOT LIKE 'sqlite_%'",
        )?
        .query_map([], |row| row.get("name"))?
        .collect::<rusqlite::Result<_>>()?;
    for name in names {
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
    "label_fr" TEXT,
    "label_en" TEXT,
    "is_theme" INTEGER,
    "parent" TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX "tag_by_title" ON "tag" (_deleted, _title, id);
CREATE INDEX "tag_by_modified" ON "tag" (_deleted, _modified_at, id);
CREATE INDEX "tag_by_parent" ON "tag" ("parent", _deleted, id) WHERE "parent" IS NOT NULL;
"#;
        assert_eq!(table_of(Tag::DEF), expected);
    }
}
