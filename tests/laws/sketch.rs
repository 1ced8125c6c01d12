//! Random plans: every ingredient that touches a request, a task or the bill, in small numbers, so that a run takes
//! milliseconds and a failing plan shrinks to something that can be read.
//!
//! Kills need requests that outlive their tasks: waits of many seconds, short stop timeouts, short deregistration
//! delays, and policies that scale in. The launch limits never bind, so that services of one plan stay apart.

use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::sample::select;
use proptest::{collection, option};
use windtunnel::kernel::platform::{
    CheckService, DeregistrationEnd, FirstHealthCheck, HealthCheckPlan, ScaleInVictim, StartupPlan,
    StoppingPlan, TargetGroupPlan,
};
use windtunnel::kernel::random::Distribution;
use windtunnel::kernel::scaling::aas::{
    Adjustment, AdjustmentType, PolicyKind, PolicyPlan, StepAggregation, StepPlan, TargetTrackingPlan,
};
use windtunnel::kernel::serving::{Routing, RoutingPlan};
use windtunnel::kernel::simulation::{Plan, ServicePlan};
use windtunnel::kernel::telemetry::{AlarmPlan, AlarmQuery, Comparison, Metric, TreatMissingData};
use windtunnel::kernel::traffic::{CountInterval, RateCurve, Segment, TrafficPlan};
use windtunnel::kernel::units::{NANOS_PER_MILLI, SimDuration};

use crate::workloads::{self, always, secs};

/// A random plan.
#[derive(Clone, Debug)]
pub(super) struct Sketch {
    /// Milliseconds of second 0 into its calendar minute.
    offset_ms: u64,
    horizon_ms: u64,
    /// Warm-up as percent of the horizon.
    warmup: u64,
    services: Vec<ServiceSketch>,
}

#[derive(Clone, Debug)]
struct ServiceSketch {
    demand: Demand,
    capacity: Capacity,
    traffic: (u8, f64, f64),
    life: Life,
    balancer: Option<Balancer>,
    control: Control,
}

#[derive(Clone, Debug)]
struct Demand {
    cpu: Option<(u8, u64)>,
    wait: Option<(u8, u64)>,
    timeout: Option<(u8, u64)>,
    cpu_units: u32,
}

#[derive(Clone, Debug)]
struct Capacity {
    concurrency: Option<u32>,
    queue: Option<u32>,
    desired: u32,
    min: u32,
    spread: u32,
}

/// Seconds of each stage of a task's life.
#[derive(Clone, Debug)]
struct Life {
    startup: [u64; 5],
    lag: u64,
    exit: u64,
    stop_timeout: u64,
    deprovisioning: u64,
}

#[derive(Clone, Debug)]
struct Balancer {
    routing: Routing,
    registration: u64,
    healthy: u32,
    first_check: FirstHealthCheck,
    deregistration: u64,
}

#[derive(Clone, Debug)]
struct Control {
    policies: Vec<Policy>,
    delay: u64,
    phase: Option<u64>,
    high_points: u32,
    low_points: u32,
    victim: ScaleInVictim,
}

#[derive(Clone, Debug)]
enum Policy {
    Track { metric: Metric, target: f64, cooldown: u64, disable_scale_in: bool },
    Step { metric: Metric, above: bool, threshold: f64, kind: AdjustmentType, adjustment: i32, cooldown: u64 },
}

fn demand() -> impl Strategy<Value = Demand> {
    let law = |most: u64| option::of((0..6_u8, 1..most));
    let units = select(vec![256_u32, 512, 1_024, 2_048, 4_096]);
    (law(300), law(30_000), law(20_000), units).prop_map(|(cpu, wait, timeout, cpu_units)| Demand {
        cpu,
        wait,
        timeout,
        cpu_units,
    })
}

fn capacity() -> impl Strategy<Value = Capacity> {
    (option::of(1..40_u32), option::of(0..20_u32), 0..7_u32, 0..4_u32, 0..10_u32).prop_map(
        |(concurrency, queue, desired, min, spread)| Capacity { concurrency, queue, desired, min, spread },
    )
}

fn life() -> impl Strategy<Value = Life> {
    let startup = proptest::array::uniform5(0..30_u64);
    (startup, 0..8_u64, 0..20_u64, 0..6_u64, 0..30_u64).prop_map(
        |(startup, lag, exit, stop_timeout, deprovisioning)| Life {
            startup,
            lag,
            exit,
            stop_timeout,
            deprovisioning,
        },
    )
}

fn balancer() -> impl Strategy<Value = Balancer> {
    let routing = select(vec![Routing::RoundRobin, Routing::Random]);
    let checks = select(vec![
        FirstHealthCheck::RandomPhase,
        FirstHealthCheck::AtOnce,
        FirstHealthCheck::AfterInterval,
    ]);
    (routing, 0..10_u64, 1..4_u32, checks, 0..20_u64).prop_map(
        |(routing, registration, healthy, first_check, deregistration)| Balancer {
            routing,
            registration,
            healthy,
            first_check,
            deregistration,
        },
    )
}

fn policy() -> impl Strategy<Value = Policy> {
    let metric = || select(Metric::ALL.to_vec());
    let track = (metric(), 1.0..90.0_f64, 0..120_u64, any::<bool>()).prop_map(
        |(metric, target, cooldown, disable_scale_in)| Policy::Track {
            metric,
            target,
            cooldown,
            disable_scale_in,
        },
    );
    let kinds = vec![
        AdjustmentType::ChangeInCapacity,
        AdjustmentType::PercentChangeInCapacity,
        AdjustmentType::ExactCapacity,
    ];
    let step = (metric(), any::<bool>(), 0.5..60.0_f64, select(kinds), 0..6_i32, 0..120_u64).prop_map(
        |(metric, above, threshold, kind, adjustment, cooldown)| Policy::Step {
            metric,
            above,
            threshold,
            kind,
            adjustment,
            cooldown,
        },
    );
    prop_oneof![track, step]
}

fn control() -> impl Strategy<Value = Control> {
    let victims = select(vec![ScaleInVictim::Newest, ScaleInVictim::Oldest, ScaleInVictim::Random]);
    let policies = collection::vec(policy(), 0..4);
    let delay = select(vec![0_u64, 1, 60, 120]);
    (policies, delay, option::of(0..60_u64), 1..4_u32, 1..6_u32, victims).prop_map(
        |(policies, delay, phase, high_points, low_points, victim)| Control {
            policies,
            delay,
            phase,
            high_points,
            low_points,
            victim,
        },
    )
}

fn service() -> impl Strategy<Value = ServiceSketch> {
    let traffic = (0..4_u8, 0.0..25.0_f64, 0.0..25.0_f64);
    (demand(), capacity(), traffic, life(), option::of(balancer()), control()).prop_map(
        |(demand, capacity, traffic, life, balancer, control)| ServiceSketch {
            demand,
            capacity,
            traffic,
            life,
            balancer,
            control,
        },
    )
}

/// Any plan of one to three services.
pub(super) fn sketch() -> impl Strategy<Value = Sketch> {
    let offset = prop_oneof![Just(0_u64), 0..60_000_u64];
    let warmup = prop_oneof![Just(0_u64), 0..90_u64];
    (offset, 1_000..1_500_000_u64, warmup, collection::vec(service(), 1..4)).prop_map(
        |(offset_ms, horizon_ms, warmup, services)| Sketch { offset_ms, horizon_ms, warmup, services },
    )
}

impl Sketch {
    /// The kernel's plan.
    pub(super) fn plan(&self) -> Plan {
        let horizon = SimDuration::from_millis(self.horizon_ms);
        let services = self.services.iter().enumerate().map(|(index, sketch)| sketch.plan(index, horizon));
        let mut plan = workloads::plan(workloads::service(1.0, horizon, 1), horizon);
        plan.services = services.collect();
        plan.start_unix_ns += i64::try_from(self.offset_ms * NANOS_PER_MILLI).expect("less than a minute");
        plan.warmup = SimDuration(horizon.0 / 100 * self.warmup);
        plan.launch_limits.burst = 10_000;
        plan
    }
}

/// A law with a mean of about `mean` milliseconds.
pub(super) fn law((kind, mean): (u8, u64)) -> Distribution {
    let span = SimDuration::from_millis;
    let sound = "a mean above zero";
    match kind {
        0 => Distribution::exponential(span(mean)).expect(sound),
        1 => Distribution::lognormal_mean_cv(span(mean), 1.5).expect(sound),
        2 => Distribution::uniform(span(0), span(2 * mean)).expect("min ≤ max"),
        3 => Distribution::empirical(&[span(0), span(mean), span(3 * mean)]).expect("three samples"),
        4 => Distribution::pareto(2.5, span(mean)).expect("a minimum above zero"),
        _ => Distribution::constant(span(mean)),
    }
}

impl ServiceSketch {
    fn plan(&self, index: usize, horizon: SimDuration) -> ServicePlan {
        let (capacity, control) = (&self.capacity, &self.control);
        let mut plan = workloads::service(1.0, horizon, 1);
        plan.name = format!("service-{index}");
        plan.traffic = self.traffic(horizon);
        plan.request.cpu_time = self.demand.cpu.map_or_else(|| always(SimDuration::ZERO), law);
        plan.request.wait_time = self.demand.wait.map_or_else(|| always(SimDuration::ZERO), law);
        plan.request.timeout = self.demand.timeout.map(law);
        plan.task.cpu_units = self.demand.cpu_units;
        plan.task.concurrency = capacity.concurrency;
        plan.task.queue = capacity.queue;
        (plan.desired_count, plan.scaling.min_capacity) = (capacity.desired, capacity.min);
        plan.scaling.max_capacity = capacity.min + capacity.spread;
        self.life.apply(&mut plan);
        (plan.routing, plan.target_group) = (RoutingPlan::default(), None);
        self.balancer.iter().for_each(|balancer| balancer.apply(&mut plan));
        plan.scale_in_victim = control.victim;
        plan.scaling.policies =
            control.policies.iter().enumerate().map(|(index, policy)| policy.plan(index)).collect();
        plan.scaling.rules.tt_high_points = control.high_points;
        plan.scaling.rules.tt_low_points = control.low_points;
        plan.telemetry.ecs_metric_delay = always(secs(control.delay));
        plan.telemetry.alb_metric_delay =
            Distribution::uniform(secs(control.delay / 2), secs(control.delay)).expect("in order");
        plan.scaling.alarm_rules.phase = control.phase.map(secs);
        plan
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few thousand requests")]
    fn traffic(&self, horizon: SimDuration) -> TrafficPlan {
        let (kind, from, to) = self.traffic;
        let half = horizon.0 / 2;
        let pieces = [
            Segment { end: half, rate_start: from, rate_end: to },
            Segment { end: horizon.0, rate_start: to, rate_end: 0.0 },
        ];
        let curve = RateCurve::new(&pieces).expect("two pieces of a horizon above a second");
        let count = |rate: f64| (rate * horizon.as_secs_f64() / 4.0) as u64;
        match kind {
            0 => TrafficPlan::EvenlySpaced(curve),
            1 => TrafficPlan::ExactCounts(vec![
                CountInterval { start: half / 2, end: half, count: count(from) },
                CountInterval { start: half, end: horizon.0, count: count(to) },
            ]),
            _ => TrafficPlan::Poisson(curve),
        }
    }
}

impl Life {
    fn apply(&self, plan: &mut ServicePlan) {
        let [scheduling, provisioning, image_pull, container_start, application_boot] =
            self.startup.map(|stage| {
                // Odd stages vary, even ones do not.
                let span = SimDuration::from_millis(500 * stage);
                if stage % 2 == 1 {
                    Distribution::exponential(span).expect("above zero")
                } else {
                    always(span)
                }
            });
        plan.startup = StartupPlan {
            scheduling,
            provisioning,
            image_pull,
            container_start,
            application_boot,
            boot_cpu: 0.5,
        };
        plan.stopping = StoppingPlan {
            lag: secs(self.lag),
            exit_after_sigterm: secs(self.exit),
            stop_timeout: secs(self.stop_timeout),
            deprovisioning: secs(self.deprovisioning),
        };
    }
}

impl Balancer {
    fn apply(&self, plan: &mut ServicePlan) {
        plan.routing = RoutingPlan { nodes: 1 + self.healthy % 3, ..RoutingPlan::new(self.routing) };
        plan.target_group = Some(TargetGroupPlan {
            registration: always(secs(self.registration)),
            health_check: HealthCheckPlan {
                interval: secs(10),
                initial_healthy_count: self.healthy,
                first_check: self.first_check,
                timeout: secs(5),
                unhealthy_threshold: 2,
                healthy_threshold: 5,
                grace_period: SimDuration::ZERO,
                served: if self.deregistration.is_multiple_of(2) {
                    CheckService::Queued
                } else {
                    CheckService::Apart
                },
                healthy_lag: SimDuration::from_millis(500 * self.registration),
            },
            deregistration_delay: secs(self.deregistration),
            deregistration_end: if self.deregistration.is_multiple_of(3) {
                DeregistrationEnd::WhenIdle
            } else {
                DeregistrationEnd::AfterDelay
            },
        });
    }
}

impl Policy {
    fn plan(&self, index: usize) -> PolicyPlan {
        let kind = match *self {
            Self::Track { metric, target, cooldown, disable_scale_in } => {
                PolicyKind::TargetTracking(TargetTrackingPlan {
                    metric,
                    query: AlarmQuery::of(metric),
                    target_value: target,
                    scale_out_cooldown: secs(cooldown),
                    scale_in_cooldown: secs(cooldown),
                    disable_scale_in,
                })
            }
            Self::Step { metric, above, threshold, kind, adjustment, cooldown } => {
                PolicyKind::Step(StepPlan {
                    alarm: AlarmPlan {
                        name: format!("alarm-{index}"),
                        metric,
                        query: AlarmQuery::of(metric),
                        evaluation_periods: 2,
                        datapoints_to_alarm: 1,
                        comparison: if above {
                            Comparison::GreaterThanThreshold
                        } else {
                            Comparison::LessThanThreshold
                        },
                        threshold,
                        treat_missing_data: TreatMissingData::Missing,
                    },
                    adjustment_type: kind,
                    min_adjustment_magnitude: 0,
                    metric_aggregation_type: StepAggregation::Average,
                    cooldown: secs(cooldown),
                    steps: vec![Self::only_step(above, kind, adjustment)],
                })
            }
        };
        PolicyPlan { name: format!("policy-{index}"), kind }
    }

    /// One step that covers every breach: out above the threshold, in below it.
    fn only_step(above: bool, kind: AdjustmentType, size: i32) -> Adjustment {
        let size = if kind == AdjustmentType::PercentChangeInCapacity { 25 * size } else { size };
        let signed = if above || kind == AdjustmentType::ExactCapacity { size } else { -size };
        if above {
            Adjustment { lower: Some(0.0), upper: None, adjustment: signed }
        } else {
            Adjustment { lower: None, upper: Some(0.0), adjustment: signed }
        }
    }
}
