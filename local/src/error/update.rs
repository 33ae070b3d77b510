//! Errors of an update.

use super::catalogue::kinds;

kinds!(Request, "UPDATE", {
    INVALID_PUSH_OPERATOR_USAGE: "$push not valid",
    INVALID_UPDATE_COLUMN_VALUES: "Value does not fit its column",
    MISSING_UPDATE_OPERATIONS: "Update changes nothing",
    UNKNOWN_TABLE_COLUMNS: "Table has no such column",
    UNSUPPORTED_COLUMN_TYPES: "Column type cannot be written",
    UNSUPPORTED_OVERLAPPING_UPDATE_OPERATIONS: "Column is changed twice",
    UNSUPPORTED_UPDATE_DATA_TYPE: "Argument of an update operator must be an object",
    UNSUPPORTED_UPDATE_FOR_PRIMARY_KEY_COLUMNS: "Primary key cannot be changed",
    UNSUPPORTED_UPDATE_OPERATION: "Update operator not supported",
    UNSUPPORTED_UPDATE_OPERATION_MODIFIER: "Update modifier not supported",
    UNSUPPORTED_UPDATE_OPERATION_PARAM: "Argument of an update operator not valid",
    UNSUPPORTED_UPDATE_OPERATION_PATH: "Update path cannot be followed",
    UNSUPPORTED_UPDATE_OPERATION_TARGET: "Update does not fit the value it changes",
    UNSUPPORTED_UPDATE_OPERATIONS_FOR_TABLE: "Update operator not supported on tables",
    UNSUPPORTED_UPDATE_OPERATOR: "Update operator does not fit the column type",
    UNSUPPORTED_UPDATE_OPERATOR_FOR_DOC_ID: "_id cannot be changed",
    UNSUPPORTED_UPDATE_OPERATOR_FOR_VECTOR: "Update operator does not work on $vector",
    UNSUPPORTED_UPDATE_OPERATOR_FOR_VECTORIZE: "Update operator does not work on $vectorize",
    UNSUPPORTED_UPDATE_OPERATOR_FOR_LEXICAL: "Update operator does not work on $lexical",
    UNSUPPORTED_VECTORIZE_WHEN_MISSING_VECTORIZE_DEFINITION: "Vector column has no embedding service",
});
