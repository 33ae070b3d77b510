//! Searching the documents of a server, page by page.

use crate::domain::filter::Filter;
use crate::domain::id::InteractionId;
use crate::domain::page::{Page, PageAt};
use crate::domain::search::{Count, Order, Search};
use crate::error::AppError;
use crate::invocation::Invocation;
use crate::store::Store;

/// Finds the first page, and keeps the search for its buttons where there is another.
pub async fn search(
    store: &Store,
    invocation: &Invocation,
    filter: Filter,
    order: Order,
) -> Result<(Search, Page), AppError> {
    let uncounted = Count {
        counted: 0,
        and_more: false,
    };
    let mut search = Search::new(
        invocation.id,
        invocation.guild,
        invocation.by.id,
        filter,
        order,
        uncounted,
    );
    let (page, total) = tokio::try_join!(
        store
            .documents
            .page(invocation.guild, &search, PageAt::FIRST),
        store.documents.count(invocation.guild, &search.filter),
    )?;
    search.total = total;
    // Only a search with another page is ever asked for again.
    if page.next.is_some() {
        store.searches.insert(&search).await?;
    }
    Ok((search, page))
}

/// Finds another page of a search of the same member.
pub async fn another_page(
    store: &Store,
    invocation: &Invocation,
    id: InteractionId,
    at: PageAt,
) -> Result<(Search, Page), AppError> {
    let pressed_at = invocation.id.0.made_at();
    let Some(search) = store
        .searches
        .find(invocation.guild, id, pressed_at)
        .await?
    else {
        return Err(AppError::refused(
            "This search is over: they are kept for a day. Please give /find again.",
        ));
    };
    if search.asked_by != invocation.by.id {
        return Err(AppError::refused(
            "These buttons are for whoever searched. /find makes some of your own.",
        ));
    }
    let page = store.documents.page(invocation.guild, &search, at).await?;
    Ok((search, page))
}
