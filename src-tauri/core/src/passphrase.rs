//! How hard a passphrase is to guess, in words a person can act on.

use serde::Serialize;
use ts_rs::TS;

/// The strength of a passphrase.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Strength {
    /// 0 (guessed at once) to 4.
    pub score: u8,
    /// Message key of what to change; none for a strong one.
    pub reason: Option<String>,
}

/// Fewest characters of a passphrase that resists a stolen file.
const SHORTEST: usize = 12;

/// Estimates a passphrase; nothing of it is kept.
pub fn strength(passphrase: &str) -> Strength {
    let score = u8::from(zxcvbn::zxcvbn(passphrase, &[]).score());
    let reason = match score {
        _ if passphrase.is_empty() => None,
        _ if passphrase.chars().count() < SHORTEST => Some("passphrase.too_short"),
        0 | 1 => Some("passphrase.guessable"),
        2 => Some("passphrase.add_a_word"),
        _ => None,
    };
    Strength {
        score,
        reason: reason.map(str::to_owned),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_unrelated_words_are_stronger_than_a_name_and_a_year() {
        let words = strength("vélo brume tilleul horloge");
        let name = strength("marie2024");
        assert!(words.score > name.score);
        assert_eq!(words.reason, None);
        assert_eq!(name.reason.as_deref(), Some("passphrase.too_short"));
    }
}
