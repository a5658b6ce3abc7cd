//! Search as one types: accents and case aside, the beginning of a word being enough, and through a typing mistake.
//!
//! What it costs is bounded: nothing here reads or ranks every record that holds a common word.

use std::collections::HashSet;
use std::sync::OnceLock;

use rusqlite::{Connection, OptionalExtension};
use serde::Serialize;
use ts_rs::TS;

use super::super::carnet::Carnet;
use super::super::error::StoreError;
use super::super::{projection, titles};
use super::due;
use super::excerpt::excerpt_of;
use super::spelling::{may_be_mistyped, spellings};
use crate::fold::fold;
use crate::model::{ENTITIES, RowId, entity_def};

/// Words of the query beyond these change nothing that a reader would notice.
const MOST_WORDS: usize = 8;

/// A record that a search found, as it is shown.
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

impl Carnet {
    /// Finds records by their words, best first, at most `limit`.
    ///
    /// Where the words as typed find nothing, the closest spellings in the carnet are tried. Records that are due
    /// ([`Carnet::search_due`]) are found by their titles, not by their texts.
    pub fn search(&self, query: &str, limit: usize) -> Result<Vec<SearchHit>, StoreError> {
        let mut sought = words_typed(query);
        if sought.is_empty() || limit == 0 {
            return Ok(Vec::new());
        }
        let mut best = Best::new(limit);
        // Titles that begin as typed come before all others.
        for found in titles_beginning(&self.conn, &sought.join(" "), limit)? {
            best.add(found);
        }
        // The index has no word yet of those that are due.
        for found in due::titled(&self.conn, &sought, limit)? {
            best.add(found);
        }
        let words: Vec<Sought> = sought.iter().map(|word| Sought::word(word)).collect();
        add_found(&self.conn, &words, &mut best)?;
        if best.found.is_empty()
            && let Some(respelled) = respelled(&self.conn, &sought)?
        {
            add_found(&self.conn, &respelled.sought, &mut best)?;
            sought = respelled.spellings;
        }
        best.found
            .into_iter()
            .map(|found| self.hit(found, &sought))
            .filter_map(Result::transpose)
            .collect()
    }

    fn hit(&self, found: Found, words: &[String]) -> Result<Option<SearchHit>, StoreError> {
        let (Some(def), Ok(id)) = (entity_def(&found.entity), found.row.parse::<RowId>()) else {
            return Ok(None);
        };
        let Some(record) = projection::record(&self.conn, def, id)? else {
            return Ok(None);
        };
        let named = titles::of_record(&self.conn, self.language, &record)?;
        let (excerpt, marks) = excerpt_of(def, &record, words);
        Ok(Some(SearchHit {
            entity: found.entity,
            id: found.row,
            title: named.title,
            subtitle: named.subtitle,
            excerpt,
            marks,
        }))
    }
}

/// The FTS5 query for folded words, each a prefix; every word must be there.
pub(in super::super) fn match_of(words: &[String]) -> String {
    words
        .iter()
        .map(|word| format!("\"{word}\"*"))
        .collect::<Vec<_>>()
        .join(" AND ")
}

/// The folded words of what was typed.
pub(in super::super) fn words_typed(query: &str) -> Vec<String> {
    fold(query)
        .split_whitespace()
        .take(MOST_WORDS)
        .map(str::to_owned)
        .collect()
}

/// A record that a search found.
pub(super) struct Found {
    pub(super) entity: String,
    pub(super) row: String,
}

/// The records found so far, best first, each once.
struct Best {
    found: Vec<Found>,
    rows: HashSet<String>,
    limit: usize,
}

impl Best {
    fn new(limit: usize) -> Self {
        Self {
            found: Vec::new(),
            rows: HashSet::new(),
            limit,
        }
    }

    fn is_full(&self) -> bool {
        self.found.len() >= self.limit
    }

    fn add(&mut self, found: Found) {
        if !self.is_full() && self.rows.insert(found.row.clone()) {
            self.found.push(found);
        }
    }

    /// Adds records by their numbers in the index, until it is full.
    fn add_numbered(&mut self, conn: &Connection, numbers: Vec<i64>) -> Result<(), StoreError> {
        const NAMED: &str = "SELECT entity, \"row\" FROM search_row WHERE id = ?1";
        let mut statement = conn.prepare_cached(NAMED)?;
        for number in numbers {
            if self.is_full() {
                break;
            }
            let named = statement.query_row([number], |row| {
                Ok(Found {
                    entity: row.get("entity")?,
                    row: row.get("row")?,
                })
            });
            if let Some(found) = named.optional()? {
                self.add(found);
            }
        }
        Ok(())
    }
}

/// A word that is sought, as FTS5 queries: as a whole word, and as the beginning of one.
struct Sought {
    whole: String,
    begun: String,
}

impl Sought {
    fn word(word: &str) -> Self {
        Self {
            whole: format!("\"{word}\""),
            begun: format!("\"{word}\"*"),
        }
    }

    fn one_of(spellings: &[String]) -> Self {
        let terms: Vec<String> = spellings.iter().map(|term| format!("\"{term}\"")).collect();
        let any = format!("({})", terms.join(" OR "));
        Self {
            whole: any.clone(),
            begun: any,
        }
    }
}

/// The FTS5 queries that find words, the better places first: titles before texts, whole words before beginnings.
fn from_best_to_any(sought: &[Sought]) -> Vec<String> {
    let whole: Vec<&str> = sought.iter().map(|word| word.whole.as_str()).collect();
    let begun: Vec<&str> = sought.iter().map(|word| word.begun.as_str()).collect();
    let (all_whole, all_begun) = (whole.join(" AND "), begun.join(" AND "));
    let mut queries = vec![
        format!("{{title}} : ({all_whole})"),
        format!("{{title}} : ({all_begun})"),
    ];
    if sought.len() > 1 {
        let any_begun = begun.join(" OR ");
        queries.push(format!("{{title}} : ({any_begun}) AND {all_begun}"));
    }
    queries.extend([all_whole, all_begun]);
    queries
}

/// Adds records by where the words stand, the newest first.
///
/// Statistics of rank would read every record that holds one of the words, and tell common ones apart no better.
fn add_found(conn: &Connection, sought: &[Sought], best: &mut Best) -> Result<(), StoreError> {
    for query in from_best_to_any(sought) {
        if best.is_full() {
            break;
        }
        // Those that are found already may be among them.
        let enough = best.limit + best.found.len();
        best.add_numbered(conn, newest(conn, &query, enough)?)?;
    }
    Ok(())
}

/// Records whose title begins with these words, in the order of titles.
fn titles_beginning(
    conn: &Connection,
    words: &str,
    limit: usize,
) -> Result<Vec<Found>, StoreError> {
    static SQL: OnceLock<String> = OnceLock::new();
    let sql = SQL.get_or_init(titles_beginning_sql);
    let mut statement = conn.prepare_cached(sql)?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = statement.query_map((words, format!("{words}\u{10ffff}"), limit), |row| {
        let found = Found {
            entity: row.get("entity")?,
            row: row.get("row")?,
        };
        Ok((row.get::<_, String>("title")?, found))
    })?;
    let mut found = rows.collect::<rusqlite::Result<Vec<_>>>()?;
    found.sort_by(|(a, _), (b, _)| a.cmp(b));
    Ok(found.into_iter().map(|(_, found)| found).collect())
}

/// One read of the index of titles for each entity that has words in its title.
fn titles_beginning_sql() -> String {
    ENTITIES
        .iter()
        .filter(|def| {
            let mut fields = def.title.iter().filter_map(|name| def.field(name));
            fields.any(|field| field.kind.is_words())
        })
        .map(|def| {
            format!(
                "SELECT entity, \"row\", title FROM (SELECT '{0}' AS entity, id AS \"row\", _title AS title \
                 FROM \"{0}\" WHERE _deleted = 0 AND _title >= ?1 AND _title < ?2 ORDER BY _title, id LIMIT ?3)",
                def.name
            )
        })
        .collect::<Vec<_>>()
        .join(" UNION ALL ")
}

/// Numbers of the newest records that match, at most `limit`.
fn newest(conn: &Connection, query: &str, limit: usize) -> Result<Vec<i64>, StoreError> {
    const NEWEST: &str =
        "SELECT rowid AS number FROM search WHERE search MATCH ?1 ORDER BY rowid DESC LIMIT ?2";
    let mut statement = conn.prepare_cached(NEWEST)?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = statement.query_map((query, limit), |row| row.get("number"))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Words with their slips put right.
struct Respelled {
    /// Every spelling that is sought.
    spellings: Vec<String>,
    sought: Vec<Sought>,
}

/// Each word replaced by the closest spellings that the carnet holds; nothing when one has none.
fn respelled(conn: &Connection, words: &[String]) -> Result<Option<Respelled>, StoreError> {
    if !words.iter().any(|word| may_be_mistyped(word)) {
        return Ok(None);
    }
    let mut respelled = Respelled {
        spellings: Vec::new(),
        sought: Vec::new(),
    };
    for word in words {
        if !may_be_mistyped(word) {
            respelled.sought.push(Sought::word(word));
            respelled.spellings.push(word.clone());
            continue;
        }
        let mut close = spellings(conn, word)?;
        if close.is_empty() {
            return Ok(None);
        }
        respelled.sought.push(Sought::one_of(&close));
        respelled.spellings.append(&mut close);
    }
    Ok(Some(respelled))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_read_along_the_index_of_each_entity() {
        let sql = titles_beginning_sql();
        let first = sql.split(" UNION ALL ").next();
        assert_eq!(
            first,
            Some(
                "SELECT entity, \"row\", title FROM (SELECT 'mission' AS entity, id AS \"row\", _title AS title \
                 FROM \"mission\" WHERE _deleted = 0 AND _title >= ?1 AND _title < ?2 ORDER BY _title, id LIMIT ?3)"
            )
        );
    }

    #[test]
    fn two_words_are_sought_in_titles_before_texts_and_whole_before_begun() {
        let sought = [Sought::word("bois"), Sought::word("loc")];
        assert_eq!(
            from_best_to_any(&sought),
            [
                r#"{title} : ("bois" AND "loc")"#,
                r#"{title} : ("bois"* AND "loc"*)"#,
                r#"{title} : ("bois"* OR "loc"*) AND "bois"* AND "loc"*"#,
                r#""bois" AND "loc""#,
                r#""bois"* AND "loc"*"#,
            ]
        );
    }
}
