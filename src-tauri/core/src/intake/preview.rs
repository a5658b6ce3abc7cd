//! The dry run as a screen shows it, window by window, and the report of an import.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::cells::Repair;
use super::error::{RefusalReason, RowReason};
use super::known::Slot;
use super::plan::{Does, Plan, PlannedRow};
use super::reading::Refused;
use crate::messages;
use crate::model::{FieldKind, RecordRef, Value};
use crate::store::{CommitRef, StoreError};

/// What a row does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Makes a record.
    Created,
    /// Changes a record.
    Updated,
    /// Says what the carnet holds already.
    Unchanged,
    /// Is left out.
    Refused,
}

impl From<Does> for Outcome {
    fn from(does: Does) -> Self {
        match does {
            Does::Creates => Self::Created,
            Does::Updates => Self::Updated,
            Does::Nothing => Self::Unchanged,
            Does::IsRefused => Self::Refused,
        }
    }
}

/// Which rows of the dry run are asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct PreviewRequest {
    /// Rows of this outcome only; all of them when absent.
    pub outcome: Option<Outcome>,
    /// Rows passed over.
    #[ts(type = "number")]
    pub offset: usize,
    /// Rows given, at most.
    #[ts(type = "number")]
    pub limit: usize,
}

/// A window of the dry run.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct ImportPreview {
    /// Rows that make a record.
    #[ts(type = "number")]
    pub created: usize,
    /// Rows that change one.
    #[ts(type = "number")]
    pub updated: usize,
    /// Rows that change nothing.
    #[ts(type = "number")]
    pub unchanged: usize,
    /// Rows left out.
    #[ts(type = "number")]
    pub refused: usize,
    /// Rows of the outcome asked for.
    #[ts(type = "number")]
    pub total: usize,
    /// Records of other entities that are made along, by entity.
    #[ts(type = "Record<string, number>")]
    pub linked: BTreeMap<String, usize>,
    /// Codes repaired, by what was done: message keys `import.note.<code>`.
    #[ts(type = "Record<string, number>")]
    pub notes: BTreeMap<String, usize>,
    /// The rows asked for.
    pub rows: Vec<PreviewRow>,
}

/// One row of the dry run.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct PreviewRow {
    /// Line of the file on which it begins.
    #[ts(type = "number")]
    pub line: u64,
    /// What it does.
    pub outcome: Outcome,
    /// How its record is named; nothing for a refused row.
    pub title: String,
    /// Its record, when the carnet holds it.
    pub id: Option<String>,
    /// Its cells, as typed.
    pub cells: Vec<String>,
    /// Why it is left out.
    pub refusal: Option<Refusal>,
    /// What it changes in records that are there.
    pub changes: Vec<PreviewChange>,
    /// Line of an earlier row that is the same record.
    #[ts(type = "number | null")]
    pub same_as: Option<u64>,
    /// Codes repaired in it.
    pub notes: Vec<PreviewNote>,
}

/// Why a row is left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Refusal {
    /// Header of the column at fault; empty when the whole row is.
    pub column: String,
    /// Last part of the message key `import.reason.<code>`, else `error.invalid.<code>`.
    pub reason_code: String,
    /// What the sentence needs.
    pub params: BTreeMap<String, String>,
}

/// One field that a row changes.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct PreviewChange {
    /// Name of the field, after the path of its record when it is not the row's.
    pub field: String,
    /// What it holds; links by the name of their record.
    #[ts(type = "string | number | boolean | string[] | null")]
    pub before: Option<Value>,
    /// What it will hold.
    #[ts(type = "string | number | boolean | string[]")]
    pub after: Value,
}

/// A code repaired in a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct PreviewNote {
    /// Header of its column.
    pub column: String,
    /// Last part of the message key `import.note.<code>`.
    pub code: String,
}

/// What an import did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ImportReport {
    /// Rows that made a record.
    #[ts(type = "number")]
    pub created: usize,
    /// Rows that changed one.
    #[ts(type = "number")]
    pub updated: usize,
    /// Rows that changed nothing.
    #[ts(type = "number")]
    pub unchanged: usize,
    /// Rows left out.
    pub refused: Vec<RefusedRow>,
    /// Records of other entities that were made along, by entity.
    #[ts(type = "Record<string, number>")]
    pub linked: BTreeMap<String, usize>,
    /// The commit; none when nothing changed, or for a dry run.
    pub commit: Option<CommitRef>,
}

/// A row left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct RefusedRow {
    /// Line of the file on which it begins.
    #[ts(type = "number")]
    pub line: u64,
    /// Header of the column at fault; empty when the whole row is.
    pub column: String,
    /// Why.
    pub reason: RefusalReason,
}

impl Plan<'_, '_> {
    /// A window of the dry run.
    pub(super) fn preview(&self, request: &PreviewRequest) -> Result<ImportPreview, StoreError> {
        let asked = |row: &PlannedRow| {
            request
                .outcome
                .is_none_or(|outcome| outcome == Outcome::from(row.does))
        };
        let repairs = self.repairs().into_iter();
        let window = self
            .rows
            .iter()
            .enumerate()
            .filter(|(_, row)| asked(row))
            .skip(request.offset)
            .take(request.limit);
        let rows: Result<Vec<PreviewRow>, StoreError> =
            window.map(|(at, row)| self.preview_row(at, row)).collect();
        Ok(ImportPreview {
            created: self.count(Does::Creates),
            updated: self.count(Does::Updates),
            unchanged: self.count(Does::Nothing),
            refused: self.count(Does::IsRefused),
            total: self.rows.iter().filter(|row| asked(row)).count(),
            linked: self.linked(),
            notes: repairs
                .map(|(repair, count)| (repair.code().to_owned(), count))
                .collect(),
            rows: rows?,
        })
    }

    /// What the import will report, before its commit is known.
    pub(super) fn report(&self) -> ImportReport {
        let refused = self.rows.iter().filter_map(|row| {
            let refused = row.refused.as_ref()?;
            Some(RefusedRow {
                line: row.line,
                column: self.column_at_fault(refused),
                reason: RefusalReason::from(&refused.reason),
            })
        });
        ImportReport {
            created: self.count(Does::Creates),
            updated: self.count(Does::Updates),
            unchanged: self.count(Does::Nothing),
            refused: refused.collect(),
            linked: self.linked(),
            commit: None,
        }
    }

    /// Records of other entities that are made along.
    fn linked(&self) -> BTreeMap<String, usize> {
        let mut linked = BTreeMap::new();
        let made = self
            .known
            .slots
            .iter()
            .filter(|slot| slot.is_used && slot.is_new() && slot.claimed_by.is_none());
        for slot in made {
            *linked.entry(slot.def.name.to_owned()).or_default() += 1;
        }
        linked
    }

    fn column_at_fault(&self, refused: &Refused) -> String {
        let by_field = || {
            let entity = self.checked.root.def.name;
            refused.field.map_or_else(String::new, |field| {
                messages::field_label(self.known.carnet.language(), entity, field)
            })
        };
        match refused.column {
            Some(column) => self.table.column_name(column),
            None if matches!(refused.reason, RowReason::UnequalRow { .. }) => String::new(),
            None => by_field(),
        }
    }

    fn preview_row(&self, at: usize, row: &PlannedRow) -> Result<PreviewRow, StoreError> {
        let slot = row.slot.map(|slot| &self.known.slots[slot]);
        let refusal = row.refused.as_ref().map(|refused| {
            let reason = RefusalReason::from(&refused.reason);
            Refusal {
                column: self.column_at_fault(refused),
                reason_code: reason.code,
                params: reason.params,
            }
        });
        let mut changes = Vec::with_capacity(row.changed.len());
        for changed in &row.changed {
            let kind = self.known.slots[changed.slot].def.field(changed.field);
            let shown = |value: &Value| match kind {
                Some(field) => self.shown(field.kind, value),
                None => Ok(value.clone()),
            };
            changes.push(PreviewChange {
                field: changed.path.clone(),
                before: changed.before.as_ref().map(shown).transpose()?,
                after: shown(&changed.after)?,
            });
        }
        let notes = row.notes.iter().map(|note| PreviewNote {
            column: self.table.column_name(note.column),
            code: note.repair.code().to_owned(),
        });
        Ok(PreviewRow {
            line: row.line,
            outcome: row.does.into(),
            title: slot.map_or(Ok(String::new()), |slot| self.title(slot))?,
            id: slot
                .filter(|slot| !slot.is_new())
                .map(|slot| slot.id.to_string()),
            cells: self.table.rows[at].cells.clone(),
            refusal,
            changes,
            same_as: row.same_as,
            notes: notes.collect(),
        })
    }

    /// How the record of a slot is named.
    fn title(&self, slot: &Slot) -> Result<String, StoreError> {
        if let Some(record) = &slot.before {
            return Ok(self.known.carnet.title(record)?.title);
        }
        let mut parts = Vec::new();
        for name in slot.def.title {
            if let (Some(value), Some(field)) = (slot.values.get(*name), slot.def.field(name)) {
                match self.shown(field.kind, value)? {
                    Value::Text(text) => parts.push(text),
                    Value::List(texts) => parts.extend(texts),
                    _ => {}
                }
            }
        }
        Ok(parts.join(" "))
    }

    /// A value as people read it: links by the name of their record.
    fn shown(&self, kind: FieldKind, value: &Value) -> Result<Value, StoreError> {
        let Some(entity) = kind.target() else {
            return Ok(value.clone());
        };
        let name = |id: &String| -> Result<String, StoreError> {
            let Ok(row) = id.parse() else {
                return Ok(id.clone());
            };
            match self.known.slot_of(entity, row) {
                Some(slot) => self.title(slot),
                None => {
                    let title = self.known.carnet.title_of(&RecordRef::new(entity, row))?;
                    Ok(title.map_or_else(|| id.clone(), |title| title.title))
                }
            }
        };
        Ok(match value {
            Value::Text(id) => Value::Text(name(id)?),
            Value::List(ids) => Value::List(ids.iter().map(name).collect::<Result<_, _>>()?),
            other => other.clone(),
        })
    }
}

impl Plan<'_, '_> {
    /// How many codes were repaired, by kind.
    pub(super) fn repairs(&self) -> BTreeMap<Repair, usize> {
        let mut repairs = BTreeMap::new();
        for note in self.rows.iter().flat_map(|row| &row.notes) {
            *repairs.entry(note.repair).or_default() += 1;
        }
        repairs
    }

    /// How many rows do this.
    pub(super) fn count(&self, does: Does) -> usize {
        self.rows.iter().filter(|row| row.does == does).count()
    }
}
