//! Cumulative distribution functions: the probability that a time is at most so long. It serves the fluid plane, whose flows
//! are expectations; draws never use it.

use super::distribution::{Distribution, Family};

/// Terms of the series or fractions of the incomplete gamma function; far fewer are used.
const MOST_TERMS: u32 = 2_000;

impl Distribution {
    /// The probability that a draw is at most `nanos` \[ns\], before rounding to whole nanoseconds; 0 below zero.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a probability")]
    pub fn cdf(&self, nanos: f64) -> f64 {
        if nanos < 0.0 {
            return 0.0;
        }
        match &self.law {
            Family::Constant(value) => f64::from(u8::from(nanos >= *value as f64)),
            Family::Exponential { mean } => -libm::expm1(-nanos / mean),
            Family::LogNormal { .. } if nanos <= 0.0 => 0.0,
            Family::LogNormal { mu, sigma } => {
                0.5 * libm::erfc(-(libm::log(nanos) - mu) / sigma * core::f64::consts::FRAC_1_SQRT_2)
            }
            Family::Gamma(gamma) => lower_gamma(gamma.shape, nanos / gamma.scale),
            Family::Weibull { inverse_shape, scale } => {
                -libm::expm1(-libm::pow(nanos / scale, 1.0 / inverse_shape))
            }
            Family::Pareto { minus_inverse_alpha, minimum } => {
                if nanos <= *minimum {
                    0.0
                } else {
                    1.0 - libm::pow(minimum / nanos, -1.0 / minus_inverse_alpha)
                }
            }
            Family::Uniform { min, max } => {
                let (low, length) = (*min as f64, (max - min) as f64);
                if length > 0.0 {
                    ((nanos - low) / length).clamp(0.0, 1.0)
                } else {
                    f64::from(u8::from(nanos >= low))
                }
            }
            Family::Triangular { min, mode, max } => {
                let span = max - min;
                if nanos <= *min {
                    0.0
                } else if nanos < *mode {
                    (nanos - min) * (nanos - min) / (span * (mode - min))
                } else if nanos < *max {
                    1.0 - (max - nanos) * (max - nanos) / (span * (max - mode))
                } else {
                    1.0
                }
            }
            Family::Empirical(samples) => {
                samples.iter().filter(|sample| **sample as f64 <= nanos).count() as f64 / samples.len() as f64
            }
        }
    }

    /// The samples \[ns\] when the law is an empirical one.
    #[must_use]
    pub fn as_samples(&self) -> Option<&[u64]> {
        if let Family::Empirical(samples) = &self.law { Some(samples) } else { None }
    }
}

/// The regularized lower incomplete gamma function P(a, x): its series below a + 1, else Lentz's continued fraction of
/// its complement (Abramowitz and Stegun 6.5.29 and 6.5.31).
fn lower_gamma(a: f64, x: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    let front = libm::exp(a * libm::log(x) - x - libm::lgamma(a));
    if x < a + 1.0 {
        let (mut term, mut sum, mut n) = (1.0 / a, 1.0 / a, a);
        for _ in 0..MOST_TERMS {
            n += 1.0;
            term *= x / n;
            sum += term;
            if term < sum * 1e-15 {
                break;
            }
        }
        return (front * sum).min(1.0);
    }
    let mut b = x + 1.0 - a;
    let (mut c, mut d) = (1e300, 1.0 / b);
    let mut fraction = d;
    for k in 1..=MOST_TERMS {
        let an = -f64::from(k) * (f64::from(k) - a);
        b += 2.0;
        d = 1.0 / (an * d + b);
        c = b + an / c;
        let step = c * d;
        fraction *= step;
        if (step - 1.0).abs() < 1e-15 {
            break;
        }
    }
    (1.0 - front * fraction).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Purpose, Streams};
    use crate::units::SimDuration;

    #[test]
    fn every_cumulative_law_agrees_with_its_own_draws() {
        // The largest distance of n draws from their law exceeds 2.4/√n with probability 2·exp(−2·2.4²) = 2e-5; ten laws.
        const N: usize = 100_000;
        let ms = SimDuration::from_millis;
        let samples = [ms(3), ms(40), ms(7)];
        let laws = [
            Distribution::exponential(ms(40)).unwrap(),
            Distribution::lognormal_mean_cv(ms(40), 1.5).unwrap(),
            Distribution::gamma(0.3, ms(40)).unwrap(),
            Distribution::gamma(1.0, ms(40)).unwrap(),
            Distribution::gamma(40.0, ms(40)).unwrap(),
            Distribution::weibull(0.7, ms(40)).unwrap(),
            Distribution::pareto(2.5, ms(40)).unwrap(),
            Distribution::uniform(ms(10), ms(40)).unwrap(),
            Distribution::empirical(&samples).unwrap(),
            Distribution::constant(ms(5)),
        ];
        for law in laws {
            let mut draws = vec![0; N];
            law.fill(&mut Streams::new(3, 0).stream(Purpose::CPU_TIME, "test"), &mut draws);
            draws.sort_unstable();
            let mut worst = 0.0_f64;
            let mut below = 0;
            while below < N {
                let value = draws[below];
                let up_to = draws.partition_point(|draw| *draw <= value);
                // Just below a value the law has what came before it, at the value what came up to it.
                let (before, at) = (law.cdf(value as f64 - 0.6), law.cdf(value as f64 + 0.4));
                worst = worst.max((before - below as f64 / N as f64).max(up_to as f64 / N as f64 - at));
                below = up_to;
            }
            assert!(worst * libm::sqrt(N as f64) < 2.4, "{law:?}: {worst}");
        }
    }

    #[test]
    fn the_incomplete_gamma_function_has_its_closed_forms() {
        // P(1, x) = 1 − e⁻ˣ; P(2, x) = 1 − (1 + x)e⁻ˣ.
        for x in [0.01, 0.5, 1.9, 2.1, 7.0, 40.0] {
            assert!((lower_gamma(1.0, x) + libm::expm1(-x)).abs() < 1e-13);
            assert!((lower_gamma(2.0, x) - (1.0 - (1.0 + x) * libm::exp(-x))).abs() < 1e-13);
        }
    }
}
