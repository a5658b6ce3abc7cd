//! A file that the file manager asks to open while a carnet is open: what it is, so that the officer chooses.

use std::path::{Path, PathBuf};

use carnet_core::fault::Fault;
use carnet_core::store::MergeError;
use serde::Serialize;
use tauri::State;
use ts_rs::TS;

use crate::state::{AppData, name_of};

/// A file that the file manager asks to open.
#[derive(Debug, Clone, Serialize, TS)]
pub struct AskedCopy {
    /// Where it is.
    pub path: PathBuf,
    /// Its name.
    pub name: String,
    /// What it is to the open carnet.
    pub kinship: Kinship,
    /// Why it could not be read with what the open carnet knows.
    pub problem: Option<Fault>,
}

/// What a file is to the open carnet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Kinship {
    /// A copy of it that knows more.
    News,
    /// A copy of it that knows nothing more.
    NoNews,
    /// Another carnet.
    Stranger,
    /// It cannot be read.
    Unknown,
}

/// The file that the file manager asks to open; none once it was opened or forgotten.
#[tauri::command(async)]
pub fn asked_copy(data: State<'_, AppData>) -> Result<Option<AskedCopy>, Fault> {
    let Some(path) = data.asked() else {
        return Ok(None);
    };
    let known = data.with(|carnet| Ok::<_, Fault>(carnet.has_news(&path)))?;
    let (kinship, problem) = match known {
        Ok(true) => (Kinship::News, None),
        Ok(false) => (Kinship::NoNews, None),
        Err(MergeError::OtherFamily(_)) => (Kinship::Stranger, None),
        Err(error) => (Kinship::Unknown, Some(error.into())),
    };
    Ok(Some(AskedCopy {
        name: name_of(&path),
        path,
        kinship,
        problem,
    }))
}

/// Leaves what the file manager asked for; what it asks for meanwhile stays.
#[tauri::command(async)]
pub fn asked_forget(data: State<'_, AppData>, path: &str) {
    data.forget_asked(Path::new(path));
}
