//! `ecommerce` opens the shop; `ecommerce seed` fills its shelves and ends; `ecommerce health` asks
//! whether the shop on this machine is open.

use ecommerce::start::{self, Command};
use ecommerce::{Settings, Store};
use shared::Failure;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let command = Command::from_args(std::env::args().skip(1))?;
    let settings = Settings::from_env(|name| std::env::var_os(name))?;
    shared::telemetry::init(&settings.telemetry)?;
    let done = match command {
        Command::Health => shared::serve::health(&settings.serve).await,
        Command::Seed => start::seed(&store(&settings).await?).await,
        Command::Serve => start::serve(store(&settings).await?, settings).await,
    };
    Ok(done?)
}

async fn store(settings: &Settings) -> anyhow::Result<Store> {
    Ok(Store::open(shared::connect(&settings.data).await?).await?)
}
