//! Builders and helpers shared by the scenarios.

mod later;
mod machines;
mod terminal;

pub use later::write_as_later_version;
pub use machines::{
    CARNET, Machines, PASSPHRASE, agree, arrive, cases, edit, handed_on, is_soak, named,
    organisation, passphrase, quick_folder, save, tree, whole, written,
};
pub use terminal::{Terminal, one_line, program};
