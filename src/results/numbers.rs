//! Numbers as people read them: grouped digits, shares, spans. Everything here rounds for display; what is exact stays an
//! integer until the last digit is written. It leaves out dates (see `calendar`) and units of figures (see `display`).
//!
//! Thousands stand apart by a plain space, which every terminal has and `grep` finds; pages and pictures set it narrow
//! ([`typeset`]).

pub(crate) use super::decimals::{rounded, trimmed};
use crate::kernel::units::{SimDuration, Usd};

/// The text with narrow spaces between groups of digits and with minus signs before numbers, for pages and pictures.
pub(crate) fn typeset(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let digit = |at: usize| chars.get(at).is_some_and(char::is_ascii_digit);
    // The digits before it are a number of their own, not the end of a name as in `p99`.
    let ends_number = |at: usize| {
        let first = chars[..at].iter().rposition(|c| !c.is_ascii_digit());
        first.is_none_or(|before| {
            !chars[before].is_alphanumeric() && !matches!(chars[before], '_' | '-' | '.')
        })
    };
    let set = |(at, c): (usize, &char)| {
        let is_group = || {
            at > 0
                && digit(at - 1)
                && ends_number(at)
                && (1..=3).all(|next| digit(at + next))
                && !digit(at + 4)
        };
        let begins = || at == 0 || matches!(chars.get(at - 1), Some(' ' | '(' | '$'));
        match c {
            ' ' if is_group() => '\u{2009}',
            '-' if begins() && digit(at + 1) => '−',
            c => *c,
        }
    };
    chars.iter().enumerate().map(set).collect()
}

/// A whole number with its thousands apart: `1 234 567`. Numbers below 1 000 are left alone.
pub(crate) fn grouped(value: impl Into<u128>) -> String {
    let digits = value.into().to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(' ');
        }
        out.push(digit);
    }
    out
}

/// The nearest whole number, for display; negative and NaN become zero.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "display: a float cast saturates"
)]
pub(crate) fn whole(value: f64) -> u64 {
    value.round() as u64
}

/// A number ≥ 0 with about three digits that matter: `7 000`, `83.1`, `0.52`, `0`.
pub(crate) fn figure(value: f64) -> String {
    if !value.is_finite() {
        return "no data".to_owned();
    }
    if value.abs() >= 99.95 {
        let sign = if value < 0.0 { "-" } else { "" };
        return format!("{sign}{}", grouped(whole(value.abs())));
    }
    let decimals = if value.abs() >= 9.995 { 1 } else { 2 };
    trimmed(&format!("{value:.decimals$}"))
}

/// A share in percent: `1.9 %`. Neither "all" nor "nothing" is claimed by rounding alone: 0.99999 is `> 99.99 %`.
pub(crate) fn percent(part: u64, total: u64) -> String {
    if total == 0 {
        return "no data".to_owned();
    }
    let share = part as f64 / total as f64 * 100.0;
    if part == 0 {
        "0 %".to_owned()
    } else if part == total {
        "100 %".to_owned()
    } else if share > 99.99 {
        "> 99.99 %".to_owned()
    } else if share < 0.01 {
        "< 0.01 %".to_owned()
    } else if (0.1..99.0).contains(&share) {
        format!("{share:.1} %")
    } else {
        format!("{share:.2} %")
    }
}

/// A time in milliseconds with its unit: `0.52 ms`, `612 ms`, `1.2 s`, `45 s`.
pub(crate) fn millis(value_ms: f64) -> String {
    if value_ms >= 999.5 {
        format!("{} s", figure(value_ms / 1e3))
    } else {
        format!("{} ms", figure(value_ms))
    }
}

/// A size with three digits at most and a binary unit: `8 GiB`, `390 MiB`.
#[must_use]
pub fn size_text(bytes: u64) -> String {
    let units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    let (mut value, mut unit) = (bytes as f64, 0);
    while value >= 1_000.0 && unit + 1 < units.len() {
        (value, unit) = (value / 1024.0, unit + 1);
    }
    let decimals = if unit == 0 || value >= 100.0 || value.fract() < 0.05 { 0 } else { 1 };
    format!("{value:.decimals$} {}", units[unit])
}

/// A span in its two largest units: `6 min 31 s`, `24 h`, `30 d`. Spans below a second: `0.250 s`.
pub(crate) fn span(length: SimDuration) -> String {
    const UNITS: [(&str, u64); 4] = [("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1)];
    let secs = (length.0 + 500_000_000) / 1_000_000_000;
    if secs == 0 {
        return format!("{:.3} s", length.as_secs_f64());
    }
    // A whole day is "24 h" as long as no second day makes days the better unit.
    let first = if secs < 2 * 86_400 { 1 } else { 0 };
    let largest = (first..UNITS.len()).find(|index| secs >= UNITS[*index].1).unwrap_or(UNITS.len() - 1);
    let (name, unit) = UNITS[largest];
    let mut text = format!("{} {name}", secs / unit);
    if let Some((next_name, next_unit)) = UNITS.get(largest + 1) {
        let rest = secs % unit / next_unit;
        if rest > 0 {
            text.push_str(&format!(" {rest} {next_name}"));
        }
    }
    text
}

/// Dollars with two decimals and their thousands apart: `1 234.50`.
pub(crate) fn dollars(amount: Usd) -> String {
    let text = amount.to_cents_string();
    let parts = text.split_once('.').and_then(|(whole, cents)| Some((whole.parse::<u64>().ok()?, cents)));
    parts.map_or_else(|| text.clone(), |(whole, cents)| format!("{}.{cents}", grouped(whole)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_a_person_would_write_them() {
        assert_eq!(grouped(7_000_u64), "7 000");
        assert_eq!(grouped(999_u64), "999");
        assert_eq!(grouped(1_234_567_u64), "1 234 567");
        assert_eq!(figure(0.0), "0");
        assert_eq!(figure(83.14), "83.1");
        assert_eq!(figure(99.96), "100");
        assert_eq!(figure(1e6), "1 000 000");
        assert_eq!(figure(f64::NAN), "no data");
        assert_eq!(millis(999.7), "1 s");
    }

    #[test]
    fn pages_set_groups_narrow_and_leave_dates_and_names_alone() {
        assert_eq!(typeset("1 234 567 of 12 345.60 USD"), "1\u{2009}234\u{2009}567 of 12\u{2009}345.60 USD");
        assert_eq!(typeset("-1.85 s (-3 %)"), "−1.85 s (−3 %)");
        for text in
            ["2026-01-02", "us-east-1", "--set a=1", "web 2 3", "v1 2345", "p99 437 ms", "a-2 300", "5 min"]
        {
            assert_eq!(typeset(text), text);
        }
    }

    #[test]
    fn a_share_never_claims_all_or_nothing_by_rounding() {
        assert_eq!(percent(999_999, 1_000_000), "> 99.99 %");
        assert_eq!(percent(1, 1_000_000), "< 0.01 %");
        assert_eq!(percent(19, 1000), "1.9 %");
        assert_eq!(percent(0, 0), "no data");
        assert_eq!(percent(5, 5), "100 %");
    }

    #[test]
    fn spans_have_two_units_at_most() {
        assert_eq!(span(SimDuration::from_secs(391)), "6 min 31 s");
        assert_eq!(span(SimDuration::from_secs(86_400)), "24 h");
        assert_eq!(span(SimDuration::from_secs(30 * 86_400)), "30 d");
        assert_eq!(span(SimDuration::from_millis(250)), "0.250 s");
    }
}
