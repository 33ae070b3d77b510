//! The samples: vehicles, people, and what those say of these. They lie in `seed/*.json`.
//!
//! Everything has a fixed id, so seeding twice adds nothing twice. Nobody knows a password of the
//! people: an account with a password that is printed in a README would be a back door into every
//! copy of this app.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::Context as _;
use astra_db::table::Timestamp;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use serde::Deserialize;

use crate::domain::account::{Account, User};
use crate::domain::email::Email;
use crate::domain::id::{ReviewId, UserId, VehicleId};
use crate::domain::rating::Rating;
use crate::domain::review::Review;
use crate::domain::vehicle::Vehicle;
use crate::error::AppError;
use crate::passwords::NO_PASSWORD;
use crate::store::Store;
use crate::use_cases::write_review;

const VEHICLES: &str = include_str!("../seed/vehicles.json");
const PEOPLE: &str = include_str!("../seed/people.json");
const REVIEWS: &str = include_str!("../seed/reviews.json");

/// So many samples are stored at the same time.
const AT_ONCE: usize = 8;

#[derive(Deserialize)]
struct SampleVehicle {
    name: String,
    id: VehicleId,
    make: String,
    model: String,
    year: i32,
}

#[derive(Deserialize)]
struct SamplePerson {
    name: String,
    id: UserId,
    email: String,
    first_name: String,
    last_name: String,
}

#[derive(Deserialize)]
struct SampleReview {
    vehicle: String,
    author: String,
    rating: Rating,
    written_at: Timestamp,
    text: String,
}

struct Samples {
    vehicles: Vec<Vehicle>,
    accounts: Vec<Account>,
    reviews: Vec<Review>,
}

/// Adds the samples that are missing, and answers how many those were.
///
/// The vehicles come last: while there are none, the samples count as missing.
pub async fn seed(store: &Store) -> Result<usize, AppError> {
    let samples = Samples::read().map_err(AppError::Internal)?;
    let added = AtomicUsize::new(0);
    let count = |is_new: bool| {
        added.fetch_add(usize::from(is_new), Ordering::Relaxed);
        Ok::<_, AppError>(())
    };
    let accounts = samples
        .accounts
        .iter()
        .map(|account| add_account(store, account));
    let accounts = stream::iter(accounts).buffer_unordered(AT_ONCE);
    accounts.try_for_each(async |is_new| count(is_new)).await?;
    let reviews = samples
        .reviews
        .iter()
        .map(|review| write_review::add(store, review));
    let reviews = stream::iter(reviews).buffer_unordered(AT_ONCE);
    reviews.try_for_each(async |is_new| count(is_new)).await?;
    for vehicle in &samples.vehicles {
        count(add_vehicle(store, vehicle).await?)?;
    }
    Ok(added.into_inner())
}

async fn add_account(store: &Store, account: &Account) -> Result<bool, AppError> {
    let is_new = store.accounts.find(&account.user.email).await?.is_none();
    Ok(is_new && store.accounts.insert(account).await?)
}

async fn add_vehicle(store: &Store, vehicle: &Vehicle) -> Result<bool, AppError> {
    let is_new = store.vehicles.find(vehicle.id).await?.is_none();
    // Also over one that is there: it may have been stored by half.
    store.vehicles.insert(vehicle).await?;
    Ok(is_new)
}

impl Samples {
    fn read() -> anyhow::Result<Self> {
        let vehicles: Vec<SampleVehicle> =
            serde_json::from_str(VEHICLES).context("reading the sample vehicles")?;
        let people: Vec<SamplePerson> =
            serde_json::from_str(PEOPLE).context("reading the sample people")?;
        let reviews: Vec<SampleReview> =
            serde_json::from_str(REVIEWS).context("reading the sample reviews")?;
        let users = people.into_iter().map(SamplePerson::user);
        let users: HashMap<String, User> = users.collect::<Result<_, _>>()?;
        let ids = vehicles
            .iter()
            .map(|vehicle| (vehicle.name.as_str(), vehicle.id))
            .collect();
        let reviews = reviews.into_iter().map(|review| review.of(&ids, &users));
        Ok(Self {
            reviews: reviews.collect::<anyhow::Result<_>>()?,
            accounts: users.into_values().map(without_password).collect(),
            vehicles: vehicles.into_iter().map(SampleVehicle::vehicle).collect(),
        })
    }
}

fn without_password(user: User) -> Account {
    Account {
        user,
        password_hash: NO_PASSWORD.to_owned(),
    }
}

impl SampleVehicle {
    fn vehicle(self) -> Vehicle {
        Vehicle {
            id: self.id,
            make: self.make,
            model: self.model,
            year: self.year,
            images: vec![format!("/static/vehicles/{}.svg", self.name)],
        }
    }
}

impl SamplePerson {
    fn user(self) -> anyhow::Result<(String, User)> {
        let user = User {
            id: self.id,
            email: Email::try_from(self.email).map_err(anyhow::Error::msg)?,
            first_name: self.first_name,
            last_name: self.last_name,
            created_at: Timestamp::from_millis(1_698_000_000_000),
        };
        Ok((self.name, user))
    }
}

impl SampleReview {
    fn of(
        self,
        vehicles: &HashMap<&str, VehicleId>,
        users: &HashMap<String, User>,
    ) -> anyhow::Result<Review> {
        let vehicle_id = vehicles
            .get(self.vehicle.as_str())
            .context("a review of no vehicle")?;
        let author = users.get(&self.author).context("a review of nobody")?;
        Ok(Review {
            id: review_id(self.written_at, *vehicle_id, author.id),
            vehicle_id: *vehicle_id,
            author_id: author.id,
            author: author.display_name(),
            rating: self.rating,
            text: self.text,
            created_at: self.written_at,
            updated_at: self.written_at,
        })
    }
}

/// An id as it would have been made at that time, and always the same one.
fn review_id(written_at: Timestamp, vehicle: VehicleId, author: UserId) -> ReviewId {
    let [.., vehicle] = vehicle.to_bytes();
    let [.., author] = author.to_bytes();
    let rest = [0, 0, 0, 0, 0, 0, 0, 0, vehicle, author];
    let millis = written_at.as_millis().unsigned_abs();
    let id = uuid::Builder::from_unix_timestamp_millis(millis, &rest).into_uuid();
    ReviewId::from_bytes(id.into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assets;
    use crate::domain::review::ReviewText;

    #[test]
    fn the_samples_are_as_the_app_would_take_them() {
        let samples = Samples::read().unwrap();
        for review in &samples.reviews {
            assert!(
                ReviewText::try_from(review.text.clone()).is_ok(),
                "{}",
                review.text
            );
        }
        let mut pairs: Vec<_> = samples
            .reviews
            .iter()
            .map(|review| (review.vehicle_id, review.author_id))
            .collect();
        pairs.sort_unstable();
        assert!(
            pairs.is_sorted_by(|one, other| one < other),
            "somebody reviews a vehicle twice"
        );
        for vehicle in &samples.vehicles {
            let picture = vehicle.images[0].strip_prefix("/static/").unwrap();
            assert!(assets::exists(picture), "{picture}");
        }
    }
}
