//! Measures the budgets of architecture.md §9, each beside its floor in the same run.
//!
//! The floor is the same work in bare SQL on the same cipher settings. One file a group, under `bench/`: a group
//! takes the [`Bench`] and prints a [`Row`] for each budget. `cargo xtask bench search lists` runs only those.

mod brief;
mod carnet;
mod copies;
mod lists;
mod opening;
mod peers;
mod search;
mod writing;

use std::process::ExitCode;
use std::time::Instant;

use carnet::Bench;

type Failure = Box<dyn std::error::Error>;

/// Measures some budgets of one kind of work.
type Group = fn(&mut Bench) -> Result<(), Failure>;

/// What can be asked for by name, in the order of the run.
const GROUPS: [(&str, Group); 7] = [
    ("search", search::run),
    ("lists", lists::run),
    ("edits", writing::edits),
    ("brief", brief::run),
    ("opening", opening::run),
    ("copies", copies::run),
    ("peers", peers::run),
];

/// The groups that make their own carnets.
const ALONE: [&str; 2] = ["copies", "peers"];

/// How often a short work is repeated.
const REPEATS: usize = 15;

/// Runs the groups of these names, or all; filling the carnet is the measure of imports.
pub(crate) fn run(names: &[String]) -> ExitCode {
    let done = match names {
        [one, path] if one == opening::TOUR => opening::tour(path.as_ref()),
        [one, path] if one == opening::FILL => opening::fill(path.as_ref()),
        _ => measure(names),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn measure(names: &[String]) -> Result<(), Failure> {
    if let Some(unknown) = names
        .iter()
        .find(|name| GROUPS.iter().all(|(group, _)| group != name))
    {
        return Err(format!("no group is called {unknown}").into());
    }
    let folder = std::env::temp_dir().join(format!("carnet-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let done = measure_in(&folder, names);
    std::fs::remove_dir_all(&folder)?;
    done
}

fn measure_in(folder: &std::path::Path, names: &[String]) -> Result<(), Failure> {
    let mut bench = if names.iter().all(|name| ALONE.contains(&name.as_str())) && !names.is_empty()
    {
        Bench::create(folder)?
    } else {
        writing::filled(folder)?
    };
    for (name, group) in GROUPS {
        if names.is_empty() || names.iter().any(|wanted| wanted == name) {
            group(&mut bench)?;
        }
    }
    Ok(())
}

/// One line of the report: a work, what it took, its floor and its budgets.
struct Row {
    work: String,
    ours: f64,
    unit: &'static str,
    floor: Option<f64>,
    most_times: Option<f64>,
    most: Option<f64>,
}

impl Row {
    /// A work that took so many milliseconds.
    fn ms(work: impl Into<String>, ours: f64) -> Self {
        Self {
            work: work.into(),
            ours,
            unit: "ms",
            floor: None,
            most_times: None,
            most: None,
        }
    }

    /// A work that took so many mebibytes.
    fn mib(work: impl Into<String>, ours: f64) -> Self {
        Self {
            unit: "MiB",
            ..Self::ms(work, ours)
        }
    }

    /// A work that took so many kibibytes.
    fn kib(work: impl Into<String>, ours: f64) -> Self {
        Self {
            unit: "KiB",
            ..Self::ms(work, ours)
        }
    }

    /// Its floor, in the same unit.
    fn floor(mut self, floor: f64) -> Self {
        self.floor = Some(floor);
        self
    }

    /// Its budget as a multiple of the floor.
    fn most_times(mut self, times: f64) -> Self {
        self.most_times = Some(times);
        self
    }

    /// Its budget in its unit.
    fn most(mut self, most: f64) -> Self {
        self.most = Some(most);
        self
    }

    fn print(self) {
        let ratio = self.floor.map(|floor| self.ours / floor);
        let beside = match (self.floor, ratio) {
            (Some(floor), Some(ratio)) => format!("floor {floor:>9.2}   × {ratio:>5.2}"),
            _ => String::new(),
        };
        let times = self.most_times.map(|times| format!("× {times}"));
        let most = self.most.map(|most| format!("{most} {}", self.unit));
        let budget: Vec<String> = times.into_iter().chain(most).collect();
        let is_over = self.most.is_some_and(|most| self.ours > most)
            || self
                .most_times
                .is_some_and(|times| ratio.is_some_and(|ratio| ratio > times));
        println!(
            "{:<52} {:>9.2} {:<3}   {beside:<27}   {:<16} {}",
            self.work,
            self.ours,
            self.unit,
            budget.join(", "),
            if is_over { "OVER" } else { "" }
        );
    }
}

fn sorted(mut times: Vec<f64>) -> Vec<f64> {
    times.sort_by(f64::total_cmp);
    times
}

fn middle(times: Vec<f64>) -> f64 {
    let times = sorted(times);
    times[times.len() / 2]
}

/// The time that nineteen in twenty stay under.
fn p95(times: Vec<f64>) -> f64 {
    let times = sorted(times);
    times[(times.len() * 19 / 20).min(times.len() - 1)]
}

/// The median time of a work, in milliseconds; it is told which round it is.
fn median(mut work: impl FnMut(usize) -> Result<(), Failure>) -> Result<f64, Failure> {
    let times = (0..REPEATS)
        .map(|round| once(|| work(round)))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(middle(times))
}

/// The time of a work, in milliseconds.
fn once(work: impl FnOnce() -> Result<(), Failure>) -> Result<f64, Failure> {
    let start = Instant::now();
    work()?;
    Ok(start.elapsed().as_secs_f64() * 1_000.0)
}
