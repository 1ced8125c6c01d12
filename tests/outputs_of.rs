//! What commands print of results, for tests that have a result in memory.

use windtunnel::experiment::RunResult;
use windtunnel::experiment::compare::VariantComparison;
use windtunnel::experiment::forecast::{Actual, Forecast};
use windtunnel::experiment::replications::Replicated;
use windtunnel::report::{
    ForecastFiles, comparison_result, comparison_view, estimates_result, forecast_result, forecast_view,
    replications_view, run_view,
};
use windtunnel::results::json_text;

/// `run` for a terminal.
pub(crate) fn table(result: &RunResult, width: usize, colour: bool) -> String {
    run_view(result).terminal_text(width, colour)
}

/// `run --replications` for a terminal.
pub(crate) fn replications_table(result: &Replicated) -> String {
    replications_view(result).terminal_text(100, false)
}

/// `estimates.json`.
pub(crate) fn estimates_json(result: &Replicated) -> String {
    json_text(&estimates_result(result))
}

/// `compare` for a terminal.
pub(crate) fn comparison_table(comparison: &VariantComparison) -> String {
    comparison_view(&comparison_result(comparison)).terminal_text(100, false)
}

/// `comparison.md`.
pub(crate) fn comparison_markdown(comparison: &VariantComparison) -> String {
    comparison_view(&comparison_result(comparison)).markdown()
}

/// `comparison.json`.
pub(crate) fn comparison_json(comparison: &VariantComparison) -> String {
    json_text(&comparison_result(comparison))
}

/// `forecast` for a terminal.
pub(crate) fn forecast_table(forecast: &Forecast, actuals: &[Actual]) -> String {
    let files = ForecastFiles { scenario: "web".to_owned(), ..ForecastFiles::default() };
    forecast_view(&forecast_result(forecast, actuals), &files).terminal_text(100, false)
}

/// `forecast.json`.
pub(crate) fn forecast_json(forecast: &Forecast, actuals: &[Actual]) -> String {
    json_text(&forecast_result(forecast, actuals))
}
