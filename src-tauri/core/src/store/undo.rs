//! Undoing a commit: a new commit that puts back what stood before, except where somebody wrote since.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use rusqlite::Connection;

use super::address;
use super::carnet::Carnet;
use super::edit;
use super::erase;
use super::error::StoreError;
use super::heads::{Knowledge, Stamped, heads, is_clash};
use super::log::{self, Change, CommitRef};
use super::made::{staying, was_made_by};
use super::names::{self, Names, split_field};
use super::parting;
use super::projection::{DELETED, FIELD_LEVELS, GIVEN_UP, LEVEL, MERGED_INTO, STANDS_FOR};
use super::shown::{Written, level_of, shown};
use super::stored::StoredChanges;
use super::twins::{parted_and_changed, redoings, twins};
use super::unite;
use super::writer::Writer;
use crate::messages::Language;
use crate::model::{RecordRef, RowId, Value, entity_def, entity_names};

/// Beginning of the label of an undoing commit.
pub(super) const UNDO: &str = "undo ";

/// What an undo did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undone {
    /// The undoing commit; none when nothing of the commit still stood.
    pub commit: Option<CommitRef>,
    /// The records that it touched.
    pub records: Vec<RecordRef>,
    /// Whether it parted records that were united, or united them again.
    pub(super) is_of_union: bool,
}

impl Undone {
    /// The entities of which a list may show something else now: those of the records touched; once records are
    /// parted or united, all, since whatever links to them is told of another record.
    pub fn entities(&self) -> Vec<String> {
        if self.is_of_union {
            return entity_names().map(str::to_owned).collect();
        }
        let mut entities: Vec<String> = self
            .records
            .iter()
            .map(|record| record.entity.clone())
            .collect();
        entities.sort_unstable();
        entities.dedup();
        entities
    }
}

/// Whether one of these changes unites two records or parts them.
fn has_union(changes: &[Change]) -> bool {
    changes.iter().any(|change| change.field == MERGED_INTO)
}

impl Carnet {
    /// Undoes a commit; undoing the undoing commit does it again. An erasure stays; a commit that is nothing else
    /// is refused, and so is one of which something cannot be put back ([`Reversal`]).
    pub fn undo(&mut self, name: &CommitRef) -> Result<Undone, StoreError> {
        let language = self.language;
        let (undone, has_erased) = self.write(|conn, writer, path| {
            if log::commit(conn, name)?.is_none() {
                return Err(StoreError::NoSuchCommit(name.to_string()));
            }
            let mut done = StoredChanges::of(conn, &mut Names::default(), name)?.read()?;
            let number = names::device_number(conn, &name.device)?;
            let mut commits: BTreeSet<(i64, i64)> =
                number.map(|one| (one, name.seq)).into_iter().collect();
            let mut others = twins(conn, name, &done)?;
            others.extend(redoings(conn, name)?);
            add_commits(conn, others, &mut done, &mut commits)?;
            let taken_back = |device: i64, seq: i64| commits.contains(&(device, seq));
            let Reversal { changes, refused } = reversal(conn, language, &done, taken_back)?;
            if let Some(refused) = refused.into_iter().next() {
                return Err(refused);
            }
            if let Some(record) = parted_and_changed(conn, name, &done)? {
                return Err(StoreError::ChangedSinceParted(record));
            }
            if changes.is_empty() && done.iter().any(|change| erase::is_erasure(&change.field)) {
                return Err(StoreError::ErasureStays);
            }
            let label = format!("{UNDO}{name}");
            take_back(conn, writer, path, language, &label, changes)
        })?;
        if has_erased {
            self.clean();
        }
        Ok(undone)
    }

    /// The last commit that this installation wrote in this file and that is neither an undoing nor undone.
    ///
    /// Never somebody else's: that they wrote last is no reason to undo it, and naming it undoes it. A file that was
    /// moved or copied is written in by another writer, who has written nothing yet.
    pub fn last_undoable(&self) -> Result<Option<CommitRef>, StoreError> {
        const LAST: &str = "SELECT d.device, c.seq FROM \"commit\" c JOIN device d ON d.id = c.device \
                            WHERE d.device = ?1 AND c.label NOT LIKE 'undo %' AND NOT EXISTS \
                            (SELECT 1 FROM \"commit\" u WHERE u.label = 'undo ' || d.device || ':' || c.seq) \
                            ORDER BY c.seq DESC LIMIT 1";
        let device = self.writer.identity(&self.conn, &self.path)?;
        let mut statement = self.conn.prepare_cached(LAST)?;
        let mut rows = statement.query([device.as_str()])?;
        let Some(row) = rows.next()? else {
            return Ok(None);
        };
        let seq = row.get("seq")?;
        Ok(Some(CommitRef { device, seq }))
    }
}

/// Adds what other commits wrote to what is taken back; `commits` are those of all, by number of their device and their
/// own.
pub(super) fn add_commits(
    conn: &Connection,
    others: Vec<CommitRef>,
    done: &mut Vec<Change>,
    commits: &mut BTreeSet<(i64, i64)>,
) -> Result<(), StoreError> {
    for other in others {
        let number = names::device_number(conn, &other.device)?;
        let place = number.map(|number| (number, other.seq));
        if place.is_some_and(|place| commits.insert(place)) {
            done.extend(StoredChanges::of(conn, &mut Names::default(), &other)?.read()?);
        }
    }
    log::sort(done);
    Ok(())
}

/// Writes the changes that take something back; tells whether somebody was erased with it: what is united again is
/// one person, who may have been erased meanwhile.
pub(super) fn take_back(
    conn: &Connection,
    writer: &Writer,
    path: &Path,
    language: Language,
    label: &str,
    changes: Vec<Change>,
) -> Result<(Undone, bool), StoreError> {
    let records = records_of(&changes);
    let is_of_union = has_union(&changes);
    let commit = edit::commit(conn, writer, path, label, changes)?;
    let has_erased = is_of_union && erase::finish(conn, writer, path, language)?;
    let undone = Undone {
        commit,
        records,
        is_of_union,
    };
    Ok((undone, has_erased))
}

/// The records that changes touch, each once.
fn records_of(changes: &[Change]) -> Vec<RecordRef> {
    let mut records: Vec<RecordRef> = changes
        .iter()
        .map(|change| RecordRef::new(&change.entity, change.row))
        .collect();
    records.dedup();
    records
}

/// What puts back what stood before some commits.
#[derive(Default)]
pub(super) struct Reversal {
    pub(super) changes: Vec<Change>,
    /// Why some of it stays as it is.
    pub(super) refused: Vec<StoreError>,
}

/// The changes that put back what stood before `changes`, field by field, where one of them still shows.
///
/// `changes` are sorted by entity, row and field, and may name a field twice; `taken_back` tells, by device
/// number and seq, the commits that they are of. What erases is left out: it is for ever. Nothing is put back that
/// would settle what nobody settled, write where nobody sees it, or leave half of a union.
pub(super) fn reversal(
    conn: &Connection,
    language: Language,
    changes: &[Change],
    taken_back: impl Fn(i64, i64) -> bool,
) -> Result<Reversal, StoreError> {
    let mut reversal = Reversal::default();
    let of_rows = || changes.chunk_by(|a, b| a.entity == b.entity && a.row == b.row);
    let mut made = BTreeMap::new();
    for of_row in of_rows() {
        let is_made = match of_row.first() {
            Some(first) => was_made_by(conn, first, &taken_back)?,
            None => false,
        };
        if is_made {
            made.insert(of_row[0].row, of_row);
        }
    }
    let stay = staying(conn, &made, &taken_back)?;
    for of_row in of_rows() {
        let Some(first) = of_row.first() else {
            continue;
        };
        let mut reversed = Vec::new();
        if made.contains_key(&first.row) {
            if stay.contains(&first.row) {
                continue;
            }
            // A record that these commits made goes to the bin whole; its words stay in it.
            let deleted = Some(Value::Bool(true));
            reversed.push(Change::new(&first.entity, first.row, DELETED, deleted));
        } else {
            let fields = of_row.chunk_by(|a, b| a.field == b.field);
            for change in fields
                .map(|same| &same[0])
                .filter(|change| !erase::is_erasure(&change.field))
            {
                let put_back = put_back(conn, of_row, change, &taken_back, &mut reversal.refused)?;
                reversed.extend(put_back);
            }
        }
        let closer = as_close_as_before(conn, &reversed, &taken_back)?;
        reversed.extend(closer);
        let record = RecordRef::new(&*first.entity, first.row);
        let into = unite::standing(conn, &record)?;
        let is_parted = reversed.iter().any(|change| change.field == MERGED_INTO);
        let is_united_by = of_row
            .iter()
            .any(|change| change.field == MERGED_INTO && change.value.is_some());
        if into != record && !is_parted && (is_united_by || !reversed.is_empty()) {
            let refused = address::united(conn, language, record, into)?;
            reversal.refused.push(refused);
            continue;
        }
        reversal.changes.extend(reversed);
    }
    reversal.changes = only_new(conn, reversal.changes)?;
    // The companions of records that stay apart stay so.
    let has_parted = |change: &Change| change.field == MERGED_INTO && change.value.is_none();
    let is_companion = |change: &Change| unite::COMPANIONS.contains(&change.entity.as_str());
    let stays = |parting: &Change| {
        let unites = |one: &Change| one.row == parting.row && one.field == MERGED_INTO;
        !reversal.changes.iter().any(unites)
    };
    let mut partings = changes.iter().filter(|change| has_parted(change));
    if partings.any(|parting| !is_companion(parting) && stays(parting)) {
        let unites = |one: &Change| one.field == MERGED_INTO && one.value.is_some();
        reversal
            .changes
            .retain(|one| !is_companion(one) || !unites(one));
    }
    Ok(reversal)
}

/// Those of these changes that say something else than what stands, alone, in their fields.
fn only_new(conn: &Connection, changes: Vec<Change>) -> Result<Vec<Change>, StoreError> {
    let mut new = Vec::with_capacity(changes.len());
    for change in changes {
        let (all, knowledge) = stamped(conn, &change.entity, change.row, &change.field)?;
        let standing = heads(&all, &knowledge);
        let is_said = !is_clash(&standing)
            && standing.last().and_then(|head| head.value.as_ref()) == change.value.as_ref();
        if !is_said {
            new.push(change);
        }
    }
    Ok(new)
}

/// The levels that values which are put back in one row need, so that none is more open than when it was replaced: who
/// opened its field since was shown another one.
fn as_close_as_before(
    conn: &Connection,
    reversed: &[Change],
    taken_back: &impl Fn(i64, i64) -> bool,
) -> Result<Vec<Change>, StoreError> {
    let mut levels = Vec::new();
    for change in reversed.iter().filter(|change| change.value.is_some()) {
        let (entity, row, name) = (
            change.entity.as_str(),
            change.row,
            split_field(&change.field).0,
        );
        let own = names::whole_field(FIELD_LEVELS, name);
        let put_back = |field: &str| reversed.iter().find(|one| one.field == field);
        let is_field = entity_def(entity).is_some_and(|def| def.field(name).is_some());
        if !is_field || put_back(&own).is_some() {
            continue;
        }
        let (values, _) = stamped(conn, entity, row, &change.field)?;
        let done: Vec<&Written> = values
            .iter()
            .filter(|one| taken_back(one.device, one.seq))
            .collect();
        let (mut then, mut now) = (None, None);
        for field in [own.as_str(), LEVEL] {
            let (all, _) = stamped(conn, entity, row, field)?;
            let mut writers: Vec<i64> = all.iter().chain(&values).map(|one| one.device).collect();
            writers.sort_unstable();
            writers.dedup();
            let knowledge = log::knowledge_of(conn, &writers)?;
            let known = |one: &&Written| done.iter().any(|done| knowledge.has_seen(*done, *one));
            let before: Vec<Written> = all.iter().filter(known).cloned().collect();
            let level = |changes: &[Written]| {
                let shown = shown(entity, field, changes, &knowledge);
                level_of(entity, field, shown.and_then(|one| one.value.as_ref()))
            };
            then = then.into_iter().chain(level(&before)).min();
            let now_at = match put_back(field) {
                Some(change) => level_of(entity, field, change.value.as_ref()),
                None => level(&all),
            };
            now = now.into_iter().chain(now_at).min();
        }
        if let Some(then) = then.filter(|then| now.is_some_and(|now| now > *then)) {
            let level = Some(Value::from(then.code()));
            levels.push(Change::new(entity, row, own, level));
        }
    }
    levels.dedup();
    Ok(levels)
}

/// Whether a level becomes more open by being changed from one value to the other.
fn is_more_open(entity: &str, field: &str, from: Option<&Value>, to: Option<&Value>) -> bool {
    let [from, to] = [from, to].map(|value| level_of(entity, field, value));
    to > from
}

/// Whether somebody else than those who wrote `done` wrote in a record unknown to them.
fn is_written_by_others(
    conn: &Connection,
    of: &Change,
    done: &[Written],
) -> Result<bool, StoreError> {
    let others = parting::written_since(conn, &of.entity, of.row, done)?;
    let is_own = |edit: &Written| done.iter().any(|one| one.device == edit.device);
    Ok(others.iter().any(|edit| !is_own(edit)))
}

/// The change that puts back what stood in a field before these commits, which wrote `of_row`; none where another
/// one shows by now, or where that is refused.
fn put_back(
    conn: &Connection,
    of_row: &[Change],
    change: &Change,
    taken_back: &impl Fn(i64, i64) -> bool,
    refused: &mut Vec<StoreError>,
) -> Result<Option<Change>, StoreError> {
    let (entity, row, field) = (change.entity.as_str(), change.row, change.field.as_str());
    let (all, knowledge) = stamped(conn, entity, row, field)?;
    let is_taken_back = |change: &Written| taken_back(change.device, change.seq);
    if field == MERGED_INTO && change.value.is_some() {
        let parted = parting_of(conn, change, &all, &knowledge, is_taken_back);
        return parted.or_else(|error| match error {
            StoreError::UndoSettles { .. } => {
                refused.push(error);
                Ok(None)
            }
            error => Err(error),
        });
    }
    if !shown(entity, field, &all, &knowledge).is_some_and(is_taken_back) {
        let standing = heads(&all, &knowledge);
        let is_a_side = is_clash(&standing) && standing.into_iter().any(is_taken_back);
        if !is_a_side || field == MERGED_INTO || unite::is_said_twice(field) {
            return Ok(None);
        }
    }
    let (done, rest): (Vec<Written>, Vec<Written>) = all.into_iter().partition(is_taken_back);
    let is_parting = field == MERGED_INTO && change.value.is_none();
    if is_parting && parting::was_written_since(conn, entity, row, &done)? {
        let record = RecordRef::new(entity, row);
        refused.push(StoreError::ChangedSinceParted(record));
        return Ok(None);
    }
    let value = match shown(entity, field, &rest, &knowledge) {
        // Not united, whatever the union before said: somebody had written in it.
        Some(_) if is_parted(conn, change, &rest)? => None,
        shown => shown.and_then(|change| change.value.clone()),
    };
    let stands = heads(&rest, &knowledge);
    if is_parting && value.is_none() {
        // They stood apart before it was said, too; the question is not asked again. Where it was said by taking a
        // union back, all else of that union would come back without it.
        if done
            .iter()
            .any(|one| was_put_back(conn, one).is_ok_and(|is| is))
        {
            let record = RecordRef::new(entity, row);
            refused.push(StoreError::ChangedSinceParted(record));
        }
        return Ok(None);
    }
    if let (true, Some(into)) = (is_parting, value.as_ref().and_then(Value::as_text)) {
        let gone = [Some(row), into.parse().ok()].into_iter().flatten();
        for id in gone {
            let record = RecordRef::new(entity, id);
            if !unite::can_stand(conn, &record, id == row)? {
                refused.push(StoreError::NotFound(record));
                return Ok(None);
            }
        }
    }
    if field == DELETED
        && value.as_ref().is_some_and(Value::is_true)
        && (is_written_by_others(conn, change, &done)?
            || !unite::united_into(conn, entity, &row.to_string())?.is_empty())
    {
        // It would hide what they wrote, or another record for which this one stands.
        return Ok(None);
    }
    let is_settled = is_clash(&stands)
        || match stands.last() {
            // What was typed and given up stood beside another value.
            Some(last) => was_given_up(conn, change, last)?,
            None => false,
        };
    if is_settled && field != MERGED_INTO && !unite::is_said_twice(field) {
        refused.push(StoreError::UndoSettles {
            entity: entity.to_owned(),
            field: split_field(field).0.to_owned(),
        });
        return Ok(None);
    }
    let is_of_union = of_row
        .iter()
        .any(|change| split_field(&change.field).0 == STANDS_FOR);
    let opens = || is_more_open(entity, field, change.value.as_ref(), value.as_ref());
    if field == LEVEL
        && is_of_union
        && opens()
        && parting::was_written_since(conn, entity, row, &done)?
    {
        // So does what was written in a record that a union closed.
        return Ok(None);
    }
    if let (FIELD_LEVELS, of) = split_field(field)
        && of_row.iter().any(|change| change.field == of)
        && opens()
    {
        // What somebody wrote since in a value that came closer stays as close.
        let (values, knowledge) = stamped(conn, entity, row, of)?;
        if !shown(entity, of, &values, &knowledge).is_some_and(is_taken_back) {
            return Ok(None);
        }
    }
    Ok(Some(Change::new(entity, row, field, value)))
}

/// The change that parts a record from the one that these commits united it with: it goes to whom others united it
/// with, if that is another one; none where a later union stands.
fn parting_of(
    conn: &Connection,
    change: &Change,
    all: &[Written],
    knowledge: &Knowledge,
    is_taken_back: impl Fn(&Written) -> bool,
) -> Result<Option<Change>, StoreError> {
    let standing = heads(all, knowledge);
    if !standing.iter().any(|head| is_taken_back(head)) {
        // Undoing another union put this one back: it stands, under that name.
        let is_back = match standing.last() {
            Some(last) => last.value == change.value && was_put_back(conn, last)?,
            None => false,
        };
        if !is_back {
            return Ok(None);
        }
    }
    let rest: Vec<Written> = all
        .iter()
        .filter(|one| !is_taken_back(one))
        .cloned()
        .collect();
    let before = heads(&rest, knowledge);
    if is_clash(&before) && before.iter().any(|head| head.value == change.value) {
        // Which of two to unite it with stood side by side, and was chosen by taking one back.
        return Err(StoreError::UndoSettles {
            entity: change.entity.clone(),
            field: MERGED_INTO.to_owned(),
        });
    }
    let into = shown(&change.entity, &change.field, &rest, knowledge);
    let into = into.and_then(|change| change.value.clone());
    // Not united, whatever the union before said: somebody had written in it.
    let is_apart = into == change.value || is_parted(conn, change, &rest)?;
    let into = into.filter(|_| !is_apart);
    // Nor with one that is in the bin by now, where nobody would see it.
    let stands = match into.as_ref().and_then(Value::as_text).map(str::parse) {
        Some(Ok(id)) => unite::can_stand(conn, &RecordRef::new(&*change.entity, id), false)?,
        _ => false,
    };
    let into = into.filter(|_| stands);
    Ok(Some(Change::new(
        &change.entity,
        change.row,
        MERGED_INTO,
        into,
    )))
}

/// Whether a change was written by undoing another one.
fn was_put_back(conn: &Connection, change: &Written) -> Result<bool, StoreError> {
    const IS_UNDOING: &str =
        "SELECT 1 FROM \"commit\" WHERE device = ?1 AND seq = ?2 AND label LIKE 'undo %'";
    let mut statement = conn.prepare_cached(IS_UNDOING)?;
    Ok(statement.exists((change.device, change.seq))?)
}

/// Whether a value was typed and given up for the one that came over it.
fn was_given_up(conn: &Connection, of: &Change, value: &Written) -> Result<bool, StoreError> {
    let mark = names::whole_field(GIVEN_UP, &of.field);
    let (marks, _) = stamped(conn, &of.entity, of.row, &mark)?;
    let is_it = |one: &Written| (one.device, one.seq) == (value.device, value.seq);
    Ok(marks.iter().any(is_it))
}

/// Whether a record stood apart by what was written in it unaware of the union that these changes say.
fn is_parted(
    conn: &Connection,
    of: &Change,
    merges: &[Stamped<Option<Value>>],
) -> Result<bool, StoreError> {
    Ok(of.field == MERGED_INTO
        && !parting::unaware_edits(conn, &of.entity, of.row, merges)?.is_empty())
}

/// Every change of one field, and what their writers knew of each other.
type OfField = (Vec<Stamped<Option<Value>>>, Knowledge);

/// Every change of one field, with what their writers knew of each other.
pub(super) fn stamped(
    conn: &Connection,
    entity: &str,
    row: RowId,
    field: &str,
) -> Result<OfField, StoreError> {
    const OF_FIELD: &str = "SELECT c.device, c.seq, k.time, c.value FROM change c \
                            JOIN \"commit\" k ON k.device = c.device AND k.seq = c.seq \
                            WHERE c.\"row\" = ?1 AND c.entity = (SELECT id FROM name WHERE name = ?2) \
                            AND c.field = (SELECT id FROM name WHERE name = ?3) AND c.element = ?4";
    let (name, element) = split_field(field);
    let mut statement = conn.prepare_cached(OF_FIELD)?;
    let mut rows = statement.query((row.as_bytes(), entity, name, element))?;
    let mut changes = Vec::new();
    while let Some(row) = rows.next()? {
        changes.push(Stamped {
            device: row.get("device")?,
            seq: row.get("seq")?,
            time: row.get("time")?,
            value: log::read_value(row.get::<_, Option<String>>("value")?.as_deref())?,
        });
    }
    let mut writers: Vec<i64> = changes.iter().map(|change| change.device).collect();
    writers.sort_unstable();
    writers.dedup();
    let knowledge = log::knowledge_of(conn, &writers)?;
    Ok((changes, knowledge))
}
