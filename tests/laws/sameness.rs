//! What must not change: the same plan gives the same run on any thread, and a change somewhere leaves the rest alone.
//!
//! One law that is often claimed is *not* here: that a longer queue never rejects more. With random service it is false
//! request by request (the longer queue may admit one huge request that the shorter one refused, and then refuse many
//! small ones). With equal service times it holds on every path, and that is what is tried.

use std::collections::BTreeMap;

use proptest::prelude::Strategy;
use windtunnel::kernel::random::Distribution;
use windtunnel::kernel::scaling::aas::PolicyKind;
use windtunnel::kernel::simulation::{NoObserver, Plan, simulate};
use windtunnel::kernel::traffic::{RateCurve, TrafficPlan};
use windtunnel::kernel::units::SimDuration;
use windtunnel::record::{LatencySummary, RunRecord, ServiceRecord, record};

use super::{PLANS, in_every_plan, runner, some_plans};
use crate::witness::{Seen, witness};
use crate::workloads::{self, secs};

fn recorded(plan: &Plan) -> RunRecord {
    record(plan, 1, 0).expect("the plan feeds nothing back at one instant")
}

/// Every field, to the last bit.
pub(super) fn assert_same(a: &ServiceRecord, b: &ServiceRecord) {
    let times = |t: &LatencySummary| (t.sum, t.max, t.histogram.clone());
    assert_eq!((&a.name, a.requests, a.warmup_requests), (&b.name, b.requests, b.warmup_requests));
    assert_eq!(times(&a.response_time), times(&b.response_time));
    assert_eq!(times(&a.waiting_time), times(&b.waiting_time));
    assert_eq!((a.tasks, a.scaling), (b.tasks, b.scaling));
    assert_eq!((a.cpu_utilization, a.memory_utilization), (b.cpu_utilization, b.memory_utilization));
    assert_eq!(a.timeline, b.timeline);
    assert_eq!(a.decisions, b.decisions);
    assert_eq!(a.invoice, b.invoice);
}

pub(super) fn assert_same_run(a: &RunRecord, b: &RunRecord) {
    assert_eq!((a.fingerprint, a.control_events), (b.fingerprint, b.control_events));
    a.services.iter().zip(&b.services).for_each(|(a, b)| assert_same(a, b));
}

#[test]
fn the_same_plan_twice_is_the_same_run() {
    in_every_plan(31, |plan| assert_same_run(&recorded(plan), &recorded(plan)));
}

#[test]
fn a_plan_gives_the_same_run_on_one_thread_and_on_four() {
    let plans = some_plans(8, 32);
    let alone: Vec<RunRecord> = plans.iter().map(recorded).collect();
    let together: Vec<RunRecord> = std::thread::scope(|scope| {
        let lanes: Vec<_> = (0..4)
            .map(|lane| {
                let plans = &plans;
                scope.spawn(move || plans.iter().skip(lane).step_by(4).map(recorded).collect::<Vec<_>>())
            })
            .collect();
        let mut lanes: Vec<_> =
            lanes.into_iter().map(|lane| lane.join().expect("no run panics").into_iter()).collect();
        (0..plans.len()).map(|index| lanes[index % 4].next().expect("one a plan")).collect()
    });
    assert_eq!(alone.len(), together.len());
    alone.iter().zip(&together).for_each(|(a, b)| assert_same_run(a, b));
}

/// CPU and wait demands by arrival, of requests that got a place; arrivals that share an instant are left out.
fn demands(seen: &Seen) -> BTreeMap<u64, Option<(u64, u64)>> {
    let mut demands = BTreeMap::new();
    let mut shared = Vec::new();
    for request in &seen.requests {
        let demand = request.passage.map(|p| (p.cpu_end - p.cpu_start, p.end - p.cpu_end));
        if demands.insert(request.arrival, demand).is_some() {
            shared.push(request.arrival);
        }
    }
    demands.retain(|arrival, _| !shared.contains(arrival));
    demands
}

#[test]
fn another_policy_changes_no_arrival_and_no_demand() {
    in_every_plan(33, |plan| {
        let mut other = plan.clone();
        for service in &mut other.services {
            service.scaling.max_capacity += 3;
            for policy in &mut service.scaling.policies {
                if let PolicyKind::TargetTracking(tracking) = &mut policy.kind {
                    tracking.target_value *= 0.5;
                }
            }
        }
        let (ours, _) = witness(plan, 1, 0);
        let (theirs, _) = witness(&other, 1, 0);
        for (ours, theirs) in ours.services.iter().zip(&theirs.services) {
            let arrivals = |seen: &Seen| seen.requests.iter().map(|r| r.arrival).collect::<Vec<u64>>();
            assert_eq!(arrivals(ours), arrivals(theirs));
            let (ours, theirs) = (demands(ours), demands(theirs));
            for ((arrival, ours), theirs) in ours.iter().zip(theirs.values()) {
                if let (Some(ours), Some(theirs)) = (ours, theirs) {
                    assert_eq!(ours, theirs, "request that arrives at {arrival} ns");
                }
            }
        }
    });
}

#[test]
fn services_of_one_plan_leave_each_other_alone_in_any_order() {
    in_every_plan(34, |plan| {
        let together = recorded(plan);
        let mut reversed = plan.clone();
        reversed.services.reverse();
        let reversed = recorded(&reversed);
        let mut cost = windtunnel::kernel::units::Usd::ZERO;
        for (index, service) in plan.services.iter().enumerate() {
            let alone = recorded(&Plan { services: vec![service.clone()], ..plan.clone() });
            assert_same(&together.services[index], &alone.services[0]);
            let mirrored = plan.services.len() - 1 - index;
            assert_same(&together.services[index], &reversed.services[mirrored]);
            cost += alone.services[0].invoice.total();
        }
        assert_eq!(cost, together.services.iter().map(|service| service.invoice.total()).sum());
    });
}

#[test]
fn an_unused_service_beside_changes_no_number_of_the_first() {
    in_every_plan(35, |plan| {
        let mut idle = workloads::service(1.0, plan.horizon, 1);
        idle.name = "idle".into();
        idle.traffic = TrafficPlan::Poisson(RateCurve::default());
        let mut more = plan.clone();
        more.services.push(idle);
        let (before, after) = (recorded(plan), recorded(&more));
        before.services.iter().zip(&after.services).for_each(|(a, b)| assert_same(a, b));
        assert_eq!(after.services.last().map(|idle| idle.requests.offered), Some(0));
    });
}

#[test]
fn with_equal_service_times_a_longer_queue_never_rejects_more() {
    let random = (1.0..60.0_f64, 1..20_u32, 0..10_u32, 1..10_u32, 1..800_u64, 1..4_u32, 0..u64::MAX);
    let random = random.prop_map(|(rate, places, queue, more, millis, tasks, seed)| {
        let mut service = workloads::service(rate, secs(120), tasks);
        service.task.concurrency = Some(places);
        service.task.queue = Some(queue);
        service.request.wait_time = Distribution::constant(SimDuration::from_millis(millis));
        (workloads::plan(service, secs(120)), queue + more, seed)
    });
    let result = runner(PLANS, 36).run(&random, |(mut plan, longer, seed)| {
        let rejected =
            |plan: &Plan| record(plan, seed, 0).expect("a queue runs").services[0].requests.rejected;
        let short = rejected(&plan);
        plan.services[0].task.queue = Some(longer);
        let long = rejected(&plan);
        assert!(long <= short, "{long} instead of {short}");
        Ok(())
    });
    assert!(result.is_ok(), "{result:?}");
}

/// Fingerprints of three plans. They are the same in debug and release and on every platform; a change of the model or
/// of its random numbers changes them, and is then a change of results that the change log must name.
#[test]
fn three_pinned_plans_keep_their_fingerprints() {
    let mut gated = workloads::w2(60);
    gated.services[0].task.queue = Some(2);
    gated.services[0].desired_count = 36;
    gated.services[0].scaling.min_capacity = 36;
    gated.services[0].request.timeout =
        Some(Distribution::exponential(SimDuration::from_millis(300)).expect("a mean above zero"));
    let policy = workloads::w3(3, 0.3);
    let scaling = recorded(&policy).services[0].scaling;
    assert!(scaling.scale_in > 0 && scaling.scale_out > 0, "the pinned policy acts both ways: {scaling:?}");
    let plans = [workloads::w2(120), policy, gated];
    let found = plans.map(|plan| simulate(&plan, 1, 0, &mut NoObserver).expect("the plan runs").fingerprint);
    let pinned = [0x8643_957d_9dbe_31b1, 0x6f76_75e8_00cf_849a, 0xea0e_95e5_8a5b_998c];
    assert_eq!(found, pinned, "{found:#018x?}");
}
