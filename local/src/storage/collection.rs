//! A collection as it is held in memory, with the SQL of its tables.

use std::sync::Arc;

use super::vector_cache::VectorCache;
use crate::definition::CollectionDefinition;
use crate::document::CollectionRules;

/// One collection. Two collections that had the same name at different times differ in their number.
#[derive(Debug)]
pub(crate) struct Collection {
    pub(super) id: i64,
    /// The keyspace it lies in.
    pub(crate) keyspace: String,
    /// Its name, unique in the keyspace.
    pub(crate) name: String,
    /// What was given at creation.
    pub(crate) definition: CollectionDefinition,
    /// What the definition asks of documents.
    pub(crate) rules: CollectionRules,
    /// The index of its vectors.
    pub(crate) vectors: Arc<VectorCache<i64>>,
    pub(super) sql: Statements,
}

/// The SQL of one collection, composed once.
#[derive(Debug)]
pub(super) struct Statements {
    pub(super) by_key: String,
    pub(super) by_id: String,
    pub(super) place_of: String,
    pub(super) token_of: String,
    pub(super) scan: String,
    pub(super) scan_in_order: String,
    pub(super) newest: String,
    pub(super) count: String,
    pub(super) count_up_to: String,
    pub(super) insert: String,
    pub(super) update: String,
    pub(super) delete: String,
    pub(super) truncate: String,
    pub(super) count_range: String,
    pub(super) at_point: String,
    pub(super) in_range: String,
    pub(super) entries_in: String,
    pub(super) insert_entry: String,
    pub(super) delete_entry: String,
    pub(super) vectors: String,
    pub(super) newest_vector: String,
    pub(super) vector_of: String,
    pub(super) set_vector: String,
    pub(super) delete_vector: String,
}

impl Collection {
    /// None if the definition has something in it that no collection can be created with.
    pub(super) fn new(
        id: i64,
        keyspace: &str,
        name: &str,
        definition: CollectionDefinition,
    ) -> Option<Self> {
        Some(Self {
            id,
            keyspace: keyspace.to_owned(),
            name: name.to_owned(),
            rules: CollectionRules::of(&definition)?,
            definition,
            vectors: Arc::default(),
            sql: Statements::new(id),
        })
    }
}

impl Statements {
    pub(super) fn new(id: i64) -> Self {
        let in_range = format!("FROM entries_{id} WHERE path = ?1 AND entry >= ?2 AND entry < ?3");
        Self {
            by_key: format!("SELECT token, id, json FROM documents_{id} WHERE key = ?1"),
            by_id: format!("SELECT token, id, json FROM documents_{id} WHERE id = ?1"),
            place_of: format!("SELECT token, id FROM documents_{id} WHERE key = ?1"),
            token_of: format!("SELECT token FROM documents_{id} WHERE id = ?1"),
            scan: format!("SELECT token, id, json FROM documents_{id}"),
            scan_in_order: format!(
                "SELECT token, id, json FROM documents_{id} WHERE (token, id) > (?1, ?2) ORDER BY token, id"
            ),
            newest: format!("SELECT max(id) FROM documents_{id}"),
            count: format!("SELECT count(*) FROM documents_{id}"),
            count_up_to: format!("SELECT count(*) FROM (SELECT 1 FROM documents_{id} LIMIT ?1)"),
            insert: format!(
                "INSERT INTO documents_{id} (token, key, json) VALUES (?1, ?2, ?3) ON CONFLICT (key) DO NOTHING"
            ),
            update: format!("UPDATE documents_{id} SET json = ?2 WHERE id = ?1"),
            delete: format!("DELETE FROM documents_{id} WHERE id = ?1"),
            truncate: format!(
                "DELETE FROM entries_{id}; DELETE FROM vectors_{id}; DELETE FROM documents_{id};"
            ),
            count_range: format!("SELECT count(*) FROM (SELECT 1 {in_range} LIMIT ?4)"),
            at_point: format!(
                "SELECT document FROM entries_{id} WHERE path = ?1 AND entry = ?2 AND document > ?3
                 ORDER BY document LIMIT ?4"
            ),
            in_range: format!("SELECT document {in_range}"),
            entries_in: format!("SELECT entry, document {in_range}"),
            insert_entry: format!(
                "INSERT OR IGNORE INTO entries_{id} (path, entry, document) VALUES (?1, ?2, ?3)"
            ),
            delete_entry: format!(
                "DELETE FROM entries_{id} WHERE path = ?1 AND entry = ?2 AND document = ?3"
            ),
            vectors: format!("SELECT document, vector FROM vectors_{id}"),
            newest_vector: format!("SELECT max(document) FROM vectors_{id}"),
            vector_of: format!("SELECT vector FROM vectors_{id} WHERE document = ?1"),
            set_vector: format!(
                "INSERT OR REPLACE INTO vectors_{id} (document, vector) VALUES (?1, ?2)"
            ),
            delete_vector: format!("DELETE FROM vectors_{id} WHERE document = ?1"),
        }
    }
}
