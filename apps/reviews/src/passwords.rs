//! Passwords, hashed with Argon2id as OWASP recommends: slow and hungry on purpose.
//!
//! So it happens off the threads that serve requests, and only some at a time: each takes 19 MiB,
//! and a flood of log-ins shall wait rather than exhaust the memory.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::Context as _;
use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version};
use secrecy::ExposeSecret as _;
use tokio::sync::Semaphore;

use crate::domain::account::Password;
use crate::error::AppError;

/// Who has not had a turn by then is asked to come back.
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// What an account without a password has in place of a hash: no password is right for it.
pub const NO_PASSWORD: &str = "!";

/// Hashes and checks passwords. Cheap to clone.
#[derive(Clone)]
pub struct Passwords(Arc<Inner>);

struct Inner {
    argon2: Argon2<'static>,
    turns: Arc<Semaphore>,
    /// What a password is checked against where there is no account.
    nobody: String,
    computed: AtomicU64,
}

impl Passwords {
    /// Hashes at the costs OWASP recommends: 19 MiB, two rounds.
    pub fn default_costs() -> anyhow::Result<Self> {
        Self::new(Params::default())
    }

    /// Hashes at these costs, as many at a time as there are processors.
    ///
    /// # Errors
    /// When the operating system gives no random bytes.
    pub fn new(costs: Params) -> anyhow::Result<Self> {
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, costs);
        let nobody = hash(&argon2, b"nobody has this password")?;
        let processors = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Ok(Self(Arc::new(Inner {
            argon2,
            turns: Arc::new(Semaphore::new(processors)),
            nobody,
            computed: AtomicU64::new(0),
        })))
    }

    /// How many hashes have been computed so far.
    pub fn computed(&self) -> u64 {
        self.0.computed.load(Ordering::Relaxed)
    }

    /// What to store of a password.
    pub async fn hash(&self, password: &Password) -> Result<String, AppError> {
        self.take_turn(password, |argon2, password| hash(argon2, password))
            .await
    }

    /// Whether it is the password that was hashed. Without a hash it is not, and that takes just
    /// as long.
    pub async fn verify(&self, password: &Password, hash: Option<&str>) -> Result<bool, AppError> {
        let hash = hash.filter(|hash| *hash != NO_PASSWORD);
        let is_known = hash.is_some();
        let hash = hash.unwrap_or(&self.0.nobody).to_owned();
        let is_right = self.take_turn(password, move |argon2, password| {
            let hash = PasswordHash::new(&hash).context("a stored password hash cannot be read")?;
            Ok(argon2.verify_password(password, &hash).is_ok())
        });
        Ok(is_right.await? && is_known)
    }

    async fn take_turn<T: Send + 'static>(
        &self,
        password: &Password,
        work: impl FnOnce(&Argon2<'static>, &[u8]) -> anyhow::Result<T> + Send + 'static,
    ) -> Result<T, AppError> {
        let turn = Arc::clone(&self.0.turns).acquire_owned();
        let turn = tokio::time::timeout(LONGEST_WAIT, turn)
            .await
            .map_err(|_| AppError::Busy)?;
        let turn = turn
            .context("the turns are over")
            .map_err(AppError::Internal)?;
        let (inner, password) = (Arc::clone(&self.0), password.clone());
        let work = tokio::task::spawn_blocking(move || {
            // Held here, so that a caller who goes away does not make room for one more.
            let _turn = turn;
            inner.computed.fetch_add(1, Ordering::Relaxed);
            work(&inner.argon2, password.secret().expose_secret().as_bytes())
        });
        let done = work.await.context("hashing a password");
        done.and_then(|result| result).map_err(AppError::Internal)
    }
}

fn hash(argon2: &Argon2<'_>, password: &[u8]) -> anyhow::Result<String> {
    let hash = argon2
        .hash_password(password)
        .context("hashing a password")?;
    Ok(hash.to_string())
}

impl fmt::Debug for Passwords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Passwords")
            .field("computed", &self.computed())
            .finish_non_exhaustive()
    }
}
