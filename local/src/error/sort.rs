//! Errors of a sort.

use super::catalogue::kinds;

kinds!(Request, "SORT", {
    CANNOT_LEXICAL_SORT_NON_INDEXED_COLUMNS: "Lexical sort needs a text index",
    CANNOT_LEXICAL_SORT_WITH_SKIP_OPTION: "Lexical sort cannot skip",
    CANNOT_SORT_ON_MULTIPLE_VECTORIZE: "Only one vectorize sort is possible",
    CANNOT_SORT_ON_MULTIPLE_VECTORS: "Only one vector sort is possible",
    CANNOT_SORT_ON_SPECIAL_WITH_OTHERS: "Vector and lexical sorts stand alone",
    CANNOT_SORT_UNKNOWN_COLUMNS: "Table has no such column",
    CANNOT_SORT_VECTOR_AND_NON_VECTOR_COLUMNS: "Vector sort stands alone",
    CANNOT_VECTOR_SORT_NON_INDEXED_VECTOR_COLUMNS: "Vector sort needs a vector index",
    CANNOT_VECTOR_SORT_NON_VECTOR_COLUMNS: "Column does not hold vectors",
    CANNOT_VECTOR_SORT_ON_MISMATCHED_VECTOR_DIMENSIONS: "Vector has another length than its column",
    CANNOT_VECTOR_SORT_WITH_LIMIT_EXCEEDS_MAX: "Limit too high for a vector sort",
    CANNOT_VECTOR_SORT_WITH_SKIP_OPTION: "Vector sort cannot skip",
    CANNOT_VECTORIZE_SORT_NON_VECTOR_COLUMN: "Column cannot be sorted by a text",
    CANNOT_VECTORIZE_SORT_WHEN_MISSING_VECTORIZE_DEFINITION: "Vector column has no embedding service",
    INVALID_REGULAR_SORT_EXPRESSION: "Sort direction must be 1 or -1",
    INVALID_VECTOR_SORT_EXPRESSION: "Vector column must be sorted by a vector",
    OVERLOADED_SORT_ROW_LIMIT: "Too much to sort",
    SORT_CLAUSE_INVALID: "Sort not valid",
    SORT_CLAUSE_PATH_INVALID: "Sort path not valid",
    SORT_CLAUSE_PATH_UNINDEXED: "Sort path is not indexed",
    SORT_CLAUSE_VALUE_INVALID: "Sort value not valid",
    UNSUPPORTED_PAGINATION_WITH_IN_MEMORY_SORTING: "Rows sorted in memory have no further pages",
    UNSUPPORTED_SORT_FOR_TABLE_DELETE_COMMAND: "Deleting a row takes no sort",
    UNSUPPORTED_SORT_FOR_TABLE_UPDATE_COMMAND: "Updating a row takes no sort",
    UNSUPPORTED_VECTOR_SORT_FOR_COLLECTION: "Collection has no vectors",
    UNSUPPORTED_VECTORIZE_SORT_FOR_COLLECTION: "Collection has no embedding service",
});
