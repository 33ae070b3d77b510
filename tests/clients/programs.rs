//! The programs that the console shows for a server, run as they are shown.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use astra_db::schema::{ColumnType, TableDefinition};
use astra_db::{DataApiClient, Environment, Row, UsernamePassword, doc};
use tokio::process::Command;

use crate::client::{Client, say};
use crate::server::{PASSWORD, Server, USERNAME};

/// What can be chosen on the page, and what its program has to print.
const TARGETS: [(&str, &str); 3] = [
    ("shop", "products"),
    ("shop/products", "teapot"),
    ("shop/vehicles", "volvo"),
];

/// A server with a document and a row, and somebody who is signed in to its console.
struct Shop {
    server: Server,
    http: reqwest::Client,
    cookie: String,
}

impl Shop {
    async fn open() -> Option<Self> {
        let server = Server::start().await?;
        fill(&server.url).await.unwrap();
        let redirects = reqwest::redirect::Policy::none();
        let http = reqwest::Client::builder()
            .redirect(redirects)
            .build()
            .unwrap();
        let form = format!(
            "username={USERNAME}&password={}",
            PASSWORD.replace(' ', "+")
        );
        let signed_in = http
            .post(format!("{}/console/sign-in", server.url))
            .header("Origin", &server.url)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .body(form)
            .send()
            .await
            .unwrap();
        let cookie = signed_in.headers()["set-cookie"].to_str().unwrap();
        let cookie = cookie.split(';').next().unwrap().to_owned();
        Some(Self {
            server,
            http,
            cookie,
        })
    }

    /// The program as the page shows it.
    async fn program(&self, language: &str, target: &str) -> String {
        let url = &self.server.url;
        let page = self
            .http
            .get(format!(
                "{url}/console/connect?language={language}&target={target}"
            ))
            .header("Cookie", &self.cookie)
            .send();
        let page = page.await.unwrap().text().await.unwrap();
        let (_, program) = page.split_once("id=\"code\"").unwrap();
        let (_, program) = program.split_once('>').unwrap();
        let (program, _) = program.split_once("</pre>").unwrap();
        [
            ("&#34;", "\""),
            ("&#39;", "'"),
            ("&#60;", "<"),
            ("&#62;", ">"),
            ("&#38;", "&"),
        ]
        .iter()
        .fold(program.to_owned(), |text, (entity, character)| {
            text.replace(entity, character)
        })
    }

    /// Runs the program of each target, which `command` knows how to start from its text.
    async fn run(&self, language: &str, command: impl Fn(&str) -> Command) {
        for (target, expected) in TARGETS {
            let program = self.program(language, target).await;
            let mut command = command(&program);
            command
                .env("DATA_API_PASSWORD", PASSWORD)
                .stdin(Stdio::null())
                .kill_on_drop(true);
            let output = tokio::time::timeout(Duration::from_mins(2), command.output());
            let output = output.await.expect("the program ends in time").unwrap();
            let printed = String::from_utf8_lossy(&output.stdout);
            let complaints = String::from_utf8_lossy(&output.stderr);
            assert!(
                output.status.success() && printed.contains(expected),
                "{program}\nprinted\n{printed}{complaints}"
            );
        }
    }
}

async fn fill(url: &str) -> Result<(), astra_db::Error> {
    let client = DataApiClient::builder()
        .environment(Environment::Hcd)
        .token(UsernamePassword::new(USERNAME, PASSWORD))
        .build()?;
    let database = client.database(url)?;
    database.create_keyspace("shop").await?;
    let shop = database.keyspace("shop");
    let products = shop.create_collection("products").await?;
    products.insert_one(doc!({"_id": "teapot"})).await?;
    let definition = TableDefinition::default()
        .column("id", ColumnType::Text)
        .partition_by(["id"]);
    let vehicles = shop.create_table("vehicles", definition).await?;
    vehicles.insert_one(Row::new().with("id", "volvo")).await?;
    Ok(())
}

/// A program as a file of this name in a folder.
fn written(folder: &Path, name: &str, program: &str) -> std::path::PathBuf {
    let file = folder.join(name);
    std::fs::write(&file, program).unwrap();
    file
}

#[tokio::test]
async fn python() {
    let Some(client) = Client::installed("astrapy", "requirements.txt") else {
        return;
    };
    let Some(shop) = Shop::open().await else {
        return;
    };
    let python = client.folder.join("bin/python");
    shop.run("python", |program| {
        let mut command = Command::new(&python);
        command.args(["-c", program]);
        command
    })
    .await;
}

#[tokio::test]
async fn typescript() {
    let Some(client) = Client::installed("astra-db-ts", "package-lock.json") else {
        return;
    };
    let Some(shop) = Shop::open().await else {
        return;
    };
    // What is shown uses nothing that JavaScript lacks.
    shop.run("typescript", |program| {
        let mut command = Command::new("node");
        command.arg(written(&client.folder, "program.mjs", program));
        command
    })
    .await;
}

#[tokio::test]
async fn java() {
    let Some(client) = Client::installed("astra-db-java", "pom.xml") else {
        return;
    };
    let Some(shop) = Shop::open().await else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    shop.run("java", |program| {
        let mut command = Command::new("java");
        command.arg("-cp").arg(client.class_path());
        command.arg(written(folder.path(), "Connect.java", program));
        command
    })
    .await;
}

#[tokio::test]
async fn curl() {
    if std::process::Command::new("curl")
        .arg("--version")
        .output()
        .is_err()
    {
        say("skipped: curl is not here");
        return;
    }
    let Some(shop) = Shop::open().await else {
        return;
    };
    shop.run("curl", |program| {
        let mut command = Command::new("sh");
        command.args(["-c", program]);
        command
    })
    .await;
}
