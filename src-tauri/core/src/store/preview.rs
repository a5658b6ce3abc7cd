//! A merge that is tried: what it would do, and nothing of it stays.

use std::path::PathBuf;

use super::carnet::{Carnet, PAGE_BYTES, ReadOnlyReason};
use super::error::MergeError;
use super::merge::{
    After, Deletions, Merged, RecordChanges, RecordFate, changes_of_runs, kept, take_over,
};
use super::settled::Copies;

impl Carnet {
    /// What [`Carnet::merge`] would do, down to the fields; nothing is written.
    ///
    /// Where the officer is still to be asked, with the deletions that they would be asked about.
    pub fn preview_merge(
        &mut self,
        files: &[PathBuf],
        deletions: Deletions,
    ) -> Result<(Merged, Vec<RecordChanges>), MergeError> {
        if self.read_only_reason() == Some(ReadOnlyReason::FileSystem) {
            return self.preview_in_a_copy(files, deletions);
        }
        self.refuse_if_read_only()?;
        let mut sources = self.sources(files)?;
        let language = self.language;
        self.conn.execute_batch("SAVEPOINT preview")?;
        let previewed =
            take_over(&self.conn, &mut sources).and_then(|(mut merged, taken, deleted)| {
                let runs = &taken.runs;
                let mut records = changes_of_runs(&self.conn, language, runs, After::InTheCopy)?;
                if deletions == Deletions::Decline {
                    let kept = kept(&self.conn, &deleted)?;
                    merged.deleted -= kept.len() as u64;
                    let is_kept = |one: &RecordChanges| {
                        kept.iter().any(|change| change.row.to_string() == one.id)
                    };
                    records.retain(|one| one.fate != RecordFate::Deleted || !is_kept(one));
                }
                Ok((merged, records))
            });
        // The savepoint is the transaction: nothing of it stays.
        self.conn
            .execute_batch("ROLLBACK TO preview; RELEASE preview")?;
        previewed
    }

    /// The same where the carnet cannot be written: to try is to write and to go back.
    fn preview_in_a_copy(
        &self,
        files: &[PathBuf],
        deletions: Deletions,
    ) -> Result<(Merged, Vec<RecordChanges>), MergeError> {
        let copies = Copies::of(&self.path, &self.writer.register)?;
        let (settled, copy) = copies.open(self.key.as_ref(), PAGE_BYTES)?;
        drop(settled);
        let mut carnet = Self::open_keyed(copy, self.key.clone(), self.writer.clone())?;
        carnet.set_language(self.language);
        carnet.preview_merge(files, deletions)
    }
}
