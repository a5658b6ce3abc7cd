//! The import itself: the dry run, then one commit of what it found, or nothing at all.

use super::error::ImportError;
use super::mapping::Mapping;
use super::plan::{Plan, plan};
use super::preview::{ImportPreview, ImportReport, PreviewRequest};
use super::table::Table;
use crate::store::{Carnet, Edit, Edits, Flow, RowName};

/// Reads a window of what an import would do; the carnet is only read.
pub fn preview(
    carnet: &Carnet,
    table: &Table,
    mapping: &Mapping,
    request: &PreviewRequest,
) -> Result<ImportPreview, ImportError> {
    let plan = plan(carnet, table, mapping, &mut |_| Flow::Continue)?;
    Ok(plan.preview(request)?)
}

/// Tells what an import would do, row by row where it refuses; the carnet is only read.
pub fn dry_run(
    carnet: &Carnet,
    table: &Table,
    mapping: &Mapping,
) -> Result<ImportReport, ImportError> {
    let plan = plan(carnet, table, mapping, &mut |_| Flow::Continue)?;
    Ok(plan.report())
}

/// Imports a list as one commit under `label`.
///
/// `progress` is told what is done out of how much, in arbitrary units; when it answers `Cancel`, nothing is written.
pub fn run(
    carnet: &mut Carnet,
    table: &Table,
    mapping: &Mapping,
    label: &str,
    progress: &mut dyn FnMut(usize, usize) -> Flow,
) -> Result<ImportReport, ImportError> {
    // Reading takes about a third of the time of writing.
    let rows = table.rows.len();
    let total = rows * 4;
    let (mut report, edits) = {
        let plan = plan(carnet, table, mapping, &mut |done| progress(done, total))?;
        (plan.report(), plan.edits())
    };
    if progress(rows, total) == Flow::Cancel {
        return Err(ImportError::Cancelled);
    }
    if !edits.is_empty() {
        let edits = Edits {
            edits,
            label: label.to_owned(),
        };
        let saved = carnet.save_watched(edits, &mut |done, of| {
            progress(rows + rows * 3 * done / of.max(1), total)
        })?;
        report.commit = saved.commit;
    }
    Ok(report)
}

impl Plan<'_, '_> {
    /// What the commit holds: new records whole, others with the fields that change.
    fn edits(&self) -> Vec<Edit> {
        let used = self.known.slots.iter().filter(|slot| slot.is_used);
        used.filter(|slot| slot.is_new() || !slot.values.is_empty())
            .map(|slot| {
                let row = match &slot.before {
                    Some(_) => RowName::Existing(slot.id),
                    None => RowName::Stable(slot.id),
                };
                let mut edit = Edit::of(slot.def.name, row);
                edit.is_deleted = slot
                    .before
                    .as_ref()
                    .filter(|before| before.is_deleted)
                    .map(|_| false);
                for (field, value) in &slot.values {
                    edit.fields.insert((*field).to_owned(), Some(value.clone()));
                }
                edit
            })
            .collect()
    }
}
