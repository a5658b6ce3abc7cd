//! The commands of the window, one file a feature: each converts, makes one call of the core, converts.

#![expect(
    clippy::needless_pass_by_value,
    reason = "a command owns what crosses to it"
)]

pub mod app;
pub mod asked;
pub mod backups;
pub mod carnet;
pub mod conflicts;
pub mod copies;
pub mod documents;
pub mod duplicates;
pub mod exchange;
pub mod imports;
pub mod records;
pub mod search;

use carnet_core::fault::Fault;
use carnet_core::store::CommitRef;
use serde::Serialize;
use tauri::{AppHandle, Emitter, Manager, Runtime};
use ts_rs::TS;

use crate::keeper::Keeper;

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

/// Tells the screens that records of these entities changed, and the keeper that there is something to publish.
pub(crate) fn announce<R: Runtime>(app: &AppHandle<R>, entities: Vec<String>) -> Result<(), Fault> {
    app.state::<Keeper>().touched();
    announce_from_outside(app, entities)
}

/// Tells the screens that records of these entities changed in another copy.
pub(crate) fn announce_from_outside<R: Runtime>(
    app: &AppHandle<R>,
    entities: Vec<String>,
) -> Result<(), Fault> {
    app.emit(CHANGED, Changed { entities })
        .map_err(|error| Fault::of("unexpected").with("detail", error))
}
