//! Records that commits made: which of them go when those are taken back.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, OptionalExtension};

use super::error::StoreError;
use super::log::Change;
use super::names::split_field;
use super::unite;
use crate::model::{RowId, Value};

/// Whether the first change of a row is of one of these commits.
pub(super) fn was_made_by(
    conn: &Connection,
    of: &Change,
    is_one: impl Fn(i64, i64) -> bool,
) -> Result<bool, StoreError> {
    const FIRST: &str = "SELECT c.device, c.seq FROM change c \
                         JOIN \"commit\" k ON k.device = c.device AND k.seq = c.seq JOIN device d ON d.id = c.device \
                         WHERE c.\"row\" = ?1 ORDER BY k.time, d.device LIMIT 1";
    Ok(conn
        .prepare_cached(FIRST)?
        .query_row([of.row.as_bytes()], |row| {
            Ok(is_one(row.get("device")?, row.get("seq")?))
        })
        .optional()?
        .unwrap_or(false))
}

/// Of the records that these commits made, those that stay: where others wrote in them, and what such a one links to.
pub(super) fn staying(
    conn: &Connection,
    made: &BTreeMap<RowId, &[Change]>,
    taken_back: impl Fn(i64, i64) -> bool,
) -> Result<BTreeSet<RowId>, StoreError> {
    let mut next = Vec::new();
    for (row, of_row) in made {
        if is_more(conn, &of_row[0], &taken_back)? {
            next.push(*row);
        }
    }
    let mut stay = BTreeSet::new();
    while let Some(row) = next.pop() {
        if stay.insert(row) {
            let of_row = made.get(&row).copied().unwrap_or_default();
            next.extend(
                of_row
                    .iter()
                    .flat_map(links)
                    .filter(|to| made.contains_key(to)),
            );
        }
    }
    Ok(stay)
}

/// The records that a change links to, by what it looks like.
fn links(change: &Change) -> impl Iterator<Item = RowId> {
    let element = split_field(&change.field).1;
    let value = change.value.as_ref().and_then(Value::as_text);
    let texts = [Some(element), value].into_iter().flatten();
    let ids = texts.map(|text| text.rsplit_once('/').map_or(text, |(_, id)| id));
    ids.filter_map(|id| id.parse().ok())
}

/// Whether a record that these commits made holds by now what others wrote in it, or stands for another one too: that
/// would go with it.
fn is_more(
    conn: &Connection,
    of: &Change,
    is_one: impl Fn(i64, i64) -> bool,
) -> Result<bool, StoreError> {
    // That it was put in the bin, or taken out, is no word of it.
    const WRITERS: &str = "SELECT DISTINCT device, seq FROM change WHERE \"row\" = ?1 \
                           AND field IS NOT (SELECT id FROM name WHERE name = 'deleted')";
    let mut statement = conn.prepare_cached(WRITERS)?;
    let commits = statement
        .query_map([of.row.as_bytes()], |row| {
            Ok((row.get("device")?, row.get("seq")?))
        })?
        .collect::<rusqlite::Result<Vec<(i64, i64)>>>()?;
    let (made, since): (Vec<_>, Vec<_>) = commits
        .into_iter()
        .partition(|(device, seq)| is_one(*device, *seq));
    let is_of_another = |(device, _): &(i64, i64)| made.iter().all(|(maker, _)| maker != device);
    let united = unite::united_into(conn, &of.entity, &of.row.to_string())?;
    Ok(since.iter().any(is_of_another) || !united.is_empty())
}
