//! What a person can get wrong, one by one: a clear sentence, and the carnet as it was to the byte.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::Command;

use rusqlite::Connection;
use serde_json::Value;

use crate::{Terminal, one_line, organisation, program};

/// A protected carnet with a few records.
fn protected() -> Terminal {
    let terminal = Terminal::new();
    terminal.done(&["new", "a.carnet"]);
    organisation(&terminal, "Parc des Hautes-Chaumes");
    terminal
}

/// A carnet that anything can open, to be altered as another program would.
fn open_to_all() -> Terminal {
    let terminal = Terminal::new();
    terminal.done(&["new", "a.carnet", "--no-passphrase"]);
    organisation(&terminal, "Parc des Hautes-Chaumes");
    terminal
}

/// Runs lines that are refused, each with a sentence that says what is expected, and proves that no byte changed.
fn nothing_changes(terminal: &Terminal, cases: &[(&[&str], &str)]) {
    let before = fs::read(terminal.path("a.carnet")).unwrap();
    for (line, expected) in cases {
        let said = terminal.refused(line);
        let is_sentence = said.starts_with("error: ") && said.ends_with(['.', '?', '\u{a0}']);
        assert!(is_sentence && said.contains(expected), "{line:?}: {said}");
        assert!(!said.contains(['{', '}']), "{line:?}: {said}");
        let after = fs::read(terminal.path("a.carnet")).unwrap();
        assert!(after == before, "{line:?} wrote in the carnet");
    }
}

/// Writes a list beside the carnet.
fn list(terminal: &Terminal, name: &str, content: impl AsRef<[u8]>) {
    fs::write(terminal.path(name), content).unwrap();
}

const IMPORT: [&str; 4] = ["import", "a.carnet", "organisation", "list.csv"];

#[test]
fn a_wrong_passphrase_opens_nothing() {
    let terminal = protected();
    let before = fs::read(terminal.path("a.carnet")).unwrap();
    for line in [
        &["list", "a.carnet", "organisation"][..],
        &["set", "a.carnet", "tag", "label_fr=laine"],
        &["rekey", "a.carnet"],
    ] {
        let said = one_line(&terminal.run_with("velo brume tilleul horloge", line));
        assert_eq!(said, "error: Ce n’est pas la bonne phrase.", "{line:?}");
    }
    let none = one_line(&terminal.run_with("", &["digest", "a.carnet"]));
    assert!(none.contains("protégé"), "{none}");
    assert_eq!(fs::read(terminal.path("a.carnet")).unwrap(), before);
}

#[test]
fn a_file_that_is_no_carnet_stays_as_it_is() {
    let terminal = Terminal::new();
    let other_database = terminal.path("other.db");
    Connection::open(&other_database)
        .unwrap()
        .execute_batch("CREATE TABLE t (x)")
        .unwrap();
    let files: [(&str, Vec<u8>); 4] = [
        ("a.carnet", b"des notes".to_vec()),
        ("empty.carnet", Vec::new()),
        (
            "list.carnet",
            [b"PK\x03\x04".as_slice(), &[0; 9000]].concat(),
        ),
        ("other.db", fs::read(&other_database).unwrap()),
    ];
    for (name, content) in files {
        fs::write(terminal.path(name), &content).unwrap();
        let said = terminal.refused(&["check", name]);
        assert!(said.contains("n’est pas un carnet"), "{name}: {said}");
        assert_eq!(fs::read(terminal.path(name)).unwrap(), content, "{name}");
    }
}

/// Nobody writes in a pipe, a device never ends, a folder is no file: said at once, and nothing waits.
#[test]
fn what_is_no_file_is_refused_by_name_wherever_a_file_is_read() {
    let terminal = open_to_all();
    let made = Command::new("mkfifo").arg(terminal.path("tube")).status();
    assert!(made.unwrap().success());
    let _listening = UnixListener::bind(terminal.path("prise")).unwrap();
    fs::create_dir(terminal.path("dossier")).unwrap();
    symlink(terminal.path("tube"), terminal.path("lien")).unwrap();
    fs::write(
        terminal.path("list.csv"),
        "Nom;Type;Pays\nUn;Structure;FR\n",
    )
    .unwrap();
    let before = fs::read(terminal.path("a.carnet")).unwrap();
    for name in ["tube", "prise", "dossier", "lien", "/dev/zero"] {
        let lines: [&[&str]; 5] = [
            &["digest", name],
            &["merge", "a.carnet", name],
            &["merge", "a.carnet", name, "--dry-run"],
            &["import", "a.carnet", "organisation", name],
            &[&IMPORT[..], &["--mapping", name]].concat(),
        ];
        for line in lines {
            let mut waited = Command::new("timeout");
            waited.arg("20").arg(program()).args(line);
            waited.current_dir(terminal.folder.path()).env_clear();
            let said = one_line(&waited.env("HOME", terminal.folder.path()).output().unwrap());
            assert!(
                said.contains(name) && said.contains("n’est pas un fichier"),
                "{line:?}: {said}"
            );
        }
    }
    assert!(fs::read(terminal.path("a.carnet")).unwrap() == before);
}

#[test]
fn a_newer_carnet_is_read_and_never_written() {
    let terminal = open_to_all();
    let shown = terminal.done(&["list", "a.carnet", "organisation", "--json"]);
    let newer = Connection::open(terminal.path("a.carnet")).unwrap();
    newer
        .execute_batch(
            "CREATE TABLE hope (id TEXT PRIMARY KEY) STRICT; ALTER TABLE organisation ADD COLUMN hope TEXT; \
             PRAGMA user_version = 9999",
        )
        .unwrap();
    drop(newer);
    let again = terminal.done(&["list", "a.carnet", "organisation", "--json"]);
    assert_eq!(again, shown);
    list(&terminal, "list.csv", "Nom;Type;Pays\nUn;Structure;FR\n");
    let reason = "version plus récente du programme : ici, il se lit seulement";
    let id = serde_json::from_str::<Value>(&shown).unwrap()["id"].clone();
    let record = format!("organisation/{}", id.as_str().unwrap());
    nothing_changes(
        &terminal,
        &[
            (&["set", "a.carnet", "tag", "label_fr=laine"], reason),
            (&["set", "a.carnet", &record, "name=x"], reason),
            (&["delete", "a.carnet", &record], reason),
            (&["restore", "a.carnet", &record], reason),
            (&["undo", "a.carnet"], reason),
            (&["rekey", "a.carnet"], reason),
            (&IMPORT, reason),
        ],
    );
    let said = terminal.refused(&["import", "a.carnet", "organisation", "list.csv", "--json"]);
    let error: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(
        (&error["error"], &error["kind"]),
        (&"read_only".into(), &"newer_format".into())
    );
}

#[test]
fn a_newer_carnet_without_what_is_read_is_refused() {
    let terminal = open_to_all();
    let newer = Connection::open(terminal.path("a.carnet")).unwrap();
    newer
        .execute_batch(
            "ALTER TABLE organisation RENAME COLUMN name TO names; PRAGMA user_version = 9999",
        )
        .unwrap();
    drop(newer);
    nothing_changes(
        &terminal,
        &[(
            &["list", "a.carnet", "organisation"],
            "version plus récente",
        )],
    );
}

#[test]
fn a_damaged_carnet_is_told_from_a_wrong_passphrase_and_left_alone() {
    let terminal = protected();
    let whole = fs::read(terminal.path("a.carnet")).unwrap();
    // Cut in the middle of a page, cut between two pages, and one byte of a page in the middle.
    let half = whole.len() / 2;
    let mut flipped = whole.clone();
    flipped[half + 1000] ^= 0x40;
    let cases = [
        ("cut.carnet", whole[..half + 100].to_vec()),
        ("short.carnet", whole[..half / 4096 * 4096].to_vec()),
        ("flipped.carnet", flipped),
    ];
    for (name, content) in cases {
        fs::write(terminal.path(name), &content).unwrap();
        let output = terminal.run(&["check", name]);
        assert_eq!(output.status.code(), Some(1), "{name}");
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(said.lines().count(), 1, "{name}: {said}");
        let is_told = said.contains("incomplet ou abîmé") || said.contains("est abîmé");
        assert!(is_told, "{name}: {said}");
        let set = terminal.refused(&["set", name, "organisation", "name=x", "country=FR"]);
        assert!(set.starts_with("error: "), "{name}: {set}");
        assert_eq!(fs::read(terminal.path(name)).unwrap(), content, "{name}");
    }
}

#[test]
fn check_names_what_another_program_changed() {
    let terminal = open_to_all();
    let other = Connection::open(terminal.path("a.carnet")).unwrap();
    other
        .execute_batch("UPDATE organisation SET name = 'Parc'")
        .unwrap();
    drop(other);
    let before = fs::read(terminal.path("a.carnet")).unwrap();
    let found = terminal.run(&["check", "a.carnet"]);
    assert_eq!(found.status.code(), Some(1));
    let named = String::from_utf8_lossy(&found.stdout);
    assert!(named.contains("Groupes, structures"), "{named}");
    let said = String::from_utf8_lossy(&found.stderr);
    assert!(
        said.starts_with("error: « a.carnet » est abîmé : ce qui se lit dans « "),
        "{said}"
    );
    assert!(
        !said.contains(['{', '[', '"']) && !named.contains('{'),
        "{said} {named}"
    );
    let output = terminal.run(&["check", "a.carnet", "--json"]);
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(told["damages"][0]["kind"], "projection");
    assert_eq!(fs::read(terminal.path("a.carnet")).unwrap(), before);
}

/// Root writes where the mode of a file forbids it: these tests then run as somebody else.
fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().unwrap();
    id.stdout == b"0\n"
}

#[test]
fn a_read_only_file_is_read_and_not_written() {
    let terminal = open_to_all();
    let path = terminal.path("a.carnet");
    let lock = |flag: &str| {
        let done = Command::new("chattr").arg(flag).arg(&path).status();
        done.is_ok_and(|status| status.success())
    };
    let mut permissions = fs::metadata(&path).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&path, permissions).unwrap();
    if is_root() && !lock("+i") {
        return skipped(
            "a read-only file: root writes everywhere, and the file system has no chattr",
        );
    }
    assert!(
        !terminal
            .done(&["list", "a.carnet", "organisation"])
            .is_empty()
    );
    let edit = ["set", "a.carnet", "tag", "label_fr=laine"];
    nothing_changes(&terminal, &[(&edit, "« a.carnet » est en lecture seule")]);
    if is_root() {
        assert!(lock("-i"));
    }
}

/// Says on the terminal itself that a case did not run: a test's own output is hidden when it passes.
fn skipped(case: &str) {
    let _ = writeln!(std::io::stderr(), "NOT RUN on this machine: {case}");
}

/// A file system that holds one megabyte, gone with the test.
struct SmallDisk<'a>(&'a Path);

impl<'a> SmallDisk<'a> {
    fn mount(at: &'a Path) -> Option<Self> {
        fs::create_dir_all(at).unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=3m", "tmpfs"])
            .arg(at)
            .output();
        mounted
            .is_ok_and(|output| output.status.success())
            .then_some(Self(at))
    }
}

impl Drop for SmallDisk<'_> {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.0).status();
    }
}

#[test]
fn a_full_disk_is_told_and_what_was_acknowledged_is_still_there() {
    let terminal = open_to_all();
    let at = terminal.path("disk");
    let Some(disk) = SmallDisk::mount(&at) else {
        return skipped("a full disk: no right to mount one");
    };
    let carnet = disk.0.join("a.carnet");
    fs::copy(terminal.path("a.carnet"), &carnet).unwrap();
    let name = carnet.to_str().unwrap();
    let digest = terminal.done(&["digest", name]);
    let rows: Vec<String> = (0..3000)
        .map(|row| {
            format!("Structure au nom assez long pour remplir le disque, numéro {row};Structure;FR")
        })
        .collect();
    list(
        &terminal,
        "list.csv",
        format!("Nom;Type;Pays\n{}\n", rows.join("\n")),
    );
    let said = terminal.refused(&["import", name, "organisation", "list.csv"]);
    assert!(
        said.contains("disque est plein") && said.contains(name),
        "{said}"
    );
    assert_eq!(terminal.done(&["digest", name]), digest);
    terminal.done(&["check", name]);
}

#[test]
fn a_list_with_unequal_rows_loses_none_in_silence() {
    let terminal = open_to_all();
    list(
        &terminal,
        "list.csv",
        "Nom;Type;Pays\nUn;Structure\nDeux;Structure;FR;en trop\n",
    );
    let digest = terminal.done(&["digest", "a.carnet"]);
    let report = terminal.json(&[&IMPORT[..], &["--json"]].concat());
    assert_eq!(report["created"], 0, "{report}");
    let refused = report["refused"].as_array().unwrap();
    let lines: Vec<_> = refused
        .iter()
        .map(|row| row["line"].as_u64().unwrap())
        .collect();
    assert_eq!(lines, [2, 3]);
    for row in refused {
        let reason = row["reason"].as_str().unwrap();
        assert!(reason.contains('3') && !reason.contains('{'), "{reason}");
    }
    assert_eq!(terminal.done(&["digest", "a.carnet"]), digest);
}

#[test]
fn ten_megabytes_in_one_cell_are_refused_by_line_and_column() {
    let terminal = open_to_all();
    let huge = "x".repeat(10_000_000);
    list(
        &terminal,
        "list.csv",
        format!("Nom;Type;Pays\n{huge};Structure;FR\n"),
    );
    let digest = terminal.done(&["digest", "a.carnet"]);
    let report = terminal.json(&[&IMPORT[..], &["--json"]].concat());
    let refused = &report["refused"][0];
    assert_eq!(
        (&refused["line"], &refused["column"]),
        (&2.into(), &"Nom".into())
    );
    let reason = refused["reason"].as_str().unwrap();
    assert!(
        reason.contains("trop long") && reason.len() < 200,
        "{reason}"
    );
    assert_eq!(terminal.done(&["digest", "a.carnet"]), digest);
    let word = format!("name={}", "x".repeat(100_000));
    let line = [
        "set",
        "a.carnet",
        "organisation",
        &word,
        "organisation_type=group",
        "country=FR",
    ];
    nothing_changes(&terminal, &[(&line, "trop long")]);
}

#[test]
fn an_unknown_name_comes_with_the_names_that_look_like_it() {
    let terminal = open_to_all();
    let record = organisation(&terminal, "Scierie du Haut-Forez");
    let last = record.chars().last().unwrap();
    let mistyped = format!(
        "{}{}",
        &record[..record.len() - 1],
        if last == '0' { '1' } else { '0' }
    );
    let bare = mistyped.split('/').nth(1).unwrap().to_owned();
    nothing_changes(
        &terminal,
        &[
            (
                &["list", "a.carnet", "organization"],
                "Vouliez-vous dire : organisation",
            ),
            (
                &["show", "a.carnet", "organization/x"],
                "Vouliez-vous dire : organisation",
            ),
            (
                &["set", "a.carnet", "organisation", "nmae=x"],
                "Vouliez-vous dire : name",
            ),
            (
                &["list", "a.carnet", "organisation", "--where", "contry=FR"],
                "Vouliez-vous dire : country",
            ),
            (
                &["set", "a.carnet", &record, "organisation_type=grup"],
                "Vouliez-vous dire : group",
            ),
            (
                &["show", "a.carnet", &mistyped],
                &format!("Vouliez-vous dire : {record}"),
            ),
            (
                &["show", "a.carnet", &bare],
                &format!("Vouliez-vous dire : {record}"),
            ),
            (
                &["delete", "a.carnet", &mistyped],
                &format!("Vouliez-vous dire : {record}"),
            ),
            (
                &["show", "a.carnet", "organisation/scierie"],
                &format!("Vouliez-vous dire : {record}"),
            ),
            (
                &[
                    "export",
                    "a.carnet",
                    "summary_shet",
                    "--of",
                    &record,
                    "--out",
                    "x.pdf",
                ],
                "summary_sheet",
            ),
            (&["undo", "a.carnet", "0123:1"], "0123:1"),
        ],
    );
    assert!(!terminal.path("x.pdf").exists());
}

#[test]
fn a_day_that_does_not_exist_says_which_one_does() {
    let terminal = Terminal::new();
    terminal.done(&["new", "a.carnet", "--demo", "--no-passphrase"]);
    let listed = terminal.done(&["list", "a.carnet", "project", "--limit", "1"]);
    let project = listed.split('\t').next().unwrap();
    let export = [
        "export",
        "a.carnet",
        "summary_sheet",
        "--of",
        project,
        "--out",
        "x.pdf",
    ];
    let from = [&export[..], &["--from", "31/09/2026"]].concat();
    let to = [&export[..], &["--to", "29/02/2026"]].concat();
    let reversed = [&export[..], &["--from", "2026-10-02", "--to", "2026-10-01"]].concat();
    nothing_changes(
        &terminal,
        &[
            (
                &["set", "a.carnet", "task", "due_on=31/09/2026"],
                "30 jours. Essayez 30/09/2026.",
            ),
            (
                &["list", "a.carnet", "task", "--where", "due_on=31/09/2026"],
                "30/09/2026",
            ),
            (
                &["set", "a.carnet", "task", "due_on=bientôt"],
                "n’est pas une date",
            ),
            (&from, "Essayez 30/09/2026."),
            (&to, "Essayez 28/02/2026."),
            (&reversed, "finit avant de commencer"),
        ],
    );
    assert!(!terminal.path("x.pdf").exists());
}

#[test]
fn an_existing_file_is_never_taken_for_a_new_carnet() {
    let terminal = protected();
    nothing_changes(
        &terminal,
        &[
            (&["new", "a.carnet"], "déjà"),
            (&["new", "a.carnet", "--demo", "--no-passphrase"], "déjà"),
        ],
    );
}
