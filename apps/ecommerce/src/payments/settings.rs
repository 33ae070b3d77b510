//! The settings of Stripe.

use std::time::Duration;

use axum::http::Uri;
use secrecy::{ExposeSecret as _, SecretString};
use shared::env::{Env, Noted};
use shared::http::is_host;

/// The longest address of a page that buyers are sent to.
const LONGEST_ADDRESS: usize = 2_000;
/// A shop that looks more rarely sells its reserved items too late.
const LONGEST_WAIT_SECONDS: u64 = 3_600;

/// How the shop talks to Stripe, and where Stripe sends buyers back to.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct StripeSettings {
    /// `STRIPE_SECRET_KEY`: `sk_test_…`, `sk_live_…` or a restricted `rk_…` key. Without it the
    /// test till stands in.
    pub secret_key: SecretString,
    /// `STRIPE_WEBHOOK_SECRET`: `whsec_…`. Without it payments are found by asking, which takes a
    /// minute longer where the buyer's browser does not come back.
    pub webhook_secret: Option<SecretString>,
    /// `STRIPE_SUCCESS_URL`: where a buyer lands who has paid. `{CHECKOUT_ID}` in it is replaced by
    /// the checkout's id. Default: the shop's own return page.
    pub success_url: String,
    /// `STRIPE_CANCEL_URL`: where a buyer lands who went back. Default: the shop's own page for it.
    pub cancel_url: String,
    /// `STRIPE_API_BASE`: another address than Stripe's, for tests.
    pub api_base: Option<String>,
    /// The shop's own address, for the pictures on Stripe's page.
    pub base: String,
    /// `STRIPE_RECONCILE_SECONDS`: how often Stripe is asked about sessions that nobody has
    /// reported on, and how old they are then at least: 1 to 3600. Default 60.
    pub reconcile: Duration,
}

impl StripeSettings {
    /// Reads the settings and notes every problem; `None` where no key is set. `base` is the
    /// address of the shop, where it is known.
    pub fn read(env: &mut Env<'_>, base: Option<String>) -> Result<Option<Self>, Noted> {
        let secret_key = secret(env, "STRIPE_SECRET_KEY", &["sk_", "rk_"]);
        let webhook_secret = secret(env, "STRIPE_WEBHOOK_SECRET", &["whsec_"]);
        let success_url = address(env, "STRIPE_SUCCESS_URL", PAGE, is_page);
        let cancel_url = address(env, "STRIPE_CANCEL_URL", PAGE, is_page);
        let api_base = address(env, "STRIPE_API_BASE", API_BASE, is_api_base);
        let reconcile = env.number_or("STRIPE_RECONCILE_SECONDS", 60, 1..=LONGEST_WAIT_SECONDS);
        let Some(secret_key) = secret_key? else {
            return match webhook_secret? {
                None => Ok(None),
                Some(_) => Err(env.problem(
                    "STRIPE_SECRET_KEY is missing, but STRIPE_WEBHOOK_SECRET is set (a key looks like sk_test_…)",
                )),
            };
        };
        let Some(base) = base else {
            return Err(env.problem(
                "PUBLIC_URL is missing, but STRIPE_SECRET_KEY is set (Stripe sends buyers back to it, such as https://shop.example)",
            ));
        };
        let page = |name| format!("{base}/checkout/{{CHECKOUT_ID}}/{name}");
        Ok(Some(Self {
            secret_key,
            webhook_secret: webhook_secret?,
            success_url: success_url?.unwrap_or_else(|| page("return")),
            cancel_url: cancel_url?.unwrap_or_else(|| page("cancelled")),
            api_base: api_base?,
            base,
            reconcile: Duration::from_secs(reconcile?),
        }))
    }
}

/// A secret that begins as the service's secrets do. A mix-up is found here, before it costs a sale.
fn secret(
    env: &mut Env<'_>,
    name: &str,
    beginnings: &[&str],
) -> Result<Option<SecretString>, Noted> {
    let Some(secret) = env.secret(name) else {
        return Ok(None);
    };
    let text = secret.expose_secret();
    let is_plain = text.bytes().all(|byte| byte.is_ascii_graphic());
    let has_more = |start: &&str| text.starts_with(*start) && text.len() > start.len();
    if is_plain && beginnings.iter().any(has_more) {
        return Ok(Some(secret));
    }
    let expected = beginnings.join("… or ");
    Err(env.problem(format!(
        "{name} is not one, expected {expected}… as Stripe's dashboard shows it"
    )))
}

fn address(
    env: &mut Env<'_>,
    name: &str,
    expected: &str,
    is_valid: fn(&str) -> bool,
) -> Result<Option<String>, Noted> {
    match env.text(name) {
        Some(text) if !is_valid(&text) => {
            Err(env.problem(format!("{name} is {text:?}, expected {expected}")))
        }
        text => Ok(text),
    }
}

const PAGE: &str =
    "an address such as https://shop.example/thanks, with {CHECKOUT_ID} after the host if at all";
const API_BASE: &str = "an address such as http://127.0.0.1:12111, without a query";

/// Whether Stripe takes this for an address once the placeholders are filled in. Where it leads must
/// not depend on them.
fn is_page(text: &str) -> bool {
    let filled = |id| {
        let filled = text.replace("{CHECKOUT_ID}", id);
        filled.replace("{CHECKOUT_SESSION_ID}", id)
    };
    let (one, other) = (filled("1"), filled("2"));
    let host = host_of(&one);
    host.is_some() && host == host_of(&other)
}

/// Whether a path can be added to it.
fn is_api_base(text: &str) -> bool {
    host_of(text).is_some() && !text.contains(['?', '#'])
}

/// Scheme, host and port of an address; `None` if it is none.
fn host_of(text: &str) -> Option<String> {
    let is_plain = |byte: u8| byte.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&byte);
    let is_plain = text.len() <= LONGEST_ADDRESS && text.bytes().all(is_plain);
    let url: Uri = text.parse().ok().filter(|_| is_plain)?;
    let scheme = url
        .scheme_str()
        .filter(|it| matches!(*it, "http" | "https"))?;
    let host = url.authority().filter(|authority| is_host(authority))?;
    Some(format!("{scheme}://{host}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHOP: &str = "https://shop.example";

    fn read(pairs: &[(&str, &str)], base: Option<&str>) -> Result<Option<StripeSettings>, String> {
        let lookup = shared::env::of(pairs);
        let mut env = Env::new(&lookup);
        let stripe = StripeSettings::read(&mut env, base.map(str::to_owned));
        env.finish(|| stripe).map_err(|errors| errors.to_string())
    }

    #[test]
    fn buyers_come_back_to_the_shop_unless_other_pages_are_named() {
        let key = ("STRIPE_SECRET_KEY", "sk_test_1");
        let settings = read(&[key], Some(SHOP)).unwrap().unwrap();
        let pages = (settings.success_url.as_str(), settings.cancel_url.as_str());
        let expected = (
            "https://shop.example/checkout/{CHECKOUT_ID}/return",
            "https://shop.example/checkout/{CHECKOUT_ID}/cancelled",
        );
        assert_eq!(pages, expected);
        assert_eq!(settings.reconcile, Duration::from_mins(1));
        let other = ("STRIPE_SUCCESS_URL", "https://shop.example/thanks");
        let settings = read(&[key, other], Some(SHOP)).unwrap().unwrap();
        assert_eq!(settings.success_url, "https://shop.example/thanks");
        assert!(read(&[], None).unwrap().is_none());
    }

    #[test]
    fn an_address_that_stripe_would_refuse_is_refused_at_the_start() {
        let key = ("STRIPE_SECRET_KEY", "sk_test_1");
        for (address, is_good) in [
            ("https://shop.example/thanks", true),
            ("https://shop.example", true),
            (
                "http://127.0.0.1:8080/thanks?order={CHECKOUT_ID}&s={CHECKOUT_SESSION_ID}#top",
                true,
            ),
            ("http://[::1]:8080/thanks", true),
            ("https://", false),
            ("https:///thanks", false),
            ("https://:443/thanks", false),
            ("https://shop.example:443443/thanks", false),
            ("https://shop.example:port/thanks", false),
            ("https://shop.example/thank you", false),
            ("https://shop. example/thanks", false),
            ("https://shop.example/thänks", false),
            ("https://shop.example/{ORDER}", false),
            ("https://ex{CHECKOUT_ID}.com", false),
            ("https://{CHECKOUT_ID}/thanks", false),
            ("https://shop.example:{CHECKOUT_ID}/thanks", false),
            ("https://{CHECKOUT_SESSION_ID}.example?a=/", false),
            ("{CHECKOUT_ID}://shop.example", false),
            ("https://shop.example:0/thanks", false),
            ("https://shop..example/thanks", false),
            ("https://./thanks", false),
            ("https://ada:secret@shop.example/", false),
            ("https:shop.example", false),
            ("ftp://shop.example/thanks", false),
            ("shop.example/thanks", false),
        ] {
            for name in ["STRIPE_SUCCESS_URL", "STRIPE_CANCEL_URL"] {
                let read = read(&[key, (name, address)], Some(SHOP));
                assert_eq!(read.is_ok(), is_good, "{name}={address}");
                assert!(is_good || read.unwrap_err().contains(name));
            }
        }
    }

    #[test]
    fn paths_are_added_to_the_address_of_the_api_so_it_has_nothing_after_its_own() {
        let key = ("STRIPE_SECRET_KEY", "sk_test_1");
        for (address, is_good) in [
            ("http://127.0.0.1:12111", true),
            ("http://127.0.0.1:12111/", true),
            ("https://proxy.example/stripe", true),
            ("https://proxy.example/?to=stripe", false),
            ("https://proxy.example/#stripe", false),
            ("https://proxy.example/{CHECKOUT_ID}", false),
            ("https://{CHECKOUT_ID}.example", false),
            ("https://", false),
            ("proxy.example", false),
        ] {
            let read = read(&[key, ("STRIPE_API_BASE", address)], Some(SHOP));
            assert_eq!(read.is_ok(), is_good, "{address}");
            assert!(is_good || read.unwrap_err().contains("STRIPE_API_BASE is"));
        }
    }

    #[test]
    fn stripe_is_asked_every_second_at_most_and_every_hour_at_least() {
        let key = ("STRIPE_SECRET_KEY", "sk_test_1");
        for (seconds, is_good) in [
            ("1", true),
            ("3600", true),
            ("0", false),
            ("3601", false),
            ("-1", false),
            ("1.5", false),
            ("18446744073709551615", false),
        ] {
            let read = read(&[key, ("STRIPE_RECONCILE_SECONDS", seconds)], Some(SHOP));
            assert_eq!(read.is_ok(), is_good, "{seconds}");
            let expected = format!("is {seconds:?}, expected a number from 1 to 3600");
            assert!(is_good || read.unwrap_err().contains(&expected));
        }
    }

    #[test]
    fn a_mix_up_is_named_and_no_secret_is_shown() {
        let key = ("STRIPE_SECRET_KEY", "sk_test_TheKey");
        for (pairs, base, named) in [
            (
                vec![("STRIPE_SECRET_KEY", "pk_test_TheKey")],
                Some(SHOP),
                "STRIPE_SECRET_KEY is not one",
            ),
            (
                vec![("STRIPE_SECRET_KEY", "sk_test_The Key")],
                Some(SHOP),
                "STRIPE_SECRET_KEY is not one",
            ),
            (
                vec![("STRIPE_WEBHOOK_SECRET", "whsec_TheKey")],
                Some(SHOP),
                "STRIPE_SECRET_KEY is missing",
            ),
            (
                vec![("STRIPE_SECRET_KEY", "sk_")],
                Some(SHOP),
                "STRIPE_SECRET_KEY is not one",
            ),
            (
                vec![key, ("STRIPE_WEBHOOK_SECRET", "whsec_")],
                Some(SHOP),
                "STRIPE_WEBHOOK_SECRET is not one",
            ),
            (
                vec![key, ("STRIPE_WEBHOOK_SECRET", "we_TheKey")],
                Some(SHOP),
                "STRIPE_WEBHOOK_SECRET is not one",
            ),
            (
                vec![key, ("STRIPE_CANCEL_URL", "/cart")],
                Some(SHOP),
                "STRIPE_CANCEL_URL is \"/cart\"",
            ),
            (vec![key], None, "PUBLIC_URL is missing"),
        ] {
            let said = read(&pairs, base).unwrap_err();
            assert!(said.contains(named) && !said.contains("TheKey"), "{said}");
        }
        let settings = read(&[key], Some(SHOP)).unwrap().unwrap();
        let payments = crate::payments::Payments::stripe(&settings).unwrap();
        let shown = format!("{settings:?} {payments:?}");
        assert!(!shown.contains("TheKey"), "{shown}");
    }
}
