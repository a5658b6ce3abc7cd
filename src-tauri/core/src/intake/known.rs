//! The records that rows may be about: those of the carnet, and those that earlier rows of the list make.
//!
//! Decides which record a row means; changes nothing in the carnet.

use std::collections::{BTreeMap, HashMap};

use super::error::RowReason;
use super::mapping::Checked;
use super::target::naming_target;
use crate::fold::fold;
use crate::model::{EntityDef, FieldKind, Record, RecordRef, RowId, Value, entity_def};
use crate::store::{COMPANIONS, Carnet, ListRequest, StoreError};

/// Fields by name, as rows give them.
pub(super) type Values = BTreeMap<&'static str, Value>;

/// Position of a slot.
pub(super) type SlotId = usize;

/// A record that rows are about, with what they say of it so far.
#[derive(Debug)]
pub(super) struct Slot {
    pub(super) def: &'static EntityDef,
    pub(super) id: RowId,
    /// The record of the carnet, in the bin or not.
    pub(super) before: Option<Record>,
    /// What the accepted rows change, or give a new record.
    pub(super) values: Values,
    /// What rows say that tells it from its namesakes, whether or not they are accepted in the end.
    told: Values,
    /// Line of the first row of the list that is this record.
    pub(super) claimed_by: Option<u64>,
    /// Whether an accepted row needs it.
    pub(super) is_used: bool,
}

impl Slot {
    /// Whether the list makes it, or takes it out of the bin.
    pub(super) fn is_new(&self) -> bool {
        self.before.as_ref().is_none_or(|before| before.is_deleted)
    }

    /// What a field holds once the rows so far are imported.
    pub(super) fn value(&self, field: &str) -> Option<&Value> {
        let given = self.values.get(field);
        given.or_else(|| self.before.as_ref().and_then(|before| before.value(field)))
    }

    fn text(&self, field: &str) -> Option<&str> {
        self.value(field).and_then(Value::as_text)
    }
}

/// What finds the records of one entity.
#[derive(Default)]
struct Index {
    by_name: HashMap<String, Vec<SlotId>>,
    by_code: HashMap<String, SlotId>,
    /// Companions, by what they are about.
    by_owner: HashMap<String, SlotId>,
    has_bin: bool,
}

/// The records that rows may be about.
pub(super) struct Known<'a> {
    pub(super) carnet: &'a Carnet,
    pub(super) slots: Vec<Slot>,
    by_id: HashMap<(&'static str, RowId), SlotId>,
    indexes: HashMap<&'static str, Index>,
    now_ms: u64,
    made: u32,
}

/// The field whose value alone names a record.
fn code_field(def: &EntityDef) -> Option<&'static str> {
    match def.name {
        "organisation" => Some("siren"),
        "person" => Some("email"),
        _ => None,
    }
}

/// Fields that tell two records of one name apart.
pub(super) fn telling_fields(def: &EntityDef) -> Vec<&'static str> {
    match def.name {
        "organisation" => vec!["siren", "address"],
        "person" => vec!["email"],
        "territory" => vec!["insee_code", "siren"],
        _ => {
            let owners = def
                .fields
                .iter()
                .filter(|field| field.is_required && matches!(field.kind, FieldKind::Ref(_)));
            owners.map(|field| field.name).collect()
        }
    }
}

/// Whether two addresses may be of one place: the same postcode, else the same words.
fn is_same_place(one: &str, other: &str) -> bool {
    let postcode = |text: &str| {
        text.split(|character: char| !character.is_ascii_digit())
            .rfind(|digits| digits.len() == 5)
            .map(str::to_owned)
    };
    match (postcode(one), postcode(other)) {
        (Some(one), Some(other)) => one == other,
        _ => fold(one) == fold(other),
    }
}

fn is_same(field: &str, one: &Value, other: &Value) -> bool {
    match (field, one, other) {
        ("address", Value::Text(one), Value::Text(other)) => is_same_place(one, other),
        (_, Value::Text(one), Value::Text(other)) => fold(one) == fold(other),
        _ => one == other,
    }
}

/// The folded name by which a record is found.
fn name_in<'v>(def: &EntityDef, value: impl Fn(&str) -> Option<&'v str>) -> Option<String> {
    let name = if def.name == "person" {
        let first = value("first_name").unwrap_or_default();
        fold(&format!("{} {first}", value("last_name")?))
    } else {
        fold(value(naming_target(def)?)?)
    };
    Some(name).filter(|name| !name.is_empty())
}

impl<'a> Known<'a> {
    pub(super) fn new(carnet: &'a Carnet) -> Self {
        let now = carnet.writer().clock.now().timestamp_millis();
        Self {
            carnet,
            slots: Vec::new(),
            by_id: HashMap::new(),
            indexes: HashMap::new(),
            now_ms: u64::try_from(now).unwrap_or_default(),
            made: 0,
        }
    }

    /// Reads the records of an entity, once.
    pub(super) fn load(&mut self, def: &'static EntityDef) -> Result<(), StoreError> {
        if self.indexes.contains_key(def.name) {
            return Ok(());
        }
        self.indexes.insert(def.name, Index::default());
        let mut records = Vec::new();
        self.carnet.each(def.name, |record| {
            records.push(record);
            Ok(())
        })?;
        let all = ListRequest {
            include_deleted: true,
            ..ListRequest::of(def.name, 0)
        };
        let in_all = self.carnet.list(&all)?.total;
        let has_bin = usize::try_from(in_all).is_ok_and(|total| total > records.len());
        for record in records {
            self.push(def, record.id, Some(record), Values::new());
        }
        if let Some(index) = self.indexes.get_mut(def.name) {
            index.has_bin = has_bin;
        }
        Ok(())
    }

    fn push(
        &mut self,
        def: &'static EntityDef,
        id: RowId,
        before: Option<Record>,
        values: Values,
    ) -> SlotId {
        let at = self.slots.len();
        let slot = Slot {
            def,
            id,
            before,
            values,
            told: Values::new(),
            claimed_by: None,
            is_used: false,
        };
        let index = self.indexes.entry(def.name).or_default();
        if let Some(name) = name_in(def, |field| slot.text(field)) {
            index.by_name.entry(name).or_default().push(at);
        }
        if let Some(code) = code_field(def).and_then(|field| slot.text(field)) {
            index.by_code.entry(fold(code)).or_insert(at);
        }
        if let Some(owner) = owner_key(def, |field| slot.text(field)) {
            index.by_owner.entry(owner).or_insert(at);
        }
        self.by_id.insert((def.name, id), at);
        self.slots.push(slot);
        at
    }

    /// A new identity; those of one list follow its order.
    pub(super) fn new_id(&mut self) -> RowId {
        let random = uuid::Uuid::new_v4();
        let mut randomness = [0; 10];
        randomness.copy_from_slice(&random.as_bytes()[..10]);
        let [_, high, middle, low] = (self.made << 2).to_be_bytes();
        // Bits that a UUID keeps for its version and variant are left to it.
        randomness[0] = 0;
        randomness[1] = high;
        randomness[2] = middle >> 2;
        randomness[3] = (middle << 6) | (low >> 2);
        self.made += 1;
        RowId::new(self.now_ms, randomness)
    }

    /// The slot of a row that every device names alike, or of the record that stands for it, if the carnet or the list
    /// holds it.
    pub(super) fn stable(
        &mut self,
        def: &'static EntityDef,
        id: RowId,
    ) -> Result<Option<SlotId>, StoreError> {
        if let Some(slot) = self.by_id.get(&(def.name, id)) {
            return Ok(Some(*slot));
        }
        if !self
            .indexes
            .get(def.name)
            .is_some_and(|index| index.has_bin)
        {
            return Ok(None);
        }
        let stands = self.carnet.standing(&RecordRef::new(def.name, id))?;
        if let Some(slot) = self.by_id.get(&(def.name, stands.id)) {
            return Ok(Some(*slot));
        }
        match self.carnet.get(&stands) {
            Ok(record) => Ok(Some(self.push(def, stands.id, Some(record), Values::new()))),
            Err(StoreError::NotFound(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The slot of a record, if the list or the carnet holds it.
    pub(super) fn slot_of(&self, entity: &str, id: RowId) -> Option<&Slot> {
        let def = entity_def(entity)?;
        self.by_id
            .get(&(def.name, id))
            .map(|slot| &self.slots[*slot])
    }

    /// Makes a slot under an identity of its own, or under the one that its code gives.
    pub(super) fn make(
        &mut self,
        def: &'static EntityDef,
        values: Values,
    ) -> Result<SlotId, StoreError> {
        let code = code_field(def)
            .filter(|field| *field == "siren")
            .and_then(|field| values.get(field)?.as_text());
        let Some(code) = code else {
            let id = self.new_id();
            return Ok(self.push(def, id, None, values));
        };
        let id = RowId::stable(def.name, code);
        match self.stable(def, id)? {
            Some(slot) => Ok(slot),
            None => Ok(self.push(def, id, None, values)),
        }
    }

    /// Makes a slot under a given identity.
    pub(super) fn make_as(&mut self, def: &'static EntityDef, id: RowId, values: Values) -> SlotId {
        self.push(def, id, None, values)
    }

    /// The record that some values mean; none when no record is so named.
    ///
    /// `can_tell` says whether the list has a column that tells namesakes apart: an empty cell of it then means
    /// the first of them, and not that nobody can know.
    pub(super) fn find(
        &self,
        def: &'static EntityDef,
        values: &Values,
        can_tell: bool,
    ) -> Result<Option<SlotId>, RowReason> {
        let Some(index) = self.indexes.get(def.name) else {
            return Ok(None);
        };
        let text = |field: &str| values.get(field).and_then(Value::as_text);
        let code = code_field(def).and_then(text);
        if let Some(slot) = code.and_then(|code| index.by_code.get(&fold(code))) {
            return Ok(Some(*slot));
        }
        let naming = naming_target(def)
            .and_then(text)
            .or_else(|| text("last_name"));
        if let Some(id) = naming.and_then(|name| name.parse::<RowId>().ok())
            && let Some(slot) = self.by_id.get(&(def.name, id))
        {
            return Ok(Some(*slot));
        }
        let Some(name) = name_in(def, text) else {
            return Ok(None);
        };
        let named = index.by_name.get(&name).map_or(&[][..], Vec::as_slice);
        let telling = telling_fields(def);
        let agreement = |slot: &SlotId| -> Option<usize> {
            let slot = &self.slots[*slot];
            let mut agreed = 0;
            for field in &telling {
                match (
                    values.get(field),
                    slot.value(field).or_else(|| slot.told.get(field)),
                ) {
                    (Some(one), Some(other)) if is_same(field, one, other) => agreed += 1,
                    // Somebody's address changes; two rows of one list with two are two people.
                    (Some(_), Some(_)) if *field == "email" && slot.claimed_by.is_none() => {}
                    (Some(_), Some(_)) => return None,
                    _ => {}
                }
            }
            Some(agreed)
        };
        let mut candidates: Vec<(usize, SlotId)> = named
            .iter()
            .filter_map(|slot| Some((agreement(slot)?, *slot)))
            .collect();
        candidates.sort_by_key(|(agreed, slot)| (std::cmp::Reverse(*agreed), *slot));
        match candidates[..] {
            [] => Ok(None),
            [(_, only)] => Ok(Some(only)),
            [(best, first), (next, _), ..]
                if best > next || (best == 0 && can_tell && code.is_none()) =>
            {
                Ok(Some(first))
            }
            [(best, first), ..] if best > 0 => Ok(Some(first)),
            _ if code.is_some() => Ok(None),
            _ => Err(RowReason::Ambiguous {
                text: naming.unwrap_or_default().to_owned(),
                count: candidates.len(),
            }),
        }
    }

    /// Remembers what a row says of a record, so that the next rows are told apart from it.
    pub(super) fn tell(&mut self, slot: SlotId, values: &Values) {
        let slot = &mut self.slots[slot];
        for field in telling_fields(slot.def) {
            if let (Some(value), None) = (values.get(field), slot.value(field)) {
                slot.told.entry(field).or_insert_with(|| value.clone());
            }
        }
        // A code that a row brings finds the record from the next row on.
        let at = self.by_id.get(&(slot.def.name, slot.id)).copied();
        let code = code_field(slot.def).and_then(|field| values.get(field)?.as_text());
        if let (Some(code), Some(at), Some(index)) = (code, at, self.indexes.get_mut(slot.def.name))
        {
            index.by_code.entry(fold(code)).or_insert(at);
        }
    }

    /// The record about another one that some values mean, made under the identity that the two give it.
    pub(super) fn companion(
        &mut self,
        def: &'static EntityDef,
        values: &Values,
    ) -> Result<SlotId, StoreError> {
        let text = |field: &str| values.get(field).and_then(Value::as_text);
        let Some(key) = owner_key(def, text) else {
            let id = self.new_id();
            return Ok(self.push(def, id, None, Values::new()));
        };
        let known = self
            .indexes
            .get(def.name)
            .and_then(|index| index.by_owner.get(&key).copied());
        if let Some(slot) = known {
            return Ok(slot);
        }
        let id = RowId::stable(def.name, &key);
        let slot = match self.stable(def, id)? {
            Some(slot) => slot,
            None => self.push(def, id, None, Values::new()),
        };
        self.indexes
            .entry(def.name)
            .or_default()
            .by_owner
            .insert(key, slot);
        Ok(slot)
    }
}

/// What a companion is about: its required fields, all of them.
fn owner_key<'v>(def: &EntityDef, value: impl Fn(&str) -> Option<&'v str>) -> Option<String> {
    if !COMPANIONS.contains(&def.name) {
        return None;
    }
    let required = def.fields.iter().filter(|field| field.is_required);
    let parts: Option<Vec<&str>> = required.map(|field| value(field.name)).collect();
    parts.map(|parts| parts.join(":"))
}

/// The values of a new record: those given, and what its required fields hold by default; else the field that
/// nothing gives.
pub(super) fn completed(
    checked: &Checked,
    path: &str,
    def: &'static EntityDef,
    values: &Values,
) -> Result<Values, &'static str> {
    let mut complete = values.clone();
    for field in def.fields {
        if complete.contains_key(field.name) {
            continue;
        }
        match checked.default_for_new(path, def, field) {
            Some(value) => {
                complete.insert(field.name, value);
            }
            None if field.is_required => return Err(field.name),
            None => {}
        }
    }
    Ok(complete)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_postcode_is_one_place_however_the_street_is_written() {
        assert!(is_same_place(
            "106 rue Lafayette - 75010 Paris",
            "106, rue La Fayette - 75010"
        ));
        assert!(!is_same_place(
            "12 place X 48000 Mende",
            "12 place X 23000 Guéret"
        ));
        assert!(!is_same_place("LOUISFERT", "Venette"));
        assert!(is_same_place("LOUISFERT", "Louisfert"));
    }
}
