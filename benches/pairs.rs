//! Two sides measured in turns.

use criterion::{BenchmarkGroup, measurement::WallTime};
use std::{
    cell::RefCell,
    time::{Duration, Instant},
};

/// What was measured, ours and the other side's, in pairs: one pair for each of criterion's samples.
#[derive(Default)]
pub struct Pairs {
    rows: RefCell<Vec<Row>>,
}

struct Row {
    name: String,
    other: &'static str,
    samples: Vec<[Duration; 2]>,
    /// Every single time of either side.
    times: [Vec<Duration>; 2],
}

impl Pairs {
    /// Measures `ours` for criterion, and `other` as many times right after each sample.
    pub fn measure(
        &self,
        group: &mut BenchmarkGroup<'_, WallTime>,
        name: &str,
        mut ours: impl FnMut(),
        other_name: &'static str,
        mut other: impl FnMut(),
    ) {
        let (mut samples, mut times) = (Vec::new(), [Vec::new(), Vec::new()]);
        group.bench_function(name, |bencher| {
            bencher.iter_custom(|iterations| {
                let [all_ours, all_other] = &mut times;
                let spent =
                    [repeat(iterations, &mut ours, all_ours), repeat(iterations, &mut other, all_other)];
                let each = u32::try_from(iterations).unwrap_or(u32::MAX);
                samples.push(spent.map(|time| time / each));
                spent[0]
            });
        });
        // None where a filter on the command line left this one out.
        if !samples.is_empty() {
            self.rows.borrow_mut().push(Row { name: name.to_owned(), other: other_name, samples, times });
        }
    }

    /// Measures both as often as `samples` says, `each` times in turn: for what changes what it works on, or takes so long
    /// that criterion would repeat it for minutes.
    pub fn in_turns(
        &self,
        name: &str,
        [samples, each]: [u32; 2],
        mut ours: impl FnMut(),
        other: &'static str,
        mut others: impl FnMut(),
    ) {
        let (mut pairs, mut times) = (Vec::new(), [Vec::new(), Vec::new()]);
        let [all_ours, all_other] = &mut times;
        for _ in 0..samples {
            let spent =
                [repeat(each.into(), &mut ours, all_ours), repeat(each.into(), &mut others, all_other)];
            pairs.push(spent.map(|time| time / each));
        }
        self.rows.borrow_mut().push(Row { name: name.to_owned(), other, samples: pairs, times });
    }

    /// Prints in microseconds what the median and the slowest hundredth take on either side, and how many
    /// times as long ours takes: the median over the pairs.
    #[expect(clippy::print_stdout, reason = "a report for a person")]
    pub fn report(&self) {
        let heads = ["p50", "beside", "p99", "beside", "ratio"];
        println!(
            "\n{:<24} {:>9} {:>9} {:>9} {:>9}  {:>6}  beside",
            "in \u{b5}s", heads[0], heads[1], heads[2], heads[3], heads[4]
        );
        for row in self.rows.take() {
            let [ours, other] = row.times.map(sorted);
            let [p50, p99] = [0.50, 0.99].map(|share| [&ours, &other].map(|times| at(times, share)));
            let ratios = row.samples.iter().map(|[ours, other]| ours.as_secs_f64() / other.as_secs_f64());
            let mut ratios: Vec<_> = ratios.collect();
            ratios.sort_by(f64::total_cmp);
            println!(
                "{:<24} {:>9.1} {:>9.1} {:>9.1} {:>9.1}  {:>6.2}  {}",
                row.name,
                p50[0],
                p50[1],
                p99[0],
                p99[1],
                ratios[ratios.len() / 2],
                row.other
            );
        }
    }
}

fn repeat(iterations: u64, run: &mut impl FnMut(), times: &mut Vec<Duration>) -> Duration {
    let started = Instant::now();
    let mut last = started;
    for _ in 0..iterations {
        run();
        let now = Instant::now();
        times.push(now - last);
        last = now;
    }
    last - started
}

fn sorted(mut times: Vec<Duration>) -> Vec<Duration> {
    times.sort();
    times
}

/// The time below which `share` of all are, in microseconds.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "an index below 2^52 that is not negative"
)]
fn at(times: &[Duration], share: f64) -> f64 {
    let index = (times.len() as f64 * share) as usize;
    times[index.min(times.len() - 1)].as_secs_f64() * 1e6
}
