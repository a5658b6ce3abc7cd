//! Reports as pages: tagged PDF (PDF/UA-1) for the file, PNG for the preview, both from one layout.
//!
//! Owns how much fits on how many pages. Must not know what a document is about.

use std::collections::BTreeSet;

use chrono::{Datelike as _, NaiveDateTime, Timelike as _};
use typst::foundations::{Datetime, Smart};
use typst_layout::PagedDocument;
use typst_pdf::{PdfStandard, PdfStandards};
use typst_render::RenderOptions;

use super::model::{Imprint, Report};
use super::render_error::{Refusal, RenderError, refuse_too_long};
use super::sheet::{Sheet, sheet};
use super::typesetter;

/// Type sizes tried in turn, in points, when the number of pages is limited.
const TYPE_SIZES_PT: [f64; 3] = [10.5, 9.5, SMALLEST_PT];
const SMALLEST_PT: f64 = 8.8;
/// The most characters that a page can hold in the smallest type.
const FULLEST_PAGE: usize = 12_000;
/// The program that wrote the file, the only maker its metadata names.
const PRODUCT: &str = "Carnet d’appui";
const POINTS_PER_INCH: f32 = 72.0;

/// A report laid out on its pages.
pub struct Pages {
    document: PagedDocument,
    missing: BTreeSet<char>,
}

/// Lays out a report, in smaller type when its number of pages is limited.
///
/// Nothing is ever cut: what does not fit is an [`RenderError::Overflow`].
pub fn lay_out(report: &Report) -> Result<Pages, RenderError> {
    let prepared = report.prepared();
    refuse_too_long(&prepared)?;
    refuse_overfull(&prepared)?;
    let Sheet {
        mut values,
        missing,
    } = sheet(&prepared, typesetter::draws);
    let allowed = prepared.fit.most_pages();
    let mut pages = 0;
    for size in TYPE_SIZES_PT {
        values["size"] = size.into();
        let document =
            typesetter::lay_out(values.to_string().into_bytes()).map_err(RenderError::Layout)?;
        pages = document.pages().len();
        if allowed.is_none_or(|allowed| pages <= allowed) {
            return Ok(Pages { document, missing });
        }
    }
    Err(RenderError::Overflow {
        pages,
        allowed: allowed.unwrap_or(pages),
    })
}

/// Whether a report, in its smallest type, takes no more pages than it may.
pub fn fits(report: &Report) -> Result<bool, RenderError> {
    let prepared = report.prepared();
    let Some(allowed) = prepared.fit.most_pages() else {
        return Ok(true);
    };
    if refuse_too_long(&prepared).is_err() || refuse_overfull(&prepared).is_err() {
        return Ok(false);
    }
    let mut values = sheet(&prepared, typesetter::draws).values;
    values["size"] = SMALLEST_PT.into();
    let document =
        typesetter::lay_out(values.to_string().into_bytes()).map_err(RenderError::Layout)?;
    Ok(document.pages().len() <= allowed)
}

/// Spares the layout of a text that could never fit.
fn refuse_overfull(report: &Report) -> Result<(), RenderError> {
    let pages = report.length().div_ceil(FULLEST_PAGE);
    match report.fit.most_pages() {
        Some(allowed) if pages > allowed => Err(RenderError::Overflow { pages, allowed }),
        _ => Ok(()),
    }
}

impl Pages {
    /// The number of pages.
    pub fn count(&self) -> usize {
        self.document.pages().len()
    }

    /// The characters shown as □ because no bundled font draws them.
    pub fn missing_characters(&self) -> &BTreeSet<char> {
        &self.missing
    }

    /// The file: PDF/UA-1, tagged, with its title, its language and its date.
    pub fn pdf(&self, imprint: &Imprint) -> Result<Vec<u8>, RenderError> {
        let mut document = self.document.clone();
        let info = document.info_mut();
        info.date = Smart::Custom(datetime(imprint.created_at));
        info.author = imprint
            .author
            .iter()
            .map(|author| author.as_str().into())
            .collect();
        let standards = PdfStandards::new(&[PdfStandard::Ua_1])
            .map_err(|hinted| RenderError::Write(Refusal::of(hinted.message().as_str())))?;
        let settings = typst_pdf::PdfOptions {
            creator: Smart::Custom(Some(PRODUCT.to_owned())),
            standards,
            ..typst_pdf::PdfOptions::default()
        };
        typst_pdf::pdf(&document, &settings)
            .map_err(|diagnostics| RenderError::Write(typesetter::refusal(&diagnostics)))
    }

    /// One PNG per page, at a number of pixels per inch.
    pub fn png(&self, pixels_per_inch: f32) -> Result<Vec<Vec<u8>>, RenderError> {
        let scale = f64::from(pixels_per_inch / POINTS_PER_INCH);
        let options = RenderOptions {
            pixel_per_pt: scale.into(),
            ..RenderOptions::default()
        };
        let images = self
            .document
            .pages()
            .iter()
            .map(|page| typst_render::render(page, &options).encode_png());
        images
            .map(|image| image.map_err(|cause| RenderError::Write(Refusal::of(cause.to_string()))))
            .collect()
    }
}

/// Writes a report as PDF.
pub fn render_pdf(report: &Report, imprint: &Imprint) -> Result<Vec<u8>, RenderError> {
    lay_out(report)?.pdf(imprint)
}

/// Draws the pages of a report.
pub fn render_pages(report: &Report, pixels_per_inch: f32) -> Result<Vec<Vec<u8>>, RenderError> {
    lay_out(report)?.png(pixels_per_inch)
}

/// The number of pages that a report takes.
pub fn page_count(report: &Report) -> Result<usize, RenderError> {
    Ok(lay_out(report)?.count())
}

/// Forgets what earlier renders left in memory; called when the carnet is closed.
pub fn forget() {
    typesetter::forget();
}

fn datetime(at: NaiveDateTime) -> Option<Datetime> {
    let small = |part: u32| u8::try_from(part).ok();
    Datetime::from_ymd_hms(
        at.year(),
        small(at.month())?,
        small(at.day())?,
        small(at.hour())?,
        small(at.minute())?,
        small(at.second())?,
    )
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use typst::layout::{Frame, FrameItem};

    use super::super::model::{Block, Fit, RichText, Section};
    use super::super::sample::sample;
    use super::*;
    use crate::messages::Language;

    fn imprint() -> Imprint {
        let created_at = NaiveDate::from_ymd_opt(2026, 11, 23)
            .unwrap()
            .and_hms_opt(9, 30, 0)
            .unwrap();
        Imprint {
            created_at,
            author: None,
        }
    }

    fn with_text(text: &str) -> Report {
        let sections = vec![Section::new("Notes").with(Block::Paragraph(text.into()))];
        Report {
            fit: Fit::Free,
            sections,
            ..sample(Language::Fr)
        }
    }

    /// The words of the pages, in the order of the layout.
    fn words(pages: &Pages) -> String {
        fn walk(frame: &Frame, out: &mut String) {
            for (_, item) in frame.items() {
                match item {
                    FrameItem::Group(group) => walk(&group.frame, out),
                    FrameItem::Text(text) => out.push_str(&text.text),
                    _ => {}
                }
            }
        }
        let mut out = String::new();
        pages
            .document
            .pages()
            .iter()
            .for_each(|page| walk(&page.frame, &mut out));
        out
    }

    /// Where the text that goes furthest to the right ends, in points.
    fn rightmost(frame: &Frame, left: f64) -> f64 {
        let edges = frame.items().map(|(at, item)| match item {
            FrameItem::Group(group) => rightmost(&group.frame, left + at.x.to_pt()),
            FrameItem::Text(text) => left + at.x.to_pt() + text.width().to_pt(),
            _ => 0.0,
        });
        edges.fold(0.0, f64::max)
    }

    fn contains(file: &[u8], needle: &str) -> bool {
        file.windows(needle.len())
            .any(|window| window == needle.as_bytes())
    }

    #[test]
    fn the_file_is_tagged_and_says_its_title_language_and_standard() {
        let file = render_pdf(&sample(Language::Fr), &imprint()).unwrap();
        for needle in [
            "/StructTreeRoot",
            "/Lang(fr-FR)",
            "/Marked true",
            "pdfuaid:part",
            "/DisplayDocTitle true",
            "D:20261123093000",
        ] {
            assert!(contains(&file, needle), "{needle}");
        }
        let file = render_pdf(
            &Report {
                title: "Wool".to_owned(),
                ..sample(Language::En)
            },
            &imprint(),
        )
        .unwrap();
        assert!(contains(&file, "/Lang(en-GB)"));
        assert!(contains(&file, "Wool"));
    }

    #[test]
    fn the_file_names_an_author_only_when_told_to() {
        let file = render_pdf(&sample(Language::Fr), &imprint()).unwrap();
        assert!(!contains(&file, "/Author") && !contains(&file, "dc:creator"));
        let file = render_pdf(
            &sample(Language::Fr),
            &Imprint {
                author: Some("Role".to_owned()),
                ..imprint()
            },
        )
        .unwrap();
        assert!(contains(&file, "/Author"));
    }

    #[test]
    fn the_same_report_gives_the_same_bytes() {
        let file = || render_pdf(&sample(Language::Fr), &imprint()).unwrap();
        assert_eq!(file(), file());
    }

    #[test]
    fn headings_and_content_are_read_in_the_order_of_the_report() {
        let words = words(&lay_out(&sample(Language::Fr)).unwrap());
        let places = [
            "Laine des hauts",
            "Rendez-vous",
            "Sophie",
            "Situation",
            "Besoins",
            "«\u{a0}On ne",
            "Plan de travail",
            "LEADER",
        ]
        .map(|needle| {
            words
                .find(needle)
                .unwrap_or_else(|| panic!("{needle} in {words}"))
        });
        assert!(places.is_sorted(), "{places:?}");
    }

    #[test]
    fn text_is_never_read_as_markup() {
        let hostile = r#"#sys.inputs #read("/etc/passwd") *gras* _italique_ $x^2$ \ `code` <label> @ref = titre // commentaire ~ --- #{ }"#;
        let mut report = with_text(hostile);
        hostile.clone_into(&mut report.title);
        hostile.clone_into(&mut report.sections[0].heading);
        let pages = lay_out(&report).unwrap();
        let shown = words(&pages).replace(['\u{200b}', '\u{ad}'], "");
        let squeezed = |text: &str| text.replace(char::is_whitespace, "");
        assert!(
            squeezed(&shown).matches(&squeezed(hostile)).count() >= 3,
            "{shown}"
        );
        assert!(pages.pdf(&imprint()).is_ok());
    }

    #[test]
    fn characters_that_no_font_draws_are_shown_as_a_box_and_told() {
        let pages = lay_out(&with_text("漢字 🙂 \u{0}\u{1b}\u{feff}\u{200d}fin")).unwrap();
        assert!(words(&pages).contains("□□"), "{}", words(&pages));
        assert!(pages.missing_characters().contains(&'漢'));
        assert!(pages.pdf(&imprint()).is_ok());
    }

    #[test]
    fn a_report_that_says_nothing_is_still_a_page() {
        let report = Report {
            sections: Vec::new(),
            subtitle: RichText::default(),
            banner: None,
            ..sample(Language::En)
        };
        let pages = lay_out(&report).unwrap();
        assert_eq!(pages.count(), 1);
        assert!(pages.pdf(&imprint()).is_ok());
    }

    #[test]
    fn one_page_takes_smaller_type_and_then_says_that_it_overflows() {
        let filled = |characters: usize| {
            let line = "Une phrase de compte rendu assez ordinaire.\n";
            Report {
                fit: Fit::OnePage,
                ..with_text(&line.repeat(characters / line.len()))
            }
        };
        let free = Report {
            fit: Fit::Free,
            ..filled(2_200)
        };
        assert_eq!(page_count(&free).unwrap(), 2);
        assert_eq!(page_count(&filled(2_200)).unwrap(), 1);
        let overflow = page_count(&filled(9_000));
        assert!(
            matches!(
                overflow,
                Err(RenderError::Overflow {
                    allowed: 1,
                    pages: 2..
                })
            ),
            "{overflow:?}"
        );
        let long = |fit| {
            page_count(&Report {
                fit,
                ..filled(4_700)
            })
        };
        assert_eq!(
            (long(Fit::Free).unwrap(), long(Fit::TwoPages).unwrap()),
            (3, 2)
        );
    }

    #[test]
    fn ten_megabytes_of_text_are_refused_in_words() {
        let refused = lay_out(&with_text(&"a".repeat(10_000_000))).err();
        assert!(
            matches!(
                refused,
                Some(RenderError::TooLong {
                    characters: 10_000_000..,
                    ..
                })
            ),
            "{refused:?}"
        );
    }

    #[test]
    fn a_long_word_stays_on_the_page() {
        let pages = lay_out(&with_text(&"abcdefghij".repeat(60))).unwrap();
        let page = &pages.document.pages()[0].frame;
        assert!(rightmost(page, 0.0) < page.width().to_pt() - 40.0);
    }

    #[test]
    fn pages_are_drawn_at_the_asked_size() {
        let images = render_pages(&sample(Language::Fr), 72.0).unwrap();
        assert_eq!(images.len(), 1);
        assert!(images[0].starts_with(b"\x89PNG\r\n\x1a\n"));
        assert_eq!(images[0][16..24], [0, 0, 2, 83, 0, 0, 3, 74]);
    }
}
