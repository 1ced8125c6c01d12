//! The metrics that policies look at and that a minute's row does not have: requests for each target, response times of the
//! load balancer, metrics of one's own. They are drawn as the alarms saw them: late, and where several evaluations in a row
//! share a row of `evaluations.csv`, between their lowest and their highest datapoint.

use super::ground::{ChartText, Ground, lines_of, text};
use crate::report::html::chart::{Chart, ChartAxis, ChartSeries, Style, column};
use crate::report::numbers::figure;
use crate::report::palette::Role;
use crate::results::EvaluationRow;

/// Lowest and highest datapoint of each row of the timeline.
type Band = Vec<Option<(f64, f64)>>;

/// A chart for each such metric, in the order in which alarms looked at them.
pub(super) fn charts(ground: &Ground<'_>) -> Vec<(Chart, ChartText)> {
    let seen = ground.results.evaluations.get(ground.index).map_or(&[][..], |evaluated| &evaluated.rows);
    let mut metrics: Vec<(String, Vec<&EvaluationRow>)> = Vec::new();
    for policy in distinct(seen, |row| &row.policy) {
        let rows = seen.iter().filter(|row| row.policy == policy);
        for row in rows {
            match metrics.iter_mut().find(|(known, _)| row.metric == *known) {
                Some((_, rows)) => rows.push(row),
                None => metrics.push((row.metric.to_string(), vec![row])),
            }
        }
    }
    let chart =
        |(number, (name, rows)): (usize, &(String, Vec<&EvaluationRow>))| chart(ground, number, name, rows);
    metrics.iter().enumerate().filter_map(chart).collect()
}

/// The different names of rows, in the order in which they come.
fn distinct<'a, T: 'a>(
    rows: impl IntoIterator<Item = &'a T>,
    name: impl Fn(&'a T) -> &'a str,
) -> Vec<&'a str> {
    let mut names: Vec<&str> = Vec::new();
    for row in rows {
        let name = name(row);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// The chart of one metric; `None` where no alarm ever saw a datapoint of it.
fn chart(
    ground: &Ground<'_>,
    number: usize,
    metric: &str,
    rows: &[&EvaluationRow],
) -> Option<(Chart, ChartText)> {
    let policies = distinct(rows.iter().copied(), |row| &row.policy);
    let unit = if metric == "TargetResponseTime" { " s" } else { "" };
    let (mut series, mut found) = (Vec::new(), Vec::new());
    for (place, policy) in policies.iter().enumerate() {
        let band = band(ground, rows, policy);
        let Some((low, high)) = range(&band) else { continue };
        found.push(format!("{policy} saw from {} to {}", figure(low), figure(high)));
        let name = if policies.len() > 1 { format!("{metric} for {policy}") } else { metric.to_owned() };
        let line = |label: String, end: fn((f64, f64)) -> f64, style: Style| {
            let values: Vec<Option<f64>> = band.iter().map(|band| band.map(end)).collect();
            let values = column(&values, 4, 1.0, ground.thinning);
            ChartSeries { label, unit, on_right: false, style, shown: true, sparse: false, values }
        };
        let plain = Style::of(Role::Nth(place)).stepped();
        if band.iter().flatten().all(|(low, high)| low >= high) {
            series.push(line(name, |band| band.1, plain));
        } else {
            series.push(line(format!("{name}, highest"), |band| band.1, plain));
            series.push(line(format!("{name}, lowest"), |band| band.0, plain.dashed(&[2, 3])));
        }
    }
    if series.is_empty() {
        return None;
    }
    let title = match metric {
        "RequestCountPerTarget" => "requests per target",
        "RequestCount" => "requests",
        "TargetResponseTime" => "seconds",
        _ => "value",
    };
    let mut chart = ground.chart(&format!("metric{number}"), ChartAxis::new("count", title), None, series);
    chart.lines = lines_of(ground, unit, &|policy, _| policies.contains(&policy));
    let lines: Vec<String> = chart.lines.iter().map(|line| line.label.clone()).collect();
    let mut summary = format!("{metric} as alarms saw it: {}.", found.join("; "));
    if !lines.is_empty() {
        summary.push_str(&format!(" Lines: {}.", lines.join("; ")));
    }
    let caption = "Newest datapoints at each evaluation, as late as CloudWatch shows them. Where evaluations in a row found the \
                   same, the run keeps their lowest and highest datapoint (evaluations.csv).";
    let words = text(&chart, metric, summary, caption.to_owned());
    Some((chart, words))
}

/// The metric as the alarms of a policy saw it in each row of the timeline. Two alarms of a policy look at the same
/// datapoints, so where both tell a range, the truth lies in both.
fn band(ground: &Ground<'_>, rows: &[&EvaluationRow], policy: &str) -> Band {
    let of_policy: Vec<&EvaluationRow> = rows.iter().copied().filter(|row| row.policy == policy).collect();
    let ends: Vec<f64> = {
        let lengths = ground.timeline.lengths(ground.results.summary.scenario.horizon_s.get());
        ground.timeline.times.iter().zip(lengths).map(|(start, length)| start + length).collect()
    };
    let mut whole: Band = vec![None; ground.timeline.times.len()];
    for alarm in distinct(of_policy.iter().copied(), |row| &row.alarm) {
        let rows: Vec<&EvaluationRow> = of_policy.iter().copied().filter(|row| row.alarm == alarm).collect();
        let mut first = 0;
        for ((start, end), held) in ground.timeline.times.iter().zip(&ends).zip(&mut whole) {
            while rows.get(first).is_some_and(|row| row.until_s.get() < *start) {
                first += 1;
            }
            let during = rows[first..].iter().take_while(|row| row.time_s.get() < *end);
            let ranges = during.filter_map(|row| Some((row.lowest?.get(), row.highest?.get())));
            let mine = ranges.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
            *held = match (*held, mine) {
                (Some(a), Some(b)) => {
                    let both = (a.0.max(b.0), a.1.min(b.1));
                    Some(if both.0 <= both.1 { both } else { (a.0.min(b.0), a.1.max(b.1)) })
                }
                (one, other) => one.or(other),
            };
        }
    }
    whole
}

fn range(band: &Band) -> Option<(f64, f64)> {
    band.iter().flatten().copied().reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
}
