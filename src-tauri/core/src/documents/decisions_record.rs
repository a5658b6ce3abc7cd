//! D02, the record of decisions: decisions and next steps for the beneficiary, nothing else (domain.md §9).

use super::DocumentError;
use super::reader::{Reader, blocks};
use crate::model::Record;
use crate::report::model::{Block, Section};

pub(super) fn sections(
    reader: &Reader<'_>,
    session: &Record,
) -> Result<Vec<Section>, DocumentError> {
    let heading = |key: &str| reader.says(&format!("decisions_record.{key}"));
    let section = |key: &str, content: Vec<Block>| Section {
        heading: heading(key),
        blocks: blocks(content),
    };
    let present: Vec<Record> = reader
        .linked("attendance", "session", session.id, "person")?
        .into_iter()
        .filter(|attendance| {
            attendance
                .value("was_present")
                .is_none_or(crate::model::Value::is_true)
        })
        .collect();
    let decisions = reader.linked("decision", "session", session.id, "decided_on")?;
    let tasks = reader.linked("task", "session", session.id, "due_on")?;
    Ok(vec![
        section(
            "session",
            vec![
                Block::Facts(reader.facts(session, &["starts_at", "place"])?),
                Block::List(reader.items(&present, "person", &["organisation", "role"])?),
            ],
        ),
        section(
            "decisions",
            vec![Block::Lines(reader.lines(
                &decisions,
                "decided_on",
                "wording",
                &["decided_by"],
            )?)],
        ),
        section(
            "next_steps",
            vec![Block::Lines(reader.lines(
                &tasks,
                "due_on",
                "title",
                &["owner"],
            )?)],
        ),
        section(
            "points_left",
            vec![Block::Facts(reader.facts(session, &["points_left"])?)],
        ),
        section(
            "next_meeting",
            vec![Block::Facts(reader.facts(session, &["next_session_on"])?)],
        ),
    ])
}
