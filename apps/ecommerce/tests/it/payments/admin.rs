//! Somebody who knows the admin password and gives money back.

use super::Market;
use super::buyer::{Buyer, Page};

/// What `ADMIN_PASSWORD` is set to where a test needs the admin pages.
pub(crate) const PASSWORD: &str = "correct horse battery";

#[derive(Clone)]
pub(crate) struct Admin(pub(crate) Buyer);

/// The form that gives money back, as its page shows it.
#[derive(Clone)]
pub(crate) struct RefundForm {
    path: String,
    fields: Vec<(String, String)>,
}

impl Admin {
    pub(crate) async fn log_in(market: &Market) -> Self {
        let mut visitor = market.buyer();
        let door = visitor.open("/admin/login").await.unwrap();
        let token = field(&door.text, "token");
        let fields = [("token", token.as_str()), ("password", PASSWORD)];
        let inside = visitor.send("/admin/login", &fields).await.unwrap();
        assert_eq!(inside.status, 200, "{}", inside.text);
        Self(visitor)
    }

    /// Opens the page that asks once more before all of an order's money goes. Where nothing is left
    /// of it, since a refund was finished meanwhile, there is no form.
    pub(crate) async fn refund_form(&mut self, order: &str) -> Option<Option<RefundForm>> {
        let path = format!("/admin/orders/{order}/refund");
        let page = self.0.open(&path).await?;
        if page
            .text
            .contains("Nothing of this order is left to refund")
        {
            return Some(None);
        }
        let fields = ["token", "version", "amount"];
        let fields = fields.map(|name| (name.to_owned(), field(&page.text, name)));
        Some(Some(RefundForm {
            path,
            fields: fields.to_vec(),
        }))
    }

    pub(crate) async fn press(&mut self, form: &RefundForm) -> Option<Page> {
        let fields: Vec<(&str, &str)> = form
            .fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        self.0.send(&form.path, &fields).await
    }
}

/// The value of an input of the page.
fn field(page: &str, name: &str) -> String {
    let rest = page.split(&format!("name=\"{name}\"")).nth(1);
    let rest = rest.unwrap_or_else(|| panic!("{name} is not in {page}"));
    let value = rest.split('>').next().unwrap().split("value=\"").nth(1);
    value
        .map_or("", |value| value.split('"').next().unwrap())
        .to_owned()
}
