//! One email, as text and as HTML.

use anyhow::Context as _;
use lettre::Message;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};

use super::{is_plausible, is_readable};

/// Servers refuse larger ones, and an application that writes one has a bug.
const LARGEST: usize = 1_000_000;

/// An email to one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Email {
    /// What makes it the same email however often it is sent: letters, digits and hyphens, at most 64. It becomes the
    /// `Message-ID` and is logged, so it must not be a secret.
    pub id: String,
    /// The address.
    pub to: String,
    /// The subject. Line breaks become spaces.
    pub subject: String,
    /// For programs that show no HTML.
    pub text: String,
    /// The same as HTML.
    pub html: String,
}

impl Email {
    /// The message as it travels. No part of it can add a header: the addresses are parsed, the id has no such character,
    /// and the subject has no control characters left.
    pub(super) fn message(&self, from: &Mailbox) -> anyhow::Result<Message> {
        let is_id = |letter: char| letter.is_ascii_alphanumeric() || letter == '-';
        anyhow::ensure!(
            (1..=64).contains(&self.id.len()) && self.id.chars().all(is_id),
            "the id of an email must be 1 to 64 letters, digits and hyphens"
        );
        anyhow::ensure!(
            self.text.len() + self.html.len() <= LARGEST,
            "an email must not be larger than {LARGEST} bytes"
        );
        anyhow::ensure!(
            is_plausible(&self.to) && is_readable(&self.to),
            "the recipient's address is not valid"
        );
        let to = self.to.parse();
        let to = to.context("the recipient's address is not valid")?;
        let subject = self.subject.split(char::is_control);
        let subject = subject.collect::<Vec<_>>().join(" ");
        let mut message = Message::builder()
            .from(from.clone())
            .to(Mailbox::new(None, to))
            .subject(subject)
            .message_id(Some(format!("<{}@{}>", self.id, from.email.domain())))
            .multipart(MultiPart::alternative_plain_html(
                self.text.clone(),
                self.html.clone(),
            ))?;
        // Keeps programs that are out of office from answering.
        let automatic = HeaderName::new_from_ascii_str("Auto-Submitted");
        let automatic = HeaderValue::new(automatic, "auto-generated".to_owned());
        message.headers_mut().insert_raw(automatic);
        Ok(message)
    }
}
