//! The published lists, line by line, as they are.
//!
//! Owns the names of their files and columns. Must not change what they say.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// Every list of one vintage.
pub(super) struct Lists {
    pub(super) countries: Vec<CountryLine>,
    pub(super) regions: Vec<RegionLine>,
    pub(super) departments: Vec<DepartmentLine>,
    pub(super) epcis: Vec<EpciLine>,
    pub(super) municipalities: Vec<MunicipalityLine>,
    pub(super) parts: Vec<PartLine>,
    pub(super) former: Vec<FormerLine>,
}

#[derive(Deserialize)]
pub(super) struct CountryLine {
    pub(super) alpha2: String,
    pub(super) alpha3: String,
    pub(super) numerique: String,
    pub(super) nom_fr: String,
    pub(super) membre_ue: String,
    pub(super) code_nuts: String,
}

#[derive(Deserialize)]
pub(super) struct RegionLine {
    pub(super) code: String,
    pub(super) nom: String,
    pub(super) type_liaison: String,
    pub(super) population_municipale: String,
}

#[derive(Deserialize)]
pub(super) struct DepartmentLine {
    pub(super) code: String,
    pub(super) nom: String,
    pub(super) type_liaison: String,
    pub(super) region: String,
    pub(super) population_municipale: String,
}

#[derive(Deserialize)]
pub(super) struct EpciLine {
    pub(super) siren: String,
    pub(super) nom: String,
    pub(super) nature: String,
    pub(super) departement_principal: String,
    pub(super) population_municipale: String,
    pub(super) lat: String,
    pub(super) lon: String,
}

#[derive(Deserialize)]
pub(super) struct MunicipalityLine {
    pub(super) code_insee: String,
    pub(super) nom: String,
    pub(super) type_liaison: String,
    pub(super) departement: String,
    pub(super) region: String,
    pub(super) siren: String,
    pub(super) epci_siren: String,
    pub(super) codes_postaux: String,
    pub(super) population_municipale: String,
    pub(super) lat: String,
    pub(super) lon: String,
}

#[derive(Deserialize)]
pub(super) struct PartLine {
    pub(super) code_insee: String,
    pub(super) nom: String,
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) commune_actuelle: String,
}

#[derive(Deserialize)]
pub(super) struct FormerLine {
    pub(super) ancien_code: String,
    pub(super) ancien_nom: String,
    pub(super) code_actuel: String,
    pub(super) date_effet: String,
}

#[derive(Debug, thiserror::Error)]
pub(super) enum ReadListError {
    #[error("{path} cannot be opened")]
    Open {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("{path} is not the list that was expected")]
    Parse {
        path: PathBuf,
        #[source]
        source: csv::Error,
    },
}

impl Lists {
    pub(super) fn read(folder: &Path) -> Result<Self, ReadListError> {
        Ok(Self {
            countries: read(&folder.join("pays.csv"))?,
            regions: read(&folder.join("regions.csv"))?,
            departments: read(&folder.join("departements.csv"))?,
            epcis: read(&folder.join("epci.csv"))?,
            municipalities: read(&folder.join("communes.csv.gz"))?,
            parts: read(&folder.join("communes-deleguees-associees-arrondissements.csv.gz"))?,
            former: read(&folder.join("communes-anciens-codes.csv.gz"))?,
        })
    }

    /// Puts every list in the order of its codes, whatever order it was published in.
    pub(super) fn sort(&mut self) {
        self.countries
            .sort_by(|one, other| one.alpha2.cmp(&other.alpha2));
        self.regions.sort_by(|one, other| one.code.cmp(&other.code));
        self.departments
            .sort_by(|one, other| one.code.cmp(&other.code));
        self.epcis.sort_by(|one, other| one.siren.cmp(&other.siren));
        self.municipalities
            .sort_by(|one, other| one.code_insee.cmp(&other.code_insee));
    }
}

fn read<L: DeserializeOwned>(path: &Path) -> Result<Vec<L>, ReadListError> {
    let file = File::open(path).map_err(|source| ReadListError::Open {
        path: path.to_owned(),
        source,
    })?;
    let file = BufReader::new(file);
    if path.extension().is_some_and(|extension| extension == "gz") {
        parse(path, GzDecoder::new(file))
    } else {
        parse(path, file)
    }
}

fn parse<L: DeserializeOwned>(path: &Path, text: impl Read) -> Result<Vec<L>, ReadListError> {
    csv::ReaderBuilder::new()
        .delimiter(b';')
        .from_reader(text)
        .into_deserialize()
        .collect::<Result<_, _>>()
        .map_err(|source| ReadListError::Parse {
            path: path.to_owned(),
            source,
        })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{ReadListError, RegionLine, parse};

    const PATH: &str = "regions.csv";

    #[test]
    fn a_list_is_read_by_the_names_of_its_columns() {
        let text =
            "nom;code;type_liaison;chef_lieu;population_municipale\nCorse;94;0;2A004;355486\n";
        let lines: Vec<RegionLine> =
            parse(Path::new(PATH), text.as_bytes()).expect("every column is there");
        assert_eq!(
            (lines[0].code.as_str(), lines[0].nom.as_str()),
            ("94", "Corse")
        );
    }

    #[test]
    fn a_missing_column_stops_the_chore() {
        let text = "nom;code\nCorse;94\n";
        let outcome: Result<Vec<RegionLine>, _> = parse(Path::new(PATH), text.as_bytes());
        assert!(matches!(outcome, Err(ReadListError::Parse { .. })));
    }
}
