//! Differences of two resolved scenarios, leaf by leaf, in the words of the file. Both have every default filled in, so a
//! default that changed is a change too. It knows which keys are the policy's; what a difference did is for others to say.

use crate::scenario::language::resolved::inline;
use crate::scenario::language::tree::{self, Table, Value};

/// Subject of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Capacities, policies and scheduled actions of a service.
    Policy,
    /// The checks.
    Checks,
    /// Names, texts, the seed, and the tables that a run does not read: nothing that a run depends on but its random numbers.
    Aside,
    /// Everything else: traffic, requests, tasks, prices, …
    Other,
}

/// A key whose value changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Path of the key: `service.web.scaling.target_tracking.cpu.target_value`.
    pub key: String,
    /// Subject of the key.
    pub part: Part,
    /// Value before; `None` where it was not there.
    pub before: Option<String>,
    /// Value now; `None` where it is not there any more.
    pub after: Option<String>,
}

/// What changed between two resolved scenarios, in the order of the first, then what is new in the order of the second.
#[must_use]
pub fn changes(before: &str, after: &str) -> Vec<Change> {
    let read = |text| {
        // A resolved scenario was written by the program, so there is nothing to complain of.
        let root = tree::read_document(text, 0, &mut Vec::new());
        let mut leaves = Vec::new();
        collect(&root, &mut Vec::new(), &mut leaves);
        leaves
    };
    let (before, after) = (read(before), read(after));
    let find = |leaves: &[Leaf], path: &[String]| {
        leaves.iter().find(|leaf| leaf.path == path).map(|leaf| leaf.text.clone())
    };
    let mut found = Vec::new();
    for leaf in &before {
        let now = find(&after, &leaf.path);
        if now.as_ref() != Some(&leaf.text) {
            found.push(change(&leaf.path, Some(leaf.text.clone()), now));
        }
    }
    let is_new = |leaf: &&Leaf| find(&before, &leaf.path).is_none();
    found.extend(after.iter().filter(is_new).map(|leaf| change(&leaf.path, None, Some(leaf.text.clone()))));
    found
}

/// A value that is no table.
struct Leaf {
    path: Vec<String>,
    text: String,
}

fn change(path: &[String], before: Option<String>, after: Option<String>) -> Change {
    Change { key: path.join("."), part: part(path), before, after }
}

fn part(path: &[String]) -> Part {
    let words: Vec<&str> = path.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["service", _, "scaling", ..] => Part::Policy,
        ["checks", ..] => Part::Checks,
        ["schema" | "name" | "description" | "seed" | "sweep" | "optimize" | "forecast", ..] => Part::Aside,
        _ => Part::Other,
    }
}

fn collect(table: &Table, path: &mut Vec<String>, leaves: &mut Vec<Leaf>) {
    for entry in &table.entries {
        path.push(entry.key.clone());
        leaf(&entry.node.value, path, leaves);
        path.pop();
    }
}

fn leaf(value: &Value, path: &mut Vec<String>, leaves: &mut Vec<Leaf>) {
    match value {
        Value::Table(table) if !table.entries.is_empty() => collect(table, path, leaves),
        // Members of a list of tables have numbers, as after --set; a list of plain values is one value.
        Value::Array(items) if items.iter().any(|item| matches!(item.value, Value::Table(_))) => {
            for (index, item) in items.iter().enumerate() {
                path.push(index.to_string());
                leaf(&item.value, path, leaves);
                path.pop();
            }
        }
        Value::Text(text) => leaves.push(Leaf { path: path.clone(), text: text.clone() }),
        Value::Number(number) => leaves.push(Leaf { path: path.clone(), text: number.to_string() }),
        // An empty table or list says that there is nothing; a member of it says so better.
        Value::Table(_) => {}
        Value::Array(items) if items.is_empty() => {}
        other => leaves.push(Leaf { path: path.clone(), text: inline(other) }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaves_that_changed_came_or_went_are_told_by_their_path() {
        let before = "name = \"a\"\n[service.web.scaling]\nmin_capacity = 2\nstep = {}\n[service.web.scaling.target_tracking.cpu]\n\
                      target_value = 60.0\n[service.web.traffic]\nshape = [{ constant = { rate = 5.0 } }]\n[checks]\ncost = \"< 5 USD\"\n";
        let after = before
            .replace("60.0", "50.5")
            .replace("rate = 5.0", "rate = 6.0")
            .replace("step = {}", "step = { burst = { cooldown = \"60s\", list = [1, 2] } }")
            .replace("cost = \"< 5 USD\"\n", "")
            .replace("\"a\"", "\"b\"");
        let found = changes(before, &after);
        let told: Vec<String> = found
            .iter()
            .map(|change| {
                let text = |value: &Option<String>| value.clone().unwrap_or_else(|| "-".to_owned());
                format!(
                    "{:?} {}: {} > {}",
                    change.part,
                    change.key,
                    text(&change.before),
                    text(&change.after)
                )
            })
            .collect();
        assert_eq!(
            told,
            [
                "Aside name: a > b",
                "Policy service.web.scaling.target_tracking.cpu.target_value: 60 > 50.5",
                "Other service.web.traffic.shape.0.constant.rate: 5 > 6",
                "Checks checks.cost: < 5 USD > -",
                "Policy service.web.scaling.step.burst.cooldown: - > 60s",
                "Policy service.web.scaling.step.burst.list: - > [1, 2]",
            ]
        );
        assert_eq!(changes(before, before), []);
    }
}
