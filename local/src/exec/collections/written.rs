//! Checked documents as the storage takes them.

use super::Scope;
use crate::document::PreparedDocument;
use crate::document::entries::index_entries;
use crate::json::Value;
use crate::storage::documents::Written;

/// The text, vector and index entries of a document.
pub(super) fn written(scope: &Scope, document: PreparedDocument) -> Written {
    let entries = index_entries(&document.document, &scope.collection.rules.indexing);
    Written {
        json: Value::Object(document.document).to_json(),
        vector: document.vector,
        entries,
    }
}
