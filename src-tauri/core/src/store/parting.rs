//! Records that were united while somebody wrote in the one that was given up, unknown to whoever united them.
//!
//! As what was written in a record unaware of its deletion brings it back, this brings it back out of the union: it
//! stands in the lists again, with all that was written, until somebody who sees both chooses (architecture.md §5,
//! Deletion). That choice is a conflict of `merged_into`: united, or apart.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::Connection;

use super::carnet::Carnet;
use super::edit::{self, Edits, Saved};
use super::error::StoreError;
use super::heads::{Knowledge, Stamped, heads, is_unseen};
use super::log::{self, Change};
use super::names::{self, split_field};
use super::projection::{DELETED, ERASED, MERGED_INTO};
use super::replay::WrittenField;
use super::shown::{Written, shown};
use super::undo::stamped;
use super::unite::{self, Keep};
use super::writer::Writer;
use crate::model::{FieldKind, RecordRef, RowId, Value};

/// Two records of which one was united into the other while somebody wrote in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parted {
    /// The one that would be kept.
    pub kept: RecordRef,
    /// The one that was written in.
    pub other: RecordRef,
}

/// The unions that stand in a record, given the heads of `merged_into`; none where it shows that it is apart.
fn standing_unions<'a>(row: RowId, heads: &[&'a Written]) -> Vec<&'a Written> {
    // Into older records only: two who unite a pair apart can never hide both.
    let is_union = |head: &Written| {
        let into = head.value.as_ref().and_then(Value::as_text);
        into.is_some_and(|into| into.parse::<RowId>().is_ok_and(|into| into < row))
    };
    if heads.last().is_some_and(|shown| is_union(shown)) {
        heads
            .iter()
            .copied()
            .filter(|head| is_union(head))
            .collect()
    } else {
        Vec::new()
    }
}

/// Whether a change of this field is something that somebody wrote in the record, were it that another one was united
/// into it: what puts it in the bin or erases it goes well with a union.
///
/// Nothing is written in a record for which another stands: who wrote had it before them.
fn is_written(field: &str) -> bool {
    !matches!(split_field(field).0, DELETED | MERGED_INTO | ERASED)
}

/// Whether somebody wrote in a record what nobody who united it knew of; `fields` are all that was written in it.
pub(super) fn is_parted(row: RowId, fields: &[WrittenField], knowledge: &Knowledge) -> bool {
    let merges = fields.iter().find(|(name, _)| &**name == MERGED_INTO);
    let Some((_, merges)) = merges else {
        return false;
    };
    let unions = standing_unions(row, &heads(merges, knowledge));
    let written = fields.iter().filter(|(name, _)| is_written(name));
    let mut edits = written.flat_map(|(_, changes)| changes);
    !unions.is_empty() && edits.any(|edit| is_unseen(edit, &unions, knowledge))
}

/// The last that each writer wrote in a record unknown to whoever united it, earliest first; `heads` are those of
/// `merged_into`.
pub(super) fn unaware_edits(
    conn: &Connection,
    entity: &str,
    row: RowId,
    merges: &[Written],
) -> Result<Vec<Written>, StoreError> {
    let (mut edits, knowledge) = written_in(conn, entity, row, merges)?;
    let unions = standing_unions(row, &heads(merges, &knowledge));
    if unions.is_empty() {
        return Ok(Vec::new());
    }
    edits.retain(|edit| is_unseen(edit, &unions, &knowledge));
    Ok(heads(&edits, &knowledge).into_iter().cloned().collect())
}

/// All that was written in a record, without what it says, and what its writers and those of `merges` knew.
fn written_in(
    conn: &Connection,
    entity: &str,
    row: RowId,
    merges: &[Written],
) -> Result<(Vec<Written>, Knowledge), StoreError> {
    const WRITTEN: &str = "SELECT c.device, c.seq, k.time, c.field FROM change c \
                           JOIN \"commit\" k ON k.device = c.device AND k.seq = c.seq \
                           WHERE c.\"row\" = ?1 AND c.entity = (SELECT id FROM name WHERE name = ?2)";
    let mut names = names::Names::default();
    let mut statement = conn.prepare_cached(WRITTEN)?;
    let mut rows = statement.query((row.as_bytes(), entity))?;
    let mut edits: Vec<Written> = Vec::new();
    while let Some(found) = rows.next()? {
        if is_written(&names.shared(conn, found.get("field")?)?) {
            edits.push(Stamped {
                device: found.get("device")?,
                seq: found.get("seq")?,
                time: found.get("time")?,
                value: None,
            });
        }
    }
    let mut writers: Vec<i64> = edits.iter().chain(merges).map(|one| one.device).collect();
    writers.sort_unstable();
    writers.dedup();
    Ok((edits, log::knowledge_of(conn, &writers)?))
}

/// The records of which it is undecided whether they are one, those of each such decision together.
pub(super) fn said_one(conn: &Connection, entity: &str) -> Result<Vec<Vec<RowId>>, StoreError> {
    const UNDECIDED: &str = "SELECT \"row\" FROM clash WHERE entity = ?1 AND field = ?2";
    let mut statement = conn.prepare_cached(UNDECIDED)?;
    let mut rows = statement.query((entity, MERGED_INTO))?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let id: String = row.get("row")?;
        let id: RowId = id.parse().map_err(|_| StoreError::Damaged(id))?;
        let (merges, knowledge) = stamped(conn, entity, id, MERGED_INTO)?;
        let mut said = vec![id];
        for head in heads(&merges, &knowledge) {
            let into = head.value.as_ref().and_then(Value::as_text);
            if let Some(into) = into.and_then(|into| into.parse().ok()) {
                said.push(unite::standing(conn, &RecordRef::new(entity, into))?.id);
            }
        }
        found.push(said);
    }
    Ok(found)
}

/// What parts the companions of a record, united with it by the same commits, where they still are: who leaves the
/// record apart leaves it with its own.
pub(super) fn companions_apart(
    conn: &Connection,
    record: &RecordRef,
) -> Result<Vec<Change>, StoreError> {
    const WITH_IT: &str = "SELECT DISTINCT n.name AS entity, c.\"row\" FROM change c JOIN name n ON n.id = c.entity \
                           WHERE c.device = ?1 AND c.seq = ?2 AND c.value IS NOT NULL \
                           AND c.field = (SELECT id FROM name WHERE name = ?3)";
    let (merges, knowledge) = stamped(conn, &record.entity, record.id, MERGED_INTO)?;
    let mut changes = Vec::new();
    for union in standing_unions(record.id, &heads(&merges, &knowledge)) {
        let mut statement = conn.prepare_cached(WITH_IT)?;
        let mut rows = statement.query((union.device, union.seq, MERGED_INTO))?;
        while let Some(row) = rows.next()? {
            let entity: String = row.get("entity")?;
            let companion = RecordRef::new(entity, log::read_row(row.get("row")?));
            let is_united = unite::standing(conn, &companion)? != companion;
            if companion.entity != record.entity && is_united {
                changes.push(Change::new(
                    &companion.entity,
                    companion.id,
                    MERGED_INTO,
                    None,
                ));
            }
        }
    }
    Ok(changes)
}

/// Whether somebody wrote in a record what these changes of it do not know of.
pub(super) fn was_written_since(
    conn: &Connection,
    entity: &str,
    row: RowId,
    changes: &[Written],
) -> Result<bool, StoreError> {
    Ok(!written_since(conn, entity, row, changes)?.is_empty())
}

/// What was written in a record that these changes of it do not know of.
pub(super) fn written_since(
    conn: &Connection,
    entity: &str,
    row: RowId,
    changes: &[Written],
) -> Result<Vec<Written>, StoreError> {
    let (mut edits, knowledge) = written_in(conn, entity, row, changes)?;
    let changes: Vec<&Written> = changes.iter().collect();
    edits.retain(|edit| is_unseen(edit, &changes, &knowledge));
    Ok(edits)
}

/// Whether it is to be decided if a record is one with another.
pub(super) fn is_undecided(conn: &Connection, record: &RecordRef) -> Result<bool, StoreError> {
    const UNDECIDED: &str = "SELECT 1 FROM clash WHERE \"row\" = ?1 AND entity = ?2 AND field = ?3";
    let of = (record.id.to_string(), &record.entity, MERGED_INTO);
    Ok(conn.prepare_cached(UNDECIDED)?.exists(of)?)
}

impl Carnet {
    /// Every pair of records that were united while somebody, unaware of it, wrote in one of them.
    pub fn parted(&self) -> Result<Vec<Parted>, StoreError> {
        parted(&self.conn)
    }

    /// The fields of a record that hold what nobody who united it knew of; none of one that is in no such pair.
    pub(crate) fn unknown_fields(
        &self,
        record: &RecordRef,
    ) -> Result<BTreeSet<String>, StoreError> {
        unknown_fields(&self.conn, record)
    }

    /// Makes edits in one commit, which also says that a record is not one with another where that was undecided.
    pub(crate) fn save_apart(
        &mut self,
        edits: Edits,
        record: &RecordRef,
    ) -> Result<Saved, StoreError> {
        self.write(|conn, writer, path| {
            let (rows, mut changes) = edit::planned_changes(conn, writer, edits.edits)?;
            if is_undecided(conn, record)? {
                changes.extend(companions_apart(conn, record)?);
                changes.push(Change::new(&record.entity, record.id, MERGED_INTO, None));
            }
            let commit = edit::commit(conn, writer, path, &edits.label, changes)?;
            Ok(Saved { rows, commit })
        })
    }
}

/// The changes that unite a record with another after all, where that was undecided: what the kept one lacks comes to
/// it, as in any union. Two texts stay both; of two single values, the one whose writer knew of the other. Where neither
/// did, only somebody who sees both can choose: it is refused.
pub(super) fn united_after_all(
    conn: &Connection,
    writer: &Writer,
    record: &RecordRef,
    into: &RecordRef,
) -> Result<Vec<Change>, StoreError> {
    let def = edit::known_entity(&record.entity)?;
    let mut choices = BTreeMap::new();
    let kept = unite::standing(conn, into)?;
    for name in unknown_fields(conn, record)? {
        let keep = match def.field(&name).map(|field| field.kind) {
            Some(FieldKind::Long) => Some(Keep::Both),
            Some(kind) if !kind.is_list() => later(conn, &kept, record, &name)?,
            _ => None,
        };
        choices.extend(keep.map(|keep| (name, keep)));
    }
    Ok(unite::uniting(conn, writer, &kept, record, &choices)?.1)
}

/// Which of the values of a field of two records is the later word; none where they are the same or only one is there.
fn later(
    conn: &Connection,
    kept: &RecordRef,
    other: &RecordRef,
    field: &str,
) -> Result<Option<Keep>, StoreError> {
    let (mine, _) = stamped(conn, &kept.entity, kept.id, field)?;
    let (theirs, _) = stamped(conn, &other.entity, other.id, field)?;
    let (merges, _) = stamped(conn, &other.entity, other.id, MERGED_INTO)?;
    let all = mine.iter().chain(&theirs).chain(&merges);
    let mut writers: Vec<i64> = all.map(|one| one.device).collect();
    writers.sort_unstable();
    writers.dedup();
    let knowledge = log::knowledge_of(conn, &writers)?;
    let shown = |changes: &[Written]| shown(&kept.entity, field, changes, &knowledge).cloned();
    let (Some(mine), Some(theirs)) = (shown(&mine), shown(&theirs)) else {
        return Ok(None);
    };
    if mine.value.is_none() || theirs.value.is_none() || mine.value == theirs.value {
        return Ok(None);
    }
    let unions = standing_unions(other.id, &heads(&merges, &knowledge));
    if knowledge.has_seen(&mine, &theirs) {
        Ok(Some(Keep::Kept))
    } else if knowledge.has_seen(&theirs, &mine) || !is_unseen(&mine, &unions, &knowledge) {
        Ok(Some(Keep::Other))
    } else {
        Err(StoreError::ChangedSinceParted(other.clone()))
    }
}

/// The fields of a record that hold what nobody who united it knew of.
pub(super) fn unknown_fields(
    conn: &Connection,
    record: &RecordRef,
) -> Result<BTreeSet<String>, StoreError> {
    const OF_COMMIT: &str = "SELECT DISTINCT n.name FROM change c JOIN name n ON n.id = c.field \
                             WHERE c.\"row\" = ?1 AND c.device = ?2 AND c.seq = ?3";
    let (merges, _) = stamped(conn, &record.entity, record.id, MERGED_INTO)?;
    let mut fields = BTreeSet::new();
    let (edits, knowledge) = written_in(conn, &record.entity, record.id, &merges)?;
    let unions = standing_unions(record.id, &heads(&merges, &knowledge));
    if unions.is_empty() {
        return Ok(fields);
    }
    for edit in edits
        .iter()
        .filter(|edit| is_unseen(edit, &unions, &knowledge))
    {
        let mut statement = conn.prepare_cached(OF_COMMIT)?;
        let names = statement.query_map((record.id.as_bytes(), edit.device, edit.seq), |row| {
            row.get("name")
        })?;
        for name in names {
            fields.insert(name?);
        }
    }
    Ok(fields)
}

/// Every pair of records that were united while somebody, unaware of it, wrote in one of them.
pub(super) fn parted(conn: &Connection) -> Result<Vec<Parted>, StoreError> {
    const UNDECIDED: &str =
        "SELECT entity, \"row\" FROM clash WHERE field = ?1 ORDER BY entity, \"row\"";
    let mut statement = conn.prepare_cached(UNDECIDED)?;
    let mut rows = statement.query([MERGED_INTO])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let (entity, id): (String, String) = (row.get("entity")?, row.get("row")?);
        let id: RowId = id.parse().map_err(|_| StoreError::Damaged(id))?;
        let other = RecordRef::new(entity, id);
        let (merges, knowledge) = stamped(conn, &other.entity, id, MERGED_INTO)?;
        if unite::standing(conn, &other)? != other {
            // Two say into which: it is united meanwhile.
            continue;
        }
        for union in standing_unions(id, &heads(&merges, &knowledge)) {
            let into = union.value.as_ref().and_then(Value::as_text);
            if let Some(into) = into.and_then(|into| into.parse().ok()) {
                let kept = unite::standing(conn, &RecordRef::new(&*other.entity, into))?;
                let other = other.clone();
                found.push(Parted { kept, other });
            }
        }
    }
    found.dedup();
    Ok(found)
}
