//! Cost of the next months, as a table, a fan, JSON and CSV. Means come with the span in which eight of ten runs lie;
//! what the runs leave out is said beside them.

use super::words::{bill_of, names_of};
use crate::experiment::Measure;
use crate::experiment::forecast::{
    Actual, Backtest, Commitment, Forecast, MonthForecast, RunSpread, backtest,
};
use crate::kernel::units::NANOS_PER_HOUR;
use crate::report::scale_in::range;
use crate::results::{
    BacktestResult, CellShort, DecimalText, FidelityName, FigureValue, FluidErrorResult, ForecastResult,
    ForecastRow, MonthResult, ResponseTimesKind, Rounded, SavingSpread, SavingsPlanResult, SpreadResult,
    Version, sheet_bytes,
};

/// The months that have a bill, for a backtest.
fn test(forecast: &Forecast, actuals: &[Actual]) -> Option<Backtest> {
    let pair = |month: &MonthForecast| {
        Some((month.cost.mean, month.cost.p10, month.cost.p90, bill_of(actuals, month)?))
    };
    let pairs: Vec<_> = forecast.months.iter().filter_map(pair).collect();
    backtest(&pairs)
}

/// The month in which most runs have reached `max_capacity`.
fn first_at_maximum(forecast: &Forecast) -> Option<&MonthForecast> {
    forecast.months.iter().find(|month| month.at_maximum_by_now >= 0.5)
}

/// `forecast.csv`: one row per month.
#[must_use]
pub fn forecast_csv(forecast: &Forecast, actuals: &[Actual]) -> Vec<u8> {
    let has_gaps = !forecast.unpriced.is_nothing();
    let row = |month: &MonthForecast| {
        let (cost, sum) = (&month.cost, &month.cumulative);
        let bill = bill_of(actuals, month);
        ForecastRow {
            month: month.month.name(),
            hours: month.month.length / NANOS_PER_HOUR,
            requests: CellShort::new(month.requests.mean),
            tasks_mean: CellShort::new(month.tasks.mean),
            cost_mean_usd: CellShort::new(cost.mean),
            cost_p10_usd: CellShort::new(cost.p10),
            cost_p50_usd: CellShort::new(cost.p50),
            cost_p90_usd: CellShort::new(cost.p90),
            cumulative_mean_usd: CellShort::new(sum.mean),
            cumulative_p10_usd: CellShort::new(sum.p10),
            cumulative_p90_usd: CellShort::new(sum.p90),
            cost_per_million_requests_usd: month.per_million.and_then(|spread| CellShort::new(spread.mean)),
            response_time_p99_ms: month.p99.and_then(|spread| CellShort::new(spread.mean)),
            response_times: match forecast.is_approximate {
                true => ResponseTimesKind::Approximate,
                false => ResponseTimesKind::Simulated,
            },
            availability: month.availability.and_then(|spread| CellShort::new(spread.mean)),
            at_max_capacity_by_now: CellShort::new(month.at_maximum_by_now),
            actual_usd: bill.and_then(CellShort::new),
            error: bill.filter(|bill| *bill > 0.0).and_then(|bill| CellShort::new((cost.mean - bill) / bill)),
            unpriced: has_gaps.then(|| forecast.unpriced.items.join(" ")),
        }
    };
    sheet_bytes(has_gaps, forecast.months.iter().map(row))
}

fn savings_plan(commitment: &Commitment) -> SavingsPlanResult {
    SavingsPlanResult {
        commitment_usd_per_hour: DecimalText::with_decimals(commitment.usd_per_hour, 3),
        coverage: Rounded::new(commitment.coverage),
        plan: format!("Compute Savings Plan, {}", commitment.term.name()),
        saving_per_month_usd: SavingSpread {
            mean: money(commitment.saving),
            p10: money(commitment.saving_p10),
            p90: money(commitment.saving_p90),
        },
        utilization: Rounded::new(commitment.utilization),
    }
}

fn money(value: f64) -> Option<FigureValue> {
    FigureValue::new(Measure::Cost, value)
}

fn spread_result(of: &RunSpread) -> SpreadResult {
    SpreadResult {
        mean: money(of.mean),
        p10: money(of.p10),
        p25: money(of.p25),
        p50: money(of.p50),
        p75: money(of.p75),
        p90: money(of.p90),
    }
}

fn month_result(month: &MonthForecast, actuals: &[Actual]) -> MonthResult {
    MonthResult {
        actual_usd: bill_of(actuals, month).and_then(money),
        at_max_capacity_by_now: Rounded::new(month.at_maximum_by_now),
        availability_mean: month.availability.and_then(|of| Rounded::new(of.mean)),
        cost_per_million_requests_usd: month.per_million.and_then(|of| money(of.mean)),
        cost_usd: spread_result(&month.cost),
        cumulative_usd: spread_result(&month.cumulative),
        hours: month.month.length / NANOS_PER_HOUR,
        month: month.month.name(),
        requests_mean: Rounded::new(month.requests.mean),
        response_time_p99_ms_mean: month.p99.and_then(|of| Rounded::new(of.mean)),
        tasks_mean: Rounded::new(month.tasks.mean),
    }
}

/// The remarks, and that bills are of other months.
fn remarks(forecast: &Forecast, actuals: &[Actual]) -> Vec<String> {
    let is_unused = !actuals.is_empty() && test(forecast, actuals).is_none();
    let unused = "none of the bills is of a month of the forecast; --from sets its first month";
    let unused = is_unused.then(|| unused.to_owned());
    forecast.remarks.iter().cloned().chain(unused).collect()
}

/// The content of `forecast.json`.
#[must_use]
pub fn forecast_result(forecast: &Forecast, actuals: &[Actual]) -> ForecastResult {
    ForecastResult {
        backtest: test(forecast, actuals).map(|test| BacktestResult {
            bias: Rounded::new(test.bias),
            mape: Rounded::new(test.mape),
            months: test.months,
            share_between_p10_and_p90: Rounded::new(test.within),
            variance: Rounded::new(test.variance),
        }),
        fidelity: if forecast.is_approximate { FidelityName::Fluid } else { FidelityName::Requests },
        fluid_error: forecast.fluid_error.map(|error| FluidErrorResult {
            cost: error.cost.and_then(Rounded::new),
            p95: error.p95.and_then(Rounded::new),
            p99: error.p99.and_then(Rounded::new),
            task_hours: error.task_hours.and_then(Rounded::new),
        }),
        inputs_varied: Some(names_of(&forecast.varied).into_iter().map(str::to_owned).collect()),
        interrupted: forecast.interrupted,
        max_capacity_first_reached: first_at_maximum(forecast).map(|month| month.month.name()),
        months: forecast.months.iter().map(|month| month_result(month, actuals)).collect(),
        region: forecast.unpriced.region.clone(),
        remarks: remarks(forecast, actuals),
        response_times_approximate: forecast.is_approximate,
        runs: forecast.runs,
        savings_plans: forecast.commitments.iter().map(savings_plan).collect(),
        savings_plans_with_known_rates: Some(
            forecast.known_terms.iter().map(|term| term.name().to_owned()).collect(),
        ),
        scale_in_range: range(forecast.scale_in),
        schema_version: Version,
        unpriced: forecast.unpriced.items.clone(),
    }
}
