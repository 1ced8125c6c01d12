//! Scheduled actions that would set a minimum above the maximum: they fail when they are due
//! (`docs/aws/scheduled-actions.md#effect`).

use jiff::Timestamp;
use windtunnel_kernel::scaling::aas::ScheduledPlan;
use windtunnel_kernel::units::SimTime;

use crate::scenario::language::codes;
use crate::scenario::language::diagnostic::{Problem, Report};
use crate::scenario::language::table_reader::TableReader;
use crate::scenario::lints::subject::Service;

/// Consequence of an action's failing occurrences.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct FailingOccurrences {
    first: SimTime,
    count: usize,
    /// The bounds that the first would have set.
    bounds: (u32, u32),
}

/// Warns once of every action that fails, with its first failure.
pub(super) fn check(service: &Service<'_>, report: &mut Report) {
    let plan = service.plan;
    let failures = failures(service);
    let scheduled = service.view.table("scaling").and_then(|scaling| scaling.table("scheduled"));
    for (action, failure) in plan.scaling.schedule.actions.iter().zip(failures) {
        let (Some(failure), Some(view)) = (failure, scheduled.and_then(|table| table.table(&action.name)))
        else {
            continue;
        };
        report.add(problem(service, action, failure, view));
    }
}

fn problem(
    service: &Service<'_>,
    action: &ScheduledPlan,
    failure: FailingOccurrences,
    view: TableReader<'_>,
) -> Problem {
    let (min, max) = failure.bounds;
    let at = i128::from(service.second_0) + i128::from(failure.first.0);
    let time = Timestamp::from_nanosecond(at).map_or_else(|_| "then".to_owned(), |at| at.to_string());
    let times = match (failure.count, action.occurrences.len()) {
        (1, 1) => String::new(),
        (count, all) => format!(" ({count} of its {all} occurrences fail)"),
    };
    let is_min = action.min_capacity == Some(min);
    let key = if is_min { "min_capacity" } else { "max_capacity" };
    Problem::new(
        codes::ACTION_FAILS,
        format!(
            "at {time} the action `{}` would make the minimum {min} and the maximum {max}, so it fails{times}",
            action.name
        ),
    )
    .at(&view.place(key), if is_min { "more than the maximum then" } else { "less than the minimum then" })
    .also(
        &service
            .view
            .table("scaling")
            .map_or_else(|| view.place.clone(), |scaling| scaling.place(if is_min { "max_capacity" } else { "min_capacity" })),
        "the bound that holds unless another action has changed it",
    )
    .help("a failed occurrence changes nothing and is used up")
    .fix(if is_min {
        format!("max_capacity = {min} in the same action")
    } else {
        format!("min_capacity = {max} in the same action")
    })
}

/// The failures of each action: occurrences in the order in which they are due, those of one instant in the order of the file,
/// each on the bounds that the ones before it left.
fn failures(service: &Service<'_>) -> Vec<Option<FailingOccurrences>> {
    let plan = service.plan;
    let mut due: Vec<(SimTime, usize)> = Vec::new();
    for (index, action) in plan.scaling.schedule.actions.iter().enumerate() {
        due.extend(action.occurrences.iter().map(|at| (*at, index)));
    }
    due.sort_unstable();
    let mut failures = vec![None; plan.scaling.schedule.actions.len()];
    let (mut min, mut max) = (plan.scaling.min_capacity, plan.scaling.max_capacity);
    for (at, index) in due {
        let (action, failure) = (&plan.scaling.schedule.actions[index], &mut failures[index]);
        let is_suspended = plan.scaling.schedule.suspensions.iter().any(|window| {
            window.suspended.scheduled_scaling
                && window.from <= at
                && window.until.is_none_or(|until| at < until)
        });
        if is_suspended {
            continue;
        }
        let (low, high) = (action.min_capacity.unwrap_or(min), action.max_capacity.unwrap_or(max));
        if low <= high {
            (min, max) = (low, high);
            continue;
        }
        let known = failure.get_or_insert(FailingOccurrences { first: at, count: 0, bounds: (low, high) });
        known.count += 1;
    }
    failures
}
