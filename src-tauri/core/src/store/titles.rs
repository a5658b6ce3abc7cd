//! The title and subtitle by which a record is named wherever it appears.

use rusqlite::{Connection, OptionalExtension};
use serde::Serialize;
use ts_rs::TS;

use super::error::StoreError;
use super::{projection, unite};
use crate::messages::{self, Language};
use crate::model::{EntityDef, FieldKind, Record, RecordRef, RowId, Value, entity_def};

/// Longest title shown, in characters.
const LONGEST_TITLE: usize = 120;
/// How many links a title follows: an attempt is named by its project, not by the project's owner.
const DEEPEST: u8 = 2;

/// How a record is named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Title {
    /// Its name.
    pub title: String,
    /// What tells it from another of the same name.
    pub subtitle: Option<String>,
    /// Whether it is in the bin.
    pub is_deleted: bool,
}

/// The title of a record: its words, else its codes, dates and links.
pub(super) fn title(
    conn: &Connection,
    language: Language,
    record: &Record,
) -> Result<String, StoreError> {
    title_at(conn, language, record, 0)
}

fn title_at(
    conn: &Connection,
    language: Language,
    record: &Record,
    depth: u8,
) -> Result<String, StoreError> {
    let Some(def) = entity_def(record.entity) else {
        return Ok(String::new());
    };
    if record.is_erased {
        return Ok(messages::text(language, "record.erased", &[]));
    }
    let kinds: Vec<(&str, FieldKind)> = def
        .title
        .iter()
        .filter_map(|name| Some((*name, def.field(name)?.kind)))
        .collect();
    let words: Vec<&str> = kinds
        .iter()
        .filter(|(_, kind)| kind.is_words())
        .filter_map(|(name, _)| record.text(name))
        .collect();
    if kinds
        .iter()
        .all(|(_, kind)| matches!(kind, FieldKind::Text))
    {
        return Ok(shortened(&words.join(" ")));
    }
    // What begins with a link is named by it first: the sheet of an organisation in a language.
    let begins_with_link = matches!(
        kinds.first(),
        Some((_, FieldKind::Ref(_) | FieldKind::AnyRef))
    );
    if let (Some(first), false) = (words.first(), begins_with_link) {
        return Ok(shortened(first));
    }
    let mut parts = Vec::new();
    for (name, kind) in kinds {
        if let Some(value) = record.value(name) {
            parts.extend(part(conn, language, kind, value, depth)?);
        }
    }
    Ok(shortened(&parts.join(", ")))
}

fn part(
    conn: &Connection,
    language: Language,
    kind: FieldKind,
    value: &Value,
    depth: u8,
) -> Result<Option<String>, StoreError> {
    let Some(text) = value.as_text() else {
        return Ok(None);
    };
    Ok(match kind {
        FieldKind::Enum(def) => Some(messages::enum_label(language, def.name, text)),
        FieldKind::Ref(entity) if depth < DEEPEST => match text.parse() {
            Ok(id) => linked_title(conn, language, entity, id, depth + 1)?,
            Err(_) => None,
        },
        FieldKind::AnyRef if depth < DEEPEST => match text.parse::<RecordRef>() {
            Ok(reference) => {
                linked_title(conn, language, &reference.entity, reference.id, depth + 1)?
            }
            Err(_) => None,
        },
        FieldKind::Ref(_) | FieldKind::AnyRef => None,
        FieldKind::Date | FieldKind::DateTime => Some(day(text)),
        _ => Some(text.to_owned()),
    })
}

/// A stored day as it is written in both languages: `06/10/2026`.
fn day(stored: &str) -> String {
    match (stored.get(..4), stored.get(5..7), stored.get(8..10)) {
        (Some(year), Some(month), Some(day)) => format!("{day}/{month}/{year}"),
        _ => stored.to_owned(),
    }
}

fn linked_title(
    conn: &Connection,
    language: Language,
    entity: &str,
    id: RowId,
    depth: u8,
) -> Result<Option<String>, StoreError> {
    let Some(def) = entity_def(entity) else {
        return Ok(None);
    };
    match projection::record(conn, def, id)? {
        Some(record) => title_at(conn, language, &record, depth).map(Some),
        None => Ok(None),
    }
}

fn shortened(text: &str) -> String {
    let first_line = text
        .lines()
        .find(|line| !line.trim().is_empty())
        .unwrap_or_default()
        .trim();
    if first_line.chars().count() <= LONGEST_TITLE {
        return first_line.to_owned();
    }
    let kept: String = first_line.chars().take(LONGEST_TITLE - 1).collect();
    format!("{}…", kept.trim_end())
}

/// How any record is named; `None` when it is not in this carnet.
pub(super) fn of_reference(
    conn: &Connection,
    language: Language,
    reference: &RecordRef,
) -> Result<Option<Title>, StoreError> {
    let Some(def) = entity_def(&reference.entity) else {
        return Ok(None);
    };
    let reference = unite::standing(conn, reference)?;
    match projection::record(conn, def, reference.id)? {
        Some(record) => of_record(conn, language, &record).map(Some),
        None => Ok(None),
    }
}

/// How a record is named.
pub(super) fn of_record(
    conn: &Connection,
    language: Language,
    record: &Record,
) -> Result<Title, StoreError> {
    Ok(Title {
        title: title(conn, language, record)?,
        subtitle: subtitle(conn, language, record)?,
        is_deleted: record.is_deleted,
    })
}

/// What tells a record from another of the same name: its place for an organisation, its post for a person,
/// else what it belongs to.
fn subtitle(
    conn: &Connection,
    language: Language,
    record: &Record,
) -> Result<Option<String>, StoreError> {
    let Some(def) = entity_def(record.entity) else {
        return Ok(None);
    };
    match record.entity {
        "organisation" => {
            let category = ["subtype", "organisation_type"]
                .into_iter()
                .find_map(|name| {
                    let code = record.text(name)?;
                    Some(messages::enum_label(
                        language,
                        def.field(name)?.kind.enumeration()?.name,
                        code,
                    ))
                });
            let place = match record.reference("territory") {
                Some(id) => linked_title(conn, language, "territory", id, DEEPEST)?,
                None => None,
            };
            Ok(joined([category, place]))
        }
        "person" => main_post(conn, language, record.id),
        "territory" => {
            let kind = record
                .text("kind")
                .map(|code| messages::enum_label(language, "territory_kind", code));
            Ok(joined([kind, record.text("insee_code").map(str::to_owned)]))
        }
        _ => {
            let day_of = [
                "starts_at",
                "due_on",
                "received_on",
                "noted_on",
                "decided_on",
                "deadline",
            ]
            .into_iter()
            .find_map(|name| record.text(name).map(day));
            Ok(joined([owner(conn, language, def, record)?, day_of]))
        }
    }
}

/// The title of what a record belongs to.
fn owner(
    conn: &Connection,
    language: Language,
    def: &EntityDef,
    record: &Record,
) -> Result<Option<String>, StoreError> {
    for name in ["support", "project", "organisation", "event", "issuer"] {
        let is_in_title = def.title.contains(&name);
        if let (Some(FieldKind::Ref(entity)), Some(id), false) = (
            def.field(name).map(|field| field.kind),
            record.reference(name),
            is_in_title,
        ) {
            return linked_title(conn, language, entity, id, DEEPEST);
        }
    }
    Ok(None)
}

/// Function and organisation of a person, the main one first.
fn main_post(
    conn: &Connection,
    language: Language,
    person: RowId,
) -> Result<Option<String>, StoreError> {
    const POST: &str = "SELECT function, organisation FROM affiliation WHERE person = ?1 AND _deleted = 0 \
                        AND ends_on IS NULL ORDER BY is_main DESC, id LIMIT 1";
    let post: Option<(Option<String>, Option<String>)> = conn
        .prepare_cached(POST)?
        .query_row([person.to_string()], |row| {
            Ok((row.get("function")?, row.get("organisation")?))
        })
        .optional()?;
    let Some((function, organisation)) = post else {
        return Ok(None);
    };
    let organisation = match organisation.and_then(|id| id.parse().ok()) {
        Some(id) => linked_title(conn, language, "organisation", id, DEEPEST)?,
        None => None,
    };
    Ok(joined([function, organisation]))
}

fn joined(parts: [Option<String>; 2]) -> Option<String> {
    let parts: Vec<String> = parts
        .into_iter()
        .flatten()
        .filter(|part| !part.is_empty())
        .collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}
