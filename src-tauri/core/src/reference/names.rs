//! The search by name: every name in one folded text, and the order of what it finds.
//!
//! Owns the spelling that names are compared in and the ranking. Must not know how a territory is
//! shown.

use std::cmp::Reverse;

use super::kind::TerritoryKind;
use super::loaded::Territories;
use super::query::{Query, WordQuery, push_comparable, significant};
use super::tables::Tables;
use super::territory::EpciNature;

/// Why an answer was found; the better reasons are the smaller ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    /// The whole name was typed.
    Exact,
    /// Its code was typed.
    Code,
    /// The whole name of an EPCI was typed but for its legal form.
    ExactWithoutNature,
    /// The whole name of a place inside it was typed.
    ExactLocality,
    /// The code of a place inside it was typed.
    LocalityCode,
    /// Its postcode was typed.
    Postcode,
    /// Its name, code or postcode begins with what was typed.
    Beginning,
    /// The name of a place inside it begins with what was typed.
    LocalityBeginning,
    /// Words of its name begin with the words typed.
    Words,
    /// Words of the name of a place inside it do.
    LocalityWords,
}

/// One answer: a row, and the locality through which it was found.
pub(super) struct Found {
    pub(super) row: u32,
    pub(super) locality: Option<u32>,
}

/// Every name, folded, one after the other.
///
/// Each name stands after `"\n "`, so that a word begins after a space wherever it stands, and a
/// search for words is one search for a short text.
#[derive(Debug)]
pub(super) struct NameIndex {
    folded: String,
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    /// Where the space before the name stands.
    start: u32,
    /// Where the name begins without its article and legal form.
    significant: u32,
    row: u32,
    locality: Option<u32>,
    /// What is left out before `significant` is a legal form, not a mere article.
    has_nature: bool,
}

impl NameIndex {
    pub(super) fn new(tables: &Tables) -> Self {
        let bytes = tables.names.joined().len() + tables.locality_names.joined().len();
        let mut index = Self {
            folded: String::with_capacity(bytes * 3 / 2),
            entries: Vec::with_capacity(tables.rows.len() * 5 / 4),
        };
        for ((row, name), number) in tables.rows.iter().zip(tables.names.iter()).zip(0_u32..) {
            let is_epci = row.kind == TerritoryKind::Epci;
            index.push(number, None, is_epci, &[name]);
            if let Some((short, long)) = spelled_nature(row.epci_nature)
                && let Some(rest) = name.strip_prefix(short)
            {
                index.push(number, None, false, &[long, rest]);
            }
        }
        for (locality, number) in tables.localities.iter().zip(0_u32..) {
            let name = tables.locality_names.get(number as usize);
            let is_own_name = name == tables.names.get(locality.municipality as usize);
            if !is_own_name {
                index.push(locality.municipality, Some(number), false, &[name]);
            }
        }
        index.folded.push('\n');
        index
    }

    fn push(&mut self, row: u32, locality: Option<u32>, is_epci: bool, name: &[&str]) {
        self.folded.push('\n');
        let start = self.folded.len();
        for part in name {
            self.folded.push(' ');
            push_comparable(&mut self.folded, part);
        }
        let (skipped, has_nature) = significant(&self.folded[start + 1..], is_epci);
        let narrow = |position: usize| u32::try_from(position).unwrap_or(u32::MAX);
        self.entries.push(Entry {
            start: narrow(start),
            significant: narrow(start + 1 + skipped),
            row,
            locality,
            has_nature,
        });
    }

    /// Returns the best answers in order.
    pub(super) fn search(
        &self,
        territories: &Territories,
        query: &str,
        kinds: &[TerritoryKind],
        limit: usize,
    ) -> Vec<Found> {
        let query = Query::read(query);
        let mut best = Best::new(territories, kinds);
        for words in &query.words {
            self.find_words(words, territories, &mut best);
        }
        if let Some(code) = &query.code {
            find_code(code, territories, &mut best);
        }
        best.into_ranked(limit)
    }

    fn find_words(&self, words: &WordQuery, territories: &Territories, best: &mut Best<'_>) {
        let mut last = 0;
        for (position, _) in self.folded.match_indices(words.longest()) {
            // Matches come in order: the entry is a little further on than the last one.
            while self
                .entries
                .get(last + 1)
                .is_some_and(|next| next.start as usize <= position)
            {
                last += 1;
            }
            let entry = &self.entries[last];
            let row = entry.row as usize;
            if !best.is_wanted(row) {
                continue;
            }
            let name = self.entry_text(last);
            if !words.others().all(|word| name.contains(word)) {
                continue;
            }
            let has_numbers = words.numbers.iter().all(|number| {
                name.contains(&format!(" {number}")) || has_code(territories, row, number)
            });
            if has_numbers {
                best.offer(row, rank(entry, name, words), entry.locality);
            }
        }
    }

    /// Returns the folded name of an entry, with the space before it.
    fn entry_text(&self, index: usize) -> &str {
        let start = self.entries[index].start as usize;
        let end = match self.entries.get(index + 1) {
            Some(next) => next.start as usize - 1,
            None => self.folded.len() - 1,
        };
        &self.folded[start..end]
    }
}

/// Returns how well the name of an entry, with the space before it, answers the words.
fn rank(entry: &Entry, name: &str, words: &WordQuery) -> Rank {
    let whole = &name[1..];
    let bare = &name[(entry.significant - entry.start) as usize..];
    let is_exact = whole == words.text || whole == words.bare() || bare == words.bare();
    let is_beginning = whole.starts_with(&words.text) || bare.starts_with(words.bare());
    match (entry.locality.is_some(), is_exact, is_beginning) {
        (false, true, _) if entry.has_nature && whole != words.text => Rank::ExactWithoutNature,
        (false, true, _) => Rank::Exact,
        (false, false, true) => Rank::Beginning,
        (false, false, false) => Rank::Words,
        (true, true, _) => Rank::ExactLocality,
        (true, false, true) => Rank::LocalityBeginning,
        (true, false, false) => Rank::LocalityWords,
    }
}

/// Returns the initials that begin the name of such an EPCI, and what they stand for.
fn spelled_nature(nature: Option<EpciNature>) -> Option<(&'static str, &'static str)> {
    match nature? {
        EpciNature::MunicipalityCommunity => Some(("CC ", "communauté de communes")),
        EpciNature::AgglomerationCommunity => Some(("CA ", "communauté d'agglomération")),
        EpciNature::UrbanCommunity => Some(("CU ", "communauté urbaine")),
        EpciNature::Metropolis | EpciNature::LyonMetropolis => None,
    }
}

/// Returns whether a code of the row, of its department or of its post begins with a number.
fn has_code(territories: &Territories, row: usize, number: &str) -> bool {
    let tables = &territories.tables;
    let department = tables.rows[row].department;
    tables.codes.get(row).to_lowercase().starts_with(number)
        || department.is_some_and(|above| tables.codes.get(above as usize).to_lowercase() == number)
        || territories
            .postcodes(row)
            .iter()
            .any(|postcode| format!("{postcode:05}").starts_with(number))
}

/// Finds what has this code, or a postcode that begins so.
fn find_code(code: &str, territories: &Territories, best: &mut Best<'_>) {
    let kinds = [
        TerritoryKind::Country,
        TerritoryKind::Region,
        TerritoryKind::Department,
    ];
    for kind in kinds {
        if let Some(row) = territories.row(kind, code) {
            best.offer(row, Rank::Code, None);
        }
    }
    if let Some(row) = territories.row(TerritoryKind::Municipality, code) {
        best.offer(row, Rank::Code, None);
    } else if let Some(index) = territories.locality_index(code) {
        let row = territories.tables.localities[index].municipality as usize;
        best.offer(row, Rank::LocalityCode, u32::try_from(index).ok());
    }
    if let Some(row) = territories.row_of_siren(code) {
        best.offer(row, Rank::Code, None);
    }
    let missing = 5_u32.checked_sub(u32::try_from(code.len()).unwrap_or(u32::MAX));
    if let (Some(missing), Ok(number)) = (missing, code.parse::<u32>()) {
        let width = 10_u32.pow(missing);
        let (from, to) = (number * width, (number + 1) * width);
        let postcodes = &territories.by_postcode;
        let first = postcodes.partition_point(|(postcode, _)| *postcode < from);
        let rank = if missing == 0 {
            Rank::Postcode
        } else {
            Rank::Beginning
        };
        for (postcode, row) in &postcodes[first..] {
            if *postcode >= to {
                break;
            }
            best.offer(*row as usize, rank, None);
        }
    }
}

/// The best reason found so far for each row.
struct Best<'a> {
    tables: &'a Tables,
    is_kind_wanted: [bool; TerritoryKind::ALL.len()],
    reasons: Vec<Option<(Rank, Option<u32>)>>,
}

impl<'a> Best<'a> {
    fn new(territories: &'a Territories, kinds: &[TerritoryKind]) -> Self {
        Self {
            tables: &territories.tables,
            is_kind_wanted: TerritoryKind::ALL.map(|kind| kinds.contains(&kind)),
            reasons: vec![None; territories.tables.rows.len()],
        }
    }

    fn is_wanted(&self, row: usize) -> bool {
        self.is_kind_wanted[self.tables.rows[row].kind as usize]
    }

    fn offer(&mut self, row: usize, rank: Rank, locality: Option<u32>) {
        let reason = &mut self.reasons[row];
        if reason.is_none_or(|(better, _)| rank < better) {
            *reason = Some((rank, locality));
        }
    }

    /// Returns the best rows: by reason, then population, then the smaller kind, then the code.
    fn into_ranked(self, limit: usize) -> Vec<Found> {
        let mut ranked: Vec<_> = self
            .reasons
            .iter()
            .zip(0_u32..)
            .filter_map(|(reason, row)| {
                let (rank, locality) = (*reason)?;
                let known = &self.tables.rows[row as usize];
                let is_wanted = self.is_wanted(row as usize);
                is_wanted.then_some((
                    (rank, Reverse(known.population), Reverse(known.kind), row),
                    locality,
                ))
            })
            .collect();
        if limit == 0 {
            return Vec::new();
        }
        if limit < ranked.len() {
            ranked.select_nth_unstable(limit - 1);
            ranked.truncate(limit);
        }
        ranked.sort_unstable();
        ranked
            .into_iter()
            .map(|((_, _, _, row), locality)| Found { row, locality })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use crate::reference::{Territories, TerritoryHit, TerritoryKind, embedded};

    fn reference() -> &'static Territories {
        embedded().expect("the embedded reference is whole")
    }

    fn search(query: &str) -> Vec<TerritoryHit> {
        reference().search(query, 10)
    }

    fn first(query: &str) -> TerritoryHit {
        let mut hits = search(query);
        assert!(!hits.is_empty(), "nothing found for {query}");
        hits.swap_remove(0)
    }

    fn first_code(query: &str) -> String {
        first(query).territory.code
    }

    #[test]
    fn a_ligature_is_found_by_its_two_letters_and_the_reverse() {
        assert_eq!(first("voeuil").territory.name, "Vœuil-et-Giget");
        assert_eq!(first("VŒUIL ET GIGET").territory.name, "Vœuil-et-Giget");
        assert_eq!(first("cœur de nacre").territory.name, "CC Coeur de Nacre");
        assert_eq!(first("Coeur de Nacre").territory.name, "CC Coeur de Nacre");
    }

    #[test]
    fn accents_case_hyphens_and_apostrophes_make_no_difference() {
        for typed in ["L'Île-d'Yeu", "l’île d’yeu", "ile d'yeu", "L ILE D YEU"] {
            assert_eq!(first_code(typed), "85113", "{typed}");
        }
        for typed in ["le puy en velay", "Puy-en-Velay", "PUY VELAY", "velay puy"] {
            assert_eq!(first_code(typed), "43157", "{typed}");
        }
    }

    #[test]
    fn a_saint_may_be_abbreviated_on_either_side() {
        assert_eq!(first_code("st etienne"), "42218");
        assert_eq!(first_code("St-Étienne"), "42218");
        let name = "CC du Pays de Pontchâteau St-Gildas-des-Bois";
        assert_eq!(first("pontchateau saint gildas").territory.name, name);
        let names = search("st");
        assert!(names.iter().any(|hit| hit.territory.name == "Strasbourg"));
    }

    #[test]
    fn all_namesakes_are_found_the_most_populated_first() {
        let hits = reference().search("sainte-colombe", 12);
        assert_eq!(hits.len(), 12);
        assert!(
            hits.iter()
                .all(|hit| hit.territory.name == "Sainte-Colombe")
        );
        assert_eq!(hits[0].territory.code, "69189");
        assert_eq!(hits[0].detail(), "Rhône (69)");
        let details: std::collections::HashSet<_> = hits.iter().map(TerritoryHit::detail).collect();
        assert_eq!(details.len(), 12);
    }

    #[test]
    fn an_exact_name_comes_before_a_more_populated_one_that_begins_so() {
        let hits = search("lyon");
        assert_eq!(hits[0].territory.code, "69123");
        let hits = search("y");
        assert_eq!(hits[0].territory.name, "Y");
        assert!(hits[1].territory.population > hits[0].territory.population);
    }

    #[test]
    fn names_that_begin_so_come_before_words_inside() {
        let hits = reference().search("nacre", 50);
        assert_eq!(hits[0].territory.name, "CC Coeur de Nacre");
        let hits = reference().search_kinds("velay", &[TerritoryKind::Municipality], 50);
        let begins = |hit: &TerritoryHit| hit.territory.name.to_lowercase().starts_with("velay");
        let last = hits.iter().rposition(begins);
        let inside = hits
            .iter()
            .position(|hit| hit.through.is_none() && hit.territory.name == "Le Puy-en-Velay");
        assert!(inside > last, "{last:?} {inside:?}");
    }

    #[test]
    fn each_letter_typed_keeps_the_place_in_sight_once_it_is_told_apart() {
        let name = "ambérieu-en-bugey";
        for (end, _) in name.char_indices().skip(6) {
            let hits = search(&name[..end]);
            assert!(
                hits.iter().any(|hit| hit.territory.code == "01004"),
                "{}",
                &name[..end]
            );
        }
    }

    #[test]
    fn a_department_answers_with_or_without_its_article() {
        for typed in ["ain", "l'Ain", "L’AIN"] {
            let found = first(typed).territory;
            assert_eq!(
                (found.kind, found.code.as_str()),
                (TerritoryKind::Department, "01")
            );
        }
        assert_eq!(first("le puy-de-dôme").territory.code, "63");
        assert_eq!(
            first("auvergne rhone").territory.kind,
            TerritoryKind::Region
        );
    }

    #[test]
    fn an_epci_answers_to_its_initials_and_to_its_legal_form_in_full() {
        for typed in [
            "cc du lévézou",
            "CC Lévézou",
            "communauté de communes du lévézou",
            "communauté de communes du Lév",
            "communaute levezou",
        ] {
            assert_eq!(first_code(typed), "994579670", "{typed}");
        }
    }

    #[test]
    fn a_municipality_comes_before_the_epci_that_bears_its_name() {
        let hits = search("puy-en-velay");
        assert_eq!(hits[0].territory.kind, TerritoryKind::Municipality);
        assert_eq!(hits[1].territory.name, "CA du Puy-en-Velay");
    }

    #[test]
    fn an_old_name_finds_the_municipality_of_today_and_says_so() {
        let hit = first("bellegarde-sur-valserine");
        assert_eq!(hit.territory.name, "Valserhône");
        assert_eq!(hit.detail(), "Bellegarde-sur-Valserine · Ain (01)");
        let hit = first("Lyon 3e");
        assert_eq!(hit.territory.code, "69123");
        assert_eq!(hit.detail(), "Lyon 3e Arrondissement · Rhône (69)");
    }

    #[test]
    fn an_old_name_comes_after_the_current_ones() {
        let hits = reference().search("sainte-colombe", 40);
        let own = hits.iter().take_while(|hit| hit.through.is_none()).count();
        assert_eq!(own, 12);
        assert!(hits[12].through.is_some());
    }

    #[test]
    fn a_territory_is_answered_once_whatever_the_ways_to_it() {
        let hits = reference().search("lyon", 200);
        let codes: std::collections::HashSet<_> = hits
            .iter()
            .map(|hit| (hit.territory.kind, hit.territory.code.clone()))
            .collect();
        assert_eq!(codes.len(), hits.len());
    }

    #[test]
    fn codes_are_found_current_or_old() {
        assert_eq!(first_code("43157"), "43157");
        assert_eq!(first_code("2a004"), "2A004");
        assert_eq!(first_code("200 073 419"), "200073419");
        let hit = first("01018");
        assert_eq!(hit.territory.name, "Valserhône");
        assert_eq!(hit.detail(), "Arlod · Ain (01)");
        let hits = search("84");
        assert_eq!(hits[0].territory.name, "Auvergne-Rhône-Alpes");
        assert_eq!(hits[1].territory.name, "Vaucluse");
    }

    #[test]
    fn a_postcode_is_found_as_it_is_typed() {
        assert_eq!(reference().search("51300", 100).len(), 46);
        assert_eq!(first("51300").territory.name, "Vitry-le-François");
        let hits = reference().search("5130", 100);
        assert!(
            hits.iter()
                .any(|hit| hit.territory.name == "Vitry-le-François")
        );
        assert!(hits.iter().all(|hit| {
            hit.territory
                .postcodes
                .iter()
                .any(|postcode| postcode.starts_with("5130"))
        }));
    }

    #[test]
    fn a_name_may_be_told_apart_by_a_postcode_or_a_department() {
        assert_eq!(first_code("sainte-colombe 35"), "35262");
        assert_eq!(first_code("77650 Sainte-Colombe"), "77404");
        assert_eq!(search("sainte-colombe 35").len(), 1);
    }

    #[test]
    fn a_country_is_found_by_name_and_by_code() {
        assert_eq!(first("Pays-Bas").territory.code, "NL");
        assert_eq!(first("GRC").territory.name, "Grèce");
        assert_eq!(first("république tchèque").territory.code, "CZ");
        let hits = reference().search_kinds("aland", &[TerritoryKind::Country], 5);
        assert_eq!(hits[0].territory.code, "AX");
    }

    #[test]
    fn only_the_kinds_asked_for_are_answered() {
        let hits = reference().search_kinds("loire", &[TerritoryKind::Department], 20);
        assert!(
            hits.iter()
                .all(|hit| hit.territory.kind == TerritoryKind::Department)
        );
        assert_eq!(hits[0].territory.code, "42");
        assert!(reference().search_kinds("loire", &[], 20).is_empty());
    }

    #[test]
    fn the_limit_is_kept_and_does_not_change_the_order() {
        let many = reference().search("saint", 500);
        assert_eq!(many.len(), 500);
        assert_eq!(reference().search("saint", 7)[..], many[..7]);
        assert!(reference().search("saint", 0).is_empty());
    }

    #[test]
    fn nothing_typed_or_nonsense_finds_nothing() {
        for typed in ["", "  ", "-", "xyzzyq", "\0", "99999", "%_"] {
            assert!(search(typed).is_empty(), "{typed:?}");
        }
    }
}
