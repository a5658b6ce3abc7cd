//! The documents on the command line.

use std::fs;
use std::path::Path;

use carnet_core::documents::{DocumentKind, DocumentRequest, build};
use carnet_core::fault::Fault;
use carnet_core::messages::{Language, text};
use carnet_core::model::{Audience, Enumeration as _, RecordRef, parse_day};
use carnet_core::report::docx::render_docx;
use carnet_core::report::model::Imprint;
use carnet_core::report::pdf::render_pdf;
use carnet_core::store::Carnet;
use chrono::NaiveDate;
use serde_json::{Value, json};

/// What the line asks for.
pub(crate) struct Wanted<'a> {
    pub(crate) document: &'a str,
    pub(crate) of: RecordRef,
    pub(crate) from: Option<&'a str>,
    pub(crate) to: Option<&'a str>,
    pub(crate) audience: Option<&'a str>,
    pub(crate) format: &'a str,
    pub(crate) out: &'a Path,
}

/// Every document: its name, for whom, about what, in which formats.
pub(crate) fn known(language: Language) -> Vec<Value> {
    DocumentKind::ALL
        .into_iter()
        .map(|kind| {
            json!({
                "document": kind.code(),
                "title": text(language, &format!("document.{}.kind", kind.code()), &[]),
                "audiences": kind.audiences().iter().map(|audience| audience.code()).collect::<Vec<_>>(),
                "of": kind.subjects(),
                "formats": ["pdf", "docx"],
            })
        })
        .collect()
}

/// Makes a document and writes it.
pub(crate) fn export(carnet: &Carnet, wanted: Wanted<'_>, language: Language) -> Result<(), Fault> {
    let unknown = || {
        Fault::of("unknown_document")
            .with("name", wanted.document)
            .with(
                "suggestions",
                DocumentKind::close_to(wanted.document).join(", "),
            )
    };
    let kind = DocumentKind::from_code(wanted.document).ok_or_else(unknown)?;
    let audience = match wanted.audience {
        Some(code) => Audience::from_code(code).ok_or_else(|| Fault::of("audience_refused"))?,
        None => kind.audiences()[0],
    };
    let now = carnet.writer().clock.now();
    let request = DocumentRequest {
        kind,
        of: wanted.of,
        audience,
        language,
        since: wanted.from.map(day).transpose()?,
        until: wanted.to.map(day).transpose()?,
    };
    let document = build(carnet, &request, now)?;
    let imprint = Imprint {
        created_at: now.naive_local(),
        author: None,
    };
    let bytes = match wanted.format {
        "pdf" => render_pdf(&document.report, &imprint)?,
        "docx" => render_docx(&document.report, &imprint)?,
        other => return Err(Fault::of("format_refused").with("name", other)),
    };
    fs::write(wanted.out, bytes).map_err(|error| Fault::io(wanted.out, &error))
}

/// A day as people or programs write it; one that does not exist says which ones do.
fn day(text: &str) -> Result<NaiveDate, Fault> {
    parse_day(text).map_err(|reason| {
        let fault = Fault::of(&format!("invalid.{}", reason.code()));
        let params = reason.params().into_iter();
        params.fold(fault, |fault, (name, value)| fault.with(name, value))
    })
}
