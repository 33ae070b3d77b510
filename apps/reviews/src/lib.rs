//! Vehicle reviews on tables of the Astra Data API: a JSON API with accounts, one review per user
//! and vehicle, and ratings that are exact however many write at once.
//!
//! A request goes one way: `routes` (which) → `api` (extract, answer) → `use_cases` (do) → `store`
//! (ask); `domain` has the values and their rules. Read `routes.rs` first, then follow "review a
//! vehicle" down: `api/reviews.rs`, `use_cases/write_review.rs`, `use_cases/change_review.rs`, `store/reviews.rs`,
//! `store/ratings.rs`.

mod api;
mod assets;
mod brand;
pub mod carry_over;
pub mod domain;
pub mod error;
mod error_response;
mod extract;
mod handlers;
pub mod passwords;
pub mod rate_limit;
mod routes;
mod seed;
pub mod settings;
pub mod start;
pub mod state;
pub mod store;
pub mod use_cases;
mod views;

pub use passwords::Passwords;
pub use routes::{app, openapi};
pub use seed::seed;
pub use settings::Settings;
pub use state::AppState;
pub use store::Store;
