//! A task's way in: the stages of the cold start, the boot of the application, the registration of the target.

use super::effects::{Effects, TaskTimer, TimerKind};
use super::plan::{FirstHealthCheck, StartupPlan};
use super::stages::TaskStage;
use super::state::Lifecycle;
use crate::random::{Purpose, Rng};
use crate::replica_set::ReplicaSet;
use crate::units::{SimTime, TaskId};

impl Lifecycle {
    /// A stream of its own for every task, so that one task's stages never shift another's.
    pub(super) fn startup_rng(&self, task: TaskId) -> Rng {
        self.streams.stream(Purpose::STARTUP, &alloc::format!("{}/{}", self.name, task.0))
    }

    /// Ends the task's current stage and enters the next.
    pub(super) fn advance(
        &mut self,
        now: SimTime,
        task: TaskId,
        replicas: &mut impl ReplicaSet,
        out: &mut Effects,
    ) {
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
            TaskStage::Starting if self.tasks[task.index()].launch_will_fail => {
                return self.launch_failed(now, task, out);
            }
            TaskStage::Starting => {
                self.reached_running(now, task, out);
                self.move_to(now, task, TaskStage::Booting, out);
                self.tasks[task.index()].boots = true;
                out.boots.push((now, true));
                let at = now + skip(4, &mut rng, &self.startup);
                out.due.push(TaskTimer { at, task, step: TimerKind::Booted, stage: TaskStage::Booting });
                return self.register(now, task, out);
            }
            TaskStage::Draining => return self.drained(now, task, replicas, out),
            TaskStage::Stopping => return self.exited(now, task, replicas, out),
            TaskStage::Deprovisioning => return self.move_to(now, task, TaskStage::Stopped, out),
            TaskStage::Booting
            | TaskStage::Registering
            | TaskStage::InService
            | TaskStage::Unhealthy
            | TaskStage::Stopped => return,
        };
        self.move_to(now, task, next, out);
        out.due.push(TaskTimer { at: now + wait, task, step: TimerKind::Advance, stage: next });
    }

    /// ECS registers the target of a task that is `RUNNING`, whether or not its application answers yet
    /// (`docs/aws/load-balancer.md#registration`), and the load balancer begins to check it.
    fn register(&mut self, now: SimTime, task: TaskId, out: &mut Effects) {
        let Some(group) = &self.target_group else { return };
        let mut rng = self.streams.stream(Purpose::HEALTH_CHECK, &alloc::format!("{}/{}", self.name, task.0));
        let registered = now + group.registration.draw(&mut rng);
        let check = group.health_check;
        let first = match check.first_check {
            FirstHealthCheck::AtOnce => 0,
            FirstHealthCheck::AfterInterval => check.interval.0,
            FirstHealthCheck::RandomPhase => rng.below(check.interval.0.max(1)),
        };
        let state = &mut self.tasks[task.index()];
        state.registered_at = registered;
        state.check_phase = SimTime(registered.0 + first);
        state.checks.is_due = true;
        let at = state.check_phase;
        out.due.push(TaskTimer { at, task, step: TimerKind::Check, stage: TaskStage::Booting });
    }

    /// The application answers: without a load balancer it serves at once, else when its target is healthy.
    ///
    /// DIFFERENCE: without a load balancer ECS calls a task usable as soon as it is `RUNNING`; here nothing is sent to an
    /// application that still boots.
    pub(super) fn booted(
        &mut self,
        now: SimTime,
        task: TaskId,
        replicas: &mut impl ReplicaSet,
        out: &mut Effects,
    ) {
        let state = self.tasks[task.index()];
        if !state.boots {
            return;
        }
        self.end_boot(now, task, out);
        match (state.stage, &self.target_group) {
            (TaskStage::Booting, None) => self.enter_service(now, task, replicas, out),
            (TaskStage::Booting, Some(_)) => self.move_to(now, task, TaskStage::Registering, out),
            _ => {}
        }
    }

    /// The boot is over, or its container is gone.
    pub(super) fn end_boot(&mut self, now: SimTime, task: TaskId, out: &mut Effects) {
        if core::mem::take(&mut self.tasks[task.index()].boots) {
            out.boots.push((now, false));
        }
    }
}
