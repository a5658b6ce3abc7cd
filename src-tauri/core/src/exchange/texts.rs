//! A text that two people changed: both edits in one, where they do not touch the same lines.
//!
//! Offered to the officer, who reads it first; never applied by itself (architecture.md §5).

/// The text with both edits; `None` where they touch the same lines, or where one is the other.
pub fn three_way(before: &str, one: &str, other: &str) -> Option<String> {
    if one == other || before.is_empty() {
        return None;
    }
    let lines = |text: &str| format!("{}\n", text.trim_end_matches('\n'));
    let both = diffy::merge(&lines(before), &lines(one), &lines(other)).ok()?;
    let both = both.trim_end_matches('\n').to_owned();
    (both != one && both != other).then_some(both)
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
    fn edits_of_the_same_line_are_left_to_the_officer() {
        assert_eq!(three_way("a\nb\nc", "a\nx\nc", "a\ny\nc"), None);
        assert_eq!(three_way("", "un", "deux"), None);
    }
}
