//! Checkout sessions: opened by the shop, paid or left by the buyer, closed by the shop or by time.

use serde_json::{Value, json};

use super::api::{expanded, listed};
use super::params::Params;
use super::refusal::Refusal;
use super::{Account, events};

/// The parameters of "create", of those Stripe has, that make sense for a shop's single payments.
pub(super) const KNOWN: &[&str] = &[
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

/// What listing takes.
pub(super) const LISTED: &[&str] = &[
    "limit",
    "starting_after",
    "status",
    "payment_intent",
    "expand[]",
    "created[gt]",
    "created[gte]",
    "created[lt]",
    "created[lte]",
];

pub(super) fn create(account: &Account, params: &Params) -> Result<Value, Refusal> {
    if params.required("mode")? != "payment" {
        return Err(Refusal::invalid("This account takes single payments only."));
    }
    let success_url =
        absolute_url(params, "success_url")?.ok_or_else(|| Refusal::missing("success_url"))?;
    let now = account.now();
    let expires_at = expiry(params, now)?;
    let (lines, currency) = lines(params)?;
    let subtotal: i64 = lines
        .iter()
        .map(|line| line["amount_total"].as_i64().unwrap())
        .sum();
    let rates = shipping_rates(account, params)?;
    let shipping = rates
        .first()
        .map_or(0, |rate| rate["fixed_amount"]["amount"].as_i64().unwrap());
    if subtotal + shipping < 50 {
        let message = "The Checkout Session's total amount due must add up to at least $0.50 usd";
        return Err(Refusal {
            code: Some("amount_too_small"),
            ..Refusal::invalid(message)
        });
    }
    limited(params, "client_reference_id", 200)?;
    for (key, value) in params.entries("metadata") {
        if key.len() > 40 || value.itself().is_some_and(|value| value.len() > 500) {
            return Err(Refusal::invalid(
                "Metadata keys have at most 40 characters and values 500.",
            ));
        }
    }
    let mut books = account.books();
    let id = books.new_id("cs_test");
    let options: Vec<Value> = rates
        .iter()
        .map(|rate| {
            json!({
                "shipping_rate": rate["id"], "shipping_amount": rate["fixed_amount"]["amount"],
            })
        })
        .collect();
    let shipping_cost = rates.first().map(|rate| shipping_cost(rate));
    for rate in rates {
        books.add(rate);
    }
    let session = json!({
        "id": id,
        "object": "checkout.session",
        "adaptive_pricing": { "enabled": false },
        "amount_subtotal": subtotal,
        "amount_total": subtotal + shipping,
        "automatic_tax": { "enabled": false, "liability": null, "provider": null, "status": null },
        "cancel_url": absolute_url(params, "cancel_url")?,
        "client_reference_id": params.text("client_reference_id"),
        "created": now,
        "currency": currency,
        "custom_fields": [],
        "custom_text": { "after_submit": null, "shipping_address": null, "submit": null, "terms_of_service_acceptance": null },
        "customer": null,
        "customer_creation": "if_required",
        "customer_details": params.text("customer_email").map(|email| json!({ "email": email, "tax_exempt": "none" })),
        "customer_email": params.text("customer_email"),
        "expires_at": expires_at,
        "line_items": { "object": "list", "has_more": false, "url": format!("/v1/checkout/sessions/{id}/line_items"), "data": lines },
        "livemode": false,
        "metadata": params.texts("metadata"),
        "mode": "payment",
        "payment_intent": null,
        "payment_method_collection": "if_required",
        "payment_method_options": {},
        "payment_method_types": ["card"],
        "payment_status": "unpaid",
        "phone_number_collection": { "enabled": false },
        "shipping_cost": shipping_cost,
        "shipping_options": options,
        "status": "open",
        "success_url": success_url,
        "total_details": { "amount_discount": 0, "amount_shipping": shipping, "amount_tax": 0 },
        "ui_mode": "hosted_page",
        "url": format!("{}/c/pay/{id}", account.url),
    });
    books.add(session.clone());
    books.add(json!({
        "id": for_payment(session["id"].as_str().unwrap()),
        "object": "payment_intent_data",
        "metadata": params.texts("payment_intent_data[metadata]"),
    }));
    expanded(&books, session, params)
}

/// Where it is noted what a session's payment is to be told.
pub(super) fn for_payment(session: &str) -> String {
    format!("{session}/payment_intent_data")
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
pub(super) fn shipping_cost(rate: &Value) -> Value {
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

fn limited(params: &Params, name: &str, longest: usize) -> Result<(), Refusal> {
    match params.text(name) {
        Some(text) if text.len() > longest => Err(Refusal::invalid(format!(
            "Invalid string: {name} must be at most {longest} characters"
        ))),
        _ => Ok(()),
    }
}

pub(super) async fn list(account: &Account, params: &Params) -> Result<Value, Refusal> {
    let ids: Vec<String> = {
        let sessions = account.books().all("checkout.session");
        sessions
            .iter()
            .map(|session| session["id"].as_str().unwrap().to_owned())
            .collect()
    };
    for id in ids {
        expire_when_over(account, &id).await;
    }
    let after = params.integer("created[gt]")?.unwrap_or(i64::MIN);
    let from = params.integer("created[gte]")?.unwrap_or(i64::MIN);
    let before = params.integer("created[lt]")?.unwrap_or(i64::MAX);
    let until = params.integer("created[lte]")?.unwrap_or(i64::MAX);
    let books = account.books();
    let mut sessions = books.all("checkout.session");
    sessions.retain(|session| {
        let created = session["created"].as_i64().unwrap();
        created > after
            && created >= from
            && created < before
            && created <= until
            && params
                .text("status")
                .is_none_or(|status| session["status"] == status)
            && params
                .text("payment_intent")
                .is_none_or(|intent| session["payment_intent"] == intent)
    });
    expanded(
        &books,
        listed(sessions, "/v1/checkout/sessions", params)?,
        params,
    )
}

pub(super) async fn expire(account: &Account, id: &str, params: &Params) -> Result<Value, Refusal> {
    expire_when_over(account, id).await;
    let status = account.books().get("checkout.session", id)?["status"].clone();
    if status != "open" {
        return Err(Refusal::invalid(format!(
            "Only Checkout Sessions with a status in [\"open\"] can be expired. This Checkout Session has a status of {status}."
        )));
    }
    expire_now(account, id).await;
    let books = account.books();
    let session = books.get("checkout.session", id)?.clone();
    expanded(&books, session, params)
}

/// Closes a session that was left open too long, as Stripe does by itself.
pub(super) async fn expire_when_over(account: &Account, id: &str) {
    let is_over = account.books().find(id).is_some_and(|session| {
        session["status"] == "open" && session["expires_at"].as_i64() <= Some(account.now())
    });
    if is_over {
        expire_now(account, id).await;
    }
}

pub(super) async fn expire_now(account: &Account, id: &str) {
    let session = {
        let mut books = account.books();
        let session = books.find_mut(id).unwrap();
        assert_eq!(session["status"], "open", "only an open session expires");
        session["status"] = json!("expired");
        session["url"] = Value::Null;
        session.clone()
    };
    events::happened(account, "checkout.session.expired", session).await;
}
