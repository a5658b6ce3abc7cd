//! D01, the sheet of preparation: one page for oneself before a session (domain.md §9).
//!
//! It always comes out: what the page cannot hold is left out, the oldest first, then told. Must not know how a page looks.

use std::cell::Cell;

use super::DocumentError;
use super::reader::{Reader, blocks};
use crate::model::{Record, RowId};
use crate::report::model::{Block, Fact, RichText, Section};

/// How many records of a kind, and characters of a text, the page is tried with, one after the other.
const ROOMS: [(usize, usize); 10] = [
    (6, usize::MAX),
    (5, 900),
    (4, 700),
    (3, 600),
    (3, 400),
    (2, 400),
    (2, 250),
    (1, 250),
    (1, 120),
    (1, 50),
];

/// What the page is given, and what it could not take.
pub(super) struct Room {
    /// The most records of each kind.
    records: usize,
    /// The most characters of each text.
    characters: usize,
    /// Records that are not on the page.
    left_out: Cell<usize>,
    /// Texts whose end is not on the page.
    shortened: Cell<usize>,
}

impl Room {
    /// The rooms to try in turn, the largest first.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        ROOMS.into_iter().map(|(records, characters)| Self {
            records,
            characters,
            left_out: Cell::new(0),
            shortened: Cell::new(0),
        })
    }

    /// What is not on the page: records left out and texts cut short.
    pub(super) fn left_out(&self) -> usize {
        self.left_out.get() + self.shortened.get()
    }

    /// The last of a list that was sorted oldest first.
    fn latest<'a>(&self, records: &'a [Record]) -> &'a [Record] {
        let from = records.len().saturating_sub(self.records);
        self.left_out.set(self.left_out.get() + from);
        &records[from..]
    }

    /// The first of a list that was sorted most pressing first.
    fn first<'a>(&self, records: &'a [Record]) -> &'a [Record] {
        let kept = records.len().min(self.records);
        self.left_out
            .set(self.left_out.get() + records.len() - kept);
        &records[..kept]
    }

    /// A text that ends with … where the page has no room for the rest.
    fn shorten(&self, text: &mut RichText) {
        let words = text.to_plain();
        if words.chars().count() <= self.characters {
            return;
        }
        let kept: String = words.chars().take(self.characters).collect();
        *text = RichText::from(format!("{}…", kept.trim_end()));
        self.shortened.set(self.shortened.get() + 1);
    }

    fn shorten_all(&self, sections: &mut [Section]) {
        for block in sections.iter_mut().flat_map(|section| &mut section.blocks) {
            match block {
                Block::Facts(facts) => facts
                    .iter_mut()
                    .for_each(|fact| self.shorten(&mut fact.value)),
                Block::Lines(lines) => lines
                    .iter_mut()
                    .for_each(|line| self.shorten(&mut line.title)),
                Block::List(items) => items.iter_mut().for_each(|item| {
                    self.shorten(&mut item.text);
                    if let Some(note) = &mut item.note {
                        let mut text = RichText::from(note.as_str());
                        self.shorten(&mut text);
                        *note = text.to_plain();
                    }
                }),
                _ => {}
            }
        }
    }

    /// The remark that closes the page when something is not on it.
    fn remark(&self, reader: &Reader<'_>) -> Option<Block> {
        let said = [
            ("left_out", self.left_out.get()),
            ("shortened", self.shortened.get()),
        ]
        .into_iter()
        .filter(|(_, count)| *count > 0)
        .map(|(key, count)| reader.counts(&format!("prep_sheet.{key}"), count))
        .collect::<Vec<_>>();
        (!said.is_empty()).then(|| Block::Note(RichText::from(said.join(" "))))
    }
}

pub(super) fn sections(
    reader: &Reader<'_>,
    session: &Record,
    room: &Room,
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
    let progress = match last {
        Some(last) => reader.facts(last, &["progress_made", "context_changes"])?,
        None => Vec::new(),
    };
    let changes = changes(reader, session)?;
    section(
        "progress",
        vec![
            Block::Facts(progress),
            Block::Lines(reader.lines(room.latest(&changes), "noticed_on", "description", &[])?),
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
                Block::Lines(reader.lines(
                    room.latest(&decisions),
                    "decided_on",
                    "wording",
                    &[],
                )?),
                Block::Lines(reader.lines(
                    room.first(&tasks),
                    "due_on",
                    "title",
                    &["owner", "state"],
                )?),
            ],
        );
        let needs = reader.linked("need", "support", support.id, "agreed_on")?;
        let mut of_needs = Vec::new();
        for need in room.latest(&needs) {
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
                room.latest(&open),
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

    let to_bring = to_bring(reader, session, support.as_ref(), room)?;
    section("to_bring", vec![Block::Facts(to_bring)]);
    room.shorten_all(&mut sections);
    sections.extend(room.remark(reader).map(|remark| Section {
        heading: reader.says("prep_sheet.not_here"),
        blocks: vec![remark],
    }));
    Ok(sections)
}

/// What changed in the projects that the session is about.
fn changes(reader: &Reader<'_>, session: &Record) -> Result<Vec<Record>, DocumentError> {
    let mut changes = Vec::new();
    let projects = session.elements("projects");
    for project in projects.iter().filter_map(|id| id.parse::<RowId>().ok()) {
        changes.extend(reader.linked("project_change", "project", project, "noticed_on")?);
    }
    Ok(changes)
}

/// The offers, resources and arguments to have at hand.
fn to_bring(
    reader: &Reader<'_>,
    session: &Record,
    support: Option<&Record>,
    room: &Room,
) -> Result<Vec<Fact>, DocumentError> {
    let mut to_bring = reader.facts(
        session,
        &["offers_brought", "resources_given", "arguments_heard"],
    )?;
    if let Some(organisation) = support.and_then(|support| support.reference("organisation")) {
        let matches = reader.linked("offer_match", "organisation", organisation, "sent_on")?;
        for matched in room.latest(&matches) {
            to_bring.extend(reader.facts(matched, &["offer", "reasons"])?);
        }
    }
    Ok(to_bring)
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
