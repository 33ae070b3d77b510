//! An application that takes a while to start, behind a router that answers from the beginning.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use tokio::sync::SetOnce;
use tokio::time::timeout;
use tower::{ServiceExt as _, service_fn};

/// What answers: the application once it is there, until then its stand-in.
#[derive(Clone)]
pub(super) struct Prepared {
    app: Arc<SetOnce<Router>>,
    starting: Router,
    /// How long a request waits for the application.
    patience: Duration,
}

impl Prepared {
    pub(super) fn new(starting: Router, patience: Duration) -> Self {
        Self {
            app: Arc::default(),
            starting,
            patience,
        }
    }

    pub(super) fn router(&self) -> Router {
        let prepared = self.clone();
        Router::new().fallback_service(service_fn(move |request: Request| {
            let prepared = prepared.clone();
            async move { prepared.answering().await.oneshot(request).await }
        }))
    }

    async fn answering(&self) -> Router {
        if let Some(app) = self.app.get() {
            return app.clone();
        }
        let app = timeout(self.patience, self.app.wait()).await;
        app.unwrap_or(&self.starting).clone()
    }

    /// Prepares the application while `serving` answers; then calls `ready`, and goes on serving.
    pub(super) async fn beside(
        &self,
        serving: impl Future<Output = anyhow::Result<()>>,
        prepare: impl Future<Output = anyhow::Result<Router>>,
        ready: impl FnOnce() -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        let preparing = async {
            let app = prepare.await?;
            // It is set once.
            self.app.set(app).ok();
            ready()
        };
        let mut serving = std::pin::pin!(serving);
        tokio::select! {
            served = &mut serving => return served,
            prepared = preparing => prepared?,
        }
        serving.await
    }
}
