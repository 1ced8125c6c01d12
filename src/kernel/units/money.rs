//! Money as integers: picodollars, so that a published hourly price is exact and sums do not depend on order.

use core::fmt;
use core::iter::Sum;
use core::ops::{Add, AddAssign};

/// Picodollars in a dollar.
pub const PICO_PER_USD: i128 = 1_000_000_000_000;
/// Picodollars in a cent.
pub const CENT: i128 = PICO_PER_USD / 100;

/// An amount of US dollars [10⁻¹² USD].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Usd(pub i128);

impl Usd {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// The amount `numerator / denominator` picodollars, rounded half away from zero; the denominator is positive.
    #[must_use]
    pub const fn from_ratio(numerator: i128, denominator: i128) -> Self {
        Self(div_half_away(numerator, denominator))
    }

    /// The amount rounded half away from zero to whole cents.
    #[must_use]
    pub const fn round_to_cents(self) -> Self {
        Self(div_half_away(self.0, CENT) * CENT)
    }

    /// Dollars as a float, for statistics and charts only.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "statistics and charts only")]
    pub fn as_f64(self) -> f64 {
        self.0 as f64 / 1e12
    }

    /// The amount with exactly two decimals, rounded half away from zero: `"14.78"`.
    #[must_use]
    pub fn to_cents_string(self) -> alloc::string::String {
        let cents = div_half_away(self.0, CENT);
        let sign = if cents < 0 { "-" } else { "" };
        let cents = cents.unsigned_abs();
        alloc::format!("{sign}{}.{:02}", cents / 100, cents % 100)
    }
}

/// `numerator / denominator`, rounded half away from zero; the denominator is positive.
///
/// Bills and calculators write 16.43 for 730 hours of 0.0225 USD, 16.425 (`docs/aws/billing.md#rounding`).
#[must_use]
pub const fn div_half_away(numerator: i128, denominator: i128) -> i128 {
    let (whole, rest) = (numerator / denominator, (numerator % denominator).abs());
    // The remainder is below the denominator, so that this difference cannot overflow.
    if rest >= denominator - rest { whole + numerator.signum() } else { whole }
}

/// Prints all decimals that matter: `0.04048`, `12`.
impl fmt::Display for Usd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let value = self.0.unsigned_abs();
        let one = PICO_PER_USD.unsigned_abs();
        let text = alloc::format!("{sign}{}.{:012}", value / one, value % one);
        f.write_str(text.trim_end_matches('0').trim_end_matches('.'))
    }
}

impl Add for Usd {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl AddAssign for Usd {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl Sum for Usd {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        iter.fold(Self::ZERO, Add::add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn halves_are_rounded_away_from_zero() {
        assert_eq!(Usd::from_ratio(5, 2), Usd(3));
        assert_eq!(Usd::from_ratio(7, 2), Usd(4));
        assert_eq!(Usd::from_ratio(7, 3), Usd(2));
        assert_eq!(Usd::from_ratio(-5, 2), Usd(-3));
        assert_eq!(Usd::from_ratio(i128::MAX, i128::MAX), Usd(1));
        assert_eq!(Usd(16_425_000_000_000).to_cents_string(), "16.43");
        assert_eq!(Usd(-16_425_000_000_000).round_to_cents(), Usd(-16_430_000_000_000));
        assert_eq!(Usd(14_775_200_000_000).to_cents_string(), "14.78");
        assert_eq!(Usd(3_244_850_000_000).to_cents_string(), "3.24");
        assert_eq!(Usd(-4_999_999_999).to_cents_string(), "0.00");
    }

    #[test]
    fn a_price_prints_with_all_its_decimals_and_no_more() {
        assert_eq!(Usd(40_480_000_000).to_string(), "0.04048");
        assert_eq!(Usd(12 * PICO_PER_USD).to_string(), "12");
        assert_eq!(Usd(-1).to_string(), "-0.000000000001");
    }
}
