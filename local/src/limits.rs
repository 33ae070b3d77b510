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
    /// Documents on a page of `find`, and documents changed by one `updateMany`: 50.
    pub page: usize,
    /// Documents a filter may select less one when they are to be sorted by fields: 10 000.
    pub sorted_documents: usize,
    /// The highest exact answer of `countDocuments`: 1000.
    pub counted_documents: usize,
    /// Documents deleted by one `deleteMany` with a filter: 20.
    pub deleted_documents: usize,
    /// Collections in the whole database: 200.
    pub collections: usize,
    /// Indexes in the whole database, of which a collection takes 10: 4000.
    pub indexes: usize,
    /// Tables in the whole database: as many as one likes.
    pub tables: usize,
    /// Indexes of one table: as many as one likes.
    pub indexes_of_table: usize,
    /// Bytes of memory that large requests and answers under way share: 256 MiB. A request counts for its body and the
    /// values in it: about four times a body of text or vectors, twenty times one of the tiniest values.
    pub memory: usize,
    /// Bytes of documents or rows that a read puts into one answer; beyond it fails with `OVERLOADED_SERVER`.
    pub(crate) answer: usize,
}

impl Limits {
    /// The limits of a database on Astra: 10 collections, 100 indexes, 50 tables with 10 indexes each.
    ///
    /// ```
    /// assert_eq!(astra_local::Limits::astra().collections, 10);
    /// ```
    pub fn astra() -> Self {
        Self {
            collections: 10,
            indexes: 100,
            tables: 50,
            indexes_of_table: 10,
            ..Self::default()
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            insert_documents: 100,
            vector_search: 1000,
            hybrid_search: 100,
            page: 50,
            sorted_documents: 10_000,
            counted_documents: 1000,
            deleted_documents: 20,
            collections: 200,
            indexes: 4000,
            tables: usize::MAX,
            indexes_of_table: usize::MAX,
            memory: 256 * 1024 * 1024,
            answer: usize::MAX,
        }
    }
}
