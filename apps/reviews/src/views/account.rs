//! The account of somebody who is signed in, and what they have written.

use askama::Template;
use askama_web::WebTemplate;

use super::Page;
use super::stars::Stars;
use crate::domain::account::User;
use crate::domain::review::Review;
use crate::domain::session::Visitor;
use crate::domain::vehicle::Vehicle;

/// A review in the list of its author.
#[derive(Debug)]
struct Own {
    vehicle: String,
    href: String,
    stars: Stars,
}

#[derive(Debug, Template, WebTemplate)]
#[template(path = "account.html")]
pub(crate) struct AccountPage {
    page: Page,
    name: String,
    email: String,
    reviews: Vec<Own>,
}

impl AccountPage {
    pub(crate) fn new(visitor: &Visitor, user: &User, reviews: &[(Vehicle, Review)]) -> Self {
        let reviews = reviews.iter().map(|(vehicle, review)| Own {
            vehicle: format!("{} {} {}", vehicle.make, vehicle.model, vehicle.year),
            href: format!("/vehicles/{}/review", vehicle.id),
            stars: Stars::of_rating(review.rating),
        });
        Self {
            page: Page::new("Your account", "Your account".to_owned())
                .unlisted()
                .of(visitor),
            name: format!("{} {}", user.first_name, user.last_name),
            email: user.email.as_str().to_owned(),
            reviews: reviews.collect(),
        }
    }
}
