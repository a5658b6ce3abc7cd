//! One cell to one value: missing marks, labels, official codes that a spreadsheet mangled.

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::fold::fold;
use crate::messages::{Language, enum_label};
use crate::model::{EnumDef, FieldDef, FieldKind, Reason, Value, parse_text, validate};
use crate::reference::{self, TerritoryKind};

/// What lists write for "nothing".
const MISSING: [&str; 12] = [
    "", "#", "-", "–", "—", "NULL", "null", "N/A", "n/a", "#N/A", "#REF!", "#VALEUR!",
];
const SIREN_DIGITS: usize = 9;
const SIRET_DIGITS: usize = 14;

/// What a cell gives a field.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ReadCell {
    /// The value; none for an empty cell.
    pub(super) value: Option<Value>,
    /// What was done to an official code, if anything.
    pub(super) repair: Option<Repair>,
}

/// What was done to an official code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Repair {
    /// The zeros that a spreadsheet took away were put back.
    ZerosPutBack,
    /// A SIRET was cut to its SIREN.
    SirenOfSiret,
    /// Not a SIREN; kept as typed.
    UnusualSiren,
}

impl Repair {
    /// Last part of the message key `import.note.<code>`.
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::ZerosPutBack => "zeros_put_back",
            Self::SirenOfSiret => "siren_of_siret",
            Self::UnusualSiren => "unusual_siren",
        }
    }
}

/// Whether a cell says nothing.
pub(super) fn is_missing(cell: &str) -> bool {
    MISSING.contains(&cell.trim())
}

/// Reads a cell into the value of a field.
pub(super) fn read_cell(field: &FieldDef, cell: &str) -> Result<ReadCell, Reason> {
    let plain = |value| ReadCell {
        value,
        repair: None,
    };
    if is_missing(cell) {
        return Ok(plain(None));
    }
    if field.name == "siren" {
        let (siren, repair) = siren(cell);
        return Ok(ReadCell {
            value: parse_text(field, &siren)?,
            repair,
        });
    }
    let text = cell.trim();
    match field.kind {
        FieldKind::Enum(def) => match code_of(def, text) {
            Some(code) => Ok(plain(Some(Value::from(code)))),
            None => parse_text(field, text).map(plain),
        },
        FieldKind::Enums(def) => {
            let whole = code_of(def, text).map(|code| vec![code.to_owned()]);
            let codes = whole.unwrap_or_else(|| {
                let parts = text.split([',', ';', '|', '\n']).map(str::trim);
                let code = |part: &str| code_of(def, part).map_or(part.to_owned(), str::to_owned);
                parts.map(code).collect()
            });
            validate(field, &Value::List(codes)).map(plain)
        }
        FieldKind::Country => match country_of(text) {
            Some(code) => Ok(plain(Some(Value::Text(code)))),
            None => parse_text(field, text).map(plain),
        },
        FieldKind::Long => parse_text(field, cell).map(plain),
        _ => parse_text(field, text).map(plain),
    }
}

/// A SIREN with its nine digits: zeros put back, taken out of a SIRET; anything else as typed.
fn siren(cell: &str) -> (String, Option<Repair>) {
    let digits: String = cell
        .chars()
        .filter(|character| !character.is_whitespace() && *character != '.')
        .collect();
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return (cell.trim().to_owned(), Some(Repair::UnusualSiren));
    }
    let (text, repair) = match digits.len() {
        SIREN_DIGITS => (digits, None),
        SIRET_DIGITS => (
            digits[..SIREN_DIGITS].to_owned(),
            Some(Repair::SirenOfSiret),
        ),
        5..SIREN_DIGITS => (format!("{digits:0>9}"), Some(Repair::ZerosPutBack)),
        11..SIRET_DIGITS => {
            let siret = format!("{digits:0>14}");
            (siret[..SIREN_DIGITS].to_owned(), Some(Repair::ZerosPutBack))
        }
        _ => return (cell.trim().to_owned(), Some(Repair::UnusualSiren)),
    };
    if repair == Some(Repair::ZerosPutBack) && !has_luhn_key(&text) {
        return (cell.trim().to_owned(), Some(Repair::UnusualSiren));
    }
    (text, repair)
}

/// Whether the last digit is the key of the others (Luhn), as in every SIREN.
pub(super) fn has_luhn_key(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(index, byte)| {
            let digit = u32::from(byte.wrapping_sub(b'0'));
            match (index % 2, digit) {
                (0, digit) => digit,
                (_, digit) if digit > 4 => digit * 2 - 9,
                (_, digit) => digit * 2,
            }
        })
        .sum();
    sum.is_multiple_of(10)
}

/// A postcode with its five digits.
pub(super) fn postcode(cell: &str) -> (String, Option<Repair>) {
    let code = cell.trim();
    if code.len() == 4 && code.bytes().all(|byte| byte.is_ascii_digit()) {
        (format!("0{code}"), Some(Repair::ZerosPutBack))
    } else {
        (code.to_owned(), None)
    }
}

/// The code of an enumeration that a cell names: the code itself or its label in either language.
fn code_of(def: &'static EnumDef, text: &str) -> Option<&'static str> {
    static LABELS: OnceLock<HashMap<(&'static str, String), &'static str>> = OnceLock::new();
    let labels = LABELS.get_or_init(|| {
        let mut labels = HashMap::new();
        for def in crate::model::ENUMERATIONS {
            for code in def.codes {
                labels.insert((def.name, fold(code)), *code);
                for language in [Language::Fr, Language::En] {
                    let label = fold(&enum_label(language, def.name, code));
                    labels.entry((def.name, label)).or_insert(code);
                }
            }
        }
        labels
    });
    labels.get(&(def.name, fold(text))).copied()
}

/// The code of a country by its name, or by its code of two or three letters.
fn country_of(text: &str) -> Option<String> {
    let territories = reference::embedded().ok()?;
    let sought = fold(text);
    let by_name = territories
        .all(TerritoryKind::Country)
        .find(|country| fold(&country.name) == sought);
    by_name
        .or_else(|| territories.by_code(TerritoryKind::Country, text))
        .map(|country| country.code)
}

/// First and last name of a cell that holds both, in either order: capitals tell the last name.
pub(super) fn names_of(cell: &str) -> (Option<String>, String) {
    const TITLES: [&str; 8] = ["m", "mr", "mme", "mlle", "monsieur", "madame", "dr", "me"];
    let words: Vec<&str> = cell
        .split_whitespace()
        .filter(|word| !TITLES.contains(&fold(word).as_str()))
        .collect();
    let is_capital = |word: &&&str| {
        word.chars()
            .filter(|character| character.is_alphabetic())
            .count()
            > 1
            && !word.contains('.')
            && word.chars().all(|character| !character.is_lowercase())
    };
    let capitals: Vec<&str> = words.iter().filter(is_capital).copied().collect();
    let others: Vec<&str> = words
        .iter()
        .filter(|word| !is_capital(word))
        .copied()
        .collect();
    if !capitals.is_empty() && !others.is_empty() {
        return (Some(others.join(" ")), capitals.join(" "));
    }
    match words.split_first() {
        Some((first, rest)) if !rest.is_empty() => (Some((*first).to_owned()), rest.join(" ")),
        _ => (None, words.join(" ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::entity_def;

    fn read(entity: &str, field: &str, cell: &str) -> Result<ReadCell, Reason> {
        read_cell(entity_def(entity).unwrap().field(field).unwrap(), cell)
    }

    fn value(entity: &str, field: &str, cell: &str) -> Option<Value> {
        read(entity, field, cell).unwrap().value
    }

    #[test]
    fn a_siren_never_loses_a_zero_and_gets_back_those_it_lost() {
        let siren = |cell: &str| read("organisation", "siren", cell).unwrap();
        assert_eq!(siren("012345678").value, Some(Value::from("012345678")));
        assert_eq!(siren("012345678").repair, None);
        assert_eq!(siren("200 078 004").value, Some(Value::from("200078004")));
        assert_eq!(siren("58502329").value, Some(Value::from("058502329")));
        assert_eq!(siren("58502329").repair, Some(Repair::ZerosPutBack));
        assert_eq!(siren("6650089").value, Some(Value::from("006650089")));
        assert_eq!(
            siren("21610442200011").value,
            Some(Value::from("216104422"))
        );
        assert_eq!(siren("1090992001").value, Some(Value::from("1090992001")));
        assert_eq!(siren("1090992001").repair, Some(Repair::UnusualSiren));
    }

    #[test]
    fn what_lists_write_for_nothing_is_nothing() {
        for cell in ["#", "NULL", "-", " ", "#N/A"] {
            assert_eq!(value("organisation", "siren", cell), None, "{cell}");
        }
    }

    #[test]
    fn a_value_of_a_list_is_named_by_its_code_or_its_label_in_either_language() {
        for cell in ["municipality", "Commune", "COMMUNE", "Municipality"] {
            assert_eq!(
                value("organisation", "subtype", cell),
                Some(Value::from("municipality"))
            );
        }
        assert_eq!(
            value("organisation", "roles", "Financeur, Partenaire potentiel"),
            Some(Value::List(vec![
                "funder".into(),
                "potential_partner".into()
            ]))
        );
        assert!(matches!(
            read("organisation", "subtype", "asso/cie"),
            Err(Reason::UnknownCode { .. })
        ));
    }

    #[test]
    fn a_country_is_named_in_words() {
        assert_eq!(
            value("organisation", "country", "Italie"),
            Some(Value::from("IT"))
        );
        assert_eq!(
            value("organisation", "country", "fra"),
            Some(Value::from("FR"))
        );
        assert!(read("organisation", "country", "Syldavie").is_err());
    }

    #[test]
    fn the_capitals_of_a_full_name_are_the_last_name() {
        let names = |cell: &str| names_of(cell);
        assert_eq!(names("BEAL Sophie"), (Some("Sophie".into()), "BEAL".into()));
        assert_eq!(
            names("Bruno DELORME"),
            (Some("Bruno".into()), "DELORME".into())
        );
        assert_eq!(
            names("Mme Amandine Le Roux"),
            (Some("Amandine".into()), "Le Roux".into())
        );
        assert_eq!(names("Fayolle"), (None, "Fayolle".into()));
    }
}
