//! What every page has around it: title, menu, and the way back.

use askama::Template;
use askama_web::WebTemplate;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use shared::http::{Problem, RequestId};

use super::address;
use super::flash::Done;
use super::state::Console;

/// The frame around a page.
#[derive(Debug)]
pub(super) struct Frame {
    /// What the page is about: `products`.
    pub(super) heading: String,
    pub(super) section: Section,
    /// From the overview down to the page above this one.
    pub(super) above: Vec<Link>,
    /// Whether there is somebody to sign out.
    pub(super) signed_in: bool,
    /// What the last form did.
    pub(super) done: Option<Done>,
}

/// A place in the menu.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Section {
    Data,
    Commands,
    Connect,
    /// None of them.
    Elsewhere,
    /// Outside of all of them: for those who are not signed in there is no menu.
    Door,
}

/// A link and its words.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) href: String,
    pub(super) label: String,
}

impl Frame {
    /// A page with this heading, below nothing.
    pub(super) fn new(console: &Console, section: Section, heading: impl Into<String>) -> Self {
        Self {
            heading: heading.into(),
            section,
            above: Vec::new(),
            signed_in: console.access.asks(),
            done: None,
        }
    }

    /// A page of the data, below the overview.
    pub(super) fn data(console: &Console, heading: impl Into<String>) -> Self {
        Self::new(console, Section::Data, heading).below(address::HOME, "Keyspaces")
    }

    /// Below this page, which is below those named before.
    pub(super) fn below(mut self, href: impl Into<String>, label: impl Into<String>) -> Self {
        self.above.push(Link {
            href: href.into(),
            label: label.into(),
        });
        self
    }

    /// Tells what the last form did.
    pub(super) fn done(self, done: Option<Done>) -> Self {
        Self { done, ..self }
    }

    /// A page that knows nobody: the sign-in, and errors.
    pub(super) fn bare(section: Section, heading: &str) -> Self {
        Self {
            heading: heading.to_owned(),
            section,
            above: Vec::new(),
            signed_in: false,
            done: None,
        }
    }

    /// What the page is about.
    pub(super) fn heading(&self) -> &str {
        &self.heading
    }

    /// `products · shop · astra-dev`
    pub(super) fn title(&self) -> String {
        let above = self
            .above
            .iter()
            .skip(1)
            .rev()
            .map(|link| link.label.as_str());
        let words: Vec<&str> = std::iter::once(self.heading.as_str())
            .chain(above)
            .chain(["astra-dev"])
            .collect();
        words.join(" · ")
    }

    pub(super) fn is_in(&self, section: Section) -> bool {
        self.section == section
    }
}

#[derive(Template, WebTemplate)]
#[template(path = "problem.html")]
struct ProblemPage<'a> {
    frame: Frame,
    status: u16,
    sentence: &'a str,
    request_id: &'a str,
}

/// An error as a page with a way forward.
pub(super) fn problem_page(problem: &Problem, id: &RequestId) -> Response {
    let (heading, otherwise) = match problem.status() {
        StatusCode::NOT_FOUND => ("Not found", "There is nothing at this address."),
        StatusCode::FORBIDDEN => ("Refused", "This request was refused."),
        StatusCode::PAYLOAD_TOO_LARGE => (
            "Too large",
            "A form holds 20 MB of JSON at most. `astra-dev import` takes files of any size.",
        ),
        status if status.is_client_error() => (
            "That did not work",
            "The request could not be understood. Go back, and try again.",
        ),
        _ => (
            "That did not work",
            "The server could not do this; its log says more.",
        ),
    };
    let page = ProblemPage {
        frame: Frame::bare(Section::Elsewhere, heading),
        status: problem.status().as_u16(),
        sentence: problem.sentence().unwrap_or(otherwise),
        request_id: id.as_str(),
    };
    (problem.status(), page).into_response()
}
