//! x
pub mod fold;
pub mod reference;
