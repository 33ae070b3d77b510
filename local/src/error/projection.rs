//! Errors of a projection.

use super::catalogue::kinds;

kinds!(Request, "PROJECTION", {
    UNKNOWN_TABLE_COLUMNS: "Table has no such column",
    UNSUPPORTED_COLUMN_TYPES: "Column type cannot be read",
    UNSUPPORTED_PROJECTION_DEFINITION: "Projection must be an object",
    UNSUPPORTED_PROJECTION_PARAM: "Projection not valid",
});
