//! Records that may be one: which pairs look alike and why, what uniting two of them would do, and the pairs that
//! the officer said are two.
//!
//! Finds and tells; uniting is the store’s (`store/unite.rs`). All of it is the officer’s alone (domain.md §8.3, `self`):
//! no document reads it, the search for pairs looks at no locked field (R02; `SOUGHT` names those that it reads), a
//! comparison shows the officer all fields of the two, and what a union keeps has the closer of the two levels.

mod compare;
mod judging;
mod name;
mod sought;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashSet};

use serde::Serialize;
use ts_rs::TS;

pub use compare::{ComparedField, Comparison, Relation};

use crate::model::{RecordRef, RowId, Value};
use crate::store::{Carnet, Edit, Edits, Parted, RowName, Saved, StoreError, Title, kept_first};
use judging::Judgement;
use name::Likeness;
use sought::{SOUGHT, Sought};

/// Entity whose records say that two others are not one.
const DISTINCT: &str = "distinct_pair";

/// Why two records may be one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Why {
    /// Somebody united them while another, unaware of it, wrote in one.
    Parted,
    /// The same code, address or link in a field of both.
    SameField {
        /// The field.
        field: String,
        /// The record that both link to, where it is a link.
        title: Option<String>,
    },
    /// The same person in both organisations, or the same organisation for both persons.
    SameLink {
        /// Entity of what they share.
        entity: String,
        /// How it is named.
        title: String,
    },
    /// The same name, case, accents and punctuation aside.
    SameName,
    /// The same name, legal form and little words aside.
    SameWords,
    /// Names that a few letters part.
    Letters {
        /// How many.
        letters: usize,
    },
    /// Every word of one name is in the other.
    CommonWords,
}

/// Two records that may be one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct LikelyPair {
    /// Their entity.
    pub entity: String,
    /// The older one, which a union keeps.
    pub kept: String,
    /// How it is named.
    pub kept_title: Title,
    /// The other.
    pub other: String,
    /// How it is named.
    pub other_title: Title,
    /// Why, the strongest reason first.
    pub why: Vec<Why>,
}

/// The pairs that look alike, the likeliest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
pub struct Likely {
    /// As many as were asked for.
    pub pairs: Vec<LikelyPair>,
    /// How many there are.
    pub total: usize,
}

/// All that is compared, read at once: what follows needs no carnet.
pub struct ToCompare {
    sorts: Vec<(&'static Sought, Vec<judging::Entry>)>,
    distinct: HashSet<(String, String)>,
    parted: Vec<Parted>,
}

/// Pairs found, not named yet.
pub struct Alike {
    parted: Vec<Parted>,
    pairs: Vec<(RecordRef, RecordRef, Judgement)>,
    /// How many times two records were put side by side to find them.
    pub comparisons: usize,
}

impl ToCompare {
    /// The pairs that look alike, the likeliest first; those that the officer said are two left out. Before them, those
    /// that somebody united already.
    pub fn alike(&self) -> Alike {
        let mut pairs = Vec::new();
        let mut comparisons = 0;
        for (sought, entries) in &self.sorts {
            let found = judging::alike(entries);
            comparisons += found.comparisons;
            for ((one, other), judgement) in found.pairs {
                let reference = |at: usize| RecordRef::new(sought.entity, entries[at].id);
                let (one, other) = (reference(one), reference(other));
                let (kept, other) = if one.id < other.id {
                    (one, other)
                } else {
                    (other, one)
                };
                let is_distinct = self
                    .distinct
                    .contains(&(kept.to_string(), other.to_string()));
                let is_parted = |pair: &Parted| pair.kept == kept && pair.other == other;
                if !is_distinct && !self.parted.iter().any(is_parted) {
                    pairs.push((kept, other, judgement));
                }
            }
        }
        pairs.sort_unstable_by(|(kept, other, judgement), (kept_too, other_too, than)| {
            let strongest = than.strength.cmp(&judgement.strength);
            strongest.then_with(|| (kept, other).cmp(&(kept_too, other_too)))
        });
        Alike {
            parted: self.parted.clone(),
            pairs,
            comparisons,
        }
    }
}

impl Carnet {
    /// Reads what is compared; quick beside the comparing, which then needs the carnet no more.
    pub fn to_compare(&self) -> Result<ToCompare, StoreError> {
        let mut sorts = Vec::with_capacity(SOUGHT.len());
        for sought in &SOUGHT {
            sorts.push((sought, sought::entries(self, sought)?));
        }
        let mut distinct = HashSet::new();
        for row in self.columns(DISTINCT, &["one", "other"])? {
            if let [Some(one), Some(other)] = row.texts.as_slice() {
                distinct.insert((one.clone(), other.clone()));
                distinct.insert((other.clone(), one.clone()));
            }
        }
        Ok(ToCompare {
            sorts,
            distinct,
            parted: self.parted()?,
        })
    }

    /// The first `at_most` pairs with their names; one whose record has gone meanwhile is left out.
    pub fn named(&self, alike: &Alike, at_most: usize) -> Result<Likely, StoreError> {
        let parted = alike
            .parted
            .iter()
            .map(|pair| (&pair.kept, &pair.other, None));
        let found = alike
            .pairs
            .iter()
            .map(|(kept, other, judgement)| (kept, other, Some(judgement)));
        let mut pairs = Vec::new();
        for (kept, other, judgement) in parted.chain(found).take(at_most) {
            if let (Some(kept_title), Some(other_title)) =
                (self.title_of(kept)?, self.title_of(other)?)
            {
                pairs.push(LikelyPair {
                    entity: kept.entity.clone(),
                    kept: kept.id.to_string(),
                    kept_title,
                    other: other.id.to_string(),
                    other_title,
                    why: match judgement {
                        Some(judgement) => why(self, &kept.entity, judgement)?,
                        None => vec![Why::Parted],
                    },
                });
            }
        }
        Ok(Likely {
            total: alike.parted.len() + alike.pairs.len(),
            pairs,
        })
    }

    /// The pairs that look alike, at most so many, the likeliest first.
    pub fn likely_duplicates(&self, at_most: usize) -> Result<Likely, StoreError> {
        self.named(&self.to_compare()?.alike(), at_most)
    }

    /// Notes that two records are not one: the pair is shown no more, in any copy of the carnet.
    ///
    /// Two officers who say so apart say it once; it is taken back like any other commit.
    pub fn note_distinct(
        &mut self,
        one: &RecordRef,
        other: &RecordRef,
        label: &str,
    ) -> Result<Saved, StoreError> {
        let (first, second) = kept_first(one, other)?;
        for record in [first, second] {
            self.get(record)?;
        }
        let today = self.writer().clock.now().format("%Y-%m-%d").to_string();
        let row = RowId::stable(DISTINCT, &format!("{first}:{second}"));
        let edit = Edit {
            fields: BTreeMap::from([
                ("one".to_owned(), Some(Value::Text(first.to_string()))),
                ("other".to_owned(), Some(Value::Text(second.to_string()))),
                ("noted_on".to_owned(), Some(Value::Text(today))),
            ]),
            // Said again after it was taken back.
            is_deleted: Some(false),
            ..Edit::of(DISTINCT, RowName::Stable(row)).over_what_stands()
        };
        let edits = Edits {
            edits: vec![edit],
            label: label.to_owned(),
        };
        self.save_apart(edits, second)
    }
}

/// The reasons of a judgement, what they name included.
fn why(carnet: &Carnet, entity: &str, judgement: &Judgement) -> Result<Vec<Why>, StoreError> {
    let mut why: Vec<Why> = judgement
        .codes
        .iter()
        .map(|code| Why::SameField {
            field: code.by.to_owned(),
            title: None,
        })
        .collect();
    why.extend(judgement.likeness.map(|likeness| match likeness {
        Likeness::SameName => Why::SameName,
        Likeness::SameWords => Why::SameWords,
        Likeness::Letters(letters) => Why::Letters { letters },
        Likeness::CommonWords => Why::CommonWords,
    }));
    for link in &judgement.links {
        let title = match sought::linked_record(entity, link) {
            Some(reference) => carnet.title_of(&reference)?.map(|title| title.title),
            None => None,
        };
        why.push(match (sought::is_field(entity, link.by), title) {
            (false, Some(title)) => Why::SameLink {
                entity: link.by.to_owned(),
                title,
            },
            (_, title) => Why::SameField {
                field: link.by.to_owned(),
                title,
            },
        });
    }
    Ok(why)
}
