//! `DATA_API_REPLICATION`: how many copies of a keyspace that is made there are, and where.

use astra_db::Replication;

use super::Backend;
use crate::env::{Env, Noted};

/// The variable.
pub(super) fn read(env: &mut Env<'_>) -> Result<Option<Replication>, Noted> {
    let Some(text) = env.text("DATA_API_REPLICATION") else {
        return Ok(None);
    };
    replication(&text).map(Some).ok_or_else(|| {
        env.problem(format!(
            "DATA_API_REPLICATION is {text:?}, expected data centers with their numbers of copies such as dc1:3,dc2:3, or \
             one number such as 3"
        ))
    })
}

/// The copies of a keyspace as text: `dc1:3,dc2:3` names data centers, `3` is for a single data center.
pub fn replication(text: &str) -> Option<Replication> {
    if let Some(copies) = copies(text) {
        return Some(Replication::simple(copies));
    }
    let centers = text.split(',').map(|center| {
        let (name, text) = center.split_once(':')?;
        let name = name.trim();
        (!name.is_empty()).then_some((name, copies(text)?))
    });
    let mut centers = centers.collect::<Option<Vec<_>>>()?;
    let named = centers.len();
    centers.sort_unstable();
    centers.dedup_by_key(|(name, _)| *name);
    (centers.len() == named).then(|| Replication::network_topology(centers))
}

fn copies(text: &str) -> Option<u32> {
    text.trim().parse().ok().filter(|copies| *copies > 0)
}

/// Only a self-hosted server makes keyspaces with copies.
pub(super) fn of(
    backend: &Backend,
    replication: Option<Replication>,
    env: &mut Env<'_>,
) -> Result<Option<Replication>, Noted> {
    let decides_itself = match backend {
        Backend::Astra { .. } => Some("Astra decides that itself"),
        Backend::ConnectionString { uri } if uri.environment().is_astra() => {
            Some("Astra decides that itself")
        }
        Backend::Embedded { .. } => Some("the embedded database keeps one"),
        _ => None,
    };
    match (decides_itself, replication) {
        (Some(who), Some(_)) => Err(env.problem(format!(
            "DATA_API_REPLICATION is set, but {who}: remove it, or name a self-hosted Data API with DATA_API_URL"
        ))),
        (_, replication) => Ok(replication),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_number_or_data_centers() {
        let written = |text| replication(text).map(|it| serde_json::to_value(it).unwrap());
        let simple = json!({ "class": "SimpleStrategy", "replication_factor": 3 });
        assert_eq!(written("3"), Some(simple));
        let both = json!({ "class": "NetworkTopologyStrategy", "dc1": 3, "dc-2": 1 });
        assert_eq!(written("dc1:3, dc-2:1"), Some(both));
        for bad in [
            "",
            "0",
            "-1",
            "dc1",
            "dc1:",
            "dc1:0",
            ":3",
            "dc1:3,",
            "dc1:3,dc1:2",
            "three",
        ] {
            assert_eq!(written(bad), None, "{bad}");
        }
    }
}
