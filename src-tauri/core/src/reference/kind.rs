//! The kinds of territory that have an official code, and the identity that such a code gives.
//!
//! Owns the namespace of territory ids. Must not know any particular territory.

use uuid::Uuid;

/// Namespace of the version 5 UUIDs of territories.
///
/// Never changes: two carnets that adopt the same territory apart meet on the id made from it.
pub const TERRITORY_NAMESPACE: Uuid = Uuid::from_u128(0xb7b65618_e306_4eb9_a8f6_6dd448ccb9dc);

/// A kind of territory with an official code.
///
/// Ordered from the largest to the smallest; the codes are those of domain.md §7.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TerritoryKind {
    /// A State, by its ISO 3166 alpha-2 code.
    Country,
    /// A French region, or an overseas collectivity at that level.
    Region,
    /// A French department, or an overseas collectivity at that level.
    Department,
    /// A French intercommunality with its own taxation, by its SIREN.
    Epci,
    /// A French municipality, by its INSEE code.
    Municipality,
    /// A unit abroad, by its NUTS code; the reference holds none of them.
    ForeignUnit,
}

impl TerritoryKind {
    /// Every kind, from the largest to the smallest.
    pub const ALL: [Self; 6] = [
        Self::Country,
        Self::Region,
        Self::Department,
        Self::Epci,
        Self::Municipality,
        Self::ForeignUnit,
    ];

    /// Returns the code of this kind in the enumeration `territory_kind`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Country => "country",
            Self::Region => "region",
            Self::Department => "department",
            Self::Epci => "epci",
            Self::Municipality => "municipality",
            Self::ForeignUnit => "foreign_unit",
        }
    }

    /// Returns the kind of a code of `territory_kind`; `None` for those without an official code,
    /// such as a free perimeter.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// Returns the id that the territory of this official code has in every carnet.
///
/// The code is taken as it stands, but for spaces around it and for case: it must be the current
/// one, with its leading zeros (see [`Territories::resolve_insee`](super::Territories::resolve_insee)).
pub fn stable_id(kind: TerritoryKind, code: &str) -> Uuid {
    let name = format!("{}:{}", kind.code(), canonical(code));
    Uuid::new_v5(&TERRITORY_NAMESPACE, name.as_bytes())
}

/// Returns a typed code as the official lists write it: capitals, no space anywhere.
pub(super) fn canonical(code: &str) -> String {
    code.chars()
        .filter(|character| !character.is_whitespace())
        .flat_map(char::to_uppercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{TerritoryKind, stable_id};

    #[test]
    fn the_id_of_a_territory_never_changes() {
        assert_eq!(
            stable_id(TerritoryKind::Municipality, "43157").to_string(),
            "dccfb53f-85d4-5a25-9638-ebd925174195"
        );
        assert_eq!(
            stable_id(TerritoryKind::Epci, "994579670").to_string(),
            "b2cfbfde-8d9c-5ebc-8ada-fa0655f2fcbc"
        );
    }

    #[test]
    fn the_same_code_in_two_kinds_gives_two_ids() {
        assert_ne!(
            stable_id(TerritoryKind::Region, "84"),
            stable_id(TerritoryKind::Department, "84")
        );
    }

    #[test]
    fn the_case_and_the_spaces_of_a_code_do_not_change_the_id() {
        assert_eq!(
            stable_id(TerritoryKind::Municipality, " 2a004 "),
            stable_id(TerritoryKind::Municipality, "2A004")
        );
    }

    #[test]
    fn a_kind_is_found_by_its_code() {
        for kind in TerritoryKind::ALL {
            assert_eq!(TerritoryKind::from_code(kind.code()), Some(kind));
        }
        assert_eq!(TerritoryKind::from_code("custom"), None);
    }
}
