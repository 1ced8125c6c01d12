//! `--set KEY=VALUE`: overrides by path, merged into the tree before anything is checked, so that an override obeys the
//! same rules as the file and its diagnostics point at its own text.

use crate::scenario::language::codes;
use crate::scenario::language::diagnostic::{Problem, Report};
use crate::scenario::language::tree::{self, Node, Place, Table, Value};

/// The name under which an override's text appears in diagnostics.
pub(crate) const NAME: &str = "--set";

/// Merges `overrides` into `root`, in order.
pub(crate) fn apply(root: &mut Table, overrides: &[String], report: &mut Report) {
    for text in overrides {
        let source = report.sources.add(NAME, text);
        if let Err(problem) = apply_one(root, text, source) {
            report.add(*problem);
        }
    }
}

fn apply_one(root: &mut Table, text: &str, source: usize) -> Result<(), Box<Problem>> {
    let whole = Place::at(source, 0..text.len());
    let refuse = |message: String, place: &Place| {
        Box::new(
            Problem::new(codes::BAD_OVERRIDE, message)
                .at(place, "")
                .expected("KEY=VALUE, such as service.web.scaling.max_capacity=40"),
        )
    };
    if text.len() > 1 << 20 {
        return Err(refuse("the override is longer than 1 MiB".to_owned(), &Place::at(source, 0..20)));
    }
    let Some((path, value)) = text.split_once('=') else {
        return Err(refuse("the override has no `=`".to_owned(), &whole));
    };
    let key_place = Place::at(source, 0..path.len());
    let keys: Vec<&str> = path.split('.').map(str::trim).collect();
    if keys.iter().any(|key| key.is_empty()) {
        return Err(refuse(format!("`{path}` is not the path of a key"), &key_place));
    }
    if keys.len() > tree::MAX_DEPTH {
        return Err(refuse("the path is deeper than a scenario can be".to_owned(), &key_place));
    }
    let lead = value.len() - value.trim_start().len();
    let mut complaints = Vec::new();
    let node = tree::read_value(value.trim(), source, path.len() + 1 + lead, &mut complaints);
    if !complaints.is_empty() {
        return Err(refuse("the value is nested too deeply, or too large a number".to_owned(), &whole));
    }
    if let Some(message) = unknown_service(root, &keys) {
        return Err(refuse(message, &key_place));
    }
    set(root, &keys, &key_place, node).map_err(|message| refuse(message, &key_place))
}

/// Says so when a path leads into a service that the scenario does not have: an override changes a scenario, and a
/// misspelt name would otherwise begin a new service that lacks everything.
fn unknown_service(root: &Table, keys: &[&str]) -> Option<String> {
    let [first, name, _, ..] = keys else { return None };
    if *first != "service" {
        return None;
    }
    let Value::Table(services) = &root.entry("service")?.node.value else { return None };
    if services.entry(name).is_some() {
        return None;
    }
    let known: Vec<String> = services.entries.iter().map(|entry| format!("`{}`", entry.key)).collect();
    (!known.is_empty()).then(|| format!("there is no service `{name}`; there is {}", known.join(", ")))
}

fn set(table: &mut Table, keys: &[&str], key_place: &Place, node: Node) -> Result<(), String> {
    let Some((key, rest)) = keys.split_first() else { return Ok(()) };
    if rest.is_empty() {
        table.set(key, key_place.clone(), node);
        if let Some(entry) = table.entry_mut(key) {
            entry.key_place = key_place.clone();
        }
        return Ok(());
    }
    if table.entry(key).is_none() {
        let empty = Node { value: Value::Table(Table::default()), place: key_place.clone() };
        table.set(key, key_place.clone(), empty);
    }
    match table.entry_mut(key) {
        Some(entry) => descend(&mut entry.node, key, rest, key_place, node),
        None => Ok(()),
    }
}

fn descend(at: &mut Node, key: &str, rest: &[&str], key_place: &Place, node: Node) -> Result<(), String> {
    match &mut at.value {
        Value::Table(table) => set(table, rest, key_place, node),
        Value::Array(items) => {
            let Some((index, rest)) = rest.split_first() else { return Ok(()) };
            let count = items.len();
            let Some(item) = index.parse::<usize>().ok().and_then(|index| items.get_mut(index)) else {
                let have = if count == 0 {
                    "is empty".to_owned()
                } else {
                    format!("has the items 0 to {}", count - 1)
                };
                return Err(format!("`{index}` is not an item of `{key}`, which {have}"));
            };
            if rest.is_empty() {
                *item = node;
                Ok(())
            } else {
                descend(item, index, rest, key_place, node)
            }
        }
        other => Err(format!("`{key}` is {}, not a table: set it as a whole", other.type_name())),
    }
}
