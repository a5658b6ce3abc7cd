//! The command line as a script meets it: each row of the table of architecture.md §8 that exists.

mod bad_input;
mod contract;
mod import;

use std::path::Path;
use std::process::Command;

use carnet_tests::{PASSPHRASE, Terminal, one_line, program};
use serde_json::Value;

fn organisation(terminal: &Terminal, name: &str) -> String {
    let named = format!("name={name}");
    terminal.done(&[
        "set",
        "a.carnet",
        "organisation",
        &named,
        "organisation_type=group",
        "country=FR",
    ])
}

#[test]
fn a_carnet_is_made_protected_and_opens_with_its_passphrase_only() {
    let terminal = Terminal::new();
    terminal.done(&["new", "a.carnet"]);
    assert!(
        terminal
            .done(&["check", "a.carnet"])
            .starts_with("Carnet entier")
    );
    let refused = one_line(&terminal.run_with("autre", &["digest", "a.carnet"]));
    assert_eq!(refused, "error: Ce n’est pas la bonne phrase.");
    assert!(terminal.refused(&["new", "a.carnet"]).contains("déjà"));
}

#[test]
fn the_demonstration_is_a_whole_portfolio() {
    let terminal = Terminal::new();
    terminal.done(&["new", "a.carnet", "--demo", "--no-passphrase"]);
    let stats = terminal.json(&["stats", "a.carnet", "--json"]);
    assert!(
        stats["records"]["session"].as_i64().unwrap() >= 60,
        "{stats}"
    );
    assert!(
        stats["records"]["project"].as_i64().unwrap() >= 10,
        "{stats}"
    );
    terminal.done(&["check", "a.carnet"]);
}

#[test]
fn what_is_set_is_listed_shown_found_and_dumped_in_the_promised_shapes() {
    let terminal = Terminal::new();
    terminal.done(&["new", "a.carnet"]);
    let owner = organisation(&terminal, "Parc des Hautes-Chaumes");
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
        "starts_on=06/10/2026",
    ]);
    let shown = terminal.json(&["show", "a.carnet", &project, "--json"]);
    assert_eq!(shown["entity"], "project");
    assert_eq!(shown["fields"]["organisation"], owner.as_str());
    assert_eq!(shown["fields"]["starts_on"], "2026-10-06");
    assert!(shown["fields"].get("objectives").is_none());
    let listed = terminal.done(&[
        "list", "a.carnet", "project", "--where", &of_owner, "--json",
    ]);
    assert_eq!(serde_json::from_str::<Value>(&listed).unwrap(), shown);
    let found = terminal.json(&["search", "a.carnet", "laime", "--json"]);
    let id = project.split('/').nth(1).unwrap();
    assert_eq!(found[0]["id"], id);
    assert!(found[0]["excerpt"].is_string());
    let bare = terminal.json(&["show", "a.carnet", id, "--json"]);
    assert_eq!(bare, shown);
    let dump = terminal.done(&["dump", "a.carnet", "--json"]);
    assert!(
        dump.lines()
            .any(|line| serde_json::from_str::<Value>(line).unwrap() == shown)
    );
}

#[test]
fn a_deleted_record_leaves_the_list_and_comes_back() {
    let terminal = Terminal::new();
    terminal.done(&["new", "a.carnet"]);
    let record = organisation(&terminal, "Parc");
    terminal.done(&["delete", "a.carnet", &record]);
    assert_eq!(
        terminal.done(&["list", "a.carnet", "organisation", "--json"]),
        ""
    );
    terminal.done(&["restore", "a.carnet", &record]);
    assert_eq!(
        terminal
            .done(&["list", "a.carnet", "organisation", "--json"])
            .lines()
            .count(),
        1
    );
}

#[test]
fn undoing_without_a_name_undoes_what_was_done_here_and_nothing_of_anybody_else() {
    let terminal = Terminal::new();
    terminal.done(&["new", "a.carnet"]);
    let record = organisation(&terminal, "Avant");
    std::fs::copy(terminal.path("a.carnet"), terminal.path("b.carnet")).unwrap();
    terminal.done(&["set", "a.carnet", &record, "name=Après"]);
    terminal.done(&["set", "b.carnet", "tag", "label_fr=Bois"]);
    terminal.done(&["merge", "a.carnet", "b.carnet"]);
    let name = || {
        let shown = terminal.json(&["show", "a.carnet", &record, "--json"]);
        shown["fields"]["name"].as_str().unwrap().to_owned()
    };
    terminal.done(&["undo", "a.carnet"]);
    assert_eq!(name(), "Avant");
    let tags = terminal.done(&["list", "a.carnet", "tag", "--json"]);
    assert_eq!(tags.lines().count(), 1, "what was written elsewhere stands");
    // In a copy, nothing was written here yet.
    std::fs::copy(terminal.path("a.carnet"), terminal.path("c.carnet")).unwrap();
    let digest = terminal.done(&["digest", "c.carnet"]);
    terminal.refused(&["undo", "c.carnet"]);
    assert_eq!(terminal.done(&["digest", "c.carnet"]), digest);
}

#[test]
fn undoing_without_a_name_is_of_the_last_entry_alone_and_names_it_where_it_cannot() {
    let terminal = Terminal::new();
    terminal.done(&["new", "a.carnet"]);
    let record = organisation(&terminal, "Avant");
    std::fs::copy(terminal.path("a.carnet"), terminal.path("b.carnet")).unwrap();
    terminal.done(&["set", "a.carnet", &record, "acronym=LÀ"]);
    terminal.done(&["set", "a.carnet", &record, "name=Ici"]);
    let last = terminal.json(&["history", "a.carnet", &record, "--json"])[0].clone();
    let last = format!("{}:{}", last["device"].as_str().unwrap(), last["seq"]);
    terminal.done(&["merge", "b.carnet", "a.carnet"]);
    terminal.done(&["set", "b.carnet", &record, "name=Pour finir"]);
    terminal.done(&["merge", "a.carnet", "b.carnet"]);
    // Somebody else wrote over it since: nothing is left of it, and what was before it stays.
    let digest = terminal.done(&["digest", "a.carnet"]);
    let said = terminal.run(&["undo", "a.carnet"]);
    assert_eq!(
        (said.status.code(), said.stdout.is_empty()),
        (Some(0), true)
    );
    assert!(String::from_utf8_lossy(&said.stderr).contains(&last));
    assert_eq!(terminal.done(&["digest", "a.carnet"]), digest);
    // What is refused is named, so that another one can be.
    let other = organisation(&terminal, "Autre");
    let (kept, other) = if record < other {
        (record, other)
    } else {
        (other, record)
    };
    terminal.done(&["set", "a.carnet", &other, "seeks=mot"]);
    terminal.done(&["set", "a.carnet", &other, "seeks="]);
    let cleared = terminal.json(&["history", "a.carnet", &other, "--json"])[0].clone();
    let cleared = format!("{}:{}", cleared["device"].as_str().unwrap(), cleared["seq"]);
    std::fs::copy(terminal.path("a.carnet"), terminal.path("c.carnet")).unwrap();
    terminal.done(&["set", "c.carnet", &other, &format!("merged_into={kept}")]);
    terminal.done(&["merge", "a.carnet", "c.carnet"]);
    let digest = terminal.done(&["digest", "a.carnet"]);
    let said = terminal.refused(&["undo", "a.carnet"]);
    assert!(said.contains(&cleared), "{said}");
    assert_eq!(terminal.done(&["digest", "a.carnet"]), digest);
}

#[test]
fn an_edit_is_undone_and_the_history_tells_it() {
    let terminal = Terminal::new();
    terminal.done(&["new", "a.carnet"]);
    let record = organisation(&terminal, "Avant");
    terminal.done(&["set", "a.carnet", &record, "name=Après"]);
    terminal.done(&["undo", "a.carnet"]);
    assert_eq!(
        terminal.json(&["show", "a.carnet", &record, "--json"])["fields"]["name"],
        "Avant"
    );
    let history = terminal.json(&["history", "a.carnet", &record, "--json"]);
    assert_eq!(history.as_array().unwrap().len(), 3);
    assert_eq!(history[1]["changes"][0]["before"], "Avant");
    assert_eq!(history[1]["changes"][0]["after"], "Après");
    assert_eq!(history[1]["author"], "Ada");
    let commit = format!(
        "{}:{}",
        history[0]["device"].as_str().unwrap(),
        history[0]["seq"]
    );
    terminal.done(&["undo", "a.carnet", &commit]);
    assert_eq!(
        terminal.json(&["show", "a.carnet", &record, "--json"])["fields"]["name"],
        "Après"
    );
}

#[test]
fn the_log_gives_every_commit_then_every_change() {
    let terminal = Terminal::new();
    terminal.done(&["new", "a.carnet"]);
    organisation(&terminal, "Parc");
    let log = terminal.done(&["log", "a.carnet", "--json"]);
    let lines: Vec<Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let kinds: Vec<&str> = lines
        .iter()
        .map(|line| line["type"].as_str().unwrap())
        .collect();
    let first_change = kinds.iter().position(|kind| *kind == "change").unwrap();
    assert!(kinds[first_change..].iter().all(|kind| *kind == "change"));
    let device = lines[0]["device"].as_str().unwrap();
    assert_eq!(device.len(), 32);
    assert_eq!(lines[1]["seen"][device], 1);
    for key in ["seq", "time", "wall_time", "author", "label", "digest"] {
        assert!(!lines[0][key].is_null(), "{key}");
    }
}

#[test]
fn a_copy_has_the_same_digest_until_it_is_edited() {
    let terminal = Terminal::new();
    terminal.done(&["new", "a.carnet"]);
    organisation(&terminal, "Parc");
    std::fs::copy(terminal.path("a.carnet"), terminal.path("b.carnet")).unwrap();
    let digest = terminal.done(&["digest", "a.carnet"]);
    assert_eq!(terminal.done(&["digest", "b.carnet"]), digest);
    organisation(&terminal, "Autre");
    assert_ne!(terminal.done(&["digest", "a.carnet"]), digest);
}

#[test]
fn a_new_passphrase_takes_the_place_of_the_old_one() {
    let terminal = Terminal::new();
    terminal.done(&["new", "a.carnet"]);
    terminal.done(&["rekey", "a.carnet"]);
    assert!(
        terminal
            .refused(&["digest", "a.carnet"])
            .contains("pas la bonne phrase")
    );
    assert!(
        terminal
            .run_with("une autre phrase", &["check", "a.carnet"])
            .status
            .success()
    );
}

#[test]
fn bad_input_gets_one_sentence_and_changes_nothing() {
    let terminal = Terminal::new();
    terminal.done(&["new", "a.carnet"]);
    let digest = terminal.done(&["digest", "a.carnet"]);
    let cases: [(&[&str], &str); 7] = [
        (&["set", "a.carnet", "projet", "title=x"], "project"),
        (&["set", "a.carnet", "organisation", "nom=x"], "name"),
        (&["set", "a.carnet", "organisation", "name=x"], "nécessaire"),
        (
            &["set", "a.carnet", "task", "due_on=31/09/2026"],
            "30/09/2026",
        ),
        (
            &[
                "show",
                "a.carnet",
                "project/00000000-0000-7000-8000-000000000000",
            ],
            "n’existe",
        ),
        (&["undo", "a.carnet", "nonsense"], "nonsense"),
        (&["digest", "absent.carnet"], "plus à cet endroit"),
    ];
    for (arguments, expected) in cases {
        let said = terminal.refused(arguments);
        assert!(
            said.starts_with("error: ") && said.contains(expected),
            "{arguments:?}: {said}"
        );
    }
    assert_eq!(terminal.done(&["digest", "a.carnet"]), digest);
}

#[test]
fn an_error_is_json_where_json_was_asked() {
    let terminal = Terminal::new();
    terminal.done(&["new", "a.carnet"]);
    let said = terminal.refused(&["list", "a.carnet", "projet", "--json"]);
    let error: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(error["error"], "unknown_entity");
    assert!(error["message"].as_str().unwrap().contains("projet"));
}

#[test]
fn a_line_that_cannot_be_understood_is_wrong_usage() {
    let terminal = Terminal::new();
    assert_eq!(terminal.run(&["frobnicate"]).status.code(), Some(2));
    assert_eq!(terminal.run(&["list"]).status.code(), Some(2));
}

/// The text of a PDF, read by another program than ours.
fn text_of(pdf: &Path) -> String {
    let read = Command::new("pdftotext")
        .arg("-layout")
        .arg(pdf)
        .arg("-")
        .output()
        .unwrap();
    assert!(read.status.success());
    String::from_utf8(read.stdout).unwrap()
}

fn first(terminal: &Terminal, entity: &str, condition: &str) -> String {
    let listed = terminal.done(&[
        "list", "a.carnet", entity, "--where", condition, "--limit", "1",
    ]);
    listed.split('\t').next().unwrap().to_owned()
}

#[test]
fn each_document_comes_out_as_pdf_and_docx_for_its_audience() {
    let terminal = Terminal::new();
    terminal.done(&["new", "a.carnet", "--demo", "--no-passphrase"]);
    let session = first(&terminal, "session", "status=planned");
    let project = first(&terminal, "project", "maturity=project");
    let known = terminal.done(&["documents", "--json"]);
    assert_eq!(known.lines().count(), 3);
    for (document, of, heading) in [
        ("prep_sheet", &session, "Document personnel"),
        ("decisions_record", &session, "Relevé de décisions"),
        ("summary_sheet", &project, "En bref"),
    ] {
        let pdf = format!("{document}.pdf");
        terminal.done(&["export", "a.carnet", document, "--of", of, "--out", &pdf]);
        assert!(
            text_of(&terminal.path(&pdf)).contains(heading),
            "{document}"
        );
        let docx = format!("{document}.docx");
        terminal.done(&[
            "export", "a.carnet", document, "--of", of, "--format", "docx", "--out", &docx,
        ]);
        assert!(
            std::fs::read(terminal.path(&docx))
                .unwrap()
                .starts_with(b"PK")
        );
    }
}

#[test]
fn what_funders_may_not_see_is_not_in_their_pdf() {
    let terminal = Terminal::new();
    terminal.done(&["new", "a.carnet", "--no-passphrase"]);
    let owner = organisation(&terminal, "Parc");
    let of_owner = format!("organisation={owner}");
    let fields = [
        "maturity=project",
        "phase=emergence",
        "status=active",
        "objectives=Trier la laine",
    ];
    let project = terminal.done(
        &[
            &["set", "a.carnet", "project", "title=Laine", &of_owner][..],
            &fields[..],
        ]
        .concat(),
    );
    let of_project = format!("project={project}");
    let change = [
        "set",
        "a.carnet",
        "project_change",
        "noticed_on=06/10/2026",
        "description=Secret du groupe",
    ];
    terminal.done(&[&change[..], &[of_project.as_str()][..]].concat());
    let export = |audience: &str, out: &str| {
        let line = [
            "export",
            "a.carnet",
            "summary_sheet",
            "--of",
            &project,
            "--audience",
            audience,
            "--out",
            out,
        ];
        terminal.done(&line);
        text_of(&terminal.path(out))
    };
    assert!(export("self", "self.pdf").contains("Secret du groupe"));
    let funders = export("funders_hierarchy", "funders.pdf");
    assert!(funders.contains("Trier la laine"), "{funders}");
    assert!(!funders.contains("Secret du groupe"), "{funders}");
}

#[test]
fn a_document_for_somebody_it_is_not_made_for_is_refused() {
    let terminal = Terminal::new();
    terminal.done(&["new", "a.carnet", "--demo", "--no-passphrase"]);
    let session = first(&terminal, "session", "status=planned");
    let export = |document: &str, audience: &str| {
        let line = [
            "export",
            "a.carnet",
            document,
            "--of",
            &session,
            "--audience",
            audience,
            "--out",
            "x.pdf",
        ];
        terminal.refused(&line)
    };
    assert!(export("prep_sheet", "beneficiary").contains("destinataire"));
    assert!(export("nonsense", "self").contains("nonsense"));
    assert!(!terminal.path("x.pdf").exists());
}
