//! A task's life, and the scheduler that keeps as many as are desired.
//!
//! ```text
//! desired → Scheduled → Provisioning → Pulling → Starting → Booting → Registering → InService
//!                                                             └──────── any of these ───────┴→ (stop lag)
//!                                             → Draining → Stopping → Deprovisioning → Stopped
//! ```
//!
//! With a load balancer a task's target is registered when the task is `RUNNING`, and its checks begin then; while the
//! application boots they fail (`lifecycle/health.rs`).
//!
//! A task that fails leaves this line wherever it is; the scheduler launches another at once, unless tasks fail before they
//! run: then it holds back for longer and longer (`lifecycle/failing.rs`, `lifecycle/health.rs`).
//!
//! Each step returns what falls due next; the world keeps the calendar. A step that no longer applies, because its
//! task was stopped meanwhile, is recognized and ignored.

mod failing;
mod faults;
mod health;
mod leaving;
mod starting;
mod zones;

use alloc::collections::VecDeque;
use alloc::string::String;
use alloc::vec::Vec;

use super::fleet::Slot;
use super::launch::{LaunchBucket, LaunchWindow};
use super::plan::{
    LaunchBackoff, LoadBalancerPlan, ReplacementPlan, ScaleInVictim, StartupPlan, StoppingPlan,
    TaskHealthPlan,
};
use super::seats::Seats;
use crate::facts::{HeldVisit, Retraction, TaskFailed, TaskFailure, TaskMoved, TaskStage};
use crate::random::{Purpose, Rng, Streams};
use crate::units::{SimTime, TaskId};
use failing::Throttle;
use faults::Troubles;

/// What a task does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The current stage is over.
    Advance,
    /// The stop lag is over: it leaves `RUNNING`.
    BeginStop,
    /// A launch limit lets the scheduler go on.
    Launch,
    /// Its container exits of its own accord.
    Crash,
    /// The application answers.
    Booted,
    /// A health check of the load balancer comes to its target.
    Check,
    /// A check was not answered in time.
    CheckTimedOut,
    /// Requests are sent to a target that has passed its first checks.
    TargetHealthy,
    /// The container's last check that counts was not answered in time.
    ContainerFails,
    /// ECS acts on what the checks have found: another task is started in place of this one.
    Replace,
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
    /// Requests that tasks hold which left `RUNNING`.
    pub held: Vec<HeldVisit>,
    /// Requests that were lost.
    pub retracted: Vec<Retraction>,
    /// Tasks that failed.
    pub failed: Vec<TaskFailed>,
    /// Steps that fall due.
    pub due: Vec<Due>,
    /// Applications that began (`true`) or stopped (`false`) to boot, in order.
    pub boots: Vec<(SimTime, bool)>,
}

/// Tasks by what ECS and the load balancer count them as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TaskCounts {
    /// Asked for, not running yet.
    pub pending: u32,
    /// In `RUNNING`.
    pub running: u32,
    /// Registered with the load balancer, or about to be: healthy or not.
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
    /// When its last request leaves it, as far as it was foreseen when it was closed \[ns\].
    last_end: u64,
    /// The span in which its present stage on the way out ends: not before, and not after.
    leaves_within: (SimTime, SimTime),
    /// Its availability zone, once it is launched.
    zone: Option<u32>,
    /// Its launch goes wrong: it never reaches `RUNNING`.
    stillborn: bool,
    /// When it reached `RUNNING`.
    running_since: SimTime,
    /// Its application boots.
    boots: bool,
    /// When its target was, or will be, registered.
    registered_at: SimTime,
    /// The instant of one of its target's checks; the others lie whole intervals from it.
    check_phase: SimTime,
    checks: Checks,
    /// Since when it hangs.
    hung_since: Option<SimTime>,
    /// When ECS replaces it for what a check has found, and what that was.
    replace: Option<(SimTime, TaskFailure)>,
}

/// The checks of a target, as far as they are followed: those of a calm target pass, and are not put on the calendar.
#[derive(Clone, Copy, Debug, Default)]
struct Checks {
    /// Failed in a row.
    failed: u32,
    /// Passed in a row.
    passed: u32,
    /// The next one is on the calendar.
    is_due: bool,
    /// When one that is not answered now will have failed.
    times_out_at: Option<SimTime>,
}

/// The scheduler of one service and its tasks.
#[derive(Clone, Debug)]
pub struct Lifecycle {
    startup: StartupPlan,
    stopping: StoppingPlan,
    balancer: Option<LoadBalancerPlan>,
    victim: ScaleInVictim,
    replacement: ReplacementPlan,
    name: String,
    streams: Streams,
    victim_rng: Rng,
    window: LaunchWindow,
    /// Whether requests wait, so that checks may: those of all targets are followed.
    is_strained: bool,
    /// Tasks that are asked for and not launched yet, oldest first.
    unlaunched: VecDeque<TaskId>,
    /// What it waits for, and until when.
    waiting: Option<(Waiting, SimTime)>,
    /// Tasks in `RUNNING` that were chosen to stop.
    doomed_running: u32,
    tasks: Vec<Task>,
    /// Tasks that are neither stopping nor stopped, oldest first.
    active: Vec<TaskId>,
    desired: u32,
    counts: TaskCounts,
    health: TaskHealthPlan,
    throttle: Throttle,
    troubles: Troubles,
    /// Active tasks in each availability zone.
    by_zone: Vec<u32>,
    /// Unhealthy tasks that run until others have taken their places, oldest first.
    retiring: VecDeque<TaskId>,
}

/// What the scheduler waits for before it launches the next task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Waiting {
    /// The account's bucket: the token is taken and good at the instant the scheduler wakes.
    Token,
    /// The service's own rate.
    Window,
    /// Tasks failed before they ran: it holds back.
    Throttle,
    /// Every availability zone is lost.
    Zone,
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
    /// How tasks whose checks fail are replaced.
    pub replacement: &'a ReplacementPlan,
    /// The scheduler's rate.
    pub window: LaunchWindow,
    /// How it holds back after launches that failed.
    pub backoff: LaunchBackoff,
    /// What fails in a task of its own accord.
    pub health: &'a TaskHealthPlan,
    /// Availability zones, ≥ 1.
    pub zones: u32,
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
            replacement: parts.replacement.clone(),
            is_strained: false,
            name: parts.name.into(),
            streams: parts.streams,
            victim_rng: parts.streams.stream(Purpose::VICTIM, parts.name),
            window: parts.window.clone(),
            unlaunched: VecDeque::new(),
            waiting: None,
            doomed_running: 0,
            tasks: Vec::new(),
            active: Vec::new(),
            desired: 0,
            counts: TaskCounts::default(),
            health: parts.health.clone(),
            throttle: Throttle::new(parts.backoff),
            troubles: Troubles::default(),
            by_zone: alloc::vec![0; parts.zones.max(1) as usize],
            retiring: VecDeque::new(),
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
            self.place(task);
            self.tasks[task.index()].check_phase = self.warm_check_phase(task);
            self.note(SimTime::ZERO, task, None, TaskStage::InService, out);
            self.expect_crash(SimTime::ZERO, task, out);
        }
    }

    /// Whether what runs is what is desired: nothing is on its way in or about to leave.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.counts.running == self.desired && self.doomed_running == 0 && self.retiring.is_empty()
    }

    /// Changes the desired count: asks for what is missing, stops what is too much.
    pub fn set_desired(&mut self, now: SimTime, desired: u32, bucket: &mut LaunchBucket, out: &mut Outcome) {
        self.desired = desired;
        while self.active.len() > desired as usize {
            self.doom_one(now, out);
        }
        // An unhealthy task that waited for its replacement is not needed where fewer tasks are wanted.
        self.retire(now, out);
        self.ask_for_missing(now, bucket, out);
    }

    /// Asks for as many tasks as are missing.
    fn ask_for_missing(&mut self, now: SimTime, bucket: &mut LaunchBucket, out: &mut Outcome) {
        while self.active.len() < self.desired as usize {
            let task = self.push_task(TaskStage::Scheduled);
            self.note(now, task, None, TaskStage::Scheduled, out);
            self.unlaunched.push_back(task);
        }
        self.launch_next(now, bucket, out);
    }

    /// Launches as many tasks as the limits allow now, and waits for the one that does not. A task takes its token when it
    /// is launched, so one that is no longer wanted takes none; a service waits for one token at a time, so services that
    /// scale out at once take turns.
    fn launch_next(&mut self, now: SimTime, bucket: &mut LaunchBucket, out: &mut Outcome) {
        while self.waiting.is_none() {
            let Some(task) = self.first_unlaunched() else { return };
            if self.throttle.until() > now {
                self.wait(Waiting::Throttle, self.throttle.until(), task, out);
                return;
            }
            if self.roomiest_zone().is_none() {
                self.waiting = Some((Waiting::Zone, now));
                return;
            }
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
        self.waiting = Some((waiting, at));
        out.due.push(Due { at, task, step: Step::Launch, stage: TaskStage::Scheduled });
    }

    fn launch(&mut self, now: SimTime, task: TaskId, out: &mut Outcome) {
        self.unlaunched.pop_front();
        self.window.note(now);
        self.place(task);
        self.tasks[task.index()].stillborn = self.is_stillborn(task);
        let at = now + self.startup.scheduling.draw(&mut self.startup_rng(task));
        out.due.push(Due { at, task, step: Step::Advance, stage: TaskStage::Scheduled });
    }

    /// The limit that the scheduler waited for lets it go on.
    fn go_on_launching(&mut self, now: SimTime, bucket: &mut LaunchBucket, out: &mut Outcome) {
        let waited = self.waiting.take();
        // A token that was waited for is taken already, but a task can only be placed where there is a zone for it.
        let is_free = self.throttle.until() <= now;
        if let (Some((Waiting::Token, _)), Some(task), true) = (waited, self.first_unlaunched(), is_free)
            && self.roomiest_zone().is_some()
        {
            self.launch(now, task, out);
        }
        self.launch_next(now, bucket, out);
    }

    #[expect(clippy::cast_possible_truncation, reason = "a run launches far fewer than 2³² tasks")]
    fn push_task(&mut self, stage: TaskStage) -> TaskId {
        let task = TaskId(self.tasks.len() as u32);
        self.tasks.push(Task {
            stage,
            doomed: false,
            slot: None,
            billed_since: None,
            last_end: 0,
            leaves_within: (SimTime::ZERO, SimTime::ZERO),
            zone: None,
            stillborn: false,
            running_since: SimTime::ZERO,
            boots: false,
            registered_at: SimTime::ZERO,
            check_phase: SimTime::ZERO,
            checks: Checks::default(),
            hung_since: None,
            replace: None,
        });
        self.active.push(task);
        task
    }

    /// Chooses one active task and stops it: what does not run yet goes first, newest first
    /// (`docs/aws/task-lifecycle.md#zones-and-scale-in`).
    #[expect(clippy::cast_possible_truncation, reason = "an index below the number of tasks")]
    fn doom_one(&mut self, now: SimTime, out: &mut Outcome) {
        let not_running = self.active.iter().rposition(|task| self.tasks[task.index()].stage.is_pending());
        let position = not_running.unwrap_or_else(|| match self.victim {
            ScaleInVictim::Newest => self.active.len() - 1,
            ScaleInVictim::Oldest => 0,
            ScaleInVictim::Random => self.victim_rng.below(self.active.len() as u64) as usize,
            ScaleInVictim::ZoneBalanced => self.victim_of_fullest_zone(),
        });
        let task = self.leave_active(position);
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
            Step::Launch if self.waiting.is_some_and(|(_, until)| until <= now) => {
                self.go_on_launching(now, bucket, out);
            }
            Step::Launch => {}
            Step::Advance if task.stage == due.stage => self.advance(now, due.task, fleet, out),
            Step::BeginStop if task.stage.is_running() => {
                self.doomed_running -= 1;
                self.begin_stop(now, due.task, fleet, out);
            }
            Step::Advance | Step::BeginStop => {}
            Step::Booted => self.booted(now, due.task, fleet, out),
            Step::Crash if task.stage.has_container() => {
                self.fail(now, due.task, TaskFailure::Crashed, fleet, out);
            }
            Step::Crash => {}
            Step::Check => self.check(now, due.task, fleet, out),
            Step::CheckTimedOut => self.check_timed_out(now, due.task, fleet, out),
            Step::TargetHealthy => self.target_healthy(now, due.task, fleet, out),
            Step::ContainerFails => self.container_fails(now, due.task, out),
            Step::Replace => self.replace_if_due(now, due.task, out),
        }
        self.retire(now, out);
        let is_free = self.waiting.is_none() && !self.unlaunched.is_empty();
        if is_free || self.active.len() < self.desired as usize {
            self.ask_for_missing(now, bucket, out);
        }
    }

    fn enter_service(&mut self, now: SimTime, task: TaskId, fleet: &mut impl Seats, out: &mut Outcome) {
        self.tasks[task.index()].slot = Some(fleet.enter());
        self.move_to(now, task, TaskStage::InService, out);
    }

    fn leave_container(&mut self, now: SimTime, task: TaskId, out: &mut Outcome) {
        self.end_boot(now, task, out);
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
            registered: changed(counts.registered, TaskStage::is_running),
            in_service: changed(counts.in_service, |stage| stage == TaskStage::InService),
            draining: changed(counts.draining, TaskStage::is_draining),
        };
        let Task { billed_since, zone, .. } = self.tasks[task.index()];
        out.moved.push(TaskMoved { at, task, from, to, billed_since, zone: zone.unwrap_or(0) });
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
mod tests;
