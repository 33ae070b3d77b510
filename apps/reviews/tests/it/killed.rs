//! The real binary, killed with SIGKILL while people write, loses and miscounts nothing.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use test_support::Running;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::api::{PASSWORD, TEXT};

/// The app as its own process.
fn start(data: &Path) -> Running {
    let mut app = Command::new(env!("CARGO_BIN_EXE_reviews"));
    app.env_clear()
        .env("DATA_DIR", data)
        .env("RUST_LOG", "error")
        .env("REGISTRATION_ATTEMPTS", "1000");
    Running::start(&mut app)
}

/// Status and body; nothing where the app is gone.
async fn call(
    client: &reqwest::Client,
    (method, url): (&str, String),
    token: Option<&str>,
    body: Option<Value>,
) -> Option<(u16, Value)> {
    let request = client.request(method.parse().unwrap(), url);
    let mut request = request.timeout(Duration::from_mins(1));
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    if let Some(body) = body {
        request = request
            .header("content-type", "application/json")
            .body(body.to_string());
    }
    let response = request.send().await.ok()?;
    let status = response.status().as_u16();
    let body = response.text().await.ok()?;
    Some((status, serde_json::from_str(&body).unwrap_or(Value::Null)))
}

/// What one user knows of his review of one vehicle: its stars, or that there is none.
#[derive(Debug, Clone, Default)]
struct Known {
    /// What was acknowledged last.
    acknowledged: Option<u64>,
    /// What was sent last. Without an answer, it may have happened or not.
    sent: Option<u64>,
}

/// Writes, changes and deletes reviews until the app is gone.
async fn write(
    client: reqwest::Client,
    (url, token): (String, String),
    vehicles: Vec<String>,
    mut known: Vec<Known>,
    changes: Arc<Semaphore>,
) -> Vec<Known> {
    for turn in 0.. {
        let which = turn % vehicles.len();
        let (vehicle, known_of_it) = (&vehicles[which], &mut known[which]);
        let reviews = format!("{url}/api/vehicles/{vehicle}/reviews");
        let mine = mine(&client, &url, &token).await;
        let Some(mine) = mine else { break };
        let stars = u64::try_from(turn % 5).unwrap() + 1;
        let existing = mine.iter().find(|review| review["vehicle_id"] == **vehicle);
        let (request, body, wanted) = match existing {
            None => {
                let body = json!({ "rating": stars, "text": TEXT });
                (("POST", reviews), Some(body), Some(stars))
            }
            Some(review) => {
                let path = format!("{reviews}/{}", review["id"].as_str().unwrap());
                if turn % 3 == 0 {
                    (("DELETE", path), None, None)
                } else {
                    (
                        ("PATCH", path),
                        Some(json!({ "rating": stars })),
                        Some(stars),
                    )
                }
            }
        };
        known_of_it.sent = wanted;
        let Some((status, answer)) = call(&client, request, Some(&token), body).await else {
            break;
        };
        assert!((200..300).contains(&status), "{status} {answer}");
        known_of_it.acknowledged = wanted;
        changes.add_permits(1);
    }
    known
}

async fn mine(client: &reqwest::Client, url: &str, token: &str) -> Option<Vec<Value>> {
    let list = format!("{url}/api/users/me/reviews?limit=100");
    let (status, page) = call(client, ("GET", list), Some(token), None).await?;
    assert_eq!(status, 200, "{page}");
    Some(page["items"].as_array().unwrap().clone())
}

/// A vehicle says of its ratings what its reviews say.
async fn must_agree(client: &reqwest::Client, url: &str, vehicle: &str) {
    let path = format!("{url}/api/vehicles/{vehicle}");
    let (_, shown) = call(client, ("GET", path.clone()), None, None)
        .await
        .unwrap();
    let list = format!("{path}/reviews?limit=100");
    let (_, page) = call(client, ("GET", list), None, None).await.unwrap();
    let reviews = page["items"].as_array().unwrap();
    let stars = |wanted: u64| {
        reviews
            .iter()
            .filter(|review| review["rating"] == wanted)
            .count()
    };
    let counted: Vec<usize> = (1..=5).map(stars).collect();
    let shown = &shown["rating"]["stars"];
    let shown: Vec<usize> = (1..=5)
        .map(|stars| usize::try_from(shown[stars.to_string()].as_u64().unwrap()).unwrap())
        .collect();
    assert_eq!(shown, counted);
}

async fn vehicles(client: &reqwest::Client, url: &str) -> Vec<String> {
    let list = format!("{url}/api/vehicles?limit=2");
    let (_, page) = call(client, ("GET", list), None, None).await.unwrap();
    let items = page["items"].as_array().unwrap().iter();
    items
        .map(|vehicle| vehicle["id"].as_str().unwrap().to_owned())
        .collect()
}

async fn user(client: &reqwest::Client, url: &str, name: &str) -> String {
    let email = format!("{name}@example.com");
    let body =
        json!({ "email": email, "first_name": name, "last_name": "T", "password": PASSWORD });
    let registered = call(
        client,
        ("POST", format!("{url}/api/users")),
        None,
        Some(body),
    )
    .await;
    assert_eq!(registered.unwrap().0, 201);
    let body = json!({ "email": email, "password": PASSWORD });
    let session = call(
        client,
        ("POST", format!("{url}/api/sessions")),
        None,
        Some(body),
    )
    .await;
    session.unwrap().1["token"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_app_killed_while_people_write_loses_and_miscounts_nothing() {
    let data = tempfile::tempdir().unwrap();
    let client = reqwest::Client::new();
    let mut people: Vec<(String, Vec<Known>)> = Vec::new();
    for round in 1..=4 {
        let app = start(data.path());
        let vehicles = vehicles(&client, &app.url).await;
        if round == 1 {
            for number in 0..4 {
                let token = user(&client, &app.url, &format!("user{number}")).await;
                people.push((token, vec![Known::default(); vehicles.len()]));
            }
        }
        for vehicle in &vehicles {
            must_agree(&client, &app.url, vehicle).await;
        }
        for (token, known) in &mut people {
            let mine = mine(&client, &app.url, token).await.unwrap();
            for (vehicle, known) in vehicles.iter().zip(known) {
                let found = mine.iter().find(|review| review["vehicle_id"] == **vehicle);
                let found = found.map(|review| review["rating"].as_u64().unwrap());
                let allowed = [known.acknowledged, known.sent];
                assert!(allowed.contains(&found), "{found:?} {known:?}");
                *known = Known {
                    acknowledged: found,
                    sent: found,
                };
            }
        }
        let changes = Arc::new(Semaphore::new(0));
        let mut writers = JoinSet::new();
        for (token, known) in people.drain(..) {
            let (client, url, vehicles) = (client.clone(), app.url.clone(), vehicles.clone());
            let changes = Arc::clone(&changes);
            writers.spawn(async move {
                let to = (url, token.clone());
                (token, write(client, to, vehicles, known, changes).await)
            });
        }
        let enough = changes.acquire_many(10 * round);
        drop(
            tokio::time::timeout(Duration::from_mins(2), enough)
                .await
                .expect("people write"),
        );
        drop(app);
        people = writers.join_all().await;
    }
}

#[test]
fn a_wrong_setting_is_explained_and_the_app_does_not_start() {
    let run = |args: &[&str], settings: &[(&str, &str)]| {
        let output = Command::new(env!("CARGO_BIN_EXE_reviews"))
            .args(args)
            .env_clear()
            .env("RUST_BACKTRACE", "1")
            .envs(settings.iter().copied())
            .output()
            .unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        (output.status.success(), said)
    };
    let wrong = [
        ("PORT", "eighty"),
        ("SESSION_HOURS", "long"),
        ("DATA_API_URL", "http://127.0.0.1:1"),
    ];
    let (started, said) = run(&[], &wrong);
    let names_both =
        said.contains("PORT is \"eighty\"") && said.contains("SESSION_HOURS is \"long\"");
    assert!(!started && names_both, "{said}");
    assert!(said.starts_with("Error: 4 settings"), "{said}");
    assert!(!said.contains("backtrace"), "{said}");
    let (started, said) = run(&["sed"], &[]);
    assert!(
        !started && said.contains("usage: reviews [seed | health | backup FILE]"),
        "{said}"
    );
}
