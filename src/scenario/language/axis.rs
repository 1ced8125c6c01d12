//! Axes: a key and the values it takes, as text, so that a decimal stays the decimal it was written as. An axis can also
//! be a choice between named sets of overrides, for settings that belong together (a task's CPU and memory, one policy
//! or another). Which values meet in which point is not said here.

use serde::{Deserialize, Serialize};

use crate::scenario::language::quantity::grouped;

/// Most values of one axis.
const MOST_VALUES: usize = 100_000;
/// Most decimals of a number in a range.
const MOST_DECIMALS: usize = 12;
/// Beyond the largest number of a range, in units of its last decimal; the difference of two fits an `i128` by far.
const LARGEST_SCALED: u128 = 1_000_000_000_000_000_000_000_000_000_000;

/// One axis of a sweep or of a search.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Axis {
    /// The key whose value changes, or the name of the choice.
    pub name: String,
    /// Values of the axis, at least one, all different.
    pub values: Vec<AxisValue>,
}

/// One value of an axis.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AxisValue {
    /// Name of the value in reports: `55`, `300s`, `1 vCPU`.
    pub label: String,
    /// Keys that it changes, each `KEY=VALUE` as after `--set`.
    pub overrides: Vec<String>,
}

/// Way in which points are made of axes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Points {
    /// Every combination; the last axis changes fastest.
    Grid,
    /// So many points; every value of every axis comes up equally often, as far as the numbers allow.
    LatinHypercube {
        /// Points, ≥ 1.
        points: u64,
    },
    /// Points of a file, which a command is given: for each the number of its value on every axis.
    List {
        /// The points.
        rows: Vec<Vec<u32>>,
    },
}

impl AxisValue {
    /// The value as a number, its unit left out: `300s` is 300. `None` when it does not begin with one.
    #[must_use]
    pub fn number(&self) -> Option<f64> {
        let (number, _) = split_unit(self.label.trim_matches('"'))?;
        number.parse().ok().filter(|number: &f64| number.is_finite())
    }
}

impl Axis {
    /// An axis as typed: `KEY=40..80:5` (from, to and step; exact decimals, a unit may follow each) or `KEY=a,b,c`.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn parse(text: &str) -> Result<Self, String> {
        let Some((key, values)) = text.split_once('=') else {
            return Err(format!("`{text}` has no `=`; an axis is KEY=40..80:5 or KEY=a,b,c"));
        };
        Self::of_key(key.trim(), &values_of(values)?)
    }

    /// The axis of a key with its values, each as after `--set KEY=`.
    ///
    /// # Errors
    /// When there is no key, no value, too many values, or one is given twice.
    pub fn of_key(key: &str, values: &[String]) -> Result<Self, String> {
        if key.is_empty() || key.split('.').any(|part| part.trim().is_empty()) {
            return Err(format!("`{key}` is not the path of a key"));
        }
        let values = values
            .iter()
            .map(|value| AxisValue {
                label: value.trim_matches('"').to_owned(),
                overrides: vec![format!("{key}={value}")],
            })
            .collect();
        Self { name: key.to_owned(), values }.checked()
    }

    /// The axis of a choice between named sets of overrides.
    ///
    /// # Errors
    /// When there is no option, there are too many, or a name is given twice.
    pub fn of_choice(name: &str, options: Vec<AxisValue>) -> Result<Self, String> {
        Self { name: name.to_owned(), values: options }.checked()
    }

    fn checked(self) -> Result<Self, String> {
        if self.values.is_empty() {
            return Err(format!("`{}` has no values", self.name));
        }
        if self.values.len() > MOST_VALUES {
            return Err(too_many(self.values.len() as f64));
        }
        let mut labels: Vec<&str> = self.values.iter().map(|value| value.label.as_str()).collect();
        labels.sort_unstable();
        if let Some(pair) = labels.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(format!("`{}` has the value {} twice", self.name, pair[0]));
        }
        Ok(self)
    }
}

fn too_many(count: f64) -> String {
    format!("{} values, and an axis has at most {}", grouped(count), grouped(MOST_VALUES as f64))
}

/// The values of `40..80:5` or `a,b,c`, each as text.
///
/// # Errors
/// What is wrong, in words.
pub(crate) fn values_of(text: &str) -> Result<Vec<String>, String> {
    match text.split_once("..") {
        Some((from, rest)) if split_unit(from.trim()).is_some() => range(from.trim(), rest),
        _ => list(text),
    }
}

/// The parts of a text between separators that are not within quotes, brackets or braces, each without the blanks round
/// it.
#[must_use]
pub fn split_outside(text: &str, separator: char) -> Vec<String> {
    let (mut parts, mut current, mut depth, mut quoted) = (Vec::new(), String::new(), 0_i32, false);
    for c in text.chars() {
        match c {
            '"' => quoted = !quoted,
            '[' | '{' if !quoted => depth += 1,
            ']' | '}' if !quoted => depth -= 1,
            _ => {}
        }
        if c == separator && depth == 0 && !quoted {
            parts.push(std::mem::take(&mut current));
        } else {
            current.push(c);
        }
    }
    parts.push(current);
    parts.iter().map(|part| part.trim().to_owned()).collect()
}

fn list(text: &str) -> Result<Vec<String>, String> {
    let values = split_outside(text, ',');
    if values.iter().any(String::is_empty) {
        return Err(format!("`{text}` has an empty value between its commas"));
    }
    Ok(values)
}

/// `40..80:5`: the step is exact, the end is included where a step meets it.
fn range(from: &str, rest: &str) -> Result<Vec<String>, String> {
    let Some((to, step)) = rest.split_once(':') else {
        return Err(format!("`{from}..{rest}` has no step; write {from}..{rest}:STEP"));
    };
    let parts = [from, to.trim(), step.trim()];
    let mut numbers = [""; 3];
    let mut unit = "";
    for (slot, part) in numbers.iter_mut().zip(parts) {
        let (number, its_unit) = split_unit(part).ok_or_else(|| format!("`{part}` is not a number"))?;
        *slot = number;
        if !its_unit.is_empty() {
            if !unit.is_empty() && unit != its_unit {
                return Err(format!("the range mixes the units `{unit}` and `{its_unit}`"));
            }
            unit = its_unit;
        }
    }
    let decimals = numbers.iter().map(|n| n.split_once('.').map_or(0, |(_, d)| d.len())).max().unwrap_or(0);
    if decimals > MOST_DECIMALS {
        return Err(format!("a number of a range has at most {MOST_DECIMALS} decimals"));
    }
    let scaled = |number: &str| scaled(number, decimals).ok_or_else(|| format!("`{number}` is too large"));
    let (from, to, step) = (scaled(numbers[0])?, scaled(numbers[1])?, scaled(numbers[2])?);
    if step <= 0 {
        return Err("the step of a range must be above zero".to_owned());
    }
    if to < from {
        return Err("the end of a range must not be below its beginning".to_owned());
    }
    let count = (to - from) / step + 1;
    if count > MOST_VALUES as i128 {
        #[expect(clippy::cast_precision_loss, reason = "for a message")]
        return Err(too_many(count as f64));
    }
    Ok((0..count).map(|index| format!("{}{unit}", decimal(from + index * step, decimals))).collect())
}

/// A number and what follows it, when the text begins with a number.
fn split_unit(text: &str) -> Option<(&str, &str)> {
    let body = text.strip_prefix('-').unwrap_or(text);
    let length = body.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(body.len());
    let (number, unit) = text.split_at(text.len() - body.len() + length);
    let digits = number.trim_start_matches('-');
    let sound = digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.ends_with(|c: char| c.is_ascii_digit())
        && digits.matches('.').count() <= 1
        && unit.trim().chars().all(|c| c.is_alphabetic() || c == '%' || c == '/');
    sound.then(|| (number, unit.trim()))
}

/// A decimal as a whole number of units of 10^-decimals.
fn scaled(number: &str, decimals: usize) -> Option<i128> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let digits = format!("{whole}{fraction:0<decimals$}");
    digits.parse::<i128>().ok().filter(|value| value.unsigned_abs() < LARGEST_SCALED)
}

fn decimal(value: i128, decimals: usize) -> String {
    let sign = if value < 0 { "-" } else { "" };
    let digits = format!("{:0>width$}", value.unsigned_abs(), width = decimals + 1);
    let (whole, fraction) = digits.split_at(digits.len() - decimals);
    let fraction = fraction.trim_end_matches('0');
    if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(text: &str) -> Vec<String> {
        Axis::parse(text).unwrap().values.into_iter().map(|value| value.label).collect()
    }

    #[test]
    fn a_range_is_exact_in_decimals_and_includes_an_end_that_a_step_meets() {
        assert_eq!(labels("a.b=40..80:10"), ["40", "50", "60", "70", "80"]);
        assert_eq!(labels("k=0.1..0.5:0.1"), ["0.1", "0.2", "0.3", "0.4", "0.5"]);
        assert_eq!(labels("k=60s..300s:120s"), ["60s", "180s", "300s"]);
        assert_eq!(labels("k=1..2:0.4"), ["1", "1.4", "1.8"]);
        assert_eq!(labels("k=-0.2..0.2:0.2"), ["-0.2", "0", "0.2"]);
        assert_eq!(labels("k=5..5:1"), ["5"]);
    }

    #[test]
    fn a_list_is_split_at_its_own_commas_only() {
        assert_eq!(labels("k=1024, 2048,4096"), ["1024", "2048", "4096"]);
        assert_eq!(
            labels("k={ lognormal = { mean = \"40ms\", cv = 1.0 } },40ms"),
            ["{ lognormal = { mean = \"40ms\", cv = 1.0 } }", "40ms"]
        );
    }

    #[test]
    fn what_cannot_be_an_axis_is_refused_in_words() {
        for (text, said) in [
            ("k", "no `=`"),
            ("=1,2", "not the path"),
            ("k=", "empty value"),
            ("k=1,,2", "empty value"),
            ("k=1,1", "twice"),
            ("k=40..80", "no step"),
            ("k=80..40:5", "below its beginning"),
            ("k=40..80:0", "above zero"),
            ("k=40..80:-5", "above zero"),
            ("k=40..x:5", "not a number"),
            ("k=1s..9ms:1s", "mixes the units"),
            ("k=0..1000000:1", "1 000 001 values"),
            ("k=0..1:0.0000000000001", "12 decimals"),
            ("k=0..99999999999999999999999999999999999:1", "too large"),
            ("k=-170141183460469231731687303715884105728..0:1", "too large"),
            ("k=0..-170141183460469231731687303715884105728:1", "too large"),
            ("k=-1000000000000000000000000000000..1:1", "too large"),
            ("k=-999999999999999999999999999999..999999999999999999999999999999:1", "at most 100 000"),
        ] {
            let message = Axis::parse(text).unwrap_err();
            assert!(message.contains(said), "{text}: {message}");
        }
    }

    #[test]
    fn a_value_is_a_number_without_its_unit() {
        let axis = Axis::parse("k=300s,1.5,fast").unwrap();
        let numbers: Vec<Option<f64>> = axis.values.iter().map(AxisValue::number).collect();
        assert_eq!(numbers, [Some(300.0), Some(1.5), None]);
    }
}
