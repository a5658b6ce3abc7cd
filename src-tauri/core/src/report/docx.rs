//! Reports as DOCX, with real styles that the reader may restyle.
//!
//! Owns the writing of a report in `WordprocessingML`. Styles are in `resources/report/styles.xml`; here they are only
//! named. Must not know what a document is about.

use std::io::Cursor;

use docx_rs::{
    AbstractNumbering, AlignmentType, BreakType, Docx, Footer, Header, IndentLevel, Level, LevelJc,
    LevelText, NumPages, NumberFormat, Numbering, NumberingId, PageMargin, PageNum, Paragraph, Run,
    Start, Table as DocxTable, TableCell, TableRow, WidthType,
};

use super::model::{
    Block, Fact, Imprint, Item, Line, Mark, Report, RichText, RunStyle, Side, Table, Width,
};
use super::render_error::{Refusal, RenderError, refuse_too_long};
use crate::messages::Language;

const STYLES: &str = include_str!("../../resources/report/styles.xml");

/// A4 and its margins, in twentieths of a point. The style Footer puts its tab at the text's right edge.
const PAGE: (u32, u32) = (11906, 16838);
const MARGIN: PageMargin = PageMargin {
    top: 1247,
    left: 1247,
    bottom: 1247,
    right: 1247,
    header: 624,
    footer: 624,
    gutter: 0,
};
const TEXT_WIDTH: usize = 9412;
/// The width given to a column sized by its content, before the reader's program fits it.
const CONTENT_WIDTH: usize = 1500;
/// The list of the style List Bullet. The library keeps number 1 for itself.
const BULLETS: usize = 2;

/// What the library writes for every table, and what the table style needs instead: its library cannot refer to
/// a style in the order of the schema, nor mark the row to repeat on every page.
const TABLE_PROPERTIES: &str = concat!(
    r#"<w:tblPr><w:tblStyle w:val="CarnetTable"/><w:tblW w:w="5000" w:type="pct"/>"#,
    r#"<w:tblLook w:val="0420" w:firstRow="1" w:lastRow="0" w:firstColumn="0" w:lastColumn="0" w:noHBand="0" w:noVBand="1"/></w:tblPr>"#,
);
const UNSPLIT_ROW: &str = "<w:cantSplit />";
const HEADING_ROW: &str = "<w:cantSplit/><w:tblHeader/>";

/// Writes a report as DOCX.
pub fn render_docx(report: &Report, imprint: &Imprint) -> Result<Vec<u8>, RenderError> {
    let report = report.prepared();
    refuse_too_long(&report)?;
    let mut docx = Docx::new()
        .page_size(PAGE.0, PAGE.1)
        .page_margin(MARGIN)
        .add_abstract_numbering(bullets())
        .add_numbering(Numbering::new(BULLETS, BULLETS))
        .header(header(&report))
        .footer(footer(&report));
    docx = docx.add_paragraph(plain("DocumentKind", &report.kind));
    docx = docx.add_paragraph(plain("Title", &report.title));
    if !report.subtitle.is_blank() {
        docx = docx.add_paragraph(rich("Subtitle", &report.subtitle));
    }
    if let Some(banner) = &report.banner {
        docx = docx.add_paragraph(plain("Banner", banner));
    }
    for section in &report.sections {
        docx = docx.add_paragraph(plain("Heading1", &section.heading));
        docx = section.blocks.iter().fold(docx, add_block);
    }
    let mut parts = docx.build();
    parts.styles = STYLES
        .replace("LANGUAGE", language_tag(report.language))
        .into_bytes();
    parts.doc_props.core = core_properties(&report, imprint).into_bytes();
    parts.document = with_table_properties(&String::from_utf8_lossy(&parts.document)).into_bytes();
    let mut file = Cursor::new(Vec::new());
    parts
        .pack(&mut file)
        .map_err(|cause| RenderError::Write(Refusal::of(cause.to_string())))?;
    Ok(file.into_inner())
}

fn language_tag(language: Language) -> &'static str {
    match language {
        Language::Fr => "fr-FR",
        Language::En => "en-GB",
    }
}

fn bullets() -> AbstractNumbering {
    let level = Level::new(
        0,
        Start::new(1),
        NumberFormat::new("bullet"),
        LevelText::new("–"),
        LevelJc::new("left"),
    );
    let indent = Some(docx_rs::SpecialIndentType::Hanging(284));
    AbstractNumbering::new(BULLETS).add_level(level.indent(Some(284), indent, None, None))
}

fn header(report: &Report) -> Header {
    let mut paragraph = plain("Header", &report.title);
    if let Some(banner) = &report.banner {
        paragraph = paragraph
            .add_run(text(" · "))
            .add_run(text(banner).style("Warning"));
    }
    Header::new().add_paragraph(paragraph)
}

fn footer(report: &Report) -> Footer {
    let maker = [
        report.footer.author_role.as_str(),
        report.footer.date.as_str(),
    ];
    let maker: Vec<_> = maker
        .into_iter()
        .filter(|part| !part.trim().is_empty())
        .collect();
    let (before, rest) = report
        .footer
        .page_of
        .split_once("{page}")
        .unwrap_or((&report.footer.page_of, ""));
    let mut paragraph = plain("Footer", &maker.join(" · "))
        .add_run(Run::new().add_tab())
        .add_run(text(before));
    if report.footer.page_of.contains("{page}") {
        paragraph = paragraph.add_page_num(PageNum::new());
    }
    if let Some((between, after)) = rest.split_once("{pages}") {
        paragraph = paragraph
            .add_run(text(between))
            .add_num_pages(NumPages::new())
            .add_run(text(after));
    }
    Footer::new().add_paragraph(paragraph)
}

fn add_block(docx: Docx, block: &Block) -> Docx {
    match block {
        Block::Heading(heading) => docx.add_paragraph(plain("Heading2", heading)),
        Block::Paragraph(words) => docx.add_paragraph(rich("Normal", words)),
        Block::Note(words) => docx.add_paragraph(rich("Note", words)),
        Block::Quote { text: words, who } => {
            docx.add_paragraph(remark_below(rich("Quote", words), who.as_deref()))
        }
        Block::Facts(facts) => facts.iter().map(fact).fold(docx, Docx::add_paragraph),
        Block::List(items) => items.iter().map(item).fold(docx, Docx::add_paragraph),
        Block::Lines(lines) => {
            let is_dated = lines.iter().any(|line| line.when.is_some());
            lines
                .iter()
                .map(|entry| line(entry, is_dated))
                .fold(docx, Docx::add_paragraph)
        }
        Block::Table(table) => add_table(docx, table),
        Block::Exact(groups) => docx.add_paragraph(plain("Exact", &groups.join("   "))),
        Block::Ruled { label, lines } => (0..*lines)
            .fold(docx.add_paragraph(plain("Note", label)), |docx, _| {
                docx.add_paragraph(plain("Ruled", ""))
            }),
    }
}

fn fact(fact: &Fact) -> Paragraph {
    let label = text(&fact.label).style("Label").add_tab();
    add_rich(Paragraph::new().style("Fact").add_run(label), &fact.value)
}

fn item(item: &Item) -> Paragraph {
    let box_then_tab = |mark: &str| {
        Paragraph::new()
            .style("Checklist")
            .add_run(text(mark).add_tab())
    };
    let paragraph = match item.mark {
        Mark::Bullet => Paragraph::new()
            .style("ListBullet")
            .numbering(NumberingId::new(BULLETS), IndentLevel::new(0)),
        Mark::Open => box_then_tab("☐"),
        Mark::Done => box_then_tab("☑"),
    };
    let paragraph = add_rich(paragraph, &item.text);
    match &item.note {
        Some(note) => paragraph
            .add_run(text("  "))
            .add_run(text(note).style("Remark")),
        None => paragraph,
    }
}

fn line(line: &Line, is_dated: bool) -> Paragraph {
    let paragraph = if is_dated {
        let when = text(line.when.as_deref().unwrap_or_default())
            .style("Label")
            .add_tab();
        Paragraph::new().style("DatedRecord").add_run(when)
    } else {
        Paragraph::new().style("Record")
    };
    remark_below(add_rich(paragraph, &line.title), line.meta.as_deref())
}

fn remark_below(paragraph: Paragraph, remark: Option<&str>) -> Paragraph {
    match remark {
        Some(remark) => {
            let line_break = Run::new().add_break(BreakType::TextWrapping);
            paragraph
                .add_run(line_break)
                .add_run(text(remark).style("Remark"))
        }
        None => paragraph,
    }
}

fn add_table(docx: Docx, table: &Table) -> Docx {
    let docx = match &table.caption {
        Some(caption) => docx.add_paragraph(plain("Caption", caption)),
        None => docx,
    };
    let widths = widths(table);
    let cell = |index: usize, paragraph: Paragraph| {
        let side = match table.columns[index].side {
            Side::Start => AlignmentType::Left,
            Side::End => AlignmentType::Right,
        };
        TableCell::new()
            .width(widths[index], WidthType::Dxa)
            .add_paragraph(paragraph.align(side))
    };
    let headings = table.columns.iter().enumerate();
    let headings = headings
        .map(|(index, column)| cell(index, plain("TableHeading", &column.heading)))
        .collect();
    let mut rows = vec![TableRow::new(headings).cant_split()];
    rows.extend(table.rows.iter().map(|row| {
        let cells = row
            .iter()
            .enumerate()
            .map(|(index, words)| cell(index, rich("TableText", words)));
        TableRow::new(cells.collect())
    }));
    docx.add_table(DocxTable::new(rows).set_grid(widths.clone()))
        .add_paragraph(plain("Normal", ""))
}

fn widths(table: &Table) -> Vec<usize> {
    let fitted = table
        .columns
        .iter()
        .filter(|column| column.width == Width::Content)
        .count();
    let shares: usize = table.columns.iter().map(|column| share(column.width)).sum();
    let left = TEXT_WIDTH.saturating_sub(fitted * CONTENT_WIDTH);
    let width = |width| match width {
        Width::Content => CONTENT_WIDTH.min(TEXT_WIDTH / table.columns.len()),
        Width::Share(_) => left * share(width) / shares.max(1),
    };
    table
        .columns
        .iter()
        .map(|column| width(column.width))
        .collect()
}

fn share(width: Width) -> usize {
    match width {
        Width::Content => 0,
        Width::Share(share) => usize::from(share.max(1)),
    }
}

fn plain(style: &str, words: &str) -> Paragraph {
    rich(style, &RichText::from(words))
}

fn rich(style: &str, words: &RichText) -> Paragraph {
    add_rich(Paragraph::new().style(style), words)
}

fn add_rich(mut paragraph: Paragraph, words: &RichText) -> Paragraph {
    for (index, line) in words.lines().iter().enumerate() {
        if index > 0 {
            paragraph = paragraph.add_run(Run::new().add_break(BreakType::TextWrapping));
        }
        for run in line {
            paragraph = paragraph.add_run(match run.style {
                RunStyle::Plain => text(&run.text),
                RunStyle::Emphasis => text(&run.text).style("Emphasis"),
                RunStyle::Strong => text(&run.text).style("Strong"),
                RunStyle::Exact => text(&run.text).style("ExactWords"),
            });
        }
    }
    paragraph
}

fn text(words: &str) -> Run {
    Run::new().add_text(words)
}

/// Puts the table style's properties on every table. Text cannot be taken for them: it has no bare `<`.
fn with_table_properties(document: &str) -> String {
    let mut tables = document.split("<w:tblPr>");
    let mut out = tables.next().unwrap_or_default().to_owned();
    for table in tables {
        let after = table
            .split_once("</w:tblPr>")
            .map_or(table, |(_, after)| after);
        out.push_str(TABLE_PROPERTIES);
        out.push_str(after);
    }
    out.replace(UNSPLIT_ROW, HEADING_ROW)
}

/// What the file says of itself: title, language and day, and nobody's name unless the imprint has one.
fn core_properties(report: &Report, imprint: &Imprint) -> String {
    let day = imprint.created_at.format("%Y-%m-%dT00:00:00Z");
    let author = escaped(imprint.author.as_deref().unwrap_or_default());
    format!(
        concat!(
            r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#,
            r#"<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" "#,
            r#"xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" "#,
            r#"xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">"#,
            r#"<dcterms:created xsi:type="dcterms:W3CDTF">{day}</dcterms:created><dc:creator>{author}</dc:creator>"#,
            r#"<dc:language>{language}</dc:language><cp:lastModifiedBy></cp:lastModifiedBy>"#,
            r#"<dcterms:modified xsi:type="dcterms:W3CDTF">{day}</dcterms:modified><dc:title>{title}</dc:title></cp:coreProperties>"#,
        ),
        day = day,
        author = author,
        language = language_tag(report.language),
        title = escaped(&report.title),
    )
}

fn escaped(words: &str) -> String {
    words
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::io::Read as _;

    use chrono::NaiveDate;

    use super::super::model::{Column, Section};
    use super::super::sample::sample;
    use super::*;

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

    fn parts(report: &Report) -> BTreeMap<String, String> {
        let file = render_docx(report, &imprint()).unwrap();
        let mut archive = zip::ZipArchive::new(Cursor::new(file)).unwrap();
        let names: Vec<String> = archive
            .file_names()
            .filter(|name| !name.ends_with('/'))
            .map(str::to_owned)
            .collect();
        let read = |name: String| {
            let mut text = String::new();
            archive
                .by_name(&name)
                .unwrap()
                .read_to_string(&mut text)
                .unwrap();
            (name, text)
        };
        names.into_iter().map(read).collect()
    }

    #[test]
    fn every_style_named_in_the_text_is_defined() {
        let parts = parts(&sample(Language::Fr));
        let mut named = 0;
        for part in ["word/document.xml", "word/header1.xml", "word/footer1.xml"] {
            for marker in [
                "<w:pStyle w:val=\"",
                "<w:rStyle w:val=\"",
                "<w:tblStyle w:val=\"",
            ] {
                for style in parts[part]
                    .split(marker)
                    .skip(1)
                    .filter_map(|rest| rest.split('"').next())
                {
                    assert!(
                        STYLES.contains(&format!("w:styleId=\"{style}\"")),
                        "{style}"
                    );
                    named += 1;
                }
            }
        }
        assert!(named > 20, "{named}");
    }

    #[test]
    fn the_file_says_its_language_its_title_and_its_day_and_no_name() {
        let parts = parts(&sample(Language::En));
        assert!(parts["word/styles.xml"].contains("w:lang w:val=\"en-GB\""));
        let core = &parts["docProps/core.xml"];
        assert!(
            core.contains("<dc:title>Laine des hauts plateaux</dc:title>")
                && core.contains("2026-11-23T00:00:00Z")
        );
        assert!(
            core.contains("<dc:creator></dc:creator>")
                && core.contains("<cp:lastModifiedBy></cp:lastModifiedBy>")
        );
        assert!(
            parts
                .values()
                .all(|part| !part.contains("unknown") && !part.contains("09:30"))
        );
    }

    #[test]
    fn header_footer_and_table_headings_repeat() {
        let parts = parts(&sample(Language::Fr));
        assert!(parts["word/header1.xml"].contains("ne pas diffuser"));
        let footer = &parts["word/footer1.xml"];
        assert!(
            footer.contains(">PAGE<")
                && footer.contains(">NUMPAGES<")
                && footer.contains("Chargé d’appui")
        );
        let document = &parts["word/document.xml"];
        assert_eq!(document.matches("<w:tblHeader/>").count(), 1);
        assert_eq!(document.matches("<w:tblPr>").count(), 1);
        assert!(document.contains("<w:tblGrid>"));
    }

    #[test]
    fn text_is_never_read_as_markup_and_what_xml_forbids_is_gone() {
        let hostile = "</w:t><w:tblPr> & \"'<w:cantSplit /> \u{0}\u{b}\u{1f}\u{fffe}\u{ffff}fin";
        let mut report = sample(Language::Fr);
        hostile.clone_into(&mut report.title);
        report
            .sections
            .push(Section::new(hostile).with(Block::Paragraph(hostile.into())));
        let parts = parts(&report);
        let document = &parts["word/document.xml"];
        assert!(document.contains("&lt;/w:t&gt;&lt;w:tblPr&gt; &amp; "));
        assert_eq!(document.matches("<w:tblHeader/>").count(), 1);
        assert!(parts["docProps/core.xml"].contains("&lt;/w:t&gt;"));
        for (name, part) in &parts {
            let bad = part.chars().find(|character| {
                (character.is_control() && !matches!(character, '\n' | '\r' | '\t'))
                    || matches!(character, '\u{fffe}' | '\u{ffff}')
            });
            assert_eq!(bad, None, "{name}");
        }
    }

    #[test]
    fn both_formats_say_the_same_words() {
        let report = sample(Language::Fr);
        let document = &parts(&report)["word/document.xml"];
        for words in [
            "Rendez-vous",
            "Sophie Béal",
            "«\u{a0}On ne voudrait",
            "☑",
            "12\u{a0}400\u{a0}€",
            "l1O0I",
            "Plan de travail",
        ] {
            assert!(document.contains(words), "{words}");
        }
        assert!(!document.contains(">Rien<"));
    }

    #[test]
    fn columns_share_the_width_of_the_text() {
        let column = |width| Column {
            heading: String::new(),
            width,
            side: Side::Start,
        };
        let columns = vec![
            column(Width::Share(3)),
            column(Width::Share(1)),
            column(Width::Content),
        ];
        let table = Table {
            columns,
            ..Table::default()
        };
        assert_eq!(widths(&table), [5934, 1978, 1500]);
    }

    #[test]
    fn ten_megabytes_of_text_are_refused() {
        let mut report = sample(Language::Fr);
        report.subtitle = "é".repeat(5_000_000).into();
        assert!(matches!(
            render_docx(&report, &imprint()),
            Err(RenderError::TooLong { .. })
        ));
    }
}
