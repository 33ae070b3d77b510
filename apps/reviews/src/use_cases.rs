//! What people do: one function each, which asks the store and decides by the rules of `domain`.

pub mod browse;
pub mod find;
pub mod log_in;
pub mod register;
mod settle;
mod unique_insert;
pub mod write_review;
