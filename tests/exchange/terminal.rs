//! The same through the command line, as the acceptance of the issue words it.

use std::fs;

use carnet_tests::Terminal;
use serde_json::Value;

fn organisation(terminal: &Terminal, file: &str, name: &str) -> String {
    let name = format!("name={name}");
    terminal.done(&[
        "set",
        file,
        "organisation",
        &name,
        "organisation_type=group",
        "country=FR",
    ])
}

fn copy(terminal: &Terminal, from: &str, to: &str) {
    fs::copy(terminal.path(from), terminal.path(to)).unwrap();
}

/// A carnet and a plain copy of it, with a record in both.
fn two() -> (Terminal, String) {
    let terminal = Terminal::new();
    terminal.done(&["new", "a.carnet", "--no-passphrase"]);
    let parc = organisation(&terminal, "a.carnet", "Parc");
    copy(&terminal, "a.carnet", "b.carnet");
    (terminal, parc)
}

fn name_of(terminal: &Terminal, file: &str, record: &str) -> Value {
    terminal.json(&["show", file, record, "--json"])["fields"]["name"].clone()
}

#[test]
fn a_copy_edits_on_both_and_a_merge_in_either_order() {
    for (first, second) in [("a.carnet", "b.carnet"), ("b.carnet", "a.carnet")] {
        let (terminal, parc) = two();
        terminal.done(&["set", "a.carnet", &parc, "name=Parc d’en haut", "acronym=A"]);
        terminal.done(&["set", "b.carnet", &parc, "name=Parc d’en bas", "strategy=B"]);
        let there = terminal.json(&["merge", first, second, "--json"]);
        assert_eq!(
            there,
            serde_json::json!({"commits": 1, "changes": 2, "conflicts_opened": 1, "conflicts_settled": 0, "deleted": 0})
        );
        terminal.done(&["merge", second, first]);
        let digest = terminal.done(&["digest", "a.carnet"]);
        assert_eq!(terminal.done(&["digest", "b.carnet"]), digest);
        for file in [first, second] {
            terminal.done(&["check", file]);
            let shown = terminal.json(&["show", file, &parc, "--json"]);
            assert_eq!(shown["fields"]["acronym"], "A");
            assert_eq!(shown["fields"]["strategy"], "B");
            let conflicts = terminal.json(&["conflicts", file, "--json"]);
            let heads = conflicts[0]["heads"].as_array().unwrap();
            let mut values: Vec<&str> = heads
                .iter()
                .map(|head| head["value"].as_str().unwrap())
                .collect();
            values.sort_unstable();
            assert_eq!(values, ["Parc d’en bas", "Parc d’en haut"]);
            assert_eq!(conflicts[0]["field"], "name");
            assert!(heads.iter().all(|head| head["author"] == "Ada"));
        }
    }
}

#[test]
fn a_conflict_is_settled_from_the_terminal_by_commit_or_by_value() {
    for choice in ["keep", "value"] {
        let (terminal, parc) = two();
        terminal.done(&["set", "a.carnet", &parc, "name=Un"]);
        terminal.done(&["set", "b.carnet", &parc, "name=Deux"]);
        terminal.done(&["merge", "a.carnet", "b.carnet"]);
        let conflict = terminal.json(&["conflicts", "a.carnet", "--json"])[0].clone();
        let heads = conflict["heads"].as_array().unwrap();
        let un = heads.iter().find(|head| head["value"] == "Un").unwrap();
        let commit = format!("{}:{}", un["device"].as_str().unwrap(), un["seq"]);
        let id = conflict["id"].as_str().unwrap();
        let (line, expected) = if choice == "keep" {
            (["resolve", "a.carnet", id, "--keep", &commit], "Un")
        } else {
            (["resolve", "a.carnet", id, "--value", "Trois"], "Trois")
        };
        terminal.done(&line);
        assert_eq!(
            terminal.json(&["conflicts", "a.carnet", "--json"]),
            serde_json::json!([])
        );
        terminal.done(&["merge", "b.carnet", "a.carnet"]);
        assert_eq!(name_of(&terminal, "b.carnet", &parc), expected);
        assert!(
            terminal.refused(&line).starts_with("error: "),
            "settled once"
        );
    }
}

#[test]
fn an_exchange_folder_carries_edits_both_ways() {
    let (terminal, parc) = two();
    fs::create_dir(terminal.path("clé")).unwrap();
    terminal.done(&["set", "a.carnet", &parc, "acronym=A"]);
    terminal.done(&["set", "b.carnet", &parc, "strategy=B"]);
    for file in ["a.carnet", "b.carnet", "a.carnet"] {
        terminal.done(&["exchange", file, "clé"]);
    }
    assert_eq!(
        terminal.done(&["digest", "a.carnet"]),
        terminal.done(&["digest", "b.carnet"])
    );
    let again = terminal.json(&["exchange", "b.carnet", "clé", "--json"]);
    assert_eq!(
        (&again["commits"], &again["written"]),
        (&0.into(), &0.into())
    );
    let refused = terminal.refused(&["exchange", "a.carnet", "absente"]);
    assert!(refused.contains("introuvable"), "{refused}");
}

#[test]
fn what_is_missing_in_an_exchange_folder_is_told_by_the_name_of_the_machine() {
    let (terminal, parc) = two();
    fs::create_dir(terminal.path("clé")).unwrap();
    for name in ["un", "deux", "trois"] {
        terminal.done(&["set", "b.carnet", &parc, &format!("name={name}")]);
        terminal.done(&["exchange", "b.carnet", "clé"]);
    }
    // The file with the first two is lost on the way.
    let mut segments = carnet_tests::tree(&terminal.path("clé"));
    segments.retain(|path| {
        path.file_name()
            .unwrap()
            .to_string_lossy()
            .starts_with("1-1-")
    });
    let late: Vec<_> = segments
        .iter()
        .filter(|path| fs::read(path).is_ok())
        .collect();
    let own = late.iter().find(|path| {
        let folder = path.parent().unwrap().file_name().unwrap();
        !path
            .file_name()
            .unwrap()
            .to_string_lossy()
            .contains(folder.to_str().unwrap())
    });
    let lost = own.unwrap();
    let kept = fs::read(lost).unwrap();
    fs::remove_file(lost).unwrap();
    let before = name_of(&terminal, "a.carnet", &parc);
    let told = terminal.json(&["exchange", "a.carnet", "clé", "--json"]);
    let waiting = told["waiting"][0].as_str().unwrap();
    assert!(
        waiting.starts_with("Il manque") && waiting.contains("Portable"),
        "{waiting}"
    );
    assert_eq!(name_of(&terminal, "a.carnet", &parc), before);
    fs::write(lost, kept).unwrap();
    let healed = terminal.json(&["exchange", "a.carnet", "clé", "--json"]);
    assert_eq!(healed["waiting"], Value::Null);
    assert_eq!(name_of(&terminal, "a.carnet", &parc), "trois");
}

#[test]
fn mass_deletion_is_refused_from_the_terminal_until_it_is_accepted_or_declined() {
    let terminal = Terminal::new();
    terminal.done(&["new", "a.carnet", "--no-passphrase"]);
    let rows: Vec<String> = (0..25)
        .map(|n| organisation(&terminal, "a.carnet", &format!("Parc {n}")))
        .collect();
    copy(&terminal, "a.carnet", "b.carnet");
    for row in &rows[..21] {
        terminal.done(&["delete", "b.carnet", row]);
    }
    let before = terminal.done(&["digest", "a.carnet"]);
    fs::create_dir(terminal.path("clé")).unwrap();
    terminal.done(&["exchange", "b.carnet", "clé"]);
    for (line, from) in [
        (["merge", "a.carnet", "b.carnet"], "« b.carnet »"),
        (["exchange", "a.carnet", "clé"], "« clé »"),
    ] {
        let refused = terminal.refused(&line);
        for said in [
            "21",
            "accord",
            from,
            "--accept-deletions",
            "--decline-deletions",
        ] {
            assert!(refused.contains(said), "{refused}");
        }
        let foreseen = |options: &[&str]| {
            let line = [&line[..], &["--dry-run", "--json"], options].concat();
            terminal.json(&line)["deleted"].clone()
        };
        assert_eq!(foreseen(&[]), 21);
        assert_eq!(foreseen(&["--accept-deletions"]), 21);
        assert_eq!(foreseen(&["--decline-deletions"]), 0);
    }
    assert_eq!(terminal.done(&["digest", "a.carnet"]), before);
    copy(&terminal, "a.carnet", "c.carnet");
    let declined = terminal.json(&[
        "merge",
        "c.carnet",
        "b.carnet",
        "--decline-deletions",
        "--json",
    ]);
    assert_eq!(declined["deleted"], 0);
    assert_eq!(
        terminal
            .done(&["list", "c.carnet", "organisation"])
            .lines()
            .count(),
        25
    );
    let merged = terminal.json(&[
        "merge",
        "a.carnet",
        "b.carnet",
        "--accept-deletions",
        "--json",
    ]);
    assert_eq!(merged["deleted"], 21);
}

#[test]
fn a_person_erased_on_one_copy_is_erased_on_the_other_and_an_old_copy_brings_nothing_back() {
    let terminal = Terminal::new();
    terminal.done(&["new", "a.carnet", "--no-passphrase"]);
    let person = terminal.done(&[
        "set",
        "a.carnet",
        "person",
        "last_name=Béal",
        "first_name=Léa",
    ]);
    copy(&terminal, "a.carnet", "b.carnet");
    copy(&terminal, "a.carnet", "old.carnet");
    terminal.done(&["set", "old.carnet", &person, "first_name=Léa-Marie"]);
    terminal.done(&["erase", "a.carnet", &person]);
    terminal.done(&["merge", "b.carnet", "a.carnet"]);
    for file in ["a.carnet", "b.carnet"] {
        terminal.done(&["merge", file, "old.carnet"]);
        let log = terminal.done(&["log", file, "--json"]);
        assert!(!log.contains("Béal") && !log.contains("Léa"), "{file}");
        terminal.done(&["check", file]);
    }
    assert_eq!(
        terminal.done(&["digest", "a.carnet"]),
        terminal.done(&["digest", "b.carnet"])
    );
}

/// With JSON codes and ids, without it words: titles, labels, levels, days.
#[test]
fn what_conflicts_and_records_say_to_people_is_in_words() {
    let (terminal, parc) = two();
    let other = organisation(&terminal, "a.carnet", "Pays");
    copy(&terminal, "a.carnet", "b.carnet");
    let kept = terminal.done(&["set", "a.carnet", "tag", "label_fr=laine"]);
    terminal.done(&["merge", "b.carnet", "a.carnet"]);
    let third = organisation(&terminal, "a.carnet", "Tiers");
    terminal.done(&["merge", "b.carnet", "a.carnet"]);
    let into = |record: &str| format!("merged_into={record}");
    terminal.done(&["set", "a.carnet", &third, &into(&parc)]);
    terminal.done(&["set", "b.carnet", &third, &into(&other)]);
    terminal.done(&[
        "set",
        "a.carnet",
        &parc,
        "organisation_type=structure",
        "confidentiality=private",
    ]);
    terminal.done(&[
        "set",
        "b.carnet",
        &parc,
        "organisation_type=territory",
        "confidentiality=public",
    ]);
    terminal.done(&["delete", "a.carnet", &kept]);
    terminal.done(&["merge", "a.carnet", "b.carnet"]);
    let said = terminal.done(&["conflicts", "a.carnet"]);
    for words in [
        "Fiche",
        "Parc",
        "Pays",
        "Confidentialité",
        "Privé",
        "Public",
        "Type",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    let codes = [
        "merged_into",
        "confidentiality",
        "private",
        "territory",
        "organisation_type",
    ];
    let bare = |record: &str| record.split_once('/').unwrap().1.to_owned();
    let ids = [&parc, &other, &third].map(|record| bare(record));
    for code in codes.iter().copied().chain(ids.iter().map(String::as_str)) {
        assert!(!said.contains(code), "{code}: {said}");
    }
    let told = terminal
        .json(&["conflicts", "a.carnet", "--json"])
        .to_string();
    assert!(codes.iter().all(|code| told.contains(code)), "{told}");
    let log = terminal.done(&["log", "a.carnet"]);
    assert!(
        !log.contains("merged_into") && !log.contains("organisation_type"),
        "{log}"
    );
    assert!(log.contains("Deux fiches") || log.contains("Parc"), "{log}");
    let project = terminal.done(&[
        "set",
        "a.carnet",
        "project",
        "title=Laine",
        &format!("organisation={other}"),
        "maturity=lead",
        "phase=emergence",
        "status=active",
        "starts_on=2026-10-06",
    ]);
    let shown = terminal.done(&["show", "a.carnet", &project]);
    assert!(
        shown.contains("Pays") && shown.contains("06/10/2026"),
        "{shown}"
    );
    for code in [bare(&other).as_str(), ": lead", ": emergence", ": active"] {
        assert!(!shown.contains(code), "{code}: {shown}");
    }
}
