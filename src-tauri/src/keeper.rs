//! Keeps the published file, the exchange folder and the search index up to date while a carnet is open.
//!
//! One thread, asleep until an edit, a change on disk or a request wakes it, and once a minute for the folders
//! whose changes the system does not tell. What is decided is the core's; here is only when.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use carnet_core::exchange::{ExchangeError, backup, folder, is_unfinished, publish};
use carnet_core::fault::Fault;
use carnet_core::store::{Deletions, MergeError, Merged, Missing, OpenError};
use notify::{RecommendedWatcher, RecursiveMode, Watcher};
use tauri::{AppHandle, Emitter, Manager};

use crate::commands;
use crate::state::{AppData, name_of};

/// After an edit or a change on disk: several come together.
const PAUSE: Duration = Duration::from_millis(400);
/// However many follow each other, nothing waits longer.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
/// How long the end of the program waits for the last publication.
const LONGEST_END: Duration = Duration::from_secs(10);
/// For folders whose changes the system does not tell.
const ROUND: Duration = Duration::from_mins(1);
/// While the exchange folder is away: a key that is plugged in again is noticed at once.
const WHILE_AWAY: Duration = Duration::from_secs(5);
/// Records whose words are indexed in one step: about a tenth of a second.
const INDEXED_AT_ONCE: usize = 2_000;
/// Between two steps: whoever waits for the carnet gets it.
const BETWEEN_STEPS: Duration = Duration::from_millis(20);
/// Event that tells the screens how copies stand.
const EXCHANGE_CHANGED: &str = "exchange-changed";

/// What wakes the keeper.
enum Signal {
    /// An edit, or a change on disk.
    Touched,
    /// Another carnet, another folder: what is watched changes.
    Settled,
    /// The officer asks for an exchange now.
    Now(Deletions, Sender<Result<Done, Fault>>),
    /// The carnet is about to be closed: publish first.
    Last(Sender<()>),
}

/// What a pass did.
#[derive(Debug, Default, Clone)]
pub struct Done {
    /// What was taken over.
    pub merged: Merged,
    /// Commits that were put in the exchange folder.
    pub written: i64,
}

/// How the last pass ended.
#[derive(Debug, Default, Clone)]
pub struct Kept {
    /// Whether a pass goes on.
    pub is_busy: bool,
    /// When the last exchange with the folder ended well, RFC 3339.
    pub last_exchange_at: Option<String>,
    /// When the file was last published, RFC 3339.
    pub last_published_at: Option<String>,
    /// Why the file was not published.
    pub publish_problem: Option<Fault>,
    /// What could not be read, or written in the folder.
    pub problems: Vec<Fault>,
    /// Commits that have not arrived.
    pub missing: Vec<Missing>,
    /// Deletions that wait for a yes: so many records of so many.
    pub waiting: Option<(u64, u64)>,
}

/// The way to the keeper, and what it last did.
pub struct Keeper {
    signals: Sender<Signal>,
    kept: Mutex<Kept>,
}

impl Keeper {
    /// Starts the keeper of a program.
    pub fn start(app: &AppHandle) -> Self {
        let (signals, received) = channel();
        let (app, own) = (app.clone(), signals.clone());
        std::thread::spawn(move || Round::new(app, own).run(&received));
        Self {
            signals,
            kept: Mutex::default(),
        }
    }

    fn send(&self, signal: Signal) {
        // The keeper lives as long as the program: at its very end there is nobody left to tell.
        let _ = self.signals.send(signal);
    }

    /// Tells that the carnet was edited.
    pub fn touched(&self) {
        self.send(Signal::Touched);
    }

    /// Tells that another carnet is open, or another folder chosen.
    pub fn settled(&self) {
        *self.lock() = Kept::default();
        self.send(Signal::Settled);
    }

    /// Exchanges now, and gives what came of it.
    pub fn now(&self, deletions: Deletions) -> Result<Done, Fault> {
        let (answer, received) = channel();
        self.send(Signal::Now(deletions, answer));
        received
            .recv()
            .unwrap_or_else(|_| Err(Fault::of("cancelled")))
    }

    /// Publishes what is left to publish, before the carnet is closed.
    pub fn last(&self) {
        // Nothing to wait for when the keeper has ended.
        let _ = self.ask_last().recv();
    }

    /// The same before the program ends, which a folder that does not answer must not prevent: what is not
    /// published stays in the working database for the next time.
    pub fn last_before_the_end(&self) {
        let _ = self.ask_last().recv_timeout(LONGEST_END);
    }

    fn ask_last(&self) -> Receiver<()> {
        let (answer, received) = channel();
        self.send(Signal::Last(answer));
        received
    }

    /// How the last pass ended.
    pub fn kept(&self) -> Kept {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        // Plain values are whole after any panic.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The thread.
struct Round {
    app: AppHandle,
    signals: Sender<Signal>,
    watcher: Option<RecommendedWatcher>,
    watched: Vec<PathBuf>,
    /// Whether the exchange folder was last found missing: what watched it saw it go, and sees nothing any more.
    is_away: bool,
    /// When the published file was first found unreadable.
    unreadable_since: Option<Instant>,
    /// How many passes failed one after the other, and when the last one ended.
    failures: u32,
    ended: Instant,
    /// Whether there may be records that the search index does not know yet.
    is_index_behind: bool,
}

impl Round {
    fn new(app: AppHandle, signals: Sender<Signal>) -> Self {
        Self {
            app,
            signals,
            watcher: None,
            watched: Vec::new(),
            is_away: false,
            unreadable_since: None,
            failures: 0,
            ended: Instant::now(),
            is_index_behind: false,
        }
    }

    fn run(mut self, received: &Receiver<Signal>) {
        let mut first: Option<Instant> = None;
        let mut last = Instant::now();
        loop {
            let round = if self.is_away { WHILE_AWAY } else { ROUND };
            let wait = first.map_or(round, |first| {
                let due = (last + PAUSE).min(first + LONGEST_PAUSE);
                let due = due.max(self.ended + rest(self.failures));
                due.saturating_duration_since(Instant::now())
            });
            match self.next(received, wait) {
                Ok(Signal::Touched) => {
                    last = Instant::now();
                    first.get_or_insert(last);
                }
                Ok(Signal::Settled) => {
                    self.watch();
                    last = Instant::now();
                    first = Some(last);
                }
                Ok(Signal::Now(deletions, answer)) => {
                    first = None;
                    // Who asked may have gone: what was done stays.
                    let _ = answer.send(self.pass(deletions));
                }
                Ok(Signal::Last(answer)) => {
                    first = None;
                    // What failed is told by the state of the carnet when it is next opened.
                    let _ = self.pass(Deletions::Ask);
                    let _ = answer.send(());
                }
                Err(RecvTimeoutError::Timeout) => {
                    if first.take().is_none() && self.is_still_away() {
                        continue;
                    }
                    // Told by the state of the exchange.
                    let _ = self.pass(Deletions::Ask);
                }
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    /// The next signal within `wait`; until then the search index catches up.
    fn next(
        &mut self,
        received: &Receiver<Signal>,
        wait: Duration,
    ) -> Result<Signal, RecvTimeoutError> {
        let until = Instant::now() + wait;
        while self.is_index_behind && Instant::now() + BETWEEN_STEPS < until {
            match received.recv_timeout(BETWEEN_STEPS) {
                Err(RecvTimeoutError::Timeout) => self.index_some(),
                told => return told,
            }
        }
        received.recv_timeout(until.saturating_duration_since(Instant::now()))
    }

    /// Puts in the search index some of the records that it does not know yet.
    fn index_some(&mut self) {
        let data = self.app.state::<AppData>();
        let indexed = data.with(|carnet| {
            if carnet.is_read_only() {
                Ok(0)
            } else {
                carnet.index_due(INDEXED_AT_ONCE)
            }
        });
        // What failed is tried again after the next pass; until then those records are found by their titles.
        self.is_index_behind = indexed.is_ok_and(|count| count == INDEXED_AT_ONCE);
    }

    fn is_still_away(&self) -> bool {
        let folder = self.app.state::<AppData>().exchange_folder();
        self.is_away && is_missing(folder.as_deref())
    }

    /// Watches the folder of the published file and the exchange folder.
    fn watch(&mut self) {
        let data = self.app.state::<AppData>();
        let exchange = data.exchange_folder();
        let published = data.published();
        let signals = self.signals.clone();
        let told = move |event: notify::Result<notify::Event>| {
            if tells_a_change(&event) {
                // The keeper lives as long as the program.
                let _ = signals.send(Signal::Touched);
            }
        };
        self.watched.clear();
        self.watcher = notify::recommended_watcher(told).ok();
        let Some(watcher) = &mut self.watcher else {
            return;
        };
        let of_file = published.as_deref().and_then(Path::parent);
        let wanted = [
            (of_file, RecursiveMode::NonRecursive),
            (exchange.as_deref(), RecursiveMode::Recursive),
        ];
        for (folder, mode) in wanted {
            // Where the system cannot watch, the round of every minute looks.
            if let Some(folder) = folder
                && watcher.watch(folder, mode).is_ok()
            {
                self.watched.push(folder.to_owned());
            }
        }
    }

    /// Takes over, exchanges, publishes; tells the screens.
    fn pass(&mut self, deletions: Deletions) -> Result<Done, Fault> {
        let app = self.app.clone();
        let keeper = app.state::<Keeper>();
        let data = app.state::<AppData>();
        let Some(published) = data.published() else {
            return Ok(Done::default());
        };
        let folder = data.exchange_folder();
        let was_away = self.is_away;
        self.is_away = is_missing(folder.as_deref());
        let is_unwatched = folder
            .as_ref()
            .is_some_and(|folder| !self.watched.contains(folder));
        if !self.is_away && (was_away || is_unwatched) {
            self.watch();
        }
        keeper.lock().is_busy = true;
        let before = keeper.kept();
        let mut kept = Kept {
            is_busy: false,
            problems: Vec::new(),
            missing: Vec::new(),
            waiting: None,
            publish_problem: None,
            ..before
        };
        let outcome = data.with(|carnet| -> Result<Done, Fault> {
            if carnet.is_read_only() {
                return Ok(Done::default());
            }
            let now = carnet.writer().clock.now().to_rfc3339();
            let mut done = Done::default();
            if published.exists() {
                match publish::take_over(carnet, &published, deletions) {
                    Ok(merged) => add(&mut done.merged, merged),
                    Err(error) => note(error, &mut kept),
                }
                let set_aside = publish::fold_in(carnet, &published, deletions);
                for merged in set_aside.merged {
                    add(&mut done.merged, merged);
                }
                for (_, error) in set_aside.refused {
                    note(error, &mut kept);
                }
            }
            if let Some(folder) = &folder {
                match folder::exchange(carnet, folder, deletions) {
                    Ok(exchanged) => {
                        add(&mut done.merged, exchanged.merged);
                        done.written = exchanged.written;
                        kept.missing = exchanged.missing;
                        kept.waiting = kept.waiting.or(exchanged.waiting);
                        kept.problems
                            .extend(exchanged.unread.into_iter().map(|(_, error)| error.into()));
                        kept.last_exchange_at = Some(now.clone());
                    }
                    Err(error) => note(error, &mut kept),
                }
            }
            match publish::publish(carnet, &published) {
                Ok(one) => {
                    add(&mut done.merged, one.merged);
                    if one.is_written {
                        kept.last_published_at = Some(now);
                    }
                    self.unreadable_since = None;
                }
                Err(error) => {
                    let is_torn = is_torn(&error);
                    kept.publish_problem = Some(error.into());
                    self.set_torn_aside(&published, is_torn)?;
                }
            }
            let (name, now) = (name_of(&published), carnet.writer().clock.now());
            let made = backup::own_folder(carnet, &name, &data.backup_root())
                .and_then(|folder| backup::make_if_due(carnet, &name, &folder, now));
            if let Err(error) = made {
                kept.problems.push(error.into());
            }
            Ok(done)
        });
        let has_failed = outcome.is_err() || kept.publish_problem.is_some();
        self.failures = if has_failed {
            self.failures.saturating_add(1)
        } else {
            0
        };
        self.ended = Instant::now();
        self.is_index_behind = true;
        *keeper.lock() = kept;
        if let Ok(done) = &outcome
            && !done.merged.entities.is_empty()
        {
            let entities = done.merged.entities.iter().cloned().collect();
            commands::announce_from_outside(&self.app, entities)?;
        }
        self.tell();
        outcome
    }

    /// A published file that stays unreadable is put aside, so that the next pass writes a whole one.
    ///
    /// Not at once: a tool may be copying it.
    fn set_torn_aside(&mut self, published: &Path, is_torn: bool) -> Result<(), Fault> {
        if !is_torn {
            self.unreadable_since = None;
            return Ok(());
        }
        let since = *self.unreadable_since.get_or_insert_with(Instant::now);
        if since.elapsed() >= ROUND {
            publish::set_damaged_aside(published, &chrono_now())?;
            self.unreadable_since = None;
            // The keeper lives as long as the program.
            let _ = self.signals.send(Signal::Touched);
        }
        Ok(())
    }

    fn tell(&self) {
        let state = commands::exchange::state_of(&self.app);
        if let Ok(state) = state {
            // A window that is closing listens to nothing.
            let _ = self.app.emit(EXCHANGE_CHANGED, state);
        }
    }
}

/// Whether an event says more than that a file was read, or is being written under no name of its own yet.
fn tells_a_change(event: &notify::Result<notify::Event>) -> bool {
    let Ok(event) = event else {
        return true;
    };
    let is_ours = !event.paths.is_empty() && event.paths.iter().all(|path| is_unfinished(path));
    !event.kind.is_access() && !is_ours
}

/// How long after a pass the next one waits, when so many failed one after the other.
fn rest(failures: u32) -> Duration {
    match failures {
        0 => Duration::ZERO,
        _ => PAUSE
            .saturating_mul(2_u32.saturating_pow(failures))
            .min(ROUND),
    }
}

fn is_missing(folder: Option<&Path>) -> bool {
    folder.is_some_and(|folder| !folder.is_dir())
}

fn chrono_now() -> String {
    use carnet_core::store::{Clock as _, SystemClock};
    SystemClock.now().format("%Y-%m-%d %Hh%M").to_string()
}

fn is_torn(error: &ExchangeError) -> bool {
    matches!(
        error,
        ExchangeError::Merge(MergeError::Open(
            OpenError::Torn(_) | OpenError::NotACarnet(_)
        ))
    )
}

fn note(error: ExchangeError, kept: &mut Kept) {
    match error {
        ExchangeError::Merge(MergeError::ManyDeletions { deleted, records }) => {
            kept.waiting = Some((deleted, records));
        }
        other => kept.problems.push(other.into()),
    }
}

fn add(total: &mut Merged, one: Merged) {
    total.commits += one.commits;
    total.changes += one.changes;
    total.conflicts_opened += one.conflicts_opened;
    total.conflicts_settled += one.conflicts_settled;
    total.deleted += one.deleted;
    total.revived += one.revived;
    total.batch = one.batch.or(total.batch);
    total.entities.extend(one.entities);
}

#[cfg(test)]
mod tests {
    use notify::event::{AccessKind, CreateKind, RemoveKind};
    use notify::{Event, EventKind};

    use super::*;

    fn told(kind: EventKind, names: &[&str]) -> bool {
        let event = names.iter().fold(Event::new(kind), |event, name| {
            event.add_path(PathBuf::from(name))
        });
        tells_a_change(&Ok(event))
    }

    #[test]
    fn what_the_program_writes_before_it_has_its_name_wakes_nobody() {
        let part = ".a.carnet.0123456789abcdef0123456789abcdef.part";
        let create = EventKind::Create(CreateKind::File);
        let remove = EventKind::Remove(RemoveKind::File);
        assert!(!told(create, &[part]) && !told(remove, &[part]));
        assert!(told(create, &["a.carnet"]) && told(create, &[part, "a.carnet"]));
        assert!(told(EventKind::Other, &[]), "events may be lost");
        assert!(!told(EventKind::Access(AccessKind::Any), &["a.carnet"]));
    }

    #[test]
    fn passes_that_fail_come_less_and_less_often_and_at_least_once_a_minute() {
        assert_eq!(rest(0), Duration::ZERO);
        let rests: Vec<Duration> = (1..12).map(rest).collect();
        assert!(rests.is_sorted() && rests[0] > PAUSE);
        assert_eq!(rests.last(), Some(&ROUND));
        assert_eq!(rest(u32::MAX), ROUND);
    }
}
