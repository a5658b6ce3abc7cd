//! D24, the synthesis of a project or of an organisation, for the audience chosen (domain.md §9).

use chrono::NaiveDate;

use super::reader::{Reader, blocks};
use super::{DocumentError, DocumentRequest};
use crate::model::{Record, RowId};
use crate::report::model::{Block, Line, Section};

/// How many past events a synthesis recalls.
const LAST_ONES: usize = 12;

/// The days that a synthesis tells of, both included.
pub(super) struct Period {
    since: String,
    until: String,
}

impl Period {
    pub(super) fn of(request: &DocumentRequest) -> Self {
        let text = |day: Option<NaiveDate>| day.map(|day| day.to_string());
        Self {
            since: text(request.since).unwrap_or_default(),
            // Past any digit: no end.
            until: text(request.until).unwrap_or_else(|| "~".to_owned()),
        }
    }

    fn of_these(&self, records: Vec<Record>, field: &str) -> Vec<Record> {
        let days = self.since.as_str()..=self.until.as_str();
        let is_in = |moment: &str| days.contains(&moment.get(..10).unwrap_or(moment));
        records
            .into_iter()
            .filter(|record| record.text(field).is_some_and(is_in))
            .collect()
    }
}

pub(super) fn sections(
    reader: &Reader<'_>,
    subject: &Record,
    period: &Period,
    today: NaiveDate,
) -> Result<Vec<Section>, DocumentError> {
    if subject.entity == "project" {
        project(reader, subject, period, today)
    } else {
        organisation(reader, subject, today)
    }
}

fn section(reader: &Reader<'_>, key: &str, content: Vec<Block>) -> Section {
    Section {
        heading: reader.says(&format!("summary_sheet.{key}")),
        blocks: blocks(content),
    }
}

fn project(
    reader: &Reader<'_>,
    project: &Record,
    period: &Period,
    today: NaiveDate,
) -> Result<Vec<Section>, DocumentError> {
    let id = project.id;
    let partners = reader.linked("participation", "project", id, "role")?;
    let actions = reader.linked("project_action", "project", id, "starts_on")?;
    let changes = period.of_these(
        reader.linked("project_change", "project", id, "noticed_on")?,
        "noticed_on",
    );
    let decisions = period.of_these(
        reader.linked("decision", "project", id, "decided_on")?,
        "decided_on",
    );
    let events = reader.linked("event", "project", id, "starts_at")?;
    let (past, coming) = split(events, "starts_at", today);
    let past = period.of_these(past, "starts_at");
    let agreements = reader.linked("agreement", "project", id, "signed_on")?;
    let fundings = reader.linked("funding", "project", id, "filed_on")?;
    let in_brief = [
        "organisation",
        "maturity",
        "phase",
        "cooperation_type",
        "themes",
        "calendar",
    ];
    Ok(vec![
        section(
            reader,
            "in_brief",
            vec![
                Block::Facts(reader.facts(project, &in_brief)?),
                Block::List(reader.items(&partners, "organisation", &["role"])?),
            ],
        ),
        section(
            reader,
            "where_it_is",
            vec![
                Block::Facts(reader.facts(project, &["wording", "expected_result", "objectives"])?),
                Block::Lines(reader.lines(
                    &actions,
                    "starts_on",
                    "title",
                    &["lead", "ends_on", "state"],
                )?),
            ],
        ),
        section(
            reader,
            "since_last_time",
            vec![Block::Lines(in_order(
                reader,
                &[
                    (tail(&changes), "noticed_on", "description", &[]),
                    (tail(&decisions), "decided_on", "wording", &[]),
                    (tail(&past), "starts_at", "title", &["place"]),
                ],
            )?)],
        ),
        section(
            reader,
            "frame_and_means",
            vec![
                Block::List(reader.items(&agreements, "kind", &["status", "signed_on"])?),
                Block::List(reader.items(
                    &fundings,
                    "scheme",
                    &["status", "amount_requested", "amount_granted"],
                )?),
            ],
        ),
        section(reader, "to_come", to_come(reader, "project", id, &coming)?),
    ])
}

fn organisation(
    reader: &Reader<'_>,
    organisation: &Record,
    today: NaiveDate,
) -> Result<Vec<Section>, DocumentError> {
    let id = organisation.id;
    let projects = reader.linked("project", "organisation", id, "title")?;
    let supports = reader.linked("support", "organisation", id, "opened_on")?;
    let mut coming = Vec::new();
    for support in &supports {
        coming.extend(
            split(
                reader.linked("session", "support", support.id, "starts_at")?,
                "starts_at",
                today,
            )
            .1,
        );
    }
    let events = split(
        reader.linked("event", "host", id, "starts_at")?,
        "starts_at",
        today,
    )
    .1;
    let in_brief = [
        "organisation_type",
        "territory",
        "themes",
        "seeks",
        "offers_text",
    ];
    Ok(vec![
        section(
            reader,
            "in_brief",
            vec![Block::Facts(reader.facts(organisation, &in_brief)?)],
        ),
        section(
            reader,
            "projects",
            vec![Block::List(reader.items(
                &projects,
                "title",
                &["maturity", "phase", "calendar"],
            )?)],
        ),
        section(
            reader,
            "supports",
            vec![
                Block::List(reader.items(&supports, "title", &["status"])?),
                Block::List(reader.items(&coming, "starts_at", &["mode", "place"])?),
            ],
        ),
        section(
            reader,
            "to_come",
            vec![Block::Lines(reader.lines(
                &events,
                "starts_at",
                "title",
                &["place"],
            )?)],
        ),
    ])
}

fn to_come(
    reader: &Reader<'_>,
    field: &str,
    id: RowId,
    events: &[Record],
) -> Result<Vec<Block>, DocumentError> {
    let tasks: Vec<Record> = reader
        .linked("task", field, id, "due_on")?
        .into_iter()
        .filter(|task| matches!(task.text("state"), Some("to_do" | "in_progress")))
        .collect();
    Ok(vec![Block::Lines(in_order(
        reader,
        &[
            (&tasks, "due_on", "title", &["owner"]),
            (events, "starts_at", "title", &["place"]),
        ],
    )?)])
}

/// Records of several kinds as lines: when, what, and what adds to it.
type Dated<'a> = (&'a [Record], &'a str, &'a str, &'a [&'a str]);

/// One list of the lines of several, oldest first; what has no date closes it.
fn in_order(reader: &Reader<'_>, kinds: &[Dated<'_>]) -> Result<Vec<Line>, DocumentError> {
    let mut dated = Vec::new();
    for (records, when, what, notes) in kinds {
        for record in *records {
            let day = record.text(when).unwrap_or("~").to_owned();
            for line in reader.lines(std::slice::from_ref(record), when, what, notes)? {
                dated.push((day.clone(), line));
            }
        }
    }
    dated.sort_by(|(one, _), (other, _)| one.cmp(other));
    Ok(dated.into_iter().map(|(_, line)| line).collect())
}

/// What is before today, and what is from today on.
fn split(records: Vec<Record>, field: &str, today: NaiveDate) -> (Vec<Record>, Vec<Record>) {
    let today = today.to_string();
    records
        .into_iter()
        .partition(|record| record.text(field).is_some_and(|day| day < today.as_str()))
}

fn tail(records: &[Record]) -> &[Record] {
    &records[records.len().saturating_sub(LAST_ONES)..]
}
