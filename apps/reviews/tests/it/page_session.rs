//! What people do on the pages, in a browser without JavaScript: sign up, in and out, and write reviews.

use axum::body::Body;
use axum::http::Request;
use axum::http::header::{ACCEPT, CONTENT_TYPE, COOKIE};

use crate::api::{Answer, PASSWORD, TEXT, TestApi};

/// A browser that keeps its cookie.
pub(crate) struct Browser<'a> {
    api: &'a TestApi,
    cookie: Option<String>,
}

impl<'a> Browser<'a> {
    pub(crate) fn new(api: &'a TestApi) -> Self {
        Self { api, cookie: None }
    }

    /// Somebody who has just signed up.
    pub(crate) async fn signed_up(api: &'a TestApi, name: &str) -> Self {
        let mut browser = Self::new(api);
        let email = format!("{name}@example.com");
        let form = [
            ("email", &*email),
            ("first_name", name),
            ("last_name", "Toretto"),
            ("password", PASSWORD),
        ];
        browser.post("/sign-up", &form).await.must_be(303);
        browser
    }

    async fn send(&mut self, request: axum::http::request::Builder, body: String) -> Answer {
        let mut request = request.header(ACCEPT, "text/html");
        if let Some(cookie) = &self.cookie {
            request = request.header(COOKIE, cookie);
        }
        let answer = self
            .api
            .anybody()
            .send(request.body(Body::from(body)).unwrap())
            .await;
        let set = answer.header("set-cookie");
        if !set.is_empty() {
            let cookie = set.split(';').next().unwrap().to_owned();
            self.cookie = Some(cookie).filter(|cookie| !cookie.ends_with('='));
        }
        answer
    }

    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        self.send(Request::get(path), String::new()).await
    }

    pub(crate) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let mut body = form_urlencoded::Serializer::new(String::new());
        let request = Request::post(path)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin");
        self.send(request, body.extend_pairs(fields).finish()).await
    }
}

fn page_of(vehicle: &str) -> String {
    vehicle.strip_prefix("/api").unwrap().to_owned()
}

/// Is asked to sign in, signs up instead, and is where it wanted to be.
async fn sign_up_on_the_way_to(dom: &mut Browser<'_>, form: &str) {
    let sign_in = dom
        .get(form)
        .await
        .must_be(303)
        .header("location")
        .to_owned();
    assert_eq!(
        sign_in,
        format!("/sign-in?next={}", form.replace('/', "%2F"))
    );
    assert!(
        dom.get(&sign_in)
            .await
            .must_be(200)
            .text
            .contains(&format!("value=\"{form}\""))
    );
    let account = [
        ("email", "dom@example.com"),
        ("first_name", "Dominic"),
        ("last_name", "Toretto"),
        ("password", PASSWORD),
        ("next", form),
    ];
    let signed_up = dom.post("/sign-up", &account).await.must_be(303);
    assert_eq!(signed_up.header("location"), form);
    let cookie = signed_up.header("set-cookie");
    assert!(
        cookie.contains("HttpOnly")
            && cookie.contains("SameSite=Lax")
            && !cookie.contains("Secure"),
        "{cookie}"
    );
}

#[tokio::test]
async fn a_visitor_signs_up_writes_changes_and_deletes_a_review_and_signs_out() {
    let api = TestApi::start().await;
    let vehicle = api.vehicle("Porsche", "Taycan", 2022).await;
    let (page, form) = (page_of(&vehicle), format!("{}/review", page_of(&vehicle)));
    let mut dom = Browser::new(&api);
    sign_up_on_the_way_to(&mut dom, &form).await;

    let review = [("rating", "4"), ("text", TEXT)];
    assert_eq!(
        dom.post(&form, &review)
            .await
            .must_be(303)
            .header("location"),
        format!("{page}#reviews")
    );
    assert_eq!(api.rating(&vehicle).await, (1, Some(4.0)));
    let shown = dom.get(&page).await.must_be(200).text;
    assert!(
        shown.contains(TEXT)
            && shown.contains("Dominic T.")
            && shown.contains("Change your review")
    );
    let filled = dom.get(&form).await.must_be(200).text;
    assert!(filled.contains(TEXT) && filled.contains(r#"value="4" required checked"#));

    dom.post(&form, &[("rating", "2"), ("text", TEXT)])
        .await
        .must_be(303);
    assert_eq!(api.rating(&vehicle).await, (1, Some(2.0)));
    dom.post(&format!("{form}/delete"), &[]).await.must_be(303);
    assert_eq!(api.rating(&vehicle).await, (0, None));

    let signed_out = dom
        .post("/sign-out", &[("next", page.as_str())])
        .await
        .must_be(303);
    assert_eq!(signed_out.header("location"), page);
    assert!(dom.get(&page).await.text.contains(">Sign in</a>"));
    let back = [("email", "DOM@example.com"), ("password", PASSWORD)];
    assert_eq!(
        dom.post("/sign-in", &back)
            .await
            .must_be(303)
            .header("location"),
        "/"
    );
    assert!(dom.get("/").await.text.contains("Signed in as Dominic T."));
}

#[tokio::test]
async fn a_form_that_is_refused_says_why_and_keeps_what_was_typed() {
    let api = TestApi::start().await;
    let form = format!(
        "{}/review",
        page_of(&api.vehicle("Porsche", "Taycan", 2022).await)
    );
    let mut dom = Browser::signed_up(&api, "dom").await;
    let short = dom
        .post(&form, &[("rating", "6"), ("text", "Too <short>")])
        .await
        .must_be(422)
        .text;
    assert!(
        short.contains("Write at least 30 characters")
            && short.contains("Too &#60;short&#62;</textarea>")
    );
    assert!(
        short.contains("Give a whole number of stars from 1 to 5"),
        "{short}"
    );

    let taken = [
        ("email", "dom@example.com"),
        ("first_name", "Dom"),
        ("last_name", "T"),
        ("password", PASSWORD),
    ];
    let shown = Browser::new(&api)
        .post("/sign-up", &taken)
        .await
        .must_be(422)
        .text;
    assert!(shown.contains("There is an account with this email address"));
    assert!(shown.contains(r#"value="dom@example.com""#) && !shown.contains(PASSWORD));
    let empty = Browser::new(&api)
        .post("/sign-up", &[])
        .await
        .must_be(422)
        .text;
    assert_eq!(empty.matches(r#"aria-invalid="true""#).count(), 4);
    let wrong = [("email", "dom@example.com"), ("password", "half a mile")];
    let wrong = Browser::new(&api)
        .post("/sign-in", &wrong)
        .await
        .must_be(422)
        .text;
    assert!(wrong.contains("Wrong email address or password."));

    // A session that ended meanwhile does not cost the text.
    let kept = Browser::new(&api)
        .post(&form, &[("rating", "5"), ("text", TEXT)])
        .await
        .must_be(401)
        .text;
    assert!(kept.contains(TEXT) && kept.contains("You are signed out."));
}

#[tokio::test]
async fn forms_of_other_sites_change_nothing_and_nobody_is_led_to_one() {
    let api = TestApi::start().await;
    let vehicle = api.vehicle("Porsche", "Taycan", 2022).await;
    let mut dom = Browser::signed_up(&api, "dom").await;
    let forged = Request::post(format!("{}/review", page_of(&vehicle)))
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "cross-site");
    let body = format!("rating=1&text={}", TEXT.replace(' ', "+"));
    dom.send(forged, body).await.must_be(403);
    assert_eq!(api.rating(&vehicle).await, (0, None));
    let elsewhere = [("next", "//evil.example")];
    assert_eq!(
        dom.post("/sign-out", &elsewhere)
            .await
            .must_be(303)
            .header("location"),
        "/"
    );
    // The API takes tokens, never cookies: it needs no such protection.
    let mut brian = Browser::signed_up(&api, "brian").await;
    brian.get("/api/users/me").await.must_be(401);
}

#[tokio::test]
async fn over_https_the_cookie_is_sent_over_https_only() {
    let api = TestApi::with(&[("PUBLIC_URL", "https://reviews.example")]).await;
    let form = [
        ("email", "dom@example.com"),
        ("first_name", "Dom"),
        ("last_name", "T"),
        ("password", PASSWORD),
    ];
    let signed_up = Browser::new(&api)
        .post("/sign-up", &form)
        .await
        .must_be(303);
    let cookie = signed_up.header("set-cookie");
    assert!(
        cookie.starts_with("__Host-session=") && cookie.contains("; Secure"),
        "{cookie}"
    );
}
