//! What the window holds: the open carnet, where this installation keeps its own files, and its settings.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use carnet_core::exchange::inside::Inside;
use carnet_core::fault::Fault;
use carnet_core::messages::Language;
use carnet_core::store::{Carnet, SystemClock, Writer};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// How many carnets are remembered on the first screen.
const MOST_RECENTS: usize = 8;

/// Choices of this installation; a carnet never carries them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct Settings {
    /// Language of the screens.
    pub language: Language,
    /// `system`, `light` or `dark`.
    #[ts(type = "\"system\" | \"light\" | \"dark\"")]
    pub theme: String,
    /// 100, 112 or 125 %.
    #[ts(type = "100 | 112 | 125")]
    pub text_scale: u16,
    /// `compact` or `comfortable`.
    #[ts(type = "\"compact\" | \"comfortable\"")]
    pub density: String,
    /// Whether single letters act in lists (WCAG 2.1.4).
    pub single_key_shortcuts: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            language: Language::Fr,
            theme: "system".into(),
            text_scale: 100,
            density: "compact".into(),
            single_key_shortcuts: true,
        }
    }
}

/// A carnet that this installation opened before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Recent {
    /// Where it was.
    pub path: PathBuf,
    /// Its name.
    pub name: String,
    /// RFC 3339.
    pub last_opened_at: String,
    /// Whether nothing is there any more.
    #[serde(default)]
    pub is_missing: bool,
}

/// What this installation keeps beside the carnets.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
struct Installation {
    settings: Settings,
    recents: Vec<Recent>,
    device_name: Option<String>,
    author: Option<String>,
    /// The exchange folder of each carnet, by the path of its published file.
    exchange_folders: BTreeMap<PathBuf, PathBuf>,
}

/// The open carnet: its working database, and the file that the officer named.
struct Open {
    carnet: Carnet,
    published: PathBuf,
    repaired: Option<RepairedFrom>,
    /// The backup that was last looked into: page after page is read from one copy of it.
    looked: Option<Looked>,
}

/// A backup that is looked into, and which file it was.
struct Looked {
    path: PathBuf,
    stamp: Stamp,
    inside: Inside,
}

/// Length and time of a file.
type Stamp = (u64, Option<SystemTime>);

fn stamp_of(path: &Path) -> Result<Stamp, Fault> {
    let found = fs::metadata(path).map_err(|error| Fault::io(path, &error))?;
    Ok((found.len(), found.modified().ok()))
}

/// How a damaged carnet was put right when it was opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct RepairedFrom {
    /// When the backup was made that took its place, ISO 8601 in the time of the machine.
    pub backup_made_at: String,
    /// Where the damaged file is kept.
    pub damaged: PathBuf,
}

/// The state of the program.
pub struct AppData {
    folder: PathBuf,
    installation: Mutex<Installation>,
    open: Mutex<Option<Open>>,
    asked: Mutex<Option<PathBuf>>,
}

impl AppData {
    /// The state kept in `folder`; a file that cannot be read counts as a first start.
    pub fn read(folder: PathBuf) -> Self {
        let kept = fs::read(folder.join("installation.json")).ok();
        let installation = kept
            .and_then(|json| serde_json::from_slice(&json).ok())
            .unwrap_or_default();
        Self {
            folder,
            installation: Mutex::new(installation),
            open: Mutex::new(None),
            asked: Mutex::new(None),
        }
    }

    fn installation(&self) -> MutexGuard<'_, Installation> {
        // Plain values are whole after any panic.
        self.installation
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn keep(&self, installation: &Installation) -> Result<(), Fault> {
        let path = self.folder.join("installation.json");
        let refused = |error: io::Error| Fault::io(&path, &error);
        let json =
            serde_json::to_vec_pretty(installation).map_err(|error| refused(error.into()))?;
        fs::create_dir_all(&self.folder).map_err(refused)?;
        let fresh = path.with_extension("json.new");
        fs::write(&fresh, json).map_err(refused)?;
        fs::rename(&fresh, &path).map_err(refused)
    }

    /// The settings of this installation.
    pub fn settings(&self) -> Settings {
        self.installation().settings.clone()
    }

    /// Keeps new settings.
    pub fn set_settings(&self, settings: Settings) -> Result<(), Fault> {
        let language = settings.language;
        let mut installation = self.installation();
        installation.settings = settings;
        self.keep(&installation)?;
        // Whoever asks for the settings does not wait for whoever works on the carnet.
        drop(installation);
        if let Some(open) = self.slot().as_mut() {
            open.carnet.set_language(language);
        }
        Ok(())
    }

    /// The carnets opened before, latest first.
    pub fn recents(&self) -> Vec<Recent> {
        let recents = self.installation().recents.clone();
        recents
            .into_iter()
            .map(|recent| Recent {
                is_missing: !recent.path.exists(),
                ..recent
            })
            .collect()
    }

    /// How this machine and person were last named.
    pub fn names(&self) -> (Option<String>, Option<String>) {
        let installation = self.installation();
        (
            installation.device_name.clone(),
            installation.author.clone(),
        )
    }

    /// Whether somebody said how this machine and person are named.
    pub fn is_named(&self) -> bool {
        matches!(self.names(), (Some(_), Some(_)))
    }

    /// Remembers how this machine and person are named.
    pub fn set_names(&self, device_name: &str, author: &str) -> Result<(), Fault> {
        let mut installation = self.installation();
        installation.device_name = Some(device_name.to_owned());
        installation.author = Some(author.to_owned());
        self.keep(&installation)
    }

    /// Who writes from this installation.
    pub fn writer(&self, device_name: &str, author: &str) -> Writer {
        Writer {
            device_name: device_name.to_owned(),
            author: author.to_owned(),
            register: self.folder.join("writers"),
            clock: Arc::new(SystemClock),
        }
    }

    fn slot(&self) -> MutexGuard<'_, Option<Open>> {
        // A panic in a transaction rolled it back: the carnet is whole.
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where working databases are.
    pub fn workplace(&self) -> PathBuf {
        self.folder.join("working")
    }

    /// Where the backups of all carnets are.
    pub fn backup_root(&self) -> PathBuf {
        self.folder.join("backups")
    }

    /// Makes a carnet the open one, published at `published`, and remembers it.
    pub fn put(
        &self,
        mut carnet: Carnet,
        published: PathBuf,
        repaired: Option<RepairedFrom>,
    ) -> Result<(), Fault> {
        let mut installation = self.installation();
        carnet.set_language(installation.settings.language);
        installation
            .recents
            .retain(|recent| recent.path != published);
        let recent = Recent {
            name: name_of(&published),
            last_opened_at: carnet.writer().clock.now().to_rfc3339(),
            path: published.clone(),
            is_missing: false,
        };
        installation.recents.insert(0, recent);
        installation.recents.truncate(MOST_RECENTS);
        self.forget_asked(&published);
        *self.slot() = Some(Open {
            carnet,
            published,
            repaired,
            looked: None,
        });
        self.keep(&installation)
    }

    /// Closes the open carnet.
    pub fn close(&self) {
        *self.slot() = None;
    }

    /// The file of the open carnet, as the officer named it.
    pub fn published(&self) -> Option<PathBuf> {
        self.slot().as_ref().map(|open| open.published.clone())
    }

    /// The exchange folder of the open carnet.
    pub fn exchange_folder(&self) -> Option<PathBuf> {
        let published = self.published()?;
        self.installation()
            .exchange_folders
            .get(&published)
            .cloned()
    }

    /// Chooses the exchange folder of the open carnet; none stops using one.
    pub fn set_exchange_folder(&self, folder: Option<PathBuf>) -> Result<(), Fault> {
        let published = self.published().ok_or_else(|| Fault::of("no_carnet"))?;
        let mut installation = self.installation();
        match folder {
            Some(folder) => installation.exchange_folders.insert(published, folder),
            None => installation.exchange_folders.remove(&published),
        };
        self.keep(&installation)
    }

    /// Remembers a carnet that the file manager asked to open, until a screen takes it.
    pub fn ask(&self, path: Option<PathBuf>) {
        // A path is whole after any panic.
        *self.asked.lock().unwrap_or_else(PoisonError::into_inner) = path;
    }

    /// What the file manager asked for is open, or is wanted no more; another file than that stays asked for.
    pub fn forget_asked(&self, opened: &Path) {
        // A path is whole after any panic.
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.take_if(|path| path == opened);
    }

    /// The carnet that the file manager asked to open, unless it is the one that is open.
    pub fn asked_beside(&self, open: Option<&Path>) -> Option<PathBuf> {
        self.asked().filter(|asked| Some(asked.as_path()) != open)
    }

    /// The carnet that the file manager asked to open.
    pub fn asked(&self) -> Option<PathBuf> {
        let asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.clone()
    }

    /// Works on files while nobody works on the open carnet, whose file may be one of them: what is opened and closed
    /// beside a transaction gives up its locks (fcntl(2)).
    pub fn while_idle<T>(&self, work: impl FnOnce() -> T) -> T {
        let _idle = self.slot();
        work()
    }

    /// Works on the open carnet, if one is.
    pub fn if_open<T>(
        &self,
        work: impl FnOnce(&Carnet, &Path, Option<&RepairedFrom>) -> T,
    ) -> Option<T> {
        self.slot()
            .as_ref()
            .map(|open| work(&open.carnet, &open.published, open.repaired.as_ref()))
    }

    /// Works on the open carnet.
    pub fn with<T, E: Into<Fault>>(
        &self,
        work: impl FnOnce(&mut Carnet) -> Result<T, E>,
    ) -> Result<T, Fault> {
        let mut slot = self.slot();
        let open = slot.as_mut().ok_or_else(|| Fault::of("no_carnet"))?;
        work(&mut open.carnet).map_err(Into::into)
    }
}

impl AppData {
    /// Works on the open carnet and on what a backup of it holds, in the same language.
    pub fn with_backup<T>(
        &self,
        path: &Path,
        work: impl FnOnce(&mut Carnet, &Inside) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let mut slot = self.slot();
        let open = slot.as_mut().ok_or_else(|| Fault::of("no_carnet"))?;
        let stamp = stamp_of(path)?;
        let is_it = |looked: &Looked| looked.path == path && looked.stamp == stamp;
        let mut looked = match open.looked.take().filter(is_it) {
            Some(looked) => looked,
            None => Looked {
                path: path.to_owned(),
                stamp,
                inside: Inside::look(&open.carnet, path)?,
            },
        };
        looked.inside.carnet.set_language(open.carnet.language());
        let looked = open.looked.insert(looked);
        work(&mut open.carnet, &looked.inside)
    }
}

impl AppData {
    /// Removes the copy of the backup that was looked into, unless somebody works on it: it is then swept a day later.
    pub fn leave_backup(&self) {
        if let Ok(mut slot) = self.open.try_lock() {
            slot.iter_mut().for_each(|open| open.looked = None);
        }
    }
}

/// The name of a carnet: its file's, without the extension.
pub fn name_of(path: &Path) -> String {
    path.file_stem()
        .map(|stem| stem.to_string_lossy().into_owned())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_read_back_after_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let data = AppData::read(folder.path().to_owned());
        let chosen = Settings {
            theme: "dark".into(),
            text_scale: 125,
            ..Settings::default()
        };
        data.set_settings(chosen.clone()).unwrap();
        assert_eq!(AppData::read(folder.path().to_owned()).settings(), chosen);
    }

    #[test]
    fn what_is_asked_for_stays_until_it_is_open_or_wanted_no_more() {
        let folder = tempfile::tempdir().unwrap();
        let data = AppData::read(folder.path().to_owned());
        let (mine, copy) = (Path::new("/a/mine.carnet"), Path::new("/a/copy.carnet"));
        data.ask(Some(mine.to_owned()));
        assert_eq!(data.asked_beside(Some(mine)), None, "it is open already");
        assert_eq!(data.asked_beside(Some(copy)).as_deref(), Some(mine));
        data.forget_asked(copy);
        assert_eq!(data.asked_beside(None).as_deref(), Some(mine));
        data.forget_asked(mine);
        assert_eq!(data.asked_beside(None), None);
    }

    #[test]
    fn nothing_is_read_from_a_closed_carnet() {
        let folder = tempfile::tempdir().unwrap();
        let data = AppData::read(folder.path().to_owned());
        let refused = data.with(|carnet| carnet.digest());
        assert_eq!(refused.unwrap_err().code, "no_carnet");
    }

    #[test]
    fn a_backup_is_looked_into_in_one_copy_until_another_one_is_or_its_file_changes() {
        let folder = tempfile::tempdir().unwrap();
        let data = AppData::read(folder.path().to_owned());
        let path = folder.path().join("a.carnet");
        let writer = data.writer("Poste", "Ada");
        let carnet = Carnet::create(&path, None, writer.clone()).unwrap();
        let backups = [1, 2].map(|number| {
            let backup = folder.path().join(format!("{number}.carnet"));
            fs::copy(&path, &backup).unwrap();
            backup
        });
        data.put(carnet, path, None).unwrap();
        let copies = || {
            let kept = fs::read_dir(&writer.register)
                .into_iter()
                .flatten()
                .flatten();
            let names = kept.map(|entry| entry.file_name().to_string_lossy().into_owned());
            let scratch = names.filter(|name| name.starts_with("scratch-"));
            scratch.collect::<std::collections::BTreeSet<_>>()
        };
        let look = |backup: &Path| {
            data.with_backup(backup, |_, inside| Ok(inside.carnet.digest()?))
                .unwrap();
            copies()
        };
        let first = look(&backups[0]);
        assert_eq!(first.len(), 1);
        assert_eq!(look(&backups[0]), first, "the same copy");
        let second = look(&backups[1]);
        assert_eq!(second.len(), 1);
        assert_ne!(second, first);
        let file = fs::File::options().write(true).open(&backups[1]).unwrap();
        file.set_modified(SystemTime::UNIX_EPOCH).unwrap();
        assert_ne!(look(&backups[1]), second, "the file changed");
        data.close();
        assert!(copies().is_empty(), "nothing is left of it");
    }
}
