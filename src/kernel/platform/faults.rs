//! Faults of the scenario, as the scheduler and its tasks feel them.

use alloc::vec::Vec;

use super::effects::Effects;
use super::launch_limits::LaunchBucket;
use super::plan::{Extent, FaultKind};
use super::stages::TaskStage;
use super::state::{Lifecycle, Waiting};
use crate::facts::TaskFailure;
use crate::random::Purpose;
use crate::replica_set::ReplicaSet;
use crate::units::{SimTime, TaskId};

impl Lifecycle {
    /// Fault number `index` of the service begins; returns how many tasks it hits at once.
    pub fn fault_begins(
        &mut self,
        now: SimTime,
        (index, kind): (usize, &FaultKind),
        replicas: &mut impl ReplicaSet,
        bucket: &mut LaunchBucket,
        out: &mut Effects,
    ) -> usize {
        self.active_faults.running.push((index, kind.clone()));
        let hit = match kind {
            FaultKind::Crash(extent) => self.hit(index, *extent, TaskStage::is_running),
            FaultKind::Hang(extent) => {
                self.hit(index, *extent, |stage| matches!(stage, TaskStage::InService | TaskStage::Unhealthy))
            }
            FaultKind::FailingHealthCheck(extent) => self.hit(index, *extent, TaskStage::is_running),
            FaultKind::ZoneOutage(zone) => {
                self.hit(index, Extent::Zone(*zone), |stage| stage.has_container() || stage.is_pending())
            }
            FaultKind::CrashLoop(_) | FaultKind::LaunchFailure(_) | FaultKind::SlowDependency(_) => {
                Vec::new()
            }
        };
        for task in &hit {
            match kind {
                FaultKind::Hang(_) => {
                    self.hang(now, *task, replicas, out);
                    self.active_faults.hung.push((index, *task));
                }
                FaultKind::FailingHealthCheck(_) => {
                    self.active_faults.failing.push((index, *task));
                    self.checks_change(now, &[*task], out);
                }
                FaultKind::ZoneOutage(_) => self.fail(now, *task, TaskFailure::ZoneLost, replicas, out),
                _ => self.fail(now, *task, TaskFailure::Crashed, replicas, out),
            }
        }
        if let FaultKind::SlowDependency(_) = kind {
            replicas.scale_wait_times(now.0, self.active_faults.wait_factor());
            self.reschedule_drain_ends(now, replicas, out);
        }
        self.retire(now, out);
        self.ask_for_missing(now, bucket, out);
        hit.len()
    }

    /// A task that reaches `RUNNING` is hit by the faults of health checks that last: with the probability that is their share,
    /// or in their zone.
    pub(super) fn take_part_in_faults(&mut self, task: TaskId) {
        let zone = self.tasks[task.index()].zone;
        for (index, kind) in &self.active_faults.running {
            let FaultKind::FailingHealthCheck(extent) = kind else { continue };
            let is_hit = match extent {
                Extent::Zone(lost) => zone == Some(*lost),
                Extent::Share(share) => {
                    let key = alloc::format!("{}/{index}/{}", self.name, task.0);
                    self.streams.stream(Purpose::FAULT, &key).open_unit() < *share
                }
            };
            if is_hit {
                self.active_faults.failing.push((*index, task));
            }
        }
    }

    /// Fault number `index` is over.
    pub fn fault_ends(
        &mut self,
        now: SimTime,
        index: usize,
        replicas: &mut impl ReplicaSet,
        bucket: &mut LaunchBucket,
        out: &mut Effects,
    ) {
        let Some(position) = self.active_faults.running.iter().position(|(other, _)| *other == index) else {
            return;
        };
        let (_, kind) = self.active_faults.running.remove(position);
        match kind {
            FaultKind::SlowDependency(_) => {
                replicas.scale_wait_times(now.0, self.active_faults.wait_factor());
                self.reschedule_drain_ends(now, replicas, out);
            }
            FaultKind::Hang(_) => {
                let hung = core::mem::take(&mut self.active_faults.hung);
                let (over, others): (Vec<_>, Vec<_>) = hung.into_iter().partition(|(of, _)| *of == index);
                // A task that two faults hold goes on when the last of them is over.
                let is_free = |task: &TaskId| others.iter().all(|(_, held)| held != task);
                for (_, task) in over.iter().filter(|(_, task)| is_free(task)) {
                    self.recover(now, *task, replicas, out);
                }
                self.active_faults.hung = others;
                self.reschedule_drain_ends(now, replicas, out);
            }
            FaultKind::FailingHealthCheck(_) => {
                let failing = core::mem::take(&mut self.active_faults.failing);
                let (over, others): (Vec<_>, Vec<_>) = failing.into_iter().partition(|(of, _)| *of == index);
                self.active_faults.failing = others;
                let over: Vec<TaskId> = over.into_iter().map(|(_, task)| task).collect();
                self.checks_change(now, &over, out);
            }
            FaultKind::ZoneOutage(_) if self.waiting.is_some_and(|(waiting, _)| waiting == Waiting::Zone) => {
                self.waiting = None
            }
            _ => {}
        }
        self.ask_for_missing(now, bucket, out);
    }

    /// The tasks that a fault hits, in the order of their ids.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "counts of tasks"
    )]
    fn hit(&self, index: usize, extent: Extent, belongs: impl Fn(TaskStage) -> bool) -> Vec<TaskId> {
        let ids = 0..u32::try_from(self.tasks.len()).unwrap_or(u32::MAX);
        let mut tasks: Vec<TaskId> =
            ids.map(TaskId).filter(|task| belongs(self.tasks[task.index()].stage)).collect();
        match extent {
            Extent::Zone(zone) => tasks.retain(|task| self.tasks[task.index()].zone == Some(zone)),
            Extent::Share(share) => {
                let wanted = (libm::ceil(tasks.len() as f64 * share - 1e-9) as usize).min(tasks.len());
                let key = alloc::format!("{}/{index}", self.name);
                let mut rng = self.streams.stream(Purpose::FAULT, &key);
                for chosen in 0..wanted {
                    let other = chosen + rng.below((tasks.len() - chosen) as u64) as usize;
                    tasks.swap(chosen, other);
                }
                tasks.truncate(wanted);
                tasks.sort_unstable();
            }
        }
        tasks
    }
}
