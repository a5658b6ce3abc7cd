//! Documents out of the window.

use std::fs;
use std::path::PathBuf;

use carnet_core::fault::Fault;
use carnet_core::messages;
use carnet_core::report::model::Imprint;
use carnet_core::report::pdf::render_pdf;
use carnet_core::report::recovery_sheet::{RecoverySheet, recovery_sheet};
use serde::Serialize;
use tauri::State;
use ts_rs::TS;

use crate::dialogs::Dialogs;
use crate::state::{AppData, name_of};

/// Where a document was written.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Written {
    /// The file.
    pub path: PathBuf,
}

/// Writes the sheet to print and keep apart, where a dialog said.
#[tauri::command(async)]
pub fn recovery_sheet_export(
    data: State<'_, AppData>,
    dialogs: State<'_, Dialogs>,
    path: PathBuf,
    passphrase: Option<String>,
) -> Result<Written, Fault> {
    if !dialogs.has_given(&path) {
        return Err(Fault::of("not_offered"));
    }
    let language = data.settings().language;
    let pdf = data.with(|carnet| {
        let now = carnet.writer().clock.now();
        let file = carnet.path().display().to_string();
        let sheet = RecoverySheet {
            carnet_name: &name_of(carnet.path()),
            path: &file,
            device_name: &carnet.writer().device_name,
            passphrase: passphrase.as_deref(),
            created_on: &now.format("%d/%m/%Y").to_string(),
        };
        let words = |key: &str| messages::text(language, key, &[]);
        let imprint = Imprint {
            created_at: now.naive_local(),
            author: None,
        };
        render_pdf(&recovery_sheet(&sheet, language, &words), &imprint)
    })?;
    fs::write(&path, pdf).map_err(|error| Fault::io(&path, &error))?;
    Ok(Written { path })
}
