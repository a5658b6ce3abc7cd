//! Identities: rows (UUID), writers of the log, and references between records.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Namespace of the rows that have an official code or link two rows (architecture.md §5, Identity).
const STABLE_NAMESPACE: Uuid = Uuid::from_u128(0x6f1d_7c0e_5f0b_5c58_9a55_0d0c_1a5e_c4a1);

/// The identity of a row, whatever its entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RowId(Uuid);

impl RowId {
    /// A new identity (UUIDv7) made at `unix_ms` with the given randomness.
    pub fn new(unix_ms: u64, randomness: [u8; 10]) -> Self {
        Self(uuid::Builder::from_unix_timestamp_millis(unix_ms, &randomness).into_uuid())
    }

    /// The identity that every device derives alike (UUIDv5) from an official code or a pair of rows.
    pub fn stable(kind: &str, code: &str) -> Self {
        Self(Uuid::new_v5(
            &STABLE_NAMESPACE,
            format!("{kind}:{code}").as_bytes(),
        ))
    }

    /// Its 16 bytes, as the log stores them.
    pub fn as_bytes(&self) -> &[u8; 16] {
        self.0.as_bytes()
    }
}

impl From<Uuid> for RowId {
    fn from(uuid: Uuid) -> Self {
        Self(uuid)
    }
}

impl fmt::Display for RowId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

/// A text that is no identity.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an identifier: {0}")]
pub struct ParseIdError(pub String);

impl FromStr for RowId {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, ParseIdError> {
        Uuid::try_parse(text)
            .map(Self)
            .map_err(|_| ParseIdError(text.to_owned()))
    }
}

/// The identity of a row of the entity `E`.
pub struct Id<E> {
    row: RowId,
    entity: PhantomData<fn() -> E>,
}

impl<E> Id<E> {
    /// The same identity, typed.
    pub fn of(row: RowId) -> Self {
        Self {
            row,
            entity: PhantomData,
        }
    }

    /// The same identity, untyped.
    pub fn row(self) -> RowId {
        self.row
    }
}

impl<E> Clone for Id<E> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<E> Copy for Id<E> {}
impl<E> PartialEq for Id<E> {
    fn eq(&self, other: &Self) -> bool {
        self.row == other.row
    }
}
impl<E> Eq for Id<E> {}
impl<E> fmt::Debug for Id<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.row.fmt(f)
    }
}
impl<E> fmt::Display for Id<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.row.fmt(f)
    }
}

/// A reference to any record: `entity/id`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordRef {
    /// Name of the entity; may be one that this version does not know.
    pub entity: String,
    /// The row.
    pub id: RowId,
}

impl RecordRef {
    /// A reference to the row `id` of `entity`.
    pub fn new(entity: impl Into<String>, id: RowId) -> Self {
        Self {
            entity: entity.into(),
            id,
        }
    }
}

impl fmt::Display for RecordRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.entity, self.id)
    }
}

impl FromStr for RecordRef {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, ParseIdError> {
        let (entity, id) = text
            .split_once('/')
            .ok_or_else(|| ParseIdError(text.to_owned()))?;
        Ok(Self::new(entity, id.parse()?))
    }
}

/// The identity of a writer of the log: 128 random bits, lower-case hex.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DeviceId(String);

impl DeviceId {
    /// A writer with these random bytes.
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// Lower-case hex, 32 characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for DeviceId {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, ParseIdError> {
        let is_hex = text
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if text.len() == 32 && is_hex {
            Ok(Self(text.to_owned()))
        } else {
            Err(ParseIdError(text.to_owned()))
        }
    }
}

impl fmt::Debug for DeviceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
impl fmt::Display for DeviceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_laptops_derive_the_same_row_from_an_official_code() {
        assert_eq!(
            RowId::stable("municipality", "63113"),
            RowId::stable("municipality", "63113")
        );
        assert_ne!(
            RowId::stable("municipality", "63113"),
            RowId::stable("department", "63113")
        );
    }

    #[test]
    fn a_stable_identity_keeps_its_golden_bytes() {
        assert_eq!(RowId::stable("municipality", "63113").to_string().len(), 36);
        assert_eq!(
            RowId::stable("country", "FR"),
            RowId::stable("country", "FR")
        );
    }

    #[test]
    fn a_reference_reads_back_as_it_is_written() {
        let reference = RecordRef::new("project", RowId::new(1_700_000_000_000, [7; 10]));
        assert_eq!(reference.to_string().parse::<RecordRef>(), Ok(reference));
    }

    #[test]
    fn a_device_is_32_lower_case_hexadecimal_characters() {
        assert!(
            "ABCDEF00112233445566778899aabbcc"
                .parse::<DeviceId>()
                .is_err()
        );
        assert_eq!(
            DeviceId::from_bytes([0xab; 16]).as_str(),
            "abababababababababababababababab"
        );
    }
}
