//! One vehicle, what it was given, and what people say.

use askama::Template;
use askama_web::WebTemplate;
use astra_db::table::Timestamp;

use crate::domain::rating::{Rating, Tally};
use crate::domain::review::Review;
use crate::domain::session::Visitor;
use crate::domain::vehicle::{RatedVehicle, VehicleDetails};
use crate::views::{Page, Stars, count, picture, reviews};

/// How often a number of stars was given.
#[derive(Debug)]
struct Bar {
    /// `5 stars`
    label: String,
    number: u32,
    /// Of all ratings, from 0 to 100.
    percent: u32,
}

impl Bar {
    fn new(rating: Rating, tally: &Tally) -> Self {
        let number = tally.of(rating);
        Self {
            label: count(rating.stars().into(), "star"),
            number,
            percent: (number * 100)
                .checked_div(tally.count())
                .unwrap_or_default(),
        }
    }
}

/// A review as it is read.
#[derive(Debug)]
struct Card {
    author: String,
    stars: Stars,
    /// `12 March 2025`
    date: String,
    datetime: String,
    edited: bool,
    text: String,
    hide_href: String,
    block_href: String,
}

impl From<&Review> for Card {
    fn from(review: &Review) -> Self {
        Self {
            author: review.author.clone(),
            stars: Stars::of_rating(review.rating),
            date: day(review.created_at),
            datetime: review.created_at.to_string(),
            edited: review.updated_at != review.created_at,
            text: review.text.clone(),
            hide_href: format!(
                "/moderation/reviews/{}/{}/hide",
                review.vehicle_id, review.id
            ),
            block_href: format!("/moderation/users/{}/block", review.author_id),
        }
    }
}

#[derive(Debug, Template, WebTemplate)]
#[template(path = "vehicle.html")]
pub(crate) struct VehiclePage {
    page: Page,
    make: String,
    make_href: String,
    model: String,
    year: i32,
    image: String,
    stars: Option<Stars>,
    count: String,
    bars: Vec<Bar>,
    heading: &'static str,
    is_older: bool,
    newest_href: String,
    review_href: String,
    /// Whether the visitor has reviewed it.
    is_reviewed: bool,
    reviews: Vec<Card>,
    older: Option<String>,
}

impl VehiclePage {
    /// `is_older`: whether newer reviews come before these.
    pub(crate) fn new(
        visitor: &Visitor,
        details: &VehicleDetails,
        is_older: bool,
        is_reviewed: bool,
    ) -> Self {
        let VehicleDetails {
            rated: RatedVehicle { vehicle, tally },
            reviews: found,
        } = details;
        let name = format!("{} {} {}", vehicle.make, vehicle.model, vehicle.year);
        let href = format!("/vehicles/{}", vehicle.id);
        let given = reviews(tally.count());
        let page = Page::new(
            &name,
            format!("{name}: {given} by people who live with one."),
        )
        .of(visitor);
        let mut make_href = form_urlencoded::Serializer::new("/?".to_owned());
        make_href.append_pair("make", &vehicle.make);
        Self {
            page: if is_older { page.unlisted() } else { page },
            make: vehicle.make.clone(),
            make_href: make_href.finish(),
            model: vehicle.model.clone(),
            year: vehicle.year,
            image: picture(vehicle),
            stars: Stars::of_tally(tally),
            count: given,
            bars: Rating::ALL
                .iter()
                .rev()
                .map(|rating| Bar::new(*rating, tally))
                .collect(),
            heading: if is_older { "Older reviews" } else { "Reviews" },
            is_older,
            older: found
                .next_cursor
                .as_deref()
                .map(|before| format!("{href}?before={before}#reviews")),
            newest_href: format!("{href}#reviews"),
            review_href: format!("{href}/review"),
            is_reviewed,
            reviews: found.items.iter().map(Card::from).collect(),
        }
    }
}

/// `12 March 2025`, in universal time: the page does not know where its reader is.
fn day(moment: Timestamp) -> String {
    let moment = jiff::Timestamp::from_millisecond(moment.as_millis()).unwrap_or_default();
    moment.strftime("%-d %B %Y").to_string()
}
