//! An SMTP server that keeps what it is sent, over real connections.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

/// A server on a port of its own, until the process ends.
#[derive(Debug, Clone)]
pub struct Smtp {
    /// What `SMTP_URL` is set to.
    pub url: String,
    shared: Arc<(Mutex<Mailboxes>, Condvar)>,
}

#[derive(Debug, Default)]
struct Mailboxes {
    received: Vec<Received>,
    answers: Vec<String>,
    tries: usize,
}

/// A message as it arrived.
#[derive(Debug, Clone)]
pub struct Received {
    /// The recipient of the envelope.
    pub to: String,
    /// Headers and body.
    pub raw: String,
}

impl Received {
    /// A header's value, up to the end of its line.
    pub fn header(&self, name: &str) -> Option<&str> {
        let (head, _) = self.raw.split_once("\r\n\r\n")?;
        let of = |line: &'_ str| line.split_once(": ").is_some_and(|it| it.0 == name);
        let line = head.lines().find(|line| of(line))?;
        line.split_once(": ").map(|it| it.1)
    }

    /// Headers and body with quoted-printable undone.
    pub fn text(&self) -> String {
        let mut bytes = Vec::new();
        let unfolded = self.raw.replace("=\r\n", "");
        let mut rest = unfolded.as_bytes();
        while let Some((&byte, left)) = rest.split_first() {
            let hex = left.get(..2).filter(|_| byte == b'=');
            let hex = hex.and_then(|hex| std::str::from_utf8(hex).ok());
            let decoded = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok());
            bytes.push(decoded.unwrap_or(byte));
            rest = if decoded.is_some() { &left[2..] } else { left };
        }
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

impl Smtp {
    /// Starts a server that takes everything.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let server = Self {
            url: format!("smtp://{}", listener.local_addr().unwrap()),
            shared: Arc::default(),
        };
        let accepting = server.clone();
        thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                let server = accepting.clone();
                thread::spawn(move || server.serve(&connection));
            }
        });
        server
    }

    /// Answers the next recipients so, one each, such as `450 try later`; `close` hangs up once the message has come.
    pub fn answer_next(&self, answers: &[&str]) {
        let mut shared = self.shared.0.lock().unwrap();
        shared.answers = answers.iter().rev().map(|it| (*it).to_owned()).collect();
    }

    /// What has arrived.
    pub fn received(&self) -> Vec<Received> {
        self.shared.0.lock().unwrap().received.clone()
    }

    /// How many messages were tried.
    pub fn tries(&self) -> usize {
        self.shared.0.lock().unwrap().tries
    }

    /// Waits until this many messages have arrived.
    pub fn wait_for(&self, count: usize) -> Vec<Received> {
        let until = Instant::now() + Duration::from_secs(30);
        let mut shared = self.shared.0.lock().unwrap();
        while shared.received.len() < count {
            let left = until.saturating_duration_since(Instant::now());
            assert!(
                !left.is_zero(),
                "{} of {count} emails",
                shared.received.len()
            );
            shared = self.shared.1.wait_timeout(shared, left).unwrap().0;
        }
        shared.received.clone()
    }

    /// One connection. A client that hangs up ends it.
    fn serve(&self, connection: &TcpStream) -> Option<()> {
        let mut writer = connection.try_clone().ok()?;
        let mut say = move |line: &str| writer.write_all(format!("{line}\r\n").as_bytes()).ok();
        let mut lines = BufReader::new(connection).split(b'\n');
        let mut next = || {
            let mut line = lines.next()?.ok()?;
            line.push(b'\n');
            Some(String::from_utf8_lossy(&line).into_owned())
        };
        let (mut to, mut closes) = (String::new(), false);
        say("220 mail.example")?;
        loop {
            let line = next()?;
            let command = line.trim_end();
            match command.get(..4).unwrap_or("") {
                "EHLO" => say("250-mail.example\r\n250 8BITMIME")?,
                "RCPT" => {
                    let answer = {
                        let mut shared = self.shared.0.lock().unwrap();
                        shared.tries += 1;
                        shared.answers.pop()
                    };
                    command["RCPT TO:<".len()..]
                        .split('>')
                        .next()?
                        .clone_into(&mut to);
                    closes = answer.as_deref() == Some("close");
                    say(answer.as_deref().filter(|_| !closes).unwrap_or("250 ok"))?;
                }
                "DATA" => {
                    say("354 go on")?;
                    let mut raw = String::new();
                    loop {
                        let line = next()?;
                        if line == ".\r\n" {
                            break;
                        }
                        raw.push_str(line.strip_prefix('.').unwrap_or(&line));
                    }
                    let mut shared = self.shared.0.lock().unwrap();
                    shared.received.push(Received {
                        to: to.clone(),
                        raw,
                    });
                    self.shared.1.notify_all();
                    drop(shared);
                    if closes {
                        return None;
                    }
                    say("250 taken")?;
                }
                "QUIT" => return say("221 bye"),
                _ => say("250 ok")?,
            }
        }
    }
}
