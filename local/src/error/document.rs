//! Errors of a document or row being written.

use super::catalogue::kinds;

kinds!(Request, "DOCUMENT", {
    DOCUMENT_ALREADY_EXISTS: "Document with this _id already exists",
    DOCUMENT_REPLACE_DIFFERENT_DOCID: "Replacement has another _id",
    INVALID_COLUMN_VALUES: "Value does not fit its column",
    INVALID_VECTOR_LENGTH: "Vector has another length than the collection asks for",
    INVALID_VECTORIZE_VALUE_TYPE: "$vectorize must be a string or null",
    LEXICAL_CONTENT_TOO_LONG: "$lexical text too long",
    MISSING_PRIMARY_KEY_COLUMNS: "Primary key is not complete",
    SHRED_BAD_BINARY_VECTOR_VALUE: "Binary vector cannot be decoded",
    SHRED_BAD_DOCID_TYPE: "_id is of a type that cannot be an id",
    SHRED_BAD_DOCID_VALUE: "_id must not be empty",
    SHRED_BAD_DOCUMENT_LEXICAL_TYPE: "$lexical must be a string or null",
    SHRED_BAD_DOCUMENT_TYPE: "Document must be an object",
    SHRED_BAD_DOCUMENT_VECTOR_TYPE: "$vector must be an array of numbers or a binary vector",
    SHRED_BAD_EJSON_VALUE: "Extended JSON value not valid",
    SHRED_BAD_FIELD_NAME: "Field name not allowed",
    SHRED_BAD_VECTOR_SIZE: "Vector must not be empty",
    SHRED_BAD_VECTOR_VALUE: "Vector holds something that is not a number",
    SHRED_DOC_LIMIT_VIOLATION: "A limit on documents is exceeded",
    UNKNOWN_TABLE_COLUMNS: "Table has no such column",
    UNSUPPORTED_COLUMN_TYPES: "Column type cannot be written",
    UNSUPPORTED_VECTORIZE_CONFIGURATIONS: "Row needs more than one embedding provider",
    UNSUPPORTED_VECTORIZE_WHEN_MISSING_VECTORIZE_DEFINITION: "Vector column has no embedding service",
});
