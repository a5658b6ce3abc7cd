//! Names every command of the window, so that each needs a permission in `capabilities/`.

use std::process::ExitCode;

/// The commands of `src/lib.rs`, in the same order.
const COMMANDS: &[&str] = &[
    "pick_file_to_open",
    "pick_file_to_save",
    "pick_folder",
    "app_state",
    "asked_copy",
    "asked_forget",
    "names_save",
    "settings_save",
    "passphrase_strength",
    "carnet_create",
    "carnet_open",
    "carnet_close",
    "import_inspect",
    "import_preview",
    "import_run",
    "import_cancel",
    "document_preview",
    "document_export",
    "recovery_sheet_export",
    "record_get",
    "record_list",
    "record_counts",
    "record_save",
    "records_save",
    "record_delete",
    "record_restore",
    "commit_undo",
    "commit_records",
    "record_history",
    "exchange_state",
    "exchange_choose_folder",
    "exchange_now",
    "merge_preview",
    "waiting_deletions",
    "merge_file",
    "batch_list",
    "batch_changes",
    "batch_undo",
    "conflict_list",
    "conflict_resolve",
    "revived_list",
    "typed_keep",
    "backup_list",
    "backup_now",
    "backup_records",
    "backup_changes",
    "backup_restore",
    "duplicate_list",
    "duplicate_compare",
    "duplicate_unite",
    "duplicate_refuse",
    "search",
    "territory_search",
    "territory_adopt",
];

fn main() -> ExitCode {
    // The screens are compiled into the program: new screens, new program.
    println!("cargo:rerun-if-changed=../ui/dist");
    let manifest = tauri_build::AppManifest::new().commands(COMMANDS);
    let attributes = tauri_build::Attributes::new().app_manifest(manifest);
    match tauri_build::try_build(attributes) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("cargo::error={error:#}");
            ExitCode::FAILURE
        }
    }
}
