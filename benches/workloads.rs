//! The reference workloads, as plans: W1, W2, W3 as single requests and as flows, and a day without
//! requests.
//!
//! - **W1**: one task with 100 places, 800 requests/s, exponential service of 100 ms: an M/M/100 queue.
//! - **W2**: 50 tasks of four places, round robin, lognormal service of 100 ms with cv 1, 1500 requests/s; and the same with
//!   least outstanding requests, with processor sharing (four places and four vCPU leave nothing to share), and with
//!   sharing without a limit of places, which takes the event path.
//! - **W3**: W2's task under target tracking at 60 % CPU, 30 s start delay, 24 hours of 700 + 500·sin requests/s with a
//!   spike of a quarter of an hour to 2000/s: 61 million requests, 1 to 200 tasks.

use windtunnel::kernel::billing::{BillableItem, ByItem, Tariff};
use windtunnel::kernel::platform::{
    LaunchLimits, ReplacementPlan, StartupPlan, StoppingPlan, TargetGroupPlan,
};
use windtunnel::kernel::random::Distribution;
use windtunnel::kernel::scaling::aas::{PolicyKind, PolicyPlan, TargetTrackingPlan};
use windtunnel::kernel::serving::{CpuDiscipline, RequestPlan, Routing, TaskPlan};
use windtunnel::kernel::simulation::{Bounds, Fidelity, Plan, ServicePlan};
use windtunnel::kernel::telemetry::{AlarmQuery, Metric, MetricRules, TelemetryPlan};
use windtunnel::kernel::traffic::{RateCurve, Segment, TrafficPlan};
use windtunnel::kernel::units::{Bytes, SimDuration, Usd};

/// Seconds as a span.
pub(crate) const fn secs(seconds: u64) -> SimDuration {
    SimDuration::from_secs(seconds)
}

/// A span that never varies.
pub(crate) fn always(span: SimDuration) -> Distribution {
    Distribution::constant(span)
}

/// Prices of us-east-1 on x86.
pub(crate) fn tariff() -> Tariff {
    Tariff {
        prices: ByItem::of(&[
            (BillableItem::FargateVcpu, Some(Usd(40_480_000_000))),
            (BillableItem::FargateMemory, Some(Usd(4_445_000_000))),
            (BillableItem::FargateEphemeralStorage, Some(Usd(111_000_000))),
            (BillableItem::AlbHour, Some(Usd(22_500_000_000))),
            (BillableItem::AlbLcu, Some(Usd(8_000_000_000))),
            (BillableItem::PublicIpv4, Some(Usd(5_000_000_000))),
            (BillableItem::CloudwatchAlarm, Some(Usd(100_000_000_000))),
            (BillableItem::CloudwatchHighResolutionAlarm, Some(Usd(300_000_000_000))),
        ]),
        resources: ByItem::of(&[
            (BillableItem::AlbHour, 1),
            (BillableItem::AlbLcu, 1),
            (BillableItem::PublicIpv4, 2),
        ]),
        ..Tariff::default()
    }
}

/// A service of `count` warm tasks at a constant rate, without policies; the starting point of every plan here.
pub(crate) fn service(rate: f64, horizon: SimDuration, count: u32) -> ServicePlan {
    let traffic = TrafficPlan::Poisson(RateCurve::constant(rate, horizon.0).expect("a positive rate"));
    let task = TaskPlan {
        concurrency: Some(4),
        base_memory: Bytes(300 * Bytes::MIB),
        memory_per_request: Bytes(2 * Bytes::MIB),
        ..TaskPlan::new(4096, 8192)
    };
    let request = RequestPlan::new(always(SimDuration::ZERO), always(secs(0)));
    ServicePlan {
        startup: StartupPlan::constant([secs(5), secs(15), secs(8), secs(2), secs(0)]),
        stopping: StoppingPlan {
            lag: secs(6),
            exit_after_sigterm: secs(16),
            stop_timeout: secs(30),
            deprovisioning: secs(23),
        },
        target_group: Some(TargetGroupPlan::default()),
        replacement: ReplacementPlan { delay: always(secs(20)), stop_lag: secs(7), most_percent: 200 },
        telemetry: TelemetryPlan::constant(
            [120, 10, 60].map(secs),
            MetricRules { counts_draining: true, ..MetricRules::default() },
        ),
        tariff: tariff(),
        ..ServicePlan::new("web", traffic, request, task, count)
    }
}

/// A plan of one service from 2026-01-01T00:00:00Z.
pub(crate) fn plan(service: ServicePlan, horizon: SimDuration) -> Plan {
    Plan {
        start_unix_ns: 1_767_225_600_000_000_000,
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
        services: vec![service],
    }
}

/// W1 for `seconds`.
pub(crate) fn w1(seconds: u64) -> Plan {
    let mut service = service(800.0, secs(seconds), 1);
    service.request.wait_time =
        Distribution::exponential(SimDuration::from_millis(100)).expect("a mean above zero");
    service.task.concurrency = Some(100);
    plan(service, secs(seconds))
}

fn lognormal() -> Distribution {
    Distribution::lognormal_mean_cv(SimDuration::from_millis(100), 1.0).expect("a mean above zero")
}

/// W2 for `seconds`.
pub(crate) fn w2(seconds: u64) -> Plan {
    let mut service = service(1_500.0, secs(seconds), 50);
    service.request.cpu_time = lognormal();
    plan(service, secs(seconds))
}

/// W2 with its requests sent to the task with the fewest of them.
pub(crate) fn w2_least_outstanding(seconds: u64) -> Plan {
    let mut plan = w2(seconds);
    plan.services[0].routing.algorithm = Routing::LeastOutstandingRequests;
    plan
}

/// W2 with the CPU of each task shared among its four requests at most.
pub(crate) fn w2_processor_sharing(seconds: u64) -> Plan {
    let mut plan = w2(seconds);
    plan.services[0].task.cpu_discipline = CpuDiscipline::ProcessorSharing;
    plan
}

/// The same without a limit of places: more requests than CPU servers share them.
pub(crate) fn w2_crowded(seconds: u64) -> Plan {
    let mut plan = w2_processor_sharing(seconds);
    plan.services[0].task.concurrency = None;
    plan
}

/// The policy of W3: target tracking of CPU at 60 %.
pub(crate) fn tracking() -> PolicyPlan {
    PolicyPlan {
        name: "cpu".into(),
        kind: PolicyKind::TargetTracking(TargetTrackingPlan {
            metric: Metric::CpuUtilization,
            query: AlarmQuery::of(Metric::CpuUtilization),
            target_value: 60.0,
            scale_out_cooldown: secs(300),
            scale_in_cooldown: secs(300),
            disable_scale_in: false,
        }),
    }
}

/// W3 for its first `hours`, `share` of its rate (1 for the real thing).
pub(crate) fn w3(hours: u64, share: f64) -> Plan {
    let horizon = secs(hours * 3_600);
    let rate = |minute: u64| {
        let day = minute as f64 / 1_440.0;
        let spike = (1_200..1_215).contains(&minute);
        share * if spike { 2_000.0 } else { 700.0 + 500.0 * (day * core::f64::consts::TAU).sin() }
    };
    let pieces: Vec<Segment> = (0..hours * 60)
        .map(|minute| Segment {
            end: (minute + 1) * 60_000_000_000,
            rate_start: rate(minute),
            rate_end: if (1_199..1_215).contains(&minute) { rate(minute) } else { rate(minute + 1) },
        })
        .collect();
    let mut service = service(1.0, horizon, 20);
    service.traffic = TrafficPlan::Poisson(RateCurve::new(&pieces).expect("increasing minutes"));
    service.request.cpu_time = lognormal();
    (service.scaling.min_capacity, service.scaling.max_capacity) = (1, 200);
    service.scaling.policies = vec![tracking()];
    plan(service, horizon)
}

/// W3 as flows, for `days`; the rate repeats every day.
pub(crate) fn fluid(days: u64) -> Plan {
    let mut plan = w3(24, 1.0);
    let TrafficPlan::Poisson(day) = &plan.services[0].traffic else { return plan };
    let length = 86_400_000_000_000;
    let repeated = (0..days).flat_map(|index| {
        day.segments().iter().map(move |piece| Segment { end: piece.end + index * length, ..*piece })
    });
    let pieces: Vec<Segment> = repeated.collect();
    plan.services[0].traffic = TrafficPlan::Poisson(RateCurve::new(&pieces).expect("increasing minutes"));
    plan.horizon = secs(days * 86_400);
    plan.fidelity = Fidelity::Fluid;
    plan
}

/// A day under W3's policy without a single request.
pub(crate) fn idle_day() -> Plan {
    let mut plan = w3(24, 1.0);
    plan.services[0].traffic = TrafficPlan::Poisson(RateCurve::default());
    plan
}
