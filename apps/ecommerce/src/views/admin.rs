//! The admin pages.

mod orders;
mod products;

use askama::Template;
use askama_web::WebTemplate;

use crate::extract::admin::Session;

pub(crate) use orders::{AdminOrderPage, OrderListPage, RefundPage};
pub(crate) use products::{EditedProduct, InvalidProductPage, ProductFormPage, ProductListPage};

/// The frame around every admin page.
#[derive(Debug)]
pub(crate) struct AdminPage {
    pub(crate) title: String,
    /// What every form has to carry.
    pub(crate) token: String,
    /// Which link of the menu is marked as current.
    pub(crate) section: &'static str,
}

impl AdminPage {
    fn new(session: &Session, section: &'static str, title: &str) -> Self {
        Self {
            title: format!("{title} · {} admin", crate::brand::NAME),
            token: session.token.clone(),
            section,
        }
    }
}

/// A link to another page of a list.
#[derive(Debug)]
pub(crate) struct Paging {
    pub(crate) previous: Option<String>,
    pub(crate) next: Option<String>,
    /// `Page 2 of 7`
    pub(crate) here: String,
}

impl Paging {
    fn new(page: u32, pages: u32, href: impl Fn(u32) -> String) -> Self {
        Self {
            previous: (page > 1).then(|| href(page - 1)),
            next: (page < pages).then(|| href(page + 1)),
            here: format!("Page {page} of {pages}"),
        }
    }
}

#[derive(Debug, Template, WebTemplate)]
#[template(path = "admin/login.html")]
pub(crate) struct LoginPage {
    admin: AdminPage,
    problem: Option<String>,
}

impl LoginPage {
    pub(crate) fn new(session: &Session, problem: Option<String>) -> Self {
        Self {
            admin: AdminPage::new(session, "", "Log in"),
            problem,
        }
    }
}
