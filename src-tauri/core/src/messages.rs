//! Words for people, in French and English, from the same files as the window (`ui/messages`).
//!
//! Sentences used from here have only `{name}` parameters; plurals are the window's business.

use std::collections::HashMap;
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A language of the product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// French, the source.
    #[default]
    Fr,
    /// English.
    En,
}

impl Language {
    /// The language of a locale such as `fr_FR.UTF-8`: English when it says so, else French.
    pub fn of_locale(locale: &str) -> Self {
        if locale.to_lowercase().starts_with("en") {
            Self::En
        } else {
            Self::Fr
        }
    }

    fn table(self) -> &'static HashMap<String, String> {
        static FR: OnceLock<HashMap<String, String>> = OnceLock::new();
        static EN: OnceLock<HashMap<String, String>> = OnceLock::new();
        let (cell, source) = match self {
            Self::Fr => (&FR, include_str!("../../../ui/messages/fr.json")),
            Self::En => (&EN, include_str!("../../../ui/messages/en.json")),
        };
        cell.get_or_init(|| serde_json::from_str(source).unwrap_or_default())
    }
}

/// The text of a key, its parameters filled in; the key itself when nobody wrote the text.
pub fn text(language: Language, key: &str, params: &[(&str, String)]) -> String {
    let template = find(language, key).unwrap_or(key);
    params
        .iter()
        .fold(template.to_owned(), |text, (name, value)| {
            text.replace(&format!("{{{name}}}"), value)
        })
}

/// The text of a key, if somebody wrote it.
pub fn find(language: Language, key: &str) -> Option<&'static str> {
    language.table().get(key).map(String::as_str)
}

/// The label of an entity, one record.
pub fn entity_label(language: Language, entity: &str) -> String {
    text(language, &format!("entity.{entity}"), &[])
}

/// The label of a field.
pub fn field_label(language: Language, entity: &str, field: &str) -> String {
    let own = find(language, &format!("field.{entity}.{field}"));
    let any = || find(language, &format!("field.any.{field}"));
    own.or_else(any).unwrap_or(field).to_owned()
}

/// The label of a value of an enumeration.
pub fn enum_label(language: Language, enumeration: &str, code: &str) -> String {
    find(language, &format!("enum.{enumeration}.{code}"))
        .unwrap_or(code)
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ENTITIES, ENUMERATIONS};

    #[test]
    fn every_entity_field_group_and_value_has_its_words_in_both_languages() {
        let mut missing = Vec::new();
        for language in [Language::Fr, Language::En] {
            let is_there = |key: &str| find(language, key).is_some_and(|text| !text.is_empty());
            let mut want = |key: String| {
                // A field that every entity has is named once for all.
                let any = key
                    .strip_prefix("field.")
                    .and_then(|rest| rest.split_once('.'))
                    .map(|(_, field)| format!("field.any.{field}"));
                if !is_there(&key) && !any.is_some_and(|any| is_there(&any)) {
                    missing.push(format!("{language:?} {key}"));
                }
            };
            for def in ENTITIES {
                want(format!("entity.{}", def.name));
                want(format!("entities.{}", def.name));
                for field in def.fields {
                    want(format!("field.{}.{}", def.name, field.name));
                }
                def.groups()
                    .into_iter()
                    .for_each(|group| want(format!("group.{group}")));
            }
            for def in ENUMERATIONS {
                def.codes
                    .iter()
                    .for_each(|code| want(format!("enum.{}.{code}", def.name)));
            }
        }
        assert_eq!(missing, Vec::<String>::new());
    }

    #[test]
    fn a_parameter_takes_its_place_in_the_sentence() {
        assert_eq!(
            text(Language::Fr, "entity.project", &[]),
            "Piste, pré-projet, projet"
        );
        assert_eq!(text(Language::Fr, "no.such.key", &[]), "no.such.key");
    }
}
