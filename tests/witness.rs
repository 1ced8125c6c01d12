//! The witness: an observer that keeps every fact of a run, and draws its own conclusions from them, on its own terms.
//! It shares no code with the recorder, the usage meter or the bill, so that agreement with them says something.

use windtunnel::kernel::facts::{
    Answers, Denial, Loss, Origin, Passage, Passages, Probe, Promise, Refusal, TaskFailed, TaskMoved,
    Unanswered,
};
use windtunnel::kernel::units::ServiceId;
use windtunnel::kernel::world::{Observer, PeriodClosed, Plan, RunOutcome, simulate};

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
    pub(crate) passage: Option<Passage>,
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
    pub(crate) periods: Vec<PeriodClosed>,
    /// How many moves had been stated when each period closed.
    pub(crate) moves_by_period: Vec<usize>,
    pub(crate) losses: Vec<Loss>,
    /// Ends without an answer, in the order in which they were stated, and the work done in vain after some of them.
    pub(crate) unanswered: Vec<Unanswered>,
    pub(crate) in_vain: Vec<Passage>,
    /// First attempts of requests, and classes, in the order in which the answers were stated.
    pub(crate) answers: Vec<(Origin, Passage)>,
    pub(crate) retries: Vec<Origin>,
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

    fn is_meant_by(&self, loss: &Loss) -> bool {
        self.lost_at.is_none()
            && match loss.promise {
                Promise::Served => self.fate == Fate::Served && self.passage == Some(loss.passage),
                Promise::GivesUpInService(at) => {
                    self.fate == Fate::GaveUpInService(at) && self.passage == Some(loss.passage)
                }
                Promise::GivesUpWaiting(at) => self.fate == Fate::GaveUpWaiting(at),
            }
    }
}

impl Seen {
    fn keep(&mut self, arrival: u64, passage: Option<&Passage>, fate: Fate) {
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
            let arrival = loss.passage.arrival;
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

impl Probe for Witness {
    fn offered(&mut self, service: ServiceId, count: u64) {
        self.of(service).offered += count;
    }

    fn served(&mut self, service: ServiceId, passages: &Passages<'_>) {
        assert_eq!(
            passages.latest,
            passages.end.iter().copied().max().unwrap_or(0),
            "`latest` is the latest end"
        );
        passages
            .iter()
            .for_each(|passage| self.of(service).keep(passage.arrival, Some(&passage), Fate::Served));
    }

    fn served_revocably(&mut self, service: ServiceId, passage: &Passage) {
        self.of(service).keep(passage.arrival, Some(passage), Fate::Served);
    }

    fn gave_up_in_service(&mut self, service: ServiceId, passage: &Passage, at: u64) {
        self.of(service).keep(passage.arrival, Some(passage), Fate::GaveUpInService(at));
    }

    fn gave_up_waiting(&mut self, service: ServiceId, arrival: u64, at: u64) {
        self.of(service).keep(arrival, None, Fate::GaveUpWaiting(at));
    }

    fn refused(&mut self, service: ServiceId, at: u64, why: Refusal) {
        let fate = if why == Refusal::QueueFull { Fate::QueueFull } else { Fate::NoTarget };
        self.of(service).keep(at, None, fate);
    }

    fn lost(&mut self, service: ServiceId, loss: &Loss) {
        self.of(service).losses.push(*loss);
    }

    fn answered(&mut self, service: ServiceId, answers: &Answers<'_>) {
        let latest = answers.passages.end.last().copied().unwrap_or(0);
        assert_eq!(answers.passages.latest, latest, "answers come in the order of their ends");
        let seen = self.of(service);
        for ((first, class), passage) in answers.first.iter().zip(answers.class).zip(answers.passages.iter())
        {
            seen.keep(passage.arrival, Some(&passage), Fate::Served);
            seen.answers.push((Origin { first: *first, class: *class }, passage));
        }
    }

    fn unanswered(&mut self, service: ServiceId, end: &Unanswered) {
        let fate = match (end.denial, end.start) {
            (Denial::Refused(Refusal::QueueFull), _) => Fate::QueueFull,
            (Denial::Refused(Refusal::NoTarget), _) => Fate::NoTarget,
            (Denial::TimedOut, Some(_)) => Fate::GaveUpInService(end.at),
            (Denial::TimedOut, None) => Fate::GaveUpWaiting(end.at),
            (Denial::Lost, _) => Fate::LostAt(end.at),
        };
        self.of(service).keep(end.arrival, None, fate);
        self.of(service).unanswered.push(*end);
    }

    fn tried_again(&mut self, service: ServiceId, origin: &Origin) {
        self.of(service).retries.push(*origin);
    }

    fn task_failed(&mut self, service: ServiceId, failed: &TaskFailed) {
        self.of(service).failed.push(*failed);
    }

    fn worked_in_vain(&mut self, service: ServiceId, passage: &Passage) {
        self.of(service).in_vain.push(*passage);
    }

    fn task_moved(&mut self, service: ServiceId, moved: &TaskMoved) {
        self.of(service).moves.push(*moved);
    }
}

impl Observer for Witness {
    fn period_closed(&mut self, service: ServiceId, period: &PeriodClosed) {
        let seen = self.of(service);
        seen.periods.push(*period);
        seen.moves_by_period.push(seen.moves.len());
    }
}
