//! Two sides in turns, and what both kinds of tests do with an engine.

use std::hint::black_box;
use std::ops::Range;
use std::time::{Duration, Instant};

use astra_local::{Engine, Request};

/// Times each side has its turn.
pub(crate) const TURNS: usize = 21;

/// How many documents or rows there are to read among.
pub(crate) fn sizes() -> Vec<usize> {
    let sizes = std::env::var("DOCUMENTS").unwrap_or_else(|_| "10000,100000,1000000".to_owned());
    sizes.split(',').map(|size| size.parse().unwrap()).collect()
}

/// The engine and raw SQLite in turns, in a line of the table. Returns the time of the engine.
pub(crate) fn compare(
    work: &str,
    pieces: usize,
    engine: impl FnMut(usize),
    raw: impl FnMut(usize),
) -> Duration {
    let [engine, raw] = in_turns(pieces, engine, raw);
    let micros = |time: Duration| time.as_secs_f64() * 1e6;
    let ratio = micros(engine) / micros(raw);
    println!(
        "| {work} | {:.1} µs | {:.1} µs | {ratio:.2} |",
        micros(engine),
        micros(raw)
    );
    engine
}

/// Times two sides in turns; the figures are the medians of a turn per piece of work.
pub(crate) fn in_turns(
    pieces: usize,
    mut one: impl FnMut(usize),
    mut other: impl FnMut(usize),
) -> [Duration; 2] {
    let mut times = [Vec::new(), Vec::new()];
    for turn in 0..TURNS {
        let start = Instant::now();
        (turn * pieces..(turn + 1) * pieces).for_each(&mut one);
        times[0].push(start.elapsed());
        // The other way round, or one side would find in the processor's caches what the other has just read.
        let turn = TURNS - 1 - turn;
        let start = Instant::now();
        (turn * pieces..(turn + 1) * pieces).for_each(&mut other);
        times[1].push(start.elapsed());
    }
    times.map(|mut times| {
        times.sort_unstable();
        times[TURNS / 2] / u32::try_from(pieces).unwrap()
    })
}

pub(crate) fn send(
    engine: &Engine,
    keyspace: Option<&str>,
    name: Option<&str>,
    body: &str,
) -> Vec<u8> {
    let body = body.as_bytes();
    let request = Request {
        keyspace,
        name,
        body,
    };
    let answer = engine.execute(request).body;
    assert!(!answer.starts_with(b"{\"errors\""));
    black_box(answer)
}

/// Several threads share commits, which is what makes a million durable inserts bearable.
pub(crate) fn fill(count: usize, insert: impl Fn(Range<usize>) + Sync) {
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let insert = &insert;
            scope.spawn(move || {
                for start in (0..count).step_by(100).skip(thread).step_by(4) {
                    insert(start..count.min(start + 100));
                }
            });
        }
    });
}
