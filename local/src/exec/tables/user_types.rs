//! createType, alterType, dropType, listTypes.

use super::drop::Dropped;
use super::refused::{Refused, changed, exists};
use crate::command::arguments::Arguments;
use crate::command::fields::{DEFINITION, IF_NOT_EXISTS, NAME};
use crate::command::shape::{Field, Shape};
use crate::command::{Command, NamedDefinition};
use crate::error::{ApiError, Kind, schema};
use crate::exec::call::{Call, OnKeyspace};
use crate::exec::keyspace::unknown;
use crate::exec::schema::list::Listed;
use crate::exec::schema::names;
use crate::json::Value;
use crate::response::Answer;
use crate::storage::Writer;
use crate::storage::catalogue::Keyspace;
use crate::table::column_type::UserType;
use crate::table::user_type::{Alteration, FieldsRequest, unknown_type};

#[derive(Debug)]
pub(crate) struct CreateType(NamedDefinition);

impl Command for CreateType {
    const SHAPE: Shape = Shape::of(&[
        NAME,
        DEFINITION.checked(FieldsRequest::check),
        IF_NOT_EXISTS,
    ]);

    fn read(_: &'static str, arguments: &mut Arguments) -> Result<Self, ApiError> {
        Ok(Self(NamedDefinition::take(arguments)))
    }
}

impl OnKeyspace for CreateType {
    fn run(self, call: &Call<'_>) -> Result<Answer, ApiError> {
        let Self(named) = self;
        let asked = FieldsRequest::decode(&named.definition)?;
        let name = names::check(named.name, "type")?;
        let fields = asked.judge()?;
        let keyspace = call.keyspace.to_owned();
        changed(call.storage.write(move |writer| {
            let found = writer
                .catalogue()
                .keyspace(&keyspace)
                .ok_or_else(|| unknown(&keyspace))?;
            if found.user_type(&name).is_none() {
                return Ok(writer.put_type(UserType {
                    keyspace,
                    name,
                    fields,
                })?);
            }
            let what = format!("a type '{name}'");
            exists(
                &schema::CANNOT_ADD_EXISTING_TYPE,
                &what,
                named.if_not_exists,
            )
        }))
    }
}

#[derive(Debug)]
pub(crate) struct AlterType {
    name: String,
    add: Option<Value>,
    rename: Option<Value>,
}

impl Command for AlterType {
    const SHAPE: Shape = Shape::of(&[
        NAME,
        Field::json("add").checked(FieldsRequest::check),
        Field::json("rename").checked(Alteration::check_renames),
        Field::no_options(),
    ]);

    fn read(_: &'static str, arguments: &mut Arguments) -> Result<Self, ApiError> {
        Ok(Self {
            name: arguments.name(),
            add: arguments.json("add"),
            rename: arguments.json("rename"),
        })
    }
}

impl OnKeyspace for AlterType {
    fn run(self, call: &Call<'_>) -> Result<Answer, ApiError> {
        let alteration = Alteration::decode(self.add.as_ref(), self.rename.as_ref())?;
        let name = if alteration.adds() {
            names::check(Some(self.name), "type")?
        } else {
            self.name
        };
        let keyspace = call.keyspace.to_owned();
        // What was done before a step failed stays, so that the failure is no failure of the write.
        let applied = call.storage.write(move |writer| -> Result<_, ApiError> {
            let found = writer
                .catalogue()
                .keyspace(&keyspace)
                .ok_or_else(|| unknown(&keyspace))?;
            let Some(user_type) = found.user_type(&name) else {
                return Ok(Err(unknown_type(&name)));
            };
            let mut altered = UserType::clone(user_type);
            let applied = alteration.apply(&mut altered);
            writer.put_type(altered)?;
            Ok(applied)
        })?;
        changed(applied.map_err(Refused::Database))
    }
}

#[derive(Debug)]
pub(crate) struct UserTypes;

impl Dropped for UserTypes {
    const NOUN: &'static str = "type";
    const UNKNOWN: &'static Kind = &schema::CANNOT_DROP_UNKNOWN_TYPE;

    fn drop(writer: &mut Writer<'_>, keyspace: &str, name: &str) -> Result<bool, Refused> {
        let found = writer
            .catalogue()
            .keyspace(keyspace)
            .ok_or_else(|| unknown(keyspace))?;
        if let Some(table) = found.tables().find(|table| table.definition.uses(name)) {
            return Err(Refused::by_database(
                &schema::CANNOT_DROP_TYPE_USED_BY_TABLE,
                format!(
                    "The type '{name}' is used by the table '{}'. Drop its columns of this type first.",
                    table.name
                ),
            ));
        }
        Ok(writer.drop_type(keyspace, name)?)
    }
}

impl Listed for UserTypes {
    const NAME: &'static str = "types";

    fn list(keyspace: &Keyspace, explain: bool) -> Result<Vec<Value>, ApiError> {
        let shown = |user_type: &UserType| -> Value {
            if explain {
                user_type.describe_with_support().into()
            } else {
                user_type.name.as_str().into()
            }
        };
        let types = keyspace.user_types();
        Ok(types.map(|user_type| shown(user_type)).collect())
    }
}
