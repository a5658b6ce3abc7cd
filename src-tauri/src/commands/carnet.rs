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
use crate::state::{AppData, RepairedFrom, name_of};

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
    /// How it was put right, where it was found damaged.
    pub repaired: Option<RepairedFrom>,
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

pub(super) fn info(
    carnet: &Carnet,
    published: &Path,
    repaired: Option<&RepairedFrom>,
) -> Result<CarnetInfo, StoreError> {
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
        repaired: repaired.cloned(),
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
    let fill = |carnet: &mut Carnet| {
        carnet.save(content)?;
        officer::note_author(carnet, language)
    };
    let carnet = publish::create_with(fill, &path, passphrase.as_ref(), writer, &working)?;
    let published = published_at(&path)?;
    data.set_names(device_name, author)?;
    opened(&data, &keeper, carnet, published, None)
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
    let open = || open_or_repair(&data, &path, passphrase.as_ref(), &writer);
    let (mut carnet, repaired) = data.while_idle(open)?;
    // A name that only the machine proposes is nobody's.
    if data.is_named() {
        // Where the disk is full the carnet can still be read; the next opening notes it.
        let _ = officer::note_author(&mut carnet, data.settings().language);
    }
    let published = published_at(&path)?;
    let info = opened(&data, &keeper, carnet, published, repaired)?;
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
    repaired: Option<RepairedFrom>,
) -> Result<CarnetInfo, Fault> {
    let info = info(&carnet, &published, repaired.as_ref())?;
    data.put(carnet, published, repaired)?;
    keeper.settled();
    Ok(info)
}

/// Opens a carnet; one that is damaged is put right from its newest good backup (architecture.md §6).
fn open_or_repair(
    data: &AppData,
    path: &Path,
    passphrase: Option<&Passphrase>,
    writer: &Writer,
) -> Result<(Carnet, Option<RepairedFrom>), Fault> {
    let place = data.workplace();
    let torn = match publish::open(path, passphrase, writer.clone(), &place) {
        Ok(opened) => return Ok((opened.carnet, None)),
        Err(ExchangeError::Merge(MergeError::Open(OpenError::Torn(torn)))) => torn,
        Err(error) => return Err(error.into()),
    };
    let published = published_at(path)?;
    // Either may be whole enough to say which carnet it is.
    let family = [&torn, &published]
        .into_iter()
        .find_map(|file| Carnet::family_of_damaged(file, passphrase));
    // Named as the officer knows it.
    let damaged = || Fault::from(OpenError::Torn(published.clone()));
    let family = family.ok_or_else(damaged)?;
    let (name, root) = (name_of(&published), data.backup_root());
    match backup::repair(&torn, (&name, &family), passphrase, writer, &root, None)? {
        Some(repaired) => {
            let told = RepairedFrom {
                backup_made_at: repaired
                    .from
                    .made_at
                    .format("%Y-%m-%dT%H:%M:%S")
                    .to_string(),
                damaged: repaired.aside,
            };
            drop(repaired.carnet);
            let opened = publish::open(path, passphrase, writer.clone(), &place)?;
            Ok((opened.carnet, Some(told)))
        }
        None => Err(damaged()),
    }
}
