//! Trying a connection out: is the database there, are we let in, is the keyspace there, how long does a round trip take.

use std::time::{Duration, Instant};

use astra_db::{Database, DefaultRetryPolicy, Error};
use serde::Serialize;

/// How long one attempt may take: longer than any healthy database needs, short enough to wait for.
const LIMIT: Duration = Duration::from_secs(15);

/// Times of round trips on a connection that is open already.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Latency {
    pub(crate) round_trips: usize,
    pub(crate) median_ms: f64,
    pub(crate) max_ms: f64,
}

/// The names in the keyspace are asked for: the smallest command that needs token and keyspace both. The first request
/// opens the connection and is not counted.
pub(crate) async fn probe(database: &Database, round_trips: usize) -> Result<Latency, Error> {
    let database = hasty(database);
    database.list_collection_names().await?;
    let mut times = Vec::with_capacity(round_trips);
    for _ in 0..round_trips {
        let start = Instant::now();
        database.list_collection_names().await?;
        times.push(start.elapsed());
    }
    Ok(Latency::of(times))
}

/// The same database, without patience: what is wrong is to be said at once.
pub(crate) fn hasty(database: &Database) -> Database {
    database.with_options(|options| options.timeout(LIMIT).retry(DefaultRetryPolicy::never()))
}

impl Latency {
    fn of(mut times: Vec<Duration>) -> Self {
        times.sort_unstable();
        let milliseconds = |time: Option<&Duration>| {
            let time = time.copied().unwrap_or_default();
            (time.as_secs_f64() * 100_000.0).round() / 100.0
        };
        Self {
            round_trips: times.len(),
            median_ms: milliseconds(times.get(times.len() / 2)),
            max_ms: milliseconds(times.last()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_and_the_maximum_the_slowest() {
        let times = [30, 10, 20].map(Duration::from_millis).to_vec();
        let latency = Latency::of(times);
        assert_eq!(
            format!(
                "{} {} {}",
                latency.round_trips, latency.median_ms, latency.max_ms
            ),
            "3 20 30"
        );
    }
}
