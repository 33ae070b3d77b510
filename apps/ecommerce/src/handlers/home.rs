//! The home page.

use axum::extract::State;

use crate::error::AppError;
use crate::extract::Visitor;
use crate::state::AppState;
use crate::views::{HomePage, Page, cards};

/// How many products the home page shows.
const FEATURED: u32 = 8;

pub(crate) async fn show(
    State(state): State<AppState>,
    visitor: Visitor,
) -> Result<HomePage, AppError> {
    let featured = state.store.products.featured(FEATURED).await?;
    Ok(HomePage {
        page: Page::home(&state, &visitor),
        featured: cards(&featured),
    })
}
