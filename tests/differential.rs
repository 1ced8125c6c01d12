//! Differential: the fast path and the event path against a naive event calendar, in lockstep, on thousands of random small
//! plans; and what only the event path knows against a naive crowd. Every start, every turn on a CPU, every end and every
//! outcome must agree to the nanosecond, request by request.
//!
//! Arrivals and demands come from the kernel's own named streams, so both engines are asked the same. Half of the laws
//! put everything on a grid of 10 ms, so that ties, on which most such engines differ, are the rule and not the
//! exception. What starts and stops tasks is left out: no plan here has policies.

mod crowd;
mod naive;

use std::collections::VecDeque;

use windtunnel::kernel::facts::{Outcome, Visit};
use windtunnel::kernel::random::{Distribution, Purpose, Rng, Streams};
use windtunnel::kernel::scaling::aas::ScheduledPlan;
use windtunnel::kernel::serving::{CpuDiscipline, Jitter, RetryPlan, Routing};
use windtunnel::kernel::simulation::{Fidelity, Plan, ServicePlan};
use windtunnel::kernel::traffic::{ArrivalStream, CountInterval, RateCurve, TrafficPlan};
use windtunnel::kernel::units::{NANOS_PER_SEC, SimDuration, SimTime};

use crate::witness::{Ending, Fate, witness};
use crate::workloads::{self, secs};
use naive::{Ask, Task};

const PLANS: u64 = 10_000;
const CROWDS: u64 = 2_000;
const BALANCED: u64 = 1_000;

/// One of `options`, each with the same probability.
#[expect(clippy::cast_possible_truncation, reason = "an index below a small number")]
fn pick<T: Clone>(rng: &mut Rng, options: &[T]) -> T {
    options[rng.below(options.len() as u64) as usize].clone()
}

/// A law with a mean of about `mean` hundredths of a second; every other one lives on the grid of 10 ms.
fn law(rng: &mut Rng, mean: u64) -> Distribution {
    let span = |hundredths: u64| SimDuration::from_millis(10 * hundredths);
    let sound = "a mean above zero";
    match rng.below(7) {
        0 => Distribution::exponential(span(mean)).expect(sound),
        1 => Distribution::lognormal_mean_cv(span(mean), 2.0).expect(sound),
        2 => Distribution::uniform(span(0), span(2 * mean)).expect("min ≤ max"),
        3 => Distribution::empirical(&[span(0), span(mean), span(3 * mean)]).expect("three samples"),
        4 => Distribution::empirical(&[span(1), span(2), span(mean)]).expect("three samples"),
        _ => Distribution::constant(span(mean)),
    }
}

fn traffic(rng: &mut Rng, horizon: SimDuration) -> TrafficPlan {
    let curve = |rate| RateCurve::constant(rate, horizon.0).expect("a positive rate");
    let rate = pick(rng, &[1.0, 4.0, 10.0, 25.0]);
    match rng.below(3) {
        0 => TrafficPlan::Poisson(curve(rate)),
        1 => TrafficPlan::EvenlySpaced(curve(rate)),
        _ => TrafficPlan::ExactCounts(vec![
            CountInterval { start: 0, end: NANOS_PER_SEC, count: rng.below(20) },
            CountInterval { start: 3 * NANOS_PER_SEC, end: 9 * NANOS_PER_SEC, count: rng.below(300) },
        ]),
    }
}

fn random_plan(rng: &mut Rng) -> Plan {
    let horizon = secs(10 + rng.below(60));
    let count = 1 + u32::try_from(rng.below(4)).expect("a small number");
    let mut service = workloads::service(1.0, horizon, count);
    service.traffic = traffic(rng, horizon);
    let mean = 1 + rng.below(40);
    if rng.below(3) > 0 {
        service.request.cpu_time = law(rng, mean);
    }
    if rng.below(3) > 0 {
        service.request.wait_time = law(rng, mean);
    }
    if rng.below(2) == 0 {
        let patience = pick(rng, &[1, 5, 20, 100]);
        service.request.timeout = Some(law(rng, patience));
    }
    service.task.cpu_units = pick(rng, &[256, 512, 1_024, 2_048, 4_096]);
    service.task.concurrency =
        pick(rng, &[None, Some(1), Some(2), Some(3), Some(4), Some(9), Some(16), Some(19)]);
    service.task.queue = pick(rng, &[None, None, Some(0), Some(1), Some(3), Some(10)]);
    // Nothing stops here, but how long a stop may take decides which passages are kept in case of a kill.
    service.stopping.stop_timeout = secs(pick(rng, &[0, 1, 30]));
    let group = service.target_group.as_mut().expect("the workload has one");
    group.deregistration_delay = secs(pick(rng, &[0, 1, 300]));
    match rng.below(3) {
        0 => service.target_group = None,
        1 => service.routing.algorithm = Routing::Random,
        _ => {}
    }
    workloads::plan(service, horizon)
}

/// Every arrival of `plan` with its demands and its task, from the kernel's own streams.
fn asks(plan: &Plan, seed: u64) -> Vec<Ask> {
    let service: &ServicePlan = &plan.services[0];
    let streams = Streams::new(seed, 0);
    let stream = |purpose| streams.stream(purpose, &service.name);
    let mut arrivals = Vec::new();
    let mut source = ArrivalStream::new(&service.traffic, stream(Purpose::ARRIVALS));
    loop {
        // A batch of an odd size: what is drawn must not depend on it.
        let batch = source.take_before(plan.horizon.0, 37);
        if batch.is_empty() {
            break;
        }
        arrivals.extend_from_slice(batch);
    }
    let draws = |law: &Distribution, purpose| {
        let mut values = vec![0; arrivals.len()];
        law.fill(&mut stream(purpose), &mut values);
        values
    };
    let wait = draws(&service.request.wait_time, Purpose::WAIT_TIME);
    let patience = service.request.timeout.as_ref().map(|law| draws(law, Purpose::PATIENCE));
    // The naive engine draws the wall time of CPU work from the law that is as much longer as the CPU is slower.
    let slower = service.request.cpu_time.scaled(1.0 / service.task.cpu_speed()).expect("a law of times");
    let cpu = draws(&slower, Purpose::CPU_TIME);
    let mut routing = stream(Purpose::ROUTING);
    let count = u64::from(service.desired_count);
    // Each node of the load balancer has a turn of its own, and a request comes to any of them.
    let nodes = u64::from(service.routing.nodes);
    let mut turns = vec![0; usize::try_from(nodes).expect("a few nodes")];
    let mut route = |_: usize| match service.routing.algorithm {
        Routing::RoundRobin => {
            let node = if nodes > 1 { routing.below(nodes) } else { 0 };
            let turn: &mut u64 = &mut turns[usize::try_from(node).expect("a few nodes")];
            *turn += 1;
            (*turn - 1) % count
        }
        _ => routing.below(count),
    };
    let rows = arrivals.iter().enumerate().map(|(index, arrival)| Ask {
        arrival: *arrival,
        task: usize::try_from(route(index)).expect("a small number"),
        cpu: cpu[index],
        wait: wait[index],
        patience: patience.as_ref().map(|patience| patience[index]),
    });
    rows.collect()
}

/// Outcomes in an order of their own: requests that arrive at one instant may be stated in any order.
fn sorted(rows: impl Iterator<Item = (u64, Fate, Option<Visit>)>) -> Vec<(u64, Fate, Option<Visit>)> {
    let mut rows: Vec<_> = rows.collect();
    rows.sort_by_key(|(arrival, fate, passage)| {
        (*arrival, passage.map(|p| (p.start, p.cpu_start, p.cpu_end, p.end)), *fate)
    });
    rows
}

/// The same plan on the event path, with the time it takes until the last request has left.
fn by_events(plan: &Plan) -> Plan {
    Plan {
        fidelity: Fidelity::Events,
        horizon: secs(plan.horizon.0 / NANOS_PER_SEC + 10_000),
        ..plan.clone()
    }
}

/// Runs all three engines; returns how many requests had each kind of fate.
fn compare(plan: &Plan, seed: u64) -> [u64; 4] {
    let asks = asks(plan, seed);
    let service = &plan.services[0];
    let size = |limit: Option<u32>| limit.map_or(usize::MAX / 2, |limit| limit as usize);
    let task = Task {
        free_places: size(service.task.concurrency),
        free_servers: service.task.cpu_servers() as usize,
        room: size(service.task.queue),
        for_place: VecDeque::new(),
        for_cpu: VecDeque::new(),
    };
    let slow = naive::run(&asks, &task, service.desired_count as usize);
    let slow = sorted(asks.iter().zip(slow).map(|(ask, (fate, passage))| (ask.arrival, fate, passage)));
    let (fast, _) = witness(plan, seed, 0);
    let fast = sorted(fast.services[0].requests.iter().map(|r| (r.arrival, r.fate, r.passage)));
    for (index, (fast, slow)) in fast.iter().zip(&slow).enumerate() {
        assert_eq!(fast, slow, "request {index} of seed {seed}: fast path, then naive engine\n{service:#?}");
    }
    assert_eq!(fast.len(), slow.len(), "seed {seed}");
    let (events, _) = witness(&by_events(plan), seed, 0);
    let events = sorted(events.services[0].requests.iter().map(|r| (r.arrival, r.fate, r.passage)));
    for (index, (fast, events)) in fast.iter().zip(&events).enumerate() {
        assert_eq!(fast, events, "request {index} of seed {seed}: fast path, then event path\n{service:#?}");
    }
    assert_eq!(fast.len(), events.len(), "seed {seed}");
    let mut fates = [0; 4];
    for (_, fate, _) in &fast {
        fates[match fate {
            Fate::Served => 0,
            Fate::GaveUpInService(_) => 1,
            Fate::GaveUpWaiting(_) => 2,
            Fate::QueueFull | Fate::NoTarget => 3,
            Fate::LostAt(_) => panic!("nothing fails here"),
        }] += 1;
    }
    fates
}

#[test]
fn the_fast_path_the_event_path_and_a_naive_event_calendar_agree_to_the_nanosecond() {
    let mut totals = [0_u64; 4];
    for seed in 0..PLANS {
        let plan = random_plan(&mut Rng::from_key(seed));
        for (total, count) in totals.iter_mut().zip(compare(&plan, seed)) {
            *total += count;
        }
    }
    // Plans that never bring about an outcome prove nothing of it.
    assert!(totals.iter().all(|total| *total > 10_000), "{totals:?}");
}

/// A plan of a few tasks with what only the event path knows.
fn crowded_plan(rng: &mut Rng) -> Plan {
    let mut plan = random_plan(rng);
    // Counts come until second 9.
    let horizon = secs(9 + rng.below(11));
    plan.horizon = horizon;
    let service = &mut plan.services[0];
    service.traffic = traffic(rng, horizon);
    if rng.below(2) == 0 {
        service.task.cpu_discipline = CpuDiscipline::ProcessorSharing;
    }
    service.target_group = workloads::service(1.0, horizon, 1).target_group;
    service.routing.algorithm = pick(
        rng,
        &[
            Routing::LeastOutstandingRequests,
            Routing::LeastOutstandingRequests,
            Routing::TwoRandomChoices,
            Routing::RoundRobin,
            Routing::WeightedRandom,
        ],
    );
    service.request.cancel_timed_out = rng.below(3) == 0;
    if rng.below(2) == 0 {
        service.request.retry = Some(RetryPlan {
            max_attempts: pick(rng, &[2, 3, 4]),
            backoff: SimDuration::from_millis(pick(rng, &[0, 10, 100, 500])),
            multiplier: pick(rng, &[1.0, 2.0]),
            max_backoff: secs(1),
            jitter: pick(rng, &[Jitter::None, Jitter::None, Jitter::Full]),
            budget: pick(rng, &[None, None, Some(0.125), Some(0.5)]),
            budget_burst: pick(rng, &[1.0, 3.0]),
        });
    }
    plan
}

#[test]
fn the_event_path_and_a_naive_crowd_agree_to_the_nanosecond() {
    let mut totals = [0_usize; 5];
    for seed in 0..CROWDS {
        let plan = crowded_plan(&mut Rng::from_key(seed ^ 0xC0DE));
        let asks = asks(&plan, seed);
        let service = &plan.services[0];
        let naive = crowd::run(service, &asks, Streams::new(seed, 0)).sorted();
        let seen = &witness(&by_events(&plan), seed, 0).0.services[0];
        let events = crowd::Said {
            answers: seen.answers.clone(),
            unanswered: seen.unanswered.clone(),
            in_vain: seen.in_vain.clone(),
        }
        .sorted();
        assert_eq!(events, naive, "event path, then naive crowd, seed {seed}\n{service:#?}");
        let timed_out =
            naive.unanswered.iter().filter(|end| !matches!(end.outcome, Outcome::Rejected(_))).count();
        let again = naive.unanswered.iter().filter(|end| end.will_retry).count();
        let refused = naive.unanswered.len() - timed_out;
        let counts = [naive.answers.len(), timed_out, refused, again, naive.in_vain.len()];
        totals.iter_mut().zip(counts).for_each(|(total, count)| *total += count);
    }
    assert!(totals.iter().all(|total| *total > 5_000), "{totals:?}");
}

/// A plan whose load balancer looks at what the tasks hold, with more tasks than fit into one word now and then, and with
/// tasks that come, go, and are killed with what they hold.
fn balanced_plan(rng: &mut Rng) -> Plan {
    let mut plan = random_plan(rng);
    let horizon = secs(60 + rng.below(120));
    let service = &mut plan.services[0];
    service.traffic = traffic(rng, horizon);
    let mut group = workloads::service(1.0, horizon, 1).target_group.expect("the workload has one");
    service.routing.algorithm = pick(rng, &[Routing::LeastOutstandingRequests, Routing::TwoRandomChoices]);
    group.deregistration_delay = secs(pick(rng, &[0, 1, 300]));
    service.target_group = Some(group);
    if service.task.concurrency.is_some_and(|places| places <= service.task.cpu_servers()) {
        // Nothing is shared then.
        service.task.cpu_discipline = CpuDiscipline::ProcessorSharing;
    }
    let count = pick(rng, &[1, 2, 3, 4, 70, 130]);
    (service.scaling.min_capacity, service.scaling.max_capacity, service.desired_count) = (count, 200, count);
    let move_to = |count: u32, at: u64| ScheduledPlan {
        name: format!("to {count}").as_str().into(),
        min_capacity: Some(count),
        max_capacity: Some(count),
        occurrences: vec![SimTime(at)],
    };
    service.scaling.schedule.actions =
        vec![move_to(count + 3, horizon.0 / 8), move_to(1, horizon.0 / 2), move_to(4, horizon.0 / 4 * 3)];
    // Time for most to leave, and for the tasks to stop.
    plan.horizon = secs(horizon.0 / NANOS_PER_SEC + 1_000);
    plan
}

/// What became of each request, and the way of those that were answered.
fn endings(plan: &Plan, seed: u64) -> Vec<(u64, Ending, Option<Visit>)> {
    let seen = &witness(plan, seed, 0).0.services[0];
    assert_eq!(seen.unmatched_losses, 0);
    let rows = seen.requests.iter().map(|request| {
        let ending = request.ending(plan.horizon.0);
        (request.arrival, ending, request.passage.filter(|_| matches!(ending, Ending::Served(_))))
    });
    // What lies beyond the horizon the event path does not state.
    let mut rows: Vec<_> = rows.filter(|(_, ending, _)| *ending != Ending::InFlight).collect();
    rows.sort_by_key(|(arrival, ending, passage)| (*arrival, *ending, passage.map(|p| (p.start, p.end))));
    rows
}

#[test]
fn the_fast_path_and_the_event_path_agree_where_the_load_balancer_looks_at_the_tasks() {
    let mut totals = [0_usize; 4];
    for seed in 0..BALANCED {
        let plan = balanced_plan(&mut Rng::from_key(seed ^ 0xBA1A));
        assert!(!plan.services[0].needs_events());
        let fast = endings(&plan, seed);
        let events = endings(&Plan { fidelity: Fidelity::Events, ..plan.clone() }, seed);
        let service = &plan.services[0];
        for (index, (fast, events)) in fast.iter().zip(&events).enumerate() {
            assert_eq!(
                fast, events,
                "request {index} of seed {seed}: fast path, then event path\n{service:#?}"
            );
        }
        assert_eq!(fast.len(), events.len(), "seed {seed}");
        for (_, ending, _) in &fast {
            totals[match ending {
                Ending::Served(_) => 0,
                Ending::Rejected(_) => 1,
                Ending::TimedOut(_) => 2,
                Ending::Failed(_) => 3,
                Ending::InFlight => unreachable!("left out"),
            }] += 1;
        }
    }
    assert!(totals.iter().all(|total| *total > 1_000), "{totals:?}");
}
