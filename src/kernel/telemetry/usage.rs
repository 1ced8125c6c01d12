//! The usage meter: service intervals become exact sums a period. (Rules first; the meter follows below.)

/// How facts become datapoints; each field is an `[assumptions]` key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MetricRules {
    /// `rcpt_denominator`: which targets `RequestCountPerTarget` divides by.
    pub rcpt_denominator: RcptDenominator,
    /// `metric_counts_draining`: whether the ECS averages include tasks that are draining or stopping.
    pub counts_draining: bool,
}

/// Which targets `RequestCountPerTarget` divides by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RcptDenominator {
    /// `healthy`.
    Healthy,
    /// `registered`.
    Registered,
}
