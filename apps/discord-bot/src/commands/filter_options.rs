//! The options by which `/find` and `/count` say which documents are meant.

use std::collections::BTreeMap;

use astra_db::Value;

use crate::answer::{Choice, Choices};
use crate::domain::command::{CommandOption, Input};
use crate::domain::field::{Field, MAX_FIELD};
use crate::domain::filter::{Filter, FilterProblem};
use crate::domain::operator::Operator;
use crate::error::AppError;
use crate::invocation::Invocation;
use crate::request::Options;
use crate::store::Store;

/// Fields are offered from so many of the newest documents.
const SAMPLE: usize = 25;

/// What Discord is told.
pub fn register() -> Vec<CommandOption> {
    let operators = Operator::ALL
        .into_iter()
        .map(|(operator, words)| (words, operator.name()));
    vec![
        CommandOption {
            name: "filter",
            description: "JSON such as {\"colour\": \"red\", \"price\": {\"lt\": 20}}",
            is_required: false,
            input: Input::Text { max_length: 1_000 },
        },
        CommandOption {
            name: "field",
            description: "Or one field to compare: name, author, or one of the document such as address.city",
            is_required: false,
            input: Input::Completed { max_length: 100 },
        },
        CommandOption {
            name: "operator",
            description: "How to compare it; \"is\" if left out",
            is_required: false,
            input: Input::OneOf(operators.collect()),
        },
        CommandOption {
            name: "value",
            description: "What to compare it with",
            is_required: false,
            input: Input::Text { max_length: 500 },
        },
    ]
}

/// Which documents are meant.
pub fn read(options: &Options) -> Result<Filter, FilterProblem> {
    let filter = options
        .get("filter")
        .map_or_else(|| Ok(Filter::everything()), Filter::from_json);
    filter?.and_inputs(
        options.get("field"),
        options.get("operator"),
        options.get("value"),
    )
}

/// Fields that documents of this guild have, and whose name has in it what was typed.
pub async fn complete_field(
    store: &Store,
    invocation: &Invocation,
    typed: &str,
) -> Result<Choices, AppError> {
    let wanted = typed.trim().to_lowercase();
    let fields = known_fields(store, invocation).await?;
    let fields = fields
        .into_iter()
        .filter(|field| field.to_lowercase().contains(&wanted));
    Ok(fields
        .filter_map(|field| Choice::new(&field, &*field))
        .collect())
}

/// The fields of a guild's documents as they are written, those that most documents have first.
pub async fn known_fields(store: &Store, invocation: &Invocation) -> Result<Vec<String>, AppError> {
    let mut found: BTreeMap<String, u32> = BTreeMap::new();
    for document in store
        .documents
        .newest(invocation.guild, invocation.id, SAMPLE)
        .await?
    {
        collect(
            &Value::Object(document.body.fields().clone()),
            &mut Vec::new(),
            &mut found,
        );
    }
    let mut fields: Vec<(String, u32)> = found.into_iter().collect();
    fields.sort_by(|(_, one), (_, other)| other.cmp(one));
    let own = ["name", "author"].map(str::to_owned);
    Ok(own
        .into_iter()
        .chain(fields.into_iter().map(|(field, _)| field))
        .collect())
}

/// Every field that can be written down again: one with a dot in its name cannot.
fn collect(value: &Value, above: &mut Vec<String>, found: &mut BTreeMap<String, u32>) {
    for (name, value) in value
        .as_object()
        .into_iter()
        .flat_map(astra_db::Document::iter)
    {
        above.push(name.to_owned());
        let field = Field::Body(above.clone());
        let text = field.to_string();
        if text.len() <= MAX_FIELD && text.parse() == Ok(field) {
            *found.entry(text).or_default() += 1;
            collect(value, above, found);
        }
        above.pop();
    }
}
