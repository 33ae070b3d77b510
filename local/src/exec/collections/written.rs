//! Checked documents as the storage takes them.

use super::scope::Scope;
use crate::document::PreparedDocument;
use crate::document::entries::index_entries;
use crate::storage::documents::Written;

/// The text, vector and index entries of a document.
pub(super) fn written(scope: &Scope, prepared: &PreparedDocument) -> Written {
    Written {
        json: prepared.json.clone(),
        vector: prepared.vector.clone(),
        entries: index_entries(&prepared.document, &scope.collection.rules),
    }
}
