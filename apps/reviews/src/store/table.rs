//! Opening a table.

use astra_db::Table;
use astra_db::model::TableRow;
use shared::schema::{NotMade, Schema};

/// The table of a row, made or completed if it has to be.
///
/// Every write of this app may be repeated: it puts values where they are already, or deletes what
/// is gone. So the client may send it again after a lost answer.
pub(super) async fn open<R: TableRow + 'static>(schema: &Schema<'_>) -> Result<Table<R>, NotMade> {
    schema.table::<R>().await?;
    let table = schema.database().table::<R>(R::TABLE_NAME);
    Ok(table.with_options(|options| options.idempotent(true)))
}
