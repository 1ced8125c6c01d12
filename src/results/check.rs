//! A check and its verdict, as every document has it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::values::{DecimalText, Rounded};
use crate::scenario::{Measure, MeasureUnit, Scenario};

/// Verdict of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum CheckStatus {
    /// The limit holds.
    Pass,
    /// The limit does not hold.
    Fail,
    /// There is nothing to judge: no request was served, or there is no baseline.
    NoData,
    /// The interval of the figure holds values on both sides of the limit: more runs would tell.
    Inconclusive,
}

impl CheckStatus {
    /// The verdict as documents name it: never a bare true or false.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::NoData => "no_data",
            Self::Inconclusive => "inconclusive",
        }
    }
}

/// Check of a scenario and its verdict.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CheckResult {
    /// Text of the check, as written.
    pub check: String,
    /// Value of the figure with its unit and, of several runs, its 95 % interval.
    pub value: String,
    /// Verdict of the check.
    pub status: CheckStatus,
    /// Note beside the value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Distance of the value from the limit, positive on the good side: relative to the limit; of a share, the difference of the shares.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub margin: Option<Rounded<6>>,
}

/// From so many times its limit on a value is described as such a multiple: hundreds of percent are no longer a share that
/// anyone can picture.
const MULTIPLE: f64 = 4.0;

impl CheckResult {
    /// The finding of the check, with its note.
    #[must_use]
    pub fn found(&self) -> String {
        match (self.status, &self.note) {
            (CheckStatus::NoData, Some(note)) => note.clone(),
            (_, Some(note)) => format!("{} ({note})", self.value),
            (_, None) => self.value.clone(),
        }
    }

    /// The distance from the limit in words: `margin 40 %`, `misses by 3.9 points`; empty where there is none.
    #[must_use]
    pub fn margin_text(&self) -> String {
        let Some(margin) = self.margin.map(Rounded::get) else { return String::new() };
        let name = self.check.split_whitespace().next().unwrap_or_default();
        let unit = Measure::of_check(name).map(Measure::unit);
        let word = if margin < 0.0 { "misses by" } else { "margin" };
        let size = short(margin.abs() * 100.0);
        match unit {
            Some(MeasureUnit::ServedShare | MeasureUnit::Utilization) => format!("{word} {size} points"),
            _ if margin <= 1.0 - MULTIPLE => format!("{:.0} times the limit", 1.0 - margin),
            _ => format!("{word} {size} %"),
        }
    }
}

/// Two digits that matter are enough to judge a distance by.
fn short(value: f64) -> String {
    let decimals = match value {
        value if value >= 9.95 => 0,
        value if value >= 0.095 => 1,
        _ => 3,
    };
    format!("{value:.decimals$}")
}

/// Way in which traffic was simulated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum FidelityName {
    /// One request at a time.
    Requests,
    /// A flow, with approximate response times.
    Fluid,
}

impl FidelityName {
    /// The word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Requests => "requests",
            Self::Fluid => "fluid",
        }
    }
}

impl From<&Scenario> for FidelityName {
    fn from(scenario: &Scenario) -> Self {
        if scenario.is_approximate() { Self::Fluid } else { Self::Requests }
    }
}

/// Cost at both ends of the range of `assumptions.tt_scale_in_mode`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ScaleInRange {
    /// Cost where a scale-in removes at most 5 % of the tasks and at least one \[USD\].
    pub gradual_usd: DecimalText,
    /// Cost where a scale-in goes to the proportional count at once \[USD\].
    pub proportional_usd: DecimalText,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_margin_is_a_share_of_the_limit_or_points_of_a_percentage() {
        let text = |check: &str, margin: f64| {
            let (check, value) = (check.to_owned(), String::new());
            CheckResult { check, value, status: CheckStatus::Pass, note: None, margin: Rounded::new(margin) }
                .margin_text()
        };
        assert_eq!(text("p95_response_time < 500ms", 0.398), "margin 40 %");
        assert_eq!(text("p95_response_time < 800ms", -0.5), "misses by 50 %");
        assert_eq!(text("p95_response_time < 20ms", -125.1), "126 times the limit");
        assert_eq!(text("availability >= 95%", 0.0098), "margin 1.0 points");
        assert_eq!(text("availability >= 99.9%", 0.0005), "margin 0.050 points");
        assert_eq!(text("cost < 40 USD", f64::NAN), "");
    }
}
