//! The spread of a number over the runs of a forecast.

use crate::experiment::estimate::quantile_of;

/// A number over the runs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RunSpread {
    /// Mean over the runs.
    pub mean: f64,
    /// A tenth of the runs is below this.
    pub p10: f64,
    /// A quarter of the runs is below this.
    pub p25: f64,
    /// Half of the runs are below this.
    pub p50: f64,
    /// A quarter of the runs is above this.
    pub p75: f64,
    /// A tenth of the runs is above this.
    pub p90: f64,
}

impl RunSpread {
    /// The spread of some numbers; `None` without any.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a number of runs")]
    pub fn of(values: &[f64]) -> Option<Self> {
        let q = |q| quantile_of(values, q);
        Some(Self {
            mean: values.iter().sum::<f64>() / values.len() as f64,
            p10: q(0.1)?,
            p25: q(0.25)?,
            p50: q(0.5)?,
            p75: q(0.75)?,
            p90: q(0.9)?,
        })
    }
}
