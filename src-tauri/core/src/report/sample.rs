//! A report for the tests of this module.

use super::model::{
    Block, Column, Fact, Fit, Footer, Item, Line, Mark, Report, RichText, Section, Side, Table,
    Width,
};
use crate::messages::Language;

/// A report with one of each kind of block, in the words of the job.
#[expect(
    clippy::too_many_lines,
    reason = "one of each kind of block, written out for the reader"
)]
pub(super) fn sample(language: Language) -> Report {
    let item = |text: &str, mark, note: Option<&str>| Item {
        text: text.into(),
        mark,
        note: note.map(str::to_owned),
    };
    let column = |heading: &str, width, side| Column {
        heading: heading.to_owned(),
        width,
        side,
    };
    Report {
        kind: "Fiche de préparation".to_owned(),
        title: "Laine des hauts plateaux".to_owned(),
        subtitle: RichText::from("Relecture de l'accord de coopération. ")
            .strong("Mardi 6 octobre 2026, 9 h 30"),
        language,
        banner: Some("Document personnel — ne pas diffuser".to_owned()),
        footer: Footer {
            date: "23 novembre 2026".to_owned(),
            author_role: "Chargé d'appui à la coopération".to_owned(),
            page_of: "Page {page} sur {pages}".to_owned(),
        },
        fit: Fit::OnePage,
        sections: vec![
            Section::new("Rendez-vous").with(Block::Facts(vec![
                Fact {
                    label: "Où".to_owned(),
                    value: "Chalmazelle-le-Haut, sur place".into(),
                },
                Fact {
                    label: "Avec".to_owned(),
                    value: "Sophie Béal, Jean-Marc Fayolle".into(),
                },
                Fact {
                    label: "Canal".to_owned(),
                    value: RichText::default(),
                },
            ])),
            Section::new("Situation")
                .with(Block::Paragraph(
                    "Le pré-projet a été présenté au bureau. Reste une question : qui signe ?"
                        .into(),
                ))
                .with(Block::Lines(vec![
                    Line {
                        when: Some("12 sept.".to_owned()),
                        title: "Présentation au bureau".into(),
                        meta: None,
                    },
                    Line {
                        when: Some("28 sept.".to_owned()),
                        title: "Nouvelle version de l'accord".into(),
                        meta: Some("version 3, reçue des partenaires italiens".to_owned()),
                    },
                ])),
            Section::new("Besoins").with(Block::Quote {
                text: "On ne voudrait pas signer quelque chose qui nous engage pour les Italiens."
                    .into(),
                who: Some("Sophie Béal".to_owned()),
            }),
            Section::new("Décisions et étapes")
                .with(Block::Heading("Plan de travail".to_owned()))
                .with(Block::List(vec![
                    item(
                        "Envoyer le projet d'accord",
                        Mark::Done,
                        Some("8 septembre"),
                    ),
                    item(
                        "Rédiger l'annexe « rôles et budget »",
                        Mark::Open,
                        Some("Nadia Ouali, 20 octobre"),
                    ),
                ])),
            Section::new("Freins").with(Block::List(vec![item(
                "Langue du texte",
                Mark::Bullet,
                None,
            )])),
            Section::new("Moyens").with(Block::Table(Table {
                caption: Some("Cofinancements demandés".to_owned()),
                columns: vec![
                    column("Dispositif", Width::Share(3), Side::Start),
                    column("État", Width::Share(2), Side::Start),
                    column("Montant", Width::Content, Side::End),
                ],
                rows: vec![
                    vec![
                        "LEADER, coopération".into(),
                        "déposé".into(),
                        "12 400 €".into(),
                    ],
                    vec!["Région".into(), "accordé".into(), "1 234,50 €".into()],
                ],
            })),
            Section::new("Rien")
                .with(Block::Heading("Vide".to_owned()))
                .with(Block::Paragraph("  ".into())),
            Section::new("Phrase")
                .with(Block::Note("Les majuscules comptent.".into()))
                .with(Block::Exact(vec!["cheval".to_owned(), "l1O0I".to_owned()]))
                .with(Block::Ruled {
                    label: "À écrire ici".to_owned(),
                    lines: 2,
                }),
        ],
    }
}
