//! Measures the budgets of architecture.md §9 that exist so far, each beside its floor in the same run.
//!
//! The floor is the same work in bare SQL on the same cipher settings. Figures are medians in milliseconds.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use carnet_core::demo;
use carnet_core::documents::{DocumentKind, DocumentRequest, build};
use carnet_core::messages::Language;
use carnet_core::model::{Audience, Record};
use carnet_core::report::pdf::lay_out;
use carnet_core::store::{
    Carnet, Condition, Edit, Edits, ListRequest, Passphrase, RowName, SystemClock, Writer,
};
use rusqlite::Connection;

type Failure = Box<dyn std::error::Error>;

/// Records of the carnet that is measured.
const RECORDS: usize = 50_000;
/// How often a short work is repeated.
const REPEATS: usize = 15;
const PASSPHRASE: &str = "vélo brume tilleul horloge";

/// Runs every measure.
pub(crate) fn run() -> ExitCode {
    match measure() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn report(work: &str, ours_ms: f64, floor_ms: Option<f64>, budget: &str) {
    match floor_ms {
        Some(floor) => {
            let ratio = ours_ms / floor;
            println!(
                "{work:<44} {ours_ms:>10.2} ms   floor {floor:>9.2} ms   × {ratio:>6.2}   budget {budget}"
            );
        }
        None => println!(
            "{work:<44} {ours_ms:>10.2} ms   {:>35}   budget {budget}",
            ""
        ),
    }
}

fn median(mut measure: impl FnMut(usize) -> Result<(), Failure>) -> Result<f64, Failure> {
    let mut times = Vec::with_capacity(REPEATS);
    for round in 0..REPEATS {
        let start = Instant::now();
        measure(round)?;
        times.push(start.elapsed().as_secs_f64() * 1_000.0);
    }
    times.sort_by(f64::total_cmp);
    Ok(times[REPEATS / 2])
}

fn once(work: impl FnOnce() -> Result<(), Failure>) -> Result<f64, Failure> {
    let start = Instant::now();
    work()?;
    Ok(start.elapsed().as_secs_f64() * 1_000.0)
}

fn measure() -> Result<(), Failure> {
    let folder = std::env::temp_dir().join(format!("carnet-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let done = measure_in(&folder);
    std::fs::remove_dir_all(&folder)?;
    done
}

fn measure_in(folder: &std::path::Path) -> Result<(), Failure> {
    let writer = Writer {
        device_name: "bench".into(),
        author: "bench".into(),
        register: folder.join("register"),
        clock: Arc::new(SystemClock),
    };
    let passphrase = Passphrase::new(PASSPHRASE);
    let mut carnet = Carnet::create(&folder.join("a.carnet"), passphrase.as_ref(), writer)?;
    let bare = bare(&folder.join("bare.db"))?;

    let edits = (0..RECORDS).map(organisation).collect();
    let ours = once(|| {
        carnet.save(Edits {
            edits,
            label: "bench".into(),
        })?;
        Ok(())
    })?;
    let floor = once(|| insert_bare(&bare))?;
    report(
        &format!("{RECORDS} new records in one commit"),
        ours,
        Some(floor),
        "× 3",
    );

    let row = carnet.list(&ListRequest::of("organisation", 1))?.records[0].id;
    let ours = median(|round| {
        let edit = Edit::of("organisation", RowName::Existing(row))
            .set("strategy", format!("Édition {round}").as_str());
        carnet.save(Edits {
            edits: vec![edit],
            label: "bench".into(),
        })?;
        Ok(())
    })?;
    let floor = median(|round| {
        bare.execute(
            "UPDATE record SET strategy = ?1 WHERE id = '1'",
            [format!("Édition {round}")],
        )?;
        Ok(())
    })?;
    report("one edit, durable", ours, Some(floor), "× 1.5");

    let limit = i64::try_from(RECORDS)?;
    for (name, request) in [
        (
            "next page by title, middle of the list",
            ListRequest {
                offset: limit / 2,
                ..ListRequest::of("organisation", 100)
            },
        ),
        (
            "next page by date of change",
            ListRequest::of("organisation", 100).sort("modified_at", true),
        ),
        (
            "page of a filter",
            ListRequest::of("organisation", 100).filter(
                "organisation_type",
                Condition::Is,
                "group",
            ),
        ),
    ] {
        let ours = median(|_| Ok(carnet.list(&request).map(drop)?))?;
        report(name, ours, None, "10 ms");
    }
    for query in ["l", "livra", "livradois", "livaradois"] {
        let ours = median(|_| Ok(carnet.search(query, 20).map(drop)?))?;
        report(&format!("search « {query} »"), ours, None, "20 ms");
    }
    brief(&mut carnet)
}

/// The meeting brief, laid out and written, warm.
fn brief(carnet: &mut Carnet) -> Result<(), Failure> {
    let now = carnet.writer().clock.now();
    carnet.save(demo::portfolio(now.date_naive(), "demo")?)?;
    let planned = ListRequest::of("session", 1).filter("status", Condition::Is, "planned");
    let of = carnet
        .list(&planned)?
        .records
        .first()
        .map(Record::reference_to_self)
        .ok_or("no planned session")?;
    let request = DocumentRequest {
        kind: DocumentKind::PrepSheet,
        of,
        audience: Audience::Oneself,
        language: Language::Fr,
        since: None,
        until: None,
    };
    let imprint = carnet_core::report::model::Imprint {
        created_at: now.naive_local(),
        author: None,
    };
    let ours = median(|_| {
        let document = build(carnet, &request, now)?;
        lay_out(&document.report)?.pdf(&imprint)?;
        Ok(())
    })?;
    report("meeting brief as PDF, warm", ours, None, "300 ms");
    Ok(())
}

fn organisation(index: usize) -> Edit {
    let name = [
        "Livradois",
        "Aubrac",
        "Velay",
        "Forez",
        "Diois",
        "Trièves",
        "Bugey",
    ][index % 7];
    Edit::of("organisation", RowName::New)
        .set("name", format!("{name} {index}").as_str())
        .set(
            "organisation_type",
            if index.is_multiple_of(3) {
                "group"
            } else {
                "structure"
            },
        )
        .set("country", "FR")
        .set("siren", format!("{index:09}").as_str())
        .set("address", format!("{index} place de la Mairie").as_str())
        .set(
            "strategy",
            format!("Relier {name} et ses voisins, lettre {index}").as_str(),
        )
}

fn bare(path: &std::path::Path) -> Result<Connection, Failure> {
    let bare = Connection::open(path)?;
    bare.pragma_update(None, "key", PASSPHRASE)?;
    bare.pragma_update(None, "synchronous", "FULL")?;
    bare.execute_batch(
        "CREATE TABLE record (id TEXT PRIMARY KEY, name TEXT, organisation_type TEXT, country TEXT, siren TEXT, \
         address TEXT, strategy TEXT) STRICT, WITHOUT ROWID; \
         CREATE VIRTUAL TABLE words USING fts5(name, body, prefix = '2 3')",
    )?;
    Ok(bare)
}

/// The same rows with their words, in bare SQL.
fn insert_bare(bare: &Connection) -> Result<(), Failure> {
    bare.execute_batch("BEGIN")?;
    let mut record =
        bare.prepare("INSERT INTO record VALUES (?1, ?2, 'group', 'FR', ?3, ?4, ?5)")?;
    let mut words = bare.prepare("INSERT INTO words (rowid, name, body) VALUES (?1, ?2, ?3)")?;
    for index in 0..RECORDS {
        let (name, strategy) = (
            format!("Livradois {index}"),
            format!("Relier ses voisins, lettre {index}"),
        );
        record.execute((
            index.to_string(),
            &name,
            format!("{index:09}"),
            "place de la Mairie",
            &strategy,
        ))?;
        words.execute((
            i64::try_from(index)?,
            &name,
            format!("{name} {index:09} place {strategy}"),
        ))?;
    }
    bare.execute_batch("COMMIT")?;
    Ok(())
}
