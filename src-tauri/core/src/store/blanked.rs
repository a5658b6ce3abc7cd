//! What this copy knows of its erasures: which commits lost words, since files that were written before hold them still,
//! and whether its own file is to be cleaned of them.

use rusqlite::Connection;

use super::carnet::Carnet;
use super::error::StoreError;
use super::log::CommitRef;
use super::schema;

/// Made with the first erasure: most carnets never have one. A commit that loses more comes again, later.
const TABLE: &str = r#"CREATE TABLE IF NOT EXISTS blanked (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    device INTEGER NOT NULL,
    seq    INTEGER NOT NULL,
    UNIQUE (device, seq)
) STRICT"#;

/// One line while the pages of the file may hold words that were erased.
const TO_CLEAN: &str =
    "CREATE TABLE IF NOT EXISTS to_clean (id INTEGER PRIMARY KEY CHECK (id = 1)) STRICT";

/// Remembers that commits, by number of their device and their own, lost words.
pub(super) fn remember(
    conn: &Connection,
    commits: impl IntoIterator<Item = (i64, i64)>,
) -> Result<(), StoreError> {
    const LOST: &str = "INSERT OR REPLACE INTO blanked (device, seq) VALUES (?1, ?2)";
    conn.execute_batch(TABLE)?;
    for commit in commits {
        conn.prepare_cached(LOST)?.execute(commit)?;
    }
    conn.execute_batch(TO_CLEAN)?;
    conn.execute("INSERT OR IGNORE INTO to_clean (id) VALUES (1)", [])?;
    Ok(())
}

impl Carnet {
    /// Whether words that were erased may still be in pages of the file that nothing refers to.
    pub fn is_to_be_cleaned(&self) -> Result<bool, StoreError> {
        Ok(schema::has_table(&self.conn, "to_clean")?
            && self
                .conn
                .prepare_cached("SELECT 1 FROM to_clean")?
                .exists([])?)
    }

    /// Leaves nothing of what was blanked in the search index or in pages that are no longer used.
    ///
    /// The erasure is done already: what cannot be cleaned now, for want of room or because the program is stopped, is
    /// when the carnet is next opened.
    pub(crate) fn clean(&self) {
        const CLEAN: &str =
            "INSERT INTO search (search) VALUES ('optimize'); VACUUM; DELETE FROM to_clean";
        if !self.is_read_only() && self.is_to_be_cleaned().is_ok_and(|is_due| is_due) {
            // Told by `is_to_be_cleaned`.
            let _ = self.conn.execute_batch(CLEAN);
        }
    }

    /// How many times commits have lost words to an erasure here; it only grows.
    pub(crate) fn blanked_until(&self) -> Result<i64, StoreError> {
        const LAST: &str = "SELECT coalesce(max(number), 0) AS number FROM blanked";
        if !schema::has_table(&self.conn, "blanked")? {
            return Ok(0);
        }
        let mut last = self.conn.prepare_cached(LAST)?;
        Ok(last.query_row([], |row| row.get("number"))?)
    }

    /// The commits that lost words after the first `number` times.
    pub(crate) fn blanked_after(&self, number: i64) -> Result<Vec<CommitRef>, StoreError> {
        const AFTER: &str = "SELECT d.device, b.seq FROM blanked b JOIN device d ON d.id = b.device \
                             WHERE b.number > ?1 ORDER BY b.number";
        if !schema::has_table(&self.conn, "blanked")? {
            return Ok(Vec::new());
        }
        let mut statement = self.conn.prepare_cached(AFTER)?;
        let mut rows = statement.query([number])?;
        let mut commits = Vec::new();
        while let Some(row) = rows.next()? {
            let device: String = row.get("device")?;
            commits.push(CommitRef {
                device: device.parse().map_err(|_| StoreError::Damaged(device))?,
                seq: row.get("seq")?,
            });
        }
        Ok(commits)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use rusqlite::Connection;

    use crate::store::Carnet;
    use crate::testing::writer;

    #[test]
    fn what_could_not_be_cleaned_when_it_was_erased_is_when_the_carnet_is_opened() {
        const WORD: &str = "Xylobéal";
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.carnet");
        drop(Carnet::create(&path, None, writer(folder.path())).unwrap());
        let holds_word = || {
            let bytes = fs::read(&path).unwrap();
            bytes
                .windows(WORD.len())
                .any(|window| window == WORD.as_bytes())
        };
        // A program that was killed once it had erased leaves the word in pages that nothing refers to.
        let conn = Connection::open(&path).unwrap();
        let left = format!(
            "{}; INSERT INTO to_clean (id) VALUES (1); CREATE TABLE left_over (word TEXT); \
             WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000) \
             INSERT INTO left_over SELECT '{WORD}' || i FROM n; DROP TABLE left_over",
            super::TO_CLEAN
        );
        conn.execute_batch(&left).unwrap();
        drop(conn);
        assert!(holds_word());
        let carnet = Carnet::open(&path, None, writer(folder.path())).unwrap();
        assert!(!carnet.is_to_be_cleaned().unwrap());
        assert!(!holds_word());
    }

    #[test]
    fn what_is_known_of_erasures_stays_when_what_is_derived_is_made_anew() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.carnet");
        let carnet = Carnet::create(&path, None, writer(folder.path())).unwrap();
        super::remember(&carnet.conn, [(1, 1)]).unwrap();
        let until = carnet.blanked_until().unwrap();
        crate::store::schema::recreate_derived(&carnet.conn).unwrap();
        assert_eq!(carnet.blanked_until().unwrap(), until);
        assert!(carnet.is_to_be_cleaned().unwrap());
    }
}
