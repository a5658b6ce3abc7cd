//! The system's file dialogs, and which paths they or the file manager have given. Knows nothing of what the files hold.
//!
//! The screens never open a dialog by themselves and never name a path that no dialog gave: see
//! [`Dialogs::has_given`]. A test cannot press keys in a dialog of the desktop, so under automation,
//! and only there, the answers come from a file that the test writes: see [`Dialogs`].

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::{env, fs, io};

use serde::Deserialize;
use tauri::{AppHandle, Manager, Runtime, WebviewWindow};
use tauri_plugin_dialog::{DialogExt, FileDialogBuilder, FilePath};
use tokio::sync::oneshot;
use ts_rs::TS;

use crate::renderer::is_automated;

/// Names the file of prepared answers; read only when a test drives the window.
const ANSWERS_VARIABLE: &str = "CARNET_DIALOG_ANSWERS";

/// How a dialog opens. Every text comes from the screen, in the officer's language.
#[derive(Debug, Default, Deserialize, TS)]
#[serde(default)]
pub struct DialogRequest {
    /// Title of the dialog; the system's own when absent.
    pub title: Option<String>,
    /// Where to save, proposed: its folder is shown first, its file name filled in.
    pub proposed: Option<PathBuf>,
    /// Kinds of file to choose from, the usual one first; none means any file.
    pub kinds: Vec<FileKind>,
}

/// One line of the dialog's list of file kinds.
#[derive(Debug, Deserialize, TS)]
pub struct FileKind {
    /// Words for the officer, for instance “Carnet”.
    pub name: String,
    /// Extensions without their dot.
    pub extensions: Vec<String>,
}

/// Asks for an existing file; `None` when the officer cancels.
#[tauri::command]
pub async fn pick_file_to_open<R: Runtime>(
    window: WebviewWindow<R>,
    request: DialogRequest,
) -> Option<PathBuf> {
    ask(&window, &request, FileDialogBuilder::pick_file).await
}

/// Asks where to save a file; the system asks before replacing one. `None` when the officer cancels.
#[tauri::command]
pub async fn pick_file_to_save<R: Runtime>(
    window: WebviewWindow<R>,
    request: DialogRequest,
) -> Option<PathBuf> {
    ask(&window, &request, FileDialogBuilder::save_file).await
}

/// Asks for a folder; `None` when the officer cancels.
#[tauri::command]
pub async fn pick_folder<R: Runtime>(
    window: WebviewWindow<R>,
    request: DialogRequest,
) -> Option<PathBuf> {
    ask(&window, &request, FileDialogBuilder::pick_folder).await
}

type Answer = Box<dyn FnOnce(Option<FilePath>) + Send>;

async fn ask<R: Runtime>(
    window: &WebviewWindow<R>,
    request: &DialogRequest,
    show: fn(FileDialogBuilder<R>, Answer),
) -> Option<PathBuf> {
    let app = window.app_handle();
    let dialogs = app.state::<Dialogs>();
    let path = match &dialogs.prepared {
        Some(answers) => prepared_answer(answers),
        None => {
            let (sender, receiver) = oneshot::channel();
            show(
                builder(app, window, request),
                Box::new(move |path| {
                    // Nobody waits any more when the window has closed meanwhile.
                    let _ = sender.send(path);
                }),
            );
            receiver.await.ok().flatten()?.into_path().ok()
        }
    }?;
    dialogs.given().insert(path.clone());
    Some(path)
}

fn builder<R: Runtime>(
    app: &AppHandle<R>,
    window: &WebviewWindow<R>,
    request: &DialogRequest,
) -> FileDialogBuilder<R> {
    let mut builder = app.dialog().file().set_parent(window);
    if let Some(title) = &request.title {
        builder = builder.set_title(title);
    }
    if let Some(proposed) = &request.proposed {
        if let Some(folder) = proposed.parent() {
            builder = builder.set_directory(folder);
        }
        if let Some(name) = proposed.file_name() {
            builder = builder.set_file_name(name.to_string_lossy());
        }
    }
    for kind in &request.kinds {
        let extensions: Vec<&str> = kind.extensions.iter().map(String::as_str).collect();
        builder = builder.add_filter(&kind.name, &extensions);
    }
    builder
}

/// What the dialogs have answered since the program started.
///
/// With `TAURI_AUTOMATION=true` and [`ANSWERS_VARIABLE`] set, no dialog opens: each takes the first
/// line of that file away and answers with it, an empty line being a cancelled dialog. An officer's
/// program never reads it.
#[derive(Debug, Default)]
pub struct Dialogs {
    given: Mutex<HashSet<PathBuf>>,
    prepared: Option<PathBuf>,
}

impl Dialogs {
    /// Opens real dialogs, unless a test drives the window and has prepared the answers.
    pub fn from_environment() -> Self {
        let prepared = is_automated()
            .then(|| env::var_os(ANSWERS_VARIABLE))
            .flatten();
        Self {
            given: Mutex::default(),
            prepared: prepared.map(PathBuf::from),
        }
    }

    /// Tells whether a dialog or the file manager has given this path since the program started.
    pub fn has_given(&self, path: &Path) -> bool {
        self.given().contains(path)
    }

    /// Counts a path as answered: whoever opens a file in the file manager has chosen it there.
    pub fn give(&self, path: &Path) {
        self.given().insert(path.to_owned());
    }

    fn given(&self) -> MutexGuard<'_, HashSet<PathBuf>> {
        // A set of paths is whole after any panic.
        self.given.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn prepared_answer(answers: &Path) -> Option<PathBuf> {
    match take_first_line(answers) {
        Ok(Some(line)) if line.is_empty() => None,
        Ok(Some(line)) => Some(PathBuf::from(line)),
        Ok(None) => {
            eprintln!("carnet: a dialog was asked for and no answer was prepared");
            None
        }
        Err(error) => {
            eprintln!("carnet: {}: {error}", answers.display());
            None
        }
    }
}

fn take_first_line(file: &Path) -> io::Result<Option<String>> {
    let text = fs::read_to_string(file)?;
    let Some((line, rest)) = text.split_once('\n') else {
        return Ok(None);
    };
    fs::write(file, rest)?;
    Ok(Some(line.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prepared_answers_are_given_one_by_one_and_an_empty_line_cancels() {
        let folder = tempfile::tempdir().unwrap();
        let answers = folder.path().join("answers");
        fs::write(&answers, "/a/first.csv\n\n/a/third.pdf\n").unwrap();

        let taken: Vec<_> = (0..4).map(|_| prepared_answer(&answers)).collect();

        assert_eq!(taken[0].as_deref(), Some(Path::new("/a/first.csv")));
        assert_eq!(taken[1], None);
        assert_eq!(taken[2].as_deref(), Some(Path::new("/a/third.pdf")));
        assert_eq!(taken[3], None, "nothing is left");
    }

    #[test]
    fn only_paths_that_a_dialog_gave_are_known() {
        let dialogs = Dialogs::default();
        dialogs.given().insert(PathBuf::from("/a/list.csv"));

        assert!(dialogs.has_given(Path::new("/a/list.csv")));
        assert!(!dialogs.has_given(Path::new("/a/other.csv")));
    }
}
