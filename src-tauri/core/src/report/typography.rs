//! Typography of displayed text: the spaces, quotation marks and apostrophes of French; what cannot be printed.
//!
//! Applied when text is shown, never to what is stored. Leaves addresses, times and paths as they are.

use unicode_normalization::UnicodeNormalization as _;

use crate::messages::Language;

const NO_BREAK: char = '\u{a0}';
const NARROW_NO_BREAK: char = '\u{202f}';

/// The text with the typography of a language. Applying it twice changes nothing more.
pub fn display(text: &str, language: Language) -> String {
    match language {
        Language::Fr => french(text),
        Language::En => english(text),
    }
}

/// The text with French typography.
///
/// U+202F before ; ! ?, U+00A0 before : and inside « », between thousands and before €, %, h, ° numbers; curly
/// apostrophes; "…" for three dots. A word holding an address or a path is left alone.
pub fn french(text: &str) -> String {
    let chars = Marked::of(text);
    let mut out = String::with_capacity(text.len() + text.len() / 16);
    let mut at = 0;
    while let Some(current) = chars.get(at) {
        if chars.is_literal(at) {
            out.push(current);
            at += 1;
            continue;
        }
        match current {
            ' ' | NO_BREAK | NARROW_NO_BREAK => out.push(chars.space_at(at)),
            ';' | '!' | '?' | ':' => {
                if chars.wants_space_before(at) {
                    out.push(space_before(current));
                }
                out.push(current);
            }
            '«' => {
                out.push(current);
                at += chars.spaces_from(at + 1);
                if chars.get(at + 1).is_some_and(|next| next != '\n') {
                    out.push(NO_BREAK);
                }
            }
            '»' => {
                out.truncate(out.trim_end_matches(is_space).len());
                if !out.is_empty() && !out.ends_with('\n') {
                    out.push(NO_BREAK);
                }
                out.push(current);
            }
            _ => at += chars.push_plain(at, &mut out),
        }
        at += 1;
    }
    out
}

/// The text with curly apostrophes and true ellipses.
fn english(text: &str) -> String {
    let chars = Marked::of(text);
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(current) = chars.get(at) {
        if chars.is_literal(at) {
            out.push(current);
        } else {
            at += chars.push_plain(at, &mut out);
        }
        at += 1;
    }
    out
}

/// The text without what no page can show: control characters, invisible selectors, half characters.
///
/// Line separators become line feeds and tabulations spaces; letters are composed (NFC).
pub fn printable(text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    let shown = text.nfc().filter_map(|character| match character {
        '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => Some('\n'),
        '\t' => Some(' '),
        _ if is_unprintable(character) => None,
        _ => Some(character),
    });
    shown.collect()
}

fn is_unprintable(character: char) -> bool {
    let code = u32::from(character);
    let is_noncharacter = code & 0xfffe == 0xfffe || (0xfdd0..=0xfdef).contains(&code);
    let is_invisible = matches!(code,
        0x34f | 0x61c | 0x180b..=0x180f | 0x200c..=0x200f | 0x202a..=0x202e | 0x2060..=0x206f
        | 0xfe00..=0xfe0f | 0xfeff | 0xfff0..=0xfffb | 0xe0000..=0xe0fff);
    character.is_control() || is_noncharacter || is_invisible
}

fn is_space(character: char) -> bool {
    matches!(character, ' ' | NO_BREAK | NARROW_NO_BREAK)
}

/// Whether a character stands between words: spaces and the quotation marks that bring their own.
fn parts_words(character: char) -> bool {
    character.is_whitespace() || matches!(character, '«' | '»')
}

fn space_before(mark: char) -> char {
    if mark == ':' {
        NO_BREAK
    } else {
        NARROW_NO_BREAK
    }
}

/// The characters of a text, each told whether it belongs to a word that must stay as typed.
struct Marked {
    chars: Vec<char>,
    literal: Vec<bool>,
}

impl Marked {
    fn of(text: &str) -> Self {
        let chars: Vec<char> = text.chars().collect();
        let mut literal = Vec::with_capacity(chars.len());
        for word in chars.split_inclusive(|character| parts_words(*character)) {
            let is_literal = is_literal_word(word);
            literal.extend(
                word.iter()
                    .map(|character| is_literal && !parts_words(*character)),
            );
        }
        Self { chars, literal }
    }

    fn get(&self, at: usize) -> Option<char> {
        self.chars.get(at).copied()
    }

    fn before(&self, at: usize) -> Option<char> {
        at.checked_sub(1).and_then(|previous| self.get(previous))
    }

    fn is_literal(&self, at: usize) -> bool {
        self.literal.get(at).copied().unwrap_or(false)
    }

    /// The number of spaces in a row from a position.
    fn spaces_from(&self, at: usize) -> usize {
        self.chars
            .iter()
            .skip(at)
            .take_while(|character| is_space(**character))
            .count()
    }

    /// The space to show for the one at a position.
    fn space_at(&self, at: usize) -> char {
        let typed = self.get(at).unwrap_or(' ');
        match self.get(at + 1) {
            Some(mark @ (';' | '!' | '?' | ':')) if !self.is_literal(at + 1) => space_before(mark),
            _ if self.holds_number(at) => NO_BREAK,
            _ => typed,
        }
    }

    /// Whether a space stands inside a quantity: "1 234", "12 €", "9 h 30", "n° 3".
    fn holds_number(&self, at: usize) -> bool {
        let digit_at = |index: usize| {
            self.get(index)
                .is_some_and(|character| character.is_ascii_digit())
        };
        let ends_at = |index: usize| !self.get(index).is_some_and(char::is_alphanumeric);
        let Some(previous) = self.before(at) else {
            return false;
        };
        if previous.is_ascii_digit() {
            let run = self.chars[..at]
                .iter()
                .rev()
                .take_while(|character| character.is_ascii_digit())
                .count();
            let is_group = run <= 3 && (1..=3).all(|step| digit_at(at + step)) && ends_at(at + 4);
            return match self.get(at + 1) {
                Some('€' | '%' | '‰') => true,
                Some('h') => ends_at(at + 2),
                _ => is_group,
            };
        }
        let after_hour = previous == 'h' && at >= 3 && digit_at(at + 1) && {
            let unit = self.get(at - 2);
            unit.is_some_and(char::is_whitespace)
                && self.get(at - 3).is_some_and(|digit| digit.is_ascii_digit())
        };
        after_hour || (previous == '°' && digit_at(at + 1))
    }

    /// Whether a mark follows its word without the space it needs: "Bonjour!" but not "10:30", "?!" or "(!)".
    fn wants_space_before(&self, at: usize) -> bool {
        let Some(previous) = self.before(at) else {
            return false;
        };
        let follows_word = previous.is_alphanumeric()
            || matches!(previous, ')' | ']' | '»' | '”' | '"' | '%' | '€' | '…');
        let ends_word = match self.get(at + 1) {
            None => true,
            Some(next) => {
                next.is_whitespace()
                    || matches!(
                        next,
                        ')' | ']' | '»' | '”' | '"' | '!' | '?' | '.' | '…' | ','
                    )
            }
        };
        follows_word && ends_word
    }

    /// Pushes an ordinary character; returns how many more it has taken.
    fn push_plain(&self, at: usize, out: &mut String) -> usize {
        let Some(current) = self.get(at) else {
            return 0;
        };
        let is_dot = |index: usize| self.get(index) == Some('.');
        if current == '\'' {
            let is_between = self.before(at).is_some_and(char::is_alphanumeric)
                && self.get(at + 1).is_some_and(|next| {
                    next.is_alphanumeric() || matches!(next, '«' | '“' | '"' | ' ')
                });
            out.push(if is_between { '’' } else { current });
        } else if current == '.'
            && is_dot(at + 1)
            && is_dot(at + 2)
            && !is_dot(at + 3)
            && self.before(at) != Some('.')
        {
            out.push('…');
            return 2;
        } else {
            out.push(current);
        }
        0
    }
}

/// Whether a word is an address, a path or code, where every character counts.
fn is_literal_word(word: &[char]) -> bool {
    let text: String = word.iter().collect();
    let text = text.trim_end_matches(parts_words);
    let is_mail = text
        .split_once('@')
        .is_some_and(|(name, host)| !name.is_empty() && host.contains('.'));
    let is_path = text.starts_with(['/', '~']) && text.len() > 1;
    text.contains("://") || text.contains('\\') || text.starts_with("www.") || is_mail || is_path
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn marks_take_the_space_that_french_gives_them() {
        for (typed, shown) in [
            ("Vraiment ?", "Vraiment\u{202f}?"),
            ("Vraiment?", "Vraiment\u{202f}?"),
            ("Oui ; non !", "Oui\u{202f}; non\u{202f}!"),
            ("Objet : bois", "Objet\u{a0}: bois"),
            ("Objet: bois", "Objet\u{a0}: bois"),
            ("Quoi ?!", "Quoi\u{202f}?!"),
            ("« bois local »", "«\u{a0}bois local\u{a0}»"),
            ("«bois»", "«\u{a0}bois\u{a0}»"),
            ("l'accord d'Aurélie", "l’accord d’Aurélie"),
            ("et puis...", "et puis…"),
            ("(sic !)", "(sic\u{202f}!)"),
        ] {
            assert_eq!(french(typed), shown, "{typed}");
        }
    }

    #[test]
    fn quantities_are_not_parted() {
        for (typed, shown) in [
            ("1 234,50 €", "1\u{a0}234,50\u{a0}€"),
            ("12 345 678 habitants", "12\u{a0}345\u{a0}678 habitants"),
            ("40 %", "40\u{a0}%"),
            ("à 9 h 30", "à 9\u{a0}h\u{a0}30"),
            ("article n° 3", "article n°\u{a0}3"),
            ("en 2026 200 communes", "en 2026 200 communes"),
            ("04 73 00 00 00", "04 73 00 00 00"),
        ] {
            assert_eq!(french(typed), shown, "{typed}");
        }
    }

    #[test]
    fn addresses_times_and_paths_stay_as_typed() {
        for typed in [
            "https://exemple.fr/a?b=1;c=2!",
            "www.exemple.fr:8080",
            "10:30",
            "claire.vasseur@exemple.fr",
            "C:\\Carnets\\l'appui...",
            "/home/l'appui/carnet.appui;1",
            "échelle 1:25000",
        ] {
            assert_eq!(french(typed), typed);
        }
        assert_eq!(
            french("Voir https://exemple.fr/a?b ; puis ?"),
            "Voir https://exemple.fr/a?b\u{202f}; puis\u{202f}?"
        );
    }

    #[test]
    fn english_takes_curly_apostrophes_and_no_spaces() {
        assert_eq!(english("Who's there? Wait..."), "Who’s there? Wait…");
    }

    #[test]
    fn what_no_page_can_show_is_removed() {
        assert_eq!(
            printable("a\u{0}b\u{1b}[31m\u{feff}c\u{fffe}\u{202e}d"),
            "ab[31mcd"
        );
        assert_eq!(
            printable("un\r\ndeux\ttrois\u{2028}quatre"),
            "un\ndeux trois\nquatre"
        );
        assert_eq!(printable("e\u{301}"), "é");
    }

    proptest! {
        #[test]
        fn only_spaces_apostrophes_and_dots_ever_change(text in "[a-zé0-9 '.:;!?«»€%h°@/\u{a0}\u{202f}\n]{0,60}") {
            let letters = |text: &str| text.replace('…', "...").replace('’', "'").replace(char::is_whitespace, "");
            prop_assert_eq!(letters(&french(&text)), letters(&text));
        }

        #[test]
        fn applying_it_twice_changes_nothing_more(text in "[a-zé0-9 '.:;!?«»€%h°@/\u{a0}\u{202f}\n]{0,60}") {
            let once = french(&text);
            prop_assert_eq!(french(&once), once.clone());
        }
    }
}
