//! Versions before the collections kept accounts, sessions and reviews in tables only. What those hold is carried over
//! into documents when this version starts, and again each hour of the first day, in which instances of the earlier one
//! may still be at work.
//!
//! Doing it again does nothing twice, so a start that was killed is carried on by the next one.

use astra_db::table::Timestamp;
use futures_util::future::try_join_all;

use crate::domain::review::Review;
use crate::error::AppError;
use crate::store::Store;
use crate::use_cases::write_review;

/// So many reviews are carried over at the same time.
const AT_ONCE: usize = 8;

/// Makes documents of what an earlier version left in tables.
pub async fn carry_over(store: &Store, now: Timestamp) -> Result<(), AppError> {
    if !store.earlier.is_due(now).await? {
        return Ok(());
    }
    if !store.earlier.has_tables().await? {
        return Ok(store.earlier.finish(false, now).await?);
    }
    let accounts = accounts(store).await?;
    let sessions = sessions(store, now).await?;
    let reviews = reviews(store).await?;
    if accounts + sessions + reviews > 0 {
        tracing::info!(
            accounts,
            sessions,
            reviews,
            "carried over what an earlier version left"
        );
    }
    Ok(store.earlier.finish(accounts > 0, now).await?)
}

/// Answers how many there were.
async fn accounts(store: &Store) -> Result<usize, AppError> {
    let mut rows = store.earlier.accounts().await?;
    let mut accounts = 0;
    while let Some(row) = rows.next().await? {
        if store.earlier.is_second(&row).await? {
            continue;
        }
        let user_id = row.user_id;
        let Some((key, account)) = row.account() else {
            tracing::warn!(user.id = %user_id, "skipped an account of which columns are missing");
            continue;
        };
        accounts += 1;
        if !store.accounts.insert_as(key, &account).await? {
            tracing::warn!(user.id = %user_id, "skipped a second account of one email address");
        }
    }
    Ok(accounts)
}

async fn sessions(store: &Store, now: Timestamp) -> Result<usize, AppError> {
    let mut rows = store.earlier.sessions().await?;
    let mut sessions = 0;
    while let Some(row) = rows.next().await? {
        if let Some((token, user, expires_at)) = row.session().filter(|(_, _, at)| *at > now) {
            store
                .sessions
                .insert(&token, &user, None, expires_at)
                .await?;
            sessions += 1;
        }
    }
    Ok(sessions)
}

async fn reviews(store: &Store) -> Result<usize, AppError> {
    let mut rows = store.earlier.reviews().await?;
    let (mut count, mut adding) = (0, Vec::new());
    loop {
        let review = rows.next().await?;
        let is_last = review.is_none();
        adding.extend(review.map(|review| add(store, review)));
        if is_last || adding.len() == AT_ONCE {
            let added = try_join_all(adding.drain(..)).await?;
            count += added.into_iter().filter(|is_new| *is_new).count();
        }
        if is_last {
            return Ok(count);
        }
    }
}

/// Answers whether the review was new or newer than its document.
async fn add(store: &Store, review: Review) -> Result<bool, AppError> {
    let (author, vehicle) = (review.author_id, review.vehicle_id);
    let stored = store.reviews.stored(author, vehicle).await?;
    // The row of a review that was deleted, which a replica has still.
    if stored.is_some_and(|stored| stored.is_deleted && review.id <= stored.review.id) {
        return Ok(false);
    }
    if write_review::add(store, &review).await? {
        return Ok(true);
    }
    // Two by one author, of which the earlier version had not withdrawn one: the document decides.
    let stored = store.reviews.stored(author, vehicle).await?;
    if let Some(kept) = stored.filter(|stored| stored.review.id != review.id && !stored.is_deleted)
    {
        tracing::warn!(review.id = %review.id, kept = %kept.review.id, "removed a second review by one author");
        store.reviews.unlist(vehicle, review.id, author).await?;
    }
    Ok(false)
}
