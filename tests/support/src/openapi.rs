//! Compares the responses of an API with its OpenAPI description.

use std::iter;

use astra_db::http::Method;
use astra_db::http::header::CONTENT_TYPE;
use astra_db::http::response::Parts;
use serde_json::{Map, Value};

/// An OpenAPI description that responses are held against.
#[derive(Debug)]
pub struct Description(Value);

impl Description {
    /// The description as it is served, in JSON.
    pub fn new(openapi: Value) -> Self {
        Self(openapi)
    }

    /// Panics if this response of a described operation has a status that is not described, or a JSON body that does
    /// not match its schema. Other paths and other bodies are not checked.
    pub fn check(&self, method: &Method, path: &str, response: &Parts, body: &str) {
        let Some(operation) = self.operation(method.as_str(), path) else {
            return;
        };
        let status = response.status.as_u16();
        let media_type = response.headers.get(CONTENT_TYPE);
        let media_type = media_type
            .and_then(|it| it.to_str().ok())
            .unwrap_or_default();
        let call = format!("{method} {path} answered {status}");
        let response = &operation["responses"][status.to_string()];
        assert!(response.is_object(), "{call}, which is not described");
        if !media_type.contains("json") {
            return;
        }
        let schema = &response["content"][media_type]["schema"];
        assert!(
            schema.is_object(),
            "{call} with {media_type}, which is not described"
        );
        let value = serde_json::from_str(body);
        let value = value.unwrap_or_else(|error| panic!("{call}: {error} in {body}"));
        if let Err(problem) = self.matches(schema, &value, "$") {
            panic!("{call}, which does not match its description: {problem}\n{body}");
        }
    }

    /// The operation whose path fits, one without parameters before one with.
    fn operation(&self, method: &str, path: &str) -> Option<&Value> {
        let path = path.split('?').next().unwrap_or_default();
        let paths = self.0["paths"].as_object()?;
        let exact = paths.get(path);
        let found = exact.or_else(|| {
            let mut templates = paths.iter();
            templates.find_map(|(template, methods)| fits(template, path).then_some(methods))
        })?;
        found.get(method.to_ascii_lowercase())
    }

    fn matches(&self, schema: &Value, value: &Value, at: &str) -> Result<(), String> {
        let schema = self.resolved(schema);
        for alternatives in ["oneOf", "anyOf"] {
            if let Some(schemas) = schema[alternatives].as_array() {
                let fits = |it: &Value| self.matches(it, value, at).is_ok();
                return expect(schemas.iter().any(fits), at, value, alternatives);
            }
        }
        if let Some(values) = schema["enum"].as_array() {
            expect(values.contains(value), at, value, "enum")?;
        }
        expect(is_of_type(&schema["type"], value), at, value, "type")?;
        if let Some(minimum) = schema["minimum"].as_f64() {
            let is_enough = value.as_f64().is_none_or(|number| number >= minimum);
            expect(is_enough, at, value, "minimum")?;
        }
        for (index, item) in value.as_array().into_iter().flatten().enumerate() {
            self.matches(&schema["items"], item, &format!("{at}[{index}]"))?;
        }
        let parts = self.parts(schema);
        match value {
            Value::Object(fields) => self.fields_match(&parts, fields, at),
            _ => Ok(()),
        }
    }

    fn fields_match(
        &self,
        parts: &[&Value],
        fields: &Map<String, Value>,
        at: &str,
    ) -> Result<(), String> {
        let required = parts.iter().filter_map(|part| part["required"].as_array());
        for name in required.flatten().filter_map(Value::as_str) {
            if !fields.contains_key(name) {
                return Err(format!("{at} lacks `{name}`"));
            }
        }
        for (name, value) in fields {
            let mut properties = parts.iter().filter_map(|part| part["properties"].get(name));
            let mut any = parts
                .iter()
                .filter_map(|part| part.get("additionalProperties"));
            let Some(schema) = properties.next().or_else(|| any.next()) else {
                return Err(format!("{at} has `{name}`, which is not described"));
            };
            self.matches(schema, value, &format!("{at}.{name}"))?;
        }
        Ok(())
    }

    /// A schema and all that it is composed of.
    fn parts<'a>(&'a self, schema: &'a Value) -> Vec<&'a Value> {
        let composed = schema["allOf"].as_array().into_iter().flatten();
        let composed = composed.flat_map(|part| self.parts(self.resolved(part)));
        iter::once(schema).chain(composed).collect()
    }

    /// What a reference refers to.
    fn resolved<'a>(&'a self, schema: &'a Value) -> &'a Value {
        let Some(name) = schema["$ref"].as_str() else {
            return schema;
        };
        let named = self.0.pointer(name.trim_start_matches('#'));
        named.unwrap_or_else(|| panic!("{name} is not described"))
    }
}

fn fits(template: &str, path: &str) -> bool {
    let (mut template, mut path) = (template.split('/'), path.split('/'));
    loop {
        match (template.next(), path.next()) {
            (None, None) => return true,
            (Some(part), Some(given)) if part == given || part.starts_with('{') => {}
            _ => return false,
        }
    }
}

fn is_of_type(types: &Value, value: &Value) -> bool {
    let is = |name: &Value| match name.as_str() {
        Some("object") => value.is_object(),
        Some("array") => value.is_array(),
        Some("string") => value.is_string(),
        Some("boolean") => value.is_boolean(),
        Some("null") => value.is_null(),
        Some("integer") => value.is_i64() || value.is_u64(),
        Some("number") => value.is_number(),
        _ => false,
    };
    match types {
        Value::Null => true,
        Value::Array(types) => types.iter().any(is),
        name => is(name),
    }
}

fn expect(holds: bool, at: &str, value: &Value, rule: &str) -> Result<(), String> {
    if holds {
        return Ok(());
    }
    Err(format!("{at} is {value}, against its `{rule}`"))
}
