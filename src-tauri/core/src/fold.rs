//! The one way in which two spellings are compared: what search, the reference and the import
//! call "the same word".
//!
//! Owns the folding of text for comparison. Must not be used for what is shown or stored: a
//! folded text has lost what its author wrote.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// Returns `text` as it is compared: lower case, no accents, `œ` as `oe`, `æ` as `ae`, `ß` as
/// `ss`, one space for every run of apostrophes, hyphens, other punctuation and spaces, and no
/// space at either end.
///
/// Letters and digits of every script stay. Folding a folded text changes nothing.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    fold_onto(&mut folded, text);
    folded
}

/// Appends the folded form of `text` to `folded`, with no space added before it.
///
/// For those who fold tens of thousands of names into one buffer.
pub fn fold_onto(folded: &mut String, text: &str) {
    let start = folded.len();
    let mut is_gap = false;
    let mut push = |character: char| {
        if character.is_alphanumeric() {
            if is_gap && folded.len() > start {
                folded.push(' ');
            }
            is_gap = false;
            folded.push(character);
        } else {
            is_gap = true;
        }
    };
    for character in text.chars() {
        if character.is_ascii() {
            push(character.to_ascii_lowercase());
        } else {
            fold_character(character, &mut push);
        }
    }
}

/// Gives the folded letters of one character outside ASCII; a lone accent gives none.
fn fold_character(character: char, push: &mut impl FnMut(char)) {
    for lowered in std::iter::once(character)
        .nfkd()
        .flat_map(char::to_lowercase)
        .nfkd()
    {
        match lowered {
            'œ' => ['o', 'e'].into_iter().for_each(&mut *push),
            'æ' => ['a', 'e'].into_iter().for_each(&mut *push),
            'ß' => ['s', 's'].into_iter().for_each(&mut *push),
            'þ' => ['t', 'h'].into_iter().for_each(&mut *push),
            // Letters with a stroke have no decomposition in Unicode.
            'ø' => push('o'),
            'ł' => push('l'),
            'đ' | 'ð' => push('d'),
            'ħ' => push('h'),
            'ı' => push('i'),
            'ς' => push('σ'),
            mark if is_combining_mark(mark) => {}
            other => push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::fold;

    #[test]
    fn ligatures_and_their_two_letters_fold_alike() {
        assert_eq!(fold("Vœuil-et-Giget"), "voeuil et giget");
        assert_eq!(fold("CC Coeur de Nacre"), fold("CC CŒUR DE NACRE"));
        assert_eq!(fold("Cæsar"), "caesar");
        assert_eq!(fold("Straße"), fold("STRASSE"));
        assert_eq!(fold("STRAẞE"), "strasse");
    }

    #[test]
    fn accents_are_dropped_whether_composed_or_not() {
        assert_eq!(fold("Évêché à Aÿ, où ?"), "eveche a ay ou");
        assert_eq!(fold("e\u{301}te\u{301}"), fold("été"));
        assert_eq!(
            fold("Åland, São Tomé, Łódź, Ærø"),
            "aland sao tome lodz aero"
        );
    }

    #[test]
    fn both_apostrophes_every_dash_and_the_no_break_spaces_are_one_space() {
        assert_eq!(fold("Val-d'Oise"), "val d oise");
        assert_eq!(fold("Val‑d’Oise"), "val d oise");
        assert_eq!(fold("Faucigny – Glières"), "faucigny glieres");
        assert_eq!(fold("21\u{202f}667,00\u{a0}€"), "21 667 00");
    }

    #[test]
    fn nothing_but_punctuation_folds_to_nothing() {
        assert_eq!(fold("  « - » "), "");
        assert_eq!(fold(""), "");
    }

    #[test]
    fn letters_of_other_scripts_stay() {
        assert_eq!(fold("Θεσσαλονίκης"), fold("ΘΕΣΣΑΛΟΝΊΚΗΣ"));
        assert_eq!(fold("София 1000"), "софия 1000");
    }

    #[test]
    fn superscripts_and_full_width_letters_fold_to_plain_ones() {
        assert_eq!(fold("Lyon 1ᵉʳ"), "lyon 1er");
        assert_eq!(fold("ＡＢＣ"), "abc");
    }

    proptest! {
        #[test]
        fn folding_twice_is_folding_once(text in "\\PC{0,24}") {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }

        #[test]
        fn a_folded_text_has_single_inner_spaces_only(text in "\\PC{0,24}") {
            let folded = fold(&text);
            prop_assert!(!folded.starts_with(' ') && !folded.ends_with(' '));
            prop_assert!(!folded.contains("  "));
        }

        #[test]
        fn the_case_of_french_text_makes_no_difference(text in "[a-zàâçéèêëîïôöùûüÿœæ' -]{0,24}") {
            prop_assert_eq!(fold(&text.to_uppercase()), fold(&text));
        }
    }
}
