//! What handlers are given: the visitor's cart, and who is at the admin pages.

pub(crate) mod admin;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum_extra::extract::SignedCookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};

use crate::domain::cart::{Cart, LIFETIME};
use crate::domain::id::CartId;
use crate::error::AppError;
use crate::state::AppState;

/// The id in the visitor's cookie. Without one, or with one that the shop did not sign, there is no
/// cart: never somebody else's.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CartCookie(pub(crate) Option<CartId>);

impl CartCookie {
    /// The cookie that makes this cart the visitor's: out of reach for scripts and for other sites'
    /// forms.
    pub(crate) fn set(state: &AppState, id: CartId) -> SignedCookieJar {
        let max_age = i64::try_from(LIFETIME.as_secs()).unwrap_or(i64::MAX);
        let cookie = Cookie::build((cart_cookie(state), id.to_string()))
            .path("/")
            .http_only(true)
            .same_site(SameSite::Lax)
            .secure(state.is_https())
            .max_age(time::Duration::seconds(max_age));
        SignedCookieJar::new(state.signing.carts()).add(cookie)
    }
}

impl FromRequestParts<AppState> for CartCookie {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(
        parts: &mut Parts,
        state: &AppState,
    ) -> Result<Self, Self::Rejection> {
        let cookies = SignedCookieJar::from_headers(&parts.headers, state.signing.carts());
        Ok(Self(
            cookies
                .get(cart_cookie(state))
                .and_then(|cookie| cookie.value().parse().ok()),
        ))
    }
}

/// What the cart's cookie is called. With the prefix a browser takes it from this very host over
/// https only, so a neighbour below the same domain cannot plant another.
///
/// <https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Set-Cookie#cookie_prefixes>
fn cart_cookie(state: &AppState) -> &'static str {
    if state.is_https() {
        "__Host-cart"
    } else {
        "cart"
    }
}

/// Who is looking at the page: all we know is the cart.
#[derive(Debug, Clone)]
pub(crate) struct Visitor {
    pub(crate) cart: Option<Cart>,
}

impl Visitor {
    /// The visitor with this cookie.
    pub(crate) async fn with(state: &AppState, cookie: CartCookie) -> Result<Self, AppError> {
        let cart = match cookie.0 {
            Some(id) => state.store.carts.find(id, state.now()).await?,
            None => None,
        };
        Ok(Self { cart })
    }

    /// How many pieces the cart holds.
    pub(crate) fn pieces(&self) -> u64 {
        self.cart.as_ref().map_or(0, Cart::pieces)
    }
}

impl FromRequestParts<AppState> for Visitor {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, AppError> {
        // Read already, to see whether there is a page for such a visitor.
        if let Some(visitor) = parts.extensions.remove() {
            return Ok(visitor);
        }
        let Ok(cookie) = CartCookie::from_request_parts(parts, state).await;
        Self::with(state, cookie).await
    }
}

#[cfg(test)]
mod adversarial_tests;
