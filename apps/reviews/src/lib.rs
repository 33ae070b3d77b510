//! Vehicle reviews on tables of the Astra Data API.
