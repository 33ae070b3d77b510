//! Who is let in, and what other sites cannot do.

use test_support::pages::Browser;

use crate::{Server, TOKEN};

#[test]
fn the_console_is_beside_the_api_and_can_be_left_out() {
    let server = Server::start(&["--in-memory"]);
    assert!(
        server
            .banner
            .contains(&format!("\n  Console  http://{}/", server.address)),
        "{}",
        server.banner
    );
    let browser = Browser::new(&server.address);
    let page = browser.get("/");
    assert_eq!(page.status, 200);
    assert!(
        page.text().contains("There is nothing here yet."),
        "{}",
        page.html
    );
    assert_eq!(browser.get("/nothing").status, 404);
    assert_eq!(
        server.post("/v1", TOKEN, r#"{"findKeyspaces":{}}"#).1,
        r#"{"status":{"keyspaces":[]}}"#
    );
    let server = Server::start(&["--in-memory", "--no-console"]);
    assert!(!server.banner.contains("Console"), "{}", server.banner);
    let browser = Browser::new(&server.address);
    for path in ["/", "/console/commands", "/console/static/console.css"] {
        assert_eq!(browser.get(path).status, 404);
    }
    assert_eq!(
        server.post("/v1", TOKEN, r#"{"findKeyspaces":{}}"#).1,
        r#"{"status":{"keyspaces":[]}}"#
    );
}

#[test]
fn pages_forbid_everything_that_is_not_their_own() {
    let server = Server::start(&["--in-memory"]);
    let browser = Browser::new(&server.address);
    for path in ["/", "/console/nothing", "/console/keyspaces/nothing"] {
        let page = browser.get(path);
        let policy = page.header("content-security-policy").unwrap();
        assert!(
            policy.starts_with("default-src 'none'; style-src 'self'; script-src 'self';"),
            "{policy}"
        );
        assert!(
            policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"),
            "{policy}"
        );
        assert_eq!(page.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(page.header("cache-control"), Some("no-store"));
        assert!(
            !page.html.contains("https://")
                && !page.html.contains(" style=")
                && !page.html.contains(" onclick="),
            "{}",
            page.html
        );
    }
    let page = browser.get("/");
    let style = page
        .html
        .split("href=\"")
        .find(|part| part.starts_with("/console/static/console.css"))
        .unwrap();
    let style = browser.get(style.split_once('"').unwrap().0);
    assert_eq!(
        (style.status, style.header("content-type")),
        (200, Some("text/css; charset=utf-8"))
    );
}

#[test]
fn without_a_sign_in_only_names_of_this_machine_are_answered() {
    let server = Server::start(&["--in-memory"]);
    let browser = Browser::new(&server.address);
    let port = server.address.split_once(':').unwrap().1;
    let status = |host: &str| browser.send("GET", "/", &[("Host", host)], "").status;
    for own in [
        "localhost",
        &format!("localhost:{port}"),
        "127.0.0.1",
        &format!("[::1]:{port}"),
    ] {
        assert_eq!(status(own), 200, "{own}");
    }
    for other in [
        "evil.example",
        &format!("evil.example:{port}"),
        "localhost.evil.example",
        "192.168.1.1",
    ] {
        assert_eq!(status(other), 403, "{other}");
    }
}

#[test]
fn pages_that_another_name_leads_here_cannot_use_the_api_either() {
    let server = Server::start(&["--in-memory"]);
    let browser = Browser::new(&server.address);
    let status = |host: &str, origin: Option<&str>| {
        let mut headers = vec![("Host", host), ("Token", TOKEN)];
        headers.extend(origin.map(|origin| ("Origin", origin)));
        browser.send("POST", "/v1", &headers, "").status
    };
    let evil = "evil.example:8181";
    assert_eq!(status(evil, Some("http://evil.example:8181")), 403);
    // It is a form that the API refuses here, not the one who sent it.
    assert_eq!(status(evil, None), 415);
    assert_eq!(status("localhost:8181", Some("http://localhost:3000")), 415);
    let server = Server::start(&["--in-memory", "--password", "s3cret"]);
    let own = [
        ("Host", evil),
        ("Token", "Cassandra:Y2Fzc2FuZHJh:czNjcmV0"),
        ("Origin", "http://evil.example:8181"),
    ];
    assert_eq!(
        Browser::new(&server.address)
            .send("POST", "/v1", &own, "")
            .status,
        415
    );
}

#[test]
fn forms_of_other_sites_change_nothing() {
    let server = Server::start(&["--in-memory"]);
    let browser = Browser::new(&server.address);
    let port = server.address.split_once(':').unwrap().1;
    let others = [
        [
            ("Sec-Fetch-Site", "cross-site"),
            ("Origin", "http://evil.example"),
        ],
        [
            ("Sec-Fetch-Site", "same-site"),
            ("Origin", "http://127.0.0.1:1"),
        ],
        [("Origin", "http://evil.example"), ("X-Old-Browser", "1")],
        [("Origin", "null"), ("X-Old-Browser", "1")],
    ];
    for headers in &others {
        let refused = browser.post_with("/console/keyspaces", headers, &[("name", "shop")]);
        assert_eq!(refused.status, 403, "{headers:?}");
        assert!(
            refused.text().contains("nothing was done"),
            "{}",
            refused.html
        );
    }
    assert!(!browser.get("/").text().contains("shop\n"));
    assert_eq!(
        server.post("/v1", TOKEN, r#"{"findKeyspaces":{}}"#).1,
        r#"{"status":{"keyspaces":[]}}"#
    );
    let own = format!("http://127.0.0.1:{port}");
    assert_eq!(
        browser
            .post_with(
                "/console/keyspaces",
                &[("Origin", &own)],
                &[("name", "shop")]
            )
            .status,
        303
    );
}

const OWN: [&str; 5] = ["--in-memory", "--username", "ann", "--password", "s3cret"];

#[test]
fn with_a_password_of_ones_own_strangers_are_asked_to_sign_in() {
    let server = Server::start(&OWN);
    let browser = Browser::new(&server.address);
    let asked = browser.get("/console/commands?target=a%2Fb");
    assert_eq!(
        (asked.status, asked.location()),
        (
            303,
            "/console/sign-in?next=%2Fconsole%2Fcommands%3Ftarget%3Da%252Fb"
        )
    );
    assert_eq!(
        browser
            .post("/console/keyspaces", &[("name", "shop")])
            .status,
        403
    );

    let form = browser.get(asked.location());
    let next = form.field("next");
    let wrong = browser.post(
        "/console/sign-in",
        &[
            ("username", "ann"),
            ("password", "wrong <b>"),
            ("next", &next),
        ],
    );
    assert_eq!(wrong.status, 422);
    assert!(
        wrong.header("set-cookie").is_none()
            && !wrong.html.contains("wrong <b>")
            && !wrong.html.contains("wrong &#60;")
    );
}

#[test]
fn people_sign_in_and_out() {
    let server = Server::start(&OWN);
    let mut browser = Browser::new(&server.address);
    let form = browser.get("/console/sign-in?next=%2Fconsole%2Fcommands%3Ftarget%3Da%252Fb");
    let next = form.field("next");
    let right = [
        ("username", "ann"),
        ("password", "s3cret"),
        ("next", next.as_str()),
    ];
    let signed_in = browser.post("/console/sign-in", &right);
    assert_eq!(
        (signed_in.status, signed_in.location()),
        (303, "/console/commands?target=a%2Fb")
    );
    let cookie = signed_in.header("set-cookie").unwrap();
    assert!(
        cookie.contains("; HttpOnly")
            && cookie.contains("; SameSite=Strict")
            && cookie.contains("; Path=/"),
        "{cookie}"
    );
    browser.cookie = cookie.split_once(';').map(|(cookie, _)| cookie.to_owned());
    assert_eq!(browser.get("/console/commands").status, 200);
    assert_eq!(
        browser
            .post("/console/keyspaces", &[("name", "shop")])
            .status,
        303
    );
    // Its name is asked for a password, so it may be any name.
    assert_eq!(
        browser
            .send("GET", "/", &[("Host", "tools.example")], "")
            .status,
        200
    );

    assert_eq!(
        browser.post("/console/sign-out", &[]).location(),
        "/console/sign-in"
    );
    assert_eq!(browser.get("/").status, 303);
}

#[test]
fn a_password_cannot_be_guessed_in_a_hurry() {
    let server = Server::start(&["--in-memory", "--password", "s3cret"]);
    let browser = Browser::new(&server.address);
    let wrong = || {
        browser.post(
            "/console/sign-in",
            &[("username", "cassandra"), ("password", "guess")],
        )
    };
    let answers: Vec<u16> = (0..8).map(|_| wrong().status).collect();
    assert_eq!(answers[..5], [422; 5]);
    assert!(answers[5..].contains(&429), "{answers:?}");
    // Not even the right one is looked at now.
    let right = browser.post(
        "/console/sign-in",
        &[("username", "cassandra"), ("password", "s3cret")],
    );
    if right.status == 429 {
        assert!(right.header("retry-after").is_some() && right.header("set-cookie").is_none());
    }
}

#[test]
fn the_default_password_is_asked_for_where_others_can_reach_the_server() {
    let server = Server::start(&["--in-memory", "--host", "0.0.0.0"]);
    let browser = Browser::new(&server.address);
    assert_eq!(browser.get("/").location(), "/console/sign-in");
    let signed_in = browser.post(
        "/console/sign-in",
        &[("username", "cassandra"), ("password", "cassandra")],
    );
    assert_eq!(signed_in.status, 303);
}
