//! The desktop shell: one window, its commands, and the only Rust that knows Tauri.
//!
//! Invariant: no rule of the product lives here; a command calls `carnet-core` and maps its error.

pub mod commands;
pub mod dialogs;
pub mod instance;
pub mod keeper;
mod renderer;
pub mod state;

use std::path::PathBuf;
use std::process::ExitCode;

use tauri::{App, AppHandle, Emitter, Manager};

use instance::{Ending, Start};

/// Tells the screens that the file manager asks for a carnet.
const ASKED: &str = "carnet-asked";

/// The carnet that the file manager gives on the command line.
fn asked_path() -> Option<PathBuf> {
    let given = PathBuf::from(std::env::args_os().nth(1)?);
    let path = std::fs::canonicalize(given).ok()?;
    path.is_file().then_some(path)
}

/// Opens the window and returns when it is closed.
pub fn run() -> ExitCode {
    renderer::restart_without_dmabuf_where_windows_stay_blank();
    let outcome = tauri::Builder::default()
        .plugin(tauri_plugin_dialog::init())
        .manage(dialogs::Dialogs::from_environment())
        .manage(commands::imports::Imports::default())
        .invoke_handler(tauri::generate_handler![
            dialogs::pick_file_to_open,
            dialogs::pick_file_to_save,
            dialogs::pick_folder,
            commands::app::app_state,
            commands::asked::asked_copy,
            commands::asked::asked_forget,
            commands::app::settings_save,
            commands::carnet::names_save,
            commands::carnet::passphrase_strength,
            commands::carnet::carnet_create,
            commands::carnet::carnet_open,
            commands::carnet::carnet_close,
            commands::imports::import_inspect,
            commands::imports::import_preview,
            commands::imports::import_run,
            commands::imports::import_cancel,
            commands::documents::document_preview,
            commands::documents::document_export,
            commands::documents::recovery_sheet_export,
            commands::records::record_get,
            commands::records::record_list,
            commands::records::record_counts,
            commands::records::record_save,
            commands::records::records_save,
            commands::records::record_delete,
            commands::records::record_restore,
            commands::records::commit_undo,
            commands::records::commit_records,
            commands::records::record_history,
            commands::exchange::exchange_state,
            commands::exchange::exchange_choose_folder,
            commands::exchange::exchange_now,
            commands::copies::merge_preview,
            commands::copies::waiting_deletions,
            commands::copies::merge_file,
            commands::copies::batch_list,
            commands::copies::batch_changes,
            commands::copies::batch_undo,
            commands::conflicts::conflict_list,
            commands::conflicts::conflict_resolve,
            commands::conflicts::revived_list,
            commands::conflicts::typed_keep,
            commands::backups::backup_list,
            commands::backups::backup_now,
            commands::backups::backup_records,
            commands::backups::backup_changes,
            commands::backups::backup_restore,
            commands::duplicates::duplicate_list,
            commands::duplicates::duplicate_compare,
            commands::duplicates::duplicate_unite,
            commands::duplicates::duplicate_refuse,
            commands::search::search,
            commands::search::territory_search,
            commands::search::territory_adopt,
        ])
        .build(tauri::generate_context!());
    match outcome.and_then(|app| {
        let folder = app.path().app_data_dir()?;
        Ok((app, folder))
    }) {
        Ok((app, folder)) => {
            show(app, folder);
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("carnet: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Shows the window until it is closed; nothing where one is there already, which comes to the front.
fn show(app: App, folder: PathBuf) {
    let asked = asked_path();
    let mut start = instance::start(&folder, asked.as_deref());
    if matches!(start, Start::Joined) {
        return;
    }
    let data = state::AppData::read(folder);
    if let Some(path) = asked {
        app.state::<dialogs::Dialogs>().give(&path);
        data.ask(Some(path));
    }
    app.manage(data);
    app.manage(keeper::Keeper::start(app.handle()));
    let ending = match &mut start {
        Start::First(first) => {
            let handle = app.handle().clone();
            Some(first.listen(move |path| joined(&handle, path)))
        }
        Start::Joined | Start::Alone => None,
    };
    app.run(move |app, event| {
        // What was typed last is in the file that the officer copies, whenever the window is closed.
        if matches!(event, tauri::RunEvent::ExitRequested { .. }) {
            ending.iter().for_each(Ending::begin);
            app.state::<keeper::Keeper>().last_before_the_end();
            app.state::<state::AppData>().leave_backup();
        }
    });
}

/// The program was started again on this folder: its window comes to the front, with what was asked.
fn joined(app: &AppHandle, path: Option<PathBuf>) {
    // Whoever asks waits for the end of this: it never waits for the carnet, which a merge may hold for long.
    if let Some(path) = path {
        app.state::<dialogs::Dialogs>().give(&path);
        app.state::<state::AppData>().ask(Some(path));
        // One that is not there yet finds it when it opens.
        let _ = app.emit(ASKED, ());
    }
    if let Some(window) = app.get_webview_window("main") {
        // A desktop may refuse to bring a window forward: it then marks it as asking for attention.
        let _ = window.unminimize();
        let _ = window.show();
        let _ = window.set_focus();
    }
}
