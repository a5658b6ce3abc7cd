//! The commands by which copies meet, and what they print.

use std::path::{Path, PathBuf};

use carnet_core::exchange::{backup, folder};
use carnet_core::fault::Fault;
use carnet_core::messages::{Language, text};
use carnet_core::model::{RecordRef, Value};
use carnet_core::store::{
    Carnet, CommitRef, Deletions, MergeError, Merged, Resolution, StoreError,
};
use carnet_core::words::{Names as _, of_change, of_field};
use serde_json::{Value as Json, json};

use crate::arguments::ManyDeletions;
use crate::edits::tell_to_clean;
use crate::words::Titles;

/// How a command that takes copies over was asked.
#[derive(Clone, Copy)]
pub(crate) struct Wanted {
    is_dry_run: bool,
    deletions: Deletions,
    as_json: bool,
}

impl Wanted {
    pub(crate) fn new(is_dry_run: bool, deletions: ManyDeletions, as_json: bool) -> Self {
        let deletions = if deletions.accept_deletions {
            Deletions::Accept
        } else if deletions.decline_deletions {
            Deletions::Decline
        } else {
            Deletions::Ask
        };
        Self {
            is_dry_run,
            deletions,
            as_json,
        }
    }
}

/// The figures of a merge, in the promised shape.
fn figures(merged: &Merged) -> Json {
    json!({
        "commits": merged.commits,
        "changes": merged.changes,
        "conflicts_opened": merged.conflicts_opened,
        "conflicts_settled": merged.conflicts_settled,
        "deleted": merged.deleted,
    })
}

fn sentence(merged: &Merged, wanted: Wanted, language: Language) -> String {
    let counts = [
        ("commits", merged.commits.to_string()),
        ("changes", merged.changes.to_string()),
        ("conflicts", merged.conflicts_opened.to_string()),
        ("deleted", merged.deleted.to_string()),
    ];
    let key = if wanted.is_dry_run {
        "cli.merge.foreseen"
    } else {
        "cli.merge"
    };
    text(language, key, &counts)
}

/// Records whose words are indexed in one step, which holds the carnet.
const INDEXED_AT_ONCE: usize = 10_000;

/// Puts in the search index all records that it does not know yet: here nobody does so in the background.
pub(crate) fn complete_index(carnet: &mut Carnet) -> Result<(), StoreError> {
    while carnet.index_due(INDEXED_AT_ONCE)? == INDEXED_AT_ONCE {}
    Ok(())
}

/// Takes over copies, or tells what that would do.
pub(crate) fn merge(
    carnet: &mut Carnet,
    others: &[PathBuf],
    wanted: Wanted,
    language: Language,
) -> Result<String, Fault> {
    let merged = if wanted.is_dry_run {
        carnet.preview_merge(others, wanted.deletions)?.0
    } else {
        let names: Vec<String> = others
            .iter()
            .filter_map(|other| Some(other.file_name()?.to_string_lossy().into_owned()))
            .collect();
        let names = names.join(", ");
        let merged = carnet.merge(others, &names, wanted.deletions);
        let merged = merged.map_err(|error| asked_here(error.into(), &names))?;
        tell_to_clean(carnet, language)?;
        // All is taken over: what could not be indexed now stays due.
        let _ = complete_index(carnet);
        merged
    };
    Ok(if wanted.as_json {
        figures(&merged).to_string()
    } else {
        sentence(&merged, wanted, language)
    })
}

/// A refusal that asks for the officer's yes: whose deletions they are, and how it is given here.
fn asked_here(fault: Fault, from: &str) -> Fault {
    if fault.code == "many_deletions" {
        fault.with("path", from).with("kind", "terminal")
    } else {
        fault
    }
}

/// One pass over an exchange folder, or what it would do.
pub(crate) fn exchange(
    carnet: &mut Carnet,
    dir: &Path,
    wanted: Wanted,
    language: Language,
) -> Result<Vec<String>, Fault> {
    if wanted.is_dry_run {
        let foreseen = folder::foresee(carnet, dir, wanted.deletions)?;
        return Ok(vec![if wanted.as_json {
            shape(&foreseen.merged, foreseen.written, &[]).to_string()
        } else {
            sentence(&foreseen.merged, wanted, language)
        }]);
    }
    let done = folder::exchange(carnet, dir, wanted.deletions)?;
    tell_to_clean(carnet, language)?;
    // All is taken over: what could not be indexed now stays due.
    let _ = complete_index(carnet);
    if let Some((deleted, records)) = done.waiting {
        let fault = Fault::from(MergeError::ManyDeletions { deleted, records });
        return Err(asked_here(fault, &dir.display().to_string()));
    }
    let mut waits: Vec<String> = done
        .missing
        .iter()
        .map(|missing| {
            let name = missing
                .name
                .clone()
                .unwrap_or_else(|| missing.device.to_string());
            let count = (missing.upto - missing.have).to_string();
            text(
                language,
                "cli.missing",
                &[("count", count), ("device", name)],
            )
        })
        .collect();
    let unread = done.unread.into_iter();
    waits.extend(unread.map(|(_, error)| Fault::from(error).sentence(language)));
    if wanted.as_json {
        return Ok(vec![shape(&done.merged, done.written, &waits).to_string()]);
    }
    let mut lines = vec![sentence(&done.merged, wanted, language)];
    lines.extend(waits);
    Ok(lines)
}

fn shape(merged: &Merged, written: i64, waiting: &[String]) -> Json {
    let mut shape = figures(merged);
    shape["written"] = json!(written);
    if !waiting.is_empty() {
        shape["waiting"] = json!(waiting);
    }
    shape
}

/// The conflicts, one a line or as one JSON list.
pub(crate) fn conflicts(
    carnet: &Carnet,
    as_json: bool,
    language: Language,
) -> Result<Vec<String>, Fault> {
    let conflicts = carnet.conflicts(None)?;
    if as_json {
        return Ok(vec![json!(conflicts).to_string()]);
    }
    let mut lines = Vec::new();
    let names = Titles { carnet, language };
    for conflict in conflicts {
        let (entity, field) = (conflict.entity.as_str(), conflict.field.as_str());
        let reference: RecordRef = format!("{entity}/{}", conflict.row)
            .parse()
            .map_err(|_| StoreError::Damaged(conflict.row.clone()))?;
        let title = names.name(&reference)?.unwrap_or_default();
        let label = of_field(language, entity, field);
        lines.push(format!("{}\t{title}\t{label}", conflict.id));
        for head in conflict.heads {
            let said = of_change(language, &names, entity, field, head.value.as_ref())?;
            lines.push(format!(
                "  {}:{}\t{}\t{said}",
                head.device, head.seq, head.author
            ));
        }
    }
    Ok(lines)
}

/// Settles a conflict; gives the commit that does.
pub(crate) fn resolve(
    carnet: &mut Carnet,
    conflict: &str,
    keep: Option<&str>,
    value: Option<&str>,
    language: Language,
) -> Result<CommitRef, Fault> {
    let resolution = match keep {
        Some(name) => {
            let commit = name
                .parse()
                .map_err(|_| Fault::of("no_such_commit").with("name", name))?;
            Resolution::Keep(commit)
        }
        None => Resolution::Write(value.filter(|value| !value.is_empty()).map(Value::from)),
    };
    Ok(carnet.resolve(
        conflict,
        &resolution,
        &text(language, "commit.resolve", &[]),
    )?)
}

/// Makes a backup; gives the path of it.
pub(crate) fn backup(carnet: &Carnet, dir: &Path) -> Result<String, Fault> {
    let name = carnet
        .path()
        .file_stem()
        .map_or_else(Default::default, |stem| stem.to_string_lossy().into_owned());
    let made = backup::make(carnet, &name, dir, carnet.writer().clock.now())?;
    Ok(made.path.display().to_string())
}
