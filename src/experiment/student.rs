//! Student's t, exactly: the quantiles that make an interval of a few replications honest, where 1.96 would not.

use libm::{atan, cos, erfc, sin};

/// Degrees of freedom from which the expansion round the normal law is exact to nine digits.
const MANY: u64 = 400;

/// The quantile of Student's t at `p` in (½, 1) with `df` ≥ 1 degrees of freedom.
#[must_use]
pub fn student_t_quantile(p: f64, df: u64) -> f64 {
    if df >= MANY {
        return expansion(normal_quantile(p), df);
    }
    let (mut low, mut high) = (0.0, 1e9);
    // From a billion down to the last digit of a double takes a hundred halvings.
    for _ in 0..110 {
        let middle = (low + high) / 2.0;
        if central_probability(middle, df) < 2.0 * p - 1.0 { low = middle } else { high = middle }
    }
    (low + high) / 2.0
}

/// The quantile of the normal law at `p` in (½, 1).
#[must_use]
pub fn normal_quantile(p: f64) -> f64 {
    let (mut low, mut high) = (0.0, 40.0);
    for _ in 0..100 {
        let middle = (low + high) / 2.0;
        if 0.5 * erfc(-middle / core::f64::consts::SQRT_2) < p { low = middle } else { high = middle }
    }
    (low + high) / 2.0
}

/// P(|T| ≤ t) by the finite sums of Abramowitz and Stegun 26.7.3 and 26.7.4.
#[expect(clippy::cast_precision_loss, reason = "a few hundred degrees of freedom")]
fn central_probability(t: f64, df: u64) -> f64 {
    let theta = atan(t / (df as f64).sqrt());
    let (sine, cosine) = (sin(theta), cos(theta));
    let odd = df % 2 == 1;
    let (mut power, mut sum) = if odd { (cosine, 0.0) } else { (1.0, 0.0) };
    let mut k = u64::from(odd);
    while k + 2 <= df {
        sum += power;
        power *= cosine * cosine * (k + 1) as f64 / (k + 2) as f64;
        k += 2;
    }
    if odd { (theta + sine * sum) * core::f64::consts::FRAC_2_PI } else { sine * sum }
}

/// Abramowitz and Stegun 26.7.5.
#[expect(clippy::cast_precision_loss, reason = "far fewer than 2⁵³")]
fn expansion(x: f64, df: u64) -> f64 {
    let n = df as f64;
    let (x2, x3) = (x * x, x * x * x);
    let g1 = (x3 + x) / 4.0;
    let g2 = (5.0 * x2 * x3 + 16.0 * x3 + 3.0 * x) / 96.0;
    let g3 = (3.0 * x2 * x2 * x3 + 19.0 * x2 * x3 + 17.0 * x3 - 15.0 * x) / 384.0;
    x + g1 / n + g2 / (n * n) + g3 / (n * n * n)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quantiles_are_the_tabulated_ones() {
        for (p, df, t) in [
            (0.975, 9, 2.262_157_162_798_205),
            (0.975, 29, 2.045_229_642_132_703),
            (0.995, 19, 2.860_934_606_464_979_4),
            (0.95, 4, 2.131_846_786_326_649),
            (0.975, 1, 12.706_204_736_174_694),
        ] {
            assert!((student_t_quantile(p, df) - t).abs() < 1e-9, "{p} {df}: {}", student_t_quantile(p, df));
        }
        assert!((normal_quantile(0.975) - 1.959_963_984_540_054).abs() < 1e-12);
    }

    #[test]
    fn the_expansion_meets_the_exact_sums() {
        for p in [0.9, 0.975, 0.9995] {
            let exact = student_t_quantile(p, MANY - 1);
            assert!((expansion(normal_quantile(p), MANY - 1) - exact).abs() < 1e-8, "{p}");
        }
    }
}
