//! The page before something is dropped for good: it asks for the name to be typed.

use askama::Template;
use askama_web::WebTemplate;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::answer::Said;
use super::frame::Frame;

/// Asks whether something is meant to be dropped. The form is sent to the address of the page itself.
#[derive(Debug, Template, WebTemplate)]
#[template(path = "confirm.html")]
pub(super) struct ConfirmPage {
    pub(super) frame: Frame,
    /// `the keyspace`
    pub(super) kind: &'static str,
    /// What has to be typed.
    pub(super) name: String,
    /// What is lost, in a sentence.
    pub(super) consequence: String,
    /// Where those go who change their minds.
    pub(super) back: String,
    /// What was typed before, and what was wrong with it.
    pub(super) typed: String,
    pub(super) problem: Option<String>,
    /// What the API said.
    pub(super) errors: Vec<Said>,
}

/// The form of that page.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ConfirmForm {
    name: String,
}

impl ConfirmPage {
    /// Asks for this name.
    pub(super) fn new(
        frame: Frame,
        kind: &'static str,
        name: &str,
        consequence: impl Into<String>,
        back: String,
    ) -> Self {
        Self {
            frame,
            kind,
            name: name.to_owned(),
            consequence: consequence.into(),
            back,
            typed: String::new(),
            problem: None,
            errors: Vec::new(),
        }
    }

    /// Whether the name was typed; if not, the page says so when it is shown again.
    pub(super) fn accepts(&mut self, form: ConfirmForm) -> bool {
        let is_same = form.name.trim() == self.name;
        if !is_same {
            self.problem = Some(format!("Type {} to drop it", self.name));
        }
        self.typed = form.name;
        is_same
    }

    /// Drops it if its name was typed, and leads to another page then; else shows this page again.
    pub(super) async fn answer<D, T>(
        mut self,
        form: ConfirmForm,
        there: &str,
        drop: impl FnOnce() -> D,
    ) -> Response
    where
        D: IntoFuture<Output = Result<T, astra_db::Error>>,
    {
        if !self.accepts(form) {
            return (StatusCode::UNPROCESSABLE_ENTITY, self).into_response();
        }
        match drop().await {
            Ok(_) => Redirect::to(there).into_response(),
            Err(error) => (StatusCode::UNPROCESSABLE_ENTITY, self.refused(&error)).into_response(),
        }
    }

    /// The page again, with what the API said against it.
    pub(super) fn refused(self, error: &astra_db::Error) -> Self {
        Self {
            errors: Said::errors(error),
            ..self
        }
    }
}
