//! The books of tasks: stages in order, counts that follow from moves, desired counts within bounds, kills that are
//! complete, and a bill that can be worked out from the moves alone.

use std::collections::BTreeMap;

use windtunnel::kernel::billing::BillableItem;
use windtunnel::kernel::facts::{ReplicaStage, TaskMoved};
use windtunnel::kernel::platform::TaskCounts;
use windtunnel::kernel::platform::TaskStage;
use windtunnel::kernel::units::{TaskId, Usd};

use super::{in_every_plan, run, services};
use crate::witness::Seen;

/// Where each task is after `moves`.
fn stages(moves: &[TaskMoved]) -> BTreeMap<TaskId, ReplicaStage> {
    moves.iter().map(|moved| (moved.task, moved.to)).collect()
}

/// The span in which each task was in a stage that `belongs` accepts; those stages follow each other.
fn spans(seen: &Seen, belongs: fn(ReplicaStage) -> bool, horizon: u64) -> Vec<(u64, u64)> {
    let mut spans: BTreeMap<TaskId, (u64, u64)> = BTreeMap::new();
    for moved in &seen.moves {
        if belongs(moved.to) {
            spans.entry(moved.task).or_insert((moved.at.0, horizon));
        } else if let Some((_, until)) = spans.get_mut(&moved.task) {
            *until = (*until).min(moved.at.0);
        }
    }
    spans.into_values().collect()
}

fn length(spans: &[(u64, u64)]) -> u128 {
    spans.iter().map(|(from, until)| u128::from(until - from)).sum()
}

#[test]
fn a_task_goes_through_its_stages_in_order_and_never_back() {
    in_every_plan(21, |plan| {
        let run = run(plan);
        for (seen, _) in services(&run) {
            let mut stages = BTreeMap::new();
            assert!(seen.moves.is_sorted_by_key(|moved| moved.at));
            for moved in &seen.moves {
                assert_eq!(stages.insert(moved.task, moved.to), moved.from, "{moved:?}");
                // A target whose checks pass again, or for the first time, comes back into service.
                let recovers = moved.from.is_some_and(ReplicaStage::is_unhealthy) && moved.to.is_in_service();
                assert!(recovers || moved.from.is_none_or(|from| from < moved.to), "{moved:?}");
            }
        }
    });
}

#[test]
fn counts_follow_from_the_moves_and_the_desired_count_stays_within_its_bounds() {
    in_every_plan(22, |plan| {
        let run = run(plan);
        for ((seen, record), service) in services(&run).zip(&plan.services) {
            for (period, moves) in seen.periods.iter().zip(&seen.moves_by_period) {
                let stages = stages(&seen.moves[..*moves]);
                let count = |belongs: fn(ReplicaStage) -> bool| {
                    u32::try_from(stages.values().filter(|stage| belongs(**stage)).count())
                        .expect("a few tasks")
                };
                let counts = TaskCounts {
                    pending: count(ReplicaStage::is_pending),
                    running: count(ReplicaStage::is_running),
                    registered: count(ReplicaStage::is_running),
                    in_service: count(ReplicaStage::is_in_service),
                    draining: count(ReplicaStage::is_draining),
                };
                assert_eq!(counts, period.counts);
                assert!(
                    (service.scaling.min_capacity..=service.scaling.max_capacity).contains(&period.desired)
                );
                assert!(
                    counts.pending + counts.running >= period.desired,
                    "what is desired is at least asked for"
                );
            }
            let running = spans(seen, ReplicaStage::is_running, plan.horizon.0);
            assert_eq!(length(&running), record.tasks.running_time);
            let after = |decision: &windtunnel::record::DecisionRecord| decision.desired_after;
            let bounds = service.scaling.min_capacity..=service.scaling.max_capacity;
            assert!(
                record
                    .decisions
                    .iter()
                    .filter(|d| d.at.0 > 0)
                    .all(|decision| bounds.contains(&after(decision)))
            );
        }
    });
}

#[test]
fn a_killed_tasks_requests_fail_exactly_once_at_the_instant_of_the_kill() {
    in_every_plan(23, |plan| {
        let run = run(plan);
        for (seen, _) in services(&run) {
            assert_eq!(
                seen.unmatched_losses, 0,
                "a loss takes back one promise, of a request that is still there"
            );
            let ends = [TaskStage::Stopping, TaskStage::Deprovisioning].map(TaskStage::stated);
            let kills: Vec<u64> =
                seen.moves.iter().filter(|moved| ends.contains(&moved.to)).map(|moved| moved.at.0).collect();
            assert!(seen.losses.iter().all(|loss| kills.binary_search(&loss.at).is_ok()));
        }
    });
}

#[test]
fn no_request_outlives_the_last_container() {
    in_every_plan(24, |plan| {
        let run = run(plan);
        for (seen, _) in services(&run) {
            let mut containers = 0_i64;
            let mut empty = Vec::new();
            for moved in &seen.moves {
                let before = moved.from.is_some_and(ReplicaStage::has_container);
                containers += i64::from(moved.to.has_container()) - i64::from(before);
                if before && containers == 0 {
                    empty.push(moved.at.0);
                }
            }
            for request in &seen.requests {
                let (from, until) = request.held();
                let next = empty.partition_point(|at| *at <= from);
                assert!(
                    empty.get(next).is_none_or(|at| until <= *at),
                    "{request:?} outlives {:?}",
                    empty.get(next)
                );
            }
        }
    });
}

#[test]
fn the_bill_follows_from_the_moves_and_is_the_sum_of_its_lines() {
    in_every_plan(25, |plan| {
        let run = run(plan);
        for (index, (seen, record)) in services(&run).enumerate() {
            let service = &plan.services[index];
            let billed = spans(seen, ReplicaStage::is_billed, plan.horizon.0);
            let second = 1_000_000_000_u64;
            let seconds: u64 =
                billed.iter().map(|(from, until)| (until - from).div_ceil(second).max(60)).sum();
            assert_eq!(record.tasks.billable_time, length(&billed));
            assert!(u128::from(seconds) * u128::from(second) >= record.tasks.running_time);
            let invoice = &record.invoice;
            assert_eq!(invoice, &run.outcome.services[index].invoice);
            assert_eq!(invoice.total(), invoice.lines.iter().map(|line| line.amount).sum());
            let vcpu = i128::from(seconds) * i128::from(service.task.cpu_units);
            assert_eq!(run.outcome.services[index].reading.quantity(BillableItem::FargateVcpu), vcpu);
            let price = service.tariff.prices[BillableItem::FargateVcpu].unwrap();
            let cost = Usd::from_ratio(price.0 * vcpu, 1_024 * 3_600);
            assert_eq!(invoice.lines[0].exact, cost);
            for line in &invoice.lines {
                let exact = Usd::from_ratio(line.rate.0 * line.quantity_numerator, line.quantity_denominator);
                assert_eq!(line.exact, exact);
                assert!(
                    (line.amount.0 - exact.0).abs() <= 5_000_000_000,
                    "a line is rounded by half a cent at most"
                );
            }
        }
    });
}
