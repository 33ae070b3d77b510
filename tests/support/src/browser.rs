//! A headless Chromium, driven through chromedriver. Where either is missing, nothing is opened and the test says `skipped`
//! and why.

pub mod accessibility;
mod driver;
pub mod layout;

use std::path::Path;
use std::time::{Duration, Instant};

use fantoccini::elements::Element;
use fantoccini::{Client, ClientBuilder, Locator};
use serde_json::{Map, Value, json};
use tokio::sync::{Semaphore, SemaphorePermit};

use self::driver::Driver;

/// A browser needs a processor to itself; more at once only wait for each other.
static SEATS: Semaphore = Semaphore::const_new(2);
/// Nothing here takes long; a machine under load does.
const PATIENCE: Duration = Duration::from_mins(1);

/// A window of a size, and a site to visit.
#[derive(Debug)]
pub struct Browser {
    client: Client,
    driver: Driver,
    screen: Screen,
    site: Site,
    _seat: SemaphorePermit<'static>,
}

/// What is visited.
#[derive(Debug, Clone)]
pub struct Site {
    /// Where the site is in the address bar.
    pub url: String,
    /// A folder for what tests leave: `env!("CARGO_TARGET_TMPDIR")`.
    pub folder: &'static str,
}

/// What the visitor sits in front of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Screen {
    /// A common window.
    Desktop,
    /// A common phone.
    Phone,
    /// The narrowest that is still in use.
    SmallPhone,
}

impl Screen {
    /// Width and height in CSS pixels.
    pub fn size(self) -> (u32, u32) {
        match self {
            Self::Desktop => (1280, 900),
            Self::Phone => (390, 844),
            Self::SmallPhone => (320, 640),
        }
    }
}

impl Browser {
    /// Opens a window that reaches `server` under the site's address; nothing where there is no browser.
    pub async fn open(site: Site, server: &str, screen: Screen) -> Option<Self> {
        let seat = SEATS.acquire().await.unwrap();
        let driver = Driver::start()?;
        let host = |address: &str| address.rsplit('/').next().unwrap().to_owned();
        let names = format!("MAP {} {}", host(&site.url), host(server));
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
            site,
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

    /// Shows the colors for people who asked their computer for dark ones, or not.
    pub async fn prefer(&self, scheme: &str) {
        let features = json!({ "features": [
            { "name": "prefers-color-scheme", "value": scheme },
            // Or what is looked at may be a colour on its way from light to dark.
            { "name": "prefers-reduced-motion", "value": "reduce" },
        ] });
        self.devtools("Emulation.setEmulatedMedia", features).await;
    }

    /// The site's own scripts do not run.
    pub async fn without_javascript(&self) {
        self.devtools(
            "Emulation.setScriptExecutionDisabled",
            json!({ "value": true }),
        )
        .await;
    }

    /// Opens a path of the site, or any other address.
    pub async fn go(&self, address: &str) {
        let address = match address.strip_prefix('/') {
            Some(path) => format!("{}/{path}", self.site.url),
            None => address.to_owned(),
        };
        self.client.goto(&address).await.unwrap();
    }

    /// Waits until the page has an element.
    pub async fn shows(&self, selector: &str) {
        self.wait_for(Locator::Css(selector)).await;
    }

    /// Presses what this selector finds first.
    pub async fn press(&self, selector: &str) {
        let element = self.wait_for(Locator::Css(selector)).await;
        element.click().await.unwrap();
    }

    /// Types over what is in a field.
    pub async fn fill(&self, selector: &str, text: &str) {
        let field = self.wait_for(Locator::Css(selector)).await;
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    /// Chooses from a list.
    pub async fn choose(&self, selector: &str, value: &str) {
        let field = self.wait_for(Locator::Css(selector)).await;
        field.select_by_value(value).await.unwrap();
    }

    /// Waits for an element.
    pub async fn wait_for(&self, locator: Locator<'_>) -> Element {
        let found = self.client.wait().at_most(PATIENCE);
        match found.for_element(locator).await {
            Ok(element) => element,
            Err(error) => panic!("{locator:?}: {error}\n{}", self.text().await),
        }
    }

    /// Waits until the page shows a text.
    pub async fn sees(&self, text: &str) {
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
    pub async fn text(&self) -> String {
        let text = self
            .script("return document.body ? document.body.innerText : ''")
            .await;
        text.as_str().unwrap_or_default().to_owned()
    }

    /// The address of the page.
    pub async fn address(&self) -> String {
        self.client.current_url().await.unwrap().to_string()
    }

    /// Runs a script in the page; answers nothing while the page is just being exchanged.
    pub async fn script(&self, script: &str) -> Value {
        self.client
            .execute(script, Vec::new())
            .await
            .unwrap_or_default()
    }

    /// Runs a script that answers by calling its last argument.
    pub async fn script_async(&self, script: &str) -> Value {
        let answer = self.client.execute_async(script, Vec::new()).await;
        answer.unwrap()
    }

    /// Opens another tab beside this one and goes there.
    pub async fn new_tab(&self) {
        let tab = self.client.new_window(true).await.unwrap();
        self.client.switch_to_window(tab.handle).await.unwrap();
    }

    /// Goes to the tab with this number, in the order they were opened.
    pub async fn tab(&self, number: usize) {
        let mut tabs = self.client.windows().await.unwrap();
        self.client
            .switch_to_window(tabs.remove(number))
            .await
            .unwrap();
    }

    /// Goes back.
    pub async fn back(&self) {
        self.client.back().await.unwrap();
    }

    /// Loads the page again.
    pub async fn reload(&self) {
        self.client.refresh().await.unwrap();
    }

    /// Keeps a picture of the whole page for somebody to look at, in the target folder.
    pub async fn photograph(&self, name: &str) {
        let layout = self.devtools("Page.getLayoutMetrics", json!({})).await;
        let whole = &layout["cssContentSize"];
        let clip = json!({ "x": 0, "y": 0, "width": whole["width"], "height": whole["height"], "scale": 1 });
        let options = json!({ "captureBeyondViewport": true, "clip": clip });
        let picture = self.devtools("Page.captureScreenshot", options).await;
        let folder = Path::new(self.site.folder).join("screenshots");
        std::fs::create_dir_all(&folder).unwrap();
        let bytes = driver::from_base64(picture["data"].as_str().unwrap());
        std::fs::write(folder.join(format!("{name}-{:?}.png", self.screen)), bytes).unwrap();
    }

    /// What the browser has complained of since it was last asked. That the very page which is open
    /// is an answer like "not found" is no complaint: the visitor reads it.
    pub async fn complaints(&self) -> Vec<String> {
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

    /// Closes the window.
    pub async fn close(self) {
        self.client.close().await.unwrap();
    }
}
