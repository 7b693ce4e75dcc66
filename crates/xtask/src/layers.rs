//! Which crate may use which: `[workspace.metadata.layers]` and `.owners` against `cargo metadata`.

use crate::failure::{Failure, Outcome, refuse_if_any};
use crate::workspace::{self, Metadata, Package};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The two tables of the root `Cargo.toml`.
#[derive(Deserialize)]
struct Rules {
    /// crate → the crates it may use
    layers: BTreeMap<String, Vec<String>>,
    /// outside dependency → the crates that may name it
    owners: BTreeMap<String, Vec<String>>,
}

pub fn run() -> Outcome {
    let Metadata {
        packages, metadata, ..
    } = workspace::metadata()?;
    let rules: Rules = serde_json::from_value(metadata)
        .map_err(|error| Failure::new(format!("[workspace.metadata] of the root Cargo.toml: {error}")))?;
    refuse_if_any(
        "The layers do not hold. Move the code, or change the table in the root Cargo.toml and say why:",
        &findings(&rules, &packages),
    )?;
    println!("layers: {} crates, all as the table says", packages.len());
    Ok(())
}

fn findings(rules: &Rules, packages: &[Package]) -> Vec<String> {
    let mut found: Vec<String> = packages
        .iter()
        .flat_map(|package| package_findings(rules, package, packages))
        .collect();
    for listed in rules.layers.keys() {
        if !packages.iter().any(|package| short(&package.name) == listed) {
            found.push(format!(
                "the layers table lists `{listed}`, which is no crate of this workspace"
            ));
        }
    }
    found
}

fn package_findings(rules: &Rules, package: &Package, packages: &[Package]) -> Vec<String> {
    let name = short(&package.name);
    let Some(allowed) = rules.layers.get(name) else {
        return vec![format!("crate `{name}` is missing in the layers table")];
    };
    let built = package
        .dependencies
        .iter()
        .filter(|dependency| dependency.kind.as_deref() != Some("dev"));
    built
        .filter_map(|dependency| {
            let used = short(&dependency.name);
            let inside = packages.iter().any(|other| other.name == dependency.name);
            if inside && !allowed.iter().any(|allowed| allowed == used) {
                return Some(format!("`{name}` uses `{used}`; it may use {}", listed(allowed)));
            }
            let owners = rules.owners.get(&dependency.name)?;
            (!inside && !owners.iter().any(|owner| owner == name)).then(|| {
                format!(
                    "`{name}` names the outside crate `{used}`, which belongs to {}",
                    listed(owners)
                )
            })
        })
        .collect()
}

fn short(package: &str) -> &str {
    package.strip_prefix("latchkey-").unwrap_or(package)
}

fn listed(names: &[String]) -> String {
    if names.is_empty() {
        return "no other crate".to_owned();
    }
    format!("`{}`", names.join("`, `"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::Dependency;

    fn rules() -> Rules {
        let table = |rows: &[(&str, &[&str])]| {
            rows.iter()
                .map(|(key, values)| {
                    let values = values.iter().map(|&value| value.to_owned()).collect();
                    ((*key).to_owned(), values)
                })
                .collect()
        };
        Rules {
            layers: table(&[("domain", &[]), ("store", &["domain"]), ("web", &["domain"])]),
            owners: table(&[("rusqlite", &["store"])]),
        }
    }

    fn package(name: &str, dependencies: &[(&str, Option<&str>)]) -> Package {
        Package {
            name: name.to_owned(),
            dependencies: dependencies
                .iter()
                .map(|(name, kind)| Dependency {
                    name: (*name).to_owned(),
                    kind: kind.map(str::to_owned),
                })
                .collect(),
        }
    }

    fn workspace(web: &[(&str, Option<&str>)]) -> Vec<Package> {
        vec![
            package("latchkey-domain", &[("serde", None)]),
            package("latchkey-store", &[("latchkey-domain", None), ("rusqlite", None)]),
            package("latchkey-web", web),
        ]
    }

    #[test]
    fn a_workspace_that_follows_the_table_has_no_findings() {
        let packages = workspace(&[("latchkey-domain", None)]);
        assert_eq!(findings(&rules(), &packages), Vec::<String>::new());
    }

    #[test]
    fn using_a_crate_outside_the_table_is_found() {
        let packages = workspace(&[("latchkey-store", None)]);
        assert_eq!(
            findings(&rules(), &packages),
            ["`web` uses `store`; it may use `domain`"]
        );
    }

    #[test]
    fn naming_a_dependency_that_another_crate_owns_is_found() {
        let packages = workspace(&[("rusqlite", Some("build"))]);
        assert_eq!(
            findings(&rules(), &packages),
            ["`web` names the outside crate `rusqlite`, which belongs to `store`"]
        );
    }

    #[test]
    fn what_only_tests_use_is_not_looked_at() {
        let packages = workspace(&[("latchkey-store", Some("dev")), ("rusqlite", Some("dev"))]);
        assert_eq!(findings(&rules(), &packages), Vec::<String>::new());
    }

    #[test]
    fn a_crate_without_a_row_and_a_row_without_a_crate_are_found() {
        let packages = [
            package("latchkey-domain", &[]),
            package("latchkey-store", &[]),
            package("latchkey-extra", &[]),
        ];
        assert_eq!(
            findings(&rules(), &packages),
            [
                "crate `extra` is missing in the layers table",
                "the layers table lists `web`, which is no crate of this workspace"
            ]
        );
    }
}
