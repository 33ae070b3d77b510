//! Pages of lists, as they stand in an address.

use serde::Deserialize;
use shared::field_errors::FieldErrors;
use utoipa::IntoParams;

use crate::domain::page::{Limit, ReviewCursor};
use crate::error::AppError;

/// Which page of a list, as it stands in an address.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct PageQuery {
    /// How many at most, from 1 to 100; 20 if it is not given.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 100, required = false)]
    limit: Option<String>,
    /// The `next_cursor` of the page before.
    #[param(required = false)]
    cursor: Option<String>,
}

impl PageQuery {
    pub(super) fn check(&self) -> Result<(Option<ReviewCursor>, Limit), AppError> {
        let mut errors = FieldErrors::default();
        let limit = limit(self.limit.as_deref(), &mut errors);
        let cursor = self.cursor.as_deref().map(ReviewCursor::parse).transpose();
        match (errors.check("cursor", cursor), limit) {
            (Some(cursor), Some(limit)) => Ok((cursor, limit)),
            _ => Err(AppError::Invalid(errors)),
        }
    }
}

pub(super) fn limit(text: Option<&str>, errors: &mut FieldErrors) -> Option<Limit> {
    errors.check("limit", text.map_or(Ok(Limit::DEFAULT), Limit::parse))
}
