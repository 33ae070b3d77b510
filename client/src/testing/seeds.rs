//! One test, run with many seeds.

use std::any::Any;
use std::fmt;
use std::future::Future;
use std::ops::RangeInclusive;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::faults::{FaultCounts, Faults};
use crate::shortened::shortened;

/// Which seeds a test is run with, and how many of them at once.
///
/// ```
/// use std::time::Duration;
/// use astra_db::testing::{Faults, Seeds};
///
/// let moment = Duration::from_millis(3);
/// let quick = |seed| Faults::seeded(seed).slow(moment).hang(moment);
/// let chosen = std::env::var("FAULT_SEEDS").ok();
/// let seeds = Seeds::from_variable("FAULT_SEEDS", chosen, 1..=50);
/// let report = seeds.run(quick, async |faults| {
///     // let database = open(faults.over(your_transport)); …
///     assert_eq!(2 + 2, 4, "seed {}", faults.seed());
/// });
/// println!("{report}");
/// report.assert_passed();
/// ```
#[derive(Clone, Debug)]
pub struct Seeds {
    numbers: Vec<u64>,
    at_once: usize,
    variable: Option<&'static str>,
}

impl Seeds {
    /// These seeds.
    pub fn new(seeds: RangeInclusive<u64>) -> Self {
        Self {
            numbers: seeds.collect(),
            at_once: 4,
            variable: None,
        }
    }

    /// The seeds that a variable of the environment names, such as `7` or `3,7,12-15`, or these if it
    /// is not set. A report says how to run a failed seed again with it.
    ///
    /// # Panics
    /// When the value is something else.
    pub fn from_variable(
        name: &'static str,
        value: Option<String>,
        default: RangeInclusive<u64>,
    ) -> Self {
        let seeds = match value {
            Some(text) => Self {
                numbers: parse(&text)
                    .unwrap_or_else(|| panic!("{name} is \"{text}\": expected 7 or 3,7,12-15")),
                ..Self::new(default)
            },
            None => Self::new(default),
        };
        Self {
            variable: Some(name),
            ..seeds
        }
    }

    /// How many run at the same time; 4.
    #[must_use]
    pub fn at_once(mut self, runs: usize) -> Self {
        self.at_once = runs.max(1);
        self
    }

    /// Runs the test once with each seed, on a thread and a runtime of its own: within a run,
    /// nothing depends on how threads are scheduled. It fails with a seed when it panics.
    ///
    /// The faults of each run are made from its seed by `faults`. The clock is the real one, so
    /// make them quick, as in the example above.
    pub fn run<F: Future<Output = ()>>(
        self,
        faults: impl Fn(u64) -> Faults + Sync,
        test: impl Fn(Faults) -> F + Sync,
    ) -> SeedReport {
        let started = Instant::now();
        let next = AtomicUsize::new(0);
        let runs = Mutex::new(Vec::new());
        let work = || {
            while let Some(seed) = self.numbers.get(next.fetch_add(1, Ordering::Relaxed)) {
                let faults = faults(*seed);
                let run = AssertUnwindSafe(|| block_on(test(faults.clone())));
                let failure = catch_unwind(run).err().map(|panic| reason(&*panic));
                let mut runs = runs.lock().unwrap_or_else(PoisonError::into_inner);
                runs.push((faults, failure));
            }
        };
        std::thread::scope(|scope| {
            for _ in 0..self.at_once.min(self.numbers.len()) {
                scope.spawn(work);
            }
        });
        let runs = runs.into_inner().unwrap_or_else(PoisonError::into_inner);
        self.report(runs, started.elapsed())
    }

    fn report(self, runs: Vec<(Faults, Option<String>)>, elapsed: Duration) -> SeedReport {
        let mut report = SeedReport {
            runs: runs.len(),
            failed: Vec::new(),
            played: FaultCounts::default(),
            elapsed,
            variable: self.variable,
        };
        for (faults, failure) in runs {
            report.played.merge(&faults.played());
            let seed = faults.seed();
            let failed = failure.map(|reason| FailedSeed { seed, reason });
            report.failed.extend(failed);
        }
        report.failed.sort_by_key(|failed| failed.seed);
        report
    }
}

fn block_on(run: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime
        .unwrap_or_else(|error| panic!("no runtime for the test: {error}"))
        .block_on(run);
}

/// Reads `3,7,12-15`.
fn parse(text: &str) -> Option<Vec<u64>> {
    let mut seeds = Vec::new();
    for part in text.split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (first, last): (u64, u64) = (first.trim().parse().ok()?, last.trim().parse().ok()?);
        if first > last {
            return None;
        }
        seeds.extend(first..=last);
    }
    Some(seeds)
}

fn reason(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
    text.unwrap_or("a panic without a text").to_owned()
}

/// A seed with which a test failed.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct FailedSeed {
    /// The seed.
    pub seed: u64,
    /// What the test said when it failed.
    pub reason: String,
}

/// What came of a test with many seeds. Printed, it says how often each fault was played, and how
/// to run a seed again that failed.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SeedReport {
    /// How many seeds were run.
    pub runs: usize,
    /// Those that failed.
    pub failed: Vec<FailedSeed>,
    /// How often each fault was played, over all seeds.
    pub played: FaultCounts,
    /// How long all took.
    pub elapsed: Duration,
    variable: Option<&'static str>,
}

impl SeedReport {
    /// Panics with the whole report unless the test passed with every seed.
    #[track_caller]
    pub fn assert_passed(&self) {
        assert!(self.failed.is_empty(), "{self}");
    }
}

impl fmt::Display for SeedReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            runs,
            failed,
            played,
            elapsed,
            variable,
        } = self;
        write!(
            f,
            "{runs} seeds in {elapsed:.1?}, {} failed; played: {played}",
            failed.len()
        )?;
        for FailedSeed { seed, reason } in failed {
            write!(f, "\nseed {seed}")?;
            if let Some(variable) = variable {
                write!(f, " (again: {variable}={seed})")?;
            }
            write!(f, ": {}", shortened(reason, 1_000))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn seeds_are_named_one_by_one_and_in_ranges() {
        assert_eq!(parse("7"), Some(vec![7]));
        assert_eq!(parse("3, 7,12-15"), Some(vec![3, 7, 12, 13, 14, 15]));
        for wrong in ["", "x", "1-", "-1", "9-3", "1,,2", "1..5"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
