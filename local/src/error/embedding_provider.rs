//! Errors of embedding providers.

use super::catalogue::kinds;

kinds!(Server, "EMBEDDING_PROVIDER", {
    EMBEDDING_GATEWAY_NOT_AVAILABLE: "Embedding gateway is not available",
    EMBEDDING_GATEWAY_RATE_LIMITED: "Embedding gateway limits the rate of requests",
    EMBEDDING_GATEWAY_REQUEST_PROCESSING_ERROR: "Embedding gateway failed",
    EMBEDDING_GATEWAY_UNABLE_RESOLVE_AUTHENTICATION_TYPE: "Embedding gateway cannot resolve the credential",
    EMBEDDING_GATEWAY_UNEXPECTED_RESPONSE: "Embedding gateway gave an unusable answer",
    EMBEDDING_PROVIDER_AUTHENTICATION_KEYS_NOT_PROVIDED: "Key of the embedding provider is missing",
    EMBEDDING_PROVIDER_BAD_HOST_NAME: "Embedding provider has no such host",
    EMBEDDING_PROVIDER_CLIENT_ERROR: "Embedding provider refused the request",
    EMBEDDING_PROVIDER_RATE_LIMITED: "Embedding provider limits the rate of requests",
    EMBEDDING_PROVIDER_SERVER_ERROR: "Embedding provider failed",
    EMBEDDING_PROVIDER_TIMEOUT: "Embedding provider did not answer in time",
    EMBEDDING_PROVIDER_UNAVAILABLE: "Embedding provider cannot be reached",
    EMBEDDING_PROVIDER_UNEXPECTED_RESPONSE: "Embedding provider gave an unusable answer",
    EMBEDDING_REQUEST_ENCODING_ERROR: "Request to the embedding provider could not be written",
    EMBEDDING_RESPONSE_DECODING_ERROR: "Answer of the embedding provider could not be read",
});
