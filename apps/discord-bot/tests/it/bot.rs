//! The bot as its own process, as it is run: the binary, its environment, its signals.

use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use test_support::resident_kb;

use crate::discord::{APPLICATION_ID, Discord, EntryPoint, PATIENCE, TOKEN};

/// A guild as Discord numbers them.
pub(crate) const GUILD: u64 = 1_130_000_000_000_000_000;
pub(crate) const ADA: u64 = 1_120_000_000_000_000_001;

/// A running bot. Dropped, it is killed.
pub(crate) struct Bot {
    process: Child,
    log: Arc<Mutex<String>>,
    output: Arc<Mutex<String>>,
    readers: Vec<JoinHandle<()>>,
    /// The address of the HTTP entry point, where it is open.
    pub(crate) url: Option<String>,
}

/// How to start a bot: which entry points, and on which data.
pub(crate) struct Start<'a> {
    discord: &'a Discord,
    settings: Vec<(&'static str, String)>,
}

impl<'a> Start<'a> {
    /// The entry points that are to be opened, on the embedded database in `data`.
    pub(crate) fn new(discord: &'a Discord, data: &Path, gateway: bool, http: bool) -> Self {
        let mut settings = vec![
            ("DISCORD_APPLICATION_ID", APPLICATION_ID.to_string()),
            ("DISCORD_API_BASE", discord.url().to_owned()),
            ("DATA_DIR", data.to_str().unwrap().to_owned()),
            ("LOG_FORMAT", "json".to_owned()),
            ("PORT", "0".to_owned()),
        ];
        if gateway {
            settings.push(("DISCORD_TOKEN", TOKEN.to_owned()));
        }
        if http {
            settings.push(("DISCORD_PUBLIC_KEY", discord.public_key()));
        }
        Self { discord, settings }
    }

    pub(crate) fn set(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.settings.retain(|(other, _)| *other != name);
        self.settings.push((name, value.into()));
        self
    }

    pub(crate) fn without(mut self, name: &'static str) -> Self {
        self.settings.retain(|(other, _)| *other != name);
        self
    }

    fn has(&self, name: &str) -> bool {
        self.settings.iter().any(|(other, _)| *other == name)
    }

    fn command(&self, args: &[&str]) -> Command {
        let built = env!("CARGO_BIN_EXE_discord-bot");
        let binary = std::env::var_os("BOT_BINARY").unwrap_or_else(|| built.into());
        let mut command = Command::new(binary);
        command
            .args(args)
            // A developer's .env is not for tests.
            .current_dir(std::env::temp_dir())
            .env_clear()
            .envs(self.settings.iter().map(|(name, value)| (*name, value)));
        command
    }

    /// Runs it to its end: `register`, or a start that fails.
    pub(crate) fn output(&self, args: &[&str]) -> Output {
        self.command(args).stdin(Stdio::null()).output().unwrap()
    }

    /// Starts it and waits until its entry points are open.
    pub(crate) async fn go(&self) -> Bot {
        let connected = self.discord.gateway().counts().identified;
        let mut bot = self.spawn();
        if self.has("DISCORD_PUBLIC_KEY") {
            bot.url = Some(bot.address().await);
        }
        if self.has("DISCORD_TOKEN") {
            let gateway = self.discord.gateway();
            gateway.until(|counts| counts.identified > connected).await;
        }
        bot
    }

    /// Starts it and waits for nothing.
    pub(crate) fn spawn(&self) -> Bot {
        let mut command = self.command(&[]);
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut process = command.spawn().unwrap();
        let log = Arc::new(Mutex::new(String::new()));
        let output = Arc::new(Mutex::new(String::new()));
        let readers = vec![
            follow(process.stderr.take().unwrap(), Arc::clone(&log)),
            follow(process.stdout.take().unwrap(), Arc::clone(&output)),
        ];
        Bot {
            process,
            log,
            output,
            readers,
            url: None,
        }
    }
}

impl Bot {
    /// Both entry points open on a new database, with all commands registered.
    pub(crate) async fn start(discord: &Discord) -> (Self, TempDir) {
        let data = tempfile::tempdir().unwrap();
        let start = Start::new(discord, data.path(), true, true);
        register(&start);
        (start.go().await, data)
    }

    /// The HTTP entry point.
    pub(crate) fn http(&self) -> EntryPoint {
        EntryPoint::Http(self.url.clone().expect("the HTTP entry point is open"))
    }

    /// The address it prints when its HTTP entry point is open.
    pub(crate) async fn address(&self) -> String {
        let start = Instant::now();
        loop {
            if let Some((line, _)) = self.output.lock().unwrap().split_once('\n') {
                return line.to_owned();
            }
            assert!(
                start.elapsed() < PATIENCE,
                "the HTTP entry point does not open: {}",
                self.log()
            );
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    /// Everything it has logged so far.
    pub(crate) fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    /// Asks it to stop, as a supervisor does.
    pub(crate) fn ask_to_stop(&self) {
        // The shell has `kill` built in; as a program of its own a slim image may lack it.
        let kill = format!("kill -TERM {}", self.process.id());
        assert!(
            Command::new("sh")
                .args(["-c", &kill])
                .status()
                .unwrap()
                .success()
        );
    }

    /// Waits until it has stopped, and answers whether it was content and all it wrote.
    pub(crate) async fn ended(mut self) -> (bool, String) {
        let start = Instant::now();
        let status = loop {
            if let Some(status) = self.process.try_wait().unwrap() {
                break status;
            }
            assert!(
                start.elapsed() < PATIENCE,
                "it does not stop: {}",
                self.log()
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        };
        for reader in std::mem::take(&mut self.readers) {
            reader.join().unwrap();
        }
        (status.success(), format!("{}{status}", self.log()))
    }

    /// Asks it to stop, and waits until it has.
    pub(crate) async fn stop(self) -> (bool, String) {
        self.ask_to_stop();
        self.ended().await
    }

    /// Its memory in use, in MiB; `None` where the system does not tell.
    pub(crate) fn memory_mib(&self) -> Option<u64> {
        resident_kb(self.process.id()).map(|kb| kb / 1024)
    }
}

impl Drop for Bot {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
        if std::thread::panicking() {
            println!("the bot said:\n{}", self.log());
        }
    }
}

/// Publishes the commands by the program's own command.
pub(crate) fn register(start: &Start<'_>) -> String {
    // Discord publishes for a bot token only, whichever entry point the bot is reached by.
    let output = start
        .command(&["register"])
        .env("DISCORD_TOKEN", TOKEN)
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(
        output.status.success(),
        "{said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    said
}

fn follow(mut output: impl Read + Send + 'static, log: Arc<Mutex<String>>) -> JoinHandle<()> {
    std::thread::spawn(move || {
        let mut bytes = [0; 4096];
        while let Ok(count @ 1..) = output.read(&mut bytes) {
            log.lock()
                .unwrap()
                .push_str(&String::from_utf8_lossy(&bytes[..count]));
        }
    })
}
