//! Numbers of this file for what the log names again and again: entities, fields and devices.
//!
//! A number means nothing outside of its file: what leaves it is spelled out.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension};

use super::error::StoreError;
use crate::model::DeviceId;

/// The names met so far, kept for the time of one piece of work.
#[derive(Default)]
pub(super) struct Names {
    numbers: HashMap<String, i64>,
    texts: HashMap<i64, Arc<str>>,
}

impl Names {
    /// The number of a name; given one when it has none.
    pub(super) fn number(&mut self, conn: &Connection, name: &str) -> Result<i64, StoreError> {
        const ADD: &str = "INSERT INTO name (name) VALUES (?1) RETURNING id";
        if let Some(number) = self.numbers.get(name) {
            return Ok(*number);
        }
        let number = match number_of(conn, name)? {
            Some(number) => number,
            None => conn
                .prepare_cached(ADD)?
                .query_row([name], |row| row.get("id"))?,
        };
        self.numbers.insert(name.to_owned(), number);
        Ok(number)
    }

    /// The name that has a number.
    pub(super) fn text(&mut self, conn: &Connection, number: i64) -> Result<&str, StoreError> {
        Ok(&**self.known(conn, number)?)
    }

    /// The same, to be kept.
    pub(super) fn shared(
        &mut self,
        conn: &Connection,
        number: i64,
    ) -> Result<Arc<str>, StoreError> {
        Ok(Arc::clone(self.known(conn, number)?))
    }

    fn known(&mut self, conn: &Connection, number: i64) -> Result<&Arc<str>, StoreError> {
        const TEXT: &str = "SELECT name FROM name WHERE id = ?1";
        match self.texts.entry(number) {
            Entry::Occupied(known) => Ok(known.into_mut()),
            Entry::Vacant(unknown) => {
                let text: Arc<str> = conn
                    .prepare_cached(TEXT)?
                    .query_row([number], |row| row.get("name"))
                    .optional()?
                    .ok_or_else(|| StoreError::Damaged(format!("name {number}")))?;
                Ok(unknown.insert(text))
            }
        }
    }
}

/// The number of a name, if it has one.
pub(super) fn number_of(conn: &Connection, name: &str) -> Result<Option<i64>, StoreError> {
    const NUMBER: &str = "SELECT id FROM name WHERE name = ?1";
    Ok(conn
        .prepare_cached(NUMBER)?
        .query_row([name], |row| row.get("id"))
        .optional()?)
}

/// The number of a device, if this file knows it.
pub(super) fn device_number(
    conn: &Connection,
    device: &DeviceId,
) -> Result<Option<i64>, StoreError> {
    const NUMBER: &str = "SELECT id FROM device WHERE device = ?1";
    Ok(conn
        .prepare_cached(NUMBER)?
        .query_row([device.as_str()], |row| row.get("id"))
        .optional()?)
}

/// The number of a device, which from now on is called `name`.
pub(super) fn device_named(
    conn: &Connection,
    device: &DeviceId,
    name: &str,
) -> Result<i64, StoreError> {
    const NAME: &str = "INSERT INTO device (device, name) VALUES (?1, ?2) \
                        ON CONFLICT (device) DO UPDATE SET name = excluded.name WHERE name <> excluded.name";
    conn.prepare_cached(NAME)?
        .execute((device.as_str(), name))?;
    device_number(conn, device)?.ok_or_else(|| StoreError::Damaged(device.to_string()))
}

/// The devices of this file by their numbers.
pub(super) fn devices(conn: &Connection) -> Result<HashMap<i64, DeviceId>, StoreError> {
    let mut statement = conn.prepare_cached("SELECT id, device FROM device")?;
    let mut rows = statement.query([])?;
    let mut devices = HashMap::new();
    while let Some(row) = rows.next()? {
        let device: String = row.get("device")?;
        let parsed = device.parse().map_err(|_| StoreError::Damaged(device))?;
        devices.insert(row.get("id")?, parsed);
    }
    Ok(devices)
}

/// The parts under which the log keeps a field: its name, and the element of a set or an empty text.
pub(super) fn split_field(field: &str) -> (&str, &str) {
    field.split_once('/').unwrap_or((field, ""))
}

/// The field that these parts name.
pub(super) fn whole_field(name: &str, element: &str) -> String {
    if element.is_empty() {
        name.to_owned()
    } else {
        format!("{name}/{element}")
    }
}
