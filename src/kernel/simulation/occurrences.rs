//! The occurrences of scheduled actions in a run, each as late as its draw says.

use alloc::vec::Vec;

use crate::random::{Purpose, Streams};
use crate::scaling::aas::ClockPlan;
use crate::units::SimTime;

/// One occurrence of a scheduled action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Occurrence {
    /// When it runs.
    pub(super) at: SimTime,
    /// When it is due.
    pub(super) due: SimTime,
    /// Which action it is, in the order of the plan.
    pub(super) action: usize,
}

/// All occurrences of a service's actions, the last to run first. Each is late by a draw of its own action's stream, but none
/// overtakes one that was due before it or was declared before it: the order within a target is kept (documented:
/// `docs/aws/scheduled-actions.md`).
pub(super) fn occurrences(clock: &ClockPlan, service: &str, streams: Streams) -> Vec<Occurrence> {
    let mut all = Vec::new();
    for (action, plan) in clock.actions.iter().enumerate() {
        let key = alloc::format!("{service}/{}", plan.name);
        let mut lateness = streams.stream(Purpose::SCHEDULE_JITTER, &key);
        for due in &plan.occurrences {
            let late = if clock.jitter.0 == 0 { 0 } else { lateness.below(clock.jitter.0) };
            all.push(Occurrence { at: SimTime(due.0 + late), due: *due, action });
        }
    }
    all.sort_by_key(|occurrence| (occurrence.due, occurrence.action));
    let mut latest = SimTime::ZERO;
    for occurrence in &mut all {
        latest = latest.max(occurrence.at);
        occurrence.at = latest;
    }
    all.reverse();
    all
}
