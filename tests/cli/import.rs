//! The three real lists, imported from the command line with the counts that their README states.

use std::fs;
use std::io::Read as _;
use std::path::Path;

use flate2::read::GzDecoder;
use serde_json::Value;

use crate::Terminal;

/// Puts a list of the fixtures in the terminal's folder, as it was sent.
fn received(terminal: &Terminal, name: &str) {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/import");
    let packed = fs::File::open(fixtures.join(format!("{name}.gz"))).unwrap();
    let mut bytes = Vec::new();
    GzDecoder::new(packed).read_to_end(&mut bytes).unwrap();
    fs::write(terminal.path(name), bytes).unwrap();
}

fn counts(report: &Value) -> [i64; 3] {
    ["created", "updated", "unchanged"].map(|name| report[name].as_i64().unwrap())
}

/// Imports a list twice and undoes it: everything, then nothing, then as before.
fn imports(entity: &str, list: &str, first: [i64; 3]) {
    let terminal = Terminal::new();
    terminal.done(&["new", "a.carnet", "--no-passphrase"]);
    received(&terminal, list);
    let before = terminal.done(&["list", "a.carnet", entity, "--json"]);
    let line = ["import", "a.carnet", entity, list, "--json"];
    let tried = terminal.json(&[&line[..], &["--dry-run"][..]].concat());
    assert_eq!(counts(&tried), first, "the dry run");
    assert_eq!(
        terminal.done(&["list", "a.carnet", entity, "--json"]),
        before
    );
    let done = terminal.json(&line);
    assert_eq!(counts(&done), first);
    assert_eq!(done["refused"], Value::Array(Vec::new()));
    let digest = terminal.done(&["digest", "a.carnet"]);
    assert_eq!(counts(&terminal.json(&line)), [0, 0, first.iter().sum()]);
    assert_eq!(terminal.done(&["digest", "a.carnet"]), digest);
    terminal.done(&["undo", "a.carnet"]);
    assert_eq!(
        terminal.done(&["list", "a.carnet", entity, "--json"]),
        before
    );
    terminal.done(&["check", "a.carnet"]);
}

#[test]
fn ten_thousand_funded_projects_come_in_and_go_back() {
    imports("project", "fonds-vert-2023.csv", [10_782, 0, 0]);
}

#[test]
fn subsidies_in_an_old_encoding_come_in_and_go_back() {
    imports(
        "organisation",
        "reserve-2016-extrait-windows1252.csv",
        [2_468, 0, 32],
    );
}

#[test]
fn town_halls_with_addresses_on_several_lines_come_in_and_go_back() {
    imports("organisation", "mairies-23-48.csv", [407, 0, 0]);
}

#[test]
fn a_siren_keeps_its_zeros_and_a_refused_row_says_line_column_and_reason() {
    let terminal = Terminal::new();
    terminal.done(&["new", "a.carnet", "--no-passphrase"]);
    let list = "Nom;Type;SIREN;Pays\nUn;Structure;012345674;FR\nDeux;Chose;;FR\nTrois;Structure\n";
    fs::write(terminal.path("list.csv"), list).unwrap();
    let report = terminal.json(&["import", "a.carnet", "organisation", "list.csv", "--json"]);
    assert_eq!(report["created"], 1, "{report}");
    let refused = report["refused"].as_array().unwrap();
    assert_eq!(refused[0]["line"], 3);
    assert_eq!(refused[0]["column"], "Type");
    assert!(
        refused[0]["reason"].as_str().unwrap().contains("Chose"),
        "{report}"
    );
    assert_eq!(refused[1]["line"], 4);
    let listed = terminal.json(&["list", "a.carnet", "organisation", "--json"]);
    assert_eq!(listed["fields"]["siren"], "012345674");
}

#[test]
fn a_file_that_is_no_list_is_refused_in_one_sentence() {
    let terminal = Terminal::new();
    terminal.done(&["new", "a.carnet", "--no-passphrase"]);
    fs::write(terminal.path("empty.csv"), "").unwrap();
    fs::write(terminal.path("list.xlsx"), b"PK\x03\x04rest").unwrap();
    fs::write(terminal.path("zero.csv"), b"a;b\n1\0;2\n").unwrap();
    for (list, expected) in [
        ("empty.csv", "vide"),
        ("list.xlsx", "CSV"),
        ("zero.csv", "CSV"),
        ("absent.csv", "endroit"),
    ] {
        let said = terminal.refused(&["import", "a.carnet", "organisation", list]);
        assert!(said.contains(expected), "{list}: {said}");
    }
}
