//! What an edit was written over: a value that stands is never replaced by somebody who had not seen it.
//!
//! Causality alone does not tell: a commit has seen all that its copy holds, its author only what was on screen. An
//! edit that says what its author saw, or is of a field in which several values stand, is held to it.

use rusqlite::Connection;

use super::edit::{Planned, changes_of};
use super::error::StoreError;
use super::heads::heads;
use super::log::Change;
use super::names::split_field;
use super::projection::{DELETED, FIELD_LEVELS};
use super::undo::stamped;
use crate::model::{FieldDef, FieldMap, RowId, Value, validate};

/// What the author of an edit knew of the fields that it writes.
#[derive(Debug, Clone, PartialEq)]
pub enum Over {
    /// What stands when the edit is made, whatever it is: who names a field on the command line means it now.
    Now,
    /// What a screen showed: a field named here held this value and no other, and an edit of it is refused where
    /// anything else stands. A field that is not named may hold any value, but not several.
    Shown(FieldMap),
}

/// What a screen showed of a field: a value, or none.
#[derive(PartialEq)]
struct Shown(Option<Value>);

impl Default for Over {
    fn default() -> Self {
        Self::Shown(FieldMap::new())
    }
}

impl Over {
    /// What a screen showed of a field, in the form in which it is stored; none where it says nothing of it.
    fn shown(&self, field: &FieldDef) -> Option<Shown> {
        let Self::Shown(shown) = self else {
            return None;
        };
        let value = shown.get(field.name)?;
        Some(Shown(value.as_ref().and_then(|value| {
            let stored = validate(field, value);
            stored.unwrap_or_else(|_| Some(value.clone()))
        })))
    }

    /// A list as it becomes: what was added to the one shown, and taken from it, done to the one that stands now.
    pub(super) fn on_what_stands(
        &self,
        field: &FieldDef,
        value: Option<Value>,
        now: Option<&Value>,
    ) -> Option<Value> {
        let shown = match self.shown(field) {
            Some(shown) if field.kind.is_list() => shown,
            _ => return value,
        };
        let [shown, wanted, now] =
            [shown.0.as_ref(), value.as_ref(), now].map(|one| one.map_or(&[][..], Value::elements));
        let stays = |one: &&String| wanted.contains(one) || !shown.contains(one);
        let mut list: Vec<String> = now.iter().filter(stays).cloned().collect();
        let added = |one: &&String| !shown.contains(one) && !now.contains(one);
        list.extend(wanted.iter().filter(added).cloned());
        list.sort();
        (!list.is_empty()).then_some(Value::List(list))
    }
}

/// Refuses an edit that would replace a value that its author was not shown.
pub(super) fn refuse_unseen(
    conn: &Connection,
    over: &Over,
    planned: &Planned,
) -> Result<(), StoreError> {
    let (Over::Shown(_), Some(before)) = (over, &planned.before) else {
        return Ok(());
    };
    let clashes = clashes(conn, planned.def.name, planned.id)?;
    for change in changes_of(planned) {
        let (name, element) = split_field(&change.field);
        let field = planned.def.field(&change.field);
        let shown = field.and_then(|field| over.shown(field));
        let is_unseen = if change.field == DELETED {
            false
        } else if clashes.contains(&change.field) {
            !is_shown(conn, &change, shown.as_ref())?
        } else {
            shown.is_some_and(|shown| shown.0.as_ref() != before.value(&change.field))
        };
        if is_unseen {
            return Err(StoreError::Unseen {
                entity: planned.def.name.to_owned(),
                field: if name == FIELD_LEVELS { element } else { name }.to_owned(),
            });
        }
    }
    Ok(())
}

/// Whether all that stands side by side in a field is what its author was shown, or what they write.
fn is_shown(conn: &Connection, change: &Change, shown: Option<&Shown>) -> Result<bool, StoreError> {
    let (all, knowledge) = stamped(conn, &change.entity, change.row, &change.field)?;
    let standing = heads(&all, &knowledge);
    Ok(standing
        .iter()
        .all(|head| head.value == change.value || shown.is_some_and(|shown| shown.0 == head.value)))
}

/// The fields of a record, as the log names them, in which several values stand.
pub(super) fn clashes(
    conn: &Connection,
    entity: &str,
    id: RowId,
) -> Result<Vec<String>, StoreError> {
    const OF_ROW: &str = "SELECT field FROM clash WHERE \"row\" = ?1 AND entity = ?2";
    let mut statement = conn.prepare_cached(OF_ROW)?;
    let fields = statement.query_map((id.to_string(), entity), |row| row.get("field"))?;
    Ok(fields.collect::<rusqlite::Result<_>>()?)
}
