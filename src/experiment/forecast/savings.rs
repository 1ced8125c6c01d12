//! Commitment that pays off best: a Compute Savings Plan on the hours of a forecast.
//!
//! A plan is a commitment \[USD an hour\] at its own rates. Each hour stands alone: what is not used of it is lost, what goes
//! beyond it is paid on demand; it covers vCPU and memory, not storage, not the load balancer
//! (`docs/aws/billing.md#savings-plans`). It leaves out upfront payments, other services that share the plan, and the
//! plan's term: the forecast's months are taken for typical of it.

use crate::experiment::estimate::quantile_of;
use crate::kernel::billing::{HOURS_A_MONTH, PriceList, savings_plan_hour};
use crate::kernel::simulation::ServicePlan;

/// Commitments that are tried: quantiles of the hourly usage.
const STEPS: u32 = 200;

/// A kind of plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommitmentTerm {
    /// One year, no upfront payment.
    OneYear,
    /// Three years, no upfront payment.
    ThreeYears,
}

impl CommitmentTerm {
    /// Both.
    pub const ALL: [Self; 2] = [Self::OneYear, Self::ThreeYears];

    /// `1 year, no upfront`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::OneYear => "1 year, no upfront",
            Self::ThreeYears => "3 years, no upfront",
        }
    }

    /// The term as the price book calls it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::OneYear => "1y",
            Self::ThreeYears => "3y",
        }
    }
}

/// Cost of an hour of a task: on demand, and at a plan's rates \[USD\].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TaskRate {
    /// On demand.
    pub on_demand: f64,
    /// At the plan's rates.
    pub plan: f64,
}

/// The rates of a service's task for what a plan covers; `None` where the plan's `prices` are not known for its region and
/// architecture.
#[must_use]
pub fn task_rate(service: &ServicePlan, prices: &PriceList) -> Option<TaskRate> {
    let task = service.billed_resources().task;
    Some(TaskRate {
        on_demand: savings_plan_hour(&service.tariff.prices, &task)?,
        plan: savings_plan_hour(prices, &task)?,
    })
}

/// An hour of usage: on demand, and at the plan's rates \[USD\].
pub type Hour = (f64, f64);

/// The commitment that costs least over the hours of all runs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Commitment {
    /// The plan.
    pub term: CommitmentTerm,
    /// Commitment that pays off best [USD an hour]; zero where a plan does not pay.
    pub usd_per_hour: f64,
    /// Mean saving a month of 730 hours \[USD\].
    pub saving: f64,
    /// A tenth of the runs save less than this \[USD a month\].
    pub saving_p10: f64,
    /// A tenth of the runs save more than this \[USD a month\].
    pub saving_p90: f64,
    /// The share of the commitment that is used, in [0, 1].
    pub utilization: f64,
    /// The share of the on-demand cost of compute that it covers, in [0, 1].
    pub coverage: f64,
}

/// The cost of an hour with a commitment \[USD\].
fn with(commitment: f64, (on_demand, plan): Hour) -> f64 {
    if plan <= commitment { commitment } else { commitment + on_demand * (1.0 - commitment / plan) }
}

/// The best commitment for these runs, each a list of hours. `None` without hours.
#[must_use]
pub fn best(term: CommitmentTerm, runs: &[Vec<Hour>]) -> Option<Commitment> {
    let usage: Vec<f64> = runs.iter().flatten().map(|(_, plan)| *plan).collect();
    let hours = as_f64(usage.len());
    if usage.is_empty() {
        return None;
    }
    let mut sorted = usage;
    sorted.sort_by(f64::total_cmp);
    let total = |commitment: f64| -> f64 { runs.iter().flatten().map(|hour| with(commitment, *hour)).sum() };
    let nothing = total(0.0);
    let mut best = (0.0, nothing);
    for step in 0..=STEPS {
        let index = (sorted.len() - 1) * step as usize / STEPS as usize;
        let commitment = sorted[index];
        let cost = total(commitment);
        if cost < best.1 {
            best = (commitment, cost);
        }
    }
    let (commitment, cost) = best;
    let savings: Vec<f64> = runs
        .iter()
        .filter(|run| !run.is_empty())
        .map(|run| {
            let saved: f64 = run.iter().map(|hour| with(0.0, *hour) - with(commitment, *hour)).sum();
            saved / as_f64(run.len()) * f64::from(HOURS_A_MONTH)
        })
        .collect();
    let used: f64 = runs.iter().flatten().map(|(_, plan)| plan.min(commitment)).sum();
    let covered: f64 = runs
        .iter()
        .flatten()
        .map(|(on_demand, plan)| if *plan > 0.0 { on_demand * (commitment / plan).min(1.0) } else { 0.0 })
        .sum();
    Some(Commitment {
        term,
        usd_per_hour: commitment,
        saving: (nothing - cost) / hours * f64::from(HOURS_A_MONTH),
        saving_p10: quantile_of(&savings, 0.1).unwrap_or(0.0),
        saving_p90: quantile_of(&savings, 0.9).unwrap_or(0.0),
        utilization: if commitment > 0.0 { used / (commitment * hours) } else { 0.0 },
        coverage: if nothing > 0.0 { covered / nothing } else { 0.0 },
    })
}

#[expect(clippy::cast_precision_loss, reason = "a number of hours")]
fn as_f64(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_load_is_committed_whole() {
        // 1 USD an hour on demand, 20 % off with the plan: commit 0.80 and save 0.20 × 730.
        let best = best(CommitmentTerm::OneYear, &[vec![(1.0, 0.8); 100]]).unwrap();
        assert!((best.usd_per_hour - 0.8).abs() < 1e-12);
        assert!((best.saving - 0.2 * 730.0).abs() < 1e-9);
        assert!((best.utilization - 1.0).abs() < 1e-12 && (best.coverage - 1.0).abs() < 1e-12);
    }

    #[test]
    fn only_what_is_used_often_enough_is_worth_a_commitment() {
        // Half of the hours need 1 task, half need 3; at 20 % off, the second and third task are idle half of the time:
        // a commitment for them would cost 0.8 an hour and save 1.0 in every other hour only.
        let hours: Vec<Hour> =
            (0..100).map(|hour| if hour % 2 == 0 { (1.0, 0.8) } else { (3.0, 2.4) }).collect();
        let best = best(CommitmentTerm::OneYear, &[hours]).unwrap();
        assert!((best.usd_per_hour - 0.8).abs() < 1e-12);
        assert!((best.coverage - 0.5).abs() < 1e-12);
        // At 60 % off it does pay: 3 × 0.4 always beats the mean of 1 and 3.
        let hours: Vec<Hour> =
            (0..100).map(|hour| if hour % 2 == 0 { (1.0, 0.4) } else { (3.0, 1.2) }).collect();
        let best = super::best(CommitmentTerm::ThreeYears, &[hours]).unwrap();
        assert!((best.usd_per_hour - 1.2).abs() < 1e-12);
        assert!((best.utilization - 2.0 / 3.0).abs() < 1e-12);
        assert!((best.saving - (2.0 - 1.2) * 730.0).abs() < 1e-9);
    }
}
