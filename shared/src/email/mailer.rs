//! Sends emails, by SMTP or into a folder.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;
use lettre::message::Mailbox;
use lettre::transport::smtp;
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};
use secrecy::ExposeSecret as _;

use super::folder;
use super::message::Email;
use super::settings::{EmailSettings, Server};
use super::unsent::Unsent;

/// How long one try may take. Less than the pause between two of them.
const PATIENCE: Duration = Duration::from_secs(45);

/// Sends emails. Cheap to clone.
#[derive(Clone)]
pub struct Mailer {
    from: Mailbox,
    by: By,
}

#[derive(Clone)]
enum By {
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
    Folder(PathBuf),
}

/// An email was not sent.
#[derive(Debug)]
pub enum NotSent {
    /// It never will be: this message or its recipient is refused.
    Refused(anyhow::Error),
    /// The server did not take it now; it can be tried again.
    Later(anyhow::Error),
}

impl Mailer {
    /// Sends as the settings say. No connection is opened yet.
    pub fn new(settings: &EmailSettings) -> anyhow::Result<Self> {
        let by = match &settings.server {
            Server::Smtp(url) => {
                let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url.expose_secret());
                let builder = builder.context("reading SMTP_URL")?;
                By::Smtp(builder.timeout(Some(PATIENCE / 3)).build())
            }
            Server::Folder(folder) => {
                tracing::info!(
                    folder = %folder.display(),
                    "SMTP_URL is not set: emails are not sent, they are written to this folder"
                );
                By::Folder(folder.clone())
            }
        };
        Ok(Self {
            from: settings.from.clone(),
            by,
        })
    }

    /// Sends an email once. Logs that it was sent, or the file it was written to; neither an address nor a text.
    pub async fn send(&self, email: &Email) -> Result<(), NotSent> {
        let message = email.message(&self.from).map_err(NotSent::Refused)?;
        match &self.by {
            By::Smtp(server) => {
                let sent = tokio::time::timeout(PATIENCE, server.send(message)).await;
                let sent = sent.map_err(|_| {
                    NotSent::Later(anyhow::anyhow!("the SMTP server did not answer in time"))
                })?;
                sent.map_err(not_sent)?;
                tracing::info!(email.id, "an email was sent");
            }
            By::Folder(folder) => {
                let (folder, email) = (folder.clone(), email.clone());
                let eml = message.formatted();
                let write = move || {
                    let parts = [&eml[..], email.html.as_bytes(), email.text.as_bytes()];
                    folder::write(&folder, &email.id, parts)
                };
                let written = tokio::task::spawn_blocking(write).await;
                let file = written
                    .map_err(anyhow::Error::from)
                    .and_then(|written| Ok(written?))
                    .context("writing an email to a file, because SMTP_URL is not set")
                    .map_err(NotSent::Later)?;
                tracing::info!(file = %file.display(), "an email was written to a file");
            }
        }
        Ok(())
    }

    /// Sends an email that was claimed; answers whether its [`Unsent`] is to be removed, because it was sent, was refused,
    /// or has been tried often enough.
    pub async fn attempt(&self, email: &Email, claimed: Unsent) -> bool {
        match self.send(email).await {
            Ok(()) => true,
            Err(NotSent::Later(error)) if !claimed.is_last() => {
                tracing::warn!(email.id, "an email is sent again later: {error:#}");
                false
            }
            Err(NotSent::Later(error) | NotSent::Refused(error)) => {
                tracing::error!(email.id, "an email is given up: {error:#}");
                true
            }
        }
    }
}

/// What a server says of the recipient or the message is final. What it says of the sender's password is not: a person can
/// correct that.
fn not_sent(error: smtp::Error) -> NotSent {
    let code = error.status().map(u16::from);
    let is_final = error.is_client() || code.is_some_and(|code| (550..560).contains(&code));
    // A server may repeat the recipient's address in its answer.
    let error = match code {
        Some(code) => anyhow::anyhow!("the SMTP server answered {code}"),
        None => anyhow::Error::new(error).context("asking the SMTP server"),
    };
    if is_final {
        NotSent::Refused(error)
    } else {
        NotSent::Later(error)
    }
}

impl fmt::Debug for Mailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let by = match &self.by {
            By::Smtp(_) => "SMTP".to_owned(),
            By::Folder(folder) => folder.display().to_string(),
        };
        f.debug_struct("Mailer")
            .field("by", &by)
            .finish_non_exhaustive()
    }
}
