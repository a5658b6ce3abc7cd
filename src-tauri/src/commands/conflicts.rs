//! What stands side by side, and what came back from the bin.

use std::collections::BTreeMap;

use carnet_core::exchange::texts;
use carnet_core::fault::Fault;
use carnet_core::model::{RecordRef, Value, entity_def, entity_names};
use carnet_core::store::{Carnet, CommitRef, Conflict, Resolution, StoreError, Title, TypedIn};
use serde::{Deserialize, Serialize};
use tauri::{AppHandle, Runtime, State};
use ts_rs::TS;

use super::copies::one_record;
use super::exchange::MOST_REVIVED;
use super::records::{label, reference};
use super::{Committed, announce};
use crate::state::AppData;

/// Field of which the conflict is whether a record is one with another.
const UNION: &str = "merged_into";

/// One of the values that stand side by side.
#[derive(Debug, Clone, Serialize, TS)]
pub struct ConflictHead {
    /// Who wrote it.
    pub device: String,
    /// In which of its commits; none yet where it was typed and waits.
    #[ts(type = "number")]
    pub seq: i64,
    /// Names it where it was typed and waits, in no commit yet.
    #[ts(type = "number | null")]
    pub typed: Option<i64>,
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
    /// Its sides: what was typed here and waits, then what stands, the shown one last.
    pub heads: Vec<ConflictHead>,
    /// The commits whose values stand: who settles it says them, having been shown no other.
    pub standing: Vec<CommitRef>,
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
            .to_settle(of.as_ref())?
            .into_iter()
            .map(|conflict| conflict_view(carnet, &here, conflict))
            .collect::<Result<_, StoreError>>()
    })
}

/// The sides of a conflict: what was typed here and waits, then what stands.
fn sides(conflict: &Conflict, here: &str) -> Vec<ConflictHead> {
    let typed = conflict.typed.iter().map(|one| ConflictHead {
        device: one.device.clone(),
        seq: 0,
        typed: Some(one.number),
        device_name: one.device_name.clone(),
        is_here: one.device == here,
        author: one.author.clone(),
        wall_time: one.wall_time.clone(),
        value: one.value.clone(),
    });
    let standing = conflict.sides(here).into_iter().map(|head| ConflictHead {
        device: head.device.clone(),
        seq: head.seq,
        typed: None,
        device_name: head.device_name.clone(),
        is_here: head.device == here,
        author: head.author.clone(),
        wall_time: head.wall_time.clone(),
        value: head.value.clone(),
    });
    typed.chain(standing).collect()
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
    let heads = sides(&conflict, here);
    let merged = match (is_text, heads.as_slice()) {
        (true, [one, other]) => texts::three_way(
            &text(&conflict.before),
            &text(&one.value),
            &text(&other.value),
        ),
        _ => None,
    };
    let mut refs = BTreeMap::new();
    let values = heads.iter().map(|head| &head.value);
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
        standing: conflict.standing()?,
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
        heads,
        refs,
    })
}

/// Keeps what was typed in a field and may not be written over what stands there; gives the name under which the same
/// typing goes on.
#[tauri::command(async)]
pub fn typed_keep<R: Runtime>(
    app: AppHandle<R>,
    data: State<'_, AppData>,
    entity: &str,
    id: &str,
    typed: TypedWords,
) -> Result<i64, Fault> {
    let place = TypedIn {
        record: reference(entity, id)?,
        field: typed.field,
    };
    let number =
        data.with(|carnet| carnet.keep_typed(&place, typed.number, typed.value, typed.over))?;
    announce(&app, vec![entity.to_owned()])?;
    Ok(number)
}

/// What was typed in a field and waits.
#[derive(Debug, Clone, Deserialize, TS)]
pub struct TypedWords {
    /// The field.
    pub field: String,
    /// The name under which the typing goes on; none when it begins.
    #[ts(type = "number | null")]
    pub number: Option<i64>,
    /// What was typed; null empties.
    #[ts(type = "string | number | boolean | string[] | null")]
    pub value: Option<Value>,
    /// What the field showed when the typing began.
    #[ts(type = "string | number | boolean | string[] | null")]
    pub over: Option<Value>,
}

/// How somebody settles a conflict, and what they were shown of it.
#[derive(Debug, Clone, Deserialize, TS)]
pub struct ConflictChoice {
    /// The commit whose value is kept.
    pub keep: Option<CommitRef>,
    /// Else the name of what was typed and is kept.
    #[ts(type = "number | null")]
    pub typed: Option<i64>,
    /// Else the value that is written.
    #[ts(type = "string | number | boolean | string[] | null")]
    pub value: Option<Value>,
    /// The commits whose values were shown.
    pub shown: Vec<CommitRef>,
}

/// Settles a conflict as somebody chose who was shown what stands; refused where another value stands by now.
#[tauri::command(async)]
pub fn conflict_resolve<R: Runtime>(
    app: AppHandle<R>,
    data: State<'_, AppData>,
    id: &str,
    choice: ConflictChoice,
) -> Result<Committed, Fault> {
    let labels = ["commit.resolve", "commit.typed"].map(|key| label(&data, key));
    let resolution = match (choice.keep, choice.typed) {
        (Some(commit), _) => Resolution::Keep(commit),
        (None, Some(number)) => Resolution::Typed(number),
        (None, None) => Resolution::Write(choice.value),
    };
    let (changed, commit) = data.with(|carnet| {
        let changed = match carnet.place_of(id)? {
            // Whatever linked to one may link to the other now.
            Some((_, _, field)) if field == UNION => entity_names().map(str::to_owned).collect(),
            Some((entity, ..)) => vec![entity],
            None => Vec::new(),
        };
        let labels = (labels[0].as_str(), labels[1].as_str());
        let commit = carnet.resolve_shown(id, &choice.shown, &resolution, labels)?;
        Ok::<_, Fault>((changed, commit))
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
