//! The yearly chore that makes the embedded reference out of the published lists.
//!
//! Owns the reading of the lists (CSV, `;`, header line) and the choices between sources that
//! disagree. Must not know the layout of the file it writes, which is carnet-core's.

mod articles;
mod lists;

use std::collections::HashMap;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use carnet_core::reference::tables::{CountryRow, LocalityRow, Row, Tables};
use carnet_core::reference::{EpciNature, Liaison, Standing, TerritoryKind, write};

use articles::{country_liaison, division_liaison, epci_liaison, municipality_liaison};
use lists::{
    CountryLine, DepartmentLine, EpciLine, FormerLine, Lists, MunicipalityLine, PartLine,
    ReadListError, RegionLine,
};

/// Runs `territories <folder> <file> <vintage> <population year>`.
pub(crate) fn run(arguments: impl Iterator<Item = String>) -> ExitCode {
    let arguments: Vec<String> = arguments.collect();
    let [folder, file, vintage, population_year] = arguments.as_slice() else {
        eprintln!("territories <folder of the lists> <file to write> <vintage> <population year>");
        return ExitCode::FAILURE;
    };
    let (Ok(vintage), Ok(population_year)) = (vintage.parse(), population_year.parse()) else {
        eprintln!("the vintage and the population year are numbers such as 2026");
        return ExitCode::FAILURE;
    };
    match make(Path::new(folder), Path::new(file), vintage, population_year) {
        Ok(summary) => {
            println!("{summary}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            let mut cause = error.source();
            while let Some(error) = cause {
                eprintln!("  because: {error}");
                cause = error.source();
            }
            ExitCode::FAILURE
        }
    }
}

#[derive(Debug, thiserror::Error)]
enum MakeError {
    #[error("a list cannot be read")]
    Read(#[from] ReadListError),
    #[error("a list names {what} {code:?}, which the others do not have")]
    Unknown { what: &'static str, code: String },
    #[error("{what} of {code:?} is not a number: {found:?}")]
    NotANumber {
        what: &'static str,
        code: String,
        found: String,
    },
    #[error("the tables cannot be written")]
    Write(#[from] carnet_core::reference::WriteTerritoriesError),
    #[error("{path} cannot be saved")]
    Save {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
}

fn make(
    folder: &Path,
    file: &Path,
    vintage: u16,
    population_year: u16,
) -> Result<String, MakeError> {
    let lists = Lists::read(folder)?;
    let tables = Tables {
        vintage,
        population_year,
        ..Tables::default()
    };
    let tables = Filling::new(tables).fill(lists)?;
    let bytes = write(&tables)?;
    std::fs::write(file, &bytes).map_err(|source| MakeError::Save {
        path: file.to_owned(),
        source,
    })?;
    Ok(format!(
        "{} territories, {} places inside them, {} bytes",
        tables.rows.len(),
        tables.localities.len(),
        bytes.len()
    ))
}

/// Tables on their way, with what was added so far by its code.
struct Filling {
    tables: Tables,
    added: HashMap<(TerritoryKind, String), u32>,
}

impl Filling {
    fn new(tables: Tables) -> Self {
        Self {
            tables,
            added: HashMap::new(),
        }
    }

    fn fill(mut self, mut lists: Lists) -> Result<Tables, MakeError> {
        lists.sort();
        for line in &lists.countries {
            self.add_country(line)?;
        }
        for line in &lists.regions {
            self.add_region(line)?;
        }
        for line in &lists.departments {
            self.add_department(line)?;
        }
        for line in &lists.epcis {
            self.add_epci(line)?;
        }
        for line in &lists.municipalities {
            self.add_municipality(line)?;
        }
        self.add_localities(&lists.parts, &lists.former)?;
        Ok(self.tables)
    }

    fn add(&mut self, code: &str, name: &str, row: Row, postcodes: &[u32]) {
        let kind = row.kind;
        let index = self.tables.push(code, name, row, postcodes);
        self.added.insert((kind, code.to_owned()), index);
    }

    fn find(&self, kind: TerritoryKind, what: &'static str, code: &str) -> Result<u32, MakeError> {
        let found = self.added.get(&(kind, code.to_owned())).copied();
        found.ok_or_else(|| MakeError::Unknown {
            what,
            code: code.to_owned(),
        })
    }

    fn add_country(&mut self, line: &CountryLine) -> Result<(), MakeError> {
        let liaison = country_liaison(&line.alpha2, &line.nom_fr);
        let row = Row::new(TerritoryKind::Country, liaison);
        self.add(&line.alpha2, &line.nom_fr, row, &[]);
        self.tables.countries.push(CountryRow {
            alpha3: line.alpha3.clone(),
            numeric: number("the number", &line.alpha2, &line.numerique)?,
            nuts: line.code_nuts.clone(),
            is_eu_member: line.membre_ue == "1",
        });
        Ok(())
    }

    fn add_region(&mut self, line: &RegionLine) -> Result<(), MakeError> {
        let row = Row {
            population: optional("the population", &line.code, &line.population_municipale)?,
            ..Row::new(
                TerritoryKind::Region,
                division_liaison(&line.nom, &line.type_liaison),
            )
        };
        self.add(&line.code, &line.nom, row, &[]);
        Ok(())
    }

    fn add_department(&mut self, line: &DepartmentLine) -> Result<(), MakeError> {
        let row = Row {
            region: Some(self.find(TerritoryKind::Region, "the region", &line.region)?),
            population: optional("the population", &line.code, &line.population_municipale)?,
            ..Row::new(
                TerritoryKind::Department,
                division_liaison(&line.nom, &line.type_liaison),
            )
        };
        self.add(&line.code, &line.nom, row, &[]);
        Ok(())
    }

    fn add_epci(&mut self, line: &EpciLine) -> Result<(), MakeError> {
        let department = self.find(
            TerritoryKind::Department,
            "the department",
            &line.departement_principal,
        )?;
        let nature = EpciNature::from_code(&line.nature).ok_or_else(|| MakeError::Unknown {
            what: "the nature",
            code: line.nature.clone(),
        })?;
        let row = Row {
            region: self.tables.rows[department as usize].region,
            department: Some(department),
            siren: optional("the SIREN", &line.siren, &line.siren)?,
            population: optional("the population", &line.siren, &line.population_municipale)?,
            point: point(&line.siren, &line.lat, &line.lon)?,
            epci_nature: Some(nature),
            ..Row::new(TerritoryKind::Epci, epci_liaison(&line.nom))
        };
        self.add(&line.siren, &line.nom, row, &[]);
        Ok(())
    }

    fn add_municipality(&mut self, line: &MunicipalityLine) -> Result<(), MakeError> {
        let code = &line.code_insee;
        let epci = match line.epci_siren.as_str() {
            "" => None,
            siren => Some(self.find(TerritoryKind::Epci, "the EPCI", siren)?),
        };
        let row = Row {
            region: Some(self.find(TerritoryKind::Region, "the region", &line.region)?),
            department: Some(self.find(
                TerritoryKind::Department,
                "the department",
                &line.departement,
            )?),
            epci,
            siren: optional("the SIREN", code, &line.siren)?,
            population: optional("the population", code, &line.population_municipale)?,
            point: point(code, &line.lat, &line.lon)?,
            ..Row::new(
                TerritoryKind::Municipality,
                municipality_liaison(&line.nom, &line.type_liaison),
            )
        };
        let mut postcodes = Vec::new();
        for postcode in line
            .codes_postaux
            .split('|')
            .filter(|code| !code.is_empty())
        {
            postcodes.push(number("a postcode", code, postcode)?);
        }
        postcodes.sort_unstable();
        self.add(code, &line.nom, row, &postcodes);
        Ok(())
    }

    /// Adds the places of today and of the past under one code each.
    ///
    /// Where both lists have a code they may name two municipalities: the list of today is right,
    /// and the day of the past list is then not that of today's.
    fn add_localities(
        &mut self,
        parts: &[PartLine],
        former: &[FormerLine],
    ) -> Result<(), MakeError> {
        let mut localities: HashMap<&str, (&str, LocalityRow)> = HashMap::new();
        for line in former {
            let municipality = self.find(
                TerritoryKind::Municipality,
                "the municipality",
                &line.code_actuel,
            )?;
            let day = line.date_effet.replace('-', "");
            let row = LocalityRow {
                standing: Standing::Former,
                municipality,
                absorbed_on: optional("the day", &line.ancien_code, &day)?,
            };
            localities.insert(&line.ancien_code, (&line.ancien_nom, row));
        }
        for line in parts {
            let municipality = self.find(
                TerritoryKind::Municipality,
                "the municipality",
                &line.commune_actuelle,
            )?;
            let absorbed_on = localities
                .get(line.code_insee.as_str())
                .filter(|(_, row)| row.municipality == municipality)
                .and_then(|(_, row)| row.absorbed_on);
            let row = LocalityRow {
                standing: standing(line)?,
                municipality,
                absorbed_on,
            };
            localities.insert(&line.code_insee, (&line.nom, row));
        }
        let mut ordered: Vec<_> = localities.into_iter().collect();
        ordered.sort_unstable_by_key(|(code, _)| *code);
        for (code, (name, row)) in ordered {
            self.tables.push_locality(code, name, row);
        }
        Ok(())
    }
}

fn standing(line: &PartLine) -> Result<Standing, MakeError> {
    match line.kind.as_str() {
        "commune-deleguee" => Ok(Standing::Delegated),
        "commune-associee" => Ok(Standing::Associated),
        "arrondissement-municipal" => Ok(Standing::District),
        other => Err(MakeError::Unknown {
            what: "the type",
            code: other.to_owned(),
        }),
    }
}

fn number<N: std::str::FromStr>(
    what: &'static str,
    code: &str,
    found: &str,
) -> Result<N, MakeError> {
    found.parse().map_err(|_| MakeError::NotANumber {
        what,
        code: code.to_owned(),
        found: found.to_owned(),
    })
}

fn optional(what: &'static str, code: &str, found: &str) -> Result<Option<u32>, MakeError> {
    if found.is_empty() {
        Ok(None)
    } else {
        number(what, code, found).map(Some)
    }
}

fn point(code: &str, latitude: &str, longitude: &str) -> Result<Option<(i32, i32)>, MakeError> {
    if latitude.is_empty() || longitude.is_empty() {
        return Ok(None);
    }
    let latitude: f64 = number("the latitude", code, latitude)?;
    let longitude: f64 = number("the longitude", code, longitude)?;
    Ok(Some((
        ten_thousandths(latitude),
        ten_thousandths(longitude),
    )))
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "at most 180 degrees, which is 1.8 million"
)]
fn ten_thousandths(degrees: f64) -> i32 {
    (degrees * 10_000.0).round() as i32
}

#[cfg(test)]
mod tests {
    use carnet_core::reference::tables::{Row, Tables};
    use carnet_core::reference::{Liaison, Standing, TerritoryKind};

    use super::lists::{FormerLine, PartLine};
    use super::{Filling, MakeError, point};

    fn two_municipalities() -> Filling {
        let mut filling = Filling::new(Tables::default());
        for (code, name) in [("55245", "Hannonville"), ("55386", "Nonsard")] {
            let row = Row::new(TerritoryKind::Municipality, Liaison::De);
            filling.add(code, name, row, &[]);
        }
        filling
    }

    fn former(current: &str) -> FormerLine {
        FormerLine {
            ancien_code: "55273".to_owned(),
            ancien_nom: "Lamarche".to_owned(),
            code_actuel: current.to_owned(),
            date_effet: "1973-01-01".to_owned(),
        }
    }

    fn part() -> PartLine {
        PartLine {
            code_insee: "55273".to_owned(),
            nom: "Lamarche-en-Woëvre".to_owned(),
            kind: "commune-associee".to_owned(),
            commune_actuelle: "55386".to_owned(),
        }
    }

    #[test]
    fn the_list_of_today_wins_over_the_list_of_the_past() {
        let mut filling = two_municipalities();
        filling
            .add_localities(&[part()], &[former("55245")])
            .expect("both municipalities exist");
        let [locality] = filling.tables.localities.as_slice() else {
            panic!("one code, one place");
        };
        assert_eq!(locality.standing, Standing::Associated);
        assert_eq!(locality.municipality, 1);
        assert_eq!(locality.absorbed_on, None);
    }

    #[test]
    fn a_place_keeps_its_day_when_both_lists_agree() {
        let mut filling = two_municipalities();
        filling
            .add_localities(&[part()], &[former("55386")])
            .expect("both municipalities exist");
        assert_eq!(filling.tables.localities[0].absorbed_on, Some(19_730_101));
    }

    #[test]
    fn an_old_code_that_leads_nowhere_stops_the_chore() {
        let mut filling = two_municipalities();
        let outcome = filling.add_localities(&[], &[former("99999")]);
        assert!(matches!(outcome, Err(MakeError::Unknown { code, .. }) if code == "99999"));
    }

    #[test]
    fn a_point_is_kept_to_the_ten_thousandth_of_a_degree() {
        assert_eq!(
            point("97400", "-20.8823", "55.4504").expect("both are numbers"),
            Some((-208_823, 554_504))
        );
        assert_eq!(point("97501", "", "").expect("nothing is read"), None);
        assert!(point("01001", "46,15", "4.9").is_err());
    }
}
