//! What columns are usually called and what required fields usually hold: the words of `dictionary.toml`.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

use crate::fold::fold;
use crate::model::Value;

/// Words that say nothing in the name of a column.
const EMPTY_WORDS: [&str; 8] = ["de", "du", "des", "d", "la", "le", "les", "l"];
/// Ways of writing "number".
const NUMBER_WORDS: [&str; 4] = ["n", "no", "num", "numero"];

/// The usual names and values of one entity.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Usage {
    /// Values of required fields without a column, by field.
    #[serde(default)]
    pub(super) defaults: BTreeMap<String, Value>,
    /// Names of columns by target, in order of preference.
    #[serde(default)]
    pub(super) columns: toml::map::Map<String, toml::Value>,
}

impl Usage {
    /// Targets with the usual names of their columns, as compared.
    pub(super) fn targets(&self) -> impl Iterator<Item = (&str, Vec<String>)> {
        self.columns.iter().map(|(target, names)| {
            let names = names.as_array().into_iter().flatten();
            let compared = names.filter_map(toml::Value::as_str).map(comparable);
            (target.as_str(), compared.collect())
        })
    }
}

/// The usage of an entity; none for those that nobody sends lists of.
pub(super) fn usage(entity: &str) -> Option<&'static Usage> {
    all().get(entity)
}

/// The usage of every entity that lists are sent of.
pub(super) fn all() -> &'static BTreeMap<String, Usage> {
    static ALL: OnceLock<BTreeMap<String, Usage>> = OnceLock::new();
    ALL.get_or_init(|| toml::from_str(include_str!("dictionary.toml")).unwrap_or_default())
}

/// The name of a column as it is compared: folded, its words apart, without those that say nothing.
pub(super) fn comparable(header: &str) -> String {
    let mut spaced = String::with_capacity(header.len() + 4);
    let mut was_lower = false;
    for character in header.chars() {
        if was_lower && character.is_uppercase() {
            spaced.push(' ');
        }
        was_lower = character.is_lowercase();
        spaced.push(character);
    }
    let folded = fold(&spaced);
    let words: Vec<&str> = folded
        .split(' ')
        .filter(|word| !EMPTY_WORDS.contains(word))
        .map(|word| {
            if NUMBER_WORDS.contains(&word) {
                "n"
            } else {
                word
            }
        })
        .collect();
    if words.is_empty() {
        folded
    } else {
        words.join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::target::Node;
    use crate::model::entity_def;

    #[test]
    fn every_entry_of_the_dictionary_names_a_field_of_the_model() {
        assert!(!all().is_empty(), "the dictionary cannot be read");
        for (entity, usage) in all() {
            let def = entity_def(entity).unwrap_or_else(|| panic!("{entity}"));
            for field in usage.defaults.keys() {
                assert!(def.field(field).is_some(), "{entity}.{field}");
            }
            for (target, names) in usage.targets() {
                assert!(!names.is_empty(), "{entity}.{target}");
                let mut node = Node::of(def);
                assert!(node.add(target, 0).is_ok(), "{entity}.{target}");
            }
        }
    }

    #[test]
    fn a_header_is_compared_without_its_small_words_case_and_accents() {
        assert_eq!(comparable("N° SIREN"), comparable("numero_siren"));
        assert_eq!(
            comparable("nomBeneficiaire"),
            comparable("Nom du bénéficiaire")
        );
        assert_eq!(comparable("numero_dossier_ds"), "n dossier ds");
        assert_eq!(comparable("N°"), "n");
    }
}
