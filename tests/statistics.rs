//! The statistics that judge a check: estimates from independent replications, and Student's t. No samples are pooled
//! over replications, because requests of one run depend on each other; nothing here knows what is measured.

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
        student_t_quantile(1.0 - alarm / 2.0, self.replications - 1) * self.standard_error
    }

    /// Whether the interval that holds the truth with probability `level` holds `truth`.
    pub(crate) fn interval_holds(&self, truth: f64, level: f64) -> bool {
        (self.mean - truth).abs() <= self.margin(1.0 - level)
    }
}

/// P(|T| ≤ t) for Student's t with `df` degrees of freedom, by the finite sums of Abramowitz and Stegun 26.7.3–4.
fn central_probability(t: f64, df: usize) -> f64 {
    let theta = (t / (df as f64).sqrt()).atan();
    let (sine, cosine) = theta.sin_cos();
    let odd = df % 2 == 1;
    let (mut power, mut sum) = if odd { (cosine, 0.0) } else { (1.0, 0.0) };
    // Terms cosᵏ with k = 1, 3, … df − 2 for odd df, and k = 0, 2, … df − 2 for even df.
    let mut k = usize::from(odd);
    while k + 2 <= df {
        sum += power;
        power *= cosine * cosine * (k + 1) as f64 / (k + 2) as f64;
        k += 2;
    }
    if odd { (theta + sine * sum) * std::f64::consts::FRAC_2_PI } else { sine * sum }
}

/// The quantile of Student's t at `p` > ½, by bisection of the exact distribution function.
pub(crate) fn student_t_quantile(p: f64, df: usize) -> f64 {
    let (mut low, mut high) = (0.0, 1e3);
    for _ in 0..80 {
        let middle = (low + high) / 2.0;
        if central_probability(middle, df) < 2.0 * p - 1.0 { low = middle } else { high = middle }
    }
    (low + high) / 2.0
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
