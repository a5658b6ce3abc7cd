//! Finding records by their words, and territories by name, code or postcode.

use carnet_core::fault::Fault;
use carnet_core::messages;
use carnet_core::reference::{self, TerritoryKind};
use carnet_core::store::{Edits, SearchHit, StoreError};
use carnet_core::territories::adoption;
use serde::Serialize;
use tauri::{AppHandle, Runtime, State};
use ts_rs::TS;

use super::announce;
use super::records::Saved;
use crate::state::AppData;

/// A territory of the reference.
#[derive(Debug, Clone, Serialize, TS)]
pub struct TerritoryHit {
    /// Code of `territory_kind`.
    pub kind: String,
    /// Official code.
    pub code: String,
    /// Official name.
    pub name: String,
    /// What tells it from its namesakes.
    pub detail: String,
    /// Inhabitants.
    pub population: Option<u32>,
    /// Postcodes of a municipality.
    pub postcodes: Vec<String>,
}

/// What a search found.
#[derive(Debug, Clone, Serialize, TS)]
pub struct SearchFound {
    /// The records, best first.
    pub hits: Vec<SearchHit>,
    /// How many records are found by their titles alone for now: the index follows them in the background.
    #[ts(type = "number")]
    pub due: usize,
}

/// Finds records by their words.
#[tauri::command(async)]
pub fn search(data: State<'_, AppData>, query: &str, limit: usize) -> Result<SearchFound, Fault> {
    data.with(|carnet| {
        Ok::<_, StoreError>(SearchFound {
            hits: carnet.search(query, limit)?,
            due: carnet.search_due()?,
        })
    })
}

/// Finds official territories.
#[tauri::command(async)]
pub fn territory_search(query: &str, limit: usize) -> Result<Vec<TerritoryHit>, Fault> {
    let found = reference::embedded()?.search(query, limit);
    Ok(found
        .into_iter()
        .map(|hit| TerritoryHit {
            detail: hit.detail(),
            kind: hit.territory.kind.code().to_owned(),
            code: hit.territory.code,
            name: hit.territory.name,
            population: hit.territory.population,
            postcodes: hit.territory.postcodes,
        })
        .collect())
}

/// Puts an official territory in the carnet.
#[tauri::command(async)]
pub fn territory_adopt<R: Runtime>(
    app: AppHandle<R>,
    data: State<'_, AppData>,
    kind: &str,
    code: &str,
) -> Result<Saved, Fault> {
    let not_found = || Fault::of("not_found").with("reference", format!("{kind} {code}"));
    let kind = TerritoryKind::from_code(kind).ok_or_else(not_found)?;
    let territory = reference::embedded()?
        .by_code(kind, code)
        .ok_or_else(not_found)?;
    let label = messages::text(data.settings().language, "commit.territory", &[]);
    let saved = data.with(|carnet| {
        let done = carnet.save(Edits {
            edits: vec![adoption(&territory)],
            label,
        })?;
        let record = carnet.view(&carnet.get(&done.rows[0])?)?;
        Ok::<_, StoreError>(Saved {
            record,
            commit: done.commit,
        })
    })?;
    announce(&app, vec!["territory".to_owned()])?;
    Ok(saved)
}
