//! What a carnet holds: entities, enumerations, values and levels, each defined once.
//!
//! Knows nothing of SQL, files, screens or documents.

mod confidentiality;
mod entities;
mod entity;
mod enumeration;
mod enumerations;
mod id;
mod level;
mod record;
mod validation;
mod value;

pub use confidentiality::{Disclosure, disclosure, effective_level, record_level};
pub use entities::*;
pub use entity::{Entity, EntityDef, FieldDef, FieldKind, entity_def, entity_names};
pub use enumeration::{EnumDef, Enumeration};
pub use enumerations::*;
pub use id::{DeviceId, Id, ParseIdError, RecordRef, RowId};
pub use level::Level;
pub use record::{Code, FieldMap, FieldValue, Record, Scalar};
pub(crate) use validation::close_to;
pub use validation::{InvalidValue, Reason, parse_day, parse_text, validate};
pub use value::Value;
