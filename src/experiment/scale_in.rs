//! The cost at both ends of the range of `assumptions.tt_scale_in_mode`, beside the cost as simulated.
//!
//! AWS publishes no rule for how far target tracking scales in at once. The range is [`ScaleInMode::GRADUAL`], the default,
//! to the proportional rule (sources there), and it moves the bill of a day with spikes by a quarter to a half. The runs of
//! the ends have the random numbers of the run they stand beside and keep their totals only; an end that the scenario itself
//! assumes is not simulated again. Where no target-tracking policy scaled in there is nothing to tell.

use std::sync::atomic::AtomicBool;

use serde::Deserialize;

use super::compare::Comparison;
use super::estimate::of_means;
use super::replications::Replicated;
use super::run::was_interrupted;
use super::{Figure, Measure, Sample, pool, threads};
use crate::kernel::scaling::aas::ScaleInMode;
use crate::kernel::simulation::{Plan, RunError};
use crate::kernel::units::Usd;
use crate::record::{self, Limits, RunRecord};

/// A value at each end of the range.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Ends<T> {
    /// Where a scale-in removes at most 5 % of the tasks, and at least one.
    pub gradual: T,
    /// Where a scale-in goes to `ceil(running × metric / target)` at once.
    pub proportional: T,
}

/// The rules at the ends of the range.
pub const RULES: Ends<ScaleInMode> =
    Ends { gradual: ScaleInMode::GRADUAL, proportional: ScaleInMode::ProportionalCeil };

impl<T> Ends<T> {
    /// Both values, gradual first.
    pub fn both(self) -> [T; 2] {
        [self.gradual, self.proportional]
    }

    /// The same function of both values.
    pub fn map<U>(self, of: impl Fn(T) -> U) -> Ends<U> {
        Ends { gradual: of(self.gradual), proportional: of(self.proportional) }
    }
}

/// Whether a target-tracking policy scaled in.
pub(super) fn happened(record: &RunRecord) -> bool {
    record.services.iter().any(|service| service.scaling.tracking_in > 0)
}

/// The plan with that rule; `None` where it is the plan's own.
fn with_rule(plan: &Plan, rule: ScaleInMode) -> Option<Plan> {
    if plan.services.iter().all(|service| service.policy_rules.tt_scale_in_mode == rule) {
        return None;
    }
    let mut other = plan.clone();
    for service in &mut other.services {
        service.policy_rules.tt_scale_in_mode = rule;
    }
    Some(other)
}

/// The bill of a run, of all services.
fn bill(record: &RunRecord) -> Usd {
    record.services.iter().map(|service| service.invoice.total()).sum()
}

/// The bill of a run at both ends, the two runs side by side; `None` where no target-tracking policy scaled in.
///
/// # Errors
/// When a run was stopped; see [`RunError`].
pub fn of_run(
    plan: &Plan,
    numbers: (u64, u64),
    record: &RunRecord,
    limits: Limits<'_>,
) -> Result<Option<Ends<Usd>>, RunError> {
    if !happened(record) {
        return Ok(None);
    }
    let at = |rule| match with_rule(plan, rule) {
        Some(other) => record::totals(&other, numbers, limits).map(|record| bill(&record)),
        None => Ok(bill(record)),
    };
    let (gradual, proportional) = threads::join(|| at(RULES.gradual), || at(RULES.proportional));
    Ok(Some(Ends { gradual: gradual?, proportional: proportional? }))
}

/// The same within a job, one after the other.
pub(super) fn of_job(
    plan: &Plan,
    numbers: (u64, u64),
    record: &RunRecord,
    limits: Limits<'_>,
) -> Result<Ends<Usd>, RunError> {
    let at = |rule| match with_rule(plan, rule).filter(|_| happened(record)) {
        Some(other) => record::totals(&other, numbers, limits).map(|record| bill(&record)),
        None => Ok(bill(record)),
    };
    Ok(Ends { gradual: at(RULES.gradual)?, proportional: at(RULES.proportional)? })
}

/// Samples of plans, whose runs have the numbers from 0 on of one seed.
struct Samples<'a> {
    of: Vec<(&'a Plan, &'a Sample)>,
    seed: u64,
    measure: Measure,
}

impl Samples<'_> {
    /// The mean over a sample's runs of the measure, of all services, at both ends; `None` for a sample in which no
    /// target-tracking policy scaled in. `progress` hears of runs that are over, and of how many there are.
    fn ends(
        &self,
        limits: Limits<'_>,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<Vec<Option<Ends<f64>>>, RunError> {
        let figure = Figure { service: None, measure: self.measure };
        let concerned = |sample: &Sample| sample.scaled_in_by_tracking();
        let mut jobs: Vec<(usize, usize, Plan, u64)> = Vec::new();
        for (index, (plan, sample)) in self.of.iter().enumerate().filter(|(_, of)| concerned(of.1)) {
            for (end, rule) in RULES.both().into_iter().enumerate() {
                let runs = sample.runs() as u64;
                jobs.extend(with_rule(plan, rule).map(|other| (index, end, other, runs)));
            }
        }
        // What the scenario itself assumes is in its sample.
        let mut values: Vec<[Vec<Option<f64>>; 2]> =
            self.of.iter().map(|(_, sample)| [sample.values(&figure), sample.values(&figure)]).collect();
        jobs.iter().for_each(|(index, end, ..)| values[*index][*end] = Vec::new());
        let total: u64 = jobs.iter().map(|(.., runs)| runs).sum();
        let find = |number: u64| {
            let mut run = number;
            jobs.iter()
                .find(|(.., runs)| {
                    let is_here = run < *runs;
                    run -= if is_here { 0 } else { *runs };
                    is_here
                })
                .map(|job| (job, run))
        };
        let job = |number: u64| -> Result<Option<f64>, RunError> {
            let Some(((_, _, plan, _), run)) = find(number) else { return Ok(None) };
            Ok(figure.value(&record::totals(plan, (self.seed, run), limits)?, plan))
        };
        let stopped = pool::until_error(0..total, job, |number, value| {
            if let Some(((index, end, ..), _)) = find(number) {
                values[*index][*end].push(value);
            }
            progress(number + 1, total);
        });
        if let Some(error) = stopped {
            return Err(error);
        }
        let mean = |values: Vec<Option<f64>>| of_means(&values).map(|pseudo| pseudo.whole);
        let ends = self.of.iter().zip(values).map(|((_, sample), [gradual, proportional])| {
            let (gradual, proportional) = (mean(gradual)?, mean(proportional)?);
            concerned(sample).then_some(Ends { gradual, proportional })
        });
        Ok(ends.collect())
    }
}

/// Adds to many runs the mean of their bills at both ends, and those of the first run. Who stops it loses them and nothing
/// else.
///
/// # Errors
/// When a run was stopped by something else than `interrupted`.
pub fn add_to_replications(
    result: &mut Replicated,
    interrupted: Option<&AtomicBool>,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<(), RunError> {
    let limits = Limits { requests: None, interrupted };
    let scenario = &result.first.scenario;
    let samples =
        Samples { of: vec![(&scenario.plan, &result.sample)], seed: scenario.seed, measure: Measure::Cost };
    let ends = samples.ends(limits, progress).and_then(|means| {
        let first = of_run(&scenario.plan, (scenario.seed, 0), &result.first.record, limits)?;
        Ok((means, first))
    });
    match ends {
        Ok((means, first)) => {
            result.scale_in = means.into_iter().next().flatten();
            result.first.scale_in = first;
        }
        Err(error) => result.interrupted |= was_interrupted(Some(error), true)?,
    }
    Ok(())
}

/// Adds to every variant of a comparison its mean cost of a month at both ends. Who stops it loses them and nothing else.
///
/// # Errors
/// When a run was stopped by something else than `interrupted`.
pub fn add_to_comparison(
    comparison: &mut Comparison,
    interrupted: Option<&AtomicBool>,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<(), RunError> {
    let limits = Limits { requests: None, interrupted };
    let of = comparison.variants.iter().map(|of| (&of.variant.scenario.plan, &of.sample)).collect();
    let samples = Samples { of, seed: comparison.seed, measure: Measure::CostPerMonth };
    match samples.ends(limits, progress) {
        Ok(ends) => {
            for (variant, ends) in comparison.variants.iter_mut().zip(ends) {
                variant.scale_in = ends;
            }
        }
        Err(error) => comparison.interrupted |= was_interrupted(Some(error), true)?,
    }
    Ok(())
}

impl Comparison {
    /// The variants from the cheapest on at each end, where the two orders differ by more than ties and all bills have the
    /// same lines.
    #[must_use]
    pub fn orders_at_scale_in_ends(&self) -> Option<Ends<Vec<usize>>> {
        if !self.has_like_bills() || self.variants.iter().all(|variant| variant.scale_in.is_none()) {
            return None;
        }
        let costs: Option<Vec<Ends<f64>>> = self
            .variants
            .iter()
            .map(|variant| {
                let simulated = || variant.estimate(None, Measure::CostPerMonth).map(|cost| cost.value);
                variant
                    .scale_in
                    .or_else(|| simulated().map(|cost| Ends { gradual: cost, proportional: cost }))
            })
            .collect();
        let costs = costs?;
        let changes_places =
            |a: &Ends<f64>, b: &Ends<f64>| a.gradual < b.gradual && a.proportional > b.proportional;
        if !costs.iter().any(|a| costs.iter().any(|b| changes_places(a, b))) {
            return None;
        }
        let order = |cost: &dyn Fn(&Ends<f64>) -> f64| {
            let mut order: Vec<usize> = (0..costs.len()).collect();
            order.sort_by(|a, b| cost(&costs[*a]).total_cmp(&cost(&costs[*b])));
            order
        };
        Some(Ends { gradual: order(&|ends| ends.gradual), proportional: order(&|ends| ends.proportional) })
    }
}
