//! Creating, opening and closing the carnet.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use carnet_core::demo;
use carnet_core::exchange::{ExchangeError, backup, publish};
use carnet_core::fault::Fault;
use carnet_core::messages;
use carnet_core::officer;
use carnet_core::passphrase::{Strength, strength};
use carnet_core::store::{
    Carnet, CountRequest, MergeError, OpenError, Passphrase, ReadOnlyReason, StoreError, Writer,
};
use serde::Serialize;
use tauri::State;
use ts_rs::TS;

use super::app::names;
use crate::keeper::Keeper;
use crate::state::{AppData, name_of};

/// The open carnet, for the sidebar and the settings.
#[derive(Debug, Clone, Serialize, TS)]
pub struct CarnetInfo {
    /// Where it is.
    pub path: PathBuf,
    /// Its name.
    pub name: String,
    /// Whether a passphrase protects it.
    pub is_protected: bool,
    /// Whether it can only be read.
    pub is_read_only: bool,
    /// Why it can only be read.
    pub read_only_reason: Option<ReadOnlyReason>,
    /// How this machine is named in it.
    pub device_name: String,
    /// How this person is named in it.
    pub author: String,
    /// The person that this author is among the members of the mission.
    pub officer: Option<String>,
    /// How many records the main entities have.
    #[ts(type = "Record<string, number>")]
    pub counts: BTreeMap<String, i64>,
}

/// The entities counted in the sidebar.
const COUNTED: [&str; 5] = ["organisation", "person", "project", "support", "session"];

pub(super) fn info(carnet: &Carnet, published: &Path) -> Result<CarnetInfo, StoreError> {
    let mut counts = BTreeMap::new();
    for entity in COUNTED {
        let request = CountRequest {
            entity: entity.to_owned(),
            filters: Vec::new(),
            group_by: None,
        };
        counts.insert(entity.to_owned(), carnet.count(&request)?.total);
    }
    Ok(CarnetInfo {
        path: published.to_owned(),
        name: name_of(published),
        is_protected: carnet.is_protected(),
        is_read_only: carnet.is_read_only(),
        read_only_reason: carnet.read_only_reason(),
        device_name: carnet.writer().device_name.clone(),
        author: carnet.writer().author.clone(),
        officer: officer::of_author(carnet)?.map(|id| id.to_string()),
        counts,
    })
}

/// How hard a passphrase is to guess.
#[tauri::command]
pub fn passphrase_strength(passphrase: &str) -> Strength {
    strength(passphrase)
}

/// Creates a carnet and opens it.
#[tauri::command(async)]
pub fn carnet_create(
    data: State<'_, AppData>,
    keeper: State<'_, Keeper>,
    path: PathBuf,
    passphrase: Option<String>,
    device_name: &str,
    author: &str,
    with_demo: bool,
) -> Result<CarnetInfo, Fault> {
    let passphrase = passphrase.and_then(Passphrase::new);
    let writer = data.writer(device_name, author);
    let language = data.settings().language;
    let today = writer.clock.now().date_naive();
    let content = if with_demo {
        demo::portfolio(today, &messages::text(language, "commit.demo", &[]))?
    } else {
        demo::seed(&messages::text(language, "commit.seed", &[]))?
    };
    let working = data.workplace();
    let mut carnet = publish::create(&path, passphrase.as_ref(), writer, &working)?;
    carnet.save(content)?;
    officer::note_author(&mut carnet, language)?;
    let published = published_at(&path)?;
    publish::publish(&mut carnet, &published)?;
    data.set_names(device_name, author)?;
    opened(&data, &keeper, carnet, published)
}

/// Opens a carnet in the place of the open one.
#[tauri::command(async)]
pub fn carnet_open(
    data: State<'_, AppData>,
    keeper: State<'_, Keeper>,
    path: PathBuf,
    passphrase: Option<String>,
) -> Result<CarnetInfo, Fault> {
    let passphrase = passphrase.and_then(Passphrase::new);
    let (device_name, author) = names(&data);
    let writer = data.writer(&device_name, &author);
    let mut carnet = open_or_repair(&data, &path, passphrase.as_ref(), &writer)?;
    data.ask(None);
    // A name that only the machine proposes is nobody's.
    if data.is_named() {
        officer::note_author(&mut carnet, data.settings().language)?;
    }
    let published = published_at(&path)?;
    let info = opened(&data, &keeper, carnet, published)?;
    keeper.touched();
    Ok(info)
}

/// Keeps how this machine and this person are named, in the open carnet too from its next commit on.
#[tauri::command(async)]
pub fn names_save(
    data: State<'_, AppData>,
    keeper: State<'_, Keeper>,
    device_name: &str,
    author: &str,
) -> Result<(), Fault> {
    data.set_names(device_name, author)?;
    if data.published().is_none() {
        return Ok(());
    }
    let language = data.settings().language;
    data.with(|carnet| {
        carnet.sign_as(device_name, author);
        officer::note_author(carnet, language)
    })?;
    keeper.touched();
    Ok(())
}

/// Closes the open carnet, published first.
#[tauri::command(async)]
pub fn carnet_close(data: State<'_, AppData>, keeper: State<'_, Keeper>) {
    keeper.last();
    data.close();
    keeper.settled();
}

/// The one name of a published file, whichever way it was given.
fn published_at(path: &Path) -> Result<PathBuf, Fault> {
    std::fs::canonicalize(path).map_err(|error| Fault::io(path, &error))
}

fn opened(
    data: &AppData,
    keeper: &Keeper,
    carnet: Carnet,
    published: PathBuf,
) -> Result<CarnetInfo, Fault> {
    let info = info(&carnet, &published)?;
    data.put(carnet, published)?;
    keeper.settled();
    Ok(info)
}

/// Opens a carnet; one that is damaged is put right from its newest good backup (architecture.md §6).
fn open_or_repair(
    data: &AppData,
    path: &Path,
    passphrase: Option<&Passphrase>,
    writer: &Writer,
) -> Result<Carnet, Fault> {
    let place = data.workplace();
    let damaged = match publish::open(path, passphrase, writer.clone(), &place) {
        Ok(opened) => return Ok(opened.carnet),
        Err(error) if is_damage(&error) => error,
        Err(error) => return Err(error.into()),
    };
    let published = published_at(path)?;
    let working = publish::working_path(&published, &place);
    let broken = if working.exists() {
        working
    } else {
        published.clone()
    };
    let (name, backups) = (name_of(&published), data.backup_folder());
    match backup::repair(&broken, &name, passphrase, writer, &backups, None)? {
        Some(repaired) => {
            drop(repaired);
            Ok(publish::open(path, passphrase, writer.clone(), &place)?.carnet)
        }
        None => Err(damaged.into()),
    }
}

fn is_damage(error: &ExchangeError) -> bool {
    matches!(
        error,
        ExchangeError::Merge(MergeError::Open(OpenError::Torn(_)))
    )
}
