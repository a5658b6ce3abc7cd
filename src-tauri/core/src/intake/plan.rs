//! The dry run: what each row of a list would do to the carnet, before anything is written.
//!
//! Rows are read in order, then matched with records, then applied in memory. What it computes is exactly what
//! the import writes; reading it changes nothing.
//!
//! Which record a row is: with a file number, the record that was imported under it; for what is known by its name
//! (organisations, people, territories, themes), the record of that code or name, so that two rows of one name are
//! one record; for all else, rows that share a key are told apart by their order, unless every cell is the same.

use std::collections::{BTreeMap, HashMap};

use super::apply::{apply, erased, in_conflict, is_erased, merged};
use super::dictionary::comparable;
use super::error::{ImportError, RowReason};
use super::known::{Known, SlotId, Values, completed, telling_fields};
use super::mapping::{Checked, Mapping, check};
use super::reading::{Note, ReadRow, Reading, Refused, Stop, official_values};
use super::table::{Row, Table};
use super::target::EXTERNAL_ID;
use crate::fold::fold;
use crate::model::{Reason, RowId, Value};
use crate::store::{Carnet, Flow};

/// Entities of which two rows of one name are one record.
const KNOWN_BY_NAME: [&str; 6] = [
    "organisation",
    "person",
    "territory",
    "tag",
    "scheme",
    "network",
];
/// How often a long reading asks whether to go on, in rows.
const ROWS_BETWEEN_STEPS: usize = 256;

/// What a row does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Does {
    Creates,
    Updates,
    Nothing,
    IsRefused,
}

/// One field that a row changes.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Changed {
    /// The slot whose field it is.
    pub(super) slot: SlotId,
    /// Name of the field, after the path of its record when it is not the row's.
    pub(super) path: String,
    pub(super) field: &'static str,
    pub(super) before: Option<Value>,
    pub(super) after: Value,
}

/// What is known of one row of the list.
#[derive(Debug)]
pub(super) struct PlannedRow {
    pub(super) line: u64,
    pub(super) does: Does,
    pub(super) slot: Option<SlotId>,
    pub(super) changed: Vec<Changed>,
    pub(super) refused: Option<Refused>,
    /// Line of an earlier row that is the same record.
    pub(super) same_as: Option<u64>,
    pub(super) notes: Vec<Note>,
}

impl PlannedRow {
    fn refused(line: u64, refused: Refused) -> Self {
        Self {
            line,
            does: Does::IsRefused,
            slot: None,
            changed: Vec::new(),
            refused: Some(refused),
            same_as: None,
            notes: Vec::new(),
        }
    }
}

/// The dry run of a whole list.
pub(super) struct Plan<'a, 'c> {
    pub(super) table: &'a Table,
    pub(super) checked: Checked,
    pub(super) known: Known<'c>,
    pub(super) rows: Vec<PlannedRow>,
}

/// Plans an import; `step` is told how many rows are read.
pub(super) fn plan<'a, 'c>(
    carnet: &'c Carnet,
    table: &'a Table,
    mapping: &Mapping,
    step: &mut dyn FnMut(usize) -> Flow,
) -> Result<Plan<'a, 'c>, ImportError> {
    let checked = check(table, mapping)?;
    let mut reading = Reading::new(table, &checked, Known::new(carnet))?;
    let mut read: Vec<(&Row, Result<ReadRow, Refused>)> = Vec::with_capacity(table.rows.len());
    for (at, row) in table.rows.iter().enumerate() {
        if at.is_multiple_of(ROWS_BETWEEN_STEPS) && step(at) == Flow::Cancel {
            return Err(ImportError::Cancelled);
        }
        match reading.row(row) {
            Ok(said) => read.push((row, Ok(said))),
            Err(Stop::Row(refused)) => read.push((row, Err(refused))),
            Err(Stop::Import(error)) => return Err(error),
        }
    }
    let mut matching = Matching {
        table,
        checked: &checked,
        known: reading.known,
        groups: HashMap::new(),
    };
    let meant = matching.all(&read)?;
    let mut known = matching.known;
    let mut rows = Vec::with_capacity(read.len());
    for ((row, said), meant) in read.into_iter().zip(meant) {
        rows.push(match (said, meant) {
            (Ok(said), Ok(meant)) if is_erased(&mut known, meant.slot, &said.around)? => {
                PlannedRow::refused(row.line, erased())
            }
            (Ok(said), Ok(meant)) => match in_conflict(&known, meant.slot, &said.values)? {
                Some(refused) => PlannedRow::refused(row.line, refused),
                None => apply(&mut known, row.line, said, meant)?,
            },
            (Err(refused), _) | (Ok(_), Err(refused)) => PlannedRow::refused(row.line, refused),
        });
    }
    Ok(Plan {
        table,
        checked,
        known,
        rows,
    })
}

/// Which record a row is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Meant {
    pub(super) slot: SlotId,
    /// Line of the earlier row that is the same record.
    pub(super) same_as: Option<u64>,
}

struct Matching<'a, 'c> {
    table: &'a Table,
    checked: &'a Checked,
    known: Known<'c>,
    /// Records of the carnet by key, in the order of their ids.
    groups: HashMap<String, Vec<SlotId>>,
}

type Read<'a> = (&'a Row, Result<ReadRow, Refused>);

impl Matching<'_, '_> {
    fn all(&mut self, read: &[Read<'_>]) -> Result<Vec<Result<Meant, Refused>>, ImportError> {
        let is_by_name = KNOWN_BY_NAME.contains(&self.checked.root.def.name);
        if is_by_name && !self.checked.key.contains(&EXTERNAL_ID) {
            let mut meant = Vec::with_capacity(read.len());
            for (row, said) in read {
                meant.push(match said {
                    Ok(said) => match self.by_name(row, said) {
                        Err(Stop::Import(error)) => return Err(error),
                        Err(Stop::Row(refused)) => Err(refused),
                        Ok(found) => Ok(found),
                    },
                    Err(_) => Err(unread()),
                });
            }
            return Ok(meant);
        }
        self.by_key(read, is_by_name)
    }

    /// The record of what is known by its name.
    fn by_name(&mut self, row: &Row, said: &ReadRow) -> Result<Meant, Stop> {
        let def = self.checked.root.def;
        let slot = if let Some(territory) = &said.official {
            let id = RowId::from(territory.id());
            match self.known.stable(def, id)? {
                Some(slot) => slot,
                None => self.known.make_as(def, id, official_values(def, territory)),
            }
        } else {
            let telling = telling_fields(def);
            let is_in_key =
                |field: &str| self.checked.key.contains(&field) || !telling.contains(&field);
            let values: Values = said
                .values
                .iter()
                .filter(|(field, _)| is_in_key(field))
                .map(|(field, value)| (*field, value.clone()))
                .collect();
            let can_tell = telling
                .iter()
                .any(|field| is_in_key(field) && self.checked.root.fills(field));
            let found = self.known.find(def, &values, can_tell).map_err(|reason| {
                Stop::Row(Refused {
                    column: self
                        .checked
                        .key
                        .iter()
                        .find_map(|key| self.checked.root.column_of(key)),
                    field: None,
                    reason,
                })
            })?;
            match found {
                Some(slot) => {
                    self.known.tell(slot, &values);
                    slot
                }
                None => {
                    let complete = self.complete(said).map_err(Stop::Row)?;
                    self.known.make(def, complete)?
                }
            }
        };
        if self.known.slots[slot].before.is_some() {
            self.required(slot, said).map_err(Stop::Row)?;
        }
        let same_as = self.known.slots[slot].claimed_by;
        self.known.slots[slot].claimed_by.get_or_insert(row.line);
        Ok(Meant { slot, same_as })
    }

    /// The records of rows that a key identifies, those that share one told apart by what they say, then by order.
    fn by_key(
        &mut self,
        read: &[Read<'_>],
        is_by_name: bool,
    ) -> Result<Vec<Result<Meant, Refused>>, ImportError> {
        let mut of_key: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (at, (_, said)) in read.iter().enumerate() {
            if let Ok(said) = said {
                of_key.entry(self.key_of(said)).or_default().push(at);
            }
        }
        self.group_records();
        let mut meant: Vec<Option<Result<Meant, Refused>>> = Vec::new();
        meant.resize_with(read.len(), || None);
        let mut new: Vec<(usize, &ReadRow, RowId)> = Vec::new();
        let mut repeats: Vec<(usize, usize)> = Vec::new();
        for (key, members) in of_key {
            let mut firsts: Vec<usize> = Vec::new();
            let mut seen: HashMap<&[String], usize> = HashMap::new();
            for at in members {
                let cells = if is_by_name {
                    &[][..]
                } else {
                    &read[at].0.cells[..]
                };
                match seen.get(cells) {
                    Some(first) => repeats.push((at, *first)),
                    None => {
                        seen.insert(cells, at);
                        firsts.push(at);
                    }
                }
            }
            let mut candidates = self.candidates(&key)?;
            let mut ordinal = candidates.len();
            let mut open: Vec<(usize, &ReadRow)> = Vec::new();
            for at in firsts {
                let Ok(said) = &read[at].1 else { continue };
                let exact = candidates
                    .iter()
                    .position(|slot| self.is_unchanged(*slot, said));
                match exact.map(|found| candidates.remove(found)) {
                    Some(slot) => meant[at] = Some(self.claim(slot, read[at].0.line, said)),
                    None => open.push((at, said)),
                }
            }
            for (at, said) in open {
                let found = candidates.iter().position(|slot| self.may_be(*slot, said));
                match found.map(|found| candidates.remove(found)) {
                    Some(slot) => meant[at] = Some(self.claim(slot, read[at].0.line, said)),
                    None => {
                        ordinal += 1;
                        new.push((at, said, self.numbered(&key, ordinal)));
                    }
                }
            }
        }
        // New records are made in the order of the list, which their ids then keep.
        new.sort_by_key(|(at, ..)| *at);
        let is_numbered = self.checked.key.contains(&EXTERNAL_ID);
        for (at, said, number) in new {
            meant[at] = Some(match self.complete(said) {
                Err(refused) => Err(refused),
                Ok(values) => {
                    let id = if is_numbered {
                        number
                    } else {
                        self.known.new_id()
                    };
                    let slot = self.known.make_as(self.checked.root.def, id, values);
                    self.claim(slot, read[at].0.line, said)
                }
            });
        }
        for (at, first) in repeats {
            let Ok(said) = &read[at].1 else { continue };
            meant[at] = Some(match &meant[first] {
                Some(Ok(meant)) => Ok(Meant {
                    slot: meant.slot,
                    same_as: Some(read[first].0.line),
                }),
                _ => self.complete(said).and_then(|_| Err(unread())),
            });
        }
        Ok(meant
            .into_iter()
            .map(|one| one.unwrap_or_else(|| Err(unread())))
            .collect())
    }

    fn claim(&mut self, slot: SlotId, line: u64, said: &ReadRow) -> Result<Meant, Refused> {
        self.required(slot, said)?;
        self.known.slots[slot].claimed_by = Some(line);
        Ok(Meant {
            slot,
            same_as: None,
        })
    }

    /// The key of a row, folded.
    fn key_of(&self, said: &ReadRow) -> String {
        let value = |field: &&'static str| match (*field, &said.external_id) {
            (EXTERNAL_ID, Some((column, id))) => {
                format!(
                    "{}:{}",
                    comparable(&self.table.column_name(*column)),
                    fold(id)
                )
            }
            _ => said.values.get(*field).map(key_part).unwrap_or_default(),
        };
        let parts: Vec<String> = self.checked.key.iter().map(value).collect();
        parts.join("\n")
    }

    fn group_records(&mut self) {
        if self.checked.key.contains(&EXTERNAL_ID) {
            return;
        }
        let entity = self.checked.root.def.name;
        for (at, slot) in self.known.slots.iter().enumerate() {
            if slot.def.name != entity || slot.before.is_none() {
                continue;
            }
            let parts: Vec<String> = self
                .checked
                .key
                .iter()
                .map(|field| slot.value(field).map(key_part).unwrap_or_default())
                .collect();
            self.groups.entry(parts.join("\n")).or_default().push(at);
        }
    }

    /// The identity of the n-th record of a file number.
    fn numbered(&self, key: &str, ordinal: usize) -> RowId {
        let kind = format!("import/{}", self.checked.root.def.name);
        RowId::stable(&kind, &format!("{key}\n{ordinal}"))
    }

    /// The records of a key, in order.
    fn candidates(&mut self, key: &str) -> Result<Vec<SlotId>, ImportError> {
        if !self.checked.key.contains(&EXTERNAL_ID) {
            return Ok(self.groups.get(key).cloned().unwrap_or_default());
        }
        let mut found = Vec::new();
        while let Some(slot) = {
            let id = self.numbered(key, found.len() + 1);
            self.known.stable(self.checked.root.def, id)?
        } {
            found.push(slot);
        }
        Ok(found)
    }

    fn is_unchanged(&self, slot: SlotId, said: &ReadRow) -> bool {
        let slot = &self.known.slots[slot];
        said.values
            .iter()
            .all(|(field, value)| merged(slot.value(field), value).is_none())
    }

    /// Whether a record found by its file number can be the one of a row: two lists may both count from 1.
    fn may_be(&self, slot: SlotId, said: &ReadRow) -> bool {
        if !self.checked.key.contains(&EXTERNAL_ID) {
            return true;
        }
        let slot = &self.known.slots[slot];
        let def = slot.def;
        let names = def.title.iter().copied().chain(telling_fields(def));
        let shared: Vec<bool> = names
            .filter_map(|field| {
                Some(key_part(slot.value(field)?) == key_part(said.values.get(field)?))
            })
            .collect();
        shared.is_empty() || shared.contains(&true)
    }

    /// The values of a new record; what its required fields lack is refused.
    fn complete(&self, said: &ReadRow) -> Result<Values, Refused> {
        let root = &self.checked.root;
        completed(self.checked, "", root.def, &said.values).map_err(|field| self.lacking(field))
    }

    /// A record in the bin may lack what a new one needs.
    fn required(&self, slot: SlotId, said: &ReadRow) -> Result<(), Refused> {
        let slot = &self.known.slots[slot];
        let required = slot.def.fields.iter().filter(|field| field.is_required);
        for field in required {
            if slot.value(field.name).is_none()
                && !said.values.contains_key(field.name)
                && slot.is_new()
            {
                return Err(self.lacking(field.name));
            }
        }
        Ok(())
    }

    fn lacking(&self, field: &'static str) -> Refused {
        Refused {
            column: self.checked.root.column_of(field),
            field: Some(field),
            reason: RowReason::Cell(Reason::Required),
        }
    }
}

/// Stands for a row that was refused already.
fn unread() -> Refused {
    Refused {
        column: None,
        field: None,
        reason: RowReason::Cell(Reason::WrongShape),
    }
}

fn key_part(value: &Value) -> String {
    match value {
        Value::Text(text) => fold(text),
        Value::List(elements) => elements.join(","),
        Value::Bool(is_true) => is_true.to_string(),
        Value::Int(number) => number.to_string(),
        Value::Num(number) => number.to_string(),
    }
}
