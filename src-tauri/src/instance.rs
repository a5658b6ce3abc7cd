//! One program for each data folder: started again, it hands what it was asked to open to the window that is there.
//!
//! The lock of a file says who is first, and is given back by the system whatever becomes of that program; a local
//! socket in the same folder carries the request, so that nobody else on the machine can make one.

use std::ffi::OsString;
use std::fs::{self, File, TryLockError};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use interprocess::local_socket::{
    GenericFilePath, Listener, ListenerOptions, Name, Stream, prelude::*,
};
use serde::{Deserialize, Serialize};

const LOCK: &str = "program.lock";
#[cfg(not(windows))]
const DOOR: &str = "program.socket";
/// How long a start waits for a program that says that it is ending: longer than one takes to end.
const LONGEST_END: Duration = Duration::from_secs(12);
/// How long it waits for one that says nothing: longer than one takes to listen.
const LONGEST_SILENCE: Duration = Duration::from_secs(3);
/// Between two attempts.
const PAUSE: Duration = Duration::from_millis(50);
/// How long a line may take, and how long it may be.
const LONGEST_LINE: Duration = Duration::from_secs(2);
const MOST_BYTES: u64 = 64 * 1024;

/// How a start of the program goes on.
#[derive(Debug)]
pub enum Start {
    /// Nobody else has this folder.
    First(First),
    /// The window that is there has taken over what was asked.
    Joined,
    /// Whoever has the folder does not answer, or the folder takes no locks: the carnet's own locks still hold.
    Alone,
}

/// The right to a data folder, kept until it is dropped or the program ends.
#[derive(Debug)]
pub struct First {
    /// Locked.
    _lock: File,
    listener: Option<Listener>,
    is_ending: Arc<AtomicBool>,
}

/// Tells those who come that this program is ending: they wait for their turn.
#[derive(Debug, Clone)]
pub struct Ending(Arc<AtomicBool>);

impl Ending {
    /// From now on.
    pub fn begin(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// What a program that was started again asks.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Request {
    /// The carnet to open, whatever letters its path is written in; none to come to the front.
    path: Option<OsString>,
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Answer {
    Taken,
    Ending,
}

/// Takes the folder, or hands `path` to the program that has it.
pub fn start(folder: &Path, path: Option<&Path>) -> Start {
    start_within(folder, path, LONGEST_SILENCE)
}

fn start_within(folder: &Path, path: Option<&Path>, longest_silence: Duration) -> Start {
    let began = Instant::now();
    let request = Request {
        path: path.map(|path| path.as_os_str().to_owned()),
    };
    loop {
        match lock(folder) {
            Ok(Some(lock)) => return Start::First(First::new(folder, lock)),
            Ok(None) => {}
            Err(_) => return Start::Alone,
        }
        let longest = match ask(folder, &request) {
            Ok(Answer::Taken) => return Start::Joined,
            Ok(Answer::Ending) => LONGEST_END,
            Err(_) => longest_silence,
        };
        if began.elapsed() >= longest {
            return Start::Alone;
        }
        thread::sleep(PAUSE);
    }
}

/// The lock of the folder; none where another program has it.
fn lock(folder: &Path) -> io::Result<Option<File>> {
    fs::create_dir_all(folder)?;
    let mut options = File::options();
    let lock = options
        .create(true)
        .truncate(false)
        .write(true)
        .open(folder.join(LOCK))?;
    match lock.try_lock() {
        Ok(()) => Ok(Some(lock)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

#[cfg(not(windows))]
fn door(folder: &Path) -> io::Result<Name<'static>> {
    folder.join(DOOR).to_fs_name::<GenericFilePath>()
}

/// Pipes are all in one place there: named after the folder.
#[cfg(windows)]
fn door(folder: &Path) -> io::Result<Name<'static>> {
    let folder: String = folder
        .to_string_lossy()
        .chars()
        .map(|letter| {
            if letter.is_alphanumeric() {
                letter
            } else {
                '-'
            }
        })
        .collect();
    format!(r"\\.\pipe\carnet-appui-{folder}").to_fs_name::<GenericFilePath>()
}

fn ask(folder: &Path, request: &Request) -> io::Result<Answer> {
    let stream = Stream::connect(door(folder)?)?;
    // Where there is no such limit, the other side answers at once or ends.
    let _ = stream.set_recv_timeout(Some(LONGEST_LINE));
    say(&mut &stream, request)?;
    hear(&stream)
}

fn say(stream: &mut impl Write, what: &impl Serialize) -> io::Result<()> {
    let mut line = serde_json::to_vec(what)?;
    line.push(b'\n');
    stream.write_all(&line)
}

fn hear<T: for<'a> Deserialize<'a>>(stream: impl Read) -> io::Result<T> {
    let mut line = String::new();
    BufReader::new(stream.take(MOST_BYTES)).read_line(&mut line)?;
    Ok(serde_json::from_str(&line)?)
}

impl First {
    fn new(folder: &Path, lock: File) -> Self {
        // What a killed program left in its place. Where no socket can be, those who come go on alone.
        let listener = door(folder).and_then(|name| {
            #[cfg(not(windows))]
            match fs::remove_file(folder.join(DOOR)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
            ListenerOptions::new().name(name).create_sync()
        });
        Self {
            _lock: lock,
            listener: listener.ok(),
            is_ending: Arc::default(),
        }
    }

    /// Calls `joined` with what each start that comes after this one asks for, until the program ends.
    pub fn listen(&mut self, joined: impl Fn(Option<PathBuf>) + Send + 'static) -> Ending {
        let ending = Ending(Arc::clone(&self.is_ending));
        if let Some(listener) = self.listener.take() {
            let is_ending = Arc::clone(&self.is_ending);
            thread::spawn(move || {
                for stream in listener.incoming() {
                    match stream {
                        // Who hung up before the answer asks again.
                        Ok(stream) => drop(receive(&stream, &is_ending, &joined)),
                        // Too many files are open, or the like: it may pass.
                        Err(_) => thread::sleep(PAUSE),
                    }
                }
            });
        }
        ending
    }
}

fn receive(
    stream: &Stream,
    is_ending: &AtomicBool,
    joined: &impl Fn(Option<PathBuf>),
) -> io::Result<()> {
    let _ = stream.set_recv_timeout(Some(LONGEST_LINE));
    let request: Request = hear(stream)?;
    if is_ending.load(Ordering::Relaxed) {
        return say(&mut &*stream, &Answer::Ending);
    }
    joined(request.path.map(PathBuf::from));
    say(&mut &*stream, &Answer::Taken)
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::*;

    #[test]
    fn whoever_comes_second_hands_over_what_was_asked_and_whoever_comes_after_the_end_is_first() {
        let folder = tempfile::tempdir().unwrap();
        let Start::First(mut first) = start(folder.path(), None) else {
            panic!("nobody else is there");
        };
        let (sender, received) = channel();
        first.listen(move |path| sender.send(path).unwrap());
        let copy = Path::new("/media/clé/copie.carnet");
        assert!(matches!(start(folder.path(), Some(copy)), Start::Joined));
        assert_eq!(received.recv().unwrap().as_deref(), Some(copy));
        assert!(matches!(start(folder.path(), None), Start::Joined));
        assert_eq!(received.recv().unwrap(), None);
        let elsewhere = tempfile::tempdir().unwrap();
        assert!(matches!(start(elsewhere.path(), None), Start::First(_)));
        drop(first);
        assert!(matches!(start(folder.path(), None), Start::First(_)));
    }

    #[test]
    fn whoever_comes_while_the_first_is_ending_waits_for_its_turn() {
        let folder = tempfile::tempdir().unwrap();
        let Start::First(mut first) = start(folder.path(), None) else {
            panic!("nobody else is there");
        };
        first.listen(|_| unreachable!("it is ending")).begin();
        let place = folder.path().to_owned();
        let second = thread::spawn(move || start(&place, None));
        let answered = ask(folder.path(), &Request { path: None }).unwrap();
        assert_eq!(answered, Answer::Ending);
        drop(first);
        assert!(matches!(second.join().unwrap(), Start::First(_)));
    }

    #[test]
    fn whoever_gets_no_answer_goes_on_alone() {
        let folder = tempfile::tempdir().unwrap();
        let Start::First(first) = start(folder.path(), None) else {
            panic!("nobody else is there");
        };
        // It never listens.
        assert!(first.listener.is_some());
        drop(first.listener);
        assert!(matches!(
            start_within(folder.path(), None, Duration::ZERO),
            Start::Alone
        ));
    }
}
