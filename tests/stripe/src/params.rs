//! Form-encoded parameters with bracketed keys, read as strictly as Stripe reads them.

use serde_json::{Map, Value};

use crate::refusal::Refusal;

/// The parameters of a request: `a[b][0]=c` is `{"a": {"b": {"0": "c"}}}`.
#[derive(Debug)]
pub(crate) struct Params {
    values: Value,
    /// Where these parameters lie in the request, for errors: `line_items[0]`.
    prefix: String,
}

impl Params {
    /// Reads them. `known` names what the endpoint takes: `line_items[][quantity]`, where `[]` is
    /// any position of a list and `[*]` any key.
    pub(crate) fn read(encoded: &[u8], known: &[&str]) -> Result<Self, Refusal> {
        let mut values = Value::Object(Map::new());
        for (key, value) in form_urlencoded::parse(encoded) {
            let path = segments(&key);
            if !known.iter().any(|known| is(&path, known)) {
                let message = format!("Received unknown parameter: {key}");
                return Err(Refusal::parameter("parameter_unknown", message, &key));
            }
            let duplicate = insert(&mut values, &path, value.into_owned());
            if duplicate {
                return Err(Refusal::invalid(format!(
                    "Invalid request: {key} is given twice"
                )));
            }
        }
        Ok(Self {
            values,
            prefix: String::new(),
        })
    }

    pub(crate) fn text(&self, path: &str) -> Option<&str> {
        self.values.pointer(&pointer(path))?.as_str()
    }

    /// A text that must be there and not be empty.
    pub(crate) fn required(&self, path: &str) -> Result<&str, Refusal> {
        match self.text(path) {
            None => Err(Refusal::missing(&self.name(path))),
            Some("") => {
                let name = self.name(path);
                let message = format!("You passed an empty string for '{name}'.");
                Err(Refusal::parameter(
                    "parameter_invalid_empty",
                    message,
                    &name,
                ))
            }
            Some(text) => Ok(text),
        }
    }

    pub(crate) fn integer(&self, path: &str) -> Result<Option<i64>, Refusal> {
        let Some(text) = self.text(path) else {
            return Ok(None);
        };
        text.parse().map(Some).map_err(|_| {
            let message = format!("Invalid integer: {text}");
            Refusal::parameter("parameter_invalid_integer", message, &self.name(path))
        })
    }

    /// The entries of a list or a map, each with its key.
    pub(crate) fn entries(&self, path: &str) -> Vec<(String, Self)> {
        let entries = self.values.pointer(&pointer(path));
        let entries = entries.and_then(Value::as_object);
        let entry = |(key, values): (&String, &Value)| {
            let prefix = self.name(&format!("{path}[{key}]"));
            let values = values.clone();
            (key.clone(), Self { values, prefix })
        };
        entries.into_iter().flatten().map(entry).collect()
    }

    /// A map of texts, such as `metadata`.
    pub(crate) fn texts(&self, path: &str) -> Value {
        let map = self.values.pointer(&pointer(path));
        map.cloned().unwrap_or_else(|| Value::Object(Map::new()))
    }

    /// This very value, where it is a text.
    pub(crate) fn itself(&self) -> Option<&str> {
        self.values.as_str()
    }

    fn name(&self, path: &str) -> String {
        if self.prefix.is_empty() {
            return path.to_owned();
        }
        let (first, rest) = path.split_at(path.find('[').unwrap_or(path.len()));
        format!("{}[{first}]{rest}", self.prefix)
    }
}

/// `a[b][0]` is `a`, `b`, `0`.
fn segments(key: &str) -> Vec<&str> {
    key.split('[')
        .map(|part| part.strip_suffix(']').unwrap_or(part))
        .collect()
}

fn pointer(path: &str) -> String {
    format!("/{}", segments(path).join("/"))
}

fn is(path: &[&str], known: &str) -> bool {
    let known = segments(known);
    let matches = |(given, known): (&&str, &&str)| match *known {
        "" => given.is_empty() || given.bytes().all(|byte| byte.is_ascii_digit()),
        "*" => !given.is_empty(),
        name => *given == name,
    };
    path.len() == known.len() && path.iter().zip(&known).all(matches)
}

/// Answers whether there was such a value already.
fn insert(values: &mut Value, path: &[&str], value: String) -> bool {
    let mut place = values;
    for segment in path {
        if !place.is_object() {
            *place = Value::Object(Map::new());
        }
        let length = place.as_object().map_or(0, Map::len);
        // `expand[]` appends.
        let key = if segment.is_empty() {
            length.to_string()
        } else {
            (*segment).to_owned()
        };
        place = &mut place[key];
    }
    let duplicate = !place.is_null();
    *place = Value::String(value);
    duplicate
}
