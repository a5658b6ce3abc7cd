//! Documents out of the window.

use std::fs;
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use carnet_core::documents::{self, Document, DocumentKind, DocumentRequest};
use carnet_core::fault::Fault;
use carnet_core::messages::{self, Language};
use carnet_core::model::{Audience, Enumeration as _};
use carnet_core::report::docx::render_docx;
use carnet_core::report::model::Imprint;
use carnet_core::report::pdf::{lay_out, render_pdf};
use carnet_core::report::recovery_sheet::{RecoverySheet, recovery_sheet};
use carnet_core::store::Carnet;
use serde::Serialize;
use tauri::State;
use ts_rs::TS;

use crate::dialogs::Dialogs;
use crate::state::{AppData, name_of};

/// Where a document was written.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Written {
    /// The file.
    pub path: PathBuf,
}

/// Resolution of the previewed pages: sharp at the width that the dialog shows them.
const PREVIEW_PIXELS_PER_INCH: f32 = 110.0;

/// The real pages of a document, with what they show and keep back.
#[derive(Debug, Clone, Serialize, TS)]
pub struct DocumentPreview {
    /// PNG images, as data URLs.
    pub pages: Vec<String>,
    /// How many pages.
    pub page_count: usize,
    /// Title of the document.
    pub title: String,
    /// Values shown.
    pub shown: usize,
    /// Values that only figures tell.
    pub aggregated: usize,
    /// Values kept back, by the level that keeps them.
    pub withheld: Vec<Withheld>,
    /// Records left out and texts cut short for want of room.
    pub left_out: usize,
}

/// Values kept back for one reason.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Withheld {
    /// The level that keeps them.
    pub reason: String,
    /// How many.
    pub count: usize,
}

fn document(
    carnet: &Carnet,
    document: &str,
    of: &str,
    audience: &str,
    lang: Language,
    since: Option<&str>,
) -> Result<Document, Fault> {
    let unknown = || Fault::of("unknown_document").with("name", document);
    let request = DocumentRequest {
        kind: DocumentKind::from_code(document).ok_or_else(unknown)?,
        of: of
            .parse()
            .map_err(|_| Fault::of("not_found").with("reference", of))?,
        audience: Audience::from_code(audience).ok_or_else(|| Fault::of("audience_refused"))?,
        language: lang,
        since: since.and_then(|day| day.parse().ok()),
        until: None,
    };
    Ok(documents::build(
        carnet,
        &request,
        carnet.writer().clock.now(),
    )?)
}

/// The real pages of a document.
#[tauri::command(async)]
pub fn document_preview(
    data: State<'_, AppData>,
    document: &str,
    of: &str,
    audience: &str,
    lang: Language,
    since: Option<&str>,
) -> Result<DocumentPreview, Fault> {
    let made = data.with(|carnet| self::document(carnet, document, of, audience, lang, since))?;
    let images = lay_out(&made.report)?.png(PREVIEW_PIXELS_PER_INCH)?;
    let data_url = |png: &Vec<u8>| format!("data:image/png;base64,{}", STANDARD.encode(png));
    let withheld = made.disclosed.withheld.into_iter();
    Ok(DocumentPreview {
        pages: images.iter().map(data_url).collect(),
        page_count: images.len(),
        title: made.report.title,
        shown: made.disclosed.shown,
        aggregated: 0,
        withheld: withheld
            .map(|(reason, count)| Withheld { reason, count })
            .collect(),
        left_out: made.left_out,
    })
}

/// Writes a document where a dialog said.
#[tauri::command(async)]
#[expect(
    clippy::too_many_arguments,
    reason = "one argument for each name of the call"
)]
pub fn document_export(
    data: State<'_, AppData>,
    dialogs: State<'_, Dialogs>,
    document: &str,
    of: &str,
    audience: &str,
    lang: Language,
    since: Option<&str>,
    format: &str,
    path: PathBuf,
) -> Result<Written, Fault> {
    if !dialogs.has_given(&path) {
        return Err(Fault::of("not_offered"));
    }
    let (made, now) = data.with(|carnet| {
        let made = self::document(carnet, document, of, audience, lang, since)?;
        Ok::<_, Fault>((made, carnet.writer().clock.now()))
    })?;
    let imprint = Imprint {
        created_at: now.naive_local(),
        author: None,
    };
    let bytes = match format {
        "pdf" => render_pdf(&made.report, &imprint)?,
        "docx" => render_docx(&made.report, &imprint)?,
        other => return Err(Fault::of("format_refused").with("name", other)),
    };
    fs::write(&path, bytes).map_err(|error| Fault::io(&path, &error))?;
    Ok(Written { path })
}

/// Writes the sheet to print and keep apart, where a dialog said.
#[tauri::command(async)]
pub fn recovery_sheet_export(
    data: State<'_, AppData>,
    dialogs: State<'_, Dialogs>,
    path: PathBuf,
    passphrase: Option<String>,
) -> Result<Written, Fault> {
    if !dialogs.has_given(&path) {
        return Err(Fault::of("not_offered"));
    }
    let language = data.settings().language;
    // The file that the officer named and finds again, not the working database.
    let published = data.published().ok_or_else(|| Fault::of("no_carnet"))?;
    let file = published.display().to_string();
    let pdf = data.with(|carnet| {
        let now = carnet.writer().clock.now();
        let sheet = RecoverySheet {
            carnet_name: &name_of(&published),
            path: &file,
            device_name: &carnet.writer().device_name,
            passphrase: passphrase.as_deref(),
            created_on: &now.format("%d/%m/%Y").to_string(),
        };
        let words = |key: &str| messages::text(language, key, &[]);
        let imprint = Imprint {
            created_at: now.naive_local(),
            author: None,
        };
        render_pdf(&recovery_sheet(&sheet, language, &words), &imprint)
    })?;
    fs::write(&path, pdf).map_err(|error| Fault::io(&path, &error))?;
    Ok(Written { path })
}
