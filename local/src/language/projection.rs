//! Projections: which parts of a document are answered.
//!
//! Unlike filters, projections go through arrays by field name: `reviews.by` is the field `by` of each review.

use std::collections::{BTreeMap, HashSet};

use crate::document::special;
use crate::ejson::abbreviated;
use crate::error::{ApiError, projection};
use crate::json::{Object, Value, float};
use crate::language::{MAX_NESTING, nests_too_deep};
use crate::number::{self, Decimal};
use crate::path::DocumentPath;
use crate::paths::{Layer, Paths, Step};

#[cfg(test)]
mod tests;

/// The field that tells how similar a document is to the vector searched for.
const SIMILARITY: &str = "$similarity";

/// Bytes the paths of a projection may have together: as many as a request can write without nesting. Nested, a name
/// counts for every path below it.
const MAX_BYTES: usize = 20 * 1024 * 1024;

/// The fields that are answered only if they are asked for.
const HIDDEN: [&str; 3] = [special::VECTOR, special::VECTORIZE, special::LEXICAL];

/// What is answered of each document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Projection {
    /// `{"*": 1}`
    Everything,
    /// `{"*": 0}`
    Nothing,
    Include(Paths<Part>),
    Exclude(Paths<Part>),
}

/// Which fields of a document are answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum WholeFields {
    Only(HashSet<String>),
    AllBut(HashSet<String>),
}

/// What of a field a path stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Whole,
    Slice(Slice),
}

/// A part of an array.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Slice {
    First(usize),
    Last(usize),
    /// So many elements from the one at this index; a negative one counts from the end.
    From(i64, usize),
}

impl Projection {
    /// Reads the `projection` of a command. None and `{}` ask for all but the hidden fields.
    ///
    /// # Errors
    ///
    /// `UNSUPPORTED_PROJECTION_DEFINITION`, for null too, and `UNSUPPORTED_PROJECTION_PARAM`.
    pub(crate) fn parse(projection: Option<&Value>) -> Result<Self, ApiError> {
        if projection.is_some_and(nests_too_deep) {
            return Err(invalid(format!(
                "The projection nests deeper than {MAX_NESTING} levels. Write deep paths with dots."
            )));
        }
        let definition = match projection {
            None => &Object::new(),
            Some(Value::Object(definition)) => definition,
            Some(other) => {
                return Err(
                    projection::UNSUPPORTED_PROJECTION_DEFINITION.because(format!(
                        "A projection must be an object, not {}.",
                        other.kind()
                    )),
                );
            }
        };
        match definition.first() {
            Some(("*", value)) if definition.len() == 1 => match included(value) {
                Some(true) => Ok(Self::Everything),
                Some(false) => Ok(Self::Nothing),
                None => Err(bad_value("*", value)),
            },
            _ => {
                let mut collected = Collected::default();
                collected.collect(definition, None)?;
                collected.build()
            }
        }
    }

    /// The same in terms of whole fields, if it has to do with nothing smaller. Then stored text can be cut to it without
    /// being read.
    pub(crate) fn whole_fields(&self) -> Option<WholeFields> {
        match self {
            Self::Everything => Some(WholeFields::AllBut(HashSet::new())),
            Self::Nothing => Some(WholeFields::Only(HashSet::new())),
            Self::Include(paths) => whole_fields(paths).map(WholeFields::Only),
            Self::Exclude(paths) => whole_fields(paths).map(WholeFields::AllBut),
        }
    }

    /// What is answered of a document, with its similarity as the last field if there is one.
    pub(crate) fn apply(&self, document: Object, similarity: Option<f32>) -> Object {
        let mut projected = match self {
            Self::Everything => document,
            Self::Nothing => Object::new(),
            Self::Include(paths) => paths.root().include(document),
            Self::Exclude(paths) => paths.root().exclude(document),
        };
        if let Some(similarity) = similarity {
            projected.insert(SIMILARITY, float::float_to_json(similarity));
        }
        projected
    }
}

fn whole_fields(paths: &Paths<Part>) -> Option<HashSet<String>> {
    let whole = |(path, part): &(DocumentPath, Part)| {
        let mut segments = path.segments();
        let name = segments.next()?;
        (segments.len() == 0 && *part == Part::Whole).then(|| name.to_owned())
    };
    paths.iter().map(whole).collect()
}

impl Layer<'_, Part> {
    fn include(&self, object: Object) -> Object {
        let kept = object.into_iter().filter_map(|(name, value)| {
            let value = match self.at(&name)? {
                Step::End(Part::Whole) => value,
                Step::End(Part::Slice(slice)) => slice.of(value),
                Step::Below(layer) => layer.include_value(value),
            };
            Some((name, value))
        });
        kept.collect()
    }

    /// Scalars that stand in the way of a path are kept.
    fn include_value(&self, value: Value) -> Value {
        match value {
            Value::Object(object) => self.include(object).into(),
            Value::Array(items) => Value::Array(
                items
                    .into_iter()
                    .map(|item| self.include_value(item))
                    .collect(),
            ),
            scalar => scalar,
        }
    }

    fn exclude(&self, object: Object) -> Object {
        let kept = object.into_iter().filter_map(|(name, value)| {
            let value = match self.at(&name) {
                None => value,
                Some(Step::End(Part::Whole)) => return None,
                Some(Step::End(Part::Slice(slice))) => slice.of(value),
                Some(Step::Below(layer)) => layer.exclude_value(value),
            };
            Some((name, value))
        });
        kept.collect()
    }

    fn exclude_value(&self, value: Value) -> Value {
        match value {
            Value::Object(object) => self.exclude(object).into(),
            Value::Array(items) => Value::Array(
                items
                    .into_iter()
                    .map(|item| self.exclude_value(item))
                    .collect(),
            ),
            scalar => scalar,
        }
    }
}

impl Slice {
    fn parse(path: &str, value: &Value) -> Result<Self, ApiError> {
        let integer = |value: &Value| {
            let number = value
                .as_number()
                .filter(|number| number::is_integer(number.as_str()))?;
            Some(Decimal::parse(number.as_str()).truncated())
        };
        let count = |count: i64| usize::try_from(count.unsigned_abs()).unwrap_or(usize::MAX);
        let slice = match value {
            Value::Array(items) => match items.as_slice() {
                [skip, length] => match (integer(skip), integer(length)) {
                    (Some(skip), Some(length @ 0..)) => Some(Self::From(skip, count(length))),
                    _ => None,
                },
                _ => None,
            },
            other => integer(other).map(|number| match number {
                0.. => Self::First(count(number)),
                _ => Self::Last(count(number)),
            }),
        };
        slice.ok_or_else(|| {
            invalid(format!(
                "`$slice` of `{path}` takes a whole number, or an array of two: how many elements to skip, and how many, \
                 from 0 up, to return. {} is neither.",
                abbreviated(value)
            ))
        })
    }

    /// The part of an array; anything else is left as it is.
    fn of(self, value: Value) -> Value {
        let Value::Array(items) = value else {
            return value;
        };
        let length = items.len();
        let (skip, take) = match self {
            Self::First(count) => (0, count),
            Self::Last(count) => (length.saturating_sub(count), count),
            Self::From(skip, count) => {
                let distance = usize::try_from(skip.unsigned_abs()).unwrap_or(usize::MAX);
                let skip = if skip < 0 {
                    length.saturating_sub(distance)
                } else {
                    distance
                };
                (skip, count)
            }
        };
        Value::Array(items.into_iter().skip(skip).take(take).collect())
    }
}

/// What a definition says, before it is clear whether it includes or excludes.
#[derive(Default)]
struct Collected {
    included: Vec<String>,
    excluded: Vec<String>,
    slices: Vec<(String, Slice)>,
    /// The fields that can be set in both modes.
    free: BTreeMap<&'static str, bool>,
    /// Of all paths together.
    bytes: usize,
}

impl Collected {
    fn collect(&mut self, definition: &Object, parent: Option<&str>) -> Result<(), ApiError> {
        for (name, value) in definition {
            match (name.as_str(), parent) {
                ("", _) => return Err(invalid("A projection path must not be empty.".to_owned())),
                ("*", _) => {
                    return Err(invalid(
                        "`*` must be the only member of a projection.".to_owned(),
                    ));
                }
                ("$slice", Some(path)) => {
                    self.slices
                        .push((path.to_owned(), Slice::parse(path, value)?));
                    continue;
                }
                (name, _) if name.starts_with('$') && !special::is_special(name) => {
                    return Err(invalid(format!(
                        "`{name}` cannot be projected. Names with `$` are `$vector`, `$vectorize` and `$lexical`, and the \
                         operator `$slice` below a field."
                    )));
                }
                _ => {}
            }
            let path = parent.map_or_else(|| name.clone(), |parent| format!("{parent}.{name}"));
            self.bytes += path.len();
            if self.bytes > MAX_BYTES {
                return Err(invalid(format!(
                    "The paths of the projection have more than {MAX_BYTES} bytes together. Project whole fields."
                )));
            }
            match value {
                Value::Object(below) => self.collect(below, Some(&path))?,
                _ => match included(value) {
                    Some(included) => self.add(path, included)?,
                    None => return Err(bad_value(&path, value)),
                },
            }
        }
        Ok(())
    }

    fn add(&mut self, path: String, included: bool) -> Result<(), ApiError> {
        let free = [special::ID]
            .into_iter()
            .chain(HIDDEN)
            .find(|name| *name == path);
        if let Some(name) = free {
            self.free.insert(name, included);
            return Ok(());
        }
        let (list, opposite) = if included {
            (&mut self.included, &self.excluded)
        } else {
            (&mut self.excluded, &self.included)
        };
        if !opposite.is_empty() {
            return Err(invalid(format!(
                "A projection either includes or excludes fields, so `{path}` cannot be combined with `{}`.",
                opposite[0]
            )));
        }
        list.push(path);
        Ok(())
    }

    fn build(self) -> Result<Projection, ApiError> {
        let includes = !self.included.is_empty();
        let mut wanted = vec![(
            special::ID,
            self.free.get(special::ID).copied().unwrap_or(true),
        )];
        wanted.extend(HIDDEN.map(|name| (name, self.free.get(name).copied().unwrap_or(false))));
        let wanted = wanted
            .into_iter()
            .filter(|(_, wanted)| *wanted == includes)
            .map(|(name, _)| name.to_owned());
        let whole = self.included.into_iter().chain(self.excluded).chain(wanted);
        let parts = whole.map(|path| (path, Part::Whole)).chain(
            self.slices
                .into_iter()
                .map(|(path, slice)| (path, Part::Slice(slice))),
        );
        let parts: Result<_, ApiError> = parts
            .map(|(path, part)| Ok((read_path(&path)?, part)))
            .collect();
        let paths = Paths::new(parts?).map_err(|path| {
            invalid(format!(
                "The projection path `{path}` conflicts with another one, which is the same or leads into the same field. \
                 Keep one of them."
            ))
        })?;
        Ok(if includes {
            Projection::Include(paths)
        } else {
            Projection::Exclude(paths)
        })
    }
}

fn read_path(path: &str) -> Result<DocumentPath, ApiError> {
    DocumentPath::parse(path).map_err(|problem| {
        invalid(format!(
            "The projection path `{path}` is not valid: {problem}."
        ))
    })
}

/// Whether a value includes a field: booleans as they say, numbers unless they are zero.
fn included(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(included) => Some(*included),
        Value::Number(number) => Some(!Decimal::parse(number.as_str()).is_zero()),
        _ => None,
    }
}

fn bad_value(path: &str, value: &Value) -> ApiError {
    invalid(format!(
        "The projection of `{path}` must be a number, a boolean or an object, not {}.",
        abbreviated(value)
    ))
}

fn invalid(message: String) -> ApiError {
    projection::UNSUPPORTED_PROJECTION_PARAM.because(message)
}
