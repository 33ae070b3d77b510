//! Errors of the server itself.

use super::catalogue::kinds;

kinds!(Server, "", {
    OVERLOADED_SERVER(429): "Server is busy with large requests",
    INTERNAL_SERVER_ERROR: "Server met an inconsistency",
    UNEXPECTED_SERVER_ERROR: "Server failed",
});
