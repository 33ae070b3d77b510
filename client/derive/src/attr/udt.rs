//! The attributes of `#[derive(Udt)]`.

use syn::{Attribute, DeriveInput, LitStr, Result};

use super::{Struct, column};

/// `#[derive(Udt)]`
pub(crate) struct Udt {
    pub(crate) udt: Struct<UdtField>,
}

#[derive(Default)]
pub(crate) struct UdtField {
    pub(crate) column: Option<LitStr>,
}

impl Udt {
    pub(crate) fn parse(input: &DeriveInput) -> Result<Self> {
        let take = |field: &mut UdtField, attribute: &Attribute| match attribute.path() {
            path if path.is_ident("column") => column(&mut field.column, attribute),
            _ => Ok(()),
        };
        let udt = Struct::parse(
            input,
            "udt",
            take,
            |meta| Err(meta.error("expected `name`")),
        )?;
        Ok(Self { udt })
    }
}
