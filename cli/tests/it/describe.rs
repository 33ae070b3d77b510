//! The tool's own description, and `astra-dev seed`.

use std::fs;
use std::process::{Command, Stdio};

use serde_json::json;

use crate::connect::alone;
use crate::import::Bench;

fn said(arguments: &[&str]) -> String {
    let directory = tempfile::tempdir().unwrap();
    let output = alone(directory.path(), arguments).output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap()
}

const VERBS: [&str; 16] = [
    "create",
    "connect",
    "serve",
    "health",
    "status",
    "mcp",
    "seed",
    "import",
    "export",
    "copy",
    "backup",
    "restore",
    "check",
    "compact",
    "completions",
    "man",
];

#[test]
fn help_names_every_verb_and_tells_where_to_start() {
    insta::assert_snapshot!("help", said(&["--help"]));
    for verb in VERBS {
        let help = said(&[verb, "--help"]);
        assert!(help.contains("Usage: astra-dev"), "{help}");
        assert!(help.contains("Examples:"), "{help}");
    }
}

#[test]
fn completions_are_scripts_that_shells_take() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = said(&["completions", shell]);
        for verb in VERBS {
            assert!(script.contains(verb), "{shell} misses {verb}");
        }
    }
    // What `--sample <Tab>` gives.
    let script = said(&["completions", "bash"]);
    assert!(
        script.contains("\"discord-bot ecommerce reviews\""),
        "{script}"
    );
    // Does it mean something to bash? It is there wherever this is built.
    let mut bash = Command::new("bash")
        .arg("-n")
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    let script = said(&["completions", "bash"]);
    std::io::Write::write_all(&mut bash.stdin.take().unwrap(), script.as_bytes()).unwrap();
    assert!(bash.wait().unwrap().success());
}

#[test]
fn there_is_a_manual_page_for_every_verb() {
    let directory = tempfile::tempdir().unwrap();
    let pages = directory.path().join("man1");
    said(&["man", "--dir", pages.to_str().unwrap()]);
    for verb in VERBS {
        let page = fs::read_to_string(pages.join(format!("astra-dev-{verb}.1"))).unwrap();
        assert!(page.contains(".SH SYNOPSIS"), "{page}");
        // Examples keep their lines.
        let (_, examples) = page.split_once(".SH EXAMPLES\n.nf\n").unwrap();
        assert!(
            examples.contains("\n.fi\n") || examples.ends_with("\n.fi"),
            "{page}"
        );
    }
    assert!(said(&["man"]).contains(".TH astra-dev 1"));
}

#[test]
fn seeding_twice_is_seeding_once_and_can_be_taken_back() {
    let bench = Bench::start();
    let seed = |more: &[&str]| {
        let output = bench.command(&["seed"]).args(more).output().unwrap();
        (
            output.status.code().unwrap(),
            String::from_utf8(output.stdout).unwrap(),
        )
    };
    let first =
        "demo_songs: 8 documents added; demo_plays: 24 rows written; in the keyspace shop\n";
    assert_eq!(seed(&[]), (0, first.to_owned()));
    let changed =
        json!({"updateOne": {"filter": {"_id": "song-1"}, "update": {"$set": {"name": "Mine"}}}});
    bench.server.command("/shop/demo_songs", &changed);
    let changed = json!({"updateOne": {
        "filter": {"song": "song-2", "at": "2026-01-07T20:10:00Z"}, "update": {"$set": {"stars": 1}},
    }});
    bench.server.command("/shop/demo_plays", &changed);
    let nothing = first.replace("8 doc", "0 doc").replace("24 rows", "0 rows");
    assert_eq!(seed(&[]).1, nothing);
    assert_eq!(bench.count("demo_songs"), 8);
    assert_eq!(
        bench.find("demo_songs", &json!({"_id": "song-1"}))[0]["name"],
        "Mine"
    );
    let plays = bench.find("demo_plays", &json!({"song": "song-2"}));
    assert_eq!(plays.as_array().unwrap().len(), 3);
    assert_eq!(plays[2]["stars"], 1, "{plays}");
    let near = json!({"find": {"sort": {"$vector": [1.0, 0.0, 0.0]}, "options": {"limit": 1}}});
    let near = bench.server.command("/shop/demo_songs", &near);
    assert_eq!(near["data"]["documents"][0]["name"], "First Frost");
    assert_eq!(seed(&["--remove"]).0, 0);
    assert_eq!(seed(&["--remove"]).0, 0);
    let left = bench
        .server
        .command("/shop", &json!({"findCollections": {}}));
    assert_eq!(left["status"]["collections"], json!([]));
}
