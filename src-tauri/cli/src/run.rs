//! Each command: one call of the core, and what it prints.

use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::ExitCode;

use carnet_core::demo;
use carnet_core::fault::Fault;
use carnet_core::messages::{self, Language, text};
use carnet_core::model::{Record, Value, entity_def, entity_names};
use carnet_core::store::{
    Carnet, Condition, CountRequest, ListRequest, LogLine, OpenError, StoreError,
};
use carnet_core::view::record_json;
use carnet_core::words::of_value;
use serde_json::json;

use crate::arguments::{Command, CommandLine, Pair};
use crate::copies;
use crate::documents;
use crate::edits;
use crate::imports;
use crate::naming::reference;
use crate::settings;
use crate::words::{self, Titles};

/// Rows read at a time.
const PAGE: i64 = 500;

/// Runs one command; the exit code is 0, or 1 for a check that found something.
#[expect(
    clippy::too_many_lines,
    reason = "one arm for each row of the contract"
)]
pub(crate) fn run(line: &CommandLine, language: Language) -> Result<ExitCode, Fault> {
    let open = |file: &Path| open(line, file, language);
    match &line.command {
        Command::New {
            file,
            demo,
            no_passphrase,
        } => create(line, file, *demo, *no_passphrase, language)?,
        Command::Import {
            file,
            entity,
            source,
            mapping,
            dry_run,
            json,
        } => {
            let mut carnet = open(file)?;
            let report = imports::import(
                &mut carnet,
                entity,
                source,
                mapping.as_deref(),
                *dry_run,
                language,
            )?;
            if json.json {
                print(&imports::report_json(&report, language))?;
            } else {
                for line in imports::report_lines(&report, language) {
                    print(&line)?;
                }
            }
        }
        Command::List {
            file,
            entity,
            conditions,
            limit,
            json,
        } => {
            list(&open(file)?, entity, conditions, *limit, json.json)?;
        }
        Command::Show { file, record, json } => {
            let carnet = open(file)?;
            let record = carnet.get(&reference(&carnet, record)?)?;
            if json.json {
                print(&record_json(&record))?
            } else {
                show(&carnet, &record, language)?
            }
        }
        Command::Search {
            file,
            query,
            limit,
            json,
        } => search(&mut open(file)?, query, *limit, json.json, language)?,
        Command::Set {
            file,
            record,
            values,
        } => edits::set(&mut open(file)?, record, values, language)?,
        Command::Delete { file, record } => {
            let mut carnet = open(file)?;
            let record = reference(&carnet, record)?;
            carnet.delete(&record, &text(language, "commit.delete", &[]))?;
        }
        Command::Restore { file, record } => {
            let mut carnet = open(file)?;
            let record = reference(&carnet, record)?;
            carnet.restore(&record, &text(language, "commit.restore", &[]))?;
        }
        Command::Undo { file, commit } => {
            edits::undo(&mut open(file)?, commit.as_deref(), language)?
        }
        Command::History { file, record, json } => {
            history(&open(file)?, record.as_deref(), json.json)?
        }
        Command::Log { file, json } => log(&open(file)?, json.json, language)?,
        Command::Digest { file } => print(&open(file)?.digest()?)?,
        Command::Dump { file, json } => dump(&open(file)?, json.json)?,
        Command::Check { file, json } => return check(&open(file)?, json.json, language),
        Command::Rekey {
            file,
            new_passphrase_file,
        } => {
            let mut carnet = open(file)?;
            carnet.rekey(&settings::new_passphrase(
                new_passphrase_file.as_deref(),
                language,
            )?)?;
        }
        Command::Documents { json } => {
            for known in documents::known(language) {
                if json.json {
                    print(&known)?;
                } else {
                    let field = |name: &str| known[name].as_str().unwrap_or_default().to_owned();
                    print(&format!("{}\t{}", field("document"), field("title")))?;
                }
            }
        }
        Command::Export {
            file,
            document,
            of,
            from,
            to,
            audience,
            format,
            out,
        } => {
            let carnet = open(file)?;
            // Each of today's documents is about a record.
            let of = of.as_deref().ok_or_else(|| Fault::of("no_subject"))?;
            let wanted = documents::Wanted {
                document,
                of: reference(&carnet, of)?,
                from: from.as_deref(),
                to: to.as_deref(),
                audience: audience.as_deref(),
                format,
                out,
            };
            documents::export(&carnet, wanted, language)?;
        }
        Command::Merge {
            file,
            others,
            dry_run,
            deletions,
            json,
        } => {
            let wanted = copies::Wanted::new(*dry_run, *deletions, json.json);
            print(&copies::merge(&mut open(file)?, others, wanted, language)?)?;
        }
        Command::Exchange {
            file,
            dir,
            dry_run,
            deletions,
            json,
        } => {
            let wanted = copies::Wanted::new(*dry_run, *deletions, json.json);
            for line in copies::exchange(&mut open(file)?, dir, wanted, language)? {
                print(&line)?;
            }
        }
        Command::Conflicts { file, json } => {
            for line in copies::conflicts(&open(file)?, json.json, language)? {
                print(&line)?;
            }
        }
        Command::Resolve {
            file,
            conflict,
            keep,
            value,
        } => {
            let (keep, value) = (keep.as_deref(), value.as_deref());
            print(&copies::resolve(
                &mut open(file)?,
                conflict,
                keep,
                value,
                language,
            )?)?;
        }
        Command::Backup { file, dir } => print(&copies::backup(&open(file)?, dir)?)?,
        Command::Erase { file, record } => {
            let mut carnet = open(file)?;
            let person = reference(&carnet, record)?;
            carnet.erase(&person, &text(language, "commit.erase", &[]))?;
            edits::tell_to_clean(&carnet, language)?;
        }
        Command::Stats { file, json } => stats(&open(file)?, json.json, language)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Prints one line; a reader that went away is no error worth a sentence.
pub(crate) fn print(line: &dyn std::fmt::Display) -> Result<(), Fault> {
    match writeln!(io::stdout().lock(), "{line}") {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Fault::io(Path::new("stdout"), &error))
        }
        _ => Ok(()),
    }
}

fn open(line: &CommandLine, file: &Path, language: Language) -> Result<Carnet, Fault> {
    let given = settings::given_passphrase(line)?;
    let opened = match Carnet::open(file, given.as_ref(), settings::writer(line)) {
        Err(OpenError::Locked) => {
            let asked = settings::asked_passphrase(language)?;
            Carnet::open(file, asked.as_ref(), settings::writer(line))
        }
        other => other,
    };
    let mut carnet = opened?;
    carnet.set_language(language);
    Ok(carnet)
}

fn create(
    line: &CommandLine,
    file: &Path,
    with_demo: bool,
    no_passphrase: bool,
    language: Language,
) -> Result<(), Fault> {
    let passphrase = match (no_passphrase, settings::given_passphrase(line)?) {
        (true, _) => None,
        (false, Some(given)) => Some(given),
        (false, None) => {
            let asked = settings::asked_passphrase(language).ok().flatten();
            Some(asked.ok_or_else(|| Fault::of("no_passphrase"))?)
        }
    };
    let writer = settings::writer(line);
    let content = if with_demo {
        demo::portfolio(
            writer.clock.now().date_naive(),
            &text(language, "commit.demo", &[]),
        )?
    } else {
        demo::seed(&text(language, "commit.seed", &[]))?
    };
    let mut carnet = Carnet::create(file, passphrase.as_ref(), writer)?;
    carnet.save(content)?;
    Ok(())
}

fn list(
    carnet: &Carnet,
    entity: &str,
    conditions: &[Pair],
    limit: Option<i64>,
    as_json: bool,
) -> Result<(), Fault> {
    let mut request = ListRequest::of(entity, 0);
    for Pair { field, value } in conditions {
        let is_set = entity_def(entity)
            .and_then(|def| def.field(field))
            .is_some_and(|field| field.kind.is_list());
        let op = if is_set {
            Condition::Contains
        } else {
            Condition::Is
        };
        request = request.filter(field, op, condition_value(entity, field, value)?);
    }
    let mut left = limit.unwrap_or(i64::MAX);
    loop {
        request.limit = left.min(PAGE);
        let page = carnet.list(&request)?;
        for record in &page.records {
            if as_json {
                print(&record_json(record))?;
            } else {
                print(&format!(
                    "{}\t{}",
                    record.reference_to_self(),
                    carnet.title(record)?.title
                ))?;
            }
        }
        let read = i64::try_from(page.records.len()).unwrap_or(i64::MAX);
        left -= read;
        request.offset += read;
        if read == 0 || left <= 0 {
            return Ok(());
        }
    }
}

/// A condition's value as the store holds it: typed as the field, a reference without its entity.
fn condition_value(entity: &str, field: &str, value: &str) -> Result<Value, Fault> {
    let Some(def) = entity_def(entity).and_then(|def| def.field(field)) else {
        return Ok(Value::from(value));
    };
    if def.kind.is_list() {
        let bare = def
            .kind
            .target()
            .and_then(|target| value.strip_prefix(target)?.strip_prefix('/'));
        return Ok(Value::from(bare.unwrap_or(value)));
    }
    match carnet_core::model::parse_text(def, value) {
        Ok(parsed) => Ok(parsed.unwrap_or_else(|| Value::from(value))),
        Err(reason) => {
            let entity = entity_def(entity).map_or("", |def| def.name);
            Err(carnet_core::model::InvalidValue {
                entity,
                field: field.to_owned(),
                reason,
            }
            .into())
        }
    }
}

fn show(carnet: &Carnet, record: &Record, language: Language) -> Result<(), Fault> {
    print(&format!(
        "{}\n{}",
        record.reference_to_self(),
        carnet.title(record)?.title
    ))?;
    let names = Titles { carnet, language };
    let fields = entity_def(record.entity).map_or(&[][..], |def| def.fields);
    for field in fields {
        let Some(value) = record.value(field.name) else {
            continue;
        };
        let label = messages::field_label(language, record.entity, field.name);
        let shown = of_value(language, &names, field.kind, value)?;
        print(&format!("  {label}: {shown}"))?;
    }
    Ok(())
}

fn search(
    carnet: &mut Carnet,
    query: &str,
    limit: usize,
    as_json: bool,
    language: Language,
) -> Result<(), Fault> {
    // A carnet that cannot be written, or that another program holds, is searched as it is.
    let _ = copies::complete_index(carnet);
    let due = carnet.search_due()?;
    if due > 0 {
        let count = [("count", due.to_string())];
        eprintln!("{}", text(language, "cli.search.due", &count));
    }
    let hits = carnet.search(query, limit)?;
    if as_json {
        let shapes: Vec<_> = hits
            .iter()
            .map(|hit| json!({"entity": hit.entity, "id": hit.id, "title": hit.title, "excerpt": hit.excerpt}))
            .collect();
        return print(&json!(shapes));
    }
    hits.iter().try_for_each(|hit| {
        print(&format!(
            "{}/{}\t{}\t{}",
            hit.entity, hit.id, hit.title, hit.excerpt
        ))
    })
}

fn history(carnet: &Carnet, record: Option<&str>, as_json: bool) -> Result<(), Fault> {
    let of = record.map(|record| reference(carnet, record)).transpose()?;
    if let Some(of) = &of {
        carnet.get(of)?;
    }
    let entries = carnet.history(of.as_ref(), usize::MAX)?;
    if as_json {
        let shapes: Vec<_> = entries
            .iter()
            .map(|entry| {
                json!({"device": entry.device, "seq": entry.seq, "author": entry.author,
                       "wall_time": entry.wall_time, "label": entry.label, "changes": entry.changes})
            })
            .collect();
        return print(&json!(shapes));
    }
    entries.iter().try_for_each(|entry| {
        print(&format!(
            "{}:{}\t{}\t{}\t{}\t{}",
            entry.device,
            entry.seq,
            entry.wall_time,
            entry.author,
            entry.label,
            entry.changes.len()
        ))
    })
}

fn log(carnet: &Carnet, as_json: bool, language: Language) -> Result<(), Fault> {
    let mut failed = None;
    carnet
        .log(|line| {
            let printed = match (&line, as_json) {
                (_, true) => print(&json!(line)),
                (
                    LogLine::Commit {
                        device,
                        seq,
                        wall_time,
                        author,
                        label,
                        ..
                    },
                    false,
                ) => print(&format!("{device}:{seq}\t{wall_time}\t{author}\t{label}")),
                (
                    LogLine::Change {
                        device,
                        seq,
                        entity,
                        row,
                        field,
                        value,
                    },
                    false,
                ) => words::change(carnet, language, (entity, row, field), value.as_ref())
                    .map_err(Fault::from)
                    .and_then(|said| print(&format!("{device}:{seq}\t{said}"))),
            };
            printed.map_err(|fault| {
                failed = Some(fault);
                StoreError::Cancelled
            })
        })
        .map_err(|error| failed.take().unwrap_or_else(|| error.into()))
}

fn dump(carnet: &Carnet, as_json: bool) -> Result<(), Fault> {
    for entity in sorted_entities() {
        let mut records = Vec::new();
        carnet.each(entity, |record| {
            records.push(record);
            Ok(())
        })?;
        for record in records {
            if as_json {
                print(&record_json(&record))?;
            } else {
                print(&format!(
                    "{}\t{}",
                    record.reference_to_self(),
                    carnet.title(&record)?.title
                ))?;
            }
        }
    }
    Ok(())
}

pub(crate) fn sorted_entities() -> Vec<&'static str> {
    let mut names: Vec<&str> = entity_names().collect();
    names.sort_unstable();
    names
}

fn check(carnet: &Carnet, as_json: bool, language: Language) -> Result<ExitCode, Fault> {
    let report = carnet.check()?;
    let is_whole = report.damages.is_empty();
    if as_json {
        print(
            &json!({"commits": report.commits, "records": report.records, "damages": report.damages}),
        )?;
    } else if is_whole {
        let counts = [
            ("commits", report.commits.to_string()),
            ("records", report.records.to_string()),
        ];
        print(&text(language, "cli.check.whole", &counts))?;
    } else {
        for damage in &report.damages {
            print(&words::damage(damage, language))?;
        }
    }
    if is_whole {
        return Ok(ExitCode::SUCCESS);
    }
    let detail = words::damages(&report.damages, language);
    Err(Fault::of("damaged").with("detail", detail))
}

fn stats(carnet: &Carnet, as_json: bool, language: Language) -> Result<(), Fault> {
    let mut counts = BTreeMap::new();
    for entity in sorted_entities() {
        let request = CountRequest {
            entity: entity.to_owned(),
            filters: Vec::new(),
            group_by: None,
        };
        let total = carnet.count(&request)?.total;
        if total > 0 {
            counts.insert(entity, total);
        }
    }
    let (commits, devices) = carnet.log_size()?;
    if as_json {
        return print(&json!({"records": counts, "commits": commits, "devices": devices}));
    }
    for (entity, total) in counts {
        let label = messages::find(language, &format!("entities.{entity}")).unwrap_or(entity);
        print(&format!("{total}\t{label}"))?;
    }
    Ok(())
}
