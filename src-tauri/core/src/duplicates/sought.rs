//! Which entities are looked at for duplicates, and by what: the one place to change to look at another.

use std::collections::HashMap;

use super::judging::{Entry, Shared};
use super::name::{Name, Style};
use crate::fold::fold;
use crate::model::{FieldKind, RecordRef, RowId, entity_def};
use crate::store::{Carnet, StoreError};

/// How the records of an entity are told to be one or two.
#[derive(Debug)]
pub(super) struct Sought {
    pub(super) entity: &'static str,
    /// Fields of its name, in order.
    name: &'static [&'static str],
    style: Style,
    /// Fields whose value alone names a record.
    codes: &'static [&'static str],
    /// Fields of which two records of one thing cannot have two values.
    apart: &'static [&'static str],
    /// Fields that make likeness likely when both have the same.
    links: &'static [&'static str],
    /// Which of the links says where it is or whose: a record has one at a time.
    place: Option<&'static str>,
    /// The field that says what it is.
    sort: Option<&'static str>,
    /// The entity of the other end of affiliations.
    affiliated: Option<&'static str>,
}

impl Sought {
    fn shared(&self, by: &'static str, value: String) -> Shared {
        Shared {
            by,
            value,
            is_place: self.place == Some(by),
        }
    }
}

const PLAIN: Sought = Sought {
    entity: "",
    name: &["title"],
    style: Style::Title,
    codes: &[],
    apart: &[],
    links: &[],
    place: None,
    sort: None,
    affiliated: None,
};

/// Every entity looked at, in the order of the model. Records whose titles are alike by nature (sessions, tasks,
/// meetings of one committee) are not among them.
pub(super) static SOUGHT: [Sought; 8] = [
    Sought {
        entity: "territory",
        name: &["name"],
        codes: &["insee_code", "siren", "nuts_code"],
        apart: &["insee_code", "siren", "nuts_code", "kind", "country"],
        links: &["parent"],
        place: Some("parent"),
        ..PLAIN
    },
    Sought {
        entity: "organisation",
        name: &["name"],
        style: Style::Body,
        codes: &["siren"],
        apart: &["siren", "country"],
        links: &["territory", "website"],
        place: Some("territory"),
        sort: Some("organisation_type"),
        affiliated: Some("person"),
    },
    Sought {
        entity: "person",
        name: &["first_name", "last_name"],
        style: Style::Person,
        codes: &["email"],
        links: &["phone"],
        place: Some("organisation"),
        affiliated: Some("organisation"),
        ..PLAIN
    },
    Sought {
        entity: "tag",
        name: &["label_fr"],
        ..PLAIN
    },
    Sought {
        entity: "project",
        apart: &["organisation"],
        links: &["organisation"],
        ..PLAIN
    },
    Sought {
        entity: "offer",
        apart: &["direction", "country"],
        links: &["issuer", "link"],
        place: Some("issuer"),
        ..PLAIN
    },
    Sought {
        entity: "resource",
        codes: &["link", "document"],
        links: &["author"],
        sort: Some("kind"),
        ..PLAIN
    },
    Sought {
        entity: "network",
        name: &["name"],
        style: Style::Body,
        links: &["head", "website"],
        place: Some("head"),
        ..PLAIN
    },
];

/// The records of an entity, ready to be compared.
pub(super) fn entries(carnet: &Carnet, sought: &Sought) -> Result<Vec<Entry>, StoreError> {
    let fields: Vec<&'static str> = [sought.name, sought.codes, sought.apart, sought.links]
        .concat()
        .into_iter()
        .chain(sought.sort)
        .collect();
    let mut affiliated = affiliated(carnet, sought)?;
    let mut entries = Vec::new();
    for row in carnet.columns(sought.entity, &fields)? {
        let mut texts = row.texts.into_iter();
        let name: Vec<String> = texts.by_ref().take(sought.name.len()).flatten().collect();
        let Some(name) = Name::of(&name.join(" "), sought.style) else {
            continue;
        };
        let mut shared = |names: &[&'static str]| -> Vec<Shared> {
            let values = names.iter().zip(texts.by_ref().take(names.len()));
            values
                .filter_map(|(by, text)| {
                    let value = comparable(by, &text?);
                    (!value.is_empty()).then(|| sought.shared(by, value))
                })
                .collect()
        };
        let (codes, apart) = (shared(sought.codes), shared(sought.apart));
        let mut links = shared(sought.links);
        links.extend(affiliated.remove(&row.id.to_string()).unwrap_or_default());
        entries.push(Entry {
            id: row.id,
            name,
            codes,
            apart,
            links,
            sort: texts.next().flatten(),
        });
    }
    Ok(entries)
}

/// The other ends of the affiliations of each record.
fn affiliated(
    carnet: &Carnet,
    sought: &Sought,
) -> Result<HashMap<String, Vec<Shared>>, StoreError> {
    let mut found: HashMap<String, Vec<Shared>> = HashMap::new();
    let Some(other) = sought.affiliated else {
        return Ok(found);
    };
    for row in carnet.columns("affiliation", &["person", "organisation"])? {
        let [Some(person), Some(organisation)] = row.texts.as_slice() else {
            continue;
        };
        let (own, end) = if other == "person" {
            (organisation, person)
        } else {
            (person, organisation)
        };
        let shared = sought.shared(other, end.clone());
        let ends = found.entry(own.clone()).or_default();
        if !ends.contains(&shared) {
            ends.push(shared);
        }
    }
    Ok(found)
}

/// A value as it is compared: numbers without spaces, a telephone without its country, an address without its scheme.
fn comparable(field: &str, text: &str) -> String {
    match field {
        "phone" => {
            /// Digits of a French number after its 0 or its +33.
            const OWN_DIGITS: usize = 9;
            let digits: String = text.chars().filter(char::is_ascii_digit).collect();
            digits[digits.len().saturating_sub(OWN_DIGITS)..].to_owned()
        }
        "siren" | "insee_code" | "nuts_code" => {
            let letters = text.chars().filter(|letter| letter.is_alphanumeric());
            letters.collect::<String>().to_uppercase()
        }
        "website" | "link" => {
            let text = text.trim().to_lowercase();
            let without_scheme = text
                .split_once("://")
                .map_or(text.as_str(), |(_, rest)| rest);
            let without_www = without_scheme
                .strip_prefix("www.")
                .unwrap_or(without_scheme);
            without_www.trim_end_matches('/').to_owned()
        }
        "author" => fold(text),
        _ => text.trim().to_lowercase(),
    }
}

/// Whether what two records share is the value of a field of theirs.
pub(super) fn is_field(entity: &str, by: &str) -> bool {
    entity_def(entity).is_some_and(|def| def.field(by).is_some())
}

/// The record that both link to, when what they share is a link.
pub(super) fn linked_record(entity: &str, shared: &Shared) -> Option<RecordRef> {
    let target = match entity_def(entity)?.field(shared.by).map(|field| field.kind) {
        Some(FieldKind::Ref(target)) => target,
        Some(_) => return None,
        None => shared.by,
    };
    let id: RowId = shared.value.parse().ok()?;
    Some(RecordRef::new(target, id))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Level;

    #[test]
    fn what_is_looked_at_is_in_the_model_and_never_locked() {
        for sought in &SOUGHT {
            let def = entity_def(sought.entity).unwrap_or_else(|| panic!("{}", sought.entity));
            let names = [sought.name, sought.codes, sought.apart, sought.links].concat();
            for name in names.into_iter().chain(sought.sort) {
                let field = def
                    .field(name)
                    .unwrap_or_else(|| panic!("{}.{name}", def.name));
                assert!(!field.kind.is_list(), "{}.{name}", def.name);
                assert_ne!(field.level, Some(Level::Locked), "{}.{name}", def.name);
            }
        }
    }

    #[test]
    fn a_value_is_compared_whatever_the_way_it_is_written() {
        assert_eq!(
            comparable("phone", "04 00 00 00 05"),
            comparable("phone", "+33 (0)4.00.00.00.05")
        );
        assert_eq!(comparable("siren", "012 345 674"), "012345674");
        assert_eq!(
            comparable("website", "https://www.exemple.fr/"),
            comparable("website", "exemple.fr")
        );
        assert_eq!(comparable("email", " Ada@Exemple.FR"), "ada@exemple.fr");
        assert_eq!(comparable("phone", "–"), "");
    }
}
