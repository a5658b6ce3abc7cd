//! Where the rows of a page stand: in an index when one gives the order, else in the order of the whole list.
//!
//! An order that no index gives is found once and kept while nothing is written, so that the next page of any list
//! is a slice of it. Totals are kept in the same way. Nothing here knows what a filter or a sort means.

use std::collections::VecDeque;
use std::sync::Arc;

use rusqlite::types::Value as Sql;
use rusqlite::{Connection, params_from_iter};

use super::error::StoreError;
use crate::model::RowId;

/// Orders kept: those of the lists that a person goes back and forth between.
const ORDERS_KEPT: usize = 6;
/// Totals kept: those of a screen with its counts.
const TOTALS_KEPT: usize = 64;
/// Rows of an index that are looked at for one page before the order of the whole list is found instead.
const MOST_WALKED: i64 = 5_000;
/// Rows of an index that are passed over for one page before the order of the whole list is found instead.
const MOST_SKIPPED: i64 = 20_000;
/// A page is sought along an index when at least one row in so many belongs to the list.
const ROWS_FOR_ONE: i64 = 50;

/// One key of a sort.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Key {
    /// What is compared, as SQL.
    pub(super) expression: String,
    /// Greatest first.
    pub(super) descending: bool,
}

/// How much of a list an index knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Served {
    /// Its rows in their order.
    Whole,
    /// Its order in one index, how many rows it has in another.
    OrderAndTotal,
    /// Not its order.
    Little,
}

/// A list, as SQL: which rows of which table, in which order.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Listed {
    /// The table.
    pub(super) table: &'static str,
    /// What its rows hold, on the table named `t`.
    pub(super) conditions: Vec<String>,
    /// What is bound in the conditions.
    pub(super) bound: Vec<Sql>,
    /// The keys of the sort; no two rows compare equal.
    pub(super) keys: Vec<Key>,
    /// What indexes know of it.
    pub(super) served: Served,
}

/// A part of a list.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    /// Rows passed over.
    pub(super) offset: i64,
    /// Rows given, at most.
    pub(super) limit: i64,
}

impl Listed {
    /// Its table and conditions, as SQL.
    pub(super) fn rows_sql(&self) -> String {
        let conditions = match self.conditions.join(" AND ") {
            none if none.is_empty() => none,
            some => format!(" WHERE {some}"),
        };
        format!("FROM \"{}\" t{conditions}", self.table)
    }

    fn order(&self, is_backwards: bool) -> String {
        let keys: Vec<String> = self
            .keys
            .iter()
            .map(|key| {
                let is_down = key.descending != is_backwards;
                format!(
                    "{} {}",
                    key.expression,
                    if is_down { "DESC" } else { "ASC" }
                )
            })
            .collect();
        keys.join(", ")
    }

    fn ids(
        &self,
        conn: &Connection,
        sql: &str,
        span: Option<Span>,
    ) -> Result<Vec<RowId>, StoreError> {
        let mut statement = conn.prepare_cached(sql)?;
        let span = span.map(|span| [Sql::Integer(span.limit), Sql::Integer(span.offset)]);
        let bound = self.bound.iter().chain(span.iter().flatten());
        let mut rows = statement.query(params_from_iter(bound))?;
        let mut ids = Vec::new();
        while let Some(row) = rows.next()? {
            let id = row.get_ref("id")?.as_str().map_err(rusqlite::Error::from)?;
            let damaged = || StoreError::Damaged(format!("{}/{id}", self.table));
            ids.push(id.parse().map_err(|_| damaged())?);
        }
        Ok(ids)
    }

    /// The whole list.
    fn all(&self, conn: &Connection) -> Result<Vec<RowId>, StoreError> {
        let sql = format!(
            "SELECT t.id AS id {} ORDER BY {}",
            self.rows_sql(),
            self.order(false)
        );
        self.ids(conn, &sql, None)
    }

    /// A part of it along the index that gives its order, from the nearer end.
    fn along_index(
        &self,
        conn: &Connection,
        span: Span,
        total: i64,
    ) -> Result<Vec<RowId>, StoreError> {
        let limit = span.limit.min(total - span.offset).max(0);
        let from_end = total - span.offset - limit;
        let is_backwards = from_end < span.offset;
        let sql = format!(
            "SELECT t.id AS id {} ORDER BY {} LIMIT ? OFFSET ?",
            self.rows_sql(),
            self.order(is_backwards)
        );
        let offset = if is_backwards { from_end } else { span.offset };
        let mut ids = self.ids(conn, &sql, Some(Span { offset, limit }))?;
        if is_backwards {
            ids.reverse();
        }
        Ok(ids)
    }

    /// A part of it among the first rows that the index of its order has; fewer where they stand further.
    fn among_first(&self, conn: &Connection, span: Span) -> Result<Vec<RowId>, StoreError> {
        // As a result and not as a condition, a filter takes no index of its own.
        let sql = format!(
            "SELECT id FROM (SELECT t.id AS id, ({}) AS is_in FROM \"{}\" t WHERE t._deleted = 0 ORDER BY {} \
             LIMIT {MOST_WALKED}) WHERE is_in LIMIT ? OFFSET ?",
            self.conditions.join(" AND "),
            self.table,
            self.order(false)
        );
        self.ids(conn, &sql, Some(span))
    }

    fn count(&self, conn: &Connection) -> Result<i64, StoreError> {
        if self.served == Served::Whole {
            // A count of all rows reads no row.
            let sql = format!(
                "SELECT (SELECT count(*) FROM \"{0}\") - (SELECT count(*) FROM \"{0}\" t WHERE t._deleted = 1) AS total",
                self.table
            );
            return Ok(conn
                .prepare_cached(&sql)?
                .query_row([], |row| row.get("total"))?);
        }
        let sql = format!("SELECT count(*) AS total {}", self.rows_sql());
        let mut statement = conn.prepare_cached(&sql)?;
        Ok(statement.query_row(params_from_iter(&self.bound), |row| row.get("total"))?)
    }
}

/// What lists have in memory; worth nothing once the carnet is written to.
#[derive(Default)]
pub(super) struct Kept {
    /// State of the carnet that it is about: the commits of other connections, the rows that this one wrote.
    as_of: Option<(i64, u64)>,
    orders: VecDeque<(Listed, Arc<[RowId]>)>,
    totals: VecDeque<(Listed, i64)>,
}

impl Kept {
    /// The rows of a part of a list, and how many the whole list has.
    pub(super) fn page(
        &mut self,
        conn: &Connection,
        listed: &Listed,
        span: Span,
    ) -> Result<(Vec<RowId>, i64), StoreError> {
        self.refresh(conn)?;
        if let Some(order) = self.order(listed) {
            return Ok(cut(&order, span));
        }
        if listed.served == Served::Whole {
            let total = self.counted(conn, listed)?;
            if span.offset.min(total - span.offset) <= MOST_SKIPPED {
                return Ok((listed.along_index(conn, span, total)?, total));
            }
        }
        if listed.served == Served::OrderAndTotal {
            let total = self.counted(conn, listed)?;
            if (span.offset + span.limit).saturating_mul(ROWS_FOR_ONE) <= total {
                let ids = listed.among_first(conn, span)?;
                if i64::try_from(ids.len()) == Ok(span.limit) {
                    return Ok((ids, total));
                }
            }
        }
        let order: Arc<[RowId]> = listed.all(conn)?.into();
        keep(&mut self.orders, ORDERS_KEPT, listed, Arc::clone(&order));
        Ok(cut(&order, span))
    }

    /// How many rows a list has.
    pub(super) fn total(&mut self, conn: &Connection, listed: &Listed) -> Result<i64, StoreError> {
        self.refresh(conn)?;
        match self.order(listed) {
            Some(order) => Ok(i64::try_from(order.len()).unwrap_or(i64::MAX)),
            None => self.counted(conn, listed),
        }
    }

    /// Forgets everything.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Forgets what may no longer be so.
    fn refresh(&mut self, conn: &Connection) -> Result<(), StoreError> {
        const OTHERS: &str = "PRAGMA data_version";
        let others = conn
            .prepare_cached(OTHERS)?
            .query_row([], |row| row.get("data_version"))?;
        let now = Some((others, conn.total_changes()));
        if self.as_of != now {
            self.clear();
            self.as_of = now;
        }
        Ok(())
    }

    fn order(&self, listed: &Listed) -> Option<Arc<[RowId]>> {
        let found = self.orders.iter().find(|(of, _)| of == listed);
        found.map(|(_, order)| Arc::clone(order))
    }

    fn counted(&mut self, conn: &Connection, listed: &Listed) -> Result<i64, StoreError> {
        let same_rows = |of: &Listed| {
            of.table == listed.table
                && of.conditions == listed.conditions
                && of.bound == listed.bound
        };
        if let Some((_, total)) = self.totals.iter().find(|(of, _)| same_rows(of)) {
            return Ok(*total);
        }
        let total = listed.count(conn)?;
        keep(&mut self.totals, TOTALS_KEPT, listed, total);
        Ok(total)
    }
}

fn keep<T>(kept: &mut VecDeque<(Listed, T)>, most: usize, listed: &Listed, value: T) {
    kept.truncate(most - 1);
    kept.push_front((listed.clone(), value));
}

fn cut(order: &[RowId], span: Span) -> (Vec<RowId>, i64) {
    let place = |rows: i64| usize::try_from(rows).unwrap_or(0).min(order.len());
    let (from, to) = (
        place(span.offset),
        place(span.offset.saturating_add(span.limit)),
    );
    let total = i64::try_from(order.len()).unwrap_or(i64::MAX);
    (order[from..to].to_vec(), total)
}

#[cfg(test)]
mod tests {

    use crate::model::RowId;
    use crate::store::{Carnet, Condition, Edit, Edits, ListRequest, RowName};
    use crate::testing::writer;

    fn save(carnet: &mut Carnet, edits: Vec<Edit>) {
        let label = "test".into();
        carnet.save(Edits { edits, label }).unwrap();
    }

    fn organisation(name: &str, organisation_type: &str) -> Edit {
        Edit::of("organisation", RowName::New)
            .set("name", name)
            .set("organisation_type", organisation_type)
            .set("country", "FR")
            .set("address", format!("{} rue", name.len() % 7).as_str())
    }

    /// Names as they come, one page after the other.
    fn names_by(carnet: &Carnet, list: &ListRequest, page: i64) -> Vec<String> {
        let mut names = Vec::new();
        loop {
            let of_page = ListRequest {
                offset: i64::try_from(names.len()).unwrap(),
                limit: page,
                ..list.clone()
            };
            let found = carnet.list(&of_page).unwrap();
            if found.records.is_empty() {
                assert_eq!(i64::try_from(names.len()).unwrap(), found.total);
                return names;
            }
            let name = |record: &crate::model::Record| record.text("name").unwrap().to_owned();
            names.extend(found.records.iter().map(name));
        }
    }

    #[test]
    fn a_list_is_the_same_page_by_page_as_in_one_piece() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.carnet");
        let mut carnet = Carnet::create(&path, None, writer(folder.path())).unwrap();
        let all: Vec<Edit> = (0..180_u32)
            .map(|index| {
                let kind = ["group", "structure", "territory"][index as usize % 3];
                organisation(&format!("Lieu {:03}", index * 77 % 180), kind)
            })
            .collect();
        save(&mut carnet, all);
        let of = || ListRequest::of("organisation", 1_000);
        let groups = |list: ListRequest| list.filter("organisation_type", Condition::Is, "group");
        let in_france = |list: ListRequest| list.filter("country", Condition::Is, "FR");
        for list in [
            of(),
            of().sort("name", true),
            of().sort("modified_at", true),
            of().sort("organisation_type", false),
            of().sort("address", true).sort("name", false),
            groups(of()),
            groups(of()).sort("name", true),
            groups(of()).sort("modified_at", false),
            in_france(groups(of())).sort("address", false),
            ListRequest {
                text: Some("lieu".into()),
                ..of()
            },
            ListRequest {
                include_deleted: true,
                ..of()
            },
        ] {
            let whole = names_by(&carnet, &list, 1_000);
            assert!(whole.len() >= 60, "{list:?}");
            for page in [1, 7, 100] {
                assert_eq!(names_by(&carnet, &list, page), whole, "{list:?} by {page}");
            }
        }
        let by_title = names_by(&carnet, &of(), 50);
        assert!(by_title.is_sorted());
        assert_eq!(by_title.len(), 180);
        let of_groups = (0..60).map(|index| format!("Lieu {:03}", index * 3 * 77 % 180));
        let mut expected: Vec<String> = of_groups.collect();
        expected.sort();
        assert_eq!(names_by(&carnet, &groups_of(), 1), expected);
    }

    fn groups_of() -> ListRequest {
        ListRequest::of("organisation", 1).filter("organisation_type", Condition::Is, "group")
    }

    #[test]
    fn a_list_that_was_kept_follows_every_edit_whoever_makes_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.carnet");
        let mut here = Carnet::create(&path, None, writer(folder.path())).unwrap();
        save(&mut here, vec![organisation("Bourg", "group")]);
        let mut elsewhere = Carnet::open(&path, None, writer(folder.path())).unwrap();
        let list = ListRequest::of("organisation", 10).sort("address", false);
        let count = |carnet: &Carnet| carnet.list(&list).unwrap().total;
        assert_eq!((count(&here), count(&elsewhere)), (1, 1));
        save(&mut here, vec![organisation("Combe", "group")]);
        assert_eq!((count(&here), count(&elsewhere)), (2, 2));
        save(&mut elsewhere, vec![organisation("Vallon", "group")]);
        assert_eq!((count(&here), count(&elsewhere)), (3, 3));
        let first = here.list(&list).unwrap().records[0].reference_to_self();
        elsewhere.delete(&first, "delete").unwrap();
        assert_eq!((count(&here), count(&elsewhere)), (2, 2));
    }

    #[test]
    fn a_row_that_is_not_there_is_in_no_page() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.carnet");
        let mut carnet = Carnet::create(&path, None, writer(folder.path())).unwrap();
        save(&mut carnet, vec![organisation("Bourg", "group")]);
        for list in [ListRequest::of("organisation", 5), groups_of()] {
            let beyond = ListRequest { offset: 3, ..list };
            let page = carnet.list(&beyond).unwrap();
            assert_eq!((page.records.len(), page.total), (0, 1));
        }
        let nobody = ListRequest::of("organisation", 5).filter(
            "id",
            Condition::Is,
            RowId::stable("test", "nobody").to_string().as_str(),
        );
        assert_eq!(carnet.list(&nobody).unwrap().total, 0);
    }
}
