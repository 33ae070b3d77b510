//! The `errorCode` values of the Data API, read from the server's own catalogue (`errors.yaml` of
//! [stargate/data-api](https://github.com/stargate/data-api), 1.0.51).

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

macro_rules! error_codes {
    ($($name:ident = $text:literal: $when:literal,)+) => {
        /// What went wrong, as the server names it.
        ///
        /// A code this crate does not know yet is kept in [`ErrorCode::Other`], so a newer server
        /// never makes an answer unreadable. One code can occur with several scopes: the stable
        /// key is (`family`, `scope`, `code`) of an [`ApiError`](super::ApiError).
        ///
        /// ```
        /// use astra_db::ErrorCode;
        ///
        /// let code: ErrorCode = "DOCUMENT_ALREADY_EXISTS".parse()?;
        /// assert_eq!(code, ErrorCode::DocumentAlreadyExists);
        /// assert_eq!(ErrorCode::from("BRAND_NEW").as_str(), "BRAND_NEW");
        /// # Ok::<(), std::convert::Infallible>(())
        /// ```
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum ErrorCode {
            $(#[doc = concat!("`", $text, "`: ", $when)] $name,)+
            /// A code this version of the crate has no name for.
            Other(Box<str>),
        }

        impl ErrorCode {
            /// The code as it stands in the answer, `DOCUMENT_ALREADY_EXISTS` for example.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$name => $text,)+
                    Self::Other(text) => text,
                }
            }
        }

        impl From<&str> for ErrorCode {
            fn from(text: &str) -> Self {
                match text {
                    $($text => Self::$name,)+
                    other => Self::Other(other.into()),
                }
            }
        }
    };
}

error_codes! {
    // REQUEST, no scope
    CommandAcceptsNoOptions = "COMMAND_ACCEPTS_NO_OPTIONS": "Non-empty `options` on a command without options.",
    CommandFieldUnknown = "COMMAND_FIELD_UNKNOWN": "Unknown field in a command, its options, a column/index/type definition.",
    CommandFieldValueInvalid = "COMMAND_FIELD_VALUE_INVALID": "Missing/invalid value of a known field.",
    CommandUnknown = "COMMAND_UNKNOWN": "Unknown command or wrong level; unknown alterTable operation.",
    HybridFieldConflict = "HYBRID_FIELD_CONFLICT": "`$hybrid` next to `$lexical`/`$vector`/`$vectorize`.",
    HybridFieldUnknownSubfields = "HYBRID_FIELD_UNKNOWN_SUBFIELDS": "Unknown member in `$hybrid` object.",
    HybridFieldUnsupportedSubfieldValueType = "HYBRID_FIELD_UNSUPPORTED_SUBFIELD_VALUE_TYPE": "`$hybrid` member not string/null.",
    HybridFieldUnsupportedValueType = "HYBRID_FIELD_UNSUPPORTED_VALUE_TYPE": "`$hybrid` not string/object/null.",
    InvalidCreateCollectionField = "INVALID_CREATE_COLLECTION_FIELD": "Unknown field in createCollection options.",
    InvalidRerankOverride = "INVALID_RERANK_OVERRIDE": "findAndRerank `rerank` override incomplete/unknown/unsupported.",
    MissingRerankQueryText = "MISSING_RERANK_QUERY_TEXT": "findAndRerank has no query text.",
    RequestNotJson = "REQUEST_NOT_JSON": "Body is not well-formed JSON, duplicate key.",
    RequestStructureMismatch = "REQUEST_STRUCTURE_MISMATCH": "JSON fine but shape wrong.",
    UnsupportedCollectionCommand = "UNSUPPORTED_COLLECTION_COMMAND": "Table-only command on a collection.",
    UnsupportedContentType = "UNSUPPORTED_CONTENT_TYPE": "Content-Type not application/json.",
    UnsupportedRerankingCommand = "UNSUPPORTED_RERANKING_COMMAND": "Collection has rerank disabled and no override given.",
    UnsupportedTableCommand = "UNSUPPORTED_TABLE_COMMAND": "Collection-only command on a table.",
    // REQUEST / SECURITY
    MissingAuthenticationToken = "MISSING_AUTHENTICATION_TOKEN": "No token header.",
    UnauthenticatedRequest = "UNAUTHENTICATED_REQUEST": "Token malformed or refused.",
    UnauthorizedAccess = "UNAUTHORIZED_ACCESS": "Authenticated, operation not permitted.",
    // REQUEST / DOCUMENT
    DocumentAlreadyExists = "DOCUMENT_ALREADY_EXISTS": "Insert with an existing `_id` (collections).",
    DocumentReplaceDifferentDocid = "DOCUMENT_REPLACE_DIFFERENT_DOCID": "Replacement `_id` differs from the matched/filter id.",
    InvalidColumnValues = "INVALID_COLUMN_VALUES": "Table insert: value does not fit the column type.",
    InvalidVectorizeValueType = "INVALID_VECTORIZE_VALUE_TYPE": "`$vectorize` not string/null.",
    InvalidVectorLength = "INVALID_VECTOR_LENGTH": "Collection: vector length ≠ dimension (insert, update, sort).",
    LexicalContentTooLong = "LEXICAL_CONTENT_TOO_LONG": "`$lexical` analysed content too large.",
    MissingPrimaryKeyColumns = "MISSING_PRIMARY_KEY_COLUMNS": "Table insert without all key columns.",
    ShredBadBinaryVectorValue = "SHRED_BAD_BINARY_VECTOR_VALUE": "`$binary` vector: bad base64 or length.",
    ShredBadDocidType = "SHRED_BAD_DOCID_TYPE": "`_id` of unsupported type.",
    ShredBadDocidValue = "SHRED_BAD_DOCID_VALUE": "`_id` empty string.",
    ShredBadDocumentLexicalType = "SHRED_BAD_DOCUMENT_LEXICAL_TYPE": "`$lexical` not string/null.",
    ShredBadDocumentType = "SHRED_BAD_DOCUMENT_TYPE": "Document is not an object.",
    ShredBadDocumentVectorType = "SHRED_BAD_DOCUMENT_VECTOR_TYPE": "`$vector` not array / `{\"$binary\"}` / null.",
    ShredBadEjsonValue = "SHRED_BAD_EJSON_VALUE": "Malformed `$date`/`$uuid`/`$objectId`/`$binary`.",
    ShredBadFieldName = "SHRED_BAD_FIELD_NAME": "Empty or `$`-prefixed field name.",
    ShredBadVectorSize = "SHRED_BAD_VECTOR_SIZE": "`$vector` is an empty array.",
    ShredBadVectorValue = "SHRED_BAD_VECTOR_VALUE": "`$vector` has an element that is no number.",
    ShredDocLimitViolation = "SHRED_DOC_LIMIT_VIOLATION": "Any limit; also request-wide number/nesting limits.",
    UnknownTableColumns = "UNKNOWN_TABLE_COLUMNS": "Table insert with unknown columns.",
    UnsupportedColumnTypes = "UNSUPPORTED_COLUMN_TYPES": "Table insert into a column of an unsupported type (counter, tuple …).",
    UnsupportedVectorizeConfigurations = "UNSUPPORTED_VECTORIZE_CONFIGURATIONS": "Row would need several embedding providers.",
    UnsupportedVectorizeWhenMissingVectorizeDefinition = "UNSUPPORTED_VECTORIZE_WHEN_MISSING_VECTORIZE_DEFINITION": "String for a vector column without service.",
    // REQUEST / FILTER
    CannotLexicalFilterNonIndexedColumns = "CANNOT_LEXICAL_FILTER_NON_INDEXED_COLUMNS": "Table `$match` on a column without text index.",
    FilterFieldsLimitViolation = "FILTER_FIELDS_LIMIT_VIOLATION": "More than 64 comparisons.",
    FilterIdNotIndexed = "FILTER_ID_NOT_INDEXED": "`_id` not indexed and operator not `$eq`/`$in`.",
    FilterInvalidExpression = "FILTER_INVALID_EXPRESSION": "Malformed expression, operand, path or logical.",
    FilterMultipleIdFilter = "FILTER_MULTIPLE_ID_FILTER": "More than one `_id` comparison.",
    FilterPathUnindexed = "FILTER_PATH_UNINDEXED": "Path excluded by indexing options.",
    FilterUnsupportedDataType = "FILTER_UNSUPPORTED_DATA_TYPE": "Filter not an object; operand type not usable (e.g. `_id $ne` with boolean; object for a table column).",
    FilterUnsupportedOperator = "FILTER_UNSUPPORTED_OPERATOR": "Unknown `$operator`, or `$not` inside a field.",
    InvalidFilterColumnValues = "INVALID_FILTER_COLUMN_VALUES": "Table: operand does not fit the column type.",
    InvalidMapSetListFilter = "INVALID_MAP_SET_LIST_FILTER": "Table: wrong operator/shape for map, set, list.",
    InvalidPrimaryKeyFilter = "INVALID_PRIMARY_KEY_FILTER": "Table deleteMany: partition incomplete or clustering out of order.",
    MissingFilterForUpdateDelete = "MISSING_FILTER_FOR_UPDATE_DELETE": "Table updateOne/deleteOne with empty filter.",
    MissingFullPrimaryKeyForUpdateDelete = "MISSING_FULL_PRIMARY_KEY_FOR_UPDATE_DELETE": "Table updateOne/deleteOne key incomplete.",
    UnsupportedComparisonFilterAgainstDuration = "UNSUPPORTED_COMPARISON_FILTER_AGAINST_DURATION": "Range on duration.",
    UnsupportedFilteringForColumnTypes = "UNSUPPORTED_FILTERING_FOR_COLUMN_TYPES": "Reserved by the server.",
    UnsupportedFilterForUpdateOneDeleteOne = "UNSUPPORTED_FILTER_FOR_UPDATE_ONE_DELETE_ONE": "Operator other than `$eq` on a key column.",
    UnsupportedNonPrimaryKeyFilterForUpdateDelete = "UNSUPPORTED_NON_PRIMARY_KEY_FILTER_FOR_UPDATE_DELETE": "Non-key column in table update/delete filter.",
    // REQUEST / PROJECTION
    UnsupportedProjectionDefinition = "UNSUPPORTED_PROJECTION_DEFINITION": "Projection not an object (collections).",
    UnsupportedProjectionParam = "UNSUPPORTED_PROJECTION_PARAM": "Bad value, conflict, mixing, bad `$slice`, bad path.",
    // REQUEST / SORT
    CannotLexicalSortNonIndexedColumns = "CANNOT_LEXICAL_SORT_NON_INDEXED_COLUMNS": "Table: string sort on text column without text index.",
    CannotLexicalSortWithSkipOption = "CANNOT_LEXICAL_SORT_WITH_SKIP_OPTION": "Table: lexical sort with skip.",
    CannotSortOnMultipleVectorize = "CANNOT_SORT_ON_MULTIPLE_VECTORIZE": "Two vectorize sorts.",
    CannotSortOnMultipleVectors = "CANNOT_SORT_ON_MULTIPLE_VECTORS": "Two vector sorts.",
    CannotSortOnSpecialWithOthers = "CANNOT_SORT_ON_SPECIAL_WITH_OTHERS": "Vector/vectorize/lexical sort combined with another sort.",
    CannotSortUnknownColumns = "CANNOT_SORT_UNKNOWN_COLUMNS": "Unknown table column.",
    CannotSortVectorAndNonVectorColumns = "CANNOT_SORT_VECTOR_AND_NON_VECTOR_COLUMNS": "Vector plus regular sort (in practice preceded by the special-with-others check).",
    CannotVectorizeSortNonVectorColumn = "CANNOT_VECTORIZE_SORT_NON_VECTOR_COLUMN": "String sort on a non-text, non-vector column.",
    CannotVectorizeSortWhenMissingVectorizeDefinition = "CANNOT_VECTORIZE_SORT_WHEN_MISSING_VECTORIZE_DEFINITION": "String sort on vector column without service.",
    CannotVectorSortNonIndexedVectorColumns = "CANNOT_VECTOR_SORT_NON_INDEXED_VECTOR_COLUMNS": "No vector index.",
    CannotVectorSortNonVectorColumns = "CANNOT_VECTOR_SORT_NON_VECTOR_COLUMNS": "Vector value on a non-vector column.",
    CannotVectorSortOnMismatchedVectorDimensions = "CANNOT_VECTOR_SORT_ON_MISMATCHED_VECTOR_DIMENSIONS": "Length ≠ dimension (tables).",
    CannotVectorSortWithLimitExceedsMax = "CANNOT_VECTOR_SORT_WITH_LIMIT_EXCEEDS_MAX": "Limit > 1000 (tables).",
    CannotVectorSortWithSkipOption = "CANNOT_VECTOR_SORT_WITH_SKIP_OPTION": "Skip with vector sort (tables).",
    InvalidRegularSortExpression = "INVALID_REGULAR_SORT_EXPRESSION": "Table sort value not ±1.",
    InvalidVectorSortExpression = "INVALID_VECTOR_SORT_EXPRESSION": "±1 (or junk) on a vector column.",
    OverloadedSortRowLimit = "OVERLOADED_SORT_ROW_LIMIT": "In-memory sort reached 10 000 rows/documents.",
    SortClauseInvalid = "SORT_CLAUSE_INVALID": "Shape of the sort, or combination with special sorts / pageState.",
    SortClausePathInvalid = "SORT_CLAUSE_PATH_INVALID": "Malformed sort path.",
    SortClausePathUnindexed = "SORT_CLAUSE_PATH_UNINDEXED": "Sort path not indexed.",
    SortClauseValueInvalid = "SORT_CLAUSE_VALUE_INVALID": "Value not ±1, blank vectorize text.",
    UnsupportedPaginationWithInMemorySorting = "UNSUPPORTED_PAGINATION_WITH_IN_MEMORY_SORTING": "Table: pageState with in-memory sort.",
    UnsupportedSortForTableDeleteCommand = "UNSUPPORTED_SORT_FOR_TABLE_DELETE_COMMAND": "Sort on a table deleteOne.",
    UnsupportedSortForTableUpdateCommand = "UNSUPPORTED_SORT_FOR_TABLE_UPDATE_COMMAND": "Sort on a table updateOne.",
    UnsupportedVectorizeSortForCollection = "UNSUPPORTED_VECTORIZE_SORT_FOR_COLLECTION": "findAndRerank on a collection without service.",
    UnsupportedVectorSortForCollection = "UNSUPPORTED_VECTOR_SORT_FOR_COLLECTION": "findAndRerank on a collection without vectors.",
    // REQUEST / UPDATE
    InvalidPushOperatorUsage = "INVALID_PUSH_OPERATOR_USAGE": "Table `$push` shape.",
    InvalidUpdateColumnValues = "INVALID_UPDATE_COLUMN_VALUES": "Table update value does not fit.",
    MissingUpdateOperations = "MISSING_UPDATE_OPERATIONS": "Table update with nothing to do.",
    UnsupportedOverlappingUpdateOperations = "UNSUPPORTED_OVERLAPPING_UPDATE_OPERATIONS": "Table column changed twice.",
    UnsupportedUpdateDataType = "UNSUPPORTED_UPDATE_DATA_TYPE": "Operator argument not an object.",
    UnsupportedUpdateForPrimaryKeyColumns = "UNSUPPORTED_UPDATE_FOR_PRIMARY_KEY_COLUMNS": "Table update of key column.",
    UnsupportedUpdateOperation = "UNSUPPORTED_UPDATE_OPERATION": "Unknown operator, missing `$`, `$pullAll` on collections.",
    UnsupportedUpdateOperationsForTable = "UNSUPPORTED_UPDATE_OPERATIONS_FOR_TABLE": "Known operator not supported on tables.",
    UnsupportedUpdateOperationModifier = "UNSUPPORTED_UPDATE_OPERATION_MODIFIER": "Unknown modifier; `$inc`/`$mul` on special fields.",
    UnsupportedUpdateOperationParam = "UNSUPPORTED_UPDATE_OPERATION_PARAM": "Bad argument; overlapping paths.",
    UnsupportedUpdateOperationPath = "UNSUPPORTED_UPDATE_OPERATION_PATH": "Path cannot be followed; bad escape.",
    UnsupportedUpdateOperationTarget = "UNSUPPORTED_UPDATE_OPERATION_TARGET": "Existing value of the wrong type.",
    UnsupportedUpdateOperator = "UNSUPPORTED_UPDATE_OPERATOR": "Table operator not supported by the column type.",
    UnsupportedUpdateOperatorForDocId = "UNSUPPORTED_UPDATE_OPERATOR_FOR_DOC_ID": "Operator not allowed on `_id`.",
    UnsupportedUpdateOperatorForLexical = "UNSUPPORTED_UPDATE_OPERATOR_FOR_LEXICAL": "Operator not allowed on `$lexical`.",
    UnsupportedUpdateOperatorForVector = "UNSUPPORTED_UPDATE_OPERATOR_FOR_VECTOR": "Operator not allowed on `$vector`.",
    UnsupportedUpdateOperatorForVectorize = "UNSUPPORTED_UPDATE_OPERATOR_FOR_VECTORIZE": "Operator not allowed on `$vectorize`.",
    // REQUEST / WARNING
    ComparisonFilterUnsupportedByIndexing = "COMPARISON_FILTER_UNSUPPORTED_BY_INDEXING": "A range filter the index cannot serve.",
    DeprecatedCommand = "DEPRECATED_COMMAND": "createNamespace, dropNamespace, findNamespaces.",
    IncompletePrimaryKeyFilter = "INCOMPLETE_PRIMARY_KEY_FILTER": "A filter that does not name the whole primary key.",
    InMemorySortingDueSkipOptions = "IN_MEMORY_SORTING_DUE_SKIP_OPTIONS": "Sorted in memory because of skip.",
    InMemorySortingDueToMissingPartitionSorting = "IN_MEMORY_SORTING_DUE_TO_MISSING_PARTITION_SORTING": "Reserved by the server.",
    InMemorySortingDueToNonPartitionSorting = "IN_MEMORY_SORTING_DUE_TO_NON_PARTITION_SORTING": "Sorted in memory: the sort names columns outside the clustering key.",
    InMemorySortingDueToOutOfOrderPartitionSorting = "IN_MEMORY_SORTING_DUE_TO_OUT_OF_ORDER_PARTITION_SORTING": "Sorted in memory: clustering columns out of order.",
    InMemorySortingDueToPartitionKeyNotRestricted = "IN_MEMORY_SORTING_DUE_TO_PARTITION_KEY_NOT_RESTRICTED": "Sorted in memory: the partition is not fixed.",
    MissingIndex = "MISSING_INDEX": "A filter on a column without an index.",
    NotEqualsUnsupportedByIndexing = "NOT_EQUALS_UNSUPPORTED_BY_INDEXING": "`$ne` on a column whose index cannot serve it.",
    NotInFilterUnsupportedByIndexing = "NOT_IN_FILTER_UNSUPPORTED_BY_INDEXING": "`$nin` on a column whose index cannot serve it.",
    QueryRetriedDueToIndexing = "QUERY_RETRIED_DUE_TO_INDEXING": "The server repeated the query allowing a scan.",
    ZeroFilterOperations = "ZERO_FILTER_OPERATIONS": "A table read without a filter.",
    // REQUEST / SCHEMA
    CannotAddExistingColumns = "CANNOT_ADD_EXISTING_COLUMNS": "alterTable add of an existing column.",
    CannotAddExistingField = "CANNOT_ADD_EXISTING_FIELD": "alterType add/rename onto an existing field.",
    CannotAddExistingIndex = "CANNOT_ADD_EXISTING_INDEX": "Index name in use.",
    CannotAddExistingTable = "CANNOT_ADD_EXISTING_TABLE": "Table name in use.",
    CannotAddExistingType = "CANNOT_ADD_EXISTING_TYPE": "Type name in use.",
    CannotAddPreviouslyDroppedColumn = "CANNOT_ADD_PREVIOUSLY_DROPPED_COLUMN": "Re-adding a dropped column with another type.",
    CannotAddUnsupportedDataTypeColumns = "CANNOT_ADD_UNSUPPORTED_DATA_TYPE_COLUMNS": "alterTable add of timeuuid/counter ….",
    CannotAnalyzeEntriesOnMapColumns = "CANNOT_ANALYZE_ENTRIES_ON_MAP_COLUMNS": "Text options on a map entries index.",
    CannotDropIndexedColumns = "CANNOT_DROP_INDEXED_COLUMNS": "alterTable drop of an indexed column.",
    CannotDropPrimaryKeyColumns = "CANNOT_DROP_PRIMARY_KEY_COLUMNS": "alterTable drop of key column.",
    CannotDropTypeUsedByTable = "CANNOT_DROP_TYPE_USED_BY_TABLE": "dropType while used.",
    CannotDropUnknownColumns = "CANNOT_DROP_UNKNOWN_COLUMNS": "Dropping a column that does not exist.",
    CannotDropUnknownIndex = "CANNOT_DROP_UNKNOWN_INDEX": "Dropping an index that does not exist.",
    CannotDropUnknownTable = "CANNOT_DROP_UNKNOWN_TABLE": "Dropping a table that does not exist.",
    CannotDropUnknownType = "CANNOT_DROP_UNKNOWN_TYPE": "Dropping a type that does not exist.",
    CannotDropVectorizeFromNonVectorColumns = "CANNOT_DROP_VECTORIZE_FROM_NON_VECTOR_COLUMNS": "alterTable dropVectorize on a column that is no vector.",
    CannotDropVectorizeFromUnknownColumns = "CANNOT_DROP_VECTORIZE_FROM_UNKNOWN_COLUMNS": "alterTable dropVectorize on an unknown column.",
    CannotRenameUnknownTypeField = "CANNOT_RENAME_UNKNOWN_TYPE_FIELD": "alterType rename of an unknown field.",
    CannotVectorizeNonVectorColumns = "CANNOT_VECTORIZE_NON_VECTOR_COLUMNS": "alterTable addVectorize on a column that is no vector.",
    CannotVectorizeUnknownColumns = "CANNOT_VECTORIZE_UNKNOWN_COLUMNS": "alterTable addVectorize on an unknown column.",
    ColumnNotFound = "COLUMN_NOT_FOUND": "Reserved by the server.",
    ColumnTypeIncorrect = "COLUMN_TYPE_INCORRECT": "Reserved by the server.",
    DeprecatedAiModel = "DEPRECATED_AI_MODEL": "Model no longer usable for a new schema.",
    EmbeddingServiceNotConfigured = "EMBEDDING_SERVICE_NOT_CONFIGURED": "`$vectorize` data or sort on a collection without service.",
    EndOfLifeAiModel = "END_OF_LIFE_AI_MODEL": "Model no longer usable at all.",
    ExistingCollectionDifferentSettings = "EXISTING_COLLECTION_DIFFERENT_SETTINGS": "createCollection over a different collection.",
    ExistingIndexForCollection = "EXISTING_INDEX_FOR_COLLECTION": "createCollection: needed index name exists.",
    ExistingTableNotDataApiCollection = "EXISTING_TABLE_NOT_DATA_API_COLLECTION": "createCollection over a table.",
    InvalidCreateCollectionOptions = "INVALID_CREATE_COLLECTION_OPTIONS": "Bad option values; all service validation (tables too).",
    InvalidFormatForIndexCreationColumn = "INVALID_FORMAT_FOR_INDEX_CREATION_COLUMN": "createIndex column shape.",
    InvalidIndexingDefinition = "INVALID_INDEXING_DEFINITION": "createCollection indexing.",
    InvalidIndexDefinition = "INVALID_INDEX_DEFINITION": "Reserved by the server.",
    InvalidKeyspace = "INVALID_KEYSPACE": "List commands when the keyspace metadata vanished.",
    InvalidUsageOfVectorize = "INVALID_USAGE_OF_VECTORIZE": "`$vector` and `$vectorize` together.",
    InvalidUserDefinedTypeName = "INVALID_USER_DEFINED_TYPE_NAME": "udtName missing/blank.",
    InvalidVectorizeFieldConfiguration = "INVALID_VECTORIZE_FIELD_CONFIGURATION": "Stored vectorize metadata of a field is unreadable.",
    InvalidVectorizeTableConfiguration = "INVALID_VECTORIZE_TABLE_CONFIGURATION": "Stored vectorize metadata of a table is unreadable.",
    LexicalFeatureNotEnabled = "LEXICAL_FEATURE_NOT_ENABLED": "Lexical requested while the feature is off.",
    LexicalNotEnabledForCollection = "LEXICAL_NOT_ENABLED_FOR_COLLECTION": "`$lexical` data, filter or sort without lexical.",
    McpFeatureNotEnabled = "MCP_FEATURE_NOT_ENABLED": "MCP endpoint while off.",
    MissingAlterTableOperations = "MISSING_ALTER_TABLE_OPERATIONS": "alterTable without an operation.",
    MissingAlterTypeOperations = "MISSING_ALTER_TYPE_OPERATIONS": "alterType without an operation.",
    MissingDimensionInVectorColumn = "MISSING_DIMENSION_IN_VECTOR_COLUMN": "Vector column without dimension and service.",
    MissingFieldsForTypeCreation = "MISSING_FIELDS_FOR_TYPE_CREATION": "createType without fields.",
    MissingPartitionColumns = "MISSING_PARTITION_COLUMNS": "Empty partitionBy.",
    PrimaryKeyDefinitionIncorrect = "PRIMARY_KEY_DEFINITION_INCORRECT": "Reserved by the server.",
    RerankingFeatureNotEnabled = "RERANKING_FEATURE_NOT_ENABLED": "Rerank command/option while off.",
    RerankingProviderAuthenticationKeyNotProvided = "RERANKING_PROVIDER_AUTHENTICATION_KEY_NOT_PROVIDED": "The reranker needs a key and none was sent.",
    RerankingProviderClientError = "RERANKING_PROVIDER_CLIENT_ERROR": "The reranker answered 4xx.",
    RerankingProviderRateLimited = "RERANKING_PROVIDER_RATE_LIMITED": "The reranker answered 429.",
    RerankingProviderServerError = "RERANKING_PROVIDER_SERVER_ERROR": "The reranker answered 5xx.",
    RerankingProviderUnexpectedResponse = "RERANKING_PROVIDER_UNEXPECTED_RESPONSE": "The reranker answered something unusable.",
    RerankingServiceTypeUnavailable = "RERANKING_SERVICE_TYPE_UNAVAILABLE": "This kind of reranker is not available.",
    TooManyCollections = "TOO_MANY_COLLECTIONS": "createCollection over the limit of collections.",
    TooManyIndexesForCollection = "TOO_MANY_INDEXES_FOR_COLLECTION": "createCollection over the limit of indexes.",
    UnknownCollectionOrTable = "UNKNOWN_COLLECTION_OR_TABLE": "Path target missing.",
    UnknownDataType = "UNKNOWN_DATA_TYPE": "Unknown column type, long form.",
    UnknownIndexColumn = "UNKNOWN_INDEX_COLUMN": "Index on an unknown column.",
    UnknownIndexType = "UNKNOWN_INDEX_TYPE": "`indexType` unknown.",
    UnknownKeyspace = "UNKNOWN_KEYSPACE": "Path keyspace missing.",
    UnknownPartitionColumns = "UNKNOWN_PARTITION_COLUMNS": "The partition key names unknown columns.",
    UnknownPartitionSortColumns = "UNKNOWN_PARTITION_SORT_COLUMNS": "The clustering key names unknown columns.",
    UnknownPrimitiveDataType = "UNKNOWN_PRIMITIVE_DATA_TYPE": "Unknown column type, short form.",
    UnknownUserDefinedType = "UNKNOWN_USER_DEFINED_TYPE": "Column uses an unknown UDT.",
    UnknownVectorMetric = "UNKNOWN_VECTOR_METRIC": "createVectorIndex with an unknown metric.",
    UnknownVectorSourceModel = "UNKNOWN_VECTOR_SOURCE_MODEL": "createVectorIndex with an unknown source model.",
    UnsupportedDataTypeTableCreation = "UNSUPPORTED_DATA_TYPE_TABLE_CREATION": "createTable with counter/timeuuid ….",
    UnsupportedIndexingForDataTypes = "UNSUPPORTED_INDEXING_FOR_DATA_TYPES": "This column type cannot be indexed.",
    UnsupportedIndexingForFrozenColumn = "UNSUPPORTED_INDEXING_FOR_FROZEN_COLUMN": "A frozen column cannot be indexed.",
    UnsupportedIndexType = "UNSUPPORTED_INDEX_TYPE": "`indexType` is not the one of this command.",
    UnsupportedJsonTypeForTextIndex = "UNSUPPORTED_JSON_TYPE_FOR_TEXT_INDEX": "Analyzer neither string nor object.",
    UnsupportedListDefinition = "UNSUPPORTED_LIST_DEFINITION": "Element type of a list.",
    UnsupportedMapDefinition = "UNSUPPORTED_MAP_DEFINITION": "Key or value type of a map.",
    UnsupportedSchemaName = "UNSUPPORTED_SCHEMA_NAME": "Name rule.",
    UnsupportedSetDefinition = "UNSUPPORTED_SET_DEFINITION": "Element type of a set.",
    UnsupportedTextAnalysisForDataTypes = "UNSUPPORTED_TEXT_ANALYSIS_FOR_DATA_TYPES": "Text options on a column that is no text.",
    UnsupportedTextIndexForDataTypes = "UNSUPPORTED_TEXT_INDEX_FOR_DATA_TYPES": "Text index on a column that is no text.",
    UnsupportedTypeFields = "UNSUPPORTED_TYPE_FIELDS": "createType/alterType field types.",
    UnsupportedVectorDimension = "UNSUPPORTED_VECTOR_DIMENSION": "Dimension ≤ 0 or not a number.",
    UnsupportedVectorIndexForDataTypes = "UNSUPPORTED_VECTOR_INDEX_FOR_DATA_TYPES": "Vector index on a non-vector column.",
    VectorizeCredentialInvalid = "VECTORIZE_CREDENTIAL_INVALID": "Named credential not valid.",
    VectorizeFeatureNotAvailable = "VECTORIZE_FEATURE_NOT_AVAILABLE": "Service given while vectorize is off.",
    VectorSearchNotSupported = "VECTOR_SEARCH_NOT_SUPPORTED": "`$vector` data/sort on a collection without vectors.",
    VectorSearchTooBigValue = "VECTOR_SEARCH_TOO_BIG_VALUE": "Collection dimension > 4096.",
    VectorSearchUnknownFunctionName = "VECTOR_SEARCH_UNKNOWN_FUNCTION_NAME": "Unknown similarity metric.",
    VectorSearchUnrecognizedSourceModelName = "VECTOR_SEARCH_UNRECOGNIZED_SOURCE_MODEL_NAME": "Unknown embedding source model.",
    // SERVER
    CollectionNoIndexError = "COLLECTION_NO_INDEX_ERROR": "Reserved by the server.",
    CollectionSchemaVersionInvalid = "COLLECTION_SCHEMA_VERSION_INVALID": "Stored collection metadata has an unknown version.",
    CorruptedCollectionSchema = "CORRUPTED_COLLECTION_SCHEMA": "Collection indexes/metadata missing.",
    CountReadFailed = "COUNT_READ_FAILED": "Count query failed.",
    DocumentFromDbUnparseable = "DOCUMENT_FROM_DB_UNPARSEABLE": "Stored JSON unreadable.",
    EmbeddingGatewayNotAvailable = "EMBEDDING_GATEWAY_NOT_AVAILABLE": "The embedding gateway is down.",
    EmbeddingGatewayRateLimited = "EMBEDDING_GATEWAY_RATE_LIMITED": "The embedding gateway is rate limited.",
    EmbeddingGatewayRequestProcessingError = "EMBEDDING_GATEWAY_REQUEST_PROCESSING_ERROR": "The embedding gateway could not process the request.",
    EmbeddingGatewayUnableResolveAuthenticationType = "EMBEDDING_GATEWAY_UNABLE_RESOLVE_AUTHENTICATION_TYPE": "The embedding gateway could not resolve a secret.",
    EmbeddingGatewayUnexpectedResponse = "EMBEDDING_GATEWAY_UNEXPECTED_RESPONSE": "The embedding gateway answered something unusable.",
    EmbeddingProviderAuthenticationKeysNotProvided = "EMBEDDING_PROVIDER_AUTHENTICATION_KEYS_NOT_PROVIDED": "Required header missing.",
    EmbeddingProviderBadHostName = "EMBEDDING_PROVIDER_BAD_HOST_NAME": "Provider URL cannot be resolved.",
    EmbeddingProviderClientError = "EMBEDDING_PROVIDER_CLIENT_ERROR": "The embedding provider answered 4xx.",
    EmbeddingProviderRateLimited = "EMBEDDING_PROVIDER_RATE_LIMITED": "The embedding provider answered 429.",
    EmbeddingProviderServerError = "EMBEDDING_PROVIDER_SERVER_ERROR": "The embedding provider answered 5xx.",
    EmbeddingProviderTimeout = "EMBEDDING_PROVIDER_TIMEOUT": "The embedding provider did not answer in time.",
    EmbeddingProviderUnavailable = "EMBEDDING_PROVIDER_UNAVAILABLE": "The embedding provider could not be reached.",
    EmbeddingProviderUnexpectedResponse = "EMBEDDING_PROVIDER_UNEXPECTED_RESPONSE": "The embedding provider answered something unusable.",
    EmbeddingRequestEncodingError = "EMBEDDING_REQUEST_ENCODING_ERROR": "A request to the embedding provider could not be written.",
    EmbeddingResponseDecodingError = "EMBEDDING_RESPONSE_DECODING_ERROR": "An answer of the embedding provider could not be read.",
    FailedCompareAndSet = "FAILED_COMPARE_AND_SET": "CAS write outcome unknown.",
    FailedConcurrentOperations = "FAILED_CONCURRENT_OPERATIONS": "3 retries of a conditional write lost.",
    FailedReadRequest = "FAILED_READ_REQUEST": "A replica failed during a read.",
    FailedToConnectToDatabase = "FAILED_TO_CONNECT_TO_DATABASE": "No database node could be reached.",
    FailedToReadMetadata = "FAILED_TO_READ_METADATA": "The schema could not be read from the database.",
    FailedTruncation = "FAILED_TRUNCATION": "Truncating failed.",
    FailedWriteRequest = "FAILED_WRITE_REQUEST": "A replica failed during a write.",
    InternalServerError = "INTERNAL_SERVER_ERROR": "Server caught an inconsistency.",
    InvalidCollectionQuery = "INVALID_COLLECTION_QUERY": "Reserved by the server.",
    InvalidDatabaseQuery = "INVALID_DATABASE_QUERY": "Database refused a statement as invalid.",
    RerankingProviderTimeout = "RERANKING_PROVIDER_TIMEOUT": "Reranker timeout.",
    TimeoutReadingData = "TIMEOUT_READING_DATA": "The database did not answer a read in time.",
    TimeoutWritingData = "TIMEOUT_WRITING_DATA": "The database did not confirm a write in time.",
    UnavailableDatabase = "UNAVAILABLE_DATABASE": "Not enough replicas.",
    UnexpectedDocumentIdType = "UNEXPECTED_DOCUMENT_ID_TYPE": "Stored `_id` unreadable.",
    UnexpectedDriverError = "UNEXPECTED_DRIVER_ERROR": "Any other driver error; bad page state.",
    UnexpectedServerError = "UNEXPECTED_SERVER_ERROR": "Unclassified exception.",
    UnsupportedDatabaseQuery = "UNSUPPORTED_DATABASE_QUERY": "Syntax not supported by this database version (e.g. BM25 on OSS Cassandra 5).",
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl AsRef<str> for ErrorCode {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl FromStr for ErrorCode {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self::from(text))
    }
}

impl PartialEq<str> for ErrorCode {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for ErrorCode {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

impl Serialize for ErrorCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for ErrorCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        Ok(Self::from(text.as_ref()))
    }
}
