//! One test, run with many seeds.

use std::fmt;
use std::future::Future;
use std::ops::RangeInclusive;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use super::faults::{FaultCounts, Faults};

/// Which seeds a test is run with, and how many of them at once.
///
/// ```
/// use astra_db::testing::{Faults, Seeds};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let report = Seeds::from_env("FAULT_SEEDS", 1..=50)
///     .run(Faults::seeded, |faults| async move {
///         // let database = open(faults.over(your_transport)); …
///         assert_eq!(2 + 2, 4, "seed {}", faults.seed());
///     })
///     .await;
/// println!("{report}");
/// report.assert_passed();
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Seeds {
    seeds: Vec<u64>,
    at_once: usize,
    variable: Option<&'static str>,
}

impl Seeds {
    /// These seeds.
    pub fn new(seeds: RangeInclusive<u64>) -> Self {
        Self {
            seeds: seeds.collect(),
            at_once: 4,
            variable: None,
        }
    }

    /// The seeds that an environment variable names, such as `7` or `3,7,12-15`, else these. A
    /// report says how to run a failed seed again with it.
    ///
    /// # Panics
    /// When the variable is set to something else.
    pub fn from_env(variable: &'static str, default: RangeInclusive<u64>) -> Self {
        let seeds = match std::env::var(variable) {
            Ok(text) => parse(&text)
                .unwrap_or_else(|| panic!("{variable} is \"{text}\": expected 7 or 3,7,12-15")),
            Err(_) => default.collect(),
        };
        Self {
            seeds,
            at_once: 4,
            variable: Some(variable),
        }
    }

    /// How many run at the same time; 4.
    #[must_use]
    pub fn at_once(mut self, runs: usize) -> Self {
        self.at_once = runs.max(1);
        self
    }

    /// Runs the test once with each seed. It fails with a seed when it panics.
    pub async fn run<F>(
        self,
        faults: impl Fn(u64) -> Faults,
        test: impl Fn(Faults) -> F,
    ) -> SeedReport
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let started = Instant::now();
        let mut report = SeedReport {
            runs: self.seeds.len(),
            failed: Vec::new(),
            played: FaultCounts::default(),
            elapsed: Duration::ZERO,
            variable: self.variable,
        };
        let mut running = JoinSet::new();
        let mut waiting = self.seeds.into_iter();
        loop {
            while running.len() < self.at_once
                && let Some(seed) = waiting.next()
            {
                let faults = faults(seed);
                let run = tokio::spawn(test(faults.clone()));
                running.spawn(async move { (faults, run.await) });
            }
            let Some(ended) = running.join_next().await else {
                break;
            };
            // The outer task only waits: what panics is the inner one.
            let Ok((faults, outcome)) = ended else {
                continue;
            };
            report.played.merge(&faults.played());
            if let Err(error) = outcome {
                report.failed.push(FailedSeed {
                    seed: faults.seed(),
                    reason: reason(error),
                });
            }
        }
        report.failed.sort_by_key(|failed| failed.seed);
        report.elapsed = started.elapsed();
        report
    }
}

/// `3,7,12-15`
fn parse(text: &str) -> Option<Vec<u64>> {
    let mut seeds = Vec::new();
    for part in text.split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        seeds.extend(first.trim().parse().ok()?..=last.trim().parse::<u64>().ok()?);
    }
    Some(seeds)
}

fn reason(error: tokio::task::JoinError) -> String {
    let Ok(panic) = error.try_into_panic() else {
        return "canceled".to_owned();
    };
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
            write!(f, ": {reason}")?;
        }
        Ok(())
    }
}
