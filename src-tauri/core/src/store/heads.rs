//! Which changes of one field stand, decided by causality alone (architecture.md §5, Superseded).
//!
//! Pure: no SQL, no clock. Never picks between values in a hidden way: `shown` says which one is shown and why.

use std::collections::BTreeMap;

use crate::model::DeviceId;

/// What a writer knew: for each device, the last of its commits that had been seen.
pub(super) type Seen = BTreeMap<DeviceId, i64>;

/// One change of one field, with what its writer knew.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Stamped<V> {
    /// Who wrote it.
    pub(super) device: DeviceId,
    /// Which of its commits.
    pub(super) seq: i64,
    /// Hybrid logical time of the commit.
    pub(super) time: i64,
    /// What the writer had seen.
    pub(super) seen: Seen,
    /// The value written; `None` empties the field.
    pub(super) value: V,
}

impl<V> Stamped<V> {
    /// Whether this change was written by someone who knew of `other`.
    pub(super) fn has_seen(&self, other: &Self) -> bool {
        if self.device == other.device {
            return self.seq > other.seq;
        }
        self.seen
            .get(&other.device)
            .is_some_and(|seq| *seq >= other.seq)
    }
}

/// The changes of one field that no later change has seen.
///
/// The order of `changes` does not matter; equal sets give equal heads, sorted by (time, device).
pub(super) fn heads<V>(changes: &[Stamped<V>]) -> Vec<&Stamped<V>> {
    let mut heads: Vec<&Stamped<V>> = changes
        .iter()
        .filter(|change| !changes.iter().any(|later| later.has_seen(change)))
        .collect();
    heads.sort_by(|a, b| (a.time, &a.device).cmp(&(b.time, &b.device)));
    heads
}

/// The change whose value is shown: the head with the greatest (time, device).
pub(super) fn shown<V>(changes: &[Stamped<V>]) -> Option<&Stamped<V>> {
    heads(changes).pop()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(
        device: u8,
        seq: i64,
        time: i64,
        seen: &[(u8, i64)],
        value: &'static str,
    ) -> Stamped<&'static str> {
        let device_of = |byte: u8| DeviceId::from_bytes([byte; 16]);
        Stamped {
            device: device_of(device),
            seq,
            time,
            seen: seen
                .iter()
                .map(|(device, seq)| (device_of(*device), *seq))
                .collect(),
            value,
        }
    }

    #[test]
    fn the_last_of_two_changes_of_one_device_stands() {
        let changes = [change(1, 1, 10, &[], "a"), change(1, 2, 20, &[(1, 1)], "b")];
        assert_eq!(
            heads(&changes)
                .iter()
                .map(|head| head.value)
                .collect::<Vec<_>>(),
            ["b"]
        );
    }

    #[test]
    fn two_changes_that_did_not_know_of_each_other_both_stand() {
        let changes = [change(1, 1, 10, &[], "a"), change(2, 1, 20, &[], "b")];
        assert_eq!(heads(&changes).len(), 2);
        assert_eq!(shown(&changes).map(|change| change.value), Some("b"));
    }

    #[test]
    fn a_change_that_knew_of_the_other_wins_whatever_its_clock_says() {
        let changes = [
            change(1, 1, 9_000, &[], "clock in 2099"),
            change(2, 1, 5, &[(1, 1)], "knew"),
        ];
        assert_eq!(shown(&changes).map(|change| change.value), Some("knew"));
    }

    #[test]
    fn the_order_of_the_changes_does_not_matter() {
        let mut changes = vec![
            change(1, 1, 10, &[], "a"),
            change(2, 1, 10, &[], "b"),
            change(3, 4, 12, &[(1, 1)], "c"),
        ];
        let expected: Vec<&str> = heads(&changes).iter().map(|head| head.value).collect();
        changes.reverse();
        assert_eq!(
            heads(&changes)
                .iter()
                .map(|head| head.value)
                .collect::<Vec<_>>(),
            expected
        );
        assert_eq!(expected, ["b", "c"]);
    }
}
