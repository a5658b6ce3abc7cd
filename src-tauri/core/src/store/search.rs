//! The index of every word of the carnet: what stands in it, and how it follows the records.
//!
//! It holds folded words only, those of a title apart from the others. How it is asked is `finding`'s business.

pub(super) mod due;
mod excerpt;
mod finding;
mod spelling;

use rusqlite::{Connection, OptionalExtension};

pub use finding::SearchHit;
pub(super) use finding::{match_of, words_typed};

use super::error::StoreError;
use crate::fold::fold_onto;
use crate::model::EntityDef;

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
        let title = Self::title_of(def, &word);
        let mut body = String::new();
        for field in def.fields {
            if field.kind.is_words() && !def.title.contains(&field.name) {
                add_folded(&mut body, word(field.name));
            }
        }
        Self { title, body }
    }

    /// Those of its title alone.
    pub(super) fn title_of<'a>(def: &EntityDef, word: impl Fn(&str) -> Option<&'a str>) -> String {
        let mut title = String::new();
        for name in def.title {
            if def.field(name).is_some_and(|field| field.kind.is_words()) {
                add_folded(&mut title, word(name));
            }
        }
        title
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
    let Some((words, is_hidden)) = stored_words(conn, def, row)? else {
        return Ok(());
    };
    set_title_key(conn, def, row, &words.title)?;
    replace(conn, def, row, &words, is_hidden)
}

/// The words of a row of the projection, and whether lists leave it out; `None` where it is not there.
fn stored_words(
    conn: &Connection,
    def: &EntityDef,
    row: &str,
) -> Result<Option<(Words, bool)>, StoreError> {
    let columns: Vec<&str> = def
        .fields
        .iter()
        .filter(|field| field.kind.is_words())
        .map(|field| field.name)
        .collect();
    let listed: String = columns.iter().map(|name| format!(", \"{name}\"")).collect();
    let sql = format!(
        "SELECT _deleted{listed} FROM \"{}\" WHERE id = ?1",
        def.name
    );
    let found = conn.prepare_cached(&sql)?.query_row([row], |row| {
        let texts = (1..=columns.len()).map(|index| row.get(index));
        let texts: Vec<Option<String>> = texts.collect::<rusqlite::Result<_>>()?;
        Ok((texts, row.get(0)?))
    });
    Ok(found.optional()?.map(|(texts, is_hidden)| {
        let words = Words::of(def, |name| {
            let at = columns.iter().position(|column| *column == name)?;
            texts[at].as_deref()
        });
        (words, is_hidden)
    }))
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
    const CHANGE: &str = "INSERT OR REPLACE INTO search (rowid, title, body) VALUES (?1, ?2, ?3)";
    due::settle(conn, row)?;
    if is_deleted || words.is_empty() {
        return forget(conn, row);
    }
    match number_of(conn, row)? {
        Some(number) => {
            conn.prepare_cached(CHANGE)?
                .execute((number, &words.title, &words.body))?;
            Ok(())
        }
        None => add_row(conn, def, row, words),
    }
}

/// The number of a row in the index, if it has one.
fn number_of(conn: &Connection, row: &str) -> Result<Option<i64>, StoreError> {
    const FIND: &str = "SELECT id FROM search_row WHERE \"row\" = ?1";
    Ok(conn
        .prepare_cached(FIND)?
        .query_row([row], |row| row.get("id"))
        .optional()?)
}

/// Takes a row out of the index.
fn forget(conn: &Connection, row: &str) -> Result<(), StoreError> {
    const FORGET: &str = "DELETE FROM search WHERE rowid = ?1";
    const FORGET_NAME: &str = "DELETE FROM search_row WHERE id = ?1";
    if let Some(number) = number_of(conn, row)? {
        conn.prepare_cached(FORGET)?.execute([number])?;
        conn.prepare_cached(FORGET_NAME)?.execute([number])?;
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
