//! What the terminal gives: names, language, passphrase, and where this installation keeps its register.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use carnet_core::fault::Fault;
use carnet_core::messages::{Language, text};
use carnet_core::store::{Passphrase, SystemClock, Writer};

use crate::arguments::CommandLine;

fn variable(names: &[&str]) -> Option<String> {
    names
        .iter()
        .find_map(|name| env::var(name).ok().filter(|value| !value.is_empty()))
}

/// The language of the session.
pub(crate) fn language() -> Language {
    Language::of_locale(&variable(&["LC_ALL", "LC_MESSAGES", "LANG"]).unwrap_or_default())
}

/// Who writes: named on the line, else by the host and the user.
pub(crate) fn writer(line: &CommandLine) -> Writer {
    let host = || {
        fs::read_to_string("/etc/hostname")
            .ok()
            .map(|name| name.trim().to_owned())
    };
    let device = line
        .device
        .clone()
        .or_else(|| variable(&["HOSTNAME", "COMPUTERNAME"]))
        .or_else(host);
    let author = line
        .author
        .clone()
        .or_else(|| variable(&["USER", "LOGNAME", "USERNAME"]));
    Writer {
        device_name: device.unwrap_or_else(|| "terminal".to_owned()),
        author: author.unwrap_or_else(|| "terminal".to_owned()),
        register: data_folder().join("writers"),
        clock: Arc::new(SystemClock),
    }
}

/// The folder of this installation, the same as the window's.
fn data_folder() -> PathBuf {
    const APPLICATION: &str = "fr.carnet-appui.carnet";
    let home = || {
        variable(&["HOME", "USERPROFILE"])
            .map(PathBuf::from)
            .unwrap_or_default()
    };
    let of_system = if cfg!(target_os = "macos") {
        home().join("Library/Application Support")
    } else if cfg!(windows) {
        variable(&["APPDATA"]).map_or_else(home, PathBuf::from)
    } else {
        variable(&["XDG_DATA_HOME"]).map_or_else(|| home().join(".local/share"), PathBuf::from)
    };
    of_system.join(APPLICATION)
}

fn from_file(path: &Path) -> Result<Option<Passphrase>, Fault> {
    let content = fs::read_to_string(path).map_err(|error| Fault::io(path, &error))?;
    Ok(Passphrase::new(content.trim_end_matches(['\r', '\n'])))
}

fn prompted(language: Language, key: &str) -> Result<Option<Passphrase>, Fault> {
    let typed =
        rpassword::prompt_password(text(language, key, &[])).map_err(|_| Fault::of("locked"))?;
    Ok(Passphrase::new(typed))
}

/// The passphrase given beside the line, without asking.
pub(crate) fn given_passphrase(line: &CommandLine) -> Result<Option<Passphrase>, Fault> {
    match &line.passphrase_file {
        Some(path) => from_file(path),
        None => Ok(variable(&["CARNET_PASSPHRASE"]).and_then(Passphrase::new)),
    }
}

/// The passphrase asked of who sits there.
pub(crate) fn asked_passphrase(language: Language) -> Result<Option<Passphrase>, Fault> {
    prompted(language, "cli.passphrase")
}

/// The new passphrase of a `rekey`.
pub(crate) fn new_passphrase(file: Option<&Path>, language: Language) -> Result<Passphrase, Fault> {
    let new = match file {
        Some(path) => from_file(path)?,
        None => match variable(&["CARNET_NEW_PASSPHRASE"]) {
            Some(new) => Passphrase::new(new),
            // Nobody there to be asked is nothing said.
            None => prompted(language, "cli.new_passphrase").ok().flatten(),
        },
    };
    new.ok_or_else(|| Fault::of("no_new_passphrase"))
}
