//! Tables: their columns and indexes, and their rows.

#[cfg(test)]
mod adversarial;
mod cell;
mod change;
pub(super) mod column_type;
mod columns;
mod create;
mod field;
pub(super) mod grid;
mod indexes;
mod open_table;
mod row;
mod rows;

use axum::Router;

use super::state::Console;

pub(super) fn routes() -> Router<Console> {
    create::routes()
        .merge(columns::routes())
        .merge(indexes::routes())
        .merge(rows::routes())
        .merge(row::routes())
}
