//! Some fields of every record of an entity, for who looks at them all at once and shows few.

use std::collections::HashMap;

use rusqlite::Connection;

use super::carnet::Carnet;
use super::edit::{known_entity, unknown_field};
use super::error::StoreError;
use super::unite;
use crate::model::{FieldKind, RecordRef, RowId};

/// A record with the texts of some of its fields, in the order asked for; a link names the record that stands.
pub(crate) struct Columns {
    pub(crate) id: RowId,
    pub(crate) texts: Vec<Option<String>>,
}

impl Carnet {
    /// Some fields of every record of an entity that lists show, in the order of their ids; sets have none.
    pub(crate) fn columns(
        &self,
        entity: &str,
        fields: &[&'static str],
    ) -> Result<Vec<Columns>, StoreError> {
        let def = known_entity(entity)?;
        let mut names = String::new();
        let mut standing = Vec::with_capacity(fields.len());
        for name in fields {
            let field = def
                .field(name)
                .filter(|field| !field.kind.is_list())
                .ok_or_else(|| unknown_field(def, name))?;
            names.push_str(&format!(", CAST(\"{name}\" AS TEXT)"));
            standing.push(match field.kind {
                FieldKind::Ref(target) => Standing::of(&self.conn, target)?,
                FieldKind::AnyRef => Standing::OfAny,
                _ => Standing::None,
            });
        }
        let sql = format!(
            "SELECT id{names} FROM \"{}\" WHERE _deleted = 0 AND _erased = 0 ORDER BY id",
            def.name
        );
        let mut statement = self.conn.prepare_cached(&sql)?;
        let mut rows = statement.query([])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let id: String = row.get("id")?;
            let mut texts = Vec::with_capacity(fields.len());
            for (position, standing) in standing.iter().enumerate() {
                let text: Option<String> = row.get(position + 1)?;
                texts.push(
                    text.map(|text| standing.named(&self.conn, text))
                        .transpose()?,
                );
            }
            found.push(Columns {
                id: id
                    .parse()
                    .map_err(|_| StoreError::Damaged(format!("{}/{id}", def.name)))?,
                texts,
            });
        }
        Ok(found)
    }
}

/// How a link is named as the record that stands for the one that it was made to.
enum Standing {
    /// It is no link.
    None,
    /// Those of one entity that were united, with the one that stands; read once for all rows.
    Among(HashMap<String, String>),
    /// It may be to any entity: looked up one by one.
    OfAny,
}

impl Standing {
    fn of(conn: &Connection, target: &str) -> Result<Self, StoreError> {
        let def = known_entity(target)?;
        let sql = format!(
            "SELECT id FROM \"{}\" WHERE _merged_into IS NOT NULL",
            def.name
        );
        let mut statement = conn.prepare_cached(&sql)?;
        let mut rows = statement.query([])?;
        let mut among = HashMap::new();
        while let Some(row) = rows.next()? {
            let id: String = row.get("id")?;
            if let Ok(row) = id.parse() {
                let stands = unite::standing(conn, &RecordRef::new(def.name, row))?;
                among.insert(id, stands.id.to_string());
            }
        }
        Ok(Self::Among(among))
    }

    fn named(&self, conn: &Connection, text: String) -> Result<String, StoreError> {
        Ok(match self {
            Self::None => text,
            Self::Among(among) => among.get(&text).cloned().unwrap_or(text),
            Self::OfAny => match text.parse::<RecordRef>() {
                Ok(reference) => unite::standing(conn, &reference)?.to_string(),
                Err(_) => text,
            },
        })
    }
}
