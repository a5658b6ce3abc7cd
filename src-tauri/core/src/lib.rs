//! The whole product without a window: model, store, search, intake, reports, territories.
//!
//! Knows nothing of Tauri, tokio or any screen; clock, paths and names come in as arguments.

pub mod demo;
pub mod documents;
pub mod duplicates;
pub mod exchange;
pub mod fault;
pub mod fold;
pub mod intake;
pub mod messages;
pub mod model;
pub mod officer;
pub mod passphrase;
pub mod reference;
pub mod regular;
pub mod report;
pub mod store;
pub mod territories;
#[cfg(test)]
mod testing;
pub mod view;
pub mod words;
