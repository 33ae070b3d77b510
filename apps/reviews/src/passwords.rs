//! Passwords, hashed with Argon2id as OWASP recommends: slow and hungry on purpose.
//!
//! So it happens off the threads that serve requests, and one at a time: each takes 19 MiB and a
//! processor, and a flood of log-ins shall wait rather than exhaust them. The memory is allocated
//! once and used again for every hash. Freed in between, it would not go back to the operating
//! system: the C library keeps a block of it for every thread that has hashed.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::Context as _;
use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use secrecy::ExposeSecret as _;
use tokio::sync::Mutex;

use crate::domain::account::Password;
use crate::error::AppError;

/// Whoever has not had a turn by then is asked to come back.
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// What an account without a password has in place of a hash: no password is right for it.
pub const NO_PASSWORD: &str = "!";

/// Hashes and checks passwords. Cheap to clone.
#[derive(Clone)]
pub struct Passwords(Arc<Inner>);

struct Inner {
    costs: Params,
    /// What a hash is computed in. Whoever has it has the turn; the others wait in the order in which they came.
    memory: Arc<Mutex<Vec<Block>>>,
    /// What a password is checked against where there is no account.
    nobody: String,
    computed: AtomicU64,
}

impl Passwords {
    /// Hashes at the costs OWASP recommends: 19 MiB, two rounds.
    pub fn default_costs() -> anyhow::Result<Self> {
        Self::new(Params::default())
    }

    /// Hashes at these costs.
    ///
    /// # Errors
    /// When the operating system gives no random bytes.
    pub fn new(costs: Params) -> anyhow::Result<Self> {
        let nobody = hash(&costs, b"nobody has this password", &mut Vec::new())?;
        Ok(Self(Arc::new(Inner {
            costs,
            memory: Arc::default(),
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
        let costs = self.0.costs.clone();
        self.take_turn(password, move |password, memory| {
            hash(&costs, password, memory)
        })
        .await
    }

    /// Whether it is the password that was hashed. Without a hash it is not, and that takes just
    /// as long.
    pub async fn verify(&self, password: &Password, hash: Option<&str>) -> Result<bool, AppError> {
        let hash = hash.filter(|hash| *hash != NO_PASSWORD);
        let is_known = hash.is_some();
        let hash = hash.unwrap_or(&self.0.nobody).to_owned();
        let is_right = self.take_turn(password, move |password, memory| {
            verify(&hash, password, memory).context("a stored password hash cannot be read")
        });
        Ok(is_right.await? && is_known)
    }

    async fn take_turn<T: Send + 'static>(
        &self,
        password: &Password,
        work: impl FnOnce(&[u8], &mut Vec<Block>) -> anyhow::Result<T> + Send + 'static,
    ) -> Result<T, AppError> {
        let memory = Arc::clone(&self.0.memory).lock_owned();
        let mut memory = tokio::time::timeout(LONGEST_WAIT, memory)
            .await
            .map_err(|_| AppError::Busy)?;
        self.0.computed.fetch_add(1, Ordering::Relaxed);
        let password = password.clone();
        let work = tokio::task::spawn_blocking(move || {
            // Held here, so that a caller who goes away does not make room for one more.
            work(password.secret().expose_secret().as_bytes(), &mut memory)
        });
        let done = work.await.context("hashing a password");
        done.and_then(|result| result).map_err(AppError::Internal)
    }
}

/// A PHC string with a salt of its own.
fn hash(costs: &Params, password: &[u8], memory: &mut Vec<Block>) -> anyhow::Result<String> {
    let mut salt = [0; Salt::RECOMMENDED_LENGTH];
    getrandom::fill(&mut salt).context("the operating system gave no random bytes")?;
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, costs.clone());
    let hash = PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(costs)?,
        salt: Some(Salt::new(&salt)?),
        hash: Some(compute(&argon2, password, &salt, memory)?),
    };
    Ok(hash.to_string())
}

/// Whether a PHC string was made from this password.
fn verify(hash: &str, password: &[u8], memory: &mut Vec<Block>) -> anyhow::Result<bool> {
    let hash = PasswordHash::new(hash)?;
    let version = hash.version.map(Version::try_from).transpose()?;
    let argon2 = Argon2::new(
        Algorithm::try_from(hash.algorithm.as_str())?,
        version.unwrap_or_default(),
        Params::try_from(&hash)?,
    );
    let salt = hash.salt.context("it has no salt")?;
    let expected = hash.hash.context("it has no hash")?;
    // Outputs are compared in constant time.
    Ok(compute(&argon2, password, &salt, memory)? == expected)
}

fn compute(
    argon2: &Argon2<'_>,
    password: &[u8],
    salt: &[u8],
    memory: &mut Vec<Block>,
) -> anyhow::Result<Output> {
    let costs = argon2.params();
    memory.resize(costs.block_count(), Block::new());
    let mut output = [0; Output::MAX_LENGTH];
    let length = costs.output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN);
    let output = output.get_mut(..length).context("the hash is too long")?;
    argon2.hash_password_into_with_memory(password, salt, output, memory)?;
    Ok(Output::new(output)?)
}

impl fmt::Debug for Passwords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Passwords")
            .field("computed", &self.computed())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use argon2::{PasswordHasher as _, PasswordVerifier as _};

    use super::*;

    fn cheap() -> Params {
        Params::new(16, 2, 1, None).unwrap()
    }

    #[tokio::test]
    async fn hashes_are_those_of_the_library() {
        let passwords = Passwords::new(cheap()).unwrap();
        let password = Password::entered("a quarter of a mile".to_owned()).unwrap();
        let other = Password::entered("half a mile".to_owned()).unwrap();
        // Accounts that were stored by earlier versions have hashes made by the library alone, at any costs.
        for costs in [cheap(), Params::new(64, 1, 1, None).unwrap()] {
            let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, costs);
            let stored = argon2.hash_password(b"a quarter of a mile").unwrap();
            let stored = Some(stored.to_string());
            assert!(
                passwords
                    .verify(&password, stored.as_deref())
                    .await
                    .unwrap()
            );
            assert!(!passwords.verify(&other, stored.as_deref()).await.unwrap());
        }
        let ours = passwords.hash(&password).await.unwrap();
        let argon2 = Argon2::default();
        assert!(
            argon2
                .verify_password(b"a quarter of a mile", ours.as_str())
                .is_ok()
        );
        assert!(
            argon2
                .verify_password(b"half a mile", ours.as_str())
                .is_err()
        );
        assert_ne!(ours, passwords.hash(&password).await.unwrap());
    }
}
