//! Objects: fields in the order they were written, found by name.

use std::collections::HashSet;
use std::hash::{BuildHasher as _, RandomState};
use std::slice;

use hashbrown::HashTable;
use thin_vec::{IntoIter, ThinVec};

use super::Value;

/// Up to this number, fields are found by looking at each: that is as fast as an index, which takes memory.
const FEW: usize = 16;

/// The fields of a JSON object, in order. Equality asks for the same order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Object {
    fields: ThinVec<(String, Value)>,
    /// Where the fields are, if they are more than [`FEW`].
    places: Option<Box<Places>>,
}

/// Where among the fields each name is.
#[derive(Clone, Debug, Default)]
struct Places {
    table: HashTable<usize>,
    hasher: RandomState,
}

impl Object {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) fn with_capacity(fields: usize) -> Self {
        Self {
            fields: ThinVec::with_capacity(fields),
            places: None,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.fields.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    pub(crate) fn contains_key(&self, name: &str) -> bool {
        self.position(name).is_some()
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.position(name).map(|at| &self.fields[at].1)
    }

    pub(crate) fn get_mut(&mut self, name: &str) -> Option<&mut Value> {
        self.position(name).map(|at| &mut self.fields[at].1)
    }

    /// The value of a field, which is added with this value if it is missing.
    pub(crate) fn get_or_insert(&mut self, name: &str, value: impl Into<Value>) -> &mut Value {
        let at = self
            .position(name)
            .unwrap_or_else(|| self.add(name.to_owned(), value.into()));
        &mut self.fields[at].1
    }

    /// Sets a field: an existing one keeps its place, a new one comes last. Returns what it replaced.
    pub(crate) fn insert(
        &mut self,
        name: impl Into<String>,
        value: impl Into<Value>,
    ) -> Option<Value> {
        let (name, value) = (name.into(), value.into());
        if let Some(at) = self.position(&name) {
            return Some(std::mem::replace(&mut self.fields[at].1, value));
        }
        self.add(name, value);
        None
    }

    /// Takes a field out; the others keep their order.
    pub(crate) fn remove(&mut self, name: &str) -> Option<Value> {
        let at = self.position(name)?;
        if let Some(places) = &mut self.places {
            places.remove(name, at, &self.fields);
        }
        Some(self.fields.remove(at).1)
    }

    /// Takes out all fields of these names, and tells whether there was any.
    pub(crate) fn remove_all(&mut self, names: &HashSet<&str>) -> bool {
        if let Some(name) = names.iter().next()
            && names.len() == 1
        {
            return self.remove(name).is_some();
        }
        let before = self.len();
        let fields = std::mem::take(self).into_iter();
        *self = fields
            .filter(|(name, _)| !names.contains(name.as_str()))
            .collect();
        self.len() < before
    }

    /// Gives back memory that is kept for fields to come.
    pub(super) fn shrink_to_fit(&mut self) {
        self.fields.shrink_to_fit();
    }

    pub(crate) fn first(&self) -> Option<(&str, &Value)> {
        self.iter()
            .next()
            .map(|(name, value)| (name.as_str(), value))
    }

    pub(crate) fn iter(&self) -> Iter<'_> {
        self.fields.iter().map(|(name, value)| (name, value))
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = (&String, &mut Value)> {
        self.fields.iter_mut().map(|(name, value)| (&*name, value))
    }

    pub(crate) fn keys(&self) -> impl ExactSizeIterator<Item = &String> + Clone {
        self.iter().map(|(name, _)| name)
    }

    pub(crate) fn values(&self) -> impl ExactSizeIterator<Item = &Value> + Clone {
        self.iter().map(|(_, value)| value)
    }

    fn position(&self, name: &str) -> Option<usize> {
        match &self.places {
            Some(places) => places.find(name, &self.fields),
            None => self.fields.iter().position(|(field, _)| field == name),
        }
    }

    /// Adds a field that is not there, and says where it is.
    fn add(&mut self, name: String, value: Value) -> usize {
        let at = self.fields.len();
        self.fields.push((name, value));
        match &mut self.places {
            Some(places) => places.add(at, &self.fields),
            None if at == FEW => {
                let mut places = Places::default();
                (0..=at).for_each(|at| places.add(at, &self.fields));
                self.places = Some(Box::new(places));
            }
            None => {}
        }
        at
    }
}

impl Places {
    fn find(&self, name: &str, fields: &[(String, Value)]) -> Option<usize> {
        let hash = self.hasher.hash_one(name);
        self.table.find(hash, |at| fields[*at].0 == name).copied()
    }

    fn add(&mut self, at: usize, fields: &[(String, Value)]) {
        let hash = |at: &usize| self.hasher.hash_one(fields[*at].0.as_str());
        self.table.insert_unique(hash(&at), at, hash);
    }

    /// Forgets a field, behind which all others move up.
    fn remove(&mut self, name: &str, at: usize, fields: &[(String, Value)]) {
        let hash = self.hasher.hash_one(name);
        if let Ok(entry) = self.table.find_entry(hash, |at| fields[*at].0 == name) {
            entry.remove();
        }
        for place in self.table.iter_mut().filter(|place| **place > at) {
            *place -= 1;
        }
    }
}

type Field = (String, Value);

pub(crate) type Iter<'a> =
    std::iter::Map<slice::Iter<'a, Field>, fn(&'a Field) -> (&'a String, &'a Value)>;

impl PartialEq for Object {
    fn eq(&self, other: &Self) -> bool {
        self.fields == other.fields
    }
}

impl Eq for Object {}

impl<K: Into<String>, V: Into<Value>> FromIterator<(K, V)> for Object {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(fields: I) -> Self {
        let fields = fields.into_iter();
        let mut object = Self::with_capacity(fields.size_hint().0);
        for (name, value) in fields {
            object.insert(name, value);
        }
        object
    }
}

impl<K: Into<String>, V: Into<Value>, const N: usize> From<[(K, V); N]> for Object {
    fn from(fields: [(K, V); N]) -> Self {
        Self::from_iter(fields)
    }
}

impl IntoIterator for Object {
    type Item = Field;
    type IntoIter = IntoIter<Field>;

    fn into_iter(self) -> Self::IntoIter {
        self.fields.into_iter()
    }
}

impl<'a> IntoIterator for &'a Object {
    type Item = (&'a String, &'a Value);
    type IntoIter = Iter<'a>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

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

    proptest! {
        #[test]
        fn few_and_many_fields_are_found_alike(changes in prop::collection::vec((0_u32..40, any::<bool>()), 0..120)) {
            let (mut object, mut expected, mut order) = (Object::new(), HashMap::new(), Vec::new());
            for (number, (name, adds)) in changes.into_iter().enumerate() {
                let name = format!("f{name}");
                let (old, expected_old) = if adds {
                    if !expected.contains_key(&name) {
                        order.push(name.clone());
                    }
                    (object.insert(name.as_str(), number), expected.insert(name, Value::from(number)))
                } else {
                    order.retain(|kept| *kept != name);
                    (object.remove(&name), expected.remove(&name))
                };
                prop_assert_eq!(old, expected_old);
                prop_assert_eq!(object.keys().collect::<Vec<_>>(), order.iter().collect::<Vec<_>>());
                for name in 0..40 {
                    let name = format!("f{name}");
                    prop_assert_eq!(object.get(&name), expected.get(&name));
                }
            }
        }
    }
}
