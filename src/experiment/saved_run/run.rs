//! The files that a run left, judged without running again: the figures of one run or of many, as far as files tell them.
//! A verdict that the run itself gave stands, because it was given on exact numbers and the files hold rounded ones;
//! checks that the run did not have are judged by what is written.

use serde_json::Value;

use super::sheets;
use crate::experiment::checks::{self, Bills, Finding, judge_change, judge_one_run, judge_runs, priced};
use crate::experiment::figures::{decimal, in_summary};
use crate::experiment::{CheckOutcome, CheckStatus, Estimate, Measure};
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
    summary: Value,
    estimates: Option<Value>,
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
const NOT_KEPT: &str = "the folder does not hold this figure; check the scenario instead";

impl SavedRun {
    /// Reads the files.
    ///
    /// # Errors
    /// A sentence: one of them is not what a run writes.
    pub fn read(files: SavedFiles) -> Result<Self, String> {
        let declared = scenario::outline(&files.plan)?;
        let summary = json("summary.json", &files.summary)?;
        let seed = summary["scenario"]["seed"].as_u64();
        let seed = seed.ok_or("`summary.json` is not what `windtunnel run` writes: it has no seed")?;
        let horizon_s = summary["scenario"]["horizon_s"].as_f64();
        checked_horizon(
            horizon_s.ok_or("`summary.json` is not what `windtunnel run` writes: it has no `horizon_s`")?,
        )?;
        let (estimates, costs) = match &files.many {
            Some((estimates, rows)) => (Some(json("estimates.json", estimates)?), sheets::costs(rows)?),
            None => (None, vec![decimal(&summary["cost"]["per_month_usd"])]),
        };
        let is_interrupted = estimates.as_ref().is_some_and(|estimates| estimates["interrupted"] == true);
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
        let items = self.summary["cost"]["unpriced"].as_array();
        let items = items.into_iter().flatten().filter_map(|item| item.as_str().map(str::to_owned));
        let region = self.summary["scenario"]["region"].as_str().unwrap_or_default().to_owned();
        Unpriced { items: items.collect(), region }
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
        let is_approximate = self.summary["scenario"]["fidelity"] == "fluid";
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
        let of = self.estimates.as_ref().unwrap_or(&self.summary);
        let found =
            of["checks"].as_array()?.iter().find(|outcome| outcome["check"] == check.text.as_str())?;
        let status = match found["status"].as_str()? {
            "pass" => CheckStatus::Pass,
            "fail" => CheckStatus::Fail,
            "inconclusive" => CheckStatus::Inconclusive,
            "no_data" => CheckStatus::NoData,
            _ => return None,
        };
        Some((status, found["value"].as_str()?.to_owned(), found["note"].as_str().map(str::to_owned)))
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
            (Some(estimates), _) => {
                self.names(&name).iter().any(|name| !estimates["figures"][name].is_null())
            }
            (None, _) => measure.shortfall_mark().is_none(),
        }
    }

    fn names(&self, name: &str) -> Vec<String> {
        let of_services = self.declared.services.iter().map(|service| format!("{service}.{name}"));
        of_services.chain([name.to_owned()]).collect()
    }

    fn still_short(&self, service: Option<&str>, measure: Measure) -> Option<String> {
        let (mark, service) = (measure.shortfall_mark()?, service?);
        let figures = &self.estimates.as_ref()?["figures"];
        let figure = &figures[format!("{service}.{}", mark.name())];
        let (share, runs) = (figure["value"].as_f64()?, figure["runs"].as_u64()?);
        checks::still_short(nearest(share * as_f64(runs)).min(runs), runs)
    }

    fn offered(&self, service: &str) -> Option<f64> {
        match &self.estimates {
            Some(estimates) => estimates["figures"][format!("{service}.offered")]["value"].as_f64(),
            None => self.summary["services"][service]["requests"]["offered"].as_f64(),
        }
    }

    fn estimate(&self, service: Option<&str>, measure: Measure) -> Option<Estimate> {
        let Some(estimates) = &self.estimates else {
            let value = self.value(service, measure)?;
            return Some(Estimate { value, half_width: None, runs: 1 });
        };
        let name = measure.name();
        let name = service.map_or_else(|| name.clone(), |service| format!("{service}.{name}"));
        let figure = &estimates["figures"][name];
        Some(Estimate {
            value: decimal(&figure["value"])?,
            half_width: decimal(&figure["half_width"]),
            runs: figure["runs"].as_u64()?,
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

fn json(name: &str, bytes: &[u8]) -> Result<Value, String> {
    serde_json::from_slice(bytes)
        .map_err(|error| format!("`{name}` is not what `windtunnel run` writes: {error}"))
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
        "`summary.json` is not what `windtunnel run` writes: its `horizon_s` is {horizon_s}, and a run lasts at most {LONGEST_RUN_S} s; \
         make the results again"
    ))
}
