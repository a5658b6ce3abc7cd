//! What stands side by side, and what came back from the bin.

use std::collections::BTreeMap;

use carnet_core::exchange::texts;
use carnet_core::fault::Fault;
use carnet_core::model::{RecordRef, Value, entity_def, entity_names};
use carnet_core::store::{Carnet, CommitRef, Conflict, Resolution, StoreError, Title};
use serde::Serialize;
use tauri::{AppHandle, Runtime, State};
use ts_rs::TS;

use super::copies::one_record;
use super::exchange::MOST_REVIVED;
use super::records::label;
use super::{Committed, announce};
use crate::state::AppData;

/// Field of which the conflict is whether a record is one with another.
const UNION: &str = "merged_into";

/// One of the values that stand side by side.
#[derive(Debug, Clone, Serialize, TS)]
pub struct ConflictHead {
    /// Who wrote it.
    pub device: String,
    /// In which of its commits.
    #[ts(type = "number")]
    pub seq: i64,
    /// How that machine is named.
    pub device_name: String,
    /// Whether it was written here.
    pub is_here: bool,
    /// Which person.
    pub author: String,
    /// When, RFC 3339.
    pub wall_time: String,
    /// What they wrote; null empties.
    #[ts(type = "string | number | boolean | string[] | null")]
    pub value: Option<Value>,
}

/// A field in which values stand side by side, with what a screen needs to show them.
#[derive(Debug, Clone, Serialize, TS)]
pub struct ConflictView {
    /// Names it.
    pub id: String,
    /// The entity.
    pub entity: String,
    /// The row.
    pub row: String,
    /// How the record is named.
    pub title: String,
    /// What tells it from another of the same name.
    pub subtitle: Option<String>,
    /// The field; `name/element` for an element of a set.
    pub field: String,
    /// What stood before.
    #[ts(type = "string | number | boolean | string[] | null")]
    pub before: Option<Value>,
    /// Whether it is a long text, of which both can be kept.
    pub is_text: bool,
    /// A text that holds both edits, to be read before it is kept.
    pub merged: Option<String>,
    /// The value that shows meanwhile.
    pub shown: CommitRef,
    /// All of them, the shown one last.
    pub heads: Vec<ConflictHead>,
    /// Titles of what the values refer to, by `entity/id`.
    #[ts(type = "Record<string, Title>")]
    pub refs: BTreeMap<String, Title>,
}

/// The conflicts, of one record or of all.
#[tauri::command(async)]
pub fn conflict_list(
    data: State<'_, AppData>,
    entity: Option<&str>,
    id: Option<&str>,
) -> Result<Vec<ConflictView>, Fault> {
    let of = one_record(entity, id)?;
    data.with(|carnet| {
        let here = carnet.device()?.to_string();
        carnet
            .conflicts(of.as_ref())?
            .into_iter()
            .map(|conflict| conflict_view(carnet, &here, conflict))
            .collect::<Result<_, StoreError>>()
    })
}

fn conflict_view(
    carnet: &Carnet,
    here: &str,
    conflict: Conflict,
) -> Result<ConflictView, StoreError> {
    let kind = entity_def(&conflict.entity)
        .and_then(|def| def.field(&conflict.field))
        .map(|field| field.kind);
    let is_text = kind.is_some_and(carnet_core::model::FieldKind::is_words);
    let text = |value: &Option<Value>| {
        value
            .as_ref()
            .and_then(Value::as_text)
            .unwrap_or_default()
            .to_owned()
    };
    let merged = match (is_text, conflict.heads.as_slice()) {
        (true, [one, other]) => texts::three_way(
            &text(&conflict.before),
            &text(&one.value),
            &text(&other.value),
        ),
        _ => None,
    };
    let mut refs = BTreeMap::new();
    let values = conflict.heads.iter().map(|head| &head.value);
    for value in values.chain([&conflict.before]) {
        let named = value.as_ref().and_then(Value::as_text);
        let reference = match (kind.and_then(carnet_core::model::FieldKind::target), named) {
            (Some(entity), Some(id)) => format!("{entity}/{id}").parse::<RecordRef>().ok(),
            (None, Some(row)) if conflict.field == UNION => {
                format!("{}/{row}", conflict.entity).parse().ok()
            }
            (None, Some(reference)) => reference.parse().ok(),
            _ => None,
        };
        if let Some(reference) = reference
            && let Some(title) = carnet.title_of(&reference)?
        {
            refs.insert(reference.to_string(), title);
        }
    }
    let row = format!("{}/{}", conflict.entity, conflict.row);
    let title = match row.parse::<RecordRef>() {
        Ok(reference) => carnet.title_of(&reference)?,
        Err(_) => None,
    };
    Ok(ConflictView {
        id: conflict.id,
        subtitle: title.as_ref().and_then(|title| title.subtitle.clone()),
        title: title.map_or_else(String::new, |title| title.title),
        entity: conflict.entity,
        row: conflict.row,
        field: conflict.field,
        before: conflict.before,
        is_text,
        merged,
        shown: conflict.shown,
        heads: conflict
            .heads
            .into_iter()
            .map(|head| ConflictHead {
                is_here: head.device == here,
                device: head.device,
                seq: head.seq,
                device_name: head.device_name,
                author: head.author,
                wall_time: head.wall_time,
                value: head.value,
            })
            .collect(),
        refs,
    })
}

/// Settles a conflict: with the value of a commit, else with `value`.
#[tauri::command(async)]
pub fn conflict_resolve<R: Runtime>(
    app: AppHandle<R>,
    data: State<'_, AppData>,
    id: &str,
    keep: Option<CommitRef>,
    value: Option<Value>,
) -> Result<Committed, Fault> {
    let label = label(&data, "commit.resolve");
    let resolution = keep.map_or_else(|| Resolution::Write(value), Resolution::Keep);
    let (changed, commit) = data.with(|carnet| {
        let conflicts = carnet.conflicts(None)?;
        let conflict = conflicts.into_iter().find(|conflict| conflict.id == id);
        let changed = match conflict {
            // Whatever linked to one may link to the other now.
            Some(conflict) if conflict.field == UNION => {
                entity_names().map(str::to_owned).collect()
            }
            Some(conflict) => vec![conflict.entity],
            None => Vec::new(),
        };
        Ok::<_, Fault>((changed, carnet.resolve(id, &resolution, &label)?))
    })?;
    announce(&app, changed)?;
    Ok(Committed {
        commit: Some(commit),
    })
}

/// A record that came back from the bin.
#[derive(Debug, Clone, Serialize, TS)]
pub struct RevivedRecord {
    /// Its entity.
    pub entity: String,
    /// Its row.
    pub id: String,
    /// How it is named.
    pub title: String,
    /// What tells it from another of the same name.
    pub subtitle: Option<String>,
}

/// The records that came back from the bin because somebody wrote in them unaware.
#[tauri::command(async)]
pub fn revived_list(data: State<'_, AppData>) -> Result<Vec<RevivedRecord>, Fault> {
    data.with(|carnet| {
        let mut revived = Vec::new();
        for reference in carnet.revived(MOST_REVIVED)? {
            let title = carnet.title_of(&reference)?;
            revived.push(RevivedRecord {
                id: reference.id.to_string(),
                entity: reference.entity,
                subtitle: title.as_ref().and_then(|title| title.subtitle.clone()),
                title: title.map_or_else(String::new, |title| title.title),
            });
        }
        Ok::<_, StoreError>(revived)
    })
}
