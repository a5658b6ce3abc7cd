//! The desktop shell: one window, its commands, and the only Rust that knows Tauri.
//!
//! Invariant: no rule of the product lives here; a command calls `carnet-core` and maps its error.

pub mod commands;
pub mod dialogs;
mod renderer;
pub mod state;

use std::process::ExitCode;

use tauri::Manager;

/// Opens the window and returns when it is closed.
pub fn run() -> ExitCode {
    renderer::restart_without_dmabuf_where_windows_stay_blank();
    let outcome = tauri::Builder::default()
        .plugin(tauri_plugin_dialog::init())
        .manage(dialogs::Dialogs::from_environment())
        .manage(commands::imports::Imports::default())
        .setup(|app| {
            let folder = app.path().app_data_dir()?;
            app.manage(state::AppData::read(folder));
            Ok(())
        })
        .invoke_handler(tauri::generate_handler![
            dialogs::pick_file_to_open,
            dialogs::pick_file_to_save,
            dialogs::pick_folder,
            commands::app::app_state,
            commands::app::settings_save,
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
            commands::records::record_history,
            commands::search::search,
            commands::search::territory_search,
            commands::search::territory_adopt,
        ])
        .run(tauri::generate_context!());
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("carnet: {error}");
            ExitCode::FAILURE
        }
    }
}
