//! Registering, logging in and out, and being known.

use axum::body::Body;
use axum::http::Request;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use serde_json::{Value, json};

use crate::api::{Answer, PASSWORD, TestApi};
use crate::listening::listening_api;

fn registration(field: &str, value: Value) -> Value {
    let mut body = json!({
        "email": "dom@example.com", "first_name": "Dominic", "last_name": "Toretto", "password": PASSWORD,
    });
    body[field] = value;
    body
}

#[tokio::test]
async fn one_address_has_one_account_however_it_is_typed() {
    let api = TestApi::start().await;
    api.register("dom").await.must_be(201);
    for same in ["dom@example.com", "DOM@Example.COM", "  dom@example.com\n"] {
        let again = registration("email", json!(same));
        api.anybody()
            .post("/api/users", again)
            .await
            .must_be(409)
            .must_be_a_problem();
    }
    // The first password still holds.
    api.log_in("Dom@Example.com", PASSWORD).await.must_be(201);
}

#[tokio::test]
async fn addresses_and_names_that_look_the_same_are_the_same_or_refused() {
    let api = TestApi::start().await;
    let register = async |field: &str, value: &str| {
        let body = registration(field, json!(value));
        api.anybody().post("/api/users", body).await
    };
    let user = register("email", "josé@example.com").await.must_be(201);
    assert_eq!(user.json()["email"], "josé@example.com");
    for same in ["jose\u{301}@example.com", "JOSE\u{301}@example.com"] {
        register("email", same).await.must_be(409);
        api.log_in(same, PASSWORD).await.must_be(201);
    }
    let user = register("email", "ΝΊΚΟΣ@BÜCHER.example").await.must_be(201);
    assert_eq!(user.json()["email"], "νίκος@bücher.example");
    for same in [
        "νίκος@xn--bcher-kva.example",
        "νίκοσ@bücher.example",
        "ΝΊΚΟΣ@XN--BCHER-KVA.example",
    ] {
        register("email", same).await.must_be(409);
        let session = api.log_in(same, PASSWORD).await.must_be(201).json();
        assert_eq!(session["user"]["email"], "νίκος@bücher.example");
    }
    for meaningless in ["\u{e000}", "\u{fffe}", "\u{fffc}"] {
        for field in ["email", "first_name", "last_name"] {
            register(field, &format!("a{meaningless}da@example.com"))
                .await
                .must_refuse(&[field]);
        }
    }
    for hidden in ["\u{200b}", "\u{202e}", "\u{feff}", "\u{2066}"] {
        register("email", &format!("d{hidden}om@example.com"))
            .await
            .must_refuse(&["email"]);
        register("first_name", hidden)
            .await
            .must_refuse(&["first_name"]);
        register("last_name", &hidden.repeat(3))
            .await
            .must_refuse(&["last_name"]);
    }
}

#[tokio::test]
async fn accounts_that_earlier_versions_stored_as_they_were_typed_still_log_in() {
    let api = TestApi::start().await;
    let accounts = api.store.database().collection::<Value>("users");
    for (typed, also) in [
        ("jose\u{301}@example.com", "José@example.com"),
        (
            "zo\u{308}e\u{301}ô@example.com",
            "Zo\u{308}e\u{301}ô@example.com",
        ),
        ("d\u{200b}om@example.com", "d\u{200b}om@example.com"),
        ("d\u{e000}om@example.com", "D\u{e000}om@example.com"),
        ("νίκος@example.com", "ΝΊΚΟΣ@example.com"),
        ("μάρκος@example.com", "μάρκοσ@example.com"),
        ("ada@bücher.example", "ada@xn--bcher-kva.example"),
        ("eve@xn--bcher-kva.example", "eve@BÜCHER.example"),
    ] {
        let plain = json!({ "_id": "plain@example.com" });
        let body = registration("email", json!("plain@example.com"));
        api.anybody().post("/api/users", body).await.must_be(201);
        let mut account = accounts.find_one(&plain).await.unwrap().unwrap();
        account["_id"] = json!(typed);
        accounts.insert_one(account).await.unwrap();
        accounts.delete_one(plain).await.unwrap();
        for email in [typed, also] {
            let session = api.log_in(email, PASSWORD).await.must_be(201).json();
            assert_eq!(session["user"]["email"], typed);
        }
    }
    // The addresses are taken, however they are written.
    for taken in [
        "josé@example.com",
        "νίκοσ@example.com",
        "ada@xn--bcher-kva.example",
        "eve@bücher.example",
    ] {
        let again = registration("email", json!(taken));
        api.anybody().post("/api/users", again).await.must_be(409);
    }
}

#[tokio::test]
async fn who_registers_too_much_has_to_wait_and_costs_no_work() {
    let api = TestApi::with(&[
        ("REGISTRATION_ATTEMPTS", "3"),
        ("CLIENT_IP_HEADER", "x-forwarded-for"),
    ])
    .await;
    let register = async |from: &str, name: &str| {
        let body = registration("email", json!(format!("{name}@example.com"))).to_string();
        let request = Request::post("/api/users")
            .header(CONTENT_TYPE, "application/json")
            .header("x-forwarded-for", from);
        api.anybody()
            .send(request.body(Body::from(body)).unwrap())
            .await
    };
    register("192.0.2.1:4711", "a").await.must_be(201);
    register("192.0.2.1:4712", "b").await.must_be(201);
    register("192.0.2.1", "b").await.must_be(409);
    let hashed = api.passwords.computed();
    let refused = register("192.0.2.1", "c")
        .await
        .must_be(429)
        .must_be_a_problem();
    let wait: u64 = refused.header("retry-after").parse().unwrap();
    assert!((1..=1_200).contains(&wait), "{wait}");
    assert_eq!(api.passwords.computed(), hashed);
    register("192.0.2.2", "c").await.must_be(201);
    api.pass_seconds(wait);
    register("192.0.2.1", "d").await.must_be(201);
}

#[tokio::test]
async fn everything_wrong_with_a_registration_is_said_at_once_and_nothing_is_stored() {
    let (api, heard) = listening_api().await;
    let register = async |body: Value| api.anybody().post("/api/users", body).await;
    register(json!({}))
        .await
        .must_refuse(&["email", "first_name", "last_name", "password"]);
    let body = json!({ "email": {"$ne": 1}, "first_name": "", "last_name": 7, "password": ["a", "b"], "admin": true });
    let everything = ["admin", "email", "first_name", "last_name", "password"];
    register(body).await.must_refuse(&everything);
    for (field, wrong) in [
        ("email", json!("not-an-email")),
        ("email", json!(null)),
        ("first_name", json!("x".repeat(101))),
        ("last_name", json!("a\nb")),
        ("password", json!("1234567")),
        ("password", json!("x".repeat(201))),
        ("password", json!([1, 2, 3, 4, 5, 6, 7])),
        ("user_id", json!("00000000-0000-0000-0000-000000000000")),
    ] {
        register(registration(field, wrong))
            .await
            .must_refuse(&[field]);
    }
    register(json!([])).await.must_refuse(&["body"]);
    assert_eq!(heard.commands(), Vec::<String>::new());
    assert_eq!(api.passwords.computed(), 0);
}

#[tokio::test]
async fn an_unknown_user_and_a_wrong_password_are_the_same_answer_after_the_same_work() {
    let (api, heard) = listening_api().await;
    api.register("dom").await.must_be(201);
    let attempt = async |email: &str, password: &str| {
        heard.commands();
        let before = api.passwords.computed();
        let answer = api
            .log_in(email, password)
            .await
            .must_be(401)
            .must_be_a_problem();
        let mut problem = answer.json();
        problem.as_object_mut().unwrap().remove("request_id");
        let mut names: Vec<String> = answer.headers.keys().map(ToString::to_string).collect();
        names.sort();
        (
            problem,
            names,
            heard.commands(),
            api.passwords.computed() - before,
        )
    };
    let wrong = attempt("dom@example.com", "another password").await;
    let unknown = attempt("nobody@example.com", PASSWORD).await;
    assert_eq!(wrong, unknown);
    assert_eq!((wrong.2, wrong.3), (vec!["find users".to_owned()], 1));
    // The password that nobody has is nobody's.
    attempt("nobody@example.com", "nobody has this password").await;
}

/// 72 bytes are all that bcrypt, which the originals use, looks at.
#[tokio::test]
async fn a_long_password_counts_to_its_end() {
    let api = TestApi::start().await;
    let long = "ä".repeat(100);
    let user = registration("password", json!(long));
    api.anybody().post("/api/users", user).await.must_be(201);
    let shorter = "ä".repeat(99);
    api.log_in("dom@example.com", &shorter).await.must_be(401);
    api.log_in("dom@example.com", &format!("{shorter}a"))
        .await
        .must_be(401);
    api.log_in("dom@example.com", &long).await.must_be(201);
}

#[tokio::test]
async fn a_log_in_without_an_address_or_a_password_is_nobodys() {
    let api = TestApi::start().await;
    api.register("dom").await.must_be(201);
    let log_in = async |body: Value| api.anybody().post("/api/sessions", body).await;
    log_in(json!({ "password": PASSWORD }))
        .await
        .must_refuse(&["email"]);
    log_in(json!({ "email": null, "password": PASSWORD }))
        .await
        .must_refuse(&["email"]);
    log_in(json!({ "email": {"$ne": "x"}, "password": PASSWORD }))
        .await
        .must_refuse(&["email"]);
    log_in(json!({ "email": "dom@example.com" }))
        .await
        .must_refuse(&["password"]);
    log_in(json!({ "email": "dom@example.com", "password": 12_345_678 }))
        .await
        .must_refuse(&["password"]);
}

async fn with_authorization(api: &TestApi, header: &str) -> Answer {
    let request = Request::get("/api/users/me").header(AUTHORIZATION, header);
    api.anybody()
        .send(request.body(Body::empty()).unwrap())
        .await
}

#[tokio::test]
async fn a_missing_tampered_or_foreign_token_is_nobody() {
    let api = TestApi::start().await;
    let token = api.user("dom").await.token.unwrap();
    let elsewhere = TestApi::start().await.user("dom").await.token.unwrap();
    with_authorization(&api, &format!("bearer  {token}"))
        .await
        .must_be(200);
    let mut tampered = token.clone();
    let last = if tampered.pop() == Some('A') {
        'B'
    } else {
        'A'
    };
    tampered.push(last);
    for header in [
        String::new(),
        "Bearer".to_owned(),
        "Bearer ".to_owned(),
        format!("Bearer {tampered}"),
        format!("Bearer {elsewhere}"),
        format!("Bearer {}", &token[..42]),
        format!("Bearer {token}{token}"),
        format!("Basic {token}"),
        token.clone(),
        "Bearer {\"$ne\": 1}".to_owned(),
    ] {
        let answer = with_authorization(&api, &header)
            .await
            .must_be(401)
            .must_be_a_problem();
        assert_eq!(answer.header("www-authenticate"), "Bearer");
    }
}

#[tokio::test]
async fn a_token_is_over_after_its_time_and_after_logging_out_and_others_are_not() {
    let api = TestApi::with(&[("SESSION_HOURS", "2")]).await;
    let first = api.user("dom").await;
    let second = api
        .log_in("dom@example.com", PASSWORD)
        .await
        .must_be(201)
        .json();
    let second = api.with_token(second["token"].as_str().unwrap());
    first.delete("/api/sessions/current").await.must_be(204);
    first.get("/api/users/me").await.must_be(401);
    first.delete("/api/sessions/current").await.must_be(401);
    api.pass_seconds(2 * 3600 - 60);
    second.get("/api/users/me").await.must_be(200);
    api.pass_seconds(120);
    second.get("/api/users/me").await.must_be(401);
}

#[tokio::test]
async fn neither_passwords_nor_tokens_are_stored() {
    let api = TestApi::start().await;
    let token = api.user("dom").await.token.unwrap();
    for collection in ["users", "user_sessions"] {
        let documents = api.store.database().collection::<Value>(collection);
        // Among the users lies the record of what has been made in the database.
        let mut documents = documents.find(json!({})).all().await.unwrap();
        documents.retain(|document| document["_id"] != "schema");
        let text = serde_json::to_string(&documents).unwrap();
        assert!(
            documents.len() == 1 && !text.contains(PASSWORD) && !text.contains(&token),
            "{text}"
        );
    }
}

#[tokio::test]
async fn who_guesses_too_fast_has_to_wait_and_is_told_how_long() {
    let api = TestApi::with(&[
        ("LOGIN_ATTEMPTS", "3"),
        ("CLIENT_IP_HEADER", "x-forwarded-for"),
    ])
    .await;
    api.register("dom").await.must_be(201);
    let attempt = async |from: &str, password: &str| {
        let body = json!({ "email": "dom@example.com", "password": password }).to_string();
        let request = Request::post("/api/sessions")
            .header(CONTENT_TYPE, "application/json")
            .header("x-forwarded-for", format!("203.0.113.9, {from}"));
        api.anybody()
            .send(request.body(Body::from(body)).unwrap())
            .await
    };
    for _ in 0..3 {
        attempt("192.0.2.1", "a wrong guess").await.must_be(401);
    }
    let hashed = api.passwords.computed();
    let refused = attempt("192.0.2.1", PASSWORD)
        .await
        .must_be(429)
        .must_be_a_problem();
    let wait: u64 = refused.header("retry-after").parse().unwrap();
    assert!((1..=300).contains(&wait), "{wait}");
    assert_eq!(
        api.passwords.computed(),
        hashed,
        "who has to wait costs no work"
    );
    // Elsewhere the owner is not locked out.
    attempt("192.0.2.2", PASSWORD).await.must_be(201);
    api.pass_seconds(wait);
    attempt("192.0.2.1", PASSWORD).await.must_be(201);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_flood_of_log_ins_is_worked_off_and_the_rest_of_the_api_answers_meanwhile() {
    let api = TestApi::with(&[("LOGIN_ATTEMPTS", "1000")]).await;
    api.register("dom").await.must_be(201);
    let mut flood = tokio::task::JoinSet::new();
    for _ in 0..100 {
        let api = api.clone();
        flood.spawn(async move {
            api.log_in("dom@example.com", "a wrong guess")
                .await
                .status
                .as_u16()
        });
    }
    api.anybody().get("/api/vehicles").await.must_be(200);
    assert_eq!(flood.join_all().await, [401; 100]);
}
