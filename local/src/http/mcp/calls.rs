//! A call of a tool: from its arguments to a command, and from the answer to a result.

use bytes::Bytes;

use super::command::McpCommand;
use super::tools::{self, Tool};
use crate::auth::Credentials;
use crate::engine::Engine;
use crate::error::{ApiError, schema};
use crate::json::{self, Object, Value};
use crate::respond::OwnedRequest;

/// Codes of errors about arguments that cannot be what the tool takes.
const UNCONVERTIBLE: [&str; 4] = [
    "COMMAND_FIELD_UNKNOWN",
    "REQUEST_STRUCTURE_MISMATCH",
    "UNKNOWN_DATA_TYPE",
    "UNKNOWN_PRIMITIVE_DATA_TYPE",
];

/// A call of a tool that there is.
pub(super) struct Call {
    tool: &'static Tool,
    arguments: Object,
}

impl Call {
    /// Reads the parameters of tools/call, or says what is wrong with them.
    pub(super) fn read(parameters: Option<&Value>) -> Result<Self, String> {
        let parameters = parameters.and_then(Value::as_object);
        let name = parameters.and_then(|parameters| parameters.get("name")?.as_str());
        let name = name.ok_or("A call needs the name of a tool.")?;
        let tool = tools::named(name).ok_or_else(|| format!("There is no tool '{name}'."))?;
        let arguments = match parameters.and_then(|parameters| parameters.get("arguments")) {
            None | Some(Value::Null) => Object::new(),
            Some(Value::Object(arguments)) => arguments.clone(),
            Some(_) => return Err("The arguments of a tool are an object.".to_owned()),
        };
        Ok(Self { tool, arguments })
    }

    /// Carries it out. What it comes to is the result of the call.
    pub(super) async fn run(
        self,
        engine: &Engine,
        credentials: &Credentials,
        token: Option<&[u8]>,
    ) -> Object {
        if let Some(problem) = self.tool.missing(&self.arguments) {
            return unconvertible(&problem);
        }
        if !engine.features().mcp {
            return failed(
                &schema::MCP_FEATURE_NOT_ENABLED.because(
                    "The tools are switched off on this server. Start it with `--mcp on`.",
                ),
            );
        }
        if let Err(error) = credentials.check(token) {
            return failed(&error);
        }
        let request = match self.request(engine).await {
            Ok(request) => request,
            Err(result) => return result,
        };
        match engine.respond(request).await {
            Ok(response) => result(&response.body),
            Err(error) => {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "a command of a tool ended unexpectedly"
                );
                unconvertible("The command ended unexpectedly; the log of the server says more.")
            }
        }
    }

    async fn request(&self, engine: &Engine) -> Result<OwnedRequest, Object> {
        let McpCommand {
            keyspace,
            name,
            body,
        } = self
            .tool
            .command(&self.arguments)
            .map_err(|problem| unconvertible(&problem))?;
        let body = Bytes::from(body);
        let memory = engine.reserve(&body).await;
        let memory = memory.map_err(|busy| result(&busy.body))?;
        Ok(OwnedRequest {
            keyspace,
            name,
            body,
            memory,
        })
    }
}

/// The result that an answer of the Data API becomes.
fn result(answer: &[u8]) -> Object {
    let Ok(Value::Object(answer)) = json::parse_stored(&String::from_utf8_lossy(answer)) else {
        return unconvertible("The answer of the server cannot be read.");
    };
    let errors = answer
        .get("errors")
        .and_then(Value::as_array)
        .unwrap_or_default();
    if !errors.is_empty() && errors.iter().all(is_unconvertible) {
        let message = |error: &Value| {
            error
                .as_object()?
                .get("message")?
                .as_str()
                .map(str::to_owned)
        };
        let messages: Vec<_> = errors.iter().filter_map(message).collect();
        return unconvertible(&messages.join(" "));
    }
    let structured = if errors.is_empty() {
        answer.get("data").cloned()
    } else {
        Some(Object::from([("errors", errors.to_vec())]).into())
    };
    let status = answer.get("status").cloned();
    of_parts(!errors.is_empty(), structured, status)
}

fn is_unconvertible(error: &Value) -> bool {
    let code = error
        .as_object()
        .and_then(|error| error.get("errorCode")?.as_str());
    code.is_some_and(|code| UNCONVERTIBLE.contains(&code))
}

fn failed(error: &ApiError) -> Object {
    let errors = Object::from([("errors", vec![Value::from(error.to_object())])]);
    of_parts(true, Some(errors.into()), None)
}

/// The parts of a result. What is structured is there as text as well, for clients that read nothing else.
fn of_parts(is_error: bool, structured: Option<Value>, status: Option<Value>) -> Object {
    let shown = structured.as_ref().or(status.as_ref());
    let content: Vec<Value> = shown
        .map(|shown| text(&shown.to_json()))
        .into_iter()
        .collect();
    let mut meta = Object::new();
    if let Some(status) = status {
        meta.insert("status", status);
    }
    let mut result = Object::from([
        ("isError", Value::from(is_error)),
        ("content", content.into()),
    ]);
    if let Some(structured) = structured {
        result.insert("structuredContent", structured);
    }
    result.insert("_meta", meta);
    result
}

/// The result of a call whose arguments are not those of the tool.
fn unconvertible(problem: &str) -> Object {
    Object::from([
        ("isError", Value::from(true)),
        ("content", vec![text(problem)].into()),
    ])
}

fn text(text: &str) -> Value {
    Object::from([("type", "text"), ("text", text)]).into()
}
