//! Which embedding and reranking providers a database offers.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{awaited, call_options, execute};
use crate::call_info::Target;
use crate::database::Database;
use crate::error::Result;
use crate::options::Options;
use crate::schema::{EmbeddingProvider, RerankingProvider};

impl Database {
    /// The embedding providers by name, with their models: what `service` of a collection may name.
    ///
    /// ```
    /// # async fn run(db: astra_db::Database) -> Result<(), astra_db::Error> {
    /// for (name, provider) in db.find_embedding_providers().await? {
    ///     let models: Vec<_> = provider.models.iter().map(|model| &model.name).collect();
    ///     println!("{name}: {models:?}");
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "findEmbeddingProviders")]
    pub fn find_embedding_providers(&self) -> FindEmbeddingProviders {
        FindEmbeddingProviders {
            options: Arc::clone(self.options()),
            database: self.clone(),
            status: ModelStatus::Supported,
        }
    }

    /// The reranking providers by name, with their models: what `rerank` of a collection may name.
    ///
    /// ```
    /// # async fn run(db: astra_db::Database) -> Result<(), astra_db::Error> {
    /// use astra_db::ModelStatus;
    ///
    /// let all = db.find_reranking_providers().model_status(ModelStatus::Any).await?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "findRerankingProviders")]
    pub fn find_reranking_providers(&self) -> FindRerankingProviders {
        FindRerankingProviders {
            options: Arc::clone(self.options()),
            database: self.clone(),
            status: ModelStatus::Supported,
        }
    }
}

/// Which models are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ModelStatus {
    /// Those that can be used for something new.
    #[default]
    Supported,
    /// Those that still work where they are in use.
    Deprecated,
    /// Those that no longer work.
    EndOfLife,
    /// All of them.
    Any,
}

#[derive(Serialize)]
struct ProvidersPayload {
    options: ProvidersOptions,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ProvidersOptions {
    /// `null` asks for all; leaving the field out asks for the supported ones.
    filter_model_status: Option<&'static str>,
}

impl ModelStatus {
    fn payload(self) -> ProvidersPayload {
        let filter_model_status = match self {
            Self::Supported => Some("SUPPORTED"),
            Self::Deprecated => Some("DEPRECATED"),
            Self::EndOfLife => Some("END_OF_LIFE"),
            Self::Any => None,
        };
        ProvidersPayload {
            options: ProvidersOptions {
                filter_model_status,
            },
        }
    }
}

macro_rules! providers {
    ($(#[$about:meta])* $builder:ident: $command:literal, $providers:ident, $provider:ty) => {
        $(#[$about])*
        #[derive(Clone, Debug)]
        #[must_use = "a command is sent when it is awaited"]
        pub struct $builder {
            database: Database,
            status: ModelStatus,
            options: Arc<Options>,
        }

        impl $builder {
            call_options!();

            /// Which models are listed; the supported ones if this is not called.
            pub fn model_status(mut self, status: ModelStatus) -> Self {
                self.status = status;
                self
            }

            async fn run(self) -> Result<BTreeMap<String, $provider>> {
                #[derive(Deserialize)]
                #[serde(rename_all = "camelCase")]
                struct Status {
                    $providers: BTreeMap<String, $provider>,
                }

                let (target, payload) = (Target::database(), self.status.payload());
                let reply = execute(&self.database, &self.options, $command, target, &payload).await?;
                Ok(reply.status::<Status>()?.$providers)
            }
        }

        awaited!($builder => BTreeMap<String, $provider>);
    };
}

providers! {
    /// Lists embedding providers. Made by [`Database::find_embedding_providers`].
    FindEmbeddingProviders: "findEmbeddingProviders", embedding_providers, EmbeddingProvider
}

providers! {
    /// Lists reranking providers. Made by [`Database::find_reranking_providers`].
    FindRerankingProviders: "findRerankingProviders", reranking_providers, RerankingProvider
}
