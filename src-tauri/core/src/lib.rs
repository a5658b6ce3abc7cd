//! The whole product without a window: model, store, search, intake, reports, territories.
//!
//! Knows nothing of Tauri, tokio or any screen; clock, paths and names come in as arguments.

pub mod fold;
pub mod messages;
pub mod model;
pub mod report;
pub mod store;
