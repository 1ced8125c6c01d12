//! Numbers as spreadsheets write them: with a decimal point or a comma, and with thousands set apart. What could be two
//! numbers is not guessed: other numbers of the file tell which it is, or the scenario does.

/// Whole part of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decimal {
    /// `1234.5`, `1,234.5`
    Point,
    /// `1234,5`, `1.234,5`
    Comma,
}

/// Why a cell is no number.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum NotANumber {
    /// Text that is a number in no notation.
    Text,
    /// Number in another notation than that of the file.
    Notation,
    /// Infinite value, or NaN.
    NotFinite,
    /// Two readings: this with a decimal point, that with a decimal comma.
    Either(f64, f64),
}

/// Whether a cell says that there is no value, as tools write it.
fn is_missing(text: &str) -> bool {
    text.is_empty()
        || (text.len() <= 4
            && ["null", "nan", "n/a", "na", "none", "-"].iter().any(|word| text.eq_ignore_ascii_case(word)))
}

/// Reads a number; `None` for a missing one.
///
/// # Errors
/// Why it is none.
pub(super) fn number(text: &str, decimal: Option<Decimal>) -> Result<Option<f64>, NotANumber> {
    if is_missing(text) {
        return Ok(None);
    }
    // Most cells are whole numbers, which have no separator to wonder about.
    if text.bytes().all(|byte| byte.is_ascii_digit())
        && let Ok(number) = text.parse()
    {
        return Ok(Some(number));
    }
    let (point, comma) = (read(text, Decimal::Point), read(text, Decimal::Comma));
    let found = match (decimal, point, comma) {
        (Some(Decimal::Point), Some(number), _) | (Some(Decimal::Comma), _, Some(number)) => number,
        (Some(_), None, None) | (None, None, None) => {
            let is_word = text.parse::<f64>().is_ok();
            return Err(if is_word { NotANumber::NotFinite } else { NotANumber::Text });
        }
        (Some(_), _, _) => return Err(NotANumber::Notation),
        (None, Some(one), Some(other)) if one.to_bits() != other.to_bits() => {
            return Err(NotANumber::Either(one, other));
        }
        (None, Some(number), _) | (None, _, Some(number)) => number,
    };
    if found.is_finite() { Ok(Some(found)) } else { Err(NotANumber::NotFinite) }
}

/// The notation that a cell cannot but be written in; `None` where it says nothing.
pub(super) fn evidence(text: &str) -> Option<Decimal> {
    match (read(text, Decimal::Point), read(text, Decimal::Comma)) {
        (Some(_), None) => Some(Decimal::Point),
        (None, Some(_)) => Some(Decimal::Comma),
        _ => None,
    }
}

/// The number in that notation, if it is one.
fn read(text: &str, decimal: Decimal) -> Option<f64> {
    let (mark, group) = match decimal {
        Decimal::Point => ('.', ','),
        Decimal::Comma => (',', '.'),
    };
    let at = text.find(['e', 'E']).unwrap_or(text.len());
    let (mantissa, exponent) = text.split_at(at);
    let digits = mantissa.strip_prefix(['-', '+']).unwrap_or(mantissa);
    let (whole, fraction) = digits.split_once(mark).unwrap_or((digits, ""));
    if !fraction.bytes().all(|byte| byte.is_ascii_digit()) || (whole.is_empty() && fraction.is_empty()) {
        return None;
    }
    let whole = ungrouped(whole, group)?;
    let sign = if mantissa.starts_with('-') { "-" } else { "" };
    format!("{sign}{whole}.{fraction}0{exponent}").parse().ok()
}

/// The digits of a whole number; `None` where what sets them apart does not make thousands of them.
fn ungrouped(whole: &str, group: char) -> Option<String> {
    let Some(mark) = whole.chars().find(|c| !c.is_ascii_digit()) else {
        return Some(if whole.is_empty() { "0".to_owned() } else { whole.to_owned() });
    };
    if mark != group && !matches!(mark, ' ' | '\u{a0}' | '\u{202f}' | '\'' | '\u{2019}') {
        return None;
    }
    let mut groups = whole.split(mark);
    let first = groups.next()?;
    let is_number = |group: &str| group.bytes().all(|byte| byte.is_ascii_digit());
    let leads = matches!(first.len(), 1..=3) && is_number(first) && !first.starts_with('0');
    (leads && groups.all(|group| group.len() == 3 && is_number(group))).then(|| whole.replace(mark, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_one_reading_is_read() {
        for (text, expected) in [
            ("8644", 8644.0),
            ("12.5", 12.5),
            ("12,5", 12.5),
            ("0,125", 0.125),
            ("1,234,567", 1_234_567.0),
            ("1.234.567", 1_234_567.0),
            ("1,234.5", 1234.5),
            ("1.234,5", 1234.5),
            ("1\u{202f}234", 1234.0),
            ("1'234,5", 1234.5),
            ("1.5E+3", 1500.0),
            (".5", 0.5),
            ("-3", -3.0),
        ] {
            assert_eq!(number(text, None), Ok(Some(expected)), "{text}");
        }
        assert_eq!(number("", None), Ok(None));
    }

    #[test]
    fn what_has_two_readings_waits_for_a_word() {
        assert_eq!(number("1,234", None), Err(NotANumber::Either(1234.0, 1.234)));
        assert_eq!(number("1.234", None), Err(NotANumber::Either(1.234, 1234.0)));
        assert_eq!(number("1,234", Some(Decimal::Point)), Ok(Some(1234.0)));
        assert_eq!(number("1,234", Some(Decimal::Comma)), Ok(Some(1.234)));
        assert_eq!(evidence("1,234"), None);
        assert_eq!(evidence("12,34"), Some(Decimal::Comma));
        assert_eq!(evidence("1,234.0"), Some(Decimal::Point));
        assert_eq!(evidence("77"), None);
    }

    #[test]
    fn what_is_none_says_why() {
        assert_eq!(number("many", None), Err(NotANumber::Text));
        assert_eq!(number("12,34", Some(Decimal::Point)), Err(NotANumber::Notation));
        assert_eq!(number("1,23,456", None), Err(NotANumber::Text));
        for text in ["", "null", "NULL", "NaN", "N/A", "-", "None"] {
            assert_eq!(number(text, None), Ok(None), "{text}");
        }
        assert_eq!(number("-inf", Some(Decimal::Comma)), Err(NotANumber::NotFinite));
        assert_eq!(number("1e999", None), Err(NotANumber::NotFinite));
    }
}
