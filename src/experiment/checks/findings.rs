//! Findings of runs about the figures of a check.

use super::verdict::Finding;
use crate::experiment::estimate::Estimate;
use crate::experiment::figures::{Figure, Measure};
use crate::experiment::sample::RunSample;
use crate::kernel::platform::{FaultKind, FaultPlan};
use crate::kernel::simulation::ServicePlan;
use crate::record::{Detail, RunRecord};
use crate::scenario::{Check, Scenario};

/// The detail that a run must keep so that these checks can be judged.
#[must_use]
pub fn keep_for(checks: &[Check]) -> Detail {
    if checks.iter().any(|check| check.measure.needs_minutes()) { Detail::Minutes } else { Detail::Totals }
}

/// The measures that these checks limit.
#[must_use]
pub fn limited_by(checks: &[Check]) -> Vec<Measure> {
    checks.iter().map(|check| check.measure).collect()
}

/// The findings of many runs about the figures of a check.
pub(super) fn findings_of_sample(
    check: &Check,
    scenario: &Scenario,
    sample: &RunSample,
    confidence: f64,
) -> Vec<Finding> {
    let plan = &scenario.plan;
    let find = |figure: &Figure| {
        let service = figure.service.and_then(|index| plan.services.get(index));
        let estimate = sample.pseudo(figure).map(|pseudo| pseudo.estimate(confidence));
        let offered = Figure { service: figure.service, measure: Measure::Offered };
        let is_idle = estimate.is_none()
            && sample.values(&offered).iter().all(|count| count.is_none_or(|count| count <= 0.0));
        let note = service.zip(check.measure.shortfall_mark()).and_then(|(service, measure)| {
            note_of(service, estimate.map(|_| sample.values(&Figure { measure, ..*figure })))
        });
        Finding { service: service.map(|service| service.name.clone()), estimate, is_idle, note }
    };
    Figure::of_check(check.measure, plan).iter().map(find).collect()
}

/// Reason why a shortfall of capacity cannot be judged.
pub const NO_CAPACITY: &str = "no limit of a task is known, so capacity cannot be judged";

/// In how many of some runs capacity was short when they ended, in words; `None` where it was in none.
#[must_use]
pub fn still_short(open: u64, known: u64) -> Option<String> {
    match open {
        0 => None,
        _ if known == 1 => Some("not over when the run ended".to_owned()),
        open => Some(format!("in {open} of {known} runs it was not over when the run ended")),
    }
}

/// The number of runs with a mark that have one, and of those that have something to judge.
fn counted(marks: &[Option<f64>]) -> (u64, u64) {
    let known = marks.iter().flatten();
    (known.clone().filter(|mark| **mark > 0.5).count() as u64, known.count() as u64)
}

/// The proviso of a shortfall of capacity: a task that hangs or waits for a slow dependency carries less than a sound one,
/// which is what is counted. `None` where no fault of the service makes tasks so.
#[must_use]
pub fn sound_task_proviso(service: &ServicePlan) -> Option<&'static str> {
    let is_unsound =
        |fault: &FaultPlan| matches!(fault.kind, FaultKind::Hang(_) | FaultKind::SlowDependency(_));
    service.faults.iter().any(is_unsound).then_some("by what a sound task carries")
}

/// The note beside a shortfall of capacity of a service; `marks`: whether it was short when each run ended, `None`
/// where there is nothing to judge.
fn note_of(service: &ServicePlan, marks: Option<Vec<Option<f64>>>) -> Option<String> {
    let Some(marks) = marks else {
        return service.capacity_per_task().is_none().then(|| NO_CAPACITY.to_owned());
    };
    let proviso = sound_task_proviso(service).map(str::to_owned);
    let (open, known) = counted(&marks);
    let parts: Vec<String> = still_short(open, known).into_iter().chain(proviso).collect();
    (!parts.is_empty()).then(|| parts.join("; "))
}

/// The findings of one run about the figures of a check.
pub(super) fn findings_of_run(check: &Check, scenario: &Scenario, record: &RunRecord) -> Vec<Finding> {
    let one = |value: f64| Estimate { value, half_width: None, runs: 1 };
    let plan = &scenario.plan;
    let find = |figure: &Figure| {
        let value = figure.value(record, plan);
        let service =
            figure.service.and_then(|index| plan.services.get(index).zip(record.services.get(index)));
        let note = service.zip(check.measure.shortfall_mark()).and_then(|((service, _), measure)| {
            note_of(service, value.map(|_| vec![Figure { measure, ..*figure }.value(record, plan)]))
        });
        Finding {
            service: service.map(|(plan, _)| plan.name.clone()),
            estimate: value.map(one),
            is_idle: service.is_some_and(|(_, record)| record.requests.offered == 0),
            note,
        }
    };
    Figure::of_check(check.measure, plan).iter().map(find).collect()
}
