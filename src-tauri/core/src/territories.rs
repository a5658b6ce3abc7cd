//! Territories of the reference, taken into a carnet: two laptops that take the same one make the same record.

use crate::model::{RowId, Value};
use crate::reference::{Territory, TerritoryKind};
use crate::store::{Edit, RowName};

/// The edit that puts an official territory in a carnet, or brings it up to date there.
pub fn adoption(territory: &Territory) -> Edit {
    let code = territory.code.as_str();
    let mut edit = Edit::of("territory", RowName::Stable(RowId::from(territory.id())))
        .set("name", territory.name.as_str())
        .set("kind", territory.kind.code())
        .set("country", territory.country.as_str())
        .set("reference_year", Value::Int(i64::from(territory.vintage)));
    match territory.kind {
        TerritoryKind::Municipality | TerritoryKind::Department | TerritoryKind::Region => {
            edit = edit.set("insee_code", code);
        }
        TerritoryKind::ForeignUnit => edit = edit.set("nuts_code", code),
        TerritoryKind::Epci | TerritoryKind::Country => {}
    }
    if let Some(siren) = &territory.siren {
        edit = edit.set("siren", siren.as_str());
    }
    if let Some(population) = territory.population {
        edit = edit.set("population", Value::Int(i64::from(population)));
    }
    edit
}
