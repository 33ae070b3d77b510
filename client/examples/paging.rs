//! Pages: a stream over all of them, and one at a time with a link to the next.
//!
//! Run it like `quickstart`.

#![expect(clippy::print_stdout, reason = "an example talks")]

use astra_db::{ConnectionString, PageState, Value, doc};
use futures_util::TryStreamExt;
use serde_json::json;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let uri: ConnectionString = std::env::var("DATA_API_URI")?.parse()?;
    let db = uri.connect()?;
    if !db.environment().is_astra() {
        db.create_keyspace(uri.keyspace()).await?;
    }
    let numbers = db.create_collection("example_numbers").await?;
    numbers.delete_all().await?;
    numbers
        .insert_many((0..175).map(|n| doc!({"_id": n, "even": n % 2 == 0})))
        .await?;

    // As a stream; the next page is on its way while this one is worked on.
    let even = numbers.find(json!({"even": true})).prefetch(true).await?;
    let sum = even
        .try_fold(0, async |sum, number| {
            Ok(sum + number.get("_id").and_then(Value::as_i64).unwrap_or(0))
        })
        .await?;
    println!("the even numbers below 175 add up to {sum}");

    // As pages of a web site: the state goes into a link and comes back with the next request.
    let mut link: Option<String> = None;
    loop {
        let mut find = numbers.find(json!({}));
        if let Some(state) = link.take() {
            find = find.page_state(PageState::from(state));
        }
        let page = find.page().await?;
        println!("a page of {} documents", page.items.len());
        match page.next_page_state {
            Some(state) => link = Some(state.to_string()),
            None => break,
        }
    }

    numbers.drop().await?;
    Ok(())
}
