//! Errors of the token.

use super::catalogue::kinds;

kinds!(Request, "SECURITY", {
    MISSING_AUTHENTICATION_TOKEN(401): "Token is missing",
    UNAUTHENTICATED_REQUEST(401): "Token was not accepted",
    UNAUTHORIZED_ACCESS(401): "Token does not permit this",
});
