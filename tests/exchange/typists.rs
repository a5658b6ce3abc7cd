//! Any script of people who type in one field on several copies: none replaces a value that was not on their screen.

use std::collections::BTreeSet;

use carnet_core::model::{RecordRef, Value};
use carnet_core::store::{Carnet, Edits, Resolution};
use carnet_tests::{cases, written};
use proptest::prelude::*;
use proptest::test_runner::{Config, FileFailurePersistence, TestRunner};

use super::copies::copied;
use super::typing::{LABELS, name_of, typed_over};

/// What happens to three copies of one name, each before somebody's eyes.
#[derive(Debug, Clone)]
enum Step {
    /// Their screen reads it again.
    Look(usize),
    /// They go on typing from what their screen shows.
    Type(usize),
    /// The copy takes over what another has.
    Meet(usize, usize),
    /// They look at what waits for a choice, and keep what they typed, or else the first value.
    Settle(usize),
}

const NAMES: [&str; 3] = ["a", "b", "c"];

/// The person before one copy.
#[derive(Debug, Clone)]
struct Person {
    screen: String,
    /// What they typed and waits: its name.
    waits: Option<i64>,
    typed: Vec<String>,
}

/// The values of the name that stand in a copy.
fn standing(carnet: &Carnet, parc: &RecordRef) -> BTreeSet<String> {
    let word = |value: Option<&Value>| {
        value
            .and_then(Value::as_text)
            .unwrap_or_default()
            .to_owned()
    };
    match carnet.conflicts(Some(parc)).unwrap().first() {
        Some(conflict) => conflict
            .heads
            .iter()
            .map(|head| word(head.value.as_ref()))
            .collect(),
        None => BTreeSet::from([word(carnet.get(parc).unwrap().value("name"))]),
    }
}

impl Person {
    /// Types some more, as a window does: saved over what the screen showed, else kept beside what stands.
    fn type_on(&mut self, carnet: &mut Carnet, parc: &RecordRef, mark: usize) {
        let text = format!("{}.{mark}", self.screen);
        let stood = standing(carnet, parc);
        let (over, value) = (
            Some(Value::from(self.screen.as_str())),
            Some(Value::from(text.as_str())),
        );
        if self.waits.is_none() {
            let edits = vec![typed_over(parc, "name", &self.screen, &text)];
            let label = "test".into();
            let done = carnet.save(Edits { edits, label });
            let is_seen = stood.iter().all(|one| *one == self.screen || *one == text);
            assert_eq!(done.is_ok(), is_seen, "{stood:?}, {self:?}");
            if done.is_err() {
                assert_eq!(standing(carnet, parc), stood, "refused as a whole");
                self.waits = Some(
                    carnet
                        .keep_typed(&name_of(parc), None, value, over)
                        .unwrap(),
                );
            }
        } else {
            self.waits = Some(
                carnet
                    .keep_typed(&name_of(parc), self.waits, value, over)
                    .unwrap(),
            );
            assert_eq!(standing(carnet, parc), stood);
        }
        self.screen.clone_from(&text);
        self.typed.push(text);
    }

    fn settle(&mut self, carnet: &mut Carnet, parc: &RecordRef) {
        let Some(conflict) = carnet.to_settle(Some(parc)).unwrap().into_iter().next() else {
            return;
        };
        let resolution = match (self.waits, conflict.standing().unwrap().first()) {
            (Some(number), _) if conflict.typed.iter().any(|one| one.number == number) => {
                Resolution::Typed(number)
            }
            (_, Some(commit)) => Resolution::Keep(commit.clone()),
            (_, None) => return,
        };
        let shown = conflict.standing().unwrap();
        carnet
            .resolve_shown(&conflict.id, &shown, &resolution, LABELS)
            .unwrap();
        assert_eq!(carnet.to_settle(Some(parc)).unwrap(), []);
        self.waits = None;
        self.look(carnet, parc);
    }

    fn look(&mut self, carnet: &Carnet, parc: &RecordRef) {
        // Words that wait stay in their field.
        if self.waits.is_none() {
            carnet
                .get(parc)
                .unwrap()
                .text("name")
                .unwrap_or_default()
                .clone_into(&mut self.screen);
        }
    }
}

/// Everything that was typed on a copy is in its history, or waits there, or is the beginning of what is.
fn has_all(carnet: &Carnet, parc: &RecordRef, typed: &[String]) {
    let mut kept: Vec<Value> = written(carnet);
    for conflict in carnet.to_settle(Some(parc)).unwrap() {
        kept.extend(conflict.typed.into_iter().filter_map(|one| one.value));
    }
    for text in typed {
        let is_there = |value: &Value| {
            value
                .as_text()
                .is_some_and(|one| one.starts_with(text.as_str()))
        };
        assert!(kept.iter().any(is_there), "{text} is lost");
    }
}

#[test]
fn in_any_script_a_save_replaces_only_what_its_screen_showed_and_no_words_are_lost() {
    let machine = || 0..NAMES.len();
    let step = prop_oneof![
        2 => machine().prop_map(Step::Look),
        4 => machine().prop_map(Step::Type),
        3 => (machine(), machine()).prop_map(|(to, from)| Step::Meet(to, from)),
        1 => machine().prop_map(Step::Settle),
    ];
    let seeds = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/exchange/proptest-regressions/typists.txt"
    );
    let config = Config {
        cases: cases(16),
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(seeds))),
        ..Config::default()
    };
    TestRunner::new(config)
        .run(&proptest::collection::vec(step, 5..30), |script| {
            let (machines, parc) = copied(&["b", "c"]);
            let mut persons = NAMES.map(|_| Person {
                screen: "Parc".into(),
                waits: None,
                typed: Vec::new(),
            });
            for (mark, step) in script.into_iter().enumerate() {
                match step {
                    Step::Look(at) => {
                        machines.at(NAMES[at], |carnet| persons[at].look(carnet, &parc))
                    }
                    Step::Type(at) => {
                        machines.at(NAMES[at], |carnet| persons[at].type_on(carnet, &parc, mark));
                    }
                    Step::Settle(at) => {
                        machines.at(NAMES[at], |carnet| persons[at].settle(carnet, &parc));
                    }
                    Step::Meet(to, from) if to != from => {
                        machines.merge(NAMES[to], &[NAMES[from]]);
                    }
                    Step::Meet(..) => {}
                }
            }
            for (name, person) in NAMES.iter().zip(&persons) {
                machines.at(name, |carnet| has_all(carnet, &parc, &person.typed));
            }
            Ok(())
        })
        .unwrap();
}
