//! What the account holds: objects by id, in the shape the API shows them, and the events about
//! them.

use std::collections::{HashMap, HashSet};

use indexmap::IndexMap;
use serde_json::Value;

use crate::event::Event;
use crate::refusal::Refusal;

#[derive(Debug, Default)]
pub(crate) struct Books {
    objects: IndexMap<String, Value>,
    pub(crate) events: Vec<Event>,
    /// What the API does not know for now.
    pub(crate) hidden: HashSet<String>,
    /// What the payment of a session will carry as `metadata`, by session.
    pub(crate) for_payments: HashMap<String, Value>,
}

impl Books {
    /// An id that Stripe might have given: `cs_test_000000…1`.
    pub(crate) fn new_id(&self, prefix: &str) -> String {
        let number = self.objects.len() + self.events.len();
        format!("{prefix}_{:016x}{number:08}", fastrand::u64(..))
    }

    /// Writes an object down and answers its id.
    pub(crate) fn add(&mut self, object: Value) -> String {
        let id = object["id"].as_str().unwrap().to_owned();
        self.objects.insert(id.clone(), object);
        id
    }

    pub(crate) fn find(&self, id: &str) -> Option<&Value> {
        self.objects.get(id)
    }

    pub(crate) fn find_mut(&mut self, id: &str) -> Option<&mut Value> {
        self.objects.get_mut(id)
    }

    /// An object that must be of this kind: `checkout.session`.
    pub(crate) fn get(&self, kind: &str, id: &str) -> Result<&Value, Refusal> {
        let object = self.find(id).filter(|object| object["object"] == kind);
        let object = object.filter(|_| !self.hidden.contains(id));
        object.ok_or_else(|| Refusal::no_such(kind, id))
    }

    pub(crate) fn all(&self, kind: &str) -> Vec<Value> {
        let objects = self.objects.values();
        let of_this_kind = objects.filter(|object| object["object"] == kind);
        of_this_kind.cloned().collect()
    }

    /// Puts the object itself where its id stands, along a path such as
    /// `payment_intent.payment_method` or `data.payment_intent`.
    pub(crate) fn expand(&self, object: &mut Value, path: &str) -> Result<(), Refusal> {
        let (field, rest) = path.split_once('.').unwrap_or((path, ""));
        let unknown = || Refusal::invalid(format!("This property cannot be expanded ({path})."));
        let place = object.get_mut(field).ok_or_else(unknown)?;
        if let Some(expanded) = place.as_str().and_then(|id| self.find(id)) {
            *place = expanded.clone();
        }
        match place {
            _ if rest.is_empty() => Ok(()),
            Value::Array(items) => items
                .iter_mut()
                .try_for_each(|item| self.expand(item, rest)),
            Value::Null => Ok(()),
            place => self.expand(place, rest),
        }
    }
}
