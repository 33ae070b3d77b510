//! The catalogue, in the collection `products`.

use std::collections::BTreeSet;

use astra_db::{Database, Document, ErrorCode, InsertOutcome};
use serde_json::{Value, json};

use crate::brand;
use crate::domain::id::{ProductId, Sku};
use crate::domain::product::Product;
use crate::domain::search::{Found, MAX_COUNTED, PAGE_SIZE, ProductSearch, SortBy};
use crate::store::checked::{Checked, Documents, Read, Stored};
use crate::store::error::StoreError;
use crate::store::guarded::guarded;

/// `$in` takes at most so many values.
const MAX_IN: usize = 100;

/// Questions about products. A product that is not valid is found by [`Products::read`] alone, and
/// named by [`Products::search`].
#[derive(Debug, Clone)]
pub struct Products(Checked<Product>);

impl Stored for Product {
    const COLLECTION: &'static str = "products";
    const IS_SECRET: bool = false;
    const UNINDEXED: &'static [&'static str] = &["tagline", "description", "highlights", "image"];

    fn problem(&self) -> Option<String> {
        let problems = self.problems(brand::CURRENCY);
        let problems = problems.iter().map(|(field, it)| format!("{field}: {it}"));
        Some(problems.collect::<Vec<_>>().join("; ")).filter(|all| !all.is_empty())
    }
}

impl Products {
    pub(super) async fn open(database: &Database) -> Result<Self, StoreError> {
        Checked::open(database).await.map(Self)
    }

    /// One product, valid or not.
    pub async fn read(&self, id: &ProductId) -> Result<Option<Read<Product>>, StoreError> {
        self.0.read_one(json!({ "_id": id })).await
    }

    /// One product.
    pub async fn find(&self, id: &ProductId) -> Result<Option<Product>, StoreError> {
        self.0.find_valid(json!({ "_id": id })).await
    }

    /// One product, if visitors may see it.
    pub async fn find_shown(&self, id: &ProductId) -> Result<Option<Product>, StoreError> {
        self.0.find_valid(shown(json!({ "_id": id }))).await
    }

    /// Those of the wanted products that exist, in no particular order.
    pub async fn with_ids(&self, ids: &[&ProductId]) -> Result<Vec<Product>, StoreError> {
        let mut products = Vec::with_capacity(ids.len());
        for ids in ids.chunks(MAX_IN) {
            let found = self.0.find(json!({ "_id": { "$in": ids } }));
            products.extend(self.0.all(found).await?.valid);
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
        let Documents { valid, invalid } = self.0.all(page).await?;
        let total = match self.0.count_documents(&filter, MAX_COUNTED).await {
            Err(astra_db::Error::TooManyToCount { counted, .. }) => counted,
            total => total?,
        };
        Ok(Found {
            products: valid,
            invalid,
            total,
        })
    }

    /// The products the home page shows.
    pub async fn featured(&self, limit: u32) -> Result<Vec<Product>, StoreError> {
        let featured = self.0.find(shown(json!({ "featured": true })));
        let featured = featured.sort(json!({ "rank": 1 })).limit(limit);
        Ok(self.0.all(featured).await?.valid)
    }

    /// Others of the same department.
    pub async fn related(&self, product: &Product, limit: u32) -> Result<Vec<Product>, StoreError> {
        let others = json!({ "category": product.category, "_id": { "$ne": product.id } });
        let others = self.0.find(shown(others));
        let others = others.sort(json!({ "rank": 1 })).limit(limit);
        Ok(self.0.all(others).await?.valid)
    }

    /// Whether there is nothing to sell.
    pub async fn is_empty(&self) -> Result<bool, StoreError> {
        let any = self.0.clone_with_type::<Document>().find_one(json!({}));
        Ok(any.projection(json!({ "_id": 1 })).await?.is_none())
    }

    /// Stores a new product; answers whether its id was free.
    pub async fn insert_new(&self, product: &Product) -> Result<bool, StoreError> {
        match self.0.insert_one(product).await {
            Err(error) if error.is_already_exists() => Ok(false),
            outcome => {
                outcome?;
                Ok(true)
            }
        }
    }

    /// Changes a product from what was read to what is wanted; answers whether nobody else has
    /// edited it in between.
    ///
    /// A count is written only where it differs, and then only over the count that was read: what
    /// is sold meanwhile is not undone.
    pub async fn change(&self, read: &Product, wanted: &Product) -> Result<bool, StoreError> {
        // A product of before editing existed has no version yet.
        let version = match read.version {
            0 => json!({ "$exists": false }),
            version => json!(version),
        };
        let mut unchanged = serde_json::Map::new();
        unchanged.insert("_id".into(), json!(read.id));
        unchanged.insert("version".into(), version);
        let mut set = fields(wanted);
        let mut unset = serde_json::Map::new();
        let skus: BTreeSet<&Sku> = read.stock.keys().chain(wanted.stock.keys()).collect();
        for sku in skus {
            let (before, after) = (read.stock.get(sku), wanted.stock.get(sku));
            if before == after {
                continue;
            }
            let path = format!("stock.{sku}");
            let as_read = before.map_or(json!({ "$exists": false }), |count| json!(count));
            unchanged.insert(path.clone(), as_read);
            match after {
                Some(count) => set.insert(path, json!(count)),
                None => unset.insert(path, json!(1)),
            };
        }
        let mut update = json!({ "$set": set, "$inc": { "version": 1 } });
        if !unset.is_empty() {
            update["$unset"] = unset.into();
        }
        guarded(|| self.0.update_one(&unchanged, &update)).await
    }

    /// The id of every product that visitors may see, for the sitemap.
    ///
    /// The whole documents are read: the page of one that is not valid is not found.
    pub async fn ids(&self) -> Result<Vec<ProductId>, StoreError> {
        let mut ids = Vec::new();
        let all = self.0.find(shown(json!({})));
        let mut take = |product| match product {
            Read::Valid(Product { id, .. }) => ids.push(id),
            Read::Invalid(_) => {}
        };
        self.0.each(all, &mut take).await?;
        Ok(ids)
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

/// What an edit sets: everything but stock, pending markers, and the version.
fn fields(product: &Product) -> serde_json::Map<String, Value> {
    let Value::Object(mut fields) = json!(product) else {
        return serde_json::Map::new();
    };
    fields.retain(|name, _| !["_id", "stock", "pending", "version"].contains(&name.as_str()));
    fields
}

fn only_known_already(outcomes: &[InsertOutcome]) -> bool {
    outcomes.iter().all(|outcome| match outcome {
        InsertOutcome::Inserted(_) => true,
        InsertOutcome::Failed(error) => error.code == ErrorCode::DocumentAlreadyExists,
        _ => false,
    })
}

/// The filter without hidden products. Those of before there were any do not say.
fn shown(mut filter: Value) -> Value {
    filter["hidden"] = json!({ "$ne": true });
    filter
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
    if search.hidden_too {
        filter.into()
    } else {
        shown(filter.into())
    }
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
