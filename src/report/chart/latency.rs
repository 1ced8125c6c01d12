//! The third panel: response times minute by minute, logarithmic where they lie far apart, with the limits of checks.

use plotters::prelude::DrawingBackend;

use super::super::words::plain;
use super::ChartError;
use super::axis::{Scale, millis_label};
use super::canvas::{Canvas, role};
use super::panel::{HEADING, Panel, Reference, Swatch};
use super::series::{least_positive, most, points};
use super::service_view::ServiceView;
use crate::kernel::units::SimDuration;
use crate::record::MinuteRecord;
use crate::report::palette::Role;
use crate::scenario::{Check, Comparator, Measure, Scenario, quantile_label};

/// Draws the panel between `top` and `bottom` \[px\].
pub(super) fn draw<DB: DrawingBackend>(
    canvas: &mut Canvas<DB>,
    block: &ServiceView<'_>,
    top: f64,
    bottom: f64,
) -> Result<(), ChartError> {
    let series = |value: fn(&MinuteRecord) -> Option<u64>| {
        points(&block.service.timeline, block.per_column, move |minute| {
            value(minute).map(|nanos| SimDuration(nanos).as_millis_f64())
        })
    };
    let quantiles = [
        (series(|minute| minute.response_time_p50), role(Role::P50)),
        (series(|minute| minute.response_time_p95), role(Role::P95)),
        (series(|minute| minute.response_time_p99), role(Role::P99)),
    ];
    let limits = limits(block.scenario);
    let highest = quantiles.iter().filter_map(|(s, _)| most(s)).reduce(f64::max);
    let lowest = quantiles.iter().filter_map(|(s, _)| least_positive(s)).reduce(f64::min);
    let limit_values = || limits.iter().map(|limit| limit.value).filter(|value| *value > 0.0);
    let highest_drawn = limit_values().chain(highest).fold(0.0, f64::max);
    let lowest_drawn = limit_values().chain(lowest).fold(f64::INFINITY, f64::min);
    let scale = Scale::spread(lowest_drawn, highest_drawn * 1.02, 4.0);
    let title = match (scale.is_log(), block.scenario.is_approximate()) {
        (true, false) => "Response time, log axis",
        (false, false) => "Response time",
        (true, true) => "Response time (approximate), log axis",
        (false, true) => "Response time (approximate)",
    };
    let entries = [
        (Swatch::Line(role(Role::P50), 1.5), "p50"),
        (Swatch::Line(role(Role::P95), 1.5), "p95"),
        (Swatch::Line(role(Role::P99), 1.5), "p99"),
    ];
    Panel::heading(canvas, top, title, &entries)?;
    let panel = Panel::new(&block.time, scale, top + HEADING, bottom);
    panel.grid(canvas, millis_label)?;
    for (series, colour) in quantiles.iter().rev() {
        panel.line(canvas, series, (*colour, 1.5))?;
    }
    panel.references(canvas, &limits)?;
    if highest.is_none() {
        panel.nothing(canvas, "no request was served")?;
    }
    panel.base(canvas)
}

/// The limits that checks set to response times.
fn limits(scenario: &Scenario) -> Vec<Reference> {
    scenario.checks.iter().filter_map(limit).collect()
}

fn limit(check: &Check) -> Option<Reference> {
    let what = match check.measure {
        Measure::ResponseQuantile(q) => quantile_label(q),
        Measure::ResponseMean => "mean".to_owned(),
        Measure::ResponseMax => "max".to_owned(),
        _ => return None,
    };
    let sign = match check.comparator {
        Comparator::Less => "<",
        Comparator::LessOrEqual => "≤",
        Comparator::Greater => ">",
        Comparator::GreaterOrEqual => "≥",
    };
    // The lines beside it are minutes; a check judges the whole run.
    let name = format!("whole run:\n{what} {sign} {}", plain(&millis_label(check.limit)));
    Some(Reference { value: check.limit, name, colour: role(Role::Limit) })
}
