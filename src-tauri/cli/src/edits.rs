//! Edits from the terminal.

use carnet_core::fault::Fault;
use carnet_core::messages::{Language, text};
use carnet_core::model::{RecordRef, RowId, Value, entity_def};
use carnet_core::store::{Carnet, CommitRef, Edit, Edits, RowName, StoreError};

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
    for row in &saved.rows {
        if carnet.get(row)?.is_deleted {
            eprintln!("{}", text(language, "cli.set.in_bin", &[]));
        }
    }
    saved.rows.iter().try_for_each(|row| print(row))
}

/// Says so where words that were erased may still be in the file.
pub(crate) fn tell_to_clean(carnet: &Carnet, language: Language) -> Result<(), Fault> {
    if carnet.is_to_be_cleaned()? {
        eprintln!("{}", text(language, "cli.to_clean", &[]));
    }
    Ok(())
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

/// Undoes a commit; by default the last one that this installation wrote in the file.
pub(crate) fn undo(
    carnet: &mut Carnet,
    commit: Option<&str>,
    language: Language,
) -> Result<(), Fault> {
    let named: CommitRef = match commit {
        Some(name) => {
            let no_such = |_| Fault::of("no_such_commit").with("name", name);
            name.parse().map_err(no_such)?
        }
        None => carnet
            .last_undoable()?
            .ok_or_else(|| Fault::of("nothing_to_undo"))?,
    };
    let undone = carnet.undo(&named).map_err(|error| {
        let is_of_it = matches!(
            error,
            StoreError::UndoSettles { .. }
                | StoreError::ChangedSinceParted(_)
                | StoreError::United { .. }
                | StoreError::ErasureStays
        );
        let fault = Fault::from(error);
        // Whoever only says `undo` does not know which one that is.
        if is_of_it && commit.is_none() {
            fault.with("undoing", &named)
        } else {
            fault
        }
    })?;
    if undone.commit.is_none() {
        let commit = [("commit", named.to_string())];
        eprintln!("{}", text(language, "cli.undo.nothing_left", &commit));
    }
    undone.commit.iter().try_for_each(|commit| print(commit))
}
