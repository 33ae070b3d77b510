//! A table made of a struct, with an index for each question: the example of the README.
//!
//! Run it like `quickstart`.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "an example talks"
)]

use astra_db::{ConnectionString, Database};

// It stands in the README as it stands here.
#[rustfmt::skip]
pub(crate) async fn run(db: Database) -> astra_db::Result<()> {
    use astra_db::table::{Timestamp, Uuid};
    use astra_db::{TableRow, Udt, Vector};
    use serde::{Deserialize, Serialize};

    #[derive(Serialize, Deserialize, TableRow)]
    #[table(name = "reviews", partition = ReviewsOfVehicle)]
    #[serde(rename_all = "camelCase")]
    struct Review {
        #[partition_key]
        vehicle: Uuid,
        #[clustering(desc)]
        written_at: Timestamp,
        #[index]
        rating: i32,
        #[text_index]
        text: Option<String>,
        #[vector(dimension = 1024)]
        #[vector_index(metric = "dot_product")]
        likeness: Option<Vector>,
        author: Author,
    }

    #[derive(Serialize, Deserialize, Udt)]
    #[udt(name = "author")]
    struct Author {
        name: String,
        since: Option<Timestamp>,
    }

    // What is missing is made; a second time, nothing is. `.plan()` only tells.
    let done = db.sync_table::<Review>().await?;
    for drift in &done.drift {
        eprintln!("left as it is: {drift}");
    }

    let reviews = db.table_of::<Review>();
    let author = Author { name: "Brian".into(), since: None };
    let (vehicle, written_at) = (Uuid::now_v7(), Timestamp::now());
    let review = Review { vehicle, written_at, rating: 2, text: None, likeness: None, author };
    reviews.insert_one(&review).await?;

    // All columns of the key, or it does not compile. `review.key()` is the same.
    let key = ReviewKey { vehicle, written_at };
    reviews.update_by_key(&key, Review::rating().set(5)).await?;

    let of_vehicle = reviews.find(ReviewsOfVehicle { vehicle }).all().await?;
    let bad = reviews.find(Review::rating().lte(2)).all().await?;
    println!("{} reviews of the vehicle, {} bad ones", of_vehicle.len(), bad.len());
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let uri: ConnectionString = std::env::var("DATA_API_URI")?.parse()?;
    let db = uri.connect()?;
    if !db.environment().is_astra() {
        db.create_keyspace(uri.keyspace()).await?;
    }
    run(db.clone()).await?;
    db.drop_table("reviews").await?;
    db.drop_type("author").await?;
    Ok(())
}
