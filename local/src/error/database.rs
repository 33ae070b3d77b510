//! Errors of the database underneath.

use super::catalogue::kinds;

kinds!(Server, "DATABASE", {
    COLLECTION_NO_INDEX_ERROR: "Index of a collection is missing",
    COLLECTION_SCHEMA_VERSION_INVALID: "Stored collection has an unknown version",
    CORRUPTED_COLLECTION_SCHEMA: "Stored collection cannot be read",
    COUNT_READ_FAILED: "Documents could not be counted",
    DOCUMENT_FROM_DB_UNPARSEABLE: "Stored document cannot be read",
    FAILED_COMPARE_AND_SET: "Outcome of a conditional write is unknown",
    FAILED_CONCURRENT_OPERATIONS: "Document kept changing while it was being written",
    FAILED_READ_REQUEST: "Reading failed",
    FAILED_TO_CONNECT_TO_DATABASE: "Database cannot be reached",
    FAILED_TO_READ_METADATA: "Schema cannot be read",
    FAILED_TRUNCATION: "Collection or table could not be emptied",
    FAILED_WRITE_REQUEST: "Writing failed",
    INVALID_COLLECTION_QUERY: "Query does not fit the collection",
    INVALID_DATABASE_QUERY: "Database refused the query",
    TIMEOUT_READING_DATA: "Reading took too long",
    TIMEOUT_WRITING_DATA: "Writing took too long",
    UNAVAILABLE_DATABASE: "Database is not available",
    UNEXPECTED_DOCUMENT_ID_TYPE: "Stored _id cannot be read",
    UNEXPECTED_DRIVER_ERROR: "Database could not make sense of the query",
    UNKNOWN_KEYSPACE: "Keyspace does not exist",
    UNSUPPORTED_DATABASE_QUERY: "Database does not support the query",
});
