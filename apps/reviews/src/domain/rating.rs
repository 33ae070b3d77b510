//! One to five stars, and what many of them amount to.

use astra_db::model::{ColumnValue, ElementValue, FieldValue};
use astra_db::schema::ColumnType;
use serde::{Deserialize, Serialize};

/// One to five stars.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i8")]
pub struct Rating(i8);

impl Rating {
    /// All ratings, the lowest first.
    pub const ALL: [Self; 5] = [Self(1), Self(2), Self(3), Self(4), Self(5)];

    /// The number of stars.
    pub fn stars(self) -> u8 {
        self.0.unsigned_abs()
    }

    fn index(self) -> usize {
        usize::from(self.stars()) - 1
    }
}

impl TryFrom<i64> for Rating {
    type Error = &'static str;

    fn try_from(stars: i64) -> Result<Self, Self::Error> {
        let rating = Self::ALL
            .into_iter()
            .find(|rating| i64::from(rating.0) == stars);
        rating.ok_or("Give a whole number of stars from 1 to 5")
    }
}

impl From<Rating> for i8 {
    fn from(rating: Rating) -> Self {
        rating.0
    }
}

impl ColumnValue for Rating {
    fn column_type() -> ColumnType {
        ColumnType::TinyInt
    }
}
impl ElementValue for Rating {}
impl FieldValue for Rating {}

/// How often each rating was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally([u32; 5]);

impl Tally {
    /// A tally of as many ratings as there are stars, for one star first.
    pub fn new(stars: [u32; 5]) -> Self {
        Self(stars)
    }

    /// How often a rating was given.
    pub fn of(&self, rating: Rating) -> u32 {
        self.0[rating.index()]
    }

    /// How many ratings there are.
    pub fn count(&self) -> u32 {
        self.0.iter().sum()
    }

    /// The mean number of stars, `None` without ratings. It is computed from whole numbers, so
    /// nothing adds up to an error over time.
    pub fn average(&self) -> Option<f64> {
        let stars =
            Rating::ALL.map(|rating| u64::from(rating.stars()) * u64::from(self.of(rating)));
        let sum: u32 = stars.iter().sum::<u64>().try_into().unwrap_or(u32::MAX);
        (self.count() > 0).then(|| f64::from(sum) / f64::from(self.count()))
    }

    /// Counts one more rating.
    pub fn put(&mut self, rating: Rating) {
        self.0[rating.index()] += 1;
    }

    /// Counts one rating less.
    pub fn take(&mut self, rating: Rating) {
        let stars = &mut self.0[rating.index()];
        *stars = stars.saturating_sub(1);
    }

    /// Adds another tally to this one.
    pub fn add(&mut self, other: &Self) {
        for (stars, more) in self.0.iter_mut().zip(other.0) {
            *stars += more;
        }
    }
}

impl FromIterator<Rating> for Tally {
    fn from_iter<I: IntoIterator<Item = Rating>>(ratings: I) -> Self {
        let mut tally = Self::default();
        for rating in ratings {
            tally.put(rating);
        }
        tally
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rating_is_a_whole_number_from_1_to_5() {
        assert_eq!(Rating::try_from(5).map(Rating::stars), Ok(5));
        for bad in [0, 6, -1, 100, i64::MIN] {
            assert!(Rating::try_from(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_tally_counts_and_averages() {
        let mut tally: Tally = [5, 4, 4].into_iter().flat_map(Rating::try_from).collect();
        assert_eq!((tally.count(), tally.average()), (3, Some(13.0 / 3.0)));
        tally.add(&Tally::new([1, 0, 0, 0, 1]));
        assert_eq!((tally.count(), tally.average()), (5, Some(19.0 / 5.0)));
        assert_eq!(Rating::ALL.map(|rating| tally.of(rating)), [1, 0, 0, 2, 2]);
        tally.take(Rating::ALL[0]);
        tally.take(Rating::ALL[1]);
        assert_eq!(Rating::ALL.map(|rating| tally.of(rating)), [0, 0, 0, 2, 2]);
        assert_eq!(Tally::default().average(), None);
    }
}
