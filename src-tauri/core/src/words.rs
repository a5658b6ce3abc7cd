//! Values of the carnet as words for people: documents and the terminal say them alike.

use crate::messages::{self, Language};
use crate::model::{FieldKind, RecordRef, Value, entity_def};
use crate::store::{DELETED, ERASED, FIELD_LEVELS, LEVEL, MERGED_INTO, StoreError};

/// How a record that a value names is named; none where it may not be, or is not here.
pub trait Names {
    /// The name of this record.
    fn name(&self, reference: &RecordRef) -> Result<Option<String>, StoreError>;
}

/// The words of a value of a field of this kind; a list's one after the other, without those that have no name.
pub fn of_value(
    language: Language,
    names: &impl Names,
    kind: FieldKind,
    value: &Value,
) -> Result<String, StoreError> {
    let codes: Vec<&str> = match value {
        Value::Text(text) => vec![text],
        Value::List(elements) => elements.iter().map(String::as_str).collect(),
        Value::Bool(is_true) => return Ok(yes_or_no(language, *is_true)),
        Value::Int(number) => return Ok(number.to_string()),
        Value::Num(number) if matches!(kind, FieldKind::Eur) => {
            return Ok(euros(*number, language));
        }
        Value::Num(number) => return Ok(number.to_string()),
    };
    let mut words = Vec::with_capacity(codes.len());
    for code in codes {
        let word = match kind {
            FieldKind::Enum(def) | FieldKind::Enums(def) => {
                Some(messages::enum_label(language, def.name, code))
            }
            FieldKind::Ref(entity) | FieldKind::Refs(entity) => match code.parse() {
                Ok(id) => names.name(&RecordRef::new(entity, id))?,
                Err(_) => None,
            },
            FieldKind::AnyRef | FieldKind::AnyRefs => match code.parse() {
                Ok(reference) => names.name(&reference)?,
                Err(_) => None,
            },
            FieldKind::Date | FieldKind::DateTime => Some(moment(code, language)),
            _ => Some(code.to_owned()),
        };
        words.extend(word);
    }
    Ok(words.join(", "))
}

/// The label of a field as the log names it: `name`, `name/element`, a level, the record itself.
pub fn of_field(language: Language, entity: &str, field: &str) -> String {
    let says = |key| messages::text(language, key, &[]);
    match field.split_once('/') {
        Some((FIELD_LEVELS, of)) => {
            let of = [("field", messages::field_label(language, entity, of))];
            messages::text(language, "kit.history.level_of", &of)
        }
        Some((ERASED, of)) => messages::field_label(language, entity, erased_field(of)),
        Some((list, _)) => messages::field_label(language, entity, list),
        None => match field {
            DELETED | MERGED_INTO | ERASED => says("kit.history.record"),
            LEVEL => says("kit.level.label"),
            _ => messages::field_label(language, entity, field),
        },
    }
}

/// What a change of a field says, in words, the field named as in the log; empty where it empties the field.
pub fn of_change(
    language: Language,
    names: &impl Names,
    entity: &str,
    field: &str,
    value: Option<&Value>,
) -> Result<String, StoreError> {
    let says = |key: &str| messages::text(language, key, &[]);
    let is_yes = value.is_some_and(Value::is_true);
    let (name, element) = field.split_once('/').unwrap_or((field, ""));
    let kind = entity_def(entity)
        .and_then(|def| def.field(name))
        .map(|field| field.kind);
    Ok(match (name, value) {
        (DELETED, _) if is_yes => says("kit.history.removed"),
        (MERGED_INTO, Some(Value::Text(into))) => {
            let into = into.parse().ok().map(|id| RecordRef::new(entity, id));
            let other = into.map(|into| names.name(&into)).transpose()?.flatten();
            other.unwrap_or_else(|| says("kit.history.united"))
        }
        (ERASED, _) => says("kit.history.erased"),
        (DELETED | MERGED_INTO, _) => says("kit.history.present"),
        (LEVEL | FIELD_LEVELS, Some(Value::Text(code))) => {
            let key = format!("kit.level.{code}");
            messages::find(language, &key).unwrap_or(code).to_owned()
        }
        (LEVEL | FIELD_LEVELS, _) => says("kit.level.default"),
        (_, value) => match (kind, value) {
            (Some(kind), _) if !element.is_empty() => {
                let element = Value::List(vec![element.to_owned()]);
                let what = [("what", of_value(language, names, kind, &element)?)];
                let key = if is_yes {
                    "kit.history.with"
                } else {
                    "kit.history.without"
                };
                messages::text(language, key, &what)
            }
            (Some(kind), Some(value)) => of_value(language, names, kind, value)?,
            // What this version does not know is told as it is stored.
            (None, Some(value)) => serde_json::json!(value).to_string(),
            (_, None) => String::new(),
        },
    })
}

/// The field that an erasure names: alone, or behind the commit that wrote the value.
fn erased_field(of: &str) -> &str {
    let field = of.rsplit_once(':').map_or(of, |(_, field)| field);
    field.split_once('/').map_or(field, |(name, _)| name)
}

fn yes_or_no(language: Language, is_yes: bool) -> String {
    let key = if is_yes {
        "document.yes"
    } else {
        "document.no"
    };
    messages::text(language, key, &[])
}

fn moment(stored: &str, language: Language) -> String {
    match (
        stored.get(..4),
        stored.get(5..7),
        stored.get(8..10),
        stored.get(11..16),
    ) {
        (Some(year), Some(month), Some(day), Some(clock)) => {
            format!("{day}/{month}/{year}, {}", time(clock, language))
        }
        (Some(year), Some(month), Some(day), None) => format!("{day}/{month}/{year}"),
        _ => stored.to_owned(),
    }
}

/// A stored time as it is written: `9 h 30`, `14 h`, or `09:30`.
fn time(stored: &str, language: Language) -> String {
    match stored.split_once(':') {
        Some((hours, minutes)) if language == Language::Fr => {
            let hours = match hours.trim_start_matches('0') {
                "" => "0",
                hours => hours,
            };
            match minutes {
                "00" => format!("{hours}\u{a0}h"),
                minutes => format!("{hours}\u{a0}h\u{a0}{minutes}"),
            }
        }
        _ => stored.to_owned(),
    }
}

/// An amount: `1 234,50 €` or `€1,234.50`.
fn euros(amount: f64, language: Language) -> String {
    let written = format!("{:.2}", amount.abs());
    let (whole, cents) = written.split_once('.').unwrap_or((&written, "00"));
    let (group, point) = if language == Language::Fr {
        ("\u{202f}", ",")
    } else {
        (",", ".")
    };
    let grouped: Vec<String> = whole
        .as_bytes()
        .rchunks(3)
        .rev()
        .map(|digits| String::from_utf8_lossy(digits).into_owned())
        .collect();
    let sign = if amount < 0.0 { "-" } else { "" };
    let number = format!("{sign}{}{point}{cents}", grouped.join(group));
    if language == Language::Fr {
        format!("{number}\u{a0}€")
    } else {
        format!("€{number}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_written_as_each_language_does() {
        let french = |stored| moment(stored, Language::Fr);
        assert_eq!(french("2026-10-06"), "06/10/2026");
        assert_eq!(french("2026-10-06T09:30"), "06/10/2026, 9\u{a0}h\u{a0}30");
        assert_eq!(french("2026-10-06T14:00"), "06/10/2026, 14\u{a0}h");
        assert_eq!(french("2026-10-06T00:05"), "06/10/2026, 0\u{a0}h\u{a0}05");
        assert_eq!(
            moment("2026-10-06T09:30", Language::En),
            "06/10/2026, 09:30"
        );
    }
}
