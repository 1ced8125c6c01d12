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
//! Each step returns what falls due next; the simulation keeps the events. A step that no longer applies, because its
//! task was stopped meanwhile, is recognized and ignored.

use super::effects::{Effects, TaskTimer, TimerKind};
use super::launch_limits::LaunchBucket;
use super::plan::ScaleInVictim;
use super::stages::TaskStage;
use super::state::{Lifecycle, Waiting};
use crate::facts::TaskFailure;
use crate::replica_set::ReplicaSet;
use crate::units::{SimTime, TaskId};

impl Lifecycle {
    /// Starts with `count` tasks in service at second 0, warm and billed from then.
    pub fn begin_warm(&mut self, count: u32, replicas: &mut impl ReplicaSet, out: &mut Effects) {
        self.desired = count;
        for _ in 0..count {
            let task = self.push_task(TaskStage::InService);
            self.tasks[task.index()].billed_since = Some(SimTime::ZERO);
            self.tasks[task.index()].slot = Some(replicas.add());
            self.place(task);
            self.tasks[task.index()].check_phase = self.warm_check_phase(task);
            self.note(SimTime::ZERO, task, None, TaskStage::InService, out);
            self.expect_crash(SimTime::ZERO, task, out);
        }
    }

    /// Whether what runs is what is desired: nothing is on its way in or about to leave.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.counts.running == self.desired
            && self.stop_requested_running == 0
            && self.awaiting_replacement.is_empty()
    }

    /// Changes the desired count: asks for what is missing, stops what is too much.
    pub fn set_desired(&mut self, now: SimTime, desired: u32, bucket: &mut LaunchBucket, out: &mut Effects) {
        self.desired = desired;
        while self.active.len() > desired as usize {
            self.pick_scale_in_victim(now, out);
        }
        // An unhealthy task that waited for its replacement is not needed where fewer tasks are wanted.
        self.retire(now, out);
        self.ask_for_missing(now, bucket, out);
    }

    /// Asks for as many tasks as are missing.
    pub(super) fn ask_for_missing(&mut self, now: SimTime, bucket: &mut LaunchBucket, out: &mut Effects) {
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
    fn launch_next(&mut self, now: SimTime, bucket: &mut LaunchBucket, out: &mut Effects) {
        while self.waiting.is_none() {
            let Some(task) = self.first_unlaunched() else { return };
            if self.throttle.until() > now {
                self.wait(Waiting::LaunchThrottle, self.throttle.until(), task, out);
                return;
            }
            if self.least_loaded_zone().is_none() {
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

    pub(super) fn wait(&mut self, waiting: Waiting, at: SimTime, task: TaskId, out: &mut Effects) {
        self.waiting = Some((waiting, at));
        out.due.push(TaskTimer { at, task, step: TimerKind::Launch, stage: TaskStage::Scheduled });
    }

    fn launch(&mut self, now: SimTime, task: TaskId, out: &mut Effects) {
        self.unlaunched.pop_front();
        self.window.note(now);
        self.place(task);
        self.tasks[task.index()].launch_will_fail = self.draws_launch_failure(task);
        let at = now + self.startup.scheduling.draw(&mut self.startup_rng(task));
        out.due.push(TaskTimer { at, task, step: TimerKind::Advance, stage: TaskStage::Scheduled });
    }

    /// The limit that the scheduler waited for lets it go on.
    fn go_on_launching(&mut self, now: SimTime, bucket: &mut LaunchBucket, out: &mut Effects) {
        let waited = self.waiting.take();
        // A token that was waited for is taken already, but a task can only be placed where there is a zone for it.
        let is_free = self.throttle.until() <= now;
        if let (Some((Waiting::Token, _)), Some(task), true) = (waited, self.first_unlaunched(), is_free)
            && self.least_loaded_zone().is_some()
        {
            self.launch(now, task, out);
        }
        self.launch_next(now, bucket, out);
    }

    /// Chooses one active task and stops it: what does not run yet goes first, newest first
    /// (`docs/aws/task-lifecycle.md#zones-and-scale-in`).
    #[expect(clippy::cast_possible_truncation, reason = "an index below the number of tasks")]
    fn pick_scale_in_victim(&mut self, now: SimTime, out: &mut Effects) {
        let not_running = self.active.iter().rposition(|task| self.tasks[task.index()].stage.is_pending());
        let position = not_running.unwrap_or_else(|| match self.victim {
            ScaleInVictim::Newest => self.active.len() - 1,
            ScaleInVictim::Oldest => 0,
            ScaleInVictim::Random => self.victim_rng.below(self.active.len() as u64) as usize,
            ScaleInVictim::ZoneBalanced => self.victim_of_fullest_zone(),
        });
        let task = self.leave_active(position);
        let stage = self.tasks[task.index()].stage;
        self.tasks[task.index()].stop_requested = true;
        if stage == TaskStage::Scheduled {
            self.move_to(now, task, TaskStage::Stopped, out);
        } else if stage.is_pending() {
            self.leave_container(now, task, out);
        } else {
            self.stop_requested_running += 1;
            out.due.push(TaskTimer { at: now + self.stopping.lag, task, step: TimerKind::BeginStop, stage });
        }
    }

    /// Does what fell due, unless it no longer applies.
    pub fn step(
        &mut self,
        now: SimTime,
        due: &TaskTimer,
        replicas: &mut impl ReplicaSet,
        bucket: &mut LaunchBucket,
        out: &mut Effects,
    ) {
        let task = self.tasks[due.task.index()];
        match due.step {
            TimerKind::Launch if self.waiting.is_some_and(|(_, until)| until <= now) => {
                self.go_on_launching(now, bucket, out);
            }
            TimerKind::Launch => {}
            TimerKind::Advance if task.stage == due.stage => self.advance(now, due.task, replicas, out),
            TimerKind::BeginStop if task.stage.is_running() => {
                self.stop_requested_running -= 1;
                self.begin_stop(now, due.task, replicas, out);
            }
            TimerKind::Advance | TimerKind::BeginStop => {}
            TimerKind::Booted => self.booted(now, due.task, replicas, out),
            TimerKind::Crash if task.stage.has_container() => {
                self.fail(now, due.task, TaskFailure::Crashed, replicas, out);
            }
            TimerKind::Crash => {}
            TimerKind::Check => self.check(now, due.task, replicas, out),
            TimerKind::CheckTimedOut => self.check_timed_out(now, due.task, replicas, out),
            TimerKind::TargetHealthy => self.target_healthy(now, due.task, replicas, out),
            TimerKind::ContainerFails => self.container_fails(now, due.task, out),
            TimerKind::Replace => self.replace_if_due(now, due.task, out),
        }
        self.retire(now, out);
        let is_free = self.waiting.is_none() && !self.unlaunched.is_empty();
        if is_free || self.active.len() < self.desired as usize {
            self.ask_for_missing(now, bucket, out);
        }
    }

    pub(super) fn enter_service(
        &mut self,
        now: SimTime,
        task: TaskId,
        replicas: &mut impl ReplicaSet,
        out: &mut Effects,
    ) {
        self.tasks[task.index()].slot = Some(replicas.add());
        self.move_to(now, task, TaskStage::InService, out);
    }

    pub(super) fn leave_container(&mut self, now: SimTime, task: TaskId, out: &mut Effects) {
        self.end_boot(now, task, out);
        self.move_to(now, task, TaskStage::Deprovisioning, out);
        let at = now + self.stopping.deprovisioning;
        out.due.push(TaskTimer { at, task, step: TimerKind::Advance, stage: TaskStage::Deprovisioning });
    }
}
