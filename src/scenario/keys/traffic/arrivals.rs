//! Distribution of arrivals at a given rate.

use windtunnel_kernel::traffic::{RateCurve, TrafficPlan};

use crate::scenario::language::choices::choices;

/// Arrival process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Arrivals {
    /// A Poisson process of the rate.
    Poisson,
    /// One whenever the integral of the rate passes k − ½.
    EvenlySpaced,
    /// As many an interval as a trace says.
    ExactCounts,
}

choices! { pub(crate) ARRIVALS: Arrivals {
    "poisson" => Poisson,
    "evenly_spaced" => EvenlySpaced,
    "exact_counts" => ExactCounts,
} }

/// The plan of arrivals at the rates of a curve.
pub(crate) fn with_curve(arrivals: Arrivals, curve: RateCurve) -> TrafficPlan {
    match arrivals {
        Arrivals::EvenlySpaced => TrafficPlan::EvenlySpaced(curve),
        // Shapes have no counts, which was reported; a Poisson process stands in until then.
        Arrivals::Poisson | Arrivals::ExactCounts => TrafficPlan::Poisson(curve),
    }
}
