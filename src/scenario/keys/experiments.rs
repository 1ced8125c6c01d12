//! `[sweep]` and `[optimize]`: tables of axes into designs.

use crate::scenario::keys::builder::Lower;
use crate::scenario::language::axis::{self, Axis, AxisValue, Points};
use crate::scenario::language::codes;
use crate::scenario::language::diagnostic::Problem;
use crate::scenario::language::schema::{Key, Kind, TableSpec, word};
use crate::scenario::language::table_reader::View;
use crate::scenario::language::tree::Value;

/// Most replications of one setting.
const MOST_REPLICATIONS: i128 = 100_000;

/// `[sweep]`.
pub(crate) const SWEEP: TableSpec = TableSpec {
    doc: "What `windtunnel sweep` varies. `run` only checks that it can be read.",
    keys: &[
        Key::new("replications", Kind::Integer(1, MOST_REPLICATIONS), "Runs of each point, each with its own random numbers; all points share them.")
            .or("1"),
        Key::new(
            "design",
            Kind::Choice(&[word("grid"), word("latin_hypercube")]),
            "`grid`: every combination. `latin_hypercube`: `points` combinations in which every value of every axis comes \
             up equally often, as far as the numbers allow.",
        )
        .or("\"grid\""),
        Key::new("points", Kind::Integer(1, 1_000_000), "Points of a Latin hypercube.").or("100"),
        Key::new("axis", Kind::List(&AXIS), "Keys that are varied.").or("[]"),
        Key::new("choice", Kind::List(&CHOICE), "Sets of keys that are varied together.").or("[]"),
    ],
};

/// `[optimize]`.
pub(crate) const OPTIMIZE: TableSpec = TableSpec {
    doc: "What `windtunnel optimize` may choose: the cheapest combination that passes the scenario's checks.",
    keys: &[
        Key::new(
            "confidence",
            Kind::Number(0.5, 0.999_9),
            "Confidence with which the winner must pass every check.",
        )
        .or("0.95"),
        Key::new(
            "replications",
            Kind::Integer(2, MOST_REPLICATIONS),
            "Runs of the winner on fresh random numbers, from which its figures are reported.",
        )
        .or("30"),
        Key::new(
            "first_round",
            Kind::Integer(2, 1_000),
            "Runs of every candidate before the first are dropped.",
        )
        .or("3"),
        Key::new("axis", Kind::List(&AXIS), "Keys that may be chosen.").or("[]"),
        Key::new("choice", Kind::List(&CHOICE), "Sets of keys that are chosen together.").or("[]"),
    ],
};

const AXIS: TableSpec = TableSpec {
    doc: "A key and its values.",
    keys: &[
        Key::new("key", Kind::Text, "Path of the key in the file, as after `--set`.").required(),
        Key::new("values", Kind::Values, "Its values.").required(),
    ],
};

const CHOICE: TableSpec = TableSpec {
    doc: "A choice between named sets of overrides, such as the sizes of a task or two kinds of policy.",
    keys: &[
        Key::new("name", Kind::Name, "What reports call it.").required(),
        Key::new("option", Kind::List(&OPTION), "What can be chosen.").required(),
    ],
};

const OPTION: TableSpec = TableSpec {
    doc: "One option of a choice.",
    keys: &[
        Key::new("name", Kind::Name, "What reports call it.").required(),
        Key::new("set", Kind::Texts, "What it changes, each `KEY=VALUE` as after `--set`; may be empty.")
            .required(),
    ],
};

/// What a sweep varies.
#[derive(Clone, Debug, PartialEq)]
pub struct SweepSpec {
    /// The axes, in the order of the file: keys, then choices.
    pub axes: Vec<Axis>,
    /// How points are made of them.
    pub design: Points,
    /// Runs of each point, ≥ 1.
    pub replications: u32,
}

/// What a search may choose.
#[derive(Clone, Debug, PartialEq)]
pub struct SearchSpec {
    /// The axes, in the order of the file: keys, then choices.
    pub axes: Vec<Axis>,
    /// Confidence with which the winner must pass every check, in [0.5, 1).
    pub confidence: f64,
    /// Runs of the winner on fresh random numbers, ≥ 2.
    pub replications: u32,
    /// Runs of every candidate before the first are dropped, ≥ 2.
    pub first_round: u32,
}

/// `[sweep]`; `None` where it is absent or wrong.
pub(crate) fn sweep(root: View<'_>, lower: &mut Lower<'_>) -> Option<SweepSpec> {
    let view = root.table("sweep")?;
    let axes = axes(view, lower)?;
    let points = view.integer("points").and_then(|points| u64::try_from(points).ok())?;
    let design = match view.text("design")? {
        "latin_hypercube" => Points::LatinHypercube { points },
        _ => Points::Grid,
    };
    Some(SweepSpec { axes, design, replications: view.count("replications")? })
}

/// `[optimize]`; `None` where it is absent or wrong.
pub(crate) fn search(root: View<'_>, lower: &mut Lower<'_>) -> Option<SearchSpec> {
    let view = root.table("optimize")?;
    Some(SearchSpec {
        axes: axes(view, lower)?,
        confidence: view.number("confidence")?,
        replications: view.count("replications")?,
        first_round: view.count("first_round")?,
    })
}

fn axes(view: View<'_>, lower: &mut Lower<'_>) -> Option<Vec<Axis>> {
    let mut axes = Vec::new();
    let mut sound = true;
    let mut take = |axis: Result<Axis, String>, view: View<'_>, key: &str, lower: &mut Lower<'_>| match axis {
        Ok(axis) => axes.push(axis),
        Err(why) => {
            sound = false;
            lower.report.add(
                Problem::new(codes::BAD_AXIS, format!("the axis cannot be read: {why}"))
                    .at(&view.place(key), "")
                    .expected("values such as \"40..80:5\" or [40, 50, 60], at least one, all different"),
            );
        }
    };
    for axis in view.list("axis") {
        let Some(key) = axis.text("key") else { continue };
        let Some(values) = values(axis) else { continue };
        take(values.and_then(|values| Axis::of_key(key, &values)), axis, "values", lower);
    }
    for choice in view.list("choice") {
        let Some(name) = choice.text("name") else { continue };
        let options = choice.list("option").into_iter().filter_map(|option| {
            Some(AxisValue { label: option.text("name")?.to_owned(), overrides: option.texts("set")? })
        });
        take(Axis::of_choice(name, options.collect()), choice, "option", lower);
    }
    let mut names: Vec<&str> = axes.iter().map(|axis| axis.name.as_str()).collect();
    names.sort_unstable();
    if let Some(pair) = names.windows(2).find(|pair| pair[0] == pair[1]) {
        sound = false;
        lower.report.add(
            Problem::new(codes::BAD_AXIS, format!("there are two axes `{}`", pair[0]))
                .at(view.place, "")
                .expected("one axis a key"),
        );
    }
    sound.then_some(axes)
}

/// The values as texts after `--set KEY=`; `None` where their type is wrong, which was reported.
fn values(axis: View<'_>) -> Option<Result<Vec<String>, String>> {
    match &axis.node("values")?.value {
        Value::Text(text) => Some(axis::values_of(text)),
        Value::Array(items) => {
            let text = |value: &Value| match value {
                Value::Text(text) => Some(text.clone()),
                Value::Integer(number) => Some(number.to_string()),
                Value::Number(number) => Some(number.to_string()),
                Value::Bool(flag) => Some(flag.to_string()),
                _ => None,
            };
            items.iter().map(|item| text(&item.value)).collect::<Option<Vec<String>>>().map(Ok)
        }
        _ => None,
    }
}
