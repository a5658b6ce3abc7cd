//! Edits from the terminal.

use carnet_core::fault::Fault;
use carnet_core::messages::{Language, text};
use carnet_core::model::{RecordRef, RowId, Value, entity_def};
use carnet_core::store::{Carnet, Edit, Edits, RowName, StoreError};

use crate::arguments::Pair;
use crate::naming::reference;
use crate::run::print;

/// Creates or edits one record, or unites it with another.
pub(crate) fn set(
    carnet: &mut Carnet,
    record: &str,
    values: &[Pair],
    language: Language,
) -> Result<(), Fault> {
    let is_known = entity_def(record).is_some();
    let looks_like_entity = !record.contains('/') && record.parse::<RowId>().is_err();
    let (entity, row) = if is_known || looks_like_entity {
        (record.to_owned(), RowName::New)
    } else {
        let reference = reference(carnet, record)?;
        (reference.entity, RowName::Existing(reference.id))
    };
    if let ([only], RowName::Existing(id)) = (values, row)
        && only.field == "merged_into"
    {
        let other = only.value.as_str();
        let one = RecordRef::new(entity, id);
        let bare = other.split_once('/').map_or(other, |(_, id)| id);
        let other = reference(carnet, &format!("{}/{bare}", one.entity))?;
        let united = carnet.unite(&one, &other, &text(language, "commit.unite", &[]))?;
        return united.rows.iter().try_for_each(|row| print(row));
    }
    // Who names a field here means it now, whatever stands in it.
    let mut edit = Edit::of(entity, row).over_what_stands();
    for Pair { field, value } in values {
        match field.as_str() {
            "confidentiality" => {
                edit.levels.insert("*".to_owned(), level(value)?);
            }
            _ => match field.strip_prefix("field_levels.") {
                Some(name) => {
                    edit.levels.insert(name.to_owned(), level(value)?);
                }
                None => {
                    edit.fields
                        .insert(field.to_owned(), Some(Value::from(value.as_str())));
                }
            },
        }
    }
    let key = if row == RowName::New {
        "commit.create"
    } else {
        "commit.edit"
    };
    let saved = carnet.save(Edits {
        edits: vec![edit],
        label: text(language, key, &[]),
    })?;
    saved.rows.iter().try_for_each(|row| print(row))
}

fn level(code: &str) -> Result<Option<carnet_core::model::Level>, Fault> {
    if code.is_empty() {
        return Ok(None);
    }
    carnet_core::model::Level::from_code(code)
        .map(Some)
        .ok_or_else(|| {
            Fault::of("invalid")
                .with("entity", "any")
                .with("field", "confidentiality")
                .with("reason", "unknown_code")
                .with("text", code)
                .with("suggestions", "private, beneficiary, network, public")
        })
}

/// Undoes a commit; by default the last one that this installation wrote in the file and of which something is left.
pub(crate) fn undo(
    carnet: &mut Carnet,
    commit: Option<&str>,
    language: Language,
) -> Result<(), Fault> {
    if let Some(name) = commit {
        let no_such = |_| Fault::of("no_such_commit").with("name", name);
        let undone = carnet.undo(&name.parse().map_err(no_such)?)?;
        if undone.commit.is_none() {
            eprintln!("{}", text(language, "kit.undo.nothing_left", &[]));
        }
        return undone.commit.iter().try_for_each(|commit| print(commit));
    }
    let mut last = carnet.last_undoable()?;
    while let Some(commit) = last {
        let undone = carnet.undo(&commit).map_err(|error| {
            // Whoever only says `undo` does not know which one that is.
            let is_of_it = matches!(
                error,
                StoreError::UndoSettles { .. }
                    | StoreError::ChangedSinceParted(_)
                    | StoreError::United { .. }
                    | StoreError::ErasureStays
            );
            let fault = Fault::from(error);
            if is_of_it {
                fault.with("undoing", &commit)
            } else {
                fault
            }
        })?;
        if let Some(commit) = undone.commit {
            return print(&commit);
        }
        last = carnet.undoable_before(commit.seq)?;
    }
    Err(Fault::of("nothing_to_undo"))
}
