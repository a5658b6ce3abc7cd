//! The rows of architecture.md §8 that `main.rs` does not hold: options, shapes, words for people, and usage.

use std::fs;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use crate::{PASSPHRASE, Terminal, first, one_line, organisation, program, text_of};

fn open_to_all() -> Terminal {
    let terminal = Terminal::new();
    terminal.done(&["new", "a.carnet", "--no-passphrase"]);
    terminal
}

/// Runs the program with nothing but these variables, and nobody at the keyboard.
fn bare(terminal: &Terminal, variables: &[(&str, &str)], line: &[&str]) -> Output {
    Command::new(program())
        .args(line)
        .current_dir(terminal.folder.path())
        .env_clear()
        .env("HOME", terminal.folder.path())
        .envs(variables.iter().copied())
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

fn lines(text: &str) -> Vec<Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn keys(value: &Value) -> Vec<&str> {
    let mut keys: Vec<&str> = value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    keys.sort_unstable();
    keys
}

#[test]
fn the_passphrase_comes_from_its_file_before_the_environment() {
    let terminal = Terminal::new();
    fs::write(terminal.path("phrase"), format!("{PASSPHRASE}\r\n")).unwrap();
    let given = ["--passphrase-file", "phrase"];
    let wrong = [("CARNET_PASSPHRASE", "une autre"), ("LANG", "fr_FR.UTF-8")];
    let made = bare(
        &terminal,
        &wrong,
        &[&given[..], &["new", "a.carnet"]].concat(),
    );
    assert!(made.status.success(), "{made:?}");
    let read = bare(
        &terminal,
        &wrong,
        &[&["digest", "a.carnet"][..], &given].concat(),
    );
    assert!(read.status.success(), "{read:?}");
    assert_eq!(terminal.done(&["digest", "a.carnet"]).len(), 64);
    let refused = one_line(&bare(&terminal, &wrong, &["digest", "a.carnet"]));
    assert!(refused.contains("pas la bonne phrase"), "{refused}");
    let absent = one_line(&bare(
        &terminal,
        &wrong,
        &["digest", "a.carnet", "--passphrase-file", "none"],
    ));
    assert!(absent.contains("plus à cet endroit"), "{absent}");
}

#[test]
fn the_log_names_who_writes_from_the_line_else_from_the_session() {
    let terminal = open_to_all();
    let session = [
        ("USER", "grace"),
        ("HOSTNAME", "poste"),
        ("LANG", "fr_FR.UTF-8"),
    ];
    let tag = ["set", "a.carnet", "tag", "label_fr=laine"];
    assert!(bare(&terminal, &session, &tag).status.success());
    let named = [
        "--author",
        "Ada",
        "--device",
        "Portable",
        "set",
        "a.carnet",
        "tag",
        "label_fr=bois",
    ];
    assert!(bare(&terminal, &session, &named).status.success());
    let history = terminal.json(&["history", "a.carnet", "--json"]);
    let authors: Vec<_> = history
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["author"])
        .collect();
    assert_eq!(authors[..2], [&Value::from("Ada"), &Value::from("grace")]);
}

#[test]
fn words_for_people_are_in_the_language_of_the_session() {
    let terminal = Terminal::new();
    for (locale, expected) in [
        ("fr_FR.UTF-8", "plus à cet endroit"),
        ("en_GB.UTF-8", "no longer"),
    ] {
        let said = one_line(&bare(
            &terminal,
            &[("LANG", locale)],
            &["digest", "absent.carnet"],
        ));
        assert!(said.contains(expected), "{locale}: {said}");
    }
}

#[test]
fn a_mapping_says_where_columns_go_and_the_report_has_the_promised_shape() {
    let terminal = open_to_all();
    fs::write(
        terminal.path("list.csv"),
        "Intitulé;Où\nParc des Hautes-Chaumes;FR\nScierie;Atlantide\n",
    )
    .unwrap();
    fs::write(
        terminal.path("map.toml"),
        "entity = \"organisation\"\nkey = [\"name\"]\n\n[columns]\n\"Intitulé\" = \"name\"\n\"Où\" = \"country\"\n\n\
         [defaults]\norganisation_type = \"group\"\n",
    )
    .unwrap();
    let import = [
        "import",
        "a.carnet",
        "organisation",
        "list.csv",
        "--mapping",
        "map.toml",
    ];
    let before = terminal.done(&["digest", "a.carnet"]);
    let tried = terminal.json(&[&import[..], &["--dry-run", "--json"]].concat());
    assert_eq!(terminal.done(&["digest", "a.carnet"]), before);
    let done = terminal.json(&[&import[..], &["--json"]].concat());
    assert_eq!(done, tried);
    assert_eq!(keys(&done), ["created", "refused", "unchanged", "updated"]);
    assert_eq!(done["created"], 1);
    let refused = done["refused"].as_array().unwrap();
    assert_eq!(keys(&refused[0]), ["column", "line", "reason"]);
    assert_eq!(refused[0]["line"], 3);
    assert_eq!(refused[0]["column"], "Où");
    let again = terminal.done(&import);
    let said: Vec<&str> = again.lines().collect();
    assert_eq!(
        said[0],
        "0 créées, 0 mises à jour, 1 inchangées, 1 écartées"
    );
    assert!(said[1].starts_with("ligne 3, Où"), "{again}");
}

#[test]
fn a_list_holds_every_condition_and_stops_at_its_limit() {
    let terminal = Terminal::new();
    terminal.done(&["new", "a.carnet", "--demo", "--no-passphrase"]);
    let list = |options: &[&str]| {
        let line = [&["list", "a.carnet", "project", "--json"][..], options].concat();
        lines(&terminal.done(&line))
    };
    let leads = list(&["--where", "maturity=lead"]);
    let active = list(&["--where", "maturity=lead", "--where", "status=active"]);
    assert!(!active.is_empty() && active.len() <= leads.len());
    for record in &active {
        assert_eq!(keys(record), ["entity", "fields", "id"]);
        let fields = &record["fields"];
        assert_eq!(
            (&fields["maturity"], &fields["status"]),
            (&"lead".into(), &"active".into())
        );
        let organisation = fields["organisation"].as_str().unwrap();
        assert!(organisation.starts_with("organisation/"), "{organisation}");
        let is_empty =
            |value: &Value| value.is_null() || value == "" || value == &Value::Array(Vec::new());
        assert!(
            !fields.as_object().unwrap().values().any(is_empty),
            "{fields}"
        );
    }
    assert_eq!(list(&["--limit", "2"]).len(), 2);
    assert_eq!(list(&["--limit", "0"]).len(), 0);
}

#[test]
fn a_search_has_the_promised_shape_and_stops_at_its_limit() {
    let terminal = Terminal::new();
    terminal.done(&["new", "a.carnet", "--demo", "--no-passphrase"]);
    let found = terminal.json(&["search", "a.carnet", "laine", "--json", "--limit", "1"]);
    let found = found.as_array().unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(keys(&found[0]), ["entity", "excerpt", "id", "title"]);
    assert_eq!(
        terminal.json(&["search", "a.carnet", "zzzzzz", "--json"]),
        Value::Array(Vec::new())
    );
}

#[test]
fn a_record_is_created_and_edited_in_one_commit_each_with_its_levels() {
    let terminal = open_to_all();
    let before = lines(&terminal.done(&["log", "a.carnet", "--json"]));
    let record = organisation(&terminal, "Parc");
    terminal.done(&[
        "set",
        "a.carnet",
        &record,
        "name=Parc naturel",
        "website=https://exemple.fr",
        "field_levels.website=public",
        "confidentiality=network",
    ]);
    let commits = |log: &[Value]| log.iter().filter(|line| line["type"] == "commit").count();
    let after = lines(&terminal.done(&["log", "a.carnet", "--json"]));
    assert_eq!(commits(&after), commits(&before) + 2);
    let fields = terminal.json(&["show", "a.carnet", &record, "--json"])["fields"].clone();
    assert_eq!(fields["confidentiality"], "network");
    assert_eq!(fields["field_levels"]["website"], "public");
    terminal.done(&["set", "a.carnet", &record, "website="]);
    let fields = terminal.json(&["show", "a.carnet", &record, "--json"])["fields"].clone();
    assert!(fields.get("website").is_none(), "{fields}");
}

#[test]
fn a_dump_gives_the_content_in_one_order_whatever_the_way_there() {
    let terminal = Terminal::new();
    terminal.done(&["new", "a.carnet", "--demo", "--no-passphrase"]);
    let dump = lines(&terminal.done(&["dump", "a.carnet", "--json"]));
    let places: Vec<(String, String)> = dump
        .iter()
        .map(|one| {
            (
                one["entity"].as_str().unwrap().to_owned(),
                one["id"].as_str().unwrap().to_owned(),
            )
        })
        .collect();
    assert!(places.is_sorted(), "by entity, then by id");
    let stats = terminal.json(&["stats", "a.carnet", "--json"]);
    let counted: i64 = stats["records"]
        .as_object()
        .unwrap()
        .values()
        .map(|n| n.as_i64().unwrap())
        .sum();
    assert_eq!(counted, i64::try_from(dump.len()).unwrap());
    assert_eq!(stats["devices"], 1);
    assert!(stats["commits"].as_i64().unwrap() >= 1);
}

#[test]
fn check_counts_what_it_proved() {
    let terminal = open_to_all();
    let report = terminal.json(&["check", "a.carnet", "--json"]);
    assert_eq!(keys(&report), ["commits", "damages", "records"]);
    assert_eq!(report["damages"], Value::Array(Vec::new()));
}

#[test]
fn a_new_passphrase_comes_from_its_file() {
    let terminal = Terminal::new();
    terminal.done(&["new", "a.carnet"]);
    fs::write(terminal.path("new"), "troisième phrase\n").unwrap();
    terminal.done(&["rekey", "a.carnet", "--new-passphrase-file", "new"]);
    let opened = terminal.run_with("troisième phrase", &["check", "a.carnet"]);
    assert!(opened.status.success(), "{opened:?}");
    let empty = terminal.path("empty");
    fs::write(empty, "\n").unwrap();
    let line = ["rekey", "a.carnet", "--new-passphrase-file", "empty"];
    let said = one_line(&terminal.run_with("troisième phrase", &line));
    assert!(said.contains("Aucune nouvelle phrase"), "{said}");
    let opened = terminal.run_with("troisième phrase", &["check", "a.carnet"]);
    assert!(opened.status.success(), "the old one stays");
}

#[test]
fn the_documents_say_for_whom_about_what_and_in_which_formats() {
    let terminal = Terminal::new();
    let known = lines(&terminal.done(&["documents", "--json"]));
    for document in &known {
        assert_eq!(
            keys(document),
            ["audiences", "document", "formats", "of", "title"]
        );
        for list in ["audiences", "formats", "of"] {
            assert!(!document[list].as_array().unwrap().is_empty(), "{document}");
        }
    }
    let said = terminal.done(&["documents"]);
    assert_eq!(said.lines().count(), known.len());
    assert!(said.contains("Fiche de préparation"), "{said}");
}

#[test]
fn a_synthesis_tells_the_days_between_from_and_to_and_no_other() {
    let terminal = Terminal::new();
    terminal.done(&["new", "a.carnet", "--no-passphrase"]);
    let owner = organisation(&terminal, "Parc");
    let of_owner = format!("organisation={owner}");
    let project = terminal.done(&[
        "set",
        "a.carnet",
        "project",
        "title=Laine",
        &of_owner,
        "maturity=project",
        "phase=emergence",
        "status=active",
    ]);
    let of_project = format!("project={project}");
    for (day, what) in [
        ("31/08/2026", "Avant"),
        ("01/09/2026", "Premier"),
        ("30/09/2026", "Dernier"),
        ("01/10/2026", "Ensuite"),
    ] {
        let on = format!("noticed_on={day}");
        let said = format!("description={what} changement");
        terminal.done(&["set", "a.carnet", "project_change", &on, &said, &of_project]);
    }
    let export = |period: &[&str]| {
        let line = [
            "export",
            "a.carnet",
            "summary_sheet",
            "--of",
            &project,
            "--audience",
            "self",
            "--format",
            "pdf",
            "--out",
            "s.pdf",
        ];
        terminal.done(&[&line[..], period].concat());
        let text = text_of(&terminal.path("s.pdf"));
        ["Avant", "Premier", "Dernier", "Ensuite"]
            .map(|word| text.contains(&format!("{word} changement")))
    };
    assert_eq!(export(&[]), [true, true, true, true]);
    assert_eq!(export(&["--from", "2026-09-01"]), [false, true, true, true]);
    assert_eq!(export(&["--to", "30/09/2026"]), [true, true, true, false]);
    assert_eq!(
        export(&["--from", "01/09/2026", "--to", "2026-09-30"]),
        [false, true, true, false]
    );
}

#[test]
fn an_export_that_cannot_be_made_says_why_and_writes_no_file() {
    let terminal = Terminal::new();
    terminal.done(&["new", "a.carnet", "--demo", "--no-passphrase"]);
    let session = first(&terminal, "session", "status=planned");
    let project = first(&terminal, "project", "maturity=project");
    let cases: [(&[&str], &str); 5] = [
        (&["prep_sheet"], "--of"),
        (&["prep_sheet", "--of", &project], "autre sorte de fiche"),
        (&["prep_sheet", "--of", &session, "--format", "odt"], "odt"),
        (
            &[
                "prep_sheet",
                "--of",
                &session,
                "--audience",
                "tout le monde",
            ],
            "destinataire",
        ),
        (&["prep_sheet", "--of", "session/none"], "n’existe"),
    ];
    for (options, expected) in cases {
        let line = [&["export", "a.carnet", "--out", "x.pdf"][..], options].concat();
        let said = terminal.refused(&line);
        assert!(said.contains(expected), "{options:?}: {said}");
        assert!(!terminal.path("x.pdf").exists(), "{options:?}");
    }
    let elsewhere = [
        "export",
        "a.carnet",
        "prep_sheet",
        "--of",
        &session,
        "--out",
        "none/x.pdf",
    ];
    assert!(terminal.refused(&elsewhere).contains("endroit"));
}

#[test]
fn what_is_printed_for_people_has_a_line_a_record_and_no_code_of_ours() {
    let terminal = Terminal::new();
    terminal.done(&["new", "a.carnet", "--demo", "--no-passphrase"]);
    let project = first(&terminal, "project", "maturity=project");
    let commands: [&[&str]; 8] = [
        &["list", "a.carnet", "project"],
        &["show", "a.carnet", &project],
        &["search", "a.carnet", "laine"],
        &["history", "a.carnet", &project],
        &["log", "a.carnet"],
        &["dump", "a.carnet"],
        &["stats", "a.carnet"],
        &["check", "a.carnet"],
    ];
    for line in commands {
        let said = terminal.done(line);
        assert!(!said.is_empty(), "{line:?}");
        let has_hole =
            said.contains("error.") || said.contains("entities.") || said.contains("{count}");
        assert!(!has_hole, "{line:?}: {said}");
    }
    let shown = terminal.done(&["show", "a.carnet", &project]);
    assert!(shown.contains("Maturité"), "{shown}");
}

#[test]
fn every_command_that_speaks_json_tells_its_refusal_in_json() {
    let terminal = open_to_all();
    let absent = "organisation/00000000-0000-7000-8000-000000000000";
    let cases: [(&[&str], &str); 10] = [
        (&["list", "a.carnet", "projet"], "unknown_entity"),
        (
            &["list", "a.carnet", "project", "--where", "titre=x"],
            "unknown_field",
        ),
        (&["show", "a.carnet", absent], "not_found"),
        (&["search", "absent.carnet", "x"], "io"),
        (&["history", "a.carnet", absent], "not_found"),
        (&["log", "absent.carnet"], "io"),
        (&["dump", "absent.carnet"], "io"),
        (&["check", "absent.carnet"], "io"),
        (&["stats", "absent.carnet"], "io"),
        (&["import", "a.carnet", "organisation", "absent.csv"], "io"),
    ];
    for (line, code) in cases {
        let said = terminal.refused(&[line, &["--json"]].concat());
        let error: Value = serde_json::from_str(&said).unwrap();
        assert_eq!(error["error"], code, "{line:?}");
        let message = error["message"].as_str().unwrap();
        assert!(message.ends_with(['.', '?']), "{line:?}: {message}");
    }
}

#[test]
fn wrong_usage_exits_with_two_and_help_with_zero() {
    let terminal = open_to_all();
    let wrong: [&[&str]; 12] = [
        &["set", "a.carnet", "tag", "laine"],
        &["list", "a.carnet", "tag", "--where", "laine"],
        &[
            "merge",
            "a.carnet",
            "b.carnet",
            "--accept-deletions",
            "--decline-deletions",
        ],
        &[],
        &["nonsense"],
        &["new"],
        &["list", "a.carnet"],
        &["list", "a.carnet", "project", "--limit", "many"],
        &["set", "a.carnet", "tag"],
        &["show", "a.carnet", "tag/x", "--unknown"],
        &["export", "a.carnet", "prep_sheet"],
        &["search", "a.carnet"],
    ];
    for line in wrong {
        let output = terminal.run(line);
        assert_eq!(output.status.code(), Some(2), "{line:?}");
        assert!(
            output.stdout.is_empty() && !output.stderr.is_empty(),
            "{line:?}"
        );
    }
    for line in [&["--help"][..], &["list", "--help"], &["--version"]] {
        let output = terminal.run(line);
        assert_eq!(output.status.code(), Some(0), "{line:?}");
        assert!(!output.stdout.is_empty(), "{line:?}");
    }
    let said = terminal.run(&["set", "a.carnet", "tag", "laine"]).stderr;
    let said = String::from_utf8(said).unwrap();
    assert!(said.contains("CHAMP=VALEUR"), "{said}");
}

#[test]
fn usage_and_help_are_in_the_language_of_the_session() {
    let terminal = open_to_all();
    let english = [
        "Usage:",
        "Options:",
        "Print",
        "a value is required",
        "unexpected",
        "error: the",
    ];
    let cases: [(&[&str], &str); 8] = [
        (&["--help"], "Commandes :"),
        (&["list", "--help"], "Liste les fiches d’une sorte."),
        (&["help", "list"], "Une condition ; toutes doivent tenir."),
        (&[], "Usage : carnet-cli"),
        (
            &["lst"],
            "« lst » n’est pas une commande. Vouliez-vous dire : list ?",
        ),
        (&["list", "a.carnet"], "Il manque : <SORTE>."),
        (
            &["list", "a.carnet", "tag", "--limit"],
            "Il manque une valeur à « --limit <NOMBRE> ».",
        ),
        (
            &["list", "a.carnet", "tag", "--limit", "x"],
            "« x » ne convient pas à « --limit <NOMBRE> ».",
        ),
    ];
    for (line, expected) in cases {
        let output = terminal.run(line);
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8(said)
            .unwrap()
            .replace(['\u{a0}', '\u{202f}'], " ");
        assert!(said.contains(expected), "{line:?}: {said}");
        for word in english {
            assert!(!said.contains(word), "{line:?}, {word}: {said}");
        }
    }
    let locale = [("LANG", "en_GB.UTF-8")];
    let told = bare(&terminal, &locale, &["list", "a.carnet"]);
    let told = String::from_utf8(told.stderr).unwrap();
    assert!(
        told.contains("Missing: <ENTITY>.") && told.contains("Usage: carnet-cli list"),
        "{told}"
    );
}

#[test]
fn a_new_carnet_without_a_phrase_says_what_it_wants() {
    let terminal = Terminal::new();
    fs::write(terminal.path("empty"), "\n").unwrap();
    let line = ["new", "a.carnet", "--passphrase-file", "empty"];
    // Nobody is at the keyboard: the session has no terminal of its own.
    let mut alone = Command::new("setsid");
    alone.arg("--wait").arg(program()).args(line);
    alone.current_dir(terminal.folder.path()).env_clear();
    let output = alone
        .env("HOME", terminal.folder.path())
        .stdin(Stdio::null())
        .output();
    let said = one_line(&output.unwrap());
    assert!(said.contains("--no-passphrase"), "{said}");
    assert!(!terminal.path("a.carnet").exists());
}
