//! Every output is as its schema says, and every schema says nothing that no output has.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde_json::{Map, Value};
use windtunnel::report::{output_schema, output_schemas};

use super::json_schema::Schema;
use super::{files, json, results};
use crate::program::windtunnel;

/// What is in schemas and in none of the runs: a check of a variant or candidate with something more to say, which takes a
/// run that ends in the middle of a shortage.
const RARE: [(&str, &str); 4] = [
    ("comparison.json", "#/$defs/check/note"),
    ("optimization.json", "#/$defs/check/note"),
    ("manifest.json", "#/inputs"),
    ("manifest.json", "#/unfinished"),
];

/// The name of a file in the list of schemas; `None` where programs do not read it.
fn schema_name(path: &Path) -> Option<&'static str> {
    let file = path.file_name()?.to_str()?;
    let is_sweep = path.parent()?.join("cells.journal").exists();
    let name = if is_sweep && file == "summary.json" { "sweep/summary.json" } else { file };
    output_schemas().map(|(name, _)| name).find(|known| *known == name)
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
    match (number, cell) {
        (Some(number), _) => serde_json::json!(number),
        (None, "true" | "false") => Value::Bool(cell == "true"),
        (None, _) => Value::String(cell.to_owned()),
    }
}

#[test]
fn every_output_is_as_its_schema_says_and_has_all_of_it_somewhere() {
    let mut schemas: BTreeMap<&str, Schema> =
        output_schemas().map(|(name, text)| (name, Schema::parse(text))).collect();
    let (mut checked, mut problems) = (0, Vec::new());
    for path in files(results()) {
        let Some(name) = schema_name(&path) else { continue };
        let schema = schemas.get_mut(name).unwrap();
        let values = if name.ends_with(".csv") {
            let text: Value = serde_json::from_str(output_schema(name).unwrap()).unwrap();
            rows(&path, &text)
        } else {
            vec![json(&path)]
        };
        for value in values {
            let found = schema.problems(&value);
            problems.extend(found.iter().map(|problem| format!("{}: {problem}", path.display())));
        }
        checked += 1;
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    assert!(checked > 100, "only {checked} files");
    for (name, schema) in &schemas {
        let is_rare = |path: &&String| RARE.contains(&(*name, path.as_str()));
        let unseen: Vec<String> =
            schema.properties().difference(&schema.seen).filter(|path| !is_rare(path)).cloned().collect();
        if !unseen.is_empty() {
            problems.push(format!("no {name} has {unseen:?}"));
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
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

#[test]
fn the_columns_of_a_sheet_stand_in_the_order_of_its_schema() {
    for path in files(results()) {
        let Some(name) = schema_name(&path).filter(|name| name.ends_with(".csv")) else { continue };
        let text = output_schema(name).unwrap();
        let schema: Value = serde_json::from_str(text).unwrap();
        let mut places = Vec::new();
        let header = fs::read_to_string(&path).unwrap();
        for column in header.lines().next().unwrap().split(',') {
            if schema["properties"].get(column).is_some() {
                places.push(text.find(&format!("\"{column}\": {{")).unwrap());
            }
        }
        assert!(places.is_sorted(), "{name}");
    }
}

#[test]
fn the_command_prints_any_schema_and_names_them_all_where_there_is_none() {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in output_schemas() {
        assert_eq!(windtunnel(folder.path(), &["schema", name]).exits(0).stdout, text);
    }
    let answer = windtunnel(folder.path(), &["schema", "sumary.json"]).exits(2).stderr;
    for (name, _) in output_schemas() {
        assert!(answer.contains(name), "{answer}");
    }
}
