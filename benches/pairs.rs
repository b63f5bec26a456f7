//! Two sides measured in turns.

use criterion::{BenchmarkGroup, measurement::WallTime};
use std::{
    cell::RefCell,
    time::{Duration, Instant},
};

/// What was measured, ours and the other side's, one pair of times for each of criterion's samples.
#[derive(Default)]
pub struct Pairs {
    rows: RefCell<Vec<Row>>,
}

struct Row {
    name: String,
    other: &'static str,
    samples: Vec<[f64; 2]>,
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
        let mut samples = Vec::new();
        group.bench_function(name, |bencher| {
            bencher.iter_custom(|iterations| {
                let times = [repeat(iterations, &mut ours), repeat(iterations, &mut other)];
                #[expect(clippy::cast_precision_loss, reason = "far fewer than 2^52 iterations")]
                samples.push(times.map(|time| time.as_secs_f64() / iterations as f64));
                times[0]
            });
        });
        // None where a filter on the command line left this one out.
        if !samples.is_empty() {
            self.rows.borrow_mut().push(Row { name: name.to_owned(), other: other_name, samples });
        }
    }

    /// Prints what a second holds of each, and how many times as long ours takes as the other side.
    #[expect(clippy::print_stdout, reason = "a report for a person")]
    pub fn report(&self) {
        println!("\n{:<18} {:>10} {:>10}  {:>6}  beside", "", "per s", "beside/s", "ratio");
        for row in &*self.rows.borrow() {
            let [ours, other] =
                [0, 1].map(|side| 1.0 / median(row.samples.iter().map(|sample| sample[side])));
            let ratio = median(row.samples.iter().map(|sample| sample[0] / sample[1]));
            println!("{:<18} {ours:>10.0} {other:>10.0}  {ratio:>6.2}  {}", row.name, row.other);
        }
    }
}

fn repeat(iterations: u64, run: &mut impl FnMut()) -> Duration {
    let started = Instant::now();
    for _ in 0..iterations {
        run();
    }
    started.elapsed()
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<_> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
