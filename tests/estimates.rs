//! The statistics that judge a check: estimates from independent replications, and Student's t. No samples are pooled
//! over replications, because requests of one run depend on each other; nothing here knows what is measured.

use windtunnel::experiment::student_t_quantile;

/// What independent replications say of a quantity.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Estimate {
    pub(crate) mean: f64,
    pub(crate) standard_error: f64,
    pub(crate) replications: usize,
}

impl Estimate {
    /// The mean of one figure a replication, and the standard error of that mean; at least two are needed.
    pub(crate) fn of(figures: &[f64]) -> Self {
        let count = figures.len() as f64;
        let mean = figures.iter().sum::<f64>() / count;
        let squares: f64 = figures.iter().map(|figure| (figure - mean).powi(2)).sum();
        let standard_error = (squares / (count - 1.0) / count).sqrt();
        Self { mean, standard_error, replications: figures.len() }
    }

    /// Distance from `truth` beyond which a correct model lands with probability `alarm` only.
    pub(crate) fn margin(&self, alarm: f64) -> f64 {
        student_t_quantile(1.0 - alarm / 2.0, self.replications as u64 - 1) * self.standard_error
    }

    /// Whether the interval that holds the truth with probability `level` holds `truth`.
    pub(crate) fn interval_holds(&self, truth: f64, level: f64) -> bool {
        (self.mean - truth).abs() <= self.margin(1.0 - level)
    }
}

#[test]
fn the_t_quantiles_are_the_tabulated_ones() {
    for (p, df, t) in [
        (0.975, 9, 2.262_157_162_798_205),
        (0.975, 29, 2.045_229_642_132_703),
        (0.975, 1, 12.706_204_736_174_7),
        (0.975, 2, 4.302_652_729_749_46),
        (0.995, 10, 3.169_272_672_616_95),
    ] {
        let value = student_t_quantile(p, df);
        assert!((value / t - 1.0_f64).abs() < 1e-9, "t({p}, {df}) = {value} instead of {t}");
    }
}

#[test]
fn an_estimate_of_a_small_sample_is_the_one_done_by_hand() {
    // Mean 2, squares 1 + 0 + 1, variance 2/2, standard error √(1/3).
    let estimate = Estimate::of(&[1.0, 2.0, 3.0]);
    assert!((estimate.mean - 2.0).abs() < 1e-12);
    assert!((estimate.standard_error - (1.0_f64 / 3.0).sqrt()).abs() < 1e-12);
    assert!(estimate.interval_holds(4.0, 0.95) && !estimate.interval_holds(5.0, 0.95));
}
