//! What a person types to find a territory: the spelling in which it is compared, its words, its
//! codes.
//!
//! Owns the liberties that typists take. Must not know any name.

use crate::fold::fold_onto;

/// Words that a person leaves out or adds without thinking.
const SMALL_WORDS: [&str; 9] = ["le", "la", "les", "l", "de", "du", "des", "d", "et"];
const ARTICLES: [&str; 4] = ["le ", "la ", "les ", "l "];
const NATURES: [&str; 4] = ["cc ", "ca ", "cu ", "metropole "];
const OF: [&str; 6] = ["de la ", "de l ", "du ", "des ", "de ", "d "];

/// Appends the spelling in which names are compared: folded, "st" and "ste" written out.
pub(super) fn push_comparable(to: &mut String, name: &str) {
    let start = to.len();
    fold_onto(to, name);
    if has_abbreviated_saint(&to[start..]) {
        let folded = to.split_off(start);
        to.push_str(&with_saints(&folded));
    }
}

fn has_abbreviated_saint(folded: &str) -> bool {
    folded.split(' ').any(|word| saint(word).is_some())
}

fn with_saints(folded: &str) -> String {
    let words = folded.split(' ').map(|word| saint(word).unwrap_or(word));
    words.collect::<Vec<_>>().join(" ")
}

fn saint(word: &str) -> Option<&'static str> {
    match word {
        "st" => Some("saint"),
        "ste" => Some("sainte"),
        _ => None,
    }
}

/// Returns how many bytes of a compared name are its article, and, for an EPCI, its legal form;
/// and whether there is a legal form.
pub(super) fn significant(name: &str, is_epci: bool) -> (usize, bool) {
    let mut rest = name;
    let mut has_nature = false;
    if is_epci && let Some(after) = after_one_of(&NATURES, rest) {
        rest = after_one_of(&OF, after).unwrap_or(after);
        has_nature = true;
    }
    rest = after_one_of(&ARTICLES, rest).unwrap_or(rest);
    (name.len() - rest.len(), has_nature)
}

fn after_one_of<'a>(beginnings: &[&str], name: &'a str) -> Option<&'a str> {
    beginnings
        .iter()
        .find_map(|beginning| name.strip_prefix(beginning))
}

/// A typed text, understood.
#[derive(Debug)]
pub(super) struct Query {
    /// The ways to read it as words; none of them when it has no word.
    pub(super) words: Vec<WordQuery>,
    /// It as a code, in capitals without spaces, when it can be one.
    pub(super) code: Option<String>,
}

/// Words that a name must have, each as the beginning of one of its own.
#[derive(Debug)]
pub(super) struct WordQuery {
    /// The words as they were typed, compared spelling, without the numbers.
    pub(super) text: String,
    /// How many bytes of the text are an article.
    article: usize,
    /// Required words, each after a space, the longest first; never empty.
    required: Vec<String>,
    /// Numbers that are a word of the name, or begin one of its codes.
    pub(super) numbers: Vec<String>,
}

impl Query {
    pub(super) fn read(typed: &str) -> Self {
        let mut folded = String::new();
        fold_onto(&mut folded, typed);
        let (numbers, words): (Vec<&str>, Vec<&str>) = folded
            .split(' ')
            .filter(|word| !word.is_empty())
            .partition(|word| is_number(word));
        let mut readings = Vec::new();
        if words.is_empty() {
            readings.extend(WordQuery::new(folded.clone(), Vec::new()));
        } else {
            let numbers: Vec<String> = numbers.into_iter().map(str::to_owned).collect();
            let written_out = with_saints(&words.join(" "));
            // "st" at the end may still become "strasbourg".
            if let Some((last, before)) = words.split_last()
                && saint(last).is_some()
            {
                let before = with_saints(&before.join(" "));
                let unfinished = format!("{before} {last}").trim_start().to_owned();
                readings.extend(WordQuery::new(unfinished, numbers.clone()));
            }
            readings.extend(WordQuery::new(written_out, numbers));
        }
        Self {
            words: readings,
            code: read_code(&folded),
        }
    }
}

impl WordQuery {
    fn new(text: String, numbers: Vec<String>) -> Option<Self> {
        let words: Vec<&str> = text.split(' ').filter(|word| !word.is_empty()).collect();
        let has_only_small = words.iter().all(|word| SMALL_WORDS.contains(word));
        let mut required: Vec<String> = words
            .iter()
            .filter(|word| has_only_small || !SMALL_WORDS.contains(word))
            .map(|word| format!(" {word}"))
            .collect();
        required.sort_by_key(|word| std::cmp::Reverse(word.len()));
        let (article, _) = significant(&text, false);
        (!required.is_empty()).then_some(Self {
            text,
            article,
            required,
            numbers,
        })
    }

    /// Returns the longest word, after a space.
    pub(super) fn longest(&self) -> &str {
        self.required.first().map_or("", String::as_str)
    }

    /// Returns the other required words, each after a space.
    pub(super) fn others(&self) -> impl Iterator<Item = &str> {
        self.required.iter().skip(1).map(String::as_str)
    }

    /// Returns the text without its article.
    pub(super) fn bare(&self) -> &str {
        &self.text[self.article..]
    }
}

/// Returns whether a word looks like a code or the beginning of one: two digits or more, or a
/// Corsican department or municipality.
fn is_number(word: &str) -> bool {
    let digits = word
        .strip_prefix("2a")
        .or_else(|| word.strip_prefix("2b"))
        .unwrap_or(word);
    word.len() >= 2 && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// Returns the text as a code: letters and digits of which the spaces do not matter when it is a
/// number, such as `43 157` or a SIREN.
fn read_code(folded: &str) -> Option<String> {
    let code = folded.replace(' ', "").to_uppercase();
    let is_one_word = !folded.contains(' ');
    let is_number = code.bytes().all(|byte| byte.is_ascii_digit());
    let is_code = (2..=9).contains(&code.len())
        && code.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && (is_one_word || is_number);
    is_code.then_some(code)
}

#[cfg(test)]
mod tests {
    use super::{Query, push_comparable, significant};

    fn comparable(name: &str) -> String {
        let mut text = String::from("|");
        push_comparable(&mut text, name);
        text
    }

    fn readings(typed: &str) -> Vec<String> {
        let words = Query::read(typed).words;
        words.into_iter().map(|words| words.text).collect()
    }

    #[test]
    fn an_abbreviated_saint_is_written_out_in_both_genders() {
        assert_eq!(comparable("St-Gildas-des-Bois"), "|saint gildas des bois");
        assert_eq!(readings("ste colombe"), ["sainte colombe"]);
    }

    #[test]
    fn st_at_the_end_may_be_a_saint_or_the_beginning_of_a_word() {
        assert_eq!(readings("st"), ["st", "saint"]);
        assert_eq!(readings("mont st"), ["mont st", "mont saint"]);
    }

    #[test]
    fn the_article_and_the_legal_form_are_not_the_significant_part() {
        let name = "cc de la plaine de l ain";
        let (skipped, has_nature) = significant(name, true);
        assert_eq!((&name[skipped..], has_nature), ("plaine de l ain", true));
        let name = "le puy en velay";
        let (skipped, has_nature) = significant(name, false);
        assert_eq!((&name[skipped..], has_nature), ("puy en velay", false));
    }

    #[test]
    fn small_words_are_not_required_unless_there_is_nothing_else() {
        let query = Query::read("le puy de dôme");
        assert_eq!(query.words[0].required, [" dome", " puy"]);
        assert_eq!(Query::read("La").words[0].required, [" la"]);
    }

    #[test]
    fn a_number_beside_a_name_is_set_apart() {
        let query = Query::read("Ambert 63");
        assert_eq!(query.words[0].text, "ambert");
        assert_eq!(query.words[0].numbers, ["63"]);
        assert_eq!(query.code, None);
    }

    #[test]
    fn a_code_may_be_typed_with_spaces_and_in_small_letters() {
        assert_eq!(
            Query::read("200 069 193").code.as_deref(),
            Some("200069193")
        );
        assert_eq!(Query::read("2a004").code.as_deref(), Some("2A004"));
        assert_eq!(Query::read("saint etienne").code, None);
        assert_eq!(Query::read("7").code, None);
    }

    #[test]
    fn nothing_typed_asks_for_nothing() {
        let query = Query::read(" - ");
        assert!(query.words.is_empty());
        assert_eq!(query.code, None);
    }
}
