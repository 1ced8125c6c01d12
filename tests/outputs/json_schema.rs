//! The part of JSON Schema 2020-12 that the schemas use. A keyword that is not known here stops the test.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

/// A schema, and the properties of it that values had so far.
pub(super) struct Schema {
    root: Value,
    pub(super) seen: BTreeSet<String>,
}

impl Schema {
    pub(super) fn parse(text: &str) -> Self {
        Self { root: serde_json::from_str(text).unwrap(), seen: BTreeSet::new() }
    }

    /// What is wrong with the value; empty where it is as the schema says.
    pub(super) fn problems(&mut self, value: &Value) -> Vec<String> {
        let root = self.root.clone();
        let mut problems = Vec::new();
        self.check(&root, value, "", "#", &mut problems);
        problems
    }

    /// Every declared property, as the path of its declaration.
    pub(super) fn properties(&self) -> BTreeSet<String> {
        fn collect(schema: &Value, path: &str, found: &mut BTreeSet<String>) {
            let Value::Object(map) = schema else { return };
            for (key, child) in map {
                match key.as_str() {
                    "properties" | "$defs" => {
                        for (name, child) in child.as_object().unwrap() {
                            let path = if key == "$defs" {
                                format!("#/$defs/{name}")
                            } else {
                                format!("{path}/{name}")
                            };
                            if key == "properties" {
                                found.insert(path.clone());
                            }
                            collect(child, &path, found);
                        }
                    }
                    "items" | "additionalProperties" => collect(child, &format!("{path}/*"), found),
                    "anyOf" => child.as_array().unwrap().iter().for_each(|child| collect(child, path, found)),
                    _ => {}
                }
            }
        }
        let mut found = BTreeSet::new();
        collect(&self.root, "#", &mut found);
        found
    }

    fn check(&mut self, schema: &Value, value: &Value, at: &str, path: &str, problems: &mut Vec<String>) {
        let Value::Object(rules) = schema else {
            assert_eq!(schema, &Value::Bool(true), "{path}");
            return;
        };
        for (keyword, rule) in rules {
            let holds = match keyword.as_str() {
                "$schema" | "title" | "description" | "$defs" => true,
                "type" => types(rule).iter().any(|name| is_of(value, name)),
                "const" => value == rule,
                "enum" => rule.as_array().unwrap().contains(value),
                "minimum" => value.as_f64().is_none_or(|number| number >= rule.as_f64().unwrap()),
                "format" => value.as_str().is_none_or(|text| has_format(text, rule.as_str().unwrap())),
                "$ref" => {
                    let name = rule.as_str().unwrap();
                    let target = self.root.pointer(&name[1..]).unwrap().clone();
                    self.check(&target, value, at, name, problems);
                    true
                }
                "anyOf" => rule.as_array().unwrap().iter().any(|one| {
                    let mut found = Vec::new();
                    self.check(one, value, at, path, &mut found);
                    found.is_empty()
                }),
                "items" => {
                    for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                        self.check(rule, item, &format!("{at}[{index}]"), &format!("{path}/*"), problems);
                    }
                    true
                }
                "required" => {
                    let missing = |name: &&Value| {
                        value.as_object().is_some_and(|map| !map.contains_key(name.as_str().unwrap()))
                    };
                    if let Some(name) = rule.as_array().unwrap().iter().find(missing) {
                        problems.push(format!("{at}: {name} is missing"));
                    }
                    true
                }
                "properties" | "additionalProperties" => true,
                other => panic!("{path}: the keyword {other} is not known"),
            };
            if !holds {
                problems.push(format!("{at}: {value} against {keyword} {rule}"));
            }
        }
        if let Value::Object(map) = value {
            self.members(rules, map, (at, path), problems);
        }
    }

    fn members(
        &mut self,
        rules: &Map<String, Value>,
        map: &Map<String, Value>,
        (at, path): (&str, &str),
        problems: &mut Vec<String>,
    ) {
        if !rules.contains_key("properties") && !rules.contains_key("additionalProperties") {
            return;
        }
        for (name, value) in map {
            let at = format!("{at}.{name}");
            if let Some(rule) = rules.get("properties").and_then(|known| known.get(name)) {
                let path = format!("{path}/{name}");
                self.seen.insert(path.clone());
                self.check(rule, value, &at, &path, problems);
            } else {
                match rules.get("additionalProperties") {
                    Some(Value::Bool(false)) => problems.push(format!("{at} is not in the schema")),
                    Some(rule) => self.check(rule, value, &at, &format!("{path}/*"), problems),
                    None => {}
                }
            }
        }
    }
}

fn types(rule: &Value) -> Vec<&str> {
    match rule {
        Value::Array(names) => names.iter().map(|name| name.as_str().unwrap()).collect(),
        name => vec![name.as_str().unwrap()],
    }
}

fn is_of(value: &Value, name: &str) -> bool {
    match name {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "string" => value.is_string(),
        "object" => value.is_object(),
        "array" => value.is_array(),
        "number" => value.is_number(),
        "integer" => value.as_f64().is_some_and(|number| number.fract() == 0.0),
        other => panic!("no type is called {other}"),
    }
}

fn has_format(text: &str, format: &str) -> bool {
    match format {
        "decimal" => text.parse::<f64>().is_ok_and(f64::is_finite),
        "date-time" => text.parse::<jiff::Timestamp>().is_ok(),
        other => panic!("no format is called {other}"),
    }
}

#[test]
fn a_value_that_is_not_as_the_schema_says_is_found() {
    let text = r##"{"type":"object","properties":{"n":{"type":["integer","null"],"minimum":0},"s":{"$ref":"#/$defs/word"},
        "l":{"type":"array","items":{"enum":["a","b"]}}},"required":["n"],"additionalProperties":false,
        "$defs":{"word":{"type":"string","format":"decimal"}}}"##;
    let problems = |value: &str| Schema::parse(text).problems(&serde_json::from_str(value).unwrap());
    for right in [r#"{"n":3}"#, r#"{"n":null,"s":"1.5","l":["a","b"]}"#] {
        assert_eq!(problems(right), Vec::<String>::new());
    }
    let wrong = [
        "3",
        "{}",
        r#"{"n":1.5}"#,
        r#"{"n":-1}"#,
        r#"{"n":1,"x":1}"#,
        r#"{"n":1,"s":"one"}"#,
        r#"{"n":1,"s":1}"#,
        r#"{"n":1,"l":["c"]}"#,
    ];
    for wrong in wrong {
        assert_eq!(problems(wrong).len(), 1, "{wrong}");
    }
}
