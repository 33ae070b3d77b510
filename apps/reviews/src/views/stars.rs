//! Stars, filled as far as they go.

use crate::domain::rating::{Rating, Tally};

/// One star, 20 wide and 20 high.
pub(crate) const STAR: &str =
    "M10.0 2.0L12.2 7.6L18.2 7.9L13.5 11.7L15.1 17.6L10.0 14.3L4.9 17.6L6.5 11.7L1.8 7.9L7.8 7.6Z";

/// Five stars in a row, 100 wide and 20 high.
pub(crate) const STARS: &str = "M10.0 2.0L12.2 7.6L18.2 7.9L13.5 11.7L15.1 17.6L10.0 14.3L4.9 17.6L6.5 11.7L1.8 7.9L7.8 7.6ZM30.0 2.0L32.2 7.6L38.2 7.9L33.5 11.7L35.1 17.6L30.0 14.3L24.9 17.6L26.5 11.7L21.8 7.9L27.8 7.6ZM50.0 2.0L52.2 7.6L58.2 7.9L53.5 11.7L55.1 17.6L50.0 14.3L44.9 17.6L46.5 11.7L41.8 7.9L47.8 7.6ZM70.0 2.0L72.2 7.6L78.2 7.9L73.5 11.7L75.1 17.6L70.0 14.3L64.9 17.6L66.5 11.7L61.8 7.9L67.8 7.6ZM90.0 2.0L92.2 7.6L98.2 7.9L93.5 11.7L95.1 17.6L90.0 14.3L84.9 17.6L86.5 11.7L81.8 7.9L87.8 7.6Z";

/// How many of the five stars are filled.
#[derive(Debug)]
pub(crate) struct Stars {
    /// How much of them, from 0 to 100.
    pub(crate) percent: String,
    /// `4.3`
    pub(crate) average: String,
    /// `4.3 of 5 stars`
    pub(crate) label: String,
}

impl Stars {
    /// The average of many, if there are any.
    pub(super) fn of_tally(tally: &Tally) -> Option<Self> {
        let average = tally.average()?;
        let text = format!("{average:.1}");
        Some(Self {
            percent: format!("{:.1}", average * 20.0),
            label: format!("{text} of 5 stars"),
            average: text,
        })
    }

    /// Those of one review.
    pub(super) fn of_rating(rating: Rating) -> Self {
        let stars = rating.stars();
        Self {
            percent: (stars * 20).to_string(),
            label: format!("{stars} of 5 stars"),
            average: stars.to_string(),
        }
    }
}
