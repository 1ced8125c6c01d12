//! From the spanned tree to the resolved tree: unknown keys, types, ranges and choices are checked against the key table
//! and every default is filled in. What was wrong is reported and left in the tree as invalid, so that later checks can
//! tell "absent" from "wrong". Relations between keys are not checked here.

mod scalar;
mod suggest;

use crate::scenario::language::diagnostic::{Problem, Report};
use crate::scenario::language::invisible::is_invisible;
use crate::scenario::language::schema::{Default, Key, Kind, State, TableSpec};
use crate::scenario::language::tree::{self, Entry, Node, Place, Table, Value};
use crate::scenario::language::{codes, scope};

pub(crate) use suggest::nearest;

/// Most services, policies or shapes: each of them costs time for every other.
const MOST_ITEMS: usize = 1000;

/// Checks `table` against `spec` and returns it with every default filled in, in the order of the key table.
pub(crate) fn validate(table: &Table, spec: &'static TableSpec, place: &Place, report: &mut Report) -> Table {
    Conform { report }.table(table, spec, place, "")
}

struct Conform<'a> {
    report: &'a mut Report,
}

impl Conform<'_> {
    fn table(&mut self, table: &Table, spec: &'static TableSpec, place: &Place, path: &str) -> Table {
        for entry in &table.entries {
            if spec.key(&entry.key).is_none() {
                self.unknown_key(entry, spec, path);
            }
        }
        let mut resolved = Table::default();
        for key in spec.keys {
            let path = join(path, key.name);
            match table.entry(key.name) {
                Some(entry) => {
                    let node = self.given(entry, key, &path);
                    resolved.set(key.name, entry.key_place.clone(), node);
                }
                None => {
                    if let Some(node) = self.absent(key, place, &path) {
                        resolved.set(key.name, Place::nowhere(), node);
                    }
                }
            }
        }
        resolved
    }

    fn given(&mut self, entry: &Entry, key: &'static Key, path: &str) -> Node {
        match key.state {
            State::Built => self.value(&entry.node, &key.kind, path),
            State::NotBuilt(instead) => {
                self.report.add(
                    Problem::new(codes::NOT_BUILT, format!("`{path}` is not built yet"))
                        .at(&entry.key_place, "this version cannot simulate it")
                        .help(instead),
                );
                invalid(&entry.node)
            }
            State::Superseded(by) => {
                self.report.add(
                    Problem::new(codes::SUPERSEDED, format!("`{path}` is replaced by more precise keys"))
                        .at(&entry.key_place, "say it by those keys")
                        .help(format!("use {by} of the service")),
                );
                invalid(&entry.node)
            }
        }
    }

    fn absent(&mut self, key: &'static Key, place: &Place, path: &str) -> Option<Node> {
        match key.default {
            Default::Nothing => None,
            Default::Required => {
                self.report.add(
                    Problem::new(codes::MISSING_KEY, format!("`{path}` is missing"))
                        .at(place, format!("`{}` is needed here", key.name))
                        .expected(key.kind.expected())
                        .help(key.doc),
                );
                Some(Node { value: Value::Invalid, place: place.clone() })
            }
            Default::Toml(text) => {
                let mut node = tree::read_value(text, 0, 0, &mut Vec::new());
                forget_places(&mut node);
                Some(self.value(&node, &key.kind, path))
            }
        }
    }

    /// The value as the kind wants it, or an invalid one after a report.
    fn value(&mut self, node: &Node, kind: &Kind, path: &str) -> Node {
        if node.value == Value::Invalid {
            return node.clone();
        }
        let value = match (kind, &node.value) {
            (Kind::Table(spec), Value::Table(table)) => {
                Value::Table(self.table(table, spec, &node.place, path))
            }
            (Kind::Map(spec), Value::Table(table)) => Value::Table(self.map(table, spec, node, path)),
            (Kind::List(spec), Value::Array(items)) => self.list(items, &Kind::Table(spec), node, path),
            (Kind::ListOneOf(spec), Value::Array(items)) => self.list(items, &Kind::OneOf(spec), node, path),
            (Kind::OneOf(spec), Value::Table(table)) => return self.one_of(table, spec, node, path),
            (Kind::Distribution, Value::Table(table)) => {
                return self.one_of(table, &crate::scenario::keys::distribution::DISTRIBUTION, node, path);
            }
            (Kind::Distribution, Value::Text(_)) => {
                return self.value(node, &Kind::Duration(0, 365 * 86_400), path);
            }
            (Kind::Either(a, b), value) => {
                let first = match (a, value) {
                    (Kind::Choice(words), Value::Text(text)) => {
                        let is_word = text.starts_with(|c: char| c.is_alphabetic());
                        is_word
                            || matches!(b, Kind::OneOf(_))
                            || words.iter().any(|choice| choice.word == text)
                    }
                    _ => false,
                };
                return self.value(node, if first { a } else { b }, path);
            }
            _ => match scalar::check(node, kind, path) {
                Ok(value) => value,
                Err(problem) => {
                    self.report.add(*problem);
                    Value::Invalid
                }
            },
        };
        Node { value, place: node.place.clone() }
    }

    fn map(&mut self, table: &Table, spec: &'static TableSpec, node: &Node, path: &str) -> Table {
        let mut resolved = Table::default();
        if table.entries.is_empty() && path == "service" {
            self.report.add(
                Problem::new(codes::MISSING_KEY, "a scenario needs at least one service")
                    .at(&node.place, "no service here")
                    .expected("a table [service.<name>]"),
            );
        }
        if table.entries.len() > MOST_ITEMS {
            self.too_many(table.entries.len(), &node.place, path);
            return resolved;
        }
        for entry in &table.entries {
            let path = join(path, &entry.key);
            let sound = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
            if entry.key.is_empty() || entry.key.len() > 200 || !entry.key.chars().all(sound) {
                self.report.add(
                    Problem::new(codes::BAD_NAME, format!("`{}` cannot be a name", clipped(&entry.key)))
                        .at(&entry.key_place, "")
                        .expected("1 to 200 of the characters A-Z a-z 0-9 _ -"),
                );
            }
            let value = match &entry.node.value {
                Value::Table(inner) => Value::Table(self.table(inner, spec, &entry.node.place, &path)),
                Value::Invalid => Value::Invalid,
                other => {
                    self.report.add(
                        Problem::new(codes::WRONG_TYPE, format!("`{path}` is {}", other.type_name()))
                            .at(&entry.node.place, "")
                            .expected("a table"),
                    );
                    Value::Invalid
                }
            };
            resolved.set(
                &entry.key,
                entry.key_place.clone(),
                Node { value, place: entry.node.place.clone() },
            );
        }
        resolved
    }

    fn list(&mut self, items: &[Node], kind: &Kind, node: &Node, path: &str) -> Value {
        if items.len() > MOST_ITEMS {
            self.too_many(items.len(), &node.place, path);
            // Not an empty list, of which a later step would complain again.
            return Value::Invalid;
        }
        let checked = items
            .iter()
            .enumerate()
            .map(|(index, item)| self.value(item, kind, &join(path, &index.to_string())))
            .collect();
        Value::Array(checked)
    }

    fn too_many(&mut self, count: usize, place: &Place, path: &str) {
        self.report.add(
            Problem::new(codes::TEXT_LIMITS, format!("`{path}` has {count} items"))
                .at(place, "")
                .expected(format!("at most {MOST_ITEMS}")),
        );
    }

    fn one_of(&mut self, table: &Table, spec: &'static TableSpec, node: &Node, path: &str) -> Node {
        let known: Vec<&Entry> =
            table.entries.iter().filter(|entry| spec.key(&entry.key).is_some()).collect();
        let mut unknown = false;
        for entry in table.entries.iter().filter(|entry| spec.key(&entry.key).is_none()) {
            self.unknown_key(entry, spec, path);
            unknown = true;
        }
        if let [entry] = known.as_slice()
            && let Some(key) = spec.key(&entry.key)
        {
            let mut resolved = Table::default();
            let value = self.given(entry, key, &join(path, key.name));
            resolved.set(key.name, entry.key_place.clone(), value);
            return Node { value: Value::Table(resolved), place: node.place.clone() };
        }
        if !unknown || known.len() > 1 {
            let names: Vec<&str> = spec.keys.iter().map(|key| key.name).collect();
            let mut problem = Problem::new(
                codes::ONE_OF,
                format!("`{path}` needs exactly one alternative and has {}", known.len()),
            )
            .at(&node.place, "")
            .expected(format!("one of the keys {}", names.join(", ")));
            for entry in &known {
                problem = problem.also(&entry.key_place, "this one");
            }
            self.report.add(problem);
        }
        invalid(node)
    }

    fn unknown_key(&mut self, entry: &Entry, spec: &'static TableSpec, path: &str) {
        // What is not listed needs no suggestion, which takes a look at every key there is.
        if self.report.is_full() {
            return self.report.leave_out();
        }
        if let Some(subject) = scope::find(&entry.key) {
            self.report.add(
                Problem::new(
                    codes::NOT_BUILT,
                    format!(
                        "{} not simulated, so there is no key `{}`",
                        subject.what,
                        join(path, &entry.key)
                    ),
                )
                .at(&entry.key_place, "not simulated")
                .help(format!(
                    "{}; `windtunnel explain {}` says more",
                    subject.instead,
                    quoted(subject.name)
                )),
            );
            return;
        }
        let place = if path.is_empty() { "a scenario".to_owned() } else { format!("`{path}`") };
        let mut problem =
            Problem::new(codes::UNKNOWN_KEY, format!("{place} has no key `{}`", clipped(&entry.key)));
        let names: Vec<&str> = spec.keys.iter().map(|key| key.name).collect();
        let mut label = "unknown key";
        if let Some(near) = nearest(&entry.key, &names) {
            problem = problem.fix(format!("write `{near}`"));
            label = "misspelt?";
        } else if let Some(elsewhere) = suggest::elsewhere(&entry.key) {
            problem = problem.help(format!("there is a key `{elsewhere}`"));
        }
        self.report.add(problem.at(&entry.key_place, label).expected(format!("one of {}", names.join(", "))));
    }
}

fn invalid(node: &Node) -> Node {
    Node { value: Value::Invalid, place: node.place.clone() }
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

/// A topic as an argument of the command line.
fn quoted(name: &str) -> String {
    if name.contains(' ') { format!("'{name}'") } else { name.to_owned() }
}

/// A key for a message: never longer than a line.
fn clipped(key: &str) -> String {
    if key.chars().count() <= 60 {
        key.to_owned()
    } else {
        format!("{}…", key.chars().take(60).collect::<String>())
    }
}

/// Whether a text can be printed as a name.
fn is_name(text: &str) -> bool {
    let length = text.chars().count();
    (1..=200).contains(&length)
        && !text.chars().any(|c| c.is_control() || is_invisible(c))
        && !text.trim().is_empty()
}

fn forget_places(node: &mut Node) {
    node.place = Place::nowhere();
    match &mut node.value {
        Value::Array(items) => items.iter_mut().for_each(forget_places),
        Value::Table(table) => {
            for entry in &mut table.entries {
                entry.key_place = Place::nowhere();
                forget_places(&mut entry.node);
            }
        }
        _ => {}
    }
}
