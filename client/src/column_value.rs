//! Values of a table's columns, and rows of them.

mod date;
#[cfg(feature = "rust_decimal")]
pub mod decimal;
mod duration;
mod float;
pub mod map;
mod row;
#[cfg(test)]
mod tests;
mod text;
mod time;
mod timestamp;
mod uuid;

pub use self::date::Date;
pub use self::duration::Duration;
pub use self::float::{Double, Float};
pub use self::row::Row;
pub use self::text::InvalidText;
pub use self::time::Time;
pub use self::timestamp::Timestamp;
pub use self::uuid::Uuid;
