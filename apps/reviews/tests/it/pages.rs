//! The pages a person looks at.

use axum::body::Body;
use axum::http::Request;
use axum::http::header::ACCEPT;
use serde_json::json;

use crate::api::{Answer, TEXT, TestApi};

async fn page(api: &TestApi, path: &str) -> Answer {
    let request = Request::get(path).header(ACCEPT, "text/html");
    let answer = api.anybody();
    let answer = answer.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
    // What the content security policy would block.
    for blocked in ["<script", "style=", "<style", "onclick", "javascript:"] {
        assert!(!answer.text.contains(blocked), "{path} has {blocked}");
    }
    answer
}

/// The page of a vehicle whose path in the API is this.
fn of(vehicle: &str) -> String {
    vehicle.strip_prefix("/api").unwrap().to_owned()
}

#[tokio::test]
async fn the_list_shows_every_vehicle_with_its_stars() {
    let api = TestApi::start().await;
    let taycan = api.vehicle("Porsche", "Taycan", 2022).await;
    api.vehicle("Fiat", "500", 2015).await;
    api.user("dom").await.review(&taycan, 4).await.must_be(201);
    api.user("ada").await.review(&taycan, 5).await.must_be(201);
    let list = page(&api, "/").await.must_be(200).text;
    let link = format!(
        r#"<a href="{}">Porsche Taycan <span class="year">2022</span></a>"#,
        of(&taycan)
    );
    assert!(list.contains(&link), "{list}");
    assert!(list.contains(r#"aria-label="4.5 of 5 stars""#));
    assert!(list.contains("2 reviews") && list.contains("No reviews yet"));
    assert!(list.find("Fiat") < list.find("Porsche"));
}

#[tokio::test]
async fn the_form_searches_by_make_model_and_year_in_any_case() {
    let api = TestApi::start().await;
    for (make, model, year) in [
        ("Porsche", "Taycan", 2022),
        ("Porsche", "911", 1973),
        ("Fiat", "500", 2015),
    ] {
        api.vehicle(make, model, year).await;
    }
    for (query, found) in [
        ("make=PORSCHE&model=&year=", vec!["911", "Taycan"]),
        ("make=porsche&model=taycan&year=", vec!["Taycan"]),
        ("make=&model=&year=2015", vec!["500"]),
        ("make=+&model=+&year=+", vec!["500", "911", "Taycan"]),
        ("make=Porsche&year=2015", vec![]),
    ] {
        let list = page(&api, &format!("/?{query}")).await.must_be(200).text;
        for model in ["Taycan", "911", "500"] {
            let shown = list.contains(&format!(" {model} <span"));
            assert_eq!(shown, found.contains(&model), "{query}: {model}");
        }
        assert_eq!(list.contains("Nothing parked here"), found.is_empty());
    }
    let wrong = page(&api, "/?year=soon&make=%22%3E%3Cb%3E")
        .await
        .must_be(422)
        .text;
    assert!(wrong.contains("Give a year such as 2022"));
    assert!(wrong.contains(r#"value="soon""#) && !wrong.contains("<b>"));
}

#[tokio::test]
async fn more_vehicles_than_a_page_holds_are_a_link_away() {
    let api = TestApi::start().await;
    for number in 0..30 {
        api.vehicle("Škoda", &format!("Model {number:02}"), 2000)
            .await;
    }
    let first = page(&api, "/?make=%C5%A1koda").await.must_be(200).text;
    assert!(first.contains("Model 23 ") && !first.contains("Model 24 "));
    let next = next_page(&first).unwrap();
    let second = page(&api, &next).await.must_be(200).text;
    assert!(
        second.contains("Model 24 ")
            && second.contains("Model 29 ")
            && !second.contains("Model 23 ")
    );
    assert_eq!(next_page(&second), None);
}

/// Where the link to the next page leads.
fn next_page(page: &str) -> Option<String> {
    let (_, link) = page.split_once(r#"rel="next" href=""#)?;
    let (href, _) = link.split_once('"')?;
    let href = href.replace("&#38;", "&").replace("&amp;", "&");
    Some(href.split('#').next().unwrap().to_owned())
}

#[tokio::test]
async fn a_vehicle_shows_its_reviews_newest_first_and_leads_to_older_ones() {
    let api = TestApi::start().await;
    let taycan = api.vehicle("Porsche", "Taycan", 2022).await;
    for number in 0..13 {
        let user = api.user(&format!("user{number}")).await;
        let text = format!("This is what number {number:02} has to say about it.");
        let review = json!({ "rating": 1 + number % 5, "text": text });
        user.post(&format!("{taycan}/reviews"), review)
            .await
            .must_be(201);
    }
    let newest = page(&api, &of(&taycan)).await.must_be(200).text;
    let place = |page: &str, number: usize| page.find(&format!("number {number:02} "));
    assert!(place(&newest, 12) < place(&newest, 11));
    assert!(place(&newest, 3).is_some() && place(&newest, 2).is_none());
    assert!(newest.contains("13 reviews") && newest.contains("user12 T."));
    let older = page(&api, &next_page(&newest).unwrap())
        .await
        .must_be(200)
        .text;
    assert!(place(&older, 3).is_none() && place(&older, 2) < place(&older, 0));
    assert!(older.contains("Back to the newest"));
    assert_eq!(next_page(&older), None);
}

#[tokio::test]
async fn what_people_write_is_shown_as_they_wrote_it_and_never_as_markup() {
    let api = TestApi::start().await;
    let taycan = api.vehicle("<b>Porsche", "Taycan & \"more\"", 2022).await;
    let text = "<script>alert('first')</script>\nA second line, and an ampersand: R&D.";
    let dom = api.user("dom").await;
    let review = json!({ "rating": 1, "text": text });
    let path = dom
        .post(&format!("{taycan}/reviews"), review)
        .await
        .must_be(201);
    let shown = page(&api, &of(&taycan)).await.must_be(200).text;
    assert!(!shown.contains("<b>Porsche") && shown.contains("&#60;script&#62;"));
    assert!(shown.contains("\nA second line, and an ampersand: R&#38;D."));
    assert!(!shown.contains(", edited"));
    let change = json!({ "text": TEXT });
    dom.patch(path.header("location"), change)
        .await
        .must_be(200);
    let shown = page(&api, &of(&taycan)).await.must_be(200).text;
    assert!(shown.contains(TEXT) && shown.contains(", edited"));
}

#[tokio::test]
async fn who_takes_a_wrong_turn_sees_a_page_and_a_program_a_problem() {
    let api = TestApi::start().await;
    let unknown = "/vehicles/01890000-0000-7000-8000-0000000000ff";
    for path in [
        unknown,
        "/vehicles/$ne",
        "/vehicles",
        "/nothing",
        "/static/../Cargo.toml",
        "/api/nothing",
    ] {
        let answer = page(&api, path).await.must_be(404);
        let id = answer.header("x-request-id").to_owned();
        let shown = answer.text;
        assert!(
            shown.contains("Wrong turn") && shown.contains(r#"href="/""#),
            "{path}"
        );
        assert!(!id.is_empty() && !shown.contains(&id), "{path}");
        api.anybody()
            .get(path)
            .await
            .must_be(404)
            .must_be_a_problem();
    }
    let shown = page(&api, unknown).await.text;
    assert!(shown.contains("There is no such vehicle."));
}

#[tokio::test]
async fn files_are_kept_until_they_change() {
    let api = TestApi::start().await;
    let anybody = api.anybody();
    for (path, media_type) in [
        ("/static/tokens.css", "text/css; charset=utf-8"),
        ("/static/vehicles/volvo-v70.svg", "image/svg+xml"),
        ("/favicon.svg", "image/svg+xml"),
        ("/robots.txt", "text/plain; charset=utf-8"),
    ] {
        let file = anybody.get(path).await.must_be(200);
        assert_eq!(file.header("content-type"), media_type);
        assert_eq!(file.header("vary"), "accept-encoding");
        let etag = file.header("etag").to_owned();
        let strong = etag.strip_prefix("W/").unwrap().to_owned();
        let list = format!("\"x\", {etag}");
        for known in [&etag, &strong, &list, "*"] {
            let again = Request::get(path).header("if-none-match", known);
            let again = anybody.send(again.body(Body::empty()).unwrap()).await;
            let again = again.must_be(304);
            assert_eq!(again.header("etag"), etag);
            assert_eq!(again.header("vary"), "accept-encoding");
        }
    }
}
