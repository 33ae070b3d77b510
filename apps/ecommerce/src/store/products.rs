//! The catalogue, in the collection `products`.

use astra_db::{Collection, Database, ErrorCode, InsertOutcome};
use serde_json::{Value, json};

use crate::domain::id::ProductId;
use crate::domain::product::Product;
use crate::domain::search::{Found, MAX_COUNTED, PAGE_SIZE, ProductSearch, SortBy};
use crate::store::StoreError;

/// `$in` takes at most so many values.
const MAX_IN: usize = 100;

/// Questions about products.
#[derive(Debug, Clone)]
pub struct Products(Collection<Product>);

impl Products {
    /// Long texts are shown, never filtered on: leaving them out of the index lifts the limit on
    /// their length.
    pub(super) async fn open(database: &Database) -> Result<Self, StoreError> {
        let unindexed = ["tagline", "description", "highlights", "image"];
        database
            .create_collection("products")
            .definition(astra_db::CollectionDefinition::default().indexing_deny(unindexed))
            .await?;
        Ok(Self(database.collection("products")))
    }

    /// One product.
    pub async fn find(&self, id: &ProductId) -> Result<Option<Product>, StoreError> {
        Ok(self.0.find_one(json!({ "_id": id })).await?)
    }

    /// Those of the wanted products that exist, in no particular order.
    pub async fn with_ids(&self, ids: &[&ProductId]) -> Result<Vec<Product>, StoreError> {
        let mut products = Vec::with_capacity(ids.len());
        for ids in ids.chunks(MAX_IN) {
            products.extend(
                self.0
                    .find(json!({ "_id": { "$in": ids } }))
                    .await?
                    .all()
                    .await?,
            );
        }
        Ok(products)
    }

    /// One page of what matches, and how many match in all.
    pub async fn search(&self, search: &ProductSearch) -> Result<Found, StoreError> {
        let filter = filter(search);
        let skip = (search.page.get() - 1) * PAGE_SIZE;
        let page = self
            .0
            .find(&filter)
            .sort(sort(search.sort))
            .skip(skip)
            .limit(PAGE_SIZE);
        let products = page.await?.all().await?;
        let total = match self.0.count_documents(&filter, MAX_COUNTED).await {
            Err(astra_db::Error::TooManyToCount { counted, .. }) => counted,
            total => total?,
        };
        Ok(Found { products, total })
    }

    /// The products the home page shows.
    pub async fn featured(&self, limit: u32) -> Result<Vec<Product>, StoreError> {
        Ok(self
            .0
            .find(json!({ "featured": true }))
            .sort(json!({ "rank": 1 }))
            .limit(limit)
            .await?
            .all()
            .await?)
    }

    /// Others of the same department.
    pub async fn related(&self, product: &Product, limit: u32) -> Result<Vec<Product>, StoreError> {
        let others = json!({ "category": product.category, "_id": { "$ne": product.id } });
        Ok(self
            .0
            .find(others)
            .sort(json!({ "rank": 1 }))
            .limit(limit)
            .await?
            .all()
            .await?)
    }

    /// Whether there is nothing to sell.
    pub async fn is_empty(&self) -> Result<bool, StoreError> {
        Ok(self.0.find_one(json!({})).await?.is_none())
    }

    /// Stores those of the products whose id is free and answers how many that were. An existing
    /// product is left as it is.
    ///
    /// All of them go in one command, which the embedded database carries out whole or not at all.
    pub async fn insert_missing(&self, products: &[Product]) -> Result<usize, StoreError> {
        match self.0.insert_many(products).await {
            Ok(inserted) => Ok(inserted.inserted_ids.len()),
            Err(astra_db::Error::InsertMany(error)) if only_known_already(&error.outcomes) => {
                Ok(error.inserted().count())
            }
            Err(error) => Err(error.into()),
        }
    }
}

fn only_known_already(outcomes: &[InsertOutcome]) -> bool {
    outcomes.iter().all(|outcome| match outcome {
        InsertOutcome::Inserted(_) => true,
        InsertOutcome::Failed(error) => error.code == ErrorCode::DocumentAlreadyExists,
        _ => false,
    })
}

fn filter(search: &ProductSearch) -> Value {
    let mut filter = serde_json::Map::new();
    if !search.words.is_empty() {
        filter.insert("keywords".into(), json!({ "$all": search.words }));
    }
    if let Some(category) = search.category {
        filter.insert("category".into(), json!(category));
    }
    let mut price = serde_json::Map::new();
    if let Some(cents) = search.min_price_cents {
        price.insert("$gte".into(), json!(cents));
    }
    if let Some(cents) = search.max_price_cents {
        price.insert("$lte".into(), json!(cents));
    }
    if !price.is_empty() {
        filter.insert("price.amount_cents".into(), price.into());
    }
    filter.into()
}

/// Every order ends in `rank` or the name, so that equal prices do not change places between two
/// pages.
fn sort(by: SortBy) -> Value {
    match by {
        SortBy::Featured => json!({ "rank": 1 }),
        SortBy::PriceLow => json!({ "price.amount_cents": 1, "rank": 1 }),
        SortBy::PriceHigh => json!({ "price.amount_cents": -1, "rank": 1 }),
        SortBy::Name => json!({ "name": 1 }),
    }
}
