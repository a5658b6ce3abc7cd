//! Which commits lost words to an erasure in this copy: files that were written before hold them still.

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
    Ok(())
}

impl Carnet {
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
