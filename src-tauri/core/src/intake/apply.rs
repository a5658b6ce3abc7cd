//! What a matched row does to the records that it is about, in memory; nothing at all in one that was erased.

use super::error::{ImportError, RowReason};
use super::known::{Known, SlotId, Values};
use super::plan::{Changed, Does, Meant, PlannedRow};
use super::reading::{About, Around, Linked, ReadRow, Refused};
use crate::model::Value;

/// What a field becomes when a row gives it a value; none when nothing changes. A set only gains elements.
pub(super) fn merged(now: Option<&Value>, given: &Value) -> Option<Value> {
    match (now, given) {
        (Some(Value::List(now)), Value::List(given)) => {
            let mut all = now.clone();
            all.extend(given.iter().cloned());
            all.sort();
            all.dedup();
            (all.len() > now.len()).then_some(Value::List(all))
        }
        (Some(now), given) if now == given => None,
        (_, given) => Some(given.clone()),
    }
}

/// Whether a row may replace what a record holds, or only fill what it lacks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Overwrite {
    Yes,
    FillOnly,
}

/// Applies a row to the records that it means.
pub(super) fn apply(
    known: &mut Known<'_>,
    line: u64,
    said: ReadRow,
    meant: Meant,
) -> Result<PlannedRow, ImportError> {
    let is_new = known.slots[meant.slot].is_new();
    // The first row of a record decides: the next ones would otherwise undo it at each import.
    let overwrite = if meant.same_as.is_some() {
        Overwrite::FillOnly
    } else {
        Overwrite::Yes
    };
    let mut changed = Vec::new();
    set(known, meant.slot, "", &said.values, overwrite, &mut changed);
    link(known, &said.around.links, &mut changed)?;
    about(
        known,
        meant.slot,
        "",
        &said.around.about,
        overwrite,
        &mut changed,
    )?;
    let does = match (is_new, meant.same_as) {
        (true, None) => Does::Creates,
        _ if changed.is_empty() => Does::Nothing,
        _ => Does::Updates,
    };
    if does == Does::Creates {
        changed.clear();
    }
    Ok(PlannedRow {
        line,
        does,
        slot: Some(meant.slot),
        changed,
        refused: None,
        same_as: meant.same_as,
        notes: said.notes,
    })
}

fn set(
    known: &mut Known<'_>,
    at: SlotId,
    path: &str,
    values: &Values,
    overwrite: Overwrite,
    changed: &mut Vec<Changed>,
) {
    let slot = &mut known.slots[at];
    slot.is_used = true;
    for (field, value) in values {
        let now = slot.value(field);
        let is_set = matches!(value, Value::List(_));
        if overwrite == Overwrite::FillOnly && now.is_some() && !is_set {
            continue;
        }
        if let Some(after) = merged(now, value) {
            changed.push(Changed {
                slot: at,
                path: super::mapping::joined(path, field),
                field,
                before: now.cloned(),
                after: after.clone(),
            });
            slot.values.insert(field, after);
        }
    }
}

/// Linked records only gain what they lack: the list is not about them.
fn link(
    known: &mut Known<'_>,
    links: &[Linked],
    changed: &mut Vec<Changed>,
) -> Result<(), ImportError> {
    for linked in links {
        let mut own = Vec::new();
        let is_new = known.slots[linked.slot].is_new();
        set(
            known,
            linked.slot,
            &linked.path,
            &linked.values,
            Overwrite::FillOnly,
            &mut own,
        );
        link(known, &linked.around.links, &mut own)?;
        about(
            known,
            linked.slot,
            &linked.path,
            &linked.around.about,
            Overwrite::FillOnly,
            &mut own,
        )?;
        if !is_new {
            changed.append(&mut own);
        }
    }
    Ok(())
}

fn about(
    known: &mut Known<'_>,
    owner: SlotId,
    path: &str,
    about: &[About],
    overwrite: Overwrite,
    changed: &mut Vec<Changed>,
) -> Result<(), ImportError> {
    let owner = known.slots[owner].id.to_string();
    for one in about {
        link(known, &one.links, changed)?;
        let mut values = one.values.clone();
        values.insert(one.field, Value::Text(owner.clone()));
        let slot = known.companion(one.def, &values)?;
        let path = super::mapping::joined(path, one.def.name);
        set(known, slot, &path, &values, overwrite, changed);
    }
    Ok(())
}

/// A row that is about somebody who was erased.
pub(super) fn erased() -> Refused {
    Refused {
        column: None,
        field: None,
        reason: RowReason::Erased,
    }
}

/// Why a row is refused that would settle a conflict of its record, of which nobody was shown the values.
pub(super) fn in_conflict(
    known: &Known<'_>,
    slot: SlotId,
    values: &Values,
) -> Result<Option<Refused>, ImportError> {
    let slot = &known.slots[slot];
    let Some(before) = &slot.before else {
        return Ok(None);
    };
    let clashes = known.carnet.clashing_fields(&before.reference_to_self())?;
    let settles = |field: &&'static str| {
        clashes.iter().any(|clash| clash == *field)
            && values
                .get(*field)
                .is_some_and(|value| merged(before.value(field), value).is_some())
    };
    Ok(values.keys().copied().find(settles).map(|field| Refused {
        column: None,
        field: Some(field),
        reason: RowReason::InConflict,
    }))
}

/// Whether a row would write in a record that was erased: its own, or one around it.
pub(super) fn is_erased(
    known: &mut Known<'_>,
    slot: SlotId,
    around: &Around,
) -> Result<bool, ImportError> {
    let own = &known.slots[slot];
    let mut is_gone = own.before.as_ref().is_some_and(|before| before.is_erased);
    let owner = own.id.to_string();
    for linked in &around.links {
        is_gone |= is_erased(known, linked.slot, &linked.around)?;
    }
    for one in &around.about {
        for linked in &one.links {
            is_gone |= is_erased(known, linked.slot, &linked.around)?;
        }
        let mut values = one.values.clone();
        values.insert(one.field, Value::Text(owner.clone()));
        let companion = known.companion(one.def, &values)?;
        let before = known.slots[companion].before.as_ref();
        is_gone |= before.is_some_and(|before| before.is_erased);
    }
    Ok(is_gone)
}
