//! D01, the sheet of preparation: one page for oneself before a session (domain.md §9).

use super::DocumentError;
use super::reader::{Reader, blocks};
use crate::model::{Record, RowId};
use crate::report::model::{Block, Fact, RichText, Section};

/// How many past decisions and steps help to prepare.
const LAST_ONES: usize = 6;

pub(super) fn sections(
    reader: &Reader<'_>,
    session: &Record,
) -> Result<Vec<Section>, DocumentError> {
    let mut sections = Vec::new();
    let support = reader.follow(session, "support")?;
    let heading = |key: &str| reader.says(&format!("prep_sheet.{key}"));
    let mut section = |key: &str, content: Vec<Block>| {
        sections.push(Section {
            heading: heading(key),
            blocks: blocks(content),
        });
    };

    let mut meeting = reader.facts(session, &["starts_at", "mode", "place", "topic"])?;
    if let Some(support) = &support {
        meeting.extend(reader.facts(support, &["title", "organisation", "beneficiaries"])?);
    }
    section("meeting", vec![Block::Facts(meeting)]);

    let newcomers = newcomers(reader, session)?;
    let mut frame = vec![Block::Facts(newcomers)];
    if let Some(support) = &support {
        frame.insert(
            0,
            Block::Facts(reader.facts(support, &["contour", "exclusions"])?),
        );
    }
    section("frame", frame);

    let past = match &support {
        Some(support) => previous(reader, support.id, session)?,
        None => Vec::new(),
    };
    let last = past.last();
    let mut progress = match last {
        Some(last) => reader.facts(last, &["progress_made", "context_changes"])?,
        None => Vec::new(),
    };
    let mut changes = Vec::new();
    for project in session
        .elements("projects")
        .iter()
        .filter_map(|id| id.parse::<RowId>().ok())
    {
        changes.extend(reader.linked("project_change", "project", project, "noticed_on")?);
    }
    progress.truncate(LAST_ONES);
    section(
        "progress",
        vec![
            Block::Facts(progress),
            Block::Lines(reader.lines(tail(&changes), "noticed_on", "description", &[])?),
        ],
    );

    if let Some(support) = &support {
        let decisions = reader.linked("decision", "support", support.id, "decided_on")?;
        let tasks: Vec<Record> = reader
            .linked("task", "support", support.id, "due_on")?
            .into_iter()
            .filter(|task| matches!(task.text("state"), Some("to_do" | "in_progress")))
            .collect();
        section(
            "decisions",
            vec![
                Block::Lines(reader.lines(tail(&decisions), "decided_on", "wording", &[])?),
                Block::Lines(reader.lines(tail(&tasks), "due_on", "title", &["owner", "state"])?),
            ],
        );
        let needs = reader.linked("need", "support", support.id, "agreed_on")?;
        let mut of_needs = Vec::new();
        for need in tail(&needs) {
            of_needs.push(Block::Facts(
                reader.facts(need, &["expressed", "perceived", "reformulated"])?,
            ));
        }
        section("needs", of_needs);
        let obstacles = reader.linked("obstacle", "support", support.id, "noted_on")?;
        let open: Vec<Record> = obstacles
            .into_iter()
            .filter(|obstacle| obstacle.text("result") != Some("lifted"))
            .collect();
        section(
            "obstacles",
            vec![Block::List(reader.items(
                tail(&open),
                "kind",
                &["answer"],
            )?)],
        );
    }

    let mut to_treat = match last {
        Some(last) => reader.facts(last, &["points_left"])?,
        None => Vec::new(),
    };
    to_treat.extend(reader.facts(session, &["objectives", "agenda"])?);
    section("to_treat", vec![Block::Facts(to_treat)]);

    let to_bring = to_bring(reader, session, support.as_ref())?;
    section("to_bring", vec![Block::Facts(to_bring)]);
    Ok(sections)
}

/// The offers, resources and arguments to have at hand.
fn to_bring(
    reader: &Reader<'_>,
    session: &Record,
    support: Option<&Record>,
) -> Result<Vec<Fact>, DocumentError> {
    let mut to_bring = reader.facts(
        session,
        &["offers_brought", "resources_given", "arguments_heard"],
    )?;
    if let Some(organisation) = support.and_then(|support| support.reference("organisation")) {
        for matched in reader.linked("offer_match", "organisation", organisation, "sent_on")? {
            to_bring.extend(reader.facts(&matched, &["offer", "reasons"])?);
        }
    }
    Ok(to_bring)
}

/// The last of a list that was sorted oldest first.
fn tail(records: &[Record]) -> &[Record] {
    &records[records.len().saturating_sub(LAST_ONES)..]
}

/// The sessions of a support that were held before this one, oldest first.
fn previous(
    reader: &Reader<'_>,
    support: RowId,
    session: &Record,
) -> Result<Vec<Record>, DocumentError> {
    let starts_at = session.text("starts_at").unwrap_or_default();
    let all = reader.linked("session", "support", support, "starts_at")?;
    Ok(all
        .into_iter()
        .filter(|other| {
            other.id != session.id && other.text("starts_at").is_some_and(|at| at < starts_at)
        })
        .filter(|other| matches!(other.text("status"), Some("held" | "logged")))
        .collect())
}

/// R12: who has not heard the frame yet.
fn newcomers(reader: &Reader<'_>, session: &Record) -> Result<Vec<Fact>, DocumentError> {
    let mut names = Vec::new();
    for attendance in reader.linked("attendance", "session", session.id, "person")? {
        let heard = match attendance.reference("person") {
            Some(person) => reader
                .linked("attendance", "person", person, "frame_restated_on")?
                .iter()
                .any(|other| other.text("frame_restated_on").is_some()),
            None => true,
        };
        if !heard && attendance.text("role") != Some("colleague") {
            names.extend(reader.text(&attendance, "person")?);
        }
    }
    if names.is_empty() {
        return Ok(Vec::new());
    }
    Ok(vec![Fact {
        label: reader.says("prep_sheet.newcomers"),
        value: RichText::from(names.join(", ").as_str()),
    }])
}
