#![doc = include_str!("../README.md")]
#![warn(missing_docs)]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod client;
mod collection;
mod column_value;
mod connection_string;
mod cursor;
mod database;
#[cfg(feature = "devops")]
mod database_status;
mod handle;
pub mod model;
pub mod schema;
pub mod table;

mod action;
mod administration;
mod background;
mod call_info;
mod command;
mod deadline;
mod details;
#[cfg(feature = "devops")]
pub mod devops;
mod endpoint;
mod error;
mod event;
mod execute;
mod field_order;
mod field_path;
mod fill_columns;
mod inserted_id;
mod json;
mod lost_order;
mod options;
mod page;
mod pasted;
pub mod query;
mod read_query;
mod retry_class;
mod shortened;
mod sort;
mod sync;
#[cfg(feature = "testing")]
pub mod testing;
mod timeouts;
mod transport;
pub mod value;

pub use http;
#[cfg(feature = "http")]
pub use reqwest;
pub use secrecy::SecretString;

pub use action::{
    AlterType, CountDocuments, CreateKeyspace, CreateSchema, DeleteMany, DeleteOne, DeleteResult,
    DeleteRows, Distinct, DropCollection, DropKeyspace, DropSchema, EstimatedDocumentCount, Find,
    FindAndRerank, FindEmbeddingProviders, FindOne, FindOneAndDelete, FindOneAndReplace,
    FindOneAndUpdate, FindRerankingProviders, Found, FoundAndReranked, FoundAndUpdated,
    HybridQuery, InsertMany, InsertManyResult, InsertManyStream, InsertManyStreamError, InsertOne,
    InsertOneResult, InsertOutcomes, InsertProgress, ListKeyspaces, ListSchema, ModelStatus,
    RejectedDocument, RejectionReason, ReplaceOne, Replication, RerankScores, Reranked,
    ReturnDocument, RunCommand, StreamOutcome, UpdateMany, UpdateOne, UpdateResult, UpdateRow,
    WriteResult,
};
pub use administration::{
    AlterTable, CreateCollection, CreateTable, ListCollectionNames, ListCollections,
    SyncCollection, SyncTable,
};
#[cfg(feature = "derive")]
pub use astra_db_derive::{CollectionDocument, Fields, TableRow, Udt};
pub use call_info::{CallInfo, Target};
pub use client::{DataApiClient, DataApiClientBuilder};
pub use collection::Collection;
pub use command::Reply;
pub use connection_string::ConnectionString;
pub use cursor::Cursor;
pub use database::Database;
pub use details::Details;
pub use endpoint::Environment;
pub use error::{
    ApiError, ApiErrors, BoxError, ConfigError, ConfigErrorKind, ConnectionError, DecodeError,
    DeniedWarnings, EncodeError, Error, ErrorCode, ErrorFamily, Executed, HttpError,
    InsertManyError, InsertOutcome, PartialDelete, PartialUpdate, Result, SchemeMismatch,
    TimeoutError,
};
pub use event::{CommandFailed, CommandListener, CommandRetried, CommandStarted, CommandSucceeded};
pub use field_path::{InvalidFieldPath, field_path, split_field_path};
pub use inserted_id::InsertedId;
pub use model::{CollectionDocument, TableRow, Udt};
pub use options::Options;
pub use page::{Page, PageState};
pub use query::{Field, Fields, Filter, Projection, Update};
pub use schema::{CollectionDefinition, TableDefinition};
pub use sort::Sort;
pub use sync::{Drift, SyncPlan, SyncStep};
pub use table::{Row, Table};
pub use timeouts::{TimeoutCategory, Timeouts};
pub use transport::{
    AwsEmbeddingKeys, DefaultRetryPolicy, EmbeddingKey, FailedAttempt, HeaderProvider,
    ProvidedHeaders, RerankingKey, RetryPolicy, Token, TokenProvider, Transport, TransportError,
    TransportReply, TransportRequest, UsernamePassword,
};
#[cfg(feature = "http")]
pub use transport::{HttpTransport, TlsVersion};
pub use value::{Binary, Document, DocumentId, Number, ObjectId, Timestamp, Uuid, Value, Vector};

/// What [`doc!`] and the derives expand to. Not part of the API.
#[doc(hidden)]
pub mod __private {
    pub use serde;

    use crate::model::{ColumnValue, FieldValue, KeyValue, ListValue};
    use crate::schema::{ColumnType, IndexDefinition, IndexDescriptor};
    use crate::value::Value;

    /// Like `json!`, it panics where a value cannot be JSON, such as a map with keys other than text.
    pub fn value<T: serde::Serialize + ?Sized>(thing: &T) -> Value {
        Value::encode(thing).unwrap_or_else(|error| panic!("doc!: {error}"))
    }

    pub fn column_type<T: ColumnValue>() -> ColumnType {
        T::column_type()
    }

    pub fn key_type<T: KeyValue>() -> ColumnType {
        T::column_type()
    }

    pub fn field_type<T: FieldValue>() -> ColumnType {
        T::column_type()
    }

    pub fn set_type<T: ListValue>() -> ColumnType {
        ColumnType::set(T::element_type())
    }

    pub fn index(name: &str, definition: impl Into<IndexDefinition>) -> IndexDescriptor {
        IndexDescriptor {
            name: name.to_owned(),
            definition: definition.into(),
        }
    }
}
