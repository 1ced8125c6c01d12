//! When requests arrive: a rate curve, and the stream of arrivals drawn from it.

mod arrivals;
mod curve;
mod walk;

pub use arrivals::ArrivalStream;
pub use curve::{CountInterval, CurveError, RateCurve, Segment};
pub use walk::{RateWalk, Stretch};

/// How arrivals are drawn.
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
