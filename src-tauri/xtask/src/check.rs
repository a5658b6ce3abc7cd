//! What a machine can check of this repository and no linter knows.

use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};

use crate::gen_types;

/// Most lines of a file of ours, tests and data apart.
const LONGEST_FILE: usize = 600;

/// Entries of the top level (architecture.md §2).
const TOP_LEVEL: [&str; 10] = [
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "Makefile",
    "README.md",
    "icons",
    "src-tauri",
    "tests",
    "ui",
];

/// Runs every check and tells each that fails.
pub(crate) fn run() -> ExitCode {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let files = tracked(&root);
    let checks = [
        gen_types::is_fresh(),
        !files.is_empty(),
        is_top_level_known(&files),
        are_files_short(&root, &files),
        is_core_alone(&root),
    ];
    if checks.into_iter().all(|holds| holds) {
        println!("{} files checked", files.len());
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// The files that git tracks.
fn tracked(root: &Path) -> Vec<String> {
    match Command::new("git")
        .arg("-C")
        .arg(root)
        .arg("ls-files")
        .output()
    {
        Ok(listed) => String::from_utf8_lossy(&listed.stdout)
            .lines()
            .map(str::to_owned)
            .collect(),
        Err(error) => {
            eprintln!("git ls-files: {error}");
            Vec::new()
        }
    }
}

fn is_top_level_known(files: &[String]) -> bool {
    let mut holds = true;
    for file in files {
        let top = file.split('/').next().unwrap_or(file);
        if !top.starts_with('.') && !TOP_LEVEL.contains(&top) {
            eprintln!("{file}: not an entry of the top level");
            holds = false;
        }
    }
    holds
}

fn are_files_short(root: &Path, files: &[String]) -> bool {
    let is_ours = |file: &&String| {
        let is_code = [".rs", ".svelte", ".ts", ".mjs"]
            .iter()
            .any(|extension| file.ends_with(extension));
        is_code
            && !file.contains("/generated/")
            && !file.ends_with("enumerations.rs")
            && !file.contains("tests")
    };
    let mut holds = true;
    for file in files.iter().filter(is_ours) {
        let Ok(text) = fs::read_to_string(root.join(file)) else {
            continue;
        };
        let code = text
            .split("#[cfg(test)]\nmod tests")
            .next()
            .unwrap_or(&text);
        let lines = code.lines().count();
        if lines > LONGEST_FILE {
            eprintln!("{file}: {lines} lines, something wants out");
            holds = false;
        }
    }
    holds
}

/// The core names neither Tauri nor tokio.
fn is_core_alone(root: &Path) -> bool {
    let manifest = fs::read_to_string(root.join("src-tauri/core/Cargo.toml")).unwrap_or_default();
    let is_alone =
        !manifest.is_empty() && !manifest.contains("tauri") && !manifest.contains("tokio");
    if !is_alone {
        eprintln!("src-tauri/core/Cargo.toml: the core knows nothing of the window");
    }
    is_alone
}
