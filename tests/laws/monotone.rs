//! What more of something can never make worse, under common random numbers, and what simply adds up.

use proptest::prelude::*;
use windtunnel::kernel::platform::LaunchLimits;
use windtunnel::kernel::random::Distribution;
use windtunnel::kernel::scaling::aas::{
    Adjustment, AdjustmentType, PolicyKind, PolicyPlan, StepAggregation, StepPlan,
};
use windtunnel::kernel::simulation::Plan;
use windtunnel::kernel::telemetry::{AlarmPlan, AlarmQuery, Comparison, Metric, TreatMissingData};
use windtunnel::kernel::traffic::{RateCurve, Segment, TrafficPlan};
use windtunnel::kernel::units::SimDuration;
use windtunnel::record::{ServiceRecord, record};

use super::{runner, some_plans};
use crate::workloads::{self, always, secs};

/// Plans a law is tried on.
const PLANS: u32 = 150;

fn minute(minute: u64) -> u64 {
    minute * 60_000_000_000
}

/// A service of one-place tasks that tracks its CPU, under a rate that changes in straight lines: (until minute, from, to).
fn scaled(pieces: &[(u64, f64, f64)], millis: u64, count: u32, target: f64) -> Plan {
    let horizon = secs(60 * pieces[pieces.len() - 1].0);
    let mut service = workloads::service(1.0, horizon, count);
    let segments: Vec<Segment> = pieces
        .iter()
        .map(|(end, from, to)| Segment { end: minute(*end), rate_start: *from, rate_end: *to })
        .collect();
    service.traffic = TrafficPlan::Poisson(RateCurve::new(&segments).expect("rates of a law"));
    service.task.cpu_units = 1024;
    service.task.memory_mib = 2048;
    service.task.concurrency = Some(1);
    service.task.queue = Some(20);
    service.request.cpu_time = always(SimDuration::from_millis(millis));
    let mut policy = workloads::tracking();
    if let PolicyKind::TargetTracking(tracking) = &mut policy.kind {
        tracking.target_value = target;
    }
    service.scaling.policies = vec![policy];
    service.scaling.max_capacity = 200;
    workloads::plan(service, horizon)
}

fn only(plan: &Plan, seed: u64) -> ServiceRecord {
    record(plan, seed, 0).expect("the plan runs").services.remove(0)
}

#[test]
fn raising_max_capacity_never_lowers_what_is_served_of_a_step_load() {
    let random = (1..4_u32, 1..30_u32, 1..30_u32, 2.0..12.0_f64, 10..90_u64, 30.0..80.0_f64, any::<u64>());
    let result = runner(PLANS, 51).run(&random, |(count, most, more, factor, millis, target, seed)| {
        let low = 0.4 * f64::from(count) * 1e3 / millis as f64;
        // A step up for half an hour, and ten minutes without arrivals in which all that is accepted is answered.
        let pieces = [(10, low, low), (40, factor * low, factor * low), (50, 0.0, 0.0)];
        let mut plan = scaled(&pieces, millis, count, target);
        let mut served = |max: u32| {
            plan.services[0].scaling.max_capacity = count + max;
            let record = only(&plan, seed);
            prop_assert_eq!(record.requests.in_flight, 0);
            Ok(record.requests.served)
        };
        let (few, many) = (served(most)?, served(most + more)?);
        prop_assert!(many >= few, "{many} with more tasks, {few} with fewer");
        Ok(())
    });
    assert!(result.is_ok(), "{}", result.map_or_else(|error| error.to_string(), |()| String::new()));
}

/// Target tracking is left out on purpose: within a cooldown it still answers a larger proposal with the difference
/// (`docs/aws/scaling-activities.md#cooldowns`), so a longer cooldown can split the same growth into more and smaller
/// scale-outs. A policy that always adds the same has nothing larger to propose.
#[test]
fn a_longer_cooldown_never_raises_the_number_of_scale_outs_of_a_fixed_step_on_a_ramp() {
    let random = (1..5_u32, 1..6_i32, 0..600_u64, 1..900_u64, 20..80_u64, 35.0..75.0_f64, any::<u64>());
    let result =
        runner(PLANS, 52).run(&random, |(count, step, cooldown, longer, millis, threshold, seed)| {
            let low = 0.3 * f64::from(count) * 1e3 / millis as f64;
            let pieces = [(10, low, low), (100, low, 12.0 * low), (110, 12.0 * low, 12.0 * low)];
            let mut plan = scaled(&pieces, millis, count, threshold);
            let mut outs = |cooldown: u64| {
                plan.services[0].scaling.policies = vec![fixed_step(threshold, step, cooldown)];
                only(&plan, seed).scaling.scale_out
            };
            let (short, long) = (outs(cooldown), outs(cooldown + longer));
            prop_assert!(
                long <= short,
                "{long} scale-outs with a cooldown {longer} s longer, {short} before"
            );
            Ok(())
        });
    assert!(result.is_ok(), "{}", result.map_or_else(|error| error.to_string(), |()| String::new()));
    // The law is about something: a plan like these scales out many times.
    let mut plan = scaled(&[(100, 20.0, 400.0)], 50, 2, 60.0);
    plan.services[0].scaling.policies = vec![fixed_step(60.0, 1, 60)];
    let many = only(&plan, 1).scaling.scale_out;
    assert!(many > 10, "{many}");
}

/// Adds `step` tasks when CPU is above `threshold` for three minutes.
fn fixed_step(threshold: f64, step: i32, cooldown: u64) -> PolicyPlan {
    PolicyPlan {
        name: "fixed".into(),
        kind: PolicyKind::Step(StepPlan {
            alarm: AlarmPlan {
                name: "high".into(),
                metric: Metric::CpuUtilization,
                query: AlarmQuery::of(Metric::CpuUtilization),
                evaluation_periods: 3,
                datapoints_to_alarm: 3,
                comparison: Comparison::GreaterThanThreshold,
                threshold,
                treat_missing_data: TreatMissingData::Missing,
            },
            adjustment_type: AdjustmentType::ChangeInCapacity,
            min_adjustment_magnitude: 0,
            metric_aggregation_type: StepAggregation::Average,
            cooldown: secs(cooldown),
            steps: vec![Adjustment { lower: Some(0.0), upper: None, adjustment: step }],
        }),
    }
}

#[test]
fn the_bill_of_several_services_is_the_sum_of_their_bills_alone() {
    let mut several = 0;
    for mut plan in some_plans(200, 53) {
        // What the account's launch bucket makes one wait for is another's doing: take it out of the way.
        plan.launch_limits = LaunchLimits {
            burst: 1_000_000,
            refill_per_s: 1e6,
            efficiency: 1.0,
            per_service_per_minute: 1_000_000,
        };
        let total = |plan: &Plan| -> i128 {
            let services = record(plan, 7, 0).expect("the plan runs").services;
            services.iter().map(|service| service.invoice.total().0).sum()
        };
        let alone: i128 = plan
            .services
            .iter()
            .map(|service| total(&Plan { services: vec![service.clone()], ..plan.clone() }))
            .sum();
        assert_eq!(total(&plan), alone);
        several += usize::from(plan.services.len() > 1);
    }
    assert!(several > 40, "{several} plans have several services");
}

#[test]
fn a_slower_dependency_never_makes_a_request_faster() {
    use windtunnel::kernel::platform::{FaultKind, FaultPlan};
    use windtunnel::kernel::units::SimTime;
    let random = (1.0..40.0_f64, 1..10_u32, 10..200_u64, 1.0..8.0_f64, 1.0..4.0_f64, any::<u64>());
    let result = runner(PLANS, 54).run(&random, |(rate, places, millis, factor, more, seed)| {
        let mut service = workloads::service(rate, secs(300), 2);
        service.task.concurrency = Some(places);
        service.request.wait_time = Distribution::constant(SimDuration::from_millis(millis));
        let mut plan = workloads::plan(service, secs(300));
        let mut sum = |factor: f64| {
            plan.services[0].faults = vec![FaultPlan {
                at: SimTime(minute(1)),
                duration: secs(60),
                kind: FaultKind::SlowDependency(factor),
            }];
            // Little's law: what is in the system over time is what all requests take together, finished or not.
            let record = only(&plan, seed);
            record.timeline.iter().map(|row| row.in_flight * row.length.as_secs_f64()).sum::<f64>()
        };
        let (less, much) = (sum(factor), sum(factor * more));
        prop_assert!(much >= less - 1e-6, "{much} instead of {less}");
        Ok(())
    });
    assert!(result.is_ok(), "{}", result.map_or_else(|error| error.to_string(), |()| String::new()));
}
