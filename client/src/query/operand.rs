//! Which values go with a field.

use serde::Serialize;

use super::{List, Map, Numeric};

/// A value that goes with a field of type `T`: a `T`, a reference to one, for a field that is
/// optional also the value without `Some`, and for text `&str`.
#[diagnostic::on_unimplemented(
    message = "a field of type `{T}` does not take `{Self}`",
    note = "use a value of type `{T}` or a reference to one; text can be a `&str`, and an optional value can go without `Some`"
)]
pub trait Operand<T: ?Sized>: Serialize {}

/// The type of a field whose type says nothing of what is stored: its operators take anything that
/// serializes.
#[derive(Debug)]
pub struct Untyped(());

impl<T: Serialize> Operand<T> for T {}
impl<T: Serialize> Operand<T> for &T {}
impl<T: Serialize> Operand<Option<T>> for T {}
impl<T: Serialize> Operand<Option<T>> for &T {}
impl Operand<String> for &str {}
impl Operand<Option<String>> for &str {}
impl<T: Serialize> Operand<Vec<T>> for &[T] {}
impl<T: Serialize> Operand<Option<Vec<T>>> for &[T] {}
impl<T: Serialize> Operand<Untyped> for T {}

impl Numeric for Untyped {}

impl List for Untyped {
    type Element = Self;
}

impl Map for Untyped {
    type Key = Self;
    type Value = Self;
}
