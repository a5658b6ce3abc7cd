//! The command line as a script meets it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

use crate::PASSPHRASE;

/// A folder with a home of its own, and the program.
pub struct Terminal {
    /// Removed with it.
    pub folder: TempDir,
}

impl Default for Terminal {
    fn default() -> Self {
        Self::new()
    }
}

impl Terminal {
    /// An empty folder.
    #[expect(clippy::missing_panics_doc, reason = "a test without a folder fails")]
    pub fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// A file of the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The program, ready to run one line.
    pub fn command(&self, passphrase: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(program());
        command
            .args(["--device", "Portable", "--author", "Ada"])
            .args(arguments)
            .current_dir(self.folder.path())
            .env_clear()
            .env("HOME", self.folder.path())
            .env("LANG", "fr_FR.UTF-8")
            .env("CARNET_PASSPHRASE", passphrase)
            .env("CARNET_NEW_PASSPHRASE", "une autre phrase");
        command
    }

    /// Runs one line with this passphrase.
    #[expect(
        clippy::missing_panics_doc,
        reason = "a test without its program fails"
    )]
    pub fn run_with(&self, passphrase: &str, arguments: &[&str]) -> Output {
        self.command(passphrase, arguments).output().unwrap()
    }

    /// Runs one line.
    pub fn run(&self, arguments: &[&str]) -> Output {
        self.run_with(PASSPHRASE, arguments)
    }

    /// What a command that succeeds prints.
    #[expect(clippy::missing_panics_doc, reason = "it asserts")]
    pub fn done(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {said}");
        assert_eq!(said, "", "{arguments:?}");
        String::from_utf8(output.stdout)
            .unwrap()
            .trim_end()
            .to_owned()
    }

    /// The one line that a refused command says.
    pub fn refused(&self, arguments: &[&str]) -> String {
        one_line(&self.run(arguments))
    }

    /// The JSON that a command prints.
    #[expect(clippy::missing_panics_doc, reason = "it asserts")]
    pub fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.done(arguments)).unwrap()
    }
}

/// The one line that a refused command said.
#[expect(clippy::missing_panics_doc, reason = "it asserts")]
pub fn one_line(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(output.stdout.is_empty(), "{output:?}");
    let said = String::from_utf8_lossy(&output.stderr)
        .trim_end()
        .to_owned();
    assert_eq!(said.lines().count(), 1, "{said}");
    said
}

/// The program, built beside this test.
#[expect(clippy::missing_panics_doc, reason = "a test runs from a file")]
pub fn program() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let folder = test.parent().and_then(Path::parent).unwrap();
    folder.join(format!("carnet-cli{}", std::env::consts::EXE_SUFFIX))
}
