//! Imprint, returns, privacy and terms: pages to fill in.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::State;

use crate::extract::Visitor;
use crate::state::AppState;
use crate::views::Page;

/// A page and its handler: the template is all there is to it.
macro_rules! page {
    ($handler:ident, $page:ident, $path:literal, $title:literal) => {
        #[derive(Debug, Template, WebTemplate)]
        #[template(path = $path)]
        pub(crate) struct $page {
            page: Page,
        }

        pub(crate) async fn $handler(State(state): State<AppState>, visitor: Visitor) -> $page {
            let page = Page::new(&state, &visitor, $title);
            $page { page }
        }
    };
}

page!(imprint, ImprintPage, "legal/imprint.html", "Imprint");
page!(returns, ReturnsPage, "legal/returns.html", "Returns");
page!(privacy, PrivacyPage, "legal/privacy.html", "Privacy");
page!(terms, TermsPage, "legal/terms.html", "Terms");

/// The legal pages that are still samples.
pub(crate) fn samples() -> Vec<&'static str> {
    let pages = [
        (
            "imprint",
            include_str!("../../templates/legal/imprint.html"),
        ),
        (
            "returns",
            include_str!("../../templates/legal/returns.html"),
        ),
        (
            "privacy",
            include_str!("../../templates/legal/privacy.html"),
        ),
        ("terms", include_str!("../../templates/legal/terms.html")),
    ];
    let is_sample = |(_, text): &(_, &str)| text.contains("This page is a sample");
    pages.into_iter().filter(is_sample).map(|it| it.0).collect()
}
