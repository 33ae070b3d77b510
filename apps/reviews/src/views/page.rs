//! What every page has, and the page for everything that goes wrong.

use askama::Template;
use askama_web::WebTemplate;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use shared::http::{Problem, RequestId};

use crate::brand;
use crate::domain::account::User;
use crate::domain::session::Visitor;

/// The frame around every page.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) title: String,
    pub(crate) description: String,
    /// Whether search engines may list it.
    pub(crate) listed: bool,
    pub(crate) is_home: bool,
    /// The name of somebody who is signed in.
    pub(crate) visitor: Option<String>,
    pub(crate) is_moderator: bool,
    /// Where signing in and out lead back to.
    pub(crate) here: String,
}

impl Page {
    /// A page with this title before the name of the site.
    pub(super) fn new(title: &str, description: String) -> Self {
        Self {
            title: format!("{title} · {}", brand::NAME),
            description,
            listed: true,
            is_home: false,
            visitor: None,
            is_moderator: false,
            here: "/".to_owned(),
        }
    }

    /// The list of all vehicles.
    pub(super) fn home() -> Self {
        Self {
            is_home: true,
            ..Self::new(
                "Vehicles, by those who own them",
                brand::DESCRIPTION.to_owned(),
            )
        }
    }

    /// In the frame of this visitor.
    pub(super) fn of(self, visitor: &Visitor) -> Self {
        Self {
            visitor: visitor.user.as_ref().map(User::display_name),
            is_moderator: visitor.is_moderator,
            here: visitor.here.clone(),
            ..self
        }
    }

    /// The address of the page to sign in, which leads back here.
    pub(crate) fn sign_in_href(&self) -> String {
        link_back("/sign-in", &self.here)
    }

    /// Keeps the page out of search engines.
    pub(super) fn unlisted(self) -> Self {
        Self {
            listed: false,
            ..self
        }
    }
}

/// The address of a page that leads to another one in the end.
pub(crate) fn link_back(page: &str, next: &str) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    format!("{page}?{}", query.append_pair("next", next).finish())
}

#[derive(Template, WebTemplate)]
#[template(path = "problem.html")]
struct ProblemPage<'a> {
    page: Page,
    status: u16,
    heading: &'a str,
    sentence: &'a str,
    /// Whether the page loads itself again.
    reloads: bool,
    /// Named where the app is at fault, so that it can be looked up.
    request_id: Option<&'a str>,
}

/// An error as a page with a way forward.
pub(crate) fn problem_page(problem: &Problem, id: &RequestId) -> Response {
    let status = problem.status();
    let (heading, otherwise) = match status {
        StatusCode::NOT_FOUND => ("Wrong turn", "There is nothing at this address."),
        StatusCode::SERVICE_UNAVAILABLE => {
            ("Stuck in traffic", "We are busy. Please try again soon.")
        }
        status if status.is_client_error() => {
            ("That did not work", "The request could not be understood.")
        }
        _ => ("A breakdown", "Something went wrong on our side."),
    };
    let page = ProblemPage {
        page: Page::new(heading, brand::DESCRIPTION.to_owned()).unlisted(),
        status: status.as_u16(),
        heading,
        sentence: problem.sentence().unwrap_or(otherwise),
        reloads: problem.reloads(),
        request_id: status.is_server_error().then(|| id.as_str()),
    };
    (status, page).into_response()
}
