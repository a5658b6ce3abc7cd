//! A territory as the rest of the product sees it: a plain value, copied out of the reference.
//!
//! Owns the shape of the answers. Must not know how the reference is stored or searched.

use uuid::Uuid;

use super::kind::{TerritoryKind, stable_id};
use super::liaison::Liaison;

/// One territory of the reference, with what is known of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Territory {
    /// What it is.
    pub kind: TerritoryKind,
    /// Its official code: INSEE, SIREN of an EPCI, or ISO 3166 alpha-2 of a country.
    pub code: String,
    /// Its official name, with straight apostrophes as the official lists write it.
    pub name: String,
    /// How its name takes an article.
    pub liaison: Liaison,
    /// Alpha-2 code of its country.
    pub country: String,
    /// Code of its region.
    pub region: Option<String>,
    /// Code of its department; for an EPCI, of the department of its seat.
    pub department: Option<String>,
    /// SIREN of the EPCI of a municipality; four islands and the collectivities overseas have none.
    pub epci_siren: Option<String>,
    /// Its own SIREN, for a municipality and an EPCI.
    pub siren: Option<String>,
    /// Inhabitants; `None` where the reference does not know.
    pub population: Option<u32>,
    /// A point inside it, for a municipality and an EPCI; unknown in the collectivities overseas.
    pub point: Option<Point>,
    /// Postcodes of a municipality, in order.
    pub postcodes: Vec<String>,
    /// Legal form of an EPCI.
    pub epci_nature: Option<EpciNature>,
    /// Further codes of a country.
    pub country_codes: Option<CountryCodes>,
    /// Name of its department, or of its region for a department, to tell namesakes apart.
    pub within: Option<String>,
    /// Year of the official list it comes from.
    pub vintage: u16,
}

impl Territory {
    /// Returns the id of this territory in every carnet.
    pub fn id(&self) -> Uuid {
        stable_id(self.kind, &self.code)
    }

    /// Returns the territories that contain this one, the nearest first.
    pub fn parents(&self) -> Vec<(TerritoryKind, &str)> {
        let mut parents = Vec::with_capacity(4);
        let above = [
            (TerritoryKind::Epci, self.epci_siren.as_deref()),
            (TerritoryKind::Department, self.department.as_deref()),
            (TerritoryKind::Region, self.region.as_deref()),
            (TerritoryKind::Country, Some(self.country.as_str())),
        ];
        for (kind, code) in above {
            if let Some(code) = code
                && kind < self.kind
            {
                parents.push((kind, code));
            }
        }
        parents
    }

    /// Returns the name after "de" in a French sentence: "du Puy-en-Velay", "de l’Ain".
    pub fn of_name(&self) -> String {
        self.liaison.of_name(&self.name)
    }

    /// Returns the name with its article in a French sentence: "la Haute-Loire", "Le Puy-en-Velay".
    pub fn with_article(&self) -> String {
        self.liaison.with_article(&self.name)
    }

    /// Returns what tells this territory from its namesakes, in no particular language:
    /// "Haute-Loire (43)", "Auvergne-Rhône-Alpes"; empty for a region.
    pub fn detail(&self) -> String {
        match (self.kind, &self.within) {
            (TerritoryKind::Municipality | TerritoryKind::Epci, Some(within)) => {
                match &self.department {
                    Some(department) => format!("{within} ({department})"),
                    None => within.clone(),
                }
            }
            (TerritoryKind::Department, Some(within)) => within.clone(),
            (TerritoryKind::Country, _) => self.code.clone(),
            _ => String::new(),
        }
    }
}

/// A point in WGS 84, in degrees.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// Degrees north of the equator.
    pub latitude: f64,
    /// Degrees east of Greenwich.
    pub longitude: f64,
}

/// The legal form of an intercommunality.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EpciNature {
    /// Communauté de communes.
    MunicipalityCommunity,
    /// Communauté d'agglomération.
    AgglomerationCommunity,
    /// Communauté urbaine.
    UrbanCommunity,
    /// Métropole.
    Metropolis,
    /// Métropole de Lyon, a collectivity of its own.
    LyonMetropolis,
}

impl EpciNature {
    /// Every legal form.
    pub const ALL: [Self; 5] = [
        Self::MunicipalityCommunity,
        Self::AgglomerationCommunity,
        Self::UrbanCommunity,
        Self::Metropolis,
        Self::LyonMetropolis,
    ];

    /// Returns the code that the DGCL gives to this legal form.
    pub const fn code(self) -> &'static str {
        match self {
            Self::MunicipalityCommunity => "CC",
            Self::AgglomerationCommunity => "CA",
            Self::UrbanCommunity => "CU",
            Self::Metropolis => "METRO",
            Self::LyonMetropolis => "MET69",
        }
    }

    /// Returns the legal form of a DGCL code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|nature| nature.code() == code)
    }
}

/// The codes of a country besides its alpha-2.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountryCodes {
    /// ISO 3166 alpha-3.
    pub alpha3: String,
    /// ISO 3166 numeric, three digits.
    pub numeric: String,
    /// The code that Eurostat and NUTS use: alpha-2, but `EL` for Greece.
    pub nuts: String,
    /// Whether it is a member State of the European Union.
    pub is_eu_member: bool,
}

/// A place that is not, or is no longer, a municipality of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Locality {
    /// The INSEE code it has or had.
    pub code: String,
    /// The name it has or had.
    pub name: String,
    /// What it is now.
    pub standing: Standing,
    /// INSEE code of the municipality that it is part of today.
    pub municipality: String,
    /// Day (`YYYY-MM-DD`) from which its code is no longer that of a municipality.
    pub absorbed_on: Option<String>,
}

/// What a place inside a municipality is in law.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Nothing any more: its code was dropped or changed.
    Former,
    /// Commune déléguée.
    Delegated,
    /// Commune associée.
    Associated,
    /// Arrondissement of Paris, Lyon or Marseille.
    District,
}

impl Standing {
    /// Every standing.
    pub const ALL: [Self; 4] = [
        Self::Former,
        Self::Delegated,
        Self::Associated,
        Self::District,
    ];
}

/// One answer of a search.
#[derive(Debug, Clone, PartialEq)]
pub struct TerritoryHit {
    /// The territory found.
    pub territory: Territory,
    /// The old or smaller place whose name or code was typed, when it is not the territory's own.
    pub through: Option<Locality>,
}

impl TerritoryHit {
    /// Returns what tells this hit from its namesakes, with the place that was typed first:
    /// "Bellegarde-sur-Valserine · Ain (01)".
    pub fn detail(&self) -> String {
        let detail = self.territory.detail();
        match &self.through {
            Some(locality) if detail.is_empty() => locality.name.clone(),
            Some(locality) => format!("{} · {detail}", locality.name),
            None => detail,
        }
    }
}

/// A code of the French territory, put right.
#[derive(Debug, Clone, PartialEq)]
pub struct ResolvedCode {
    /// The municipality, or department, that the code means today.
    pub territory: Territory,
    /// The old or smaller place that the code names, when it is not the territory's own code.
    pub through: Option<Locality>,
    /// Whether a leading zero that a spreadsheet took away was put back.
    pub is_repaired: bool,
}

#[cfg(test)]
mod tests {
    use super::EpciNature;

    #[test]
    fn a_legal_form_is_found_by_its_code() {
        for nature in EpciNature::ALL {
            assert_eq!(EpciNature::from_code(nature.code()), Some(nature));
        }
        assert_eq!(EpciNature::from_code("SIVOM"), None);
    }
}
