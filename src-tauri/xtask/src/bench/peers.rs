//! The same work done by a peer, in the same run, as whole processes; a peer that is not installed is named.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use carnet_core::store::{Carnet, Edit, Edits, ListRequest, RowName};

use super::carnet::{Bench, PASSPHRASE, passphrase, writer};
use super::{Failure, Row, once};

const KEEPASSXC: &str = "keepassxc-cli";
const LIBREOFFICE: &str = "soffice";

/// Records of each copy, and how many of them were changed in one.
const RECORDS: usize = 10_000;
const CHANGED: usize = 1_000;

/// Every budget against a peer.
pub(super) fn run(bench: &mut Bench) -> Result<(), Failure> {
    let folder = bench.folder.join("peers");
    fs::create_dir_all(&folder)?;
    if is_there(KEEPASSXC, "--version") {
        merge(bench, &folder)?;
    }
    Ok(())
}

/// Whether a peer is installed; says so where it is not.
fn is_there(command: &str, asks: &str) -> bool {
    let is_there = Command::new(command).arg(asks).output().is_ok();
    if !is_there {
        println!("not measured: {command} is not installed");
    }
    is_there
}

fn merge(bench: &Bench, folder: &Path) -> Result<(), Failure> {
    let ours = our_merge(bench, folder)?;
    let theirs = their_merge(bench, folder)?;
    Row::ms(
        format!("merge of {CHANGED} changed records, beside KeePassXC"),
        ours,
    )
    .floor(theirs)
    .most_times(0.05)
    .print();
    Ok(())
}

fn our_merge(bench: &Bench, folder: &Path) -> Result<f64, Failure> {
    let (mine, theirs) = (folder.join("mine.carnet"), folder.join("theirs.carnet"));
    let mut carnet = Carnet::create(&mine, passphrase().as_ref(), writer(folder))?;
    carnet.save(Edits {
        edits: (0..RECORDS)
            .map(|index| bench.places.line(index).edit())
            .collect(),
        label: "bench".into(),
    })?;
    drop(carnet);
    fs::copy(&mine, &theirs)?;
    let mut carnet = Carnet::open(&theirs, passphrase().as_ref(), writer(folder))?;
    let page = carnet.list(&ListRequest::of("organisation", i64::try_from(CHANGED)?))?;
    let edits = page.records.iter().map(|record| {
        Edit::of("organisation", RowName::Existing(record.id)).set("address", "12 place du Foirail")
    });
    carnet.save(Edits {
        edits: edits.collect(),
        label: "bench".into(),
    })?;
    drop(carnet);
    let program = std::env::current_exe()?.with_file_name("carnet-cli");
    once(|| {
        let mut command = Command::new(program);
        command.arg("merge").args([&mine, &theirs]);
        command.env("CARNET_PASSPHRASE", PASSPHRASE);
        command.env("XDG_DATA_HOME", folder);
        succeed(&mut command, "")
    })
}

fn their_merge(bench: &Bench, folder: &Path) -> Result<f64, Failure> {
    let words = format!("{PASSPHRASE}\n{PASSPHRASE}\n");
    let mut files = Vec::new();
    for (name, changed) in [("mine", 0), ("theirs", CHANGED)] {
        let (xml, file) = (
            folder.join(format!("{name}.xml")),
            folder.join(format!("{name}.kdbx")),
        );
        fs::write(&xml, keepass_xml(bench, changed))?;
        let mut import = Command::new(KEEPASSXC);
        // The quickest that it offers to open.
        import.args(["import", "-q", "-p", "-t", "100"]);
        succeed(import.args([&xml, &file]), &words)?;
        files.push(file);
    }
    once(|| {
        let mut command = Command::new(KEEPASSXC);
        command.args(["merge", "-q", "-s"]).args(&files);
        succeed(&mut command, &words)
    })
}

/// The records as KeePass writes them, the first ones changed later.
fn keepass_xml(bench: &Bench, changed: usize) -> String {
    let number = |index: usize| BASE64_STANDARD.encode((index as u128).to_be_bytes());
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<KeePassFile><Meta><Generator>bench</Generator></Meta><Root>\
         <Group><UUID>{}</UUID><Name>bench</Name>",
        number(RECORDS + 1)
    );
    for index in 0..RECORDS {
        let line = bench.places.line(index);
        let (year, address) = if index < changed {
            (2026, "12 place du Foirail")
        } else {
            (2025, line.address.as_str())
        };
        xml.push_str(&format!("<Entry><UUID>{}</UUID><Times>", number(index)));
        for (name, year) in [("CreationTime", 2025), ("LastModificationTime", year)] {
            xml.push_str(&format!("<{name}>{year}-01-01T00:00:00Z</{name}>"));
        }
        xml.push_str("</Times>");
        for (key, value) in [
            ("Title", line.name.as_str()),
            ("UserName", line.siren.as_str()),
            ("URL", address),
            ("Notes", line.strategy.as_str()),
        ] {
            xml.push_str(&format!(
                "<String><Key>{key}</Key><Value>{}</Value></String>",
                value.replace('&', "&amp;")
            ));
        }
        xml.push_str("</Entry>");
    }
    xml.push_str("</Group></Root></KeePassFile>\n");
    xml
}

/// How long LibreOffice takes to make a PDF of a DOCX, in milliseconds, its own start included; none without it.
pub(super) fn libreoffice(folder: &Path, docx: &Path) -> Result<Option<f64>, Failure> {
    if !is_there(LIBREOFFICE, "--version") {
        return Ok(None);
    }
    let convert = || {
        let mut command = Command::new(LIBREOFFICE);
        command.arg(format!(
            "-env:UserInstallation=file://{}",
            folder.join("office").display()
        ));
        command.args(["--headless", "--convert-to", "pdf", "--outdir"]);
        succeed(command.arg(folder).arg(docx), "")
    };
    // The first run makes its profile.
    convert()?;
    once(convert).map(Some)
}

/// Runs a program to its end, with these lines as its input.
fn succeed(command: &mut Command, input: &str) -> Result<(), Failure> {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()?;
    child
        .stdin
        .take()
        .ok_or("an input")?
        .write_all(input.as_bytes())?;
    let done = child.wait_with_output()?;
    if done.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&done.stderr);
    Err(format!("{command:?} failed: {}", said.trim()).into())
}
