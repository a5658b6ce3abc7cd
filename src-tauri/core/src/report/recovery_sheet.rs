//! The printable recovery sheet: where the carnet is, its passphrase or a line to write it on, what cannot be recovered.
//!
//! Owns what the sheet says and in which order; its words come from the messages. Must not know where the
//! passphrase came from, and keeps no copy of it.

use super::model::{Block, Fact, Fit, Footer, Item, Mark, Report, RichText, RunStyle, Section};
use crate::messages::Language;

/// Characters of one group of a passphrase that has no words.
const GROUP_LENGTH: usize = 4;
/// How a space is shown where it could be overlooked.
const VISIBLE_SPACE: char = '␣';

/// What the sheet is about.
pub struct RecoverySheet<'a> {
    /// The name of the carnet.
    pub carnet_name: &'a str,
    /// Where its file is.
    pub path: &'a str,
    /// The device it was made on.
    pub device_name: &'a str,
    /// The passphrase, if the officer asked to have it printed; else lines to write it on.
    pub passphrase: Option<&'a str>,
    /// The day of the sheet, as it is shown.
    pub created_on: &'a str,
}

/// Builds the sheet. `words` gives the text of a message key (`document.…`).
pub fn recovery_sheet(
    sheet: &RecoverySheet,
    language: Language,
    words: &dyn Fn(&str) -> String,
) -> Report {
    let own = |key: &str| words(&format!("document.recovery_sheet.{key}"));
    let fact = |key: &str, value: RichText| Fact {
        label: own(key),
        value,
    };
    let points = |keys: &[&str]| {
        let item = |key: &&str| Item {
            text: own(key).into(),
            mark: Mark::Bullet,
            note: None,
        };
        Block::List(keys.iter().map(item).collect())
    };
    let passphrase = match sheet.passphrase {
        Some(passphrase) => {
            let (groups, spelling) = groups(passphrase);
            let note = format!("{}\n{}", own(spelling), own("every_sign_counts"));
            Section::new(own("passphrase"))
                .with(Block::Exact(groups))
                .with(Block::Note(note.into()))
        }
        None => Section::new(own("passphrase"))
            .with(Block::Ruled {
                label: own("write_passphrase"),
                lines: 2,
            })
            .with(Block::Note(own("every_sign_counts").into())),
    };
    Report {
        kind: own("kind"),
        title: sheet.carnet_name.to_owned(),
        subtitle: own("subtitle").into(),
        language,
        banner: Some(own("banner")),
        footer: Footer {
            date: sheet.created_on.to_owned(),
            author_role: String::new(),
            page_of: words("document.page_of"),
        },
        fit: Fit::OnePage,
        sections: vec![
            Section::new(own("where")).with(Block::Facts(vec![
                fact(
                    "file",
                    RichText::default().then(sheet.path, RunStyle::Exact),
                ),
                fact("device", sheet.device_name.into()),
                fact("made_on", sheet.created_on.into()),
            ])),
            passphrase,
            Section::new(own("reopen")).with(points(&[
                "reopen_open",
                "reopen_choose",
                "reopen_type",
            ])),
            Section::new(own("lost")).with(points(&[
                "lost_passphrase",
                "lost_file",
                "lost_not_a_copy",
            ])),
            Section::new(own("keep")).with(points(&[
                "keep_apart",
                "keep_off_screen",
                "keep_secret",
                "keep_current",
            ])),
        ],
    }
}

/// The passphrase in groups that a hand can copy, and the key of the sentence that says how to read them.
fn groups(passphrase: &str) -> (Vec<String>, &'static str) {
    let has_odd_spaces = passphrase.split(' ').any(str::is_empty)
        || passphrase.contains(|c: char| c.is_whitespace() && c != ' ');
    if passphrase.contains(' ') && !has_odd_spaces {
        return (
            passphrase.split(' ').map(str::to_owned).collect(),
            "spelling_words",
        );
    }
    let signs: Vec<char> = passphrase
        .chars()
        .map(|c| if c.is_whitespace() { VISIBLE_SPACE } else { c })
        .collect();
    let groups = signs
        .chunks(GROUP_LENGTH)
        .map(|group| group.iter().collect())
        .collect();
    (
        groups,
        if has_odd_spaces {
            "spelling_spaces_shown"
        } else {
            "spelling_joined"
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::messages;
    use crate::report::pdf;

    fn sheet(passphrase: Option<&str>) -> Report {
        let sheet = RecoverySheet {
            carnet_name: "Carnet de Claire",
            path: "C:\\Mes documents\\l'appui.carnet",
            device_name: "Portable",
            passphrase,
            created_on: "23 novembre 2026",
        };
        recovery_sheet(&sheet, Language::Fr, &str::to_owned)
    }

    fn exact(report: &Report) -> Option<Vec<String>> {
        report
            .sections
            .iter()
            .flat_map(|section| &section.blocks)
            .find_map(|block| match block {
                Block::Exact(groups) => Some(groups.clone()),
                _ => None,
            })
    }

    #[test]
    fn a_passphrase_of_words_is_shown_word_by_word() {
        let (shown, spelling) = groups("cheval l'Été bleue");
        assert_eq!(
            (shown, spelling),
            (
                vec!["cheval".into(), "l'Été".into(), "bleue".into()],
                "spelling_words"
            )
        );
    }

    #[test]
    fn a_passphrase_without_spaces_is_shown_in_short_groups_that_make_it_up() {
        let (shown, spelling) = groups("Xk9!dffd2");
        assert_eq!(shown.concat(), "Xk9!dffd2");
        assert!(
            shown
                .iter()
                .all(|group| group.chars().count() <= GROUP_LENGTH)
        );
        assert_eq!(spelling, "spelling_joined");
    }

    #[test]
    fn spaces_that_could_be_overlooked_are_drawn() {
        assert_eq!(
            groups(" ab  c"),
            (vec!["␣ab␣".into(), "␣c".into()], "spelling_spaces_shown")
        );
    }

    #[test]
    fn without_the_passphrase_there_are_lines_to_write_it_on() {
        let report = sheet(None);
        assert_eq!(exact(&report), None);
        let blocks = || report.sections.iter().flat_map(|section| &section.blocks);
        assert!(blocks().any(|block| matches!(block, Block::Ruled { lines: 2, .. })));
    }

    #[test]
    fn passphrase_and_path_reach_the_page_character_by_character() {
        let report = sheet(Some("l'eau qui dort ?")).prepared();
        assert_eq!(
            exact(&report),
            Some(vec![
                "l'eau".into(),
                "qui".into(),
                "dort".into(),
                "?".into()
            ])
        );
        let Block::Facts(facts) = &report.sections[0].blocks[0] else {
            panic!("facts expected")
        };
        assert_eq!(
            facts[0].value.to_plain(),
            "C:\\Mes documents\\l'appui.carnet"
        );
    }

    #[test]
    fn every_word_of_the_sheet_is_written_in_both_languages_and_fits_one_page() {
        for language in [Language::Fr, Language::En] {
            for passphrase in ["deux mots", "d'un-trait!", " à  trous "]
                .map(Some)
                .into_iter()
                .chain([None])
            {
                let sheet = RecoverySheet {
                    carnet_name: "Carnet",
                    path: "/carnet",
                    device_name: "Portable",
                    passphrase,
                    created_on: "23/11/2026",
                };
                let report =
                    recovery_sheet(&sheet, language, &|key| messages::text(language, key, &[]));
                assert!(!format!("{report:?}").contains("document."), "{report:?}");
                assert_eq!(pdf::page_count(&report).unwrap(), 1);
            }
        }
    }
}
