//! JSON Schema 2020-12 of the scenario file, for editors, from the same key table that checks it.

use serde_json::{Map, Value, json};

use crate::scenario::keys::root::SCENARIO;
use crate::scenario::language::schema::{Default, Key, Kind, State, TableSpec};
use crate::scenario::language::tree;

const DURATION: &str =
    r"^\s*(\d+(\.\d+)?\s*(ns|us|µs|ms|s|sec|seconds?|m|min|minutes?|h|hours?|d|days?)[\s,]*)+$";
const SIZE: &str = r"^\s*\d+(\.\d+)?\s*(B|KiB|MiB|GiB|TiB|kB|MB|GB)\s*$";

/// The schema, as JSON text.
#[must_use]
pub fn json_schema() -> String {
    let mut root = table(&SCENARIO);
    if let Value::Object(object) = &mut root {
        object.insert("$schema".to_owned(), json!("https://json-schema.org/draft/2020-12/schema"));
        object.insert("title".to_owned(), json!("windtunnel scenario"));
        object.insert("$defs".to_owned(), json!({ "distribution": distribution() }));
    }
    let mut text = serde_json::to_string_pretty(&root).unwrap_or_default();
    text.push('\n');
    text
}

fn distribution() -> Value {
    let laws = one_of(&crate::scenario::keys::distribution::DISTRIBUTION);
    json!({ "description": crate::scenario::keys::distribution::DISTRIBUTION.doc, "anyOf": [{ "type": "string", "pattern": DURATION }, laws] })
}

fn table(spec: &'static TableSpec) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for key in spec.keys {
        if key.state != State::Built {
            continue;
        }
        properties.insert(key.name.to_owned(), property(key));
        if key.default == Default::Required {
            required.push(json!(key.name));
        }
    }
    json!({
        "type": "object",
        "description": spec.doc,
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

fn one_of(spec: &'static TableSpec) -> Value {
    let mut object = table(spec);
    if let Value::Object(map) = &mut object {
        map.insert("minProperties".to_owned(), json!(1));
        map.insert("maxProperties".to_owned(), json!(1));
    }
    object
}

fn property(key: &'static Key) -> Value {
    let mut value = kind(&key.kind);
    if let Value::Object(object) = &mut value {
        object.insert("description".to_owned(), json!(key.doc));
        if let Default::Toml(text) = key.default {
            let node = tree::read_value(text, 0, 0, &mut Vec::new());
            object.insert("default".to_owned(), plain(&node.value));
        }
    }
    value
}

fn plain(value: &tree::Value) -> Value {
    match value {
        tree::Value::Text(text) => json!(text),
        tree::Value::Integer(number) => i64::try_from(*number).map_or(Value::Null, |number| json!(number)),
        tree::Value::Number(number) => json!(number),
        tree::Value::Bool(flag) => json!(flag),
        tree::Value::Array(items) => items.iter().map(|item| plain(&item.value)).collect(),
        tree::Value::Table(table) => {
            Value::Object(table.entries.iter().map(|e| (e.key.clone(), plain(&e.node.value))).collect())
        }
        tree::Value::Invalid => Value::Null,
    }
}

fn bound(number: i128) -> Value {
    i64::try_from(number)
        .map_or_else(|_| u64::try_from(number).map_or(Value::Null, |n| json!(n)), |n| json!(n))
}

fn kind(kind: &Kind) -> Value {
    match kind {
        Kind::Text => json!({ "type": "string", "maxLength": 10_000 }),
        Kind::Name => json!({ "type": "string", "minLength": 1, "maxLength": 200 }),
        Kind::Bool => json!({ "type": "boolean" }),
        Kind::Integer(low, high) => {
            json!({ "type": "integer", "minimum": bound(*low), "maximum": bound(*high) })
        }
        Kind::Number(low, high) => json!({ "type": "number", "minimum": low, "maximum": high }),
        Kind::NumberAbove(low, high) => json!({ "type": "number", "exclusiveMinimum": low, "maximum": high }),
        Kind::Duration(..) | Kind::DurationAbove(_) => json!({ "type": "string", "pattern": DURATION }),
        Kind::Size(..) => json!({ "type": "string", "pattern": SIZE }),
        Kind::SizeRate => json!({ "type": "string", "pattern": SIZE.replace(r"\s*$", r"/s\s*$") }),
        Kind::TimeOfDay => json!({ "type": "string", "pattern": r"^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$" }),
        Kind::Instant => json!({ "type": "string", "format": "date-time" }),
        Kind::Zone => json!({ "type": "string" }),
        Kind::Price => json!({ "type": "string", "pattern": r"^\s*\d{1,9}(\.\d{0,12})?\s*(USD)?$" }),
        Kind::Check => json!({ "type": "string", "pattern": r"^\s*(<|<=|>|>=)\s*\S" }),
        Kind::Values => json!({
            "anyOf": [
                { "type": "string" },
                { "type": "array", "minItems": 1, "items": { "type": ["string", "number", "boolean"] } },
            ],
        }),
        Kind::Texts => json!({ "type": "array", "items": { "type": "string" } }),
        Kind::Choice(words) => {
            let words: Vec<&str> = words
                .iter()
                .filter(|choice| choice.state == State::Built)
                .map(|choice| choice.word)
                .collect();
            json!({ "type": "string", "enum": words })
        }
        Kind::Distribution => json!({ "$ref": "#/$defs/distribution" }),
        Kind::Table(spec) => table(spec),
        Kind::Map(spec) => json!({
            "type": "object",
            "propertyNames": { "pattern": "^[A-Za-z0-9_-]{1,200}$" },
            "additionalProperties": table(spec),
        }),
        Kind::List(spec) => json!({ "type": "array", "items": table(spec) }),
        Kind::OneOf(spec) => one_of(spec),
        Kind::ListOneOf(spec) => json!({ "type": "array", "items": one_of(spec) }),
        Kind::Either(a, b) => json!({ "anyOf": [self::kind(a), self::kind(b)] }),
    }
}
