//! `discord-bot` opens the entry points that the environment names, or a session in the terminal;
//! `discord-bot register` tells Discord of the commands; `seed` and `clean` fill and empty a guild;
//! `health` asks whether the bot on this machine is ready; `backup FILE` copies its data.

use discord_bot::{Settings, start};
use shared::Failure;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let command = start::Command::from_args(std::env::args().skip(1))?;
    let settings = Settings::from_env(shared::dotenv::below(|name| std::env::var_os(name))?)?;
    shared::telemetry::init(&settings.telemetry)?;
    Ok(start::run(command, &settings).await?)
}
