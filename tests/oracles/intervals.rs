//! Honest intervals: a 95 % interval from replications, made from what the recorder leaves, holds the truth in 95 of
//! 100 experiments.
//!
//! M/M/1 at half load, ten replications an experiment, Student's t with nine degrees of freedom. Of N = 3000
//! experiments 93 to 97 % must hold: at 95 % that is ±2 / √(95·5/3000) = ±5.0 binomial standard errors, so each of the
//! two figures alarms falsely with probability 6·10⁻⁷ for new random numbers, which the suite's rate leaves room for.

use windtunnel::kernel::random::Distribution;
use windtunnel::kernel::units::SimDuration;
use windtunnel::record::record;

use super::measure::replicate;
use crate::estimates::Estimate;
use crate::workloads::{self, secs};

/// Stochastic checks in this file.
pub(super) const CHECKS: usize = 2;

const EXPERIMENTS: u64 = 3_000;
const REPLICATIONS: u64 = 10;

#[test]
fn of_all_95_percent_intervals_93_to_97_percent_hold_the_truth() {
    let mut service = workloads::service(50.0, secs(90), 1);
    service.request.wait_time =
        Distribution::exponential(SimDuration::from_millis(10)).expect("a mean above zero");
    service.task.concurrency = Some(1);
    let mut plan = workloads::plan(service, secs(90));
    plan.warmup = secs(10);
    // Response times are exponential with rate μ − λ = 50/s: mean 20 ms, 95th percentile 20·ln 20 ms.
    let truths = [20.0, 20.0 * 20.0_f64.ln()];
    let held = replicate(EXPERIMENTS, |experiment| {
        let runs: Vec<[f64; 2]> = (0..REPLICATIONS)
            .map(|replication| {
                let record = record(&plan, 7, experiment * REPLICATIONS + replication).expect("a queue runs");
                let response = &record.services[0].response_time;
                [response.mean_ms().expect("served"), response.quantile_ms(0.95).expect("served")]
            })
            .collect();
        [0, 1].map(|index| {
            let figures: Vec<f64> = runs.iter().map(|run| run[index]).collect();
            Estimate::of(&figures).interval_holds(truths[index], 0.95)
        })
    });
    for (index, name) in ["mean", "p95"].iter().enumerate() {
        let share = held.iter().filter(|held| held[index]).count() as f64 / EXPERIMENTS as f64;
        assert!((0.93..=0.97).contains(&share), "{share} of the intervals for the {name} hold the truth");
    }
}
