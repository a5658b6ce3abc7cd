//! Two histories that claim one writer's name: a restored disk image went on under the name of the original.
//!
//! Where they part, the one whose first own digest is smaller keeps the name; the other is filed under a name
//! derived from its first own digest, the same on every device. Nothing is dropped, nobody is asked. What its
//! writer signed is kept beside each commit, so that the digests still verify (architecture.md §5, Identity).

use blake3::Hash;
use rusqlite::{Connection, OptionalExtension};

use super::error::StoreError;
use super::log::{self, Commit, CommitRef, Learnt, Origin, Tip};
use super::names;
use super::receive::Taken;
use crate::model::DeviceId;

/// The name of a history whose first own commit has this digest.
pub(super) fn derived(first: &Hash) -> DeviceId {
    let mut hasher = blake3::Hasher::new_derive_key("carnet-appui: a second history of one writer");
    hasher.update(first.as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
    DeviceId::from_bytes(bytes)
}

/// Files what `device` wrote after `shared` under another name, here and wherever others had seen it.
pub(super) fn file_apart(
    conn: &Connection,
    device: &DeviceId,
    shared: i64,
    apart: &DeviceId,
    taken: &mut Taken,
) -> Result<(), StoreError> {
    const NAME: &str = "SELECT name FROM device WHERE device = ?1";
    let name: String = conn
        .prepare_cached(NAME)?
        .query_row([device.as_str()], |row| row.get("name"))?;
    let from = names::device_named(conn, device, &name)?;
    let to = names::device_named(conn, apart, &name)?;
    sign_apart(conn, device, shared)?;
    sign_who_had_seen(conn, from, shared)?;
    move_commits(conn, from, to, shared)?;
    move_sight(conn, from, to, shared)?;
    if let Some(digest) = log::digest_at(conn, device, shared)? {
        know_what_was_shared(conn, to, &digest)?;
    }
    move_runs(taken, from, to, shared);
    show_again(conn, to, taken)
}

/// The first commit of a history filed apart had seen what it goes on from, and all that this had seen.
fn know_what_was_shared(conn: &Connection, apart: i64, shared: &Hash) -> Result<(), StoreError> {
    const KNOWN: &str = "INSERT INTO seen (device, other, seq, upto, digest) VALUES (?1, ?2, 1, ?3, ?4) \
                         ON CONFLICT DO UPDATE SET upto = excluded.upto, digest = excluded.digest \
                         WHERE upto < excluded.upto";
    for (device, tip) in known_at(conn, shared)?.unwrap_or_default() {
        if let Some(other) = names::device_number(conn, &device)? {
            let bound = (apart, other, tip.seq, tip.digest.as_bytes());
            conn.prepare_cached(KNOWN)?.execute(bound)?;
        }
    }
    Ok(())
}

/// The records of a history that got another name are shown again: among equals in time the name decides.
fn show_again(conn: &Connection, apart: i64, taken: &mut Taken) -> Result<(), StoreError> {
    const ROWS: &str = "SELECT DISTINCT e.name AS entity, c.\"row\" FROM change c JOIN name e ON e.id = c.entity \
                        WHERE c.device = ?1";
    let mut statement = conn.prepare_cached(ROWS)?;
    let mut rows = statement.query([apart])?;
    while let Some(row) = rows.next()? {
        let (entity, row): (String, _) = (row.get("entity")?, log::read_row(row.get("row")?));
        taken.entities.insert(entity.clone());
        taken.touched.insert((entity, row));
    }
    Ok(())
}

/// Keeps, beside each commit that goes under another name, what its writer signed.
fn sign_apart(conn: &Connection, device: &DeviceId, shared: i64) -> Result<(), StoreError> {
    let mut commits: Vec<Commit> = Vec::new();
    log::commits_after::<StoreError>(conn, device, shared, |commit| {
        commits.push(commit);
        Ok(())
    })?;
    let before = log::digest_at(conn, device, shared)?.map(|hash| hash.to_hex().to_string());
    for (index, commit) in commits.into_iter().enumerate() {
        keep_signed(
            conn,
            &commit,
            if index == 0 { before.clone() } else { None },
        )?;
    }
    Ok(())
}

fn keep_signed(
    conn: &Connection,
    commit: &Commit,
    after: Option<String>,
) -> Result<(), StoreError> {
    const SIGNED: &str = "UPDATE \"commit\" SET origin = ?3 WHERE device = \
                          (SELECT id FROM device WHERE device = ?1) AND seq = ?2";
    let (device, seq, learnt) = commit.original();
    let after = after.or_else(|| {
        commit
            .origin
            .as_ref()
            .and_then(|origin| origin.after.clone())
    });
    let origin = Origin {
        device: device.clone(),
        seq,
        learnt: learnt.clone(),
        after,
    };
    let json =
        serde_json::to_string(&origin).map_err(|error| StoreError::Damaged(error.to_string()))?;
    conn.prepare_cached(SIGNED)?
        .execute((commit.device.as_str(), commit.seq, json))?;
    Ok(())
}

/// The same for each commit of others whose writer had seen what goes under another name.
fn sign_who_had_seen(conn: &Connection, from: i64, shared: i64) -> Result<(), StoreError> {
    const WHO: &str = "SELECT d.device, s.seq FROM seen s JOIN device d ON d.id = s.device \
                       WHERE s.other = ?1 AND s.upto > ?2";
    let mut statement = conn.prepare_cached(WHO)?;
    let who = statement
        .query_map((from, shared), |row| {
            Ok((row.get::<_, String>("device")?, row.get::<_, i64>("seq")?))
        })?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    for (device, seq) in who {
        let device: DeviceId = device.parse().map_err(|_| StoreError::Damaged(device))?;
        let name = CommitRef { device, seq };
        if let Some(commit) = log::commit(conn, &name)? {
            keep_signed(conn, &commit, None)?;
        }
    }
    Ok(())
}

fn move_commits(conn: &Connection, from: i64, to: i64, shared: i64) -> Result<(), StoreError> {
    const COMMITS: &str =
        "UPDATE \"commit\" SET device = ?2, seq = seq - ?3 WHERE device = ?1 AND seq > ?3";
    const CHANGES: &str =
        "UPDATE change SET device = ?2, seq = seq - ?3 WHERE device = ?1 AND seq > ?3";
    const LEARNT: &str =
        "UPDATE seen SET device = ?2, seq = seq - ?3 WHERE device = ?1 AND seq > ?3";
    const BATCHES: &str =
        "SELECT batch, first, last FROM batch_commit WHERE device = ?1 AND last > ?2";
    for sql in [COMMITS, CHANGES, LEARNT] {
        conn.prepare_cached(sql)?.execute((from, to, shared))?;
    }
    let mut statement = conn.prepare_cached(BATCHES)?;
    let batches = statement
        .query_map((from, shared), |row| {
            Ok((row.get("batch")?, row.get("first")?, row.get("last")?))
        })?
        .collect::<rusqlite::Result<Vec<(i64, i64, i64)>>>()?;
    for (batch, first, last) in batches {
        conn.execute(
            "DELETE FROM batch_commit WHERE batch = ?1 AND device = ?2 AND first = ?3",
            (batch, from, first),
        )?;
        let mut add = conn.prepare_cached(
            "INSERT INTO batch_commit (batch, device, first, last) VALUES (?1, ?2, ?3, ?4)",
        )?;
        if first <= shared {
            add.execute((batch, from, first, shared))?;
        }
        add.execute((batch, to, (first - shared).max(1), last - shared))?;
    }
    Ok(())
}

/// Who had seen what goes under another name had seen that, and what the two share.
fn move_sight(conn: &Connection, from: i64, to: i64, shared: i64) -> Result<(), StoreError> {
    const APART: &str = "INSERT INTO seen (device, other, seq, upto, digest) \
                         SELECT device, ?2, seq, upto - ?3, digest FROM seen WHERE other = ?1 AND upto > ?3";
    const SHARED: &str = "UPDATE seen SET upto = ?2, digest = \
                          (SELECT digest FROM \"commit\" WHERE device = ?1 AND seq = ?2) WHERE other = ?1 AND upto > ?2";
    const NOTHING: &str = "DELETE FROM seen WHERE other = ?1 AND upto > 0 AND ?2 = 0";
    conn.prepare_cached(APART)?.execute((from, to, shared))?;
    if shared == 0 {
        conn.prepare_cached(NOTHING)?.execute((from, shared))?;
    } else {
        conn.prepare_cached(SHARED)?.execute((from, shared))?;
    }
    Ok(())
}

/// What is being taken over may be filed apart as well.
fn move_runs(taken: &mut Taken, from: i64, to: i64, shared: i64) {
    let runs = std::mem::take(&mut taken.runs);
    for (device, first, last) in runs {
        if device != from || last <= shared {
            taken.runs.push((device, first, last));
            continue;
        }
        if first <= shared {
            taken.runs.push((device, first, shared));
        }
        taken
            .runs
            .push((to, (first - shared).max(1), last - shared));
    }
}

/// The name that the commit with this digest has here, if it is here.
pub(super) fn found(conn: &Connection, digest: &Hash) -> Result<Option<CommitRef>, StoreError> {
    const FIND: &str = "SELECT d.device, c.seq FROM \"commit\" c JOIN device d ON d.id = c.device WHERE c.digest = ?1";
    let found: Option<(String, i64)> = conn
        .prepare_cached(FIND)?
        .query_row([digest.as_bytes()], |row| {
            Ok((row.get("device")?, row.get("seq")?))
        })
        .optional()?;
    found
        .map(|(device, seq)| {
            let device = device.parse().map_err(|_| StoreError::Damaged(device))?;
            Ok(CommitRef { device, seq })
        })
        .transpose()
}

/// The commit with this digest and, for each history that it goes on from, the last commit before the parting;
/// `None` if it is not here.
pub(super) fn path_to(conn: &Connection, digest: &Hash) -> Result<Option<Learnt>, StoreError> {
    const FIRST: &str = "SELECT c.origin FROM \"commit\" c JOIN device d ON d.id = c.device \
                         WHERE d.device = ?1 AND c.seq = 1";
    let mut path = Learnt::new();
    let mut next = Some(*digest);
    while let Some(digest) = next.take() {
        let Some(CommitRef { device, seq }) = found(conn, &digest)? else {
            return Ok(None);
        };
        let origin: Option<String> = conn
            .prepare_cached(FIRST)?
            .query_row([device.as_str()], |row| row.get("origin"))
            .optional()?
            .flatten();
        if let Some(json) = origin {
            let origin: Origin = serde_json::from_str(&json)
                .map_err(|error| StoreError::Damaged(error.to_string()))?;
            next = origin.after()?;
        }
        path.insert(device, Tip { seq, digest });
    }
    Ok(Some(path))
}

/// All that the commit with this digest knew, itself included; `None` if it is not here.
pub(super) fn known_at(conn: &Connection, digest: &Hash) -> Result<Option<Learnt>, StoreError> {
    const KNOWN: &str = "SELECT o.device, s.upto AS seq, s.digest FROM seen s JOIN device d ON d.id = s.device \
                         JOIN device o ON o.id = s.other WHERE d.device = ?1 AND s.seq <= ?2";
    let Some(path) = path_to(conn, digest)? else {
        return Ok(None);
    };
    let mut known = path.clone();
    for (device, tip) in path {
        let mut statement = conn.prepare_cached(KNOWN)?;
        let mut rows = statement.query((device.as_str(), tip.seq))?;
        while let Some(row) = rows.next()? {
            let other: String = row.get("device")?;
            let other = other.parse().map_err(|_| StoreError::Damaged(other))?;
            let digest = Hash::from_bytes(row.get("digest")?);
            let seq = row.get("seq")?;
            keep_later(&mut known, other, Tip { seq, digest });
        }
    }
    Ok(Some(known))
}

/// Adds a commit to what is known of its device, unless a later one is.
pub(super) fn keep_later(known: &mut Learnt, device: DeviceId, tip: Tip) {
    let kept = known.entry(device).or_insert(tip);
    if kept.seq < tip.seq {
        *kept = tip;
    }
}
