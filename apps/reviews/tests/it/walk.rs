//! The walk through the API as it is printed in the README, with the program as it is built.

use std::process::Command;

use test_support::{Running, skipped};

const README: &str = include_str!("../../README.md");
/// Between the outputs of two steps.
const NEXT: &str = "-- next step --";

/// Some commands, and what they print.
struct Step {
    commands: String,
    printed: String,
}

fn steps() -> Vec<Step> {
    let (_, section) = README.split_once("## A walk through the API\n").unwrap();
    let section = section.split("\n## ").next().unwrap();
    let blocks: Vec<&str> = section.split("```").skip(1).step_by(2).collect();
    let content = |block: &str, kinds: &[&str]| {
        let (kind, content) = block.split_once('\n').unwrap();
        assert!(kinds.contains(&kind), "a block of {kind}");
        content.to_owned()
    };
    let (pairs, rest) = blocks.as_chunks::<2>();
    assert!(rest.is_empty(), "commands without their output");
    let step = |[commands, printed]: &[&str; 2]| Step {
        commands: content(commands, &["sh"]),
        printed: content(printed, &["json", "text"]),
    };
    pairs.iter().map(step).collect()
}

/// Whether a line is as it is printed, where `…` stands for anything.
fn fits(line: &str, printed: &str) -> bool {
    let mut parts = printed.split('…');
    let Some(mut rest) = parts.next().and_then(|first| line.strip_prefix(first)) else {
        return false;
    };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else {
        return rest.is_empty();
    };
    for part in middle {
        let Some((_, after)) = rest.split_once(part) else {
            return false;
        };
        rest = after;
    }
    rest.ends_with(last)
}

#[test]
fn the_walk_through_the_api_goes_as_it_is_printed() {
    if Command::new("curl").arg("--version").output().is_err() {
        skipped("curl is not installed, so nobody walked through the API");
        return;
    }
    let (data, steps) = (tempfile::tempdir().unwrap(), steps());
    let mut app = Command::new(env!("CARGO_BIN_EXE_reviews"));
    let app = Running::start(app.env("DATA_DIR", data.path()).env("RUST_LOG", "warn"));
    assert!(
        steps.len() > 6,
        "the walk is longer than {} steps",
        steps.len()
    );
    let separator = format!("\necho; echo '{NEXT}'\n");
    let commands: Vec<&str> = steps.iter().map(|step| step.commands.as_str()).collect();
    let output = Command::new("sh")
        .args(["-e", "-c", &commands.join(&separator)])
        .env("URL", &app.url)
        .output()
        .unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success() && stderr.is_empty(), "{stderr}");
    let stdout = String::from_utf8(output.stdout).unwrap();
    let outputs: Vec<&str> = stdout.split(NEXT).collect();
    assert_eq!(outputs.len(), steps.len(), "{stdout}");
    for (step, output) in steps.iter().zip(outputs) {
        let lines: Vec<&str> = output.lines().filter(|line| !line.is_empty()).collect();
        let printed: Vec<&str> = step.printed.lines().collect();
        assert_eq!(lines.len(), printed.len(), "{}{output}", step.commands);
        for (line, printed) in lines.iter().zip(printed) {
            assert!(
                fits(line, printed),
                "{}\nprinted: {printed}\n    got: {line}",
                step.commands
            );
        }
    }
}

#[test]
fn a_line_fits_what_is_printed_of_it() {
    assert!(fits(r#"{"id":"1","rating":4}"#, r#"{"id":"…","rating":4}"#));
    assert!(fits("abc", "abc") && fits("abc", "…") && fits("abbc", "a…b…c"));
    for (line, printed) in [("abc", "ab"), ("abc", "…b"), ("abc", "b…"), ("ac", "a…b…c")] {
        assert!(!fits(line, printed), "{line} {printed}");
    }
}
