//! The fourth panel: what an hour like each minute costs.

use plotters::prelude::DrawingBackend;

use super::super::numbers::dollars;
use super::super::proviso::proviso_of;
use super::ChartError;
use super::axis::{Scale, dollar_label};
use super::canvas::{Canvas, PURPLE_TINT, role};
use super::panel::{HEADING, Panel};
use super::series::{most, points};
use super::service_view::ServiceView;
use crate::experiment::Measure;
use crate::report::palette::Role;

/// Draws the panel between `top` and `bottom` \[px\].
pub(super) fn draw<DB: DrawingBackend>(
    canvas: &mut Canvas<DB>,
    block: &ServiceView<'_>,
    top: f64,
    bottom: f64,
) -> Result<(), ChartError> {
    let invoice = &block.service.invoice;
    let words = proviso_of(block.scenario, Some(&block.service.name), Measure::CostPerMonth);
    let words = words.map_or_else(String::new, |words| format!(", {words}"));
    let title = format!(
        "Cost an hour  ·  ${} in all, ${} a month of 730 h{words}",
        dollars(invoice.total()),
        dollars(invoice.per_month(block.scenario.plan.horizon))
    );
    Panel::heading(canvas, top, &title, &[])?;
    let series = points(&block.service.timeline, block.per_column, |minute| Some(minute.cost_per_hour_usd));
    let scale = Scale::linear(most(&series).unwrap_or(0.0) * 1.02, 3.0);
    let step = scale.ticks.get(1).copied().unwrap_or(1.0);
    let panel = Panel::new(&block.time, scale, top + HEADING, bottom);
    panel.area(canvas, &series, PURPLE_TINT)?;
    panel.grid(canvas, |value| dollar_label(value, step))?;
    panel.stair(canvas, &series, &panel.scale, (role(Role::Cost), 1.5))?;
    if series.is_empty() {
        panel.nothing(canvas, "no minute was simulated")?;
    }
    panel.base(canvas)
}
