//! The Pareto front of cost and response time: the settings that no other beats.

/// Cost and response time of a setting; not a number where they are not known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ParetoPoint {
    /// Cost a month, mean of the runs \[USD\].
    pub cost: f64,
    /// 99th percentile of response times, mean of the runs; with several services that of the slowest \[ms\].
    pub p99: f64,
}

impl ParetoPoint {
    /// Point of a setting whose runs did not all end with figures.
    pub const UNKNOWN: Self = Self { cost: f64::NAN, p99: f64::NAN };

    /// Whether both are known.
    #[must_use]
    pub const fn is_known(&self) -> bool {
        self.cost.is_finite() && self.p99.is_finite()
    }
}

/// Indices of the points of which no other is better in one and no worse in the other, from the cheapest on. Equal points are
/// on the front together.
#[must_use]
pub fn front(points: &[ParetoPoint]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..points.len()).filter(|index| points[*index].is_known()).collect();
    order.sort_by(|a, b| {
        let (a, b) = (points[*a], points[*b]);
        a.cost.total_cmp(&b.cost).then(a.p99.total_cmp(&b.p99))
    });
    let mut best: Option<ParetoPoint> = None;
    order.retain(|index| {
        let point = points[*index];
        let is_on = best.is_none_or(|best| point.p99 < best.p99 || point == best);
        if is_on {
            best = Some(point);
        }
        is_on
    });
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(cost: f64, p99: f64) -> ParetoPoint {
        ParetoPoint { cost, p99 }
    }

    #[test]
    fn the_front_holds_what_nothing_beats() {
        let points = [
            at(3.0, 1.0),
            at(1.0, 5.0),
            at(2.0, 2.0),
            at(2.0, 3.0),
            at(2.5, 2.0),
            ParetoPoint::UNKNOWN,
            at(2.0, 2.0),
        ];
        assert_eq!(front(&points), [1, 2, 6, 0]);
        assert_eq!(front(&[ParetoPoint::UNKNOWN]), Vec::<usize>::new());
    }

    #[test]
    fn every_point_off_the_front_is_beaten_by_one_on_it() {
        let mut state = 7_u64;
        let mut draw = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 58) as f64
        };
        for _ in 0..200 {
            let points: Vec<ParetoPoint> = (0..40).map(|_| at(draw(), draw())).collect();
            let front = front(&points);
            let beats = |a: ParetoPoint, b: ParetoPoint| a.cost <= b.cost && a.p99 <= b.p99 && a != b;
            for (index, point) in points.iter().enumerate() {
                let beaten = points.iter().any(|other| beats(*other, *point));
                assert_eq!(front.contains(&index), !beaten, "{point:?}");
            }
        }
    }
}
