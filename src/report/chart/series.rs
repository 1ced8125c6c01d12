//! Minutes as points of a picture. Where there are more minutes than columns, each column keeps its lowest and its
//! highest value, in the order in which they came: no spike is lost.

use crate::record::MinuteRecord;

/// A value that holds from `start` to `end` [s since second 0]; `None` is a gap.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct ValueSpan {
    pub(super) start: f64,
    pub(super) end: f64,
    pub(super) value: Option<f64>,
}

/// Minutes that share one of `columns` columns; 1 where every minute has its own.
pub(super) fn rows_per_column(rows: usize, columns: usize) -> usize {
    rows.div_ceil(columns.max(1)).max(1)
}

/// The points of one quantity over a timeline, `per_column` minutes a column.
pub(super) fn points(
    timeline: &[MinuteRecord],
    per_column: usize,
    value: impl Fn(&MinuteRecord) -> Option<f64>,
) -> Vec<ValueSpan> {
    let value = |row: &MinuteRecord| value(row).filter(|value| value.is_finite());
    let bounds = |row: &MinuteRecord| (row.start.as_secs_f64(), (row.start + row.length).as_secs_f64());
    let mut out = Vec::new();
    for group in timeline.chunks(per_column.max(1)) {
        let (Some(first), Some(last)) = (group.first(), group.last()) else { continue };
        let (start, end) = (bounds(first).0, bounds(last).1);
        let mut least: Option<(usize, f64)> = None;
        let mut most: Option<(usize, f64)> = None;
        for (index, row) in group.iter().enumerate() {
            let Some(value) = value(row) else { continue };
            if least.is_none_or(|(_, so_far)| value < so_far) {
                least = Some((index, value));
            }
            if most.is_none_or(|(_, so_far)| value > so_far) {
                most = Some((index, value));
            }
        }
        match (least, most) {
            (Some((at_least, least)), Some((at_most, most))) if at_least != at_most => {
                let middle = f64::midpoint(start, end);
                let (before, after) = if at_least < at_most { (least, most) } else { (most, least) };
                out.push(ValueSpan { start, end: middle, value: Some(before) });
                out.push(ValueSpan { start: middle, end, value: Some(after) });
            }
            (Some((_, value)), _) => out.push(ValueSpan { start, end, value: Some(value) }),
            _ => out.push(ValueSpan { start, end, value: None }),
        }
    }
    out
}

/// The largest value; `None` without one.
pub(super) fn most(points: &[ValueSpan]) -> Option<f64> {
    points.iter().filter_map(|point| point.value).reduce(f64::max)
}

/// The smallest value above zero; `None` without one.
pub(super) fn least_positive(points: &[ValueSpan]) -> Option<f64> {
    points.iter().filter_map(|point| point.value).filter(|value| *value > 0.0).reduce(f64::min)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minute(index: u64, offered: u64) -> MinuteRecord {
        MinuteRecord { offered, ..MinuteRecord::quiet(index) }
    }

    #[test]
    fn a_shared_column_keeps_its_lowest_and_its_highest_minute_in_order() {
        let timeline: Vec<MinuteRecord> =
            [5, 1, 9, 4, 7, 7].iter().zip(0..).map(|(offered, index)| minute(index, *offered)).collect();
        let values = |per_column| {
            let points = points(&timeline, per_column, |minute| Some(minute.offered as f64));
            points.iter().map(|point| point.value.unwrap_or(f64::NAN)).collect::<Vec<_>>()
        };
        assert_eq!(values(1), [5.0, 1.0, 9.0, 4.0, 7.0, 7.0]);
        assert_eq!(values(3), [1.0, 9.0, 4.0, 7.0]);
        assert_eq!(values(2), [5.0, 1.0, 9.0, 4.0, 7.0]);
        let last = points(&timeline, 4, |minute| Some(minute.offered as f64)).pop();
        assert_eq!(last.map(|point| point.end), Some(360.0));
    }

    #[test]
    fn a_value_that_does_not_exist_is_a_gap() {
        let timeline = [minute(0, 1), minute(1, 2)];
        let found = points(&timeline, 1, |minute| (minute.offered > 1).then_some(f64::INFINITY));
        assert!(found.iter().all(|point| point.value.is_none()));
        assert_eq!(rows_per_column(0, 100), 1);
        assert_eq!(rows_per_column(201, 100), 3);
    }
}
