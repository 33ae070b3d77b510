//! Making and changing products, without one person undoing what another has just done.

use shared::field_errors::FieldErrors;

use crate::domain::id::ProductId;
use crate::domain::money::Currency;
use crate::domain::product::details::ProductDetails;
use crate::domain::product::edit::{Difference, differences, sold_meanwhile};
use crate::error::{AppError, Missing};
use crate::store::Store;
use crate::store::checked::Read;

/// What became of saving a product.
#[derive(Debug)]
pub enum Saved {
    /// It is stored as wanted.
    Done,
    /// It is not: somebody else has changed it since the form was made.
    Outdated {
        /// What was typed and is not stored so.
        differences: Vec<Difference>,
        /// What is stored now.
        stored: Box<ProductDetails>,
    },
}

/// Stores a new product, whose id must be free.
pub async fn create(
    store: &Store,
    id: &str,
    details: &ProductDetails,
    currency: Currency,
) -> Result<ProductId, AppError> {
    let problem = "Enter lower-case letters, digits and single hyphens, such as iphone-12";
    let id: Option<ProductId> = id.trim().parse().ok();
    // `new` is the address of the form itself.
    let Some(id) = id.filter(|id| id.as_str() != "new") else {
        let mut errors = FieldErrors::one("id", problem);
        // The rest is looked at too, so that everything wrong is said at once.
        if let Ok(any) = "any".parse()
            && let Err(others) = details.check(any, currency)
        {
            others
                .iter()
                .for_each(|(field, problem)| errors.add(field, problem));
        }
        return Err(AppError::Invalid(errors));
    };
    let product = details
        .check(id.clone(), currency)
        .map_err(AppError::Invalid)?;
    if store.products.insert_new(&product).await? {
        Ok(id)
    } else {
        let problem = "Another product has this address; choose another";
        Err(AppError::Invalid(FieldErrors::one("id", problem)))
    }
}

/// Stores the wanted details of a product whose form showed `was`.
///
/// Stock is sold while a form is open. So a count is only written where the form changed it, and
/// then only over the count the form showed.
pub async fn save(
    store: &Store,
    id: &ProductId,
    was: &ProductDetails,
    wanted: &ProductDetails,
    currency: Currency,
) -> Result<Saved, AppError> {
    let mut was = was.clone();
    for _ in 0..3 {
        let stored = match store.products.read(id).await? {
            Some(Read::Valid(product)) => product,
            Some(Read::Invalid(_)) => {
                return Err(AppError::Conflict(
                    "This product was changed in the database and can no longer be read. Correct it there first.",
                ));
            }
            None => return Err(AppError::NotFound(Missing::Product)),
        };
        let now = ProductDetails::of(&stored);
        let wanted = sold_meanwhile(&mut was, &now, wanted);
        if was != now {
            return Ok(Saved::Outdated {
                differences: differences(&wanted, &now),
                stored: Box::new(now),
            });
        }
        let product = wanted
            .check(id.clone(), currency)
            .map_err(AppError::Invalid)?;
        if store.products.change(&stored, &product).await? {
            return Ok(Saved::Done);
        }
    }
    Err(AppError::Conflict(
        "This product is being changed again and again at this moment. Please try again.",
    ))
}
