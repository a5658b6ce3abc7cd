//! The loaded reference: its rows, where to find them, and the values made of them.
//!
//! Owns the order of rows and the indexes over them. Must not know how the file is laid out, nor
//! which questions are asked.

use super::kind::TerritoryKind;
use super::names::NameIndex;
use super::tables::{Row, Tables};
use super::territory::{CountryCodes, Locality, Point, Territory};
use super::written::{ReadTerritoriesError, read};

/// The reference of one year, loaded and ready to be asked.
#[derive(Debug)]
pub struct Territories {
    pub(super) tables: Tables,
    /// Where the postcodes of each row begin, and one more entry where the last ones end.
    postcode_starts: Vec<usize>,
    /// Postcode and row, in order.
    pub(super) by_postcode: Vec<(u32, u32)>,
    /// SIREN and row, in order.
    by_siren: Vec<(u32, u32)>,
    pub(super) names: NameIndex,
}

impl Territories {
    /// Loads a reference from the bytes of its file.
    pub fn read(bytes: &[u8]) -> Result<Self, ReadTerritoriesError> {
        Ok(Self::from_checked(read(bytes)?))
    }

    fn from_checked(tables: Tables) -> Self {
        let mut postcode_starts = Vec::with_capacity(tables.rows.len() + 1);
        let mut by_postcode = Vec::with_capacity(tables.postcodes.len());
        let mut by_siren = Vec::with_capacity(tables.rows.len());
        let mut start = 0;
        for (row, index) in tables.rows.iter().zip(0_u32..) {
            postcode_starts.push(start);
            let end = start + row.postcode_count as usize;
            by_postcode.extend(
                tables.postcodes[start..end]
                    .iter()
                    .map(|code| (*code, index)),
            );
            start = end;
            by_siren.extend(row.siren.map(|siren| (siren, index)));
        }
        postcode_starts.push(start);
        by_postcode.sort_unstable();
        by_siren.sort_unstable();
        let names = NameIndex::new(&tables);
        Self {
            tables,
            postcode_starts,
            by_postcode,
            by_siren,
            names,
        }
    }

    /// Returns where the rows of a kind stand.
    pub(super) fn rows_of(&self, kind: TerritoryKind) -> std::ops::Range<usize> {
        let rows = &self.tables.rows;
        let start = rows.partition_point(|row| row.kind < kind);
        let end = rows.partition_point(|row| row.kind <= kind);
        start..end
    }

    /// Returns the row with a canonical code.
    pub(super) fn row(&self, kind: TerritoryKind, code: &str) -> Option<usize> {
        let rows = self.rows_of(kind);
        let (mut low, mut high) = (rows.start, rows.end);
        while low < high {
            let middle = usize::midpoint(low, high);
            if self.tables.codes.get(middle) < code {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        if low < rows.end && self.tables.codes.get(low) == code {
            return Some(low);
        }
        if kind == TerritoryKind::Country {
            let mut countries = self.tables.countries.iter();
            let index =
                countries.position(|country| country.alpha3 == code || country.nuts == code)?;
            return Some(rows.start + index);
        }
        None
    }

    pub(super) fn row_of_siren(&self, siren: &str) -> Option<usize> {
        if siren.len() != 9 {
            return None;
        }
        let number: u32 = siren.parse().ok()?;
        let index = self
            .by_siren
            .binary_search_by_key(&number, |(siren, _)| *siren)
            .ok()?;
        Some(self.by_siren[index].1 as usize)
    }

    /// Returns the municipality of a five-character code, and the place inside it when the code
    /// is not its own.
    ///
    /// A code that is both a municipality's and that of a place inside it means the municipality.
    pub(super) fn municipality_of(&self, code: &str) -> Option<(usize, Option<Locality>)> {
        if let Some(row) = self.row(TerritoryKind::Municipality, code) {
            return Some((row, None));
        }
        let index = self.locality_index(code)?;
        let row = self.tables.localities[index].municipality as usize;
        Some((row, Some(self.locality(index))))
    }

    pub(super) fn locality_index(&self, code: &str) -> Option<usize> {
        let (mut low, mut high) = (0, self.tables.localities.len());
        while low < high {
            let middle = usize::midpoint(low, high);
            match self.tables.locality_codes.get(middle).cmp(code) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Equal => return Some(middle),
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        None
    }

    pub(super) fn postcodes(&self, row: usize) -> &[u32] {
        &self.tables.postcodes[self.postcode_starts[row]..self.postcode_starts[row + 1]]
    }

    pub(super) fn locality(&self, index: usize) -> Locality {
        let row = &self.tables.localities[index];
        Locality {
            code: self.tables.locality_codes.get(index).to_owned(),
            name: self.tables.locality_names.get(index).to_owned(),
            standing: row.standing,
            municipality: self.tables.codes.get(row.municipality as usize).to_owned(),
            absorbed_on: row.absorbed_on.map(|day| {
                let (year, month, day) = (day / 10_000, day / 100 % 100, day % 100);
                format!("{year:04}-{month:02}-{day:02}")
            }),
        }
    }

    pub(super) fn territory(&self, index: usize) -> Territory {
        let tables = &self.tables;
        let row = &tables.rows[index];
        let code = tables.codes.get(index).to_owned();
        let code_of = |above: Option<u32>| Some(tables.codes.get(above? as usize).to_owned());
        let above = match row.kind {
            TerritoryKind::Municipality | TerritoryKind::Epci => row.department,
            TerritoryKind::Department => row.region,
            _ => None,
        };
        Territory {
            kind: row.kind,
            name: tables.names.get(index).to_owned(),
            liaison: row.liaison,
            country: match row.kind {
                TerritoryKind::Country => code.clone(),
                _ => FRANCE.to_owned(),
            },
            region: code_of(row.region),
            department: code_of(row.department),
            epci_siren: code_of(row.epci),
            siren: row.siren.map(|siren| format!("{siren:09}")),
            population: row.population,
            point: point(row),
            postcodes: self
                .postcodes(index)
                .iter()
                .map(|postcode| format!("{postcode:05}"))
                .collect(),
            epci_nature: row.epci_nature,
            country_codes: tables.countries.get(index).map(|country| CountryCodes {
                alpha3: country.alpha3.clone(),
                numeric: format!("{:03}", country.numeric),
                nuts: country.nuts.clone(),
                is_eu_member: country.is_eu_member,
            }),
            within: above.map(|above| tables.names.get(above as usize).to_owned()),
            vintage: tables.vintage,
            code,
        }
    }
}

/// The country of every territory below a country in this reference.
pub(super) const FRANCE: &str = "FR";

fn point(row: &Row) -> Option<Point> {
    let degrees = |ten_thousandths: i32| f64::from(ten_thousandths) / 10_000.0;
    row.point.map(|(latitude, longitude)| Point {
        latitude: degrees(latitude),
        longitude: degrees(longitude),
    })
}

#[cfg(test)]
mod tests {
    use crate::reference::tables::tests::small_tables;
    use crate::reference::{Territories, TerritoryKind, write};

    #[test]
    fn another_vintage_is_loaded_from_the_bytes_of_its_file() {
        let mut tables = small_tables();
        tables.vintage = 2031;
        let bytes = write(&tables).expect("well-made tables are written");
        let territories = Territories::read(&bytes).expect("a whole file");
        assert_eq!(territories.vintage(), 2031);
        let found = territories
            .by_code(TerritoryKind::Municipality, "01033")
            .expect("a municipality of the file");
        assert_eq!((found.vintage, found.postcodes.len()), (2031, 2));
        assert_eq!(territories.search("arlod", 5)[0].territory, found);
    }

    #[test]
    fn a_reference_without_any_territory_answers_nothing() {
        let bytes = write(&crate::reference::tables::Tables::default()).expect("empty tables");
        let territories = Territories::read(&bytes).expect("a whole file");
        assert!(territories.search("lyon", 5).is_empty());
        assert!(territories.by_postcode("69001").is_empty());
        assert_eq!(territories.resolve_insee("69123"), None);
    }
}
