//! Records whose words the index does not have yet: many came at once, and their words follow in short steps.
//!
//! A record is due or indexed, never both: what the index had of one that becomes due leaves it at once, and its words
//! are read when their turn comes, from what it shows by then. So nothing outdated or erased is ever found or comes back.

use std::collections::BTreeMap;

use rusqlite::types::Value as Sql;
use rusqlite::{Connection, OptionalExtension};

use super::super::carnet::Carnet;
use super::super::error::StoreError;
use super::finding::Found;
use super::{add_row, forget, stored_words};
use crate::model::{ENTITIES, EntityDef, entity_def};

impl Carnet {
    /// How many records the search index does not know yet; a search finds them by their titles alone.
    pub fn search_due(&self) -> Result<usize, StoreError> {
        const COUNT: &str = "SELECT count(*) FROM search_due";
        let count: i64 = self
            .conn
            .prepare_cached(COUNT)?
            .query_row([], |row| row.get(0))?;
        Ok(usize::try_from(count).unwrap_or(0))
    }

    /// Puts the words of at most `limit` records that are due in the index, durably; gives how many they were.
    ///
    /// Fewer than `limit` says that none is left. A program that ends on the way goes on at the same place.
    pub fn index_due(&mut self, limit: usize) -> Result<usize, StoreError> {
        if !has_any(&self.conn)? {
            return Ok(0);
        }
        self.write(|conn, _, _| index(conn, limit))
    }
}

/// Whether any record is due.
pub(in super::super) fn has_any(conn: &Connection) -> Result<bool, StoreError> {
    Ok(conn
        .prepare_cached("SELECT 1 FROM search_due LIMIT 1")?
        .exists([])?)
}

/// Leaves the words of a row for later; `is_new` says that the index has nothing of it.
pub(in super::super) fn leave(
    conn: &Connection,
    def: &EntityDef,
    row: &str,
    is_new: bool,
) -> Result<(), StoreError> {
    const LEAVE: &str = "INSERT OR IGNORE INTO search_due (\"row\", entity) VALUES (?1, ?2)";
    if !is_new {
        forget(conn, row)?;
    }
    conn.prepare_cached(LEAVE)?.execute((row, def.name))?;
    Ok(())
}

/// A row is due no more: the index has its words, or lists leave it out.
pub(super) fn settle(conn: &Connection, row: &str) -> Result<(), StoreError> {
    conn.prepare_cached("DELETE FROM search_due WHERE \"row\" = ?1")?
        .execute([row])?;
    Ok(())
}

/// Puts the words of the first rows that are due in the index, in the transaction of the caller; gives how many.
pub(in super::super) fn index(conn: &Connection, limit: usize) -> Result<usize, StoreError> {
    const DONE: &str = "DELETE FROM search_due WHERE \"row\" <= ?1";
    let next = first(conn, limit)?;
    for (row, entity) in &next {
        let Some(def) = entity_def(entity) else {
            continue;
        };
        if let Some((words, is_hidden)) = stored_words(conn, def, row)?
            && !is_hidden
            && !words.is_empty()
        {
            add_row(conn, def, row, &words)?;
        }
    }
    if let Some((last, _)) = next.last() {
        conn.prepare_cached(DONE)?.execute([last])?;
    }
    Ok(next.len())
}

/// The first rows that are due, in the order in which a replay indexes them.
fn first(conn: &Connection, limit: usize) -> Result<Vec<(String, String)>, StoreError> {
    const FIRST: &str = "SELECT \"row\", entity FROM search_due ORDER BY \"row\" LIMIT ?1";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut statement = conn.prepare_cached(FIRST)?;
    let rows = statement.query_map([limit], |row| Ok((row.get("row")?, row.get("entity")?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Takes out of the index of `fresh`, a replay of the log of `conn`, what is due in `conn`.
pub(in super::super) fn leave_as_in(
    conn: &Connection,
    fresh: &Connection,
) -> Result<(), StoreError> {
    for (row, _) in first(conn, usize::MAX)? {
        forget(fresh, &row)?;
    }
    Ok(())
}

/// What a due row of a table `t` whose title holds these words meets, with what is bound in it.
///
/// It holds of no record that the index knows.
pub(in super::super) fn condition(words: &[String]) -> (String, Vec<Sql>) {
    let mut sql = "t.id IN (SELECT \"row\" FROM search_due)".to_owned();
    let mut bound = Vec::with_capacity(words.len());
    for word in words {
        // Both are folded: a word begins where the title does, or after a space.
        sql.push_str(" AND instr(' ' || t._title, ?) > 0");
        bound.push(Sql::Text(format!(" {word}")));
    }
    (sql, bound)
}

/// Of so many records that are due, those next in turn, a search reads the title at each letter that is typed.
///
/// The others wait: a title that begins as typed is found in any case, and their turn comes.
const TITLES_READ: usize = 5_000;

/// Due records whose title holds these words or words that begin so, in the order of titles, at most `limit` of each
/// entity.
pub(super) fn titled(
    conn: &Connection,
    words: &[String],
    limit: usize,
) -> Result<Vec<Found>, StoreError> {
    titled_of_next(conn, words, limit, TITLES_READ)
}

/// The same, of the `most` records that are next in turn.
fn titled_of_next(
    conn: &Connection,
    words: &[String],
    limit: usize,
    most: usize,
) -> Result<Vec<Found>, StoreError> {
    let mut rows: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (row, entity) in first(conn, most)? {
        rows.entry(entity).or_default().push(row);
    }
    // Both are folded: a word begins where the title does, or after a space.
    let words: Vec<String> = words.iter().map(|word| format!(" {word}")).collect();
    let mut found = Vec::new();
    for def in ENTITIES {
        let Some(rows) = rows.get(def.name) else {
            continue;
        };
        let sql = format!(
            "SELECT ' ' || _title AS title FROM \"{}\" WHERE id = ?1 AND _deleted = 0",
            def.name
        );
        let mut title_of = conn.prepare_cached(&sql)?;
        let mut titled = Vec::new();
        for row in rows {
            let title: Option<Option<String>> = title_of
                .query_row([row], |found| found.get("title"))
                .optional()?;
            if let Some(title) = title.flatten()
                && words.iter().all(|word| title.contains(word))
            {
                titled.push((title, row));
            }
        }
        titled.sort_unstable();
        found.extend(titled.into_iter().take(limit).map(|(_, row)| Found {
            entity: def.name.to_owned(),
            row: row.clone(),
        }));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {

    use super::*;
    use crate::store::{Edit, Edits, RowName};
    use crate::testing::writer;

    #[test]
    fn a_carnet_that_must_be_rebuilt_is_open_before_the_words_of_many_records_are_indexed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.carnet");
        let mut carnet = Carnet::create(&path, None, writer(folder.path())).unwrap();
        let tags = (0..1_100).map(|index| {
            Edit::of("tag", RowName::New).set("label_fr", format!("laine{index}").as_str())
        });
        let (edits, label) = (tags.collect(), "test".to_owned());
        let rows = carnet.save(Edits { edits, label }).unwrap().rows;
        assert_eq!(
            carnet.search_due().unwrap(),
            0,
            "what is written here is indexed with it"
        );
        carnet.conn.execute_batch("DROP TABLE search_due").unwrap();
        drop(carnet);
        let mut carnet = Carnet::open(&path, None, writer(folder.path())).unwrap();
        assert_eq!(carnet.search_due().unwrap(), 100);
        assert_eq!(carnet.check().unwrap().damages, []);
        assert_eq!(carnet.index_due(1_000).unwrap(), 100);
        assert_eq!(carnet.search_due().unwrap(), 0);
        assert_eq!(carnet.check().unwrap().damages, []);
        let found = carnet.search("laine1099", 2).unwrap();
        assert_eq!(found[0].id, rows[1_099].id.to_string());
    }

    #[test]
    fn a_search_reads_the_titles_of_the_records_next_in_turn_and_of_no_others() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.carnet");
        let mut carnet = Carnet::create(&path, None, writer(folder.path())).unwrap();
        let tags = (0..9).map(|index| {
            Edit::of("tag", RowName::New).set("label_fr", format!("Brin de laine {index}").as_str())
        });
        let (edits, label) = (tags.collect(), "test".to_owned());
        let rows = carnet.save(Edits { edits, label }).unwrap().rows;
        let tag = entity_def("tag").unwrap();
        for row in &rows {
            leave(&carnet.conn, tag, &row.id.to_string(), false).unwrap();
        }
        let mut in_turn: Vec<String> = rows.iter().map(|row| row.id.to_string()).collect();
        in_turn.sort_unstable();
        let words = ["laine".to_owned(), "bri".to_owned()];
        let found = |carnet: &Carnet, limit: usize, most: usize| -> Vec<String> {
            let found = titled_of_next(&carnet.conn, &words, limit, most).unwrap();
            found.into_iter().map(|one| one.row).collect()
        };
        let sorted = |mut rows: Vec<String>| {
            rows.sort_unstable();
            rows
        };
        assert_eq!(sorted(found(&carnet, 10, 4)), in_turn[..4]);
        assert_eq!(found(&carnet, 3, 4).len(), 3);
        assert_eq!(found(&carnet, 10, 9).len(), 9);
        let none = titled_of_next(&carnet.conn, &["aine".to_owned()], 10, 9).unwrap();
        assert!(none.is_empty(), "no word begins so");
        carnet.index_due(4).unwrap();
        assert_eq!(sorted(found(&carnet, 10, 4)), in_turn[4..8]);
    }

    #[test]
    fn a_record_that_is_neither_due_nor_indexed_is_damage_and_one_that_is_both_too() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.carnet");
        let mut carnet = Carnet::create(&path, None, writer(folder.path())).unwrap();
        let edits = vec![Edit::of("tag", RowName::New).set("label_fr", "laine")];
        let label = "test".to_owned();
        let row = carnet.save(Edits { edits, label }).unwrap().rows[0]
            .id
            .to_string();
        let add = "INSERT INTO search_due (\"row\", entity) VALUES (?1, 'tag')";
        carnet.conn.execute(add, [&row]).unwrap();
        assert_ne!(carnet.check().unwrap().damages, [], "both");
        forget(&carnet.conn, &row).unwrap();
        assert_eq!(carnet.check().unwrap().damages, [], "due");
        carnet.conn.execute("DELETE FROM search_due", []).unwrap();
        assert_ne!(carnet.check().unwrap().damages, [], "neither");
    }
}
