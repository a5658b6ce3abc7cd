//! After a merge of many records, their words enter the search index in steps: nothing is lost, outdated or brought
//! back on the way, whatever happens between two steps.

use carnet_core::model::RecordRef;
use carnet_core::store::{Carnet, CommitRef, Edit, Edits, ListRequest, RowName};
use carnet_tests::{Machines, Terminal, cases, edit, organisation, save};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

/// More records than a merge indexes at once.
const MANY: usize = 1_100;
/// A step of the background.
const STEP: usize = 400;

/// Two machines: `a` has written many organisations, `b` has just merged them and indexed none.
fn merged() -> (Machines, Vec<RecordRef>) {
    let machines = Machines::new();
    machines.create("a");
    for other in ["b", "before"] {
        machines.copy("a", other);
    }
    let edits = (0..MANY).map(|index| {
        organisation(&format!("Foyer numéro{index}"))
            .set("strategy", format!("Laine{index} et bois").as_str())
    });
    let rows = save_all(&machines, "a", edits.collect());
    machines.merge("b", &["a"]);
    machines.at("b", |carnet| assert_eq!(due(carnet), MANY));
    (machines, rows)
}

fn save_all(machines: &Machines, machine: &str, edits: Vec<Edit>) -> Vec<RecordRef> {
    let label = "beaucoup".to_owned();
    machines.at(machine, |carnet| {
        carnet.save(Edits { edits, label }).unwrap().rows
    })
}

fn due(carnet: &Carnet) -> usize {
    // What is neither due nor in the index would be damage.
    assert_eq!(carnet.check().unwrap().damages, []);
    carnet.search_due().unwrap()
}

fn found(carnet: &Carnet, query: &str) -> Vec<String> {
    let hits = carnet.search(query, 10).unwrap();
    hits.into_iter().map(|hit| hit.id).collect()
}

fn finds(carnet: &Carnet, query: &str, record: &RecordRef) -> bool {
    found(carnet, query).contains(&record.id.to_string())
}

#[test]
fn words_of_many_records_follow_in_steps_each_of_which_may_be_the_last_of_a_program() {
    let (machines, rows) = merged();
    let mut left = MANY;
    while left > 0 {
        // Each time the carnet is opened again.
        machines.at("b", |carnet| {
            assert_eq!(carnet.index_due(STEP).unwrap(), left.min(STEP));
            left -= left.min(STEP);
            assert_eq!(due(carnet), left);
        });
    }
    machines.at("b", |carnet| {
        assert_eq!(carnet.index_due(STEP).unwrap(), 0);
        for index in [0, MANY / 2, MANY - 1] {
            assert!(finds(carnet, &format!("laine{index}"), &rows[index]));
        }
    });
}

#[test]
fn a_record_that_is_due_is_found_by_its_title_in_a_search_and_in_a_list() {
    let (machines, rows) = merged();
    machines.at("b", |carnet| {
        // Its beginning, and a word within it.
        assert!(finds(carnet, "foyer numero7", &rows[7]));
        assert_eq!(found(carnet, "numero1099"), [rows[1099].id.to_string()]);
        assert!(found(carnet, "umero1099").is_empty(), "no word begins so");
        assert!(
            found(carnet, "laine7").is_empty(),
            "the sentence of the window"
        );
        let listed = |text: &str| {
            let mut request = ListRequest::of("organisation", 10);
            request.text = Some(text.to_owned());
            carnet.list(&request).unwrap().total
        };
        assert_eq!(listed("Numéro1099 foyer"), 1);
        assert_eq!(listed("numero109"), 11);
        assert_eq!(listed("structure"), 0);
    });
    machines.at("b", |carnet| {
        carnet.index_due(MANY).unwrap();
        let mut request = ListRequest::of("organisation", 10);
        request.text = Some("numero109".to_owned());
        assert_eq!(carnet.list(&request).unwrap().total, 11);
    });
}

#[test]
fn what_is_written_in_a_record_that_is_due_is_found_at_once_and_once() {
    let (machines, rows) = merged();
    let [first, second, third, ..] = &rows[..] else {
        panic!("no rows");
    };
    machines.at("b", |carnet| {
        save(carnet, edit(first).set("strategy", "Une filature"));
        assert_eq!(due(carnet), MANY - 1);
        assert_eq!(found(carnet, "filature"), [first.id.to_string()]);
        // No word of it changes: it stays due.
        save(carnet, edit(second).set("organisation_type", "territory"));
        assert_eq!(due(carnet), MANY - 1);
        let written = save(carnet, edit(third).set("strategy", "Une tannerie"));
        carnet.undo(&written.commit.unwrap()).unwrap();
        assert_eq!(due(carnet), MANY - 2);
        assert!(found(carnet, "tannerie").is_empty());
        assert!(finds(carnet, "laine2", third));
    });
    machines.at("b", |carnet| {
        carnet.index_due(MANY).unwrap();
        assert_eq!(due(carnet), 0);
        assert_eq!(found(carnet, "filature"), [first.id.to_string()]);
        assert!(!finds(carnet, "laine0", first), "the former words");
    });
}

#[test]
fn a_record_that_is_due_and_goes_to_the_bin_is_found_again_when_it_comes_back() {
    let (machines, rows) = merged();
    machines.at("b", |carnet| {
        carnet.delete(&rows[3], "ménage").unwrap();
        carnet.delete(&rows[4], "ménage").unwrap();
        assert_eq!(due(carnet), MANY - 2);
        assert!(!finds(carnet, "foyer numero3", &rows[3]));
        carnet.restore(&rows[3], "repris").unwrap();
        assert!(finds(carnet, "laine3", &rows[3]));
        carnet.index_due(MANY).unwrap();
        assert_eq!(due(carnet), 0);
        assert!(!finds(carnet, "laine4", &rows[4]));
        carnet.restore(&rows[4], "repris").unwrap();
        assert!(finds(carnet, "laine4", &rows[4]));
        assert_eq!(due(carnet), 0);
    });
}

#[test]
fn no_word_of_somebody_who_was_erased_waits_to_be_indexed() {
    let person = |name: &str| {
        Edit::of("person", RowName::New)
            .set("last_name", name)
            .set("private_notes", format!("Confidence de {name}").as_str())
    };
    let machines = Machines::new();
    machines.create("a");
    let known = machines.save("a", person("Xylobéal")).rows[0].clone();
    machines.copy("a", "b");
    // Erased where it was written, with many other changes, and where it has only just arrived.
    let foyers = (0..MANY).map(|index| organisation(&format!("Foyer {index}")));
    let edits = foyers.chain([person("Wagnérienne")]).collect();
    let late = save_all(&machines, "a", edits)[MANY].clone();
    machines.at("a", |carnet| carnet.erase(&known, "effacement").unwrap());
    machines.merge("b", &["a"]);
    machines.at("b", |carnet| {
        assert_eq!(due(carnet), MANY + 1);
        assert!(found(carnet, "xylobeal").is_empty());
        assert!(finds(carnet, "wagnerienne", &late));
        carnet.erase(&late, "effacement").unwrap();
        for _ in 0..2 {
            due(carnet);
            for word in ["xylobeal", "wagnerienne", "confidence"] {
                assert!(found(carnet, word).is_empty(), "{word}");
            }
            carnet.index_due(2 * MANY).unwrap();
        }
        assert_eq!(due(carnet), 0);
    });
}

/// What happens to the carnet that has records to index; it is opened anew for each.
#[derive(Debug, Clone)]
enum Happens {
    Step(usize),
    Write(usize, String),
    Choose(usize),
    Delete(usize),
    Restore(usize),
    UndoLast,
    MergeMany(String),
}

fn happens() -> impl Strategy<Value = Happens> {
    // Few rows, so that what happens meets.
    let row = || 0..6_usize;
    prop_oneof![
        3 => (1..STEP).prop_map(Happens::Step),
        3 => (row(), "[a-d]{1,3}").prop_map(|(row, word)| Happens::Write(row, word)),
        1 => row().prop_map(Happens::Choose),
        2 => row().prop_map(Happens::Delete),
        2 => row().prop_map(Happens::Restore),
        2 => Just(Happens::UndoLast),
        2 => "[a-d]{1,3}".prop_map(Happens::MergeMany),
    ]
}

#[test]
fn whatever_happens_between_the_steps_the_index_ends_as_a_replay_writes_it() {
    let (machines, rows) = merged();
    let start = machines.folder().join("start");
    std::fs::create_dir(&start).unwrap();
    for machine in ["a", "b"] {
        std::fs::copy(machines.path(machine), start.join(machine)).unwrap();
    }
    let config = Config {
        cases: cases(6),
        failure_persistence: None,
        max_shrink_iters: 40,
        ..Config::default()
    };
    TestRunner::new(config)
        .run(&proptest::collection::vec(happens(), 4..16), |script| {
            for machine in ["a", "b"] {
                std::fs::copy(start.join(machine), machines.path(machine)).unwrap();
            }
            let mut last: Option<CommitRef> = None;
            for one in &script {
                play(&machines, &rows, one, &mut last);
                machines.at("b", |carnet| due(carnet));
            }
            machines.at("b", |carnet| {
                while carnet.index_due(STEP).unwrap() == STEP {}
                assert_eq!(due(carnet), 0);
            });
            Ok(())
        })
        .unwrap();
}

fn play(machines: &Machines, rows: &[RecordRef], one: &Happens, last: &mut Option<CommitRef>) {
    if let Happens::MergeMany(word) = one {
        let edits = rows
            .iter()
            .map(|row| edit(row).set("strategy", word.as_str()));
        save_all(machines, "a", edits.collect());
        machines.merge("b", &["a"]);
        return;
    }
    machines.at("b", |carnet| match one {
        Happens::Step(limit) => {
            carnet.index_due(*limit).unwrap();
        }
        Happens::Write(row, word) => {
            let written = edit(&rows[*row]).set("address", word.as_str());
            *last = save(carnet, written).commit;
        }
        Happens::Choose(row) => {
            save(
                carnet,
                edit(&rows[*row]).set("organisation_type", "structure"),
            );
        }
        Happens::Delete(row) => {
            carnet.delete(&rows[*row], "ménage").unwrap();
        }
        Happens::Restore(row) => {
            carnet.restore(&rows[*row], "repris").unwrap();
        }
        Happens::UndoLast => {
            if let Some(commit) = last.take() {
                carnet.undo(&commit).unwrap();
            }
        }
        Happens::MergeMany(_) => {}
    });
}

#[test]
fn the_terminal_leaves_no_word_for_later_and_finds_those_that_another_program_left() {
    let (machines, rows) = merged();
    let terminal = Terminal::new();
    let path = |machine: &str| machines.path(machine).display().to_string();
    machines.copy("before", "c");
    terminal.done(&["merge", &path("c"), &path("a")]);
    machines.at("c", |carnet| assert_eq!(due(carnet), 0));
    let left = path("b");
    let found = terminal.json(&["search", &left, "laine7", "--json"]);
    assert_eq!(found[0]["id"], rows[7].id.to_string());
    machines.at("b", |carnet| assert_eq!(due(carnet), 0));
}
