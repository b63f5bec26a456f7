//! What an operation costs with 100,000 passkeys beside what it costs with 1,000, and with these beside 10.

use crate::filled::Filled;
use benches::pairs::Pairs;
use criterion::{BenchmarkGroup, measurement::WallTime};

/// So many times in turn, so often: few enough for the smaller vault to stay the smaller one.
const CHANGES: [u32; 2] = [25, 10];

/// Likewise, because the larger vault takes long.
const FIRST_PAGES: [u32; 2] = [5, 1];

/// Likewise, because a hundred thousand keys are packed anew.
const EXPORTS: [u32; 2] = [3, 1];

/// Every operation that a person or a site waits for.
pub(crate) fn measure(
    pairs: &Pairs,
    group: &mut BenchmarkGroup<'_, WallTime>,
    name: &str,
    [many, few]: [&mut Filled; 2],
    other: &'static str,
) {
    let mut row = |what: &str, run: fn(&Filled)| {
        pairs.measure(group, &format!("{what}, {name}"), || run(many), other, || run(few));
    };
    row("unlock", |filled| drop(filled.open()));
    row("by credential id", Filled::get);
    row("ten of one site", Filled::find);
    row("count up", Filled::count_up);
    row("search as typed", Filled::search);
    row("a page of the list", Filled::page);
    pairs.in_turns(
        &format!("first page, {name}"),
        FIRST_PAGES,
        || many.first_page(),
        other,
        || few.first_page(),
    );
    pairs.in_turns(&format!("export, {name}"), EXPORTS, || many.export(), other, || few.export());
    pairs.in_turns(&format!("add, {name}"), CHANGES, || many.add(), other, || few.add());
}
