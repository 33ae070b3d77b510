//! A stand-in for the DevOps API of Astra: databases that take their time, as its public
//! description says (<https://docs.datastax.com/en/astra-api-docs/devops-api.html>).

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use astra_db::http::{HeaderMap, Method, StatusCode, Uri};
use axum::Router;
use axum::body::Bytes;
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// The token that may do everything.
pub(crate) const TOKEN: &str = "AstraCS:organization";

#[derive(Clone)]
struct StoredDatabase {
    id: String,
    name: String,
    /// What it will be, look by look; the last one stays.
    statuses: VecDeque<&'static str>,
    keyspaces: Vec<String>,
    region: String,
}

#[derive(Default)]
struct Stored {
    databases: Vec<StoredDatabase>,
    /// Method and path of each request.
    seen: Vec<String>,
    /// Statuses that are answered before anything is done.
    refusals: VecDeque<u16>,
}

#[derive(Clone)]
pub(crate) struct DevOpsServer {
    pub(crate) url: String,
    stored: Arc<Mutex<Stored>>,
}

impl DevOpsServer {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let stored: Arc<Mutex<Stored>> = Arc::default();
        let state = Arc::clone(&stored);
        let app = Router::new().fallback(
            async move |method: Method, uri: Uri, headers: HeaderMap, body: Bytes| {
                let mut stored = state.lock().unwrap();
                stored.seen.push(format!("{method} {uri}"));
                if let Some(status) = stored.refusals.pop_front() {
                    return refusal(status, 0, "refused for a test");
                }
                if headers.get("authorization").unwrap() != &format!("Bearer {TOKEN}") {
                    return refusal(401, 340_018, "JWT not valid");
                }
                stored.answer(&method, &uri, &body)
            },
        );
        tokio::spawn(axum::serve(listener, app).into_future());
        Self { url, stored }
    }

    /// A database that exists, with the statuses that it will have.
    pub(crate) fn database(&self, name: &str, statuses: &[&'static str]) -> String {
        let mut stored = self.stored.lock().unwrap();
        stored.create(name, "us-east1", "default_keyspace", statuses)
    }

    /// Refuses the next requests with these HTTP statuses.
    pub(crate) fn refuse(&self, statuses: &[u16]) {
        self.stored.lock().unwrap().refusals.extend(statuses);
    }

    pub(crate) fn seen(&self, part: &str) -> usize {
        let stored = self.stored.lock().unwrap();
        stored.seen.iter().filter(|it| it.contains(part)).count()
    }
}

impl Stored {
    fn create(
        &mut self,
        name: &str,
        region: &str,
        keyspace: &str,
        ahead: &[&'static str],
    ) -> String {
        let id = format!("01234567-89ab-cdef-0123-{:012}", self.databases.len());
        self.databases.push(StoredDatabase {
            id: id.clone(),
            name: name.to_owned(),
            statuses: ahead.iter().copied().collect(),
            keyspaces: vec![keyspace.to_owned()],
            region: region.to_owned(),
        });
        id
    }

    fn answer(&mut self, method: &Method, uri: &Uri, body: &[u8]) -> Response {
        let parts: Vec<&str> = uri.path().trim_matches('/').split('/').collect();
        match (method.as_str(), &*parts) {
            ("GET", ["databases"]) => self.list(uri.query().unwrap_or_default()),
            // An answer of the API, shortened.
            ("GET", ["regions", "serverless"]) => {
                assert_eq!(
                    uri.query(),
                    Some("region-type=vector&filter-by-org=disabled")
                );
                let region = json!({
                    "classification": "standard", "cloudProvider": "GCP", "enabled": true,
                    "displayName": "Moncks Corner, South Carolina", "name": "us-east1",
                    "reservedForQualifiedUsers": false, "zone": "na",
                });
                axum::Json([region]).into_response()
            }
            ("POST", ["databases"]) => {
                let body: Value = serde_json::from_slice(body).unwrap();
                assert_eq!(body["tier"], "serverless");
                let text = |name: &str| body[name].as_str().unwrap().to_owned();
                let ahead = ["PENDING", "INITIALIZING", "ACTIVE"];
                let id = self.create(&text("name"), &text("region"), &text("keyspace"), &ahead);
                (StatusCode::CREATED, [("location", id)]).into_response()
            }
            (_, ["databases", id, rest @ ..]) => self.of_one(method, id, rest),
            _ => refusal(404, 0, "no such path"),
        }
    }

    fn list(&self, query: &str) -> Response {
        let parameter = |name: &str| {
            let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
            pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
        };
        let limit: usize = parameter("limit").unwrap().parse().unwrap();
        let after = parameter("starting_after");
        let databases = self.databases.iter();
        let rest = databases.skip_while(|it| after.is_some_and(|after| it.id != after));
        let skipped = usize::from(after.is_some());
        let page: Vec<Value> = rest
            .skip(skipped)
            .take(limit)
            .map(StoredDatabase::json)
            .collect();
        axum::Json(page).into_response()
    }

    fn of_one(&mut self, method: &Method, id: &str, rest: &[&str]) -> Response {
        let Some(database) = self.databases.iter_mut().find(|it| it.id == id) else {
            return refusal(404, 2_000_014, "database not found");
        };
        let is_idle = database.status() == "ACTIVE";
        match (method.as_str(), rest) {
            ("GET", []) => {
                let answer = axum::Json(database.json()).into_response();
                if database.statuses.len() > 1 {
                    database.statuses.pop_front();
                }
                return answer;
            }
            ("POST", ["resume"]) if database.status() != "HIBERNATED" => {
                return refusal(409, 2_000_015, "the database is not hibernated");
            }
            ("POST", ["resume"]) => database.statuses = ["RESUMING", "ACTIVE"].into(),
            ("POST", ["terminate"]) => database.statuses = ["TERMINATING", "TERMINATED"].into(),
            (_, ["keyspaces", _]) if !is_idle => {
                return refusal(409, 2_000_016, "the database is being changed");
            }
            ("POST", ["keyspaces", name]) => {
                database.keyspaces.push((*name).to_owned());
                database.statuses = ["MAINTENANCE", "ACTIVE"].into();
                return StatusCode::CREATED.into_response();
            }
            ("DELETE", ["keyspaces", name]) => {
                database.keyspaces.retain(|it| it != name);
                database.statuses = ["MAINTENANCE", "ACTIVE"].into();
            }
            _ => return refusal(404, 0, "no such path"),
        }
        StatusCode::ACCEPTED.into_response()
    }
}

impl StoredDatabase {
    fn status(&self) -> &'static str {
        self.statuses.front().unwrap()
    }

    fn json(&self) -> Value {
        json!({
            "id": self.id, "orgId": "an-organization", "ownerId": "an-owner",
            "creationTime": "2026-01-01T00:00:00Z", "lastUsageTime": "2026-01-02T00:00:00Z",
            "status": self.status(), "availableActions": [], "observedStatus": "ACTIVE",
            "info": {
                "name": self.name, "keyspaces": self.keyspaces, "keyspace": self.keyspaces[0],
                "cloudProvider": "GCP", "region": self.region, "dbType": "vector",
                "datacenters": [{"id": "dc-1", "region": self.region, "name": "dc-1"}],
            },
        })
    }
}

fn refusal(status: u16, id: i64, message: &str) -> Response {
    let body = json!({"errors": [{"ID": id, "message": message}]});
    (StatusCode::from_u16(status).unwrap(), axum::Json(body)).into_response()
}
