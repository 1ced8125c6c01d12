//! View of a forecast: what the months will cost, how far apart the runs are, and what a commitment saves.

use super::words::band_sentence;
use crate::experiment::Measure;
use crate::report::compare::number;
use crate::report::numbers::{figure, grouped, trimmed, whole};
use crate::report::proviso::{Terms, with_proviso};
use crate::report::scale_in::ends_words;
use crate::report::view::{
    Block, ChartPlace, ResultTable, TableCell, Tile, Verdict, View, counted, sentence_of,
};
use crate::results::{
    CheckStatus, DecimalText, FigureValue, ForecastResult, MonthResult, NO_VALUE, Rounded, ScaleInRange,
    SpreadResult, dollars_text, maybe_text, relative_text, unit_text,
};
use crate::scenario::MeasureUnit;

const USD: MeasureUnit = MeasureUnit::Usd;

/// Texts beside a forecast.
#[derive(Clone, Debug, Default)]
pub struct ForecastFiles {
    /// Name of the scenario.
    pub scenario: String,
    /// Seed of the random numbers.
    pub seed: u64,
    /// Content of `plan.toml`.
    pub plan: Option<String>,
}

/// The mean cost of all months at both ends of the range of `assumptions.tt_scale_in_mode`, in words.
fn ends_text(range: &ScaleInRange) -> String {
    ends_words(&range.printed(|amount| dollars_text(amount.get())))
}

/// Everything that a forecast says.
#[must_use]
pub fn forecast_view(forecast: &ForecastResult, files: &ForecastFiles) -> View {
    let mut view = View {
        kind: "Forecast",
        title: files.scenario.clone(),
        facts: facts(forecast, files.seed),
        verdict: verdict(forecast),
        tiles: tiles(forecast),
        ..View::default()
    };
    view.section("What it will cost");
    let summary = |what: &str, spread: fn(&MonthResult) -> &SpreadResult| {
        let parts: Vec<String> =
            forecast.months.iter().map(|month| format!("{} {}", month.month, range(spread(month)))).collect();
        format!("{what}: {}.", parts.join("; "))
    };
    view.chart(ChartPlace {
        id: "fan-month",
        title: "Cost of each month".to_owned(),
        summary: summary("Eight of ten runs, USD", |month| &month.cost_usd),
        caption: "Eight of ten runs lie in the light band, half of them in the dark one.".to_owned(),
    });
    view.chart(ChartPlace {
        id: "fan-sum",
        title: "Cost so far".to_owned(),
        summary: summary("Eight of ten runs, USD", |month| &month.cumulative_usd),
        caption: "All months up to this one together.".to_owned(),
    });
    view.section("Months");
    view.table(months(forecast));
    commitments(&mut view, forecast);
    backtest(&mut view, forecast);
    view.section("What to know before it is used");
    match remarks(forecast) {
        remarks if remarks.is_empty() => view.text("Nothing beyond the assumptions of the scenario."),
        remarks => view.list(remarks),
    };
    if let Some(plan) = &files.plan {
        view.page_section("Assumptions").add(Block::plan(plan.clone()));
    }
    view
}

fn terms(forecast: &ForecastResult) -> Terms<'_> {
    Terms { region: &forecast.region, unpriced: &forecast.unpriced, horizon_s: None }
}

fn facts(forecast: &ForecastResult, seed: u64) -> Vec<String> {
    let (first, last) = (forecast.months.first(), forecast.months.last());
    let mut facts = Vec::new();
    if let (Some(first), Some(last)) = (first, last) {
        facts.push(format!("{} to {}", first.month, last.month));
    }
    facts.push(counted(forecast.runs, "run"));
    facts.push(format!("seed {seed}"));
    if forecast.response_times_approximate {
        facts.push("requests flow: response times are approximate (≈)".to_owned());
    }
    facts
}

/// `80.12 to 95.30`.
fn range(spread: &SpreadResult) -> String {
    match (number(&spread.p10), number(&spread.p90)) {
        (Some(low), Some(high)) => format!("{} to {}", dollars_text(low), dollars_text(high)),
        _ => NO_VALUE.to_owned(),
    }
}

fn verdict(forecast: &ForecastResult) -> Verdict {
    let Some(last) = forecast.months.last() else {
        return Verdict::new(Some(CheckStatus::NoData), "There is no month", Vec::new());
    };
    let total = &last.cumulative_usd;
    let mut notes = vec![format!("Eight of ten runs cost {} USD.", range(total))];
    notes.extend(forecast.scale_in_range.as_ref().map(|range| format!("On average {}.", ends_text(range))));
    if let Some(varied) = &forecast.inputs_varied {
        let names: Vec<&str> = varied.iter().map(String::as_str).collect();
        notes.push(sentence_of(&band_sentence(&names, forecast.response_times_approximate)));
    }
    if forecast.interrupted {
        notes.push("It was interrupted before all runs were over.".to_owned());
    }
    if let Some(month) = &forecast.max_capacity_first_reached {
        notes.push(format!(
            "max_capacity is reached by {month} in half of the runs: from then on it caps the bill, and requests wait."
        ));
    }
    let best = forecast
        .savings_plans
        .iter()
        .filter_map(|plan| Some((plan, number(&plan.saving_per_month_usd.mean)?)))
        .max_by(|a, b| a.1.total_cmp(&b.1));
    if let Some((plan, saving)) = best.filter(|(_, saving)| *saving > 0.0) {
        notes.push(format!(
            "A {} of {} USD an hour saves {} a month on average.",
            plan.plan,
            amount(plan.commitment_usd_per_hour.as_ref().map(DecimalText::get).unwrap_or(0.0)),
            unit_text(USD, saving)
        ));
    }
    let months = counted(forecast.months.len() as u64, "month");
    Verdict::new(
        None,
        format!(
            "{months} will cost {} on average",
            with_proviso(
                &maybe_text(USD, number(&total.mean)),
                terms(forecast).proviso(Measure::Cost).as_deref()
            )
        ),
        notes,
    )
}

/// Dollars of a commitment, which AWS sells to a tenth of a cent.
fn amount(value: f64) -> String {
    trimmed(&format!("{value:.3}"))
}

fn tiles(forecast: &ForecastResult) -> Vec<Tile> {
    let mut tiles = Vec::new();
    if let (Some(first), Some(last)) = (forecast.months.first(), forecast.months.last()) {
        let all = &last.cumulative_usd;
        let proviso = terms(forecast).proviso(Measure::Cost);
        tiles.push(Tile::new(
            "All months",
            maybe_text(USD, number(&all.mean)),
            with_proviso(&format!("{} USD", range(all)), proviso.as_deref()),
        ));
        for (name, month) in [("First month", first), ("Last month", last)] {
            tiles.push(Tile::new(
                name,
                maybe_text(USD, number(&month.cost_usd.mean)),
                with_proviso(
                    &format!("{} · {} USD", month.month, range(&month.cost_usd)),
                    proviso.as_deref(),
                ),
            ));
        }
        tiles.push(Tile::new(
            "At max_capacity by the end",
            share(last.at_max_capacity_by_now.map(Rounded::get)),
            "of the runs".to_owned(),
        ));
    }
    tiles
}

fn share(value: Option<f64>) -> String {
    maybe_text(MeasureUnit::Utilization, value)
}

fn months(forecast: &ForecastResult) -> ResultTable {
    let has_bills = forecast.months.iter().any(|month| month.actual_usd.is_some());
    let mut columns = vec!["Month", "#Requests", "#Tasks", "#Mean, USD", "#P10", "#P90", "#So far"];
    columns.extend(["#A million served", "~#p99", "~#Served", "#At max"]);
    if has_bills {
        columns.push("#Bill");
    }
    let proviso = terms(forecast).proviso(Measure::Cost);
    let title = with_proviso("The months; eight of ten runs lie between P10 and P90", proviso.as_deref());
    let mut table = ResultTable::new(title, &columns);
    let usd = |amount: &Option<FigureValue>| number(amount).map_or_else(|| NO_VALUE.to_owned(), dollars_text);
    let mark = if forecast.response_times_approximate { "≈" } else { "" };
    for month in &forecast.months {
        let cost = &month.cost_usd;
        let mut cells = vec![
            TableCell::text(month.month.clone()),
            TableCell::number(
                month.requests_mean.map_or_else(|| NO_VALUE.to_owned(), |mean| grouped(whole(mean.get()))),
            ),
            TableCell::number(
                month.tasks_mean.map_or_else(|| NO_VALUE.to_owned(), |mean| figure(mean.get())),
            ),
            TableCell::number(usd(&cost.mean)),
            TableCell::number(usd(&cost.p10)),
            TableCell::number(usd(&cost.p90)),
            TableCell::number(usd(&month.cumulative_usd.mean)),
            TableCell::number(usd(&month.cost_per_million_requests_usd)),
            TableCell::number(format!(
                "{mark}{}",
                maybe_text(MeasureUnit::Millis, month.response_time_p99_ms_mean.map(Rounded::get))
            )),
            TableCell::number(maybe_text(
                MeasureUnit::ServedShare,
                month.availability_mean.map(Rounded::get),
            )),
            TableCell::number(share(month.at_max_capacity_by_now.map(Rounded::get))),
        ];
        if has_bills {
            cells.push(TableCell::number(usd(&month.actual_usd)));
        }
        table.row(cells);
    }
    table
}

fn commitments(view: &mut View, forecast: &ForecastResult) {
    view.section("Savings Plans");
    if forecast.savings_plans.is_empty() {
        view.text(match forecast.savings_plans_with_known_rates.as_deref() {
            Some([]) => "No Savings Plan rates are known for this region, so no commitment was sized.",
            Some(_) => "No commitment saves anything.",
            None => "No commitment was sized.",
        });
        return;
    }
    let columns =
        ["Plan", "#To commit to, USD an hour", "#Saves a month, mean", "#P10", "#P90", "#Used", "#Covers"];
    let mut table = ResultTable::new("The commitment that saves most, by term", &columns);
    for plan in &forecast.savings_plans {
        let saving = &plan.saving_per_month_usd;
        table.row(vec![
            TableCell::text(plan.plan.clone()),
            TableCell::number(amount(
                plan.commitment_usd_per_hour.as_ref().map(DecimalText::get).unwrap_or(0.0),
            )),
            TableCell::number(maybe_text(USD, number(&saving.mean))),
            TableCell::number(maybe_text(USD, number(&saving.p10))),
            TableCell::number(maybe_text(USD, number(&saving.p90))),
            TableCell::number(share(plan.utilization.map(Rounded::get))),
            TableCell::number(share(plan.coverage.map(Rounded::get))),
        ]);
    }
    view.table(table);
}

fn backtest(view: &mut View, forecast: &ForecastResult) {
    let Some(test) = &forecast.backtest else { return };
    view.section("Against real bills");
    let signed = |share: Option<f64>| share.map_or_else(|| NO_VALUE.to_owned(), relative_text);
    let mut table =
        ResultTable::new(format!("Over {}", counted(test.months as u64, "month")), &["Measure", "#Value"]);
    for (name, text) in [
        ("Forecasts against bills, in sum", signed(test.variance.map(Rounded::get))),
        ("Mean relative error (bias)", signed(test.bias.map(Rounded::get))),
        ("Mean absolute relative error (MAPE)", share(test.mape.map(Rounded::get))),
        (
            "Bills between P10 and P90; about 80 % were to be expected",
            share(test.share_between_p10_and_p90.map(Rounded::get)),
        ),
    ] {
        table.row(vec![TableCell::text(name), TableCell::number(text)]);
    }
    view.table(table);
}

fn remarks(forecast: &ForecastResult) -> Vec<String> {
    let mut remarks = forecast.remarks.clone();
    // The program says so itself where it knows more.
    if let Some(error) = forecast.fluid_error.as_ref().filter(|_| remarks.is_empty()) {
        let text = |share: Option<f64>| share.map_or_else(|| NO_VALUE.to_owned(), relative_text);
        remarks.push(format!(
            "Requests flow: on a day of this scenario the bill is {} and p99 {} off what single requests give.",
            text(error.cost.map(Rounded::get)),
            text(error.p99.map(Rounded::get))
        ));
    }
    remarks
}
