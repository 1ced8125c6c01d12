//! Accuracy of a forecast: its months against bills that came in.

/// A bill that came in.
#[derive(Clone, Debug, PartialEq)]
pub struct Actual {
    /// The month: `2026-12`.
    pub month: String,
    /// Billed cost \[USD\], ≥ 0.
    pub usd: f64,
}

/// Error of the forecast over the months that have a bill.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Backtest {
    /// Months that have a forecast and a bill.
    pub months: usize,
    /// Mean of (forecast − bill) ÷ bill: above zero, the forecast is too high on average.
    pub bias: f64,
    /// Mean of |forecast − bill| ÷ bill (MAPE).
    pub mape: f64,
    /// (sum of forecasts − sum of bills) ÷ sum of bills.
    pub variance: f64,
    /// The share of bills within the forecast's P10 to P90; 0.8 where its spread is right.
    pub within: f64,
}

/// A month that has both: its forecast mean, P10 and P90, and its bill \[USD\].
pub type Pair = (f64, f64, f64, f64);

/// The forecast against the bills; `None` where no month has both. A bill of zero has no relative error and is left out.
#[must_use]
pub fn backtest(pairs: &[Pair]) -> Option<Backtest> {
    let pairs: Vec<&Pair> = pairs.iter().filter(|(.., bill)| *bill > 0.0).collect();
    if pairs.is_empty() {
        return None;
    }
    #[expect(clippy::cast_precision_loss, reason = "a number of months")]
    let count = pairs.len() as f64;
    let errors: Vec<f64> = pairs.iter().map(|(mean, _, _, bill)| (mean - bill) / bill).collect();
    let (forecast, billed) = pairs.iter().fold((0.0, 0.0), |(a, b), (mean, _, _, bill)| (a + mean, b + bill));
    let inside = pairs.iter().filter(|(_, low, high, bill)| (low..=high).contains(&bill)).count();
    #[expect(clippy::cast_precision_loss, reason = "a number of months")]
    let within = inside as f64 / count;
    Some(Backtest {
        months: pairs.len(),
        bias: errors.iter().sum::<f64>() / count,
        mape: errors.iter().map(|error| error.abs()).sum::<f64>() / count,
        variance: (forecast - billed) / billed,
        within,
    })
}

/// Reads bills: CSV with the columns `month` (`2026-12`) and `usd`.
///
/// # Errors
/// Every line that cannot be used, with its number.
pub fn read_actuals(text: &str) -> Result<Vec<Actual>, Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let headers = reader.headers().map_err(|error| vec![format!("line 1: {error}")])?.clone();
    let column = |name: &str| {
        headers.iter().position(|h| h.trim_start_matches('\u{feff}').trim().eq_ignore_ascii_case(name))
    };
    let (Some(month), Some(usd)) = (column("month"), column("usd")) else {
        return Err(vec![
            "line 1: the columns `month` and `usd` are needed, such as:\nmonth,usd\n2026-12,1234.56"
                .to_owned(),
        ]);
    };
    let (mut actuals, mut wrong) = (Vec::<Actual>::new(), Vec::new());
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                wrong.push(error.to_string());
                continue;
            }
        };
        let line = record.position().map_or(0, csv::Position::line);
        let field = |index: usize| record.get(index).unwrap_or("").trim().to_owned();
        let (name, amount) = (field(month), field(usd));
        let amount = amount.trim_start_matches('$');
        let plain = !amount.is_empty() && amount.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        let value = amount.parse::<f64>().ok().filter(|value| plain && value.is_finite() && *value < 1e12);
        if !is_month(&name) {
            wrong.push(format!("line {line}: `{name}` is not a month such as 2026-12"));
        } else if actuals.iter().any(|actual| actual.month == name) {
            wrong.push(format!("line {line}: {name} is given twice"));
        } else if let Some(value) = value {
            actuals.push(Actual { month: name, usd: value });
        } else {
            wrong.push(format!("line {line}: `{amount}` is not an amount such as 1234.56"));
        }
    }
    if wrong.is_empty() { Ok(actuals) } else { Err(wrong) }
}

/// Whether the text is a month: `2026-12`.
#[must_use]
pub fn is_month(text: &str) -> bool {
    let Some((year, month)) = text.split_once('-') else { return false };
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    year.len() == 4
        && month.len() == 2
        && digits(year)
        && digits(month)
        && month.parse::<u32>().is_ok_and(|month| (1..=12).contains(&month))
        && year.parse::<u32>().is_ok_and(|year| (1970..=2200).contains(&year))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bias_and_mape_are_those_of_the_textbook() {
        // 110 against 100: +10 %; 90 against 100: −10 %.
        let test = backtest(&[(110.0, 90.0, 120.0, 100.0), (90.0, 85.0, 95.0, 100.0)]).unwrap();
        assert!(test.bias.abs() < 1e-12 && (test.mape - 0.1).abs() < 1e-12 && test.variance.abs() < 1e-12);
        assert!((test.within - 0.5).abs() < 1e-12);
        assert_eq!(backtest(&[]), None);
        assert_eq!(backtest(&[(1.0, 1.0, 1.0, 0.0)]), None);
    }

    #[test]
    fn bills_are_read_and_every_bad_line_is_named() {
        let bills = read_actuals("month,usd\n2026-11,120.50\n2026-12,$99\n").unwrap();
        assert_eq!(bills.len(), 2);
        assert!((bills[1].usd - 99.0).abs() < 1e-12);
        let wrong = read_actuals("month,usd\n2026-13,1\n2026-12,-4\n2026-11,5\n2026-11,6\nx\n").unwrap_err();
        assert_eq!(wrong.len(), 4, "{wrong:?}");
        assert!(wrong[0].starts_with("line 2") && wrong[3].starts_with("line 6"), "{wrong:?}");
        assert!(read_actuals("a,b\n").unwrap_err()[0].contains("month,usd"));
    }
}
