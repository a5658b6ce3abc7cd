//! How alike two names are, whatever their case, accents, punctuation and legal form.
//!
//! Pure: knows names, not records. A number is never taken for another, nor a kind of body for another: « CC du
//! Val d’Ambel » and « Commune du Val d’Ambel » are two.

use std::cmp::Ordering;

use crate::fold::fold;

/// How the name of an entity is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// Of a body: its legal form is put aside, its kind is told.
    Body,
    /// Of a person: one of its words may be an initial.
    Person,
    /// Any other title.
    Title,
}

/// Legal forms, which one list writes and another leaves out.
const FORMS: [&str; 16] = [
    "asso",
    "assoc",
    "association",
    "earl",
    "eurl",
    "gaec",
    "gie",
    "sa",
    "sarl",
    "sas",
    "sasu",
    "scea",
    "scic",
    "sci",
    "scop",
    "snc",
];

/// Kinds of body written in several words, or by another word, with the one word that stands for them.
const KINDS_IN_WORDS: [(&str, &str); 12] = [
    ("communaute d agglomeration", "ca"),
    ("communaute de communes", "cc"),
    ("communaute urbaine", "cu"),
    ("conseil departemental", "departement"),
    ("conseil regional", "region"),
    ("groupe d action locale", "gal"),
    ("office de tourisme", "ot"),
    ("parc naturel regional", "pnr"),
    ("pole d equilibre territorial et rural", "petr"),
    ("petr du pays", "petr"),
    ("mairie", "commune"),
    ("ville", "commune"),
];

/// Words that say which kind of body a name is of: two of different kinds are two.
const KINDS: [&str; 16] = [
    "ca",
    "cc",
    "ccas",
    "college",
    "commune",
    "cu",
    "departement",
    "ecole",
    "gal",
    "lycee",
    "metropole",
    "ot",
    "petr",
    "pnr",
    "region",
    "syndicat",
];

/// Words that names are told apart by in no language.
const LITTLE_WORDS: [&str; 21] = [
    "a", "and", "au", "aux", "d", "da", "de", "del", "della", "des", "di", "du", "en", "et", "l",
    "la", "le", "les", "of", "the", "y",
];

/// Most words of a name that are compared: a title of a whole paragraph is known by its first ones.
pub(super) const MOST_WORDS: usize = 10;

/// A name, ready to be compared with many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Name {
    /// All its words, folded.
    pub(super) whole: String,
    /// Those that tell it from another, in order, without spaces.
    pub(super) joined: String,
    /// Those that tell it from another, sorted, each once.
    pub(super) words: Vec<String>,
    kinds: Vec<&'static str>,
    style: Style,
}

/// How alike two names are, the most alike first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Likeness {
    /// The same but for case, accents and punctuation.
    SameName,
    /// The same once the legal form and the little words are put aside.
    SameWords,
    /// The same but for so many letters.
    Letters(usize),
    /// Every word of one is in the other.
    CommonWords,
}

impl Name {
    /// Reads a name; none when nothing of it can be compared.
    pub(super) fn of(text: &str, style: Style) -> Option<Self> {
        let whole = fold(&without_dots(text));
        let mut read = whole.clone();
        if style == Style::Body {
            for (in_words, kind) in KINDS_IN_WORDS {
                read = replaced(&read, in_words, kind);
            }
        }
        let mut kinds: Vec<&'static str> = Vec::new();
        let mut words: Vec<String> = Vec::new();
        for word in read.split(' ').filter(|word| !word.is_empty()) {
            let kind = KINDS.iter().find(|kind| **kind == word);
            match kind {
                Some(kind) if style == Style::Body => kinds.push(kind),
                _ if style == Style::Body && FORMS.contains(&word) => {}
                _ if style != Style::Person && LITTLE_WORDS.contains(&word) => {}
                _ => words.push(word.to_owned()),
            }
        }
        if words.is_empty() {
            words = read.split(' ').map(str::to_owned).collect();
        }
        words.truncate(MOST_WORDS);
        let joined = words.concat();
        words.sort_unstable();
        words.dedup();
        kinds.sort_unstable();
        kinds.dedup();
        (!joined.is_empty()).then_some(Self {
            whole,
            joined,
            words,
            kinds,
            style,
        })
    }

    /// What is left of it when letters that are often mistaken are put aside: `teyssier` and `teissier` alike.
    pub(super) fn skeleton(&self) -> String {
        let mut parts: Vec<String> = self.words.iter().map(|word| bones(word)).collect();
        parts.sort_unstable();
        parts.join(" ")
    }

    /// How alike two names are; none when nothing says that they are of one.
    pub(super) fn likeness(&self, other: &Self) -> Option<Likeness> {
        if self.whole == other.whole {
            return Some(Likeness::SameName);
        }
        let has_other_kind = self.kinds != other.kinds;
        if has_other_kind && !self.kinds.is_empty() && !other.kinds.is_empty() {
            return None;
        }
        if self.numbers().ne(other.numbers()) {
            return None;
        }
        if self.words == other.words || self.joined == other.joined {
            return Some(if has_other_kind {
                Likeness::CommonWords
            } else {
                Likeness::SameWords
            });
        }
        if !has_other_kind && let Some(letters) = self.letters_apart(other) {
            return Some(Likeness::Letters(letters));
        }
        self.shares_its_words(other)
            .then_some(Likeness::CommonWords)
    }

    fn numbers(&self) -> impl Iterator<Item = &str> {
        let is_number = |word: &&String| word.contains(|letter: char| letter.is_numeric());
        self.words.iter().filter(is_number).map(String::as_str)
    }

    /// How many letters part two names of as many words, when they are few enough for a slip of the hand.
    fn letters_apart(&self, other: &Self) -> Option<usize> {
        const MOST_WORDS_APART: usize = 2;
        const MOST_LETTERS: usize = 2;
        let mine = without(&self.words, &other.words);
        let theirs = without(&other.words, &self.words);
        if mine.len() != theirs.len() || mine.len() > MOST_WORDS_APART {
            return None;
        }
        let apart = |pairs: &[(&str, &str)]| -> Option<usize> {
            let letters = pairs.iter().map(|(one, other)| slip(one, other));
            letters.sum::<Option<usize>>()
        };
        let straight: Vec<(&str, &str)> =
            mine.iter().copied().zip(theirs.iter().copied()).collect();
        let crossed: Vec<(&str, &str)> = mine
            .iter()
            .copied()
            .zip(theirs.iter().rev().copied())
            .collect();
        let least = [apart(&straight), apart(&crossed)]
            .into_iter()
            .flatten()
            .min();
        least.filter(|letters| *letters <= MOST_LETTERS)
    }

    /// Whether every word of the shorter name is in the other, give or take a letter; of two as long, both ways.
    fn shares_its_words(&self, other: &Self) -> bool {
        match self.words.len().cmp(&other.words.len()) {
            Ordering::Less => self.is_within(other),
            Ordering::Equal => self.is_within(other) && other.is_within(self),
            Ordering::Greater => other.is_within(self),
        }
    }

    fn is_within(&self, long: &Self) -> bool {
        let is_same = |one: &&String| long.words.contains(one);
        let is_close = |one: &&String| {
            long.words.iter().any(|word| {
                slip(one, word).is_some() || (self.style == Style::Person && is_initial(one, word))
            })
        };
        self.words.len() >= 2
            && self.words.iter().any(|one| is_same(&one))
            && self.words.iter().all(|one| is_same(&one) || is_close(&one))
    }
}

/// The initials of a name written as one word: `C.C.` as `CC`.
fn without_dots(text: &str) -> String {
    let words = text.split_whitespace().map(|word| {
        let is_initials =
            word.matches('.').count() > 1 && word.split('.').all(|part| part.chars().count() <= 1);
        if is_initials {
            word.replace('.', "")
        } else {
            word.to_owned()
        }
    });
    words.collect::<Vec<_>>().join(" ")
}

/// The folded text with whole words replaced.
fn replaced(text: &str, words: &str, by: &str) -> String {
    let padded = format!(" {text} ");
    let replaced = padded.replace(&format!(" {words} "), &format!(" {by} "));
    replaced.trim().to_owned()
}

/// The sorted words of one that the other has not; each word of the other answers for one.
fn without<'a>(words: &'a [String], of: &[String]) -> Vec<&'a str> {
    let mut left: Vec<&String> = of.iter().collect();
    let mut found = Vec::new();
    for word in words {
        match left.iter().position(|other| *other == word) {
            Some(at) => {
                left.swap_remove(at);
            }
            None => found.push(word.as_str()),
        }
    }
    found
}

/// How many letters a slip of the hand changed between two words, when it may be one.
fn slip(one: &str, other: &str) -> Option<usize> {
    const SHORTEST: usize = 4;
    const LONG: usize = 9;
    let (length, longer) = {
        let (one, other) = (one.chars().count(), other.chars().count());
        (one.min(other), one.max(other))
    };
    if length < SHORTEST || longer - length > 2 {
        return None;
    }
    let most = if length < LONG { 1 } else { 2 };
    let letters = strsim::osa_distance(one, other);
    (1..=most).contains(&letters).then_some(letters)
}

/// Whether one is the initial of the other.
fn is_initial(one: &str, other: &str) -> bool {
    let (short, long) = if one.len() <= other.len() {
        (one, other)
    } else {
        (other, one)
    };
    short.chars().count() == 1 && long.starts_with(short)
}

/// The first letter and the consonants of a word, none twice in a row, `h` left out.
fn bones(word: &str) -> String {
    let mut bones = String::new();
    for (at, letter) in word.chars().enumerate() {
        let is_left_out = matches!(letter, 'a' | 'e' | 'i' | 'o' | 'u' | 'y' | 'h');
        if (at == 0 || !is_left_out) && !bones.ends_with(letter) {
            bones.push(letter);
        }
    }
    // The mute ends of French plurals.
    bones.trim_end_matches(['s', 'x']).to_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn likeness(style: Style, one: &str, other: &str) -> Option<Likeness> {
        let name = |text| Name::of(text, style).unwrap();
        name(one).likeness(&name(other))
    }

    #[test]
    fn case_accents_and_punctuation_make_no_difference() {
        let same = Some(Likeness::SameName);
        assert_eq!(
            likeness(Style::Body, "CC du Val d’Ambel", "C.C. du val d'Ambel"),
            same
        );
        assert_eq!(
            likeness(Style::Person, "Paul Anselme", "Paul ANSELME"),
            same
        );
    }

    #[test]
    fn the_legal_form_and_the_other_way_to_write_a_kind_make_no_difference() {
        for (one, other) in [
            ("Les Fils de la laine", "Les fils de la laine (asso)"),
            ("Scierie Faure", "S.A.R.L. Scierie Faure"),
            ("CC du Val d’Ambel", "Communauté de communes du Val d’Ambel"),
            ("Mairie de Dore-l’Église", "Commune de Dore l’Église"),
            ("Hautes Chaumes", "Hauteschaumes"),
        ] {
            let found = likeness(Style::Body, one, other);
            assert_eq!(found, Some(Likeness::SameWords), "{one} / {other}");
        }
        // A title has no legal form.
        assert_eq!(likeness(Style::Title, "Laine", "Laine SA"), None);
    }

    #[test]
    fn two_kinds_of_body_and_two_numbers_are_two() {
        for (one, other) in [
            ("CC du Val d’Ambel", "Commune du Val d’Ambel"),
            ("GAL du Livradois", "PNR du Livradois"),
            ("Collège Blaise 1", "Collège Blaise 2"),
            ("Bilan de la laine 2024", "Bilan de la laine 2025"),
        ] {
            assert_eq!(likeness(Style::Body, one, other), None, "{one} / {other}");
        }
    }

    #[test]
    fn a_slip_of_the_hand_is_counted_in_letters_and_short_words_are_spared() {
        assert_eq!(
            likeness(Style::Person, "Marie Teyssier", "Teissier Marie"),
            Some(Likeness::Letters(1))
        );
        assert_eq!(
            likeness(Style::Title, "Cabane d’estive", "Cabanes d’estives"),
            Some(Likeness::Letters(2))
        );
        assert_eq!(likeness(Style::Person, "Léo Roy", "Léa Roy"), None);
        assert_eq!(likeness(Style::Person, "Anne Martin", "Paul Martin"), None);
    }

    #[test]
    fn the_words_of_one_in_the_other_are_seen_and_initials_are_a_persons_only() {
        let common = Some(Likeness::CommonWords);
        assert_eq!(
            likeness(
                Style::Title,
                "Cabanes d’estive ouvertes",
                "Cabanes d’estives"
            ),
            common
        );
        assert_eq!(
            likeness(Style::Body, "GAL Alte Valli", "Gruppo Alte Valli"),
            common
        );
        assert_eq!(
            likeness(Style::Person, "P. Anselme", "Paul Anselme"),
            common
        );
        assert_eq!(likeness(Style::Title, "P laine", "Projets laine"), None);
        assert_eq!(likeness(Style::Title, "Laine", "Laine des hauts"), None);
    }

    #[test]
    fn names_that_sound_alike_have_one_skeleton() {
        let bones = |text| Name::of(text, Style::Person).unwrap().skeleton();
        assert_eq!(bones("Marie Teyssier"), bones("Teissier Marie"));
        assert_eq!(bones("Philippe Bonnet"), bones("Phillipe Bonet"));
        assert_ne!(bones("Martin"), bones("Durand"));
    }

    proptest! {
        #[test]
        fn likeness_is_the_same_both_ways(one in "[a-zé ]{1,16}", other in "[a-zé ]{1,16}") {
            let name = |text: &str| Name::of(text, Style::Body);
            if let (Some(one), Some(other)) = (name(&one), name(&other)) {
                prop_assert_eq!(one.likeness(&other), other.likeness(&one));
            }
        }

        #[test]
        fn a_name_is_itself_whatever_its_case_and_spaces(text in "[a-zàéèêëïôùûç]{1,8}( [a-zàéè]{1,8}){0,3}") {
            let shouted = format!("  {} ", text.to_uppercase().replace(' ', "  "));
            prop_assert_eq!(likeness(Style::Person, &text, &shouted), Some(Likeness::SameName));
        }
    }
}
