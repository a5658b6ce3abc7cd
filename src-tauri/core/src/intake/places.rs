//! The territories that cells name, by code or in words.

use std::collections::HashMap;

use super::cells::Repair;
use super::error::RowReason;
use crate::fold::fold;
use crate::reference::{ReadTerritoriesError, Territories, Territory, TerritoryKind, embedded};

/// The official territories, found by what lists write.
pub(super) struct Places {
    territories: &'static Territories,
    by_name: HashMap<String, Vec<Territory>>,
}

impl Places {
    pub(super) fn new() -> Result<Self, ReadTerritoriesError> {
        Ok(Self {
            territories: embedded()?,
            by_name: HashMap::new(),
        })
    }

    /// The territory of an INSEE code of today or of another year; a spreadsheet's lost zero is put back.
    pub(super) fn by_insee(&self, code: &str) -> Option<(Territory, Option<Repair>)> {
        let found = self.territories.resolve_insee(code)?;
        let repair = found.is_repaired.then_some(Repair::ZerosPutBack);
        Some((found.territory, repair))
    }

    /// The municipality or the intercommunality of a SIREN.
    pub(super) fn by_siren(&self, siren: &str) -> Option<Territory> {
        self.territories.by_siren(siren)
    }

    /// The territory of a name or of a code; among namesakes the largest kind, which must be alone in it.
    pub(super) fn by_name(&mut self, text: &str) -> Result<Option<Territory>, RowReason> {
        let has_digit = text.bytes().any(|byte| byte.is_ascii_digit());
        if let (true, Some((found, _))) = (has_digit, self.by_insee(text)) {
            return Ok(Some(found));
        }
        if self.by_name.is_empty() {
            for kind in TerritoryKind::ALL {
                for territory in self.territories.all(kind) {
                    let name = fold(&territory.name);
                    self.by_name.entry(name).or_default().push(territory);
                }
            }
        }
        let Some(named) = self.by_name.get(&fold(text)) else {
            return Ok(None);
        };
        let largest = named.iter().map(|territory| territory.kind).min();
        let of_kind: Vec<&Territory> = named
            .iter()
            .filter(|territory| Some(territory.kind) == largest)
            .collect();
        match of_kind[..] {
            [only] => Ok(Some(only.clone())),
            _ => Err(RowReason::Ambiguous {
                text: text.to_owned(),
                count: of_kind.len(),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_that_lost_its_zero_an_old_code_and_a_department_are_found() {
        let places = Places::new().unwrap();
        let (found, repair) = places.by_insee("1004").unwrap();
        assert_eq!(
            (found.code.as_str(), repair),
            ("01004", Some(Repair::ZerosPutBack))
        );
        let (found, _) = places.by_insee("1").unwrap();
        assert_eq!(
            (found.kind, found.name.as_str()),
            (TerritoryKind::Department, "Ain")
        );
        assert!(places.by_insee("99999").is_none());
    }

    #[test]
    fn a_department_wins_over_the_village_of_its_name_and_namesakes_are_refused() {
        let mut places = Places::new().unwrap();
        let found = places.by_name("creuse").unwrap().unwrap();
        assert_eq!(found.kind, TerritoryKind::Department);
        assert!(matches!(
            places.by_name("Sainte-Colombe"),
            Err(RowReason::Ambiguous { count, .. }) if count > 2
        ));
        assert_eq!(places.by_name("Pays des Merveilles").unwrap(), None);
    }
}
