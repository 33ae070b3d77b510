//! The hosted page of a session, on which a browser pays, is declined, or goes back.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::get;
use axum::{Form, Router};
use serde::Deserialize;
use serde_json::Value;

use crate::account::Account;
use crate::books::Books;
use crate::payments::{self, PayWith};
use crate::sessions;

/// What the buyer filled in.
#[derive(Debug, Deserialize)]
struct Filled {
    card: String,
    shipping: Option<String>,
}

pub(crate) fn routes() -> Router<Arc<Account>> {
    Router::new().route("/c/pay/{id}", get(show).post(pay))
}

async fn show(State(account): State<Arc<Account>>, Path(id): Path<String>) -> Response {
    sessions::expire_when_over(&account, &id).await;
    page(&account, &id, None)
}

async fn pay(
    State(account): State<Arc<Account>>,
    Path(id): Path<String>,
    Form(filled): Form<Filled>,
) -> Response {
    let with = match filled.card.as_str() {
        "4000000000000002" => PayWith::DeclinedCard,
        "bank" => PayWith::BankDebit,
        _ => PayWith::Visa,
    };
    match payments::pay(&account, &id, with, filled.shipping.as_deref()).await {
        Ok(()) => {
            let session = account.books().find(&id).unwrap().clone();
            let success_url = session["success_url"].as_str().unwrap();
            Redirect::to(&success_url.replace("{CHECKOUT_SESSION_ID}", &id)).into_response()
        }
        Err(refusal) => page(&account, &id, Some(&refusal.message)),
    }
}

fn page(account: &Account, id: &str, problem: Option<&str>) -> Response {
    let books = account.books();
    let Ok(session) = books.get("checkout.session", id) else {
        return html(
            "<h1>Something went wrong</h1><p>The page you were looking for could not be found.</p>",
        );
    };
    match session["status"].as_str().unwrap() {
        "complete" => {
            return html(
                "<h1>You're all done here</h1><p>You've already completed this payment.</p>",
            );
        }
        "expired" => {
            return html("<h1>This checkout session has timed out</h1><p>Nothing was paid.</p>");
        }
        _ => {}
    }
    let mut body = String::new();
    if let Some(cancel_url) = session["cancel_url"].as_str() {
        let address = escaped(cancel_url);
        write!(body, "<p><a id=back href=\"{address}\">&larr; Back</a></p>").unwrap();
    }
    write!(body, "<h1>Pay {}</h1><ul>", money(&session["amount_total"])).unwrap();
    for line in session["line_items"]["data"].as_array().unwrap() {
        let (name, total) = (text(&line["description"]), money(&line["amount_total"]));
        let quantity = &line["quantity"];
        write!(body, "<li>{quantity} &times; {name}: {total}</li>").unwrap();
    }
    write!(body, "</ul><p>{}</p>", text(&session["customer_email"])).unwrap();
    if let Some(problem) = problem {
        write!(body, "<p role=alert>{}</p>", escaped(problem)).unwrap();
    }
    body += &form(&books, session);
    html(&body)
}

fn form(books: &Books, session: &Value) -> String {
    let mut form = "<form method=post>".to_owned();
    let options = session["shipping_options"].as_array().unwrap();
    for (number, option) in options.iter().enumerate() {
        let rate = books.find(option["shipping_rate"].as_str().unwrap());
        let rate = rate.unwrap();
        let checked = if number == 0 { " checked" } else { "" };
        let (id, name) = (text(&rate["id"]), text(&rate["display_name"]));
        let amount = money(&option["shipping_amount"]);
        let radio = format!("<input type=radio name=shipping value=\"{id}\"{checked}>");
        write!(form, "<p><label>{radio} {name} {amount}</label></p>").unwrap();
    }
    form + "<p><label>Pay with <select name=card id=card>\
        <option value=4242424242424242>4242 4242 4242 4242</option>\
        <option value=4000000000000002>4000 0000 0000 0002</option>\
        <option value=bank>Bank account</option></select></label></p>\
        <button id=pay>Pay</button></form>"
}

fn html(body: &str) -> Response {
    let page = format!(
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content=\"width=device-width\">\
         <title>Stripe Checkout (stand-in)</title><link rel=icon href=\"data:,\"><main>{body}</main></html>"
    );
    Html(page).into_response()
}

fn money(cents: &Value) -> String {
    let cents = cents.as_i64().unwrap();
    format!("${}.{:02}", cents / 100, cents % 100)
}

fn text(value: &Value) -> String {
    escaped(value.as_str().unwrap_or_default())
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('"', "&quot;")
}
