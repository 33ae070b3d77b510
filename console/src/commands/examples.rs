//! Commands to begin with. From the first to the last they work on an empty database, in a keyspace `demo`; where something
//! of their kind is chosen, they are about that.

use super::PATH;
use crate::address;
use crate::frame::Link;
use crate::target::{Choice, Kind, Target};

/// A command.
#[derive(Debug)]
pub(super) struct Example {
    title: &'static str,
    /// What it is sent to.
    kind: Kind,
    pub(super) command: &'static str,
}

/// Examples of one kind, as links.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) title: &'static str,
    pub(super) links: Vec<Link>,
}

/// The example of this number.
pub(super) fn find(number: &str) -> Option<&'static Example> {
    let number: usize = number.parse().ok()?;
    GROUPS
        .iter()
        .flat_map(|(_, examples)| *examples)
        .nth(number)
}

/// All of them, for those who have chosen this target.
pub(super) fn groups(target: &str) -> Vec<Group> {
    let mut numbers = 0_usize..;
    let mut link = |example: &Example| {
        let number = numbers.next().unwrap_or_default().to_string();
        Link {
            href: address::with_query(PATH, &[("example", &number), ("target", target)]),
            label: example.title.to_owned(),
        }
    };
    GROUPS
        .iter()
        .map(|(title, examples)| Group {
            title,
            links: examples.iter().map(&mut link).collect(),
        })
        .collect()
}

impl Example {
    /// Where it is to be sent: what is chosen, if it is of its kind.
    pub(super) fn target(&self, chosen: &Target, choices: &[Choice]) -> Target {
        let text = chosen.to_string();
        let kind = choices
            .iter()
            .find(|choice| choice.target == text)
            .map(|choice| choice.kind);
        match (self.kind, kind) {
            (Kind::Database, _) => Target::default(),
            (own, Some(kind)) if own == kind => chosen.clone(),
            (Kind::Keyspace, Some(_)) => Target::new(chosen.keyspace().unwrap_or(KEYSPACE), ""),
            (Kind::Keyspace, None) => Target::new(KEYSPACE, ""),
            (Kind::Table, _) => Target::new(KEYSPACE, "loans"),
            (Kind::Collection | Kind::Unknown, _) => Target::new(KEYSPACE, "books"),
        }
    }
}

const KEYSPACE: &str = "demo";

const GROUPS: [(&str, &[Example]); 5] = [
    ("Keyspaces", &DATABASE),
    ("Collections and tables", &KEYSPACES),
    ("Documents", &COLLECTIONS),
    ("Rows", &TABLES),
    ("Clean up", &CLEAN_UP),
];

const fn database(title: &'static str, command: &'static str) -> Example {
    Example {
        title,
        kind: Kind::Database,
        command,
    }
}

const fn keyspace(title: &'static str, command: &'static str) -> Example {
    Example {
        title,
        kind: Kind::Keyspace,
        command,
    }
}

const fn collection(title: &'static str, command: &'static str) -> Example {
    Example {
        title,
        kind: Kind::Collection,
        command,
    }
}

const fn table(title: &'static str, command: &'static str) -> Example {
    Example {
        title,
        kind: Kind::Table,
        command,
    }
}

const DATABASE: [Example; 2] = [
    database("List keyspaces", r#"{"findKeyspaces": {}}"#),
    database(
        "Create a keyspace",
        r#"{"createKeyspace": {"name": "demo"}}"#,
    ),
];

const KEYSPACES: [Example; 5] = [
    keyspace(
        "Create a collection",
        r#"{
  "createCollection": {
    "name": "books",
    "options": {
      "vector": {"dimension": 3, "metric": "cosine"}
    }
  }
}"#,
    ),
    keyspace(
        "Create a table",
        r#"{
  "createTable": {
    "name": "loans",
    "definition": {
      "columns": {
        "reader": "text",
        "due": "date",
        "book": "text",
        "extensions": "int",
        "notes": {"type": "set", "valueType": "text"}
      },
      "primaryKey": {
        "partitionBy": ["reader"],
        "partitionSort": {"due": 1, "book": 1}
      }
    },
    "options": {"ifNotExists": true}
  }
}"#,
    ),
    keyspace(
        "List collections",
        r#"{"findCollections": {"options": {"explain": true}}}"#,
    ),
    keyspace(
        "List tables",
        r#"{"listTables": {"options": {"explain": true}}}"#,
    ),
    keyspace(
        "List types",
        r#"{"listTypes": {"options": {"explain": true}}}"#,
    ),
];

const COLLECTIONS: [Example; 11] = [
    collection(
        "Insert a document",
        r#"{
  "insertOne": {
    "document": {
      "title": "Emma",
      "year": 1815,
      "tags": ["novel"],
      "added": {"$date": 1700000000000},
      "$vector": [0.1, 0.9, 0.2]
    }
  }
}"#,
    ),
    collection(
        "Insert many",
        r#"{
  "insertMany": {
    "documents": [
      {"title": "Middlemarch", "year": 1871, "$vector": [0.2, 0.8, 0.1]},
      {"title": "Walden", "year": 1854, "$vector": [0.9, 0.1, 0.3]}
    ],
    "options": {"ordered": false}
  }
}"#,
    ),
    collection(
        "Find by a filter, sorted",
        r#"{
  "find": {
    "filter": {"year": {"$lt": 1860}},
    "sort": {"year": -1},
    "projection": {"title": 1, "year": 1},
    "options": {"limit": 10}
  }
}"#,
    ),
    collection(
        "Find the nearest",
        r#"{
  "find": {
    "sort": {"$vector": [0.1, 0.9, 0.1]},
    "options": {"limit": 3, "includeSimilarity": true}
  }
}"#,
    ),
    collection("Find one", r#"{"findOne": {"filter": {"title": "Emma"}}}"#),
    collection(
        "Update one",
        r#"{
  "updateOne": {
    "filter": {"title": "Emma"},
    "update": {
      "$set": {"author.name": "Jane Austen"},
      "$inc": {"copies": 1},
      "$addToSet": {"tags": "classic"}
    },
    "options": {"upsert": true}
  }
}"#,
    ),
    collection(
        "Update many",
        r#"{
  "updateMany": {
    "filter": {"year": {"$gte": 1850}},
    "update": {"$set": {"century": 19}}
  }
}"#,
    ),
    collection(
        "Update and get it back",
        r#"{
  "findOneAndUpdate": {
    "filter": {"title": "Emma"},
    "update": {"$currentDate": {"seen": true}},
    "options": {"returnDocument": "after"}
  }
}"#,
    ),
    collection(
        "Count",
        r#"{"countDocuments": {"filter": {"year": {"$exists": true}}}}"#,
    ),
    collection("Estimate the count", r#"{"estimatedDocumentCount": {}}"#),
    collection(
        "Delete one",
        r#"{"deleteOne": {"filter": {"title": "Walden"}}}"#,
    ),
];

const TABLES: [Example; 6] = [
    table(
        "Insert rows",
        r#"{
  "insertMany": {
    "documents": [
      {"reader": "ann", "due": "2030-01-31", "book": "Emma", "extensions": 0, "notes": ["second copy"]},
      {"reader": "ann", "due": "2030-02-28", "book": "Walden", "extensions": 1}
    ]
  }
}"#,
    ),
    table(
        "Find the rows of a partition",
        r#"{
  "find": {
    "filter": {"reader": "ann", "due": {"$gt": "2030-01-01"}},
    "sort": {"due": 1}
  }
}"#,
    ),
    table(
        "Update a row",
        r#"{
  "updateOne": {
    "filter": {"reader": "ann", "due": "2030-01-31", "book": "Emma"},
    "update": {"$set": {"extensions": 2}}
  }
}"#,
    ),
    table(
        "Create an index",
        r#"{
  "createIndex": {
    "name": "loans_by_book",
    "definition": {"column": "book"},
    "options": {"ifNotExists": true}
  }
}"#,
    ),
    table(
        "List indexes",
        r#"{"listIndexes": {"options": {"explain": true}}}"#,
    ),
    table(
        "Delete a row",
        r#"{"deleteOne": {"filter": {"reader": "ann", "due": "2030-02-28", "book": "Walden"}}}"#,
    ),
];

const CLEAN_UP: [Example; 3] = [
    keyspace("Drop the table", r#"{"dropTable": {"name": "loans"}}"#),
    keyspace(
        "Drop the collection",
        r#"{"deleteCollection": {"name": "books"}}"#,
    ),
    database("Drop the keyspace", r#"{"dropKeyspace": {"name": "demo"}}"#),
];
