//! `--until p99_response_time=2%`: a figure and how narrow its interval shall be.

use crate::scenario::Measure;

/// A demand for a narrow interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Until {
    /// The figure.
    pub(super) measure: Measure,
    /// Half the width ÷ the value, in (0, 1).
    pub(super) relative: f64,
}

/// Reads `FIGURE=N%`; `FIGURE ±N%` and `FIGURE +-N%` are the same.
pub(super) fn parse(text: &str) -> Result<Until, String> {
    let example = "write a figure and a share, such as p99_response_time=2%";
    let (name, width) = text
        .split_once('±')
        .or_else(|| text.split_once("+-"))
        .or_else(|| text.split_once('='))
        .ok_or(example)?;
    let name = name.trim();
    let measure = Measure::of_check(name)
        .ok_or_else(|| format!("`{name}` is not a figure that can be checked; {example}"))?;
    let percent = width.trim().strip_suffix('%').ok_or(example)?.trim();
    let plain = percent.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let relative = percent.parse::<f64>().ok().filter(|_| plain).map(|percent| percent / 100.0);
    match relative {
        Some(relative) if relative > 0.0 && relative < 1.0 => Ok(Until { measure, relative }),
        _ => Err(format!("`{percent}` is not a share above 0 and below 100 %; {example}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_and_a_share_are_read_and_nothing_else() {
        let until = parse("p99_response_time ±2%").unwrap();
        assert_eq!(until.measure, Measure::ResponseQuantile(0.99));
        assert!((until.relative - 0.02).abs() < 1e-12);
        assert_eq!(parse("p99_response_time=2%").unwrap(), until);
        assert_eq!(parse("cost +- 0.5 %").unwrap().measure, Measure::Cost);
        for wrong in [
            "",
            "cost",
            "cost 2%",
            "p98_response_time ±2%",
            "cost=2",
            "cost=",
            "cost ±2",
            "cost ±0%",
            "cost ±100%",
            "cost ±-1%",
            "cost ±NaN%",
        ] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
