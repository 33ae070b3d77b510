//! axe-core on the page that is open. It is Deque's, and `.ci/run` puts it where this looks; without it the test says
//! `skipped`.

use std::path::Path;

use serde_json::Value;

use super::{Browser, Site};
use crate::skipped;

/// axe-core's one file, where it is below the target folder.
pub fn axe(site: &Site) -> Option<String> {
    let target = Path::new(site.folder).parent().unwrap();
    let axe = target.join("axe-core/node_modules/axe-core/axe.min.js");
    let source = std::fs::read_to_string(&axe);
    if source.is_err() {
        skipped(&format!(
            "{} is not there, so accessibility was not looked at",
            axe.display()
        ));
    }
    source.ok()
}

/// The serious findings on the page that is open, in light and dark.
pub async fn findings(browser: &Browser, axe: &str) -> Vec<String> {
    let mut findings = Vec::new();
    browser.script(axe).await;
    for scheme in ["light", "dark"] {
        browser.prefer(scheme).await;
        let result = browser
            .script_async(
                "const done = arguments[0]; axe.run(document, { resultTypes: ['violations'] })
                    .then(result => done(result), error => done(String(error)))",
            )
            .await;
        let violations = result["violations"].as_array();
        let violations = violations.unwrap_or_else(|| panic!("axe-core did not run: {result}"));
        let serious = |violation: &&Value| {
            matches!(violation["impact"].as_str(), Some("serious" | "critical"))
        };
        findings.extend(violations.iter().filter(serious).map(|violation| {
            let nodes = violation["nodes"].as_array().unwrap();
            let places: Vec<&Value> = nodes.iter().map(|node| &node["html"]).collect();
            let why = &nodes[0]["failureSummary"];
            format!("{scheme}: {} {places:?} {why}", violation["help"])
        }));
    }
    let sideways = "return document.documentElement.scrollWidth > window.innerWidth";
    if browser.script(sideways).await == true {
        findings.push("the page is wider than the screen".to_owned());
    }
    findings.extend(browser.complaints().await);
    findings
}
