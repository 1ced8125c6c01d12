//! Distributions of times: resolved, checked, and drawn in batches of whole nanoseconds.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use super::math;
use super::streams::Rng;
use super::ziggurat;
use crate::units::SimDuration;

/// A distribution of a span of time. Every variant was checked when it was made.
#[derive(Clone, Debug, PartialEq)]
pub struct Distribution {
    pub(super) law: Family,
}

/// The laws; parameters in nanoseconds.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Family {
    Constant(u64),
    Exponential { mean: f64 },
    LogNormal { mu: f64, sigma: f64 },
    Gamma(Gamma),
    Weibull { inverse_shape: f64, scale: f64 },
    Pareto { minus_inverse_alpha: f64, minimum: f64 },
    Uniform { min: u64, max: u64 },
    Triangular { min: f64, mode: f64, max: f64 },
    Empirical(Arc<[u64]>),
}

/// Gamma by Marsaglia and Tsang (2000), with the boost of shape + 1 for shapes below one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Gamma {
    pub(super) shape: f64,
    pub(super) scale: f64,
    d: f64,
    c: f64,
    boost: f64,
}

/// Error of parameters that are no distribution.
#[derive(Clone, Debug, PartialEq)]
pub struct DistributionError {
    /// The parameter's name as in a scenario: `mean`, `cv`, `p95`, …
    pub parameter: &'static str,
    /// Expected value, as a noun phrase: "a time above zero".
    pub expected: &'static str,
}

impl fmt::Display for DistributionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` must be {}", self.parameter, self.expected)
    }
}

impl Distribution {
    /// The standard normal quantile of 0.95.
    const Z95: f64 = 1.644_853_626_951_472_2;

    fn error(parameter: &'static str, expected: &'static str) -> DistributionError {
        DistributionError { parameter, expected }
    }

    fn positive(parameter: &'static str, span: SimDuration) -> Result<f64, DistributionError> {
        if span.0 == 0 { Err(Self::error(parameter, "a time above zero")) } else { Ok(nanos(span)) }
    }

    fn ratio(parameter: &'static str, value: f64) -> Result<f64, DistributionError> {
        if value.is_finite() && value > 1e-6 && value < 1e6 {
            Ok(value)
        } else {
            Err(Self::error(parameter, "a number between 0.000001 and 1000000"))
        }
    }

    /// Always `value`.
    #[must_use]
    pub fn constant(value: SimDuration) -> Self {
        Self { law: Family::Constant(value.0.min(SimDuration::CAP.0)) }
    }

    /// Exponential with this mean.
    ///
    /// # Errors
    /// When the mean is zero.
    pub fn exponential(mean: SimDuration) -> Result<Self, DistributionError> {
        Ok(Self { law: Family::Exponential { mean: Self::positive("mean", mean)? } })
    }

    /// Lognormal with this mean and coefficient of variation; a `cv` of zero is the constant.
    ///
    /// # Errors
    /// When the mean is zero or the `cv` is negative, not finite or above 1000.
    pub fn lognormal_mean_cv(mean: SimDuration, cv: f64) -> Result<Self, DistributionError> {
        let mean_nanos = Self::positive("mean", mean)?;
        if !(cv.is_finite() && (0.0..=1000.0).contains(&cv)) {
            return Err(Self::error("cv", "a number from 0 to 1000"));
        }
        if cv <= 0.0 {
            return Ok(Self::constant(mean));
        }
        let variance = libm::log1p(cv * cv);
        Ok(Self {
            law: Family::LogNormal {
                mu: libm::log(mean_nanos) - variance / 2.0,
                sigma: libm::sqrt(variance),
            },
        })
    }

    /// Lognormal with this median and 95th percentile; equal values are the constant.
    ///
    /// # Errors
    /// When the median is zero or the percentile is below it.
    pub fn lognormal_median_p95(median: SimDuration, p95: SimDuration) -> Result<Self, DistributionError> {
        let mu = libm::log(Self::positive("median", median)?);
        if p95 < median {
            return Err(Self::error("p95", "at least the median"));
        }
        if p95 == median {
            return Ok(Self::constant(median));
        }
        Ok(Self { law: Family::LogNormal { mu, sigma: (libm::log(nanos(p95)) - mu) / Self::Z95 } })
    }

    /// Gamma with this shape and mean.
    ///
    /// # Errors
    /// When the shape is not in (0.000001, 1000000) or the mean is zero.
    pub fn gamma(shape: f64, mean: SimDuration) -> Result<Self, DistributionError> {
        let shape = Self::ratio("shape", shape)?;
        let scale = Self::positive("mean", mean)? / shape;
        let boosted = if shape < 1.0 { shape + 1.0 } else { shape };
        let d = boosted - 1.0 / 3.0;
        let gamma = Gamma { shape, scale, d, c: 1.0 / libm::sqrt(9.0 * d), boost: 1.0 / shape };
        Ok(Self { law: Family::Gamma(gamma) })
    }

    /// Weibull with this shape and scale.
    ///
    /// # Errors
    /// When the shape is not in (0.000001, 1000000) or the scale is zero.
    pub fn weibull(shape: f64, scale: SimDuration) -> Result<Self, DistributionError> {
        let inverse_shape = 1.0 / Self::ratio("shape", shape)?;
        Ok(Self { law: Family::Weibull { inverse_shape, scale: Self::positive("scale", scale)? } })
    }

    /// Pareto (type I) with this tail index and smallest value. The mean is finite for `alpha > 1` only.
    ///
    /// # Errors
    /// When `alpha` is not in (0.000001, 1000000) or the minimum is zero.
    pub fn pareto(alpha: f64, minimum: SimDuration) -> Result<Self, DistributionError> {
        let minus_inverse_alpha = -1.0 / Self::ratio("alpha", alpha)?;
        Ok(Self { law: Family::Pareto { minus_inverse_alpha, minimum: Self::positive("minimum", minimum)? } })
    }

    /// Uniform on [min, max].
    ///
    /// # Errors
    /// When `max` is below `min`.
    pub fn uniform(min: SimDuration, max: SimDuration) -> Result<Self, DistributionError> {
        if max < min {
            return Err(Self::error("max", "at least the minimum"));
        }
        Ok(Self { law: Family::Uniform { min: min.0, max: max.0.min(SimDuration::CAP.0) } })
    }

    /// Triangular on [min, max] with its peak at `mode`.
    ///
    /// # Errors
    /// When `mode` is below `min`, or `max` below `mode` or not above `min`.
    pub fn triangular(
        min: SimDuration,
        mode: SimDuration,
        max: SimDuration,
    ) -> Result<Self, DistributionError> {
        if mode < min {
            return Err(Self::error("mode", "at least the minimum"));
        }
        if max < mode || max <= min {
            return Err(Self::error("max", "at least the mode and above the minimum"));
        }
        let capped = |span: SimDuration| nanos(span.min(SimDuration::CAP));
        Ok(Self { law: Family::Triangular { min: capped(min), mode: capped(mode), max: capped(max) } })
    }

    /// The empirical law of these samples: each is drawn with the same probability.
    ///
    /// # Errors
    /// When there is no sample.
    pub fn empirical(samples: &[SimDuration]) -> Result<Self, DistributionError> {
        if samples.is_empty() {
            return Err(Self::error("file", "a file with at least one sample"));
        }
        let capped: Vec<u64> = samples.iter().map(|s| s.0.min(SimDuration::CAP.0)).collect();
        Ok(Self { law: Family::Empirical(capped.into()) })
    }

    /// The mean \[ns\]; infinite where it does not exist.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a mean")]
    pub fn mean_nanos(&self) -> f64 {
        match &self.law {
            Family::Constant(value) => *value as f64,
            Family::Exponential { mean } => *mean,
            Family::LogNormal { mu, sigma } => libm::exp(mu + sigma * sigma / 2.0),
            Family::Gamma(gamma) => gamma.shape * gamma.scale,
            Family::Weibull { inverse_shape, scale } => scale * libm::tgamma(1.0 + inverse_shape),
            Family::Pareto { minus_inverse_alpha, minimum } => {
                let alpha = -1.0 / minus_inverse_alpha;
                if alpha <= 1.0 { f64::INFINITY } else { alpha * minimum / (alpha - 1.0) }
            }
            Family::Uniform { min, max } => (*min as f64 + *max as f64) / 2.0,
            Family::Triangular { min, mode, max } => (min + mode + max) / 3.0,
            Family::Empirical(samples) => {
                samples.iter().map(|s| *s as f64).sum::<f64>() / samples.len() as f64
            }
        }
    }

    /// The largest value \[ns\]; `None` where there is no bound.
    #[must_use]
    pub fn largest(&self) -> Option<SimDuration> {
        match &self.law {
            Family::Constant(value) => Some(SimDuration(*value)),
            Family::Uniform { max, .. } => Some(SimDuration(*max)),
            Family::Triangular { max, .. } => Some(SimDuration::from_nanos_f64(*max)),
            Family::Empirical(samples) => samples.iter().max().map(|value| SimDuration(*value)),
            Family::Exponential { .. }
            | Family::LogNormal { .. }
            | Family::Gamma(_)
            | Family::Weibull { .. }
            | Family::Pareto { .. } => None,
        }
    }

    /// The law of a time that is `factor` times as long; `None` where no such law can be made: a factor that is not above
    /// zero and finite, or parameters out of range.
    #[must_use]
    pub fn scaled(&self, factor: f64) -> Option<Self> {
        if !(factor.is_finite() && factor > 0.0) {
            return None;
        }
        let whole = |value: u64| SimDuration::from_nanos_f64(nanos(SimDuration(value)) * factor).0;
        let sound = |value: f64| (value * factor).is_finite().then_some(value * factor);
        let law = match &self.law {
            Family::Constant(value) => Family::Constant(whole(*value)),
            Family::Exponential { mean } => Family::Exponential { mean: sound(*mean)? },
            Family::LogNormal { mu, sigma } => {
                Family::LogNormal { mu: mu + libm::log(factor), sigma: *sigma }
            }
            Family::Gamma(gamma) => Family::Gamma(Gamma { scale: sound(gamma.scale)?, ..*gamma }),
            Family::Weibull { inverse_shape, scale } => {
                Family::Weibull { inverse_shape: *inverse_shape, scale: sound(*scale)? }
            }
            Family::Pareto { minus_inverse_alpha, minimum } => {
                Family::Pareto { minus_inverse_alpha: *minus_inverse_alpha, minimum: sound(*minimum)? }
            }
            Family::Uniform { min, max } => Family::Uniform { min: whole(*min), max: whole(*max) },
            Family::Triangular { min, mode, max } => {
                Family::Triangular { min: sound(*min)?, mode: sound(*mode)?, max: sound(*max)? }
            }
            Family::Empirical(samples) => {
                Family::Empirical(samples.iter().map(|value| whole(*value)).collect())
            }
        };
        Some(Self { law })
    }

    /// The value when the law is a constant.
    #[must_use]
    pub fn as_constant(&self) -> Option<SimDuration> {
        if let Family::Constant(value) = self.law { Some(SimDuration(value)) } else { None }
    }

    /// One draw.
    pub fn draw(&self, rng: &mut Rng) -> SimDuration {
        let mut one = [0];
        self.fill(rng, &mut one);
        SimDuration(one[0])
    }

    /// Fills `out` with draws \[ns\], in order; the same values whether drawn one by one or together.
    pub fn fill(&self, rng: &mut Rng, out: &mut [u64]) {
        match &self.law {
            Family::Constant(value) => out.fill(*value),
            Family::Exponential { mean } => fill_batches(rng, out, ziggurat::fill_exponential, |x| x * mean),
            Family::LogNormal { mu, sigma } => {
                fill_batches(rng, out, ziggurat::fill_standard_normal, |z| math::exp(mu + sigma * z));
            }
            Family::Gamma(gamma) => fill_with(out, || gamma.draw(rng)),
            Family::Weibull { inverse_shape, scale } => {
                fill_with(out, || scale * libm::pow(ziggurat::exponential(rng), *inverse_shape));
            }
            Family::Pareto { minus_inverse_alpha, minimum } => {
                fill_with(out, || minimum * libm::pow(rng.open_unit(), *minus_inverse_alpha));
            }
            Family::Uniform { min, max } => {
                for slot in out {
                    *slot = min + rng.below(max - min + 1);
                }
            }
            Family::Triangular { min, mode, max } => {
                fill_with(out, || triangular((*min, *mode, *max), rng.open_unit()));
            }
            Family::Empirical(samples) => {
                for slot in out {
                    *slot = samples[usize::try_from(rng.below(samples.len() as u64)).unwrap_or(0)];
                }
            }
        }
    }
}

impl Gamma {
    fn draw(&self, rng: &mut Rng) -> f64 {
        loop {
            let x = ziggurat::standard_normal(rng);
            let base = 1.0 + self.c * x;
            if base <= 0.0 {
                continue;
            }
            let v = base * base * base;
            let u = rng.open_unit();
            let x2 = x * x;
            let accepted =
                u < 1.0 - 0.0331 * x2 * x2 || libm::log(u) < 0.5 * x2 + self.d * (1.0 - v + libm::log(v));
            if accepted {
                let value = self.d * v * self.scale;
                return if self.shape < 1.0 { value * libm::pow(rng.open_unit(), self.boost) } else { value };
            }
        }
    }
}

/// The quantile of `u` of a triangular law, by inversion.
fn triangular((min, mode, max): (f64, f64, f64), u: f64) -> f64 {
    let (span, rise) = (max - min, mode - min);
    if u * span < rise {
        min + libm::sqrt(u * span * rise)
    } else {
        max - libm::sqrt((1.0 - u) * span * (max - mode))
    }
}

#[expect(clippy::cast_precision_loss, reason = "parameters of a law")]
fn nanos(span: SimDuration) -> f64 {
    span.0 as f64
}

#[inline]
fn fill_with(out: &mut [u64], mut draw: impl FnMut() -> f64) {
    for slot in out {
        *slot = SimDuration::from_nanos_f64(draw()).0;
    }
}

/// Draws standard variates in batches, maps them and rounds them.
fn fill_batches(rng: &mut Rng, out: &mut [u64], draw: fn(&mut Rng, &mut [f64]), map: impl Fn(f64) -> f64) {
    const BATCH: usize = 64;
    let mut values = [0.0_f64; BATCH];
    for chunk in out.chunks_mut(BATCH) {
        let values = &mut values[..chunk.len()];
        draw(rng, values);
        for value in &mut *values {
            *value = map(*value);
        }
        math::round_batch(values, chunk);
    }
}

#[cfg(test)]
mod tests {
    use rand_distr::Distribution as _;

    use super::*;
    use crate::random::{Purpose, Streams};

    const MS: SimDuration = SimDuration::from_millis(1);

    fn draws(law: &Distribution, count: usize, seed: u64) -> Vec<f64> {
        let mut out = vec![0; count];
        law.fill(&mut Streams::new(seed, 0).stream(Purpose::CPU_TIME, "test"), &mut out);
        out.iter().map(|nanos| *nanos as f64 / 1e6).collect()
    }

    /// √(n/2) times the largest distance between two empirical distributions of n draws each.
    fn distance(mut a: Vec<f64>, mut b: Vec<f64>) -> f64 {
        a.sort_by(f64::total_cmp);
        b.sort_by(f64::total_cmp);
        let (mut i, mut j, mut worst) = (0, 0, 0_usize);
        while i < a.len() && j < b.len() {
            if a[i] <= b[j] {
                i += 1
            } else {
                j += 1
            }
            worst = worst.max(i.abs_diff(j));
        }
        worst as f64 / a.len() as f64 * libm::sqrt(a.len() as f64 / 2.0)
    }

    #[test]
    fn every_law_agrees_with_an_independent_implementation() {
        // The distance exceeds 2.8 with probability 2·exp(−2·2.8²) = 3e-7; twelve checks.
        const N: usize = 100_000;
        let mut rng = rand::rngs::Xoshiro256PlusPlus::from_seed([7; 32]);
        let mut check =
            |law: Distribution, other: &mut dyn FnMut(&mut rand::rngs::Xoshiro256PlusPlus) -> f64| {
                let reference = (0..N).map(|_| other(&mut rng)).collect();
                let found = distance(draws(&law, N, 1), reference);
                assert!(found < 2.8, "{law:?}: {found}");
            };
        use rand::SeedableRng as _;
        let span = |ms: f64| SimDuration::from_nanos_f64(ms * 1e6);
        let exp = rand_distr::Exp::new(1.0 / 40.0).unwrap();
        check(Distribution::exponential(span(40.0)).unwrap(), &mut |rng| exp.sample(rng));
        let log = rand_distr::LogNormal::from_mean_cv(40.0, 1.5).unwrap();
        check(Distribution::lognormal_mean_cv(span(40.0), 1.5).unwrap(), &mut |rng| log.sample(rng));
        for shape in [0.3, 1.0, 2.5, 40.0] {
            let gamma = rand_distr::Gamma::new(shape, 40.0 / shape).unwrap();
            check(Distribution::gamma(shape, span(40.0)).unwrap(), &mut |rng| gamma.sample(rng));
        }
        let weibull = rand_distr::Weibull::new(40.0, 0.7).unwrap();
        check(Distribution::weibull(0.7, span(40.0)).unwrap(), &mut |rng| weibull.sample(rng));
        let pareto = rand_distr::Pareto::new(40.0, 2.5).unwrap();
        check(Distribution::pareto(2.5, span(40.0)).unwrap(), &mut |rng| pareto.sample(rng));
        let uniform = rand_distr::Uniform::new(10.0, 40.0).unwrap();
        check(Distribution::uniform(span(10.0), span(40.0)).unwrap(), &mut |rng| uniform.sample(rng));
        for mode in [10.0, 25.0, 40.0] {
            let triangular = rand_distr::Triangular::new(10.0, 40.0, mode).unwrap();
            let law = Distribution::triangular(span(10.0), span(mode), span(40.0)).unwrap();
            check(law, &mut |rng| triangular.sample(rng));
        }
    }

    #[test]
    fn means_are_what_the_formulas_say() {
        let laws = [
            (Distribution::exponential(MS).unwrap(), 1.0),
            (Distribution::lognormal_mean_cv(MS, 2.0).unwrap(), 1.0),
            (Distribution::gamma(0.5, MS).unwrap(), 1.0),
            // Γ(1 + 1/2) = √π / 2.
            (Distribution::weibull(2.0, MS).unwrap(), 0.886_226_925_452_758),
            (Distribution::pareto(3.0, MS).unwrap(), 1.5),
            (Distribution::uniform(MS, SimDuration::from_millis(3)).unwrap(), 2.0),
            (Distribution::triangular(MS, MS, SimDuration::from_millis(4)).unwrap(), 2.0),
            (Distribution::empirical(&[MS, SimDuration::from_millis(4)]).unwrap(), 2.5),
            (Distribution::constant(MS), 1.0),
        ];
        for (law, mean) in laws {
            assert!((law.mean_nanos() / 1e6 - mean).abs() < 1e-6, "{law:?}");
        }
        assert!(Distribution::pareto(1.0, MS).unwrap().mean_nanos().is_infinite());
    }

    #[test]
    fn a_lognormal_by_median_and_p95_has_them() {
        let law = Distribution::lognormal_median_p95(SimDuration::from_secs(18), SimDuration::from_secs(25))
            .unwrap();
        let values = draws(&law, 100_000, 2);
        let below = |limit: f64| values.iter().filter(|value| **value < limit).count() as f64 / 1e5;
        // Binomial standard deviations: 0.0016 at one half, 0.0007 at 0.95.
        assert!((below(18_000.0) - 0.5).abs() < 5.0 * 0.0016);
        assert!((below(25_000.0) - 0.95).abs() < 5.0 * 0.0007);
    }

    #[test]
    fn parameters_out_of_range_are_named() {
        assert_eq!(Distribution::exponential(SimDuration::ZERO).unwrap_err().parameter, "mean");
        assert_eq!(Distribution::lognormal_mean_cv(MS, f64::NAN).unwrap_err().parameter, "cv");
        assert_eq!(Distribution::lognormal_median_p95(MS, SimDuration::ZERO).unwrap_err().parameter, "p95");
        assert_eq!(Distribution::gamma(0.0, MS).unwrap_err().parameter, "shape");
        assert_eq!(Distribution::pareto(-1.0, MS).unwrap_err().parameter, "alpha");
        assert_eq!(Distribution::uniform(MS, SimDuration::ZERO).unwrap_err().parameter, "max");
        assert_eq!(Distribution::triangular(MS, SimDuration::ZERO, MS).unwrap_err().parameter, "mode");
        assert_eq!(Distribution::triangular(MS, MS, MS).unwrap_err().parameter, "max");
        assert_eq!(Distribution::empirical(&[]).unwrap_err().parameter, "file");
    }

    #[test]
    fn one_by_one_and_in_batches_are_the_same() {
        for law in [Distribution::exponential(MS).unwrap(), Distribution::lognormal_mean_cv(MS, 1.0).unwrap()]
        {
            let mut rng = Rng::from_key(9);
            let single: Vec<f64> = (0..500).map(|_| law.draw(&mut rng).0 as f64).collect();
            let mut batch = vec![0; 500];
            law.fill(&mut Rng::from_key(9), &mut batch);
            assert!(single.iter().zip(&batch).all(|(a, b)| (a - *b as f64).abs() < 0.5));
        }
    }
}
