//! Errors of a filter.

use super::catalogue::kinds;

kinds!(Request, "FILTER", {
    CANNOT_LEXICAL_FILTER_NON_INDEXED_COLUMNS: "$match needs a text index",
    FILTER_FIELDS_LIMIT_VIOLATION: "Too many comparisons in the filter",
    FILTER_ID_NOT_INDEXED: "_id is not indexed",
    FILTER_INVALID_EXPRESSION: "Filter expression not valid",
    FILTER_MULTIPLE_ID_FILTER: "Filter compares _id more than once",
    FILTER_PATH_UNINDEXED: "Path is not indexed",
    FILTER_UNSUPPORTED_DATA_TYPE: "Filter value of a type that cannot be used here",
    FILTER_UNSUPPORTED_OPERATOR: "Filter operator not supported",
    INVALID_FILTER_COLUMN_VALUES: "Filter value does not fit its column",
    INVALID_MAP_SET_LIST_FILTER: "Filter on a map, set or list not valid",
    INVALID_PRIMARY_KEY_FILTER: "Filter does not select by primary key",
    MISSING_FILTER_FOR_UPDATE_DELETE: "Filter is missing",
    MISSING_FULL_PRIMARY_KEY_FOR_UPDATE_DELETE: "Filter does not give the whole primary key",
    UNKNOWN_TABLE_COLUMNS: "Table has no such column",
    UNSUPPORTED_COLUMN_TYPES: "Column type cannot be filtered",
    UNSUPPORTED_COMPARISON_FILTER_AGAINST_DURATION: "Durations have no order",
    UNSUPPORTED_FILTER_FOR_UPDATE_ONE_DELETE_ONE: "Operator not supported for a single row",
    UNSUPPORTED_FILTERING_FOR_COLUMN_TYPES: "Column type cannot be filtered",
    UNSUPPORTED_NON_PRIMARY_KEY_FILTER_FOR_UPDATE_DELETE: "Only primary key columns can select rows to change",
});
