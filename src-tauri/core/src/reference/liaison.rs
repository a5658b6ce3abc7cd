//! How a French place name joins a sentence: its article and its preposition "de".
//!
//! Owns INSEE's *type de nom en clair* (TNCC) and what follows from it. Must not know which place
//! has which.

/// INSEE's code for the article of a place name and for its contraction with "de".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Liaison {
    /// No article, before a consonant: "de Thiers".
    De,
    /// No article, before a vowel or a silent h: "d’Ambert".
    D,
    /// "Le": "du Puy-en-Velay", "du Cantal".
    Du,
    /// "La": "de la Haute-Loire".
    DeLa,
    /// "Les": "des Estables", "des Hauts-de-France".
    Des,
    /// "L’": "de l’Ain".
    DeL,
    /// "Aux": "des Marais".
    Aux,
    /// "Las".
    DeLas,
    /// "Los": "de los Masos".
    DeLos,
}

/// Every liaison, each at the index that is its TNCC.
const BY_TNCC: [Liaison; 9] = [
    Liaison::De,
    Liaison::D,
    Liaison::Du,
    Liaison::DeLa,
    Liaison::Des,
    Liaison::DeL,
    Liaison::Aux,
    Liaison::DeLas,
    Liaison::DeLos,
];

impl Liaison {
    /// Returns the liaison of an INSEE TNCC (0 to 8).
    pub fn from_tncc(tncc: u8) -> Option<Self> {
        BY_TNCC.get(usize::from(tncc)).copied()
    }

    /// Returns the INSEE TNCC.
    pub const fn tncc(self) -> u8 {
        match self {
            Self::De => 0,
            Self::D => 1,
            Self::Du => 2,
            Self::DeLa => 3,
            Self::Des => 4,
            Self::DeL => 5,
            Self::Aux => 6,
            Self::DeLas => 7,
            Self::DeLos => 8,
        }
    }

    /// Returns the liaison that a name without a TNCC shows by its own first letters.
    pub fn read_from(name: &str) -> Self {
        let carried = BY_TNCC.into_iter().find(|liaison| {
            let article = liaison.carried_article();
            !article.is_empty() && name.starts_with(article)
        });
        carried.unwrap_or_else(|| {
            // An h may be silent or not; without a TNCC, "de" is the form that is never ugly.
            if crate::fold::fold(name).starts_with(['a', 'e', 'i', 'o', 'u']) {
                Self::D
            } else {
                Self::De
            }
        })
    }

    /// Returns the name after "de", as a French sentence writes it: "du Puy-en-Velay",
    /// "de l’Ain", "d’Ambert". Its apostrophes are typographic.
    pub fn of_name(self, name: &str) -> String {
        let bare = name.strip_prefix(self.carried_article()).unwrap_or(name);
        let joined = match self {
            Self::De => format!("de {bare}"),
            Self::D => format!("d'{bare}"),
            Self::Du => format!("du {bare}"),
            Self::DeLa => format!("de la {bare}"),
            Self::Des | Self::Aux => format!("des {bare}"),
            Self::DeL => format!("de l'{bare}"),
            Self::DeLas => format!("de las {bare}"),
            Self::DeLos => format!("de los {bare}"),
        };
        joined.replace('\'', "’")
    }

    /// Returns the name with its article: "la Haute-Loire", "l’Ain"; a name that already carries
    /// its article, or that has none, stays: "Le Puy-en-Velay", "Thiers". Its apostrophes are
    /// typographic.
    pub fn with_article(self, name: &str) -> String {
        let article = match self {
            _ if name.starts_with(self.carried_article()) => "",
            Self::De | Self::D => "",
            Self::Du => "le ",
            Self::DeLa => "la ",
            Self::Des | Self::Aux => "les ",
            Self::DeL => "l'",
            Self::DeLas => "las ",
            Self::DeLos => "los ",
        };
        format!("{article}{name}").replace('\'', "’")
    }

    /// Returns the article as a municipality's name carries it; empty when it has none.
    const fn carried_article(self) -> &'static str {
        match self {
            Self::De | Self::D => "",
            Self::Du => "Le ",
            Self::DeLa => "La ",
            Self::Des => "Les ",
            Self::DeL => "L'",
            Self::Aux => "Aux ",
            Self::DeLas => "Las ",
            Self::DeLos => "Los ",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Liaison;

    #[test]
    fn the_article_that_a_name_carries_contracts_with_de() {
        assert_eq!(Liaison::Du.of_name("Le Puy-en-Velay"), "du Puy-en-Velay");
        assert_eq!(Liaison::Des.of_name("Les Estables"), "des Estables");
        assert_eq!(Liaison::DeL.of_name("L'Escale"), "de l’Escale");
        assert_eq!(Liaison::DeLa.of_name("La Boisse"), "de la Boisse");
        assert_eq!(Liaison::Aux.of_name("Aux Marais"), "des Marais");
        assert_eq!(Liaison::DeLos.of_name("Los Masos"), "de los Masos");
    }

    #[test]
    fn the_article_that_a_department_does_not_carry_is_added() {
        assert_eq!(Liaison::DeL.of_name("Ain"), "de l’Ain");
        assert_eq!(Liaison::DeL.with_article("Ain"), "l’Ain");
        assert_eq!(Liaison::DeLa.with_article("Haute-Loire"), "la Haute-Loire");
        assert_eq!(Liaison::Des.with_article("Landes"), "les Landes");
    }

    #[test]
    fn a_name_that_carries_its_article_does_not_get_a_second_one() {
        assert_eq!(
            Liaison::Du.with_article("Le Puy-en-Velay"),
            "Le Puy-en-Velay"
        );
        assert_eq!(Liaison::De.with_article("Thiers"), "Thiers");
        assert_eq!(Liaison::D.with_article("Ambert"), "Ambert");
    }

    #[test]
    fn an_inner_apostrophe_becomes_typographic_too() {
        assert_eq!(
            Liaison::De.of_name("Saint-Jean-d'Aubrigoux"),
            "de Saint-Jean-d’Aubrigoux"
        );
    }

    #[test]
    fn every_tncc_of_insee_has_a_liaison_and_no_other_number_has() {
        for tncc in 0..=8 {
            assert_eq!(Liaison::from_tncc(tncc).map(Liaison::tncc), Some(tncc));
        }
        assert_eq!(Liaison::from_tncc(9), None);
    }

    #[test]
    fn a_name_without_tncc_is_read_by_its_first_letters() {
        assert_eq!(Liaison::read_from("Le Mont-Dore"), Liaison::Du);
        assert_eq!(Liaison::read_from("L'Île-des-Pins"), Liaison::DeL);
        assert_eq!(Liaison::read_from("Îles Marshall"), Liaison::D);
        assert_eq!(Liaison::read_from("Faaa"), Liaison::De);
        assert_eq!(Liaison::read_from("Lesneven"), Liaison::De);
    }
}
