//! The same random plans as flows: requests and dollars add up there too, and the same plan gives the same bytes.

use windtunnel::kernel::platform::CheckService;
use windtunnel::kernel::random::Distribution;
use windtunnel::kernel::scaling::aas::PolicyPlan;
use windtunnel::kernel::simulation::{Fidelity, Plan, ServicePlan};
use windtunnel::kernel::traffic::TrafficPlan;
use windtunnel::kernel::units::SimDuration;
use windtunnel::record::{Limits, RunRecord, record, totals};

use super::{in_every_plan, some_plans};

/// The plan as flows, without what they cannot carry: policies that read response times, and clients that differ in patience.
pub(super) fn flowing(plan: &Plan) -> Plan {
    let mut plan = Plan { fidelity: Fidelity::Fluid, ..plan.clone() };
    for service in &mut plan.services {
        let policies = std::mem::take(&mut service.scaling.policies);
        let can_flow = |service: &mut ServicePlan, policy: &PolicyPlan| {
            service.scaling.policies = vec![policy.clone()];
            service.flow_blockers().all(|blocker| blocker.table != "scaling")
        };
        let kept = policies.into_iter().filter(|policy| can_flow(service, policy)).collect();
        service.scaling.policies = kept;
        if let Some(timeout) = &mut service.request.timeout {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a mean of seconds")]
            let mean = SimDuration(timeout.mean_nanos() as u64);
            *timeout = Distribution::constant(mean);
        }
        let blockers: Vec<&str> = service.flow_blockers().map(|blocker| blocker.key).collect();
        assert!(blockers.is_empty(), "a random plan that cannot flow: {blockers:?}");
    }
    plan
}

fn flows(plan: &Plan) -> (Plan, RunRecord) {
    let plan = flowing(plan);
    let record = record(&plan, 1, 0).unwrap();
    (plan, record)
}

#[test]
fn every_request_of_a_flow_has_one_outcome_and_the_minutes_add_up() {
    in_every_plan(41, |plan| {
        let (plan, record) = flows(plan);
        for (service, described) in record.services.iter().zip(&plan.services) {
            let c = &service.requests;
            assert_eq!(c.offered, c.served + c.rejected + c.timed_out + c.failed + c.in_flight);
            // What arrives is the integral of the rate, as a whole number; where counts are given, they are kept.
            let all = service.warmup_requests + c.offered;
            let expected = match &described.traffic {
                TrafficPlan::ExactCounts(intervals) => {
                    let share = |start: u64, end: u64, count: u64| {
                        count as f64 * end.min(plan.horizon.0).saturating_sub(start) as f64
                            / (end - start) as f64
                    };
                    intervals.iter().map(|i| share(i.start, i.end, i.count)).sum()
                }
                curve => curve.expected_requests(plan.horizon),
            };
            assert!((all as f64 - expected).abs() <= 0.5 + 1e-6 * expected, "{all} instead of {expected}");
            assert_eq!(service.timeline.iter().map(|row| row.offered).sum::<u64>(), all);
            let seen: u64 = service
                .timeline
                .iter()
                .map(|row| row.served + row.rejected + row.timed_out + row.failed)
                .sum();
            assert!(seen <= all);
            if plan.warmup.0 == 0 {
                assert_eq!(all - seen, c.in_flight);
            }
            assert_eq!(service.response_time.histogram.total(), c.served);
            assert!(service.cpu_utilization.is_none_or(|share| (0.0..=1.0 + 1e-9).contains(&share)));
            let total = service.invoice.lines.iter().map(|line| line.amount).sum();
            assert_eq!(service.invoice.total(), total);
        }
    });
}

#[test]
fn a_flow_does_no_more_cpu_work_than_its_tasks_can_and_all_of_what_it_starts() {
    in_every_plan(42, |plan| {
        let (plan, record) = flows(plan);
        for (service, described) in record.services.iter().zip(&plan.services) {
            for row in &service.timeline {
                assert!(row.cpu_utilization.is_none_or(|share| share <= 1.0 + 1e-9), "{row:?}");
                assert!(row.queue_length >= 0.0 && row.in_flight >= row.queue_length - 1e-9, "{row:?}");
            }
            let c = &service.requests;
            if described.request.timeout.is_none() && c.rejected == 0 {
                assert_eq!(c.timed_out, 0);
            }
        }
    });
}

#[test]
fn flows_are_the_same_again_with_and_without_a_timeline() {
    for plan in some_plans(60, 43) {
        let (plan, first) = flows(&plan);
        let (_, again) = flows(&plan);
        let bare = totals(&plan, (1, 0), Limits::default()).unwrap();
        assert_eq!((first.fingerprint, first.fingerprint), (again.fingerprint, bare.fingerprint));
        for (one, other) in first.services.iter().zip(&bare.services) {
            assert_eq!(one.requests, other.requests);
            assert_eq!(one.response_time.histogram, other.response_time.histogram);
            assert_eq!(one.waiting_time.histogram, other.waiting_time.histogram);
            assert_eq!(one.invoice, other.invoice);
        }
    }
}

#[test]
fn replications_of_flows_differ_by_starts_and_alarms_only() {
    for plan in some_plans(60, 44) {
        let mut plan = flowing(&plan);
        for service in &mut plan.services {
            // Without policies nothing starts or stops after second 0, so nothing random is left.
            service.scaling.policies.clear();
            if let Some(group) = &mut service.target_group {
                group.health_check.served = CheckService::Apart;
            }
            service.desired_count =
                service.desired_count.clamp(service.scaling.min_capacity, service.scaling.max_capacity);
        }
        let counts = |seed, replication| -> Vec<_> {
            record(&plan, seed, replication)
                .unwrap()
                .services
                .iter()
                .map(|service| service.requests)
                .collect()
        };
        assert_eq!(counts(1, 0), counts(2, 7));
    }
}
