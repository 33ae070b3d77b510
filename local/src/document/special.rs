//! The fields of a document that are no data of its own.

/// The vector of a document.
pub(crate) const VECTOR: &str = "$vector";
/// Text the server turns into a vector.
pub(crate) const VECTORIZE: &str = "$vectorize";
/// Text for lexical search.
pub(crate) const LEXICAL: &str = "$lexical";
/// Shorthand for `$lexical` and `$vectorize` on insert.
pub(crate) const HYBRID: &str = "$hybrid";
/// The id.
pub(crate) const ID: &str = "_id";

/// Whether a top-level field is one of those that can be stored although they begin with `$`.
pub(crate) fn is_special(name: &str) -> bool {
    matches!(name, VECTOR | VECTORIZE | LEXICAL)
}
