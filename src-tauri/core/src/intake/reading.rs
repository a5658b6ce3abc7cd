//! One row read along the tree of its mapping: values of the record, records around it, what was repaired.
//!
//! Finds or makes the slot of each linked record; the record of the row itself is the plan's business.

use super::cells::{self, Repair, is_missing, read_cell};
use super::error::{ImportError, RowReason};
use super::known::{Known, SlotId, Values, completed, telling_fields};
use super::mapping::{Checked, joined};
use super::places::Places;
use super::table::{Row, Table};
use super::target::{Companion, Node, Says, naming_target};
use crate::model::{EntityDef, FieldDef, FieldKind, Reason, RowId, Value, validate};
use crate::reference::Territory;
use crate::store::StoreError;
use crate::territories::adoption;

/// Why a row is refused, and the column that says it.
#[derive(Debug)]
pub(super) struct Refused {
    pub(super) column: Option<usize>,
    /// The field at fault where no column fills it.
    pub(super) field: Option<&'static str>,
    pub(super) reason: RowReason,
}

/// What stops the reading of a row: a refusal of this row, or a failure of the whole import.
pub(super) enum Stop {
    Row(Refused),
    Import(ImportError),
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Import(error.into())
    }
}

/// A code that was repaired in a row.
#[derive(Debug, Clone)]
pub(super) struct Note {
    pub(super) column: usize,
    pub(super) repair: Repair,
}

/// A linked record that a row describes.
#[derive(Debug)]
pub(super) struct Linked {
    pub(super) slot: SlotId,
    pub(super) path: String,
    pub(super) values: Values,
    pub(super) around: Around,
}

/// A record about the one of the row; its owner is not known yet.
#[derive(Debug)]
pub(super) struct About {
    pub(super) field: &'static str,
    pub(super) def: &'static EntityDef,
    pub(super) values: Values,
    pub(super) links: Vec<Linked>,
}

/// The records around the one of a node.
#[derive(Debug, Default)]
pub(super) struct Around {
    pub(super) links: Vec<Linked>,
    pub(super) about: Vec<About>,
}

/// What a row says.
#[derive(Debug)]
pub(super) struct ReadRow {
    pub(super) values: Values,
    pub(super) external_id: Option<(usize, String)>,
    pub(super) around: Around,
    pub(super) notes: Vec<Note>,
    /// The official territory that the row is, when it is one.
    pub(super) official: Option<Territory>,
}

/// Reads rows; knows the records that they may link to.
pub(super) struct Reading<'a, 'c> {
    pub(super) table: &'a Table,
    pub(super) checked: &'a Checked,
    pub(super) known: Known<'c>,
    places: Places,
    notes: Vec<Note>,
    external_id: Option<(usize, String)>,
}

fn refused(column: usize, reason: impl Into<RowReason>) -> Stop {
    Stop::Row(Refused {
        column: Some(column),
        field: None,
        reason: reason.into(),
    })
}

impl<'a, 'c> Reading<'a, 'c> {
    /// Makes ready: every entity that the mapping names is read from the carnet.
    pub(super) fn new(
        table: &'a Table,
        checked: &'a Checked,
        mut known: Known<'c>,
    ) -> Result<Self, ImportError> {
        load_all(&mut known, &checked.root)?;
        Ok(Self {
            table,
            checked,
            known,
            places: Places::new()?,
            notes: Vec::new(),
            external_id: None,
        })
    }

    /// Reads one row.
    pub(super) fn row(&mut self, row: &Row) -> Result<ReadRow, Stop> {
        if !self.table.is_equal(row) {
            return Err(Stop::Row(Refused {
                column: None,
                field: None,
                reason: RowReason::UnequalRow {
                    expected: self.table.header.len(),
                    found: row.cells.len(),
                },
            }));
        }
        self.notes.clear();
        self.external_id = None;
        let checked = self.checked;
        let mut values = self.own(&checked.root, row)?;
        let official = match checked.root.def.name {
            "territory" => self.official(&checked.root, &values)?,
            _ => None,
        };
        let around = self.around(&checked.root, row, "", &mut values)?;
        Ok(ReadRow {
            values,
            external_id: self.external_id.take(),
            around,
            notes: std::mem::take(&mut self.notes),
            official,
        })
    }

    /// The values of the node's own fields.
    fn own(&mut self, node: &Node, row: &Row) -> Result<Values, Stop> {
        let mut values = Values::new();
        for filled in &node.filled {
            let column = filled.column;
            let cell = row.cell(column);
            if is_missing(cell) {
                continue;
            }
            match filled.says {
                Says::Value(field) => {
                    let read = read_cell(field, cell).map_err(|reason| refused(column, reason))?;
                    self.notes
                        .extend(read.repair.map(|repair| Note { column, repair }));
                    if let Some(value) = read.value {
                        add(&mut values, field, value);
                    }
                }
                Says::Rest(field) => {
                    let text = format!("{} : {}", self.table.column_name(column), cell.trim());
                    add(&mut values, field, Value::Text(text));
                }
                Says::ExternalId => self.external_id = Some((column, cell.trim().to_owned())),
                Says::FullName => {
                    let (first, last) = cells::names_of(cell);
                    for (name, text) in [("last_name", Some(last)), ("first_name", first)] {
                        if let (Some(field), Some(text)) = (node.def.field(name), text) {
                            add(&mut values, field, Value::Text(text));
                        }
                    }
                }
                Says::Postcode => {
                    let (code, repair) = cells::postcode(cell);
                    self.notes
                        .extend(repair.map(|repair| Note { column, repair }));
                    if let Some(field) = node.def.field("address") {
                        add(&mut values, field, Value::Text(code));
                    }
                }
            }
        }
        // Cells joined into one text may be too long together.
        for (name, value) in values.iter().filter(|(_, value)| value.as_text().is_some()) {
            if let Some(field) = node.def.field(name) {
                let column = node.column_of(name).unwrap_or_default();
                validate(field, value).map_err(|reason| refused(column, reason))?;
            }
        }
        Ok(values)
    }

    /// The records around a node's; links become values of it.
    fn around(
        &mut self,
        node: &Node,
        row: &Row,
        path: &str,
        values: &mut Values,
    ) -> Result<Around, Stop> {
        let mut around = Around::default();
        for link in &node.links {
            let path = joined(path, link.field.name);
            for linked in self.linked(&link.node, link.field, row, &path)? {
                let id = self.known.slots[linked.slot].id.to_string();
                let value = if link.field.kind.is_list() {
                    Value::List(vec![id])
                } else {
                    Value::Text(id)
                };
                add(values, link.field, value);
                around.links.push(linked);
            }
        }
        for companion in &node.companions {
            around.about.extend(self.about(companion, row, path)?);
        }
        Ok(around)
    }

    /// The records that a link's cells describe: one, or for a set as many as the cell names.
    fn linked(
        &mut self,
        node: &Node,
        field: &FieldDef,
        row: &Row,
        path: &str,
    ) -> Result<Vec<Linked>, Stop> {
        let own = self.own(node, row)?;
        let mut described = vec![own];
        if let (true, [_], Some(name)) = (
            field.kind.is_list(),
            &node.filled[..],
            naming_target(node.def),
        ) {
            described = split(node.def, name, described.remove(0));
        }
        let mut linked = Vec::new();
        for mut values in described {
            let around = self.around(node, row, path, &mut values)?;
            if values.is_empty() {
                continue;
            }
            let slot = self.slot(node, path, &mut values)?;
            linked.push(Linked {
                slot,
                path: path.to_owned(),
                values,
                around,
            });
        }
        Ok(linked)
    }

    /// The slot of a linked record, made when there is none.
    fn slot(&mut self, node: &Node, path: &str, values: &mut Values) -> Result<SlotId, Stop> {
        let column = node.first_column().unwrap_or_default();
        if node.def.name == "territory"
            && let Some(territory) = self.official(node, values)?
        {
            values.clear();
            return self.adopted(node.def, &territory);
        }
        let can_tell = telling_fields(node.def)
            .iter()
            .any(|field| node.fills(field));
        let found = self
            .known
            .find(node.def, values, can_tell)
            .map_err(|reason| refused(column, reason))?;
        if let Some(slot) = found {
            self.known.tell(slot, values);
            return Ok(slot);
        }
        let complete = completed(self.checked, path, node.def, values).map_err(|field| {
            Stop::Row(Refused {
                column: Some(node.column_of(field).unwrap_or(column)),
                field: Some(field),
                reason: RowReason::Cell(Reason::Required),
            })
        })?;
        Ok(self.known.make(node.def, complete)?)
    }

    /// The official territory that the cells of a node name.
    fn official(&mut self, node: &Node, values: &Values) -> Result<Option<Territory>, Stop> {
        let text = |field: &str| values.get(field).and_then(Value::as_text);
        let column = |field: &str| node.column_of(field).unwrap_or_default();
        if let Some(code) = text("insee_code") {
            let at = column("insee_code");
            let Some((territory, repair)) = self.places.by_insee(code) else {
                return Err(refused(at, RowReason::UnknownTerritory(code.to_owned())));
            };
            self.notes
                .extend(repair.map(|repair| Note { column: at, repair }));
            return Ok(Some(territory));
        }
        if let Some(territory) = text("siren").and_then(|siren| self.places.by_siren(siren)) {
            return Ok(Some(territory));
        }
        match text("name") {
            Some(name) if name.parse::<RowId>().is_err() => {
                let in_carnet = self.known.find(node.def, values, true);
                if matches!(in_carnet, Ok(Some(_))) {
                    return Ok(None);
                }
                let found = self.places.by_name(name);
                found.map_err(|reason| refused(column("name"), reason))
            }
            _ => Ok(None),
        }
    }

    /// The slot of an official territory.
    fn adopted(&mut self, def: &'static EntityDef, territory: &Territory) -> Result<SlotId, Stop> {
        let id = RowId::from(territory.id());
        if let Some(slot) = self.known.stable(def, id)? {
            return Ok(slot);
        }
        Ok(self.known.make_as(def, id, official_values(def, territory)))
    }

    /// What the row says of a companion.
    fn about(
        &mut self,
        companion: &Companion,
        row: &Row,
        path: &str,
    ) -> Result<Option<About>, Stop> {
        let node = &companion.node;
        let path = joined(path, node.def.name);
        let mut values = self.own(node, row)?;
        let around = self.around(node, row, &path, &mut values)?;
        if values.is_empty() {
            return Ok(None);
        }
        for field in node.def.fields.iter().filter(|field| field.is_required) {
            if field.name == companion.field || values.contains_key(field.name) {
                continue;
            }
            match self.checked.default_for_new(&path, node.def, field) {
                Some(value) => {
                    values.insert(field.name, value);
                }
                None => {
                    let column = node.column_of(field.name).or_else(|| node.first_column());
                    return Err(Stop::Row(Refused {
                        column,
                        field: Some(field.name),
                        reason: RowReason::Cell(Reason::Required),
                    }));
                }
            }
        }
        Ok(Some(About {
            field: companion.field,
            def: node.def,
            values,
            links: around.links,
        }))
    }
}

/// The fields of an official territory.
pub(super) fn official_values(def: &'static EntityDef, territory: &Territory) -> Values {
    let given = adoption(territory).fields;
    given
        .into_iter()
        .filter_map(|(name, value)| Some((def.field(&name)?.name, value?)))
        .collect()
}

fn load_all(known: &mut Known<'_>, node: &Node) -> Result<(), ImportError> {
    known.load(node.def)?;
    for link in &node.links {
        load_all(known, &link.node)?;
    }
    for companion in &node.companions {
        load_all(known, &companion.node)?;
    }
    Ok(())
}

/// Adds what a cell says to what earlier columns said.
fn add(values: &mut Values, field: &'static FieldDef, value: Value) {
    match (values.get_mut(field.name), value) {
        (Some(Value::List(elements)), Value::List(more)) => {
            elements.extend(more);
            elements.sort();
            elements.dedup();
        }
        (Some(Value::Text(text)), Value::Text(more)) if field.kind.is_words() => {
            text.push_str(match (field.kind, field.name) {
                (FieldKind::Long, _) => "\n",
                (_, "address") => " ",
                _ => ", ",
            });
            text.push_str(&more);
        }
        (_, value) => {
            values.insert(field.name, value);
        }
    }
}

/// One description for each name that a cell of a set holds.
fn split(def: &EntityDef, name: &'static str, values: Values) -> Vec<Values> {
    let Some(Value::Text(text)) = values.get(name) else {
        return vec![values];
    };
    let is_cut = |character: char| {
        matches!(character, ';' | '|' | '\n') || (character == ',' && def.name == "tag")
    };
    text.split(is_cut)
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .map(|part| {
            let mut one = values.clone();
            one.insert(name, Value::from(part));
            one
        })
        .collect()
}
