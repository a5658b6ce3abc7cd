//! Records that may be one: found, set side by side, united, or said to be two.

use std::collections::BTreeMap;

use carnet_core::duplicates::{Comparison, Likely};
use carnet_core::fault::Fault;
use carnet_core::model::entity_names;
use carnet_core::store::Keep;
use tauri::{AppHandle, Runtime, State};

use super::records::reference;
use super::{Committed, announce};
use crate::state::AppData;

/// The pairs of records that may be one, the likeliest first.
#[tauri::command(async)]
pub fn duplicate_list(data: State<'_, AppData>, limit: usize) -> Result<Likely, Fault> {
    let read = data.with(|carnet| carnet.to_compare())?;
    // Edits go on meanwhile: the carnet is not held while thousands of names are compared.
    let alike = read.alike();
    data.with(|carnet| carnet.named(&alike, limit))
}

/// Two records side by side, and what uniting them would do.
#[tauri::command(async)]
pub fn duplicate_compare(
    data: State<'_, AppData>,
    entity: &str,
    one: &str,
    other: &str,
) -> Result<Comparison, Fault> {
    let (one, other) = (reference(entity, one)?, reference(entity, other)?);
    data.with(|carnet| carnet.compare(&one, &other))
}

/// Unites two records; of the fields named in `choices`, keeps what they say.
#[tauri::command(async)]
pub fn duplicate_unite<R: Runtime>(
    app: AppHandle<R>,
    data: State<'_, AppData>,
    entity: &str,
    one: &str,
    other: &str,
    choices: BTreeMap<String, Keep>,
    label: &str,
) -> Result<Committed, Fault> {
    let (one, other) = (reference(entity, one)?, reference(entity, other)?);
    let united = data.with(|carnet| carnet.unite_choosing(&one, &other, &choices, label))?;
    // Whatever linked to one links to the other now: any list may have changed.
    announce(&app, entity_names().map(str::to_owned).collect())?;
    Ok(Committed {
        commit: united.commit,
    })
}

/// Says that two records are not one.
#[tauri::command(async)]
pub fn duplicate_refuse<R: Runtime>(
    app: AppHandle<R>,
    data: State<'_, AppData>,
    entity: &str,
    one: &str,
    other: &str,
    label: &str,
) -> Result<Committed, Fault> {
    let (one, other) = (reference(entity, one)?, reference(entity, other)?);
    let noted = data.with(|carnet| carnet.note_distinct(&one, &other, label))?;
    let entities = noted.rows.into_iter().map(|row| row.entity);
    announce(&app, entities.collect())?;
    Ok(Committed {
        commit: noted.commit,
    })
}
