//! Map columns whose keys are no text.
//!
//! `#[serde(with = "astra_db::table::map")]` on a field of any map type of Rust. JSON has only
//! strings for keys, and serde would write `{"1": …}` for a number, which a `map` column with
//! `int` keys does not take: the API wants pairs, `[[1, "one"]]`, and answers them. An empty map is
//! `{}` on the wire, since an empty list is refused. Maps with text keys may have it, too; they
//! need it not.
//!
//! ```
//! use std::collections::BTreeMap;
//! use astra_db::table::Uuid;
//! use serde::{Deserialize, Serialize};
//!
//! #[derive(Debug, PartialEq, Serialize, Deserialize)]
//! struct Game {
//!     #[serde(with = "astra_db::table::map")]
//!     scores: BTreeMap<Uuid, i32>,
//!     tags: BTreeMap<String, String>,
//! }
//!
//! let player = "0190f7d2-7b2a-7c4e-8f0b-2f7e7a1d3c55".parse()?;
//! let game = Game { scores: BTreeMap::from([(player, 7)]), tags: BTreeMap::new() };
//! let json = r#"{"scores":[["0190f7d2-7b2a-7c4e-8f0b-2f7e7a1d3c55",7]],"tags":{}}"#;
//! assert_eq!(serde_json::to_string(&game)?, json);
//! assert_eq!(serde_json::from_str::<Game>(json)?, game);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::fmt;
use std::marker::PhantomData;

use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::ser::SerializeMap as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Writes a map as a list of pairs, an empty one as `{}`.
pub fn serialize<'a, M, K, V, S>(map: &'a M, serializer: S) -> Result<S::Ok, S::Error>
where
    &'a M: IntoIterator<Item = (&'a K, &'a V)>,
    K: Serialize + 'a,
    V: Serialize + 'a,
    S: Serializer,
{
    let mut pairs = map.into_iter().peekable();
    if pairs.peek().is_none() {
        return serializer.serialize_map(Some(0))?.end();
    }
    serializer.collect_seq(pairs)
}

/// Reads a list of pairs, or an object, whose keys are then read from text.
pub fn deserialize<'de, M, K, V, D>(deserializer: D) -> Result<M, D::Error>
where
    M: IntoIterator<Item = (K, V)> + FromIterator<(K, V)>,
    K: Deserialize<'de>,
    V: Deserialize<'de>,
    D: Deserializer<'de>,
{
    struct Pairs<M, K, V>(PhantomData<M>, PhantomData<(K, V)>);

    impl<'de, M, K, V> Visitor<'de> for Pairs<M, K, V>
    where
        M: FromIterator<(K, V)>,
        K: Deserialize<'de>,
        V: Deserialize<'de>,
    {
        type Value = M;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("a list of [key, value] pairs or an object")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<M, A::Error> {
            std::iter::from_fn(|| list.next_element().transpose()).collect()
        }

        fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<M, A::Error> {
            std::iter::from_fn(|| object.next_entry().transpose()).collect()
        }
    }

    deserializer.deserialize_any(Pairs(PhantomData, PhantomData))
}
