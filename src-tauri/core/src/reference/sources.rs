//! To whom the embedded reference and maps are owed.
//!
//! Owns the credit lines, which the licences ask to show. Must not know where they are shown.

/// One origin of embedded reference material.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Source {
    /// Who publishes it.
    pub publisher: &'static str,
    /// What it is, by the name that its publisher gives it.
    pub title: &'static str,
    /// The date or year that it describes.
    pub edition: &'static str,
    /// The licence under which it may be reused.
    pub licence: &'static str,
}

const LICENCE_OUVERTE: &str = "Licence Ouverte 2.0";

/// Every origin of the embedded reference and maps, in the order in which to credit them.
pub const SOURCES: [Source; 7] = [
    Source {
        publisher: "INSEE",
        title: "Code officiel géographique",
        edition: "2026",
        licence: LICENCE_OUVERTE,
    },
    Source {
        publisher: "INSEE",
        title: "Populations municipales",
        edition: "2023",
        licence: LICENCE_OUVERTE,
    },
    Source {
        publisher: "DGCL",
        title: "EPCI à fiscalité propre",
        edition: "2026",
        licence: LICENCE_OUVERTE,
    },
    Source {
        publisher: "La Poste",
        title: "Base officielle des codes postaux",
        edition: "2026",
        licence: LICENCE_OUVERTE,
    },
    Source {
        publisher: "IGN",
        title: "Admin Express",
        edition: "2018",
        licence: LICENCE_OUVERTE,
    },
    Source {
        publisher: "ISO 3166",
        title: "i18n-iso-countries",
        edition: "2026",
        licence: "MIT",
    },
    Source {
        publisher: "Natural Earth",
        title: "Admin 0, Admin 1",
        edition: "1:50m, 1:10m",
        licence: "domaine public",
    },
];
