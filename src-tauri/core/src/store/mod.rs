//! The carnet in its file: all SQL of the product.
//!
//! Two append-only tables are the truth (`log`); everything else is derived from them (`projection`, `search`).
//! Knows nothing of screens, documents or exchange folders.

mod carnet;
mod check;
mod clock;
mod edit;
mod error;
mod heads;
mod history;
mod log;
mod paging;
mod projection;
mod query;
mod rules;
mod schema;
mod search;
#[cfg(test)]
mod tests;
mod titles;
mod undo;
mod writer;

pub use carnet::{Carnet, Passphrase};
pub use check::{CheckReport, Damage};
pub use clock::{Clock, FixedClock, SystemClock};
pub use edit::{Edit, Edits, Flow, RowName, Saved};
pub use error::{OpenError, StoreError};
pub use history::{FieldChange, HistoryEntry, LogLine};
pub use log::CommitRef;
pub use query::{Condition, Count, CountRequest, Filter, ListRequest, Page, Sort, Title};
pub use search::SearchHit;
pub use undo::Undone;
pub use writer::Writer;
