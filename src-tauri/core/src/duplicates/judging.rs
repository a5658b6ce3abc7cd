//! Whether two records may be the same one, and why; and which records are compared at all.
//!
//! Pure: reads no carnet. What is compared is bounded: each record has a few keys, however much it holds, and is
//! compared with the [`WINDOW`] next ones in the order of each. Twice the records are twice the work.

use std::collections::HashMap;

use super::name::{Likeness, Name};
use crate::model::RowId;

/// How many of the next records, in the order of a key, a record is compared with.
const WINDOW: usize = 8;
/// Most codes and addresses of a record that are looked at.
const MOST_CODES: usize = 4;
/// Most links of a record that are looked at.
const MOST_LINKS: usize = 6;
/// Shortest word that records are put side by side by.
const SHORTEST_WORD: usize = 3;
/// Beyond so many records of one name, in different places, the name says nothing: « Foyer rural ».
const MOST_NAMESAKES: u32 = 3;

/// A value that records have in common or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shared {
    /// The field that holds it, or the entity of the record that links to both.
    pub(super) by: &'static str,
    /// As it is compared.
    pub(super) value: String,
    /// Whether two records with two of these are in two places. That they know other people says nothing.
    pub(super) is_place: bool,
}

/// What is known of one record.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) id: RowId,
    pub(super) name: Name,
    /// Codes and addresses: whoever has the same is the same.
    pub(super) codes: Vec<Shared>,
    /// What two records of one thing cannot both have, each its own.
    pub(super) apart: Vec<Shared>,
    /// Where it is, whose it is, who works there: what makes likeness likely.
    pub(super) links: Vec<Shared>,
    /// What it is: two of different sorts are one only under the very same name.
    pub(super) sort: Option<String>,
}

/// Why two records may be one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Judgement {
    /// From 0 to 100: orders what is shown, and is never shown.
    pub(super) strength: u8,
    pub(super) codes: Vec<Shared>,
    pub(super) likeness: Option<Likeness>,
    pub(super) links: Vec<Shared>,
}

/// What was found, and what it took.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Two records that may be one, by their places in the list.
    pub(super) pairs: HashMap<(usize, usize), Judgement>,
    /// How many times two records were put side by side.
    pub(super) comparisons: usize,
}

/// The records that may be the same, among those of one entity.
pub(super) fn alike(entries: &[Entry]) -> Found {
    let mut namesakes: HashMap<&str, u32> = HashMap::new();
    for entry in entries {
        *namesakes.entry(entry.name.joined.as_str()).or_default() += 1;
    }
    let mut found = Found::default();
    let mut compare = |one: usize, other: usize| {
        found.comparisons += 1;
        let pair = (one.min(other), one.max(other));
        if found.pairs.contains_key(&pair) {
            return;
        }
        let is_common = namesakes
            .get(entries[one].name.joined.as_str())
            .is_some_and(|count| *count > MOST_NAMESAKES);
        if let Some(judgement) = judged(&entries[one], &entries[other], is_common) {
            found.pairs.insert(pair, judgement);
        }
    };
    for keys in FAMILIES {
        let mut ordered: Vec<(String, usize)> = Vec::new();
        for (at, entry) in entries.iter().enumerate() {
            ordered.extend(keys(entry).into_iter().map(|key| (key, at)));
        }
        // Within a key, names that begin alike are neighbours.
        ordered.sort_unstable_by(|(key, at), (other_key, other_at)| {
            let name = |at: &usize| (entries[*at].name.joined.as_str(), *at);
            key.cmp(other_key)
                .then_with(|| name(at).cmp(&name(other_at)))
        });
        let is_order = ordered
            .first()
            .is_some_and(|(key, _)| key.starts_with(ORDER));
        for (place, (key, at)) in ordered.iter().enumerate() {
            let next = ordered[place + 1..].iter().take(WINDOW);
            next.take_while(|(other, _)| is_order || other == key)
                .filter(|(_, other)| other != at)
                .for_each(|(_, other)| compare(*at, *other));
        }
    }
    found
}

/// First letter of keys that put all records in one order, and not side by side under one key.
const ORDER: char = '\u{1}';

/// Keys under which a record is compared, family by family, so that few are held at once.
const FAMILIES: [fn(&Entry) -> Vec<String>; 6] = [
    |entry| shared_keys(&entry.codes, MOST_CODES),
    |entry| shared_keys(&entry.links, MOST_LINKS),
    |entry| {
        let words = entry.name.words.iter();
        words
            .filter(|word| word.chars().count() >= SHORTEST_WORD)
            .cloned()
            .collect()
    },
    |entry| vec![entry.name.skeleton()],
    |entry| vec![format!("{ORDER}{}", entry.name.joined)],
    |entry| {
        let backwards: String = entry.name.joined.chars().rev().collect();
        vec![format!("{ORDER}{backwards}")]
    },
];

fn shared_keys(shared: &[Shared], most: usize) -> Vec<String> {
    let keys = shared.iter().take(most);
    keys.map(|one| format!("{}:{}", one.by, one.value))
        .collect()
}

/// What two lists have in common.
fn common(one: &[Shared], other: &[Shared]) -> Vec<Shared> {
    let both = one.iter().filter(|shared| other.contains(shared));
    both.cloned().collect()
}

/// Whether both have values by one name, and this one of them is not in common.
fn differ<'a>(mut one: impl Iterator<Item = &'a Shared>, other: &[Shared]) -> bool {
    one.any(|shared| {
        let mut same_name = other
            .iter()
            .filter(|other| other.by == shared.by)
            .peekable();
        same_name.peek().is_some() && same_name.all(|other| other.value != shared.value)
    })
}

/// Why two records may be one; none when they may not.
fn judged(one: &Entry, other: &Entry, is_common: bool) -> Option<Judgement> {
    let codes = common(&one.codes, &other.codes);
    let links = common(&one.links, &other.links);
    let likeness = one.name.likeness(&other.name);
    let strength = if codes.is_empty() {
        strength(one, other, likeness?, &links, is_common)?
    } else if likeness.is_some() {
        100
    } else {
        50
    };
    Some(Judgement {
        strength,
        codes,
        likeness,
        links,
    })
}

/// How likely likeness of names makes it that two records without a common code are one.
fn strength(
    one: &Entry,
    other: &Entry,
    likeness: Likeness,
    links: &[Shared],
    is_common: bool,
) -> Option<u8> {
    if differ(one.apart.iter(), &other.apart) {
        return None;
    }
    let is_near = !links.is_empty();
    let places = one.links.iter().filter(|link| link.is_place);
    let is_elsewhere = !is_near && differ(places, &other.links);
    let is_of_one_sort = one.sort.is_none() || other.sort.is_none() || one.sort == other.sort;
    match likeness {
        Likeness::SameName | Likeness::SameWords if is_near => Some(95),
        Likeness::SameName | Likeness::SameWords if is_elsewhere => (!is_common).then_some(55),
        Likeness::SameName => Some(90),
        _ if is_elsewhere || !is_of_one_sort => None,
        Likeness::SameWords => Some(85),
        Likeness::Letters(_) if is_near => Some(80),
        Likeness::Letters(_) => Some(70),
        Likeness::CommonWords => is_near.then_some(60),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::name::{MOST_WORDS, Style};
    use super::*;

    /// Keys made of the whole name: its skeleton, its spelling, its spelling from the end.
    const SPELLINGS: usize = 3;
    /// Most keys under which one record is compared with others.
    const MOST_KEYS: usize = MOST_CODES + MOST_LINKS + MOST_WORDS + SPELLINGS;

    fn shared(by: &'static str, value: &str) -> Vec<Shared> {
        let value = value.to_owned();
        let is_place = by == "territory";
        vec![Shared {
            by,
            value,
            is_place,
        }]
    }

    fn entry(name: &str) -> Entry {
        Entry {
            id: RowId::stable("test", name),
            name: Name::of(name, Style::Body).unwrap(),
            codes: Vec::new(),
            apart: Vec::new(),
            links: Vec::new(),
            sort: None,
        }
    }

    fn found(entries: &[Entry]) -> Vec<(usize, usize)> {
        let mut pairs: Vec<_> = alike(entries).pairs.into_keys().collect();
        pairs.sort_unstable();
        pairs
    }

    #[test]
    fn a_common_code_is_enough_and_two_codes_part_namesakes() {
        let with_code = |name, code| Entry {
            codes: shared("siren", code),
            apart: shared("siren", code),
            ..entry(name)
        };
        let entries = [
            with_code("Atelier du bas", "1"),
            with_code("La Navette", "1"),
            with_code("Foyer rural", "2"),
            with_code("Foyer rural", "3"),
        ];
        assert_eq!(found(&entries), [(0, 1)]);
    }

    #[test]
    fn what_is_only_alike_needs_something_in_common() {
        let in_place = |name, place| Entry {
            links: shared("territory", place),
            ..entry(name)
        };
        let entries = [
            in_place("Gruppo Alte Valli", "Cuneo"),
            in_place("GAL Alte Valli", "Cuneo"),
            in_place("Alte Valli e colline", "Torino"),
        ];
        assert_eq!(found(&entries), [(0, 1)]);
    }

    #[test]
    fn two_lists_that_know_other_people_may_still_be_of_one_body() {
        let with = |name, person| Entry {
            links: shared("person", person),
            ..entry(name)
        };
        let entries = [
            with("Les Fils de la laine", "Bruno"),
            with("Les fils de la laine (asso)", "Odile"),
        ];
        assert_eq!(found(&entries), [(0, 1)]);
    }

    #[test]
    fn namesakes_of_two_places_are_told_until_they_are_many() {
        let in_place = |place: usize| Entry {
            links: shared("territory", &place.to_string()),
            ..entry("Foyer rural")
        };
        let some: Vec<Entry> = (0..3).map(in_place).collect();
        assert_eq!(found(&some).len(), 3);
        let many: Vec<Entry> = (0..40).map(in_place).collect();
        assert_eq!(found(&many), []);
    }

    #[test]
    fn a_wrong_first_letter_is_found_from_the_end_of_the_name() {
        let mut entries: Vec<Entry> = (0..300)
            .map(|number| entry(&format!("laine{number} bois")))
            .collect();
        entries.push(entry("filature"));
        entries.push(entry("vilature"));
        assert_eq!(found(&entries), [(300, 301)]);
    }

    /// What is compared is counted, not timed: twice the records are no more than twice the work.
    #[test]
    fn the_work_is_bounded_by_the_number_of_records_however_alike_they_are() {
        let compared = |records: usize, name: fn(usize) -> String| {
            let entries: Vec<Entry> = (0..records)
                .map(|number| Entry {
                    links: shared("territory", "partout"),
                    ..entry(&name(number))
                })
                .collect();
            alike(&entries).comparisons
        };
        let names: [fn(usize) -> String; 3] = [
            |_| "Association des amis du foyer rural".to_owned(),
            |number| format!("Association du foyer rural {number}"),
            |number| format!("{:x} {:x}", number * 7919, number * 104_729),
        ];
        for name in names {
            for records in [50, 2_000] {
                let most = records * MOST_KEYS * WINDOW;
                assert!(compared(records, name) <= most, "{}", name(1));
            }
        }
        let all_pairs = 2_000 * 1_999 / 2;
        assert!(compared(2_000, names[0]) < all_pairs / 10);
    }

    proptest! {
        #[test]
        fn no_record_is_its_own_duplicate_and_the_order_of_the_list_does_not_matter(
            names in proptest::collection::vec("(foyer|ecole|moulin|laine)( (du|haut|bas|pre)){1,2}", 1..=WINDOW),
        ) {
            let entries: Vec<Entry> = names.iter().map(|name| entry(name)).collect();
            let pairs = found(&entries);
            prop_assert!(pairs.iter().all(|(one, other)| one < other));
            let turned: Vec<Entry> = entries.iter().rev().cloned().collect();
            let last = entries.len() - 1;
            let mut back: Vec<(usize, usize)> =
                found(&turned).into_iter().map(|(one, other)| (last - other, last - one)).collect();
            back.sort_unstable();
            prop_assert_eq!(back, pairs);
        }
    }
}
