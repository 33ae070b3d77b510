//! `ecommerce` opens the shop; `ecommerce seed` fills its shelves and ends.

use ecommerce::{AppState, Settings, Signing, Store, start};

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let command = start::Command::from_args(std::env::args().skip(1))?;
    let settings = Settings::from_env(|name| std::env::var_os(name))?;
    shared::telemetry::init(&settings.telemetry)?;
    let store = Store::open(shared::connect(&settings.data).await?).await?;
    match command {
        start::Command::Seed => start::seed(&store).await,
        start::Command::Serve => {
            start::prepare(&store).await?;
            let signing = Signing::load(&store, settings.session_secret.as_ref()).await?;
            let mut state = AppState::new(store, settings.public_url);
            state.signing = signing;
            if let Some(password) = &settings.admin_password {
                state = state.with_admin(password);
            }
            shared::serve(ecommerce::app(state), &settings.serve).await
        }
    }
}
