//! `[forecast]`: months, growth, and how sure the inputs are.

use crate::scenario::keys::builder::Lower;
use crate::scenario::language::codes;
use crate::scenario::language::diagnostic::Problem;
use crate::scenario::language::schema::{Key, Kind, TableSpec};
use crate::scenario::language::table_reader::View;
use crate::scenario::language::tree::Value;

/// `[forecast]`.
pub(crate) const FORECAST: TableSpec = TableSpec {
    doc: "What `windtunnel forecast` expects of the months to come.",
    keys: &[
        Key::new("months", Kind::Integer(1, 60), "Months of the forecast.").or("12"),
        Key::new("from", Kind::Text, "First month, such as `2026-12`. Left out: the first month, in the scenario's time zone, that begins when its run is over or later."),
        Key::new(
            "growth",
            Kind::Text,
            "Growth of the traffic from each month to the next, such as `4%/month` or `60%/year`.",
        )
        .or("\"0%/month\""),
        Key::new(
            "growth_sd",
            Kind::Number(0.0, 1.0),
            "How sure the growth is: the standard deviation of the monthly rate between runs (normal law); 0.01 is one \
             percentage point.",
        )
        .or("0.0"),
        Key::new(
            "service_time_cv",
            Kind::Number(0.0, 3.0),
            "How sure `cpu_time` and `wait_time` are: both are multiplied by a factor of mean 1 and this coefficient of \
             variation, drawn for each run (lognormal law).",
        )
        .or("0.0"),
        Key::new(
            "price_cv",
            Kind::Number(0.0, 3.0),
            "How sure prices are: all are multiplied by a factor of mean 1 and this coefficient of variation, drawn for \
             each run (lognormal law).",
        )
        .or("0.0"),
        Key::new(
            "seasonality",
            Kind::Values,
            "Twelve factors of the traffic by calendar month, January first; empty: none.",
        )
        .or("[]"),
        Key::new("replications", Kind::Integer(1, 10_000), "Runs, each with inputs of its own.").or("100"),
    ],
};

/// What a forecast expects.
#[derive(Clone, Debug, PartialEq)]
pub struct ForecastSpec {
    /// The first month, as year and number; `None`: the first that begins when the scenario's run is over or later.
    pub from: Option<(i16, i8)>,
    /// Months, in 1..=60.
    pub months: u32,
    /// Growth a month: 0.04 is 4 %; above −1.
    pub growth: f64,
    /// Standard deviation of the monthly growth between runs, ≥ 0.
    pub growth_sd: f64,
    /// Coefficient of variation of the factor on times of requests, ≥ 0.
    pub service_time_cv: f64,
    /// Coefficient of variation of the factor on prices, ≥ 0.
    pub price_cv: f64,
    /// Factors by calendar month, January first, each > 0.
    pub seasonality: [f64; 12],
    /// Runs, ≥ 1.
    pub runs: u32,
}

impl Default for ForecastSpec {
    fn default() -> Self {
        Self {
            from: None,
            months: 12,
            growth: 0.0,
            growth_sd: 0.0,
            service_time_cv: 0.0,
            price_cv: 0.0,
            seasonality: [1.0; 12],
            runs: 100,
        }
    }
}

/// `[forecast]`; `None` where it is absent or wrong.
pub(crate) fn read(root: View<'_>, lower: &mut Lower<'_>) -> Option<ForecastSpec> {
    let view = root.table("forecast")?;
    let mut sound = true;
    let mut report = |key: &str, why: String, expected: &str| {
        sound = false;
        lower.report.add(
            Problem::new(codes::BAD_FORECAST, format!("`forecast.{key}` cannot be read: {why}"))
                .at(&view.place(key), "")
                .expected(expected.to_owned()),
        );
    };
    let growth = growth(view.text("growth")?).unwrap_or_else(|why| {
        report("growth", why, "a share a month or a year, such as \"4%/month\" or \"-10%/year\"");
        0.0
    });
    let from = match view.text("from") {
        Some(text) => match month(text) {
            Some(month) => Some(month),
            None => {
                report(
                    "from",
                    format!("`{text}` is not a month"),
                    "a month from 1970-01 to 2200-12, such as \"2026-12\"",
                );
                None
            }
        },
        None => None,
    };
    let seasonality = factors(view).unwrap_or_else(|why| {
        report("seasonality", why, "twelve numbers above zero, January first, or an empty list");
        [1.0; 12]
    });
    let spec = ForecastSpec {
        from,
        months: view.count("months")?,
        growth,
        growth_sd: view.number("growth_sd")?,
        service_time_cv: view.number("service_time_cv")?,
        price_cv: view.number("price_cv")?,
        seasonality,
        runs: view.count("replications")?,
    };
    sound.then_some(spec)
}

/// The growth of a month: `4%/month` is 0.04, `60%/year` the twelfth root of 1.6 less one.
///
/// # Errors
/// What is wrong with it.
pub fn growth(text: &str) -> Result<f64, String> {
    let wrong = || format!("`{text}` is not a growth");
    let (share, period) = text.split_once('/').ok_or_else(wrong)?;
    let percent = share.trim().strip_suffix('%').ok_or_else(wrong)?.trim();
    let plain = percent.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+'));
    let share = percent.parse::<f64>().ok().filter(|_| plain).ok_or_else(wrong)? / 100.0;
    if !(share > -1.0 && share <= 10.0) {
        return Err(format!("{percent} % is not above -100 % and at most 1000 %"));
    }
    match period.trim() {
        "month" => Ok(share),
        "year" => Ok(libm::pow(1.0 + share, 1.0 / 12.0) - 1.0),
        other => Err(format!("`{other}` is neither `month` nor `year`")),
    }
}

/// The month that a text such as `2026-12` says, as year and number.
#[must_use]
pub fn month(text: &str) -> Option<(i16, i8)> {
    let (year, month) = text.split_once('-')?;
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if year.len() != 4 || month.len() != 2 || !digits(year) || !digits(month) {
        return None;
    }
    let (year, month) = (year.parse::<i16>().ok()?, month.parse::<i8>().ok()?);
    ((1970..=2200).contains(&year) && (1..=12).contains(&month)).then_some((year, month))
}

#[expect(clippy::cast_precision_loss, reason = "a factor")]
fn factors(view: View<'_>) -> Result<[f64; 12], String> {
    let Some(Value::Array(items)) = view.node("seasonality").map(|node| &node.value) else {
        return Err("it is not a list".to_owned());
    };
    if items.is_empty() {
        return Ok([1.0; 12]);
    }
    let mut factors = [0.0; 12];
    if items.len() != factors.len() {
        return Err(format!("it has {} numbers", items.len()));
    }
    for (factor, item) in factors.iter_mut().zip(items) {
        *factor = match &item.value {
            Value::Integer(number) => *number as f64,
            Value::Number(number) => *number,
            other => return Err(format!("it holds {}", other.type_name())),
        };
        if !(*factor > 0.0 && *factor <= 1000.0) {
            return Err(format!("{factor} is not above 0 and at most 1000"));
        }
    }
    Ok(factors)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growth_is_by_the_month_or_by_the_year() {
        assert!((growth("4%/month").unwrap() - 0.04).abs() < 1e-12);
        assert!((growth("-2.5 % / month").unwrap() + 0.025).abs() < 1e-12);
        let monthly = growth("60%/year").unwrap();
        assert!((libm::pow(1.0 + monthly, 12.0) - 1.6).abs() < 1e-9);
        for wrong in ["", "4%", "4/month", "4%/week", "x%/month", "-100%/month", "NaN%/month", "1e3%/month"] {
            assert!(growth(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_month_has_four_and_two_digits() {
        assert_eq!(month("2026-12"), Some((2026, 12)));
        for wrong in ["2026", "2026-13", "2026-00", "26-12", "2026-1", "2026-12-01"] {
            assert_eq!(month(wrong), None, "{wrong}");
        }
    }
}
