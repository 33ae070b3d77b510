//! The catalog as a value: every product at one moment, and what is found in it. It may be some
//! seconds old, so it decides nothing that is sold.

mod words;

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use crate::domain::id::ProductId;
use crate::domain::invalid::InvalidDocument;
use crate::domain::product::Product;
use crate::domain::search::{Found, PAGE_SIZE, ProductSearch, SortBy};

use words::Words;
pub(crate) use words::wanted;
pub use words::{MAX_WORDS, marked};

/// Every product, in the shop's order.
#[derive(Debug, Default)]
pub struct Catalog {
    products: Vec<Arc<Product>>,
    places: HashMap<ProductId, usize>,
    words: Arc<Words>,
    invalid: Vec<InvalidDocument>,
}

impl Catalog {
    /// The catalog of these products, and of what is stored between them and is not valid.
    pub fn new(products: Vec<Product>, invalid: Vec<InvalidDocument>) -> Self {
        let mut products: Vec<_> = products.into_iter().map(for_show).collect();
        products.sort_by(|a, b| (a.rank, &a.id).cmp(&(b.rank, &b.id)));
        let words = Words::of(products.iter().map(AsRef::as_ref));
        Self::sorted(products, Arc::new(words), invalid)
    }

    fn sorted(
        products: Vec<Arc<Product>>,
        words: Arc<Words>,
        invalid: Vec<InvalidDocument>,
    ) -> Self {
        let ids = products.iter().map(|product| product.id.clone());
        Self {
            places: ids.zip(0..).collect(),
            products,
            words,
            invalid,
        }
    }

    /// The catalog in which these are as they are now; `None` where that changes nothing.
    ///
    /// Words are gathered anew only where a product has other ones: most changes are of the stock.
    pub fn with(&self, valid: Vec<Product>, invalid: &[InvalidDocument]) -> Option<Self> {
        let valid: Vec<_> = valid.into_iter().map(for_show).collect();
        let is_known = |product: &Arc<Product>| self.get(&product.id) == Some(product);
        let is_named = |it: &InvalidDocument| self.invalid.contains(it);
        if valid.iter().all(is_known) && invalid.iter().all(is_named) {
            return None;
        }
        let known = |product: &Arc<Product>| {
            self.get(&product.id)
                .is_some_and(|it| it.with_sales_of(product) == **product)
        };
        if invalid.iter().all(is_named) && valid.iter().all(known) {
            let mut products = self.products.clone();
            for product in valid {
                let place = self.places[&product.id];
                products[place] = product;
            }
            let words = Arc::clone(&self.words);
            return Some(Self::sorted(products, words, self.invalid.clone()));
        }
        let mut changed: BTreeSet<String> = invalid.iter().map(|it| it.id.clone()).collect();
        changed.extend(valid.iter().map(|product| product.id.to_string()));
        let kept = self
            .products
            .iter()
            .filter(|it| !changed.contains(it.id.as_str()));
        let products = kept.chain(&valid).map(|product| Product::clone(product));
        let kept = self.invalid.iter().filter(|it| !changed.contains(&it.id));
        let invalid = kept.chain(invalid).cloned().collect();
        Some(Self::new(products.collect(), invalid))
    }

    /// The catalog when these are all there are; `None` where that changes nothing.
    pub fn replaced(&self, valid: Vec<Product>, invalid: Vec<InvalidDocument>) -> Option<Self> {
        let there: HashSet<&ProductId> = valid.iter().map(|product| &product.id).collect();
        let all_there = self.products.iter().all(|it| there.contains(&it.id))
            && self.invalid.iter().all(|it| invalid.contains(it));
        if all_there {
            self.with(valid, &invalid)
        } else {
            Some(Self::new(valid, invalid))
        }
    }

    fn get(&self, id: &ProductId) -> Option<&Arc<Product>> {
        self.places.get(id).map(|place| &self.products[*place])
    }

    /// One product, if visitors may see it.
    pub fn shown(&self, id: &ProductId) -> Option<&Product> {
        self.get(id).map(AsRef::as_ref).filter(|it| !it.hidden)
    }

    /// All products that visitors may see.
    pub fn all_shown(&self) -> impl Iterator<Item = &Arc<Product>> {
        self.products.iter().filter(|product| !product.hidden)
    }

    /// How many products and documents there are.
    pub fn len(&self) -> usize {
        self.products.len() + self.invalid.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The products the home page shows.
    pub fn featured(&self, limit: usize) -> Vec<Arc<Product>> {
        let featured = self.all_shown().filter(|product| product.featured);
        featured.take(limit).cloned().collect()
    }

    /// Others of the same department.
    pub fn related(&self, product: &Product, limit: usize) -> Vec<Arc<Product>> {
        let others = self
            .all_shown()
            .filter(|other| other.category == product.category && other.id != product.id);
        others.take(limit).cloned().collect()
    }

    /// One page of what matches, and how many match in all.
    pub fn search(&self, search: &ProductSearch) -> Found {
        let hits = (!search.words.is_empty()).then(|| self.words.find(&search.words));
        let ranked = hits.iter().flat_map(|hits| &hits.ranked);
        let ranked = ranked.map(|place| &self.products[*place]);
        let all = self.products.iter().filter(|_| hits.is_none());
        let mut found: Vec<_> = ranked.chain(all).filter(|it| search.admits(it)).collect();
        // What is equal stays in the order of the hits, or else of the shop.
        match search.sort {
            SortBy::Featured => {}
            SortBy::PriceLow => found.sort_by_key(|it| it.price.amount_cents),
            SortBy::PriceHigh => found.sort_by_key(|it| Reverse(it.price.amount_cents)),
            SortBy::Name => found.sort_by(|a, b| a.name.cmp(&b.name)),
        }
        let skipped = (search.page.get() - 1) as usize * PAGE_SIZE as usize;
        let page = found.iter().skip(skipped).take(PAGE_SIZE as usize);
        Found {
            products: page.map(|product| Arc::clone(product)).collect(),
            invalid: self.invalid.clone(),
            total: found.len() as u64,
            words: hits.map(|hits| hits.words).unwrap_or_default(),
        }
    }
}

/// What is on its way into or out of a reservation is nothing to show.
fn for_show(mut product: Product) -> Arc<Product> {
    product.pending.clear();
    Arc::new(product)
}
