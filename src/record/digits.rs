//! Numbers of the decision log as text: a busy alarm writes some every minute, so they are made without the formatter where
//! its exactness is not needed.

/// Adds a whole number.
pub(super) fn push_whole(text: &mut String, value: i64) {
    if value < 0 {
        text.push('-');
    }
    let (mut rest, mut digits, mut first) = (value.unsigned_abs(), [b'0'; 20], 20);
    loop {
        first -= 1;
        digits[first] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    digits[first..].iter().for_each(|digit| text.push(char::from(*digit)));
}

/// The thousandths of a number, rounded; `None` where the formatter knows better: close to the middle between two of them, where
/// the number is large, or where none is left of it.
pub(super) fn thousandths(value: f64) -> Option<i64> {
    let scaled = value * 1e3;
    let nearest = scaled.round();
    let is_plain = scaled.abs() < 1e9
        && (scaled - nearest).abs() < 0.499_999
        && (nearest.abs() > 0.5 || value.to_bits() == 0);
    #[expect(clippy::cast_possible_truncation, reason = "the range is checked before")]
    is_plain.then_some(nearest as i64)
}

/// Adds a number with at most three decimals: `83.125`, `60`; one that would be zero then has three digits: `1.25e-9`.
pub(super) fn push_number(text: &mut String, value: f64) {
    let Some(thousandths) = thousandths(value) else { return push_exactly(text, value) };
    if thousandths < 0 {
        text.push('-');
    }
    let (whole, part) = (thousandths.abs() / 1_000, thousandths.abs() % 1_000);
    push_whole(text, whole);
    if part > 0 {
        text.push('.');
        let first = text.len();
        push_whole(text, 1_000 + part);
        // The one in front keeps the zeros that come first.
        text.remove(first);
        text.truncate(text.trim_end_matches('0').len());
    }
}

#[cold]
fn push_exactly(text: &mut String, value: f64) {
    if value.abs() < 0.000_5 && value.abs() > 0.0 {
        let all = format!("{value:.2e}");
        let (digits, power) = all.split_once('e').unwrap_or((&all, "0"));
        text.push_str(digits.trim_end_matches('0').trim_end_matches('.'));
        text.push('e');
        text.push_str(power);
        return;
    }
    let all = format!("{value:.3}");
    text.push_str(all.trim_end_matches('0').trim_end_matches('.'));
}

/// A number with at most three decimals, as [`push_number`] adds it.
pub(super) fn number(value: f64) -> String {
    let mut text = String::new();
    push_number(&mut text, value);
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use windtunnel_kernel::random::Rng;

    /// As the formatter has it.
    fn formatted(value: f64) -> String {
        let text = format!("{value:.3}");
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    }

    #[test]
    fn numbers_are_those_of_the_formatter() {
        let mut rng = Rng::from_key(1);
        let exponents = [1e-3, 1e-2, 1.0, 100.0, 1e4, 1e6, 1e9, 1e15];
        for round in 0..40_000_u64 {
            let scale = exponents[usize::try_from(round % 8).unwrap()];
            let random = (rng.open_unit() - 0.5) * scale;
            // Halves of thousandths, and what is next to them.
            let half = (rng.below(1_000_000) as f64 + 0.5) / 1e3;
            for value in [random, half, half + 1e-12, half - 1e-12, random.round(), -half] {
                if value.abs() >= 0.000_5 || value.to_bits() == 0 {
                    assert_eq!(number(value), formatted(value), "{value:e}");
                }
            }
        }
        for value in [0.0, 60.0, 0.001, 0.0005, 0.9995, 0.9994, 999.999_5, 1e6, -0.06, f64::MAX] {
            assert_eq!(number(value), formatted(value), "{value:e}");
        }
    }

    #[test]
    fn a_number_below_a_thousandth_is_not_zero() {
        let texts = [1e-9, -1.25e-5, 0.000_4, 4.999e-4, 1e-300].map(number);
        assert_eq!(texts, ["1e-9", "-1.25e-5", "4e-4", "5e-4", "1e-300"]);
    }

    #[test]
    fn whole_numbers_have_all_their_digits() {
        for value in [0, 7, -1, 10, 1_000_000_000, i64::MAX, i64::MIN] {
            let mut text = String::new();
            push_whole(&mut text, value);
            assert_eq!(text, value.to_string());
        }
    }
}
