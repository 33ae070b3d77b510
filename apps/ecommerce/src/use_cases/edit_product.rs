//! Making and changing products, without one person undoing what another has just done.

use std::iter;

use shared::field_errors::FieldErrors;

use crate::assets;
use crate::brand;
use crate::domain::id::ProductId;
use crate::domain::product::{Product, details::ProductDetails};
use crate::error::{AppError, Missing};
use crate::store::Store;
use crate::store::checked::Read;

/// What became of saving a product.
#[derive(Debug)]
pub enum Saved {
    /// It is stored as wanted.
    Done,
    /// It is not: somebody else has changed it since the form was made, and this is their version.
    Outdated(Box<Product>),
}

/// Stores a new product, whose id must be free.
pub async fn create(
    store: &Store,
    id: &str,
    details: &ProductDetails,
) -> Result<ProductId, AppError> {
    let problem = "Enter lower-case letters, digits and single hyphens, such as iphone-12";
    let id: Option<ProductId> = id.trim().parse().ok();
    // `new` is the address of the form itself.
    let Some(id) = id.filter(|id| id.as_str() != "new") else {
        let mut errors = FieldErrors::one("id", problem);
        // The rest is looked at too, so that everything wrong is said at once.
        if let Ok(any) = "any".parse()
            && let Err(others) = details.check(any, brand::CURRENCY)
        {
            let others = others.iter();
            others.for_each(|(field, problem)| errors.add(field, problem));
        }
        return Err(AppError::Invalid(errors));
    };
    let product = details.check(id.clone(), brand::CURRENCY);
    let product = product.map_err(AppError::Invalid)?;
    own_pictures(&product)?;
    if store.products.insert_new(&product).await? {
        Ok(id)
    } else {
        let problem = "Another product has this address; choose another";
        Err(AppError::Invalid(FieldErrors::one("id", problem)))
    }
}

/// Refuses addresses of the shop's own at which there is no file.
fn own_pictures(product: &Product) -> Result<(), AppError> {
    let variants = product.variants.iter().enumerate();
    let variants =
        variants.filter_map(|(row, it)| Some((format!("variant-{row}-image"), it.image.as_ref()?)));
    let mut errors = FieldErrors::default();
    for (field, address) in iter::once(("image".to_owned(), &product.image)).chain(variants) {
        if address.starts_with('/') && !assets::is_served(address) {
            errors.add(field, format!("The shop has no file {address}: add it to static/, or enter a link that starts with https://"));
        }
    }
    errors.or(()).map_err(AppError::Invalid)
}

/// Stores the wanted details of a product whose form was made of `was`.
///
/// Stock is sold while a form is open. So a count is only written where the form changed it, and
/// then only over the count the form showed.
pub async fn save(
    store: &Store,
    was: &Product,
    wanted: &ProductDetails,
) -> Result<Saved, AppError> {
    let stored = stored(store, &was.id).await?;
    if was.with_sales_of(&stored) != stored {
        return Ok(Saved::Outdated(Box::new(stored)));
    }
    let wanted = wanted.check(was.id.clone(), brand::CURRENCY);
    let wanted = wanted.map_err(AppError::Invalid)?;
    own_pictures(&wanted)?;
    if store.products.change(was, &wanted).await? {
        return Ok(Saved::Done);
    }
    let stored = self::stored(store, &was.id).await?;
    Ok(Saved::Outdated(Box::new(stored)))
}

async fn stored(store: &Store, id: &ProductId) -> Result<Product, AppError> {
    match store.products.read(id).await? {
        Some(Read::Valid(product)) => Ok(product),
        Some(Read::Invalid(_)) => Err(AppError::Conflict(
            "This product was changed in the database and can no longer be read. Correct it there first.",
        )),
        None => Err(AppError::NotFound(Missing::Product)),
    }
}
