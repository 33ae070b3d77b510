//! The embedding providers there are: their models, parameters and ways to sign in, as `findEmbeddingProviders` lists them.
//!
//! They are those of the real server's configuration: <https://github.com/stargate/data-api>,
//! `embedding-providers-config.yaml`.

mod list;

pub(crate) use list::PROVIDERS;

use crate::json::{Number, Object, Value};

/// A service that turns texts into vectors.
#[derive(Debug, PartialEq)]
pub(crate) struct Provider {
    pub(crate) name: &'static str,
    display_name: &'static str,
    pub(crate) url: Option<&'static str>,
    pub(crate) authentication: Authentication,
    pub(crate) parameters: &'static [Parameter],
    pub(crate) models: &'static [Model],
    /// Whether a service can leave the model out, because there is but one.
    pub(crate) has_one_model: bool,
    /// Texts of one call at most.
    pub(crate) batch: usize,
}

/// How a provider is told who calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Authentication {
    /// It asks for none.
    None,
    /// By one key, passed on in a header of this name.
    Key(&'static str),
    /// By the two keys of AWS.
    AccessKeys,
}

#[derive(Debug, PartialEq)]
pub(crate) struct Model {
    pub(crate) name: &'static str,
    pub(crate) dimension: Dimension,
    pub(crate) parameters: &'static [Parameter],
}

/// The numbers in the vectors of a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dimension {
    Fixed(usize),
    /// Any between the first two, and the one taken if none is asked for.
    Between(usize, usize, Option<usize>),
    /// One of these, and the one taken if none is asked for.
    OneOf(&'static [usize], usize),
}

/// A setting of a service beside its model.
#[derive(Debug, PartialEq)]
pub(crate) struct Parameter {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) required: bool,
    default: Option<&'static str>,
    display_name: Option<&'static str>,
    help: &'static str,
    hint: Option<&'static str>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Flag,
}

impl Parameter {
    const fn text(name: &'static str, help: &'static str) -> Self {
        Self {
            name,
            kind: Kind::Text,
            required: false,
            default: None,
            display_name: None,
            help,
            hint: None,
        }
    }

    const fn flag(name: &'static str, default: &'static str, help: &'static str) -> Self {
        Self {
            kind: Kind::Flag,
            default: Some(default),
            ..Self::text(name, help)
        }
    }

    const fn required(self) -> Self {
        Self {
            required: true,
            ..self
        }
    }

    const fn shown(self, display_name: &'static str) -> Self {
        Self {
            display_name: Some(display_name),
            ..self
        }
    }

    const fn hint(self, hint: &'static str) -> Self {
        Self {
            hint: Some(hint),
            ..self
        }
    }

    /// Whether a value can be given for it.
    pub(crate) fn takes(&self, value: &Value) -> bool {
        match self.kind {
            Kind::Text => value.as_str().is_some(),
            Kind::Flag => value.as_bool().is_some(),
        }
    }

    fn of_provider(&self) -> Object {
        let kind = match self.kind {
            Kind::Text => "STRING",
            Kind::Flag => "BOOLEAN",
        };
        let mut described = self.described(kind);
        described.insert("displayName", optional(self.display_name));
        described.insert("hint", optional(self.hint));
        described
    }

    fn of_model(&self) -> Object {
        self.described(match self.kind {
            Kind::Text => "string",
            Kind::Flag => "boolean",
        })
    }

    fn described(&self, kind: &str) -> Object {
        Object::from([
            ("name", Value::from(self.name)),
            ("type", kind.into()),
            ("required", self.required.into()),
            ("defaultValue", optional(self.default)),
            ("validation", Object::new().into()),
            ("help", self.help.into()),
        ])
    }
}

impl Dimension {
    /// The dimension of a service: the one asked for if the model can have it, or the one it has by itself.
    pub(crate) fn choose(self, asked: Option<i64>) -> Result<usize, String> {
        let Some(asked) = asked else {
            return match self {
                Self::Fixed(dimension)
                | Self::Between(_, _, Some(dimension))
                | Self::OneOf(_, dimension) => Ok(dimension),
                Self::Between(least, most, None) => {
                    Err(format!("needs a 'dimension' from {least} to {most}"))
                }
            };
        };
        let possible = |dimension: &usize| match self {
            Self::Fixed(fixed) => *dimension == fixed,
            Self::Between(least, most, _) => (least..=most).contains(dimension),
            Self::OneOf(choices, _) => choices.contains(dimension),
        };
        let dimension = usize::try_from(asked).ok().filter(possible);
        dimension.ok_or_else(|| match self {
            Self::Fixed(fixed) => {
                format!("makes vectors of the dimension {fixed}, not {asked}")
            }
            Self::Between(least, most, _) => {
                format!("makes vectors of a dimension from {least} to {most}, not {asked}")
            }
            Self::OneOf(choices, _) => {
                let choices: Vec<_> = choices.iter().map(usize::to_string).collect();
                let choices = choices.join(", ");
                format!("makes vectors of one of the dimensions {choices}, not {asked}")
            }
        })
    }

    fn fixed(self) -> Value {
        match self {
            Self::Fixed(dimension) => dimension.into(),
            _ => Value::Null,
        }
    }

    /// The parameter `vectorDimension`, where the dimension is not given with the model.
    fn parameter(self) -> Option<Object> {
        let numbers = |numbers: &[usize]| -> Value {
            numbers
                .iter()
                .map(|number| Value::Number(Number::new(number.to_string())))
                .collect::<Vec<_>>()
                .into()
        };
        let (required, default, validation) = match self {
            Self::Fixed(_) => return None,
            Self::Between(least, most, default) => {
                (true, default, ("numericRange", numbers(&[least, most])))
            }
            Self::OneOf(choices, default) => (false, Some(default), ("options", numbers(choices))),
        };
        let default = default.map(|default| default.to_string());
        Some(Object::from([
            ("name", Value::from("vectorDimension")),
            ("type", "number".into()),
            ("required", required.into()),
            ("defaultValue", optional(default.as_deref())),
            ("validation", Object::from([validation]).into()),
            ("help", "The number of numbers in each vector.".into()),
        ]))
    }
}

impl Model {
    const fn new(name: &'static str, dimension: Dimension) -> Self {
        Self {
            name,
            dimension,
            parameters: &[],
        }
    }

    fn describe(&self) -> Value {
        let parameters = self.dimension.parameter().into_iter();
        let parameters = parameters.chain(self.parameters.iter().map(Parameter::of_model));
        Object::from([
            ("name", Value::from(self.name)),
            (
                "apiModelSupport",
                Object::from([("status", "SUPPORTED")]).into(),
            ),
            ("vectorDimension", self.dimension.fixed()),
            (
                "parameters",
                parameters.map(Value::from).collect::<Vec<_>>().into(),
            ),
        ])
        .into()
    }
}

impl Provider {
    const fn new(name: &'static str, display_name: &'static str, url: &'static str) -> Self {
        Self {
            name,
            display_name,
            url: Some(url),
            authentication: Authentication::Key("Authorization"),
            parameters: &[],
            models: &[],
            has_one_model: false,
            batch: 32,
        }
    }

    pub(crate) fn model(&self, name: &str) -> Option<&'static Model> {
        self.models.iter().find(|model| model.name == name)
    }

    /// The names of its models, for messages.
    pub(crate) fn model_names(&self) -> String {
        let names: Vec<_> = self.models.iter().map(|model| model.name).collect();
        names.join(", ")
    }

    /// The provider as it is listed, called at this URL; its models are listed if they are wanted.
    pub(crate) fn describe(&self, url: Option<&str>, with_models: bool) -> Object {
        let models = self.models.iter().filter(|_| with_models);
        Object::from([
            ("displayName", Value::from(self.display_name)),
            ("url", optional(url.or(self.url))),
            (
                "supportedAuthentication",
                self.authentication.describe().into(),
            ),
            (
                "parameters",
                self.parameters
                    .iter()
                    .map(|parameter| Value::from(parameter.of_provider()))
                    .collect::<Vec<_>>()
                    .into(),
            ),
            (
                "models",
                models.map(Model::describe).collect::<Vec<_>>().into(),
            ),
        ])
    }
}

impl Authentication {
    fn describe(self) -> Object {
        let way = |enabled: bool, tokens: &[(&str, &str)]| {
            let tokens = tokens.iter().map(|(accepted, forwarded)| {
                Value::from(Object::from([
                    ("accepted", *accepted),
                    ("forwarded", *forwarded),
                ]))
            });
            Object::from([
                ("enabled", Value::from(enabled)),
                ("tokens", tokens.collect::<Vec<_>>().into()),
            ])
        };
        let ways = |accepted: &[(&str, &str)], secrets: &[(&str, &str)]| {
            Object::from([
                ("HEADER", way(true, accepted)),
                ("SHARED_SECRET", way(false, secrets)),
                ("NONE", way(false, &[])),
            ])
        };
        match self {
            Self::None => Object::from([("NONE", way(true, &[]))]),
            Self::Key(header) => ways(
                &[("x-embedding-api-key", header)],
                &[("providerKey", header)],
            ),
            Self::AccessKeys => {
                const KEYS: [&str; 2] = ["aws_access_key_id", "aws_secret_access_key"];
                ways(
                    &[
                        ("x-embedding-access-id", KEYS[0]),
                        ("x-embedding-secret-id", KEYS[1]),
                    ],
                    &[("accessId", KEYS[0]), ("secretKey", KEYS[1])],
                )
            }
        }
    }
}

fn optional(text: Option<&str>) -> Value {
    text.map_or(Value::Null, Value::from)
}

pub(crate) fn named(name: &str) -> Option<&'static Provider> {
    PROVIDERS.iter().find(|provider| provider.name == name)
}

/// The provider that needs no network.
pub(crate) const LOCAL: &str = "local";
