//! Rules of posture that an edit must hold (domain.md §2, §4, §8.2), and the traces that it leaves.
//!
//! Each refusal names its rule; its sentence is the message `error.invalid.<rule>`.

use rusqlite::Connection;

use super::edit::{Planned, new_row};
use super::error::StoreError;
use super::log::Change;
use super::projection;
use super::writer::Writer;
use crate::model::{InvalidValue, Level, Reason, RecordRef, Value, entity_def, record_level};

/// The status fields whose every change is traced (domain.md §4.0).
const STATUS_FIELDS: [&str; 6] = [
    "status", "state", "maturity", "phase", "response", "outcome",
];

/// Entities about a support or a person, whose raising needs a consent (C2).
const ABOUT_A_SUPPORT_OR_PERSON: [&str; 16] = [
    "person",
    "affiliation",
    "consent",
    "document",
    "request",
    "support",
    "session",
    "attendance",
    "need",
    "obstacle",
    "proposal",
    "decision",
    "task",
    "introduction",
    "skill_progress",
    "survey_response",
];

/// What an edit is judged in: the carnet as it is, and as the other edits of the same commit make it.
pub(super) struct World<'a> {
    pub(super) conn: &'a Connection,
    pub(super) planned: &'a [Planned],
    /// Today, ISO 8601.
    pub(super) today: &'a str,
}

impl World<'_> {
    /// The value of a field of another record once the commit is made.
    fn value(&self, entity: &str, id: &str, field: &str) -> Result<Option<Value>, StoreError> {
        let Ok(id) = id.parse() else { return Ok(None) };
        if let Some(edit) = self
            .planned
            .iter()
            .find(|edit| edit.id == id && edit.def.name == entity)
        {
            return Ok(edit.value(field).cloned());
        }
        let Some(def) = entity_def(entity) else {
            return Ok(None);
        };
        let record = projection::record(self.conn, def, id)?.filter(|record| !record.is_deleted);
        Ok(record.and_then(|record| record.value(field).cloned()))
    }

    /// Whether the same commit brings the trace of this change of status.
    fn has_trace(&self, planned: &Planned, field: &str) -> bool {
        let subject = Value::Text(RecordRef::new(planned.def.name, planned.id).to_string());
        self.planned.iter().any(|edit| {
            edit.def.name == "status_change"
                && edit.before.is_none()
                && edit.value("subject") == Some(&subject)
                && edit.value("field") == Some(&Value::from(field))
        })
    }

    /// Whether a consent is granted and has not expired.
    fn is_granted(&self, consent: &str) -> Result<bool, StoreError> {
        let is_granted = self.value("consent", consent, "status")? == Some(Value::from("granted"));
        let expires_on = self.value("consent", consent, "expires_on")?;
        let holds = expires_on
            .as_ref()
            .and_then(Value::as_text)
            .is_none_or(|day| day >= self.today);
        Ok(is_granted && holds)
    }
}

/// Refuses an edit that breaks a rule.
pub(super) fn check(world: &World<'_>, planned: &Planned) -> Result<(), StoreError> {
    match planned.def.name {
        "decision" => refuse_officers(world, planned, "decided_by", "r06")?,
        "contact_attempt" => refuse_officers(world, planned, "made_by", "r07")?,
        "request" => needs_its_support(planned)?,
        "support" => needs_exclusions(planned)?,
        "introduction" => needs_consent_to_introduce(world, planned)?,
        "publication" => needs_consents_to_publish(world, planned)?,
        _ => {}
    }
    check_levels(world, planned)
}

fn refused(planned: &Planned, field: &str, rule: &'static str) -> StoreError {
    InvalidValue {
        entity: planned.def.name,
        field: field.to_owned(),
        reason: Reason::Rule(rule),
    }
    .into()
}

/// The texts that a field will hold: one, or the elements of a set.
fn texts<'a>(planned: &'a Planned, field: &str) -> Vec<&'a str> {
    match planned.value(field) {
        Some(Value::Text(text)) => vec![text],
        Some(Value::List(elements)) => elements.iter().map(String::as_str).collect(),
        _ => Vec::new(),
    }
}

/// Whether the edit passes a status to this value.
fn passes_to(planned: &Planned, status: &str) -> bool {
    planned
        .fields
        .get("status")
        .is_some_and(|value| *value == Some(Value::from(status)))
}

/// R06, R07: the officer decides nothing and negotiates nothing.
fn refuse_officers(
    world: &World<'_>,
    planned: &Planned,
    field: &str,
    rule: &'static str,
) -> Result<(), StoreError> {
    if !planned.fields.contains_key(field) {
        return Ok(());
    }
    for person in texts(planned, field) {
        if world.value("person", person, "is_officer")? == Some(Value::Bool(true)) {
            return Err(refused(planned, field, rule));
        }
    }
    Ok(())
}

/// R11: a support goes on once it has been said what it will not bring.
fn needs_exclusions(planned: &Planned) -> Result<(), StoreError> {
    let was_framing = planned
        .before
        .as_ref()
        .is_some_and(|before| before.text("status") == Some("framing"));
    if was_framing && passes_to(planned, "ongoing") && planned.value("exclusions").is_none() {
        return Err(refused(planned, "exclusions", "r11"));
    }
    Ok(())
}

/// A request has become a support once that support and the day are known (domain.md §4.6).
fn needs_its_support(planned: &Planned) -> Result<(), StoreError> {
    let was_converted = planned
        .before
        .as_ref()
        .is_some_and(|before| before.text("status") == Some("converted"));
    let is_known = ["support", "answered_on"]
        .iter()
        .all(|field| planned.value(field).is_some());
    if !was_converted && passes_to(planned, "converted") && !is_known {
        return Err(refused(planned, "status", "converted"));
    }
    Ok(())
}

/// R18: coordinates are passed on after a consent that still holds.
fn needs_consent_to_introduce(world: &World<'_>, planned: &Planned) -> Result<(), StoreError> {
    if !passes_to(planned, "made") {
        return Ok(());
    }
    let is_granted = match texts(planned, "consent").first() {
        Some(consent) => world.is_granted(consent)?,
        None => false,
    };
    if is_granted {
        Ok(())
    } else {
        Err(refused(planned, "status", "r18"))
    }
}

/// R19: an experience is told once everybody named in it agreed, and nobody is named in it afterwards who has not.
fn needs_consents_to_publish(world: &World<'_>, planned: &Planned) -> Result<(), StoreError> {
    const NAMING: [&str; 3] = ["persons", "organisations", "consents"];
    let named_anew = NAMING
        .into_iter()
        .find(|field| planned.fields.contains_key(field));
    let is_published = planned.value("status") == Some(&Value::from("published"));
    let field = match named_anew {
        _ if passes_to(planned, "published") => "status",
        Some(field) if is_published => field,
        _ => return Ok(()),
    };
    let mut covered = Vec::new();
    for consent in texts(planned, "consents") {
        if world.is_granted(consent)? {
            covered.extend(world.value("consent", consent, "granted_by")?);
            covered.extend(world.value("consent", consent, "on_behalf_of")?);
        }
    }
    let mut named = texts(planned, "persons")
        .into_iter()
        .chain(texts(planned, "organisations"));
    if named.all(|named| covered.iter().any(|giver| giver.as_text() == Some(named))) {
        return Ok(());
    }
    Err(refused(planned, field, "r19"))
}

/// R02 and C2: a locked field has no other level; what is about a support or a person is raised to the network
/// or the public only with a consent bearing on it.
fn check_levels(world: &World<'_>, planned: &Planned) -> Result<(), StoreError> {
    for (name, level) in &planned.levels {
        let defined = planned.def.field(name).and_then(|field| field.level);
        if defined == Some(Level::Locked) {
            return Err(refused(planned, name, "r02"));
        }
        let Some(level) = *level else { continue };
        let of_record = planned.before.as_ref().map_or(planned.def.level, |before| {
            record_level(planned.def, before)
        });
        let before = planned
            .before
            .as_ref()
            .and_then(|before| before.field_levels.get(name).copied());
        let current = before.or(defined).unwrap_or(of_record);
        let is_raised = level > current && level >= Level::Network;
        if is_raised
            && ABOUT_A_SUPPORT_OR_PERSON.contains(&planned.def.name)
            && !has_sharing_consent(world, planned)?
        {
            return Err(refused(planned, name, "c2"));
        }
    }
    Ok(())
}

fn has_sharing_consent(world: &World<'_>, planned: &Planned) -> Result<bool, StoreError> {
    const SHARING: &str = "SELECT 1 FROM consent WHERE (subject = ?1 OR (?2 = 'person' AND granted_by = ?3)) \
                           AND purpose IN ('widen_sharing', 'publish') AND status = 'granted' AND _deleted = 0 \
                           AND (expires_on IS NULL OR expires_on >= ?4)";
    let subject = RecordRef::new(planned.def.name, planned.id).to_string();
    let bound = (
        subject,
        planned.def.name,
        planned.id.to_string(),
        world.today,
    );
    Ok(world.conn.prepare_cached(SHARING)?.exists(bound)?)
}

/// What an edit leaves beside itself: the history of its statuses, and the closer level of a young project.
///
/// A change of status that comes with its own trace (dated otherwise, or a correction) leaves no second one.
pub(super) fn traces(world: &World<'_>, planned: &Planned, writer: &Writer) -> Vec<Change> {
    let mut changes = Vec::new();
    if planned.def.name != "status_change" {
        for field in STATUS_FIELDS {
            if let (Some(Some(to)), Some(before)) = (planned.fields.get(field), &planned.before)
                && !world.has_trace(planned, field)
            {
                changes.extend(status_change(
                    planned,
                    writer,
                    field,
                    before.text(field),
                    to,
                ));
            }
        }
    }
    let is_young = matches!(
        planned.value("maturity").and_then(Value::as_text),
        Some("idea" | "lead")
    );
    if planned.def.name == "project"
        && planned.before.is_none()
        && is_young
        && !planned.levels.contains_key("*")
    {
        // A lead is not yet meant to circulate (domain.md §6.3).
        let level = Some(Value::from(Level::Beneficiary.code()));
        changes.push(Change::new("project", planned.id, projection::LEVEL, level));
    }
    changes
}

fn status_change(
    planned: &Planned,
    writer: &Writer,
    field: &str,
    from: Option<&str>,
    to: &Value,
) -> Vec<Change> {
    let Some(def) = entity_def("status_change") else {
        return Vec::new();
    };
    let row = new_row(writer);
    let values = [
        (
            "subject",
            Some(Value::Text(
                RecordRef::new(planned.def.name, planned.id).to_string(),
            )),
        ),
        ("field", Some(Value::from(field))),
        ("from_value", from.map(Value::from)),
        ("to_value", Some(to.clone())),
        (
            "changed_on",
            Some(Value::Text(
                writer.clock.now().format("%Y-%m-%d").to_string(),
            )),
        ),
        ("reason", planned.reason.as_deref().map(Value::from)),
    ];
    values
        .into_iter()
        .filter(|(_, value)| value.is_some())
        .map(|(name, value)| Change::new(def.name, row, name, value))
        .collect()
}
