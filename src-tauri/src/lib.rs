//! The desktop shell: one window, its commands, and the only Rust that knows Tauri.
//!
//! Invariant: no rule of the product lives here; a command calls `carnet-core` and maps its error.

pub mod dialogs;
mod renderer;

use std::process::ExitCode;

/// Opens the window and returns when it is closed.
pub fn run() -> ExitCode {
    renderer::restart_without_dmabuf_where_windows_stay_blank();
    let outcome = tauri::Builder::default()
        .plugin(tauri_plugin_dialog::init())
        .manage(dialogs::Dialogs::from_environment())
        .invoke_handler(tauri::generate_handler![
            dialogs::pick_file_to_open,
            dialogs::pick_file_to_save,
            dialogs::pick_folder,
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
