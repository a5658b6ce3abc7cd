//! Starts the window; everything it does is in the library beside it.

#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

fn main() -> std::process::ExitCode {
    carnet_window::run()
}
