//! Conditions on fields.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::ops::Not;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use super::encode::{Encoded, encode, failed, read, text};

/// Which documents or rows of type `R`. A [`Field`](super::Field) makes one.
///
/// ```
/// # #[cfg(feature = "derive")] {
/// use astra_db::CollectionDocument;
///
/// #[derive(serde::Serialize, serde::Deserialize, CollectionDocument)]
/// #[collection(name = "phones")]
/// struct Phone {
///     brand: String,
///     price: u32,
/// }
///
/// let fair = Phone::price().gte(100).and(Phone::price().lt(400));
/// let wanted = fair.and(Phone::brand().eq("Acme").or(Phone::brand().eq("Initech")));
/// assert_eq!(
///     serde_json::to_string(&wanted).unwrap(),
///     r#"{"price":{"$gte":100,"$lt":400},"$or":[{"brand":"Acme"},{"brand":"Initech"}]}"#,
/// );
/// # }
/// ```
#[must_use = "a filter does nothing until it is given to a command"]
pub struct Filter<R> {
    /// All of them have to hold.
    conditions: Vec<Condition>,
    of: PhantomData<fn() -> R>,
}

#[derive(Clone, Debug)]
struct Condition {
    /// Empty for a logical operator.
    path: Cow<'static, str>,
    /// Empty for a filter that was given as JSON.
    operator: Cow<'static, str>,
    operand: Encoded,
}

impl Condition {
    fn is_json(&self) -> bool {
        self.operator.is_empty()
    }

    /// The member of a filter it belongs to.
    fn name(&self) -> &str {
        if self.path.is_empty() {
            &self.operator
        } else {
            &self.path
        }
    }
}

impl<R> Filter<R> {
    fn of(conditions: Vec<Condition>) -> Self {
        Self {
            conditions,
            of: PhantomData,
        }
    }

    pub(super) fn compare(
        path: Cow<'static, str>,
        operator: Cow<'static, str>,
        operand: Encoded,
    ) -> Self {
        Self::of(vec![Condition {
            path,
            operator,
            operand,
        }])
    }

    fn logical(operator: &'static str, operand: Encoded) -> Self {
        Self::compare(Cow::Borrowed(""), Cow::Borrowed(operator), operand)
    }

    /// A filter written as JSON, to be combined with others.
    pub fn json(filter: impl Serialize) -> Self {
        let written = encode(filter).and_then(|json| {
            if json.get().starts_with('{') {
                Ok(json)
            } else {
                failed("a filter has to be a JSON object")
            }
        });
        Self::logical("", written)
    }

    /// Both have to hold.
    pub fn and(mut self, other: Self) -> Self {
        self.conditions.extend(other.conditions);
        self
    }

    /// At least one of both has to hold.
    pub fn or(mut self, other: Self) -> Self {
        if other.conditions.is_empty() {
            return other;
        }
        if let [condition] = self.conditions.as_mut_slice()
            && condition.operator == "$or"
            && condition.path.is_empty()
        {
            condition.operand = longer(&condition.operand, &text(&Alternative(&other)));
            return self;
        }
        Self::any([self, other])
    }

    /// All have to hold; without any, everything matches.
    pub fn all(filters: impl IntoIterator<Item = Self>) -> Self {
        filters.into_iter().fold(Self::default(), Self::and)
    }

    /// At least one has to hold. Without any, nothing can match, and the command is not sent: the
    /// server would take it for everything.
    pub fn any(filters: impl IntoIterator<Item = Self>) -> Self {
        let filters: Vec<Self> = filters.into_iter().collect();
        if filters.is_empty() {
            let problem = "`Filter::any` of no filters matches nothing: leave the command out";
            return Self::logical("$or", failed(problem));
        }
        if filters.iter().any(|filter| filter.conditions.is_empty()) {
            return Self::default();
        }
        let alternatives: Vec<_> = filters.iter().map(Alternative).collect();
        Self::logical("$or", text(&alternatives))
    }
}

/// An array with one more element.
fn longer(array: &Encoded, element: &Encoded) -> Encoded {
    let (array, element) = (array.as_deref(), element.as_deref());
    let (array, element) = (array.map_err(Clone::clone)?, element.map_err(Clone::clone)?);
    let start = array.get().trim_end_matches(']');
    let joined = format!("{start},{}]", element.get());
    RawValue::from_string(joined).map_err(|error| error.to_string())
}

/// What the filter does not match. The Data API turns each comparison around: see its rules for
/// fields that are missing.
impl<R> Not for Filter<R> {
    type Output = Self;

    fn not(self) -> Self {
        let opposite = if self.conditions.is_empty() {
            failed("the opposite of everything matches nothing: leave the command out")
        } else {
            text(&self)
        };
        Self::logical("$not", opposite)
    }
}

/// Everything.
impl<R> Default for Filter<R> {
    fn default() -> Self {
        Self::of(Vec::new())
    }
}

impl<R> Clone for Filter<R> {
    fn clone(&self) -> Self {
        Self::of(self.conditions.clone())
    }
}

impl<R> fmt::Debug for Filter<R> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let conditions = &self.conditions;
        formatter.debug_tuple("Filter").field(conditions).finish()
    }
}

impl<R> Serialize for Filter<R> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.conditions.as_slice() {
            [json] if json.is_json() => read::<S::Error>(&json.operand)?.serialize(serializer),
            conditions => Members::of(conditions).serialize(serializer),
        }
    }
}

/// A filter within `$or`, where a server takes the members of one object for alternatives, too: so
/// there is only one member.
struct Alternative<'a, R>(&'a Filter<R>);

impl<R> Serialize for Alternative<'_, R> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let conditions = &self.0.conditions;
        if conditions.len() < 2 {
            return self.0.serialize(serializer);
        }
        let all: Vec<_> = conditions.iter().map(Apart).collect();
        serializer.collect_map([("$and", all)])
    }
}

/// The members of a filter: a path, or a logical operator, with what it has to satisfy.
#[derive(Default)]
struct Members<'a> {
    members: Vec<(&'a str, Vec<&'a Condition>)>,
    /// What cannot stand beside a member of the same name.
    apart: Vec<&'a Condition>,
}

impl<'a> Members<'a> {
    fn of(conditions: &'a [Condition]) -> Self {
        let mut members = Self::default();
        for condition in conditions {
            members.add(condition);
        }
        members
    }

    fn add(&mut self, condition: &'a Condition) {
        let name = condition.name();
        let known = self.members.iter_mut().find(|(known, _)| *known == name);
        match known {
            _ if condition.is_json() => self.apart.push(condition),
            None => self.members.push((name, vec![condition])),
            Some((_, conditions)) => {
                let operators = conditions.iter().map(|known| &known.operator);
                if operators
                    .into_iter()
                    .any(|known| *known == condition.operator)
                {
                    self.apart.push(condition);
                } else {
                    conditions.push(condition);
                }
            }
        }
    }
}

impl Serialize for Members<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (name, conditions) in &self.members {
            map.serialize_entry(name, &Operators(conditions))?;
        }
        if !self.apart.is_empty() {
            let apart: Vec<_> = self
                .apart
                .iter()
                .map(|condition| Apart(condition))
                .collect();
            map.serialize_entry("$and", &apart)?;
        }
        map.end()
    }
}

/// A filter of one condition.
struct Apart<'a>(&'a Condition);

impl Serialize for Apart<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0.is_json() {
            return read::<S::Error>(&self.0.operand)?.serialize(serializer);
        }
        Members::of(std::slice::from_ref(self.0)).serialize(serializer)
    }
}

/// What a path has to satisfy: a value it equals, or operators.
struct Operators<'a>(&'a [&'a Condition]);

impl Serialize for Operators<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if let [only] = self.0 {
            let operand = read::<S::Error>(&only.operand)?;
            let is_value = only.operator == "$eq" && !needs_operator(operand);
            if only.path.is_empty() || is_value {
                return operand.serialize(serializer);
            }
        }
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for condition in self.0 {
            map.serialize_entry(&condition.operator, read::<S::Error>(&condition.operand)?)?;
        }
        map.end()
    }
}

/// Whether it needs `$eq`: an array, which is refused without, or an object other than
/// `{"$date": ..}` and the like, whose fields could be taken for operators.
fn needs_operator(json: &RawValue) -> bool {
    let json = json.get();
    json.starts_with('[') || (json.starts_with('{') && !json.starts_with("{\"$"))
}
