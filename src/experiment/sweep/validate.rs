//! Validation of a sweep before it runs: each value of each axis alone on the base scenario. An axis of which no value
//! is a scenario, alone or in some point, is a mistake; a combination that is none is a row.

use std::ops::ControlFlow;

use super::cell::why_not;
use crate::experiment::interruption::is_raised;
use crate::experiment::points::Design;
use crate::experiment::{VariedScenario, pool};
use crate::scenario::Loaded;

/// Points that are tried before an axis without a single valid value is called useless.
const POINTS_TRIED: u64 = 10_000;

/// Outcomes of the values of the axes, each alone.
#[derive(Debug, Default)]
pub struct SingleValues {
    /// Axes of which no value can be used, each with what was said of its first value.
    pub useless: Vec<(String, Box<Loaded>)>,
    /// Values that are no scenario alone, in words; their points may be.
    pub doubtful: Vec<String>,
}

/// Loads the base with each value of each axis alone.
#[must_use]
pub fn single_values(
    base: &VariedScenario<'_>,
    design: &Design<'_>,
    interrupted: Option<&std::sync::atomic::AtomicBool>,
) -> SingleValues {
    let mut found = SingleValues::default();
    let mut hopeless = Vec::new();
    for axis in design.axes() {
        let mut first = None;
        let mut usable = 0_usize;
        let load = |number: u64| {
            let value = usize::try_from(number).ok().and_then(|index| axis.values.get(index))?;
            let loaded = base.load(&value.overrides);
            if loaded.scenario.is_some() { None } else { Some((why_not(&loaded), Box::new(loaded))) }
        };
        pool::in_order(0..axis.values.len() as u64, load, |number, fault| {
            match fault {
                None => usable += 1,
                Some((why, loaded)) => {
                    let label = usize::try_from(number).ok().and_then(|index| axis.values.get(index));
                    let label = label.map_or("", |value| value.label.as_str());
                    found.doubtful.push(format!("`{}` = {label} alone: {why}", axis.name));
                    first.get_or_insert(loaded);
                }
            }
            if is_raised(interrupted) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        if let (0, Some(loaded)) = (usable, first) {
            hopeless.push((axis.name.clone(), loaded));
        }
    }
    if !hopeless.is_empty() && !is_raised(interrupted) && !some_point_is_valid(base, design) {
        found.useless = hopeless;
    }
    found
}

/// Whether one of the points is a scenario: values that need each other (a task's CPU and memory) are none alone.
fn some_point_is_valid(base: &VariedScenario<'_>, design: &Design<'_>) -> bool {
    let mut found = false;
    let job = |point| base.load(&design.overrides(point)).scenario.is_some();
    pool::as_finished(0..design.points().min(POINTS_TRIED), job, |_, valid| {
        found |= valid;
        if valid { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    found
}
