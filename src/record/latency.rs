//! Summary of a distribution of times: its mean, its quantiles, its maximum. `None` where nothing was counted, never
//! zero.

use super::result::LatencySummary;

impl LatencySummary {
    /// Times counted.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.histogram.total()
    }

    /// The exact mean \[ms\].
    #[must_use]
    pub fn mean_ms(&self) -> Option<f64> {
        (self.count() > 0).then(|| self.sum as f64 / self.count() as f64 / 1e6)
    }

    /// The value at quantile `q` in [0, 1] \[ms\]: from the histogram, and never above the exact maximum.
    #[must_use]
    pub fn quantile_ms(&self, q: f64) -> Option<f64> {
        self.histogram.quantile(q).map(|nanos| nanos.min(self.max) as f64 / 1e6)
    }

    /// The exact largest value \[ms\].
    #[must_use]
    pub fn max_ms(&self) -> Option<f64> {
        (self.count() > 0).then(|| self.max as f64 / 1e6)
    }
}
