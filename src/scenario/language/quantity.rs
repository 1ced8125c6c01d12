//! Numbers with units: durations, sizes, rates of bytes, times of day, instants, prices. Reading and writing only;
//! whether a value makes sense for its key is for the key table to say.

use jiff::Timestamp;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use windtunnel_kernel::units::{Bytes, PICO_PER_USD, SimDuration, Usd};

const DURATION_UNITS: [(&str, u64); 18] = [
    ("ns", 1),
    ("us", 1_000),
    ("µs", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("sec", 1_000_000_000),
    ("second", 1_000_000_000),
    ("seconds", 1_000_000_000),
    ("m", 60_000_000_000),
    ("min", 60_000_000_000),
    ("minute", 60_000_000_000),
    ("minutes", 60_000_000_000),
    ("h", 3_600_000_000_000),
    ("hour", 3_600_000_000_000),
    ("hours", 3_600_000_000_000),
    ("d", 86_400_000_000_000),
    ("day", 86_400_000_000_000),
    ("days", 86_400_000_000_000),
];

const SIZE_UNITS: [(&str, u64); 8] = [
    ("B", 1),
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
    ("TiB", 1 << 40),
    ("kB", 1_000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
];

/// A duration of a scenario (`800ms`, `1m 30s`) in milliseconds; `None` where the text is none.
#[must_use]
pub fn duration_ms(text: &str) -> Option<f64> {
    duration(text).ok().map(|span| span.as_millis_f64())
}

/// A duration such as `90s`, `2h 30m` or `1.5ms`.
///
/// # Errors
/// What is wrong with it, as a clause.
pub fn duration(text: &str) -> Result<SimDuration, String> {
    let mut rest = text.trim();
    if rest.is_empty() {
        return Err("it is empty".to_owned());
    }
    if rest.starts_with('-') {
        return Err("a duration cannot be negative".to_owned());
    }
    let mut nanos = 0_u128;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let (number, after) = rest.split_at(digits);
        let letters = after.trim_start();
        let unit_end = letters.find(|c: char| !c.is_alphabetic()).unwrap_or(letters.len());
        let (unit, after) = letters.split_at(unit_end);
        if number.is_empty() {
            return Err(format!("a number was expected at `{rest}`"));
        }
        if unit.is_empty() {
            return Err(format!("`{number}` has no unit"));
        }
        let Some((_, size)) = DURATION_UNITS.iter().find(|(name, _)| *name == unit) else {
            return Err(format!("`{unit}` is not a unit of time (ns, us, ms, s, m, h, d)"));
        };
        nanos = decimal_times(number, *size)
            .and_then(|part| nanos.checked_add(part))
            .filter(|sum| *sum <= u128::from(u64::MAX))
            .ok_or_else(|| format!("`{number}{unit}` is not a number that fits"))?;
        rest = after.trim_start_matches([' ', ',']);
    }
    Ok(SimDuration(u64::try_from(nanos).unwrap_or(u64::MAX)))
}

/// `number` (digits with at most one point) times `unit`, cut to a whole number.
fn decimal_times(number: &str, unit: u64) -> Option<u128> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if whole.len() > 20 || fraction.len() > 15 || (whole.is_empty() && fraction.is_empty()) {
        return None;
    }
    let whole: u128 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let part: u128 = if fraction.is_empty() { 0 } else { fraction.parse().ok()? };
    let scale = 10_u128.checked_pow(u32::try_from(fraction.len()).ok()?)?;
    whole.checked_mul(u128::from(unit))?.checked_add(part * u128::from(unit) / scale)
}

/// A duration as text that [`duration`] reads back: the units that divide it, largest first.
pub(crate) fn duration_text(span: SimDuration) -> String {
    const PARTS: [(&str, u64); 6] = [
        ("h", 3_600_000_000_000),
        ("m", 60_000_000_000),
        ("s", 1_000_000_000),
        ("ms", 1_000_000),
        ("us", 1_000),
        ("ns", 1),
    ];
    let mut rest = span.0;
    let mut words = Vec::new();
    for (unit, size) in PARTS {
        if rest >= size {
            words.push(format!("{}{unit}", rest / size));
            rest %= size;
        }
    }
    if words.is_empty() { "0s".to_owned() } else { words.join(" ") }
}

/// A size such as `400MiB` or `12 KiB`.
///
/// # Errors
/// What is wrong with it, as a clause.
pub(crate) fn size(text: &str) -> Result<Bytes, String> {
    let text = text.trim();
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let unit = unit.trim();
    if number.is_empty() {
        return Err("it does not begin with a number".to_owned());
    }
    if unit.is_empty() {
        return Err(format!("`{number}` has no unit"));
    }
    let Some((_, scale)) = SIZE_UNITS.iter().find(|(name, _)| *name == unit) else {
        return Err(format!("`{unit}` is not a unit of size (B, KiB, MiB, GiB, TiB, kB, MB, GB)"));
    };
    decimal_times(number, *scale)
        .and_then(|bytes| u64::try_from(bytes).ok())
        .map(Bytes)
        .ok_or_else(|| format!("`{number}` is not a number that fits"))
}

/// Bytes a second, such as `50MiB/s`.
///
/// # Errors
/// What is wrong with it, as a clause.
pub(crate) fn size_rate(text: &str) -> Result<Bytes, String> {
    match text.trim().strip_suffix("/s") {
        Some(bytes) => size(bytes),
        None => Err("it does not end in `/s`".to_owned()),
    }
}

/// A time of day `HH:MM` or `HH:MM:SS`, as seconds since midnight \[s\].
///
/// # Errors
/// What is wrong with it, as a clause.
pub(crate) fn time_of_day(text: &str) -> Result<u32, String> {
    let parts: Vec<&str> = text.trim().split(':').collect();
    let two_digits = |part: &str, below: u32| {
        let value: u32 = part.parse().ok()?;
        (part.len() == 2 && value < below && part.bytes().all(|b| b.is_ascii_digit())).then_some(value)
    };
    let seconds = match parts.as_slice() {
        [hour, minute] => two_digits(hour, 24).zip(two_digits(minute, 60)).map(|(h, m)| h * 3600 + m * 60),
        [hour, minute, second] => two_digits(hour, 24)
            .zip(two_digits(minute, 60))
            .zip(two_digits(second, 60))
            .map(|((h, m), s)| h * 3600 + m * 60 + s),
        _ => None,
    };
    seconds.ok_or_else(|| "it is not a time of day from 00:00 to 23:59".to_owned())
}

/// An instant `2026-11-27T00:00:00Z` (or with an offset), as nanoseconds since 1970 \[ns\].
///
/// # Errors
/// What is wrong with it, as a clause.
pub(crate) fn instant(text: &str) -> Result<i64, String> {
    let outside = || "it is not between the years 1970 and 2190".to_owned();
    let timestamp: Timestamp = text.trim().parse().map_err(|_| {
        if is_late(text.trim()) {
            outside()
        } else {
            "it is not a date and time with `Z` or an offset from UTC".to_owned()
        }
    })?;
    i64::try_from(timestamp.as_nanosecond())
        .ok()
        .filter(|nanos| (0..=7_000_000_000_000_000_000).contains(nanos))
        .ok_or_else(outside)
}

/// Whether a text is a date and time with `Z` or an offset whose instant is too late for the calendar: in the last hours of the
/// year 9999.
fn is_late(text: &str) -> bool {
    let Some((date, zone)) = text.split_at_checked("9999-12-31T23:59:00".len()) else { return false };
    let is_zone = zone.eq_ignore_ascii_case("z") || zone.starts_with(['+', '-']);
    is_zone && date.parse::<jiff::civil::DateTime>().is_ok_and(|date| date.year() == 9999)
}

/// A time zone by its IANA name, from the database built into the program, so that every machine agrees.
///
/// # Errors
/// What is wrong with it, as a clause.
pub(crate) fn zone(name: &str) -> Result<TimeZone, String> {
    TimeZoneDatabase::bundled()
        .get(name)
        .map_err(|_| format!("`{}` is not a time zone of the IANA database", name.escape_debug()))
}

/// A price in dollars such as `0.04048`, exact to a picodollar.
///
/// # Errors
/// What is wrong with it, as a clause.
pub(crate) fn price(text: &str) -> Result<Usd, String> {
    let text = text.trim().trim_end_matches("USD").trim_end();
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(fraction) {
        return Err("it is not a decimal number of dollars such as 0.04048".to_owned());
    }
    if fraction.len() > 12 {
        return Err("it has more than 12 decimals".to_owned());
    }
    if whole.trim_start_matches('0').len() > 4 {
        return Err("it is 10 000 USD or more, which no unit costs".to_owned());
    }
    let whole: i128 = whole.parse().unwrap_or(0);
    let part: i128 = format!("{fraction:0<12}").parse().unwrap_or(0);
    Ok(Usd(whole * PICO_PER_USD + part))
}

/// A number for people: whole where it is whole, with thousands apart.
pub(crate) fn grouped(value: f64) -> String {
    let plain = format!("{:.0}", value.abs());
    let mut out = String::new();
    for (index, digit) in plain.chars().enumerate() {
        if index > 0 && (plain.len() - index) % 3 == 0 {
            out.push(' ');
        }
        out.push(digit);
    }
    if value < 0.0 { format!("-{out}") } else { out }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_that_is_too_late_is_said_to_be_so() {
        for late in ["9999-12-31T23:59:00Z", "2500-01-01T00:00:00+02:00", "9999-12-31T23:59:59-23:00"] {
            assert!(instant(late).unwrap_err().contains("between the years 1970 and 2190"), "{late}");
        }
        for bad in ["9999-12-31T23:59:00", "9999-13-31T23:59:00Z", "tomorrow"] {
            assert!(instant(bad).unwrap_err().contains("`Z` or an offset"), "{bad}");
        }
    }

    #[test]
    fn durations_are_exact_sums_of_their_parts() {
        assert_eq!(duration("2h 30m").unwrap(), SimDuration::from_secs(2 * 3600 + 30 * 60));
        assert_eq!(duration("1.5ms").unwrap(), SimDuration(1_500_000));
        assert_eq!(duration("0s").unwrap(), SimDuration(0));
        for bad in ["", "5", "s", "-5s", "5 parsecs", "1..5s", "1e9s", "99999999999999999999h", "NaN s"] {
            assert!(duration(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_written_duration_reads_back() {
        for nanos in [0, 1, 999, 1_500_000, 60_000_000_000, 86_400_000_000_001, u64::MAX] {
            assert_eq!(duration(&duration_text(SimDuration(nanos))), Ok(SimDuration(nanos)), "{nanos}");
        }
    }

    #[test]
    fn sizes_know_binary_and_decimal_units() {
        assert_eq!(size("400MiB"), Ok(Bytes(400 << 20)));
        assert_eq!(size("1.5 kB"), Ok(Bytes(1500)));
        assert_eq!(size_rate("50MiB/s"), Ok(Bytes(50 << 20)));
        assert!(
            size("12").is_err() && size("MiB").is_err() && size("-1B").is_err() && size_rate("5MiB").is_err()
        );
    }

    #[test]
    fn prices_are_exact_to_the_picodollar() {
        assert_eq!(price("0.04048"), Ok(Usd(40_480_000_000)));
        assert_eq!(price("0.000000000001"), Ok(Usd(1)));
        assert!(price("0.0000000000001").is_err() && price("-1").is_err() && price("1e3").is_err());
    }

    #[test]
    fn times_of_day_and_instants_are_checked() {
        assert_eq!(time_of_day("20:00"), Ok(72_000));
        assert!(time_of_day("24:00").is_err() && time_of_day("8:00").is_err());
        assert_eq!(instant("1970-01-01T00:00:01Z"), Ok(1_000_000_000));
        assert!(instant("2026-11-27 00:00").is_err());
        assert!(zone("Europe/Berlin").is_ok() && zone("Mars/Olympus").is_err());
    }
}
