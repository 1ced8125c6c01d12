//! Honest intervals: of all 95 % intervals, 95 of 100 hold the truth; for a mean that is a ratio, for percentiles of all
//! requests (jackknife), and for paired differences of both.
//!
//! M/M/1, ten replications an experiment. Of N = 3000 experiments 93 to 97 % must hold: ±5.0 binomial standard errors at
//! 95 %, so each of the figures alarms falsely with probability 5·10⁻⁷ for new random numbers.

use windtunnel::experiment::replications::{Enough, replications};
use windtunnel::experiment::{Estimate, Figure, Measure, Sample};
use windtunnel::kernel::random::Distribution;
use windtunnel::kernel::units::SimDuration;
use windtunnel::kernel::world::Plan;
use windtunnel::record::{Limits, totals};

use crate::example::{scenario, text};
use crate::oracles::measure::replicate;
use crate::workloads::{plan, secs, service};

const EXPERIMENTS: u64 = 3_000;
const REPLICATIONS: u64 = 10;

/// M/M/1 with λ = 50/s and this mean service time.
fn queue(mean: SimDuration) -> Plan {
    let mut web = service(50.0, secs(90), 1);
    web.request.wait_time = Distribution::exponential(mean).expect("a mean above zero");
    web.task.concurrency = Some(1);
    let mut plan = plan(web, secs(90));
    plan.warmup = secs(10);
    plan
}

/// The mean response time of M/M/1 \[ms\]: 1/(μ − λ); it is exponential, so its quantile q is −ln(1 − q) times that.
fn truth(mean_ms: f64) -> f64 {
    1000.0 / (1000.0 / mean_ms - 50.0)
}

#[test]
fn of_all_95_percent_intervals_93_to_97_percent_hold_the_truth() {
    let plans = [queue(SimDuration::from_millis(10)), queue(SimDuration(9_500_000))];
    let means = [truth(10.0), truth(9.5)];
    let log20 = 20.0_f64.ln();
    let truths = [means[0], means[0] * log20, means[1] - means[0], (means[1] - means[0]) * log20];
    let figure = |measure| Figure { service: Some(0), measure };
    let (mean, p95) = (figure(Measure::ResponseMean), figure(Measure::ResponseQuantile(0.95)));
    let held = replicate(EXPERIMENTS, |experiment| {
        let samples = [0, 1].map(|index| {
            let mut sample = Sample::new(&plans[index]);
            for replication in 0..REPLICATIONS {
                let number = experiment * REPLICATIONS + replication;
                let record = totals(&plans[index], (11, number), Limits::default()).expect("a queue runs");
                sample.push(&record, &plans[index]);
            }
            sample
        });
        let pseudo = |index: usize, figure: &Figure| samples[index].pseudo(figure).expect("requests");
        let estimates: [Estimate; 4] = [
            pseudo(0, &mean).estimate(0.95),
            pseudo(0, &p95).estimate(0.95),
            pseudo(1, &mean).less(&pseudo(0, &mean)).estimate(0.95),
            pseudo(1, &p95).less(&pseudo(0, &p95)).estimate(0.95),
        ];
        let mut held = [false; 4];
        for ((held, estimate), truth) in held.iter_mut().zip(estimates).zip(truths) {
            *held = (estimate.low()..=estimate.high()).contains(&truth);
        }
        held
    });
    for (index, name) in ["mean", "p95 of all", "difference of means", "difference of p95"].iter().enumerate()
    {
        let share = held.iter().filter(|held| held[index]).count() as f64 / EXPERIMENTS as f64;
        assert!((0.93..=0.97).contains(&share), "{share} of the intervals for the {name} hold the truth");
    }
}

/// Runs that stop when the interval is narrow enough stop a little early when it is narrow by chance: about 94 % of 95 %
/// intervals hold (n₀ = 10). Of 2000 experiments 92 % must: 3.7 standard errors below 94 %, a false alarm in ten thousand.
#[test]
fn intervals_of_runs_that_stop_when_they_are_narrow_enough_hold_in_92_percent() {
    const STOPPED: u64 = 2_000;
    let text = text(50.0, 1, "")
        .replace(
            "cpu_time = { exponential = { mean = \"20ms\" } }",
            "cpu_time = \"0ms\"\nwait_time = { exponential = { mean = \"10ms\" } }",
        )
        .replace("concurrency = 8", "concurrency = 1")
        .replace("horizon = \"30m\"", "horizon = \"40s\"\nwarmup = \"10s\"");
    let figure = Figure { service: Some(0), measure: Measure::ResponseMean };
    let truth = truth(10.0);
    let enough = Enough::Narrow { measure: Measure::ResponseMean, relative: 0.04, at_most: 200 };
    let (mut held, mut runs) = (0, 0);
    for seed in 0..STOPPED {
        let mut scenario = scenario(&text);
        scenario.seed = seed;
        let many = replications(scenario, enough, None, &mut |_| ()).expect("a queue runs");
        assert!(many.precision.expect("a wish").is_met);
        let estimate = many.sample.pseudo(&figure).expect("requests").estimate(0.95);
        held += u64::from((estimate.low()..=estimate.high()).contains(&truth));
        runs += many.sample.runs();
    }
    // The wish was not granted by the first ten runs already.
    assert!(runs as u64 > 12 * STOPPED, "{runs}");
    let share = held as f64 / STOPPED as f64;
    assert!((0.92..=0.97).contains(&share), "{share} of the intervals hold the truth");
}
