//! What the pages are called. Change it here, and the colours in `static/tokens.css`.

/// The name over the door.
pub(crate) const NAME: &str = "Odo";
/// What it stands for, for search engines and shared links.
pub(crate) const DESCRIPTION: &str =
    "What vehicles are like to live with, told by the people who do.";
