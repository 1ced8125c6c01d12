//! Hung tasks and the checks that find them.
//!
//! A hung task accepts requests and answers none, checks included. A check that comes while it hangs has failed when its
//! time is up; `unhealthy_threshold` of them in a row make the target unhealthy, `retries` of them the container
//! (`aws-platform.md` §1.6, §1.7). What a hung task would answer is known, so only the instants at which a count is full
//! are put on the calendar.
//!
//! DIFFERENCE: checks of a task that merely is slow always pass here.

use super::{Due, Lifecycle, Outcome, Step};
use crate::facts::{TaskFailure, TaskStage};
use crate::random::Purpose;
use crate::service::Seats;
use crate::service::plan::FirstHealthCheck;
use crate::units::{SimDuration, SimTime, TaskId};

/// The first of the instants `phase + k × interval` at or after `from`.
fn next_check(phase: SimTime, interval: SimDuration, from: SimTime) -> SimTime {
    let interval = interval.0.max(1);
    SimTime(phase.0 + from.0.saturating_sub(phase.0).div_ceil(interval) * interval)
}

impl Lifecycle {
    /// The phase of the checks of a task that is warm at second 0.
    pub(super) fn warm_check_phase(&self, task: TaskId) -> SimTime {
        let Some(check) = self.balancer.as_ref().map(|balancer| balancer.health_check) else {
            return SimTime::ZERO;
        };
        match check.first_check {
            FirstHealthCheck::AtOnce | FirstHealthCheck::AfterInterval => SimTime::ZERO,
            FirstHealthCheck::RandomPhase => {
                let key = alloc::format!("{}/{}", self.name, task.0);
                SimTime(self.streams.stream(Purpose::HealthCheck, &key).below(check.interval.0.max(1)))
            }
        }
    }

    /// The task stops answering.
    pub(super) fn hang(&mut self, now: SimTime, task: TaskId, fleet: &mut impl Seats, out: &mut Outcome) {
        let state = &mut self.tasks[task.index()];
        let (Some(slot), None) = (state.slot, state.hung_since) else { return };
        state.hung_since = Some(now);
        state.healthy_from = None;
        let stage = state.stage;
        fleet.hang(slot, now.0);
        let target = self.target_fails_at(task, now).map(|at| (at, Step::TargetFails));
        let container = self.container_fails_at(task, now).map(|at| (at, Step::ContainerFails));
        out.due.extend(target.into_iter().chain(container).map(|(at, step)| Due { at, task, step, stage }));
    }

    /// When the target of a task that hangs from `since` on becomes unhealthy.
    fn target_fails_at(&self, task: TaskId, since: SimTime) -> Option<SimTime> {
        let check = self.balancer.as_ref()?.health_check;
        let first = next_check(self.tasks[task.index()].check_phase, check.interval, since);
        let more = u64::from(check.unhealthy_threshold.max(1) - 1) * check.interval.0;
        Some(SimTime(first.0 + more) + check.timeout)
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

    /// The task answers again.
    pub(super) fn recover(&mut self, now: SimTime, task: TaskId, fleet: &mut impl Seats, out: &mut Outcome) {
        let state = &mut self.tasks[task.index()];
        let (Some(slot), Some(_)) = (state.slot, state.hung_since.take()) else { return };
        fleet.resume(slot, now.0);
        if let (TaskStage::Unhealthy, Some(balancer)) = (state.stage, &self.balancer) {
            let check = balancer.health_check;
            let first = next_check(state.check_phase, check.interval, now);
            let more = u64::from(check.healthy_threshold.max(1) - 1) * check.interval.0;
            let at = SimTime(first.0 + more);
            state.healthy_from = Some(at);
            out.due.push(Due { at, task, step: Step::TargetRecovers, stage: TaskStage::Unhealthy });
        }
    }

    /// What a crash, a check or the end of a grace period brings about, unless it no longer applies.
    pub(super) fn ailing(&mut self, now: SimTime, due: &Due, fleet: &mut impl Seats, out: &mut Outcome) {
        let task = due.task;
        let state = self.tasks[task.index()];
        let grace = self.balancer.as_ref().map_or(SimDuration::ZERO, |lb| lb.health_check.grace_period);
        let in_grace = now < state.running_since + grace;
        match due.step {
            Step::Crash if state.stage.has_container() => {
                self.fail(now, task, TaskFailure::Crashed, fleet, out);
            }
            Step::TargetFails
                if state.stage == TaskStage::InService
                    && state.hung_since.and_then(|since| self.target_fails_at(task, since)) == Some(now) =>
            {
                self.move_to(now, task, TaskStage::Unhealthy, out);
                if let Some(slot) = state.slot {
                    fleet.set_healthy(slot, false);
                }
                if in_grace {
                    let at = state.running_since + grace;
                    out.due.push(Due { at, task, step: Step::GraceOver, stage: TaskStage::Unhealthy });
                } else {
                    self.replace(now, task, TaskFailure::UnhealthyTarget, out);
                }
            }
            Step::GraceOver if state.stage == TaskStage::Unhealthy => {
                self.replace(now, task, TaskFailure::UnhealthyTarget, out);
            }
            Step::GraceOver if state.stage.is_running() && state.hung_since.is_some() => {
                self.replace(now, task, TaskFailure::UnhealthyContainer, out);
            }
            Step::ContainerFails
                if state.stage.is_running()
                    && state.hung_since.and_then(|since| self.container_fails_at(task, since))
                        == Some(now) =>
            {
                // Failures within the grace period do not count; the first one after it does.
                if in_grace {
                    let at = state.running_since + grace;
                    out.due.push(Due { at, task, step: Step::GraceOver, stage: state.stage });
                } else {
                    self.replace(now, task, TaskFailure::UnhealthyContainer, out);
                }
            }
            // One that hung again meanwhile begins to count anew.
            Step::TargetRecovers
                if state.stage == TaskStage::Unhealthy && state.healthy_from == Some(now) =>
            {
                self.move_to(now, task, TaskStage::InService, out);
                if let Some(slot) = state.slot {
                    fleet.set_healthy(slot, true);
                }
            }
            _ => {}
        }
    }
}
