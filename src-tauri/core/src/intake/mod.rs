//! Lists that people send, taken into a carnet: read, mapped, tried, then written as one commit.
//!
//! `read` makes a table of a file, `inspect` suggests where its columns go, `preview` and `dry_run` tell row by row
//! what would happen, `run` does it. Reads csv; each other kind of file will be one more way to make a `Table`.
//! Knows nothing of screens; writes through `Carnet` only.

mod apply;
mod cells;
mod dictionary;
mod encoding;
mod error;
mod header;
mod known;
mod mapping;
mod places;
mod plan;
mod preview;
mod reading;
mod run;
mod suggest;
mod table;
mod target;
#[cfg(test)]
mod tests;

pub use crate::store::Flow;
pub use error::{ImportError, ReadError, RefusalReason, RowReason};
pub use mapping::Mapping;
pub use preview::{
    ImportPreview, ImportReport, Outcome, PreviewChange, PreviewNote, PreviewRequest, PreviewRow,
    Refusal, RefusedRow,
};
pub use run::{dry_run, preview, run};
pub use suggest::{Column, FieldDefault, ImportPlan, SampleRow, TargetChoice, inspect, targets};
pub use table::{ReadOptions, Row, Table, read, read_file};
