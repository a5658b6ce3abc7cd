//! Levels of confidentiality (domain.md §8.1), from the most closed to the most open.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Who may see a record or a field; the order is that of rule C1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Private for ever (`@P#`): never raised, counted or exported (R02).
    Locked,
    /// The officer's own material about a support.
    Private,
    /// May be given to the person served.
    Beneficiary,
    /// Project information meant to circulate.
    Network,
    /// May be published.
    Public,
}

impl Level {
    /// The levels an officer may choose, most closed first.
    pub const CHOICES: [Self; 4] = [
        Self::Private,
        Self::Beneficiary,
        Self::Network,
        Self::Public,
    ];

    /// The stored code (`confidentiality_level` of domain.md §7, and `locked`).
    pub fn code(self) -> &'static str {
        match self {
            Self::Locked => "locked",
            Self::Private => "private",
            Self::Beneficiary => "beneficiary",
            Self::Network => "network",
            Self::Public => "public",
        }
    }

    /// The level with this code; `locked` is a property of a definition and never read back.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::CHOICES.into_iter().find(|level| level.code() == code)
    }
}
