//! For search engines: what to leave alone, and everything there is.

use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HOST};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse, Response};

use crate::domain::product::Category;
use crate::error::AppError;
use crate::state::AppState;

/// A sitemap holds at most so many addresses (<https://www.sitemaps.org/protocol.html>); a larger
/// shop needs several and an index of them.
const MAX_ADDRESSES: usize = 50_000;

/// Answers `/robots.txt`. The admin pages are not named: that would tell where they are, and they
/// ask not to be listed anyway.
pub(crate) async fn robots(State(state): State<AppState>, headers: HeaderMap) -> Response {
    let base = base(&state, &headers);
    let text = format!(
        "User-agent: *\nDisallow: /api/\nDisallow: /cart\nDisallow: /checkout\nDisallow: /orders\n\nSitemap: {base}/sitemap.xml\n"
    );
    kept("text/plain; charset=utf-8", text)
}

/// Answers `/sitemap.xml`: the home page, every department and every product.
pub(crate) async fn sitemap(
    State(state): State<AppState>,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    let base = base(&state, &headers);
    let departments =
        Category::ALL.map(|category| format!("/products?category={}", category.slug()));
    let catalog = state.current_catalog().await?;
    let products = catalog.all_shown();
    let paths = ["/".to_owned(), "/products".to_owned()]
        .into_iter()
        .chain(departments)
        .chain(products.map(|product| format!("/products/{}", product.id)));
    let mut addresses = String::new();
    for path in paths.take(MAX_ADDRESSES) {
        addresses.extend(["  <url><loc>", &base, &path, "</loc></url>\n"]);
    }
    let sitemap = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n{addresses}</urlset>\n"
    );
    Ok(kept("application/xml; charset=utf-8", sitemap))
}

/// The address people type, or the one this request came to where nobody has said.
fn base(state: &AppState, headers: &HeaderMap) -> String {
    if let Some(url) = &state.public_url {
        return url.as_str().to_owned();
    }
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    // What is no plain host name has no place in a document.
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte);
    let host = host.filter(|host| host.bytes().all(is_plain));
    format!("http://{}", host.unwrap_or("localhost"))
}

fn kept(media_type: &'static str, text: String) -> Response {
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static(media_type)),
        (
            CACHE_CONTROL,
            HeaderValue::from_static("public, max-age=3600"),
        ),
    ];
    (headers, text).into_response()
}
