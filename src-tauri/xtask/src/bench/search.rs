//! Search as one types.

use rusqlite::Connection;

use super::carnet::Bench;
use super::{Failure, Row, middle, once, p95};

/// Results of a search on screen.
const SHOWN: usize = 20;
/// Most of the time a word is typed to its end, so every beginning of these counts.
const TYPED: [&str; 14] = [
    "livradois",
    "ambert",
    "saint germain",
    "la chaise dieu",
    "bois et foret",
    "tourisme",
    "cooperative de",
    "producteurs",
    "zuydcoote",
    "yssingeaux",
    "foyer rural",
    "mairie",
    "boulogne",
    "eleveurs bergers",
];
/// Words with a slip, which the bare index does not find.
const MISTYPED: [&str; 8] = [
    "livaradois",
    "amebrt",
    "tourizme",
    "yssinjeaux",
    "cooperatuve",
    "xambert",
    "germian",
    "boulonge",
];

/// Every search as one types, and those of one length apart.
pub(super) fn run(bench: &mut Bench) -> Result<(), Failure> {
    let beginnings: Vec<&str> = TYPED
        .iter()
        .flat_map(|word| (1..=word.len()).map(|end| word[..end].trim_end()))
        .collect();
    let of_length = |from: usize, to: usize| -> Vec<&str> {
        let fits = |query: &&str| (from..=to).contains(&query.len());
        beginnings.iter().copied().filter(fits).collect()
    };
    for (name, queries) in [
        ("one letter", of_length(1, 1)),
        ("two and three letters", of_length(2, 3)),
        ("four letters and more", of_length(4, usize::MAX)),
        ("as one types", beginnings.clone()),
    ] {
        let (mut ours, mut floor, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
        for query in queries {
            let took = often(|| Ok(bench.carnet.search(query, SHOWN).map(drop)?))?;
            let bare = often(|| bare_search(&bench.bare, query))?;
            ours.push(took);
            floor.push(bare);
            ratios.push(took / bare);
        }
        let ratio = middle(ratios);
        Row::ms(
            format!("search, {name}, p95 (median × {ratio:.2})"),
            p95(ours),
        )
        .floor(p95(floor))
        .most_times(1.3)
        .most(20.0)
        .print();
    }
    let mut ours = Vec::new();
    for query in MISTYPED {
        let found = bench.carnet.search(query, SHOWN)?;
        if found.is_empty() {
            return Err(format!("« {query} » finds nothing").into());
        }
        ours.push(often(|| {
            Ok(bench.carnet.search(query, SHOWN).map(drop)?)
        })?);
    }
    Row::ms("search, mistyped, p95", p95(ours))
        .most(20.0)
        .print();
    Ok(())
}

/// The median of a few rounds, each search being short.
fn often(mut work: impl FnMut() -> Result<(), Failure>) -> Result<f64, Failure> {
    let times = (0..5)
        .map(|_| once(&mut work))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(middle(times))
}

/// The bare query that gives as much: the best by rank, with their titles and excerpts.
fn bare_search(bare: &Connection, query: &str) -> Result<(), Failure> {
    const BEST: &str = "SELECT name, snippet(words, 1, '[', ']', '…', 20) AS excerpt FROM words WHERE words MATCH ?1 \
                        ORDER BY rank LIMIT ?2";
    let words: Vec<String> = query
        .split_whitespace()
        .map(|word| format!("\"{word}\"*"))
        .collect();
    let mut statement = bare.prepare_cached(BEST)?;
    let mut rows = statement.query((words.join(" AND "), i64::try_from(SHOWN)?))?;
    while let Some(row) = rows.next()? {
        let _: (String, String) = (row.get("name")?, row.get("excerpt")?);
    }
    Ok(())
}
