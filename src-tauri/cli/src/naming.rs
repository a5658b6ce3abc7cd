//! Which record a line names: `ENTITY/ID` or a bare id; where there is none, those that were perhaps meant.

use carnet_core::fault::Fault;
use carnet_core::model::{RecordRef, RowId, entity_def};
use carnet_core::store::{Carnet, ListRequest, StoreError};

use crate::run::sorted_entities;

/// Reads `ENTITY/ID`, or a bare id where one entity only has it.
pub(crate) fn reference(carnet: &Carnet, given: &str) -> Result<RecordRef, Fault> {
    if let Some((entity, id)) = given.split_once('/') {
        if entity_def(entity).is_none() {
            // The store names what looks like it.
            carnet.list(&ListRequest::of(entity, 0))?;
        }
        if let Ok(id) = id.parse::<RowId>() {
            let found = RecordRef::new(entity, id);
            if carnet.title_of(&found)?.is_some() {
                return Ok(found);
            }
        }
        return Err(not_found(carnet, given, Some(entity), id)?);
    }
    if let Ok(id) = given.parse::<RowId>()
        && let Some(entity) = carnet.entity_of(id)?
    {
        return Ok(RecordRef::new(entity, id));
    }
    Err(not_found(carnet, given, None, given)?)
}

/// Most records proposed in the place of one that does not exist.
const PROPOSED: usize = 3;
/// How many characters of a mistyped id may differ.
const MISTYPED: usize = 3;

/// No such record: proposes those whose id looks like the one given, else those that its words find.
fn not_found(
    carnet: &Carnet,
    given: &str,
    entity: Option<&str>,
    id: &str,
) -> Result<Fault, StoreError> {
    let mut close = Vec::new();
    if id.parse::<RowId>().is_ok() {
        let possible = sorted_entities().into_iter();
        for entity in possible.filter(|name| entity.is_none_or(|entity| entity == *name)) {
            carnet.each(entity, |record| {
                let known = record.id.to_string();
                let differing = known
                    .chars()
                    .zip(id.chars())
                    .filter(|(a, b)| a != b)
                    .count();
                if differing <= MISTYPED {
                    close.push(record.reference_to_self().to_string());
                }
                Ok(())
            })?;
        }
    } else {
        let hits = carnet.search(id, 20)?.into_iter();
        let of_entity = hits.filter(|hit| entity.is_none_or(|entity| hit.entity == entity));
        close.extend(of_entity.map(|hit| format!("{}/{}", hit.entity, hit.id)));
    }
    close.truncate(PROPOSED);
    Ok(Fault::of("not_found")
        .with("reference", given)
        .with("suggestions", close.join(", ")))
}
