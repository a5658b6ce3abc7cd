//! What a field accepts, whoever writes it: a screen, an import, the command line.
//!
//! Reads the French way of writing a date or a number as well as the stored one. Knows nothing of other records.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};

use super::entity::{FieldDef, FieldKind, entity_def};
use super::enumeration::EnumDef;
use super::id::{RecordRef, RowId};
use super::value::Value;

/// Longest text of one line, in characters.
const LONGEST_LINE: usize = 2_000;
/// Longest text, in characters: some three hundred pages.
const LONGEST_TEXT: usize = 1_000_000;
/// Days of a month that a mistyped date is told about; February is told as it is in that year.
const MONTHS_PER_YEAR: u32 = 12;

/// Why a value is refused; each is the message `error.invalid.<code>`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// The field cannot stay empty.
    #[error("required")]
    Required,
    /// Neither `jj/mm/aaaa` nor ISO 8601.
    #[error("not a date: {0}")]
    NotADate(String),
    /// The month has fewer days.
    #[error("no such day: {text}, the month has {days} days")]
    NoSuchDay {
        /// What was typed.
        text: String,
        /// Days of that month.
        days: u32,
        /// 1 to 12.
        month: u32,
        /// The year typed.
        year: i32,
    },
    /// Neither `HH:MM` nor `9 h 30`.
    #[error("not a time: {0}")]
    NotATime(String),
    /// Not a number.
    #[error("not a number: {0}")]
    NotANumber(String),
    /// Not a whole number.
    #[error("not a whole number: {0}")]
    NotAWholeNumber(String),
    /// Neither yes nor no.
    #[error("not yes or no: {0}")]
    NotYesOrNo(String),
    /// Not a value of the list.
    #[error("unknown value: {code}")]
    UnknownCode {
        /// What was given.
        code: String,
        /// The enumeration.
        enumeration: &'static str,
        /// Values that look like it.
        suggestions: Vec<String>,
    },
    /// Not an identifier, or of another entity.
    #[error("not a reference: {0}")]
    NotAReference(String),
    /// No such record.
    #[error("no such record: {0}")]
    NoSuchRecord(String),
    /// Longer than the field holds.
    #[error("too long: {length} characters, at most {longest}")]
    TooLong {
        /// Characters given.
        length: usize,
        /// Characters that fit.
        longest: usize,
    },
    /// Not a country code of ISO 3166.
    #[error("not a country: {0}")]
    NotACountry(String),
    /// Not a language code of ISO 639.
    #[error("not a language: {0}")]
    NotALanguage(String),
    /// Another shape of value than the field holds.
    #[error("wrong shape")]
    WrongShape,
    /// A rule of posture of domain.md §2 refuses it.
    #[error("refused by {0}")]
    Rule(&'static str),
}

impl Reason {
    /// Last part of the message key.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Required => "required",
            Self::NotADate(_) => "not_a_date",
            Self::NoSuchDay { .. } => "no_such_day",
            Self::NotATime(_) => "not_a_time",
            Self::NotANumber(_) => "not_a_number",
            Self::NotAWholeNumber(_) => "not_a_whole_number",
            Self::NotYesOrNo(_) => "not_yes_or_no",
            Self::UnknownCode { .. } => "unknown_code",
            Self::NotAReference(_) => "not_a_reference",
            Self::NoSuchRecord(_) => "no_such_record",
            Self::TooLong { .. } => "too_long",
            Self::NotACountry(_) => "not_a_country",
            Self::NotALanguage(_) => "not_a_language",
            Self::WrongShape => "wrong_shape",
            Self::Rule(rule) => rule,
        }
    }

    /// Parameters of the message.
    pub fn params(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::NotADate(text)
            | Self::NotATime(text)
            | Self::NotANumber(text)
            | Self::NotAWholeNumber(text)
            | Self::NotYesOrNo(text)
            | Self::NotAReference(text)
            | Self::NoSuchRecord(text)
            | Self::NotACountry(text)
            | Self::NotALanguage(text) => vec![("text", excerpt(text))],
            Self::NoSuchDay {
                text,
                days,
                month,
                year,
            } => vec![
                ("text", excerpt(text)),
                ("days", days.to_string()),
                ("month", month.to_string()),
                ("suggestion", format!("{days:02}/{month:02}/{year:04}")),
            ],
            Self::UnknownCode {
                code, suggestions, ..
            } => {
                vec![
                    ("text", excerpt(code)),
                    ("suggestions", suggestions.join(", ")),
                ]
            }
            Self::TooLong { length, longest } => {
                vec![
                    ("length", length.to_string()),
                    ("longest", longest.to_string()),
                ]
            }
            Self::Required | Self::WrongShape | Self::Rule(_) => Vec::new(),
        }
    }
}

/// The beginning of a text that a message quotes.
fn excerpt(text: &str) -> String {
    const SHOWN: usize = 60;
    if text.chars().count() <= SHOWN {
        return text.to_owned();
    }
    text.chars().take(SHOWN).chain("…".chars()).collect()
}

/// A value that a field refuses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{entity}.{field}: {reason}")]
pub struct InvalidValue {
    /// The entity.
    pub entity: &'static str,
    /// The field.
    pub field: String,
    /// Why.
    #[source]
    pub reason: Reason,
}

/// The value to store for one that was given, or why it is refused; `None` empties the field.
pub fn validate(field: &FieldDef, value: &Value) -> Result<Option<Value>, Reason> {
    match value {
        Value::List(elements) if field.kind.is_list() => validate_list(field, elements),
        Value::Text(text) if field.kind.is_list() => {
            let parts: Vec<String> = text.split(['|', ';', ',']).map(str::to_owned).collect();
            validate_list(field, &parts)
        }
        Value::List(_) => Err(Reason::WrongShape),
        Value::Text(text) => parse_text(field, text),
        Value::Bool(_) => match field.kind {
            FieldKind::Bool => Ok(Some(value.clone())),
            _ => Err(Reason::WrongShape),
        },
        Value::Int(number) => match field.kind {
            FieldKind::Int | FieldKind::Min => Ok(Some(value.clone())),
            #[expect(clippy::cast_precision_loss, reason = "amounts stay far below 2^53")]
            FieldKind::Num | FieldKind::Eur => Ok(Some(Value::Num(*number as f64))),
            FieldKind::Text | FieldKind::Long => Ok(Some(Value::Text(number.to_string()))),
            _ => Err(Reason::WrongShape),
        },
        Value::Num(number) => match field.kind {
            FieldKind::Num => Ok(Some(value.clone())),
            FieldKind::Eur => Ok(Some(Value::Num(to_cents(*number)))),
            _ => Err(Reason::WrongShape),
        },
    }
}

fn validate_list(field: &FieldDef, elements: &[String]) -> Result<Option<Value>, Reason> {
    let mut checked = Vec::with_capacity(elements.len());
    for element in elements
        .iter()
        .map(|element| element.trim())
        .filter(|element| !element.is_empty())
    {
        checked.push(validate_element(field.kind, element)?);
    }
    checked.sort();
    checked.dedup();
    Ok((!checked.is_empty()).then_some(Value::List(checked)))
}

fn validate_element(kind: FieldKind, element: &str) -> Result<String, Reason> {
    match kind {
        FieldKind::Enums(def) => code_of(def, element),
        FieldKind::Refs(entity) => row_of(entity, element),
        FieldKind::AnyRefs => any_reference(element),
        FieldKind::Languages => language(element),
        _ if element.chars().count() > LONGEST_LINE => Err(Reason::TooLong {
            length: element.chars().count(),
            longest: LONGEST_LINE,
        }),
        _ => Ok(element.to_owned()),
    }
}

/// Reads what a person typed, or a cell of a list, into the value of a field.
pub fn parse_text(field: &FieldDef, text: &str) -> Result<Option<Value>, Reason> {
    let longest = if matches!(field.kind, FieldKind::Long) {
        LONGEST_TEXT
    } else {
        LONGEST_LINE
    };
    if text.len() > longest && text.chars().count() > longest {
        return Err(Reason::TooLong {
            length: text.chars().count(),
            longest,
        });
    }
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Ok(None);
    }
    let value = match field.kind {
        FieldKind::Long => Value::Text(text.trim_end().replace("\r\n", "\n")),
        FieldKind::Text | FieldKind::File => Value::Text(on_one_line(trimmed)),
        FieldKind::Date => Value::Text(parse_day(trimmed)?.format("%Y-%m-%d").to_string()),
        FieldKind::Time => Value::Text(time(trimmed)?.format("%H:%M").to_string()),
        FieldKind::DateTime => {
            Value::Text(date_time(trimmed)?.format("%Y-%m-%dT%H:%M").to_string())
        }
        FieldKind::Int | FieldKind::Min => Value::Int(whole_number(trimmed)?),
        FieldKind::Num => Value::Num(number(trimmed)?),
        FieldKind::Eur => Value::Num(to_cents(number(trimmed)?)),
        FieldKind::Bool => Value::Bool(yes_or_no(trimmed)?),
        FieldKind::Country => Value::Text(country(trimmed)?),
        FieldKind::Enum(def) => Value::Text(code_of(def, trimmed)?),
        FieldKind::Ref(entity) => Value::Text(row_of(entity, trimmed)?),
        FieldKind::AnyRef => Value::Text(any_reference(trimmed)?),
        FieldKind::Languages
        | FieldKind::Steps
        | FieldKind::Enums(_)
        | FieldKind::Refs(_)
        | FieldKind::AnyRefs => {
            let parts: Vec<String> = trimmed.split(['|', ';', ',']).map(str::to_owned).collect();
            return validate_list(field, &parts);
        }
    };
    Ok(Some(value))
}

fn on_one_line(text: &str) -> String {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let first = lines.next().unwrap_or_default().to_owned();
    lines.fold(first, |mut joined, line| {
        joined.push(' ');
        joined.push_str(line);
        joined
    })
}

/// Reads `jj/mm/aaaa`, `jj-mm-aaaa`, `jj.mm.aaaa` or ISO 8601.
pub fn parse_day(text: &str) -> Result<NaiveDate, Reason> {
    let not_a_date = || Reason::NotADate(text.to_owned());
    let day_part = text.split(['T', ' ']).next().unwrap_or(text);
    let parts: Vec<&str> = day_part.split(['/', '-', '.']).collect();
    let [first, month, last] = parts[..] else {
        return Err(not_a_date());
    };
    let is_iso = first.len() == 4;
    let (year, day) = if is_iso { (first, last) } else { (last, first) };
    if year.len() != 4 {
        return Err(not_a_date());
    }
    let year: i32 = year.parse().map_err(|_| not_a_date())?;
    let month: u32 = month.parse().map_err(|_| not_a_date())?;
    let day: u32 = day.parse().map_err(|_| not_a_date())?;
    if !(1..=MONTHS_PER_YEAR).contains(&month)
        || !(1..=31).contains(&day)
        || !(1000..=2999).contains(&year)
    {
        return Err(not_a_date());
    }
    NaiveDate::from_ymd_opt(year, month, day).ok_or_else(|| Reason::NoSuchDay {
        text: text.to_owned(),
        days: days_in(year, month),
        month,
        year,
    })
}

fn days_in(year: i32, month: u32) -> u32 {
    (28..=31)
        .rev()
        .find(|day| NaiveDate::from_ymd_opt(year, month, *day).is_some())
        .unwrap_or(28)
}

/// Reads `9:30`, `09 h 30`, `9h`.
fn time(text: &str) -> Result<NaiveTime, Reason> {
    let not_a_time = || Reason::NotATime(text.to_owned());
    let compact: String = text
        .chars()
        .filter(|c| !c.is_whitespace())
        .collect::<String>()
        .to_lowercase();
    let (hours, minutes) = compact.split_once([':', 'h']).unwrap_or((&compact, ""));
    let minutes = minutes.split(':').next().unwrap_or_default();
    let hours: u32 = hours.parse().map_err(|_| not_a_time())?;
    let minutes: u32 = if minutes.is_empty() {
        0
    } else {
        minutes.parse().map_err(|_| not_a_time())?
    };
    NaiveTime::from_hms_opt(hours, minutes, 0).ok_or_else(not_a_time)
}

fn date_time(text: &str) -> Result<NaiveDateTime, Reason> {
    let day = parse_day(text)?;
    let clock = text
        .split_once(['T', ' '])
        .map(|(_, clock)| clock.trim())
        .filter(|clock| !clock.is_empty());
    Ok(day.and_time(clock.map_or(Ok(NaiveTime::MIN), time)?))
}

/// Reads `21 667,50 €`, `1 234.5`, `12 %`.
fn number(text: &str) -> Result<f64, Reason> {
    let not_a_number = || Reason::NotANumber(text.to_owned());
    let bare: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '€' | '%' | '\u{a0}' | '\u{202f}'))
        .collect();
    let plain = match (bare.rfind(','), bare.rfind('.')) {
        (Some(comma), Some(point)) if comma > point => bare.replace('.', "").replace(',', "."),
        (Some(_), Some(_)) => bare.replace(',', ""),
        (Some(_), None) => bare.replace(',', "."),
        _ => bare,
    };
    let is_plain = plain
        .bytes()
        .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-'));
    let number: f64 = plain.parse().map_err(|_| not_a_number())?;
    if is_plain && number.is_finite() {
        Ok(number)
    } else {
        Err(not_a_number())
    }
}

fn to_cents(amount: f64) -> f64 {
    (amount * 100.0).round() / 100.0
}

fn whole_number(text: &str) -> Result<i64, Reason> {
    let number = number(text).map_err(|_| Reason::NotAWholeNumber(text.to_owned()))?;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "checked to be whole and small"
    )]
    if number.fract() == 0.0 && number.abs() < 9e15 {
        Ok(number as i64)
    } else {
        Err(Reason::NotAWholeNumber(text.to_owned()))
    }
}

fn yes_or_no(text: &str) -> Result<bool, Reason> {
    match text.to_lowercase().as_str() {
        "oui" | "o" | "vrai" | "true" | "yes" | "y" | "1" | "x" => Ok(true),
        "non" | "n" | "faux" | "false" | "no" | "0" => Ok(false),
        _ => Err(Reason::NotYesOrNo(text.to_owned())),
    }
}

fn country(text: &str) -> Result<String, Reason> {
    let code = text.to_uppercase();
    let is_code = code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase());
    if is_code {
        Ok(code)
    } else {
        Err(Reason::NotACountry(text.to_owned()))
    }
}

fn language(text: &str) -> Result<String, Reason> {
    let code = text.to_lowercase();
    let is_code =
        (2..=3).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_lowercase());
    if is_code {
        Ok(code)
    } else {
        Err(Reason::NotALanguage(text.to_owned()))
    }
}

fn code_of(def: &'static EnumDef, text: &str) -> Result<String, Reason> {
    if def.codes.contains(&text) {
        return Ok(text.to_owned());
    }
    Err(Reason::UnknownCode {
        code: text.to_owned(),
        enumeration: def.name,
        suggestions: close_to(text, def.codes.iter().copied()),
    })
}

/// The names that look like what was typed, closest first, three at most.
pub(crate) fn close_to<'a>(typed: &str, names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let typed = typed.to_lowercase();
    let mut close: Vec<(usize, &str)> = names
        .map(|name| (strsim::osa_distance(&typed, name), name))
        .filter(|(distance, name)| {
            *distance <= 1 + typed.len() / 3 || (typed.len() > 2 && name.starts_with(&typed))
        })
        .collect();
    close.sort_unstable();
    close
        .into_iter()
        .take(3)
        .map(|(_, name)| name.to_owned())
        .collect()
}

fn row_of(entity: &str, text: &str) -> Result<String, Reason> {
    let not_a_reference = || Reason::NotAReference(text.to_owned());
    let bare = match text.split_once('/') {
        Some((named, id)) if named == entity => id,
        Some(_) => return Err(not_a_reference()),
        None => text,
    };
    bare.parse::<RowId>()
        .map(|id| id.to_string())
        .map_err(|_| not_a_reference())
}

fn any_reference(text: &str) -> Result<String, Reason> {
    let reference: RecordRef = text
        .parse()
        .map_err(|_| Reason::NotAReference(text.to_owned()))?;
    if entity_def(&reference.entity).is_none() {
        return Err(Reason::NotAReference(text.to_owned()));
    }
    Ok(reference.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(entity: &str, field: &str, text: &str) -> Result<Option<Value>, Reason> {
        parse_text(entity_def(entity).unwrap().field(field).unwrap(), text)
    }

    #[test]
    fn a_french_date_and_an_iso_date_are_the_same_day() {
        let expected = Ok(Some(Value::from("2026-10-06")));
        assert_eq!(read("project", "starts_on", "06/10/2026"), expected);
        assert_eq!(read("project", "starts_on", "6/10/2026"), expected);
        assert_eq!(read("project", "starts_on", "2026-10-06"), expected);
    }

    #[test]
    fn a_date_that_does_not_exist_says_how_long_the_month_is() {
        let refused = read("project", "starts_on", "31/09/2026").unwrap_err();
        assert!(
            matches!(
                refused,
                Reason::NoSuchDay {
                    days: 30,
                    month: 9,
                    ..
                }
            ),
            "{refused:?}"
        );
        assert!(
            refused
                .params()
                .contains(&("suggestion", "30/09/2026".to_owned()))
        );
        assert!(matches!(
            read("project", "starts_on", "29/02/2025"),
            Err(Reason::NoSuchDay { days: 28, .. })
        ));
    }

    #[test]
    fn an_amount_is_read_as_the_french_write_it() {
        for text in [
            "21 667,50 €",
            "21\u{202f}667,50\u{a0}€",
            "21667.5",
            "21.667,50",
        ] {
            assert_eq!(
                read("project", "envelope", text),
                Ok(Some(Value::Num(21_667.5))),
                "{text}"
            );
        }
        assert!(matches!(
            read("project", "envelope", "environ 20 000"),
            Err(Reason::NotANumber(_))
        ));
        assert!(read("project", "envelope", "NaN").is_err());
    }

    #[test]
    fn a_code_keeps_its_zeros() {
        assert_eq!(
            read("organisation", "siren", "012345678"),
            Ok(Some(Value::from("012345678")))
        );
    }

    #[test]
    fn an_unknown_code_is_refused_with_what_looks_like_it() {
        let Err(Reason::UnknownCode { suggestions, .. }) =
            read("project", "maturity", "pre_projet")
        else {
            panic!("accepted")
        };
        assert_eq!(suggestions.first().map(String::as_str), Some("pre_project"));
    }

    #[test]
    fn ten_megabytes_in_a_cell_are_refused() {
        let huge = "a".repeat(10_000_000);
        assert!(matches!(
            read("project", "objectives", &huge),
            Err(Reason::TooLong { .. })
        ));
        assert!(matches!(
            read("project", "title", &huge),
            Err(Reason::TooLong { .. })
        ));
    }

    #[test]
    fn an_hour_is_read_as_it_is_said() {
        for text in ["9 h 30", "9h30", "09:30"] {
            assert_eq!(
                read("agenda_item", "start_time", text),
                Ok(Some(Value::from("09:30")))
            );
        }
        assert_eq!(
            read("session", "starts_at", "06/10/2026 14h"),
            Ok(Some(Value::from("2026-10-06T14:00")))
        );
        assert!(read("agenda_item", "start_time", "25:00").is_err());
    }

    #[test]
    fn a_set_is_sorted_and_has_no_element_twice() {
        let expected = Value::List(vec!["fr".into(), "it".into()]);
        assert_eq!(read("project", "tags", ""), Ok(None));
        assert_eq!(
            read("person", "languages", "it, FR, it"),
            Ok(Some(expected))
        );
    }
}
