//! What a document says, before anyone decides how it looks.
//!
//! Text here is data: no character in it means anything to a renderer. Knows neither Typst nor DOCX.

use chrono::NaiveDateTime;

use crate::messages::Language;

/// A document ready to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// What the document is, above its title: "Relevé de décisions".
    pub kind: String,
    /// What it is about: a project, an organisation, a session.
    pub title: String,
    /// One or two lines under the title.
    pub subtitle: RichText,
    /// The language of the words supplied around the records, and of the file.
    pub language: Language,
    /// A warning to whoever holds the page, repeated on each: "Document personnel — ne pas diffuser".
    pub banner: Option<String>,
    /// What every page repeats at its foot.
    pub footer: Footer,
    /// How many pages it may take.
    pub fit: Fit,
    /// The content, in reading order.
    pub sections: Vec<Section>,
}

/// The foot of every page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Footer {
    /// The date of the document, as it is shown.
    pub date: String,
    /// The role of its author, never a name.
    pub author_role: String,
    /// The page number's sentence, with `{page}` and `{pages}`.
    pub page_of: String,
}

/// What a file says of itself, beside its title and language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imprint {
    /// When the document is made, local time.
    pub created_at: NaiveDateTime,
    /// Who made it, if the officer wants to be named.
    pub author: Option<String>,
}

/// The number of pages that a document may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Fit {
    /// As many as it needs.
    #[default]
    Free,
    /// One page, in smaller type when it must be.
    OnePage,
    /// Two pages at most, in smaller type when it must be.
    TwoPages,
}

impl Fit {
    /// The most pages allowed, if there is a limit.
    pub fn most_pages(self) -> Option<usize> {
        match self {
            Self::Free => None,
            Self::OnePage => Some(1),
            Self::TwoPages => Some(2),
        }
    }
}

/// A part of the document under one heading. It vanishes when its blocks say nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Section {
    /// The heading, shown in the margin of the page.
    pub heading: String,
    /// The content, in reading order.
    pub blocks: Vec<Block>,
}

impl Section {
    /// An empty section, to be filled by [`Section::with`].
    pub fn new(heading: impl Into<String>) -> Self {
        Self {
            heading: heading.into(),
            blocks: Vec::new(),
        }
    }

    /// Adds a block.
    #[must_use]
    pub fn with(mut self, block: Block) -> Self {
        self.blocks.push(block);
        self
    }
}

/// One piece of content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// A heading inside the section. It vanishes when nothing follows it.
    Heading(String),
    /// Running text.
    Paragraph(RichText),
    /// Words as somebody said them; the quotation marks are added when the text has none.
    Quote {
        /// The words.
        text: RichText,
        /// Who said them, if it may be told.
        who: Option<String>,
    },
    /// Short labelled values. A fact without a value vanishes.
    Facts(Vec<Fact>),
    /// A list, of points or of boxes to tick.
    List(Vec<Item>),
    /// Rows and columns.
    Table(Table),
    /// One line per record: when, what, and the rest in small.
    Lines(Vec<Line>),
    /// A remark in small type.
    Note(RichText),
    /// Text to be copied character by character, one group after the other.
    Exact(Vec<String>),
    /// Ruled lines to write on by hand.
    Ruled {
        /// What to write there.
        label: String,
        /// How many lines.
        lines: u8,
    },
}

/// A labelled value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// What it is.
    pub label: String,
    /// What it is worth.
    pub value: RichText,
}

/// An item of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The text.
    pub text: RichText,
    /// What stands before it.
    pub mark: Mark,
    /// A remark in small type after it: who, by when.
    pub note: Option<String>,
}

/// What stands before an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mark {
    /// A dash.
    #[default]
    Bullet,
    /// An empty box.
    Open,
    /// A ticked box.
    Done,
}

/// A table. A row shorter than the others is filled with blank cells.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Table {
    /// What the table shows.
    pub caption: Option<String>,
    /// The columns, whose headings are repeated on every page.
    pub columns: Vec<Column>,
    /// The rows.
    pub rows: Vec<Vec<RichText>>,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// The heading.
    pub heading: String,
    /// How wide it is.
    pub width: Width,
    /// The side its cells stand on.
    pub side: Side,
}

impl Column {
    /// A column for cells that nobody named: shown rather than lost.
    pub(super) fn unnamed() -> Self {
        Self {
            heading: String::new(),
            width: Width::Share(1),
            side: Side::Start,
        }
    }
}

/// The width of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Width {
    /// As wide as its longest cell: dates, amounts.
    Content,
    /// A share of what is left, relative to the other shares.
    Share(u8),
}

/// The side that a column's cells stand on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Side {
    /// Where reading starts.
    #[default]
    Start,
    /// The other one: numbers.
    End,
}

/// One line about a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The date or the state, in a column of its own.
    pub when: Option<String>,
    /// What it is.
    pub title: RichText,
    /// The rest, in small type.
    pub meta: Option<String>,
}

/// Text with some of its words stressed. A line feed starts a new line.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RichText(pub Vec<Run>);

/// Some words in one style.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// The words.
    pub text: String,
    /// Their style.
    pub style: RunStyle,
}

/// The style of some words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RunStyle {
    /// As the rest.
    #[default]
    Plain,
    /// Emphasised: italics.
    Emphasis,
    /// Strong: semi-bold.
    Strong,
    /// As typed, in letters that cannot be taken for one another: a path, a code.
    Exact,
}

impl RichText {
    /// Adds words in a style.
    #[must_use]
    pub fn then(mut self, text: impl Into<String>, style: RunStyle) -> Self {
        self.0.push(Run {
            text: text.into(),
            style,
        });
        self
    }

    /// Adds strong words.
    #[must_use]
    pub fn strong(self, text: impl Into<String>) -> Self {
        self.then(text, RunStyle::Strong)
    }

    /// Adds plain words.
    #[must_use]
    pub fn plain(self, text: impl Into<String>) -> Self {
        self.then(text, RunStyle::Plain)
    }

    /// Whether it shows nothing.
    pub fn is_blank(&self) -> bool {
        self.0.iter().all(|run| run.text.trim().is_empty())
    }

    /// The words without their styles.
    pub fn to_plain(&self) -> String {
        self.0.iter().map(|run| run.text.as_str()).collect()
    }

    /// The runs of each line, lines without any at either end dropped.
    pub fn lines(&self) -> Vec<Vec<Run>> {
        let mut lines = vec![Vec::new()];
        for run in &self.0 {
            for (index, part) in run.text.split('\n').enumerate() {
                if index > 0 {
                    lines.push(Vec::new());
                }
                if let (false, Some(line)) = (part.is_empty(), lines.last_mut()) {
                    line.push(Run {
                        text: part.to_owned(),
                        style: run.style,
                    });
                }
            }
        }
        let is_blank = |line: &Vec<Run>| line.iter().all(|run| run.text.trim().is_empty());
        let from = lines
            .iter()
            .position(|line| !is_blank(line))
            .unwrap_or(lines.len());
        let to = lines
            .iter()
            .rposition(|line| !is_blank(line))
            .map_or(from, |last| last + 1);
        lines[from..to].to_vec()
    }
}

impl From<&str> for RichText {
    fn from(text: &str) -> Self {
        Self::default().plain(text)
    }
}

impl From<String> for RichText {
    fn from(text: String) -> Self {
        Self::default().plain(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blank_lines_around_a_text_are_dropped_and_those_inside_stay() {
        let lines = RichText::from("\n\nun\n\ndeux\n").lines();
        assert_eq!(lines.len(), 3);
        assert!(lines[1].is_empty());
    }
}
