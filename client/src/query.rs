//! Filters, updates, sorts and projections made of the fields of your structs, checked by the
//! compiler.
//!
//! `#[derive(CollectionDocument)]` and `#[derive(TableRow)]` give a struct one function per field,
//! which returns a [`Field`]. Its methods are the operators of the Data API: each makes a
//! [`Filter`], an [`Update`], a [`Sort`](crate::Sort) or a [`Projection`]. They go wherever JSON
//! goes.
#![cfg_attr(feature = "derive", doc = "```")]
#![cfg_attr(not(feature = "derive"), doc = "```ignore")]
//! use std::collections::BTreeMap;
//!
//! use astra_db::{CollectionDocument, Fields, Timestamp};
//! use serde::{Deserialize, Serialize};
//!
//! #[derive(Serialize, Deserialize, CollectionDocument)]
//! #[collection(name = "reviews")]
//! struct Review {
//!     #[serde(rename = "_id")]
//!     id: String,
//!     rating: i32,
//!     author: Author,
//!     votes: BTreeMap<String, i32>,
//!     tags: Vec<String>,
//!     written_at: Timestamp,
//! }
//!
//! #[derive(Serialize, Deserialize, Fields)]
//! struct Author {
//!     name: String,
//! }
//!
//! # fn json(part: impl Serialize) -> String { serde_json::to_string(&part).unwrap() }
//! let bad = Review::rating().lte(2).and(Review::author().name().eq("Ada"));
//! assert_eq!(json(bad), r#"{"rating":{"$lte":2},"author.name":"Ada"}"#);
//!
//! let vote = Review::votes().key("a.b").inc(1).and(Review::tags().push("voted"));
//! assert_eq!(json(vote), r#"{"$inc":{"votes.a&.b":1},"$push":{"tags":"voted"}}"#);
//!
//! let newest = Review::written_at().desc().then(Review::rating().asc());
//! assert_eq!(json(newest), r#"{"written_at":-1,"rating":1}"#);
//!
//! let short = Review::rating().include().and(Review::author().name().include());
//! assert_eq!(json(short), r#"{"rating":1,"author.name":1}"#);
//! ```
//!
//! The name of a field is escaped where a path needs it. A value of another type does not compile.
//! What only the column of a table tells, such as that nothing can filter by a vector, is an error
//! before anything is sent.
//!
//! # Names
//!
//! The functions are inherent, so your own function of the same name does not compile beside one.
//! `#[astra_db(function = rating_field)]` on the field gives the function another name: for a field
//! called `new` or `default`, for a getter of yours, or for a field of a nested struct that is
//! called like a method of [`Field`].
//!
//! # Values that serde writes otherwise
//!
//! With `#[serde(with)]` or `#[serde(serialize_with)]`, the type of a field does not tell what is
//! stored. Such a field is [`Untyped`]: its operators take anything that serializes.

mod encode;
mod field;
mod filter;
mod operand;
mod projection;
mod shape;
mod update;

pub use field::{Field, Fields, Having};
pub use filter::Filter;
pub use operand::{Operand, Untyped};
pub use projection::Projection;
pub use shape::{List, Map, Numeric};
pub use update::Update;
