//! Copies that meet: the exchange folder, what came in, what stands side by side, the backups.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use carnet_core::exchange::{backup, folder, texts};
use carnet_core::fault::Fault;
use carnet_core::messages;
use carnet_core::model::{RecordRef, Value, entity_def};
use carnet_core::store::{
    Batch, Carnet, CommitRef, Conflict, Deletions, ListRequest, Merged, RecordChanges, Resolution,
    StoreError, Title,
};
use serde::Serialize;
use tauri::{AppHandle, Manager, Runtime, State};
use ts_rs::TS;

use super::records::{Undone, label, reference};
use super::{Committed, announce};
use crate::dialogs::Dialogs;
use crate::keeper::{Done, Keeper};
use crate::state::{AppData, name_of};

/// Whether an exchange folder can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum FolderState {
    /// It is there.
    Ok,
    /// It is not: unplugged, moved, not mounted.
    Missing,
    /// It cannot be written.
    ReadOnly,
}

/// How the file that the officer named stands beside the work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PublishedState {
    /// It holds all of it.
    Ok,
    /// It could not be written.
    Late,
    /// It is not there.
    Missing,
}

/// How the copies stand, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ExchangeStatus {
    /// No exchange folder is used.
    None,
    /// The folder holds all that is here.
    UpToDate,
    /// Something is not in the folder yet, or was not read from it.
    ToExchange,
    /// Somebody must choose.
    ToSettle,
    /// Deletions wait for a yes.
    Waiting,
}

/// An exchange folder, and whether it can be used now.
#[derive(Debug, Clone, Serialize, TS)]
pub struct ExchangeFolder {
    /// Where it is.
    pub path: PathBuf,
    /// Whether it can be used.
    pub state: FolderState,
}

/// Another device of the carnet, or this one.
#[derive(Debug, Clone, Serialize, TS)]
pub struct ExchangeDevice {
    /// Its identity in the log.
    pub device: String,
    /// Its name.
    pub name: String,
    /// Who last wrote on it.
    pub author: Option<String>,
    /// Whether it is this one.
    pub is_here: bool,
    /// When the last of its commits was made, RFC 3339.
    pub last_seen_at: Option<String>,
    /// How many of its commits are here.
    #[ts(type = "number")]
    pub commits: i64,
    /// How many are known to exist and have not arrived.
    #[ts(type = "number")]
    pub missing: i64,
}

/// The file that the officer named.
#[derive(Debug, Clone, Serialize, TS)]
pub struct PublishedFile {
    /// Where it is.
    pub path: PathBuf,
    /// How it stands.
    pub state: PublishedState,
    /// Why it is late.
    pub problem: Option<Fault>,
    /// When it was last written, RFC 3339.
    pub last_published_at: Option<String>,
}

/// Deletions that wait for the officer's yes.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Waiting {
    /// So many records.
    #[ts(type = "number")]
    pub deleted: u64,
    /// Of so many.
    #[ts(type = "number")]
    pub records: u64,
}

/// How the copies of the carnet stand.
#[derive(Debug, Clone, Serialize, TS)]
pub struct ExchangeState {
    /// The exchange folder, if one is used.
    pub folder: Option<ExchangeFolder>,
    /// How they stand, in one word.
    pub status: ExchangeStatus,
    /// Whether an exchange goes on.
    pub is_busy: bool,
    /// When the last exchange ended, RFC 3339.
    pub last_exchange_at: Option<String>,
    /// Commits that the folder does not have yet.
    #[ts(type = "number")]
    pub to_send: i64,
    /// Every device of the carnet.
    pub devices: Vec<ExchangeDevice>,
    /// Fields in which values stand side by side.
    #[ts(type = "number")]
    pub conflicts: i64,
    /// Records that came back from the bin.
    pub revived: usize,
    /// Deletions that wait.
    pub waiting: Option<Waiting>,
    /// What could not be read or written.
    pub problems: Vec<Fault>,
    /// The file that the officer named.
    pub published: PublishedFile,
}

/// Revived records counted at most.
const MOST_REVIVED: i64 = 500;

/// How the copies of the carnet stand.
#[tauri::command(async)]
pub fn exchange_state<R: Runtime>(app: AppHandle<R>) -> Result<ExchangeState, Fault> {
    state_of(&app)
}

/// The same, for who already holds the program.
pub(crate) fn state_of<R: Runtime>(app: &AppHandle<R>) -> Result<ExchangeState, Fault> {
    let data = app.state::<AppData>();
    let kept = app.state::<Keeper>().kept();
    let published = data.published().ok_or_else(|| Fault::of("no_carnet"))?;
    let folder = data.exchange_folder();
    data.with(|carnet| {
        let to_send = match &folder {
            // A folder that cannot be read is told by its state.
            Some(folder) => folder::to_give(carnet, folder).unwrap_or(0),
            None => 0,
        };
        let here = carnet.device()?;
        let mut devices: Vec<ExchangeDevice> = carnet
            .held()?
            .into_iter()
            .map(|held| ExchangeDevice {
                is_here: held.device == here,
                missing: kept
                    .missing
                    .iter()
                    .filter(|missing| missing.device == held.device)
                    .map(|missing| missing.upto - missing.have)
                    .sum(),
                device: held.device.to_string(),
                name: held.name,
                author: Some(held.author),
                last_seen_at: Some(held.wall_time),
                commits: held.last,
            })
            .collect();
        for missing in kept.missing.iter().filter(|missing| missing.have == 0) {
            devices.push(ExchangeDevice {
                device: missing.device.to_string(),
                name: missing.name.clone().unwrap_or_default(),
                author: None,
                is_here: false,
                last_seen_at: None,
                commits: 0,
                missing: missing.upto,
            });
        }
        let conflicts = carnet.conflict_count()?;
        let revived = carnet.revived(MOST_REVIVED)?.len();
        let status = if kept.waiting.is_some() {
            ExchangeStatus::Waiting
        } else if conflicts > 0 || revived > 0 {
            ExchangeStatus::ToSettle
        } else if folder.is_none() {
            ExchangeStatus::None
        } else if to_send > 0 || !kept.problems.is_empty() {
            ExchangeStatus::ToExchange
        } else {
            ExchangeStatus::UpToDate
        };
        Ok::<_, Fault>(ExchangeState {
            folder: folder.as_deref().map(folder_state),
            status,
            is_busy: kept.is_busy,
            last_exchange_at: kept.last_exchange_at.clone(),
            to_send,
            devices,
            conflicts,
            revived,
            waiting: kept
                .waiting
                .map(|(deleted, records)| Waiting { deleted, records }),
            problems: kept.problems.clone(),
            published: PublishedFile {
                state: match (published.exists(), &kept.publish_problem) {
                    (false, _) => PublishedState::Missing,
                    (true, Some(_)) => PublishedState::Late,
                    (true, None) => PublishedState::Ok,
                },
                path: published.clone(),
                problem: kept.publish_problem.clone(),
                last_published_at: kept.last_published_at.clone(),
            },
        })
    })
}

fn folder_state(path: &Path) -> ExchangeFolder {
    let state = match std::fs::metadata(path) {
        Ok(found) if found.permissions().readonly() => FolderState::ReadOnly,
        Ok(_) => FolderState::Ok,
        Err(_) => FolderState::Missing,
    };
    ExchangeFolder {
        path: path.to_owned(),
        state,
    }
}

/// Chooses the exchange folder, one that a dialog gave; none stops using one.
#[tauri::command(async)]
pub fn exchange_choose_folder<R: Runtime>(
    app: AppHandle<R>,
    data: State<'_, AppData>,
    keeper: State<'_, Keeper>,
    dialogs: State<'_, Dialogs>,
    path: Option<PathBuf>,
) -> Result<ExchangeState, Fault> {
    if let Some(path) = &path {
        must_be_given(&dialogs, path)?;
    }
    data.set_exchange_folder(path)?;
    keeper.settled();
    state_of(&app)
}

fn must_be_given(dialogs: &Dialogs, path: &Path) -> Result<(), Fault> {
    if dialogs.has_given(path) {
        Ok(())
    } else {
        Err(Fault::of("not_offered").with("path", path.display()))
    }
}

/// What an exchange or a merge did.
#[derive(Debug, Clone, Serialize, TS)]
pub struct ExchangeDone {
    /// What was taken over.
    pub merged: Merged,
    /// What takes it back; none when nothing came.
    #[ts(type = "number | null")]
    pub batch: Option<i64>,
    /// Commits that were put in the exchange folder.
    #[ts(type = "number")]
    pub written: i64,
}

fn agreed(accept_deletions: bool) -> Deletions {
    if accept_deletions {
        Deletions::Accept
    } else {
        Deletions::Ask
    }
}

/// Exchanges now.
#[tauri::command(async)]
pub fn exchange_now(
    keeper: State<'_, Keeper>,
    accept_deletions: bool,
) -> Result<ExchangeDone, Fault> {
    let Done { merged, written } = keeper.now(agreed(accept_deletions))?;
    Ok(ExchangeDone {
        batch: merged.batch,
        merged,
        written,
    })
}

/// What taking over a file would do.
#[derive(Debug, Clone, Serialize, TS)]
pub struct MergePreview {
    /// In figures.
    pub merged: Merged,
    /// Record by record.
    pub records: Vec<RecordChanges>,
}

/// Tells what taking over a file that a dialog gave would do; writes nothing.
#[tauri::command(async)]
pub fn merge_preview(
    data: State<'_, AppData>,
    dialogs: State<'_, Dialogs>,
    path: PathBuf,
) -> Result<MergePreview, Fault> {
    must_be_given(&dialogs, &path)?;
    let (merged, records) = data.with(|carnet| carnet.preview_merge(&[path]))?;
    Ok(MergePreview { merged, records })
}

/// Takes over a file that a dialog gave.
#[tauri::command(async)]
pub fn merge_file<R: Runtime>(
    app: AppHandle<R>,
    data: State<'_, AppData>,
    dialogs: State<'_, Dialogs>,
    path: PathBuf,
    accept_deletions: bool,
) -> Result<ExchangeDone, Fault> {
    must_be_given(&dialogs, &path)?;
    let source = path
        .file_name()
        .map_or_else(Default::default, |name| name.to_string_lossy().into_owned());
    let merged = data.with(|carnet| carnet.merge(&[path], &source, agreed(accept_deletions)))?;
    announce(&app, merged.entities.iter().cloned().collect())?;
    Ok(ExchangeDone {
        batch: merged.batch,
        merged,
        written: 0,
    })
}

/// What came in together, latest first.
#[tauri::command(async)]
pub fn batch_list(data: State<'_, AppData>, limit: i64) -> Result<Vec<Batch>, Fault> {
    data.with(|carnet| carnet.batches(limit))
}

/// What a batch changed, record by record.
#[tauri::command(async)]
pub fn batch_changes(data: State<'_, AppData>, batch: i64) -> Result<Vec<RecordChanges>, Fault> {
    data.with(|carnet| carnet.batch_changes(batch))
}

/// Takes back what a batch brought, of one record or of all.
#[tauri::command(async)]
pub fn batch_undo<R: Runtime>(
    app: AppHandle<R>,
    data: State<'_, AppData>,
    batch: i64,
    entity: Option<&str>,
    id: Option<&str>,
) -> Result<Undone, Fault> {
    let only = one_record(entity, id)?;
    let label = label(&data, "commit.undo_batch");
    let undone = data.with(|carnet| carnet.undo_batch(batch, only.as_ref(), &label))?;
    announce(&app, entities_of(&undone.records))?;
    Ok(Undone {
        commit: undone.commit,
        records_touched: undone.records.len(),
    })
}

fn one_record(entity: Option<&str>, id: Option<&str>) -> Result<Option<RecordRef>, Fault> {
    match (entity, id) {
        (Some(entity), Some(id)) => reference(entity, id).map(Some),
        _ => Ok(None),
    }
}

fn entities_of(records: &[RecordRef]) -> Vec<String> {
    let mut entities: Vec<String> = records.iter().map(|one| one.entity.clone()).collect();
    entities.sort();
    entities.dedup();
    entities
}

/// One of the values that stand side by side.
#[derive(Debug, Clone, Serialize, TS)]
pub struct ConflictHead {
    /// Who wrote it.
    pub device: String,
    /// In which of its commits.
    #[ts(type = "number")]
    pub seq: i64,
    /// How that machine is named.
    pub device_name: String,
    /// Whether it was written here.
    pub is_here: bool,
    /// Which person.
    pub author: String,
    /// When, RFC 3339.
    pub wall_time: String,
    /// What they wrote; null empties.
    #[ts(type = "string | number | boolean | string[] | null")]
    pub value: Option<Value>,
}

/// A field in which values stand side by side, with what a screen needs to show them.
#[derive(Debug, Clone, Serialize, TS)]
pub struct ConflictView {
    /// Names it.
    pub id: String,
    /// The entity.
    pub entity: String,
    /// The row.
    pub row: String,
    /// How the record is named.
    pub title: String,
    /// What tells it from another of the same name.
    pub subtitle: Option<String>,
    /// The field; `name/element` for an element of a set.
    pub field: String,
    /// What stood before.
    #[ts(type = "string | number | boolean | string[] | null")]
    pub before: Option<Value>,
    /// Whether it is a long text, of which both can be kept.
    pub is_text: bool,
    /// A text that holds both edits, to be read before it is kept.
    pub merged: Option<String>,
    /// The value that shows meanwhile.
    pub shown: CommitRef,
    /// All of them, the shown one last.
    pub heads: Vec<ConflictHead>,
    /// Titles of what the values refer to, by `entity/id`.
    #[ts(type = "Record<string, Title>")]
    pub refs: BTreeMap<String, Title>,
}

/// The conflicts, of one record or of all.
#[tauri::command(async)]
pub fn conflict_list(
    data: State<'_, AppData>,
    entity: Option<&str>,
    id: Option<&str>,
) -> Result<Vec<ConflictView>, Fault> {
    let of = one_record(entity, id)?;
    data.with(|carnet| {
        let here = carnet.device()?.to_string();
        carnet
            .conflicts(of.as_ref())?
            .into_iter()
            .map(|conflict| conflict_view(carnet, &here, conflict))
            .collect::<Result<_, StoreError>>()
    })
}

fn conflict_view(
    carnet: &Carnet,
    here: &str,
    conflict: Conflict,
) -> Result<ConflictView, StoreError> {
    let kind = entity_def(&conflict.entity)
        .and_then(|def| def.field(&conflict.field))
        .map(|field| field.kind);
    let is_text = kind.is_some_and(carnet_core::model::FieldKind::is_words);
    let text = |value: &Option<Value>| {
        value
            .as_ref()
            .and_then(Value::as_text)
            .unwrap_or_default()
            .to_owned()
    };
    let merged = match (is_text, conflict.heads.as_slice()) {
        (true, [one, other]) => texts::three_way(
            &text(&conflict.before),
            &text(&one.value),
            &text(&other.value),
        ),
        _ => None,
    };
    let mut refs = BTreeMap::new();
    let values = conflict.heads.iter().map(|head| &head.value);
    for value in values.chain([&conflict.before]) {
        let named = value.as_ref().and_then(Value::as_text);
        let reference = match (kind.and_then(carnet_core::model::FieldKind::target), named) {
            (Some(entity), Some(id)) => format!("{entity}/{id}").parse::<RecordRef>().ok(),
            (None, Some(reference)) => reference.parse().ok(),
            _ => None,
        };
        if let Some(reference) = reference
            && let Some(title) = carnet.title_of(&reference)?
        {
            refs.insert(reference.to_string(), title);
        }
    }
    let row = format!("{}/{}", conflict.entity, conflict.row);
    let title = match row.parse::<RecordRef>() {
        Ok(reference) => carnet.title_of(&reference)?,
        Err(_) => None,
    };
    Ok(ConflictView {
        id: conflict.id,
        subtitle: title.as_ref().and_then(|title| title.subtitle.clone()),
        title: title.map_or_else(String::new, |title| title.title),
        entity: conflict.entity,
        row: conflict.row,
        field: conflict.field,
        before: conflict.before,
        is_text,
        merged,
        shown: conflict.shown,
        heads: conflict
            .heads
            .into_iter()
            .map(|head| ConflictHead {
                is_here: head.device == here,
                device: head.device,
                seq: head.seq,
                device_name: head.device_name,
                author: head.author,
                wall_time: head.wall_time,
                value: head.value,
            })
            .collect(),
        refs,
    })
}

/// Settles a conflict: with the value of a commit, else with `value`.
#[tauri::command(async)]
pub fn conflict_resolve<R: Runtime>(
    app: AppHandle<R>,
    data: State<'_, AppData>,
    id: &str,
    keep: Option<CommitRef>,
    value: Option<Value>,
) -> Result<Committed, Fault> {
    let label = label(&data, "commit.resolve");
    let resolution = keep.map_or_else(|| Resolution::Write(value), Resolution::Keep);
    let (entity, commit) = data.with(|carnet| {
        let conflicts = carnet.conflicts(None)?;
        let entity = conflicts
            .into_iter()
            .find(|conflict| conflict.id == id)
            .map_or_else(String::new, |conflict| conflict.entity);
        Ok::<_, Fault>((entity, carnet.resolve(id, &resolution, &label)?))
    })?;
    announce(&app, vec![entity])?;
    Ok(Committed {
        commit: Some(commit),
    })
}

/// A record that came back from the bin.
#[derive(Debug, Clone, Serialize, TS)]
pub struct RevivedRecord {
    /// Its entity.
    pub entity: String,
    /// Its row.
    pub id: String,
    /// How it is named.
    pub title: String,
    /// What tells it from another of the same name.
    pub subtitle: Option<String>,
}

/// The records that came back from the bin because somebody wrote in them unaware.
#[tauri::command(async)]
pub fn revived_list(data: State<'_, AppData>) -> Result<Vec<RevivedRecord>, Fault> {
    data.with(|carnet| {
        let mut revived = Vec::new();
        for reference in carnet.revived(MOST_REVIVED)? {
            let title = carnet.title_of(&reference)?;
            revived.push(RevivedRecord {
                id: reference.id.to_string(),
                entity: reference.entity,
                subtitle: title.as_ref().and_then(|title| title.subtitle.clone()),
                title: title.map_or_else(String::new, |title| title.title),
            });
        }
        Ok::<_, StoreError>(revived)
    })
}

/// One backup.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Backup {
    /// Where it is.
    pub path: PathBuf,
    /// Its file's name.
    pub name: String,
    /// When it was made, ISO 8601 in the time of the machine.
    pub made_at: String,
    /// How large it is.
    #[ts(type = "number")]
    pub bytes: u64,
}

impl From<backup::Backup> for Backup {
    fn from(made: backup::Backup) -> Self {
        Self {
            name: name_of(&made.path),
            made_at: made.made_at.format("%Y-%m-%dT%H:%M:%S").to_string(),
            bytes: made.bytes,
            path: made.path,
        }
    }
}

fn carnet_name(data: &AppData) -> Result<String, Fault> {
    let published = data.published().ok_or_else(|| Fault::of("no_carnet"))?;
    Ok(name_of(&published))
}

/// The backups of the open carnet, newest first.
#[tauri::command(async)]
pub fn backup_list(data: State<'_, AppData>) -> Result<Vec<Backup>, Fault> {
    let backups = backup::list(&carnet_name(&data)?, &data.backup_folder())?;
    Ok(backups.into_iter().map(Backup::from).collect())
}

/// Makes a backup now.
#[tauri::command(async)]
pub fn backup_now(data: State<'_, AppData>) -> Result<Backup, Fault> {
    let (name, folder) = (carnet_name(&data)?, data.backup_folder());
    let made = data.with(|carnet| {
        let now = carnet.writer().clock.now();
        backup::make(carnet, &name, &folder, now)
    })?;
    Ok(made.into())
}

/// A record of a backup, beside the carnet of today.
#[derive(Debug, Clone, Serialize, TS)]
pub struct BackupRecord {
    /// Its entity.
    pub entity: String,
    /// Its row.
    pub id: String,
    /// How it is named.
    pub title: String,
    /// What tells it from another of the same name.
    pub subtitle: Option<String>,
    /// How it stands beside the carnet of today.
    pub state: backup::State,
}

/// A part of what a backup holds.
#[derive(Debug, Clone, Serialize, TS)]
pub struct BackupPage {
    /// How many in all.
    #[ts(type = "number")]
    pub total: i64,
    /// So many of them.
    pub records: Vec<BackupRecord>,
}

/// The entities looked through in a backup when none is named.
const USUAL: &str = "project";

/// Looks inside a backup of the open carnet.
#[tauri::command(async)]
pub fn backup_records(
    data: State<'_, AppData>,
    path: PathBuf,
    entity: Option<&str>,
    text: Option<String>,
    offset: i64,
    limit: i64,
) -> Result<BackupPage, Fault> {
    let request = ListRequest {
        text,
        offset,
        ..ListRequest::of(entity.unwrap_or(USUAL), limit)
    };
    of_backups(&data, &path)?;
    data.with(|carnet| {
        let mut inside = backup::Inside::look(carnet, &path)?;
        inside.carnet.set_language(carnet.language());
        let page = inside.carnet.list(&request)?;
        let mut records = Vec::new();
        for record in page.records {
            let title = inside.carnet.title(&record)?;
            let state = inside.state(carnet, &record)?;
            records.push(BackupRecord {
                entity: record.entity.to_owned(),
                id: record.id.to_string(),
                title: title.title,
                subtitle: title.subtitle,
                state,
            });
        }
        Ok::<_, Fault>(BackupPage {
            total: page.total,
            records,
        })
    })
}

/// Refuses a path that is no backup of the open carnet.
fn of_backups(data: &AppData, path: &Path) -> Result<(), Fault> {
    let backups = backup::list(&carnet_name(data)?, &data.backup_folder())?;
    if backups.iter().any(|backup| backup.path == path) {
        Ok(())
    } else {
        Err(Fault::of("not_offered").with("path", path.display()))
    }
}

/// Brings one record of a backup back, or everything, as one commit; none when nothing differs.
#[tauri::command(async)]
pub fn backup_restore<R: Runtime>(
    app: AppHandle<R>,
    data: State<'_, AppData>,
    path: PathBuf,
    entity: Option<&str>,
    id: Option<&str>,
) -> Result<Option<Committed>, Fault> {
    let only = one_record(entity, id)?;
    let label = messages::text(data.settings().language, "commit.backup_restore", &[]);
    of_backups(&data, &path)?;
    let saved = data.with(|carnet| {
        let inside = backup::Inside::look(carnet, &path)?;
        backup::restore(carnet, &inside, only.as_ref(), &label)
    })?;
    announce(&app, entities_of(&saved.rows))?;
    Ok(saved.commit.map(|commit| Committed {
        commit: Some(commit),
    }))
}
