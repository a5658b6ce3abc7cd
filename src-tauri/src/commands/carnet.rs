//! Creating, opening and closing the carnet.

use std::collections::BTreeMap;
use std::path::PathBuf;

use carnet_core::demo;
use carnet_core::fault::Fault;
use carnet_core::messages;
use carnet_core::passphrase::{Strength, strength};
use carnet_core::store::{Carnet, CountRequest, Passphrase, ReadOnlyReason, StoreError};
use serde::Serialize;
use tauri::State;
use ts_rs::TS;

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
    /// How many records the main entities have.
    #[ts(type = "Record<string, number>")]
    pub counts: BTreeMap<String, i64>,
}

/// The entities counted in the sidebar.
const COUNTED: [&str; 5] = ["organisation", "person", "project", "support", "session"];

pub(super) fn info(carnet: &Carnet) -> Result<CarnetInfo, StoreError> {
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
        path: carnet.path().to_owned(),
        name: name_of(carnet.path()),
        is_protected: carnet.is_protected(),
        is_read_only: carnet.is_read_only(),
        read_only_reason: carnet.read_only_reason(),
        device_name: carnet.writer().device_name.clone(),
        author: carnet.writer().author.clone(),
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
    let mut carnet = Carnet::create(&path, passphrase.as_ref(), writer)?;
    carnet.save(content)?;
    data.set_names(device_name, author)?;
    data.put(carnet)?;
    data.with(|carnet| info(carnet))
}

/// Opens a carnet in the place of the open one.
#[tauri::command(async)]
pub fn carnet_open(
    data: State<'_, AppData>,
    path: PathBuf,
    passphrase: Option<String>,
) -> Result<CarnetInfo, Fault> {
    let passphrase = passphrase.and_then(Passphrase::new);
    let (device_name, author) = data.names();
    let writer = data.writer(
        &device_name.unwrap_or_default(),
        &author.unwrap_or_default(),
    );
    data.put(Carnet::open(&path, passphrase.as_ref(), writer)?)?;
    data.with(|carnet| info(carnet))
}

/// Closes the open carnet.
#[tauri::command]
pub fn carnet_close(data: State<'_, AppData>) {
    data.close();
}
