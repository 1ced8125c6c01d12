//! The exponential function for batches: exact IEEE operations only, so every platform gives the same bits, and no
//! branch, so the compiler can work on two or more values at a time.

/// 1 / ln 2.
const LOG2_E: f64 = core::f64::consts::LOG2_E;
/// ln 2.
const LN_2: f64 = core::f64::consts::LN_2;
/// 1.5 · 2⁵²: adding it rounds to the nearest integer and leaves that integer in the low bits.
const ROUNDER: f64 = 6_755_399_441_055_744.0;

/// Replaces every value by its exponential, with a relative error below 10⁻¹¹ (a nanosecond in a hundred seconds);
/// arguments are clamped to [−700, 700].
pub fn exp_batch(values: &mut [f64]) {
    for value in values {
        *value = exp(*value);
    }
}

/// eˣ as in [`exp_batch`].
#[inline]
pub(super) fn exp(x: f64) -> f64 {
    let x = if x < 700.0 { x } else { 700.0 };
    let x = if x > -700.0 { x } else { -700.0 };
    let shifted = x * LOG2_E + ROUNDER;
    let k = shifted - ROUNDER;
    let r = x - k * LN_2;
    // Taylor to the 9th power on |r| ≤ ln(2)/2: remainder 0.347¹⁰/10! = 7e-12; grouped in pairs for short chains.
    let r2 = r * r;
    let r4 = r2 * r2;
    let p23 = 0.5 + r * (1.0 / 6.0);
    let p45 = 1.0 / 24.0 + r * (1.0 / 120.0);
    let p67 = 1.0 / 720.0 + r * (1.0 / 5_040.0);
    let p89 = 1.0 / 40_320.0 + r * (1.0 / 362_880.0);
    let p = 1.0 + (r + r2 * ((p23 + r2 * p45) + r4 * (p67 + r2 * p89)));
    // 2^k: the low bits of `shifted` hold k; move them into the exponent field.
    let exponent = shifted.to_bits().wrapping_add(1023) << 52;
    p * f64::from_bits(exponent)
}

/// 2⁵²: adding it to a smaller non-negative float leaves the nearest integer in the low bits.
const WHOLE: f64 = 4_503_599_627_370_496.0;

/// A float in [0, 2⁵²) as the nearest integer, ties to even; anything else gives some number below 2⁵².
#[inline]
#[must_use]
pub fn whole(value: f64) -> u64 {
    (value + WHOLE).to_bits() & ((1 << 52) - 1)
}

/// Rounds `values` \[ns\] to whole nanoseconds; those of 2⁵² ns (52 days) and more one by one, with the cap of
/// [`crate::units::SimDuration::from_nanos_f64`].
pub(super) fn round_batch(values: &[f64], out: &mut [u64]) {
    let mut ordinary = true;
    for (slot, value) in out.iter_mut().zip(values) {
        ordinary &= *value < WHOLE;
        *slot = whole(*value);
    }
    if !ordinary {
        for (slot, value) in
            out.iter_mut().zip(values).filter(|(_, value)| **value >= WHOLE || value.is_nan())
        {
            *slot = crate::units::SimDuration::from_nanos_f64(*value).0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exp_agrees_with_libm_to_eleven_digits() {
        let mut worst = 0.0_f64;
        for i in -60_000..60_000 {
            let x = f64::from(i) * 0.01 + 1.0 / 3.0;
            let mut value = [x];
            exp_batch(&mut value);
            let reference = libm::exp(x);
            worst = worst.max(((value[0] - reference) / reference).abs());
        }
        assert!(worst < 1e-11, "worst relative error {worst:e}");
    }

    #[test]
    fn rounding_is_to_the_nearest_and_caps_the_absurd() {
        let values = [0.0, 0.4, 0.6, 1e9 + 0.25, 4e15, 1e16, 1e300, f64::INFINITY];
        let mut out = [0; 8];
        round_batch(&values, &mut out);
        let cap = crate::units::SimDuration::CAP.0;
        assert_eq!(out, [0, 0, 1, 1_000_000_000, 4_000_000_000_000_000, 10_000_000_000_000_000, cap, cap]);
    }

    #[test]
    fn exp_is_finite_everywhere() {
        for x in [f64::INFINITY, f64::NEG_INFINITY, 1e308, -1e308, 0.0] {
            let mut value = [x];
            exp_batch(&mut value);
            assert!(value[0].is_finite() && value[0] > 0.0, "exp({x}) = {}", value[0]);
        }
    }
}
