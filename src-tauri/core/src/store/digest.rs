//! The chain digest of a commit, taken over what its writer signed.

use blake3::{Hash, Hasher};

use super::error::StoreError;
use super::log::{Change, Commit, json, value_digest};
use crate::model::RowId;

/// The chain digest of a commit: BLAKE3 over the digest before it in its chain and its content.
///
/// Each part is preceded by its length, so that no two contents read alike; each value enters by its own
/// digest, so that an erased value can leave its digest behind.
pub(super) struct Chain(Hasher);

impl Chain {
    /// Begins with all but the changes.
    pub(super) fn begin(previous: Option<&Hash>, commit: &Commit) -> Result<Self, StoreError> {
        let mut chain = Self(Hasher::new());
        let (device, seq, learnt) = commit.original();
        chain.part(previous.map_or(&[][..], |hash| hash.as_bytes()));
        chain.part(device.as_str().as_bytes());
        chain.part(&seq.to_le_bytes());
        chain.part(&commit.time.to_le_bytes());
        chain.part(commit.author.as_bytes());
        chain.part(commit.wall_time.as_bytes());
        chain.part(commit.label.as_bytes());
        chain.part(json(learnt)?.as_bytes());
        Ok(chain)
    }

    /// Adds a change, in the order of entity, row and field; `value` is the digest of its stored form.
    pub(super) fn add(&mut self, entity: &str, row: RowId, field: &str, value: Option<&Hash>) {
        self.part(entity.as_bytes());
        self.part(row.as_bytes());
        self.part(field.as_bytes());
        self.part(value.map_or(&[][..], |hash| hash.as_bytes()));
    }

    /// The digest.
    pub(super) fn end(self) -> Hash {
        self.0.finalize()
    }

    fn part(&mut self, bytes: &[u8]) {
        self.0.update(&(bytes.len() as u64).to_le_bytes());
        self.0.update(bytes);
    }
}

/// The chain digest of a commit with these changes, sorted by entity, row and field.
pub(super) fn digest_of(
    previous: Option<&Hash>,
    commit: &Commit,
    changes: &[Change],
) -> Result<Hash, StoreError> {
    let mut chain = Chain::begin(previous, commit)?;
    for change in changes {
        let digest = change.value.as_ref().map(value_digest).transpose()?;
        let value = digest.as_ref().or(change.erased.as_ref());
        chain.add(&change.entity, change.row, &change.field, value);
    }
    Ok(chain.end())
}
