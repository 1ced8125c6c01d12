//! What a task can carry, and when the tasks in service could not carry what was offered. Read off the plan and the
//! minutes of the record; a minute is the finest grain it knows.

use crate::kernel::units::{SimDuration, SimTime};
use crate::kernel::world::ServicePlan;
use crate::record::MinuteRecord;

/// Requests a second that one warm task can finish [requests/s]: what its CPU allows or what its places allow, whichever
/// is less. `None`: nothing limits it.
#[must_use]
pub fn capacity_per_task(plan: &ServicePlan) -> Option<f64> {
    let (numerator, denominator) = plan.task.cpu_speed();
    let speed = f64::from(numerator.max(1)) / f64::from(denominator.max(1));
    let cpu_secs = plan.request.cpu_time.mean_nanos() / 1e9;
    let wait_secs = plan.request.wait_time.mean_nanos() / 1e9;
    let by_cpu = f64::from(plan.task.cpu_servers()) * speed / cpu_secs;
    let by_places = plan
        .task
        .concurrency
        .map_or(f64::INFINITY, |places| f64::from(places) / (cpu_secs / speed + wait_secs));
    // A law without a mean (Pareto with a heavy tail) says nothing about capacity.
    Some(by_cpu.min(by_places)).filter(|rate| rate.is_finite() && *rate > 0.0)
}

/// Arrivals a second in a minute [requests/s].
#[must_use]
pub fn offered_per_s(minute: &MinuteRecord) -> f64 {
    if minute.length.0 == 0 { 0.0 } else { minute.offered as f64 / minute.length.as_secs_f64() }
}

/// A stretch of minutes in which more was offered than the tasks in service could carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shortfall {
    /// Beginning of its first minute.
    pub start: SimTime,
    /// Beginning of the first minute after it; `None`: it lasted until the run ended.
    pub end: Option<SimTime>,
    /// How long it lasted, to the end of the run at most.
    pub length: SimDuration,
}

/// All shortfalls of a timeline, in order of time.
#[must_use]
pub fn shortfalls(timeline: &[MinuteRecord], capacity_per_task: f64) -> Vec<Shortfall> {
    let mut found = Vec::new();
    let mut open: Option<SimTime> = None;
    for minute in timeline {
        let is_short = offered_per_s(minute) > f64::from(minute.in_service) * capacity_per_task;
        match (open, is_short) {
            (None, true) => open = Some(minute.start),
            (Some(start), false) => {
                found.push(Shortfall { start, end: Some(minute.start), length: minute.start.since(start) });
                open = None;
            }
            _ => {}
        }
    }
    if let (Some(start), Some(last)) = (open, timeline.last()) {
        found.push(Shortfall { start, end: None, length: (last.start + last.length).since(start) });
    }
    found
}

/// The minute with the highest arrival rate; the first of equals. `None` when nothing arrived. A row at an end of the
/// run that is shorter than half of the longest is passed over: a second's chance would make it a peak.
#[must_use]
pub fn peak(timeline: &[MinuteRecord]) -> Option<&MinuteRecord> {
    let longest = timeline.iter().map(|minute| minute.length.0).max().unwrap_or(0);
    let busiest = |shortest: u64| {
        let rows = timeline.iter().filter(|minute| minute.offered > 0 && minute.length.0 >= shortest);
        rows.reduce(|best, minute| if offered_per_s(best) >= offered_per_s(minute) { best } else { minute })
    };
    // Where only short rows saw arrivals, one of them it is.
    busiest(longest / 2).or_else(|| busiest(0))
}
