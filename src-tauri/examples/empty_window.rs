//! A window of the same kind with nothing in it: the floor of what starting the program costs (architecture.md §9).
//!
//! Built by `make bench` alone: `cargo build --workspace --all-targets --features carnet/empty-window`.

use tauri::{WebviewUrl, WebviewWindowBuilder};

fn main() -> tauri::Result<()> {
    let mut context = tauri::generate_context!();
    context.config_mut().app.windows.clear();
    tauri::Builder::default()
        .setup(|app| {
            let blank = "about:blank".parse()?;
            WebviewWindowBuilder::new(app, "main", WebviewUrl::External(blank))
                .inner_size(1366.0, 768.0)
                .build()?;
            Ok(())
        })
        .run(context)
}
