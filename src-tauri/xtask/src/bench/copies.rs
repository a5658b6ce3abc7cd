//! Merge, exchange and publication.

use std::fs;
use std::path::{Path, PathBuf};

use carnet_core::exchange::{folder, publish};
use carnet_core::model::RowId;
use carnet_core::store::{Carnet, Deletions, Edits, ListRequest, Writer};

use super::carnet::{Bench, PASSPHRASE, open_bare, passphrase, writer};
use super::writing::edit;
use super::{Failure, Row, median, once};

/// Records whose changes make a million: seven fields each.
const RECORDS: usize = 145_000;
/// Records of one commit.
const IN_ONE: usize = 29_000;
/// Devices that exchange, and how often each of them has.
const DEVICES: usize = 10;
const ROUNDS: usize = 40;
/// Pages of a carnet.
const PAGE_BYTES: usize = 4096;

/// Every budget of copies.
pub(super) fn run(bench: &mut Bench) -> Result<(), Failure> {
    let folder = bench.folder.join("copies");
    fs::create_dir_all(&folder)?;
    merges(bench, &folder)?;
    exchanges(bench, &folder)
}

fn at(folder: &Path, device: &str) -> Writer {
    Writer {
        device_name: device.to_owned(),
        register: folder.join(format!("register-{device}")),
        ..writer(folder)
    }
}

/// The organisations of these lines, in commits of some thousand.
fn fill(bench: &Bench, carnet: &mut Carnet, records: usize) -> Result<(), Failure> {
    for first in (0..records).step_by(IN_ONE) {
        let lines = first..(first + IN_ONE).min(records);
        carnet.save(Edits {
            edits: lines.map(|index| bench.places.line(index).edit()).collect(),
            label: "bench".into(),
        })?;
    }
    Ok(())
}

fn merges(bench: &Bench, folder: &Path) -> Result<(), Failure> {
    let (full, copy) = (folder.join("full.carnet"), folder.join("copy.carnet"));
    let mut theirs = Carnet::create(&full, passphrase().as_ref(), at(folder, "theirs"))?;
    fs::copy(&full, &copy)?;
    fill(bench, &mut theirs, RECORDS)?;
    let mut mine = Carnet::open(&copy, passphrase().as_ref(), at(folder, "mine"))?;
    let mut changes = 0;
    let took = once(|| {
        changes = mine
            .merge(std::slice::from_ref(&full), "bench", Deletions::Ask)?
            .changes;
        Ok(())
    })?;
    let floor = bare_copy(folder, &full)?;
    Row::ms(format!("merge of {changes} changes never seen"), took)
        .floor(floor)
        .most_times(3.0)
        .print();
    let took = median(|_| {
        mine.merge(std::slice::from_ref(&full), "bench", Deletions::Ask)?;
        Ok(())
    })?;
    Row::ms("merge with nothing new, the key at hand", took)
        .most(50.0)
        .print();
    Ok(())
}

/// The rows of the log, copied by one statement into a table of the same shape.
fn bare_copy(folder: &Path, full: &Path) -> Result<f64, Failure> {
    let bare = open_bare(&folder.join("bare-copy.db"))?;
    bare.execute(
        "ATTACH DATABASE ?1 AS theirs KEY ?2",
        (full.to_string_lossy(), PASSPHRASE),
    )?;
    let tables: Vec<String> = bare
        .prepare(
            "SELECT sql FROM theirs.sqlite_schema WHERE tbl_name IN ('commit', 'change') AND sql IS NOT NULL ORDER BY type DESC",
        )?
        .query_map([], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    for sql in tables {
        bare.execute_batch(&sql)?;
    }
    once(|| {
        bare.execute_batch(
            "BEGIN; INSERT INTO main.\"commit\" SELECT * FROM theirs.\"commit\"; \
             INSERT INTO main.change SELECT * FROM theirs.change; COMMIT",
        )?;
        Ok(())
    })
}

fn exchanges(bench: &Bench, folder: &Path) -> Result<(), Failure> {
    let shared = folder.join("shared");
    fs::create_dir_all(&shared)?;
    let first = folder.join("device-0.carnet");
    let mut origin = Carnet::create(&first, passphrase().as_ref(), at(folder, "0"))?;
    // About 50 MB.
    fill(bench, &mut origin, 30_000)?;
    let size = fs::metadata(&first)?.len() as f64 / (1024.0 * 1024.0);
    publications(&mut origin, folder, size)?;
    let mut carnets = vec![origin];
    for device in 1..DEVICES {
        let path = folder.join(format!("device-{device}.carnet"));
        fs::copy(&first, &path)?;
        let name = device.to_string();
        carnets.push(Carnet::open(
            &path,
            passphrase().as_ref(),
            at(folder, &name),
        )?);
    }
    let row = any_row(&carnets[0])?;
    for round in 0..ROUNDS {
        for carnet in &mut carnets {
            edit(carnet, row, &format!("Édition {round}"))?;
            folder::exchange(carnet, &shared, Deletions::Ask)?;
        }
    }
    for carnet in &mut carnets {
        folder::exchange(carnet, &shared, Deletions::Ask)?;
    }
    let mine = &mut carnets[0];
    let took = median(|_| Ok(folder::exchange(mine, &shared, Deletions::Ask).map(drop)?))?;
    let files = count(&shared)?;
    Row::ms(
        format!("exchange with nothing new, {DEVICES} devices, {files} files"),
        took,
    )
    .most(100.0)
    .print();
    let mut grown = 0;
    let took = median(|round| {
        edit(mine, row, &format!("Une de plus {round}"))?;
        let before = weight(&shared)?;
        folder::exchange(mine, &shared, Deletions::Ask)?;
        grown = grown.max(weight(&shared)?.saturating_sub(before));
        Ok(())
    })?;
    let edited = median(|round| edit(mine, row, &format!("Sans échange {round}")))?;
    Row::ms(
        "exchange after an edit, without the edit",
        (took - edited).max(0.0),
    )
    .most(20.0)
    .print();
    Row::kib("the folder grows by, at most", grown as f64 / 1024.0)
        .most(32.0)
        .print();
    Ok(())
}

fn publications(carnet: &mut Carnet, folder: &Path, size: f64) -> Result<(), Failure> {
    let (published, copied) = (folder.join("published.carnet"), folder.join("copied"));
    let row = any_row(carnet)?;
    publish::publish(carnet, &published)?;
    let source = carnet.path().to_owned();
    let took = median(|round| {
        edit(carnet, row, &format!("Publiée {round}"))?;
        Ok(publish::publish(carnet, &published).map(drop)?)
    })?;
    let edited = median(|round| edit(carnet, row, &format!("Seule {round}")))?;
    let floor = median(|_| {
        fs::copy(&source, &copied)?;
        Ok(fs::File::open(&copied)?.sync_all()?)
    })?;
    publish::publish(carnet, &published)?;
    Row::ms(
        format!("publication of {size:.0} MiB, beside cp"),
        (took - edited).max(0.0),
    )
    .floor(floor)
    .most_times(2.0)
    .print();
    let before = fs::read(&published)?;
    edit(carnet, row, "Une seule de plus")?;
    publish::publish(carnet, &published)?;
    let after = fs::read(&published)?;
    let pages = before.chunks(PAGE_BYTES).zip(after.chunks(PAGE_BYTES));
    let differing = pages.filter(|(old, new)| old != new).count() * PAGE_BYTES
        + after.len().saturating_sub(before.len());
    Row::kib("of it differs after an edit", differing as f64 / 1024.0)
        .most(64.0)
        .print();
    Ok(())
}

fn any_row(carnet: &Carnet) -> Result<RowId, Failure> {
    let page = carnet.list(&ListRequest::of("organisation", 1))?;
    Ok(page.records.first().ok_or("no organisation")?.id)
}

fn files(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path)?);
        } else {
            found.push(path);
        }
    }
    Ok(found)
}

fn count(folder: &Path) -> Result<usize, Failure> {
    Ok(files(folder)?.len())
}

fn weight(folder: &Path) -> Result<u64, Failure> {
    let mut weight = 0;
    for file in files(folder)? {
        weight += fs::metadata(file)?.len();
    }
    Ok(weight)
}
