//! Arrivals of requests: a rate curve, and the stream of arrivals drawn from it.

mod arrivals;
mod curve;
mod plan;
mod walk;

pub use arrivals::ArrivalStream;
pub use curve::{CountInterval, CurveError, RateCurve, Segment};
pub use plan::TrafficPlan;
pub use walk::{RateCursor, RateSegment};
