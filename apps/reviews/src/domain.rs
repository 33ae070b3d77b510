//! What a vehicle, a review, a rating and an account are, and their rules: nothing here asks a database or answers a
//! request.

pub mod account;
pub mod email;
pub mod id;
pub mod page;
pub mod rating;
pub mod review;
pub mod session;
pub mod vehicle;
