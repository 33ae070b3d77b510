//! The server of the protocol: tools and resources over one database.

use astra_db::{Database, Error};
use astra_local::McpCommand;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ErrorData, Implementation, JsonObject,
    ListResourceTemplatesResult, ListResourcesResult, ListToolsResult, PaginatedRequestParams,
    ReadResourceRequestParams, ReadResourceResponse, ReadResourceResult, Resource,
    ResourceContents, ResourceTemplate, ServerCapabilities, ServerConfig,
};
use rmcp::service::RequestContext;
use rmcp::{RoleServer, ServerHandler};
use serde_json::{Value, json};

use super::distinct::Distinct;
use super::scope::Scope;
use super::tools::Tool;
use super::{answer, preview, resources};

const MEDIA_TYPE: &str = "application/json";

/// A database, and what may be done with it.
#[derive(Clone, Debug)]
pub(super) struct Server {
    database: Database,
    scope: Scope,
}

impl Server {
    pub(super) fn new(database: Database, scope: Scope) -> Self {
        Self { database, scope }
    }

    fn tools(&self) -> impl Iterator<Item = Tool> {
        Tool::all().filter(|tool| self.scope.withholds(*tool).is_none())
    }

    /// Carries out a call, or says in a sentence why not.
    async fn call(&self, tool: Tool, mut arguments: JsonObject) -> Result<CallToolResult, String> {
        if let Some(reason) = self.scope.withholds(tool) {
            return Err(reason);
        }
        if tool.takes("keyspace") && arguments.get("keyspace").is_none_or(Value::is_null) {
            let keyspace = self.scope.default_keyspace();
            arguments.insert("keyspace".to_owned(), keyspace.into());
        }
        self.scope.check(&arguments)?;
        if matches!(tool, Tool::Distinct) {
            let distinct = Distinct::read(&arguments)?;
            let database = match arguments["keyspace"].as_str() {
                Some(keyspace) => self.database.keyspace(keyspace),
                None => self.database.clone(),
            };
            let values = distinct.run(&database).await;
            return Ok(result(values, false));
        }
        let (command, dry_run) = tool.command(arguments)?;
        if dry_run {
            return Ok(result(self.preview(&command).await, false));
        }
        Ok(result(self.send(&command).await, !tool.is_read_only()))
    }

    async fn preview(&self, command: &McpCommand) -> Result<Value, Error> {
        let mut shown = preview::of(command);
        if let Some(selection) = preview::selection(command) {
            shown["selects"] = self.send(&selection).await?["data"]["documents"].take();
        }
        Ok(shown)
    }

    /// Sends a command, and answers `data` and `status` as far as they may be seen.
    async fn send(&self, command: &McpCommand) -> Result<Value, Error> {
        let body: Value = serde_json::from_str(&command.body).unwrap_or_default();
        let database = match &command.keyspace {
            Some(keyspace) => self.database.keyspace(keyspace.as_str()),
            None => self.database.clone(),
        };
        let call = database.command(body);
        let call = match (&command.keyspace, &command.name) {
            (None, _) => call.no_keyspace(),
            (Some(_), None) => call,
            (Some(_), Some(name)) => call.collection(name.as_str()),
        };
        let mut answer: Value = call.await?.read()?;
        self.scope.narrow(&mut answer);
        Ok(answer)
    }

    /// The definitions in a keyspace, each with its name.
    async fn definitions(&self, keyspace: &str) -> Result<Vec<(String, Value)>, String> {
        let mut found = Vec::new();
        for (tool, list) in resources::LISTS {
            let tool = Tool::named(tool).ok_or("The tool is missing.")?;
            let arguments = json!({"keyspace": keyspace, "options": {"explain": true}});
            let Value::Object(arguments) = arguments else {
                continue;
            };
            let (command, _) = tool.command(arguments)?;
            let answer = self.send(&command).await;
            let answer = answer.map_err(|error| answer::in_words(&error))?;
            for definition in resources::definitions(&answer, list) {
                if let Some(name) = definition["name"].as_str() {
                    found.push((name.to_owned(), definition));
                }
            }
        }
        found.truncate(resources::MOST);
        Ok(found)
    }

    async fn definition(&self, uri: &str) -> Result<String, ErrorData> {
        let missing = || {
            let problem = format!(
                "There is no collection or table {}.",
                uri.chars().take(200).collect::<String>()
            );
            ErrorData::resource_not_found(problem, None)
        };
        let (keyspace, name) = resources::parts(uri).ok_or_else(missing)?;
        let place = JsonObject::from_iter([
            ("keyspace".to_owned(), keyspace.into()),
            ("collection".to_owned(), name.into()),
        ]);
        self.scope
            .check(&place)
            .map_err(|problem| ErrorData::resource_not_found(problem, None))?;
        let definitions = self.definitions(keyspace).await;
        let definitions =
            definitions.map_err(|problem| ErrorData::internal_error(problem, None))?;
        let found = definitions.into_iter().find(|(known, _)| known == name);
        found
            .map(|(_, definition)| definition.to_string())
            .ok_or_else(missing)
    }
}

fn result(answer: Result<Value, Error>, changed: bool) -> CallToolResult {
    match answer {
        Ok(answer) => answer::success(answer, changed),
        Err(error) => answer::refused(&error),
    }
}

impl ServerHandler for Server {
    fn get_info(&self) -> ServerConfig {
        let capabilities = ServerCapabilities::builder()
            .enable_tools()
            .enable_resources()
            .build();
        let access = if self.scope.may_write() {
            "Tools that change something take `dryRun`."
        } else {
            "Nothing can be changed."
        };
        let instructions = format!(
            "The tools are the commands of the Data API. The keyspace is {} unless a call names another. {access}",
            self.scope.default_keyspace()
        );
        ServerConfig::new(capabilities)
            .with_server_info(
                Implementation::new("astra-dev", env!("CARGO_PKG_VERSION")).with_title("Data API"),
            )
            .with_instructions(instructions)
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let keyspace = self.scope.default_keyspace();
        let tools = self.tools().filter_map(|tool| tool.describe(keyspace));
        Ok(ListToolsResult::with_all_items(tools.collect()))
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let Some(tool) = Tool::named(&request.name) else {
            let name: String = request.name.chars().take(100).collect();
            let problem = format!("There is no tool {name:?}.");
            return Err(ErrorData::invalid_params(problem, None));
        };
        let called = self.call(tool, request.arguments.unwrap_or_default()).await;
        let called = called.unwrap_or_else(|problem| answer::failure(&problem));
        Ok(called.into())
    }

    async fn list_resources(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListResourcesResult, ErrorData> {
        let keyspace = self.scope.default_keyspace();
        let definitions = self.definitions(keyspace).await;
        let definitions =
            definitions.map_err(|problem| ErrorData::internal_error(problem, None))?;
        let listed = definitions.into_iter().map(|(name, _)| {
            Resource::new(resources::address(keyspace, &name), name)
                .with_description("Its definition, as the Data API tells it")
                .with_mime_type(MEDIA_TYPE)
        });
        Ok(ListResourcesResult::with_all_items(listed.collect()))
    }

    async fn list_resource_templates(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        let template = ResourceTemplate::new(resources::TEMPLATE, "definition")
            .with_description("The definition of a collection or table")
            .with_mime_type(MEDIA_TYPE);
        Ok(ListResourceTemplatesResult::with_all_items(vec![template]))
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<ReadResourceResponse, ErrorData> {
        let text = self.definition(&request.uri).await?;
        let contents = ResourceContents::text(text, request.uri).with_mime_type(MEDIA_TYPE);
        Ok(ReadResourceResult::new(vec![contents]).into())
    }
}
