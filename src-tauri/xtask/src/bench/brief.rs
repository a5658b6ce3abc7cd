//! The meeting brief.

use std::fs;

use carnet_core::demo;
use carnet_core::documents::{DocumentKind, DocumentRequest, build};
use carnet_core::messages::Language;
use carnet_core::model::{Audience, Record};
use carnet_core::report::docx::render_docx;
use carnet_core::report::model::Imprint;
use carnet_core::report::pdf::lay_out;
use carnet_core::store::{Condition, ListRequest};

use super::carnet::Bench;
use super::peers;
use super::{Failure, Row, median};

/// The meeting brief, laid out and written, warm.
pub(super) fn run(bench: &mut Bench) -> Result<(), Failure> {
    let carnet = &mut bench.carnet;
    let now = carnet.writer().clock.now();
    carnet.save(demo::portfolio(now.date_naive(), "demo")?)?;
    let planned = ListRequest::of("session", 1).filter("status", Condition::Is, "planned");
    let of = carnet
        .list(&planned)?
        .records
        .first()
        .map(Record::reference_to_self)
        .ok_or("no planned session")?;
    let request = DocumentRequest {
        kind: DocumentKind::PrepSheet,
        of,
        audience: Audience::Oneself,
        language: Language::Fr,
        since: None,
        until: None,
    };
    let imprint = Imprint {
        created_at: now.naive_local(),
        author: None,
    };
    let ours = median(|_| {
        let document = build(carnet, &request, now)?;
        lay_out(&document.report)?.pdf(&imprint)?;
        Ok(())
    })?;
    Row::ms("meeting brief as PDF, warm", ours)
        .most(300.0)
        .print();
    let docx = bench.folder.join("brief.docx");
    fs::write(
        &docx,
        render_docx(&build(carnet, &request, now)?.report, &imprint)?,
    )?;
    if let Some(theirs) = peers::libreoffice(&bench.folder, &docx)? {
        Row::ms("the same, beside LibreOffice and its DOCX", ours)
            .floor(theirs)
            .most_times(0.1)
            .print();
    }
    Ok(())
}
