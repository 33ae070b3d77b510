//! How many documents a server may keep, where the bot is in servers of strangers.

use std::num::NonZeroU16;
use std::str::FromStr;

use super::search::MAX_COUNTED;

/// The most documents a server may keep; the default is as many as there is room for.
///
/// It is looked at before a document is inserted, so servers that insert several at the same moment
/// may end up with some more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Quota(Option<NonZeroU16>);

/// The text is no quota.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a quota is a number from 1 to {MAX_COUNTED}, which is as far as the database counts")]
pub struct MalformedQuota;

impl FromStr for Quota {
    type Err = MalformedQuota;

    fn from_str(text: &str) -> Result<Self, MalformedQuota> {
        let most: NonZeroU16 = text.parse().map_err(|_| MalformedQuota)?;
        if u64::from(most.get()) > MAX_COUNTED {
            return Err(MalformedQuota);
        }
        Ok(Self(Some(most)))
    }
}

impl Quota {
    /// The most documents; `None` where there is no limit.
    pub fn most(self) -> Option<NonZeroU16> {
        self.0
    }
}
