//! Two pictures of a comparison: the variants' running tasks and p99 over the first run, and cost against p99.

use super::{basis, title};
use crate::experiment::Measure;
use crate::experiment::compare::{Compared, Trajectory, TrajectoryPoint, VariantComparison};
use crate::report::chart::plot::{
    AxisRange, Hue, PanelContent, PlotAxis, PlotPanel, PlotPoint, PlotSeries, PlotSpec, SeriesMark, Unit,
};
use crate::report::chart::time_ticks;
use crate::report::proviso::proviso_of;
use crate::report::words::plain;
use crate::results::RunCalendar;

/// Variants that are drawn; more lines cannot be told apart.
const MOST: usize = 8;

/// Running tasks and p99 response times of the first run, one curve a variant, on one time axis; a pair of panels a
/// service, the first three services.
#[must_use]
pub fn comparison_plot(comparison: &VariantComparison) -> PlotSpec {
    let Some(base) = comparison.variants.first() else { return PlotSpec::default() };
    let calendar = RunCalendar::new(&base.variant.scenario);
    let mut panels = Vec::new();
    for service in comparison.services().into_iter().take(3) {
        let of =
            |variant: &'_ Compared| variant.first.iter().position(|trajectory| trajectory.service == service);
        let rows: Vec<(&Compared, &Trajectory)> = comparison
            .variants
            .iter()
            .take(MOST)
            .filter_map(|variant| Some((variant, variant.first.get(of(variant)?)?)))
            .collect();
        let end = base.variant.scenario.plan.horizon.as_secs_f64();
        panels.push(PlotPanel {
            title: format!("Tasks running, {service}"),
            height: 210.0,
            empty: "no task ran".to_owned(),
            content: PanelContent::Curves {
                x: time_axis(&calendar, end),
                y: PlotAxis { name: "tasks".to_owned(), unit: Unit::Plain, range: AxisRange::FromZero },
                series: curves(&rows, SeriesMark::Step, &|point| Some(f64::from(point.running))),
            },
        });
        panels.push(PlotPanel {
            title: format!("p99 response time by minute, {service}"),
            height: 210.0,
            empty: "no request was answered".to_owned(),
            content: PanelContent::Curves {
                x: time_axis(&calendar, end),
                y: PlotAxis { name: "p99".to_owned(), unit: Unit::Millis, range: AxisRange::Log },
                series: curves(&rows, SeriesMark::Line(1.4), &|point| {
                    point.p99.map(|nanos| nanos as f64 / 1e6)
                }),
            },
        });
    }
    let drawn = comparison.variants.len().min(MOST);
    let left_out = comparison.variants.len() - drawn;
    let more = if left_out > 0 {
        format!(" {left_out} more variants are in comparison.csv.")
    } else {
        String::new()
    };
    PlotSpec {
        title: title(comparison),
        subtitle: format!("The first run of each, the same requests for all · seed {}", comparison.seed),
        caption: format!("Times in {}.{more}", calendar.zone_name()),
        columns: 1,
        panels,
    }
}

fn curves(
    rows: &[(&Compared, &Trajectory)],
    mark: SeriesMark,
    value: &dyn Fn(&TrajectoryPoint) -> Option<f64>,
) -> Vec<PlotSeries> {
    let curve = |(index, (variant, trajectory)): (usize, &(&Compared, &Trajectory))| {
        let spot = |point: &TrajectoryPoint| {
            PlotPoint::at(point.start.as_secs_f64(), value(point).unwrap_or(f64::NAN))
        };
        let spots = trajectory.points.iter().map(spot).collect();
        PlotSeries { name: plain(&variant.variant.name), hue: Hue::nth(index), mark, spots }
    };
    rows.iter().enumerate().map(curve).collect()
}

/// The time from second 0 to the end, with ticks at round times of the calendar.
fn time_axis(calendar: &RunCalendar, end_s: f64) -> PlotAxis {
    let ticks = time_ticks(calendar, 0.0, end_s);
    PlotAxis {
        name: String::new(),
        unit: Unit::Plain,
        range: AxisRange::Ticks { low: 0.0, high: end_s, ticks },
    }
}

/// The provisos on the costs of the variants, as sentences; each once.
fn provisos(comparison: &VariantComparison) -> String {
    let mut said: Vec<String> = Vec::new();
    for variant in &comparison.variants {
        let Some(words) = proviso_of(&variant.variant.scenario, None, Measure::CostPerMonth) else {
            continue;
        };
        if !said.contains(&words) {
            said.push(words);
        }
    }
    said.iter().map(|words| format!(" Cost {words}.")).collect()
}

/// Cost a month against p99, a dot with its intervals a variant; the services' largest p99 counts.
#[must_use]
pub fn cost_plot(comparison: &VariantComparison) -> PlotSpec {
    let p99 = |variant: &Compared| {
        let of = |service| variant.estimate(Some(service), Measure::ResponseQuantile(0.99));
        comparison.services().into_iter().filter_map(of).max_by(|a, b| a.value.total_cmp(&b.value))
    };
    let dots = comparison.variants.iter().enumerate().filter_map(|(index, variant)| {
        let (cost, p99) = (variant.estimate(None, Measure::CostPerMonth)?, p99(variant)?);
        let passes = if variant.passes() && !variant.checks.is_empty() { ", passes" } else { "" };
        Some(PlotSeries {
            name: String::new(),
            hue: if comparison.cheapest == Some(index) { Hue::Green } else { Hue::Blue },
            mark: SeriesMark::Dots(6.0),
            spots: vec![PlotPoint {
                x: cost.value,
                y: p99.value,
                span: p99.half_width.map(|_| (p99.low().max(0.0), p99.high())),
                label: format!("{}{passes}", plain(&variant.variant.name)),
            }],
        })
    });
    PlotSpec {
        title: "Cost against p99".to_owned(),
        subtitle: basis(comparison),
        caption: format!(
            "Whiskers: 95 % intervals of p99. Green: the cheapest that passes its checks.{}",
            provisos(comparison)
        ),
        columns: 1,
        panels: vec![PlotPanel {
            title: "p99 response time".to_owned(),
            height: 380.0,
            empty: "no request was answered".to_owned(),
            content: PanelContent::Curves {
                x: PlotAxis { name: "cost a month".to_owned(), unit: Unit::Dollars, range: AxisRange::Data },
                y: PlotAxis { name: "p99".to_owned(), unit: Unit::Millis, range: AxisRange::Auto },
                series: dots.collect(),
            },
        }],
    }
}
