//! Copies meet: exchange folders, published files, backups (architecture.md §6).
//!
//! Files and folders only: what a commit means, and which changes stand, is the store's. Nothing here looks at
//! the times of files to decide anything, but whether what is unfinished was given up.

pub mod backup;
mod error;
pub mod folder;
mod given;
pub mod inside;
pub mod places;
pub mod publish;
mod segment;
pub mod texts;

use crate::store::replace;
pub use error::ExchangeError;
pub use replace::is_unfinished;
