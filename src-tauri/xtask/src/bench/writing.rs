//! Import and edits.

use std::ops::Range;
use std::path::Path;

use carnet_core::model::RowId;
use carnet_core::store::{Carnet, Edit, Edits, ListRequest, RowName};
use rusqlite::Connection;

use super::carnet::{Bench, Places};
use super::{Failure, Row, median, middle, once};

/// Records of one import.
const IMPORTED: usize = 50_000;
/// How many imports fill the carnet.
const IMPORTS: usize = 4;

/// A carnet of 200 000 records, and the measure of filling it.
pub(super) fn filled(folder: &Path) -> Result<Bench, Failure> {
    let mut bench = Bench::create(folder)?;
    let (mut ours, mut floor) = (Vec::new(), Vec::new());
    for import in 0..IMPORTS {
        let range = import * IMPORTED..(import + 1) * IMPORTED;
        let edits = range.clone().map(|index| bench.places.line(index).edit());
        let edits = Edits {
            edits: edits.collect(),
            label: "bench".into(),
        };
        let carnet = &mut bench.carnet;
        let took = once(|| Ok(carnet.save(edits).map(drop)?))?;
        let bare = once(|| insert_bare(&bench.bare, &bench.places, range))?;
        ours.push(took);
        floor.push(bare);
    }
    for (name, took, bare) in [
        ("the first", ours[0], floor[0]),
        ("the median", middle(ours), middle(floor)),
    ] {
        Row::ms(
            format!("{IMPORTED} new records in one commit, {name}"),
            took,
        )
        .floor(bare)
        .most_times(3.0)
        .print();
    }
    Ok(bench)
}

/// The same rows with their words, in bare SQL.
fn insert_bare(bare: &Connection, places: &Places, range: Range<usize>) -> Result<(), Failure> {
    const RECORD: &str = "INSERT INTO record (id, name, organisation_type, country, siren, address, strategy, changed) \
                          VALUES (?1, ?2, ?3, 'FR', ?4, ?5, ?6, '2026-10-06')";
    const WORDS: &str = "INSERT INTO words (rowid, name, body) VALUES (?1, ?2, ?3)";
    bare.execute_batch("BEGIN")?;
    let mut record = bare.prepare(RECORD)?;
    let mut words = bare.prepare(WORDS)?;
    for index in range {
        let line = places.line(index);
        // As long as the identity of a record.
        let id = format!("{index:036}");
        record.execute((
            id,
            &line.name,
            line.organisation_type,
            &line.siren,
            &line.address,
            &line.strategy,
        ))?;
        let body = format!("{} {} {}", line.siren, line.address, line.strategy);
        words.execute((i64::try_from(index)? + 1, &line.name, body))?;
    }
    bare.execute_batch("COMMIT")?;
    Ok(())
}

/// One edit, acknowledged durable: the row, what it is sorted by, its words and a line of a log.
pub(super) fn edits(bench: &mut Bench) -> Result<(), Failure> {
    let said = |round: usize| format!("Édition {round}, avec les mots d’avant et un de plus");
    let row = bench
        .carnet
        .list(&ListRequest::of("organisation", 1))?
        .records[0]
        .id;
    let ours = median(|round| edit(&mut bench.carnet, row, &said(round)))?;
    let number = i64::try_from(IMPORTED)? + 1;
    let id = format!("{IMPORTED:036}");
    let floor = median(|round| {
        let strategy = said(round);
        let bare = &bench.bare;
        bare.execute_batch("BEGIN IMMEDIATE")?;
        bare.prepare_cached("UPDATE record SET strategy = ?2, changed = ?3 WHERE id = ?1")?
            .execute((&id, &strategy, format!("2026-10-{round:02}")))?;
        bare.prepare_cached("UPDATE words SET body = ?2 WHERE rowid = ?1")?
            .execute((number, &strategy))?;
        bare.prepare_cached("INSERT INTO log (said) VALUES (?1)")?
            .execute([&strategy])?;
        bare.execute_batch("COMMIT")?;
        Ok(())
    })?;
    Row::ms("one edit, durable", ours)
        .floor(floor)
        .most_times(1.5)
        .print();
    Ok(())
}

/// Edits one record.
pub(super) fn edit(carnet: &mut Carnet, row: RowId, strategy: &str) -> Result<(), Failure> {
    // What two copies write in one field stands side by side: the next edit is of what stands.
    let edit = Edit::of("organisation", RowName::Existing(row))
        .set("strategy", strategy)
        .over_what_stands();
    carnet.save(Edits {
        edits: vec![edit],
        label: "bench".into(),
    })?;
    Ok(())
}
