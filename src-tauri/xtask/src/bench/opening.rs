//! Opening the carnet: time to the first screen, and memory after a tour.
//!
//! What the window adds is the same for an empty one; here is what the carnet adds to it.

use std::path::Path;
use std::process::Command;

use carnet_core::demo;
use carnet_core::store::{Carnet, Edits, ListRequest};

use super::carnet::{Bench, Places, open_bare, passphrase, writer};
use super::{Failure, Row, median};

/// First argument of the process that makes the tour and says what memory it took.
pub(super) const TOUR: &str = "--tour";

/// First argument that asks for a carnet to be opened in the window.
pub(super) const FILL: &str = "--fill";

/// Records of the carnet that the window opens.
const RECORDS: usize = 100_000;

/// Opening and a first page, beside opening the bare database and its first rows; then memory.
pub(super) fn run(bench: &mut Bench) -> Result<(), Failure> {
    let path = bench.carnet.path().to_owned();
    let ours = median(|_| {
        let carnet = Carnet::open(&path, passphrase().as_ref(), writer(&bench.folder))?;
        carnet.list(&ListRequest::of("organisation", 100).sort("modified_at", true))?;
        Ok(())
    })?;
    let floor = median(|_| {
        const FIRST: &str = "SELECT id, name, organisation_type, siren, address, strategy FROM record \
                             ORDER BY changed DESC, id DESC LIMIT 100";
        let bare = open_bare(&bench.folder.join("bare.db"))?;
        let mut statement = bare.prepare(FIRST)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let _: String = row.get("name")?;
        }
        Ok(())
    })?;
    Row::ms("opening and the first page of a list", ours)
        .floor(floor)
        .most_times(1.3)
        .print();
    let empty = bench.folder.join("empty.carnet");
    Carnet::create(&empty, passphrase().as_ref(), writer(&bench.folder))?;
    Row::mib(
        "memory of the core after a tour, beside an empty carnet",
        memory(&path)?,
    )
    .floor(memory(&empty)?)
    .print();
    Ok(())
}

/// Makes the carnet that the window opens.
pub(super) fn fill(path: &Path) -> Result<(), Failure> {
    let folder = path.parent().ok_or("a carnet in a folder")?;
    let mut carnet = Carnet::create(path, passphrase().as_ref(), writer(folder))?;
    let now = carnet.writer().clock.now();
    carnet.save(demo::portfolio(now.date_naive(), "demo")?)?;
    let places = Places::embedded()?;
    carnet.save(Edits {
        edits: (0..RECORDS)
            .map(|index| places.line(index).edit())
            .collect(),
        label: "bench".into(),
    })?;
    Ok(())
}

/// What a process of its own says of its memory after the tour, in MiB.
fn memory(carnet: &Path) -> Result<f64, Failure> {
    let said = Command::new(std::env::current_exe()?)
        .args(["bench", TOUR])
        .arg(carnet)
        .output()?;
    let said = String::from_utf8(said.stdout)?;
    Ok(said.trim().parse::<f64>()? / 1_024.0)
}

/// Opens a carnet, looks at lists, searches, and prints its memory in KiB.
pub(super) fn tour(path: &Path) -> Result<(), Failure> {
    let folder = path.parent().ok_or("a carnet in a folder")?;
    let carnet = Carnet::open(path, passphrase().as_ref(), writer(folder))?;
    for sort in ["title", "modified_at", "organisation_type", "address"] {
        for offset in [0, 100, 100_000] {
            carnet.list(&ListRequest {
                offset,
                ..ListRequest::of("organisation", 100).sort(sort, true)
            })?;
        }
    }
    for query in ["l", "saint", "livradois", "tourizme"] {
        carnet.search(query, 20)?;
    }
    let status = std::fs::read_to_string("/proc/self/status")?;
    let resident = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .ok_or("memory is told by Linux only")?;
    println!("{}", resident.trim().trim_end_matches(" kB"));
    Ok(())
}
