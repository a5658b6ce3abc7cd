//! Lookups by official code, postcode and SIREN, and what contains what.
//!
//! Owns the questions that the rest of the product asks. Must not know how rows are stored, nor how
//! names are ranked.

use super::kind::{TerritoryKind, canonical};
use super::loaded::{FRANCE, Territories};
use super::territory::{Locality, ResolvedCode, Territory, TerritoryHit};

impl Territories {
    /// Returns the year of the official lists.
    pub const fn vintage(&self) -> u16 {
        self.tables.vintage
    }

    /// Returns the year of the populations.
    pub const fn population_year(&self) -> u16 {
        self.tables.population_year
    }

    /// Returns the number of territories of a kind.
    pub fn count(&self, kind: TerritoryKind) -> usize {
        self.rows_of(kind).len()
    }

    /// Returns all territories of a kind, in the order of their codes.
    pub fn all(&self, kind: TerritoryKind) -> impl Iterator<Item = Territory> {
        self.rows_of(kind).map(|row| self.territory(row))
    }

    /// Returns the territory with this current code.
    ///
    /// A country is also found by its alpha-3 code and by its NUTS code (`EL`).
    pub fn by_code(&self, kind: TerritoryKind, code: &str) -> Option<Territory> {
        let row = self.row(kind, &canonical(code))?;
        Some(self.territory(row))
    }

    /// Returns the municipality or the EPCI with this SIREN, spaces ignored.
    pub fn by_siren(&self, siren: &str) -> Option<Territory> {
        let row = self.row_of_siren(&canonical(siren))?;
        Some(self.territory(row))
    }

    /// Returns the municipalities that a postcode serves, the most populated first.
    ///
    /// A leading zero that a spreadsheet took away is put back.
    pub fn by_postcode(&self, postcode: &str) -> Vec<Territory> {
        let postcode = canonical(postcode);
        if !matches!(postcode.len(), 4 | 5) {
            return Vec::new();
        }
        let Ok(number) = postcode.parse() else {
            return Vec::new();
        };
        let first = self.by_postcode.partition_point(|(code, _)| *code < number);
        let mut found: Vec<Territory> = self.by_postcode[first..]
            .iter()
            .take_while(|(code, _)| *code == number)
            .map(|(_, row)| self.territory(*row as usize))
            .collect();
        found.sort_by_key(|territory| std::cmp::Reverse(territory.population));
        found
    }

    /// Returns what an INSEE code of a municipality or a department means today.
    ///
    /// Follows old codes and those of places inside a municipality, and puts back the leading
    /// zero that a spreadsheet took away (`1004` is `01004`, `1` is the department `01`).
    pub fn resolve_insee(&self, code: &str) -> Option<ResolvedCode> {
        let typed = canonical(code);
        // A spreadsheet cell that holds a number may come as "1004.0".
        let typed = typed.strip_suffix(".0").unwrap_or(&typed);
        let is_number = typed.bytes().all(|byte| byte.is_ascii_digit());
        let is_repaired = is_number && matches!(typed.len(), 1 | 4);
        let code = if is_repaired {
            format!("0{typed}")
        } else {
            typed.to_owned()
        };
        let (row, through) = if code.len() == 5 {
            self.municipality_of(&code)?
        } else {
            (self.row(TerritoryKind::Department, &code)?, None)
        };
        Some(ResolvedCode {
            territory: self.territory(row),
            through,
            is_repaired,
        })
    }

    /// Returns what a territory is made of, one level down, in the order of the codes: the
    /// municipalities of an EPCI or a department, the departments of a region, the regions of
    /// France; nothing for the others.
    pub fn components(&self, kind: TerritoryKind, code: &str) -> Vec<Territory> {
        let below = match kind {
            TerritoryKind::Country => TerritoryKind::Region,
            TerritoryKind::Region => TerritoryKind::Department,
            TerritoryKind::Department | TerritoryKind::Epci => TerritoryKind::Municipality,
            TerritoryKind::Municipality | TerritoryKind::ForeignUnit => return Vec::new(),
        };
        self.inside(below, kind, code)
    }

    /// Returns the municipalities of a territory, in the order of their codes.
    pub fn municipalities_in(&self, kind: TerritoryKind, code: &str) -> Vec<Territory> {
        self.inside(TerritoryKind::Municipality, kind, code)
    }

    /// Returns the places inside a municipality, and those that it took in over the years.
    pub fn localities_in(&self, municipality: &str) -> Vec<Locality> {
        let code = canonical(municipality);
        let Some(row) = self.row(TerritoryKind::Municipality, &code) else {
            return Vec::new();
        };
        (0..self.tables.localities.len())
            .filter(|index| self.tables.localities[*index].municipality as usize == row)
            .map(|index| self.locality(index))
            .collect()
    }

    /// Returns the territories that a text typed so far may mean, the likeliest first.
    ///
    /// The text may be a name or its beginning (accents, case, ligatures, hyphens and apostrophes
    /// make no difference), words of a name in any order, a code, a postcode, or a name with a
    /// code (`Ambert 63`). Exact names come first, then names that begin so, then words inside;
    /// old names after current ones; among equals, the most populated.
    pub fn search(&self, query: &str, limit: usize) -> Vec<TerritoryHit> {
        self.search_kinds(query, &TerritoryKind::ALL, limit)
    }

    /// Does what [`search`](Self::search) does among some kinds only.
    pub fn search_kinds(
        &self,
        query: &str,
        kinds: &[TerritoryKind],
        limit: usize,
    ) -> Vec<TerritoryHit> {
        let ranked = self.names.search(self, query, kinds, limit);
        ranked
            .into_iter()
            .map(|found| TerritoryHit {
                territory: self.territory(found.row as usize),
                through: found.locality.map(|index| self.locality(index as usize)),
            })
            .collect()
    }

    fn inside(&self, below: TerritoryKind, kind: TerritoryKind, code: &str) -> Vec<Territory> {
        let Some(parent) = self.row(kind, &canonical(code)) else {
            return Vec::new();
        };
        let is_france = self.tables.codes.get(parent) == FRANCE;
        self.rows_of(below)
            .filter(|index| {
                let row = &self.tables.rows[*index];
                let above = match kind {
                    TerritoryKind::Country => return is_france,
                    TerritoryKind::Region => row.region,
                    TerritoryKind::Department => row.department,
                    TerritoryKind::Epci => row.epci,
                    TerritoryKind::Municipality | TerritoryKind::ForeignUnit => None,
                };
                above.is_some_and(|above| above as usize == parent)
            })
            .map(|index| self.territory(index))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use crate::reference::{Standing, Territories, Territory, TerritoryKind, embedded};

    fn reference() -> &'static Territories {
        embedded().expect("the embedded reference is whole")
    }

    fn municipality(code: &str) -> Territory {
        let found = reference().by_code(TerritoryKind::Municipality, code);
        found.expect("a municipality of the reference")
    }

    fn names(territories: &[Territory]) -> Vec<&str> {
        territories
            .iter()
            .map(|found| found.name.as_str())
            .collect()
    }

    #[test]
    fn the_embedded_reference_holds_every_territory_of_the_lists() {
        let reference = reference();
        assert_eq!(
            (reference.vintage(), reference.population_year()),
            (2026, 2023)
        );
        for (kind, count) in [
            (TerritoryKind::Country, 250),
            (TerritoryKind::Region, 26),
            (TerritoryKind::Department, 109),
            (TerritoryKind::Epci, 1_253),
            (TerritoryKind::Municipality, 34_969),
        ] {
            assert_eq!(reference.count(kind), count, "{}", kind.code());
        }
    }

    #[test]
    fn a_municipality_is_found_by_its_code_with_all_that_is_known_of_it() {
        let found = municipality("43157");
        assert_eq!(found.name, "Le Puy-en-Velay");
        assert_eq!(found.of_name(), "du Puy-en-Velay");
        assert_eq!(found.detail(), "Haute-Loire (43)");
        assert_eq!(found.postcodes, ["43000"]);
        assert_eq!(
            found.parents(),
            [
                (TerritoryKind::Epci, "200073419"),
                (TerritoryKind::Department, "43"),
                (TerritoryKind::Region, "84"),
                (TerritoryKind::Country, "FR"),
            ]
        );
        let point = found.point.expect("a point in the Velay");
        assert!((44.9..45.2).contains(&point.latitude), "{point:?}");
        assert!((3.8..4.0).contains(&point.longitude), "{point:?}");
    }

    #[test]
    fn a_leading_zero_and_a_corsican_letter_are_part_of_the_code() {
        assert_eq!(municipality("01004").name, "Ambérieu-en-Bugey");
        assert_eq!(municipality("2A004").name, "Ajaccio");
        assert_eq!(municipality(" 2a004 ").code, "2A004");
        assert_eq!(
            reference().by_code(TerritoryKind::Municipality, "1004"),
            None
        );
    }

    #[test]
    fn only_four_islands_and_the_collectivities_overseas_have_no_epci() {
        let without: Vec<_> = reference()
            .all(TerritoryKind::Municipality)
            .filter(|found| found.epci_siren.is_none() && found.code.as_str() < "975")
            .map(|found| found.code)
            .collect();
        assert_eq!(without, ["22016", "29083", "29155", "85113"]);
        let parents = municipality("85113");
        assert_eq!(parents.parents()[0], (TerritoryKind::Department, "85"));
    }

    #[test]
    fn collectivities_overseas_have_no_point_and_no_siren() {
        let overseas: Vec<_> = reference()
            .all(TerritoryKind::Municipality)
            .filter(|found| found.code.as_str() >= "975" && !found.code.starts_with("976"))
            .collect();
        assert_eq!(overseas.len(), 94);
        assert!(
            overseas
                .iter()
                .all(|found| found.point.is_none() && found.siren.is_none())
        );
        let elsewhere = reference().all(TerritoryKind::Municipality);
        assert_eq!(elsewhere.filter(|found| found.point.is_none()).count(), 94);
    }

    #[test]
    fn a_destroyed_village_has_no_inhabitants_but_a_desert_island_an_unknown_number() {
        assert_eq!(municipality("55039").population, Some(0));
        assert_eq!(municipality("98411").population, None);
    }

    #[test]
    fn one_postcode_gives_all_its_municipalities_the_most_populated_first() {
        let found = reference().by_postcode("51300");
        assert_eq!(found.len(), 46);
        assert_eq!(found[0].name, "Vitry-le-François");
        assert!(found.is_sorted_by_key(|found| std::cmp::Reverse(found.population)));
    }

    #[test]
    fn paris_has_twenty_one_postcodes_and_answers_to_each() {
        let paris = municipality("75056");
        assert_eq!(paris.postcodes.len(), 21);
        for postcode in &paris.postcodes {
            assert_eq!(names(&reference().by_postcode(postcode)), ["Paris"]);
        }
    }

    #[test]
    fn a_postcode_without_its_zero_is_understood_and_a_wrong_one_finds_nothing() {
        assert_eq!(
            reference().by_postcode("1500"),
            reference().by_postcode("01500")
        );
        assert!(names(&reference().by_postcode("01500")).contains(&"Ambérieu-en-Bugey"));
        for wrong in ["", "00000", "abcde", "015000", "-1500", "+1500"] {
            assert!(reference().by_postcode(wrong).is_empty(), "{wrong}");
        }
    }

    #[test]
    fn a_siren_finds_an_epci_or_a_municipality() {
        let reference = reference();
        let epci = reference.by_siren("200 073 419").expect("an EPCI");
        assert_eq!(
            (epci.kind, epci.code.as_str()),
            (TerritoryKind::Epci, "200073419")
        );
        let town = reference.by_siren("210100012").expect("a municipality");
        assert_eq!(town.name, "L'Abergement-Clémenciat");
        assert_eq!(reference.by_siren("000000000"), None);
        assert_eq!(reference.by_siren("2100001"), None);
    }

    #[test]
    fn the_mergers_of_the_year_are_in_and_what_they_replaced_is_out() {
        let reference = reference();
        let merged = reference
            .by_siren("992367730")
            .expect("a merger of the year");
        assert_eq!(merged.name, "CA Thionville Fensch Agglomération");
        assert_eq!(reference.components(merged.kind, &merged.code).len(), 23);
        let merged = reference
            .by_siren("994579670")
            .expect("a merger of the year");
        assert_eq!(merged.of_name(), "de la CC du Lévézou");
        let members = reference.components(merged.kind, &merged.code);
        assert_eq!(members.len(), 19);
        assert!(names(&members).contains(&"Saint-Léons"));
        assert_eq!(reference.by_siren("200055572"), None);
    }

    #[test]
    fn the_population_of_an_epci_is_the_sum_of_its_members() {
        let reference = reference();
        for epci in reference.all(TerritoryKind::Epci).step_by(97) {
            let members = reference.components(TerritoryKind::Epci, &epci.code);
            let sum: u32 = members.iter().filter_map(|member| member.population).sum();
            assert_eq!(Some(sum), epci.population, "{}", epci.name);
        }
    }

    #[test]
    fn a_country_is_made_of_regions_a_region_of_departments_a_department_of_municipalities() {
        let reference = reference();
        assert_eq!(reference.components(TerritoryKind::Country, "FR").len(), 26);
        let departments = reference.components(TerritoryKind::Region, "94");
        assert_eq!(names(&departments), ["Corse-du-Sud", "Haute-Corse"]);
        assert_eq!(
            reference.components(TerritoryKind::Department, "75").len(),
            1
        );
        assert_eq!(
            reference
                .municipalities_in(TerritoryKind::Region, "94")
                .len(),
            360
        );
        assert!(
            reference
                .components(TerritoryKind::Country, "BE")
                .is_empty()
        );
        assert!(
            reference
                .components(TerritoryKind::Municipality, "75056")
                .is_empty()
        );
    }

    #[test]
    fn an_old_code_means_the_municipality_of_today() {
        let resolved = reference().resolve_insee("01018").expect("an old code");
        assert_eq!(resolved.territory.name, "Valserhône");
        let through = resolved.through.expect("the place it was");
        assert_eq!(
            (through.name.as_str(), through.standing),
            ("Arlod", Standing::Former)
        );
        assert_eq!(through.absorbed_on.as_deref(), Some("1971-01-01"));
        assert!(!resolved.is_repaired);
    }

    #[test]
    fn a_chain_of_old_codes_leads_to_its_end() {
        // Lunghignano joined Montegrosso (20151), which moved to Haute-Corse (2B167).
        for (old, current) in [("20151", "2B167"), ("20001", "2A001"), ("79224", "49099")] {
            let resolved = reference().resolve_insee(old).expect("an old code");
            assert_eq!(resolved.territory.code, current);
        }
    }

    #[test]
    fn a_code_shared_by_a_municipality_and_its_seat_means_the_municipality() {
        let resolved = reference().resolve_insee("01033").expect("a current code");
        assert_eq!(resolved.territory.name, "Valserhône");
        assert_eq!(resolved.through, None);
        let inside = reference().localities_in("01033");
        let seat = inside.iter().find(|locality| locality.code == "01033");
        let seat = seat.expect("its seat is a commune déléguée");
        assert_eq!(seat.name, "Bellegarde-sur-Valserine");
        assert_eq!(seat.standing, Standing::Delegated);
    }

    #[test]
    fn a_district_of_a_city_means_the_city() {
        for (district, city) in [("75108", "75056"), ("69383", "69123"), ("13201", "13055")] {
            let resolved = reference().resolve_insee(district).expect("a district");
            assert_eq!(resolved.territory.code, city);
            let through = resolved.through.expect("the district itself");
            assert_eq!(through.standing, Standing::District);
        }
    }

    #[test]
    fn a_place_re_established_elsewhere_is_where_the_list_of_today_puts_it() {
        let resolved = reference()
            .resolve_insee("55273")
            .expect("a commune associée");
        assert_eq!(resolved.territory.code, "55386");
    }

    #[test]
    fn codes_that_a_spreadsheet_mangled_are_put_right() {
        for (mangled, kind, right) in [
            ("1004", TerritoryKind::Municipality, "01004"),
            ("1004.0", TerritoryKind::Municipality, "01004"),
            ("1", TerritoryKind::Department, "01"),
        ] {
            let resolved = reference().resolve_insee(mangled).expect("a mangled code");
            assert_eq!(
                (resolved.territory.kind, resolved.territory.code.as_str()),
                (kind, right)
            );
            assert!(resolved.is_repaired, "{mangled}");
        }
        for (whole, kind) in [
            ("01004", TerritoryKind::Municipality),
            ("2A004", TerritoryKind::Municipality),
            ("97411", TerritoryKind::Municipality),
            ("2B", TerritoryKind::Department),
            ("974", TerritoryKind::Department),
        ] {
            let resolved = reference().resolve_insee(whole).expect("a whole code");
            assert_eq!(
                (resolved.territory.kind, resolved.territory.code.as_str()),
                (kind, whole)
            );
            assert!(!resolved.is_repaired, "{whole}");
        }
    }

    #[test]
    fn what_is_not_a_code_is_resolved_to_nothing() {
        for wrong in ["", "#", "NULL", "0", "00", "99999", "A004", "123456", "é"] {
            assert_eq!(reference().resolve_insee(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_country_is_found_by_each_of_its_codes() {
        let reference = reference();
        for code in ["GR", "grc", "EL"] {
            let found = reference.by_code(TerritoryKind::Country, code);
            let found = found.expect("Greece");
            assert_eq!((found.code.as_str(), found.name.as_str()), ("GR", "Grèce"));
            assert_eq!(found.country, "GR");
        }
        let members = reference.all(TerritoryKind::Country).filter(|country| {
            let codes = country.country_codes.as_ref();
            codes.is_some_and(|codes| codes.is_eu_member)
        });
        assert_eq!(members.count(), 27);
    }

    #[test]
    fn every_territory_has_an_id_of_its_own() {
        let reference = reference();
        let ids: std::collections::HashSet<_> = TerritoryKind::ALL
            .into_iter()
            .flat_map(|kind| reference.all(kind))
            .map(|territory| territory.id())
            .collect();
        assert_eq!(ids.len(), 36_607);
    }
}
