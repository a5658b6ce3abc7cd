//! The state of the program and its settings.

use std::env;
use std::path::PathBuf;

use carnet_core::fault::Fault;
use carnet_core::messages::Language;
use serde::Serialize;
use tauri::{AppHandle, Manager, Runtime, State};
use ts_rs::TS;

use super::carnet::{CarnetInfo, info};
use crate::state::{AppData, Recent, Settings};

/// What the window shows first.
#[derive(Debug, Clone, Serialize, TS)]
pub struct AppState {
    /// The open carnet.
    pub carnet: Option<CarnetInfo>,
    /// Carnets opened before.
    pub recents: Vec<Recent>,
    /// Choices of this installation.
    pub settings: Settings,
    /// What the machine says.
    pub platform: Platform,
    /// A carnet that the file manager asks to open.
    pub asked: Option<PathBuf>,
}

/// What the machine says of itself and of who uses it.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Platform {
    /// Language of the session.
    pub lang: Language,
    /// Name proposed for this device.
    pub device_name: String,
    /// Name proposed for this person.
    pub author: String,
    /// Whether somebody chose these names; else they are only proposed.
    pub is_named: bool,
    /// Where documents usually go.
    pub documents_dir: PathBuf,
}

/// The state of the program.
#[tauri::command(async)]
pub fn app_state<R: Runtime>(
    app: AppHandle<R>,
    data: State<'_, AppData>,
) -> Result<AppState, Fault> {
    let carnet = data.if_open(info).transpose()?;
    let asked = data.asked_beside(carnet.as_ref().map(|carnet| carnet.path.as_path()));
    Ok(AppState {
        carnet,
        recents: data.recents(),
        settings: data.settings(),
        platform: platform(&app, &data),
        asked,
    })
}

/// Keeps the settings of this installation.
#[tauri::command(async)]
pub fn settings_save(data: State<'_, AppData>, settings: Settings) -> Result<Settings, Fault> {
    data.set_settings(settings)?;
    Ok(data.settings())
}

/// The first of these variables of the session that says something.
fn session(names: &[&str]) -> Option<String> {
    names
        .iter()
        .find_map(|name| env::var(name).ok().filter(|value| !value.is_empty()))
}

/// How this machine and person are named: as they last were, else as the machine says.
pub(super) fn names(data: &AppData) -> (String, String) {
    let (device_name, author) = data.names();
    let host = std::fs::read_to_string("/etc/hostname")
        .ok()
        .map(|name| name.trim().to_owned());
    let device_name = device_name
        .or_else(|| session(&["COMPUTERNAME", "HOSTNAME"]))
        .or(host);
    let author = author.or_else(|| session(&["USER", "USERNAME"]));
    (device_name.unwrap_or_default(), author.unwrap_or_default())
}

fn platform<R: Runtime>(app: &AppHandle<R>, data: &AppData) -> Platform {
    let (device_name, author) = names(data);
    let locale = session(&["LC_ALL", "LC_MESSAGES", "LANG"]).unwrap_or_default();
    let paths = app.path();
    Platform {
        lang: Language::of_locale(&locale),
        device_name,
        author,
        is_named: data.is_named(),
        documents_dir: paths
            .document_dir()
            .or_else(|_| paths.home_dir())
            .unwrap_or_default(),
    }
}
