//! Numbers as decimal texts: exact where they are ratios of integers, rounded once where they are floats.

/// A decimal text without the zeros that say nothing: `2.50` → `2.5`, `2.00` → `2`.
#[must_use]
pub fn trimmed(text: &str) -> String {
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text.to_owned()
    }
}

/// `numerator / denominator` as a decimal text with at most six decimals, rounded half up, zeros trimmed. Exact: no
/// float is involved. The denominator is positive.
#[must_use]
pub fn ratio(numerator: i128, denominator: i128) -> String {
    const SCALE: i128 = 1_000_000;
    let denominator = denominator.max(1);
    let sign = if numerator < 0 { "-" } else { "" };
    let numerator = numerator.saturating_abs();
    let (mut whole, rest) = (numerator / denominator, numerator % denominator);
    let mut millionths = match rest.checked_mul(2 * SCALE) {
        Some(scaled) => (scaled / denominator + 1) / 2,
        // A denominator near 2^107 has more digits than any quantity; its low ones cannot show in six decimals.
        None => rest / (denominator / SCALE).max(1),
    };
    if millionths >= SCALE {
        (whole, millionths) = (whole + 1, 0);
    }
    trimmed(&format!("{sign}{whole}.{millionths:06}"))
}

/// Nanoseconds as decimal seconds with as many decimals as matter: `0`, `60`, `12.5`.
#[must_use]
pub fn exact_secs(nanos: u64) -> String {
    trimmed(&format!("{}.{:09}", nanos / 1_000_000_000, nanos % 1_000_000_000))
}

const POWERS: [f64; 10] = [1.0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];

/// `value` rounded to so many decimals, as a number; `None` for what is not finite. A negative zero loses its sign.
#[must_use]
pub fn rounded(value: f64, decimals: i32) -> Option<f64> {
    // Millions of cells of a sheet come here, nearly all with a few decimals.
    let few = usize::try_from(decimals).ok().and_then(|decimals| POWERS.get(decimals));
    let scale = few.copied().unwrap_or_else(|| libm::pow(10.0, f64::from(decimals)));
    let scaled = (value * scale).round() / scale;
    let value = if scaled.is_finite() { scaled } else { value };
    value.is_finite().then_some(value + 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ratio_is_exact_to_six_decimals() {
        assert_eq!(ratio(1, 3), "0.333333");
        assert_eq!(ratio(2, 3), "0.666667");
        assert_eq!(ratio(9_999_999, 10_000_000), "1");
        assert_eq!(ratio(-5, 2), "-2.5");
        assert_eq!(ratio(0, 7), "0");
        assert_eq!(ratio(i128::MAX - 1, i128::MAX), "1");
    }

    #[test]
    fn whole_nanoseconds_are_written_exactly() {
        assert_eq!(exact_secs(90_500_000_000), "90.5");
        assert_eq!(exact_secs(60_000_000_000), "60");
    }
}
