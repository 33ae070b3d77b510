//! An engine with one keyspace, and short ways to ask it.

use astra_local::{Engine, Request};
use serde_json::{Value, json};

/// An engine whose keyspace is `shop`.
pub(crate) struct Database {
    pub(crate) engine: Engine,
}

impl Database {
    pub(crate) fn in_memory() -> Self {
        Self::over(Engine::in_memory().expect("an engine in memory"))
    }

    pub(crate) fn over(engine: Engine) -> Self {
        let database = Self { engine };
        database.send(None, None, &json!({"createKeyspace": {"name": "shop"}}));
        database
    }

    pub(crate) fn with_collection(self, name: &str) -> Self {
        let answer = self.send(
            Some("shop"),
            None,
            &json!({"createCollection": {"name": name}}),
        );
        assert_eq!(answer, json!({"status": {"ok": 1}}));
        self
    }

    pub(crate) fn run(&self, collection: &str, command: &Value) -> Value {
        self.send(Some("shop"), Some(collection), command)
    }

    pub(crate) fn send(
        &self,
        keyspace: Option<&str>,
        name: Option<&str>,
        command: &Value,
    ) -> Value {
        let body = command.to_string();
        let response = self.engine.execute(Request {
            keyspace,
            name,
            body: body.as_bytes(),
        });
        serde_json::from_slice(&response.body).expect("an answer in JSON")
    }

    /// All pages of a find.
    pub(crate) fn find_all(&self, collection: &str, filter: &Value) -> Vec<Value> {
        let mut documents = Vec::new();
        let mut state = Value::Null;
        loop {
            let command = json!({"find": {"filter": filter, "options": {"pageState": state}}});
            let mut answer = self.run(collection, &command);
            let data = &mut answer["data"];
            documents.extend(
                data["documents"]
                    .as_array()
                    .unwrap_or_else(|| panic!("{command}"))
                    .clone(),
            );
            state = data["nextPageState"].take();
            if state.is_null() {
                return documents;
            }
        }
    }
}
