//! Arrivals of a Poisson process whose rate is a sine: counts in windows, and their dispersion.
//!
//! The sine is given as chords; over a whole number of chords a chord loses h²/12·|λ″| of the rate on average. With
//! chords of 10 s of nhpp-sine that is 100/12 · 4·(2π/3600)² = 1.0·10⁻⁴ requests/s, 0.09 of a count of 6792, a tenth of
//! its standard error; with chords of 0.1 s of nhpp-sparse 4.6·10⁻⁷ requests/s, 7·10⁻⁶ of a count.

use windtunnel::kernel::random::{Purpose, Streams};
use windtunnel::kernel::traffic::{ArrivalStream, RateCurve, Segment, TrafficPlan};
use windtunnel::kernel::units::{NANOS_PER_MILLI, NANOS_PER_SEC};

use super::measure::{replicate, verdict};

/// Stochastic checks in this file.
pub(super) const CHECKS: usize = 6 + 7;

/// λ(t) = mean + swing · sin(2πt/period) as chords of `step` [ms] up to `until` [s].
fn sine(mean: f64, swing: f64, period: f64, step: u64, until: u64) -> TrafficPlan {
    let rate = |index: u64| {
        let at = (index * step) as f64 / 1_000.0;
        (mean + swing * (at / period * std::f64::consts::TAU).sin()).max(0.0)
    };
    let chords: Vec<Segment> = (0..until * 1_000 / step)
        .map(|index| Segment {
            end: (index + 1) * step * NANOS_PER_MILLI,
            rate_start: rate(index),
            rate_end: rate(index + 1),
        })
        .collect();
    TrafficPlan::Poisson(RateCurve::new(&chords).expect("chords ascend"))
}

/// Counts in the windows that end at `ends` [s], the first of which begins at 0.
fn counts(traffic: &TrafficPlan, name: &str, replication: u64, ends: &[u64]) -> Vec<f64> {
    let mut stream =
        ArrivalStream::new(traffic, Streams::new(1, replication).stream(Purpose::ARRIVALS, name));
    let mut count = |until: u64| {
        let mut count = 0;
        loop {
            let batch = stream.take_before(until, 256).len();
            if batch == 0 {
                return count as f64;
            }
            count += batch;
        }
    };
    ends.iter().map(|end| count(end * NANOS_PER_SEC)).collect()
}

/// Checks the mean counts, and that the first window's counts vary as those of a Poisson variable do.
fn check_counts(name: &str, traffic: &TrafficPlan, windows: &[(u64, f64)], replications: u64, noise: f64) {
    let ends: Vec<u64> = windows.iter().map(|(end, _)| *end).collect();
    let rows = replicate(replications, |replication| counts(traffic, name, replication, &ends));
    let mut failures = Vec::new();
    for (index, (end, truth)) in windows.iter().enumerate() {
        let figures: Vec<f64> = rows.iter().map(|row| row[index]).collect();
        failures.extend(verdict(&format!("{name}, window that ends at {end} s"), &figures, *truth, noise));
    }
    let first = windows[0].1;
    let dispersion: Vec<f64> = rows.iter().map(|row| (row[0] - first).powi(2) / first).collect();
    failures.extend(verdict(&format!("{name}, dispersion of the first window"), &dispersion, 1.0, 0.05));
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn a_daily_wave_brings_as_many_requests_as_its_integral() {
    let windows = [
        (600, 4_145.915_590_261_647),
        (900, 2_645.915_590_261_646_2),
        (1_800, 6_791.831_180_523_292_5),
        (2_700, 2_208.168_819_476_707),
        (3_600, 2_208.168_819_476_707),
    ];
    // The first window of the oracle is [0, 600), the second [600, 900), and so on.
    check_counts("nhpp-sine", &sine(5.0, 4.0, 3_600.0, 10_000, 3_600), &windows, 2_000, 0.001);
}

#[test]
fn a_rate_that_falls_to_zero_brings_as_many_requests_as_its_integral() {
    let (wet, dry) = (1.227_464_829_275_686, 0.272_535_170_724_314);
    let windows = [(15, wet), (30, wet), (45, dry), (60, dry), (75, wet), (90, wet)];
    check_counts("nhpp-sparse", &sine(0.05, 0.05, 60.0, 100, 90), &windows, 50_000, 0.01);
}
