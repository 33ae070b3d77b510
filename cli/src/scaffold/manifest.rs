//! Manifests: which crates a sample needs, and what the manifests of a copy say.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, anyhow};
use toml_edit::{Array, DocumentMut, InlineTable, Item, Table, TableLike, Value};

/// Where dependencies stand in a manifest.
const KINDS: [&str; 3] = ["dependencies", "dev-dependencies", "build-dependencies"];

/// What a published crate has no use for.
const UNPUBLISHED: [&str; 5] = ["dev-dependencies", "test", "bench", "example", "lints"];

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

    /// The directories of the crates of the workspace that an application needs, for its tests too, with their names. What
    /// those need for tests of their own is not among them.
    pub(super) fn needed_by(&self, application: &str) -> anyhow::Result<BTreeMap<String, String>> {
        let mut needed = BTreeMap::new();
        let mut open = vec![application.to_owned()];
        while let Some(directory) = open.pop() {
            for name in self.dependencies(&directory, directory == application)? {
                if let Some(path) = self.path_of(&name)
                    && needed.insert(path.clone(), name).is_none()
                {
                    open.push(path);
                }
            }
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

    fn of(&self, directory: &str) -> anyhow::Result<&DocumentMut> {
        let manifest = self.members.get(directory);
        manifest.ok_or_else(|| anyhow!("{directory} is not among the members"))
    }

    /// The names of everything a crate depends on.
    fn dependencies(&self, directory: &str, with_tests: bool) -> anyhow::Result<BTreeSet<String>> {
        let mut manifest = self.of(directory)?.clone();
        let mut names = BTreeSet::new();
        for (kind, table) in dependency_tables(&mut manifest) {
            if with_tests || kind != "dev-dependencies" {
                names.extend(table.iter().map(|(name, _)| name.to_owned()));
            }
        }
        Ok(names)
    }

    /// The manifest of an application that is the root of its project: what it takes from the workspace of the samples stands
    /// in it, and the crates it needs are in `vendor`. Of the profiles' packages it has those that are built: cargo warns of
    /// others at each build.
    pub(super) fn application(
        &self,
        directory: &str,
        name: &str,
        lock: &str,
    ) -> anyhow::Result<String> {
        let mut manifest = self.of(directory)?.clone();
        manifest["package"]["name"] = toml_edit::value(name);
        manifest.remove("lints");
        let own = self.standalone(manifest, "vendor")?;
        let mut used = self.dependencies(directory, true)?;
        for directory in self.needed_by(directory)?.keys() {
            used.extend(self.dependencies(directory, false)?);
        }
        let mut root = self.root.clone();
        keep_profiles_of(&mut root, &locked_closure(lock, &used)?);
        root.remove("workspace");
        let mut lints = String::new();
        let tables = self.root["workspace"].get("lints").and_then(Item::as_table);
        for (tool, table) in tables.into_iter().flatten() {
            let table = table.as_table().map(ToString::to_string);
            lints.extend(["\n[lints.", tool, "]\n", &table.unwrap_or_default()]);
        }
        Ok(format!(
            "{own}{lints}{root}\n# Crates of their own: cargo tests, formats and checks the application alone.\n[workspace]\nexclude = [\"vendor\"]\n"
        ))
    }

    /// The manifest of a crate in `vendor`, as it would be published.
    pub(super) fn vendored(&self, directory: &str) -> anyhow::Result<String> {
        let mut manifest = self.of(directory)?.clone();
        for part in UNPUBLISHED {
            manifest.remove(part);
        }
        self.standalone(manifest, "..")
    }

    /// A manifest with everything that it takes from the workspace, whose other crates lie in `folder`. The repository is that
    /// of the samples.
    fn standalone(&self, mut manifest: DocumentMut, folder: &str) -> anyhow::Result<String> {
        let workspace = &self.root["workspace"];
        let package = manifest["package"].as_table_mut();
        let package = package.ok_or_else(|| anyhow!("a manifest has no package"))?;
        package.remove("repository");
        for (key, item) in package.iter_mut() {
            if is_inherited(item)
                && let Some(value) = workspace["package"].get(key.get())
            {
                *item = value.clone();
            }
        }
        package.set_dotted(false);
        for (_, table) in dependency_tables(&mut manifest) {
            for (name, item) in table.iter_mut() {
                if is_inherited(item)
                    && let Some(shared) = workspace["dependencies"].get(name.get())
                {
                    *item = resolved(&name, item, shared, folder);
                }
            }
        }
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

/// `[dependencies]` and its kin, those of `[target.'cfg(unix)'.dependencies]` too.
fn dependency_tables(manifest: &mut DocumentMut) -> Vec<(&'static str, &mut Table)> {
    let mut found = Vec::new();
    let mut parents = Vec::new();
    for (key, item) in manifest.iter_mut() {
        if let Some(kind) = KINDS.iter().find(|kind| key == **kind) {
            found.extend(item.as_table_mut().map(|table| (*kind, table)));
        } else if key == "target" {
            parents.extend(item.as_table_mut());
        }
    }
    for (_, target) in parents.into_iter().flat_map(Table::iter_mut) {
        for (key, item) in target.as_table_mut().into_iter().flat_map(Table::iter_mut) {
            if let Some(kind) = KINDS.iter().find(|kind| key == **kind) {
                found.extend(item.as_table_mut().map(|table| (*kind, table)));
            }
        }
    }
    found
}

/// `version.workspace = true`, `anyhow = { workspace = true }`
fn is_inherited(item: &Item) -> bool {
    let table = item.as_table_like();
    table.is_some_and(|table| table.contains_key("workspace"))
}

/// A dependency with what the workspace and the crate say of it.
fn resolved(name: &str, own: &Item, shared: &Item, folder: &str) -> Item {
    let mut table = InlineTable::new();
    if let Some(version) = shared.as_str() {
        table.insert("version", version.into());
    }
    let list = |table: &dyn TableLike| {
        let features = table.get("features").and_then(Item::as_array).cloned();
        features.unwrap_or_default()
    };
    let mut features = Array::new();
    for source in [shared.as_table_like(), own.as_table_like()] {
        for (key, value) in source.into_iter().flat_map(TableLike::iter) {
            match (key, value.as_value()) {
                ("features" | "workspace", _) | (_, None) => {}
                ("path", _) => drop(table.insert(key, format!("{folder}/{name}").into())),
                (_, Some(value)) => drop(table.insert(key, value.clone().decorated(" ", ""))),
            }
        }
        for feature in source.map(list).into_iter().flatten() {
            let feature = feature.as_str().unwrap_or_default().to_owned();
            if !features.iter().any(|it| it.as_str() == Some(&feature)) {
                features.push(feature);
            }
        }
    }
    if !features.is_empty() {
        table.insert("features", Value::Array(features));
    }
    table.fmt();
    match table.get("version") {
        Some(version) if table.len() == 1 => Item::Value(version.clone().decorated(" ", "")),
        _ => toml_edit::value(table),
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
