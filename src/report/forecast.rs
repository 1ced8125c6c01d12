//! Cost of the next months, as a table, a fan, JSON and CSV. Means come with the span in which eight of ten runs lie;
//! what the runs leave out is said beside them.

use super::chart::plot::{
    AxisRange, Hue, PanelContent, PlotAxis, PlotPanel, PlotPoint, PlotSeries, PlotSpec, SeriesMark, Unit,
};
use super::figures::usd;
use super::numbers::{PLAIN, figure, grouped, whole};
use super::page::{Look, Page};
use super::scale_in::{ends_words, range};
use super::words::{plain, wrapped};
use crate::experiment::Measure;
use crate::experiment::forecast::{
    Actual, Backtest, Commitment, Forecast, Input, MonthForecast, RunSpread, backtest,
};
use crate::kernel::units::NANOS_PER_HOUR;
use crate::results::{
    BacktestResult, CellShort, DecimalText, FidelityName, FigureValue, FluidErrorResult, ForecastResult,
    ForecastRow, MonthResult, ResponseTimesKind, Rounded, SavingSpread, SavingsPlanResult, SpreadResult,
    Version, json_text, sheet_bytes,
};

/// The table for a terminal of `width` columns.
#[must_use]
pub fn forecast_table(
    forecast: &Forecast,
    title: &str,
    actuals: &[Actual],
    width: usize,
    colour: bool,
) -> String {
    let mut page = Page::new(width, colour);
    let runs = match forecast.runs {
        1 => "  1 run, USD: what is not sure shows in several runs only".to_owned(),
        runs => format!("  {} runs, USD; eight of ten runs lie between P10 and P90", grouped(runs, PLAIN)),
    };
    page.line(&[(Look::Bold, title), (Look::Faint, &runs)]);
    page.aside(2, forecast.unpriced.words().map(|words| format!("all amounts are {words}")).as_deref());
    page.blank();
    let head = format!(
        "  {:<9}{:>15}{:>8}{:>12}{:>12}{:>12}{:>10}{:>9}{:>11}",
        "month", "requests", "tasks", "mean", "P10", "P90", "/M served", "at max", "bill"
    );
    page.line(&[(Look::Faint, &head)]);
    for month in &forecast.months {
        page.line(&[(Look::Usual, &row(month, actuals))]);
    }
    if let Some(last) = forecast.months.last() {
        let RunSpread { mean, p10, p90, .. } = last.cumulative;
        let text = format!("  {:<32}{:>12}{:>12}{:>12}", "all months", usd(mean), usd(p10), usd(p90));
        page.line(&[(Look::Bold, &text)]);
        page.aside(2, forecast.unpriced.words().as_deref());
        if let Some(ends) = forecast.scale_in {
            page.aside(2, Some(&format!("mean: {}", ends_words(&ends.map(usd)))));
        }
    }
    page.blank();
    for sentence in sentences(forecast, actuals) {
        for (index, line) in wrapped(&sentence, page.width - 3).iter().enumerate() {
            page.line(&[(Look::Usual, if index == 0 { "→ " } else { "  " }), (Look::Usual, line)]);
        }
    }
    page.finish()
}

fn row(month: &MonthForecast, actuals: &[Actual]) -> String {
    let RunSpread { mean, p10, p90, .. } = month.cost;
    let million = month.per_million.map_or_else(|| "–".to_owned(), |spread| usd(spread.mean));
    let share = month.at_maximum_by_now;
    let reached = if share > 0.0 { format!("{} %", figure(share * 100.0, PLAIN)) } else { "–".to_owned() };
    let bill = bill_of(actuals, month).map_or_else(String::new, usd);
    format!(
        "  {:<9}{:>15}{:>8}{:>12}{:>12}{:>12}{million:>10}{reached:>9}{bill:>11}",
        month.month.name(),
        grouped(whole(month.requests.mean), PLAIN),
        figure(month.tasks.mean, PLAIN),
        usd(mean),
        usd(p10),
        usd(p90),
    )
}

fn bill_of(actuals: &[Actual], month: &MonthForecast) -> Option<f64> {
    actuals.iter().find(|actual| actual.month == month.month.name()).map(|actual| actual.usd)
}

/// The months that have a bill, for a backtest.
fn test(forecast: &Forecast, actuals: &[Actual]) -> Option<Backtest> {
    let pair = |month: &MonthForecast| {
        Some((month.cost.mean, month.cost.p10, month.cost.p90, bill_of(actuals, month)?))
    };
    let pairs: Vec<_> = forecast.months.iter().filter_map(pair).collect();
    backtest(&pairs)
}

/// The conclusions, in sentences.
fn sentences(forecast: &Forecast, actuals: &[Actual]) -> Vec<String> {
    let mut said = Vec::new();
    if forecast.interrupted {
        said.push(format!("interrupted: only the {} runs that were finished count", forecast.runs));
    }
    said.push(band_sentence(&names_of(&forecast.varied), forecast.is_approximate));
    said.push(maximum_sentence(forecast));
    for commitment in &forecast.commitments {
        said.push(commitment_sentence(commitment));
    }
    if let Some(test) = test(forecast, actuals) {
        let percent = |share: f64| {
            format!("{}{} %", if share < 0.0 { "-" } else { "+" }, figure(share.abs() * 100.0, PLAIN))
        };
        said.push(format!(
            "against {} bills: {} in sum, bias {}, MAPE {} %; {} % of the bills lie between P10 and P90",
            test.months,
            percent(test.variance),
            percent(test.bias),
            figure(test.mape * 100.0, PLAIN),
            figure(test.within * 100.0, PLAIN)
        ));
    } else if !actuals.is_empty() {
        said.push("none of the bills is of a month of the forecast; --from sets its first month".to_owned());
    }
    said.extend(forecast.remarks.iter().map(|remark| plain(remark)));
    said
}

/// The names of inputs.
fn names_of(inputs: &[Input]) -> Vec<&str> {
    inputs.iter().map(|input| input.name()).collect()
}

/// The sources of the differences between runs, and the inputs that are the same in all: `runs differ by chance and by
/// growth; service times and prices are the same in all, so the band is too narrow for whoever is not sure of them`.
pub(super) fn band_sentence(varied: &[&str], flows: bool) -> String {
    let fixed: Vec<&str> =
        Input::ALL.iter().map(|(_, name)| *name).filter(|name| !varied.contains(name)).collect();
    let listed = |names: &[&str]| match names {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    };
    let chance = if flows {
        "the chance of start-up times and alarms (arrivals flow and are not drawn)"
    } else {
        "the chance of arrivals, of requests and of start-up times"
    };
    let differ = match varied {
        [] => format!("runs differ only by {chance}"),
        varied => format!("runs differ by {} of their own and by {chance}", listed(varied)),
    };
    match fixed.as_slice() {
        [] => differ,
        fixed => format!(
            "{differ}; {} {} taken as known, so P10 to P90 does not hold what is not sure of {}",
            listed(fixed),
            // Growth alone is one thing.
            if fixed == ["growth"] { "is" } else { "are" },
            if fixed == ["growth"] { "it" } else { "them" }
        ),
    }
}

/// The month in which most runs have reached `max_capacity`.
fn first_at_maximum(forecast: &Forecast) -> Option<&MonthForecast> {
    forecast.months.iter().find(|month| month.at_maximum_by_now >= 0.5)
}

fn maximum_sentence(forecast: &Forecast) -> String {
    let last = forecast.months.last().map_or(0.0, |month| month.at_maximum_by_now);
    match first_at_maximum(forecast) {
        Some(month) => format!(
            "max_capacity is first reached in {}: by then in {} % of the runs",
            month.month.name(),
            figure(month.at_maximum_by_now * 100.0, PLAIN)
        ),
        None if last > 0.0 => {
            format!("max_capacity is reached in {} % of the runs, not in most", figure(last * 100.0, PLAIN))
        }
        None => "max_capacity is never reached".to_owned(),
    }
}

fn commitment_sentence(commitment: &Commitment) -> String {
    let name = commitment.term.name();
    if commitment.usd_per_hour <= 0.0 {
        return format!("a Compute Savings Plan ({name}) does not pay: no hour is used often enough");
    }
    format!(
        "a Compute Savings Plan ({name}) of {} USD an hour saves {} USD a month (P10 {}, P90 {}): {} % of it is used, it covers \
         {} % of compute",
        amount(commitment.usd_per_hour),
        usd(commitment.saving),
        usd(commitment.saving_p10),
        usd(commitment.saving_p90),
        figure(commitment.utilization * 100.0, PLAIN),
        figure(commitment.coverage * 100.0, PLAIN)
    )
}

/// A commitment, with the three decimals that AWS takes.
fn amount(value: f64) -> String {
    format!("{value:.3}")
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

/// `forecast.json`.
#[must_use]
pub fn forecast_json(forecast: &Forecast, actuals: &[Actual]) -> String {
    json_text(&ForecastResult {
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
        remarks: forecast.remarks.clone(),
        response_times_approximate: forecast.is_approximate,
        runs: forecast.runs,
        savings_plans: forecast.commitments.iter().map(savings_plan).collect(),
        savings_plans_with_known_rates: Some(
            forecast.known_terms.iter().map(|term| term.name().to_owned()).collect(),
        ),
        scale_in_range: range(forecast.scale_in),
        schema_version: Version,
        unpriced: forecast.unpriced.items.clone(),
    })
}

/// A value with the span that is drawn round it.
type Drawn = (f64, Option<(f64, f64)>);

/// The cumulative cost as a fan, and each month's bill with its span.
#[must_use]
pub fn forecast_plot(forecast: &Forecast, title: &str, actuals: &[Actual]) -> PlotSpec {
    let names: Vec<String> = forecast.months.iter().map(|month| month.month.name()).collect();
    let spots = |of: &dyn Fn(&MonthForecast) -> Option<Drawn>| -> Vec<PlotPoint> {
        let spot = |(index, month): (usize, &MonthForecast)| {
            let (y, span) = of(month)?;
            Some(PlotPoint { span, ..PlotPoint::at(index as f64, y) })
        };
        forecast.months.iter().enumerate().filter_map(spot).collect()
    };
    let series = |name: &str, hue, mark, spots| PlotSeries { name: name.to_owned(), hue, mark, spots };
    let mut billed = 0.0;
    let mut sums = Vec::new();
    for (index, month) in forecast.months.iter().enumerate() {
        // A sum with a month missing would be compared with one that has it.
        let Some(bill) = bill_of(actuals, month) else { break };
        billed += bill;
        sums.push(PlotPoint::at(index as f64, billed));
    }
    let x = PlotAxis { name: String::new(), unit: Unit::Plain, range: AxisRange::Names(names) };
    let y = || PlotAxis { name: "USD".to_owned(), unit: Unit::Dollars, range: AxisRange::FromZero };
    let panel = |title: &str, series: Vec<PlotSeries>| PlotPanel {
        title: title.to_owned(),
        height: 240.0,
        empty: "no month was simulated".to_owned(),
        content: PanelContent::Curves {
            x: x.clone(),
            y: y(),
            series: series.into_iter().filter(|s| !s.spots.is_empty()).collect(),
        },
    };
    let fan = |spread: &dyn Fn(&MonthForecast) -> RunSpread, actual: Vec<PlotPoint>| {
        vec![
            series(
                "P10 to P90",
                Hue::Sky,
                SeriesMark::Band(0.3),
                spots(&|m| Some((spread(m).p50, Some((spread(m).p10, spread(m).p90))))),
            ),
            series(
                "P25 to P75",
                Hue::Sky,
                SeriesMark::Band(0.6),
                spots(&|m| Some((spread(m).p50, Some((spread(m).p25, spread(m).p75))))),
            ),
            series("mean", Hue::Blue, SeriesMark::Line(2.0), spots(&|m| Some((spread(m).mean, None)))),
            series("bills", Hue::Vermilion, SeriesMark::Dots(4.5), actual),
        ]
    };
    PlotSpec {
        title: title.to_owned(),
        subtitle: format!(
            "{} runs{}",
            grouped(forecast.runs, PLAIN),
            forecast.unpriced.words().map_or_else(String::new, |words| format!(", {words}"))
        ),
        caption: {
            let band = band_sentence(&names_of(&forecast.varied), forecast.is_approximate);
            let remark =
                forecast.remarks.first().map_or_else(String::new, |remark| format!(" · {}", plain(remark)));
            format!("{band}{remark}")
        },
        columns: 1,
        panels: vec![
            panel("Cost so far", fan(&|month| month.cumulative, sums)),
            panel(
                "Cost by month",
                fan(&|month| month.cost, spots(&|m| bill_of(actuals, m).map(|bill| (bill, None)))),
            ),
        ],
    }
}
