//! Emails by SMTP and into a folder.

use astra_db::Timestamp;
use shared::email::{Email, EmailSettings, Mailer, NotSent, Unsent};
use shared::env::{self, Env, SettingsErrors};
use test_support::Log;
use test_support::smtp::Smtp;

const FROM: (&str, &str) = ("EMAIL_FROM", "Ursa <orders@shop.example>");

fn settings(pairs: &[(&str, &str)]) -> Result<EmailSettings, SettingsErrors> {
    let lookup = env::of(pairs);
    let mut env = Env::new(&lookup);
    let settings = EmailSettings::read(&mut env, "Ursa");
    env.finish(|| settings)
}

fn mailer(pairs: &[(&str, &str)]) -> Mailer {
    Mailer::new(&settings(pairs).unwrap()).unwrap()
}

fn email() -> Email {
    Email {
        id: "a1-confirmed".to_owned(),
        to: "ada@example.com".to_owned(),
        subject: "Your order – thank you".to_owned(),
        text: "Two parcels für Ada\n.\nhttps://shop.example/orders/secret".to_owned(),
        html: "<p>Two parcels für Ada</p>".to_owned(),
    }
}

#[tokio::test]
async fn an_email_arrives_as_text_and_html_with_the_same_id_on_every_try() {
    let server = Smtp::start();
    server.answer_next(&["450 later", "close"]);
    let mailer = mailer(&[("SMTP_URL", &server.url), FROM]);
    for _ in 0..2 {
        let sent = mailer.send(&email()).await;
        assert!(matches!(sent, Err(NotSent::Later(_))), "{sent:?}");
    }
    mailer.send(&email()).await.unwrap();
    let received = server.received();
    assert_eq!(received.len(), 2, "one of them without an answer");
    for email in received {
        assert_eq!(email.to, "ada@example.com");
        assert_eq!(
            email.header("Message-ID"),
            Some("<a1-confirmed@shop.example>")
        );
        assert_eq!(email.header("From"), Some("Ursa <orders@shop.example>"));
        let text = email.text();
        assert!(
            text.contains("text/plain") && text.contains("text/html"),
            "{text}"
        );
        assert!(
            text.contains("Two parcels für Ada\r\n.\r\nhttps://"),
            "{text}"
        );
    }
}

#[tokio::test]
async fn a_refused_recipient_is_final_and_a_refused_password_is_not() {
    let server = Smtp::start();
    let mailer = mailer(&[("SMTP_URL", &server.url), FROM]);
    let now = Timestamp::from_millis(0);
    let claimed = Unsent::new(now).claim(now).unwrap();
    for (answer, settled) in [
        ("550 no such user ada@example.com", true),
        ("535 wrong password", false),
        ("421 too busy", false),
        ("250 ok", true),
    ] {
        server.answer_next(&[answer]);
        let log = Log::default();
        let logging = log.start();
        assert_eq!(mailer.attempt(&email(), claimed).await, settled, "{answer}");
        drop(logging);
        let said = format!("{:?}", log.lines());
        assert!(!said.contains("ada@") && !said.contains("secret"), "{said}");
        assert!(said.contains("a1-confirmed"), "{said}");
    }
    let nobody = mailer_to_nobody();
    assert!(!nobody.attempt(&email(), claimed).await);
    let last = Unsent {
        due_at: Timestamp::from_millis(54 * 3_600_000),
        ..claimed
    };
    assert!(nobody.attempt(&email(), last).await, "given up");
}

/// A server that is not there.
fn mailer_to_nobody() -> Mailer {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("smtp://{}", port.local_addr().unwrap());
    drop(port);
    mailer(&[("SMTP_URL", &url), FROM])
}

#[tokio::test]
async fn no_part_of_an_email_adds_a_header_or_a_recipient() {
    let server = Smtp::start();
    let mailer = mailer(&[("SMTP_URL", &server.url), FROM]);
    let injected = Email {
        subject: "Hello\r\nBcc: eve@example.com\nX: \u{0}y".to_owned(),
        text: "\r\n.\r\nRCPT TO:<eve@example.com>\r\n".to_owned(),
        ..email()
    };
    mailer.send(&injected).await.unwrap();
    let received = &server.received()[..];
    assert_eq!((received.len(), received[0].header("Bcc")), (1, None));
    for to in [
        "ada@example.com\r\nBcc: eve@example.com",
        "a@b.c, d@e.f",
        "ada",
        "",
        "<a@b.c>",
    ] {
        let email = Email {
            to: to.to_owned(),
            ..email()
        };
        let sent = mailer.send(&email).await;
        assert!(matches!(sent, Err(NotSent::Refused(_))), "{to:?} {sent:?}");
    }
    for id in ["", "a b", "a\r\nBcc: x", "../../a", &"a".repeat(65)] {
        let email = Email {
            id: id.to_owned(),
            ..email()
        };
        let sent = mailer.send(&email).await;
        assert!(matches!(sent, Err(NotSent::Refused(_))), "{id:?} {sent:?}");
    }
    assert_eq!(server.tries(), 1);
}

#[tokio::test]
async fn without_a_server_emails_are_files_and_the_log_names_them_and_not_their_text() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().to_str().unwrap();
    let log = Log::default();
    let logging = log.start();
    let mailer = mailer(&[("DATA_DIR", data)]);
    for number in 0..205 {
        let id = format!("e{number}");
        mailer.send(&Email { id, ..email() }).await.unwrap();
    }
    drop(logging);
    let said = format!("{:?}", log.lines());
    assert!(
        said.contains("e204.txt") && !said.contains("secret"),
        "{said}"
    );
    let read = |name: &str| std::fs::read_to_string(folder.path().join("emails").join(name));
    assert!(read("e204.txt").unwrap().ends_with("/orders/secret"));
    assert_eq!(read("e204.html").unwrap(), email().html);
    assert!(read("e204.eml").unwrap().contains("Message-ID: <e204@"));
    let files = std::fs::read_dir(folder.path().join("emails")).unwrap();
    assert_eq!(files.count(), 3 * 200, "the oldest are deleted");
}

#[test]
fn wrong_settings_are_named_and_no_password_is_shown() {
    for (pairs, expected) in [
        (
            &[("SMTP_URL", "http://hunter2")][..],
            "SMTP_URL is not valid",
        ),
        (
            &[("SMTP_URL", "smtps://a:hunter2@mail.example")],
            "EMAIL_FROM is missing",
        ),
        (&[("EMAIL_FROM", "Ursa")], "EMAIL_FROM is \"Ursa\""),
    ] {
        let said = settings(pairs).unwrap_err().to_string();
        assert!(
            said.contains(expected) && !said.contains("hunter2"),
            "{said}"
        );
    }
    let read = settings(&[("SMTP_URL", "smtps://a:hunter2@mail.example"), FROM]).unwrap();
    assert!(!format!("{read:?} {:?}", Mailer::new(&read)).contains("hunter2"));
}

#[test]
fn tries_become_rare_and_end_after_two_days() {
    let mut unsent = Unsent::new(Timestamp::from_millis(0));
    let mut tries = Vec::new();
    while !unsent.is_last() {
        tries.push(unsent.due_at.as_millis() / 60_000);
        unsent = unsent.claim(unsent.due_at).unwrap();
    }
    assert_eq!(tries[..6], [0, 2, 4, 8, 16, 32], "minutes");
    assert_eq!((tries.len(), tries.last()), (17, Some(&3_032)));
}
