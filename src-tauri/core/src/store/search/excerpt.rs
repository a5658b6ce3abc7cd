//! The part of a record where the words of a search stand.
//!
//! Works on the texts as their author wrote them; the index holds folded words only.

use crate::fold::fold;
use crate::model::{EntityDef, Record, Value};

/// Length of an excerpt, in characters.
const EXCERPT_CHARS: usize = 140;

/// The part of a record where the words stand, and where in it.
pub(super) fn excerpt_of(
    def: &EntityDef,
    record: &Record,
    words: &[String],
) -> (String, Vec<(u32, u32)>) {
    let texts = def
        .fields
        .iter()
        .filter(|field| field.kind.is_words() && !def.title.contains(&field.name));
    let in_order = texts.chain(
        def.fields
            .iter()
            .filter(|field| def.title.contains(&field.name)),
    );
    for field in in_order {
        let Some(Value::Text(text)) = record.value(field.name) else {
            continue;
        };
        if let Some(start) = first_match(text, words) {
            return cut(text, start, words);
        }
    }
    (String::new(), Vec::new())
}

/// The words of a text with where they stand, in bytes.
fn tokens(text: &str) -> impl Iterator<Item = (usize, usize)> {
    let mut start = None;
    let mut spans = Vec::new();
    for (at, c) in text.char_indices() {
        match (c.is_alphanumeric(), start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                spans.push((from, at));
                start = None;
            }
            _ => {}
        }
    }
    if let Some(from) = start {
        spans.push((from, text.len()));
    }
    spans.into_iter()
}

fn is_match(token: &str, words: &[String]) -> bool {
    let folded = fold(token);
    words.iter().any(|word| folded.starts_with(word.as_str()))
}

fn first_match(text: &str, words: &[String]) -> Option<usize> {
    tokens(text)
        .find(|(from, to)| is_match(&text[*from..*to], words))
        .map(|(from, _)| from)
}

fn cut(text: &str, around: usize, words: &[String]) -> (String, Vec<(u32, u32)>) {
    let before = text[..around]
        .char_indices()
        .rev()
        .nth(EXCERPT_CHARS / 3)
        .map_or(0, |(at, _)| at);
    let start = if before == 0 {
        0
    } else {
        text[before..]
            .find(' ')
            .map_or(before, |space| before + space + 1)
    };
    let end = text[start..]
        .char_indices()
        .nth(EXCERPT_CHARS)
        .map_or(text.len(), |(at, _)| start + at);
    let body = text[start..end].replace('\n', " ");
    let excerpt = format!(
        "{}{body}{}",
        if start > 0 { "… " } else { "" },
        if end < text.len() { "…" } else { "" }
    );
    let units = |bytes: &str| u32::try_from(bytes.encode_utf16().count()).unwrap_or(u32::MAX);
    let marks = tokens(&excerpt)
        .filter(|(from, to)| is_match(&excerpt[*from..*to], words))
        .map(|(from, to)| (units(&excerpt[..from]), units(&excerpt[..to])))
        .collect();
    (excerpt, marks)
}
