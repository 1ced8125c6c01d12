//! Tasks that fail: what becomes of them and of what they hold, and how the scheduler replaces them.
//!
//! A task that dies after it has reached `RUNNING` is replaced at once, however often that happens; the scheduler holds
//! back only after tasks that never ran (`docs/aws/task-lifecycle.md#failing-tasks`). An unhealthy task is replaced
//! before it is stopped: it runs until the healthy ones are as many as are desired
//! (`docs/aws/health-checks.md#replacement-of-unhealthy-tasks`), as long as `maximumPercent` leaves room for both. One
//! that never was healthy is stopped at once: it carries nothing (public reports of slow boots:
//! `docs/aws/health-checks.md#slow-boots`).

use super::effects::{Effects, TaskTimer, TimerKind};
use super::launch_limits::LaunchBucket;
use super::stages::TaskStage;
use super::state::{Lifecycle, Waiting};
use crate::facts::{HeldVisit, TaskFailed, TaskFailure};
use crate::random::Purpose;
use crate::replica_set::{ReplicaIndex, ReplicaSet};
use crate::units::{SimDuration, SimTime, TaskId};

impl Lifecycle {
    /// A task fails on the spot: what it holds is lost, its container is gone, and it no longer counts.
    pub(super) fn fail(
        &mut self,
        now: SimTime,
        task: TaskId,
        failure: TaskFailure,
        replicas: &mut impl ReplicaSet,
        out: &mut Effects,
    ) {
        let state = self.tasks[task.index()];
        self.remove_from_counts(task);
        if let Some(slot) = self.tasks[task.index()].slot.take() {
            if matches!(state.stage, TaskStage::InService | TaskStage::Unhealthy) {
                replicas.drain(slot);
                replicas.held(slot, now.0, |visit| out.held.push(HeldVisit { at: now.0, visit: *visit }));
            }
            replicas.kill(slot, now.0, |retraction| out.retracted.push(*retraction));
            replicas.release(slot);
        }
        self.tasks[task.index()].hung_since = None;
        self.tasks[task.index()].replace = None;
        out.failed.push(TaskFailed { at: now, task, failure, desired: self.desired });
        if state.stage == TaskStage::Scheduled {
            self.move_to(now, task, TaskStage::Stopped, out);
        } else {
            self.leave_container(now, task, out);
        }
    }

    /// Takes a task off every list of those that count.
    fn remove_from_counts(&mut self, task: TaskId) {
        if let Some(position) = self.active.iter().position(|other| *other == task) {
            self.leave_active(position);
        } else if let Some(position) = self.awaiting_replacement.iter().position(|other| *other == task) {
            self.awaiting_replacement.remove(position);
        } else if self.tasks[task.index()].stop_requested && self.tasks[task.index()].stage.is_running() {
            self.stop_requested_running -= 1;
        }
    }

    /// The task in `slot` died of what happened in the data plane; it is replaced at once.
    pub fn task_failed(
        &mut self,
        now: SimTime,
        (slot, failure): (ReplicaIndex, TaskFailure),
        replicas: &mut impl ReplicaSet,
        bucket: &mut LaunchBucket,
        out: &mut Effects,
    ) {
        let holder = self.tasks.iter().rposition(|task| task.slot == Some(slot));
        if let Some(task) = holder.and_then(|index| u32::try_from(index).ok()).map(TaskId) {
            self.fail(now, task, failure, replicas, out);
            self.retire(now, out);
            self.ask_for_missing(now, bucket, out);
        }
    }

    /// Whether the launch of `task` goes wrong.
    pub(super) fn draws_launch_failure(&self, task: TaskId) -> bool {
        let probability = self.active_faults.launch_failure(self.health.launch_failure);
        let mut rng =
            self.streams.stream(Purpose::FAILURE, &alloc::format!("{}/{}/launch", self.name, task.0));
        probability > 0.0 && rng.open_unit() < probability
    }

    /// The task does not reach `RUNNING`: the scheduler holds back before it launches the next.
    pub(super) fn launch_failed(&mut self, now: SimTime, task: TaskId, out: &mut Effects) {
        self.throttle.failed(now);
        self.remove_from_counts(task);
        out.failed.push(TaskFailed {
            at: now,
            task,
            failure: TaskFailure::LaunchFailed,
            desired: self.desired,
        });
        self.leave_container(now, task, out);
    }

    /// The task reaches `RUNNING`.
    pub(super) fn reached_running(&mut self, now: SimTime, task: TaskId, out: &mut Effects) {
        self.throttle.succeeded();
        self.waiting = self.waiting.filter(|(waiting, _)| *waiting != Waiting::LaunchThrottle);
        self.tasks[task.index()].running_since = now;
        self.take_part_in_faults(task);
        self.expect_crash(now, task, out);
    }

    /// Puts the task's own end on the calendar, if it has one.
    pub(super) fn expect_crash(&self, now: SimTime, task: TaskId, out: &mut Effects) {
        let own = self.health.time_to_crash.as_ref().map(|law| {
            law.draw(
                &mut self.streams.stream(Purpose::FAILURE, &alloc::format!("{}/{}/crash", self.name, task.0)),
            )
        });
        let looping = self.active_faults.crash_loop().filter(|_| now > SimTime::ZERO);
        if let Some(after) = own.into_iter().chain(looping).min() {
            let stage = self.tasks[task.index()].stage;
            out.due.push(TaskTimer { at: now + after, task, step: TimerKind::Crash, stage });
        }
    }

    /// ECS replaces an unhealthy task: another is asked for, and this one runs until it is no longer needed.
    pub(super) fn replace(&mut self, now: SimTime, task: TaskId, failure: TaskFailure, out: &mut Effects) {
        let Some(position) = self.active.iter().position(|other| *other == task) else { return };
        self.leave_active(position);
        out.failed.push(TaskFailed { at: now, task, failure, desired: self.desired });
        if failure == TaskFailure::NeverHealthy {
            self.stop_after(now, task, SimDuration::ZERO, out);
            return;
        }
        self.awaiting_replacement.push_back(task);
        // The replacements and those they replace together are at most this share of the desired count.
        let percent = u64::from(self.replacement.most_percent.max(100));
        let most = (u64::from(self.desired) * percent / 100) as usize;
        while self.awaiting_replacement.len() + self.desired as usize > most {
            let Some(oldest) = self.awaiting_replacement.pop_front() else { return };
            self.stop_after(now, oldest, SimDuration::ZERO, out);
        }
    }

    /// Tells a running task to stop after `wait`; it leaves `RUNNING` when the stop lag is over.
    fn stop_after(&mut self, now: SimTime, task: TaskId, wait: SimDuration, out: &mut Effects) {
        self.tasks[task.index()].stop_requested = true;
        self.stop_requested_running += 1;
        let (at, stage) = (now + wait + self.stopping.lag, self.tasks[task.index()].stage);
        out.due.push(TaskTimer { at, task, step: TimerKind::BeginStop, stage });
    }

    /// Stops unhealthy tasks whose places others have taken.
    pub(super) fn retire(&mut self, now: SimTime, out: &mut Effects) {
        while !self.awaiting_replacement.is_empty() {
            let healthy = self.active.iter();
            let healthy =
                healthy.filter(|task| self.tasks[task.index()].stage == TaskStage::InService).count();
            if healthy + self.awaiting_replacement.len() <= self.desired as usize {
                return;
            }
            let Some(task) = self.awaiting_replacement.pop_front() else { return };
            self.stop_after(now, task, self.replacement.stop_lag, out);
        }
    }
}
