//! Availability zones: tasks are spread over them as evenly as may be, when they are placed and, by choice, when they are
//! stopped (`docs/aws/task-lifecycle.md#zones-and-scale-in`).

use alloc::vec::Vec;

use super::state::Lifecycle;
use crate::units::TaskId;

impl Lifecycle {
    /// The zone with the fewest tasks that are placed and not stopping, the first of several; `None` while every zone is
    /// lost.
    ///
    /// ECS balances Fargate tasks over zones as a best effort; how it breaks a tie is not published.
    pub(super) fn least_loaded_zone(&self) -> Option<u32> {
        let zones = (0_u32..).zip(&self.by_zone).filter(|(zone, _)| !self.active_faults.is_lost(*zone));
        zones.min_by_key(|(_, tasks)| **tasks).map(|(zone, _)| zone)
    }

    /// Places a task that is about to be launched.
    pub(super) fn place(&mut self, task: TaskId) {
        if let Some(zone) = self.least_loaded_zone() {
            self.tasks[task.index()].zone = Some(zone);
            self.by_zone[zone as usize] += 1;
        }
    }

    /// Takes a task off the list of those that are neither stopping nor stopped.
    pub(super) fn leave_active(&mut self, position: usize) -> TaskId {
        let task = self.active.remove(position);
        if let Some(zone) = self.tasks[task.index()].zone {
            self.by_zone[zone as usize] -= 1;
        }
        task
    }

    /// Position, among the active tasks, of one of the zone that has the most of them; which one, chance decides.
    #[expect(clippy::cast_possible_truncation, reason = "an index below the number of tasks")]
    pub(super) fn victim_of_fullest_zone(&mut self) -> usize {
        let zones = (0_u32..).zip(&self.by_zone);
        let fullest =
            zones.max_by_key(|(zone, tasks)| (**tasks, core::cmp::Reverse(*zone))).map(|(zone, _)| zone);
        let candidates: Vec<usize> = (0..self.active.len())
            .filter(|position| self.tasks[self.active[*position].index()].zone == fullest)
            .collect();
        candidates[self.victim_rng.below(candidates.len() as u64) as usize]
    }
}
