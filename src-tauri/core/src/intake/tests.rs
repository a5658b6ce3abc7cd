//! Promises of the intake, on real lists and real encrypted carnets.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::*;
use crate::model::{Record, RecordRef, Value};
use crate::store::{
    Carnet, Condition, CountRequest, Edit, Edits, ListRequest, Passphrase, RowName, SystemClock,
    Writer,
};

fn carnet(folder: &Path) -> Carnet {
    let writer = Writer {
        device_name: "Poste".into(),
        author: "Ada".into(),
        register: folder.join("register"),
        clock: Arc::new(SystemClock),
    };
    let passphrase = Passphrase::new("quatre mots pour le test");
    Carnet::create(&folder.join("a.carnet"), passphrase.as_ref(), writer).unwrap()
}

fn fixture(name: &str) -> Vec<u8> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/import");
    let bytes = std::fs::read(folder.join(name)).unwrap();
    if Path::new(name).extension().is_none_or(|ext| ext != "gz") {
        return bytes;
    }
    let mut text = Vec::new();
    flate2::read::GzDecoder::new(&bytes[..])
        .read_to_end(&mut text)
        .unwrap();
    text
}

fn list(bytes: &[u8]) -> Table {
    read(bytes, &ReadOptions::default()).unwrap()
}

fn suggested(table: &Table, entity: &str) -> Mapping {
    inspect(Path::new("liste.csv"), table, Some(entity), None)
        .unwrap()
        .mapping()
}

fn import(carnet: &mut Carnet, table: &Table, mapping: &Mapping) -> ImportReport {
    run(carnet, table, mapping, "import", &mut |_, _| Flow::Continue).unwrap()
}

fn import_text(carnet: &mut Carnet, entity: &str, text: &str) -> ImportReport {
    let table = list(text.as_bytes());
    let mapping = suggested(&table, entity);
    import(carnet, &table, &mapping)
}

fn counts(report: &ImportReport) -> [usize; 4] {
    [
        report.created,
        report.updated,
        report.unchanged,
        report.refused.len(),
    ]
}

fn count(carnet: &Carnet, entity: &str) -> i64 {
    let request = CountRequest {
        entity: entity.into(),
        filters: Vec::new(),
        group_by: None,
    };
    carnet.count(&request).unwrap().total
}

fn only(carnet: &Carnet, entity: &str, field: &str, value: &str) -> Record {
    let request = ListRequest::of(entity, 10).filter(field, Condition::Is, value);
    let mut page = carnet.list(&request).unwrap();
    assert_eq!(page.total, 1, "{entity} {field} {value}");
    page.records.remove(0)
}

fn linked(carnet: &Carnet, record: &Record, field: &str, entity: &str) -> Record {
    let id = record.reference(field).unwrap();
    carnet.get(&RecordRef::new(entity, id)).unwrap()
}

#[test]
fn the_fonds_vert_becomes_its_10782_projects_and_again_nothing_and_is_undone_whole() {
    let folder = tempfile::tempdir().unwrap();
    let mut carnet = carnet(folder.path());
    let table = list(&fixture("fonds-vert-2023.csv.gz"));
    assert_eq!(
        (table.encoding, table.separator, table.rows.len()),
        ("UTF-8", ';', 10_782)
    );
    let mapping = suggested(&table, "project");
    assert_eq!(mapping.key, ["external_id"]);

    let report = import(&mut carnet, &table, &mapping);
    assert_eq!(counts(&report), [10_782, 0, 0, 0]);
    assert_eq!(count(&carnet, "project"), 10_782);

    let decharge = "Etude de caractérisation d'une ancienne décharge en bord de rivière d'Ain (Villette-sur-Ain)";
    let project = only(&carnet, "project", "title", decharge);
    assert_eq!(project.value("envelope"), Some(&Value::Num(21_667.0)));
    assert_eq!(project.text("phase"), Some("implementation"));
    let carrier = linked(&carnet, &project, "organisation", "organisation");
    assert_eq!(carrier.text("siren"), Some("200078004"));
    assert_eq!(
        carrier.text("name"),
        Some("SYND RIVIERE AIN AVAL ET SES AFFLUENTS")
    );
    assert_eq!(
        carrier.id,
        crate::model::RowId::stable("organisation", "200078004")
    );
    // `1` and `1004` are the Ain and Ambérieu-en-Bugey.
    let mut places: Vec<String> = project
        .elements("territories")
        .iter()
        .map(|id| {
            let place = carnet
                .get(&RecordRef::new("territory", id.parse().unwrap()))
                .unwrap();
            place.text("insee_code").unwrap().to_owned()
        })
        .collect();
    places.sort();
    assert_eq!(places, ["01", "01004"]);
    // One file number, two grants of different amounts: two projects.
    let roanne = ListRequest::of("project", 10).filter(
        "title",
        Condition::Is,
        "Travaux - ZAC Foch Sully - Roanne",
    );
    assert_eq!(carnet.list(&roanne).unwrap().total, 2);

    let digest = carnet.digest().unwrap();
    let again = import(&mut carnet, &table, &mapping);
    assert_eq!((counts(&again), again.commit), ([0, 0, 10_782, 0], None));
    assert_eq!(carnet.digest().unwrap(), digest);

    carnet.undo(&report.commit.unwrap()).unwrap();
    assert_eq!(
        (count(&carnet, "project"), count(&carnet, "organisation")),
        (0, 0)
    );
    let back = import(&mut carnet, &table, &mapping);
    assert_eq!(counts(&back), [10_782, 0, 0, 0]);
    assert_eq!(
        count(&carnet, "organisation"),
        i64::try_from(report.linked["organisation"]).unwrap()
    );
}

#[test]
fn the_parliamentary_reserve_is_read_as_projects_or_as_organisations() {
    let folder = tempfile::tempdir().unwrap();
    let mut carnet = carnet(folder.path());
    let table = list(&fixture("reserve-2016-extrait-windows1252.csv.gz"));
    assert_eq!((table.encoding, table.rows.len()), ("windows-1252", 2_500));

    // The deputy's name is no organisation's.
    let mapping = suggested(&table, "organisation");
    assert_eq!(mapping.columns["0"], None);
    assert_eq!(mapping.columns["3"].as_deref(), Some("name"));
    let report = import(&mut carnet, &table, &mapping);
    assert_eq!(report.refused, []);
    assert_eq!(report.created + report.updated + report.unchanged, 2_500);
    assert_eq!(
        count(&carnet, "organisation"),
        i64::try_from(report.created).unwrap()
    );
    // Three committees of one name in three villages.
    let comites =
        ListRequest::of("organisation", 10).filter("name", Condition::Is, "Comité des fêtes");
    assert_eq!(carnet.list(&comites).unwrap().total, 3);
    let again = import(&mut carnet, &table, &mapping);
    assert_eq!((counts(&again), again.commit), ([0, 0, 2_500, 0], None));

    // Two grants to one association are two projects; the one without a purpose is refused.
    let mapping = suggested(&table, "project");
    let report = import(&mut carnet, &table, &mapping);
    assert_eq!(counts(&report), [2_499, 0, 0, 1]);
    assert_eq!(report.refused[0].column, "descriptif");
    assert_eq!(report.refused[0].reason.code, "required");
    assert_eq!(
        report.linked.get("organisation"),
        None,
        "{:?}",
        report.linked
    );
    let again = import(&mut carnet, &table, &mapping);
    assert_eq!((counts(&again), again.commit), ([0, 0, 2_499, 1], None));
}

#[test]
fn the_town_halls_become_407_organisations_with_address_territory_and_contact() {
    let folder = tempfile::tempdir().unwrap();
    let mut carnet = carnet(folder.path());
    let table = list(&fixture("mairies-23-48.csv.gz"));
    assert_eq!(table.header[0], "code_insee");
    let mapping = suggested(&table, "organisation");
    let report = import(&mut carnet, &table, &mapping);
    assert_eq!(counts(&report), [407, 0, 0, 0]);

    let ahun = only(&carnet, "organisation", "name", "Mairie - Ahun");
    assert_eq!(
        ahun.text("address"),
        Some("1 place Albert-Giraud 23150 Ahun")
    );
    assert_eq!(ahun.text("website"), Some("https://www.ahun.fr"));
    assert_eq!(ahun.text("subtype"), Some("municipality"));
    assert_eq!(
        linked(&carnet, &ahun, "territory", "territory").text("insee_code"),
        Some("23001")
    );
    let sheet = only(
        &carnet,
        "identity_sheet",
        "organisation",
        &ahun.id.to_string(),
    );
    assert_eq!(
        sheet.text("contact_text"),
        Some("05 55 62 40 24, mairie@ahun.fr")
    );

    // A new list with another telephone and an address gone: the first is taken, the second kept.
    let text = String::from_utf8(fixture("mairies-23-48.csv.gz")).unwrap();
    let newer = text
        .replace("05 55 62 40 24", "05 55 00 00 00")
        .replace("\"1 place Albert-Giraud\n23150 Ahun\"", "");
    let report = import(&mut carnet, &list(newer.as_bytes()), &mapping);
    assert_eq!(counts(&report), [0, 1, 406, 0]);
    let updated = carnet.get(&ahun.reference_to_self()).unwrap();
    assert_eq!(
        updated.text("address"),
        Some("1 place Albert-Giraud 23150 Ahun")
    );
    let sheet = carnet.get(&sheet.reference_to_self()).unwrap();
    assert_eq!(
        sheet.text("contact_text"),
        Some("05 55 00 00 00, mairie@ahun.fr")
    );
    carnet.undo(&report.commit.unwrap()).unwrap();
    let sheet = carnet.get(&sheet.reference_to_self()).unwrap();
    assert_eq!(
        sheet.text("contact_text"),
        Some("05 55 62 40 24, mairie@ahun.fr")
    );
}

#[test]
fn subsidies_in_the_national_format_are_read_whatever_their_headers() {
    let folder = tempfile::tempdir().unwrap();
    let mut carnet = carnet(folder.path());
    let table = list(&fixture("SCDL_DILCRAH_2019.csv"));
    let mapping = suggested(&table, "project");
    let report = import(&mut carnet, &table, &mapping);
    assert_eq!(counts(&report), [4, 0, 0, 0]);
    let pride = only(&carnet, "project", "title", "Pride Marseille 2019");
    assert_eq!(pride.value("envelope"), Some(&Value::Num(5_000.0)));
    assert_eq!(pride.text("starts_on"), Some("2019-05-21"));
    let carrier = linked(&carnet, &pride, "organisation", "organisation");
    assert_eq!(carrier.text("siren"), Some("988765541"));

    let table = list(&fixture("SCDL_DILCRAH_2019.csv"));
    let report = import(&mut carnet, &table, &suggested(&table, "funding"));
    assert_eq!(counts(&report), [4, 0, 0, 0]);
    assert_eq!(
        count(&carnet, "project"),
        4,
        "fundings of the projects that are there"
    );
    let template = list(&fixture("aides-territoires-modele-import.csv"));
    assert_eq!((template.header.len(), template.rows.len()), (27, 1));
}

#[test]
fn a_refused_row_is_told_by_its_line_column_and_reason_and_the_others_are_imported() {
    let folder = tempfile::tempdir().unwrap();
    let mut carnet = carnet(folder.path());
    let huge = "a".repeat(10_000_000);
    let text = format!(
        "Intitulé;Porteur;Début;Phase;Code INSEE\n\
         Bois local;Parc;06/10/2026;Émergence;63003\n\
         Four à pain;Parc;31/09/2026;;\n\
         Laine;Parc;;laineuse;\n\
         Eau;Parc;;;99999\n\
         ;Parc;;;\n\
         Court;Parc\n\
         Long;Parc;;;;;encore\n\
         {huge};Parc;;;\n\
         Sel;;;;\n"
    );
    let report = import_text(&mut carnet, "project", &text);
    let refused: Vec<(u64, &str, &str)> = report
        .refused
        .iter()
        .map(|row| (row.line, row.column.as_str(), row.reason.code.as_str()))
        .collect();
    assert_eq!(
        refused,
        [
            (3, "Début", "no_such_day"),
            (4, "Phase", "unknown_code"),
            (5, "Code INSEE", "unknown_territory"),
            (6, "Intitulé", "required"),
            (7, "", "unequal_row"),
            (8, "", "unequal_row"),
            (9, "Intitulé", "too_long"),
            (10, "Porteur", "required"),
        ]
    );
    assert_eq!(report.created, 1);
    assert_eq!(
        only(&carnet, "project", "title", "Bois local").text("phase"),
        Some("emergence")
    );
    assert_eq!(carnet.check().unwrap().damages, []);
}

#[test]
fn a_carrier_named_only_by_refused_rows_is_not_made() {
    let folder = tempfile::tempdir().unwrap();
    let mut carnet = carnet(folder.path());
    import_text(
        &mut carnet,
        "project",
        "Intitulé;Porteur\nBois;Parc\n;Syndicat\n",
    );
    assert_eq!(count(&carnet, "organisation"), 1);
}

#[test]
fn a_record_typed_by_hand_is_recognised_completed_and_never_emptied() {
    let folder = tempfile::tempdir().unwrap();
    let mut carnet = carnet(folder.path());
    let typed = Edit::of("organisation", RowName::New)
        .set("name", "CC Plaine de l’Ain")
        .set("organisation_type", "territory")
        .set("country", "FR")
        .set("acronym", "CCPA")
        .set("website", "https://ancien.example");
    let label = "test".to_owned();
    let saved = carnet
        .save(Edits {
            edits: vec![typed],
            label,
        })
        .unwrap();
    let text = "Nom;SIREN;Sigle;Site;Type\nCC PLAINE DE L'AIN;240100883;;https://nouveau.example;Territoire\n";
    let report = import_text(&mut carnet, "organisation", text);
    assert_eq!(counts(&report), [0, 1, 0, 0]);
    let record = carnet.get(&saved.rows[0]).unwrap();
    assert_eq!(record.text("acronym"), Some("CCPA"));
    assert_eq!(record.text("siren"), Some("240100883"));
    assert_eq!(record.text("website"), Some("https://nouveau.example"));
    assert_eq!(
        counts(&import_text(&mut carnet, "organisation", text)),
        [0, 0, 1, 0]
    );
}

#[test]
fn contacts_become_people_in_their_organisations() {
    let folder = tempfile::tempdir().unwrap();
    let mut carnet = carnet(folder.path());
    let text = "CONTACTS TERRITOIRES;;;;\n;;;;\nNOM STRUCTURE;Contact;tel;mail;Fonction\n\
                GAL Hautes Chaumes;BEAL Sophie;04.00.00.00.01;s.beal@exemple.fr;Animatrice\n\
                gal hautes-chaumes;J-M Fayolle;0400000002;;Président\n";
    let report = import_text(&mut carnet, "person", text);
    assert_eq!(counts(&report), [2, 0, 0, 0]);
    assert_eq!(count(&carnet, "organisation"), 1);
    let sophie = only(&carnet, "person", "last_name", "BEAL");
    assert_eq!(sophie.text("first_name"), Some("Sophie"));
    assert_eq!(sophie.text("phone"), Some("04.00.00.00.01"));
    let post = only(&carnet, "affiliation", "person", &sophie.id.to_string());
    assert_eq!(post.text("function"), Some("Animatrice"));
    let again = import_text(&mut carnet, "person", text);
    assert_eq!((counts(&again), again.commit), ([0, 0, 2, 0], None));
}

#[test]
fn two_records_of_one_name_make_a_row_that_tells_neither_refused() {
    let folder = tempfile::tempdir().unwrap();
    let mut carnet = carnet(folder.path());
    import_text(
        &mut carnet,
        "organisation",
        "Nom;Adresse\nComité;12 rue A 48000 Mende\nComité;1 rue B 23000 Guéret\n",
    );
    assert_eq!(count(&carnet, "organisation"), 2);
    let report = import_text(
        &mut carnet,
        "organisation",
        "Nom;Site\nComité;https://comite.example\n",
    );
    assert_eq!(report.refused[0].reason.code, "ambiguous");
}

#[test]
fn rows_of_one_organisation_are_one_record_and_the_first_decides() {
    let folder = tempfile::tempdir().unwrap();
    let mut carnet = carnet(folder.path());
    let text = "Nom;SIREN;Sigle;Site\nParc;200078004;PNR;\nParc naturel;200078004;P;https://parc.example\n";
    let report = import_text(&mut carnet, "organisation", text);
    assert_eq!(counts(&report), [1, 1, 0, 0]);
    let parc = only(&carnet, "organisation", "siren", "200078004");
    assert_eq!(
        (parc.text("name"), parc.text("acronym")),
        (Some("Parc"), Some("PNR"))
    );
    assert_eq!(parc.text("website"), Some("https://parc.example"));
    assert_eq!(
        counts(&import_text(&mut carnet, "organisation", text)),
        [0, 0, 2, 0]
    );
}

#[test]
fn a_project_whose_amount_changed_in_a_newer_list_is_updated() {
    let folder = tempfile::tempdir().unwrap();
    let mut carnet = carnet(folder.path());
    let text =
        "N° dossier;Projet;Bénéficiaire;Montant\n7;Bois;Parc;10\n7;Bois;Parc;20\n8;Laine;Parc;5\n";
    assert_eq!(
        counts(&import_text(&mut carnet, "project", text)),
        [3, 0, 0, 0]
    );
    // In another order, one amount changed, one grant more of the same file.
    let newer = "N° dossier;Projet;Bénéficiaire;Montant\n8;Laine;Parc;6\n7;Bois;Parc;30\n7;Bois;Parc;20\n7;Bois;Parc;10\n";
    assert_eq!(
        counts(&import_text(&mut carnet, "project", newer)),
        [1, 1, 2, 0]
    );
    assert_eq!(count(&carnet, "project"), 4);
    // Another list that also counts from 7 is about other projects.
    let other = "N° dossier;Projet;Bénéficiaire\n7;Moulin;Syndicat\n";
    assert_eq!(
        counts(&import_text(&mut carnet, "project", other)),
        [1, 0, 0, 0]
    );
    assert_eq!(
        counts(&import_text(&mut carnet, "project", other)),
        [0, 0, 1, 0]
    );
}

#[test]
fn an_import_cancelled_at_any_moment_leaves_the_carnet_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let mut carnet = carnet(folder.path());
    let table = list(&fixture("mairies-23-48.csv.gz"));
    let mapping = suggested(&table, "organisation");
    let mut asked = 0;
    run(&mut carnet, &table, &mapping, "import", &mut |_, _| {
        asked += 1;
        Flow::Continue
    })
    .unwrap();
    carnet
        .undo(&carnet.last_undoable().unwrap().unwrap())
        .unwrap();
    let before = carnet.digest().unwrap();
    for stop_at in [1, 2, asked / 2, asked] {
        let mut steps = 0;
        let stopped = run(&mut carnet, &table, &mapping, "import", &mut |_, _| {
            steps += 1;
            if steps == stop_at {
                Flow::Cancel
            } else {
                Flow::Continue
            }
        });
        assert!(
            matches!(stopped, Err(ImportError::Cancelled)),
            "{stop_at} of {asked}"
        );
        assert_eq!(carnet.digest().unwrap(), before);
    }
    assert_eq!(carnet.check().unwrap().damages, []);
}

#[test]
fn progress_never_goes_back_nor_beyond_its_end() {
    let folder = tempfile::tempdir().unwrap();
    let mut carnet = carnet(folder.path());
    let table = list(&fixture("mairies-23-48.csv.gz"));
    let mapping = suggested(&table, "organisation");
    let mut last = 0;
    run(
        &mut carnet,
        &table,
        &mapping,
        "import",
        &mut |done, total| {
            assert!(done >= last && done <= total, "{last} {done} {total}");
            last = done;
            Flow::Continue
        },
    )
    .unwrap();
}

#[test]
fn the_dry_run_shows_each_row_and_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut carnet = carnet(folder.path());
    import_text(
        &mut carnet,
        "project",
        "Projet;Porteur;Montant;Code INSEE\nBois;Parc;10;\nLaine;Parc;5;\n",
    );
    let digest = carnet.digest().unwrap();
    let table = list("Projet;Porteur;Montant;Code INSEE\nBois;Parc;12,50 €;1004\nLaine;Parc;5;\nEau;Syndicat;;\n;x;;\n".as_bytes());
    let mapping = suggested(&table, "project");
    let request = PreviewRequest {
        limit: 10,
        ..PreviewRequest::default()
    };
    let all = preview(&carnet, &table, &mapping, &request).unwrap();
    assert_eq!(
        [
            all.created,
            all.updated,
            all.unchanged,
            all.refused,
            all.total
        ],
        [1, 1, 1, 1, 4]
    );
    let bois = &all.rows[0];
    assert_eq!(
        (bois.line, bois.outcome, bois.title.as_str()),
        (2, Outcome::Updated, "Bois")
    );
    assert_eq!(bois.notes[0].code, "zeros_put_back");
    let envelope = bois
        .changes
        .iter()
        .find(|change| change.field == "envelope")
        .unwrap();
    assert_eq!(
        (&envelope.before, &envelope.after),
        (&Some(Value::Num(10.0)), &Value::Num(12.5))
    );
    let places = bois
        .changes
        .iter()
        .find(|change| change.field == "territories")
        .unwrap();
    assert_eq!(places.after, Value::List(vec!["Ambérieu-en-Bugey".into()]));
    assert_eq!(all.linked["territory"], 1);
    let request = PreviewRequest {
        outcome: Some(Outcome::Refused),
        offset: 0,
        limit: 1,
    };
    let refused = preview(&carnet, &table, &mapping, &request).unwrap();
    assert_eq!((refused.total, refused.rows[0].line), (1, 5));
    assert_eq!(refused.rows[0].refusal.as_ref().unwrap().column, "Projet");
    assert_eq!(carnet.digest().unwrap(), digest);
    assert_eq!(dry_run(&carnet, &table, &mapping).unwrap().created, 1);
}

#[test]
fn the_rest_of_the_columns_can_be_kept_in_a_long_text() {
    let folder = tempfile::tempdir().unwrap();
    let mut carnet = carnet(folder.path());
    let table = list(b"Projet;Porteur;Axe;Canton\nBois;Parc;3;Ambert\n");
    let mut mapping = suggested(&table, "project");
    for column in ["2", "3"] {
        mapping
            .columns
            .insert(column.into(), Some("+initial_wording".into()));
    }
    import(&mut carnet, &table, &mapping);
    let bois = only(&carnet, "project", "title", "Bois");
    assert_eq!(
        bois.text("initial_wording"),
        Some("Axe : 3\nCanton : Ambert")
    );
}

#[test]
fn the_entity_is_suggested_when_nobody_names_it() {
    let entity = |bytes: &[u8]| {
        inspect(Path::new("liste.csv"), &list(bytes), None, None)
            .unwrap()
            .entity
    };
    assert_eq!(entity(&fixture("fonds-vert-2023.csv.gz")), "project");
    assert_eq!(entity(&fixture("mairies-23-48.csv.gz")), "organisation");
    assert_eq!(
        entity("Nom;Prénom;Courriel;Structure\nBeal;Sophie;s@a.fr;GAL\n".as_bytes()),
        "person"
    );
    let refused = inspect(Path::new("x.csv"), &list(b"a;b\n1;2\n"), None, None);
    assert!(matches!(refused, Err(ImportError::NoEntity)));
}

#[test]
fn the_plan_says_what_it_found_and_why() {
    let table = list(
        "N° SIREN;Dénomination;xyz;mél\n200078004;Parc;1;a@b.fr\n240100883;CC;2;c@d.fr\n"
            .as_bytes(),
    );
    let plan = inspect(
        Path::new("dossier/liste.csv"),
        &table,
        Some("organisation"),
        None,
    )
    .unwrap();
    let found: Vec<(Option<&str>, Option<&str>)> = plan
        .columns
        .iter()
        .map(|column| (column.field.as_deref(), column.suggestion_reason.as_deref()))
        .collect();
    assert_eq!(
        found,
        [
            (Some("siren"), Some("usual_name")),
            (Some("name"), Some("usual_name")),
            (None, None),
            (Some("identity_sheet.contact_text"), Some("usual_name")),
        ]
    );
    assert_eq!(plan.defaults["country"].reason, "usual");
    assert_eq!(plan.key, ["siren", "name"]);
    assert_eq!(plan.columns[0].samples, ["200078004", "240100883"]);
    let corrected = Mapping {
        columns: [("2".to_owned(), Some("acronym".to_owned()))].into(),
        ..Mapping::default()
    };
    let refused = inspect(
        Path::new("x.csv"),
        &table,
        Some("organisation"),
        Some(&corrected),
    );
    assert!(matches!(
        refused,
        Err(ImportError::NoColumnFor { field: "name", .. })
    ));
    assert!(
        targets("organisation")
            .unwrap()
            .iter()
            .any(|choice| choice.target == "identity_sheet.contact_text")
    );
}

#[test]
fn a_name_that_looks_like_a_reference_stays_a_name() {
    let folder = tempfile::tempdir().unwrap();
    let mut carnet = carnet(folder.path());
    import_text(&mut carnet, "organisation", "Nom;Sigle\n@1;@0\nParc;P\n");
    assert_eq!(
        only(&carnet, "organisation", "name", "@1").text("acronym"),
        Some("@0")
    );
}

#[test]
fn a_row_about_somebody_who_was_erased_is_refused_and_the_others_are_imported() {
    let folder = tempfile::tempdir().unwrap();
    let mut carnet = carnet(folder.path());
    let before = "Identifiant;Nom;Prénom;Fonction;Structure\n\
                  1;Béal;Léa;Cheffe de projet;Parc\n2;Faure;Ali;Élu;Parc\n";
    let table = list(before.as_bytes());
    let mut mapping = suggested(&table, "person");
    mapping
        .columns
        .insert("0".into(), Some("external_id".into()));
    mapping.key = vec!["external_id".into()];
    let report = import(&mut carnet, &table, &mapping);
    assert_eq!(counts(&report), [2, 0, 0, 0], "{:?}", report.refused);
    let erased = only(&carnet, "person", "last_name", "Béal").reference_to_self();
    carnet.erase(&erased, "effacement").unwrap();
    let after = before.replace("Ali", "Aline") + "3;Roche;Ines;Maire;Parc\n";
    let table = list(after.as_bytes());
    let report = import(&mut carnet, &table, &mapping);
    assert_eq!(counts(&report), [1, 1, 0, 1], "{:?}", report.refused);
    assert_eq!(report.refused[0].line, 2);
    assert_eq!(report.refused[0].reason.code, "erased");
    assert!(carnet.get(&erased).unwrap().is_erased);
    assert_eq!(carnet.check().unwrap().damages, []);
}
