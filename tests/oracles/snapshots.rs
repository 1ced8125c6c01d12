//! Numbers in the system at fixed instants: infinite-server queues that fill, breathe and settle, and single queues that
//! start empty. Each replication is one independent sample path.
//!
//! A sine is given to the kernel as chords of 10 s: a chord is off by at most h²/8 · |λ″| = 100/8 · 2·(2π/3600)² =
//! 7.6·10⁻⁵ requests/s, so a count of sessions of 600 s is off by less than 0.05, a fiftieth of its standard error.

use windtunnel::kernel::facts::{Probe, RequestBatch, Visit};
use windtunnel::kernel::random::Distribution;
use windtunnel::kernel::traffic::{RateCurve, Segment, TrafficPlan};
use windtunnel::kernel::units::{ServiceId, SimDuration};
use windtunnel::kernel::world::{Observer, Plan, simulate};

use super::measure::{replicate, verdict};
use crate::workloads;

/// Stochastic checks in this file.
pub(super) const CHECKS: usize = 3 + 4 + 4 + 5 + 5;

/// Counts the requests that are in the system at fixed instants [ns], which ascend.
#[derive(Debug)]
struct Census {
    instants: Vec<u64>,
    present: Vec<u64>,
}

impl Census {
    fn take(plan: &Plan, replication: u64, instants: &[u64]) -> Vec<f64> {
        let mut census = Self { instants: instants.to_vec(), present: vec![0; instants.len()] };
        simulate(plan, 1, replication, &mut census).expect("a queue feeds nothing back at one instant");
        census.present.iter().map(|count| *count as f64).collect()
    }

    fn passage(&mut self, p: &Visit) {
        let first = self.instants.partition_point(|at| *at < p.arrival);
        for (at, present) in self.instants[first..].iter().zip(&mut self.present[first..]) {
            if *at >= p.end {
                return;
            }
            *present += 1;
        }
    }
}

impl Probe for Census {
    fn requests(&mut self, _: ServiceId, batch: &RequestBatch<'_>) {
        batch.attempts.iter().for_each(|attempt| self.passage(&attempt.visit));
        batch.served.iter().flat_map(|served| served.iter()).for_each(|visit| self.passage(&visit));
    }
}

impl Observer for Census {}

fn curve(pieces: &[Segment]) -> TrafficPlan {
    TrafficPlan::Poisson(RateCurve::new(pieces).expect("pieces that ascend"))
}

fn constant(seconds: u64, rate: f64) -> Segment {
    Segment { end: workloads::secs(seconds).0, rate_start: rate, rate_end: rate }
}

/// One task of `places`, with `law` as the time in a place.
fn plan(name: &str, seconds: u64, traffic: TrafficPlan, places: Option<u32>, law: Distribution) -> Plan {
    let mut service = workloads::service(1.0, workloads::secs(seconds), 1);
    service.name = name.into();
    service.traffic = traffic;
    service.task.concurrency = places;
    service.request.wait_time = law;
    workloads::plan(service, workloads::secs(seconds))
}

/// Checks the mean number in the system at each `(second, truth)`.
fn check_means(plan: &Plan, replications: u64, truths: &[(f64, f64)], noise: f64) {
    let instants: Vec<u64> = truths.iter().map(|(at, _)| SimDuration::from_secs_f64(*at).0).collect();
    let rows = replicate(replications, |replication| Census::take(plan, replication, &instants));
    let failures = truths.iter().enumerate().filter_map(|(index, (at, truth))| {
        let figures: Vec<f64> = rows.iter().map(|row| row[index]).collect();
        verdict(&format!("{} at {at} s", plan.services[0].name), &figures, *truth, noise)
    });
    let failures: Vec<String> = failures.collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

fn sessions() -> Distribution {
    Distribution::lognormal_mean_cv(workloads::secs(300), 1.5).expect("a mean above zero")
}

/// mginf-ws600. With ten hours of warm-up the tail of the lognormal leaves less than 0.01 of 600 sessions missing.
#[test]
fn sessions_of_any_law_settle_at_a_poisson_number() {
    let horizon = 72_000;
    let plan = plan("mginf-ws600", horizon, curve(&[constant(horizon, 2.0)]), None, sessions());
    let instants: Vec<u64> = (36_000..horizon).step_by(300).map(|at| workloads::secs(at).0).collect();
    let rows = replicate(200, |replication| {
        let counts = Census::take(&plan, replication, &instants);
        let mean_of = |figure: &dyn Fn(f64) -> f64| {
            counts.iter().map(|count| figure(*count)).sum::<f64>() / counts.len() as f64
        };
        [
            mean_of(&|count| count),
            mean_of(&|count| (count - 600.0).powi(2)),
            mean_of(&|count| f64::from(u8::from(count >= 650.0))),
        ]
    });
    let truths =
        [("mean", 600.0, 0.001), ("variance", 600.0, 0.02), ("p_ge_650", 0.022_713_907_003_927_607, 0.1)];
    let failures = truths.iter().enumerate().filter_map(|(index, (name, truth, noise))| {
        let figures: Vec<f64> = rows.iter().map(|row| row[index]).collect();
        verdict(&format!("mginf-ws600 {name}"), &figures, *truth, *noise)
    });
    let failures: Vec<String> = failures.collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// mginf-rampup-logn.
#[test]
fn sessions_fill_an_empty_service_as_the_residual_life_says() {
    let plan = plan("mginf-rampup-logn", 1_860, curve(&[constant(1_860, 2.0)]), None, sessions());
    let truths = [
        (60.0, 112.006_872_901_662_06),
        (300.0, 352.348_364_486_919_9),
        (900.0, 516.303_727_915_281_7),
        (1800.0, 570.509_349_679_681_5),
    ];
    check_means(&plan, 2_000, &truths, 0.003);
}

/// mtginf-sine-det: λ(t) = 3 + 2·sin(2πt/3600), sessions of exactly 600 s.
#[test]
fn sessions_under_a_sine_lag_behind_it() {
    let rate = |second: u64| 3.0 + 2.0 * (second as f64 / 3_600.0 * std::f64::consts::TAU).sin();
    let chords: Vec<Segment> = (0..366)
        .map(|index| Segment {
            end: workloads::secs((index + 1) * 10).0,
            rate_start: rate(index * 10),
            rate_end: rate((index + 1) * 10),
        })
        .collect();
    let plan = plan("mtginf-sine-det", 3_660, curve(&chords), None, workloads::always(workloads::secs(600)));
    let truths = [
        (900.0, 2_792.392_011_759_225_6),
        (1800.0, 2_372.957_795_130_823_3),
        (2700.0, 807.607_988_240_774_3),
        (3600.0, 1_227.042_204_869_177_4),
    ];
    check_means(&plan, 1_000, &truths, 0.002);
}

/// transient-mm1-empty.
#[test]
fn a_single_queue_that_starts_empty_grows_as_the_transient_solution_says() {
    let tenth = Distribution::exponential(SimDuration::from_millis(100)).expect("a mean above zero");
    let plan = plan("transient-mm1-empty", 60, curve(&[constant(11, 8.0)]), Some(1), tenth);
    let truths = [
        (0.5, 1.469_460_827_785_543),
        (1.0, 2.030_281_563_578_987_5),
        (2.0, 2.647_634_923_957_661_5),
        (5.0, 3.405_038_977_998_271),
        (10.0, 3.791_872_692_584_383_3),
    ];
    check_means(&plan, 20_000, &truths, 0.01);
}

/// transient-scaleout up to its change of capacity at 180 s: ten servers, 8/s for a minute, then 12/s.
#[test]
fn an_overloaded_queue_grows_as_the_forward_equations_say() {
    let second = Distribution::exponential(workloads::secs(1)).expect("a mean above zero");
    let plan =
        plan("transient-scaleout", 240, curve(&[constant(60, 8.0), constant(181, 12.0)]), Some(10), second);
    let truths = [
        (30.0, 9.626_435_512_325_594),
        (60.0, 9.636_560_755_417_102),
        (90.0, 73.121_160_807_171_82),
        (120.0, 133.141_306_647_730_35),
        (180.0, 253.141_940_402_861_96),
    ];
    check_means(&plan, 5_000, &truths, 0.01);
}
