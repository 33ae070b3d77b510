//! Errors of a request as a whole: its JSON, its command, its fields.

use super::catalogue::kinds;

kinds!(Request, "", {
    COMMAND_ACCEPTS_NO_OPTIONS: "Command takes no options",
    COMMAND_FIELD_UNKNOWN: "Command has no such field",
    COMMAND_FIELD_VALUE_INVALID: "Value of a command field not valid",
    COMMAND_UNKNOWN: "Command not known here",
    HYBRID_FIELD_CONFLICT: "$hybrid given beside a field it stands for",
    HYBRID_FIELD_UNKNOWN_SUBFIELDS: "$hybrid has no such member",
    HYBRID_FIELD_UNSUPPORTED_SUBFIELD_VALUE_TYPE: "Member of $hybrid must be a string or null",
    HYBRID_FIELD_UNSUPPORTED_VALUE_TYPE: "$hybrid must be a string, an object or null",
    INVALID_CREATE_COLLECTION_FIELD: "Collection options have no such field",
    INVALID_RERANK_OVERRIDE: "Rerank override not valid",
    MISSING_RERANK_QUERY_TEXT: "Text to rerank by is missing",
    REQUEST_NOT_JSON: "Request body is not JSON",
    REQUEST_STRUCTURE_MISMATCH: "Request does not have the shape of a command",
    UNSUPPORTED_COLLECTION_COMMAND: "Command works on tables only",
    UNSUPPORTED_CONTENT_TYPE(415): "Content type must be application/json",
    UNSUPPORTED_RERANKING_COMMAND: "Collection does not rerank",
    UNSUPPORTED_TABLE_COMMAND: "Command works on collections only",
});
