//! The real binary, with more connections than it has descriptors for.

use std::io::{self, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use test_support::Running;

/// The app as its own process, with 256 descriptors.
struct Crowded {
    app: Running,
    _data: tempfile::TempDir,
}

impl Crowded {
    fn start() -> Self {
        let data = tempfile::tempdir().unwrap();
        let mut app = Command::new("/bin/sh");
        app.args(["-c", "ulimit -n 256 && exec \"$0\""])
            .arg(env!("CARGO_BIN_EXE_reviews"))
            .env_clear()
            .env("DATA_DIR", data.path())
            .env("RUST_LOG", "warn")
            .stderr(Stdio::piped());
        let app = Running::start(&mut app);
        Self { app, _data: data }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.app.url.strip_prefix("http://").unwrap()).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(10)))
            .unwrap();
        stream
    }

    /// Asks for a path, and answers what came back and how long that took.
    fn ask(&self, path: &str) -> io::Result<(String, Duration)> {
        let start = Instant::now();
        let mut stream = self.connect();
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok((answer, start.elapsed()))
    }

    /// Ends the app, and answers what it logged.
    fn log(mut self) -> String {
        let process = self.app.process();
        process.kill().unwrap();
        let mut log = String::new();
        let mut stderr = process.stderr.take().unwrap();
        stderr.read_to_string(&mut log).unwrap();
        log
    }
}

#[test]
fn connections_that_send_half_a_request_keep_nobody_out() {
    let app = Crowded::start();
    let mut halves = Vec::new();
    for _ in 0..400 {
        let mut half = app.connect();
        half.write_all(b"GET / HTTP/1.1\r\nHost: x\r\nCookie: ")
            .unwrap();
        halves.push(half);
    }
    for path in ["/health/ready", "/api/vehicles"] {
        let (answer, elapsed) = app.ask(path).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 "), "{path}: {answer}");
        assert!(elapsed < Duration::from_secs(5), "{path}: {elapsed:?}");
    }
    let log = app.log();
    let warnings = log.matches("as many connections as").count();
    assert_eq!(warnings, 1, "{log}");
}
