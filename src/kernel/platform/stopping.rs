//! A task's way out: it drains for the whole deregistration delay, gets SIGTERM, and exits when it is idle or when its time
//! is up.
//!
//! The target's state stays `draining` until the delay is over, whether or not requests are left, and ECS waits for `unused`
//! before it stops the task (`docs/aws/load-balancer.md#deregistration-delay`: published 308 s at 300 s, observed 30.6 s
//! at 30 s without a connection). The task of a target that has never been registered, or whose container is gone, has
//! nothing to wait for.
//!
//! When it will be idle is foreseen when it is closed. What comes otherwise meanwhile, because a dependency slows down or
//! recovers or a hung task goes on, is seen by asking again: at the foreseen instant, and when such a thing happens.

use super::effects::{Effects, TaskTimer, TimerKind};
use super::plan::DeregistrationEnd;
use super::stages::TaskStage;
use super::state::Lifecycle;
use crate::facts::HeldVisit;
use crate::replica_set::ReplicaSet;
use crate::units::{SimTime, TaskId};

impl Lifecycle {
    /// The task leaves `RUNNING`. With a load balancer it is deregistered and drains; without one it gets SIGTERM at once.
    pub(super) fn begin_stop(
        &mut self,
        now: SimTime,
        task: TaskId,
        replicas: &mut impl ReplicaSet,
        out: &mut Effects,
    ) {
        let last_end = self.tasks[task.index()].slot.map_or(0, |slot| replicas.drain(slot));
        if let Some(slot) = self.tasks[task.index()].slot.filter(|_| last_end > now.0) {
            replicas.held(slot, now.0, |visit| out.held.push(HeldVisit { at: now.0, visit: *visit }));
        }
        self.tasks[task.index()].last_end = last_end;
        self.end_boot(now, task, out);
        let is_registered = self.tasks[task.index()].registered_at <= now;
        if let Some(group) = self.target_group.as_ref().filter(|_| is_registered) {
            let latest = now + group.deregistration_delay;
            let (at, earliest) = match group.deregistration_end {
                DeregistrationEnd::AfterDelay => (latest, latest),
                DeregistrationEnd::WhenIdle => (SimTime(last_end.max(now.0)).min(latest), now),
            };
            self.tasks[task.index()].leaves_within = (earliest, latest);
            self.move_to(now, task, TaskStage::Draining, out);
            out.due.push(TaskTimer { at, task, step: TimerKind::Advance, stage: TaskStage::Draining });
        } else {
            self.terminate(now, task, out);
        }
    }

    /// The deregistration delay is over, or the task is idle: what it still holds fails now, then SIGTERM.
    pub(super) fn drained(
        &mut self,
        now: SimTime,
        task: TaskId,
        replicas: &mut impl ReplicaSet,
        out: &mut Effects,
    ) {
        if self.extend_drain_if_busy(now, task, replicas, out) {
            return;
        }
        if let Some(slot) = self.tasks[task.index()].slot {
            replicas.kill(slot, now.0, |retraction| out.retracted.push(*retraction));
        }
        self.tasks[task.index()].last_end = 0;
        self.terminate(now, task, out);
    }

    /// SIGTERM: an idle container exits after a while, a busy one when its last request is done, and SIGKILL ends both.
    fn terminate(&mut self, now: SimTime, task: TaskId, out: &mut Effects) {
        let last_end = self.tasks[task.index()].last_end;
        let latest = now + self.stopping.stop_timeout;
        let polite = now + self.stopping.exit_after_sigterm;
        let at = polite.max(SimTime(last_end)).min(latest);
        self.tasks[task.index()].leaves_within = (polite, latest);
        self.move_to(now, task, TaskStage::Stopping, out);
        out.due.push(TaskTimer { at, task, step: TimerKind::Advance, stage: TaskStage::Stopping });
    }

    pub(super) fn exited(
        &mut self,
        now: SimTime,
        task: TaskId,
        replicas: &mut impl ReplicaSet,
        out: &mut Effects,
    ) {
        if self.extend_drain_if_busy(now, task, replicas, out) {
            return;
        }
        if let Some(slot) = self.tasks[task.index()].slot.take() {
            replicas.kill(slot, now.0, |retraction| out.retracted.push(*retraction));
            replicas.release(slot);
        }
        self.leave_container(now, task, out);
    }

    /// Whether a task that was foreseen to be idle now is not, and still has time: then it is looked at again when it
    /// should be.
    fn extend_drain_if_busy(
        &self,
        now: SimTime,
        task: TaskId,
        replicas: &mut impl ReplicaSet,
        out: &mut Effects,
    ) -> bool {
        let state = &self.tasks[task.index()];
        let latest = state.leaves_within.1;
        let idle = state.slot.and_then(|slot| replicas.drained_at(slot)).filter(|idle| *idle > now.0);
        let Some(idle) = idle.filter(|_| now < latest) else { return false };
        let at = SimTime(idle).min(latest);
        out.due.push(TaskTimer { at, task, step: TimerKind::Advance, stage: state.stage });
        true
    }

    /// Something has changed how long requests take: the tasks on their way out may be idle sooner than was foreseen.
    pub(super) fn reschedule_drain_ends(
        &self,
        now: SimTime,
        replicas: &mut impl ReplicaSet,
        out: &mut Effects,
    ) {
        for (id, state) in (0_u32..).zip(&self.tasks) {
            if !matches!(state.stage, TaskStage::Draining | TaskStage::Stopping) {
                continue;
            }
            if let Some(idle) = state.slot.and_then(|slot| replicas.drained_at(slot)) {
                let (earliest, latest) = state.leaves_within;
                let at = SimTime(idle).max(now).max(earliest).min(latest);
                out.due.push(TaskTimer {
                    at,
                    task: TaskId(id),
                    step: TimerKind::Advance,
                    stage: state.stage,
                });
            }
        }
    }
}
