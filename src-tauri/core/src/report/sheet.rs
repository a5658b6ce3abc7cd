//! The report as the values that the page template reads.
//!
//! Everything leaves as JSON strings, so that no text is ever read as markup. Owns the cutting of words too long
//! for their column and the replacement of characters without a glyph; knows nothing of Typst.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use unicode_normalization::UnicodeNormalization as _;

use super::model::{Block, Line, Mark, Report, RichText, Run, RunStyle, Side, Table, Width};
use crate::messages::Language;

/// The words that the template reads and the characters that it cannot show.
pub(super) struct Sheet {
    /// The values, whose field `size` the typesetter sets.
    pub(super) values: Value,
    /// Characters replaced by [`REPLACEMENT`] because no bundled font draws them.
    pub(super) missing: BTreeSet<char>,
}

/// What stands for a character that no bundled font draws.
const REPLACEMENT: char = '□';

/// Characters that fit a line of each place, in the widest letters. Longer words are cut.
const TEXT_LINE: usize = 52;
const LABEL_LINE: usize = 15;
const DATE_LINE: usize = 14;
const HEADING_LINE: usize = 14;
/// Longer than any word that hyphenation should take care of.
const LONGEST_WORD: usize = 24;

/// Reads a prepared report into the values of the template.
pub(super) fn sheet(report: &Report, draws: impl Fn(char) -> bool) -> Sheet {
    let mut writer = Writer {
        draws,
        missing: BTreeSet::new(),
    };
    let values = writer.report(report);
    Sheet {
        values,
        missing: writer.missing,
    }
}

struct Writer<F> {
    draws: F,
    missing: BTreeSet<char>,
}

impl<F: Fn(char) -> bool> Writer<F> {
    fn report(&mut self, report: &Report) -> Value {
        let (lang, region) = match report.language {
            Language::Fr => ("fr", "FR"),
            Language::En => ("en", "GB"),
        };
        let page = self.text(&report.footer.page_of);
        let (before, rest) = page.split_once("{page}").unwrap_or((page.as_str(), ""));
        let (between, after) = rest.split_once("{pages}").unwrap_or((rest, ""));
        json!({
            "lang": lang,
            "region": region,
            "kind": self.text(&report.kind),
            "title": self.text(&report.title),
            "subtitle": self.rich(&report.subtitle, TEXT_LINE),
            "banner": report.banner.as_deref().map(|banner| self.text(banner)),
            "footer": {
                "date": self.text(&report.footer.date),
                "role": self.text(&report.footer.author_role),
                "page": [before, between, after],
            },
            "sections": report.sections.iter().map(|section| json!({
                "heading": self.pieces(&section.heading, HEADING_LINE),
                "blocks": section.blocks.iter().map(|block| self.block(block)).collect::<Vec<_>>(),
            })).collect::<Vec<_>>(),
        })
    }

    fn block(&mut self, block: &Block) -> Value {
        match block {
            Block::Heading(text) => json!({"kind": "heading", "text": self.text(text)}),
            Block::Paragraph(text) => {
                json!({"kind": "paragraph", "text": self.rich(text, TEXT_LINE)})
            }
            Block::Note(text) => json!({"kind": "note", "text": self.rich(text, TEXT_LINE)}),
            Block::Quote { text, who } => json!({
                "kind": "quote",
                "text": self.rich(text, TEXT_LINE),
                "who": who.as_deref().map(|who| self.text(who)),
            }),
            Block::Facts(facts) => json!({
                "kind": "facts",
                "pairs": facts.iter().map(|fact| json!({
                    "label": self.pieces(&fact.label, LABEL_LINE),
                    "value": self.rich(&fact.value, TEXT_LINE - LABEL_LINE),
                })).collect::<Vec<_>>(),
            }),
            Block::List(items) => json!({
                "kind": "list",
                "items": items.iter().map(|item| json!({
                    "text": self.rich(&item.text, TEXT_LINE),
                    "mark": match item.mark { Mark::Bullet => "bullet", Mark::Open => "open", Mark::Done => "done" },
                    "note": item.note.as_deref().map(|note| self.pieces(note, TEXT_LINE)),
                })).collect::<Vec<_>>(),
            }),
            Block::Table(table) => self.table(table),
            Block::Lines(lines) => self.lines(lines),
            Block::Exact(groups) => json!({
                "kind": "exact",
                "groups": groups.iter().map(|group| self.pieces(group, TEXT_LINE / 3)).collect::<Vec<_>>(),
            }),
            Block::Ruled { label, lines } => {
                json!({"kind": "ruled", "label": self.text(label), "lines": lines})
            }
        }
    }

    fn table(&mut self, table: &Table) -> Value {
        let shares: usize = table
            .columns
            .iter()
            .map(|column| share(column.width).unwrap_or(1))
            .sum();
        let longest: Vec<usize> = table
            .columns
            .iter()
            .map(|column| TEXT_LINE * share(column.width).unwrap_or(1) / shares.max(1))
            .collect();
        json!({
            "kind": "table",
            "caption": table.caption.as_deref().map(|caption| self.text(caption)),
            "columns": table.columns.iter().map(|column| json!({
                "heading": self.text(&column.heading),
                "share": share(column.width),
                "align": match column.side { Side::Start => "start", Side::End => "end" },
            })).collect::<Vec<_>>(),
            "rows": table.rows.iter().map(|row| {
                row.iter().zip(&longest).map(|(cell, longest)| json!({"text": self.rich(cell, *longest)})).collect::<Vec<_>>()
            }).collect::<Vec<_>>(),
        })
    }

    fn lines(&mut self, lines: &[Line]) -> Value {
        json!({
            "kind": "lines",
            "lines": lines.iter().map(|line| json!({
                "when": line.when.as_deref().map(|when| self.pieces(when, DATE_LINE)),
                "title": self.rich(&line.title, TEXT_LINE - DATE_LINE),
                "meta": line.meta.as_deref().map(|meta| self.pieces(meta, TEXT_LINE - DATE_LINE)),
            })).collect::<Vec<_>>(),
        })
    }

    fn rich(&mut self, text: &RichText, longest: usize) -> Value {
        let lines = text.lines();
        let lines = lines.iter().map(|line| {
            line.iter()
                .map(|run| self.run(run, longest))
                .collect::<Value>()
        });
        lines.collect()
    }

    fn run(&mut self, run: &Run, longest: usize) -> Value {
        json!({
            "style": match run.style {
                RunStyle::Plain => "plain",
                RunStyle::Emphasis => "emphasis",
                RunStyle::Strong => "strong",
                RunStyle::Exact => "exact",
            },
            "pieces": self.pieces(&run.text, longest),
        })
    }

    fn pieces(&mut self, text: &str, longest: usize) -> Vec<String> {
        cut(&self.text(text), longest.max(4))
    }

    /// The text in characters that the fonts draw.
    fn text(&mut self, text: &str) -> String {
        let mut shown = String::with_capacity(text.len());
        for character in text.chars() {
            if character == '\n' || character == ' ' || (self.draws)(character) {
                shown.push(character);
                continue;
            }
            let mut alike: String = character
                .nfkd()
                .filter(|part| (self.draws)(*part))
                .collect();
            if alike.is_empty() {
                self.missing.insert(character);
                alike.push(REPLACEMENT);
            }
            shown.push_str(&alike);
        }
        shown
    }
}

fn share(width: Width) -> Option<usize> {
    match width {
        Width::Content => None,
        Width::Share(share) => Some(usize::from(share.max(1))),
    }
}

/// Cuts the text where a word too long for its line may be parted.
///
/// A word of letters is left to hyphenation unless no language has one so long.
fn cut(text: &str, longest: usize) -> Vec<String> {
    let mut pieces = vec![String::new()];
    for word in text.split_inclusive(|character: char| character.is_whitespace()) {
        let length = word.trim_end().chars().count();
        let is_hyphenated =
            length <= LONGEST_WORD && word.trim_end().chars().all(char::is_alphabetic);
        let every = if length <= longest || is_hyphenated {
            usize::MAX
        } else {
            longest
        };
        for (index, character) in word.chars().enumerate() {
            if index > 0 && index % every == 0 {
                pieces.push(String::new());
            }
            if let Some(piece) = pieces.last_mut() {
                piece.push(character);
            }
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::super::sample::sample;
    use super::*;

    #[test]
    fn a_word_too_long_for_its_line_may_be_parted_and_loses_nothing() {
        assert_eq!(cut("un mot", 4), ["un mot"]);
        assert_eq!(
            cut("https://ex.fr/abc fin", 8),
            ["https://", "ex.fr/ab", "c fin"]
        );
        assert_eq!(cut("intercommunalités", 8), ["intercommunalités"]);
        let long = "a".repeat(100);
        assert_eq!(cut(&long, 30).concat(), long);
    }

    #[test]
    fn a_character_without_a_glyph_becomes_its_like_or_a_box() {
        let mut report = sample(Language::Fr);
        report.title = "①ﬁn 🙂".to_owned();
        let sheet = sheet(&report, |character| {
            character.is_ascii() || "éàçôè".contains(character)
        });
        assert_eq!(sheet.values["title"], "1fin □");
        assert!(sheet.missing.contains(&'🙂'));
    }

    #[test]
    fn the_page_number_keeps_the_words_of_its_language() {
        let sheet = sheet(&sample(Language::Fr), |_| true);
        assert_eq!(
            sheet.values["footer"]["page"],
            json!(["Page ", " sur ", ""])
        );
    }
}
