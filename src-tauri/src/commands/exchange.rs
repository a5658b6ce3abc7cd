//! Copies that meet: the exchange folder, what came in, what stands side by side, the backups.

use std::path::{Path, PathBuf};

use carnet_core::exchange::folder;
use carnet_core::fault::Fault;
use carnet_core::store::{Deletions, Merged, ToSettle};
use serde::Serialize;
use tauri::{AppHandle, Manager, Runtime, State};
use ts_rs::TS;

use crate::dialogs::Dialogs;
use crate::keeper::{Done, Keeper};
use crate::state::AppData;

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
    /// The folder is not there: nobody knows what the others wrote.
    FolderMissing,
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
    /// Commits that the folder does not have yet; none when it cannot be read.
    #[ts(type = "number | null")]
    pub to_send: Option<i64>,
    /// Every device of the carnet.
    pub devices: Vec<ExchangeDevice>,
    /// All that remains for a person to decide: the two that follow.
    #[ts(type = "number")]
    pub to_settle: i64,
    /// Fields in which values stand side by side.
    #[ts(type = "number")]
    pub conflicts: i64,
    /// Records that came back from the bin.
    #[ts(type = "number")]
    pub revived: i64,
    /// Deletions that wait.
    pub waiting: Option<Waiting>,
    /// What could not be read or written.
    pub problems: Vec<Fault>,
    /// The file that the officer named.
    pub published: PublishedFile,
}

/// Revived records of one kind listed at most.
pub(super) const MOST_REVIVED: i64 = 500;

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
            // What a folder that is away already has, nobody knows.
            Some(folder) => folder::to_give(carnet, folder).ok(),
            None => Some(0),
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
        let to_settle = carnet.left_to_settle()?;
        let folder = folder.as_deref().map(folder_state);
        let status = status(
            folder.as_ref().map(|folder| folder.state),
            kept.waiting.is_some(),
            to_settle,
            to_send.is_some_and(|count| count > 0) || !kept.problems.is_empty(),
        );
        Ok::<_, Fault>(ExchangeState {
            folder,
            status,
            is_busy: kept.is_busy,
            last_exchange_at: kept.last_exchange_at.clone(),
            to_send,
            devices,
            to_settle: to_settle.total(),
            conflicts: to_settle.conflicts,
            revived: to_settle.revived,
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

/// How the copies stand: what a person must say first, then what nobody can know, then what is left to do.
fn status(
    folder: Option<FolderState>,
    has_waiting: bool,
    to_settle: ToSettle,
    is_behind: bool,
) -> ExchangeStatus {
    if has_waiting {
        ExchangeStatus::Waiting
    } else if to_settle.total() > 0 {
        ExchangeStatus::ToSettle
    } else {
        match folder {
            None => ExchangeStatus::None,
            Some(FolderState::Missing) => ExchangeStatus::FolderMissing,
            Some(_) if is_behind => ExchangeStatus::ToExchange,
            Some(_) => ExchangeStatus::UpToDate,
        }
    }
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

pub(super) fn must_be_given(dialogs: &Dialogs, path: &Path) -> Result<(), Fault> {
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

/// Exchanges now.
#[tauri::command(async)]
pub fn exchange_now(
    keeper: State<'_, Keeper>,
    deletions: Deletions,
) -> Result<ExchangeDone, Fault> {
    let Done { merged, written } = keeper.now(deletions)?;
    Ok(ExchangeDone {
        batch: merged.batch,
        merged,
        written,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTHING: ToSettle = ToSettle {
        conflicts: 0,
        revived: 0,
    };

    #[test]
    fn a_copy_whose_folder_is_away_is_never_up_to_date() {
        let missing = Some(FolderState::Missing);
        for is_behind in [false, true] {
            let told = status(missing, false, NOTHING, is_behind);
            assert_eq!(told, ExchangeStatus::FolderMissing);
        }
        let there = |is_behind| status(Some(FolderState::Ok), false, NOTHING, is_behind);
        assert_eq!(there(false), ExchangeStatus::UpToDate);
        assert_eq!(there(true), ExchangeStatus::ToExchange);
        assert_eq!(status(None, false, NOTHING, true), ExchangeStatus::None);
    }

    #[test]
    fn what_a_person_must_say_comes_before_what_is_left_to_exchange() {
        let conflicts = ToSettle {
            conflicts: 1,
            revived: 0,
        };
        let revived = ToSettle {
            conflicts: 0,
            revived: 1,
        };
        for to_settle in [conflicts, revived] {
            let told = status(Some(FolderState::Ok), false, to_settle, true);
            assert_eq!(told, ExchangeStatus::ToSettle);
            let told = status(Some(FolderState::Missing), true, to_settle, true);
            assert_eq!(told, ExchangeStatus::Waiting);
        }
    }
}
