//! What the carnet says, in words for who sits at the terminal: titles, labels and damages.

use carnet_core::messages::{Language, find, text};
use carnet_core::model::{RecordRef, RowId, Value};
use carnet_core::store::{Carnet, Damage, StoreError};
use carnet_core::words::{Names, of_change, of_field};

/// The titles of a carnet's records.
pub(crate) struct Titles<'a> {
    pub(crate) carnet: &'a Carnet,
    pub(crate) language: Language,
}

impl Names for Titles<'_> {
    fn name(&self, reference: &RecordRef) -> Result<Option<String>, StoreError> {
        let title = self.carnet.title_of(reference)?.map(|title| title.title);
        let missing = || text(self.language, "kit.ref.missing", &[]);
        Ok(Some(title.unwrap_or_else(missing)))
    }
}

/// A change of the log: of which record, which field, what it says.
pub(crate) fn change(
    carnet: &Carnet,
    language: Language,
    (entity, row, field): (&str, &str, &str),
    value: Option<&Value>,
) -> Result<String, StoreError> {
    let names = Titles { carnet, language };
    let title = match row.parse::<RowId>() {
        Ok(id) => names.name(&RecordRef::new(entity, id))?,
        Err(_) => None,
    };
    Ok(format!(
        "{}\t{}\t{}",
        title.unwrap_or_default(),
        of_field(language, entity, field),
        of_change(language, &names, entity, field, value)?
    ))
}

/// One damage.
pub(crate) fn damage(damage: &Damage, language: Language) -> String {
    let say =
        |key: &str, params: &[(&str, String)]| text(language, &format!("cli.check.{key}"), params);
    match damage {
        Damage::Pages { detail } => {
            // The engine says one line a page, under the name that it gives the file.
            let mut lines = detail.lines().filter(|line| !line.starts_with("***"));
            say(
                "pages",
                &[("detail", lines.next().unwrap_or_default().to_owned())],
            )
        }
        Damage::Digest { commit } => say("digest", &[("commit", commit.clone())]),
        Damage::Gap { device, seq } => say(
            "gap",
            &[("device", device.clone()), ("seq", seq.to_string())],
        ),
        Damage::Projection { table } => {
            let label = find(language, &format!("entities.{table}")).unwrap_or(table);
            say("projection", &[("table", label.to_owned())])
        }
        Damage::SearchIndex => say("search_index", &[]),
    }
}

/// How many damages one sentence tells.
const TOLD: usize = 3;

/// The first of them, and how many more there are.
pub(crate) fn damages(damages: &[Damage], language: Language) -> String {
    let told = damages.iter().take(TOLD);
    let mut told: Vec<String> = told.map(|one| damage(one, language)).collect();
    if damages.len() > TOLD {
        let more = [("count", (damages.len() - TOLD).to_string())];
        told.push(text(language, "cli.check.more", &more));
    }
    told.join(" ; ")
}
