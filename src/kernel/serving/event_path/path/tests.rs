//! Jobs whose tasks hang, die and run out of memory: times worked out by hand.

use super::*;
use crate::random::Distribution;
use crate::serving::plan::{CpuDiscipline, Jitter, RetryPlan};
use crate::traffic::{CountInterval, RateCurve, TrafficPlan};
use crate::units::{Bytes, SimDuration};

const SECOND: u64 = 1_000_000_000;

#[derive(Debug, Default)]
struct Heard {
    answers: Vec<Visit>,
    ends: Vec<Attempt>,
    abandoned: Vec<Visit>,
    usage: [i128; 3],
    offered: u64,
    retries: u64,
}

impl Probe for Heard {
    fn requests(&mut self, _: ServiceId, batch: &RequestBatch<'_>) {
        self.offered += batch.offered;
        self.retries += batch.retried.len() as u64;
        self.answers.extend(batch.served.iter().flat_map(|served| served.iter()));
        for attempt in batch.attempts {
            match attempt.outcome {
                Outcome::Wasted => self.abandoned.push(attempt.visit),
                _ => self.ends.push(*attempt),
            }
        }
        let used = batch.measured.unwrap_or_default();
        let more = [used.cpu_busy, used.occupied, used.waiting];
        self.usage.iter_mut().zip(more).for_each(|(sum, more)| *sum += more);
    }
}

impl Pace for Heard {}

impl Heard {
    /// Instants of the answers [s].
    fn ends(&self) -> Vec<f64> {
        self.answers.iter().map(|p| p.end as f64 / 1e9).collect()
    }
}

fn seconds(value: f64) -> SimDuration {
    SimDuration::from_secs_f64(value)
}

fn task(discipline: CpuDiscipline) -> TaskPlan {
    TaskPlan { cpu_discipline: discipline, ..TaskPlan::new(1024, 512) }
}

/// One request a second, at 0.5 s, 1.5 s, …
fn every_second(count: u64) -> TrafficPlan {
    TrafficPlan::EvenlySpaced(RateCurve::constant(1.0, count * SECOND).unwrap())
}

fn request(cpu: f64, wait: f64) -> RequestPlan {
    RequestPlan::new(Distribution::constant(seconds(cpu)), Distribution::constant(seconds(wait)))
}

fn jobs<'p>(traffic: &'p TrafficPlan, request: &RequestPlan, task: &TaskPlan) -> EventPath<'p> {
    let streams = Streams::new(1, 0);
    let parts = EventPathParts {
        service: ServiceId(0),
        request,
        task,
        warm_up: None,
        routing: RoutingPlan::default(),
        name: "web",
        streams,
    };
    EventPath::new(ArrivalStream::new(traffic, streams.stream(Purpose::ARRIVALS, "web")), &parts)
}

#[test]
fn a_hung_task_answers_nothing_and_goes_on_where_it_stopped() {
    for discipline in [CpuDiscipline::Fcfs, CpuDiscipline::ProcessorSharing] {
        let traffic = every_second(3);
        let mut jobs = jobs(&traffic, &request(0.4, 0.2), &task(discipline));
        let (replica, mut heard) = (jobs.add(), Heard::default());
        assert_eq!(jobs.serve(seconds(0.6).0, &mut heard), None);
        // Arrived at 0.5 with 0.3 of work left at 0.6; hangs until 1.0; the CPU is done at 1.3, the wait at 1.5.
        jobs.hang(replica, seconds(0.6).0);
        assert_eq!(jobs.drain(replica), u64::MAX, "nobody knows when a hung task is empty");
        jobs.serve(seconds(1.0).0, &mut heard);
        assert_eq!(heard.ends(), [] as [f64; 0]);
        jobs.resume(replica, seconds(1.0).0);
        jobs.serve(10 * SECOND, &mut heard);
        assert_eq!(heard.ends(), [1.5], "{discipline:?}: the load balancer sends nothing to a closed task");
        // Busy 0.5 to 0.6 and 1.0 to 1.3; in its place all the time.
        assert_eq!(heard.usage, [400_000_000, 1_000_000_000, 0]);
        assert_eq!(heard.ends.len(), 2, "two requests found no task");
    }
}

#[test]
fn a_request_that_comes_to_a_hung_task_begins_when_the_task_goes_on() {
    for discipline in [CpuDiscipline::Fcfs, CpuDiscipline::ProcessorSharing] {
        let traffic = every_second(1);
        let mut jobs = jobs(&traffic, &request(0.4, 0.0), &task(discipline));
        let (replica, mut heard) = (jobs.add(), Heard::default());
        jobs.serve(seconds(0.2).0, &mut heard);
        jobs.hang(replica, seconds(0.2).0);
        jobs.serve(2 * SECOND, &mut heard);
        jobs.resume(replica, 2 * SECOND);
        jobs.serve(10 * SECOND, &mut heard);
        assert_eq!(heard.ends(), [2.4]);
        assert_eq!(heard.usage, [400_000_000, 1_900_000_000, 0]);
    }
}

#[test]
fn a_killed_task_fails_everything_it_holds_once() {
    let traffic = every_second(4);
    let plan = TaskPlan { concurrency: Some(1), ..task(CpuDiscipline::Fcfs) };
    let mut jobs = jobs(&traffic, &request(10.0, 0.0), &plan);
    let (replica, mut heard) = (jobs.add(), Heard::default());
    jobs.serve(3 * SECOND, &mut heard);
    assert_eq!(jobs.outstanding(replica), 3);
    let _known = jobs.drain(replica);
    jobs.kill(replica, 3 * SECOND, |_| panic!("the event path states failures itself"));
    jobs.release(replica);
    jobs.serve(9 * SECOND, &mut heard);
    let lost: Vec<_> = heard.ends.iter().filter(|end| end.outcome == Outcome::Failed).collect();
    assert_eq!(lost.len(), 3);
    assert!(lost.iter().all(|end| end.at == 3 * SECOND && !end.will_retry));
    assert_eq!(lost.iter().filter(|end| end.visit.start < end.at).count(), 1, "one had a place");
    assert_eq!((heard.offered, heard.ends.len(), heard.answers.len()), (4, 4, 0));
    // One in its place from 0.5 to 3, the others waiting from 1.5 and from 2.5.
    assert_eq!(heard.usage, [2_500_000_000, 2_500_000_000, 2_000_000_000]);
}

#[test]
fn when_a_closed_task_is_idle_depends_on_its_dependency_while_it_works() {
    let traffic = every_second(1);
    let mut jobs = jobs(&traffic, &request(2.0, 1.0), &task(CpuDiscipline::Fcfs));
    let (replica, mut heard) = (jobs.add(), Heard::default());
    jobs.serve(SECOND, &mut heard);
    assert_eq!(jobs.drain(replica), seconds(3.5).0);
    jobs.scale_wait_times(SECOND, 10.0);
    assert_eq!(jobs.drained_at(replica), Some(seconds(12.5).0));
    jobs.serve(seconds(3.5).0, &mut heard);
    assert_eq!((jobs.outstanding(replica), jobs.drained_at(replica)), (1, Some(seconds(12.5).0)));
    jobs.serve(20 * SECOND, &mut heard);
    assert_eq!((heard.ends(), jobs.drained_at(replica)), (std::vec![12.5], Some(0)));
}

#[test]
fn a_task_is_empty_when_its_last_job_leaves() {
    let traffic = TrafficPlan::ExactCounts(std::vec![CountInterval { start: 0, end: SECOND, count: 40 }]);
    let mut impatient = request(0.05, 0.02);
    impatient.timeout = Some(Distribution::exponential(seconds(0.8)).unwrap());
    for (discipline, cancels) in [
        (CpuDiscipline::Fcfs, false),
        (CpuDiscipline::Fcfs, true),
        (CpuDiscipline::ProcessorSharing, false),
        (CpuDiscipline::ProcessorSharing, true),
    ] {
        impatient.cancel_timed_out = cancels;
        let plan = TaskPlan { concurrency: Some(12), ..task(discipline) };
        let mut jobs = jobs(&traffic, &impatient, &plan);
        let (replica, mut heard) = (jobs.add(), Heard::default());
        jobs.serve(SECOND, &mut heard);
        assert!(jobs.outstanding(replica) > 0);
        let empty_at = jobs.drain(replica);
        jobs.serve(empty_at - 1, &mut heard);
        assert!(jobs.outstanding(replica) > 0, "{discipline:?} {cancels}");
        jobs.serve(empty_at, &mut heard);
        assert_eq!(jobs.outstanding(replica), 0, "{discipline:?} {cancels}");
        assert_eq!(heard.answers.len() + heard.ends.len(), 40);
        assert_eq!(cancels, heard.abandoned.is_empty());
    }
}

#[test]
fn a_task_is_stopped_where_its_memory_is_exceeded() {
    let traffic = every_second(20);
    let mut plan = task(CpuDiscipline::Fcfs);
    plan.memory_per_request = Bytes(200 * Bytes::MIB);
    plan.kills_out_of_memory = true;
    let mut full = jobs(&traffic, &request(10.0, 0.0), &plan);
    let (replica, mut heard) = (full.add(), Heard::default());
    // 512 MiB hold two requests of 200 MiB; the third arrives at 2.5 s.
    let incident = Incident { at: seconds(2.5).0, replica };
    assert_eq!(full.serve(20 * SECOND, &mut heard), Some(incident));
    assert_eq!(full.serve(incident.at, &mut heard), None, "it is said once");
    full.drain(replica);
    full.kill(replica, incident.at, |_| {});
    assert_eq!(full.serve(20 * SECOND, &mut heard), None);
    assert_eq!(heard.ends.iter().filter(|end| end.outcome == Outcome::Failed).count(), 3);

    // A leak of 3600 MiB an hour is 1 MiB a second: 512 MiB are exceeded just after 512 s.
    plan.memory_per_request = Bytes(0);
    plan.memory_growth = Bytes(3_600 * Bytes::MIB);
    let mut leaking = jobs(&traffic, &request(0.1, 0.0), &plan);
    let replica = leaking.add();
    let incident = Incident { at: 512 * SECOND + 1, replica };
    assert_eq!(leaking.serve(3_600 * SECOND, &mut Heard::default()), Some(incident));
}

#[test]
fn a_leak_that_ends_below_the_memory_of_the_task_kills_nothing() {
    for (limit, is_killed) in [(Some(Bytes(100 * Bytes::MIB)), false), (None, true)] {
        let mut plan = task(CpuDiscipline::Fcfs);
        plan.memory_per_request = Bytes(200 * Bytes::MIB);
        plan.kills_out_of_memory = true;
        plan.memory_growth = Bytes(3_600 * Bytes::MIB);
        plan.memory_growth_limit = limit;
        let (traffic, demands) = (every_second(2), request(0.1, 0.0));
        let mut leaking = jobs(&traffic, &demands, &plan);
        leaking.add();
        assert_eq!(leaking.serve(3_600 * SECOND, &mut Heard::default()).is_some(), is_killed);
    }
}

#[test]
fn a_lost_attempt_is_tried_again_with_the_same_demands() {
    let traffic = every_second(1);
    let mut retrying = request(2.0, 0.0);
    retrying.retry = Some(RetryPlan {
        max_attempts: 3,
        backoff: seconds(1.0),
        multiplier: 2.0,
        max_backoff: seconds(10.0),
        jitter: Jitter::None,
        budget: None,
        budget_burst: 10.0,
    });
    let mut jobs = jobs(&traffic, &retrying, &task(CpuDiscipline::Fcfs));
    let (replica, mut heard) = (jobs.add(), Heard::default());
    jobs.serve(SECOND, &mut heard);
    let _known = jobs.drain(replica);
    jobs.kill(replica, SECOND, |_| {});
    jobs.release(replica);
    // Tried again at 2 s (no task: refused) and at 4 s, when another task is there: answered at 6 s.
    jobs.serve(3 * SECOND, &mut heard);
    jobs.add();
    jobs.serve(10 * SECOND, &mut heard);
    assert_eq!(heard.ends(), [6.0]);
    assert_eq!((heard.offered, heard.retries, heard.ends.len()), (1, 2, 2));
    assert!(heard.ends.iter().all(|end| end.will_retry && end.key.first == seconds(0.5).0));
}

#[test]
fn waits_that_begin_while_a_dependency_is_slow_take_longer() {
    let traffic = every_second(3);
    let mut jobs = jobs(&traffic, &request(0.0, 1.0), &task(CpuDiscipline::Fcfs));
    jobs.add();
    let mut heard = Heard::default();
    jobs.serve(SECOND, &mut heard);
    jobs.scale_wait_times(SECOND, 3.0);
    jobs.serve(2 * SECOND, &mut heard);
    jobs.scale_wait_times(2 * SECOND, 1.0);
    jobs.serve(10 * SECOND, &mut heard);
    let ends: Vec<(f64, f64)> =
        heard.answers.iter().map(|p| (p.arrival as f64 / 1e9, p.end as f64 / 1e9)).collect();
    assert_eq!(ends, [(0.5, 1.5), (2.5, 3.5), (1.5, 4.5)]);
}
