//! Which row names the columns, and which rows only add up the others.

use std::collections::{BTreeMap, HashSet};

use super::table::Row;
use crate::fold::fold;

/// How far down a header is looked for.
const DEEPEST: usize = 30;
/// Longest name of a column, in characters; official templates put instructions in them.
const LONGEST_NAME: usize = 200;

/// The position of the header: the first row as wide as most, all short names and all different.
pub(super) fn find(rows: &[Row]) -> usize {
    let width = usual_width(rows);
    let is_header = |row: &Row| {
        let names: Vec<String> = row
            .cells
            .iter()
            .filter(|cell| !cell.trim().is_empty())
            .map(|cell| fold(cell))
            .collect();
        let is_wide = names.len() * 5 >= width * 3 && (names.len() > 1 || width == 1);
        let are_names = row.cells.iter().all(|cell| {
            let is_name = cell.chars().any(char::is_alphabetic) && !cell.contains('@');
            cell.trim().is_empty() || (is_name && cell.chars().count() <= LONGEST_NAME)
        });
        let different: HashSet<&String> = names.iter().collect();
        is_wide && are_names && different.len() == names.len()
    };
    rows.iter()
        .take(DEEPEST)
        .position(is_header)
        .unwrap_or_default()
}

/// How many cells most rows have filled.
fn usual_width(rows: &[Row]) -> usize {
    let mut widths = BTreeMap::new();
    for row in rows.iter().take(200) {
        let filled = row
            .cells
            .iter()
            .rposition(|cell| !cell.trim().is_empty())
            .map_or(0, |last| last + 1);
        *widths.entry(filled).or_insert(0_usize) += 1;
    }
    widths
        .into_iter()
        .max_by_key(|(width, rows)| (*rows, *width))
        .map_or(0, |(width, _)| width)
}

/// Whether a row only adds up the others: it begins with "total" and is mostly empty.
pub(super) fn is_total(row: &Row) -> bool {
    let mut filled = row.cells.iter().filter(|cell| !cell.trim().is_empty());
    let Some(first) = filled.next() else {
        return false;
    };
    let first = fold(first);
    let mut words = first.split(' ').filter(|word| *word != "sous");
    let says_total = matches!(words.next(), Some("total" | "totaux"));
    let only_numbers =
        words.all(|word| word == "general" || word.bytes().all(|byte| byte.is_ascii_digit()));
    let others = filled.count();
    says_total && only_numbers && (others + 1) * 2 <= row.cells.len().max(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(line: u64, text: &str) -> Row {
        Row {
            line,
            cells: text.split(';').map(str::to_owned).collect(),
        }
    }

    #[test]
    fn an_organisation_called_total_is_not_a_sum() {
        assert!(is_total(&row(9, "TOTAL : 86;;;")));
        assert!(is_total(&row(9, "Total général;;;12")));
        assert!(!is_total(&row(9, "Total Énergies;;;")));
        assert!(!is_total(&row(9, "Total;a;b;c")));
    }

    #[test]
    fn the_first_row_is_the_header_when_no_row_looks_like_one() {
        let rows = [row(1, "12;13"), row(2, "14;15")];
        assert_eq!(find(&rows), 0);
    }
}
