//! Opening a table.

use astra_db::model::TableRow;
use astra_db::{Database, Table};

use super::error::StoreError;

/// The table of a row, made or completed if it has to be.
///
/// Every write of this app may be repeated: it puts values where they are already, or deletes what
/// is gone. So the client may send it again after a lost answer.
pub(super) async fn open<R: TableRow + 'static>(
    database: &Database,
) -> Result<Table<R>, StoreError> {
    let synced = database.sync_table::<R>().await?;
    for drift in &synced.drift {
        tracing::warn!(%drift, "a table is not as this version expects it");
    }
    let table = database.table::<R>(R::TABLE_NAME);
    Ok(table.with_options(|options| options.idempotent(true)))
}
