//! The files that deploy the programs name what is there: variables that are settings, programs, versions.

use std::collections::BTreeSet;

use saphyr_parser::{Event, Parser};

use crate::tree;

/// Debian's releases as images of Rust and of distroless name them.
const DEBIANS: [(&str, &str); 2] = [("bookworm", "debian12"), ("trixie", "debian13")];

#[test]
fn every_variable_that_compose_sets_is_a_setting_of_what_it_starts() {
    for file in yaml_files("docker/compose") {
        let scalars = scalars(&file.text);
        let ours = |service: &str| {
            let inside = |part: &str| format!("services/{service}/{part}/");
            let is_built = |(path, _): &(String, String)| {
                path.starts_with(&inside("build")) || path.starts_with(&inside("extends"))
            };
            scalars.iter().any(is_built)
        };
        let is_astra_dev = file.path.contains("astra-dev");
        let settings = settings(|app| is_astra_dev == (app == "cli"));
        let mut set = 0;
        for (path, _) in &scalars {
            let parts: Vec<&str> = path.split('/').collect();
            if let ["services", service, "environment", name] = parts[..]
                && ours(service)
            {
                assert!(settings.contains(name), "{}: {name}", file.path);
                set += 1;
            }
        }
        assert!(set >= 3, "{}: only {set} variables were found", file.path);
    }
}

#[test]
fn every_application_has_a_template_for_lambda_that_deploys_its_build_with_its_settings() {
    let templates = yaml_files("docker/lambda/");
    assert_eq!(templates.len(), applications().len());
    for app in applications() {
        let path = format!("docker/lambda/{app}.yaml");
        let scalars = scalars(&tree::read(&path));
        let function = "Resources/App/Properties";
        let code = scalars
            .iter()
            .find(|(path, _)| *path == format!("{function}/CodeUri"));
        assert_eq!(code.unwrap().1, format!("release/{app}.zip"), "{path}");
        let settings = settings(|of| *of == app);
        let variables: Vec<&str> = scalars
            .iter()
            .filter_map(|(path, _)| {
                path.strip_prefix(&format!("{function}/Environment/Variables/"))
            })
            .collect();
        assert!(
            variables.contains(&"ASTRA_DB_APPLICATION_TOKEN"),
            "{path}: {variables:?}"
        );
        for name in variables {
            assert!(settings.contains(name), "{path}: {name}");
        }
    }
}

#[test]
fn images_are_built_with_the_oldest_rust_on_the_debian_they_run_on() {
    let dockerfile = tree::read("docker/Dockerfile");
    let stages: Vec<&str> = dockerfile
        .lines()
        .filter_map(|line| line.strip_prefix("FROM "))
        .map(|stage| stage.split_whitespace().next().unwrap())
        .filter(|image| image.contains(':'))
        .collect();
    let [builder, last] = stages[..] else {
        panic!("two images are expected: {stages:?}");
    };
    let manifest = tree::read("Cargo.toml");
    let (_, rust) = manifest.split_once("rust-version = \"").unwrap();
    let rust = rust.split('"').next().unwrap();
    let fits = |(name, release): &(&str, &str)| {
        builder.starts_with(&format!("rust:{rust}."))
            && builder.ends_with(&format!("-slim-{name}"))
            && last == format!("gcr.io/distroless/cc-{release}:nonroot")
    };
    assert!(DEBIANS.iter().any(fits), "{builder}, {last}, Rust {rust}");
}

#[test]
fn every_deployment_reaches_the_port_that_the_image_sets() {
    let dockerfile = tree::read("docker/Dockerfile");
    let (_, port) = dockerfile.split_once(" PORT=").unwrap();
    let port = port.split_whitespace().next().unwrap();
    assert!(dockerfile.contains(&format!("\nEXPOSE {port}\n")));
    let fly = tree::read("docker/fly.toml");
    assert!(fly.contains(&format!("\n  internal_port = {port}\n")));
    let compose = scalars(&tree::read("docker/compose.yaml"));
    let value = |wanted: &str| {
        let found = compose.iter().find(|(path, _)| path == wanted);
        found.unwrap().1.clone()
    };
    assert_eq!(value("services/app/environment/PORT"), port);
    assert!(value("services/app/ports/0").ends_with(&format!(":{port}")));
}

#[test]
fn the_program_that_is_built_unless_another_is_named_is_there() {
    let mut defaults = 0;
    for file in tree::files(&["Dockerfile", "Makefile", ".yaml"]) {
        for mark in ["ARG APP=", "\nAPP=", "${APP:-"] {
            for (start, _) in file.text.match_indices(mark) {
                let after = &file.text[start + mark.len()..];
                let name = after.split(['}', '\n']).next().unwrap();
                assert!(applications().contains(name), "{}: {mark}{name}", file.path);
                defaults += 1;
            }
        }
    }
    assert!(defaults >= 6, "only {defaults} were found");
}

#[test]
fn workflows_build_every_program_and_pin_what_they_use() {
    let workflows = yaml_files(".github/workflows/");
    let mut used = 0;
    for file in &workflows {
        for (path, value) in scalars(&file.text) {
            if path.ends_with("/uses") {
                let (_, commit) = value.split_once('@').unwrap();
                let is_commit =
                    commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
                assert!(is_commit, "{}: {value} is not pinned", file.path);
                used += 1;
            }
        }
    }
    assert!(used >= 4, "only {used} actions were found");
    let images = scalars(&tree::read(".github/workflows/images.yml"));
    let mut programs = applications();
    programs.insert("astra-dev".to_owned());
    for job in ["image", "manifest"] {
        let matrix = format!("jobs/{job}/strategy/matrix/app/");
        let built: BTreeSet<String> = images
            .iter()
            .filter(|(path, _)| path.starts_with(&matrix))
            .map(|(_, value)| value.clone())
            .collect();
        assert_eq!(built, programs, "{job}");
    }
}

/// The YAML files whose paths begin so; never none.
fn yaml_files(start: &str) -> Vec<tree::File> {
    let mut files = tree::files(&[".yaml", ".yml"]);
    files.retain(|file| file.path.starts_with(start));
    assert!(!files.is_empty(), "there is no {start}");
    files
}

/// The packages below `apps`.
fn applications() -> BTreeSet<String> {
    let manifests = tree::files(&["Cargo.toml"]);
    let apps = manifests.iter().filter_map(|file| {
        let app = file.path.strip_prefix("apps/")?;
        app.strip_suffix("/Cargo.toml").map(str::to_owned)
    });
    apps.collect()
}

/// The variables in the tables of the READMEs of applications, and of the command line tool, that `of` chooses.
fn settings(of: impl Fn(&str) -> bool) -> BTreeSet<String> {
    let pages = tree::files(&["README.md"]).into_iter().filter(|page| {
        let folder = page.path.strip_suffix("/README.md").unwrap_or_default();
        let name = folder.strip_prefix("apps/");
        (name.is_some() || folder == "cli") && of(name.unwrap_or(folder))
    });
    let is_variable = |name: &&str| {
        name.bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte == b'_')
    };
    pages
        .flat_map(|page| {
            let rows = page.text.lines().filter(|line| line.starts_with("| `"));
            let names = rows.flat_map(|row| row.split('`').skip(1).step_by(2));
            names
                .filter(is_variable)
                .map(str::to_owned)
                .collect::<Vec<_>>()
        })
        .collect()
}

/// Every scalar of a YAML document with the names and numbers that lead to it: `services/app/ports/0`.
fn scalars(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    // What is open, from the outside in: a list with its place, or a mapping with the key whose value comes next.
    let mut open: Vec<Open> = Vec::new();
    for event in Parser::new_from_str(text) {
        let (event, _) = event.unwrap();
        match event {
            Event::MappingStart(..) => open.push(Open::Mapping(None)),
            Event::SequenceStart(..) => open.push(Open::List(0)),
            Event::MappingEnd | Event::SequenceEnd => {
                open.pop();
                next(&mut open);
            }
            Event::Scalar(value, ..) => {
                if let Some(Open::Mapping(key @ None)) = open.last_mut() {
                    *key = Some(value.into_owned());
                } else {
                    let path: Vec<String> = open.iter().map(Open::name).collect();
                    found.push((path.join("/"), value.into_owned()));
                    next(&mut open);
                }
            }
            _ => {}
        }
    }
    found
}

/// A value has ended: the next one has another place or key.
fn next(open: &mut [Open]) {
    match open.last_mut() {
        Some(Open::List(place)) => *place += 1,
        Some(Open::Mapping(key)) => *key = None,
        None => {}
    }
}

/// A list or mapping that is still being read.
enum Open {
    List(usize),
    Mapping(Option<String>),
}

impl Open {
    fn name(&self) -> String {
        match self {
            Self::List(place) => place.to_string(),
            Self::Mapping(key) => key.clone().unwrap_or_default(),
        }
    }
}
