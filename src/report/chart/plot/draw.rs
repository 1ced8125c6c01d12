//! The drawing of plots.

use super::{curves, heat};
use plotters::prelude::DrawingBackend;

use super::super::super::words::plain;
use super::super::ChartError;
use super::super::canvas::WIDTH;
use super::super::canvas::{Anchor, Canvas, GREY, INK, TextLook};
use super::super::render::{self, Drawing};
use super::spec::{Frame, PanelContent, PlotPanel, PlotSpec};

/// Left and right margin of the picture \[px\].
const MARGIN: f64 = 24.0;
/// Height of the title, and of the subtitle below it where there is one \[px\].
const TITLE: f64 = 48.0;
const SUBTITLE: f64 = 24.0;
/// Space between panels, each way \[px\].
const GAP: f64 = 28.0;
/// Height of the caption \[px\].
const CAPTION: f64 = 34.0;

/// The picture as PNG, 1200 px wide.
///
/// # Errors
/// When the drawing library refuses; no data is known that makes it do so.
pub fn plot_png(spec: &PlotSpec) -> Result<Vec<u8>, ChartError> {
    render::to_png(spec)
}

/// The picture as SVG, 1200 px wide.
///
/// # Errors
/// When the drawing library refuses; no data is known that makes it do so.
pub fn plot_svg(spec: &PlotSpec) -> Result<String, ChartError> {
    render::to_svg(spec)
}

impl PlotPanel {
    /// Height with title, legend and axis labels in a frame so wide \[px\].
    fn height_in(&self, width: f64) -> f64 {
        match &self.content {
            PanelContent::Curves { series, .. } => curves::height_around(series, width) + self.height,
            PanelContent::Heat(_) => heat::HEIGHT_AROUND + self.height,
        }
    }

    fn draw<DB: DrawingBackend>(&self, canvas: &mut Canvas<DB>, frame: Frame) -> Result<(), ChartError> {
        let look = TextLook::new(15.0, INK).bold();
        let title = canvas.fitted(&plain(&self.title), look, frame.right - frame.left);
        canvas.text(&title, Anchor::left(frame.left, frame.top + 10.0), look)?;
        match &self.content {
            PanelContent::Curves { x, y, series } => curves::draw(canvas, self, frame, (x, y, series)),
            PanelContent::Heat(map) => heat::draw(canvas, self, frame, map),
        }
    }
}

impl PlotSpec {
    fn head(&self) -> f64 {
        if self.subtitle.is_empty() { TITLE } else { TITLE + SUBTITLE }
    }

    fn foot(&self) -> f64 {
        if self.caption.is_empty() { 12.0 } else { CAPTION }
    }

    /// Every panel with its frame, and the height of all \[px\].
    fn layout(&self) -> (Vec<(&PlotPanel, Frame)>, f64) {
        let columns = self.columns.clamp(1, 4).min(self.panels.len().max(1));
        let count = columns as f64;
        let width = (f64::from(WIDTH) - 2.0 * MARGIN - GAP * (count - 1.0)) / count;
        let mut top = self.head() + 8.0;
        let mut placed = Vec::new();
        for row in self.panels.chunks(columns) {
            for (index, panel) in row.iter().enumerate() {
                let left = MARGIN + index as f64 * (width + GAP);
                placed.push((panel, Frame { left, right: left + width, top }));
            }
            top += row.iter().map(|panel| panel.height_in(width)).fold(0.0, f64::max) + GAP;
        }
        (placed, top - GAP * 0.5 + self.foot())
    }
}

impl Drawing for PlotSpec {
    fn size(&self) -> (u32, u32) {
        let height = super::super::super::numbers::whole(self.layout().1.clamp(1.0, 20_000.0));
        (WIDTH, u32::try_from(height).unwrap_or(WIDTH))
    }

    fn title(&self) -> String {
        plain(&self.title)
    }

    fn draw<DB: DrawingBackend>(&self, canvas: &mut Canvas<DB>) -> Result<(), ChartError> {
        canvas.background()?;
        let space = f64::from(WIDTH) - 2.0 * MARGIN;
        let look = TextLook::new(24.0, INK).bold();
        let title = canvas.fitted(&plain(&self.title), look, space);
        canvas.text(&title, Anchor::left(MARGIN, 28.0), look)?;
        let look = TextLook::new(14.0, GREY);
        let subtitle = canvas.fitted(&plain(&self.subtitle), look, space);
        canvas.text(&subtitle, Anchor::left(MARGIN, 56.0), look)?;
        let (panels, height) = self.layout();
        for (panel, frame) in panels {
            panel.draw(canvas, frame)?;
        }
        let look = TextLook::new(12.0, GREY);
        let caption = canvas.fitted(&plain(&self.caption), look, space);
        canvas.text(&caption, Anchor::left(MARGIN, height - 16.0), look)
    }
}
