//! Who may see what: the rules of domain.md §8 that need no store (C1 and the matrix of §8.3).

use super::entity::EntityDef;
use super::enumerations::Audience;
use super::level::Level;
use super::record::Record;

/// What an audience gets of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disclosure {
    /// The value itself.
    Shown,
    /// Counts, sums and coded breakdowns only (C4).
    AggregatedOnly,
    /// Nothing.
    Never,
}

/// The matrix of domain.md §8.3. Rules C6 and C7 are applied by who knows the records.
pub fn disclosure(level: Level, audience: Audience) -> Disclosure {
    use Disclosure::{AggregatedOnly, Never, Shown};
    match (level, audience) {
        (_, Audience::Oneself)
        | (Level::Public, _)
        | (
            Level::Network,
            Audience::Beneficiary
            | Audience::ProjectPartners
            | Audience::FundersHierarchy
            | Audience::Network,
        )
        | (Level::Beneficiary, Audience::Beneficiary) => Shown,
        (Level::Network, Audience::Public)
        | (Level::Beneficiary | Level::Private, Audience::FundersHierarchy | Audience::Network) => {
            AggregatedOnly
        }
        (Level::Beneficiary, Audience::ProjectPartners | Audience::Public)
        | (Level::Private, Audience::Beneficiary | Audience::ProjectPartners | Audience::Public)
        | (Level::Locked, _) => Never,
    }
}

/// The level of a record: its own, else its entity's.
pub fn record_level(def: &EntityDef, record: &Record) -> Level {
    record.level.unwrap_or(def.level)
}

/// The level of one field of a record (C1).
///
/// A locked field stays locked whatever is set on it; a record lowered below its default caps all its fields.
pub fn effective_level(def: &EntityDef, record: &Record, field: &str) -> Level {
    let defined = def.field(field).and_then(|field| field.level);
    if defined == Some(Level::Locked) {
        return Level::Locked;
    }
    let of_record = record_level(def, record);
    let of_field = record
        .field_levels
        .get(field)
        .copied()
        .or(defined)
        .unwrap_or(of_record);
    if of_record < def.level {
        of_field.min(of_record)
    } else {
        of_field
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::model::{Enumeration, RowId, entity_def};

    fn person() -> Record {
        Record {
            entity: "person",
            id: RowId::stable("test", "person"),
            fields: BTreeMap::new(),
            level: None,
            field_levels: BTreeMap::new(),
            created_at: String::new(),
            created_by: String::new(),
            modified_at: String::new(),
            modified_by: String::new(),
            is_deleted: false,
            is_revived: false,
            is_erased: false,
        }
    }

    #[test]
    fn a_field_has_its_own_level_or_its_records() {
        let def = entity_def("person").unwrap();
        assert_eq!(effective_level(def, &person(), "email"), Level::Private);
        assert_eq!(effective_level(def, &person(), "last_name"), Level::Network);
        assert_eq!(
            effective_level(def, &person(), "profile"),
            Level::Beneficiary
        );
    }

    #[test]
    fn a_record_lowered_below_its_default_caps_all_its_fields() {
        let def = entity_def("person").unwrap();
        let lowered = Record {
            level: Some(Level::Private),
            ..person()
        };
        assert_eq!(effective_level(def, &lowered, "last_name"), Level::Private);
    }

    #[test]
    fn a_locked_field_cannot_be_raised() {
        let def = entity_def("person").unwrap();
        let mut raised = Record {
            level: Some(Level::Public),
            ..person()
        };
        raised
            .field_levels
            .insert("private_notes".into(), Level::Public);
        assert_eq!(
            effective_level(def, &raised, "private_notes"),
            Level::Locked
        );
        assert_eq!(
            effective_level(def, &raised, "speaking_skill"),
            Level::Locked
        );
    }

    #[test]
    fn raising_a_record_leaves_the_fields_that_have_their_own_level() {
        let def = entity_def("person").unwrap();
        let raised = Record {
            level: Some(Level::Public),
            ..person()
        };
        assert_eq!(effective_level(def, &raised, "email"), Level::Private);
        assert_eq!(effective_level(def, &raised, "profile"), Level::Public);
    }

    #[test]
    fn the_matrix_is_that_of_the_domain() {
        // Rows of domain.md §8.3: self, beneficiary, project_partners, funders_hierarchy, network, public.
        let rows = [
            (Level::Locked, "SNNNNN"),
            (Level::Private, "SNNAAN"),
            (Level::Beneficiary, "SSNAAN"),
            (Level::Network, "SSSSSA"),
            (Level::Public, "SSSSSS"),
        ];
        let audiences = Audience::DEF
            .codes
            .iter()
            .map(|code| Audience::from_code(code).unwrap());
        for (level, expected) in rows {
            let row: String = audiences
                .clone()
                .map(|audience| match disclosure(level, audience) {
                    Disclosure::Shown => 'S',
                    Disclosure::AggregatedOnly => 'A',
                    Disclosure::Never => 'N',
                })
                .collect();
            assert_eq!(row, expected, "{level:?}");
        }
    }
}
