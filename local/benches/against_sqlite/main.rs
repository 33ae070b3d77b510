//! The engine against SQLite doing the same storage work without it: `cargo bench -p astra-local`.
//!
//! Both sides are timed in turns within one run, on files of the same content, so that only their ratio matters. The
//! raw side knows everything beforehand: keys, values and index entries, statements are prepared once, nothing is
//! parsed, planned or checked. Requests of the engine are written beforehand.
//!
//! `cargo bench -p astra-local --bench against_sqlite -- tables` measures tables alone, `-- collections` collections. `DOCUMENTS=10000,100000`
//! sets other sizes for the reads; a million takes some minutes to insert.

#![expect(clippy::print_stdout, reason = "a benchmark prints its table")]
#![expect(clippy::unwrap_used, reason = "a benchmark may stop at any failure")]

mod collections;
mod harness;
mod tables;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let has = |name: &str| arguments.iter().any(|argument| argument == name);
    // `cargo test --benches` runs this as well; then there is nothing to measure.
    if !has("--bench") {
        return;
    }
    println!("| work | engine | raw SQLite | ratio |");
    println!("|---|---:|---:|---:|");
    if !has("tables") {
        collections::run();
    }
    if !has("collections") {
        tables::run();
    }
}
