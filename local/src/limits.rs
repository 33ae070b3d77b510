//! The limits of the Data API, with the values the real server has in production.

/// What one request may ask for, and how much one answer holds.
///
/// The defaults are those of the real server; a test may lower them, an application that needs more may raise them.
/// Limits on the shape of a document (depth, sizes of strings and arrays, …) are not among these: documents beyond
/// them would be refused by every other Data API.
///
/// ```
/// use astra_local::Limits;
///
/// let mut limits = Limits::default();
/// limits.collections = 5;
/// assert_eq!(limits.insert_documents, 100);
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Limits {
    /// Documents or rows in one `insertMany`: 100.
    pub insert_documents: usize,
    /// The highest `limit` of a vector sort, and its default: 1000.
    pub vector_search: u32,
    /// The highest of the `hybridLimits` of `findAndRerank`: 100.
    pub hybrid_search: u32,
    /// Collections in the whole database: 200.
    pub collections: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            insert_documents: 100,
            vector_search: 1000,
            hybrid_search: 100,
            collections: 200,
        }
    }
}
