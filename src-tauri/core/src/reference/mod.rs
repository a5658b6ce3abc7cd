//! The embedded territories: municipalities, EPCI, departments, regions, countries, and the codes
//! and places of the past.
//!
//! Owns the reference of one year and every question asked of it. Must not know the carnet: it
//! gives values, and it is the carnet that adopts them. The file comes from
//! `cargo xtask territories` and is replaced each year; a newer one can be loaded from its bytes.

mod columns;
mod kind;
mod liaison;
mod loaded;
mod lookup;
mod names;
mod query;
mod sources;
pub mod tables;
mod territory;
mod written;

use std::sync::OnceLock;

pub use kind::{TERRITORY_NAMESPACE, TerritoryKind, stable_id};
pub use liaison::Liaison;
pub use loaded::Territories;
pub use sources::{SOURCES, Source};
pub use territory::{
    CountryCodes, EpciNature, Locality, Point, ResolvedCode, Standing, Territory, TerritoryHit,
};
pub use written::{ReadTerritoriesError, WriteTerritoriesError, write};

const EMBEDDED: &[u8] = include_bytes!("../../resources/territories-2026.bin");

/// Returns the reference that the program carries; the first call loads it, in some tens of
/// milliseconds.
pub fn embedded() -> Result<&'static Territories, ReadTerritoriesError> {
    static LOADED: OnceLock<Result<Territories, ReadTerritoriesError>> = OnceLock::new();
    LOADED
        .get_or_init(|| Territories::read(EMBEDDED))
        .as_ref()
        .map_err(|error| *error)
}
