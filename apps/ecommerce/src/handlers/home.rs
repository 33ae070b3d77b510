//! The home page.

use std::collections::BTreeSet;

use axum::extract::State;

use crate::error::AppError;
use crate::extract::Visitor;
use crate::state::AppState;
use crate::views::{HomePage, Page, cards, structured};

/// How many products the home page shows.
const FEATURED: usize = 8;

pub(crate) async fn show(
    State(state): State<AppState>,
    visitor: Visitor,
) -> Result<HomePage, AppError> {
    let featured = state.current_catalog().await?.featured(FEATURED);
    let page = Page::home(&state, &visitor);
    Ok(HomePage {
        structured: structured::shop(&page.base),
        page,
        featured: cards(&featured, &BTreeSet::new()),
    })
}
