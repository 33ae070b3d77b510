//! Objects: fields in the order they were written, found by name.

use indexmap::IndexMap;
use indexmap::map;

use super::Value;

/// The fields of a JSON object, in order. Unlike the map inside, equality asks for the same order too.
#[derive(Clone, Debug, Default, Eq)]
pub(crate) struct Object(IndexMap<String, Value>);

impl Object {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn with_capacity(fields: usize) -> Self {
        Self(IndexMap::with_capacity(fields))
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn contains_key(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    pub(crate) fn get_mut(&mut self, name: &str) -> Option<&mut Value> {
        self.0.get_mut(name)
    }

    /// The value of a field, which is added with this value if it is missing.
    pub(crate) fn get_or_insert(&mut self, name: &str, value: impl Into<Value>) -> &mut Value {
        self.0
            .entry(name.to_owned())
            .or_insert_with(|| value.into())
    }

    /// Sets a field: an existing one keeps its place, a new one comes last. Returns what it replaced.
    pub(crate) fn insert(
        &mut self,
        name: impl Into<String>,
        value: impl Into<Value>,
    ) -> Option<Value> {
        self.0.insert(name.into(), value.into())
    }

    /// Takes a field out; the others keep their order.
    pub(crate) fn remove(&mut self, name: &str) -> Option<Value> {
        self.0.shift_remove(name)
    }

    pub(crate) fn first(&self) -> Option<(&str, &Value)> {
        self.0.first().map(|(name, value)| (name.as_str(), value))
    }

    pub(crate) fn iter(&self) -> map::Iter<'_, String, Value> {
        self.0.iter()
    }

    pub(crate) fn iter_mut(&mut self) -> map::IterMut<'_, String, Value> {
        self.0.iter_mut()
    }

    pub(crate) fn keys(&self) -> map::Keys<'_, String, Value> {
        self.0.keys()
    }

    pub(crate) fn values(&self) -> map::Values<'_, String, Value> {
        self.0.values()
    }
}

impl PartialEq for Object {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().eq(other.iter())
    }
}

impl<K: Into<String>, V: Into<Value>> FromIterator<(K, V)> for Object {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(fields: I) -> Self {
        Self(
            fields
                .into_iter()
                .map(|(name, value)| (name.into(), value.into()))
                .collect(),
        )
    }
}

impl<K: Into<String>, V: Into<Value>, const N: usize> From<[(K, V); N]> for Object {
    fn from(fields: [(K, V); N]) -> Self {
        Self::from_iter(fields)
    }
}

impl IntoIterator for Object {
    type Item = (String, Value);
    type IntoIter = map::IntoIter<String, Value>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a Object {
    type Item = (&'a String, &'a Value);
    type IntoIter = map::Iter<'a, String, Value>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn removing_a_field_keeps_the_order_of_the_others() {
        let mut object = Object::from([("a", 1), ("b", 2), ("c", 3)]);
        assert_eq!(object.remove("a"), Some(Value::from(1)));
        assert_eq!(object.keys().collect::<Vec<_>>(), ["b", "c"]);
    }

    #[test]
    fn objects_with_another_order_of_fields_differ() {
        assert_ne!(
            Object::from([("a", 1), ("b", 2)]),
            Object::from([("b", 2), ("a", 1)])
        );
    }
}
