//! The believable portfolio of `new --demo`, and the lists, schemes and arguments that every carnet starts with.
//!
//! The content is data (`resources/demo`, `resources/seed`); this file only dates it and links it.

use std::collections::{BTreeMap, HashMap};

use chrono::{Datelike, Days, NaiveDate, Weekday};
use serde::Deserialize;

use crate::model::{FieldDef, FieldKind, Level, RecordRef, RowId, Value, entity_def};
use crate::reference::{self, TerritoryKind};
use crate::store::{Edit, Edits, RowName};

/// Why the data that the program carries cannot be read: a defect of the program, caught by a test.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// Not the expected JSON.
    #[error("{file}: {source}")]
    Json {
        /// The file.
        file: &'static str,
        /// What is wrong.
        source: serde_json::Error,
    },
    /// A name that no record bears.
    #[error("{0} is not a record of the data")]
    UnknownName(String),
    /// A territory that the reference does not hold.
    #[error("{0} is not an official territory")]
    UnknownTerritory(String),
    /// The embedded territories cannot be read.
    #[error(transparent)]
    Territories(#[from] reference::ReadTerritoriesError),
}

macro_rules! data {
    ($($file:literal),+ $(,)?) => {
        &[$(($file, include_str!(concat!("../resources/", $file)))),+]
    };
}

/// What every carnet starts with.
const SEED: &[(&str, &str)] = data![
    "seed/arguments.json",
    "seed/checklists.json",
    "seed/schemes.json"
];

/// The portfolio of the demonstration.
const DEMO: &[(&str, &str)] = data![
    "demo/agreements.json",
    "demo/events.json",
    "demo/follow_up.json",
    "demo/introductions.json",
    "demo/networks.json",
    "demo/organisations.json",
    "demo/partners.json",
    "demo/people.json",
    "demo/post.json",
    "demo/project_work.json",
    "demo/projects.json",
    "demo/quick_help.json",
    "demo/resources.json",
    "demo/sessions_hautes_chaumes.json",
    "demo/sessions_monts_cezallins.json",
    "demo/sessions_other_territories.json",
    "demo/sessions_trois_massifs.json",
    "demo/sessions_vals_et_cevenne.json",
    "demo/supports.json",
    "demo/survey.json",
    "demo/territories.json",
    "demo/value.json",
    "demo/watch.json",
];

/// One record of the data.
#[derive(Deserialize)]
struct Entry {
    #[serde(rename = "ref")]
    name: String,
    entity: String,
    #[serde(default)]
    fields: BTreeMap<String, Value>,
    #[serde(default)]
    levels: BTreeMap<String, Level>,
    #[serde(default)]
    official: Option<Official>,
}

/// A territory named by its official code.
#[derive(Deserialize)]
struct Official {
    kind: String,
    code: String,
}

/// The lists, schemes and arguments of a new carnet, as one commit.
pub fn seed(label: &str) -> Result<Edits, DemoError> {
    edits(&[SEED], NaiveDate::MIN, label)
}

/// The portfolio of the demonstration around `today`, with what every carnet starts with, as one commit.
pub fn portfolio(today: NaiveDate, label: &str) -> Result<Edits, DemoError> {
    edits(&[SEED, DEMO], today, label)
}

fn edits(
    files: &[&[(&'static str, &'static str)]],
    today: NaiveDate,
    label: &str,
) -> Result<Edits, DemoError> {
    let mut entries: Vec<Entry> = Vec::new();
    for (file, json) in files.iter().flat_map(|group| group.iter()) {
        let read: Vec<Entry> =
            serde_json::from_str(json).map_err(|source| DemoError::Json { file, source })?;
        entries.extend(read);
    }
    let mut rows: HashMap<String, RecordRef> = HashMap::new();
    for entry in &entries {
        let id = match &entry.official {
            Some(official) => RowId::from(reference::stable_id(kind_of(official)?, &official.code)),
            None => RowId::stable("demo", &entry.name),
        };
        rows.insert(entry.name.clone(), RecordRef::new(&entry.entity, id));
    }
    let edits = entries
        .iter()
        .map(|entry| edit_of(entry, &rows, today))
        .collect::<Result<_, _>>()?;
    Ok(Edits {
        edits,
        label: label.to_owned(),
    })
}

fn kind_of(official: &Official) -> Result<TerritoryKind, DemoError> {
    let unknown = || DemoError::UnknownTerritory(format!("{} {}", official.kind, official.code));
    TerritoryKind::from_code(&official.kind).ok_or_else(unknown)
}

fn edit_of(
    entry: &Entry,
    rows: &HashMap<String, RecordRef>,
    today: NaiveDate,
) -> Result<Edit, DemoError> {
    let unknown = || DemoError::UnknownName(entry.name.clone());
    if let Some(official) = &entry.official {
        let found = reference::embedded()?.by_code(kind_of(official)?, &official.code);
        let territory = found.ok_or_else(|| {
            DemoError::UnknownTerritory(format!("{} {}", official.kind, official.code))
        })?;
        return Ok(crate::territories::adoption(&territory));
    }
    let row = rows.get(&entry.name).ok_or_else(unknown)?;
    let def = entity_def(&entry.entity).ok_or_else(unknown)?;
    let mut edit = Edit::of(&entry.entity, RowName::Stable(row.id));
    for (name, value) in &entry.fields {
        // An unknown field is left to the store, which names it.
        let value = match def.field(name) {
            Some(field) => resolved(field, value, rows, today)?,
            None => value.clone(),
        };
        edit.fields.insert(name.clone(), Some(value));
    }
    edit.levels = entry
        .levels
        .iter()
        .map(|(name, level)| (name.clone(), Some(*level)))
        .collect();
    Ok(edit)
}

fn resolved(
    field: &FieldDef,
    value: &Value,
    rows: &HashMap<String, RecordRef>,
    today: NaiveDate,
) -> Result<Value, DemoError> {
    let reference = |name: &String| -> Result<String, DemoError> {
        rows.get(name)
            .map(ToString::to_string)
            .ok_or_else(|| DemoError::UnknownName(name.clone()))
    };
    Ok(match (field.kind, value) {
        (FieldKind::Ref(_) | FieldKind::AnyRef, Value::Text(name)) => Value::Text(reference(name)?),
        (FieldKind::Refs(_) | FieldKind::AnyRefs, Value::List(names)) => {
            Value::List(names.iter().map(reference).collect::<Result<_, _>>()?)
        }
        (FieldKind::Date | FieldKind::DateTime, Value::Text(text)) => {
            Value::Text(dated(text, today))
        }
        _ => value.clone(),
    })
}

/// The date that `@-12d` or `@+3d 09:30` stands for: the nearest working day before, or after for the future.
fn dated(text: &str, today: NaiveDate) -> String {
    let Some((offset, clock)) = text.strip_prefix('@').and_then(|rest| {
        let (days, clock) = rest.split_once('d')?;
        Some((days.parse::<i64>().ok()?, clock.trim()))
    }) else {
        return text.to_owned();
    };
    let distance = Days::new(offset.unsigned_abs());
    let moved = if offset < 0 {
        today.checked_sub_days(distance)
    } else {
        today.checked_add_days(distance)
    };
    let day = working_day(moved.unwrap_or(today), offset > 0);
    if clock.is_empty() {
        day.to_string()
    } else {
        format!("{day}T{clock}")
    }
}

fn working_day(day: NaiveDate, is_future: bool) -> NaiveDate {
    let shift = match (day.weekday(), is_future) {
        (Weekday::Sat, true) | (Weekday::Sun, false) => 2,
        (Weekday::Sun, true) | (Weekday::Sat, false) => 1,
        _ => return day,
    };
    let moved = if is_future {
        day.checked_add_days(Days::new(shift))
    } else {
        day.checked_sub_days(Days::new(shift))
    };
    moved.unwrap_or(day)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::store::{Carnet, Condition, ListRequest, SystemClock, Writer};

    fn monday() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, 23).unwrap()
    }

    #[test]
    fn a_relative_date_is_a_working_day_on_its_side_of_today() {
        assert_eq!(dated("@-1d", monday()), "2026-11-20");
        assert_eq!(dated("@+5d 09:30", monday()), "2026-11-30T09:30");
        assert_eq!(dated("@+0d 14:00", monday()), "2026-11-23T14:00");
        assert_eq!(dated("2025-12-31", monday()), "2025-12-31");
    }

    #[test]
    fn the_portfolio_fills_a_carnet_that_checks() {
        let folder = tempfile::tempdir().unwrap();
        let writer = Writer {
            device_name: "a".into(),
            author: "Ada".into(),
            register: folder.path().join("register"),
            clock: Arc::new(SystemClock),
        };
        let mut carnet = Carnet::create(&folder.path().join("demo.carnet"), None, writer).unwrap();
        carnet.save(portfolio(monday(), "demo").unwrap()).unwrap();
        let count = |entity: &str| carnet.list(&ListRequest::of(entity, 1)).unwrap().total;
        assert!(count("organisation") >= 12, "{}", count("organisation"));
        assert!(count("person") >= 25);
        assert!(count("project") >= 10);
        assert!(count("session") >= 60);
        for phase in [
            "emergence",
            "partner_finding",
            "formalisation",
            "implementation",
            "closing",
        ] {
            let request = ListRequest::of("project", 1).filter("phase", Condition::Is, phase);
            assert!(carnet.list(&request).unwrap().total > 0, "{phase}");
        }
        assert_eq!(carnet.check().unwrap().damages, []);
    }
}
