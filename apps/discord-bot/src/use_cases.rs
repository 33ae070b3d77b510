//! What members do with documents: one file each, which asks the store and decides by the rules of `domain`.

pub mod delete_document;
pub mod insert_document;
pub mod search_documents;
pub mod update_document;
