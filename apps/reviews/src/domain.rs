//! What a vehicle, a review, a rating and an account are, and what can be done with them. No HTTP
//! and no JSON here.

pub mod account;
mod contest;
pub mod id;
pub mod page;
pub mod rating;
pub mod review;
pub mod session;
pub mod vehicle;
