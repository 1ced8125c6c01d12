//! The page of `windtunnel forecast`: what the months will cost, how far apart the runs are, and what a commitment saves.

use super::amounts::{AmountKind, NO_VALUE, dollars, relative, sentence_of, value};
use super::cloud::{Drawings, Fan};
use super::embed::Column;
use super::experiment::{
    Banner, ChartPlace, FolderSource, PageBuilder, PageHead, ResultTable, TableCell, counted,
};
use super::tile::Tile;
use crate::experiment::Measure;
use crate::report::forecast::band_sentence;
use crate::report::numbers::{THIN, figure, grouped, whole};
use crate::report::proviso::{Terms, with_proviso};
use crate::report::scale_in::ends_words;
use crate::results::Manifest;
use crate::results::{FigureValue, ForecastResult, MonthResult, ScaleInRange, SpreadResult};

/// The mean cost of all months at both ends of the range of `assumptions.tt_scale_in_mode`, in words.
fn ends_text(range: &ScaleInRange) -> String {
    ends_words(&range.printed(|amount| dollars(amount.get())))
}

/// The page.
pub(super) fn page(source: &mut FolderSource<'_, '_>) -> Result<Vec<u8>, String> {
    let made = source.made;
    let forecast: ForecastResult = source.document()?;
    let mut sheet = PageBuilder::new()?;
    sheet.section("What it will cost");
    let summary = |what: &str, spread: fn(&MonthResult) -> &SpreadResult| {
        let parts: Vec<String> =
            forecast.months.iter().map(|month| format!("{} {}", month.month, range(spread(month)))).collect();
        format!("{what}: {}.", parts.join("; "))
    };
    sheet.place(&ChartPlace {
        id: "fan-month",
        title: "Cost of each month".to_owned(),
        summary: summary("Eight of ten runs, USD", |month| &month.cost_usd),
        caption: "Eight of ten runs lie in the light band, half of them in the dark one.".to_owned(),
    })?;
    sheet.place(&ChartPlace {
        id: "fan-sum",
        title: "Cost so far".to_owned(),
        summary: summary("Eight of ten runs, USD", |month| &month.cumulative_usd),
        caption: "All months up to this one together.".to_owned(),
    })?;
    sheet.section("Months");
    sheet.table(&months(&forecast))?;
    commitments(&mut sheet, &forecast)?;
    backtest(&mut sheet, &forecast)?;
    sheet.section("What to know before it is used");
    match remarks(&forecast) {
        remarks if remarks.is_empty() => sheet.hint("Nothing beyond the assumptions of the scenario.")?,
        remarks => sheet.list(&remarks)?,
    }
    if made.output("plan.toml").is_some() {
        let plan = String::from_utf8(source.bytes("plan.toml")?);
        let plan = plan.map_err(|_| source.wrong("plan.toml", "it is not UTF-8"))?;
        sheet.section("Assumptions");
        sheet.plan(&plan)?;
    }
    let head = PageHead {
        kind: "Forecast",
        name: made.scenario.clone(),
        facts: facts(&forecast, made),
        verdict: verdict(&forecast),
        tiles: tiles(&forecast),
        origins: source.origins(),
    };
    sheet.document(&head, &drawings(&forecast))
}

fn terms(forecast: &ForecastResult) -> Terms<'_> {
    Terms { region: &forecast.region, unpriced: &forecast.unpriced, horizon_s: None }
}

fn facts(forecast: &ForecastResult, made: &Manifest) -> Vec<String> {
    let (first, last) = (forecast.months.first(), forecast.months.last());
    let mut facts = Vec::new();
    if let (Some(first), Some(last)) = (first, last) {
        facts.push(format!("{} to {}", first.month, last.month));
    }
    facts.push(counted(forecast.runs, "run"));
    facts.push(format!("seed {}", made.seed));
    if forecast.response_times_approximate {
        facts.push("requests flow: response times are approximate (≈)".to_owned());
    }
    facts
}

/// `80.12 to 95.30`.
fn range(spread: &SpreadResult) -> String {
    match (value(&spread.p10), value(&spread.p90)) {
        (Some(low), Some(high)) => format!("{} to {}", dollars(low), dollars(high)),
        _ => NO_VALUE.to_owned(),
    }
}

fn verdict(forecast: &ForecastResult) -> Banner {
    let Some(last) = forecast.months.last() else {
        return Banner::new("no_data", "There is no month".to_owned(), Vec::new());
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
        .filter_map(|plan| Some((plan, value(&plan.saving_per_month_usd.mean)?)))
        .max_by(|a, b| a.1.total_cmp(&b.1));
    if let Some((plan, saving)) = best.filter(|(_, saving)| *saving > 0.0) {
        notes.push(format!(
            "A {} of {} USD an hour saves {} a month on average.",
            plan.plan,
            amount(value(&plan.commitment_usd_per_hour).unwrap_or(0.0)),
            AmountKind::Money.text(saving)
        ));
    }
    let status = if forecast.max_capacity_first_reached.is_some() { "inconclusive" } else { "plain" };
    let months = counted(forecast.months.len() as u64, "month");
    Banner::new(
        status,
        format!(
            "{months} will cost {} on average",
            with_proviso(
                &AmountKind::Money.maybe(value(&total.mean)),
                terms(forecast).proviso(Measure::Cost).as_deref()
            )
        ),
        notes,
    )
}

/// Dollars of a commitment, which AWS sells to a tenth of a cent.
fn amount(value: f64) -> String {
    crate::report::numbers::trimmed(&format!("{value:.3}"))
}

fn tiles(forecast: &ForecastResult) -> Vec<Tile> {
    let mut tiles = Vec::new();
    if let (Some(first), Some(last)) = (forecast.months.first(), forecast.months.last()) {
        let all = &last.cumulative_usd;
        let proviso = terms(forecast).proviso(Measure::Cost);
        tiles.push(Tile::new(
            "All months",
            AmountKind::Money.maybe(value(&all.mean)),
            with_proviso(&format!("{} USD", range(all)), proviso.as_deref()),
        ));
        for (name, month) in [("First month", first), ("Last month", last)] {
            tiles.push(Tile::new(
                name,
                AmountKind::Money.maybe(value(&month.cost_usd.mean)),
                with_proviso(
                    &format!("{} · {} USD", month.month, range(&month.cost_usd)),
                    proviso.as_deref(),
                ),
            ));
        }
        tiles.push(Tile::new(
            "At max_capacity by the end",
            share(value(&last.at_max_capacity_by_now)),
            "of the runs".to_owned(),
        ));
    }
    tiles
}

fn share(value: Option<f64>) -> String {
    AmountKind::Share.maybe(value)
}

fn months(forecast: &ForecastResult) -> ResultTable {
    let has_bills = forecast.months.iter().any(|month| month.actual_usd.is_some());
    let mut columns = vec!["Month", "#Requests", "#Tasks", "#Mean, USD", "#P10", "#P90", "#So far, USD"];
    columns.extend(["#A million served, USD", "#p99", "#Served", "#At max"]);
    if has_bills {
        columns.push("#Bill, USD");
    }
    let proviso = terms(forecast).proviso(Measure::Cost);
    let title = with_proviso("The months; eight of ten runs lie between P10 and P90", proviso.as_deref());
    let mut table = ResultTable::new(title, &columns);
    let usd = |amount: &Option<FigureValue>| value(amount).map_or_else(|| NO_VALUE.to_owned(), dollars);
    let mark = if forecast.response_times_approximate { "≈ " } else { "" };
    for month in &forecast.months {
        let cost = &month.cost_usd;
        let mut cells = vec![
            TableCell::text(month.month.clone()),
            TableCell::number(
                month
                    .requests_mean
                    .map_or_else(|| NO_VALUE.to_owned(), |mean| grouped(whole(mean.get()), THIN)),
            ),
            TableCell::number(
                month.tasks_mean.map_or_else(|| NO_VALUE.to_owned(), |mean| figure(mean.get(), THIN)),
            ),
            TableCell::number(usd(&cost.mean)),
            TableCell::number(usd(&cost.p10)),
            TableCell::number(usd(&cost.p90)),
            TableCell::number(usd(&month.cumulative_usd.mean)),
            TableCell::number(usd(&month.cost_per_million_requests_usd)),
            TableCell::number(format!(
                "{mark}{}",
                AmountKind::Millis.maybe(value(&month.response_time_p99_ms_mean))
            )),
            TableCell::number(share(value(&month.availability_mean))),
            TableCell::number(share(value(&month.at_max_capacity_by_now))),
        ];
        if has_bills {
            cells.push(TableCell::number(usd(&month.actual_usd)));
        }
        table.row(cells);
    }
    table
}

fn commitments(sheet: &mut PageBuilder, forecast: &ForecastResult) -> Result<(), String> {
    sheet.section("Savings Plans");
    if forecast.savings_plans.is_empty() {
        return sheet.hint(match forecast.savings_plans_with_known_rates.as_deref() {
            Some([]) => "No Savings Plan rates are known for this region, so no commitment was sized.",
            Some(_) => "No commitment saves anything.",
            None => "No commitment was sized.",
        });
    }
    let columns =
        ["Plan", "#To commit to, USD an hour", "#Saves a month, mean", "#P10", "#P90", "#Used", "#Covers"];
    let mut table = ResultTable::new("The commitment that saves most, by term", &columns);
    for plan in &forecast.savings_plans {
        let saving = &plan.saving_per_month_usd;
        table.row(vec![
            TableCell::text(plan.plan.clone()),
            TableCell::number(amount(value(&plan.commitment_usd_per_hour).unwrap_or(0.0))),
            TableCell::number(AmountKind::Money.maybe(value(&saving.mean))),
            TableCell::number(AmountKind::Money.maybe(value(&saving.p10))),
            TableCell::number(AmountKind::Money.maybe(value(&saving.p90))),
            TableCell::number(share(value(&plan.utilization))),
            TableCell::number(share(value(&plan.coverage))),
        ]);
    }
    sheet.table(&table)
}

fn backtest(sheet: &mut PageBuilder, forecast: &ForecastResult) -> Result<(), String> {
    let Some(test) = &forecast.backtest else { return Ok(()) };
    sheet.section("Against real bills");
    let signed = |share: Option<f64>| share.map_or_else(|| NO_VALUE.to_owned(), relative);
    let mut table =
        ResultTable::new(format!("Over {}", counted(test.months as u64, "month")), &["Measure", "#Value"]);
    for (name, text) in [
        ("Forecasts against bills, in sum", signed(value(&test.variance))),
        ("Mean relative error (bias)", signed(value(&test.bias))),
        ("Mean absolute relative error (MAPE)", share(value(&test.mape))),
        (
            "Bills between P10 and P90; about 80 % were to be expected",
            share(value(&test.share_between_p10_and_p90)),
        ),
    ] {
        table.row(vec![TableCell::text(name), TableCell::number(text)]);
    }
    sheet.table(&table)
}

fn remarks(forecast: &ForecastResult) -> Vec<String> {
    let mut remarks = forecast.remarks.clone();
    // The program says so itself where it knows more.
    if let Some(error) = forecast.fluid_error.as_ref().filter(|_| remarks.is_empty()) {
        let text = |share: Option<f64>| share.map_or_else(|| NO_VALUE.to_owned(), relative);
        remarks.push(format!(
            "Requests flow: on a day of this scenario the bill is {} and p99 {} off what single requests give.",
            text(value(&error.cost)),
            text(value(&error.p99))
        ));
    }
    remarks
}

fn drawings(forecast: &ForecastResult) -> Drawings {
    let fan = |id, spread: fn(&MonthResult) -> &SpreadResult, has_bills: bool| {
        let column = |pick: fn(&SpreadResult) -> &Option<FigureValue>| Column {
            values: forecast.months.iter().map(|month| value(pick(spread(month)))).collect(),
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
                    .map(|month| value(&month.actual_usd).filter(|_| has_bills))
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
