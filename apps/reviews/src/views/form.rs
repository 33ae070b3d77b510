//! The forms about accounts: fields with what was typed and what is wrong with it.

use askama::Template;
use askama_web::WebTemplate;
use shared::field_errors::FieldErrors;

use super::Page;
use crate::domain::session::Visitor;

/// A field of a form.
#[derive(Debug)]
pub(crate) struct Input {
    name: &'static str,
    label: &'static str,
    kind: &'static str,
    autocomplete: &'static str,
    hint: &'static str,
    value: String,
    problem: Option<String>,
}

impl Input {
    /// A field of text, with what a browser may fill in.
    pub(crate) fn text(
        name: &'static str,
        label: &'static str,
        autocomplete: &'static str,
        value: &str,
    ) -> Self {
        let kind = if name == "email" { "email" } else { "text" };
        Self {
            name,
            label,
            kind,
            autocomplete,
            hint: "",
            value: value.to_owned(),
            problem: None,
        }
    }

    /// A password, which is never sent back.
    pub(crate) fn password(
        name: &'static str,
        label: &'static str,
        autocomplete: &'static str,
    ) -> Self {
        Self {
            kind: "password",
            ..Self::text(name, label, autocomplete, "")
        }
    }

    /// Says what is expected.
    pub(crate) fn hint(self, hint: &'static str) -> Self {
        Self { hint, ..self }
    }
}

/// A page with one form.
#[derive(Debug, Template, WebTemplate)]
#[template(path = "form.html")]
pub(crate) struct FormPage {
    page: Page,
    heading: &'static str,
    /// What it is for, or what happened.
    lead: &'static str,
    /// What is wrong, where no field is to blame.
    problem: Option<&'static str>,
    action: &'static str,
    inputs: Vec<Input>,
    /// Sent along: where to go afterwards, for example.
    hidden: Vec<(&'static str, String)>,
    button: &'static str,
    links: Vec<(&'static str, String)>,
}

impl FormPage {
    /// A form that is sent to `action` by the button.
    pub(crate) fn new(
        heading: &'static str,
        action: &'static str,
        button: &'static str,
        inputs: Vec<Input>,
    ) -> Self {
        Self {
            page: Page::new(heading, heading.to_owned()).unlisted(),
            heading,
            lead: "",
            problem: None,
            action,
            inputs,
            hidden: Vec::new(),
            button,
            links: Vec::new(),
        }
    }

    /// In the frame of somebody who is signed in.
    pub(crate) fn of(mut self, visitor: &Visitor) -> Self {
        self.page = self.page.of(visitor);
        self
    }

    /// Says what it is for, or what happened.
    pub(crate) fn lead(self, lead: &'static str) -> Self {
        Self { lead, ..self }
    }

    /// Sends a value along.
    pub(crate) fn hidden(mut self, name: &'static str, value: &str) -> Self {
        self.hidden.push((name, value.to_owned()));
        self
    }

    /// Says what is wrong, where no field is to blame.
    pub(crate) fn problem(self, problem: &'static str) -> Self {
        let problem = Some(problem);
        Self { problem, ..self }
    }

    /// Leads to other pages.
    pub(crate) fn links(self, links: Vec<(&'static str, String)>) -> Self {
        Self { links, ..self }
    }

    /// Marks the fields that are wrong.
    pub(crate) fn invalid(mut self, errors: &FieldErrors) -> Self {
        for input in &mut self.inputs {
            input.problem = errors.get(input.name).map(str::to_owned);
        }
        self
    }
}
