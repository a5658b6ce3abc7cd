//! A text that two people changed: both edits in one, where they do not touch the same lines.
//!
//! Offered to the officer, who reads it first; never applied by itself (architecture.md §5).

use diffy::{DiffOptions, Line};

/// The text with both edits; `None` where they touch the same lines, or where one is the other.
///
/// Of two texts that were begun apart, the lines that both have are there once, such as the headings of a note: each
/// one's words stay under their own. `None` where they share no words.
pub fn three_way(before: &str, one: &str, other: &str) -> Option<String> {
    if one == other {
        return None;
    }
    let both = if before.trim().is_empty() {
        begun_apart(one, other)?
    } else {
        diffy::merge(&lines(before), &lines(one), &lines(other)).ok()?
    };
    let both = both.trim_end_matches('\n').to_owned();
    (both != one && both != other).then_some(both)
}

/// A text in whole lines.
fn lines(text: &str) -> String {
    format!("{}\n", text.trim_end_matches('\n'))
}

/// The lines of both texts in their order, those that are in both once.
fn begun_apart(one: &str, other: &str) -> Option<String> {
    let (one, other) = (lines(one), lines(other));
    let mut whole = DiffOptions::new();
    let all = one.lines().count() + other.lines().count();
    let patch = whole.set_context_len(all).create_patch(&one, &other);
    let lines = patch.hunks().iter().flat_map(diffy::Hunk::lines);
    let (mut both, mut is_shared) = (String::new(), false);
    for line in lines {
        let (Line::Context(text) | Line::Delete(text) | Line::Insert(text)) = *line;
        is_shared |= matches!(line, Line::Context(_)) && !text.trim().is_empty();
        both.push_str(text);
    }
    is_shared.then_some(both)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_of_different_lines_are_both_in_the_offered_text() {
        let before = "Contexte\n\nAttentes\n\nSuites";
        let one = "Contexte du massif\n\nAttentes\n\nSuites";
        let other = "Contexte\n\nAttentes\n\nSuites : rappeler en mai";
        let both = three_way(before, one, other);
        assert_eq!(
            both.as_deref(),
            Some("Contexte du massif\n\nAttentes\n\nSuites : rappeler en mai")
        );
    }

    #[test]
    fn headings_that_both_began_with_are_there_once_with_the_words_of_each_under_their_own() {
        let one = "Contexte\n\nLe massif\n\nSuites\n";
        let other = "Contexte\n\nLa vallée\n\nSuites\n\nRappeler en mai";
        assert_eq!(
            three_way("", one, other).as_deref(),
            Some("Contexte\n\nLe massif\nLa vallée\n\nSuites\n\nRappeler en mai")
        );
        assert_eq!(three_way("", "Un\n\ndeux", "Trois\n\nquatre"), None);
    }

    #[test]
    fn edits_of_the_same_line_are_left_to_the_officer() {
        assert_eq!(three_way("a\nb\nc", "a\nx\nc", "a\ny\nc"), None);
        assert_eq!(three_way("", "un", "deux"), None);
    }
}
