//! The projection as a replay of the log writes it: all of it, or one row of which the log has grown.
//!
//! What is shown follows from the changes of a row alone, in whichever order they arrived (`heads`).

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use rusqlite::types::Value as Sql;
use rusqlite::{Connection, OptionalExtension};

use super::erase;
use super::error::StoreError;
use super::heads::{Knowledge, Presence, Stamped, heads, is_clash, presence};
use super::log::{self, Change};
use super::names::Names;
use super::projection::{
    Column, DELETED, ERASED, MERGED_INTO, Place, Stamp, column_value, insert_or_update, place,
    set_element,
};
use super::search;
use crate::model::{EntityDef, RowId, Value, entity_def};

/// Builds the projection and the search index anew from the log; their tables are empty.
pub(super) fn replay(conn: &Connection) -> Result<(), StoreError> {
    const ALL: &str = "SELECT \"row\", entity, field, element, device, seq, value, erased FROM change \
                       ORDER BY \"row\", entity, field, element, device, seq";
    let mut replaying = Replaying::of_all(conn)?;
    let mut names = Names::default();
    let mut statement = conn.prepare(ALL)?;
    let mut rows = statement.query([])?;
    let mut pending: Option<PendingRow> = None;
    while let Some(row) = rows.next()? {
        let change = log::change_from_row(conn, &mut names, row)?;
        if pending
            .as_ref()
            .is_none_or(|pending| pending.row != change.row || pending.entity != change.entity)
            && let Some(done) = pending.replace(PendingRow::of(&change))
        {
            done.write_new(conn, &mut replaying)?;
        }
        if let Some(pending) = &mut pending {
            pending.add(change, row.get("device")?, row.get("seq")?);
        }
    }
    match pending {
        Some(last) => last.write_new(conn, &mut replaying),
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
    const OF_ROW: &str = "SELECT c.\"row\", c.entity, c.field, c.element, c.device, c.seq, c.value, c.erased \
                          FROM change c WHERE c.\"row\" = ?1 AND c.entity = (SELECT id FROM name WHERE name = ?2) \
                          ORDER BY c.field, c.element, c.device, c.seq";
    let mut statement = conn.prepare_cached(OF_ROW)?;
    let mut rows = statement.query((row.as_bytes(), def.name))?;
    let mut pending: Option<PendingRow> = None;
    let mut names = std::mem::take(&mut replaying.names);
    while let Some(found) = rows.next()? {
        let change = log::change_from_row(conn, &mut names, found)?;
        let pending = pending.get_or_insert_with(|| PendingRow::of(&change));
        pending.add(change, found.get("device")?, found.get("seq")?);
    }
    replaying.names = names;
    match pending {
        Some(pending) => pending.write_again(conn, replaying, def),
        None => Ok(()),
    }
}

/// What a replay needs of the commits: who knew what, and when each was made.
pub(super) struct Replaying {
    knowledge: Knowledge,
    stamps: HashMap<(i64, i64), Rc<CommitStamp>>,
    names: Names,
}

/// What a replay needs of one commit.
struct CommitStamp {
    time: i64,
    stamp: Stamp,
}

impl Replaying {
    /// For a replay of many rows.
    pub(super) fn of_all(conn: &Connection) -> Result<Self, StoreError> {
        Ok(Self {
            knowledge: log::knowledge(conn)?,
            stamps: HashMap::new(),
            names: Names::default(),
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

/// One change of a field: its device, its number, its value.
type Written = (i64, i64, Option<Value>);

/// The changes of one row, gathered by a replay.
struct PendingRow {
    entity: String,
    row: RowId,
    fields: BTreeMap<String, Vec<Written>>,
}

/// What the log says of one row.
struct Judged {
    values: Vec<(String, Option<Value>)>,
    clashes: Vec<String>,
    presence: Presence,
    merged_into: Option<String>,
    is_erased: bool,
    created: Rc<CommitStamp>,
    modified: Rc<CommitStamp>,
}

impl PendingRow {
    fn of(change: &Change) -> Self {
        Self {
            entity: change.entity.clone(),
            row: change.row,
            fields: BTreeMap::new(),
        }
    }

    fn add(&mut self, change: Change, device: i64, seq: i64) {
        let written = (device, seq, change.value);
        self.fields.entry(change.field).or_default().push(written);
    }

    fn judge(self, conn: &Connection, replaying: &mut Replaying) -> Result<Judged, StoreError> {
        let mut stamps: Vec<Rc<CommitStamp>> = Vec::new();
        let mut fields: BTreeMap<String, Vec<Stamped<Option<Value>>>> = BTreeMap::new();
        let mut edits: Vec<Stamped<()>> = Vec::new();
        for (field, changes) in self.fields {
            let mut stamped = Vec::with_capacity(changes.len());
            for (device, seq, value) in changes {
                let stamp = replaying.stamp(conn, device, seq)?;
                let time = stamp.time;
                stamps.push(stamp);
                stamped.push(Stamped {
                    device,
                    seq,
                    time,
                    value,
                });
                if field != DELETED {
                    edits.push(Stamped {
                        device,
                        seq,
                        time,
                        value: (),
                    });
                }
            }
            fields.insert(field, stamped);
        }
        let knowledge = &replaying.knowledge;
        let deletions = fields.get(DELETED).map_or(&[][..], Vec::as_slice);
        let is_deletion = |value: &Option<Value>| value.as_ref().is_some_and(Value::is_true);
        let presence = presence(deletions, is_deletion, &edits, knowledge);
        let mut values = Vec::with_capacity(fields.len());
        let mut clashes = Vec::new();
        for (field, changes) in &fields {
            let heads = heads(changes, knowledge);
            if is_clash(&heads) && !erase::is_erasure(field) {
                clashes.push(field.clone());
            }
            if let Some(change) = heads.last() {
                values.push((field.clone(), change.value.clone()));
            }
        }
        let value = |name: &str| {
            let found = values.iter().find(|(field, _)| field == name);
            found.and_then(|(_, value)| value.clone())
        };
        let merged_into = value(MERGED_INTO).and_then(|into| match into {
            // To older records only: two who unite a pair apart can never hide both.
            Value::Text(into) => into
                .parse::<RowId>()
                .is_ok_and(|into| into < self.row)
                .then_some(into),
            _ => None,
        });
        // One change that says so is enough, whatever came after it.
        let is_erased = fields.get(ERASED).is_some_and(|changes| {
            let mut values = changes.iter().flat_map(|change| &change.value);
            values.any(Value::is_true)
        });
        let of_row = || StoreError::Damaged(format!("{}/{}", self.entity, self.row));
        let earliest = stamps
            .iter()
            .min_by(|a, b| a.stamp.order.cmp(&b.stamp.order));
        let latest = stamps
            .iter()
            .max_by(|a, b| a.stamp.order.cmp(&b.stamp.order));
        Ok(Judged {
            presence,
            clashes,
            merged_into,
            is_erased,
            created: earliest.cloned().ok_or_else(of_row)?,
            modified: latest.cloned().ok_or_else(of_row)?,
            values,
        })
    }

    /// Writes a row that the projection does not have.
    fn write_new(self, conn: &Connection, replaying: &mut Replaying) -> Result<(), StoreError> {
        let Some(def) = entity_def(&self.entity) else {
            return Ok(());
        };
        let row = self.row.to_string();
        let judged = self.judge(conn, replaying)?;
        judged.write(conn, def, &row)?;
        search::index_row(conn, def, &row)
    }

    /// Writes a row in the place of what the projection has of it.
    fn write_again(
        self,
        conn: &Connection,
        replaying: &mut Replaying,
        def: &EntityDef,
    ) -> Result<(), StoreError> {
        const SETTLE: &str = "DELETE FROM clash WHERE \"row\" = ?1 AND entity = ?2";
        let row = self.row.to_string();
        let judged = self.judge(conn, replaying)?;
        conn.prepare_cached(SETTLE)?.execute((&row, def.name))?;
        judged.write(conn, def, &row)?;
        search::index_row(conn, def, &row)
    }
}

impl Judged {
    fn write(self, conn: &Connection, def: &EntityDef, row: &str) -> Result<(), StoreError> {
        const CLASH: &str = "INSERT INTO clash (\"row\", entity, field) VALUES (?1, ?2, ?3)";
        let text = |text: &str| Sql::Text(text.to_owned());
        let flag = |is_true: bool| Sql::Integer(i64::from(is_true));
        let (created, modified) = (&self.created.stamp, &self.modified.stamp);
        let is_out = self.presence == Presence::InBin || self.merged_into.is_some();
        let mut columns: Vec<Column> = vec![
            ("_created_at", text(&created.wall_time)),
            ("_created_by", text(&created.author)),
            ("_modified_at", text(&modified.wall_time)),
            ("_modified_by", text(&modified.author)),
            ("_deleted", flag(is_out)),
            ("_revived", flag(self.presence == Presence::Revived)),
            (
                "_merged_into",
                self.merged_into.map_or(Sql::Null, Sql::Text),
            ),
            ("_erased", flag(self.is_erased)),
        ];
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
        let json = serde_json::to_string(&levels)
            .map_err(|error| StoreError::Damaged(error.to_string()))?;
        let levels = if levels.is_empty() {
            Sql::Null
        } else {
            Sql::Text(json)
        };
        columns.push(("_field_levels", levels));
        for field in &self.clashes {
            conn.prepare_cached(CLASH)?
                .execute((row, def.name, field))?;
        }
        insert_or_update(conn, def, row, &columns)
    }
}
