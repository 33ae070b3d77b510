//! `ecommerce` opens the shop; `ecommerce seed` fills its shelves and ends; `ecommerce health` asks
//! whether the shop on this machine is open; `ecommerce backup FILE` copies its data.

use ecommerce::{Settings, start};
use shared::Failure;
use shared::command_line::SiteCommand;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let command = SiteCommand::read(env!("CARGO_PKG_NAME"), std::env::args().skip(1))?;
    let settings = Settings::from_env(shared::dotenv::below(|name| std::env::var_os(name))?)?;
    shared::telemetry::init(&settings.telemetry)?;
    let done = match command {
        SiteCommand::Health => shared::serve::health(&settings.serve).await,
        SiteCommand::Backup(file) => shared::connect::backup(&settings.data, &file).await,
        SiteCommand::Seed => start::add_samples(&settings).await,
        SiteCommand::Serve => start::serve(&settings).await,
    };
    Ok(done?)
}
