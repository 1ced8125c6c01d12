//! One service's part of the picture: its heading, its panels, and the time axis below them.

use plotters::prelude::DrawingBackend;

use super::super::sentences::sentences;
use super::super::words::plain;
use super::ChartError;
use super::canvas::{Anchor, Canvas, INK, TextLook};
use super::marks::LANE;
use super::panel::HEADING;
use super::service_view::ServiceView;
use super::zoom::Zoom;
use super::{cost, latency, load, utilization};
use crate::experiment::RunResult;
use crate::record::ServiceRecord;
use crate::results::RunCalendar;

/// Height of a block's own heading: the name, and two lines of sentences \[px\].
const NAME: f64 = 56.0;
/// Space between two panels \[px\].
const GAP: f64 = 16.0;
/// Heights of the panels' data \[px\].
const DATA: [f64; 4] = [280.0, 176.0, 204.0, 116.0];
/// Height of the closer look's data \[px\].
const ZOOM_DATA: f64 = 190.0;
/// Space for the labels of a time axis \[px\].
const TIME_LABELS: f64 = 26.0;
/// Right end of what stands beside the name \[px\].
const TEXT_END: f64 = 1176.0;

/// A service's block.
pub(super) struct Block<'a> {
    view: ServiceView<'a>,
    zoom: Option<Zoom>,
}

impl<'a> Block<'a> {
    /// The block of `service`.
    pub(super) fn new(result: &'a RunResult, service: &'a ServiceRecord, calendar: &RunCalendar) -> Self {
        let view = ServiceView::new(result, service, calendar);
        let zoom = Zoom::new(service, view.plan, calendar, result.scenario.plan.horizon.as_secs_f64());
        Self { view, zoom }
    }

    /// Height of the block \[px\].
    pub(super) fn height(&self) -> f64 {
        let panels: f64 = DATA.iter().map(|data| HEADING + data + GAP).sum();
        let zoom =
            if self.zoom.is_some() { LANE + HEADING + ZOOM_DATA + 2.0 * TIME_LABELS + GAP } else { 0.0 };
        NAME + LANE + panels + zoom + TIME_LABELS
    }

    /// Minutes that share a column of the picture.
    pub(super) fn rows_per_column(&self) -> usize {
        self.view.per_column
    }

    /// Draws the block, its top at `top` \[px\].
    pub(super) fn draw<DB: DrawingBackend>(
        &self,
        canvas: &mut Canvas<DB>,
        top: f64,
    ) -> Result<(), ChartError> {
        self.name(canvas, top)?;
        let mut top = top + NAME;
        let mut bottom = top + HEADING + LANE + DATA[0];
        load::draw(canvas, &self.view, top, bottom)?;
        if let Some(zoom) = &self.zoom {
            // Another time axis follows, so this one is labelled where it ends.
            self.view.time.labels(canvas, bottom + 16.0)?;
            top = bottom + TIME_LABELS + GAP;
            bottom = top + HEADING + LANE + ZOOM_DATA;
            zoom.draw(canvas, &self.view, (top, bottom))?;
            bottom += TIME_LABELS;
        }
        top = bottom + GAP;
        bottom = top + HEADING + DATA[1];
        utilization::draw(canvas, &self.view, top, bottom)?;
        top = bottom + GAP;
        bottom = top + HEADING + DATA[2];
        latency::draw(canvas, &self.view, top, bottom)?;
        top = bottom + GAP;
        bottom = top + HEADING + DATA[3];
        cost::draw(canvas, &self.view, top, bottom)?;
        self.view.time.labels(canvas, bottom + 16.0)
    }

    /// The name, and the sentences beside it in two lines, each broken between two sentences.
    fn name<DB: DrawingBackend>(&self, canvas: &mut Canvas<DB>, top: f64) -> Result<(), ChartError> {
        let look = TextLook::new(17.0, INK).bold();
        let name = canvas.fitted(&plain(&self.view.service.name), look, 420.0);
        let y = top + 12.0;
        canvas.text(&name, Anchor::left(24.0, y), look)?;
        let x = 24.0 + canvas.width_of(&name, look) + 18.0;
        let look = TextLook::new(13.0, INK);
        let told = sentences(self.view.service, self.view.scenario);
        let line = |sentences: &[String]| sentences.join("  ·  ");
        // What became of the requests stands alone, so that every block looks the same.
        let fitting = (1..told.len()).rev().find(|count| {
            let first = line(&told[..*count]);
            canvas.width_of(&first, look) <= TEXT_END - x
        });
        let (first, second) = told.split_at(fitting.unwrap_or(1).min(told.len()));
        let first = canvas.fitted(&line(first), look, TEXT_END - x);
        canvas.text(&first, Anchor::left(x, y), look)?;
        let second = canvas.fitted(&line(second), look, TEXT_END - 24.0);
        // Below the first line where it fits there.
        let x = x.min(TEXT_END - canvas.width_of(&second, look)).max(24.0);
        canvas.text(&second, Anchor::left(x, y + 21.0), look)
    }
}
