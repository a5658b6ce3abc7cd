//! What happens to a report before any renderer sees it: blank content dropped, typography applied, text made printable.
//!
//! Both renderers start from here, so that they say the same words. Must not know how a page looks.

use super::model::{Block, Column, Report, RichText, RunStyle, Section};
use super::typography;
use crate::messages::Language;

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
                if let Some(who) = who {
                    visit(who, Words::Running);
                }
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
mod tests {
    use super::super::model::{Side, Table, Width};
    use super::super::sample::sample;
    use super::*;

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
}
