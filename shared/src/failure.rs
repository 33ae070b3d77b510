//! How a program ends that could not do what it was asked.

use std::fmt;

/// An error with its causes, for `main` to return.
///
/// It is printed as sentences and never with a backtrace, whatever `RUST_BACKTRACE` says: what ends a program at its start
/// is a setting, a port or a database, and a backtrace would hide the sentence that says which.
///
/// ```
/// use shared::Failure;
///
/// fn main() -> Result<(), Failure> {
///     let port: u16 = "8080".parse()?;
///     # let _ = port;
///     Ok(())
/// }
/// ```
pub struct Failure(anyhow::Error);

impl<E: Into<anyhow::Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        for (index, cause) in self.0.chain().skip(1).enumerate() {
            let heading = if index == 0 { "\n\nCaused by:" } else { "" };
            write!(f, "{heading}\n    {cause}")?;
        }
        Ok(())
    }
}
