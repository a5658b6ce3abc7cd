//! Lists brought into a carnet from the command line.

use std::fs;
use std::path::Path;

use carnet_core::fault::Fault;
use carnet_core::intake::{Flow, ImportReport, Mapping, dry_run, inspect, read_file, run};
use carnet_core::messages::{Language, text};
use carnet_core::regular;
use carnet_core::store::Carnet;
use serde_json::{Value, json};

/// Imports a list with the mapping given, else with the program's own suggestion.
pub(crate) fn import(
    carnet: &mut Carnet,
    entity: &str,
    source: &Path,
    mapping: Option<&Path>,
    is_dry: bool,
    language: Language,
) -> Result<ImportReport, Fault> {
    let given = match mapping {
        Some(path) => {
            let toml = regular::metadata(path).and_then(|_| fs::read_to_string(path));
            let toml = toml.map_err(|error| Fault::io(path, &error))?;
            Some(Mapping {
                entity: entity.to_owned(),
                ..Mapping::from_toml(&toml)?
            })
        }
        None => None,
    };
    let options = given
        .as_ref()
        .map(Mapping::read_options)
        .unwrap_or_default();
    let table = read_file(source, &options)?;
    let mapping = match given {
        Some(given) => given,
        None => inspect(source, &table, Some(entity), None)?.mapping(),
    };
    if is_dry {
        return Ok(dry_run(carnet, &table, &mapping)?);
    }
    let file = source
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    let label = text(language, "commit.import", &[("file", file)]);
    Ok(run(carnet, &table, &mapping, &label, &mut |_, _| {
        Flow::Continue
    })?)
}

/// The promised JSON: each refused row with its line, its column and a sentence.
pub(crate) fn report_json(report: &ImportReport, language: Language) -> Value {
    let refused: Vec<Value> = report
        .refused
        .iter()
        .map(|row| json!({"line": row.line, "column": row.column, "reason": row.reason.sentence(language)}))
        .collect();
    json!({
        "created": report.created,
        "updated": report.updated,
        "unchanged": report.unchanged,
        "refused": refused,
    })
}

/// The same for people, one line each.
pub(crate) fn report_lines(report: &ImportReport, language: Language) -> Vec<String> {
    let counts = [
        ("created", report.created.to_string()),
        ("updated", report.updated.to_string()),
        ("unchanged", report.unchanged.to_string()),
        ("refused", report.refused.len().to_string()),
    ];
    let mut lines = vec![text(language, "cli.import.report", &counts)];
    for row in &report.refused {
        let params = [
            ("line", row.line.to_string()),
            ("column", row.column.clone()),
            ("reason", row.reason.sentence(language)),
        ];
        lines.push(text(language, "cli.import.refused", &params));
    }
    lines
}
