//! The articles that the published lists do not give: of EPCI, of countries, of the collectivities
//! overseas.
//!
//! Owns the exceptions of French usage. Must not know what the product makes of an article.

use super::Liaison;

/// Countries that take no article: "à Chypre", "de Malte", "d’Israël".
const BARE_COUNTRIES: [&str; 50] = [
    "AD", "AG", "AI", "AW", "AX", "BH", "BL", "BQ", "CU", "CW", "CY", "DJ", "FJ", "GG", "GI", "GU",
    "HK", "HT", "IL", "JE", "KI", "KN", "LC", "MC", "MF", "MG", "MO", "MS", "MT", "MU", "NR", "NU",
    "OM", "PM", "PR", "SG", "SH", "SM", "ST", "SV", "SX", "TK", "TO", "TT", "TV", "TW", "VC", "WF",
    "WS", "YT",
];
/// Countries in the plural that do not begin with "Îles".
const PLURAL_COUNTRIES: [&str; 12] = [
    "AE", "AS", "BM", "BS", "KM", "MV", "NL", "PH", "PW", "SC", "TF", "US",
];
/// Masculine countries that end with an e.
const MASCULINE_COUNTRIES: [&str; 7] = ["BZ", "KH", "MX", "MZ", "SR", "TL", "ZW"];
/// Feminine countries that do not end with an e.
const FEMININE_COUNTRIES: [&str; 8] = ["CD", "CG", "GS", "GW", "KP", "KR", "MK", "RE"];

/// Returns how the French name of a country takes an article.
pub(super) fn country_liaison(alpha2: &str, name: &str) -> Liaison {
    let begins_with_vowel = Liaison::read_from(name) == Liaison::D;
    if BARE_COUNTRIES.contains(&alpha2) {
        Liaison::read_from(name)
    } else if PLURAL_COUNTRIES.contains(&alpha2) || name.starts_with("Îles ") {
        Liaison::Des
    } else if begins_with_vowel {
        Liaison::DeL
    } else if FEMININE_COUNTRIES.contains(&alpha2)
        || name.ends_with('e') && !MASCULINE_COUNTRIES.contains(&alpha2)
    {
        Liaison::DeLa
    } else {
        Liaison::Du
    }
}

/// Returns how the name of an EPCI takes an article: "de la CC …", "de Brest Métropole".
pub(super) fn epci_liaison(name: &str) -> Liaison {
    let is_community = ["CC ", "CA ", "CU ", "Métropole "]
        .iter()
        .any(|form| name.starts_with(form));
    if is_community {
        Liaison::DeLa
    } else if name.starts_with("Eurométropole ") {
        Liaison::DeL
    } else {
        Liaison::read_from(name)
    }
}

/// Returns how the name of a department or a region takes an article.
pub(super) fn division_liaison(name: &str, tncc: &str) -> Liaison {
    if name.starts_with("Terres ") {
        Liaison::Des
    } else if name.starts_with("Île de ") {
        Liaison::DeL
    } else {
        municipality_liaison(name, tncc)
    }
}

/// Returns how the name of a municipality takes an article.
///
/// The list has none overseas, and says "no article" of a few names that begin with one.
pub(super) fn municipality_liaison(name: &str, tncc: &str) -> Liaison {
    let given = tncc.parse().ok().and_then(Liaison::from_tncc);
    match given {
        Some(Liaison::De) if name.starts_with("Le ") || name.starts_with("Les ") => {
            Liaison::read_from(name)
        }
        Some(liaison) => liaison,
        None => Liaison::read_from(name),
    }
}

#[cfg(test)]
mod tests {
    use super::{country_liaison, division_liaison, epci_liaison, municipality_liaison};

    #[test]
    fn countries_take_the_article_of_french_usage() {
        for (alpha2, name, expected) in [
            ("PT", "Portugal", "du Portugal"),
            ("BE", "Belgique", "de la Belgique"),
            ("DE", "Allemagne", "de l’Allemagne"),
            ("NL", "Pays-Bas", "des Pays-Bas"),
            ("CY", "Chypre", "de Chypre"),
            ("MX", "Mexique", "du Mexique"),
            ("CZ", "République Tchèque", "de la République Tchèque"),
            ("IL", "Israël", "d’Israël"),
            ("FO", "Îles Féroé", "des Îles Féroé"),
            ("HU", "Hongrie", "de la Hongrie"),
            ("GB", "Royaume-Uni", "du Royaume-Uni"),
            ("US", "États-Unis d'Amérique", "des États-Unis d’Amérique"),
            ("MK", "Macédoine du Nord", "de la Macédoine du Nord"),
        ] {
            assert_eq!(country_liaison(alpha2, name).of_name(name), expected);
        }
    }

    #[test]
    fn an_epci_takes_the_article_of_its_legal_form() {
        for (name, expected) in [
            ("CC du Lévézou", "de la CC du Lévézou"),
            ("Métropole de Lyon", "de la Métropole de Lyon"),
            (
                "Eurométropole de Strasbourg",
                "de l’Eurométropole de Strasbourg",
            ),
            ("Orléans Métropole", "d’Orléans Métropole"),
        ] {
            assert_eq!(epci_liaison(name).of_name(name), expected);
        }
    }

    #[test]
    fn what_the_list_leaves_out_or_gets_wrong_is_read_from_the_name() {
        for (name, tncc, expected) in [
            ("Le Vernet-Chaméane", "0", "du Vernet-Chaméane"),
            ("La Foa", "", "de la Foa"),
            ("Uvea", "", "d’Uvea"),
            ("Faaa", "", "de Faaa"),
            ("Le Puy-en-Velay", "2", "du Puy-en-Velay"),
        ] {
            assert_eq!(municipality_liaison(name, tncc).of_name(name), expected);
        }
        let name = "Terres australes et antarctiques françaises";
        assert_eq!(
            division_liaison(name, "0").of_name(name),
            "des Terres australes et antarctiques françaises"
        );
        assert_eq!(
            division_liaison("La Réunion", "0").of_name("La Réunion"),
            "de La Réunion"
        );
    }
}
