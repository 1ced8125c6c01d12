//! Results of runs that never ran: a fluid sketch of a service under load, good enough to look like one. Its numbers
//! are consistent (requests add up, lines multiply out), because reports are tested for keeping them so.

#![expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small positive numbers")]

use windtunnel::experiment::checks::evaluate;
use windtunnel::experiment::{CheckOutcome, RunResult};
use windtunnel::kernel::billing::{BillableItem, ByItem, Invoice, InvoiceLine, MeterReading, Tariff};
use windtunnel::kernel::platform::{LaunchLimits, StartupPlan, StoppingPlan};
use windtunnel::kernel::random::Distribution;
use windtunnel::kernel::scaling::aas::{Adjustment, AdjustmentType};
use windtunnel::kernel::scaling::aas::{
    AlarmRules, PolicyKind, PolicyPlan, ScalableTargetPlan, StepAggregation, StepPlan, TargetTrackingPlan,
};
use windtunnel::kernel::serving::{RequestPlan, TaskPlan};
use windtunnel::kernel::simulation::{Bounds, Fidelity, Plan, ServicePlan};
use windtunnel::kernel::telemetry::{AlarmPlan, AlarmQuery, Comparison, Metric, MetricRules, TelemetryPlan};
use windtunnel::kernel::traffic::{RateCurve, TrafficPlan};
use windtunnel::kernel::units::{Bytes, SimDuration, SimTime, Usd};
use windtunnel::record::{
    DecisionKind, DecisionRecord, Histogram, LatencySummary, MinuteRecord, RequestCounts, RunRecord,
    ScalingCounts, ServiceRecord, TaskStatistics,
};
use windtunnel::scenario::{Check, Comparator, Measure, Scenario, ServiceNotes, TraceCounts};

/// 2026-11-27T00:00:00Z.
pub(super) const START_UNIX_NS: i64 = 1_795_737_600_000_000_000;
/// Cost of a task-hour of 1 vCPU and 2 GB [USD].
const TASK_HOUR_USD: f64 = 0.04937;
/// Requests a second that a task of the fixture carries: one vCPU ÷ 40 ms.
const PER_TASK: f64 = 25.0;

/// A service as a plan: 1 vCPU, 40 ms of CPU and 60 ms of waiting a request, target tracking on CPU and a step policy.
pub(super) fn service_plan(name: &str) -> ServicePlan {
    let millis = |millis| Distribution::constant(SimDuration::from_millis(millis));
    let traffic = TrafficPlan::Poisson(RateCurve::constant(1.0, 1_000_000_000).unwrap());
    let task = TaskPlan {
        concurrency: Some(16),
        queue: Some(64),
        base_memory: Bytes(300 * Bytes::MIB),
        memory_per_request: Bytes(2 * Bytes::MIB),
        ..TaskPlan::new(1024, 2048)
    };
    ServicePlan {
        startup: StartupPlan::constant([2, 20, 8, 1, 8].map(SimDuration::from_secs)),
        stopping: StoppingPlan { deprovisioning: SimDuration::from_secs(23), ..StoppingPlan::default() },
        scaling: ScalableTargetPlan {
            policies: vec![tracking(Metric::CpuUtilization, 60.0), step()],
            alarm_rules: AlarmRules { action_latency: SimDuration::ZERO, ..AlarmRules::default() },
            ..ScalableTargetPlan::new(10, 400)
        },
        telemetry: TelemetryPlan::constant(
            [120, 10, 120].map(SimDuration::from_secs),
            MetricRules::default(),
        ),
        tariff: tariff(),
        ..ServicePlan::new(name, traffic, RequestPlan::new(millis(40), millis(60)), task, 10)
    }
}

fn tariff() -> Tariff {
    Tariff {
        prices: ByItem::of(&[
            (BillableItem::FargateVcpu, Some(Usd(40_480_000_000))),
            (BillableItem::FargateMemory, Some(Usd(4_445_000_000))),
        ]),
        ..Tariff::default()
    }
}

/// A target-tracking policy named after its metric.
pub(super) fn tracking(metric: Metric, target_value: f64) -> PolicyPlan {
    let kind = PolicyKind::TargetTracking(TargetTrackingPlan {
        metric,
        query: AlarmQuery::of(metric),
        target_value,
        scale_out_cooldown: SimDuration::from_secs(300),
        scale_in_cooldown: SimDuration::from_secs(300),
        disable_scale_in: false,
    });
    PolicyPlan { name: "tracker".to_owned(), kind }
}

fn step() -> PolicyPlan {
    let comparison = Comparison::GreaterThanOrEqualToThreshold;
    let alarm = AlarmPlan {
        evaluation_periods: 3,
        datapoints_to_alarm: 3,
        ..AlarmPlan::new("burst", Metric::CpuUtilization, comparison, 85.0)
    };
    let kind = PolicyKind::Step(StepPlan {
        alarm,
        adjustment_type: AdjustmentType::ChangeInCapacity,
        min_adjustment_magnitude: 0,
        metric_aggregation_type: StepAggregation::Average,
        cooldown: SimDuration::from_secs(180),
        steps: vec![Adjustment { lower: Some(0.0), upper: None, adjustment: 5 }],
    });
    PolicyPlan { name: "burst".to_owned(), kind }
}

/// A scenario of these services.
pub(super) fn scenario(name: &str, services: Vec<ServicePlan>, horizon: SimDuration) -> Scenario {
    let notes = services
        .iter()
        .map(|_| ServiceNotes { architecture: "x86_64".to_owned(), trace: None, schedules: Vec::new() })
        .collect();
    Scenario {
        name: name.to_owned(),
        description: "A chat orchestrator under a ten-fold flash sale".to_owned(),
        region: "us-east-1".to_owned(),
        max_requests: 1e11,
        seed: 1,
        sha256: "ab".repeat(32),
        plan: Plan {
            start_unix_ns: START_UNIX_NS,
            horizon,
            warmup: SimDuration::ZERO,
            fidelity: Fidelity::Requests,
            launch_limits: LaunchLimits {
                burst: 100,
                refill_per_s: 20.0,
                efficiency: 1.0,
                per_service_per_minute: 500,
            },
            bounds: Bounds::default(),
            services,
        },
        services: notes,
        checks: vec![
            check("p99_response_time < 800ms", Measure::ResponseQuantile(0.99), Comparator::Less, 800.0),
            check("availability >= 99.9%", Measure::Availability, Comparator::GreaterOrEqual, 0.999),
            check("cost_per_month < 2000 USD", Measure::CostPerMonth, Comparator::Less, 2000.0),
        ],
        sweep: None,
        search: None,
        forecast: None,
        resolved_toml: String::new(),
        max_output: windtunnel::kernel::units::Bytes(8 << 30),
        price_book_date: "2026-11-01".to_owned(),
        not_priced: vec!["data transfer".to_owned(), "NAT gateway".to_owned(), "CloudWatch Logs".to_owned()],
        timezone: "UTC".to_owned(),
    }
}

pub(super) fn check(text: &str, measure: Measure, comparator: Comparator, limit: f64) -> Check {
    Check { text: text.to_owned(), measure, comparator, limit }
}

/// A result with its checks judged.
pub(super) fn result(scenario: Scenario, services: Vec<ServiceRecord>) -> RunResult {
    let record = RunRecord { services, fingerprint: 0x0123_4567_89ab_cdef, control_events: 4321 };
    let checks: Vec<CheckOutcome> = evaluate(&scenario, &record);
    RunResult { scenario, record, checks, scale_in: None }
}

pub(super) fn no_times() -> LatencySummary {
    LatencySummary { histogram: Histogram::default(), sum: 0, max: 0 }
}

/// A service that was simulated and saw nothing.
pub(super) fn idle(name: &str, minutes: u64) -> ServiceRecord {
    sketch(name, minutes, 0, |_| 0.0)
}

/// What changes from minute to minute in the sketch.
struct Fleet {
    desired: u32,
    in_service: u32,
    arrivals: Vec<(u64, u32)>,
    cooldown_until: u64,
}

impl Fleet {
    /// A crude target tracking: up to what 60 % would take, down by a tenth; new tasks serve three minutes later.
    fn step(&mut self, minute: u64, rate: f64, (least, most): (u32, u32)) -> Option<(u32, u32)> {
        let ready: u32 = self.arrivals.iter().filter(|(at, _)| *at <= minute).map(|(_, count)| count).sum();
        self.arrivals.retain(|(at, _)| *at > minute);
        self.in_service += ready;
        let used = rate / PER_TASK / f64::from(self.in_service.max(1));
        if minute < self.cooldown_until {
            return None;
        }
        let before = self.desired;
        if used > 0.66 {
            self.desired =
                ((f64::from(self.in_service) * used.min(1.0) / 0.6).ceil() as u32).clamp(before, most);
            self.arrivals.push((minute + 3, self.desired - before));
        } else if used < 0.5 && self.arrivals.is_empty() {
            self.desired = (before - before.div_ceil(10)).max(least);
            self.in_service = self.desired;
        }
        self.cooldown_until = if self.desired == before { 0 } else { minute + 5 };
        (self.desired != before).then_some((before, self.desired))
    }
}

/// A sketch of `minutes` of a service that starts with `tasks` tasks, under `rate` requests a second at each minute.
pub(super) fn sketch(name: &str, minutes: u64, tasks: u32, rate: impl Fn(u64) -> f64) -> ServiceRecord {
    let mut fleet = Fleet { desired: tasks, in_service: tasks, arrivals: Vec::new(), cooldown_until: 0 };
    let mut record = ServiceRecord {
        name: name.to_owned(),
        requests: RequestCounts::default(),
        warmup_requests: 0,
        warmup_served: 0,
        attempts: None,
        classes: Vec::new(),
        response_time: no_times(),
        waiting_time: no_times(),
        tasks: TaskStatistics { running_min: tasks, ..TaskStatistics::default() },
        cpu_utilization: (tasks > 0).then_some(0.52),
        memory_utilization: (tasks > 0).then_some(0.163),
        hourly_billed: Vec::new(),
        scaling: ScalingCounts::default(),
        timeline: Vec::new(),
        in_service: Vec::new(),
        evaluations: Vec::new(),
        task_lifetimes: Vec::new(),
        metered: MeterReading::default(),
        decisions: Vec::new(),
        invoice: Invoice::default(),
    };
    let mut noise = 12345_u64;
    for minute in 0..minutes {
        // A linear congruential step is noise enough for a picture.
        noise = noise.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let wobble = 1.0 + ((noise >> 40) as f64 / (1_u64 << 24) as f64 - 0.5) * 0.06;
        let rate = rate(minute) * wobble;
        if let Some((before, after)) = fleet.step(minute, rate, (tasks.min(10), 400)) {
            record.decisions.push(decision(minute, before, after));
            if after > before { record.scaling.scale_out += 1 } else { record.scaling.scale_in += 1 }
        }
        if record.in_service.last().map_or(0, |(_, count)| *count) != fleet.in_service {
            record.in_service.push((SimTime(minute * 60_000_000_000), fleet.in_service));
        }
        add_minute(&mut record, minute, rate, &fleet);
    }
    record.tasks.running_mean = record.tasks.running_time as f64 / (minutes.max(1) * 60) as f64 / 1e9;
    record.invoice = invoice(record.tasks.running_time);
    record
}

fn add_minute(record: &mut ServiceRecord, minute: u64, rate: f64, fleet: &Fleet) {
    let offered = (rate * 60.0).round() as u64;
    let room = (f64::from(fleet.in_service) * PER_TASK * 60.0) as u64;
    let served = offered.min(room);
    let rejected = offered - served;
    let load = if room == 0 { 0.0 } else { served as f64 / room as f64 };
    // The M/M/1 shape of waiting, with a bound for the full queue.
    let stretch = 1.0 + (load.powi(8) * 40.0);
    let millis = |value: f64| Some((value * 1e6) as u64).filter(|_| served > 0);
    let quantiles = [millis(95.0 * stretch.sqrt()), millis(180.0 * stretch), millis(310.0 * stretch)];
    for (nanos, share) in quantiles.iter().zip([0.9, 0.08, 0.02]) {
        let Some(nanos) = nanos else { continue };
        for _ in 0..((served as f64 * share / 1000.0).ceil() as u64) {
            record.response_time.histogram.record(*nanos);
            record.response_time.sum += u128::from(*nanos);
            record.response_time.max = record.response_time.max.max(*nanos);
            record.waiting_time.histogram.record(nanos / 3);
            record.waiting_time.sum += u128::from(nanos / 3);
            record.waiting_time.max = record.waiting_time.max.max(nanos / 3);
        }
    }
    let pending = fleet.desired.saturating_sub(fleet.in_service);
    record.requests.offered += offered;
    record.requests.served += served;
    record.requests.rejected += rejected;
    record.tasks.running_max = record.tasks.running_max.max(fleet.in_service);
    record.tasks.running_time += u128::from(fleet.in_service) * 60_000_000_000;
    record.timeline.push(MinuteRecord {
        start: SimTime(minute * 60_000_000_000),
        length: SimDuration::from_secs(60),
        offered,
        served,
        rejected,
        timed_out: 0,
        failed: 0,
        desired: fleet.desired,
        pending: pending / 2,
        running: fleet.in_service + pending / 2,
        in_service: fleet.in_service,
        draining: 0,
        cpu_utilization: (fleet.in_service > 0).then_some(load),
        memory_utilization: (fleet.in_service > 0).then_some(0.15 + load * 0.05),
        queue_length: 0.0,
        in_flight: rate * 0.1,
        response_time_mean: quantiles[0].map(|nanos| nanos as f64 * 1.1),
        response_time_p50: quantiles[0],
        response_time_p95: quantiles[1],
        response_time_p99: quantiles[2],
        cost_per_hour_usd: f64::from(fleet.in_service) * TASK_HOUR_USD,
    });
}

fn decision(minute: u64, before: u32, after: u32) -> DecisionRecord {
    let at = SimTime(minute * 60_000_000_000 + 5_000_000_000);
    DecisionRecord {
        at,
        until: at,
        times: 1,
        kind: DecisionKind::Capacity,
        policy: "tracker".to_owned(),
        alarm_state: "",
        metric: "CPUUtilization".to_owned(),
        value: Some(83.1),
        threshold: None,
        datapoints: vec![81.2, 83.0, 85.1],
        running: before,
        proposed: Some(i64::from(after)),
        desired_before: before,
        desired_after: after,
        outcome: if after > before { "scaled_out" } else { "scaled_in" },
        reason: format!("ceil({before} × 83.1 / 60) = {after}"),
    }
}

fn invoice(running_time: u128) -> Invoice {
    let line = |item, per_task: i128, rate: Usd| {
        let (numerator, denominator) = (i128::try_from(running_time).unwrap() * per_task, 3_600_000_000_000);
        let exact = Usd::from_ratio(numerator * rate.0, denominator);
        InvoiceLine {
            item,
            quantity_numerator: numerator,
            quantity_denominator: denominator,
            rate,
            exact,
            amount: exact.round_to_cents(),
        }
    };
    Invoice {
        lines: vec![
            line(BillableItem::FargateVcpu, 1, Usd(40_480_000_000)),
            line(BillableItem::FargateMemory, 2, Usd(4_445_000_000)),
        ],
    }
}

/// A day with a ten-fold spike at 20:00.
pub(super) fn flash_sale(minute: u64) -> f64 {
    let hour = minute as f64 / 60.0;
    let base = 300.0 + 200.0 * ((hour - 14.0) / 24.0 * std::f64::consts::TAU).cos();
    let since = minute as f64 - 1200.0;
    let factor = match since {
        s if (0.0..5.0).contains(&s) => 1.0 + 9.0 * s / 5.0,
        s if (5.0..35.0).contains(&s) => 10.0,
        s if (35.0..45.0).contains(&s) => 10.0 - 9.0 * (s - 35.0) / 10.0,
        _ => 1.0,
    };
    base * factor
}

/// A flash-sale day of one service.
pub(super) fn spike_day() -> RunResult {
    let scenario = scenario("flash-sale", vec![service_plan("orchestrator")], SimDuration::from_secs(86_400));
    result(scenario, vec![sketch("orchestrator", 1440, 20, flash_sale)])
}

/// A day of a spiky service and of one that follows its requests per target and its memory.
pub(super) fn two_services() -> RunResult {
    let mut plans = vec![service_plan("orchestrator"), service_plan("worker")];
    plans[1].scaling.policies =
        vec![tracking(Metric::RequestCountPerTarget, 1000.0), tracking(Metric::MemoryUtilization, 20.0)];
    let saw = |minute: u64| 40.0 + (minute % 60) as f64;
    let scenario = scenario("two services", plans, SimDuration::from_secs(86_400));
    result(scenario, vec![sketch("orchestrator", 1440, 20, flash_sale), sketch("worker", 1440, 5, saw)])
}

/// A run whose numbers are as bad as their types allow.
pub(super) fn poisoned() -> RunResult {
    let mut result = spike_day();
    let service = &mut result.record.services[0];
    service.tasks.running_mean = f64::NAN;
    service.cpu_utilization = Some(f64::INFINITY);
    service.memory_utilization = Some(f64::NAN);
    service.requests.offered = u64::MAX;
    service.warmup_requests = u64::MAX;
    for (index, minute) in service.timeline.iter_mut().enumerate() {
        match index % 5 {
            0 => (minute.offered, minute.length) = (u64::MAX, SimDuration(1)),
            1 => (minute.cpu_utilization, minute.cost_per_hour_usd) = (Some(f64::NAN), f64::INFINITY),
            2 => (minute.queue_length, minute.response_time_mean) = (f64::NAN, Some(f64::NEG_INFINITY)),
            3 => (minute.desired, minute.response_time_p99) = (u32::MAX, Some(u64::MAX)),
            _ => (minute.length, minute.response_time_p50) = (SimDuration::ZERO, Some(0)),
        }
    }
    for decision in &mut service.decisions {
        (decision.value, decision.threshold) = (Some(f64::NAN), Some(f64::INFINITY));
        decision.datapoints.push(f64::NAN);
    }
    result
}

/// A run in which nothing happened: no request, no task, no check.
pub(super) fn empty() -> RunResult {
    let mut scenario = scenario("empty", vec![service_plan("web")], SimDuration::from_secs(3600));
    scenario.checks.clear();
    let mut record = idle("web", 0);
    record.invoice = Invoice::default();
    result(scenario, vec![record])
}

/// The counts of a trace that ended early.
pub(super) fn trace_counts() -> TraceCounts {
    TraceCounts {
        file: "traces/elb.csv".to_owned(),
        interval_ns: 60_000_000_000,
        intervals: 1400,
        zero_intervals: 12,
        missing_intervals: 3,
        ended_at_ns: Some(84_000_000_000_000),
        repeats: 0,
    }
}
