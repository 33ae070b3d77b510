//! What is hidden and who is blocked.

use askama::Template;
use askama_web::WebTemplate;

use super::Page;
use crate::domain::id::UserId;
use crate::domain::review::Review;
use crate::domain::session::Visitor;

/// A hidden review.
#[derive(Debug)]
struct Hidden {
    author: String,
    text: String,
    vehicle_href: String,
    unhide_href: String,
}

/// A blocked user.
#[derive(Debug)]
struct Blocked {
    name: String,
    unblock_href: String,
}

#[derive(Debug, Template, WebTemplate)]
#[template(path = "moderation.html")]
pub(crate) struct ModerationPage {
    page: Page,
    hidden: Vec<Hidden>,
    blocked: Vec<Blocked>,
}

impl ModerationPage {
    pub(crate) fn new(
        visitor: &Visitor,
        hidden: &[Review],
        blocked: Vec<(UserId, String)>,
    ) -> Self {
        let hidden = hidden.iter().map(|review| Hidden {
            author: review.author.clone(),
            text: review.text.clone(),
            vehicle_href: format!("/vehicles/{}", review.vehicle_id),
            unhide_href: format!(
                "/moderation/reviews/{}/{}/unhide",
                review.vehicle_id, review.id
            ),
        });
        let blocked = blocked.into_iter().map(|(id, name)| Blocked {
            name: Some(name)
                .filter(|name| !name.is_empty())
                .unwrap_or_else(|| id.to_string()),
            unblock_href: format!("/moderation/users/{id}/unblock"),
        });
        Self {
            page: Page::new("Moderation", "Moderation".to_owned())
                .unlisted()
                .of(visitor),
            hidden: hidden.collect(),
            blocked: blocked.collect(),
        }
    }
}
