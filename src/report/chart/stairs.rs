//! Task counts from the instants at which they changed: a minute's row only knows its end, and a cold start is shorter
//! than a minute. Desired and in-service counts are exact; the running count is known at every minute's end and at every
//! row of the decision log, and is drawn from then on, so that no task runs before what started it.

use super::axis::Scale;
use super::canvas::PixelBounds;
use super::panel::TimeAxis;
use crate::record::{DecisionRecord, ServiceRecord};

/// Columns a pixel: the picture is drawn at twice its size.
const COLUMNS_PER_PX: f64 = super::canvas::SCALE as f64;

/// The desired, running and in-service counts of a service.
pub(super) struct Stairs {
    pub(super) desired: Stair,
    pub(super) running: Stair,
    pub(super) in_service: Stair,
}

impl Stairs {
    /// Reads the stairs from the record of a service.
    pub(super) fn new(service: &ServiceRecord) -> Self {
        let in_service =
            Stair::new(0, service.in_service.iter().map(|(at, count)| (at.as_secs_f64(), *count)));
        let changes = changes(service);
        // Without a change every minute has the first one's count.
        let first = changes.first().map(|change| change.desired_before);
        let first = first.or(service.timeline.first().map(|minute| minute.desired)).unwrap_or(0);
        let desired = changes.iter().map(|change| (change.at.as_secs_f64(), change.desired_after));
        let desired = Stair::new(first, desired);
        Self { running: running(service, &in_service), desired, in_service }
    }

    /// The largest of the counts on a time axis.
    pub(super) fn most(&self, time: &TimeAxis) -> f64 {
        let most = |stair: &Stair| stair.within(time).iter().map(|(_, count)| *count).max().unwrap_or(0);
        f64::from(most(&self.desired).max(most(&self.running)).max(most(&self.in_service)))
    }

    /// The columns in which more was asked for than was in service, as bounds between the two counts. A column shows
    /// the widest gap that touches it, so that none is too short to be seen.
    pub(super) fn gaps(&self, time: &TimeAxis, scale: &Scale, bounds: &PixelBounds) -> Vec<PixelBounds> {
        let mut columns: Vec<Option<(u32, u32)>> = vec![None; column(bounds.right, bounds) + 1];
        let mut instants: Vec<f64> = self.desired.within(time).iter().map(|(at, _)| *at).collect();
        instants.extend(self.in_service.within(time).iter().map(|(at, _)| *at));
        instants.sort_by(f64::total_cmp);
        instants.dedup();
        instants.push(time.end_s);
        for span in instants.windows(2) {
            let gap = (self.in_service.at(span[0]), self.desired.at(span[0]));
            if gap.1 <= gap.0 || span[1] <= span[0] {
                continue;
            }
            let first = column(time.x(span[0]), bounds);
            let beyond = column(time.x(span[1]), bounds).max(first + 1).min(columns.len());
            for column in columns.iter_mut().take(beyond).skip(first) {
                if column.is_none_or(|(low, high)| high - low < gap.1 - gap.0) {
                    *column = Some(gap);
                }
            }
        }
        let y = |count: u32| scale.y(f64::from(count), bounds);
        let x = |column: usize| bounds.left + column as f64 / COLUMNS_PER_PX;
        let mut found = Vec::new();
        let mut start = 0;
        for run in columns.chunk_by(|a, b| a == b) {
            let end = start + run.len();
            if let Some((low, high)) = run[0] {
                found.push(PixelBounds { left: x(start), top: y(high), right: x(end), bottom: y(low) });
            }
            start = end;
        }
        found
    }
}

/// The drawn column of a place \[px\].
fn column(x: f64, bounds: &PixelBounds) -> usize {
    let column = super::super::numbers::whole((x - bounds.left) * COLUMNS_PER_PX);
    usize::try_from(column).unwrap_or(0)
}

/// Whether a row of the decision log changed the desired count.
fn is_change(decision: &DecisionRecord) -> bool {
    matches!(decision.outcome, "scaled_out" | "scaled_in")
        && decision.desired_after != decision.desired_before
}

/// The changes of the desired count, each once: the policy's row and the capacity's row of one change are one event.
pub(super) fn changes(service: &ServiceRecord) -> Vec<&DecisionRecord> {
    let mut found: Vec<&DecisionRecord> =
        service.decisions.iter().filter(|decision| is_change(decision)).collect();
    found.dedup_by_key(|change| (change.at, change.desired_before, change.desired_after));
    found
}

/// The running count from when it is known; where more tasks are in service, at least those run.
fn running(service: &ServiceRecord, in_service: &Stair) -> Stair {
    let minutes = service.timeline.iter().map(|minute| (minute.start + minute.length, minute.running));
    let decisions = service.decisions.iter().map(|decision| (decision.at, decision.running));
    let mut known: Vec<(f64, Option<u32>)> =
        minutes.chain(decisions).map(|(at, count)| (at.as_secs_f64(), Some(count))).collect();
    known.extend(in_service.steps.iter().map(|(at, _)| (*at, None)));
    known.sort_by(|a, b| a.0.total_cmp(&b.0));
    // At second 0 the tasks in service run; where there are none, the first minute tells.
    let mut last = in_service.at(0.0);
    let mut steps = Vec::with_capacity(known.len());
    for (at, count) in known {
        last = count.unwrap_or(last.max(in_service.at(at)));
        steps.push((at, last));
    }
    Stair::new(in_service.at(0.0), steps.into_iter())
}

/// A count that changes at instants.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Stair {
    first: u32,
    /// `(second, count from then on)`, in order of time, without repetitions.
    steps: Vec<(f64, u32)>,
}

impl Stair {
    /// A count that is `first` before its first step; of steps at one instant the last one counts.
    pub(super) fn new(first: u32, steps: impl Iterator<Item = (f64, u32)>) -> Self {
        let mut kept: Vec<(f64, u32)> = Vec::new();
        for (at, count) in steps {
            kept.pop_if(|last| last.0 >= at);
            if kept.last().map_or(first, |last| last.1) != count {
                kept.push((at, count));
            }
        }
        Self { first, steps: kept }
    }

    /// The count at a second.
    pub(super) fn at(&self, second: f64) -> u32 {
        let after = self.steps.partition_point(|(at, _)| *at <= second);
        after.checked_sub(1).map_or(self.first, |index| self.steps[index].1)
    }

    /// The count at the beginning of the axis and its changes on it.
    fn within(&self, time: &TimeAxis) -> Vec<(f64, u32)> {
        let mut found = vec![(time.start_s, self.at(time.start_s))];
        let inside = self.steps.iter().filter(|(at, _)| *at > time.start_s && *at < time.end_s);
        found.extend(inside.copied());
        found
    }

    /// The line of the stair. Of many changes in one drawn column the first, the lowest, the highest and the last are
    /// kept: the others would be drawn over each other.
    pub(super) fn path(&self, time: &TimeAxis, scale: &Scale, bounds: &PixelBounds) -> Vec<(f64, f64)> {
        let steps = self.within(time);
        let mut path: Vec<(f64, f64)> = Vec::new();
        let y = |count: u32| scale.y(f64::from(count), bounds);
        for group in steps.chunk_by(|a, b| column(time.x(a.0), bounds) == column(time.x(b.0), bounds)) {
            let (first, last) = (group[0], group[group.len() - 1]);
            let x = time.x(first.0);
            if let Some((_, before)) = path.last() {
                path.push((x, *before));
            }
            path.push((x, y(first.1)));
            if group.len() > 2 {
                let counts = || group.iter().map(|(_, count)| *count);
                path.extend(
                    [counts().min(), counts().max()].into_iter().flatten().map(|count| (x, y(count))),
                );
            }
            path.push((x, y(last.1)));
        }
        if let Some((_, last)) = path.last() {
            path.push((time.x(time.end_s), *last));
        }
        path
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axis(start_s: f64, end_s: f64) -> TimeAxis {
        TimeAxis { start_s, end_s, ticks: Vec::new() }
    }

    const BOUNDS: PixelBounds = PixelBounds {
        left: super::super::panel::LEFT,
        top: 0.0,
        right: super::super::panel::RIGHT,
        bottom: 100.0,
    };

    #[test]
    fn a_stair_holds_its_count_until_the_instant_of_the_next() {
        let stair = Stair::new(0, [(0.0, 2), (30.5, 2), (45.0, 3), (45.0, 5)].into_iter());
        assert_eq!([stair.at(0.0), stair.at(44.9), stair.at(45.0)], [2, 2, 5]);
        assert_eq!(stair.within(&axis(40.0, 60.0)), [(40.0, 2), (45.0, 5)]);
        assert_eq!(stair.within(&axis(50.0, 60.0)), [(50.0, 5)]);
    }

    #[test]
    fn a_line_of_very_many_changes_has_a_bounded_number_of_points() {
        let stair = Stair::new(0, (0..200_000_u32).map(|index| (f64::from(index), index % 7)));
        let path = stair.path(&axis(0.0, 200_000.0), &Scale::linear(7.0, 5.0), &BOUNDS);
        assert!(path.len() < 5 * 2000, "{}", path.len());
    }

    #[test]
    fn a_wait_that_is_shorter_than_a_column_is_shaded_all_the_same() {
        let stairs = Stairs {
            desired: Stair::new(1, [(40_000.0, 3)].into_iter()),
            running: Stair::new(1, std::iter::empty()),
            in_service: Stair::new(1, [(40_010.0, 3)].into_iter()),
        };
        let found = stairs.gaps(&axis(0.0, 86_400.0), &Scale::linear(4.0, 4.0), &BOUNDS);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].top, found[0].bottom, found[0].right - found[0].left), (25.0, 75.0, 0.5));
    }
}
