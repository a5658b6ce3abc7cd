//! Records as they leave the core: with their title, their levels and the names of what they refer to.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, json};
use ts_rs::TS;

use crate::model::{
    FieldKind, Level, Record, RecordRef, Value, effective_level, entity_def, record_level,
};
use crate::store::{Carnet, StoreError, Title};

/// A record as a screen shows it.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct RecordView {
    /// Its entity.
    pub entity: String,
    /// Its row.
    pub id: String,
    /// How it is named.
    pub title: String,
    /// Its values; empty fields are absent.
    #[ts(type = "Record<string, string | number | boolean | string[] | null>")]
    pub fields: BTreeMap<String, Value>,
    /// Its level.
    pub level: Level,
    /// The level of its entity.
    pub default_level: Level,
    /// Levels set on single fields.
    pub field_levels: BTreeMap<String, Level>,
    /// The level of every field (rule C1).
    pub effective_levels: BTreeMap<String, Level>,
    /// When it was created, RFC 3339.
    pub created_at: String,
    /// Who created it.
    pub created_by: String,
    /// When it was last changed, RFC 3339.
    pub modified_at: String,
    /// Who changed it last.
    pub modified_by: String,
    /// Whether it is in the bin.
    pub is_deleted: bool,
    /// The record that stands for it since the two were united, if they were.
    pub united_with: Option<StandsFor>,
    /// Names of the records that it refers to, by `entity/id`.
    pub refs: BTreeMap<String, Title>,
}

/// The record that stands for another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct StandsFor {
    /// Its row, of the same entity.
    pub id: String,
    /// How it is named.
    pub title: String,
}

impl Carnet {
    /// A record as a screen shows it.
    pub fn view(&self, record: &Record) -> Result<RecordView, StoreError> {
        let mut refs = BTreeMap::new();
        for reference in references(record) {
            let key = reference.to_string();
            if let (false, Some(title)) = (refs.contains_key(&key), self.title_of(&reference)?) {
                refs.insert(key, title);
            }
        }
        let def = entity_def(record.entity);
        let default_level = def.map_or(Level::Private, |def| def.level);
        Ok(RecordView {
            entity: record.entity.to_owned(),
            id: record.id.to_string(),
            title: self.title(record)?.title,
            fields: record.fields.clone(),
            level: def.map_or(default_level, |def| record_level(def, record)),
            default_level,
            field_levels: record.field_levels.clone(),
            effective_levels: def.map_or_else(BTreeMap::new, |def| {
                let level = |name: &str| effective_level(def, record, name);
                def.fields
                    .iter()
                    .map(|field| (field.name.to_owned(), level(field.name)))
                    .collect()
            }),
            created_at: record.created_at.clone(),
            created_by: record.created_by.clone(),
            modified_at: record.modified_at.clone(),
            modified_by: record.modified_by.clone(),
            is_deleted: record.is_deleted,
            united_with: self.united_with(record)?,
            refs,
        })
    }

    fn united_with(&self, record: &Record) -> Result<Option<StandsFor>, StoreError> {
        if !record.is_deleted {
            return Ok(None);
        }
        let own = record.reference_to_self();
        let standing = self.standing(&own)?;
        let title = self.title_of(&standing)?;
        Ok((standing != own).then(|| StandsFor {
            id: standing.id.to_string(),
            title: title.map_or_else(String::new, |title| title.title),
        }))
    }
}

/// What the fields of a record refer to.
pub fn references(record: &Record) -> Vec<RecordRef> {
    let Some(def) = entity_def(record.entity) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for field in def.fields {
        let Some(value) = record.value(field.name) else {
            continue;
        };
        let texts: Vec<&str> = match value {
            Value::Text(text) => vec![text],
            Value::List(elements) => elements.iter().map(String::as_str).collect(),
            _ => continue,
        };
        match field.kind {
            FieldKind::Ref(entity) | FieldKind::Refs(entity) => {
                found.extend(
                    texts
                        .into_iter()
                        .filter_map(|id| Some(RecordRef::new(entity, id.parse().ok()?))),
                );
            }
            FieldKind::AnyRef | FieldKind::AnyRefs => {
                found.extend(texts.into_iter().filter_map(|text| text.parse().ok()));
            }
            _ => {}
        }
    }
    found
}

/// The JSON of a record on the command line (architecture.md §8): references as `entity/id`, empty fields left out.
pub fn record_json(record: &Record) -> serde_json::Value {
    let mut fields = Map::new();
    if let Some(def) = entity_def(record.entity) {
        for field in def.fields {
            if let Some(value) = record.value(field.name) {
                fields.insert(field.name.to_owned(), value_json(field.kind, value));
            }
        }
    }
    let levels: BTreeMap<&str, &str> = record
        .field_levels
        .iter()
        .map(|(field, level)| (field.as_str(), level.code()))
        .collect();
    if let Some(level) = record.level {
        fields.insert("confidentiality".into(), json!(level.code()));
    }
    if !levels.is_empty() {
        fields.insert("field_levels".into(), json!(levels));
    }
    json!({"entity": record.entity, "id": record.id.to_string(), "fields": fields})
}

fn value_json(kind: FieldKind, value: &Value) -> serde_json::Value {
    match (kind, value) {
        (FieldKind::Ref(entity), Value::Text(id)) => json!(format!("{entity}/{id}")),
        (FieldKind::Refs(entity), Value::List(ids)) => {
            json!(
                ids.iter()
                    .map(|id| format!("{entity}/{id}"))
                    .collect::<Vec<_>>()
            )
        }
        _ => json!(value),
    }
}
