//! A record as the store gives it: its fields by name, its levels, and who made it when.

use std::collections::BTreeMap;

use super::enumeration::Enumeration;
use super::id::{Id, RecordRef, RowId};
use super::level::Level;
use super::value::Value;

/// Fields by name; `None` empties a field.
pub type FieldMap = BTreeMap<String, Option<Value>>;

/// One record of a carnet; empty fields are absent.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// Name of its entity.
    pub entity: &'static str,
    /// Its row.
    pub id: RowId,
    /// Its values, by field.
    pub fields: BTreeMap<String, Value>,
    /// The record's own level, when it is not the entity's default.
    pub level: Option<Level>,
    /// Levels set on single fields (rule C1).
    pub field_levels: BTreeMap<String, Level>,
    /// When it was created, RFC 3339.
    pub created_at: String,
    /// Who created it.
    pub created_by: String,
    /// When it was last changed, RFC 3339.
    pub modified_at: String,
    /// Who changed it last.
    pub modified_by: String,
    /// Whether it is in the bin.
    pub is_deleted: bool,
    /// Whether it came back from the bin because somebody wrote in it unaware.
    pub is_revived: bool,
    /// Whether all that it held was erased on a person's request.
    pub is_erased: bool,
}

impl Record {
    /// The value of a field.
    pub fn value(&self, field: &str) -> Option<&Value> {
        self.fields.get(field)
    }

    /// The text of a field.
    pub fn text(&self, field: &str) -> Option<&str> {
        self.value(field).and_then(Value::as_text)
    }

    /// The elements of a set.
    pub fn elements(&self, field: &str) -> &[String] {
        self.value(field).map_or(&[], Value::elements)
    }

    /// The row that a `ref(x)` field names.
    pub fn reference(&self, field: &str) -> Option<RowId> {
        self.text(field)?.parse().ok()
    }

    /// `entity/id`.
    pub fn reference_to_self(&self) -> RecordRef {
        RecordRef::new(self.entity, self.id)
    }
}

/// A value of an enumeration, or a code that this version does not know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Code<T> {
    /// A value of the enumeration.
    Known(T),
    /// A code of a later version or of an open list.
    Unknown(String),
}

impl<T: Enumeration> Code<T> {
    /// The stored code.
    pub fn code(&self) -> &str {
        match self {
            Self::Known(value) => value.code(),
            Self::Unknown(code) => code,
        }
    }

    /// Whether it is this value.
    pub fn is(&self, value: T) -> bool {
        *self == Self::Known(value)
    }
}

impl<T: Enumeration> From<T> for Code<T> {
    fn from(value: T) -> Self {
        Self::Known(value)
    }
}

/// A type that one value of a field reads into.
pub trait Scalar: Sized {
    /// Reads a value; `None` when it has another shape.
    fn read(value: &Value) -> Option<Self>;
    /// Writes the value.
    fn write(self) -> Value;
}

impl Scalar for String {
    fn read(value: &Value) -> Option<Self> {
        value.as_text().map(str::to_owned)
    }
    fn write(self) -> Value {
        Value::Text(self)
    }
}

impl Scalar for bool {
    fn read(value: &Value) -> Option<Self> {
        match value {
            Value::Bool(is_true) => Some(*is_true),
            _ => None,
        }
    }
    fn write(self) -> Value {
        Value::Bool(self)
    }
}

impl Scalar for i64 {
    fn read(value: &Value) -> Option<Self> {
        match value {
            Value::Int(number) => Some(*number),
            _ => None,
        }
    }
    fn write(self) -> Value {
        Value::Int(self)
    }
}

impl Scalar for f64 {
    fn read(value: &Value) -> Option<Self> {
        match value {
            Value::Num(number) => Some(*number),
            #[expect(clippy::cast_precision_loss, reason = "amounts stay far below 2^53")]
            Value::Int(number) => Some(*number as Self),
            _ => None,
        }
    }
    fn write(self) -> Value {
        Value::Num(self)
    }
}

macro_rules! scalar_by_format {
    ($Type:ty, $format:literal) => {
        impl Scalar for $Type {
            fn read(value: &Value) -> Option<Self> {
                Self::parse_from_str(value.as_text()?, $format).ok()
            }
            fn write(self) -> Value {
                Value::Text(self.format($format).to_string())
            }
        }
    };
}
scalar_by_format!(chrono::NaiveDate, "%Y-%m-%d");
scalar_by_format!(chrono::NaiveTime, "%H:%M");
scalar_by_format!(chrono::NaiveDateTime, "%Y-%m-%dT%H:%M");

impl<E> Scalar for Id<E> {
    fn read(value: &Value) -> Option<Self> {
        value.as_text()?.parse().ok().map(Self::of)
    }
    fn write(self) -> Value {
        Value::Text(self.to_string())
    }
}

impl Scalar for RowId {
    fn read(value: &Value) -> Option<Self> {
        value.as_text()?.parse().ok()
    }
    fn write(self) -> Value {
        Value::Text(self.to_string())
    }
}

impl Scalar for RecordRef {
    fn read(value: &Value) -> Option<Self> {
        value.as_text()?.parse().ok()
    }
    fn write(self) -> Value {
        Value::Text(self.to_string())
    }
}

impl<T: Enumeration> Scalar for Code<T> {
    fn read(value: &Value) -> Option<Self> {
        let code = value.as_text()?;
        Some(T::from_code(code).map_or_else(|| Self::Unknown(code.to_owned()), Self::Known))
    }
    fn write(self) -> Value {
        Value::Text(self.code().to_owned())
    }
}

/// What a field of a typed record is: one value or a set.
pub trait FieldValue: Sized {
    /// Reads the field.
    fn read_field(value: Option<&Value>) -> Self;
    /// Writes the field; `None` empties it.
    fn write_field(self) -> Option<Value>;
}

impl<T: Scalar> FieldValue for Option<T> {
    fn read_field(value: Option<&Value>) -> Self {
        value.and_then(T::read)
    }
    fn write_field(self) -> Option<Value> {
        self.map(T::write)
    }
}

impl<T: Scalar> FieldValue for Vec<T> {
    fn read_field(value: Option<&Value>) -> Self {
        let elements = value.map_or(&[][..], Value::elements);
        elements
            .iter()
            .filter_map(|element| T::read(&Value::Text(element.clone())))
            .collect()
    }
    fn write_field(self) -> Option<Value> {
        let texts = self
            .into_iter()
            .map(T::write)
            .filter_map(|value| value.as_text().map(str::to_owned));
        let elements: Vec<String> = texts.collect();
        (!elements.is_empty()).then_some(Value::List(elements))
    }
}

/// Reads a field of a record into its type.
pub(super) fn read<T: FieldValue>(record: &Record, field: &str) -> T {
    T::read_field(record.value(field))
}

/// Writes a typed field.
pub(super) fn write<T: FieldValue>(value: T) -> Option<Value> {
    value.write_field()
}
