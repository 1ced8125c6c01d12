//! Fewer points for long runs: every so many minutes become two points, the lowest and the highest value of each column
//! in the order in which they came. What a peak reached is never lost, only when, by less than one of those stretches.

/// Most points that a page carries for one service.
const MOST_POINTS: usize = 45_000;
/// Most points that a page carries for all services of a run together.
const MOST_POINTS_OF_ALL: usize = 450_000;

/// Most points of each of so many services.
pub(super) fn most_points(services: usize) -> usize {
    (MOST_POINTS_OF_ALL / services.max(1)).clamp(100, MOST_POINTS)
}

/// Way in which rows are thinned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Thinning {
    /// Rows that two points stand for; 1: every row is a point.
    pub(super) rows: usize,
}

impl Thinning {
    /// The thinning that brings so many rows down to at most `most` points.
    pub(super) fn new(rows: usize, most: usize) -> Self {
        let stretches = (most / 2).max(1);
        Self { rows: if rows <= most { 1 } else { rows.div_ceil(stretches) } }
    }

    /// The times of the points: those of the first and of the middle row of each stretch.
    pub(super) fn times(self, times: &[f64]) -> Vec<f64> {
        if self.rows == 1 {
            return times.to_vec();
        }
        let ends = |stretch: &[f64]| [stretch.first().copied(), stretch.get(stretch.len() / 2).copied()];
        times.chunks(self.rows).flat_map(ends).flatten().collect()
    }

    /// The values of the points.
    pub(super) fn values(self, values: &[Option<f64>]) -> Vec<Option<f64>> {
        if self.rows == 1 {
            return values.to_vec();
        }
        values.chunks(self.rows).flat_map(extremes).collect()
    }
}

/// The lowest and the highest value, in the order in which they came.
fn extremes(stretch: &[Option<f64>]) -> [Option<f64>; 2] {
    let mut found: Option<((usize, f64), (usize, f64))> = None;
    for (at, value) in stretch.iter().enumerate() {
        let Some(value) = *value else { continue };
        found = Some(match found {
            None => ((at, value), (at, value)),
            Some((low, high)) => (
                if value < low.1 { (at, value) } else { low },
                if value > high.1 { (at, value) } else { high },
            ),
        });
    }
    match found {
        None => [None, None],
        Some((low, high)) if low.0 <= high.0 => [Some(low.1), Some(high.1)],
        Some((low, high)) => [Some(high.1), Some(low.1)],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_rows_stay_as_they_are() {
        let thinning = Thinning::new(4, 4);
        assert_eq!(thinning.rows, 1);
        assert_eq!(thinning.values(&[Some(1.0), None]), [Some(1.0), None]);
    }

    #[test]
    fn the_lowest_and_the_highest_value_of_every_stretch_are_kept_in_their_order() {
        let thinning = Thinning::new(9, 6);
        assert_eq!(thinning.rows, 3);
        let values = [3.0, 1.0, 2.0, 4.0, 9.0, 5.0].map(Some);
        assert_eq!(thinning.values(&values), [3.0, 1.0, 4.0, 9.0].map(Some));
        assert_eq!(thinning.values(&[None, Some(7.0), None]), [Some(7.0), Some(7.0)]);
        assert_eq!(thinning.values(&[None, None, None]), [None, None]);
        assert_eq!(thinning.times(&[0.0, 60.0, 120.0, 180.0, 240.0, 300.0]), [0.0, 60.0, 180.0, 240.0]);
    }

    #[test]
    fn there_are_never_more_points_than_asked_for_and_as_many_times_as_values() {
        for rows in [1, 7, 100, 101, 999] {
            let times: Vec<f64> = (0..rows).map(f64::from).collect();
            let values: Vec<Option<f64>> = times.iter().copied().map(Some).collect();
            let thinning = Thinning::new(times.len(), 100);
            let points = thinning.values(&values);
            let kept = thinning.times(&times);
            assert!(points.len() <= 100, "{rows}");
            // A last stretch of one row has its first and its middle row at the same time.
            assert_eq!(points.len(), kept.len(), "{rows}");
        }
    }
}
