//! Changes of fields.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::ser::{Error as _, SerializeMap};
use serde::{Serialize, Serializer};

use super::encode::{Encoded, read};

/// What to change in documents or rows of type `R`. A [`Field`](super::Field) makes one.
///
/// ```
/// # #[cfg(feature = "derive")] {
/// use astra_db::CollectionDocument;
///
/// #[derive(serde::Serialize, serde::Deserialize, CollectionDocument)]
/// #[collection(name = "phones")]
/// struct Phone {
///     price: u32,
///     left: u32,
/// }
///
/// let sale = Phone::price().set(399).and(Phone::left().inc(-1));
/// assert_eq!(
///     serde_json::to_string(&sale).unwrap(),
///     r#"{"$set":{"price":399},"$inc":{"left":-1}}"#,
/// );
/// # }
/// ```
#[must_use = "an update does nothing until it is given to a command"]
pub struct Update<R> {
    changes: Vec<Change>,
    of: PhantomData<fn() -> R>,
}

#[derive(Clone, Debug)]
struct Change {
    operator: Cow<'static, str>,
    path: Cow<'static, str>,
    operand: Encoded,
}

impl<R> Update<R> {
    pub(super) fn change(
        path: Cow<'static, str>,
        operator: Cow<'static, str>,
        operand: Encoded,
    ) -> Self {
        let change = Change {
            operator,
            path,
            operand,
        };
        Self {
            changes: vec![change],
            of: PhantomData,
        }
    }

    /// Both changes, in one step.
    pub fn and(mut self, other: Self) -> Self {
        self.changes.extend(other.changes);
        self
    }
}

/// No change.
impl<R> Default for Update<R> {
    fn default() -> Self {
        Self {
            changes: Vec::new(),
            of: PhantomData,
        }
    }
}

impl<R> Clone for Update<R> {
    fn clone(&self) -> Self {
        Self {
            changes: self.changes.clone(),
            of: PhantomData,
        }
    }
}

impl<R> fmt::Debug for Update<R> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let changes = &self.changes;
        formatter.debug_tuple("Update").field(changes).finish()
    }
}

impl<R> Serialize for Update<R> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut operators: Vec<(&str, Vec<&Change>)> = Vec::new();
        for change in &self.changes {
            match operators
                .iter_mut()
                .find(|(name, _)| *name == change.operator)
            {
                None => operators.push((&change.operator, vec![change])),
                Some((_, changes)) if changes.iter().all(|known| known.path != change.path) => {
                    changes.push(change);
                }
                Some((operator, _)) => {
                    return Err(S::Error::custom(format_args!(
                        "the update has `{operator}` of `{}` twice: leave one of them out",
                        change.path
                    )));
                }
            }
        }
        let mut map = serializer.serialize_map(Some(operators.len()))?;
        for (operator, changes) in operators {
            map.serialize_entry(operator, &Changes(changes))?;
        }
        map.end()
    }
}

/// The changes of one operator.
struct Changes<'a>(Vec<&'a Change>);

impl Serialize for Changes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for change in &self.0 {
            map.serialize_entry(&change.path, read::<S::Error>(&change.operand)?)?;
        }
        map.end()
    }
}
