//! `#[derive(Fields)]`

use syn::{DeriveInput, Result};

use super::Struct;

pub(crate) struct Nested {
    pub(crate) fields: Struct<()>,
}

impl Nested {
    pub(crate) fn parse(input: &DeriveInput) -> Result<Self> {
        let fields = Struct::nameless(input, false, |(), _| Ok(()))?;
        Ok(Self { fields })
    }
}
