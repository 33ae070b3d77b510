//! Errors of the server itself.

use super::catalogue::kinds;

kinds!(Server, "", {
    INTERNAL_SERVER_ERROR: "Server met an inconsistency",
    UNEXPECTED_SERVER_ERROR: "Server failed",
});
