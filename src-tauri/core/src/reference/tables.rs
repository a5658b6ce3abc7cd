//! The reference as plain tables: what the yearly chore fills in and what the file holds.
//!
//! Owns the rows and the rules that make them fit to be searched. Must not know the bytes of the
//! file, nor any question that is asked of the tables.

use super::kind::TerritoryKind;
use super::liaison::Liaison;
use super::territory::{EpciNature, Standing};

/// Every table of one vintage.
#[derive(Debug, Default, PartialEq)]
pub struct Tables {
    /// Year of the official geographic code.
    pub vintage: u16,
    /// Year of the populations.
    pub population_year: u16,
    /// Territories, ordered by kind and then code.
    pub rows: Vec<Row>,
    /// Code of each row.
    pub codes: Texts,
    /// Name of each row.
    pub names: Texts,
    /// Postcodes of all rows, one after the other.
    pub postcodes: Vec<u32>,
    /// Further codes of each country, in the order of the rows.
    pub countries: Vec<CountryRow>,
    /// Places that are not municipalities, ordered by code.
    pub localities: Vec<LocalityRow>,
    /// Code of each locality.
    pub locality_codes: Texts,
    /// Name of each locality.
    pub locality_names: Texts,
}

/// One territory; its code and name stand beside it, at the same index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// What it is.
    pub kind: TerritoryKind,
    /// How its name takes an article.
    pub liaison: Liaison,
    /// Index of its region.
    pub region: Option<u32>,
    /// Index of its department.
    pub department: Option<u32>,
    /// Index of its EPCI.
    pub epci: Option<u32>,
    /// Its own SIREN.
    pub siren: Option<u32>,
    /// Inhabitants.
    pub population: Option<u32>,
    /// Latitude and longitude in ten-thousandths of a degree.
    pub point: Option<(i32, i32)>,
    /// Legal form of an EPCI.
    pub epci_nature: Option<EpciNature>,
    /// How many entries of the postcodes are its own.
    pub postcode_count: u32,
}

impl Row {
    /// Returns a territory of which nothing more is known.
    pub const fn new(kind: TerritoryKind, liaison: Liaison) -> Self {
        Self {
            kind,
            liaison,
            region: None,
            department: None,
            epci: None,
            siren: None,
            population: None,
            point: None,
            epci_nature: None,
            postcode_count: 0,
        }
    }
}

/// Further codes of a country.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountryRow {
    /// ISO 3166 alpha-3.
    pub alpha3: String,
    /// ISO 3166 numeric.
    pub numeric: u16,
    /// Code of Eurostat and NUTS.
    pub nuts: String,
    /// Whether it is a member State of the European Union.
    pub is_eu_member: bool,
}

/// One place that is not a municipality; its code and name stand beside it, at the same index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalityRow {
    /// What it is now.
    pub standing: Standing,
    /// Index of the municipality that it is part of today.
    pub municipality: u32,
    /// Year, month and day of its end as the number `YYYYMMDD`.
    pub absorbed_on: Option<u32>,
}

/// Many short texts in one: no allocation for each, and quick to read.
#[derive(Debug, Default, PartialEq)]
pub struct Texts {
    joined: String,
    ends: Vec<u32>,
}

/// What stands after each text; none of them may contain it.
pub(super) const TEXT_END: char = '\n';

impl Texts {
    /// Splits a text in which each part ends with a line feed; `None` when it is too long to index.
    pub(super) fn from_joined(joined: String) -> Option<Self> {
        let ends = joined
            .match_indices(TEXT_END)
            .map(|(end, _)| u32::try_from(end).ok())
            .collect::<Option<Vec<u32>>>()?;
        Some(Self { joined, ends })
    }

    /// Adds a text; a line feed inside it would split it in two and becomes a space.
    pub fn push(&mut self, text: &str) {
        self.joined.push_str(&text.replace(TEXT_END, " "));
        // The whole reference is under a few megabytes; an index past 4 GiB cannot be reached.
        self.ends
            .push(u32::try_from(self.joined.len()).unwrap_or(u32::MAX));
        self.joined.push(TEXT_END);
    }

    /// Returns the text at an index; empty past the last one.
    pub fn get(&self, index: usize) -> &str {
        let Some(&end) = self.ends.get(index) else {
            return "";
        };
        let start = match index.checked_sub(1) {
            Some(previous) => self.ends[previous] as usize + 1,
            None => 0,
        };
        &self.joined[start..end as usize]
    }

    /// Returns how many texts there are.
    pub const fn len(&self) -> usize {
        self.ends.len()
    }

    /// Returns whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Returns the texts in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|index| self.get(index))
    }

    pub(super) fn joined(&self) -> &str {
        &self.joined
    }
}

/// Why tables cannot be searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TablesFault {
    /// Two columns of one table do not have the same number of rows.
    #[error("columns of unequal length")]
    UnequalColumns,
    /// The search by code needs rows in order, without repetition.
    #[error("codes out of order, or twice the same")]
    Unordered,
    /// A row names a parent that does not exist or is of another kind.
    #[error("a reference to a row that is not what it should be")]
    WrongReference,
}

impl Tables {
    /// Adds a territory, which must come after those of its kind with a smaller code, and returns
    /// its index.
    pub fn push(&mut self, code: &str, name: &str, mut row: Row, postcodes: &[u32]) -> u32 {
        row.postcode_count = u32::try_from(postcodes.len()).unwrap_or(u32::MAX);
        self.codes.push(code);
        self.names.push(name);
        self.postcodes.extend_from_slice(postcodes);
        self.rows.push(row);
        u32::try_from(self.rows.len() - 1).unwrap_or(u32::MAX)
    }

    /// Adds a place that is not a municipality, which must come after those with a smaller code.
    pub fn push_locality(&mut self, code: &str, name: &str, row: LocalityRow) {
        self.locality_codes.push(code);
        self.locality_names.push(name);
        self.localities.push(row);
    }

    /// Proves that the tables can be searched: every lookup relies on it.
    pub fn check(&self) -> Result<(), TablesFault> {
        self.check_lengths()?;
        self.check_order()?;
        self.check_references()
    }

    fn check_lengths(&self) -> Result<(), TablesFault> {
        let countries = self
            .rows
            .iter()
            .filter(|row| row.kind == TerritoryKind::Country)
            .count();
        let postcodes: usize = self
            .rows
            .iter()
            .map(|row| row.postcode_count as usize)
            .sum();
        let is_equal = self.codes.len() == self.rows.len()
            && self.names.len() == self.rows.len()
            && self.countries.len() == countries
            && self.postcodes.len() == postcodes
            && self.locality_codes.len() == self.localities.len()
            && self.locality_names.len() == self.localities.len();
        if is_equal {
            Ok(())
        } else {
            Err(TablesFault::UnequalColumns)
        }
    }

    fn check_order(&self) -> Result<(), TablesFault> {
        let mut keys = self.rows.iter().zip(self.codes.iter());
        let mut codes = self.locality_codes.iter();
        let mut previous = keys.next();
        let is_ordered = keys.all(|(row, code)| {
            let before = previous.replace((row, code));
            before.is_some_and(|(earlier, smaller)| (earlier.kind, smaller) < (row.kind, code))
        });
        let mut previous = codes.next();
        let are_localities_ordered =
            codes.all(|code| previous.replace(code).is_some_and(|smaller| smaller < code));
        if is_ordered && are_localities_ordered {
            Ok(())
        } else {
            Err(TablesFault::Unordered)
        }
    }

    fn check_references(&self) -> Result<(), TablesFault> {
        let is = |index: u32, kind: TerritoryKind| {
            self.rows
                .get(index as usize)
                .is_some_and(|row| row.kind == kind)
        };
        let is_or_none = |index: Option<u32>, kind| index.is_none_or(|index| is(index, kind));
        let are_rows_right = self.rows.iter().all(|row| {
            is_or_none(row.region, TerritoryKind::Region)
                && is_or_none(row.department, TerritoryKind::Department)
                && is_or_none(row.epci, TerritoryKind::Epci)
        });
        let are_localities_right = self
            .localities
            .iter()
            .all(|locality| is(locality.municipality, TerritoryKind::Municipality));
        if are_rows_right && are_localities_right {
            Ok(())
        } else {
            Err(TablesFault::WrongReference)
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::{CountryRow, LocalityRow, Row, Tables, TablesFault, Texts};
    use crate::reference::kind::TerritoryKind;
    use crate::reference::liaison::Liaison;
    use crate::reference::territory::{EpciNature, Standing};

    /// A country, a region, a department, an EPCI, two municipalities, a locality.
    pub(in crate::reference) fn small_tables() -> Tables {
        let mut tables = Tables {
            vintage: 2026,
            population_year: 2023,
            ..Tables::default()
        };
        tables.push(
            "FR",
            "France",
            Row::new(TerritoryKind::Country, Liaison::DeLa),
            &[],
        );
        tables.countries.push(CountryRow {
            alpha3: "FRA".to_owned(),
            numeric: 250,
            nuts: "FR".to_owned(),
            is_eu_member: true,
        });
        let region = tables.push(
            "84",
            "Auvergne-Rhône-Alpes",
            Row::new(TerritoryKind::Region, Liaison::D),
            &[],
        );
        let department = Row {
            region: Some(region),
            ..Row::new(TerritoryKind::Department, Liaison::DeL)
        };
        let department = tables.push("01", "Ain", department, &[]);
        let epci = Row {
            region: Some(region),
            department: Some(department),
            siren: Some(240_100_883),
            epci_nature: Some(EpciNature::MunicipalityCommunity),
            ..Row::new(TerritoryKind::Epci, Liaison::DeLa)
        };
        let epci = tables.push("240100883", "CC de la Plaine de l'Ain", epci, &[]);
        let municipality = Row {
            region: Some(region),
            department: Some(department),
            epci: Some(epci),
            siren: Some(210_100_046),
            population: Some(15_934),
            point: Some((459_610, 53_724)),
            ..Row::new(TerritoryKind::Municipality, Liaison::D)
        };
        tables.push("01004", "Ambérieu-en-Bugey", municipality, &[1500]);
        let without_point = Row {
            point: None,
            population: None,
            ..Row::new(TerritoryKind::Municipality, Liaison::De)
        };
        let target = tables.push("01033", "Valserhône", without_point, &[1200, 1208]);
        tables.push_locality(
            "01018",
            "Arlod",
            LocalityRow {
                standing: Standing::Former,
                municipality: target,
                absorbed_on: Some(19_710_101),
            },
        );
        tables
    }

    #[test]
    fn well_made_tables_pass_the_check() {
        assert_eq!(small_tables().check(), Ok(()));
    }

    #[test]
    fn a_code_out_of_order_or_repeated_is_refused() {
        let mut tables = small_tables();
        tables.push(
            "01004",
            "Encore",
            Row::new(TerritoryKind::Municipality, Liaison::D),
            &[],
        );
        assert_eq!(tables.check(), Err(TablesFault::Unordered));
    }

    #[test]
    fn a_reference_to_a_row_of_another_kind_is_refused() {
        let mut tables = small_tables();
        tables.rows[4].epci = Some(0);
        assert_eq!(tables.check(), Err(TablesFault::WrongReference));
        let mut tables = small_tables();
        tables.localities[0].municipality = 99;
        assert_eq!(tables.check(), Err(TablesFault::WrongReference));
    }

    #[test]
    fn a_column_that_lacks_a_row_is_refused() {
        let mut tables = small_tables();
        tables.countries.clear();
        assert_eq!(tables.check(), Err(TablesFault::UnequalColumns));
    }

    #[test]
    fn each_text_is_found_again_at_its_index() {
        let mut texts = Texts::default();
        for text in ["Lyon", "", "Aÿ"] {
            texts.push(text);
        }
        assert_eq!(texts.iter().collect::<Vec<_>>(), ["Lyon", "", "Aÿ"]);
        assert_eq!(texts.get(3), "");
    }
}
