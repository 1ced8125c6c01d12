//! The resolved tree as TOML: every default written out, so that no default is silent, in a form that reads back to the
//! same plan.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Deserialize;

use crate::scenario::language::schema::TableSpec;
use crate::scenario::language::tree::{Table, Value};

/// The table as a TOML document; `laws` are those of a distribution, which stands on one line.
pub(crate) fn write(root: &Table, laws: &TableSpec) -> String {
    let mut out = String::new();
    section(root, laws, &mut Vec::new(), &mut out);
    out
}

/// `[assumptions]` of a resolved document, by key.
pub(crate) fn assumptions(document: &str) -> BTreeMap<String, serde_json::Value> {
    // A seed can be larger than what a table of TOML holds, so only this part is read.
    #[derive(Deserialize)]
    struct AssumptionsTable {
        #[serde(default)]
        assumptions: BTreeMap<String, serde_json::Value>,
    }
    toml::from_str(document).map(|part: AssumptionsTable| part.assumptions).unwrap_or_default()
}

fn section(table: &Table, laws: &TableSpec, path: &mut Vec<String>, out: &mut String) {
    for entry in &table.entries {
        if !is_section(&entry.node.value, laws, path.len()) {
            let _ = writeln!(out, "{} = {}", key(&entry.key), inline(&entry.node.value));
        }
    }
    for entry in &table.entries {
        let Value::Table(inner) = &entry.node.value else { continue };
        if is_section(&entry.node.value, laws, path.len()) {
            path.push(key(&entry.key));
            let _ = writeln!(out, "\n[{}]", path.join("."));
            section(inner, laws, path, out);
            path.pop();
        }
    }
}

/// Tables of the upper levels get a header; a distribution or a shape reads better on one line.
fn is_section(value: &Value, laws: &TableSpec, depth: usize) -> bool {
    let Value::Table(table) = value else { return false };
    if let [only] = table.entries.as_slice()
        && laws.key(&only.key).is_some()
        && depth > 1
    {
        return false;
    }
    let nested =
        table.entries.iter().any(|entry| matches!(entry.node.value, Value::Table(_) | Value::Array(_)));
    depth < 1 || (depth < 5 && (nested || table.entries.len() > 3))
}

/// A value as it stands behind its key.
pub(crate) fn inline(value: &Value) -> String {
    match value {
        Value::Text(text) => quoted(text),
        Value::Integer(number) => number.to_string(),
        Value::Number(number) => format!("{number:?}"),
        Value::Bool(flag) => flag.to_string(),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(|item| inline(&item.value)).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Table(table) => {
            let entries: Vec<String> = table
                .entries
                .iter()
                .map(|entry| format!("{} = {}", key(&entry.key), inline(&entry.node.value)))
                .collect();
            if entries.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", entries.join(", ")) }
        }
        Value::Invalid => "\"\"".to_owned(),
    }
}

fn key(name: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if !name.is_empty() && name.chars().all(bare) { name.to_owned() } else { quoted(name) }
}

fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
