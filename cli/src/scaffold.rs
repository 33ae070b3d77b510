//! A project made of a sample: the application under its new name at the root, and in `vendor` the crates it needs, as they
//! would be published.
//!
//! What is needed is read from the manifests, so that a crate or dependency that a sample takes up comes along.

mod code;
mod deploy;
mod layout;
mod links;
mod manifest;
mod only;
mod readme;
mod rename;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context as _, anyhow};

use self::deploy::{Deployment, deploys};
use self::layout::Layout;
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

/// The names of the samples: their folders have them, too.
pub(crate) fn sample_names() -> Vec<&'static str> {
    let names = SOURCES.iter().filter_map(|file| {
        let name = file.path.strip_prefix("apps/")?;
        name.strip_suffix("/Cargo.toml")
    });
    names.filter(|name| !name.contains('/')).collect()
}

/// The samples of this version.
pub(crate) fn samples() -> anyhow::Result<Vec<Sample>> {
    let manifests = sample_names().into_iter().map(|name| {
        let manifest = source(&format!("apps/{name}/Cargo.toml"))?;
        let (name, description) = manifest::name_and_description(manifest)?;
        Ok(Sample { name, description })
    });
    manifests.collect()
}

/// The names of every package of the sources and of what they depend on: no application may have one of them.
pub(crate) fn taken_names() -> anyhow::Result<BTreeSet<String>> {
    let samples: BTreeSet<String> = samples()?.into_iter().map(|sample| sample.name).collect();
    let mut names = manifest::locked_names(source("Cargo.lock")?)?;
    // The samples may be copied under their own names.
    names.retain(|name| !samples.contains(name));
    Ok(names)
}

/// The names that the code of a sample uses for crates and modules: a crate of such a name would be mistaken for them.
pub(crate) fn names_in_code(sample: &Sample) -> anyhow::Result<BTreeSet<String>> {
    let folder = format!("apps/{}/", sample.name);
    let files = SOURCES.iter().filter(|file| {
        file.path.starts_with(&folder) && Path::new(file.path).extension() == Some("rs".as_ref())
    });
    let files: Vec<(&str, &str)> = files
        .map(|file| Ok((file.path, text(file)?)))
        .collect::<anyhow::Result<_>>()?;
    Ok(code::names(&files))
}

/// The oldest Rust that builds the sources.
pub(crate) fn rust_version() -> anyhow::Result<String> {
    manifest::rust_version(source("Cargo.toml")?)
}

/// Every file of a project whose application is `sample` under the name `name`.
pub(crate) fn project(sample: &Sample, name: &str) -> anyhow::Result<Vec<Written>> {
    let application = format!("apps/{}", sample.name);
    let manifests = Manifests::read(source("Cargo.toml")?, |directory| {
        source(&format!("{directory}/Cargo.toml"))
    })?;
    let crates = manifests.needed_by(&application)?;
    let samples = samples()?;
    let repository = manifests.repository()?;
    let copying = Copying {
        renaming: Renaming::new(&sample.name, name),
        deployment: Deployment::new(&samples, sample, name, &repository),
        layout: Layout::new(&application, &crates),
        repository: &repository,
    };
    let files = SOURCES.iter().filter_map(|file| copying.copied(file));
    let mut files: BTreeMap<String, Written> =
        files.map(|file| (file.path.clone(), file)).collect();
    let page = files.get("README.md").map(|file| file.bytes.clone());
    let page = String::from_utf8(page.unwrap_or_default())?;
    let mut put = |path: String, text: String| {
        let (executable, bytes) = (false, text.into_bytes());
        let file = Written {
            path: path.clone(),
            bytes,
            executable,
        };
        files.insert(path, file);
    };
    let lock = source("Cargo.lock")?;
    let manifest = manifests.application(&application, name, lock)?;
    put("Cargo.toml".to_owned(), manifest);
    for (directory, name) in &crates {
        let manifest = manifests.vendored(directory)?;
        put(format!("vendor/{name}/Cargo.toml"), manifest);
    }
    put("Cargo.lock".to_owned(), copying.renaming.lock(lock));
    let readme = readme::readme(sample, name, &rust_version()?, &page);
    put("README.md".to_owned(), readme);
    put("vendor/README.md".to_owned(), readme::vendor(&crates));
    Ok(files.into_values().collect())
}

/// How the files of the sources become those of a project.
struct Copying<'a> {
    renaming: Renaming,
    deployment: Deployment<'a>,
    layout: Layout<'a>,
    repository: &'a str,
}

impl Copying<'_> {
    /// Where a file or directory goes; nowhere if it is about another program.
    fn path(&self, path: &str) -> Option<String> {
        if deploys(path) {
            self.deployment.path(path)
        } else {
            self.layout.path(path)
        }
    }

    /// A file of the sources as a project has it.
    fn copied(&self, file: &File) -> Option<Written> {
        let path = self.path(file.path)?;
        let bytes = match std::str::from_utf8(file.bytes) {
            Ok(text) => self.text(file.path, &path, text).into_bytes(),
            // A picture.
            Err(_) => file.bytes.to_vec(),
        };
        Some(Written {
            path,
            bytes,
            executable: file.executable,
        })
    }

    fn text(&self, path: &str, new_path: &str, text: &str) -> String {
        let mut text = only::about(self.deployment.sample(), text);
        if Path::new(path).extension() == Some("md".as_ref()) {
            let folder =
                |path: &'_ str| path.rsplit_once('/').map_or(0, |(folder, _)| folder.len());
            let folders = [&path[..folder(path)], &new_path[..folder(new_path)]];
            let moved = |path: &str| self.path(path).filter(|_| is_there(path));
            text = links::mended(&text, folders, moved, self.repository);
        }
        let text = self.renaming.text(path, &text);
        if deploys(path) {
            self.deployment.text(new_path, &text)
        } else {
            text
        }
    }
}

/// Whether the sources have a file or directory.
fn is_there(path: &str) -> bool {
    SOURCES.iter().any(|file| {
        let rest = file.path.strip_prefix(path);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    })
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
        project(&sample, "my-app").unwrap()
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
            let mut needed = vec![
                "vendor/astra-db",
                "vendor/astra-db-derive",
                "vendor/astra-local",
                "vendor/shared",
            ];
            if sample.name == "ecommerce" {
                needed.push("vendor/stripe-stand-in");
            }
            needed.push("vendor/test-support");
            if sample.name == "reviews" {
                needed.push("vendor/three-nodes");
            }
            assert_eq!(crates, needed, "{}", sample.name);
            for always in [
                ".ci/run",
                ".env.example",
                "Cargo.toml",
                "Cargo.lock",
                ".gitignore",
                "LICENSE",
                "README.md",
                "docker/Dockerfile",
                "src/main.rs",
                "tests/it/main.rs",
                "vendor/README.md",
            ] {
                assert!(files.iter().any(|file| file.path == always), "{always}");
            }
            // Whose the files are is seen at once, and of the crates there is what a registry has.
            for file in &files {
                let parts: Vec<&str> = file.path.split('/').collect();
                assert_ne!(parts[0], "apps", "{}", file.path);
                let unpublished = ["tests", "benches", "examples"];
                let is_published =
                    parts[0] != "vendor" || !unpublished.contains(parts.get(2).unwrap_or(&""));
                assert!(is_published, "{}", file.path);
            }
            let own = files
                .iter()
                .filter(|file| !file.path.starts_with("vendor/"));
            let own = own.count();
            let most = match sample.name.as_str() {
                "discord-bot" => 130,
                _ => 300,
            };
            assert!(own <= most, "{own} files of {}", sample.name);
            let gate = files.iter().find(|file| file.path == ".ci/run").unwrap();
            assert!(gate.executable);
        }
    }

    #[test]
    fn a_manifest_stands_alone() {
        for sample in samples().unwrap() {
            for file in made(&sample.name) {
                if !file.path.ends_with("Cargo.toml") {
                    continue;
                }
                let text = String::from_utf8(file.bytes).unwrap();
                let manifest: toml_edit::DocumentMut = text.parse().unwrap();
                assert!(
                    !text.contains("workspace = true") && !text.contains("false}"),
                    "{}: {text}",
                    file.path
                );
                let is_own = file.path == "Cargo.toml";
                assert_eq!(
                    manifest.contains_key("dev-dependencies"),
                    is_own,
                    "{}",
                    file.path
                );
                assert_eq!(manifest.contains_key("workspace"), is_own, "{}", file.path);
                assert_eq!(manifest.contains_key("profile"), is_own, "{}", file.path);
                assert_eq!(manifest["package"]["edition"].as_str(), Some("2024"));
                let shared = if is_own {
                    "vendor/astra-db"
                } else {
                    "../astra-db"
                };
                if let Some(client) = manifest["dependencies"].get("astra-db") {
                    assert_eq!(client["path"].as_str(), Some(shared), "{}", file.path);
                    assert_eq!(client["default-features"].as_bool(), Some(false));
                }
            }
        }
    }

    fn is_in_code(before: &str) -> bool {
        before.matches('`').count() % 2 == 1
    }

    /// Whether a line names a program rather than says the word.
    fn names_a_program(line: &str, name: &str) -> bool {
        let crate_name = name.replace('-', "_");
        let traces = [
            format!("-p {name}"),
            format!("apps/{name}"),
            format!("release/{name}"),
            format!("debug/{name}"),
            format!("APP={name}"),
            format!("APP:-{name}"),
            format!("CARGO_BIN_EXE_{name}"),
            format!("use {crate_name}::"),
        ];
        let is_title = line.starts_with('#') && line.trim_start_matches('#').trim() == name;
        is_title || traces.iter().any(|trace| line.contains(trace.as_str()))
    }

    #[test]
    fn nothing_in_a_copy_names_a_sample() {
        let names: Vec<String> = samples()
            .unwrap()
            .into_iter()
            .map(|sample| sample.name)
            .collect();
        for sample in &names {
            for file in made(sample) {
                let text = String::from_utf8_lossy(&file.bytes).into_owned();
                assert!(!names.iter().any(|name| file.path.contains(&format!("/{name}.")) && deploys(&file.path)), "{}", file.path);
                for line in text.lines() {
                    // Where it comes from is said once, and samples of others may have such names.
                    let is_credit =
                        line.contains("Made from the sample") || line.contains("stargate-mongoose");
                    let found = names.iter().find(|name| names_a_program(line, name));
                    assert!(
                        is_credit || found.is_none(),
                        "{found:?} in {}: {line}",
                        file.path
                    );
                }
            }
        }
    }

    #[test]
    fn no_word_of_a_sentence_becomes_the_new_name() {
        for sample in samples().unwrap() {
            for file in made(&sample.name) {
                let text = String::from_utf8_lossy(&file.bytes).into_owned();
                for line in text.lines() {
                    for (start, _) in line.match_indices("my-app") {
                        let (before, behind) = (&line[..start], &line[start + "my-app".len()..]);
                        let word =
                            |text: &str| !text.is_empty() && text.chars().all(char::is_alphabetic);
                        let previous = before
                            .strip_suffix(' ')
                            .and_then(|text| text.rsplit(' ').next());
                        let next = behind
                            .strip_prefix(' ')
                            .and_then(|text| text.split(' ').next());
                        let is_sentence = previous.is_some_and(word)
                            && next.is_some_and(word)
                            && !is_in_code(before);
                        assert!(!is_sentence, "{}: {line}", file.path);
                    }
                }
            }
        }
    }

    #[test]
    fn links_lead_to_what_is_there_and_not_to_where_the_samples_come_from() {
        let home = Manifests::read(source("Cargo.toml").unwrap(), |directory| {
            source(&format!("{directory}/Cargo.toml"))
        });
        let home = home.unwrap().repository().unwrap();
        for sample in samples().unwrap() {
            let files = made(&sample.name);
            let paths: Vec<&str> = files.iter().map(|file| file.path.as_str()).collect();
            for file in &files {
                let text = String::from_utf8_lossy(&file.bytes).into_owned();
                let is_home = text.lines().find(|line| line.contains(&home));
                assert_eq!(is_home, None, "{}", file.path);
                if Path::new(&file.path).extension() != Some("md".as_ref()) {
                    continue;
                }
                for link in text
                    .split("](")
                    .skip(1)
                    .filter_map(|rest| rest.split(')').next())
                {
                    let target = link.split('#').next().unwrap_or_default();
                    if target.is_empty() || target.contains(':') || !target.contains(['/', '.']) {
                        continue;
                    }
                    let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
                    let path = links::resolved(folder, target)
                        .unwrap_or_else(|| panic!("{}: {link}", file.path));
                    let is_there = paths
                        .iter()
                        .any(|found| *found == path || found.starts_with(&format!("{path}/")));
                    assert!(is_there, "{}: {link}", file.path);
                }
            }
        }
    }

    #[test]
    fn other_companies_are_named_only_where_they_are_used() {
        for sample in samples().unwrap() {
            for file in made(&sample.name) {
                let text = String::from_utf8_lossy(&file.bytes).to_lowercase();
                for (word, user) in [("stripe", "ecommerce"), ("discord", "discord-bot")] {
                    let is_own = sample.name == user
                        || file.path == "Cargo.lock"
                        || file.path.contains("/benches/");
                    assert!(
                        is_own || !text.contains(word),
                        "{word} in {} of {}",
                        file.path,
                        sample.name
                    );
                }
            }
        }
    }
}
