//! A value of a field, as the log stores it and JSON shows it.

use serde::{Deserialize, Serialize};

/// A value: what one field of one record holds.
///
/// The JSON form is the stored form: text, number, yes or no, or an array of texts for a set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number.
    Num(f64),
    /// Text, date, code or reference.
    Text(String),
    /// Elements of a set, sorted.
    List(Vec<String>),
}

impl Value {
    /// The text of a text value.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The elements of a set; empty for anything else.
    pub fn elements(&self) -> &[String] {
        match self {
            Self::List(elements) => elements,
            _ => &[],
        }
    }

    /// Whether the value is `true`.
    pub fn is_true(&self) -> bool {
        *self == Self::Bool(true)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_json_form_keeps_its_golden_bytes() {
        let cases = [
            (Value::Bool(true), "true"),
            (Value::Int(12), "12"),
            (Value::Num(21_667.5), "21667.5"),
            (
                Value::Text("œuvre « à deux »".into()),
                "\"œuvre « à deux »\"",
            ),
            (
                Value::List(vec!["it".into(), "sl".into()]),
                "[\"it\",\"sl\"]",
            ),
        ];
        for (value, json) in cases {
            assert_eq!(serde_json::to_string(&value).unwrap(), json);
            assert_eq!(serde_json::from_str::<Value>(json).unwrap(), value);
        }
    }
}
