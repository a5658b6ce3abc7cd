//! What the command line accepts; its words are messages (`usage`).

use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::{Args, Parser, Subcommand};

#[derive(Debug, Parser)]
#[command(name = "carnet-cli", version)]
pub(crate) struct CommandLine {
    #[arg(long, global = true, value_name = "F")]
    pub(crate) passphrase_file: Option<PathBuf>,
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) device: Option<String>,
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) author: Option<String>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// A field and what it is given, `FIELD=VALUE`.
#[derive(Debug, Clone)]
pub(crate) struct Pair {
    pub(crate) field: String,
    pub(crate) value: String,
}

/// What is not written so.
#[derive(Debug, thiserror::Error)]
#[error("not FIELD=VALUE")]
pub(crate) struct NotAPair;

impl FromStr for Pair {
    type Err = NotAPair;

    fn from_str(given: &str) -> Result<Self, NotAPair> {
        let (field, value) = given.split_once('=').ok_or(NotAPair)?;
        Ok(Self {
            field: field.to_owned(),
            value: value.to_owned(),
        })
    }
}

#[derive(Debug, Args)]
pub(crate) struct Json {
    #[arg(long)]
    pub(crate) json: bool,
}

/// What to do about copies that delete many records.
#[derive(Debug, Clone, Copy, Args)]
#[group(multiple = false)]
pub(crate) struct ManyDeletions {
    #[arg(long)]
    pub(crate) accept_deletions: bool,
    #[arg(long)]
    pub(crate) decline_deletions: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    New {
        file: PathBuf,
        #[arg(long)]
        demo: bool,
        #[arg(long)]
        no_passphrase: bool,
    },
    Import {
        file: PathBuf,
        entity: String,
        source: PathBuf,
        #[arg(long, value_name = "M.toml")]
        mapping: Option<PathBuf>,
        #[arg(long)]
        dry_run: bool,
        #[command(flatten)]
        json: Json,
    },
    List {
        file: PathBuf,
        entity: String,
        #[arg(long = "where", value_name = "FIELD=VALUE")]
        conditions: Vec<Pair>,
        #[arg(long)]
        limit: Option<i64>,
        #[command(flatten)]
        json: Json,
    },
    Show {
        file: PathBuf,
        record: String,
        #[command(flatten)]
        json: Json,
    },
    Search {
        file: PathBuf,
        query: String,
        #[arg(long, default_value_t = 20)]
        limit: usize,
        #[command(flatten)]
        json: Json,
    },
    Set {
        file: PathBuf,
        record: String,
        #[arg(required = true, value_name = "FIELD=VALUE")]
        values: Vec<Pair>,
    },
    Delete {
        file: PathBuf,
        record: String,
    },
    Restore {
        file: PathBuf,
        record: String,
    },
    Undo {
        file: PathBuf,
        commit: Option<String>,
    },
    History {
        file: PathBuf,
        record: Option<String>,
        #[command(flatten)]
        json: Json,
    },
    Log {
        file: PathBuf,
        #[command(flatten)]
        json: Json,
    },
    Digest {
        file: PathBuf,
    },
    Dump {
        file: PathBuf,
        #[command(flatten)]
        json: Json,
    },
    Check {
        file: PathBuf,
        #[command(flatten)]
        json: Json,
    },
    Rekey {
        file: PathBuf,
        #[arg(long, value_name = "F")]
        new_passphrase_file: Option<PathBuf>,
    },
    Documents {
        #[command(flatten)]
        json: Json,
    },
    Export {
        file: PathBuf,
        document: String,
        #[arg(long, value_name = "ENTITY/ID")]
        of: Option<String>,
        #[arg(long, value_name = "D")]
        from: Option<String>,
        #[arg(long, value_name = "D")]
        to: Option<String>,
        #[arg(long, value_name = "A")]
        audience: Option<String>,
        #[arg(long, value_name = "F", default_value = "pdf")]
        format: String,
        #[arg(long, value_name = "PATH")]
        out: PathBuf,
    },
    Merge {
        file: PathBuf,
        #[arg(required = true, value_name = "OTHER")]
        others: Vec<PathBuf>,
        #[arg(long)]
        dry_run: bool,
        #[command(flatten)]
        deletions: ManyDeletions,
        #[command(flatten)]
        json: Json,
    },
    Exchange {
        file: PathBuf,
        dir: PathBuf,
        #[arg(long)]
        dry_run: bool,
        #[command(flatten)]
        deletions: ManyDeletions,
        #[command(flatten)]
        json: Json,
    },
    Conflicts {
        file: PathBuf,
        #[command(flatten)]
        json: Json,
    },
    #[command(group(clap::ArgGroup::new("choice").required(true)))]
    Resolve {
        file: PathBuf,
        conflict: String,
        #[arg(long, group = "choice", value_name = "DEVICE:SEQ")]
        keep: Option<String>,
        #[arg(long, group = "choice", value_name = "V")]
        value: Option<String>,
    },
    Backup {
        file: PathBuf,
        dir: PathBuf,
    },
    Erase {
        file: PathBuf,
        record: String,
    },
    Stats {
        file: PathBuf,
        #[command(flatten)]
        json: Json,
    },
}

impl Command {
    /// The carnet that the line is about.
    pub(crate) fn file(&self) -> Option<&Path> {
        match self {
            Self::New { file, .. }
            | Self::Import { file, .. }
            | Self::List { file, .. }
            | Self::Show { file, .. }
            | Self::Search { file, .. }
            | Self::Set { file, .. }
            | Self::Delete { file, .. }
            | Self::Restore { file, .. }
            | Self::Undo { file, .. }
            | Self::History { file, .. }
            | Self::Log { file, .. }
            | Self::Digest { file }
            | Self::Dump { file, .. }
            | Self::Check { file, .. }
            | Self::Rekey { file, .. }
            | Self::Export { file, .. }
            | Self::Merge { file, .. }
            | Self::Exchange { file, .. }
            | Self::Conflicts { file, .. }
            | Self::Resolve { file, .. }
            | Self::Backup { file, .. }
            | Self::Erase { file, .. }
            | Self::Stats { file, .. } => Some(file),
            Self::Documents { .. } => None,
        }
    }

    /// Whether errors are printed as JSON too.
    pub(crate) fn is_json(&self) -> bool {
        match self {
            Self::List { json, .. }
            | Self::Import { json, .. }
            | Self::Show { json, .. }
            | Self::Search { json, .. }
            | Self::History { json, .. }
            | Self::Log { json, .. }
            | Self::Dump { json, .. }
            | Self::Check { json, .. }
            | Self::Merge { json, .. }
            | Self::Exchange { json, .. }
            | Self::Conflicts { json, .. }
            | Self::Documents { json }
            | Self::Stats { json, .. } => json.json,
            _ => false,
        }
    }
}
