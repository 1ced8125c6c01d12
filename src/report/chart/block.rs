//! One service's part of the picture: its heading, four panels, and the time axis below them.

use plotters::prelude::DrawingBackend;

use super::super::calendar::Calendar;
use super::super::sentences::sentences;
use super::super::words::plain;
use super::ChartError;
use super::axis::time_ticks;
use super::canvas::{Canvas, GREY, INK, Place, TextLook};
use super::panel::{HEADING, LEFT, RIGHT, TimeAxis};
use super::series::rows_per_column;
use super::{cost, latency, load, utilization};
use crate::experiment::RunResult;
use crate::kernel::world::ServicePlan;
use crate::record::ServiceRecord;
use crate::scenario::Scenario;

/// Height of a block's own heading \[px\].
const NAME: f64 = 34.0;
/// Room between two panels \[px\].
const GAP: f64 = 16.0;
/// Room for the event lane above the load panel's data \[px\].
pub(super) const LANE: f64 = 20.0;

/// A service's block.
pub(super) struct Block<'a> {
    pub(super) scenario: &'a Scenario,
    pub(super) service: &'a ServiceRecord,
    pub(super) plan: Option<&'a ServicePlan>,
    pub(super) time: TimeAxis,
    pub(super) per_column: usize,
    top: f64,
}

impl<'a> Block<'a> {
    /// Height of a block \[px\].
    pub(super) const HEIGHT: u32 = 1060;

    /// The block of `service`, its top at `top` \[px\].
    pub(super) fn new(
        result: &'a RunResult,
        service: &'a ServiceRecord,
        calendar: &Calendar,
        top: f64,
    ) -> Self {
        let scenario = &result.scenario;
        let horizon_s = scenario.plan.horizon.as_secs_f64();
        let columns = super::super::numbers::whole((RIGHT - LEFT) * f64::from(super::SCALE));
        Self {
            scenario,
            service,
            plan: scenario.plan.services.iter().find(|plan| plan.name == service.name),
            time: TimeAxis { horizon_s, ticks: time_ticks(calendar, horizon_s) },
            per_column: rows_per_column(service.timeline.len(), usize::try_from(columns).unwrap_or(1)),
            top,
        }
    }

    /// Minutes that share a column of the picture.
    pub(super) fn rows_per_column(&self) -> usize {
        self.per_column
    }

    /// Draws the block.
    pub(super) fn draw<DB: DrawingBackend>(&self, canvas: &mut Canvas<DB>) -> Result<(), ChartError> {
        self.name(canvas)?;
        let mut top = self.top + NAME;
        let bottom = top + HEADING + LANE + 280.0;
        load::draw(canvas, self, top, bottom)?;
        top = bottom + GAP;
        let bottom = top + HEADING + 176.0;
        utilization::draw(canvas, self, top, bottom)?;
        top = bottom + GAP;
        let bottom = top + HEADING + 204.0;
        latency::draw(canvas, self, top, bottom)?;
        top = bottom + GAP;
        let bottom = top + HEADING + 116.0;
        cost::draw(canvas, self, top, bottom)?;
        self.time_labels(canvas, bottom + 16.0)
    }

    fn name<DB: DrawingBackend>(&self, canvas: &mut Canvas<DB>) -> Result<(), ChartError> {
        let look = TextLook::new(17.0, INK).bold();
        let name = canvas.fitted(&plain(&self.service.name), look, 420.0);
        let y = self.top + 12.0;
        canvas.text(&name, Place::left(24.0, y), look)?;
        let told = sentences(self.service, self.scenario).join("  ·  ");
        let x = 24.0 + canvas.width_of(&name, look) + 18.0;
        let look = TextLook::new(13.0, INK);
        let told = canvas.fitted(&told, look, 1176.0 - x);
        canvas.text(&told, Place::left(x, y), look)
    }

    fn time_labels<DB: DrawingBackend>(&self, canvas: &mut Canvas<DB>, y: f64) -> Result<(), ChartError> {
        for (second, label) in &self.time.ticks {
            canvas.text(label, Place::centre(self.time.x(*second), y), TextLook::new(12.0, GREY))?;
        }
        Ok(())
    }
}
