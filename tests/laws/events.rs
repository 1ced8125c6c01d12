//! Laws of the event path: it says the same as the fast path of every plan that both can run, scaling, draining and kills
//! included; and with all that only it can do, every attempt is accounted for and a lost request is counted once.

use std::collections::BTreeMap;

use windtunnel::kernel::facts::Outcome;
use windtunnel::kernel::simulation::{Fidelity, Plan};
use windtunnel::record::{RequestCounts, ServiceRecord, record};

use super::extras::with_extras;
use super::{PLANS, run, runner, services};
use crate::witness::Seen;

/// Tries `law` on random plans with everything that only the event path knows.
fn in_every_crowded_plan(seed: u64, law: impl Fn(&Plan)) {
    let result = runner(PLANS, seed).run(&with_extras(), |sketch| {
        law(&sketch.plan());
        Ok(())
    });
    assert!(result.is_ok(), "{}", result.map_or_else(|error| error.to_string(), |()| String::new()));
}

fn assert_same(events: &ServiceRecord, fast: &ServiceRecord) {
    assert_eq!(events.requests, fast.requests);
    assert_eq!(events.warmup_requests, fast.warmup_requests);
    assert_eq!(events.response_time.sum, fast.response_time.sum);
    assert_eq!(events.waiting_time.sum, fast.waiting_time.sum);
    assert_eq!(events.response_time.count(), fast.response_time.count());
    assert_eq!(events.tasks, fast.tasks);
    assert_eq!(events.cpu_utilization, fast.cpu_utilization);
    assert_eq!(events.memory_utilization, fast.memory_utilization);
    assert_eq!(events.scaling, fast.scaling);
    assert_eq!(events.in_service, fast.in_service);
    assert_eq!(events.decisions, fast.decisions);
    assert_eq!(events.invoice, fast.invoice);
    assert_eq!(events.timeline.len(), fast.timeline.len());
    for (event, fast) in events.timeline.iter().zip(&fast.timeline) {
        let counts = |row: &windtunnel::record::MinuteRecord| {
            (row.offered, row.served, row.rejected, row.timed_out, row.failed)
        };
        assert_eq!(counts(event), counts(fast), "{event:?}");
        assert_eq!((event.queue_length, event.in_flight), (fast.queue_length, fast.in_flight));
        assert_eq!(event.cpu_utilization, fast.cpu_utilization);
        assert_eq!(event.response_time_mean, fast.response_time_mean);
    }
}

#[test]
fn the_event_path_has_the_same_record_as_the_fast_path() {
    super::in_every_plan(41, |plan| {
        let by_events = Plan { fidelity: Fidelity::Events, ..plan.clone() };
        let (fast, events) = (record(plan, 1, 0).unwrap(), record(&by_events, 1, 0).unwrap());
        for (events, fast) in events.services.iter().zip(&fast.services) {
            assert_same(events, fast);
        }
    });
}

/// Where tasks on their way out do not count, neither does what they use: no container uses more than it has, and the two
/// paths, which know what such a task holds in different ways, agree.
#[test]
fn containers_that_do_not_count_use_nothing_in_any_plane() {
    let mut left_out = 0;
    for mut plan in super::some_plans(300, 43) {
        plan.warmup = windtunnel::kernel::units::SimDuration::ZERO;
        let counting = record(&plan, 1, 0).unwrap();
        for service in &mut plan.services {
            service.telemetry.rules.counts_draining = false;
        }
        let of = |fidelity| record(&Plan { fidelity, ..plan.clone() }, 1, 0).unwrap();
        let (fast, events) = (of(plan.fidelity), of(Fidelity::Events));
        let flows = record(&super::flows::flowing(&plan), 1, 0).unwrap();
        for (index, service) in fast.services.iter().enumerate() {
            assert_same(&events.services[index], service);
            left_out += usize::from(service.cpu_utilization != counting.services[index].cpu_utilization);
            let rows = service.timeline.iter().chain(&flows.services[index].timeline);
            for row in rows {
                assert!(row.cpu_utilization.is_none_or(|cpu| (0.0..=1.0 + 1e-9).contains(&cpu)), "{row:?}");
                assert!(row.memory_utilization.is_none_or(|memory| memory >= 0.0), "{row:?}");
            }
        }
    }
    assert!(left_out > 50, "only {left_out} services had tasks on their way out that used something");
}

/// Outcomes of requests that arrived at or after `from` [ns], and of their attempts; in flight is what has none.
fn outcomes(seen: &Seen, from: u64) -> (RequestCounts, RequestCounts) {
    let (mut requests, mut attempts) = (RequestCounts::default(), RequestCounts::default());
    let answered = seen.answers.iter().filter(|(origin, _)| origin.first >= from).count() as u64;
    (requests.served, attempts.served) = (answered, answered);
    for end in seen.unanswered.iter().filter(|end| end.key.first >= from) {
        let books: [Option<&mut RequestCounts>; 2] =
            [Some(&mut attempts), (!end.will_retry).then_some(&mut requests)];
        for book in books.into_iter().flatten() {
            *match end.outcome {
                Outcome::Rejected(_) => &mut book.rejected,
                Outcome::TimedOutWaiting | Outcome::TimedOutInService => &mut book.timed_out,
                Outcome::Failed => &mut book.failed,
                Outcome::Served | Outcome::Wasted => unreachable!("they have an answer"),
            } += 1;
        }
    }
    (requests, attempts)
}

fn ended(counts: &RequestCounts) -> [u64; 4] {
    [counts.served, counts.rejected, counts.timed_out, counts.failed]
}

fn balances(counts: &RequestCounts) -> bool {
    counts.offered == ended(counts).iter().sum::<u64>() + counts.in_flight
}

#[test]
fn every_attempt_is_accounted_for_and_a_request_ends_once() {
    in_every_crowded_plan(42, |plan| {
        let run = run(plan);
        for (index, (seen, record)) in services(&run).enumerate() {
            if !plan.services[index].needs_events() {
                continue;
            }
            let (requests, attempts) = outcomes(seen, plan.warmup.0);
            assert_eq!(ended(&record.requests), ended(&requests));
            assert!(balances(&record.requests), "{:?}", record.requests);
            let retries = seen.retries.iter().filter(|origin| origin.first >= plan.warmup.0).count() as u64;
            if let Some(kept) = &record.attempts {
                assert_eq!(ended(&kept.counts), ended(&attempts));
                assert_eq!(kept.retries, retries);
                assert_eq!(kept.counts.offered, record.requests.offered + retries);
                assert!(balances(&kept.counts), "{:?}", kept.counts);
            }
            let by_class: u64 = record.classes.iter().map(|class| class.requests.offered).sum();
            assert!(record.classes.is_empty() || by_class == record.requests.offered);
            assert!(record.classes.iter().all(|class| balances(&class.requests)));
            // Every retry follows a failure, and every request ends at most once.
            let promised = seen.unanswered.iter().filter(|end| end.will_retry).count();
            assert!(seen.retries.len() <= promised);
            let mut ends: BTreeMap<u64, u64> = BTreeMap::new();
            let answered = seen.answers.iter().map(|(origin, _)| origin.first);
            let denied = seen.unanswered.iter().filter(|end| !end.will_retry).map(|end| end.key.first);
            answered.chain(denied).for_each(|first| *ends.entry(first).or_default() += 1);
            let total: u64 = ends.values().sum();
            assert!(total <= seen.offered);
        }
    });
}

#[test]
fn nothing_uses_more_cpu_than_is_reserved_and_nothing_is_said_before_it_happens() {
    in_every_crowded_plan(43, |plan| {
        let run = run(plan);
        for (seen, record) in services(&run) {
            let shares =
                seen.periods.iter().map(|period| period.cpu_utilization).chain([record.cpu_utilization]);
            assert!(shares.flatten().all(|share| (0.0..=1.0 + 1e-9).contains(&share)));
            assert!(
                seen.unanswered.iter().all(|end| end.at <= plan.horizon.0 && end.visit.arrival <= end.at)
            );
            assert!(seen.answers.iter().all(|(origin, p)| {
                p.end <= plan.horizon.0
                    && [origin.first, p.arrival, p.start, p.cpu_start, p.cpu_end, p.end].is_sorted()
            }));
            let kills = seen.unanswered.iter().filter(|end| end.outcome == Outcome::Failed);
            let gone: Vec<u64> = seen
                .moves
                .iter()
                .filter(|moved| moved.to > windtunnel::kernel::platform::TaskStage::Draining.stated())
                .map(|moved| moved.at.0)
                .collect();
            assert!(kills.into_iter().all(|end| gone.binary_search(&end.at).is_ok()));
        }
    });
}

#[test]
fn crowded_plans_are_the_same_run_twice_and_reach_everything() {
    let mut totals = [0_u64; 6];
    let mut runner = runner(1, 44);
    for _ in 0..200 {
        use proptest::strategy::{Strategy, ValueTree};
        let plan = with_extras().new_tree(&mut runner).expect("nothing is filtered").current().plan();
        let (first, second) = (run(&plan), run(&plan));
        assert_eq!(first.outcome.fingerprint, second.outcome.fingerprint);
        for (seen, record) in services(&first) {
            let lost = seen.unanswered.iter().filter(|end| end.outcome == Outcome::Failed).count() as u64;
            let classes = record.classes.len() as u64;
            let again = seen.retries.len() as u64;
            let memory = seen.failed.len() as u64;
            let counts = [seen.answers.len() as u64, lost, again, seen.in_vain.len() as u64, classes, memory];
            totals.iter_mut().zip(counts).for_each(|(total, count)| *total += count);
        }
    }
    assert!(totals.iter().all(|total| *total > 50), "{totals:?}");
}
