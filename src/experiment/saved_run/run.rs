//! The files that a run left, judged without running again: the figures of one run or of many, as far as files tell them.
//! A verdict that the run itself gave stands, because it was given on exact numbers and the files hold rounded ones;
//! checks that the run did not have are judged by what is written.

use super::sheets;
use crate::experiment::checks::{self, Bills, Finding, judge_change, judge_one_run, judge_runs, priced};
use crate::experiment::figures::in_summary;
use crate::experiment::{CheckOutcome, CheckStatus, Estimate, Measure};
use crate::results::{EstimatedFigure, Estimates, FidelityName, FigureValue, Summary, read_document};
use crate::scenario::LONGEST_RUN_S;
use crate::scenario::{self, Check, CheckPlace, Outline, Source, Unpriced};

/// The files of a run, as they were read.
#[derive(Clone, Debug)]
pub struct SavedFiles {
    /// The number of the run that `summary.json` tells of, from 0 on.
    pub replication: u64,
    /// `plan.toml`.
    pub plan: Source,
    /// `summary.json`.
    pub summary: Vec<u8>,
    /// `timeline.csv`.
    pub timeline: Vec<u8>,
    /// `estimates.json` and `replications.csv`, where there were many runs.
    pub many: Option<(Vec<u8>, Vec<u8>)>,
}

/// Results of a run, read from its files.
#[derive(Clone, Debug)]
pub struct SavedRun {
    declared: Outline,
    summary: Summary,
    estimates: Option<Estimates>,
    timeline: Vec<u8>,
    /// Cost of each run \[USD a month\].
    pub costs: Vec<Option<f64>>,
    /// The seed of the runs.
    pub seed: u64,
    /// The number of the first of them.
    pub replication: u64,
    /// The scenario with every default filled in, as `plan.toml` has it.
    pub plan: String,
    /// Whether the runs were interrupted before all were done.
    pub is_interrupted: bool,
}

/// Message for a figure that the files do not hold.
const NOT_KEPT: &str = "this figure was not saved with the run; check the scenario instead";

impl SavedRun {
    /// Reads the files.
    ///
    /// # Errors
    /// A sentence: one of them is not what a run writes.
    pub fn read(files: SavedFiles) -> Result<Self, String> {
        let declared = scenario::outline(&files.plan)?;
        let summary: Summary = read_document(&files.summary).map_err(|error| error.to_string())?;
        let seed = summary.scenario.seed;
        checked_horizon(summary.scenario.horizon_s.get())?;
        let (estimates, costs) = match &files.many {
            Some((estimates, rows)) => {
                let estimates: Estimates = read_document(estimates).map_err(|error| error.to_string())?;
                (Some(estimates), sheets::costs(rows)?)
            }
            None => (None, vec![Some(summary.cost.per_month_usd.get())]),
        };
        let is_interrupted = estimates.as_ref().is_some_and(|estimates| estimates.interrupted);
        let (timeline, plan, replication) = (files.timeline, files.plan.text, files.replication);
        Ok(Self { declared, summary, estimates, timeline, costs, seed, replication, plan, is_interrupted })
    }

    /// The scenario's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.declared.name
    }

    /// The checks of the run.
    #[must_use]
    pub fn checks(&self) -> &[Check] {
        &self.declared.checks
    }

    /// The places of the checks in `plan.toml`.
    #[must_use]
    pub fn places(&self) -> &[CheckPlace] {
        &self.declared.places
    }

    /// Whether there were many runs, with intervals between them.
    #[must_use]
    pub const fn is_many(&self) -> bool {
        self.estimates.is_some()
    }

    /// The bills of the runs, to compare others with.
    #[must_use]
    pub fn bills(&self) -> Bills {
        let horizon = self.declared.horizon;
        Bills { costs: self.costs.clone(), unpriced: self.unpriced(), horizon }
    }

    /// The billable items without a price, which the bills leave out.
    fn unpriced(&self) -> Unpriced {
        Unpriced { items: self.summary.cost.unpriced.clone(), region: self.summary.scenario.region.clone() }
    }

    /// Judges by these checks instead of its own.
    pub fn set_checks(&mut self, checks: Vec<Check>) {
        self.declared.checks = checks;
    }

    /// The verdicts of its checks, in their order.
    #[must_use]
    pub fn judge(&self, baseline: Option<&Bills>) -> Vec<CheckOutcome> {
        self.declared.checks.iter().map(|check| self.judge_one(check, baseline)).collect()
    }

    fn judge_one(&self, check: &Check, baseline: Option<&Bills>) -> CheckOutcome {
        if check.measure.needs_baseline() {
            return judge_change(check, &self.bills(), baseline);
        }
        let is_approximate = self.summary.scenario.fidelity == FidelityName::Fluid;
        let findings = self.findings(check);
        let judge = if self.is_many() { judge_runs } else { judge_one_run };
        let outcome = judge(check, &findings, is_approximate);
        let mut outcome = priced(check, &self.unpriced(), self.declared.horizon, outcome);
        if let Some((status, value, note)) = self.recorded(check) {
            (outcome.status, outcome.value, outcome.note) = (status, value, note);
        }
        outcome
    }

    /// The verdict that the run itself gave.
    fn recorded(&self, check: &Check) -> Option<(CheckStatus, String, Option<String>)> {
        let checks = self.estimates.as_ref().map_or(&self.summary.checks, |estimates| &estimates.checks);
        let found = checks.iter().find(|result| result.check == check.text)?;
        Some((found.status, found.value.clone(), found.note.clone()))
    }

    fn findings(&self, check: &Check) -> Vec<Finding> {
        let find = |service: Option<&str>| {
            let estimate = self.estimate(service, check.measure);
            let is_idle = service.is_some_and(|service| self.offered(service) == Some(0.0));
            let note = match estimate {
                Some(_) => self.still_short(service, check.measure),
                None if self.can_tell(check.measure) => None,
                None => Some(NOT_KEPT.to_owned()),
            };
            Finding { service: service.map(str::to_owned), estimate, is_idle, note }
        };
        if check.measure.is_cost() {
            return vec![find(None)];
        }
        self.declared.services.iter().map(|service| find(Some(service))).collect()
    }

    /// Whether the files could tell such a figure at all.
    fn can_tell(&self, measure: Measure) -> bool {
        let name = measure.name();
        match (&self.estimates, measure) {
            (Some(estimates), _) => self.names(&name).iter().any(|name| estimated(estimates, name).is_some()),
            (None, _) => measure.shortfall_mark().is_none(),
        }
    }

    fn names(&self, name: &str) -> Vec<String> {
        let of_services = self.declared.services.iter().map(|service| format!("{service}.{name}"));
        of_services.chain([name.to_owned()]).collect()
    }

    fn still_short(&self, service: Option<&str>, measure: Measure) -> Option<String> {
        let (mark, service) = (measure.shortfall_mark()?, service?);
        let figure = estimated(self.estimates.as_ref()?, &format!("{service}.{}", mark.name()))?;
        let (share, runs) = (figure.value.as_ref()?.get(), figure.runs);
        checks::still_short(nearest(share * as_f64(runs)).min(runs), runs)
    }

    fn offered(&self, service: &str) -> Option<f64> {
        match &self.estimates {
            Some(estimates) => {
                Some(estimated(estimates, &format!("{service}.offered"))?.value.as_ref()?.get())
            }
            None => Some(as_f64(self.summary.services.get(service)?.requests.offered)),
        }
    }

    fn estimate(&self, service: Option<&str>, measure: Measure) -> Option<Estimate> {
        let Some(estimates) = &self.estimates else {
            let value = self.value(service, measure)?;
            return Some(Estimate { value, half_width: None, runs: 1 });
        };
        let name = measure.name();
        let name = service.map_or_else(|| name.clone(), |service| format!("{service}.{name}"));
        let figure = estimated(estimates, &name)?;
        Some(Estimate {
            value: figure.value.as_ref()?.get(),
            half_width: figure.half_width.as_ref().map(FigureValue::get),
            runs: figure.runs,
        })
    }

    /// A figure of the one run.
    fn value(&self, service: Option<&str>, measure: Measure) -> Option<f64> {
        match (measure, service) {
            (Measure::MinutesOver(limit), Some(service)) => {
                sheets::minutes_over(&self.timeline, service, &self.declared, &limit)
            }
            _ => in_summary(measure, service, &self.summary),
        }
    }
}

/// The figure of that name of many runs.
fn estimated<'a>(estimates: &'a Estimates, name: &str) -> Option<&'a EstimatedFigure> {
    estimates.figures.get(name)?.as_ref()
}

/// The nearest count; a cast of floats keeps within the range, and zero stands for what is no number.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a number of runs, bounded by its caller"
)]
fn nearest(count: f64) -> u64 {
    count.round() as u64
}

#[expect(clippy::cast_precision_loss, reason = "a number of runs")]
fn as_f64(count: u64) -> f64 {
    count as f64
}

/// Whether a run can be as long as `summary.json` says \[s\].
///
/// # Errors
/// A sentence: no run is so long.
pub fn checked_horizon(horizon_s: f64) -> Result<(), String> {
    if horizon_s > 0.0 && horizon_s <= LONGEST_RUN_S as f64 {
        return Ok(());
    }
    Err(format!(
        "`summary.json` is malformed: its `horizon_s` is {horizon_s}, and a run lasts at most {LONGEST_RUN_S} s; \
         make the results again"
    ))
}
