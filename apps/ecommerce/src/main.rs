//! `ecommerce` opens the shop; `ecommerce seed` fills its shelves and ends.

use ecommerce::{Settings, Store, start};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let command = start::Command::from_args(std::env::args().skip(1))?;
    let settings = Settings::from_env(|name| std::env::var_os(name))?;
    shared::telemetry::init(&settings.telemetry)?;
    let store = Store::open(shared::connect(&settings.data).await?).await?;
    match command {
        start::Command::Seed => start::seed(&store).await,
        start::Command::Serve => start::serve(store, settings).await,
    }
}
