//! The sample vehicles.

use crate::domain::vehicle::Vehicle;
use crate::error::AppError;
use crate::store::Store;

const VEHICLES: [(&str, &str, &str, i32); 2] = [
    (
        "01890000-0000-7000-8000-000000000000",
        "Tesla",
        "Model S",
        2022,
    ),
    (
        "01890000-0000-7000-8000-000000000001",
        "Porsche",
        "Taycan",
        2022,
    ),
];

/// Adds the sample vehicles that are missing, and answers how many those were.
pub async fn seed(store: &Store) -> Result<usize, AppError> {
    let mut added = 0;
    for (id, make, model, year) in VEHICLES {
        let id = id
            .parse()
            .map_err(anyhow::Error::from)
            .map_err(AppError::Internal)?;
        if store.vehicles.find(id).await?.is_none() {
            let (make, model) = (make.to_owned(), model.to_owned());
            store
                .vehicles
                .insert(&Vehicle {
                    id,
                    make,
                    model,
                    year,
                    images: Vec::new(),
                })
                .await?;
            added += 1;
        }
    }
    Ok(added)
}
