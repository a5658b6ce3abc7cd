//! Lists brought into the carnet: read, planned, tried row by row, then kept in one commit.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use carnet_core::fault::Fault;
use carnet_core::intake::{
    Flow, ImportPlan, ImportPreview, ImportReport, Mapping, Outcome, PreviewRequest, Table,
    inspect, preview, read_file, run,
};
use carnet_core::messages;
use serde::Serialize;
use tauri::ipc::Channel;
use tauri::{AppHandle, Runtime, State};
use ts_rs::TS;

use super::announce;
use crate::dialogs::Dialogs;
use crate::state::AppData;

/// Whether the officer asked to stop the import that runs.
#[derive(Debug, Default)]
pub struct Imports {
    is_cancelled: AtomicBool,
}

/// How far an import is, in units of its own.
#[derive(Debug, Clone, Serialize, TS)]
pub struct ImportProgress {
    /// What is done.
    pub done: usize,
    /// Out of how much.
    pub total: usize,
}

fn table(dialogs: &Dialogs, path: &Path, mapping: Option<&Mapping>) -> Result<Table, Fault> {
    if !dialogs.has_given(path) {
        return Err(Fault::of("not_offered"));
    }
    let options = mapping.map(Mapping::read_options).unwrap_or_default();
    Ok(read_file(path, &options)?)
}

/// What is in a file, and where its columns would go.
#[tauri::command(async)]
pub fn import_inspect(
    dialogs: State<'_, Dialogs>,
    path: PathBuf,
    entity: Option<&str>,
    mapping: Option<Mapping>,
) -> Result<ImportPlan, Fault> {
    let table = table(&dialogs, &path, mapping.as_ref())?;
    let asked = entity.or(mapping.as_ref().map(|mapping| mapping.entity.as_str()));
    // A reading that was corrected has its columns proposed anew.
    let chosen = mapping
        .as_ref()
        .filter(|mapping| !mapping.columns.is_empty());
    Ok(inspect(&path, &table, asked, chosen)?)
}

/// A window of what an import would do.
#[tauri::command(async)]
pub fn import_preview(
    data: State<'_, AppData>,
    dialogs: State<'_, Dialogs>,
    path: PathBuf,
    mapping: Mapping,
    offset: usize,
    limit: usize,
    outcome: Option<Outcome>,
) -> Result<ImportPreview, Fault> {
    let table = table(&dialogs, &path, Some(&mapping))?;
    let request = PreviewRequest {
        outcome,
        offset,
        limit,
    };
    data.with(|carnet| preview(carnet, &table, &mapping, &request))
}

/// Imports a list as one commit; cancelled, it leaves the carnet as it was.
#[tauri::command(async)]
pub fn import_run<R: Runtime>(
    app: AppHandle<R>,
    data: State<'_, AppData>,
    dialogs: State<'_, Dialogs>,
    imports: State<'_, Imports>,
    path: PathBuf,
    mapping: Mapping,
    on_progress: Channel<ImportProgress>,
) -> Result<ImportReport, Fault> {
    let table = table(&dialogs, &path, Some(&mapping))?;
    imports.is_cancelled.store(false, Ordering::Relaxed);
    let label = messages::text(
        data.settings().language,
        "commit.import",
        &[("file", file_name(&path))],
    );
    let mut follow = |done, total| {
        // A screen that has gone is no reason to stop.
        let _ = on_progress.send(ImportProgress { done, total });
        if imports.is_cancelled.load(Ordering::Relaxed) {
            Flow::Cancel
        } else {
            Flow::Continue
        }
    };
    let report = data.with(|carnet| run(carnet, &table, &mapping, &label, &mut follow))?;
    let linked = report.linked.keys().cloned();
    announce(&app, linked.chain([mapping.entity]).collect())?;
    Ok(report)
}

/// Stops the import that runs.
#[tauri::command]
pub fn import_cancel(imports: State<'_, Imports>) {
    imports.is_cancelled.store(true, Ordering::Relaxed);
}

fn file_name(path: &Path) -> String {
    path.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}
