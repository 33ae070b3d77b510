//! The order of fields that `json!` may have lost.
//!
//! `serde_json` keeps the fields of an object as they were written only with its feature
//! `preserve_order`, which is the whole program's to turn on, not a library's. Without it they come
//! here sorted by name, and nobody can tell how they were written.

use std::any::type_name;
use std::cell::Cell;
use std::sync::LazyLock;

/// Whether objects of `serde_json` keep their order in this program.
pub(crate) fn is_kept() -> bool {
    static KEPT: LazyLock<bool> = LazyLock::new(|| {
        let mut object = serde_json::Map::new();
        object.insert("b".to_owned(), serde_json::Value::Null);
        object.insert("a".to_owned(), serde_json::Value::Null);
        object.keys().next().is_some_and(|first| first == "b")
    });
    *KEPT
}

/// Whether a `T` is, or has in it, an object of `serde_json` without its order.
fn is_lost_in<T: ?Sized>() -> bool {
    let parts = ["serde_json::value::Value", "serde_json::map::Map<"];
    !is_kept() && parts.iter().any(|part| type_name::<T>().contains(part))
}

thread_local! {
    /// Whether a document that was made of an object without its order is being written.
    static LOST_SEEN: Cell<bool> = const { Cell::new(false) };
}

/// A document that was made of an object without its order is being written.
pub(crate) fn note_lost() {
    LOST_SEEN.set(true);
}

/// Writes a `T` and says whether there was an object in it without its order. The objects of
/// `serde_json` in the fields of a struct cannot be seen, those of a [`Document`](crate::Document) can.
pub(crate) fn watched<T: ?Sized, R>(write: impl FnOnce() -> R) -> (R, bool) {
    let before = LOST_SEEN.replace(false);
    let written = write();
    let seen = LOST_SEEN.replace(before);
    (written, seen || is_lost_in::<T>())
}
