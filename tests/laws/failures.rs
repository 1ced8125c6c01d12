//! Tasks that fail, in random plans: nothing is lost from the books, the scheduler makes good what is missing, and
//! equal plans fail alike.

use windtunnel::kernel::platform::{ContainerCheckPlan, Extent, FaultKind, FaultPlan};
use windtunnel::kernel::random::{Distribution, Rng};
use windtunnel::kernel::simulation::Plan;
use windtunnel::kernel::units::{Bytes, SimDuration, SimTime};
use windtunnel::record::{DecisionKind, RunRecord, record};

use super::some_plans;
use crate::workloads::secs;

fn pick(rng: &mut Rng, count: u64) -> u64 {
    rng.below(count)
}

/// One of the kinds of faults.
fn kind(rng: &mut Rng) -> FaultKind {
    let share = [0.1, 0.5, 1.0][usize::try_from(pick(rng, 3)).expect("small")];
    let zone = u32::try_from(pick(rng, 2)).expect("small");
    let extent = if pick(rng, 2) == 0 { Extent::Share(share) } else { Extent::Zone(zone) };
    match pick(rng, 6) {
        0 => FaultKind::Crash(extent),
        1 => FaultKind::Hang(extent),
        2 => FaultKind::CrashLoop(SimDuration::from_secs(pick(rng, 20))),
        3 => FaultKind::SlowDependency([0.5, 3.0, 20.0][usize::try_from(pick(rng, 3)).expect("small")]),
        4 => FaultKind::LaunchFailure(share),
        _ => FaultKind::ZoneOutage(zone),
    }
}

/// The same plan with faults, crashes, leaks and checks.
fn failing(mut plan: Plan, seed: u64) -> Plan {
    let mut rng = Rng::from_key(seed);
    let horizon = plan.horizon.0;
    for service in &mut plan.services {
        let mut faults: Vec<FaultPlan> = (0..pick(&mut rng, 5))
            .map(|_| FaultPlan {
                at: SimTime(rng.below(horizon)),
                duration: SimDuration(1 + rng.below(horizon)),
                kind: kind(&mut rng),
            })
            .collect();
        faults.sort_by_key(|fault| fault.at);
        service.faults = faults;
        let health = &mut service.task_health;
        if pick(&mut rng, 3) == 0 {
            let mean = secs(30 + rng.below(600));
            health.time_to_crash = Some(Distribution::exponential(mean).expect("a mean above zero"));
        }
        if pick(&mut rng, 3) == 0 {
            health.launch_failure = 0.3;
        }
        if pick(&mut rng, 3) == 0 {
            let size = u64::from(service.task.memory_mib) * Bytes::MIB;
            service.task.kills_out_of_memory = true;
            service.task.base_memory = Bytes(size / 2);
            service.task.memory_per_request = Bytes(size / (4 + rng.below(40)));
            service.task.memory_growth = Bytes(rng.below(20 * size));
        }
        if pick(&mut rng, 2) == 0 {
            health.container_check = Some(ContainerCheckPlan {
                interval: secs(5 + rng.below(20)),
                timeout: secs(2 + rng.below(5)),
                retries: 1 + u32::try_from(rng.below(3)).expect("small"),
                start_period: secs(rng.below(30)),
            });
        }
    }
    plan
}

pub(super) fn plans(count: usize, seed: u64) -> impl Iterator<Item = Plan> {
    some_plans(count, seed).into_iter().zip(0..).map(move |(plan, index)| failing(plan, seed * 1_000 + index))
}

fn run(plan: &Plan) -> RunRecord {
    record(plan, 3, 0).expect("a failing plan runs")
}

#[test]
fn every_request_has_one_outcome_whatever_fails() {
    let (mut failed, mut failures) = (0, [0_u64; 7]);
    for plan in plans(400, 61) {
        for service in run(&plan).services {
            let c = service.requests;
            assert_eq!(c.offered, c.served + c.rejected + c.timed_out + c.failed + c.in_flight);
            let by_minute = |count: fn(&windtunnel::record::MinuteRecord) -> u64| {
                service.timeline.iter().map(count).sum::<u64>()
            };
            if service.warmup_requests == 0 {
                assert_eq!(by_minute(|row| row.served), c.served);
                assert_eq!(by_minute(|row| row.failed), c.failed);
                assert_eq!(by_minute(|row| row.offered), c.offered);
            }
            failed += c.failed;
            for row in service.decisions.iter().filter(|row| row.kind == DecisionKind::Task) {
                let names = [
                    "crashed",
                    "out_of_memory",
                    "unhealthy_target",
                    "never_healthy",
                    "unhealthy_container",
                    "launch_failed",
                    "zone_lost",
                ];
                let index = names.iter().position(|name| *name == row.outcome).expect("a known failure");
                failures[index] += 1;
            }
        }
    }
    assert!(failed > 2_000 && failures.iter().all(|count| *count > 20), "{failed} failed, {failures:?}");
}

#[test]
fn the_scheduler_has_asked_for_what_is_desired_and_for_no_more() {
    for plan in plans(200, 62) {
        for (service, record) in plan.services.iter().zip(run(&plan).services) {
            for row in &record.timeline {
                assert!(row.desired <= service.scaling.max_capacity.max(service.desired_count));
                // What is pending or running covers what is desired, unless the row ends at the instant of a change.
                assert!(row.pending + row.running >= row.desired, "{row:?}");
            }
        }
    }
}

#[test]
fn equal_plans_fail_alike_and_failing_changes_no_arrival() {
    for (plain, plan) in some_plans(80, 63).into_iter().zip(plans(80, 63)) {
        let (once, again, sound) = (run(&plan), run(&plan), run(&plain));
        assert_eq!(once.fingerprint, again.fingerprint);
        for (one, other) in once.services.iter().zip(&sound.services) {
            let offered =
                |record: &windtunnel::record::ServiceRecord| record.requests.offered + record.warmup_requests;
            assert_eq!(offered(one), offered(other));
        }
    }
}
