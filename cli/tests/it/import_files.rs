//! `astra-dev import` of files as other programs write them.

use std::fs;
use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

use crate::import::{Bench, tally};

fn compressed(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(bytes).unwrap();
    gzip.finish().unwrap()
}

/// The lines of the file of what was rejected: their numbers and reasons.
fn rejected(bench: &Bench, file: &str) -> Vec<(u64, String)> {
    let text = fs::read_to_string(bench.path(&format!("{file}.rejected.jsonl"))).unwrap();
    let lines = text.lines().map(|line| {
        let line: Value = serde_json::from_str(line).unwrap();
        let reason = line["error"].as_str().unwrap().to_owned();
        (line["line"].as_u64().unwrap(), reason)
    });
    lines.collect()
}

#[test]
fn rejected_lines_are_those_an_editor_shows() {
    let bench = Bench::start();
    let cases = [
        (
            "crlf.csv",
            "_id,n\r\n1,1\r\nbad\r\n2,2\r\nworse\r\n".to_owned(),
            vec![3, 5],
        ),
        (
            "blank.csv",
            "\n\n_id,n\n\n1,1\n\n\nbad\n\n2,\"a\nb\"\nworse\n".to_owned(),
            vec![8, 12],
        ),
        (
            "both.csv",
            "_id,n\r\n\r\n1,\"a\r\n\r\nb\"\r\n\r\nbad\r\n2,2\r\n\"x\r\ny\",2,3\r\n".to_owned(),
            vec![7, 9],
        ),
        (
            "crlf.jsonl",
            "{\"_id\":1}\r\n\r\nbad\r\n{\"_id\":2}\r\nworse".to_owned(),
            vec![3, 5],
        ),
        (
            "list.json",
            "[\r\n  {\"_id\": 1},\r\n\r\n  7,\r\n  {\"_id\": 2},\r\n  {\"_id\" 3}\r\n]".to_owned(),
            vec![4, 6],
        ),
    ];
    for (name, text, lines) in cases {
        bench.file(name, &text);
        let collection = name.replace('.', "_");
        let (code, report, said) = bench.import(&[name, "-c", &collection, "--create"]);
        assert_eq!((code, tally(&report)), (3, [2, 0, 2]), "{name}: {said}");
        let found: Vec<u64> = rejected(&bench, name)
            .into_iter()
            .map(|(line, _)| line)
            .collect();
        assert_eq!(found, lines, "{name}");
    }
    let (_, reason) = rejected(&bench, "both.csv").remove(1);
    assert_eq!(
        reason,
        "it has 3 cells, but the first line names 2; it goes on to line 10: is a quote missing?"
    );
}

#[test]
fn a_rejected_line_keeps_every_cell_as_it_stands_in_the_file() {
    let bench = Bench::start();
    let rows = [
        "1,2,the last",
        "\"a,b\",2,3,\"4 \"\"four\"\"\"",
        "1,\"two\r\nlines\",3",
        "too few",
    ];
    bench.file("wide.csv", &format!("_id,n\r\n{}", rows.join("\r\n\r\n")));
    let (code, report, said) = bench.import(&["wide.csv", "-c", "things", "--create"]);
    assert_eq!((code, tally(&report)), (3, [0, 0, 4]), "{said}");
    let text = fs::read_to_string(bench.path("wide.csv.rejected.jsonl")).unwrap();
    let lines = text.lines().map(|line| {
        let line: Value = serde_json::from_str(line).unwrap();
        line["text"].as_str().unwrap().to_owned()
    });
    assert_eq!(lines.collect::<Vec<_>>(), rows);
}

#[test]
fn a_quote_that_is_not_closed_fails_and_names_its_line() {
    let bench = Bench::start();
    let text = "_id,name\n1,one\n2,\"two\n3,three\n4,four\n";
    bench.file("open.csv", text);
    let (code, report, said) = bench.import(&["open.csv", "-c", "things", "--create"]);
    assert_eq!((code, tally(&report)), (1, [1, 0, 0]), "{said}");
    assert!(
        said.contains("the quote that opens on line 3 of the CSV file is never closed\nhint: "),
        "{said}"
    );
    // What stood before is stored; the rest follows once the file is mended.
    bench.file("open.csv", &text.replace("\"two", "two"));
    let (code, report, said) = bench.import(&["open.csv", "-c", "things", "--resume"]);
    assert_eq!((code, tally(&report)), (0, [4, 0, 0]), "{said}");
    assert_eq!(bench.count("things"), 4);
}

#[test]
fn other_separators_are_found() {
    let bench = Bench::start();
    let cases = [
        (
            "semicolon.csv",
            "_id;price;note\r\n1;2,50;\"a;b\"\r\n",
            "semicolons",
        ),
        ("tab.tsv", "_id\tprice\tnote\n1\t2,50\ta;b\n", "tabs"),
        ("bar.csv", "_id|price|note\n1|2,50|a;b\n", "vertical bars"),
        (
            "said.csv",
            "sep=;\r\n_id;price;note\r\n1;2,50;\"a;b\"\r\n",
            "semicolons",
        ),
    ];
    for (name, text, separators) in cases {
        bench.file(name, text);
        let (code, _, said) = bench.import(&[name, "-c", "things", "--create"]);
        assert_eq!(code, 0, "{name}: {said}");
        assert!(
            said.contains(&format!("The fields are separated by {separators}.")),
            "{said}"
        );
    }
    assert_eq!(
        bench.find("things", &json!({})),
        json!([{"_id": 1, "price": "2,50", "note": "a;b"}])
    );
}

#[test]
fn json_may_be_a_list_or_printed_over_several_lines() {
    let bench = Bench::start();
    let list = "\u{feff}[\n  {\n    \"n\": 1,\n    \"tags\": [\"a\", \"b\"]\n  },\n  {\n    \"n\": 2\n  }\n]\n";
    let objects = "{\n  \"n\": 1,\n  \"tags\": [\"a\", \"b\"]\n}\n{\n  \"n\": 2\n}\n";
    let minified = "[{\"n\":1,\"tags\":[\"a\",\"b\"]},{\"n\":2},{\"n\":2}]";
    for (name, text, count) in [
        ("list", list, 2),
        ("objects", objects, 2),
        ("minified", minified, 3),
    ] {
        let file = format!("{name}.json");
        bench.file(&file, text);
        let (code, report, said) = bench.import(&[&file, "-c", name, "--create"]);
        assert_eq!((code, tally(&report)), (0, [count, 0, 0]), "{said}");
        // The same documents the second time.
        let (code, report, _) = bench.import(&[&file, "-c", name]);
        assert_eq!((code, tally(&report)), (0, [0, count, 0]));
        assert_eq!(
            bench.find(name, &json!({"n": 1}))[0]["tags"],
            json!(["a", "b"])
        );
    }
    bench.file("cut.json", &list[..list.len() - 6]);
    let (code, _, said) = bench.import(&["cut.json", "-c", "cut", "--create"]);
    assert!(
        code == 1 && said.contains("the JSON value that begins on line 6 is not closed"),
        "{said}"
    );
    assert_eq!(bench.count("cut"), 1);
}

#[test]
fn an_interrupted_import_goes_on_whatever_the_file_is_like() {
    let bench = Bench::start();
    let documents: Vec<String> = (0..400).map(|n| format!("{{\"n\": {n}}}")).collect();
    let rows: Vec<String> = (0..400).map(|n| n.to_string()).collect();
    let with_bad = |items: &[String], bad: &str, separator: &str| {
        let mut items = items.to_vec();
        items.insert(250, bad.to_owned());
        items.join(separator)
    };
    let list = format!("[\n{}\n]\n", with_bad(&documents, "7", ",\n\n"));
    let lines = with_bad(&documents, "7", "\r\n\r\n");
    let csv = format!("n\r\n{}\r\n", with_bad(&rows, "1,2", "\r\n\r\n"));
    let files = [
        ("list.json", list.clone().into_bytes()),
        ("list2.json.gz", compressed(list.as_bytes())),
        ("lines.jsonl.gz", compressed(lines.as_bytes())),
        ("rows.csv", csv.clone().into_bytes()),
        ("rows2.csv.gz", compressed(csv.as_bytes())),
    ];
    for (name, bytes) in files {
        fs::write(bench.path(name), &bytes).unwrap();
        let collection = name.replace('.', "_");
        let import = [name, "-c", &collection, "--concurrency", "1"];
        let first = [&import[..], &["--create", "--max-rejected", "0"]].concat();
        let (code, report, said) = bench.import(&first);
        assert_eq!((code, tally(&report)), (1, [299, 0, 1]), "{name}: {said}");
        assert!(said.contains("stopped: 1 line was rejected"), "{said}");
        let (code, report, said) = bench.import(&[&import[..], &["--resume"]].concat());
        assert_eq!((code, tally(&report)), (3, [400, 0, 1]), "{name}: {said}");
        assert_eq!(bench.count(&collection), 400, "{name}");
        // Nothing was stored twice, and what goes on makes the same documents.
        let (_, report, _) = bench.import(&import);
        assert_eq!(tally(&report), [0, 400, 1], "{name}");
    }
}

#[test]
fn a_compressed_file_is_the_file() {
    let bench = Bench::start();
    let lines = "{\"n\":1}\n{\"n\":2}\n";
    bench.file("things.jsonl", lines);
    // Two members, as `cat a.gz b.gz` makes them.
    let gzip = [compressed(b"{\"n\":1}\n"), compressed(b"{\"n\":2}\n")].concat();
    fs::write(bench.path("things.jsonl.gz"), &gzip).unwrap();
    let (code, report, said) = bench.import(&["things.jsonl.gz", "-c", "things", "--create"]);
    assert_eq!((code, tally(&report)), (0, [2, 0, 0]), "{said}");
    let (_, report, _) = bench.import(&["things.jsonl", "-c", "things"]);
    assert_eq!(tally(&report), [0, 2, 0]);
    fs::write(bench.path("cut.jsonl.gz"), &gzip[..gzip.len() - 9]).unwrap();
    let (code, _, said) = bench.import(&["cut.jsonl.gz", "-c", "things"]);
    assert!(code == 1 && said.contains("reading"), "{said}");
}

/// Imports these files, whose bytes make each of them refused in these words.
fn are_refused(bench: &Bench, cases: &[(&str, Vec<u8>, &str)]) {
    for (name, bytes, expected) in cases {
        fs::write(bench.path(name), bytes).unwrap();
        let (code, _, said) = bench.import(&[name, "-c", "things", "--create"]);
        assert!(
            code == 1 && said.contains(expected) && said.contains("hint: "),
            "{name}: {said}"
        );
    }
}

#[test]
fn web_pages_old_text_files_and_compressed_files_are_named_whatever_they_are_called() {
    let bench = Bench::start();
    let page = b"\n<!DOCTYPE html>\n<html><body>Sign in</body></html>".to_vec();
    let cases: [(&str, Vec<u8>, &str); 8] = [
        (
            "page.csv",
            page.clone(),
            "page.csv is a web page or XML, not data",
        ),
        (
            "page.json",
            b"\xef\xbb\xbf<html>".to_vec(),
            "page.json is a web page or XML, not data",
        ),
        (
            "page.jsonl.gz",
            compressed(&page),
            "page.jsonl.gz is a web page or XML, not data",
        ),
        (
            "mac.csv",
            b"_id,n\r1,2\r3,4\r".to_vec(),
            "mac.csv ends its lines with a carriage return alone",
        ),
        (
            "mac.jsonl",
            b"{\"_id\":1}\r{\"_id\":2}".to_vec(),
            "mac.jsonl ends its lines with a carriage return alone",
        ),
        (
            "big.jsonl.zst",
            b"\x28\xb5\x2f\xfd....".to_vec(),
            "big.jsonl.zst is compressed with zstd",
        ),
        (
            "big.zip",
            b"PK\x03\x04....".to_vec(),
            "big.zip is a ZIP archive",
        ),
        (
            "big.csv.bz2",
            b"BZh9....".to_vec(),
            "big.csv.bz2 is compressed with bzip2",
        ),
    ];
    are_refused(&bench, &cases);
    // A carriage return inside of quotes ends no line.
    bench.file("quoted.csv", "_id,\"n\rm\"\n1,\"a\rb\"");
    let (code, _, said) = bench.import(&["quoted.csv", "-c", "quoted", "--create"]);
    assert_eq!(code, 0, "{said}");
}

#[test]
fn what_is_not_utf8_text_is_named() {
    let bench = Bench::start();
    let utf16: Vec<u8> = "{\"n\":1}"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let marked = [&[0xff, 0xfe][..], &utf16].concat();
    let cases: [(&str, Vec<u8>, &str); 6] = [
        ("a.jsonl", marked.clone(), "a.jsonl is encoded in UTF-16"),
        ("b.jsonl", utf16, "as UTF-16 does"),
        (
            "c.csv",
            b"\x28\xb5\x2f\xfd....".to_vec(),
            "c.csv is compressed with zstd",
        ),
        (
            "d.csv",
            b"PK\x03\x04....".to_vec(),
            "d.csv is a ZIP archive",
        ),
        (
            "e.csv.gz",
            compressed(&marked),
            "e.csv.gz is encoded in UTF-16",
        ),
        (
            "f.csv",
            b"pr\xe9nom,n\n".to_vec(),
            "the first line of the CSV file is not UTF-8",
        ),
    ];
    are_refused(&bench, &cases);
    fs::write(bench.path("latin.csv"), b"name,n\ncaf\xe9,1\n").unwrap();
    let (code, ..) = bench.import(&["latin.csv", "-c", "things", "--create"]);
    assert_eq!(code, 3);
    let (line, reason) = rejected(&bench, "latin.csv").remove(0);
    assert_eq!(line, 2);
    assert!(
        reason.starts_with("the text is not UTF-8: byte 0xE9 in column 4 (if it is Latin-1"),
        "{reason}"
    );
}

/// Version 0.1.0 of November 2026 counted lines another way. Its `_id`s and checkpoints are still good.
#[test]
fn what_an_earlier_version_began_goes_on() {
    let bench = Bench::start();
    let text = "name,price\r\nteapot,25\r\n\r\n\"two\r\nlines\",3\r\n\n\nbad\r\ncup,4\r\nmug,5\r\n";
    bench.file("odd.csv", text);
    bench.import(&["odd.csv", "-c", "odd", "--create"]);
    for (name, id) in [
        ("teapot", "52514244-6054-8c57-91eb-23d7964ecc48"),
        ("two\r\nlines", "cf8a171a-844e-8f31-8622-b99404648910"),
        ("cup", "c09e8cc6-e546-824b-b48d-c852fa6e4e4a"),
        ("mug", "9e36a4a0-cd75-820a-b72b-3a91a791002e"),
    ] {
        let found = bench.find("odd", &json!({"name": name}));
        assert_eq!(found[0]["_id"]["$uuid"], id, "{name}");
    }

    let row = |n: u32| format!("item {n},{n}\r\n");
    let rows: Vec<String> = (0..250).map(row).collect();
    let more: Vec<String> = (250..400).map(row).collect();
    let text = format!("name,price\r\n{}bad\r\n{}", rows.concat(), more.concat());
    bench.file("many.csv", &text);
    bench.import(&["odd.csv", "-c", "many", "--create"]);
    let target = format!("http://{}/shop/many", bench.server.address);
    let checkpoint = json!({
        "target": target,
        "position": {"bytes": 3982, "lines": 300, "records": 301},
        "tally": {"stored": 299, "present": 0, "rejected": 1},
        "rejected_bytes": 79,
        "fingerprint": "1d78ce896a8f749b4522a9b5d3823c78"
    });
    bench.file("many.csv.checkpoint", &checkpoint.to_string());
    let rejected = "{\"line\":251,\"error\":\"it has 1 cells, but the first line names 2\",\"text\":\"bad\"}\n";
    bench.file("many.csv.rejected.jsonl", rejected);
    let (code, report, said) = bench.import(&["many.csv", "-c", "many", "--resume"]);
    assert_eq!((code, tally(&report)), (3, [400, 0, 1]), "{said}");
    assert_eq!(bench.count("many"), 4 + 101);
    let (_, report, _) = bench.import(&["many.csv", "-c", "many"]);
    assert_eq!(tally(&report), [299, 101, 1]);
}
