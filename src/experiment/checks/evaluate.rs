//! The verdict of every check of a scenario, over one run or over many.

use super::change::{Bills, judge_change, judge_change_with};
use super::findings::{findings_of_run, findings_of_sample};
use super::verdict::{judge_one_run, judge_runs, priced};
use crate::experiment::estimate::CONFIDENCE;
use crate::experiment::outcome::CheckOutcome;
use crate::experiment::sample::RunSample;
use crate::record::RunRecord;
use crate::scenario::{Check, Scenario};

/// The verdict of every check, in the order of the scenario.
///
/// With several services a check holds when it holds for each of them, and the value that decided is given with its
/// service; cost checks are for the sum. A service that was offered requests but has nothing to judge leaves a check
/// without a verdict, unless another service fails it. There is no baseline, so that a change of cost has no verdict.
#[must_use]
pub fn evaluate(scenario: &Scenario, record: &RunRecord) -> Vec<CheckOutcome> {
    let judged = |check: &Check| {
        if check.measure.needs_baseline() {
            return judge_change(check, &Bills::default(), None);
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
pub fn evaluate_sample(scenario: &Scenario, sample: &RunSample) -> Vec<CheckOutcome> {
    evaluate_against(scenario, sample, None, CONFIDENCE)
}

/// The same, with intervals of this confidence in (0, 1), and with a baseline where there is one.
#[must_use]
pub fn evaluate_against(
    scenario: &Scenario,
    sample: &RunSample,
    baseline: Option<&Bills>,
    confidence: f64,
) -> Vec<CheckOutcome> {
    let judged = |check: &Check| {
        if check.measure.needs_baseline() {
            return judge_change_with(check, &Bills::of(scenario, sample), baseline, confidence);
        }
        let findings = findings_of_sample(check, scenario, sample, confidence);
        let outcome = judge_runs(check, &findings, scenario.is_approximate());
        priced(check, &scenario.unpriced(), scenario.plan.horizon, outcome)
    };
    scenario.checks.iter().map(judged).collect()
}

/// The verdicts of those of some checks that compare with a baseline where there is none: they have nothing to judge.
#[must_use]
pub fn without_baseline(checks: &[Check]) -> Vec<CheckOutcome> {
    let of = |check: &Check| judge_change(check, &Bills::default(), None);
    checks.iter().filter(|check| check.measure.needs_baseline()).map(of).collect()
}
