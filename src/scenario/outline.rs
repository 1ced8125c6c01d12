//! Declarations of a scenario, read off its text without building a plan: its checks, and the few facts that judging finished
//! runs takes. Neither files beside it nor the rest of it are looked at, so that the `plan.toml` of a run can be read wherever
//! its folder was carried.

use windtunnel_kernel::units::SimDuration;

use crate::scenario::keys::checks::{self, Check, CheckPlace};
use crate::scenario::language::diagnostic::Sources;
use crate::scenario::language::quantity;
use crate::scenario::language::source::Source;
use crate::scenario::language::tree::{self, Entry, ParseError, Table, Value};

/// Declarations of a scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct Outline {
    /// Name of the scenario.
    pub name: String,
    /// Time that is left out at the beginning; zero where it is not declared.
    pub warmup: SimDuration,
    /// Length of the run; zero where it is not declared.
    pub horizon: SimDuration,
    /// Services, in the order of the text.
    pub services: Vec<String>,
    /// Checks, in the order of the text.
    pub checks: Vec<Check>,
    /// Places of the checks in the text.
    pub places: Vec<CheckPlace>,
}

/// Reads what a scenario declares.
///
/// # Errors
/// A sentence with the place: it is no TOML, or a check of it cannot be read.
pub fn outline(source: &Source) -> Result<Outline, String> {
    let text = source.text.strip_prefix('\u{feff}').unwrap_or(&source.text);
    let mut sources = Sources::default();
    let number = sources.add(&source.name, text);
    let mut errors = Vec::new();
    let root = tree::read_document(text, number, &mut errors);
    let at = |place: &tree::SourceSpan| {
        let label = sources.label(place, String::new());
        label.map_or_else(|| source.name.clone(), |label| format!("{}:{}", label.source, label.line))
    };
    if let Some(error) = errors.first() {
        let (message, place) = match error {
            ParseError::Syntax { message, place } | ParseError::Duplicate { message, place } => {
                (message.as_str(), place)
            }
            ParseError::TooDeep { place } => ("it is nested too deeply", place),
            ParseError::HugeInteger { place } => ("the number is too large", place),
        };
        return Err(format!("{}: {message}", at(place)));
    }
    let span = |key: &str| text_of(&root, key).and_then(|text| quantity::duration(text).ok());
    let table = |key: &str| match root.entry(key).map(|entry| &entry.node.value) {
        Some(Value::Table(table)) => table.entries.as_slice(),
        _ => &[],
    };
    let (mut checks, mut places) = (Vec::new(), Vec::new());
    for entry in table("checks") {
        checks.push(read(entry).map_err(|expected| {
            let place = at(&entry.key_place);
            format!("{place}: the check `{}` cannot be read; expected {expected}", entry.key)
        })?);
        let label = sources.label(&entry.key_place, String::new());
        let line = label.as_ref().map_or(0, |label| label.line);
        places.push(CheckPlace { key: entry.key.clone(), source: label.map(|label| label.source), line });
    }
    Ok(Outline {
        name: text_of(&root, "name").unwrap_or_default().to_owned(),
        warmup: span("warmup").unwrap_or_default(),
        horizon: span("horizon").unwrap_or_default(),
        services: table("service").iter().map(|entry| entry.key.clone()).collect(),
        checks,
        places,
    })
}

fn text_of<'a>(root: &'a Table, key: &str) -> Option<&'a str> {
    match &root.entry(key)?.node.value {
        Value::Text(text) => Some(text),
        _ => None,
    }
}

fn read(entry: &Entry) -> Result<Check, String> {
    match &entry.node.value {
        Value::Text(text) => checks::parse(&entry.key, text),
        other => Err(format!("a limit such as \"< 800ms\", not {}", other.type_name())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Result<Outline, String> {
        outline(&Source { name: "plan.toml".to_owned(), text: text.to_owned() })
    }

    #[test]
    fn checks_are_read_with_their_lines_and_nothing_else_is_asked_for() {
        let text = "name = \"a\"\nwarmup = \"90s\"\n[service.web.traffic]\ntrace = { file = \"gone.csv\" }\n[checks]\n\
                    cost = \"< 2 USD\"\ntime_to_capacity = \"< 5m\"\n";
        let found = of(text).unwrap();
        assert_eq!((found.name.as_str(), found.warmup), ("a", SimDuration::from_secs(90)));
        assert_eq!(found.services, ["web"]);
        let lines: Vec<usize> = found.places.iter().map(|place| place.line).collect();
        assert_eq!((found.checks.len(), lines), (2, vec![6, 7]));
        assert_eq!(of("name = \"a\"").unwrap().checks, []);
    }

    #[test]
    fn what_cannot_be_read_is_named_with_its_line() {
        for (text, said) in [
            ("name = \n", "plan.toml:1:"),
            (
                "\n[checks]\ncost = \"2 USD\"\n",
                "plan.toml:3: the check `cost` cannot be read; expected an operator",
            ),
            ("[checks]\ncost = 2\n", "not an integer"),
            ("[checks]\ncosts = \"< 2 USD\"\n", "one of the figures"),
        ] {
            let message = of(text).unwrap_err();
            assert!(message.contains(said), "{message}");
        }
    }
}
