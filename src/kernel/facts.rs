//! What happened, as small `Copy` structs, and the [`Probe`] that hears of it.
//!
//! The model states facts and nothing else: it does not aggregate, price, store or format them. A probe is known at
//! compile time, so a probe that does nothing costs nothing. The end of a request is known when it arrives (the fast
//! path computes it), so its fact is stated then, with instants that may lie in the future; should its task be killed
//! before that, a [`Loss`] corrects it.

use crate::units::{ServiceId, SimTime, TaskId};

/// One request's way through a task [ns since second 0]: `arrival ≤ start ≤ cpu_start ≤ cpu_end ≤ end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Passage {
    /// It arrives.
    pub arrival: u64,
    /// It gets a place in the task.
    pub start: u64,
    /// Its CPU work begins.
    pub cpu_start: u64,
    /// Its CPU work ends.
    pub cpu_end: u64,
    /// It leaves.
    pub end: u64,
}

/// The ways of many requests, column by column, in order of arrival; all columns have the same length. It is what the
/// fast path produces, so that whoever listens can work on a column at a time.
#[derive(Clone, Copy, Debug)]
pub struct Passages<'a> {
    /// When each arrives.
    pub arrival: &'a [u64],
    /// When it gets a place.
    pub start: &'a [u64],
    /// When its CPU work begins.
    pub cpu_start: &'a [u64],
    /// When its CPU work ends.
    pub cpu_end: &'a [u64],
    /// When it leaves.
    pub end: &'a [u64],
    /// The latest of these ends \[ns\]; 0 without any passage.
    pub latest: u64,
}

impl Passages<'_> {
    /// The passages one by one.
    pub fn iter(&self) -> impl Iterator<Item = Passage> + '_ {
        let starts = self.arrival.iter().zip(self.start);
        let rest = self.cpu_start.iter().zip(self.cpu_end).zip(self.end);
        starts.zip(rest).map(|((arrival, start), ((cpu_start, cpu_end), end))| Passage {
            arrival: *arrival,
            start: *start,
            cpu_start: *cpu_start,
            cpu_end: *cpu_end,
            end: *end,
        })
    }
}

/// Which request an attempt belongs to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// When its first attempt arrived [ns since second 0].
    pub first: u64,
    /// Its class, by index; 0 where all requests are alike.
    pub class: u32,
}

/// Requests that were answered, in the order of their ends. It is what the event path produces, and nothing in it lies in
/// the future. A passage begins with the arrival of the attempt that was answered.
#[derive(Clone, Copy, Debug)]
pub struct Answers<'a> {
    /// The answered attempts' ways.
    pub passages: Passages<'a>,
    /// When the first attempt of each request arrived.
    pub first: &'a [u64],
    /// The class of each request.
    pub class: &'a [u32],
}

/// Why an attempt had no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denial {
    /// It was refused on arrival.
    Refused(Refusal),
    /// Its client gave up.
    TimedOut,
    /// Its task died under it.
    Lost,
}

/// An attempt ended without an answer, at this instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unanswered {
    /// Whose attempt it was.
    pub origin: Origin,
    /// When it arrived [ns since second 0].
    pub arrival: u64,
    /// When it got its place, if it did [ns since second 0].
    pub start: Option<u64>,
    /// When it ended [ns since second 0].
    pub at: u64,
    /// Why.
    pub denial: Denial,
    /// Whether the client will try again; if not, its request has ended.
    pub tries_again: bool,
}

/// Why a request was refused at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The task's queue was full.
    QueueFull,
    /// No task was in service.
    NoTarget,
}

/// What had been stated of a request that is now lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Promise {
    /// That it would be served at the end of its passage.
    Served,
    /// That its client would give up at this instant [ns since second 0], in service.
    GivesUpInService(u64),
    /// That its client would give up at this instant [ns since second 0], waiting.
    GivesUpWaiting(u64),
}

/// A request whose task was killed under it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Loss {
    /// When the task was killed [ns since second 0].
    pub at: u64,
    /// The passage that had been stated.
    pub passage: Passage,
    /// The outcome that had been stated.
    pub promise: Promise,
}

/// The stages of a task's life, in order (`aws-platform.md` §1.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TaskStage {
    /// The desired count asks for it; the scheduler has not created it yet.
    Scheduled,
    /// `PROVISIONING`: network interface and host.
    Provisioning,
    /// `PENDING`: the image is pulled. The bill runs from here.
    Pulling,
    /// `PENDING`: the container starts.
    Starting,
    /// `RUNNING`: the application boots. With a load balancer its target is registered, or about to be, and its checks fail.
    Booting,
    /// `RUNNING`: the application answers; its target is registered, or about to be, and not yet healthy.
    Registering,
    /// `RUNNING`: it receives requests.
    InService,
    /// `RUNNING`: its target is unhealthy; it receives requests only while every target is.
    Unhealthy,
    /// `DEACTIVATING`: it finishes what it has and receives nothing new.
    Draining,
    /// `STOPPING`: SIGTERM was sent.
    Stopping,
    /// `DEPROVISIONING`: the container has exited; the bill ended.
    Deprovisioning,
    /// `STOPPED`.
    Stopped,
}

impl TaskStage {
    /// Whether ECS counts the task as pending.
    #[must_use]
    pub const fn is_pending(self) -> bool {
        matches!(self, Self::Scheduled | Self::Provisioning | Self::Pulling | Self::Starting)
    }

    /// Whether ECS counts the task as running.
    #[must_use]
    pub const fn is_running(self) -> bool {
        matches!(self, Self::Booting | Self::Registering | Self::InService | Self::Unhealthy)
    }

    /// Whether it is on its way out but its container still exists.
    #[must_use]
    pub const fn is_draining(self) -> bool {
        matches!(self, Self::Draining | Self::Stopping)
    }

    /// Whether its container runs: it reserves CPU and memory that CloudWatch sees.
    #[must_use]
    pub const fn has_container(self) -> bool {
        self.is_running() || self.is_draining()
    }

    /// Whether it is billed.
    #[must_use]
    pub const fn is_billed(self) -> bool {
        matches!(self, Self::Pulling | Self::Starting) || self.has_container()
    }
}

/// A task moved from one stage to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TaskMoved {
    /// When.
    pub at: SimTime,
    /// Which task.
    pub task: TaskId,
    /// Where it was; `None` for a task that is new.
    pub from: Option<TaskStage>,
    /// Where it is.
    pub to: TaskStage,
    /// When its bill began, if it did.
    pub billed_since: Option<SimTime>,
    /// Its availability zone, counted from 0; 0 before it is launched.
    pub zone: u32,
}

/// Why a task ended that nobody had chosen to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaskFailure {
    /// Its container exited of its own accord.
    Crashed,
    /// It was killed because its memory was exceeded.
    OutOfMemory,
    /// The load balancer's health check failed: ECS replaces it.
    UnhealthyTarget,
    /// Its target never became healthy: ECS stops it and starts another.
    NeverHealthy,
    /// The container's health check failed: ECS replaces it.
    UnhealthyContainer,
    /// It never reached `RUNNING`.
    LaunchFailed,
    /// Its availability zone was lost.
    ZoneLost,
}

/// A task failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TaskFailed {
    /// When.
    pub at: SimTime,
    /// Which task.
    pub task: TaskId,
    /// Why.
    pub failure: TaskFailure,
    /// Desired count then \[tasks\].
    pub desired: u32,
}

/// What the requests that arrived in a [`Flow`] at tasks in one state will go through.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Current {
    /// Requests that will be answered \[requests\].
    pub weight: f64,
    /// Arrivals at one of these tasks [requests/s].
    pub rate: f64,
    /// How long they wait for a place because of the backlog \[ns\].
    pub room_wait: f64,
    /// How long they then wait for the CPU because of the backlog \[ns\].
    pub cpu_wait: f64,
}

/// What tasks on their way out use, as a part of what all tasks use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Leaving {
    /// CPU servers busy [server·ns].
    pub cpu_busy: i128,
    /// Requests in a place [request·ns].
    pub occupied: i128,
}

/// A task that leaves `RUNNING` still holds this request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stay {
    /// When the task leaves `RUNNING` [ns since second 0].
    pub at: u64,
    /// The passage that had been stated.
    pub passage: Passage,
}

/// What happened to the requests of one service from one instant to another, where single requests are not told apart.
/// Counts are whole requests; each outcome is stated once, in the flow in which it happens.
#[derive(Clone, Copy, Debug)]
pub struct Flow<'a> {
    /// When it begins [ns since second 0].
    pub from: u64,
    /// When it ends [ns since second 0].
    pub to: u64,
    /// Arrivals.
    pub offered: u64,
    /// Of these, those that the load balancer could send to a task.
    pub routed: u64,
    /// Answers.
    pub served: u64,
    /// Refusals.
    pub rejected: u64,
    /// Clients that gave up.
    pub timed_out: u64,
    /// Requests lost with their task.
    pub failed: u64,
    /// CPU servers busy [server·ns].
    pub cpu_busy: i128,
    /// Requests in a place [request·ns].
    pub occupied: i128,
    /// Requests waiting for a place [request·ns].
    pub waiting: i128,
    /// What of the CPU and of the places is that of tasks on their way out.
    pub leaving: Leaving,
    /// Tasks that receive requests.
    pub tasks: usize,
    /// What those that arrived will go through.
    pub currents: &'a [Current],
}

/// Hears of requests and tasks. All instants are ns since second 0; several services are told apart by id.
pub trait Probe {
    /// `count` requests arrived, at or after the last control event.
    fn offered(&mut self, service: ServiceId, count: u64) {
        let _ = (service, count);
    }

    /// Requests are served; their ends may lie in the future, or beyond the horizon. None of them can be lost.
    fn served(&mut self, service: ServiceId, passages: &Passages<'_>) {
        let _ = (service, passages);
    }

    /// A request is served, unless a [`Loss`] takes it back: it is long enough to outlive its task.
    fn served_revocably(&mut self, service: ServiceId, passage: &Passage) {
        let _ = (service, passage);
    }

    /// A request got a place, but its client gives up at `at`, before `passage.end`; the work is done all the same.
    fn gave_up_in_service(&mut self, service: ServiceId, passage: &Passage, at: u64) {
        let _ = (service, passage, at);
    }

    /// A client that arrived at `arrival` gives up at `at` while waiting; it takes no place.
    fn gave_up_waiting(&mut self, service: ServiceId, arrival: u64, at: u64) {
        let _ = (service, arrival, at);
    }

    /// A request was refused on arrival.
    fn refused(&mut self, service: ServiceId, at: u64, why: Refusal) {
        let _ = (service, at, why);
    }

    /// A request is lost with its task.
    fn lost(&mut self, service: ServiceId, loss: &Loss) {
        let _ = (service, loss);
    }

    /// Requests flowed, where the plan asks for the fluid plane; none of the facts about single requests is stated then.
    fn flowed(&mut self, service: ServiceId, flow: &Flow<'_>) {
        let _ = (service, flow);
    }

    /// Requests were answered. Stated by planes that state an outcome only when it has happened, in place of the facts
    /// that may lie in the future.
    fn answered(&mut self, service: ServiceId, answers: &Answers<'_>) {
        let _ = (service, answers);
    }

    /// An attempt ended without an answer; stated by the same planes.
    fn unanswered(&mut self, service: ServiceId, end: &Unanswered) {
        let _ = (service, end);
    }

    /// Of the requests that were [`Probe::offered`], `count` are of this class; stated where there are classes.
    fn offered_of_class(&mut self, service: ServiceId, class: u32, count: u64) {
        let _ = (service, class, count);
    }

    /// A client tried again.
    fn tried_again(&mut self, service: ServiceId, origin: &Origin) {
        let _ = (service, origin);
    }

    /// A task has done all the work on an attempt whose client had given up before.
    fn worked_in_vain(&mut self, service: ServiceId, passage: &Passage) {
        let _ = (service, passage);
    }

    /// A task failed; its moves are stated as well.
    fn task_failed(&mut self, service: ServiceId, failed: &TaskFailed) {
        let _ = (service, failed);
    }

    /// A task moved on.
    fn task_moved(&mut self, service: ServiceId, moved: &TaskMoved) {
        let _ = (service, moved);
    }
}
