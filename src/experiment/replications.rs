//! Many runs of one scenario, each with random numbers of its own: how sure its figures are.
//!
//! The runs are independent, so Student's t over them is honest; nothing is inferred from within a run. How many runs
//! there are is given, or follows from how narrow one figure's interval shall be (Chow and Robbins, 1965); then it
//! depends on the results alone, never on the machine.

use std::sync::atomic::AtomicBool;

use super::checks;
use super::estimate::CONFIDENCE;
use super::interruption::was_interrupted;
use super::scale_in::{self, Ends};
use super::scale_in_means::Samples;
use super::{CheckOutcome, Estimate, Figure, Measure, RunResult, RunSample, pool};
use crate::kernel::simulation::RunError;
use crate::record::{self, Detail, Limits};
use crate::scenario::Scenario;

/// Fewest runs before an interval's width is believed (`reliability`: with two, only 91 % of 95 % intervals hold).
pub const FEWEST: u64 = 10;

/// Condition on which there are enough runs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Enough {
    /// After so many, ≥ 1.
    Runs(u64),
    /// Runs until the 95 % interval of a figure is narrow enough, of every service.
    Narrow {
        /// The figure.
        measure: Measure,
        /// Half its width ÷ its value, at most, in (0, 1).
        relative: f64,
        /// Runs after which to give up, ≥ [`FEWEST`].
        at_most: u64,
    },
}

/// Result of a demand for a narrow interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Precision {
    /// The figure.
    pub figure: Figure,
    /// Half the width ÷ the value that was asked for.
    pub wanted: f64,
    /// Half the width ÷ the value that was reached; `None` where the figure has no value or no interval.
    pub reached: Option<f64>,
    /// Whether that is enough.
    pub is_met: bool,
}

/// Many runs of one scenario.
#[derive(Clone, Debug)]
pub struct Replicated {
    /// The first run, in full.
    pub first: RunResult,
    /// All of them.
    pub sample: RunSample,
    /// The checks, judged by intervals.
    pub checks: Vec<CheckOutcome>,
    /// Result of the demand for a narrow interval, if there was one.
    pub precision: Option<Precision>,
    /// The mean of their bills at both ends of the range of `tt_scale_in_mode` \[USD\]; `None` where no target-tracking policy
    /// scaled in, or until [`add_scale_in_range`] adds it.
    pub scale_in: Option<Ends<f64>>,
    /// Whether the runs were interrupted before there were enough.
    pub interrupted: bool,
}

/// Runs `scenario` until it is enough, or until `interrupted` becomes true; what was finished by then counts.
///
/// # Errors
/// When a run was stopped by something else than `interrupted`, or by it before the first run was over.
pub fn replications(
    scenario: Scenario,
    enough: Enough,
    interrupted: Option<&AtomicBool>,
    progress: &mut dyn FnMut(u64),
) -> Result<Replicated, RunError> {
    let limits = Limits { requests: None, interrupted };
    let plan = &scenario.plan;
    let first = record::record_within(plan, (scenario.seed, 0), Detail::Everything, limits)?;
    let mut wanted = checks::limited_by(&scenario.checks);
    if let Enough::Narrow { measure, .. } = enough {
        wanted.push(measure);
    }
    let mut sample = RunSample::of(plan, &wanted);
    sample.push(&first, plan);
    progress(1);
    let mut stopped = None;
    let mut precision = None;
    let mut goal = match enough {
        Enough::Runs(runs) => runs.max(1),
        Enough::Narrow { at_most, .. } => FEWEST.min(at_most),
    };
    loop {
        stopped = stopped.or(extend(&scenario, &mut sample, goal, limits, progress));
        if let Enough::Narrow { measure, relative, .. } = enough {
            precision = precision_of(&sample, &Figure::of_check(measure, plan), relative);
        }
        let Enough::Narrow { at_most, .. } = enough else { break };
        if stopped.is_some() || goal >= at_most || precision.is_some_and(|precision| precision.is_met) {
            break;
        }
        goal = (goal + goal.div_ceil(4)).min(at_most);
    }
    let interrupted = was_interrupted(stopped, true)?;
    let judged = checks::evaluate_sample(&scenario, &sample);
    let outcomes = checks::evaluate(&scenario, &first);
    let first = RunResult { scenario, record: first, checks: outcomes, scale_in: None };
    Ok(Replicated { first, sample, checks: judged, precision, scale_in: None, interrupted })
}

/// Adds runs to the sample until it has `goal`; returns the error of the first that was stopped.
fn extend(
    scenario: &Scenario,
    sample: &mut RunSample,
    goal: u64,
    limits: Limits<'_>,
    progress: &mut dyn FnMut(u64),
) -> Option<RunError> {
    let plan = &scenario.plan;
    let keep = if sample.needs_minutes() { Detail::Minutes } else { Detail::Totals };
    let run = |number: u64| record::record_within(plan, (scenario.seed, number), keep, limits);
    pool::until_error(sample.runs() as u64..goal, run, |number, record| {
        sample.push(&record, plan);
        progress(number + 1);
    })
}

/// The relative width of the widest of the figures' intervals. An interval around an estimate of γ′ = γ/(1+γ) of it is
/// one around the truth of γ (Law, *Simulation Modeling and Analysis*, chapter 9).
fn precision_of(sample: &RunSample, figures: &[Figure], wanted: f64) -> Option<Precision> {
    let reached = |figure: &Figure| {
        let Estimate { value, half_width, .. } = sample.pseudo(figure)?.estimate(CONFIDENCE);
        let half = half_width?;
        // A figure that is zero in every run is known exactly.
        let share = if half <= 0.0 { 0.0 } else { half / value.abs() };
        share.is_finite().then(|| share / (1.0 - share.min(0.999_999)))
    };
    // A service without a single request has no figure that could become more certain.
    let is_idle = |figure: &&Figure| figures.len() > 1 && sample.pseudo(figure).is_none();
    let any = figures.iter().any(|figure| !is_idle(&figure));
    let judged = figures.iter().filter(|figure| !any || !is_idle(figure)).map(|figure| {
        let reached = reached(figure);
        let is_met = reached.is_some_and(|reached| reached <= wanted);
        Precision { figure: *figure, wanted, reached, is_met }
    });
    judged.max_by(|a, b| {
        let width = |precision: &Precision| precision.reached.unwrap_or(f64::INFINITY);
        width(a).total_cmp(&width(b))
    })
}

/// Adds to many runs the mean of their bills at both ends, and those of the first run. Who stops it loses them and nothing
/// else.
///
/// # Errors
/// When a run was stopped by something else than `interrupted`.
pub fn add_scale_in_range(
    result: &mut Replicated,
    interrupted: Option<&AtomicBool>,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<(), RunError> {
    let limits = Limits { requests: None, interrupted };
    let scenario = &result.first.scenario;
    let samples =
        Samples { of: vec![(&scenario.plan, &result.sample)], seed: scenario.seed, measure: Measure::Cost };
    let ends = samples.ends(limits, progress).and_then(|means| {
        let first = scale_in::of_run(&scenario.plan, (scenario.seed, 0), &result.first.record, limits)?;
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
