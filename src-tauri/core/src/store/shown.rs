//! Which of the changes of a field shows, wherever it is told: in the projection, a conflict, a history, a merge.

use super::heads::{Knowledge, Stamped, heads};
use super::projection::{Place, place};
use crate::model::{Level, Value, entity_def};

/// One change of a field: what it says, or nothing.
pub(super) type Written = Stamped<Option<Value>>;

/// The change that shows, of all those of a field.
pub(super) fn shown<'a>(
    entity: &str,
    field: &str,
    changes: &'a [Written],
    knowledge: &Knowledge,
) -> Option<&'a Written> {
    shown_of(entity, field, &heads(changes, knowledge))
}

/// The change that shows, of those that stand: the latest, but of levels between which nobody has chosen yet the
/// closest, so that nothing opens before that (domain.md §8).
pub(super) fn shown_of<'a>(
    entity: &str,
    field: &str,
    heads: &[&'a Written],
) -> Option<&'a Written> {
    let latest = heads.last().copied();
    let level = |change: &Written| level_of(entity, field, change.value.as_ref());
    if latest.and_then(level).is_none() {
        return latest;
    }
    // The latest of equals.
    heads
        .iter()
        .rev()
        .copied()
        .min_by_key(|change| level(change))
}

/// The level that a value of a field of levels gives; none of another field.
pub(super) fn level_of(entity: &str, field: &str, value: Option<&Value>) -> Option<Level> {
    let def = entity_def(entity)?;
    let usual = match place(def, field) {
        Some(Place::Level) => def.level,
        Some(Place::FieldLevel(name)) => def
            .field(name)
            .and_then(|field| field.level)
            .unwrap_or(def.level),
        _ => return None,
    };
    let code = value.and_then(Value::as_text);
    Some(code.and_then(Level::from_code).unwrap_or(usual))
}
