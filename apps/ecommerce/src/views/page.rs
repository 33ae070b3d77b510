//! What every page has: title, menu and cart badge. And the page for everything that goes wrong.

use askama::Template;
use askama_web::WebTemplate;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use shared::http::{Problem, RequestId};

use crate::brand;
use crate::domain::product::Category;
use crate::extract::Visitor;
use crate::state::AppState;
use crate::views::structured::absolute;

/// The frame around every page.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) title: String,
    pub(crate) description: String,
    /// How many pieces the cart holds, as the badge shows it; empty for none.
    pub(crate) badge: String,
    pub(crate) pieces: u64,
    /// Which department's link is marked as current.
    pub(crate) department: Option<Category>,
    /// Scheme and host of the shop where they are known, for links that leave the page.
    pub(crate) base: String,
    /// The path search engines should know this page by.
    pub(crate) canonical: Option<String>,
    /// Whether search engines may list it.
    pub(crate) listed: bool,
    /// The address of the page's own picture.
    pub(crate) image: Option<String>,
}

impl Page {
    /// A page with this title before the shop's name.
    pub(crate) fn new(state: &AppState, visitor: &Visitor, title: &str) -> Self {
        let pieces = visitor.pieces();
        Self {
            title: format!("{title} · {}", brand::NAME),
            base: state
                .public_url
                .as_ref()
                .map(|url| url.as_str().to_owned())
                .unwrap_or_default(),
            badge: match pieces {
                0 => String::new(),
                1..=99 => pieces.to_string(),
                _ => "99+".to_owned(),
            },
            pieces,
            ..Self::bare(title)
        }
    }

    /// The home page.
    pub(crate) fn home(state: &AppState, visitor: &Visitor) -> Self {
        Self {
            title: format!("{} · Things made to be kept", brand::NAME),
            canonical: Some("/".to_owned()),
            ..Self::new(state, visitor, "")
        }
    }

    /// Keeps the page out of search engines.
    pub(crate) fn unlisted(self) -> Self {
        Self {
            listed: false,
            ..self
        }
    }

    fn bare(title: &str) -> Self {
        Self {
            title: format!("{title} · {}", brand::NAME),
            description: brand::DESCRIPTION.to_owned(),
            badge: String::new(),
            pieces: 0,
            department: None,
            base: String::new(),
            canonical: None,
            listed: true,
            image: None,
        }
    }

    /// The address of the picture shown where the page is shared. Those who show it read no SVG.
    pub(crate) fn social_image(&self) -> String {
        let own = self.image.as_ref();
        let own = own.filter(|image| !is_svg(image)).cloned();
        let image = own.unwrap_or_else(|| crate::assets::url("social.jpg"));
        absolute(&self.base, &image)
    }

    /// Whether the menu marks this department as the current one.
    pub(crate) fn is_in(&self, department: Category) -> bool {
        self.department == Some(department)
    }
}

fn is_svg(address: &str) -> bool {
    let kind = std::path::Path::new(address).extension();
    kind.is_some_and(|kind| kind.eq_ignore_ascii_case("svg"))
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
    ways: &'a [(&'a str, &'a str)],
    /// Named where the shop is at fault, so that it can be looked up.
    request_id: Option<&'a str>,
}

/// An error as a page with a way forward.
pub(crate) fn problem_page(problem: &Problem, id: &RequestId) -> Response {
    let status = problem.status();
    let (heading, otherwise, ways): (_, _, &[_]) = match status {
        StatusCode::NOT_FOUND => (
            "We looked everywhere",
            "There is nothing at this address.",
            &[
                ("/products", "Browse all products"),
                ("/orders", "Find an order"),
            ],
        ),
        StatusCode::CONFLICT => (
            "That is no longer possible",
            "Somebody was faster.",
            &[("/cart", "Go to your cart"), ("/products", "Keep shopping")],
        ),
        StatusCode::FORBIDDEN => (
            "We did not do that",
            "This request was refused.",
            &[("/", "Go to the shop"), ("/cart", "Go to your cart")],
        ),
        status if status.is_client_error() => (
            "That did not work",
            "The request could not be understood. Go back, check what you entered and try again.",
            &[("/cart", "Go to your cart"), ("/", "Go to the shop")],
        ),
        StatusCode::SERVICE_UNAVAILABLE => (
            "One moment, please",
            "The shop is busy. Nothing is lost. If you were changing something, check whether it was done before you try again.",
            &[("/", "Try again"), ("/cart", "Go to your cart")],
        ),
        StatusCode::BAD_GATEWAY => (
            "That was not accepted",
            "A service we depend on refused this. Nothing is lost.",
            &[
                ("/checkout", "Check your details"),
                ("/cart", "Go to your cart"),
            ],
        ),
        _ => (
            "This one is on us",
            "Something went wrong on our side. Nothing you had in your cart is lost.",
            &[("/", "Go to the shop"), ("/cart", "Go to your cart")],
        ),
    };
    let page = ProblemPage {
        page: Page::bare(heading).unlisted(),
        status: status.as_u16(),
        heading,
        sentence: problem.sentence().unwrap_or(otherwise),
        reloads: problem.reloads(),
        ways,
        request_id: status.is_server_error().then(|| id.as_str()),
    };
    (status, page).into_response()
}
