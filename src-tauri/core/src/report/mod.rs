//! Documents out: one report, written as a tagged PDF or as DOCX with real styles.
//!
//! Owns how a report is built, laid out and written. Must not know the store, the audience rules or any screen:
//! whoever builds a [`model::Report`] has already left out what its reader may not see.

pub mod docx;
pub mod model;
pub mod pdf;
mod prepare;
pub mod recovery_sheet;
mod render_error;
#[cfg(test)]
mod sample;
mod sheet;
mod typesetter;
pub mod typography;

pub use render_error::{Refusal, RenderError};
