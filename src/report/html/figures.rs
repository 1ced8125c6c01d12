//! The figures: a handful in large type, and all of them in tables with one column a service.

use serde::Serialize;

use super::amounts::{NO_VALUE, money};
use super::reading::{Results, Timeline};
use super::tile::Tile;
use crate::experiment::Measure;
use crate::report::figures::figure_text;
use crate::report::numbers::{THIN, figure, grouped, millis, percent};
use crate::report::proviso::with_proviso;
use crate::report::scale_in::{ends_note, ends_words};
use crate::results::{
    DecimalText, EstimatedFigure, Estimates, FidelityName, FigureValue, Rounded, ServiceSummary, Summary,
    TimesSummary,
};

/// A table of figures that belong together.
#[derive(Clone, Debug, Serialize)]
pub(super) struct FigureGroup {
    title: String,
    columns: Vec<String>,
    rows: Vec<FigureRow>,
}

#[derive(Clone, Debug, Serialize)]
struct FigureRow {
    name: String,
    cells: Vec<String>,
}

/// The figures in large type; where there were several runs, cost and times are those of all of them.
pub(super) fn tiles(results: &Results, horizon: &str) -> Vec<Tile> {
    let summary = &results.summary;
    let services = &summary.services.0;
    // Each count fits 64 bits; what all services have together need not.
    let sum = |pick: fn(&ServiceSummary) -> u64| -> u128 {
        services.iter().map(|(_, service)| u128::from(pick(service))).sum()
    };
    let (served, decided) = (sum(|s| s.requests.served), sum(|s| s.requests.counts().decided()));
    let proviso = summary.proviso(Measure::CostPerMonth, &summary.cost.unpriced);
    let total = format!("{} USD for {horizon}", money(&summary.cost.total_usd));
    let ends = summary.ends().map(|ends| ends_note(&ends));
    let note: Vec<String> = proviso.clone().into_iter().chain([total]).chain(ends).collect();
    let month = format!("{} USD", money(&summary.cost.per_month_usd));
    let mut tiles = vec![Tile { proviso, ..Tile::new("Cost a month", month, note.join(" · ")) }];
    // The slowest service speaks for all: no user experiences an average over services.
    let slowest = services
        .iter()
        .filter_map(|(name, service)| {
            service.response_time_ms.p95.map(|p95| (name, p95.get(), service.response_time_ms))
        })
        .max_by(|a, b| a.1.total_cmp(&b.1));
    if let Some((name, p95, times)) = slowest {
        let of = if services.len() > 1 { format!(" · {name}") } else { String::new() };
        let note = times.p99.map_or_else(String::new, |p99| format!("p99 {}{of}", millis(p99.get())));
        let value = format!("{}{}", mark(results), millis(p95));
        tiles.push(Tile::new("p95 response time", value, note));
    }
    let note = match decided.saturating_sub(served) {
        0 => format!("all {}", grouped(decided, THIN)),
        lost => format!("{} of {} were not", grouped(lost, THIN), grouped(decided, THIN)),
    };
    tiles.push(Tile::new("Requests served", availability(served, decided), note));
    let mean: f64 =
        services.iter().filter_map(|(_, service)| service.tasks.running_mean).map(Rounded::get).sum();
    let most = sum(|s| u64::from(s.tasks.running_max));
    let range = match services.as_slice() {
        [(_, only)] => format!("{} to {most}", only.tasks.running_min),
        _ => format!("in {} services", services.len()),
    };
    tiles.push(Tile::new("Running tasks, mean", figure(mean, THIN), range));
    let (out, back) = (sum(|s| s.scaling.scale_out), sum(|s| s.scaling.scale_in));
    let note = format!("{} decisions changed nothing", grouped(sum(|s| s.scaling.not_scaled), THIN));
    tiles.push(Tile::new("Scaled", format!("{out} out, {back} in"), note));
    tiles
}

/// The share that was served, with the digits that checks judge it by.
fn availability(served: u128, decided: u128) -> String {
    if decided == 0 {
        return "no data".to_owned();
    }
    figure_text(Measure::Availability, served as f64 / decided as f64)
}

/// `≈` where response times are approximate.
fn mark(results: &Results) -> &'static str {
    if results.summary.scenario.fidelity == FidelityName::Requests { "" } else { "≈" }
}

/// All figures of the summary.
pub(super) fn groups(results: &Results) -> Vec<FigureGroup> {
    let services = &results.summary.services.0;
    let columns: Vec<String> = services.iter().map(|(name, _)| name.clone()).collect();
    let group = |title: &str, rows: Vec<FigureRow>| FigureGroup {
        title: title.to_owned(),
        columns: columns.clone(),
        rows,
    };
    let row = |name: &str, cell: &dyn Fn(&ServiceSummary) -> String| FigureRow {
        name: name.to_owned(),
        cells: services.iter().map(|(_, service)| cell(service)).collect(),
    };
    let count = |value: u64| grouped(value, THIN);
    let opt = |value: Option<f64>| value.map_or_else(|| NO_VALUE.to_owned(), |value| figure(value, THIN));
    let mut requests = vec![
        row("Offered", &|s| count(s.requests.offered)),
        row("Served", &|s| with_share(s.requests.served, s.requests.offered)),
        row("Rejected", &|s| with_share(s.requests.rejected, s.requests.offered)),
        row("Timed out", &|s| with_share(s.requests.timed_out, s.requests.offered)),
        row("Failed", &|s| with_share(s.requests.failed, s.requests.offered)),
        row("In flight at the end", &|s| count(s.requests.in_flight)),
    ];
    if services.iter().any(|(_, service)| service.requests.overdue > 0) {
        requests.push(row("Of these overdue, not served", &|s| {
            with_share(s.requests.overdue, s.requests.offered)
        }));
    }
    if services.iter().any(|(_, service)| service.warmup_requests > 0) {
        requests.push(row("Left out as warm-up", &|s| count(s.warmup_requests)));
    }
    let tasks = vec![
        row("Running, mean", &|s| opt(s.tasks.running_mean.map(Rounded::get))),
        row("Running, least to most", &|s| format!("{} to {}", s.tasks.running_min, s.tasks.running_max)),
        row("Started, stopped", &|s| format!("{}, {}", count(s.tasks.started), count(s.tasks.stopped))),
        row("Task-hours", &|s| opt(s.tasks.task_hours.map(Rounded::get))),
        cold_starts(results),
        row("CPU, mean", &|s| share(s.utilization.cpu_mean.map(Rounded::get))),
        row("Memory, mean", &|s| share(s.utilization.memory_mean.map(Rounded::get))),
        row("Scaled out, in", &|s| format!("{}, {}", count(s.scaling.scale_out), count(s.scaling.scale_in))),
        row("Decisions without a change", &|s| count(s.scaling.not_scaled)),
    ];
    let usd = |measure: Measure, service: &ServiceSummary, amount: Option<&str>| {
        let Some(amount) = amount else { return NO_VALUE.to_owned() };
        let proviso = results.summary.proviso(measure, &service.cost.unpriced);
        with_proviso(&format!("{} USD", money(amount)), proviso.as_deref())
    };
    let cost = vec![
        row("Total", &|s| usd(Measure::Cost, s, Some(&s.cost.total_usd))),
        row("A month of 730 h", &|s| usd(Measure::CostPerMonth, s, Some(&s.cost.per_month_usd))),
        row("A million served requests", &|s| {
            usd(Measure::CostPerMillion, s, s.cost.per_million_requests_usd.as_deref())
        }),
    ];
    let mut groups = vec![group("Requests", requests), group("Cost", cost)];
    groups.extend(times(results));
    groups.push(group("Tasks and scaling", tasks));
    groups
}

/// Picks one of the times.
type Quantile = fn(&TimesSummary) -> Option<Rounded<3>>;

/// Response and waiting times: beside each other where there is one service, else a table each.
fn times(results: &Results) -> Vec<FigureGroup> {
    let services = &results.summary.services.0;
    let quantiles: [(&str, Quantile); 7] = [
        ("Mean", |t| t.mean),
        ("p50", |t| t.p50),
        ("p90", |t| t.p90),
        ("p95", |t| t.p95),
        ("p99", |t| t.p99),
        ("p99.9", |t| t.p99_9),
        ("Most", |t| t.max),
    ];
    let text = |value: Option<Rounded<3>>| {
        value.map_or_else(|| NO_VALUE.to_owned(), |value| format!("{}{}", mark(results), millis(value.get())))
    };
    let table = |title: &str, columns: Vec<String>, of: Vec<&TimesSummary>| FigureGroup {
        title: title.to_owned(),
        columns,
        rows: quantiles
            .iter()
            .map(|(name, quantile)| FigureRow {
                name: (*name).to_owned(),
                cells: of.iter().map(|times| text(quantile(times))).collect(),
            })
            .collect(),
    };
    if let [(_, only)] = services.as_slice() {
        let columns = vec!["Response".to_owned(), "Waiting".to_owned()];
        return vec![table("Times", columns, vec![&only.response_time_ms, &only.waiting_time_ms])];
    }
    let names = || services.iter().map(|(name, _)| name.clone()).collect();
    vec![
        table("Response time", names(), services.iter().map(|(_, s)| &s.response_time_ms).collect()),
        table("Waiting time", names(), services.iter().map(|(_, s)| &s.waiting_time_ms).collect()),
    ]
}

/// The usual and a slow cold start of each service: from the request for a task until it could serve.
fn cold_starts(results: &Results) -> FigureRow {
    let cell = |list: &Vec<f64>| {
        let mut seconds = list.clone();
        seconds.sort_by(f64::total_cmp);
        let at =
            |share: usize| seconds.get((seconds.len() * share / 100).min(seconds.len().saturating_sub(1)));
        match (at(50), at(95)) {
            (Some(usual), Some(slow)) => format!("{} s, {} s", figure(*usual, THIN), figure(*slow, THIN)),
            _ => NO_VALUE.to_owned(),
        }
    };
    FigureRow {
        name: "Cold start, median and p95".to_owned(),
        cells: results.cold_starts.iter().map(cell).collect(),
    }
}

fn with_share(part: u64, total: u64) -> String {
    if part == 0 || total == 0 {
        return grouped(part, THIN);
    }
    format!("{} ({})", grouped(part, THIN), percent(part, total))
}

fn share(value: Option<f64>) -> String {
    value.map_or_else(|| NO_VALUE.to_owned(), |value| format!("{:.1} %", value * 100.0))
}

/// The figures in large type of several runs beside each other; empty where there is one.
pub(super) fn beside(runs: &[(String, Vec<Tile>)]) -> Option<FigureGroup> {
    let (_, first) = runs.first().filter(|_| runs.len() > 1)?;
    let rows = first.iter().map(|tile| FigureRow {
        name: tile.name.to_owned(),
        cells: runs
            .iter()
            .map(|(_, tiles)| {
                let same = tiles.iter().find(|other| other.name == tile.name);
                same.map_or_else(
                    || NO_VALUE.to_owned(),
                    |tile| with_proviso(&tile.value, tile.proviso.as_deref()),
                )
            })
            .collect(),
    });
    Some(FigureGroup {
        title: format!("{} runs", runs.len()),
        columns: runs.iter().map(|(label, _)| label.clone()).collect(),
        rows: rows.collect(),
    })
}

/// Minutes of a timeline whose value of `column` is above `limit`, and how many had one: `23 of 1 440`.
pub(super) fn minutes_above(timeline: &Timeline, column: &str, limit: f64) -> (usize, usize) {
    let values = || timeline.column(column).iter().flatten();
    (values().filter(|value| **value > limit).count(), values().count())
}

/// The intervals of each figure between runs, where there were several.
pub(super) fn intervals(summary: &Summary, estimates: &Estimates) -> FigureGroup {
    let measures = [Measure::Cost, Measure::CostPerMonth, Measure::CostPerMillion];
    let said = |name: &str| {
        let (service, figure) = name.rsplit_once('.').map_or((None, name), |(of, figure)| (Some(of), figure));
        let measure = measures.into_iter().find(|measure| measure.name() == figure)?;
        let services = &summary.services.0;
        let unpriced = match service {
            Some(service) => &services.iter().find(|(known, _)| known == service)?.1.cost.unpriced,
            None => &summary.cost.unpriced,
        };
        summary.proviso(measure, unpriced)
    };
    let rows = estimates.figures.iter().filter_map(|(name, estimated)| {
        let EstimatedFigure { value, half_width, p10, p50, p90, .. } = estimated.as_ref()?;
        let text = |value: &Option<FigureValue>, sign: &str| match value {
            Some(value) => format!("{sign}{}", figure(value.get(), THIN)),
            None => NO_VALUE.to_owned(),
        };
        let plain = |value| text(value, "");
        let middle = figure(value.as_ref()?.get(), THIN);
        let cells = vec![middle, text(half_width, "± "), plain(p10), plain(p50), plain(p90)];
        let ends = estimates.scale_in_range.as_ref().filter(|_| *name == Measure::Cost.name());
        let ends = ends.map(|range| ends_words(&range.printed(mean_usd)));
        let said: Vec<String> = said(name).into_iter().chain(ends).collect();
        let proviso = (!said.is_empty()).then(|| said.join("; "));
        Some(FigureRow { name: with_proviso(&name.replace('_', " "), proviso.as_deref()), cells })
    });
    let interval = format!("{} % interval", figure(estimates.confidence * 100.0, THIN));
    FigureGroup {
        title: format!("Over {} runs", grouped(estimates.replications as u64, THIN)),
        columns: ["Value", &interval, "P10", "P50", "P90"].map(str::to_owned).to_vec(),
        rows: rows.collect(),
    }
}

/// A mean of amounts with its cents.
fn mean_usd(text: &DecimalText) -> String {
    text.parse().map_or_else(|_| text.to_string(), super::amounts::dollars)
}
