//! Chooses `WebKitGTK`'s renderer before anything is drawn. Knows nothing of the product.

/// Starts the program again with the plain renderer where the usual one shows a blank window.
///
/// That is the case with NVIDIA's own driver. Under automation the usual renderer stays: with the
/// plain one, screenshots of the window never come back. The variable has to be there before the
/// process starts its first thread, hence a new start rather than a change on the way.
#[cfg(target_os = "linux")]
pub(crate) fn restart_without_dmabuf_where_windows_stay_blank() {
    use std::os::unix::process::CommandExt;
    use std::{env, path::Path, process::Command};

    const VARIABLE: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";
    let is_driver_concerned = Path::new("/proc/driver/nvidia/version").exists();
    if !is_driver_concerned || is_automated() || env::var_os(VARIABLE).is_some() {
        return;
    }
    if let Ok(program) = env::current_exe() {
        let error = Command::new(program)
            .args(env::args_os().skip(1))
            .env(VARIABLE, "1")
            .exec();
        eprintln!("carnet: {VARIABLE}: {error}");
    }
}

/// Windows and macOS draw with their own engines.
#[cfg(not(target_os = "linux"))]
pub(crate) fn restart_without_dmabuf_where_windows_stay_blank() {}

/// Tells whether a test drives the window.
pub(crate) fn is_automated() -> bool {
    std::env::var("TAURI_AUTOMATION").is_ok_and(|value| value == "true")
}
