//! Manifests: which crates a sample needs, and what the manifests of a copy say.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, anyhow};
use toml_edit::{Array, DocumentMut, Item, Table};

/// Where dependencies stand in a manifest.
const KINDS: [&str; 3] = ["dependencies", "dev-dependencies", "build-dependencies"];

/// The manifests of the workspace.
pub(super) struct Manifests {
    root: DocumentMut,
    /// By directory.
    members: BTreeMap<String, DocumentMut>,
}

impl Manifests {
    /// Reads the root's manifest and those of the crates that may be needed: members whose manifests there are.
    pub(super) fn read<'a>(
        root: &str,
        manifest: impl Fn(&str) -> anyhow::Result<&'a str>,
    ) -> anyhow::Result<Self> {
        let root: DocumentMut = root.parse().context("reading Cargo.toml")?;
        let members = root["workspace"]["members"]
            .as_array()
            .ok_or_else(|| anyhow!("Cargo.toml names no members"))?;
        let members = members
            .iter()
            .filter_map(toml_edit::Value::as_str)
            .filter_map(|directory| Some((directory, manifest(directory).ok()?)))
            .map(|(directory, text)| {
                let manifest = text
                    .parse()
                    .with_context(|| format!("reading {directory}/Cargo.toml"))?;
                Ok((directory.to_owned(), manifest))
            })
            .collect::<anyhow::Result<_>>()?;
        Ok(Self { root, members })
    }

    /// The directories of a crate and of all crates of the workspace it needs, tests included.
    pub(super) fn needed_by(&self, directory: &str) -> anyhow::Result<BTreeSet<String>> {
        let mut needed = BTreeSet::new();
        let mut open = vec![directory.to_owned()];
        while let Some(directory) = open.pop() {
            if !needed.insert(directory.clone()) {
                continue;
            }
            open.extend(
                self.dependencies(&directory)?
                    .iter()
                    .filter_map(|name| self.path_of(name)),
            );
        }
        Ok(needed)
    }

    /// Where a dependency that is a crate of the workspace lies.
    fn path_of(&self, dependency: &str) -> Option<String> {
        let path = self.root["workspace"]["dependencies"]
            .get(dependency)?
            .get("path")?;
        path.as_str().map(str::to_owned)
    }

    /// The names of everything a crate depends on.
    fn dependencies(&self, directory: &str) -> anyhow::Result<BTreeSet<String>> {
        let manifest = self.members.get(directory);
        let manifest = manifest.ok_or_else(|| anyhow!("{directory} is not among the members"))?;
        let mut names = BTreeSet::new();
        let mut add = |tables: &Table| {
            for kind in KINDS {
                if let Some(table) = tables.get(kind).and_then(Item::as_table) {
                    names.extend(table.iter().map(|(name, _)| name.to_owned()));
                }
            }
        };
        add(manifest.as_table());
        // [target.'cfg(unix)'.dependencies]
        if let Some(targets) = manifest.get("target").and_then(Item::as_table) {
            targets
                .iter()
                .filter_map(|(_, target)| target.as_table())
                .for_each(add);
        }
        Ok(names)
    }

    /// The root's manifest of a copy: these members, of the table of versions what they use, and of the profiles' packages
    /// those that are built. Cargo warns of others at each build.
    pub(super) fn root(
        &self,
        crates: &BTreeSet<String>,
        application: &str,
        name: &str,
        lock: &str,
    ) -> anyhow::Result<String> {
        let mut used = BTreeSet::new();
        for directory in crates {
            used.extend(self.dependencies(directory)?);
        }
        let mut root = self.root.clone();
        keep_profiles_of(&mut root, &locked_closure(lock, &used)?);
        let members = crates.iter().map(|directory| {
            if directory == application {
                format!("apps/{name}")
            } else {
                directory.clone()
            }
        });
        root["workspace"]["members"] = toml_edit::value(members.collect::<Array>());
        // What cargo builds, runs and tests unless told otherwise.
        let own = Array::from_iter([format!("apps/{name}")]);
        root["workspace"]["default-members"] = toml_edit::value(own);
        if let Some(package) = root["workspace"]["package"].as_table_mut() {
            package.remove("repository");
        }
        let versions = root["workspace"]["dependencies"].as_table_mut();
        let versions = versions.ok_or_else(|| anyhow!("Cargo.toml has no table of versions"))?;
        versions.retain(|name, _| used.contains(name));
        Ok(root.to_string())
    }

    /// A crate's manifest of a copy, under another name if that is given. The repository is that of the samples.
    pub(super) fn member(&self, directory: &str, name: Option<&str>) -> anyhow::Result<String> {
        let manifest = self.members.get(directory);
        let mut manifest = manifest
            .ok_or_else(|| anyhow!("{directory} is not among the members"))?
            .clone();
        let package = manifest["package"].as_table_mut();
        let package = package.ok_or_else(|| anyhow!("{directory}/Cargo.toml has no package"))?;
        if let Some(name) = name {
            package["name"] = toml_edit::value(name);
        }
        package.remove("repository");
        Ok(manifest.to_string())
    }

    /// Where the samples come from.
    pub(super) fn repository(&self) -> anyhow::Result<String> {
        let repository = self.root["workspace"]["package"]["repository"].as_str();
        Ok(repository
            .ok_or_else(|| anyhow!("Cargo.toml names no repository"))?
            .to_owned())
    }
}

pub(super) fn name_and_description(manifest: &str) -> anyhow::Result<(String, String)> {
    let manifest: DocumentMut = manifest.parse().context("reading a manifest")?;
    let field = |name: &str| {
        let value = manifest["package"].get(name).and_then(Item::as_str);
        value
            .map(str::to_owned)
            .ok_or_else(|| anyhow!("a sample has no {name}"))
    };
    Ok((field("name")?, field("description")?))
}

pub(super) fn rust_version(root: &str) -> anyhow::Result<String> {
    let root: DocumentMut = root.parse().context("reading Cargo.toml")?;
    let version = root["workspace"]["package"]["rust-version"].as_str();
    Ok(version
        .ok_or_else(|| anyhow!("Cargo.toml names no rust-version"))?
        .to_owned())
}

/// Of the packages that profiles name, keeps these, and `*`.
fn keep_profiles_of(root: &mut DocumentMut, built: &BTreeSet<String>) {
    let profiles = root.get_mut("profile").and_then(Item::as_table_mut);
    let profiles = profiles
        .into_iter()
        .flat_map(|profiles| profiles.iter_mut());
    for (_, profile) in profiles {
        if let Some(packages) = profile.get_mut("package").and_then(Item::as_table_mut) {
            packages.retain(|package, _| package == "*" || built.contains(package));
        }
    }
}

/// These packages and what they need, directly or not, as a lock file has it: with what their features leave out.
fn locked_closure(lock: &str, packages: &BTreeSet<String>) -> anyhow::Result<BTreeSet<String>> {
    let lock: DocumentMut = lock.parse().context("reading Cargo.lock")?;
    let locked = lock["package"].as_array_of_tables();
    let locked = locked.ok_or_else(|| anyhow!("Cargo.lock has no packages"))?;
    let mut needs: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for package in locked {
        let Some(name) = package.get("name").and_then(Item::as_str) else {
            continue;
        };
        let dependencies = package.get("dependencies").and_then(Item::as_array);
        let dependencies = dependencies.into_iter().flatten();
        // "name", or "name version" where there are several versions.
        let names = dependencies.filter_map(|dependency| dependency.as_str()?.split(' ').next());
        needs.entry(name).or_default().extend(names);
    }
    let mut found = BTreeSet::new();
    let mut open: Vec<&str> = packages.iter().map(String::as_str).collect();
    while let Some(name) = open.pop() {
        if found.insert(name.to_owned()) {
            open.extend(needs.get(name).into_iter().flatten());
        }
    }
    Ok(found)
}

/// The names in a lock file.
pub(super) fn locked_names(lock: &str) -> anyhow::Result<BTreeSet<String>> {
    let lock: DocumentMut = lock.parse().context("reading Cargo.lock")?;
    let packages = lock["package"].as_array_of_tables();
    let packages = packages.ok_or_else(|| anyhow!("Cargo.lock has no packages"))?;
    let names = packages
        .iter()
        .filter_map(|package| package.get("name")?.as_str());
    Ok(names.map(str::to_owned).collect())
}
