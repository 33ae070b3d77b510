//! How ids and ratings are described.

use std::borrow::Cow;

use utoipa::openapi::schema::{KnownFormat, Object, ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::domain::id::{ReviewId, UserId, VehicleId};
use crate::domain::rating::Rating;

fn id(description: &str) -> ObjectBuilder {
    Object::builder()
        .schema_type(Type::String)
        .format(Some(SchemaFormat::Custom("uuid".to_owned())))
        .description(Some(description))
}

#[expect(deprecated, reason = "the published description has one example")]
fn stars() -> ObjectBuilder {
    Object::builder()
        .schema_type(Type::Integer)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int32)))
        .description(Some("One to five stars."))
        .minimum(Some(1))
        .maximum(Some(5))
        .example(Some(4.into()))
}

macro_rules! described {
    ($($type:ident: $object:expr),* $(,)?) => {$(
        impl PartialSchema for $type {
            fn schema() -> RefOr<Schema> {
                $object.into()
            }
        }

        impl ToSchema for $type {
            fn name() -> Cow<'static, str> {
                stringify!($type).into()
            }
        }
    )*};
}

described! {
    VehicleId: id("A vehicle's id."),
    UserId: id("A user's id."),
    ReviewId: id("A review's id. It begins with the time of its making, so reviews sort by it."),
    Rating: stars(),
}
