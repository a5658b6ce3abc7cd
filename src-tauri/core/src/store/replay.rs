//! The projection as a replay of the log writes it: all of it, or one row of which the log has grown.
//!
//! What is shown follows from the changes of a row alone, in whichever order they arrived (`heads`).

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;

use rusqlite::types::Value as Sql;
use rusqlite::{Connection, OptionalExtension, Row};

use super::erase;
use super::error::StoreError;
use super::heads::{Knowledge, Presence, Stamped, heads, is_clash, presence};
use super::log::{self, Commit};
use super::names::{Names, whole_field};
use super::parting;
use super::projection::{
    Column, DELETED, ERASED, MERGED_INTO, Place, Stamp, column_value, insert_or_update, place,
    set_element,
};
use super::search::{self, Words};
use super::shown::{Written, shown_of};
use super::standing::Shown;
use super::unite;
use crate::model::{EntityDef, RowId, Value, entity_def};

/// The changes of every row, each row's together.
const IN_ORDER: &str = "SELECT \"row\", entity, field, element, device, seq, value, erased FROM change \
                        ORDER BY \"row\", entity, field, element, device, seq";

/// When the words of the rows of a replay enter the search index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Indexing {
    /// With them.
    Now,
    /// Once somebody asks: they are due until then (`search::due`).
    Later,
}

impl Indexing {
    /// What suits so many rows at once.
    pub(super) fn of_rows(count: usize) -> Self {
        const MANY: usize = 1_000;
        if count > MANY { Self::Later } else { Self::Now }
    }
}

/// Builds the projection anew from the log, and the search index unless it is left for later; their tables are empty.
pub(super) fn replay(conn: &Connection, indexing: Indexing) -> Result<(), StoreError> {
    let mut replaying = Replaying::of_all(conn, indexing)?;
    let mut statement = conn.prepare(IN_ORDER)?;
    let mut rows = statement.query([])?;
    let mut pending: Option<PendingRow> = None;
    while let Some(row) = rows.next()? {
        replaying.gather(conn, row, &mut pending, |done, replaying| {
            done.write(conn, replaying, true).map(drop)
        })?;
    }
    match pending {
        Some(last) => last.write(conn, &mut replaying, true).map(drop),
        None => Ok(()),
    }
}

/// Shows one row as the whole of its log says, whatever was shown of it.
pub(super) fn replay_row(
    conn: &Connection,
    replaying: &mut Replaying,
    def: &EntityDef,
    row: RowId,
) -> Result<(), StoreError> {
    let pending = of_row(conn, replaying, def, row)?;
    match pending {
        Some(pending) => pending.write(conn, replaying, false).map(drop),
        None => Ok(()),
    }
}

/// Shows these rows as the whole of their log says; `shown` is told of each.
///
/// Rows that are most of the log are read in one pass, in the order of its key, in which their tables grow too. The
/// words of many are left due.
pub(super) fn replay_rows(
    conn: &Connection,
    touched: &BTreeSet<(String, RowId)>,
    is_new: impl Fn(RowId) -> bool,
    mut shown: impl FnMut(Shown),
) -> Result<(), StoreError> {
    let mut replaying = Replaying::of_all(conn, Indexing::of_rows(touched.len()))?;
    let mut write = |pending: PendingRow, replaying: &mut Replaying| {
        let is_new = is_new(pending.row);
        if let Some(done) = pending.write(conn, replaying, is_new)? {
            shown(done);
        }
        Ok::<_, StoreError>(())
    };
    // A look-up costs about as much as reading the changes of a page: below that, the pass is longer.
    let pages: i64 = conn.pragma_query_value(None, "page_count", |row| row.get(0))?;
    if i64::try_from(touched.len()).is_ok_and(|rows| rows < pages) {
        for (entity, row) in touched {
            let Some(def) = entity_def(entity) else {
                continue;
            };
            if let Some(pending) = of_row(conn, &mut replaying, def, *row)? {
                write(pending, &mut replaying)?;
            }
        }
        return Ok(());
    }
    let wanted: HashSet<RowId> = touched.iter().map(|(_, row)| *row).collect();
    let mut statement = conn.prepare(IN_ORDER)?;
    let mut rows = statement.query([])?;
    let mut pending: Option<PendingRow> = None;
    let mut skipped = None;
    while let Some(row) = rows.next()? {
        let id = log::read_row(row.get(0)?);
        if skipped == Some(id) {
            continue;
        }
        let is_going_on = pending.as_ref().is_some_and(|pending| pending.row == id);
        if !is_going_on && !wanted.contains(&id) {
            skipped = Some(id);
            continue;
        }
        replaying.gather(conn, row, &mut pending, &mut write)?;
    }
    match pending {
        Some(last) => write(last, &mut replaying),
        None => Ok(()),
    }
}

/// Shows a row that one commit made, of which the log says nothing else; `values` says nothing of its presence.
pub(super) fn show_made(
    conn: &Connection,
    def: &EntityDef,
    row: RowId,
    values: Vec<FieldValue>,
    made: &Rc<CommitStamp>,
    indexing: Indexing,
) -> Result<(), StoreError> {
    let judged = Judged {
        row,
        values,
        clashes: Vec::new(),
        presence: Presence::There,
        merged_into: None,
        is_erased: false,
        created: Rc::clone(made),
        modified: Rc::clone(made),
    };
    let row = row.to_string();
    judged.write(conn, def, &row)?;
    judged.index(conn, def, &row, indexing, true)
}

/// All that the log says of one row.
fn of_row(
    conn: &Connection,
    replaying: &mut Replaying,
    def: &EntityDef,
    row: RowId,
) -> Result<Option<PendingRow>, StoreError> {
    const OF_ROW: &str = "SELECT c.\"row\", c.entity, c.field, c.element, c.device, c.seq, c.value, c.erased \
                          FROM change c WHERE c.\"row\" = ?1 AND c.entity = (SELECT id FROM name WHERE name = ?2) \
                          ORDER BY c.field, c.element, c.device, c.seq";
    let mut statement = conn.prepare_cached(OF_ROW)?;
    let mut rows = statement.query((row.as_bytes(), def.name))?;
    let mut pending: Option<PendingRow> = None;
    while let Some(found) = rows.next()? {
        // The changes of one row: none is ever done before the last.
        replaying.gather(conn, found, &mut pending, |_, _| Ok(()))?;
    }
    Ok(pending)
}

/// What a replay needs of the commits: who knew what, and when each was made.
pub(super) struct Replaying {
    knowledge: Knowledge,
    stamps: HashMap<(i64, i64), Rc<CommitStamp>>,
    names: Names,
    indexing: Indexing,
}

/// What a replay needs of one commit.
pub(super) struct CommitStamp {
    time: i64,
    stamp: Stamp,
}

impl CommitStamp {
    /// That of a commit at hand.
    pub(super) fn of(commit: &Commit) -> Self {
        Self {
            time: commit.time,
            stamp: Stamp::of(commit),
        }
    }

    /// Whether it is earlier, on every machine.
    fn is_before(&self, other: &Self) -> bool {
        !std::ptr::eq(self, other) && self.stamp.order < other.stamp.order
    }
}

impl Replaying {
    /// Adds one change, read from a row, to those of its record; one that is done is handed on.
    fn gather(
        &mut self,
        conn: &Connection,
        found: &Row<'_>,
        pending: &mut Option<PendingRow>,
        done: impl FnOnce(PendingRow, &mut Self) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let row = log::read_row(found.get(0)?);
        let entity = self.names.shared(conn, found.get(1)?)?;
        if pending
            .as_ref()
            .is_none_or(|pending| pending.row != row || pending.entity != entity)
            && let Some(last) = pending.replace(PendingRow::of(entity, row))
        {
            done(last, self)?;
        }
        let Some(pending) = pending else {
            return Ok(());
        };
        let name = self.names.shared(conn, found.get(2)?)?;
        let element = found.get_ref(3)?.as_str().map_err(rusqlite::Error::from)?;
        let field = if element.is_empty() {
            name
        } else {
            whole_field(&name, element).into()
        };
        let (device, seq) = (found.get(4)?, found.get(5)?);
        let stamp = self.stamp(conn, device, seq)?;
        let written = Stamped {
            device,
            seq,
            time: stamp.time,
            value: log::read_value(
                found
                    .get_ref(6)?
                    .as_str_or_null()
                    .map_err(rusqlite::Error::from)?,
            )?,
        };
        pending.add(field, written, stamp);
        Ok(())
    }

    /// For a replay of many rows.
    pub(super) fn of_all(conn: &Connection, indexing: Indexing) -> Result<Self, StoreError> {
        Ok(Self {
            knowledge: log::knowledge(conn)?,
            stamps: HashMap::new(),
            names: Names::default(),
            indexing,
        })
    }

    /// For a replay of one row.
    pub(super) fn of_row(conn: &Connection, row: RowId) -> Result<Self, StoreError> {
        const WRITERS: &str = "SELECT DISTINCT device FROM change WHERE \"row\" = ?1";
        let writers = conn
            .prepare_cached(WRITERS)?
            .query_map([row.as_bytes()], |row| row.get("device"))?
            .collect::<rusqlite::Result<Vec<i64>>>()?;
        Ok(Self {
            knowledge: log::knowledge_of(conn, &writers)?,
            stamps: HashMap::new(),
            names: Names::default(),
            indexing: Indexing::Now,
        })
    }

    fn stamp(
        &mut self,
        conn: &Connection,
        device: i64,
        seq: i64,
    ) -> Result<Rc<CommitStamp>, StoreError> {
        const STAMP: &str = "SELECT d.device, c.time, c.wall_time, c.author FROM \"commit\" c \
                             JOIN device d ON d.id = c.device WHERE c.device = ?1 AND c.seq = ?2";
        if let Some(known) = self.stamps.get(&(device, seq)) {
            return Ok(Rc::clone(known));
        }
        let stamp = conn
            .prepare_cached(STAMP)?
            .query_row((device, seq), |row| {
                let time = row.get("time")?;
                Ok(CommitStamp {
                    time,
                    stamp: Stamp {
                        order: (time, row.get("device")?),
                        wall_time: row.get("wall_time")?,
                        author: row.get("author")?,
                    },
                })
            })
            .optional()?
            .ok_or_else(|| StoreError::Damaged(format!("{device}:{seq}")))?;
        let stamp = Rc::new(stamp);
        self.stamps.insert((device, seq), Rc::clone(&stamp));
        Ok(stamp)
    }
}

/// A field, whole, and what it is given, or nothing.
pub(super) type FieldValue = (Arc<str>, Option<Value>);

/// A field with all its changes.
pub(super) type WrittenField = (Arc<str>, Vec<Written>);

/// The changes of one row, gathered by a replay.
struct PendingRow {
    entity: Arc<str>,
    row: RowId,
    /// Each field's changes together.
    fields: Vec<WrittenField>,
    created: Option<Rc<CommitStamp>>,
    modified: Option<Rc<CommitStamp>>,
}

/// What the log says of one row.
struct Judged {
    row: RowId,
    values: Vec<FieldValue>,
    clashes: Vec<Arc<str>>,
    presence: Presence,
    merged_into: Option<String>,
    is_erased: bool,
    created: Rc<CommitStamp>,
    modified: Rc<CommitStamp>,
}

impl PendingRow {
    fn of(entity: Arc<str>, row: RowId) -> Self {
        Self {
            entity,
            row,
            fields: Vec::new(),
            created: None,
            modified: None,
        }
    }

    fn add(&mut self, field: Arc<str>, written: Stamped<Option<Value>>, stamp: Rc<CommitStamp>) {
        if self
            .created
            .as_ref()
            .is_none_or(|first| stamp.is_before(first))
        {
            self.created = Some(Rc::clone(&stamp));
        }
        if self
            .modified
            .as_ref()
            .is_none_or(|last| last.is_before(&stamp))
        {
            self.modified = Some(stamp);
        }
        match self.fields.last_mut() {
            Some((last, changes)) if *last == field => changes.push(written),
            _ => self.fields.push((field, vec![written])),
        }
    }

    fn judge(self, knowledge: &Knowledge) -> Result<Judged, StoreError> {
        let presence = self.presence(knowledge);
        let is_erased = self.is_erased();
        // An erasure is of all that was one with what it erased: it parts nothing.
        let is_parted = !is_erased && parting::is_parted(self.row, &self.fields, knowledge);
        let mut values = Vec::with_capacity(self.fields.len());
        let mut clashes = Vec::new();
        for (field, mut changes) in self.fields {
            if changes.len() > 1 {
                let heads = heads(&changes, knowledge);
                let is_asked = !erase::is_erasure(&field) && !unite::is_said_twice(&field);
                if is_asked && is_clash(&heads) {
                    clashes.push(Arc::clone(&field));
                }
                let shown = shown_of(&self.entity, &field, &heads);
                let shown = shown.map(|change| change.value.clone());
                values.extend(shown.map(|value| (field, value)));
            } else if let Some(only) = changes.pop() {
                values.push((field, only.value));
            }
        }
        let value = |name: &str| {
            let found = values.iter().find(|(field, _)| &**field == name);
            found.and_then(|(_, value)| value.as_ref())
        };
        // To older records only: two who unite a pair apart can never hide both.
        let is_older = |into: &&str| into.parse::<RowId>().is_ok_and(|into| into < self.row);
        let merged_into = value(MERGED_INTO).and_then(Value::as_text).filter(is_older);
        let merged_into = merged_into.filter(|_| !is_parted).map(ToOwned::to_owned);
        if merged_into.is_some() {
            // Whoever united it knew of its values: what remains to be settled is asked of the one that stands.
            clashes.retain(|field| &**field == MERGED_INTO);
        }
        if is_erased {
            // Nothing of it remains to be settled.
            clashes.clear();
        }
        if is_parted && !clashes.iter().any(|field| &**field == MERGED_INTO) {
            clashes.push(MERGED_INTO.into());
        }
        let of_row = || StoreError::Damaged(format!("{}/{}", self.entity, self.row));
        Ok(Judged {
            row: self.row,
            presence,
            clashes,
            merged_into,
            is_erased,
            created: self.created.ok_or_else(of_row)?,
            modified: self.modified.ok_or_else(of_row)?,
            values,
        })
    }

    /// One change that says so is enough, whatever came after it.
    fn is_erased(&self) -> bool {
        let erasures = self.fields.iter().filter(|(field, _)| &**field == ERASED);
        let mut values = erasures
            .flat_map(|(_, changes)| changes)
            .flat_map(|change| &change.value);
        values.any(Value::is_true)
    }

    fn presence(&self, knowledge: &Knowledge) -> Presence {
        let deletions = self.fields.iter().find(|(field, _)| &**field == DELETED);
        let Some((_, deletions)) = deletions else {
            return Presence::There;
        };
        let is_deletion = |value: &Option<Value>| value.as_ref().is_some_and(Value::is_true);
        // That words went with somebody is no word that was written.
        let is_edit = |field: &str| field != DELETED && !erase::is_erasure(field);
        let others = self.fields.iter().filter(|(field, _)| is_edit(field));
        let edits: Vec<Stamped<()>> = others
            .flat_map(|(_, changes)| changes)
            .map(|change| Stamped {
                device: change.device,
                seq: change.seq,
                time: change.time,
                value: (),
            })
            .collect();
        presence(deletions, is_deletion, &edits, knowledge)
    }

    /// Writes the row, in the place of what the projection has of it unless it `is_new`; none where this version does
    /// not know its entity.
    fn write(
        self,
        conn: &Connection,
        replaying: &mut Replaying,
        is_new: bool,
    ) -> Result<Option<Shown>, StoreError> {
        const SETTLE: &str = "DELETE FROM clash WHERE \"row\" = ?1 AND entity = ?2";
        let Some(def) = entity_def(&self.entity) else {
            return Ok(None);
        };
        let row = self.row.to_string();
        let judged = self.judge(&replaying.knowledge)?;
        if !is_new {
            conn.prepare_cached(SETTLE)?.execute((&row, def.name))?;
        }
        judged.write(conn, def, &row)?;
        judged.index(conn, def, &row, replaying.indexing, is_new)?;
        Ok(Some(Shown {
            row: judged.row,
            is_in_bin: judged.presence == Presence::InBin,
            is_united: judged.merged_into.is_some(),
            is_revived: judged.presence == Presence::Revived,
            clashes: judged.clashes.iter().map(ToString::to_string).collect(),
        }))
    }
}

impl Judged {
    /// Whether lists leave it out: it is in the bin, or another record took its place.
    fn is_hidden(&self) -> bool {
        self.presence == Presence::InBin || self.merged_into.is_some()
    }

    fn word(&self, name: &str) -> Option<&str> {
        let found = self.values.iter().find(|(field, _)| &**field == name);
        found.and_then(|(_, value)| value.as_ref()?.as_text())
    }

    /// Puts its words in the index, or leaves them for later.
    fn index(
        &self,
        conn: &Connection,
        def: &EntityDef,
        row: &str,
        indexing: Indexing,
        is_new: bool,
    ) -> Result<(), StoreError> {
        let is_hidden = self.is_hidden();
        if is_hidden && is_new {
            return Ok(());
        }
        if indexing == Indexing::Later && !is_hidden {
            return search::due::leave(conn, def, row, is_new);
        }
        let words = Words::of(def, |name| self.word(name));
        if !is_new {
            search::replace(conn, def, row, &words, is_hidden)
        } else if words.is_empty() {
            Ok(())
        } else {
            search::add_row(conn, def, row, &words)
        }
    }

    fn write(&self, conn: &Connection, def: &EntityDef, row: &str) -> Result<(), StoreError> {
        const CLASH: &str = "INSERT INTO clash (\"row\", entity, field) VALUES (?1, ?2, ?3)";
        let text = |text: &str| Sql::Text(text.to_owned());
        let flag = |is_true: bool| Sql::Integer(i64::from(is_true));
        let (created, modified) = (&self.created.stamp, &self.modified.stamp);
        let mut columns: Vec<Column> = Vec::with_capacity(self.values.len() + 10);
        columns.extend([
            (
                "_title",
                Sql::Text(Words::title_of(def, |name| self.word(name))),
            ),
            ("_created_at", text(&created.wall_time)),
            ("_created_by", text(&created.author)),
            ("_modified_at", text(&modified.wall_time)),
            ("_modified_by", text(&modified.author)),
            ("_deleted", flag(self.is_hidden())),
            ("_revived", flag(self.presence == Presence::Revived)),
            (
                "_merged_into",
                self.merged_into.clone().map_or(Sql::Null, Sql::Text),
            ),
            ("_erased", flag(self.is_erased)),
        ]);
        let mut levels: BTreeMap<&str, &str> = BTreeMap::new();
        for (field, value) in &self.values {
            match place(def, field) {
                Some(Place::Level) => columns.push(("_level", column_value(value.as_ref()))),
                Some(Place::FieldLevel(name)) => {
                    if let Some(level) = value.as_ref().and_then(Value::as_text) {
                        levels.insert(name, level);
                    }
                }
                Some(Place::Column(field)) => {
                    columns.push((field.name, column_value(value.as_ref())));
                }
                Some(Place::Element(field, element)) => {
                    let is_in = value.as_ref().is_some_and(Value::is_true);
                    set_element(conn, def, row, field, element, is_in)?;
                }
                None => {}
            }
        }
        let levels = if levels.is_empty() {
            Sql::Null
        } else {
            let json = serde_json::to_string(&levels)
                .map_err(|error| StoreError::Damaged(error.to_string()))?;
            Sql::Text(json)
        };
        columns.push(("_field_levels", levels));
        for field in &self.clashes {
            conn.prepare_cached(CLASH)?
                .execute((row, def.name, &**field))?;
        }
        insert_or_update(conn, def, row, &columns)
    }
}
