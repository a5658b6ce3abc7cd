//! Copies that cannot be taken over: said in one sentence, and nothing changed on either side.

use std::fs;
use std::path::Path;

use carnet_core::store::{Deletions, MergeError, OpenError};
use carnet_tests::{Machines, PASSPHRASE, Terminal, edit, organisation, tree};
use rusqlite::Connection;

/// A protected carnet, and a copy of it with one edit more.
fn two() -> Terminal {
    let terminal = Terminal::new();
    terminal.done(&["new", "a.carnet"]);
    let parc = set(&terminal, "a.carnet", "Parc");
    fs::copy(terminal.path("a.carnet"), terminal.path("b.carnet")).unwrap();
    terminal.done(&["set", "b.carnet", &parc, "name=Parc, autrement"]);
    terminal
}

fn set(terminal: &Terminal, file: &str, name: &str) -> String {
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

/// Merging this file is refused with a sentence that says this, and no byte changes.
fn refused(terminal: &Terminal, other: &str, expected: &str) {
    let mine = fs::read(terminal.path("a.carnet")).unwrap();
    let theirs = fs::read(terminal.path(other)).unwrap();
    for line in [
        &["merge", "a.carnet", other][..],
        &["merge", "a.carnet", other, "--dry-run"],
    ] {
        let said = terminal.refused(line);
        assert!(said.starts_with("error: ") && said.ends_with('.'), "{said}");
        assert!(said.contains(expected), "{other}: {said}");
        assert!(said.contains(other), "the file is named: {said}");
        assert!(
            fs::read(terminal.path("a.carnet")).unwrap() == mine,
            "{other}"
        );
        assert!(fs::read(terminal.path(other)).unwrap() == theirs, "{other}");
    }
    terminal.done(&["merge", "a.carnet", "b.carnet", "--dry-run"]);
}

#[test]
fn a_carnet_of_another_origin_is_refused() {
    let terminal = two();
    terminal.done(&["new", "autre.carnet"]);
    refused(&terminal, "autre.carnet", "pas une copie de ce carnet");
    terminal.done(&["new", "ouvert.carnet", "--no-passphrase"]);
    refused(&terminal, "ouvert.carnet", "pas une copie de ce carnet");
}

#[test]
fn a_copy_under_another_passphrase_is_refused() {
    let terminal = two();
    terminal.done(&["rekey", "b.carnet"]);
    fs::rename(terminal.path("b.carnet"), terminal.path("c.carnet")).unwrap();
    fs::copy(terminal.path("a.carnet"), terminal.path("b.carnet")).unwrap();
    refused(&terminal, "c.carnet", "phrase");
}

#[test]
fn a_copy_cut_short_is_refused() {
    let terminal = two();
    let whole = fs::read(terminal.path("b.carnet")).unwrap();
    for kept in [
        whole.len() - 4096,
        whole.len() / 2 / 4096 * 4096,
        whole.len() - 1,
        4096,
    ] {
        fs::write(terminal.path("coupé.carnet"), &whole[..kept]).unwrap();
        refused(&terminal, "coupé.carnet", "abîmé");
    }
}

#[test]
fn an_altered_copy_is_refused() {
    let terminal = two();
    let mut bytes = fs::read(terminal.path("b.carnet")).unwrap();
    for page in 1..bytes.len() / 4096 {
        bytes[page * 4096 + 100] ^= 1;
    }
    fs::write(terminal.path("altéré.carnet"), bytes).unwrap();
    refused(&terminal, "altéré.carnet", "abîmé");
}

#[test]
fn what_is_no_carnet_or_is_not_there_is_refused() {
    let terminal = two();
    fs::write(terminal.path("notes.carnet"), "des notes").unwrap();
    refused(&terminal, "notes.carnet", "n’est pas un carnet");
    fs::write(terminal.path("vide.carnet"), "").unwrap();
    refused(&terminal, "vide.carnet", "n’est pas un carnet");
    let said = terminal.refused(&["merge", "a.carnet", "absent.carnet"]);
    assert!(said.contains("plus à cet endroit"), "{said}");
}

#[test]
fn a_copy_of_a_later_version_is_refused() {
    let terminal = Terminal::new();
    terminal.done(&["new", "a.carnet", "--no-passphrase"]);
    set(&terminal, "a.carnet", "Parc");
    for name in ["b.carnet", "futur.carnet"] {
        fs::copy(terminal.path("a.carnet"), terminal.path(name)).unwrap();
    }
    let newer = Connection::open(terminal.path("futur.carnet")).unwrap();
    newer.pragma_update(None, "user_version", 999).unwrap();
    drop(newer);
    refused(&terminal, "futur.carnet", "version plus récente");
}

/// Alters an unprotected copy as a hostile or broken program would, with every page whole.
fn altered(sql: &str) -> Result<(), MergeError> {
    let machines = Machines::new();
    machines.create("a");
    let parc = machines.save("a", organisation("Parc")).rows[0].clone();
    machines.copy("a", "b");
    machines.save("b", edit(&parc).set("name", "Un"));
    machines.save("b", edit(&parc).set("name", "Deux"));
    Connection::open(machines.path("b"))
        .unwrap()
        .execute_batch(sql)
        .unwrap();
    let before = machines.digest("a");
    let merged = machines.try_merge("a", &["b"]).map(|_| ());
    assert_eq!(machines.digest("a"), before, "{sql}");
    machines.agree(&["a"]);
    merged
}

#[test]
fn a_copy_whose_log_was_altered_is_refused_whatever_was_altered_in_it() {
    let own = "(SELECT max(id) FROM device)";
    for sql in [
        format!("UPDATE change SET value = '\"Autre\"' WHERE device = {own} AND seq = 1"),
        format!("UPDATE change SET value = NULL WHERE device = {own} AND seq = 2"),
        format!("DELETE FROM change WHERE device = {own} AND seq = 1"),
        format!(
            "UPDATE change SET seq = 1 WHERE device = {own} AND seq = 2 AND 0; UPDATE \"commit\" SET author = 'X' WHERE device = {own} AND seq = 1"
        ),
        format!("UPDATE \"commit\" SET time = time + 1 WHERE device = {own} AND seq = 1"),
        format!("UPDATE \"commit\" SET label = 'x' WHERE device = {own} AND seq = 2"),
        format!("UPDATE \"commit\" SET digest = zeroblob(32) WHERE device = {own} AND seq = 2"),
        format!("UPDATE \"commit\" SET digest = zeroblob(32) WHERE device = {own} AND seq = 1"),
        format!("DELETE FROM \"commit\" WHERE device = {own} AND seq = 1"),
        format!("DELETE FROM seen WHERE device = {own}"),
        format!("UPDATE seen SET upto = upto - 1 WHERE device = {own}"),
        format!("UPDATE device SET device = '00000000000000000000000000000001' WHERE id = {own}"),
        format!(
            "UPDATE change SET field = (SELECT id FROM name WHERE name = 'acronym') WHERE device = {own} AND seq = 2"
        ),
        "UPDATE device SET device = 'nonsense' WHERE id = 1".to_owned(),
        "DROP TABLE change".to_owned(),
        "DROP TABLE seen".to_owned(),
    ] {
        // Names of fields that the copy has not used yet are not there to be misused.
        let refused = altered(&format!(
            "INSERT OR IGNORE INTO name (name) VALUES ('acronym'); {sql}"
        ));
        let is_said = matches!(
            refused,
            Err(MergeError::Open(OpenError::Torn(_)) | MergeError::Gap { .. })
        );
        assert!(is_said, "{sql}: {refused:?}");
    }
}

#[test]
fn one_torn_file_among_several_stops_the_whole_merge() {
    let machines = Machines::protected();
    machines.create("a");
    machines.save("a", organisation("Parc"));
    machines.copy("a", "b");
    machines.copy("a", "c");
    machines.save("b", organisation("Entier"));
    machines.save("c", organisation("Coupé"));
    let whole = fs::read(machines.path("c")).unwrap();
    fs::write(machines.path("c"), &whole[..whole.len() - 4096]).unwrap();
    let before = machines.digest("a");
    let files = [machines.path("b"), machines.path("c")];
    machines.at("a", |carnet| {
        let refused = carnet.merge(&files, "test", Deletions::Ask);
        assert!(
            matches!(&refused, Err(MergeError::Open(OpenError::Torn(path))) if path.parent().unwrap().ends_with("c")),
            "{refused:?}"
        );
    });
    assert_eq!(machines.digest("a"), before);
}

#[test]
fn a_carnet_that_can_only_be_read_takes_nothing_over() {
    let terminal = two();
    set_read_only(&terminal.path("a.carnet"), true);
    if fs::OpenOptions::new()
        .append(true)
        .open(terminal.path("a.carnet"))
        .is_ok()
    {
        eprintln!("skipped: this user may write read-only files (root)");
    } else {
        let said = terminal.refused(&["merge", "a.carnet", "b.carnet"]);
        assert!(
            said.contains("lit seulement") || said.contains("lecture"),
            "{said}"
        );
    }
    set_read_only(&terminal.path("a.carnet"), false);
    assert_eq!(
        terminal
            .run_with(PASSPHRASE, &["check", "a.carnet"])
            .status
            .code(),
        Some(0)
    );
}

fn set_read_only(path: &Path, is_read_only: bool) {
    let mut permissions = fs::metadata(path).unwrap().permissions();
    permissions.set_readonly(is_read_only);
    fs::set_permissions(path, permissions).unwrap();
}

#[test]
fn a_whole_copy_beside_a_segment_that_waits_is_not_what_is_blamed() {
    let machines = Machines::new();
    machines.create("a");
    machines.save("a", organisation("Parc"));
    for other in ["b", "c"] {
        machines.copy("a", other);
    }
    let folder = machines.folder().join("exchange");
    fs::create_dir_all(&folder).unwrap();
    // Two segments of b, of which the first does not arrive.
    for name in ["Première", "Seconde"] {
        machines.save("b", organisation(name));
        machines.at("b", |carnet| {
            carnet_core::exchange::folder::exchange(carnet, &folder, Deletions::Ask).unwrap()
        });
    }
    machines.save("c", organisation("Entière"));
    let segments: Vec<_> = tree(&folder)
        .into_iter()
        .filter(|file| file.to_string_lossy().contains("/2-2-"))
        .collect();
    assert_eq!(segments.len(), 1, "{:?}", tree(&folder));
    for order in [0, 1] {
        let mut files = vec![machines.path("c"), segments[0].clone()];
        files.rotate_left(order);
        machines.image("a", &format!("a{order}"));
        let merged = machines.at(&format!("a{order}"), |carnet| {
            carnet.merge(&files, "test", Deletions::Ask)
        });
        let merged = merged.unwrap();
        assert_eq!(merged.commits, 1);
        assert_eq!(merged.missing.len(), 1, "{:?}", merged.missing);
    }
}
