//! What the program is built of, held against `deny.toml` without a network: licences, sources and banned crates. What is
//! known to be vulnerable is asked of `cargo deny` in `.ci/run`, which needs its list.

use std::process::Command;

use serde_json::Value;

use crate::program::shipped;

fn deny() -> toml::Table {
    std::fs::read_to_string(shipped("deny.toml")).unwrap().parse().unwrap()
}

fn texts(table: &toml::Table, section: &str, key: &str) -> Vec<String> {
    table[section][key].as_array().unwrap().iter().map(|item| item.as_str().unwrap().to_owned()).collect()
}

/// The packages that are built for this machine, by `cargo metadata`.
fn packages() -> Vec<Value> {
    let cargo = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO")).current_dir(shipped("")).args(arguments).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "the licences could not be checked: cargo {arguments:?}: {said}");
        output.stdout
    };
    let version = String::from_utf8(cargo(&["-vV"])).unwrap();
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    let arguments = ["metadata", "--format-version", "1", "--locked", "--offline", "--filter-platform", host];
    let metadata: Value = serde_json::from_slice(&cargo(&arguments)).unwrap();
    metadata["packages"].as_array().unwrap().clone()
}

/// Whether an SPDX expression can be met by the allowed licences; an exception (`WITH`) only allows more.
fn is_met(expression: &str, allowed: &[String]) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let mut words = spaced.split_whitespace().peekable();
    any(&mut words, allowed)
}

type Words<'a> = std::iter::Peekable<std::str::SplitWhitespace<'a>>;

fn any(words: &mut Words<'_>, allowed: &[String]) -> bool {
    let mut met = all(words, allowed);
    while words.next_if_eq(&"OR").is_some() {
        met |= all(words, allowed);
    }
    met
}

fn all(words: &mut Words<'_>, allowed: &[String]) -> bool {
    let mut met = one(words, allowed);
    while words.next_if_eq(&"AND").is_some() {
        met &= one(words, allowed);
    }
    met
}

fn one(words: &mut Words<'_>, allowed: &[String]) -> bool {
    let word = words.next().unwrap_or_default();
    if word == "(" {
        let met = any(words, allowed);
        assert_eq!(words.next(), Some(")"));
        return met;
    }
    if words.next_if_eq(&"WITH").is_some() {
        words.next();
    }
    allowed.iter().any(|known| known == word)
}

#[test]
fn every_dependency_has_an_allowed_licence_and_comes_from_the_registry() {
    let (deny, packages) = (deny(), packages());
    let (allowed, registries) =
        (texts(&deny, "licenses", "allow"), texts(&deny, "sources", "allow-registry"));
    let banned: Vec<&str> =
        deny["bans"]["deny"].as_array().unwrap().iter().map(|item| item["crate"].as_str().unwrap()).collect();
    assert!(packages.len() > 50);
    for package in &packages {
        let name = package["name"].as_str().unwrap();
        let licence = package["license"].as_str().unwrap_or_default();
        assert!(is_met(licence, &allowed), "{name}: `{licence}` is not allowed by deny.toml");
        let source =
            package["source"].as_str().map(|source| source.trim_start_matches("registry+").to_owned());
        let is_ours = source.is_none() && name.starts_with("windtunnel");
        assert!(
            is_ours || source.is_some_and(|source| registries.contains(&source)),
            "{name} is from elsewhere"
        );
        assert!(!banned.contains(&name), "{name} is banned by deny.toml");
    }
}

#[test]
fn an_exception_has_a_reason_and_is_needed() {
    let lock = std::fs::read_to_string(shipped("Cargo.lock")).unwrap();
    for ignored in deny()["advisories"]["ignore"].as_array().unwrap() {
        let reason = ignored["reason"].as_str().unwrap();
        let name = reason.split_whitespace().next().unwrap();
        assert!(lock.contains(&format!("name = \"{name}\"")), "{name} is no dependency any more");
        assert!(ignored["id"].as_str().unwrap().starts_with("RUSTSEC-"));
    }
}

#[test]
fn expressions_of_licences_are_read_as_they_are_meant() {
    let allowed = ["MIT".to_owned(), "Unicode-3.0".to_owned()];
    for met in
        ["MIT", "Apache-2.0 OR MIT", "Unlicense/MIT", "(MIT OR Apache-2.0) AND Unicode-3.0", "MIT WITH x"]
    {
        assert!(is_met(met, &allowed), "{met}");
    }
    for unmet in ["", "GPL-3.0", "MIT AND GPL-3.0", "(Apache-2.0 OR GPL-3.0) AND MIT"] {
        assert!(!is_met(unmet, &allowed), "{unmet}");
    }
}
