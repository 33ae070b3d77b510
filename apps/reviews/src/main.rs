//! `reviews` answers requests; `reviews seed` adds the samples and ends.

use reviews::{AppState, Passwords, Settings, Store, start};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let command = start::Command::from_args(std::env::args().skip(1))?;
    let settings = Settings::from_env(|name| std::env::var_os(name))?;
    shared::telemetry::init(&settings.telemetry)?;
    let store = Store::open(shared::connect(&settings.data).await?).await?;
    if command == start::Command::Seed {
        return start::seed(&store).await;
    }
    start::prepare(&store).await?;
    let state = AppState::new(store, Passwords::default_costs()?, &settings);
    shared::serve::serve_announced(reviews::app(state), &settings.serve, start::announce).await
}
