//! The console in a headless Chromium.

mod accessibility;
mod journeys;
mod layout;
mod safety;

use std::ops::Deref;

use fantoccini::Locator;
use fantoccini::elements::Element;
use test_support::browser::{Browser, Screen, Site};

use crate::Server;

/// A window on a console, whose links, buttons and fields are found by their words.
struct Chromium(Browser);

impl Deref for Chromium {
    type Target = Browser;

    fn deref(&self) -> &Browser {
        &self.0
    }
}

fn site(server: &Server) -> Site {
    Site {
        url: format!("http://{}", server.address),
        folder: env!("CARGO_TARGET_TMPDIR"),
    }
}

impl Chromium {
    /// Opens a window; nothing where there is no browser.
    async fn open(server: &Server, screen: Screen) -> Option<Self> {
        let site = site(server);
        let url = site.url.clone();
        Browser::open(site, &url, screen).await.map(Self)
    }

    /// Presses the link or button with this text, as it stands below the menu.
    async fn press(&self, words: &str) {
        let path = format!("//main//*[self::a or self::button][normalize-space()=\"{words}\"]");
        let found = self.wait_for(Locator::XPath(&path)).await;
        found.click().await.unwrap();
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
        let field = self.wait_for(Locator::Id(id)).await;
        field.send_keys(text).await.unwrap();
    }

    async fn choose(&self, id: &str, value: &str) {
        let field = self.wait_for(Locator::Id(id)).await;
        field.select_by_value(value).await.unwrap();
    }

    /// Looks whether the browser was content with everything, and closes the window.
    async fn close(self) {
        let complaints = self.complaints().await;
        assert!(complaints.is_empty(), "{complaints:#?}");
        self.0.close().await;
    }
}
