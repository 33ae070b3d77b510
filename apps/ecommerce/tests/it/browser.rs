//! A headless Chromium, driven through chromedriver. Where either is missing, the tests say
//! `skipped` and why.

mod accessibility;
mod driver;
mod layout;
mod purchases;
mod stripe;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, Instant};

use fantoccini::{Client, ClientBuilder, Locator};
use serde_json::{Map, Value, json};
use tempfile::TempDir;
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::crash::Running;
use crate::payments::PUBLIC_URL;
use driver::Driver;

/// A browser needs a processor to itself; more at once only wait for each other.
static SEATS: Semaphore = Semaphore::const_new(2);
/// Nothing here takes long; a machine under load does.
const PATIENCE: Duration = Duration::from_mins(1);

/// A window of a size and a shop to visit.
pub(crate) struct Browser {
    client: Client,
    driver: Driver,
    screen: Screen,
    _seat: SemaphorePermit<'static>,
}

/// What the visitor sits in front of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Screen {
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

impl Browser {
    /// Opens a window that reaches the shop under its public address; nothing where there is no
    /// browser.
    pub(crate) async fn open(shop: &str, screen: Screen) -> Option<Self> {
        let seat = SEATS.acquire().await.unwrap();
        let driver = Driver::start()?;
        let host = |address: &str| address.rsplit('/').next().unwrap().to_owned();
        let names = format!("MAP {} {}", host(PUBLIC_URL), host(shop));
        let (width, height) = screen.size();
        let arguments = [
            "--headless=new".to_owned(),
            "--no-sandbox".to_owned(),
            "--disable-dev-shm-usage".to_owned(),
            "--hide-scrollbars".to_owned(),
            format!("--window-size={width},{height}"),
            format!("--host-resolver-rules={names}"),
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
    pub(crate) async fn prefer(&self, scheme: &str) {
        let features = json!({ "features": [
            { "name": "prefers-color-scheme", "value": scheme },
            // Or what is looked at may be a colour on its way from light to dark.
            { "name": "prefers-reduced-motion", "value": "reduce" },
        ] });
        self.devtools("Emulation.setEmulatedMedia", features).await;
    }

    /// The shop's own scripts do not run.
    pub(crate) async fn without_javascript(&self) {
        self.devtools(
            "Emulation.setScriptExecutionDisabled",
            json!({ "value": true }),
        )
        .await;
    }

    /// How many pieces the cart's sign in the corner shows.
    pub(crate) async fn badge(&self) -> String {
        let badge = "return document.querySelector('.cart-link .badge')?.innerText ?? ''";
        let badge = self.script(badge).await;
        badge.as_str().unwrap().to_owned()
    }

    /// Opens an address of the shop, or any other.
    pub(crate) async fn go(&self, address: &str) {
        let address = match address.strip_prefix('/') {
            Some(path) => format!("{PUBLIC_URL}/{path}"),
            None => address.to_owned(),
        };
        self.client.goto(&address).await.unwrap();
    }

    /// Presses what this selector finds first.
    pub(crate) async fn press(&self, selector: &str) {
        let element = self.wait_for(selector).await;
        element.click().await.unwrap();
    }

    /// Types over what is in a field.
    pub(crate) async fn fill(&self, selector: &str, text: &str) {
        let field = self.wait_for(selector).await;
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    pub(crate) async fn choose(&self, selector: &str, value: &str) {
        let field = self.wait_for(selector).await;
        field.select_by_value(value).await.unwrap();
    }

    async fn wait_for(&self, selector: &str) -> fantoccini::elements::Element {
        let found = self.client.wait().at_most(PATIENCE);
        let found = found.for_element(Locator::Css(selector)).await;
        match found {
            Ok(element) => element,
            Err(error) => panic!("{selector}: {error}\n{}", self.text().await),
        }
    }

    /// Waits until the page shows a text.
    pub(crate) async fn sees(&self, text: &str) {
        let start = Instant::now();
        while !self.text().await.contains(text) {
            assert!(
                start.elapsed() < PATIENCE,
                "`{text}` is not on {}:\n{}",
                self.address().await,
                self.text().await
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// The words on the page.
    pub(crate) async fn text(&self) -> String {
        let text = self
            .script("return document.body ? document.body.innerText : ''")
            .await;
        text.as_str().unwrap_or_default().to_owned()
    }

    pub(crate) async fn address(&self) -> String {
        self.client.current_url().await.unwrap().to_string()
    }

    /// Runs a script in the page; answers nothing while the page is just being exchanged.
    pub(crate) async fn script(&self, script: &str) -> Value {
        self.client
            .execute(script, Vec::new())
            .await
            .unwrap_or_default()
    }

    /// Runs a script that answers by calling its last argument.
    pub(crate) async fn script_async(&self, script: &str) -> Value {
        let answer = self.client.execute_async(script, Vec::new()).await;
        answer.unwrap()
    }

    /// Opens another tab beside this one and goes there.
    pub(crate) async fn new_tab(&self) {
        let tab = self.client.new_window(true).await.unwrap();
        self.client.switch_to_window(tab.handle).await.unwrap();
    }

    /// Goes to the tab with this number, in the order they were opened.
    pub(crate) async fn tab(&self, number: usize) {
        let mut tabs = self.client.windows().await.unwrap();
        self.client
            .switch_to_window(tabs.remove(number))
            .await
            .unwrap();
    }

    pub(crate) async fn back(&self) {
        self.client.back().await.unwrap();
    }

    pub(crate) async fn reload(&self) {
        self.client.refresh().await.unwrap();
    }

    /// Keeps a picture of the whole page for somebody to look at, in the target folder.
    pub(crate) async fn photograph(&self, name: &str) {
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

    /// What the browser has complained of since it was last asked. That the very page which is open
    /// is an answer like "not found" is no complaint: the visitor reads it.
    pub(crate) async fn complaints(&self) -> Vec<String> {
        let address = self.address().await;
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

    async fn devtools(&self, command: &str, parameters: Value) -> Value {
        let session = self.client.session_id().await.unwrap().unwrap();
        let command = json!({ "cmd": command, "params": parameters });
        self.driver
            .post(&session, "goog/cdp/execute", command)
            .await
    }

    pub(crate) async fn close(self) {
        self.client.close().await.unwrap();
    }
}

/// A shop of the embedded kind with the built-in till, as `cargo run -p ecommerce` opens it.
pub(crate) struct TillShop {
    pub(crate) url: String,
    _shop: Running,
    _data: TempDir,
}

impl TillShop {
    pub(crate) fn open(more: &[(&str, &str)]) -> Self {
        let data = tempfile::tempdir().unwrap();
        let settings = [
            ("DATA_DIR", data.path().to_str().unwrap()),
            ("PUBLIC_URL", PUBLIC_URL),
        ];
        let settings = [&settings, more].concat();
        let (shop, address) = Running::launch(&settings, Stdio::null());
        Self {
            url: address.read().expect("the shop opens"),
            _shop: shop,
            _data: data,
        }
    }
}

/// Says that something could not be tested here.
pub(crate) fn skipped(why: &str) {
    say(&format!("skipped: {why}"));
}

/// Past the test harness, which keeps what a test that passes has printed.
pub(crate) fn say(what: &str) {
    let line = format!("{what}\n");
    std::io::stderr().write_all(line.as_bytes()).unwrap();
}
