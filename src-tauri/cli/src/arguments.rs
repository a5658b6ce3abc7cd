//! What the command line accepts.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// A notebook for support officers, from the terminal.
#[derive(Debug, Parser)]
#[command(name = "carnet-cli", version, about)]
pub(crate) struct CommandLine {
    /// File that holds the passphrase; else `CARNET_PASSPHRASE`, else a prompt.
    #[arg(long, global = true, value_name = "F")]
    pub(crate) passphrase_file: Option<PathBuf>,
    /// How this machine is named in the log.
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) device: Option<String>,
    /// How this person is named in the log.
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) author: Option<String>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Args)]
pub(crate) struct Json {
    /// Prints JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

/// What to do about copies that delete many records.
#[derive(Debug, Clone, Copy, Args)]
#[group(multiple = false)]
pub(crate) struct ManyDeletions {
    /// Agrees to what deletes many records.
    #[arg(long)]
    pub(crate) accept_deletions: bool,
    /// Takes over all else, and keeps the records that were deleted elsewhere.
    #[arg(long)]
    pub(crate) decline_deletions: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Creates a carnet.
    New {
        file: PathBuf,
        /// Fills it with a believable portfolio.
        #[arg(long)]
        demo: bool,
        /// Leaves it open to whoever holds the file.
        #[arg(long)]
        no_passphrase: bool,
    },
    /// Imports a list of records.
    Import {
        file: PathBuf,
        entity: String,
        source: PathBuf,
        /// Where each column goes; the program's own suggestion by default.
        #[arg(long, value_name = "M.toml")]
        mapping: Option<PathBuf>,
        /// Tells what would happen, and writes nothing.
        #[arg(long)]
        dry_run: bool,
        #[command(flatten)]
        json: Json,
    },
    /// Lists the records of an entity.
    List {
        file: PathBuf,
        entity: String,
        /// A condition, FIELD=VALUE; all hold.
        #[arg(long = "where", value_name = "FIELD=VALUE")]
        conditions: Vec<String>,
        /// Most records.
        #[arg(long)]
        limit: Option<i64>,
        #[command(flatten)]
        json: Json,
    },
    /// Shows one record.
    Show {
        file: PathBuf,
        record: String,
        #[command(flatten)]
        json: Json,
    },
    /// Finds records by their words.
    Search {
        file: PathBuf,
        query: String,
        /// Most results.
        #[arg(long, default_value_t = 20)]
        limit: usize,
        #[command(flatten)]
        json: Json,
    },
    /// Creates a record, or edits one, in one commit.
    Set {
        file: PathBuf,
        record: String,
        #[arg(required = true, value_name = "FIELD=VALUE")]
        values: Vec<String>,
    },
    /// Deletes a record, which can be brought back.
    Delete { file: PathBuf, record: String },
    /// Brings a deleted record back.
    Restore { file: PathBuf, record: String },
    /// Undoes a commit; by default the last one that this installation wrote in the file.
    Undo {
        file: PathBuf,
        commit: Option<String>,
    },
    /// The history of a record, or of everything.
    History {
        file: PathBuf,
        record: Option<String>,
        #[command(flatten)]
        json: Json,
    },
    /// Every commit, then every change, one a line.
    Log {
        file: PathBuf,
        #[command(flatten)]
        json: Json,
    },
    /// The digest: equal iff two carnets hold the same content.
    Digest { file: PathBuf },
    /// The content in canonical order, one record a line.
    Dump {
        file: PathBuf,
        #[command(flatten)]
        json: Json,
    },
    /// Proves pages, digests, projection and search index.
    Check {
        file: PathBuf,
        #[command(flatten)]
        json: Json,
    },
    /// Changes the passphrase: from `CARNET_NEW_PASSPHRASE` or a prompt.
    Rekey {
        file: PathBuf,
        /// File that holds the new passphrase.
        #[arg(long, value_name = "F")]
        new_passphrase_file: Option<PathBuf>,
    },
    /// The documents that can be made.
    Documents {
        #[command(flatten)]
        json: Json,
    },
    /// Makes a document.
    Export {
        file: PathBuf,
        document: String,
        /// About which record, ENTITY/ID.
        #[arg(long, value_name = "ENTITY/ID")]
        of: Option<String>,
        /// Tells what happened from this day on.
        #[arg(long, value_name = "D")]
        from: Option<String>,
        /// Tells what happened up to this day, itself included.
        #[arg(long, value_name = "D")]
        to: Option<String>,
        /// For whom; the usual audience of the document by default.
        #[arg(long, value_name = "A")]
        audience: Option<String>,
        /// `pdf` or `docx`.
        #[arg(long, value_name = "F", default_value = "pdf")]
        format: String,
        /// Where to write it.
        #[arg(long, value_name = "PATH")]
        out: PathBuf,
    },
    /// Takes over what other copies of the carnet have.
    Merge {
        file: PathBuf,
        #[arg(required = true, value_name = "OTHER")]
        others: Vec<PathBuf>,
        /// Tells what would happen, and writes nothing.
        #[arg(long)]
        dry_run: bool,
        #[command(flatten)]
        deletions: ManyDeletions,
        #[command(flatten)]
        json: Json,
    },
    /// One pass over an exchange folder: takes over what arrived, puts there what is new here.
    Exchange {
        file: PathBuf,
        dir: PathBuf,
        /// Tells what would happen, and writes nothing.
        #[arg(long)]
        dry_run: bool,
        #[command(flatten)]
        deletions: ManyDeletions,
        #[command(flatten)]
        json: Json,
    },
    /// The fields in which values stand side by side.
    Conflicts {
        file: PathBuf,
        #[command(flatten)]
        json: Json,
    },
    /// Settles a conflict.
    #[command(group(clap::ArgGroup::new("choice").required(true)))]
    Resolve {
        file: PathBuf,
        conflict: String,
        /// Keeps the value of this commit.
        #[arg(long, group = "choice", value_name = "DEVICE:SEQ")]
        keep: Option<String>,
        /// Writes another value; an empty one empties the field.
        #[arg(long, group = "choice", value_name = "V")]
        value: Option<String>,
    },
    /// Makes a verified copy in a folder, and thins out the older ones.
    Backup { file: PathBuf, dir: PathBuf },
    /// Erases a person, in this carnet and in every one that receives it.
    Erase { file: PathBuf, record: String },
    /// How many records, commits and devices.
    Stats {
        file: PathBuf,
        #[command(flatten)]
        json: Json,
    },
}

impl Command {
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
