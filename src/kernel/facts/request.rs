//! Facts about requests: batches of attempts, corrections of what was stated in advance, and steps of flows.
//!
//! Every plane states the same facts. The fast path knows the end of an attempt when it arrives and states it then, with
//! instants that may lie in the future; should the replica be killed before that, a [`Retraction`] corrects it. The event
//! path states an outcome when it has happened. A [`RequestBatch`] says by itself which of the two it is.

use crate::units::ServiceId;

/// The way of one attempt through a replica [ns since second 0]: `arrival ≤ start ≤ cpu_start ≤ cpu_end ≤ end`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Visit {
    /// Arrival of the attempt.
    pub arrival: u64,
    /// Entry into a place of the replica.
    pub start: u64,
    /// Start of its CPU work.
    pub cpu_start: u64,
    /// End of its CPU work.
    pub cpu_end: u64,
    /// Departure.
    pub end: u64,
}

impl Visit {
    /// An attempt that waits for a place from `arrival` to `until` and gets none [ns since second 0].
    #[must_use]
    pub const fn waiting(arrival: u64, until: u64) -> Self {
        Self { arrival, start: until, cpu_start: until, cpu_end: until, end: until }
    }
}

/// The visits of many attempts, column by column; all columns have the same length.
#[derive(Clone, Copy, Debug)]
pub struct VisitColumns<'a> {
    /// Arrivals [ns since second 0].
    pub arrival: &'a [u64],
    /// Entries into a place [ns since second 0].
    pub start: &'a [u64],
    /// Starts of CPU work [ns since second 0].
    pub cpu_start: &'a [u64],
    /// Ends of CPU work [ns since second 0].
    pub cpu_end: &'a [u64],
    /// Departures [ns since second 0].
    pub end: &'a [u64],
    /// The latest departure [ns since second 0]; 0 without any visit.
    pub latest: u64,
}

impl VisitColumns<'_> {
    /// The visits one by one.
    pub fn iter(&self) -> impl Iterator<Item = Visit> + '_ {
        let starts = self.arrival.iter().zip(self.start);
        let rest = self.cpu_start.iter().zip(self.cpu_end).zip(self.end);
        starts.zip(rest).map(|((arrival, start), ((cpu_start, cpu_end), end))| Visit {
            arrival: *arrival,
            start: *start,
            cpu_start: *cpu_start,
            cpu_end: *cpu_end,
            end: *end,
        })
    }
}

/// Sender of a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Caller {
    /// A client that is not told apart from others.
    #[default]
    Anonymous,
    /// A client that is, by its number among the clients of the service.
    Client(u32),
    /// A service of the same group, on behalf of a request of its own.
    Service(ServiceId),
}

/// The request that an attempt belongs to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RequestKey {
    /// Arrival of its first attempt [ns since second 0].
    pub first: u64,
    /// Class of the request, by index; 0 where all requests are alike.
    pub class: u32,
    /// Sender of the request.
    pub caller: Caller,
}

impl RequestKey {
    /// A request of an anonymous client whose first attempt arrives at `first` [ns since second 0].
    #[must_use]
    pub const fn anonymous(first: u64, class: u32) -> Self {
        Self { first, class, caller: Caller::Anonymous }
    }
}

/// Reason of a rejection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rejection {
    /// The waiting queue of the replica was full.
    QueueFull,
    /// No replica was in service.
    NoTarget,
}

/// Outcome of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Answered at the end of its visit.
    Served,
    /// Rejected on arrival.
    Rejected(Rejection),
    /// Given up by its client while the request waited for a place.
    TimedOutWaiting,
    /// Given up by its client while the request was in service. The replica may do all the work all the same.
    TimedOutInService,
    /// Lost with its replica, which was killed while it held the request.
    Failed,
    /// The replica has done all the work on an attempt that had timed out before: no outcome of a request.
    Wasted,
}

/// An attempt that is told one by one: it was not answered, or a [`Retraction`] may still take its answer back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// Request of which this is an attempt.
    pub key: RequestKey,
    /// Visit of the attempt to its replica. Stages it did not reach by `at`, and will not be said to reach, stand at `at`.
    pub visit: Visit,
    /// Instant of the outcome [ns since second 0].
    pub at: u64,
    /// Outcome of the attempt.
    pub outcome: Outcome,
    /// Another attempt of the same request will follow; otherwise its request has ended.
    pub will_retry: bool,
}

impl Attempt {
    /// The outcome of the only attempt of a request.
    #[must_use]
    pub const fn only(visit: Visit, at: u64, outcome: Outcome) -> Self {
        Self { key: RequestKey::anonymous(visit.arrival, 0), visit, at, outcome, will_retry: false }
    }
}

/// Use of replicas by requests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ResourceUse {
    /// CPU servers busy [server·ns].
    pub cpu_busy: i128,
    /// Requests in a place [request·ns].
    pub occupied: i128,
    /// Requests waiting for a place [request·ns].
    pub waiting: i128,
    /// The part of it in replicas on their way out.
    pub draining: DrainingUse,
}

/// Use of replicas on their way out, a part of what all replicas use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DrainingUse {
    /// CPU servers busy [server·ns].
    pub cpu_busy: i128,
    /// Requests in a place [request·ns].
    pub occupied: i128,
}

/// Outcomes of the requests of one service since the batch before.
#[derive(Clone, Copy, Debug, Default)]
pub struct RequestBatch<'a> {
    /// Requests that arrived, at or after the last control event.
    pub offered: u64,
    /// The same by class; empty where requests have no classes.
    pub offered_by_class: &'a [u64],
    /// Attempts that were sent to a replica.
    pub routed: u64,
    /// Requests whose clients tried again.
    pub retried: &'a [RequestKey],
    /// Attempts that are answered, none of which can be retracted; `None`: none.
    pub served: Option<VisitColumns<'a>>,
    /// Arrivals of the first attempts of the served requests [ns since second 0]; `None`: each was its first.
    pub first: Option<&'a [u64]>,
    /// Classes of the served requests; `None`: all are of class 0.
    pub class: Option<&'a [u32]>,
    /// Senders of the served requests; `None`: all are anonymous.
    pub caller: Option<&'a [Caller]>,
    /// The other attempts.
    pub attempts: &'a [Attempt],
    /// Use of replicas since the batch before, where it was measured; `None`: it follows from the visits.
    pub measured: Option<ResourceUse>,
    /// Every instant has passed, so that nothing can be retracted.
    pub is_final: bool,
}

/// Outcome that had been stated of an attempt before it happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProvisionalOutcome {
    /// Answered at the end of its visit.
    Served,
    /// Timed out in service at this instant [ns since second 0].
    TimedOutInService(u64),
    /// Timed out waiting at this instant [ns since second 0].
    TimedOutWaiting(u64),
}

/// An attempt whose replica was killed under it, after its outcome had been stated in advance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retraction {
    /// Instant at which the replica was killed [ns since second 0].
    pub at: u64,
    /// The visit that had been stated.
    pub visit: Visit,
    /// The outcome that had been stated.
    pub stated: ProvisionalOutcome,
}

/// An attempt in a replica that leaves `RUNNING`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeldVisit {
    /// Instant at which the replica leaves `RUNNING` [ns since second 0].
    pub at: u64,
    /// The visit that had been stated.
    pub visit: Visit,
}

/// Requests that arrived in a [`FlowStep`] at replicas in one state.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FlowClass {
    /// Requests that will be answered \[requests\].
    pub weight: f64,
    /// Arrivals at one of these replicas [requests/s].
    pub rate: f64,
    /// Wait for a place because of the backlog \[ns\].
    pub room_wait: f64,
    /// Wait for the CPU after that because of the backlog \[ns\].
    pub cpu_wait: f64,
}

/// Outcomes of the requests of one service from one instant to another, where single requests are not told apart. Counts are
/// whole requests; each outcome is stated once, in the step in which it happens.
#[derive(Clone, Copy, Debug)]
pub struct FlowStep<'a> {
    /// Beginning of the step [ns since second 0].
    pub from: u64,
    /// End of the step [ns since second 0].
    pub to: u64,
    /// Arrivals.
    pub offered: u64,
    /// Arrivals that the load balancer could send to a replica.
    pub routed: u64,
    /// Answers.
    pub served: u64,
    /// Rejections.
    pub rejected: u64,
    /// Clients that gave up.
    pub timed_out: u64,
    /// Requests lost with their replica.
    pub failed: u64,
    /// Use of replicas.
    pub used: ResourceUse,
    /// Replicas that receive requests.
    pub replicas: usize,
    /// The arrivals, by the state of their replicas.
    pub classes: &'a [FlowClass],
}
