//! The index of every word of the carnet: what stands in it, and how it follows the records.
//!
//! It holds folded words only, those of a title apart from the others. How it is asked is `finding`'s business.

mod excerpt;
mod finding;
mod spelling;

use rusqlite::{Connection, OptionalExtension};

pub use finding::SearchHit;
pub(super) use finding::{match_of, words_typed};

use super::error::StoreError;
use super::projection;
use crate::fold::fold_onto;
use crate::model::{EntityDef, RowId, entity_def};

/// The folded words of a record.
pub(super) struct Words {
    /// Those of its title, which sort it too.
    pub(super) title: String,
    /// All others.
    pub(super) body: String,
}

impl Words {
    /// The words of a record whose field of a name holds `word(name)`.
    ///
    /// They depend on the record alone, whatever becomes of those that it links to.
    pub(super) fn of<'a>(def: &EntityDef, word: impl Fn(&str) -> Option<&'a str>) -> Self {
        let mut words = Self {
            title: String::new(),
            body: String::new(),
        };
        for name in def.title {
            if def.field(name).is_some_and(|field| field.kind.is_words()) {
                add_folded(&mut words.title, word(name));
            }
        }
        for field in def.fields {
            if field.kind.is_words() && !def.title.contains(&field.name) {
                add_folded(&mut words.body, word(field.name));
            }
        }
        words
    }

    /// Whether there is nothing to find.
    pub(super) fn is_empty(&self) -> bool {
        self.title.is_empty() && self.body.is_empty()
    }
}

fn add_folded(words: &mut String, text: Option<&str>) {
    if let Some(text) = text {
        if !words.is_empty() {
            words.push(' ');
        }
        fold_onto(words, text);
    }
}

/// Puts a row of the projection in the index, or takes it out when it is deleted.
pub(super) fn index_row(conn: &Connection, def: &EntityDef, row: &str) -> Result<(), StoreError> {
    let Some(def) = entity_def(def.name) else {
        return Ok(());
    };
    let Some(id) = row.parse::<RowId>().ok() else {
        return Ok(());
    };
    let Some(record) = projection::record(conn, def, id)? else {
        return Ok(());
    };
    let words = Words::of(def, |name| record.text(name));
    set_title_key(conn, def, row, &words.title)?;
    replace(conn, def, row, &words, record.is_deleted)
}

fn set_title_key(
    conn: &Connection,
    def: &EntityDef,
    row: &str,
    title: &str,
) -> Result<(), StoreError> {
    let sql = format!(
        "UPDATE \"{}\" SET _title = ?2 WHERE id = ?1 AND _title <> ?2",
        def.name
    );
    conn.prepare_cached(&sql)?.execute((row, title))?;
    Ok(())
}

/// Puts the words of a row in the place of those that the index has of it; none of one that lists leave out.
pub(super) fn replace(
    conn: &Connection,
    def: &EntityDef,
    row: &str,
    words: &Words,
    is_deleted: bool,
) -> Result<(), StoreError> {
    const FIND: &str = "SELECT id FROM search_row WHERE \"row\" = ?1";
    const CHANGE: &str = "INSERT OR REPLACE INTO search (rowid, title, body) VALUES (?1, ?2, ?3)";
    const FORGET: &str = "DELETE FROM search WHERE rowid = ?1";
    const FORGET_NAME: &str = "DELETE FROM search_row WHERE id = ?1";
    let known: Option<i64> = conn
        .prepare_cached(FIND)?
        .query_row([row], |row| row.get("id"))
        .optional()?;
    let is_found = !is_deleted && !words.is_empty();
    match known {
        Some(number) if is_found => {
            conn.prepare_cached(CHANGE)?
                .execute((number, &words.title, &words.body))?;
        }
        Some(number) => {
            conn.prepare_cached(FORGET)?.execute([number])?;
            conn.prepare_cached(FORGET_NAME)?.execute([number])?;
        }
        None if is_found => add_row(conn, def, row, words)?,
        None => {}
    }
    Ok(())
}

/// Puts the words of a row that the index does not know in it.
pub(super) fn add_row(
    conn: &Connection,
    def: &EntityDef,
    row: &str,
    words: &Words,
) -> Result<(), StoreError> {
    const NAME: &str = "INSERT INTO search_row (entity, \"row\") VALUES (?1, ?2)";
    const ADD: &str = "INSERT INTO search (rowid, title, body) VALUES (?1, ?2, ?3)";
    let number = conn.prepare_cached(NAME)?.insert((def.name, row))?;
    conn.prepare_cached(ADD)?
        .execute((number, &words.title, &words.body))?;
    Ok(())
}
