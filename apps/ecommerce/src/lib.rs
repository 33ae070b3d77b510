//! A shop on the Astra Data API: pages that work without JavaScript, a JSON API beside them, and
//! one rule for both.
//!
//! A request goes one way: `routes` (which) → `handlers` or `api` (extract, answer) → `use_cases`
//! (what a person does) → `store` and `payments` (ask). All of them know the values and rules of
//! `domain`, which knows none of them. Read `routes.rs` first, then follow "add to cart" down:
//! `handlers/cart.rs`, `use_cases/change_cart.rs`, `store/carts.rs`.

mod admin;
mod api; // cut: json-api
mod assets;
pub mod brand;
pub mod domain;
pub mod emails;
pub mod error;
mod extract;
pub mod forms;
mod handlers;
pub mod payments;
mod routes;
mod seed;
pub mod settings;
pub mod signing;
pub mod start;
pub mod state;
pub mod store;
pub mod use_cases;
mod views;

pub use routes::app;
pub use routes::openapi; // cut: json-api
pub use seed::seed;
pub use settings::Settings;
pub use signing::Signing;
pub use state::AppState;
pub use store::Store;
