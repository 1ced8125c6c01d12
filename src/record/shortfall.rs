//! Shortfalls of capacity: the times at which the tasks in service could not carry what was offered. Read off the plan,
//! the minutes of the record and the instants at which tasks entered service. Load is known by the minute only.

use windtunnel_kernel::units::{SimDuration, SimTime};

use super::result::MinuteRecord;

/// Arrivals a second in a minute [requests/s].
#[must_use]
pub fn offered_per_s(minute: &MinuteRecord) -> f64 {
    if minute.length.0 == 0 { 0.0 } else { minute.offered as f64 / minute.length.as_secs_f64() }
}

/// Cause that ended a stretch of minutes that was short of capacity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Enough tasks entered service.
    CapacityCame,
    /// Less was offered.
    LoadFell,
    /// The run ended first.
    RunEnded,
}

/// A stretch of minutes in which more was offered than the tasks in service could carry, on average over each minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shortfall {
    /// Beginning of its first minute.
    pub start: SimTime,
    /// Time at which the deciding task entered service, or the beginning of the first minute whose load was less; the
    /// end of the run where neither happened.
    pub end: SimTime,
    /// Cause that ended the shortfall.
    pub ending: Ending,
}

impl Shortfall {
    /// The length of the shortfall.
    #[must_use]
    pub fn length(&self) -> SimDuration {
        self.end.since(self.start)
    }
}

/// All shortfalls of a timeline, in order of time. `in_service`: tasks in service after each change.
#[must_use]
pub fn shortfalls(
    timeline: &[MinuteRecord],
    in_service: &[(SimTime, u32)],
    capacity_per_task: f64,
) -> Vec<Shortfall> {
    let mut found = Vec::new();
    let mut open: Option<(SimTime, &MinuteRecord)> = None;
    for minute in timeline {
        let capacity = mean_in_service(minute, in_service) * capacity_per_task;
        let is_short = offered_per_s(minute) > capacity;
        match open {
            Some((start, last)) if !is_short => {
                let (end, ending) = ending(last, minute, in_service, capacity_per_task);
                found.push(Shortfall { start, end, ending });
                open = None;
            }
            Some((start, _)) => open = Some((start, minute)),
            None if is_short => open = Some((minute.start, minute)),
            None => {}
        }
    }
    if let Some((start, last)) = open {
        found.push(Shortfall { start, end: last.start + last.length, ending: Ending::RunEnded });
    }
    found
}

/// Tasks in service on average over a minute.
fn mean_in_service(minute: &MinuteRecord, in_service: &[(SimTime, u32)]) -> f64 {
    let end = minute.start + minute.length;
    let first = in_service.partition_point(|(at, _)| *at <= minute.start);
    let Some(before) = first.checked_sub(1) else { return f64::from(minute.in_service) };
    let (mut since, mut count, mut sum) = (minute.start, in_service[before].1, 0.0);
    for (at, next) in in_service[first..].iter().take_while(|(at, _)| *at < end) {
        sum += f64::from(count) * at.since(since).as_secs_f64();
        (since, count) = (*at, *next);
    }
    sum += f64::from(count) * end.since(since).as_secs_f64();
    if minute.length.0 == 0 { f64::from(count) } else { sum / minute.length.as_secs_f64() }
}

/// The cause that ended a shortfall whose last short minute was `last` and whose next one is `minute`: the first change
/// of the tasks in service since then that could carry the load of `last`; without one, the load fell.
fn ending(
    last: &MinuteRecord,
    minute: &MinuteRecord,
    in_service: &[(SimTime, u32)],
    capacity_per_task: f64,
) -> (SimTime, Ending) {
    let enough = |count: u32| f64::from(count) * capacity_per_task >= offered_per_s(last);
    let first = in_service.partition_point(|(at, _)| *at <= last.start);
    let end = minute.start + minute.length;
    let mut within = in_service[first..].iter().take_while(|(at, _)| *at <= end);
    if let Some((at, _)) = within.find(|(_, count)| enough(*count)) {
        (*at, Ending::CapacityCame)
    } else if in_service.is_empty() && enough(minute.in_service) {
        (minute.start, Ending::CapacityCame)
    } else {
        (minute.start, Ending::LoadFell)
    }
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
            offered: load * 60,
            desired: in_service,
            running: in_service,
            in_service,
            ..MinuteRecord::quiet(minute)
        }
    }

    #[test]
    fn a_shortfall_ends_when_the_deciding_task_enters_service() {
        // A task carries 10/s; 25/s need three. The third enters 31 s into the third minute.
        let timeline = [row(0, 10, 1), row(1, 25, 2), row(2, 25, 3), row(3, 25, 3)];
        let third = SimTime(151_000_000_000);
        let in_service = [(SimTime(0), 1), (SimTime(90_000_000_000), 2), (third, 3)];
        let found = shortfalls(&timeline, &in_service, 10.0);
        assert_eq!(found.len(), 1);
        assert_eq!(
            (found[0].start, found[0].end, found[0].ending),
            (SimTime(60_000_000_000), third, Ending::CapacityCame)
        );
        assert_eq!(found[0].length(), SimDuration::from_secs(60 + 31));
    }

    #[test]
    fn a_minute_is_short_when_its_tasks_came_too_late_in_it() {
        // 15/s over a minute whose second task comes in its 50th second: (50 · 10 + 10 · 20) / 60 = 11.7/s.
        let timeline = [row(0, 15, 2), row(1, 15, 2)];
        let in_service = [(SimTime(0), 1), (SimTime(50_000_000_000), 2)];
        let found = shortfalls(&timeline, &in_service, 10.0);
        assert_eq!((found[0].end, found[0].ending), (SimTime(50_000_000_000), Ending::CapacityCame));
    }

    #[test]
    fn a_shortfall_that_the_load_ends_is_told_apart() {
        let timeline = [row(0, 25, 1), row(1, 5, 1)];
        let found = shortfalls(&timeline, &[(SimTime(0), 1)], 10.0);
        assert_eq!((found[0].end, found[0].ending), (SimTime(60_000_000_000), Ending::LoadFell));
        let endless = shortfalls(&timeline[..1], &[(SimTime(0), 1)], 10.0);
        assert_eq!((endless[0].ending, endless[0].length()), (Ending::RunEnded, SimDuration::from_secs(60)));
    }
}
