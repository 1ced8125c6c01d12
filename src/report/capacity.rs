//! What a task can carry, and when the tasks in service could not carry what was offered. Read off the plan, the minutes
//! of the record and the instants at which tasks entered service. Load is known by the minute only.

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
    /// When enough tasks were in service, or the beginning of the first minute whose load they could carry; `None`: it
    /// lasted until the run ended.
    pub end: Option<SimTime>,
    /// How long it lasted, to the end of the run at most.
    pub length: SimDuration,
}

/// All shortfalls of a timeline, in order of time. `in_service`: tasks in service after each change.
#[must_use]
pub fn shortfalls(
    timeline: &[MinuteRecord],
    in_service: &[(SimTime, u32)],
    capacity_per_task: f64,
) -> Vec<Shortfall> {
    let mut found = Vec::new();
    let mut open: Option<SimTime> = None;
    for minute in timeline {
        let is_short = offered_per_s(minute) > f64::from(minute.in_service) * capacity_per_task;
        match (open, is_short) {
            (None, true) => open = Some(minute.start),
            (Some(start), false) => {
                let end = caught_up(minute, in_service, capacity_per_task);
                found.push(Shortfall { start, end: Some(end), length: end.since(start) });
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

/// When, within the first minute that is not short at its end, the tasks in service could carry its load.
fn caught_up(minute: &MinuteRecord, in_service: &[(SimTime, u32)], capacity_per_task: f64) -> SimTime {
    let enough = |count: u32| f64::from(count) * capacity_per_task >= offered_per_s(minute);
    let first = in_service.partition_point(|(at, _)| *at <= minute.start);
    let before = first.checked_sub(1).map_or(0, |index| in_service[index].1);
    if enough(before) {
        return minute.start;
    }
    let end = minute.start + minute.length;
    let within = in_service[first..].iter().take_while(|(at, _)| *at <= end);
    within.into_iter().find(|(_, count)| enough(*count)).map_or(minute.start, |(at, _)| *at)
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

#[cfg(test)]
mod tests {
    use super::*;

    /// A minute that begins at `minute`, with this load \[requests/s\] and this many tasks in service at its end.
    fn row(minute: u64, load: u64, in_service: u32) -> MinuteRecord {
        MinuteRecord {
            start: SimTime(minute * 60_000_000_000),
            length: SimDuration::from_secs(60),
            offered: load * 60,
            served: 0,
            rejected: 0,
            timed_out: 0,
            failed: 0,
            desired: in_service,
            pending: 0,
            running: in_service,
            in_service,
            draining: 0,
            cpu_utilization: None,
            memory_utilization: None,
            queue_length: 0.0,
            in_flight: 0.0,
            response_time_mean: None,
            response_time_p50: None,
            response_time_p95: None,
            response_time_p99: None,
            cost_per_hour_usd: 0.0,
        }
    }

    #[test]
    fn a_shortfall_ends_when_the_deciding_task_enters_service() {
        // A task carries 10/s; 25/s need three. The third enters 31 s into the third minute.
        let timeline = [row(0, 10, 1), row(1, 25, 2), row(2, 25, 3), row(3, 25, 3)];
        let third = SimTime(151_000_000_000);
        let in_service = [(SimTime(0), 1), (SimTime(90_000_000_000), 2), (third, 3)];
        let found = shortfalls(&timeline, &in_service, 10.0);
        let length = SimDuration::from_secs(60 + 31);
        assert_eq!(found, [Shortfall { start: SimTime(60_000_000_000), end: Some(third), length }]);
    }

    #[test]
    fn a_shortfall_that_the_load_ends_is_over_with_its_last_minute() {
        let timeline = [row(0, 25, 1), row(1, 5, 1)];
        let found = shortfalls(&timeline, &[(SimTime(0), 1)], 10.0);
        assert_eq!(found[0].end, Some(SimTime(60_000_000_000)));
        let endless = shortfalls(&timeline[..1], &[(SimTime(0), 1)], 10.0);
        assert_eq!((endless[0].end, endless[0].length), (None, SimDuration::from_secs(60)));
    }
}
