//! The carnet in its file: all SQL of the product.
//!
//! Two append-only tables are the truth (`log`); everything else is derived from them (`projection`, `search`).
//! Knows nothing of screens, documents or exchange folders.

mod address;
mod attempt;
mod carnet;
mod changed;
mod check;
mod clock;
mod columns;
mod conflicts;
mod digest;
mod edit;
mod erase;
mod error;
mod fork;
mod header;
mod heads;
mod history;
mod journal;
mod key;
mod linked;
mod log;
mod merge;
mod names;
mod over;
mod paging;
mod parting;
mod preview;
mod projection;
mod query;
mod receive;
pub(crate) mod replace;
mod replay;
mod rules;
mod schema;
mod search;
mod segment;
mod settled;
mod shown;
mod source;
mod standing;
mod stored;
#[cfg(test)]
mod tests;
mod titles;
mod typed;
mod undo;
mod unite;
mod writer;

pub use carnet::{Carnet, ReadOnlyReason};
pub(crate) use changed::side_by_side;
pub use changed::{ChangedField, RecordChanges, RecordFate};
pub use check::{CheckReport, Damage};
pub use clock::{Clock, FixedClock, SystemClock};
pub use conflicts::{Conflict, Head, Resolution, ToSettle};
pub use edit::{Edit, Edits, Flow, RowName, Saved};
pub use error::{MergeError, OpenError, StoreError};
pub use history::{FieldChange, HistoryEntry, LogLine};
pub use key::Passphrase;
pub use linked::Linked;
pub use log::CommitRef;
pub use merge::{Batch, Deletions, Merged};
pub use over::Over;
pub use parting::Parted;
pub(crate) use projection::{DELETED, FIELD_LEVELS, LEVEL, MERGED_INTO};
pub use query::{Condition, Count, CountRequest, Filter, ListRequest, Page, Sort, Title};
pub use receive::Missing;
pub use search::SearchHit;
pub use segment::Held;
pub(crate) use source::LockedFile;
pub use typed::{Typed, TypedIn};
pub use undo::Undone;
pub use unite::Keep;
pub(crate) use unite::{COMPANIONS, kept_first};
pub use writer::Writer;
