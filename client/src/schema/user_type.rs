//! User-defined types, as they are given to `createType` and listed by `listTypes`.

use serde::{Deserialize, Serialize};

use super::column::{ApiSupport, Column, Columns};

/// The fields of a user-defined type: what a struct is in a column.
///
/// Fields are of primitive types only.
///
/// ```
/// use astra_db::schema::{ColumnType, TypeDefinition};
///
/// let address = TypeDefinition::default()
///     .field("street", ColumnType::Text)
///     .field("since", ColumnType::Date);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TypeDefinition {
    /// The fields with their types.
    pub fields: Columns,
}

impl TypeDefinition {
    /// Adds a field.
    #[must_use]
    pub fn field(mut self, name: impl Into<String>, kind: impl Into<Column>) -> Self {
        self.fields.insert(name, kind);
        self
    }
}

/// A type as [`Database::list_types`](crate::Database::list_types) gives it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "type", rename = "userDefined")]
#[non_exhaustive]
pub struct TypeDescriptor {
    /// Its name.
    #[serde(rename = "udtName")]
    pub name: String,
    /// Its fields.
    pub definition: TypeDefinition,
    /// What the API can do with columns of the type.
    #[serde(skip_serializing)]
    pub api_support: Option<ApiSupport>,
}
