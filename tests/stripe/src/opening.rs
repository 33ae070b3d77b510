//! Opening a checkout session: what is asked for is looked at as closely as Stripe does.

use serde_json::{Value, json};

use crate::account::Account;
use crate::answer::expanded;
use crate::params::Params;
use crate::refusal::Refusal;

/// The parameters of "create", of those Stripe has, that make sense for a shop's single payments.
pub(crate) const KNOWN: &[&str] = &[
    "mode",
    "ui_mode",
    "submit_type",
    "locale",
    "currency",
    "success_url",
    "cancel_url",
    "client_reference_id",
    "customer_email",
    "customer_creation",
    "expires_at",
    "expand[]",
    "metadata[*]",
    "payment_method_types[]",
    "billing_address_collection",
    "phone_number_collection[enabled]",
    "allow_promotion_codes",
    "automatic_tax[enabled]",
    "line_items[][quantity]",
    "line_items[][price_data][currency]",
    "line_items[][price_data][unit_amount]",
    "line_items[][price_data][tax_behavior]",
    "line_items[][price_data][product_data][name]",
    "line_items[][price_data][product_data][description]",
    "line_items[][price_data][product_data][images][]",
    "line_items[][price_data][product_data][metadata][*]",
    "payment_intent_data[description]",
    "payment_intent_data[metadata][*]",
    "payment_intent_data[receipt_email]",
    "payment_intent_data[shipping][name]",
    "payment_intent_data[shipping][phone]",
    "payment_intent_data[shipping][address][line1]",
    "payment_intent_data[shipping][address][line2]",
    "payment_intent_data[shipping][address][city]",
    "payment_intent_data[shipping][address][state]",
    "payment_intent_data[shipping][address][postal_code]",
    "payment_intent_data[shipping][address][country]",
    "shipping_address_collection[allowed_countries][]",
    "shipping_options[][shipping_rate_data][display_name]",
    "shipping_options[][shipping_rate_data][type]",
    "shipping_options[][shipping_rate_data][metadata][*]",
    "shipping_options[][shipping_rate_data][fixed_amount][amount]",
    "shipping_options[][shipping_rate_data][fixed_amount][currency]",
    "shipping_options[][shipping_rate_data][delivery_estimate][minimum][unit]",
    "shipping_options[][shipping_rate_data][delivery_estimate][minimum][value]",
    "shipping_options[][shipping_rate_data][delivery_estimate][maximum][unit]",
    "shipping_options[][shipping_rate_data][delivery_estimate][maximum][value]",
];

pub(crate) fn create(account: &Account, params: &Params) -> Result<Value, Refusal> {
    let asked = Asked::read(account, params)?;
    let mut books = account.books();
    let id = books.new_id("cs_test");
    let mut session = asked.session(&id, params);
    session["url"] = format!("{}/c/pay/{id}", account.url).into();
    for rate in asked.rates {
        books.add(rate);
    }
    books.add(session.clone());
    let metadata = params.texts("payment_intent_data[metadata]");
    books.for_payments.insert(id, metadata);
    expanded(&books, session, params)
}

/// What is asked for, as far as it has to be looked at.
struct Asked {
    success_url: String,
    cancel_url: Option<String>,
    created: i64,
    expires_at: i64,
    currency: String,
    lines: Vec<Value>,
    subtotal: i64,
    rates: Vec<Value>,
}

impl Asked {
    fn read(account: &Account, params: &Params) -> Result<Self, Refusal> {
        if params.required("mode")? != "payment" {
            return Err(Refusal::invalid("This account takes single payments only."));
        }
        let created = account.now();
        let success_url = absolute_url(params, "success_url")?;
        let (lines, currency) = lines(params)?;
        let asked = Self {
            success_url: success_url.ok_or_else(|| Refusal::missing("success_url"))?,
            cancel_url: absolute_url(params, "cancel_url")?,
            created,
            expires_at: expiry(params, created)?,
            currency,
            subtotal: lines.iter().map(|line| cents(&line["amount_total"])).sum(),
            lines,
            rates: shipping_rates(account, params)?,
        };
        asked.total_is_payable()?;
        within_limits(params)?;
        Ok(asked)
    }

    /// What the first shipping option costs, which is chosen until the buyer chooses another.
    fn shipping(&self) -> i64 {
        let first = self.rates.first();
        first.map_or(0, |rate| cents(&rate["fixed_amount"]["amount"]))
    }

    /// <https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts>
    fn total_is_payable(&self) -> Result<(), Refusal> {
        let total = self.subtotal + self.shipping();
        let least = match self.currency.as_str() {
            "gbp" => 30,
            _ => 50,
        };
        let (code, message) = if total < least {
            let message =
                format!("The Checkout Session's total amount due must add up to at least {least}");
            ("amount_too_small", message)
        } else if total > 99_999_999 {
            let message = "The Checkout Session's total amount must be no more than 99999999";
            ("amount_too_large", message.to_owned())
        } else {
            return Ok(());
        };
        Err(Refusal {
            code: Some(code),
            ..Refusal::invalid(message)
        })
    }

    fn session(&self, id: &str, params: &Params) -> Value {
        let email = params.text("customer_email");
        let option = |rate: &Value| json!({ "shipping_rate": rate["id"], "shipping_amount": rate["fixed_amount"]["amount"] });
        json!({
            "id": id,
            "object": "checkout.session",
            "adaptive_pricing": { "enabled": false },
            "amount_subtotal": self.subtotal,
            "amount_total": self.subtotal + self.shipping(),
            "automatic_tax": { "enabled": false, "liability": null, "provider": null, "status": null },
            "cancel_url": self.cancel_url,
            "client_reference_id": params.text("client_reference_id"),
            "created": self.created,
            "currency": self.currency,
            "custom_fields": [],
            "custom_text": { "after_submit": null, "shipping_address": null, "submit": null, "terms_of_service_acceptance": null },
            "customer": null,
            "customer_creation": "if_required",
            "customer_details": email.map(|email| json!({ "email": email, "tax_exempt": "none" })),
            "customer_email": email,
            "expires_at": self.expires_at,
            "line_items": { "object": "list", "has_more": false, "url": format!("/v1/checkout/sessions/{id}/line_items"), "data": self.lines },
            "livemode": false,
            "metadata": params.texts("metadata"),
            "mode": "payment",
            "payment_intent": null,
            "payment_method_collection": "if_required",
            "payment_method_options": {},
            "payment_method_types": ["card"],
            "payment_status": "unpaid",
            "phone_number_collection": { "enabled": false },
            "shipping_cost": self.rates.first().map(shipping_cost),
            "shipping_options": self.rates.iter().map(option).collect::<Vec<_>>(),
            "status": "open",
            "success_url": self.success_url,
            "total_details": { "amount_discount": 0, "amount_shipping": self.shipping(), "amount_tax": 0 },
            "ui_mode": "hosted_page",
        })
    }
}

fn cents(amount: &Value) -> i64 {
    amount.as_i64().unwrap()
}

fn within_limits(params: &Params) -> Result<(), Refusal> {
    let reference = params.text("client_reference_id").unwrap_or_default();
    if reference.len() > 200 {
        return Err(Refusal::invalid(
            "Invalid string: client_reference_id must be at most 200 characters",
        ));
    }
    for (key, value) in params.entries("metadata") {
        if key.len() > 40 || value.itself().is_some_and(|value| value.len() > 500) {
            return Err(Refusal::invalid(
                "Metadata keys have at most 40 characters and values 500.",
            ));
        }
    }
    Ok(())
}

fn lines(params: &Params) -> Result<(Vec<Value>, String), Refusal> {
    let items = params.entries("line_items");
    if items.is_empty() {
        return Err(Refusal::missing("line_items"));
    }
    if items.len() > 100 {
        return Err(Refusal::invalid(
            "A Checkout Session has at most 100 line items.",
        ));
    }
    let mut currency = None;
    let mut lines = Vec::new();
    for (_, item) in items {
        let of_line = item.required("price_data[currency]")?.to_ascii_lowercase();
        if currency.get_or_insert_with(|| of_line.clone()) != &of_line {
            return Err(Refusal::invalid(
                "All prices of a Checkout Session have one currency.",
            ));
        }
        let name = item.required("price_data[product_data][name]")?.to_owned();
        let quantity = item.integer("quantity")?.filter(|quantity| *quantity > 0);
        let quantity = quantity.ok_or_else(|| Refusal::missing("line_items[0][quantity]"))?;
        let amount = item
            .integer("price_data[unit_amount]")?
            .filter(|amount| *amount >= 0);
        let amount =
            amount.ok_or_else(|| Refusal::missing("line_items[0][price_data][unit_amount]"))?;
        let images = item.entries("price_data[product_data][images]");
        for (_, image) in &images {
            if !is_absolute(image.itself().unwrap_or_default()) {
                return Err(Refusal::parameter(
                    "url_invalid",
                    "Not a valid URL".to_owned(),
                    "line_items",
                ));
            }
        }
        if images.len() > 8 {
            return Err(Refusal::invalid("A product has at most 8 images."));
        }
        lines.push(json!({
            "id": format!("li_{:016x}", fastrand::u64(..)),
            "object": "item",
            "amount_discount": 0,
            "amount_subtotal": amount * quantity,
            "amount_tax": 0,
            "amount_total": amount * quantity,
            "currency": of_line,
            "description": name,
            "quantity": quantity,
            "price": null,
        }));
    }
    Ok((lines, currency.unwrap_or_default()))
}

fn shipping_rates(account: &Account, params: &Params) -> Result<Vec<Value>, Refusal> {
    let options = params.entries("shipping_options");
    if options.len() > 5 {
        return Err(Refusal::invalid(
            "A Checkout Session has at most 5 shipping options.",
        ));
    }
    let rate = |(_, option): (String, Params)| {
        let name = option.required("shipping_rate_data[display_name]")?;
        let amount = option.integer("shipping_rate_data[fixed_amount][amount]")?;
        let amount =
            amount.ok_or_else(|| Refusal::missing("shipping_options[0][fixed_amount][amount]"))?;
        let currency = option.required("shipping_rate_data[fixed_amount][currency]")?;
        Ok(json!({
            "id": format!("shr_{:016x}", fastrand::u64(..)),
            "object": "shipping_rate",
            "active": true,
            "created": account.now(),
            "display_name": name,
            "fixed_amount": { "amount": amount, "currency": currency },
            "livemode": false,
            "metadata": option.texts("shipping_rate_data[metadata]"),
            "tax_behavior": "unspecified",
            "type": "fixed_amount",
        }))
    };
    options.into_iter().map(rate).collect()
}

/// What the chosen shipping adds, as a session shows it.
pub(crate) fn shipping_cost(rate: &Value) -> Value {
    let amount = &rate["fixed_amount"]["amount"];
    json!({ "amount_subtotal": amount, "amount_tax": 0, "amount_total": amount, "shipping_rate": rate["id"] })
}

fn expiry(params: &Params, now: i64) -> Result<i64, Refusal> {
    let latest = now + 24 * 3_600;
    let expires_at = params.integer("expires_at")?.unwrap_or(latest);
    // A minute of grace: the shop's clock and Stripe's need not agree to the second.
    if expires_at < now + 30 * 60 - 60 || expires_at > latest + 60 {
        let message = "The `expires_at` timestamp must be at least 30 minutes and at most 24 hours from Checkout Session creation.";
        return Err(Refusal {
            param: Some("expires_at".to_owned()),
            ..Refusal::invalid(message)
        });
    }
    Ok(expires_at)
}

fn absolute_url(params: &Params, name: &str) -> Result<Option<String>, Refusal> {
    match params.text(name) {
        None => Ok(None),
        Some(url) if is_absolute(url) => Ok(Some(url.to_owned())),
        Some(_) => Err(Refusal::parameter(
            "url_invalid",
            "Not a valid URL".to_owned(),
            name,
        )),
    }
}

fn is_absolute(url: &str) -> bool {
    // The placeholder is no part of an address; everything else must be.
    let url = url.replace("{CHECKOUT_SESSION_ID}", "cs");
    reqwest::Url::parse(&url)
        .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}
