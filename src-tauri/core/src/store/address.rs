//! Which record an edit is about, once two were united.

use rusqlite::Connection;

use super::edit::{Edit, RowName};
use super::error::StoreError;
use super::{titles, unite};
use crate::messages::Language;
use crate::model::RecordRef;

/// The edit of the record that is in the lists: what were written in one that was united with another would be seen by
/// nobody.
///
/// A row that every device names alike is the one that stands for it by now; who names another row is told which.
pub(super) fn addressed(
    conn: &Connection,
    language: Language,
    mut edit: Edit,
) -> Result<Edit, StoreError> {
    let (RowName::Stable(id) | RowName::Existing(id)) = edit.row else {
        return Ok(edit);
    };
    let record = RecordRef::new(&*edit.entity, id);
    let into = unite::standing(conn, &record)?;
    if into == record {
        return Ok(edit);
    }
    if let RowName::Existing(_) = edit.row {
        return Err(united(conn, language, record, into)?);
    }
    edit.row = RowName::Existing(into.id);
    Ok(edit)
}

/// What refuses to write in a record for which another stands.
pub(super) fn united(
    conn: &Connection,
    language: Language,
    record: RecordRef,
    into: RecordRef,
) -> Result<StoreError, StoreError> {
    let title = titles::of_reference(conn, language, &into)?;
    Ok(StoreError::United {
        record,
        into,
        title: title.map_or_else(String::new, |title| title.title),
    })
}
