//! Where the columns of a list most likely go, and why: by their names first, then by what their cells look like.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;

use serde::Serialize;
use ts_rs::TS;

use super::cells::{has_luhn_key, is_missing, read_cell};
use super::dictionary::{self, comparable};
use super::error::ImportError;
use super::mapping::{Mapping, check, dictionary_default, known_entity, usual_key};
use super::table::Table;
use super::target::{EXTERNAL_ID, FULL_NAME, Node, POSTCODE, is_joined};
use crate::fold::fold;
use crate::messages::{self, Language};
use crate::model::{EntityDef, FieldKind, Reason, Value, entity_def};

/// Rows whose cells are looked at.
const ROWS_LOOKED_AT: usize = 200;
/// Cells from which on a column tells by its content that its name misleads; with fewer, a refusal tells it better.
const CELLS_THAT_TELL: usize = 5;
/// Cells shown of each column.
const SAMPLES: usize = 3;
/// Rows shown of the file.
const ROWS_SHOWN: usize = 20;
/// Longest cell shown, in characters.
const LONGEST_SAMPLE: usize = 200;

/// What the program makes of a file before anybody corrects it, or with what somebody corrected.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct ImportPlan {
    /// The file.
    pub path: String,
    /// The entity of the list.
    pub entity: String,
    /// Name of the encoding.
    pub encoding: String,
    /// What stands between two cells.
    pub separator: String,
    /// Line of the header.
    #[ts(type = "number")]
    pub header_line: u64,
    /// Rows under it.
    #[ts(type = "number")]
    pub row_count: usize,
    /// Its columns.
    pub columns: Vec<Column>,
    /// What required fields of a new record hold when no column gives them.
    pub defaults: BTreeMap<String, FieldDefault>,
    /// Fields that tell one record from another.
    pub key: Vec<String>,
    /// What to look at: message keys `import.warning.<code>`.
    pub warnings: Vec<String>,
    /// The first rows.
    pub preview_rows: Vec<SampleRow>,
}

/// A column and where it goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Column {
    /// From 0.
    #[ts(type = "number")]
    pub index: usize,
    /// Its name, as typed; its letter when it has none.
    pub header: String,
    /// Some of its cells.
    pub samples: Vec<String>,
    /// Its target; nothing when it is left out.
    pub field: Option<String>,
    /// Why this target: message key `import.suggestion.<code>`.
    pub suggestion_reason: Option<String>,
}

/// What a field of a new record holds by default.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct FieldDefault {
    /// The value.
    #[ts(type = "string | number | boolean | string[]")]
    pub value: Value,
    /// Why: message key `import.default.<code>`.
    pub reason: String,
}

/// A row of the file, as typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct SampleRow {
    /// Line on which it begins.
    #[ts(type = "number")]
    pub line: u64,
    /// Its cells, shortened.
    pub cells: Vec<String>,
}

/// A target that a column may be given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct TargetChoice {
    /// As in a mapping.
    pub target: String,
    /// Entity of its field, for the label `field.<entity>.<field>`.
    pub entity: String,
    /// Its field, or the message key `import.target.<field>` for what is no field.
    pub field: String,
    /// Whether several columns may be given it.
    pub is_joined: bool,
}

/// Suggests where the columns of a list go, for an entity or for the one that fits best; a mapping that somebody
/// corrected is shown as it is.
pub fn inspect(
    path: &Path,
    table: &Table,
    entity: Option<&str>,
    mapping: Option<&Mapping>,
) -> Result<ImportPlan, ImportError> {
    let asked = entity.or(mapping.map(|mapping| mapping.entity.as_str()));
    let def = match asked.filter(|name| !name.is_empty()) {
        Some(name) => known_entity(name)?,
        None => best_entity(table).ok_or(ImportError::NoEntity)?,
    };
    let Some(mapping) = mapping else {
        let suggested = Suggestion::of(table, def).into_targets();
        return Ok(plan_of(path, table, def, suggested));
    };
    let given = Mapping {
        entity: def.name.to_owned(),
        ..mapping.clone()
    };
    check(table, &given)?;
    let mut chosen: Vec<Option<(String, &'static str)>> = vec![None; table.header.len()];
    for (name, target) in &given.columns {
        let at = super::mapping::column_named(table, name)?;
        let target = target.as_deref().filter(|target| !target.is_empty());
        chosen[at] = target.map(|target| (target.to_owned(), "chosen"));
    }
    let mut plan = plan_of(path, table, def, chosen);
    for (field, value) in given.defaults {
        let reason = "chosen".to_owned();
        plan.defaults.insert(field, FieldDefault { value, reason });
    }
    if !given.key.is_empty() {
        plan.key = given.key;
    }
    Ok(plan)
}

/// Every target that a column of a list of this entity may be given, the usual ones first.
pub fn targets(entity: &str) -> Result<Vec<TargetChoice>, ImportError> {
    let def = known_entity(entity)?;
    let usual = dictionary::usage(entity).into_iter();
    let mut names: Vec<String> = usual
        .flat_map(|usage| usage.targets().map(|(target, _)| target.to_owned()))
        .collect();
    names.extend(def.fields.iter().map(|field| field.name.to_owned()));
    names.push(EXTERNAL_ID.to_owned());
    let long = def
        .fields
        .iter()
        .filter(|field| matches!(field.kind, FieldKind::Long));
    names.extend(long.map(|field| format!("+{}", field.name)));
    let mut seen = HashSet::new();
    names.retain(|name| seen.insert(name.clone()) && Node::of(def).add(name, 0).is_ok());
    Ok(names
        .into_iter()
        .map(|target| {
            let (owner, field) = owner_of(def, &target);
            TargetChoice {
                entity: owner.name.to_owned(),
                is_joined: joins(owner, field),
                field: field.to_owned(),
                target: target.clone(),
            }
        })
        .collect())
}

/// The entity and the field at the end of a target.
fn owner_of<'t>(def: &'static EntityDef, target: &'t str) -> (&'static EntityDef, &'t str) {
    let mut owner = def;
    let mut rest = target;
    while let Some((head, tail)) = rest.split_once('.') {
        let linked = owner.field(head).and_then(|field| field.kind.target());
        owner = entity_def(linked.unwrap_or(head)).unwrap_or(owner);
        rest = tail;
    }
    (owner, rest)
}

fn joins(owner: &EntityDef, field: &str) -> bool {
    match owner.field(field) {
        Some(field) => is_joined(field.kind),
        None => field == POSTCODE || field.starts_with('+'),
    }
}

fn plan_of(
    path: &Path,
    table: &Table,
    def: &'static EntityDef,
    targets: Vec<Option<(String, &'static str)>>,
) -> ImportPlan {
    let mut root = Node::of(def);
    for (column, target) in targets.iter().enumerate() {
        if let Some((target, _)) = target {
            // A target of the dictionary or of a checked mapping is one.
            let _ = root.add(target, column);
        }
    }
    let required = def
        .fields
        .iter()
        .filter(|field| field.is_required && !root.fills(field.name));
    let mut defaults: BTreeMap<String, FieldDefault> = required
        .filter_map(|field| {
            let value = dictionary_default(def, field.name)?;
            let is_usual = dictionary::usage(def.name)
                .is_some_and(|usage| usage.defaults.contains_key(field.name));
            let reason = if is_usual { "usual" } else { "first_value" }.to_owned();
            Some((field.name.to_owned(), FieldDefault { value, reason }))
        })
        .collect();
    if def.name == "organisation" && are_town_halls(table, &root) {
        for (field, code) in [
            ("organisation_type", "territory"),
            ("subtype", "municipality"),
        ] {
            if !root.fills(field) {
                let reason = "names".to_owned();
                let value = Value::from(code);
                defaults.insert(field.to_owned(), FieldDefault { value, reason });
            }
        }
    }
    let mut warnings = Vec::new();
    if table.rows.iter().any(|row| !table.is_equal(row)) {
        warnings.push("unequal_rows".to_owned());
    }
    if !table.total_lines.is_empty() {
        warnings.push("totals_left_out".to_owned());
    }
    if def.fields.iter().any(|field| {
        field.is_required && !root.fills(field.name) && !defaults.contains_key(field.name)
    }) {
        warnings.push("required_without_column".to_owned());
    }
    let columns = targets.into_iter().enumerate().map(|(index, target)| {
        let (field, reason) =
            target.map_or((None, None), |(field, reason)| (Some(field), Some(reason)));
        Column {
            index,
            header: table.column_name(index),
            samples: samples(table, index),
            field,
            suggestion_reason: reason.map(str::to_owned),
        }
    });
    ImportPlan {
        path: path.to_string_lossy().into_owned(),
        entity: def.name.to_owned(),
        encoding: table.encoding.to_owned(),
        separator: table.separator.to_string(),
        header_line: table.header_line,
        row_count: table.rows.len(),
        columns: columns.collect(),
        defaults,
        key: usual_key(&root).into_iter().map(str::to_owned).collect(),
        warnings,
        preview_rows: table
            .rows
            .iter()
            .take(ROWS_SHOWN)
            .map(|row| SampleRow {
                line: row.line,
                cells: row.cells.iter().map(|cell| shortened(cell)).collect(),
            })
            .collect(),
    }
}

/// Whether most names of a list are those of town halls.
fn are_town_halls(table: &Table, root: &Node) -> bool {
    let Some(column) = root.column_of("name") else {
        return false;
    };
    let looked_at = table.rows.iter().take(ROWS_LOOKED_AT);
    let count = looked_at.len();
    let town_halls = looked_at.filter(|row| {
        let name = fold(row.cell(column));
        ["mairie", "commune de", "commune d", "ville de"]
            .iter()
            .any(|start| name == *start || name.starts_with(&format!("{start} ")))
    });
    town_halls.count() * 5 >= count * 4
}

fn samples(table: &Table, column: usize) -> Vec<String> {
    let mut samples: Vec<String> = Vec::new();
    for row in &table.rows {
        let cell = row.cell(column);
        let sample = shortened(cell);
        if !is_missing(cell) && !samples.contains(&sample) {
            samples.push(sample);
            if samples.len() == SAMPLES {
                break;
            }
        }
    }
    samples
}

fn shortened(cell: &str) -> String {
    if cell.len() <= LONGEST_SAMPLE {
        return cell.to_owned();
    }
    let mut short: String = cell.chars().take(LONGEST_SAMPLE).collect();
    if short.len() < cell.len() {
        short.push('…');
    }
    short
}

/// The entity of which the columns say most.
fn best_entity(table: &Table) -> Option<&'static EntityDef> {
    let score = |def: &'static EntityDef| {
        let suggestion = Suggestion::of(table, def);
        let root = suggestion.node();
        let named = def.title.iter().any(|field| root.fills(field));
        let mapped = suggestion.targets.iter().flatten().count();
        let lacks = def.fields.iter().any(|field| {
            field.is_required
                && !root.fills(field.name)
                && dictionary_default(def, field.name).is_none()
        });
        if lacks || !named { 0 } else { mapped * 2 + 1 }
    };
    // The entities that lists are usually of; among equals, the first of these.
    let mut best = (0, None);
    for name in [
        "organisation",
        "person",
        "project",
        "funding",
        "territory",
        "event",
        "task",
        "offer",
    ] {
        let Some(def) = entity_def(name) else {
            continue;
        };
        let found = score(def);
        if found > best.0 {
            best = (found, Some(def));
        }
    }
    best.1
}

/// What cells look like, and the targets that such a column may have.
type Looks = (fn(&str) -> bool, &'static [&'static str]);

/// Targets found so far, with the reason of each.
struct Suggestion<'a> {
    table: &'a Table,
    def: &'static EntityDef,
    names: Vec<String>,
    targets: Vec<Option<(String, &'static str)>>,
}

impl<'a> Suggestion<'a> {
    fn of(table: &'a Table, def: &'static EntityDef) -> Self {
        let mut suggestion = Self {
            table,
            def,
            names: table.header.iter().map(|header| name_of(header)).collect(),
            targets: vec![None; table.header.len()],
        };
        suggestion.leave_out_last_names();
        suggestion.by_field_name();
        suggestion.by_usual_names();
        suggestion.by_label();
        suggestion.by_content();
        suggestion
    }

    fn into_targets(self) -> Vec<Option<(String, &'static str)>> {
        self.targets
    }

    fn node(&self) -> Node {
        let mut root = Node::of(self.def);
        for (column, target) in self.targets.iter().enumerate() {
            if let Some((target, _)) = target {
                let _ = root.add(target, column);
            }
        }
        root
    }

    /// Beside a column of first names, "nom" is a person's and names no organisation.
    fn leave_out_last_names(&mut self) {
        let has_first_names = self
            .names
            .iter()
            .any(|name| name == "prenom" || name == "first name");
        if self.def.name != "person" && has_first_names {
            for name in &mut self.names {
                if name == "nom" || name == "name" {
                    name.clear();
                }
            }
        }
    }

    fn is_taken(&self, target: &str) -> bool {
        let mut targets = self.targets.iter().flatten();
        targets.any(|(taken, _)| taken == target)
    }

    /// Gives a column a target that it may have.
    fn give(&mut self, column: usize, target: &str, reason: &'static str) {
        let (owner, field) = owner_of(self.def, target);
        let is_free = joins(owner, field) && !is_name(owner, field) || !self.is_taken(target);
        // A set of the same records told by code needs no second column that tells them by name.
        let is_told = target == "territories" && self.is_taken("territories.insee_code")
            || target == "territory" && self.is_taken("territory.insee_code");
        // One person's name is either whole or in two.
        let is_whole = field == FULL_NAME && self.is_taken(&target.replace(FULL_NAME, "last_name"));
        let reads = || self.reads(column, owner, field);
        if self.targets[column].is_none() && is_free && !is_told && !is_whole && reads() {
            self.targets[column] = Some((target.to_owned(), reason));
        }
    }

    /// Whether a field can read the cells of a column, most of them: a name alone does not make a column of dates.
    fn reads(&self, column: usize, owner: &EntityDef, field: &str) -> bool {
        let Some(field) = owner.field(field).filter(|field| !field.kind.is_words()) else {
            return true;
        };
        if field.kind.target().is_some() {
            return true;
        }
        let rows = self.table.rows.iter().take(ROWS_LOOKED_AT);
        let cells = rows
            .map(|row| row.cell(column))
            .filter(|cell| !is_missing(cell));
        let (mut filled, mut unread) = (0, 0);
        for cell in cells {
            filled += 1;
            if !matches!(
                read_cell(field, cell),
                Ok(_) | Err(Reason::NoSuchDay { .. })
            ) {
                unread += 1;
            }
        }
        filled < CELLS_THAT_TELL || unread * 2 <= filled
    }

    fn columns_named(&self, name: &str) -> Vec<usize> {
        let all = self.names.iter().enumerate();
        all.filter(|(column, of)| of.as_str() == name && self.targets[*column].is_none())
            .map(|(column, _)| column)
            .collect()
    }

    fn by_field_name(&mut self) {
        for column in 0..self.table.header.len() {
            let header = self.table.header[column].trim();
            if !self.names[column].is_empty() && Node::of(self.def).add(header, column).is_ok() {
                let header = header.to_owned();
                self.give(column, &header, "field_name");
            }
        }
    }

    fn by_usual_names(&mut self) {
        let Some(usage) = dictionary::usage(self.def.name) else {
            return;
        };
        let order: Vec<(String, Vec<String>)> = usage
            .targets()
            .map(|(target, names)| (target.to_owned(), names))
            .collect();
        for (target, names) in order {
            for name in names {
                for column in self.columns_named(&name) {
                    self.give(column, &target, "usual_name");
                }
            }
        }
    }

    fn by_label(&mut self) {
        for field in self.def.fields {
            for language in [Language::Fr, Language::En] {
                let label = messages::field_label(language, self.def.name, field.name);
                for column in self.columns_named(&comparable(&label)) {
                    if Node::of(self.def).add(field.name, column).is_ok() {
                        self.give(column, field.name, "label");
                    }
                }
            }
        }
    }

    fn by_content(&mut self) {
        let looks: [Looks; 4] = [
            (is_siren, &["siren", "organisation.siren"]),
            (is_email, &["email", "identity_sheet.contact_text"]),
            (is_link, &["website", "link"]),
            (is_amount, &["envelope", "amount_granted"]),
        ];
        for column in 0..self.table.header.len() {
            if self.targets[column].is_some() {
                continue;
            }
            for (looks_so, targets) in looks {
                if !self.most_cells(column, looks_so) {
                    continue;
                }
                for target in targets {
                    let is_target = Node::of(self.def).add(target, column).is_ok();
                    if is_target && !self.is_taken(target) {
                        self.give(column, target, "content");
                    }
                }
            }
        }
    }

    fn most_cells(&self, column: usize, looks_so: fn(&str) -> bool) -> bool {
        let rows = self.table.rows.iter().take(ROWS_LOOKED_AT);
        let cells: Vec<&str> = rows
            .map(|row| row.cell(column).trim())
            .filter(|cell| !is_missing(cell))
            .collect();
        let alike = cells.iter().filter(|cell| looks_so(cell)).count();
        cells.len() > 1 && alike * 10 >= cells.len() * 9
    }
}

/// Whether a target names its record: one column does.
fn is_name(owner: &EntityDef, field: &str) -> bool {
    super::target::naming_target(owner) == Some(field)
}

/// The name of a column, without the instructions and marks that forms put in it.
fn name_of(header: &str) -> String {
    let bare = header.split(['(', '*', ':']).next().unwrap_or(header);
    let name = comparable(bare);
    if name.is_empty() {
        comparable(header)
    } else {
        name
    }
}

fn is_siren(cell: &str) -> bool {
    let digits: String = cell
        .chars()
        .filter(|character| !character.is_whitespace())
        .collect();
    let is_code =
        matches!(digits.len(), 9 | 14) && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_code && has_luhn_key(&digits[..9]) && !digits.starts_with("000000000")
}

fn is_email(cell: &str) -> bool {
    cell.split_once('@')
        .is_some_and(|(name, host)| !name.is_empty() && host.contains('.') && !cell.contains(' '))
}

fn is_link(cell: &str) -> bool {
    cell.starts_with("http://") || cell.starts_with("https://") || cell.starts_with("www.")
}

fn is_amount(cell: &str) -> bool {
    cell.ends_with('€')
}
