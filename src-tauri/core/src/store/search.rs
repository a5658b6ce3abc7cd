//! Search over every word of the carnet: accents and case aside, as one types, and through a typing mistake.
//!
//! The index holds folded words only; the excerpts come from the records themselves.

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension};
use serde::Serialize;
use ts_rs::TS;

use super::carnet::Carnet;
use super::error::StoreError;
use super::{projection, titles};
use crate::fold::fold;
use crate::model::{EntityDef, Record, RowId, Value, entity_def};

/// Words of the query beyond these change nothing that a reader would notice.
const MOST_WORDS: usize = 8;
/// How many spellings of a mistyped word are looked for.
const MOST_SPELLINGS: usize = 12;
/// Length of an excerpt, in characters.
const EXCERPT_CHARS: usize = 140;

/// A record that a search found.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct SearchHit {
    /// Its entity.
    pub entity: String,
    /// Its row.
    pub id: String,
    /// How it is named.
    pub title: String,
    /// What tells it from another of the same name.
    pub subtitle: Option<String>,
    /// Where the words stand.
    pub excerpt: String,
    /// The words found in the excerpt: start and end, in UTF-16 units.
    pub marks: Vec<(u32, u32)>,
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
    let (title, words) = words(def, |name| record.text(name));
    set_title_key(conn, def, row, &title)?;
    let body = if record.is_deleted {
        String::new()
    } else {
        words
    };
    replace(conn, def, row, &title, &body)
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

fn replace(
    conn: &Connection,
    def: &EntityDef,
    row: &str,
    title: &str,
    body: &str,
) -> Result<(), StoreError> {
    const FIND: &str = "SELECT id FROM search_row WHERE \"row\" = ?1";
    const FORGET: &str = "DELETE FROM search WHERE rowid = ?1";
    let known: Option<i64> = conn
        .prepare_cached(FIND)?
        .query_row([row], |row| row.get("id"))
        .optional()?;
    if let Some(known) = known {
        conn.prepare_cached(FORGET)?.execute([known])?;
    }
    if body.is_empty() {
        if known.is_some() {
            conn.prepare_cached("DELETE FROM search_row WHERE \"row\" = ?1")?
                .execute([row])?;
        }
        return Ok(());
    }
    match known {
        Some(known) => add_words(conn, known, title, body),
        None => add_row(conn, def, row, title, body),
    }
}

/// Puts the words of a row that the index does not know in it.
pub(super) fn add_row(
    conn: &Connection,
    def: &EntityDef,
    row: &str,
    title: &str,
    body: &str,
) -> Result<(), StoreError> {
    const NAME: &str = "INSERT INTO search_row (entity, \"row\") VALUES (?1, ?2)";
    let number = conn.prepare_cached(NAME)?.insert((def.name, row))?;
    add_words(conn, number, title, body)
}

fn add_words(conn: &Connection, number: i64, title: &str, body: &str) -> Result<(), StoreError> {
    const ADD: &str = "INSERT INTO search (rowid, title, body) VALUES (?1, ?2, ?3)";
    conn.prepare_cached(ADD)?.execute((number, title, body))?;
    Ok(())
}

/// The words of a record, folded: those of its title alone, which sort it too, and all of them.
///
/// Both depend on the record alone, whatever becomes of those that it links to.
pub(super) fn words<'a>(
    def: &EntityDef,
    word: impl Fn(&str) -> Option<&'a str>,
) -> (String, String) {
    let title = def
        .title
        .iter()
        .filter_map(|name| def.field(name))
        .filter(|field| field.kind.is_words());
    let all = def.fields.iter().filter(|field| field.kind.is_words());
    let folded = |words: Vec<&str>| words.into_iter().map(fold).collect::<Vec<_>>().join(" ");
    (
        folded(title.filter_map(|field| word(field.name)).collect()),
        folded(all.filter_map(|field| word(field.name)).collect()),
    )
}

/// The FTS5 query for folded words, each a prefix; every word must be there.
pub(super) fn match_of(words: &[String]) -> String {
    words
        .iter()
        .map(|word| format!("\"{word}\"*"))
        .collect::<Vec<_>>()
        .join(" AND ")
}

/// The folded words of what was typed.
pub(super) fn words_typed(query: &str) -> Vec<String> {
    fold(query)
        .split_whitespace()
        .take(MOST_WORDS)
        .map(str::to_owned)
        .collect()
}

impl Carnet {
    /// Finds records by their words, best first, at most `limit`.
    ///
    /// Where the words as typed find nothing, the closest spellings in the carnet are tried.
    pub fn search(&self, query: &str, limit: usize) -> Result<Vec<SearchHit>, StoreError> {
        let words = words_typed(query);
        if words.is_empty() || limit == 0 {
            return Ok(Vec::new());
        }
        let mut found = self.matching(&match_of(&words), limit)?;
        let mut sought: Vec<String> = words.clone();
        if found.is_empty()
            && let Some((spellings, query)) = self.respelled(&words)?
        {
            found = self.matching(&query, limit)?;
            sought = spellings;
        }
        found
            .into_iter()
            .map(|(entity, row)| self.hit(&entity, &row, &sought))
            .filter_map(Result::transpose)
            .collect()
    }

    fn matching(&self, query: &str, limit: usize) -> Result<Vec<(String, String)>, StoreError> {
        const MATCH: &str = "SELECT r.entity, r.\"row\" FROM search JOIN search_row r ON r.id = search.rowid \
                             WHERE search MATCH ?1 ORDER BY bm25(search, 8.0, 1.0) LIMIT ?2";
        let mut statement = self.conn.prepare_cached(MATCH)?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = statement.query_map((query, limit), |row| {
            Ok((row.get("entity")?, row.get("row")?))
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The query with each word replaced by the closest spellings that the carnet holds.
    fn respelled(&self, words: &[String]) -> Result<Option<(Vec<String>, String)>, StoreError> {
        let mut all = Vec::new();
        let mut clauses = Vec::new();
        for word in words {
            let mut spellings = self.spellings(word)?;
            if spellings.is_empty() {
                return Ok(None);
            }
            let clause: Vec<String> = spellings.iter().map(|term| format!("\"{term}\"")).collect();
            clauses.push(format!("({})", clause.join(" OR ")));
            all.append(&mut spellings);
        }
        Ok(Some((all, clauses.join(" AND "))))
    }

    /// Words of the carnet that a mistyped one may stand for, closest first.
    fn spellings(&self, word: &str) -> Result<Vec<String>, StoreError> {
        const SAME_START: &str = "SELECT term FROM search_term WHERE term >= ?1 AND term < ?2";
        const ALL: &str = "SELECT term FROM search_term";
        let length = word.chars().count();
        let tolerance = match length {
            0..=2 => 0,
            3..=5 => 1,
            _ => 2,
        };
        let first: String = word.chars().take(1).collect();
        let after = format!("{first}\u{10ffff}");
        let mut close = self.close_terms(word, tolerance, SAME_START, &[&first, &after])?;
        if close.is_empty() && tolerance > 0 {
            close = self.close_terms(word, tolerance, ALL, &[])?;
        }
        Ok(close
            .into_iter()
            .take(MOST_SPELLINGS)
            .map(|(_, term)| term)
            .collect())
    }

    fn close_terms(
        &self,
        word: &str,
        tolerance: usize,
        sql: &str,
        params: &[&String],
    ) -> Result<BTreeSet<(usize, String)>, StoreError> {
        let length = word.chars().count();
        let mut statement = self.conn.prepare_cached(sql)?;
        let mut rows = statement.query(rusqlite::params_from_iter(params))?;
        let mut close = BTreeSet::new();
        while let Some(row) = rows.next()? {
            let term: String = row.get("term")?;
            if term.chars().count() + tolerance < length {
                continue;
            }
            // As one types, a word is compared with the beginning of longer ones too.
            let beginning: String = term.chars().take(length).collect();
            let distance =
                strsim::osa_distance(word, &term).min(strsim::osa_distance(word, &beginning));
            if distance <= tolerance {
                close.insert((distance, term));
            }
        }
        Ok(close)
    }

    fn hit(
        &self,
        entity: &str,
        row: &str,
        words: &[String],
    ) -> Result<Option<SearchHit>, StoreError> {
        let (Some(def), Ok(id)) = (entity_def(entity), row.parse::<RowId>()) else {
            return Ok(None);
        };
        let Some(record) = projection::record(&self.conn, def, id)? else {
            return Ok(None);
        };
        let named = titles::of_record(&self.conn, self.language, &record)?;
        let (excerpt, marks) = excerpt_of(def, &record, words);
        Ok(Some(SearchHit {
            entity: entity.to_owned(),
            id: row.to_owned(),
            title: named.title,
            subtitle: named.subtitle,
            excerpt,
            marks,
        }))
    }
}

/// The part of a record where the words stand, and where in it.
fn excerpt_of(def: &EntityDef, record: &Record, words: &[String]) -> (String, Vec<(u32, u32)>) {
    let texts = def
        .fields
        .iter()
        .filter(|field| field.kind.is_words() && !def.title.contains(&field.name));
    let in_order = texts.chain(
        def.fields
            .iter()
            .filter(|field| def.title.contains(&field.name)),
    );
    for field in in_order {
        let Some(Value::Text(text)) = record.value(field.name) else {
            continue;
        };
        if let Some(start) = first_match(text, words) {
            return cut(text, start, words);
        }
    }
    (String::new(), Vec::new())
}

/// The words of a text with where they stand, in bytes.
fn tokens(text: &str) -> impl Iterator<Item = (usize, usize)> {
    let mut start = None;
    let mut spans = Vec::new();
    for (at, c) in text.char_indices() {
        match (c.is_alphanumeric(), start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                spans.push((from, at));
                start = None;
            }
            _ => {}
        }
    }
    if let Some(from) = start {
        spans.push((from, text.len()));
    }
    spans.into_iter()
}

fn is_match(token: &str, words: &[String]) -> bool {
    let folded = fold(token);
    words.iter().any(|word| folded.starts_with(word.as_str()))
}

fn first_match(text: &str, words: &[String]) -> Option<usize> {
    tokens(text)
        .find(|(from, to)| is_match(&text[*from..*to], words))
        .map(|(from, _)| from)
}

fn cut(text: &str, around: usize, words: &[String]) -> (String, Vec<(u32, u32)>) {
    let before = text[..around]
        .char_indices()
        .rev()
        .nth(EXCERPT_CHARS / 3)
        .map_or(0, |(at, _)| at);
    let start = if before == 0 {
        0
    } else {
        text[before..]
            .find(' ')
            .map_or(before, |space| before + space + 1)
    };
    let end = text[start..]
        .char_indices()
        .nth(EXCERPT_CHARS)
        .map_or(text.len(), |(at, _)| start + at);
    let body = text[start..end].replace('\n', " ");
    let excerpt = format!(
        "{}{body}{}",
        if start > 0 { "… " } else { "" },
        if end < text.len() { "…" } else { "" }
    );
    let units = |bytes: &str| u32::try_from(bytes.encode_utf16().count()).unwrap_or(u32::MAX);
    let marks = tokens(&excerpt)
        .filter(|(from, to)| is_match(&excerpt[*from..*to], words))
        .map(|(from, to)| (units(&excerpt[..from]), units(&excerpt[..to])))
        .collect();
    (excerpt, marks)
}
