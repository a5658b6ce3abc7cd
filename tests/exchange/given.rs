//! What a device puts in an exchange folder: only where it can be put, and whole again when a tool spoilt it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use carnet_core::exchange::{ExchangeError, folder};
use carnet_core::model::RecordRef;
use carnet_core::store::{Carnet, Deletions, Edit, RowName};
use carnet_tests::{Machines, edit, organisation, tree};

/// Two machines that have met, and the folder between them.
fn pair() -> (Machines, RecordRef, PathBuf) {
    let machines = Machines::new();
    machines.create("a");
    let parc = machines.save("a", organisation("Parc")).rows[0].clone();
    machines.copy("a", "b");
    let between = machines.folder().join("entre");
    fs::create_dir(&between).unwrap();
    (machines, parc, between)
}

fn exchange(
    machines: &Machines,
    machine: &str,
    between: &Path,
) -> Result<folder::Exchanged, ExchangeError> {
    machines.at(machine, |carnet| {
        folder::exchange(carnet, between, Deletions::Ask)
    })
}

#[test]
fn nothing_is_taken_over_from_a_folder_that_cannot_be_written() {
    let (machines, parc, between) = pair();
    machines.save("a", edit(&parc).set("name", "Parc, autrement"));
    exchange(&machines, "a", &between).unwrap();
    let family = fs::read_dir(&between).unwrap().next().unwrap().unwrap();
    // A file stands where the folder of the other device goes: whoever runs the test, that is refused.
    let own = machines.at("b", |carnet| carnet.device().unwrap());
    let in_the_way = family.path().join(own.as_str());
    fs::write(&in_the_way, "").unwrap();
    let before = machines.digest("b");
    let refused = exchange(&machines, "b", &between);
    assert!(
        matches!(&refused, Err(ExchangeError::Io { path, .. }) if *path == in_the_way),
        "{refused:?}"
    );
    assert_eq!(machines.digest("b"), before);
    fs::remove_file(&in_the_way).unwrap();
    let done = exchange(&machines, "b", &between).unwrap();
    assert_eq!(done.merged.commits, 1);
    assert!(
        tree(&between)
            .iter()
            .all(|file| file.extension().unwrap() == "carnet"),
        "no trial is left"
    );
}

#[test]
fn an_own_file_that_a_tool_cut_short_is_written_again() {
    for is_forgotten in [false, true] {
        let (machines, parc, between) = pair();
        for turn in 0..3 {
            machines.save(
                "a",
                edit(&parc).set("name", format!("tour {turn}").as_str()),
            );
            exchange(&machines, "a", &between).unwrap();
        }
        let files = tree(&between);
        assert_eq!(files.len(), 3);
        let whole = fs::read(&files[1]).unwrap();
        fs::write(&files[1], &whole[..whole.len() / 2 / 1024 * 1024]).unwrap();
        if is_forgotten {
            // As with the files of an earlier version.
            let register = machines.path("a").with_file_name("register");
            for kept in tree(&register) {
                let name = kept.file_name().unwrap().to_string_lossy().into_owned();
                if name.starts_with("given-") {
                    fs::remove_file(kept).unwrap();
                }
            }
        }
        let to_give = |machine: &str| {
            machines.at(machine, |carnet| folder::to_give(carnet, &between).unwrap())
        };
        assert!(to_give("a") > 0);
        assert!(exchange(&machines, "a", &between).unwrap().written > 0);
        assert_eq!(to_give("a"), 0);
        let again = exchange(&machines, "a", &between).unwrap();
        assert_eq!((again.written, again.unread.len()), (0, 0));
        let taken = exchange(&machines, "b", &between).unwrap();
        assert!(taken.unread.is_empty(), "{:?}", taken.unread);
        assert!(taken.missing.is_empty(), "{:?}", taken.missing);
        assert_eq!(machines.digest("a"), machines.digest("b"));
    }
}

#[test]
fn the_file_of_another_that_is_cut_short_is_left_to_its_writer() {
    let (machines, parc, between) = pair();
    machines.save("a", edit(&parc).set("name", "Parc, autrement"));
    exchange(&machines, "a", &between).unwrap();
    exchange(&machines, "b", &between).unwrap();
    let of_a = tree(&between).remove(0);
    fs::write(&of_a, "").unwrap();
    exchange(&machines, "b", &between).unwrap();
    assert_eq!(fs::read(&of_a).unwrap(), b"");
}

/// Pipes and the like that bear the names of ours: passed over, and nobody waits for them.
#[test]
fn what_is_no_file_in_an_exchange_folder_or_beside_a_published_file_is_passed_over() {
    let (machines, parc, between) = pair();
    machines.save("a", edit(&parc).set("name", "Parc, autrement"));
    exchange(&machines, "a", &between).unwrap();
    let given = tree(&between);
    let beside = |name: &str| given[0].with_file_name(name);
    for name in ["2-3-0123456789abcdef.carnet", "massif (1).carnet"] {
        let made = Command::new("mkfifo").arg(beside(name)).status();
        assert!(made.unwrap().success());
    }
    let done = exchange(&machines, "b", &between).unwrap();
    assert_eq!((done.merged.commits, done.unread.len()), (1, 0));
    let published = beside("massif.carnet");
    assert_eq!(folder::conflict_copies(&published), Vec::<PathBuf>::new());
    fs::copy(machines.path("b"), beside("massif (2).carnet")).unwrap();
    assert_eq!(
        folder::conflict_copies(&published),
        [beside("massif (2).carnet")]
    );
}

/// The files between two machines that hold one of these words.
fn holding(between: &Path, words: &[&str]) -> Vec<PathBuf> {
    let mut files = tree(between);
    files.retain(|file| {
        let bytes = fs::read(file).unwrap();
        let has = |word: &&str| {
            bytes
                .windows(word.len())
                .any(|window| window == word.as_bytes())
        };
        words.iter().any(has)
    });
    files
}

#[test]
fn what_is_erased_leaves_the_folder_as_each_who_put_it_there_receives_the_erasure() {
    let (machines, _, between) = pair();
    machines.copy("a", "c");
    let person = Edit::of("person", RowName::New).set("last_name", "Xylobéal");
    let person = machines.save("a", person).rows[0].clone();
    exchange(&machines, "a", &between).unwrap();
    exchange(&machines, "b", &between).unwrap();
    machines.save("b", edit(&person).set("private_notes", "Wagnérienne"));
    exchange(&machines, "b", &between).unwrap();
    exchange(&machines, "a", &between).unwrap();
    assert_eq!(holding(&between, &["Xylobéal"]).len(), 1);
    assert_eq!(holding(&between, &["Wagnérienne"]).len(), 1);
    machines.at("a", |carnet| carnet.erase(&person, "effacement").unwrap());
    exchange(&machines, "a", &between).unwrap();
    assert_eq!(holding(&between, &["Xylobéal"]), [] as [PathBuf; 0]);
    assert_eq!(
        holding(&between, &["Wagnérienne"]).len(),
        1,
        "of another device"
    );
    exchange(&machines, "b", &between).unwrap();
    assert_eq!(holding(&between, &["Wagnérienne"]), [] as [PathBuf; 0]);
    // Who comes last reads all of it, and nothing is put there twice.
    for machine in ["a", "b", "c"] {
        let before = tree(&between);
        assert_eq!(exchange(&machines, machine, &between).unwrap().written, 0);
        assert_eq!(tree(&between), before);
    }
    machines.agree(&["a", "b", "c"]);
}

/// A person with a secret on `a`, put in the folder between it and `b`.
fn secret() -> (Machines, RecordRef, PathBuf) {
    let (machines, _, between) = pair();
    let person = Edit::of("person", RowName::New).set("last_name", "Xylobéal");
    let person = machines.save("a", person).rows[0].clone();
    exchange(&machines, "a", &between).unwrap();
    (machines, person, between)
}

#[test]
fn words_that_were_erased_do_not_stay_in_the_folder_however_their_files_come_back_or_are_called() {
    let (machines, person, between) = secret();
    let file = holding(&between, &["Xylobéal"]).remove(0);
    let late = fs::read(&file).unwrap();
    machines.at("a", |carnet| carnet.erase(&person, "effacement").unwrap());
    exchange(&machines, "a", &between).unwrap();
    assert_eq!(holding(&between, &["Xylobéal"]), [] as [PathBuf; 0]);
    let folder = file.parent().unwrap();
    let name = file.file_stem().unwrap().to_string_lossy().into_owned();
    let shouted = folder.file_name().unwrap().to_string_lossy().to_uppercase();
    let aside = folder.with_file_name(format!("{shouted} (1)"));
    fs::create_dir(&aside).unwrap();
    let come_back = [
        file.clone(),
        folder.join(format!("{name} (1).carnet")),
        aside.join(file.file_name().unwrap()),
    ];
    for path in come_back {
        fs::write(&path, &late).unwrap();
        exchange(&machines, "a", &between).unwrap();
        assert_eq!(
            holding(&between, &["Xylobéal"]),
            [] as [PathBuf; 0],
            "{}",
            path.display()
        );
    }
    exchange(&machines, "b", &between).unwrap();
    machines.agree(&["a", "b"]);
}

#[test]
fn what_this_installation_wrote_under_another_name_is_its_own() {
    let (machines, person, between) = secret();
    // Moved: another device writes from now on.
    let path = machines.path("a");
    fs::rename(&path, path.with_file_name("moved.carnet")).unwrap();
    let moved = path.with_file_name("moved.carnet");
    let writer = machines.writer("a", path.with_file_name("register"));
    let mut carnet = Carnet::open(&moved, None, writer).unwrap();
    carnet.erase(&person, "effacement").unwrap();
    folder::exchange(&mut carnet, &between, Deletions::Ask).unwrap();
    assert_eq!(holding(&between, &["Xylobéal"]), [] as [PathBuf; 0]);
    exchange(&machines, "b", &between).unwrap();
    assert!(machines.at("b", |carnet| carnet.get(&person).unwrap().is_erased));
}

#[test]
fn an_own_file_of_the_same_length_that_is_no_longer_what_was_written_is_written_again() {
    let (machines, parc, between) = pair();
    machines.save("a", edit(&parc).set("name", "Parc, autrement"));
    exchange(&machines, "a", &between).unwrap();
    let file = tree(&between).remove(0);
    let bytes = fs::read(&file).unwrap();
    fs::write(&file, vec![0; bytes.len()]).unwrap();
    exchange(&machines, "a", &between).unwrap();
    let done = exchange(&machines, "b", &between).unwrap();
    assert_eq!((done.merged.commits, done.unread.len()), (1, 0));
    machines.agree(&["a", "b"]);
}

#[test]
fn what_a_file_of_another_should_hold_is_given_again_once_it_has_been_unreadable_for_long() {
    let (machines, parc, between) = pair();
    machines.copy("a", "c");
    machines.save("a", edit(&parc).set("name", "Parc, autrement"));
    exchange(&machines, "a", &between).unwrap();
    exchange(&machines, "b", &between).unwrap();
    let of_a = tree(&between).remove(0);
    fs::write(&of_a, "cut").unwrap();
    // It may be arriving.
    assert_eq!(exchange(&machines, "b", &between).unwrap().written, 0);
    let long_ago = std::time::SystemTime::now() - std::time::Duration::from_hours(1);
    let file = fs::File::options().write(true).open(&of_a).unwrap();
    file.set_modified(long_ago).unwrap();
    assert!(exchange(&machines, "b", &between).unwrap().written > 0);
    assert_eq!(fs::read(&of_a).unwrap(), b"cut", "it is left to its writer");
    assert_eq!(exchange(&machines, "b", &between).unwrap().written, 0);
    exchange(&machines, "c", &between).unwrap();
    machines.agree(&["a", "b", "c"]);
}
