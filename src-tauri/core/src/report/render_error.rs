//! Why a report could not be written, whatever the format.

use super::model::Report;

/// The most characters that a document may hold: some 150 pages.
const LONGEST_REPORT: usize = 400_000;

/// Why a report could not be written.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// Even in the smallest type it takes more pages than its document allows: something has to be shortened.
    #[error("{pages} pages where at most {allowed} are allowed")]
    Overflow {
        /// The pages that it takes at least.
        pages: usize,
        /// The pages that it may take.
        allowed: usize,
    },
    /// Nobody would read it, and laying it out would take minutes.
    #[error("{characters} characters where at most {limit} are allowed")]
    TooLong {
        /// How long it is.
        characters: usize,
        /// How long it may be.
        limit: usize,
    },
    /// The layout failed.
    #[error("the pages could not be laid out")]
    Layout(#[source] Refusal),
    /// The file could not be written.
    #[error("the file could not be written")]
    Write(#[source] Refusal),
}

/// What the library that lays out or writes a document said when it could not.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct Refusal {
    message: String,
}

impl Refusal {
    /// Keeps what a library said, when all it gives is words.
    pub(super) fn of(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
        }
    }
}

/// Refuses a report that no reader could use.
pub(super) fn refuse_too_long(report: &Report) -> Result<(), RenderError> {
    let characters = report.length();
    if characters > LONGEST_REPORT {
        return Err(RenderError::TooLong {
            characters,
            limit: LONGEST_REPORT,
        });
    }
    Ok(())
}
