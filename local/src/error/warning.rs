//! Warnings: they accompany an answer and change nothing in it.

use super::catalogue::kinds;

kinds!(Request, "WARNING", {
    COMPARISON_FILTER_UNSUPPORTED_BY_INDEXING: "Index does not help this comparison",
    DEPRECATED_COMMAND: "Command has a successor",
    INCOMPLETE_PRIMARY_KEY_FILTER: "Filter does not give the whole primary key",
    IN_MEMORY_SORTING_DUE_SKIP_OPTIONS: "Sorted in memory because of skip",
    IN_MEMORY_SORTING_DUE_TO_MISSING_PARTITION_SORTING: "Sorted in memory for want of a clustering column",
    IN_MEMORY_SORTING_DUE_TO_NON_PARTITION_SORTING: "Sorted in memory by columns outside the clustering order",
    IN_MEMORY_SORTING_DUE_TO_OUT_OF_ORDER_PARTITION_SORTING: "Sorted in memory against the clustering order",
    IN_MEMORY_SORTING_DUE_TO_PARTITION_KEY_NOT_RESTRICTED: "Sorted in memory across partitions",
    MISSING_INDEX: "Filter on a column without an index",
    NOT_EQUALS_UNSUPPORTED_BY_INDEXING: "Index does not help $ne",
    NOT_IN_FILTER_UNSUPPORTED_BY_INDEXING: "Index does not help $nin",
    QUERY_RETRIED_DUE_TO_INDEXING: "Query was repeated without its index",
    ZERO_FILTER_OPERATIONS: "Filter selects everything",
});
