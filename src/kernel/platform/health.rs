//! Health checks, and what ECS does about those that fail.
//!
//! The load balancer checks a target from its registration on, at once and then every interval. A check fails while the
//! application boots, while the task hangs, while a fault says so, and, where checks are served like requests, when the
//! task's queue is full or the check would wait longer than its time-out: an overloaded task fails its checks and is
//! replaced (`docs/aws/health-checks.md#checks-of-targets`). DIFFERENCE: one check an interval stands for those of all
//! nodes of the load balancer, and its own work is taken as none.
//!
//! Checks of a calm target pass, so they are put on the calendar only while they may fail: for a target that is not healthy,
//! that has just failed one, and for all targets while [`Lifecycle::strain`] says that requests wait.
//!
//! ECS acts on an unhealthy target when the grace period is over: some seconds after the finding it starts another task, and
//! stops this one when that is healthy. A task that never was healthy is stopped at once.

use super::effects::{Effects, TaskTimer, TimerKind};
use super::plan::{CheckService, HealthCheckPlan};
use super::stages::TaskStage;
use super::state::Lifecycle;
use crate::facts::TaskFailure;
use crate::random::Purpose;
use crate::replica_set::ReplicaSet;
use crate::units::{SimDuration, SimTime, TaskId};

/// The first of the instants `phase + k × interval` at or after `from`.
fn next_check(phase: SimTime, interval: SimDuration, from: SimTime) -> SimTime {
    let interval = interval.0.max(1);
    SimTime(phase.0 + from.0.saturating_sub(phase.0).div_ceil(interval) * interval)
}

/// Result of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    Passes,
    /// An error, or no connection.
    Fails,
    /// Nothing until its time-out.
    TimesOut,
}

impl Lifecycle {
    fn health_check(&self) -> Option<HealthCheckPlan> {
        self.target_group.as_ref().map(|group| group.health_check)
    }

    /// The phase of the checks of a task that is warm at second 0: it was registered at any time.
    pub(super) fn warm_check_phase(&self, task: TaskId) -> SimTime {
        let Some(check) = self.health_check() else { return SimTime::ZERO };
        let key = alloc::format!("{}/{}", self.name, task.0);
        SimTime(self.streams.stream(Purpose::HEALTH_CHECK, &key).below(check.interval.0.max(1)))
    }

    /// Whether health checks are served like requests, so that they may have to wait.
    #[must_use]
    pub fn queues_checks(&self) -> bool {
        self.health_check().is_some_and(|check| check.served == CheckService::Queued)
    }

    /// When a check that is not answered has failed \[ns\]; `None` without a load balancer.
    #[must_use]
    pub fn check_timeout(&self) -> Option<SimDuration> {
        self.health_check().map(|check| check.timeout)
    }

    /// Whether a request in one of the slots in service would wait at least `wait` \[ns\] now, or be refused.
    pub fn is_waiting(&self, now: SimTime, wait: SimDuration, replicas: &mut impl ReplicaSet) -> bool {
        let slots =
            self.tasks.iter().filter(|task| task.stage == TaskStage::InService).filter_map(|task| task.slot);
        slots.into_iter().any(|slot| replicas.wait(slot, now.0).is_none_or(|waits| waits >= wait.0.max(1)))
    }

    /// Says whether requests may have to wait from now on, so that checks may fail.
    pub fn strain(&mut self, now: SimTime, is_strained: bool, out: &mut Effects) {
        self.is_strained = is_strained;
        if !is_strained || !self.queues_checks() {
            return;
        }
        for index in 0..self.active.len() {
            let task = self.active[index];
            if self.tasks[task.index()].stage == TaskStage::InService {
                self.follow_checks(now, task, out);
            }
        }
    }

    /// Puts the next check of a target on the calendar, unless it is there.
    fn follow_checks(&mut self, now: SimTime, task: TaskId, out: &mut Effects) {
        let Some(check) = self.health_check() else { return };
        let state = &mut self.tasks[task.index()];
        if !state.checks.is_due {
            state.checks.is_due = true;
            let at = next_check(state.check_phase, check.interval, now);
            out.due.push(TaskTimer { at, task, step: TimerKind::Check, stage: state.stage });
        }
    }

    /// A check comes to the target.
    pub(super) fn check(
        &mut self,
        now: SimTime,
        task: TaskId,
        replicas: &mut impl ReplicaSet,
        out: &mut Effects,
    ) {
        self.tasks[task.index()].checks.is_due = false;
        let (Some(check), true) = (self.health_check(), self.tasks[task.index()].stage.is_running()) else {
            return;
        };
        match self.answer(now, task, &check, replicas) {
            Answer::Passes => self.check_passed(now, task, &check, replicas, out),
            Answer::Fails => self.check_failed(now, task, &check, replicas, out),
            Answer::TimesOut => {
                let (at, stage) = (now + check.timeout, self.tasks[task.index()].stage);
                self.tasks[task.index()].checks.times_out_at = Some(at);
                out.due.push(TaskTimer { at, task, step: TimerKind::CheckTimedOut, stage });
            }
        }
        let state = self.tasks[task.index()];
        let is_calm = state.stage == TaskStage::InService
            && state.checks.failed == 0
            && state.hung_since.is_none()
            && !self.active_faults.fails_checks(task)
            && !self.is_strained;
        if !is_calm && state.stage.is_running() {
            self.follow_checks(SimTime(now.0 + 1), task, out);
        }
    }

    fn answer(
        &self,
        now: SimTime,
        task: TaskId,
        check: &HealthCheckPlan,
        replicas: &mut impl ReplicaSet,
    ) -> Answer {
        let state = &self.tasks[task.index()];
        if state.boots || self.active_faults.fails_checks(task) {
            return Answer::Fails;
        }
        if state.hung_since.is_some() {
            return Answer::TimesOut;
        }
        match (state.slot, check.served) {
            (Some(slot), CheckService::Queued) => match replicas.wait(slot, now.0) {
                None => Answer::Fails,
                Some(wait) if wait > check.timeout.0 => Answer::TimesOut,
                Some(_) => Answer::Passes,
            },
            _ => Answer::Passes,
        }
    }

    fn check_passed(
        &mut self,
        now: SimTime,
        task: TaskId,
        check: &HealthCheckPlan,
        replicas: &mut impl ReplicaSet,
        out: &mut Effects,
    ) {
        let state = &mut self.tasks[task.index()];
        state.checks.failed = 0;
        state.checks.passed = state.checks.passed.saturating_add(1);
        let passed = state.checks.passed;
        match state.stage {
            TaskStage::Registering if passed == check.initial_healthy_count.max(1) => {
                let at = now + check.healthy_lag;
                out.due.push(TaskTimer {
                    at,
                    task,
                    step: TimerKind::TargetHealthy,
                    stage: TaskStage::Registering,
                });
            }
            TaskStage::Unhealthy if passed >= check.healthy_threshold.max(1) => {
                state.replace = None;
                match state.slot {
                    Some(slot) => {
                        self.move_to(now, task, TaskStage::InService, out);
                        replicas.set_healthy(slot, true);
                    }
                    None => self.enter_service(now, task, replicas, out),
                }
            }
            _ => {}
        }
    }

    fn check_failed(
        &mut self,
        now: SimTime,
        task: TaskId,
        check: &HealthCheckPlan,
        replicas: &mut impl ReplicaSet,
        out: &mut Effects,
    ) {
        let state = &mut self.tasks[task.index()];
        state.checks.passed = 0;
        state.checks.failed = state.checks.failed.saturating_add(1);
        if state.checks.failed < check.unhealthy_threshold.max(1) || state.stage == TaskStage::Unhealthy {
            return;
        }
        let failure =
            if state.slot.is_some() { TaskFailure::UnhealthyTarget } else { TaskFailure::NeverHealthy };
        if let Some(slot) = state.slot {
            replicas.set_healthy(slot, false);
        }
        self.move_to(now, task, TaskStage::Unhealthy, out);
        self.expect_replacement(now, task, failure, out);
    }

    /// A check has had no answer in its time; a task that has answered or left meanwhile is another case.
    pub(super) fn check_timed_out(
        &mut self,
        now: SimTime,
        task: TaskId,
        replicas: &mut impl ReplicaSet,
        out: &mut Effects,
    ) {
        let state = &mut self.tasks[task.index()];
        let is_unanswered = state.stage.is_running() && state.checks.times_out_at == Some(now);
        let (Some(check), true) = (self.health_check(), is_unanswered) else { return };
        self.check_failed(now, task, &check, replicas, out);
        self.follow_checks(now, task, out);
    }

    /// Requests are sent to the target from now on, unless its checks have failed meanwhile.
    pub(super) fn target_healthy(
        &mut self,
        now: SimTime,
        task: TaskId,
        replicas: &mut impl ReplicaSet,
        out: &mut Effects,
    ) {
        if self.tasks[task.index()].stage == TaskStage::Registering {
            self.enter_service(now, task, replicas, out);
            if self.is_strained && self.queues_checks() {
                self.follow_checks(now, task, out);
            }
        }
    }

    /// The task stops answering.
    pub(super) fn hang(
        &mut self,
        now: SimTime,
        task: TaskId,
        replicas: &mut impl ReplicaSet,
        out: &mut Effects,
    ) {
        let state = &mut self.tasks[task.index()];
        let (Some(slot), None) = (state.slot, state.hung_since) else { return };
        state.hung_since = Some(now);
        let stage = state.stage;
        replicas.hang(slot, now.0);
        self.follow_checks(now, task, out);
        if let Some(at) = self.container_fails_at(task, now) {
            out.due.push(TaskTimer { at, task, step: TimerKind::ContainerFails, stage });
        }
    }

    /// When the container of a task that hangs from `since` on becomes unhealthy.
    fn container_fails_at(&self, task: TaskId, since: SimTime) -> Option<SimTime> {
        let check = self.health.container_check?;
        let running = self.tasks[task.index()].running_since;
        let counts_from = since.max(running + check.start_period);
        let first = next_check(running, check.interval, counts_from);
        let more = u64::from(check.retries.max(1) - 1) * check.interval.0;
        Some(SimTime(first.0 + more) + check.timeout)
    }

    /// The container has failed its last check that counts, unless it answers again.
    pub(super) fn container_fails(&mut self, now: SimTime, task: TaskId, out: &mut Effects) {
        let state = &self.tasks[task.index()];
        let fails_at = state.hung_since.and_then(|since| self.container_fails_at(task, since));
        if state.stage.is_running() && fails_at == Some(now) && state.replace.is_none() {
            self.expect_replacement(now, task, TaskFailure::UnhealthyContainer, out);
        }
    }

    /// The task answers again. What its container's checks have found is forgotten; its target needs checks that pass.
    pub(super) fn recover(
        &mut self,
        now: SimTime,
        task: TaskId,
        replicas: &mut impl ReplicaSet,
        out: &mut Effects,
    ) {
        let state = &mut self.tasks[task.index()];
        let (Some(slot), Some(_)) = (state.slot, state.hung_since.take()) else { return };
        state.replace = state.replace.filter(|(_, failure)| *failure != TaskFailure::UnhealthyContainer);
        // A check that it has not answered yet is answered now.
        state.checks.times_out_at = None;
        replicas.resume(slot, now.0);
        if state.stage.is_running() {
            self.follow_checks(now, task, out);
        }
    }

    /// Follows the checks of tasks that a fault makes fail, or no longer does.
    pub(super) fn checks_change(&mut self, now: SimTime, tasks: &[TaskId], out: &mut Effects) {
        for task in tasks {
            if self.tasks[task.index()].stage.is_running() {
                self.follow_checks(now, *task, out);
            }
        }
    }

    /// ECS will act on a finding: some seconds after it, and not before the grace period is over.
    fn expect_replacement(&mut self, now: SimTime, task: TaskId, failure: TaskFailure, out: &mut Effects) {
        let grace = self.health_check().map_or(SimDuration::ZERO, |check| check.grace_period);
        let key = alloc::format!("{}/{}", self.name, task.0);
        let mut rng = self.streams.stream(Purpose::REPLACEMENT, &key);
        // The seconds were measured of tasks that had served. One that never was healthy is stopped at once: public reports of
        // slow boots tell of loops without end, which a wait would let some tasks escape
        // (`docs/aws/health-checks.md#slow-boots`).
        let wait = match failure {
            TaskFailure::NeverHealthy => SimDuration::ZERO,
            _ => self.replacement.delay.draw(&mut rng),
        };
        let state = &mut self.tasks[task.index()];
        let at = (now + wait).max(state.running_since + grace);
        state.replace = Some((at, failure));
        out.due.push(TaskTimer { at, task, step: TimerKind::Replace, stage: state.stage });
    }

    /// ECS acts on a finding, unless it no longer holds.
    pub(super) fn replace_if_due(&mut self, now: SimTime, task: TaskId, out: &mut Effects) {
        let state = &mut self.tasks[task.index()];
        let Some((_, failure)) = state.replace.filter(|(at, _)| *at == now) else { return };
        if state.stage.is_running() {
            state.replace = None;
            self.replace(now, task, failure, out);
        }
    }
}
