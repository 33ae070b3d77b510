//! A workspace of one's own, made of a sample: the application under its new name, the crates it needs, nothing else.
//!
//! What is needed is read from the manifests, so that a crate or dependency that a sample takes up comes along.

mod deploy;
mod links;
mod manifest;
mod readme;
mod rename;

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, anyhow};

use self::deploy::{Deployment, deploys};
use self::manifest::Manifests;
use self::rename::Renaming;

/// A file of the sources.
#[derive(Debug)]
pub(crate) struct File {
    /// Below the workspace's root, with `/`.
    pub(crate) path: &'static str,
    bytes: &'static [u8],
    executable: bool,
}

/// The sources of this version, without what is about the workspace itself.
static SOURCES: &[File] = include!(concat!(env!("OUT_DIR"), "/sources.rs"));

/// What every copy has beside its crates.
const ALWAYS: [&str; 7] = [
    ".ci/",
    ".clippy.toml",
    ".dockerignore",
    ".github/",
    ".gitignore",
    "LICENSE",
    "docker/",
];

/// An application that can be copied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sample {
    pub(crate) name: String,
    pub(crate) description: String,
}

/// A file to be written.
#[derive(Debug)]
pub(crate) struct Written {
    pub(crate) path: String,
    pub(crate) bytes: Vec<u8>,
    pub(crate) executable: bool,
}

/// The samples of this version.
pub(crate) fn samples() -> anyhow::Result<Vec<Sample>> {
    let manifests = SOURCES.iter().filter_map(|file| {
        let name = file
            .path
            .strip_prefix("apps/")?
            .strip_suffix("/Cargo.toml")?;
        (!name.contains('/')).then_some(file)
    });
    manifests
        .map(|file| {
            let (name, description) = manifest::name_and_description(text(file)?)?;
            Ok(Sample { name, description })
        })
        .collect()
}

/// The names of every package of the sources and of what they depend on: no application may have one of them.
pub(crate) fn taken_names() -> anyhow::Result<BTreeSet<String>> {
    let samples: BTreeSet<String> = samples()?.into_iter().map(|sample| sample.name).collect();
    let mut names = manifest::locked_names(source("Cargo.lock")?)?;
    // The samples may be copied under their own names.
    names.retain(|name| !samples.contains(name));
    Ok(names)
}

/// The oldest Rust that builds the sources.
pub(crate) fn rust_version() -> anyhow::Result<String> {
    manifest::rust_version(source("Cargo.toml")?)
}

/// Every file of a workspace whose application is `sample` under the name `name`.
pub(crate) fn workspace(sample: &Sample, name: &str) -> anyhow::Result<Vec<Written>> {
    let directory = format!("apps/{}", sample.name);
    let manifests = Manifests::read(source("Cargo.toml")?, |directory| {
        source(&format!("{directory}/Cargo.toml"))
    })?;
    let crates = manifests.needed_by(&directory)?;
    let renaming = Renaming::new(&sample.name, name);
    let samples = samples()?;
    let deployment = Deployment::new(&samples, sample, name);
    let mut files: BTreeMap<String, Written> = BTreeMap::new();
    for file in SOURCES {
        if !ALWAYS.iter().any(|path| belongs(path, file.path)) && !owner(file.path, &crates) {
            continue;
        }
        if let Some(written) = copied(file, &renaming, &deployment) {
            files.insert(written.path.clone(), written);
        }
    }
    let mut put = |path: &str, text: String| {
        let (path, bytes) = (path.to_owned(), text.into_bytes());
        files.insert(
            path.clone(),
            Written {
                path,
                bytes,
                executable: false,
            },
        );
    };
    let lock = source("Cargo.lock")?;
    put(
        "Cargo.toml",
        manifests.root(&crates, &directory, name, lock)?,
    );
    put(
        &format!("apps/{name}/Cargo.toml"),
        manifests.application(&directory, name)?,
    );
    put("Cargo.lock", renaming.lock(lock));
    let repository = manifests.repository()?;
    let front_page = readme::readme(sample, name, &rust_version()?, &repository);
    put("README.md", front_page);
    links::mend(&mut files, &repository);
    Ok(files.into_values().collect())
}

/// A file of the sources as a copy has it; none if it is about another program.
fn copied(file: &File, renaming: &Renaming, deployment: &Deployment<'_>) -> Option<Written> {
    let deploys = deploys(file.path);
    let path = if deploys {
        deployment.path(file.path)?
    } else {
        renaming.path(file.path)
    };
    let bytes = match std::str::from_utf8(file.bytes) {
        Ok(text) => {
            let text = renaming.text(file.path, text);
            let text = if deploys {
                deployment.text(&path, &text)
            } else {
                text
            };
            text.into_bytes()
        }
        // A picture.
        Err(_) => file.bytes.to_vec(),
    };
    Some(Written {
        path,
        bytes,
        executable: file.executable,
    })
}

/// Whether a file is one of `part`: the file itself, or below a directory that ends with `/`.
fn belongs(part: &str, path: &str) -> bool {
    path == part || (part.ends_with('/') && path.starts_with(part))
}

/// Whether a crate among these is the one a file belongs to: `client/derive` is below `client`, but a crate of its own.
fn owner(path: &str, crates: &BTreeSet<String>) -> bool {
    let owners = SOURCES
        .iter()
        .filter_map(|file| file.path.strip_suffix("/Cargo.toml"))
        .filter(|directory| {
            path.strip_prefix(directory)
                .is_some_and(|rest| rest.starts_with('/'))
        });
    owners
        .max_by_key(|directory| directory.len())
        .is_some_and(|owner| crates.contains(owner))
}

fn source(path: &str) -> anyhow::Result<&'static str> {
    let file = SOURCES.iter().find(|file| file.path == path);
    text(file.ok_or_else(|| anyhow!("{path} is not among the sources"))?)
}

fn text(file: &File) -> anyhow::Result<&'static str> {
    std::str::from_utf8(file.bytes).with_context(|| format!("reading {}", file.path))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(sample: &str) -> Vec<Written> {
        let sample = samples()
            .unwrap()
            .into_iter()
            .find(|found| found.name == sample)
            .unwrap();
        workspace(&sample, "my-app").unwrap()
    }

    #[test]
    fn the_sources_hold_no_secrets_and_nothing_built() {
        for file in SOURCES {
            let parts: Vec<&str> = file.path.split('/').collect();
            assert!(
                !parts.contains(&".env") && !parts.contains(&"target") && !parts.contains(&".git"),
                "{}",
                file.path
            );
        }
        let total: usize = SOURCES.iter().map(|file| file.bytes.len()).sum();
        assert!(total < 12_000_000, "{total} bytes");
    }

    #[test]
    fn every_sample_brings_the_crates_it_needs_and_no_other() {
        for sample in samples().unwrap() {
            let files = made(&sample.name);
            let mut crates: Vec<&str> = files
                .iter()
                .filter_map(|file| file.path.strip_suffix("/Cargo.toml"))
                .collect();
            crates.sort_unstable();
            assert_eq!(
                crates,
                ["apps/my-app", "client", "client/derive", "local", "shared"],
                "{}",
                sample.name
            );
            for always in [
                ".ci/run",
                "LICENSE",
                "README.md",
                "Cargo.lock",
                ".gitignore",
            ] {
                assert!(files.iter().any(|file| file.path == always), "{always}");
            }
            let gate = files.iter().find(|file| file.path == ".ci/run").unwrap();
            assert!(gate.executable);
        }
    }

    #[test]
    fn the_old_name_is_gone_where_it_names_the_package() {
        for sample in samples().unwrap() {
            let old = &sample.name;
            for file in made(old) {
                let text = String::from_utf8_lossy(&file.bytes).into_owned();
                for trace in [
                    format!("-p {old}"),
                    format!("apps/{old}"),
                    format!("CARGO_BIN_EXE_{old}"),
                ] {
                    let app = file.path.starts_with("apps/") || file.path == "README.md";
                    assert!(!app || !text.contains(&trace), "{trace} in {}", file.path);
                }
            }
        }
    }
}
