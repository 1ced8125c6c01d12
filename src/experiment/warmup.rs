//! Length of the warm-up of a run that starts empty: MSER-5 (White, Cobb and Spratt, 2000). It is for questions about a
//! steady state only; a day of traffic begins where it begins, and nothing of it is left out.

use std::sync::atomic::AtomicBool;

use crate::kernel::simulation::RunError;
use crate::kernel::units::{NANOS_PER_MINUTE, SimDuration};
use crate::record::{Limits, RunRecord};
use crate::scenario::Scenario;

/// Observations a batch.
const BATCH: usize = 5;

/// Point at which MSER-5 cuts a series.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cut {
    /// Observations to leave out, a multiple of five.
    pub observations: usize,
    /// The statistic at the cut: the variance of the rest ÷ its length.
    pub mser: f64,
    /// Whether the best cut is at half the series or beyond: then the series is too short to say.
    pub is_too_short: bool,
}

/// The cut that makes the mean of the rest most certain, at most half of the series. `None` for fewer than ten
/// observations.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "a number of observations")]
pub fn mser5(series: &[f64]) -> Option<Cut> {
    let batches: Vec<f64> =
        series.chunks_exact(BATCH).map(|chunk| chunk.iter().sum::<f64>() / BATCH as f64).collect();
    let count = batches.len();
    if count < 2 {
        return None;
    }
    let statistic = |from: usize| {
        let rest = &batches[from..];
        let size = rest.len() as f64;
        let mean = rest.iter().sum::<f64>() / size;
        let mser = rest.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / (size * size);
        // Rounding alone is no difference: a series that is the same throughout has nothing to cut.
        let rounding = 1e-12 * mean;
        if mser > rounding * rounding { mser } else { 0.0 }
    };
    let mut best = (0, statistic(0));
    for from in 1..=count / 2 {
        let mser = statistic(from);
        if mser < best.1 {
            best = (from, mser);
        }
    }
    Some(Cut { observations: best.0 * BATCH, mser: best.1, is_too_short: best.0 >= count / 2 })
}

/// Replications from which the warm-up is read; their numbers are far from those of any experiment, so that what is cut
/// does not depend on what is measured.
const PILOTS: std::ops::Range<u64> = 1 << 62..(1 << 62) + 10;

/// The warm-up that MSER-5 finds in the minute means of response times, averaged over ten pilot runs: the longest of
/// the services' own.
///
/// # Errors
/// When a pilot was stopped, also because `interrupted` became true.
pub fn pilot(scenario: &Scenario, interrupted: Option<&AtomicBool>) -> Result<Warmup, RunError> {
    let limits = Limits { interrupted, ..Limits::default() };
    let records = super::run::replicate_within(&scenario.plan, scenario.seed, PILOTS, limits)?;
    let first_minute = SimDuration(scenario.plan.first_minute_end().0);
    let mut warmup = Warmup { length: SimDuration::ZERO, is_too_short: false };
    for service in 0..scenario.plan.services.len() {
        let Some(cut) = mser5(&minute_means(&records, service)) else {
            warmup.is_too_short = true;
            continue;
        };
        warmup.is_too_short |= cut.is_too_short;
        if cut.observations > 0 && !cut.is_too_short {
            // The first row is shorter where second 0 is within a calendar minute.
            let length = SimDuration(first_minute.0 + (cut.observations as u64 - 1) * NANOS_PER_MINUTE);
            warmup.length = warmup.length.max(length);
        }
    }
    Ok(warmup)
}

/// Warm-up that pilot runs suggest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Warmup {
    /// Beginning of a run to leave out \[ns\].
    pub length: SimDuration,
    /// Whether the runs are too short to say for some service; nothing is left out on its account.
    pub is_too_short: bool,
}

/// Mean response times by minute, averaged over the runs \[ms\]; a minute without an answer is like the one before.
#[expect(clippy::cast_precision_loss, reason = "a number of runs")]
fn minute_means(records: &[RunRecord], service: usize) -> Vec<f64> {
    let rows = records.iter().map(|record| record.services[service].timeline.len()).min().unwrap_or(0);
    let mut last = 0.0;
    (0..rows)
        .map(|row| {
            let means: Vec<f64> = records
                .iter()
                .filter_map(|record| record.services[service].timeline[row].response_time_mean)
                .collect();
            if !means.is_empty() {
                last = means.iter().sum::<f64>() / means.len() as f64;
            }
            last
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_falling_start_is_cut_and_a_level_series_is_not() {
        let noise = |i: usize| ((i * 7919) % 101) as f64 / 101.0;
        let falling: Vec<f64> =
            (0..200).map(|i| if i < 40 { 50.0 - i as f64 } else { 10.0 } + noise(i)).collect();
        let cut = mser5(&falling).unwrap();
        assert_eq!((cut.observations, cut.is_too_short), (40, false));
        let level: Vec<f64> = (0..200).map(|i| 10.0 + noise(i % 5)).collect();
        assert_eq!(mser5(&level).unwrap().observations, 0);
        let rising: Vec<f64> = (0..200).map(|i| i as f64).collect();
        assert!(mser5(&rising).unwrap().is_too_short);
        assert_eq!(mser5(&[1.0; 9]), None);
    }
}
