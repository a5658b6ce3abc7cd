//! The words of the carnet that a mistyped one may stand for.
//!
//! Reads the vocabulary of the index, the likeliest part of it first: most slips spare the first letters.

use std::collections::BTreeSet;

use rusqlite::Connection;

use super::super::error::StoreError;

/// How many spellings of a mistyped word are looked for.
const MOST_SPELLINGS: usize = 12;
/// Beyond any letter, in the order of the vocabulary.
const LAST: char = '\u{10ffff}';

/// How many letters of a word may be wrong.
///
/// A number is never taken for another: a code that is nearly right is another code.
fn tolerance(word: &str) -> usize {
    if word.contains(|c: char| c.is_numeric()) {
        return 0;
    }
    match word.chars().count() {
        0..=2 => 0,
        3..=5 => 1,
        _ => 2,
    }
}

/// Whether another spelling is looked for at all.
pub(super) fn may_be_mistyped(word: &str) -> bool {
    tolerance(word) > 0
}

/// The closest spellings of a word, all as close; none when nothing is close.
pub(super) fn spellings(conn: &Connection, word: &str) -> Result<Vec<String>, StoreError> {
    let tolerance = tolerance(word);
    let mut close = BTreeSet::new();
    for beginnings in [beginnings_kept(word), beginnings_missed(word)] {
        for beginning in beginnings {
            close_terms(conn, word, tolerance, &beginning, &mut close)?;
        }
        if !close.is_empty() {
            break;
        }
    }
    let closest = close.first().map(|(distance, _)| *distance);
    Ok(close
        .into_iter()
        .take_while(|(distance, _)| Some(*distance) == closest)
        .take(MOST_SPELLINGS)
        .map(|(_, term)| term)
        .collect())
}

/// The beginning of the right spelling when its first letter was not missed, which is nearly always so.
fn beginnings_kept(word: &str) -> Vec<String> {
    vec![word.chars().take(1).collect()]
}

/// The beginnings of the right spelling when its first letter was swapped, added, mistaken or left out.
fn beginnings_missed(word: &str) -> Vec<String> {
    let letters: Vec<char> = word.chars().collect();
    let [first, second, third, ..] = letters[..] else {
        return Vec::new();
    };
    let mut beginnings = vec![format!("{second}{first}"), format!("{second}{third}")];
    for other in 'a'..='z' {
        beginnings.push(format!("{other}{second}{third}"));
        beginnings.push(format!("{other}{first}{second}"));
    }
    beginnings
}

fn close_terms(
    conn: &Connection,
    word: &str,
    tolerance: usize,
    beginning: &str,
    close: &mut BTreeSet<(usize, String)>,
) -> Result<(), StoreError> {
    const TERMS: &str = "SELECT term FROM search_term WHERE term >= ?1 AND term < ?2";
    let length = word.chars().count();
    let mut statement = conn.prepare_cached(TERMS)?;
    let mut rows = statement.query((beginning, format!("{beginning}{LAST}")))?;
    while let Some(row) = rows.next()? {
        let term = row
            .get_ref("term")?
            .as_str()
            .map_err(rusqlite::Error::from)?;
        if term.chars().count() + tolerance < length {
            continue;
        }
        // As one types, a word is compared with the beginning of longer ones too.
        let beginning: String = term.chars().take(length).collect();
        let distance = strsim::osa_distance(word, term).min(strsim::osa_distance(word, &beginning));
        if distance <= tolerance {
            close.insert((distance, term.to_owned()));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_on_the_first_letter_leaves_a_beginning_to_look_under() {
        for slip in ["ilvradois", "ulivradois", "mivradois", "ivradois"] {
            let beginnings = beginnings_missed(slip);
            let is_under = |beginning: &String| "livradois".starts_with(beginning.as_str());
            assert!(beginnings.iter().any(is_under), "{slip}");
        }
    }

    #[test]
    fn a_number_is_taken_for_no_other() {
        assert!(!may_be_mistyped("63140"));
        assert!(!may_be_mistyped("d906"));
        assert!(may_be_mistyped("parc"));
    }
}
