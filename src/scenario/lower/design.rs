//! `[sweep]` and `[optimize]`: tables of axes into designs.

use super::Lower;
use crate::scenario::axis::{self, Axis, AxisValue};
use crate::scenario::codes;
use crate::scenario::diagnostic::Problem;
use crate::scenario::tree::Value;
use crate::scenario::view::View;
use crate::scenario::{Points, SearchSpec, SweepSpec};

/// `[sweep]`; `None` where it is absent or wrong.
pub(super) fn sweep(root: View<'_>, lower: &mut Lower<'_>) -> Option<SweepSpec> {
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
pub(super) fn search(root: View<'_>, lower: &mut Lower<'_>) -> Option<SearchSpec> {
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
