//! Reads for lists: filters, any sort, one page at a time, and counts.

use std::borrow::Cow;

use rusqlite::types::Value as Sql;
use rusqlite::{OptionalExtension, params_from_iter};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::carnet::Carnet;
use super::edit::{known_entity, unknown_field};
use super::error::StoreError;
use super::paging::{Key, Listed, Served, Span};
use super::{projection, schema, search, titles, unite};
use crate::model::{EntityDef, FieldDef, FieldKind, Record, RecordRef, RowId, Value};

pub use super::titles::Title;

/// Most rows of one page, whatever was asked.
const LONGEST_PAGE: i64 = 1_000;

/// How a field is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// Equal.
    Is,
    /// Different or empty.
    IsNot,
    /// Equal to one of a list.
    OneOf,
    /// Strictly smaller.
    Before,
    /// Strictly greater.
    After,
    /// Greater or equal.
    From,
    /// Smaller or equal.
    To,
    /// The set has the element.
    Contains,
    /// No value.
    IsEmpty,
    /// Any value.
    IsSet,
}

/// One condition on one field; several hold together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Filter {
    /// A field of the entity, or `created_at`, `modified_at`, `id`.
    pub field: String,
    /// How it is compared.
    pub op: Condition,
    /// With what; nothing for `is_empty` and `is_set`.
    #[serde(default)]
    #[ts(optional, type = "string | number | boolean | string[] | null")]
    pub value: Option<Value>,
}

/// One key of a sort.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Sort {
    /// A field of the entity, or `title`, `created_at`, `modified_at`.
    pub field: String,
    /// Greatest first.
    #[serde(default)]
    pub descending: bool,
}

/// What a list asks for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ListRequest {
    /// The entity.
    pub entity: String,
    /// All hold.
    #[serde(default)]
    pub filters: Vec<Filter>,
    /// Words that the record holds, as typed.
    #[serde(default)]
    pub text: Option<String>,
    /// First key first; by title when empty.
    #[serde(default)]
    pub sort: Vec<Sort>,
    /// Rows passed over.
    #[serde(default)]
    #[ts(type = "number")]
    pub offset: i64,
    /// Rows given, at most.
    #[ts(type = "number")]
    pub limit: i64,
    /// Whether the bin is included.
    #[serde(default)]
    #[ts(optional, as = "Option<bool>")]
    pub include_deleted: bool,
}

impl ListRequest {
    /// The first `limit` records of an entity, by title.
    pub fn of(entity: impl Into<String>, limit: i64) -> Self {
        Self {
            entity: entity.into(),
            filters: Vec::new(),
            text: None,
            sort: Vec::new(),
            offset: 0,
            limit,
            include_deleted: false,
        }
    }

    /// The same list under one more condition.
    #[must_use]
    pub fn filter(mut self, field: &str, op: Condition, value: impl Into<Value>) -> Self {
        self.filters.push(Filter {
            field: field.to_owned(),
            op,
            value: Some(value.into()),
        });
        self
    }

    /// The same list sorted by one more key.
    #[must_use]
    pub fn sort(mut self, field: &str, descending: bool) -> Self {
        self.sort.push(Sort {
            field: field.to_owned(),
            descending,
        });
        self
    }
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// Its records.
    pub records: Vec<Record>,
    /// How many the whole list has.
    pub total: i64,
}

/// What a count asks for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct CountRequest {
    /// The entity.
    pub entity: String,
    /// All hold.
    #[serde(default)]
    pub filters: Vec<Filter>,
    /// A field to count by value.
    #[serde(default)]
    pub group_by: Option<String>,
}

/// The answer to a count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
pub struct Count {
    /// How many in all.
    #[ts(type = "number")]
    pub total: i64,
    /// How many by value of the grouping field; empty values left out.
    #[ts(type = "Record<string, number>")]
    pub groups: std::collections::BTreeMap<String, i64>,
}

/// The conditions of a list, with the values bound in them.
#[derive(Default)]
struct Where {
    conditions: Vec<String>,
    bound: Vec<Sql>,
}

impl Where {
    fn and(&mut self, sql: &str, bound: impl IntoIterator<Item = Sql>) {
        self.conditions.push(sql.to_owned());
        self.bound.extend(bound);
    }
}

/// The column that a name of a request stands for.
fn column(def: &EntityDef, name: &str) -> Result<String, StoreError> {
    match name {
        "created_at" | "modified_at" | "created_by" | "modified_by" => Ok(format!("t._{name}")),
        "id" => Ok("t.id".to_owned()),
        "title" if def.field("title").is_none() => Ok("t._title".to_owned()),
        _ => match def.field(name) {
            Some(field) if !field.kind.is_list() => Ok(format!("t.\"{}\"", field.name)),
            _ => Err(unknown_field(def, name)),
        },
    }
}

fn bound(value: &Value) -> Sql {
    match value {
        Value::Bool(is_true) => Sql::Integer(i64::from(*is_true)),
        Value::Int(number) => Sql::Integer(*number),
        Value::Num(number) => Sql::Real(*number),
        Value::Text(text) => Sql::Text(text.clone()),
        Value::List(elements) => Sql::Text(elements.join(",")),
    }
}

fn conditions(
    def: &'static EntityDef,
    filters: &[Filter],
    include_deleted: bool,
) -> Result<Where, StoreError> {
    let mut clause = Where::default();
    if !include_deleted {
        clause.and("t._deleted = 0", []);
    }
    for filter in filters {
        match def
            .field(&filter.field)
            .filter(|field| field.kind.is_list())
        {
            Some(field) => set_condition(&mut clause, field, filter),
            None => column_condition(&mut clause, &column(def, &filter.field)?, filter),
        }
    }
    Ok(clause)
}

fn column_condition(clause: &mut Where, column: &str, filter: &Filter) {
    let value = || filter.value.as_ref().map_or(Sql::Null, bound);
    match filter.op {
        // Only so is an index of the values that are set of use.
        Condition::Is if filter.value.is_some() => {
            clause.and(&format!("{column} = ?"), [value()]);
        }
        Condition::IsNot => clause.and(&format!("{column} IS NOT ?"), [value()]),
        Condition::Before => clause.and(&format!("{column} < ?"), [value()]),
        Condition::After => clause.and(&format!("{column} > ?"), [value()]),
        Condition::From => clause.and(&format!("{column} >= ?"), [value()]),
        Condition::To => clause.and(&format!("{column} <= ?"), [value()]),
        Condition::Is | Condition::IsEmpty => clause.and(&format!("{column} IS NULL"), []),
        Condition::IsSet => clause.and(&format!("{column} IS NOT NULL"), []),
        Condition::OneOf | Condition::Contains => {
            let elements = match &filter.value {
                Some(Value::List(elements)) => elements.clone(),
                Some(Value::Text(text)) => vec![text.clone()],
                _ => Vec::new(),
            };
            let marks = vec!["?"; elements.len()].join(", ");
            clause.and(
                &format!("{column} IN ({marks})"),
                elements.into_iter().map(Sql::Text),
            );
        }
    }
}

fn set_condition(clause: &mut Where, field: &FieldDef, filter: &Filter) {
    let elements = match &filter.value {
        Some(Value::List(elements)) => elements.clone(),
        Some(Value::Text(text)) => vec![text.clone()],
        _ => Vec::new(),
    };
    let of_row = format!(
        "FROM element e WHERE e.\"row\" = t.id AND e.field = '{}'",
        field.name
    );
    match filter.op {
        Condition::Is | Condition::IsEmpty => {
            clause.and(&format!("NOT EXISTS (SELECT 1 {of_row})"), [])
        }
        Condition::IsSet => clause.and(&format!("EXISTS (SELECT 1 {of_row})"), []),
        op => {
            let marks = vec!["?"; elements.len()].join(", ");
            let not = if op == Condition::IsNot { "NOT " } else { "" };
            let sql = format!(
                "t.id {not}IN (SELECT e.\"row\" FROM element e WHERE e.field = '{}' AND e.value IN ({marks}))",
                field.name
            );
            clause.and(&sql, elements.into_iter().map(Sql::Text));
        }
    }
}

/// What was typed to narrow a list.
struct Typed<'a> {
    text: &'a str,
    /// Whether there are records that the index does not know yet: their titles are looked at.
    has_due: bool,
}

/// Keeps the records that hold the words typed; whether there are any words.
fn text_condition(clause: &mut Where, def: &EntityDef, typed: &Typed<'_>) -> bool {
    let words = search::words_typed(typed.text);
    if words.is_empty() {
        return false;
    }
    let indexed = "t.id IN (SELECT r.\"row\" FROM search_row r WHERE r.entity = ? AND r.id IN \
                   (SELECT rowid FROM search WHERE search MATCH ?))";
    let bound = [
        Sql::Text(def.name.to_owned()),
        Sql::Text(search::match_of(&words)),
    ];
    if typed.has_due {
        let (due, of_due) = search::due::condition(&words);
        clause.and(
            &format!("({indexed} OR ({due}))"),
            bound.into_iter().chain(of_due),
        );
    } else {
        clause.and(indexed, bound);
    }
    true
}

/// The keys of a sort: codes by their order in the enumeration, links by title, words by their folded form.
fn keys(def: &'static EntityDef, sort: &[Sort]) -> Result<Vec<Key>, StoreError> {
    let mut keys = Vec::with_capacity(sort.len() + 1);
    for key in sort {
        let expression = match def.field(&key.field).map(|field| field.kind) {
            Some(FieldKind::Enum(of)) => {
                let cases: String = of
                    .codes
                    .iter()
                    .enumerate()
                    .map(|(index, code)| format!(" WHEN '{code}' THEN {index}"))
                    .collect();
                format!("CASE {}{cases} END", column(def, &key.field)?)
            }
            Some(FieldKind::Ref(entity)) => {
                format!(
                    "(SELECT _title FROM \"{entity}\" l WHERE l.id = {})",
                    column(def, &key.field)?
                )
            }
            Some(FieldKind::Text | FieldKind::Long) if def.title == [key.field.as_str()] => {
                TITLE.to_owned()
            }
            Some(FieldKind::Text | FieldKind::Long) => {
                format!("fold({})", column(def, &key.field)?)
            }
            Some(kind) if kind.is_list() => {
                format!(
                    "(SELECT min(e.value) FROM element e WHERE e.\"row\" = t.id AND e.field = '{}')",
                    key.field
                )
            }
            _ => column(def, &key.field)?,
        };
        keys.push(Key {
            expression,
            descending: key.descending,
        });
    }
    if keys.is_empty() {
        keys.push(Key {
            expression: TITLE.to_owned(),
            descending: false,
        });
    }
    // The tie goes the way of the first key, so that one index serves both.
    keys.push(Key {
        expression: "t.id".to_owned(),
        descending: sort.first().is_some_and(|key| key.descending),
    });
    Ok(keys)
}

/// The column of every table that its records are sorted by when they are sorted by title.
const TITLE: &str = "t._title";
/// The column of the day and time of the last change.
const MODIFIED: &str = "t._modified_at";

/// A request as SQL.
fn listed(
    def: &'static EntityDef,
    filters: &[Filter],
    typed: Option<&Typed<'_>>,
    sort: &[Sort],
    include_deleted: bool,
) -> Result<Listed, StoreError> {
    let mut clause = conditions(def, filters, include_deleted)?;
    let is_text = typed.is_some_and(|typed| text_condition(&mut clause, def, typed));
    let keys = keys(def, sort)?;
    let in_order = keys.len() == 2 && [TITLE, MODIFIED].contains(&keys[0].expression.as_str());
    let served = match filters {
        _ if is_text || include_deleted || !in_order => Served::Little,
        [] => Served::Whole,
        [filter] if is_counted(def, filter) => Served::OrderAndTotal,
        _ => Served::Little,
    };
    Ok(Listed {
        table: def.name,
        conditions: clause.conditions,
        bound: clause.bound,
        keys,
        served,
    })
}

/// Whether an index tells how many records a filter keeps.
fn is_counted(def: &EntityDef, filter: &Filter) -> bool {
    let is_value = matches!(filter.op, Condition::Is | Condition::OneOf) && filter.value.is_some();
    let field = def.field(&filter.field);
    is_value && field.is_some_and(|field| schema::is_indexed(field.kind))
}

impl Carnet {
    /// One page of a list.
    pub fn list(&self, request: &ListRequest) -> Result<Page, StoreError> {
        let def = known_entity(&request.entity)?;
        let filters = self.with_united(def, &request.filters)?;
        let typed = match &request.text {
            Some(text) => Some(Typed {
                text,
                has_due: search::due::has_any(&self.conn)?,
            }),
            None => None,
        };
        let listed = listed(
            def,
            &filters,
            typed.as_ref(),
            &request.sort,
            request.include_deleted,
        )?;
        let span = Span {
            offset: request.offset.max(0),
            limit: request.limit.clamp(0, LONGEST_PAGE),
        };
        let mut kept = self.kept.borrow_mut();
        if span.limit == 0 {
            return Ok(Page {
                records: Vec::new(),
                total: kept.total(&self.conn, &listed)?,
            });
        }
        let (ids, total) = kept.page(&self.conn, &listed, span)?;
        Ok(Page {
            records: projection::records(&self.conn, def, &ids)?,
            total,
        })
    }

    /// The same filters, in which a record stands for those that were united into it.
    fn with_united<'a>(
        &self,
        def: &EntityDef,
        filters: &'a [Filter],
    ) -> Result<Cow<'a, [Filter]>, StoreError> {
        let mut filters = Cow::Borrowed(filters);
        for index in 0..filters.len() {
            let filter = &filters[index];
            let target = def
                .field(&filter.field)
                .and_then(|field| field.kind.target());
            let is_one = matches!(
                filter.op,
                Condition::Is | Condition::OneOf | Condition::Contains
            );
            let (Some(target), true) = (target, is_one) else {
                continue;
            };
            let mut named: Vec<String> = match &filter.value {
                Some(Value::Text(text)) => vec![text.clone()],
                Some(Value::List(elements)) => elements.clone(),
                _ => continue,
            };
            let asked = named.len();
            for row in 0..asked {
                named.extend(unite::united_into(&self.conn, target, &named[row])?);
            }
            if named.len() > asked {
                let widened = &mut filters.to_mut()[index];
                widened.value = Some(Value::List(named));
                if widened.op == Condition::Is {
                    widened.op = Condition::OneOf;
                }
            }
        }
        Ok(filters)
    }

    /// Every record of an entity that is not in the bin, one after the other, in the order of their ids.
    pub fn each(
        &self,
        entity: &str,
        mut visit: impl FnMut(Record) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let def = known_entity(entity)?;
        let columns = projection::record_columns(def);
        let sql =
            format!("SELECT {columns} FROM \"{entity}\" t WHERE t._deleted = 0 ORDER BY t.id");
        let mut statement = self.conn.prepare_cached(&sql)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            visit(projection::record_from_row(&self.conn, def, row)?)?;
        }
        Ok(())
    }

    /// Counts, in all and by value.
    pub fn count(&self, request: &CountRequest) -> Result<Count, StoreError> {
        let def = known_entity(&request.entity)?;
        let filters = self.with_united(def, &request.filters)?;
        let listed = listed(def, &filters, None, &[], false)?;
        let total = self.kept.borrow_mut().total(&self.conn, &listed)?;
        let mut groups = std::collections::BTreeMap::new();
        if let Some(field) = &request.group_by {
            let column = column(def, field)?;
            // Grouped as stored, an index of the column gives the groups.
            let sql = format!(
                "SELECT CAST(value AS TEXT) AS value, total FROM (SELECT {column} AS value, count(*) AS total \
                 {} AND {column} IS NOT NULL GROUP BY 1)",
                listed.rows_sql(),
            );
            let mut statement = self.conn.prepare_cached(&sql)?;
            let mut rows = statement.query(params_from_iter(&listed.bound))?;
            while let Some(row) = rows.next()? {
                groups.insert(row.get("value")?, row.get("total")?);
            }
        }
        Ok(Count { total, groups })
    }

    /// One record, in the bin or not.
    pub fn get(&self, reference: &RecordRef) -> Result<Record, StoreError> {
        let def = known_entity(&reference.entity)?;
        projection::record(&self.conn, def, reference.id)?
            .ok_or_else(|| StoreError::NotFound(reference.clone()))
    }

    /// How a record is named; `None` when this carnet does not hold it.
    pub fn title_of(&self, reference: &RecordRef) -> Result<Option<Title>, StoreError> {
        titles::of_reference(&self.conn, self.language, reference)
    }

    /// How a record at hand is named.
    pub fn title(&self, record: &Record) -> Result<Title, StoreError> {
        titles::of_record(&self.conn, self.language, record)
    }

    /// The only entity that holds a row of this id, for who gives a bare id.
    pub fn entity_of(&self, id: RowId) -> Result<Option<&'static str>, StoreError> {
        const OF_ROW: &str = "SELECT n.name AS entity FROM change c JOIN name n ON n.id = c.entity \
                              WHERE c.\"row\" = ?1 LIMIT 1";
        let entity: Option<String> = self
            .conn
            .prepare_cached(OF_ROW)?
            .query_row([id.as_bytes()], |row| row.get("entity"))
            .optional()?;
        Ok(entity
            .and_then(|name| crate::model::entity_def(&name))
            .map(|def| def.name))
    }
}
