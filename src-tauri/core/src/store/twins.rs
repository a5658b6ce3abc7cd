//! Commits that did one thing together: who takes back one of them means that thing.

use std::collections::BTreeSet;

use rusqlite::Connection;

use super::error::StoreError;
use super::heads::heads;
use super::log::{self, Change, CommitRef};
use super::names;
use super::projection::MERGED_INTO;
use super::shown::Written;
use super::undo::{UNDO, stamped};
use crate::model::RecordRef;

/// The commits that stand for the unions that `name` says in `done`, beside it or in its place: those of who united the
/// same pair apart, and those by which it was done again.
pub(super) fn twins(
    conn: &Connection,
    name: &CommitRef,
    done: &[Change],
) -> Result<Vec<CommitRef>, StoreError> {
    let mut same: BTreeSet<CommitRef> = BTreeSet::from([name.clone()]);
    for union in done
        .iter()
        .filter(|change| change.field == MERGED_INTO && change.value.is_some())
    {
        let (all, knowledge) = stamped(conn, &union.entity, union.row, MERGED_INTO)?;
        let named = |change: &Written| -> Result<CommitRef, StoreError> {
            let damaged = || StoreError::Damaged(format!("device {}", change.device));
            let device = knowledge.id(change.device).ok_or_else(damaged)?.clone();
            let seq = change.seq;
            Ok(CommitRef { device, seq })
        };
        let says_it: Vec<&Written> = all.iter().filter(|one| one.value == union.value).collect();
        // Those of one pair that nobody who wrote the others knew of.
        let mut unions = BTreeSet::from([name.clone()]);
        let of_name = says_it
            .iter()
            .find(|one| named(one).is_ok_and(|one| one == *name));
        for other in &says_it {
            let is_apart = of_name.is_some_and(|one| {
                !knowledge.has_seen(one, other) && !knowledge.has_seen(other, one)
            });
            if is_apart {
                unions.insert(named(other)?);
            }
        }
        for head in heads(&all, &knowledge) {
            let head_name = named(head)?;
            let is_it = unions.contains(&head_name);
            if head.value == union.value && (is_it || redoes(conn, &head_name, &unions)?) {
                same.insert(head_name);
            }
        }
    }
    same.remove(name);
    Ok(same.into_iter().collect())
}

/// The record of which something was written since a commit parted it or left it by undoing a union: all of the union comes
/// back, or nothing; none for another commit.
pub(super) fn parted_and_changed(
    conn: &Connection,
    name: &CommitRef,
    done: &[Change],
) -> Result<Option<RecordRef>, StoreError> {
    const WRITTEN: &str = "SELECT DISTINCT device, seq FROM change WHERE \"row\" = ?1";
    let is_undoing = log::commit(conn, name)?.is_some_and(|commit| commit.label.starts_with(UNDO));
    let parts = |change: &Change| change.field == MERGED_INTO && change.value.is_none();
    let number = names::device_number(conn, &name.device)?;
    let (true, true, Some(number)) = (is_undoing, done.iter().any(parts), number) else {
        return Ok(None);
    };
    let writers: Vec<i64> = names::devices(conn)?.into_keys().collect();
    let knowledge = log::knowledge_of(conn, &writers)?;
    let is_known = |device: i64, seq: i64| {
        (device, seq) == (number, name.seq) || knowledge.upto(number, name.seq, device) >= seq
    };
    for of_row in done.chunk_by(|a, b| a.entity == b.entity && a.row == b.row) {
        let mut statement = conn.prepare_cached(WRITTEN)?;
        let mut rows = statement.query([of_row[0].row.as_bytes()])?;
        while let Some(row) = rows.next()? {
            if !is_known(row.get("device")?, row.get("seq")?) {
                return Ok(Some(RecordRef::new(&*of_row[0].entity, of_row[0].row)));
            }
        }
    }
    Ok(None)
}

/// Whether a commit does again one of these, which was undone.
fn redoes(
    conn: &Connection,
    name: &CommitRef,
    of: &BTreeSet<CommitRef>,
) -> Result<bool, StoreError> {
    let (mut name, mut is_again) = (name.clone(), true);
    // To earlier commits only: it comes to an end.
    while let Some(commit) = log::commit(conn, &name)? {
        if is_again && of.contains(&name) {
            return Ok(true);
        }
        let undone = commit.label.strip_prefix(UNDO);
        let Some(Ok(undone)) = undone.map(str::parse) else {
            return Ok(false);
        };
        (name, is_again) = (undone, !is_again);
    }
    Ok(false)
}

/// The commits that undo one, whatever became of them.
pub(super) fn undoings(conn: &Connection, name: &CommitRef) -> Result<Vec<CommitRef>, StoreError> {
    const UNDOING: &str = "SELECT d.device, c.seq FROM \"commit\" c JOIN device d ON d.id = c.device WHERE c.label = ?1";
    let mut statement = conn.prepare_cached(UNDOING)?;
    let mut rows = statement.query([format!("{UNDO}{name}")])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let device: String = row.get("device")?;
        found.push(CommitRef {
            device: device.parse().map_err(|_| StoreError::Damaged(device))?,
            seq: row.get("seq")?,
        });
    }
    Ok(found)
}

/// Whether a commit was undone, and not done again since.
pub(super) fn is_undone(conn: &Connection, name: &CommitRef) -> Result<bool, StoreError> {
    for undoing in undoings(conn, name)? {
        if !is_undone(conn, &undoing)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The commits by which one was done again after it was undone: what they wrote is taken back with it.
pub(super) fn redoings(conn: &Connection, name: &CommitRef) -> Result<Vec<CommitRef>, StoreError> {
    let mut found = Vec::new();
    for undoing in undoings(conn, name)? {
        for again in undoings(conn, &undoing)? {
            found.extend(redoings(conn, &again)?);
            found.push(again);
        }
    }
    Ok(found)
}
