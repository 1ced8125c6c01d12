//! Checks: what must hold of a run, and whether it did. A value that is printed never contradicts its verdict: it gets
//! as many digits as it takes. Of one run it leaves out confidence: one run is one sample.

mod change;
mod shown;

pub use change::Bills;

use super::replications::CONFIDENCE;
use super::{CheckOutcome, CheckStatus, Estimate, Figure, Measure, Sample};
use crate::kernel::service::{FaultKind, FaultPlan};
use crate::kernel::units::SimDuration;
use crate::kernel::world::ServicePlan;
use crate::record::{Keep, RunRecord};
use crate::scenario::{Check, Comparator, Scenario, Unit, Unpriced, if_every};
use shown::{shown, shown_estimate};

/// What a run must keep so that these checks can be judged.
#[must_use]
pub fn keep_for(checks: &[Check]) -> Keep {
    if checks.iter().any(|check| check.measure.needs_minutes()) { Keep::Minutes } else { Keep::Totals }
}

/// What these checks limit.
#[must_use]
pub fn limited_by(checks: &[Check]) -> Vec<Measure> {
    checks.iter().map(|check| check.measure).collect()
}

/// What is known of a figure that a check limits, of one service or of all together.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// The service; `None` where it is of all together.
    pub service: Option<String>,
    /// Its value, with its interval where there were several runs; `None` where there is nothing to judge.
    pub estimate: Option<Estimate>,
    /// Whether no request was offered, so that nothing can have failed.
    pub is_idle: bool,
    /// What has to be said beside the value.
    pub note: Option<String>,
}

/// The verdict of every check, in the order of the scenario.
///
/// With several services a check holds when it holds for each of them, and the value that decided is given with its
/// service; cost checks are for the sum. A service that was offered requests but has nothing to judge leaves a check
/// without a verdict, unless another service fails it. There is no baseline, so that a change of cost has no verdict.
#[must_use]
pub fn evaluate(scenario: &Scenario, record: &RunRecord) -> Vec<CheckOutcome> {
    let judged = |check: &Check| {
        if check.measure.needs_baseline() {
            return change::judge(check, &Bills::default(), None, CONFIDENCE);
        }
        let outcome =
            judge_one_run(check, &findings_of_run(check, scenario, record), scenario.is_approximate());
        priced(check, &scenario.unpriced(), scenario.plan.horizon, outcome)
    };
    scenario.checks.iter().map(judged).collect()
}

/// The verdict of every check over many runs: it holds where the whole interval of its figure does, fails where none of
/// it does, and is inconclusive between. With several services the verdict of the worst decides.
#[must_use]
pub fn evaluate_sample(scenario: &Scenario, sample: &Sample) -> Vec<CheckOutcome> {
    evaluate_against(scenario, sample, None, CONFIDENCE)
}

/// The same, with intervals of this confidence in (0, 1), and with a baseline where there is one.
#[must_use]
pub fn evaluate_against(
    scenario: &Scenario,
    sample: &Sample,
    baseline: Option<&Bills>,
    confidence: f64,
) -> Vec<CheckOutcome> {
    let judged = |check: &Check| {
        if check.measure.needs_baseline() {
            return change::judge(check, &Bills::of(scenario, sample), baseline, confidence);
        }
        let findings = findings_of_sample(check, scenario, sample, confidence);
        let outcome = judge_runs(check, &findings, scenario.is_approximate());
        priced(check, &scenario.unpriced(), scenario.plan.horizon, outcome)
    };
    scenario.checks.iter().map(judged).collect()
}

/// The verdict of a change of cost against a baseline.
#[must_use]
pub fn judge_change(check: &Check, bills: &Bills, baseline: Option<&Bills>) -> CheckOutcome {
    change::judge(check, bills, baseline, CONFIDENCE)
}

/// The outcome of a check of a cost, with what the cost leaves out and what scaling it to a month takes for granted.
///
/// A bill that leaves an item out is a lower bound of what is paid: where it is already above a limit that bounds from above,
/// the check fails; any other verdict is none.
#[must_use]
pub fn priced(
    check: &Check,
    unpriced: &Unpriced,
    horizon: SimDuration,
    mut outcome: CheckOutcome,
) -> CheckOutcome {
    if !check.measure.is_cost() || outcome.status == CheckStatus::NoData {
        return outcome;
    }
    let bounds_from_above = matches!(check.comparator, Comparator::Less | Comparator::LessOrEqual);
    let fails_anyway = outcome.status == CheckStatus::Fail && bounds_from_above;
    if !unpriced.is_nothing() && (!fails_anyway || check.measure.needs_baseline()) {
        outcome.status = CheckStatus::Inconclusive;
        outcome.is_unpriced = true;
    }
    let scaled = if_every(horizon).filter(|_| check.measure.in_one_run() == Measure::CostPerMonth);
    let parts: Vec<String> = [scaled, unpriced.words(), outcome.note.take()].into_iter().flatten().collect();
    outcome.note = (!parts.is_empty()).then(|| parts.join("; "));
    outcome
}

/// The verdicts of those of some checks that compare with a baseline where there is none: they have nothing to judge.
#[must_use]
pub fn without_baseline(checks: &[Check]) -> Vec<CheckOutcome> {
    let of = |check: &Check| judge_change(check, &Bills::default(), None);
    checks.iter().filter(|check| check.measure.needs_baseline()).map(of).collect()
}

/// The verdict on one estimate.
#[must_use]
pub fn verdict(check: &Check, estimate: &Estimate) -> CheckStatus {
    let (low, high) = ends(check, estimate);
    match (holds(check, low), holds(check, high)) {
        (true, true) => CheckStatus::Pass,
        (false, false) => CheckStatus::Fail,
        _ => CheckStatus::Inconclusive,
    }
}

/// The ends of an interval, as far as its figure can reach: none that is checked is below zero but a change, and no share
/// is above one.
#[must_use]
pub fn ends(check: &Check, estimate: &Estimate) -> (f64, f64) {
    let (least, most) = match check.measure.unit() {
        Unit::ServedShare | Unit::Utilization => (0.0, 1.0),
        Unit::UsdChange | Unit::ShareChange => (f64::NEG_INFINITY, f64::INFINITY),
        _ => (0.0, f64::INFINITY),
    };
    // Never beyond the value itself, whatever rounding did to it.
    let (least, most) = (estimate.value.min(least), estimate.value.max(most));
    (estimate.low().max(least), estimate.high().min(most))
}

/// The verdict of a check over many runs, of what was found of its figures.
#[must_use]
pub fn judge_runs(check: &Check, findings: &[Finding], is_approximate: bool) -> CheckOutcome {
    let rank = |status| match status {
        CheckStatus::Pass => 0,
        CheckStatus::NoData => 1,
        CheckStatus::Inconclusive => 2,
        CheckStatus::Fail => 3,
    };
    let mut worst: Option<CheckOutcome> = None;
    for finding in findings {
        let mut outcome = match &finding.estimate {
            Some(estimate) => CheckOutcome {
                value: shown_estimate(check, estimate),
                ..told(check, verdict(check, estimate), finding)
            },
            // A service without a single request has nothing to fail by.
            None if finding.is_idle && findings.len() > 1 => continue,
            None => told(check, CheckStatus::NoData, finding),
        };
        name_service(&mut outcome, finding, findings);
        if worst.as_ref().is_none_or(|so_far| rank(outcome.status) > rank(so_far.status)) {
            worst = Some(outcome);
        }
    }
    marked(check, is_approximate, worst.unwrap_or_else(|| nothing(check)))
}

/// The verdict of a check over one run, of what was found of its figures: the worst value decides.
#[must_use]
pub fn judge_one_run(check: &Check, findings: &[Finding], is_approximate: bool) -> CheckOutcome {
    let mut worst: Option<(f64, &Finding)> = None;
    let mut unjudged = None;
    for finding in findings {
        let Some(estimate) = finding.estimate else {
            unjudged = unjudged.or(Some(finding).filter(|finding| !finding.is_idle));
            continue;
        };
        let is_worse = worst.is_none_or(|(so_far, _)| match check.comparator {
            Comparator::Less | Comparator::LessOrEqual => estimate.value > so_far,
            Comparator::Greater | Comparator::GreaterOrEqual => estimate.value < so_far,
        });
        if is_worse {
            worst = Some((estimate.value, finding));
        }
    }
    let outcome = match (worst, unjudged) {
        (Some((value, finding)), unjudged) if unjudged.is_none() || !holds(check, value) => {
            let status = if holds(check, value) { CheckStatus::Pass } else { CheckStatus::Fail };
            let mut outcome = CheckOutcome { value: shown(check, value), ..told(check, status, finding) };
            name_service(&mut outcome, finding, findings);
            outcome
        }
        (_, Some(finding)) => told(check, CheckStatus::NoData, finding),
        _ => findings.first().map_or_else(|| nothing(check), |first| told(check, CheckStatus::NoData, first)),
    };
    marked(check, is_approximate, outcome)
}

/// An outcome with everything but its value.
fn told(check: &Check, status: CheckStatus, finding: &Finding) -> CheckOutcome {
    CheckOutcome {
        status,
        note: finding.note.clone(),
        service: finding.service.clone(),
        estimate: finding.estimate,
        ..nothing(check)
    }
}

/// The outcome of a check for which nothing was found.
fn nothing(check: &Check) -> CheckOutcome {
    CheckOutcome {
        check: check.text.clone(),
        value: "no data".to_owned(),
        status: CheckStatus::NoData,
        note: None,
        is_unpriced: false,
        service: None,
        estimate: None,
    }
}

/// Names the service beside the value where there are several.
fn name_service(outcome: &mut CheckOutcome, finding: &Finding, findings: &[Finding]) {
    if let (Some(service), true) = (&finding.service, findings.len() > 1) {
        outcome.value = format!("{} ({service})", outcome.value);
    }
}

/// The outcome, its value marked where it is an approximate time: `≈612ms`.
fn marked(check: &Check, is_approximate: bool, mut outcome: CheckOutcome) -> CheckOutcome {
    if is_approximate && check.measure.is_time() && outcome.status != CheckStatus::NoData {
        outcome.value.insert(0, '≈');
    }
    outcome
}

/// What many runs tell of the figures of a check.
fn findings_of_sample(check: &Check, scenario: &Scenario, sample: &Sample, confidence: f64) -> Vec<Finding> {
    let plan = &scenario.plan;
    let find = |figure: &Figure| {
        let service = figure.service.and_then(|index| plan.services.get(index));
        let estimate = sample.pseudo(figure).map(|pseudo| pseudo.estimate(confidence));
        let offered = Figure { service: figure.service, measure: Measure::Offered };
        let is_idle = estimate.is_none()
            && sample.values(&offered).iter().all(|count| count.is_none_or(|count| count <= 0.0));
        let marks = |_| sample.values(&Figure { measure: Measure::ShortAtTheEnd, ..*figure });
        let note = service.and_then(|service| note_of(check.measure, service, estimate.map(marks)));
        Finding { service: service.map(|service| service.name.clone()), estimate, is_idle, note }
    };
    Figure::of_check(check.measure, plan).iter().map(find).collect()
}

/// Why a time to capacity cannot be judged.
const NO_CAPACITY: &str = "no limit of a task is known, so capacity cannot be judged";

/// In how many of some runs capacity was short when they ended, in words; `None` where it was in none.
#[must_use]
pub fn still_short((open, known): (u64, u64)) -> Option<String> {
    match open {
        0 => None,
        _ if known == 1 => Some("not over when the run ended".to_owned()),
        open => Some(format!("in {open} of {known} runs it was not over when the run ended")),
    }
}

/// How many of the runs with a mark have one, and how many have something to judge.
fn counted(marks: &[Option<f64>]) -> (u64, u64) {
    let known = marks.iter().flatten();
    (known.clone().filter(|mark| **mark > 0.5).count() as u64, known.count() as u64)
}

/// What has to be said beside the time to capacity of a service; `marks`: whether it was short when each run ended, `None`
/// where there is nothing to judge.
fn note_of(measure: Measure, service: &ServicePlan, marks: Option<Vec<Option<f64>>>) -> Option<String> {
    if measure != Measure::TimeToCapacity {
        return None;
    }
    let Some(marks) = marks else {
        return service.capacity_per_task().is_none().then(|| NO_CAPACITY.to_owned());
    };
    // A task that hangs or waits for a slow dependency carries less than a sound one, which is what is counted.
    let is_unsound =
        |fault: &FaultPlan| matches!(fault.kind, FaultKind::Hang(_) | FaultKind::SlowDependency(_));
    let proviso = service.faults.iter().any(is_unsound).then(|| "by what a sound task carries".to_owned());
    let parts: Vec<String> = still_short(counted(&marks)).into_iter().chain(proviso).collect();
    (!parts.is_empty()).then(|| parts.join("; "))
}

/// What one run tells of the figures of a check.
fn findings_of_run(check: &Check, scenario: &Scenario, record: &RunRecord) -> Vec<Finding> {
    let one = |value: f64| Estimate { value, half_width: None, runs: 1 };
    let plan = &scenario.plan;
    let find = |figure: &Figure| {
        let value = figure.value(record, plan);
        let service =
            figure.service.and_then(|index| plan.services.get(index).zip(record.services.get(index)));
        let mark = Figure { measure: Measure::ShortAtTheEnd, ..*figure };
        let marks = value.map(|_| vec![mark.value(record, plan)]);
        Finding {
            service: service.map(|(plan, _)| plan.name.clone()),
            estimate: value.map(one),
            is_idle: service.is_some_and(|(_, record)| record.requests.offered == 0),
            note: service.and_then(|(plan, _)| note_of(check.measure, plan, marks)),
        }
    };
    Figure::of_check(check.measure, plan).iter().map(find).collect()
}

/// Whether a value keeps to the limit.
#[must_use]
pub fn holds(check: &Check, value: f64) -> bool {
    compare(check.comparator, value, check.limit)
}

fn compare(comparator: Comparator, value: f64, limit: f64) -> bool {
    match comparator {
        Comparator::Less => value < limit,
        Comparator::LessOrEqual => value <= limit,
        Comparator::Greater => value > limit,
        Comparator::GreaterOrEqual => value >= limit,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(measure: Measure, comparator: Comparator, limit: f64) -> Check {
        Check { text: String::new(), measure, comparator, limit }
    }

    #[test]
    fn a_printed_value_never_contradicts_its_verdict() {
        let p99 = check(Measure::P99, Comparator::Less, 800.0);
        assert_eq!(shown(&p99, 612.3), "612ms");
        assert_eq!(shown(&p99, 799.96), "799.96ms");
        assert_eq!(shown(&p99, 800.0), "800ms");
        assert_eq!(shown(&p99, 0.5), "0.5ms");
        let availability = check(Measure::Availability, Comparator::GreaterOrEqual, 0.999);
        assert_eq!(shown(&availability, 0.998_999_9), "99.89999%");
        assert_eq!(shown(&availability, 0.9995), "99.95%");
        let cost = check(Measure::CostPerMonth, Comparator::Less, 2000.0);
        assert_eq!(shown(&cost, 1234.5), "1234.50 USD");
    }

    #[test]
    fn an_interval_ends_where_its_figure_does() {
        let p99 = check(Measure::P99, Comparator::Less, 1000.0);
        let wide = Estimate { value: 825.0, half_width: Some(1835.0), runs: 2 };
        assert_eq!(shown_estimate(&p99, &wide), "825ms (0ms to 2660ms)");
        assert_eq!(verdict(&p99, &wide), CheckStatus::Inconclusive);
        let share = check(Measure::Availability, Comparator::LessOrEqual, 1.0);
        let estimate = Estimate { value: 0.999, half_width: Some(0.01), runs: 3 };
        assert_eq!(shown_estimate(&share, &estimate), "99.9% (98.9% to 100%)");
        assert_eq!(verdict(&share, &estimate), CheckStatus::Pass);
    }
}
