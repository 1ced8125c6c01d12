//! The page of `windtunnel forecast`: bands over months.

use super::cloud::{Drawings, Fan};
use super::embed::Column;
use super::experiment::{ExperimentPage, FolderSource};
use crate::report::compare::number;
use crate::report::forecast::{ForecastFiles, forecast_view};
use crate::results::{FigureValue, ForecastResult, MonthResult, SpreadResult};

/// The page.
pub(super) fn page(source: &mut FolderSource<'_, '_>) -> Result<ExperimentPage, String> {
    let forecast: ForecastResult = source.document()?;
    let files = ForecastFiles {
        scenario: source.made.scenario.clone(),
        seed: source.made.seed,
        plan: source.listed_text("plan.toml")?,
    };
    let view = forecast_view(&forecast, &files);
    Ok(ExperimentPage { view, drawings: drawings(&forecast), origins: source.origins() })
}

fn drawings(forecast: &ForecastResult) -> Drawings {
    let fan = |id, spread: fn(&MonthResult) -> &SpreadResult, has_bills: bool| {
        let column = |pick: fn(&SpreadResult) -> &Option<FigureValue>| Column {
            values: forecast.months.iter().map(|month| number(pick(spread(month)))).collect(),
            decimals: 4,
        };
        Fan {
            id,
            months: forecast.months.iter().map(|month| month.month.clone()).collect(),
            mean: column(|spread| &spread.mean),
            p10: column(|spread| &spread.p10),
            p25: column(|spread| &spread.p25),
            p50: column(|spread| &spread.p50),
            p75: column(|spread| &spread.p75),
            p90: column(|spread| &spread.p90),
            bills: Column {
                values: forecast
                    .months
                    .iter()
                    .map(|month| number(&month.actual_usd).filter(|_| has_bills))
                    .collect(),
                decimals: 4,
            },
        }
    };
    Drawings {
        fans: vec![
            fan("fan-month", |month| &month.cost_usd, true),
            fan("fan-sum", |month| &month.cumulative_usd, false),
        ],
        ..Drawings::default()
    }
}
