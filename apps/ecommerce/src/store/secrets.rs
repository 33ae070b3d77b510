//! What every instance of the shop must agree on and nobody else may know, in the collection
//! `secrets`.

use astra_db::{Collection, CollectionDefinition};
use serde::{Deserialize, Serialize};
use serde_json::json;
use shared::schema::{NotMade, Schema};

use crate::store::error::StoreError;

pub(super) const COLLECTION: &str = "secrets";

/// How the collection is made.
pub(super) fn definition() -> CollectionDefinition {
    CollectionDefinition::default()
}

/// Questions about secrets.
#[derive(Debug, Clone)]
pub struct Secrets(Collection<Secret>);

#[derive(Serialize, Deserialize)]
struct Secret {
    #[serde(rename = "_id")]
    id: String,
    value: String,
}

impl Secrets {
    pub(super) async fn open(schema: &Schema<'_>) -> Result<Self, NotMade> {
        schema.collection(COLLECTION, &definition()).await?;
        Ok(Self(schema.database().collection(COLLECTION)))
    }

    /// Stores the proposed value unless there is one, and answers the one there is: of instances
    /// that start at once, all end up with the same.
    pub async fn keep_first(&self, id: &str, proposed: &str) -> Result<String, StoreError> {
        if let Some(known) = self.0.find_one(json!({ "_id": id })).await? {
            return Ok(known.value);
        }
        let secret = Secret {
            id: id.to_owned(),
            value: proposed.to_owned(),
        };
        match self.0.insert_one(&secret).await {
            Ok(_) => Ok(secret.value),
            Err(error) if error.is_already_exists() => {
                let known = self.0.find_one(json!({ "_id": id })).await?;
                known.map(|known| known.value).ok_or(error.into())
            }
            Err(error) => Err(error.into()),
        }
    }
}
