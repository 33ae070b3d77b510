//! The console in a headless Chromium, driven through chromedriver. Where either is missing, the tests say `skipped` and
//! why.

mod accessibility;
mod driver;
mod journeys;
mod layout;
mod safety;

use std::io::Write as _;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use fantoccini::elements::Element;
use fantoccini::{Client, ClientBuilder, Locator};
use serde_json::{Map, Value, json};
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::Server;
use driver::Driver;

/// A browser needs a processor to itself; more at once only wait for each other.
static SEATS: Semaphore = Semaphore::const_new(2);
/// Nothing here takes long; a machine under load does.
const PATIENCE: Duration = Duration::from_mins(1);

/// A window of a size, and the console it shows.
struct Chromium {
    client: Client,
    driver: Driver,
    screen: Screen,
    url: String,
    _seat: SemaphorePermit<'static>,
}

/// What one sits in front of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Screen {
    Desktop,
    Phone,
    /// The narrowest that is still in use.
    SmallPhone,
}

impl Screen {
    fn size(self) -> (u32, u32) {
        match self {
            Self::Desktop => (1280, 900),
            Self::Phone => (390, 844),
            Self::SmallPhone => (320, 640),
        }
    }
}

impl Chromium {
    /// Opens a window; nothing where there is no browser.
    async fn open(server: &Server, screen: Screen) -> Option<Self> {
        let seat = SEATS.acquire().await.unwrap();
        let driver = Driver::start()?;
        let (width, height) = screen.size();
        let arguments = [
            "--headless=new".to_owned(),
            "--no-sandbox".to_owned(),
            "--disable-dev-shm-usage".to_owned(),
            "--hide-scrollbars".to_owned(),
            format!("--window-size={width},{height}"),
        ];
        let mut capabilities = Map::new();
        capabilities.insert(
            "goog:chromeOptions".to_owned(),
            json!({ "args": arguments }),
        );
        capabilities.insert("goog:loggingPrefs".to_owned(), json!({ "browser": "ALL" }));
        // A build of the whole workspace holds two; it may have been chosen by another test.
        drop(rustls::crypto::aws_lc_rs::default_provider().install_default());
        let client = ClientBuilder::rustls()
            .unwrap()
            .capabilities(capabilities)
            .connect(&driver.url)
            .await
            .unwrap();
        let browser = Self {
            client,
            driver,
            screen,
            url: format!("http://{}", server.address),
            _seat: seat,
        };
        browser.resize().await;
        Some(browser)
    }

    /// The page is laid out for exactly this screen, whatever a window may be at least.
    async fn resize(&self) {
        let (width, height) = self.screen.size();
        let is_phone = self.screen != Screen::Desktop;
        let metrics =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": is_phone });
        self.devtools("Emulation.setDeviceMetricsOverride", metrics)
            .await;
    }

    /// Shows the colours for people who asked their computer for dark ones, or not.
    async fn prefer(&self, scheme: &str) {
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        self.devtools("Emulation.setEmulatedMedia", features).await;
    }

    /// The console's own scripts do not run.
    async fn without_javascript(&self) {
        let disabled = json!({ "value": true });
        self.devtools("Emulation.setScriptExecutionDisabled", disabled)
            .await;
    }

    async fn go(&self, path: &str) {
        self.client
            .goto(&format!("{}{path}", self.url))
            .await
            .unwrap();
    }

    /// Presses the link or button with this text, as it stands below the menu.
    async fn press(&self, words: &str) {
        let path = format!("//main//*[self::a or self::button][normalize-space()=\"{words}\"]");
        self.wait_for(Locator::XPath(&path))
            .await
            .click()
            .await
            .unwrap();
    }

    /// The field whose label begins with these words.
    async fn field(&self, label: &str) -> Element {
        let path =
            format!("//main//*[@id=//label[starts-with(normalize-space(), \"{label}\")]/@for]");
        self.wait_for(Locator::XPath(&path)).await
    }

    /// Types over what is in a field.
    async fn fill(&self, label: &str, text: &str) {
        let field = self.field(label).await;
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    /// Types into the field of this id: where several have the same label.
    async fn fill_in(&self, id: &str, text: &str) {
        self.wait_for(Locator::Id(id))
            .await
            .send_keys(text)
            .await
            .unwrap();
    }

    async fn choose(&self, id: &str, value: &str) {
        let field = self.wait_for(Locator::Id(id)).await;
        field.select_by_value(value).await.unwrap();
    }

    async fn wait_for(&self, locator: Locator<'_>) -> Element {
        let found = self.client.wait().at_most(PATIENCE);
        match found.for_element(locator).await {
            Ok(element) => element,
            Err(error) => panic!("{locator:?}: {error}\n{}", self.text().await),
        }
    }

    /// Waits until the page shows a text.
    async fn sees(&self, text: &str) {
        let start = Instant::now();
        while !self.text().await.contains(text) {
            let shown = self.text().await;
            assert!(
                start.elapsed() < PATIENCE,
                "`{text}` is not on the page:\n{shown}"
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// The words on the page.
    async fn text(&self) -> String {
        let text = self.script("return document.body ? document.body.innerText : ''");
        text.await.as_str().unwrap_or_default().to_owned()
    }

    /// Runs a script in the page; answers nothing while the page is just being exchanged.
    async fn script(&self, script: &str) -> Value {
        let answer = self.client.execute(script, Vec::new()).await;
        answer.unwrap_or_default()
    }

    /// What the browser has complained of since it was last asked. That the very page which is open is an answer like "not
    /// found" is no complaint: one reads it.
    async fn complaints(&self) -> Vec<String> {
        let address = self.client.current_url().await.unwrap();
        let answer =
            format!("{address} - Failed to load resource: the server responded with a status of 4");
        let session = self.client.session_id().await.unwrap().unwrap();
        let log = json!({ "type": "browser" });
        let entries = self.driver.post(&session, "se/log", log).await;
        let entries = entries.as_array().unwrap().iter();
        entries
            .filter(|entry| entry["level"] != "DEBUG" && entry["level"] != "INFO")
            .map(|entry| entry["message"].as_str().unwrap().to_owned())
            .filter(|message| !message.starts_with(&answer))
            .collect()
    }

    /// Keeps a picture of the whole page for somebody to look at, in the target folder.
    async fn photograph(&self, name: &str) {
        let layout = self.devtools("Page.getLayoutMetrics", json!({})).await;
        let whole = &layout["cssContentSize"];
        let clip = json!({ "x": 0, "y": 0, "width": whole["width"], "height": whole["height"], "scale": 1 });
        let options = json!({ "captureBeyondViewport": true, "clip": clip });
        let picture = self.devtools("Page.captureScreenshot", options).await;
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("screenshots");
        std::fs::create_dir_all(&folder).unwrap();
        let bytes = driver::from_base64(picture["data"].as_str().unwrap());
        std::fs::write(folder.join(format!("{name}-{:?}.png", self.screen)), bytes).unwrap();
    }

    async fn devtools(&self, command: &str, parameters: Value) -> Value {
        let session = self.client.session_id().await.unwrap().unwrap();
        let command = json!({ "cmd": command, "params": parameters });
        self.driver
            .post(&session, "goog/cdp/execute", command)
            .await
    }

    /// Looks whether the browser was content with everything, and closes the window.
    async fn close(self) {
        let complaints = self.complaints().await;
        assert!(complaints.is_empty(), "{complaints:#?}");
        self.client.close().await.unwrap();
    }
}

/// Says that something could not be tested here, past the test harness, which keeps what a test that passes has printed.
fn skipped(why: &str) {
    let line = format!("skipped: {why}\n");
    std::io::stderr().write_all(line.as_bytes()).unwrap();
}
