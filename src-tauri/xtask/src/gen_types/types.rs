//! The declarations of every type that crosses to the screens: those named here and all that they hold.

use std::any::TypeId;
use std::collections::BTreeMap;

use carnet_core::duplicates::{Comparison, Likely};
use carnet_core::fault::Fault;
use carnet_core::intake::{ImportPlan, ImportPreview, ImportReport, Mapping, Outcome};
use carnet_core::passphrase::Strength;
use carnet_core::store::{
    Batch, CommitRef, Count, CountRequest, Deletions, HistoryEntry, Keep, ListRequest,
    ReadOnlyReason, RecordChanges,
};
use carnet_core::view::RecordView;
use carnet_window::commands::app::AppState;
use carnet_window::commands::asked::AskedCopy;
use carnet_window::commands::backups::{
    Backup, BackupPage, BackupRestored, BackupSought, RecordName,
};
use carnet_window::commands::carnet::CarnetInfo;
use carnet_window::commands::conflicts::{ConflictChoice, ConflictView, RevivedRecord, TypedWords};
use carnet_window::commands::copies::MergePreview;
use carnet_window::commands::documents::{DocumentPreview, Written};
use carnet_window::commands::exchange::{ExchangeDone, ExchangeState};
use carnet_window::commands::imports::ImportProgress;
use carnet_window::commands::records::{RecordChange, RecordPage, Saved, SavedAll, Undone};
use carnet_window::commands::search::{SearchFound, TerritoryHit};
use carnet_window::commands::{Changed, Committed};
use carnet_window::dialogs::DialogRequest;
use carnet_window::state::{RepairedFrom, Settings};
use ts_rs::{Config, TS, TypeVisitor};

/// Declarations by name.
pub(super) struct Types {
    config: Config,
    declared: BTreeMap<String, (TypeId, String)>,
    /// Two types under one name, which TypeScript could not tell apart.
    pub(super) clashes: Vec<String>,
}

impl TypeVisitor for Types {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        if T::output_path().is_none() {
            T::visit_dependencies(self);
            T::visit_generics(self);
            return;
        }
        let name = T::ident(&self.config);
        match self.declared.get(&name) {
            Some((known, _)) if *known == TypeId::of::<T>() => return,
            Some(_) => return self.clashes.push(name),
            None => {}
        }
        let docs = T::docs().unwrap_or_default();
        let declaration = format!("{docs}export {}\n", T::decl(&self.config));
        // A comment of one line on one line.
        let declaration = declaration
            .replace("/**\n * ", "/** ")
            .replace("\n */\n", " */\n");
        self.declared.insert(name, (TypeId::of::<T>(), declaration));
        T::visit_dependencies(self);
        T::visit_generics(self);
    }
}

impl Types {
    /// Every type that a command takes, gives or announces.
    pub(super) fn crossing() -> Self {
        let mut types = Self {
            // JSON numbers are exact up to 2^53, far above any count or sequence here.
            config: Config::new().with_large_int("number"),
            declared: BTreeMap::new(),
            clashes: Vec::new(),
        };
        types.visit::<AppState>();
        types.visit::<AskedCopy>();
        types.visit::<Backup>();
        types.visit::<BackupPage>();
        types.visit::<BackupRestored>();
        types.visit::<BackupSought>();
        types.visit::<RecordName>();
        types.visit::<Batch>();
        types.visit::<Deletions>();
        types.visit::<CarnetInfo>();
        types.visit::<Changed>();
        types.visit::<CommitRef>();
        types.visit::<Committed>();
        types.visit::<Comparison>();
        types.visit::<ConflictChoice>();
        types.visit::<ConflictView>();
        types.visit::<Count>();
        types.visit::<CountRequest>();
        types.visit::<DialogRequest>();
        types.visit::<DocumentPreview>();
        types.visit::<ExchangeDone>();
        types.visit::<ExchangeState>();
        types.visit::<Fault>();
        types.visit::<HistoryEntry>();
        types.visit::<ImportPlan>();
        types.visit::<ImportPreview>();
        types.visit::<ImportProgress>();
        types.visit::<ImportReport>();
        types.visit::<Keep>();
        types.visit::<Likely>();
        types.visit::<ListRequest>();
        types.visit::<Mapping>();
        types.visit::<MergePreview>();
        types.visit::<Outcome>();
        types.visit::<ReadOnlyReason>();
        types.visit::<RecordChange>();
        types.visit::<RecordChanges>();
        types.visit::<RecordPage>();
        types.visit::<RecordView>();
        types.visit::<RepairedFrom>();
        types.visit::<RevivedRecord>();
        types.visit::<Saved>();
        types.visit::<SavedAll>();
        types.visit::<SearchFound>();
        types.visit::<Settings>();
        types.visit::<Strength>();
        types.visit::<TerritoryHit>();
        types.visit::<TypedWords>();
        types.visit::<Undone>();
        types.visit::<Written>();
        types
    }

    /// Whether a type of this name is declared.
    pub(super) fn has(&self, name: &str) -> bool {
        self.declared.contains_key(name)
    }

    /// The file of declarations, by name.
    pub(super) fn file(&self) -> String {
        let declarations = self.declared.values().map(|(_, text)| text.as_str());
        super::HEADER.to_owned() + &declarations.collect::<Vec<_>>().join("\n")
    }
}
