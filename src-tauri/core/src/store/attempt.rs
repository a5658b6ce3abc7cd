//! Many edits of which some may be refused: the others are made all the same, as one commit.

use rusqlite::Connection;

use super::carnet::Carnet;
use super::edit::{
    self, Edit, Edits, RowName, SameCommit, Saved, changes_of, known_entity, new_row, plan,
};
use super::error::StoreError;
use super::log::Change;
use super::rules;
use super::writer::Writer;
use crate::model::RecordRef;

impl Carnet {
    /// Makes those of these edits that can be made, as one commit; gives the others back by their place, each with
    /// why. None refers to another by `@index`.
    pub fn save_what_can_be(
        &mut self,
        edits: Edits,
    ) -> Result<(Saved, Vec<(usize, StoreError)>), StoreError> {
        let mut edits_left: Vec<(usize, Edit)> = edits.edits.into_iter().enumerate().collect();
        self.write(|conn, writer, path| {
            let mut refused: Vec<(usize, StoreError)> = Vec::new();
            // What refers to a record that is refused is refused in its turn.
            let (rows, changes) = loop {
                match plan_or_refuse(conn, writer, &edits_left)? {
                    Planning::Made(rows, changes) => break (rows, changes),
                    Planning::Refused(more) => {
                        edits_left.retain(|(place, _)| more.iter().all(|(one, _)| one != place));
                        refused.extend(more);
                    }
                }
            };
            refused.sort_by_key(|(place, _)| *place);
            let commit = edit::commit(conn, writer, path, &edits.label, changes)?;
            Ok::<_, StoreError>((Saved { rows, commit }, refused))
        })
    }
}

/// What planning many edits gives when some may be refused.
enum Planning {
    /// All can be made: their rows and the changes.
    Made(Vec<RecordRef>, Vec<Change>),
    /// Some cannot, by their place; the others must be planned again without them.
    Refused(Vec<(usize, StoreError)>),
}

fn plan_or_refuse(
    conn: &Connection,
    writer: &Writer,
    edits: &[(usize, Edit)],
) -> Result<Planning, StoreError> {
    let mut refused = Vec::new();
    let mut refuse = |place: usize, error: StoreError| match error {
        StoreError::Invalid(_) | StoreError::NotFound(_) | StoreError::Unseen { .. } => {
            refused.push((place, error));
            Ok(())
        }
        other => Err(other),
    };
    let mut rows = SameCommit::default();
    for (_, edit) in edits {
        let id = match edit.row {
            RowName::New => new_row(writer),
            RowName::Stable(id) | RowName::Existing(id) => id,
        };
        rows.push(known_entity(&edit.entity)?.name, id);
    }
    let mut planned = Vec::with_capacity(edits.len());
    for ((place, edit), row) in edits.iter().zip(&rows.in_order) {
        match plan(conn, edit.clone(), row.id, &rows) {
            Ok(edit) => planned.push(edit),
            Err(error) => refuse(*place, error)?,
        }
    }
    let mut changes = Vec::new();
    // The rules look at all that is planned: only once all of it is.
    if planned.len() == edits.len() {
        let today = writer.clock.now().format("%Y-%m-%d").to_string();
        let world = rules::World {
            conn,
            planned: &planned,
            today: &today,
        };
        for ((place, _), edit) in edits.iter().zip(&planned) {
            match rules::check(&world, edit) {
                Ok(()) => {
                    changes.extend(rules::traces(&world, edit, writer));
                    changes.extend(changes_of(edit));
                }
                Err(error) => refuse(*place, error)?,
            }
        }
    }
    Ok(if refused.is_empty() {
        Planning::Made(rows.in_order, changes)
    } else {
        Planning::Refused(refused)
    })
}
