//! The panel of charts of a service.

use super::ground::{ChartText, Ground, lines_of, text};
use super::metrics;
use crate::experiment::Measure;
use crate::kernel::units::SimDuration;
use crate::report::html::chart::{
    Chart, ChartAxis, ChartMark, ChartPanel, ChartSeries, ReferenceLine, Style, column,
};
use crate::report::html::embed::Column;
use crate::report::html::reading::{Results, Timeline, is_utilization};
use crate::report::html::thinning::{Thinning, most_points};
use crate::report::numbers::{figure, grouped, millis, span};
use crate::report::palette::{Role, is_logarithmic};
use crate::report::proviso::with_proviso;
use crate::results::{FidelityName, Rounded};
use crate::scenario;

/// The charts of a service.
///
/// # Errors
/// A sentence: the plan's start is no date.
pub(in crate::report::html::run) fn panel(
    results: &Results,
    index: usize,
    id: &str,
) -> Result<(ChartPanel, Vec<ChartText>), String> {
    let nothing = || "a service has no rows".to_owned();
    let timeline = results.timelines.get(index).ok_or_else(nothing)?;
    let (name, _) = results.summary.services.0.get(index).ok_or_else(nothing)?;
    let head = &results.plan.head;
    let start: jiff::Timestamp = head.start.parse().map_err(|_| {
        format!(
            "`plan.toml` is malformed: start = {:?} is no date; make the results again with `windtunnel run`",
            head.start
        )
    })?;
    let thinning = Thinning::new(timeline.times.len(), most_points(results.timelines.len()));
    let ground = Ground { results, index, name, timeline, thinning, id };
    let mut drawn = Vec::new();
    if !timeline.times.is_empty() {
        drawn = vec![demand(&ground), utilization(&ground)];
        drawn.extend(metrics::charts(&ground));
        drawn.extend([latency(&ground), cost(&ground)]);
    }
    let (charts, texts) = drawn.into_iter().unzip();
    let panel = ChartPanel {
        start: start.as_nanosecond() as f64 / 1e9,
        zone: head.timezone.clone(),
        end: results.summary.scenario.horizon_s.get(),
        times: Column {
            values: thinning.times(&timeline.times).into_iter().map(Some).collect(),
            decimals: 3,
        },
        thinned: thinning.rows,
        charts,
    };
    Ok((panel, texts))
}

fn demand(ground: &Ground<'_>) -> (Chart, ChartText) {
    const TASKS: &str = "tasks";
    let offered = Style::of(Role::Load).filled();
    let mut series = vec![
        ground.series("Offered", "/s", "offered_per_s", offered),
        ground.series("Desired", TASKS, "desired", Style::of(Role::Desired).stepped()).on_right(),
        ground.series("Running", TASKS, "running", Style::of(Role::Running).stepped()).on_right(),
        ground.series("Starting", TASKS, "pending", Style::of(Role::Starting).stepped()).on_right().sparse(),
    ];
    series.insert(
        3,
        ground.series("In service", TASKS, "in_service", Style::of(Role::InService).stepped()).on_right(),
    );
    let shaded = Some(4);
    if let Some(lost) = lost(ground) {
        series.push(lost);
    }
    let marks: Vec<ChartMark> = changes(ground).collect();
    let (left, right, words) = load_axes(ground);
    let mut chart = ground.chart("demand", left, Some(right), series);
    let (ups, downs) =
        (marks.iter().filter(|mark| mark.up).count(), marks.iter().filter(|mark| !mark.up).count());
    (chart.shaded, chart.marks) = (shaded, marks);
    let range = |name: &str| ground.range(name).unwrap_or((0.0, 0.0));
    let ((low, high), (fewest, most)) = (range("offered_per_s"), range("running"));
    let summary = format!(
        "From {} to {} requests/s were offered to {} to {} running tasks; the desired count rose {ups} times and fell \
         {downs} times.",
        figure(low),
        figure(high),
        figure(fewest),
        figure(most),
    );
    let caption = format!(
        "Shaded: minutes in which tasks were starting. Triangles: the desired count rose (up) or fell (down).{words}"
    );
    let text = text(&chart, "Demand and tasks", summary, caption);
    (chart, text)
}

/// The axes of requests and of tasks, and the words about them: aligned, so that tasks are as high as the load that they can
/// carry, where that is known and neither would be squashed.
fn load_axes(ground: &Ground<'_>) -> (ChartAxis, ChartAxis, String) {
    let (left, right) = (ChartAxis::new("rate", "requests/s"), ChartAxis::new("count", "tasks"));
    let summary = ground.results.summary.services.0.get(ground.index).map(|(_, summary)| summary);
    let Some(worth) = summary.and_then(|summary| summary.capacity_per_task_rps).map(Rounded::get) else {
        return (left, right, String::new());
    };
    let most = |name: &str| ground.range(name).map_or(0.0, |(_, most)| most);
    let (offered, carried) = (most("offered_per_s"), most("desired").max(most("running")) * worth);
    let rate = figure(worth);
    match offered > 0.0 && carried > 0.2 * offered && carried < 2.5 * offered {
        true => {
            let words = format!(" Axes aligned: a task carries {rate} requests/s.");
            (left.at_least(carried * 1.03), right.worth(worth), words)
        }
        false => (left, right, format!(" Axes not aligned: a task carries {rate} requests/s.")),
    }
}

/// Requests a second that were not served; `None` where there was none.
fn lost(ground: &Ground<'_>) -> Option<ChartSeries> {
    let fates = ["rejected", "timed_out", "failed"].map(|name| ground.timeline.column(name));
    let lengths = ground.timeline.lengths(ground.results.summary.scenario.horizon_s.get());
    let rate = |(at, length): (usize, f64)| {
        let count: f64 = fates.iter().filter_map(|fate| *fate.get(at)?).sum();
        (length > 0.0).then(|| count / length)
    };
    let rates: Vec<Option<f64>> = lengths.into_iter().enumerate().map(rate).collect();
    rates.iter().flatten().any(|rate| *rate > 0.0).then(|| ChartSeries {
        label: "Not served".to_owned(),
        unit: "/s",
        on_right: false,
        style: Style::of(Role::Lost),
        shown: true,
        sparse: true,
        values: column(&rates, 2, 1.0, ground.thinning),
    })
}

/// Changes of the desired count.
fn changes<'a>(ground: &'a Ground<'_>) -> impl Iterator<Item = ChartMark> + 'a {
    let decisions = ground.results.decisions.get(ground.index).into_iter().flatten();
    decisions
        .filter(|row| row.desired_before != row.desired_after)
        .map(|row| ChartMark { at: row.time_s.get(), up: row.desired_after > row.desired_before })
}

fn utilization(ground: &Ground<'_>) -> (Chart, ChartText) {
    let mut memory = ground.series("Memory", "%", "memory_utilization", Style::of(Role::Memory));
    let alarms =
        ground.results.evaluations.get(ground.index).map_or(&[][..], |evaluated| evaluated.alarms.as_slice());
    memory.shown = alarms.iter().any(|alarm| alarm.metric.contains("MemoryUtilization"));
    let series = vec![ground.series("CPU", "%", "cpu_utilization", Style::of(Role::Cpu)), memory];
    let left = ChartAxis::new("percent", "utilization").at_least(100.0);
    let mut chart = ground.chart("cpu", left, None, series);
    chart.lines = lines_of(ground, " %", &|_, metric| is_utilization(metric));
    let mean = |value: Option<f64>| {
        value.map_or_else(|| "unknown".to_owned(), |value| format!("{:.1} %", value * 100.0))
    };
    let cpu = ground.results.summary.services.0.get(ground.index).and_then(|(_, s)| s.utilization.cpu_mean);
    let lines: Vec<String> = chart.lines.iter().map(|line| line.label.clone()).collect();
    let mut summary = format!("CPU utilization was {} on average", mean(cpu.map(Rounded::get)));
    match ground.range("cpu_utilization") {
        Some((_, high)) => summary.push_str(&format!(", at most {:.1} % in a minute.", high * 100.0)),
        None => summary.push('.'),
    }
    if !lines.is_empty() {
        summary.push_str(&format!(" Lines: {}.", lines.join("; ")));
    }
    let caption = if lines.is_empty() {
        "No policy of this service looks at CPU or memory utilization.".to_owned()
    } else {
        String::new()
    };
    let text = text(&chart, "Utilization", summary, caption);
    (chart, text)
}

fn latency(ground: &Ground<'_>) -> (Chart, ChartText) {
    let exact = ground.results.summary.scenario.fidelity == FidelityName::Requests;
    let mark = if exact { "" } else { "≈" };
    let series = |quantile: &str, style: Style| {
        ground.series(&format!("{mark}{quantile}"), "ms", &format!("response_time_{quantile}_ms"), style)
    };
    let series = vec![
        series("p50", Style::of(Role::P50)),
        series("p95", Style::of(Role::P95)),
        series("p99", Style::of(Role::P99)),
    ];
    let quantiles = ["p50", "p95", "p99"].map(|quantile| format!("response_time_{quantile}_ms"));
    let limits = ground.results.summary.checks.iter().filter_map(|check| response_limit(&check.check));
    let drawn = quantiles.iter().flat_map(|name| ground.timeline.column(name)).flatten().copied();
    let drawn = drawn.chain(limits.map(|(_, _, limit)| limit)).filter(|value| *value > 0.0);
    let (least, most) =
        drawn.fold((f64::INFINITY, 0.0_f64), |(least, most), value| (least.min(value), most.max(value)));
    let left = ChartAxis::new("millis", "response time").logarithmic_where(is_logarithmic(least, most));
    let mut chart = ground.chart("latency", left, None, series);
    let mut said = Vec::new();
    for check in &ground.results.summary.checks {
        let Some((quantile, column, limit)) = response_limit(&check.check) else { continue };
        chart.lines.push(ReferenceLine {
            label: format!("limit of {quantile} {}", millis(limit)),
            value: limit,
            on_right: false,
            style: Style::of(Role::Limit),
        });
        let (above, all) = minutes_above(ground.timeline, &column, limit);
        said.push(format!(
            "{quantile} was above {} in {} of {} minutes.",
            millis(limit),
            grouped(above as u64),
            grouped(all as u64)
        ));
    }
    let highest =
        |name: &str| ground.range(name).map_or_else(|| "unknown".to_owned(), |(_, high)| millis(high));
    let summary = format!(
        "Response times of a minute: p50 at most {}, p95 at most {}, p99 at most {}. {}",
        highest("response_time_p50_ms"),
        highest("response_time_p95_ms"),
        highest("response_time_p99_ms"),
        said.join(" ")
    );
    let mut caption = said.join(" ");
    if !exact {
        caption.push_str(" Response times are approximate: requests flowed.");
    }
    let text = text(&chart, "Response time", summary.trim_end().to_owned(), caption.trim_start().to_owned());
    (chart, text)
}

/// The percentile, the column of the timeline and the limit \[ms\] of a check of response times that a minute has too.
fn response_limit(check: &str) -> Option<(&'static str, String, f64)> {
    let (name, limit) = check.split_once(' ')?;
    let Measure::ResponseQuantile(quantile) = Measure::of_check(name)? else { return None };
    let known = [(0.5, "p50"), (0.95, "p95"), (0.99, "p99")];
    let (_, word) = known.into_iter().find(|(q, _): &(f64, &str)| (q - quantile).abs() < 1e-9)?;
    let limit = limit.trim_start_matches(['<', '=', ' ']);
    Some((word, format!("response_time_{word}_ms"), scenario::duration_ms(limit)?))
}

fn cost(ground: &Ground<'_>) -> (Chart, ChartText) {
    let per_hour = ground.timeline.column("cost_per_hour_usd");
    let lengths = ground.timeline.lengths(ground.results.summary.scenario.horizon_s.get());
    let mut sum = 0.0;
    let cumulative: Vec<Option<f64>> = per_hour
        .iter()
        .zip(lengths)
        .map(|(rate, length)| {
            sum += rate.unwrap_or(0.0) * length / 3_600.0;
            Some(sum)
        })
        .collect();
    let mut series =
        vec![ground.series("Cost an hour", "USD", "cost_per_hour_usd", Style::of(Role::Cost).filled())];
    series.push(ChartSeries {
        label: "Cumulative".to_owned(),
        unit: "USD",
        on_right: true,
        style: Style::of(Role::CostSoFar),
        shown: true,
        sparse: false,
        values: column(&cumulative, 4, 1.0, ground.thinning),
    });
    let axes = (ChartAxis::new("dollars", "USD an hour"), ChartAxis::new("dollars", "USD, cumulative"));
    let chart = ground.chart("cost", axes.0, Some(axes.1), series);
    let most = ground.range("cost_per_hour_usd").map_or(0.0, |(_, high)| high);
    let horizon = span(SimDuration::from_secs_f64(ground.results.summary.scenario.horizon_s.get()));
    let summary = &ground.results.summary;
    let proviso = summary.proviso(Measure::Cost, &summary.cost.unpriced);
    let sum = with_proviso(&format!("{sum:.2} USD in {horizon}"), proviso.as_deref());
    let summary = format!("At most {most:.2} USD an hour, {sum}.");
    let caption =
        "Cost as it accrues; lines of the bill are rounded to cents, so the bill can differ by a few.";
    let text = text(&chart, "Cost", summary, caption.to_owned());
    (chart, text)
}

/// Minutes of a timeline whose value of `column` is above `limit`, and how many had one: `23 of 1 440`.
fn minutes_above(timeline: &Timeline, column: &str, limit: f64) -> (usize, usize) {
    let values = || timeline.column(column).iter().flatten();
    (values().filter(|value| **value > limit).count(), values().count())
}
