//! The next page of a list, whatever its filters and its sort.

use carnet_core::store::{Carnet, Condition, ListRequest};

use super::carnet::Bench;
use super::{Failure, Row, median, once, writing};

/// Rows of a page on screen, with its margin.
const PAGE: i64 = 100;

/// The first page of each list, then pages further on, up to the middle.
pub(super) fn run(bench: &mut Bench) -> Result<(), Failure> {
    let of = || ListRequest::of("organisation", PAGE);
    let groups = |list: ListRequest| list.filter("organisation_type", Condition::Is, "group");
    let lists = [
        ("by title", of()),
        ("by date of change", of().sort("modified_at", true)),
        ("by type", of().sort("organisation_type", false)),
        ("by address", of().sort("address", true)),
        ("by territory", of().sort("territory", false)),
        ("of a type by title", groups(of())),
        (
            "of a type by date of change",
            groups(of()).sort("modified_at", true),
        ),
        ("of a type by address", groups(of()).sort("address", false)),
        (
            "of a type and a country, by title",
            groups(of()).filter("country", Condition::Is, "FR"),
        ),
        (
            "that hold a word, by title",
            ListRequest {
                text: Some("foret".into()),
                ..of()
            },
        ),
    ];
    let row = bench.carnet.list(&of())?.records[0].id;
    for (name, list) in lists {
        let total = bench
            .carnet
            .list(&ListRequest {
                limit: 0,
                ..list.clone()
            })?
            .total;
        // A list that nobody looked at: what was kept of it is forgotten by an edit.
        writing::edit(&mut bench.carnet, row, name)?;
        let carnet = &bench.carnet;
        let first = once(|| Ok(carnet.list(&list).map(drop)?))?;
        Row::ms(format!("first page {name}, of {total}"), first).print();
        let second = once(|| page(carnet, &list, PAGE))?;
        let middle = once(|| page(carnet, &list, total / 2))?;
        let next = median(|round| page(carnet, &list, PAGE * i64::try_from(round)?))?;
        let deep = median(|round| page(carnet, &list, total / 2 + PAGE * i64::try_from(round)?))?;
        Row::ms(
            format!("  the second page, then the middle: {middle:.1} ms"),
            second,
        )
        .print();
        Row::ms("  next page", next).most(10.0).print();
        Row::ms("  next page, from the middle", deep)
            .most(10.0)
            .print();
    }
    Ok(())
}

fn page(carnet: &Carnet, list: &ListRequest, offset: i64) -> Result<(), Failure> {
    let list = ListRequest {
        offset,
        ..list.clone()
    };
    Ok(carnet.list(&list).map(drop)?)
}
