//! What files can hold that nobody made by exporting: deep, long, wide, cut off.

use std::io::{Cursor, Read as _, Write as _};

use flate2::Compression;
use flate2::write::GzEncoder;
use test_support::small_stack::{bytes, check, run};

use super::batch::{Batch, Content, LONGEST, Position};
use super::checkpoint::InputCheckpoint;
use super::csv::Reader;
use super::input::{self, Bytes};
use super::json::{Layout, Values};
use super::lines::Lines;
use super::records::Records;
use super::shape::Shape;

const CSV: &[&[u8]] = &[
    b"a",
    b"1",
    b",",
    b";",
    b"\t",
    b"\"",
    b"\n",
    b"\r\n",
    b"\r",
    b" ",
    b"[",
    b"{\"a\":",
    b"\xff",
    b"\xef\xbb\xbf",
    b"a,b\n",
];
const JSON: &[&[u8]] = &[
    b"{",
    b"}",
    b"[",
    b"]",
    b"{\"a\":",
    b"\"",
    b"\\",
    b",",
    b":",
    b"1",
    b" ",
    b"\n",
    b"\r\n",
    b"{\"a\":1}",
    b"{\"a\":1}\n",
    b"\"a\":1,",
    b"\xff",
    b"\xef\xbb\xbf",
    b"nul",
];

fn input(bytes: &[u8]) -> Bytes {
    Box::new(Cursor::new(bytes.to_vec()))
}

fn shape() -> Shape {
    Shape::Document {
        file: "f".to_owned(),
    }
}

/// Reads to the end, and gives how many items there were on which last line.
fn read(mut next: impl FnMut() -> anyhow::Result<Option<Batch>>) -> (usize, u64) {
    let (mut items, mut line) = (0, 0);
    while let Ok(Some(batch)) = next() {
        items += batch.items.len();
        for item in &batch.items {
            assert!(item.line >= line);
            line = item.line;
            if let Content::Good(json) = &item.content {
                assert!(json.get().starts_with('{'));
            }
        }
    }
    (items, line)
}

fn lines_of(bytes: &[u8]) -> u64 {
    bytes.split(|byte| *byte == b'\n').count() as u64
}

#[test]
fn adversarial_csv_is_read_to_its_end() {
    check(bytes(CSV), |bytes| {
        let Ok(mut records) = Records::begin(input(&bytes), shape()) else {
            return;
        };
        let (items, line) = read(|| records.next_batch());
        assert!(items <= bytes.len() && line <= lines_of(&bytes));
    });
}

/// The `_id`s that earlier versions made are made of the lines that the crate `csv` counts.
#[test]
fn adversarial_csv_has_the_cells_and_ordinals_of_the_crate_csv() {
    check(bytes(CSV), |bytes| {
        let bytes = [b"a,b,c,d,e\n", bytes.as_slice()].concat();
        let mut theirs = ::csv::ReaderBuilder::new()
            .flexible(true)
            .from_reader(bytes.as_slice());
        let mut ours = Reader::begin(input(&bytes)).unwrap().0;
        ours.read(9).unwrap();
        let mut record = ::csv::ByteRecord::new();
        theirs.byte_headers().unwrap();
        // A quote that is not closed is an error here only.
        while let Ok(place) = ours.read(usize::MAX) {
            let is_there = theirs.read_byte_record(&mut record).unwrap();
            assert_eq!(is_there, place.is_some());
            let Some(place) = place else { return };
            assert_eq!(place.ordinal, record.position().unwrap().line());
            assert!(ours.cells().iter().eq(record.iter()));
        }
    });
}

#[test]
fn adversarial_json_is_read_to_its_end() {
    check(bytes(JSON), |bytes| {
        let (layout, all) = Layout::of(input(&bytes)).unwrap();
        let (items, line) = if layout == Layout::Lines {
            let mut lines = Lines::new(all, shape(), Position::default());
            read(|| Ok(lines.next_batch()?))
        } else {
            let mut values = Values::new(all, layout, shape(), Position::default());
            read(|| values.next_batch())
        };
        assert!(items <= bytes.len() && line <= lines_of(&bytes));
        // Each layout can be wrong about a file.
        for layout in [Layout::List, Layout::Objects] {
            let mut values = Values::new(input(&bytes), layout, shape(), Position::default());
            assert!(read(|| values.next_batch()).0 <= bytes.len());
        }
        let mut lines = Lines::new(input(&bytes), shape(), Position::default());
        assert!(read(|| Ok(lines.next_batch()?)).0 <= bytes.len());
    });
}

/// On a stack of its own: compressing, which the tool never does, needs a large one in a debug build.
fn compressed(bytes: Vec<u8>) -> Vec<u8> {
    let compressing = std::thread::spawn(move || {
        let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
        gzip.write_all(&bytes).unwrap();
        gzip.finish().unwrap()
    });
    compressing.join().unwrap()
}

#[test]
fn adversarial_gzip_is_its_text_or_an_error() {
    use proptest::prelude::*;
    let directory = tempfile::tempdir().unwrap();
    let strategy = (bytes(JSON), any::<proptest::sample::Index>(), any::<u8>());
    check(strategy, move |(bytes, at, flip)| {
        let path = directory.path().join("f.gz");
        let mut gzip = compressed(bytes.clone());
        let at = at.index(gzip.len());
        gzip[at] ^= flip;
        std::fs::write(&path, &gzip).unwrap();
        let mut text = Vec::new();
        let read = input::open(Some(&path), 0).map(|input| {
            let most = bytes.len() as u64 + 1_000_000;
            input.take(most).read_to_end(&mut text)
        });
        if flip == 0 && matches!(read, Ok(Ok(_))) {
            assert!(text == bytes);
        }
    });
}

const MEMBER: usize = 1_000_000;

/// Far more text than file: as one line that is too long, and as empty lines.
#[test]
fn adversarial_gzip_bombs_are_passed_over_in_bounded_memory() {
    run(|| {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("f.gz");
        for (byte, size, items) in [(b'x', LONGEST + MEMBER, 1), (b'\n', 2 * MEMBER, 0)] {
            let bomb = compressed(vec![byte; MEMBER]).repeat(size / MEMBER);
            assert!(bomb.len() < size / 100);
            std::fs::write(&path, &bomb).unwrap();
            let bytes = input::open(Some(&path), 0).unwrap();
            let mut lines = Lines::new(bytes, shape(), Position::default());
            assert_eq!(read(|| Ok(lines.next_batch()?)).0, items);
        }
    });
}

#[test]
fn adversarial_checkpoints_are_refused() {
    let directory = tempfile::tempdir().unwrap();
    check(bytes(JSON), move |bytes| {
        let path = directory.path().join("f.jsonl");
        std::fs::write(&path, "{}\n").unwrap();
        let file = InputCheckpoint::beside(&path);
        std::fs::write(file.path(), &bytes).unwrap();
        let said = file.read("anywhere").unwrap_err().to_string();
        assert!(said.len() < 1000, "{said}");
        // Numbers that lead beyond the file.
        let beyond = r#"{"target":"anywhere","position":{"bytes":18446744073709551615,"lines":9,"records":9},"tally":{"stored":0,"present":0,"rejected":0},"rejected_bytes":0,"fingerprint":""}"#;
        std::fs::write(file.path(), beyond).unwrap();
        assert!(file.read("anywhere").is_err());
    });
}

#[test]
fn adversarial_sizes_are_bounded() {
    run(|| {
        let deep = 1_000_000;
        let text = [
            b"{\"a\":",
            "[".repeat(deep).as_bytes(),
            "]".repeat(deep).as_bytes(),
            b"}",
        ]
        .concat();
        let mut lines = Lines::new(input(&text), shape(), Position::default());
        assert_eq!(read(|| Ok(lines.next_batch()?)).0, 1);
        let wide = ",".repeat(200_000);
        assert!(Records::begin(input(wide.as_bytes()), shape()).is_err());
        let mut records =
            Records::begin(input(format!("a,b\n{wide}\n1,2\n").as_bytes()), shape()).unwrap();
        assert_eq!(read(|| records.next_batch()).0, 2);
        let long = format!("a,b\n\"{}", "x".repeat(LONGEST + 1));
        let mut records = Records::begin(input(long.as_bytes()), shape()).unwrap();
        let failure = records.next_batch().unwrap_err().to_string();
        assert!(failure.contains("begins on line 2"), "{failure}");
    });
}
