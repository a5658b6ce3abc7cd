//! Which changes of one field stand, decided by causality alone (architecture.md §5, Superseded).
//!
//! Pure: no SQL, no clock. Never picks between values: `shown` says which one shows and why.

use std::collections::{BTreeMap, HashMap};

use crate::model::DeviceId;

/// The last commit of each device that somebody has seen.
pub(super) type Seen = BTreeMap<DeviceId, i64>;

/// What each writer knew of the others, commit by commit; devices are numbers of one file.
#[derive(Debug, Default)]
pub(super) struct Knowledge {
    ids: HashMap<i64, DeviceId>,
    /// For a writer and another device: from which commit on it knew how far, both rising.
    growth: HashMap<(i64, i64), Vec<(i64, i64)>>,
}

impl Knowledge {
    /// Nothing known yet of these devices.
    pub(super) fn of(ids: HashMap<i64, DeviceId>) -> Self {
        Self {
            ids,
            growth: HashMap::new(),
        }
    }

    /// Adds that `device`, from its commit `seq` on, knew `other` up to `upto`; in the order of `seq`.
    pub(super) fn add(&mut self, device: i64, other: i64, seq: i64, upto: i64) {
        self.growth
            .entry((device, other))
            .or_default()
            .push((seq, upto));
    }

    /// How far the writer of the commit `seq` of `device` knew `other`.
    pub(super) fn upto(&self, device: i64, seq: i64, other: i64) -> i64 {
        if device == other {
            return seq - 1;
        }
        let growth = self
            .growth
            .get(&(device, other))
            .map_or(&[][..], Vec::as_slice);
        let known = growth.partition_point(|(from, _)| *from <= seq);
        known.checked_sub(1).map_or(0, |last| growth[last].1)
    }

    /// The identity of a device.
    pub(super) fn id(&self, device: i64) -> Option<&DeviceId> {
        self.ids.get(&device)
    }

    /// Whether the writer of `later` knew of `earlier`.
    pub(super) fn has_seen<V, W>(&self, later: &Stamped<V>, earlier: &Stamped<W>) -> bool {
        self.upto(later.device, later.seq, earlier.device) >= earlier.seq
    }
}

/// One change of one field.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Stamped<V> {
    /// Who wrote it: a number of this file.
    pub(super) device: i64,
    /// Which of its commits.
    pub(super) seq: i64,
    /// Hybrid logical time of the commit.
    pub(super) time: i64,
    /// The value written; `None` empties the field.
    pub(super) value: V,
}

/// The changes of one field that no later change has seen.
///
/// The order of `changes` does not matter; equal sets give equal heads, sorted by (time, device).
pub(super) fn heads<'a, V>(
    changes: &'a [Stamped<V>],
    knowledge: &Knowledge,
) -> Vec<&'a Stamped<V>> {
    // A device has seen all that it wrote before: only its last change can stand.
    let mut last: BTreeMap<i64, &Stamped<V>> = BTreeMap::new();
    for change in changes {
        let kept = last.entry(change.device).or_insert(change);
        if kept.seq < change.seq {
            *kept = change;
        }
    }
    let mut heads: Vec<&Stamped<V>> = last
        .values()
        .filter(|change| !last.values().any(|later| knowledge.has_seen(later, change)))
        .copied()
        .collect();
    heads.sort_by(|a, b| (a.time, knowledge.id(a.device)).cmp(&(b.time, knowledge.id(b.device))));
    heads
}

/// Whether standing changes say different things, so that somebody must choose.
pub(super) fn is_clash<V: PartialEq>(heads: &[&Stamped<V>]) -> bool {
    heads.windows(2).any(|pair| pair[0].value != pair[1].value)
}

/// What becomes of a record that somebody put in the bin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Presence {
    /// It is there.
    There,
    /// It is in the bin.
    InBin,
    /// It is back from the bin: somebody who did not know wrote in it meanwhile.
    Revived,
}

/// Tells whether a record is in the bin: `deletions` are the changes of its `deleted` field, `is_deletion`
/// whether one deletes, `edits` all its other changes.
///
/// An edit brings the record back when no deletion that stands knew of it, and its writer knew of none of them, or
/// had the record before them all the same.
pub(super) fn presence<V, W>(
    deletions: &[Stamped<V>],
    is_deletion: impl Fn(&V) -> bool,
    edits: &[Stamped<W>],
    knowledge: &Knowledge,
) -> Presence {
    let deletions: Vec<Stamped<bool>> = deletions
        .iter()
        .map(|change| Stamped {
            device: change.device,
            seq: change.seq,
            time: change.time,
            value: is_deletion(&change.value),
        })
        .collect();
    let standing = standing_deletions(&deletions, knowledge);
    if standing.is_empty() {
        return Presence::There;
    }
    let mut unseen = edits
        .iter()
        .filter(|edit| is_unseen(edit, &standing, knowledge))
        .peekable();
    if unseen.peek().is_none() {
        return Presence::InBin;
    }
    let brings_back = unseen.any(|edit| knows_none(edit, &standing, knowledge))
        || edits
            .iter()
            .zip(stood(&deletions, edits, knowledge))
            .any(|(edit, stood)| stood && is_unseen(edit, &standing, knowledge));
    if brings_back {
        Presence::Revived
    } else {
        Presence::InBin
    }
}

/// The deletions that stand; none where the record shows as not deleted.
fn standing_deletions<'a>(
    deletions: &'a [Stamped<bool>],
    knowledge: &Knowledge,
) -> Vec<&'a Stamped<bool>> {
    let heads = heads(deletions, knowledge);
    if heads.last().is_some_and(|shown| shown.value) {
        heads.into_iter().filter(|head| head.value).collect()
    } else {
        Vec::new()
    }
}

/// For each edit, whether its writer had the record before them: it was in no bin, or back from it.
fn stood<W>(deletions: &[Stamped<bool>], edits: &[Stamped<W>], knowledge: &Knowledge) -> Vec<bool> {
    let mut stood = vec![false; edits.len()];
    // Who knew of another writes later than it, on every clock.
    let mut in_order: Vec<usize> = (0..edits.len()).collect();
    in_order.sort_by_key(|at| edits[*at].time);
    for (place, at) in in_order.iter().enumerate() {
        let edit = &edits[*at];
        let is_known = |deletion: &&Stamped<bool>| {
            knowledge.has_seen(edit, deletion) || is_of_one_commit(edit, deletion)
        };
        let known: Vec<Stamped<bool>> = deletions.iter().filter(is_known).cloned().collect();
        let standing = standing_deletions(&known, knowledge);
        stood[*at] = standing.is_empty()
            || in_order[..place].iter().any(|before| {
                let earlier = &edits[*before];
                knowledge.has_seen(edit, earlier)
                    && is_unseen(earlier, &standing, knowledge)
                    && (stood[*before] || knows_none(earlier, &standing, knowledge))
            });
    }
    stood
}

/// Whether two changes were written together.
fn is_of_one_commit<V, W>(one: &Stamped<V>, other: &Stamped<W>) -> bool {
    (one.device, one.seq) == (other.device, other.seq)
}

/// Whether nobody who wrote one of these changes knew of an edit, or wrote it with them.
pub(super) fn is_unseen<V, W>(
    edit: &Stamped<W>,
    by: &[&Stamped<V>],
    knowledge: &Knowledge,
) -> bool {
    by.iter()
        .all(|change| !knowledge.has_seen(change, edit) && !is_of_one_commit(change, edit))
}

/// Whether who wrote an edit knew of none of these changes.
fn knows_none<V, W>(edit: &Stamped<W>, of: &[&Stamped<V>], knowledge: &Knowledge) -> bool {
    of.iter().all(|change| !knowledge.has_seen(edit, change))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What writers 1 to 4 knew: (writer, its commit, other, up to).
    fn knowledge(growth: &[(i64, i64, i64, i64)]) -> Knowledge {
        let ids = (1..=4).map(|number: u8| (i64::from(number), DeviceId::from_bytes([number; 16])));
        let mut knowledge = Knowledge::of(ids.collect());
        for (device, seq, other, upto) in growth {
            knowledge.add(*device, *other, *seq, *upto);
        }
        knowledge
    }

    fn change<V>(device: i64, seq: i64, time: i64, value: V) -> Stamped<V> {
        Stamped {
            device,
            seq,
            time,
            value,
        }
    }

    fn values<V: Copy>(changes: &[Stamped<V>], knowledge: &Knowledge) -> Vec<V> {
        heads(changes, knowledge)
            .iter()
            .map(|head| head.value)
            .collect()
    }

    #[test]
    fn the_last_of_two_changes_of_one_device_stands() {
        let changes = [change(1, 1, 10, "a"), change(1, 2, 20, "b")];
        assert_eq!(values(&changes, &knowledge(&[])), ["b"]);
    }

    #[test]
    fn two_changes_that_did_not_know_of_each_other_both_stand() {
        let knowledge = knowledge(&[]);
        let changes = [change(1, 1, 10, "a"), change(2, 1, 20, "b")];
        assert_eq!(values(&changes, &knowledge), ["a", "b"]);
        assert!(is_clash(&heads(&changes, &knowledge)));
    }

    #[test]
    fn two_writers_of_the_same_value_do_not_clash() {
        let knowledge = knowledge(&[]);
        let changes = [change(1, 1, 10, "a"), change(2, 1, 20, "a")];
        assert!(!is_clash(&heads(&changes, &knowledge)));
    }

    #[test]
    fn a_change_that_knew_of_the_other_wins_whatever_its_clock_says() {
        let knowledge = knowledge(&[(2, 1, 1, 1)]);
        let changes = [
            change(1, 1, 9_000, "clock in 2099"),
            change(2, 1, 5, "knew"),
        ];
        assert_eq!(values(&changes, &knowledge), ["knew"]);
    }

    #[test]
    fn what_a_writer_learnt_later_says_nothing_of_its_earlier_commits() {
        let knowledge = knowledge(&[(2, 5, 1, 3)]);
        assert_eq!(knowledge.upto(2, 4, 1), 0);
        assert_eq!(knowledge.upto(2, 5, 1), 3);
        assert_eq!(knowledge.upto(2, 9, 1), 3);
    }

    #[test]
    fn the_order_of_the_changes_does_not_matter() {
        let knowledge = knowledge(&[(3, 4, 1, 1)]);
        let mut changes = vec![
            change(1, 1, 10, "a"),
            change(2, 1, 10, "b"),
            change(3, 4, 12, "c"),
        ];
        assert_eq!(values(&changes, &knowledge), ["b", "c"]);
        changes.reverse();
        assert_eq!(values(&changes, &knowledge), ["b", "c"]);
    }

    #[test]
    fn an_edit_made_without_knowing_the_deletion_revives_the_record() {
        let deletion = [change(1, 2, 20, true)];
        let edit = [change(2, 1, 10, ())];
        let is = |growth: &[(i64, i64, i64, i64)]| {
            presence(&deletion, |deleted| *deleted, &edit, &knowledge(growth))
        };
        assert_eq!(is(&[]), Presence::Revived);
        assert_eq!(
            is(&[(1, 2, 2, 1)]),
            Presence::InBin,
            "who deleted knew the edit"
        );
        assert_eq!(
            is(&[(2, 1, 1, 2)]),
            Presence::InBin,
            "who edited knew the deletion"
        );
        let restored = [change(1, 2, 20, true), change(1, 3, 30, false)];
        let kept = presence(&restored, |deleted| *deleted, &edit, &knowledge(&[]));
        assert_eq!(kept, Presence::There);
    }

    #[test]
    fn an_edit_of_a_record_that_was_back_survives_a_deletion_that_did_not_know_of_it() {
        // 1 deletes; 2 wrote unaware of it, which 3 met; 2 meets 1, finds the record back and writes again; 3, who
        // knows of neither that nor 1, deletes.
        let knowledge = knowledge(&[(2, 2, 1, 1), (3, 1, 2, 1)]);
        let deletions = [change(1, 1, 10, true), change(3, 1, 40, true)];
        let is =
            |edits: &[Stamped<()>]| presence(&deletions, |deleted| *deleted, edits, &knowledge);
        let (unaware, again) = (change(2, 1, 20, ()), change(2, 2, 30, ()));
        assert_eq!(is(&[unaware.clone(), again.clone()]), Presence::Revived);
        assert_eq!(
            is(std::slice::from_ref(&unaware)),
            Presence::InBin,
            "3 knew of it"
        );
        assert_eq!(is(&[again]), Presence::InBin, "in the bin for who wrote it");
    }
}
