//! Every output is as its schema says, and every schema says nothing that no output has.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};
use windtunnel::results::{output_names, output_schema};

use super::{files, json, results};
use crate::program::windtunnel;

/// What is in schemas and in none of the runs: a check of a variant or candidate with something more to say, which takes a
/// run that ends in the middle of a shortage.
const RARE: [(&str, &str); 7] = [
    ("comparison.json", "#/$defs/CheckResult/note"),
    ("optimization.json", "#/$defs/CheckResult/note"),
    ("optimization.json", "#/$defs/NotRunResult/candidate"),
    ("optimization.json", "#/$defs/NotRunResult/name"),
    ("optimization.json", "#/$defs/NotRunResult/why"),
    ("manifest.json", "#/inputs"),
    ("manifest.json", "#/unfinished"),
];

/// The name of a file in the list of schemas; `None` where programs do not read it.
pub(super) fn schema_name(path: &Path) -> Option<&'static str> {
    let file = path.file_name()?.to_str()?;
    let is_sweep = path.parent()?.join("cells.journal").exists();
    let name = if is_sweep && file == "summary.json" { "sweep/summary.json" } else { file };
    output_names().find(|known| *known == name)
}

fn schema(name: &str) -> Value {
    serde_json::from_str(&output_schema(name).unwrap()).unwrap()
}

/// The rows of a CSV file as objects, their cells read as the schema's types say.
fn rows(path: &Path, schema: &Value) -> Vec<Value> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let columns: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let rows = reader.records().map(|record| {
        let record = record.unwrap();
        let cells = columns
            .iter()
            .zip(&record)
            .map(|(column, cell)| (column.clone(), read(cell, &schema["properties"][column])));
        Value::Object(cells.collect::<Map<String, Value>>())
    });
    rows.collect()
}

fn read(cell: &str, rule: &Value) -> Value {
    let text = rule["type"].to_string();
    if cell.is_empty() {
        return Value::Null;
    }
    let number = cell.parse::<f64>().ok().filter(|_| !text.contains("string"));
    match (cell.parse::<u64>().ok().filter(|_| number.is_some()), number, cell) {
        (Some(whole), ..) => serde_json::json!(whole),
        (None, Some(number), _) => serde_json::json!(number),
        (None, None, "true" | "false") => Value::Bool(cell == "true"),
        (None, None, _) => Value::String(cell.to_owned()),
    }
}

/// Every declared property, as the path of its declaration.
fn declared(schema: &Value, path: &str, found: &mut BTreeSet<String>) {
    let Value::Object(map) = schema else { return };
    for (key, child) in map {
        match key.as_str() {
            "properties" => {
                for (name, child) in child.as_object().unwrap() {
                    let path = format!("{path}/{name}");
                    declared(child, &path, found);
                    found.insert(path);
                }
            }
            "$defs" => {
                for (name, child) in child.as_object().unwrap() {
                    declared(child, &format!("#/$defs/{name}"), found);
                }
            }
            "items" | "additionalProperties" => declared(child, &format!("{path}/*"), found),
            "anyOf" => child.as_array().unwrap().iter().for_each(|child| declared(child, path, found)),
            _ => {}
        }
    }
}

/// Adds the declared properties that a value has.
fn note(root: &Value, (schema, path): (&Value, &str), value: &Value, seen: &mut BTreeSet<String>) {
    if let Some(target) = schema["$ref"].as_str() {
        let definition = root.pointer(target.trim_start_matches('#')).unwrap();
        note(root, (definition, target), value, seen);
    }
    for choice in schema["anyOf"].as_array().into_iter().flatten() {
        note(root, (choice, path), value, seen);
    }
    match value {
        Value::Object(entries) => {
            for (key, value) in entries {
                match schema["properties"].get(key) {
                    Some(rule) => {
                        let path = format!("{path}/{key}");
                        note(root, (rule, &path), value, seen);
                        seen.insert(path);
                    }
                    None => note(root, (&schema["additionalProperties"], &format!("{path}/*")), value, seen),
                }
            }
        }
        Value::Array(items) => {
            let path = format!("{path}/*");
            items.iter().for_each(|item| note(root, (&schema["items"], &path), item, seen));
        }
        _ => {}
    }
}

#[test]
fn every_output_is_as_its_schema_says_and_has_all_of_it_somewhere() {
    let mut seen: BTreeMap<&str, BTreeSet<String>> =
        output_names().map(|name| (name, BTreeSet::new())).collect();
    let (mut checked, mut problems) = (0, Vec::new());
    for path in files(results()) {
        let Some(name) = schema_name(&path) else { continue };
        let schema = schema(name);
        let validator = jsonschema::validator_for(&schema).unwrap();
        let values = if name.ends_with(".csv") { rows(&path, &schema) } else { vec![json(&path)] };
        for value in &values {
            problems.extend(
                validator
                    .iter_errors(value)
                    .map(|problem| format!("{}: {problem} at {}", path.display(), problem.instance_path())),
            );
            note(&schema, (&schema, "#"), value, seen.get_mut(name).unwrap());
        }
        checked += 1;
    }
    problems.truncate(40);
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    assert!(checked > 100, "only {checked} files");
    for (name, seen) in &seen {
        let is_rare = |path: &&String| RARE.contains(&(*name, path.as_str()));
        let mut all = BTreeSet::new();
        declared(&schema(name), "#", &mut all);
        let unseen: Vec<String> = all.difference(seen).filter(|path| !is_rare(path)).cloned().collect();
        if !unseen.is_empty() {
            problems.push(format!("no {name} has {unseen:?}"));
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn a_value_that_is_not_as_its_schema_says_is_found() {
    let path = results().join("flash-sale/summary.json");
    let (schema, whole) = (schema("summary.json"), json(&path));
    let validator = jsonschema::validator_for(&schema).unwrap();
    assert!(validator.is_valid(&whole));
    let damage: [(&str, Value); 5] = [
        ("/schema_version", Value::from("9.9")),
        ("/cost/total_usd", Value::from(1.5)),
        ("/scenario/fidelity", Value::from("guessed")),
        ("/services/orchestrator/requests/offered", Value::from(-1)),
        ("/checks/0/status", Value::from(true)),
    ];
    for (pointer, bad) in damage {
        let mut value = whole.clone();
        *value.pointer_mut(pointer).unwrap() = bad;
        assert!(!validator.is_valid(&value), "{pointer}");
    }
    let mut value = whole.clone();
    value.as_object_mut().unwrap().insert("more".to_owned(), Value::Null);
    assert!(!validator.is_valid(&value), "a key that no one knows");
    let mut value = whole;
    value.as_object_mut().unwrap().remove("fingerprint");
    assert!(!validator.is_valid(&value), "a key that is missing");
}

#[test]
fn what_programs_read_has_a_schema() {
    for path in files(results()) {
        let file = path.file_name().unwrap().to_str().unwrap();
        let is_data = file.ends_with(".json") || file.ends_with(".csv");
        // AWS's own inputs have AWS's own shapes; the bills are ours to read.
        let is_aws = ["put-", "register-"].iter().any(|word| file.starts_with(word));
        if is_data && !is_aws && file != "bills.csv" {
            assert!(schema_name(&path).is_some(), "{}", path.display());
        }
    }
}

/// The file that holds the schema of an output.
fn committed(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/schemas");
    folder.join(format!("{}.json", name.trim_end_matches(".json").replace('/', "-")))
}

#[test]
fn the_committed_schemas_are_those_of_the_types() {
    let is_blessed = std::env::var_os("WINDTUNNEL_BLESS").is_some();
    let mut known = BTreeSet::new();
    for name in output_names() {
        let (path, text) = (committed(name), output_schema(name).unwrap());
        if is_blessed {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, &text).unwrap();
        }
        let is_same = fs::read_to_string(&path).unwrap_or_default() == text;
        assert!(is_same, "{} is not the schema of {name}: run with WINDTUNNEL_BLESS=1", path.display());
        known.insert(path);
    }
    for path in files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/schemas")) {
        assert!(known.contains(&path), "{} is the schema of nothing", path.display());
    }
}

#[test]
fn the_command_prints_any_schema_and_names_them_all_where_there_is_none() {
    let folder = tempfile::tempdir().unwrap();
    for name in output_names() {
        let text = output_schema(name).unwrap();
        assert_eq!(windtunnel(folder.path(), &["schema", name]).exits(0).stdout, text);
    }
    let answer = windtunnel(folder.path(), &["schema", "sumary.json"]).exits(2).stderr;
    for name in output_names() {
        assert!(answer.contains(name), "{answer}");
    }
}
