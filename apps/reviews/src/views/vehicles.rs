//! The list of vehicles, and what a search found.

use askama::Template;
use askama_web::WebTemplate;
use serde::Deserialize;

use crate::domain::page::Page as Found;
use crate::domain::session::Visitor;
use crate::domain::vehicle::RatedVehicle;
use crate::views::{Page, Stars, picture, reviews};
use shared::field_errors::FieldErrors;

/// What somebody typed into the search form, and where the page begins.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct SearchTerms {
    pub(crate) make: String,
    pub(crate) model: String,
    pub(crate) year: String,
    pub(crate) after: String,
}

impl SearchTerms {
    fn names(&self) -> [(&'static str, &str); 3] {
        [
            ("make", &self.make),
            ("model", &self.model),
            ("year", &self.year),
        ]
    }

    /// Whether anything was asked for.
    fn ask(&self) -> bool {
        self.names().iter().any(|(_, term)| !term.trim().is_empty())
    }

    /// The address of the page that begins after this vehicle.
    fn href(&self, after: &str) -> String {
        let mut query = form_urlencoded::Serializer::new("/?".to_owned());
        query.extend_pairs(
            self.names()
                .iter()
                .filter(|(_, term)| !term.trim().is_empty()),
        );
        query.append_pair("after", after).finish()
    }
}

/// A field of the search form.
#[derive(Debug)]
struct Field {
    name: &'static str,
    label: &'static str,
    placeholder: &'static str,
    value: String,
    problem: Option<String>,
}

/// A vehicle in the grid.
#[derive(Debug)]
struct Card {
    href: String,
    name: String,
    year: i32,
    image: String,
    stars: Option<Stars>,
    count: String,
}

impl From<&RatedVehicle> for Card {
    fn from(rated: &RatedVehicle) -> Self {
        let vehicle = &rated.vehicle;
        Self {
            href: format!("/vehicles/{}", vehicle.id),
            name: format!("{} {}", vehicle.make, vehicle.model),
            year: vehicle.year,
            image: picture(vehicle),
            stars: Stars::of_tally(&rated.tally),
            count: reviews(rated.tally.count()),
        }
    }
}

#[derive(Debug, Template, WebTemplate)]
#[template(path = "vehicles.html")]
pub(crate) struct VehiclesPage {
    page: Page,
    searched: bool,
    fields: [Field; 3],
    heading: String,
    advice: &'static str,
    cards: Vec<Card>,
    next: Option<String>,
}

impl VehiclesPage {
    pub(crate) fn new(visitor: &Visitor, terms: &SearchTerms, found: &Found<RatedVehicle>) -> Self {
        let count = found.items.len();
        let more = if found.next_cursor.is_some() {
            "the first "
        } else {
            ""
        };
        let heading = match (terms.ask(), terms.after.is_empty(), count) {
            (false, true, _) => "All vehicles".to_owned(),
            (_, false, _) => "More vehicles".to_owned(),
            (true, true, 1) => "1 vehicle".to_owned(),
            (true, true, count) => format!("{more}{count} vehicles"),
        };
        let is_home = !terms.ask() && terms.after.is_empty();
        Self {
            page: if is_home {
                Page::home().of(visitor)
            } else {
                Page::home().unlisted().of(visitor)
            },
            searched: !is_home,
            fields: fields(terms, &FieldErrors::default()),
            heading,
            advice: "No vehicle matches. Names are searched whole, in any case: try fewer of them.",
            cards: found.items.iter().map(Card::from).collect(),
            next: found.next_cursor.as_deref().map(|after| terms.href(after)),
        }
    }

    /// The form with what is wrong in it.
    pub(crate) fn invalid(visitor: &Visitor, terms: &SearchTerms, errors: &FieldErrors) -> Self {
        Self {
            page: Page::home().unlisted().of(visitor),
            searched: true,
            fields: fields(terms, errors),
            heading: String::new(),
            advice: "Correct what is marked above and try again.",
            cards: Vec::new(),
            next: None,
        }
    }
}

fn fields(terms: &SearchTerms, errors: &FieldErrors) -> [Field; 3] {
    let field = |name, label, placeholder, value: &str| Field {
        name,
        label,
        placeholder,
        value: value.to_owned(),
        problem: errors.get(name).map(str::to_owned),
    };
    [
        field("make", "Make", "Any", &terms.make),
        field("model", "Model", "Any", &terms.model),
        field("year", "Year", "Any", &terms.year),
    ]
}
