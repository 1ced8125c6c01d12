//! Money as integers: picodollars, so that a published hourly price is exact and sums do not depend on order.

use core::fmt;
use core::iter::Sum;
use core::ops::{Add, AddAssign};

/// Picodollars in a dollar.
pub const PICO_PER_USD: i128 = 1_000_000_000_000;

/// An amount of US dollars [10⁻¹² USD].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Usd(pub i128);

impl Usd {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// The amount `numerator / denominator` picodollars, rounded half to even: the one rounding of an invoice line.
    #[must_use]
    pub const fn from_ratio(numerator: i128, denominator: i128) -> Self {
        Self(div_half_even(numerator, denominator))
    }

    /// The amount rounded half to even to whole cents.
    #[must_use]
    pub const fn round_to_cents(self) -> Self {
        let cent = PICO_PER_USD / 100;
        Self(div_half_even(self.0, cent) * cent)
    }

    /// Dollars as a float, for statistics and charts only.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "statistics and charts only")]
    pub fn as_f64(self) -> f64 {
        self.0 as f64 / 1e12
    }

    /// The amount with exactly two decimals, rounded half to even: `"14.78"`.
    #[must_use]
    pub fn to_cents_string(self) -> alloc::string::String {
        let cents = div_half_even(self.0, PICO_PER_USD / 100);
        let sign = if cents < 0 { "-" } else { "" };
        let cents = cents.unsigned_abs();
        alloc::format!("{sign}{}.{:02}", cents / 100, cents % 100)
    }
}

/// `numerator / denominator`, rounded half to even; the denominator is positive.
#[must_use]
const fn div_half_even(numerator: i128, denominator: i128) -> i128 {
    let quotient = numerator.div_euclid(denominator);
    let twice = 2 * numerator.rem_euclid(denominator);
    if twice > denominator || (twice == denominator && quotient % 2 != 0) { quotient + 1 } else { quotient }
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
    fn a_line_is_rounded_half_to_even_once() {
        assert_eq!(Usd::from_ratio(5, 2), Usd(2));
        assert_eq!(Usd::from_ratio(7, 2), Usd(4));
        assert_eq!(Usd::from_ratio(-5, 2), Usd(-2));
        assert_eq!(Usd(14_775_200_000_000).to_cents_string(), "14.78");
        assert_eq!(Usd(3_244_850_000_000).to_cents_string(), "3.24");
        assert_eq!(Usd(-5_000_000_000).to_cents_string(), "0.00");
    }

    #[test]
    fn a_price_prints_with_all_its_decimals_and_no_more() {
        assert_eq!(Usd(40_480_000_000).to_string(), "0.04048");
        assert_eq!(Usd(12 * PICO_PER_USD).to_string(), "12");
        assert_eq!(Usd(-1).to_string(), "-0.000000000001");
    }
}
