//! What a document says, before anyone decides how it looks.
//!
//! Text here is data: no character in it means anything to a renderer. Knows neither Typst nor DOCX.

use chrono::NaiveDateTime;

use crate::messages::Language;
use crate::report::typography;

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
    fn unnamed() -> Self {
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

/// How a text is to be taken.
#[derive(Clone, Copy)]
enum Words {
    /// It follows the typography of the language.
    Running,
    /// It is copied character by character.
    Exact,
}

type Visit<'a> = &'a mut dyn FnMut(&mut String, Words);

impl Report {
    /// The number of characters in it, to refuse what no page can hold.
    pub fn length(&self) -> usize {
        let mut total = 0;
        self.clone()
            .for_each_text(&mut |text, _| total += text.chars().count());
        total
    }

    /// The report as it is printed: unprintable characters and blank content gone, typography of its language applied.
    ///
    /// Both renderers start here, so that they say the same words.
    #[must_use]
    pub fn prepared(&self) -> Self {
        let mut report = self.clone();
        let language = report.language;
        report.for_each_text(&mut |text, words| {
            let printable = typography::printable(text);
            *text = match words {
                Words::Running => typography::display(&printable, language),
                Words::Exact => printable,
            };
        });
        report.banner = report.banner.filter(|banner| !banner.trim().is_empty());
        for section in &mut report.sections {
            section
                .blocks
                .iter_mut()
                .for_each(|block| block.quote_in(language));
            section.drop_blank();
        }
        report.sections.retain(|section| !section.blocks.is_empty());
        report
    }

    fn for_each_text(&mut self, visit: Visit) {
        visit(&mut self.kind, Words::Running);
        visit(&mut self.title, Words::Running);
        self.subtitle.for_each_text(visit);
        self.banner
            .iter_mut()
            .for_each(|text| visit(text, Words::Running));
        visit(&mut self.footer.date, Words::Running);
        visit(&mut self.footer.author_role, Words::Running);
        visit(&mut self.footer.page_of, Words::Running);
        for section in &mut self.sections {
            visit(&mut section.heading, Words::Running);
            section
                .blocks
                .iter_mut()
                .for_each(|block| block.for_each_text(visit));
        }
    }
}

impl Section {
    fn drop_blank(&mut self) {
        self.blocks.iter_mut().for_each(Block::drop_blank);
        self.blocks.retain(|block| !block.is_blank());
        let mut is_followed = false;
        let mut kept = Vec::with_capacity(self.blocks.len());
        for block in self.blocks.drain(..).rev() {
            let is_heading = matches!(block, Block::Heading(_));
            if !is_heading || is_followed {
                kept.push(block);
            }
            is_followed = !is_heading;
        }
        kept.reverse();
        self.blocks = kept;
    }
}

impl Block {
    /// Whether it shows nothing.
    pub fn is_blank(&self) -> bool {
        match self {
            Self::Heading(text) => text.trim().is_empty(),
            Self::Paragraph(text) | Self::Note(text) | Self::Quote { text, .. } => text.is_blank(),
            Self::Facts(facts) => facts.iter().all(|fact| fact.value.is_blank()),
            Self::List(items) => items.iter().all(|item| item.text.is_blank()),
            Self::Table(table) => table.rows.is_empty(),
            Self::Lines(lines) => lines.iter().all(|line| line.title.is_blank()),
            Self::Exact(groups) => groups.iter().all(String::is_empty),
            Self::Ruled { lines, .. } => *lines == 0,
        }
    }

    fn drop_blank(&mut self) {
        match self {
            Self::Facts(facts) => facts.retain(|fact| !fact.value.is_blank()),
            Self::List(items) => items.retain(|item| !item.text.is_blank()),
            Self::Lines(lines) => lines.retain(|line| !line.title.is_blank()),
            Self::Table(table) => {
                let width = table
                    .rows
                    .iter()
                    .map(Vec::len)
                    .fold(table.columns.len(), usize::max);
                table.columns.resize_with(width, Column::unnamed);
                table
                    .rows
                    .iter_mut()
                    .for_each(|row| row.resize(width, RichText::default()));
                table
                    .rows
                    .retain(|row| row.iter().any(|cell| !cell.is_blank()));
            }
            Self::Exact(groups) => groups.retain(|group| !group.is_empty()),
            Self::Heading(_)
            | Self::Paragraph(_)
            | Self::Quote { .. }
            | Self::Note(_)
            | Self::Ruled { .. } => {}
        }
    }

    fn quote_in(&mut self, language: Language) {
        let Self::Quote { text, .. } = self else {
            return;
        };
        let words = text.to_plain();
        if words.trim().is_empty() || words.trim_start().starts_with(['«', '“', '"', '„']) {
            return;
        }
        let (open, close) = match language {
            Language::Fr => ("«\u{a0}", "\u{a0}»"),
            Language::En => ("“", "”"),
        };
        if let Some(first) = text.0.first_mut() {
            first.text = format!("{open}{}", first.text.trim_start());
        }
        if let Some(last) = text.0.last_mut() {
            last.text = format!("{}{close}", last.text.trim_end());
        }
    }

    fn for_each_text(&mut self, visit: Visit) {
        match self {
            Self::Heading(text) | Self::Ruled { label: text, .. } => visit(text, Words::Running),
            Self::Paragraph(text) | Self::Note(text) => text.for_each_text(visit),
            Self::Quote { text, who } => {
                text.for_each_text(visit);
                who.iter_mut().for_each(|who| visit(who, Words::Running));
            }
            Self::Facts(facts) => facts.iter_mut().for_each(|fact| {
                visit(&mut fact.label, Words::Running);
                fact.value.for_each_text(visit);
            }),
            Self::List(items) => items.iter_mut().for_each(|item| {
                item.text.for_each_text(visit);
                item.note
                    .iter_mut()
                    .for_each(|note| visit(note, Words::Running));
            }),
            Self::Table(table) => {
                table
                    .caption
                    .iter_mut()
                    .for_each(|caption| visit(caption, Words::Running));
                table
                    .columns
                    .iter_mut()
                    .for_each(|column| visit(&mut column.heading, Words::Running));
                table
                    .rows
                    .iter_mut()
                    .flatten()
                    .for_each(|cell| cell.for_each_text(visit));
            }
            Self::Lines(lines) => lines.iter_mut().for_each(|line| {
                line.when
                    .iter_mut()
                    .for_each(|when| visit(when, Words::Running));
                line.title.for_each_text(visit);
                line.meta
                    .iter_mut()
                    .for_each(|meta| visit(meta, Words::Running));
            }),
            Self::Exact(groups) => groups
                .iter_mut()
                .for_each(|group| visit(group, Words::Exact)),
        }
    }
}

impl RichText {
    fn for_each_text(&mut self, visit: Visit) {
        self.0.iter_mut().for_each(|run| {
            visit(
                &mut run.text,
                if run.style == RunStyle::Exact {
                    Words::Exact
                } else {
                    Words::Running
                },
            );
        });
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A report with one of each kind of block, in the words of the job.
    #[expect(clippy::too_many_lines, reason = "one block of each kind")]
    pub(crate) fn sample(language: Language) -> Report {
        let item = |text: &str, mark, note: Option<&str>| Item {
            text: text.into(),
            mark,
            note: note.map(str::to_owned),
        };
        let column = |heading: &str, width, side| Column {
            heading: heading.to_owned(),
            width,
            side,
        };
        Report {
            kind: "Fiche de préparation".to_owned(),
            title: "Laine des hauts plateaux".to_owned(),
            subtitle: RichText::from("Relecture de l'accord de coopération. ")
                .strong("Mardi 6 octobre 2026, 9 h 30"),
            language,
            banner: Some("Document personnel — ne pas diffuser".to_owned()),
            footer: Footer {
                date: "23 novembre 2026".to_owned(),
                author_role: "Chargé d'appui à la coopération".to_owned(),
                page_of: "Page {page} sur {pages}".to_owned(),
            },
            fit: Fit::OnePage,
            sections: vec![
                Section::new("Rendez-vous").with(Block::Facts(vec![
                    Fact {
                        label: "Où".to_owned(),
                        value: "Chalmazelle-le-Haut, sur place".into(),
                    },
                    Fact {
                        label: "Avec".to_owned(),
                        value: "Sophie Béal, Jean-Marc Fayolle".into(),
                    },
                    Fact {
                        label: "Canal".to_owned(),
                        value: RichText::default(),
                    },
                ])),
                Section::new("Situation")
                    .with(Block::Paragraph(
                        "Le pré-projet a été présenté au bureau. Reste une question : qui signe ?"
                            .into(),
                    ))
                    .with(Block::Lines(vec![
                        Line {
                            when: Some("12 sept.".to_owned()),
                            title: "Présentation au bureau".into(),
                            meta: None,
                        },
                        Line {
                            when: Some("28 sept.".to_owned()),
                            title: "Nouvelle version de l'accord".into(),
                            meta: Some("version 3, reçue des partenaires italiens".to_owned()),
                        },
                    ])),
                Section::new("Besoins").with(Block::Quote {
                    text:
                        "On ne voudrait pas signer quelque chose qui nous engage pour les Italiens."
                            .into(),
                    who: Some("Sophie Béal".to_owned()),
                }),
                Section::new("Décisions et étapes")
                    .with(Block::Heading("Plan de travail".to_owned()))
                    .with(Block::List(vec![
                        item(
                            "Envoyer le projet d'accord",
                            Mark::Done,
                            Some("8 septembre"),
                        ),
                        item(
                            "Rédiger l'annexe « rôles et budget »",
                            Mark::Open,
                            Some("Nadia Ouali, 20 octobre"),
                        ),
                    ])),
                Section::new("Freins").with(Block::List(vec![item(
                    "Langue du texte",
                    Mark::Bullet,
                    None,
                )])),
                Section::new("Moyens").with(Block::Table(Table {
                    caption: Some("Cofinancements demandés".to_owned()),
                    columns: vec![
                        column("Dispositif", Width::Share(3), Side::Start),
                        column("État", Width::Share(2), Side::Start),
                        column("Montant", Width::Content, Side::End),
                    ],
                    rows: vec![
                        vec![
                            "LEADER, coopération".into(),
                            "déposé".into(),
                            "12 400 €".into(),
                        ],
                        vec!["Région".into(), "accordé".into(), "1 234,50 €".into()],
                    ],
                })),
                Section::new("Rien")
                    .with(Block::Heading("Vide".to_owned()))
                    .with(Block::Paragraph("  ".into())),
                Section::new("Phrase")
                    .with(Block::Note("Les majuscules comptent.".into()))
                    .with(Block::Exact(vec!["cheval".to_owned(), "l1O0I".to_owned()]))
                    .with(Block::Ruled {
                        label: "À écrire ici".to_owned(),
                        lines: 2,
                    }),
            ],
        }
    }

    #[test]
    fn what_says_nothing_is_not_printed() {
        let report = sample(Language::Fr).prepared();
        let headings: Vec<_> = report
            .sections
            .iter()
            .map(|section| section.heading.as_str())
            .collect();
        assert_eq!(
            headings,
            [
                "Rendez-vous",
                "Situation",
                "Besoins",
                "Décisions et étapes",
                "Freins",
                "Moyens",
                "Phrase"
            ]
        );
        let Block::Facts(facts) = &report.sections[0].blocks[0] else {
            panic!("facts expected")
        };
        assert_eq!(facts.len(), 2);
    }

    #[test]
    fn a_quotation_takes_the_marks_of_its_language_once() {
        let words = |language| {
            let Block::Quote { text, .. } =
                &sample(language).prepared().prepared().sections[2].blocks[0]
            else {
                panic!("quote expected")
            };
            text.to_plain()
        };
        assert_eq!(words(Language::Fr).matches('«').count(), 1);
        assert!(words(Language::Fr).ends_with("les Italiens.\u{a0}»"));
        assert!(words(Language::En).starts_with("“On ne"));
    }

    #[test]
    fn rows_and_columns_of_a_table_are_completed_and_never_cut() {
        let columns = vec![Column {
            heading: "A".to_owned(),
            width: Width::Content,
            side: Side::Start,
        }];
        let rows = vec![
            vec!["un".into(), "deux".into()],
            vec!["trois".into()],
            vec![RichText::default()],
        ];
        let mut section = Section::new("T").with(Block::Table(Table {
            caption: None,
            columns,
            rows,
        }));
        section.drop_blank();
        let Block::Table(table) = &section.blocks[0] else {
            panic!("table expected")
        };
        assert_eq!(
            table.rows,
            vec![
                vec!["un".into(), "deux".into()],
                vec!["trois".into(), RichText::default()]
            ]
        );
        assert_eq!(table.columns.len(), 2);
    }

    #[test]
    fn blank_lines_around_a_text_are_dropped_and_those_inside_stay() {
        let lines = RichText::from("\n\nun\n\ndeux\n").lines();
        assert_eq!(lines.len(), 3);
        assert!(lines[1].is_empty());
    }
}
