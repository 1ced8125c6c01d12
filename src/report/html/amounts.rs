//! Amounts in the results of experiments: numbers that JSON has as a number or, of money, as a decimal text; and how
//! they are written on a page.

use crate::report::numbers::{THIN, figure, grouped, millis, whole};
use crate::results::Numeric;

/// Sign for a number that does not exist.
pub(super) const NO_VALUE: &str = "–";

/// The value of an amount that may be missing.
pub(super) fn value<T: Numeric>(amount: &Option<T>) -> Option<f64> {
    amount.as_ref().map(Numeric::number)
}

/// Dollars without the unit: cents, and more digits only where cents would hide the amount.
pub(super) fn dollars(value: f64) -> String {
    let sign = if value < 0.0 { "−" } else { "" };
    let size = value.abs();
    if size > 0.0 && size < 0.1 {
        return format!("{sign}{}", crate::report::numbers::trimmed(&format!("{size:.4}")));
    }
    let cents = whole(size * 100.0);
    format!("{sign}{}.{:02}", grouped(cents / 100, THIN), cents % 100)
}

/// The kind of a figure, by the end of its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AmountKind {
    /// Dollars.
    Money,
    /// A time \[ms\].
    Millis,
    /// A share of all.
    Share,
    /// Anything else, without a unit.
    Plain,
}

impl AmountKind {
    /// The kind of the figure of that name, such as `shop.response_time_p99_ms`.
    pub(super) fn of(name: &str) -> Self {
        match name.rsplit('.').next().unwrap_or(name) {
            end if end.ends_with("_usd") => Self::Money,
            end if end.ends_with("_ms") => Self::Millis,
            "availability" | "cpu_mean" | "memory_mean" => Self::Share,
            _ => Self::Plain,
        }
    }

    /// A value with its unit.
    pub(super) fn text(self, value: f64) -> String {
        let sign = if value < 0.0 { "−" } else { "" };
        match self {
            Self::Money => format!("{} USD", dollars(value)),
            Self::Millis => format!("{sign}{}", millis(value.abs())),
            Self::Share => format!("{sign}{} %", share(value.abs())),
            Self::Plain => format!("{sign}{}", figure(value.abs(), THIN)),
        }
    }

    /// A value that may be missing, with its unit.
    pub(super) fn maybe(self, value: Option<f64>) -> String {
        value.map_or_else(|| NO_VALUE.to_owned(), |value| self.text(value))
    }

    /// The same with its sign, as a difference is written.
    pub(super) fn difference(self, value: f64) -> String {
        let text = self.text(value);
        if value > 0.0 { format!("+{text}") } else { text }
    }
}

/// A text as a sentence: with a capital letter and a full stop.
pub(super) fn sentence_of(text: &str) -> String {
    let mut letters = text.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{first}{}.", letters.as_str())
}

/// A share in percent, with more digits where fewer would claim all of it.
fn share(value: f64) -> String {
    let percent = value * 100.0;
    let decimals = if (99.9995..100.0).contains(&percent) {
        6
    } else if percent > 99.0 {
        3
    } else {
        1
    };
    crate::report::numbers::trimmed(&format!("{percent:.decimals$}"))
}

/// A share in percent with its sign, as a relative difference is written.
pub(super) fn relative(share: f64) -> String {
    let sign = if share < 0.0 { "−" } else { "+" };
    format!("{sign}{} %", figure(share.abs() * 100.0, THIN))
}

/// `± 4.26`, in the unit of what stands before it; empty where the interval is not known.
pub(super) fn half_width(kind: AmountKind, half: Option<f64>) -> String {
    half.map_or_else(String::new, |half| format!("± {}", kind.text(half)))
}

/// Dollars with their thousands apart.
pub(super) fn money(text: &str) -> String {
    match text.split_once('.').and_then(|(whole, cents)| Some((whole.parse::<u64>().ok()?, cents))) {
        Some((whole, cents)) => format!("{}.{cents}", grouped(whole, THIN)),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_written_with_their_unit() {
        for (name, value, text) in [
            ("cost_per_month_usd", 12_345.678, "12\u{2009}345.68 USD"),
            ("cost_per_month_usd", -82.129, "−82.13 USD"),
            ("web.cost_usd", 0.0123, "0.0123 USD"),
            ("web.response_time_p99_ms", 70_860.2, "70.9 s"),
            ("web.availability", 0.999_999_9, "99.99999 %"),
            ("web.availability", 1.0, "100 %"),
            ("web.cpu_mean", 0.5799, "58 %"),
            ("web.running_mean", 3.1036, "3.1"),
        ] {
            assert_eq!(AmountKind::of(name).text(value), text, "{name} {value}");
        }
        assert_eq!(AmountKind::Money.difference(3.0), "+3.00 USD");
        assert_eq!(relative(-0.422_385), "−42.2 %");
        assert_eq!(half_width(AmountKind::Money, Some(4.26)), "± 4.26 USD");
    }
}
