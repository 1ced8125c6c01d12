//! Reaction times that others measured (`docs/aws/reaction-times.md`), reproduced over a thousand random phases.
//!
//! What a load step does to the first bucket decides half a minute. The step here is a moderate overload: CPU settles at 63 %
//! with a target of 60 %, so the bucket in which the step falls breaches only when nearly all of it is after the step. After a
//! heavy overload a half-loaded bucket breaches already, and the 60 s trigger comes about half a minute sooner; the table shows
//! both. The publication delays are fitted to the triggers; everything else is predicted.

mod starts;

use std::fmt::Write as _;
use std::fs;

use crate::control::{Listener, listen};
use crate::program::shipped;
use windtunnel::kernel::random::Distribution;
use windtunnel::kernel::scaling::aas::Verdict;
use windtunnel::kernel::simulation::Plan;
use windtunnel::kernel::telemetry::AlarmState;
use windtunnel::kernel::traffic::{RateCurve, Segment, TrafficPlan};
use windtunnel::kernel::units::SimDuration;
use windtunnel::scenario::{Source, load};

/// Random phases of one measurement.
const PHASES: u64 = 1_000;
/// The load changes within the minute after this second.
const SETTLED: u64 = 1_800;

/// A service under default assumptions with a small image: requests flow, so that chance is in the phases and start-up times only.
fn service(high_resolution: bool) -> Plan {
    let (kind, monitoring) = if high_resolution {
        ("HighResolution", "[service.web.monitoring]\ncpu_utilization = \"20s\"\n")
    } else {
        ("", "")
    };
    let text = format!(
        "schema = 1\nname = \"step\"\nhorizon = \"3h\"\nfidelity = \"fluid\"\n[service.web]\n[service.web.traffic]\nshape = [{{ constant \
         = {{ rate = 100.0 }} }}]\n[service.web.request]\ncpu_time = \"100ms\"\n[service.web.task]\ncpu = 1024\nmemory = 2048\n\
         concurrency = 0\nimage_size = \"50MiB\"\n{monitoring}[service.web.scaling]\nmin_capacity = 40\nmax_capacity = 100\n\
         desired_count = 40\n[service.web.scaling.target_tracking.cpu]\nmetric = \"ECSServiceAverageCPUUtilization{kind}\"\n\
         target_value = 60.0\n"
    );
    let source = Source { name: "step".to_owned(), text };
    let loaded = load(&source, &[], None, &mut crate::example::NoFiles);
    assert!(loaded.diagnostics.iter().all(|d| d.code.starts_with("WT1")), "{:?}", loaded.diagnostics);
    loaded.scenario.unwrap().plan
}

/// Utilization `from` until `at` [ns], `to` afterwards; forty tasks of ten requests a second each.
fn step(plan: &Plan, at: u64, from: f64, to: f64) -> Plan {
    let mut plan = plan.clone();
    let rate = |utilization: f64| 400.0 * utilization;
    let end = plan.horizon.0;
    let pieces = [
        Segment { end: at, rate_start: rate(from), rate_end: rate(from) },
        Segment { end, rate_start: rate(to), rate_end: rate(to) },
    ];
    plan.services[0].traffic = TrafficPlan::Poisson(RateCurve::new(&pieces).unwrap());
    plan
}

/// Phases evenly over a minute, so that only the alarms' phases and the start-up times are left to chance [ns].
fn instants(count: u64) -> impl Iterator<Item = (u64, u64)> {
    (0..count).map(move |k| (k, SETTLED * 1_000_000_000 + (2 * k + 1) * 60_000_000_000 / (2 * count)))
}

/// The time below which `percent` of them lie.
fn quantile(times: &mut [f64], percent: usize) -> f64 {
    times.sort_by(f64::total_cmp);
    times[percent * (times.len() - 1) / 100]
}

/// A measurement: what was measured, what the model does, and how far apart they may be [s].
struct Row {
    what: &'static str,
    measured: f64,
    tolerance: Option<f64>,
    times: Vec<f64>,
    kind: &'static str,
}

/// Seconds from a load step to the first scale-out, and to the moment when all desired tasks run.
fn reactions(high_resolution: bool, from: f64, to: f64) -> (Vec<f64>, Vec<f64>) {
    let plan = service(high_resolution);
    let (mut triggers, mut ready) = (Vec::new(), Vec::new());
    for (replication, at) in instants(PHASES) {
        let mut plan = step(&plan, at, from, to);
        plan.horizon = SimDuration::from_secs(SETTLED + 900);
        let listener: Listener = listen(&plan, replication);
        let at = at as f64 / 1e9;
        let out = |(when, verdict, _): &&(f64, Verdict, u32)| *when > at && *verdict == Verdict::ScaledOut;
        let trigger = listener.invoked.iter().find(out).unwrap().0;
        triggers.push(trigger - at);
        let done = listener.completed.iter().find(|(when, _)| *when > trigger).unwrap().0;
        ready.push(done - at);
    }
    (triggers, ready)
}

/// Seconds from the start of the first low bucket of 20 s to ALARM.
fn low_alarms() -> Vec<f64> {
    let plan = service(true);
    let mut times = Vec::new();
    for (replication, at) in instants(PHASES) {
        let mut plan = step(&plan, at, 0.57, 0.40);
        plan.horizon = SimDuration::from_secs(SETTLED + 900);
        let listener = listen(&plan, replication);
        // The bucket of the step has 57 − 17 × (its share after the step); it is low, below 54, when that share is above 3/17.
        let bucket = at - at % 20_000_000_000;
        let share = 1.0 - (at - bucket) as f64 / 2e10;
        let first = if 57.0 - 17.0 * share < 54.0 { bucket } else { bucket + 20_000_000_000 };
        let low = |seen: &&crate::control::Seen| {
            seen.alarm.ends_with("AlarmLow") && seen.state == AlarmState::Alarm
        };
        let alarm = listener.evaluations.iter().find(low).unwrap().at;
        times.push(alarm - first as f64 / 1e9);
    }
    times
}

fn rows() -> Vec<Row> {
    let (slow, slow_ready) = reactions(false, 0.30, 0.63);
    let (fast, fast_ready) = reactions(true, 0.30, 0.63);
    let (heavy, _) = reactions(false, 0.30, 0.95);
    let row = |what, measured, tolerance, times, kind| Row { what, measured, tolerance, times, kind };
    vec![
        row(
            "load step → scale-out, 60 s metrics",
            363.0,
            Some(30.0),
            slow,
            "fitted by `ecs_metric_delay_60s`",
        ),
        row(
            "load step → scale-out, 20 s metrics",
            86.0,
            Some(10.0),
            fast,
            "fitted by `ecs_metric_delay_20s`",
        ),
        row("load step → capacity ready, 60 s metrics", 386.0, Some(30.0), slow_ready, "predicted"),
        row("load step → capacity ready, 20 s metrics", 109.0, Some(15.0), fast_ready, "predicted"),
        row("first low bucket of 20 s → ALARM", 616.0, Some(10.0), low_alarms(), "predicted"),
        row("the first row after a heavy step, to 95 %", 363.0, None, heavy, "for comparison"),
    ]
}

/// Seeds of a mean of the second table.
const SEEDS: u64 = 200;
/// How far the mean may be from what was measured.
const WITHIN: f64 = 0.12;

/// The mean over [`SEEDS`] of the seconds from a load step, from 30 % to this share of the capacity, to the scale-out.
fn mean_reaction(high_resolution: bool, to: f64, delay: Option<u64>) -> f64 {
    let mut plan = service(high_resolution);
    plan.horizon = SimDuration::from_secs(SETTLED + 900);
    if let Some(seconds) = delay {
        let delay = Distribution::constant(SimDuration::from_secs(seconds));
        let telemetry = &mut plan.services[0].telemetry;
        (telemetry.ecs_metric_delay, telemetry.ecs_metric_delay_20s) = (delay.clone(), delay);
    }
    let times = instants(SEEDS).map(|(replication, at)| {
        let at_seconds = at as f64 / 1e9;
        let out =
            |(when, verdict, _): &&(f64, Verdict, u32)| *when > at_seconds && *verdict == Verdict::ScaledOut;
        listen(&step(&plan, at, 0.30, to), replication).invoked.iter().find(out).unwrap().0 - at_seconds
    });
    times.sum::<f64>() / SEEDS as f64
}

/// Means by the height of the step: with the default delays, which must be near what AWS measured, and at both ends of their ranges.
fn by_height() -> String {
    let mut table = String::from(
        "| step from 30 % to | measured | mean | | shortest delay | longest delay |\n|---|---:|---:|---:|---:|---:|\n",
    );
    for (high_resolution, measured, metrics, shortest, longest) in
        [(false, 363.0, "60 s metrics", 60, 150), (true, 86.0, "20 s metrics", 5, 20)]
    {
        for to in [0.63, 0.80, 1.00, 1.50] {
            let mean = mean_reaction(high_resolution, to, None);
            let [low, high] =
                [shortest, longest].map(|delay| mean_reaction(high_resolution, to, Some(delay)));
            let off = mean / measured - 1.0;
            let _ = writeln!(
                table,
                "| {:.0} %, {metrics} | {measured:.0} s | {mean:.0} s | {:+.0} % | {low:.0} s ({shortest} s) | {high:.0} s ({longest} s) |",
                100.0 * to,
                100.0 * off
            );
            assert!(off.abs() <= WITHIN, "{to}, {metrics}: {mean} s\n{table}");
            assert!(low < mean && mean < high, "{to}, {metrics}: {low} {mean} {high}");
        }
    }
    table
}

#[test]
fn measured_reaction_times_are_reproduced_and_the_table_of_them_is_up_to_date() {
    let mut table = String::from(
        "| what | measured | median | 5 % to 95 % | allowed | |\n|---|---:|---:|---:|---:|---|\n",
    );
    for mut row in rows() {
        let (low, median, high) =
            (quantile(&mut row.times, 5), quantile(&mut row.times, 50), quantile(&mut row.times, 95));
        let allowed = row.tolerance.map_or("–".to_owned(), |tolerance| format!("± {tolerance:.0} s"));
        let _ = writeln!(
            table,
            "| {} | {:.0} s | {median:.0} s | {low:.0} to {high:.0} s | {allowed} | {} |",
            row.what, row.measured, row.kind
        );
        let off = (median - row.measured).abs();
        assert!(row.tolerance.is_none_or(|tolerance| off <= tolerance), "{}: {median}\n{table}", row.what);
    }
    crate::validation::section("measurements", &format!("{table}\n{}", by_height()));
}

#[test]
fn a_standard_low_alarm_takes_a_quarter_of_an_hour_and_the_metric_delay_at_least() {
    let plan = step(&service(false), SETTLED * 1_000_000_000, 0.57, 0.40);
    for replication in 0..20 {
        let listener = listen(&plan, replication);
        let low = |seen: &&crate::control::Seen| {
            seen.alarm.ends_with("AlarmLow") && seen.state == AlarmState::Alarm
        };
        let after = listener.evaluations.iter().find(low).unwrap().at - SETTLED as f64;
        // Fifteen minutes, a delay of one to two and a half, and the phase of up to one.
        assert!((960.0..1_110.0).contains(&after), "{after}");
    }
    assert!(fs::metadata(shipped("docs/validation.md")).is_ok());
}
