//! The mean of the costs of many runs at both ends of the range of `assumptions.tt_scale_in_mode`: the runs of an end that the
//! scenario itself does not assume are simulated, with the random numbers of those that are there.

use super::estimate::of_means;
use super::scale_in::{Ends, RULES, with_rule};
use super::{Figure, Measure, RunSample, pool};
use crate::kernel::simulation::{Plan, RunError};
use crate::record::{self, Limits};

/// Samples of plans, whose runs have the numbers from 0 on of one seed.
pub(super) struct Samples<'a> {
    pub(super) of: Vec<(&'a Plan, &'a RunSample)>,
    pub(super) seed: u64,
    pub(super) measure: Measure,
}

impl Samples<'_> {
    /// The mean over a sample's runs of the measure, of all services, at both ends; `None` for a sample in which no
    /// target-tracking policy scaled in. `progress` hears of runs that are over, and of how many there are.
    pub(super) fn ends(
        &self,
        limits: Limits<'_>,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<Vec<Option<Ends<f64>>>, RunError> {
        let figure = Figure { service: None, measure: self.measure };
        let concerned = |sample: &RunSample| sample.scaled_in_by_tracking();
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
