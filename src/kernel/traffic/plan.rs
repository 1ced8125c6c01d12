//! The traffic of a service, resolved.

use super::curve::{CountInterval, RateCurve};

/// Process of arrivals.
#[derive(Clone, Debug, PartialEq)]
pub enum TrafficPlan {
    /// A Poisson process of this rate, exact for constant and linear pieces.
    Poisson(RateCurve),
    /// One arrival each time the integral of the rate passes k − ½, k = 1, 2, …
    EvenlySpaced(RateCurve),
    /// Exactly so many arrivals an interval, uniformly at random within it.
    ExactCounts(alloc::vec::Vec<CountInterval>),
}

impl TrafficPlan {
    /// The traffic of `span` \[ns\] from `from` [ns since second 0] on, as a plan whose second 0 is `from`. An interval of
    /// counts that is cut keeps its share, rounded to whole requests.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a count and a share")]
    pub fn window(&self, from: u64, span: u64) -> Self {
        match self {
            Self::Poisson(curve) => Self::Poisson(curve.slice(from, from.saturating_add(span))),
            Self::EvenlySpaced(curve) => Self::EvenlySpaced(curve.slice(from, from.saturating_add(span))),
            Self::ExactCounts(intervals) => {
                let cut = |interval: &CountInterval| {
                    let (start, end) =
                        (interval.start.max(from), interval.end.min(from.saturating_add(span)));
                    let share = end.saturating_sub(start) as f64 / (interval.end - interval.start) as f64;
                    let count = crate::random::whole(interval.count as f64 * share);
                    (start < end).then(|| CountInterval { start: start - from, end: end - from, count })
                };
                Self::ExactCounts(intervals.iter().filter_map(cut).collect())
            }
        }
    }

    /// Requests expected up to `horizon`.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "an expectation")]
    pub fn expected_requests(&self, horizon: crate::units::SimDuration) -> f64 {
        match self {
            Self::Poisson(curve) | Self::EvenlySpaced(curve) => curve.integral(horizon.0),
            Self::ExactCounts(intervals) => {
                intervals.iter().take_while(|i| i.start < horizon.0).map(|i| i.count as f64).sum()
            }
        }
    }
}
