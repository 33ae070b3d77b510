//! Making, listing, changing and dropping user-defined types.

use std::borrow::Borrow;
use std::sync::Arc;

use indexmap::IndexMap;
use serde::Serialize;

use super::schema_command::{CreateSchema, DropSchema, ListSchema, Place};
use super::{awaited, call_options};
use crate::database::Database;
use crate::error::Result;
use crate::options::Options;
use crate::schema::{Column, TypeDefinition, TypeDescriptor};

impl Database {
    /// Makes a user-defined type in the keyspace of this handle.
    ///
    /// ```
    /// # async fn run(db: astra_db::Database) -> Result<(), astra_db::Error> {
    /// use astra_db::schema::{ColumnType, TypeDefinition};
    ///
    /// let address = TypeDefinition::default()
    ///     .field("street", ColumnType::Text)
    ///     .field("since", ColumnType::Date);
    /// db.create_type("address", address).if_not_exists().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::is_already_exists`](crate::Error::is_already_exists) when there is a type of this
    /// name, unless [`if_not_exists`](CreateSchema::if_not_exists) is asked for.
    #[doc(alias = "createType")]
    pub fn create_type(
        &self,
        name: impl Into<String>,
        definition: impl Borrow<TypeDefinition>,
    ) -> CreateSchema {
        CreateSchema::new(self.types(), "createType", name, definition.borrow())
    }

    /// Adds fields to a user-defined type, or gives fields other names. At least one of either has
    /// to be said.
    ///
    /// ```
    /// # async fn run(db: astra_db::Database) -> Result<(), astra_db::Error> {
    /// use astra_db::schema::ColumnType;
    ///
    /// db.alter_type("address").rename("street", "road").add("zip", ColumnType::Int).await?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "alterType")]
    pub fn alter_type(&self, name: impl Into<String>) -> AlterType {
        AlterType {
            options: Arc::clone(self.options()),
            place: self.types(),
            name: name.into(),
            rename: Fields::default(),
            add: Fields::default(),
        }
    }

    /// The user-defined types of the keyspace.
    ///
    /// ```
    /// # async fn run(db: astra_db::Database) -> Result<(), astra_db::Error> {
    /// for found in db.list_types().await? {
    ///     // What is listed can be made again elsewhere.
    ///     db.keyspace("copy").create_type(found.name, found.definition).await?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "listTypes")]
    pub fn list_types(&self) -> ListSchema<TypeDescriptor> {
        ListSchema::new(self.types(), "listTypes", true)
    }

    /// The names of the user-defined types of the keyspace.
    ///
    /// ```
    /// # async fn run(db: astra_db::Database) -> Result<(), astra_db::Error> {
    /// let names: Vec<String> = db.list_type_names().await?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "listTypes")]
    pub fn list_type_names(&self) -> ListSchema<String> {
        ListSchema::new(self.types(), "listTypes", false)
    }

    /// Drops a user-defined type. One that a table uses is refused.
    ///
    /// ```
    /// # async fn run(db: astra_db::Database) -> Result<(), astra_db::Error> {
    /// db.drop_type("address").if_exists().await?;
    /// # Ok(())
    /// # }
    /// ```
    #[doc(alias = "dropType")]
    pub fn drop_type(&self, name: impl Into<String>) -> DropSchema {
        DropSchema::new(self, "dropType", name)
    }

    /// Commands on types go to the keyspace.
    fn types(&self) -> Place {
        Place {
            database: self.clone(),
            table: None,
        }
    }
}

/// Changes a user-defined type. Made by [`Database::alter_type`].
///
/// The server renames first, then adds, one field after the other: when it fails half-way, what was
/// done stays.
#[derive(Clone, Debug)]
#[must_use = "a command is sent when it is awaited"]
pub struct AlterType {
    place: Place,
    name: String,
    rename: Fields<String>,
    add: Fields<Column>,
    options: Arc<Options>,
}

#[derive(Clone, Debug, Serialize)]
struct Fields<T> {
    fields: IndexMap<String, T>,
}

impl<T> Default for Fields<T> {
    fn default() -> Self {
        Self {
            fields: IndexMap::new(),
        }
    }
}

impl<T> Fields<T> {
    fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }
}

#[derive(Serialize)]
struct AlterPayload<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Fields::is_empty")]
    rename: &'a Fields<String>,
    #[serde(skip_serializing_if = "Fields::is_empty")]
    add: &'a Fields<Column>,
}

impl AlterType {
    call_options!();

    /// Gives a field another name, also in the values that are stored.
    pub fn rename(mut self, from: impl Into<String>, to: impl Into<String>) -> Self {
        self.rename.fields.insert(from.into(), to.into());
        self
    }

    /// Adds a field, which stored values do not have.
    pub fn add(mut self, field: impl Into<String>, kind: impl Into<Column>) -> Self {
        self.add.fields.insert(field.into(), kind.into());
        self
    }

    async fn run(self) -> Result<()> {
        let payload = AlterPayload {
            name: &self.name,
            rename: &self.rename,
            add: &self.add,
        };
        let sent = self.place.send("alterType", &payload, &self.options, false);
        sent.await.map(drop)
    }
}

awaited!(AlterType => ());
