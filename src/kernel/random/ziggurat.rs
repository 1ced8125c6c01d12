//! The ziggurat (Marsaglia and Tsang 2000) with 256 layers for the exponential and the normal law. Its tables are
//! data of the project; a test derives them anew. Nearly every draw is one word, one multiplication and one compare.

use super::math::exp;
use super::streams::Rng;
use super::ziggurat_tables::{EXP_F, EXP_R, EXP_X, NORM_F, NORM_R, NORM_X};

/// 52 random bits as a float in [1, 2).
#[inline]
fn one_to_two(bits: u64) -> f64 {
    f64::from_bits((bits >> 12) | 0x3FF0_0000_0000_0000)
}

/// The layer: the low eight bits, which [`one_to_two`] does not use.
#[inline]
const fn layer(bits: u64) -> usize {
    (bits & 0xFF) as usize
}

/// Words drawn ahead.
const BATCH: usize = 64;

/// A draw from the exponential law with mean 1.
#[inline]
pub fn exponential(rng: &mut Rng) -> f64 {
    let word = rng.next_u64();
    exponential_from(word, rng)
}

/// Fills `out` with draws from the exponential law with mean 1: the same as drawing them one by one.
pub fn fill_exponential(rng: &mut Rng, out: &mut [f64]) {
    fill(rng, out, exponential_from);
}

/// Draws words ahead and makes a variate of each.
#[inline]
fn fill(rng: &mut Rng, out: &mut [f64], variate: impl Fn(u64, &mut Rng) -> f64) {
    let mut words = [0_u64; BATCH];
    for chunk in out.chunks_mut(BATCH) {
        let words = &mut words[..chunk.len()];
        rng.fill_words(words);
        for (value, word) in chunk.iter_mut().zip(&*words) {
            *value = variate(*word, rng);
        }
    }
}

#[inline]
fn exponential_from(word: u64, rng: &mut Rng) -> f64 {
    let i = layer(word);
    let x = (one_to_two(word) - (1.0 - f64::EPSILON / 2.0)) * EXP_X[i];
    if x < EXP_X[i + 1] { x } else { exponential_edge(rng, i, x) }
}

#[cold]
#[inline(never)]
fn exponential_edge(rng: &mut Rng, mut i: usize, mut x: f64) -> f64 {
    loop {
        if i == 0 {
            return EXP_R - libm::log(rng.edge_unit());
        }
        if EXP_F[i + 1] + (EXP_F[i] - EXP_F[i + 1]) * rng.edge_unit() < exp(-x) {
            return x;
        }
        let word = rng.edge_word();
        i = layer(word);
        x = (one_to_two(word) - (1.0 - f64::EPSILON / 2.0)) * EXP_X[i];
        if x < EXP_X[i + 1] {
            return x;
        }
    }
}

/// A draw from the standard normal law.
#[inline]
pub fn standard_normal(rng: &mut Rng) -> f64 {
    let word = rng.next_u64();
    normal_from(word, rng)
}

/// Fills `out` with draws from the standard normal law: the same as drawing them one by one.
pub fn fill_standard_normal(rng: &mut Rng, out: &mut [f64]) {
    fill(rng, out, normal_from);
}

#[inline]
fn normal_from(word: u64, rng: &mut Rng) -> f64 {
    let i = layer(word);
    let x = (2.0 * one_to_two(word) - 3.0) * NORM_X[i];
    if x.abs() < NORM_X[i + 1] { x } else { normal_edge(rng, i, x) }
}

#[cold]
#[inline(never)]
fn normal_edge(rng: &mut Rng, mut i: usize, mut x: f64) -> f64 {
    loop {
        if i == 0 {
            return normal_tail(rng, x);
        }
        if NORM_F[i + 1] + (NORM_F[i] - NORM_F[i + 1]) * rng.edge_unit() < exp(-x * x / 2.0) {
            return x;
        }
        let word = rng.edge_word();
        i = layer(word);
        x = (2.0 * one_to_two(word) - 3.0) * NORM_X[i];
        if x.abs() < NORM_X[i + 1] {
            return x;
        }
    }
}

/// Marsaglia's tail method beyond `NORM_R`, on the side of `sign`.
fn normal_tail(rng: &mut Rng, sign: f64) -> f64 {
    loop {
        let x = libm::log(rng.edge_unit()) / NORM_R;
        let y = libm::log(rng.edge_unit());
        if -2.0 * y >= x * x {
            return if sign < 0.0 { x - NORM_R } else { NORM_R - x };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Layers of equal area `v` from the outermost edge `r` inwards: x₀ = v / f(r), x₁ = r, f(xᵢ₊₁) = f(xᵢ) + v / xᵢ.
    fn derive(r: f64, v: f64, f: fn(f64) -> f64, inverse: fn(f64) -> f64) -> Vec<f64> {
        let mut x = vec![v / f(r), r];
        for i in 1..255 {
            x.push(inverse(f(x[i]) + v / x[i]));
        }
        x.push(0.0);
        x
    }

    #[test]
    fn the_tables_are_the_ziggurat() {
        let exp = derive(EXP_R, 0.003_949_659_822_581_557, |x| libm::exp(-x), |y| -libm::log(y));
        let norm = derive(
            NORM_R,
            0.004_928_673_233_974_658,
            |x| libm::exp(-x * x / 2.0),
            |y| libm::sqrt(-2.0 * libm::log(y)),
        );
        for i in 0..=256 {
            assert!((exp[i] - EXP_X[i]).abs() < 1e-9, "exp layer {i}: {} {}", exp[i], EXP_X[i]);
            assert!((norm[i] - NORM_X[i]).abs() < 1e-9, "normal layer {i}: {} {}", norm[i], NORM_X[i]);
            assert!((libm::exp(-EXP_X[i]) - EXP_F[i]).abs() < 1e-12);
            assert!((libm::exp(-NORM_X[i] * NORM_X[i] / 2.0) - NORM_F[i]).abs() < 1e-12);
        }
    }

    /// Kolmogorov–Smirnov distance of `n` draws from a law, times √n.
    fn kolmogorov(mut draws: Vec<f64>, cdf: impl Fn(f64) -> f64) -> f64 {
        draws.sort_by(f64::total_cmp);
        let n = f64::from(u32::try_from(draws.len()).unwrap());
        let distance = draws.iter().enumerate().fold(0.0_f64, |worst, (index, x)| {
            let rank = f64::from(u32::try_from(index).unwrap());
            let p = cdf(*x);
            worst.max((p - rank / n).abs()).max((p - (rank + 1.0) / n).abs())
        });
        distance * libm::sqrt(n)
    }

    #[test]
    fn draws_follow_their_laws() {
        // √n·D exceeds 2.6 with probability 2·exp(−2·2.6²) = 2.7e-6.
        let mut rng = Rng::from_key(11);
        let exp: Vec<f64> = (0..400_000).map(|_| exponential(&mut rng)).collect();
        assert!(kolmogorov(exp, |x| 1.0 - libm::exp(-x)) < 2.6);
        let norm: Vec<f64> = (0..400_000).map(|_| standard_normal(&mut rng)).collect();
        assert!(kolmogorov(norm, |x| 0.5 * libm::erfc(-x / core::f64::consts::SQRT_2)) < 2.6);
    }

    #[test]
    fn a_batch_gives_the_same_values_as_one_by_one() {
        for size in [1, 7, 64, 1_000] {
            let (mut batch, mut single) = (Rng::from_key(5), Rng::from_key(5));
            let mut values = vec![0.0; size];
            for _ in 0..200 {
                fill_exponential(&mut batch, &mut values);
                assert!(values.iter().all(|v| v.to_bits() == exponential(&mut single).to_bits()));
                fill_standard_normal(&mut batch, &mut values);
                assert!(values.iter().all(|v| v.to_bits() == standard_normal(&mut single).to_bits()));
            }
        }
    }

    #[test]
    fn the_tails_are_there() {
        let mut rng = Rng::from_key(12);
        let n = 4_000_000_u32;
        let beyond = (0..n).filter(|_| exponential(&mut rng) > 9.0).count() as f64;
        // Poisson with mean n·e⁻⁹ = 493.6; five standard deviations.
        assert!((beyond - f64::from(n) * libm::exp(-9.0)).abs() < 5.0 * libm::sqrt(493.6), "{beyond}");
        let beyond = (0..n).filter(|_| standard_normal(&mut rng).abs() > 4.0).count() as f64;
        // 2·Q(4) = 6.334e-5: mean 253.4.
        assert!((beyond - 253.4).abs() < 5.0 * libm::sqrt(253.4), "{beyond}");
    }
}
