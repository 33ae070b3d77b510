//! The front page of a copy.

use super::Sample;

/// The README at the root of a copy that is built by Rust of this version or a newer one.
pub(super) fn readme(sample: &Sample, name: &str, rust: &str) -> String {
    let Sample {
        name: sample,
        description,
    } = sample;
    let version = env!("CARGO_PKG_VERSION");
    format!(
        "\
# {name}

{description}. Made from the sample `{sample}` of astra-dev {version}.

```sh
cargo run                   # no account, no configuration: the data is in ./data
cargo test                  # its tests, offline; those of every crate with --workspace
```

You need Rust {rust} or newer and a C compiler (SQLite is built from source). The first build takes a few minutes.

How the application is made, and its settings: [apps/{name}](apps/{name}/README.md). How to deploy it:
[docker](docker/README.md).

## On a database of yours

`astra-dev connect --write` asks for what it needs, tries the connection out, and writes `.env`. Then:

```sh
set -a; . ./.env; set +a
cargo run
```

or set the variables yourself; [.env.example](apps/{name}/.env.example) has all of them. Nothing set means the embedded
database.

## The house

| Folder | What it is |
|---|---|
| [apps/{name}](apps/{name}/README.md) | The application: this is yours to change |
| [shared](shared/README.md) | What applications need and no domain owns: settings, connect, logs, serve |
| [client](client/README.md) | The Data API client, and in `client/derive` its derives |
| [local](local/README.md) | The Data API over SQLite, which the application has inside while nothing else is set |
| [docker](docker/README.md) | What deploys it |
| [tests/support](tests/support/src/lib.rs) | What tests use: a clock to move on, a captured log, a server as a process, a browser |

`.ci/run` is the gate a change has to pass: formatting, clippy, the tests, the documentation. On GitHub it runs for every
change.

Licensed under [Apache-2.0](LICENSE).
"
    )
}
