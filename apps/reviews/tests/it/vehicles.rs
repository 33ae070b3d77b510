//! Finding vehicles and reading about them.

use serde_json::Value;

use crate::api::{Client, TestApi};

async fn catalogue(api: &TestApi) -> Client {
    for (make, model, year) in [
        ("Tesla", "Model S", 2022),
        ("Tesla", "Model 3", 2022),
        ("Tesla", "Model S", 2016),
        ("Porsche", "Taycan", 2022),
        ("Porsche", "911", 1973),
        ("Škoda", "Octavia Combi", 2019),
        ("Te", "Model S", 2022),
    ] {
        api.vehicle(make, model, year).await;
    }
    api.anybody()
}

async fn names(client: &Client, search: &str) -> Vec<String> {
    let page = client
        .get(&format!("/api/vehicles?{search}"))
        .await
        .must_be(200)
        .json();
    let name = |vehicle: &Value| {
        let (make, model) = (
            vehicle["make"].as_str().unwrap(),
            vehicle["model"].as_str().unwrap(),
        );
        format!("{make} {model} {}", vehicle["year"])
    };
    page["items"].as_array().unwrap().iter().map(name).collect()
}

#[tokio::test]
async fn vehicles_are_found_by_any_combination_of_make_model_and_year_in_any_case() {
    let api = TestApi::start().await;
    let client = catalogue(&api).await;
    let all = [
        "Porsche 911 1973",
        "Porsche Taycan 2022",
        "Te Model S 2022",
        "Tesla Model 3 2022",
        "Tesla Model S 2016",
        "Tesla Model S 2022",
        "Škoda Octavia Combi 2019",
    ];
    assert_eq!(names(&client, "").await, all);
    assert_eq!(names(&client, "make=TESLA").await, all[3..6]);
    assert_eq!(names(&client, "make=te").await, all[2..3]);
    assert_eq!(names(&client, "make=%C5%A0KODA").await, all[6..]);
    assert_eq!(
        names(&client, "make=tesla&model=model%20%20s").await,
        all[4..6]
    );
    assert_eq!(
        names(&client, "make=tesla&model=model+s&year=2016").await,
        all[4..5]
    );
    assert_eq!(
        names(&client, "make=tesla&year=2022").await,
        ["Tesla Model 3 2022", "Tesla Model S 2022"]
    );
    let model_s = [
        "Tesla Model S 2016",
        "Te Model S 2022",
        "Tesla Model S 2022",
    ];
    assert_eq!(names(&client, "model=MODEL+S").await, model_s);
    assert_eq!(
        names(&client, "model=model+s&year=2022").await,
        model_s[1..]
    );
    assert_eq!(names(&client, "year=1973&make=&model=+").await, all[..1]);
    for nothing in [
        "make=volvo",
        "model=model",
        "year=1999",
        "make=porsche&model=model+s",
        "make=%25",
        "make=$ne",
    ] {
        assert_eq!(
            names(&client, nothing).await,
            Vec::<String>::new(),
            "{nothing}"
        );
    }
}

#[tokio::test]
async fn a_search_comes_in_pages_that_neither_repeat_nor_leave_out() {
    let api = TestApi::start().await;
    let client = catalogue(&api).await;
    for number in 0..120 {
        api.vehicle("Volvo", &format!("V{number:03}"), 2000).await;
    }
    for search in [
        "limit=1",
        "make=tesla&limit=2",
        "year=2022&limit=3",
        "model=model+s&limit=2",
        "make=volvo",
        "limit=100",
    ] {
        let path = format!("/api/vehicles?{search}");
        let (sizes, paged) = client.pages(&path).await;
        let all = search.split("limit").next().unwrap().trim_end_matches('&');
        let (_, at_once) = client
            .pages(&format!("/api/vehicles?limit=100&{all}"))
            .await;
        assert!(
            sizes.len() > 1
                && sizes[..sizes.len() - 1]
                    .iter()
                    .all(|size| *size == sizes[0]),
            "{sizes:?}"
        );
        assert!(paged == at_once, "{search}");
    }
    let (sizes, _) = client.pages("/api/vehicles?limit=100").await;
    assert_eq!(sizes, [100, 27]);
}

#[tokio::test]
async fn what_is_wrong_with_a_search_is_said_at_once() {
    let api = TestApi::start().await;
    let client = api.anybody();
    let wrong = format!(
        "/api/vehicles?make={0}&model={0}&year=new&limit=0&cursor=!",
        "x".repeat(101)
    );
    client
        .get(&wrong)
        .await
        .must_refuse(&["make", "model", "year", "limit", "cursor"]);
    for limit in ["101", "-1", "abc", "1.5", "", "NaN"] {
        client
            .get(&format!("/api/vehicles?limit={limit}"))
            .await
            .must_refuse(&["limit"]);
    }
    client
        .get("/api/vehicles?color=red")
        .await
        .must_refuse(&["query"]);
    client
        .get("/api/vehicles?make[$ne]=x")
        .await
        .must_refuse(&["query"]);
}

#[tokio::test]
async fn a_vehicle_nobody_has_reviewed_says_so() {
    let api = TestApi::start().await;
    let vehicle = api.vehicle("Porsche", "911", 1973).await;
    let found = api.anybody().get(&vehicle).await.must_be(200).json();
    assert_eq!(found["rating"]["average"], Value::Null);
    assert_eq!(found["rating"]["stars"]["5"], 0);
    assert_eq!(found["latest_reviews"], Value::Array(Vec::new()));
    let list = api.anybody().get("/api/vehicles").await.json();
    assert_eq!(list["items"][0]["rating"], found["rating"]);
}

#[tokio::test]
async fn a_list_of_vehicles_shows_the_ratings_of_each() {
    let api = TestApi::start().await;
    let (dom, brian) = (api.user("dom").await, api.user("brian").await);
    for stars in 1..=5 {
        let vehicle = api.vehicle("Volvo", &format!("V{stars}0"), 2000).await;
        dom.review(&vehicle, stars).await.must_be(201);
        brian.review(&vehicle, 5).await.must_be(201);
    }
    let list = api.anybody().get("/api/vehicles").await.json();
    let ratings: Vec<(u64, f64)> = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|vehicle| {
            let rating = &vehicle["rating"];
            (
                rating["count"].as_u64().unwrap(),
                rating["average"].as_f64().unwrap(),
            )
        })
        .collect();
    assert_eq!(ratings, [(2, 3.0), (2, 3.5), (2, 4.0), (2, 4.5), (2, 5.0)]);
}

#[tokio::test]
async fn an_id_that_is_none_is_nowhere_and_finds_nobody_elses() {
    let api = TestApi::start().await;
    let vehicle = api.vehicle("Porsche", "911", 1973).await;
    let dom = api.user("dom").await;
    let review = dom
        .review(&vehicle, 4)
        .await
        .must_be(201)
        .header("location")
        .to_owned();
    let unknown = "01890000-0000-7000-8000-00000000ffff";
    for id in [
        "",
        "x",
        "undefined",
        "null",
        "$ne",
        "000000000000000000000000",
        unknown,
        &unknown.replace('-', ""),
    ] {
        for path in [
            format!("/api/vehicles/{id}"),
            format!("/api/vehicles/{id}/reviews"),
            format!("{vehicle}/reviews/{id}"),
        ] {
            let is_list =
                path.ends_with("vehicles/") || path.ends_with("reviews/") && !id.is_empty();
            if !is_list {
                dom.get(&path).await.must_be(404).must_be_a_problem();
            }
        }
        dom.review(&format!("/api/vehicles/{id}"), 4)
            .await
            .must_be(404);
    }
    // A review has one address: under its own vehicle.
    let other = api.vehicle("Porsche", "Taycan", 2022).await;
    let elsewhere = review.replace(&vehicle, &other);
    dom.get(&elsewhere).await.must_be(404);
    dom.delete(&elsewhere).await.must_be(404);
    dom.get(&format!("{vehicle}?_id[$ne]=x")).await.must_be(200);
}
