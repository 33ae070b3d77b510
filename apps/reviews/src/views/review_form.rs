//! The form in which a review is written and changed.

use askama::Template;
use askama_web::WebTemplate;
use serde::Deserialize;
use shared::field_errors::FieldErrors;

use super::Page;
use crate::domain::rating::Rating;
use crate::domain::review::Review;
use crate::domain::session::Visitor;
use crate::domain::vehicle::Vehicle;

/// What somebody typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ReviewTerms {
    pub(crate) rating: String,
    pub(crate) text: String,
}

impl From<&Review> for ReviewTerms {
    fn from(review: &Review) -> Self {
        Self {
            rating: review.rating.stars().to_string(),
            text: review.text.clone(),
        }
    }
}

/// One to five stars to choose from.
#[derive(Debug)]
struct Choice {
    stars: String,
    label: String,
    is_chosen: bool,
}

#[derive(Debug, Template, WebTemplate)]
#[template(path = "review.html")]
pub(crate) struct ReviewPage {
    page: Page,
    name: String,
    href: String,
    choices: Vec<Choice>,
    text: String,
    rating_problem: Option<String>,
    text_problem: Option<String>,
    /// What is wrong, where no field is to blame.
    pub(crate) problem: Option<String>,
    /// Whether there is a review to change or delete.
    is_written: bool,
}

impl ReviewPage {
    pub(crate) fn new(
        visitor: &Visitor,
        vehicle: &Vehicle,
        terms: &ReviewTerms,
        is_written: bool,
    ) -> Self {
        let name = format!("{} {} {}", vehicle.make, vehicle.model, vehicle.year);
        let title = format!("Your review of the {name}");
        let choices = Rating::ALL.iter().map(|rating| {
            let stars = rating.stars().to_string();
            Choice {
                label: super::count(rating.stars().into(), "star"),
                is_chosen: stars == terms.rating,
                stars,
            }
        });
        Self {
            page: Page::new(&title, title.clone()).unlisted().of(visitor),
            href: format!("/vehicles/{}", vehicle.id),
            name,
            choices: choices.collect(),
            text: terms.text.clone(),
            rating_problem: None,
            text_problem: None,
            problem: None,
            is_written,
        }
    }

    /// Marks the fields that are wrong.
    pub(crate) fn invalid(mut self, errors: &FieldErrors) -> Self {
        self.rating_problem = errors.get("rating").map(str::to_owned);
        self.text_problem = errors.get("text").map(str::to_owned);
        self
    }
}
