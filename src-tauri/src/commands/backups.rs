//! Backups: made, looked into, brought back.

use std::path::{Path, PathBuf};

use carnet_core::exchange::backup;
use carnet_core::exchange::inside::{self, Inside, Wanted, Which};
use carnet_core::fault::Fault;
use carnet_core::messages;
use carnet_core::store::{Carnet, CommitRef, ListRequest, RecordChanges};
use serde::{Deserialize, Serialize};
use tauri::{AppHandle, Runtime, State};
use ts_rs::TS;

use super::announce;
use super::copies::entities_of;
use super::records::reference;
use crate::state::{AppData, name_of};

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

/// The name of the open carnet and the folder of its backups.
fn place(data: &AppData) -> Result<(String, PathBuf), Fault> {
    let published = data.published().ok_or_else(|| Fault::of("no_carnet"))?;
    let name = name_of(&published);
    let folder = data.with(|carnet| backup::own_folder(carnet, &name, &data.backup_root()))?;
    Ok((name, folder))
}

fn listed(data: &AppData) -> Result<Vec<backup::Backup>, Fault> {
    let (name, folder) = place(data)?;
    Ok(backup::list(&name, &folder)?)
}

/// The backups of the open carnet, newest first.
#[tauri::command(async)]
pub fn backup_list(data: State<'_, AppData>) -> Result<Vec<Backup>, Fault> {
    Ok(listed(&data)?.into_iter().map(Backup::from).collect())
}

/// Makes a backup now.
#[tauri::command(async)]
pub fn backup_now(data: State<'_, AppData>) -> Result<Backup, Fault> {
    let (name, folder) = place(&data)?;
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
    pub state: inside::State,
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

/// What is looked for in a backup.
#[derive(Debug, Clone, Deserialize, TS)]
pub struct BackupSought {
    /// The kind of record; none for all of them.
    pub entity: Option<String>,
    /// Words of it.
    pub text: Option<String>,
    /// Only what is no longer as it was.
    pub is_differing: bool,
}

/// Looks inside a backup of the open carnet.
#[tauri::command(async)]
pub fn backup_records(
    data: State<'_, AppData>,
    path: PathBuf,
    sought: BackupSought,
    offset: i64,
    limit: i64,
) -> Result<BackupPage, Fault> {
    let request = ListRequest {
        text: sought.text,
        offset,
        ..ListRequest::of(sought.entity.as_deref().unwrap_or_default(), limit)
    };
    let which = if sought.is_differing {
        Which::Differing
    } else {
        Which::All
    };
    look(&data, &path, |carnet, inside| {
        let (page, total) = match sought.entity {
            Some(_) => inside.listed(carnet, &request, which),
            None => inside.listed_of_all_kinds(carnet, &request, which),
        }?;
        let mut records = Vec::new();
        for (record, state) in page {
            let title = inside.carnet.title(&record)?;
            records.push(BackupRecord {
                entity: record.entity.to_owned(),
                id: record.id.to_string(),
                title: title.title,
                subtitle: title.subtitle,
                state,
            });
        }
        Ok(BackupPage { total, records })
    })
}

/// What a record of a backup holds, field by field, beside what the carnet of today does.
#[tauri::command(async)]
pub fn backup_changes(
    data: State<'_, AppData>,
    path: PathBuf,
    entity: &str,
    id: &str,
) -> Result<RecordChanges, Fault> {
    let record = reference(entity, id)?;
    look(&data, &path, |carnet, inside| {
        Ok(inside.values(carnet, &record)?)
    })
}

/// Looks into a backup of the open carnet.
fn look<T>(
    data: &AppData,
    path: &Path,
    work: impl FnOnce(&mut Carnet, &Inside) -> Result<T, Fault>,
) -> Result<T, Fault> {
    of_backups(data, path)?;
    data.with_backup(path, work)
}

/// Refuses a path that is no backup of the open carnet.
fn of_backups(data: &AppData, path: &Path) -> Result<(), Fault> {
    if listed(data)?.iter().any(|backup| backup.path == path) {
        Ok(())
    } else {
        Err(Fault::of("not_offered").with("path", path.display()))
    }
}

/// A record, by its name.
#[derive(Debug, Clone, Deserialize, TS)]
pub struct RecordName {
    /// Its entity.
    pub entity: String,
    /// Its row.
    pub id: String,
}

/// A record that could not be brought back.
#[derive(Debug, Clone, Serialize, TS)]
pub struct NotRestored {
    /// Its entity.
    pub entity: String,
    /// Its row.
    pub id: String,
    /// How it is named in the backup.
    pub title: String,
    /// Why not.
    pub why: Fault,
}

/// What was brought back of a backup.
#[derive(Debug, Clone, Serialize, TS)]
pub struct BackupRestored {
    /// None when nothing differed.
    pub commit: Option<CommitRef>,
    /// What was not brought back.
    pub refused: Vec<NotRestored>,
}

/// Brings these records of a backup back, or everything that no rule refuses, as one commit.
#[tauri::command(async)]
pub fn backup_restore<R: Runtime>(
    app: AppHandle<R>,
    data: State<'_, AppData>,
    path: PathBuf,
    records: Option<Vec<RecordName>>,
) -> Result<BackupRestored, Fault> {
    let records = records
        .map(|records| {
            let parsed = records.iter().map(|one| reference(&one.entity, &one.id));
            parsed.collect::<Result<Vec<_>, Fault>>()
        })
        .transpose()?;
    let wanted = records.as_deref().map_or(Wanted::Everything, Wanted::These);
    let label = messages::text(data.settings().language, "commit.backup_restore", &[]);
    let (saved, refused) = look(&data, &path, |carnet, inside| {
        let restored = inside::restore(carnet, inside, wanted, &label)?;
        let mut refused = Vec::new();
        for (record, error) in restored.refused {
            let title = inside.carnet.title_of(&record)?;
            refused.push(NotRestored {
                id: record.id.to_string(),
                entity: record.entity,
                title: title.map_or_else(String::new, |title| title.title),
                why: error.into(),
            });
        }
        Ok((restored.saved, refused))
    })?;
    announce(&app, entities_of(&saved.rows))?;
    Ok(BackupRestored {
        commit: saved.commit,
        refused,
    })
}
