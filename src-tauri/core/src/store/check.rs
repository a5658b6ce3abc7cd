//! Proving a carnet: its pages, its digests, its projection and its search index.

use rusqlite::Connection;
use serde::Serialize;

use super::carnet::Carnet;
use super::error::StoreError;
use super::log::{self, CommitRef};
use super::names::Names;
use super::replay::{self, Indexing};
use super::stored::StoredChanges;
use super::{schema, search};
use crate::fold::fold;
use crate::model::ENTITIES;

/// Something that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Damage {
    /// The pages of the file.
    Pages {
        /// What SQLite says.
        detail: String,
    },
    /// The chain of digests of a device breaks at a commit.
    Digest {
        /// `device:seq`.
        commit: String,
    },
    /// A number is missing in the commits of a device.
    Gap {
        /// The device.
        device: String,
        /// The number that is missing.
        seq: i64,
    },
    /// A table differs from the replay of the log.
    Projection {
        /// The table.
        table: String,
    },
    /// The search index differs from the words of the records, those apart that are due.
    SearchIndex,
}

/// What a check proved and found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CheckReport {
    /// Commits whose digests were taken again.
    pub commits: i64,
    /// Records compared with the replay.
    pub records: i64,
    /// What is wrong; nothing when the carnet is whole.
    pub damages: Vec<Damage>,
}

impl Carnet {
    /// Checks everything; reads only.
    pub fn check(&self) -> Result<CheckReport, StoreError> {
        let mut damages = pages(&self.conn)?;
        if !damages.is_empty() {
            return Ok(CheckReport {
                commits: 0,
                records: 0,
                damages,
            });
        }
        let commits = digests(&self.conn, &mut damages)?;
        let records = projection_and_search(&self.conn, &mut damages)?;
        Ok(CheckReport {
            commits,
            records,
            damages,
        })
    }
}

/// Whether the pages, the log and what is derived from it are as they should be.
pub(super) fn is_whole(conn: &Connection) -> Result<bool, StoreError> {
    let mut damages = pages(conn)?;
    if damages.is_empty() {
        digests(conn, &mut damages)?;
    }
    // What an earlier version derived is built again when the carnet is opened.
    if damages.is_empty() && schema::is_projection_current(conn)? {
        projection_and_search(conn, &mut damages)?;
    }
    Ok(damages.is_empty())
}

pub(super) fn pages(conn: &Connection) -> Result<Vec<Damage>, StoreError> {
    let mut damages = Vec::new();
    for pragma in ["cipher_integrity_check", "integrity_check"] {
        let mut statement = conn.prepare(&format!("PRAGMA {pragma}"))?;
        let mut rows = match statement.query([]) {
            Ok(rows) => rows,
            Err(error) => {
                damages.push(Damage::Pages {
                    detail: error.to_string(),
                });
                continue;
            }
        };
        loop {
            match rows.next() {
                Ok(Some(row)) => {
                    let detail: String = row.get(0)?;
                    if detail != "ok" {
                        damages.push(Damage::Pages { detail });
                    }
                }
                Ok(None) => break,
                Err(error) => {
                    damages.push(Damage::Pages {
                        detail: error.to_string(),
                    });
                    break;
                }
            }
        }
    }
    Ok(damages)
}

fn digests(conn: &Connection, damages: &mut Vec<Damage>) -> Result<i64, StoreError> {
    let mut checked = 0;
    let mut names = Names::default();
    for (device, last) in log::seen(conn)? {
        let mut previous = None;
        for seq in 1..=last {
            let name = CommitRef {
                device: device.clone(),
                seq,
            };
            let Some(commit) = log::commit(conn, &name)? else {
                damages.push(Damage::Gap {
                    device: device.to_string(),
                    seq,
                });
                break;
            };
            if let (1, Some(origin)) = (seq, &commit.origin) {
                previous = origin.after()?;
            }
            let changes = StoredChanges::of(conn, &mut names, &name)?;
            let digest = changes.digest(previous.as_ref(), &commit)?;
            if digest != commit.digest {
                damages.push(Damage::Digest {
                    commit: name.to_string(),
                });
                break;
            }
            previous = Some(digest);
            checked += 1;
        }
    }
    Ok(checked)
}

/// Replays the log in memory and compares table by table.
fn projection_and_search(conn: &Connection, damages: &mut Vec<Damage>) -> Result<i64, StoreError> {
    let fresh = Connection::open_in_memory()?;
    fresh.create_scalar_function(
        "fold",
        1,
        rusqlite::functions::FunctionFlags::SQLITE_DETERMINISTIC,
        |context| Ok(context.get::<Option<String>>(0)?.map(|text| fold(&text))),
    )?;
    schema::create(&fresh)?;
    copy_log(conn, &fresh)?;
    replay::replay(&fresh, Indexing::Now)?;
    search::due::leave_as_in(conn, &fresh)?;
    let mut records = 0;
    for table in ENTITIES
        .iter()
        .map(|def| def.name)
        .chain(["element", "clash"])
    {
        let (count, here) = content(conn, table)?;
        let (_, replayed) = content(&fresh, table)?;
        if here != replayed {
            damages.push(Damage::Projection {
                table: table.to_owned(),
            });
        }
        if table != "element" && table != "clash" {
            records += count;
        }
    }
    if terms(conn)? != terms(&fresh)? || indexed(conn)? != indexed(&fresh)? {
        damages.push(Damage::SearchIndex);
    }
    Ok(records)
}

fn copy_log(from: &Connection, to: &Connection) -> Result<(), StoreError> {
    to.execute_batch("BEGIN")?;
    for (table, columns) in [
        ("carnet", "id, family"),
        ("device", "id, device, name"),
        ("name", "id, name"),
        (
            "commit",
            "device, seq, time, author, wall_time, label, digest, origin",
        ),
        ("seen", "device, other, seq, upto, digest"),
        (
            "change",
            "\"row\", entity, field, element, device, seq, value, erased",
        ),
    ] {
        let mut read = from.prepare(&format!("SELECT {columns} FROM \"{table}\""))?;
        let count = read.column_count();
        let marks: Vec<String> = (1..=count).map(|index| format!("?{index}")).collect();
        let mut write = to.prepare(&format!(
            "INSERT INTO \"{table}\" ({columns}) VALUES ({})",
            marks.join(", ")
        ))?;
        let mut rows = read.query([])?;
        while let Some(row) = rows.next()? {
            let values: Vec<rusqlite::types::Value> = (0..count)
                .map(|index| row.get(index))
                .collect::<rusqlite::Result<_>>()?;
            write.execute(rusqlite::params_from_iter(values))?;
        }
    }
    to.execute_batch("COMMIT")?;
    Ok(())
}

/// How many rows a table has, and a digest of all of them in the order of its key.
fn content(conn: &Connection, table: &str) -> Result<(i64, blake3::Hash), StoreError> {
    let key = match table {
        "element" => "\"row\", field, value",
        "clash" => "\"row\", entity, field",
        _ => "id",
    };
    let mut statement = conn.prepare(&format!("SELECT * FROM \"{table}\" ORDER BY {key}"))?;
    let columns = statement.column_count();
    let mut rows = statement.query([])?;
    let mut hasher = blake3::Hasher::new();
    let mut count = 0;
    while let Some(row) = rows.next()? {
        count += 1;
        for index in 0..columns {
            let value: rusqlite::types::Value = row.get(index)?;
            hasher.update(format!("{value:?}\u{1f}").as_bytes());
        }
    }
    Ok((count, hasher.finalize()))
}

fn terms(conn: &Connection) -> Result<blake3::Hash, StoreError> {
    let mut statement = conn.prepare("SELECT term, doc, cnt FROM search_term ORDER BY term")?;
    let mut rows = statement.query([])?;
    let mut hasher = blake3::Hasher::new();
    while let Some(row) = rows.next()? {
        let (term, documents, count): (String, i64, i64) =
            (row.get("term")?, row.get("doc")?, row.get("cnt")?);
        hasher.update(format!("{term}\u{1f}{documents}\u{1f}{count}\n").as_bytes());
    }
    Ok(hasher.finalize())
}

fn indexed(conn: &Connection) -> Result<blake3::Hash, StoreError> {
    let mut statement = conn.prepare("SELECT entity, \"row\" FROM search_row ORDER BY \"row\"")?;
    let mut rows = statement.query([])?;
    let mut hasher = blake3::Hasher::new();
    while let Some(row) = rows.next()? {
        let (entity, id): (String, String) = (row.get("entity")?, row.get("row")?);
        hasher.update(format!("{entity}/{id}\n").as_bytes());
    }
    Ok(hasher.finalize())
}
