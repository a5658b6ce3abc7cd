//! Which column goes to which field: the form that a person corrects and a TOML file holds.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::dictionary;
use super::error::ImportError;
use super::suggest::ImportPlan;
use super::table::{ReadOptions, Table};
use super::target::{EXTERNAL_ID, Node};
use crate::fold::fold;
use crate::model::{
    EntityDef, FieldDef, FieldKind, Value, close_to, entity_def, entity_names, validate,
};

/// What a person chose: how the file is read and where each column goes.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(default, deny_unknown_fields)]
pub struct Mapping {
    /// The entity of the list; may be left out of a file when the caller names it.
    pub entity: String,
    /// Name of the encoding; found when absent.
    pub encoding: Option<String>,
    /// One character; found when absent.
    pub separator: Option<String>,
    /// Line of the file on which the header begins; found when absent.
    #[ts(type = "number | null")]
    pub header_line: Option<u64>,
    /// Target of each column, by its number from 0 or by its header; none or an empty text leaves it out.
    #[ts(type = "Record<string, string | null>")]
    pub columns: BTreeMap<String, Option<String>>,
    /// What the fields of a new record hold when no column gives them.
    #[ts(type = "Record<string, string | number | boolean | string[]>")]
    pub defaults: BTreeMap<String, Value>,
    /// Fields that tell one record from another; found when empty.
    pub key: Vec<String>,
}

impl Mapping {
    /// Reads the TOML form.
    pub fn from_toml(text: &str) -> Result<Self, ImportError> {
        toml::from_str(text).map_err(ImportError::Mapping)
    }

    /// How the file is to be read.
    pub fn read_options(&self) -> ReadOptions {
        ReadOptions {
            encoding: self.encoding.clone(),
            separator: self.separator.clone(),
            header_line: self.header_line,
        }
    }
}

impl ImportPlan {
    /// The mapping that this plan stands for.
    pub fn mapping(&self) -> Mapping {
        Mapping {
            entity: self.entity.clone(),
            encoding: Some(self.encoding.clone()),
            separator: Some(self.separator.clone()),
            header_line: Some(self.header_line),
            columns: self
                .columns
                .iter()
                .map(|column| (column.index.to_string(), column.field.clone()))
                .collect(),
            defaults: self
                .defaults
                .iter()
                .map(|(field, default)| (field.clone(), default.value.clone()))
                .collect(),
            key: self.key.clone(),
        }
    }
}

/// A mapping that names columns of the table and fields of the model only.
pub(super) struct Checked {
    pub(super) root: Node,
    /// Values of new records, by path: `country`, `organisation.country`.
    defaults: BTreeMap<String, Value>,
    /// Fields of the root, or `external_id`.
    pub(super) key: Vec<&'static str>,
}

impl Checked {
    /// The value that a new record takes at `path`: one that the officer chose, or what a required field usually
    /// holds when no column of the list gives it.
    pub(super) fn default_for_new(
        &self,
        path: &str,
        def: &'static EntityDef,
        field: &FieldDef,
    ) -> Option<Value> {
        if let Some(chosen) = self.defaults.get(&joined(path, field.name)) {
            return Some(chosen.clone());
        }
        let is_usual = field.is_required && !(path.is_empty() && self.root.fills(field.name));
        is_usual
            .then(|| dictionary_default(def, field.name))
            .flatten()
    }
}

/// `path.field`, or the field alone at the root.
pub(super) fn joined(path: &str, field: &str) -> String {
    if path.is_empty() {
        field.to_owned()
    } else {
        format!("{path}.{field}")
    }
}

/// What a required field usually holds; else the first value of its enumeration.
pub(super) fn dictionary_default(def: &EntityDef, field: &str) -> Option<Value> {
    let usual = dictionary::usage(def.name).and_then(|usage| usage.defaults.get(field));
    if let Some(value) = usual {
        return Some(value.clone());
    }
    match def.field(field)?.kind {
        FieldKind::Enum(of) => of.codes.first().map(|code| Value::from(*code)),
        FieldKind::Country => Some(Value::from("FR")),
        _ => None,
    }
}

/// The definition of an entity, or the names that look like it.
pub(super) fn known_entity(name: &str) -> Result<&'static EntityDef, ImportError> {
    entity_def(name).ok_or_else(|| ImportError::UnknownEntity {
        name: name.to_owned(),
        suggestions: close_to(name, entity_names()),
    })
}

/// Checks a mapping against the columns and the model.
pub(super) fn check(table: &Table, mapping: &Mapping) -> Result<Checked, ImportError> {
    let def = known_entity(&mapping.entity)?;
    let mut targets: Vec<Option<&str>> = vec![None; table.header.len()];
    for (name, target) in &mapping.columns {
        let column = column_named(table, name)?;
        targets[column] = target
            .as_deref()
            .map(str::trim)
            .filter(|target| !target.is_empty());
    }
    let mut root = Node::of(def);
    for (column, target) in targets.iter().enumerate() {
        if let Some(target) = target {
            root.add(target, column)
                .map_err(|refused| ImportError::UnknownTarget {
                    entity: def.name.to_owned(),
                    name: (*target).to_owned(),
                    suggestions: refused.suggestions,
                })?;
        }
    }
    if targets.iter().all(Option::is_none) {
        return Err(ImportError::NothingMapped);
    }
    if let Some((target, first, second)) = root.doubly_filled() {
        return Err(ImportError::TwoColumns {
            target: target.to_owned(),
            first: table.column_name(first),
            second: table.column_name(second),
        });
    }
    let defaults = checked_defaults(def, mapping)?;
    let checked = Checked {
        key: checked_key(&root, mapping)?,
        root,
        defaults,
    };
    let is_missing = |field: &&FieldDef| {
        field.is_required
            && !checked.root.fills(field.name)
            && checked.default_for_new("", def, field).is_none()
    };
    match def.fields.iter().find(is_missing) {
        Some(field) => Err(ImportError::NoColumnFor {
            entity: def.name,
            field: field.name,
        }),
        None => Ok(checked),
    }
}

/// The column of this header, else of this number from 0.
pub(super) fn column_named(table: &Table, name: &str) -> Result<usize, ImportError> {
    let exact = table.header.iter().position(|header| header == name);
    let folded = || {
        let sought = fold(name);
        table
            .header
            .iter()
            .position(|header| !sought.is_empty() && fold(header) == sought)
    };
    let numbered = || {
        name.parse()
            .ok()
            .filter(|column| *column < table.header.len())
    };
    exact
        .or_else(numbered)
        .or_else(folded)
        .ok_or_else(|| ImportError::UnknownColumn {
            name: name.to_owned(),
            suggestions: close_to(name, table.header.iter().map(String::as_str)),
        })
}

fn checked_defaults(
    def: &'static EntityDef,
    mapping: &Mapping,
) -> Result<BTreeMap<String, Value>, ImportError> {
    let mut defaults = BTreeMap::new();
    for (path, given) in &mapping.defaults {
        let mut owner = def;
        let mut rest = path.as_str();
        while let Some((head, tail)) = rest.split_once('.') {
            let target = owner.field(head).and_then(|field| field.kind.target());
            match target.or(Some(head)).and_then(entity_def) {
                Some(next) => owner = next,
                None => break,
            }
            rest = tail;
        }
        let field = owner
            .field(rest)
            .ok_or_else(|| ImportError::UnknownTarget {
                entity: def.name.to_owned(),
                name: path.clone(),
                suggestions: close_to(rest, owner.fields.iter().map(|field| field.name)),
            })?;
        let value = match given {
            Value::Text(text) => super::cells::read_cell(field, text).map(|read| read.value),
            other => validate(field, other),
        };
        let value = value.map_err(|reason| ImportError::InvalidDefault {
            target: path.clone(),
            reason,
        })?;
        if let Some(value) = value {
            defaults.insert(path.clone(), value);
        }
    }
    Ok(defaults)
}

/// The fields of the key, each of which a column fills.
fn checked_key(root: &Node, mapping: &Mapping) -> Result<Vec<&'static str>, ImportError> {
    if mapping.key.is_empty() {
        return Ok(usual_key(root));
    }
    let mut key = Vec::new();
    for name in &mapping.key {
        let head = name.split('.').next().unwrap_or(name);
        let known = if head == EXTERNAL_ID {
            Some(EXTERNAL_ID)
        } else {
            root.def.field(head).map(|field| field.name)
        };
        match known.filter(|name| root.fills(name)) {
            Some(name) if !key.contains(&name) => key.push(name),
            Some(_) => {}
            None => {
                return Err(ImportError::UnknownTarget {
                    entity: root.def.name.to_owned(),
                    name: name.clone(),
                    suggestions: Vec::new(),
                });
            }
        }
    }
    Ok(key)
}

/// What tells one record from another when nobody says: a file number, an official code, else its name and what
/// it belongs to, else everything that the row says.
pub(super) fn usual_key(root: &Node) -> Vec<&'static str> {
    if root.fills(EXTERNAL_ID) {
        return vec![EXTERNAL_ID];
    }
    let candidates: Vec<&'static str> = match root.def.name {
        "organisation" => vec!["siren", "name", "address"],
        "person" => vec!["email", "last_name", "first_name"],
        "territory" => vec!["insee_code", "siren", "nuts_code", "name"],
        _ => {
            let required = root.def.fields.iter().filter(|field| {
                field.is_required && matches!(field.kind, FieldKind::Ref(_) | FieldKind::Date)
            });
            let title = root.def.title.iter().copied();
            title.chain(required.map(|field| field.name)).collect()
        }
    };
    let mut key: Vec<&'static str> = Vec::new();
    for name in candidates {
        if root.fills(name) && !key.contains(&name) {
            key.push(name);
        }
    }
    if key.is_empty() {
        let all = root.def.fields.iter().map(|field| field.name);
        key = all.filter(|name| root.fills(name)).collect();
    }
    key
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::read;

    fn table() -> Table {
        let text = "Nom du projet;Porteur;Montant\nBois local;Parc;12\n";
        read(text.as_bytes(), &ReadOptions::default()).unwrap()
    }

    fn mapping(text: &str) -> Mapping {
        Mapping::from_toml(text).unwrap()
    }

    #[test]
    fn a_mapping_file_names_columns_by_header_or_by_number() {
        let mapping = mapping(
            "entity = 'project'\nkey = ['title']\n[columns]\n'nom du PROJET' = 'title'\n1 = 'organisation'\n\
             [defaults]\nphase = 'Émergence'\nis_publishable = true\n",
        );
        let checked = check(&table(), &mapping).unwrap();
        assert_eq!(checked.key, ["title"]);
        let def = entity_def("project").unwrap();
        let default = |name: &str| checked.default_for_new("", def, def.field(name).unwrap());
        assert_eq!(default("phase"), Some(Value::from("emergence")));
        assert_eq!(default("maturity"), Some(Value::from("project")));
        assert_eq!(default("title"), None);
    }

    #[test]
    fn a_mapping_that_names_what_is_not_there_is_refused_with_what_looks_like_it() {
        let refused = |text: &str| check(&table(), &mapping(text)).err().unwrap();
        assert!(matches!(
            refused("entity = 'projet'\n"),
            ImportError::UnknownEntity { suggestions, .. } if suggestions == ["project"]
        ));
        assert!(matches!(
            refused("entity = 'project'\n[columns]\nPorteurs = 'organisation'\n"),
            ImportError::UnknownColumn { suggestions, .. } if suggestions == ["Porteur"]
        ));
        assert!(matches!(
            refused("entity = 'project'\n[columns]\nPorteur = 'organization'\n"),
            ImportError::UnknownTarget { suggestions, .. } if suggestions == ["organisation"]
        ));
        assert!(matches!(
            refused("entity = 'project'\n[columns]\nMontant = 'envelope'\n"),
            ImportError::NoColumnFor { field: "title", .. }
        ));
        assert!(matches!(
            refused(
                "entity = 'project'\n[columns]\nPorteur = 'title'\nMontant = ''\n0 = 'organisation'\n[defaults]\nphase = 'x'\n"
            ),
            ImportError::InvalidDefault { .. }
        ));
        assert!(matches!(
            refused("entity = 'project'\n"),
            ImportError::NothingMapped
        ));
        assert!(matches!(
            Mapping::from_toml("colums = 1"),
            Err(ImportError::Mapping(_))
        ));
    }
}
