//! Two records side by side, field by field: what is the same, what is to choose, what is joined.

use serde::Serialize;
use ts_rs::TS;

use crate::model::{
    FieldDef, FieldKind, Level, Record, RecordRef, Value, entity_def, record_level,
};
use crate::store::{Carnet, Keep, Linked, StoreError, kept_first};
use crate::view::RecordView;

/// How the values of one field stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// Both have the same.
    Same,
    /// One is to be chosen.
    Choose,
    /// One is to be chosen, or both kept one after the other.
    ChooseOrBoth,
    /// The elements of both are kept.
    Joined,
}

/// One field of two records, of which one at least has a value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct ComparedField {
    /// Its name.
    pub field: String,
    /// How the two values stand to each other.
    pub relation: Relation,
    /// What stays unless something else is chosen.
    pub keep: Keep,
}

/// Two records that may be one, and what uniting them would do.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
pub struct Comparison {
    /// The older one, which is kept.
    pub kept: RecordView,
    /// The other.
    pub other: RecordView,
    /// The fields of which one at least has a value, in the order of the model.
    pub fields: Vec<ComparedField>,
    /// The level of what is kept: the closer of the two.
    pub level: Level,
    /// What links to the record that is kept.
    pub kept_linked: Vec<Linked>,
    /// What links to the other, and will to the one that is kept.
    pub other_linked: Vec<Linked>,
}

impl Carnet {
    /// Two records side by side, the one that a union keeps first.
    pub fn compare(&self, one: &RecordRef, other: &RecordRef) -> Result<Comparison, StoreError> {
        let (kept, other) = kept_first(one, other)?;
        let (mine, theirs) = (self.get(kept)?, self.get(other)?);
        for record in [&mine, &theirs] {
            if record.is_deleted || record.is_erased {
                return Err(StoreError::NotFound(record.reference_to_self()));
            }
        }
        let Some(def) = entity_def(mine.entity) else {
            return Err(StoreError::NotFound(kept.clone()));
        };
        let unknown = self.unknown_fields(other)?;
        let mut fields = Vec::new();
        for field in def.fields {
            let mut compared = self.compared(field, &mine, &theirs)?;
            // What somebody wrote unknown to whoever united them is the later word.
            if let Some(one) = compared.as_mut().filter(|one| one.keep == Keep::Kept)
                && one.relation == Relation::Choose
                && unknown.contains(&one.field)
                && theirs.value(field.name).is_some()
            {
                one.keep = Keep::Other;
            }
            fields.extend(compared);
        }
        Ok(Comparison {
            kept: self.view(&mine)?,
            other: self.view(&theirs)?,
            fields,
            level: record_level(def, &mine).min(record_level(def, &theirs)),
            kept_linked: self.linked(kept)?,
            other_linked: self.linked(other)?,
        })
    }

    fn compared(
        &self,
        field: &FieldDef,
        mine: &Record,
        theirs: &Record,
    ) -> Result<Option<ComparedField>, StoreError> {
        let (one, other) = (mine.value(field.name), theirs.value(field.name));
        let is_same = match (one, other) {
            (None, None) => return Ok(None),
            (Some(one), Some(other)) => self.is_same(field.kind, one, other)?,
            _ => false,
        };
        let (relation, keep) = match (one, other) {
            _ if is_same => (Relation::Same, Keep::Kept),
            _ if field.kind.is_list() => (Relation::Joined, Keep::Both),
            (Some(_), Some(_)) if matches!(field.kind, FieldKind::Long) => {
                (Relation::ChooseOrBoth, Keep::Both)
            }
            (Some(_), _) => (Relation::Choose, Keep::Kept),
            (None, _) => (Relation::Choose, Keep::Other),
        };
        Ok(Some(ComparedField {
            field: field.name.to_owned(),
            relation,
            keep,
        }))
    }

    /// Whether two values are the same; links are when one record stands for both.
    fn is_same(&self, kind: FieldKind, one: &Value, other: &Value) -> Result<bool, StoreError> {
        let (FieldKind::Ref(target), Value::Text(first), Value::Text(second)) = (kind, one, other)
        else {
            return Ok(one == other);
        };
        let stands = |id: &str| -> Result<Option<RecordRef>, StoreError> {
            let reference = id.parse().ok().map(|id| RecordRef::new(target, id));
            reference
                .map(|reference| self.standing(&reference))
                .transpose()
        };
        Ok(stands(first)? == stands(second)?)
    }
}
