//! Errors at the edge: each becomes a code and what its sentence needs, in one place for window and terminal.
//!
//! The sentences are the messages `error.<code>` and, for a refused value, `error.invalid.<reason>`.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::demo::DemoError;
use crate::documents::DocumentError;
use crate::exchange::ExchangeError;
use crate::intake::{ImportError, ReadError};
use crate::messages::{self, Language};
use crate::model::InvalidValue;
use crate::reference::ReadTerritoriesError;
use crate::report::RenderError;
use crate::store::{MERGED_INTO, MergeError, OpenError, StoreError};

/// An error as it crosses to a screen or a script.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Fault {
    /// What happened: last part of the message key `error.<code>`.
    pub code: String,
    /// What the sentence needs.
    pub params: BTreeMap<String, String>,
}

impl Fault {
    /// A fault of this code, without parameters.
    pub fn of(code: &str) -> Self {
        Self {
            code: code.to_owned(),
            params: BTreeMap::new(),
        }
    }

    /// The same fault with one more parameter.
    #[must_use]
    #[expect(
        clippy::needless_pass_by_value,
        reason = "a name, a number or an error, written out at the call"
    )]
    pub fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.params.insert(name.to_owned(), value.to_string());
        self
    }

    /// The same fault, naming the file that it is about, where it names none and its sentence can.
    #[must_use]
    pub fn about(self, path: &Path) -> Self {
        let key = format!("error.{}.file", self.code);
        let is_named = ["path", "kind"]
            .iter()
            .any(|name| self.params.contains_key(*name));
        if is_named || messages::find(Language::Fr, &key).is_none() {
            return self;
        }
        self.with("path", path.display()).with("kind", "file")
    }

    /// What the file system refused, of this file.
    pub fn io(path: &Path, error: &io::Error) -> Self {
        let (code, kind) = match error.kind() {
            io::ErrorKind::NotFound => ("io", "missing"),
            io::ErrorKind::PermissionDenied => ("io", "refused"),
            io::ErrorKind::ReadOnlyFilesystem => ("io", "read_only"),
            io::ErrorKind::IsADirectory | io::ErrorKind::NotSeekable => ("io", "not_a_file"),
            io::ErrorKind::StorageFull => ("disk_full", "full"),
            io::ErrorKind::AlreadyExists => ("already_exists", "there"),
            _ => ("io", "other"),
        };
        Self::of(code)
            .with("path", path.display())
            .with("kind", kind)
            .with("detail", error)
    }

    /// The sentence, in one line.
    pub fn sentence(&self, language: Language) -> String {
        let mut params: Vec<(&str, String)> = self
            .params
            .iter()
            .map(|(name, value)| (name.as_str(), value.clone()))
            .collect();
        if let Some(reason) = self.params.get("reason") {
            let why = messages::text(language, &format!("error.invalid.{reason}"), &params);
            params.push(("why", why));
        }
        if let (Some(entity), Some(field)) = (self.params.get("entity"), self.params.get("field")) {
            params.push(("label", messages::field_label(language, entity, field)));
        }
        let suggestions = self
            .params
            .get("suggestions")
            .filter(|names| !names.is_empty());
        let of_kind = self
            .params
            .get("kind")
            .map(|kind| format!("error.{}.{kind}", self.code));
        let key = of_kind.filter(|key| messages::find(language, key).is_some());
        let has = |name: &str| self.params.contains_key(name);
        let is_of_field = self.code == "invalid" && has("reason") && has("entity") && has("field");
        let key = match key {
            Some(key) => key,
            None if is_of_field => "error.field".to_owned(),
            None => format!("error.{}", self.code),
        };
        let sentence = messages::text(language, &key, &params);
        let undoing = self.params.get("undoing");
        let hint = match (suggestions, undoing) {
            (Some(names), _) => ("error.suggestions", [("suggestions", names.clone())]),
            (None, Some(commit)) => ("error.undoing", [("commit", commit.clone())]),
            (None, None) => return sentence,
        };
        let hint = messages::text(language, hint.0, &hint.1);
        format!("{sentence} {hint}")
    }
}

impl From<InvalidValue> for Fault {
    fn from(error: InvalidValue) -> Self {
        let mut fault = Self::of("invalid")
            .with("entity", error.entity)
            .with("field", &error.field)
            .with("reason", error.reason.code());
        for (name, value) in error.reason.params() {
            fault = fault.with(name, value);
        }
        fault
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::UnknownEntity { name, suggestions } => Self::of("unknown_entity")
                .with("name", name)
                .with("suggestions", suggestions.join(", ")),
            StoreError::UnknownField {
                entity,
                name,
                suggestions,
            } => Self::of("unknown_field")
                .with("entity", entity)
                .with("name", name)
                .with("suggestions", suggestions.join(", ")),
            StoreError::NotFound(reference) => Self::of("not_found").with("reference", reference),
            StoreError::United {
                record,
                into,
                title,
            } => Self::of("united")
                .with("reference", record)
                .with("into", into)
                .with("title", title),
            StoreError::UndoSettles { entity, field } => {
                let fault = Self::of("undo_settles")
                    .with("entity", entity)
                    .with("field", &field);
                if field == MERGED_INTO {
                    fault.with("kind", "union")
                } else {
                    fault
                }
            }
            StoreError::ChangedSinceParted(record) => {
                Self::of("changed_since_parted").with("reference", record)
            }
            StoreError::Undecided(record) => Self::of("undecided").with("reference", record),
            StoreError::NoSuchCommit(name) => Self::of("no_such_commit").with("name", name),
            StoreError::Invalid(invalid) => invalid.into(),
            StoreError::Unseen { entity, field } => Self::of("unseen")
                .with("entity", entity)
                .with("field", field),
            StoreError::ErasureStays => Self::of("erasure_stays"),
            StoreError::ReadOnly => Self::of("read_only"),
            StoreError::NewerFormat => Self::of("read_only").with("kind", "newer_format"),
            StoreError::DiskFull => Self::of("disk_full"),
            StoreError::Busy => Self::of("busy"),
            StoreError::Gone(path) => Self::of("io")
                .with("path", path.display())
                .with("kind", "missing"),
            StoreError::Replaced(path) => Self::of("replaced").with("path", path.display()),
            StoreError::Cancelled => Self::of("cancelled"),
            StoreError::Damaged(detail) => Self::of("damaged").with("detail", detail),
            StoreError::Register { path, source } => Self::io(&path, &source),
            StoreError::Sqlite(source) => Self::of("database").with("detail", source),
        }
    }
}

impl From<OpenError> for Fault {
    fn from(error: OpenError) -> Self {
        let at = |code: &str, path: &Path| Self::of(code).with("path", path.display());
        match error {
            OpenError::Missing(path) => at("io", &path).with("kind", "missing"),
            OpenError::AlreadyExists(path) => at("already_exists", &path),
            OpenError::Locked => Self::of("locked"),
            OpenError::WrongPassphrase => Self::of("wrong_passphrase"),
            OpenError::NotACarnet(path) => at("not_a_carnet", &path),
            OpenError::NewerFormat {
                found,
                newest_known,
            } => Self::of("newer_format")
                .with("found", found)
                .with("newest_known", newest_known),
            OpenError::Torn(path) => at("torn_copy", &path),
            OpenError::Busy(path) => at("busy", &path).with("kind", "file"),
            OpenError::Io { path, source } => Self::io(&path, &source),
            OpenError::NotRebuilt(source) => (*source).into(),
            OpenError::Sqlite(source) => match StoreError::from(source) {
                StoreError::Sqlite(source) => Self::of("database").with("detail", source),
                other => other.into(),
            },
        }
    }
}

impl From<MergeError> for Fault {
    fn from(error: MergeError) -> Self {
        let at = |code: &str, path: &Path| Self::of(code).with("path", path.display());
        match error {
            MergeError::NewerCopy {
                path,
                found,
                newest_known,
            } => at("newer_copy", &path)
                .with("found", found)
                .with("newest_known", newest_known),
            MergeError::Open(error) => error.into(),
            MergeError::OtherFamily(path) => at("other_family", &path),
            MergeError::OtherPassphrase(path) => at("other_passphrase", &path),
            MergeError::Gap { path, missing } => {
                let count: i64 = missing.iter().map(|one| one.upto - one.have).sum();
                at("gap", &path).with("count", count)
            }
            MergeError::ManyDeletions { deleted, records } => Self::of("many_deletions")
                .with("deleted", deleted)
                .with("records", records),
            MergeError::NoSuchConflict(id) => Self::of("no_such_conflict").with("id", id),
            MergeError::NoSuchBatch(batch) => Self::of("no_such_batch").with("batch", batch),
            MergeError::Store(error) => error.into(),
        }
    }
}

impl From<ExchangeError> for Fault {
    fn from(error: ExchangeError) -> Self {
        let at = |code: &str, path: &Path| Self::of(code).with("path", path.display());
        match error {
            ExchangeError::NoFolder(path) => at("no_folder", &path),
            ExchangeError::Io { path, source } => Self::io(&path, &source),
            ExchangeError::NotVerified(path) => at("not_verified", &path),
            ExchangeError::SynchronisedFolder { folder, engine } => Self::of("synchronised_folder")
                .with("folder", folder.display())
                .with("engine", engine),
            ExchangeError::Merge(error) => error.into(),
        }
    }
}

impl From<DemoError> for Fault {
    fn from(error: DemoError) -> Self {
        Self::of("program_data").with("detail", error)
    }
}

impl From<ReadTerritoriesError> for Fault {
    fn from(error: ReadTerritoriesError) -> Self {
        Self::of("program_data").with("detail", error)
    }
}

impl From<RenderError> for Fault {
    fn from(error: RenderError) -> Self {
        match error {
            RenderError::Overflow { .. } | RenderError::TooLong { .. } => Self::of("does_not_fit"),
            RenderError::Layout(source) | RenderError::Write(source) => {
                Self::of("rendering").with("detail", source)
            }
        }
    }
}

impl From<DocumentError> for Fault {
    fn from(error: DocumentError) -> Self {
        match error {
            DocumentError::AudienceRefused => Self::of("audience_refused"),
            DocumentError::WrongSubject(entity) => Self::of("wrong_subject").with("entity", entity),
            DocumentError::PeriodReversed => Self::of("period_reversed"),
            DocumentError::NothingToShow => Self::of("nothing_to_show"),
            DocumentError::Store(error) => error.into(),
            DocumentError::Render(error) => error.into(),
        }
    }
}

impl From<ReadError> for Fault {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Io { path, source } => Self::io(&path, &source),
            ReadError::Empty => Self::of("import.empty"),
            ReadError::TooLong {
                bytes,
                longest_bytes,
            } => Self::of("import.too_long")
                .with("size", bytes / 1_000_000)
                .with("longest", longest_bytes / 1_000_000),
            ReadError::UnreadFormat { format } => Self::of("import.unread_format")
                .with("format", format)
                .with("kind", format),
            ReadError::Binary { line } => Self::of("import.binary").with("line", line),
            ReadError::UnknownEncoding { name } => {
                Self::of("import.unknown_encoding").with("name", name)
            }
            ReadError::WrongEncoding { encoding, line } => Self::of("import.wrong_encoding")
                .with("encoding", encoding)
                .with("line", line),
            ReadError::NotASeparator { separator } => {
                Self::of("import.not_a_separator").with("separator", separator)
            }
            ReadError::UnclosedQuote { line } => {
                Self::of("import.unclosed_quote").with("line", line)
            }
            ReadError::NoSuchHeader { line } => {
                Self::of("import.no_such_header").with("line", line)
            }
            ReadError::NoRow => Self::of("import.no_row"),
        }
    }
}

impl From<ImportError> for Fault {
    fn from(error: ImportError) -> Self {
        match error {
            ImportError::Read(error) => error.into(),
            ImportError::NoEntity => Self::of("import.no_entity"),
            ImportError::UnknownEntity { name, suggestions } => Self::of("unknown_entity")
                .with("name", name)
                .with("suggestions", suggestions.join(", ")),
            ImportError::UnknownColumn { name, suggestions } => Self::of("import.unknown_column")
                .with("name", name)
                .with("suggestions", suggestions.join(", ")),
            ImportError::UnknownTarget {
                entity,
                name,
                suggestions,
            } => Self::of("unknown_field")
                .with("entity", entity)
                .with("name", name)
                .with("suggestions", suggestions.join(", ")),
            ImportError::TwoColumns {
                target,
                first,
                second,
            } => Self::of("import.two_columns")
                .with("target", target)
                .with("first", first)
                .with("second", second),
            ImportError::InvalidDefault { target, reason } => {
                let fault = Self::of("import.invalid_default")
                    .with("target", target)
                    .with("reason", reason.code());
                reason
                    .params()
                    .into_iter()
                    .fold(fault, |fault, (name, value)| fault.with(name, value))
            }
            ImportError::NoColumnFor { entity, field } => Self::of("import.no_column_for")
                .with("entity", entity)
                .with("field", field),
            ImportError::NothingMapped => Self::of("import.nothing_mapped"),
            ImportError::Mapping(error) => {
                Self::of("import.mapping").with("detail", error.message())
            }
            ImportError::Cancelled => Self::of("cancelled"),
            ImportError::Territories(error) => error.into(),
            ImportError::Store(error) => error.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Reason;

    /// Each refusal of a list, with what its sentence quotes.
    fn refusals() -> Vec<Fault> {
        let read = [
            ReadError::Empty,
            ReadError::TooLong {
                bytes: 300_000_000,
                longest_bytes: 200_000_000,
            },
            ReadError::UnreadFormat { format: "xlsx" },
            ReadError::UnreadFormat { format: "ics" },
            ReadError::Binary { line: 3 },
            ReadError::UnknownEncoding {
                name: "klingon".into(),
            },
            ReadError::WrongEncoding {
                encoding: "utf-8".into(),
                line: 3,
            },
            ReadError::NotASeparator {
                separator: "ab".into(),
            },
            ReadError::UnclosedQuote { line: 3 },
            ReadError::NoSuchHeader { line: 3 },
            ReadError::NoRow,
        ];
        let planned = [
            ImportError::NoEntity,
            ImportError::UnknownColumn {
                name: "Nom".into(),
                suggestions: vec!["Noms".into()],
            },
            ImportError::TwoColumns {
                target: "name".into(),
                first: "Nom".into(),
                second: "Sigle".into(),
            },
            ImportError::InvalidDefault {
                target: "starts_on".into(),
                reason: Reason::NotADate("hier".into()),
            },
            ImportError::NoColumnFor {
                entity: "organisation",
                field: "name",
            },
            ImportError::NothingMapped,
        ];
        let read = read.into_iter().map(Fault::from);
        read.chain(planned.into_iter().map(Fault::from)).collect()
    }

    #[test]
    fn every_refusal_of_a_list_is_a_whole_sentence_in_both_languages() {
        for fault in refusals() {
            for language in [Language::Fr, Language::En] {
                let sentence = fault.sentence(language);
                let is_whole = !sentence.contains(['{', '}']) && !sentence.starts_with("error.");
                assert!(is_whole, "{fault:?}: {sentence}");
            }
        }
    }
}
