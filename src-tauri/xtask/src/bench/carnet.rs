//! The carnet that is measured, and the bare database beside it: the same rows, the same words, the same cipher.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use carnet_core::reference::{TerritoryKind, embedded};
use carnet_core::store::{Carnet, Edit, Passphrase, RowName, SystemClock, Writer};
use rusqlite::Connection;

use super::Failure;

/// The passphrase of both, as a text.
pub(super) const PASSPHRASE: &str = "vélo brume tilleul horloge";

/// What the groups measure.
pub(super) struct Bench {
    pub(super) folder: PathBuf,
    pub(super) carnet: Carnet,
    pub(super) bare: Connection,
    pub(super) places: Places,
}

impl Bench {
    /// Both, empty.
    pub(super) fn create(folder: &Path) -> Result<Self, Failure> {
        Ok(Self {
            folder: folder.to_owned(),
            carnet: Carnet::create(
                &folder.join("a.carnet"),
                passphrase().as_ref(),
                writer(folder),
            )?,
            bare: bare(&folder.join("bare.db"))?,
            places: Places::embedded()?,
        })
    }
}

/// The passphrase of both.
pub(super) fn passphrase() -> Option<Passphrase> {
    Passphrase::new(PASSPHRASE)
}

/// Who writes.
pub(super) fn writer(folder: &Path) -> Writer {
    Writer {
        device_name: "bench".into(),
        author: "bench".into(),
        register: folder.join("register"),
        clock: Arc::new(SystemClock),
    }
}

/// Real names, so that words are as many and as common as in a list that somebody imports.
pub(super) struct Places(pub(super) Vec<String>);

/// One organisation of the list, as both write it.
pub(super) struct Line {
    pub(super) name: String,
    pub(super) organisation_type: &'static str,
    pub(super) siren: String,
    pub(super) address: String,
    pub(super) strategy: String,
}

impl Places {
    /// Those of the municipalities.
    pub(super) fn embedded() -> Result<Self, Failure> {
        let names: Vec<String> = embedded()?
            .all(TerritoryKind::Municipality)
            .map(|place| place.name.clone())
            .collect();
        Ok(Self(names))
    }

    fn at(&self, index: usize) -> &str {
        // A step that shares no factor with the length goes through all names in no order.
        &self.0[index.wrapping_mul(7_919) % self.0.len()]
    }

    /// The line of this number.
    pub(super) fn line(&self, index: usize) -> Line {
        const KINDS: [&str; 6] = [
            "Commune de",
            "Les amis de",
            "Bois et forêt à",
            "Foyer rural de",
            "Office de tourisme de",
            "Coopérative de",
        ];
        const WORK: [&str; 5] = [
            "Relier les producteurs et les cantines",
            "Un réseau d’éleveurs et de bergers",
            "Partager la mobilité du canton",
            "Accueillir de nouveaux habitants",
            "Une filière bois de proximité",
        ];
        let (here, there) = (self.at(index), self.at(index * 3 + 1));
        Line {
            name: format!("{} {here}", KINDS[index / self.0.len() % KINDS.len()]),
            organisation_type: if index.is_multiple_of(3) {
                "group"
            } else {
                "structure"
            },
            siren: format!("{:09}", (index + 1) * 4_391 % 1_000_000_000),
            address: format!("{} place de la Mairie, {here}", index % 300 + 1),
            strategy: format!(
                "{}, avec {there} et {}",
                WORK[index % 5],
                self.at(index * 5 + 2)
            ),
        }
    }
}

impl Line {
    /// The edit that makes it.
    pub(super) fn edit(&self) -> Edit {
        Edit::of("organisation", RowName::New)
            .set("name", self.name.as_str())
            .set("organisation_type", self.organisation_type)
            .set("country", "FR")
            .set("siren", self.siren.as_str())
            .set("address", self.address.as_str())
            .set("strategy", self.strategy.as_str())
    }
}

fn bare(path: &Path) -> Result<Connection, Failure> {
    let bare = open_bare(path)?;
    bare.execute_batch(
        "CREATE TABLE record (id TEXT PRIMARY KEY, name TEXT, organisation_type TEXT, country TEXT, siren TEXT, \
         address TEXT, strategy TEXT, changed TEXT) STRICT, WITHOUT ROWID; \
         CREATE TABLE log (seq INTEGER PRIMARY KEY, said TEXT) STRICT; \
         CREATE INDEX record_by_changed ON record (changed, id); \
         CREATE VIRTUAL TABLE words USING fts5(name, body, tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2 3')",
    )?;
    Ok(bare)
}

/// Opens the bare database with its key, with the settings of a carnet.
pub(super) fn open_bare(path: &Path) -> Result<Connection, Failure> {
    let bare = Connection::open(path)?;
    bare.pragma_update(None, "key", PASSPHRASE)?;
    bare.pragma_update(None, "synchronous", "FULL")?;
    bare.pragma_update(None, "temp_store", "MEMORY")?;
    bare.pragma_update(None, "cache_size", -128 * 1024)?;
    Ok(bare)
}
