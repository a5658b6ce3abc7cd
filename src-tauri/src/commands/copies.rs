//! Single copies taken over, and what came in together.

use std::path::PathBuf;

use carnet_core::exchange::folder;
use carnet_core::fault::Fault;
use carnet_core::model::RecordRef;
use carnet_core::store::{Batch, Deletions, Merged, RecordChanges};
use serde::Serialize;
use tauri::{AppHandle, Runtime, State};
use ts_rs::TS;

use super::announce;
use super::exchange::{ExchangeDone, must_be_given};
use super::records::{Undone, label, reference};
use crate::dialogs::Dialogs;
use crate::state::AppData;

/// What taking over a file would do.
#[derive(Debug, Clone, Serialize, TS)]
pub struct MergePreview {
    /// In figures.
    pub merged: Merged,
    /// Record by record.
    pub records: Vec<RecordChanges>,
}

/// Tells what taking over a file that a dialog gave would do; writes nothing.
#[tauri::command(async)]
pub fn merge_preview(
    data: State<'_, AppData>,
    dialogs: State<'_, Dialogs>,
    path: PathBuf,
) -> Result<MergePreview, Fault> {
    must_be_given(&dialogs, &path)?;
    let (merged, records) = data.with(|carnet| carnet.preview_merge(&[path], Deletions::Ask))?;
    Ok(MergePreview { merged, records })
}

/// The records that wait for the officer's yes to go to the bin, and who put them there.
#[tauri::command(async)]
pub fn waiting_deletions(data: State<'_, AppData>) -> Result<Vec<RecordChanges>, Fault> {
    let published = data.published().ok_or_else(|| Fault::of("no_carnet"))?;
    let folder = data.exchange_folder();
    let deletions =
        data.with(|carnet| folder::waiting_deletions(carnet, &published, folder.as_deref()))?;
    Ok(deletions)
}

/// Takes over a file that a dialog gave.
#[tauri::command(async)]
pub fn merge_file<R: Runtime>(
    app: AppHandle<R>,
    data: State<'_, AppData>,
    dialogs: State<'_, Dialogs>,
    path: PathBuf,
    deletions: Deletions,
) -> Result<ExchangeDone, Fault> {
    must_be_given(&dialogs, &path)?;
    let source = path
        .file_name()
        .map_or_else(Default::default, |name| name.to_string_lossy().into_owned());
    let merged = data.with(|carnet| carnet.merge(&[path], &source, deletions))?;
    announce(&app, merged.entities.iter().cloned().collect())?;
    Ok(ExchangeDone {
        batch: merged.batch,
        merged,
        written: 0,
    })
}

/// What came in together, latest first.
#[tauri::command(async)]
pub fn batch_list(data: State<'_, AppData>, limit: i64) -> Result<Vec<Batch>, Fault> {
    data.with(|carnet| carnet.batches(limit))
}

/// What a batch changed, record by record.
#[tauri::command(async)]
pub fn batch_changes(data: State<'_, AppData>, batch: i64) -> Result<Vec<RecordChanges>, Fault> {
    data.with(|carnet| carnet.batch_changes(batch))
}

/// Takes back what a batch brought, of one record or of all.
#[tauri::command(async)]
pub fn batch_undo<R: Runtime>(
    app: AppHandle<R>,
    data: State<'_, AppData>,
    batch: i64,
    entity: Option<&str>,
    id: Option<&str>,
) -> Result<Undone, Fault> {
    let only = one_record(entity, id)?;
    let label = label(&data, "commit.undo_batch");
    let undone = data.with(|carnet| carnet.undo_batch(batch, only.as_ref(), &label))?;
    announce(&app, undone.entities())?;
    Ok(Undone {
        commit: undone.commit,
        records_touched: undone.records.len(),
    })
}

pub(super) fn one_record(
    entity: Option<&str>,
    id: Option<&str>,
) -> Result<Option<RecordRef>, Fault> {
    match (entity, id) {
        (Some(entity), Some(id)) => reference(entity, id).map(Some),
        _ => Ok(None),
    }
}

pub(super) fn entities_of(records: &[RecordRef]) -> Vec<String> {
    let mut entities: Vec<String> = records.iter().map(|one| one.entity.clone()).collect();
    entities.sort();
    entities.dedup();
    entities
}
