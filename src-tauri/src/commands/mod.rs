//! The commands of the window, one file a feature: each converts, makes one call of the core, converts.

#![expect(
    clippy::needless_pass_by_value,
    reason = "a command owns what crosses to it"
)]

pub mod app;
pub mod carnet;
pub mod documents;
pub mod imports;
pub mod records;
pub mod search;

use carnet_core::fault::Fault;
use carnet_core::store::CommitRef;
use serde::Serialize;
use tauri::{AppHandle, Emitter, Runtime};
use ts_rs::TS;

/// Event that tells the screens which entities changed.
const CHANGED: &str = "carnet://changed";

/// What an edit did to the log.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Committed {
    /// None when everything was already so.
    pub commit: Option<CommitRef>,
}

/// What the screens are told after a commit.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Changed {
    /// Entities of which records changed.
    pub entities: Vec<String>,
}

/// Tells the screens that records of these entities changed.
pub(crate) fn announce<R: Runtime>(app: &AppHandle<R>, entities: Vec<String>) -> Result<(), Fault> {
    app.emit(CHANGED, Changed { entities })
        .map_err(|error| Fault::of("unexpected").with("detail", error))
}
