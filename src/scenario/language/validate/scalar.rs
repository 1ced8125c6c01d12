//! One value against the kind of its key.

use crate::scenario::language::diagnostic::Problem;
use crate::scenario::language::schema::{Kind, State};
use crate::scenario::language::tree::{Node, Value};
use crate::scenario::language::validate::{clipped, is_name, nearest};
use crate::scenario::language::{codes, quantity};

/// The value, when the kind accepts it.
///
/// # Errors
/// The problem to report.
pub(super) fn check(node: &Node, kind: &Kind, path: &str) -> Result<Value, Box<Problem>> {
    let problem = match (kind, &node.value) {
        (Kind::Bool, Value::Bool(_)) => return Ok(node.value.clone()),
        (Kind::Text, Value::Text(text)) => {
            if text.chars().count() <= 10_000 {
                return Ok(node.value.clone());
            }
            Problem::new(codes::OUT_OF_RANGE, format!("`{path}` has more than 10 000 characters"))
                .at(&node.place, "")
        }
        (Kind::Values, Value::Text(_)) => return Ok(node.value.clone()),
        (Kind::Values, Value::Array(items)) if items.iter().all(|item| is_scalar(&item.value)) => {
            return Ok(node.value.clone());
        }
        (Kind::Texts, Value::Array(items))
            if items.iter().all(|item| matches!(item.value, Value::Text(_))) =>
        {
            return Ok(node.value.clone());
        }
        (Kind::Name, Value::Text(text)) => {
            if is_name(text) {
                return Ok(node.value.clone());
            }
            bad_name(node, path, text)
        }
        (Kind::Integer(low, high), Value::Integer(number)) => {
            if (low..=high).contains(&number) {
                return Ok(node.value.clone());
            }
            out_of_range(node, path, &number.to_string())
        }
        (Kind::Number(..) | Kind::NumberAbove(..), Value::Integer(_) | Value::Number(_)) => {
            match number(kind, &node.value) {
                Ok(value) => return Ok(value),
                Err(text) => out_of_range(node, path, &text),
            }
        }
        (Kind::Choice(words), Value::Text(text)) => {
            match words.iter().find(|choice| choice.word == text).map(|choice| choice.state) {
                Some(State::Built) => return Ok(node.value.clone()),
                Some(State::NotBuilt(instead) | State::Superseded(instead)) => {
                    return Err(Box::new(
                        Problem::new(codes::NOT_BUILT, format!("`{path} = \"{text}\"` is not built yet"))
                            .at(&node.place, "this version cannot simulate it")
                            .help(instead),
                    ));
                }
                None => not_a_choice(
                    node,
                    path,
                    text,
                    &words.iter().map(|choice| choice.word).collect::<Vec<_>>(),
                ),
            }
        }
        (kind, Value::Text(text)) if takes_text(kind) => match written(kind, text) {
            Written::Fine => return Ok(node.value.clone()),
            Written::OutOfRange => out_of_range(node, path, text),
            Written::Malformed(why) => {
                Problem::new(codes::MALFORMED, format!("`{path}` is not well formed: {}", clipped(&why)))
                    .at(&node.place, "")
            }
        },
        _ => wrong_type(node, kind, path),
    };
    Err(Box::new(problem.expected(kind.expected())))
}

fn is_scalar(value: &Value) -> bool {
    matches!(value, Value::Text(_) | Value::Integer(_) | Value::Number(_) | Value::Bool(_))
}

fn takes_text(kind: &Kind) -> bool {
    matches!(
        kind,
        Kind::Duration(..)
            | Kind::DurationAbove(_)
            | Kind::Size(..)
            | Kind::SizeRate
            | Kind::TimeOfDay
            | Kind::Instant
            | Kind::Zone
            | Kind::Price
            | Kind::Check
    )
}

enum Written {
    Fine,
    OutOfRange,
    Malformed(String),
}

fn written(kind: &Kind, text: &str) -> Written {
    let within = |inside: bool| if inside { Written::Fine } else { Written::OutOfRange };
    let nanos = |seconds: u64| seconds.saturating_mul(1_000_000_000);
    let result = match kind {
        Kind::Duration(low, high) => {
            quantity::duration(text).map(|span| within((nanos(*low)..=nanos(*high)).contains(&span.0)))
        }
        Kind::DurationAbove(high) => {
            quantity::duration(text).map(|span| within(span.0 > 0 && span.0 <= nanos(*high)))
        }
        Kind::Size(low, high) => quantity::size(text).map(|bytes| within((*low..=*high).contains(&bytes.0))),
        Kind::SizeRate => quantity::size_rate(text).map(|bytes| within(bytes.0 > 0)),
        Kind::TimeOfDay => quantity::time_of_day(text).map(|_| Written::Fine),
        Kind::Instant => quantity::instant(text).map(|_| Written::Fine),
        Kind::Zone => quantity::zone(text).map(|_| Written::Fine),
        Kind::Price => quantity::price(text).map(|_| Written::Fine),
        _ => Ok(Written::Fine),
    };
    result.unwrap_or_else(Written::Malformed)
}

/// The value as a finite number in the range of the kind; −0 becomes 0.
fn number(kind: &Kind, value: &Value) -> Result<Value, String> {
    #[expect(clippy::cast_precision_loss, reason = "a number in a scenario has far fewer than 53 bits")]
    let (value, text) = match value {
        Value::Integer(number) => (*number as f64, number.to_string()),
        Value::Number(number) => (*number, number.to_string()),
        _ => (f64::NAN, String::new()),
    };
    let inside = match kind {
        Kind::Number(low, high) => (*low..=*high).contains(&value),
        Kind::NumberAbove(low, high) => value > *low && value <= *high,
        _ => false,
    };
    if value.is_finite() && inside { Ok(Value::Number(value + 0.0)) } else { Err(text) }
}

fn out_of_range(node: &Node, path: &str, value: &str) -> Problem {
    Problem::new(codes::OUT_OF_RANGE, format!("`{path}` cannot be {}", clipped(value)))
        .at(&node.place, "out of range")
}

fn bad_name(node: &Node, path: &str, text: &str) -> Problem {
    let problem =
        Problem::new(codes::BAD_NAME, format!("`{path}` cannot be used as a name")).at(&node.place, "");
    if path.ends_with("file") && text.chars().any(char::is_control) {
        return problem.help(
            "in double quotes a backslash begins an escape, such as \\n; write the path with `/` or in single quotes",
        );
    }
    problem
}

fn not_a_choice(node: &Node, path: &str, text: &str, words: &[&str]) -> Problem {
    let problem = Problem::new(codes::NOT_A_CHOICE, format!("`{path}` cannot be \"{}\"", clipped(text)))
        .at(&node.place, "");
    match nearest(text, words) {
        Some(near) => problem.fix(format!("write \"{near}\"")),
        None => problem,
    }
}

fn wrong_type(node: &Node, kind: &Kind, path: &str) -> Problem {
    let problem = Problem::new(codes::WRONG_TYPE, format!("`{path}` is {}", node.value.type_name()))
        .at(&node.place, "");
    match (kind, &node.value) {
        (Kind::Duration(..) | Kind::DurationAbove(_) | Kind::Distribution, Value::Integer(number)) => {
            problem.fix(format!("write \"{number}s\", if seconds are meant"))
        }
        (Kind::Duration(..) | Kind::DurationAbove(_) | Kind::Distribution, Value::Number(number)) => {
            problem.fix(format!("write \"{number}s\", if seconds are meant"))
        }
        (Kind::Size(..), Value::Integer(number)) => {
            problem.fix(format!("write \"{number}MiB\", if MiB are meant"))
        }
        (Kind::Price, Value::Integer(_) | Value::Number(_)) => {
            problem.fix("write the price as a string, so that it stays an exact decimal")
        }
        (Kind::Integer(..), Value::Number(number)) if number.fract().abs() < 1e-12 && number.abs() < 1e15 => {
            problem.fix(format!("write {number:.0}"))
        }
        (Kind::Integer(..), Value::Text(text)) if task_units(path, text).is_some() => {
            problem.fix(task_units(path, text).unwrap_or_default())
        }
        (Kind::Integer(..) | Kind::Number(..) | Kind::NumberAbove(..), Value::Text(text))
            if text.trim().parse::<f64>().is_ok_and(f64::is_finite) =>
        {
            problem.fix(format!("write {} without quotes", clipped(text.trim())))
        }
        (Kind::Name | Kind::Text | Kind::Choice(_), Value::Integer(number)) => {
            problem.fix(format!("write \"{number}\""))
        }
        _ => problem,
    }
}

/// `cpu = 2048` for `"2 vCPU"`, and `memory = 4096` for `"4GB"`: task definitions and calculators write both. A GB of a task is
/// 1024 MiB.
fn task_units(path: &str, text: &str) -> Option<String> {
    let text = text.trim();
    let unit_at = text.find(|c: char| !c.is_ascii_digit() && c != '.')?;
    let (number, unit) = text.split_at(unit_at);
    let number: f64 = number.parse().ok()?;
    let factor = match (path.rsplit('.').next()?, unit.trim().to_ascii_lowercase().as_str()) {
        ("cpu", "vcpu" | "vcpus" | "cpu" | "cpus" | "core" | "cores") | ("memory", "gb" | "gib" | "g") => {
            1024.0
        }
        ("cpu", "units") | ("memory", "mb" | "mib" | "m") => 1.0,
        _ => return None,
    };
    let key = path.rsplit('.').next()?;
    let value = number * factor;
    (value.fract().abs() < 1e-9 && (1.0..1e6).contains(&value)).then(|| format!("{key} = {value:.0}"))
}
