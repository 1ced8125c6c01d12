//! A task's life, and the scheduler that keeps as many as are desired.
//!
//! ```text
//! desired → Scheduled → Provisioning → Pulling → Starting → Booting → Registering → InService
//!                                                             └──────── any of these ───────┴→ (stop lag)
//!                                             → Draining → Stopping → Deprovisioning → Stopped
//! ```
//!
//! Each step returns what falls due next; the world keeps the calendar. A step that no longer applies, because its
//! task was stopped meanwhile, is recognized and ignored.

use alloc::collections::VecDeque;
use alloc::string::String;
use alloc::vec::Vec;

use super::fleet::Slot;
use super::launch::{LaunchBucket, LaunchWindow};
use super::plan::{FirstHealthCheck, LoadBalancerPlan, ScaleInVictim, StartupPlan, StoppingPlan};
use super::seats::Seats;
use crate::facts::{Loss, TaskFailed, TaskFailure, TaskMoved, TaskStage};
use crate::random::{Purpose, Rng, Streams};
use crate::units::{SimTime, TaskId};

/// What a task does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The current stage is over.
    Advance,
    /// The stop lag is over: it leaves `RUNNING`.
    BeginStop,
    /// A launch limit lets the scheduler go on.
    Launch,
}

/// Something that falls due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    /// When.
    pub at: SimTime,
    /// For which task.
    pub task: TaskId,
    /// What.
    pub step: Step,
    /// The stage the task must still be in.
    pub stage: TaskStage,
}

/// What an operation brought about: moves to state as facts, losses, and steps to put on the calendar.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// Moves, in order.
    pub moved: Vec<TaskMoved>,
    /// Requests that were lost.
    pub lost: Vec<Loss>,
    /// Tasks that failed.
    pub failed: Vec<TaskFailed>,
    /// Steps that fall due.
    pub due: Vec<Due>,
}

/// Tasks by what ECS and the load balancer count them as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TaskCounts {
    /// Asked for, not running yet.
    pub pending: u32,
    /// In `RUNNING`.
    pub running: u32,
    /// Registered with the load balancer: healthy or not.
    pub registered: u32,
    /// Receiving requests.
    pub in_service: u32,
    /// On the way out, container still there.
    pub draining: u32,
}

#[derive(Clone, Copy, Debug)]
struct Task {
    stage: TaskStage,
    /// Chosen to stop; it goes on until the lag is over.
    doomed: bool,
    slot: Option<Slot>,
    billed_since: Option<SimTime>,
    /// When its last request leaves it \[ns\].
    last_end: u64,
}

/// The scheduler of one service and its tasks.
#[derive(Clone, Debug)]
pub struct Lifecycle {
    startup: StartupPlan,
    stopping: StoppingPlan,
    balancer: Option<LoadBalancerPlan>,
    victim: ScaleInVictim,
    name: String,
    streams: Streams,
    victim_rng: Rng,
    window: LaunchWindow,
    /// Tasks that are asked for and not launched yet, oldest first.
    unlaunched: VecDeque<TaskId>,
    waiting: Option<Waiting>,
    /// Tasks in `RUNNING` that were chosen to stop.
    doomed_running: u32,
    tasks: Vec<Task>,
    /// Tasks that are neither stopping nor stopped, oldest first.
    active: Vec<TaskId>,
    desired: u32,
    counts: TaskCounts,
}

/// What the scheduler waits for before it launches the next task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Waiting {
    /// The account's bucket: the token is taken and good at the instant the scheduler wakes.
    Token,
    /// The service's own rate.
    Window,
}

/// What a lifecycle is made of.
#[derive(Clone, Debug)]
pub struct LifecycleParts<'a> {
    /// How a task starts.
    pub startup: &'a StartupPlan,
    /// How it stops.
    pub stopping: &'a StoppingPlan,
    /// The load balancer, if any.
    pub balancer: Option<&'a LoadBalancerPlan>,
    /// Which task a scale-in stops.
    pub victim: ScaleInVictim,
    /// The scheduler's rate.
    pub window: LaunchWindow,
    /// The service's name, part of the key of its streams.
    pub name: &'a str,
    /// The source of its streams.
    pub streams: Streams,
}

impl Lifecycle {
    /// A service without tasks.
    #[must_use]
    pub fn new(parts: &LifecycleParts<'_>) -> Self {
        Self {
            startup: parts.startup.clone(),
            stopping: parts.stopping.clone(),
            balancer: parts.balancer.cloned(),
            victim: parts.victim,
            name: parts.name.into(),
            streams: parts.streams,
            victim_rng: parts.streams.stream(Purpose::Victim, parts.name),
            window: parts.window.clone(),
            unlaunched: VecDeque::new(),
            waiting: None,
            doomed_running: 0,
            tasks: Vec::new(),
            active: Vec::new(),
            desired: 0,
            counts: TaskCounts::default(),
        }
    }

    /// Desired count.
    #[must_use]
    pub fn desired(&self) -> u32 {
        self.desired
    }

    /// Tasks by kind.
    #[must_use]
    pub fn counts(&self) -> TaskCounts {
        self.counts
    }

    /// Starts with `count` tasks in service at second 0, warm and billed from then.
    pub fn begin_warm(&mut self, count: u32, fleet: &mut impl Seats, out: &mut Outcome) {
        self.desired = count;
        for _ in 0..count {
            let task = self.push_task(TaskStage::InService);
            self.tasks[task.index()].billed_since = Some(SimTime::ZERO);
            self.tasks[task.index()].slot = Some(fleet.enter());
            self.note(SimTime::ZERO, task, None, TaskStage::InService, out);
        }
    }

    /// Whether what runs is what is desired: nothing is on its way in or about to leave.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.counts.running == self.desired && self.doomed_running == 0
    }

    /// Changes the desired count: asks for what is missing, stops what is too much.
    pub fn set_desired(&mut self, now: SimTime, desired: u32, bucket: &mut LaunchBucket, out: &mut Outcome) {
        self.desired = desired;
        while self.active.len() < desired as usize {
            let task = self.push_task(TaskStage::Scheduled);
            self.note(now, task, None, TaskStage::Scheduled, out);
            self.unlaunched.push_back(task);
        }
        while self.active.len() > desired as usize {
            self.doom_one(now, out);
        }
        self.launch_next(now, bucket, out);
    }

    /// Launches as many tasks as the limits allow now, and waits for the one that does not. A task takes its token when it
    /// is launched, so one that is no longer wanted takes none; a service waits for one token at a time, so services that
    /// scale out at once take turns.
    fn launch_next(&mut self, now: SimTime, bucket: &mut LaunchBucket, out: &mut Outcome) {
        while self.waiting.is_none() {
            let Some(task) = self.first_unlaunched() else { return };
            let allowed = self.window.earliest(now);
            if allowed > now {
                self.wait(Waiting::Window, allowed, task, out);
                return;
            }
            let token = bucket.take(now);
            if token > now {
                self.wait(Waiting::Token, token, task, out);
                return;
            }
            self.launch(now, task, out);
        }
    }

    /// The oldest task that still has to be launched; those that were stopped meanwhile are forgotten.
    fn first_unlaunched(&mut self) -> Option<TaskId> {
        while let Some(task) = self.unlaunched.front() {
            if self.tasks[task.index()].stage == TaskStage::Scheduled {
                return Some(*task);
            }
            self.unlaunched.pop_front();
        }
        None
    }

    fn wait(&mut self, waiting: Waiting, at: SimTime, task: TaskId, out: &mut Outcome) {
        self.waiting = Some(waiting);
        out.due.push(Due { at, task, step: Step::Launch, stage: TaskStage::Scheduled });
    }

    fn launch(&mut self, now: SimTime, task: TaskId, out: &mut Outcome) {
        self.unlaunched.pop_front();
        self.window.note(now);
        let at = now + self.startup.scheduling.draw(&mut self.startup_rng(task));
        out.due.push(Due { at, task, step: Step::Advance, stage: TaskStage::Scheduled });
    }

    /// The limit that the scheduler waited for lets it go on.
    fn go_on_launching(&mut self, now: SimTime, bucket: &mut LaunchBucket, out: &mut Outcome) {
        let waited = self.waiting.take();
        if let (Some(Waiting::Token), Some(task)) = (waited, self.first_unlaunched()) {
            self.launch(now, task, out);
        }
        self.launch_next(now, bucket, out);
    }

    #[expect(clippy::cast_possible_truncation, reason = "a run launches far fewer than 2³² tasks")]
    fn push_task(&mut self, stage: TaskStage) -> TaskId {
        let task = TaskId(self.tasks.len() as u32);
        self.tasks.push(Task { stage, doomed: false, slot: None, billed_since: None, last_end: 0 });
        self.active.push(task);
        task
    }

    /// A stream of its own for every task, so that one task's stages never shift another's.
    fn startup_rng(&self, task: TaskId) -> Rng {
        self.streams.stream(Purpose::Startup, &alloc::format!("{}/{}", self.name, task.0))
    }

    /// Chooses one active task and stops it: what does not run yet goes first, newest first (`aws-platform.md` §1.8).
    #[expect(clippy::cast_possible_truncation, reason = "an index below the number of tasks")]
    fn doom_one(&mut self, now: SimTime, out: &mut Outcome) {
        let not_running = self.active.iter().rposition(|task| self.tasks[task.index()].stage.is_pending());
        let position = not_running.unwrap_or_else(|| match self.victim {
            ScaleInVictim::Newest => self.active.len() - 1,
            ScaleInVictim::Oldest => 0,
            ScaleInVictim::Random | ScaleInVictim::ZoneBalanced => {
                self.victim_rng.below(self.active.len() as u64) as usize
            }
        });
        let task = self.active.remove(position);
        let stage = self.tasks[task.index()].stage;
        self.tasks[task.index()].doomed = true;
        if stage == TaskStage::Scheduled {
            self.move_to(now, task, TaskStage::Stopped, out);
        } else if stage.is_pending() {
            self.leave_container(now, task, out);
        } else {
            self.doomed_running += 1;
            out.due.push(Due { at: now + self.stopping.lag, task, step: Step::BeginStop, stage });
        }
    }

    /// Does what fell due, unless it no longer applies.
    pub fn step(
        &mut self,
        now: SimTime,
        due: &Due,
        fleet: &mut impl Seats,
        bucket: &mut LaunchBucket,
        out: &mut Outcome,
    ) {
        let task = self.tasks[due.task.index()];
        match due.step {
            Step::Launch => self.go_on_launching(now, bucket, out),
            Step::Advance if task.stage == due.stage => self.advance(now, due.task, fleet, out),
            Step::BeginStop if task.stage.is_running() => self.begin_stop(now, due.task, fleet, out),
            Step::Advance | Step::BeginStop => {}
        }
    }

    /// The task in `slot` has failed: what it holds dies with it, and another one is launched in its place.
    pub fn task_failed(
        &mut self,
        now: SimTime,
        (slot, failure): (Slot, TaskFailure),
        fleet: &mut impl Seats,
        bucket: &mut LaunchBucket,
        out: &mut Outcome,
    ) {
        let Some(index) = self.tasks.iter().position(|task| task.slot == Some(slot)) else { return };
        #[expect(clippy::cast_possible_truncation, reason = "a run launches far fewer than 2³² tasks")]
        let task = TaskId(index as u32);
        out.failed.push(TaskFailed { at: now, task, failure });
        let was_running = self.tasks[index].stage.is_running();
        if self.tasks[index].doomed && was_running {
            self.doomed_running -= 1;
        }
        if was_running {
            fleet.close(slot);
        }
        self.tasks[index].slot = None;
        fleet.kill(slot, now.0, |loss| out.lost.push(*loss));
        fleet.leave(slot);
        self.leave_container(now, task, out);
        if let Some(position) = self.active.iter().position(|other| *other == task) {
            self.active.remove(position);
            self.set_desired(now, self.desired, bucket, out);
        }
    }

    /// Ends the task's current stage and enters the next.
    fn advance(&mut self, now: SimTime, task: TaskId, fleet: &mut impl Seats, out: &mut Outcome) {
        let mut rng = self.startup_rng(task);
        // The stages' draws come from one stream in a fixed order: skip those that were used before.
        let skip = |stages: usize, rng: &mut Rng, plan: &StartupPlan| {
            let laws = [
                &plan.scheduling,
                &plan.provisioning,
                &plan.image_pull,
                &plan.container_start,
                &plan.application_boot,
            ];
            for law in &laws[..stages] {
                let _used = law.draw(rng);
            }
            laws[stages].draw(rng)
        };
        let (next, wait) = match self.tasks[task.index()].stage {
            TaskStage::Scheduled => (TaskStage::Provisioning, skip(1, &mut rng, &self.startup)),
            TaskStage::Provisioning => {
                self.tasks[task.index()].billed_since = Some(now);
                (TaskStage::Pulling, skip(2, &mut rng, &self.startup))
            }
            TaskStage::Pulling => (TaskStage::Starting, skip(3, &mut rng, &self.startup)),
            TaskStage::Starting => (TaskStage::Booting, skip(4, &mut rng, &self.startup)),
            TaskStage::Booting => return self.booted(now, task, fleet, out),
            TaskStage::Registering => return self.enter_service(now, task, fleet, out),
            TaskStage::Draining => return self.drained(now, task, fleet, out),
            TaskStage::Stopping => return self.exited(now, task, fleet, out),
            TaskStage::Deprovisioning => return self.move_to(now, task, TaskStage::Stopped, out),
            TaskStage::InService | TaskStage::Unhealthy | TaskStage::Stopped => return,
        };
        self.move_to(now, task, next, out);
        out.due.push(Due { at: now + wait, task, step: Step::Advance, stage: next });
    }

    /// The application answers: it registers with the load balancer, or serves at once where there is none.
    ///
    /// DIFFERENCE: without a load balancer ECS calls a task usable as soon as it is `RUNNING`; here nothing is sent to an
    /// application that still boots.
    fn booted(&mut self, now: SimTime, task: TaskId, fleet: &mut impl Seats, out: &mut Outcome) {
        let Some(balancer) = &self.balancer else { return self.enter_service(now, task, fleet, out) };
        let mut rng = self.streams.stream(Purpose::HealthCheck, &alloc::format!("{}/{}", self.name, task.0));
        let registered = now + balancer.registration.draw(&mut rng);
        let check = balancer.health_check;
        let first = match check.first_check {
            FirstHealthCheck::AtOnce => 0,
            FirstHealthCheck::AfterInterval => check.interval.0,
            FirstHealthCheck::RandomPhase => rng.below(check.interval.0.max(1)),
        };
        let more = u64::from(check.initial_healthy_count.max(1) - 1) * check.interval.0;
        let at = SimTime(registered.0 + first + more);
        self.move_to(now, task, TaskStage::Registering, out);
        out.due.push(Due { at, task, step: Step::Advance, stage: TaskStage::Registering });
    }

    fn enter_service(&mut self, now: SimTime, task: TaskId, fleet: &mut impl Seats, out: &mut Outcome) {
        self.tasks[task.index()].slot = Some(fleet.enter());
        self.move_to(now, task, TaskStage::InService, out);
    }

    /// The task leaves `RUNNING`. With a load balancer it is deregistered and drains until it is idle or the delay is
    /// over; without one it gets SIGTERM at once.
    fn begin_stop(&mut self, now: SimTime, task: TaskId, fleet: &mut impl Seats, out: &mut Outcome) {
        self.doomed_running -= 1;
        let last_end = self.tasks[task.index()].slot.map_or(0, |slot| fleet.close(slot));
        self.tasks[task.index()].last_end = last_end;
        if let Some(balancer) = &self.balancer {
            let idle = SimTime(last_end.max(now.0));
            let at = idle.min(now + balancer.deregistration_delay);
            self.move_to(now, task, TaskStage::Draining, out);
            out.due.push(Due { at, task, step: Step::Advance, stage: TaskStage::Draining });
        } else {
            self.terminate(now, task, out);
        }
    }

    /// The deregistration delay is over, or the task is idle: what it still holds fails now, then SIGTERM.
    fn drained(&mut self, now: SimTime, task: TaskId, fleet: &mut impl Seats, out: &mut Outcome) {
        if let Some(slot) = self.tasks[task.index()].slot {
            fleet.kill(slot, now.0, |loss| out.lost.push(*loss));
        }
        self.tasks[task.index()].last_end = 0;
        self.terminate(now, task, out);
    }

    /// SIGTERM: an idle container exits after a while, a busy one when its last request is done, and SIGKILL ends both.
    fn terminate(&mut self, now: SimTime, task: TaskId, out: &mut Outcome) {
        let last_end = self.tasks[task.index()].last_end;
        let polite = (now + self.stopping.exit_after_sigterm).max(SimTime(last_end));
        let at = polite.min(now + self.stopping.stop_timeout);
        self.move_to(now, task, TaskStage::Stopping, out);
        out.due.push(Due { at, task, step: Step::Advance, stage: TaskStage::Stopping });
    }

    fn exited(&mut self, now: SimTime, task: TaskId, fleet: &mut impl Seats, out: &mut Outcome) {
        if let Some(slot) = self.tasks[task.index()].slot.take() {
            fleet.kill(slot, now.0, |loss| out.lost.push(*loss));
            fleet.leave(slot);
        }
        self.leave_container(now, task, out);
    }

    fn leave_container(&mut self, now: SimTime, task: TaskId, out: &mut Outcome) {
        self.move_to(now, task, TaskStage::Deprovisioning, out);
        let at = now + self.stopping.deprovisioning;
        out.due.push(Due { at, task, step: Step::Advance, stage: TaskStage::Deprovisioning });
    }

    fn move_to(&mut self, now: SimTime, task: TaskId, to: TaskStage, out: &mut Outcome) {
        let from = self.tasks[task.index()].stage;
        self.tasks[task.index()].stage = to;
        self.note(now, task, Some(from), to, out);
    }

    /// States the move and keeps the counts.
    fn note(&mut self, at: SimTime, task: TaskId, from: Option<TaskStage>, to: TaskStage, out: &mut Outcome) {
        let changed = |count: u32, belongs: fn(TaskStage) -> bool| {
            count + u32::from(belongs(to)) - u32::from(from.is_some_and(belongs))
        };
        let counts = self.counts;
        self.counts = TaskCounts {
            pending: changed(counts.pending, TaskStage::is_pending),
            running: changed(counts.running, TaskStage::is_running),
            registered: changed(counts.registered, |stage| {
                matches!(stage, TaskStage::Registering | TaskStage::InService)
            }),
            in_service: changed(counts.in_service, |stage| stage == TaskStage::InService),
            draining: changed(counts.draining, TaskStage::is_draining),
        };
        out.moved.push(TaskMoved { at, task, from, to, billed_since: self.tasks[task.index()].billed_since });
    }

    /// Bill starts of the tasks that are billed now, in the order of their ids: for the bill at the horizon.
    /// `deprovisioning`: whether tasks whose container has exited are still billed.
    pub fn billed(&self, deprovisioning: bool) -> impl Iterator<Item = SimTime> + '_ {
        let is_billed = move |stage: TaskStage| {
            stage.is_billed() || (deprovisioning && stage == TaskStage::Deprovisioning)
        };
        self.tasks.iter().filter(move |task| is_billed(task.stage)).filter_map(|task| task.billed_since)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Distribution;
    use crate::service::{CpuDiscipline, Fleet, LaunchLimits, Routing, TaskHealthPlan, TaskPlan};
    use crate::units::{Bytes, SimDuration};

    #[test]
    fn a_task_that_was_chosen_to_stop_keeps_the_service_unsettled_although_it_still_runs() {
        let always = |seconds| Distribution::constant(SimDuration::from_secs(seconds));
        let startup = StartupPlan {
            scheduling: always(5),
            provisioning: always(5),
            image_pull: always(5),
            container_start: always(5),
            application_boot: always(0),
            warm_up: None,
        };
        let seconds = SimDuration::from_secs;
        let stopping = StoppingPlan {
            lag: seconds(6),
            exit_after_sigterm: seconds(1),
            stop_timeout: seconds(30),
            deprovisioning: seconds(1),
        };
        let limits = LaunchLimits { burst: 100, refill_per_s: 20, per_service_per_minute: 500 };
        let task = TaskPlan {
            cpu_units: 1024,
            memory_mib: 2048,
            cpu_discipline: CpuDiscipline::Fcfs,
            concurrency: Some(1),
            queue: None,
            base_memory: Bytes(0),
            memory_per_request: Bytes(0),
            health: TaskHealthPlan::default(),
        };
        let mut lifecycle = Lifecycle::new(&LifecycleParts {
            startup: &startup,
            stopping: &stopping,
            balancer: None,
            victim: ScaleInVictim::Newest,
            window: LaunchWindow::new(&limits),
            name: "web",
            streams: Streams::new(1, 0),
        });
        let mut fleet = Fleet::new(&task, true, false, (Routing::RoundRobin, Rng::from_key(1)), seconds(30));
        let (mut bucket, mut out) = (LaunchBucket::new(&limits), Outcome::default());
        lifecycle.begin_warm(10, &mut fleet, &mut out);
        assert!(lifecycle.is_settled());
        // 10 → 8 → 10 within the stop lag: ten run and ten are desired, but two of them are about to leave.
        lifecycle.set_desired(SimTime(1), 8, &mut bucket, &mut out);
        lifecycle.set_desired(SimTime(2), 10, &mut bucket, &mut out);
        assert_eq!((lifecycle.counts().running, lifecycle.desired()), (10, 10));
        assert!(!lifecycle.is_settled());
    }
}
