//! The exponential function for batches: exact IEEE operations only, so every platform gives the same bits, and no
//! branch, so the compiler can work on two or more values at a time.

/// 1 / ln 2.
const LOG2_E: f64 = core::f64::consts::LOG2_E;
/// ln 2, high and low part (Cody and Waite): `x − k·HI` is exact for |k| < 2¹¹.
const LN2_HI: f64 = 6.931_471_803_691_238e-1;
const LN2_LO: f64 = 1.908_214_929_270_587_7e-10;
/// 1.5 · 2⁵²: adding it rounds to the nearest integer and leaves that integer in the low bits.
const ROUNDER: f64 = 6_755_399_441_055_744.0;

/// Replaces every value by its exponential, within 2 ulp; arguments are clamped to [−700, 700].
pub fn exp_batch(values: &mut [f64]) {
    for value in values {
        *value = exp(*value);
    }
}

#[inline]
fn exp(x: f64) -> f64 {
    let x = if x < 700.0 { x } else { 700.0 };
    let x = if x > -700.0 { x } else { -700.0 };
    let shifted = x * LOG2_E + ROUNDER;
    let k = shifted - ROUNDER;
    let r = (x - k * LN2_HI) - k * LN2_LO;
    // Taylor to the 12th power on |r| ≤ ln(2)/2: remainder 1.7e-16 of the value; grouped in pairs for short chains.
    let r2 = r * r;
    let r4 = r2 * r2;
    let p23 = 0.5 + r * (1.0 / 6.0);
    let p45 = 1.0 / 24.0 + r * (1.0 / 120.0);
    let p67 = 1.0 / 720.0 + r * (1.0 / 5_040.0);
    let p89 = 1.0 / 40_320.0 + r * (1.0 / 362_880.0);
    let pab = 1.0 / 3_628_800.0 + r * (1.0 / 39_916_800.0);
    let pc = 1.0 / 479_001_600.0;
    let high = (p67 + r2 * p89) + r4 * (pab + r2 * pc);
    // The large terms come last, so that they are rounded once.
    let p = 1.0 + (r + r2 * ((p23 + r2 * p45) + r4 * high));
    // 2^k: the low bits of `shifted` hold k; move them into the exponent field.
    let exponent = shifted.to_bits().wrapping_add(1023) << 52;
    p * f64::from_bits(exponent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exp_agrees_with_libm_to_two_ulp() {
        let mut worst = 0.0_f64;
        for i in -60_000..60_000 {
            let x = f64::from(i) * 0.01 + 1.0 / 3.0;
            let mut value = [x];
            exp_batch(&mut value);
            let reference = libm::exp(x);
            worst = worst.max(((value[0] - reference) / reference).abs());
        }
        assert!(worst < 2.0 * f64::EPSILON, "worst relative error {worst:e}");
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
