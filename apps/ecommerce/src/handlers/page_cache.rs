//! Caches the pages to browse, compressed, until the catalog changes. All that they show of a
//! visitor is the number of items in the cart.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::to_bytes;
use axum::extract::{FromRequestParts as _, Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use shared::http::Precompressed;

use crate::domain::catalog::Catalog;
use crate::error::AppError;
use crate::extract::Visitor;
use crate::state::AppState;

/// How many pages are cached: the number of addresses has no limit.
const MAX_PAGES: usize = 200;
/// The longest address of a page that is cached.
const LONGEST_KEY: usize = 200;

/// The pages of the latest catalog. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(crate) struct PageCache(Arc<Mutex<Pages>>);

#[derive(Debug, Default)]
struct Pages {
    catalog: Arc<Catalog>,
    by_address: HashMap<String, Arc<Precompressed>>,
}

impl PageCache {
    fn of(&self, catalog: &Arc<Catalog>, use_them: impl FnOnce(&mut Pages)) {
        // Every cached page is complete.
        let mut pages = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !Arc::ptr_eq(&pages.catalog, catalog) {
            *pages = Pages {
                catalog: Arc::clone(catalog),
                by_address: HashMap::new(),
            };
        }
        use_them(&mut pages);
    }

    fn find(&self, catalog: &Arc<Catalog>, key: &str) -> Option<Arc<Precompressed>> {
        let mut found = None;
        self.of(catalog, |pages| found = pages.by_address.get(key).cloned());
        found
    }

    fn keep(&self, catalog: &Arc<Catalog>, key: String, page: &Arc<Precompressed>) {
        self.of(catalog, |pages| {
            if pages.by_address.len() == MAX_PAGES {
                pages.by_address.clear();
            }
            pages.by_address.insert(key, Arc::clone(page));
        });
    }
}

/// Responds with the cached page, or renders and caches it.
pub(crate) async fn keep(
    State((state, pages)): State<(AppState, PageCache)>,
    request: Request,
    next: Next,
) -> Result<Response, AppError> {
    if request.method() != Method::GET {
        return Ok(next.run(request).await);
    }
    let catalog = state.current_catalog().await?;
    let (mut parts, body) = request.into_parts();
    let visitor = Visitor::from_request_parts(&mut parts, &state).await?;
    let key = format!("{} {}", visitor.pieces(), parts.uri);
    let headers = parts.headers.clone();
    if let Some(page) = pages.find(&catalog, &key) {
        return Ok(page.response(&headers));
    }
    parts.extensions.insert(visitor);
    let response = next.run(Request::from_parts(parts, body)).await;
    if response.status() != StatusCode::OK || key.len() > LONGEST_KEY {
        return Ok(response);
    }
    let (parts, body) = response.into_parts();
    let html = to_bytes(body, usize::MAX).await;
    let html = html.map_err(|error| AppError::Internal(error.into()))?;
    let media_type = parts.headers.get(CONTENT_TYPE);
    let media_type = media_type
        .and_then(|it| it.to_str().ok())
        .unwrap_or_default();
    let page = Arc::new(Precompressed::new(media_type, Vec::from(html).into()));
    pages.keep(&catalog, key, &page);
    Ok(page.response(&headers))
}
