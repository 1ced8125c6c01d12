//! The cost at both ends of the range of `assumptions.tt_scale_in_mode`, beside the cost as simulated.
//!
//! AWS publishes no rule for how far target tracking scales in at once. The range is [`ScaleInMode::GRADUAL`], the default,
//! to the proportional rule (sources there), and it moves the bill of a day with spikes by a quarter to a half. The runs of
//! the ends have the random numbers of the run they stand beside and keep their totals only; an end that the scenario itself
//! assumes is not simulated again. Where no target-tracking policy scaled in there is nothing to tell.

use serde::Deserialize;

use super::threads;
use crate::kernel::scaling::aas::ScaleInMode;
use crate::kernel::simulation::{Plan, RunError};
use crate::kernel::units::Usd;
use crate::record::{self, Limits, RunRecord};

/// A value at each end of the range.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Ends<T> {
    /// Value where a scale-in removes at most 5 % of the tasks, and at least one.
    pub gradual: T,
    /// Value where a scale-in goes to `ceil(running × metric / target)` at once.
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
pub(super) fn with_rule(plan: &Plan, rule: ScaleInMode) -> Option<Plan> {
    if plan.services.iter().all(|service| service.scaling.rules.tt_scale_in_mode == rule) {
        return None;
    }
    let mut other = plan.clone();
    for service in &mut other.services {
        service.scaling.rules.tt_scale_in_mode = rule;
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
