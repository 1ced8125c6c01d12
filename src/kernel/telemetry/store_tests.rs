//! Windows of the metric store: resolutions, periods, statistics and what is missing.

use super::growth::MemoryGrowth;
use super::metric::{AlarmQuery, LowSamples, Metric, Statistic};
use super::plan::{MetricsPlan, TelemetryPlan};
use super::shape::TaskShape;
use super::store::{CountsAtEnd, MetricStore, Window};
use super::tally::OutcomeMeter;
use super::usage::{MetricRules, RcptDenominator, UsageTotals};
use crate::random::{Distribution, Streams};
use crate::units::{NANOS_PER_SEC, SimDuration, SimTime};

const SHAPE: TaskShape = TaskShape {
    cpu_servers: 1,
    base_cpu: 0.0,
    boot_cpu: 0.0,
    base_memory: 0,
    memory_per_request: 0,
    memory: 1,
    growth: MemoryGrowth { per_hour: 0, limit: None, retained: 0.0 },
};

/// A store whose datapoints can be read so long after their periods.
fn store(plan: &MetricsPlan, delay: &Distribution) -> MetricStore {
    let rules = MetricRules { rcpt_denominator: RcptDenominator::Healthy, counts_draining: false };
    let telemetry = TelemetryPlan {
        ecs_metric_delay: delay.clone(),
        ecs_metric_delay_20s: delay.clone(),
        alb_metric_delay: delay.clone(),
        rules,
    };
    MetricStore::new((plan, &telemetry), SHAPE, ("web", Streams::new(1, 0)))
}

const fn secs(seconds: u64) -> SimDuration {
    SimDuration::from_secs(seconds)
}

/// A store of a service with 20 s CPU, fed with one task that is busy this share of each 20 s [%].
fn fed(cpu: &[i128], readings: &[(Metric, AlarmQuery, usize)]) -> (MetricStore, Vec<Window>) {
    let plan = MetricsPlan { cpu_resolution: secs(20), ..MetricsPlan::default() };
    let mut store = store(&plan, &Distribution::constant(secs(60)));
    let windows = readings.iter().map(|(m, r, n)| store.watch(*m, *r, *n)).collect();
    for (index, percent) in cpu.iter().enumerate() {
        let usage = UsageTotals {
            cpu_busy: percent * i128::from(20 * NANOS_PER_SEC) / 100,
            reserved: 20 * u128::from(NANOS_PER_SEC),
            routed: 3,
            length: 20 * NANOS_PER_SEC,
            ..UsageTotals::default()
        };
        let end = 20 * NANOS_PER_SEC * (index as u64 + 1);
        store.period((SimTime(end), end % (60 * NANOS_PER_SEC), false), &usage, None, CountsAtEnd::default());
    }
    (store, windows)
}

/// Datapoints that are read of the periods that ended by `due`: a minute later, when their datapoints can be.
fn read(store: &MetricStore, window: &Window, due: u64) -> Vec<Option<f64>> {
    let mut out = Vec::new();
    store.window(window, SimTime((due + 60) * NANOS_PER_SEC), &mut out);
    out
}

#[test]
fn windows_slide_by_the_resolution_and_lie_end_to_end() {
    let cpu = Metric::CpuUtilization;
    let fine = AlarmQuery::of(cpu).every(secs(20));
    let (store, windows) = fed(&[10, 20, 60, 30, 30, 90], &[(cpu, fine, 2), (cpu, AlarmQuery::of(cpu), 2)]);
    assert_eq!(read(&store, &windows[0], 119), [Some(30.0), Some(30.0)]);
    assert_eq!(read(&store, &windows[0], 120), [Some(30.0), Some(90.0)]);
    // At 100 s the newest minute is from 40 to 100 s, the one before has 40 s of history.
    let minutes = read(&store, &windows[1], 100);
    assert_eq!(minutes, [Some((10.0 + 20.0) / 2.0), Some((60.0 + 30.0 + 30.0) / 3.0)]);
    assert_eq!(read(&store, &windows[1], 19), [None, None]);
}

#[test]
fn each_statistic_is_made_of_the_samples_of_its_period() {
    let of = |statistic| AlarmQuery { statistic, ..AlarmQuery::of(Metric::CpuUtilization) };
    let cpu = Metric::CpuUtilization;
    let kinds = [(cpu, of(Statistic::Sum), 1), (cpu, of(Statistic::SampleCount), 1)];
    let (store, windows) = fed(&[10, 20, 60], &kinds);
    assert_eq!(read(&store, &windows[0], 60), [Some(90.0)]);
    // One task has a sample every 20 s.
    assert_eq!(read(&store, &windows[1], 60), [Some(3.0)]);
    let count = Metric::RequestCount;
    let kinds = [Statistic::Sum, Statistic::SampleCount, Statistic::Average, Statistic::Maximum];
    let (store, windows) =
        fed(&[0; 6], &kinds.map(|statistic| (count, AlarmQuery { statistic, ..AlarmQuery::of(count) }, 2)));
    let values: Vec<_> = windows.iter().map(|window| read(&store, window, 120)).collect();
    // Three requests every 20 s are nine a minute, each of them a one.
    assert_eq!(values, [[Some(9.0); 2], [Some(9.0); 2], [Some(1.0); 2], [Some(1.0); 2]]);
}

#[test]
fn percentiles_are_of_the_requests_of_all_periods_together_and_know_when_they_are_few() {
    let metric = Metric::TargetResponseTime;
    let p90 = AlarmQuery {
        statistic: Statistic::Percentile(90_000),
        low_samples: LowSamples::Ignore,
        ..AlarmQuery::of(metric)
    };
    let mut store = store(&MetricsPlan::default(), &Distribution::constant(secs(0)));
    let windows = [p90, p90.every(secs(120))].map(|query| store.watch(metric, query, 1));
    let minute = 60 * NANOS_PER_SEC;
    let mut tally = OutcomeMeter::new(minute, minute, 10 * minute);
    let mut enough = Vec::new();
    for (index, (requests, millis)) in [(95_u64, 10_u64), (5, 1_000)].iter().enumerate() {
        let end = minute * (index as u64 + 1);
        (0..*requests).for_each(|_| {
            tally.answered(end - 2 * NANOS_PER_SEC, end - 2 * NANOS_PER_SEC + millis * 1_000_000)
        });
        let usage = UsageTotals { length: minute, ..UsageTotals::default() };
        store.period((SimTime(end), 0, false), &usage, Some(&tally.close_period()), CountsAtEnd::default());
        enough.push(windows.map(|window| store.window(&window, SimTime(end), &mut Vec::new())));
    }
    let near = |window: &Window, truth: f64| {
        let value = read(&store, window, 120)[0].unwrap();
        assert!((value / truth - 1.0).abs() < 0.016, "{value} and {truth}");
    };
    near(&windows[0], 1.0);
    near(&windows[1], 0.01);
    // p90 needs 10 ÷ (1 − 0.9) = 100 samples; so has only the second window, once it holds both minutes.
    assert_eq!(enough, [[false, false], [false, true]]);
}

#[test]
fn the_samples_that_a_percentile_needs_are_those_of_the_documentation() {
    let needed = |p| Statistic::Percentile(p).samples_needed();
    assert!((needed(99_000) - 1000.0).abs() < 1e-9 && (needed(50_000) - 20.0).abs() < 1e-9);
    assert!((needed(10_000) - 100.0).abs() < 1e-9 && Statistic::Average.samples_needed() == 0.0);
}

#[test]
fn datapoints_are_late_by_their_own_draws_and_never_overtake_one_another() {
    let law = Distribution::triangular(secs(60), secs(120), secs(150)).unwrap();
    let cpu = Metric::CpuUtilization;
    let mut store = store(&MetricsPlan::default(), &law);
    let window = store.watch(cpu, AlarmQuery::of(cpu), 500);
    for minute in 1..=500_u64 {
        let usage = UsageTotals { reserved: 60, length: 60, ..UsageTotals::default() };
        store.period((SimTime(60 * minute * NANOS_PER_SEC), 0, false), &usage, None, CountsAtEnd::default());
    }
    // How late each minute could first be read, by looking every second.
    let (mut late, mut last) = (Vec::new(), 0);
    for second in 0..40_000_u64 {
        let Some((end, delay)) = store.newest(&window, SimTime(second * NANOS_PER_SEC)) else { continue };
        let minute = end.0 / (60 * NANOS_PER_SEC);
        assert!(minute >= last, "a datapoint was taken back");
        if minute > last {
            assert!(second >= 60 * minute + 60, "minute {minute} at {second} s");
            late.push(delay.as_secs_f64());
            last = minute;
        }
    }
    assert_eq!(last, 500);
    // Between its ends, and spread: those that waited for the one before are later than the law says, by less than it.
    assert!(late.iter().all(|delay| (60.0..=150.0).contains(delay)), "{late:?}");
    let mean = late.iter().sum::<f64>() / late.len() as f64;
    assert!((mean - 110.0).abs() < 6.0, "{mean}");
    assert!(late.iter().any(|delay| *delay < 90.0) && late.iter().any(|delay| *delay > 135.0));
}
