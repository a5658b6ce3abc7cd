//! How many records link to one, entity by entity.

use rusqlite::params_from_iter;
use serde::Serialize;
use ts_rs::TS;

use super::carnet::Carnet;
use super::error::StoreError;
use super::unite;
use crate::model::{ENTITIES, EntityDef, FieldKind, RecordRef};

/// Records of one entity that link to another record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Linked {
    /// Their entity.
    pub entity: String,
    /// How many they are.
    #[ts(type = "number")]
    pub count: i64,
}

/// Links that the program writes of itself: they tell nothing of how a record is used.
const TRACES: [&str; 2] = ["status_change", "distinct_pair"];

impl Carnet {
    /// How many records of each entity link to a record, or to one that was united into it, in the order of the model.
    pub fn linked(&self, to: &RecordRef) -> Result<Vec<Linked>, StoreError> {
        let mut rows = unite::united_into(&self.conn, &to.entity, &to.id.to_string())?;
        rows.push(to.id.to_string());
        let mut found = Vec::new();
        for def in ENTITIES.iter().filter(|def| !TRACES.contains(&def.name)) {
            let Some(sql) = counting(def, &to.entity, rows.len()) else {
                continue;
            };
            let references = rows.iter().map(|row| format!("{}/{row}", to.entity));
            let bound: Vec<String> = rows.iter().cloned().chain(references).collect();
            let count: i64 = self
                .conn
                .prepare_cached(&sql)?
                .query_row(params_from_iter(bound), |row| row.get("linked"))?;
            if count > 0 {
                found.push(Linked {
                    entity: def.name.to_owned(),
                    count,
                });
            }
        }
        Ok(found)
    }
}

/// The count of the records of an entity that link to rows of another; none when no field of it can.
///
/// Bound: the rows, then the same as `entity/id`.
fn counting(def: &EntityDef, target: &str, rows: usize) -> Option<String> {
    let marks = |from: usize| {
        let marks = (from + 1..=from + rows).map(|number| format!("?{number}"));
        marks.collect::<Vec<_>>().join(", ")
    };
    let (bare, named) = (marks(0), marks(rows));
    let ways: Vec<String> = def
        .fields
        .iter()
        .filter_map(|field| {
            let name = field.name;
            match field.kind {
                FieldKind::Ref(entity) if entity == target => Some(format!(
                    "SELECT id FROM \"{}\" WHERE \"{name}\" IN ({bare})",
                    def.name
                )),
                FieldKind::AnyRef => Some(format!(
                    "SELECT id FROM \"{}\" WHERE \"{name}\" IN ({named})",
                    def.name
                )),
                FieldKind::Refs(entity) if entity == target => Some(format!(
                    "SELECT \"row\" FROM element WHERE field = '{name}' AND entity = '{}' AND value IN ({bare})",
                    def.name
                )),
                FieldKind::AnyRefs => Some(format!(
                    "SELECT \"row\" FROM element WHERE field = '{name}' AND entity = '{}' AND value IN ({named})",
                    def.name
                )),
                _ => None,
            }
        })
        .collect();
    // Itself left out: nothing is its own link, and so as many values are bound whichever way is used.
    (!ways.is_empty()).then(|| {
        format!(
            "SELECT count(*) AS linked FROM \"{0}\" t WHERE t._deleted = 0 AND t.id IN ({1}) \
             AND t.id NOT IN ({bare}, {named})",
            def.name,
            ways.join(" UNION ")
        )
    })
}
