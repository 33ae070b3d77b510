//! `discord-bot` opens the doors that the environment names, or a session in the terminal;
//! `discord-bot register` tells Discord of the commands.

use discord_bot::{AppState, Settings, Store, start};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let command = start::Command::from_args(std::env::args().skip(1))?;
    let settings = Settings::from_env(|name| std::env::var_os(name))?;
    shared::telemetry::init(&settings.telemetry)?;
    match command {
        start::Command::Register => start::register(&settings).await,
        start::Command::Run => {
            let store = Store::open(shared::connect(&settings.data).await?).await?;
            start::run(AppState::new(store), &settings).await
        }
    }
}
