//! Why a list cannot be read or imported, and why one of its rows is refused.
//!
//! Holds facts only; the sentences are the messages `error.import.<code>` and `import.reason.<code>`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::messages::{self, Language};
use crate::model::Reason;
use crate::reference::ReadTerritoriesError;
use crate::store::StoreError;

/// Why a file cannot be read as a list.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The file system refuses.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// Nothing in it.
    #[error("the file is empty")]
    Empty,
    /// Longer than any list.
    #[error("{bytes} bytes, at most {longest_bytes}")]
    TooLong {
        /// Size of the file.
        bytes: u64,
        /// Largest size read.
        longest_bytes: u64,
    },
    /// A kind of file that is known and not read.
    #[error("{format} files are not read")]
    UnreadFormat {
        /// `xlsx`, `ods`, `xls`, `vcf`, `ics`, `pdf`…
        format: &'static str,
    },
    /// Bytes that are no text.
    #[error("not a text: line {line} holds a zero byte")]
    Binary {
        /// Line of the first zero byte.
        line: u64,
    },
    /// No encoding of this name.
    #[error("unknown encoding {name}")]
    UnknownEncoding {
        /// What was asked.
        name: String,
    },
    /// The bytes are not of the encoding that was asked.
    #[error("line {line} is not {encoding}")]
    WrongEncoding {
        /// What was asked.
        encoding: String,
        /// First line that cannot be read.
        line: u64,
    },
    /// A separator of several characters, or a letter.
    #[error("not a separator: {separator:?}")]
    NotASeparator {
        /// What was asked.
        separator: String,
    },
    /// A quotation mark that nothing closes swallows the rest of the file.
    #[error("the quotation mark opened on line {line} is never closed")]
    UnclosedQuote {
        /// Where it opens.
        line: u64,
    },
    /// The asked header line holds no row.
    #[error("no row begins on line {line}")]
    NoSuchHeader {
        /// The line asked for.
        line: u64,
    },
    /// A header and nothing under it.
    #[error("no row under the header")]
    NoRow,
}

/// Why an import cannot be planned or made; nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file cannot be read as a list.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// No entity was named and the columns suggest none.
    #[error("no entity fits the columns")]
    NoEntity,
    /// No entity of this name.
    #[error("unknown entity {name}")]
    UnknownEntity {
        /// What was given.
        name: String,
        /// Names that look like it.
        suggestions: Vec<String>,
    },
    /// No column of this name or number.
    #[error("unknown column {name}")]
    UnknownColumn {
        /// What was given.
        name: String,
        /// Headers that look like it.
        suggestions: Vec<String>,
    },
    /// No field that a column can fill.
    #[error("unknown target {name} of {entity}")]
    UnknownTarget {
        /// The entity.
        entity: String,
        /// What was given.
        name: String,
        /// Fields that look like it.
        suggestions: Vec<String>,
    },
    /// Two columns for a field that holds one value.
    #[error("two columns for {target}: {first} and {second}")]
    TwoColumns {
        /// The field.
        target: String,
        /// Header of the first column.
        first: String,
        /// Header of the second one.
        second: String,
    },
    /// A default value that the field refuses.
    #[error("default of {target}: {reason}")]
    InvalidDefault {
        /// The field.
        target: String,
        /// Why.
        #[source]
        reason: Reason,
    },
    /// A required field has neither column nor default.
    #[error("no column for {field} of {entity}")]
    NoColumnFor {
        /// The entity.
        entity: &'static str,
        /// The field.
        field: &'static str,
    },
    /// No column is imported.
    #[error("no column is imported")]
    NothingMapped,
    /// The mapping file is not understood.
    #[error("the mapping is not understood: {0}")]
    Mapping(#[source] toml::de::Error),
    /// The officer stopped it.
    #[error("cancelled")]
    Cancelled,
    /// The embedded territories cannot be read.
    #[error(transparent)]
    Territories(#[from] ReadTerritoriesError),
    /// The carnet refuses.
    #[error(transparent)]
    Store(StoreError),
}

impl From<StoreError> for ImportError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Cancelled => Self::Cancelled,
            other => Self::Store(other),
        }
    }
}

/// Why one row is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RowReason {
    /// The field refuses the cell.
    #[error(transparent)]
    Cell(#[from] Reason),
    /// More or fewer cells than the header: the columns are shifted.
    #[error("{found} cells, the header has {expected}")]
    UnequalRow {
        /// Cells of the header.
        expected: usize,
        /// Cells of the row.
        found: usize,
    },
    /// A code or a name that no territory has.
    #[error("no territory {0}")]
    UnknownTerritory(String),
    /// Several records answer to what the row says.
    #[error("{count} records are named {text}")]
    Ambiguous {
        /// What the row says.
        text: String,
        /// How many answer.
        count: usize,
    },
    /// What the row says would go in a record that was erased on a person's request.
    #[error("the record was erased")]
    Erased,
    /// Several values stand in a field that the row says, and somebody must choose first.
    #[error("several values stand in the field")]
    InConflict,
}

/// Why one row is refused, as it crosses to a screen or a script.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RefusalReason {
    /// Last part of the message key `import.reason.<code>`, else `error.invalid.<code>`.
    pub code: String,
    /// What the sentence needs.
    pub params: BTreeMap<String, String>,
}

impl From<&RowReason> for RefusalReason {
    fn from(reason: &RowReason) -> Self {
        let (code, params) = match reason {
            RowReason::Cell(reason) => (reason.code(), reason.params()),
            RowReason::UnequalRow { expected, found } => (
                "unequal_row",
                vec![
                    ("expected", expected.to_string()),
                    ("found", found.to_string()),
                ],
            ),
            RowReason::UnknownTerritory(text) => {
                ("unknown_territory", vec![("text", text.clone())])
            }
            RowReason::Ambiguous { text, count } => (
                "ambiguous",
                vec![("text", text.clone()), ("count", count.to_string())],
            ),
            RowReason::Erased => ("erased", Vec::new()),
            RowReason::InConflict => ("in_conflict", Vec::new()),
        };
        Self {
            code: code.to_owned(),
            params: params
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
        }
    }
}

impl RefusalReason {
    /// The sentence, in one line.
    pub fn sentence(&self, language: Language) -> String {
        let params: Vec<(&str, String)> = self
            .params
            .iter()
            .map(|(name, value)| (name.as_str(), value.clone()))
            .collect();
        let own = format!("import.reason.{}", self.code);
        let key = if messages::find(language, &own).is_some() {
            own
        } else {
            format!("error.invalid.{}", self.code)
        };
        messages::text(language, &key, &params)
    }
}
