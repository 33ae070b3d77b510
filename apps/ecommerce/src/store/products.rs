//! The catalogue, in the collection `products`.

use std::collections::BTreeSet;

use astra_db::{
    CollectionDocument as _, Document, ErrorCode, Field, Filter, InsertOutcome, Timestamp,
};
use serde_json::{Value, json};
use shared::schema::{NotMade, Schema};

use crate::brand;
use crate::domain::id::{ProductId, Sku};
use crate::domain::product::Product;
use crate::store::checked::{Checked, Documents, Read, Stored};
use crate::store::error::StoreError;
use crate::store::guarded::guarded;

/// `$in` takes at most so many values.
pub(super) const MAX_IN: usize = 100;

/// Questions about products. A product that is not valid is found by [`Products::read`] alone, and
/// named in the catalog.
#[derive(Debug, Clone)]
pub struct Products(Checked<Product>);

impl Stored for Product {
    const COLLECTION: &'static str = Self::COLLECTION_NAME;
    const IS_SECRET: bool = false;
    const UNINDEXED: &'static [&'static str] = &["tagline", "description", "highlights", "image"];

    fn problem(&self) -> Option<String> {
        let problems = self.problems(brand::CURRENCY);
        let problems = problems.iter().map(|(field, it)| format!("{field}: {it}"));
        Some(problems.collect::<Vec<_>>().join("; ")).filter(|all| !all.is_empty())
    }
}

impl Products {
    pub(super) async fn open(schema: &Schema<'_>) -> Result<Self, NotMade> {
        Checked::open(schema).await.map(Self)
    }

    /// One product, valid or not.
    pub async fn read(&self, id: &ProductId) -> Result<Option<Read<Product>>, StoreError> {
        self.0.read_one(Product::id().eq(id)).await
    }

    /// One product.
    pub async fn find(&self, id: &ProductId) -> Result<Option<Product>, StoreError> {
        self.0.find_valid(Product::id().eq(id)).await
    }

    /// One product, if visitors may see it. Products of before there were hidden ones do not say.
    pub async fn find_shown(&self, id: &ProductId) -> Result<Option<Product>, StoreError> {
        let shown = Product::id().eq(id).and(Product::hidden().ne(true));
        self.0.find_valid(shown).await
    }

    /// Those of the wanted products that exist, in no particular order.
    pub async fn with_ids(&self, ids: &[ProductId]) -> Result<Vec<Product>, StoreError> {
        let mut products = Vec::with_capacity(ids.len());
        for ids in ids.chunks(MAX_IN) {
            products.extend(self.documents(ids).await?.valid);
        }
        Ok(products)
    }

    /// Every product, valid or not.
    pub(super) async fn all(&self) -> Result<Documents<Product>, StoreError> {
        self.0.all(self.0.find(Filter::<Product>::default())).await
    }

    /// These products, valid or not.
    pub(super) async fn documents(
        &self,
        ids: &[ProductId],
    ) -> Result<Documents<Product>, StoreError> {
        self.0.all(self.0.find(Product::id().is_in(ids))).await
    }

    /// What has changed since that moment or, where none is known, has a moment at all.
    pub(super) async fn changed(
        &self,
        since: Option<i64>,
    ) -> Result<Documents<Product>, StoreError> {
        let later = match since.map(Timestamp::from_millis) {
            Some(since) => Product::changed_at().gt(since),
            None => Product::changed_at().exists(),
        };
        self.0.all(self.0.find(later)).await
    }

    /// Whether there is nothing to sell.
    pub async fn is_empty(&self) -> Result<bool, StoreError> {
        let any = self.0.clone_with_type::<Document>();
        let any = any.find_one(Filter::<Product>::default());
        Ok(any.projection(Product::id().include()).await?.is_none())
    }

    /// Stores a new product; answers whether its id was free.
    pub async fn insert_new(&self, product: &Product) -> Result<bool, StoreError> {
        let product = Product {
            changed_at: Some(Timestamp::now()),
            ..product.clone()
        };
        match self.0.insert_one(&product).await {
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
    /// is sold meanwhile is not undone. A variant that is removed goes whatever is left of it.
    pub async fn change(&self, read: &Product, wanted: &Product) -> Result<bool, StoreError> {
        // A product of before editing existed has no version yet.
        let version = match read.version {
            0 => Product::version().is_missing(),
            version => Product::version().eq(version),
        };
        let mut unchanged = Product::id().eq(&read.id).and(version);
        let mut update = Product::version().inc(1);
        update = update.and(Product::changed_at().set_to_now());
        for (name, value) in fields(wanted) {
            update = update.and(Field::named([name]).set(value));
        }
        let offers = wanted.offers();
        let skus: BTreeSet<&Sku> = read.stock.keys().chain(wanted.stock.keys()).collect();
        for sku in skus {
            let (before, after) = (read.stock.get(sku), wanted.stock.get(sku));
            let count = Product::stock().key(sku);
            if before != after && offers.iter().any(|offer| offer.sku == *sku) {
                unchanged = unchanged.and(match before {
                    Some(known) => count.clone().eq(known),
                    None => count.clone().is_missing(),
                });
            }
            match after {
                _ if before == after => {}
                Some(wanted) => update = update.and(count.set(wanted)),
                None => update = update.and(count.unset()),
            }
        }
        guarded(|| self.0.update_one(&unchanged, &update)).await
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

/// What an edit sets: everything but stock, pending markers, the version and the moment.
fn fields(product: &Product) -> serde_json::Map<String, Value> {
    let Value::Object(mut fields) = json!(product) else {
        return serde_json::Map::new();
    };
    let kept = ["_id", "stock", "pending", "version", "changed_at"];
    fields.retain(|name, _| !kept.contains(&name.as_str()));
    fields
}

fn only_known_already(outcomes: &[InsertOutcome]) -> bool {
    outcomes.iter().all(|outcome| match outcome {
        InsertOutcome::Inserted(_) => true,
        InsertOutcome::Failed(error) => error.code == ErrorCode::DocumentAlreadyExists,
        _ => false,
    })
}
