//! A merge that is tried: what it would do, and nothing of it stays.

use std::collections::HashSet;
use std::path::PathBuf;

use rusqlite::Connection;

use super::carnet::{Carnet, PAGE_BYTES, ReadOnlyReason};
use super::changed::{After, RecordChanges, RecordFate, told};
use super::error::MergeError;
use super::merge::{Deletions, Merged, PutInBin, changes_in, kept, take_over};
use super::projection::DELETED;
use super::receive::Taken;
use super::settled::Copies;
use crate::messages::Language;
use crate::model::RowId;

impl Carnet {
    /// What [`Carnet::merge`] would do, down to the fields; nothing is written.
    ///
    /// Where the officer is still to be asked, with the deletions that they would be asked about.
    pub fn preview_merge(
        &mut self,
        files: &[PathBuf],
        deletions: Deletions,
    ) -> Result<(Merged, Vec<RecordChanges>), MergeError> {
        self.foresee(files, |conn, language, mut merged, taken, deleted| {
            let changes = changes_in(conn, &taken.runs)?;
            let mut records = told(conn, language, &taken.runs, &changes, After::InTheCopy)?;
            if deletions == Deletions::Decline {
                let kept = kept(conn, &deleted)?;
                merged.deleted -= kept.len() as u64;
                let is_kept = |one: &RecordChanges| {
                    kept.iter().any(|change| change.row.to_string() == one.id)
                };
                records.retain(|one| one.fate != RecordFate::Deleted || !is_kept(one));
            }
            Ok((merged, records))
        })
    }

    /// The records that [`Carnet::merge`] would put in the bin, and who put them there; nothing is written.
    pub fn preview_deletions(
        &mut self,
        files: &[PathBuf],
    ) -> Result<Vec<RecordChanges>, MergeError> {
        self.foresee(files, |conn, language, _, taken, deleted| {
            let mut changes = changes_in(conn, &taken.runs)?;
            let deleted: HashSet<RowId> = deleted.into_iter().map(|(_, row)| row).collect();
            changes.retain(|change| change.field == DELETED && deleted.contains(&change.row));
            let records = told(conn, language, &taken.runs, &changes, After::InTheCopy)?;
            Ok(records)
        })
    }

    /// Takes these files over, has it told, and takes it back: nothing of it stays.
    fn foresee<T>(
        &mut self,
        files: &[PathBuf],
        tell: impl FnOnce(&Connection, Language, Merged, &Taken, PutInBin) -> Result<T, MergeError>,
    ) -> Result<T, MergeError> {
        if self.read_only_reason() == Some(ReadOnlyReason::FileSystem) {
            // To try is to write and to go back.
            let copies = Copies::of(&self.path, &self.writer.register)?;
            let (settled, copy) = copies.open(self.key.as_ref(), PAGE_BYTES)?;
            drop(settled);
            let mut carnet = Self::open_keyed(copy, self.key.clone(), self.writer.clone())?;
            carnet.set_language(self.language);
            return carnet.foresee_here(files, tell);
        }
        self.refuse_if_read_only()?;
        self.foresee_here(files, tell)
    }

    fn foresee_here<T>(
        &mut self,
        files: &[PathBuf],
        tell: impl FnOnce(&Connection, Language, Merged, &Taken, PutInBin) -> Result<T, MergeError>,
    ) -> Result<T, MergeError> {
        let mut sources = self.sources(files)?;
        let language = self.language;
        self.conn.execute_batch("SAVEPOINT preview")?;
        let foreseen = take_over(&self.conn, &mut sources).and_then(|(merged, taken, deleted)| {
            tell(&self.conn, language, merged, &taken, deleted)
        });
        // The savepoint is the transaction.
        self.conn
            .execute_batch("ROLLBACK TO preview; RELEASE preview")?;
        foreseen
    }
}
