//! Reading and editing records of any entity.

use std::collections::BTreeMap;

use carnet_core::fault::Fault;
use carnet_core::messages;
use carnet_core::model::{FieldMap, Level, RecordRef, Value};
use carnet_core::store::{
    Carnet, CommitRef, Count, CountRequest, Edit, Edits, HistoryEntry, ListRequest, Over, RowName,
    StoreError,
};
use carnet_core::view::RecordView;
use serde::{Deserialize, Serialize};
use tauri::{AppHandle, Runtime, State};
use ts_rs::TS;

use super::{Committed, announce};
use crate::state::AppData;

/// One page of a list.
#[derive(Debug, Clone, Serialize, TS)]
pub struct RecordPage {
    /// Its records.
    pub rows: Vec<RecordView>,
    /// How many the whole list has.
    #[ts(type = "number")]
    pub total: i64,
}

/// A saved record.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Saved {
    /// As it is now.
    pub record: RecordView,
    /// None when everything was already so.
    pub commit: Option<CommitRef>,
}

/// Several saved records.
#[derive(Debug, Clone, Serialize, TS)]
pub struct SavedAll {
    /// As they are now.
    pub records: Vec<RecordView>,
    /// None when everything was already so.
    pub commit: Option<CommitRef>,
}

/// What an undo did.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Undone {
    /// None when nothing of the commit still stood.
    pub commit: Option<CommitRef>,
    /// How many records it touched.
    pub records_touched: usize,
}

/// One edit of one record.
#[derive(Debug, Clone, Deserialize, TS)]
pub struct RecordChange {
    /// Its entity.
    pub entity: String,
    /// Its row; none for a new record.
    pub id: Option<String>,
    /// New values; null empties.
    #[ts(type = "Record<string, string | number | boolean | string[] | null>")]
    pub patch: FieldMap,
    /// New levels, of a field or (`*`) of the record; null goes back to the default.
    #[serde(default)]
    #[ts(optional, as = "Option<BTreeMap<String, Option<Level>>>")]
    pub levels: BTreeMap<String, Option<Level>>,
    /// What the screen showed in fields of the patch: another value that stands there is not replaced unseen.
    #[serde(default)]
    #[ts(
        optional,
        type = "Record<string, string | number | boolean | string[] | null>"
    )]
    pub over: FieldMap,
}

pub(super) fn reference(entity: &str, id: &str) -> Result<RecordRef, Fault> {
    let not_found = |_| Fault::of("not_found").with("reference", format!("{entity}/{id}"));
    id.parse()
        .map(|id| RecordRef::new(entity, id))
        .map_err(not_found)
}

fn edit(entity: &str, id: Option<&str>, patch: FieldMap) -> Result<Edit, Fault> {
    let row = match id {
        Some(id) => RowName::Existing(reference(entity, id)?.id),
        None => RowName::New,
    };
    Ok(Edit {
        fields: patch,
        ..Edit::of(entity, row)
    })
}

fn view(carnet: &Carnet, reference: &RecordRef) -> Result<RecordView, StoreError> {
    carnet.view(&carnet.get(reference)?)
}

pub(super) fn label(data: &AppData, key: &str) -> String {
    messages::text(data.settings().language, key, &[])
}

/// One record.
#[tauri::command(async)]
pub fn record_get(data: State<'_, AppData>, entity: &str, id: &str) -> Result<RecordView, Fault> {
    let reference = reference(entity, id)?;
    data.with(|carnet| view(carnet, &reference))
}

/// One page of a list.
#[tauri::command(async)]
pub fn record_list(data: State<'_, AppData>, request: ListRequest) -> Result<RecordPage, Fault> {
    data.with(|carnet| {
        let page = carnet.list(&request)?;
        let rows = page
            .records
            .iter()
            .map(|record| carnet.view(record))
            .collect::<Result<_, _>>()?;
        Ok::<_, StoreError>(RecordPage {
            rows,
            total: page.total,
        })
    })
}

/// Counts, in all and by value.
#[tauri::command(async)]
pub fn record_counts(
    data: State<'_, AppData>,
    requests: Vec<CountRequest>,
) -> Result<Vec<Count>, Fault> {
    data.with(|carnet| {
        requests
            .iter()
            .map(|request| carnet.count(request))
            .collect::<Result<_, _>>()
    })
}

/// Creates or edits one record.
#[tauri::command(async)]
#[expect(
    clippy::too_many_arguments,
    reason = "one argument for each name of the call"
)]
pub fn record_save<R: Runtime>(
    app: AppHandle<R>,
    data: State<'_, AppData>,
    entity: &str,
    id: Option<&str>,
    patch: BTreeMap<String, Option<Value>>,
    levels: Option<BTreeMap<String, Option<Level>>>,
    over: Option<FieldMap>,
    reason: Option<String>,
    label: Option<String>,
) -> Result<Saved, Fault> {
    let name = if id.is_some() {
        "commit.edit"
    } else {
        "commit.create"
    };
    let label = label.unwrap_or_else(|| self::label(&data, name));
    let edit = Edit {
        levels: levels.unwrap_or_default(),
        over: Over::Shown(over.unwrap_or_default()),
        reason,
        ..edit(entity, id, patch)?
    };
    let saved = data.with(|carnet| {
        let done = carnet.save(Edits {
            edits: vec![edit],
            label,
        })?;
        let record = view(carnet, &done.rows[0])?;
        Ok::<_, StoreError>(Saved {
            record,
            commit: done.commit,
        })
    })?;
    announce(&app, vec![entity.to_owned()])?;
    Ok(saved)
}

/// Creates or edits several records in one commit.
#[tauri::command(async)]
pub fn records_save<R: Runtime>(
    app: AppHandle<R>,
    data: State<'_, AppData>,
    changes: Vec<RecordChange>,
    label: String,
) -> Result<SavedAll, Fault> {
    let entities: Vec<String> = changes.iter().map(|change| change.entity.clone()).collect();
    let edits = changes
        .into_iter()
        .map(|change| {
            Ok(Edit {
                levels: change.levels,
                over: Over::Shown(change.over),
                ..edit(&change.entity, change.id.as_deref(), change.patch)?
            })
        })
        .collect::<Result<_, Fault>>()?;
    let saved = data.with(|carnet| {
        let done = carnet.save(Edits { edits, label })?;
        let records = done
            .rows
            .iter()
            .map(|row| view(carnet, row))
            .collect::<Result<_, _>>()?;
        Ok::<_, StoreError>(SavedAll {
            records,
            commit: done.commit,
        })
    })?;
    announce(&app, entities)?;
    Ok(saved)
}

/// Puts a record in the bin.
#[tauri::command(async)]
pub fn record_delete<R: Runtime>(
    app: AppHandle<R>,
    data: State<'_, AppData>,
    entity: &str,
    id: &str,
) -> Result<Committed, Fault> {
    let (reference, label) = (reference(entity, id)?, label(&data, "commit.delete"));
    let saved = data.with(|carnet| carnet.delete(&reference, &label))?;
    announce(&app, vec![entity.to_owned()])?;
    Ok(Committed {
        commit: saved.commit,
    })
}

/// Takes a record out of the bin.
#[tauri::command(async)]
pub fn record_restore<R: Runtime>(
    app: AppHandle<R>,
    data: State<'_, AppData>,
    entity: &str,
    id: &str,
) -> Result<Committed, Fault> {
    let (reference, label) = (reference(entity, id)?, label(&data, "commit.restore"));
    let saved = data.with(|carnet| carnet.restore(&reference, &label))?;
    announce(&app, vec![entity.to_owned()])?;
    Ok(Committed {
        commit: saved.commit,
    })
}

/// Undoes a commit, or does it again by undoing the undoing one.
#[tauri::command(async)]
pub fn commit_undo<R: Runtime>(
    app: AppHandle<R>,
    data: State<'_, AppData>,
    device: &str,
    seq: i64,
) -> Result<Undone, Fault> {
    let commit = commit_named(device, seq)?;
    let undone = data.with(|carnet| carnet.undo(&commit))?;
    announce(&app, undone.entities())?;
    Ok(Undone {
        commit: undone.commit,
        records_touched: undone.records.len(),
    })
}

/// How many records a commit wrote in, for a question before it is taken back.
#[tauri::command(async)]
pub fn commit_records(data: State<'_, AppData>, device: &str, seq: i64) -> Result<i64, Fault> {
    let commit = commit_named(device, seq)?;
    data.with(|carnet| carnet.records_of_commit(&commit))
}

fn commit_named(device: &str, seq: i64) -> Result<CommitRef, Fault> {
    let name = format!("{device}:{seq}");
    name.parse()
        .map_err(|_| Fault::of("no_such_commit").with("name", &name))
}

/// The history of one record, latest first.
#[tauri::command(async)]
pub fn record_history(
    data: State<'_, AppData>,
    entity: &str,
    id: &str,
    limit: usize,
) -> Result<Vec<HistoryEntry>, Fault> {
    let reference = reference(entity, id)?;
    data.with(|carnet| carnet.history(Some(&reference), limit))
}
