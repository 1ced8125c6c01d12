//! The witness: an observer that keeps every fact of a run, and draws its own conclusions from them, on its own terms.
//! It shares no code with the recorder, the usage meter or the bill, so that agreement with them says something.

use windtunnel::kernel::facts::{
    Attempt, Outcome, Probe, ProvisionalOutcome, Rejection, RequestBatch, RequestKey, Retraction, TaskFailed,
    TaskMoved, Visit,
};
use windtunnel::kernel::simulation::{MinuteClosed, Observer, Plan, RunOutcome, simulate};
use windtunnel::kernel::units::ServiceId;

/// What was stated of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fate {
    Served,
    GaveUpInService(u64),
    GaveUpWaiting(u64),
    QueueFull,
    NoTarget,
    /// Stated as it happens, by the event path only; the fast path states a loss beside the fate it promised.
    LostAt(u64),
}

/// A request: what was stated of it, and when its task was killed under it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Request {
    pub(crate) arrival: u64,
    /// `None` where it never got a place.
    pub(crate) passage: Option<Visit>,
    pub(crate) fate: Fate,
    pub(crate) lost_at: Option<u64>,
}

/// How a request ended, seen from the horizon.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Ending {
    Served(u64),
    Rejected(u64),
    TimedOut(u64),
    Failed(u64),
    InFlight,
}

/// Everything that was stated of one service.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    pub(crate) offered: u64,
    pub(crate) requests: Vec<Request>,
    pub(crate) moves: Vec<TaskMoved>,
    pub(crate) periods: Vec<MinuteClosed>,
    /// How many moves had been stated when each period closed.
    pub(crate) moves_by_period: Vec<usize>,
    pub(crate) losses: Vec<Retraction>,
    /// Ends without an answer, in the order in which they were stated, and the work done in vain after some of them.
    pub(crate) unanswered: Vec<Attempt>,
    pub(crate) in_vain: Vec<Visit>,
    /// First attempts of requests, and classes, in the order in which the answers were stated.
    pub(crate) answers: Vec<(RequestKey, Visit)>,
    pub(crate) retries: Vec<RequestKey>,
    pub(crate) failed: Vec<TaskFailed>,
    /// Losses that match no request that could be lost, or one that was lost before.
    pub(crate) unmatched_losses: usize,
}

/// Keeps every fact.
#[derive(Debug)]
pub(crate) struct Witness {
    pub(crate) services: Vec<Seen>,
}

/// Runs `plan` under a witness; its requests come sorted by arrival.
pub(crate) fn witness(plan: &Plan, seed: u64, replication: u64) -> (Witness, RunOutcome) {
    let mut witness = Witness { services: plan.services.iter().map(|_| Seen::default()).collect() };
    let outcome =
        simulate(plan, seed, replication, &mut witness).expect("the plan feeds nothing back at one instant");
    for seen in &mut witness.services {
        seen.requests.sort_by_key(|request| request.arrival);
        seen.match_losses();
        seen.match_vain_work();
    }
    (witness, outcome)
}

impl Request {
    /// What became of it before or at `horizon`.
    pub(crate) fn ending(&self, horizon: u64) -> Ending {
        match (self.fate, self.lost_at) {
            (Fate::QueueFull | Fate::NoTarget, _) => Ending::Rejected(self.arrival),
            (Fate::LostAt(at), _) => Ending::Failed(at),
            (Fate::GaveUpInService(at), Some(kill)) if at <= kill => Ending::TimedOut(at),
            (_, Some(kill)) => Ending::Failed(kill),
            (Fate::GaveUpInService(at) | Fate::GaveUpWaiting(at), None) if at <= horizon => {
                Ending::TimedOut(at)
            }
            (Fate::Served, None) => {
                self.passage.filter(|p| p.end <= horizon).map_or(Ending::InFlight, |p| Ending::Served(p.end))
            }
            _ => Ending::InFlight,
        }
    }

    /// The span in which the task holds it, waiting or in a place: work whose client has given up goes on.
    pub(crate) fn held(&self) -> (u64, u64) {
        let until = match (self.fate, self.passage) {
            (Fate::GaveUpWaiting(at), _) => at,
            (_, Some(passage)) => passage.end,
            _ => self.arrival,
        };
        (self.arrival, until.min(self.lost_at.unwrap_or(u64::MAX)))
    }

    /// The span in which it uses a CPU server; empty where it never does.
    pub(crate) fn on_cpu(&self) -> (u64, u64) {
        let Some(passage) = self.passage else { return (0, 0) };
        let until = passage.cpu_end.min(self.lost_at.unwrap_or(u64::MAX));
        (passage.cpu_start.min(until), until)
    }

    fn is_meant_by(&self, loss: &Retraction) -> bool {
        self.lost_at.is_none()
            && match loss.stated {
                ProvisionalOutcome::Served => self.fate == Fate::Served && self.passage == Some(loss.visit),
                ProvisionalOutcome::TimedOutInService(at) => {
                    self.fate == Fate::GaveUpInService(at) && self.passage == Some(loss.visit)
                }
                ProvisionalOutcome::TimedOutWaiting(at) => self.fate == Fate::GaveUpWaiting(at),
            }
    }
}

impl Seen {
    fn keep(&mut self, arrival: u64, passage: Option<&Visit>, fate: Fate) {
        self.requests.push(Request { arrival, passage: passage.copied(), fate, lost_at: None });
    }

    /// Brings what was done in vain together with the client that had given up on it.
    fn match_vain_work(&mut self) {
        for passage in &self.in_vain {
            let first = self.requests.partition_point(|request| request.arrival < passage.arrival);
            let found = self.requests[first..]
                .iter_mut()
                .take_while(|request| request.arrival == passage.arrival)
                .find(|request| {
                    matches!(request.fate, Fate::GaveUpInService(_)) && request.passage.is_none()
                });
            if let Some(request) = found {
                request.passage = Some(*passage);
            }
        }
    }

    fn match_losses(&mut self) {
        for loss in &self.losses {
            let arrival = loss.visit.arrival;
            let first = self.requests.partition_point(|request| request.arrival < arrival);
            let found = self.requests[first..]
                .iter_mut()
                .take_while(|request| request.arrival == arrival)
                .find(|request| request.is_meant_by(loss));
            match found {
                Some(request) if request.held().1 > loss.at && arrival < loss.at => {
                    request.lost_at = Some(loss.at)
                }
                _ => self.unmatched_losses += 1,
            }
        }
    }
}

impl Witness {
    fn of(&mut self, service: ServiceId) -> &mut Seen {
        &mut self.services[service.index()]
    }
}

impl Seen {
    fn attempt(&mut self, attempt: &Attempt, is_final: bool) {
        let visit = &attempt.visit;
        // What is final is known as far as it came; the work on a client that has given up is told when it is done.
        let reached = (!is_final).then_some(visit);
        let (passage, fate) = match attempt.outcome {
            Outcome::Wasted => return self.in_vain.push(*visit),
            Outcome::Served => (Some(visit), Fate::Served),
            Outcome::TimedOutInService => (reached, Fate::GaveUpInService(attempt.at)),
            Outcome::TimedOutWaiting => (None, Fate::GaveUpWaiting(attempt.at)),
            Outcome::Rejected(Rejection::QueueFull) => (None, Fate::QueueFull),
            Outcome::Rejected(Rejection::NoTarget) => (None, Fate::NoTarget),
            Outcome::Failed => (None, Fate::LostAt(attempt.at)),
        };
        self.keep(visit.arrival, passage, fate);
        if is_final {
            self.unanswered.push(*attempt);
        }
    }
}

impl Probe for Witness {
    fn requests(&mut self, service: ServiceId, batch: &RequestBatch<'_>) {
        let seen = self.of(service);
        seen.offered += batch.offered;
        seen.retries.extend(batch.retried);
        batch.attempts.iter().for_each(|attempt| seen.attempt(attempt, batch.is_final));
        let Some(served) = &batch.served else { return };
        let latest = served.end.iter().copied().max().unwrap_or(0);
        assert_eq!(served.latest, latest, "`latest` is the latest end");
        for (row, visit) in served.iter().enumerate() {
            seen.keep(visit.arrival, Some(&visit), Fate::Served);
            if let (Some(first), Some(class)) = (batch.first, batch.class) {
                assert!(served.end.is_sorted(), "answers come in the order of their ends");
                seen.answers.push((RequestKey::anonymous(first[row], class[row]), visit));
            }
        }
    }

    fn retracted(&mut self, service: ServiceId, retraction: &Retraction) {
        self.of(service).losses.push(*retraction);
    }

    fn task_failed(&mut self, service: ServiceId, failed: &TaskFailed) {
        self.of(service).failed.push(*failed);
    }

    fn task_moved(&mut self, service: ServiceId, moved: &TaskMoved) {
        self.of(service).moves.push(*moved);
    }
}

impl Observer for Witness {
    fn period_closed(&mut self, service: ServiceId, period: &MinuteClosed) {
        let seen = self.of(service);
        seen.periods.push(*period);
        seen.moves_by_period.push(seen.moves.len());
    }
}
