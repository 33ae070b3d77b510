//! The client against the recorded answers of the real server: each recorded command on documents is made with the
//! client's own methods, and answered as the real server answered. What the client sends must be the recorded command,
//! and what it hands to its caller must be the recorded answer.

mod expected;
mod perform;
pub(crate) mod script;

use astra_db::{DataApiClient, DefaultRetryPolicy, Document, Value};

use self::perform::{NotExpressible, perform};
use self::script::Script;
use crate::expand::expand;
use crate::golden::{self, Body, Scenario, Step};
use crate::json::Json;

/// How many of the recorded commands the client can express and was tested with, and why others were left out.
#[derive(Default)]
struct Tally {
    tested: usize,
    left_out: usize,
    failures: Vec<String>,
}

#[tokio::test]
async fn the_client_sends_what_was_recorded_and_reads_what_was_answered() {
    let mut tally = Tally::default();
    for topic in [
        "01-filters",
        "02-updates",
        "03-reads",
        "04-inserts",
        "05-vectors",
        "08-requests",
        "09-special-fields-and-warnings",
    ] {
        for scenario in golden::load(topic).unwrap() {
            replay(&scenario, &mut tally).await;
        }
    }
    let Tally {
        tested,
        left_out,
        failures,
    } = tally;
    crate::say(&format!(
        "client, recorded answers: {tested} steps passed, {left_out} cannot be said with it"
    ));
    assert!(failures.is_empty(), "\n{}\n", failures.join("\n"));
    // What cannot be said is mostly what the server refuses: wrong types, unknown options.
    assert!(
        tested > 5 * left_out,
        "{tested} tested, {left_out} left out"
    );
}

async fn replay(scenario: &Scenario, tally: &mut Tally) {
    let mut answers: Vec<Option<Json>> = Vec::new();
    for (index, step) in scenario.steps.iter().enumerate() {
        let answer = step.expect.as_ref().map(sample);
        if let (Some(answer), Some(command)) = (&answer, data_command(step, &answers)) {
            match check(&command, &exact(answer)).await {
                Ok(()) => tally.tested += 1,
                Err(Trouble::NotExpressible) => tally.left_out += 1,
                Err(Trouble::Different(what)) => {
                    tally
                        .failures
                        .push(format!("{} [{index}]: {what}", scenario.name));
                }
            }
        }
        answers.push(answer);
    }
}

/// The command of a step on documents, written out.
fn data_command(step: &Step, answers: &[Option<Json>]) -> Option<Document> {
    let usual = step.http.method.is_none() && step.http.path.is_none() && step.status == 200;
    let on_collection = !matches!(step.target.as_str(), "general" | "keyspace");
    match &step.body {
        Body::Json(body) if usual && on_collection => {
            let text = expand(body, "ks", answers).unwrap().to_text();
            // Some are nested deeper than the client reads.
            let command: Document = text.parse().ok()?;
            let known = command
                .iter()
                .next()
                .is_some_and(|(name, _)| perform::KNOWN.contains(&name));
            known.then_some(command)
        }
        _ => None,
    }
}

enum Trouble {
    NotExpressible,
    Different(String),
}

impl From<NotExpressible> for Trouble {
    fn from(_: NotExpressible) -> Self {
        Self::NotExpressible
    }
}

async fn check(command: &Document, answer: &Value) -> Result<(), Trouble> {
    let script = Script::answering(answer);
    let client = DataApiClient::builder()
        .transport(script.clone())
        .retry(DefaultRetryPolicy::never())
        .build();
    let collection = client
        .and_then(|client| client.database("recorded"))
        .unwrap()
        .keyspace("ks")
        .collection("c");
    let (name, payload) = command.iter().next().ok_or(Trouble::NotExpressible)?;
    let payload = payload.as_object().ok_or(Trouble::NotExpressible)?;
    let seen = perform(&collection, name, payload).await?;
    let sent = script
        .first()
        .ok_or_else(|| Trouble::Different(format!("{command} was not sent, but {seen}")))?;
    same(
        "sent",
        &expected::without_defaults(&sent),
        &expected::without_defaults(command),
    )?;
    same(
        "handed out",
        &seen,
        &expected::handed_out(name, payload, answer),
    )
}

fn same(what: &str, actual: &Value, expected: &Value) -> Result<(), Trouble> {
    if actual == expected {
        return Ok(());
    }
    Err(Trouble::Different(format!(
        "{what} {actual} instead of {expected}"
    )))
}

pub(crate) fn exact(json: &Json) -> Value {
    json.to_text().parse().unwrap()
}

/// An answer the expectation allows: matchers become a value they match.
pub(crate) fn sample(expected: &Json) -> Json {
    let field = |name: &str| expected.as_object().and_then(|fields| fields.get(name));
    if let Some(matcher) = field("$match").and_then(Json::as_str) {
        return match matcher {
            "uuid" => Json::from("0b2fe6b4-8e1d-4b2a-9a57-8f0b2f7e7a1d"),
            "objectId" => Json::from("65f1a7d0e4b0c9a1b2c3d4e5"),
            "now" => Json::parse("1700000000000").unwrap(),
            "count" => Json::parse("5").unwrap(),
            "documents" => {
                let count = field("count").and_then(Json::as_integer).unwrap_or(0);
                Json::List(
                    (0..count)
                        .map(|n| Json::parse(&format!("{{\"_id\": {n}}}")).unwrap())
                        .collect(),
                )
            }
            _ => Json::from("any"),
        };
    }
    if let Some(number) = field("$approx") {
        return number.clone();
    }
    if let Some(number) = field("$num").and_then(Json::as_str) {
        return Json::parse(number).unwrap();
    }
    match expected {
        Json::List(items) => Json::List(items.iter().map(sample).collect()),
        Json::Object(fields) => Json::Object(
            fields
                .iter()
                .map(|(name, value)| (name.clone(), sample(value)))
                .collect(),
        ),
        other => other.clone(),
    }
}
