//! The documents of domain.md §9: what each holds, for whom, built from the carnet over one report model.
//!
//! Every value passes through [`reader`], which knows the audience; nothing here prints, and how much a page holds is
//! [`crate::report`]'s business.

mod decisions_record;
mod prep_sheet;
mod reader;
mod summary_sheet;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use chrono::{DateTime, FixedOffset, NaiveDate};
use serde::Serialize;
use ts_rs::TS;

use crate::messages::{Language, text};
use crate::model::{Audience, Enumeration, Record, RecordRef, close_to};
use crate::report::RenderError;
use crate::report::model::{Fit, Footer, Report, RichText, Section};
use crate::report::pdf;
use crate::store::{Carnet, StoreError};

use prep_sheet::Room;
use reader::Reader;

/// A document of domain.md §9 that this version makes; `model::DocumentKind` is another thing, the kind of a document
/// that somebody attached to a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DocumentKind {
    /// D01, for oneself, one page.
    PrepSheet,
    /// D02, for the beneficiary.
    DecisionsRecord,
    /// D24, for the audience chosen, two pages at most.
    SummarySheet,
}

impl DocumentKind {
    /// Every document, in the order of domain.md.
    pub const ALL: [Self; 3] = [Self::PrepSheet, Self::DecisionsRecord, Self::SummarySheet];

    /// Its name in the contract of the command line.
    pub fn code(self) -> &'static str {
        match self {
            Self::PrepSheet => "prep_sheet",
            Self::DecisionsRecord => "decisions_record",
            Self::SummarySheet => "summary_sheet",
        }
    }

    /// The document of this name.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// For whom it may be made, the usual one first.
    pub fn audiences(self) -> &'static [Audience] {
        match self {
            Self::PrepSheet => &[Audience::Oneself],
            Self::DecisionsRecord => &[Audience::Beneficiary],
            Self::SummarySheet => &[
                Audience::Oneself,
                Audience::Beneficiary,
                Audience::ProjectPartners,
                Audience::FundersHierarchy,
                Audience::Network,
            ],
        }
    }

    /// Whether it tells what happened from a day on, so that it can begin at one.
    pub fn can_begin(self) -> bool {
        match self {
            Self::PrepSheet | Self::DecisionsRecord => false,
            Self::SummarySheet => true,
        }
    }

    /// The documents whose names look like this one.
    pub fn close_to(code: &str) -> Vec<String> {
        close_to(code, Self::ALL.into_iter().map(Self::code))
    }

    /// Entities that it may be about.
    pub fn subjects(self) -> &'static [&'static str] {
        match self {
            Self::PrepSheet | Self::DecisionsRecord => &["session"],
            Self::SummarySheet => &["project", "organisation"],
        }
    }
}

/// What a document is asked for.
#[derive(Debug, Clone)]
pub struct DocumentRequest {
    /// Which.
    pub kind: DocumentKind,
    /// About what.
    pub of: RecordRef,
    /// For whom.
    pub audience: Audience,
    /// In which language.
    pub language: Language,
    /// What happened from this day on only, where the document tells what happened.
    pub since: Option<NaiveDate>,
    /// What happened up to this day, itself included, where the document tells what happened.
    pub until: Option<NaiveDate>,
}

/// What a document shows and keeps back.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
pub struct Disclosed {
    /// Values shown.
    pub shown: usize,
    /// Values kept back, by the level that keeps them.
    pub withheld: BTreeMap<String, usize>,
}

/// A document ready to be laid out.
#[derive(Debug, Clone)]
pub struct Document {
    /// Its content, already without what its audience may not see.
    pub report: Report,
    /// What it shows and keeps back.
    pub disclosed: Disclosed,
    /// Records left out and texts cut short because the page has no room for them; the page says so.
    pub left_out: usize,
}

/// Why a document cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// Not made for this audience.
    #[error("not made for this audience")]
    AudienceRefused,
    /// Made about another kind of record.
    #[error("not made about a {0}")]
    WrongSubject(String),
    /// The period ends before it begins.
    #[error("the period ends before it begins")]
    PeriodReversed,
    /// Nothing that this audience may see.
    #[error("nothing to show")]
    NothingToShow,
    /// The carnet cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Whether it fits its page cannot be told.
    #[error(transparent)]
    Render(#[from] RenderError),
}

/// Builds a document at `now`.
pub fn build(
    carnet: &Carnet,
    request: &DocumentRequest,
    now: DateTime<FixedOffset>,
) -> Result<Document, DocumentError> {
    if !request.kind.audiences().contains(&request.audience) {
        return Err(DocumentError::AudienceRefused);
    }
    if !request
        .kind
        .subjects()
        .contains(&request.of.entity.as_str())
    {
        return Err(DocumentError::WrongSubject(request.of.entity.clone()));
    }
    if matches!((request.since, request.until), (Some(since), Some(until)) if until < since) {
        return Err(DocumentError::PeriodReversed);
    }
    let subject = carnet.get(&request.of)?;
    if request.kind != DocumentKind::PrepSheet {
        return composed(carnet, request, &subject, None, now);
    }
    let mut made = None;
    for room in Room::all() {
        let document = composed(carnet, request, &subject, Some(&room), now)?;
        let fits = pdf::fits(&document.report)?;
        made = Some(document);
        if fits {
            break;
        }
    }
    made.ok_or(DocumentError::NothingToShow)
}

/// The document with what its page is given, where it is given little.
fn composed(
    carnet: &Carnet,
    request: &DocumentRequest,
    subject: &Record,
    room: Option<&Room>,
    now: DateTime<FixedOffset>,
) -> Result<Document, DocumentError> {
    let reader = Reader::new(carnet, request, subject)?;
    let today = now.date_naive();
    let sections = match (request.kind, room) {
        (DocumentKind::PrepSheet, Some(room)) => prep_sheet::sections(&reader, subject, room)?,
        (DocumentKind::PrepSheet, None) => Vec::new(),
        (DocumentKind::DecisionsRecord, _) => decisions_record::sections(&reader, subject)?,
        (DocumentKind::SummarySheet, _) => {
            let period = summary_sheet::Period::of(request);
            summary_sheet::sections(&reader, subject, &period, today)?
        }
    };
    let sections: Vec<Section> = sections
        .into_iter()
        .filter(|section| !section.blocks.is_empty())
        .collect();
    if sections.is_empty() {
        return Err(DocumentError::NothingToShow);
    }
    let title = title_of(&reader, subject)?;
    let words = |key: &str| text(request.language, key, &[]);
    let own = |key: &str| words(&format!("document.{}.{key}", request.kind.code()));
    let audience = text(
        request.language,
        "document.for",
        &[(
            "audience",
            text(
                request.language,
                &format!("enum.audience.{}", request.audience.code()),
                &[],
            ),
        )],
    );
    let report = Report {
        kind: own("kind"),
        title,
        subtitle: RichText::from(audience.as_str()),
        language: request.language,
        banner: (request.kind == DocumentKind::PrepSheet).then(|| own("banner")),
        footer: Footer {
            date: today.format("%d/%m/%Y").to_string(),
            author_role: words("document.author_role"),
            page_of: words("document.page_of"),
        },
        fit: match request.kind {
            DocumentKind::PrepSheet => Fit::OnePage,
            DocumentKind::SummarySheet => Fit::TwoPages,
            DocumentKind::DecisionsRecord => Fit::Free,
        },
        sections,
    };
    Ok(Document {
        report,
        disclosed: reader.disclosed(),
        left_out: room.map_or(0, Room::left_out),
    })
}

/// The title, from what the audience may see of the record or of what it belongs to.
fn title_of(reader: &Reader<'_>, subject: &Record) -> Result<String, DocumentError> {
    let support = subject
        .reference("support")
        .map(|id| RecordRef::new("support", id));
    let named = match support {
        Some(support) => reader.name(&support)?,
        None => reader.name(&subject.reference_to_self())?,
    };
    Ok(named.unwrap_or_default())
}
