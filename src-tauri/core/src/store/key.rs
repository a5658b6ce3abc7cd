//! Passphrases and the keys that follow from them.
//!
//! SQLCipher 4's own derivation (PBKDF2-HMAC-SHA512, 256 000 rounds, the file's first 16 bytes as salt), done once
//! here and kept in memory: every file of a family has the same salt, and opens with the key at hand.

use std::fmt::Write as _;

use rusqlite::Connection;
use zeroize::Zeroizing;

/// Rounds of SQLCipher 4.
const ROUNDS: u32 = 256_000;
/// Bytes of salt at the beginning of a file.
pub(super) const SALT_BYTES: usize = 16;

/// A passphrase, wiped from memory when dropped and never printed.
#[derive(Clone)]
pub struct Passphrase(Zeroizing<String>);

impl Passphrase {
    /// A passphrase; `None` for an empty one, which would be none at all.
    pub fn new(text: impl Into<String>) -> Option<Self> {
        let text = Zeroizing::new(text.into());
        if text.is_empty() {
            None
        } else {
            Some(Self(text))
        }
    }

    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Passphrase(…)")
    }
}

/// The key of a file, with its salt; wiped from memory when dropped and never printed.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Key {
    bytes: Zeroizing<[u8; 32]>,
    salt: [u8; SALT_BYTES],
}

impl Key {
    /// The key that follows from a passphrase for files of this salt.
    pub(super) fn derive(passphrase: &Passphrase, salt: [u8; SALT_BYTES]) -> Self {
        let mut bytes = Zeroizing::new([0; 32]);
        pbkdf2::pbkdf2_hmac::<sha2::Sha512>(
            passphrase.expose().as_bytes(),
            &salt,
            ROUNDS,
            &mut *bytes,
        );
        Self { bytes, salt }
    }

    /// A key kept from before.
    pub(super) fn kept(bytes: [u8; 32], salt: [u8; SALT_BYTES]) -> Self {
        Self {
            bytes: Zeroizing::new(bytes),
            salt,
        }
    }

    /// The salt of the files that it opens.
    pub(super) fn salt(&self) -> [u8; SALT_BYTES] {
        self.salt
    }

    pub(super) fn bytes(&self) -> &[u8; 32] {
        &self.bytes
    }

    /// As SQLCipher takes a key already derived: `x'<key><salt>'`.
    pub(super) fn literal(&self) -> Zeroizing<String> {
        let mut literal = Zeroizing::new(String::with_capacity(100));
        literal.push_str("x'");
        for byte in self.bytes.iter().chain(&self.salt) {
            // Writing to a text cannot fail.
            let _ = write!(literal, "{byte:02x}");
        }
        literal.push('\'');
        literal
    }

    /// As SQLCipher takes the new key of an open file, whose salt stays.
    pub(super) fn literal_without_salt(&self) -> Zeroizing<String> {
        let mut literal = self.literal();
        literal.truncate(2 + 64);
        literal.push('\'');
        literal
    }

    /// Gives the key to a connection, before anything else is read.
    pub(super) fn apply(&self, conn: &Connection) -> rusqlite::Result<()> {
        conn.pragma_update(None, "key", self.literal().as_str())?;
        // A wrong key is an answer, not an event to log on the terminal.
        conn.pragma_update(None, "cipher_log", "off")
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_written_with_the_derived_key_opens_with_the_passphrase_in_any_sqlcipher() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let passphrase = Passphrase::new("vélo brume tilleul horloge").unwrap();
        let key = Key::derive(&passphrase, [7; SALT_BYTES]);
        let conn = Connection::open(&path).unwrap();
        key.apply(&conn).unwrap();
        conn.execute_batch("CREATE TABLE t (a); INSERT INTO t VALUES (12)")
            .unwrap();
        drop(conn);
        assert_eq!(std::fs::read(&path).unwrap()[..SALT_BYTES], [7; SALT_BYTES]);
        let other = Connection::open(&path).unwrap();
        other
            .pragma_update(None, "key", passphrase.expose())
            .unwrap();
        let read: i64 = other
            .query_row("SELECT a FROM t", [], |row| row.get(0))
            .unwrap();
        assert_eq!(read, 12);
    }

    #[test]
    fn neither_passphrase_nor_key_is_ever_printed() {
        let passphrase = Passphrase::new("secret").unwrap();
        let key = Key::derive(&passphrase, [1; SALT_BYTES]);
        assert_eq!(format!("{passphrase:?} {key:?}"), "Passphrase(…) Key(…)");
    }
}
