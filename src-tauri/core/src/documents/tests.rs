//! What must never leave: marked strings in every field that an audience may not see, and none in any output.

use std::sync::Arc;

use chrono::NaiveDate;

use super::*;
use crate::model::{
    Disclosure, ENTITIES, EntityDef, FieldKind, Value, disclosure, effective_level, entity_def,
};
use crate::report::docx::render_docx;
use crate::report::model::Imprint;
use crate::store::{Edit, Edits, ListRequest, RowName, SystemClock, Writer};

/// A carnet where every record of every entity is linked to one project, and every text says where it stands.
fn marked() -> (tempfile::TempDir, Carnet) {
    let folder = tempfile::tempdir().unwrap();
    let writer = Writer {
        device_name: "a".into(),
        author: "Ada".into(),
        register: folder.path().join("register"),
        clock: Arc::new(SystemClock),
    };
    let mut carnet = Carnet::create(&folder.path().join("m.carnet"), None, writer).unwrap();
    let edits = ENTITIES.iter().map(|def| marked_edit(def)).collect();
    carnet
        .save(Edits {
            edits,
            label: "marked".into(),
        })
        .unwrap();
    (folder, carnet)
}

fn index_of(entity: &str) -> usize {
    ENTITIES.iter().position(|def| def.name == entity).unwrap()
}

fn marked_edit(def: &EntityDef) -> Edit {
    let mut edit = Edit::of(def.name, RowName::New);
    for field in def.fields {
        let value = match field.kind {
            FieldKind::Text | FieldKind::Long => {
                Value::Text(format!("mark.{}.{}.", def.name, field.name))
            }
            FieldKind::Date => Value::from("2026-10-06"),
            FieldKind::DateTime => Value::from("2026-10-06T09:30"),
            FieldKind::Enum(of) => Value::from(code_for(field.name, of.codes)),
            FieldKind::Ref(entity) if entity != def.name => {
                Value::Text(format!("@{}", index_of(entity)))
            }
            FieldKind::Refs(entity) if entity != def.name => {
                Value::List(vec![format!("@{}", index_of(entity))])
            }
            FieldKind::AnyRef => Value::Text(format!("@{}", index_of("project"))),
            FieldKind::Country => Value::from("FR"),
            FieldKind::Int | FieldKind::Min => Value::Int(7),
            FieldKind::Num | FieldKind::Eur => Value::Num(7.0),
            _ => continue,
        };
        edit.fields.insert(field.name.to_owned(), Some(value));
    }
    edit
}

/// A value that the documents do not pass over, and that no rule refuses.
fn code_for(field: &str, codes: &'static [&'static str]) -> &'static str {
    match field {
        "maturity" => "project",
        "status" if codes.contains(&"considered") => "considered",
        _ => codes[0],
    }
}

fn documents(carnet: &Carnet) -> Vec<(DocumentRequest, Document)> {
    let of = |entity: &str| {
        carnet.list(&ListRequest::of(entity, 1)).unwrap().records[0].reference_to_self()
    };
    let mut made = Vec::new();
    for kind in DocumentKind::ALL {
        for subject in kind.subjects() {
            for audience in kind.audiences() {
                for language in [Language::Fr, Language::En] {
                    let request = DocumentRequest {
                        kind,
                        of: of(subject),
                        audience: *audience,
                        language,
                        since: None,
                        until: None,
                    };
                    let now = SystemClockAt::noon();
                    made.push((request.clone(), build(carnet, &request, now).unwrap()));
                }
            }
        }
    }
    made
}

struct SystemClockAt;

impl SystemClockAt {
    fn noon() -> DateTime<FixedOffset> {
        "2026-10-05T12:00:00+02:00".parse().unwrap()
    }
}

/// The marks of every field that an audience may not see.
fn forbidden(carnet: &Carnet, audience: Audience) -> Vec<String> {
    let mut marks = Vec::new();
    for def in ENTITIES {
        let record = &carnet.list(&ListRequest::of(def.name, 1)).unwrap().records[0];
        for field in def.fields.iter().filter(|field| field.kind.is_words()) {
            let level = effective_level(entity_def(def.name).unwrap(), record, field.name);
            let is_locked = level == crate::model::Level::Locked;
            if is_locked || disclosure(level, audience) != Disclosure::Shown {
                marks.push(format!("mark.{}.{}.", def.name, field.name));
            }
        }
    }
    marks
}

#[test]
fn no_marked_private_string_is_in_any_document() {
    let (_folder, carnet) = marked();
    for (request, document) in documents(&carnet) {
        let said = format!("{:?}", document.report);
        assert!(
            said.contains("mark."),
            "{:?} {:?} shows nothing",
            request.kind,
            request.audience
        );
        for mark in forbidden(&carnet, request.audience) {
            assert!(
                !said.contains(&mark),
                "{mark} is in {:?} for {:?}",
                request.kind,
                request.audience
            );
        }
    }
}

#[test]
fn no_marked_private_string_is_in_a_file_or_its_metadata() {
    use std::io::Read as _;
    let (_folder, carnet) = marked();
    let imprint = Imprint {
        created_at: NaiveDate::from_ymd_opt(2026, 10, 6)
            .unwrap()
            .and_hms_opt(9, 0, 0)
            .unwrap(),
        author: None,
    };
    for (request, document) in documents(&carnet) {
        let bytes = render_docx(&document.report, &imprint).unwrap();
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
        let mut all = String::new();
        for index in 0..archive.len() {
            let mut part = Vec::new();
            archive
                .by_index(index)
                .unwrap()
                .read_to_end(&mut part)
                .unwrap();
            all.push_str(&String::from_utf8_lossy(&part));
        }
        for mark in forbidden(&carnet, request.audience) {
            assert!(
                !all.contains(&mark),
                "{mark} is in a file for {:?}",
                request.audience
            );
        }
        assert!(!all.contains("Ada"), "the author's name is in the file");
    }
}

#[test]
fn what_is_kept_back_is_counted() {
    let (_folder, carnet) = marked();
    for (request, document) in documents(&carnet) {
        let is_for_all_eyes = request.audience == Audience::Oneself;
        assert!(document.disclosed.shown > 0);
        if request.kind == DocumentKind::SummarySheet
            && !is_for_all_eyes
            && request.audience != Audience::Beneficiary
        {
            assert!(
                !document.disclosed.withheld.is_empty(),
                "{:?}",
                request.audience
            );
        }
    }
}

#[test]
fn a_sheet_of_preparation_is_for_oneself_only() {
    let (_folder, carnet) = marked();
    let of = carnet.list(&ListRequest::of("session", 1)).unwrap().records[0].reference_to_self();
    let request = DocumentRequest {
        kind: DocumentKind::PrepSheet,
        of,
        audience: Audience::Beneficiary,
        language: Language::Fr,
        since: None,
        until: None,
    };
    let refused = build(&carnet, &request, SystemClockAt::noon());
    assert!(matches!(refused, Err(DocumentError::AudienceRefused)));
}

fn prep_sheet(carnet: &Carnet, session: &Record) -> Document {
    let request = DocumentRequest {
        kind: DocumentKind::PrepSheet,
        of: session.reference_to_self(),
        audience: Audience::Oneself,
        language: Language::Fr,
        since: None,
        until: None,
    };
    build(carnet, &request, SystemClockAt::noon()).unwrap()
}

fn empty() -> (tempfile::TempDir, Carnet) {
    let folder = tempfile::tempdir().unwrap();
    let writer = Writer {
        device_name: "a".into(),
        author: "Ada".into(),
        register: folder.path().join("register"),
        clock: Arc::new(SystemClock),
    };
    let carnet = Carnet::create(&folder.path().join("e.carnet"), None, writer).unwrap();
    (folder, carnet)
}

#[test]
fn every_session_of_the_demonstration_has_its_sheet_on_one_page() {
    let (_folder, mut carnet) = empty();
    let monday = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
    carnet
        .save(crate::demo::portfolio(monday, "demo").unwrap())
        .unwrap();
    let sessions = carnet
        .list(&ListRequest::of("session", 200))
        .unwrap()
        .records;
    assert!(sessions.len() >= 60);
    for session in &sessions {
        let document = prep_sheet(&carnet, session);
        assert_eq!(
            pdf::page_count(&document.report).unwrap(),
            1,
            "{}",
            session.id
        );
        let says_so = format!("{:?}", document.report).contains("faute de place");
        assert_eq!(says_so, document.left_out > 0, "{}", session.id);
    }
}

#[test]
fn a_sheet_comes_out_whatever_its_session_holds_and_keeps_the_last_decision() {
    let (_folder, mut carnet) = empty();
    let long = "Une phrase de compte rendu assez ordinaire. ".repeat(400);
    let person = Edit::of("person", RowName::New).set("last_name", "Sand");
    let organisation = Edit::of("organisation", RowName::New)
        .set("name", "Laine")
        .set("organisation_type", "group")
        .set("country", "FR");
    let support = Edit::of("support", RowName::New)
        .set("title", "Laine")
        .set("organisation", "@1")
        .set("beneficiaries", Value::List(vec!["@0".into()]))
        .set("opened_on", "2026-09-01")
        .set("format", "individual")
        .set("status", "requested")
        .set("contour", long.as_str())
        .set("exclusions", long.as_str());
    let session = Edit::of("session", RowName::New)
        .set("support", "@2")
        .set("kind", "working_session")
        .set("status", "planned")
        .set("starts_at", "2026-10-06T09:30")
        .set("objectives", long.as_str())
        .set("agenda", long.as_str());
    let mut edits = vec![person, organisation, support, session];
    for day in 1..=28 {
        let decision = Edit::of("decision", RowName::New)
            .set("support", "@2")
            .set("decided_by", Value::List(vec!["@0".into()]))
            .set("wording", format!("Décision du {day}. {long}").as_str())
            .set("decided_on", format!("2026-09-{day:02}").as_str());
        edits.push(decision);
    }
    carnet
        .save(Edits {
            edits,
            label: "much".into(),
        })
        .unwrap();
    let session = &carnet.list(&ListRequest::of("session", 1)).unwrap().records[0];
    let document = prep_sheet(&carnet, session);
    assert_eq!(pdf::page_count(&document.report).unwrap(), 1);
    let said = format!("{:?}", document.report);
    assert!(said.contains("Décision du 28."), "{said}");
    assert!(document.left_out >= 26, "{}", document.left_out);
}

#[test]
fn what_happened_is_told_in_order_and_later_days_and_amounts_say_what_they_are() {
    let (_folder, mut carnet) = empty();
    let decided = |day: &str| {
        Edit::of("decision", RowName::New)
            .set("project", "@2")
            .set("decided_by", Value::List(vec!["@0".into()]))
            .set("wording", format!("Décidé {day}").as_str())
            .set("decided_on", day)
    };
    let edits = vec![
        Edit::of("person", RowName::New).set("last_name", "Sand"),
        Edit::of("organisation", RowName::New)
            .set("name", "Laine")
            .set("organisation_type", "group")
            .set("country", "FR"),
        Edit::of("project", RowName::New)
            .set("title", "Laine")
            .set("organisation", "@1")
            .set("maturity", "project")
            .set("phase", "emergence")
            .set("status", "active"),
        decided("2026-09-20"),
        Edit::of("event", RowName::New)
            .set("project", "@2")
            .set("title", "Rencontre")
            .set("kind", "first_meeting")
            .set("status", "held")
            .set("starts_at", "2026-09-10T10:00"),
        decided("2026-09-01"),
        Edit::of("project_action", RowName::New)
            .set("project", "@2")
            .set("title", "Atelier")
            .set("kind", "strand")
            .set("state", "to_do")
            .set("starts_on", "2026-09-02")
            .set("ends_on", "2026-12-01"),
    ];
    let saved = carnet
        .save(Edits {
            edits,
            label: "told".into(),
        })
        .unwrap();
    let request = DocumentRequest {
        kind: DocumentKind::SummarySheet,
        of: saved.rows[2].clone(),
        audience: Audience::Oneself,
        language: Language::Fr,
        since: None,
        until: None,
    };
    let document = build(&carnet, &request, SystemClockAt::noon()).unwrap();
    let said = format!("{:?}", document.report);
    let places = ["Décidé 2026-09-01", "Rencontre", "Décidé 2026-09-20"]
        .map(|what| said.find(what).unwrap());
    assert!(places.is_sorted(), "{said}");
    assert!(
        said.contains("Fin\u{202f}: 01/12/2026") || said.contains("Fin\\u{202f}: 01/12/2026"),
        "{said}"
    );
}
