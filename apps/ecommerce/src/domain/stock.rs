//! The items a checkout needs: reserved before anybody can pay, and returned if nobody does.
//!
//! A reservation is part of its checkout's document (`reserved`, and `returned` once it has ended),
//! so a product's document stays as small as it is however many checkouts are open. Between the
//! two documents items travel under a pending marker, which is in the product for a moment:
//!
//! ```text
//!          product                         checkout                     product
//! reserve  take q, leave a marker    →     name all markers, open   →   remove the markers
//! return   announce with a marker    →     name all markers         →   put q back, remove the markers
//! ```
//!
//! Each step is one atomic update of one document. A marker carries a random token, and counts if
//! the checkout names that token: naming happens once, in the same update as the change of state.
//! So every step can be repeated, by several workers at once and after a crash: a marker that was
//! named is finished, and one that can no longer be named is undone ([`Fate`]).

mod fate;
mod marker;
mod shortage;

use indexmap::IndexMap;

use crate::domain::id::Sku;

pub use fate::Fate;
pub use marker::{Direction, Marker, Token};
pub use shortage::{Shortage, needed};

/// The tokens by SKU, as a checkout names them.
pub fn tokens(markers: &[Marker]) -> IndexMap<Sku, Token> {
    let named = markers.iter().map(|it| (it.sku.clone(), it.token.clone()));
    named.collect()
}
