//! Errors of reranking providers.

use super::catalogue::kinds;

kinds!(Server, "RERANKING_PROVIDER", {
    RERANKING_PROVIDER_TIMEOUT: "Reranking provider did not answer in time",
});
