//! The run: pops control events, serves the requests between them, and lets each event have its effect.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::event::Event;
use super::fan_out::{Halt, Leash};
use super::group;
use super::observer::{FaultMoved, MinuteClosed, Observer, Stop};
use super::plan::{Fidelity, Plan, ServicePlan};
use super::plane::{FastPath, PerService, Plane};
use super::requirements::Requirement;
use super::service_state::ServiceState;
use crate::billing::{Invoice, LcuUsage, MeterReading};
use crate::event_queue::EventQueue;
use crate::facts::TaskFailure;
use crate::platform::{Effects, LaunchBucket, TaskTimer};
use crate::random::Streams;
use crate::replica_set::{Incident, ReplicaIndex};
use crate::scaling::aas::ApplicationAutoScaling;
use crate::scaling::{Controller, Timer, Turn};
use crate::serving::Fluid;
use crate::telemetry::{CountsAtEnd, UsageTotals};
use crate::units::{ServiceId, SimTime};

/// Control events at one instant beyond which a run is stopped: something feeds itself.
const EVENTS_AT_ONE_INSTANT: u64 = 10_000_000;

/// Why a run was stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RunError {
    /// More than ten million control events at one instant.
    EventStorm {
        /// The instant.
        at: SimTime,
    },
    /// More requests in flight than the run may keep.
    TooManyInFlight {
        /// The instant.
        at: SimTime,
        /// The service that holds them.
        service: String,
        /// Requests in flight in it.
        count: u64,
        /// Most that may be in flight.
        limit: u64,
    },
    /// More retries than the run may simulate.
    TooManyRetries {
        /// The instant.
        at: SimTime,
        /// Retries of all services by then.
        retries: u64,
        /// Most that there may be.
        limit: u64,
    },
    /// A service has a feature that flows of requests cannot carry.
    CannotFlow {
        /// Name of the service.
        service: String,
        /// The feature.
        requirement: &'static Requirement,
    },
    /// The observer stopped it.
    Stopped {
        /// The instant.
        at: SimTime,
        /// Reason of the stop.
        why: Stop,
    },
}

impl fmt::Display for RunError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EventStorm { at } => {
                write!(
                    f,
                    "more than {EVENTS_AT_ONE_INSTANT} control events at second {:.3}",
                    at.as_secs_f64()
                )
            }
            Self::TooManyInFlight { at, service, count, limit } => write!(
                f,
                "`{service}` has {count} requests in flight at second {:.3}, and `limits.max_in_flight` is {limit}: bound what \
                 waits with `task.queue` or `request.timeout`, or raise the limit (about 100 bytes of memory a request)",
                at.as_secs_f64()
            ),
            Self::TooManyRetries { at, retries, limit } => write!(
                f,
                "{retries} retries by second {:.3}, and `limits.max_requests` is {limit}: retry less \
                 (`retry.max_attempts`, `retry.backoff`, `retry.budget`), or raise the limit if it is meant",
                at.as_secs_f64()
            ),
            Self::CannotFlow { service, requirement } => write!(
                f,
                "`{service}` cannot be simulated as flows because of its `{}.{}`: the fluid plane knows {} only",
                requirement.table, requirement.key, requirement.why
            ),
            Self::Stopped { at, why: Stop::Interrupted } => {
                write!(f, "interrupted at second {:.0}", at.as_secs_f64())
            }
            Self::Stopped { at, why: Stop::OverBudget } => {
                write!(f, "more requests than its budget by second {:.0}", at.as_secs_f64())
            }
        }
    }
}

impl core::error::Error for RunError {}

/// Result of a run besides the facts that its observer received.
#[derive(Clone, Debug)]
pub struct RunOutcome {
    /// One a service, in the order of the plan.
    pub services: Vec<ServiceOutcome>,
    /// Rolling hash over every control event and every request outcome.
    pub fingerprint: u64,
    /// Control events dispatched.
    pub control_events: u64,
}

/// The bill of one service.
#[derive(Clone, Debug)]
pub struct ServiceOutcome {
    /// Quantities that were metered of it.
    pub reading: MeterReading,
    /// Invoice of the service.
    pub invoice: Invoice,
    /// Requests in flight at the horizon that are older than [`ServicePlan::overdue_after`], where the plane states outcomes
    /// only when they have happened.
    pub overdue: u64,
}

/// Runs `plan` with the random streams of `(seed, replication)` and tells `observer` everything that happens. Services are
/// scaled as the plan says.
///
/// The result depends on the plan, the seed and the replication only.
///
/// # Errors
/// When the run was stopped; see [`RunError`].
pub fn simulate(
    plan: &Plan,
    seed: u64,
    replication: u64,
    observer: &mut impl Observer,
) -> Result<RunOutcome, RunError> {
    simulate_with(plan, (seed, replication), observer, |_| None)
}

/// The same with scaling controllers of the caller's own: `controller` is asked for that of each service, in order; where it
/// returns `None`, the service is scaled as the plan says.
///
/// # Errors
/// When the run was stopped; see [`RunError`].
pub fn simulate_with<'p>(
    plan: &'p Plan,
    (seed, replication): (u64, u64),
    observer: &mut impl Observer,
    mut controller: impl FnMut(ServiceId) -> Option<Box<dyn Controller + 'p>>,
) -> Result<RunOutcome, RunError> {
    let streams = Streams::new(seed, replication);
    let planned = |service: &'p ServicePlan| -> Box<dyn Controller + 'p> {
        let first_minute = plan.first_minute_end();
        Box::new(ApplicationAutoScaling::new(&service.scaling, &service.name, first_minute, streams))
    };
    let controllers: Vec<Box<dyn Controller + 'p>> = (plan.services.iter().zip((0..).map(ServiceId)))
        .map(|(service, id)| controller(id).unwrap_or_else(|| planned(service)))
        .collect();
    match plan.fidelity {
        Fidelity::Requests if !plan.services.iter().any(ServicePlan::needs_events) => {
            Simulation::<_, FastPath<'_>>::new(plan, streams, controllers, observer).simulate()
        }
        Fidelity::Requests | Fidelity::Events => {
            Simulation::<_, PerService<'_>>::new(plan, streams, controllers, observer).simulate()
        }
        Fidelity::Fluid => {
            refuse_what_cannot_flow(plan)?;
            Simulation::<_, Fluid<'_>>::new(plan, streams, controllers, observer).simulate()
        }
    }
}

/// A feature that the fluid plane would ignore is an error.
fn refuse_what_cannot_flow(plan: &Plan) -> Result<(), RunError> {
    let blocker = plan.services.iter().find_map(|service| Some((service, service.flow_blockers().next()?)));
    blocker.map_or(Ok(()), |(service, requirement)| {
        Err(RunError::CannotFlow { service: service.name.clone(), requirement })
    })
}

pub(super) struct Simulation<'p, 'o, O, P> {
    pub(super) plan: &'p Plan,
    events: EventQueue<Event>,
    pub(super) services: Vec<ServiceState<'p, P>>,
    /// Services that are served together, by index.
    groups: Vec<Vec<usize>>,
    bucket: LaunchBucket,
    pub(super) observer: &'o mut O,
    fingerprint: u64,
    control_events: u64,
    effects: Effects,
    leash: Leash,
}

impl<'p, 'o, O: Observer, P: Plane<'p>> Simulation<'p, 'o, O, P> {
    fn new(
        plan: &'p Plan,
        streams: Streams,
        controllers: Vec<Box<dyn Controller + 'p>>,
        observer: &'o mut O,
    ) -> Self {
        let services = (0..).map(ServiceId).zip(controllers);
        Self {
            plan,
            events: EventQueue::default(),
            services: services.map(|(id, by)| ServiceState::new(id, plan, streams, by)).collect(),
            groups: group::groups(plan),
            bucket: LaunchBucket::new(&plan.launch_limits),
            observer,
            fingerprint: 0xCBF2_9CE4_8422_2325,
            control_events: 0,
            effects: Effects::default(),
            leash: Leash::new(plan.bounds),
        }
    }

    fn simulate(mut self) -> Result<RunOutcome, RunError> {
        self.begin();
        self.run()?;
        Ok(self.finish())
    }

    pub(super) fn schedule(&mut self, at: SimTime, event: Event) {
        if at.0 <= self.plan.horizon.0 {
            self.events.schedule(at, event.priority() as u8, event);
        }
    }

    /// Second 0: warm tasks, first periods, first evaluations.
    fn begin(&mut self) {
        self.schedule(SimTime(self.plan.horizon.0), Event::Horizon);
        if self.plan.warmup.0 > 0 {
            self.schedule(SimTime(self.plan.warmup.0), Event::WarmupEnd);
        }
        for index in 0..self.services.len() {
            let state = &mut self.services[index];
            let id = state.id;
            state.lifecycle.begin_warm(state.plan.desired_count, &mut state.plane, &mut self.effects);
            self.state_effects(id);
            self.schedule_faults(id);
            self.schedule(self.services[index].usage.open_end(), Event::PeriodEnd(id));
            self.control(id, SimTime::ZERO, |controller, turn| controller.begin(turn));
        }
    }

    /// A timer of a controller falls due.
    fn scale(&mut self, id: ServiceId, now: SimTime, timer: Timer) {
        self.control(id, now, |controller, turn| controller.fire(timer, turn));
    }

    /// Calls a controller and moves the desired count to what it returns.
    fn control(
        &mut self,
        id: ServiceId,
        now: SimTime,
        call: impl FnOnce(&mut dyn Controller, &mut Turn<'_>) -> Option<u32>,
    ) {
        let (state, calendar) = (&mut self.services[id.index()], (&mut self.events, self.plan.horizon));
        if let Some(desired) = state.control(now, self.observer, calendar, call) {
            self.set_desired(id, now, desired);
        }
    }

    fn schedule_faults(&mut self, id: ServiceId) {
        let plan = self.services[id.index()].plan;
        for (index, fault) in (0_u32..).zip(&plan.faults) {
            self.schedule(fault.at, Event::FaultBegins(id, index));
            if fault.kind.lasts() {
                self.schedule(fault.at + fault.duration, Event::FaultEnds(id, index));
            }
        }
    }

    fn run(&mut self) -> Result<(), RunError> {
        let (mut instant, mut at_once) = (SimTime::ZERO, 0_u64);
        loop {
            if P::HAS_INCIDENTS {
                self.serve_to_the_next_event();
            }
            let Some((now, event)) = self.events.pop() else { break };
            at_once = if now == instant { at_once + 1 } else { 0 };
            instant = now;
            if at_once > EVENTS_AT_ONE_INSTANT {
                return Err(RunError::EventStorm { at: now });
            }
            self.control_events += 1;
            for word in [now.0, event.priority() as u64, event.entity()] {
                self.fingerprint =
                    (self.fingerprint.rotate_left(5) ^ word).wrapping_mul(0x517C_C1B7_2722_0A95);
            }
            let is_last = self.dispatch(now, event);
            if let Some((at, halt)) = self.leash.halted {
                return Err(self.halted(at, halt));
            }
            if is_last {
                break;
            }
            if matches!(event, Event::PeriodEnd(_)) {
                self.observer.go_on(now).map_err(|why| RunError::Stopped { at: now, why })?;
            }
        }
        Ok(())
    }

    /// Why the run ends where a plane stopped.
    fn halted(&self, at: SimTime, halt: Halt) -> RunError {
        match halt {
            Halt::Unwanted => RunError::Stopped { at, why: Stop::Interrupted },
            Halt::Retries(retries) => {
                RunError::TooManyRetries { at, retries, limit: self.plan.bounds.retries }
            }
            Halt::InFlight(service, count) => RunError::TooManyInFlight {
                at,
                service: self.plan.services[service.index()].name.clone(),
                count,
                limit: self.plan.bounds.in_flight,
            },
        }
    }

    /// Serves every service up to the next event. A task that dies of what it holds makes an event of its own, which is
    /// then the next one.
    fn serve_to_the_next_event(&mut self) {
        let Some(until) = self.events.next_at() else { return };
        for index in 0..self.services.len() {
            let state = &mut self.services[index];
            // A service that has stopped at a dying task waits for its event, which another service's may precede.
            if state.awaits_incident || state.plan.group.is_some() {
                continue;
            }
            if let Some(incident) = state.serve(until, self.observer, &mut self.leash) {
                self.schedule_incident(index, incident);
            }
        }
        for index in 0..self.groups.len() {
            let (members, services) = (&self.groups[index], &mut self.services);
            if let Some((service, incident)) =
                group::serve(services, members, until, self.observer, &mut self.leash)
            {
                self.schedule_incident(service, incident);
            }
        }
    }

    fn schedule_incident(&mut self, service: usize, incident: Incident) {
        let state = &mut self.services[service];
        state.awaits_incident = true;
        let event = Event::OutOfMemory(state.id, incident.replica);
        self.schedule(SimTime(incident.at), event);
    }

    /// Lets one event have its effect; true when it was the last.
    fn dispatch(&mut self, now: SimTime, event: Event) -> bool {
        match event {
            Event::Task(id, timer) => self.task_step(id, now, &timer),
            Event::FaultBegins(id, fault) => self.fault(id, now, fault as usize, true),
            Event::FaultEnds(id, fault) => self.fault(id, now, fault as usize, false),
            Event::OutOfMemory(id, replica) => self.task_failed(id, now, replica),
            Event::PeriodEnd(id) => self.period_end(id, now),
            Event::Scaling(id, timer) => self.scale(id, now, timer),
            Event::WarmupEnd => {
                self.serve_all(now);
                self.observer.warmup_ended(now);
            }
            Event::Horizon => {
                self.serve_all(now);
                return true;
            }
        }
        false
    }

    fn serve_all(&mut self, until: SimTime) {
        for state in &mut self.services {
            let _incident = state.serve(until, self.observer, &mut self.leash);
        }
    }

    fn task_step(&mut self, id: ServiceId, now: SimTime, timer: &TaskTimer) {
        let state = &mut self.services[id.index()];
        let _incident = state.serve(now, self.observer, &mut self.leash);
        state.lifecycle.step(now, timer, &mut state.plane, &mut self.bucket, &mut self.effects);
        self.apply_effects(id, now);
    }

    fn fault(&mut self, id: ServiceId, now: SimTime, index: usize, begins: bool) {
        let state = &mut self.services[id.index()];
        let _incident = state.serve(now, self.observer, &mut self.leash);
        let fault = &state.plan.faults[index];
        let (plane, bucket, out) = (&mut state.plane, &mut self.bucket, &mut self.effects);
        let tasks = if begins {
            state.lifecycle.fault_begins(now, (index, &fault.kind), plane, bucket, out)
        } else {
            state.lifecycle.fault_ends(now, index, plane, bucket, out);
            0
        };
        let desired = state.lifecycle.desired();
        self.observer.fault_moved(id, &FaultMoved { at: now, index, fault, begins, tasks, desired });
        self.apply_effects(id, now);
    }

    /// The task of `replica` is killed: its memory is exceeded.
    fn task_failed(&mut self, id: ServiceId, now: SimTime, replica: ReplicaIndex) {
        let state = &mut self.services[id.index()];
        state.awaits_incident = false;
        let failed = (replica, TaskFailure::OutOfMemory);
        state.lifecycle.task_failed(now, failed, &mut state.plane, &mut self.bucket, &mut self.effects);
        self.apply_effects(id, now);
    }

    /// States what the lifecycle brought about; when as many tasks run as are desired again, the controller hears of it.
    fn apply_effects(&mut self, id: ServiceId, now: SimTime) {
        self.state_effects(id);
        let state = &mut self.services[id.index()];
        let was_settled = core::mem::replace(&mut state.is_settled, state.lifecycle.is_settled());
        if state.is_settled && !was_settled {
            let calendar = (&mut self.events, self.plan.horizon);
            state.control(now, self.observer, calendar, |controller, turn| controller.settled(turn));
        }
    }

    /// States what the lifecycle brought about and puts what falls due on the calendar.
    fn state_effects(&mut self, id: ServiceId) {
        let state = &mut self.services[id.index()];
        for moved in self.effects.moved.drain(..) {
            state.usage.task_moved(&moved);
            state.meter.task_moved(&moved, &state.plan.billed_task(moved.revision, moved.capacity));
            if let Some(tally) = &mut state.tally {
                tally.task_moved(&moved);
            }
            self.observer.task_moved(id, &moved);
        }
        self.effects.held.drain(..).for_each(|held| state.usage.held(&held));
        for retraction in self.effects.retracted.drain(..) {
            state.usage.retracted(&retraction);
            if let Some(tally) = &mut state.tally {
                tally.retracted(&retraction);
            }
            self.observer.retracted(id, &retraction);
        }
        for failed in self.effects.failed.drain(..) {
            self.observer.task_failed(id, &failed);
        }
        for (at, boots) in self.effects.boots.drain(..) {
            state.usage.boot_changed(at, boots);
        }
        let mut due = core::mem::take(&mut self.effects.due);
        for due in due.drain(..) {
            self.schedule(due.at, Event::Task(id, due));
        }
        self.effects.due = due;
    }

    pub(super) fn set_desired(&mut self, id: ServiceId, now: SimTime, desired: u32) {
        let state = &mut self.services[id.index()];
        let (bucket, out) = (&mut self.bucket, &mut self.effects);
        state.lifecycle.set_desired(now, desired, bucket, out);
        state.is_settled = false;
        self.apply_effects(id, now);
    }

    /// A period of the usage meter ends; three or six of them make a minute where a metric has a finer resolution.
    fn period_end(&mut self, id: ServiceId, now: SimTime) {
        let state = &mut self.services[id.index()];
        let _incident = state.serve(now, self.observer, &mut self.leash);
        state.plane.forget_before(now.0);
        let usage = state.usage.close_period();
        let outcomes = state.tally.as_mut().map(crate::telemetry::OutcomeMeter::close_period);
        let (past, is_last) = (self.plan.past_minute(now), now.0 >= self.plan.horizon.0);
        let counts = state.lifecycle.counts();
        let levels = CountsAtEnd {
            running: counts.running,
            desired: state.lifecycle.desired(),
            pending: counts.pending,
            healthy: counts.in_service,
        };
        state.metrics.period((now, past, is_last), &usage, outcomes.as_ref(), levels);
        state.minute.add(&usage);
        let next = state.usage.open_end();
        state.look_for_strain(now, next, &usage, &mut self.effects);
        self.apply_effects(id, now);
        if past == 0 || is_last {
            self.minute_end(id, now);
        }
        if !is_last {
            self.schedule(next, Event::PeriodEnd(id));
        }
    }

    /// A minute of the calendar ends, or the last part of one: the meter and the observer hear of it.
    fn minute_end(&mut self, id: ServiceId, now: SimTime) {
        let state = &mut self.services[id.index()];
        let usage: UsageTotals = core::mem::take(&mut state.minute);
        let shape = state.plan.shape();
        let (cpu_utilization, memory_utilization) = (shape.cpu(&usage), shape.memory(&usage));
        let bytes =
            state.plan.request.bytes.map_or(0, |bytes| u128::from(bytes.0) * u128::from(usage.routed));
        let in_flight = u128::try_from(usage.occupied + usage.waiting).unwrap_or(0);
        state.meter.period(&LcuUsage { requests: usage.asked, in_flight, bytes }, now);
        let (counts, desired) = (state.lifecycle.counts(), state.lifecycle.desired());
        let period = MinuteClosed { end: now, usage, cpu_utilization, memory_utilization, counts, desired };
        self.observer.period_closed(id, &period);
    }

    fn finish(self) -> RunOutcome {
        let horizon = SimTime(self.plan.horizon.0);
        let mut fingerprint = self.fingerprint;
        let mut services = Vec::with_capacity(self.services.len());
        for state in self.services {
            fingerprint =
                (fingerprint.rotate_left(5) ^ state.fingerprint).wrapping_mul(0x517C_C1B7_2722_0A95);
            let (plan, deprovisioning) = (state.plan, state.plan.tariff.bill_deprovisioning);
            let still_billed = state.lifecycle.billed(deprovisioning);
            let still_billed =
                still_billed.map(|task| (task.since, plan.billed_task(task.revision, task.capacity)));
            let reading = state.meter.finish(horizon, still_billed);
            let invoice = Invoice::of(&reading, &plan.tariff.prices);
            let before = state.plan.overdue_after.map(|limit| horizon.0.saturating_sub(limit.0));
            let overdue = before.map_or(0, |before| state.plane.in_flight_of(self.plan.warmup.0, before));
            services.push(ServiceOutcome { reading, invoice, overdue });
        }
        RunOutcome { services, fingerprint, control_events: self.control_events }
    }
}
