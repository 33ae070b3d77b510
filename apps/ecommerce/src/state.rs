//! What every handler may use: handles only, cheap to clone.

use std::sync::Arc;

use astra_db::Timestamp;
use secrecy::SecretString;
use shared::clock::Clock;
use shared::email::Mailer;
use shared::http::{ClientIpHeader, PublicUrl};

use crate::admin::Admin;
use crate::domain::catalog::Catalog;
use crate::payments::Payments;
use crate::signing::Signing;
use crate::store::catalog::{Ages, CatalogMemory};
use crate::store::{Store, StoreError};
use crate::use_cases::Shop;

/// The state of the shop's router.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct AppState {
    /// The database.
    pub store: Store,
    /// What is sold, in memory, for browsing.
    pub catalog: CatalogMemory,
    /// The till.
    pub payments: Payments,
    /// The address people type, where it is known.
    pub public_url: Option<Arc<PublicUrl>>,
    /// What cookies are signed with.
    pub signing: Signing,
    /// The door to the admin pages; without one there are none.
    pub(crate) admin: Option<Arc<Admin>>,
    /// The header in which a proxy reports the client's address.
    pub client_ip_header: Option<ClientIpHeader>,
    /// What time it is.
    pub clock: Clock,
    /// What sends emails; without one they wait in their orders.
    pub mailer: Option<Mailer>,
}

impl AppState {
    /// A shop on this store, with the built-in till and the clock on the wall. Until `signing` is
    /// set, its cookies end with the process.
    pub fn new(store: Store, public_url: Option<PublicUrl>) -> Self {
        Self {
            catalog: CatalogMemory::new(store.products.clone(), Ages::default()),
            store,
            payments: Payments::default(),
            public_url: public_url.map(Arc::new),
            signing: Signing::for_this_process(),
            admin: None,
            client_ip_header: None,
            clock: Clock::default(),
            mailer: None,
        }
    }

    /// The shop with admin pages, behind this password. To be called once `signing` is what it will
    /// be: sessions are signed with it.
    #[must_use]
    pub fn with_admin(self, password: &SecretString) -> Self {
        let admin = Some(Arc::new(Admin::new(&self.signing, password)));
        Self { admin, ..self }
    }

    /// Whether people reach the shop over `https`.
    pub(crate) fn is_https(&self) -> bool {
        self.public_url.as_ref().is_some_and(|url| url.is_https())
    }

    /// The catalog as it was a few seconds ago at the most.
    pub(crate) async fn current_catalog(&self) -> Result<Arc<Catalog>, StoreError> {
        self.catalog.current(self.now()).await
    }

    /// What a use case needs of it.
    pub fn shop(&self) -> Shop<'_> {
        Shop {
            store: &self.store,
            payments: &self.payments,
            now: self.now(),
        }
    }

    /// What time it is.
    pub(crate) fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.clock.now_ms())
    }
}
