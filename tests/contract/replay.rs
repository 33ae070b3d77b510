//! Runs the scenarios of a topic against a backend and counts what was answered as recorded.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use indexmap::IndexMap;
use uuid::Uuid;

use crate::backend::{Backend, Call, Reply};
use crate::compare::{clean, differences};
use crate::expand::expand;
use crate::golden::{Body, Scenario, Step};
use crate::json::Json;
use crate::mcp;

/// Reads that a real database may not be ready for, right after an index was made or under load.
const READS: [&str; 3] = ["find", "findOne", "countDocuments"];
const NOT_READY: [&str; 2] = ["FAILED_READ_REQUEST", "TIMEOUT_READING_DATA"];

/// What came of a topic.
#[derive(Debug, Default)]
pub(crate) struct Report {
    pub(crate) passed: usize,
    pub(crate) failed: usize,
    /// Steps that this backend cannot be asked, because they are about HTTP itself.
    pub(crate) skipped: usize,
    /// Where, what was sent, and how the answer differs.
    pub(crate) failures: Vec<String>,
}

/// Replays every scenario and goes on after failures, so that the report is complete.
pub(crate) async fn replay(backend: &Backend, topic: &str, scenarios: &[Scenario]) -> Report {
    let mut report = Report::default();
    for scenario in scenarios {
        if !backend.speaks_http() && scenario.steps.iter().any(mcp::is_mcp) {
            report.skipped += scenario.steps.len();
            continue;
        }
        let keyspace = format!("golden_{}", &Uuid::new_v4().simple().to_string()[..10]);
        let mut run = Run {
            backend,
            keyspace: &keyspace,
            answers: Vec::new(),
            headers: Vec::new(),
            pages: HashMap::new(),
        };
        if let Err(error) = run.scenario(topic, scenario, &mut report).await {
            let (name, step) = (&scenario.name, run.answers.len());
            report.failed += scenario.steps.len() - step;
            let failure = format!("FAIL {topic}:{name}: stopped before step {step}: {error:#}");
            report.failures.push(failure);
        }
    }
    report
}

/// A scenario under way.
struct Run<'a> {
    backend: &'a Backend,
    keyspace: &'a str,
    /// The answer to each step so far, for `$from`.
    answers: Vec<Option<Json>>,
    /// The headers of the answer to each step so far.
    headers: Vec<IndexMap<String, Json>>,
    /// For each series of pages, the documents expected and those answered.
    pages: HashMap<String, (Vec<Json>, Vec<Json>)>,
}

impl Run<'_> {
    async fn scenario(
        &mut self,
        topic: &str,
        scenario: &Scenario,
        report: &mut Report,
    ) -> anyhow::Result<()> {
        self.keyspace_command("createKeyspace", self.keyspace)
            .await?;
        let outcome = self.steps(topic, scenario, report).await;
        let extra = scenario.extra_keyspaces.iter();
        let extra = extra.map(|name| name.replace("{ks}", self.keyspace));
        for name in extra.chain([self.keyspace.to_owned()]) {
            self.keyspace_command("dropKeyspace", &name).await?;
        }
        outcome
    }

    async fn steps(
        &mut self,
        topic: &str,
        scenario: &Scenario,
        report: &mut Report,
    ) -> anyhow::Result<()> {
        for (index, step) in scenario.steps.iter().enumerate() {
            let Some((status, headers, answer)) = self.ask(step).await? else {
                report.skipped += 1;
                self.headers.push(IndexMap::new());
                self.answers.push(None);
                continue;
            };
            let mut found = self.check(step, status, answer.as_ref());
            let kept = headers
                .iter()
                .filter(|(name, _)| step.headers.contains_key(*name));
            let kept = Json::Object(
                kept.map(|(name, value)| (name.clone(), value.clone()))
                    .collect(),
            );
            let expected = Json::Object(step.headers.clone());
            found.extend(differences(&expected, &kept, "headers", false));
            self.headers.push(headers);
            self.answers.push(answer);
            if found.is_empty() {
                report.passed += 1;
            } else {
                report.failed += 1;
                let place = format!("{topic}:{} [{index}] {}", scenario.name, step.target);
                report.failures.push(failure(&place, step, &found));
            }
        }
        Ok(())
    }

    /// Status, headers and body of the answer, `None` where the backend cannot be asked this.
    async fn ask(
        &self,
        step: &Step,
    ) -> anyhow::Result<Option<(u16, IndexMap<String, Json>, Option<Json>)>> {
        let call = self.call(step)?;
        let mut repeats = 0;
        loop {
            let reply = self.backend.send(&call).await?;
            let Reply::Answer {
                status,
                headers,
                body,
            } = reply
            else {
                return Ok(None);
            };
            // A body that is not JSON is as good as none; the comparison says so where one was expected.
            let answer = Json::parse(&body).ok();
            let answer = answer.map(|answer| mcp::in_order(step, answer));
            if repeats == 4 || !is_not_ready(step, answer.as_ref()) {
                return Ok(Some((status, headers, answer)));
            }
            repeats += 1;
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }

    fn call(&self, step: &Step) -> anyhow::Result<Call> {
        let usual = match step.target.as_str() {
            "general" => "/v1".to_owned(),
            "keyspace" => format!("/v1/{}", self.keyspace),
            "mcp" => mcp::PATH.to_owned(),
            name => format!("/v1/{}/{name}", self.keyspace),
        };
        let path = step.http.path.as_ref().unwrap_or(&usual);
        Ok(Call {
            method: step.http.method.clone(),
            path: path.replace("{ks}", self.keyspace),
            headers: self.headers(step)?,
            body: match &step.body {
                Body::Json(body) => Some(expand(body, self.keyspace, &self.answers)?.to_text()),
                Body::Raw(raw) => Some(raw.replace("{ks}", self.keyspace)),
                Body::Empty => None,
            },
        })
    }

    /// A header of the answer to an earlier step.
    fn earlier_header(&self, from: &Json) -> anyhow::Result<String> {
        let Some([step, name]) = from.as_list() else {
            anyhow::bail!("$header is {}, not [step, name]", from.short(80));
        };
        let step = step
            .as_integer()
            .and_then(|step| usize::try_from(step).ok());
        let headers = step.and_then(|step| self.headers.get(step));
        let header = headers.and_then(|headers| headers.get(name.as_str()?)?.as_str());
        let header = header.with_context(|| format!("there is no header {}", from.short(80)))?;
        Ok(header.to_owned())
    }

    fn headers(&self, step: &Step) -> anyhow::Result<Vec<(String, Option<String>)>> {
        let value = |(name, value): (&String, &Json)| {
            if let Some(from) = value.get("$header") {
                return Ok((name.clone(), Some(self.earlier_header(from)?)));
            }
            let value = match expand(value, self.keyspace, &self.answers)? {
                Json::String(text) => Some(text),
                Json::Null => None,
                other => anyhow::bail!("the header {name} is {}", other.short(40)),
            };
            Ok((name.clone(), value))
        };
        let mut headers: Vec<_> = step
            .http
            .headers
            .iter()
            .map(value)
            .collect::<anyhow::Result<_>>()?;
        let accepts = |(name, _): &(String, _)| name.eq_ignore_ascii_case("accept");
        if mcp::is_mcp(step) && !headers.iter().any(accepts) {
            headers.push(("Accept".to_owned(), Some(mcp::ACCEPT.to_owned())));
        }
        Ok(headers)
    }

    fn check(&mut self, step: &Step, status: u16, answer: Option<&Json>) -> Vec<String> {
        let got = clean(answer.unwrap_or(&Json::Null), self.keyspace);
        if step.any_error {
            return no_error(status, &got).into_iter().collect();
        }
        let mut found = Vec::new();
        if status != step.status {
            let want = step.status;
            found.push(format!("HTTP status: want {want}, got {status}"));
        }
        if let Some(expect) = &step.expect {
            let paged = self.page(step, expect, &got, &mut found);
            let expect = paged.as_ref().unwrap_or(expect);
            found.extend(differences(expect, &got, "", step.unordered));
        }
        found
    }

    /// Notes a page. What is left to compare of it is its size; the last one adds the union of all of them.
    fn page(
        &mut self,
        step: &Step,
        expect: &Json,
        got: &Json,
        found: &mut Vec<String>,
    ) -> Option<Json> {
        let series = step.pages.as_ref()?;
        let documents = documents(expect)?;
        let (wanted, answered) = self.pages.entry(series.clone()).or_default();
        wanted.extend_from_slice(documents);
        answered.extend_from_slice(self::documents(got).unwrap_or_default());
        if expect
            .dig("data.nextPageState")
            .is_ok_and(|state| *state == Json::Null)
        {
            let (wanted, answered) = (Json::List(wanted.clone()), Json::List(answered.clone()));
            let path = "union of the pages.documents";
            found.extend(differences(&wanted, &answered, path, true));
        }
        Some(with_size_only(expect, documents.len()))
    }

    async fn keyspace_command(&self, command: &str, name: &str) -> anyhow::Result<()> {
        let call = Call {
            method: None,
            path: "/v1".to_owned(),
            headers: Vec::new(),
            body: Some(format!(r#"{{"{command}": {{"name": "{name}"}}}}"#)),
        };
        let Reply::Answer { body, .. } = self.backend.send(&call).await? else {
            anyhow::bail!("the backend cannot be asked {command}");
        };
        let answer = Json::parse(&body).with_context(|| format!("{command}: {body}"))?;
        let ok = answer.dig("status.ok").is_ok_and(|ok| *ok == Json::from(1));
        ensure!(ok, "{command}: {body}");
        Ok(())
    }
}

fn documents(answer: &Json) -> Option<&[Json]> {
    answer.get("data")?.get("documents")?.as_list()
}

/// The expectation of a page with its documents reduced to their number.
fn with_size_only(expect: &Json, count: usize) -> Json {
    let size = IndexMap::from([
        ("$match".to_owned(), Json::from("documents")),
        ("count".to_owned(), Json::Number((count as u64).into())),
    ]);
    let mut expect = expect.clone();
    if let Json::Object(fields) = &mut expect
        && let Some(Json::Object(data)) = fields.get_mut("data")
    {
        data.insert("documents".to_owned(), Json::Object(size));
    }
    expect
}

fn no_error(status: u16, got: &Json) -> Option<String> {
    let errors = got.get("errors").and_then(Json::as_list);
    let refused =
        status >= 400 || errors.is_some_and(|errors| !errors.is_empty()) || mcp::is_failure(got);
    (!refused).then(|| {
        let got = got.short(160);
        format!("want an error of any kind, got HTTP {status} {got}")
    })
}

fn is_not_ready(step: &Step, answer: Option<&Json>) -> bool {
    let is_read = step
        .command()
        .is_some_and(|command| READS.contains(&command));
    is_read && names_not_ready(answer) && !names_not_ready(step.expect.as_ref())
}

fn names_not_ready(answer: Option<&Json>) -> bool {
    let errors = answer.and_then(|answer| answer.get("errors")?.as_list());
    let codes = errors.unwrap_or_default().iter();
    codes
        .filter_map(|error| error.get("errorCode")?.as_str())
        .any(|code| NOT_READY.contains(&code))
}

fn failure(place: &str, step: &Step, found: &[String]) -> String {
    let sent = match &step.body {
        Body::Json(body) => body.short(220),
        Body::Raw(raw) => Json::from(raw.as_str()).short(220),
        Body::Empty => "(no body)".to_owned(),
    };
    let mut text = format!("FAIL {place} {sent}");
    for difference in found.iter().take(6) {
        _ = write!(text, "\n     {difference}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::Script;

    /// Replays one step against a backend that answers it with `answer`; createKeyspace and dropKeyspace succeed.
    async fn report(steps: &str, answers: &[(u16, &str)]) -> Report {
        let text = format!("scenarios:\n- name: s\n  steps:\n{steps}");
        let scenarios = crate::golden::scenarios(&text).unwrap();
        let ok = (200, r#"{"status": {"ok": 1}}"#);
        let answers = [&[ok], answers, &[ok]].concat();
        let backend = Backend::Script(Script::new(&answers));
        replay(&backend, "00-test", &scenarios).await
    }

    #[tokio::test]
    async fn an_answer_as_recorded_passes_and_any_other_is_reported() {
        let step = "  - target: c\n    send: {\"find\": {}}\n    status: 200\n    expect: {\"data\": {\"n\": 1}}\n";
        let same = report(step, &[(200, r#"{"data": {"n": 1.0}}"#)]).await;
        assert_eq!((same.passed, same.failures.len()), (1, 0));
        let other = report(step, &[(500, r#"{"data": {"n": 2}}"#)]).await;
        assert_eq!(
            other.failures,
            [
                "FAIL 00-test:s [0] c {\"find\": {}}\n     HTTP status: want 200, got 500\n     .data.n: want 1, got 2"
            ]
        );
        assert_eq!(report(step, &[(200, "")]).await.failures.len(), 1);
    }

    #[tokio::test]
    async fn where_the_real_server_failed_any_refusal_passes_and_nothing_else() {
        let step =
            "  - target: c\n    send: {}\n    any_error: true\n    status: 200\n    expect: {}\n";
        assert_eq!(
            report(step, &[(200, r#"{"errors": [{}]}"#)]).await.passed,
            1
        );
        assert_eq!(report(step, &[(404, "")]).await.passed, 1);
        assert_eq!(
            report(step, &[(200, r#"{"data": {}}"#)])
                .await
                .failures
                .len(),
            1
        );
    }

    #[tokio::test]
    async fn pages_are_compared_by_size_and_by_their_union() {
        let page = |documents, next| {
            format!(
                "  - target: c\n    send: {{\"find\": {{}}}}\n    pages: p\n    status: 200\n    \
                 expect: {{\"data\": {{\"documents\": {documents}, \"nextPageState\": {next}}}}}\n"
            )
        };
        let steps = page("[1, 2]", "{\"$match\": \"pageState\"}") + &page("[3]", "null");
        let first = |documents| {
            format!(r#"{{"data": {{"documents": {documents}, "nextPageState": "x"}}}}"#)
        };
        let last = |documents| {
            format!(r#"{{"data": {{"documents": {documents}, "nextPageState": null}}}}"#)
        };
        let swapped = report(&steps, &[(200, &first("[3, 1]")), (200, &last("[2]"))]).await;
        assert_eq!(swapped.failures, [""; 0]);
        let twice = report(&steps, &[(200, &first("[3, 1]")), (200, &last("[1]"))]).await;
        assert_eq!(twice.failures.len(), 1, "{twice:?}");
        let short = report(&steps, &[(200, &first("[3]")), (200, &last("[2]"))]).await;
        assert_eq!(short.failures.len(), 2, "{short:?}");
    }

    #[tokio::test]
    async fn a_scenario_that_cannot_go_on_is_a_failure() {
        let step = "  - target: c\n    send: {\"a\": {\"$from\": [7, \"x\"]}}\n    status: 200\n";
        let report = report(step, &[]).await;
        assert_eq!(report.failures.len(), 1);
        assert!(
            report.failures[0].contains("step 7 has no answer"),
            "{report:?}"
        );
    }
}
