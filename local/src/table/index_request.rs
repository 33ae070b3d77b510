//! What createIndex, createVectorIndex and createTextIndex ask for: read, judged, and held against the table.

use crate::definition::{Metric, SOURCE_MODELS};
use crate::error::{ApiError, database, request, schema};
use crate::json::{Object, Value, lenient};
use crate::table::column_type::{ColumnType, Element, Scalar};
use crate::table::definition::{Column, TableDefinition};
use crate::table::index::{Index, IndexKind, Part};
use crate::text::{Analyzer, Folding};

/// The commands that make indexes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum IndexCommand {
    Regular,
    Vector,
    Text,
}

/// A definition as it was asked for: read, not yet judged.
#[derive(Debug)]
pub(crate) struct IndexRequest {
    command: IndexCommand,
    column: String,
    /// `$keys` or `$values`.
    part: Option<Part>,
    options: Option<Object>,
}

impl IndexCommand {
    fn type_name(self) -> &'static str {
        match self {
            Self::Regular => "regular",
            Self::Vector => "vector",
            Self::Text => "text",
        }
    }

    /// Checks the `indexType` of a command against the command.
    pub(crate) fn check_type(self, given: Option<&str>) -> Result<(), ApiError> {
        let Some(given) = given else { return Ok(()) };
        let given = given.to_ascii_lowercase();
        if given == self.type_name() {
            return Ok(());
        }
        if ["regular", "vector", "text"].contains(&given.as_str()) {
            return Err(schema::UNSUPPORTED_INDEX_TYPE.because(format!(
                "This command makes indexes of the type '{}', not '{given}'. Use the command for that type.",
                self.type_name()
            )));
        }
        Err(schema::UNKNOWN_INDEX_TYPE.because(format!(
            "There is no index type '{given}'. The types are: regular, vector, text."
        )))
    }

    fn options(self) -> &'static [&'static str] {
        match self {
            Self::Regular => &["ascii", "caseSensitive", "normalize"],
            Self::Vector => &["metric", "sourceModel"],
            Self::Text => &["analyzer"],
        }
    }
}

impl IndexRequest {
    /// Tells a definition that cannot be read, whatever table it is for.
    pub(crate) fn check(command: IndexCommand, definition: &Value) -> Result<(), ApiError> {
        match definition {
            Value::Object(definition) => Self::decode(command, definition).map(drop),
            _ => Ok(()),
        }
    }

    pub(crate) fn decode(command: IndexCommand, definition: &Object) -> Result<Self, ApiError> {
        check_fields(
            definition,
            &["column", "options"],
            "The definition of an index",
        )?;
        let (column, part) = match (command, definition.get("column")) {
            (_, None | Some(Value::Null)) => {
                return Err(request::COMMAND_FIELD_VALUE_INVALID
                    .because("The definition of an index needs the field 'column' with the name of a column."));
            }
            (IndexCommand::Regular, Some(Value::String(column))) => (column.clone(), None),
            (IndexCommand::Regular, Some(column)) => decode_part(column)?,
            (_, Some(column)) => match lenient::text(column.clone()) {
                Ok(column) => (column, None),
                Err(other) => {
                    return Err(request::REQUEST_STRUCTURE_MISMATCH.because(format!(
                        "The 'column' of such an index must be a name; it is {}.",
                        other.kind()
                    )));
                }
            },
        };
        let options = match definition.get("options") {
            None | Some(Value::Null) => None,
            Some(Value::Object(options)) => Some(decode_options(command, options)?),
            Some(other) => {
                return Err(request::REQUEST_STRUCTURE_MISMATCH.because(format!(
                    "The 'options' of an index must be an object; they are {}.",
                    other.kind()
                )));
            }
        };
        Ok(Self {
            command,
            column,
            part,
            options,
        })
    }

    /// Judges what needs no look at other indexes.
    pub(crate) fn judge(self, name: String, table: &TableDefinition) -> Result<Index, ApiError> {
        let Some(column) = table.column(&self.column) else {
            return Err(schema::UNKNOWN_INDEX_COLUMN.because(format!(
                "The table has no column '{}' to index. It has: {}.",
                self.column,
                table.names()
            )));
        };
        let kind = match self.command {
            IndexCommand::Regular => self.regular(column)?,
            IndexCommand::Vector => self.vector(column)?,
            IndexCommand::Text => self.text(column)?,
        };
        Ok(Index {
            name,
            column: self.column,
            kind,
        })
    }

    fn regular(&self, column: &Column) -> Result<IndexKind, ApiError> {
        let (part, indexed) = match (&column.column_type, self.part) {
            (ColumnType::Scalar(scalar), None) => (Part::Whole, Some(*scalar)),
            (ColumnType::Scalar(_), Some(_)) => return Err(bad_part()),
            (ColumnType::List(element) | ColumnType::Set(element), _) => {
                (Part::Values, scalar_of(element))
            }
            (ColumnType::Map(key, _), Some(Part::Keys)) => (Part::Keys, Some(*key)),
            (ColumnType::Map(_, element), Some(_)) => (Part::Values, scalar_of(element)),
            (ColumnType::Map(..), None) => (Part::Entries, None),
            (ColumnType::Vector(_) | ColumnType::UserType(_), _) => {
                return Err(schema::UNSUPPORTED_INDEXING_FOR_DATA_TYPES.because(format!(
                    "The column '{}' is of type {}, which createIndex cannot index. Vectors are indexed by createVectorIndex.",
                    column.name,
                    column.column_type.in_cql()
                )));
            }
        };
        let folding = self.folding(column, part, indexed)?;
        Ok(IndexKind::Regular(part, folding))
    }

    fn folding(
        &self,
        column: &Column,
        part: Part,
        indexed: Option<Scalar>,
    ) -> Result<Option<Folding>, ApiError> {
        let given = self
            .options
            .iter()
            .flat_map(Object::values)
            .any(|value| !value.is_null());
        let folds = indexed.is_some_and(Scalar::is_text);
        match &self.options {
            Some(options) if folds => Ok(Some(Folding::from_options(options))),
            None if folds && part == Part::Whole => Ok(Some(Folding::default())),
            _ if given && part == Part::Entries => Err(schema::CANNOT_ANALYZE_ENTRIES_ON_MAP_COLUMNS.because(format!(
                "The entries of the map '{}' are indexed as they are: leave the options out, or index its keys or values.",
                column.name
            ))),
            _ if given => Err(schema::UNSUPPORTED_TEXT_ANALYSIS_FOR_DATA_TYPES.because(format!(
                "What is indexed of the column '{}' is not text (it is of type {}): leave the options out.",
                column.name,
                column.column_type.in_cql()
            ))),
            _ => Ok(None),
        }
    }

    fn vector(&self, column: &Column) -> Result<IndexKind, ApiError> {
        if !matches!(column.column_type, ColumnType::Vector(_)) {
            return Err(
                schema::UNSUPPORTED_VECTOR_INDEX_FOR_DATA_TYPES.because(format!(
                    "The column '{}' is of type {}; a vector index needs a column of vectors.",
                    column.name,
                    column.column_type.in_cql()
                )),
            );
        }
        let option = |name: &str| {
            let text = self.options.as_ref()?.get(name)?.as_str()?;
            (!text.trim().is_empty()).then_some(text)
        };
        // Unlike those of a collection, these names are taken in capitals, too.
        let named = option("sourceModel").unwrap_or(SOURCE_MODELS[0]);
        let known = SOURCE_MODELS
            .iter()
            .find(|model| model.eq_ignore_ascii_case(named));
        let source_model = *known.ok_or_else(|| {
            schema::UNKNOWN_VECTOR_SOURCE_MODEL.because(format!(
                "There is no source model '{named}'. The source models are: {}.",
                SOURCE_MODELS.join(", ")
            ))
        })?;
        // Vectors of the named models have length one, for which the dot product ranks as cosine does and costs less.
        let usual = if source_model == SOURCE_MODELS[0] {
            Metric::Cosine
        } else {
            Metric::DotProduct
        };
        let metric = match option("metric") {
            None => usual,
            Some(name) => Metric::named(&name.to_ascii_lowercase()).ok_or_else(|| {
                schema::UNKNOWN_VECTOR_METRIC.because(format!(
                    "There is no metric '{name}'. The metrics are: cosine, dot_product, euclidean."
                ))
            })?,
        };
        Ok(IndexKind::Vector(metric, source_model.to_owned()))
    }

    fn text(&self, column: &Column) -> Result<IndexKind, ApiError> {
        if column.column_type != ColumnType::Scalar(Scalar::Text) {
            return Err(
                schema::UNSUPPORTED_TEXT_INDEX_FOR_DATA_TYPES.because(format!(
                    "The column '{}' is of type {}; a text index needs a column of type text.",
                    column.name,
                    column.column_type.in_cql()
                )),
            );
        }
        let given = self
            .options
            .as_ref()
            .and_then(|options| options.get("analyzer"));
        let analyzer = match given {
            None => Value::from("standard"),
            Some(analyzer @ (Value::String(_) | Value::Object(_))) => analyzer.clone(),
            Some(other) => {
                return Err(
                    schema::UNSUPPORTED_JSON_TYPE_FOR_TEXT_INDEX.because(format!(
                        "An analyzer is a name such as \"standard\" or an object; it is {}.",
                        other.kind()
                    )),
                );
            }
        };
        // An analyzer that does not exist is for the database to refuse.
        let analyzer = Analyzer::from_value(&analyzer)
            .map_err(|unknown| database::INVALID_DATABASE_QUERY.because(unknown.problem()))?;
        Ok(IndexKind::Text(analyzer))
    }
}

fn check_fields(object: &Object, known: &[&str], what: &str) -> Result<(), ApiError> {
    match object.keys().find(|key| !known.contains(&key.as_str())) {
        None => Ok(()),
        Some(unknown) => Err(request::COMMAND_FIELD_UNKNOWN.because(format!(
            "{what} has no field '{unknown}'. Its fields are: {}.",
            known.join(", ")
        ))),
    }
}

fn decode_part(column: &Value) -> Result<(String, Option<Part>), ApiError> {
    let object = column.as_object().filter(|object| object.len() == 1);
    let (name, part) = object.and_then(Object::first).ok_or_else(bad_part)?;
    let part = match part.as_str().map(str::to_ascii_lowercase).as_deref() {
        Some("$keys") => Part::Keys,
        Some("$values") => Part::Values,
        _ => return Err(bad_part()),
    };
    Ok((name.to_owned(), Some(part)))
}

fn decode_options(command: IndexCommand, options: &Object) -> Result<Object, ApiError> {
    check_fields(options, command.options(), "The options of such an index")?;
    let decoded = options.iter().map(|(name, value)| {
        let decoded = match (command, value.clone()) {
            (IndexCommand::Text, value) | (_, value @ Value::Null) => Ok(value),
            (IndexCommand::Regular, value) => {
                lenient::flag(value).map(|flag| flag.map_or(Value::Null, Value::Bool))
            }
            (IndexCommand::Vector, value) => lenient::text(value).map(Value::from),
        };
        decoded
            .map(|decoded| (name.clone(), decoded))
            .map_err(|value| {
                request::REQUEST_STRUCTURE_MISMATCH.because(format!(
                    "The option '{name}' of an index cannot be {}.",
                    value.kind()
                ))
            })
    });
    decoded.collect()
}

fn bad_part() -> ApiError {
    schema::INVALID_FORMAT_FOR_INDEX_CREATION_COLUMN.because(
        "The 'column' of an index is a name such as \"tags\", or for a map also {\"scores\": \"$keys\"} or {\"scores\": \"$values\"}.",
    )
}

fn scalar_of(element: &Element) -> Option<Scalar> {
    match element {
        Element::Scalar(scalar) => Some(*scalar),
        Element::UserType(_) => None,
    }
}

/// Why the database would not make such an index beside those there are, if so.
pub(crate) fn refused_by_database(index: &Index, table: &TableDefinition) -> Option<String> {
    let column = table.column(&index.column)?;
    let unordered = |scalar: Scalar| matches!(scalar, Scalar::Blob | Scalar::Duration);
    let refused = match (&index.kind, &column.column_type) {
        (IndexKind::Regular(Part::Keys, _), ColumnType::Map(key, _)) => unordered(*key),
        (IndexKind::Regular(Part::Entries, _), ColumnType::Map(key, element)) => {
            unordered(*key) || scalar_of(element).is_some_and(unordered)
        }
        (_, ColumnType::Scalar(scalar)) => unordered(*scalar),
        (_, ColumnType::List(element) | ColumnType::Set(element) | ColumnType::Map(_, element)) => {
            scalar_of(element).is_some_and(unordered)
        }
        _ => false,
    };
    if refused {
        return Some(format!(
            "The column '{}' is of type {}, which cannot be indexed.",
            column.name,
            column.column_type.in_cql()
        ));
    }
    if let (IndexKind::Vector(metric, _), ColumnType::Vector(vector)) =
        (&index.kind, &column.column_type)
        && metric.refuses(vector.dimension)
    {
        return Some(Metric::NO_DIRECTION.to_owned());
    }
    if matches!(table.partition_columns(), [sole] if sole.name == column.name) {
        return Some(format!(
            "The column '{}' is the whole partition key, and needs no index.",
            column.name
        ));
    }
    let same = |other: &&Index| {
        other.column == index.column && part_of(&other.kind) == part_of(&index.kind)
    };
    table.indexes().iter().find(same).map(|other| {
        format!(
            "The column '{}' has the index '{}' already. Drop it to make another.",
            column.name, other.name
        )
    })
}

fn part_of(kind: &IndexKind) -> Part {
    match kind {
        IndexKind::Regular(part, _) => *part,
        IndexKind::Vector(..) | IndexKind::Text(_) => Part::Whole,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Kind;

    fn table() -> TableDefinition {
        let column = |name: &str, column_type| (name.to_owned(), column_type);
        let scalar = |name, scalar| column(name, ColumnType::Scalar(scalar));
        let vector = crate::table::column_type::VectorType {
            dimension: 2,
            service: None,
        };
        TableDefinition::new(
            vec![scalar("id", Scalar::Text)],
            Vec::new(),
            vec![
                scalar("blob", Scalar::Blob),
                column("list", ColumnType::List(Element::Scalar(Scalar::Text))),
                column(
                    "map",
                    ColumnType::Map(Scalar::Text, Element::Scalar(Scalar::Int)),
                ),
                scalar("n", Scalar::Int),
                scalar("t", Scalar::Text),
                column("v", ColumnType::Vector(vector)),
            ],
        )
    }

    fn judged(command: IndexCommand, json: &str) -> Result<Index, &'static Kind> {
        let json = crate::json::parse(json.as_bytes()).expect("JSON");
        let definition = json.as_object().expect("an object");
        let request = IndexRequest::decode(command, definition).map_err(|error| error.kind)?;
        request
            .judge("i".to_owned(), &table())
            .map_err(|error| error.kind)
    }

    /// How an index is shown.
    fn shown(command: IndexCommand, json: &str) -> String {
        let index = judged(command, json).expect("an index");
        assert_eq!(Index::from_value(&index.to_value()).as_ref(), Some(&index));
        Value::from(index.describe()).to_json()
    }

    #[test]
    fn indexes_are_shown_as_they_work() {
        for (command, json, definition) in [
            (
                IndexCommand::Regular,
                r#"{"column":"n"}"#,
                r#"{"column":"n","options":{}}"#,
            ),
            (
                IndexCommand::Regular,
                r#"{"column":"t"}"#,
                r#"{"column":"t","options":{"ascii":false,"caseSensitive":true,"normalize":false}}"#,
            ),
            (
                IndexCommand::Regular,
                r#"{"column":"list"}"#,
                r#"{"column":{"list":"$values"},"options":{}}"#,
            ),
            (
                IndexCommand::Regular,
                r#"{"column":"map"}"#,
                r#"{"column":"map","options":{}}"#,
            ),
            (
                IndexCommand::Regular,
                r#"{"column":{"map":"$KEYS"},"options":{"ascii":true}}"#,
                r#"{"column":{"map":"$keys"},"options":{"ascii":true,"caseSensitive":true,"normalize":false}}"#,
            ),
            (
                IndexCommand::Regular,
                r#"{"column":"t","options":{"caseSensitive":"false","ascii":1}}"#,
                r#"{"column":"t","options":{"ascii":true,"caseSensitive":false,"normalize":false}}"#,
            ),
            (
                IndexCommand::Vector,
                r#"{"column":"v","options":{"metric":"EUCLIDEAN","sourceModel":"Other"}}"#,
                r#"{"column":"v","options":{"metric":"euclidean","sourceModel":"other"}}"#,
            ),
            (
                IndexCommand::Vector,
                r#"{"column":"v","options":{"sourceModel":"bert"}}"#,
                r#"{"column":"v","options":{"metric":"dot_product","sourceModel":"bert"}}"#,
            ),
            (
                IndexCommand::Text,
                r#"{"column":"t"}"#,
                r#"{"column":"t","options":{"analyzer":"standard"}}"#,
            ),
        ] {
            let expected = format!(
                r#"{{"name":"i","definition":{definition},"indexType":"{}"}}"#,
                command.type_name()
            );
            assert_eq!(shown(command, json), expected);
        }
    }

    #[test]
    fn indexes_that_cannot_be_are_told_apart() {
        for (command, json, kind) in [
            (
                IndexCommand::Regular,
                r#"{"column":"z"}"#,
                &schema::UNKNOWN_INDEX_COLUMN,
            ),
            (
                IndexCommand::Regular,
                r#"{"column":7}"#,
                &schema::INVALID_FORMAT_FOR_INDEX_CREATION_COLUMN,
            ),
            (
                IndexCommand::Regular,
                r#"{"column":{"n":"$keys"}}"#,
                &schema::INVALID_FORMAT_FOR_INDEX_CREATION_COLUMN,
            ),
            (
                IndexCommand::Vector,
                r#"{"column":7}"#,
                &schema::UNKNOWN_INDEX_COLUMN,
            ),
            (
                IndexCommand::Vector,
                r#"{"column":"v","options":{"metric":7}}"#,
                &schema::UNKNOWN_VECTOR_METRIC,
            ),
            (
                IndexCommand::Text,
                r#"{"column":"z","options":{"analyzer":7}}"#,
                &schema::UNKNOWN_INDEX_COLUMN,
            ),
            (
                IndexCommand::Text,
                r#"{"column":"t","options":{"analyzer":null}}"#,
                &schema::UNSUPPORTED_JSON_TYPE_FOR_TEXT_INDEX,
            ),
            (
                IndexCommand::Regular,
                r#"{"column":"v"}"#,
                &schema::UNSUPPORTED_INDEXING_FOR_DATA_TYPES,
            ),
            (
                IndexCommand::Regular,
                r#"{"column":"n","options":{"ascii":true}}"#,
                &schema::UNSUPPORTED_TEXT_ANALYSIS_FOR_DATA_TYPES,
            ),
            (
                IndexCommand::Regular,
                r#"{"column":"map","options":{"ascii":true}}"#,
                &schema::CANNOT_ANALYZE_ENTRIES_ON_MAP_COLUMNS,
            ),
            (
                IndexCommand::Regular,
                r#"{"column":"n","options":{"x":1}}"#,
                &request::COMMAND_FIELD_UNKNOWN,
            ),
        ] {
            assert_eq!(judged(command, json), Err(kind), "{json}");
        }
    }

    #[test]
    fn vector_and_text_indexes_that_cannot_be_are_told_apart() {
        for (command, json, kind) in [
            (
                IndexCommand::Vector,
                r#"{"column":{"v":"$keys"}}"#,
                &request::REQUEST_STRUCTURE_MISMATCH,
            ),
            (
                IndexCommand::Vector,
                r#"{"column":"n"}"#,
                &schema::UNSUPPORTED_VECTOR_INDEX_FOR_DATA_TYPES,
            ),
            (
                IndexCommand::Vector,
                r#"{"column":"v","options":{"metric":"x"}}"#,
                &schema::UNKNOWN_VECTOR_METRIC,
            ),
            (
                IndexCommand::Text,
                r#"{"column":"n"}"#,
                &schema::UNSUPPORTED_TEXT_INDEX_FOR_DATA_TYPES,
            ),
            (
                IndexCommand::Text,
                r#"{"column":"t","options":{"analyzer":7}}"#,
                &schema::UNSUPPORTED_JSON_TYPE_FOR_TEXT_INDEX,
            ),
            (
                IndexCommand::Text,
                r#"{"column":"t","options":{"analyzer":"x"}}"#,
                &database::INVALID_DATABASE_QUERY,
            ),
        ] {
            assert_eq!(judged(command, json), Err(kind), "{json}");
        }
    }

    #[test]
    fn a_part_of_a_column_has_one_index_and_some_have_none() {
        let mut table = table();
        let index = |json| judged(IndexCommand::Regular, json).expect("an index");
        table.add_index(index(r#"{"column":"n"}"#));
        table.add_index(index(r#"{"column":"map"}"#));
        for (json, refused) in [
            (r#"{"column":"n"}"#, true),
            (r#"{"column":"map"}"#, true),
            (r#"{"column":{"map":"$keys"}}"#, false),
            (r#"{"column":"t"}"#, false),
            (r#"{"column":"blob"}"#, true),
            (r#"{"column":"id"}"#, true),
        ] {
            assert_eq!(
                refused_by_database(&index(json), &table).is_some(),
                refused,
                "{json}"
            );
        }
    }
}
