//! Verdicts of checks over what was found of their figures. A value that is printed never contradicts its verdict: it gets
//! as many digits as it takes. Of one run it leaves out confidence: one run is one sample.

use super::display::{display, display_estimate};
use super::limit::{holds, margin, verdict};
use crate::experiment::estimate::Estimate;
use crate::experiment::outcome::{CheckOutcome, CheckStatus};
use crate::kernel::units::SimDuration;
use crate::scenario::{Check, Comparator, Measure, Unpriced, if_every};

/// Finding about a figure that a check limits, of one service or of all together.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// The service; `None` where it is of all together.
    pub service: Option<String>,
    /// Value of the figure, with its interval where there were several runs; `None` where there is nothing to judge.
    pub estimate: Option<Estimate>,
    /// Whether no request was offered, so that nothing can have failed.
    pub is_idle: bool,
    /// Note beside the value.
    pub note: Option<String>,
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
                value: display_estimate(check, estimate),
                ..outcome_of(check, verdict(check, estimate), finding)
            },
            // A service without a single request has nothing to fail by.
            None if finding.is_idle && findings.len() > 1 => continue,
            None => outcome_of(check, CheckStatus::NoData, finding),
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
            let mut outcome =
                CheckOutcome { value: display(check, value), ..outcome_of(check, status, finding) };
            name_service(&mut outcome, finding, findings);
            outcome
        }
        (_, Some(finding)) => outcome_of(check, CheckStatus::NoData, finding),
        _ => findings
            .first()
            .map_or_else(|| nothing(check), |first| outcome_of(check, CheckStatus::NoData, first)),
    };
    marked(check, is_approximate, outcome)
}

/// An outcome with everything but its value.
fn outcome_of(check: &Check, status: CheckStatus, finding: &Finding) -> CheckOutcome {
    CheckOutcome {
        status,
        note: finding.note.clone(),
        service: finding.service.clone(),
        estimate: finding.estimate,
        margin: finding.estimate.and_then(|estimate| margin(check, estimate.value)),
        ..nothing(check)
    }
}

/// The outcome of a check for which nothing was found.
pub(super) fn nothing(check: &Check) -> CheckOutcome {
    CheckOutcome {
        check: check.text.clone(),
        value: "no data".to_owned(),
        status: CheckStatus::NoData,
        note: None,
        is_unpriced: false,
        service: None,
        estimate: None,
        margin: None,
    }
}

/// Names the service beside the value where there are several.
fn name_service(outcome: &mut CheckOutcome, finding: &Finding, findings: &[Finding]) {
    if let (Some(service), true) = (&finding.service, findings.len() > 1) {
        outcome.value = format!("{} ({service})", outcome.value);
    }
}

/// The outcome, its value marked where it is an approximate time: `≈612 ms`.
fn marked(check: &Check, is_approximate: bool, mut outcome: CheckOutcome) -> CheckOutcome {
    if is_approximate && check.measure.is_time() && outcome.status != CheckStatus::NoData {
        outcome.value.insert(0, '≈');
    }
    outcome
}
