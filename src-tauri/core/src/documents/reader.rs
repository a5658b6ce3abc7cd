//! Reads the carnet for one audience: each value on its own level, each linked record on its own (C1, C5, C6).

use std::cell::RefCell;

use super::{Disclosed, DocumentRequest};
use crate::messages::{self, Language};
use crate::model::{
    Audience, Disclosure, FieldKind, Level, Record, RecordRef, RowId, Value, disclosure,
    effective_level, entity_def,
};
use crate::report::model::{Block, Fact, Item, Line, Mark, RichText};
use crate::store::{Carnet, Condition, ListRequest, StoreError};
use crate::words;

/// Most records that one section reads.
const MOST_RECORDS: i64 = 200;

pub(super) struct Reader<'a> {
    carnet: &'a Carnet,
    audience: Audience,
    pub(super) language: Language,
    /// The GST whose own records a beneficiary may read (C6).
    served: Option<RowId>,
    disclosed: RefCell<Disclosed>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(
        carnet: &'a Carnet,
        request: &DocumentRequest,
        subject: &Record,
    ) -> Result<Self, StoreError> {
        let mut reader = Self {
            carnet,
            audience: request.audience,
            language: request.language,
            served: None,
            disclosed: RefCell::default(),
        };
        reader.served = reader.owner(subject, 0)?;
        Ok(reader)
    }

    pub(super) fn disclosed(&self) -> Disclosed {
        self.disclosed.borrow().clone()
    }

    /// The GST that a record is about, through its support, session or project.
    fn owner(&self, record: &Record, depth: u8) -> Result<Option<RowId>, StoreError> {
        if record.entity == "organisation" {
            return Ok(Some(record.id));
        }
        // A project of another GST stays another's, whoever the record names beside it.
        for name in ["support", "session", "project", "event", "organisation"] {
            let kind = entity_def(record.entity)
                .and_then(|def| def.field(name))
                .map(|field| field.kind);
            let (Some(FieldKind::Ref(entity)), Some(id)) = (kind, record.reference(name)) else {
                continue;
            };
            if entity == "organisation" {
                return Ok(Some(id));
            }
            if depth < 3 {
                let linked = self.carnet.get(&RecordRef::new(entity, id))?;
                if let Some(owner) = self.owner(&linked, depth + 1)? {
                    return Ok(Some(owner));
                }
            }
        }
        Ok(None)
    }

    /// Whether the audience may see a field of a record.
    fn may_see(&self, record: &Record, field: &str) -> Result<(bool, Level), StoreError> {
        let Some(def) = entity_def(record.entity) else {
            return Ok((false, Level::Locked));
        };
        let level = effective_level(def, record, field);
        let is_shown = disclosure(level, self.audience) == Disclosure::Shown;
        // C6: what another beneficiary could read counts as private here.
        let is_others = is_shown
            && self.audience == Audience::Beneficiary
            && level == Level::Beneficiary
            && self.owner(record, 0)? != self.served;
        Ok((is_shown && !is_others && level != Level::Locked, level))
    }

    fn count(&self, is_shown: bool, level: Level) {
        let mut disclosed = self.disclosed.borrow_mut();
        if is_shown {
            disclosed.shown += 1;
        } else {
            *disclosed
                .withheld
                .entry(level.code().to_owned())
                .or_default() += 1;
        }
    }

    /// The words of a field, if it holds any that the audience may see; what is kept back is counted.
    pub(super) fn text(&self, record: &Record, field: &str) -> Result<Option<String>, StoreError> {
        let Some(value) = record.value(field) else {
            return Ok(None);
        };
        let (is_shown, level) = self.may_see(record, field)?;
        self.count(is_shown, level);
        if !is_shown {
            return Ok(None);
        }
        let Some(kind) = entity_def(record.entity)
            .and_then(|def| def.field(field))
            .map(|field| field.kind)
        else {
            return Ok(None);
        };
        let words = self.words(kind, value)?;
        Ok((!words.trim().is_empty()).then_some(words))
    }

    fn words(&self, kind: FieldKind, value: &Value) -> Result<String, StoreError> {
        words::of_value(self.language, self, kind, value)
    }

    /// How a record is named, from the fields of its title that the audience may see (C5).
    pub(super) fn name(&self, reference: &RecordRef) -> Result<Option<String>, StoreError> {
        let record = match self.carnet.get(reference) {
            Ok(record) if !record.is_deleted => record,
            Ok(_) | Err(StoreError::NotFound(_)) => return Ok(None),
            Err(error) => return Err(error),
        };
        let Some(def) = entity_def(record.entity) else {
            return Ok(None);
        };
        let mut parts = Vec::new();
        for name in def.title {
            let (Some(field), Some(value)) = (def.field(name), record.value(name)) else {
                continue;
            };
            let is_linked = matches!(field.kind, FieldKind::Ref(_) | FieldKind::AnyRef);
            if !is_linked && self.may_see(&record, name)?.0 {
                parts.push(self.words(field.kind, value)?);
            }
        }
        Ok((!parts.is_empty()).then(|| parts.join(" ")))
    }

    /// The records of an entity whose field is this record, oldest first by `sort`.
    pub(super) fn linked(
        &self,
        entity: &str,
        field: &str,
        to: RowId,
        sort: &str,
    ) -> Result<Vec<Record>, StoreError> {
        let is_list = entity_def(entity)
            .and_then(|def| def.field(field))
            .is_some_and(|field| field.kind.is_list());
        let op = if is_list {
            Condition::Contains
        } else {
            Condition::Is
        };
        let request = ListRequest::of(entity, MOST_RECORDS)
            .filter(field, op, to.to_string().as_str())
            .sort(sort, false);
        Ok(self.carnet.list(&request)?.records)
    }

    /// A record that a field refers to.
    pub(super) fn follow(
        &self,
        record: &Record,
        field: &str,
    ) -> Result<Option<Record>, StoreError> {
        let entity = entity_def(record.entity)
            .and_then(|def| def.field(field))
            .and_then(|field| field.kind.target());
        match (entity, record.reference(field)) {
            (Some(entity), Some(id)) => self.carnet.get(&RecordRef::new(entity, id)).map(Some),
            _ => Ok(None),
        }
    }

    /// The facts of a record, each under the label of its field.
    pub(super) fn facts(&self, record: &Record, fields: &[&str]) -> Result<Vec<Fact>, StoreError> {
        let mut facts = Vec::new();
        for field in fields {
            if let Some(value) = self.text(record, field)? {
                let label = messages::field_label(self.language, record.entity, field);
                facts.push(Fact {
                    label,
                    value: RichText::from(value.as_str()),
                });
            }
        }
        Ok(facts)
    }

    /// A list of what one field of each record says, with what its other fields add.
    pub(super) fn items(
        &self,
        records: &[Record],
        field: &str,
        notes: &[&str],
    ) -> Result<Vec<Item>, StoreError> {
        let mut items = Vec::new();
        for record in records {
            let Some(words) = self.text(record, field)? else {
                continue;
            };
            let note = self.joined(record, notes)?;
            items.push(Item {
                text: RichText::from(words.as_str()),
                mark: Mark::Bullet,
                note,
            });
        }
        Ok(items)
    }

    /// Lines of the margin layout: when, what, and what adds to it.
    pub(super) fn lines(
        &self,
        records: &[Record],
        when: &str,
        what: &str,
        notes: &[&str],
    ) -> Result<Vec<Line>, StoreError> {
        let mut lines = Vec::new();
        for record in records {
            let Some(words) = self.text(record, what)? else {
                continue;
            };
            lines.push(Line {
                when: self.text(record, when)?,
                title: RichText::from(words.as_str()),
                meta: self.joined(record, notes)?,
            });
        }
        Ok(lines)
    }

    fn joined(&self, record: &Record, fields: &[&str]) -> Result<Option<String>, StoreError> {
        let mut parts = Vec::new();
        for field in fields {
            let words = self.text(record, field)?;
            parts.extend(words.map(|words| self.labelled(record, field, words)));
        }
        Ok((!parts.is_empty()).then(|| parts.join(", ")))
    }

    /// A day or an amount in the middle of a line says what it is; other words do by themselves.
    fn labelled(&self, record: &Record, field: &str, words: String) -> String {
        let kind = entity_def(record.entity)
            .and_then(|def| def.field(field))
            .map(|field| field.kind);
        match kind {
            Some(FieldKind::Date | FieldKind::DateTime | FieldKind::Eur) => {
                let label = messages::field_label(self.language, record.entity, field);
                let said = [("label", label), ("value", words)];
                messages::text(self.language, "document.labelled", &said)
            }
            _ => words,
        }
    }

    /// A sentence of the documents.
    pub(super) fn says(&self, key: &str) -> String {
        messages::text(self.language, &format!("document.{key}"), &[])
    }

    /// A sentence of the documents that tells a number.
    pub(super) fn counts(&self, key: &str, count: usize) -> String {
        let count = [("count", count.to_string())];
        messages::text(self.language, &format!("document.{key}"), &count)
    }
}

impl words::Names for Reader<'_> {
    fn name(&self, reference: &RecordRef) -> Result<Option<String>, StoreError> {
        Reader::name(self, reference)
    }
}

/// Blocks of what is not empty.
pub(super) fn blocks(blocks: impl IntoIterator<Item = Block>) -> Vec<Block> {
    let is_filled = |block: &Block| match block {
        Block::Facts(facts) => !facts.is_empty(),
        Block::List(items) => !items.is_empty(),
        Block::Lines(lines) => !lines.is_empty(),
        _ => true,
    };
    blocks.into_iter().filter(is_filled).collect()
}
