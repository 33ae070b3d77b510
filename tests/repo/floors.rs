//! Inside a crate, too, files know each other one way.

use std::collections::{BTreeMap, BTreeSet};

use crate::imports::Crate;

/// Where each crate begins, and its modules from the ground upwards: a file may use those below its own and nothing above.
const CRATES: [(&str, &[&str]); 9] = [
    (
        "local/src/lib.rs",
        &[
            "base64_text",
            "json",
            "limits",
            "features",
            "provider_keys",
            "number",
            "utf16",
            "uuid_text",
            "definition",
            "error",
            "text",
            "in_flight",
            "auth",
            "ejson",
            "response",
            "path",
            "vector",
            "vector_index",
            "providers",
            "paths",
            "indexing",
            "document",
            "language",
            "command",
            "table",
            "storage",
            "paging",
            "plan",
            "exec",
            "explain",
            "commands",
            "request",
            "engine",
            "respond",
            "http",
        ],
    ),
    (
        "apps/ecommerce/src/lib.rs",
        &[
            "domain",
            "brand",
            "assets",
            "forms",
            "store",
            "signing",
            "payments",
            "error",
            "admin",
            "settings",
            "seed",
            "use_cases",
            "state",
            "extract",
            "views",
            "emails",
            "api",
            "handlers",
            "routes",
            "start",
        ],
    ),
    (
        "apps/discord-bot/src/lib.rs",
        &[
            "domain",
            "answer",
            "views",
            "rate_limit",
            "settings",
            "store",
            "request",
            "discord",
            "error",
            "invocation",
            "unsettled",
            "state",
            "seed",
            "use_cases",
            "commands",
            "register",
            "responder",
            "terminal",
            "gateway",
            "interactions",
            "entry_points",
            "start",
        ],
    ),
    (
        "apps/reviews/src/lib.rs",
        &[
            "domain",
            "brand",
            "assets",
            "settings",
            "store",
            "views",
            "error",
            "error_response",
            "passwords",
            "rate_limit",
            "use_cases",
            "state",
            "extract",
            "handlers",
            "api",
            "carry_over",
            "seed",
            "routes",
            "start",
        ],
    ),
    (
        "client/derive/src/lib.rs",
        &[
            "naming", "attr", "paths", "check", "renamed", "row", "document", "udt",
        ],
    ),
    (
        "client/src/lib.rs",
        &[
            "shortened",
            "background",
            "json",
            "lost_order",
            "value",
            "call_info",
            "database_status",
            "column_value",
            "schema",
            "inserted_id",
            "timeouts",
            "retry_class",
            "error",
            "field_order",
            "field_path",
            "pasted",
            "command",
            "page",
            "event",
            "details",
            "transport",
            "options",
            "deadline",
            "endpoint",
            "execute",
            "devops",
            "database",
            "handle",
            "sort",
            "fill_columns",
            "read_query",
            "cursor",
            "model",
            "query",
            "sync",
            "action",
            "collection",
            "table",
            "administration",
            "client",
            "connection_string",
            "testing",
        ],
    ),
    (
        "shared/src/lib.rs",
        &[
            "activity",
            "clock",
            "command_line",
            "failure",
            "unicode",
            "env",
            "email",
            "log_limit",
            "json",
            "numbers",
            "field_errors",
            "telemetry",
            "rate_limit",
            "unavailable",
            "startup",
            "schema",
            "http",
            "serve",
            "dotenv",
            "settings",
            "embedded",
            "connect",
        ],
    ),
    (
        "console/src/lib.rs",
        &[
            "connection",
            "address",
            "format",
            "json",
            "tree",
            "json_field",
            "flash",
            "answer",
            "access",
            "target",
            "history",
            "state",
            "error",
            "frame",
            "assets",
            "confirm",
            "backup",
            "sign_in",
            "this_machine",
            "gate",
            "collection_path",
            "document",
            "commands",
            "connect",
            "collection",
            "adversarial",
            "tables",
            "user_types",
            "keyspace",
            "overview",
        ],
    ),
    (
        "cli/src/main.rs",
        &[
            "allocator",
            "output",
            "terminal",
            "format",
            "cell",
            "progress",
            "atomic_write",
            "data_directory",
            "checkpoint_file",
            "probe",
            "diagnosis",
            "database",
            "target",
            "scaffold",
            "commands",
        ],
    ),
];

/// The files that a file uses, directly or by others.
fn reached<'a>(file: &'a str, uses: &BTreeMap<&'a str, BTreeSet<&'a str>>) -> BTreeSet<&'a str> {
    let mut reached = BTreeSet::new();
    let mut open = vec![file];
    while let Some(file) = open.pop() {
        for used in uses.get(file).into_iter().flatten() {
            if reached.insert(*used) {
                open.push(used);
            }
        }
    }
    reached
}

/// Whether one file declares the other as its module.
fn are_parent_and_child(one: &str, other: &str) -> bool {
    let is_parent = |parent: &str, child: &str| {
        let folder = child.rsplit_once('/').map_or("", |(folder, _)| folder);
        parent == format!("{folder}.rs")
            || parent == format!("{folder}/lib.rs")
            || parent == format!("{folder}/main.rs")
    };
    is_parent(one, other) || is_parent(other, one)
}

/// The circles of a crate, each as its arrows. A parent and its own child may know each other.
fn circles(uses: &BTreeMap<&str, BTreeSet<&str>>) -> BTreeSet<Vec<String>> {
    let reached: BTreeMap<&str, BTreeSet<&str>> = uses
        .keys()
        .map(|file| (*file, reached(file, uses)))
        .collect();
    let mut circles = BTreeSet::new();
    for file in uses.keys() {
        let mates: BTreeSet<&str> = reached[file]
            .iter()
            .filter(|other| reached.get(*other).is_some_and(|back| back.contains(file)))
            .copied()
            .collect();
        let arrows = mates.iter().flat_map(|from| {
            let to = uses[from].iter().filter(|to| mates.contains(*to));
            to.map(move |to| (*from, *to))
        });
        let arrows: Vec<(&str, &str)> = arrows.collect();
        if arrows
            .iter()
            .any(|(from, to)| !are_parent_and_child(from, to))
        {
            let arrows = arrows.iter().map(|(from, to)| format!("{from} -> {to}"));
            circles.insert(arrows.collect());
        }
    }
    circles
}

/// The module at the root of a crate to which a file belongs; `None` for the root itself.
fn module<'a>(root: &str, file: &'a str) -> Option<&'a str> {
    let (folder, _) = root.rsplit_once('/').unwrap();
    let below = file.strip_prefix(folder)?.strip_prefix('/')?;
    let module = below.split('/').next()?.trim_end_matches(".rs");
    (file != root).then_some(module)
}

#[test]
#[expect(clippy::print_stdout, reason = "a failure shows the listing")]
fn no_files_use_each_other_in_a_circle() {
    let mut found = 0;
    for (root, _) in CRATES {
        let circles = circles(&Crate::read(root).uses());
        println!("{root}: {} circles of files", circles.len());
        for circle in &circles {
            println!("{circle:#?}");
        }
        found += circles.len();
    }
    assert_eq!(found, 0, "circles of files; they are listed above");
}

#[test]
fn a_file_uses_only_what_stands_below_it() {
    let mut wrong = Vec::new();
    for (root, modules) in CRATES {
        let floor = |file| {
            module(root, file).map_or(modules.len(), |module| {
                let floor = modules.iter().position(|name| *name == module);
                floor.unwrap_or_else(|| panic!("{root}: on which floor is `{module}`?"))
            })
        };
        for (file, used) in Crate::read(root).uses() {
            let own = floor(file);
            let above = used.into_iter().filter(|used| floor(used) > own);
            wrong.extend(above.map(|used| format!("{file} uses {used}, which stands above it")));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
