//! What unions gave of a record that is erased to one that is not: it goes with the first.
//!
//! A union writes in the record that is kept what it lacks. Where the two are apart again, that is still what was known
//! of the other. What goes is named value by value, by its commit: what the kept record says of its own stays.

use std::collections::BTreeSet;

use blake3::Hash;
use rusqlite::Connection;

use super::error::StoreError;
use super::heads::heads;
use super::log::{self, Change};
use super::names::{split_field, whole_field};
use super::projection::{DELETED, ERASED, FIELD_LEVELS, GIVEN_UP, LEVEL, MERGED_INTO, STANDS_FOR};
use super::shown::{Written, shown};
use super::undo::stamped;
use crate::model::{DeviceId, RecordRef, RowId, Value};

/// Parts the commit from the field in the name of one value.
const PART: char = ':';

/// One value of a record, named by the commit that wrote it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ValueName {
    /// Who wrote it.
    pub(super) device: DeviceId,
    /// In which of its commits.
    pub(super) seq: i64,
    /// The field; `name/element` for an element of a set.
    pub(super) field: String,
}

impl ValueName {
    /// Reads the element of a change that erases; none where it names a whole field.
    pub(super) fn read(element: &str) -> Option<Self> {
        let mut parts = element.splitn(3, PART);
        Some(Self {
            device: parts.next()?.parse().ok()?,
            seq: parts.next()?.parse().ok()?,
            field: parts.next()?.to_owned(),
        })
    }

    fn as_element(&self) -> String {
        let Self { device, seq, field } = self;
        format!("{device}{PART}{seq}{PART}{field}")
    }
}

/// A value of one record that may be what was known of another.
struct Held {
    field: String,
    digest: Hash,
    text: Option<String>,
}

impl Held {
    fn of(field: &str, value: &Value) -> Result<Self, StoreError> {
        Ok(Self {
            field: field.to_owned(),
            digest: log::value_digest(value)?,
            text: value.as_text().map(ToOwned::to_owned),
        })
    }

    /// Whether another value of the same field holds this one, alone or as lines of a text of both.
    fn is_in(&self, other: &Self) -> bool {
        let is_part = match (&self.text, &other.text) {
            (Some(one), Some(all)) => {
                let mut lines = one.lines().map(str::trim).filter(|line| !line.is_empty());
                let has = |line: &str| all.lines().any(|one| one.trim() == line);
                !one.trim().is_empty() && lines.all(has)
            }
            _ => false,
        };
        self.field == other.field && (self.digest == other.digest || is_part)
    }
}

/// A value that a union wrote in the record that it kept.
struct Given {
    held: Held,
    stamp: Written,
}

/// What of a record is to be looked for in those that it was united with: all that an erased one held, or what came out
/// of that to another one.
enum Goes {
    All,
    Only(Vec<Held>),
}

/// The changes that erase what unions gave of these records, all of them erased, to others; where such a value shows,
/// what was there before it shows again.
pub(super) fn erasing(
    conn: &Connection,
    erased: &BTreeSet<(String, RowId)>,
) -> Result<Vec<Change>, StoreError> {
    let mut changes = Vec::new();
    let whole = erased.iter().map(|row| (row.clone(), Goes::All));
    let mut next: Vec<((String, RowId), Goes)> = whole.collect();
    while let Some(((entity, row), goes)) = next.pop() {
        for into in ever_united_with(conn, &entity, row)? {
            if erased.contains(&(entity.clone(), into)) {
                continue;
            }
            let kept = RecordRef::new(&*entity, into);
            let mut given = given(conn, &kept, row)?;
            if let Goes::Only(only) = &goes {
                given.retain(|one| only.iter().any(|held| held.is_in(&one.held)));
            }
            changes.extend(taking_away(conn, &kept, &given)?);
            // To older records only: this comes to an end.
            let held = given.into_iter().map(|one| one.held).collect();
            next.push(((entity.clone(), into), Goes::Only(held)));
        }
    }
    changes.sort_by(|a, b| (&a.entity, a.row, &a.field).cmp(&(&b.entity, b.row, &b.field)));
    // Two who gave the same to one record are each told of it: a field says one thing in one commit.
    changes.dedup_by(|a, b| (&a.entity, a.row, &a.field) == (&b.entity, b.row, &b.field));
    Ok(changes)
}

/// The changes that erase values of a record, wherever somebody who knew of them wrote them again.
fn taking_away(
    conn: &Connection,
    kept: &RecordRef,
    given: &[Given],
) -> Result<Vec<Change>, StoreError> {
    let mut changes = Vec::new();
    let mut fields: Vec<&str> = given.iter().map(|one| one.held.field.as_str()).collect();
    fields.sort_unstable();
    fields.dedup();
    for field in fields {
        let (all, knowledge) = stamped(conn, &kept.entity, kept.id, field)?;
        let of_field = || given.iter().filter(|one| one.held.field == field);
        let is_given = |change: &Written| -> Result<bool, StoreError> {
            let place = (change.device, change.seq);
            if of_field().any(|one| place == (one.stamp.device, one.stamp.seq)) {
                return Ok(true);
            }
            let Some(value) = &change.value else {
                return Ok(false);
            };
            let digest = log::value_digest(value)?;
            Ok(of_field()
                .any(|one| one.held.digest == digest && knowledge.has_seen(change, &one.stamp)))
        };
        let (mut gone, mut rest) = (Vec::new(), Vec::new());
        for change in &all {
            if is_given(change)? {
                gone.push(change.clone());
            } else {
                rest.push(change.clone());
            }
        }
        let standing = heads(&all, &knowledge);
        let shows = standing.iter().all(|head| gone.contains(head));
        gone.retain(|change| change.value.is_some());
        if gone.is_empty() {
            continue;
        }
        for change in &gone {
            let unknown = || StoreError::Damaged(format!("device {}", change.device));
            let name = ValueName {
                device: knowledge.id(change.device).ok_or_else(unknown)?.clone(),
                seq: change.seq,
                field: field.to_owned(),
            };
            let erased = whole_field(ERASED, &name.as_element());
            let yes = Some(Value::Bool(true));
            changes.push(Change::new(&kept.entity, kept.id, erased, yes));
        }
        if shows {
            // Whatever came over it meanwhile was taken back.
            let stood_before =
                |change: &Written| of_field().any(|one| knowledge.has_seen(&one.stamp, change));
            rest.retain(stood_before);
            let own = shown(&kept.entity, field, &rest, &knowledge);
            let own = own.and_then(|change| change.value.clone());
            changes.push(Change::new(&kept.entity, kept.id, field, own));
        }
    }
    Ok(changes)
}

/// The rows that a record was ever united with, whatever became of that.
fn ever_united_with(
    conn: &Connection,
    entity: &str,
    row: RowId,
) -> Result<BTreeSet<RowId>, StoreError> {
    let (unions, _) = stamped(conn, entity, row, MERGED_INTO)?;
    let into = unions
        .iter()
        .filter_map(|union| union.value.as_ref()?.as_text()?.parse().ok());
    Ok(into.filter(|into| *into < row).collect())
}

/// What unions that united `other` with a record wrote in it.
fn given(conn: &Connection, kept: &RecordRef, other: RowId) -> Result<Vec<Given>, StoreError> {
    const GIVEN: &str = "SELECT f.name AS field, c.element, c.device, c.seq, k.time, c.value, c.erased FROM change s \
                         JOIN change c ON c.device = s.device AND c.seq = s.seq AND c.\"row\" = s.\"row\" AND c.entity = s.entity \
                         JOIN \"commit\" k ON k.device = c.device AND k.seq = c.seq JOIN name f ON f.id = c.field \
                         WHERE s.\"row\" = ?1 AND s.entity = (SELECT id FROM name WHERE name = ?2) \
                         AND s.field = (SELECT id FROM name WHERE name = ?3) AND s.element = ?4 AND s.value IS NOT NULL";
    let of = (
        kept.id.as_bytes(),
        &kept.entity,
        STANDS_FOR,
        other.to_string(),
    );
    let mut statement = conn.prepare_cached(GIVEN)?;
    let mut rows = statement.query(of)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let (name, element): (String, String) = (row.get("field")?, row.get("element")?);
        let field = whole_field(&name, &element);
        if !is_words(&field) {
            continue;
        }
        let value = log::read_value(row.get::<_, Option<String>>("value")?.as_deref())?;
        let erased = row
            .get::<_, Option<[u8; 32]>>("erased")?
            .map(Hash::from_bytes);
        let held = match (&value, erased) {
            (Some(value), _) => Held::of(&field, value)?,
            (None, Some(digest)) => Held {
                field,
                digest,
                text: None,
            },
            (None, None) => continue,
        };
        found.push(Given {
            held,
            stamp: Written {
                device: row.get("device")?,
                seq: row.get("seq")?,
                time: row.get("time")?,
                value,
            },
        });
    }
    Ok(found)
}

/// Whether a field of the log holds what somebody said of a record, and not what the program says of it.
fn is_words(field: &str) -> bool {
    const OF_THE_PROGRAM: [&str; 7] = [
        DELETED,
        ERASED,
        FIELD_LEVELS,
        GIVEN_UP,
        LEVEL,
        MERGED_INTO,
        STANDS_FOR,
    ];
    !OF_THE_PROGRAM.contains(&split_field(field).0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_value_reads_back_and_that_of_a_field_is_none() {
        for field in ["phone", "languages/fr", "answers/a:b"] {
            let name = ValueName {
                device: DeviceId::from_bytes([7; 16]),
                seq: 12,
                field: field.to_owned(),
            };
            assert_eq!(ValueName::read(&name.as_element()), Some(name));
        }
        for element in ["", "stance", "leads_text"] {
            assert_eq!(ValueName::read(element), None);
        }
    }
}
